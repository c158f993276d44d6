/* Does the record stand, and when is the next look worth it? */
#include "policy/wait.h"

#include "support/run.h"

#include <string.h>

enum { NOW = 1800000000 };

static struct dcv_arena *arena;
static struct dcv_facts *facts;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
    facts = dcv_facts_create();
}

static void teardown(void)
{
    dcv_facts_free(facts);
    dcv_arena_free(arena);
}

static struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    ck_assert_int_eq(dcv_name_parse(text, &name, NULL), DCV_OK);
    return name;
}

/* Records in presentation form, one a line. */
static struct dcv_rrs records(const char *text)
{
    DCV_VEC(struct dcv_rr) rrs = {0};
    while (*text != '\0') {
        const size_t len = strcspn(text, "\n");
        struct dcv_rr *rr = DCV_VEC_ADD(arena, &rrs);
        ck_assert_int_eq(dcv_rr_from_text(arena, dcv_arena_strndup(arena, text, len), rr), DCV_OK);
        text += len + (text[len] == '\n');
    }
    return (struct dcv_rrs){rrs.items, rrs.count};
}

static struct dcv_wanted want(const char *owner, const char *value)
{
    return (struct dcv_wanted){.owner = name_of(owner), .value = (const uint8_t *)value, .len = strlen(value)};
}

static struct dcv_wanted want_contact(const char *owner, const char *address)
{
    struct dcv_wanted wanted = want(owner, address);
    struct dcv_mailbox *mailbox = dcv_arena_alloc(arena, sizeof *mailbox);
    struct dcv_mailbox_error error;
    ck_assert_int_eq(dcv_mailbox_parse(arena, address, strlen(address), mailbox, &error), DCV_OK);
    wanted.contact = mailbox;
    return wanted;
}

/* ---- matching ------------------------------------------------------------------------------------------------------------ */

static const struct {
    bool contact;
    const char *wanted, *answer;
    bool found;
    size_t values;
    const char *other; /* NULL: none */
} matches[] = {
    {false, "v", "a.example. 60 IN TXT \"v\"", true, 1, NULL},
    {false, "v", "a.example. 60 IN TXT \"V\"", false, 1, "V"},
    {false, "v", "a.example. 60 IN TXT \"v \"", false, 1, "v "},
    {false, "vw", "a.example. 60 IN TXT \"v\" \"w\"", true, 1, NULL},
    {false, "v w", "a.example. 60 IN TXT \"v\" \"w\"", false, 1, "vw"},
    {false, "v", "a.example. 60 IN TXT \"x\"\na.example. 60 IN TXT \"y\"\na.example. 60 IN TXT \"v\"", true, 3, "x"},
    {false, "v", "b.example. 60 IN TXT \"v\"", false, 0, NULL},
    {false, "v", "a.example. 60 IN TXT \"\"", false, 1, ""},
    {false, "a@example.net", "a.example. 60 IN TXT \"a@EXAMPLE.net\"", false, 1, "a@EXAMPLE.net"},
    {true, "a@example.net", "a.example. 60 IN TXT \"a@EXAMPLE.net\"", true, 1, NULL},
    {true, "a@EXAMPLE.net", "a.example. 60 IN TXT \"a@example.net\"", true, 1, NULL},
    {true, "a@example.net", "a.example. 60 IN TXT \"A@example.net\"", false, 1, "A@example.net"},
    {true, "a@example.net", "a.example. 60 IN TXT \" a@example.net\"", false, 1, " a@example.net"},
    {true, "a@example.net", "a.example. 60 IN TXT \"a@example\" \".net\"", true, 1, NULL},
};

START_TEST(matching)
{
    const struct dcv_name owner = name_of("A.example");
    const struct dcv_message message = {.answer = records(matches[_i].answer)};
    const struct dcv_wanted wanted = (matches[_i].contact ? want_contact : want)("a.example", matches[_i].wanted);
    size_t values, len = 0;
    const uint8_t *other;
    ck_assert_int_eq(dcv_wait_matches(&wanted, &message, &owner, arena, &values, &other, &len), matches[_i].found);
    ck_assert_uint_eq(values, matches[_i].values);
    ck_assert_int_eq(other == NULL, matches[_i].other == NULL);
    if (other != NULL) {
        ck_assert_uint_eq(len, strlen(matches[_i].other));
        ck_assert_mem_eq(other, matches[_i].other, len);
    }
}
END_TEST

