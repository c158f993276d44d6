#include "net/throttle.h"

#include "base/map.h"
#include "net/window.h"

#include <stdlib.h>
#include <string.h>

enum {
    PACKET = 1000000,         /* what a packet costs, in packets a second times microseconds: nothing is ever rounded */
    BURST_US = 20000,         /* what may go at once: as much as in so long, and one packet at least */
    ROOM_US = 100000,         /* see has_room() */
    ROOM_TIMES = 2,
    IDLE_MAX = 1024,          /* flows remembered that nobody has */
};

/* A token bucket; a rate of 0 is no limit. */
struct bucket {
    uint64_t rate;   /* packets a second */
    uint64_t level, most;
    uint64_t counted_us;
};

struct dcv_flow {
    struct dcv_throttle *throttle;
    struct bucket bucket;
    struct dcv_timer timer;          /* set while the first that waits lacks only this bucket's leave */
    struct dcv_ticket *first, *last; /* waiting */
    size_t waiting;
    struct dcv_window window;
    bool ready;                      /* in the ring: only the total is lacking */
    struct dcv_flow *ring_previous, *ring_next;
    unsigned references;
    struct dcv_flow *idle_older, *idle_newer; /* while nobody has it */
    char host[DCV_ENDPOINT_NAME];
};

struct dcv_throttle {
    struct dcv_net *net;
    struct dcv_throttle_options options;
    struct dcv_net_counts counts;
    struct bucket bucket;
    struct dcv_timer timer;     /* set while flows are ready */
    struct dcv_flow *ring_first, *ring_last;
    size_t waiting, waiting_ready;
    struct dcv_map *flows;      /* host → flow */
    struct dcv_flow *idle_oldest, *idle_newest;
    size_t idle_count;
    bool pumping;
};

/* ---- holds -------------------------------------------------------------------------------------------------------------------------- */

void dcv_hold_begin(struct dcv_hold *hold, uint64_t now_us)
{
    if (hold->waiting++ == 0)
        hold->since_us = now_us;
}

void dcv_hold_end(struct dcv_hold *hold, uint64_t now_us)
{
    if (--hold->waiting == 0)
        hold->held_us += now_us - hold->since_us;
}

uint64_t dcv_hold_us(const struct dcv_hold *hold, uint64_t now_us)
{
    return hold->held_us + (hold->waiting != 0 ? now_us - hold->since_us : 0);
}

/* ---- buckets ------------------------------------------------------------------------------------------------------------------------ */

static void bucket_begin(struct bucket *bucket, unsigned rate, uint64_t now_us)
{
    const uint64_t burst = (uint64_t)rate * BURST_US;
    const uint64_t most = burst > PACKET ? burst : PACKET;
    *bucket = (struct bucket){.rate = rate, .level = most, .most = most, .counted_us = now_us};
}

static void refill(struct bucket *bucket, uint64_t now_us)
{
    if (bucket->rate == 0 || now_us <= bucket->counted_us)
        return;
    const uint64_t passed_us = now_us - bucket->counted_us;
    const uint64_t lacking = bucket->most - bucket->level;
    bucket->counted_us = now_us;
    if (passed_us > lacking / bucket->rate)
        bucket->level = bucket->most;
    else
        bucket->level += passed_us * bucket->rate;
}

static bool permits(struct bucket *bucket, uint64_t now_us)
{
    refill(bucket, now_us);
    return bucket->rate == 0 || bucket->level >= PACKET;
}

static void spend(struct bucket *bucket)
{
    if (bucket->rate != 0)
        bucket->level -= bucket->level >= PACKET ? PACKET : bucket->level;
}

/* When the next packets may go: together those of a millisecond, so that fast rates cost no timer each. */
static uint64_t due_us(const struct bucket *bucket, size_t waiting)
{
    const uint64_t together = bucket->rate / 1000;
    const uint64_t count = together < 1 ? 1 : together < waiting ? together : waiting;
    const uint64_t need = count * PACKET;
    return bucket->level >= need ? bucket->counted_us : bucket->counted_us + (need - bucket->level + bucket->rate - 1) / bucket->rate;
}

