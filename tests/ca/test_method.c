#include "ca/method.h"

#include <check.h>
#include <stdlib.h>

static dcv_date day(const char *text)
{
    dcv_date date = DCV_DATE_NONE;
    if (text[0] != '\0')
        ck_assert_msg(dcv_date_parse(text, &date), "%s is no date", text);
    return date;
}

static void assert_day(dcv_date date, const char *expected, const char *what)
{
    char text[DCV_DATE_TEXT];
    ck_assert_msg(date == day(expected), "%s: %s, expected %s", what, dcv_date_format(date, text), expected);
}

/* BR 3.2.2.4: wildcard, prune, CNAME, base only; first day, SHOULD NOT, MUST NOT. */
static const struct {
    const char *name, *clause;
    bool wildcard, prune, cname, base_only;
    const char *from, *discouraged, *forbidden;
} expected_methods[DCV_METHOD_COUNT] = {
    {"domain-contact", "BR 3.2.2.4.2", true, true, true, false, "", "", "2025-07-15"},
    {"constructed", "BR 3.2.2.4.4", true, true, true, false, "", "2026-03-15", "2028-03-15"},
    {"dns-change", "BR 3.2.2.4.7", true, true, true, false, "", "", ""},
    {"registrar", "BR 3.2.2.4.12", true, true, false, true, "", "", ""},
    {"caa-contact", "BR 3.2.2.4.13", true, true, true, false, "", "2026-03-15", "2028-03-15"},
    {"txt-contact", "BR 3.2.2.4.14", true, true, true, false, "", "2026-03-15", "2028-03-15"},
    {"phone-txt", "BR 3.2.2.4.16", true, true, true, false, "", "2026-03-15", "2027-03-15"},
    {"phone-caa", "BR 3.2.2.4.17", true, true, true, false, "", "2026-03-15", "2027-03-15"},
    {"http", "BR 3.2.2.4.18", false, false, false, false, "", "", ""},
    {"http-01", "BR 3.2.2.4.19", false, false, false, false, "", "", ""},
    {"tls-alpn-01", "BR 3.2.2.4.20", false, false, false, false, "", "", ""},
    {"dns-account-01", "BR 3.2.2.4.21", true, true, false, false, "2025-03-01", "", ""},
    {"dns-persist", "BR 3.2.2.4.22", true, true, false, false, "2025-11-10", "", ""},
};

START_TEST(methods)
{
    const struct dcv_method_info *info = dcv_method_info((enum dcv_method)_i);
    ck_assert_int_eq(info->method, _i);
    ck_assert_str_eq(info->name, expected_methods[_i].name);
    ck_assert_str_eq(info->clause, expected_methods[_i].clause);
    ck_assert_int_eq(info->wildcard, expected_methods[_i].wildcard);
    ck_assert_int_eq(info->prune, expected_methods[_i].prune);
    ck_assert_int_eq(info->cname, expected_methods[_i].cname);
    ck_assert_int_eq(info->base_only, expected_methods[_i].base_only);
    assert_day(info->from, expected_methods[_i].from, info->name);
    assert_day(info->discouraged, expected_methods[_i].discouraged, info->name);
    assert_day(info->forbidden, expected_methods[_i].forbidden, info->name);
    ck_assert_ptr_nonnull(info->source);
    ck_assert_ptr_eq(dcv_method_by_name(info->name), info);
}
END_TEST

START_TEST(method_by_unknown_name)
{
    ck_assert_ptr_null(dcv_method_by_name("email"));
    ck_assert_ptr_null(dcv_method_by_name(""));
    ck_assert_ptr_null(dcv_method_by_name("Constructed"));
}
END_TEST

static const struct {
    const char *from, *clause;
} expected_rules[DCV_BR_RULE_COUNT] = {
    [DCV_BR_ADN_LADDER] = {"2026-11-15", "BR 3.2.2.4"},    [DCV_BR_DNSSEC] = {"2026-03-15", "BR 3.2.2.4"},
    [DCV_BR_RFC8657] = {"2027-03-15", "BR 4.2.2.1.2"},     [DCV_BR_CAA_CLAUSE] = {"2026-06-16", "BR 4.2.2.1"},
    [DCV_BR_DNSSEC_CLAUSE] = {"2026-09-07", "BR 4.2.2.2"}, [DCV_BR_ARPA] = {"2026-03-15", "BR 4.2.2"},
    [DCV_BR_WHOIS_WEB] = {"2025-01-15", "BR 3.2.2.4.2"},
};

START_TEST(rules)
{
    const struct dcv_br_rule_info *info = dcv_br_rule((enum dcv_br_rule)_i);
    ck_assert_int_eq(info->rule, _i);
    assert_day(info->from, expected_rules[_i].from, info->text);
    ck_assert_str_eq(info->clause, expected_rules[_i].clause);
    ck_assert_ptr_nonnull(info->source);
    ck_assert_ptr_nonnull(info->text);
}
END_TEST

