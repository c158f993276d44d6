/* Offers of a profile applied to candidates: the status of an entry for a CA on a date. */
#include "policy/judge.h"

#include <string.h>

/* What one offer makes of a candidate. */
struct standing {
    enum dcv_status_of_entry status;
    dcv_date from, until;
    const struct dcv_offer *offer;
};

/* Does the offer cover the rung: YES, NO, or UNKNOWN (where CNAME targets are not known to be used)? */
static enum dcv_known covers(const struct judge *judge, const struct dcv_offer *offer, const struct dcv_rung *rung)
{
    if (rung->via == DCV_VIA_PRUNE)
        return dcv_level_covers(offer->level, &judge->name->name, &rung->base, &rung->name) ? DCV_YES : DCV_NO;
    if (offer->cname_targets == DCV_YES)
        return DCV_YES;
    return offer->cname_targets;
}

static bool role_mailed(const struct dcv_offer *offer, const char *role)
{
    /* Never approvers: the registrar's abuse, billing, privacy proxies. */
    static const char *const approvers[] = {"public", "registrant", "admin", "tech", NULL};
    const char *const *roles = offer->roles != NULL ? offer->roles : approvers;
    if (offer->source != DCV_SOURCE_WHOIS && offer->source != DCV_SOURCE_RDAP)
        return true;
    for (size_t i = 0; roles[i] != NULL; i++)
        if (role == NULL || strcmp(roles[i], role) == 0) /* NULL: of any */
            return true;
    return false;
}

static dcv_date earlier(dcv_date a, dcv_date b)
{
    if (a == DCV_DATE_NONE || b == DCV_DATE_NONE)
        return a == DCV_DATE_NONE ? b : a;
    return a < b ? a : b;
}

static struct standing standing_of(dcv_date as_of, const struct dcv_offer *offer)
{
    const struct dcv_method_info *method = dcv_method_info(dcv_source_method(offer->source));
    struct standing standing = {.offer = offer, .from = DCV_DATE_NONE, .until = earlier(offer->until, method->forbidden)};
    if (offer->from != DCV_DATE_NONE && as_of < offer->from) {
        standing.status = DCV_ENTRY_FUTURE;
        standing.from = offer->from;
    } else if (standing.until != DCV_DATE_NONE && as_of >= standing.until) {
        standing.status = DCV_ENTRY_RETIRED;
    } else if (method->discouraged != DCV_DATE_NONE && as_of >= method->discouraged) {
        standing.status = DCV_ENTRY_DISCOURAGED;
    } else {
        standing.status = DCV_ENTRY_PERMITTED;
    }
    /* A period that will begin only after the BR has ended the method never will. */
    if (standing.status == DCV_ENTRY_FUTURE && method->forbidden != DCV_DATE_NONE && offer->from >= method->forbidden)
        standing.status = DCV_ENTRY_NOT_OFFERED;
    return standing;
}

/* The CA is known to offer it, now or at another time. */
static bool known(const struct standing *standing)
{
    return standing->status == DCV_ENTRY_RETIRED || standing->status >= DCV_ENTRY_FUTURE;
}

static bool better(const struct standing *a, const struct standing *b)
{
    /* What is known of a level counts before what is not known of a wider one. */
    if (known(a) != known(b) && (a->status == DCV_ENTRY_UNKNOWN || b->status == DCV_ENTRY_UNKNOWN))
        return known(a);
    if (a->status != b->status)
        return a->status > b->status;
    if (b->offer == NULL)
        return true;
    if (a->status == DCV_ENTRY_RETIRED && a->until != b->until)
        return a->until > b->until; /* the later end is the real one */
    return a->offer != NULL && a->offer->is_default && !b->offer->is_default;
}

static struct standing best_standing(const struct judge *judge, const struct dcv_ca *ca, enum dcv_source source, const char *role,
                                     const struct dcv_rung *rung)
{
    struct standing best = {.status = DCV_ENTRY_NOT_OFFERED, .from = DCV_DATE_NONE, .until = DCV_DATE_NONE};
    for (size_t i = 0; i < ca->offer_count; i++) {
        const struct dcv_offer *offer = &ca->offers[i];
        if (offer->source != source || offer->offered == DCV_NO || !role_mailed(offer, role))
            continue;
        enum dcv_known covered = covers(judge, offer, rung);
        if (covered == DCV_NO)
            continue;
        struct standing standing = standing_of(judge->options->as_of, offer);
        if (offer->offered == DCV_UNKNOWN || covered == DCV_UNKNOWN)
            standing.status = DCV_ENTRY_UNKNOWN;
        if (better(&standing, &best))
            best = standing;
    }
    return best;
}

static enum dcv_rung_kind kind_of(const struct judge *judge, const struct dcv_rung *rung)
{
    if (rung->via != DCV_VIA_PRUNE)
        return DCV_RUNG_CNAME_TARGET;
    if (dcv_name_equal(&rung->name, &judge->name->name))
        return DCV_RUNG_EXACT;
    return dcv_name_equal(&rung->name, &rung->base) ? DCV_RUNG_BASE : DCV_RUNG_PARENT;
}

void offer_judge(const struct judge *judge, const struct dcv_ca *ca, const struct candidate *candidate, struct dcv_entry *entry)
{
    struct standing best = best_standing(judge, ca, candidate->source, candidate->role, candidate->rung);
    *entry = (struct dcv_entry){
        .address = candidate->address,
        .raw = candidate->raw,
        .raw_len = candidate->raw_len,
        .mail_domain = candidate->mail_domain,
        .source = candidate->source,
        .role = candidate->role,
        .adn = candidate->rung->name,
        .level = kind_of(judge, candidate->rung),
        .is_default = best.offer != NULL && best.offer->is_default,
        .automatic = best.offer != NULL && best.offer->automatic,
        .bogus = candidate->bogus,
        .unvalidated = candidate->unvalidated,
        .offer = best.offer,
        .status = candidate->address == NULL ? DCV_ENTRY_MALFORMED : best.status,
        .until = best.status == DCV_ENTRY_UNKNOWN || best.status == DCV_ENTRY_NOT_OFFERED ? DCV_DATE_NONE : best.until,
        .from = best.from,
        .facts = candidate->facts,
    };
}

bool offer_doubled(const struct judge *judge, const struct dcv_ca *ca, const struct candidate *candidate)
{
    if (candidate->role == NULL || candidate->address == NULL)
        return false;
    const struct standing own = best_standing(judge, ca, candidate->source, candidate->role, candidate->rung);
    for (size_t i = 0; i < judge->candidates.count; i++) {
        const struct candidate *other = &judge->candidates.items[i];
        if (other == candidate || other->source != candidate->source || other->rung != candidate->rung || other->address == NULL
            || strcmp(other->address, candidate->address) != 0)
            continue;
        const struct standing its = best_standing(judge, ca, other->source, other->role, other->rung);
        if (better(&its, &own) || (!better(&own, &its) && other < candidate))
            return true;
    }
    return false;
}

bool offer_reads(const struct judge *judge, const struct dcv_ca *ca, enum dcv_source source, const struct dcv_rung *rung)
{
    return best_standing(judge, ca, source, NULL, rung).status >= DCV_ENTRY_DISCOURAGED;
}

bool offer_excludes(const struct judge *judge, const struct dcv_ca *ca, enum dcv_source source, const struct dcv_rung *rung)
{
    return best_standing(judge, ca, source, NULL, rung).status == DCV_ENTRY_NOT_OFFERED;
}
