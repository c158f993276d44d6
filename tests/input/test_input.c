#include "input/input.h"

#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>
#include <string.h>

static struct dcv_inputs *inputs;

static void setup(void)
{
    inputs = dcv_inputs_create();
}

static void teardown(void)
{
    dcv_inputs_free(inputs);
}

static size_t add(const char *text)
{
    ck_assert_int_eq(dcv_inputs_add(inputs, text), DCV_OK);
    return dcv_inputs_count(inputs);
}

START_TEST(once_in_any_spelling)
{
    static const char *const spellings[] = {"example.jp", "EXAMPLE.JP", "example.jp.", "https://example.jp/x", " example.jp ",
                                            "admin@example.jp", "\uff45xample\u3002jp"};
    for (int i = 0; i < ROWS(spellings); i++)
        ck_assert_uint_eq(add(spellings[i]), 1);
    ck_assert_str_eq(dcv_inputs_at(inputs, 0)->text, "example.jp");
    ck_assert_uint_eq(add("*.example.jp"), 2); /* a wildcard is another name */
    ck_assert_uint_eq(add("\u65e5\u672c\u8a9e.jp"), 3);
    ck_assert_uint_eq(add("xn--wgv71a119e.jp"), 3);
    ck_assert_str_eq(dcv_inputs_at(inputs, 2)->name.ascii, "xn--wgv71a119e.jp");
}
END_TEST

START_TEST(invalid_ones_are_kept)
{
    ck_assert_uint_eq(add("a..b"), 1);
    const struct dcv_input *input = dcv_inputs_at(inputs, 0);
    ck_assert(!input->valid);
    ck_assert_int_eq(input->error.fault, DCV_HOSTNAME_EMPTY_LABEL);
    ck_assert_uint_eq(input->error.at, 2);
    ck_assert_str_eq(input->text, "a..b");
    ck_assert_uint_eq(add("example.jp"), 2);
    ck_assert_uint_eq(add(""), 3);
    ck_assert(dcv_inputs_at(inputs, 1)->valid);
    ck_assert(!dcv_inputs_at(inputs, 2)->valid);
}
END_TEST

START_TEST(keeps_the_order)
{
    char name[32];
    for (size_t i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "n%zu.example.jp", (i * 7919) % 1000);
        ck_assert_uint_eq(add(name), i + 1);
    }
    for (size_t i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "n%zu.example.jp", (i * 7919) % 1000);
        if (strcmp(dcv_inputs_at(inputs, i)->name.ascii, name) != 0)
            ck_abort_msg("%zu: %s", i, dcv_inputs_at(inputs, i)->name.ascii);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("input");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, once_in_any_spelling);
    tcase_add_test(tcase, invalid_ones_are_kept);
    tcase_add_test(tcase, keeps_the_order);
    return run_cases("input", tcase);
}
