/* The live transport. c-ares carries the packets; ids, case, retries and meaning are the resolver's.
 *
 * What c-ares 1.18 needs to be told: EDNS on, or it drops UDP answers above 512 octets; no check of the response code and no retry
 * over TCP of its own, because the resolver wants to see SERVFAIL and TC; one channel a server, because a FORMERR switches EDNS off for the
 * whole channel, which is then replaced. */
#include "net/net.h"

#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    POOL = 8,            /* UDP channels a server: a channel has one socket, so this many source ports at a time */
    SERVERS_MAX = 256,
    EVENTS = 64,
    SWEEP_US = 250000,   /* how often c-ares may look at its timeouts */
    STALL_US = 200000,   /* a gap in our time after which answers are taken to have come before timers that are due by now */
    DATAGRAM_MAX = 4096, /* what c-ares has room for: servers may send more than the OPT of the question allows, which is to be seen */
};

struct channel {
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

struct live {
    struct dcv_transport transport;
    struct dcv_live_options options;
    int epoll;
    struct server *servers[SERVERS_MAX];
    size_t server_count;
    struct channel **by_fd;
    size_t fd_room;
    struct channel *old; /* spoiled ones, freed when nothing is in flight */
    struct dcv_exchange *first, *last; /* finished */
    size_t pending;
    uint64_t submissions;
    uint64_t now_us, swept_us;
    uint64_t held_us; /* how long we were held up so far: time that did not pass */
    bool closing;
};

/* ---- finished exchanges ------------------------------------------------------------------------------------------------- */

static void finish(struct live *live, struct dcv_exchange *exchange, enum dcv_exchange_end end)
{
    exchange->end = end;
    exchange->done_us = live->now_us;
    exchange->next = NULL;
    if (live->last != NULL)
        live->last->next = exchange;
    else
        live->first = exchange;
    live->last = exchange;
}

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
    struct live *live = channel->live;
    (void)timeouts;
    channel->in_flight--;
    if (live->closing) {
        exchange->drop(exchange);
        return;
    }
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
    finish(live, exchange, end);
}

/* ---- channels ------------------------------------------------------------------------------------------------------------- */

