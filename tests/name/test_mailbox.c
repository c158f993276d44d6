#include "name/mailbox.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* Rows hold octets that no C string can: the length is taken from the literal. */
#define OCTETS(literal) literal, sizeof(literal) - 1

static struct dcv_arena *arena;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
    ck_assert_ptr_nonnull(arena);
}

static void teardown(void)
{
    dcv_arena_free(arena);
}

struct good {
    const char *value;
    size_t len;
    const char *address;
    size_t local_len;
    unsigned warnings;
};

static const struct good good_rows[] = {
    {OCTETS("dcv@example.net"), "dcv@example.net", 3, 0},
    {OCTETS("DCV@EXAMPLE.net"), "DCV@example.net", 3, 0},
    {OCTETS("a.b.c@sub.example.net"), "a.b.c@sub.example.net", 5, 0},
    {OCTETS("!#$%&'*+-/=?^_`{|}~@example.net"), "!#$%&'*+-/=?^_`{|}~@example.net", 19, 0},
    {OCTETS("dcv+tag@example.net"), "dcv+tag@example.net", 7, 0},
    {OCTETS("1@2.example"), "1@2.example", 1, 0},
    {OCTETS("a@b"), "a@b", 1, DCV_MAILBOX_SINGLE_LABEL},
    {OCTETS("\"a b\"@example.net"), "\"a b\"@example.net", 5, DCV_MAILBOX_QUOTED_LOCAL},
    {OCTETS("\"a@b\"@example.net"), "\"a@b\"@example.net", 5, DCV_MAILBOX_QUOTED_LOCAL},
    {OCTETS("\"a\\\"b\\\\\"@example.net"), "\"a\\\"b\\\\\"@example.net", 8, DCV_MAILBOX_QUOTED_LOCAL},
    {OCTETS("\"\"@example.net"), "\"\"@example.net", 2, DCV_MAILBOX_QUOTED_LOCAL},
    {OCTETS("a@[192.0.2.1]"), "a@[192.0.2.1]", 1, DCV_MAILBOX_LITERAL},
    {OCTETS("a@[IPv6:2001:db8::1]"), "a@[IPv6:2001:db8::1]", 1, DCV_MAILBOX_LITERAL},
    {OCTETS("a@[IPv6:::ffff:192.0.2.1]"), "a@[IPv6:::ffff:192.0.2.1]", 1, DCV_MAILBOX_LITERAL},
    {OCTETS("\u4e00@example.net"), "\u4e00@example.net", 3, DCV_MAILBOX_UTF8_LOCAL},
    {OCTETS("it\u2019s@example.net"), "it\u2019s@example.net", 6, DCV_MAILBOX_UTF8_LOCAL},
    {OCTETS("a@\u65e5\u672c\u8a9e.example"), "a@xn--wgv71a119e.example", 1, DCV_MAILBOX_UTF8_DOMAIN},
    {OCTETS("a@XN--WGV71A119E.example"), "a@xn--wgv71a119e.example", 1, 0},
    {OCTETS("a@\u2603.example"), "a@xn--n3h.example", 1, DCV_MAILBOX_UTF8_DOMAIN},
    {OCTETS("a@ab--cd.example"), "a@ab--cd.example", 1, 0},
    {OCTETS("email=a@example.net"), "email=a@example.net", 7, DCV_MAILBOX_KEY},
    {OCTETS("=a@example.net"), "=a@example.net", 2, 0},
    {OCTETS("a1=b@example.net"), "a1=b@example.net", 4, 0},
    {OCTETS("a@192.0.2.1"), "a@192.0.2.1", 1, DCV_MAILBOX_NUMBER},
    {OCTETS("a@example.123"), "a@example.123", 1, DCV_MAILBOX_NUMBER},
    {OCTETS("a@1.example"), "a@1.example", 1, 0},
};

START_TEST(accepts)
{
    const struct good *row = &good_rows[_i];
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error = {.fault = DCV_MAILBOX_OK};
    enum dcv_status status = dcv_mailbox_parse(arena, row->value, row->len, &mailbox, &error);
    ck_assert_msg(status == DCV_OK, "%s: %s at %zu", row->value, dcv_mailbox_fault_word(error.fault), error.at);
    ck_assert_str_eq(mailbox.address, row->address);
    ck_assert_uint_eq(mailbox.local_len, row->local_len);
    ck_assert_uint_eq(mailbox.warnings, row->warnings);
    ck_assert_int_eq(mailbox.domain.len == 0, (row->warnings & DCV_MAILBOX_LITERAL) != 0);
}
END_TEST

