#include "ca/sample.h"
#include "ca/set.h"

#include "base/buf.h"
#include "support/scarce.h"
#include "support/temporary.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A fault put into the profile, and where and how it has to be told. */
static const struct {
    const char *find, *replace, *error;
} faults[] = {
    {"kind: ca\n", "kind: bank\n", ":3: \"bank\" is no value for \"kind\"; use one of: ca, reseller, brand, baseline"},
    {"kind: ca\n", "kind: 1\n", ":3: \"1\" is no value for \"kind\""},
    {"offered: yes\n", "offered: true\n", ":20: \"true\" is no value for \"offered\"; use one of: yes, no, unknown"},
    {"level: exact\n", "level: exactly\n", ":23: \"exactly\" is no value for \"level\""},
    {"grade: B\n", "grade: C\n", ":25: what is known by grade C only is no fact; put a note with \"unverified: yes\""},
    {"source: rdap", "source: rdp", ":30: \"rdp\" is no value for \"source\""},
    {"roles: [admin]", "roles: [admin, abuse]", ":29: \"abuse\" is no value for \"roles\""},
    {"resend, sender", "resent, sender", ":40: \"resent\" is no value for \"unknown\""},
    {"    title: CPS\n", "    titel: CPS\n", ":6: unknown key \"titel\"; did you mean \"title\"?"},
    {"kind: ca\n", "kind: ca\ncolour: red\n", ":4: unknown key \"colour\"; remove it"},
    {"    until: 2026-01-01\n", "    till: 2026-01-01\n", ":22: unknown key \"till\"; remove it"},
    {"kind: ca\n", "kind: ca\nkind: ca\n", ":4: the key \"kind\" is there twice; keep one of them"},
    {"kind: ca\n", "", ":1: the key \"kind\" is missing; add it"},
    {"  - key: cps\n    title", "  - title", ":5: the key \"key\" is missing; add it"},
    {"  judged: yes\n", "", ":10: the key \"judged\" is missing; add it"},
    {"kind: ca\n", "kind:\n", ":3: \"\" is no value for \"kind\""},
    {"title: CPS\n", "title: \"\"\n", ":6: \"title\" is empty; give it a text or remove it"},
    {"[ca.example]", "[]", ":12: \"issuer_domains\" has no entries; add one or remove it"},
    {"[ca.example]", "ca.example",
     ":12: \"issuer_domains\" is not as expected (Expecting SEQUENCE, got event: SCALAR)"},
    {"title: CPS\n", "title: {en: CPS}\n",
     ":6: \"title\" is not as expected (Expecting STRING, got event: MAPPING_START)"},
    {"kind: ca\n", "kind: ca\n\tx: y\n",
     ":4: no YAML: found a tab character that violates indentation; correct the text"},
    {"kind: ca\n", "kind: ca\nparent: \"x\n", "no YAML: "},
    {"kind: ca\n", "kind: ca\nparent: *x\n", ":4: \"parent\" uses a YAML alias; write the value out"},
    {"id: test-ca\n", "id: \xff\n", ":1: no YAML: "},
    {"methods:\n", "---\nmethods:\n", "more than one YAML document; keep one"},
    {"date: 2026-01-02", "date: 2026-02-30", ":8: \"2026-02-30\" is no date; write an existing day as YYYY-MM-DD"},
    {"date: 2026-01-02", "date: 2026-1-2", ":8: \"2026-1-2\" is no date"},
    {"from: 2025-01-01", "from: soon", ":21: \"soon\" is no date"},
    {"until: 2026-01-01", "until: 2025-01-01", ":22: \"until\" (2025-01-01) is not after \"from\" (2025-01-01)"},
    {"until: 2026-01-01", "until: 2024-01-01", ":22: \"until\" (2024-01-01) is not after \"from\" (2025-01-01)"},
    {"    ref: cps\n    grade: B\n", "", ":19: a fact without \"ref\"; add the key of a source and its grade"},
    {"    ref: cps\n    grade: B\n", "    ref: cps\n", ":19: a fact without \"grade\""},
    {"    ref: cps\n    grade: B\n", "    grade: B\n", ":19: a fact without \"ref\""},
    {"    ref: cps\n    grade: B\n", "    ref: cpr\n    grade: B\n",
     ":24: no source has the key \"cpr\"; add it under"},
    {"mx_required: {is: unknown}", "mx_required: {is: no}", ":33: a fact without \"ref\""},
    {"mx_required: {is: unknown}", "mx_required: {is: unknown, ref: x, grade: A}", ":33: no source has the key \"x\""},
    {"  ref: cps\n  grade: A\n  honours", "  honours", ":10: a fact without \"ref\""},
    {"    date: 2026-01-02\n", "    date: 2026-01-02\n  - {key: cps, title: Other}\n",
     ":9: two sources have the key \"cps\""},
    {"    level: exact\n", "", ":19: an offer without \"level\"; say which names it covers"},
    {"offered: no, ref: cps, grade: A}\n  - {source: caa",
     "offered: no, level: exact, ref: cps, grade: A}\n  - {source: caa",
     ":26: what is not offered has no dates and no level"},
    {"level: any-adn}", "level: any-adn, roles: [tech]}", ":27: only whois and rdap have \"roles\"; remove them"},
    {"  - {source: rdap, offered: no, ref: cps, grade: A}\n", "", ":18: no offer for \"rdap\"; add one"},
    {"source: rdap,", "source: soa-rname,", ":30: \"soa-rname\" is offered and not offered"},
    {"source: rdap, offered: no", "source: soa-rname, offered: yes, level: base",
     ":30: \"soa-rname\" is offered and not offered; keep one"},
    {"id: test-ca\n", "id: Test-CA\n", ":1: \"Test-CA\" is no id; use lower-case letters, digits and hyphens"},
    {"id: test-ca\n", "id: other\n", ":1: the id \"other\" does not fit the name of the file; name it other.yaml"},
    {"id: test-ca\n", "id: test\n", ":1: the id \"test\" does not fit the name of the file"},
    {"[ca.example]", "[ok.example, \"ca.example.\"]", ":12: \"ca.example.\" is no domain; write it as in a CAA record"},
    {"  issuer_domains: [ca.example]\n  ref: cps\n  grade: A\n", "",
     ":1: \"issuer_domains\" is neither given nor under \"unknown\""},
    {"[resend,", "[issuer_domains, resend,",
     ":40: \"issuer_domains\" is given and is under \"unknown\" too; remove one"},
    {"[resend,", "[", ":1: \"resend\" is neither given nor under \"unknown\"; add it to one"},
    {"hours: 72", "hours: 3d", ":35: \"3d\" is no value for \"hours\"; write a number from 1 to 8784"},
    {"hours: 72", "hours: 0", ":35: \"0\" is no value for \"hours\""},
    {"hours: 72", "hours: 99999", ":35: \"99999\" is no value for \"hours\""},
    {"validity_days: 100, ", "", ":37: a limit without a number"},
    {"validity_days: 100, ref: cps, grade: A}\n",
     "validity_days: 100, ref: cps, grade: A}\n"
     "  - {from: 2026-01-01, reuse_days: 9, ref: cps, grade: A}\n",
     ":38: limits are not in the order of \"from\""},
    {"rfc8657: {is: unknown}", "rfc8657: {is: unknown, from: 2027-01-01}", ":15: \"from\" without \"is: yes\""},
    {"/{token}", "/{tokn}", ":39: \"/{tokn}\" holds an unknown place to fill; use {name}, {adn}, {token}"},
    {"/{token}", "/{token", ":39: \"/{token\" holds an unknown place to fill"},
    {"kind: mail", "kind: post",
     ":50: \"post\" is no value for \"kind\"; use one of: mail, intent, documents, issue, note"},
    {"kind: issue, ", "", ":42: the key \"kind\" is missing; add it"},
    {"en: A call., ", "", ":51: the key \"en\" is missing; add it"},
    {"メールです。, ref: cps, grade: B}", "メールです。}", ":50: a fact without \"ref\""},
    {"完了です。, ref: cps", "完了です。, ref: cpx", ":42: no source has the key \"cpx\""},
    {"en: A mail.", "en: \"A\\u0007mail.\"", ":50: \"en\" holds a control character"},
    {"id: plain", "id: simple", ":54: two products have the id \"simple\"; rename one"},
    {"[35, 30]", "[30, 35]", ":56: the notices are not in their order; put the earliest first"},
    {"[35, 30]", "[35, 35]", ":56: the notices are not in their order"},
    {"[35, 30]", "[35, 3x]", ":56: \"3x\" is no value for \"days\"; write a number from 1 to 1000"},
    {"[35, 30]", "[]", ":56: \"days\" has no entries"},
    {"[35, 30], ref: cps, grade: A", "[35, 30]", ":56: a fact without \"ref\""},
    {"AZ az", "AZ é", ":57: \"dn_characters\" holds what is no printable ASCII"},
    {"AZ az", "AZ\\taz", ":57: \"dn_characters\" holds what is no printable ASCII"},
    {"rsa_bits_min: 3072", "rsa_bits_min: 2k", ":57: \"2k\" is no value for \"rsa_bits_min\""},
    {"rsa_bits_min: 3072, ref: cps, grade: A", "rsa_bits_min: 3072", ":57: a fact without \"ref\""},
    {"title: CPS\n", "title: \"C\\tS\"\n", ":6: \"title\" holds a control character; write it on one line"},
    {"recipients: {who: one, ref: cps, grade: A}\n",
     "recipients: {who: one, ref: cps, grade: A}\nrecipients_periods:\n  - {who: all, ref: cps, grade: A}\n",
     ":34: a period without \"from\" and \"until\""},
    {"kind: ca\n", "kind: ca\nparent: nobody\n", "test-ca.yaml: the parent \"nobody\" is not the id of an issuing CA"},
    {"kind: ca\n", "kind: ca\nparent: test-ca\n",
     "test-ca.yaml: the parent \"test-ca\" is not the id of an issuing CA"},
};

