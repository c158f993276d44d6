/* POLICY: approver addresses, their status by CA and date, and the ladder of Authorization Domain Names. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. host\\.master.example.jp. 1 2 3 4 5\n"                                           \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"                                         \
    "www.example.jp. IN MX 10 mail.example.jp.\na.b.example.jp. IN MX 10 mail.example.jp.\n"                            \
    "b.example.jp. IN MX 10 mail.example.jp.\n"
#define CONTACTS                                                                                                        \
    "_validation-contactemail.example.jp. IN TXT \"txt@example.jp\"\n"                                                  \
    "example.jp. IN CAA 0 contactemail \"caa@example.jp\"\n"                                                            \
    "! whois example.jp admin whois@example.jp\n"

static const struct {
    const char *ca, *name, *as_of, *address;
    enum dcv_source source;
    enum dcv_status_of_entry status;
    const char *until;
} rows[] = {
    /* constructed, by the level of each CA */
    {"sectigo", "www.example.jp", "2026-11-21", "admin@www.example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"sectigo", "www.example.jp", "2026-11-21", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"sectigo", "www.example.jp", "2026-03-14", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_PERMITTED, "2028-03-15"},
    {"sectigo", "www.example.jp", "2026-03-15", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"sectigo", "www.example.jp", "2028-03-14", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"sectigo", "www.example.jp", "2028-03-15", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_RETIRED, "2028-03-15"},
    {"sectigo", "a.b.example.jp", "2026-11-21", "admin@b.example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"iij-digicert", "www.example.jp", "2026-11-21", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"iij-digicert", "a.b.example.jp", "2026-11-21", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_NOT_OFFERED, ""},
    {"iij-digicert", "a.b.example.jp", "2026-11-21", "admin@a.b.example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"iij-globalsign", "a.b.example.jp", "2026-11-21", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"iij-globalsign", "a.b.example.jp", "2026-11-21", "admin@b.example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_NOT_OFFERED, ""},
    {"cybertrust", "www.example.jp", "2026-11-21", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_NOT_OFFERED, ""},
    {"jprs", "www.example.jp", "2026-11-21", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"jprs", "www.example.jp", "2026-11-21", "admin@www.example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_NOT_OFFERED, ""},
    {"iij-cybertrust", "example.jp", "2025-06-25", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_FUTURE, "2028-03-15"},
    {"iij-cybertrust", "example.jp", "2025-06-26", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_PERMITTED, "2028-03-15"},
    {"letsencrypt", "example.jp", "2026-11-21", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_NOT_OFFERED, ""},
    {"letsencrypt", "example.jp", "2028-03-15", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_NOT_OFFERED, ""}, /* wins after a sunset */

    /* what is known of a level counts before what is not known of a wider one */
    {"secom", "a.b.example.jp", "2026-11-21", "admin@b.example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_UNKNOWN, ""},
    {"secom", "a.b.example.jp", "2028-03-15", "admin@b.example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_UNKNOWN, ""},
    {"secom", "a.b.example.jp", "2028-03-14", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"secom", "a.b.example.jp", "2028-03-15", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_RETIRED, "2028-03-15"},
    {"telia", "example.jp", "2028-03-15", "admin@example.jp", DCV_SOURCE_CONSTRUCTED, DCV_ENTRY_RETIRED, "2028-03-15"},

    /* TXT contact */
    {"sectigo", "example.jp", "2026-11-21", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"sectigo", "www.example.jp", "2026-11-21", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"iij-digicert", "www.example.jp", "2026-11-21", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_NOT_OFFERED, ""},
    {"globalsign", "a.b.example.jp", "2026-11-21", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"iij-globalsign", "a.b.example.jp", "2026-11-21", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_NOT_OFFERED, ""},
    {"godaddy", "example.jp", "2026-11-21", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_NOT_OFFERED, ""},
    {"fujissl", "example.jp", "2026-11-21", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_UNKNOWN, ""},
    {"jprs", "example.jp", "2025-06-09", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_FUTURE, "2028-03-15"},
    {"jprs", "example.jp", "2025-06-10", "txt@example.jp", DCV_SOURCE_TXT_CONTACT, DCV_ENTRY_PERMITTED, "2028-03-15"},

    /* CAA contact */
    {"sectigo", "example.jp", "2026-11-21", "caa@example.jp", DCV_SOURCE_CAA_CONTACT, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"digicert", "example.jp", "2026-11-21", "caa@example.jp", DCV_SOURCE_CAA_CONTACT, DCV_ENTRY_DISCOURAGED, "2028-03-15"},
    {"globalsign", "example.jp", "2026-11-21", "caa@example.jp", DCV_SOURCE_CAA_CONTACT, DCV_ENTRY_UNKNOWN, ""},
    {"certum", "example.jp", "2026-11-21", "caa@example.jp", DCV_SOURCE_CAA_CONTACT, DCV_ENTRY_NOT_OFFERED, ""},

    /* SOA RNAME, WHOIS: historic */
    {"globalsign", "example.jp", "2025-07-13", "host.master@example.jp", DCV_SOURCE_SOA_RNAME, DCV_ENTRY_PERMITTED, "2025-07-14"},
    {"globalsign", "example.jp", "2025-07-14", "host.master@example.jp", DCV_SOURCE_SOA_RNAME, DCV_ENTRY_RETIRED, "2025-07-14"},
    {"baseline", "example.jp", "2025-07-14", "host.master@example.jp", DCV_SOURCE_SOA_RNAME, DCV_ENTRY_PERMITTED, "2025-07-15"},
    {"baseline", "example.jp", "2025-07-15", "host.master@example.jp", DCV_SOURCE_SOA_RNAME, DCV_ENTRY_RETIRED, "2025-07-15"},
    {"sectigo", "example.jp", "2026-11-21", "host.master@example.jp", DCV_SOURCE_SOA_RNAME, DCV_ENTRY_NOT_OFFERED, ""},
    {"iij-digicert", "example.jp", "2025-05-07", "whois@example.jp", DCV_SOURCE_WHOIS, DCV_ENTRY_PERMITTED, "2025-05-08"},
    {"iij-digicert", "example.jp", "2025-05-08", "whois@example.jp", DCV_SOURCE_WHOIS, DCV_ENTRY_RETIRED, "2025-05-08"},
    {"godaddy", "example.jp", "2025-05-07", "whois@example.jp", DCV_SOURCE_WHOIS, DCV_ENTRY_NOT_OFFERED, ""},
    {"ssl-com", "example.jp", "2025-07-14", "whois@example.jp", DCV_SOURCE_WHOIS, DCV_ENTRY_PERMITTED, "2025-07-15"},
};

static const struct dcv_entry *entry_of(const struct world *world, const char *address, enum dcv_source source)
{
    const struct dcv_judged_ca *ca = &world->judged.cas.items[0];
    for (size_t i = 0; i < ca->entries.count; i++)
        if (ca->entries.items[i].source == source && ca->entries.items[i].address != NULL && strcmp(ca->entries.items[i].address, address) == 0)
            return &ca->entries.items[i];
    return NULL;
}

START_TEST(status)
{
    char until[DCV_DATE_TEXT];
    struct world world = {.name = rows[_i].name, .ca = rows[_i].ca, .as_of = rows[_i].as_of, .zone = MAIL CONTACTS};
    world_judge(&world);
    const struct dcv_entry *entry = entry_of(&world, rows[_i].address, rows[_i].source);
    ck_assert_msg(entry != NULL, "no %s", rows[_i].address);
    ck_assert_msg(entry->status == rows[_i].status, "%s %s %s %s: %s", rows[_i].ca, rows[_i].name, rows[_i].as_of, rows[_i].address,
                  dcv_entry_status_text(entry->status));
    ck_assert_str_eq(dcv_date_format(entry->until, until), rows[_i].until);
    ck_assert_int_eq(entry->usable, entry->status >= DCV_ENTRY_DISCOURAGED);
    world_done(&world);
}
END_TEST

/* ---- the ladder --------------------------------------------------------------------------------------------------------------- */

#define ALIASES                                                                                                         \
    "a.b.example.jp. IN CNAME t.x.example.com.\nt.x.example.com. IN A 192.0.2.80\n"                                     \
    "b.example.jp. IN CNAME u.example.net.\nu.example.net. IN A 192.0.2.80\nexample.jp. IN A 192.0.2.80\n"

static const struct {
    const char *name, *as_of, *adns; /* of the constructed addresses, in their order */
} ladders[] = {
    {"a.b.example.jp", "2026-11-14", "a.b.example.jp b.example.jp example.jp t.x.example.com x.example.com example.com u.example.net example.net"},
    {"a.b.example.jp", "2026-11-15", "a.b.example.jp b.example.jp example.jp t.x.example.com x.example.com example.com"},
    {"*.a.b.example.jp", "2026-11-14", "a.b.example.jp b.example.jp example.jp t.x.example.com x.example.com example.com u.example.net example.net"},
    {"*.a.b.example.jp", "2026-11-15", "a.b.example.jp b.example.jp example.jp"},
    {"example.jp", "2026-11-21", "example.jp"},
    {"a.example.co.jp", "2026-11-21", "a.example.co.jp example.co.jp"},
    {"x.github.io", "2026-11-21", "x.github.io github.io"},
    {"jp", "2026-11-21", ""},
};

START_TEST(ladder)
{
    struct world world = {.name = ladders[_i].name, .ca = "baseline", .as_of = ladders[_i].as_of, .zone = ALIASES};
    char adns[1000] = "", adn[DCV_NAME_TEXT_MAX];
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    for (size_t i = 0; i < ca->entries.count; i++) {
        if (ca->entries.items[i].source != DCV_SOURCE_CONSTRUCTED || strncmp(ca->entries.items[i].address, "admin@", 6) != 0)
            continue;
        (void)snprintf(adns + strlen(adns), sizeof adns - strlen(adns), "%s%s", adns[0] != '\0' ? " " : "",
                       dcv_name_text(&ca->entries.items[i].adn, adn));
    }
    ck_assert_str_eq(adns, ladders[_i].adns);
    world_done(&world);
}
END_TEST

START_TEST(the_five)
{
    static const char *const locals[] = {"admin", "administrator", "hostmaster", "postmaster", "webmaster"};
    struct world world = {.name = "example.jp", .ca = "baseline", .as_of = "2026-11-21", .zone = MAIL};
    char address[100];
    size_t constructed = 0;
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    for (size_t i = 0; i < ca->entries.count; i++)
        constructed += ca->entries.items[i].source == DCV_SOURCE_CONSTRUCTED;
    ck_assert_uint_eq(constructed, 5);
    for (int i = 0; i < ROWS(locals); i++) {
        (void)snprintf(address, sizeof address, "%s@example.jp", locals[i]);
        ck_assert_ptr_nonnull(entry_of(&world, address, DCV_SOURCE_CONSTRUCTED));
    }
    world_done(&world);
}
END_TEST

START_TEST(kinds_of_rungs)
{
    static const struct {
        const char *address;
        enum dcv_rung_kind kind;
    } kinds[] = {{"admin@a.b.example.jp", DCV_RUNG_EXACT}, {"admin@b.example.jp", DCV_RUNG_PARENT}, {"admin@example.jp", DCV_RUNG_BASE},
                 {"admin@t.x.example.com", DCV_RUNG_CNAME_TARGET}, {"admin@example.com", DCV_RUNG_CNAME_TARGET}};
    struct world world = {.name = "a.b.example.jp", .ca = "baseline", .as_of = "2026-11-21", .zone = ALIASES};
    world_judge(&world);
    for (int i = 0; i < ROWS(kinds); i++)
        ck_assert_int_eq(entry_of(&world, kinds[i].address, DCV_SOURCE_CONSTRUCTED)->level, kinds[i].kind);
    world_done(&world);
}
END_TEST

/* ---- contact values and where they stand ---------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *ca, *as_of, *zone;
    enum dcv_verdict verdict;
    const char *findings;
} cases[] = {
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \" a@example.jp\"", DCV_READY, "contact-padding"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"mailto:a@example.jp\"", DCV_READY, "contact-mailto"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"A <a@example.jp>\"", DCV_READY, "contact-angle"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"a@example.jp,b@example.jp\"", DCV_READY, "contact-list"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"a@example.jp\\226\\128\\157\"", DCV_READY,
     "contact-curly-quote"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"\"", DCV_READY, "contact-empty"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"nobody\"", DCV_READY, "contact-no-at"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"\\\"a b\\\"@example.jp\"", DCV_READY,
     "contact-quoted-local"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"a@[192.0.2.1]\"", DCV_READY, "contact-literal"},
    {"example.jp", "sectigo", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"a@ex\" \"ample.jp\"", DCV_READY, ""},
    {"example.jp", "sectigo", "2026-11-21",
     "_validation-contactemail.example.jp. IN TXT \"a@example.jp\"\n_validation-contactemail.example.jp. IN TXT \"A@example.jp\"", DCV_READY,
     "contact-case"},
    {"example.jp", "sectigo", "2026-11-21",
     "_validation-contactemail.example.jp. IN CNAME c.example.com.\nc.example.com. IN TXT \"a@example.jp\"", DCV_READY, "contact-cname"},
    {"example.jp", "godaddy", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"nobody\"", DCV_READY, ""}, /* it does not look */
    {"www.example.jp", "iij-digicert", "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"a@example.jp\"", DCV_READY,
     "contact-level name-subtree"},
    {"www.example.jp", "sectigo", "2026-11-21",
     "www.example.jp. IN CAA 0 issue \"sectigo.com\"\nexample.jp. IN CAA 0 contactemail \"a@example.jp\"", DCV_READY,
     "contact-hidden name-subtree"},
    {"example.jp", "sectigo", "2026-11-21", "! servfail _validation-contactemail.example.jp TXT", DCV_READY, "contact-failed"},
    {"example.jp", "godaddy", "2026-11-21", "! servfail _validation-contactemail.example.jp TXT", DCV_READY, "lookup-failed"},
    {"example.jp", "sectigo", "2026-11-21", "! whois example.jp - redacted", DCV_READY, "whois-state=info"},
    {"example.jp", "globalsign", "2026-11-21", "", DCV_READY, "source-retired"},
    {"example.jp", "entrust", "2026-11-21", "", DCV_READY, "ca-not-issuing"},
    {"example.jp", "letsencrypt", "2026-11-21", "", DCV_NOT_READY, "ca-no-email"},
    {"example.jp", "sectigo", "2028-03-15", "", DCV_NOT_READY, "email-ended"},
    {"*.example.jp", "iij-digicert", "2026-11-21", "", DCV_NOT_READY, "wildcard-no-product"},
    {"*.example.jp", "iij-cybertrust", "2026-11-21", "", DCV_NOT_READY, "wildcard-no-product"},
    {"*.example.jp", "iij-globalsign", "2026-11-21", "", DCV_READY, "source-retired"},
    {"www.example.jp", "sectigo", "2026-11-21", "", DCV_READY, "name-subtree"},
    /* a registry contact of an alias' target: once in doubt, since 2025-07-15 in none */
    {"a.example.net", "sectigo", "2025-07-14",
     "a.example.net. IN CNAME t.example.com.\nt.example.com. IN A 192.0.2.1\nexample.com. IN A 192.0.2.1\nexample.com. IN MX 0 .\n"
     "t.example.com. IN MX 0 .\n! whois example.com admin a@example.jp", DCV_UNKNOWN_VERDICT, "offer-unknown mail-null-mx mail-none"},
    {"a.example.net", "sectigo", "2025-07-15",
     "a.example.net. IN CNAME t.example.com.\nt.example.com. IN A 192.0.2.1\nexample.com. IN A 192.0.2.1\nexample.com. IN MX 0 .\n"
     "t.example.com. IN MX 0 .\n! whois example.com admin a@example.jp", DCV_NOT_READY, "no-usable-address mail-null-mx mail-none"},
    {"iij-cybertrust.example.jp", "iij-cybertrust", "2025-06-25", "", DCV_NOT_READY, "no-permitted-address"},
};

START_TEST(case_of)
{
    char zone[4000];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, cases[_i].zone);
    struct world world = {.name = cases[_i].name, .ca = cases[_i].ca, .as_of = cases[_i].as_of, .zone = zone};
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), cases[_i].findings) == 0, "%s %s %s\n%s\n%s, not %s", cases[_i].name, cases[_i].ca,
                  cases[_i].as_of, cases[_i].zone, world_findings(&world, 0), cases[_i].findings);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, cases[_i].verdict);
    world_done(&world);
}
END_TEST

