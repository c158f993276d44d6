/* Keys, DS records and signatures of the zones, and where the chain of trust breaks. */
#include "report/survey.h"

#include <stdlib.h>

enum { SIGNATURES_MAX = 256, KEYS_MAX = 64, FAULTS_MAX = 64 };

static bool same(const struct dcv_name *a, const struct dcv_name *b)
{
    return dcv_name_equal(a, b);
}

static size_t zone_named(const struct dcv_survey *survey, const struct dcv_name *name)
{
    for (size_t i = 0; name->len != 0 && i < survey->zones.count; i++)
        if (same(&survey->zones.items[i].name, name))
            return i;
    return SIZE_MAX;
}

/* ---- records -------------------------------------------------------------------------------------------------------------- */

static void add_keys(struct dcv_survey *survey, struct dcv_survey_zone *zone)
{
    const struct dcv_message *message =
        dcv_dns_fact_data(dcv_facts_dns(survey->facts, &zone->name, DCV_TYPE_DNSKEY, NULL));
    struct dcv_dnskey key;
    for (size_t i = 0; message != NULL && i < message->answer.count && zone->keys.count < KEYS_MAX; i++) {
        if (!same(&message->answer.items[i].owner, &zone->name) || !dcv_rr_dnskey(&message->answer.items[i], &key))
            continue;
        struct dcv_dnskey *slot = DCV_VEC_ADD(survey->arena, &zone->keys);
        if (slot != NULL)
            *slot = key;
    }
}

static void add_ds(struct dcv_survey *survey, struct dcv_survey_zone *zone)
{
    const struct dcv_message *message = dcv_dns_fact_data(dcv_facts_dns(survey->facts, &zone->name, DCV_TYPE_DS, NULL));
    struct dcv_ds ds;
    for (size_t i = 0; message != NULL && i < message->answer.count && zone->ds.count < KEYS_MAX; i++) {
        if (!same(&message->answer.items[i].owner, &zone->name) || !dcv_rr_ds(&message->answer.items[i], &ds))
            continue;
        struct dcv_ds *slot = DCV_VEC_ADD(survey->arena, &zone->ds);
        if (slot != NULL)
            *slot = ds;
    }
}

static bool signature_known(const struct dcv_survey_zone *zone, const struct dcv_survey_signature *signature)
{
    for (size_t i = 0; i < zone->signatures.count; i++) {
        const struct dcv_survey_signature *other = &zone->signatures.items[i];
        if (other->type == signature->type && other->tag == signature->tag &&
            other->algorithm == signature->algorithm && other->until == signature->until &&
            same(&other->owner, &signature->owner))
            return true;
    }
    return false;
}

/* A signature over a DS record belongs to the zone that the record is about, every other one to its signer. */
static void add_signature(struct dcv_survey *survey, const struct dcv_rr *rr)
{
    struct dcv_rrsig rrsig;
    if (!dcv_rr_rrsig(rr, &rrsig))
        return;
    const size_t number = zone_named(survey, rrsig.covered == DCV_TYPE_DS ? &rr->owner : &rrsig.signer);
    struct dcv_survey_zone *zone = number != SIZE_MAX ? &survey->zones.items[number] : NULL;
    const struct dcv_survey_signature signature = {.owner = rr->owner,
                                                   .signer = rrsig.signer,
                                                   .type = rrsig.covered,
                                                   .tag = rrsig.tag,
                                                   .algorithm = rrsig.algorithm,
                                                   .from = dcv_rrsig_time(rrsig.inception, survey->now),
                                                   .until = dcv_rrsig_time(rrsig.expiration, survey->now)};
    if (zone == NULL || zone->signatures.count == SIGNATURES_MAX || signature_known(zone, &signature))
        return;
    struct dcv_survey_signature *slot = DCV_VEC_ADD(survey->arena, &zone->signatures);
    if (slot != NULL)
        *slot = signature;
}

static void add_nsec3(struct dcv_survey *survey, const struct dcv_rr *rr)
{
    struct dcv_name apex;
    const size_t number =
        rr->type == DCV_TYPE_NSEC3 && dcv_name_parent(&rr->owner, &apex) ? zone_named(survey, &apex) : SIZE_MAX;
    if (number != SIZE_MAX && dcv_rr_nsec3param(rr, &survey->zones.items[number].nsec3))
        survey->zones.items[number].has_nsec3 = true;
}

static void add_section(struct dcv_survey *survey, const struct dcv_rrs *rrs)
{
    for (size_t i = 0; i < rrs->count; i++) {
        add_signature(survey, &rrs->items[i]);
        add_nsec3(survey, &rrs->items[i]);
    }
}

/* Those over the keys first, then those over the DS record, then by how soon they end. */
static int weight(const struct dcv_survey_signature *signature)
{
    return signature->type == DCV_TYPE_DNSKEY ? 0 : signature->type == DCV_TYPE_DS ? 1 : 2;
}

