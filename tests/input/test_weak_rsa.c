#include "input/weak_rsa.h"

#include "support/rows.h"
#include "support/run.h"

static const unsigned PRIMES[] = {2,  3,  5,  7,  11, 13, 17, 19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
                                  73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

static BN_CTX *ctx;

static void setup(void)
{
    ctx = BN_CTX_new();
}

static void teardown(void)
{
    BN_CTX_free(ctx);
}

/* M of the paper, for keys of 512 to 960 bits. */
static BIGNUM *product_of_primes(void)
{
    BIGNUM *product = BN_new();
    ck_assert(BN_one(product));
    for (int i = 0; i < ROWS(PRIMES); i++)
        ck_assert(BN_mul_word(product, PRIMES[i]));
    return product;
}

/* 65537^exponent mod M */
static BIGNUM *power(const BIGNUM *modulus, BN_ULONG exponent)
{
    BIGNUM *base = BN_new(), *index = BN_new(), *result = BN_new();
    ck_assert(BN_set_word(base, 65537) && BN_set_word(index, exponent));
    ck_assert(BN_mod_exp(result, base, index, modulus, ctx));
    BN_free(base);
    BN_free(index);
    return result;
}

static BIGNUM *random_prime(int bits)
{
    BIGNUM *prime = BN_new();
    ck_assert(BN_generate_prime_ex(prime, bits, 0, NULL, NULL, NULL));
    return prime;
}

/* A prime of the form k * M + (65537^a mod M), of about 256 bits. */
static BIGNUM *roca_prime(const BIGNUM *m)
{
    enum { BITS_OF_K = 37 };
    BIGNUM *prime = BN_new();
    do {
        ck_assert(BN_rand(prime, 16, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY));
        BIGNUM *a = power(m, BN_get_word(prime));
        ck_assert(BN_rand(prime, BITS_OF_K, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
        ck_assert(BN_mul(prime, prime, m, ctx) && BN_add(prime, prime, a));
        BN_free(a);
    } while (BN_check_prime(prime, ctx, NULL) != 1);
    return prime;
}

START_TEST(roca_is_found)
{
    BIGNUM *m = product_of_primes(), *p = roca_prime(m), *q = roca_prime(m), *n = BN_new();
    ck_assert(BN_mul(n, p, q, ctx));
    ck_assert_int_ge(BN_num_bits(n), 510);
    /* Shifted to have the length of a key: n + M * 2^k is the same modulo M. */
    BIGNUM *longer = BN_new();
    ck_assert(BN_lshift(longer, m, 1024) && BN_add(longer, longer, n));
    ck_assert(dcv_rsa_roca(longer));
    if (BN_num_bits(n) >= 512)
        ck_assert(dcv_rsa_roca(n));
    ck_assert(!dcv_rsa_small_factor(n));
    ck_assert_int_eq(dcv_rsa_close_primes(n), 0);
    BIGNUM *const all[] = {m, p, q, n, longer};
    for (int i = 0; i < ROWS(all); i++)
        BN_free(all[i]);
}
END_TEST

START_TEST(ordinary_keys_are_not_weak)
{
    for (int i = 0; i < 5; i++) {
        BIGNUM *p = random_prime(512), *q = random_prime(512), *n = BN_new();
        ck_assert(BN_mul(n, p, q, ctx));
        ck_assert(!dcv_rsa_roca(n));
        ck_assert(!dcv_rsa_small_factor(n));
        ck_assert_int_eq(dcv_rsa_close_primes(n), 0);
        BN_free(p);
        BN_free(q);
        BN_free(n);
    }
}
END_TEST

/* A power of 65537 modulo each of the primes, but of no one exponent: a test of each prime alone would take it for ROCA. */
START_TEST(one_exponent_for_all_primes)
{
    enum { ODD_ONE = 163 };
    BIGNUM *m = product_of_primes(), *others = BN_new(), *n = BN_new();
    ck_assert(BN_copy(others, m) != NULL);
    ck_assert_uint_eq(BN_div_word(others, ODD_ONE), 0);
    ck_assert(BN_set_word(n, 65537));
    while (BN_mod_word(n, ODD_ONE) != 65537ULL * 65537 % ODD_ONE)
        ck_assert(BN_add(n, n, others));
    ck_assert(BN_lshift(others, m, 512) && BN_add(n, n, others));
    ck_assert(!dcv_rsa_roca(n));
    ck_assert(BN_add_word(others, 65537));
    ck_assert(dcv_rsa_roca(others));
    BN_free(m);
    BN_free(others);
    BN_free(n);
}
END_TEST

START_TEST(small_factors)
{
    static const struct {
        BN_ULONG factor;
        bool small;
    } rows[] = {{2, true}, {3, true}, {7, true}, {743, true}, {751, true}, {757, false}, {65537, false}};
    BIGNUM *prime = random_prime(1024), *n = BN_new();
    for (int i = 0; i < ROWS(rows); i++) {
        ck_assert(BN_copy(n, prime) != NULL && BN_mul_word(n, rows[i].factor));
        ck_assert_msg(dcv_rsa_small_factor(n) == rows[i].small, "%lu", (unsigned long)rows[i].factor);
    }
    BN_free(prime);
    BN_free(n);
}
END_TEST

/* n = a^2 - b^2, where a = 2^511 and b = 2^256 * root / 1024. The root of n is b^2 / 2a, or (root / 1024)^2, below a. */
static BIGNUM *split_after(BN_ULONG root)
{
    enum { EXPONENT = 511, FRACTION = 10 };
    BIGNUM *n = BN_new(), *b = BN_new();
    ck_assert(BN_set_word(b, root) && BN_lshift(b, b, (EXPONENT + 1) / 2 - FRACTION) && BN_sqr(b, b, ctx));
    BN_zero(n);
    ck_assert(BN_set_bit(n, 2 * EXPONENT) && BN_sub(n, n, b));
    BN_free(b);
    return n;
}

START_TEST(close_primes_in_100_rounds)
{
    /* The first round is that of the root of n, rounded up. */
    static const struct {
        BN_ULONG root;
        int found;
    } rows[] = {
        {724, 1} /* 0.5 below a */, {1254, 1}, {7277, 1}, {10214, 1} /* 99.5: in round 100 */,
        {10266, 0} /* 100.5 */, {12562, 0},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        BIGNUM *n = split_after(rows[i].root);
        ck_assert_msg(dcv_rsa_close_primes(n) == rows[i].found, "%lu", (unsigned long)rows[i].root);
        BN_free(n);
    }
}
END_TEST

START_TEST(neighbouring_primes)
{
    BIGNUM *p = random_prime(512), *q = BN_dup(p), *n = BN_new();
    ck_assert(BN_sqr(n, p, ctx));
    ck_assert_int_eq(dcv_rsa_close_primes(n), 1); /* a square */
    do
        ck_assert(BN_add_word(q, 2));
    while (BN_check_prime(q, ctx, NULL) != 1);
    ck_assert(BN_mul(n, p, q, ctx));
    ck_assert_int_eq(dcv_rsa_close_primes(n), 1);
    ck_assert(!dcv_rsa_small_factor(n));
    BN_free(p);
    BN_free(q);
    BN_free(n);
}
END_TEST

/* No key, but numbers that a request may hold. */
START_TEST(tiny_numbers_end)
{
    BIGNUM *n = BN_new();
    for (BN_ULONG value = 1; value < 5000; value++) {
        ck_assert(BN_set_word(n, value));
        ck_assert_int_ge(dcv_rsa_close_primes(n), 0);
        ck_assert(!dcv_rsa_roca(n));
        ck_assert(dcv_rsa_small_factor(n) || value == 1 || value > 752);
    }
    BN_free(n);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("weak_rsa");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, roca_is_found);
    tcase_add_test(tcase, ordinary_keys_are_not_weak);
    tcase_add_test(tcase, one_exponent_for_all_primes);
    tcase_add_test(tcase, small_factors);
    tcase_add_test(tcase, close_primes_in_100_rounds);
    tcase_add_test(tcase, neighbouring_primes);
    tcase_add_test(tcase, tiny_numbers_end);
    return run_cases("weak_rsa", tcase);
}
