/* Facts: what was observed, by whom, how and when. Append-only, then frozen; judging starts only after that. */
#ifndef DCV_FACT_FACT_H
#define DCV_FACT_FACT_H

#include "base/arena.h"
#include "base/vec.h"
#include "fact/registry.h"
#include "fact/talk.h"
#include "record/message.h"
#include "record/trust.h"

/* How a lookup ended. The texts are in dcv_outcome_text(). */
enum dcv_outcome {
    DCV_OUTCOME_ANSWER,      /* records of the asked type at the end of the alias chain */
    DCV_OUTCOME_NODATA,      /* the name exists, the type does not */
    DCV_OUTCOME_NXDOMAIN,
    DCV_OUTCOME_SERVFAIL,
    DCV_OUTCOME_REFUSED,
    DCV_OUTCOME_RCODE,       /* another RCODE: see `rcode` */
    DCV_OUTCOME_TIMEOUT,
    DCV_OUTCOME_UNREACHABLE, /* nobody listens there, or no route */
    DCV_OUTCOME_MALFORMED,   /* an answer that cannot be read */
    DCV_OUTCOME_TRUNCATED,   /* truncated over UDP, and TCP failed */
    DCV_OUTCOME_DEADLINE,    /* the name's time was over before an answer came */
    DCV_OUTCOME_NO_ROUTE,    /* this host has no way there, as without IPv6: nothing was sent */
    DCV_OUTCOME_PRIVATE,     /* a private address, which dcvready was not allowed to ask: nothing was sent */
    DCV_OUTCOME_UNRECORDED,  /* a replay was asked for something that the recording does not hold */
};

/* The message of a fact, where it can be gone by: NULL when the lookup failed, except that of a bogus answer, which is then flagged
 * so by the fact. */
struct dcv_dns_fact;
const struct dcv_message *dcv_dns_fact_data(const struct dcv_dns_fact *fact);
/* "answer", "nodata", …; never NULL. */
const char *dcv_outcome_text(enum dcv_outcome outcome);
/* ANSWER, NODATA or NXDOMAIN: the question was answered. */
bool dcv_outcome_conclusive(enum dcv_outcome outcome);

struct dcv_dns_fact {
    struct dcv_name name;
    uint16_t type;
    enum dcv_outcome outcome;
    uint16_t rcode;
    enum dcv_security security;
    const struct dcv_trust *trust; /* why; NULL: not validated here */
    /* The answer; of a bogus one, what the retry with CD gave. NULL when there was none to read. */
    const struct dcv_message *message;
    const char *server;         /* "127.0.0.1#53", or "" */
    bool tcp, cached;
    unsigned tries;             /* packets sent */
    uint64_t rtt_us;            /* of the exchange that answered; 0: none */
    int64_t at;                 /* UNIX time of the answer */
};

/* In which part a server was asked. */
enum dcv_asked_as {
    DCV_ASKED_PARENT,    /* a server of the zone above, about the delegation of `zone` */
    DCV_ASKED_AUTHORITY, /* a server of `zone` */
    DCV_ASKED_RESOLVER,  /* a resolver, for comparison */
};
const char *dcv_asked_as_text(enum dcv_asked_as as);

enum dcv_asked_over {
    DCV_OVER_UDP,   /* with EDNS; over TCP after truncation */
    DCV_OVER_TCP,
    DCV_OVER_PLAIN, /* UDP without EDNS */
};
const char *dcv_asked_over_text(enum dcv_asked_over over);

/* What one server said to one question. */
struct dcv_server_fact {
    enum dcv_asked_as as;
    struct dcv_name zone;       /* len 0 for resolvers */
    struct dcv_name host;       /* of the NS record that names it; len 0: a resolver */
    const char *server;         /* "192.0.2.1#53" */
    const struct dcv_rr *address; /* the A or AAAA record that led there; NULL: a resolver, or read from a file */
    struct dcv_name name;
    uint16_t type;
    enum dcv_asked_over over;
    enum dcv_security security; /* of what it said; UNCHECKED: that was not validated */
    const struct dcv_trust *trust;
    enum dcv_outcome outcome;   /* NODATA or NXDOMAIN from a server that does not recurse says nothing of targets in other zones */
    uint16_t rcode;
    const struct dcv_message *message; /* what was answered, whatever its RCODE; NULL: nothing that could be read */
    bool tcp;                   /* it came over TCP */
    bool case_ignored;          /* the case of the question was not echoed */
    bool no_edns;               /* asked with EDNS it refused, without it it answered */
    unsigned tries;             /* packets sent */
    uint64_t rtt_us;
    int64_t at;
};

