/* What the NSEC or NSEC3 records of one answer prove (RFC 4035 §5.4, RFC 5155 §8, RFC 6840 §4). Private to this module.
 *
 * The records handed in are those whose signatures have verified; yet who signs may be hostile: sizes and hash algorithms are
 * checked here before anything is done with them. */
#ifndef DCV_DNSSEC_DENIAL_H
#define DCV_DNSSEC_DENIAL_H

#include "record/rr.h"

enum {
    DCV_NSEC3_ITERATIONS_MAX = 150, /* above, the zone counts as insecure (RFC 9276 §3.2; what resolvers do) */
    DCV_DENIAL_HASH_ROUNDS = 20000, /* rounds of SHA-1 spent on one answer (CVE-2023-50868) */
};

/* The verified denial records of one answer: NSEC or NSEC3, owned by or below `zone`, which signed them. None may be made from a wildcard
 * (the Labels field of its signature counts its owner's labels): it would speak of another name (RFC 4035 §5.3.4, CVE-2017-15105). */
struct dcv_denial {
    const struct dcv_name *zone;
    const struct dcv_rr *const *records;
    size_t count;
    uint64_t *rounds; /* counts rounds of SHA-1 that were spent, for this answer */
};

enum dcv_proof {
    DCV_PROOF_NONE,        /* they prove something else */
    DCV_PROOF_GOOD,
    DCV_PROOF_OPT_OUT,     /* good but for an opt-out span, in which an unsigned delegation may lie: insecure */
    DCV_PROOF_ITERATIONS,  /* too many iterations to look: insecure */
    DCV_PROOF_UNKNOWN,     /* NSEC3 with unknown hash algorithms only, which are to be ignored (RFC 5155 §8.1): bogus */
    DCV_PROOF_LIMIT,       /* DCV_DENIAL_HASH_ROUNDS is spent, or there are more NSEC3 than any answer needs */
};

/* `name` exists without `type` (nor CNAME), or is an empty non-terminal, or a wildcard that stands for it has no such type. For DS the
 * proof must come from the parent side of a cut, for other types from the child side. */
enum dcv_proof dcv_denial_nodata(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type);
/* Neither `name` nor a wildcard that would stand for it exists. */
enum dcv_proof dcv_denial_nxdomain(const struct dcv_denial *denial, const struct dcv_name *name);
/* `name` itself does not exist, so that the answer was rightly made from "*." before the last `labels` labels of it
 * (RFC 4035 §5.3.4: the Labels field of the signature). */
enum dcv_proof dcv_denial_expanded(const struct dcv_denial *denial, const struct dcv_name *name, unsigned labels);

/* What they say of a cut at `name`, for a zone's answer to (`name`, DS). */
enum dcv_cut {
    DCV_CUT_UNPROVEN,
    DCV_CUT_UNSIGNED,    /* a delegation without DS */
    DCV_CUT_OPT_OUT,     /* within an opt-out span: what lies there is insecure */
    DCV_CUT_NONE,        /* no delegation is here: the name is in the same zone, or does not exist */
    DCV_CUT_ITERATIONS, DCV_CUT_UNKNOWN, DCV_CUT_LIMIT, /* as in dcv_proof */
};
enum dcv_cut dcv_denial_cut(const struct dcv_denial *denial, const struct dcv_name *name);

#endif
