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

/* How a server is spoken to. */
enum dcv_protocol {
    DCV_PROTO_DNS,   /* UDP, and TCP where that is not enough */
    DCV_PROTO_TCP,
    DCV_PROTO_TLS,   /* RFC 7858 */
    DCV_PROTO_HTTPS, /* RFC 8484 */
    /* What follows is for conversations, not for resolvers. */
    DCV_PROTO_WHOIS, /* RFC 3912: net/whois.h */
    DCV_PROTO_SMTP,  /* net/smtp.h */
    DCV_PROTO_FETCH, /* a request over HTTP: net/fetch.h */
    DCV_PROTO_ALPN,  /* a TLS handshake: net/alpn.h */
    DCV_PROTO_CACHE, /* a file of the user's cache: net/cache.h */
};

enum { DCV_ENDPOINT_NAME = 254, DCV_ENDPOINT_PATH = 128, DCV_ENDPOINT_TEXT = 704 };

/* A server: an address literal, a port, and what TLS and HTTP need besides. */
struct dcv_endpoint {
    char host[DCV_ENDPOINT_NAME]; /* while it is `named`, the host name whose address is still to be found */
    uint16_t port;
    enum dcv_protocol protocol;
    bool named;
    char name[DCV_ENDPOINT_NAME]; /* A-labels: asked for by SNI, and to be named by the certificate; "": it must name the address */
    char path[DCV_ENDPOINT_PATH]; /* of HTTPS, with its query */
};

/* An address and a port: "ADDR", "ADDR:PORT", "V6", "[V6]:PORT"; DCV_ERR_SYNTAX. */
enum dcv_status dcv_address_parse(const char *text, uint16_t default_port, struct dcv_endpoint *out);
/* The same, and "tcp://ADDR[:PORT]", "tls://HOST[:PORT][#NAME]", "https://HOST[:PORT][/PATH][#NAME]", where HOST is an address or a name;
 * and what dcv_endpoint_text() writes of a resolver. The default port is that of UDP and TCP. DCV_ERR_SYNTAX. */
enum dcv_status dcv_endpoint_parse(const char *text, uint16_t default_port, struct dcv_endpoint *out);
/* Whatever dcv_endpoint_text() writes, of conversations, too: as on a tape. DCV_ERR_SYNTAX. */
enum dcv_status dcv_endpoint_read(const char *text, struct dcv_endpoint *out);
/* "192.0.2.1#53", "tls://192.0.2.1:853#dns.example", "whois://192.0.2.1:43": free of blanks; returns `out`. */
const char *dcv_endpoint_text(const struct dcv_endpoint *endpoint, char out[DCV_ENDPOINT_TEXT]);
bool dcv_endpoint_equal(const struct dcv_endpoint *a, const struct dcv_endpoint *b);

/* How an exchange ended. */
enum dcv_exchange_end {
    DCV_EXCHANGE_ANSWER,
    DCV_EXCHANGE_TIMEOUT,
    DCV_EXCHANGE_UNREACHABLE, /* refused, or no route */
    DCV_EXCHANGE_NO_ROUTE,    /* this host has no way to such addresses, as without IPv6: nothing was sent */
    DCV_EXCHANGE_REJECTED,    /* it is none to ask: its certificate does not verify, or it serves no DNS there */
    DCV_EXCHANGE_FAILED,      /* anything else; asking again may help */
    DCV_EXCHANGE_UNRECORDED,  /* a replay has no such exchange */
    DCV_EXCHANGE_PRIVATE,     /* a conversation with a private address, which is not allowed: nothing was sent */
    DCV_EXCHANGE_CUT,         /* the answer was longer than is taken: it was broken off, and `answer` is its beginning */
};

enum { DCV_WHY_TEXT = 160 };

/* One packet to one server and what comes of it; or a whole conversation with it, whose `query` says what is to be said and whose `answer` holds
 * what was heard, each as the header of its protocol tells. */
struct dcv_exchange {
    /* given */
    struct dcv_endpoint to;
    bool tcp; /* or another stream: neither lost nor cut */
    bool named; /* the user named this very server for conversations: it may have a private address */
    unsigned timeout_ms; /* of a conversation, from its beginning to its end; 0: as long as of a packet */
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
    char why[DCV_WHY_TEXT]; /* without an answer, for people: "the connection was refused"; "" where nothing more is known than `end` */
    /* progress, private to the transport */
    struct dcv_exchange *next;
    void *slot;
    size_t number;
};

void dcv_exchange_free(struct dcv_exchange *exchange);
/* Notes why there is no answer: a text of ours, and what the server or a library says of it (NULL: nothing), made printable ASCII. */
void dcv_exchange_why(struct dcv_exchange *exchange, const char *what, const char *detail);

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
    /* These two may be NULL: nothing but exchanges can be waited for. While a file descriptor is watched, `peek` returns NULL early when it is found
     * readable; `woken` then says once which, and when. DCV_ERR_SYSTEM: it cannot be watched. */
    enum dcv_status (*watch)(struct dcv_transport *transport, int fd, bool on);
    bool (*woken)(struct dcv_transport *transport, int *fd, uint64_t *at_us);
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
/* A number that was not given before: 1, 2, … */
uint64_t dcv_net_serial(struct dcv_net *net);
/* (Re)starts a timer; DCV_ERR_NOMEM. */
enum dcv_status dcv_net_timer_set(struct dcv_net *net, struct dcv_timer *timer, uint64_t due_us);
void dcv_net_timer_stop(struct dcv_net *net, struct dcv_timer *timer);
/* Takes the exchange on success. */
enum dcv_status dcv_net_submit(struct dcv_net *net, struct dcv_exchange *exchange);
/* Calls `fn` once, from dcv_net_step(), when the file descriptor is readable or at its end. DCV_ERR_SYSTEM: it cannot be waited for: a regular file, or
 * there is no live transport, as with a tape. */
enum dcv_status dcv_net_watch_fd(struct dcv_net *net, int fd, void (*fn)(void *user), void *user);
/* To be called before the descriptor is closed, if `fn` was not called yet. */
void dcv_net_unwatch_fd(struct dcv_net *net, int fd);
/* Lets the next timer fire or the next exchange be delivered, or tells of a file descriptor, waiting for it. False: there is nothing to wait for. */
bool dcv_net_step(struct dcv_net *net);

/* The transport that really sends, on one epoll: over c-ares, OpenSSL and libcurl. */
struct dcv_live_options {
    struct dcv_clock clock;
    unsigned exchange_timeout_ms; /* after which it gives up on a packet */
    const char *ca_file;          /* certificates (PEM) to trust besides those of the system; NULL: none. Lent. */
    bool allow_private;           /* conversations with private addresses */
    const char *cache_dir;        /* of DCV_PROTO_CACHE; NULL: there is none, and nothing is kept. Lent. */
    const char *user_agent;       /* of HTTP requests. Lent. */
};
enum dcv_status dcv_live_create(const struct dcv_live_options *options, struct dcv_transport **out);
/* Does the system know a way to this address? A datagram socket tells when it is connected, without sending anything. */
bool dcv_live_leads_to(const struct dcv_endpoint *endpoint);
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
