/* RRsets of a message, as signatures are made over them (RFC 4034 §6). Private to this module. */
#ifndef DCV_DNSSEC_RRSET_H
#define DCV_DNSSEC_RRSET_H

#include "dnssec/crypto.h"
#include "record/message.h"

/* Memory order, the shorter first among equals: the canonical order of RDATA (RFC 4034 §6.3). */
int dcv_octets_compare(const struct dcv_octets *a, const struct dcv_octets *b);

struct dcv_signature {
    struct dcv_rrsig rrsig; /* the signer in lower case */
    struct dcv_octets rdata;
};

/* An RRset and the signatures over it; in an arena, names and octets lent from the message or from the arena. */
struct dcv_rrset {
    struct dcv_name owner;
    uint16_t type;
    struct dcv_octets *rdatas; /* in canonical form and order, none twice (RFC 4034 §6.2 and §6.3) */
    size_t count;
    struct dcv_signature *signatures; /* that cover it, none twice */
    size_t signature_count;
};

/* The RRset of (`owner`, `type`) in a section. False: it has none, or memory is short (sticky in the arena). */
bool dcv_rrset_find(struct dcv_arena *arena, const struct dcv_rrs *section, const struct dcv_name *owner, uint16_t type,
                    struct dcv_rrset *out);

/* What a signature is made over (RFC 4034 §3.1.8.1): appended to `out`, which fails when memory is short. False: the signature counts more
 * labels than the owner has, or the data are larger than any message. */
enum { DCV_SIGNED_MAX = 65535 };
bool dcv_rrset_signed_data(const struct dcv_rrset *rrset, const struct dcv_signature *signature, struct dcv_buf *out);

/* The deepest signer that may sign for `base`, or `best` if that is deeper; NULL: none. What lies above the anchor has no say. */
const struct dcv_name *dcv_rrset_signer(const struct dcv_rrset *rrset, const struct dcv_name *base, const struct dcv_name *anchor,
                                        const struct dcv_name *best);
/* Was it made from a wildcard, when its signature counts `labels`? A wildcard itself was not, although the asterisk is not counted
 * (RFC 4034 §3.1.3). */
bool dcv_rrset_expanded(const struct dcv_rrset *rrset, unsigned labels);

#endif
