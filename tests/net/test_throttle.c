#include "net/throttle.h"

#include "net/resolver.h"
#include "support/fake_transport.h"
#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START_US = 1000000 };

static struct fake *fake;
static struct dcv_net *net;
static struct dcv_throttle *throttle;
static struct dcv_flow *flows[2];

/* How servers answer: after so long, or never. */
static int after_ms = 10;

static int answer(void *user, struct dcv_exchange *exchange)
{
    (void)user;
    if (after_ms == FAKE_NEVER)
        return FAKE_NEVER;
    fake_resolve(exchange, "");
    return after_ms;
}

static void begin(struct dcv_throttle_options options)
{
    static const struct dcv_endpoint servers[] = {{.host = "192.0.2.1", .port = 53}, {.host = "192.0.2.2", .port = 53}};
    ck_assert_int_eq(dcv_net_create(fake_create(answer, NULL, &fake), START_US, &net), DCV_OK);
    ck_assert_int_eq(dcv_throttle_create(net, &options, &throttle), DCV_OK);
    for (size_t i = 0; i < 2; i++)
        ck_assert_ptr_nonnull(flows[i] = dcv_throttle_flow(throttle, &servers[i]));
}

static void teardown(void)
{
    for (size_t i = 0; i < 2; i++)
        dcv_flow_release(flows[i]);
    dcv_throttle_free(throttle);
    dcv_net_free(net);
}

static uint64_t now_ms(void)
{
    return (dcv_net_now_us(net) - START_US) / 1000;
}

/* Lets the clock run so far. */
static void nothing(struct dcv_timer *timer)
{
    (void)timer;
}

static void until_ms(uint64_t ms)
{
    struct dcv_timer timer = {.fire = nothing};
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, START_US + ms * UINT64_C(1000)), DCV_OK);
    while (timer.place != 0)
        ck_assert(dcv_net_step(net));
}

/* ---- tickets ------------------------------------------------------------------------------------------------------------------------ */

enum { TICKETS = 2000 };
static struct packet {
    struct dcv_ticket ticket;
    uint64_t went_ms;
    size_t order;
} packets[TICKETS];
static size_t gone;

static void went(struct packet *packet)
{
    packet->went_ms = now_ms();
    packet->order = gone++;
}

static void go(struct dcv_ticket *ticket)
{
    went((struct packet *)ticket);
}

static void ask(size_t index, size_t server)
{
    packets[index] = (struct packet){.ticket = {.go = go}, .went_ms = UINT64_MAX, .order = SIZE_MAX};
    if (dcv_flow_ask(flows[server], &packets[index].ticket))
        went(&packets[index]);
}

static void ask_many(size_t from, size_t count, size_t server)
{
    for (size_t i = from; i < from + count; i++)
        ask(i, server);
}

static void leave_all(size_t count)
{
    for (size_t i = count; i-- != 0;) /* the last first: none goes in the place of another */
        dcv_ticket_leave(&packets[i].ticket);
}

START_TEST(without_limits_all_go_at_once)
{
    begin((struct dcv_throttle_options){0});
    ask_many(0, TICKETS, 0);
    ck_assert_uint_eq(gone, TICKETS);
    ck_assert_uint_eq(dcv_throttle_waiting(throttle), 0);
    ck_assert(dcv_flow_has_room(flows[0]));
    ck_assert(!dcv_net_step(net)); /* no timer either */
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->sent, TICKETS);
    leave_all(TICKETS);
}
END_TEST

static const struct {
    unsigned qps, server_qps;
    size_t count;
    uint64_t last_ms; /* when the last of them goes, to one server */
} rates[] = {
    {100, 0, 11, 90},        /* two at once, then one every 10 ms */
    {0, 100, 11, 90},
    {1, 0, 3, 2000},
    {3, 0, 4, 1000},         /* thirds of a second are not rounded together */
    {1000, 0, 1020, 1000},
    {1000, 100, 12, 100},    /* the smaller counts */
    {100, 1000, 12, 100},
    {7000, 0, 140 + 700, 100},
};

