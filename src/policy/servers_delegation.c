/* The delegation of a zone: what its parent says, what the zone says, and where the hosts lead that they name. */
#include "policy/servers.h"

#include <string.h>

enum { HOSTS_MAX = 256 };

/* A host that NS records name. */
struct ns_host {
    struct dcv_name name;
    bool above, own; /* in the delegation, in the zone */
    size_t fact;     /* where it was first seen */
};

struct delegation {
    const struct swept *swept;
    struct judge *judge;
    struct ns_host *hosts;
    size_t count;
    bool above, own;             /* is the delegation known, and the NS RRset of the zone? */
    size_t above_fact, own_fact;
};

/* ---- reading ----------------------------------------------------------------------------------------------------------------------- */

static struct ns_host *host_of(struct delegation *delegation, const struct dcv_name *name, size_t fact)
{
    for (size_t i = 0; i < delegation->count; i++)
        if (dcv_name_equal(&delegation->hosts[i].name, name))
            return &delegation->hosts[i];
    if (delegation->hosts == NULL || delegation->count == HOSTS_MAX)
        return NULL;
    struct ns_host *host = &delegation->hosts[delegation->count++];
    *host = (struct ns_host){.name = *name, .fact = fact};
    return host;
}

/* Takes the hosts of the zone's NS records; returns whether there are any. */
static bool read_hosts(struct delegation *delegation, const struct dcv_rrs *rrs, size_t fact, bool above)
{
    struct dcv_name target;
    bool any = false;
    for (size_t i = 0; i < rrs->count; i++) {
        const struct dcv_rr *rr = &rrs->items[i];
        if (rr->type != DCV_TYPE_NS || !dcv_name_equal(&rr->owner, &delegation->swept->zone) || !dcv_rr_target(rr, &target))
            continue;
        struct ns_host *host = host_of(delegation, &target, fact);
        any = true;
        if (host != NULL && above)
            host->above = true;
        else if (host != NULL)
            host->own = true;
    }
    return any;
}

static bool names_servers(const struct dcv_rrs *rrs, const struct dcv_name *zone)
{
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == DCV_TYPE_NS && dcv_name_equal(&rrs->items[i].owner, zone))
            return true;
    return false;
}

/* A referral to the zone. A server of both zones answers for the lower one, which says nothing about the delegation. */
static bool is_referral(const struct swept *swept, const struct dcv_server_fact *fact)
{
    return fact->message != NULL && fact->message->rcode == 0 && !names_servers(&fact->message->answer, &swept->zone)
        && names_servers(&fact->message->authority, &swept->zone);
}

static void read_above(struct delegation *delegation)
{
    const struct swept *swept = delegation->swept;
    for (size_t i = 0; i < swept->parents.count; i++) {
        const struct said *said = &swept->parents.items[i];
        if (is_referral(swept, said->fact) && read_hosts(delegation, &said->fact->message->authority, said->index, true)) {
            delegation->above_fact = delegation->above ? delegation->above_fact : said->index;
            delegation->above = true;
        }
    }
}

static void read_own(struct delegation *delegation)
{
    const struct swept *swept = delegation->swept;
    const struct question question = {swept->zone, DCV_TYPE_NS};
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct server *server = &swept->servers.items[i];
        const struct said *said = server->health == SERVER_SOUND ? server_said(server, &question) : NULL;
        if (said == NULL || said->fact->outcome != DCV_OUTCOME_ANSWER || said->fact->message == NULL || !said->fact->message->authoritative)
            continue;
        if (read_hosts(delegation, &said->fact->message->answer, said->index, false)) {
            delegation->own_fact = delegation->own ? delegation->own_fact : said->index;
            delegation->own = true;
        }
    }
}

/* ---- addresses ----------------------------------------------------------------------------------------------------------------------- */

/* What is known of a host's addresses: the answers about A and AAAA. */
struct addresses {
    const struct dcv_dns_fact *facts[2];
    size_t numbers[2];
    bool known; /* both lookups were answered */
    size_t count;
    bool alias;
    struct dcv_name target;
};

static const uint16_t address_types[] = {DCV_TYPE_A, DCV_TYPE_AAAA};

