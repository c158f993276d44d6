/* Judging what name servers and resolvers said, one by one: what its parts share; private to this module. */
#ifndef DCV_POLICY_SERVERS_H
#define DCV_POLICY_SERVERS_H

#include "policy/judge.h"

enum { SERVER_TRIES_MIN = 3 }; /* before silence counts: a packet is lost now and then */

enum server_health {
    SERVER_UNKNOWN, /* not asked, or not so that anything can be said */
    SERVER_SOUND,   /* answers for the zone with authority */
    SERVER_LAME,    /* answers, but not for the zone (RFC 1912 §2.8) */
    SERVER_DEAD,    /* silent over UDP and TCP */
};

/* A fact about a server, with its number. */
struct said {
    const struct dcv_server_fact *fact;
    size_t index;
};

/* One address of a name server, or a resolver. */
struct server {
    const struct dcv_name *host; /* NULL: a resolver */
    const char *address;         /* "192.0.2.1"; of a resolver with its port */
    const char *text;            /* "ns1.example.jp (192.0.2.1)" */
    DCV_VEC(struct said) said;
    enum server_health health;
    bool udp_answers, udp_silent, tcp_answers, tcp_silent;
};

struct question {
    struct dcv_name name;
    uint16_t type;
};

/* A zone whose servers were asked, or the resolvers; all lists in an order that does not depend on who answered first. */
struct swept {
    struct judge *judge;
    struct dcv_name zone;        /* len 0: the resolvers */
    const char *text;
    DCV_VEC(struct server) servers;
    DCV_VEC(struct said) parents; /* what servers of the zone above said of it */
    DCV_VEC(struct question) questions;
};

struct sweep {
    struct judge *judge;
    DCV_VEC(struct swept) zones;
    struct swept resolvers;
};

/* ---- servers.c ------------------------------------------------------------------------------------------------------------ */

/* What a server said to a question over UDP, with EDNS if that brought something; NULL: it was not asked. */
const struct said *server_said(const struct server *server, const struct question *question);
/* Is the fact evidence about the server? Not where it was not asked, or the time was over. */
bool server_told(const struct dcv_server_fact *fact);
/* No answer, although asked often enough, or nobody listens there. */
bool server_silent(const struct dcv_server_fact *fact);
/* Asked, and no use: silent, or an RCODE that answers nothing. */
bool server_failed(const struct dcv_server_fact *fact);
/* "192.0.2.53" of "192.0.2.53#53"; another port is kept. Lent or in the arena. */
const char *resolver_text(struct judge *judge, const char *server);
/* "NXDOMAIN", "SERVFAIL", "timeout": an outcome as DNS tools call it. */
const char *answer_word(enum dcv_outcome outcome);
/* What came, as a word: "timeout", "referral", "not-authoritative", "SERVFAIL", "NOTIMP"; lent or in the arena. */
const char *server_answer(struct judge *judge, const struct dcv_server_fact *fact);
/* The deepest zone swept above the name; NULL: none. */
const struct swept *sweep_zone_of(const struct sweep *sweep, const struct dcv_name *name);
/* Did this zone's servers have to answer the question, for all that is known of zones? */
bool sweep_belongs(const struct sweep *sweep, const struct swept *swept, const struct question *question);
/* "CAA www.example.jp", in the arena. */
const char *question_text(struct judge *judge, const struct question *question);

/* A list as the value of a place: the first few, and how many more there are, as "…, … (+84)". */
struct listing {
    struct judge *judge;
    struct dcv_buf text;
    size_t count;
    DCV_VEC(size_t) facts;
};
struct listing listing_begin(struct judge *judge);
/* `detail` (may be NULL) follows after a colon; `fact` SIZE_MAX: none. */
void listing_add(struct listing *listing, const char *text, const char *detail, size_t fact);
/* The text, in the arena, and the end of the listing; "-" when it is empty. */
const char *listing_end(struct listing *listing);
/* A finding about a zone, or a subject, with the listing as {servers} and its facts; files it unless the list is empty. Ends the listing. */
void listing_report(struct listing *listing, enum dcv_rule rule, const char *subject);

/* ---- servers_state.c ------------------------------------------------------------------------------------------------------- */

/* Sets the health of all servers. */
void servers_examine(struct swept *swept);
/* Findings about each server by itself. */
void servers_judge_states(const struct swept *swept);
/* Could every server of the zone be asked that this host can reach? */
bool servers_complete(const struct swept *swept);

/* ---- servers_value.c ------------------------------------------------------------------------------------------------------- */

/* What stands at a name. */
enum value_kind { VALUE_UNKNOWN, VALUE_ANSWER, VALUE_ALIAS, VALUE_NODATA, VALUE_NXDOMAIN };
struct value {
    enum value_kind kind;
    const uint8_t *key; /* the set of RDATA, sorted; names in it in lower case */
    size_t len;
    const char *text;   /* `"dcv@example.net"`, "nodata" */
};
/* The RRset of a type at `owner` in an answer, or the alias there; TTLs do not count. */
struct value value_of(struct judge *judge, const struct dcv_message *message, const struct dcv_name *owner, uint16_t type);
bool value_negative(const struct value *value);
/* `exactly`: NODATA and NXDOMAIN differ. */
bool value_same(const struct value *a, const struct value *b, bool exactly);

/* Who says what. */
struct voice {
    const char *text;
    struct value value;
    size_t fact;
};
struct voices {
    struct judge *judge;
    DCV_VEC(struct voice) items;
};
void voices_add(struct voices *voices, const char *text, const struct value *value, size_t fact);
bool voices_differ(const struct voices *voices, bool exactly);
/* "ns1.example.jp (192.0.2.1): nodata; ns2.example.jp (192.0.2.2): \"dcv@example.net\"", and the facts of it. */
const char *voices_text(const struct voices *voices, bool exactly);
struct dcv_fact_list voices_facts(const struct voices *voices);

/* ---- servers_records.c ----------------------------------------------------------------------------------------------------- */

/* Findings about records that differ between the servers, or that some do not give. */
void servers_judge_records(const struct sweep *sweep, const struct swept *swept);
/* What all of the zone's servers agree on; VALUE_UNKNOWN: they do not, or not all were heard. */
struct value servers_agreed(const struct swept *swept, const struct question *question);

/* ---- servers_delegation.c -------------------------------------------------------------------------------------------------- */

void servers_judge_delegation(const struct swept *swept);

/* ---- servers_resolvers.c --------------------------------------------------------------------------------------------------- */

void servers_judge_resolvers(const struct sweep *sweep);

#endif