static int by_end(const void *a, const void *b)
{
    const struct dcv_survey_signature *left = a, *right = b;
    if (weight(left) != weight(right))
        return weight(left) - weight(right);
    if (left->until != right->until)
        return left->until < right->until ? -1 : 1;
    const int owners = dcv_name_compare(&left->owner, &right->owner);
    return owners != 0 ? owners : (int)left->type - (int)right->type;
}

/* ---- verdicts ------------------------------------------------------------------------------------------------------------- */

static bool faulty(const struct dcv_trust *trust)
{
    return trust != NULL && (trust->security == DCV_SECURITY_BOGUS || trust->security == DCV_SECURITY_INDETERMINATE);
}

static bool same_fault(const struct dcv_trust *a, const struct dcv_trust *b)
{
    return a->cause == b->cause && a->type == b->type && a->key_tag == b->key_tag && a->at == b->at &&
           same(&a->owner, &b->owner);
}

/* A server that does not recurse says nothing of an alias's target in another zone: that such an answer proves no denial is no fault. */
static bool is_open(const struct dcv_server_fact *fact)
{
    return fact->outcome != DCV_OUTCOME_ANSWER && fact->message != NULL &&
           dcv_message_chain(fact->message, &fact->name, NULL, 0, NULL) != 0;
}

static void add_fault(struct dcv_survey *survey, const struct dcv_trust *trust, const struct dcv_name *asked)
{
    if (!faulty(trust))
        return;
    const struct dcv_name *where = trust->zone.len != 0 ? &trust->zone : trust->owner.len != 0 ? &trust->owner : asked;
    const size_t number = dcv_survey_zone_of(survey, where);
    if (number == SIZE_MAX)
        return;
    struct dcv_survey_zone *zone = &survey->zones.items[number];
    for (size_t i = 0; i < zone->faults.count; i++)
        if (same_fault(zone->faults.items[i], trust))
            return;
    const struct dcv_trust **slot = zone->faults.count < FAULTS_MAX ? DCV_VEC_ADD(survey->arena, &zone->faults) : NULL;
    if (slot != NULL)
        *slot = trust;
}

static bool take(struct dcv_survey_zone *zone, const struct dcv_dns_fact *fact)
{
    if (fact == NULL || fact->security == DCV_SECURITY_UNCHECKED)
        return false;
    zone->security = fact->security;
    zone->trust = fact->trust;
    return true;
}

/* What was found insecure because of this zone. */
static bool take_insecure(const struct dcv_survey *survey, struct dcv_survey_zone *zone)
{
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        if (fact->kind == DCV_FACT_DNS && fact->dns.trust != NULL && fact->dns.security == DCV_SECURITY_INSECURE &&
            same(&fact->dns.trust->zone, &zone->name))
            return take(zone, &fact->dns);
    }
    return false;
}

/* Any answer out of the zone. DS records are in the zone above. */
static bool take_any(const struct dcv_survey *survey, struct dcv_survey_zone *zone, size_t number)
{
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        if (fact->kind == DCV_FACT_DNS && fact->dns.type != DCV_TYPE_DS &&
            dcv_survey_zone_of(survey, &fact->dns.name) == number && take(zone, &fact->dns))
            return true;
    }
    return false;
}

static void settle(struct dcv_survey *survey, size_t number)
{
    struct dcv_survey_zone *zone = &survey->zones.items[number];
    if (zone->keys.count != 0 && take(zone, dcv_facts_dns(survey->facts, &zone->name, DCV_TYPE_DNSKEY, NULL)))
        return;
    if (take_insecure(survey, zone) || take(zone, dcv_facts_dns(survey->facts, &zone->name, DCV_TYPE_SOA, NULL)))
        return;
    (void)take_any(survey, zone, number);
}

void dcv_survey_chains(struct dcv_survey *survey)
{
    for (size_t i = 0; i < survey->zones.count; i++) {
        add_keys(survey, &survey->zones.items[i]);
        add_ds(survey, &survey->zones.items[i]);
    }
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        const bool dns = fact->kind == DCV_FACT_DNS;
        const struct dcv_message *message = dns ? dcv_dns_fact_data(&fact->dns) : NULL;
        if (message != NULL) {
            add_section(survey, &message->answer);
            add_section(survey, &message->authority);
        }
        if (dns)
            add_fault(survey, fact->dns.trust, &fact->dns.name);
        else if (fact->kind == DCV_FACT_SERVER && !is_open(&fact->server))
            add_fault(survey, fact->server.trust, &fact->server.name);
    }
    for (size_t i = 0; i < survey->zones.count; i++) {
        struct dcv_survey_zone *zone = &survey->zones.items[i];
        if (zone->signatures.count != 0)
            qsort(zone->signatures.items, zone->signatures.count, sizeof zone->signatures.items[0], by_end);
        settle(survey, i);
    }
}
