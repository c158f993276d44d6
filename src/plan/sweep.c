/* Every name server of the name's zones, and the resolvers to compare: whom to ask what. */
#include "plan/internal.h"

#include "fact/misplaced.h"

enum {
    PARENT_HOSTS = 4,   /* servers of the zone above that are asked about a delegation */
    RUNGS = 4,          /* ADNs whose records are compared */
};

static bool same(const struct dcv_name *a, const struct dcv_name *b)
{
    return dcv_name_equal(a, b);
}

/* ---- the questions ------------------------------------------------------------------------------------------------------------- */

/* The name's own ADNs from the name up to the base domain, at most RUNGS: the name, and those nearest to the base. */
static size_t own_rungs(const struct dcv_plan *plan, struct dcv_name out[RUNGS])
{
    unsigned first = dcv_name_labels(&plan->base), last = dcv_name_labels(&plan->name);
    size_t count = 0;
    for (unsigned labels = first; labels < last && count < RUNGS - 1; labels++)
        out[count++] = dcv_name_suffix(&plan->name, labels);
    out[count++] = plan->name;
    return count;
}

/* Records whose difference between servers matters to a CA, or to mail. */
static void ask_records(struct dcv_plan *plan, struct dcv_ask ask, bool (*belongs)(const struct dcv_plan *, const struct dcv_ask *))
{
    struct dcv_name rungs[RUNGS];
    size_t count = own_rungs(plan, rungs);
    for (size_t i = 0; i < count; i++) {
        ask.name = rungs[i];
        if (belongs != NULL && !belongs(plan, &ask))
            continue;
        ask.type = DCV_TYPE_CAA;
        plan_ask(plan, &ask);
        ask.type = DCV_TYPE_MX;
        plan_ask(plan, &ask);
        ask.type = DCV_TYPE_A;
        if (same(&rungs[i], &plan->name))
            plan_ask(plan, &ask);
        ask.type = DCV_TYPE_TXT;
        if (dcv_name_prepend(dcv_contact_label, &rungs[i], &ask.name) == DCV_OK)
            plan_ask(plan, &ask);
    }
}

/* Is the deepest zone above a name the one whose server is asked? */
static bool in_zone(const struct dcv_plan *plan, const struct dcv_ask *ask)
{
    for (size_t i = 0; i < plan->zone_count; i++)
        if (dcv_name_under(&ask->name, &plan->zones[i].name) && plan->zones[i].name.len > ask->zone.len)
            return false;
    return dcv_name_under(&ask->name, &ask->zone);
}

/* Not at the servers of a zone above a cut below which the question lies. */
static void ask_watched(struct dcv_plan *plan, struct dcv_ask ask)
{
    ask.name = *plan->options.watched;
    ask.type = plan->options.watched_type;
    if (ask.as != DCV_ASKED_RESOLVER && !in_zone(plan, &ask))
        return;
    plan_ask(plan, &ask);
    if (ask.as != DCV_ASKED_AUTHORITY)
        return;
    ask.type = DCV_TYPE_SOA; /* the zone that holds it, and its serial */
    plan_ask(plan, &ask);
}

static void ask_resolvers(struct dcv_plan *plan)
{
    for (size_t i = 0; i < plan->options.views; i++) {
        struct dcv_ask ask = {.as = DCV_ASKED_RESOLVER, .view = i, .depth = 1};
        if (plan->options.watched != NULL) {
            ask_watched(plan, ask);
            continue;
        }
        ask_records(plan, ask, NULL);
        ask.name = plan->base;
        ask.type = DCV_TYPE_SOA;
        plan_ask(plan, &ask);
        ask.type = DCV_TYPE_NS;
        plan_ask(plan, &ask);
    }
}

/* The first question to an address: does anybody live there, and is it the zone's server? */
static void ask_soa(struct dcv_plan *plan, struct sweep_zone *zone, const struct dcv_name *host, const struct dcv_rr *address, unsigned depth)
{
    const size_t before = plan->asks.count;
    struct dcv_ask ask = {.as = DCV_ASKED_AUTHORITY, .zone = zone->name, .host = *host, .address = *address, .name = zone->name,
                          .type = DCV_TYPE_SOA, .depth = depth};
    if (zone->addresses == SWEEP_ADDRESSES)
        return;
    if (plan->options.watched != NULL) {
        ask_watched(plan, ask);
    } else {
        plan_ask(plan, &ask);
        ask.over = DCV_OVER_TCP;
        plan_ask(plan, &ask);
    }
    zone->addresses += plan->asks.count != before;
}