/* ---- whose turn it is --------------------------------------------------------------------------------------------------------------- */

static void leave_ring(struct dcv_flow *flow)
{
    struct dcv_throttle *throttle = flow->throttle;
    if (!flow->ready)
        return;
    flow->ready = false;
    throttle->waiting_ready -= flow->waiting;
    *(flow->ring_previous != NULL ? &flow->ring_previous->ring_next : &throttle->ring_first) = flow->ring_next;
    *(flow->ring_next != NULL ? &flow->ring_next->ring_previous : &throttle->ring_last) = flow->ring_previous;
}

static void enter_ring(struct dcv_flow *flow)
{
    struct dcv_throttle *throttle = flow->throttle;
    if (flow->ready)
        return;
    flow->ready = true;
    throttle->waiting_ready += flow->waiting;
    flow->ring_previous = throttle->ring_last;
    flow->ring_next = NULL;
    *(throttle->ring_last != NULL ? &throttle->ring_last->ring_next : &throttle->ring_first) = flow;
    throttle->ring_last = flow;
}

/* Has the first that waits wait for what is lacking: room in the window, a token, or the total alone. */
static enum dcv_status settle(struct dcv_flow *flow)
{
    struct dcv_net *net = flow->throttle->net;
    const uint64_t now_us = dcv_net_now_us(net);
    const bool fits = flow->waiting != 0 && dcv_window_fits(&flow->window, now_us), may = fits && permits(&flow->bucket, now_us);
    if (may)
        enter_ring(flow);
    else
        leave_ring(flow);
    if (fits && !may)
        return flow->timer.place != 0 ? DCV_OK : dcv_net_timer_set(net, &flow->timer, due_us(&flow->bucket, flow->waiting));
    dcv_net_timer_stop(net, &flow->timer);
    return DCV_OK;
}

static void append(struct dcv_flow *flow, struct dcv_ticket *ticket)
{
    ticket->turn = DCV_TURN_WAITS;
    ticket->previous = flow->last;
    ticket->next = NULL;
    *(flow->last != NULL ? &flow->last->next : &flow->first) = ticket;
    flow->last = ticket;
    flow->waiting++;
    flow->throttle->waiting++;
    flow->throttle->waiting_ready += flow->ready;
}

static void take_out(struct dcv_ticket *ticket)
{
    struct dcv_flow *flow = ticket->flow;
    *(ticket->previous != NULL ? &ticket->previous->next : &flow->first) = ticket->next;
    *(ticket->next != NULL ? &ticket->next->previous : &flow->last) = ticket->previous;
    flow->waiting--;
    flow->throttle->waiting--;
    flow->throttle->waiting_ready -= flow->ready;
}

static void goes(struct dcv_ticket *ticket, uint64_t now_us)
{
    struct dcv_flow *flow = ticket->flow;
    spend(&flow->bucket);
    spend(&flow->throttle->bucket);
    ticket->turn = DCV_TURN_UNDER_WAY;
    dcv_window_sent(&flow->window, now_us);
    flow->throttle->counts.sent++;
}

static enum dcv_status arm(struct dcv_throttle *throttle)
{
    if (throttle->ring_first != NULL)
        return throttle->timer.place != 0 ? DCV_OK
                                          : dcv_net_timer_set(throttle->net, &throttle->timer, due_us(&throttle->bucket, throttle->waiting_ready));
    dcv_net_timer_stop(throttle->net, &throttle->timer);
    return DCV_OK;
}

/* Lets go whoever may, a packet of each server in turn. Where memory is short for a timer, the next packet that ends tries again. */
static void pump(struct dcv_throttle *throttle)
{
    const uint64_t now_us = dcv_net_now_us(throttle->net);
    if (throttle->pumping)
        return; /* it was called by a ticket's go() */
    throttle->pumping = true;
    while (throttle->ring_first != NULL && permits(&throttle->bucket, now_us)) {
        struct dcv_flow *flow = throttle->ring_first;
        struct dcv_ticket *ticket = flow->first;
        leave_ring(flow);
        take_out(ticket);
        goes(ticket, now_us);
        (void)settle(flow);
        ticket->go(ticket);
    }
    throttle->pumping = false;
    (void)arm(throttle);
}

