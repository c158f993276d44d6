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

/* ---- as validated here ----------------------------------------------------------------------------------------------------------- */

#define LOCAL MAIL "! dnssec local\n"
#define EXPIRED " security=bogus cause=signature-expired zone=example.jp owner=example.jp key=1 algorithm=13 at=-3600 "
#define RSA_1024                                                                                                        \
    "AwEAAawAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"
#define KEY "example.jp. IN DNSKEY 257 3 "
#define DS "example.jp. IN DS 1 13 "
#define HASHED "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.jp. IN NSEC3 1 0 "
#define SECURE " security=secure "
#define UNTIL " security=secure until-zone=example.jp until-owner=example.jp "
/* Signatures over CAA that end 2 days after the lookup, and live 30 or 7. */
#define CAA "example.jp. IN CAA 0 issue \"sectigo.com\"\n"
#define LONG_LIFE CAA "example.jp. IN RRSIG CAA 13 2 300 20261123093000 20261024093000 1 example.jp. AAAA\n"
#define SHORT_LIFE CAA "example.jp. IN RRSIG CAA 13 2 300 20261123093000 20261116093000 1 example.jp. AAAA\n"

static const struct {
    const char *zone;
    unsigned signature_days;
    const char *findings; /* those about DNSSEC itself, with subjects */
} validated[] = {
    {LOCAL "! trust example.jp CAA" SECURE, 0, ""},
    {LOCAL "! trust example.jp CAA security=insecure cause=unsigned zone=example.jp", 0, ""},

    /* one finding for each cause and zone */
    {LOCAL "! trust example.jp CAA" EXPIRED "type=CAA\n! trust example.jp MX" EXPIRED "type=MX", 0,
     "dnssec-signature-expired example.jp CAA"},
    {LOCAL "! trust example.jp CAA" EXPIRED "type=CAA\n"
           "! trust example.jp MX security=bogus cause=signature-invalid zone=example.jp owner=example.jp type=MX", 0,
     "dnssec-signature-expired example.jp CAA; dnssec-signature-invalid example.jp MX"},
    {LOCAL "! trust example.jp CAA" EXPIRED "type=CAA\n"
           "! trust mail.example.jp A security=bogus cause=signature-expired zone=mail.example.jp "
           "owner=mail.example.jp type=A", 0, "dnssec-signature-expired example.jp CAA; dnssec-signature-expired mail.example.jp A"},

    /* of several answers with a cause: keys, then DS, then CAA, then what lies highest; it does not count which came first */
    {LOCAL "! trust example.jp CAA" EXPIRED "type=CAA\n! trust example.jp MX" EXPIRED "type=DNSKEY", 0,
     "dnssec-signature-expired example.jp DNSKEY"},
    {LOCAL "! trust example.jp CAA" EXPIRED "type=DNSKEY\n! trust example.jp MX" EXPIRED "type=CAA", 0,
     "dnssec-signature-expired example.jp DNSKEY"},
    {LOCAL "! trust example.jp CAA" EXPIRED "type=CAA\n! trust example.jp MX" EXPIRED "type=DS", 0,
     "dnssec-signature-expired example.jp DS"},
    {LOCAL "! trust example.jp MX" EXPIRED "type=MX\n! trust example.jp SOA" EXPIRED "type=SOA", 0,
     "dnssec-signature-expired example.jp MX"},
    {LOCAL "! trust example.jp MX security=bogus cause=denial-missing zone=example.jp owner=a.example.jp type=MX\n"
           "! trust example.jp CAA security=bogus cause=denial-missing zone=example.jp owner=b.example.jp type=A", 0,
     "dnssec-denial-missing b.example.jp A"},
    /* a DS that was asked for only to find cuts tells least of a missing denial */
    {LOCAL "! trust example.jp MX security=bogus cause=denial-missing zone=example.jp owner=a.example.jp type=DS\n"
           "! trust example.jp CAA security=bogus cause=denial-missing zone=example.jp owner=b.a.example.jp type=TXT", 0,
     "dnssec-denial-missing b.a.example.jp TXT"},

    /* above the base domain its owner can mend nothing; at it and below he can */
    {LOCAL "! trust example.jp CAA security=bogus cause=signature-expired zone=jp owner=example.jp type=DS", 0,
     "dnssec-signature-expired example.jp DS; dnssec-parent-broken jp"},
    {LOCAL "! trust mail.example.jp A security=bogus cause=signature-expired zone=example.jp owner=mail.example.jp type=DS", 0,
     "dnssec-signature-expired mail.example.jp DS"},
    {LOCAL "! trust example.jp CAA security=bogus cause=signer-wrong zone=example.net owner=example.jp type=CAA", 0,
     "dnssec-signer-wrong example.jp CAA"},
    /* wrong anchors are not the root's fault */
    {LOCAL "! trust example.jp CAA security=bogus cause=anchor-mismatch zone=. owner=. type=DNSKEY", 0, "dnssec-anchor-mismatch . DNSKEY"},
    {LOCAL "! trust example.jp CAA security=insecure cause=algorithm-unknown zone=jp owner=jp type=DS algorithm=200", 0,
     "dnssec-algorithm-unknown jp DS"},

    /* the resolver withholds signatures */
    {LOCAL "! validation stripped\n! trust example.jp CAA" SECURE, 0, "dnssec-asked-directly"},
    {LOCAL "! validation stripped\n"
           "! trust example.jp CAA security=indeterminate cause=stripped zone=example.jp owner=example.jp type=CAA", 0,
     "dnssec-stripped"},

    /* ends within 3 days, and in the last quarter of its life */
    {LOCAL LONG_LIFE "! trust example.jp CAA" UNTIL "until=172800 until-type=CAA", 0, "dnssec-expires-soon example.jp CAA"},
    {LOCAL SHORT_LIFE "! trust example.jp CAA" UNTIL "until=172800 until-type=CAA", 0, ""},
    /* its life is not known */
    {LOCAL "! trust example.jp CAA" UNTIL "until=259199 until-type=MX", 0, "dnssec-expires-soon example.jp MX"},
    {LOCAL "! trust example.jp CAA" UNTIL "until=259200 until-type=MX", 0, ""},
    /* the user's own measure */
    {LOCAL SHORT_LIFE "! trust example.jp CAA" UNTIL "until=172800 until-type=CAA", 3, "dnssec-expires-soon example.jp CAA"},
    {LOCAL LONG_LIFE "! trust example.jp CAA" UNTIL "until=172800 until-type=CAA", 2, ""},
    {LOCAL "! trust example.jp CAA" UNTIL "until=864000 until-type=MX", 30, "dnssec-expires-soon example.jp MX"},
    /* the first to end of a zone, once; keys among those that end together */
    {LOCAL "! trust example.jp CAA" UNTIL "until=200000 until-type=CAA\n! trust example.jp MX" UNTIL "until=100000 until-type=MX", 0,
     "dnssec-expires-soon example.jp MX"},
    {LOCAL "! trust example.jp CAA" UNTIL "until=100000 until-type=CAA\n! trust example.jp MX" UNTIL "until=100000 until-type=DNSKEY", 0,
     "dnssec-expires-soon example.jp DNSKEY"},
    {LOCAL "! trust example.jp CAA" UNTIL "until=100000 until-type=CAA\n"
           "! trust example.jp MX security=secure until-zone=jp until-owner=jp until=100000 until-type=DNSKEY", 0,
     "dnssec-expires-soon example.jp CAA; dnssec-expires-soon jp DNSKEY"},
    {LOCAL "! trust example.jp CAA security=bogus cause=signature-missing zone=example.jp owner=example.jp type=CAA until-zone=example.jp "
           "until-owner=example.jp until=100000 until-type=CAA", 0, "dnssec-signature-missing example.jp CAA"},

    /* algorithms and keys */
    {LOCAL KEY "8 " RSA_1024 "\n! ask example.jp DNSKEY\n! trust example.jp DNSKEY" SECURE, 0, "dnssec-short-key"},
    {LOCAL KEY "7 " RSA_1024 "\n! ask example.jp DNSKEY\n! trust example.jp DNSKEY" SECURE, 0, "dnssec-weak-algorithm"},
    {LOCAL KEY "13 AAAA\n! ask example.jp DNSKEY\n! trust example.jp DNSKEY" SECURE, 0, ""},
    {LOCAL KEY "8 " RSA_1024 "\n! ask example.jp DNSKEY", 0, ""},
    {LOCAL DS "1 0000000000000000000000000000000000000000\n! ask example.jp DS\n! trust example.jp DS" SECURE, 0, "dnssec-weak-digest"},
    {LOCAL DS "2 0000000000000000000000000000000000000000000000000000000000000000\n! ask example.jp DS\n! trust example.jp DS" SECURE, 0,
     ""},
    {LOCAL HASHED "0 - 1p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX\n! trust example.jp CAA" SECURE, 0, ""},
    {LOCAL HASHED "1 - 1p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX\n! trust example.jp CAA" SECURE, 0, "dnssec-nsec3-parameters"},
    {LOCAL HASHED "0 ab 1p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX\n! trust example.jp CAA" SECURE, 0, "dnssec-nsec3-parameters"},
    /* of other people's zones this is not told */
    {LOCAL "jp. IN DNSKEY 257 3 8 " RSA_1024 "\n! ask jp DNSKEY\n! trust jp DNSKEY" SECURE, 0, ""},
    {LOCAL "jp. IN DS 1 13 1 0000000000000000000000000000000000000000\n! ask jp DS\n! trust jp DS" SECURE, 0, ""},

    /* validation was not asked for */
    {MAIL "! dnssec off\n" KEY "8 " RSA_1024 "\n! ask example.jp DNSKEY\n" HASHED "1 - 1p9mhaveqvm6t7vbl5lop2u3t2rp3tom MX", 0, ""},
};

