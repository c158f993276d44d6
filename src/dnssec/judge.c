#include "dnssec/chain.h"

bool dcv_chain_base(const struct dcv_name *name, bool above, struct dcv_name *base)
{
    *base = *name;
    return !above || dcv_name_parent(name, base);
}

/* No signature, or none of a zone that may sign: insecure where a cut above is proven to be, else bogus. */
static struct dcv_outcome judge_unsigned(struct dcv_work *work, const struct dcv_rrset *rrset, const struct dcv_name *base)
{
    struct dcv_name zone;
    const struct dcv_outcome outcome = dcv_chain_unsigned(work, base, &zone);
    if (!dcv_outcome_secure(&outcome))
        return outcome;
    if (rrset->signature_count == 0)
        return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_SIGNATURE_MISSING, &zone, &rrset->owner, rrset->type);
    return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_SIGNER_WRONG, &rrset->signatures[0].rrsig.signer, &rrset->owner, rrset->type);
}

void dcv_judge_rrset(struct dcv_work *work, const struct dcv_rrset *rrset, bool above, struct dcv_judged *out)
{
    struct dcv_name base, anchor;
    *out = (struct dcv_judged){
        .outcome = dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NO_ANCHOR, NULL, &rrset->owner, rrset->type)};
    if (!dcv_chain_base(&rrset->owner, above, &base) || !dcv_chain_anchor(work, &base, &anchor))
        return;
    const struct dcv_name *signer = dcv_rrset_signer(rrset, &base, &anchor, NULL);
    if (signer == NULL) {
        out->outcome = judge_unsigned(work, rrset, &base);
        return;
    }
    const struct dcv_zone *zone = dcv_chain_zone(work, signer);
    out->outcome = zone->outcome;
    if (out->outcome.trust.cause == DCV_CAUSE_SIGNER_WRONG && out->outcome.trust.owner.len == 0) {
        out->outcome.trust.owner = rrset->owner;
        out->outcome.trust.type = rrset->type;
    }
    if (!dcv_outcome_secure(&zone->outcome))
        return;
    struct dcv_checked checked;
    dcv_signature_check(work, rrset, &zone->name, zone->keys, zone->key_count, &checked);
    const struct dcv_outcome own = {.trust = checked.trust};
    out->outcome = dcv_outcome_both(&own, &zone->outcome);
    out->zone = zone;
    out->labels = checked.labels;
}
