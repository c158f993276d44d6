/* Findings about the name and about the resolving, whatever the CA. */
#include "fact/misplaced.h"
#include "policy/judge.h"

#include <string.h>

enum { LONG_CHAIN = 8 };

/* ---- findings about the name, whatever the CA -------------------------------------------------------------------------------------- */

static void judge_suffix(struct judge *judge)
{
    const struct dcv_psl *psl = judge->options->psl;
    const struct dcv_name *name = &judge->name->name;
    if (judge->ladder->suffix) {
        struct making making = finding_begin(judge, judge->name->wildcard ? DCV_RULE_NAME_WILDCARD_SUFFIX : DCV_RULE_NAME_PUBLIC_SUFFIX,
                                             name_text(judge, name));
        finding_end_general(&making);
        return;
    }
    struct dcv_name private_base;
    if (dcv_psl_base_private(psl, name, &private_base) && !dcv_name_equal(&private_base, &judge->out->base)) {
        struct making making = finding_begin(judge, DCV_RULE_NAME_PRIVATE_SUFFIX, name_text(judge, name));
        finding_arg(&making, "base", name_text(judge, &judge->out->base));
        finding_arg(&making, "private", name_text(judge, &private_base));
        finding_end_general(&making);
    }
    if (judge->ladder->cut) {
        struct making making = finding_begin(judge, DCV_RULE_NAME_LADDER_CUT, name_text(judge, name));
        finding_end_general(&making);
    }
}

/* Names that no registry of the public DNS gives out; false: it is none. */
static bool judge_internal(struct judge *judge)
{
    static const struct {
        const char *zone;
        enum dcv_rule rule;
    } rows[] = {
        {"local", DCV_RULE_NAME_INTERNAL},    {"localhost", DCV_RULE_NAME_INTERNAL}, {"internal", DCV_RULE_NAME_INTERNAL},
        {"invalid", DCV_RULE_NAME_INTERNAL},  {"alt", DCV_RULE_NAME_INTERNAL},       {"home.arpa", DCV_RULE_NAME_INTERNAL},
        {"onion", DCV_RULE_NAME_ONION},
    };
    const struct dcv_name *name = &judge->name->name;
    enum dcv_rule rule = DCV_RULE_COUNT;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dcv_name zone;
        if (dcv_name_parse(rows[i].zone, &zone, NULL) == DCV_OK && dcv_name_under(name, &zone))
            rule = rows[i].rule;
    }
    if (rule == DCV_RULE_COUNT && dcv_name_labels(name) == 1 && !dcv_psl_tld_listed(judge->options->psl, name))
        rule = DCV_RULE_NAME_INTERNAL;
    if (rule == DCV_RULE_COUNT)
        return false;
    struct making making = finding_begin(judge, rule, judge->name->ascii);
    finding_end_general(&making);
    return true;
}

static void judge_arpa(struct judge *judge)
{
    static const char *const zones[] = {"in-addr.arpa", "ip6.arpa"};
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        struct dcv_name zone;
        if (judge->options->as_of < dcv_br_rule(DCV_BR_ARPA)->from || dcv_name_parse(zones[i], &zone, NULL) != DCV_OK
            || !dcv_name_under(&judge->name->name, &zone))
            continue;
        struct making making = finding_begin(judge, DCV_RULE_NAME_ARPA, name_text(judge, &judge->name->name));
        finding_end_general(&making);
    }
}

