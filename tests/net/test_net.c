#include "net/net.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/peer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *text, *host; /* NULL: none */
    uint16_t port;
} endpoints[] = {
    {"192.0.2.1", "192.0.2.1", 53},
    {"192.0.2.1:5353", "192.0.2.1", 5353},
    {"192.0.2.1:1", "192.0.2.1", 1},
    {"192.0.2.1:65535", "192.0.2.1", 65535},
    {"2001:db8::1", "2001:db8::1", 53},
    {"[2001:db8::1]", "2001:db8::1", 53},
    {"[2001:db8::1]:5353", "2001:db8::1", 5353},
    {"::1", "::1", 53},
    {"", NULL, 0},
    {"resolver.example", NULL, 0},
    {"192.0.2.256", NULL, 0},
    {"192.0.2.1:", NULL, 0},
    {"192.0.2.1:0", NULL, 0},
    {"192.0.2.1:65536", NULL, 0},
    {"192.0.2.1:53x", NULL, 0},
    {"192.0.2.1:-1", NULL, 0},
    {"192.0.2.1:+1", NULL, 0},
    {"192.0.2.1#5353", "192.0.2.1", 5353}, /* as it prints */
    {"2001:db8::1#53", "2001:db8::1", 53},
    {"[2001:db8::1]#53", NULL, 0},
    {"192.0.2.1#", NULL, 0},
    {"192.0.2.1#0", NULL, 0},
    {"192.0.2.1:53#53", NULL, 0},
    {"#53", NULL, 0},
    {" 192.0.2.1", NULL, 0},
    {"[2001:db8::1", NULL, 0},
    {"[2001:db8::1]x", NULL, 0},
    {"[2001:db8::1]:", NULL, 0},
    {"[]:53", NULL, 0},
    {"2001:db8::1::", NULL, 0},
    {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee:ffff", NULL, 0},
};

START_TEST(endpoint)
{
    struct dcv_endpoint out = {.port = 7};
    const enum dcv_status status = dcv_endpoint_parse(endpoints[_i].text, 53, &out);
    ck_assert_msg(status == (endpoints[_i].host != NULL ? DCV_OK : DCV_ERR_SYNTAX), "%s", endpoints[_i].text);
    if (status == DCV_OK) {
        ck_assert_str_eq(out.host, endpoints[_i].host);
        ck_assert_uint_eq(out.port, endpoints[_i].port);
    } else {
        ck_assert_uint_eq(out.port, 7);
    }
}
END_TEST

#define LABEL63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define NAME253 LABEL63 "." LABEL63 "." LABEL63 ".abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi"
#define PATH127 "/" LABEL63 LABEL63

/* What is taken as a URL, and how it prints; NULL: it is not taken. */
static const struct {
    const char *text, *printed;
    bool named;
} urls[] = {
    {"tcp://192.0.2.1", "tcp://192.0.2.1:5300", false},
    {"tcp://[2001:db8::1]:5353", "tcp://[2001:db8::1]:5353", false},
    {"tls://192.0.2.1", "tls://192.0.2.1:853", false},
    {"TLS://192.0.2.1:8853#DNS.Example", "tls://192.0.2.1:8853#dns.example", false},
    {"tls://[2001:DB8::1]#dns.example", "tls://[2001:db8::1]:853#dns.example", false},
    {"tls://dns.example", "tls://dns.example:853", true},
    {"tls://dns.example.:8853", "tls://dns.example:8853", true},
    {"tls://dns.example#dns.example", "tls://dns.example:853", true},
    {"tls://dns.example#other.example", "tls://dns.example:853#other.example", true},
    {"tls://b\xc3\xbc" "cher.example", "tls://xn--bcher-kva.example:853", true},
    {"tls://" NAME253 ":65535#" NAME253, "tls://" NAME253 ":65535", true},
    {"https://dns.example", "https://dns.example:443/dns-query", true},
    {"https://dns.example/", "https://dns.example:443/", true},
    {"https://dns.example:8443/q?a=b&c", "https://dns.example:8443/q?a=b&c", true},
    {"https://dns.example/dns-query{?dns}", "https://dns.example:443/dns-query", true},
    {"https://dns.example{?dns}", "https://dns.example:443/dns-query", true},
    {"https://192.0.2.1/dns-query", "https://192.0.2.1:443/dns-query", false},
    {"https://192.0.2.1/dns-query#dns.example", "https://192.0.2.1:443/dns-query#dns.example", false},
    {"https://[2001:db8::1]:8443#dns.example", "https://[2001:db8::1]:8443/dns-query#dns.example", false},
    {"https://" NAME253 ":65535" PATH127 "#a" NAME253, NULL, false},
    {"https://" NAME253 ":65535" PATH127 "#dns.example", "https://" NAME253 ":65535" PATH127 "#dns.example", true},
    {"https://dns.example" PATH127 "x", NULL, false},
    {"http://dns.example/dns-query", NULL, false},
    {"udp://192.0.2.1", NULL, false},
    {"tls:192.0.2.1", NULL, false},
    {"tls:/192.0.2.1", NULL, false},
    {"tls://", NULL, false},
    {"tls://:853", NULL, false},
    {"tls://#dns.example", NULL, false},
    {"tls://192.0.2.1#", NULL, false},
    {"tls://192.0.2.1#192.0.2.1", NULL, false},
    {"tls://192.0.2.1#a..example", NULL, false},
    {"tls://192.0.2.1#a.example#b.example", NULL, false},
    {"tls://192.0.2.1#*.example", NULL, false},
    {"tls://192.0.2.1/", NULL, false},
    {"tls://192.0.2.256", NULL, false},
    {"tls://dns.example:0", NULL, false},
    {"tls://dns.example:853x", NULL, false},
    {"tls://[dns.example]", NULL, false},
    {"tls://[2001:db8::1", NULL, false},
    {"tls://user@dns.example", NULL, false},
    {"tls:// dns.example", NULL, false},
    {"tls://dns.example\n", NULL, false},
    {"tls://dns_1.example", NULL, false},
    {"tcp://dns.example", NULL, false},
    {"tcp://192.0.2.1#dns.example", NULL, false},
    {"https://", NULL, false},
    {"https:///dns-query", NULL, false},
    {"https://user:secret@dns.example/", NULL, false},
    {"https://dns.example?q", NULL, false},
    {"https://dns.example/a b", NULL, false},
    {"https://dns.example/a\tb", NULL, false},
    {"https://dns.example/\x01", NULL, false},
    {"https://dns.example/\xff", NULL, false},
    {"https://dns.example/{dns}", NULL, false},
    {"https://dns.example/\"", NULL, false},
    {"https://dns.example:99999/", NULL, false},
};

/* What is taken prints without blanks, and is taken again as it prints, whatever the default port. */
START_TEST(url)
{
    struct dcv_endpoint out = {.port = 7}, again;
    char text[DCV_ENDPOINT_TEXT];
    const enum dcv_status status = dcv_endpoint_parse(urls[_i].text, 5300, &out);
    ck_assert_msg(status == (urls[_i].printed != NULL ? DCV_OK : DCV_ERR_SYNTAX), "%s", urls[_i].text);
    if (status != DCV_OK) {
        ck_assert_uint_eq(out.port, 7);
        return;
    }
    ck_assert_str_eq(dcv_endpoint_text(&out, text), urls[_i].printed);
    ck_assert_int_eq(out.named, urls[_i].named);
    ck_assert_int_eq(dcv_endpoint_parse(text, 1, &again), DCV_OK);
    ck_assert(dcv_endpoint_equal(&out, &again));
    ck_assert_int_eq(again.named, out.named);
}
END_TEST

START_TEST(url_of_an_address_is_no_address)
{
    struct dcv_endpoint out;
    ck_assert_int_eq(dcv_address_parse("tls://192.0.2.1", 53, &out), DCV_ERR_SYNTAX);
    ck_assert_int_eq(dcv_address_parse("192.0.2.1#53", 53, &out), DCV_ERR_SYNTAX);
    ck_assert_int_eq(dcv_address_parse("192.0.2.1:53", 443, &out), DCV_OK);
}
END_TEST

/* The longest that can be made fits. */
START_TEST(longest_text)
{
    struct dcv_endpoint out;
    char text[DCV_ENDPOINT_TEXT], given[DCV_ENDPOINT_TEXT];
    (void)snprintf(given, sizeof given, "https://%s:65535%s#%s", NAME253, PATH127, "b" NAME253);
    ck_assert_int_eq(dcv_endpoint_parse(given, 53, &out), DCV_ERR_SYNTAX);
    (void)snprintf(given, sizeof given, "https://%s:65535%s#b%s", NAME253, PATH127, &NAME253[1]);
    ck_assert_int_eq(dcv_endpoint_parse(given, 53, &out), DCV_OK);
    ck_assert_str_eq(dcv_endpoint_text(&out, text), given);
}
END_TEST

START_TEST(why_is_printable_and_bounded)
{
    struct dcv_exchange exchange = {0};
    char detail[2 * DCV_WHY_TEXT];
    dcv_exchange_why(&exchange, "the answer is no DNS message", "text/\x1b[2J\xc3\xa4\n");
    ck_assert_str_eq(exchange.why, "the answer is no DNS message: text/?[2J???");
    memset(detail, 'x', sizeof detail - 1);
    detail[sizeof detail - 1] = '\0';
    dcv_exchange_why(&exchange, "what", detail);
    ck_assert_uint_eq(strlen(exchange.why), DCV_WHY_TEXT - 1);
}
END_TEST

START_TEST(endpoint_as_text)
{
    char text[DCV_ENDPOINT_TEXT];
    ck_assert_str_eq(dcv_endpoint_text(&(struct dcv_endpoint){.host = "2001:db8::1", .port = 53}, text), "2001:db8::1#53");
}
END_TEST

/* ---- timers and exchanges ------------------------------------------------------------------------------------------------------- */

static struct dcv_net *net;
static uint64_t last_us;
static size_t fired;

static void begin(const char *steps)
{
    struct peer *peer;
    ck_assert_int_eq(dcv_net_create(peer_create(steps, &peer), 1000, &net), DCV_OK);
    last_us = 0;
    fired = 0;
}

static void teardown(void)
{
    dcv_net_free(net);
}

static void on_fire(struct dcv_timer *timer)
{
    ck_assert_uint_eq(dcv_net_now_us(net), timer->due_us < 1000 ? 1000 : timer->due_us);
    ck_assert_uint_ge(timer->due_us, last_us);
    last_us = timer->due_us;
    fired++;
}

/* In the order in which they are due, however they were set, restarted and stopped. */
START_TEST(timers_by_time)
{
    enum { TIMERS = 500 };
    static struct dcv_timer timers[TIMERS];
    begin("");
    memset(timers, 0, sizeof timers);
    for (size_t i = 0; i < TIMERS; i++) {
        timers[i].fire = on_fire;
        ck_assert_int_eq(dcv_net_timer_set(net, &timers[i], 2000 + i * 7919 % 5000), DCV_OK);
    }
    for (size_t i = 0; i < TIMERS; i += 3)
        ck_assert_int_eq(dcv_net_timer_set(net, &timers[i], 2000 + i * 104729 % 5000), DCV_OK);
    for (size_t i = 1; i < TIMERS; i += 5) {
        dcv_net_timer_stop(net, &timers[i]);
        dcv_net_timer_stop(net, &timers[i]); /* twice is fine */
    }
    while (dcv_net_step(net))
        continue;
    ck_assert_uint_eq(fired, TIMERS - TIMERS / 5);
}
END_TEST

START_TEST(time_does_not_go_back)
{
    struct dcv_timer timer = {.fire = on_fire};
    begin("");
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, 10), DCV_OK);
    ck_assert(dcv_net_step(net));
    ck_assert_uint_eq(dcv_net_now_us(net), 1000);
    ck_assert(!dcv_net_step(net));
}
END_TEST