/* ---- hosts and addresses ---------------------------------------------------------------------------------------------------------- */

static bool is_address(const struct dcv_rr *rr)
{
    return (rr->type == DCV_TYPE_A && rr->rdlen == 4) || (rr->type == DCV_TYPE_AAAA && rr->rdlen == 16);
}

/* The addresses in the answer about a host, behind an alias too: what an NS record may not name, yet some resolvers follow. */
static void ask_addresses_of(struct dcv_plan *plan, struct sweep_zone *zone, const struct dcv_name *host,
                             const struct dcv_dns_fact *fact, unsigned depth)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->answer.count; i++)
        if (is_address(&message->answer.items[i]))
            ask_soa(plan, zone, host, &message->answer.items[i], depth);
}

static void add_host(struct dcv_plan *plan, const struct dcv_facts *facts, struct sweep_zone *zone, const struct dcv_name *host,
                     unsigned depth)
{
    for (size_t i = 0; i < zone->hosts.count; i++)
        if (same(&zone->hosts.items[i], host))
            return;
    if (zone->hosts.count == SWEEP_HOSTS)
        return;
    struct dcv_name *added = DCV_VEC_ADD(plan->arena, &zone->hosts);
    if (added == NULL)
        return;
    *added = *host;
    plan_want(plan, host, DCV_TYPE_A, depth);
    plan_want(plan, host, DCV_TYPE_AAAA, depth);
    ask_addresses_of(plan, zone, host, dcv_facts_dns(facts, host, DCV_TYPE_A, NULL), depth);
    ask_addresses_of(plan, zone, host, dcv_facts_dns(facts, host, DCV_TYPE_AAAA, NULL), depth);
}

static void add_hosts(struct dcv_plan *plan, const struct dcv_facts *facts, struct sweep_zone *zone, const struct dcv_rrs *rrs, unsigned depth)
{
    struct dcv_name host;
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == DCV_TYPE_NS && same(&rrs->items[i].owner, &zone->name) && dcv_rr_target(&rrs->items[i], &host))
            add_host(plan, facts, zone, &host, depth);
}

/* ---- zones ------------------------------------------------------------------------------------------------------------------------- */

static struct sweep_zone *find_zone(struct dcv_plan *plan, const struct dcv_name *name)
{
    for (size_t i = 0; i < plan->zone_count; i++)
        if (same(&plan->zones[i].name, name))
            return &plan->zones[i];
    return NULL;
}

static void begin_zone(struct dcv_plan *plan, const struct dcv_name *apex, unsigned depth)
{
    struct dcv_name above;
    if (plan->zone_count == SWEEP_ZONES || find_zone(plan, apex) != NULL || !dcv_name_parent(apex, &above))
        return;
    plan->zones[plan->zone_count++] = (struct sweep_zone){.name = *apex};
    plan_want(plan, apex, DCV_TYPE_NS, depth);
    plan_want(plan, &above, DCV_TYPE_SOA, depth);
}

/* The zone that holds `name`, as the answer to its SOA question tells; false: it does not. */
static bool apex_of(const struct dcv_dns_fact *fact, struct dcv_name *out)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        if (message->answer.items[i].type == DCV_TYPE_SOA && same(&message->answer.items[i].owner, &fact->name)) {
            *out = fact->name;
            return true;
        }
    }
    for (size_t i = 0; message != NULL && i < message->authority.count; i++) {
        const struct dcv_rr *rr = &message->authority.items[i];
        if (rr->type == DCV_TYPE_SOA && dcv_name_under(&fact->name, &rr->owner)) {
            *out = rr->owner;
            return true;
        }
    }
    return false;
}

/* An SOA question of one of the name's own ADNs: its zone, unless that is one above the base domain. Where the base domain does not
 * answer at all, a broken delegation is likely, and worth a look. */
static void after_own_soa(struct dcv_plan *plan, const struct dcv_dns_fact *fact, unsigned depth)
{
    struct dcv_name apex;
    if (!dcv_name_under(&plan->name, &fact->name) || !dcv_name_under(&fact->name, &plan->base))
        return;
    if (apex_of(fact, &apex)) {
        if (dcv_name_under(&apex, &plan->base))
            begin_zone(plan, &apex, depth);
    } else if (same(&fact->name, &plan->base) && fact->outcome != DCV_OUTCOME_NXDOMAIN) {
        begin_zone(plan, &plan->base, depth);
    }
}

