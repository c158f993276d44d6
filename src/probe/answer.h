/* What the probes of the DNS share; private to this module. */
#ifndef DCV_PROBE_ANSWER_H
#define DCV_PROBE_ANSWER_H

#include "fact/fact.h"
#include "net/resolver.h"

/* How a lookup ended, as a fact says it. */
enum dcv_outcome answer_outcome(const struct dcv_lookup_result *result, const struct dcv_question *question);
/* The same of a message that was read. */
enum dcv_outcome answer_message_outcome(const struct dcv_message *message, const struct dcv_question *question);
/* Keeps the message alive as long as the facts; NULL when there is none, or memory is short. */
const struct dcv_message *answer_keep(struct dcv_facts *facts, struct dcv_response *response);
/* Copies "192.0.2.1#53"; "" when memory is short. */
const char *answer_server(struct dcv_facts *facts, const struct dcv_lookup_result *result);
bool answer_has_type(const struct dcv_rrs *rrs, uint16_t type);

#endif