static char order[8];
static size_t happened;

static void on_exchange(struct dcv_exchange *exchange)
{
    order[happened++] = 'x';
    ck_assert_uint_eq(dcv_net_now_us(net), exchange->done_us);
    dcv_exchange_free(exchange);
}

static void on_timer(struct dcv_timer *timer)
{
    (void)timer;
    order[happened++] = 't';
}

/* Due timers go before exchanges done at the same moment or later. */
START_TEST(timers_go_first)
{
    static const struct {
        uint64_t due_us;
        const char *order;
    } rows[] = {{11000, "tx"}, {10999, "tx"}, {11001, "xt"}};
    static const uint8_t query[] = "\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1";
    struct dcv_timer timer = {.fire = on_timer};
    struct dcv_exchange *exchange = calloc(1, sizeof *exchange);
    begin("ok@10");
    memset(order, 0, sizeof order);
    happened = 0;
    *exchange = (struct dcv_exchange){.to = {.host = "192.0.2.1", .port = 53}, .query = malloc(sizeof query - 1),
                                      .query_len = sizeof query - 1, .done = on_exchange, .drop = dcv_exchange_free};
    memcpy(exchange->query, query, sizeof query - 1);
    ck_assert_int_eq(dcv_net_submit(net, exchange), DCV_OK);
    ck_assert_uint_eq(exchange->sent_us, 1000);
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, rows[_i].due_us), DCV_OK);
    while (dcv_net_step(net))
        continue;
    ck_assert_str_eq(order, rows[_i].order);
}
END_TEST

