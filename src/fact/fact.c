#include "fact/fact.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct kept {
    void *thing;
    void (*release)(void *thing);
};

struct dcv_facts {
    struct dcv_arena *arena;
    DCV_VEC(struct dcv_fact *) facts;
    DCV_VEC(uint64_t) hashes;    /* of the question of each; 0: it is none of the DNS */
    const struct dcv_trust *last_trust; /* answers that came one after the other often fare alike */
    DCV_VEC(struct kept) kept;
    struct dcv_facts_about about;
    bool frozen;
};

const char *dcv_outcome_text(enum dcv_outcome outcome)
{
    switch (outcome) {
    case DCV_OUTCOME_ANSWER: return "answer";
    case DCV_OUTCOME_NODATA: return "nodata";
    case DCV_OUTCOME_NXDOMAIN: return "nxdomain";
    case DCV_OUTCOME_SERVFAIL: return "servfail";
    case DCV_OUTCOME_REFUSED: return "refused";
    case DCV_OUTCOME_RCODE: return "rcode";
    case DCV_OUTCOME_TIMEOUT: return "timeout";
    case DCV_OUTCOME_UNREACHABLE: return "unreachable";
    case DCV_OUTCOME_MALFORMED: return "malformed";
    case DCV_OUTCOME_TRUNCATED: return "truncated";
    case DCV_OUTCOME_DEADLINE: return "deadline";
    case DCV_OUTCOME_NO_ROUTE: return "no-route";
    case DCV_OUTCOME_PRIVATE: return "private";
    case DCV_OUTCOME_UNRECORDED: return "unrecorded";
    }
    return "unknown";
}

bool dcv_outcome_conclusive(enum dcv_outcome outcome)
{
    return outcome == DCV_OUTCOME_ANSWER || outcome == DCV_OUTCOME_NODATA || outcome == DCV_OUTCOME_NXDOMAIN;
}

const struct dcv_message *dcv_dns_fact_data(const struct dcv_dns_fact *fact)
{
    if (fact == NULL || (!dcv_outcome_conclusive(fact->outcome) && fact->security != DCV_SECURITY_BOGUS))
        return NULL;
    return fact->message;
}

const char *dcv_asked_as_text(enum dcv_asked_as as)
{
    switch (as) {
    case DCV_ASKED_PARENT: return "parent";
    case DCV_ASKED_AUTHORITY: return "authority";
    case DCV_ASKED_RESOLVER: return "resolver";
    }
    return "authority";
}

const char *dcv_asked_over_text(enum dcv_asked_over over)
{
    switch (over) {
    case DCV_OVER_UDP: return "udp";
    case DCV_OVER_TCP: return "tcp";
    case DCV_OVER_PLAIN: return "plain";
    }
    return "udp";
}

const char *dcv_validation_text(enum dcv_known_validation validation)
{
    switch (validation) {
    case DCV_VALIDATION_UNKNOWN: return "unknown";
    case DCV_VALIDATION_NO: return "no";
    case DCV_VALIDATION_YES: return "yes";
    case DCV_VALIDATION_STRIPPED: return "stripped";
    }
    return "unknown";
}

const char *dcv_contacts_state_text(enum dcv_contacts_state state)
{
    switch (state) {
    case DCV_CONTACTS_FOUND: return "found";
    case DCV_CONTACTS_NONE: return "none";
    case DCV_CONTACTS_FREE: return "free";
    case DCV_CONTACTS_RESERVED: return "reserved";
    case DCV_CONTACTS_SUSPENDED: return "suspended";
    case DCV_CONTACTS_REDACTED: return "redacted";
    case DCV_CONTACTS_RATE_LIMITED: return "rate-limited";
    case DCV_CONTACTS_REFUSED: return "refused";
    case DCV_CONTACTS_UNREACHABLE: return "unreachable";
    }
    return "none";
}

bool dcv_contacts_told(enum dcv_contacts_state state)
{
    return state <= DCV_CONTACTS_REDACTED;
}

