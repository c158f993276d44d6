#include "probe/address.h"

#include "support/peer.h"
#include "support/rows.h"
#include "support/run.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static struct dcv_net *net;
static struct dcv_resolver *resolver;
static struct peer *peer;
static struct dcv_arena *arena;

static struct {
    int calls;
    char text[2000]; /* the addresses, joined by blanks; "failed" last */
} got;

static void on_done(void *user, const struct dcv_addresses *addresses)
{
    size_t len = 0;
    char address[INET6_ADDRSTRLEN];
    ck_assert_ptr_eq(user, &got);
    got.calls++;
    for (size_t i = 0; i < addresses->count; i++) {
        const struct dcv_rr *rr = &addresses->items[i];
        ck_assert_ptr_nonnull(inet_ntop(rr->type == DCV_TYPE_A ? AF_INET : AF_INET6, rr->rdata, address, sizeof address));
        len += (size_t)snprintf(got.text + len, sizeof got.text - len, "%s%s", len != 0 ? " " : "", address);
    }
    if (addresses->failed)
        (void)snprintf(got.text + len, sizeof got.text - len, "%sfailed", len != 0 ? " " : "");
}

static void begin(const char *steps, const char *records)
{
    static const struct dcv_endpoint server = {.host = "192.0.2.53", .port = 53};
    struct dcv_resolver_options options = {.servers = &server, .server_count = 1, .timeout_ms = 5000};
    memset(options.seed.key, 7, sizeof options.seed.key);
    memset(&got, 0, sizeof got);
    arena = dcv_arena_create(NULL);
    ck_assert_int_eq(dcv_net_create(peer_create(steps, &peer), 1000000, &net), DCV_OK);
    if (records != NULL)
        peer_record(peer, records);
    ck_assert_int_eq(dcv_resolver_create(net, &options, &resolver), DCV_OK);
}

static struct dcv_address_probe *start(void)
{
    struct dcv_address_probe *probe = NULL;
    struct dcv_name host;
    ck_assert_int_eq(dcv_name_parse("www.example.jp", &host, NULL), DCV_OK);
    ck_assert_int_eq(dcv_address_probe_start(resolver, arena, &host, on_done, &got, &probe), DCV_OK);
    ck_assert_int_eq(got.calls, 0);
    return probe;
}

static void end(void)
{
    dcv_resolver_free(resolver);
    dcv_net_free(net);
    dcv_arena_free(arena);
}

#define FOUR "%s. 300 IN A 192.0.2.1\n"
#define SIX "%s. 300 IN AAAA 2001:db8::1\n"
#define SIXES                                                                                                                               \
    "%s. 300 IN AAAA 2001:db8::1\n%s. 300 IN AAAA 2001:db8::2\n%s. 300 IN AAAA 2001:db8::3\n%s. 300 IN AAAA 2001:db8::4\n"                   \
    "%s. 300 IN AAAA 2001:db8::5\n%s. 300 IN AAAA 2001:db8::6\n%s. 300 IN AAAA 2001:db8::7\n%s. 300 IN AAAA 2001:db8::8\n"                   \
    "%s. 300 IN AAAA 2001:db8::9\n"
#define FOURS                                                                                                                               \
    "%s. 300 IN A 192.0.2.1\n%s. 300 IN A 192.0.2.2\n%s. 300 IN A 192.0.2.3\n%s. 300 IN A 192.0.2.4\n%s. 300 IN A 192.0.2.5\n"               \
    "%s. 300 IN A 192.0.2.6\n%s. 300 IN A 192.0.2.7\n%s. 300 IN A 192.0.2.8\n%s. 300 IN A 192.0.2.9\n"
#define EIGHT_OF_SIX "2001:db8::1 2001:db8::2 2001:db8::3 2001:db8::4 2001:db8::5 2001:db8::6 2001:db8::7 2001:db8::8"
#define EIGHT_OF_FOUR "192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4 192.0.2.5 192.0.2.6 192.0.2.7 192.0.2.8"

static const struct {
    const char *steps, *records, *text;
} rows[] = {
    {"ok ok", FOUR SIX, "2001:db8::1 192.0.2.1"}, /* what was not asked for does not count twice */
    {"ok@50 ok@10", FOUR SIX, "2001:db8::1 192.0.2.1"},
    {"nodata ok", FOUR, "192.0.2.1"},
    {"ok nodata", SIX, "2001:db8::1"},
    {"nodata nodata", NULL, ""},
    {"nxdomain nxdomain", NULL, ""},
    {"ok ok", "%s. 300 IN CNAME a.example.\na.example. 300 IN CNAME b.example.\nb.example. 300 IN A 192.0.2.7\nb.example. 300 IN AAAA 2001:db8::7\n",
     "2001:db8::7 192.0.2.7"},
    {"ok ok", "%s. 300 IN CNAME %s.\n%s. 300 IN A 192.0.2.1\n", "192.0.2.1"}, /* a loop ends */
    {"ok ok", "other.example. 300 IN A 192.0.2.66\nother.example. 300 IN AAAA 2001:db8::66\n", ""},
    {"ok ok", FOURS SIXES, EIGHT_OF_SIX " " EIGHT_OF_FOUR},
    {"ok ok", FOURS SIX, "2001:db8::1 " EIGHT_OF_FOUR " 192.0.2.9"},
    {"ok ok", FOUR SIXES, EIGHT_OF_SIX " 2001:db8::9 192.0.2.1"},

    /* that there are no others is not known */
    {"servfail ok", FOUR, "192.0.2.1 failed"},
    {"ok refused refused", SIX, "2001:db8::1 failed"},
    {"servfail servfail", NULL, "failed"},
    {"unreachable unreachable", NULL, "failed"},
    {"", NULL, "failed"},
};

START_TEST(addresses)
{
    begin(rows[_i].steps, rows[_i].records);
    (void)start();
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(got.calls, 1);
    ck_assert_str_eq(got.text, rows[_i].text);
    end();
}
END_TEST

/* From the resolver's cache, too, and not from within the call. */
START_TEST(again)
{
    begin("ok ok", FOUR SIX);
    for (int i = 1; i <= 2; i++) {
        got.calls = 0;
        (void)start();
        while (dcv_net_step(net))
            continue;
        ck_assert_int_eq(got.calls, 1);
        ck_assert_str_eq(got.text, "2001:db8::1 192.0.2.1");
    }
    ck_assert_uint_eq(peer_sent(peer), 2);
    end();
}
END_TEST

/* Before any answer, between the two, and when the cache is about to tell. */
START_TEST(dropped)
{
    begin("ok@10 ok@20", FOUR SIX);
    struct dcv_address_probe *probe = start();
    for (int i = 0; i < _i; i++)
        ck_assert(dcv_net_step(net));
    ck_assert_int_eq(got.calls, 0);
    dcv_address_probe_drop(probe);
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(got.calls, 0);
    dcv_address_probe_drop(start());
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(got.calls, 0);
    dcv_address_probe_drop(NULL);
    end();
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("address");
    tcase_add_loop_test(tcase, addresses, 0, ROWS(rows));
    tcase_add_test(tcase, again);
    tcase_add_loop_test(tcase, dropped, 0, 2);
    return run_cases("address", tcase);
}
