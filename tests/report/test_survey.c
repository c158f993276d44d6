/* What `inspect` makes of facts: zones, rows, letters, chains; and its page and graph where the facts are hostile. */
#include "report/survey.h"

#include "report/paper.h"
#include "report/sample.h"
#include "report/words.h"

#include "base/text.h"
#include "finding/cause.h"
#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>
#include <string.h>

static struct sample sample;
static struct dcv_survey survey;

static void setup(void)
{
    sample_init(&sample, "www.example.jp", "www.example.jp", "example.jp");
    (void)sample_ca(&sample, "ca", DCV_READY);
    struct dcv_facts_about *about = dcv_facts_about(sample.facts);
    about->dnssec_source = "local";
    about->authority = true;
    about->at = 1795253400; /* 2026-11-21 09:30 UTC */
}

static void teardown(void)
{
    sample_done(&sample);
}

static void make(void)
{
    dcv_survey_make(&survey, sample.arena, sample.facts, &sample.host.name, &sample.judged.base);
    ck_assert(!dcv_arena_failed(sample.arena));
}

/* ---- facts ---------------------------------------------------------------------------------------------------------------- */

/* A message whose answer has these records, separated by "|"; "" for none. */
static struct dcv_message *message_of(const char *records)
{
    struct dcv_arena *arena = dcv_facts_arena(sample.facts);
    struct dcv_message *message = dcv_arena_alloc(arena, sizeof *message);
    ck_assert_ptr_nonnull(message);
    message->answer.items = dcv_arena_array(arena, strlen(records) + 1, sizeof *message->answer.items);
    message->authoritative = message->edns = true;
    message->size = 100;
    char *copy = strdup(records), *rest = copy;
    for (char *text = strsep(&rest, "|"); text != NULL; text = strsep(&rest, "|"))
        if (text[0] != '\0')
            ck_assert_msg(dcv_rr_from_text(arena, text, &message->answer.items[message->answer.count++]) == DCV_OK,
                          "%s", text);
    free(copy);
    return message;
}

static void add(const struct dcv_fact *fact)
{
    ck_assert_int_eq(dcv_facts_add(sample.facts, fact, NULL), DCV_OK);
}

static void add_dns(const char *name, uint16_t type, const char *records, const struct dcv_trust *trust)
{
    struct dcv_fact fact = {.kind = DCV_FACT_DNS,
                            .dns = {.name = sample_name(name),
                                    .type = type,
                                    .server = "192.0.2.53#53",
                                    .message = message_of(records),
                                    .at = 1795253400,
                                    .outcome = records[0] != '\0' ? DCV_OUTCOME_ANSWER : DCV_OUTCOME_NODATA}};
    if (trust != NULL) {
        fact.dns.trust = dcv_arena_copy(sample.arena, trust, sizeof *trust);
        fact.dns.security = trust->security;
    }
    add(&fact);
}

static struct dcv_fact server_fact(const char *host, const char *server, const char *name, uint16_t type,
                                   const char *records)
{
    return (struct dcv_fact){.kind = DCV_FACT_SERVER,
                             .server = {.as = DCV_ASKED_AUTHORITY,
                                        .zone = sample_name("example.jp"),
                                        .host = sample_name(host),
                                        .server = server,
                                        .name = sample_name(name),
                                        .type = type,
                                        .message = message_of(records),
                                        .at = 1795253400,
                                        .tries = 1,
                                        .outcome = records[0] != '\0' ? DCV_OUTCOME_ANSWER : DCV_OUTCOME_NODATA}};
}

static void add_server(const char *host, const char *server, const char *name, uint16_t type, const char *records)
{
    const struct dcv_fact fact = server_fact(host, server, name, type, records);
    add(&fact);
}

static const char *soa(unsigned serial)
{
    return dcv_arena_printf(sample.arena, "example.jp. 300 IN SOA ns.example.jp. a.example.jp. %u 2 3 4 5", serial);
}

static const struct dcv_survey_zone *zone_named(const char *text)
{
    const struct dcv_name name = sample_name(text);
    for (size_t i = 0; i < survey.zones.count; i++)
        if (dcv_name_equal(&survey.zones.items[i].name, &name))
            return &survey.zones.items[i];
    ck_abort_msg("no zone %s", text);
    return NULL;
}