struct suspect {
    const char *value, *meant; /* NULL: nothing */
};

static const struct suspect suspect_rows[] = {
    {"a@example.net", NULL},
    {"a@192.0.2.1", "a@[192.0.2.1]"},
    {"\"a b\"@192.0.2.1", "\"a b\"@[192.0.2.1]"},
    {"a@192.0.2.256", NULL},
    {"a@example.123", NULL},
    {"email=a@example.net", "a@example.net"},
    {"Contact-Email=a.b@Example.NET", "a.b@example.net"},
    {"contact_email=a=b@example.net", "a=b@example.net"},
    {"email=a@192.0.2.1", "a@192.0.2.1"},
    {"email=@example.net", NULL},
    {"email=.a@example.net", NULL},
    {"\"email=a\"@example.net", NULL},
};

START_TEST(suspects)
{
    const struct suspect *row = &suspect_rows[_i];
    struct dcv_mailbox mailbox = {.meant = NULL};
    struct dcv_mailbox_error error;
    enum dcv_status status = dcv_mailbox_parse(arena, row->value, strlen(row->value), &mailbox, &error);
    ck_assert_int_eq(status, DCV_OK);
    ck_assert_int_eq(mailbox.meant != NULL, row->meant != NULL);
    if (row->meant != NULL)
        ck_assert_str_eq(mailbox.meant, row->meant);
}
END_TEST

struct bad {
    const char *value;
    size_t len;
    enum dcv_mailbox_fault fault;
    size_t at;
    const char *meant;
};

