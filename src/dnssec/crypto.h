/* Which algorithms can be verified, and the verification of one signature or digest. Private to this module. */
#ifndef DCV_DNSSEC_CRYPTO_H
#define DCV_DNSSEC_CRYPTO_H

#include "record/dnskey.h"

/* Octets that are lent. */
struct dcv_octets {
    const uint8_t *data;
    size_t len;
};

bool dcv_algorithm_supported(uint8_t algorithm, bool refuse_sha1);
bool dcv_digest_supported(uint8_t digest_type, bool refuse_sha1);

/* May it sign a zone? A zone key of protocol 3 (RFC 4034 §2.1), not revoked (RFC 5011 §2.1). */
bool dcv_dnskey_fit(const struct dcv_dnskey *key);
/* Is the digest of the DS that of the key, owned by `owner`, a name in lower case? Tag and algorithm are not compared. */
bool dcv_ds_digests(const struct dcv_ds *ds, const struct dcv_name *owner, const struct dcv_dnskey *key);

enum dcv_crypto { DCV_CRYPTO_GOOD, DCV_CRYPTO_BAD, DCV_CRYPTO_NOMEM };
/* One public-key operation: is `signature` that of `data` by `key`? BAD as well for what is not of the algorithm's form. */
enum dcv_crypto dcv_crypto_verify(const struct dcv_dnskey *key, const struct dcv_octets *signature, const struct dcv_octets *data);

#endif