/* The SOA question of the name above a zone: the zone that delegates it, whose servers are to be asked. */
static void after_soa_above(struct dcv_plan *plan, const struct dcv_dns_fact *fact, unsigned depth)
{
    struct dcv_name above, apex;
    for (size_t i = 0; i < plan->zone_count; i++) {
        struct sweep_zone *zone = &plan->zones[i];
        if (!dcv_name_parent(&zone->name, &above) || !same(&above, &fact->name) || !apex_of(fact, &apex))
            continue;
        zone->above = apex;
        plan_want(plan, &apex, DCV_TYPE_NS, depth);
    }
}

/* ---- what follows ------------------------------------------------------------------------------------------------------------------ */

static void ask_parent(struct dcv_plan *plan, const struct sweep_zone *zone, const struct dcv_name *host, const struct dcv_rr *address,
                       unsigned depth)
{
    struct dcv_ask ask = {.as = DCV_ASKED_PARENT, .zone = zone->name, .host = *host, .address = *address, .name = zone->name,
                          .type = DCV_TYPE_NS, .depth = depth};
    plan_ask(plan, &ask);
}

/* The first address of a kind in the answer about a server of the zone above. */
static void ask_parent_at(struct dcv_plan *plan, const struct sweep_zone *zone, const struct dcv_dns_fact *fact, unsigned depth)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        if (is_address(&message->answer.items[i])) {
            ask_parent(plan, zone, &fact->name, &message->answer.items[i], depth);
            return;
        }
    }
}

/* Is `host` among the first servers of the zone above? */
static bool serves_above(const struct dcv_facts *facts, const struct sweep_zone *zone, const struct dcv_name *host)
{
    const struct dcv_message *message = dcv_dns_fact_data(zone->above.len != 0 ? dcv_facts_dns(facts, &zone->above, DCV_TYPE_NS, NULL) : NULL);
    struct dcv_name target;
    size_t count = 0;
    for (size_t i = 0; message != NULL && i < message->answer.count && count < PARENT_HOSTS; i++) {
        if (!dcv_rr_target(&message->answer.items[i], &target) || message->answer.items[i].type != DCV_TYPE_NS)
            continue;
        if (same(&target, host))
            return true;
        count++;
    }
    return false;
}

static void after_address(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_dns_fact *fact, unsigned depth)
{
    for (size_t i = 0; i < plan->zone_count; i++) {
        struct sweep_zone *zone = &plan->zones[i];
        for (size_t j = 0; j < zone->hosts.count; j++)
            if (same(&zone->hosts.items[j], &fact->name))
                ask_addresses_of(plan, zone, &fact->name, fact, depth);
        if (serves_above(facts, zone, &fact->name))
            ask_parent_at(plan, zone, fact, depth);
    }
}

/* Its addresses may have been looked up before it was known to serve the zone above. */
static void ask_parent_if_known(struct dcv_plan *plan, const struct dcv_facts *facts, const struct sweep_zone *zone,
                                const struct dcv_name *host, unsigned depth)
{
    static const uint16_t types[] = {DCV_TYPE_A, DCV_TYPE_AAAA};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct dcv_dns_fact *fact = dcv_facts_dns(facts, host, types[i], NULL);
        if (fact != NULL)
            ask_parent_at(plan, zone, fact, depth);
    }
}

static void after_ns_above(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_dns_fact *fact, unsigned depth)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    struct dcv_name host;
    for (size_t i = 0; i < plan->zone_count; i++) {
        const struct sweep_zone *zone = &plan->zones[i];
        if (message == NULL || zone->above.len == 0 || !same(&zone->above, &fact->name))
            continue;
        for (size_t j = 0; j < message->answer.count; j++) {
            if (!dcv_rr_target(&message->answer.items[j], &host) || !serves_above(facts, zone, &host))
                continue;
            plan_want(plan, &host, DCV_TYPE_A, depth);
            plan_want(plan, &host, DCV_TYPE_AAAA, depth);
            ask_parent_if_known(plan, facts, zone, &host, depth);
        }
    }
}

static void after_ns(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_dns_fact *fact, unsigned depth)
{
    struct sweep_zone *zone = find_zone(plan, &fact->name);
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    if (zone != NULL && message != NULL)
        add_hosts(plan, facts, zone, &message->answer, depth);
    after_ns_above(plan, facts, fact, depth);
}

