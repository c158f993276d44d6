#include "dnssec/chain.h"

/* The RRsets of an answer that may deny something. */
struct denials {
    const struct dcv_rrs *section;
    struct dcv_rrset *rrsets;
    size_t count;
    bool too_many;
};

static bool denies(const struct dcv_rr *rr)
{
    return rr->type == DCV_TYPE_NSEC || rr->type == DCV_TYPE_NSEC3;
}

static bool belongs(const struct dcv_rr *rr, const struct dcv_rrset *rrset)
{
    return rr->type == rrset->type && dcv_name_equal(&rr->owner, &rrset->owner);
}

static bool listed(const struct denials *denials, const struct dcv_rr *rr)
{
    for (size_t i = 0; i < denials->count; i++)
        if (belongs(rr, &denials->rrsets[i]))
            return true;
    return false;
}

static struct denials collect(struct dcv_work *work, const struct dcv_message *message)
{
    struct denials denials = {.section = &message->authority};
    size_t most = 0;
    for (size_t i = 0; i < message->authority.count && most < DCV_RRSETS_MAX; i++)
        most += denies(&message->authority.items[i]);
    if (most == 0)
        return denials;
    denials.rrsets = dcv_arena_array(work->arena, most, sizeof denials.rrsets[0]);
    for (size_t i = 0; i < message->authority.count && denials.rrsets != NULL; i++) {
        const struct dcv_rr *rr = &message->authority.items[i];
        if (!denies(rr) || listed(&denials, rr))
            continue;
        if (denials.count == DCV_RRSETS_MAX) {
            denials.too_many = true;
            break;
        }
        if (dcv_rrset_find(work->arena, &message->authority, &rr->owner, rr->type, &denials.rrsets[denials.count]))
            denials.count++;
    }
    return denials;
}

static void fail(struct dcv_denied *denied, const struct dcv_trust *why)
{
    if (!denied->failed)
        denied->failure = *why;
    denied->failed = true;
}

static bool signed_by(const struct dcv_rrset *rrset, const struct dcv_name *zone)
{
    for (size_t i = 0; i < rrset->signature_count; i++)
        if (dcv_name_equal(&rrset->signatures[i].rrsig.signer, zone))
            return true;
    return false;
}

/* Verifies denial records. Those made from a wildcard say nothing of the name they are found at (CVE-2017-15105). */
static bool verify(struct dcv_work *work, const struct dcv_rrset *rrset, const struct dcv_zone *zone, struct dcv_denied *out)
{
    if (rrset->signature_count == 0) {
        const struct dcv_trust why = dcv_trust_bogus(DCV_CAUSE_SIGNATURE_MISSING, &zone->name, &rrset->owner, rrset->type);
        fail(out, &why);
        return false;
    }
    if (!signed_by(rrset, &zone->name))
        return false;
    struct dcv_checked checked;
    dcv_signature_check(work, rrset, &zone->name, zone->keys, zone->key_count, &checked);
    if (checked.trust.security != DCV_SECURITY_SECURE) {
        fail(out, &checked.trust);
        return false;
    }
    if (dcv_rrset_expanded(rrset, checked.labels))
        return false;
    const struct dcv_outcome own = {.trust = checked.trust};
    out->outcome = dcv_outcome_both(&out->outcome, &own);
    return true;
}

/* Records of one kind. */
struct pile {
    DCV_VEC(const struct dcv_rr *) records;
};

static void heap(struct dcv_work *work, const struct dcv_rrs *section, const struct dcv_rrset *rrset, struct pile *pile)
{
    for (size_t i = 0; i < section->count; i++) {
        if (!belongs(&section->items[i], rrset))
            continue;
        const struct dcv_rr **slot = DCV_VEC_ADD(work->arena, &pile->records);
        if (slot != NULL)
            *slot = &section->items[i];
    }
}

