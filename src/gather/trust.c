/* The validation of facts as they arrive: each at once where the keys are there, else when they have come. */
#include "gather/internal.h"

#include <stdlib.h>

static struct dcv_known_answer find(void *user, const struct dcv_name *name, uint16_t type)
{
    const struct job *job = user;
    const struct dcv_dns_fact *fact = dcv_facts_dns(job->facts, name, type, NULL);
    if (fact == NULL)
        return (struct dcv_known_answer){.state = DCV_KNOWN_NOT_ASKED};
    if (!dcv_outcome_conclusive(fact->outcome) || fact->message == NULL)
        return (struct dcv_known_answer){.state = DCV_KNOWN_FAILED};
    return (struct dcv_known_answer){DCV_KNOWN_ANSWER, fact->message};
}

/* What there is to validate of a fact; false: nothing. */
struct subject {
    struct dcv_name name;
    uint16_t type;
    const struct dcv_message *message;
    int64_t at;
};

/* Names that resolvers answer by themselves (RFC 6761 §6, RFC 7686): no zone stands behind such an answer. */
static bool special(const struct dcv_name *name)
{
    static const char *const zones[] = {"localhost", "invalid", "test", "local", "onion"};
    if (name->len <= 1)
        return false;
    const struct dcv_name top = dcv_name_suffix(name, 1);
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        if (dcv_name_first_is(&top, zones[i]))
            return true;
    return false;
}

/* An alias of which the server knows no end: it lies in a zone of others, and the answer denies nothing. */
static bool leads_away(const struct dcv_server_fact *fact)
{
    return fact->outcome != DCV_OUTCOME_ANSWER && dcv_message_chain(fact->message, &fact->name, NULL, 0, NULL) != 0;
}

static bool subject_of(const struct dcv_fact *fact, struct subject *out)
{
    if (fact->kind == DCV_FACT_DNS && dcv_outcome_conclusive(fact->dns.outcome) && fact->dns.message != NULL) {
        *out = (struct subject){fact->dns.name, fact->dns.type, fact->dns.message, fact->dns.at};
        return true;
    }
    if (fact->kind == DCV_FACT_SERVER && fact->server.as == DCV_ASKED_AUTHORITY && fact->server.over != DCV_OVER_PLAIN
        && dcv_outcome_conclusive(fact->server.outcome) && fact->server.message != NULL && !leads_away(&fact->server)) {
        *out = (struct subject){fact->server.name, fact->server.type, fact->server.message, fact->server.at};
        return true;
    }
    return false;
}

/* The answer in which something is missing: that of the chain of trust which the cause is about, or the one that is judged. */
static const struct dcv_message *incomplete(const struct job *job, const struct subject *subject, const struct dcv_trust *trust)
{
    const bool link = trust->owner.len != 0 && (trust->type == DCV_TYPE_DS || trust->type == DCV_TYPE_DNSKEY);
    const struct dcv_dns_fact *fact = link ? dcv_facts_dns(job->facts, &trust->owner, trust->type, NULL) : NULL;
    return fact != NULL && fact->message != NULL ? fact->message : subject->message;
}

/* Without signatures from a resolver that withholds them, nothing can be told. */
static void withheld(const struct job *job, const struct subject *subject, struct dcv_trust *trust)
{
    if (job->gather->handing != HANDING_NONE || trust->security != DCV_SECURITY_BOGUS
        || (trust->cause != DCV_CAUSE_SIGNATURE_MISSING && trust->cause != DCV_CAUSE_DENIAL_MISSING && trust->cause != DCV_CAUSE_DNSKEY_MISSING))
        return;
    if (incomplete(job, subject, trust)->authoritative)
        return; /* this came from the zone's own server */
    trust->security = DCV_SECURITY_INDETERMINATE;
    trust->cause = DCV_CAUSE_STRIPPED;
}

/* True: it is judged, or there is nothing to judge. */
static bool validate(struct job *job, size_t index, struct dcv_needs *needs)
{
    struct dcv_gather *gather = job->gather;
    struct dcv_validator *validator = gather->options.validator;
    const struct dcv_fact *fact = dcv_facts_at(job->facts, index);
    const struct dcv_chain chain = {find, job};
    struct subject subject;
    struct dcv_trust trust;
    if (!subject_of(fact, &subject) || special(&subject.name))
        return true;
    uint64_t before = dcv_validator_counts(validator)->signatures;
    enum dcv_status status = dcv_validate(validator, &chain, &subject.name, subject.type, subject.message, subject.at, &trust, needs);
    dcv_facts_about(job->facts)->signatures += (unsigned)(dcv_validator_counts(validator)->signatures - before);
    gather_fail(gather, status);
    if (status != DCV_OK || needs->count != 0)
        return status != DCV_OK;
    withheld(job, &subject, &trust);
    gather_fail(gather, dcv_facts_set_trust(job->facts, index, &trust));
    return true;
}