static char fresh_dir[TEMPORARY_MAX];

static void open_dir(void)
{
    temporary_directory(fresh_dir);
}

static void path_of(const char *name, char out[PATH_MAX])
{
    (void)snprintf(out, PATH_MAX, "%s/%s", fresh_dir, name);
}

static void write_file(const char *name, const char *text)
{
    char path[PATH_MAX];
    path_of(name, path);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void close_dir(void)
{
    static const char *const names[] = {"test-ca.yaml", "digicert.yaml", "issuers.yaml", "README.txt", ".x.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        path_of(names[i], path);
        (void)unlink(path);
    }
    ck_assert_int_eq(rmdir(fresh_dir), 0);
}

/* The profile with one change. */
static void put_profile(const char *find, const char *replace)
{
    const char *at = strstr(profile, find);
    ck_assert_msg(at != NULL, "\"%s\" is not in the profile", find);
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 16);
    dcv_buf_put(&text, profile, (size_t)(at - profile));
    dcv_buf_puts(&text, replace);
    dcv_buf_puts(&text, at + strlen(find));
    write_file("test-ca.yaml", dcv_buf_text(&text));
    dcv_buf_done(&text);
}

static void assert_fault(enum dcv_status status, const char *expected)
{
    struct dcv_ca_set *set = NULL;
    char *error = NULL;
    ck_assert_int_eq(dcv_ca_set_create(fresh_dir, &set, &error), status);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strstr(error, expected) != NULL, "\"%s\", expected \"%s\"", error, expected);
    ck_assert_msg(strchr(error, '\n') == NULL, "more than a line: %s", error);
    ck_assert_msg(strncmp(error, fresh_dir, strlen(fresh_dir)) == 0 || error[0] == 't', "no file: %s", error);
    free(error);
}

