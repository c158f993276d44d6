#include "probe/server.h"

#include "probe/answer.h"

#include <arpa/inet.h>
#include <stdlib.h>

struct dcv_server_probe {
    struct dcv_server_probe_options options;
    struct dcv_server_fact fact;
    struct dcv_question question;
    struct dcv_peer_waiter *waiter;
    dcv_server_probe_fn *done;
    void *user;
};

struct dcv_endpoint dcv_server_endpoint(const struct dcv_rr *address, uint16_t port)
{
    struct dcv_endpoint endpoint = {.port = port};
    if (inet_ntop(address->type == DCV_TYPE_AAAA ? AF_INET6 : AF_INET, address->rdata, endpoint.host, sizeof endpoint.host) == NULL)
        endpoint.host[0] = '\0';
    return endpoint;
}

static bool names_servers_of(const struct dcv_rrs *rrs, const struct dcv_name *zone)
{
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == DCV_TYPE_NS && dcv_name_equal(&rrs->items[i].owner, zone))
            return true;
    return false;
}

/* Of a server of the zone above a referral is what was asked for. */
static enum dcv_outcome outcome_of(const struct dcv_server_probe *probe, const struct dcv_lookup_result *result)
{
    enum dcv_outcome outcome = result->end == DCV_LOOKUP_NO_ROUTE ? DCV_OUTCOME_NO_ROUTE : answer_outcome(result, &probe->question);
    const struct dcv_message *message = result->response != NULL ? &result->response->message : NULL;
    if (probe->fact.as == DCV_ASKED_PARENT && message != NULL && message->rcode == 0 && names_servers_of(&message->authority, &probe->fact.zone))
        return DCV_OUTCOME_ANSWER;
    return outcome;
}

static void on_answer(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_server_probe *probe = user;
    const struct dcv_server_probe_options *options = &probe->options;
    struct dcv_server_fact fact = probe->fact;
    fact.message = answer_keep(options->facts, result->response);
    fact.server = answer_server(options->facts, result);
    fact.outcome = outcome_of(probe, result);
    fact.rcode = fact.message != NULL ? fact.message->rcode : 0;
    fact.tcp = result->tcp;
    fact.case_ignored = result->case_ignored;
    fact.no_edns = result->plain && fact.over != DCV_OVER_PLAIN;
    fact.tries = result->exchanges;
    fact.rtt_us = result->rtt_us;
    fact.at = options->wall_s + (int64_t)((result->done_us - options->start_us) / 1000000U);
    dcv_server_probe_fn *done = probe->done;
    void *caller = probe->user;
    free(probe);
    done(caller, &fact, result->cached || result->joined ? 0 : result->exchanges, result->cached ? 0 : result->waits);
}

enum dcv_status dcv_server_probe_start(const struct dcv_server_probe_options *options, const struct dcv_endpoint *endpoint,
                                       const struct dcv_server_fact *about, dcv_server_probe_fn *done, void *user,
                                       struct dcv_server_probe **out)
{
    struct dcv_server_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    *probe = (struct dcv_server_probe){.options = *options, .fact = *about, .done = done, .user = user};
    probe->question = (struct dcv_question){.name = about->name, .type = about->type, .authority = about->as != DCV_ASKED_RESOLVER,
                                            .checking_disabled = about->as == DCV_ASKED_RESOLVER, .tcp = about->over == DCV_OVER_TCP,
                                            .plain = about->over == DCV_OVER_PLAIN, .fresh = options->fresh};
    enum dcv_status status = dcv_peers_ask(options->peers, endpoint, &probe->question, on_answer, probe, &probe->waiter);
    if (status != DCV_OK) {
        free(probe);
        return status;
    }
    dcv_peer_waiter_hold(probe->waiter, options->hold);
    *out = probe;
    return DCV_OK;
}

void dcv_server_probe_drop(struct dcv_server_probe *probe)
{
    dcv_peers_forget(probe->options.peers, probe->waiter);
    free(probe);
}
