/* The DNS of a name as its facts show it, put in order for a reader: zones and their servers, what each of those said, chains of trust.
 * Values only; nothing is judged. What it points to lives as long as the facts and the arena. */
#ifndef DCV_REPORT_SURVEY_H
#define DCV_REPORT_SURVEY_H

#include "base/vec.h"
#include "fact/fact.h"
#include "fact/misplaced.h"
#include "record/dnskey.h"

/* ---- zones ---------------------------------------------------------------------------------------------------------------- */

struct dcv_survey_signature {
    struct dcv_name owner, signer; /* of the RRset that is signed */
    uint16_t type, tag;
    uint8_t algorithm;
    int64_t from, until; /* UNIX time */
};

struct dcv_survey_host {
    struct dcv_name name;
    bool at_parent, in_zone;                  /* in the delegation, in the zone's own NS RRset */
    DCV_VEC(size_t) rows;                     /* numbers of its addresses in dcv_survey.rows */
    DCV_VEC(const struct dcv_rr *) addresses; /* as looked up, where the zone's servers were not asked */
    bool no_address;                          /* both lookups said so */
};

struct dcv_survey_zone {
    struct dcv_name name;
    size_t above;   /* number of the zone that holds the delegation; SIZE_MAX: none */
    unsigned depth; /* zones above it */
    bool swept;     /* its servers were asked */
    bool has_serial;
    uint32_t serial;                  /* that most of its servers have; of equally many the later one */
    bool delegation_known, own_known; /* an NS RRset was seen there */
    DCV_VEC(struct dcv_survey_host) hosts;
    enum dcv_security security;    /* of the chain of trust down to its keys */
    const struct dcv_trust *trust; /* NULL: not validated here */
    DCV_VEC(struct dcv_ds) ds;
    DCV_VEC(struct dcv_dnskey) keys;
    DCV_VEC(struct dcv_survey_signature)
    signatures; /* over what was seen of it: each once, those over its keys and its DS first */
    bool has_nsec3;
    struct dcv_nsec3param nsec3;              /* how it denies, where it was seen to do so by NSEC3 */
    DCV_VEC(const struct dcv_trust *) faults; /* bogus and indeterminate verdicts that lie here, each once */
};

/* ---- servers × records ---------------------------------------------------------------------------------------------------- */

enum dcv_survey_column { DCV_COLUMN_NS, DCV_COLUMN_TXT, DCV_COLUMN_CAA, DCV_COLUMN_MX, DCV_COLUMN_A, DCV_COLUMN_COUNT };

/* One RRset as it was given to the question. */
struct dcv_survey_variant {
    const char *key; /* equal for equal RRsets, whatever the order, the case of names and the TTL */
    char letter;     /* 'A' for the one that most of the zone's servers give, 'B' for the next … */
    size_t servers;  /* of the zone, that give it */
    const struct dcv_message *message;
};

struct dcv_survey_question {
    struct dcv_name name;
    uint16_t type;
    enum dcv_survey_column column;
    size_t place; /* in its column: number in dcv_survey.names; 0 for NS */
    DCV_VEC(struct dcv_survey_variant) variants;
    char usual;   /* what most of the zone's servers say, as in a cell */
    bool differs; /* not all say that */
};

/* What one server said to one question: a letter, or one of these. */
enum { DCV_CELL_NOT_ASKED = ' ', DCV_CELL_NODATA = '-', DCV_CELL_NXDOMAIN = 'x', DCV_CELL_FAILED = '!' };

struct dcv_survey_cell {
    char state;
    size_t variant; /* number in the question's variants, plus one; 0: no RRset */
    enum dcv_outcome outcome;
    uint16_t rcode;
    unsigned tries;
    int64_t at;
    uint32_t ttl_s;
};