static void on_total(struct dcv_timer *timer)
{
    pump(timer->user);
}

static void on_own(struct dcv_timer *timer)
{
    struct dcv_flow *flow = timer->user;
    (void)settle(flow);
    pump(flow->throttle);
}

bool dcv_flow_ask(struct dcv_flow *flow, struct dcv_ticket *ticket)
{
    struct dcv_throttle *throttle = flow->throttle;
    const uint64_t now_us = dcv_net_now_us(throttle->net);
    ticket->flow = flow;
    if (flow->waiting != 0 || throttle->ring_first != NULL || !dcv_window_fits(&flow->window, now_us) || !permits(&flow->bucket, now_us)
        || !permits(&throttle->bucket, now_us)) {
        append(flow, ticket);
        if (settle(flow) == DCV_OK && arm(throttle) == DCV_OK)
            return false;
        leave_ring(flow); /* memory is short: it goes too early rather than never */
        take_out(ticket);
        (void)settle(flow);
    }
    goes(ticket, now_us);
    return true;
}

/* ---- the end of a ticket ------------------------------------------------------------------------------------------------------------ */

static void end(struct dcv_ticket *ticket)
{
    struct dcv_flow *flow = ticket->flow;
    if (ticket->turn == DCV_TURN_OVER)
        return;
    if (ticket->turn == DCV_TURN_WAITS)
        take_out(ticket);
    else
        flow->window.under_way--;
    ticket->turn = DCV_TURN_OVER;
    if (flow->waiting == 0 && flow->timer.place == 0 && !flow->ready)
        return;
    (void)settle(flow);
    pump(flow->throttle);
}

void dcv_ticket_answered(struct dcv_ticket *ticket, uint64_t rtt_us)
{
    struct dcv_flow *flow = ticket->flow;
    flow->throttle->counts.answered++;
    dcv_window_answered(&flow->window, rtt_us, ticket->turn == DCV_TURN_UNDER_WAY, dcv_net_now_us(flow->throttle->net));
    end(ticket);
}

void dcv_ticket_lost(struct dcv_ticket *ticket)
{
    struct dcv_flow *flow = ticket->flow;
    if (ticket->turn != DCV_TURN_UNDER_WAY)
        return;
    dcv_window_lost(&flow->window, ticket->again, dcv_net_now_us(flow->throttle->net));
    end(ticket);
}

void dcv_ticket_leave(struct dcv_ticket *ticket)
{
    if (ticket->turn != DCV_TURN_OVER)
        end(ticket);
}

/* ---- flows -------------------------------------------------------------------------------------------------------------------------- */

static void leave_idle(struct dcv_flow *flow)
{
    struct dcv_throttle *throttle = flow->throttle;
    *(flow->idle_older != NULL ? &flow->idle_older->idle_newer : &throttle->idle_oldest) = flow->idle_newer;
    *(flow->idle_newer != NULL ? &flow->idle_newer->idle_older : &throttle->idle_newest) = flow->idle_older;
    throttle->idle_count--;
}

static void enter_idle(struct dcv_flow *flow)
{
    struct dcv_throttle *throttle = flow->throttle;
    flow->idle_older = throttle->idle_newest;
    flow->idle_newer = NULL;
    *(throttle->idle_newest != NULL ? &throttle->idle_newest->idle_newer : &throttle->idle_oldest) = flow;
    throttle->idle_newest = flow;
    throttle->idle_count++;
}

static void flow_free(void *value)
{
    struct dcv_flow *flow = value;
    dcv_net_timer_stop(flow->throttle->net, &flow->timer);
    free(flow);
}

/* The oldest that nobody has is forgotten, unless its address was sent something a moment ago. */
static void forget_oldest(struct dcv_throttle *throttle)
{
    struct dcv_flow *oldest = throttle->idle_oldest;
    if (throttle->idle_count <= IDLE_MAX)
        return;
    refill(&oldest->bucket, dcv_net_now_us(throttle->net));
    if (oldest->bucket.level != oldest->bucket.most)
        return;
    leave_idle(oldest);
    (void)dcv_map_take(throttle->flows, oldest->host, strlen(oldest->host));
    flow_free(oldest);
}

