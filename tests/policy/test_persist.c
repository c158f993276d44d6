/* Persistent validation records: BR 3.2.2.4.22, draft-ietf-acme-dns-persist. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"                                                    \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\nexample.jp. IN A 192.0.2.80\n"            \
    "www.example.jp. IN MX 10 mail.example.jp.\n"
#define AT "_validation-persist.example.jp. IN TXT "
#define URI "accounturi=https://ca.example/acct/1"
#define HASH "accounturi=https://ca.example/h/sha-256/5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw"

struct row {
    const char *name, *ca, *as_of, *zone, *findings;
    bool existing;
    const char *account_uri;
};

static const struct row rows[] = {
    /* --- sound --- */
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "\"", "persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"Sectigo.COM;AccountURI=https://ca.example/acct/1\"", "persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\" sectigo.com ; " URI " ; anything=new \"", "persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com;\" \" " URI "\"", "persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", "", "", false, NULL},
    /* --- another CA's is none of this one's business; several stand side by side --- */
    {"example.jp", "sectigo", "2026-11-21", AT "\"letsencrypt.org; " URI "\"", "", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"letsencrypt.org; " URI "\"\n" AT "\"sectigo.com; " URI "\"", "persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"letsencrypt.org\"", "", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"letsencrupt.org; " URI "\"", "", false, NULL},
    /* --- syntax --- */
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com " URI "\"", "persist-malformed", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; accounturi\"", "persist-malformed", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI ";\"", "persist-malformed", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI ";;\"", "persist-malformed", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"%\"\n" AT "\"sectigo.com; " URI "\"", "persist-malformed persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com;\"", "persist-no-account", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; accounturi=\"", "persist-no-account", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"\"", "persist-no-issuer persist-no-account", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"; " URI "\"", "persist-no-issuer", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectgo.com; " URI "\"", "persist-near-miss", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com.; " URI "\"", "persist-near-miss", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com.; =\"", "persist-malformed", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"ca.unknown.example; " URI "\"", "persist-issuer-unknown", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; " URI "\"", "persist-parameters", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; other=1; other=2\"", "persist-stands", true, NULL},
    /* What a wildcard TXT hands out for every name was never meant as such a record. */
    {"example.jp", "sectigo", "2026-11-21", AT "\"v=spf1 -all\"\n_validation-contactemail.example.jp. IN TXT \"v=spf1 -all\"", "contact-no-at contact-wildcard-txt", false, NULL},
    /* --- persistUntil: 1795219200 is 2026-11-21T00:00:00Z --- */
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=1924991999\"", "persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=1795219200\"", "persist-ending persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=1795219199\"", "persist-expired", false, NULL},
    {"example.jp", "sectigo", "2026-11-20", AT "\"sectigo.com; " URI "; PERSISTUNTIL=1795219199\"", "persist-ending persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=2030-01-01\"", "persist-until", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=1924991999000\"", "persist-until", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=-1\"", "persist-until", false, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=\"", "persist-until", false, NULL},
    /* 200 days after the day judged: 2027-06-09, 1812499200. */
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=1812499199\"", "persist-ending persist-stands", true, NULL},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; persistUntil=1812499200\"", "persist-stands", true, NULL},
    /* --- scope --- */
    {"*.example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "\"", "persist-scope", false, NULL},
    {"*.example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; policy=WildCard\"", "persist-stands", true, NULL},
    {"*.example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; policy=all\"", "persist-scope", false, NULL},
    {"www.example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "\"", "persist-scope name-subtree", false, NULL},
    {"www.example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "; policy=wildcard\"", "name-subtree persist-stands", true, NULL},
    {"www.example.jp", "sectigo", "2026-11-21",
     AT "\"sectigo.com; " URI "\"\n_validation-persist.www.example.jp. IN TXT \"sectigo.com; " URI "\"", "name-subtree persist-stands", true, NULL},
    /* --- account --- */
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "\"", "persist-stands", true, "https://ca.example/acct/1"},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "\"", "persist-account", false, "https://ca.example/acct/2"},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " URI "\"\n" AT "\"sectigo.com; accounturi=https://ca.example/acct/2\"", "persist-stands", true,
     "https://ca.example/acct/2"},
    {"example.jp", "sectigo", "2026-11-21", AT "\"sectigo.com; " HASH "\"", "persist-stands", true, "https://ca.example/acct/2"},
    /* --- date and CA --- */
    {"example.jp", "sectigo", "2025-11-10", AT "\"sectigo.com; " URI "\"", "persist-stands", true, NULL},
    {"example.jp", "sectigo", "2025-11-09", AT "\"sectigo.com; " URI "\"", "persist-early", true, NULL},
    {"example.jp", "digicert", "2026-11-21", AT "\"digicert.com; " URI "\"", "persist-not-offered", true, NULL},
    {"example.jp", "globalsign", "2026-11-21", AT "\"globalsign.com; " URI "\"", "persist-not-offered source-retired", false, NULL},
    /* --- DNS --- */
    {"example.jp", "sectigo", "2026-11-21", AT "\"%\"\n! bogus _validation-persist.example.jp TXT", "way-out-failed", false, NULL},
    {"example.jp", "sectigo", "2026-11-21",
     "_validation-persist.example.jp. IN CNAME p.example.com.\np.example.com. IN TXT \"sectigo.com; " URI "\"", "way-out-cname persist-stands", true, NULL},
};

