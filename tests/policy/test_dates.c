/* POLICY: what changes on which day, with the last day before it. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. soa.example.jp. 1 2 3 4 5\n"                                                     \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"
#define EVERY_SOURCE                                                                                                    \
    MAIL "_validation-contactemail.example.jp. IN TXT \"txt@example.jp\"\nexample.jp. IN CAA 0 contactemail \"caa@example.jp\"\n" \
         "! whois example.jp admin whois@example.jp\n! rdap example.jp admin rdap@example.jp\n"

/* ---- sources, by the methods of the BR ---------------------------------------------------------------------------------------- */

static const struct {
    const char *as_of;
    enum dcv_status_of_entry contacts;   /* constructed, TXT, CAA: BR 3.2.2.4.4, .13, .14 */
    enum dcv_status_of_entry registrant; /* SOA, WHOIS, RDAP: BR 3.2.2.4.2 */
} statuses[] = {
    {"2024-01-01", DCV_ENTRY_PERMITTED, DCV_ENTRY_PERMITTED},   {"2025-07-14", DCV_ENTRY_PERMITTED, DCV_ENTRY_PERMITTED},
    {"2025-07-15", DCV_ENTRY_PERMITTED, DCV_ENTRY_RETIRED},     {"2026-03-14", DCV_ENTRY_PERMITTED, DCV_ENTRY_RETIRED},
    {"2026-03-15", DCV_ENTRY_DISCOURAGED, DCV_ENTRY_RETIRED},   {"2028-03-14", DCV_ENTRY_DISCOURAGED, DCV_ENTRY_RETIRED},
    {"2028-03-15", DCV_ENTRY_RETIRED, DCV_ENTRY_RETIRED},       {"2040-01-01", DCV_ENTRY_RETIRED, DCV_ENTRY_RETIRED},
};

START_TEST(status_of_sources)
{
    struct world world = {.name = "example.jp", .ca = "baseline", .as_of = statuses[_i].as_of, .zone = EVERY_SOURCE};
    unsigned seen = 0;
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        const bool contact = entry->source <= DCV_SOURCE_CAA_CONTACT;
        const enum dcv_status_of_entry expected = contact ? statuses[_i].contacts : statuses[_i].registrant;
        ck_assert_msg(entry->status == expected, "%s: %s", statuses[_i].as_of, world_entry(&world, 0, i));
        seen |= 1U << entry->source;
    }
    ck_assert_uint_eq(seen, (1U << DCV_SOURCE_COUNT) - 1);
    world_done(&world);
}
END_TEST

/* ---- names of the reverse DNS (BR 4.2.2) ---------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *as_of;
    bool refused;
} reverse[] = {
    {"1.2.0.192.in-addr.arpa", "2026-03-14", false},
    {"1.2.0.192.in-addr.arpa", "2026-03-15", true},
    {"*.2.0.192.in-addr.arpa", "2026-03-15", true},
    {"1.2.0.192.IN-ADDR.ARPA", "2026-03-15", true},
    {"1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "2026-03-14", false},
    {"1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "2026-03-15", true},
    {"ns.e164.arpa", "2026-03-15", false},
    {"in-addr.arpa.example.jp", "2026-03-15", false},
    {"xin-addr.arpa", "2026-03-15", false},
};

START_TEST(reverse_names)
{
    struct world world = {.name = reverse[_i].name, .ca = "sectigo", .as_of = reverse[_i].as_of, .zone = MAIL};
    world_judge(&world);
    const bool refused = strstr(world_findings(&world, 0), "name-arpa") != NULL;
    ck_assert_msg(refused == reverse[_i].refused, "%s %s: %s", reverse[_i].name, reverse[_i].as_of, world_findings(&world, 0));
    if (refused) {
        ck_assert_int_eq(world_finding(&world, 0, "name-arpa")->severity, DCV_BLOCKER);
        ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_NOT_READY);
    }
    world_done(&world);
}
END_TEST

/* ---- DNSSEC (BR 4.2.2.2) -------------------------------------------------------------------------------------------------------- */

/* The contact of a parent, where its CAA RRset does not validate; the RRset of the name itself is sound. */
START_TEST(bogus_caa_contact)
{
    static const char *const dates[] = {"2026-03-14", "2026-03-15"};
    struct world world = {.name = "www.example.jp", .ca = "sectigo", .as_of = dates[_i],
                          .zone = MAIL "www.example.jp. IN CAA 0 issue \"sectigo.com\"\nexample.jp. IN CAA 0 contactemail \"caa@example.jp\"\n"
                                       "! bogus example.jp CAA"};
    world_judge(&world);
    const struct dcv_entry *entry = dcv_judged_best(&world.judged.cas.items[0], "caa@example.jp");
    ck_assert_ptr_nonnull(entry);
    ck_assert_int_eq(entry->bogus, _i == 1);
    ck_assert_int_eq(entry->usable, _i == 0);
    ck_assert_int_eq(world.judged.cas.items[0].caa.permits, DCV_PERMITS_YES);
    ck_assert_ptr_nonnull(world_finding(&world, 0, _i == 0 ? "contact-bogus-early" : "contact-bogus"));
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY); /* the constructed ones are not touched */
    world_done(&world);
}
END_TEST