/* ---- reading ------------------------------------------------------------------------------------------------------------- */

struct said {
    enum dcv_asked_as as;
    const char *zone, *server;
    uint16_t type;
    enum dcv_outcome outcome;
    bool authoritative;
    const char *answer, *authority;
};

#define SERVER DCV_ASKED_AUTHORITY, "z.example", "192.0.2.1#53", DCV_TYPE_TXT
#define RESOLVER DCV_ASKED_RESOLVER, "", "192.0.2.53#53", DCV_TYPE_TXT
#define SOA_OF(zone) zone " 300 IN SOA ns." zone " root." zone " 7 1 1 1 60"

static void add(const struct said *said, const char *name)
{
    struct dcv_message *message = dcv_arena_alloc(arena, sizeof *message);
    *message = (struct dcv_message){.authoritative = said->authoritative, .answer = records(said->answer),
                                    .authority = records(said->authority)};
    const bool none = said->outcome == DCV_OUTCOME_TIMEOUT || said->outcome == DCV_OUTCOME_UNREACHABLE;
    struct dcv_fact fact = {.kind = DCV_FACT_SERVER};
    fact.server = (struct dcv_server_fact){.as = said->as, .server = said->server, .name = name_of(name), .type = said->type,
                                           .outcome = said->outcome, .message = none ? NULL : message, .tries = 2, .at = NOW};
    if (said->zone[0] != '\0')
        fact.server.zone = name_of(said->zone);
    if (said->as == DCV_ASKED_AUTHORITY)
        fact.server.host = name_of("ns.example");
    ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
}

static const struct {
    struct said said;
    enum dcv_wait_state state;
    int64_t until;
    const char *target; /* of an alias */
} readings[] = {
    {{SERVER, DCV_OUTCOME_ANSWER, true, "a.z.example. 60 IN TXT \"v\"", ""}, DCV_WAIT_HAS, 0, ""},
    {{SERVER, DCV_OUTCOME_ANSWER, true, "a.z.example. 90 IN TXT \"x\"", ""}, DCV_WAIT_OTHER, NOW + 90, ""},
    {{SERVER, DCV_OUTCOME_NODATA, true, "", SOA_OF("z.example.")}, DCV_WAIT_LACKS, NOW + 60, ""},
    {{SERVER, DCV_OUTCOME_NXDOMAIN, true, "", SOA_OF("z.example.")}, DCV_WAIT_LACKS, NOW + 60, ""},
    /* RFC 2308 §2.2: without an SOA a denial is not remembered. */
    {{SERVER, DCV_OUTCOME_NODATA, true, "", ""}, DCV_WAIT_LACKS, 0, ""},
    {{SERVER, DCV_OUTCOME_NODATA, false, "", SOA_OF("z.example.")}, DCV_WAIT_LAME, 0, ""},
    {{SERVER, DCV_OUTCOME_ANSWER, false, "a.z.example. 60 IN TXT \"v\"", ""}, DCV_WAIT_HAS, 0, ""},
    {{SERVER, DCV_OUTCOME_REFUSED, false, "", ""}, DCV_WAIT_LAME, 0, ""},
    {{SERVER, DCV_OUTCOME_SERVFAIL, false, "", ""}, DCV_WAIT_LAME, 0, ""},
    {{SERVER, DCV_OUTCOME_TIMEOUT, false, "", ""}, DCV_WAIT_SILENT, 0, ""},
    {{SERVER, DCV_OUTCOME_NO_ROUTE, false, "", ""}, DCV_WAIT_NO_ROUTE, 0, ""},
    {{SERVER, DCV_OUTCOME_PRIVATE, false, "", ""}, DCV_WAIT_PRIVATE, 0, ""},
    /* An alias within the zone is answered; out of it, it is followed, even where the server claims to know. */
    {{SERVER, DCV_OUTCOME_ANSWER, true,
      "a.z.example. 60 IN CNAME b.z.example.\nb.z.example. 60 IN TXT \"v\"", ""}, DCV_WAIT_HAS, 0, ""},
    {{SERVER, DCV_OUTCOME_NODATA, true, "a.z.example. 60 IN CNAME b.z.example.", SOA_OF("z.example.")},
     DCV_WAIT_LACKS, NOW + 60, ""},
    {{SERVER, DCV_OUTCOME_NODATA, true, "a.z.example. 60 IN CNAME b.y.example.", ""}, DCV_WAIT_ALIAS, 0,
     "b.y.example"},
    {{SERVER, DCV_OUTCOME_ANSWER, true,
      "a.z.example. 60 IN CNAME b.y.example.\nb.y.example. 60 IN TXT \"v\"", ""}, DCV_WAIT_ALIAS, 0, "b.y.example"},
    {{RESOLVER, DCV_OUTCOME_ANSWER, false,
      "a.z.example. 60 IN CNAME b.y.example.\nb.y.example. 60 IN TXT \"v\"", ""}, DCV_WAIT_HAS, 0, ""},
    {{RESOLVER, DCV_OUTCOME_NXDOMAIN, false, "", "z.example. 17 IN SOA ns. root. 7 1 1 1 60"}, DCV_WAIT_LACKS, NOW + 17, ""},
    {{RESOLVER, DCV_OUTCOME_SERVFAIL, false, "", ""}, DCV_WAIT_FAILS, 0, ""},
    {{RESOLVER, DCV_OUTCOME_REFUSED, false, "", ""}, DCV_WAIT_LAME, 0, ""},
};