/* "id owner type" of the findings about DNSSEC; of what has no owner the id, or the id and the zone above. */
static void list_findings(const struct world *world, char *out, size_t size)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < world->judged.findings.count; i++) {
        const struct dcv_finding *finding = &world->judged.findings.items[i];
        const char *id = dcv_rule_info(finding->rule)->id, *owner = world_arg(finding, "owner"), *type = world_arg(finding, "type");
        if (strncmp(id, "dnssec-", 7) != 0)
            continue;
        if (strcmp(id, "dnssec-parent-broken") == 0)
            owner = world_arg(finding, "zone");
        len += (size_t)snprintf(out + len, size - len, "%s%s%s%s%s%s", len != 0 ? "; " : "", id, owner[0] != '\0' ? " " : "", owner,
                                type[0] != '\0' ? " " : "", type);
    }
}

START_TEST(validated_here)
{
    char found[500];
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = validated[_i].zone,
                          .signature_days = validated[_i].signature_days};
    world_judge(&world);
    list_findings(&world, found, sizeof found);
    ck_assert_msg(strcmp(found, validated[_i].findings) == 0, "%s\nnot %s: %s", validated[_i].zone, validated[_i].findings, found);
    world_done(&world);
}
END_TEST

/* All facts that share the cause are the finding's, and the places of its text are those of the one that is told. */
START_TEST(cause_in_full)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = LOCAL "! trust example.jp CAA" EXPIRED "type=CAA\n! trust example.jp MX" EXPIRED "type=MX\n"
                                        "! trust mail.example.jp A" EXPIRED "type=A"};
    world_judge(&world);
    const struct dcv_finding *finding = world_finding(&world, 0, "dnssec-signature-expired");
    ck_assert_uint_eq(finding->facts.count, 3);
    ck_assert_str_eq(world_arg(finding, "subject"), "example.jp");
    ck_assert_str_eq(world_arg(finding, "zone"), "example.jp");
    ck_assert_str_eq(world_arg(finding, "date"), "2026-11-21 08:30 UTC");
    ck_assert_str_eq(world_arg(finding, "key"), "1");
    ck_assert_str_eq(world_arg(finding, "algorithm"), "ECDSAP256SHA256");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "caa-bogus"), "cause"), " (EDE 7 Signature Expired)");
    world_done(&world);
}
END_TEST

/* How much is left is said in days, and in hours of the last two. */
START_TEST(time_left)
{
    static const struct {
        const char *zone, *date, *left;
    } ends[] = {
        {LOCAL "! trust example.jp CAA" UNTIL "until=172800 until-type=CAA", "2026-11-23 09:30 UTC", "2 d"},
        {LOCAL "! trust example.jp CAA" UNTIL "until=172799 until-type=CAA", "2026-11-23 09:29 UTC", "47 h"},
    };
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = ends[_i].zone};
    world_judge(&world);
    const struct dcv_finding *finding = world_finding(&world, 0, "dnssec-expires-soon");
    ck_assert_str_eq(world_arg(finding, "date"), ends[_i].date);
    ck_assert_str_eq(world_arg(finding, "left"), ends[_i].left);
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
    tcase_add_loop_test(tcase, validated_here, 0, ROWS(validated));
    tcase_add_test(tcase, cause_in_full);
    tcase_add_loop_test(tcase, time_left, 0, 2);
    return run_cases("dnssec", tcase);
}
