#include "net/resolver.h"

#include "support/peer.h"
#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>
#include <string.h>

enum { START_US = 1000000, TIMEOUT_MS = 5000 };

static const struct dcv_endpoint servers[] = {{.host = "192.0.2.1", .port = 53}, {.host = "192.0.2.2", .port = 53}};
static struct peer *peer;
static struct dcv_net *net;
static struct dcv_resolver *resolver;

/* What came of one asking. */
struct asked {
    int calls;
    struct dcv_lookup_result result;
    uint16_t rcode;
    size_t answers;
    bool ask_again; /* from within the call */
    struct asked *next;
};

static void begin_on(const struct dcv_endpoint *asked, const char *steps, size_t server_count)
{
    struct dcv_resolver_options options = {.servers = asked, .server_count = server_count, .timeout_ms = TIMEOUT_MS};
    memset(options.seed.key, 7, sizeof options.seed.key);
    ck_assert_int_eq(dcv_net_create(peer_create(steps, &peer), START_US, &net), DCV_OK);
    ck_assert_int_eq(dcv_resolver_create(net, &options, &resolver), DCV_OK);
}

static void begin(const char *steps, size_t server_count)
{
    begin_on(servers, steps, server_count);
}

static void teardown(void)
{
    dcv_resolver_free(resolver);
    dcv_net_free(net);
}

static void ask(struct asked *asked, const char *name, uint16_t type);

static void on_result(void *user, const struct dcv_lookup_result *result)
{
    struct asked *asked = user;
    asked->calls++;
    asked->result = *result;
    asked->result.response = NULL;
    if (result->response != NULL) {
        asked->rcode = result->response->message.rcode;
        asked->answers = result->response->message.answer.count;
    }
    if (asked->ask_again)
        ask(asked->next, "www.example.jp", DCV_TYPE_A);
}

static struct dcv_waiter *handle;

static void ask(struct asked *asked, const char *name, uint16_t type)
{
    struct dcv_question question = {.type = type};
    ck_assert_int_eq(dcv_name_parse(name, &question.name, NULL), DCV_OK);
    const int before = asked->calls;
    ck_assert_int_eq(dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_result, asked, &handle), DCV_OK);
    ck_assert_int_eq(asked->calls, before); /* never from within */
}

static void finish(void)
{
    while (dcv_net_step(net))
        continue;
    ck_assert_msg(peer_fault(peer) == NULL, "%s", peer_fault(peer));
}