enum dcv_survey_reach {
    DCV_REACH_ANSWERS,
    DCV_REACH_SILENT,    /* no answer that can be read */
    DCV_REACH_LAME,      /* answers, but not for the zone: an error, or without authority */
    DCV_REACH_NO_ROUTE,  /* not asked: this host has no way there */
    DCV_REACH_PRIVATE,   /* not asked: a private address */
    DCV_REACH_NOT_ASKED, /* the time was over, or it is not on the tape */
};
const char *dcv_survey_reach_text(
    enum dcv_survey_reach reach); /* "answers", "silent", "lame", "no-route", "private", "not-asked" */

/* One address of a server, or one resolver. */
struct dcv_survey_row {
    bool resolver;
    size_t zone;          /* number; of resolvers SIZE_MAX */
    struct dcv_name host; /* len 0: a resolver */
    const char *server;   /* "192.0.2.1#53" */
    enum dcv_survey_reach reach;
    enum dcv_outcome outcome; /* of the first question to it */
    uint16_t rcode;
    unsigned tries;
    int64_t at;
    bool has_serial, usual_serial;
    uint32_t serial;
    bool authoritative;
    enum dcv_survey_tri { DCV_TRI_UNKNOWN, DCV_TRI_NO, DCV_TRI_YES } tcp, edns;
    bool case_ignored;
    uint64_t rtt_us;               /* of the first answer; 0: none */
    size_t size;                   /* octets of the largest answer; 0: not known */
    struct dcv_survey_cell *cells; /* one a question */
    bool differs;                  /* in a cell or the serial from what is usual */
};

/* ---- records by their owners ---------------------------------------------------------------------------------------------- */

struct dcv_survey_rung {
    struct dcv_name name;
    const struct dcv_dns_fact *fact; /* NULL: not looked up */
    bool found;                      /* it holds CAA records: the climb ends here */
};

struct dcv_survey_contact {
    struct dcv_name adn;
    unsigned distance; /* labels that the name has more than the ADN; UINT_MAX: the ADN is elsewhere */
    const struct dcv_dns_fact *fact;
    bool right;                         /* where CAs look; else what stands there looks like a contact */
    enum dcv_misplacement misplacement; /* where not `right` */
};

/* A domain to which mail may go. */
struct dcv_survey_mail {
    struct dcv_name name;
    unsigned distance;               /* as of a contact's ADN */
    const struct dcv_dns_fact *fact; /* its MX records */
};

struct dcv_survey {
    struct dcv_arena *arena;
    const struct dcv_facts *facts;
    struct dcv_name name, base;
    int64_t now;                           /* UNIX time of the gathering */
    DCV_VEC(struct dcv_survey_zone) zones; /* parents before children, siblings in canonical order */
    size_t elsewhere;                      /* zones of aliases and mail hosts that are in order, and left out */
    DCV_VEC(struct dcv_name) names;        /* the names whose records were asked for, the base domain first */
    DCV_VEC(struct dcv_survey_question) questions;
    DCV_VEC(struct dcv_survey_row) rows;   /* by zone, resolvers last */
    DCV_VEC(struct dcv_survey_rung) climb; /* for CAA, from the name upward */
    DCV_VEC(struct dcv_survey_contact) contacts; /* by ADN: the name and those above it first, what is misplaced last */
    DCV_VEC(struct dcv_survey_mail) mail;        /* the name and those above it first */
};

/* Failure is sticky in the arena. */
void dcv_survey_make(struct dcv_survey *survey, struct dcv_arena *arena, const struct dcv_facts *facts,
                     const struct dcv_name *name, const struct dcv_name *base);

/* Parts of it, in this order; private to this module. */
void dcv_survey_zones(struct dcv_survey *survey);
void dcv_survey_rows(struct dcv_survey *survey);
void dcv_survey_hosts(struct dcv_survey *survey);
void dcv_survey_chains(struct dcv_survey *survey);
void dcv_survey_seen(struct dcv_survey *survey);
/* The deepest zone of the survey at or above a name; SIZE_MAX: none. */
size_t dcv_survey_zone_of(const struct dcv_survey *survey, const struct dcv_name *name);

#endif