static const struct dcv_survey_row *row_named(const char *server)
{
    for (size_t i = 0; i < survey.rows.count; i++)
        if (strcmp(survey.rows.items[i].server, server) == 0)
            return &survey.rows.items[i];
    ck_abort_msg("no row %s", server);
    return NULL;
}

static size_t question_about(const char *text, uint16_t type)
{
    const struct dcv_name name = sample_name(text);
    for (size_t i = 0; i < survey.questions.count; i++)
        if (survey.questions.items[i].type == type && dcv_name_equal(&survey.questions.items[i].name, &name))
            return i;
    ck_abort_msg("no question about %s", text);
    return 0;
}

/* ---- zones ---------------------------------------------------------------------------------------------------------------- */

/* From the root down; what an alias leads to is left out while it is in order. */
START_TEST(zones_in_order)
{
    const struct dcv_trust secure = {.security = DCV_SECURITY_SECURE};
    add_dns("sub.example.jp", DCV_TYPE_NS, "sub.example.jp. 300 IN NS ns.example.jp.", NULL);
    add_dns("jp", DCV_TYPE_NS, "jp. 300 IN NS a.dns.jp.", NULL);
    add_dns("example.jp", DCV_TYPE_SOA, soa(1), NULL);
    add_dns("example.com", DCV_TYPE_DNSKEY,
            "example.com. 300 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", &secure);
    make();
    ck_assert_uint_eq(survey.zones.count, 4);
    ck_assert_uint_eq(survey.elsewhere, 1);
    ck_assert_uint_eq(survey.zones.items[0].above, SIZE_MAX);
    for (size_t i = 1; i < 4; i++) {
        ck_assert_uint_eq(survey.zones.items[i].above, i - 1);
        ck_assert_uint_eq(survey.zones.items[i].depth, i);
    }
    ck_assert_uint_eq(dcv_survey_zone_of(&survey, &sample.host.name), 2);
    ck_assert_uint_eq(zone_named("jp")->hosts.count, 1);
    ck_assert(zone_named("jp")->own_known && !zone_named("jp")->delegation_known);
}
END_TEST

/* … but shown when it is the cause of a fault. */
START_TEST(zone_of_a_fault)
{
    const struct dcv_trust bogus = {.security = DCV_SECURITY_BOGUS,
                                    .cause = DCV_CAUSE_DS_MISMATCH,
                                    .zone = sample_name("example.com")};
    add_dns("www.example.jp", DCV_TYPE_A,
            "www.example.jp. 300 IN CNAME www.example.com.|www.example.com. 300 IN A 192.0.2.1", &bogus);
    add_dns("www.example.jp", DCV_TYPE_AAAA, "www.example.jp. 300 IN CNAME www.example.com.", &bogus);
    make();
    ck_assert_uint_eq(zone_named("example.com")->faults.count, 1);
}
END_TEST

START_TEST(delegation_and_zone)
{
    struct dcv_fact parent = server_fact("a.dns.jp", "198.51.100.1#53", "example.jp", DCV_TYPE_NS, "");
    struct dcv_message *message = message_of("");
    message->authority = message_of("example.jp. 300 IN NS ns1.example.jp.|example.jp. 300 IN NS "
                                    "NS2.example.jp.|other.jp. 300 IN NS ns9.example.jp.")
                             ->answer;
    parent.server.as = DCV_ASKED_PARENT;
    parent.server.message = message;
    add(&parent);
    add_server("ns1.example.jp", "192.0.2.1#53", "example.jp", DCV_TYPE_NS,
               "example.jp. 300 IN NS ns2.example.jp.|example.jp. 300 IN NS ns3.example.jp.");
    make();
    const struct dcv_survey_zone *zone = zone_named("example.jp");
    ck_assert(zone->delegation_known && zone->own_known && zone->swept);
    ck_assert_uint_eq(zone->hosts.count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(zone->hosts.items[i].at_parent, i < 2);
        ck_assert_int_eq(zone->hosts.items[i].in_zone, i > 0);
    }
}
END_TEST

/* ---- servers × records ---------------------------------------------------------------------------------------------------- */