static void verify_all(struct dcv_work *work, const struct denials *denials, const struct dcv_zone *zone, struct dcv_denied *out)
{
    struct pile nsec = {0}, nsec3 = {0};
    *out = (struct dcv_denied){.outcome = zone->outcome};
    if (denials->too_many) {
        const struct dcv_rrset *first = &denials->rrsets[0];
        out->outcome = dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_TOO_MUCH_WORK, &zone->name, &first->owner, first->type);
        return;
    }
    for (size_t i = 0; i < denials->count; i++) {
        const struct dcv_rrset *rrset = &denials->rrsets[i];
        if (dcv_name_under(&rrset->owner, &zone->name) && verify(work, rrset, zone, out))
            heap(work, denials->section, rrset, rrset->type == DCV_TYPE_NSEC ? &nsec : &nsec3);
    }
    const struct pile *pile = nsec.records.count != 0 ? &nsec : &nsec3;
    out->denial = (struct dcv_denial){&zone->name, pile->records.items, pile->records.count, &work->rounds};
}

void dcv_denied_by(struct dcv_work *work, const struct dcv_message *message, const struct dcv_zone *zone, struct dcv_denied *out)
{
    const struct denials denials = collect(work, message);
    verify_all(work, &denials, zone, out);
}

/* Nothing that denies (`name`, `type`) is signed by a zone that could: insecure where a cut above is proven to be, else bogus. */
static struct dcv_outcome deny_unsigned(struct dcv_work *work, const struct denials *denials, const struct dcv_name *base,
                                        const struct dcv_name *name, uint16_t type)
{
    struct dcv_name zone;
    const struct dcv_outcome outcome = dcv_chain_unsigned(work, base, &zone);
    if (!dcv_outcome_secure(&outcome))
        return outcome;
    for (size_t i = 0; i < denials->count; i++) {
        const struct dcv_rrset *rrset = &denials->rrsets[i];
        if (rrset->signature_count == 0 && dcv_name_under(&rrset->owner, &zone))
            return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_SIGNATURE_MISSING, &zone, &rrset->owner, rrset->type);
    }
    return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_DENIAL_MISSING, &zone, name, type);
}

void dcv_denied_find(struct dcv_work *work, const struct dcv_message *message, const struct dcv_name *name, uint16_t type, bool above,
                     struct dcv_denied *out)
{
    struct dcv_name base, anchor;
    *out = (struct dcv_denied){.outcome = dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NO_ANCHOR, NULL, name, type)};
    if (!dcv_chain_base(name, above, &base) || !dcv_chain_anchor(work, &base, &anchor))
        return;
    const struct denials denials = collect(work, message);
    const struct dcv_name *signer = NULL;
    for (size_t i = 0; i < denials.count; i++)
        signer = dcv_rrset_signer(&denials.rrsets[i], &base, &anchor, signer);
    if (signer == NULL) {
        out->outcome = deny_unsigned(work, &denials, &base, name, type);
        return;
    }
    const struct dcv_zone *zone = dcv_chain_zone(work, signer);
    out->outcome = zone->outcome;
    if (dcv_outcome_secure(&zone->outcome)) {
        verify_all(work, &denials, zone, out);
    } else if (zone->outcome.trust.cause == DCV_CAUSE_SIGNER_WRONG && zone->outcome.trust.owner.len == 0) {
        out->outcome.trust.owner = denials.rrsets[0].owner;
        out->outcome.trust.type = denials.rrsets[0].type;
    }
}

struct dcv_outcome dcv_denied_outcome(const struct dcv_denied *denied, enum dcv_proof proof, const struct dcv_name *name, uint16_t type)
{
    const struct dcv_name *zone = denied->denial.zone;
    switch (proof) {
    case DCV_PROOF_GOOD: return denied->outcome;
    case DCV_PROOF_OPT_OUT: return dcv_outcome_of(DCV_SECURITY_INSECURE, DCV_CAUSE_OPT_OUT, zone, name, type);
    case DCV_PROOF_ITERATIONS: return dcv_outcome_of(DCV_SECURITY_INSECURE, DCV_CAUSE_NSEC3_ITERATIONS, zone, name, type);
    case DCV_PROOF_UNKNOWN: return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_NSEC3_UNKNOWN, zone, name, type);
    case DCV_PROOF_LIMIT: return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_TOO_MUCH_WORK, zone, name, type);
    case DCV_PROOF_NONE: break;
    }
    if (denied->failed)
        return (struct dcv_outcome){.trust = denied->failure};
    const enum dcv_cause cause = denied->denial.count == 0 ? DCV_CAUSE_DENIAL_MISSING : DCV_CAUSE_DENIAL_WRONG;
    return dcv_outcome_of(DCV_SECURITY_BOGUS, cause, zone, name, type);
}
