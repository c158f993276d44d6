/* Typed readings of RRSIG, DNSKEY and DS (RFC 4034), and which of their algorithms can be verified. Private to this module. */
#ifndef DCV_DNSSEC_RDATA_H
#define DCV_DNSSEC_RDATA_H

#include "name/name.h"

/* Octets that are lent. */
struct dcv_octets {
    const uint8_t *data;
    size_t len;
};

/* Memory order, the shorter first among equals: the canonical order of RDATA (RFC 4034 §6.3). */
int dcv_octets_compare(const struct dcv_octets *a, const struct dcv_octets *b);

enum { DCV_RRSIG_HEAD = 18 }; /* octets of an RRSIG before the signer's name */

struct dcv_rrsig {
    uint16_t covered;
    uint8_t algorithm, labels;
    uint32_t original_ttl, expiration, inception;
    uint16_t key_tag;
    struct dcv_name signer; /* in lower case */
    struct dcv_octets signature;
    struct dcv_octets rdata;
};
bool dcv_rrsig_read(const struct dcv_octets *rdata, struct dcv_rrsig *out);

struct dcv_dnskey {
    uint16_t flags;
    uint8_t protocol, algorithm;
    uint16_t tag; /* RFC 4034 Appendix B */
    struct dcv_octets key;
    struct dcv_octets rdata;
};
bool dcv_dnskey_read(const struct dcv_octets *rdata, struct dcv_dnskey *out);
/* May it sign a zone? A zone key of protocol 3 (RFC 4034 §2.1), not revoked (RFC 5011 §2.1). */
bool dcv_dnskey_fit(const struct dcv_dnskey *key);

struct dcv_ds {
    uint16_t tag;
    uint8_t algorithm, digest_type;
    struct dcv_octets digest;
};
bool dcv_ds_read(const struct dcv_octets *rdata, struct dcv_ds *out);
/* Is its digest that of the key, owned by `owner`, a name in lower case? Tag and algorithm are the caller's. */
bool dcv_ds_digests(const struct dcv_ds *ds, const struct dcv_name *owner, const struct dcv_dnskey *key);

bool dcv_algorithm_supported(uint8_t algorithm, bool refuse_sha1);
bool dcv_digest_supported(uint8_t digest_type, bool refuse_sha1);

enum dcv_crypto { DCV_CRYPTO_GOOD, DCV_CRYPTO_BAD, DCV_CRYPTO_NOMEM };
/* One public-key operation: is `signature` that of `data` by `key`, whose algorithm is supported? */
enum dcv_crypto dcv_crypto_verify(const struct dcv_dnskey *key, const struct dcv_octets *signature, const struct dcv_octets *data);

#endif