/* Order, the case of names and the TTL make no difference; letters go by how many say the same. */
START_TEST(letters)
{
    add_server("ns1.example.jp", "192.0.2.1#53", "example.jp", DCV_TYPE_MX, "example.jp. 300 IN MX 10 old.example.jp.");
    add_server("ns2.example.jp", "192.0.2.2#53", "example.jp", DCV_TYPE_MX,
               "example.jp. 300 IN MX 10 a.example.jp.|example.jp. 300 IN MX 20 b.example.jp.");
    add_server("ns3.example.jp", "192.0.2.3#53", "example.jp", DCV_TYPE_MX,
               "example.jp. 99 IN MX 20 B.EXAMPLE.jp.|example.jp. 99 IN MX 10 A.example.jp.");
    add_server("ns4.example.jp", "192.0.2.4#53", "example.jp", DCV_TYPE_MX, "");
    struct dcv_fact refused = server_fact("ns5.example.jp", "192.0.2.5#53", "example.jp", DCV_TYPE_MX, "");
    refused.server.outcome = DCV_OUTCOME_REFUSED;
    add(&refused);
    add_server("ns1.example.jp", "192.0.2.1#53", "example.jp", DCV_TYPE_CAA, "");
    make();
    const size_t mx = question_about("example.jp", DCV_TYPE_MX);
    static const char states[] = {'B', 'A', 'A', DCV_CELL_NODATA, DCV_CELL_FAILED};
    ck_assert_uint_eq(survey.rows.count, 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_int_eq(survey.rows.items[i].cells[mx].state, states[i]);
        ck_assert_int_eq(survey.rows.items[i].differs, states[i] != 'A');
    }
    ck_assert(survey.questions.items[mx].differs);
    ck_assert_int_eq(survey.questions.items[mx].usual, 'A');
    const size_t caa = question_about("example.jp", DCV_TYPE_CAA);
    ck_assert(!survey.questions.items[caa].differs);
    ck_assert_int_eq(survey.rows.items[1].cells[caa].state, DCV_CELL_NOT_ASKED);
}
END_TEST

/* How far a server follows an alias is no difference, and that an answer ends with one is no fault. */
START_TEST(alias_followed_or_not)
{
    const struct dcv_trust bogus = {.security = DCV_SECURITY_BOGUS,
                                    .cause = DCV_CAUSE_DENIAL_MISSING,
                                    .zone = sample_name("example.com"),
                                    .owner = sample_name("www.example.com")};
    add_server("ns1.example.jp", "192.0.2.1#53", "www.example.jp", DCV_TYPE_A,
               "www.example.jp. 300 IN CNAME www.example.com.|www.example.com. 300 IN A 192.0.2.80");
    struct dcv_fact open = server_fact("ns2.example.jp", "192.0.2.2#53", "www.example.jp", DCV_TYPE_A,
                                       "www.example.jp. 300 IN CNAME www.example.com.");
    open.server.outcome = DCV_OUTCOME_NODATA;
    open.server.security = DCV_SECURITY_BOGUS;
    open.server.trust = dcv_arena_copy(sample.arena, &bogus, sizeof bogus);
    add(&open);
    add_server("ns3.example.jp", "192.0.2.3#53", "www.example.jp", DCV_TYPE_A, "www.example.jp. 300 IN CNAME other.example.com.");
    make();
    const size_t a = question_about("www.example.jp", DCV_TYPE_A);
    static const char states[] = {'A', 'A', 'B'};
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(survey.rows.items[i].cells[a].state, states[i]);
    for (size_t i = 0; i < survey.zones.count; i++)
        ck_assert_uint_eq(survey.zones.items[i].faults.count, 0);
}
END_TEST

/* The name's own contact first, whatever came first; it is at the right place, also as seen from the domain above. */
START_TEST(contact_below_www)
{
    add_dns("_validation-contactemail.example.jp", DCV_TYPE_TXT, "", NULL);
    add_dns("_validation-contactemail.www.example.jp", DCV_TYPE_TXT,
            "_validation-contactemail.www.example.jp. 300 IN TXT \"dcv@example.net\"", NULL);
    make();
    ck_assert_uint_eq(survey.contacts.count, 2);
    ck_assert(survey.contacts.items[0].right && survey.contacts.items[1].right);
    ck_assert(dcv_name_equal(&survey.contacts.items[0].adn, &sample.host.name));
}
END_TEST