START_TEST(a_rate_is_exact)
{
    begin((struct dcv_throttle_options){.qps = rates[_i].qps, .server_qps = rates[_i].server_qps});
    ask_many(0, rates[_i].count, 0);
    while (gone < rates[_i].count)
        ck_assert(dcv_net_step(net));
    ck_assert_uint_eq(packets[rates[_i].count - 1].went_ms, rates[_i].last_ms);
    for (size_t i = 0; i < rates[_i].count; i++)
        ck_assert_uint_eq(packets[i].order, i); /* first come, first served */
    leave_all(rates[_i].count);
}
END_TEST

/* Over half a minute, with always something waiting: within 5 % (and in truth exactly, but for the burst). */
START_TEST(a_rate_over_half_a_minute)
{
    static const unsigned qps[] = {10, 333, 1000, 4500, 20000};
    size_t asked = 0, sent = 0;
    begin((struct dcv_throttle_options){.qps = qps[_i]});
    while (now_ms() < 30000) {
        for (; dcv_throttle_waiting(throttle) < 1000; asked++) {
            dcv_ticket_leave(&packets[asked % TICKETS].ticket); /* answered */
            ask(asked % TICKETS, asked % 2);
        }
        ck_assert(dcv_net_step(net));
    }
    sent = gone;
    const size_t expected = (size_t)30 * qps[_i];
    ck_assert_msg(sent >= expected - expected / 20 && sent <= expected + qps[_i] / 50 + 1, "%zu of %zu", sent, expected);
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->sent, sent);
}
END_TEST

/* The total is shared out in turn, however long the queue of one server is. */
START_TEST(servers_in_turn)
{
    begin((struct dcv_throttle_options){.qps = 50});
    ask_many(0, 101, 0);
    ask(101, 1);
    until_ms(100);
    ck_assert_uint_le(packets[101].went_ms, 60);
    ck_assert_uint_eq(packets[100].order, SIZE_MAX);
    leave_all(102);
}
END_TEST

/* A server that has its own limit holds up no other. */
START_TEST(each_server_by_itself)
{
    begin((struct dcv_throttle_options){.qps = 1000, .server_qps = 10});
    ask_many(0, 100, 0);
    ask(100, 1);
    ck_assert_uint_eq(packets[100].went_ms, 0);
    ck_assert(!dcv_flow_has_room(flows[0]) && dcv_flow_has_room(flows[1]));
    leave_all(101);
}
END_TEST

/* The limit is that of the address: another port, or TLS, is the same server. */
START_TEST(an_address_whatever_the_port)
{
    static const struct dcv_endpoint tls = {.host = "192.0.2.1", .port = 853, .protocol = DCV_PROTO_TLS};
    begin((struct dcv_throttle_options){.server_qps = 1});
    struct dcv_flow *flow = dcv_throttle_flow(throttle, &tls);
    ck_assert_ptr_eq(flow, flows[0]);
    dcv_flow_release(flow);
}
END_TEST

START_TEST(forgotten_tickets_do_not_go)
{
    begin((struct dcv_throttle_options){.qps = 10});
    ask_many(0, 4, 0);
    dcv_ticket_leave(&packets[2].ticket);
    dcv_ticket_leave(&packets[2].ticket);
    until_ms(1000);
    ck_assert_uint_eq(packets[2].order, SIZE_MAX);
    ck_assert_uint_eq(packets[1].went_ms, 100);
    ck_assert_uint_eq(packets[3].went_ms, 200);
    ck_assert_uint_eq(dcv_throttle_waiting(throttle), 0);
    leave_all(4);
}
END_TEST

/* ---- windows ------------------------------------------------------------------------------------------------------------------------ */