/* ---- file descriptors ------------------------------------------------------------------------------------------------------------ */

static int told;

static void on_readable(void *user)
{
    const int *fd = user;
    char octet;
    told++;
    ck_assert_int_le(read(*fd, &octet, 1), 1);
}

static void write_one(struct dcv_timer *timer)
{
    ck_assert_int_eq(write(*(const int *)timer->user, "x", 1), 1);
}

/* A pipe wakes the loop, once each time it is watched; its end does, too. */
START_TEST(a_pipe_wakes)
{
    int ends[2];
    struct dcv_transport *transport;
    struct dcv_net *live;
    const struct dcv_live_options options = {.clock = dcv_clock_system(), .exchange_timeout_ms = 1000, .user_agent = "test"};
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(dcv_live_create(&options, &transport), DCV_OK);
    ck_assert_int_eq(dcv_net_create(transport, options.clock.mono_us(options.clock.user), &live), DCV_OK);
    ck_assert(!dcv_net_step(live));
    ck_assert_int_eq(dcv_net_watch_fd(live, ends[0], on_readable, &ends[0]), DCV_OK);
    struct dcv_timer timer = {.fire = write_one, .user = &ends[1]};
    ck_assert_int_eq(dcv_net_timer_set(live, &timer, dcv_net_now_us(live) + 1000), DCV_OK);
    while (told == 0)
        ck_assert(dcv_net_step(live));
    ck_assert(!dcv_net_step(live)); /* it is no longer watched */
    ck_assert_int_eq(dcv_net_watch_fd(live, ends[0], on_readable, &ends[0]), DCV_OK);
    ck_assert_int_eq(close(ends[1]), 0);
    ck_assert(dcv_net_step(live));
    ck_assert_int_eq(told, 2);
    ck_assert_int_eq(dcv_net_watch_fd(live, ends[0], on_readable, &ends[0]), DCV_OK);
    dcv_net_unwatch_fd(live, ends[0]);
    ck_assert(!dcv_net_step(live));
    ck_assert_int_eq(told, 2);
    ck_assert_int_eq(close(ends[0]), 0);
    dcv_net_free(live);
}
END_TEST