/* TXT values differ in case; and more different answers than there are letters do no harm. */
START_TEST(many_variants)
{
    enum { SERVERS = 60 };
    for (int i = 0; i < SERVERS; i++)
        add_server(dcv_arena_printf(sample.arena, "ns%d.example.jp", i),
                   dcv_arena_printf(sample.arena, "192.0.2.%d#53", i), "_validation-contactemail.example.jp",
                   DCV_TYPE_TXT,
                   dcv_arena_printf(sample.arena, "_validation-contactemail.example.jp. 300 IN TXT \"%s%d@example.jp\"",
                                    i % 2 != 0 ? "A" : "a", i / 2));
    make();
    size_t unnamed = 0;
    for (size_t i = 0; i < survey.rows.count; i++) {
        const char state = survey.rows.items[i].cells[0].state;
        ck_assert(state == '?' || (state >= 'A' && state <= 'Z'));
        unnamed += state == '?';
    }
    ck_assert_uint_eq(survey.questions.items[0].variants.count, SERVERS);
    ck_assert_uint_eq(unnamed, SERVERS - 26);
}
END_TEST

/* Serials go round (RFC 1982): of equally many the later one counts. */
START_TEST(serials)
{
    add_server("ns1.example.jp", "192.0.2.1#53", "example.jp", DCV_TYPE_SOA, soa(4294967290));
    add_server("ns2.example.jp", "192.0.2.2#53", "example.jp", DCV_TYPE_SOA, soa(3));
    struct dcv_fact resolver =
        server_fact("x.example.jp", "203.0.113.1#53", "example.jp", DCV_TYPE_SOA, soa(4294967290));
    resolver.server.as = DCV_ASKED_RESOLVER;
    resolver.server.host = resolver.server.zone = (struct dcv_name){.len = 0};
    add(&resolver);
    make();
    ck_assert_uint_eq(zone_named("example.jp")->serial, 3);
    ck_assert(!row_named("192.0.2.1#53")->usual_serial && row_named("192.0.2.2#53")->usual_serial);
    ck_assert(row_named("203.0.113.1#53")->resolver && !row_named("203.0.113.1#53")->usual_serial);
}
END_TEST

static const struct {
    enum dcv_outcome outcome;
    bool authoritative;
    enum dcv_survey_reach reach;
} reaches[] = {
    {DCV_OUTCOME_ANSWER, true, DCV_REACH_ANSWERS},        {DCV_OUTCOME_ANSWER, false, DCV_REACH_LAME},
    {DCV_OUTCOME_NODATA, true, DCV_REACH_LAME},           {DCV_OUTCOME_NXDOMAIN, true, DCV_REACH_LAME},
    {DCV_OUTCOME_SERVFAIL, false, DCV_REACH_LAME},        {DCV_OUTCOME_REFUSED, false, DCV_REACH_LAME},
    {DCV_OUTCOME_RCODE, false, DCV_REACH_LAME},           {DCV_OUTCOME_TIMEOUT, false, DCV_REACH_SILENT},
    {DCV_OUTCOME_UNREACHABLE, false, DCV_REACH_SILENT},   {DCV_OUTCOME_MALFORMED, false, DCV_REACH_SILENT},
    {DCV_OUTCOME_TRUNCATED, false, DCV_REACH_SILENT},     {DCV_OUTCOME_DEADLINE, false, DCV_REACH_NOT_ASKED},
    {DCV_OUTCOME_NO_ROUTE, false, DCV_REACH_NO_ROUTE},    {DCV_OUTCOME_PRIVATE, false, DCV_REACH_PRIVATE},
    {DCV_OUTCOME_UNRECORDED, false, DCV_REACH_NOT_ASKED},
};

