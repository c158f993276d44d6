/* What DNSSEC says of an answer, and the one cause of it: values only. */
#ifndef DCV_RECORD_TRUST_H
#define DCV_RECORD_TRUST_H

#include "name/name.h"

/* RFC 4035 §4.3. */
enum dcv_security {
    DCV_SECURITY_UNCHECKED,     /* validation was not asked for */
    DCV_SECURITY_SECURE,
    DCV_SECURITY_INSECURE,      /* proven to be unsigned, or signed with what nobody can verify */
    DCV_SECURITY_BOGUS,
    DCV_SECURITY_INDETERMINATE, /* not to be told: no anchor, the resolver does not validate, or a lookup of the chain failed */
};
const char *dcv_security_text(enum dcv_security security);
/* Reads what dcv_security_text() writes; false: no such word. */
bool dcv_security_parse(const char *text, enum dcv_security *out);

/* Why. Each belongs to one state but NONE, which fits all. */
enum dcv_cause {
    DCV_CAUSE_NONE,
    /* insecure */
    DCV_CAUSE_UNSIGNED,             /* `zone` is delegated without DS, proven by its parent */
    DCV_CAUSE_OPT_OUT,              /* an NSEC3 opt-out span of `zone` leaves it open (RFC 5155 §9.2) */
    DCV_CAUSE_ALGORITHM_UNKNOWN,    /* the DS RRset of `zone` names no algorithm that can be verified (RFC 4035 §5.2) */
    DCV_CAUSE_DIGEST_UNKNOWN,       /* … no digest type that can be computed */
    DCV_CAUSE_NSEC3_ITERATIONS,     /* the denial hashes more often than RFC 9276 §3.2 lets a validator bear */
    /* bogus */
    DCV_CAUSE_NSEC3_UNKNOWN,        /* the denial hashes with an algorithm that nobody defined: it must be ignored (RFC 5155 §8.1) */
    DCV_CAUSE_SIGNATURE_EXPIRED,    /* `at`: since when */
    DCV_CAUSE_SIGNATURE_NOT_YET,    /* `at`: from when */
    DCV_CAUSE_SIGNATURE_INVALID,
    DCV_CAUSE_SIGNATURE_MISSING,    /* the zone is signed, the RRset is not */
    DCV_CAUSE_SIGNER_WRONG,         /* signed by a zone that it cannot belong to */
    DCV_CAUSE_KEY_MISSING,          /* no DNSKEY has the key tag and algorithm of the signature */
    DCV_CAUSE_KEY_UNFIT,            /* the key is no zone key, or is revoked */
    DCV_CAUSE_DNSKEY_MISSING,       /* the parent has a DS, `zone` has no DNSKEY at all */
    DCV_CAUSE_DS_MISMATCH,          /* no DNSKEY of `zone` matches a DS of its parent */
    DCV_CAUSE_ALGORITHM_MISMATCH,   /* a DNSKEY has the key tag of the DS and another algorithm, or no key of the DS's algorithm exists */
    DCV_CAUSE_ANCHOR_MISMATCH,      /* no DNSKEY of `zone` matches the trust anchor */
    DCV_CAUSE_DENIAL_MISSING,       /* a denial without NSEC or NSEC3 from a signed zone */
    DCV_CAUSE_DENIAL_WRONG,         /* NSEC or NSEC3 records that prove something else */
    DCV_CAUSE_ALIAS_WRONG,          /* a CNAME that does not follow from its DNAME */
    DCV_CAUSE_TOO_MUCH_WORK,        /* more keys and signatures than an honest zone has (CVE-2023-50387, CVE-2023-50868) */
    /* indeterminate */
    DCV_CAUSE_NO_ANCHOR,            /* no trust anchor is above the name */
    DCV_CAUSE_CHAIN_UNANSWERED,     /* the lookup of `owner`/`type`, which the chain of trust needs, failed */
    DCV_CAUSE_STRIPPED,             /* the resolver hands out no signatures, and the zone's servers could not be asked instead */
    DCV_CAUSE_COUNT,
};
/* "signature-expired", …; "" for NONE. */
const char *dcv_cause_text(enum dcv_cause cause);
/* Reads it; false: no such cause. */
bool dcv_cause_parse(const char *text, enum dcv_cause *out);
/* The RFC 8914 code that fits; -1: none does. */
int dcv_cause_ede(enum dcv_cause cause);

/* The verdict of a validation. */
struct dcv_trust {
    enum dcv_security security;
    enum dcv_cause cause;
    struct dcv_name zone;   /* where the cause lies: whose signature, key or denial; len 0: nowhere */
    struct dcv_name owner;  /* the RRset that the cause is about; len 0: none */
    uint16_t type;          /* its type; 0: none */
    uint16_t key_tag;       /* of the signature or DS; only where `algorithm` is not 0 */
    uint8_t algorithm;      /* DNSSEC algorithm number; 0: none */
    int64_t at;             /* UNIX time; see the causes; 0: none */
    /* Of secure answers: the first signature to end of all that it rests on, chain included. */
    int64_t until;          /* UNIX time; 0: none */
    struct dcv_name until_zone, until_owner;
    uint16_t until_type;
};

/* How much a state tells: unchecked least, then secure, insecure, indeterminate, bogus. */
int dcv_security_weight(enum dcv_security security);
/* The weightier of the two, which an answer of several parts is. */
const struct dcv_trust *dcv_trust_worse(const struct dcv_trust *a, const struct dcv_trust *b);

#endif
