/* Lookups by the resolver and questions to servers, and the facts that come of them. */
#include "gather/internal.h"

#include <stdlib.h>

static void pending_free(struct pending *pending)
{
    *pending->place = pending->next;
    if (pending->next != NULL)
        pending->next->place = pending->place;
    free(pending);
}

static void pending_drop(struct pending *pending)
{
    if (pending->probe != NULL)
        dcv_dns_probe_drop(pending->probe);
    if (pending->direct != NULL)
        dcv_direct_probe_drop(pending->direct);
    pending_free(pending);
}

static void asking_free(struct asking *asking)
{
    asking->job->asking_count--;
    *asking->place = asking->next;
    if (asking->next != NULL)
        asking->next->place = asking->place;
    free(asking);
}

/* ---- facts --------------------------------------------------------------------------------------------------------------------- */

static void spent(struct job *job, unsigned exchanges)
{
    struct dcv_facts_about *about = dcv_facts_about(job->facts);
    about->queries += exchanges;
    if (exchanges == 0)
        about->cached++;
}

/* ---- the resolver ---------------------------------------------------------------------------------------------------------------- */

static void settle(struct pending *pending, const struct dcv_dns_outcome *outcome)
{
    struct job *job = pending->job;
    struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = outcome->fact};
    unsigned depth = pending->want.depth + (outcome->waits > 0 ? outcome->waits - 1 : 0);
    spent(job, outcome->exchanges);
    pending_free(pending);
    job_add_fact(job, &fact, depth);
}

static bool has_type(const struct dcv_rrs *rrs, uint16_t type)
{
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == type)
            return true;
    return false;
}

static bool has_denial(const struct dcv_message *message)
{
    return has_type(&message->authority, DCV_TYPE_NSEC) || has_type(&message->authority, DCV_TYPE_NSEC3);
}

static bool has_signatures(const struct dcv_message *message)
{
    return has_type(&message->answer, DCV_TYPE_RRSIG) || has_type(&message->authority, DCV_TYPE_RRSIG);
}

/* A denial that is signed, but for what proves it: a resolver, or something before it, that lets pass only the types it knows. */
static bool lost_denial(const struct dcv_dns_fact *fact)
{
    return (fact->outcome == DCV_OUTCOME_NODATA || fact->outcome == DCV_OUTCOME_NXDOMAIN) && fact->message != NULL
        && !fact->message->authoritative && has_type(&fact->message->authority, DCV_TYPE_RRSIG) && !has_denial(fact->message);
}

/* Has the zone's server the proof that the resolver's answer lacks? Of the root and top-level domains, no two servers of which differ in
 * that: then it is the resolver that lost it. */
static bool proves_denial_at_top(const struct dcv_dns_fact *fact)
{
    for (size_t i = 0; dcv_outcome_conclusive(fact->outcome) && fact->message != NULL && i < fact->message->authority.count; i++)
        if (fact->message->authority.items[i].type == DCV_TYPE_SOA && dcv_name_labels(&fact->message->authority.items[i].owner) <= 1)
            return has_denial(fact->message);
    return false;
}

/* What the zone's servers said; where they could not be asked the resolver's answer stands, without signatures. */
static void on_direct(void *user, const struct dcv_dns_outcome *outcome)
{
    struct pending *pending = user;
    struct job *job = pending->job;
    if (lost_denial(&pending->outcome.fact) && proves_denial_at_top(&outcome->fact))
        job->gather->handing = HANDING_NONE;
    struct dcv_dns_outcome result = dcv_outcome_conclusive(outcome->fact.outcome) ? *outcome : pending->outcome;
    pending->direct = NULL;
    result.exchanges = outcome->exchanges + pending->outcome.exchanges;
    result.waits = outcome->waits + pending->outcome.waits;
    settle(pending, &result);
    job_advance(job);
}

static bool is_root_key(const struct dcv_want *want)
{
    return want->type == DCV_TYPE_DNSKEY && want->name.len == 1;
}

