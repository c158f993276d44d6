#include "dnssec/chain.h"
#include "dnssec/precedent.h"

enum { NXDOMAIN = 3 };

/* The end of a chain at a cut. */
static void end(struct dcv_delegation *delegation, const struct dcv_outcome *outcome)
{
    delegation->kind = DCV_DELEGATION_ENDED;
    delegation->outcome = *outcome;
}

static void read_ds(struct dcv_work *work, struct dcv_delegation *delegation)
{
    struct dcv_judged judged;
    dcv_judge_rrset(work, &delegation->ds, true, &judged);
    end(delegation, &judged.outcome);
    if (!dcv_outcome_secure(&judged.outcome))
        return;
    delegation->parent = judged.zone->name;
    if (!dcv_rrset_expanded(&delegation->ds, judged.labels)) {
        delegation->kind = DCV_DELEGATION_SIGNED;
        return;
    }
    /* a wildcard delegates nothing (RFC 4592 §4.2) */
    delegation->outcome = dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_SIGNATURE_INVALID, &judged.zone->name, &delegation->name, DCV_TYPE_DS);
    delegation->outcome.trust.key_tag = delegation->ds.signatures[0].rrsig.tag;
    delegation->outcome.trust.algorithm = delegation->ds.signatures[0].rrsig.algorithm;
}

/* An alias at the name, or a DNAME above it: where one is, no cut is (RFC 6672 §2.4). */
static bool find_alias(struct dcv_work *work, const struct dcv_message *message, const struct dcv_name *name, struct dcv_rrset *out,
                       bool *above)
{
    *above = false;
    for (size_t i = 0; i < message->answer.count; i++) {
        const struct dcv_rr *rr = &message->answer.items[i];
        if (rr->type == DCV_TYPE_DNAME && !dcv_name_equal(&rr->owner, name) && dcv_name_under(name, &rr->owner))
            return dcv_rrset_find(work->arena, &message->answer, &rr->owner, DCV_TYPE_DNAME, out);
    }
    *above = true;
    return dcv_rrset_find(work->arena, &message->answer, name, DCV_TYPE_CNAME, out);
}

/* The RCODE is no proof; it spares the look for one in all other answers. */
static bool denies_name(const struct dcv_message *message, const struct dcv_denial *denial, const struct dcv_name *name)
{
    return message->rcode == NXDOMAIN && dcv_denial_nxdomain(denial, name) == DCV_PROOF_GOOD;
}

static void read_denial(struct dcv_work *work, const struct dcv_message *message, struct dcv_delegation *delegation)
{
    const struct dcv_name *name = &delegation->name;
    struct dcv_denied denied;
    dcv_denied_find(work, message, name, DCV_TYPE_DS, true, &denied);
    end(delegation, &denied.outcome);
    if (!dcv_outcome_secure(&denied.outcome))
        return;
    delegation->parent = *denied.denial.zone;
    enum dcv_proof proof = DCV_PROOF_NONE;
    switch (dcv_denial_cut(&denied.denial, name)) {
    case DCV_CUT_NONE:
        delegation->kind = DCV_DELEGATION_NONE;
        delegation->absent = denies_name(message, &denied.denial, name);
        return;
    case DCV_CUT_UNSIGNED: delegation->outcome = dcv_outcome_of(DCV_SECURITY_INSECURE, DCV_CAUSE_UNSIGNED, name, NULL, 0); return;
    case DCV_CUT_OPT_OUT: proof = DCV_PROOF_OPT_OUT; break;
    case DCV_CUT_ITERATIONS: proof = DCV_PROOF_ITERATIONS; break;
    case DCV_CUT_UNKNOWN: proof = DCV_PROOF_UNKNOWN; break;
    case DCV_CUT_LIMIT: proof = DCV_PROOF_LIMIT; break;
    case DCV_CUT_UNPROVEN: break;
    }
    delegation->outcome = dcv_denied_outcome(&denied, proof, name, DCV_TYPE_DS);
}

static void read_answer(struct dcv_work *work, const struct dcv_message *message, struct dcv_delegation *delegation)
{
    struct dcv_rrset alias;
    struct dcv_judged judged;
    bool above;
    if (dcv_rrset_find(work->arena, &message->answer, &delegation->name, DCV_TYPE_DS, &delegation->ds)) {
        read_ds(work, delegation);
    } else if (find_alias(work, message, &delegation->name, &alias, &above)) {
        dcv_judge_rrset(work, &alias, above, &judged);
        end(delegation, &judged.outcome);
        if (dcv_outcome_secure(&judged.outcome)) {
            delegation->kind = DCV_DELEGATION_NONE;
            delegation->parent = judged.zone->name;
        }
    } else {
        read_denial(work, message, delegation);
    }
}

