/* A digest for telling octets apart that others may have chosen: the first half of SHA-256. */
#ifndef DCV_RECORD_DIGEST_H
#define DCV_RECORD_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DCV_DIGEST = 16 };
void dcv_digest(const void *data, size_t len, uint8_t out[DCV_DIGEST]);

#endif
