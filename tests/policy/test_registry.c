/* POLICY §2, §4: what registries tell of a domain, and what follows on which date. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define SOA "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"
#define MAIL SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"
#define NULL_MX SOA "example.jp. IN MX 0 .\n"
#define GONE "jp. IN SOA ns.jp. root.jp. 1 2 3 4 5\n"
#define ELSEWHERE "example.net. IN MX 10 mail.example.net.\nmail.example.net. IN A 192.0.2.25\n"
#define ERA "2025-06-01"
#define NOW "2026-11-21"

static const struct {
    const char *ca, *as_of, *zone;
    enum dcv_verdict verdict;
    const char *findings;
} rows[] = {
    /* what was told of contacts */
    {"sectigo", ERA, MAIL "! rdap example.jp - redacted", DCV_READY, "whois-state"},
    {"sectigo", NOW, MAIL "! rdap example.jp - redacted", DCV_READY, "whois-state=info"},
    {"sectigo", ERA, MAIL "! whois example.jp - none", DCV_READY, "whois-state"},
    {"sectigo", ERA, MAIL "! rdap example.jp public a@example.jp", DCV_READY, ""},
    {"sectigo", NOW, MAIL "! rdap example.jp public a@example.jp", DCV_READY, "source-retired"},

    /* what was not: it decides for a CA that would look, in its day */
    {"sectigo", ERA, MAIL "! rdap example.jp - rate-limited", DCV_READY, "registry-failed"},
    {"sectigo", ERA, NULL_MX "! rdap example.jp - rate-limited", DCV_UNKNOWN_VERDICT, "registry-failed mail-null-mx"},
    {"sectigo", ERA, NULL_MX "! whois example.jp - refused", DCV_UNKNOWN_VERDICT, "registry-failed mail-null-mx"},
    {"sectigo", ERA, NULL_MX "! whois example.jp - unreachable", DCV_UNKNOWN_VERDICT, "registry-failed mail-null-mx"},
    {"sectigo", "2025-06-15", NULL_MX "! whois example.jp - refused", DCV_NOT_READY,
     "no-usable-address mail-null-mx registry-failed=notice"},
    {"godaddy", ERA, NULL_MX "! whois example.jp - refused", DCV_NOT_READY, "no-usable-mail mail-null-mx registry-failed=notice"},
    {"baseline", "2025-07-14", NULL_MX "! whois example.jp - refused", DCV_UNKNOWN_VERDICT, "registry-failed mail-null-mx"},
    {"baseline", "2025-07-15", NULL_MX "! whois example.jp - refused", DCV_NOT_READY,
     "no-usable-address mail-null-mx registry-failed=notice source-retired"},
    {"sectigo", ERA, NULL_MX "! whois example.jp - none", DCV_NOT_READY, "no-usable-address mail-null-mx whois-state"},
    {"sectigo", ERA, NULL_MX "! whois example.jp - none\n! rdap example.jp - refused", DCV_NOT_READY,
     "no-usable-address mail-null-mx whois-state registry-failed=info"},
    {"sectigo", ERA, NULL_MX, DCV_NOT_READY, "no-usable-address mail-null-mx"}, /* nobody was asked */
    {"sectigo", ERA, NULL_MX "example.jp. IN CAA 0 issue \"ca.example.net\"\n! whois example.jp - refused", DCV_NOT_READY,
     "caa-forbids registry-failed mail-null-mx"},
    {"iij-cybertrust", ERA, MAIL "! whois example.jp - rate-limited", DCV_UNKNOWN_VERDICT, "registry-failed"},
    {"iij-cybertrust", ERA, MAIL "! whois example.jp admin a@example.jp", DCV_READY, ""},
    {"iij-cybertrust", ERA, MAIL "! whois example.jp admin a@example.jp withheld", DCV_NOT_READY, "no-permitted-address"},

    /* not in the DNS, and why */
    {"sectigo", NOW, GONE, DCV_NOT_READY, "name-nxdomain mail-nxdomain"},
    {"sectigo", NOW, GONE "! rdap example.jp - free", DCV_NOT_READY, "registry-free mail-nxdomain"},
    {"sectigo", NOW, MAIL "! rdap example.jp - free", DCV_READY, "registry-free=warning"},
    {"sectigo", NOW, MAIL "! rdap example.jp - free\n! whois example.jp - found", DCV_READY, ""},
    {"sectigo", NOW, GONE "! whois example.jp - reserved", DCV_NOT_READY, "registry-reserved mail-nxdomain"},
    {"sectigo", NOW, MAIL "! whois example.jp - reserved", DCV_READY, "registry-reserved=warning"},
    {"sectigo", NOW, GONE "! whois example.jp - suspended", DCV_NOT_READY, "registry-hold mail-nxdomain"},
    {"sectigo", NOW, MAIL "! whois example.jp - suspended", DCV_READY, "registry-hold=warning"},
    {"sectigo", NOW, GONE "! rdap example.jp - found\n! registry example.jp status clientHold", DCV_NOT_READY, "registry-hold mail-nxdomain"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status serverHold", DCV_READY, "registry-hold=warning"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status inactive", DCV_READY, "registry-hold=warning"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status ok\n! registry example.jp status active", DCV_READY, ""},
    {"sectigo", ERA, GONE ELSEWHERE "! whois example.jp public a@example.net\n! registry example.jp status clientHold", DCV_READY,
     "registry-hold=warning mail-nxdomain=notice"}, /* the contact approves, elsewhere */
    {"letsencrypt", NOW, GONE "! rdap example.jp - free", DCV_NOT_READY, "registry-free ca-no-email"},

    /* what will become of it */
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status redemptionPeriod", DCV_READY, "registry-deletion"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status pendingDelete\n"
     "! registry example.jp status pendingRestore", DCV_READY, "registry-deletion"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status pendingTransfer", DCV_READY, "registry-transfer"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status autoRenewPeriod", DCV_READY, "registry-auto-renewed"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status clientTransferProhibited", DCV_READY, "registry-locked=info"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp status serverUpdateProhibited", DCV_READY, "registry-locked=info"},

    /* the registry told of the domain, though nobody of its contacts */
    {"sectigo", NOW, MAIL "! rdap example.jp - unreachable\n! registry example.jp status serverHold", DCV_READY,
     "registry-hold=warning registry-failed=notice"},
    {"sectigo", NOW, GONE "! rdap example.jp - unreachable\n! registry example.jp status clientHold", DCV_NOT_READY,
     "registry-hold mail-nxdomain registry-failed=notice"},
    {"sectigo", NOW, MAIL "! rdap example.jp - rate-limited\n! registry example.jp rdap expires 2026-11-20", DCV_READY,
     "registry-expired=warning registry-failed=notice"},

    /* until when */
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2026-11-20", DCV_READY, "registry-expired=warning"},
    {"sectigo", NOW, GONE "! rdap example.jp - found\n! registry example.jp rdap expires 2026-11-20", DCV_NOT_READY,
     "registry-expired mail-nxdomain"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2026-11-21", DCV_READY, "registry-expires-soon"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2026-12-21", DCV_READY, "registry-expires-soon"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2026-12-22", DCV_READY, "registry-expires"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2027-06-08", DCV_READY, "registry-expires"},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2027-06-09", DCV_READY, ""}, /* 200 days */
    {"sectigo", NOW, MAIL "! whois example.jp - found\n! registry example.jp whois expires 2026-12-01\n! rdap example.jp - found\n"
     "! registry example.jp rdap expires 2028-12-01", DCV_READY, ""},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2028-12-01\n! whois example.jp - found\n"
     "! registry example.jp whois expires 2026-12-01", DCV_READY, ""},

    /* what will have been renewed by a day further ahead: these answers are of 2026-11-21 */
    {"sectigo", "2027-11-21", MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2027-03-31", DCV_READY, "registry-expires=notice"},
    {"sectigo", "2027-11-21", MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2026-11-20", DCV_READY,
     "registry-expired=warning"},
    {"sectigo", "2025-08-01", MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2026-11-20", DCV_READY, ""},

    /* what the registry told of the registration, where whoever keeps the contacts did not answer */
    {"sectigo", NOW, MAIL "! rdap example.jp - unreachable\n! registry example.jp rdap expires 2026-12-01", DCV_READY,
     "registry-expires-soon registry-failed=notice"},
    {"sectigo", NOW, MAIL "! rdap example.jp - rate-limited\n! registry example.jp status pendingTransfer", DCV_READY,
     "registry-failed=notice registry-transfer"},
    {"sectigo", NOW, MAIL "! whois example.jp - free\n! rdap example.jp - refused\n! registry example.jp rdap expires 2028-12-01", DCV_READY,
     "registry-failed=info"},
    {"sectigo", NOW, GONE "! whois example.jp - reserved\n! registry example.jp status Reserved", DCV_NOT_READY, "registry-reserved mail-nxdomain"},

    /* how old an answer may be */
    {"sectigo", ERA, MAIL "! rdap example.jp - found\n! registry example.jp learned 2025-05-29T23:59:59Z", DCV_READY, "registry-old"},
    {"sectigo", ERA, MAIL "! rdap example.jp - found\n! registry example.jp learned 2025-05-30T00:00:00Z", DCV_READY, ""},
    {"sectigo", ERA, MAIL "! rdap example.jp - found", DCV_READY, ""},
    {"sectigo", NOW, MAIL "! rdap example.jp - found\n! registry example.jp learned 2025-05-01T00:00:00Z", DCV_READY, ""},
};

START_TEST(registration)
{
    struct world world = {.name = "example.jp", .ca = rows[_i].ca, .as_of = rows[_i].as_of, .zone = rows[_i].zone};
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), rows[_i].findings) == 0, "%s %s\n%s\n%s, not %s", rows[_i].ca, rows[_i].as_of, rows[_i].zone,
                  world_findings(&world, 0), rows[_i].findings);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, rows[_i].verdict);
    world_done(&world);
}
END_TEST

