#include "dnssec/chain.h"
#include "dnssec/precedent.h"

#include <stdlib.h>
#include <string.h>

enum { NOERROR = 0, NXDOMAIN = 3 };

/* The answer under validation: `at` is where its aliases have led. */
struct answer {
    struct dcv_work *work;
    const struct dcv_message *message;
    struct dcv_name at;
    uint16_t type;
    bool aliased;
    struct dcv_outcome outcome; /* of all parts so far */
};

static void add_part(struct answer *answer, const struct dcv_outcome *part)
{
    answer->outcome = dcv_outcome_both(&answer->outcome, part);
}

/* DS lies in the zone above the cut; the root has none above. */
static bool lies_above(uint16_t type, const struct dcv_name *name)
{
    return type == DCV_TYPE_DS && dcv_name_labels(name) != 0;
}

/* A signed RRset; where it was made from a wildcard, with the proof that the name itself is not there (RFC 4035 §5.3.4). */
static struct dcv_outcome judge_part(const struct answer *answer, const struct dcv_rrset *rrset, const struct dcv_zone **zone)
{
    struct dcv_judged judged;
    dcv_judge_rrset(answer->work, rrset, lies_above(rrset->type, &rrset->owner), &judged);
    if (zone != NULL)
        *zone = judged.zone;
    if (!dcv_outcome_secure(&judged.outcome) || !dcv_rrset_expanded(rrset, judged.labels))
        return judged.outcome;
    struct dcv_denied denied;
    dcv_denied_by(answer->work, answer->message, judged.zone, &denied);
    if (!dcv_outcome_secure(&denied.outcome))
        return denied.outcome;
    const enum dcv_proof proof = dcv_denial_expanded(&denied.denial, &rrset->owner, judged.labels);
    const struct dcv_outcome proven = dcv_denied_outcome(&denied, proof, &rrset->owner, rrset->type);
    return dcv_outcome_both(&judged.outcome, &proven);
}

/* ---- aliases ---------------------------------------------------------------------------------------------------------------- */

/* The DNAME of the answer that stands nearest above the name. */
static bool find_dname(const struct answer *answer, struct dcv_name *target, struct dcv_rrset *out)
{
    const struct dcv_rr *best = NULL;
    for (size_t i = 0; i < answer->message->answer.count; i++) {
        const struct dcv_rr *rr = &answer->message->answer.items[i];
        if (rr->type == DCV_TYPE_DNAME && dcv_name_under(&answer->at, &rr->owner) && !dcv_name_equal(&answer->at, &rr->owner)
            && (best == NULL || rr->owner.len > best->owner.len))
            best = rr;
    }
    return best != NULL && dcv_rr_target(best, target)
           && dcv_rrset_find(answer->work->arena, &answer->message->answer, &best->owner, DCV_TYPE_DNAME, out);
}

/* The name with `owner` at its end exchanged for `target` (RFC 6672 §2.2). */
static bool substitute(const struct dcv_name *name, const struct dcv_name *owner, const struct dcv_name *target, struct dcv_name *out)
{
    const size_t kept = (size_t)name->len - owner->len;
    if (kept + target->len > DCV_NAME_WIRE_MAX)
        return false;
    struct dcv_name made = {.len = (uint8_t)(kept + target->len)};
    memcpy(made.wire, name->wire, kept);
    memcpy(made.wire + kept, target->wire, target->len);
    *out = made;
    return true;
}

/* A CNAME made from a DNAME is not signed; it must be what the DNAME, which is, makes of the name (RFC 6672 §5.3.1). */
static struct dcv_outcome judge_dname(const struct answer *answer, const struct dcv_rrset *dname, const struct dcv_name *onto,
                                      const struct dcv_name *target)
{
    const struct dcv_zone *zone = NULL;
    struct dcv_name made;
    const struct dcv_outcome outcome = judge_part(answer, dname, &zone);
    if (!dcv_outcome_secure(&outcome) || (substitute(&answer->at, &dname->owner, onto, &made) && dcv_name_equal(&made, target)))
        return outcome;
    return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_ALIAS_WRONG, &zone->name, &answer->at, DCV_TYPE_CNAME);
}

