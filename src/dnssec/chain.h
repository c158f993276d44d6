/* Zones and the cuts between them, from a trust anchor down to a name. Private to this module. */
#ifndef DCV_DNSSEC_CHAIN_H
#define DCV_DNSSEC_CHAIN_H

#include "dnssec/denial.h"
#include "dnssec/work.h"

/* A zone, and its keys where the chain to them holds. */
struct dcv_zone {
    struct dcv_name name;
    struct dcv_outcome outcome;
    struct dcv_dnskey *keys; /* of secure zones */
    size_t key_count;
};
/* The zone that a signature names. It is taken for one only where an anchor, or the DS lookup at its name, says so. */
const struct dcv_zone *dcv_chain_zone(struct dcv_work *work, const struct dcv_name *name);
/* The owner of the deepest anchor at or above `name`; false: there is none. */
bool dcv_chain_anchor(const struct dcv_work *work, const struct dcv_name *name, struct dcv_name *out);

/* What a DS lookup says of its name. */
struct dcv_delegation {
    struct dcv_name name;
    enum dcv_delegation_kind {
        DCV_DELEGATION_SIGNED, /* a cut with a DS RRset that holds */
        DCV_DELEGATION_NONE,   /* no cut */
        DCV_DELEGATION_ENDED,  /* the chain ends here: insecure, bogus, not known or pending */
    } kind;
    bool absent;            /* of NONE: neither is there the name, so that no cut is below it either (RFC 8020 §2) */
    struct dcv_outcome outcome;
    struct dcv_rrset ds;    /* of SIGNED */
    struct dcv_name parent; /* the zone that says so; len 0: none does */
};
const struct dcv_delegation *dcv_chain_delegation(struct dcv_work *work, const struct dcv_name *name);

/* The name that is to lie in the zone that signs `name`: its parent where `above`, as for DS; false: there is none. */
bool dcv_chain_base(const struct dcv_name *name, bool above, struct dcv_name *base);

/* What is true of data of `name` that bear no signature: secure means that `*zone`, which is signed, should have signed them. */
struct dcv_outcome dcv_chain_unsigned(struct dcv_work *work, const struct dcv_name *name, struct dcv_name *zone);

/* Is it known from before that the chain of trust ends, unsigned, at or above `name`? */
bool dcv_chain_ended(struct dcv_work *work, const struct dcv_name *name, struct dcv_outcome *out);

/* What became of an RRset. */
struct dcv_judged {
    struct dcv_outcome outcome;
    const struct dcv_zone *zone; /* that signed it, if secure */
    unsigned labels;             /* of its signature */
};
/* `above`: it belongs to a zone above its owner, as a DS does. */
void dcv_judge_rrset(struct dcv_work *work, const struct dcv_rrset *rrset, bool above, struct dcv_judged *out);

/* The denial in an answer. */
struct dcv_denied {
    struct dcv_outcome outcome; /* secure: the records of `denial` are verified */
    struct dcv_denial denial;
    bool failed;                /* some were not: why */
    struct dcv_trust failure;
};
/* Of (`name`, `type`), by the zone that signed it; `above` as before. */
void dcv_denied_find(struct dcv_work *work, const struct dcv_message *message, const struct dcv_name *name, uint16_t type, bool above,
                     struct dcv_denied *out);
/* By `zone`, which is secure. */
void dcv_denied_by(struct dcv_work *work, const struct dcv_message *message, const struct dcv_zone *zone, struct dcv_denied *out);
/* What a proof from it makes of (`name`, `type`). */
struct dcv_outcome dcv_denied_outcome(const struct dcv_denied *denied, enum dcv_proof proof, const struct dcv_name *name, uint16_t type);

#endif