static const struct bad bad_rows[] = {
    {OCTETS(""), DCV_MAILBOX_EMPTY, 0, NULL},
    {OCTETS(" \t\r\n"), DCV_MAILBOX_EMPTY, 0, NULL},
    {OCTETS("\u3000"), DCV_MAILBOX_EMPTY, 0, NULL},

    {OCTETS("a@b\xff"), DCV_MAILBOX_UTF8, 3, "a@b"},
    {OCTETS("\x93"
            "a@b\x94"),
     DCV_MAILBOX_UTF8, 0, "a@b"},
    {OCTETS("\xc0\xaf@b"), DCV_MAILBOX_UTF8, 0, NULL},
    {OCTETS("a\xed\xa0\x80@b"), DCV_MAILBOX_UTF8, 1, NULL},
    {OCTETS("\"\xe3\x81\"@b"), DCV_MAILBOX_UTF8, 1, NULL},

    {OCTETS("a@b\0"), DCV_MAILBOX_CONTROL, 3, "a@b"},
    {OCTETS("\0"), DCV_MAILBOX_CONTROL, 0, NULL},
    {OCTETS("a\x07@b"), DCV_MAILBOX_CONTROL, 1, NULL},
    {OCTETS("\"a\x7f\"@b"), DCV_MAILBOX_CONTROL, 2, NULL},
    {OCTETS("a\xc2\x85@b"), DCV_MAILBOX_CONTROL, 1, NULL},

    {OCTETS(" a@b"), DCV_MAILBOX_PADDING, 0, "a@b"},
    {OCTETS("a@b "), DCV_MAILBOX_PADDING, 3, "a@b"},
    {OCTETS("a@b\r\n"), DCV_MAILBOX_PADDING, 3, "a@b"},
    {OCTETS("a@b\u3000"), DCV_MAILBOX_PADDING, 3, "a@b"},
    {OCTETS("\u00a0a@b"), DCV_MAILBOX_PADDING, 0, "a@b"},
    {OCTETS("\ufeffa@b"), DCV_MAILBOX_PADDING, 0, "a@b"},
    {OCTETS("a@b\u200b"), DCV_MAILBOX_PADDING, 3, "a@b"},
    {OCTETS("a\u200b@b"), DCV_MAILBOX_PADDING, 1, "a@b"},
    {OCTETS("a @b"), DCV_MAILBOX_PADDING, 1, "a@b"},
    {OCTETS("a@ b"), DCV_MAILBOX_PADDING, 2, "a@b"},
    {OCTETS("a@example .net"), DCV_MAILBOX_PADDING, 9, "a@example.net"},
    {OCTETS("\"a\tb\"@example.net"), DCV_MAILBOX_PADDING, 2, NULL},
    {OCTETS("a@exam\u200bple.net"), DCV_MAILBOX_PADDING, 6, "a@example.net"},

    {OCTETS("mailto:a@b"), DCV_MAILBOX_MAILTO, 0, "a@b"},
    {OCTETS("MailTo: a@b"), DCV_MAILBOX_MAILTO, 0, "a@b"},
    {OCTETS(" mailto:a@b"), DCV_MAILBOX_MAILTO, 1, "a@b"},
    {OCTETS("mailto:a@b?subject=x&cc=c@d"), DCV_MAILBOX_MAILTO, 0, "a@b"},
    {OCTETS("mailto:a@b,c@d"), DCV_MAILBOX_MAILTO, 0, "a@b c@d"},
    {OCTETS("mailto:"), DCV_MAILBOX_MAILTO, 0, NULL},
    {OCTETS("DCV mailto:a@b"), DCV_MAILBOX_MAILTO, 4, "a@b"},

    {OCTETS("<a@b>"), DCV_MAILBOX_ANGLE, 0, "a@b"},
    {OCTETS("DCV <dcv@example.net>"), DCV_MAILBOX_ANGLE, 4, "dcv@example.net"},
    {OCTETS("\"DCV\" <dcv@example.net>"), DCV_MAILBOX_ANGLE, 6, "dcv@example.net"},
    {OCTETS("\u201cDCV\u201d <a@b>"), DCV_MAILBOX_ANGLE, 10, "a@b"},
    {OCTETS("<mailto:a@b>"), DCV_MAILBOX_ANGLE, 0, "a@b"},
    {OCTETS("a@b>"), DCV_MAILBOX_ANGLE, 3, "a@b"},
    {OCTETS("DCV <\"a b\"@example.net>"), DCV_MAILBOX_ANGLE, 4, "\"a b\"@example.net"},
    {OCTETS("<a@[192.0.2.1]>"), DCV_MAILBOX_ANGLE, 0, "a@[192.0.2.1]"},
    {OCTETS("<a@b_>"), DCV_MAILBOX_ANGLE, 0, NULL},

    {OCTETS("a@b, c@d"), DCV_MAILBOX_LIST, 3, "a@b c@d"},
    {OCTETS("a@b,c@d"), DCV_MAILBOX_LIST, 3, "a@b c@d"},
    {OCTETS("a@b;c@d"), DCV_MAILBOX_LIST, 3, "a@b c@d"},
    {OCTETS("a@b c@d"), DCV_MAILBOX_LIST, 3, "a@b c@d"},
    {OCTETS("a@b\u3001c@d"), DCV_MAILBOX_LIST, 3, "a@b c@d"},
    {OCTETS("a@b\uff0cc@d"), DCV_MAILBOX_LIST, 3, "a@b c@d"},
    {OCTETS("a@b,"), DCV_MAILBOX_LIST, 3, "a@b"},
    {OCTETS(",a@b"), DCV_MAILBOX_LIST, 0, "a@b"},
    {OCTETS("A <a@b>, B <c@d>"), DCV_MAILBOX_LIST, 7, "a@b c@d"},
    {OCTETS("1@a,2@a,3@a,4@a,5@a,6@a,7@a,8@a,9@a"), DCV_MAILBOX_LIST, 3, "1@a 2@a 3@a 4@a 5@a 6@a 7@a 8@a"},

    {OCTETS("\"a@b\""), DCV_MAILBOX_QUOTES, 0, "a@b"},
    {OCTETS("'a@b'"), DCV_MAILBOX_QUOTES, 0, "a@b"},
    {OCTETS("\\\"a@b\\\""), DCV_MAILBOX_QUOTES, 0, "a@b"},
    {OCTETS("\"a@b"), DCV_MAILBOX_QUOTES, 0, "a@b"},
    {OCTETS("a@b\""), DCV_MAILBOX_QUOTES, 3, "a@b"},
    {OCTETS("\"a@_"), DCV_MAILBOX_QUOTES, 0, NULL},

    {OCTETS("\u201da@b\""), DCV_MAILBOX_CURLY_QUOTE, 0, "a@b"},
    {OCTETS("\u201ca@b\u201d"), DCV_MAILBOX_CURLY_QUOTE, 0, "a@b"},
    {OCTETS("\"a@b\u201d"), DCV_MAILBOX_CURLY_QUOTE, 4, "a@b"},
    {OCTETS("\u2018a@b\u2019"), DCV_MAILBOX_CURLY_QUOTE, 0, "a@b"},
    {OCTETS("\uff02a@b\uff02"), DCV_MAILBOX_CURLY_QUOTE, 0, "a@b"},
    {OCTETS("a@b\u201d"), DCV_MAILBOX_CURLY_QUOTE, 3, "a@b"},
    {OCTETS("\u201ca\u201d@b"), DCV_MAILBOX_CURLY_QUOTE, 0, "a@b"},
    {OCTETS("a\u201d@b"), DCV_MAILBOX_CURLY_QUOTE, 1, "a@b"},
    {OCTETS("a@exam\u2019ple.net"), DCV_MAILBOX_CURLY_QUOTE, 6, "a@example.net"},

    {OCTETS("a@b (DCV)"), DCV_MAILBOX_COMMENT, 4, "a@b"},
    {OCTETS("(DCV)a@b"), DCV_MAILBOX_COMMENT, 0, "a@b"},
    {OCTETS("a(DCV (x))@b"), DCV_MAILBOX_COMMENT, 1, "a@b"},
    {OCTETS("a@b(DCV"), DCV_MAILBOX_COMMENT, 3, "a@b"},

    {OCTETS("DCV a@b"), DCV_MAILBOX_PREFIX, 0, "a@b"},
    {OCTETS("email: a@b"), DCV_MAILBOX_PREFIX, 0, "a@b"},
    {OCTETS("a@b is it"), DCV_MAILBOX_PREFIX, 3, "a@b"},
    {OCTETS("a@b:25"), DCV_MAILBOX_PREFIX, 3, "a@b"},

    {OCTETS("a@b."), DCV_MAILBOX_TRAILING_DOT, 3, "a@b"},
    {OCTETS("a@b\u3002"), DCV_MAILBOX_TRAILING_DOT, 3, "a@b"},

    {OCTETS("admin"), DCV_MAILBOX_NO_AT, 5, NULL},
    {OCTETS("DCV team"), DCV_MAILBOX_NO_AT, 3, NULL},
    {OCTETS("a\uff20b"), DCV_MAILBOX_NO_AT, 1, "a@b"},
    {OCTETS("a at example.net"), DCV_MAILBOX_NO_AT, 1, "a@example.net"},
    {OCTETS("a(at)example.net"), DCV_MAILBOX_NO_AT, 1, "a@example.net"},

    {OCTETS("a@b@c"), DCV_MAILBOX_TWO_AT, 3, NULL},
    {OCTETS("a@@b"), DCV_MAILBOX_TWO_AT, 2, "a@b"},

    {OCTETS("@b"), DCV_MAILBOX_LOCAL_PART, 0, NULL},
    {OCTETS(".a@b"), DCV_MAILBOX_LOCAL_PART, 0, NULL},
    {OCTETS("a.@b"), DCV_MAILBOX_LOCAL_PART, 1, NULL},
    {OCTETS("a..b@c"), DCV_MAILBOX_LOCAL_PART, 2, NULL},
    {OCTETS("a\\b@c"), DCV_MAILBOX_LOCAL_PART, 1, NULL},

    {OCTETS("a@"), DCV_MAILBOX_DOMAIN, 2, NULL},
    {OCTETS("a@.b"), DCV_MAILBOX_DOMAIN, 2, NULL},
    {OCTETS("a@b..c"), DCV_MAILBOX_DOMAIN, 4, NULL},
    {OCTETS("a@-b.example"), DCV_MAILBOX_DOMAIN, 2, NULL},
    {OCTETS("a@b-.example"), DCV_MAILBOX_DOMAIN, 3, NULL},
    {OCTETS("a@b_c.example"), DCV_MAILBOX_DOMAIN, 3, NULL},
    {OCTETS("a@[192.0.2.256]"), DCV_MAILBOX_DOMAIN, 2, NULL},
    {OCTETS("a@[2001:db8::1]"), DCV_MAILBOX_DOMAIN, 2, NULL},
    {OCTETS("a@[192.0.2.1"), DCV_MAILBOX_DOMAIN, 2, NULL},
    {OCTETS("a@[192.0.2.1]x"), DCV_MAILBOX_DOMAIN, 13, NULL},
    {OCTETS("a@example\u3002net"), DCV_MAILBOX_DOMAIN, 9, "a@example.net"},
    {OCTETS("a@\uff45xample.net"), DCV_MAILBOX_DOMAIN, 2, "a@example.net"},
    {OCTETS("a@b.\ufffdx\u2028"), DCV_MAILBOX_DOMAIN, 4, NULL},
};