static const struct dcv_delegation out_of_memory = {
    .kind = DCV_DELEGATION_ENDED, .outcome = {.trust = {.security = DCV_SECURITY_INDETERMINATE}}};

const struct dcv_delegation *dcv_chain_delegation(struct dcv_work *work, const struct dcv_name *name)
{
    for (size_t i = 0; i < work->delegations.count; i++)
        if (dcv_name_equal(&work->delegations.items[i]->name, name))
            return work->delegations.items[i];
    struct dcv_delegation *delegation = dcv_arena_alloc(work->arena, sizeof *delegation);
    if (delegation == NULL)
        return &out_of_memory;
    delegation->name = *name;
    const struct dcv_known_answer known = dcv_work_find(work, name, DCV_TYPE_DS);
    const struct dcv_outcome unknown = dcv_outcome_unknown(known.state, name, DCV_TYPE_DS);
    end(delegation, &unknown);
    if (known.state == DCV_KNOWN_ANSWER)
        read_answer(work, known.message, delegation);
    struct dcv_delegation **slot = DCV_VEC_ADD(work->arena, &work->delegations);
    if (slot == NULL)
        return &out_of_memory;
    *slot = delegation;
    return delegation;
}

/* Asks for two DS lookups of the way down together: there is a cut below nearly every anchor, and below nearly every top-level domain. */
static void ask_ahead(struct dcv_work *work, const struct dcv_name *name, unsigned labels)
{
    for (unsigned more = 0; more < 2 && labels + more <= dcv_name_labels(name); more++) {
        const struct dcv_name next = dcv_name_suffix(name, labels + more);
        (void)dcv_work_find(work, &next, DCV_TYPE_DS);
    }
}

/* Is it known already that the chain ends above the name? */
static bool precedent_end(struct dcv_work *work, const struct dcv_name *name, unsigned labels, struct dcv_outcome *out)
{
    enum { CUTS = 4 }; /* below the anchor that are looked for */
    for (unsigned more = 0; more < CUTS && labels + more <= dcv_name_labels(name); more++) {
        const struct dcv_name cut = dcv_name_suffix(name, labels + more);
        if (dcv_precedent(work, &cut, DCV_TYPE_DS, 0, out) != DCV_PRECEDENT_NONE)
            return true;
    }
    return false;
}

bool dcv_chain_ended(struct dcv_work *work, const struct dcv_name *name, struct dcv_outcome *out)
{
    struct dcv_name anchor;
    return dcv_chain_anchor(work, name, &anchor) && precedent_end(work, name, dcv_name_labels(&anchor) + 1, out);
}

struct dcv_outcome dcv_chain_unsigned(struct dcv_work *work, const struct dcv_name *name, struct dcv_name *zone)
{
    if (!dcv_chain_anchor(work, name, zone))
        return dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NO_ANCHOR, NULL, name, 0);
    unsigned labels = dcv_name_labels(zone) + 1;
    const unsigned last = labels + DCV_CHAIN_MAX;
    struct dcv_outcome outcome;
    if (precedent_end(work, name, labels, &outcome))
        return outcome;
    outcome = dcv_chain_zone(work, zone)->outcome;
    if (outcome.pending)
        ask_ahead(work, name, labels);
    for (; dcv_outcome_secure(&outcome) && labels <= dcv_name_labels(name); labels++) {
        if (labels == last)
            return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_TOO_MUCH_WORK, zone, name, DCV_TYPE_DS);
        const struct dcv_name next = dcv_name_suffix(name, labels);
        const struct dcv_delegation *delegation = dcv_chain_delegation(work, &next);
        if (delegation->outcome.pending)
            ask_ahead(work, name, labels);
        if (delegation->parent.len != 0 && !dcv_name_equal(&delegation->parent, zone)) /* from above the last cut (RFC 6840 §4.4) */
            return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_DENIAL_WRONG, &delegation->parent, &next, DCV_TYPE_DS);
        if (delegation->kind == DCV_DELEGATION_ENDED) {
            if (delegation->outcome.trust.security == DCV_SECURITY_INSECURE)
                dcv_precedent_put(work, &next, DCV_TYPE_DS, 0, &delegation->outcome);
            return delegation->outcome;
        }
        if (delegation->absent)
            return outcome;
        if (delegation->kind == DCV_DELEGATION_SIGNED) {
            outcome = dcv_chain_zone(work, &next)->outcome;
            *zone = next;
        }
    }
    return outcome;
}
