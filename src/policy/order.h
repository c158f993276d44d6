/* What the files about orders share; private to this module. */
#ifndef DCV_POLICY_ORDER_H
#define DCV_POLICY_ORDER_H

#include "policy/judge.h"

/* An order under way: `judge.out` is its sum, findings of every CA are filed as general ones. */
struct ordering {
    struct judge judge;
    struct dcv_order *order;
};

/* ---- request.c ------------------------------------------------------------------------------------------------------------ */

/* What is wrong with the request, and what differs from the certificate in use. */
void request_judge(struct ordering *ordering);
/* What a CA wants of a request beyond the Baseline Requirements. */
void request_judge_for(struct ordering *ordering, struct dcv_judged_ca *ca);

/* ---- product.c ------------------------------------------------------------------------------------------------------------ */

/* Can the product that is ordered hold the names? */
void product_judge(struct ordering *ordering, struct dcv_judged_ca *ca);

#endif
