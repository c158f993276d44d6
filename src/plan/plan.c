#include "plan/plan.h"

#include "base/map.h"
#include "fact/ladder.h"
#include "fact/way.h"
#include "name/hostname.h"
#include "name/mailbox.h"

#include <stdlib.h>
#include <string.h>

enum {
    WANTS_MAX = 1200,     /* lookups of one name, whatever its records say */
    CONTACTS_MAX = 24,    /* mail domains followed from one contact RRset */
    EXCHANGES_MAX = 16,   /* mail hosts followed from one MX RRset */
};

static const char contact_label[] = "_validation-contactemail";

struct dcv_plan {
    const struct dcv_psl *psl;
    struct dcv_name name;
    struct dcv_arena *arena;
    struct dcv_map *known; /* questions wanted already */
    DCV_VEC(struct dcv_want) wants;
    size_t handed_out;
};

/* Wants a lookup once. */
static void want(struct dcv_plan *plan, const struct dcv_name *name, uint16_t type, unsigned depth)
{
    uint8_t key[DCV_NAME_WIRE_MAX + 2];
    struct dcv_name lower = *name;
    dcv_name_lower(&lower);
    memcpy(key, lower.wire, lower.len);
    key[lower.len] = (uint8_t)(type >> 8);
    key[lower.len + 1] = (uint8_t)type;
    size_t key_len = (size_t)lower.len + 2;
    if (plan->wants.count >= WANTS_MAX || dcv_map_get(plan->known, key, key_len) != NULL)
        return;
    struct dcv_want *added = DCV_VEC_ADD(plan->arena, &plan->wants);
    if (added == NULL)
        return;
    *added = (struct dcv_want){.name = *name, .type = type, .depth = depth};
    if (!dcv_map_put(plan->known, key, key_len, plan))
        dcv_arena_fail(plan->arena);
}

/* Can mail reach this domain? Addresses are asked for at once: without an MX they are what counts. */
static void want_mail(struct dcv_plan *plan, const struct dcv_name *domain, unsigned depth)
{
    if (domain->len <= 1)
        return;
    want(plan, domain, DCV_TYPE_MX, depth);
    want(plan, domain, DCV_TYPE_A, depth);
    want(plan, domain, DCV_TYPE_AAAA, depth);
}

/* CAA at the name and every parent below the root, TLD included (RFC 8659 §3). */
static void want_caa_climb(struct dcv_plan *plan, const struct dcv_name *name, unsigned depth)
{
    struct dcv_name at = *name;
    while (at.len > 1) {
        want(plan, &at, DCV_TYPE_CAA, depth);
        if (!dcv_name_parent(&at, &at))
            break;
    }
}

static void want_rung(struct dcv_plan *plan, const struct dcv_name *adn, unsigned depth)
{
    struct dcv_name contact;
    want_caa_climb(plan, adn, depth);
    if (dcv_name_prepend(contact_label, adn, &contact) == DCV_OK)
        want(plan, &contact, DCV_TYPE_TXT, depth);
    want_mail(plan, adn, depth);
    want(plan, adn, DCV_TYPE_SOA, depth);
}

/* Every Authorization Domain Name that the facts lead to. */
static enum dcv_status want_ladder(struct dcv_plan *plan, const struct dcv_facts *facts, unsigned depth)
{
    struct dcv_ladder *ladder = calloc(1, sizeof *ladder);
    if (ladder == NULL)
        return DCV_ERR_NOMEM;
    dcv_ladder_build(facts, plan->psl, &plan->name, ladder);
    for (size_t i = 0; i < ladder->count; i++)
        want_rung(plan, &ladder->rungs[i].name, depth);
    free(ladder);
    return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : DCV_OK;
}

static void want_label(struct dcv_plan *plan, const char *label, const struct dcv_name *adn)
{
    struct dcv_name owner;
    if (dcv_name_prepend(label, adn, &owner) == DCV_OK)
        want(plan, &owner, DCV_TYPE_TXT, 1);
}

