#include "net/pace.h"

#include "support/peer.h"
#include "support/run.h"

#include <stdio.h>
#include <string.h>

enum { START_US = 1000000, BURST = 2, REFILL_MS = 100 };

static struct dcv_net *net;
static struct dcv_pace *pace;

/* Who went, and when: "a0 b0 c100". */
static struct dcv_buf log_text;

static void begin(unsigned burst, unsigned refill_ms)
{
    struct peer *peer;
    const struct dcv_pace_options options = {.burst = burst, .refill_ms = refill_ms};
    dcv_buf_init(&log_text, 1 << 20);
    ck_assert_int_eq(dcv_net_create(peer_create("", &peer), START_US, &net), DCV_OK);
    ck_assert_int_eq(dcv_pace_create(net, &options, &pace), DCV_OK);
}

static void setup(void)
{
    begin(BURST, REFILL_MS);
}

static void teardown(void)
{
    dcv_pace_free(pace);
    dcv_net_free(net);
    dcv_buf_done(&log_text);
}

static void go(void *user)
{
    dcv_buf_printf(&log_text, "%s%s%u", log_text.len != 0 ? " " : "", (const char *)user, (unsigned)((dcv_net_now_us(net) - START_US) / 1000));
}

static struct dcv_pace_waiter *ask(const char *key, const char *who)
{
    struct dcv_pace_waiter *waiter = NULL;
    const size_t before = log_text.len;
    ck_assert_int_eq(dcv_pace_ask(pace, key, go, (void *)(uintptr_t)who, &waiter), DCV_OK);
    ck_assert_ptr_nonnull(waiter);
    ck_assert_uint_eq(log_text.len, before); /* never from within */
    return waiter;
}

static void finish(const char *expected)
{
    while (dcv_net_step(net))
        continue;
    ck_assert_str_eq(dcv_buf_text(&log_text), expected);
}

/* Lets the clock run without anything else. */
static void nothing(struct dcv_timer *timer)
{
    (void)timer;
}

static void pass(unsigned ms)
{
    struct dcv_timer timer = {.fire = nothing};
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, dcv_net_now_us(net) + ms * UINT64_C(1000)), DCV_OK);
    while (timer.place != 0)
        ck_assert(dcv_net_step(net));
}

START_TEST(a_burst_and_then_in_turn)
{
    (void)ask("a", "a");
    (void)ask("a", "b");
    (void)ask("a", "c");
    (void)ask("a", "d");
    finish("a0 b0 c100 d200");
}
END_TEST

START_TEST(each_server_has_its_own)
{
    (void)ask("a", "a");
    (void)ask("a", "b");
    (void)ask("a", "c");
    pass(50);
    (void)ask("aa", "d");
    pass(10);
    (void)ask("", "e");
    finish("a0 b0 d50 e60 c100");
}
END_TEST

START_TEST(refills)
{
    (void)ask("a", "a");
    (void)ask("a", "b");
    pass(150);
    (void)ask("a", "c");
    (void)ask("a", "d"); /* half of the next has passed */
    finish("a0 b0 c150 d200");
}
END_TEST

/* What is not used is kept up to the burst, and no further. */
START_TEST(no_hoard)
{
    (void)ask("a", "a");
    pass(100000);
    for (int i = 0; i < 4; i++)
        (void)ask("a", "b");
    finish("a0 b100000 b100000 b100100 b100200");
}
END_TEST

START_TEST(forgotten)
{
    (void)ask("a", "a");
    struct dcv_pace_waiter *second = ask("a", "b"), *third = ask("a", "c");
    (void)ask("a", "d");
    dcv_pace_forget(pace, third);
    dcv_pace_forget(pace, second); /* its turn goes to the next */
    finish("a0 d0");
    dcv_pace_forget(pace, ask("b", "e"));
    ck_assert(!dcv_net_step(net));
}
END_TEST

START_TEST(held)
{
    (void)ask("a", "a");
    (void)ask("b", "b");
    dcv_pace_hold(pace, "a", 300);
    dcv_pace_hold(pace, "a", 250); /* the longer holds */
    (void)ask("a", "c");
    (void)ask("a", "d");
    finish("b0 a300 c300 d400");
}
END_TEST

