/* Whom the plan asks what: the zones of a name, their servers, and the resolvers to compare. */
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
    plan = NULL;
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
    begin_with(text, (struct dcv_plan_options){.authority = true});
}

/* ---- what happened ---------------------------------------------------------------------------------------------------------------- */

/* A message of records in presentation form, one a line; "+" before one: of the authority section, "*": of the additional one. */
static struct dcv_message *message_of(const char *records)
{
    enum { ROOM = 400 };
    struct dcv_message *message = dcv_arena_alloc(arena, sizeof *message);
    struct dcv_rrs *const sections[] = {&message->answer, &message->authority, &message->additional};
    for (size_t i = 0; i < 3; i++)
        sections[i]->items = dcv_arena_array(arena, ROOM, sizeof *sections[i]->items);
    while (*records != '\0') {
        const size_t len = strcspn(records, "\n"), mark = records[0] == '+' ? 1 : records[0] == '*' ? 2 : 0;
        const char *line = dcv_arena_strndup(arena, records + (mark != 0), len - (mark != 0));
        struct dcv_rrs *section = sections[mark];
        ck_assert_uint_lt(section->count, ROOM);
        ck_assert_msg(dcv_rr_from_text(arena, line, &section->items[section->count++]) == DCV_OK, "%s", line);
        records += len + (records[len] == '\n');
    }
    return message;
}

static void take_in(const struct dcv_fact *fact)
{
    size_t index;
    ck_assert_int_eq(dcv_facts_add(facts, fact, &index), DCV_OK);
    ck_assert_int_eq(dcv_plan_extend(plan, facts, index, 1), DCV_OK);
}

/* The answer to a lookup; records NULL: there was none. */
static void looked_up(const char *name, uint16_t type, enum dcv_outcome outcome, const char *records)
{
    take_in(&(struct dcv_fact){.kind = DCV_FACT_DNS, .dns = {.name = world_name(name), .type = type, .outcome = outcome, .server = "",
                                                             .message = records != NULL ? message_of(records) : NULL}});
}

/* What a server said; `at` is the record of its address. */
struct said {
    enum dcv_asked_as as;
    const char *zone, *at, *name;
    uint16_t type;
    enum dcv_asked_over over;
    enum dcv_outcome outcome;
    const char *records;
};

static void said(const struct said *said)
{
    struct dcv_rr *address = dcv_arena_alloc(arena, sizeof *address);
    ck_assert_msg(dcv_rr_from_text(arena, said->at, address) == DCV_OK, "%s", said->at);
    take_in(&(struct dcv_fact){.kind = DCV_FACT_SERVER,
                               .server = {.as = said->as, .zone = world_name(said->zone), .host = address->owner, .server = "", .address = address,
                                          .name = world_name(said->name), .type = said->type, .over = said->over, .outcome = said->outcome,
                                          .message = said->records != NULL ? message_of(said->records) : NULL}});
}

/* ---- what is asked ---------------------------------------------------------------------------------------------------------------- */

enum { LINES_MAX = 1500 };

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines ordered; none of them stands twice. */
static const char *sorted(const char **lines, size_t count)
{
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 20);
    qsort(lines, count, sizeof lines[0], by_text);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(i == 0 || strcmp(lines[i], lines[i - 1]) != 0, "twice: %s", lines[i]);
        dcv_buf_puts(&text, lines[i]);
    }
    const char *copy = dcv_arena_strdup(arena, dcv_buf_text(&text));
    dcv_buf_done(&text);
    return copy;
}

/* "name TYPE", ordered, one a line. */
static const char *wants(void)
{
    const char *lines[LINES_MAX] = {NULL};
    size_t count = 0;
    struct dcv_want want;
    while (dcv_plan_next(plan, &want)) {
        char name[DCV_NAME_TEXT_MAX], type[DCV_TYPE_TEXT];
        ck_assert_uint_lt(count, LINES_MAX);
        lines[count++] = dcv_arena_printf(arena, "%s %s\n", dcv_name_text(&want.name, name), dcv_type_text(want.type, type));
    }
    return sorted(lines, count);
}

