/* What stands where a record of a DNS method is to be published. */
#include "policy/judge.h"

#include <string.h>

static const char acme_label[] = "_acme-challenge";

/* The answer that tells: the TXT lookup, or of the name itself and its parents, where an ordinary record would stand, that of the addresses. */
const struct dcv_dns_fact *way_fact(const struct judge *judge, const struct dcv_name *owner, size_t *index)
{
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, owner, DCV_TYPE_TXT, index);
    return fact != NULL ? fact : dcv_facts_dns(judge->facts, owner, DCV_TYPE_A, index);
}

/* The apex of the zone that a negative answer comes from (RFC 2308 §2); false: it does not say. */
static bool zone_of_denial(const struct dcv_dns_fact *fact, struct dcv_name *out)
{
    if (fact->outcome != DCV_OUTCOME_NXDOMAIN && fact->outcome != DCV_OUTCOME_NODATA)
        return false;
    for (size_t i = 0; i < fact->message->authority.count; i++)
        if (fact->message->authority.items[i].type == DCV_TYPE_SOA) {
            *out = fact->message->authority.items[i].owner;
            return true;
        }
    return false;
}

/* A DNAME above the owner: its CNAME is made from that. */
static bool by_dname(const struct dcv_message *message, const struct dcv_name *owner)
{
    for (size_t i = 0; i < message->answer.count; i++)
        if (message->answer.items[i].type == DCV_TYPE_DNAME && dcv_name_under(owner, &message->answer.items[i].owner))
            return true;
    return false;
}

/* Unsigned, a wildcard shows by answering for "*" beside the owner with the same target. */
static bool beside_wildcard(const struct judge *judge, const struct dcv_name *owner, const struct dcv_name *target)
{
    struct dcv_name wildcard, other;
    if (!dcv_name_parent(owner, &wildcard) || dcv_name_prepend("*", &wildcard, &wildcard) != DCV_OK)
        return false;
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &wildcard, DCV_TYPE_CNAME, NULL);
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    return message != NULL && dcv_message_chain(message, &wildcard, &other, 1, NULL) != 0 && dcv_name_equal(&other, target);
}

static bool made_from_wildcard(const struct judge *judge, const struct dcv_dns_fact *fact, const struct dcv_name *target)
{
    switch (dcv_message_origin(fact->message, &fact->name, DCV_TYPE_CNAME)) {
    case DCV_ORIGIN_WILDCARD: return true;
    case DCV_ORIGIN_OWN: return false;
    case DCV_ORIGIN_UNKNOWN: return beside_wildcard(judge, &fact->name, target);
    }
    return false;
}

/* Is the name judged itself made from a wildcard? Its signatures tell; unsigned, an alias to the target that the wildcard leads to (`target`;
 * NULL: none is known). */
static bool name_from_wildcard(const struct judge *judge, const struct dcv_name *target)
{
    static const uint16_t types[] = {DCV_TYPE_CNAME, DCV_TYPE_A};
    const struct dcv_name *name = &judge->name->name;
    const struct dcv_message *message = dcv_dns_fact_data(dcv_facts_dns(judge->facts, name, DCV_TYPE_A, NULL));
    struct dcv_name first;
    if (message == NULL)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        enum dcv_origin origin = dcv_message_origin(message, name, types[i]);
        if (origin != DCV_ORIGIN_UNKNOWN)
            return origin == DCV_ORIGIN_WILDCARD;
    }
    return target != NULL && dcv_message_chain(message, name, &first, 1, NULL) != 0 && dcv_name_equal(&first, target);
}

/* Does the chain end in a domain that does not exist? A target that is merely not there yet is no fault: many clients add it when they need it. */
static bool dangles(const struct judge *judge, const struct dcv_dns_fact *fact, const struct dcv_name *target)
{
    struct dcv_name zone, base;
    return fact->outcome == DCV_OUTCOME_NXDOMAIN && zone_of_denial(fact, &zone) && dcv_psl_base(judge->options->psl, target, &base)
        && !dcv_name_under(&zone, &base);
}

static struct dcv_name zone_of_target(const struct judge *judge, const struct dcv_dns_fact *fact, const struct dcv_name *target)
{
    struct dcv_name zone;
    if (zone_of_denial(fact, &zone) && zone.len > 1 && dcv_name_under(target, &zone))
        return zone;
    return dcv_psl_base(judge->options->psl, target, &zone) ? zone : *target;
}

static void judge_alias(struct judge *judge, const struct dcv_dns_fact *fact, const struct dcv_name *first, struct way_place *out)
{
    const bool delegated = dcv_name_first_is(&out->owner, acme_label);
    out->state = delegated ? WAY_DELEGATED : WAY_ALIAS;
    out->zone = zone_of_target(judge, fact, &out->target);
    out->dname = by_dname(fact->message, &out->owner);
    if (dcv_message_loops(fact->message, &out->owner)) {
        out->state = WAY_LOOP;
    } else if (dcv_way_owner(&out->owner) && made_from_wildcard(judge, fact, first)) {
        out->state = WAY_WILDCARD;
        out->hides = name_from_wildcard(judge, first);
        out->target = *first;
    } else if (delegated && dangles(judge, fact, &out->target)) {
        out->state = WAY_DANGLING;
    }
}

bool way_wildcard_txt(const struct judge *judge, const struct dcv_name *adn, const struct dcv_rr *rr)
{
    struct dcv_name contact;
    if (!contact_name(adn, &contact))
        return false;
    const struct dcv_message *message = dcv_dns_fact_data(dcv_facts_dns(judge->facts, &contact, DCV_TYPE_TXT, NULL));
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        const struct dcv_rr *other = &message->answer.items[i];
        if (other->type == DCV_TYPE_TXT && other->rdlen == rr->rdlen && memcmp(other->rdata, rr->rdata, rr->rdlen) == 0)
            return true;
    }
    return false;
}

static bool own_txt(const struct judge *judge, const struct dcv_message *message, const struct dcv_name *owner)
{
    struct dcv_name adn;
    size_t at = dcv_message_find(message, owner, DCV_TYPE_TXT, 0);
    if (at == SIZE_MAX || !dcv_name_parent(owner, &adn))
        return false;
    switch (dcv_message_origin(message, owner, DCV_TYPE_TXT)) {
    case DCV_ORIGIN_OWN: return true;
    case DCV_ORIGIN_WILDCARD: return false;
    case DCV_ORIGIN_UNKNOWN: return !way_wildcard_txt(judge, &adn, &message->answer.items[at]);
    }
    return false;
}

struct way_place way_place(struct judge *judge, const struct dcv_name *owner)
{
    struct way_place place = {.state = WAY_FREE, .owner = *owner, .target = *owner};
    struct dcv_name first, zone;
    size_t index;
    const struct dcv_dns_fact *fact = way_fact(judge, owner, &index);
    if (fact == NULL || fact->message == NULL)
        return place;
    place.facts = one_fact(judge, index);
    if (dcv_message_chain(fact->message, owner, &first, 1, &place.target) != 0) {
        judge_alias(judge, fact, &first, &place);
        return place;
    }
    const bool below = dcv_way_owner(owner);
    if (below && zone_of_denial(fact, &zone) && dcv_name_equal(&zone, owner))
        place.state = WAY_ZONE;
    place.txt = below && own_txt(judge, fact->message, owner);
    place.hides = below && !place.txt && place.state == WAY_FREE && name_from_wildcard(judge, NULL);
    return place;
}