START_TEST(held_before_anyone_asks)
{
    dcv_pace_hold(pace, "a", 300);
    pass(100);
    (void)ask("a", "a");
    finish("a300");
}
END_TEST

START_TEST(no_limit)
{
    teardown();
    begin(0, 0);
    for (int i = 0; i < 5; i++)
        (void)ask("a", "a");
    finish("a0 a0 a0 a0 a0");
}
END_TEST

START_TEST(one_at_a_time)
{
    teardown();
    begin(0, REFILL_MS);
    for (int i = 0; i < 3; i++)
        (void)ask("a", "a");
    finish("a0 a100 a200");
}
END_TEST

static struct dcv_pace_waiter *other;

/* Whoever goes forgets another, holds the server and asks again. */
static void go_and_meddle(void *user)
{
    go(user);
    dcv_pace_forget(pace, other);
    dcv_pace_hold(pace, "a", 500);
    (void)ask("a", "z");
}

START_TEST(meddling)
{
    struct dcv_pace_waiter *waiter;
    ck_assert_int_eq(dcv_pace_ask(pace, "a", go_and_meddle, (void *)(uintptr_t)"a", &waiter), DCV_OK);
    other = ask("a", "b");
    (void)ask("a", "c");
    finish("a0 c500 z500");
}
END_TEST

static void go_and_free(void *user)
{
    go(user);
    dcv_pace_free(pace);
    pace = NULL;
}

/* What whoever asks now would wait: for those before, for the hold, for no other server. */
START_TEST(how_long)
{
    ck_assert_uint_eq(dcv_pace_wait_us(pace, "one"), 0);
    (void)ask("one", "a");
    (void)ask("one", "b");
    ck_assert_uint_eq(dcv_pace_wait_us(pace, "one"), REFILL_MS * UINT64_C(1000));
    (void)ask("one", "c");
    ck_assert_uint_eq(dcv_pace_wait_us(pace, "one"), REFILL_MS * UINT64_C(2000));
    ck_assert_uint_eq(dcv_pace_wait_us(pace, "two"), 0);
    dcv_pace_hold(pace, "one", 1000);
    ck_assert_uint_eq(dcv_pace_wait_us(pace, "one"), UINT64_C(1000000));
    finish("a1000 b1000 c1100");
}
END_TEST

START_TEST(freed_while_some_wait)
{
    struct dcv_pace_waiter *waiter;
    ck_assert_int_eq(dcv_pace_ask(pace, "a", go_and_free, (void *)(uintptr_t)"a", &waiter), DCV_OK);
    (void)ask("a", "b");
    (void)ask("b", "c");
    finish("a0");
}
END_TEST

/* Of ten thousand servers only those are remembered that were asked a moment ago. */
START_TEST(servers_are_forgotten)
{
    char key[16];
    for (unsigned i = 0; i < 10000; i++) {
        (void)snprintf(key, sizeof key, "s%u", i);
        (void)ask(key, "x");
        pass(10);
        ck_assert_uint_le(dcv_pace_count(pace), 30);
    }
    dcv_pace_hold(pace, "held", 100000);
    for (unsigned i = 0; i < 100; i++) {
        (void)snprintf(key, sizeof key, "s%u", i);
        (void)ask(key, "x");
        pass(10);
    }
    ck_assert_uint_gt(dcv_pace_wait_us(pace, "held"), 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("pace");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_burst_and_then_in_turn);
    tcase_add_test(tcase, each_server_has_its_own);
    tcase_add_test(tcase, refills);
    tcase_add_test(tcase, no_hoard);
    tcase_add_test(tcase, forgotten);
    tcase_add_test(tcase, held);
    tcase_add_test(tcase, held_before_anyone_asks);
    tcase_add_test(tcase, no_limit);
    tcase_add_test(tcase, one_at_a_time);
    tcase_add_test(tcase, meddling);
    tcase_add_test(tcase, how_long);
    tcase_add_test(tcase, freed_while_some_wait);
    tcase_add_test(tcase, servers_are_forgotten);
    return run_cases("pace", tcase);
}
