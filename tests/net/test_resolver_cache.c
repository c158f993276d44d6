/* The bounds of what resolvers remember. */
#include "net/peers.h"

#include "support/fake_transport.h"
#include "support/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START_US = 1000000, TIMEOUT_MS = 5000, BUDGET = 4 << 20, NAMES = 100000 };

static struct fake *fake;
static struct dcv_net *net;
static struct dcv_resolver *resolver;
static struct dcv_peers *peers;
static const struct dcv_endpoint server = {.host = "192.0.2.1", .port = 53};

static int ms = 1;
static const char *records = "";

static int answer(void *user, struct dcv_exchange *exchange)
{
    (void)user;
    if (ms == FAKE_NEVER)
        return FAKE_NEVER;
    fake_resolve(exchange, records);
    return ms;
}

static void begin(size_t budget)
{
    struct dcv_resolver_options options = {.servers = &server, .server_count = 1, .timeout_ms = TIMEOUT_MS, .cache_bytes = budget};
    const struct dcv_peers_options asking = {.timeout_ms = TIMEOUT_MS, .cache_bytes = budget};
    ck_assert_int_eq(dcv_net_create(fake_create(answer, NULL, &fake), START_US, &net), DCV_OK);
    ck_assert_int_eq(dcv_resolver_create(net, &options, &resolver), DCV_OK);
    ck_assert_int_eq(dcv_peers_create(net, &asking, &peers), DCV_OK);
}

static void teardown(void)
{
    dcv_peers_free(peers);
    dcv_resolver_free(resolver);
    dcv_net_free(net);
}

static struct asked {
    int calls;
    enum dcv_lookup_end end;
    bool cached;
    struct dcv_response *kept;
    void (*then)(void);
} last;

static void on_result(void *user, const struct dcv_lookup_result *result)
{
    struct asked *asked = user;
    asked->calls++;
    asked->end = result->end;
    asked->cached = result->cached;
    if (asked->then != NULL)
        asked->then();
}

static struct dcv_question question_of(const char *name, uint16_t type)
{
    struct dcv_question question = {.type = type};
    ck_assert_int_eq(dcv_name_parse(name, &question.name, NULL), DCV_OK);
    return question;
}

static void ask(struct asked *asked, const char *name)
{
    const struct dcv_question question = question_of(name, DCV_TYPE_A);
    struct dcv_waiter *waiter;
    ck_assert_int_eq(dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_result, asked, &waiter), DCV_OK);
}

static void ask_peer(struct asked *asked, const char *host, const char *name)
{
    const struct dcv_question question = question_of(name, DCV_TYPE_A);
    struct dcv_endpoint endpoint = {.port = 53};
    struct dcv_peer_waiter *waiter;
    (void)snprintf(endpoint.host, sizeof endpoint.host, "%s", host);
    ck_assert_int_eq(dcv_peers_ask(peers, &endpoint, &question, on_result, asked, &waiter), DCV_OK);
}

static void finish(void)
{
    while (dcv_net_step(net))
        continue;
}

static bool hit(const char *name)
{
    last = (struct asked){0};
    ask(&last, name);
    finish();
    ck_assert_int_eq(last.calls, 1);
    ck_assert_int_eq(last.end, DCV_LOOKUP_ANSWERED);
    return last.cached;
}

static void many(size_t count, const char *hot)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "n%zu.example", i);
        (void)hit(name);
        ck_assert_uint_le(dcv_resolver_cache_bytes(resolver), BUDGET);
        if (i % 100 == 99)
            ck_assert(hit(hot));
    }
}

/* Names come and go; what all of them need stays. */
START_TEST(a_hundred_thousand_names)
{
    records = "mx.example. 86400 IN A 192.0.2.25";
    begin(BUDGET);
    ck_assert(!hit("mx.example"));
    many(NAMES, "mx.example");
    ck_assert_uint_gt(dcv_resolver_cache_bytes(resolver), BUDGET / 2);
    ck_assert(!hit("n0.example"));
    ck_assert(hit("n0.example"));
    ck_assert_uint_eq(fake_sent(fake), NAMES + 2);
}
END_TEST

/* What is referenced stays valid when it has left the cache. */
static struct dcv_response *kept;

static void keep(void *user, const struct dcv_lookup_result *result)
{
    (void)user;
    kept = result->response;
    dcv_response_ref(kept);
}

START_TEST(an_answer_in_use_stays_valid)
{
    records = "first.example. 86400 IN A 192.0.2.25";
    const struct dcv_question question = question_of("first.example", DCV_TYPE_A);
    struct dcv_waiter *waiter;
    begin(64 << 10);
    ck_assert_int_eq(dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, keep, NULL, &waiter), DCV_OK);
    finish();
    for (size_t i = 0; i < 200; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "n%zu.example", i);
        (void)hit(name);
    }
    ck_assert_uint_eq(kept->references, 1);
    ck_assert_uint_eq(kept->message.answer.count, 1);
    ck_assert_mem_eq(kept->message.answer.items[0].rdata, "\300\0\2\31", 4);
    dcv_response_unref(kept);
    ck_assert(!hit("first.example"));
}
END_TEST

static void nothing(struct dcv_timer *timer)
{
    (void)timer;
}

/* What expired is let go before what is merely old. */
START_TEST(expired_answers_go_first)
{
    struct dcv_timer timer = {.fire = nothing};
    records = "long.example. 86400 IN A 192.0.2.25";
    begin(64 << 10);
    ck_assert(!hit("long.example"));
    size_t count = 0;
    for (; dcv_resolver_cache_bytes(resolver) < 48 << 10; count++) {
        char name[64];
        (void)snprintf(name, sizeof name, "n%zu.example", count);
        ck_assert(!hit(name)); /* negative answers live for 30 s */
    }
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, dcv_net_now_us(net) + 31000000), DCV_OK);
    finish();
    for (size_t i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "m%zu.example", i);
        ck_assert(!hit(name));
    }
    ck_assert(hit("long.example"));
}
END_TEST

