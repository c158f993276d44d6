/* Records of ldns as values; private to this module. */
#ifndef DCV_RECORD_FROM_LDNS_H
#define DCV_RECORD_FROM_LDNS_H

#include "record/rr.h"

#include <ldns/ldns.h>

/* False: memory is short (sticky in the arena), or a record that ldns should not have let through. */
bool dcv_rr_from_ldns(struct dcv_arena *arena, ldns_rr *from, struct dcv_rr *to);

#endif
