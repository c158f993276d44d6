/* What lint and decision about CAA share; private to this module. */
#ifndef DCV_POLICY_CAA_H
#define DCV_POLICY_CAA_H

#include "policy/judge.h"

enum { CAA_CRITICAL = 0x80 }; /* RFC 8659 §4.1.1 */

/* A finding about the relevant RRset. */
struct making caa_finding(struct judge *judge, enum dcv_rule rule);
/* Where the owner of the name can write a CAA record: not at a public suffix. */
const char *caa_place(struct judge *judge);
/* Tag, value and flags of a record, as arguments. */
void caa_arg(struct making *making, const struct dcv_caa *caa);
/* The record as it should stand, with other flags or another value; left out where the record is the registry's. */
void caa_arg_line(struct making *making, unsigned flags, const struct dcv_caa *caa, const void *value, size_t len);
/* The same with another issuer domain; the parameters of the value stay. */
void caa_arg_line_issuer(struct making *making, const struct dcv_caa *caa, const struct issue_value *value, const char *issuer);

/* What the critical flag of a property means for a CA. */
enum caa_critical {
    CAA_CRITICAL_FINE,     /* not critical, or it knows the tag */
    CAA_CRITICAL_DOUBTFUL, /* whether it knows the tag is not known */
    CAA_CRITICAL_BANS,
};
enum caa_critical caa_critical_for(const struct dcv_ca *ca, const struct dcv_caa *caa);
/* Does the RRset hold a record that is no CAA record? */
bool caa_unreadable(const struct judge *judge);

#endif
