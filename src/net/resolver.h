/* A stub resolver over exchanges: retries, TCP after truncation over UDP, several servers, one lookup in flight a question, a cache by TTL. */
#ifndef DCV_NET_RESOLVER_H
#define DCV_NET_RESOLVER_H

#include "base/shelf.h"
#include "net/throttle.h"
#include "record/message.h"

/* An answer that several lookups may share. */
struct dcv_response {
    unsigned references;
    struct dcv_arena *arena;
    struct dcv_message message;
};
void dcv_response_ref(struct dcv_response *response);
void dcv_response_unref(struct dcv_response *response); /* NULL is fine */

/* How a lookup ended. */
enum dcv_lookup_end {
    DCV_LOOKUP_ANSWERED,    /* a message was read, whatever its RCODE */
    DCV_LOOKUP_TIMEOUT,
    DCV_LOOKUP_UNREACHABLE,
    DCV_LOOKUP_NO_ROUTE,    /* the only server is one to which this host has no way */
    DCV_LOOKUP_MALFORMED,
    DCV_LOOKUP_TRUNCATED,   /* truncated over UDP, and no answer over TCP */
    DCV_LOOKUP_UNRECORDED,
};

struct dcv_lookup_result {
    enum dcv_lookup_end end;
    struct dcv_response *response; /* lent: reference it to keep it; NULL unless ANSWERED */
    struct dcv_endpoint server;    /* who answered, or was asked last */
    const char *server_text;       /* the same as dcv_endpoint_text() writes it; lent */
    int server_number;
    const char *why;               /* without an answer, what the server asked last says of it, for people; "": nothing. Lent. */
    bool tcp, cached, joined;      /* tcp: or another stream; cached: nothing was sent; joined: it waited for another's question */
    bool case_ignored;             /* the server does not echo the case of the question */
    bool plain;                    /* answered without EDNS, with which it had failed */
    unsigned exchanges;            /* packets sent for this question */
    unsigned waits;                /* answers waited for one after the other: 1, or more after truncation and failures */
    uint64_t rtt_us;               /* of the exchange that answered */
    uint64_t done_us;
};

typedef void dcv_lookup_fn(void *user, const struct dcv_lookup_result *result);

struct dcv_resolver_options {
    const struct dcv_endpoint *servers;
    size_t server_count;
    struct dcv_seed seed;
    unsigned timeout_ms; /* of a question, all tries together, from when its first packet goes out */
    struct dcv_throttle *throttle; /* lent; NULL: every packet goes at once */
    size_t cache_bytes;  /* that answers and what else is remembered of questions may take; 0: no bound */
    struct dcv_shelf *shelf; /* of several resolvers that share a bound, instead; lent; NULL: an own one */
};

struct dcv_resolver;

/* The options are copied; `net` is lent. */
enum dcv_status dcv_resolver_create(struct dcv_net *net, const struct dcv_resolver_options *options, struct dcv_resolver **out);
/* Lookups that are not done are dropped without a call. It may be called from a call that this very resolver makes. */
void dcv_resolver_free(struct dcv_resolver *resolver);

/* Asks. `done` is called once, from dcv_net_step(), never from within this call. `*handle` serves to forget. `server` is the number of
 * the only server to ask, or DCV_ANY_SERVER: then the next one is asked where one does not answer or refuses. SERVFAIL is an
 * answer: it may mean that this server validates and the data does not, which another server must not gloss over. */
enum { DCV_ANY_SERVER = -1 };
struct dcv_waiter;
enum dcv_status dcv_resolver_ask(struct dcv_resolver *resolver, const struct dcv_question *question, int server, dcv_lookup_fn *done,
                                 void *user, struct dcv_waiter **handle);
/* The time in which the question waits for its turn, from now on, counts for `hold` (lent until the answer, or until it is forgotten), too. */
void dcv_waiter_hold(struct dcv_waiter *waiter, struct dcv_hold *hold);
/* What its cache holds; of all that share its shelf. */
size_t dcv_resolver_cache_bytes(const struct dcv_resolver *resolver);
/* What a resolver takes with nothing in it. */
size_t dcv_resolver_bytes(const struct dcv_resolver *resolver);
/* Does little wait for its turn at the server that is asked first? */
bool dcv_resolver_has_room(const struct dcv_resolver *resolver);
/* Is the answer remembered? Then it is given at once, instead of by a call later on; what it lends holds until the next call. */
bool dcv_resolver_known(struct dcv_resolver *resolver, const struct dcv_question *question, struct dcv_lookup_result *out);
size_t dcv_resolver_server_count(const struct dcv_resolver *resolver);
/* The caller no longer waits; `done` is not called. The question itself goes on for others. */
void dcv_resolver_forget(struct dcv_resolver *resolver, struct dcv_waiter *waiter);
/* Why server number `server` gave no answer when it last gave none, for people; "": nothing is known. Lent. */
const char *dcv_resolver_why(const struct dcv_resolver *resolver, size_t server);
/* Was something asked, and did no server ever answer anything? */
bool dcv_resolver_deaf(const struct dcv_resolver *resolver);

#endif