/* ---- where a rule stands (BR 2.2.8, 2.3.0) ---------------------------------------------------------------------------------------- */

static const struct {
    const char *as_of, *zone, *id, *clause;
} clauses[] = {
    {"2026-06-15", MAIL "! servfail example.jp CAA", "caa-failed-insecure", "BR 3.2.2.8"},
    {"2026-06-16", MAIL "! servfail example.jp CAA", "caa-failed-insecure", "BR 4.2.2.1"},
    {"2026-09-06", MAIL "! bogus example.jp CAA", "caa-bogus", "BR 3.2.2.8.1, RFC 4035 §4.3"},
    {"2026-09-07", MAIL "! bogus example.jp CAA", "caa-bogus", "BR 4.2.2.2.5, RFC 4035 §4.3"},
    {"2026-09-06", EVERY_SOURCE "! bogus _validation-contactemail.example.jp TXT", "contact-bogus", "BR 3.2.2.4, RFC 4035 §4.3"},
    {"2026-09-07", EVERY_SOURCE "! bogus _validation-contactemail.example.jp TXT", "contact-bogus", "BR 4.2.2.2, RFC 4035 §4.3"},
    {"2026-09-06", MAIL "! bogus example.jp MX", "mail-bogus", "BR 3.2.2.4"},
    {"2026-09-07", MAIL "! bogus example.jp MX", "mail-bogus", "BR 4.2.2.2.3"},
    {"2026-06-15", MAIL "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01\"", "caa-methods-later", "RFC 8657 §4, BR 3.2.2.8"},
    {"2026-06-16", MAIL "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01\"", "caa-methods-later", "RFC 8657 §4, BR 4.2.2.1.2"},
};

START_TEST(clause_by_date)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = clauses[_i].as_of, .zone = clauses[_i].zone};
    world_judge(&world);
    ck_assert_str_eq(world_finding(&world, 0, clauses[_i].id)->clause, clauses[_i].clause);
    world_done(&world);
}
END_TEST

/* ---- validity (BR 6.3.2), and what comes next ---------------------------------------------------------------------------------------- */

static const struct {
    const char *ca, *as_of;
    int validity;
} validities[] = {
    {"sectigo", "2026-03-14", 398},    {"sectigo", "2026-03-15", 200},    {"sectigo", "2027-03-14", 200},  {"sectigo", "2027-03-15", 100},
    {"sectigo", "2029-03-14", 100},    {"sectigo", "2029-03-15", 47},     {"digicert", "2026-02-23", 398}, {"digicert", "2026-02-24", 199},
    {"digicert", "2027-03-15", 100},   {"globalsign", "2026-02-01", 398}, {"globalsign", "2026-02-02", 199}, {"globalsign", "2027-03-15", 100},
    {"jprs", "2026-02-17", 398},       {"jprs", "2026-02-18", 150},       {"jprs", "2026-11-21", 151},     {"jprs", "2027-03-14", 153},
    {"jprs", "2027-03-15", 100},
};

START_TEST(validity_by_date)
{
    struct world world = {.name = "example.jp", .ca = validities[_i].ca, .as_of = validities[_i].as_of, .zone = MAIL};
    world_judge(&world);
    ck_assert_msg(world.judged.cas.items[0].validity_days == validities[_i].validity, "%s %s: %d", validities[_i].ca, validities[_i].as_of,
                  world.judged.cas.items[0].validity_days);
    world_done(&world);
}
END_TEST