START_TEST(the_window_begins_at_64)
{
    begin((struct dcv_throttle_options){.window = 512});
    ask_many(0, 100, 0);
    ask(100, 1);
    ck_assert_uint_eq(gone, 65);
    ck_assert_uint_eq(dcv_flow_under_way(flows[0]), 64);
    ck_assert_uint_eq(packets[100].order, 64); /* the other has its own */
    ck_assert_uint_eq(dcv_throttle_waiting(throttle), 36);
    dcv_ticket_answered(&packets[3].ticket, 1000); /* the next goes at once */
    ck_assert_uint_eq(packets[64].order, 65);
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->answered, 1);
    leave_all(101);
}
END_TEST

/* One more for each round of answers, up to the ceiling. */
START_TEST(the_window_grows)
{
    begin((struct dcv_throttle_options){.window = 70});
    ask_many(0, TICKETS, 0);
    for (size_t i = 0; i < 64; i++)
        dcv_ticket_answered(&packets[i].ticket, 1000);
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 65);
    for (size_t i = 64; i < 64 + 65; i++)
        dcv_ticket_answered(&packets[i].ticket, 1000);
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 66);
    for (size_t i = 64 + 65; i < 1500; i++)
        dcv_ticket_answered(&packets[i].ticket, 1000);
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 70);
    ck_assert_uint_eq(dcv_flow_under_way(flows[0]), 70);
    leave_all(TICKETS);
}
END_TEST

/* Nothing is learnt from answers while the window is hardly used. */
START_TEST(an_idle_window_does_not_grow)
{
    begin((struct dcv_throttle_options){.window = 512});
    for (size_t i = 0; i < 1000; i++) {
        ask(i, 0);
        dcv_ticket_answered(&packets[i].ticket, 1000);
    }
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 64);
}
END_TEST

START_TEST(losses_shrink_the_window)
{
    begin((struct dcv_throttle_options){.window = 512});
    ask_many(0, 500, 0);
    dcv_ticket_lost(&packets[0].ticket);
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 44);
    for (size_t i = 1; i < 20; i++)
        dcv_ticket_lost(&packets[i].ticket); /* of the same moment: they count once */
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 44);
    ck_assert_uint_eq(dcv_flow_under_way(flows[0]), 44);
    for (unsigned i = 0; i < 20; i++) {
        until_ms(UINT64_C(100) * (i + 1));
        dcv_ticket_lost(&packets[20 + i].ticket);
    }
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 8);
    ck_assert_uint_eq(dcv_flow_under_way(flows[0]), 64 - 20 - 20);
    ck_assert_uint_eq(dcv_flow_window(flows[1]), 64);
    leave_all(500);
}
END_TEST

/* A few among many are questions of domains whose servers are dead; so are those sent again and again. */
START_TEST(few_losses_are_no_congestion)
{
    begin((struct dcv_throttle_options){.window = 64});
    ask_many(0, 1000, 0);
    for (size_t i = 0; i < 600; i++) {
        if (i % 30 == 29)
            dcv_ticket_lost(&packets[i].ticket);
        else
            dcv_ticket_answered(&packets[i].ticket, 1000);
    }
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 64);
    for (size_t i = 600; i < 640; i++) {
        packets[i].ticket.again = true;
        dcv_ticket_lost(&packets[i].ticket);
    }
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 64);
    for (size_t i = 640; i < 700; i++)
        dcv_ticket_lost(&packets[i].ticket);
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 44);
    leave_all(1000);
}
END_TEST

/* A queue on the way shows before anything is lost. */
START_TEST(slower_answers_shrink_the_window)
{
    size_t i = 0;
    begin((struct dcv_throttle_options){.window = 64});
    ask_many(0, 1000, 0);
    for (; i < 100; i++)
        dcv_ticket_answered(&packets[i].ticket, 5000);
    for (; i < 200; i++) {
        until_ms(i);
        dcv_ticket_answered(&packets[i].ticket, 40000); /* not 50 ms more */
    }
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 64);
    for (; i < 240; i++) {
        until_ms(100 + i * 20);
        dcv_ticket_answered(&packets[i].ticket, 400000);
    }
    ck_assert_uint_lt(dcv_flow_window(flows[0]), 64);
    ck_assert_uint_ge(dcv_flow_window(flows[0]), 32);
    leave_all(1000);
}
END_TEST

