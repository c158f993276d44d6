/* One validation under way, and the validator behind it. Private to this module. */
#ifndef DCV_DNSSEC_WORK_H
#define DCV_DNSSEC_WORK_H

#include "base/map.h"
#include "base/vec.h"
#include "dnssec/dnssec.h"
#include "dnssec/rrset.h"

/* Bounds against answers made to be costly (CVE-2023-50387). The first two are what resolvers took then: Unbound 1.19.1 tries 8 signatures of
 * an RRset, and bears 4 keys that do not fit. The others are several times what the longest honest chain and answer need. */
enum {
    DCV_SAME_TAG_MAX = 4,           /* keys of the same tag and algorithm; where there are more none is tried */
    DCV_SIGNATURES_MAX = 8,         /* signatures of an RRset tried */
    DCV_RRSET_OPERATIONS_MAX = 16,  /* public-key operations for an RRset */
    DCV_ANSWER_OPERATIONS_MAX = 64, /* … for an answer and the chains that it rests on */
    DCV_DIGESTS_MAX = 32,           /* digests of keys computed for the DS records of a zone */
    DCV_RRSETS_MAX = 32,            /* aliases of an answer, and RRsets that deny something in it */
    DCV_CHAIN_MAX = 16,             /* zones between an anchor and a name, and labels looked at for a cut */
    DCV_REMEMBERED_MAX = 4096,      /* results, unless it is told otherwise, after which a validator forgets those that none of so many has needed again */
};

struct dcv_validator {
    struct dcv_validator_options options;
    struct dcv_validator_counts counts;
    size_t remembered_max;
    struct dcv_map *remembered; /* SHA-256 of what was checked; the value says how it ended */
    struct dcv_map *precedents;   /* outcomes that hold while what they rest on stays the same */
    struct dcv_map *older;      /* those before; NULL: none. What is found here moves over, so that the keys of top-level domains stay. */
};

/* What a part of a validation came to; `pending`: lookups are missing, and the trust says nothing. */
struct dcv_outcome {
    bool pending;
    struct dcv_trust trust;
};

struct dcv_zone;
struct dcv_delegation;

/* An answer that an outcome rests on. */
enum { DCV_DEPENDENCES_MAX = 8 };
struct dcv_dependence {
    struct dcv_name name;
    uint16_t type;
    uint64_t serial;
};

struct dcv_work {
    struct dcv_validator *validator;
    const struct dcv_chain *chain;
    struct dcv_arena *arena; /* its failure ends the validation with DCV_ERR_NOMEM */
    struct dcv_needs *needs;
    int64_t now;
    unsigned operations, depth;
    uint64_t rounds;         /* of SHA-1 for NSEC3 */
    /* what was found out about zones and cuts for this answer */
    DCV_VEC(struct dcv_zone *) zones;
    DCV_VEC(struct dcv_delegation *) delegations;
    struct dcv_dependence *dependences; /* what everything so far rests on: DCV_DEPENDENCES_MAX of them, or NULL: it is not noted */
    size_t dependence_count;
    bool independent;        /* it rests on more, or on what cannot be known again */
};

/* What is known of a lookup; one that was not made yet is put on the list of needs. */
struct dcv_known_answer dcv_work_find(struct dcv_work *work, const struct dcv_name *name, uint16_t type);

/* `zone` and `owner` may be NULL; `owner` and `type` are those of the RRset that the cause is about. */
struct dcv_trust dcv_trust_bogus(enum dcv_cause cause, const struct dcv_name *zone, const struct dcv_name *owner, uint16_t type);
struct dcv_outcome dcv_outcome_of(enum dcv_security security, enum dcv_cause cause, const struct dcv_name *zone,
                                  const struct dcv_name *owner, uint16_t type);
/* A missing lookup, or one that failed. */
struct dcv_outcome dcv_outcome_unknown(enum dcv_knowledge known, const struct dcv_name *name, uint16_t type);
bool dcv_outcome_secure(const struct dcv_outcome *outcome);
/* Both together: the weightier, of two secure ones that which ends first. Nothing is said of what follows a part that is pending, or the
 * verdict would depend on the order in which lookups end. */
struct dcv_outcome dcv_outcome_both(const struct dcv_outcome *a, const struct dcv_outcome *b);

/* What the signatures of an RRset came to. */
struct dcv_checked {
    struct dcv_trust trust; /* secure or bogus */
    unsigned labels;        /* of the good signature */
};
/* Checks an RRset against the keys of the zone that it must be signed by (RFC 4035 §5.3). Signatures in the name of others are passed over. */
void dcv_signature_check(struct dcv_work *work, const struct dcv_rrset *rrset, const struct dcv_name *zone, const struct dcv_dnskey *keys,
                         size_t key_count, struct dcv_checked *out);

/* What a validator remembers of a check. */
enum dcv_memory { DCV_MEMORY_NONE, DCV_MEMORY_GOOD, DCV_MEMORY_BAD };
enum { DCV_MEMORY_KEY = 32 };
void dcv_memory_key(const struct dcv_octets *data, const struct dcv_octets *signature, const struct dcv_dnskey *key,
                    uint8_t out[DCV_MEMORY_KEY]);
enum dcv_memory dcv_memory_get(struct dcv_validator *validator, const uint8_t key[DCV_MEMORY_KEY]);
/* False: memory is short. */
bool dcv_memory_put(struct dcv_validator *validator, const uint8_t key[DCV_MEMORY_KEY], enum dcv_memory memory);

/* How many results a generation may have, so that two take no more octets than this. */
size_t dcv_memory_max(size_t bytes);

/* dcv_validate() in an arena of the caller's. */
enum dcv_status dcv_validate_in(struct dcv_arena *arena, struct dcv_validator *validator, const struct dcv_chain *chain,
                                const struct dcv_name *name, uint16_t type, const struct dcv_message *message, int64_t now,
                                struct dcv_trust *out, struct dcv_needs *needs);

#endif
