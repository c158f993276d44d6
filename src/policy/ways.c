/* Validation without e-mail: the ways of a CA that are of one kind, each judged by itself, and what they come to together. */
#include "policy/judge.h"

#include <string.h>

const char *ways_kind(enum dcv_by by)
{
    switch (by) {
    case DCV_BY_EMAIL: return "e-mail";
    case DCV_BY_DNS: return "DNS";
    case DCV_BY_HTTP: return "HTTP";
    case DCV_BY_TLS_ALPN: return "TLS-ALPN";
    case DCV_BY_COUNT: break;
    }
    return "";
}

static const char *method_name(const struct dcv_way *way)
{
    return dcv_method_info(way->method->method)->name;
}

/* A finding about a way, under the clause of its method. */
static struct making begin(struct judge *judge, const struct dcv_judged_ca *ca, const struct dcv_way *way, enum dcv_rule rule, const char *subject)
{
    struct making making = finding_begin(judge, rule, subject);
    making.finding.clause = dcv_method_info(way->method->method)->clause;
    finding_arg(&making, "ca", ca->ca->id);
    finding_arg(&making, "method", method_name(way));
    finding_arg(&making, "kind", ways_kind(ca->by));
    return making;
}

static void say(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, struct making *making)
{
    const struct dcv_finding finding = finding_made(making);
    way_conflict(judge, ca, way, &finding);
}

static void say_of_name(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, enum dcv_rule rule)
{
    struct making making = begin(judge, ca, way, rule, judge->name->ascii);
    if (way->from != DCV_DATE_NONE)
        finding_arg_date(&making, "date", way->from);
    say(judge, ca, way, &making);
}

/* ---- DNS -------------------------------------------------------------------------------------------------------------------------- */

/* What a CA queries must not be bogus (BR 4.2.2.2.2, 4.2.2.2.5). What is not written yet lies in the same zone as the denial that stands for it
 * now. */
static void say_bogus(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, size_t index)
{
    const struct dcv_dns_fact *fact = &dcv_facts_at(judge->facts, index)->dns;
    struct making making = finding_begin(judge, judge->dnssec_decides ? DCV_RULE_DNS_WAY_BOGUS : DCV_RULE_DNS_WAY_BOGUS_EARLY,
                                         name_text(judge, &fact->name));
    finding_arg(&making, "cause", cause_text(judge, fact));
    finding_arg_date(&making, "date", dcv_br_rule(DCV_BR_DNSSEC)->from);
    finding_fact(&making, one_fact(judge, index));
    say(judge, ca, way, &making);
}

static void say_failed(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, const struct dcv_dns_fact *fact, size_t index)
{
    struct making making = finding_begin(judge, DCV_RULE_DNS_WAY_FAILED, way->owner);
    finding_arg(&making, "outcome", fact != NULL ? dcv_outcome_text(fact->outcome) : "not-looked-up");
    finding_arg(&making, "cause", cause_text(judge, fact));
    if (fact != NULL)
        finding_fact(&making, one_fact(judge, index));
    say(judge, ca, way, &making);
}

/* Does the chain of aliases at the owner run in a circle? That has been said, and fails every lookup. */
static bool loops(const struct dcv_dns_fact *fact)
{
    return fact != NULL && fact->message != NULL && dcv_message_loops(fact->message, &fact->name);
}

static enum dcv_verdict judge_dns(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way)
{
    struct dcv_name owner;
    size_t index = 0;
    if (way->line == NULL) {
        struct making making = begin(judge, ca, way, DCV_RULE_DNS_WAY_FORM, judge->name->ascii);
        say(judge, ca, way, &making);
        return DCV_UNKNOWN_VERDICT;
    }
    if (strchr(way->owner, '{') != NULL || dcv_name_parse(way->owner, &owner, NULL) != DCV_OK)
        return DCV_UNKNOWN_VERDICT;
    const struct dcv_dns_fact *fact = way_fact(judge, &owner, &index);
    if (fact != NULL && fact->security == DCV_SECURITY_BOGUS) {
        say_bogus(judge, ca, way, index);
        if (judge->dnssec_decides)
            return DCV_NOT_READY;
    } else if (way->obstructed && loops(fact)) {
        return DCV_NOT_READY;
    } else if (fact == NULL || !dcv_outcome_conclusive(fact->outcome)) {
        say_failed(judge, ca, way, fact, index);
        return DCV_UNKNOWN_VERDICT;
    }
    if (way->obstructed)
        return DCV_NOT_READY;
    return judge->dnssec_decides && chain_failed(fact) ? DCV_UNKNOWN_VERDICT : DCV_READY;
}

