#include "name/name.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(array) (int)(sizeof(array) / sizeof *(array))

static struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    size_t at = 0;
    ck_assert_msg(dcv_name_parse(text, &name, &at) == DCV_OK, "%s: fault at %zu", text, at);
    return name;
}

struct good {
    const char *text, *back; /* back NULL: the same */
    unsigned labels, len;
};

static const struct good good_rows[] = {
    {".", NULL, 0, 1},
    {"jp", NULL, 1, 4},
    {"jp.", "jp", 1, 4},
    {"Example.JP", NULL, 2, 12},
    {"*.example.jp", NULL, 3, 14},
    {"_validation-contactemail.example.jp", NULL, 3, 37},
    {"a\\.b.example", NULL, 2, 13},
    {"a\\046b.example", "a\\.b.example", 2, 13},
    {"\\000\\255.example", NULL, 2, 12},
    {"\\065.example", "A.example", 2, 11},
    {"\\x.example", "x.example", 2, 11},
    {"a\\ b.example", "a\\032b.example", 2, 13},
    {"\\\"\\;\\(\\)\\@\\$\\\\.example", NULL, 2, 17},
    {"a@b.example", "a\\@b.example", 2, 13},
};

START_TEST(reads_and_writes)
{
    const struct good *row = &good_rows[_i];
    struct dcv_name name = name_of(row->text);
    char text[DCV_NAME_TEXT_MAX];
    ck_assert_str_eq(dcv_name_text(&name, text), row->back != NULL ? row->back : row->text);
    ck_assert_uint_eq(dcv_name_labels(&name), row->labels);
    ck_assert_uint_eq(name.len, row->len);
    struct dcv_name wire;
    ck_assert_int_eq(dcv_name_from_wire(name.wire, name.len, &wire), DCV_OK);
    ck_assert_mem_eq(&wire, &name, sizeof name);
}
END_TEST

struct bad {
    const char *text;
    size_t at;
};

static const struct bad bad_rows[] = {
    {"", 0},       {"..", 0},  {".a", 0},   {"a..b", 2},  {"a..", 2},    {"a b", 1},    {"a\tb", 1},  {"a\x7f", 1},
    {"\u00e9", 0}, {"a\\", 1}, {"a\\1", 1}, {"a\\12", 1}, {"a\\12x", 1}, {"a\\256", 1}, {"a\\\t", 1},
};

START_TEST(refuses)
{
    struct dcv_name name = {.len = 77};
    size_t at = 1000;
    ck_assert_int_eq(dcv_name_parse(bad_rows[_i].text, &name, &at), DCV_ERR_SYNTAX);
    ck_assert_uint_eq(at, bad_rows[_i].at);
    ck_assert_uint_eq(name.len, 77);
    ck_assert_int_eq(dcv_name_parse(bad_rows[_i].text, &name, NULL), DCV_ERR_SYNTAX);
}
END_TEST

/* Labels of 63 octets, the last one shorter, `len` octets without a final dot. */
static void make_text(char *out, size_t len)
{
    memset(out, 'a', len);
    for (size_t i = 63; i < len; i += 64)
        out[i] = '.';
    out[len] = '\0';
}

/* RFC 1035 §2.3.4: labels of 63 octets or less, names of 255 octets or less. */
START_TEST(limits)
{
    char text[300];
    struct dcv_name name;
    size_t at;
    make_text(text, 63);
    ck_assert_uint_eq(name_of(text).len, 65);
    memset(text, 'a', 64);
    text[64] = '\0';
    ck_assert_int_eq(dcv_name_parse(text, &name, &at), DCV_ERR_SYNTAX);
    ck_assert_uint_eq(at, 63);
    make_text(text, 253);
    ck_assert_uint_eq(name_of(text).len, 255);
    text[253] = '.';
    text[254] = '\0';
    ck_assert_uint_eq(name_of(text).len, 255);
    make_text(text, 254);
    ck_assert_int_eq(dcv_name_parse(text, &name, &at), DCV_ERR_SYNTAX);
    ck_assert_uint_eq(at, 253);
    for (size_t i = 0; i < 127; i++)
        memcpy(text + 2 * i, "a.", 3);
    name = name_of(text);
    ck_assert_uint_eq(dcv_name_labels(&name), 127);
    ck_assert_uint_eq(name.len, 255);
}
END_TEST