struct dcv_flow *dcv_throttle_flow(struct dcv_throttle *throttle, const struct dcv_endpoint *endpoint)
{
    const size_t len = strlen(endpoint->host);
    struct dcv_flow *flow = dcv_map_get(throttle->flows, endpoint->host, len);
    if (flow != NULL) {
        if (flow->references++ == 0)
            leave_idle(flow);
        return flow;
    }
    flow = calloc(1, sizeof *flow);
    if (flow == NULL)
        return NULL;
    *flow = (struct dcv_flow){.throttle = throttle, .timer = {.fire = on_own, .user = flow}, .references = 1};
    dcv_window_init(&flow->window, throttle->options.window, throttle->options.steady);
    bucket_begin(&flow->bucket, throttle->options.server_qps, dcv_net_now_us(throttle->net));
    memcpy(flow->host, endpoint->host, len + 1);
    if (dcv_map_put(throttle->flows, flow->host, len, flow))
        return flow;
    free(flow);
    return NULL;
}

void dcv_flow_release(struct dcv_flow *flow)
{
    if (flow == NULL || --flow->references != 0)
        return;
    enter_idle(flow);
    forget_oldest(flow->throttle);
}

/* What can go to it in ROOM_US, from what is known: by its window and round trip, and by its rate. */
static uint64_t capacity(const struct dcv_flow *flow)
{
    const unsigned rate = flow->throttle->options.server_qps;
    const uint64_t by_window = dcv_window_capacity(&flow->window, ROOM_US);
    const uint64_t by_rate = (uint64_t)rate * ROOM_US / PACKET;
    const uint64_t less = rate != 0 && by_rate < by_window ? by_rate : by_window;
    return less != 0 ? less : 1;
}

bool dcv_flow_has_room(const struct dcv_flow *flow)
{
    const struct dcv_throttle *throttle = flow->throttle;
    const uint64_t total = (uint64_t)throttle->options.qps * ROOM_US / PACKET;
    return (throttle->options.qps == 0 || throttle->waiting_ready < ROOM_TIMES * (total != 0 ? total : 1))
        && (flow->waiting == 0 || flow->waiting < ROOM_TIMES * capacity(flow));
}

unsigned dcv_flow_window(const struct dcv_flow *flow)
{
    return flow->window.size;
}

unsigned dcv_flow_under_way(const struct dcv_flow *flow)
{
    return flow->window.under_way;
}

/* ---- the throttle ------------------------------------------------------------------------------------------------------------------- */

const struct dcv_net_counts *dcv_throttle_counts(const struct dcv_throttle *throttle)
{
    return &throttle->counts;
}

struct dcv_net_counts *dcv_throttle_tally(struct dcv_throttle *throttle)
{
    return &throttle->counts;
}

size_t dcv_throttle_waiting(const struct dcv_throttle *throttle)
{
    return throttle->waiting;
}

enum dcv_status dcv_throttle_create(struct dcv_net *net, const struct dcv_throttle_options *options, struct dcv_throttle **out)
{
    struct dcv_throttle *throttle = calloc(1, sizeof *throttle);
    struct dcv_map *flows = dcv_map_create();
    if (throttle == NULL || flows == NULL) {
        free(throttle);
        dcv_map_free(flows, NULL);
        return DCV_ERR_NOMEM;
    }
    *throttle = (struct dcv_throttle){.net = net, .options = *options, .timer = {.fire = on_total, .user = throttle}, .flows = flows};
    bucket_begin(&throttle->bucket, options->qps, dcv_net_now_us(net));
    *out = throttle;
    return DCV_OK;
}

void dcv_throttle_free(struct dcv_throttle *throttle)
{
    if (throttle == NULL)
        return;
    dcv_net_timer_stop(throttle->net, &throttle->timer);
    dcv_map_free(throttle->flows, flow_free);
    free(throttle);
}