START_TEST(reach_of_a_server)
{
    struct dcv_fact fact = server_fact("ns1.example.jp", "192.0.2.1#53", "example.jp", DCV_TYPE_SOA, soa(1));
    struct dcv_message *message = message_of(soa(1));
    message->authoritative = reaches[_i].authoritative;
    fact.server.outcome = reaches[_i].outcome;
    fact.server.message = reaches[_i].authoritative || reaches[_i].outcome == DCV_OUTCOME_ANSWER ? message : NULL;
    add(&fact);
    make();
    ck_assert_int_eq(survey.rows.items[0].reach, reaches[_i].reach);
}
END_TEST

/* ---- chains --------------------------------------------------------------------------------------------------------------- */

static const char key[] = "example.jp. 300 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";

static const char *signature(const char *owner, const char *type, const char *signer, const char *until)
{
    return dcv_arena_printf(sample.arena,
                            "%s. 300 IN RRSIG %s 15 2 300 %s 20261101000000 3613 %s. "
                            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
                            owner, type, until, signer);
}

START_TEST(chain_of_a_zone)
{
    const struct dcv_trust secure = {.security = DCV_SECURITY_SECURE};
    const char *mx = signature("example.jp", "MX", "example.jp", "20261201000000");
    add_dns("jp", DCV_TYPE_NS, "jp. 300 IN NS a.dns.jp.", NULL);
    add_dns("example.jp", DCV_TYPE_DS,
            dcv_arena_printf(
                sample.arena,
                "example.jp. 300 IN DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b|%s",
                signature("example.jp", "DS", "jp", "20261202000000")),
            &secure);
    add_dns("example.jp", DCV_TYPE_DNSKEY,
            dcv_arena_printf(sample.arena, "%s|%s", key,
                             signature("example.jp", "DNSKEY", "example.jp", "20261203000000")),
            &secure);
    add_dns("example.jp", DCV_TYPE_MX, dcv_arena_printf(sample.arena, "example.jp. 300 IN MX 0 .|%s|%s", mx, mx),
            &secure);
    make();
    const struct dcv_survey_zone *zone = zone_named("example.jp");
    ck_assert_int_eq(zone->security, DCV_SECURITY_SECURE);
    ck_assert_uint_eq(zone->ds.count, 1);
    ck_assert_uint_eq(zone->keys.count, 1);
    ck_assert_uint_eq(zone->keys.items[0].tag, zone->ds.items[0].tag);
    static const uint16_t order[] = {DCV_TYPE_DNSKEY, DCV_TYPE_DS, DCV_TYPE_MX}; /* each once */
    ck_assert_uint_eq(zone->signatures.count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(zone->signatures.items[i].type, order[i]);
    ck_assert_uint_eq(zone_named("jp")->signatures.count, 0);
}
END_TEST

START_TEST(insecure_zone)
{
    const struct dcv_trust unsigned_zone = {.security = DCV_SECURITY_INSECURE,
                                            .cause = DCV_CAUSE_UNSIGNED,
                                            .zone = sample_name("example.jp")};
    add_dns("example.jp", DCV_TYPE_SOA, soa(1), NULL);
    add_dns("www.example.jp", DCV_TYPE_CAA, "", &unsigned_zone);
    make();
    ck_assert_int_eq(zone_named("example.jp")->security, DCV_SECURITY_INSECURE);
    ck_assert_int_eq(zone_named("example.jp")->trust->cause, DCV_CAUSE_UNSIGNED);
    ck_assert_uint_eq(zone_named("example.jp")->faults.count, 0);
}
END_TEST

/* ---- words ---------------------------------------------------------------------------------------------------------------- */

/* Every cause has a sentence, all of whose places are filled; that of its finding, where there is one. */
START_TEST(words_of_a_cause)
{
    const struct dcv_trust trust = {.security = DCV_SECURITY_BOGUS,
                                    .cause = (enum dcv_cause)_i,
                                    .zone = sample_name("example.jp"),
                                    .owner = sample_name("www.example.jp"),
                                    .type = DCV_TYPE_MX,
                                    .key_tag = 3613,
                                    .algorithm = 15,
                                    .at = 1795253400};
    const char *words = dcv_cause_words(sample.arena, &trust);
    ck_assert_msg(words[0] != '\0' && words[strlen(words) - 1] == '.', "%s: %s", dcv_cause_text(trust.cause), words);
    ck_assert_msg(strpbrk(words, "{}") == NULL && strstr(words, "  ") == NULL && strstr(words, "()") == NULL, "%s",
                  words);
    ck_assert_msg(strstr(words, "example.jp") != NULL, "%s", words);
}
END_TEST

START_TEST(words_of_nothing)
{
    const struct dcv_trust none = {.security = DCV_SECURITY_SECURE};
    ck_assert_str_eq(dcv_cause_words(sample.arena, NULL), "");
    ck_assert_str_eq(dcv_cause_words(sample.arena, &none), "");
}
END_TEST

/* ---- seen ----------------------------------------------------------------------------------------------------------------- */

/* A finding about a question that was never put tells nothing of the DNS. */
START_TEST(what_was_not_asked)
{
    static const size_t numbers[] = {1};
    add_dns("example.jp", DCV_TYPE_SOA, soa(1), NULL);
    struct dcv_fact late = {.kind = DCV_FACT_DNS,
                            .dns = {.name = sample_name("example.jp"), .type = DCV_TYPE_CAA, .server = "", .outcome = DCV_OUTCOME_DEADLINE}};
    add(&late);
    sample_finding(&sample, NULL, DCV_RULE_CAA_FAILED_UNPROVEN, "example.jp", NULL);
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_FAULTS);
    sample.judged.findings.items[0].facts = dcv_fact_list(sample.arena, numbers, 1);
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_NOT);
    sample.judged.findings.count = 0;
    sample.judged.base.len = 0;
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_NOT);
}
END_TEST