/* The last octet of its address, which is all that differs here; "v6" before it. */
static const char *address_text(const struct dcv_ask *ask)
{
    if (ask->as == DCV_ASKED_RESOLVER)
        return dcv_arena_printf(arena, "%zu", ask->view);
    const bool v6 = ask->address.type == DCV_TYPE_AAAA;
    return dcv_arena_printf(arena, "%s%u", v6 ? "v6:" : "", (unsigned)ask->address.rdata[v6 ? 15 : 3]);
}

/* "authority zone host address: name TYPE over", ordered, one a line. */
static const char *asks(void)
{
    const char *lines[LINES_MAX] = {NULL};
    size_t count = 0;
    struct dcv_ask ask;
    while (dcv_plan_next_ask(plan, &ask)) {
        char zone[DCV_NAME_TEXT_MAX], host[DCV_NAME_TEXT_MAX], name[DCV_NAME_TEXT_MAX], type[DCV_TYPE_TEXT];
        const bool resolver = ask.as == DCV_ASKED_RESOLVER;
        ck_assert_uint_lt(count, LINES_MAX);
        lines[count++] = dcv_arena_printf(arena, "%s %s%s%s%s%s: %s %s %s\n", dcv_asked_as_text(ask.as), resolver ? "" : dcv_name_text(&ask.zone, zone),
                                          resolver ? "" : " ", resolver ? "" : dcv_name_text(&ask.host, host), resolver ? "" : " ", address_text(&ask),
                                          dcv_name_text(&ask.name, name), dcv_type_text(ask.type, type), dcv_asked_over_text(ask.over));
    }
    return sorted(lines, count);
}

static void forget(void)
{
    (void)wants();
    (void)asks();
}

/* ---- zones ------------------------------------------------------------------------------------------------------------------------ */

#define SOA(zone) zone " IN SOA ns.example.net. . 1 2 3 4 5" /* without a mailbox, whose domain would be looked up */

static const struct {
    const char *what, *name, *asked;
    enum dcv_outcome outcome;
    const char *records;
    const char *wanted;
} apexes[] = {
    {"the base domain", "www.example.jp", "example.jp", DCV_OUTCOME_ANSWER, SOA("example.jp."), "example.jp NS\njp SOA\n"},
    {"by a negative answer", "www.example.jp", "www.example.jp", DCV_OUTCOME_NODATA, "+" SOA("example.jp."), "example.jp NS\njp SOA\n"},
    {"by NXDOMAIN", "www.example.jp", "www.example.jp", DCV_OUTCOME_NXDOMAIN, "+" SOA("example.jp."), "example.jp NS\njp SOA\n"},
    {"the name itself", "www.example.jp", "www.example.jp", DCV_OUTCOME_ANSWER, SOA("www.example.jp."), "www.example.jp NS\n"},
    {"a cut between", "a.b.example.jp", "a.b.example.jp", DCV_OUTCOME_NODATA, "+" SOA("b.example.jp."), "b.example.jp NS\n"},
    {"a cut at a suffix of two labels", "www.example.co.jp", "example.co.jp", DCV_OUTCOME_ANSWER, SOA("example.co.jp."), "co.jp SOA\nexample.co.jp NS\n"},
    {"in another case", "www.example.jp", "example.jp", DCV_OUTCOME_ANSWER, SOA("EXAMPLE.jp."), "example.jp NS\njp SOA\n"},
    {"above the base domain", "www.example.jp", "example.jp", DCV_OUTCOME_NXDOMAIN, "+" SOA("jp."), ""},
    {"an alias into another zone", "www.example.jp", "www.example.jp", DCV_OUTCOME_NODATA,
     "www.example.jp. IN CNAME www.example.com.\n+" SOA("example.com."), ""},
    {"an alias to an apex", "www.example.jp", "www.example.jp", DCV_OUTCOME_ANSWER,
     "www.example.jp. IN CNAME example.com.\n" SOA("example.com."), ""},
    {"a sibling's SOA", "www.example.jp", "www.example.jp", DCV_OUTCOME_NODATA, "+" SOA("b.www.example.jp."), ""},
    {"nothing", "www.example.jp", "www.example.jp", DCV_OUTCOME_NODATA, "", ""},
    {"a failure below", "www.example.jp", "www.example.jp", DCV_OUTCOME_SERVFAIL, NULL, ""},
    {"a failure of the base domain", "www.example.jp", "example.jp", DCV_OUTCOME_SERVFAIL, NULL, "example.jp NS\njp SOA\n"},
    {"silence about the base domain", "www.example.jp", "example.jp", DCV_OUTCOME_TIMEOUT, NULL, "example.jp NS\njp SOA\n"},
    {"a base domain without SOA", "www.example.jp", "example.jp", DCV_OUTCOME_NODATA, "", "example.jp NS\njp SOA\n"},
    {"a base domain that is not there", "www.example.jp", "example.jp", DCV_OUTCOME_NXDOMAIN, "", ""},
};

