/* The live transport. c-ares carries the packets of UDP, and of TCP after truncation; ids, case, retries and meaning are the resolver's.
 *
 * What c-ares 1.18 needs to be told: EDNS on, or it drops UDP answers above 512 octets; no check of the response code and no retry
 * over TCP of its own, because the resolver wants to see SERVFAIL and TC; one channel a server, because a FORMERR switches EDNS off for the
 * whole channel, which is then replaced. */
#include "net/conversations.h"
#include "net/doh.h"
#include "net/loop.h"
#include "net/dot.h"
#include "net/trust.h"

#include <ares.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    POOL = 8,            /* UDP channels a server: a channel has one socket, so this many source ports at a time */
    CROWD = 128,         /* exchanges under way from which on a server has one channel of each kind: sockets are not without end */
    SERVERS_MAX = 256,
    SWEEP_US = 250000,   /* how often c-ares may look at its timeouts */
    STALL_US = 200000,   /* a gap in our time after which answers are taken to have come before timers that are due by now */
    DATAGRAM_MAX = 4096, /* what c-ares has room for: servers may send more than the OPT of the question allows, which is to be seen */
};

struct channel {
    struct dcv_watch watch;
    struct live *live;
    ares_channel ares;
    size_t in_flight;
    bool spoiled; /* c-ares has switched EDNS off: no new queries */
    struct channel *next_old;
};

struct server {
    struct dcv_endpoint endpoint;
    bool no_route; /* this host cannot send there at all */
    uint64_t used; /* when, in submissions */
    struct channel *udp[POOL];
    struct channel *tcp[POOL]; /* several: a server may close a connection after one answer, and with it all that wait on it */
    unsigned turn, tcp_turn;
};

/* File descriptors of others. */
struct outside {
    struct dcv_watch watch; /* first */
    size_t count;
    int woken; /* the one found readable last, -1: none; it is found again if it was another's turn */
};

struct live {
    struct dcv_transport transport;
    struct outside outside;
    struct dcv_live_options options;
    struct dcv_loop loop;
    struct server *servers[SERVERS_MAX];
    size_t server_count;
    struct channel *old; /* spoiled ones, freed when nothing is in flight */
    struct dcv_exchange *unsent, **last_unsent; /* packets that go out together, before the next wait: a server close by is woken once */
    struct dcv_tls_trust *trust; /* these three when first needed: there are many certificates to read */
    struct dcv_dot *dot;
    struct dcv_doh *doh;
    struct dcv_conversations *conversations;
    size_t pending;
    uint64_t submissions, swept_us;
};

/* ---- answers ---------------------------------------------------------------------------------------------------------------- */

static enum dcv_exchange_end end_of(int status)
{
    switch (status) {
    case ARES_SUCCESS: return DCV_EXCHANGE_ANSWER;
    case ARES_ETIMEOUT: return DCV_EXCHANGE_TIMEOUT;
    case ARES_ECONNREFUSED: return DCV_EXCHANGE_UNREACHABLE;
    default: return DCV_EXCHANGE_FAILED;
    }
}

static void on_answer(void *user, int status, int timeouts, unsigned char *answer, int len)
{
    struct dcv_exchange *exchange = user;
    struct channel *channel = exchange->slot;
    (void)timeouts;
    channel->in_flight--;
    enum dcv_exchange_end end = end_of(status);
    if (end == DCV_EXCHANGE_ANSWER && answer != NULL && len >= 12) {
        exchange->answer = malloc((size_t)len);
        if (exchange->answer != NULL) {
            memcpy(exchange->answer, answer, (size_t)len);
            exchange->answer_len = (size_t)len;
        }
        /* We sent an OPT and none came back: perhaps after a FORMERR c-ares has asked again without EDNS. */
        bool sent_opt = exchange->query[10] != 0 || exchange->query[11] != 0;
        if (sent_opt && answer[10] == 0 && answer[11] == 0)
            channel->spoiled = true;
    }
    if (exchange->answer == NULL && end == DCV_EXCHANGE_ANSWER)
        end = DCV_EXCHANGE_FAILED;
    dcv_loop_finish(&channel->live->loop, exchange, end);
}

