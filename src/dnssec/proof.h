/* What nsec.c and nsec3.c find in the records of an answer for denial.c. Each passes over what is not of its kind, malformed, or not
 * of the zone, and says NONE when nothing is left. Private to this module. */
#ifndef DCV_DNSSEC_PROOF_H
#define DCV_DNSSEC_PROOF_H

#include "dnssec/denial.h"

/* A type bitmap (RFC 4034 §4.1.2, RFC 5155 §3.2.1), lent from its record. */
struct dcv_types {
    const uint8_t *octets;
    size_t len;
};
/* Takes what is left of the RDATA. False: it is not a whole bitmap. An empty one is: that of an empty non-terminal (RFC 5155 §7.1). */
bool dcv_types_read(struct dcv_cursor *cursor, struct dcv_types *out);
bool dcv_types_have(const struct dcv_types *types, uint16_t type);
/* Seen from the parent's side of a cut? */
bool dcv_types_delegate(const struct dcv_types *types);
/* Is all below the owner in another zone, or nowhere (RFC 6840 §4.1)? */
bool dcv_types_end_names(const struct dcv_types *types);
/* Do they say that there is no `type` at `owner`, from the side of the cut that can tell? */
bool dcv_types_deny(const struct dcv_types *types, const struct dcv_name *owner, uint16_t type);
/* Does a signer that makes its answers on demand say by them that there is no such name (RFC 9824 §2)? */
bool dcv_types_deny_name(const struct dcv_types *types);

/* The name that would stand for names below `encloser`; there is a longer name below it, so that "*." has room. */
struct dcv_name dcv_source_of_synthesis(const struct dcv_name *encloser);

/* As in denial.h, for a `name` in the zone that can be proven at all. */
enum dcv_proof dcv_nsec_nodata(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type);
enum dcv_proof dcv_nsec_nxdomain(const struct dcv_denial *denial, const struct dcv_name *name);
enum dcv_proof dcv_nsec_expanded(const struct dcv_denial *denial, const struct dcv_name *name, unsigned labels);
enum dcv_proof dcv_nsec3_nodata(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type);
enum dcv_proof dcv_nsec3_nxdomain(const struct dcv_denial *denial, const struct dcv_name *name);
enum dcv_proof dcv_nsec3_expanded(const struct dcv_denial *denial, const struct dcv_name *name, unsigned labels);
/* There is no DS at `name`. GOOD: `*delegated` says whether there are NS. */
enum dcv_proof dcv_nsec_cut(const struct dcv_denial *denial, const struct dcv_name *name, bool *delegated);
enum dcv_proof dcv_nsec3_cut(const struct dcv_denial *denial, const struct dcv_name *name, bool *delegated);

#endif