/* What stands where a DNS method would have a record: at the name, and of persistent records also at its parents, whose
 * policy=wildcard counts below. Asked for last: of everything that is wanted it decides the least. */
static void want_ways(struct dcv_plan *plan)
{
    struct dcv_name at = plan->name, base;
    if (!dcv_psl_base(plan->psl, &plan->name, &base))
        return;
    for (size_t i = 0; i < DCV_WAY_LABELS; i++)
        want_label(plan, dcv_way_labels[i], &plan->name);
    while (!dcv_name_equal(&at, &base) && dcv_name_parent(&at, &at))
        want_label(plan, dcv_persist_label, &at);
}

enum dcv_status dcv_plan_create(const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_plan **out)
{
    struct dcv_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        return DCV_ERR_NOMEM;
    plan->psl = psl;
    plan->name = *name;
    plan->arena = dcv_arena_create(NULL);
    plan->known = dcv_map_create();
    struct dcv_facts *nothing = dcv_facts_create();
    enum dcv_status status = DCV_ERR_NOMEM;
    if (plan->arena != NULL && plan->known != NULL && nothing != NULL) {
        if (!dcv_ladder_none(psl, name)) {
            struct dcv_name root = dcv_name_root();
            want(plan, &root, DCV_TYPE_SOA, 1); /* does the resolver validate? */
        }
        status = want_ladder(plan, nothing, 1);
        if (!dcv_ladder_none(psl, name))
            want_ways(plan);
        if (dcv_arena_failed(plan->arena))
            status = DCV_ERR_NOMEM;
    }
    dcv_facts_free(nothing);
    if (status != DCV_OK) {
        dcv_plan_free(plan);
        return status;
    }
    *out = plan;
    return DCV_OK;
}

void dcv_plan_free(struct dcv_plan *plan)
{
    if (plan == NULL)
        return;
    dcv_map_free(plan->known, NULL);
    dcv_arena_free(plan->arena);
    free(plan);
}

bool dcv_plan_next(struct dcv_plan *plan, struct dcv_want *out)
{
    if (plan->handed_out == plan->wants.count)
        return false;
    *out = plan->wants.items[plan->handed_out++];
    return true;
}

/* ---- what follows from an answer -------------------------------------------------------------------------------------------- */

static void want_mailbox(struct dcv_plan *plan, const void *value, size_t len, unsigned depth)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    if (dcv_mailbox_parse(plan->arena, value, len, &mailbox, &error) == DCV_OK)
        want_mail(plan, &mailbox.domain, depth);
}

static void after_txt(struct dcv_plan *plan, const struct dcv_message *message, unsigned depth)
{
    size_t followed = 0;
    for (size_t i = 0; i < message->answer.count && followed < CONTACTS_MAX; i++) {
        size_t len;
        const uint8_t *value = dcv_rr_txt(&message->answer.items[i], plan->arena, &len, NULL);
        if (value == NULL)
            continue;
        want_mailbox(plan, value, len, depth);
        followed++;
    }
}

/* An alias where a record of a DNS method would stand: real, or made from a wildcard? A signature tells; else the wildcard itself does. */
static void after_way(struct dcv_plan *plan, const struct dcv_dns_fact *fact, unsigned depth)
{
    struct dcv_name wildcard;
    const struct dcv_message *message = fact->message;
    if (message == NULL || dcv_message_find(message, &fact->name, DCV_TYPE_CNAME, 0) == SIZE_MAX
        || dcv_message_origin(message, &fact->name, DCV_TYPE_CNAME) != DCV_ORIGIN_UNKNOWN)
        return;
    if (dcv_name_parent(&fact->name, &wildcard) && dcv_name_prepend("*", &wildcard, &wildcard) == DCV_OK)
        want(plan, &wildcard, DCV_TYPE_CNAME, depth);
}

