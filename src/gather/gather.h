/* Gathering: drives plan and probes until every lookup of a name has an answer or its time is over; many names at once. */
#ifndef DCV_GATHER_GATHER_H
#define DCV_GATHER_GATHER_H

#include "dnssec/dnssec.h"
#include "fact/fact.h"
#include "name/hostname.h"
#include "name/mailbox.h"
#include "name/psl.h"
#include "net/pace.h"
#include "net/peers.h"
#include "probe/registry.h"
#include "probe/web.h"

/* Who validates DNSSEC. */
enum dcv_dnssec_mode { DCV_DNSSEC_OFF, DCV_DNSSEC_RESOLVER, DCV_DNSSEC_LOCAL };

/* Called when all but the mail hosts is known of a name: which mailboxes they are to be asked about. `facts` are not frozen yet; the values of `out`, which has
 * room for DCV_GATHER_MAILBOXES, live in the arena of the facts. */
enum { DCV_GATHER_MAILBOXES = 64 };
typedef enum dcv_status dcv_gather_mailboxes_fn(void *user, struct dcv_mailbox *out, size_t *count);

/* Whom to have conversations with, beside the DNS. */
struct dcv_gather_talks {
    struct dcv_registry *registry;  /* NULL: registries are not asked */
    unsigned registry_ms;           /* the time of that for one name: what is not known by then is not */
    bool smtp;                      /* mail hosts are asked about the mailboxes that `mailboxes` names */
    dcv_gather_mailboxes_fn *mailboxes;
    const char *helo, *mail_from;
    uint16_t smtp_port;
    const struct dcv_web_file *files; /* fetched from the web servers of plain names */
    size_t file_count;
    bool alpn;                      /* TLS handshakes with them for tls-alpn-01 */
    uint16_t http_port, https_port;
    unsigned timeout_ms;            /* of a conversation */
    struct dcv_seed seed;
};

struct dcv_gather_options {
    const struct dcv_psl *psl;
    enum dcv_dnssec_mode dnssec;
    struct dcv_validator *validator; /* of LOCAL; else NULL */
    bool authority;        /* the zones' own servers are asked, too */
    bool misplaced;        /* contact records are looked for at the usual wrong places, too */
    bool eager;            /* what is remembered is taken at once: the order of facts then depends on what other names have asked */
    bool no_ways;          /* nothing is looked up for other methods than e-mail */
    bool mail_security;    /* what the mail hosts of domains publish about TLS is looked up */
    struct dcv_gather_talks talks;
    const struct dcv_endpoint *views; /* resolvers to compare */
    size_t view_count;
    uint16_t authority_port;
    bool allow_private;    /* name servers at private addresses are asked, too */
    unsigned deadline_ms;  /* of a name, without the time in which any of its packets waits for its turn */
    unsigned concurrency;  /* names at once; fewer while packets wait for their turn (net/throttle.h) */
    /* Called when there is room for another name: adds it with dcv_gather_add(), or none for now. `*more` is true; false: there is no more, ever. NULL:
     * the names were all added before. A status other than DCV_OK ends the run with it. */
    enum dcv_status (*want)(void *user, bool *more);
    void *want_user;
    int64_t wall_s;        /* UNIX time at the logical time `start_us` */
    uint64_t start_us;
};

struct dcv_gather;

/* Everything is lent. */
enum dcv_status dcv_gather_create(struct dcv_net *net, struct dcv_resolver *resolver, struct dcv_peers *peers,
                                  const struct dcv_gather_options *options, struct dcv_gather **out);
void dcv_gather_free(struct dcv_gather *gather);

/* Called when a name is done, with its facts frozen. A status other than DCV_OK ends the run with it. */
typedef enum dcv_status dcv_gather_fn(void *user);
/* Queues a name. `facts` (lent until done) may hold given facts already. */
enum dcv_status dcv_gather_add(struct dcv_gather *gather, const struct dcv_hostname *name, struct dcv_facts *facts, dcv_gather_fn *done,
                               void *user);
/* The same of a name of which only this is wanted: how the question (`watched`, `type`) is answered by each server of its zones,
 * and by each of the views, now. Nothing is validated. */
enum dcv_status dcv_gather_watch(struct dcv_gather *gather, const struct dcv_name *name, const struct dcv_name *watched, uint16_t type,
                                 struct dcv_facts *facts, dcv_gather_fn *done, void *user);
/* Ends every name as if its time were over, and asks the feeder no more; to be called from a timer. */
void dcv_gather_cut(struct dcv_gather *gather);
/* The feeder that had none for now has one again: it is asked at the next step; from a timer, or dcv_net_watch_fd()'s call. */
void dcv_gather_kick(struct dcv_gather *gather);
/* Names that are being worked on. */
unsigned dcv_gather_running(const struct dcv_gather *gather);
/* Works until every queued name is done, and the feeder has no more. While it has none for now and nothing else can wake this, DCV_ERR_SYSTEM. */
enum dcv_status dcv_gather_run(struct dcv_gather *gather);

#endif