/* Everything that changes later, each with its values but for those that name the CA. */
static const struct {
    const char *ca, *as_of, *zone, *changes;
} nexts[] = {
    {"sectigo", "2024-01-01", "",
     "2025-02-03 reuse-ends\n2025-03-15 mpic 2\n2025-06-15 source-ends whois\n2025-06-15 source-ends rdap\n2026-03-15 limits 200 200\n"
     "2026-03-15 mpic 3\n2026-03-15 email-discouraged\n2026-03-15 dnssec\n2026-06-15 mpic 4\n2026-12-15 mpic 5\n2027-03-15 limits 100 100\n"
     "2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
    {"sectigo", "2026-11-21", "",
     "2026-12-15 mpic 5\n2027-03-15 limits 100 100\n2027-03-15 reuse-ends\n2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
    {"sectigo", "2026-12-15", "",
     "2027-03-15 limits 100 100\n2027-03-26 reuse-ends\n2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
    {"sectigo", "2028-03-15", "", "2029-03-15 limits 47 10\n"},
    {"sectigo", "2029-03-15", "", ""},
    {"letsencrypt", "2026-11-21", "", "2026-12-15 mpic 5\n2027-03-15 limits 100 100\n2029-03-15 limits 47 10\n"},
    {"sectigo", "2026-12-15", "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=ca-tbr-4\"",
     "2027-03-15 limits 100 100\n2027-03-15 rfc8657\n2027-03-26 reuse-ends\n2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
    /* limits of the CA's own: what the BR allow beyond them is no news */
    {"digicert", "2026-02-23", "",
     "2026-02-24 limits 199 199\n2026-03-15 mpic 3\n2026-03-15 email-discouraged\n2026-03-15 dnssec\n2026-06-15 mpic 4\n2026-09-11 reuse-ends\n"
     "2026-12-15 mpic 5\n2027-03-15 limits 100 100\n2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
    {"globalsign", "2026-02-02", "",
     "2026-03-15 limits 199 200\n2026-03-15 mpic 3\n2026-03-15 email-discouraged\n2026-03-15 dnssec\n2026-06-15 mpic 4\n2026-08-22 reuse-ends\n"
     "2026-12-15 mpic 5\n2027-03-15 limits 100 100\n2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
    {"jprs", "2025-06-09", "",
     "2025-06-10 source-begins txt-contact\n2025-07-06 source-ends whois\n2025-07-06 source-ends rdap\n2026-02-18 limits 150 398\n"
     "2026-03-15 limits 153 200\n2026-03-15 mpic 3\n2026-03-15 email-discouraged\n2026-03-15 reuse-ends\n2026-03-15 dnssec\n2026-06-15 mpic 4\n"
     "2026-12-15 mpic 5\n2027-03-15 limits 100 100\n2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
    {"iij-cybertrust", "2025-06-25", "",
     "2025-06-26 source-begins constructed\n2025-06-26 source-ends whois\n2025-06-26 source-ends rdap\n"
     "2026-03-15 limits 200 200\n2026-03-15 mpic 3\n2026-03-15 email-discouraged\n2026-03-15 dnssec\n2026-06-15 mpic 4\n2026-12-15 mpic 5\n"
     "2027-03-15 limits 100 100\n2028-03-15 email-forbidden\n2029-03-15 limits 47 10\n"},
};

static const char *changes_of(const struct world *world)
{
    const struct dcv_judged_ca *ca = &world->judged.cas.items[0];
    const char *text = "";
    for (size_t i = 0; i < ca->next.count; i++) {
        const struct dcv_next *next = &ca->next.items[i];
        char date[DCV_DATE_TEXT];
        text = dcv_arena_printf(world->arena, "%s%s %s", text, dcv_date_format(next->date, date), dcv_change_info(next->change)->id);
        for (size_t j = 0; j < next->arg_count; j++)
            if (strcmp(next->args[j].key, "ca") != 0)
                text = dcv_arena_printf(world->arena, "%s %s", text, next->args[j].value);
        text = dcv_arena_printf(world->arena, "%s\n", text);
    }
    return text;
}

START_TEST(next_changes)
{
    char zone[1000];
    (void)snprintf(zone, sizeof zone, "%s%s", MAIL, nexts[_i].zone);
    struct world world = {.name = "example.jp", .ca = nexts[_i].ca, .as_of = nexts[_i].as_of, .zone = zone};
    world_judge(&world);
    ck_assert_msg(strcmp(changes_of(&world), nexts[_i].changes) == 0, "%s %s:\n%snot\n%s", nexts[_i].ca, nexts[_i].as_of, changes_of(&world),
                  nexts[_i].changes);
    world_done(&world);
}
END_TEST

/* BR 2.2.9 is announced where it takes an ADN away: to wildcards, and to targets of parents. */
START_TEST(next_ladder)
{
    static const struct {
        const char *name;
        bool announced;
    } ladders[] = {{"a.example.jp", false}, {"*.a.example.jp", true}, {"x.a.example.jp", true}};
    struct world world = {.name = ladders[_i].name, .ca = "baseline", .as_of = "2026-11-14",
                          .zone = MAIL "a.example.jp. IN CNAME t.example.com.\nt.example.com. IN A 192.0.2.1\n"};
    world_judge(&world);
    ck_assert_int_eq(strstr(changes_of(&world), "2026-11-15 adn") != NULL, ladders[_i].announced);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dates");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, status_of_sources, 0, ROWS(statuses));
    tcase_add_loop_test(tcase, reverse_names, 0, ROWS(reverse));
    tcase_add_loop_test(tcase, bogus_caa_contact, 0, 2);
    tcase_add_loop_test(tcase, clause_by_date, 0, ROWS(clauses));
    tcase_add_loop_test(tcase, validity_by_date, 0, ROWS(validities));
    tcase_add_loop_test(tcase, next_changes, 0, ROWS(nexts));
    tcase_add_loop_test(tcase, next_ladder, 0, 3);
    return run_cases("dates", tcase);
}