static struct addresses addresses_of(const struct judge *judge, const struct dcv_name *host)
{
    struct addresses out = {.known = true};
    for (size_t i = 0; i < 2; i++) {
        const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, host, address_types[i], &out.numbers[i]);
        const struct dcv_message *message = fact != NULL ? dcv_dns_fact_data(fact) : NULL;
        struct dcv_name last;
        if (message == NULL || !dcv_outcome_conclusive(fact->outcome)) {
            out.known = false;
            continue;
        }
        out.facts[i] = fact;
        if (dcv_message_chain(message, host, NULL, 0, &last) != 0) {
            out.alias = true;
            out.target = last;
        }
        for (size_t at = dcv_message_find(message, &last, address_types[i], 0); at != SIZE_MAX;
             at = dcv_message_find(message, &last, address_types[i], at + 1))
            out.count++;
    }
    return out;
}

/* Does the zone above give an address for the host? */
static bool has_glue(const struct swept *swept, const struct dcv_name *host)
{
    for (size_t i = 0; i < swept->parents.count; i++) {
        const struct dcv_message *message = swept->parents.items[i].fact->message;
        for (size_t j = 0; message != NULL && j < message->additional.count; j++) {
            const struct dcv_rr *rr = &message->additional.items[j];
            if ((rr->type == DCV_TYPE_A || rr->type == DCV_TYPE_AAAA) && dcv_name_equal(&rr->owner, host))
                return true;
        }
    }
    return false;
}

/* ---- hosts --------------------------------------------------------------------------------------------------------------------------- */

static void judge_differences(const struct delegation *delegation)
{
    struct judge *judge = delegation->judge;
    struct listing above = listing_begin(judge), own = listing_begin(judge);
    for (size_t i = 0; i < delegation->count; i++) {
        const struct ns_host *host = &delegation->hosts[i];
        if (host->above && !host->own)
            listing_add(&above, name_text(judge, &host->name), NULL, SIZE_MAX);
        if (host->own && !host->above)
            listing_add(&own, name_text(judge, &host->name), NULL, SIZE_MAX);
    }
    const bool differ = above.count + own.count != 0 && delegation->above && delegation->own;
    const char *only_above = listing_end(&above), *only_own = listing_end(&own);
    if (!differ)
        return;
    const size_t facts[] = {delegation->above_fact, delegation->own_fact};
    struct making making = finding_begin(judge, DCV_RULE_DELEGATION_DIFFERS, delegation->swept->text);
    finding_arg(&making, "above", only_above);
    finding_arg(&making, "own", only_own);
    finding_fact(&making, dcv_fact_list(judge->arena, facts, 2));
    finding_end_general(&making);
}

static void judge_hosts(const struct delegation *delegation)
{
    struct judge *judge = delegation->judge;
    struct listing aliases = listing_begin(judge), homeless = listing_begin(judge);
    for (size_t i = 0; i < delegation->count; i++) {
        const struct dcv_name *host = &delegation->hosts[i].name;
        const struct addresses addresses = addresses_of(judge, host);
        const size_t fact = addresses.facts[0] != NULL ? addresses.numbers[0] : delegation->hosts[i].fact;
        const char *text = name_text(judge, host);
        if (addresses.alias)
            listing_add(&aliases, text, name_text(judge, &addresses.target), fact);
        else if (addresses.known && addresses.count == 0 && addresses.facts[0] != NULL && !has_glue(delegation->swept, host))
            listing_add(&homeless, text, answer_word(addresses.facts[0]->outcome), fact);
    }
    listing_report(&aliases, DCV_RULE_SERVER_ALIAS, delegation->swept->text);
    listing_report(&homeless, DCV_RULE_SERVER_NO_ADDRESS, delegation->swept->text);
}

/* One host with one address is one server; several addresses of a kind may be several. */
static void judge_single(const struct delegation *delegation)
{
    const struct swept *swept = delegation->swept;
    size_t kinds[2] = {0, 0};
    if (delegation->count == 0 || swept->servers.count == 0)
        return;
    for (size_t i = 0; i < delegation->count; i++)
        if (!addresses_of(delegation->judge, &delegation->hosts[i].name).known)
            return; /* there may be more */
    for (size_t i = 0; i < swept->servers.count; i++)
        kinds[strchr(swept->servers.items[i].address, ':') != NULL]++;
    if (kinds[0] > 1 || kinds[1] > 1)
        return;
    struct listing listing = listing_begin(delegation->judge);
    for (size_t i = 0; i < swept->servers.count; i++)
        listing_add(&listing, swept->servers.items[i].text, NULL,
                    swept->servers.items[i].said.count != 0 ? swept->servers.items[i].said.items[0].index : SIZE_MAX);
    listing_report(&listing, DCV_RULE_SERVER_SINGLE, swept->text);
}