START_TEST(reading)
{
    const struct dcv_wanted wanted = want("a.z.example", "v");
    struct dcv_wait_servers rows = {0};
    struct dcv_wait_seen seen;
    char text[DCV_NAME_TEXT_MAX];
    add(&readings[_i].said, "a.z.example");
    ck_assert_int_eq(dcv_wait_read(&wanted, &wanted.owner, facts, arena, &rows, &seen), DCV_OK);
    ck_assert_uint_eq(rows.count, 1);
    ck_assert_str_eq(dcv_wait_state_text(rows.items[0].state), dcv_wait_state_text(readings[_i].state));
    ck_assert_int_eq(rows.items[0].until, readings[_i].until);
    ck_assert_str_eq(readings[_i].target, rows.items[0].target.len != 0 ? dcv_name_text(&rows.items[0].target, text) : "");
    ck_assert(seen.below.len == 0 && !seen.unrecorded);
}
END_TEST

/* Only the servers of the deepest zone count, and their SOA tells the serial; where they tell of a deeper one there are no rows yet. */
START_TEST(zones)
{
    const struct dcv_wanted wanted = want("a.z.example", "v");
    const struct said above = {DCV_ASKED_AUTHORITY, "example", "192.0.2.9#53", DCV_TYPE_TXT, DCV_OUTCOME_REFUSED, false, "",
                               "z.example. 60 IN NS ns.example."};
    const struct said there = {DCV_ASKED_AUTHORITY, "z.example", "192.0.2.2#53", DCV_TYPE_TXT, DCV_OUTCOME_NODATA, true, "",
                               SOA_OF("z.example.")};
    const struct said first = {SERVER, DCV_OUTCOME_ANSWER, true, "a.z.example. 60 IN TXT \"v\"", ""};
    const struct said soa = {DCV_ASKED_AUTHORITY, "z.example", "192.0.2.1#53", DCV_TYPE_SOA, DCV_OUTCOME_NODATA, true, "",
                             SOA_OF("z.example.")};
    const struct said lost = {RESOLVER, DCV_OUTCOME_UNRECORDED, false, "", ""};
    struct dcv_wait_servers rows = {0};
    struct dcv_wait_seen seen;
    const struct dcv_name z = name_of("z.example");
    add(&above, "a.z.example");
    ck_assert_int_eq(dcv_wait_read(&wanted, &wanted.owner, facts, arena, &rows, &seen), DCV_OK);
    ck_assert_uint_eq(rows.count, 0);
    ck_assert(dcv_name_equal(&seen.below, &z));
    add(&there, "a.z.example");
    add(&first, "a.z.example");
    add(&soa, "a.z.example");
    add(&lost, "a.z.example");
    ck_assert_int_eq(dcv_wait_read(&wanted, &wanted.owner, facts, arena, &rows, &seen), DCV_OK);
    ck_assert(seen.below.len == 0 && seen.unrecorded);
    ck_assert_uint_eq(rows.count, 3);
    ck_assert_str_eq(rows.items[0].server, "192.0.2.1#53"); /* by address, whoever was first */
    ck_assert(rows.items[0].has_serial && rows.items[0].serial == 7);
    ck_assert_str_eq(rows.items[1].server, "192.0.2.2#53");
    ck_assert(rows.items[2].resolver);
}
END_TEST

