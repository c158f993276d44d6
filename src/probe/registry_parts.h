/* Parts of the registry probe; private to it. All is driven by callbacks: a `done` is called once, perhaps from within the call that starts it. */
#ifndef DCV_PROBE_REGISTRY_PARTS_H
#define DCV_PROBE_REGISTRY_PARTS_H

#include "base/map.h"
#include "net/talk.h"
#include "probe/address.h"
#include "probe/registry.h"
#include "registry/registry.h"

#define N_(text) (text) /* of what comes before ": " the report shows the translation */

enum {
    REGISTRY_BURST = 4,         /* conversations with one host that may be begun at once … */
    REGISTRY_REFILL_MS = 1000,  /* … and after which time one more */
    REGISTRY_ADDRESSES_MAX = 3, /* of one host that something is sent to */
    REGISTRY_SERVERS_MAX = 4,   /* WHOIS servers asked for one domain */
    REGISTRY_REDIRECTS_MAX = 3,
    REGISTRY_HOLD_MAX_S = 3600, /* a server is not left alone longer than that, whatever it says */
    REGISTRY_HOLD_S = 60,       /* for how long one is that limits requests and says no time */
    REGISTRY_HOST = DCV_ENDPOINT_NAME,
};

/* ---- one conversation with a host: registry_visit.c ---------------------------------------------------------------------------- */

struct registry_call {
    enum dcv_protocol protocol;
    const char *host; /* a name in lower case, or an address */
    uint16_t port;
    bool named;       /* the user named it: it may have a private address */
    const struct dcv_buf *query; /* lent until the end, as the host */
};

struct registry_heard {
    const struct dcv_exchange *exchange; /* with an answer, maybe cut; NULL: there is none. Lent. */
    const char *why;                     /* without one; lent */
    bool limited;                        /* the host had asked to be left alone: nothing was sent */
    unsigned exchanges;                  /* conversations begun */
};
typedef void registry_heard_fn(void *user, const struct registry_heard *heard);

/* Waits for its turn with the host and tries its addresses one after the other. */
struct registry_visit {
    struct dcv_registry *registry;
    struct registry_call call;
    registry_heard_fn *done;
    void *user;
    struct dcv_arena *arena;
    struct dcv_address_probe *address;
    struct dcv_pace_waiter *waiter;
    struct dcv_talk *talk;
    struct dcv_endpoint tries[DCV_ADDRESSES_MAX];
    size_t count, next;
    unsigned exchanges;
    char why[DCV_WHY_TEXT];
};
/* `arena` holds what is looked up. `visit` must not be under way. */
void registry_visit_start(struct registry_visit *visit, struct dcv_registry *registry, struct dcv_arena *arena, const struct registry_call *call,
                          registry_heard_fn *done, void *user);
/* Nobody waits any more; of a zeroed or ended one, too. */
void registry_visit_stop(struct registry_visit *visit);

/* The host has had enough of requests: it is left alone for so long. Whoever would have to wait longer than for an answer is told so at once. */
void registry_hold(struct dcv_registry *registry, const char *host, long seconds);

/* "HOST", "HOST:PORT", "ADDR", "[V6]:PORT", in lower case. DCV_ERR_SYNTAX. */
enum dcv_status registry_host_parse(const char *text, uint16_t port, char host[REGISTRY_HOST], uint16_t *port_out);

/* ---- those who wait for what is asked once a run -------------------------------------------------------------------------------- */

struct registry_wait {
    struct registry_wait *next;
    void (*go)(void *user);
    void *user;
};
/* In the order of asking. */
void registry_wait_add(struct registry_wait **waits, struct registry_wait *wait);
/* Calls all that wait. */
void registry_wake(struct registry_wait **waits);

/* ---- the user's cache: registry_cache.c ---------------------------------------------------------------------------------------- */

/* `octets` NULL: nothing was kept. Lent. */
typedef void registry_kept_fn(void *user, const void *octets, size_t len);
struct registry_reader {
    struct dcv_talk *talk;
    registry_kept_fn *done;
    void *user;
};
void registry_cache_get(struct registry_reader *reader, struct dcv_registry *registry, const char *key, unsigned age_s, registry_kept_fn *done,
                        void *user);
