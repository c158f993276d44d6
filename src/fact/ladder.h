/* The ladder of Authorization Domain Names of a name (POLICY: BR 3.2.2.4 as of 2.2.9, and before). */
#ifndef DCV_FACT_LADDER_H
#define DCV_FACT_LADDER_H

#include "fact/fact.h"
#include "name/psl.h"

/* How an ADN is reached; decides for which dates it exists. */
enum dcv_rung_via {
    DCV_VIA_PRUNE,          /* the name or a parent down to its base domain: always */
    DCV_VIA_CNAME,          /* a CNAME target of the name itself, or a parent of it: always, not for wildcards since 2026-11-15 */
    DCV_VIA_PRUNED_CNAME,   /* a CNAME target of a parent: only until 2026-11-14 */
};

struct dcv_rung {
    struct dcv_name name;
    struct dcv_name base;   /* base domain on this branch */
    enum dcv_rung_via via;
    bool bogus;             /* reached through a CNAME that is bogus */
    size_t fact;            /* the fact that holds the CNAME; SIZE_MAX for DCV_VIA_PRUNE */
};

enum {
    DCV_LADDER_ALIAS_MAX = 24,                          /* rungs behind aliases that are followed */
    DCV_LADDER_MAX = 128 + DCV_LADDER_ALIAS_MAX,        /* a name has up to 127 labels */
};

struct dcv_ladder {
    struct dcv_rung rungs[DCV_LADDER_MAX];
    size_t count, own;      /* own: those of the name itself, first */
    bool cut;               /* more ADNs than dcvready follows */
    bool suffix;            /* the name is one of those that are not looked up: no rung */
};

/* A public suffix, or an onion service, which the DNS must not be asked about (RFC 7686 §2): refused before anything is sent. */
bool dcv_ladder_none(const struct dcv_psl *psl, const struct dcv_name *name);

/* The rungs as far as the facts tell, for every date; own rungs first, from the name down to its base. */
void dcv_ladder_build(const struct dcv_facts *facts, const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_ladder *out);

#endif
