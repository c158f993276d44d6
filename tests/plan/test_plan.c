#include "plan/plan.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

static struct dcv_plan *plan;
static struct dcv_facts *facts;
static struct dcv_arena *arena;

static void setup(void)
{
    facts = dcv_facts_create();
    arena = dcv_facts_arena(facts);
}

static void teardown(void)
{
    dcv_plan_free(plan);
    dcv_facts_free(facts);
}

static void begin_with(const char *text, struct dcv_plan_options options)
{
    const struct dcv_name name = world_name(text);
    options.psl = world_psl;
    ck_assert_int_eq(dcv_plan_create(&options, &name, &plan), DCV_OK);
}

static void begin(const char *text)
{
    begin_with(text, (struct dcv_plan_options){0});
}

/* What the plan wants now: "name TYPE", ordered, one a line. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *wants(unsigned depth)
{
    const char *lines[700] = {NULL}, *text = "";
    size_t count = 0;
    struct dcv_want want;
    while (dcv_plan_next(plan, &want)) {
        char name[DCV_NAME_TEXT_MAX], type[DCV_TYPE_TEXT];
        ck_assert_uint_eq(want.depth, depth);
        ck_assert_uint_lt(count, sizeof lines / sizeof lines[0]);
        lines[count++] = dcv_arena_printf(arena, "%s %s\n", dcv_name_text(&want.name, name), dcv_type_text(want.type, type));
    }
    qsort(lines, count, sizeof lines[0], by_text);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(i == 0 || strcmp(lines[i], lines[i - 1]) != 0, "twice: %s", lines[i]);
        text = dcv_arena_printf(arena, "%s%s", text, lines[i]);
    }
    return text;
}

/* Adds an answer to a question and tells the plan. */
static void answer(const char *name, uint16_t type, enum dcv_outcome outcome, const char *record)
{
    struct dcv_message *message = dcv_arena_alloc(arena, sizeof *message);
    struct dcv_rr *rr = dcv_arena_alloc(arena, sizeof *rr);
    size_t index;
    if (record != NULL) {
        ck_assert_int_eq(dcv_rr_from_text(arena, record, rr), DCV_OK);
        message->answer = (struct dcv_rrs){rr, 1};
    }
    const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = world_name(name), .type = type, .outcome = outcome, .server = "",
                                                                .message = dcv_outcome_conclusive(outcome) ? message : NULL}};
    ck_assert_int_eq(dcv_facts_add(facts, &fact, &index), DCV_OK);
    ck_assert_int_eq(dcv_plan_extend(plan, facts, index, 1), DCV_OK);
}

START_TEST(first_lookups)
{
    begin("www.example.jp");
    ck_assert_str_eq(wants(1), ". SOA\n"
                               "_acme-challenge.www.example.jp TXT\n"
                               "_dnsauth.www.example.jp TXT\n"
                               "_validation-contactemail.example.jp TXT\n"
                               "_validation-contactemail.www.example.jp TXT\n"
                               "_validation-persist.example.jp TXT\n"
                               "_validation-persist.www.example.jp TXT\n"
                               "example.jp A\nexample.jp AAAA\nexample.jp CAA\nexample.jp MX\nexample.jp SOA\n"
                               "jp CAA\n"
                               "www.example.jp A\nwww.example.jp AAAA\nwww.example.jp CAA\nwww.example.jp MX\nwww.example.jp SOA\n");
    ck_assert_str_eq(wants(1), "");
}
END_TEST

/* A persistent record at any parent may serve the name; the other labels count at the name. */
START_TEST(persistent_records_of_parents)
{
    static const char *const owners[] = {"_validation-persist.a.b.example.jp", "_validation-persist.b.example.jp", "_validation-persist.example.jp"};
    begin("a.b.example.jp");
    const char *wanted = wants(1);
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++)
        ck_assert_msg(strstr(wanted, owners[i]) != NULL, "%s", wanted);
    ck_assert_ptr_null(strstr(wanted, "_validation-persist.jp"));
    ck_assert_ptr_null(strstr(wanted, "_dnsauth.b."));
    ck_assert_ptr_null(strstr(wanted, "_acme-challenge.example."));
}
END_TEST

START_TEST(public_suffix_is_not_asked)
{
    begin("co.jp");
    ck_assert_str_eq(wants(1), "");
}
END_TEST