enum dcv_fact_kind { DCV_FACT_DNS, DCV_FACT_CONTACTS, DCV_FACT_SERVER, DCV_FACT_SMTP, DCV_FACT_HTTP, DCV_FACT_ALPN };

struct dcv_fact {
    enum dcv_fact_kind kind;
    union {
        struct dcv_dns_fact dns;
        struct dcv_contacts_fact contacts;
        struct dcv_server_fact server;
        struct dcv_smtp_fact smtp;
        struct dcv_http_fact http;
        struct dcv_alpn_fact alpn;
    };
};

/* The facts of one name. */
struct dcv_facts;

struct dcv_facts *dcv_facts_create(void); /* NULL: memory is short */
void dcv_facts_free(struct dcv_facts *facts);
/* Where values of facts live. */
struct dcv_arena *dcv_facts_arena(struct dcv_facts *facts);
/* Copies the struct (what it points to must live as long as the facts). A second DNS fact of the same name and type is
 * refused (DCV_ERR_USAGE). `*index` (may be NULL) is its number. */
enum dcv_status dcv_facts_add(struct dcv_facts *facts, const struct dcv_fact *fact, size_t *index);
/* Releases `thing` with the facts; on DCV_ERR_NOMEM it is released at once. For what facts point into. */
enum dcv_status dcv_facts_keep(struct dcv_facts *facts, void *thing, void (*release)(void *thing));
/* The verdict of a validation on the fact number `index`, one of the DNS or of a server, copied. DCV_ERR_NOMEM. */
enum dcv_status dcv_facts_set_trust(struct dcv_facts *facts, size_t index, const struct dcv_trust *trust);
/* Gives every DNS fact whose security is still unchecked the state that the resolver's AD bit and what is known of the resolver
 * imply (`about` must be complete) where the resolver was to validate, and ends the adding of facts. */
void dcv_facts_freeze(struct dcv_facts *facts);
size_t dcv_facts_count(const struct dcv_facts *facts);
const struct dcv_fact *dcv_facts_at(const struct dcv_facts *facts, size_t index);
/* The DNS fact of (name, type), or NULL; `*index` (may be NULL) is its number. */
const struct dcv_dns_fact *dcv_facts_dns(const struct dcv_facts *facts, const struct dcv_name *name, uint16_t type, size_t *index);

/* What is known of the resolving as a whole. */
struct dcv_facts_about {
    int64_t at;                 /* UNIX time the gathering began */
    const char *resolver;       /* that answered first, "127.0.0.1#53"; NULL: not known */
    const char *dnssec_source;  /* "local", "resolver" or "off" */
    enum dcv_known_validation { DCV_VALIDATION_UNKNOWN, DCV_VALIDATION_NO, DCV_VALIDATION_YES, DCV_VALIDATION_STRIPPED } validation; /* of the resolver */
    unsigned queries, cached;   /* exchanges sent for this name, lookups answered from the cache */
    unsigned round_trips;       /* longest chain of lookups that had to wait for one another */
    uint64_t elapsed_us;
    bool deadline;              /* the budget ran out */
    bool authority;             /* the zones' own servers were asked, too */
    unsigned conversations;     /* with registries, web servers and mail hosts */
    unsigned signatures;        /* signature checks made for this name */
    struct dcv_rrs anchors;     /* trust anchors that validation began with: DS and DNSKEY records */
};
const char *dcv_validation_text(enum dcv_known_validation validation);
struct dcv_facts_about *dcv_facts_about(struct dcv_facts *facts);
const struct dcv_facts_about *dcv_facts_about_const(const struct dcv_facts *facts);

#endif
