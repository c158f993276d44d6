#include "probe/direct.h"

#include "probe/answer.h"
#include "probe/server.h"

#include <stdlib.h>

enum { HOSTS = 4, SERVERS = 8, PARTS = 8 };

/* One question after the other: whose zone, which servers, where are they, and at last the question itself; then the same for the target
 * of an alias that leads out of the zone. */
struct dcv_direct_probe {
    /* given */
    struct dcv_direct_probe_options options;
    struct dcv_name name;
    uint16_t type;
    dcv_dns_probe_fn *done;
    void *user;
    /* of the zone that is asked now */
    struct dcv_name at;                   /* where aliases have led: the name itself, at first */
    struct dcv_name zone;
    struct dcv_name hosts[HOSTS];
    size_t host_count;
    struct dcv_endpoint servers[SERVERS];
    size_t server_count;
    /* progress */
    struct dcv_waiter *waiter;            /* of the resolver; NULL: not waiting for it */
    struct dcv_peer_waiter *peer_waiter;
    struct dcv_question question;         /* the present one */
    size_t host, server;                  /* that are next */
    const struct dcv_message *parts[PARTS]; /* answers of one zone after the other */
    size_t part_count;
    struct dcv_dns_outcome outcome;
};

static void end(struct dcv_direct_probe *probe, enum dcv_outcome outcome)
{
    struct dcv_dns_outcome result = probe->outcome;
    dcv_dns_probe_fn *done = probe->done;
    void *user = probe->user;
    result.fact.outcome = outcome;
    free(probe);
    done(user, &result);
}

static void take(struct dcv_direct_probe *probe, const struct dcv_lookup_result *result)
{
    const struct dcv_direct_probe_options *options = &probe->options;
    probe->outcome.waits += result->cached ? 0 : result->waits;
    probe->outcome.exchanges += result->cached || result->joined ? 0 : result->exchanges;
    probe->outcome.fact.at = options->wall_s + (int64_t)((result->done_us - options->start_us) / 1000000U);
}

static void ask_resolver(struct dcv_direct_probe *probe, const struct dcv_name *name, uint16_t type, dcv_lookup_fn *then)
{
    probe->question = (struct dcv_question){.name = *name, .type = type, .checking_disabled = true};
    if (dcv_resolver_ask(probe->options.resolver, &probe->question, DCV_ANY_SERVER, then, probe, &probe->waiter) != DCV_OK) {
        probe->waiter = NULL;
        end(probe, DCV_OUTCOME_UNREACHABLE);
        return;
    }
    dcv_waiter_hold(probe->waiter, probe->options.hold);
}

/* ---- the question itself --------------------------------------------------------------------------------------------------------- */

static void ask_server(struct dcv_direct_probe *probe);
static void ask_zone(struct dcv_direct_probe *probe, const struct dcv_name *at);

static const struct dcv_rr *soa_above(const struct dcv_rrs *rrs, const struct dcv_name *name)
{
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == DCV_TYPE_SOA && dcv_name_under(name, &rrs->items[i].owner))
            return &rrs->items[i];
    return NULL;
}

/* Does the answer end at an alias, the target of which another zone has to tell? */
static bool leads_on(const struct dcv_direct_probe *probe, const struct dcv_message *message, struct dcv_name *target)
{
    return probe->type != DCV_TYPE_CNAME && dcv_message_chain(message, &probe->at, NULL, 0, target) != 0
           && !dcv_message_loops(message, &probe->at) && dcv_message_find(message, target, probe->type, 0) == SIZE_MAX
           && soa_above(&message->authority, target) == NULL;
}

static void append(struct dcv_rrs *rrs, const struct dcv_rrs *more, bool last)
{
    for (size_t i = 0; i < more->count; i++)
        if (last || more->items[i].type != DCV_TYPE_SOA) /* a denial's zone is that of the last answer */
            rrs->items[rrs->count++] = more->items[i];
}

