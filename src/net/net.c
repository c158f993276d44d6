#include "net/net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dcv_net {
    struct dcv_transport *transport;
    uint64_t now_us;
    struct dcv_timer **timers; /* binary heap by due time, then by the order of setting */
    size_t timer_count, timer_room;
};

/* ---- endpoints ---------------------------------------------------------------------------------------------------------- */

static bool port_from(const char *text, uint16_t *out)
{
    unsigned long value = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned long)(*text - '0');
        if (value > UINT16_MAX)
            return false;
    }
    *out = (uint16_t)value;
    return value != 0;
}

static bool host_from(const char *text, size_t len, struct dcv_endpoint *out)
{
    unsigned char octets[16];
    char host[sizeof out->host];
    if (len == 0 || len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
    return inet_pton(family, host, octets) == 1 && inet_ntop(family, octets, out->host, sizeof out->host) != NULL;
}

enum dcv_status dcv_endpoint_parse(const char *text, uint16_t default_port, struct dcv_endpoint *out)
{
    struct dcv_endpoint endpoint = {.port = default_port};
    const char *host = text, *end = text + strlen(text), *colon = strchr(text, ':');
    const char *port = NULL;
    if (text[0] == '[') {
        host = text + 1;
        end = strchr(text, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return DCV_ERR_SYNTAX;
        port = end[1] == ':' ? end + 2 : NULL;
    } else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
        end = colon;
        port = colon + 1;
    }
    if (!host_from(host, (size_t)(end - host), &endpoint) || (port != NULL && !port_from(port, &endpoint.port)))
        return DCV_ERR_SYNTAX;
    *out = endpoint;
    return DCV_OK;
}

const char *dcv_endpoint_text(const struct dcv_endpoint *endpoint, char out[DCV_ENDPOINT_TEXT])
{
    (void)snprintf(out, DCV_ENDPOINT_TEXT, "%s#%u", endpoint->host, (unsigned)endpoint->port);
    return out;
}

/* ---- exchanges ---------------------------------------------------------------------------------------------------------- */

void dcv_exchange_free(struct dcv_exchange *exchange)
{
    if (exchange == NULL)
        return;
    free(exchange->query);
    free(exchange->answer);
    free(exchange);
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
    net->transport->free(net->transport);
    free(net->timers);
    free(net);
}

uint64_t dcv_net_now_us(const struct dcv_net *net)
{
    return net->now_us;
}

enum dcv_status dcv_net_submit(struct dcv_net *net, struct dcv_exchange *exchange)
{
    exchange->sent_us = net->now_us;
    return net->transport->submit(net->transport, exchange, net->now_us);
}

static void advance(struct dcv_net *net, uint64_t to_us)
{
    if (to_us > net->now_us)
        net->now_us = to_us;
}

bool dcv_net_step(struct dcv_net *net)
{
    struct dcv_timer *timer = net->timer_count != 0 ? net->timers[0] : NULL;
    if (timer == NULL && net->transport->pending(net->transport) == 0)
        return false;
    uint64_t until_us = timer != NULL ? timer->due_us : UINT64_MAX;
    struct dcv_exchange *exchange = net->transport->peek(net->transport, net->now_us, until_us);
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
