/* The gathering of one name as its parts see it; private to this module. */
#ifndef DCV_GATHER_INTERNAL_H
#define DCV_GATHER_INTERNAL_H

#include "gather/gather.h"

#include "fact/delivery.h"
#include "plan/plan.h"
#include "probe/direct.h"
#include "probe/dns.h"
#include "probe/server.h"
#include "probe/smtp.h"

/* A lookup of a name under way: by the resolver, or directly, or held. */
struct pending {
    struct pending *next, **place; /* in the job's list */
    struct job *job;
    struct dcv_want want;
    struct dcv_dns_probe *probe;         /* one of these two; or neither, while it is held */
    struct dcv_direct_probe *direct;
    struct dcv_dns_outcome outcome;      /* what is held, or what the resolver said before the servers were asked */
    bool held;
};

/* A question to a server under way. */
struct asking {
    struct asking *next, **place;
    struct job *job;
    struct dcv_ask ask;
    struct dcv_server_probe *probe;
};

/* A conversation under way. */
enum errand_kind { ERRAND_REGISTRY, ERRAND_WEB, ERRAND_SMTP };
struct errand {
    struct errand *next, **place;
    struct job *job;
    enum errand_kind kind;
    /* of the kind; NULL: over, or not begun */
    struct dcv_registry_probe *registry;
    struct dcv_timer limit;              /* of a registry */
    struct dcv_web_probe *web;
    struct dcv_smtp_probe *smtp;
    struct dcv_pace_waiter *turn;        /* at the mail host */
    const struct dcv_delivery *delivery;
};

/* A fact that waits for keys. */
struct unresolved {
    struct unresolved *next;
    size_t index;
    unsigned depth;
    struct dcv_needs needs;
};

/* One name. */
struct job {
    struct job *next, *previous; /* previous: of those running */
    struct dcv_gather *gather;
    struct dcv_name name;
    bool wildcard;
    struct dcv_name watched;   /* len 0: everything that a check needs is asked */
    uint16_t watched_type;
    struct dcv_facts *facts;
    struct dcv_plan *plan;
    struct pending *pending;
    struct asking *asking;
    unsigned asking_count;
    struct errand *errands;
    bool mail_asked;           /* no more errands will begin */
    bool over;                 /* it is being cut: what ends now lets nothing begin */
    struct unresolved *unresolved;
    size_t given;              /* facts that were there before; they are not validated, and what they tell is not asked for again */
    struct dcv_timer deadline;
    struct dcv_hold hold;      /* while packets of the name wait for their turn */
    uint64_t spared_us;        /* of which the deadline knows */
    uint64_t started_us;
    dcv_gather_fn *done;
    void *user;
};

/* Does the resolver hand out signatures? */
enum handing { HANDING_UNKNOWN, HANDING_SIGNATURES, HANDING_NONE };

struct dcv_gather {
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    struct dcv_peers *peers;
    struct dcv_gather_options options;
    struct dcv_pace *mail_pace; /* conversations with mail hosts */
    enum handing handing;
    struct job *first, **last; /* waiting */
    struct job *running;
    unsigned running_count;
    bool ended, idle;          /* the feeder has no more, or none for now */
    enum dcv_status status;
};

void gather_fail(struct dcv_gather *gather, enum dcv_status status);
/* UNIX time of a moment of the logical clock. */
int64_t gather_wall(const struct dcv_gather *gather, uint64_t at_us);
/* Asks what the plan wants; ends the name when nothing is under way then. */
void job_advance(struct job *job);

/* Adds a fact, and wants what follows from it. */
void job_add_fact(struct job *job, const struct dcv_fact *fact, unsigned depth);

/* ---- errand.c ---------------------------------------------------------------------------------------------------------------- */

/* What can be begun with the name alone. */
void errands_begin(struct job *job);
/* Is a conversation under way that may tell of mailboxes? */
bool errands_lead_to_mail(const struct job *job);
/* What had to wait until all mailboxes were known. */
void errands_begin_last(struct job *job);
void errands_cut(struct job *job, int64_t at);
void errands_drop(struct job *job);

/* ---- lookup.c ---------------------------------------------------------------------------------------------------------------- */

enum dcv_status lookup_start(struct job *job, const struct dcv_want *want);
enum dcv_status asking_start(struct job *job, const struct dcv_ask *ask);
/* The time is over: what is under way becomes facts that say so. */
void lookups_cut(struct job *job, int64_t at);
void lookups_drop(struct job *job);

/* ---- trust.c ----------------------------------------------------------------------------------------------------------------- */

/* A fact was added: validates it, and what has waited for it. */
void trust_arrived(struct job *job, size_t index, unsigned depth);
/* Nothing more will come: what is not resolved stays indeterminate. */
void trust_end(struct job *job);
void trust_drop(struct job *job);

#endif
