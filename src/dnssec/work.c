#include "dnssec/precedent.h"

static void need(struct dcv_needs *needs, const struct dcv_name *name, uint16_t type)
{
    for (size_t i = 0; i < needs->count; i++)
        if (needs->items[i].type == type && dcv_name_equal(&needs->items[i].name, name))
            return;
    if (needs->count == DCV_NEEDS_MAX)
        return;
    needs->items[needs->count].name = *name;
    needs->items[needs->count++].type = type;
}

struct dcv_known_answer dcv_work_find(struct dcv_work *work, const struct dcv_name *name, uint16_t type)
{
    const struct dcv_known_answer known = work->chain->find(work->chain->user, name, type);
    if (known.state == DCV_KNOWN_NOT_ASKED)
        need(work->needs, name, type);
    else if (known.state == DCV_KNOWN_ANSWER)
        dcv_precedent_note(work, name, type, known.message->serial);
    return known;
}

struct dcv_outcome dcv_outcome_of(enum dcv_security security, enum dcv_cause cause, const struct dcv_name *zone,
                                  const struct dcv_name *owner, uint16_t type)
{
    struct dcv_outcome outcome = {.trust = {.security = security, .cause = cause, .type = type}};
    if (zone != NULL)
        outcome.trust.zone = *zone;
    if (owner != NULL)
        outcome.trust.owner = *owner;
    return outcome;
}

struct dcv_trust dcv_trust_bogus(enum dcv_cause cause, const struct dcv_name *zone, const struct dcv_name *owner, uint16_t type)
{
    return dcv_outcome_of(DCV_SECURITY_BOGUS, cause, zone, owner, type).trust;
}

struct dcv_outcome dcv_outcome_unknown(enum dcv_knowledge known, const struct dcv_name *name, uint16_t type)
{
    struct dcv_outcome outcome = dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_CHAIN_UNANSWERED, NULL, name, type);
    outcome.pending = known == DCV_KNOWN_NOT_ASKED;
    return outcome;
}

bool dcv_outcome_secure(const struct dcv_outcome *outcome)
{
    return !outcome->pending && outcome->trust.security == DCV_SECURITY_SECURE;
}

struct dcv_outcome dcv_outcome_both(const struct dcv_outcome *a, const struct dcv_outcome *b)
{
    if (a->pending || a->trust.security == DCV_SECURITY_BOGUS)
        return *a;
    if (b->pending)
        return *b;
    if (dcv_outcome_secure(a) && dcv_outcome_secure(b)) {
        if (a->trust.until == 0 || b->trust.until == 0)
            return a->trust.until != 0 ? *a : *b;
        return a->trust.until <= b->trust.until ? *a : *b;
    }
    return dcv_trust_worse(&a->trust, &b->trust) == &a->trust ? *a : *b;
}