/* The name itself: is it an alias, and of what? */
static void judge_alias(struct judge *judge, const struct dcv_dns_fact *fact, size_t index)
{
    struct dcv_name last;
    size_t links = fact->message != NULL ? dcv_message_chain(fact->message, &fact->name, NULL, 0, &last) : 0;
    if (links == 0)
        return;
    const char *subject = name_text(judge, &fact->name);
    enum dcv_rule rule = DCV_RULE_COUNT;
    if (dcv_message_loops(fact->message, &fact->name))
        rule = DCV_RULE_CNAME_LOOP;
    else if (fact->outcome == DCV_OUTCOME_NXDOMAIN)
        rule = DCV_RULE_CNAME_DANGLING;
    else if (links > LONG_CHAIN)
        rule = DCV_RULE_CNAME_LONG;
    if (rule != DCV_RULE_COUNT) {
        struct making making = finding_begin(judge, rule, subject);
        finding_arg(&making, "target", name_text(judge, &last));
        finding_arg_number(&making, "count", links);
        finding_fact(&making, one_fact(judge, index));
        finding_end_general(&making);
    }
    if (fact->security == DCV_SECURITY_BOGUS) {
        struct making making = finding_begin(judge, judge->dnssec_decides ? DCV_RULE_CNAME_BOGUS : DCV_RULE_CNAME_BOGUS_EARLY, subject);
        finding_arg_date(&making, "date", dcv_br_rule(DCV_BR_DNSSEC)->from);
        finding_arg(&making, "cause", cause_text(judge, fact));
        finding_fact(&making, one_fact(judge, index));
        finding_end_general(&making);
    }
}

/* Behind a circle of aliases a resolver only fails; the zone's own server shows it. */
static void judge_hidden_loop(struct judge *judge)
{
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_SERVER || fact->server.as != DCV_ASKED_AUTHORITY || fact->server.message == NULL
            || !dcv_name_equal(&fact->server.name, &judge->name->name)
            || !dcv_message_loops(fact->server.message, &fact->server.name))
            continue;
        struct making making = finding_begin(judge, DCV_RULE_CNAME_LOOP, name_text(judge, &judge->name->name));
        finding_fact(&making, one_fact(judge, i));
        finding_end_general(&making);
        return;
    }
}

void name_judge_alias(struct judge *judge)
{
    size_t index;
    if (judge->ladder->suffix)
        return;
    const struct dcv_dns_fact *own = dcv_facts_dns(judge->facts, &judge->name->name, DCV_TYPE_A, &index);
    if (own != NULL && own->message != NULL && own->outcome == DCV_OUTCOME_SERVFAIL)
        judge_hidden_loop(judge);
    if (own != NULL)
        judge_alias(judge, own, index);
}

/* ---- findings about the resolving ---------------------------------------------------------------------------------------------------- */

/* Does nothing about e-mail rest on the answer? */
static bool aside(const struct judge *judge, const struct dcv_dns_fact *fact)
{
    return dcv_way_fact(fact) || dcv_misplaced_fact(judge->facts, fact, &judge->name->name, &judge->out->base);
}

/* Did the time run out before everything was answered that e-mail validation rests on? */
static bool late_for_mail(const struct judge *judge)
{
    bool late = false, other = false;
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_DNS || fact->dns.outcome != DCV_OUTCOME_DEADLINE)
            continue;
        if (aside(judge, &fact->dns) || encryption_fact(&fact->dns))
            other = true;
        else
            late = true;
    }
    return late || !other;
}

void name_judge_resolving(struct judge *judge)
{
    const struct dcv_facts_about *about = dcv_facts_about_const(judge->facts);
    struct dcv_name root = dcv_name_root();
    size_t index;
    const bool local = strcmp(about->dnssec_source, "local") == 0;
    /* The first question of every name, about the root. */
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &root, local ? DCV_TYPE_DNSKEY : DCV_TYPE_SOA, &index);
    const char *subject = name_text(judge, &judge->name->name);
    enum dcv_rule rule = DCV_RULE_COUNT;
    judge->deaf = fact != NULL && fact->outcome == DCV_OUTCOME_UNREACHABLE;
    if (judge->deaf)
        rule = DCV_RULE_LOOKUP_UNREACHABLE;
    else if (about->validation == DCV_VALIDATION_NO && strcmp(about->dnssec_source, "resolver") == 0)
        rule = DCV_RULE_DNSSEC_NOT_VALIDATING;
    else if (about->validation == DCV_VALIDATION_STRIPPED && strcmp(about->dnssec_source, "resolver") == 0)
        rule = DCV_RULE_DNSSEC_STRIPPED;
    if (rule != DCV_RULE_COUNT) {
        struct making making = finding_begin(judge, rule, subject);
        finding_arg(&making, "resolver", fact != NULL ? fact->server : "");
        if (fact != NULL)
            finding_fact(&making, one_fact(judge, index));
        finding_end_general(&making);
    }
    if (about->deadline && late_for_mail(judge)) {
        struct making making = finding_begin(judge, DCV_RULE_DEADLINE, subject);
        finding_end_general(&making);
    }
}

