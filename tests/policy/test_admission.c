/* Who may issue at all, by the relevant CAA RRset (RFC 8659, RFC 8657). */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"                                                    \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"
#define CAA(flags, tag, value) "example.jp. IN CAA " #flags " " tag " \"" value "\"\n"

enum { PLAIN, WILDCARD };

/* "restricted: domain (owner; ~ under conditions), …" of an admission. */
static const char *issuers(struct world *world, int which)
{
    const struct dcv_admission *admission = which == PLAIN ? &world->judged.admits : &world->judged.admits_wildcard;
    const char *text = admission->restricted ? "restricted:" : "free:";
    for (size_t i = 0; i < admission->issuers.count; i++) {
        const struct dcv_admission_issuer *issuer = &admission->issuers.items[i];
        text = dcv_arena_printf(world->arena, "%s %s%s", text, issuer->domain, issuer->conditional ? "~" : "");
    }
    return text;
}

/* '+' the CA may issue, 'u' it is not known, '-' it may not. */
static char stands(const struct dcv_admission *admission, const char *id)
{
    for (size_t i = 0; i < admission->cas.count; i++)
        if (strcmp(admission->cas.items[i]->id, id) == 0)
            return '+';
    for (size_t i = 0; i < admission->unknown.count; i++)
        if (strcmp(admission->unknown.items[i]->id, id) == 0)
            return 'u';
    return '-';
}

/* Of these four; fujissl's issuer domains are not known, and baseline issues nothing. */
static const char *const known[] = {"sectigo", "letsencrypt", "fujissl", "baseline"};

static const char *cas(struct world *world, int which)
{
    const struct dcv_admission *admission = which == PLAIN ? &world->judged.admits : &world->judged.admits_wildcard;
    char text[ROWS(known) + 1] = "";
    for (int i = 0; i < ROWS(known); i++)
        text[i] = stands(admission, known[i]);
    return dcv_arena_strdup(world->arena, text);
}

static const struct {
    const char *zone;
    const char *issuers[2], *cas[2];
} rows[] = {
    /* none: everybody may */
    {"", {"free:", "free:"}, {"+++-", "+++-"}},
    {CAA(0, "iodef", "mailto:a@example.jp"), {"free:", "free:"}, {"+++-", "+++-"}},
    {CAA(0, "tbs", "x"), {"free:", "free:"}, {"+++-", "+++-"}},
    /* one, several, nobody */
    {CAA(0, "issue", "sectigo.com"), {"restricted: sectigo.com", "restricted: sectigo.com"}, {"+-u-", "+-u-"}},
    {CAA(0, "issue", "Sectigo.COM"), {"restricted: Sectigo.COM", "restricted: Sectigo.COM"}, {"+-u-", "+-u-"}},
    {CAA(0, "ISSUE", "sectigo.com") CAA(0, "issue", "letsencrypt.org") CAA(0, "issue", "SECTIGO.com"),
     {"restricted: sectigo.com letsencrypt.org", "restricted: sectigo.com letsencrypt.org"}, {"++u-", "++u-"}},
    {CAA(0, "issue", ";"), {"restricted:", "restricted:"}, {"----", "----"}},
    {CAA(0, "issue", ";") CAA(0, "issue", "sectigo.com"), {"restricted: sectigo.com", "restricted: sectigo.com"}, {"+-u-", "+-u-"}},
    {CAA(0, "issue", "ca.unknown.example"), {"restricted: ca.unknown.example", "restricted: ca.unknown.example"}, {"--u-", "--u-"}},
    /* issuewild */
    {CAA(0, "issue", "sectigo.com") CAA(0, "issuewild", "letsencrypt.org"), {"restricted: sectigo.com", "restricted: letsencrypt.org"},
     {"+-u-", "-+u-"}},
    {CAA(0, "issue", "sectigo.com") CAA(0, "issuewild", ";"), {"restricted: sectigo.com", "restricted:"}, {"+-u-", "----"}},
    {CAA(0, "issuewild", "sectigo.com"), {"free:", "restricted: sectigo.com"}, {"+++-", "+-u-"}},
    /* values that are none name nobody, but restrict */
    {CAA(0, "issue", "%%%"), {"restricted:", "restricted:"}, {"----", "----"}},
    {CAA(0, "issue", ""), {"restricted:", "restricted:"}, {"----", "----"}},
    /* under conditions: only where all records for the issuer are */
    {CAA(0, "issue", "sectigo.com; validationmethods=dns-01"), {"restricted: sectigo.com~", "restricted: sectigo.com~"}, {"+-u-", "+-u-"}},
    {CAA(0, "issue", "sectigo.com; accounturi=https://ca.example/1"), {"restricted: sectigo.com~", "restricted: sectigo.com~"},
     {"+-u-", "+-u-"}},
    {CAA(0, "issue", "sectigo.com; accounturi=https://ca.example/1") CAA(0, "issue", "sectigo.com"),
     {"restricted: sectigo.com", "restricted: sectigo.com"}, {"+-u-", "+-u-"}},
    {CAA(0, "issue", "sectigo.com; a=b"), {"restricted: sectigo.com", "restricted: sectigo.com"}, {"+-u-", "+-u-"}},
    /* critical properties keep out who does not know them: all (RFC 8659 section 4.1) */
    {CAA(128, "tbs", "x"), {"free:", "free:"}, {"----", "----"}},
    {CAA(0, "issue", "sectigo.com") CAA(128, "tbs", "x"), {"restricted: sectigo.com", "restricted: sectigo.com"}, {"----", "----"}},
    {CAA(128, "issue", "sectigo.com"), {"restricted: sectigo.com", "restricted: sectigo.com"}, {"+-u-", "+-u-"}},
    {CAA(128, "contactemail", "a@example.jp"), {"free:", "free:"}, {"+-+-", "+-+-"}}, /* letsencrypt is known to refuse */
};

