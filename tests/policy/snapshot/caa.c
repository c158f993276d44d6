/* What CAA permits: issuer domains, flags, parameters by date, lookups that fail. */
#include "snapshot.h"

#include "support/rows.h"
#include "support/world.h"

#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\nexample.jp. IN MX 10 mail.example.jp.\n"             \
    "mail.example.jp. IN A 192.0.2.25\n_validation-contactemail.example.jp. IN TXT \"txt@example.jp\"\n"
#define CAA "example.jp. IN CAA "
#define CONTACT CAA "0 contactemail \"caa@example.jp\"\n"
#define ACCOUNT "https://ca.example/acct/1"
#define FOREIGN "foreign.example"

/* A question to the judgement; `zone` may hold one "%s" for an issuer domain that the CA accepts. */
struct question {
    const char *label, *name, *zone, *account_uri;
    bool sources; /* say which sources are left, too */
};

static const struct question of_the_day[] = {
    {"no CAA", "example.jp", "", NULL, false},
    {"issue \";\"", "example.jp", CAA "0 issue \";\"\n", NULL, false},
    {"issuewild \";\"", "example.jp", CAA "0 issuewild \";\"\n", NULL, false},
    {"issuewild \";\", for *.example.jp", "*.example.jp", CAA "0 issuewild \";\"\n", NULL, false},
    {"issue \";\", issuewild \"{issuer}\": *.example.jp", "*.example.jp", CAA "0 issue \";\"\n" CAA "0 issuewild \"%s\"\n", NULL, false},
    {"128 contactemail", "example.jp", CAA "128 contactemail \"caa@example.jp\"\n", NULL, false},
    {"128 contactphone", "example.jp", CAA "128 contactphone \"+81 3 0000 0000\"\n", NULL, false},
    {"1 contactemail", "example.jp", CAA "1 contactemail \"caa@example.jp\"\n", NULL, false},
    {"128 of an unknown tag", "example.jp", CAA "128 tbs \"x\"\n", NULL, false},
    {"1 of an unknown tag", "example.jp", CAA "1 tbs \"x\"\n", NULL, false},
    {"128 issue \"{issuer}\"", "example.jp", CAA "128 issue \"%s\"\n", NULL, false},
    {"lookup fails, zone unsigned", "example.jp", "! servfail example.jp CAA\n", NULL, false},
    {"lookup fails, zone signed", "example.jp", "! secure example.jp\n! servfail example.jp CAA\n", NULL, false},
    {"lookup fails, zone not known", "example.jp", "! validation unknown\n! servfail example.jp CAA\n", NULL, false},
};

static const struct question by_date[] = {
    {"bogus", "example.jp", "! bogus example.jp CAA\n", NULL, false},
    {"accounturi, account not given", "example.jp", CAA "0 issue \"%s; accounturi=" ACCOUNT "\"\n", NULL, false},
    {"accounturi, that account", "example.jp", CAA "0 issue \"%s; accounturi=" ACCOUNT "\"\n", ACCOUNT, false},
    {"accounturi, another account", "example.jp", CAA "0 issue \"%s; accounturi=" ACCOUNT "\"\n", "https://ca.example/acct/2", false},
    {"validationmethods=ca-tbr-7", "example.jp", CONTACT CAA "0 issue \"%s; validationmethods=ca-tbr-7\"\n", NULL, true},
    {"validationmethods=dns-01,http-01", "example.jp", CONTACT CAA "0 issue \"%s; validationmethods=dns-01,http-01\"\n", NULL, true},
    {"validationmethods=ca-tbr-4", "example.jp", CONTACT CAA "0 issue \"%s; validationmethods=ca-tbr-4\"\n", NULL, true},
    {"validationmethods=ca-tbr-13", "example.jp", CONTACT CAA "0 issue \"%s; validationmethods=ca-tbr-13\"\n", NULL, true},
    {"validationmethods=ca-tbr-14", "example.jp", CONTACT CAA "0 issue \"%s; validationmethods=ca-tbr-14\"\n", NULL, true},
};

/* ---- asking ----------------------------------------------------------------------------------------------------------------- */

/* "constructed+txt-contact": sources of usable addresses. */
static const char *sources_left(const struct world *world, struct dcv_arena *arena)
{
    const struct dcv_judged_ca *ca = &world->judged.cas.items[0];
    const char *text = "";
    for (int source = 0; source < DCV_SOURCE_COUNT; source++) {
        bool usable = false;
        for (size_t i = 0; i < ca->entries.count; i++)
            usable = usable || (ca->entries.items[i].source == (enum dcv_source)source && ca->entries.items[i].usable);
        if (usable)
            text = dcv_arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? "+" : "", dcv_source_text((enum dcv_source)source));
    }
    return text[0] != '\0' ? text : "no address";
}

