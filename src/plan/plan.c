#include "plan/internal.h"

#include "fact/ladder.h"
#include "fact/misplaced.h"
#include "fact/way.h"
#include "name/hostname.h"
#include "name/mailbox.h"

#include <stdlib.h>
#include <string.h>

enum {
    WANTS_MAX = 1200,     /* lookups of one name, whatever its records say */
    ASKS_MAX = 6000,      /* questions to servers, likewise */
    CONTACTS_MAX = 24,    /* mail domains followed from one contact RRset */
    EXCHANGES_MAX = 16,   /* mail hosts followed from one MX RRset */
};

static bool wanted(const struct dcv_plan *plan, const struct dcv_name *name, uint16_t type)
{
    const uint64_t hash = dcv_name_hash(name, type);
    for (size_t i = 0; i < plan->hashes.count; i++)
        if (plan->hashes.items[i] == hash && plan->wants.items[i]->type == type && dcv_name_equal(&plan->wants.items[i]->name, name))
            return true;
    return false;
}

/* Wants a lookup once. */
void plan_want(struct dcv_plan *plan, const struct dcv_name *name, uint16_t type, unsigned depth)
{
    if (plan->wants.count >= WANTS_MAX || wanted(plan, name, type))
        return;
    uint64_t *hash = DCV_VEC_ADD(plan->arena, &plan->hashes);
    struct dcv_want *want = hash != NULL ? dcv_arena_alloc(plan->arena, sizeof *want) : NULL;
    const struct dcv_want **added = want != NULL ? DCV_VEC_ADD(plan->arena, &plan->wants) : NULL;
    if (added == NULL) {
        plan->hashes.count = plan->wants.count;
        return;
    }
    *want = (struct dcv_want){.name = *name, .type = type, .depth = depth};
    *added = want;
    *hash = dcv_name_hash(name, type);
}

enum dcv_status dcv_plan_want(struct dcv_plan *plan, const struct dcv_name *name, uint16_t type, unsigned depth)
{
    plan_want(plan, name, type, depth);
    return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : DCV_OK;
}

void plan_ask(struct dcv_plan *plan, const struct dcv_ask *ask)
{
    struct dcv_buf key;
    struct dcv_name name = ask->name, zone = ask->zone;
    dcv_name_lower(&name);
    dcv_name_lower(&zone);
    dcv_buf_init(&key, 1024);
    dcv_buf_printf(&key, "%d %d %zu %u %u ", (int)ask->as, (int)ask->over, ask->view, (unsigned)ask->type, (unsigned)ask->address.type);
    dcv_buf_put(&key, ask->address.rdata, ask->address.rdlen);
    dcv_buf_put(&key, name.wire, name.len);
    dcv_buf_put(&key, zone.wire, zone.len);
    if (plan->asks.count < ASKS_MAX && dcv_map_get(plan->asked, dcv_buf_text(&key), key.len) == NULL) {
        struct dcv_ask *added = DCV_VEC_ADD(plan->arena, &plan->asks);
        if (added != NULL)
            *added = *ask;
        if (key.failed || !dcv_map_put(plan->asked, dcv_buf_text(&key), key.len, plan))
            dcv_arena_fail(plan->arena);
    }
    dcv_buf_done(&key);
}

/* Can mail reach this domain? Addresses are asked for at once: without an MX they are what counts. */
static void want_mail(struct dcv_plan *plan, const struct dcv_name *domain, unsigned depth)
{
    if (domain->len <= 1)
        return;
    plan_want(plan, domain, DCV_TYPE_MX, depth);
    plan_want(plan, domain, DCV_TYPE_A, depth);
    plan_want(plan, domain, DCV_TYPE_AAAA, depth);
}

/* What is published about TLS between mail hosts: the domain's policy, and the keys of its hosts. */
static void want_mail_security(struct dcv_plan *plan, const struct dcv_name *domain, const struct dcv_name *host, unsigned depth)
{
    struct dcv_name name;
    if (!plan->options.mail_security)
        return;
    if (dcv_name_prepend("_mta-sts", domain, &name) == DCV_OK)
        plan_want(plan, &name, DCV_TYPE_TXT, depth);
    if (dcv_name_prepend("_tcp", host, &name) == DCV_OK && dcv_name_prepend("_25", &name, &name) == DCV_OK)
        plan_want(plan, &name, DCV_TYPE_TLSA, depth);
}

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

/* CAA at the name and every parent below the root, TLD included (RFC 8659 §3). */
static void want_caa_climb(struct dcv_plan *plan, const struct dcv_name *name, unsigned depth)
{
    struct dcv_name at = *name;
    while (at.len > 1) {
        plan_want(plan, &at, DCV_TYPE_CAA, depth);
        if (!dcv_name_parent(&at, &at))
            break;
    }
}