/* Judges the CNAME at the name and goes on to its target; false: there is none. */
static bool follow_alias(struct answer *answer)
{
    const size_t index = dcv_message_find(answer->message, &answer->at, DCV_TYPE_CNAME, 0);
    struct dcv_name target, onto;
    struct dcv_rrset cname, dname;
    if (index == SIZE_MAX || !dcv_rr_target(&answer->message->answer.items[index], &target)
        || !dcv_rrset_find(answer->work->arena, &answer->message->answer, &answer->at, DCV_TYPE_CNAME, &cname))
        return false;
    const bool made = cname.signature_count == 0 && find_dname(answer, &onto, &dname);
    const struct dcv_outcome part = made ? judge_dname(answer, &dname, &onto, &target) : judge_part(answer, &cname, NULL);
    add_part(answer, &part);
    answer->at = target;
    answer->aliased = true;
    return true;
}

/* ---- the end of the aliases ------------------------------------------------------------------------------------------------- */

/* NXDOMAIN for an empty non-terminal is a fault that has no effect here: that (name, type) is not there is what is proven. After aliases,
 * servers differ in whether the RCODE is that of the last name (RFC 6604 §3). */
static enum dcv_proof prove_denial(const struct answer *answer, const struct dcv_denied *denied)
{
    const bool nxdomain = answer->message->rcode == NXDOMAIN;
    if (nxdomain || answer->aliased) {
        const enum dcv_proof proof = dcv_denial_nxdomain(&denied->denial, &answer->at);
        if (proof != DCV_PROOF_NONE)
            return proof;
    }
    return dcv_denial_nodata(&denied->denial, &answer->at, answer->type);
}

static struct dcv_outcome judge_denial(const struct answer *answer)
{
    struct dcv_denied denied;
    dcv_denied_find(answer->work, answer->message, &answer->at, answer->type, lies_above(answer->type, &answer->at), &denied);
    if (!dcv_outcome_secure(&denied.outcome))
        return denied.outcome;
    return dcv_denied_outcome(&denied, prove_denial(answer, &denied), &answer->at, answer->type);
}

static void judge_end(struct answer *answer)
{
    struct dcv_rrset rrset;
    const bool there = dcv_rrset_find(answer->work->arena, &answer->message->answer, &answer->at, answer->type, &rrset);
    const struct dcv_outcome part = there ? judge_part(answer, &rrset, NULL) : judge_denial(answer);
    add_part(answer, &part);
}

static struct dcv_outcome judge_answer(struct dcv_work *work, const struct dcv_message *message, const struct dcv_name *name, uint16_t type)
{
    struct answer answer = {.work = work, .message = message, .at = *name, .type = type,
                            .outcome = {.trust = {.security = DCV_SECURITY_SECURE}}};
    struct dcv_name anchor;
    if (!dcv_chain_anchor(work, name, &anchor))
        return dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NO_ANCHOR, NULL, name, type);
    if (message->rcode != NOERROR && message->rcode != NXDOMAIN)
        return dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_CHAIN_UNANSWERED, NULL, name, type);
    if (type == DCV_TYPE_CNAME && follow_alias(&answer))
        return answer.outcome;
    const size_t links = dcv_message_chain(message, name, NULL, 0, NULL);
    const bool circle = dcv_message_loops(message, name);
    for (size_t i = 0; i < links; i++) {
        if (i == DCV_RRSETS_MAX)
            return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_TOO_MUCH_WORK, NULL, &answer.at, DCV_TYPE_CNAME);
        if (!follow_alias(&answer))
            break;
    }
    if (!circle)
        judge_end(&answer);
    return answer.outcome;
}

/* ---- answers as most are ---------------------------------------------------------------------------------------------------- */