/* Every octet of the longest name escaped. */
START_TEST(longest_text)
{
    uint8_t wire[DCV_NAME_WIRE_MAX] = {0};
    for (size_t i = 0; i < 254; i += 64)
        wire[i] = i < 192 ? 63 : 61;
    struct dcv_name name, again;
    char text[DCV_NAME_TEXT_MAX];
    ck_assert_int_eq(dcv_name_from_wire(wire, sizeof wire, &name), DCV_OK);
    ck_assert_uint_eq(strlen(dcv_name_text(&name, text)), 1003);
    ck_assert_int_eq(dcv_name_parse(text, &again, NULL), DCV_OK);
    ck_assert(dcv_name_equal(&name, &again));
}
END_TEST

struct wire {
    const char *octets;
    size_t len;
    enum dcv_status status;
};

static const struct wire wire_rows[] = {
    {"\0", 1, DCV_OK},
    {"\1a\0", 3, DCV_OK},
    {"", 0, DCV_ERR_SYNTAX},
    {"\1a", 2, DCV_ERR_SYNTAX},     /* no root label */
    {"\1a\0\0", 4, DCV_ERR_SYNTAX}, /* octets behind it */
    {"\5a\0", 3, DCV_ERR_SYNTAX},   /* label beyond the end */
    {"\300\0", 2, DCV_ERR_SYNTAX},  /* a compression pointer */
    {"\100a\0", 3, DCV_ERR_SYNTAX}, /* an extended label type */
};

START_TEST(wire_form)
{
    struct dcv_name name;
    const struct wire *row = &wire_rows[_i];
    ck_assert_int_eq(dcv_name_from_wire((const uint8_t *)row->octets, row->len, &name), row->status);
}
END_TEST

START_TEST(wire_limit)
{
    uint8_t wire[256] = {0};
    struct dcv_name name;
    for (size_t i = 0; i < 254; i += 2)
        wire[i] = 1;
    ck_assert_int_eq(dcv_name_from_wire(wire, 255, &name), DCV_OK);
    wire[0] = 2;
    for (size_t i = 1; i < 255; i += 2)
        wire[i + 2] = 1;
    ck_assert_int_eq(dcv_name_from_wire(wire, 256, &name), DCV_ERR_SYNTAX);
}
END_TEST

/* RFC 4034 §6.1, the names in their order. */
static const char *const canonical[] = {
    "example",   "a.example",       "yljkjljk.a.example", "Z.a.example",     "zABC.a.EXAMPLE",
    "z.example", "\\001.z.example", "*.z.example",        "\\200.z.example",
};

START_TEST(canonical_order)
{
    struct dcv_name a = name_of(canonical[_i]), root = dcv_name_root();
    ck_assert_int_lt(dcv_name_compare(&root, &a), 0);
    for (int k = 0; k < ROWS(canonical); k++) {
        struct dcv_name b = name_of(canonical[k]);
        int order = dcv_name_compare(&a, &b);
        ck_assert_int_eq((order > 0) - (order < 0), (_i > k) - (_i < k));
        ck_assert_int_eq(dcv_name_equal(&a, &b), _i == k);
    }
}
END_TEST

START_TEST(case_is_ignored)
{
    struct dcv_name a = name_of("WWW.Example.JP"), b = name_of("www.example.jp"), c = name_of("www.example.jq");
    ck_assert(dcv_name_equal(&a, &b));
    ck_assert_int_eq(dcv_name_compare(&a, &b), 0);
    ck_assert(!dcv_name_equal(&a, &c));
    dcv_name_lower(&a);
    ck_assert_mem_eq(&a, &b, sizeof a);
    struct dcv_name high = name_of("\\201"), low = name_of("\\233"); /* no letters of ASCII */
    ck_assert(!dcv_name_equal(&high, &low));
}
END_TEST

