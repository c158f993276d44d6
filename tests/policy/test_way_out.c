/* The way out of e-mail: which record to publish where, and what stands in its way. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "jp. IN SOA ns.jp. root.jp. 1 2 3 4 5\ncom. IN SOA ns.com. root.com. 1 2 3 4 5\n"                                   \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"                                                    \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\nexample.jp. IN A 192.0.2.80\n"            \
    "www.example.jp. IN MX 10 mail.example.jp.\n"
#define TARGET "example.com. IN SOA ns.example.com. root.example.com. 1 2 3 4 5\nt.example.com. IN A 192.0.2.1\n"
#define SIGNED(owner, labels) owner " IN RRSIG CNAME 13 " labels " 300 20300101000000 20200101000000 1 jp. AAAA\n"

static const char acme_line[] = "_acme-challenge.example.jp. IN TXT \"{token}\"";
static const char digicert_lines[] = "_dnsauth.example.jp. IN CNAME {token}.dcv.digicert.com.\n_dnsauth.example.jp. IN TXT \"{token}\"";

/* The lines of the ways that have one, and what was found about them: ids joined by spaces. */
static const struct {
    const char *what, *name, *ca, *as_of, *zone, *lines, *findings;
} rows[] = {
    /* --- nothing in the way --- */
    {"two rows", "example.jp", "digicert", "2026-11-21", "", digicert_lines, ""},
    {"another name", "www.example.jp", "letsencrypt", "2026-11-21", "", "_acme-challenge.www.example.jp. IN TXT \"{token}\"", ""},
    {"a wildcard stands for the name behind it", "*.example.jp", "letsencrypt", "2026-11-21", "", acme_line, ""},
    {"at the name itself", "example.jp", "globalsign", "2026-11-21", "", "example.jp. IN TXT \"_globalsign-domain-verification={token}\"", ""},
    {"persistent", "example.jp", "sectigo", "2026-11-21", "", "_validation-persist.example.jp. IN TXT \"sectigo.com; accounturi={account}\"", ""},
    {"persistent, for a wildcard", "*.example.jp", "sectigo", "2026-11-21", "",
     "_validation-persist.example.jp. IN TXT \"sectigo.com; accounturi={account}; policy=wildcard\"", ""},
    {"the form is not known", "example.jp", "actalis", "2026-11-21", "", "", ""},

    /* --- aliases --- */
    {"an old token", "example.jp", "digicert", "2026-11-21", TARGET "_dnsauth.example.jp. IN CNAME t.example.com.", digicert_lines, "way-out-cname"},
    {"the label of another CA", "example.jp", "letsencrypt", "2026-11-21", TARGET "_dnsauth.example.jp. IN CNAME t.example.com.", acme_line, ""},
    {"delegated", "example.jp", "letsencrypt", "2026-11-21", TARGET "_acme-challenge.example.jp. IN CNAME t.example.com.",
     "t.example.com. IN TXT \"{token}\"", "way-out-delegated"},
    {"delegated, over two links", "example.jp", "letsencrypt", "2026-11-21",
     TARGET "_acme-challenge.example.jp. IN CNAME u.example.com.\nu.example.com. IN CNAME t.example.com.", "t.example.com. IN TXT \"{token}\"",
     "way-out-delegated"},
    {"delegated to a name that is not there yet", "example.jp", "letsencrypt", "2026-11-21",
     TARGET "_acme-challenge.example.jp. IN CNAME later.example.com.", "later.example.com. IN TXT \"{token}\"", "way-out-delegated"},
    {"delegated into a domain that nobody has", "example.jp", "letsencrypt", "2026-11-21", "_acme-challenge.example.jp. IN CNAME t.gone.com.",
     acme_line, "way-out-dangling"},
    {"in a circle", "example.jp", "letsencrypt", "2026-11-21",
     "_acme-challenge.example.jp. IN CNAME a.example.jp.\na.example.jp. IN CNAME _acme-challenge.example.jp.", acme_line, "way-out-loop"},
    {"persistent records behind an alias", "example.jp", "sectigo", "2026-11-21", TARGET "_validation-persist.example.jp. IN CNAME t.example.com.",
     "_validation-persist.example.jp. IN TXT \"sectigo.com; accounturi={account}\"", "way-out-cname"},
    {"the host is an alias: at a parent", "www.example.jp", "globalsign", "2026-11-21", TARGET "www.example.jp. IN CNAME t.example.com.",
     "example.jp. IN TXT \"_globalsign-domain-verification={token}\"", "way-out-cname"},

    /* --- wildcards --- */
    {"wildcard, unsigned", "example.jp", "letsencrypt", "2026-11-21", TARGET "_acme-challenge.example.jp. IN CNAME t.example.com.\n*.example.jp. IN CNAME t.example.com.",
     acme_line, "way-out-wildcard"},
    {"a wildcard to elsewhere", "example.jp", "letsencrypt", "2026-11-21", TARGET "_acme-challenge.example.jp. IN CNAME t.example.com.\n*.example.jp. IN CNAME u.example.com.",
     "t.example.com. IN TXT \"{token}\"", "way-out-delegated"},
    {"wildcard, by the signature", "example.jp", "digicert", "2026-11-21", TARGET "_dnsauth.example.jp. IN CNAME t.example.com.\n" SIGNED("_dnsauth.example.jp.", "2"),
     digicert_lines, "way-out-wildcard"},
    {"signed, and no wildcard", "example.jp", "digicert", "2026-11-21",
     TARGET "_dnsauth.example.jp. IN CNAME t.example.com.\n*.example.jp. IN CNAME t.example.com.\n" SIGNED("_dnsauth.example.jp.", "3"), digicert_lines,
     "way-out-cname"},
    {"a wildcard makes the name itself", "www.example.jp", "letsencrypt", "2026-11-21",
     TARGET "_acme-challenge.www.example.jp. IN CNAME t.example.com.\n*.www.example.jp. IN CNAME t.example.com.\nwww.example.jp. IN CNAME t.example.com.",
     "_acme-challenge.www.example.jp. IN TXT \"{token}\"", "way-out-hides-name"},
    {"a wildcard address makes the name, by its signature", "www.example.jp", "letsencrypt", "2026-11-21",
     "www.example.jp. IN A 192.0.2.1\nwww.example.jp. IN RRSIG A 13 2 300 20300101000000 20200101000000 1 jp. AAAA",
     "_acme-challenge.www.example.jp. IN TXT \"{token}\"", "way-out-hides-name"},

    /* --- other records --- */
    {"TXT where a CNAME is to be", "example.jp", "digicert", "2026-11-21", "_dnsauth.example.jp. IN TXT \"old\"", digicert_lines, "way-out-beside"},
    {"TXT of a wildcard", "example.jp", "digicert", "2026-11-21",
     "_dnsauth.example.jp. IN TXT \"v=spf1 -all\"\n_validation-contactemail.example.jp. IN TXT \"v=spf1 -all\"", digicert_lines, "contact-no-at"},
    {"TXT beside TXT", "example.jp", "letsencrypt", "2026-11-21", "_acme-challenge.example.jp. IN TXT \"old\"", acme_line, ""},
    {"a zone of its own", "example.jp", "letsencrypt", "2026-11-21",
     "_acme-challenge.example.jp. IN SOA ns.example.net. root.example.net. 1 2 3 4 5", acme_line, "way-out-zone-cut"},
};

