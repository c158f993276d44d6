/* Gathering: drives plan and probes until every lookup of a name has an answer or its time is over; many names at once. */
#ifndef DCV_GATHER_GATHER_H
#define DCV_GATHER_GATHER_H

#include "fact/fact.h"
#include "name/psl.h"
#include "net/resolver.h"

struct dcv_gather_options {
    bool ask_dnssec;       /* DNSSEC state from the resolver */
    unsigned deadline_ms;  /* of a name */
    unsigned concurrency;  /* names at once */
    int64_t wall_s;        /* UNIX time at the start of the logical clock */
};

struct dcv_gather;

/* Everything is lent. */
enum dcv_status dcv_gather_create(struct dcv_net *net, struct dcv_resolver *resolver, const struct dcv_psl *psl,
                                  const struct dcv_gather_options *options, struct dcv_gather **out);
void dcv_gather_free(struct dcv_gather *gather);

/* Called when a name is done, with its facts frozen. A status other than DCV_OK ends the run with it. */
typedef enum dcv_status dcv_gather_fn(void *user);
/* Queues a name. `facts` (lent until done) may hold given facts already. */
enum dcv_status dcv_gather_add(struct dcv_gather *gather, const struct dcv_name *name, struct dcv_facts *facts, dcv_gather_fn *done,
                               void *user);
/* Works until every queued name is done. */
enum dcv_status dcv_gather_run(struct dcv_gather *gather);

#endif