/* ---- HTTP and TLS --------------------------------------------------------------------------------------------------------------- */

/* Where the name leads is looked up by the CA, too. With addresses of one kind alone some go on, and others do not: READY, NOT_READY where there are none
 * that validate, or UNKNOWN. */
static enum dcv_verdict judge_addresses(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way)
{
    static const uint16_t types[] = {DCV_TYPE_A, DCV_TYPE_AAAA};
    bool bogus = false, others = false;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t index;
        const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &judge->name->name, types[i], &index);
        if (fact == NULL)
            continue;
        const bool here = fact->security == DCV_SECURITY_BOGUS;
        if (here && !bogus) /* in a bogus zone both say the same */
            say_bogus(judge, ca, way, index);
        bogus = bogus || here;
        others = others || (!here && fact->outcome == DCV_OUTCOME_ANSWER);
    }
    if (!bogus || !judge->dnssec_decides)
        return DCV_READY;
    return others ? DCV_UNKNOWN_VERDICT : DCV_NOT_READY;
}

static enum dcv_verdict judge_web(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way)
{
    const struct web_answer *answer = web_of(judge, way->method->method);
    if (answer == NULL)
        return DCV_UNKNOWN_VERDICT;
    const enum dcv_verdict addresses = judge_addresses(judge, ca, way);
    for (size_t i = 0; i < answer->findings.count; i++)
        way_conflict(judge, ca, way, &answer->findings.items[i]);
    return answer->verdict == DCV_READY || addresses == DCV_NOT_READY ? addresses : answer->verdict;
}

/* ---- a way ---------------------------------------------------------------------------------------------------------------------- */

/* By what stands there now, as if the CA offered it. */
static enum dcv_verdict judge_place(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way)
{
    if (judge->name->wildcard && !way->wildcard) {
        say_of_name(judge, ca, way, DCV_RULE_WAY_NO_WILDCARD);
        return DCV_NOT_READY;
    }
    if (!way->open) {
        say_of_name(judge, ca, way, DCV_RULE_WAY_EARLY);
        return DCV_NOT_READY;
    }
    /* Of a method that may not be offered no form is missed. */
    if (way->dns)
        return way->method->offered == DCV_UNKNOWN && way->line == NULL ? DCV_UNKNOWN_VERDICT : judge_dns(judge, ca, way);
    return judge_web(judge, ca, way);
}

static void judge_way(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way)
{
    way->verdict = judge_place(judge, ca, way);
    if (way->method->offered == DCV_UNKNOWN && way->verdict != DCV_NOT_READY) {
        say_of_name(judge, ca, way, DCV_RULE_WAY_OFFER_UNKNOWN);
        way->verdict = DCV_UNKNOWN_VERDICT;
    }
}

/* Ways by methods that CAA does not allow. */
static void bar_ways(struct judge *judge, struct dcv_judged_ca *ca, unsigned methods, unsigned unsure, const struct dcv_finding *limiting)
{
    for (size_t i = 0; i < ca->ways.count; i++) {
        struct dcv_way *way = &ca->ways.items[i];
        const unsigned bit = 1U << way->method->method;
        if ((methods & bit) != 0 || way->verdict == DCV_NOT_READY)
            continue;
        way->verdict = (unsure & bit) != 0 ? DCV_UNKNOWN_VERDICT : DCV_NOT_READY;
        if (way->verdict == DCV_NOT_READY)
            way_conflict(judge, ca, way, limiting);
    }
}

/* ---- the row -------------------------------------------------------------------------------------------------------------------- */