/* ---- the sum and the pause ----------------------------------------------------------------------------------------------- */

/* A row a letter, servers before '|' and resolvers behind it: h has, a alias to b.example (H and L are rows of that), l lacks,
 * o other, f fails, s silent once, S silent often, m lame once, n no route, u unasked; a digit: seconds until it is forgotten. */
static struct dcv_wait_servers rows_of(const char *text)
{
    static const struct {
        char letter;
        enum dcv_wait_state state;
        unsigned tries;
        bool counts;
    } kinds[] = {
        {'h', DCV_WAIT_HAS, 0, true}, {'H', DCV_WAIT_HAS, 0, true}, {'a', DCV_WAIT_ALIAS, 0, true}, {'l', DCV_WAIT_LACKS, 0, true},
        {'L', DCV_WAIT_LACKS, 0, true}, {'o', DCV_WAIT_OTHER, 0, true}, {'f', DCV_WAIT_FAILS, 0, true}, {'s', DCV_WAIT_SILENT, 1, true},
        {'S', DCV_WAIT_SILENT, 5, false}, {'m', DCV_WAIT_LAME, 1, true}, {'n', DCV_WAIT_NO_ROUTE, 0, false},
        {'u', DCV_WAIT_UNASKED, 0, true},
    };
    struct dcv_wait_servers rows = {0};
    bool resolver = false;
    for (; *text != '\0'; text++) {
        if (*text == '|') {
            resolver = true;
            continue;
        }
        if (*text >= '0' && *text <= '9') {
            rows.items[rows.count - 1].until = NOW + (*text - '0');
            continue;
        }
        struct dcv_wait_server *row = DCV_VEC_ADD(arena, &rows);
        row->resolver = resolver;
        row->server = dcv_arena_printf(arena, "192.0.2.%zu#53", rows.count);
        row->name = name_of(*text == 'H' || *text == 'L' ? "b.example" : "a.example");
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
            if (kinds[i].letter != *text)
                continue;
            row->state = kinds[i].state;
            row->tries = kinds[i].tries;
            row->counts = kinds[i].counts;
        }
        if (row->state == DCV_WAIT_ALIAS)
            row->target = name_of("b.example");
    }
    return rows;
}

static const struct {
    const char *rows;
    bool servers_met, met, doubtful, seen;
    uint64_t pause_ms;
} sums[] = {
    {"hh|h", true, true, false, true, 5000},
    {"hl|u", false, false, false, true, 5000},
    {"ho|u", false, false, false, true, 5000},
    {"ll9|l3", false, false, false, true, 5000},   /* what the servers lack decides */
    {"hh|l3", true, false, false, true, 4000},
    {"hh|l9l3h", true, false, false, true, 4000},  /* the first that asks again */
    {"hh|o5", true, false, false, true, 6000},
    {"hh|l3f", true, false, false, true, 5000},    /* nothing tells when this one will */
    {"hh|l", true, false, false, true, 5000},
    {"hh|u", true, false, false, true, 5000},
    {"h0h|l0", true, false, false, true, 5000},    /* it has forgotten by now */
    {"hS|h", true, true, false, true, 5000},
    {"hn|h", true, true, false, true, 5000},
    {"hs|u", false, false, true, true, 1000},
    {"hs|h", false, false, true, true, 1000},
    {"hm|h", false, false, true, true, 1000},
    {"hh|hs", true, false, true, true, 1000},
    {"hls|h", false, false, false, true, 5000},
    {"hh|hS", true, true, false, true, 5000},
    {"hh|S", true, false, false, true, 5000},
    {"SS|h", false, false, false, false, 5000},    /* what the resolver has does not tell of the servers */
    {"SS|l", false, false, false, true, 5000},
    {"S|S", false, false, false, false, 5000},
    {"|h", false, false, false, false, 5000},
    {"|", false, false, false, false, 5000},
    {"aaH|h", true, true, false, true, 5000},
    {"aaL|u", false, false, false, true, 5000},
    {"aa|h", false, false, false, true, 5000},     /* nobody has what the alias leads to */
    {"haH|h", true, true, false, true, 5000},
    {"laH|u", false, false, false, true, 5000},
};

