#include "ca/lint.h"
#include "ca/sample.h"

#include "base/buf.h"
#include "support/scarce.h"
#include "support/temporary.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAULTS = 4 };

/* A change of the profile, and all that is told then: the line, the severity and how the text begins. */
static const struct {
    const char *find, *replace;
    const char *told[FAULTS];
} changes[] = {
    {"", "", {NULL}},
    /* what the loader refuses, all of it */
    {"level: exact\n", "level: exactly\n", {"23 error \"exactly\" is no value for \"level\""}},
    {"kind: ca\n", "kind: ca\nkind: ca\n", {"4 error the key \"kind\" is there twice"}},
    {"    until: 2026-01-01\n",
     "    until: 2024-01-01\n",
     {"22 error \"until\" (2024-01-01) is not after \"from\" (2025-01-01)"}},
    {"    ref: cps\n    grade: B\n", "    ref: cpr\n    grade: B\n", {"24 error no source has the key \"cpr\""}},
    {"date: 2026-01-02\nissues: {is: yes, ref: cps",
     "date: soon\nissues: {is: yes, ref: cpr",
     {"8 error \"soon\" is no date", "9 error no source has the key \"cpr\""}},
    {"grade: B\n",
     "grade: C\n",
     {"25 error what is known by grade C only is no fact; put a note with \"unverified: yes\""}},
    {"kind: ca\n", "kind: ca\n\tx: y\n", {"4 error no YAML: "}},
    {"id: test-ca\n", "id: tést\n", {"1 error \"tést\" is no id; use lower-case letters"}},
    {"/{token}", "/{tokn}", {"39 error \"/{tokn}\" holds an unknown place to fill"}},
    /* sources */
    {"    date: 2026-01-02\n",
     "    date: 2026-01-02\n  - {key: no, title: N, read: 2026-01-01}\n",
     {"9 warning no fact cites the source \"no\""}},
    {"    date: 2026-01-02\n", "", {"5 warning the source \"cps\" is undated"}},
    {"    url: https://ca.example/cps\n    date: 2026-01-02\n",
     "",
     {"5 error facts of grade A cite \"cps\", which has no url and no date"}},
    {"    url: https://ca.example/cps\n    date: 2026-01-02\n", "    read: 2026-01-02\n", {NULL}},
    {"    date: 2026-01-02\nissues: {is: yes, ref: cps",
     "    date: 2026-01-02\n  - {key: Ü, title: U, read: 2026-01-02}\n"
     "issues: {is: yes, ref: Ü",
     {"9 error \"Ü\" is no key of a source"}},
    /* periods */
    {"from: 2025-01-01\n    until: 2026-01-01",
     "from: 2025-01-01\n    until: 2028-03-16",
     {"22 warning \"until\" is after 2028-03-15, when the Baseline Requirements end"}},
    {"from: 2025-01-01\n    until: 2026-01-01", "from: 2025-01-01\n    until: 2028-03-15", {NULL}},
    {"from: 2025-01-01\n    until: 2026-01-01",
     "from: 2028-03-15\n    until: 2028-03-16",
     {"21 warning \"from\" is not before 2028-03-15", "22 warning \"until\" is after 2028-03-15"}},
    {"level: base, roles: [admin]",
     "level: base, until: 2025-07-16, roles: [admin]",
     {"29 warning \"until\" is after 2025-07-15"}},
    {"  - {source: txt-contact,",
     "  - {source: constructed, offered: yes, level: exact, from: 2025-12-31, ref: cps, grade: A}\n"
     "  - {source: txt-contact,",
     {"26 error \"constructed\" is offered twice at the level \"exact\" on the same days"}},
    {"  - {source: txt-contact,",
     "  - {source: constructed, offered: yes, level: exact, until: 2025-01-02, ref: cps, grade: A}\n"
     "  - {source: txt-contact,",
     {"26 error \"constructed\" is offered twice"}},
    {"  - {source: txt-contact,",
     "  - {source: constructed, offered: unknown, level: exact}\n"
     "  - {source: txt-contact,",
     {"26 error \"constructed\" is offered twice"}},
    {"  - {source: txt-contact,",
     "  - {source: constructed, offered: yes, level: exact, until: 2025-01-01, ref: cps, grade: A}\n"
     "  - {source: constructed, offered: yes, level: exact, from: 2026-01-01, ref: cps, grade: A}\n"
     "  - {source: constructed, offered: yes, level: base, ref: cps, grade: A}\n"
     "  - {source: txt-contact,",
     {NULL}},
    {"mx_required:",
     "recipients_periods:\n  - {who: all, until: 2025-01-01, ref: cps, grade: A}\n"
     "  - {who: one, until: 2026-01-01, ref: cps, grade: A}\nmx_required:",
     {"35 error two periods speak of the same days", "35 warning the period says the same as \"recipients\""}},
    {"mx_required:",
     "recipients_periods:\n  - {who: all, until: 2025-01-01, ref: cps, grade: A}\n"
     "  - {who: configurable, from: 2025-01-01, until: 2026-01-01, ref: cps, grade: A}\nmx_required:",
     {NULL}},
    /* limits */
    {"validity_days: 100", "validity_days: 398", {NULL}},
    {"validity_days: 100", "validity_days: 399", {"37 error the validity is longer than the 398 days"}},
    {"validity_days: 100", "validity_months: 15", {"37 error the validity is longer than the 398 days"}},
    {"from: 2026-01-01, validity_days: 100",
     "from: 2026-03-15, reuse_days: 201",
     {"37 error \"reuse_days\" is more than the 200 days that the Baseline Requirements allow on 2026-03-15"}},
    /* texts */
    {"ja: 電話です。", "ja: A call.", {"51 warning \"ja\" is the same as \"en\""}},
    {"ja: 電話です。", "ja: By telephone.", {"51 warning \"ja\" holds no kana and no kanji"}},
    {"ja: 電話です。", "ja: Telephone。", {"51 warning \"ja\" holds no kana and no kanji"}},
    {"ja: 電話です。", "ja: 電話です", {"51 warning \"ja\" does not end as a sentence"}},
    {"ja: 電話です。",
     "ja: \"電話です。 \"",
     {"51 warning \"ja\" begins or ends with a space", "51 warning \"ja\" does not end as a sentence"}},
    {"en: A call.",
     "en: A  call",
     {"51 warning \"en\" does not end as a sentence", "51 warning \"en\" holds two spaces"}},
    {"en: Done.", "en: Done", {"42 warning \"en\" does not end as a sentence"}},
    {"en: Simple", "en: \" Simple\"", {"45 warning \"en\" begins or ends with a space"}},
    {"unknown: [",
     "notes: [{en: Yes, ja: はい。, ref: cps, grade: A}]\nunknown: [",
     {"40 warning \"en\" does not end as a sentence"}},
    {"    level: exact\n", "    level: exact\n    note: {en: (Why?), ja: 理由?}\n", {NULL}},
    {"    level: exact\n", "    level: exact\n    note: {en: So., ja: So!}\n", {"24 warning \"ja\" holds no kana"}},
    {"[resend, sender, subject]",
     "[sender, subject]\nresend: {en: Again., ja: 再送, ref: cps, grade: A}",
     {"41 warning \"ja\" does not end as a sentence"}},
    /* other profiles */
    {"kind: ca\n", "kind: ca\nparent: nobody\n", {"4 error there is no profile \"nobody\""}},
    {"kind: ca\n",
     "kind: ca\nparent: iij-digicert\n",
     {"4 error the parent \"iij-digicert\" has a parent itself; name the issuing CA \"digicert\""}},
    {"kind: ca\n", "kind: ca\nparent: digicert\n", {NULL}},
    {"[ca.example]", "[ca.example, pki.example]", {"12 warning \"pki.example\" is not in issuers.yaml"}},
    {"[ca.example]",
     "[sectigo.com, digicert.com]",
     {"12 warning \"digicert.com\" belongs to DigiCert, Inc.; where the CA accepts it, list it under "
      "\"shared_domains\""}},
    {"[ca.example]",
     "[sectigo.com]\n  shared_domains: [digicert.com, trust-provider.com]",
     {"13 warning \"trust-provider.com\" belongs to the CA itself; list it under \"issuer_domains\""}},
    {"[ca.example]", "[sectigo.com]\n  deprecated_domains: [comodo.com]", {NULL}},
    {"[ca.example]", "[sectigo.com, SECTIGO.com]", {"12 error the domain \"SECTIGO.com\" is there twice"}},
    {"id: plain", "id: quick-auth", {"54 error \"iij-globalsign\" sells a product \"quick-auth\", too"}},
    {"id: plain", "id: Plain", {"54 error \"Plain\" is no id; use lower-case letters"}},
    {"validation: OV, wildcard: no",
     "validation: OV, wildcard: yes",
     {"54 error a wildcard product while \"wildcard\" of the profile is no"}},
    {"wildcard: {is: no, ref: cps, grade: A}\n", "wildcard: {is: unknown}\n", {NULL}},
    {"  - {id: plain, name: {en: Plain, ja: プレーン}, validation: OV, wildcard: no,\n",
     "  - {id: plain, name: {en: Plain, ja: プレーン}, validation: OV, steps: [{kind: note, en: A., ja: あ。, ref: "
     "cps, grade: A}], wildcard: no,\n",
     {"41 warning no product has these steps"}},
    {"issues: {is: yes", "issues: {is: no", {"9 warning the CA issues nothing and no note says why"}},
    /* the text of the file */
    {"title: CPS\n", "title: CPS\t# \n", {"6 warning a tab in the line; use spaces"}},
    {"title: CPS\n", "title: CPS\r\n", {"6 warning a CR in the line; use LF alone"}},
};