/* A contact in another zone, of which nobody knows whether it validates: a CA may get it, or an error. */
START_TEST(contact_that_nobody_validated)
{
#define ELSEWHERE                                                                                                       \
    "example.jp. IN MX 0 .\n_validation-contactemail.example.jp. IN CNAME c.example.net.\n"                             \
    "c.example.net. IN TXT \"a@example.net\"\nexample.net. IN MX 10 mail.example.net.\nmail.example.net. IN A 192.0.2.25\n"
#define UNVALIDATED "! unvalidated _validation-contactemail.example.jp TXT\n"
    static const struct {
        const char *as_of, *zone;
        enum dcv_verdict verdict;
        bool usable;
    } outcomes[] = {
        {"2026-11-21", ELSEWHERE, DCV_READY, true},
        {"2026-11-21", ELSEWHERE UNVALIDATED, DCV_UNKNOWN_VERDICT, false},
        {"2026-03-14", ELSEWHERE UNVALIDATED, DCV_READY, true}, /* CAs were not required to validate */
        {"2026-11-21", ELSEWHERE UNVALIDATED "example.jp. IN CAA 0 issue \";\"\n", DCV_NOT_READY, false},
    };
    for (int i = 0; i < ROWS(outcomes); i++) {
        struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = outcomes[i].as_of, .zone = outcomes[i].zone};
        world_judge(&world);
        ck_assert_int_eq(world.judged.cas.items[0].verdict, outcomes[i].verdict);
        ck_assert_int_eq(entry_of(&world, "a@example.net", DCV_SOURCE_TXT_CONTACT)->usable, outcomes[i].usable);
        world_done(&world);
    }
}
END_TEST