static struct dcv_ca_set *assert_set(void)
{
    struct dcv_ca_set *set = NULL;
    char *error = NULL;
    const enum dcv_status status = dcv_ca_set_create(fresh_dir, &set, &error);
    ck_assert_msg(status == DCV_OK, "%s", error != NULL ? error : "no message");
    return set;
}

START_TEST(faults_are_told)
{
    put_profile(faults[_i].find, faults[_i].replace);
    assert_fault(DCV_ERR_SYNTAX, faults[_i].error);
}
END_TEST

START_TEST(a_profile_is_added)
{
    put_profile("", "");
    struct dcv_ca_set *set = assert_set();
    const struct dcv_ca *ca = dcv_ca_find(set, "test-ca");
    ck_assert_ptr_nonnull(ca);
    ck_assert_str_eq(ca->name_ja, "テスト");
    ck_assert_uint_eq(ca->offer_count, 6);
    ck_assert_str_eq(ca->offers[0].ref.title, "CPS");
    ck_assert_int_eq(ca->offers[0].ref.grade, 'B');
    ck_assert_int_eq(ca->offers[0].ref.date, dcv_date_ymd(2026, 1, 2));
    ck_assert(ca->offers[0].is_default && ca->offers[0].automatic);
    ck_assert_str_eq(ca->offers[4].roles[0], "admin");
    ck_assert_ptr_null(ca->offers[4].roles[1]);
    ck_assert_int_eq(ca->code_hours, 72);
    ck_assert_str_eq(ca->methods[0].path, "/{token}");
    ck_assert_str_eq(dcv_issuer_owner(set, "CA.example"), "Test");
    dcv_ca_set_free(set);
}
END_TEST