bool dcv_contact_approves(const struct dcv_contact *contact)
{
    static const char *const roles[] = {"public", "registrant", "admin", "tech"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (strcmp(contact->role, roles[i]) == 0)
            return !contact->withheld && contact->email[0] != '\0';
    return false;
}

const char *dcv_meeting_text(enum dcv_meeting meeting)
{
    switch (meeting) {
    case DCV_MET_TALKED: return "talked";
    case DCV_MET_BROKEN: return "broken";
    case DCV_MET_TIMEOUT: return "timeout";
    case DCV_MET_REFUSED: return "refused";
    case DCV_MET_NO_ROUTE: return "no-route";
    case DCV_MET_PRIVATE: return "private";
    case DCV_MET_NO_ADDRESS: return "no-address";
    case DCV_MET_LOOKUP: return "lookup";
    case DCV_MET_DEADLINE: return "deadline";
    case DCV_MET_UNRECORDED: return "unrecorded";
    }
    return "broken";
}

const char *dcv_rcpt_text(enum dcv_rcpt rcpt)
{
    switch (rcpt) {
    case DCV_RCPT_ACCEPTED: return "accepted";
    case DCV_RCPT_REJECTED: return "rejected";
    case DCV_RCPT_DEFERRED: return "deferred";
    case DCV_RCPT_UNANSWERED: return "unanswered";
    }
    return "unanswered";
}

const char *dcv_starttls_text(enum dcv_starttls starttls)
{
    switch (starttls) {
    case DCV_STARTTLS_NOT_OFFERED: return "not-offered";
    case DCV_STARTTLS_DONE: return "done";
    case DCV_STARTTLS_REFUSED: return "refused";
    case DCV_STARTTLS_FAILED: return "failed";
    case DCV_STARTTLS_UNKNOWN: return "unknown";
    }
    return "unknown";
}

const char *dcv_http_body_text(enum dcv_http_body body)
{
    switch (body) {
    case DCV_HTTP_BODY_ANY: return "any";
    case DCV_HTTP_BODY_SAME: return "same";
    case DCV_HTTP_BODY_DIFFERS: return "differs";
    }
    return "any";
}

struct dcv_facts *dcv_facts_create(void)
{
    struct dcv_facts *facts = calloc(1, sizeof *facts);
    if (facts == NULL)
        return NULL;
    facts->arena = dcv_arena_create(NULL);
    if (facts->arena == NULL) {
        dcv_facts_free(facts);
        return NULL;
    }
    facts->about.dnssec_source = "off";
    return facts;
}

void dcv_facts_free(struct dcv_facts *facts)
{
    if (facts == NULL)
        return;
    for (size_t i = 0; i < facts->kept.count; i++)
        facts->kept.items[i].release(facts->kept.items[i].thing);
    dcv_arena_free(facts->arena);
    free(facts);
}

struct dcv_arena *dcv_facts_arena(struct dcv_facts *facts)
{
    return facts->arena;
}

static uint64_t hash_of(const struct dcv_name *name, uint16_t type)
{
    return dcv_name_hash(name, type) | 1;
}

/* The facts of a name are some dozens: looking along their hashes is quicker than any table. */
static size_t find(const struct dcv_facts *facts, const struct dcv_name *name, uint16_t type)
{
    const uint64_t hash = hash_of(name, type);
    for (size_t i = 0; i < facts->hashes.count; i++) {
        const struct dcv_dns_fact *fact = &facts->facts.items[i]->dns;
        if (facts->hashes.items[i] == hash && fact->type == type && dcv_name_equal(&fact->name, name))
            return i;
    }
    return SIZE_MAX;
}

/* What the struct takes of this kind. */
static size_t size_of(enum dcv_fact_kind kind)
{
    switch (kind) {
    case DCV_FACT_DNS: return offsetof(struct dcv_fact, dns) + sizeof(struct dcv_dns_fact);
    case DCV_FACT_CONTACTS: return offsetof(struct dcv_fact, contacts) + sizeof(struct dcv_contacts_fact);
    case DCV_FACT_SERVER: return offsetof(struct dcv_fact, server) + sizeof(struct dcv_server_fact);
    case DCV_FACT_SMTP: return offsetof(struct dcv_fact, smtp) + sizeof(struct dcv_smtp_fact);
    case DCV_FACT_HTTP: return offsetof(struct dcv_fact, http) + sizeof(struct dcv_http_fact);
    case DCV_FACT_ALPN: return offsetof(struct dcv_fact, alpn) + sizeof(struct dcv_alpn_fact);
    }
    return sizeof(struct dcv_fact);
}

enum dcv_status dcv_facts_add(struct dcv_facts *facts, const struct dcv_fact *fact, size_t *index)
{
    const bool dns = fact->kind == DCV_FACT_DNS;
    if (facts->frozen || (dns && find(facts, &fact->dns.name, fact->dns.type) != SIZE_MAX))
        return DCV_ERR_USAGE;
    struct dcv_fact *copy = dcv_arena_copy(facts->arena, fact, size_of(fact->kind));
    uint64_t *hash = copy != NULL ? DCV_VEC_ADD(facts->arena, &facts->hashes) : NULL;
    struct dcv_fact **added = hash != NULL ? DCV_VEC_ADD(facts->arena, &facts->facts) : NULL;
    if (added == NULL) {
        facts->hashes.count = facts->facts.count;
        return DCV_ERR_NOMEM;
    }
    *added = copy;
    *hash = dns ? hash_of(&fact->dns.name, fact->dns.type) : 0;
    if (index != NULL)
        *index = facts->facts.count - 1;
    return DCV_OK;
}

enum dcv_status dcv_facts_keep(struct dcv_facts *facts, void *thing, void (*release)(void *thing))
{
    struct kept *kept = DCV_VEC_ADD(facts->arena, &facts->kept);
    if (kept == NULL) {
        release(thing);
        return DCV_ERR_NOMEM;
    }
    *kept = (struct kept){thing, release};
    return DCV_OK;
}

/* RFC 4035 §4.9.3: AD is the resolver's word that all of the answer validated. Without AD the answer is insecure only where the resolver
 * that gave it is known to validate. */
static enum dcv_security told_by_resolver(const struct dcv_dns_fact *fact, const char *validating)
{
    if (!dcv_outcome_conclusive(fact->outcome) || fact->message == NULL)
        return DCV_SECURITY_INDETERMINATE;
    if (fact->message->authentic)
        return DCV_SECURITY_SECURE;
    return validating[0] != '\0' && strcmp(fact->server, validating) == 0 ? DCV_SECURITY_INSECURE : DCV_SECURITY_INDETERMINATE;
}

/* The server that is known to validate, because it did so for the root; "" when there is none. Another of several may not. */
static const char *validating_server(const struct dcv_facts *facts)
{
    static const struct dcv_name root = {.len = 1};
    const struct dcv_dns_fact *fact = dcv_facts_dns(facts, &root, DCV_TYPE_SOA, NULL);
    return fact != NULL && facts->about.validation == DCV_VALIDATION_YES ? fact->server : "";
}

static bool same_name(const struct dcv_name *a, const struct dcv_name *b)
{
    return a->len == b->len && memcmp(a->wire, b->wire, a->len) == 0;
}

static bool same_trust(const struct dcv_trust *a, const struct dcv_trust *b)
{
    return a->security == b->security && a->cause == b->cause && a->type == b->type && a->key_tag == b->key_tag && a->algorithm == b->algorithm
        && a->at == b->at && a->until == b->until && a->until_type == b->until_type && same_name(&a->zone, &b->zone) && same_name(&a->owner, &b->owner)
        && same_name(&a->until_zone, &b->until_zone) && same_name(&a->until_owner, &b->until_owner);
}

enum dcv_status dcv_facts_set_trust(struct dcv_facts *facts, size_t index, const struct dcv_trust *trust)
{
    const struct dcv_trust *copy = facts->last_trust;
    if (copy == NULL || !same_trust(copy, trust))
        copy = facts->last_trust = dcv_arena_copy(facts->arena, trust, sizeof *trust);
    if (copy == NULL)
        return DCV_ERR_NOMEM;
    struct dcv_fact *fact = facts->facts.items[index];
    if (fact->kind == DCV_FACT_SERVER) {
        fact->server.trust = copy;
        fact->server.security = trust->security;
    } else {
        fact->dns.trust = copy;
        fact->dns.security = trust->security;
    }
    return DCV_OK;
}

void dcv_facts_freeze(struct dcv_facts *facts)
{
    const char *validating = validating_server(facts);
    bool checked = strcmp(facts->about.dnssec_source, "resolver") == 0;
    for (size_t i = 0; checked && i < facts->facts.count; i++) {
        struct dcv_fact *fact = facts->facts.items[i];
        if (fact->kind == DCV_FACT_DNS && fact->dns.security == DCV_SECURITY_UNCHECKED)
            fact->dns.security = told_by_resolver(&fact->dns, validating);
    }
    facts->frozen = true;
}

size_t dcv_facts_count(const struct dcv_facts *facts)
{
    return facts->facts.count;
}

const struct dcv_fact *dcv_facts_at(const struct dcv_facts *facts, size_t index)
{
    return facts->facts.items[index];
}

const struct dcv_dns_fact *dcv_facts_dns(const struct dcv_facts *facts, const struct dcv_name *name, uint16_t type, size_t *index)
{
    const size_t found = find(facts, name, type);
    if (found == SIZE_MAX)
        return NULL;
    if (index != NULL)
        *index = found;
    return &facts->facts.items[found]->dns;
}

struct dcv_facts_about *dcv_facts_about(struct dcv_facts *facts)
{
    return &facts->about;
}

const struct dcv_facts_about *dcv_facts_about_const(const struct dcv_facts *facts)
{
    return &facts->about;
}