START_TEST(what_cannot_be_watched)
{
    struct peer *peer;
    struct dcv_transport *transport;
    struct dcv_net *scripted, *live;
    const struct dcv_live_options options = {.clock = dcv_clock_system(), .exchange_timeout_ms = 1000, .user_agent = "test"};
    FILE *file = tmpfile();
    ck_assert_int_eq(dcv_net_create(peer_create("", &peer), 1, &scripted), DCV_OK);
    ck_assert_int_eq(dcv_net_watch_fd(scripted, 0, on_readable, NULL), DCV_ERR_SYSTEM);
    ck_assert_int_eq(dcv_live_create(&options, &transport), DCV_OK);
    ck_assert_int_eq(dcv_net_create(transport, options.clock.mono_us(options.clock.user), &live), DCV_OK);
    ck_assert_int_eq(dcv_net_watch_fd(live, fileno(file), on_readable, NULL), DCV_ERR_SYSTEM);
    ck_assert_int_eq(dcv_net_watch_fd(live, -1, on_readable, NULL), DCV_ERR_SYSTEM);
    ck_assert(!dcv_net_step(live));
    (void)fclose(file);
    dcv_net_free(scripted);
    dcv_net_free(live);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("net");
    tcase_add_loop_test(tcase, endpoint, 0, ROWS(endpoints));
    tcase_add_loop_test(tcase, url, 0, ROWS(urls));
    tcase_add_test(tcase, url_of_an_address_is_no_address);
    tcase_add_test(tcase, longest_text);
    tcase_add_test(tcase, why_is_printable_and_bounded);
    tcase_add_test(tcase, endpoint_as_text);
    tcase_add_test(tcase, a_pipe_wakes);
    tcase_add_test(tcase, what_cannot_be_watched);
    TCase *loop = tcase_create("loop");
    tcase_add_checked_fixture(loop, NULL, teardown);
    tcase_add_test(loop, timers_by_time);
    tcase_add_test(loop, time_does_not_go_back);
    tcase_add_loop_test(loop, timers_go_first, 0, 3);
    const int first = run_cases("net", tcase);
    return run_cases("loop", loop) == EXIT_SUCCESS ? first : EXIT_FAILURE;
}
