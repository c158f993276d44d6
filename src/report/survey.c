/* The zones that the facts tell of, and who serves them. */
#include "report/survey.h"

#include <stdlib.h>

enum { ZONES_MAX = 64 };

static bool same(const struct dcv_name *a, const struct dcv_name *b)
{
    return dcv_name_equal(a, b);
}

size_t dcv_survey_zone_of(const struct dcv_survey *survey, const struct dcv_name *name)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < survey->zones.count; i++)
        if (dcv_name_under(name, &survey->zones.items[i].name) &&
            (found == SIZE_MAX || survey->zones.items[i].name.len > survey->zones.items[found].name.len))
            found = i;
    return found;
}

/* ---- which ---------------------------------------------------------------------------------------------------------------- */

static bool known(const struct dcv_survey *survey, const struct dcv_name *name)
{
    for (size_t i = 0; i < survey->zones.count; i++)
        if (same(&survey->zones.items[i].name, name))
            return true;
    return false;
}

static void add_zone(struct dcv_survey *survey, const struct dcv_name *name)
{
    if (name->len == 0 || known(survey, name) || survey->zones.count == ZONES_MAX)
        return;
    struct dcv_survey_zone *zone = DCV_VEC_ADD(survey->arena, &survey->zones);
    if (zone == NULL)
        return;
    zone->name = *name;
    zone->above = SIZE_MAX;
}

static bool faulty(const struct dcv_trust *trust)
{
    return trust != NULL && (trust->security == DCV_SECURITY_BOGUS || trust->security == DCV_SECURITY_INDETERMINATE);
}

/* Only the zones from the root to the name and below its base domain are shown in any case. */
static bool concerns(const struct dcv_survey *survey, const struct dcv_name *zone)
{
    return dcv_name_under(&survey->name, zone) || (survey->base.len != 0 && dcv_name_under(zone, &survey->base));
}

static void add_soa_owner(struct dcv_survey *survey, const struct dcv_rrs *rrs, const struct dcv_name *name)
{
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == DCV_TYPE_SOA && dcv_name_under(name, &rrs->items[i].owner) &&
            concerns(survey, &rrs->items[i].owner))
            add_zone(survey, &rrs->items[i].owner);
}

static void add_from_dns(struct dcv_survey *survey, const struct dcv_dns_fact *fact)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    const bool apex = fact->type == DCV_TYPE_DNSKEY || fact->type == DCV_TYPE_DS || fact->type == DCV_TYPE_NS;
    if (faulty(fact->trust))
        add_zone(survey, &fact->trust->zone);
    if (message == NULL)
        return;
    if (apex && dcv_message_find(message, &fact->name, fact->type, 0) != SIZE_MAX) {
        if (concerns(survey, &fact->name))
            add_zone(survey, &fact->name);
        else if (fact->type == DCV_TYPE_DNSKEY && !faulty(fact->trust))
            survey->elsewhere++;
    }
    add_soa_owner(survey, &message->answer, &fact->name);
    add_soa_owner(survey, &message->authority, &fact->name);
}

static int by_name(const void *a, const void *b)
{
    const struct dcv_survey_zone *left = a, *right = b;
    return dcv_name_compare(&left->name, &right->name);
}

void dcv_survey_zones(struct dcv_survey *survey)
{
    const struct dcv_name root = dcv_name_root();
    add_zone(survey, &root);
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        if (fact->kind == DCV_FACT_DNS)
            add_from_dns(survey, &fact->dns);
        else if (fact->kind == DCV_FACT_SERVER)
            add_zone(survey, &fact->server.zone);
    }
    /* Canonical order puts each zone behind those above it. */
    if (survey->zones.count != 0)
        qsort(survey->zones.items, survey->zones.count, sizeof survey->zones.items[0], by_name);
    for (size_t i = 0; i < survey->zones.count; i++) {
        struct dcv_survey_zone *zone = &survey->zones.items[i];
        for (size_t j = 0; j < i; j++)
            if (dcv_name_under(&zone->name, &survey->zones.items[j].name))
                zone->above = j; /* the last is the deepest */
        zone->depth = zone->above == SIZE_MAX ? 0 : survey->zones.items[zone->above].depth + 1;
    }
}

/* ---- who serves them ------------------------------------------------------------------------------------------------------ */

static struct dcv_survey_host *add_host(struct dcv_survey *survey, struct dcv_survey_zone *zone,
                                        const struct dcv_name *name)
{
    for (size_t i = 0; i < zone->hosts.count; i++)
        if (same(&zone->hosts.items[i].name, name))
            return &zone->hosts.items[i];
    struct dcv_survey_host *host = DCV_VEC_ADD(survey->arena, &zone->hosts);
    if (host != NULL)
        host->name = *name;
    return host;
}

