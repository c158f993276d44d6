/* Outcomes kept over validations. Private to this module. */
#ifndef DCV_DNSSEC_RECALL_H
#define DCV_DNSSEC_RECALL_H

#include "dnssec/work.h"

/* Notes that the outcome under way rests on this answer. `serial` 0: on one that nobody could know again. */
void dcv_recall_note(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial);

enum dcv_recall {
    DCV_RECALL_NOTHING, /* nothing is known, or not any more */
    DCV_RECALLED,
    DCV_RECALL_WAITS,   /* for answers that are not there yet: they are on the list of needs */
};
/* What is said under (`name`, `type`, `serial`), name in lower case. */
enum dcv_recall dcv_recall(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial, struct dcv_outcome *out);
/* Keeps an outcome, unless it rests on something that cannot be known again. */
void dcv_recall_put(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial, const struct dcv_outcome *outcome);

#endif
