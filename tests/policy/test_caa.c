/* POLICY: CAA (RFC 8659, RFC 8657, BR 4.2.2.1): what is permitted, and what is said about it. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"                                                    \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\nexample.jp. IN A 192.0.2.80\n"
#define ACCOUNT "https://ca.example/acct/1"

struct row {
    const char *name, *ca, *as_of, *zone;
    enum dcv_permits permits;
    const char *findings;
    const char *account_uri;
};

static const struct row rows[] = {
    /* --- which RRset counts --- */
    {"example.jp", "sectigo", "2026-11-21", "", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"Sectigo.COM\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 ISSUE \"digicert.com\"", DCV_PERMITS_NO, "caa-forbids", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"digicert.com\"\nexample.jp. IN CAA 0 issue \"sectigo.com\"",
     DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "jp. IN CAA 0 issue \"digicert.com\"", DCV_PERMITS_NO, "caa-forbids", NULL},
    {"a.b.example.jp", "sectigo", "2026-11-21",
     "b.example.jp. IN CAA 0 issue \"sectigo.com\"\nexample.jp. IN CAA 0 issue \"digicert.com\"\na.b.example.jp. IN MX 1 mail.example.jp.",
     DCV_PERMITS_YES, "mail-none=notice", NULL},
    {"a.b.example.jp", "sectigo", "2026-11-21",
     "b.example.jp. IN CAA 0 iodef \"mailto:a@example.jp\"\nexample.jp. IN CAA 0 issue \"digicert.com\"\n"
     "a.b.example.jp. IN MX 1 mail.example.jp.\nb.example.jp. IN MX 1 mail.example.jp.",
     DCV_PERMITS_YES, "", NULL}, /* the nearest RRset wins, though it restricts nothing */
    {"a.example.jp", "sectigo", "2026-11-21",
     "a.example.jp. IN CNAME t.example.com.\nt.example.com. IN CAA 0 issue \"digicert.com\"\nexample.jp. IN CAA 0 issue \"sectigo.com\"\n"
     "example.com. IN MX 1 mail.example.jp.\nt.example.com. IN MX 1 mail.example.jp.",
     DCV_PERMITS_NO, "caa-forbids", NULL},
    {"a.example.jp", "sectigo", "2026-11-21",
     "a.example.jp. IN CNAME t.example.com.\nt.example.com. IN MX 1 mail.example.jp.\nexample.com. IN MX 1 mail.example.jp.\n"
     "example.com. IN CAA 0 issue \"digicert.com\"",
     DCV_PERMITS_YES, "", NULL}, /* the parents of a target are not climbed */
    {"*.example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"digicert.com\"", DCV_PERMITS_NO, "caa-forbids", NULL},

    /* --- issuewild --- */
    {"*.example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"digicert.com\"\nexample.jp. IN CAA 0 issuewild \"sectigo.com\"",
     DCV_PERMITS_YES, "", NULL},
    {"*.example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"\nexample.jp. IN CAA 0 issuewild \"digicert.com\"",
     DCV_PERMITS_NO, "caa-wildcard-forbids", NULL},
    {"*.example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"\nexample.jp. IN CAA 0 issuewild \";\"",
     DCV_PERMITS_NO, "caa-forbids-all", NULL},
    {"*.example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issuewild \"digicert.com\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issuewild \";\"", DCV_PERMITS_YES, "", NULL},

    /* --- values --- */
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \";\"", DCV_PERMITS_NO, "caa-forbids-all", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \" ; \"", DCV_PERMITS_NO, "caa-forbids-all", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \";\"\nexample.jp. IN CAA 0 issue \"sectigo.com\"",
     DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"  sectigo.com  ;  a=b \"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com; =\"", DCV_PERMITS_NO, "caa-forbids-broken caa-malformed", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com a=b\"", DCV_PERMITS_NO, "caa-forbids-broken caa-malformed", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"%%%\"\nexample.jp. IN CAA 0 issue \"sectigo.com\"",
     DCV_PERMITS_YES, "caa-malformed", NULL}, /* denies that value only */
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com.\"", DCV_PERMITS_NO, "caa-forbids-broken caa-near-miss", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectgo.com\"", DCV_PERMITS_NO, "caa-forbids caa-near-miss", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"comodoca.com\"", DCV_PERMITS_YES, "caa-deprecated-issuer", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 iodef \"a@example.jp\"", DCV_PERMITS_YES, "caa-iodef", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 iodef \"https://example.jp/\"", DCV_PERMITS_YES, "", NULL},

    /* --- flags --- */
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 128 issue \"sectigo.com\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 128 tbs \"x\"", DCV_PERMITS_NO, "caa-critical", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 130 tbs \"x\"", DCV_PERMITS_NO, "caa-critical", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 tbs \"x\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 2 tbs \"x\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 1 issue \"sectigo.com\"", DCV_PERMITS_YES, "caa-flag1", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 128 issuemail \"x.example\"\nexample.jp. IN CAA 128 issuevmc \"x.example\"",
     DCV_PERMITS_YES, "", NULL},
    {"example.jp", "letsencrypt", "2026-11-21", "example.jp. IN CAA 128 contactemail \"a@example.jp\"", DCV_PERMITS_NO,
     "caa-critical-contact ca-no-email", NULL},

    /* --- RFC 8657 by date and CA --- */
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01\"", DCV_PERMITS_YES,
     "caa-methods-later", NULL},
    {"example.jp", "sectigo", "2027-03-14", "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01\"", DCV_PERMITS_YES,
     "caa-methods-later", NULL},
    {"example.jp", "sectigo", "2027-03-15", "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01\"", DCV_PERMITS_NO,
     "caa-methods", NULL},
    {"example.jp", "sectigo", "2027-03-15", "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01,CA-TBR-4\"",
     DCV_PERMITS_YES, "", NULL},
    {"example.jp", "certum", "2026-11-21", "example.jp. IN CAA 0 issue \"certum.pl; validationmethods=ca-tbr-7\"", DCV_PERMITS_NO,
     "caa-methods", NULL},
    {"example.jp", "sectigo", "2027-03-15",
     "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01\"\nexample.jp. IN CAA 0 issue \"sectigo.com\"", DCV_PERMITS_YES, "",
     NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com; accounturi=" ACCOUNT "\"", DCV_PERMITS_YES,
     "caa-account-later", NULL},
    {"example.jp", "sectigo", "2027-03-15", "example.jp. IN CAA 0 issue \"sectigo.com; accounturi=" ACCOUNT "\"", DCV_PERMITS_UNKNOWN,
     "caa-account-unknown", NULL},
    {"example.jp", "sectigo", "2027-03-15", "example.jp. IN CAA 0 issue \"sectigo.com; accounturi=" ACCOUNT "\"", DCV_PERMITS_YES, "", ACCOUNT},
    {"example.jp", "sectigo", "2027-03-15", "example.jp. IN CAA 0 issue \"sectigo.com; accounturi=" ACCOUNT "\"", DCV_PERMITS_NO,
     "caa-account", "https://ca.example/acct/2"},
    {"example.jp", "actalis", "2026-11-21", "example.jp. IN CAA 0 issue \"actalis.it; accounturi=" ACCOUNT "\"", DCV_PERMITS_UNKNOWN,
     "caa-account-unknown", NULL},
    {"example.jp", "sectigo", "2027-03-15", "example.jp. IN CAA 0 issue \"sectigo.com; accounturi=" ACCOUNT "; accounturi=x\"", DCV_PERMITS_NO,
     "caa-parameters=blocker caa-parameters", ACCOUNT},

    /* --- lookups that fail --- */
    {"example.jp", "sectigo", "2026-11-21", "! servfail example.jp CAA", DCV_PERMITS_UNKNOWN, "caa-failed-insecure", NULL},
    {"example.jp", "sectigo", "2026-11-21", "! timeout example.jp CAA", DCV_PERMITS_UNKNOWN, "caa-failed-insecure", NULL},
    {"example.jp", "sectigo", "2026-11-21", "! refused example.jp CAA", DCV_PERMITS_UNKNOWN, "caa-failed-insecure", NULL},
    {"example.jp", "sectigo", "2026-11-21", "! secure example.jp\n! servfail example.jp CAA", DCV_PERMITS_NO, "caa-failed-secure", NULL},
    /* What failed is in the zone of the alias's target. */
    {"www.example.jp", "sectigo", "2026-11-21",
     "! secure example.jp\nwww.example.jp. IN CNAME h.example.net.\nh.example.net. IN A 192.0.2.1\n! servfail www.example.jp CAA",
     DCV_PERMITS_UNKNOWN, "caa-failed-insecure mail-implicit-mx name-subtree", NULL},
    {"www.example.jp", "sectigo", "2026-11-21",
     "! secure example.net\nwww.example.jp. IN CNAME h.example.net.\nh.example.net. IN A 192.0.2.1\n! servfail www.example.jp CAA", DCV_PERMITS_NO,
     "caa-failed-secure mail-implicit-mx name-subtree", NULL},
    {"example.jp", "sectigo", "2026-11-21", "! validation unknown\n! servfail example.jp CAA", DCV_PERMITS_UNKNOWN, "caa-failed-unproven", NULL},
    {"example.jp", "sectigo", "2026-11-21", "! servfail jp CAA", DCV_PERMITS_UNKNOWN, "caa-failed-insecure", NULL},
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"\n! servfail jp CAA", DCV_PERMITS_YES, "lookup-failed",
     NULL}, /* above the RRset that counts */
    {"example.jp", "sectigo", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"\n! bogus example.jp CAA", DCV_PERMITS_NO, "caa-bogus",
     NULL},
    {"example.jp", "sectigo", "2026-03-15", "example.jp. IN CAA 0 issue \"sectigo.com\"\n! bogus example.jp CAA", DCV_PERMITS_NO, "caa-bogus",
     NULL},
    {"example.jp", "sectigo", "2026-03-14", "example.jp. IN CAA 0 issue \"sectigo.com\"\n! bogus example.jp CAA", DCV_PERMITS_YES,
     "caa-bogus-early", NULL},

    /* --- CAs whose issuer domains are not known, and the outer bound --- */
    {"example.jp", "fujissl", "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"", DCV_PERMITS_UNKNOWN, "ca-issuer-unknown", NULL},
    {"example.jp", "fujissl", "2026-11-21", "example.jp. IN CAA 0 iodef \"mailto:a@example.jp\"", DCV_PERMITS_YES, "", NULL},
    {"example.jp", "baseline", "2026-11-21", "example.jp. IN CAA 0 issue \";\"", DCV_PERMITS_YES, "source-retired", NULL},
};