/* The root has keys, and a DS record or a proof for each name below it: all signed, or withheld (RFC 4035 §5). */
static bool withheld_of_root(const struct dcv_want *want, const struct dcv_dns_fact *fact)
{
    if (!dcv_outcome_conclusive(fact->outcome) || fact->message == NULL)
        return false;
    return (is_root_key(want) || (want->type == DCV_TYPE_DS && dcv_name_labels(&want->name) == 1)) && !has_signatures(fact->message);
}

/* The resolver withholds signatures: asks those who have them. */
static void ask_directly(struct pending *pending)
{
    struct dcv_gather *gather = pending->job->gather;
    const struct dcv_gather_options *from = &gather->options;
    struct dcv_direct_probe_options options = {.resolver = gather->resolver, .peers = gather->peers, .facts = pending->job->facts,
                                               .port = from->authority_port, .allow_private = from->allow_private, .hold = &pending->job->hold,
                                               .wall_s = from->wall_s, .start_us = from->start_us};
    enum dcv_status status = dcv_direct_probe_start(&options, &pending->want.name, pending->want.type, on_direct, pending, &pending->direct);
    if (status == DCV_OK)
        return;
    gather_fail(gather, status);
    settle(pending, &pending->outcome);
}

/* Is it the denial of what an alias above the name leads to? Unbound hands that out for names below a dangling alias (harden-below-nxdomain),
 * although what does not exist is the target (RFC 8020 §2 is about the name denied); it proves nothing of the name. */
static bool denies_another(const struct dcv_dns_fact *fact)
{
    if (fact->outcome != DCV_OUTCOME_NXDOMAIN || fact->message == NULL)
        return false;
    for (size_t i = 0; i < fact->message->answer.count; i++) {
        const struct dcv_rr *rr = &fact->message->answer.items[i];
        if (rr->type == DCV_TYPE_CNAME && dcv_name_under(&fact->name, &rr->owner) && !dcv_name_equal(&fact->name, &rr->owner))
            return dcv_message_chain(fact->message, &fact->name, NULL, 0, NULL) == 0;
    }
    return false;
}

/* An answer is a fact as it is, unless the resolver withholds the signatures with which it is to be validated, or answers beside the point. */
static void take_answer(struct pending *pending)
{
    struct dcv_gather *gather = pending->job->gather;
    struct dcv_dns_outcome outcome = pending->outcome;
    const bool validates = gather->options.dnssec == DCV_DNSSEC_LOCAL && pending->job->watched.len == 0;
    pending->held = false;
    if (validates && withheld_of_root(&pending->want, &outcome.fact))
        gather->handing = HANDING_NONE;
    if ((gather->handing == HANDING_NONE && dcv_outcome_conclusive(outcome.fact.outcome))
        || (validates && (lost_denial(&outcome.fact) || denies_another(&outcome.fact))))
        ask_directly(pending);
    else
        settle(pending, &outcome);
}

/* The root's keys tell whether signatures come through: answers that came before them have waited for that. */
static void release_held(struct job *job)
{
    for (struct pending *pending = job->pending; pending != NULL;) {
        struct pending *next = pending->next;
        if (pending->held)
            take_answer(pending);
        pending = next;
    }
}

static void learn_handing(struct job *job, const struct dcv_want *want, const struct dcv_dns_fact *root_key)
{
    struct dcv_gather *gather = job->gather;
    if (gather->handing != HANDING_UNKNOWN)
        return;
    gather->handing = withheld_of_root(want, root_key) ? HANDING_NONE : HANDING_SIGNATURES;
    for (struct job *other = gather->running; other != NULL; other = other->next)
        release_held(other);
}

