/* Judges facts for every CA on a date: what the targets over facts have in common. */
#ifndef DCV_FUZZ_JUDGING_H
#define DCV_FUZZ_JUDGING_H

#include "ca/profile.h"
#include "policy/policy.h"
#include "verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

enum { CAS_MAX = 64 };

/* Frozen facts, for the first `most` CAs. Aborts unless judging succeeds and every number in the result leads to something. */
static inline void judge_facts(const struct dcv_facts *facts, const char *typed, dcv_date as_of, size_t most)
{
    static struct dcv_ca_set *set;
    static struct dcv_psl *psl;
    static const struct dcv_ca *cas[CAS_MAX];
    char *error = NULL;
    if (set == NULL && (dcv_ca_set_create(NULL, &set, &error) != DCV_OK || dcv_psl_create(NULL, &psl) != DCV_OK || dcv_ca_count(set) > CAS_MAX))
        abort();
    for (size_t i = 0; i < dcv_ca_count(set); i++)
        cas[i] = dcv_ca_at(set, i);
    const size_t count = dcv_ca_count(set) < most ? dcv_ca_count(set) : most;
    const struct dcv_policy_options options = {.as_of = as_of, .set = set, .cas = cas, .ca_count = count, .psl = psl};
    struct dcv_hostname name;
    struct dcv_hostname_error fault;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_judged judged;
    if (dcv_hostname_parse(typed, strlen(typed), &name, &fault) != DCV_OK
        || dcv_policy_judge(&options, typed, &name, facts, arena, &judged) != DCV_OK)
        abort();
    dcv_verdict_decide(&judged);
    for (size_t i = 0; i < judged.cas.count; i++)
        for (size_t j = 0; j < judged.cas.items[i].findings.count; j++)
            if (judged.cas.items[i].findings.items[j] >= judged.findings.count)
                abort();
    for (size_t i = 0; i < judged.findings.count; i++)
        for (size_t j = 0; j < judged.findings.items[i].facts.count; j++)
            if (judged.findings.items[i].facts.items[j] >= dcv_facts_count(facts))
                abort();
    dcv_arena_free(arena);
}

#endif