static bool leads_nowhere(const struct server *server)
{
    for (size_t i = 0; i < server->said.count; i++) {
        const struct dcv_server_fact *fact = server->said.items[i].fact;
        if (fact->outcome == DCV_OUTCOME_PRIVATE || (fact->address != NULL && dcv_rr_private_address(fact->address)))
            return true;
    }
    return false;
}

static void judge_private(const struct delegation *delegation)
{
    const struct swept *swept = delegation->swept;
    struct listing listing = listing_begin(delegation->judge);
    for (size_t i = 0; i < swept->servers.count && !delegation->judge->options->allow_private_addresses; i++) {
        const struct server *server = &swept->servers.items[i];
        if (leads_nowhere(server))
            listing_add(&listing, server->text, NULL, server->said.items[0].index);
    }
    listing_report(&listing, DCV_RULE_SERVER_PRIVATE, swept->text);
}

/* ---- glue ---------------------------------------------------------------------------------------------------------------------------- */

/* The addresses of a host of one kind that a section has, as text in an order of their own. */
static const char *addresses_text(struct judge *judge, const struct dcv_message *section, const struct dcv_name *host, uint16_t type)
{
    struct value value = value_of(judge, section, host, type);
    return value.kind == VALUE_ANSWER ? value.text : "-";
}

/* The glue of a host differs from what the zone says; where there is none of a kind nothing is said, for a referral has little room. */
static void compare_glue(const struct delegation *delegation, const struct said *said, const struct dcv_name *host, struct listing *listing)
{
    struct judge *judge = delegation->judge;
    const struct addresses addresses = addresses_of(judge, host);
    const struct dcv_message glue = {.answer = said->fact->message->additional};
    for (size_t i = 0; i < 2; i++) {
        if (addresses.facts[i] == NULL || addresses.facts[i]->security == DCV_SECURITY_BOGUS || addresses.alias)
            continue;
        const struct value above = value_of(judge, &glue, host, address_types[i]);
        const struct value own = value_of(judge, dcv_dns_fact_data(addresses.facts[i]), host, address_types[i]);
        if (above.kind != VALUE_ANSWER || value_same(&above, &own, false))
            continue;
        const char *detail = dcv_arena_printf(judge->arena, "%s / %s", addresses_text(judge, &glue, host, address_types[i]),
                                              addresses_text(judge, dcv_dns_fact_data(addresses.facts[i]), host, address_types[i]));
        listing_add(listing, name_text(judge, host), detail, said->index);
    }
}

static void judge_glue(const struct delegation *delegation)
{
    const struct swept *swept = delegation->swept;
    struct listing listing = listing_begin(delegation->judge);
    for (size_t i = 0; i < delegation->count; i++) {
        const struct dcv_name *host = &delegation->hosts[i].name;
        const size_t before = listing.count;
        for (size_t j = 0; j < swept->parents.count && listing.count == before; j++)
            if (is_referral(swept, swept->parents.items[j].fact))
                compare_glue(delegation, &swept->parents.items[j], host, &listing);
    }
    listing_report(&listing, DCV_RULE_GLUE_DIFFERS, swept->text);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------------ */

/* Servers of the zone above that know of no delegation. */
static void judge_missing(const struct delegation *delegation)
{
    const struct swept *swept = delegation->swept;
    struct listing listing = listing_begin(delegation->judge);
    for (size_t i = 0; i < swept->parents.count; i++) {
        const struct dcv_server_fact *fact = swept->parents.items[i].fact;
        const bool denied = fact->outcome == DCV_OUTCOME_NODATA || fact->outcome == DCV_OUTCOME_NXDOMAIN;
        if (!denied || fact->message == NULL || !fact->message->authoritative)
            continue;
        const char *text = dcv_arena_printf(delegation->judge->arena, "%s (%.*s)", name_text(delegation->judge, &fact->host),
                                            (int)strcspn(fact->server, "#"), fact->server);
        listing_add(&listing, text != NULL ? text : "", answer_word(fact->outcome), swept->parents.items[i].index);
    }
    listing_report(&listing, DCV_RULE_DELEGATION_MISSING, swept->text);
}

void servers_judge_delegation(const struct swept *swept)
{
    struct delegation delegation = {.swept = swept, .judge = swept->judge};
    delegation.hosts = dcv_arena_array(swept->judge->arena, HOSTS_MAX, sizeof *delegation.hosts);
    read_above(&delegation);
    read_own(&delegation);
    judge_missing(&delegation);
    judge_differences(&delegation);
    judge_glue(&delegation);
    judge_private(&delegation);
    judge_hosts(&delegation);
    judge_single(&delegation);
}