static const char *answer(const struct dcv_ca *ca, const struct question *question, const char *issuer, dcv_date day, struct dcv_arena *arena)
{
    char as_of[DCV_DATE_TEXT];
    const char *place = strstr(question->zone, "%s");
    const char *zone = place == NULL ? dcv_arena_printf(arena, "%s%s", MAIL, question->zone)
                                     : dcv_arena_printf(arena, "%s%.*s%s%s", MAIL, (int)(place - question->zone), question->zone, issuer, place + 2);
    struct world world = {.name = question->name, .as_of = dcv_date_format(day, as_of), .zone = zone, .ca = ca->id,
                          .account_uri = question->account_uri};
    world_judge(&world);
    const struct dcv_caa_answer *caa = &world.judged.cas.items[0].caa;
    const char *permits = caa->judged ? dcv_permits_text(caa->permits) : "not judged";
    const bool sources = question->sources && caa->permits != DCV_PERMITS_NO;
    const char *text = sources ? dcv_arena_printf(arena, "%s/%s", permits, sources_left(&world, arena)) : permits;
    world_done(&world);
    return text;
}

/* ---- issuer domains ----------------------------------------------------------------------------------------------------------- */

static const char *first_issuer(const struct dcv_ca *ca)
{
    return ca->issuer_domain_count != 0 ? ca->issuer_domains[0].domain : FOREIGN;
}

static bool listed(const char *list, const char *item)
{
    const size_t len = strlen(item);
    for (const char *at = strstr(list, item); at != NULL; at = strstr(at + 1, item))
        if ((at == list || at[-1] == ' ') && (at[len] == '\0' || at[len] == ','))
            return true;
    return false;
}

/* Of the issuer domains that any profile has, and of a foreign one: those with this answer, in the order of the profiles. */
static const char *issuers_with(const struct dcv_ca *ca, const char *tag, const char *name, const char *wanted, struct dcv_arena *arena)
{
    dcv_date day = days_reference();
    const struct question question = {.name = name, .zone = dcv_arena_printf(arena, "%s0 %s \"%%s\"\n", CAA, tag)};
    const char *with = "", *asked = "";
    for (size_t i = 0; i <= dcv_ca_count(world_set); i++) {
        static const struct dcv_issuer_domain foreign = {.domain = FOREIGN};
        const struct dcv_ca *other = i < dcv_ca_count(world_set) ? dcv_ca_at(world_set, i) : NULL;
        for (size_t j = 0; j < (other != NULL ? other->issuer_domain_count : 1); j++) {
            const char *domain = other != NULL ? other->issuer_domains[j].domain : foreign.domain;
            if (listed(asked, domain))
                continue;
            asked = page_join(arena, asked, domain);
            if (strcmp(answer(ca, &question, domain, day, arena), wanted) == 0)
                with = page_join(arena, with, domain);
        }
    }
    return strcmp(with, asked) == 0 ? "every one" : with;
}

static const char *deprecated(const struct dcv_ca *ca, struct dcv_arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < ca->issuer_domain_count; i++)
        if (ca->issuer_domains[i].deprecated)
            text = page_join(arena, text, ca->issuer_domains[i].domain);
    return text[0] != '\0' ? text : "none";
}

/* Of the foreign ones there are many: only who is let in, or in doubt, is named. */
static void print_issuers(const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out)
{
    const char *yes = issuers_with(ca, "issue", "example.jp", "yes", arena);
    const char *wild = issuers_with(ca, "issuewild", "*.example.jp", "yes", arena);
    const char *unknown = issuers_with(ca, "issue", "example.jp", "unknown", arena);
    page_row(out, "issue: yes", yes[0] != '\0' ? yes : "no one");
    page_row(out, "issuewild: yes, for *.example.jp", strcmp(wild, yes) == 0 ? "the same" : wild);
    page_row(out, "issue: unknown", unknown[0] != '\0' ? unknown : "no one");
    page_row(out, "issue \"" FOREIGN "\"",
             answer(ca, &(struct question){.name = "example.jp", .zone = CAA "0 issue \"%s\"\n"}, FOREIGN, days_reference(), arena));
    page_row(out, "deprecated", deprecated(ca, arena));
    page_row(out, "to be written", ca->issuer_domain_count != 0 ? first_issuer(ca) : "not known");
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------- */

static void print_by_date(const struct dcv_ca *ca, const struct question *question, const struct days *days, struct dcv_arena *arena,
                          struct dcv_buf *out)
{
    struct timeline timeline = {0};
    for (size_t i = 0; i < days->list.count; i++)
        timeline_add(&timeline, arena, days->list.items[i], answer(ca, question, first_issuer(ca), days->list.items[i], arena));
    page_row(out, question->label, timeline.text);
}

void caa_print(const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out)
{
    struct days days = {0};
    char day[DCV_DATE_TEXT];
    days_fill(&days, arena, false);
    page_title(out, dcv_arena_printf(arena, "CAA on %s: may the CA issue", dcv_date_format(days_reference(), day)));
    if (!ca->caa_judged) {
        page_row(out, "CAA", "not judged");
        return;
    }
    print_issuers(ca, arena, out);
    for (int i = 0; i < ROWS(of_the_day); i++)
        page_row(out, of_the_day[i].label, answer(ca, &of_the_day[i], first_issuer(ca), days_reference(), arena));
    page_title(out, "CAA by date, and the sources that are left");
    for (int i = 0; i < ROWS(by_date); i++)
        print_by_date(ca, &by_date[i], &days, arena, out);
}
