/* Waiting for a record to stand everywhere, as values: nothing here decides. */
#ifndef DCV_JUDGEMENT_WAIT_H
#define DCV_JUDGEMENT_WAIT_H

#include "base/vec.h"
#include "name/hostname.h"
#include "name/mailbox.h"

/* What is waited for: a TXT record. */
struct dcv_wanted {
    struct dcv_name owner;
    const uint8_t *value;              /* its octets, the strings joined; of a contact, as given */
    size_t len;
    const struct dcv_mailbox *contact; /* NULL: the octets count; else the address that they are */
};

/* What a server, or a resolver, was last seen to say. */
enum dcv_wait_state {
    DCV_WAIT_HAS,
    DCV_WAIT_ALIAS,    /* a CNAME or DNAME leads to a name in another zone, which is followed */
    DCV_WAIT_OTHER,    /* other values only */
    DCV_WAIT_LACKS,    /* no TXT record */
    DCV_WAIT_FAILS,    /* a resolver that cannot tell, as where DNSSEC does not validate */
    DCV_WAIT_LAME,     /* it answers, but not for the zone; or, of a resolver, not us */
    DCV_WAIT_SILENT,
    DCV_WAIT_NO_ROUTE, /* this host has no way there */
    DCV_WAIT_PRIVATE,  /* a private address, which was not to be asked */
    DCV_WAIT_UNASKED,  /* a resolver, as long as servers lack the record: it would keep their denial */
};
const char *dcv_wait_state_text(enum dcv_wait_state state); /* "has", "alias", … */

/* Unanswered tries in a row after which a server is left out. */
enum { DCV_WAIT_TRIES = 3 };

struct dcv_wait_server {
    bool resolver;
    struct dcv_name name;       /* that it was asked about: the owner, or what an alias leads to */
    struct dcv_name zone, host; /* len 0: of a resolver */
    const char *server;         /* "192.0.2.1#53" */
    enum dcv_wait_state state;
    const char *outcome;        /* of the question, as facts say it */
    struct dcv_name target;     /* of an alias */
    const uint8_t *other;       /* the first of other values */
    size_t other_len;
    size_t values;              /* TXT records seen */
    bool has_serial;
    uint32_t serial;
    uint32_t ttl_s;             /* how long what it said is valid */
    int64_t at;                 /* UNIX time of the answer */
    unsigned tries;             /* unanswered, or answered as no server of the zone would, in a row */
    bool counts;                /* else it was left out */
    /* Whatever was told without the record may be remembered until then, by this resolver, or by those that had asked this server;
     * 0: nothing was. */
    int64_t until;
};

struct dcv_wait_servers {
    struct dcv_wait_server *items;
    size_t count, room;
};

enum dcv_wait_end { DCV_WAIT_MET, DCV_WAIT_DEADLINE, DCV_WAIT_STOPPED };
const char *dcv_wait_end_text(enum dcv_wait_end end); /* "met", "deadline", "stopped" */

/* One name. */
struct dcv_wait {
    const struct dcv_hostname *name;
    struct dcv_wanted wanted;
    struct dcv_wait_servers servers; /* those of the zones, then the resolvers */
    unsigned rounds;
    enum dcv_wait_end end;
    bool seen;                       /* unless it is met: somebody answered, so that it is known not to stand everywhere */
    bool suffix;                     /* a public suffix or the like: nobody was asked */
    int64_t started_s, ended_s;      /* UNIX time */
    uint64_t elapsed_us;
    int64_t negative_until;          /* the latest `until` of the rows that is to come; 0: none */
};

#endif
