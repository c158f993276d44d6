#include "record/digest.h"

#include <ldns/ldns.h>
#include <string.h>

void dcv_digest(const void *data, size_t len, uint8_t out[DCV_DIGEST])
{
    ldns_sha256_CTX context;
    uint8_t digest[LDNS_SHA256_DIGEST_LENGTH];
    ldns_sha256_init(&context);
    ldns_sha256_update(&context, data, len);
    ldns_sha256_final(digest, &context);
    memcpy(out, digest, DCV_DIGEST);
}