static const char *lines_of(const struct world *world)
{
    const char *text = "";
    const struct dcv_judged_ca *ca = &world->judged.cas.items[0];
    for (size_t i = 0; i < ca->way_out.count; i++)
        if (ca->way_out.items[i].line != NULL)
            text = dcv_arena_printf(world->arena, "%s%s%s", text, text[0] == '\0' ? "" : "\n", ca->way_out.items[i].line);
    return text;
}

/* Of a CA without e-mail the blocker is no news here. */
static const char *findings_of(const struct world *world)
{
    const char *text = world_findings(world, 0);
    static const char *const known[] = {"ca-no-email ", "ca-no-email", "cname-dangling", " mail-implicit-mx", "mail-implicit-mx ", "mail-implicit-mx"};
    char *copy = dcv_arena_strdup(world->arena, text);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        char *at = strstr(copy, known[i]);
        if (at != NULL)
            memmove(at, at + strlen(known[i]), strlen(at + strlen(known[i])) + 1);
    }
    return copy;
}

START_TEST(line_and_findings)
{
    char zone[4096];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, rows[_i].zone);
    struct world world = {.name = rows[_i].name, .ca = rows[_i].ca, .as_of = rows[_i].as_of, .zone = zone};
    world_judge(&world);
    ck_assert_msg(strcmp(lines_of(&world), rows[_i].lines) == 0, "%s: %s", rows[_i].what, lines_of(&world));
    const char *findings = findings_of(&world);
    if (rows[_i].findings[0] == '\0')
        ck_assert_msg(strstr(findings, "way-out") == NULL && strstr(findings, "persist") == NULL, "%s: %s", rows[_i].what, findings);
    else
        ck_assert_msg(strstr(findings, rows[_i].findings) != NULL, "%s: %s", rows[_i].what, findings);
    world_done(&world);
}
END_TEST

