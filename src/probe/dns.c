#include "probe/dns.h"

#include "probe/answer.h"

#include <stdlib.h>

struct dcv_dns_probe {
    struct dcv_dns_probe_options options;
    struct dcv_question question;
    dcv_dns_probe_fn *done;
    void *user;
    struct dcv_waiter *waiter;
    struct dcv_dns_outcome outcome; /* of the last question without CD */
    size_t asked;                   /* servers that have said SERVFAIL */
    int server;                     /* number of the last of them */
};

static void on_first(void *user, const struct dcv_lookup_result *result);

/* The answer to a question without CD; what was spent before it is added. */
static void take_first(struct dcv_dns_probe *probe, const struct dcv_lookup_result *result)
{
    const struct dcv_dns_outcome before = probe->outcome;
    const struct dcv_dns_probe_options *options = &probe->options;
    const struct dcv_message *message = answer_keep(probe->options.facts, result->response);
    bool shared = result->cached || result->joined;
    /* A second server that says nothing takes nothing away from what the first has said. */
    if (before.fact.message != NULL && message == NULL) {
        probe->outcome.waits += result->waits;
        probe->outcome.exchanges += shared ? 0 : result->exchanges;
        probe->outcome.fact.tries += result->exchanges;
        return;
    }
    probe->outcome = (struct dcv_dns_outcome){
        .fact = {.name = probe->question.name, .type = probe->question.type, .outcome = answer_outcome(result, &probe->question),
                 .rcode = message != NULL ? message->rcode : 0, .message = message, .server = answer_server(options->facts, result),
                 .tcp = result->tcp, .cached = result->cached, .tries = result->exchanges, .rtt_us = result->rtt_us,
                 .at = options->wall_s + (int64_t)((result->done_us - options->start_us) / 1000000U)},
        .waits = before.waits + (result->cached ? 0 : result->waits),
        .exchanges = before.exchanges + (shared ? 0 : result->exchanges),
    };
    probe->outcome.fact.tries += before.fact.tries;
}

static void finish(struct dcv_dns_probe *probe)
{
    struct dcv_dns_outcome outcome = probe->outcome;
    dcv_dns_probe_fn *done = probe->done;
    void *user = probe->user;
    free(probe);
    done(user, &outcome);
}

static enum dcv_status ask(struct dcv_dns_probe *probe, const struct dcv_question *question, int server, dcv_lookup_fn *then)
{
    enum dcv_status status = dcv_resolver_ask(probe->options.resolver, question, server, then, probe, &probe->waiter);
    if (status == DCV_OK)
        dcv_waiter_hold(probe->waiter, probe->options.hold);
    return status;
}

/* This server cannot get at the data at all; another may. */
static void ask_next(struct dcv_dns_probe *probe)
{
    int next = (probe->server + 1) % (int)dcv_resolver_server_count(probe->options.resolver);
    if (probe->asked >= dcv_resolver_server_count(probe->options.resolver)
        || ask(probe, &probe->question, next, on_first) != DCV_OK)
        finish(probe);
}

/* The answer to the question with CD: data after all means that only validation failed. */
static void on_disabled(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_dns_probe *probe = user;
    struct dcv_dns_fact *fact = &probe->outcome.fact;
    bool shared = result->cached || result->joined;
    probe->outcome.waits += result->cached ? 0 : result->waits;
    probe->outcome.exchanges += shared ? 0 : result->exchanges;
    fact->tries += result->exchanges;
    if (dcv_outcome_conclusive(answer_outcome(result, &probe->question))) {
        struct dcv_message *both = dcv_arena_alloc(dcv_facts_arena(probe->options.facts), sizeof *both);
        const struct dcv_message *message = answer_keep(probe->options.facts, result->response);
        if (both != NULL && message != NULL) {
            /* The data of the second answer, the errors of the first, which say why it does not validate. */
            *both = *message;
            both->edes = fact->message->edes;
            both->ede_count = fact->message->ede_count;
            fact->message = both;
        }
        fact->security = DCV_SECURITY_BOGUS;
        finish(probe);
        return;
    }
    ask_next(probe);
}

static void on_first(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_dns_probe *probe = user;
    take_first(probe, result);
    bool failed = result->end == DCV_LOOKUP_ANSWERED && answer_outcome(result, &probe->question) == DCV_OUTCOME_SERVFAIL;
    if (!failed || probe->outcome.fact.message == NULL) {
        finish(probe);
        return;
    }
    probe->asked++;
    probe->server = result->server_number;
    if (!probe->options.retry_disabled) {
        ask_next(probe);
        return;
    }
    struct dcv_question again = probe->question;
    again.checking_disabled = true;
    if (ask(probe, &again, result->server_number, on_disabled) != DCV_OK)
        finish(probe);
}

enum dcv_status dcv_dns_probe_start(const struct dcv_dns_probe_options *options, const struct dcv_name *name, uint16_t type,
                                    dcv_dns_probe_fn *done, void *user, struct dcv_dns_probe **out)
{
    struct dcv_dns_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    probe->options = *options;
    probe->question = (struct dcv_question){.name = *name, .type = type, .checking_disabled = options->checking_disabled};
    probe->done = done;
    probe->user = user;
    enum dcv_status status = ask(probe, &probe->question, DCV_ANY_SERVER, on_first);
    if (status != DCV_OK) {
        free(probe);
        return status;
    }
    *out = probe;
    return DCV_OK;
}

bool dcv_dns_probe_known(const struct dcv_dns_probe_options *options, const struct dcv_name *name, uint16_t type, struct dcv_dns_outcome *out)
{
    struct dcv_dns_probe probe = {.options = *options, .question = {.name = *name, .type = type, .checking_disabled = options->checking_disabled}};
    struct dcv_lookup_result result;
    if (!dcv_resolver_known(options->resolver, &probe.question, &result))
        return false;
    take_first(&probe, &result);
    *out = probe.outcome;
    return true;
}

void dcv_dns_probe_drop(struct dcv_dns_probe *probe)
{
    dcv_resolver_forget(probe->options.resolver, probe->waiter);
    free(probe);
}

enum dcv_known_validation dcv_dns_probe_validation(const struct dcv_dns_fact *root_soa)
{
    if (root_soa->outcome != DCV_OUTCOME_ANSWER || root_soa->message == NULL)
        return DCV_VALIDATION_UNKNOWN;
    if (root_soa->message->authentic)
        return DCV_VALIDATION_YES;
    return answer_has_type(&root_soa->message->answer, DCV_TYPE_RRSIG) ? DCV_VALIDATION_NO : DCV_VALIDATION_STRIPPED;
}
