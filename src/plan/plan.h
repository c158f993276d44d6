/* Which lookups a name needs: pure, and extended by what the answers say. Asked for as early as known, because what a person waits for is the
 * number of lookups that depend on one another.
 *
 * The plan covers every date and every CA, so that recorded facts can be judged for any of them. */
#ifndef DCV_PLAN_PLAN_H
#define DCV_PLAN_PLAN_H

#include "fact/fact.h"
#include "name/psl.h"

/* One lookup. `depth` counts the lookups that had to be answered before this one could be asked. */
struct dcv_want {
    struct dcv_name name;
    uint16_t type;
    unsigned depth;
};

/* One question to one server. */
struct dcv_ask {
    enum dcv_asked_as as;
    struct dcv_name zone, host; /* as in dcv_server_fact */
    struct dcv_rr address;      /* the A or AAAA record of `host`; only type and RDATA count. Not for resolvers. */
    size_t view;                /* number of the resolver */
    struct dcv_name name;
    uint16_t type;
    enum dcv_asked_over over;
    unsigned depth;
};

struct dcv_plan_options {
    const struct dcv_psl *psl;  /* lent */
    bool validate;              /* DNSSEC is validated here: keys are wanted early */
    bool authority;             /* the zones' own servers are asked, too */
    bool no_ways;               /* what stands where records of DNS methods would is not looked up */
    bool mail_security;         /* what the mail hosts of domains publish about TLS (RFC 6698, RFC 8461) */
    bool misplaced;             /* where no contact is published, the usual wrong places are looked at */
    size_t views;               /* resolvers to compare */
    /* Nothing but how this question, and that for the SOA of its name, is answered by each of the zones' servers, and the question by each
     * resolver; NULL: everything that a check needs. */
    const struct dcv_name *watched;
    uint16_t watched_type;
};

struct dcv_plan;

/* The plan for `name` (without "*."). DCV_ERR_NOMEM. */
enum dcv_status dcv_plan_create(const struct dcv_plan_options *options, const struct dcv_name *name, struct dcv_plan **out);
void dcv_plan_free(struct dcv_plan *plan);
/* Takes in the fact number `index`, the answer to a lookup of depth `depth` (0: it was given): wants what follows from it. */
enum dcv_status dcv_plan_extend(struct dcv_plan *plan, const struct dcv_facts *facts, size_t index, unsigned depth);
/* Wants one lookup more, unless it was wanted before. DCV_ERR_NOMEM. */
enum dcv_status dcv_plan_want(struct dcv_plan *plan, const struct dcv_name *name, uint16_t type, unsigned depth);
/* The next lookup to make, each once; false: none for now. */
bool dcv_plan_next(struct dcv_plan *plan, struct dcv_want *out);
/* The next question to a server, each once; false: none for now. Its address lends from the facts. */
bool dcv_plan_next_ask(struct dcv_plan *plan, struct dcv_ask *out);

#endif
