/* The only door to the world: an event loop with a logical clock, timers, and exchanges of packets.
 *
 * Time is logical: while a timer fires, "now" is the moment it was due; while an exchange is delivered, "now" is the moment it
 * was done. Due timers go before exchanges done at the same moment or later. A recorded run therefore replays in the same order and with
 * the same times, however fast the machine is. */
#ifndef DCV_NET_NET_H
#define DCV_NET_NET_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/status.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DCV_ENDPOINT_TEXT = 64 };

/* A server: an address literal and a port. */
struct dcv_endpoint {
    char host[46]; /* INET6_ADDRSTRLEN */
    uint16_t port;
};

/* "ADDR", "ADDR:PORT", "V6", "[V6]:PORT"; DCV_ERR_SYNTAX. */
enum dcv_status dcv_endpoint_parse(const char *text, uint16_t default_port, struct dcv_endpoint *out);
/* "192.0.2.1#53"; returns `out`. */
const char *dcv_endpoint_text(const struct dcv_endpoint *endpoint, char out[DCV_ENDPOINT_TEXT]);

/* How an exchange ended. */
enum dcv_exchange_end {
    DCV_EXCHANGE_ANSWER,
    DCV_EXCHANGE_TIMEOUT,
    DCV_EXCHANGE_UNREACHABLE, /* refused, or no route */
    DCV_EXCHANGE_NO_ROUTE,    /* this host has no way to such addresses, as without IPv6: nothing was sent */
    DCV_EXCHANGE_FAILED,      /* anything else that the system reports */
    DCV_EXCHANGE_UNRECORDED,  /* a replay has no such exchange */
};

/* One packet to one server and what comes of it. */
struct dcv_exchange {
    /* given */
    struct dcv_endpoint to;
    bool tcp;
    uint8_t *query; /* owned */
    size_t query_len;
    void (*done)(struct dcv_exchange *exchange); /* called once, from dcv_net_step(); owns the exchange from then on */
    void (*drop)(struct dcv_exchange *exchange); /* called instead when the transport is freed; likewise */
    void *user;
    /* derived */
    uint64_t sent_us, done_us; /* of the logical clock */
    enum dcv_exchange_end end;
    uint8_t *answer; /* owned */
    size_t answer_len;
    /* progress, private to the transport */
    struct dcv_exchange *next;
    void *slot;
    size_t number;
};

void dcv_exchange_free(struct dcv_exchange *exchange);

/* A transport moves exchanges: live (c-ares), recorded, or a tape. */
struct dcv_transport {
    /* Takes the exchange; it comes back through `next`. On failure it is not taken. */
    enum dcv_status (*submit)(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us);
    /* Waits for the next finished exchange until the clock shows `until_us`; NULL: none by then. It is done at `now_us` or later, and
     * stays with the transport until `pop`. */
    struct dcv_exchange *(*peek)(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us);
    void (*pop)(struct dcv_transport *transport);
    /* Exchanges that have been submitted and not popped. */
    size_t (*pending)(const struct dcv_transport *transport);
    /* Frees the transport; exchanges still in it are dropped. */
    void (*free)(struct dcv_transport *transport);
};

struct dcv_timer {
    uint64_t due_us;
    void (*fire)(struct dcv_timer *timer);
    void *user;
    size_t place; /* in the heap, plus one; 0: not set. Zero it before first use. */
};

struct dcv_net;

/* Takes the transport. `start_us` is where the logical clock begins. */
enum dcv_status dcv_net_create(struct dcv_transport *transport, uint64_t start_us, struct dcv_net **out);
void dcv_net_free(struct dcv_net *net);
uint64_t dcv_net_now_us(const struct dcv_net *net);
/* (Re)starts a timer; DCV_ERR_NOMEM. */
enum dcv_status dcv_net_timer_set(struct dcv_net *net, struct dcv_timer *timer, uint64_t due_us);
void dcv_net_timer_stop(struct dcv_net *net, struct dcv_timer *timer);
/* Takes the exchange on success. */
enum dcv_status dcv_net_submit(struct dcv_net *net, struct dcv_exchange *exchange);
/* Lets the next timer fire or the next exchange be delivered, waiting for it. False: there is nothing to wait for. */
bool dcv_net_step(struct dcv_net *net);

/* The transport that really sends, over c-ares, on one epoll. */
struct dcv_live_options {
    struct dcv_clock clock;
    unsigned exchange_timeout_ms; /* after which c-ares gives up on a packet */
};
enum dcv_status dcv_live_create(const struct dcv_live_options *options, struct dcv_transport **out);
/* The servers of the system's resolver configuration. */
enum dcv_status dcv_live_system_servers(uint16_t default_port, struct dcv_endpoint *out, size_t room, size_t *count);

/* What a tape says of its run besides the exchanges. Texts are free of line ends; they are escaped on the tape. */
struct dcv_tape_header {
    int64_t wall_s;           /* UNIX time of the start */
    uint64_t start_us;        /* of the logical clock */
    struct dcv_seed seed;
    const char *const *lines; /* "key value", settings and names, for whoever replays */
    size_t line_count;
};

/* Wraps `inner` (taken): everything that goes through is written to the file at `path` by dcv_recorder_close(). */
enum dcv_status dcv_recorder_create(struct dcv_transport *inner, const char *path, const struct dcv_tape_header *header,
                                    struct dcv_transport **out);
/* Writes out what is still to be written; DCV_ERR_IO with errno when the tape could not be written whole. Call before freeing. */
enum dcv_status dcv_recorder_close(struct dcv_transport *transport);

/* Reads a tape (its text, `len` octets): a transport that answers as recorded. `header` lends from the transport. On DCV_ERR_SYNTAX `*line`
 * is the number of the bad line. */
enum dcv_status dcv_tape_create(const char *text, size_t len, struct dcv_transport **out, struct dcv_tape_header *header, size_t *line);
/* Does a file begin like a tape? */
bool dcv_tape_magic(const char *text, size_t len);

#endif