START_TEST(decides)
{
    const struct row *row = &rows[_i];
    char zone[4000];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, row->zone);
    struct world world = {.name = row->name, .ca = row->ca, .as_of = row->as_of, .zone = zone, .account_uri = row->account_uri};
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    ck_assert_msg(ca->caa.permits == row->permits && strcmp(world_findings(&world, 0), row->findings) == 0, "%s %s %s\n%s: %s, \"%s\", not %s, \"%s\"",
                  row->name, row->ca, row->as_of, row->zone, dcv_permits_text(ca->caa.permits), world_findings(&world, 0),
                  dcv_permits_text(row->permits), row->findings);
    if (row->permits == DCV_PERMITS_NO)
        ck_assert_int_eq(ca->verdict, DCV_NOT_READY);
    if (row->permits == DCV_PERMITS_UNKNOWN)
        ck_assert_int_eq(ca->verdict, DCV_UNKNOWN_VERDICT);
    if (row->permits == DCV_PERMITS_YES)
        ck_assert_int_eq(ca->verdict, DCV_READY);
    world_done(&world);
}
END_TEST

/* Every domain of the table accepts what POLICY says that its CA accepts. */
static const struct {
    const char *ca, *issuer;
    bool accepted;
} issuers[] = {
    {"digicert", "www.digicert.com", true},   {"digicert", "digicert.ne.jp", true},     {"digicert", "cybertrust.ne.jp", true},
    {"digicert", "quovadisglobal.com", true}, {"digicert", "amazontrust.com", true},    {"digicert", "sectigo.com", false},
    {"iij-digicert", "digicert.com", true},   {"globalsign", "globalsign.com", true},   {"iij-globalsign", "globalsign.com", true},
    {"cybertrust", "cybertrust.co.jp", true}, {"iij-cybertrust", "cybertrust.ne.jp", true}, {"cybertrust", "digicert.com", false},
    {"sectigo", "trust-provider.com", true},  {"sectigo", "affirmtrust.com", true},     {"entrust", "entrust.net", true},
    {"ssl-com", "entrust.net", true},         {"ssl-com", "sectigo.com", false},        {"godaddy", "starfieldtech.com", true},
    {"amazon", "awstrust.com", true},         {"amazon", "aws.amazon.com", true},       {"certum", "certum.eu", true},
    {"jprs", "jprs.jp", true},                {"secom", "secomtrust.net", true},        {"actalis", "actalis.it", true},
    {"identrust", "www.identrust.com", true}, {"telia", "trust.telia.com", true},       {"letsencrypt", "letsencrypt.org", true},
    {"google-trust-services", "pki.goog", true}, {"buypass", "buypass.no", true},       {"swisssign", "swisssign.com", true},
};