START_TEST(what_was_seen)
{
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_NOT); /* nobody answered */
    add_dns("example.jp", DCV_TYPE_SOA, soa(1), NULL);
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_SOUND);
    sample_finding(&sample, NULL, DCV_RULE_CAA_FORBIDS, "example.jp",
                   NULL); /* what the records say is no fault of the DNS */
    sample_finding(&sample, NULL, DCV_RULE_LOOKUP_FAILED, "example.jp", NULL); /* a notice */
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_SOUND);
    sample_finding(&sample, NULL, DCV_RULE_DEADLINE, "example.jp", NULL);
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_NOT);
    sample_finding(&sample, NULL, DCV_RULE_SERVER_LAME, "example.jp", NULL);
    ck_assert_int_eq(dcv_report_seen(&sample.judged, sample.facts), DCV_SEEN_FAULTS);
}
END_TEST

/* ---- pages ---------------------------------------------------------------------------------------------------------------- */

static void check_page(const char *text, unsigned width)
{
    char *copy = strdup(text), *rest = copy;
    ck_assert(dcv_utf8_valid(text, strlen(text)));
    for (const char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
        ck_assert_msg(dcv_columns(line) <= width, "%u columns: %s", dcv_columns(line), line);
        for (const char *at = line; *at != '\0'; at++)
            ck_assert_msg((unsigned char)*at >= ' ' && *at != 0x7f, "a control character: %s", line);
    }
    free(copy);
}

static char *render(enum dcv_report_format format, int verbosity)
{
    const struct dcv_report_options options = {.width = 80,
                                               .format = format,
                                               .view = DCV_VIEW_INSPECT,
                                               .verbosity = verbosity};
    return sample_text(&sample, &options);
}

/* Of 88 servers a few of each kind. */
START_TEST(page_of_many_servers)
{
    enum { SERVERS = 88 };
    for (int i = 0; i < SERVERS; i++)
        add_server(dcv_arena_printf(sample.arena, "ns%d.example.jp", i),
                   dcv_arena_printf(sample.arena, "2001:db8:1234:5678:9abc:def0:1234:%x#53", i), "example.jp",
                   DCV_TYPE_SOA, soa(i < SERVERS / 2 ? 1 : 2));
    char *text = render(DCV_FORMAT_TEXT, 0), *all = render(DCV_FORMAT_TEXT, 1);
    check_page(text, 80);
    check_page(all, 80);
    size_t lines = 0;
    for (const char *at = text; (at = strstr(at, "2001:db8:")) != NULL; at++)
        lines++;
    ck_assert_uint_lt(lines, SERVERS);
    for (int i = 0; i < SERVERS; i++) {
        char address[64];
        (void)snprintf(address, sizeof address, ":%x\n", i);
        ck_assert_msg(strstr(all, address) != NULL, "%s", address);
    }
    ck_assert_ptr_nonnull(strstr(text, "... and "));
    free(all);
    free(text);
}
END_TEST