/* A dead server's questions wait for its silence, and not for one another as well. */
START_TEST(a_dead_server)
{
    begin((struct dcv_throttle_options){.window = 512});
    ask_many(0, 1500, 0);
    for (size_t i = 0; i < 90; i++) {
        until_ms(70 * i);
        dcv_ticket_lost(&packets[i].ticket);
    }
    ck_assert_uint_eq(dcv_flow_under_way(flows[0]), 512);
    ask(1500, 1);
    ck_assert_uint_eq(packets[1500].went_ms, now_ms());
    /* it lives after all */
    dcv_ticket_answered(&packets[90].ticket, 1000);
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 64);
    leave_all(1501);
}
END_TEST

START_TEST(a_steady_window)
{
    begin((struct dcv_throttle_options){.window = 100, .steady = true});
    ask_many(0, 150, 0);
    ck_assert_uint_eq(gone, 100);
    for (size_t i = 0; i < 10; i++)
        dcv_ticket_lost(&packets[i].ticket);
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 100);
    ck_assert_uint_eq(gone, 110);
    leave_all(150);
}
END_TEST

/* ---- room --------------------------------------------------------------------------------------------------------------------------- */

START_TEST(room)
{
    begin((struct dcv_throttle_options){.qps = 100});
    size_t count = 0;
    for (; dcv_flow_has_room(flows[0]); count++)
        ask(count, 0);
    ck_assert_uint_eq(count, 22); /* two went at once; what can go in 200 ms waits */
    until_ms(50);
    ck_assert(dcv_flow_has_room(flows[0]));
    leave_all(count);
}
END_TEST

START_TEST(room_of_a_window)
{
    begin((struct dcv_throttle_options){.window = 64});
    ask_many(0, 64, 0);
    for (size_t i = 0; i < 32; i++)
        dcv_ticket_answered(&packets[i].ticket, 50000);
    size_t count = 64;
    for (; dcv_flow_has_room(flows[0]); count++)
        ask(count, 0);
    ck_assert_uint_eq(dcv_throttle_waiting(throttle), 256); /* in 200 ms four windows of 50 ms */
    ck_assert(dcv_flow_has_room(flows[1]));
    leave_all(count);
}
END_TEST

/* ---- flows -------------------------------------------------------------------------------------------------------------------------- */

/* An address asked again keeps its limit, although nobody had it in between; and thousands are not remembered. */
START_TEST(flows_are_remembered_for_a_while)
{
    struct dcv_endpoint server = {.host = "198.51.100.1", .port = 53};
    begin((struct dcv_throttle_options){.server_qps = 1});
    for (unsigned round = 0; round < 2; round++) {
        struct dcv_flow *flow = dcv_throttle_flow(throttle, &server);
        packets[round] = (struct packet){.ticket = {.go = go}};
        ck_assert_int_eq(dcv_flow_ask(flow, &packets[round].ticket), round == 0);
        dcv_ticket_leave(&packets[round].ticket);
        dcv_flow_release(flow);
    }
    for (unsigned i = 0; i < 5000; i++) {
        (void)snprintf(server.host, sizeof server.host, "203.0.113.%u.%u", i / 256, i % 256);
        dcv_flow_release(dcv_throttle_flow(throttle, &server));
    }
    (void)snprintf(server.host, sizeof server.host, "198.51.100.1");
    struct dcv_flow *flow = dcv_throttle_flow(throttle, &server);
    ck_assert(!dcv_flow_ask(flow, &packets[0].ticket));
    dcv_ticket_leave(&packets[0].ticket);
    dcv_flow_release(flow);
}
END_TEST

/* ---- holds -------------------------------------------------------------------------------------------------------------------------- */

START_TEST(holds_count_once)
{
    struct dcv_hold hold = {0};
    dcv_hold_begin(&hold, 100);
    dcv_hold_begin(&hold, 150);
    ck_assert_uint_eq(dcv_hold_us(&hold, 200), 100);
    dcv_hold_end(&hold, 300);
    dcv_hold_end(&hold, 400);
    ck_assert_uint_eq(dcv_hold_us(&hold, 1000), 300);
    dcv_hold_begin(&hold, 1000);
    ck_assert_uint_eq(dcv_hold_us(&hold, 1001), 301);
}
END_TEST