static char fresh_dir[TEMPORARY_MAX];

static void open_dir(void)
{
    temporary_directory(fresh_dir);
}

static void write_file(const char *name, const char *text, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s/%s", fresh_dir, name);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void close_dir(void)
{
    static const char *const names[] = {"test-ca.yaml", "other-ca.yaml", "issuers.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s", fresh_dir, names[i]);
        (void)unlink(path);
    }
    ck_assert_int_eq(rmdir(fresh_dir), 0);
}

/* The profile with one change, freed by the caller. */
static char *changed(const char *find, const char *replace)
{
    const char *at = strstr(profile, find);
    ck_assert_msg(at != NULL, "\"%s\" is not in the profile", find);
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 16);
    dcv_buf_put(&text, profile, (size_t)(at - profile));
    dcv_buf_puts(&text, replace);
    dcv_buf_puts(&text, at + strlen(find));
    char *copy = strdup(dcv_buf_text(&text));
    dcv_buf_done(&text);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

static struct dcv_lint *lint(const char *const *paths, size_t count)
{
    struct dcv_lint *found = NULL;
    ck_assert_int_eq(dcv_ca_lint(NULL, paths, count, &found), DCV_OK);
    return found;
}

static bool is_told(const struct dcv_ca_fault *fault, const char *expected)
{
    char line[2048];
    (void)snprintf(line, sizeof line, "%zu %s %s", fault->line, fault->severity == DCV_CA_ERROR ? "error" : "warning",
                   fault->text);
    return strncmp(line, expected, strlen(expected)) == 0;
}

