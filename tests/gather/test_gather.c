#include "gather/gather.h"

#include "support/fake_transport.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

enum { START_US = 1000000, TIMEOUT_MS = 5000, NAMES = 1000 };

static struct fake *fake;
static struct dcv_net *net;
static struct dcv_throttle *throttle;
static struct dcv_resolver *resolver;
static struct dcv_peers *peers;
static struct dcv_gather *gather;
static struct dcv_gather_options options;

static int after_ms = 20;

static int answer(void *user, struct dcv_exchange *exchange)
{
    (void)user;
    if (after_ms == FAKE_NEVER)
        return FAKE_NEVER;
    fake_resolve(exchange, "");
    return after_ms;
}

/* Names are given as they are wanted, and freed when they are done. */
static struct feeder {
    size_t total, given, done, most, cut;
    size_t pause_at; /* this one is not there yet; 0: all are */
    size_t calls;
    enum dcv_status status;
} feeder;

struct name {
    struct dcv_facts *facts;
};

static enum dcv_status on_done(void *user)
{
    struct name *name = user;
    feeder.done++;
    feeder.cut += dcv_facts_about(name->facts)->deadline;
    dcv_facts_free(name->facts);
    free(name);
    return DCV_OK;
}

static enum dcv_status add(size_t number)
{
    struct dcv_hostname hostname = {0};
    struct name *name = calloc(1, sizeof *name);
    char text[64];
    (void)snprintf(text, sizeof text, "n%zu.example.jp", number);
    hostname.name = world_name(text);
    name->facts = dcv_facts_create();
    feeder.given++;
    if (feeder.given - feeder.done > feeder.most)
        feeder.most = feeder.given - feeder.done;
    return dcv_gather_add(gather, &hostname, name->facts, on_done, name);
}

static enum dcv_status want(void *user, bool *more)
{
    ck_assert_ptr_eq(user, &feeder);
    feeder.calls++;
    if (feeder.status != DCV_OK)
        return feeder.status;
    if (feeder.given == feeder.total)
        *more = false;
    else if (feeder.pause_at == 0 || feeder.given != feeder.pause_at)
        return add(feeder.given);
    return DCV_OK;
}

static void begin(struct dcv_throttle_options limits, size_t total)
{
    static const struct dcv_endpoint server = {.host = "192.0.2.1", .port = 53};
    feeder = (struct feeder){.total = total};
    ck_assert_int_eq(dcv_net_create(fake_create(answer, NULL, &fake), START_US, &net), DCV_OK);
    ck_assert_int_eq(dcv_throttle_create(net, &limits, &throttle), DCV_OK);
    const struct dcv_resolver_options resolving = {.servers = &server, .server_count = 1, .timeout_ms = TIMEOUT_MS, .throttle = throttle};
    const struct dcv_peers_options asking = {.timeout_ms = TIMEOUT_MS, .throttle = throttle};
    ck_assert_int_eq(dcv_resolver_create(net, &resolving, &resolver), DCV_OK);
    ck_assert_int_eq(dcv_peers_create(net, &asking, &peers), DCV_OK);
    options = (struct dcv_gather_options){.psl = world_psl, .dnssec = DCV_DNSSEC_OFF, .authority_port = 53, .deadline_ms = 10000, .concurrency = 10,
                                          .want = want, .want_user = &feeder, .wall_s = 1795305600, .start_us = START_US};
}

static void start(void)
{
    ck_assert_int_eq(dcv_gather_create(net, resolver, peers, &options, &gather), DCV_OK);
}

static void teardown(void)
{
    dcv_gather_free(gather);
    dcv_peers_free(peers);
    dcv_resolver_free(resolver);
    dcv_throttle_free(throttle);
    dcv_net_free(net);
}

START_TEST(names_are_pulled)
{
    begin((struct dcv_throttle_options){0}, NAMES);
    start();
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_eq(feeder.done, NAMES);
    ck_assert_uint_eq(feeder.most, 10);
    ck_assert_uint_eq(feeder.calls, NAMES + 1);
    ck_assert_uint_eq(feeder.cut, 0);
    ck_assert_uint_eq(dcv_gather_running(gather), 0);
}
END_TEST

START_TEST(no_name_at_all)
{
    begin((struct dcv_throttle_options){0}, 0);
    start();
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_eq(feeder.calls, 1);
}
END_TEST