void registry_cache_stop(struct registry_reader *reader);
/* Nobody waits for it, and nothing is said of its failure. */
void registry_cache_put(struct dcv_registry *registry, const char *key, const void *octets, size_t len);

/* Those facts among them that told something, as text; false: none did, or memory is short. */
bool registry_facts_write(const struct dcv_contacts_fact *facts, size_t count, struct dcv_buf *out);
/* What was written so, of this domain, and not too old at `now_s`; 0: nothing that is of use. */
size_t registry_facts_read(struct dcv_arena *arena, const void *octets, size_t len, const struct dcv_name *domain, int64_t now_s,
                           struct dcv_contacts_fact *out, size_t room);

/* ---- values: registry_merge.c -------------------------------------------------------------------------------------------------- */

/* A copy of all that the fact points to; false: memory is short. */
bool registry_fact_copy(struct dcv_arena *arena, const struct dcv_contacts_fact *fact, struct dcv_contacts_fact *out);
/* Adds what the registrar told to what the registry did. */
void registry_merge(struct dcv_arena *arena, struct dcv_registry_reading *registry, const struct dcv_registry_reading *registrar);
/* Adds what was told of a handle. */
void registry_merge_handle(struct dcv_arena *arena, struct dcv_registry_reading *domain, const struct dcv_registry_reading *handle);
/* May the registrar know more? */
bool registry_wants_more(enum dcv_contacts_state state);

/* ---- RDAP: registry_rdap.c, registry_bootstrap.c -------------------------------------------------------------------------------- */

struct registry_bootstrap {
    const struct dcv_rdap_bootstrap *servers; /* NULL: not known yet */
    struct dcv_arena *arena;
    struct registry_wait *waits;
    bool asked;
    struct dcv_buf query;
    struct registry_visit visit;
    struct registry_reader reader;
};
/* Calls `wait->go` when the servers are known, perhaps at once. */
void registry_bootstrap_await(struct dcv_registry *registry, struct registry_wait *wait);
void registry_bootstrap_stop(struct registry_bootstrap *bootstrap);

/* The end of a walk; the fact and what it points to live in the arena of the walk. */
typedef void registry_walked_fn(void *user, const struct dcv_contacts_fact *fact);

struct registry_walk;
/* `base`: of the registry. NULL: memory is short. */
struct registry_walk *registry_rdap_start(struct dcv_registry *registry, struct dcv_arena *arena, const struct dcv_name *domain, const char *base,
                                          registry_walked_fn *done, void *user);
void registry_rdap_stop(struct registry_walk *walk);

/* ---- WHOIS: registry_whois.c, registry_tld.c ------------------------------------------------------------------------------------ */

/* Which server knows a top-level domain. */
struct registry_tld {
    struct dcv_registry *registry;
    char name[REGISTRY_HOST];
    bool asked, known;
    enum dcv_contacts_state state;   /* NONE: `server` tells, else why there is none */
    char server[REGISTRY_HOST];
    char why[DCV_REGISTRY_TEXT];
    bool asked_now;                  /* whois.iana.org was asked in this run */
    struct registry_wait *waits;
    struct dcv_arena *arena;
    struct dcv_buf query;
    struct registry_visit visit;
    struct registry_reader reader;
};
extern const char registry_iana[];
/* NULL: memory is short. */
struct registry_tld *registry_tld_of(struct dcv_registry *registry, const char *name);
/* Calls `wait->go` when it is known, perhaps at once. */
void registry_tld_await(struct registry_tld *tld, struct registry_wait *wait);
void registry_tld_free(struct registry_tld *tld);

struct registry_whois;
struct registry_whois *registry_whois_start(struct dcv_registry *registry, struct dcv_arena *arena, const struct dcv_name *domain,
                                            registry_walked_fn *done, void *user);
void registry_whois_stop(struct registry_whois *walk);

/* ---- the whole ----------------------------------------------------------------------------------------------------------------- */

struct dcv_registry {
    struct dcv_registry_options options; /* its texts are copies */
    struct dcv_arena *arena;
    struct dcv_pace *pace;
    struct dcv_map *askings;             /* by domain */
    struct dcv_map *tlds;
    struct dcv_map *holds;               /* by host: when it may be asked again */
    struct registry_bootstrap bootstrap;
};
/* UNIX time. */
int64_t registry_now_s(const struct dcv_registry *registry);

#endif
