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

struct dcv_plan;

/* The plan for `name` (without "*."). `psl` is lent. DCV_ERR_NOMEM. */
enum dcv_status dcv_plan_create(const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_plan **out);
void dcv_plan_free(struct dcv_plan *plan);
/* Takes in the fact number `index`, the answer to a lookup of depth `depth` (0: it was given): wants what follows from it. */
enum dcv_status dcv_plan_extend(struct dcv_plan *plan, const struct dcv_facts *facts, size_t index, unsigned depth);
/* The next lookup to make, each once; false: none for now. */
bool dcv_plan_next(struct dcv_plan *plan, struct dcv_want *out);

#endif