static bool existing(const struct world *world)
{
    const struct dcv_judged_ca *ca = &world->judged.cas.items[0];
    for (size_t i = 0; i < ca->way_out.count; i++)
        if (ca->way_out.items[i].existing)
            return true;
    return false;
}

static void judge(struct world *world, char *zone, size_t room, const struct row *row)
{
    (void)snprintf(zone, room, "%s%s", MAIL, row->zone);
    *world = (struct world){.name = row->name, .ca = row->ca, .as_of = row->as_of, .zone = zone, .account_uri = row->account_uri};
    world_judge(world);
}

START_TEST(judged)
{
    char zone[4096];
    struct world world;
    judge(&world, zone, sizeof zone, &rows[_i]);
    ck_assert_msg(strcmp(world_findings(&world, 0), rows[_i].findings) == 0, "%s: %s", rows[_i].zone, world_findings(&world, 0));
    ck_assert_msg(existing(&world) == rows[_i].existing, "%s", rows[_i].zone);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY); /* of e-mail, whatever stands there */
    world_done(&world);
}
END_TEST

/* Offset of the fault, and the record as it should stand. */
static const struct {
    const char *zone, *id, *at, *fixline;
} mended[] = {
    {AT "\"sectigo.com " URI "\"", "persist-malformed", "12", "sectigo.com; accounturi={account}"},
    {AT "\"sectigo.com; a b\"", "persist-malformed", "15", "sectigo.com; accounturi={account}"},
    {AT "\"sectigo.com; " URI ";\"", "persist-malformed", "49", "sectigo.com; " URI},
    {AT "\"%%%\"", "persist-malformed", "0", NULL},
    {AT "\"ca.unknown.example.; " URI "\"", "persist-malformed", "18", "ca.unknown.example; " URI},
    {AT "\"-a.example; " URI "\"", "persist-malformed", "2", NULL},
    {AT "\"; " URI "\"", "persist-no-issuer", "", "{issuer}; " URI},
    {AT "\"sectgo.com; " URI "; policy=wildcard\"", "persist-near-miss", "", "sectigo.com; " URI "; policy=wildcard"},
    {AT "\"sectigo.com.; " URI "\"", "persist-near-miss", "", "sectigo.com; " URI},
    {AT "\"sectigo.com\"", "persist-no-account", "", "sectigo.com; accounturi={account}"},
    {AT "\"sectigo.com; " URI "; persistUntil=1\"", "persist-expired", "", "sectigo.com; " URI "; persistUntil={unix-time}"},
    {AT "\"sectigo.com; " URI "; persistUntil=1795219200\"", "persist-ending", "", "sectigo.com; " URI "; persistUntil={unix-time}"},
    {AT "\"sectigo.com; accounturi=a\\\"b\\\\c; accounturi=d\"", "persist-parameters", "", "sectigo.com; accounturi=d"},
};

START_TEST(mends)
{
    char zone[4096], line[1024] = "";
    const struct row row = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = mended[_i].zone};
    struct world world;
    judge(&world, zone, sizeof zone, &row);
    const struct dcv_finding *finding = world_finding(&world, 0, mended[_i].id);
    ck_assert_str_eq(world_arg(finding, "at"), mended[_i].at);
    if (mended[_i].fixline != NULL)
        (void)snprintf(line, sizeof line, AT "\"%s\"  ; in the place of the present value", mended[_i].fixline);
    ck_assert_str_eq(world_arg(finding, "fixline"), line);
    world_done(&world);
}
END_TEST