START_TEST(rfc8657_from_a_day)
{
    put_profile("honours_rfc8657: {is: unknown}", "honours_rfc8657: {is: yes, from: 2026-06-01, ref: cps, grade: A}");
    struct dcv_ca_set *set = assert_set();
    const struct dcv_ca *ca = dcv_ca_find(set, "test-ca");
    ck_assert_int_eq(ca->rfc8657, DCV_YES);
    ck_assert_int_eq(ca->rfc8657_from, dcv_date_ymd(2026, 6, 1));
    ck_assert_int_eq(ca->flag1, DCV_UNKNOWN);
    dcv_ca_set_free(set);
}
END_TEST

START_TEST(what_is_sold_is_added)
{
    put_profile("", "");
    struct dcv_ca_set *set = assert_set();
    const struct dcv_ca *ca = dcv_ca_find(set, "test-ca"), *seller = NULL;
    const struct dcv_product *simple = dcv_product_find(set, "Simple", &seller), *plain = &ca->products[1];
    ck_assert_ptr_eq(simple, &ca->products[0]);
    ck_assert_ptr_eq(seller, ca);
    ck_assert_uint_eq(simple->step_count, 2);
    ck_assert_int_eq(simple->steps[0].kind, DCV_STEP_MAIL);
    ck_assert_int_eq(simple->steps[0].ref.grade, 'B');
    ck_assert_int_eq(simple->steps[1].kind, DCV_STEP_INTENT);
    ck_assert_str_eq(simple->steps[1].ja, "電話です。");
    ck_assert_uint_eq(plain->step_count, 1); /* those of the profile */
    ck_assert_int_eq(plain->steps[0].kind, DCV_STEP_ISSUE);
    ck_assert_uint_eq(ca->notice_count, 2);
    ck_assert_int_eq(ca->notice_days[1], 30);
    ck_assert_int_eq(ca->notices_ref.grade, 'A');
    ck_assert_str_eq(ca->csr.dn_characters, "AZ az");
    ck_assert_int_eq(ca->csr.rsa_bits_min, 3072);
    ck_assert_str_eq(ca->csr.ref.key, "cps");
    for (size_t i = 1; i < dcv_ca_count(set); i++)
        ck_assert_int_lt(strcmp(dcv_ca_at(set, i - 1)->id, dcv_ca_at(set, i)->id), 0);
    dcv_ca_set_free(set);
}
END_TEST