static bool waits_for(const struct unresolved *unresolved, const struct dcv_dns_fact *fact)
{
    for (size_t i = 0; i < unresolved->needs.count; i++)
        if (unresolved->needs.items[i].type == fact->type && dcv_name_equal(&unresolved->needs.items[i].name, &fact->name))
            return true;
    return false;
}

static void want_needs(struct job *job, const struct unresolved *unresolved)
{
    for (size_t i = 0; i < unresolved->needs.count; i++)
        gather_fail(job->gather, dcv_plan_want(job->plan, &unresolved->needs.items[i].name, unresolved->needs.items[i].type, unresolved->depth + 1));
}

static void retry(struct job *job, const struct dcv_dns_fact *arrived, unsigned depth)
{
    for (struct unresolved **at = &job->unresolved; *at != NULL;) {
        struct unresolved *unresolved = *at;
        if (!waits_for(unresolved, arrived)) {
            at = &unresolved->next;
            continue;
        }
        if (depth > unresolved->depth)
            unresolved->depth = depth;
        if (validate(job, unresolved->index, &unresolved->needs)) {
            *at = unresolved->next;
            free(unresolved);
        } else {
            want_needs(job, unresolved);
            at = &unresolved->next;
        }
    }
}

/* Keeps a fact until what its chain needs has come. */
static void put_off(struct job *job, size_t index, unsigned depth, const struct dcv_needs *needs)
{
    struct unresolved *unresolved = malloc(sizeof *unresolved);
    if (unresolved == NULL) {
        gather_fail(job->gather, DCV_ERR_NOMEM);
        return;
    }
    *unresolved = (struct unresolved){.next = job->unresolved, .index = index, .depth = depth, .needs = *needs};
    job->unresolved = unresolved;
    want_needs(job, unresolved);
}

static bool validates(const struct job *job)
{
    return job->gather->options.dnssec == DCV_DNSSEC_LOCAL && job->watched.len == 0;
}

void trust_arrived(struct job *job, size_t index, unsigned depth)
{
    if (!validates(job))
        return;
    struct dcv_needs needs;
    needs.count = 0;
    if (!validate(job, index, &needs))
        put_off(job, index, depth, &needs);
    const struct dcv_fact *fact = dcv_facts_at(job->facts, index);
    if (fact->kind == DCV_FACT_DNS && (fact->dns.type == DCV_TYPE_DS || fact->dns.type == DCV_TYPE_DNSKEY)) {
        const struct dcv_dns_fact arrived = fact->dns;
        retry(job, &arrived, depth);
    }
}

void trust_drop(struct job *job)
{
    while (job->unresolved != NULL) {
        struct unresolved *unresolved = job->unresolved;
        job->unresolved = unresolved->next;
        free(unresolved);
    }
}

/* Answers that were still held when the time was over: nobody has validated them, and nothing must read as if somebody had. */
static void mark_unvalidated(struct job *job)
{
    const struct dcv_trust trust = {.security = DCV_SECURITY_INDETERMINATE, .cause = DCV_CAUSE_CHAIN_UNANSWERED,
                                    .owner = dcv_name_root(), .type = DCV_TYPE_DNSKEY};
    for (size_t i = job->given; i < dcv_facts_count(job->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(job->facts, i);
        struct subject subject;
        if (fact->kind == DCV_FACT_DNS && fact->dns.trust == NULL && subject_of(fact, &subject) && !special(&subject.name))
            gather_fail(job->gather, dcv_facts_set_trust(job->facts, i, &trust));
    }
}

void trust_end(struct job *job)
{
    for (const struct unresolved *unresolved = job->unresolved; unresolved != NULL; unresolved = unresolved->next) {
        struct dcv_trust trust = {.security = DCV_SECURITY_INDETERMINATE, .cause = DCV_CAUSE_CHAIN_UNANSWERED};
        if (unresolved->needs.count != 0) {
            trust.owner = unresolved->needs.items[0].name;
            trust.type = unresolved->needs.items[0].type;
        }
        gather_fail(job->gather, dcv_facts_set_trust(job->facts, unresolved->index, &trust));
    }
    trust_drop(job);
    if (validates(job))
        mark_unvalidated(job);
}