START_TEST(issuer_domains)
{
    char zone[1000];
    (void)snprintf(zone, sizeof zone, "%sexample.jp. IN CAA 0 issue \"%s\"", MAIL, issuers[_i].issuer);
    struct world world = {.name = "example.jp", .ca = issuers[_i].ca, .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    ck_assert_int_eq(world.judged.cas.items[0].caa.permits, issuers[_i].accepted ? DCV_PERMITS_YES : DCV_PERMITS_NO);
    world_done(&world);
}
END_TEST

/* A CA without e-mail lacks no e-mail method in a list: nothing is to be added to it. */
START_TEST(methods_without_email)
{
    static const char *const dates[] = {"2026-11-21", "2027-03-15"};
    struct world world = {.name = "example.jp", .ca = "letsencrypt", .as_of = dates[_i],
                          .zone = MAIL "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=dns-01\"\n"};
    world_judge(&world);
    ck_assert_int_eq(world.judged.cas.items[0].caa.permits, DCV_PERMITS_YES);
    ck_assert_str_eq(world_findings(&world, 0), "ca-no-email");
    world_done(&world);
}
END_TEST

START_TEST(evidence_and_fix)
{
    struct world world = {.name = "www.example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = MAIL "www.example.jp. IN MX 1 mail.example.jp.\nexample.jp. IN CAA 0 issue \"digicert.com\"\n"
                                       "example.jp. IN CAA 0 issue \"letsencrypt.org\"\n"};
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    const struct dcv_finding *finding = world_finding(&world, 0, "caa-forbids");
    const struct dcv_name base = world_name("example.jp");
    ck_assert(ca->caa.found && dcv_name_equal(&ca->caa.found_at, &base));
    ck_assert_str_eq(world_arg(finding, "found"), "example.jp");
    ck_assert_str_eq(world_arg(finding, "issuers"), "digicert.com, letsencrypt.org");
    ck_assert_str_eq(world_arg(finding, "issuer"), "sectigo.com");
    ck_assert_uint_eq(finding->facts.count, 2); /* the climb: www.example.jp, example.jp */
    for (size_t i = 0; i < finding->facts.count; i++)
        ck_assert_uint_eq(dcv_facts_at(world.facts, finding->facts.items[i])->dns.type, DCV_TYPE_CAA);
    world_done(&world);
}
END_TEST

/* BR 2.2.8 moved the text on CAA. */
START_TEST(clause_by_date)
{
    static const char *const dates[] = {"2026-06-15", "2026-06-16"};
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = dates[_i], .zone = MAIL "! servfail example.jp CAA"};
    world_judge(&world);
    ck_assert_str_eq(world_finding(&world, 0, "caa-failed-insecure")->clause, _i == 0 ? "BR 3.2.2.8" : "BR 4.2.2.1");
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("caa");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, decides, 0, ROWS(rows));
    tcase_add_loop_test(tcase, issuer_domains, 0, ROWS(issuers));
    tcase_add_loop_test(tcase, methods_without_email, 0, 2);
    tcase_add_test(tcase, evidence_and_fix);
    tcase_add_loop_test(tcase, clause_by_date, 0, 2);
    return run_cases("caa", tcase);
}
