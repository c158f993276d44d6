#include "probe/dns.h"

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

static void release_response(void *thing)
{
    dcv_response_unref(thing);
}

static bool has_type(const struct dcv_rrs *rrs, uint16_t type)
{
    for (size_t i = 0; i < rrs->count; i++)
        if (rrs->items[i].type == type)
            return true;
    return false;
}

/* NOERROR without the type: no data, unless it is a referral from a server that does not recurse. */
static enum dcv_outcome outcome_of_noerror(const struct dcv_message *message, const struct dcv_question *question)
{
    struct dcv_name last;
    size_t links = dcv_message_chain(message, &question->name, NULL, 0, &last);
    if (dcv_message_loops(message, &question->name))
        return DCV_OUTCOME_MALFORMED; /* no answer at all, and certainly no proof of absence */
    if (dcv_message_find(message, &last, question->type, 0) != SIZE_MAX)
        return DCV_OUTCOME_ANSWER;
    bool referral = links == 0 && !message->authoritative && has_type(&message->authority, DCV_TYPE_NS)
        && !has_type(&message->authority, DCV_TYPE_SOA);
    return referral ? DCV_OUTCOME_REFUSED : DCV_OUTCOME_NODATA;
}

/* A denial that brings the very records it denies is none. */
static enum dcv_outcome outcome_of_nxdomain(const struct dcv_message *message, const struct dcv_question *question)
{
    struct dcv_name last;
    (void)dcv_message_chain(message, &question->name, NULL, 0, &last);
    bool contradicts = dcv_message_find(message, &last, question->type, 0) != SIZE_MAX;
    return contradicts ? DCV_OUTCOME_MALFORMED : DCV_OUTCOME_NXDOMAIN;
}

static enum dcv_outcome outcome_of(const struct dcv_lookup_result *result, const struct dcv_question *question)
{
    switch (result->end) {
    case DCV_LOOKUP_TIMEOUT: return DCV_OUTCOME_TIMEOUT;
    case DCV_LOOKUP_UNREACHABLE: return DCV_OUTCOME_UNREACHABLE;
    case DCV_LOOKUP_MALFORMED: return DCV_OUTCOME_MALFORMED;
    case DCV_LOOKUP_TRUNCATED: return DCV_OUTCOME_TRUNCATED;
    case DCV_LOOKUP_UNRECORDED: return DCV_OUTCOME_UNRECORDED;
    case DCV_LOOKUP_ANSWERED: break;
    }
    switch (result->response->message.rcode) {
    case 0: return outcome_of_noerror(&result->response->message, question);
    case 2: return DCV_OUTCOME_SERVFAIL;
    case 3: return outcome_of_nxdomain(&result->response->message, question);
    case 5: return DCV_OUTCOME_REFUSED;
    default: return DCV_OUTCOME_RCODE;
    }
}

/* Keeps the message alive as long as the facts; NULL when there is none, or memory is short. */
static const struct dcv_message *keep_message(struct dcv_dns_probe *probe, struct dcv_response *response)
{
    if (response == NULL)
        return NULL;
    dcv_response_ref(response);
    if (dcv_facts_keep(probe->options.facts, response, release_response) != DCV_OK)
        return NULL;
    return &response->message;
}

/* The answer to a question without CD; what was spent before it is added. */
static void take_first(struct dcv_dns_probe *probe, const struct dcv_lookup_result *result)
{
    const struct dcv_dns_outcome before = probe->outcome;
    const struct dcv_dns_probe_options *options = &probe->options;
    char server[DCV_ENDPOINT_TEXT];
    const char *server_copy = dcv_arena_strdup(dcv_facts_arena(options->facts), dcv_endpoint_text(&result->server, server));
    const struct dcv_message *message = keep_message(probe, result->response);
    bool shared = result->cached || result->joined;
    /* A second server that says nothing takes nothing away from what the first has said. */
    if (before.fact.message != NULL && message == NULL) {
        probe->outcome.waits += result->waits;
        probe->outcome.exchanges += shared ? 0 : result->exchanges;
        probe->outcome.fact.tries += result->exchanges;
        return;
    }
    probe->outcome = (struct dcv_dns_outcome){
        .fact = {.name = probe->question.name, .type = probe->question.type, .outcome = outcome_of(result, &probe->question),
                 .rcode = message != NULL ? message->rcode : 0, .message = message, .server = server_copy != NULL ? server_copy : "",
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

/* This server cannot get at the data at all; another may. */
static void ask_next(struct dcv_dns_probe *probe)
{
    int next = (probe->server + 1) % (int)dcv_resolver_server_count(probe->options.resolver);
    if (probe->asked >= dcv_resolver_server_count(probe->options.resolver)
        || dcv_resolver_ask(probe->options.resolver, &probe->question, next, on_first, probe, &probe->waiter) != DCV_OK)
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
    if (dcv_outcome_conclusive(outcome_of(result, &probe->question))) {
        struct dcv_message *both = dcv_arena_alloc(dcv_facts_arena(probe->options.facts), sizeof *both);
        const struct dcv_message *message = keep_message(probe, result->response);
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
    bool failed = result->end == DCV_LOOKUP_ANSWERED && outcome_of(result, &probe->question) == DCV_OUTCOME_SERVFAIL;
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
    if (dcv_resolver_ask(probe->options.resolver, &again, result->server_number, on_disabled, probe, &probe->waiter) != DCV_OK)
        finish(probe);
}

enum dcv_status dcv_dns_probe_start(const struct dcv_dns_probe_options *options, const struct dcv_name *name, uint16_t type,
                                    dcv_dns_probe_fn *done, void *user, struct dcv_dns_probe **out)
{
    struct dcv_dns_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    probe->options = *options;
    probe->question = (struct dcv_question){.name = *name, .type = type};
    probe->done = done;
    probe->user = user;
    enum dcv_status status = dcv_resolver_ask(options->resolver, &probe->question, DCV_ANY_SERVER, on_first, probe, &probe->waiter);
    if (status != DCV_OK) {
        free(probe);
        return status;
    }
    *out = probe;
    return DCV_OK;
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
    return has_type(&root_soa->message->answer, DCV_TYPE_RRSIG) ? DCV_VALIDATION_NO : DCV_VALIDATION_STRIPPED;
}
