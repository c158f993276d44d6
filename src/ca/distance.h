/* How far apart two short texts are, for "did you mean". */
#ifndef DCV_CA_DISTANCE_H
#define DCV_CA_DISTANCE_H

#include <stddef.h>

enum { DCV_DISTANCE_FAR = 1000 };

/* Edit distance without ASCII case: insertions, deletions, replacements and exchanges of neighbours count one each.
 * DCV_DISTANCE_FAR when a text is longer than a domain name can be. */
size_t dcv_distance(const char *a, const char *b);

#endif
