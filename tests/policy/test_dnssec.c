/* POLICY: DNSSEC, before and after 2026-03-15. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"                                                    \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"
#define NO_MAIL "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\nexample.jp. IN MX 0 .\n"
#define ELSEWHERE "example.com. IN MX 10 mx.example.com.\nmx.example.com. IN A 192.0.2.26\n"
#define TXT "_validation-contactemail.example.jp. IN TXT \"a@example.com\"\n"

static const struct {
    const char *name, *as_of, *zone;
    enum dcv_verdict verdict;
    const char *findings;
} rows[] = {
    /* a bogus contact is lost from 2026-03-15 on; the constructed ones are not */
    {"example.jp", "2026-03-15", MAIL ELSEWHERE TXT "! bogus _validation-contactemail.example.jp TXT", DCV_READY, "contact-bogus"},
    {"example.jp", "2026-03-15", NO_MAIL ELSEWHERE TXT "! bogus _validation-contactemail.example.jp TXT", DCV_NOT_READY,
     "no-usable-address mail-null-mx contact-bogus"},
    {"example.jp", "2026-03-14", NO_MAIL ELSEWHERE TXT "! bogus _validation-contactemail.example.jp TXT", DCV_READY,
     "contact-bogus-early mail-null-mx=notice"},

    /* bogus CAA of the name */
    {"example.jp", "2026-03-15", MAIL "! bogus example.jp CAA", DCV_NOT_READY, "caa-bogus"},
    {"example.jp", "2026-03-14", MAIL "! bogus example.jp CAA", DCV_READY, "caa-bogus-early"},

    /* bogus mail records are a warning only */
    {"example.jp", "2026-11-21", MAIL "! bogus example.jp MX", DCV_READY, "mail-bogus"},
    {"example.jp", "2026-11-21", MAIL "! bogus mail.example.jp A", DCV_READY, "mail-bogus"},

    /* a resolver that does not validate, or strips */
    {"example.jp", "2026-11-21", MAIL "! validation no", DCV_READY, "dnssec-not-validating"},
    {"example.jp", "2026-11-21", MAIL "! validation stripped", DCV_READY, "dnssec-stripped"},
    {"example.jp", "2026-11-21", MAIL "! validation no\n! dnssec off", DCV_READY, ""},
    {"example.jp", "2026-11-21", MAIL "! secure example.jp", DCV_READY, ""},
};

START_TEST(effect)
{
    struct world world = {.name = rows[_i].name, .ca = "sectigo", .as_of = rows[_i].as_of, .zone = rows[_i].zone};
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), rows[_i].findings) == 0, "%s %s\n%s: %s", rows[_i].name, rows[_i].as_of, rows[_i].zone,
                  world_findings(&world, 0));
    ck_assert_int_eq(world.judged.cas.items[0].verdict, rows[_i].verdict);
    world_done(&world);
}
END_TEST

/* No name reached through a bogus CNAME may be used, once validation is mandatory. */
START_TEST(bogus_alias)
{
    static const char *const dates[] = {"2026-03-14", "2026-03-15"};
    struct world world = {.name = "a.example.jp", .ca = "baseline", .as_of = dates[_i],
                          .zone = NO_MAIL ELSEWHERE "a.example.jp. IN CNAME example.com.\nexample.com. IN A 192.0.2.1\n! bogus a.example.jp A"};
    world_judge(&world);
    const struct dcv_entry *entry = dcv_judged_best(&world.judged.cas.items[0], "admin@example.com");
    ck_assert_ptr_nonnull(entry);
    ck_assert_int_eq(entry->mail, DCV_MAIL_MX);
    ck_assert_int_eq(entry->bogus, _i == 1);
    ck_assert_int_eq(entry->usable, _i == 0);
    ck_assert_ptr_nonnull(world_finding(&world, 0, _i == 0 ? "cname-bogus-early" : "cname-bogus"));
    world_done(&world);
}
END_TEST

/* A failed CAA lookup below a signed zone: the DS records prove it. */
START_TEST(signed_by_ds)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = "! secure jp\n! servfail example.jp SOA\n! servfail example.jp MX\n! servfail example.jp A\n"
                                  "! servfail example.jp AAAA\n! servfail example.jp CAA\n"
                                  "example.jp. IN DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000"};
    world_judge(&world);
    ck_assert_ptr_nonnull(world_finding(&world, 0, "caa-failed-secure"));
    ck_assert_int_eq(world.judged.cas.items[0].caa.permits, DCV_PERMITS_NO);
    world_done(&world);
}
END_TEST

/* The cause that the resolver gave is in the text. */
START_TEST(cause)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = MAIL "! bogus example.jp CAA"};
    world_judge(&world);
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "caa-bogus"), "cause"), " (EDE 7 Signature Expired: signature crypto failed)");
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dnssec");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, effect, 0, ROWS(rows));
    tcase_add_loop_test(tcase, bogus_alias, 0, 2);
    tcase_add_test(tcase, signed_by_ds);
    tcase_add_test(tcase, cause);
    return run_cases("dnssec", tcase);
}
