/* Outcomes kept over validations. Private to this module. */
#ifndef DCV_DNSSEC_PRECEDENT_H
#define DCV_DNSSEC_PRECEDENT_H

#include "dnssec/work.h"

/* Notes that the outcome under way rests on this answer. `serial` 0: on one that nobody could know again. */
void dcv_precedent_note(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial);

enum dcv_precedent {
    DCV_PRECEDENT_NONE, /* nothing is known, or not any more */
    DCV_PRECEDENT_HOLDS,
    DCV_PRECEDENT_WAITS,   /* for answers that are not there yet: they are on the list of needs */
};
/* What is said under (`name`, `type`, `serial`), name in lower case. */
enum dcv_precedent dcv_precedent(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial, struct dcv_outcome *out);
/* Keeps an outcome, unless it rests on something that cannot be known again. */
void dcv_precedent_put(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial, const struct dcv_outcome *outcome);

#endif