/* The hosts of the zone's NS RRset in a section; returns whether there is one. */
static bool add_ns(struct dcv_survey *survey, struct dcv_survey_zone *zone, const struct dcv_rrs *rrs, bool at_parent)
{
    bool found = false;
    struct dcv_name target;
    for (size_t i = 0; i < rrs->count; i++) {
        if (rrs->items[i].type != DCV_TYPE_NS || !same(&rrs->items[i].owner, &zone->name) ||
            !dcv_rr_target(&rrs->items[i], &target))
            continue;
        struct dcv_survey_host *host = add_host(survey, zone, &target);
        if (host == NULL)
            return found;
        host->at_parent |= at_parent;
        host->in_zone |= !at_parent;
        found = true;
    }
    return found;
}

static void add_from_server(struct dcv_survey *survey, struct dcv_survey_zone *zone, const struct dcv_server_fact *fact)
{
    if (fact->message == NULL || fact->type != DCV_TYPE_NS || !same(&fact->zone, &zone->name))
        return;
    if (fact->as == DCV_ASKED_PARENT) {
        bool found = add_ns(survey, zone, &fact->message->authority, true);
        found |= add_ns(survey, zone, &fact->message->answer, true);
        zone->delegation_known |= found;
    } else if (fact->as == DCV_ASKED_AUTHORITY && same(&fact->name, &zone->name)) {
        zone->own_known |= add_ns(survey, zone, &fact->message->answer, false);
    }
}

/* What a resolver says of a host: its addresses, or that it has none. */
static void add_addresses(struct dcv_survey *survey, struct dcv_survey_host *host)
{
    static const uint16_t types[] = {DCV_TYPE_A, DCV_TYPE_AAAA};
    size_t none = 0;
    for (size_t i = 0; i < 2; i++) {
        const struct dcv_dns_fact *fact = dcv_facts_dns(survey->facts, &host->name, types[i], NULL);
        const struct dcv_message *message = dcv_dns_fact_data(fact);
        none += fact != NULL && (fact->outcome == DCV_OUTCOME_NODATA || fact->outcome == DCV_OUTCOME_NXDOMAIN);
        for (size_t j = 0; message != NULL && j < message->answer.count; j++) {
            if (message->answer.items[j].type != types[i])
                continue;
            const struct dcv_rr **slot = DCV_VEC_ADD(survey->arena, &host->addresses);
            if (slot != NULL)
                *slot = &message->answer.items[j];
        }
    }
    host->no_address = none == 2;
}

static void add_rows(struct dcv_survey *survey, struct dcv_survey_zone *zone, size_t number)
{
    for (size_t i = 0; i < survey->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[i];
        if (row->resolver || row->zone != number)
            continue;
        zone->swept = true;
        struct dcv_survey_host *host = add_host(survey, zone, &row->host);
        size_t *slot = host != NULL ? DCV_VEC_ADD(survey->arena, &host->rows) : NULL;
        if (slot != NULL)
            *slot = i;
    }
}

void dcv_survey_hosts(struct dcv_survey *survey)
{
    for (size_t i = 0; i < survey->zones.count; i++) {
        struct dcv_survey_zone *zone = &survey->zones.items[i];
        for (size_t j = 0; j < dcv_facts_count(survey->facts); j++) {
            const struct dcv_fact *fact = dcv_facts_at(survey->facts, j);
            if (fact->kind == DCV_FACT_SERVER)
                add_from_server(survey, zone, &fact->server);
        }
        const struct dcv_message *message =
            dcv_dns_fact_data(dcv_facts_dns(survey->facts, &zone->name, DCV_TYPE_NS, NULL));
        if (!zone->own_known && message != NULL)
            zone->own_known = add_ns(survey, zone, &message->answer, false);
        add_rows(survey, zone, i);
        for (size_t j = 0; j < zone->hosts.count; j++)
            add_addresses(survey, &zone->hosts.items[j]);
    }
}

void dcv_survey_make(struct dcv_survey *survey, struct dcv_arena *arena, const struct dcv_facts *facts,
                     const struct dcv_name *name, const struct dcv_name *base)
{
    *survey = (struct dcv_survey){
        .arena = arena, .facts = facts, .name = *name, .base = *base, .now = dcv_facts_about_const(facts)->at};
    dcv_survey_zones(survey);
    dcv_survey_rows(survey);
    dcv_survey_hosts(survey);
    dcv_survey_chains(survey);
    dcv_survey_seen(survey);
}