START_TEST(refuses)
{
    const struct bad *row = &bad_rows[_i];
    struct dcv_mailbox mailbox = {.address = NULL};
    struct dcv_mailbox_error error;
    enum dcv_status status = dcv_mailbox_parse(arena, row->value, row->len, &mailbox, &error);
    ck_assert_msg(status == DCV_ERR_SYNTAX, "%s is taken", row->value);
    ck_assert_ptr_null(mailbox.address);
    ck_assert_msg(error.fault == row->fault && error.at == row->at, "%s: %s at %zu, not %s at %zu", row->value,
                  dcv_mailbox_fault_word(error.fault), error.at, dcv_mailbox_fault_word(row->fault), row->at);
    ck_assert_msg((error.meant == NULL) == (row->meant == NULL), "%s: meant %s", row->value,
                  error.meant != NULL ? error.meant : "nothing");
    if (row->meant != NULL)
        ck_assert_str_eq(error.meant, row->meant);
}
END_TEST

/* `local` octets, "@", labels of up to 63 octets that make `domain` octets. */
static size_t make_address(char *out, size_t local, size_t domain)
{
    memset(out, 'a', local);
    out[local] = '@';
    memset(out + local + 1, 'b', domain);
    for (size_t i = 63; i < domain; i += 64)
        out[local + 1 + i] = '.';
    return local + 1 + domain;
}

