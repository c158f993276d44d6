#include "base/text.h"
#include "verdict/verdict.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

/* ---- the verdict of a CA, from values made by hand --------------------------------------------------------------------------- */

static const struct {
    bool blocker, usable;
    enum dcv_permits permits;
    enum dcv_verdict verdict;
} rows[] = {
    {false, true, DCV_PERMITS_YES, DCV_READY},
    {true, true, DCV_PERMITS_YES, DCV_NOT_READY},
    {false, true, DCV_PERMITS_NO, DCV_NOT_READY},
    {false, true, DCV_PERMITS_UNKNOWN, DCV_UNKNOWN_VERDICT},
    {false, false, DCV_PERMITS_YES, DCV_UNKNOWN_VERDICT},
    {true, false, DCV_PERMITS_UNKNOWN, DCV_NOT_READY},
    {false, false, DCV_PERMITS_NO, DCV_NOT_READY},
    {false, false, DCV_PERMITS_UNKNOWN, DCV_UNKNOWN_VERDICT},
};

START_TEST(of_a_ca)
{
    struct dcv_finding findings[2] = {{.severity = DCV_WARNING}, {.severity = rows[_i].blocker ? DCV_BLOCKER : DCV_NOTICE}};
    size_t numbers[] = {0, 1};
    struct dcv_entry entries[2] = {{.usable = false}, {.usable = rows[_i].usable}};
    struct dcv_judged_ca ca = {.caa = {.permits = rows[_i].permits}};
    struct dcv_judged judged = {0};
    ca.entries.items = entries;
    ca.entries.count = 2;
    ca.findings.items = numbers;
    ca.findings.count = 2;
    judged.findings.items = findings;
    judged.findings.count = 2;
    judged.cas.items = &ca;
    judged.cas.count = 1;
    dcv_verdict_decide(&judged);
    ck_assert_str_eq(dcv_verdict_text(ca.verdict), dcv_verdict_text(rows[_i].verdict));
}
END_TEST

/* Of a row that is not of e-mail: the best of its ways, unless something blocks it or CAA is against it. */
static const struct {
    const char *ways; /* r, n, u */
    bool blocker;
    enum dcv_permits permits;
    enum dcv_verdict verdict;
} ways[] = {
    {"r", false, DCV_PERMITS_YES, DCV_READY},          {"n", false, DCV_PERMITS_YES, DCV_NOT_READY},
    {"u", false, DCV_PERMITS_YES, DCV_UNKNOWN_VERDICT}, {"nr", false, DCV_PERMITS_YES, DCV_READY},
    {"nu", false, DCV_PERMITS_YES, DCV_UNKNOWN_VERDICT}, {"unr", false, DCV_PERMITS_YES, DCV_READY},
    {"", false, DCV_PERMITS_YES, DCV_NOT_READY},       {"r", true, DCV_PERMITS_YES, DCV_NOT_READY},
    {"r", false, DCV_PERMITS_NO, DCV_NOT_READY},       {"r", false, DCV_PERMITS_UNKNOWN, DCV_UNKNOWN_VERDICT},
    {"n", false, DCV_PERMITS_UNKNOWN, DCV_NOT_READY},  {"u", true, DCV_PERMITS_YES, DCV_NOT_READY},
};

static enum dcv_verdict verdict_called(char letter)
{
    return letter == 'r' ? DCV_READY : letter == 'n' ? DCV_NOT_READY : DCV_UNKNOWN_VERDICT;
}

START_TEST(of_ways)
{
    struct dcv_finding finding = {.severity = ways[_i].blocker ? DCV_BLOCKER : DCV_WARNING};
    size_t number = 0;
    struct dcv_way list[3] = {{.verdict = DCV_READY}};
    struct dcv_judged_ca ca = {.by = DCV_BY_HTTP, .caa = {.permits = ways[_i].permits}};
    struct dcv_judged judged = {0};
    ca.ways.items = list;
    ca.ways.count = strlen(ways[_i].ways);
    for (size_t i = 0; i < ca.ways.count; i++)
        list[i].verdict = verdict_called(ways[_i].ways[i]);
    ca.findings.items = &number;
    ca.findings.count = 1;
    judged.findings.items = &finding;
    judged.findings.count = 1;
    judged.cas.items = &ca;
    judged.cas.count = 1;
    dcv_verdict_decide(&judged);
    ck_assert_str_eq(dcv_verdict_text(ca.verdict), dcv_verdict_text(ways[_i].verdict));
}
END_TEST