/* One entry an address and source, of the role that the CA uses; what is withheld, and other roles, are nobody to ask. */
START_TEST(contacts)
{
    struct world world = {.name = "example.com", .ca = "iij-digicert", .as_of = "2025-01-10",
                          .zone = "example.com. IN SOA ns.example.com. root.example.com. 1 2 3 4 5\n"
                          "example.com. IN MX 10 mail.example.net.\nmail.example.net. IN A 192.0.2.25\n"
                          "! whois example.com registrant r@example.com\n! whois example.com admin r@example.com\n"
                          "! whois example.com tech t@example.com\n! whois example.com abuse b@example.com\n"
                          "! whois example.com tech w@example.com withheld\n! rdap example.com registrant r@example.com\n"
                          "! rdap example.com admin r@example.com"};
    static const char *const expected[] = {"r@example.com whois example.com permitted mx usable",
     "t@example.com whois example.com permitted mx usable",
                                           "r@example.com rdap example.com permitted mx usable"};
    size_t found = 0;
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    for (size_t i = 0; i < ca->entries.count; i++) {
        if (ca->entries.items[i].role == NULL)
            continue;
        ck_assert_uint_lt(found, ROWS(expected));
        ck_assert_str_eq(world_entry(&world, 0, i), expected[found++]);
        ck_assert_str_ne(ca->entries.items[i].role, "registrant"); /* which this CA does not use */
    }
    ck_assert_uint_eq(found, ROWS(expected));
    world_done(&world);
}
END_TEST