static const struct {
    const char *steps;
    size_t servers;
    enum dcv_lookup_end end;
    int rcode;          /* of an answer */
    unsigned exchanges;
    const char *host;   /* the last digit of the server named */
    bool tcp;
    unsigned ms;        /* until the result */
} rows[] = {
    {"1/udp/ok@20", 1, DCV_LOOKUP_ANSWERED, 0, 1, "1", false, 20},
    {"nodata@20", 1, DCV_LOOKUP_ANSWERED, 0, 1, "1", false, 20},
    {"nxdomain@20", 2, DCV_LOOKUP_ANSWERED, 3, 1, "1", false, 20},

    /* silence, and answers that come late; packets go out after 0, 500, 1050, 1650, 2300, 3000, 3750 and 4550 ms */
    {"silent ok@20", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 520},
    {"1/silent 2/ok@20", 2, DCV_LOOKUP_ANSWERED, 0, 2, "2", false, 520},
    {"1/ok@700 2/silent", 2, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 700},
    {"ok@4999", 1, DCV_LOOKUP_ANSWERED, 0, 8, "1", false, 4999},
    {"ok@5001", 1, DCV_LOOKUP_TIMEOUT, 0, 8, NULL, false, 5000},
    {"", 2, DCV_LOOKUP_TIMEOUT, 0, 8, NULL, false, 5000},
    {"silent silent silent silent silent silent silent ok@20", 1, DCV_LOOKUP_ANSWERED, 0, 8, "1", false, 4570},
    {"timeout@100 ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 110},

    /* a wrong answer, then the right one */
    {"wrong-id@10 ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 20},
    {"wrong-question@10 ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 20},
    {"garbage@10 ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 20},
    {"half@10 ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 20},
    {"garbage@10 garbage@10", 1, DCV_LOOKUP_MALFORMED, 0, 2, "1", false, 20},
    {"1/garbage@10 2/half@10", 2, DCV_LOOKUP_MALFORMED, 0, 2, NULL, false, 20},
    {"1/garbage@10 2/ok@10", 2, DCV_LOOKUP_ANSWERED, 0, 2, "2", false, 20},

    /* the case of the question */
    {"udp/lower@10 ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 20},
    {"udp/lower@10 udp/lower@10 tcp/lower@10", 1, DCV_LOOKUP_ANSWERED, 0, 3, "1", true, 30},
    {"1/udp/lower@10 1/udp/lower@10 1/tcp/ok@10", 2, DCV_LOOKUP_ANSWERED, 0, 3, "1", true, 30},

    /* truncation */
    {"udp/tc@10 tcp/ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", true, 20},
    {"udp/tc@10 tcp/unreachable tcp/unreachable tcp/unreachable tcp/unreachable tcp/unreachable", 1, DCV_LOOKUP_TRUNCATED, 0, 6, "1", true, 10},
    {"udp/tc@10 tcp/unreachable tcp/ok@10", 1, DCV_LOOKUP_ANSWERED, 0, 3, "1", true, 20}, /* a connection that was being closed */
    {"udp/tc@10 tcp/silent", 1, DCV_LOOKUP_TRUNCATED, 0, 0, "1", true, 5000},
    {"1/udp/tc@10 1/tcp/silent 2/tcp/ok@10", 2, DCV_LOOKUP_ANSWERED, 0, 3, "2", true, 570},

    /* failures, and another server that does better */
    {"servfail@10", 1, DCV_LOOKUP_ANSWERED, 2, 1, "1", false, 10},
    {"1/servfail@10 2/ok@10", 2, DCV_LOOKUP_ANSWERED, 2, 1, "1", false, 10}, /* may mean that it validates: no other glosses over it */
    {"refused@10", 1, DCV_LOOKUP_ANSWERED, 5, 1, "1", false, 10},
    {"1/refused@10 2/ok@10", 2, DCV_LOOKUP_ANSWERED, 0, 2, "2", false, 20},
    {"1/refused@10 2/refused@10", 2, DCV_LOOKUP_ANSWERED, 5, 2, NULL, false, 20},
    {"1/refused@10 2/silent", 2, DCV_LOOKUP_ANSWERED, 5, 0, "1", false, 5000},
    {"1/formerr@10 1/ok@10", 2, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 20}, /* asked again without EDNS */
    {"1/formerr@10 1/formerr@10 2/ok@10", 2, DCV_LOOKUP_ANSWERED, 0, 3, "2", false, 30},

    /* nobody there */
    {"unreachable", 1, DCV_LOOKUP_UNREACHABLE, 0, 1, "1", false, 0},
    {"1/unreachable 2/unreachable@5", 2, DCV_LOOKUP_UNREACHABLE, 0, 2, NULL, false, 5},
    {"1/unreachable 2/ok@10", 2, DCV_LOOKUP_ANSWERED, 0, 2, "2", false, 10},
    {"failed", 1, DCV_LOOKUP_UNREACHABLE, 0, 1, "1", false, 0},
    {"unrecorded", 1, DCV_LOOKUP_UNRECORDED, 0, 1, "1", false, 0},
    /* on a tape of a dcvready that was more patient */
    {"ok@700 unrecorded", 1, DCV_LOOKUP_ANSWERED, 0, 2, "1", false, 700},
    {"silent unrecorded silent unrecorded", 1, DCV_LOOKUP_TIMEOUT, 0, 8, "1", false, 5000},
    {"half@10 unrecorded", 1, DCV_LOOKUP_UNRECORDED, 0, 2, "1", false, 10},
};

START_TEST(outcome)
{
    struct asked asked = {0};
    begin(rows[_i].steps, rows[_i].servers);
    ask(&asked, "www.example.jp", DCV_TYPE_A);
    finish();
    ck_assert_msg(asked.calls == 1, "\"%s\": called %d times", rows[_i].steps, asked.calls);
    ck_assert_msg(asked.result.end == rows[_i].end && asked.rcode == rows[_i].rcode, "\"%s\": end %d, rcode %u", rows[_i].steps,
                  (int)asked.result.end, asked.rcode);
    const unsigned ms = (unsigned)((asked.result.done_us - START_US) / 1000);
    ck_assert_msg(ms == rows[_i].ms, "\"%s\": after %u ms", rows[_i].steps, ms);
    if (rows[_i].exchanges != 0)
        ck_assert_msg(asked.result.exchanges == rows[_i].exchanges, "\"%s\": %u exchanges", rows[_i].steps, asked.result.exchanges);
    ck_assert_uint_eq(peer_sent(peer), asked.result.exchanges);
    if (rows[_i].host != NULL)
        ck_assert_str_eq(asked.result.server.host + strlen(asked.result.server.host) - 1, rows[_i].host);
    ck_assert_int_eq(asked.result.tcp, rows[_i].tcp);
    ck_assert(!asked.result.cached && !asked.result.joined);
}
END_TEST

static const struct dcv_endpoint streams[] = {
    {.host = "192.0.2.1", .port = 853, .protocol = DCV_PROTO_TLS},
    {.host = "192.0.2.2", .port = 443, .protocol = DCV_PROTO_HTTPS, .path = "/dns-query"},
};

static const struct {
    const char *steps;
    size_t servers;
    enum dcv_lookup_end end;
    unsigned exchanges, ms;
    const char *why;
} stream_rows[] = {
    {"1/tcp/ok@20", 1, DCV_LOOKUP_ANSWERED, 1, 20, ""},
    {"lower@10", 1, DCV_LOOKUP_ANSWERED, 1, 10, ""}, /* who forges cannot get in */
    {"tc@10 tc@10", 1, DCV_LOOKUP_MALFORMED, 2, 20, ""},
    {"1/tc@10 2/tcp/ok@10", 2, DCV_LOOKUP_ANSWERED, 2, 20, ""},

    /* nothing is lost there, so nothing is sent twice; but another server may be quicker */
    {"", 1, DCV_LOOKUP_TIMEOUT, 1, 5000, ""},
    {"ok@4999", 1, DCV_LOOKUP_ANSWERED, 1, 4999, ""},
    {"1/silent 2/ok@20", 2, DCV_LOOKUP_ANSWERED, 2, 520, ""},
    {"timeout@100 ok@10", 1, DCV_LOOKUP_ANSWERED, 2, 110, ""},

    /* a server that is none to ask, and one that fails for now */
    {"rejected@10", 1, DCV_LOOKUP_UNREACHABLE, 1, 10, "HTTP 404"},
    {"unreachable@10", 1, DCV_LOOKUP_UNREACHABLE, 1, 10, ""},
    {"1/rejected@10 2/ok@10", 2, DCV_LOOKUP_ANSWERED, 2, 20, ""},
    {"1/unreachable 2/rejected@5", 2, DCV_LOOKUP_UNREACHABLE, 2, 5, "HTTP 404"},
    {"failed@10 ok@10", 1, DCV_LOOKUP_ANSWERED, 2, 510, ""},
    {"1/failed@10 2/ok@10", 2, DCV_LOOKUP_ANSWERED, 2, 20, ""},
    {"failed failed failed failed failed failed", 1, DCV_LOOKUP_TIMEOUT, 6, 3000, ""},
};

START_TEST(over_streams)
{
    struct asked asked = {0};
    begin_on(streams, stream_rows[_i].steps, stream_rows[_i].servers);
    ask(&asked, "www.example.jp", DCV_TYPE_A);
    finish();
    const char *steps = stream_rows[_i].steps;
    const unsigned ms = (unsigned)((asked.result.done_us - START_US) / 1000);
    ck_assert_msg(asked.calls == 1 && asked.result.end == stream_rows[_i].end, "\"%s\": end %d", steps, (int)asked.result.end);
    ck_assert_msg(asked.result.exchanges == stream_rows[_i].exchanges, "\"%s\": %u exchanges", steps, asked.result.exchanges);
    ck_assert_msg(ms == stream_rows[_i].ms, "\"%s\": after %u ms", steps, ms);
    ck_assert_str_eq(asked.result.why, stream_rows[_i].why);
    ck_assert(asked.result.tcp);
}
END_TEST

/* Why each server did not answer is known afterwards, too. */
START_TEST(why)
{
    struct asked asked = {0};
    begin_on(streams, "1/rejected 2/unreachable", 2);
    ask(&asked, "www.example.jp", DCV_TYPE_A);
    finish();
    ck_assert(dcv_resolver_deaf(resolver));
    ck_assert_str_eq(dcv_resolver_why(resolver, 0), "HTTP 404");
    ck_assert_str_eq(dcv_resolver_why(resolver, 1), "");
}
END_TEST

/* A server that ignores the case is believed over TCP only, and it is said. */
START_TEST(case_ignored)
{
    struct asked asked = {0};
    begin("lower lower tcp/lower", 1);
    ask(&asked, "www.example.jp", DCV_TYPE_A);
    finish();
    ck_assert(asked.result.case_ignored);
}
END_TEST

/* No two packets of a question share their id and case, and the same seed gives the same octets. */
START_TEST(packets_differ_and_repeat)
{
    uint8_t first[3][512];
    for (int run = 0; run < 2; run++) {
        struct asked asked = {0};
        begin("silent silent ok@1", 1);
        ask(&asked, "www.example.jp", DCV_TYPE_A);
        finish();
        ck_assert_uint_eq(peer_sent(peer), 3);
        for (size_t i = 0; i < 3; i++) {
            size_t len;
            const uint8_t *query = peer_query(peer, i, &len);
            if (run == 0)
                memcpy(first[i], query, len);
            else
                ck_assert_mem_eq(first[i], query, len);
            if (i != 0)
                ck_assert_mem_ne(query, peer_query(peer, i - 1, &len), 2);
        }
        if (run == 0)
            teardown();
    }
}
END_TEST

/* A server that refuses EDNS is asked without from then on; the other one is not. */
START_TEST(without_edns)
{
    static const char opt[] = "\0\0\x29\x04\xd0\0\0\x80\0\0\0";
    struct asked first = {0}, second = {0};
    size_t len;
    begin("formerr@10 ok@10 ok@10", 1);
    ask(&first, "a.example.jp", DCV_TYPE_A);
    finish();
    ask(&second, "b.example.jp", DCV_TYPE_A);
    finish();
    ck_assert_uint_eq(peer_sent(peer), 3);
    for (size_t i = 0; i < 3; i++) {
        const uint8_t *query = peer_query(peer, i, &len);
        ck_assert_int_eq(memcmp(query + len - 11, opt, 11) == 0, i == 0);
        ck_assert_uint_eq(query[11], i == 0 ? 1 : 0);
    }
}
END_TEST

START_TEST(one_in_flight)
{
    struct asked first = {0}, second = {0}, other = {0};
    begin("ok@20 ok@20", 1);
    ask(&first, "www.example.jp", DCV_TYPE_A);
    ask(&second, "WWW.Example.JP", DCV_TYPE_A);
    ask(&other, "www.example.jp", DCV_TYPE_AAAA);
    finish();
    ck_assert_uint_eq(peer_sent(peer), 2);
    ck_assert_int_eq(first.calls + second.calls + other.calls, 3);
    ck_assert(!first.result.joined && second.result.joined && !other.result.joined);
    ck_assert_uint_eq(second.answers, 1);
}
END_TEST

START_TEST(checking_disabled_is_another_question)
{
    struct asked asked = {0}, disabled = {0};
    struct dcv_question question = {.type = DCV_TYPE_A, .checking_disabled = true};
    begin("servfail@10 ok@10", 1);
    ask(&asked, "example.jp", DCV_TYPE_A);
    ck_assert_int_eq(dcv_name_parse("example.jp", &question.name, NULL), DCV_OK);
    ck_assert_int_eq(dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_result, &disabled, &handle), DCV_OK);
    finish();
    ck_assert_uint_eq(asked.rcode, 2);
    ck_assert_uint_eq(disabled.rcode, 0);
    ck_assert_uint_eq(peer_sent(peer), 2);
}
END_TEST

/* ---- the cache, on the logical clock ------------------------------------------------------------------------------------------- */

static void nothing(struct dcv_timer *timer)
{
    (void)timer;
}

/* Lets logical time pass. */
static void pass_ms(uint64_t ms)
{
    struct dcv_timer timer = {.fire = nothing};
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, dcv_net_now_us(net) + ms * 1000), DCV_OK);
    finish();
}

static const struct {
    const char *step, *record;
    uint64_t pause_ms;
    bool cached;
} caches[] = {
    {"ok", "%s. 300 IN A 192.0.2.1", 0, true},
    {"ok", "%s. 300 IN A 192.0.2.1", 299999, true},
    {"ok", "%s. 300 IN A 192.0.2.1", 300000, false},
    {"ok", "%s. 0 IN A 192.0.2.1", 0, false},
    {"ok", "%s. 2147483648 IN A 192.0.2.1", 0, false}, /* RFC 2181 §8: as 0 */
    {"nodata", "%s. 300 IN A 192.0.2.1", 29999, true}, /* RFC 2308: SOA TTL 60, minimum 30 */
    {"nodata", "%s. 300 IN A 192.0.2.1", 30000, false},
    {"nxdomain", "%s. 300 IN A 192.0.2.1", 0, true},
    {"servfail", "%s. 300 IN A 192.0.2.1", 0, false},
    {"unreachable", "%s. 300 IN A 192.0.2.1", 0, false},
};

START_TEST(cache)
{
    char steps[64];
    struct asked first = {0}, second = {0};
    (void)snprintf(steps, sizeof steps, "%s %s", caches[_i].step, caches[_i].step);
    begin(steps, 1);
    peer_record(peer, caches[_i].record);
    ask(&first, "www.example.jp", DCV_TYPE_A);
    finish();
    pass_ms(caches[_i].pause_ms);
    ask(&second, "WWW.example.jp", DCV_TYPE_A);
    finish();
    ck_assert_int_eq(second.calls, 1);
    ck_assert_int_eq(second.result.cached, caches[_i].cached);
    ck_assert_uint_eq(peer_sent(peer), caches[_i].cached ? 1 : 2);
    ck_assert_uint_eq(second.rcode, first.rcode);
    if (caches[_i].cached) {
        ck_assert_uint_eq(second.answers, first.answers);
        ck_assert_uint_eq(second.result.exchanges, 0);
        ck_assert_str_eq(second.result.server.host, first.result.server.host);
    }
}
END_TEST

/* A question that must not be answered from the cache is sent again; its answer is kept for the others. */
START_TEST(fresh)
{
    struct asked first = {0}, anew = {0}, last = {0};
    struct dcv_question question = {.type = DCV_TYPE_A, .fresh = true};
    begin("ok nxdomain", 1);
    ask(&first, "www.example.jp", DCV_TYPE_A);
    finish();
    ck_assert_int_eq(dcv_name_parse("www.example.jp", &question.name, NULL), DCV_OK);
    ck_assert_int_eq(dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_result, &anew, &handle), DCV_OK);
    finish();
    ck_assert_uint_eq(peer_sent(peer), 2);
    ck_assert(first.rcode == 0 && anew.rcode == 3 && !anew.result.cached);
    ask(&last, "www.example.jp", DCV_TYPE_A);
    finish();
    ck_assert_uint_eq(peer_sent(peer), 2);
    ck_assert(last.rcode == 3 && last.result.cached);
}
END_TEST

/* ---- forgetting and the end ---------------------------------------------------------------------------------------------------- */

START_TEST(forgotten)
{
    struct asked gone = {0}, stays = {0};
    begin("ok@20", 1);
    ask(&gone, "www.example.jp", DCV_TYPE_A);
    struct dcv_waiter *first = handle;
    ask(&stays, "www.example.jp", DCV_TYPE_A);
    dcv_resolver_forget(resolver, first);
    finish();
    ck_assert_int_eq(gone.calls, 0);
    ck_assert_int_eq(stays.calls, 1);
}
END_TEST

START_TEST(forgotten_from_the_cache)
{
    struct asked first = {0}, gone = {0}, stays = {0};
    begin("ok", 1);
    ask(&first, "www.example.jp", DCV_TYPE_A);
    finish();
    ask(&gone, "www.example.jp", DCV_TYPE_A);
    struct dcv_waiter *waiter = handle;
    ask(&stays, "www.example.jp", DCV_TYPE_A);
    dcv_resolver_forget(resolver, waiter);
    finish();
    ck_assert_int_eq(gone.calls, 0);
    ck_assert_int_eq(stays.calls, 1);
}
END_TEST

START_TEST(asked_from_within_an_answer)
{
    struct asked inner = {0}, outer = {.ask_again = true, .next = &inner};
    begin(_i == 0 ? "ok@10" : "servfail@10 ok@10", 1);
    ask(&outer, "www.example.jp", DCV_TYPE_A);
    finish();
    ck_assert_int_eq(outer.calls, 1);
    ck_assert_int_eq(inner.calls, 1);
    ck_assert_int_eq(inner.result.cached, _i == 0);
    ck_assert_uint_eq(inner.rcode, 0);
}
END_TEST

/* Freed with questions, packets and cached answers still under way. */
START_TEST(freed_early)
{
    struct asked first = {0}, second = {0}, third = {0};
    begin("ok silent", 1);
    ask(&first, "www.example.jp", DCV_TYPE_A);
    while (first.calls == 0)
        ck_assert(dcv_net_step(net));
    ask(&second, "www.example.jp", DCV_TYPE_A);
    ask(&third, "www.example.com", DCV_TYPE_A);
    ck_assert_uint_eq(peer_sent(peer), 2);
    ck_assert_int_eq(second.calls + third.calls, 0);
}
END_TEST

/* Whoever answered last is asked first. */
START_TEST(prefers_the_server_that_answered)
{
    struct asked first = {0}, second = {0};
    begin("1/unreachable 2/ok 2/ok", 2);
    ask(&first, "www.example.jp", DCV_TYPE_A);
    finish();
    ask(&second, "www.example.com", DCV_TYPE_A);
    finish();
    ck_assert_uint_eq(peer_sent(peer), 3);
    ck_assert_uint_eq(second.result.exchanges, 1);
}
END_TEST

/* One server alone: no other is asked, whatever it does; and its answers are not those of "any". */
START_TEST(only_one_server)
{
    struct asked only = {0}, any = {0};
    struct dcv_question question = {.type = DCV_TYPE_A};
    begin("2/refused@10 1/ok@10", 2);
    ck_assert_uint_eq(dcv_resolver_server_count(resolver), 2);
    ck_assert_int_eq(dcv_name_parse("www.example.jp", &question.name, NULL), DCV_OK);
    ck_assert_int_eq(dcv_resolver_ask(resolver, &question, 1, on_result, &only, &handle), DCV_OK);
    finish();
    ck_assert_uint_eq(only.rcode, 5);
    ck_assert_uint_eq(only.result.exchanges, 1);
    ask(&any, "www.example.jp", DCV_TYPE_A);
    finish();
    ck_assert_uint_eq(any.rcode, 0);
    ck_assert(!any.result.cached);
}
END_TEST

START_TEST(no_server)
{
    const struct dcv_resolver_options options = {.servers = servers, .server_count = 0};
    begin("", 1);
    struct dcv_resolver *none = NULL;
    ck_assert_int_eq(dcv_resolver_create(net, &options, &none), DCV_ERR_USAGE);
    ck_assert_ptr_null(none);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("resolver");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, outcome, 0, ROWS(rows));
    tcase_add_loop_test(tcase, over_streams, 0, ROWS(stream_rows));
    tcase_add_test(tcase, why);
    tcase_add_test(tcase, case_ignored);
    tcase_add_test(tcase, packets_differ_and_repeat);
    tcase_add_test(tcase, without_edns);
    tcase_add_test(tcase, one_in_flight);
    tcase_add_test(tcase, checking_disabled_is_another_question);
    tcase_add_loop_test(tcase, cache, 0, ROWS(caches));
    tcase_add_test(tcase, forgotten);
    tcase_add_test(tcase, forgotten_from_the_cache);
    tcase_add_test(tcase, fresh);
    tcase_add_loop_test(tcase, asked_from_within_an_answer, 0, 2);
    tcase_add_test(tcase, freed_early);
    tcase_add_test(tcase, prefers_the_server_that_answered);
    tcase_add_test(tcase, only_one_server);
    tcase_add_test(tcase, no_server);
    return run_cases("resolver", tcase);
}