/* A CA is ready by one of its rows; "|" stands between CAs. */
static const struct {
    const char *verdicts;
    enum dcv_verdict every, any;
} kinds[] = {
    {"nr", DCV_READY, DCV_READY},         {"nu", DCV_UNKNOWN_VERDICT, DCV_UNKNOWN_VERDICT},
    {"nn", DCV_NOT_READY, DCV_NOT_READY}, {"nr|un", DCV_UNKNOWN_VERDICT, DCV_READY},
    {"nr|n", DCV_NOT_READY, DCV_READY},   {"nr|ur", DCV_READY, DCV_READY},
    {"n|nu", DCV_NOT_READY, DCV_UNKNOWN_VERDICT},
};

START_TEST(of_several_kinds)
{
    static const struct dcv_ca issuers[2] = {{.kind = DCV_CA_KIND_CA}, {.kind = DCV_CA_KIND_CA}};
    struct dcv_judged_ca cas[8] = {{0}};
    struct dcv_judged judged = {0};
    size_t number = 0;
    judged.cas.items = cas;
    for (const char *at = kinds[_i].verdicts; *at != '\0'; at++) {
        if (*at == '|')
            number++;
        else
            cas[judged.cas.count++] = (struct dcv_judged_ca){.ca = &issuers[number], .verdict = verdict_called(*at)};
    }
    ck_assert_uint_eq(dcv_judged_count(&judged), number + 1);
    ck_assert_int_eq(dcv_verdict_of_name(&judged, true), kinds[_i].every);
    ck_assert_int_eq(dcv_verdict_of_name(&judged, false), kinds[_i].any);
}
END_TEST

static const struct {
    const char *verdicts; /* r, n, u; in upper case that of the Baseline Requirements */
    enum dcv_verdict every, any;
} names[] = {
    {"r", DCV_READY, DCV_READY},          {"n", DCV_NOT_READY, DCV_NOT_READY},
    {"u", DCV_UNKNOWN_VERDICT, DCV_UNKNOWN_VERDICT}, {"rn", DCV_NOT_READY, DCV_READY},
    {"ru", DCV_UNKNOWN_VERDICT, DCV_READY}, {"nu", DCV_NOT_READY, DCV_UNKNOWN_VERDICT},
    {"rnu", DCV_NOT_READY, DCV_READY},    {"nn", DCV_NOT_READY, DCV_NOT_READY},
    {"", DCV_UNKNOWN_VERDICT, DCV_UNKNOWN_VERDICT}, {"R", DCV_READY, DCV_READY},
    {"Rn", DCV_NOT_READY, DCV_NOT_READY}, {"nRn", DCV_NOT_READY, DCV_NOT_READY},
    {"uR", DCV_UNKNOWN_VERDICT, DCV_UNKNOWN_VERDICT}, {"Nr", DCV_NOT_READY, DCV_READY},
};

START_TEST(of_a_name)
{
    static const struct dcv_ca issuers[3] = {{.kind = DCV_CA_KIND_CA}, {.kind = DCV_CA_KIND_CA}, {.kind = DCV_CA_KIND_CA}};
    static const struct dcv_ca baseline = {.kind = DCV_CA_KIND_BASELINE};
    struct dcv_judged_ca cas[3] = {{0}};
    struct dcv_judged judged = {0};
    judged.cas.items = cas;
    judged.cas.count = strlen(names[_i].verdicts);
    for (size_t i = 0; i < judged.cas.count; i++) {
        const char verdict = names[_i].verdicts[i], lower = dcv_ascii_lower(verdict);
        cas[i].ca = verdict == lower ? &issuers[i] : &baseline;
        cas[i].verdict = lower == 'r' ? DCV_READY : lower == 'n' ? DCV_NOT_READY : DCV_UNKNOWN_VERDICT;
    }
    ck_assert_int_eq(dcv_verdict_of_name(&judged, true), names[_i].every);
    ck_assert_int_eq(dcv_verdict_of_name(&judged, false), names[_i].any);
}
END_TEST

/* ---- would a CA accept an address? --------------------------------------------------------------------------------------------- */

#define ZONE                                                                                                            \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\nexample.jp. IN MX 10 mail.example.jp.\n"             \
    "mail.example.jp. IN A 192.0.2.25\n_validation-contactemail.example.jp. IN TXT \"Dcv@example.jp\"\n"                \
    "www.example.jp. IN MX 0 .\n"