START_TEST(names_added_before_go_first)
{
    begin((struct dcv_throttle_options){0}, 5);
    start();
    ck_assert_int_eq(add(0), DCV_OK);
    ck_assert_int_eq(add(1), DCV_OK);
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_eq(feeder.done, 5);
}
END_TEST

static void later(struct dcv_timer *timer)
{
    (void)timer;
    feeder.pause_at = 0;
    dcv_gather_kick(gather);
}

/* Nothing for now: it is not asked again and again, and goes on when it is kicked, long after all others are done. */
START_TEST(a_pause)
{
    struct dcv_timer timer = {.fire = later};
    begin((struct dcv_throttle_options){0}, 8);
    feeder.pause_at = 3;
    start();
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, START_US + 60000000), DCV_OK);
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_eq(feeder.done, 8);
    ck_assert_uint_eq(feeder.calls, 8 + 2);
    ck_assert_uint_ge(dcv_net_now_us(net), START_US + 60000000);
}
END_TEST

START_TEST(a_pause_that_nothing_can_end)
{
    begin((struct dcv_throttle_options){0}, 8);
    feeder.pause_at = 3;
    start();
    ck_assert_int_eq(dcv_gather_run(gather), DCV_ERR_SYSTEM);
    ck_assert_uint_eq(feeder.done, 3);
}
END_TEST

START_TEST(a_feeder_that_fails)
{
    begin((struct dcv_throttle_options){0}, 8);
    feeder.status = DCV_ERR_IO;
    start();
    ck_assert_int_eq(dcv_gather_run(gather), DCV_ERR_IO);
    ck_assert_uint_eq(feeder.calls, 1);
}
END_TEST

static void stop(struct dcv_timer *timer)
{
    (void)timer;
    dcv_gather_cut(gather);
}

START_TEST(a_cut_ends_the_feeder)
{
    struct dcv_timer timer = {.fire = stop};
    begin((struct dcv_throttle_options){.qps = 20}, NAMES);
    start();
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, START_US + 1000000), DCV_OK);
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_lt(feeder.given, NAMES);
    ck_assert_uint_eq(feeder.done, feeder.given);
    ck_assert_uint_ge(feeder.cut, 1);
    ck_assert_uint_eq(dcv_net_now_us(net), START_US + 1000000);
}
END_TEST

/* Few names at once where few packets may go; and no name's time is spent in our own queue, however long the whole takes. */
START_TEST(a_limit_holds_back_names_and_cuts_none)
{
    begin((struct dcv_throttle_options){.qps = 20}, 100);
    options.concurrency = NAMES;
    options.deadline_ms = 300;
    start();
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_eq(feeder.done, 100);
    ck_assert_uint_eq(feeder.cut, 0);
    ck_assert_uint_lt(feeder.most, 30);
    ck_assert_uint_ge(dcv_net_now_us(net), START_US + (uint64_t)(fake_sent(fake) - 2) * 50000);
}
END_TEST

/* Even a single name with more questions than may go in its time. */
START_TEST(one_name_slower_than_its_deadline)
{
    begin((struct dcv_throttle_options){.qps = 1}, 1);
    options.deadline_ms = 500;
    start();
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_eq(feeder.cut, 0);
    ck_assert_uint_gt(fake_sent(fake), 3);
}
END_TEST

/* But what is under way and not answered counts: a silent resolver ends names as without a limit. */
START_TEST(silence_is_cut)
{
    begin((struct dcv_throttle_options){0}, 3);
    after_ms = FAKE_NEVER;
    options.deadline_ms = 300;
    start();
    ck_assert_int_eq(dcv_gather_run(gather), DCV_OK);
    ck_assert_uint_eq(feeder.cut, 3);
    ck_assert_uint_eq(dcv_net_now_us(net), START_US + 300000);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("gather");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, names_are_pulled);
    tcase_add_test(tcase, no_name_at_all);
    tcase_add_test(tcase, names_added_before_go_first);
    tcase_add_test(tcase, a_pause);
    tcase_add_test(tcase, a_pause_that_nothing_can_end);
    tcase_add_test(tcase, a_feeder_that_fails);
    tcase_add_test(tcase, a_cut_ends_the_feeder);
    tcase_add_test(tcase, a_limit_holds_back_names_and_cuts_none);
    tcase_add_test(tcase, one_name_slower_than_its_deadline);
    tcase_add_test(tcase, silence_is_cut);
    return run_cases("gather", tcase);
}