START_TEST(arguments)
{
    struct world world = {.name = "www.example.jp", .ca = "sectigo", .as_of = ERA,
                          .zone = MAIL "! whois example.jp - rate-limited\n! registry example.jp path whois.iana.org whois.example\n"
                          "! registry example.jp why slow down"};
    world_judge(&world);
    const struct dcv_finding *finding = world_finding(&world, 0, "registry-failed");
    ck_assert_str_eq(finding->subject, "example.jp");
    ck_assert_str_eq(world_arg(finding, "path"), "whois.iana.org, whois.example");
    ck_assert_str_eq(world_arg(finding, "why"), "the server limits requests");
    ck_assert_str_eq(world_arg(finding, "words"), " (slow down)");
    ck_assert_str_eq(world_arg(finding, "source"), "WHOIS");
    ck_assert_uint_eq(finding->facts.count, 1);
    world_done(&world);
}
END_TEST

START_TEST(dates)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW,
                          .zone = MAIL "! rdap example.jp - found\n! registry example.jp rdap expires 2027-01-31\n"
                          "! registry example.jp status clientHold\n! registry example.jp status serverHold\n"
                          "! registry example.jp status clientHold"};
    world_judge(&world);
    const struct dcv_finding *expires = world_finding(&world, 0, "registry-expires");
    ck_assert_str_eq(world_arg(expires, "date"), "2027-01-31");
    ck_assert_str_eq(world_arg(expires, "end"), "2027-06-09");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "registry-hold"), "statuses"), "clientHold, serverHold");
    world_done(&world);
}
END_TEST

/* A lock on updates is in the way of those fixes only that are made at the registrar. */
START_TEST(locked)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW,
                          .zone = MAIL "! dnssec local\n! bogus example.jp MX\n"
                          "! trust example.jp MX security=bogus cause=ds-mismatch zone=example.jp owner=example.jp type=DNSKEY at=0\n"
                          "! rdap example.jp - found\n! registry example.jp status clientUpdateProhibited"};
    world_judge(&world);
    ck_assert_int_eq(world_finding(&world, 0, "registry-locked")->severity, DCV_NOTICE);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("registry");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, registration, 0, ROWS(rows));
    tcase_add_test(tcase, contacts);
    tcase_add_test(tcase, arguments);
    tcase_add_test(tcase, dates);
    tcase_add_test(tcase, locked);
    return run_cases("registry", tcase);
}