static bool holds_none_but_data(const struct dcv_rrs *section)
{
    for (size_t i = 0; i < section->count; i++) {
        switch (section->items[i].type) {
        case DCV_TYPE_CNAME:
        case DCV_TYPE_DNAME:
        case DCV_TYPE_RRSIG:
        case DCV_TYPE_NSEC:
        case DCV_TYPE_NSEC3: return false;
        default: break;
        }
    }
    return true;
}

/* An answer without aliases, signatures or denials, below a cut that is known not to be signed: there is nothing to verify. */
static bool judge_bare(struct dcv_work *work, const struct dcv_message *message, const struct dcv_name *name, uint16_t type, struct dcv_outcome *out)
{
    struct dcv_name base;
    return (message->rcode == NOERROR || message->rcode == NXDOMAIN) && holds_none_but_data(&message->answer) && holds_none_but_data(&message->authority)
        && dcv_chain_base(name, lies_above(type, name), &base) && dcv_chain_ended(work, &base, out);
}

/* ---- the validator ---------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_validator_create(const struct dcv_validator_options *options, struct dcv_validator **out)
{
    struct dcv_validator *validator = calloc(1, sizeof *validator);
    if (validator == NULL)
        return DCV_ERR_NOMEM;
    validator->options = *options;
    validator->remembered_max = dcv_memory_max(options->cache_bytes);
    validator->remembered = dcv_map_create();
    validator->precedents = dcv_map_create();
    if (validator->remembered == NULL || validator->precedents == NULL) {
        dcv_validator_free(validator);
        return DCV_ERR_NOMEM;
    }
    *out = validator;
    return DCV_OK;
}

void dcv_validator_free(struct dcv_validator *validator)
{
    if (validator == NULL)
        return;
    dcv_map_free(validator->remembered, NULL);
    dcv_map_free(validator->older, NULL);
    dcv_map_free(validator->precedents, free);
    free(validator);
}

const struct dcv_validator_counts *dcv_validator_counts(const struct dcv_validator *validator)
{
    return &validator->counts;
}

enum dcv_status dcv_validate_in(struct dcv_arena *arena, struct dcv_validator *validator, const struct dcv_chain *chain,
                                const struct dcv_name *name, uint16_t type, const struct dcv_message *message, int64_t now,
                                struct dcv_trust *out, struct dcv_needs *needs)
{
    struct dcv_dependence dependences[DCV_DEPENDENCES_MAX];
    struct dcv_work work = {.validator = validator, .chain = chain, .arena = arena, .needs = needs, .now = now, .dependences = dependences};
    struct dcv_name lower = *name;
    dcv_name_lower(&lower);
    needs->count = 0;
    struct dcv_outcome outcome;
    /* What the chains of all names hold. */
    const bool shared = message->serial != 0 && (type == DCV_TYPE_DS || type == DCV_TYPE_DNSKEY);
    const bool known = shared ? dcv_precedent(&work, &lower, type, message->serial, &outcome) != DCV_PRECEDENT_NONE
                              : judge_bare(&work, message, &lower, type, &outcome);
    if (!known) {
        outcome = judge_answer(&work, message, &lower, type);
        if (shared && !dcv_arena_failed(arena))
            dcv_precedent_put(&work, &lower, type, message->serial, &outcome);
    }
    validator->counts.hashes += work.rounds;
    if (dcv_arena_failed(arena))
        return DCV_ERR_NOMEM;
    if (outcome.pending)
        return DCV_OK;
    needs->count = 0;
    *out = outcome.trust;
    return DCV_OK;
}

enum dcv_status dcv_validate(struct dcv_validator *validator, const struct dcv_chain *chain, const struct dcv_name *name, uint16_t type,
                             const struct dcv_message *message, int64_t now, struct dcv_trust *out, struct dcv_needs *needs)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    if (arena == NULL)
        return DCV_ERR_NOMEM;
    const enum dcv_status status = dcv_validate_in(arena, validator, chain, name, type, message, now, out, needs);
    dcv_arena_free(arena);
    return status;
}