static void on_outcome(void *user, const struct dcv_dns_outcome *outcome)
{
    struct pending *pending = user;
    struct job *job = pending->job;
    pending->probe = NULL;
    pending->outcome = *outcome;
    if (is_root_key(&pending->want))
        dcv_facts_about(job->facts)->resolver = outcome->fact.server;
    pending->held = job->gather->options.dnssec == DCV_DNSSEC_LOCAL && job->gather->handing == HANDING_UNKNOWN
        && job->watched.len == 0;
    if (pending->held && is_root_key(&pending->want)) {
        learn_handing(job, &pending->want, &outcome->fact);
        for (struct job *other = job->gather->running, *next; other != NULL; other = next) {
            next = other->next;
            job_advance(other);
        }
        return;
    }
    if (!pending->held)
        take_answer(pending);
    job_advance(job);
}

static void link_pending(struct pending *pending)
{
    struct job *job = pending->job;
    pending->next = job->pending;
    pending->place = &job->pending;
    if (pending->next != NULL)
        pending->next->place = &pending->next;
    job->pending = pending;
}

/* An answer that is remembered, and needs nothing done about it, is a fact at once. */
static bool take_known(struct job *job, const struct dcv_want *want, const struct dcv_dns_probe_options *options)
{
    struct dcv_gather *gather = job->gather;
    struct dcv_dns_outcome outcome;
    if (!gather->options.eager || gather->handing != HANDING_SIGNATURES || job->watched.len != 0 || is_root_key(want)
        || !dcv_dns_probe_known(options, &want->name, want->type, &outcome))
        return false;
    const bool plain = outcome.fact.message != NULL && !lost_denial(&outcome.fact) && !denies_another(&outcome.fact) && !withheld_of_root(want, &outcome.fact);
    if (!plain)
        return false;
    const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = outcome.fact};
    spent(job, 0);
    job_add_fact(job, &fact, want->depth);
    return true;
}

enum dcv_status lookup_start(struct job *job, const struct dcv_want *want)
{
    struct dcv_gather *gather = job->gather;
    const enum dcv_dnssec_mode mode = gather->options.dnssec;
    struct dcv_dns_probe_options options = {.resolver = gather->resolver, .facts = job->facts, .retry_disabled = mode == DCV_DNSSEC_RESOLVER,
                                            .checking_disabled = mode == DCV_DNSSEC_LOCAL, .hold = &job->hold, .wall_s = gather->options.wall_s,
                                            .start_us = gather->options.start_us};
    if (take_known(job, want, &options))
        return DCV_OK;
    struct pending *pending = calloc(1, sizeof *pending);
    if (pending == NULL)
        return DCV_ERR_NOMEM;
    pending->job = job;
    pending->want = *want;
    enum dcv_status status = dcv_dns_probe_start(&options, &want->name, want->type, on_outcome, pending, &pending->probe);
    if (status != DCV_OK) {
        free(pending);
        return status;
    }
    link_pending(pending);
    return DCV_OK;
}

/* ---- servers ----------------------------------------------------------------------------------------------------------------------- */

static struct dcv_server_fact fact_of_ask(struct job *job, const struct dcv_ask *ask)
{
    struct dcv_rr *address = NULL;
    if (ask->as != DCV_ASKED_RESOLVER)
        address = dcv_arena_copy(dcv_facts_arena(job->facts), &ask->address, sizeof ask->address);
    return (struct dcv_server_fact){.as = ask->as, .zone = ask->zone, .host = ask->host, .address = address, .server = "", .name = ask->name,
                                    .type = ask->type, .over = ask->over};
}

static struct dcv_endpoint endpoint_of(const struct dcv_gather *gather, const struct dcv_ask *ask)
{
    if (ask->as == DCV_ASKED_RESOLVER)
        return gather->options.views[ask->view];
    return dcv_server_endpoint(&ask->address, gather->options.authority_port);
}

static void on_asked(void *user, const struct dcv_server_fact *server, unsigned exchanges, unsigned waits)
{
    struct asking *asking = user;
    struct job *job = asking->job;
    struct dcv_fact fact = {.kind = DCV_FACT_SERVER, .server = *server};
    unsigned depth = asking->ask.depth + (waits > 0 ? waits - 1 : 0);
    spent(job, exchanges);
    asking_free(asking);
    job_add_fact(job, &fact, depth);
    job_advance(job);
}