START_TEST(apex)
{
    begin(apexes[_i].name);
    forget();
    looked_up(apexes[_i].asked, DCV_TYPE_SOA, apexes[_i].outcome, apexes[_i].records);
    const char *wanted = wants();
    ck_assert_msg(strcmp(wanted, apexes[_i].wanted) == 0, "%s: %s", apexes[_i].what, wanted);
    ck_assert_str_eq(asks(), "");
}
END_TEST

/* Each zone once, and none when the zones' servers are not asked. */
START_TEST(zones_once)
{
    begin("www.example.jp");
    forget();
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "example.jp. IN SOA ns. . 1 2 3 4 5");
    ck_assert_str_eq(wants(), "example.jp NS\njp SOA\n");
    looked_up("www.example.jp", DCV_TYPE_SOA, DCV_OUTCOME_NODATA, "+example.jp. IN SOA ns. . 1 2 3 4 5");
    ck_assert_str_eq(wants(), "");
}
END_TEST

START_TEST(switched_off)
{
    begin_with("www.example.jp", (struct dcv_plan_options){0});
    forget();
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "example.jp. IN SOA ns. . 1 2 3 4 5");
    looked_up("example.jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "example.jp. IN NS ns.example.jp.");
    looked_up("ns.example.jp", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "ns.example.jp. IN A 192.0.2.1");
    ck_assert_str_eq(wants(), "");
    ck_assert_str_eq(asks(), "");
}
END_TEST

/* ---- servers ------------------------------------------------------------------------------------------------------------------------ */

#define NS_SOA "example.jp. IN SOA ns. . 1 2 3 4 5"

/* The base domain is a zone with one server at 192.0.2.1, known in this order of answers. */
enum step { SOA_FIRST, NS_FIRST, ADDRESS_FIRST };