static const struct {
    const char *name, *zone, *findings;
} names[] = {
    {"jp", "", "name-public-suffix"},
    {"co.jp", "", "name-public-suffix"},
    {"*.co.jp", "", "name-wildcard-suffix"},
    {"x.github.io", "github.io. IN SOA a. b. 1 2 3 4 5\ngithub.io. IN MX 1 mail.github.io.\nmail.github.io. IN A 192.0.2.25\nx.github.io. IN A 192.0.2.1",
     "name-private-suffix mail-implicit-mx"},
    {"1.2.0.192.in-addr.arpa", "192.in-addr.arpa. IN A 192.0.2.1", "name-arpa"},
    {"example.jp", "! timeout example.jp MX\n! validation no", "mail-failed dnssec-not-validating"},
    {"a.example.jp", MAIL "a.example.jp. IN CNAME gone.example.com.", "cname-dangling"},
    {"a.example.jp", MAIL "a.example.jp. IN CNAME b.example.jp.\nb.example.jp. IN CNAME a.example.jp.", "cname-loop"},
};

/* Said about the name whatever the CA; others may be said, too. */
START_TEST(about_the_name)
{
    struct world world = {.name = names[_i].name, .ca = "sectigo", .as_of = "2026-11-21", .zone = names[_i].zone};
    world_judge(&world);
    char *ids = strdup(names[_i].findings), *rest = ids;
    for (const char *id; (id = strsep(&rest, " ")) != NULL;)
        ck_assert_ptr_nonnull(world_finding(&world, 0, id));
    free(ids);
    if (strncmp(names[_i].findings, "name-public", 11) == 0 || strncmp(names[_i].findings, "name-wildcard", 13) == 0
        || strncmp(names[_i].findings, "name-arpa", 9) == 0)
        ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_NOT_READY);
    world_done(&world);
}
END_TEST

