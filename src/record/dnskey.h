/* Typed readings of the records of DNSSEC (RFC 4034, RFC 5155), with what people call their numbers. */
#ifndef DCV_RECORD_DNSKEY_H
#define DCV_RECORD_DNSKEY_H

#include "record/rr.h"

/* Flags of a DNSKEY (RFC 4034 §2.1.1, RFC 5011 §7). */
enum { DCV_KEY_ZONE = 0x0100, DCV_KEY_REVOKED = 0x0080, DCV_KEY_ENTRY = 0x0001 };

/* As in rr.h: false when the RDATA is not of the type's form; pointers lend from the record. */
struct dcv_dnskey {
    uint16_t flags;
    uint8_t protocol, algorithm;
    uint16_t tag; /* RFC 4034 Appendix B */
    const uint8_t *key;
    size_t key_len;
};
bool dcv_rr_dnskey(const struct dcv_rr *rr, struct dcv_dnskey *out);
/* The tag of any DNSKEY record, readable or not. */
uint16_t dcv_dnskey_tag(const struct dcv_rr *rr);
/* Size of the key as people give it: bits of the modulus of RSA, else of the curve. 0: not known. */
unsigned dcv_dnskey_bits(const struct dcv_dnskey *key);
/* "KSK", "ZSK" by the flag of the secure entry point; "revoked", and "key" for what may not sign a zone. */
const char *dcv_dnskey_role(const struct dcv_dnskey *key);

struct dcv_ds {
    uint16_t tag;
    uint8_t algorithm, digest_type;
    const uint8_t *digest;
    size_t digest_len;
};
bool dcv_rr_ds(const struct dcv_rr *rr, struct dcv_ds *out);

struct dcv_rrsig {
    uint16_t covered; /* type of the RRset */
    uint8_t algorithm, labels;
    uint32_t original_ttl;           /* seconds */
    uint32_t expiration, inception;  /* serial numbers: see dcv_rrsig_time() */
    uint16_t tag;
    struct dcv_name signer;
    const uint8_t *signature;
    size_t signature_len;
};
bool dcv_rr_rrsig(const struct dcv_rr *rr, struct dcv_rrsig *out);
/* The UNIX time that a date of a signature means: the one nearest to `near` (RFC 4034 §3.1.5, RFC 1982). */
int64_t dcv_rrsig_time(uint32_t date, int64_t near);

/* What NSEC3PARAM and NSEC3 records begin with. */
struct dcv_nsec3param {
    uint8_t algorithm, flags;
    uint16_t iterations;
    const uint8_t *salt;
    size_t salt_len;
};
enum { DCV_NSEC3_OPT_OUT = 1 }; /* flag of an NSEC3 */
bool dcv_rr_nsec3param(const struct dcv_rr *rr, struct dcv_nsec3param *out);

/* The mnemonic of an algorithm or digest type in the registries of IANA: "ECDSAP256SHA256", "SHA-256"; "ALGORITHM99" and
 * "DIGEST99" where there is none. Returns `out`. */
enum { DCV_ALGORITHM_TEXT = 20 };
const char *dcv_algorithm_text(uint8_t algorithm, char out[DCV_ALGORITHM_TEXT]);
const char *dcv_digest_text(uint8_t digest_type, char out[DCV_ALGORITHM_TEXT]);

#endif