/* A question that is not put at all, or not answered in time. */
static void add_unasked(struct job *job, const struct dcv_ask *ask, enum dcv_outcome outcome, int64_t at)
{
    char text[DCV_ENDPOINT_TEXT];
    struct dcv_endpoint endpoint = endpoint_of(job->gather, ask);
    struct dcv_fact fact = {.kind = DCV_FACT_SERVER, .server = fact_of_ask(job, ask)};
    const char *server = dcv_arena_strdup(dcv_facts_arena(job->facts), dcv_endpoint_text(&endpoint, text));
    fact.server.server = server != NULL ? server : "";
    fact.server.outcome = outcome;
    fact.server.at = at;
    gather_fail(job->gather, dcv_facts_add(job->facts, &fact, NULL));
}

enum dcv_status asking_start(struct job *job, const struct dcv_ask *ask)
{
    struct dcv_gather *gather = job->gather;
    if (ask->as != DCV_ASKED_RESOLVER && dcv_rr_private_address(&ask->address) && !gather->options.allow_private) {
        add_unasked(job, ask, DCV_OUTCOME_PRIVATE, gather_wall(gather, dcv_net_now_us(gather->net)));
        return DCV_OK;
    }
    struct asking *asking = calloc(1, sizeof *asking);
    if (asking == NULL)
        return DCV_ERR_NOMEM;
    asking->job = job;
    asking->ask = *ask;
    struct dcv_server_fact about = fact_of_ask(job, ask);
    struct dcv_endpoint endpoint = endpoint_of(gather, ask);
    const bool watched = job->watched.len != 0 && dcv_name_equal(&ask->name, &job->watched);
    struct dcv_server_probe_options options = {.peers = gather->peers, .facts = job->facts, .fresh = watched, .hold = &job->hold,
                                               .wall_s = gather->options.wall_s, .start_us = gather->options.start_us};
    enum dcv_status status = dcv_server_probe_start(&options, &endpoint, &about, on_asked, asking, &asking->probe);
    if (status != DCV_OK) {
        free(asking);
        return status;
    }
    asking->next = job->asking;
    asking->place = &job->asking;
    if (asking->next != NULL)
        asking->next->place = &asking->next;
    job->asking = asking;
    job->asking_count++;
    return DCV_OK;
}

/* ---- the end ------------------------------------------------------------------------------------------------------------------------ */

void lookups_cut(struct job *job, int64_t at)
{
    while (job->pending != NULL) { /* pending_drop() takes it out of the list */
        struct pending *pending = job->pending;
        struct dcv_fact fact = {.kind = DCV_FACT_DNS,
                                .dns = {.name = pending->want.name, /* NOLINT(clang-analyzer-unix.Malloc) */ .type = pending->want.type,
                                        .outcome = DCV_OUTCOME_DEADLINE, .server = "", .at = at}};
        if (pending->held || pending->direct != NULL)
            fact.dns = pending->outcome.fact;
        pending_drop(pending);
        gather_fail(job->gather, dcv_facts_add(job->facts, &fact, NULL));
    }
    while (job->asking != NULL) {
        struct asking *asking = job->asking;
        struct dcv_ask ask = asking->ask; /* NOLINT(clang-analyzer-unix.Malloc) */
        dcv_server_probe_drop(asking->probe);
        asking_free(asking);
        add_unasked(job, &ask, DCV_OUTCOME_DEADLINE, at);
    }
}

void lookups_drop(struct job *job)
{
    for (struct pending *pending = job->pending, *next; pending != NULL; pending = next) {
        next = pending->next;
        pending_drop(pending);
    }
    for (struct asking *asking = job->asking, *next; asking != NULL; asking = next) {
        next = asking->next;
        dcv_server_probe_drop(asking->probe);
        asking_free(asking);
    }
}
