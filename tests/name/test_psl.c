#include "name/psl.h"
#include "support/temporary.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS(array) (int)(sizeof(array) / sizeof *(array))

/* Rules as the list has them, so that the test does not change with the list of the system. */
static const char list[] = "// ===BEGIN ICANN DOMAINS===\n"
                           "com\nio\njp\nco.jp\ntokyo.jp\nshinjuku.tokyo.jp\n*.kawasaki.jp\n!city.kawasaki.jp\n"
                           "*.ck\n!www.ck\nuk\nco.uk\ncn\n公司.cn\n"
                           "// ===END ICANN DOMAINS===\n"
                           "// ===BEGIN PRIVATE DOMAINS===\n"
                           "github.io\nblogspot.co.uk\n*.compute.example.com\n"
                           "// ===END PRIVATE DOMAINS===\n";

static char path[TEMPORARY_MAX];
static struct dcv_psl *psl;

static void write_file(const char *name, const char *content)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(content, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void setup(void)
{
    const int fd = temporary_file(path);
    ck_assert_int_eq(close(fd), 0);
    write_file(path, list);
    ck_assert_int_eq(dcv_psl_create(path, &psl), DCV_OK);
}

static void teardown(void)
{
    dcv_psl_free(psl);
    (void)remove(path);
}

static struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    ck_assert_int_eq(dcv_name_parse(text, &name, NULL), DCV_OK);
    return name;
}

struct row {
    const char *name;
    unsigned suffix;
    const char *base, *private_base; /* NULL: none */
    bool listed;
};

static const struct row rows[] = {
    {".", 0, NULL, NULL, false},
    {"com", 1, NULL, NULL, true},
    {"example.com", 1, "example.com", "example.com", true},
    {"WWW.Example.COM", 1, "Example.COM", "Example.COM", true},
    {"a.b.c.d.e.example.com", 1, "example.com", "example.com", true},
    {"jp", 1, NULL, NULL, true},
    {"example.jp", 1, "example.jp", "example.jp", true},
    {"co.jp", 2, NULL, NULL, true},
    {"CO.JP", 2, NULL, NULL, true},
    {"www.example.co.jp", 2, "example.co.jp", "example.co.jp", true},
    {"tokyo.jp", 2, NULL, NULL, true},
    {"metro.tokyo.jp", 2, "metro.tokyo.jp", "metro.tokyo.jp", true},
    {"shinjuku.tokyo.jp", 3, NULL, NULL, true},
    {"a.example.shinjuku.tokyo.jp", 3, "example.shinjuku.tokyo.jp", "example.shinjuku.tokyo.jp", true},
    {"ward.kawasaki.jp", 3, NULL, NULL, true},
    {"www.example.ward.kawasaki.jp", 3, "example.ward.kawasaki.jp", "example.ward.kawasaki.jp", true},
    {"city.kawasaki.jp", 2, "city.kawasaki.jp", "city.kawasaki.jp", true},
    {"www.city.kawasaki.jp", 2, "city.kawasaki.jp", "city.kawasaki.jp", true},
    {"ck", 1, NULL, NULL, true},
    {"example.ck", 2, NULL, NULL, true},
    {"www.ck", 1, "www.ck", "www.ck", true},
    {"github.io", 1, "github.io", NULL, true},
    {"x.github.io", 1, "github.io", "x.github.io", true},
    {"a.x.github.io", 1, "github.io", "x.github.io", true},
    {"a.blogspot.co.uk", 2, "blogspot.co.uk", "a.blogspot.co.uk", true},
    {"b.a.compute.example.com", 1, "example.com", "b.a.compute.example.com", true},
    {"xn--55qx5d.cn", 2, NULL, NULL, true},
    {"a.xn--55qx5d.cn", 2, "a.xn--55qx5d.cn", "a.xn--55qx5d.cn", true},
    {"unlisted", 1, NULL, NULL, false},
    {"a.b.unlisted", 1, "b.unlisted", "b.unlisted", false},
    {"example\\.co.jp", 1, "example\\.co.jp", "example\\.co.jp", true}, /* a dot within a label parts nothing */
    {"a\\.kawasaki.jp", 1, "a\\.kawasaki.jp", "a\\.kawasaki.jp", true},
    {"_dmarc.example.co.jp", 2, "example.co.jp", "example.co.jp", true},
};

static void check_base(bool found, const struct dcv_name *base, const char *expected)
{
    char text[DCV_NAME_TEXT_MAX];
    ck_assert_int_eq(found, expected != NULL);
    if (found)
        ck_assert_str_eq(dcv_name_text(base, text), expected);
}

START_TEST(suffixes_and_bases)
{
    const struct row *row = &rows[_i];
    struct dcv_name name = name_of(row->name), base = {.len = 0};
    ck_assert_uint_eq(dcv_psl_suffix_labels(psl, &name), row->suffix);
    ck_assert_int_eq(dcv_psl_is_suffix(psl, &name), row->suffix > 0 && row->suffix == dcv_name_labels(&name));
    ck_assert_int_eq(dcv_psl_tld_listed(psl, &name), row->listed);
    bool found = dcv_psl_base(psl, &name, &base);
    check_base(found, &base, row->base);
    found = dcv_psl_base_private(psl, &name, &base);
    check_base(found, &base, row->private_base);
}
END_TEST

START_TEST(many_labels)
{
    char text[255];
    for (size_t i = 0; i < 127; i++)
        memcpy(text + 2 * i, "a.", 3);
    struct dcv_name name = name_of(text), base;
    ck_assert_uint_eq(dcv_psl_suffix_labels(psl, &name), 1);
    ck_assert(dcv_psl_base(psl, &name, &base));
    ck_assert_uint_eq(dcv_name_labels(&base), 2);
}
END_TEST

START_TEST(origin)
{
    ck_assert_str_eq(dcv_psl_origin(psl), path);
}
END_TEST

START_TEST(default_list)
{
    struct dcv_psl *standard = NULL;
    ck_assert_int_eq(dcv_psl_create(NULL, &standard), DCV_OK);
    ck_assert_uint_gt(strlen(dcv_psl_origin(standard)), 0);
    struct dcv_name name = name_of("www.example.co.jp");
    ck_assert_uint_eq(dcv_psl_suffix_labels(standard, &name), 2);
    ck_assert(dcv_psl_tld_listed(standard, &name));
    dcv_psl_free(standard);
}
END_TEST

START_TEST(no_list)
{
    struct dcv_psl *none = NULL;
    ck_assert_int_eq(dcv_psl_create("does-not-exist", &none), DCV_ERR_IO);
    ck_assert_int_eq(dcv_psl_create(".", &none), DCV_ERR_IO);
    ck_assert_int_eq(dcv_psl_create("/dev/null", &none), DCV_ERR_IO);
    write_file(path, "root:x:0:0\n");
    ck_assert_int_eq(dcv_psl_create(path, &none), DCV_ERR_IO);
    write_file(path, "// ===BEGIN ICANN DOMAINS===\n// ===END ICANN DOMAINS===\n");
    ck_assert_int_eq(dcv_psl_create(path, &none), DCV_ERR_IO);
    ck_assert_ptr_null(none);
    dcv_psl_free(NULL);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("psl");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, suffixes_and_bases, 0, ROWS(rows));
    tcase_add_test(tcase, many_labels);
    tcase_add_test(tcase, origin);
    tcase_add_test(tcase, default_list);
    tcase_add_test(tcase, no_list);
    Suite *suite = suite_create("psl");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