static const struct {
    const char *what, *name;
    uint16_t type;
    enum dcv_outcome outcome;
    const char *record, *wanted;
} rows[] = {
    {"mail hosts", "example.jp", DCV_TYPE_MX, DCV_OUTCOME_ANSWER, "example.jp. IN MX 10 mx.example.com.", "mx.example.com A\nmx.example.com AAAA\n"},
    {"null MX", "example.jp", DCV_TYPE_MX, DCV_OUTCOME_ANSWER, "example.jp. IN MX 0 .", ""},
    {"mail host asked about before", "example.jp", DCV_TYPE_MX, DCV_OUTCOME_ANSWER, "example.jp. IN MX 10 www.EXAMPLE.jp.", ""},
    {"TXT contact", "_validation-contactemail.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_ANSWER,
     "_validation-contactemail.example.jp. IN TXT \"a@example.com\"", "example.com A\nexample.com AAAA\nexample.com MX\n"},
    {"a contact that is none", "_validation-contactemail.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_ANSWER,
     "_validation-contactemail.example.jp. IN TXT \"a at example.com\"", ""},
    {"CAA contact", "example.jp", DCV_TYPE_CAA, DCV_OUTCOME_ANSWER, "example.jp. IN CAA 0 ContactEmail \"a@example.com\"",
     "example.com A\nexample.com AAAA\nexample.com MX\n"},
    {"CAA issuer", "example.jp", DCV_TYPE_CAA, DCV_OUTCOME_ANSWER, "example.jp. IN CAA 0 issue \"a@example.com\"", ""},
    {"SOA RNAME of a registry", "jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "jp. IN SOA ns. a.example.com. 1 2 3 4 5", ""},
    {"SOA RNAME of the root", ".", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, ". IN SOA ns. a.example.com. 1 2 3 4 5",
     "example.jp DS\njp DS\nwww.example.jp DS\n"}, /* not validated: is there anything to validate? */
    {"SOA RNAME", "example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "example.jp. IN SOA ns. a\\.b.example.com. 1 2 3 4 5",
     "example.com A\nexample.com AAAA\nexample.com MX\n"},
    {"alias", "www.example.jp", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "www.example.jp. IN CNAME w.example.com.",
     "_validation-contactemail.example.com TXT\n_validation-contactemail.w.example.com TXT\ncom CAA\n"
     "example.com A\nexample.com AAAA\nexample.com CAA\nexample.com MX\nexample.com SOA\n"
     "w.example.com A\nw.example.com AAAA\nw.example.com CAA\nw.example.com MX\nw.example.com SOA\n"},
    {"alias of a parent", "example.jp", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "example.jp. IN CNAME example.com.",
     "_validation-contactemail.example.com TXT\ncom CAA\n"
     "example.com A\nexample.com AAAA\nexample.com CAA\nexample.com MX\nexample.com SOA\n"},
    {"CAA that fails", "www.example.jp", DCV_TYPE_CAA, DCV_OUTCOME_SERVFAIL, NULL, "example.jp DS\njp DS\nwww.example.jp DS\n"},
    {"CAA that times out", "jp", DCV_TYPE_CAA, DCV_OUTCOME_TIMEOUT, NULL, "jp DS\n"},
    {"no CAA", "www.example.jp", DCV_TYPE_CAA, DCV_OUTCOME_NODATA, NULL, ""},
    {"alias where a record is to stand", "_dnsauth.www.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_NXDOMAIN,
     "_dnsauth.www.example.jp. IN CNAME x.example.com.", "*.www.example.jp CNAME\n"},
    {"alias of a parent's persistent record", "_validation-persist.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_NODATA,
     "_validation-persist.example.jp. IN CNAME x.example.com.", "*.example.jp CNAME\n"},
    {"alias in a circle", "_acme-challenge.www.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_NODATA,
     "_acme-challenge.www.example.jp. IN CNAME _acme-challenge.www.example.jp.", "*.www.example.jp CNAME\n"},
    {"a token that looks like an address", "_acme-challenge.www.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_ANSWER,
     "_acme-challenge.www.example.jp. IN TXT \"a@example.com\"", ""},
    {"no record of a method", "_dnsauth.www.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_NXDOMAIN, NULL, ""},
    {"a record of a method that fails", "_dnsauth.www.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_SERVFAIL, NULL, ""},
    {"the wildcard itself", "*.www.example.jp", DCV_TYPE_CNAME, DCV_OUTCOME_ANSWER, "*.www.example.jp. IN CNAME x.example.com.", ""},
    {"MX that fails", "example.jp", DCV_TYPE_MX, DCV_OUTCOME_SERVFAIL, NULL, ""},
};

START_TEST(what_follows)
{
    begin("www.example.jp");
    (void)wants(1);
    answer(rows[_i].name, rows[_i].type, rows[_i].outcome, rows[_i].record);
    ck_assert_str_eq(wants(2), rows[_i].wanted);
}
END_TEST

/* ---- wrong places of contacts ----------------------------------------------------------------------------------------------- */

#define CONTACT "_validation-contactemail"
#define LABELS(adn) "_contactemail." adn " TXT\n"
#define NEAR(adn) "_validation_contactemail." adn " TXT\n_validationcontactemail." adn " TXT\n"

static const struct {
    const char *name, *owner;
    bool without;           /* the option is off */
    enum dcv_outcome outcome;
    const char *record;
    const char *wanted;     /* without the guards, which are counted */
    size_t guards;
} strays[] = {
    {"example.jp", CONTACT ".example.jp", false, DCV_OUTCOME_NXDOMAIN, NULL,
     LABELS("example.jp") CONTACT ".example.jp.example.jp TXT\n" CONTACT ".www.example.jp TXT\n" NEAR("example.jp")
         "example.jp TXT\nvalidation-contactemail.example.jp TXT\n", 1},
    {"example.jp", CONTACT ".example.jp", false, DCV_OUTCOME_NODATA, NULL,
     LABELS("example.jp") CONTACT ".example.jp.example.jp TXT\n" CONTACT ".www.example.jp TXT\n" NEAR("example.jp")
         "example.jp TXT\nvalidation-contactemail.example.jp TXT\n", 1},
    {"www.example.jp", CONTACT ".www.example.jp", false, DCV_OUTCOME_NXDOMAIN, NULL,
     LABELS("www.example.jp") CONTACT ".www.example.jp.example.jp TXT\n" CONTACT ".www.example.jp.www.example.jp TXT\n" NEAR("www.example.jp")
         "validation-contactemail.www.example.jp TXT\nwww.example.jp TXT\n", 1},
    /* below www is asked for already */
    {"www.example.jp", CONTACT ".example.jp", false, DCV_OUTCOME_NXDOMAIN, NULL,
     LABELS("example.jp") CONTACT ".example.jp.example.jp TXT\n" NEAR("example.jp")
         "example.jp TXT\nvalidation-contactemail.example.jp TXT\n", 1},
    /* an alias that leads to no TXT */
    {"example.jp", CONTACT ".example.jp", false, DCV_OUTCOME_NODATA, CONTACT ".example.jp. IN CNAME c.example.net.",
     LABELS("example.jp") CONTACT ".example.jp.example.jp TXT\n" CONTACT ".www.example.jp TXT\n" NEAR("example.jp")
         "example.jp TXT\nvalidation-contactemail.example.jp TXT\n", 1},
    {"example.jp", CONTACT ".example.jp", true, DCV_OUTCOME_NXDOMAIN, NULL, "", 0},
    {"example.jp", CONTACT ".example.jp", false, DCV_OUTCOME_ANSWER, CONTACT ".example.jp. IN TXT \"nothing\"", "", 0},
    {"example.jp", CONTACT ".example.jp", false, DCV_OUTCOME_TIMEOUT, NULL, "", 0},
    {"example.jp", CONTACT ".example.jp", false, DCV_OUTCOME_SERVFAIL, NULL, "", 0},
    {"example.jp", "_validation-persist.example.jp", false, DCV_OUTCOME_NXDOMAIN, NULL, "", 0},
    /* of many ADNs those nearest to the base domain and the name itself */
    {"d.c.b.a.example.jp", CONTACT ".c.b.a.example.jp", false, DCV_OUTCOME_NXDOMAIN, NULL, "", 0},
    /* an ADN of nobody */
    {"example.jp", CONTACT ".b.example.jp", false, DCV_OUTCOME_NXDOMAIN, NULL, "", 0},
    {"example.jp", CONTACT ".jp", false, DCV_OUTCOME_NXDOMAIN, NULL, "", 0},
    {"example.jp", CONTACT ".example.com", false, DCV_OUTCOME_NXDOMAIN, NULL, "", 0},
};

/* Takes the lines with the guards' labels out. */
static const char *without_guards(const char *text, size_t *guards)
{
    const char *rest = "";
    *guards = 0;
    for (size_t len; *text != '\0'; text += len) {
        len = strcspn(text, "\n") + 1;
        if (strncmp(text, "_no-such-label-", strlen("_no-such-label-")) == 0)
            ++*guards;
        else
            rest = dcv_arena_printf(arena, "%s%.*s", rest, (int)len, text);
    }
    return rest;
}

START_TEST(wrong_places)
{
    size_t guards;
    begin_with(strays[_i].name, (struct dcv_plan_options){.misplaced = !strays[_i].without});
    (void)wants(1);
    answer(strays[_i].owner, DCV_TYPE_TXT, strays[_i].outcome, strays[_i].record);
    ck_assert_str_eq(without_guards(wants(2), &guards), strays[_i].wanted);
    ck_assert_uint_eq(guards, strays[_i].guards);
}
END_TEST

/* What is found there is not followed: whether its mail arrives is of no interest. */
START_TEST(wrong_places_end_there)
{
    begin_with("example.jp", (struct dcv_plan_options){.misplaced = true});
    (void)wants(1);
    answer(CONTACT ".example.jp", DCV_TYPE_TXT, DCV_OUTCOME_NXDOMAIN, NULL);
    (void)wants(2);
    answer(CONTACT ".www.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_ANSWER, CONTACT ".www.example.jp. IN TXT \"a@example.com\"");
    answer(CONTACT ".example.jp.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_NXDOMAIN, NULL);
    answer("_contactemail.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_ANSWER, "_contactemail.example.jp. IN TXT \"a@example.com\"");
    answer("example.jp", DCV_TYPE_TXT, DCV_OUTCOME_ANSWER, "example.jp. IN TXT \"a@example.com\"");
    ck_assert_str_eq(wants(2), "");
}
END_TEST

/* Unless it turns out to be the right place of an ADN behind an alias. */
START_TEST(wrong_place_that_is_right)
{
    begin_with("a.example.jp", (struct dcv_plan_options){.misplaced = true});
    (void)wants(1);
    answer(CONTACT ".a.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_NXDOMAIN, NULL);
    ck_assert_ptr_nonnull(strstr(wants(2), CONTACT ".www.a.example.jp TXT"));
    answer(CONTACT ".www.a.example.jp", DCV_TYPE_TXT, DCV_OUTCOME_ANSWER, CONTACT ".www.a.example.jp. IN TXT \"c@example.com\"");
    ck_assert_str_eq(wants(2), "");
    answer("a.example.jp", DCV_TYPE_A, DCV_OUTCOME_NODATA, "a.example.jp. IN CNAME www.a.example.jp.");
    const char *wanted = wants(2);
    ck_assert_ptr_nonnull(strstr(wanted, "www.a.example.jp CAA\n"));
    ck_assert_ptr_nonnull(strstr(wanted, "\nexample.com MX\n"));
}
END_TEST

/* However deep the name, few ADNs are looked at so closely. */
START_TEST(wrong_places_are_bounded)
{
    char text[DCV_NAME_TEXT_MAX] = "";
    size_t guards;
    for (int i = 0; i < 60; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "a.");
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "example.jp");
    begin_with(text, (struct dcv_plan_options){.misplaced = true});
    (void)wants(1);
    for (const char *at = text; strcmp(at, "jp") != 0; at = strchr(at, '.') + 1)
        answer(dcv_arena_printf(arena, CONTACT ".%s", at), DCV_TYPE_TXT, DCV_OUTCOME_NXDOMAIN, NULL);
    (void)without_guards(wants(2), &guards);
    ck_assert_uint_eq(guards, 4);
}
END_TEST

/* Signed, an alias says itself whether a wildcard made it: nothing more is asked. */
START_TEST(signed_alias)
{
    static const char *const records[] = {
        "_dnsauth.www.example.jp. IN CNAME x.example.com.",
        "_dnsauth.www.example.jp. IN RRSIG CNAME 13 2 300 20300101000000 20200101000000 1 example.jp. AAAA",
    };
    struct dcv_rr rrs[2];
    struct dcv_message message = {.answer = {rrs, 2}};
    size_t index;
    begin("www.example.jp");
    (void)wants(1);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(dcv_rr_from_text(arena, records[i], &rrs[i]), DCV_OK);
    const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = rrs[0].owner, .type = DCV_TYPE_TXT, .outcome = DCV_OUTCOME_NXDOMAIN, .server = "",
                                                                .message = &message}};
    ck_assert_int_eq(dcv_facts_add(facts, &fact, &index), DCV_OK);
    ck_assert_int_eq(dcv_plan_extend(plan, facts, index, 1), DCV_OK);
    ck_assert_str_eq(wants(2), "");
}
END_TEST

START_TEST(registry_contacts)
{
    /* Whom no CA would ask is not looked up. */
    static const struct dcv_contact contacts[] = {{.role = "admin", .email = "a@example.com"}, {.role = "tech", .email = "nothing"},
                                                  {.role = "abuse", .email = "abuse@example.net"},
                                                  {.role = "registrant", .email = "x@example.org", .withheld = true}};
    const struct dcv_fact fact = {.kind = DCV_FACT_CONTACTS, .contacts = {.domain = world_name("example.jp"), .contacts = contacts,
                                                                          .contact_count = ROWS(contacts), .server = ""}};
    size_t index;
    begin("www.example.jp");
    (void)wants(1);
    ck_assert_int_eq(dcv_facts_add(facts, &fact, &index), DCV_OK);
    ck_assert_int_eq(dcv_plan_extend(plan, facts, index, 0), DCV_OK);
    ck_assert_str_eq(wants(1), "example.com A\nexample.com AAAA\nexample.com MX\n");
}
END_TEST

/* A hostile zone: thousands of contacts, of MX, and aliases without end. */
START_TEST(bounded)
{
    char zone[60000] = "a.example.jp. IN CNAME c0.example.com.\n";
    for (int i = 0; i < 60; i++)
        (void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone),
                       "_validation-contactemail.example.jp. IN TXT \"a@t%d.example.com\"\nexample.jp. IN MX %d mx%d.example.net.\n"
                       "example.jp. IN CAA 0 contactemail \"a@k%d.example.org\"\nc%d.example.com. IN CNAME c%d.example.com.\n",
                       i, i, i, i, i, i + 1);
    struct dcv_facts *all = world_facts("a.example.jp", zone);
    ck_assert_uint_gt(dcv_facts_count(all), 100);
    ck_assert_uint_le(dcv_facts_count(all), 600);
    dcv_facts_free(all);
}
END_TEST

/* RFC 7686 §2: what is not in the DNS is not asked of it. */
START_TEST(onion_is_not_asked)
{
    const char *const names[] = {"onion", "a.onion", "www.2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct dcv_name name;
        struct dcv_plan *empty;
        ck_assert_int_eq(dcv_name_parse(names[i], &name, NULL), DCV_OK);
        ck_assert_int_eq(dcv_plan_create(&(struct dcv_plan_options){.psl = world_psl}, &name, &empty), DCV_OK);
        struct dcv_want want;
        ck_assert(!dcv_plan_next(empty, &want));
        dcv_plan_free(empty);
    }
}
END_TEST

/* What each server is asked, "address name TYPE", in the order of the plan. */
static const char *asks(void)
{
    const char *text = "";
    struct dcv_ask ask;
    while (dcv_plan_next_ask(plan, &ask)) {
        char name[DCV_NAME_TEXT_MAX], type[DCV_TYPE_TEXT];
        const char *who = ask.as == DCV_ASKED_RESOLVER ? "resolver"
                                                       : dcv_arena_printf(arena, "%s .%u", dcv_asked_as_text(ask.as), ask.address.rdata[3]);
        text = dcv_arena_printf(arena, "%s%s %s %s\n", text, who, dcv_name_text(&ask.name, name), dcv_type_text(ask.type, type));
    }
    return text;
}

/* Nothing but one question: the resolver is asked for it, and else only for the way to the servers, never for the name that is watched. */
START_TEST(watched)
{
    const struct dcv_name name = world_name("_x.www.example.jp");
    begin_with("example.jp", (struct dcv_plan_options){.authority = true, .misplaced = true, .validate = true, .views = 1, .watched = &name,
                                                       .watched_type = DCV_TYPE_TXT});
    ck_assert_str_eq(wants(1), "example.jp SOA\n");
    ck_assert_str_eq(asks(), "resolver _x.www.example.jp TXT\n");
    answer("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5");
    ck_assert_str_eq(wants(2), "example.jp NS\njp SOA\n");
    answer("example.jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "example.jp. IN NS ns.example.jp.");
    ck_assert_str_eq(wants(2), "ns.example.jp A\nns.example.jp AAAA\n");
    answer("ns.example.jp", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "ns.example.jp. IN A 192.0.2.7");
    ck_assert_str_eq(wants(2), "");
    ck_assert_str_eq(asks(), "authority .7 _x.www.example.jp TXT\nauthority .7 _x.www.example.jp SOA\n");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("plan");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, first_lookups);
    tcase_add_test(tcase, persistent_records_of_parents);
    tcase_add_test(tcase, public_suffix_is_not_asked);
    tcase_add_test(tcase, onion_is_not_asked);
    tcase_add_loop_test(tcase, what_follows, 0, ROWS(rows));
    tcase_add_loop_test(tcase, wrong_places, 0, ROWS(strays));
    tcase_add_test(tcase, wrong_places_end_there);
    tcase_add_test(tcase, wrong_place_that_is_right);
    tcase_add_test(tcase, wrong_places_are_bounded);
    tcase_add_test(tcase, signed_alias);
    tcase_add_test(tcase, registry_contacts);
    tcase_add_test(tcase, bounded);
    tcase_add_test(tcase, watched);
    return run_cases("plan", tcase);
}