/* ---- channels ------------------------------------------------------------------------------------------------------------- */

static void channel_ready(struct dcv_watch *watch, int fd, bool readable, bool writable)
{
    const struct channel *channel = (const struct channel *)watch;
    ares_process_fd(channel->ares, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
}

static void on_socket(void *user, ares_socket_t fd, int readable, int writable)
{
    struct channel *channel = user;
    /* A socket that stays unwatched: its queries end by their timeouts. */
    (void)dcv_loop_watch(&channel->live->loop, fd, readable != 0, writable != 0, &channel->watch);
}

static void channel_free(struct channel *channel)
{
    if (channel == NULL)
        return;
    if (channel->ares != NULL)
        ares_destroy(channel->ares);
    free(channel);
}

static struct channel *channel_create(struct live *live, const struct dcv_endpoint *endpoint, bool tcp)
{
    struct channel *channel = calloc(1, sizeof *channel);
    if (channel == NULL)
        return NULL;
    channel->watch.ready = channel_ready;
    channel->live = live;
    struct ares_options options = {
        .flags = ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP | ARES_FLAG_IGNTC | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | (tcp ? ARES_FLAG_USEVC : 0),
        .timeout = (int)live->options.exchange_timeout_ms,
        .tries = 1,
        .ednspsz = DATAGRAM_MAX, /* of answers: the OPT that is sent is that of the query */
        .sock_state_cb = on_socket,
        .sock_state_cb_data = channel,
        .socket_receive_buffer_size = 4 << 20,
        .lookups = (char[]){"b"},
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_STATE_CB | ARES_OPT_SOCK_RCVBUF
        | ARES_OPT_LOOKUPS;
    char server[DCV_ENDPOINT_TEXT];
    bool v6 = strchr(endpoint->host, ':') != NULL;
    (void)snprintf(server, sizeof server, v6 ? "[%s]:%u" : "%s:%u", endpoint->host, (unsigned)endpoint->port);
    if (ares_init_options(&channel->ares, &options, mask) != ARES_SUCCESS) {
        channel->ares = NULL;
        channel_free(channel);
        return NULL;
    }
    if (ares_set_servers_ports_csv(channel->ares, server) != ARES_SUCCESS) {
        channel_free(channel);
        return NULL;
    }
    return channel;
}

static void free_idle_old(struct live *live)
{
    for (struct channel **at = &live->old; *at != NULL;) {
        struct channel *channel = *at;
        if (channel->in_flight != 0) {
            at = &channel->next_old;
            continue;
        }
        *at = channel->next_old;
        channel_free(channel);
    }
}

static bool idle(const struct server *server)
{
    for (size_t i = 0; i < POOL; i++)
        if ((server->udp[i] != NULL && server->udp[i]->in_flight != 0) || (server->tcp[i] != NULL && server->tcp[i]->in_flight != 0))
            return false;
    return true;
}

static void server_free(struct server *server)
{
    for (size_t i = 0; i < POOL; i++) {
        channel_free(server->udp[i]);
        channel_free(server->tcp[i]);
    }
    free(server);
}

/* Room for one more server: that of the one which has been idle longest. False: all are busy. */
static bool make_room(struct live *live)
{
    size_t oldest = SIZE_MAX;
    for (size_t i = 0; i < live->server_count; i++)
        if (idle(live->servers[i]) && (oldest == SIZE_MAX || live->servers[i]->used < live->servers[oldest]->used))
            oldest = i;
    if (oldest == SIZE_MAX)
        return false;
    server_free(live->servers[oldest]);
    live->servers[oldest] = live->servers[--live->server_count];
    return true;
}

static struct server *server_of(struct live *live, const struct dcv_endpoint *endpoint)
{
    for (size_t i = 0; i < live->server_count; i++)
        if (dcv_endpoint_equal(&live->servers[i]->endpoint, endpoint))
            return live->servers[i];
    if (live->server_count == SERVERS_MAX && !make_room(live))
        return NULL;
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->endpoint = *endpoint;
    server->no_route = !dcv_live_leads_to(endpoint);
    live->servers[live->server_count++] = server;
    return server;
}

/* A channel to the server; the UDP ones in turn, so that source ports change. */
static struct channel *channel_of(struct live *live, struct server *server, bool tcp)
{
    const unsigned pool = live->pending < CROWD ? POOL : 1;
    struct channel **slot = tcp ? &server->tcp[server->tcp_turn++ % pool] : &server->udp[server->turn++ % pool];
    if (*slot != NULL && (*slot)->spoiled) {
        (*slot)->next_old = live->old;
        live->old = *slot;
        *slot = NULL;
    }
    if (*slot == NULL)
        *slot = channel_create(live, &server->endpoint, tcp);
    return *slot;
}

/* ---- the transport -------------------------------------------------------------------------------------------------------- */

static enum dcv_status submit_packet(struct live *live, struct dcv_exchange *exchange)
{
    struct server *server = server_of(live, &exchange->to);
    if (server != NULL)
        server->used = ++live->submissions;
    if (server != NULL && server->no_route) {
        dcv_loop_finish(&live->loop, exchange, DCV_EXCHANGE_NO_ROUTE);
        return DCV_OK;
    }
    struct channel *channel = server != NULL ? channel_of(live, server, exchange->tcp) : NULL;
    if (channel == NULL)
        return DCV_ERR_SYSTEM;
    exchange->slot = channel;
    exchange->next = NULL;
    channel->in_flight++;
    *live->last_unsent = exchange;
    live->last_unsent = &exchange->next;
    return DCV_OK;
}

static void send_unsent(struct live *live)
{
    struct dcv_exchange *next = live->unsent;
    live->unsent = NULL;
    live->last_unsent = &live->unsent;
    while (next != NULL) {
        struct dcv_exchange *exchange = next;
        const struct channel *channel = exchange->slot;
        next = exchange->next;
        /* May call back at once, when the socket reports a failure. */
        ares_send(channel->ares, exchange->query, (int)exchange->query_len, on_answer, exchange);
    }
}

static enum dcv_status trust_of(struct live *live)
{
    return live->trust != NULL ? DCV_OK : dcv_tls_trust_create(live->options.ca_file, &live->trust);
}

static enum dcv_status submit_stream(struct live *live, struct dcv_exchange *exchange)
{
    enum dcv_status status = exchange->to.protocol == DCV_PROTO_TLS ? trust_of(live) : DCV_OK;
    if (status == DCV_OK && live->dot == NULL)
        status = dcv_dot_create(&live->loop, &live->dot);
    return status == DCV_OK ? dcv_dot_submit(live->dot, live->trust, exchange) : status;
}

static enum dcv_status submit_https(struct live *live, struct dcv_exchange *exchange)
{
    enum dcv_status status = trust_of(live);
    if (status == DCV_OK && live->doh == NULL)
        status = dcv_doh_create(&live->loop, live->trust, &live->doh);
    return status == DCV_OK ? dcv_doh_submit(live->doh, exchange) : status;
}

static enum dcv_status submit_conversation(struct live *live, struct dcv_exchange *exchange)
{
    enum dcv_status status = dcv_conversations_need_trust(exchange->to.protocol) ? trust_of(live) : DCV_OK;
    if (status == DCV_OK && live->conversations == NULL)
        status = dcv_conversations_create(&live->loop, &live->options, &live->conversations);
    return status == DCV_OK ? dcv_conversations_submit(live->conversations, live->trust, exchange) : status;
}

static enum dcv_status live_submit(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us)
{
    struct live *live = (struct live *)transport;
    enum dcv_status status = DCV_ERR_SYSTEM;
    if (now_us > live->loop.now_us)
        live->loop.now_us = now_us;
    switch (exchange->to.protocol) {
    case DCV_PROTO_DNS: status = submit_packet(live, exchange); break;
    case DCV_PROTO_TCP:
    case DCV_PROTO_TLS: status = submit_stream(live, exchange); break;
    case DCV_PROTO_HTTPS: status = submit_https(live, exchange); break;
    case DCV_PROTO_WHOIS:
    case DCV_PROTO_SMTP:
    case DCV_PROTO_FETCH:
    case DCV_PROTO_ALPN:
    case DCV_PROTO_CACHE: status = submit_conversation(live, exchange); break;
    }
    live->pending += status == DCV_OK;
    return status;
}

static void each_channel(struct live *live, void (*visit)(struct channel *channel))
{
    for (size_t i = 0; i < live->server_count; i++) {
        for (size_t j = 0; j < POOL; j++) {
            if (live->servers[i]->udp[j] != NULL)
                visit(live->servers[i]->udp[j]);
            if (live->servers[i]->tcp[j] != NULL)
                visit(live->servers[i]->tcp[j]);
        }
    }
    for (struct channel *channel = live->old; channel != NULL; channel = channel->next_old)
        visit(channel);
}

static void look_at_timeouts(struct channel *channel)
{
    if (channel->in_flight != 0)
        ares_process_fd(channel->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static int wait_ms(const struct live *live, uint64_t until_us)
{
    uint64_t wake_us = live->swept_us + SWEEP_US < until_us ? live->swept_us + SWEEP_US : until_us;
    if (live->doh != NULL && dcv_doh_due_us(live->doh) < wake_us)
        wake_us = dcv_doh_due_us(live->doh);
    if (live->conversations != NULL && dcv_conversations_due_us(live->conversations) < wake_us)
        wake_us = dcv_conversations_due_us(live->conversations);
    if (wake_us <= live->loop.now_us)
        return 0;
    return (int)((wake_us - live->loop.now_us + 999) / 1000);
}

/* Were we held up (a slow pipe behind us, a suspended machine)? Then what lies in the sockets came while we slept, and the time does
 * not count: else every timer would fire first and call answered questions timed out. */
static void catch_up(struct live *live)
{
    uint64_t now_us = dcv_loop_clock_us(&live->loop);
    if (now_us <= live->loop.now_us + STALL_US)
        return;
    live->loop.held_us += now_us - live->loop.now_us;
    dcv_loop_poll(&live->loop, 0, false);
}

static void sweep(struct live *live)
{
    uint64_t timeout_us = live->options.exchange_timeout_ms * UINT64_C(1000);
    live->swept_us = live->loop.now_us;
    each_channel(live, look_at_timeouts);
    free_idle_old(live);
    if (live->dot != NULL)
        dcv_dot_sweep(live->dot, timeout_us);
    if (live->doh != NULL)
        dcv_doh_sweep(live->doh, timeout_us);
    if (live->conversations != NULL)
        dcv_conversations_sweep(live->conversations);
}

static struct dcv_exchange *live_peek(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us)
{
    struct live *live = (struct live *)transport;
    struct dcv_loop *loop = &live->loop;
    if (now_us > loop->now_us)
        loop->now_us = now_us;
    if (loop->first == NULL) {
        send_unsent(live);
        catch_up(live);
    }
    while (loop->first == NULL && live->outside.woken < 0) {
        dcv_loop_update(loop);
        dcv_loop_poll(loop, wait_ms(live, until_us), true);
        if (live->doh != NULL)
            dcv_doh_wake(live->doh);
        if (live->conversations != NULL)
            dcv_conversations_wake(live->conversations);
        if (loop->now_us >= live->swept_us + SWEEP_US)
            sweep(live);
        if (loop->first == NULL && (loop->now_us >= until_us || (live->pending == 0 && live->outside.count == 0 && until_us == UINT64_MAX)))
            return NULL;
    }
    return loop->first;
}

static void outside_ready(struct dcv_watch *watch, int fd, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    ((struct outside *)watch)->woken = fd;
}

static enum dcv_status live_watch(struct dcv_transport *transport, int fd, bool on)
{
    struct live *live = (struct live *)transport;
    struct stat seen;
    if (!on) {
        (void)dcv_loop_watch(&live->loop, fd, false, false, &live->outside.watch);
        live->outside.count--;
        if (live->outside.woken == fd)
            live->outside.woken = -1;
        return DCV_OK;
    }
    if (fd < 0 || fstat(fd, &seen) != 0 || S_ISREG(seen.st_mode) || S_ISDIR(seen.st_mode)) /* which epoll does not take */
        return DCV_ERR_SYSTEM;
    if (!dcv_loop_watch(&live->loop, fd, true, false, &live->outside.watch))
        return DCV_ERR_NOMEM;
    live->outside.count++;
    return DCV_OK;
}

static bool live_woken(struct dcv_transport *transport, int *fd, uint64_t *at_us)
{
    struct live *live = (struct live *)transport;
    *fd = live->outside.woken;
    *at_us = live->loop.now_us;
    live->outside.woken = -1;
    return *fd >= 0;
}

static void live_pop(struct dcv_transport *transport)
{
    struct live *live = (struct live *)transport;
    dcv_loop_pop(&live->loop);
    live->pending--;
}

static size_t live_pending(const struct dcv_transport *transport)
{
    return ((const struct live *)transport)->pending;
}

static void live_free(struct dcv_transport *transport)
{
    struct live *live = (struct live *)transport;
    live->loop.closing = true; /* c-ares calls back for everything in flight */
    for (struct dcv_exchange *exchange = live->unsent, *next; exchange != NULL; exchange = next) {
        next = exchange->next;
        exchange->drop(exchange);
    }
    for (size_t i = 0; i < live->server_count; i++)
        server_free(live->servers[i]);
    while (live->old != NULL) {
        struct channel *channel = live->old;
        live->old = channel->next_old;
        channel_free(channel);
    }
    dcv_dot_free(live->dot);
    dcv_doh_free(live->doh);
    dcv_conversations_free(live->conversations);
    dcv_tls_trust_free(live->trust);
    dcv_loop_done(&live->loop);
    free(live);
    ares_library_cleanup();
}

enum dcv_status dcv_live_create(const struct dcv_live_options *options, struct dcv_transport **out)
{
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return DCV_ERR_SYSTEM;
    struct live *live = calloc(1, sizeof *live);
    enum dcv_status status = live != NULL ? dcv_loop_init(&live->loop, options->clock) : DCV_ERR_NOMEM;
    if (status != DCV_OK) {
        free(live);
        ares_library_cleanup();
        return status;
    }
    live->transport = (struct dcv_transport){live_submit, live_peek, live_pop, live_pending, live_free, live_watch, live_woken};
    live->outside = (struct outside){.watch = {.ready = outside_ready}, .woken = -1};
    live->last_unsent = &live->unsent;
    live->options = *options;
    live->swept_us = live->loop.now_us;
    *out = &live->transport;
    return DCV_OK;
}

enum dcv_status dcv_live_system_servers(uint16_t default_port, struct dcv_endpoint *out, size_t room, size_t *count)
{
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return DCV_ERR_SYSTEM;
    ares_channel channel;
    struct ares_addr_port_node *nodes = NULL;
    enum dcv_status status = DCV_ERR_SYSTEM;
    if (ares_init(&channel) == ARES_SUCCESS) {
        if (ares_get_servers_ports(channel, &nodes) == ARES_SUCCESS) {
            *count = 0;
            for (const struct ares_addr_port_node *node = nodes; node != NULL && *count < room; node = node->next) {
                struct dcv_endpoint *endpoint = &out[*count];
                if (ares_inet_ntop(node->family, &node->addr, endpoint->host, sizeof endpoint->host) == NULL)
                    continue;
                endpoint->port = node->udp_port != 0 && node->udp_port != 53 ? (uint16_t)node->udp_port : default_port;
                (*count)++;
            }
            status = *count != 0 ? DCV_OK : DCV_ERR_SYSTEM;
            ares_free_data(nodes);
        }
        ares_destroy(channel);
    }
    ares_library_cleanup();
    return status;
}