static const struct dcv_way *way_at(const struct world *world, enum dcv_method method)
{
    const struct dcv_judged_ca *ca = &world->judged.cas.items[0];
    for (size_t i = 0; i < ca->way_out.count; i++)
        if (ca->way_out.items[i].method->method == method)
            return &ca->way_out.items[i];
    ck_abort_msg("no such way");
    return NULL;
}

START_TEST(what_is_known_of_a_way)
{
    struct world world = {.name = "*.www.example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = MAIL};
    char date[DCV_DATE_TEXT];
    world_judge(&world);
    const struct dcv_way *persist = way_at(&world, DCV_METHOD_DNS_PERSIST), *http = way_at(&world, DCV_METHOD_HTTP);
    ck_assert(persist->open && persist->wildcard && persist->dns && !persist->existing && !persist->obstructed);
    ck_assert_int_eq(persist->level, DCV_WAY_PARENTS);
    ck_assert_str_eq(dcv_date_format(persist->from, date), "2025-11-10");
    ck_assert_str_eq(dcv_date_format(persist->reuse_until, date), "2026-12-01");
    ck_assert_str_eq(persist->owner, "_validation-persist.www.example.jp");
    ck_assert(!http->wildcard && !http->dns && http->line == NULL && http->owner == NULL);
    ck_assert_ptr_null(way_at(&world, DCV_METHOD_DNS_CHANGE)->owner);
    world_done(&world);
}
END_TEST

START_TEST(level)
{
    static const struct {
        const char *name, *ca;
        enum dcv_way_level level;
    } levels[] = {{"www.example.jp", "digicert", DCV_WAY_PARENTS}, {"example.jp", "digicert", DCV_WAY_EXACT}, {"www.example.jp", "letsencrypt", DCV_WAY_EXACT}};
    for (size_t i = 0; i < ROWS(levels); i++) {
        struct world world = {.name = levels[i].name, .ca = levels[i].ca, .as_of = "2026-11-21", .zone = MAIL};
        world_judge(&world);
        ck_assert_int_eq(way_at(&world, DCV_METHOD_DNS_CHANGE)->level, levels[i].level);
        world_done(&world);
    }
}
END_TEST

/* Neither registrar nor telephone nor what a CA is known not to offer. */
START_TEST(rows_left_out)
{
    struct world world = {.name = "example.jp", .ca = "ssl-com", .as_of = "2026-11-21", .zone = MAIL};
    world_judge(&world);
    ck_assert_uint_eq(world.judged.cas.items[0].way_out.count, 2);
    world_done(&world);
    struct world no = {.name = "example.jp", .ca = "letsencrypt", .as_of = "2026-11-21", .zone = MAIL};
    world_judge(&no);
    ck_assert_uint_eq(no.judged.cas.items[0].way_out.count, 3);
    world_done(&no);
}
END_TEST

START_TEST(nothing_for_a_public_suffix)
{
    struct world world = {.name = "co.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = ""};
    world_judge(&world);
    ck_assert_uint_eq(world.judged.cas.items[0].way_out.count, 0);
    world_done(&world);
}
END_TEST

/* The line that blockers carry: by date, wildcard, and what stands in the way. */
static const struct {
    const char *name, *ca, *as_of, *zone, *id, *line;
} blocked[] = {
    {"example.jp", "letsencrypt", "2026-11-21", "", "ca-no-email", "_acme-challenge.example.jp. IN TXT \"{token}\""},
    {"example.jp", "digicert", "2028-03-15", "", "email-ended", "_dnsauth.example.jp. IN CNAME {token}.dcv.digicert.com."},
    /* Beside a TXT no CNAME can stand, but another TXT can. */
    {"example.jp", "digicert", "2028-03-15", "_dnsauth.example.jp. IN TXT \"old\"", "email-ended", "_dnsauth.example.jp. IN TXT \"{token}\""},
    /* Both obstructed: the first. */
    {"example.jp", "digicert", "2028-03-15", "_dnsauth.example.jp. IN CNAME old.example.com.", "email-ended",
     "_dnsauth.example.jp. IN CNAME {token}.dcv.digicert.com."},
    {"*.example.jp", "sectigo", "2028-03-15", "", "email-ended",
     "_validation-persist.example.jp. IN TXT \"sectigo.com; accounturi={account}; policy=wildcard\""},
    {"example.jp", "actalis", "2028-03-15", "", "email-ended", ""},
};

START_TEST(best_line)
{
    char zone[4096], line[512];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, blocked[_i].zone);
    struct world world = {.name = blocked[_i].name, .ca = blocked[_i].ca, .as_of = blocked[_i].as_of, .zone = zone};
    world_judge(&world);
    const char *got = world_arg(world_finding(&world, 0, blocked[_i].id), "wayout");
    (void)snprintf(line, sizeof line, "%s%s", blocked[_i].line, blocked[_i].line[0] == '\0' ? "" : "  ; what stands in braces comes from the CA");
    ck_assert_str_eq(got, line);
    world_done(&world);
}
END_TEST

/* A method that is not yet allowed is told, but not advised. */
START_TEST(before_the_method)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2025-11-09", .zone = "example.jp. IN SOA a. b. 1 2 3 4 5\nexample.jp. IN MX 0 ."};
    world_judge(&world);
    const struct dcv_way *persist = way_at(&world, DCV_METHOD_DNS_PERSIST);
    ck_assert(!persist->open && persist->line != NULL);
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "no-usable-address"), "wayout"), "");
    world_done(&world);
}
END_TEST