static void want_contact(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_name *adn, unsigned depth)
{
    struct dcv_name contact;
    if (dcv_name_prepend(dcv_contact_label, adn, &contact) != DCV_OK)
        return;
    plan_want(plan, &contact, DCV_TYPE_TXT, depth);
    /* It may have been looked up before as a wrong place: below "www" of another ADN. */
    const struct dcv_message *message = dcv_dns_fact_data(dcv_facts_dns(facts, &contact, DCV_TYPE_TXT, NULL));
    if (message != NULL)
        after_txt(plan, message, depth);
}

static void want_rung(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_name *adn, unsigned depth)
{
    want_caa_climb(plan, adn, depth);
    want_contact(plan, facts, adn, depth);
    want_mail(plan, adn, depth);
    plan_want(plan, adn, DCV_TYPE_SOA, depth);
}

/* Every Authorization Domain Name that the facts lead to. */
static enum dcv_status want_ladder(struct dcv_plan *plan, const struct dcv_facts *facts, unsigned depth)
{
    struct dcv_ladder *ladder = malloc(sizeof *ladder); /* large; what is not counted is not read */
    if (ladder == NULL)
        return DCV_ERR_NOMEM;
    dcv_ladder_build(facts, plan->options.psl, &plan->name, ladder);
    for (size_t i = 0; i < ladder->count; i++)
        want_rung(plan, facts, &ladder->rungs[i].name, depth);
    free(ladder);
    return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : DCV_OK;
}

static void want_label(struct dcv_plan *plan, const char *label, const struct dcv_name *adn)
{
    struct dcv_name owner;
    if (dcv_name_prepend(label, adn, &owner) == DCV_OK)
        plan_want(plan, &owner, DCV_TYPE_TXT, 1);
}

/* What stands where a DNS method would have a record: at the name, and of persistent records also at its parents, whose
 * policy=wildcard counts below. Asked for last: of everything that is wanted it decides the least. */
static void want_ways(struct dcv_plan *plan)
{
    struct dcv_name at = plan->name, base;
    if (plan->options.no_ways || !dcv_psl_base(plan->options.psl, &plan->name, &base))
        return;
    for (size_t i = 0; i < DCV_WAY_LABELS; i++)
        want_label(plan, dcv_way_labels[i], &plan->name);
    while (!dcv_name_equal(&at, &base) && dcv_name_parent(&at, &at))
        want_label(plan, dcv_persist_label, &at);
}

/* The keys that a chain of trust to the base domain will need, as far as can be told before anything is known. */
static void want_keys(struct dcv_plan *plan)
{
    struct dcv_name root = dcv_name_root(), top = dcv_name_suffix(&plan->name, 1);
    plan_want(plan, &root, DCV_TYPE_DNSKEY, 1);
    plan_want(plan, &top, DCV_TYPE_DS, 1);
    plan_want(plan, &top, DCV_TYPE_DNSKEY, 1);
    if (plan->base.len == 0)
        return;
    plan_want(plan, &plan->base, DCV_TYPE_DS, 1);
    plan_want(plan, &plan->base, DCV_TYPE_DNSKEY, 1);
}

static enum dcv_status want_first(struct dcv_plan *plan)
{
    struct dcv_name root = dcv_name_root();
    if (dcv_ladder_none(plan->options.psl, &plan->name))
        return DCV_OK;
    if (!dcv_psl_base(plan->options.psl, &plan->name, &plan->base))
        plan->base.len = 0;
    sweep_begin(plan);
    if (plan->options.watched != NULL)
        return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : DCV_OK;
    if (plan->options.validate)
        want_keys(plan);
    else
        plan_want(plan, &root, DCV_TYPE_SOA, 1); /* does the resolver validate? */
    struct dcv_facts *nothing = dcv_facts_create();
    enum dcv_status status = nothing != NULL ? want_ladder(plan, nothing, 1) : DCV_ERR_NOMEM;
    want_ways(plan);
    dcv_facts_free(nothing);
    return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : status;
}

enum dcv_status dcv_plan_create(const struct dcv_plan_options *options, const struct dcv_name *name, struct dcv_plan **out)
{
    struct dcv_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL)
        return DCV_ERR_NOMEM;
    plan->options = *options;
    plan->name = *name;
    plan->arena = dcv_arena_create(NULL);
    plan->asked = dcv_map_create();
    enum dcv_status status = plan->arena != NULL && plan->asked != NULL ? want_first(plan) : DCV_ERR_NOMEM;
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
    dcv_map_free(plan->asked, NULL);
    dcv_arena_free(plan->arena);
    free(plan);
}

bool dcv_plan_next(struct dcv_plan *plan, struct dcv_want *out)
{
    if (plan->handed_out == plan->wants.count)
        return false;
    *out = *plan->wants.items[plan->handed_out++];
    return true;
}

bool dcv_plan_next_ask(struct dcv_plan *plan, struct dcv_ask *out)
{
    if (plan->asks_handed_out == plan->asks.count)
        return false;
    *out = plan->asks.items[plan->asks_handed_out++];
    return true;
}

