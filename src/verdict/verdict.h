/* From addresses and findings to verdicts. */
#ifndef DCV_VERDICT_VERDICT_H
#define DCV_VERDICT_VERDICT_H

#include "judgement/judgement.h"
#include "judgement/order.h"
#include "name/mailbox.h"

/* Sets the verdict of every row: not ready with a blocker; ready with a usable address, or a way that is ready, and a CAA that permits; else
 * unknown, but not ready where no way is more than that. */
void dcv_verdict_decide(struct dcv_judged *judged);

/* What the verdicts of several CAs come to for a name; a CA is ready by one of its rows. `every`: each CA must be ready (they were named); else one that is ready is
 * enough, and the Baseline Requirements, which issue nothing, count only when they stand alone. */
enum dcv_verdict dcv_verdict_of_name(const struct dcv_judged *judged, bool every);

/* Would each CA accept the address? `out` has room for one answer a CA, in the order of judged->cas. */
void dcv_verdict_accepts(const struct dcv_judged *judged, const struct dcv_mailbox *asked, struct dcv_acceptance *out);

/* Which addresses approve how many names of an order at each CA of order->sum, the fewest mailboxes for all of them, and the verdicts:
 * ready where every name is and nothing about the order blocks. `every` as above. DCV_ERR_NOMEM. */
enum dcv_status dcv_verdict_order(struct dcv_order *order, struct dcv_arena *arena, bool every);

#endif