/* The line for the zone file is the value as it was probably meant. */
START_TEST(fix_of_a_contact)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = MAIL "_validation-contactemail.example.jp. IN TXT \"mailto:a@example.jp\""};
    world_judge(&world);
    const struct dcv_finding *finding = world_finding(&world, 0, "contact-mailto");
    ck_assert_str_eq(world_arg(finding, "value"), "mailto:a@example.jp");
    ck_assert_str_eq(world_arg(finding, "at"), "0");
    const char line[] = "_validation-contactemail.example.jp. IN TXT \"a@example.jp\"";
    ck_assert_int_eq(strncmp(world_arg(finding, "fixline"), line, sizeof line - 1), 0);
    ck_assert_ptr_null(entry_of(&world, "a@example.jp", DCV_SOURCE_TXT_CONTACT));
    world_done(&world);
}
END_TEST

/* Where no address may approve, a contact is the way where the CA reads one on the date. */
START_TEST(fix_of_no_permitted_address)
{
    struct world world = {.name = "example.jp", .ca = "iij-cybertrust", .as_of = "2025-06-25", .zone = MAIL};
    world_judge(&world);
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "no-permitted-address"), "wayout"),
                     "_validation-contactemail.example.jp. IN TXT \"dcv@example.net\"  ; a mailbox that you read");
    world_done(&world);
}
END_TEST