static void know_server(enum step first)
{
    if (first == NS_FIRST)
        looked_up("example.jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "example.jp. IN NS ns.example.com.");
    if (first == ADDRESS_FIRST)
        looked_up("ns.example.com", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "ns.example.com. IN A 192.0.2.1");
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, NS_SOA);
    if (first != NS_FIRST)
        looked_up("example.jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "example.jp. IN NS ns.example.com.");
    if (first != ADDRESS_FIRST)
        looked_up("ns.example.com", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "ns.example.com. IN A 192.0.2.1");
}

#define AT1 "authority example.jp ns.example.com 1: "

/* In whatever order the answers come, the server is asked the same: does it live, over UDP and over TCP? */
START_TEST(order_of_answers)
{
    begin("www.example.jp");
    forget();
    know_server((enum step)_i);
    ck_assert_str_eq(wants(), "example.jp NS\njp SOA\nns.example.com A\nns.example.com AAAA\n");
    ck_assert_str_eq(asks(), AT1 "example.jp SOA tcp\n" AT1 "example.jp SOA udp\n");
}
END_TEST

START_TEST(addresses)
{
    begin("www.example.jp");
    know_server(SOA_FIRST);
    forget();
    looked_up("ns.example.com", DCV_TYPE_AAAA, DCV_OUTCOME_ANSWER,
              "ns.example.com. IN CNAME n.example.net.\nn.example.net. IN AAAA 2001:db8::7\nn.example.net. IN AAAA 2001:db8::8");
    ck_assert_str_eq(asks(), "authority example.jp ns.example.com v6:7: example.jp SOA tcp\nauthority example.jp ns.example.com v6:7: example.jp SOA udp\n"
                             "authority example.jp ns.example.com v6:8: example.jp SOA tcp\nauthority example.jp ns.example.com v6:8: example.jp SOA udp\n");
    looked_up("other.example.com", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "other.example.com. IN A 192.0.2.9");
    looked_up("ns.example.net", DCV_TYPE_A, DCV_OUTCOME_SERVFAIL, NULL);
    ck_assert_str_eq(asks(), "");
}
END_TEST

#define RECORDS(at)                                                                                                              \
    at "_validation-contactemail.example.jp TXT udp\n" at "_validation-contactemail.www.example.jp TXT udp\n" at "example.jp CAA udp\n" \
    at "example.jp MX udp\n" at "example.jp NS udp\n" at "www.example.jp A udp\n" at "www.example.jp CAA udp\n" at "www.example.jp MX udp\n"
#define RECORDS_PLAIN(at)                                                                                                        \
    at "_validation-contactemail.example.jp TXT plain\n" at "_validation-contactemail.www.example.jp TXT plain\n" at "example.jp CAA plain\n" \
    at "example.jp MX plain\n" at "example.jp NS plain\n" at "www.example.jp A plain\n" at "www.example.jp CAA plain\n" at "www.example.jp MX plain\n"

static const struct {
    const char *what;
    enum dcv_asked_over over;
    enum dcv_outcome outcome;
    const char *records; /* NULL: nothing that could be read */
    const char *asked;
} lives[] = {
    {"answers", DCV_OVER_UDP, DCV_OUTCOME_ANSWER, NS_SOA, RECORDS(AT1)},
    {"answers without SOA", DCV_OVER_UDP, DCV_OUTCOME_NODATA, "", RECORDS(AT1)},
    {"knows no such zone", DCV_OVER_UDP, DCV_OUTCOME_NXDOMAIN, "", RECORDS(AT1)},
    {"silent", DCV_OVER_UDP, DCV_OUTCOME_TIMEOUT, NULL, AT1 "example.jp SOA plain\n"},
    {"nobody listens", DCV_OVER_UDP, DCV_OUTCOME_UNREACHABLE, NULL, ""},
    {"refuses", DCV_OVER_UDP, DCV_OUTCOME_REFUSED, "", ""},
    {"fails", DCV_OVER_UDP, DCV_OUTCOME_SERVFAIL, "", ""},
    {"no route", DCV_OVER_UDP, DCV_OUTCOME_NO_ROUTE, NULL, ""},
    {"a private address", DCV_OVER_UDP, DCV_OUTCOME_PRIVATE, NULL, ""},
    {"too late", DCV_OVER_UDP, DCV_OUTCOME_DEADLINE, NULL, ""},
    {"silent without EDNS, too", DCV_OVER_PLAIN, DCV_OUTCOME_TIMEOUT, NULL, ""},
    {"answers without EDNS", DCV_OVER_PLAIN, DCV_OUTCOME_ANSWER, NS_SOA, RECORDS_PLAIN(AT1)},
    {"answers over TCP", DCV_OVER_TCP, DCV_OUTCOME_ANSWER, NS_SOA, ""},
    {"no TCP", DCV_OVER_TCP, DCV_OUTCOME_TIMEOUT, NULL, ""},
};

START_TEST(lives_there)
{
    begin("www.example.jp");
    know_server(SOA_FIRST);
    forget();
    said(&(struct said){DCV_ASKED_AUTHORITY, "example.jp", "ns.example.com. IN A 192.0.2.1", "example.jp", DCV_TYPE_SOA, lives[_i].over,
                        lives[_i].outcome, lives[_i].records});
    const char *asked = asks();
    ck_assert_msg(strcmp(asked, lives[_i].asked) == 0, "%s: %s", lives[_i].what, asked);
    ck_assert_str_eq(wants(), "");
}
END_TEST

/* A zone of its own below: its parent's servers are not asked for what lies in it, nor its own for what lies above. */
START_TEST(sub_delegation)
{
    begin("www.example.jp");
    know_server(SOA_FIRST);
    looked_up("www.example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "www.example.jp. IN SOA ns. . 1 2 3 4 5");
    ck_assert_ptr_nonnull(strstr(wants(), "www.example.jp NS\n"));
    looked_up("www.example.jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "www.example.jp. IN NS w.example.com.");
    looked_up("w.example.com", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "w.example.com. IN A 192.0.2.2");
    forget();
    said(&(struct said){DCV_ASKED_AUTHORITY, "example.jp", "ns.example.com. IN A 192.0.2.1", "example.jp", DCV_TYPE_SOA, DCV_OVER_UDP,
                        DCV_OUTCOME_ANSWER, NS_SOA});
    ck_assert_str_eq(asks(), AT1 "_validation-contactemail.example.jp TXT udp\n" AT1 "example.jp CAA udp\n" AT1 "example.jp MX udp\n"
                             AT1 "example.jp NS udp\n");
    said(&(struct said){DCV_ASKED_AUTHORITY, "www.example.jp", "w.example.com. IN A 192.0.2.2", "www.example.jp", DCV_TYPE_SOA, DCV_OVER_UDP,
                        DCV_OUTCOME_ANSWER, "www.example.jp. IN SOA ns. . 1 2 3 4 5"});
#define AT2 "authority www.example.jp w.example.com 2: "
    ck_assert_str_eq(asks(), AT2 "_validation-contactemail.www.example.jp TXT udp\n" AT2 "www.example.jp A udp\n" AT2 "www.example.jp CAA udp\n"
                             AT2 "www.example.jp MX udp\n" AT2 "www.example.jp NS udp\n");
}
END_TEST

/* Servers that only the zone itself names are found at a server of it. */
START_TEST(named_by_the_zone_alone)
{
    begin("www.example.jp");
    know_server(SOA_FIRST);
    forget();
    said(&(struct said){DCV_ASKED_AUTHORITY, "example.jp", "ns.example.com. IN A 192.0.2.1", "example.jp", DCV_TYPE_NS, DCV_OVER_UDP, DCV_OUTCOME_ANSWER,
                        "example.jp. IN NS ns.example.com.\nexample.jp. IN NS hidden.example.com.\nother.example. IN NS x.example.com."});
    ck_assert_str_eq(wants(), "hidden.example.com A\nhidden.example.com AAAA\n");
    ck_assert_str_eq(asks(), "");
}
END_TEST

/* ---- the zone above ----------------------------------------------------------------------------------------------------------------- */

#define PARENT(zone, host, at) "parent " zone " " host " " at ": " zone " NS udp\n"

/* The registry's servers, in whatever order the answers come. */
START_TEST(parent)
{
    static const char *const steps[] = {"SOA NS A AAAA", "A AAAA SOA NS", "NS SOA AAAA A", "AAAA NS A SOA", "A NS AAAA SOA"};
    begin("example.jp");
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, NS_SOA);
    forget();
    for (const char *at = steps[_i]; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        if (strncmp(at, "SOA", 3) == 0)
            looked_up("jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "jp. IN SOA a.dns.example. . 1 2 3 4 5");
        else if (strncmp(at, "NS", 2) == 0)
            looked_up("jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "jp. IN NS a.dns.example.");
        else if (strncmp(at, "AAAA", 4) == 0)
            looked_up("a.dns.example", DCV_TYPE_AAAA, DCV_OUTCOME_ANSWER, "a.dns.example. IN AAAA 2001:db8::5\na.dns.example. IN AAAA 2001:db8::6");
        else
            looked_up("a.dns.example", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "a.dns.example. IN A 192.0.2.5\na.dns.example. IN A 192.0.2.6");
    }
    ck_assert_str_eq(wants(), "a.dns.example A\na.dns.example AAAA\njp NS\n");
    ck_assert_str_eq(asks(), PARENT("example.jp", "a.dns.example", "5") PARENT("example.jp", "a.dns.example", "v6:5"));
}
END_TEST

/* A suffix of two labels that is no zone: the servers of the one above it know the delegation. */
START_TEST(parent_across_labels)
{
    begin("www.example.co.jp");
    looked_up("example.co.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "example.co.jp. IN SOA ns. . 1 2 3 4 5");
    forget();
    looked_up("co.jp", DCV_TYPE_SOA, DCV_OUTCOME_NODATA, "+jp. IN SOA a.dns.example. . 1 2 3 4 5");
    ck_assert_str_eq(wants(), "jp NS\n");
    looked_up("jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "jp. IN NS a.dns.example.");
    looked_up("a.dns.example", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "a.dns.example. IN A 192.0.2.5");
    ck_assert_str_eq(asks(), PARENT("example.co.jp", "a.dns.example", "5"));
}
END_TEST

/* A few of many: a registry with thirteen servers is not asked thirteen times. */
START_TEST(few_parents)
{
    char ns[1000] = "";
    size_t count = 0;
    for (int i = 0; i < 13; i++)
        (void)snprintf(ns + strlen(ns), sizeof ns - strlen(ns), "%sjp. IN NS n%d.dns.example.", i == 0 ? "" : "\n", i);
    begin("example.jp");
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, NS_SOA);
    looked_up("jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "jp. IN SOA n0.dns.example. . 1 2 3 4 5");
    forget();
    looked_up("jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, ns);
    for (const char *at = wants(); (at = strstr(at, "dns.example A\n")) != NULL; at++)
        count++;
    ck_assert_uint_eq(count, 4);
    looked_up("n12.dns.example", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "n12.dns.example. IN A 192.0.2.12");
    ck_assert_str_eq(asks(), "");
}
END_TEST

/* A zone in a zone: the servers of the one are the parents of the other, and both were known before. */
START_TEST(parent_that_is_own)
{
    begin("www.example.jp");
    know_server(SOA_FIRST);
    forget();
    looked_up("www.example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "www.example.jp. IN SOA ns. . 1 2 3 4 5");
    ck_assert_str_eq(wants(), "www.example.jp NS\n");
    ck_assert_str_eq(asks(), PARENT("www.example.jp", "ns.example.com", "1"));
}
END_TEST

/* The referral: hosts of the delegation and their glue; what the resolver says of the same address is not asked again. */
START_TEST(glue)
{
    static const char glued[] = "+example.jp. IN NS ns1.example.jp.\n+example.jp. IN NS ns2.example.com.\n*ns1.example.jp. IN A 192.0.2.1\n"
                                "*ns1.example.jp. IN AAAA 2001:db8::1\n*stranger.example.jp. IN A 192.0.2.66";
#define GLUED(at) "authority example.jp ns1.example.jp " at ": example.jp SOA tcp\nauthority example.jp ns1.example.jp " at ": example.jp SOA udp\n"
    begin("example.jp");
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_TIMEOUT, NULL);
    forget();
    said(&(struct said){DCV_ASKED_PARENT, "example.jp", "a.dns.example. IN A 192.0.2.5", "example.jp", DCV_TYPE_NS, DCV_OVER_UDP, DCV_OUTCOME_NODATA, glued});
    ck_assert_str_eq(wants(), "ns1.example.jp A\nns1.example.jp AAAA\nns2.example.com A\nns2.example.com AAAA\n");
    ck_assert_str_eq(asks(), GLUED("1") GLUED("v6:1"));
    looked_up("ns1.example.jp", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "ns1.example.jp. IN A 192.0.2.1");
    ck_assert_str_eq(asks(), "");
    looked_up("NS2.example.com", DCV_TYPE_A, DCV_OUTCOME_ANSWER, "ns2.example.com. IN A 192.0.2.1\nns2.example.com. IN A 192.0.2.2");
    ck_assert_str_eq(asks(), "authority example.jp NS2.example.com 2: example.jp SOA tcp\nauthority example.jp NS2.example.com 2: example.jp SOA udp\n");
    said(&(struct said){DCV_ASKED_PARENT, "example.jp", "b.dns.example. IN A 192.0.2.6", "example.jp", DCV_TYPE_NS, DCV_OVER_UDP, DCV_OUTCOME_NODATA, glued});
    ck_assert_str_eq(asks(), "");
    ck_assert_str_eq(wants(), "");
}
END_TEST

/* Where parent and zone have the same servers, the delegation stands in the answer; a referral to another zone is none. */
START_TEST(delegation_in_the_answer)
{
    begin("example.jp");
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, NS_SOA);
    forget();
    said(&(struct said){DCV_ASKED_PARENT, "example.jp", "a.dns.example. IN A 192.0.2.5", "example.jp", DCV_TYPE_NS, DCV_OVER_UDP, DCV_OUTCOME_ANSWER,
                        "example.jp. IN NS ns1.example.com.\n+jp. IN NS a.dns.example.\n*a.dns.example. IN A 192.0.2.5"});
    ck_assert_str_eq(wants(), "ns1.example.com A\nns1.example.com AAAA\n");
    ck_assert_str_eq(asks(), "");
    said(&(struct said){DCV_ASKED_PARENT, "example.com", "a.dns.example. IN A 192.0.2.5", "example.com", DCV_TYPE_NS, DCV_OVER_UDP, DCV_OUTCOME_ANSWER,
                        "example.com. IN NS ns9.example.com."}); /* no zone of this name's */
    ck_assert_str_eq(wants(), "");
}
END_TEST

/* ---- resolvers ------------------------------------------------------------------------------------------------------------------------ */

START_TEST(resolvers)
{
#define VIEW(n)                                                                                                                            \
    "resolver " n ": _validation-contactemail.example.jp TXT udp\nresolver " n ": _validation-contactemail.www.example.jp TXT udp\n"       \
    "resolver " n ": example.jp CAA udp\nresolver " n ": example.jp MX udp\nresolver " n ": example.jp NS udp\nresolver " n ": example.jp SOA udp\n" \
    "resolver " n ": www.example.jp A udp\nresolver " n ": www.example.jp CAA udp\nresolver " n ": www.example.jp MX udp\n"
    begin_with("www.example.jp", (struct dcv_plan_options){.views = 2});
    ck_assert_str_eq(asks(), VIEW("0") VIEW("1"));
}
END_TEST

/* Of a name with many ADNs the name itself and those nearest to the base domain. */
START_TEST(few_rungs)
{
    begin_with("e.d.c.b.a.example.jp", (struct dcv_plan_options){.views = 1});
    const char *asked = asks();
    static const char *const adns[] = {"example.jp", "a.example.jp", "b.a.example.jp", "e.d.c.b.a.example.jp"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof adns / sizeof adns[0]; i++)
        ck_assert_ptr_nonnull(strstr(asked, dcv_arena_printf(arena, "resolver 0: %s CAA udp\n", adns[i])));
    for (const char *at = asked; (at = strstr(at, " CAA ")) != NULL; at++)
        count++;
    ck_assert_uint_eq(count, 4);
    ck_assert_ptr_nonnull(strstr(asked, "resolver 0: e.d.c.b.a.example.jp A udp\n"));
    ck_assert_ptr_null(strstr(asked, "resolver 0: a.example.jp A udp\n"));
}
END_TEST

START_TEST(suffix)
{
    begin_with("co.jp", (struct dcv_plan_options){.authority = true, .views = 2});
    ck_assert_str_eq(wants(), "");
    ck_assert_str_eq(asks(), "");
}
END_TEST

/* ---- one question watched ------------------------------------------------------------------------------------------------------------- */

static struct dcv_name watched;

static void begin_watching(const char *name, const char *question)
{
    watched = world_name(question);
    begin_with(name, (struct dcv_plan_options){.authority = true, .views = 1, .misplaced = true, .watched = &watched, .watched_type = DCV_TYPE_TXT});
}

/* Nothing is looked up but what finds the servers, and nothing is asked but the question, and which zone holds it. */
START_TEST(watching)
{
    begin_watching("www.example.jp", "_validation-contactemail.www.example.jp");
    ck_assert_str_eq(wants(), "example.jp SOA\nwww.example.jp SOA\n");
    ck_assert_str_eq(asks(), "resolver 0: _validation-contactemail.www.example.jp TXT udp\n");
    know_server(SOA_FIRST);
    ck_assert_str_eq(wants(), "example.jp NS\njp SOA\nns.example.com A\nns.example.com AAAA\n");
    ck_assert_str_eq(asks(), AT1 "_validation-contactemail.www.example.jp SOA udp\n" AT1 "_validation-contactemail.www.example.jp TXT udp\n");
    said(&(struct said){DCV_ASKED_AUTHORITY, "example.jp", "ns.example.com. IN A 192.0.2.1", "_validation-contactemail.www.example.jp", DCV_TYPE_TXT,
                        DCV_OVER_UDP, DCV_OUTCOME_TIMEOUT, NULL});
    ck_assert_str_eq(asks(), "");
    ck_assert_str_eq(wants(), "");
}
END_TEST

/* Glue leads to servers here, too; the zone above a cut does not hold what is watched below it. */
START_TEST(watching_below_a_cut)
{
    begin_watching("www.example.jp", "_validation-contactemail.www.example.jp");
    looked_up("www.example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, "www.example.jp. IN SOA ns. . 1 2 3 4 5");
    forget();
    know_server(SOA_FIRST);
    ck_assert_str_eq(asks(), PARENT("www.example.jp", "ns.example.com", "1"));
    said(&(struct said){DCV_ASKED_PARENT, "www.example.jp", "ns.example.com. IN A 192.0.2.1", "www.example.jp", DCV_TYPE_NS, DCV_OVER_UDP,
                        DCV_OUTCOME_NODATA, "+www.example.jp. IN NS w.www.example.jp.\n*w.www.example.jp. IN A 192.0.2.2"});
    ck_assert_str_eq(asks(), "authority www.example.jp w.www.example.jp 2: _validation-contactemail.www.example.jp SOA udp\n"
                             "authority www.example.jp w.www.example.jp 2: _validation-contactemail.www.example.jp TXT udp\n");
}
END_TEST

/* ---- limits --------------------------------------------------------------------------------------------------------------------------- */

/* A hostile delegation: of 300 servers some are left out. */
START_TEST(many_hosts)
{
    char ns[300 * 40] = "";
    size_t count = 0;
    for (int i = 0; i < 300; i++)
        (void)snprintf(ns + strlen(ns), sizeof ns - strlen(ns), "%sexample.jp. IN NS n%d.example.com.", i == 0 ? "" : "\n", i);
    begin("example.jp");
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, NS_SOA);
    forget();
    looked_up("example.jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, ns);
    for (const char *at = wants(); (at = strstr(at, "example.com A\n")) != NULL; at++)
        count++;
    ck_assert_uint_eq(count, 128);
}
END_TEST

/* A hostile server name: of its 300 addresses some are left out, whoever they belong to. */
START_TEST(many_addresses)
{
    char records[300 * 40] = "";
    size_t count = 0;
    for (int i = 0; i < 300; i++)
        (void)snprintf(records + strlen(records), sizeof records - strlen(records), "%sns.example.com. IN A 198.51.%d.%d",
                       i == 0 ? "" : "\n", 100 + i / 250, i % 250);
    begin("example.jp");
    looked_up("example.jp", DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, NS_SOA);
    looked_up("example.jp", DCV_TYPE_NS, DCV_OUTCOME_ANSWER, "example.jp. IN NS ns.example.com.");
    forget();
    looked_up("ns.example.com", DCV_TYPE_A, DCV_OUTCOME_ANSWER, records);
    for (struct dcv_ask ask; dcv_plan_next_ask(plan, &ask);)
        count += ask.type == DCV_TYPE_SOA && ask.over == DCV_OVER_UDP;
    ck_assert_uint_eq(count, 256);
}
END_TEST

/* More cuts than dcvready follows: six zones, those found first, and the one above the last of them. */
START_TEST(many_zones)
{
    size_t count = 0;
    begin("h.g.f.e.d.c.b.a.example.jp");
    forget();
    for (const char *at = "h.g.f.e.d.c.b.a.example.jp"; strcmp(at, "jp") != 0; at = strchr(at, '.') + 1)
        looked_up(at, DCV_TYPE_SOA, DCV_OUTCOME_ANSWER, dcv_arena_printf(arena, "%s. IN SOA ns. . 1 2 3 4 5", at));
    for (const char *at = wants(); (at = strstr(at, " NS\n")) != NULL; at++)
        count++;
    ck_assert_uint_eq(count, 6 + 1);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("sweep");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, apex, 0, ROWS(apexes));
    tcase_add_test(tcase, zones_once);
    tcase_add_test(tcase, switched_off);
    tcase_add_loop_test(tcase, order_of_answers, SOA_FIRST, ADDRESS_FIRST + 1);
    tcase_add_test(tcase, addresses);
    tcase_add_loop_test(tcase, lives_there, 0, ROWS(lives));
    tcase_add_test(tcase, sub_delegation);
    tcase_add_test(tcase, named_by_the_zone_alone);
    tcase_add_loop_test(tcase, parent, 0, 5);
    tcase_add_test(tcase, parent_across_labels);
    tcase_add_test(tcase, few_parents);
    tcase_add_test(tcase, parent_that_is_own);
    tcase_add_test(tcase, glue);
    tcase_add_test(tcase, delegation_in_the_answer);
    tcase_add_test(tcase, resolvers);
    tcase_add_test(tcase, few_rungs);
    tcase_add_test(tcase, suffix);
    tcase_add_test(tcase, watching);
    tcase_add_test(tcase, watching_below_a_cut);
    tcase_add_test(tcase, many_hosts);
    tcase_add_test(tcase, many_addresses);
    tcase_add_test(tcase, many_zones);
    return run_cases("sweep", tcase);
}