/* ---- with a resolver ---------------------------------------------------------------------------------------------------------------- */

enum { TIMEOUT_MS = 5000, QUESTIONS = 1000 };
static struct dcv_resolver *resolver;
static struct question {
    int calls;
    enum dcv_lookup_end end;
    uint64_t done_ms;
    unsigned exchanges;
    struct dcv_waiter *waiter;
    struct dcv_hold hold;
} questions[QUESTIONS];

static void on_result(void *user, const struct dcv_lookup_result *result)
{
    struct question *question = user;
    question->calls++;
    question->end = result->end;
    question->done_ms = now_ms();
    question->exchanges = result->exchanges;
}

static void put(size_t index, const char *name)
{
    struct dcv_question question = {.type = DCV_TYPE_A};
    ck_assert_int_eq(dcv_name_parse(name, &question.name, NULL), DCV_OK);
    ck_assert_int_eq(dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_result, &questions[index], &questions[index].waiter), DCV_OK);
    dcv_waiter_hold(questions[index].waiter, &questions[index].hold);
}

static void put_many(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "n%zu.example", i);
        put(i, name);
    }
}

static void begin_resolver(struct dcv_throttle_options options)
{
    static const struct dcv_endpoint server = {.host = "192.0.2.1", .port = 53};
    begin(options);
    const struct dcv_resolver_options resolving = {.servers = &server, .server_count = 1, .timeout_ms = TIMEOUT_MS, .throttle = throttle};
    ck_assert_int_eq(dcv_resolver_create(net, &resolving, &resolver), DCV_OK);
}

static void end_resolver(void)
{
    dcv_resolver_free(resolver);
    teardown();
}

/* A thousand questions at ten a second: each waits its turn, and none of its time passes meanwhile. */
START_TEST(a_limit_makes_no_timeouts)
{
    begin_resolver((struct dcv_throttle_options){.qps = 10});
    after_ms = 450; /* before the first resend, at 500 ms */
    put_many(QUESTIONS);
    while (dcv_net_step(net))
        continue;
    for (size_t i = 0; i < QUESTIONS; i++) {
        ck_assert_int_eq(questions[i].end, DCV_LOOKUP_ANSWERED);
        ck_assert_uint_eq(questions[i].exchanges, 1);
        ck_assert_uint_eq(questions[i].done_ms, i * 100 + 450);
        ck_assert_uint_eq(dcv_hold_us(&questions[i].hold, 0), i * 100000);
    }
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->answered, QUESTIONS);
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->retries, 0);
}
END_TEST

/* What nobody answers ends as without a limit: after eight packets and five seconds of its own. */
START_TEST(silence_ends_as_without_a_limit)
{
    begin_resolver((struct dcv_throttle_options){.qps = 4});
    after_ms = FAKE_NEVER;
    put_many(3);
    while (questions[0].calls + questions[1].calls + questions[2].calls < 3)
        ck_assert(dcv_net_step(net));
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(questions[i].end, DCV_LOOKUP_TIMEOUT);
        ck_assert_uint_eq(questions[i].exchanges, 8);
        ck_assert_uint_eq(questions[i].done_ms * 1000, 5000000 + dcv_hold_us(&questions[i].hold, 0));
    }
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->sent, 24);
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->retries, 21);
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->timeouts, 3);
}
END_TEST

/* Losses shrink the window of a server that had answered; what waits then still goes. */
START_TEST(a_server_falls_silent)
{
    begin_resolver((struct dcv_throttle_options){.window = 512});
    put(0, "first.example");
    while (questions[0].calls == 0)
        ck_assert(dcv_net_step(net));
    after_ms = FAKE_NEVER;
    put_many(200);
    for (size_t i = 0; i < 200; i++)
        while (questions[i].calls < 1 + (i == 0))
            ck_assert(dcv_net_step(net));
    ck_assert_uint_eq(dcv_flow_window(flows[0]), 8);
    for (size_t i = 0; i < 200; i++)
        ck_assert_uint_eq(questions[i].exchanges, 8);
}
END_TEST