static const struct {
    const char *ca, *as_of, *reuse_until;
    int validity;
} limits[] = {
    {"baseline", "2026-03-14", "2026-09-30", 398}, {"baseline", "2026-03-15", "2026-10-01", 200},
    {"baseline", "2026-11-21", "2027-03-14", 200}, {"baseline", "2027-03-01", "2027-06-09", 200},
    {"baseline", "2027-03-15", "2027-06-23", 100}, {"baseline", "2028-03-15", "", 100},
    {"digicert", "2026-02-24", "2026-09-11", 199}, {"digicert", "2026-02-23", "2026-09-10", 398},
    {"jprs", "2026-11-21", "2027-03-14", 200},
};

START_TEST(limits_of_reuse)
{
    char text[DCV_DATE_TEXT];
    struct world world = {.name = "example.jp", .ca = limits[_i].ca, .as_of = limits[_i].as_of, .zone = MAIL};
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    ck_assert_str_eq(dcv_date_format(ca->reuse_until, text), limits[_i].reuse_until);
    if (strcmp(limits[_i].ca, "jprs") != 0) /* counts months */
        ck_assert_int_eq(ca->validity_days, limits[_i].validity);
    world_done(&world);
}
END_TEST

/* What comes next is ascending and in the future. */
START_TEST(next_by_date)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = MAIL};
    bool forbidden = false;
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    ck_assert_uint_gt(ca->next.count, 0);
    for (size_t i = 0; i < ca->next.count; i++) {
        ck_assert_int_gt(ca->next.items[i].date, i == 0 ? world.judged.as_of : ca->next.items[i - 1].date - 1);
        forbidden = forbidden || (ca->next.items[i].change == DCV_CHANGE_EMAIL_FORBIDDEN && ca->next.items[i].date == dcv_date_ymd(2028, 3, 15));
    }
    ck_assert(forbidden);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("address");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, status, 0, ROWS(rows));
    tcase_add_loop_test(tcase, ladder, 0, ROWS(ladders));
    tcase_add_test(tcase, the_five);
    tcase_add_test(tcase, kinds_of_rungs);
    tcase_add_test(tcase, contact_that_nobody_validated);
    tcase_add_loop_test(tcase, case_of, 0, ROWS(cases));
    tcase_add_loop_test(tcase, about_the_name, 0, ROWS(names));
    tcase_add_test(tcase, fix_of_a_contact);
    tcase_add_test(tcase, fix_of_no_permitted_address);
    tcase_add_loop_test(tcase, limits_of_reuse, 0, ROWS(limits));
    tcase_add_test(tcase, next_by_date);
    return run_cases("address", tcase);
}