static bool has_verdict(const struct dcv_judged_ca *ca, enum dcv_verdict verdict)
{
    for (size_t i = 0; i < ca->ways.count; i++)
        if (ca->ways.items[i].verdict == verdict)
            return true;
    return false;
}

/* What is not known of a way matters only where no other is ready. */
static bool of_ignorance(enum dcv_rule rule)
{
    return rule == DCV_RULE_DNS_WAY_FORM || rule == DCV_RULE_DNS_WAY_FAILED || rule == DCV_RULE_WAY_OFFER_UNKNOWN || rule == DCV_RULE_WEB_UNLEARNED;
}

/* What ends one way ends the row only where no other way is left. */
static enum dcv_severity severity_in_row(const struct dcv_judged_ca *ca, const struct dcv_finding *finding)
{
    const bool ready = has_verdict(ca, DCV_READY);
    if (ready && of_ignorance(finding->rule))
        return DCV_INFO;
    if (finding->severity == DCV_BLOCKER && ready)
        return DCV_NOTICE;
    return finding->severity == DCV_BLOCKER && has_verdict(ca, DCV_UNKNOWN_VERDICT) ? DCV_WARNING : finding->severity;
}

/* The numbers of a way in judge->pending become those of the findings as filed. */
static void renumber(struct dcv_way *way, const size_t *numbers)
{
    size_t kept = 0;
    for (size_t i = 0; i < way->conflicts.count; i++) {
        const size_t number = numbers[way->conflicts.items[i]];
        bool again = number == SIZE_MAX;
        for (size_t j = 0; j < kept && !again; j++)
            again = way->conflicts.items[j] == number;
        if (!again)
            way->conflicts.items[kept++] = number;
    }
    way->conflicts.count = kept;
}

/* Files what was said of the ways. */
static void settle(struct judge *judge, struct dcv_judged_ca *ca)
{
    size_t *numbers = dcv_arena_array(judge->arena, judge->pending.count + 1, sizeof *numbers);
    if (numbers == NULL)
        return;
    for (size_t i = 0; i < judge->pending.count; i++) {
        struct dcv_finding *finding = &judge->pending.items[i];
        finding->severity = severity_in_row(ca, finding);
        numbers[i] = finding_file(judge, finding);
        finding_attach(judge, ca, numbers[i]);
    }
    for (size_t i = 0; i < ca->ways.count; i++)
        renumber(&ca->ways.items[i], numbers);
}

static void judge_reuse(struct dcv_judged_ca *ca)
{
    ca->reuse_until = DCV_DATE_NONE;
    for (size_t i = 0; i < ca->ways.count; i++) {
        const struct dcv_way *way = &ca->ways.items[i];
        const bool counts = way->verdict != DCV_NOT_READY && way->reuse_until != DCV_DATE_NONE;
        if (counts && (ca->reuse_until == DCV_DATE_NONE || way->reuse_until > ca->reuse_until))
            ca->reuse_until = way->reuse_until;
    }
}

static void say_not_offered(struct judge *judge, struct dcv_judged_ca *ca)
{
    struct making making = finding_begin(judge, DCV_RULE_WAY_NOT_OFFERED, judge->name->ascii);
    finding_arg(&making, "ca", ca->ca->id);
    finding_arg(&making, "kind", ways_kind(ca->by));
    finding_attach(judge, ca, finding_end(&making));
}

void ways_judge(struct judge *judge, struct dcv_judged_ca *ca)
{
    unsigned methods, unsure;
    struct dcv_finding limiting = {0};
    judge->pending.count = 0;
    way_out_collect(judge, ca);
    caa_decide(judge, ca, &methods, &unsure, &limiting);
    if (judge->ladder->suffix)
        return;
    if (ca->ways.count == 0)
        say_not_offered(judge, ca);
    for (size_t i = 0; i < ca->ways.count; i++)
        judge_way(judge, ca, &ca->ways.items[i]);
    bar_ways(judge, ca, methods, unsure, &limiting);
    settle(judge, ca);
    judge_reuse(ca);
}
