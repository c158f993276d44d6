#include "probe/answer.h"

static void release_response(void *thing)
{
    dcv_response_unref(thing);
}

bool answer_has_type(const struct dcv_rrs *rrs, uint16_t type)
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
    bool referral = links == 0 && !message->authoritative && answer_has_type(&message->authority, DCV_TYPE_NS)
        && !answer_has_type(&message->authority, DCV_TYPE_SOA);
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

enum dcv_outcome answer_message_outcome(const struct dcv_message *message, const struct dcv_question *question)
{
    switch (message->rcode) {
    case 0: return outcome_of_noerror(message, question);
    case 2: return DCV_OUTCOME_SERVFAIL;
    case 3: return outcome_of_nxdomain(message, question);
    case 5: return DCV_OUTCOME_REFUSED;
    default: return DCV_OUTCOME_RCODE;
    }
}

enum dcv_outcome answer_outcome(const struct dcv_lookup_result *result, const struct dcv_question *question)
{
    switch (result->end) {
    case DCV_LOOKUP_TIMEOUT: return DCV_OUTCOME_TIMEOUT;
    case DCV_LOOKUP_NO_ROUTE:
    case DCV_LOOKUP_UNREACHABLE: return DCV_OUTCOME_UNREACHABLE;
    case DCV_LOOKUP_MALFORMED: return DCV_OUTCOME_MALFORMED;
    case DCV_LOOKUP_TRUNCATED: return DCV_OUTCOME_TRUNCATED;
    case DCV_LOOKUP_UNRECORDED: return DCV_OUTCOME_UNRECORDED;
    case DCV_LOOKUP_ANSWERED: break;
    }
    return answer_message_outcome(&result->response->message, question);
}

const struct dcv_message *answer_keep(struct dcv_facts *facts, struct dcv_response *response)
{
    if (response == NULL)
        return NULL;
    dcv_response_ref(response);
    if (dcv_facts_keep(facts, response, release_response) != DCV_OK)
        return NULL;
    return &response->message;
}

const char *answer_server(struct dcv_facts *facts, const struct dcv_lookup_result *result)
{
    const char *copy = dcv_arena_strdup(dcv_facts_arena(facts), result->server_text);
    return copy != NULL ? copy : "";
}