static void on_socket(void *user, ares_socket_t fd, int readable, int writable)
{
    struct channel *channel = user;
    struct live *live = channel->live;
    if ((size_t)fd >= live->fd_room) {
        size_t room = (size_t)fd + 64;
        struct channel **by_fd = realloc(live->by_fd, room * sizeof(struct channel *));
        if (by_fd == NULL)
            return; /* the socket stays unwatched: its queries end by their timeouts */
        memset(by_fd + live->fd_room, 0, (room - live->fd_room) * sizeof(struct channel *));
        live->by_fd = by_fd;
        live->fd_room = room;
    }
    struct epoll_event event = {.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U), .data.fd = fd};
    if (!readable && !writable) {
        (void)epoll_ctl(live->epoll, EPOLL_CTL_DEL, fd, NULL);
        live->by_fd[fd] = NULL;
    } else {
        int how = live->by_fd[fd] == channel ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        if (epoll_ctl(live->epoll, how, fd, &event) != 0)
            (void)epoll_ctl(live->epoll, how == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
        live->by_fd[fd] = channel;
    }
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

/* Does the system know a way to this address? A datagram socket tells when it is connected, without sending anything. */
static bool no_route_to(const struct dcv_endpoint *endpoint)
{
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
    bool is_v6 = inet_pton(AF_INET6, endpoint->host, &v6.sin6_addr) == 1;
    if (!is_v6 && inet_pton(AF_INET, endpoint->host, &v4.sin_addr) != 1)
        return false;
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno == EAFNOSUPPORT;
    int failed = is_v6 ? connect(fd, (const struct sockaddr *)&v6, sizeof v6) : connect(fd, (const struct sockaddr *)&v4, sizeof v4);
    bool none = failed != 0 && (errno == ENETUNREACH || errno == EHOSTUNREACH || errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT);
    (void)close(fd);
    return none;
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
        if (live->servers[i]->endpoint.port == endpoint->port && strcmp(live->servers[i]->endpoint.host, endpoint->host) == 0)
            return live->servers[i];
    if (live->server_count == SERVERS_MAX && !make_room(live))
        return NULL;
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->endpoint = *endpoint;
    server->no_route = no_route_to(endpoint);
    live->servers[live->server_count++] = server;
    return server;
}

/* A channel to the server; the UDP ones in turn, so that source ports change. */
static struct channel *channel_of(struct live *live, struct server *server, bool tcp)
{
    struct channel **slot = tcp ? &server->tcp[server->tcp_turn++ % POOL] : &server->udp[server->turn++ % POOL];
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

static enum dcv_status live_submit(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us)
{
    struct live *live = (struct live *)transport;
    if (now_us > live->now_us)
        live->now_us = now_us;
    struct server *server = server_of(live, &exchange->to);
    if (server != NULL)
        server->used = ++live->submissions;
    if (server != NULL && server->no_route) {
        live->pending++;
        finish(live, exchange, DCV_EXCHANGE_NO_ROUTE);
        return DCV_OK;
    }
    struct channel *channel = server != NULL ? channel_of(live, server, exchange->tcp) : NULL;
    if (channel == NULL)
        return DCV_ERR_SYSTEM;
    exchange->slot = channel;
    channel->in_flight++;
    live->pending++;
    /* May call back at once, when the socket reports a failure. */
    ares_send(channel->ares, exchange->query, (int)exchange->query_len, on_answer, exchange);
    return DCV_OK;
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

static uint64_t clock_us(const struct live *live)
{
    return live->options.clock.mono_us(live->options.clock.user) - live->held_us;
}

static void update_now(struct live *live)
{
    uint64_t now_us = clock_us(live);
    if (now_us > live->now_us)
        live->now_us = now_us;
}

static void process(struct live *live, const struct epoll_event *event)
{
    int fd = event->data.fd;
    struct channel *channel = (size_t)fd < live->fd_room ? live->by_fd[fd] : NULL;
    if (channel == NULL)
        return; /* closed by an earlier event of the same batch */
    bool readable = (event->events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
    bool writable = (event->events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0;
    ares_process_fd(channel->ares, readable ? fd : ARES_SOCKET_BAD, writable ? fd : ARES_SOCKET_BAD);
}

static int wait_ms(const struct live *live, uint64_t until_us)
{
    uint64_t wake_us = live->swept_us + SWEEP_US < until_us ? live->swept_us + SWEEP_US : until_us;
    if (wake_us <= live->now_us)
        return 0;
    return (int)((wake_us - live->now_us + 999) / 1000);
}

static void poll_sockets(struct live *live, int timeout_ms, bool stamp)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(live->epoll, events, EVENTS, timeout_ms);
    if (stamp)
        update_now(live);
    for (int i = 0; i < count; i++)
        process(live, &events[i]);
}

/* Were we held up (a slow pipe behind us, a suspended machine)? Then what lies in the sockets came while we slept, and the time does
 * not count: else every timer would fire first and call answered questions timed out. */
static void catch_up(struct live *live)
{
    uint64_t now_us = clock_us(live);
    if (now_us <= live->now_us + STALL_US)
        return;
    live->held_us += now_us - live->now_us;
    poll_sockets(live, 0, false);
}

static struct dcv_exchange *live_peek(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us)
{
    struct live *live = (struct live *)transport;
    if (now_us > live->now_us)
        live->now_us = now_us;
    if (live->first == NULL)
        catch_up(live);
    while (live->first == NULL) {
        update_now(live);
        poll_sockets(live, wait_ms(live, until_us), true);
        if (live->now_us >= live->swept_us + SWEEP_US) {
            live->swept_us = live->now_us;
            each_channel(live, look_at_timeouts);
            free_idle_old(live);
        }
        if (live->first == NULL && (live->now_us >= until_us || (live->pending == 0 && until_us == UINT64_MAX)))
            return NULL;
    }
    return live->first;
}

static void live_pop(struct dcv_transport *transport)
{
    struct live *live = (struct live *)transport;
    live->first = live->first->next;
    if (live->first == NULL)
        live->last = NULL;
    live->pending--;
}

static size_t live_pending(const struct dcv_transport *transport)
{
    return ((const struct live *)transport)->pending;
}

static void live_free(struct dcv_transport *transport)
{
    struct live *live = (struct live *)transport;
    live->closing = true; /* c-ares calls back for everything in flight */
    for (size_t i = 0; i < live->server_count; i++)
        server_free(live->servers[i]);
    while (live->old != NULL) {
        struct channel *channel = live->old;
        live->old = channel->next_old;
        channel_free(channel);
    }
    while (live->first != NULL) {
        struct dcv_exchange *exchange = live->first;
        live->first = exchange->next;
        exchange->drop(exchange);
    }
    free(live->by_fd);
    (void)close(live->epoll);
    free(live);
    ares_library_cleanup();
}

enum dcv_status dcv_live_create(const struct dcv_live_options *options, struct dcv_transport **out)
{
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
        return DCV_ERR_SYSTEM;
    struct live *live = calloc(1, sizeof *live);
    int epoll = live != NULL ? epoll_create1(EPOLL_CLOEXEC) : -1;
    if (epoll < 0) {
        free(live);
        ares_library_cleanup();
        return live == NULL ? DCV_ERR_NOMEM : DCV_ERR_SYSTEM;
    }
    live->transport = (struct dcv_transport){live_submit, live_peek, live_pop, live_pending, live_free};
    live->options = *options;
    live->epoll = epoll;
    live->now_us = live->swept_us = options->clock.mono_us(options->clock.user);
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