/* BR 4.2.1, 6.3.2, 3.2.2.9: first and last days of each row. */
static const struct {
    const char *date;
    int validity, reuse, perspectives;
    const char *next;
} expected_limits[] = {
    {"2024-01-01", 398, 398, 0, "2025-03-15"},
    {"2025-03-14", 398, 398, 0, "2025-03-15"},
    {"2025-03-15", 398, 398, 2, "2026-03-15"},
    {"2026-03-14", 398, 398, 2, "2026-03-15"},
    {"2026-03-15", 200, 200, 3, "2026-06-15"},
    {"2026-06-14", 200, 200, 3, "2026-06-15"},
    {"2026-06-15", 200, 200, 4, "2026-12-15"},
    {"2026-12-14", 200, 200, 4, "2026-12-15"},
    {"2026-12-15", 200, 200, 5, "2027-03-15"},
    {"2027-03-14", 200, 200, 5, "2027-03-15"},
    {"2027-03-15", 100, 100, 5, "2029-03-15"},
    {"2029-03-14", 100, 100, 5, "2029-03-15"},
    {"2029-03-15", 47, 10, 5, ""},
    {"2040-01-01", 47, 10, 5, ""},
};

START_TEST(limits)
{
    const struct dcv_br_limits *next = NULL;
    const struct dcv_br_limits *row = dcv_br_limits(day(expected_limits[_i].date), &next);
    ck_assert_int_eq(row->validity_days, expected_limits[_i].validity);
    ck_assert_int_eq(row->reuse_days, expected_limits[_i].reuse);
    ck_assert_int_eq(row->mpic_perspectives, expected_limits[_i].perspectives);
    ck_assert_ptr_eq(dcv_br_limits(day(expected_limits[_i].date), NULL), row);
    if (expected_limits[_i].next[0] == '\0')
        ck_assert_ptr_null(next);
    else
        assert_day(next->from, expected_limits[_i].next, expected_limits[_i].date);
}
END_TEST

/* BR 4.2.1: reuse is judged on the day of issue, with the limit of that day. */
static const struct {
    const char *done;
    enum dcv_method method;
    int ca_days;
    const char *last;
} expected_reuse[] = {
    {"2026-11-21", DCV_METHOD_CONSTRUCTED, 0, "2027-03-14"},
    {"2027-03-01", DCV_METHOD_CONSTRUCTED, 0, "2027-06-09"},
    {"2026-11-21", DCV_METHOD_DNS_PERSIST, 0, "2026-12-01"},
    {"2029-06-01", DCV_METHOD_DNS_PERSIST, 0, "2029-06-11"},
    {"2029-06-01", DCV_METHOD_DNS_CHANGE, 0, "2029-06-11"},
    {"2029-03-10", DCV_METHOD_DNS_CHANGE, 0, "2029-03-20"},
    {"2028-12-20", DCV_METHOD_DNS_CHANGE, 0, "2029-03-14"},
    {"2024-06-01", DCV_METHOD_DNS_CHANGE, 0, "2025-07-04"},
    {"2025-01-01", DCV_METHOD_DNS_CHANGE, 0, "2026-02-03"},
    {"2025-12-01", DCV_METHOD_DNS_CHANGE, 0, "2026-06-19"},
    {"2025-08-01", DCV_METHOD_DNS_CHANGE, 0, "2026-03-14"},
    {"2026-04-01", DCV_METHOD_DNS_CHANGE, 199, "2026-10-17"},
    {"2026-04-01", DCV_METHOD_DNS_CHANGE, 500, "2026-10-18"},
    {"2028-03-01", DCV_METHOD_CONSTRUCTED, 0, "2028-03-14"},
    {"2028-03-14", DCV_METHOD_TXT_CONTACT, 0, "2028-03-14"},
    {"2028-03-15", DCV_METHOD_TXT_CONTACT, 0, ""},
    {"2025-07-01", DCV_METHOD_DOMAIN_CONTACT, 0, "2025-07-14"},
    {"2025-07-15", DCV_METHOD_DOMAIN_CONTACT, 0, ""},
    {"2027-03-10", DCV_METHOD_PHONE_TXT, 0, "2027-03-14"},
    {"2027-03-14", DCV_METHOD_PHONE_CAA, 0, "2027-03-14"},
    {"2027-03-15", DCV_METHOD_PHONE_CAA, 0, ""},
    {"2025-02-28", DCV_METHOD_DNS_ACCOUNT_01, 0, ""},
    {"2025-03-01", DCV_METHOD_DNS_ACCOUNT_01, 0, "2026-03-14"},
    {"2025-11-09", DCV_METHOD_DNS_PERSIST, 0, ""},
    {"2025-11-10", DCV_METHOD_DNS_PERSIST, 0, "2025-11-20"},
    {"2026-11-21", DCV_METHOD_DNS_PERSIST, 5, "2026-11-26"},
};

START_TEST(reuse)
{
    dcv_date last =
        dcv_br_last_reuse_day(day(expected_reuse[_i].done), expected_reuse[_i].method, expected_reuse[_i].ca_days);
    assert_day(last, expected_reuse[_i].last, expected_reuse[_i].done);
}
END_TEST

START_TEST(reuse_not_before_it_was_done)
{
    ck_assert(!dcv_br_may_reuse(day("2026-11-21"), day("2026-11-20"), DCV_METHOD_DNS_CHANGE, 0));
    ck_assert(dcv_br_may_reuse(day("2026-11-21"), day("2026-11-21"), DCV_METHOD_DNS_CHANGE, 0));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("method");
    TCase *tests = tcase_create("tables");
    tcase_add_loop_test(tests, methods, 0, DCV_METHOD_COUNT);
    tcase_add_test(tests, method_by_unknown_name);
    tcase_add_loop_test(tests, rules, 0, DCV_BR_RULE_COUNT);
    tcase_add_loop_test(tests, limits, 0, COUNT(expected_limits));
    tcase_add_loop_test(tests, reuse, 0, COUNT(expected_reuse));
    tcase_add_test(tests, reuse_not_before_it_was_done);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