static const struct {
    const char *id, *ca, *zone, *fixline;
} fixes[] = {
    {"way-out-cname", "digicert", "_dnsauth.example.jp. IN CNAME old.example.com.",
     "_dnsauth.example.jp. IN CNAME {token}.dcv.digicert.com.  ; in the place of the present CNAME"},
    {"way-out-delegated", "letsencrypt", TARGET "_acme-challenge.example.jp. IN CNAME t.example.com.", "t.example.com. IN TXT \"{token}\""},
    {"way-out-loop", "letsencrypt", "_acme-challenge.example.jp. IN CNAME _acme-challenge.example.jp.",
     "_acme-challenge.example.jp. IN TXT \"{token}\"  ; in the place of the present CNAME"},
    /* The alias of the host itself is not to be replaced. */
    {"way-out-cname", "globalsign", TARGET "example.jp. IN CNAME t.example.com.", ""},
};

START_TEST(fix)
{
    char zone[4096];
    const bool alone = strstr(fixes[_i].zone, "\nexample.jp. IN CNAME") != NULL;
    (void)snprintf(zone, sizeof zone, "%s%s", alone ? "" : MAIL, fixes[_i].zone);
    struct world world = {.name = "example.jp", .ca = fixes[_i].ca, .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    ck_assert_str_eq(world_arg(world_finding(&world, 0, fixes[_i].id), "fixline"), fixes[_i].fixline);
    world_done(&world);
}
END_TEST

/* Lookups that serve advice alone: one notice, and the verdict stays. */
START_TEST(failures_are_no_news_for_mail)
{
    static const char *const outcomes[] = {"servfail", "timeout", "truncated", "refused", "deadline", "bogus", "unrecorded"};
    static const char *const names[] = {"_dnsauth.example.jp", "_acme-challenge.example.jp", "_validation-persist.example.jp"};
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        char zone[4096];
        (void)snprintf(zone, sizeof zone, "%s! %s %s TXT\n! %s %s TXT\n! %s %s TXT\n", MAIL, outcomes[i], names[0], outcomes[i], names[1], outcomes[i], names[2]);
        struct world world = {.name = "example.jp", .ca = "sectigo digicert", .as_of = "2026-11-21", .zone = zone};
        world_judge(&world);
        for (size_t ca = 0; ca < 2; ca++) {
            ck_assert_msg(strcmp(world_findings(&world, ca), "way-out-failed") == 0, "%s: %s", outcomes[i], world_findings(&world, ca));
            ck_assert_int_eq(world.judged.cas.items[ca].verdict, DCV_READY);
        }
        ck_assert_str_eq(world_arg(world_finding(&world, 0, "way-out-failed"), "names"),
                         "_dnsauth.example.jp, _acme-challenge.example.jp, _validation-persist.example.jp");
        world_done(&world);
    }
}
END_TEST