/* The answers of all zones as one, as a resolver would give it; NULL: memory is short. */
static const struct dcv_message *join(const struct dcv_direct_probe *probe)
{
    struct dcv_arena *arena = dcv_facts_arena(probe->options.facts);
    const struct dcv_message *last = probe->parts[probe->part_count - 1];
    size_t answers = 0, authorities = 0;
    if (probe->part_count == 1)
        return last;
    for (size_t i = 0; i < probe->part_count; i++) {
        answers += probe->parts[i]->answer.count;
        authorities += probe->parts[i]->authority.count;
    }
    struct dcv_message *joined = dcv_arena_copy(arena, last, sizeof *last);
    struct dcv_rr *answer = dcv_arena_array(arena, answers, sizeof *answer);
    struct dcv_rr *authority = dcv_arena_array(arena, authorities, sizeof *authority);
    if (joined == NULL || answer == NULL || authority == NULL)
        return NULL;
    joined->answer = (struct dcv_rrs){.items = answer};
    joined->authority = (struct dcv_rrs){.items = authority};
    joined->size = 0;
    for (size_t i = 0; i < probe->part_count; i++) {
        append(&joined->answer, &probe->parts[i]->answer, true);
        append(&joined->authority, &probe->parts[i]->authority, probe->parts[i] == last);
    }
    return joined;
}

static void conclude(struct dcv_direct_probe *probe)
{
    struct dcv_dns_fact *fact = &probe->outcome.fact;
    const struct dcv_question asked = {.name = probe->name, .type = probe->type};
    fact->message = join(probe);
    fact->rcode = fact->message != NULL ? fact->message->rcode : 0;
    end(probe, fact->message != NULL ? answer_message_outcome(fact->message, &asked) : DCV_OUTCOME_UNREACHABLE);
}

/* An authoritative answer; it may be that of the first zone of several. */
static void take_part(struct dcv_direct_probe *probe, struct dcv_response *response)
{
    const struct dcv_message *message = answer_keep(probe->options.facts, response);
    struct dcv_name target;
    if (message == NULL) {
        end(probe, DCV_OUTCOME_UNREACHABLE);
        return;
    }
    probe->parts[probe->part_count++] = message;
    if (!leads_on(probe, message, &target))
        conclude(probe);
    else if (probe->part_count < PARTS)
        ask_zone(probe, &target);
    else
        end(probe, DCV_OUTCOME_UNREACHABLE);
}

static void on_answer(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_direct_probe *probe = user;
    struct dcv_dns_fact *fact = &probe->outcome.fact;
    probe->peer_waiter = NULL;
    take(probe, result);
    enum dcv_outcome outcome = answer_outcome(result, &probe->question);
    bool good = dcv_outcome_conclusive(outcome) && result->response->message.authoritative;
    fact->outcome = outcome;
    if (!good && probe->server < probe->server_count) {
        ask_server(probe);
        return;
    }
    fact->server = answer_server(probe->options.facts, result);
    fact->tcp = result->tcp;
    fact->cached = result->cached;
    fact->tries += result->exchanges;
    fact->rtt_us = result->rtt_us;
    if (good)
        take_part(probe, result->response);
    else
        end(probe, !dcv_outcome_conclusive(outcome) ? outcome : DCV_OUTCOME_REFUSED);
}

static void ask_server(struct dcv_direct_probe *probe)
{
    probe->question = (struct dcv_question){.name = probe->at, .type = probe->type, .authority = true};
    if (dcv_peers_ask(probe->options.peers, &probe->servers[probe->server++], &probe->question, on_answer, probe, &probe->peer_waiter)
        != DCV_OK) {
        probe->peer_waiter = NULL;
        end(probe, DCV_OUTCOME_UNREACHABLE);
        return;
    }
    dcv_peer_waiter_hold(probe->peer_waiter, probe->options.hold);
}

/* ---- the way there ----------------------------------------------------------------------------------------------------------------- */

static void ask_next_host(struct dcv_direct_probe *probe);

static void on_address(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_direct_probe *probe = user;
    probe->waiter = NULL;
    take(probe, result);
    for (size_t i = 0; result->response != NULL && i < result->response->message.answer.count && probe->server_count < SERVERS; i++) {
        const struct dcv_rr *rr = &result->response->message.answer.items[i];
        bool private = dcv_rr_private_address(rr) && !probe->options.allow_private;
        if (rr->type == DCV_TYPE_A && rr->rdlen == 4 && !private)
            probe->servers[probe->server_count++] = dcv_server_endpoint(rr, probe->options.port);
    }
    ask_next_host(probe);
}

