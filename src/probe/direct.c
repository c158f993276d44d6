#include "probe/direct.h"

#include "probe/answer.h"
#include "probe/server.h"

#include <stdlib.h>

enum { HOSTS = 4, SERVERS = 8 };

/* One question after the other: whose zone, which servers, where are they, and at last the question itself. */
struct dcv_direct_probe {
    /* given */
    struct dcv_direct_probe_options options;
    struct dcv_name name;
    uint16_t type;
    dcv_dns_probe_fn *done;
    void *user;
    /* derived */
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
    }
}

/* ---- the question itself --------------------------------------------------------------------------------------------------------- */

static void ask_server(struct dcv_direct_probe *probe);

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
    fact->message = answer_keep(probe->options.facts, result->response);
    fact->server = answer_server(probe->options.facts, &result->server);
    fact->rcode = fact->message != NULL ? fact->message->rcode : 0;
    fact->tcp = result->tcp;
    fact->cached = result->cached;
    fact->tries += result->exchanges;
    fact->rtt_us = result->rtt_us;
    end(probe, good || !dcv_outcome_conclusive(outcome) ? outcome : DCV_OUTCOME_REFUSED);
}

static void ask_server(struct dcv_direct_probe *probe)
{
    probe->question = (struct dcv_question){.name = probe->name, .type = probe->type, .authority = true};
    if (dcv_peers_ask(probe->options.peers, &probe->servers[probe->server++], &probe->question, on_answer, probe, &probe->peer_waiter)
        != DCV_OK) {
        probe->peer_waiter = NULL;
        end(probe, DCV_OUTCOME_UNREACHABLE);
    }
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

static const struct dcv_rr *soa_above(const struct dcv_rrs *rrs, const struct dcv_name *name)
{
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == DCV_TYPE_SOA && dcv_name_under(name, &rrs->items[i].owner))
            return &rrs->items[i];
    return NULL;
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

enum dcv_status dcv_direct_probe_start(const struct dcv_direct_probe_options *options, const struct dcv_name *name, uint16_t type,
                                       dcv_dns_probe_fn *done, void *user, struct dcv_direct_probe **out)
{
    struct dcv_direct_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    *probe = (struct dcv_direct_probe){.options = *options, .name = *name, .type = type, .done = done, .user = user};
    probe->outcome.fact = (struct dcv_dns_fact){.name = *name, .type = type, .server = ""};
    struct dcv_name holder = *name;
    if (type == DCV_TYPE_DS) /* the zone above the cut has it (RFC 4035 §3.1.4.1) */
        (void)dcv_name_parent(name, &holder);
    probe->question = (struct dcv_question){.name = holder, .type = DCV_TYPE_SOA, .checking_disabled = true};
    enum dcv_status status = dcv_resolver_ask(options->resolver, &probe->question, DCV_ANY_SERVER, on_zone, probe, &probe->waiter);
    if (status != DCV_OK) {
        free(probe);
        return status;
    }
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