/* Without a bound everything stays, and no packet is sent twice with the same octets. */
START_TEST(without_a_bound)
{
    begin(0);
    for (size_t i = 0; i < 2000; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "n%zu.example", i);
        ck_assert(!hit(name));
    }
    ck_assert(hit("n0.example"));
    ck_assert_uint_gt(dcv_resolver_cache_bytes(resolver), 2000000);
}
END_TEST

/* A question asked again after it was forgotten has another id and other letters. */
START_TEST(packets_differ_after_forgetting)
{
    begin(16 << 10);
    ck_assert(!hit("again.example"));
    char first[17];
    memcpy(first, fake_query(fake, 0), sizeof first);
    size_t sent = 1;
    for (; hit("other.example"), sent < 100; sent++) {
        char name[64];
        (void)snprintf(name, sizeof name, "n%zu.example", sent);
        (void)hit(name);
    }
    const size_t before = fake_sent(fake);
    ck_assert(!hit("again.example"));
    ck_assert_uint_eq(fake_sent(fake), before + 1);
    ck_assert_mem_ne(fake_query(fake, before), first, sizeof first);
}
END_TEST

/* A shared name that could not be looked up for one is looked up for the next: but only once at a time. */
START_TEST(a_failure_is_for_those_who_waited)
{
    struct asked first = {0}, second = {0};
    begin(BUDGET);
    records = "fail mx.example";
    ask(&first, "mx.example");
    ask(&second, "mx.example");
    finish();
    ck_assert_uint_eq(fake_sent(fake), 1);
    ck_assert_int_eq(first.calls + second.calls, 2);
    records = "mx.example. 300 IN A 192.0.2.25";
    ck_assert(!hit("mx.example"));
    ck_assert(hit("mx.example"));
    ms = FAKE_NEVER;
    first = (struct asked){0};
    ask(&first, "silent.example");
    while (first.calls == 0)
        ck_assert(dcv_net_step(net));
    ck_assert_int_eq(first.end, DCV_LOOKUP_TIMEOUT);
    ms = 1;
    ck_assert(!hit("silent.example"));
}
END_TEST

/* ---- servers one by one ------------------------------------------------------------------------------------------------------------- */

START_TEST(servers_are_forgotten)
{
    begin(256 << 10);
    for (unsigned i = 0; i < 5000; i++) {
        char host[32];
        (void)snprintf(host, sizeof host, "198.51.%u.%u", i / 256, i % 256);
        last = (struct asked){0};
        ask_peer(&last, host, "www.example");
        ck_assert_uint_le(dcv_peers_cache_bytes(peers), 256 << 10);
        while (last.calls == 0)
            ck_assert(dcv_net_step(net));
        ck_assert(!last.cached);
        last = (struct asked){0};
        ask_peer(&last, host, "www.example");
        ask_peer(&last, "192.0.2.53", "www.example"); /* the one that everybody asks */
        while (last.calls != 2)
            ck_assert(dcv_net_step(net));
        ck_assert(last.cached || i % 100 == 0);
        ck_assert_uint_le(dcv_peers_cache_bytes(peers), 256 << 10);
    }
    ck_assert_uint_gt(dcv_peers_cache_bytes(peers), 64 << 10);
}
END_TEST

/* Servers come, and others have to go, while one's answer is told; that one, too. */
static unsigned told;

static void ask_more(void)
{
    for (unsigned i = 0; told < 2000 && i < 3; i++, told++) {
        char host[32];
        (void)snprintf(host, sizeof host, "198.51.%u.%u", told / 256, told % 256);
        ask_peer(&last, host, told % 2 == 0 ? "a.example" : "b.example");
    }
}

START_TEST(forgotten_from_within_an_answer)
{
    begin(20 << 10);
    last = (struct asked){.then = ask_more};
    ask_more();
    finish();
    ck_assert_int_eq(last.calls, 2000);
    ck_assert_uint_le(dcv_peers_cache_bytes(peers), 20 << 10);
}
END_TEST

/* Whoever waits for a server keeps it, whatever it takes. */
START_TEST(servers_in_use_stay)
{
    begin(4 << 10);
    last = (struct asked){0};
    for (unsigned i = 0; i < 100; i++) {
        char host[32];
        (void)snprintf(host, sizeof host, "198.51.100.%u", i);
        ask_peer(&last, host, "www.example");
    }
    ck_assert_uint_gt(dcv_peers_cache_bytes(peers), 100 << 10);
    finish();
    ck_assert_int_eq(last.calls, 100);
    ask_peer(&last, "198.51.100.200", "www.example");
    finish();
    ck_assert_uint_le(dcv_peers_cache_bytes(peers), 4 << 10);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("resolver-cache");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, a_hundred_thousand_names);
    tcase_add_test(tcase, an_answer_in_use_stays_valid);
    tcase_add_test(tcase, expired_answers_go_first);
    tcase_add_test(tcase, without_a_bound);
    tcase_add_test(tcase, packets_differ_after_forgetting);
    tcase_add_test(tcase, a_failure_is_for_those_who_waited);
    tcase_add_test(tcase, servers_are_forgotten);
    tcase_add_test(tcase, forgotten_from_within_an_answer);
    tcase_add_test(tcase, servers_in_use_stay);
    return run_cases("resolver-cache", tcase);
}
