#include "base/random.h"

#include "support/rows.h"
#include "support/run.h"

#include <string.h>

/* Of the reference implementation (vectors_sip64): key 00 01 … 0f, input the first `len` of 00 01 02 …; length 15 is the one in the
 * appendix of the paper. */
static const struct {
    size_t len;
    uint64_t value;
} vectors[] = {
    {0, 0x726fdb47dd0e0e31}, {1, 0x74f839c593dc67fd}, {2, 0x0d6c8009d9a94f5a}, {3, 0x85676696d7fb7e2d},
    {4, 0xcf2794e0277187b7}, {5, 0x18765564cd99a68d}, {6, 0xcbc9466e58fee3ce}, {7, 0xab0200f58b01d137},
    {8, 0x93f5f5799a932462}, {9, 0x9e0082df0ba9e4b0}, {15, 0xa129ca6149be45e5}, {63, 0x958a324ceb064572},
};

START_TEST(reference_vector)
{
    struct dcv_seed seed;
    uint8_t input[64];
    for (size_t i = 0; i < sizeof seed.key; i++)
        seed.key[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (uint8_t)i;
    ck_assert_uint_eq(dcv_seed_value(&seed, input, vectors[_i].len), vectors[_i].value);
}
END_TEST

START_TEST(fresh_seeds_differ)
{
    struct dcv_seed one, other;
    ck_assert_int_eq(dcv_seed_fresh(&one), DCV_OK);
    ck_assert_int_eq(dcv_seed_fresh(&other), DCV_OK);
    ck_assert_mem_ne(one.key, other.key, sizeof one.key);
    ck_assert_uint_ne(dcv_seed_value(&one, "x", 1), dcv_seed_value(&other, "x", 1));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("random");
    tcase_add_loop_test(tcase, reference_vector, 0, ROWS(vectors));
    tcase_add_test(tcase, fresh_seeds_differ);
    return run_cases("random", tcase);
}