/* Is the name that of a name server, as some NS record says? */
static bool names_server(const struct judge *judge, const struct dcv_name *name)
{
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        const struct dcv_message *message = fact->kind == DCV_FACT_DNS && fact->dns.type == DCV_TYPE_NS ? dcv_dns_fact_data(&fact->dns) : NULL;
        struct dcv_name target;
        if (fact->kind == DCV_FACT_SERVER && fact->server.host.len != 0 && dcv_name_equal(&fact->server.host, name))
            return true;
        for (size_t j = 0; message != NULL && j < message->answer.count; j++)
            if (message->answer.items[j].type == DCV_TYPE_NS && dcv_rr_target(&message->answer.items[j], &target)
                && dcv_name_equal(&target, name))
                return true;
    }
    return false;
}

/* A lookup that serves another: the chain of trust and the servers of the zones have findings of their own. */
static bool serves(const struct judge *judge, const struct dcv_dns_fact *fact)
{
    if (fact->type == DCV_TYPE_NS || fact->type == DCV_TYPE_DS || fact->type == DCV_TYPE_DNSKEY)
        return true;
    if (fact->type == DCV_TYPE_SOA)
        return judge->out->base.len != 0 && !dcv_name_under(&fact->name, &judge->out->base);
    return (fact->type == DCV_TYPE_A || fact->type == DCV_TYPE_AAAA) && names_server(judge, &fact->name);
}

/* Lookups that failed and about which nothing else was said: every failure is in the output. */
static bool mentioned(const struct judge *judge, size_t fact)
{
    for (size_t i = 0; i < judge->out->findings.count; i++) {
        const struct dcv_fact_list *facts = &judge->out->findings.items[i].facts;
        for (size_t j = 0; j < facts->count; j++)
            if (facts->items[j] == fact)
                return true;
    }
    return false;
}

void name_judge_failures(struct judge *judge)
{
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_DNS || dcv_outcome_conclusive(fact->dns.outcome) || aside(judge, &fact->dns))
            continue;
        if (serves(judge, &fact->dns))
            continue;
        bool tcp = fact->dns.outcome == DCV_OUTCOME_TRUNCATED;
        if (!tcp && (mentioned(judge, i) || fact->dns.outcome == DCV_OUTCOME_DEADLINE || fact->dns.security == DCV_SECURITY_BOGUS))
            continue;
        char type[DCV_TYPE_TEXT];
        struct making making = finding_begin(judge, tcp ? DCV_RULE_LOOKUP_TCP : DCV_RULE_LOOKUP_FAILED, name_text(judge, &fact->dns.name));
        finding_arg(&making, "type", dcv_type_text(fact->dns.type, type));
        finding_arg(&making, "outcome", dcv_outcome_text(fact->dns.outcome));
        finding_arg(&making, "cause", cause_text(judge, &fact->dns));
        finding_fact(&making, one_fact(judge, i));
        finding_end_general(&making);
    }
}

/* ---- the parts that judging a name is made of ---------------------------------------------------------------------------------------- */

void name_judge(struct judge *judge)
{
    if (!judge_internal(judge)) /* that such a name is a public suffix, too, is a matter of the list's default rule only */
        judge_suffix(judge);
    judge_arpa(judge);
}