START_TEST(summing)
{
    const struct dcv_wanted wanted = want("a.example", "v");
    const struct dcv_wait_servers rows = rows_of(sums[_i].rows);
    const struct dcv_wait_sum sum = dcv_wait_sum(&wanted, &rows, NOW);
    unsigned backoff_ms = 0;
    ck_assert_msg(sum.servers_met == sums[_i].servers_met, "servers of %s", sums[_i].rows);
    ck_assert_msg(sum.met == sums[_i].met, "all of %s", sums[_i].rows);
    ck_assert_msg(sum.seen == sums[_i].seen, "seen of %s", sums[_i].rows);
    ck_assert_msg(sum.doubtful == sums[_i].doubtful, "doubtful of %s", sums[_i].rows);
    const uint64_t pause_ms = dcv_wait_pause_ms(&wanted, &rows, NOW, &backoff_ms);
    ck_assert_msg(pause_ms == sums[_i].pause_ms, "%s: a pause of %d ms", sums[_i].rows, (int)pause_ms);
}
END_TEST

START_TEST(backing_off)
{
    static const unsigned wanted_ms[] = {5000, 7500, 11250, 16875, 25312, 37968, 56952, 60000, 60000};
    const struct dcv_wanted wanted = want("a.example", "v");
    const struct dcv_wait_servers lacking = rows_of("l|u"), cached = rows_of("h|l3");
    unsigned backoff_ms = 0;
    for (size_t i = 0; i < sizeof wanted_ms / sizeof wanted_ms[0]; i++) {
        ck_assert_uint_eq(dcv_wait_pause_ms(&wanted, &cached, NOW, &backoff_ms), 4000); /* leaves it as it is */
        ck_assert_uint_eq(dcv_wait_pause_ms(&wanted, &lacking, NOW, &backoff_ms), wanted_ms[i]);
    }
}
END_TEST

/* Tries add up while nobody answers; what a server denied may be remembered after it has the record; what a resolver denied it has
 * forgotten then. */
START_TEST(carrying)
{
    struct dcv_wait_servers before = rows_of("l9ss|l9"), rows = rows_of("hsh|h");
    dcv_wait_carry(&before, &rows);
    ck_assert_int_eq(rows.items[0].until, NOW + 9);
    ck_assert_uint_eq(rows.items[1].tries, 2);
    ck_assert(rows.items[1].counts);
    ck_assert_uint_eq(rows.items[2].tries, 0);
    ck_assert_int_eq(rows.items[3].until, 0);
    const struct dcv_wanted wanted = want("a.example", "v");
    const struct dcv_wait_sum sum = dcv_wait_sum(&wanted, &rows, NOW);
    ck_assert_int_eq(sum.negative_until, NOW + 9);
    const struct dcv_wait_sum later = dcv_wait_sum(&wanted, &rows, NOW + 9);
    ck_assert_int_eq(later.negative_until, 0);
    struct dcv_wait_servers third = rows_of("hsh|h");
    dcv_wait_carry(&rows, &third);
    ck_assert_uint_eq(third.items[1].tries, DCV_WAIT_TRIES);
    ck_assert(!third.items[1].counts);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("wait");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, matching, 0, sizeof matches / sizeof matches[0]);
    tcase_add_loop_test(tcase, reading, 0, sizeof readings / sizeof readings[0]);
    tcase_add_test(tcase, zones);
    tcase_add_loop_test(tcase, summing, 0, sizeof sums / sizeof sums[0]);
    tcase_add_test(tcase, backing_off);
    tcase_add_test(tcase, carrying);
    return run_cases("wait", tcase);
}