START_TEST(a_profile_takes_the_place_of_one)
{
    struct dcv_ca_set *set = assert_set(); /* of an empty directory */
    const size_t count = dcv_ca_count(set);
    dcv_ca_set_free(set);
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 16);
    dcv_buf_puts(&text, "id: digicert\n");
    dcv_buf_puts(&text, strchr(profile, '\n') + 1);
    write_file("digicert.yaml", dcv_buf_text(&text));
    dcv_buf_done(&text);
    set = assert_set();
    ck_assert_uint_eq(dcv_ca_count(set), count);
    ck_assert_str_eq(dcv_ca_find(set, "digicert")->name_en, "Test");
    dcv_ca_set_free(set);
}
END_TEST

START_TEST(other_files_are_left_alone)
{
    write_file("README.txt", "no profile");
    write_file(".x.yaml", "no profile");
    dcv_ca_set_free(assert_set());
}
END_TEST

START_TEST(empty_file)
{
    write_file("test-ca.yaml", "# nothing\n");
    assert_fault(DCV_ERR_SYNTAX, "/test-ca.yaml:1: the file is empty");
    write_file("test-ca.yaml", "");
    assert_fault(DCV_ERR_SYNTAX, "/test-ca.yaml:1: the file is empty");
    write_file("test-ca.yaml", "- a\n");
    assert_fault(DCV_ERR_SYNTAX, "/test-ca.yaml:1: \"the file\" is not as expected");
}
END_TEST

#define ISSUERS "sources: [{key: a, title: A}]\nref: a\ngrade: B\nowners:\n"

#define ONE "  - {name: One, domains: [a.example]}\n"

static const struct {
    const char *text, *error;
} issuer_faults[] = {
    {ISSUERS "  - name: One\n    domains: [a.example, A.Example]\n", ":6: the domain \""},
    {ISSUERS "  - {name: One, domains: [a.example]}\n  - {name: Two, domains: [a.example]}\n",
     ":6: the domain \"a.example\" is there twice; keep one"},
    {ISSUERS "  - {name: One}\n", ":5: the key \"domains\" is missing; add it"},
    {ISSUERS "  - {name: One, domains: [a..example]}\n", ":5: \"a..example\" is no domain"},
    {ISSUERS ONE "brands: [{label: b, issuer: b.example, ref: a, grade: A}]\n", ":6: \"b.example\" is under no owner; add it"},
    {ISSUERS ONE "brands: [{label: b.c, issuer: a.example, ref: a, grade: A}]\n", ":6: \"b.c\" is no label"},
    {ISSUERS ONE "brands: [{label: b, issuer: a.example}]\n", ":6: a fact without \"ref\""},
    {ISSUERS ONE "brands:\n  - {label: b, issuer: a.example, ref: a, grade: A}\n  - {label: b, issuer: a.example, ref: a, grade: A}\n",
     ":8: the brand \"b\" is there twice; keep one"},
    {ISSUERS ONE "brands: []\n", ":6:"},
    {"sources: [{key: a, title: A}]\nref: b\ngrade: B\nowners:\n  - {name: One, domains: [a.example]}\n",
     ":2: no source has the key \"b\""},
    {"sources: [{key: a, title: A}]\nowners:\n  - {name: One, domains: [a.example]}\n", ":1: a fact without \"ref\""},
};