/* All of `told`, in this order, and nothing else; the domain of the sample is nobody's. */
static void assert_told(const struct dcv_lint_file *file, const char *const told[FAULTS])
{
    size_t at = 0;
    for (size_t i = 0; i < file->count; i++) {
        const struct dcv_ca_fault *fault = &file->faults[i];
        if (strstr(fault->text, "\"ca.example\" is not in issuers.yaml; add it there, too") == fault->text)
            continue;
        ck_assert_msg(at < FAULTS && told[at] != NULL && is_told(fault, told[at]), "%zu: %s, expected %s", fault->line,
                      fault->text, at < FAULTS && told[at] != NULL ? told[at] : "nothing");
        at++;
    }
    ck_assert_msg(at == FAULTS || told[at] == NULL, "%s is not told", told[at]);
}

START_TEST(one_change)
{
    char path[PATH_MAX];
    char *text = changed(changes[_i].find, changes[_i].replace);
    write_file("test-ca.yaml", text, path);
    free(text);
    struct dcv_lint *found = lint((const char *const[]){path}, 1);
    ck_assert_uint_eq(found->count, 1);
    ck_assert_str_eq(found->files[0].file, path);
    ck_assert_ptr_null(found->files[0].unreadable);
    assert_told(&found->files[0], changes[_i].told);
    dcv_lint_free(found);
}
END_TEST

