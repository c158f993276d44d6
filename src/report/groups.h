/* What several CAs share, put together once: findings, changes, addresses. */
#ifndef DCV_REPORT_GROUPS_H
#define DCV_REPORT_GROUPS_H

#include "base/vec.h"
#include "judgement/judgement.h"
#include "report/template.h"

typedef DCV_VEC(const struct dcv_judged_ca *) dcv_ca_list;

/* "a, b, c" of the CAs' ids. */
const char *dcv_ca_names(struct dcv_arena *arena, const dcv_ca_list *cas);

/* A way to mend a finding, and the CAs it serves. */
struct dcv_fix_group {
    enum dcv_fix_kind kind;
    const char *text;
    dcv_ca_list cas;
};

/* CAs that a text still names one by one. */
enum { DCV_GROUP_NAMED = 3 };

/* Findings that say the same but for the CA. */
struct dcv_finding_group {
    const struct dcv_finding *finding; /* one of them */
    const char *key;                   /* its text without what differs */
    dcv_ca_list cas;                   /* empty: it belongs to no CA */
    const char *text;                  /* of all of them, escaped, in the user's language */
    DCV_VEC(struct dcv_fix_group) fixes;
    DCV_VEC(const struct dcv_finding *) members;
};
typedef DCV_VEC(struct dcv_finding_group) dcv_finding_groups;

/* The findings of a name with this severity, those of most CAs first; of `only`, when it is not NULL. Failure is sticky
 * in the arena. */
void dcv_group_findings(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_judged_ca *only,
                        enum dcv_severity severity, dcv_finding_groups *out);

/* A change that comes for several CAs on one day. */
struct dcv_next_group {
    const struct dcv_next *next;
    const char *key, *text;
    dcv_ca_list cas;
};
typedef DCV_VEC(struct dcv_next_group) dcv_next_groups;

/* By date; of `only`, when it is not NULL. */
void dcv_group_next(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_judged_ca *only,
                    dcv_next_groups *out);

/* Entries that are the same for several CAs. */
struct dcv_entry_group {
    const struct dcv_entry *entry; /* one of them; of merged ones the best */
    const char *locals; /* several constructed addresses at one domain: "admin administrator …"; NULL: a single one */
    dcv_ca_list cas;    /* that have it; of merged ones those that can use it */
};
typedef DCV_VEC(struct dcv_entry_group) dcv_entry_groups;

/* Entries by source, then in their order. Put together are those of one address (or raw value), source and ADN: where
 * `merged`, all of them, else only those judged alike. Of `only`, when it is not NULL. */
void dcv_group_entries(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_judged_ca *only,
                       bool merged, dcv_entry_groups *out);
/* Puts constructed addresses that differ in the local part only into one group. */
void dcv_join_constructed(struct dcv_arena *arena, dcv_entry_groups *groups);

#endif