/* A zone may be found after the answers that tell of it. */
static void catch_up(struct dcv_plan *plan, const struct dcv_facts *facts, size_t before, unsigned depth)
{
    for (size_t i = before; i < plan->zone_count; i++) {
        struct dcv_name above;
        const struct dcv_dns_fact *ns = dcv_facts_dns(facts, &plan->zones[i].name, DCV_TYPE_NS, NULL);
        const struct dcv_dns_fact *soa = dcv_name_parent(&plan->zones[i].name, &above) ? dcv_facts_dns(facts, &above, DCV_TYPE_SOA, NULL) : NULL;
        if (soa != NULL)
            after_soa_above(plan, soa, depth);
        if (ns != NULL)
            after_ns(plan, facts, ns, depth);
    }
}

void sweep_after_dns(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_dns_fact *fact, unsigned depth)
{
    if (!plan->options.authority || plan->base.len == 0)
        return;
    size_t before = plan->zone_count;
    switch (fact->type) {
    case DCV_TYPE_SOA:
        after_own_soa(plan, fact, depth);
        catch_up(plan, facts, before, depth);
        after_soa_above(plan, fact, depth);
        for (size_t i = 0; i < plan->zone_count; i++) { /* the servers of the zone above may be known already */
            const struct dcv_name *above = &plan->zones[i].above;
            const struct dcv_dns_fact *ns = above->len != 0 ? dcv_facts_dns(facts, above, DCV_TYPE_NS, NULL) : NULL;
            if (ns != NULL)
                after_ns_above(plan, facts, ns, depth);
        }
        break;
    case DCV_TYPE_NS: after_ns(plan, facts, fact, depth); break;
    case DCV_TYPE_A:
    case DCV_TYPE_AAAA: after_address(plan, facts, fact, depth); break;
    default: break;
    }
}

/* What the zone above says: servers, and their addresses where they lie below the cut. */
static void after_delegation(struct dcv_plan *plan, const struct dcv_facts *facts, struct sweep_zone *zone, const struct dcv_message *message,
                             unsigned depth)
{
    add_hosts(plan, facts, zone, &message->authority, depth);
    add_hosts(plan, facts, zone, &message->answer, depth);
    for (size_t i = 0; i < message->additional.count; i++) {
        const struct dcv_rr *rr = &message->additional.items[i];
        for (size_t j = 0; is_address(rr) && j < zone->hosts.count; j++)
            if (same(&zone->hosts.items[j], &rr->owner))
                ask_soa(plan, zone, &rr->owner, rr, depth);
    }
}

/* The zone's server has answered to the SOA question, or not. */
static void after_soa_at(struct dcv_plan *plan, const struct dcv_server_fact *fact, unsigned depth)
{
    struct dcv_ask ask = {.as = DCV_ASKED_AUTHORITY, .zone = fact->zone, .host = fact->host, .address = *fact->address, .name = fact->zone,
                          .over = fact->over, .depth = depth};
    if (dcv_outcome_conclusive(fact->outcome)) {
        ask.type = DCV_TYPE_NS;
        plan_ask(plan, &ask);
        ask_records(plan, ask, in_zone);
    } else if (fact->over == DCV_OVER_UDP && fact->message == NULL && fact->outcome == DCV_OUTCOME_TIMEOUT) {
        ask.type = DCV_TYPE_SOA;
        ask.over = DCV_OVER_PLAIN; /* silent, or only afraid of EDNS? */
        plan_ask(plan, &ask);
    }
}

void sweep_after_server(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_server_fact *fact, unsigned depth)
{
    struct sweep_zone *zone = find_zone(plan, &fact->zone);
    if (zone == NULL)
        return;
    const bool own = fact->as == DCV_ASKED_AUTHORITY && plan->options.watched == NULL;
    if (fact->as == DCV_ASKED_PARENT && fact->message != NULL)
        after_delegation(plan, facts, zone, fact->message, depth);
    else if (own && fact->type == DCV_TYPE_SOA && fact->over != DCV_OVER_TCP && fact->address != NULL)
        after_soa_at(plan, fact, depth);
    else if (own && fact->type == DCV_TYPE_NS && fact->message != NULL)
        add_hosts(plan, facts, zone, &fact->message->answer, depth);
}

void sweep_begin(struct dcv_plan *plan)
{
    struct dcv_name rungs[RUNGS];
    if (plan->base.len == 0)
        return;
    ask_resolvers(plan);
    if (!plan->options.authority || plan->options.watched == NULL)
        return; /* the ADNs' own lookups bring what is needed */
    size_t count = own_rungs(plan, rungs);
    for (size_t i = 0; i < count; i++)
        plan_want(plan, &rungs[i], DCV_TYPE_SOA, 1);
}