/* A record for one's own account goes beside that of another, which goes on to serve it. */
START_TEST(beside_another_account)
{
    char zone[4096];
    const struct row row = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = AT "\"sectigo.com; " URI "\"",
                            .account_uri = "https://ca.example/acct/2"};
    struct world world;
    judge(&world, zone, sizeof zone, &row);
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "persist-account"), "fixline"), AT "\"sectigo.com; accounturi=https://ca.example/acct/2\"");
    world_done(&world);
}
END_TEST

/* A string of a TXT record has at most 255 octets. */
START_TEST(long_value)
{
    char zone[4096], a[201], text[1024], line[2048];
    memset(a, 'a', 200);
    a[200] = '\0';
    (void)snprintf(text, sizeof text, AT "\"sectigo.com; accounturi=%s\" \"%s\" \"; persistUntil=1\"", a, a);
    const struct row row = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = text};
    struct world world;
    judge(&world, zone, sizeof zone, &row);
    (void)snprintf(text, sizeof text, "sectigo.com; accounturi=%s%s; persistUntil={unix-time}", a, a);
    (void)snprintf(line, sizeof line, AT "\"%.255s\" \"%s\"  ; in the place of the present value", text, text + 255);
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "persist-expired"), "fixline"), line);
    world_done(&world);
}
END_TEST

/* A fault of a record belongs to the CA that the record is for; where none can be read, to all. */
START_TEST(whose_fault)
{
    static const struct {
        const char *zone;
        size_t sectigo, digicert;
    } faults[] = {{AT "\"sectigo.com\"", 1, 0}, {AT "\"digicetr.com; " URI "\"", 0, 1}, {AT "\"%\"", 1, 1}, {AT "\"ca.unknown.example; " URI "\"", 1, 1}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        char zone[4096];
        struct world world;
        judge(&world, zone, sizeof zone, &(struct row){.name = "example.jp", .ca = "sectigo digicert", .as_of = "2026-11-21", .zone = faults[i].zone});
        ck_assert_msg(world.judged.cas.items[0].findings.count == faults[i].sectigo, "%s", faults[i].zone);
        ck_assert_msg(world.judged.cas.items[1].findings.count == faults[i].digicert, "%s", faults[i].zone);
        ck_assert_uint_eq(world.judged.findings.count, 1);
        world_done(&world);
    }
}
END_TEST

/* What is said of a record that stands. */
START_TEST(stands)
{
    char zone[4096];
    const struct row row = {.name = "www.example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                            .zone = AT "\"sectigo.com; " URI "; policy=wildcard; persistUntil=1924991999\""};
    struct world world;
    judge(&world, zone, sizeof zone, &row);
    const struct dcv_finding *finding = world_finding(&world, 0, "persist-stands");
    ck_assert_int_eq(finding->severity, DCV_INFO);
    ck_assert_str_eq(finding->subject, "_validation-persist.example.jp");
    ck_assert_str_eq(world_arg(finding, "account"), "https://ca.example/acct/1");
    ck_assert_str_eq(world_arg(finding, "state"), "2030-12-31");
    ck_assert_str_eq(world_arg(finding, "days"), "10");
    world_done(&world);
}
END_TEST

/* A hostile zone: what is looked at has an end. */
START_TEST(bounded)
{
    char *zone = calloc(1, 200000);
    (void)snprintf(zone, 200000, "example.jp. IN A 192.0.2.80\n");
    for (int i = 0; i < 200; i++)
        (void)snprintf(zone + strlen(zone), 200000 - strlen(zone), AT "\"%% %d\"\n", i);
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    size_t count = 0;
    for (size_t i = 0; i < world.judged.findings.count; i++)
        count += world.judged.findings.items[i].rule == DCV_RULE_PERSIST_MALFORMED;
    ck_assert_uint_eq(count, 64);
    world_done(&world);
    free(zone);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("persist");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, judged, 0, ROWS(rows));
    tcase_add_loop_test(tcase, mends, 0, ROWS(mended));
    tcase_add_test(tcase, beside_another_account);
    tcase_add_test(tcase, long_value);
    tcase_add_test(tcase, whose_fault);
    tcase_add_test(tcase, stands);
    tcase_add_test(tcase, bounded);
    return run_cases("persist", tcase);
}