/* The time ran out: a warning only where something was late that e-mail validation rests on. */
START_TEST(late)
{
    static const struct {
        const char *zone;
        bool warned;
    } lates[] = {{"! deadline _dnsauth.example.jp TXT", false}, {"! deadline example.jp AAAA", true}, {"! deadline _dnsauth.example.jp TXT\n! deadline example.jp AAAA", true}};
    char zone[4096];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, lates[_i].zone);
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    ck_assert_msg((strstr(world_findings(&world, 0), "deadline") != NULL) == lates[_i].warned, "%s", world_findings(&world, 0));
    world_done(&world);
}
END_TEST

/* Every rule of this kind says nothing about e-mail: none may be a blocker. */
START_TEST(advice_never_blocks)
{
    size_t count = 0;
    for (int rule = 0; rule < DCV_RULE_COUNT; rule++) {
        const struct dcv_rule_info *info = dcv_rule_info((enum dcv_rule)rule);
        const bool named = strncmp(info->id, "way-out-", 8) == 0 || strncmp(info->id, "persist-", 8) == 0;
        ck_assert_msg(dcv_rule_advises((enum dcv_rule)rule) == named, "%s", info->id);
        ck_assert(!named || info->severity != DCV_BLOCKER);
        count += named;
    }
    ck_assert_uint_gt(count, 20);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("way_out");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, line_and_findings, 0, ROWS(rows));
    tcase_add_test(tcase, what_is_known_of_a_way);
    tcase_add_test(tcase, level);
    tcase_add_test(tcase, rows_left_out);
    tcase_add_test(tcase, nothing_for_a_public_suffix);
    tcase_add_loop_test(tcase, best_line, 0, ROWS(blocked));
    tcase_add_test(tcase, before_the_method);
    tcase_add_loop_test(tcase, fix, 0, ROWS(fixes));
    tcase_add_test(tcase, failures_are_no_news_for_mail);
    tcase_add_loop_test(tcase, late, 0, 3);
    tcase_add_test(tcase, advice_never_blocks);
    return run_cases("way_out", tcase);
}
