/* Unpredictable values from a seed: SipHash-2-4 as a keyed function of what a value is for.
 *
 * Values do not depend on the order in which they are asked for, so a recorded run replays octet by octet. */
#ifndef DCV_BASE_RANDOM_H
#define DCV_BASE_RANDOM_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

struct dcv_seed {
    uint8_t key[16];
};

/* A fresh seed from the operating system. DCV_ERR_SYSTEM when it has none. */
enum dcv_status dcv_seed_fresh(struct dcv_seed *out);
/* SipHash-2-4 of `data` under the seed (Aumasson and Bernstein 2012). */
uint64_t dcv_seed_value(const struct dcv_seed *seed, const void *data, size_t len);

#endif
