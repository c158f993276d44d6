/* How far apart two short texts are, for "did you mean". */
#ifndef DCV_CA_DISTANCE_H
#define DCV_CA_DISTANCE_H

#include <stddef.h>

enum { DCV_DISTANCE_FAR = 1000 };

/* Edit distance without ASCII case: insertions, deletions, replacements and exchanges of neighbours count one each.
 * DCV_DISTANCE_FAR when a text is longer than a domain name can be. */
size_t dcv_distance(const char *a, const char *b);

/* The id that a mistyped one was meant to be: offer each, then ask. Of a few letters half may be wrong, of more a
 * third; or the id is cut short. */
struct dcv_nearest {
    const char *word; /* lent */
    const char *found, *longer;
    size_t best;
};
struct dcv_nearest dcv_nearest_start(const char *word);
void dcv_nearest_offer(struct dcv_nearest *nearest, const char *candidate);
/* One of those offered, or NULL. */
const char *dcv_nearest_end(const struct dcv_nearest *nearest);

#endif