static const struct {
    const char *address, *ca, *zone, *as_of; /* as_of NULL: 2026-11-21 */
    enum dcv_accepts answer;
    enum dcv_accepts_reason reason;
    const char *nearest;
    bool case_only;
} accepts[] = {
    {"admin@example.jp", "sectigo", "", NULL, DCV_ACCEPTS_YES, DCV_REASON_PERMITTED, NULL, false},
    {"Dcv@example.jp", "sectigo", "", NULL, DCV_ACCEPTS_YES, DCV_REASON_PERMITTED, NULL, false},
    {"dcv@example.jp", "sectigo", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_LOCAL_PART, "Dcv@example.jp", true},
    {"info@example.jp", "sectigo", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_LOCAL_PART, "admin@example.jp", false},
    {"webmaster@example.com", "sectigo", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_NOT_AN_ADN, "webmaster@example.jp", false},
    {"admin@a.www.example.jp", "sectigo", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_BASE_NEEDED, "admin@example.jp", false},
    {"admin@jp", "sectigo", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_NOT_AN_ADN, "admin@example.jp", false},
    {"admin@www.example.jp", "sectigo", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_MAIL, "admin@example.jp", false}, /* null MX */
    {"admin@example.jp", "letsencrypt", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_SOURCE_NOT_OFFERED, NULL, false},
    {"info@example.jp", "letsencrypt", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_NO_EMAIL, NULL, false},
    {"Dcv@example.jp", "godaddy", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_SOURCE_NOT_OFFERED, "admin@example.jp", false},
    {"admin@example.jp", "cybertrust", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_LEVEL_NOT_OFFERED, NULL, false},
    {"root@example.jp", "globalsign", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_RETIRED, "admin@example.jp", false},
    {"root@example.jp", "globalsign", "", "2025-07-01", DCV_ACCEPTS_YES, DCV_REASON_PERMITTED, NULL, false},
    {"admin@example.jp", "sectigo", "", "2028-03-14", DCV_ACCEPTS_YES, DCV_REASON_PERMITTED, NULL, false},
    {"admin@example.jp", "sectigo", "", "2028-03-15", DCV_ACCEPTS_NO, DCV_REASON_RETIRED, NULL, false},
    {"Dcv@example.jp", "fujissl", "", NULL, DCV_ACCEPTS_UNKNOWN, DCV_REASON_OFFER_UNKNOWN, "admin@example.jp", false},
    {"Dcv@example.jp", "fujissl", "", "2028-03-15", DCV_ACCEPTS_NO, DCV_REASON_RETIRED, NULL, false}, /* known or not */
    {"admin@www.example.jp", "iij-cybertrust", "", "2025-06-25", DCV_ACCEPTS_NO, DCV_REASON_FUTURE, NULL, false},
    {"admin@implicit.example.jp", "iij-digicert", "", NULL, DCV_ACCEPTS_NO, DCV_REASON_NOT_AN_ADN, "admin@example.jp", false},
    {"admin@example.jp", "certum", "example.jp. IN CAA 0 issue \"certum.pl; validationmethods=ca-tbr-7\"\n", NULL, DCV_ACCEPTS_NO,
     DCV_REASON_CAA_METHODS, "admin@example.jp", false},
    {"admin@example.jp", "certum", "example.jp. IN CAA 0 issue \"certum.pl; accounturi=https://ca.example/1\"\n", NULL, DCV_ACCEPTS_YES,
     DCV_REASON_PERMITTED, NULL, false},
    {"admin@example.jp", "sectigo", "! timeout example.jp MX", NULL, DCV_ACCEPTS_UNKNOWN, DCV_REASON_MAIL_UNKNOWN, NULL, false},
    {"info@example.jp", "sectigo", "! timeout _validation-contactemail.www.example.jp TXT", NULL, DCV_ACCEPTS_UNKNOWN, DCV_REASON_LOOKUP,
     "admin@example.jp", false},
};

START_TEST(acceptance)
{
    char zone[1000];
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    struct dcv_acceptance out;
    (void)snprintf(zone, sizeof zone, "%s%s", ZONE, accepts[_i].zone);
    struct world world = {.name = "www.example.jp", .ca = accepts[_i].ca, .as_of = accepts[_i].as_of != NULL ? accepts[_i].as_of : "2026-11-21", .zone = zone};
    world_judge(&world);
    ck_assert_int_eq(dcv_mailbox_parse(world.arena, accepts[_i].address, strlen(accepts[_i].address), &mailbox, &error), DCV_OK);
    dcv_verdict_accepts(&world.judged, &mailbox, &out);
    ck_assert_int_eq(out.answer, accepts[_i].answer);
    ck_assert_int_eq(out.reason, accepts[_i].reason);
    ck_assert_int_eq(out.case_only, accepts[_i].case_only);
    if (accepts[_i].nearest != NULL)
        ck_assert_str_eq(out.nearest, accepts[_i].nearest);
    else
        ck_assert_ptr_null(out.nearest);
    ck_assert_int_eq(out.entry != NULL, out.reason < DCV_REASON_LOCAL_PART);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("verdict");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, of_a_ca, 0, ROWS(rows));
    tcase_add_loop_test(tcase, of_ways, 0, ROWS(ways));
    tcase_add_loop_test(tcase, of_several_kinds, 0, ROWS(kinds));
    tcase_add_loop_test(tcase, of_a_name, 0, ROWS(names));
    tcase_add_loop_test(tcase, acceptance, 0, ROWS(accepts));
    return run_cases("verdict", tcase);
}