/* ---- what follows from an answer -------------------------------------------------------------------------------------------- */

static bool has_txt(const struct dcv_message *message)
{
    for (size_t i = 0; message != NULL && i < message->answer.count; i++)
        if (message->answer.items[i].type == DCV_TYPE_TXT)
            return true;
    return false;
}

/* The ADN whose contact name this is; false: it is none, or a wrong place of another. */
static bool contact_adn(const struct dcv_plan *plan, const struct dcv_name *owner, struct dcv_name *out)
{
    return dcv_name_first_is(owner, dcv_contact_label) && dcv_name_parent(owner, out) && wanted(plan, out, DCV_TYPE_SOA);
}

/* No contact is published for one of the name's own ADNs: does it stand at a wrong place? */
static void after_missing_contact(struct dcv_plan *plan, const struct dcv_dns_fact *fact, unsigned depth)
{
    struct dcv_name adn, owner;
    if (!plan->options.misplaced || !dcv_outcome_conclusive(fact->outcome) || has_txt(fact->message)
        || !contact_adn(plan, &fact->name, &adn) || !dcv_misplaced_adn(&adn, &plan->name, &plan->base))
        return;
    for (int i = 0; i < DCV_MISPLACED_COUNT; i++)
        if (dcv_misplaced_owner((enum dcv_misplacement)i, &adn, &plan->base, &owner))
            plan_want(plan, &owner, DCV_TYPE_TXT, depth);
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
        plan_want(plan, &wildcard, DCV_TYPE_CNAME, depth);
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

static void after_mx(struct dcv_plan *plan, const struct dcv_name *domain, const struct dcv_message *message, unsigned depth)
{
    size_t followed = 0;
    for (size_t i = 0; i < message->answer.count && followed < EXCHANGES_MAX; i++) {
        struct dcv_mx mx;
        if (!dcv_rr_mx(&message->answer.items[i], &mx) || mx.exchange.len <= 1)
            continue;
        plan_want(plan, &mx.exchange, DCV_TYPE_A, depth);
        plan_want(plan, &mx.exchange, DCV_TYPE_AAAA, depth);
        want_mail_security(plan, domain, &mx.exchange, depth);
        followed++;
    }
}

/* Whether a failed CAA lookup may count as permission depends on the zone being signed: the DS of each name above tells. */
static void after_failed_caa(struct dcv_plan *plan, const struct dcv_name *name, unsigned depth)
{
    struct dcv_name at = *name;
    while (at.len > 1) {
        plan_want(plan, &at, DCV_TYPE_DS, depth);
        if (!dcv_name_parent(&at, &at))
            break;
    }
}

static void after_contacts(struct dcv_plan *plan, const struct dcv_contacts_fact *fact, unsigned depth)
{
    for (size_t i = 0; i < fact->contact_count && i < CONTACTS_MAX; i++)
        if (dcv_contact_approves(&fact->contacts[i]))
            want_mailbox(plan, fact->contacts[i].email, strlen(fact->contacts[i].email), depth);
}

static enum dcv_status after_dns(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_dns_fact *fact, unsigned depth)
{
    static const struct dcv_message nothing = {0};
    const struct dcv_message *data = dcv_dns_fact_data(fact), *message = data != NULL ? data : &nothing;
    struct dcv_name adn;
    switch (fact->type) {
    case DCV_TYPE_TXT:
        if (dcv_way_owner(&fact->name))
            after_way(plan, fact, depth);
        else if (contact_adn(plan, &fact->name, &adn))
            after_txt(plan, message, depth);
        after_missing_contact(plan, fact, depth);
        break;
    case DCV_TYPE_SOA:
        if (dcv_psl_base(plan->options.psl, &fact->name, &adn)) /* that of a registry's zone is nobody's contact */
            after_soa(plan, message, depth);
        if (fact->name.len == 1 && !message->authentic && !plan->options.validate)
            after_failed_caa(plan, &plan->name, depth); /* no validation to rely on: is there anything to validate? */
        break;
    case DCV_TYPE_MX: after_mx(plan, &fact->name, message, depth); break;
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
    switch (fact->kind) {
    case DCV_FACT_DNS:
        sweep_after_dns(plan, facts, &fact->dns, depth + 1);
        return plan->options.watched == NULL ? after_dns(plan, facts, &fact->dns, depth + 1) : DCV_OK;
    case DCV_FACT_CONTACTS: after_contacts(plan, &fact->contacts, depth + 1); break;
    case DCV_FACT_SERVER: sweep_after_server(plan, facts, &fact->server, depth + 1); break;
    case DCV_FACT_SMTP:
    case DCV_FACT_HTTP:
    case DCV_FACT_ALPN: break;
    }
    return dcv_arena_failed(plan->arena) ? DCV_ERR_NOMEM : DCV_OK;
}