START_TEST(who_may)
{
    char zone[2000];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, rows[_i].zone);
    struct world world = {.name = "www.example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    const struct dcv_name owner = world_name("example.jp");
    ck_assert(world.judged.caa_known);
    ck_assert_int_eq(world.judged.caa_found, rows[_i].zone[0] != '\0');
    if (world.judged.caa_found)
        ck_assert(dcv_name_equal(&world.judged.caa_at, &owner));
    for (int which = PLAIN; which <= WILDCARD; which++) {
        ck_assert_msg(strcmp(issuers(&world, which), rows[_i].issuers[which]) == 0, "%d: %s, not %s", which, issuers(&world, which),
                      rows[_i].issuers[which]);
        ck_assert_msg(strcmp(cas(&world, which), rows[_i].cas[which]) == 0, "%d: %s, not %s", which, cas(&world, which), rows[_i].cas[which]);
    }
    world_done(&world);
}
END_TEST

/* It is the same whichever CAs are asked about, and for a wildcard name. */
START_TEST(for_whomever)
{
    static const char *const names[] = {"www.example.jp", "*.example.jp"}, *const asked[] = {"baseline", "sectigo digicert letsencrypt"};
    struct world world = {.name = names[_i / 2], .ca = asked[_i % 2], .as_of = "2026-11-21",
                          .zone = MAIL CAA(0, "issue", "sectigo.com") CAA(0, "issuewild", "letsencrypt.org")};
    world_judge(&world);
    ck_assert_str_eq(issuers(&world, PLAIN), "restricted: sectigo.com");
    ck_assert_str_eq(issuers(&world, WILDCARD), "restricted: letsencrypt.org");
    ck_assert_str_eq(cas(&world, PLAIN), "+-u-");
    world_done(&world);
}
END_TEST

START_TEST(whose_domain)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = MAIL CAA(0, "issue", "letsencrypt.org") CAA(0, "issue", "ca.unknown.example")};
    world_judge(&world);
    const struct dcv_admission *plain = &world.judged.admits;
    ck_assert_uint_eq(plain->issuers.count, 2);
    ck_assert_str_eq(plain->issuers.items[0].owner, "Let's Encrypt");
    ck_assert_ptr_null(plain->issuers.items[1].owner);
    world_done(&world);
}
END_TEST

/* What CAA says is what the CA's own answer is, for every CA there is. */
START_TEST(as_each_ca_is_answered)
{
    static const char *const zones[] = {"", CAA(0, "issue", "sectigo.com"), CAA(0, "issue", ";"), CAA(128, "tbs", "x"),
                                        CAA(0, "issue", "digicert.com") CAA(0, "issuewild", "letsencrypt.org"),
                                        CAA(128, "contactemail", "a@example.jp") CAA(0, "issue", "globalsign.com")};
    static const char *const names[] = {"example.jp", "*.example.jp"};
    char zone[2000];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, zones[_i / 2]);
    for (size_t i = 0; i < dcv_ca_count(world_set); i++) {
        const struct dcv_ca *ca = dcv_ca_at(world_set, i);
        struct world world = {.name = names[_i % 2], .ca = ca->id, .as_of = "2026-11-21", .zone = zone};
        world_judge(&world);
        const char stand = stands(_i % 2 == PLAIN ? &world.judged.admits : &world.judged.admits_wildcard, ca->id);
        static const char by_permits[] = {[DCV_PERMITS_YES] = '+', [DCV_PERMITS_NO] = '-', [DCV_PERMITS_UNKNOWN] = 'u'};
        if (ca->caa_judged && ca->issues)
            ck_assert_msg(stand == by_permits[world.judged.cas.items[0].caa.permits] ||
                              (stand == 'u' && world.judged.cas.items[0].caa.permits == DCV_PERMITS_YES),
                          "%s: %c beside %s", ca->id, stand, dcv_permits_text(world.judged.cas.items[0].caa.permits));
        else
            ck_assert_int_eq(stand, '-');
        world_done(&world);
    }
}
END_TEST

/* A lookup that failed, and a record that is none. */
START_TEST(not_known)
{
    struct world failed = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = MAIL "! servfail example.jp CAA"};
    world_judge(&failed);
    ck_assert(!failed.judged.caa_known);
    world_done(&failed);
    struct world broken = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                           .zone = MAIL CAA(0, "issue", "sectigo.com") "example.jp. IN TYPE257 \\# 1 00\n"};
    world_judge(&broken);
    ck_assert(broken.judged.caa_known && broken.judged.caa_found);
    ck_assert_str_eq(cas(&broken, PLAIN), "uuu-");
    world_done(&broken);
}
END_TEST

START_TEST(of_a_public_suffix)
{
    struct world world = {.name = "co.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = ""};
    world_judge(&world);
    ck_assert(!world.judged.caa_found);
    ck_assert_uint_eq(world.judged.admits.cas.count, 0);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("admission");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, who_may, 0, ROWS(rows));
    tcase_add_loop_test(tcase, for_whomever, 0, 4);
    tcase_add_test(tcase, whose_domain);
    tcase_add_loop_test(tcase, as_each_ca_is_answered, 0, 12);
    tcase_add_test(tcase, not_known);
    tcase_add_test(tcase, of_a_public_suffix);
    return run_cases("admission", tcase);
}