struct under {
    const char *name, *ancestor;
    bool under;
};

static const struct under under_rows[] = {
    {"example.jp", "example.jp", true},
    {"www.Example.jp", "example.JP", true},
    {"www.example.jp", ".", true},
    {".", ".", true},
    {"example.jp", "www.example.jp", false},
    {"badexample.jp", "example.jp", false},
    {".", "jp", false},
    {"a\\.example.jp", "example.jp", false},
    {"example.jp", "example.com", false},
};

START_TEST(ancestors)
{
    struct dcv_name name = name_of(under_rows[_i].name), ancestor = name_of(under_rows[_i].ancestor);
    ck_assert_int_eq(dcv_name_under(&name, &ancestor), under_rows[_i].under);
}
END_TEST

START_TEST(walks_up)
{
    static const char *const steps[] = {"a.b.example.jp", "b.example.jp", "example.jp", "jp", "."};
    struct dcv_name name = name_of(steps[0]), whole = name;
    char text[DCV_NAME_TEXT_MAX];
    for (unsigned i = 0; i < 5; i++) {
        ck_assert_str_eq(dcv_name_text(&name, text), steps[i]);
        struct dcv_name suffix = dcv_name_suffix(&whole, 4 - i);
        ck_assert(dcv_name_equal(&suffix, &name));
        ck_assert_int_eq(dcv_name_parent(&name, &name), i < 4);
    }
    struct dcv_name more = dcv_name_suffix(&whole, 9);
    ck_assert(dcv_name_equal(&more, &whole));
}
END_TEST

START_TEST(prepends)
{
    struct dcv_name base = name_of("example.jp"), out = {.len = 0}, expected = name_of("www.example.jp");
    char label[65], text[300];
    ck_assert_int_eq(dcv_name_prepend("www", &base, &out), DCV_OK);
    ck_assert(dcv_name_equal(&out, &expected));
    ck_assert(dcv_name_first_is(&out, "WWW"));
    ck_assert(!dcv_name_first_is(&out, "ww"));
    ck_assert(!dcv_name_first_is(&out, "wwww"));
    struct dcv_name root = dcv_name_root();
    ck_assert(!dcv_name_first_is(&root, ""));
    memset(label, 'a', 64);
    label[64] = '\0';
    ck_assert_int_eq(dcv_name_prepend(label, &base, &out), DCV_ERR_LIMIT);
    label[63] = '\0';
    ck_assert_int_eq(dcv_name_prepend(label, &base, &out), DCV_OK);
    ck_assert_int_eq(dcv_name_prepend("", &base, &out), DCV_ERR_SYNTAX);
    make_text(text, 251);
    base = name_of(text);
    ck_assert_int_eq(dcv_name_prepend("ab", &base, &out), DCV_ERR_LIMIT);
    ck_assert_int_eq(dcv_name_prepend("a", &base, &base), DCV_OK);
    ck_assert_uint_eq(base.len, 255);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("name");
    tcase_add_loop_test(tcase, reads_and_writes, 0, ROWS(good_rows));
    tcase_add_loop_test(tcase, refuses, 0, ROWS(bad_rows));
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, longest_text);
    tcase_add_loop_test(tcase, wire_form, 0, ROWS(wire_rows));
    tcase_add_test(tcase, wire_limit);
    tcase_add_loop_test(tcase, canonical_order, 0, ROWS(canonical));
    tcase_add_test(tcase, case_is_ignored);
    tcase_add_loop_test(tcase, ancestors, 0, ROWS(under_rows));
    tcase_add_test(tcase, walks_up);
    tcase_add_test(tcase, prepends);
    Suite *suite = suite_create("name");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
