#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>

struct dcv_net {
    struct dcv_transport *transport;
    uint64_t now_us, serial;
    struct dcv_timer **timers; /* binary heap by due time, then by the order of setting */
    size_t timer_count, timer_room;
    struct watched *watched;
};

/* A file descriptor. */
struct watched {
    struct watched *next;
    int fd;
    void (*fn)(void *user);
    void *user;
};

/* ---- exchanges ---------------------------------------------------------------------------------------------------------- */

void dcv_exchange_free(struct dcv_exchange *exchange)
{
    if (exchange == NULL)
        return;
    free(exchange->query);
    free(exchange->answer);
    free(exchange);
}

void dcv_exchange_why(struct dcv_exchange *exchange, const char *what, const char *detail)
{
    (void)snprintf(exchange->why, sizeof exchange->why, "%s%s%s", what, detail != NULL ? ": " : "", detail != NULL ? detail : "");
    for (char *at = exchange->why; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            *at = '?';
}

/* ---- timers -------------------------------------------------------------------------------------------------------------- */

static void place(struct dcv_net *net, size_t at, struct dcv_timer *timer)
{
    net->timers[at] = timer;
    timer->place = at + 1;
}

static void sift_up(struct dcv_net *net, size_t at)
{
    struct dcv_timer *timer = net->timers[at];
    while (at != 0 && net->timers[(at - 1) / 2]->due_us > timer->due_us) {
        place(net, at, net->timers[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(net, at, timer);
}

static void sift_down(struct dcv_net *net, size_t at)
{
    struct dcv_timer *timer = net->timers[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= net->timer_count)
            break;
        if (child + 1 < net->timer_count && net->timers[child + 1]->due_us < net->timers[child]->due_us)
            child++;
        if (net->timers[child]->due_us >= timer->due_us)
            break;
        place(net, at, net->timers[child]);
        at = child;
    }
    place(net, at, timer);
}

void dcv_net_timer_stop(struct dcv_net *net, struct dcv_timer *timer)
{
    if (timer->place == 0)
        return;
    size_t at = timer->place - 1;
    struct dcv_timer *last = net->timers[--net->timer_count];
    timer->place = 0;
    if (last == timer)
        return;
    place(net, at, last);
    sift_up(net, at);
    sift_down(net, last->place - 1);
}

enum dcv_status dcv_net_timer_set(struct dcv_net *net, struct dcv_timer *timer, uint64_t due_us)
{
    dcv_net_timer_stop(net, timer);
    if (net->timer_count == net->timer_room) {
        size_t room = net->timer_room == 0 ? 64 : net->timer_room * 2;
        struct dcv_timer **timers = realloc(net->timers, room * sizeof(struct dcv_timer *));
        if (timers == NULL)
            return DCV_ERR_NOMEM;
        net->timers = timers;
        net->timer_room = room;
    }
    timer->due_us = due_us;
    place(net, net->timer_count++, timer);
    sift_up(net, net->timer_count - 1);
    return DCV_OK;
}

/* ---- the loop ------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_net_create(struct dcv_transport *transport, uint64_t start_us, struct dcv_net **out)
{
    struct dcv_net *net = calloc(1, sizeof *net);
    if (net == NULL)
        return DCV_ERR_NOMEM;
    net->transport = transport;
    net->now_us = start_us;
    *out = net;
    return DCV_OK;
}

void dcv_net_free(struct dcv_net *net)
{
    if (net == NULL)
        return;
    while (net->watched != NULL)
        dcv_net_unwatch_fd(net, net->watched->fd);
    net->transport->free(net->transport);
    free(net->timers);
    free(net);
}

uint64_t dcv_net_now_us(const struct dcv_net *net)
{
    return net->now_us;
}

uint64_t dcv_net_serial(struct dcv_net *net)
{
    return ++net->serial;
}

enum dcv_status dcv_net_submit(struct dcv_net *net, struct dcv_exchange *exchange)
{
    exchange->sent_us = net->now_us;
    return net->transport->submit(net->transport, exchange, net->now_us);
}

/* ---- file descriptors ------------------------------------------------------------------------------------------------------ */

enum dcv_status dcv_net_watch_fd(struct dcv_net *net, int fd, void (*fn)(void *user), void *user)
{
    dcv_net_unwatch_fd(net, fd);
    struct watched *watched = net->transport->watch != NULL ? malloc(sizeof *watched) : NULL;
    if (watched == NULL)
        return net->transport->watch != NULL ? DCV_ERR_NOMEM : DCV_ERR_SYSTEM;
    const enum dcv_status status = net->transport->watch(net->transport, fd, true);
    if (status != DCV_OK) {
        free(watched);
        return status;
    }
    *watched = (struct watched){.next = net->watched, .fd = fd, .fn = fn, .user = user};
    net->watched = watched;
    return DCV_OK;
}

static struct watched *take_watched(struct dcv_net *net, int fd)
{
    for (struct watched **at = &net->watched; *at != NULL; at = &(*at)->next) {
        struct watched *found = *at;
        if (found->fd != fd)
            continue;
        *at = found->next;
        (void)net->transport->watch(net->transport, fd, false);
        return found;
    }
    return NULL;
}

void dcv_net_unwatch_fd(struct dcv_net *net, int fd)
{
    free(take_watched(net, fd));
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------ */

static void advance(struct dcv_net *net, uint64_t to_us)
{
    if (to_us > net->now_us)
        net->now_us = to_us;
}

/* Tells of a file descriptor that was found readable; false: none was. */
static bool tell_watched(struct dcv_net *net)
{
    int fd;
    uint64_t at_us;
    if (net->transport->woken == NULL || !net->transport->woken(net->transport, &fd, &at_us))
        return false;
    struct watched *watched = take_watched(net, fd);
    if (watched == NULL)
        return true; /* no longer of interest */
    const struct watched told = *watched;
    free(watched);
    advance(net, at_us);
    told.fn(told.user);
    return true;
}

bool dcv_net_step(struct dcv_net *net)
{
    struct dcv_timer *timer = net->timer_count != 0 ? net->timers[0] : NULL;
    if (timer == NULL && net->watched == NULL && net->transport->pending(net->transport) == 0)
        return false;
    uint64_t until_us = timer != NULL ? timer->due_us : UINT64_MAX;
    struct dcv_exchange *exchange = net->transport->peek(net->transport, net->now_us, until_us);
    if (exchange == NULL && tell_watched(net))
        return true;
    if (timer != NULL && (exchange == NULL || timer->due_us <= exchange->done_us)) {
        dcv_net_timer_stop(net, timer);
        advance(net, timer->due_us);
        timer->fire(timer);
        return true;
    }
    if (exchange == NULL)
        return false;
    net->transport->pop(net->transport);
    advance(net, exchange->done_us);
    exchange->done(exchange);
    return true;
}