START_TEST(forgotten_while_it_waits)
{
    begin_resolver((struct dcv_throttle_options){.qps = 1});
    put(0, "a.example");
    put(1, "b.example");
    put(2, "b.example");
    put(3, "c.example");
    dcv_resolver_forget(resolver, questions[1].waiter);
    dcv_resolver_forget(resolver, questions[3].waiter);
    ck_assert_uint_eq(questions[1].hold.waiting + questions[3].hold.waiting, 0);
    ck_assert_uint_eq(dcv_throttle_waiting(throttle), 1);
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(questions[0].calls + questions[2].calls, 2);
    ck_assert_int_eq(questions[1].calls + questions[3].calls, 0);
    ck_assert_uint_eq(fake_sent(fake), 2);
    ck_assert_uint_eq(dcv_throttle_counts(throttle)->joined, 1);
    put(3, "c.example"); /* it can be asked anew */
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(questions[3].end, DCV_LOOKUP_ANSWERED);
}
END_TEST

/* An answer that comes late, while the question waits to be sent again, is taken. */
START_TEST(a_late_answer_while_it_waits)
{
    begin_resolver((struct dcv_throttle_options){.qps = 1});
    after_ms = 900;
    put(0, "a.example"); /* would be sent again at 500 ms */
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(questions[0].end, DCV_LOOKUP_ANSWERED);
    ck_assert_uint_eq(questions[0].done_ms, 900);
    ck_assert_uint_eq(questions[0].exchanges, 1);
    ck_assert_uint_eq(dcv_hold_us(&questions[0].hold, 0), 400000);
    ck_assert_uint_eq(dcv_throttle_waiting(throttle), 0);
}
END_TEST

START_TEST(freed_while_packets_wait)
{
    begin_resolver((struct dcv_throttle_options){.qps = 1, .window = 8});
    put_many(50);
    ck_assert_uint_eq(dcv_throttle_waiting(throttle), 49);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("throttle"), *resolving = tcase_create("resolver");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, without_limits_all_go_at_once);
    tcase_add_loop_test(tcase, a_rate_is_exact, 0, ROWS(rates));
    tcase_add_loop_test(tcase, a_rate_over_half_a_minute, 0, 5);
    tcase_add_test(tcase, servers_in_turn);
    tcase_add_test(tcase, each_server_by_itself);
    tcase_add_test(tcase, an_address_whatever_the_port);
    tcase_add_test(tcase, forgotten_tickets_do_not_go);
    tcase_add_test(tcase, the_window_begins_at_64);
    tcase_add_test(tcase, the_window_grows);
    tcase_add_test(tcase, an_idle_window_does_not_grow);
    tcase_add_test(tcase, losses_shrink_the_window);
    tcase_add_test(tcase, few_losses_are_no_congestion);
    tcase_add_test(tcase, slower_answers_shrink_the_window);
    tcase_add_test(tcase, a_dead_server);
    tcase_add_test(tcase, a_steady_window);
    tcase_add_test(tcase, room);
    tcase_add_test(tcase, room_of_a_window);
    tcase_add_test(tcase, flows_are_remembered_for_a_while);
    tcase_add_test(tcase, holds_count_once);
    tcase_add_checked_fixture(resolving, NULL, end_resolver);
    tcase_add_test(resolving, a_limit_makes_no_timeouts);
    tcase_add_test(resolving, silence_ends_as_without_a_limit);
    tcase_add_test(resolving, a_server_falls_silent);
    tcase_add_test(resolving, forgotten_while_it_waits);
    tcase_add_test(resolving, a_late_answer_while_it_waits);
    tcase_add_test(resolving, freed_while_packets_wait);
    Suite *suite = suite_create("throttle");
    suite_add_tcase(suite, tcase);
    suite_add_tcase(suite, resolving);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