/* Files see each other and take the place of compiled-in ones; issuers.yaml is looked over like the rest. */
START_TEST(files_together)
{
    char first[PATH_MAX], second[PATH_MAX], issuers[PATH_MAX];
    char *child = changed("kind: ca\n", "kind: reseller\nparent: other-ca\n");
    char *parent = changed("id: test-ca\n", "id: other-ca\n");
    write_file("test-ca.yaml", child, first);
    write_file("other-ca.yaml", parent, second);
    free(child);
    free(parent);
    struct dcv_lint *found = lint((const char *const[]){first}, 1);
    assert_told(&found->files[0], (const char *const[FAULTS]){"4 error there is no profile \"other-ca\""});
    dcv_lint_free(found);
    write_file(
        "issuers.yaml",
        "sources: [{key: a, title: A, read: 2026-01-01}, {key: b, title: B, read: 2026-01-01}]\nref: a\ngrade: B\n"
        "owners:\n  - {name: One, domains: [ca.example, a.example]}\n  - {name: Two, domains: [a.example]}\n",
        issuers);
    found = lint((const char *const[]){fresh_dir}, 1);
    ck_assert_uint_eq(found->count, 3); /* in the order of their names */
    assert_told(&found->files[0], (const char *const[FAULTS]){"1 warning no fact cites the source \"b\"",
                                                              "6 error the domain \"a.example\" is there twice"});
    for (size_t i = 1; i < 3; i++) /* both sell the same */
        assert_told(&found->files[i],
                    i == 1 ? (const char *const[FAULTS]){"44 error \"test-ca\" sells a product \"simple\", too",
                                                         "54 error \"test-ca\" sells a product \"plain\", too"}
                           : (const char *const[FAULTS]){"45 error \"other-ca\" sells a product \"simple\"",
                                                         "55 error \"other-ca\" sells a product \"plain\""});
    ck_assert_uint_eq(found->errors, 5);
    dcv_lint_free(found);
}
END_TEST

START_TEST(cannot_be_read)
{
    char path[PATH_MAX];
    struct dcv_lint *found = lint((const char *const[]){"/nonexistent/x.yaml", fresh_dir}, 2);
    ck_assert_uint_eq(found->unreadable, 2);
    ck_assert_str_eq(found->files[0].unreadable,
                     "cannot be read (No such file or directory); check the path and its permissions");
    ck_assert_str_eq(found->files[1].unreadable, "holds no file *.yaml; name the directory of the profiles");
    dcv_lint_free(found);
    struct dcv_buf huge;
    dcv_buf_init(&huge, 1 << 21);
    dcv_buf_fill(&huge, '#', (1 << 20) + 1);
    write_file("test-ca.yaml", dcv_buf_text(&huge), path);
    dcv_buf_done(&huge);
    found = lint((const char *const[]){path}, 1);
    ck_assert_str_eq(found->files[0].unreadable, "larger than 1048576 octets; is it a profile?");
    dcv_lint_free(found);
}
END_TEST

START_TEST(compiled_in_profiles_are_clean)
{
    struct dcv_lint *found = lint(NULL, 0);
    ck_assert_uint_gt(found->count, 20);
    for (size_t i = 0; i < found->count; i++)
        for (size_t j = 0; j < found->files[i].count; j++)
            ck_abort_msg("%s:%zu: %s", found->files[i].file, found->files[i].faults[j].line,
                         found->files[i].faults[j].text);
    dcv_lint_free(found);
}
END_TEST

START_TEST(memory_runs_out)
{
    char path[PATH_MAX];
    char *text = changed("date: 2026-01-02", "date: soon");
    write_file("test-ca.yaml", text, path);
    free(text);
    enum dcv_status status = DCV_ERR_NOMEM;
    for (size_t n = 0; status == DCV_ERR_NOMEM && n < 10000; n++) {
        size_t left = n;
        const struct dcv_allocator allocator = {scarce, &left};
        struct dcv_lint *found = NULL;
        status = dcv_ca_lint(&allocator, (const char *const[]){path}, 1, &found);
        if (status == DCV_OK)
            ck_assert_uint_eq(found->errors, 1);
        else
            ck_assert_ptr_null(found);
        dcv_lint_free(found);
    }
    ck_assert_int_eq(status, DCV_OK);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("lint");
    TCase *tests = tcase_create("lint");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, open_dir, close_dir);
    tcase_add_loop_test(tests, one_change, 0, COUNT(changes));
    tcase_add_test(tests, files_together);
    tcase_add_test(tests, cannot_be_read);
    tcase_add_test(tests, compiled_in_profiles_are_clean);
    tcase_add_test(tests, memory_runs_out);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
