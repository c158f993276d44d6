/* What a verdict of DNSSEC puts into the places of a sentence (finding/cause.h). */
#ifndef DCV_RECORD_PLACES_H
#define DCV_RECORD_PLACES_H

#include "base/arena.h"
#include "record/trust.h"

struct dcv_place {
    const char *key;   /* "zone" */
    const char *value; /* raw: to be escaped when put in */
};
enum { DCV_TRUST_PLACES = 9 };

/* The places that have a value, at the time `now` (UNIX): zone, owner, type; of dates date ("2026-10-22 03:10 UTC") and days or hours, whole ones, from 2
 * on, until then or since; of keys key (the tag) and algorithm; ede (" (EDE 7 Signature Expired)"). Values live in the arena or for ever;
 * its failure is sticky. Returns how many. */
size_t dcv_trust_places(const struct dcv_trust *trust, int64_t now, struct dcv_arena *arena, struct dcv_place out[DCV_TRUST_PLACES]);

#endif