START_TEST(faults_of_issuers)
{
    write_file("issuers.yaml", issuer_faults[_i].text);
    assert_fault(DCV_ERR_SYNTAX, issuer_faults[_i].error);
}
END_TEST

START_TEST(issuers_take_the_place_of_the_list)
{
    write_file("issuers.yaml", ISSUERS "  - {name: One, domains: [a.example]}\n");
    struct dcv_ca_set *set = assert_set();
    ck_assert_str_eq(dcv_issuer_owner(set, "a.example"), "One");
    ck_assert_ptr_null(dcv_issuer_owner(set, "harica.gr"));
    ck_assert_str_eq(dcv_issuer_owner(set, "letsencrypt.org"), "Let's Encrypt"); /* of the profile */
    ck_assert_uint_eq(set->brand_count, 0);
    dcv_ca_set_free(set);
}
END_TEST

START_TEST(no_directory)
{
    struct dcv_ca_set *set = NULL;
    char *error = NULL;
    ck_assert_int_eq(dcv_ca_set_create("/nonexistent/dir", &set, &error), DCV_ERR_IO);
    ck_assert_str_eq(error, "/nonexistent/dir: cannot be read (No such file or directory); check the path and its "
                            "permissions");
    free(error);
}
END_TEST

START_TEST(a_huge_file)
{
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 21);
    dcv_buf_fill(&text, '#', (1 << 20) + 1);
    write_file("test-ca.yaml", dcv_buf_text(&text));
    dcv_buf_done(&text);
    assert_fault(DCV_ERR_LIMIT, "/test-ca.yaml: larger than ");
}
END_TEST

START_TEST(memory_runs_out)
{
    put_profile("", "");
    enum dcv_status status = DCV_ERR_NOMEM;
    size_t n = 0;
    for (; status == DCV_ERR_NOMEM && n < 10000; n++) {
        size_t left = n;
        const struct dcv_allocator allocator = {scarce, &left};
        struct dcv_ca_set *set = NULL;
        char *error = NULL;
        status = dcv_ca_set_create_from(&allocator, fresh_dir, &set, &error);
        ck_assert_msg(error == NULL, "allocation %zu: %s", n, error);
        if (status != DCV_OK)
            ck_assert_ptr_null(set);
        dcv_ca_set_free(set);
    }
    ck_assert_int_eq(status, DCV_OK);
    ck_assert_uint_gt(n, 10);
}
END_TEST

START_TEST(memory_runs_out_before_the_fault_is_told)
{
    put_profile("kind: ca\n", "kind: bank\n");
    enum dcv_status status = DCV_ERR_NOMEM;
    for (size_t n = 0; status == DCV_ERR_NOMEM && n < 10000; n++) {
        size_t left = n;
        const struct dcv_allocator allocator = {scarce, &left};
        struct dcv_ca_set *set = NULL;
        char *error = NULL;
        status = dcv_ca_set_create_from(&allocator, fresh_dir, &set, &error);
        free(error);
    }
    ck_assert_int_eq(status, DCV_ERR_SYNTAX);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *tests = tcase_create("load");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, open_dir, close_dir);
    tcase_add_loop_test(tests, faults_are_told, 0, COUNT(faults));
    tcase_add_test(tests, a_profile_is_added);
    tcase_add_test(tests, rfc8657_from_a_day);
    tcase_add_test(tests, what_is_sold_is_added);
    tcase_add_test(tests, a_profile_takes_the_place_of_one);
    tcase_add_test(tests, other_files_are_left_alone);
    tcase_add_test(tests, empty_file);
    tcase_add_loop_test(tests, faults_of_issuers, 0, COUNT(issuer_faults));
    tcase_add_test(tests, issuers_take_the_place_of_the_list);
    tcase_add_test(tests, no_directory);
    tcase_add_test(tests, a_huge_file);
    tcase_add_test(tests, memory_runs_out);
    tcase_add_test(tests, memory_runs_out_before_the_fault_is_told);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