static void after_caa(struct dcv_plan *plan, const struct dcv_message *message, unsigned depth)
{
    static const char tag[] = "contactemail";
    size_t followed = 0;
    for (size_t i = 0; i < message->answer.count && followed < CONTACTS_MAX; i++) {
        struct dcv_caa caa;
        if (!dcv_rr_caa(&message->answer.items[i], &caa) || caa.tag_len != sizeof tag - 1
            || strncasecmp(caa.tag, tag, sizeof tag - 1) != 0)
            continue;
        want_mailbox(plan, caa.value, caa.value_len, depth);
        followed++;
    }
}

/* First unescaped dot of the RNAME is the @ (RFC 1035 §3.3.13): the domain is the name without its first label. */
static void after_soa(struct dcv_plan *plan, const struct dcv_message *message, unsigned depth)
{
    for (size_t i = 0; i < message->answer.count; i++) {
        struct dcv_soa soa;
        struct dcv_name domain;
        if (dcv_rr_soa(&message->answer.items[i], &soa) && dcv_name_parent(&soa.rname, &domain))
            want_mail(plan, &domain, depth);
    }
}

static void after_mx(struct dcv_plan *plan, const struct dcv_message *message, unsigned depth)
{
    size_t followed = 0;
    for (size_t i = 0; i < message->answer.count && followed < EXCHANGES_MAX; i++) {
        struct dcv_mx mx;
        if (!dcv_rr_mx(&message->answer.items[i], &mx) || mx.exchange.len <= 1)
            continue;
        want(plan, &mx.exchange, DCV_TYPE_A, depth);
        want(plan, &mx.exchange, DCV_TYPE_AAAA, depth);
        followed++;
    }
}

/* Whether a failed CAA lookup may count as permission depends on the zone being signed: the DS of each name above tells. */
static void after_failed_caa(struct dcv_plan *plan, const struct dcv_name *name, unsigned depth)
{
    struct dcv_name at = *name;
    while (at.len > 1) {
        want(plan, &at, DCV_TYPE_DS, depth);
        if (!dcv_name_parent(&at, &at))
            break;
    }
}

static void after_contacts(struct dcv_plan *plan, const struct dcv_contacts_fact *fact, unsigned depth)
{
    for (size_t i = 0; i < fact->contact_count && i < CONTACTS_MAX; i++)
        want_mailbox(plan, fact->contacts[i].email, strlen(fact->contacts[i].email), depth);
}

static enum dcv_status after_dns(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_dns_fact *fact, unsigned depth)
{
    static const struct dcv_message nothing = {0};
    const struct dcv_message *data = dcv_dns_fact_data(fact), *message = data != NULL ? data : &nothing;
    switch (fact->type) {
    case DCV_TYPE_TXT:
        if (dcv_way_owner(&fact->name))
            after_way(plan, fact, depth);
        else
            after_txt(plan, message, depth);
        break;
    case DCV_TYPE_SOA:
        after_soa(plan, message, depth);
        if (fact->name.len == 1 && !message->authentic)
            after_failed_caa(plan, &plan->name, depth); /* no validation to rely on: is there anything to validate? */
        break;
    case DCV_TYPE_MX: after_mx(plan, message, depth); break;
    case DCV_TYPE_CAA:
        after_caa(plan, message, depth);
        if (!dcv_outcome_conclusive(fact->outcome) && fact->security != DCV_SECURITY_BOGUS)
            after_failed_caa(plan, &fact->name, depth);
        break;
    case DCV_TYPE_A:
        if (dcv_message_chain(message, &fact->name, NULL, 0, NULL) != 0 && dcv_name_under(&plan->name, &fact->name))
            return want_ladder(plan, facts, depth);
        break;
    default: break;
    }
    return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : DCV_OK;
}

enum dcv_status dcv_plan_extend(struct dcv_plan *plan, const struct dcv_facts *facts, size_t index, unsigned depth)
{
    const struct dcv_fact *fact = dcv_facts_at(facts, index);
    if (fact->kind == DCV_FACT_DNS)
        return after_dns(plan, facts, &fact->dns, depth + 1);
    after_contacts(plan, &fact->contacts, depth + 1);
    return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : DCV_OK;
}