static void ask_next_host(struct dcv_direct_probe *probe)
{
    if (probe->host < probe->host_count)
        ask_resolver(probe, &probe->hosts[probe->host++], DCV_TYPE_A, on_address);
    else if (probe->server_count != 0)
        ask_server(probe);
    else
        end(probe, DCV_OUTCOME_UNREACHABLE);
}

static void on_hosts(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_direct_probe *probe = user;
    probe->waiter = NULL;
    take(probe, result);
    for (size_t i = 0; result->response != NULL && i < result->response->message.answer.count && probe->host_count < HOSTS; i++) {
        const struct dcv_rr *rr = &result->response->message.answer.items[i];
        if (rr->type == DCV_TYPE_NS && dcv_rr_target(rr, &probe->hosts[probe->host_count]))
            probe->host_count++;
    }
    ask_next_host(probe);
}

/* The SOA that holds the name tells its zone; behind an alias it is another's: then the parent is asked about. */
static void on_zone(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_direct_probe *probe = user;
    const struct dcv_message *message = result->response != NULL ? &result->response->message : NULL;
    struct dcv_name asked = probe->question.name;
    probe->waiter = NULL;
    take(probe, result);
    const struct dcv_rr *soa = message != NULL ? soa_above(&message->answer, &asked) : NULL;
    if (soa == NULL && message != NULL)
        soa = soa_above(&message->authority, &asked);
    if (soa != NULL) {
        probe->zone = soa->owner;
        ask_resolver(probe, &probe->zone, DCV_TYPE_NS, on_hosts);
    } else if (dcv_name_parent(&asked, &asked)) {
        ask_resolver(probe, &asked, DCV_TYPE_SOA, on_zone);
    } else {
        end(probe, answer_outcome(result, &probe->question) == DCV_OUTCOME_TIMEOUT ? DCV_OUTCOME_TIMEOUT : DCV_OUTCOME_UNREACHABLE);
    }
}

static struct dcv_name holder_of(const struct dcv_name *name, uint16_t type)
{
    struct dcv_name holder = *name;
    if (type == DCV_TYPE_DS) /* the zone above the cut has it (RFC 4035 §3.1.4.1) */
        (void)dcv_name_parent(name, &holder);
    return holder;
}

static void ask_zone(struct dcv_direct_probe *probe, const struct dcv_name *at)
{
    const struct dcv_name holder = holder_of(at, probe->type);
    probe->at = *at;
    probe->host_count = probe->server_count = probe->host = probe->server = 0;
    ask_resolver(probe, &holder, DCV_TYPE_SOA, on_zone);
}

enum dcv_status dcv_direct_probe_start(const struct dcv_direct_probe_options *options, const struct dcv_name *name, uint16_t type,
                                       dcv_dns_probe_fn *done, void *user, struct dcv_direct_probe **out)
{
    struct dcv_direct_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    *probe = (struct dcv_direct_probe){.options = *options, .name = *name, .at = *name, .type = type, .done = done, .user = user};
    probe->outcome.fact = (struct dcv_dns_fact){.name = *name, .type = type, .server = ""};
    probe->question = (struct dcv_question){.name = holder_of(name, type), .type = DCV_TYPE_SOA, .checking_disabled = true};
    enum dcv_status status = dcv_resolver_ask(options->resolver, &probe->question, DCV_ANY_SERVER, on_zone, probe, &probe->waiter);
    if (status != DCV_OK) {
        free(probe);
        return status;
    }
    dcv_waiter_hold(probe->waiter, options->hold);
    *out = probe;
    return DCV_OK;
}

void dcv_direct_probe_drop(struct dcv_direct_probe *probe)
{
    if (probe->waiter != NULL)
        dcv_resolver_forget(probe->options.resolver, probe->waiter);
    if (probe->peer_waiter != NULL)
        dcv_peers_forget(probe->options.peers, probe->peer_waiter);
    free(probe);
}