struct length {
    size_t local, domain;
    enum dcv_status status;
    unsigned warnings;
};

static const struct length length_rows[] = {
    {64, 63, DCV_OK, DCV_MAILBOX_SINGLE_LABEL},
    {65, 63, DCV_OK, DCV_MAILBOX_SINGLE_LABEL | DCV_MAILBOX_LOCAL_LONG},
    {64, 189, DCV_OK, 0},                        /* 254 octets */
    {64, 190, DCV_OK, DCV_MAILBOX_ADDRESS_LONG}, /* 255 */
    {1, 253, DCV_OK, DCV_MAILBOX_ADDRESS_LONG},
    {1, 254, DCV_ERR_SYNTAX, 0}, /* no DNS name */
    {1, 255, DCV_ERR_SYNTAX, 0},
    {60000, 63, DCV_OK, DCV_MAILBOX_SINGLE_LABEL | DCV_MAILBOX_LOCAL_LONG | DCV_MAILBOX_ADDRESS_LONG},
    {1, 60000, DCV_ERR_SYNTAX, 0},
};

START_TEST(lengths)
{
    const struct length *row = &length_rows[_i];
    char *value = malloc(row->local + row->domain + 2);
    size_t len = make_address(value, row->local, row->domain);
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    ck_assert_int_eq(dcv_mailbox_parse(arena, value, len, &mailbox, &error), row->status);
    if (row->status == DCV_OK)
        ck_assert_uint_eq(mailbox.warnings, row->warnings);
    else
        ck_assert_int_eq(error.fault, DCV_MAILBOX_DOMAIN);
    free(value);
}
END_TEST

/* Three labels of 40 times one hiragana: 362 octets of UTF-8, about half of that in A-labels. */
START_TEST(long_as_given_only)
{
    char value[512] = "a@";
    size_t len = 2;
    for (size_t i = 0; i < 120; i++) {
        if (i > 0 && i % 40 == 0)
            value[len++] = '.';
        memcpy(value + len, "\u3042", 4);
        len += 3;
    }
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    ck_assert_int_eq(dcv_mailbox_parse(arena, value, len, &mailbox, &error), DCV_OK);
    ck_assert_uint_eq(mailbox.warnings, DCV_MAILBOX_UTF8_DOMAIN | DCV_MAILBOX_DOMAIN_LONG | DCV_MAILBOX_ADDRESS_LONG);
    ck_assert_uint_lt(strlen(mailbox.address), 254);
}
END_TEST