/* Text of strangers: what a terminal, a string of the DOT language, or a character reference of HTML would make something of. */
static void add_hostile(void)
{
    static const char owner[] = "_validation-contactemail.example.jp";
    const char *txt =
        dcv_arena_printf(sample.arena, "%s. 300 IN TXT \"\\027[2J\\226\\128\\174\\\"];}<script>&#27;&amp;\\\\N\\010x\"",
                         owner);
    const struct dcv_trust trust = {.security = DCV_SECURITY_BOGUS,
                                    .cause = DCV_CAUSE_SIGNATURE_INVALID,
                                    .zone = sample_name("example.jp"),
                                    .owner = sample_name("\\027\\\"]\\;&#27\\;\\\\n\\226\\128\\174.example.jp"),
                                    .type = DCV_TYPE_TXT};
    add_dns(owner, DCV_TYPE_TXT, txt, &trust);
    add_dns("example.jp", DCV_TYPE_MX, "example.jp. 300 IN MX 0 \\027\\\"\\010&#27\\;\\226\\128\\174.example.jp.",
            NULL);
    add_server("\\027\\\"]\\;&lt\\;\\\\.example.jp", "192.0.2.1\"];\n\033#53", "example.jp", DCV_TYPE_SOA, soa(1));
    add_server("ns2.example.jp", "192.0.2.2#53", owner, DCV_TYPE_TXT, txt);
}

START_TEST(hostile_page)
{
    add_hostile();
    for (int verbosity = 0; verbosity < 2; verbosity++) {
        char *text = render(DCV_FORMAT_TEXT, verbosity), *json = render(DCV_FORMAT_JSON, verbosity);
        check_page(text, 10000);
        check_page(json, 10000);
        free(json);
        free(text);
    }
}
END_TEST

/* Outside its strings the graph holds nothing but its own words; inside them no quotation mark, and no character
 * reference but that of "&". */
START_TEST(hostile_graph)
{
    add_hostile();
    char *text = render(DCV_FORMAT_DOT, 0);
    bool quoted = false;
    check_page(text, 10000);
    for (const char *at = text; *at != '\0'; at++) {
        if (quoted && *at == '\\') {
            at++;
            ck_assert_msg(strchr("\"\\nl", *at) != NULL, "%.20s", at - 1);
        } else if (quoted && *at == '&') {
            ck_assert_msg(strncmp(at, "&amp;", 5) == 0, "%.20s", at);
        } else if (*at == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            ck_assert_msg(strchr("abcdefghijklmnopqrstuvwxyzTB0123456789_ =,[]{};->\n", *at) != NULL, "%.20s", at);
        }
    }
    ck_assert(!quoted);
    ck_assert_ptr_nonnull(strstr(text, "&amp;lt"));
    free(text);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("survey");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, zones_in_order);
    tcase_add_test(tcase, zone_of_a_fault);
    tcase_add_test(tcase, delegation_and_zone);
    tcase_add_test(tcase, letters);
    tcase_add_test(tcase, alias_followed_or_not);
    tcase_add_test(tcase, contact_below_www);
    tcase_add_test(tcase, many_variants);
    tcase_add_test(tcase, serials);
    tcase_add_loop_test(tcase, reach_of_a_server, 0, ROWS(reaches));
    tcase_add_test(tcase, chain_of_a_zone);
    tcase_add_test(tcase, insecure_zone);
    tcase_add_loop_test(tcase, words_of_a_cause, DCV_CAUSE_NONE + 1, DCV_CAUSE_COUNT);
    tcase_add_test(tcase, words_of_nothing);
    tcase_add_test(tcase, what_was_seen);
    tcase_add_test(tcase, what_was_not_asked);
    tcase_add_test(tcase, page_of_many_servers);
    tcase_add_test(tcase, hostile_page);
    tcase_add_test(tcase, hostile_graph);
    return run_cases("survey", tcase);
}
