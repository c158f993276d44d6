#include "policy/judge.h"

static bool tells(const struct dcv_dns_fact *fact)
{
    return fact != NULL && dcv_outcome_conclusive(fact->outcome)
        && (fact->security == DCV_SECURITY_SECURE || fact->security == DCV_SECURITY_INSECURE);
}

/* Another answer about the same name shows whether its zone is signed; a CNAME would lead into another zone. */
static enum dcv_security told_by_neighbours(const struct judge *judge, const struct dcv_name *name)
{
    static const uint16_t types[] = {DCV_TYPE_SOA, DCV_TYPE_MX, DCV_TYPE_A, DCV_TYPE_AAAA};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, name, types[i], NULL);
        if (tells(fact) && (fact->message == NULL || dcv_message_chain(fact->message, name, NULL, 0, NULL) == 0))
            return fact->security;
    }
    return DCV_SECURITY_INDETERMINATE;
}

/* The DS records from the top down: a validated DS makes what is below secure, an unsigned answer or a validated absence at the base domain
 * (which is delegated) makes it insecure. */
static enum dcv_security told_by_ds(const struct judge *judge, const struct dcv_name *name)
{
    enum dcv_security state = DCV_SECURITY_INDETERMINATE;
    unsigned labels = dcv_name_labels(name), base = dcv_psl_suffix_labels(judge->options->psl, name) + 1;
    for (unsigned count = 1; count <= labels; count++) {
        struct dcv_name at = dcv_name_suffix(name, count);
        const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &at, DCV_TYPE_DS, NULL);
        if (fact != NULL && !tells(fact))
            state = DCV_SECURITY_INDETERMINATE; /* a cut may lie here, and nothing is known of it */
        if (!tells(fact))
            continue;
        if (fact->security == DCV_SECURITY_INSECURE)
            return DCV_SECURITY_INSECURE;
        if (fact->outcome == DCV_OUTCOME_ANSWER)
            state = DCV_SECURITY_SECURE;
        else if (count == base)
            return DCV_SECURITY_INSECURE;
    }
    return state;
}

bool zone_shows_signatures(const struct judge *judge, const struct dcv_name *name, const struct dcv_message *answer)
{
    for (size_t i = 0; answer != NULL && i < answer->answer.count; i++)
        if (answer->answer.items[i].type == DCV_TYPE_RRSIG)
            return true;
    for (size_t i = 0; answer != NULL && i < answer->authority.count; i++)
        if (answer->authority.items[i].type == DCV_TYPE_RRSIG)
            return true;
    unsigned labels = dcv_name_labels(name), suffix = dcv_psl_suffix_labels(judge->options->psl, name);
    for (unsigned count = suffix + 1; count <= labels; count++) {
        struct dcv_name at = dcv_name_suffix(name, count);
        const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &at, DCV_TYPE_DS, NULL);
        if (fact != NULL && fact->outcome == DCV_OUTCOME_ANSWER)
            return true;
    }
    return false;
}

bool chain_failed(const struct dcv_dns_fact *fact)
{
    return fact->trust != NULL && fact->trust->security == DCV_SECURITY_INDETERMINATE
        && (fact->trust->cause == DCV_CAUSE_CHAIN_UNANSWERED || fact->trust->cause == DCV_CAUSE_STRIPPED);
}

enum dcv_security zone_security(const struct judge *judge, const struct dcv_name *name)
{
    enum dcv_security state = told_by_neighbours(judge, name);
    return state != DCV_SECURITY_INDETERMINATE ? state : told_by_ds(judge, name);
}