/* Values made to be slow: the time limit of Check is the test. */
START_TEST(linear_time)
{
    static const char *const pieces[] = {"@",        "\"@",    "a@b ", "<",       "(",    "\\\"", "\u3042@",
                                         "a@\u2603", "\u201c", " .",   "mailto:", "\xe3", "a."};
    size_t room = 65536, len = 0;
    char *value = malloc(room + 1);
    const char *piece = pieces[_i];
    while (len + strlen(piece) <= room) {
        memcpy(value + len, piece, strlen(piece) + 1);
        len += strlen(piece);
    }
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    ck_assert_int_eq(dcv_mailbox_parse(arena, value, len, &mailbox, &error), DCV_ERR_SYNTAX);
    ck_assert_uint_le(error.at, len);
    free(value);
}
END_TEST

static struct dcv_mailbox parsed(const char *value)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    ck_assert_int_eq(dcv_mailbox_parse(arena, value, strlen(value), &mailbox, &error), DCV_OK);
    return mailbox;
}

struct pair {
    const char *a, *b;
    bool equal, case_only;
};

static const struct pair pair_rows[] = {
    {"a@example.net", "a@example.net", true, false},
    {"a@example.net", "a@EXAMPLE.net", true, false},
    {"a@example.net", "A@example.net", false, true},
    {"a@example.net", "b@example.net", false, false},
    {"a@example.net", "ab@example.net", false, false},
    {"a@example.net", "A@example.com", false, false},
    {"a@\u65e5\u672c\u8a9e.example", "a@xn--wgv71a119e.example", true, false},
    {"a@[IPv6:2001:db8::1]", "a@[ipv6:2001:DB8::1]", true, false},
    {"a@[192.0.2.1]", "a@[192.0.2.2]", false, false},
    {"a@[192.0.2.1]", "a@example.net", false, false},
};

START_TEST(compares)
{
    const struct pair *row = &pair_rows[_i];
    struct dcv_mailbox a = parsed(row->a), b = parsed(row->b);
    bool case_only = !row->case_only;
    ck_assert_int_eq(dcv_mailbox_equal(&a, &b, &case_only), row->equal);
    ck_assert_int_eq(case_only, row->case_only);
}
END_TEST

/* Fails the n-th allocation and all later ones. */
static void *failing_resize(void *user, void *block, size_t size)
{
    unsigned *left = user;
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (*left == 0)
        return NULL;
    --*left;
    return realloc(block, size);
}

START_TEST(memory)
{
    static const char value[] = "DCV <a@b>, a\u201d@b, c@d";
    bool good = false;
    for (unsigned n = 1; !good; n++) {
        unsigned left = n;
        struct dcv_allocator allocator = {failing_resize, &left};
        struct dcv_arena *poor = dcv_arena_create(&allocator);
        struct dcv_mailbox mailbox;
        struct dcv_mailbox_error error = {.meant = NULL};
        if (poor == NULL)
            continue;
        enum dcv_status status = dcv_mailbox_parse(poor, value, sizeof value - 1, &mailbox, &error);
        good = status == DCV_ERR_SYNTAX;
        ck_assert(good || status == DCV_ERR_NOMEM);
        if (good)
            ck_assert_ptr_nonnull(error.meant);
        dcv_arena_free(poor);
    }
}
END_TEST

START_TEST(words)
{
    for (enum dcv_mailbox_fault fault = DCV_MAILBOX_OK; fault <= DCV_MAILBOX_DOMAIN; fault++)
        ck_assert_str_ne(dcv_mailbox_fault_word(fault), "unknown");
}
END_TEST

#define ROWS(array) (int)(sizeof(array) / sizeof *(array))

int main(void)
{
    TCase *tcase = tcase_create("mailbox");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, accepts, 0, ROWS(good_rows));
    tcase_add_loop_test(tcase, suspects, 0, (int)(sizeof suspect_rows / sizeof *suspect_rows));
    tcase_add_loop_test(tcase, refuses, 0, ROWS(bad_rows));
    tcase_add_loop_test(tcase, lengths, 0, ROWS(length_rows));
    tcase_add_test(tcase, long_as_given_only);
    tcase_add_loop_test(tcase, linear_time, 0, 13);
    tcase_add_loop_test(tcase, compares, 0, ROWS(pair_rows));
    tcase_add_test(tcase, memory);
    tcase_add_test(tcase, words);
    Suite *suite = suite_create("mailbox");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
