/* Can mail reach a domain? RFC 5321 §5.1, RFC 7505, and POLICY's states. */
#include "policy/judge.h"

#include <string.h>

enum { FACTS_MAX = 64, EXCHANGES_MAX = 16 };

/* A domain being judged. */
struct mailing {
    struct judge *judge;
    struct mail_answer *answer;
    const char *domain;
    size_t facts[FACTS_MAX];
    size_t fact_count;
    bool bogus_told;
};

static const struct dcv_dns_fact *look(struct mailing *mailing, const struct dcv_name *name, uint16_t type)
{
    size_t index;
    const struct dcv_dns_fact *fact = dcv_facts_dns(mailing->judge->facts, name, type, &index);
    if (fact != NULL && mailing->fact_count < FACTS_MAX)
        mailing->facts[mailing->fact_count++] = index;
    return fact;
}

static void file(struct mailing *mailing, struct making *making)
{
    if (!mail_alias(mailing->judge, &mailing->answer->domain))
        finding_arg(making, "mxowner", mailing->domain);
    finding_fact(making, dcv_fact_list(mailing->judge->arena, mailing->facts, mailing->fact_count));
    struct dcv_finding *slot = DCV_VEC_ADD(mailing->judge->arena, &mailing->answer->findings);
    if (slot != NULL)
        *slot = finding_made(making);
}

static void simple(struct mailing *mailing, enum dcv_rule rule)
{
    struct making making = finding_begin(mailing->judge, rule, mailing->domain);
    file(mailing, &making);
}

/* Bogus data counts as data: for the mail host a CA should validate, but need not (BR 4.2.2.2.3). */
static bool conclusive(const struct dcv_dns_fact *fact)
{
    return fact != NULL && (dcv_outcome_conclusive(fact->outcome) || fact->security == DCV_SECURITY_BOGUS);
}

static enum dcv_outcome outcome_of(const struct dcv_dns_fact *fact)
{
    if (fact->security != DCV_SECURITY_BOGUS)
        return fact->outcome;
    struct dcv_name last;
    (void)dcv_message_chain(fact->message, &fact->name, NULL, 0, &last);
    if (dcv_message_find(fact->message, &last, fact->type, 0) != SIZE_MAX)
        return DCV_OUTCOME_ANSWER;
    return fact->message->rcode == 3 ? DCV_OUTCOME_NXDOMAIN : DCV_OUTCOME_NODATA;
}

static void report_failed(struct mailing *mailing, const struct dcv_dns_fact *fact, const struct dcv_name *name, uint16_t type)
{
    char text[DCV_TYPE_TEXT];
    struct making making = finding_begin(mailing->judge, DCV_RULE_MAIL_FAILED, mailing->domain);
    finding_arg(&making, "type", dcv_type_text(type, text));
    finding_arg(&making, "name", name_text(mailing->judge, name));
    finding_arg(&making, "outcome", fact != NULL ? dcv_outcome_text(fact->outcome) : "not-looked-up");
    finding_arg(&making, "cause", cause_text(mailing->judge, fact));
    file(mailing, &making);
}

/* Once a domain: in a bogus zone every record of the path says the same. */
static void report_bogus(struct mailing *mailing, const struct dcv_dns_fact *fact)
{
    if (fact == NULL || fact->security != DCV_SECURITY_BOGUS || mailing->bogus_told)
        return;
    mailing->bogus_told = true;
    struct making making = finding_begin(mailing->judge, DCV_RULE_MAIL_BOGUS, mailing->domain);
    finding_arg(&making, "cause", cause_text(mailing->judge, fact));
    file(mailing, &making);
}

/* ---- hosts ------------------------------------------------------------------------------------------------------------------ */

/* What the addresses of a host come to. */
struct host {
    bool answered;     /* both A and AAAA are known */
    bool alias;
    struct dcv_name target;
    unsigned public_count, private_count;
    const struct dcv_rr *private_rr;
    const struct dcv_dns_fact *failed;
    uint16_t failed_type;
};

static void add_addresses(struct mailing *mailing, const struct dcv_name *name, uint16_t type, struct host *host)
{
    const struct dcv_dns_fact *fact = look(mailing, name, type);
    if (!conclusive(fact)) {
        host->answered = false;
        host->failed = fact;
        host->failed_type = type;
        return;
    }
    report_bogus(mailing, fact);
    if (fact->message == NULL)
        return;
    struct dcv_name last;
    if (dcv_message_chain(fact->message, name, NULL, 0, &last) != 0) {
        host->alias = true;
        host->target = last;
    }
    for (size_t i = dcv_message_find(fact->message, &last, type, 0); i != SIZE_MAX; i = dcv_message_find(fact->message, &last, type, i + 1)) {
        const struct dcv_rr *rr = &fact->message->answer.items[i];
        if (!mailing->judge->options->allow_private_addresses && dcv_rr_private_address(rr)) {
            host->private_count++;
            host->private_rr = rr;
        } else {
            host->public_count++;
        }
    }
}

static struct host host_of(struct mailing *mailing, const struct dcv_name *name)
{
    struct host host = {.answered = true};
    add_addresses(mailing, name, DCV_TYPE_A, &host);
    add_addresses(mailing, name, DCV_TYPE_AAAA, &host);
    return host;
}

static void report_private(struct mailing *mailing, const struct dcv_name *name, const struct host *host)
{
    struct making making = finding_begin(mailing->judge, DCV_RULE_MAIL_MX_PRIVATE, mailing->domain);
    struct dcv_buf text;
    dcv_buf_init(&text, 1024);
    dcv_rr_text(host->private_rr, &text);
    const char *address = strrchr(dcv_buf_text(&text), ' ');
    finding_arg(&making, "host", name_text(mailing->judge, name));
    finding_arg(&making, "address", address != NULL ? address + 1 : "");
    dcv_buf_done(&text);
    file(mailing, &making);
}

enum exchange_state { EXCHANGE_GOOD, EXCHANGE_BAD, EXCHANGE_UNKNOWN };

static void note_host(struct mailing *mailing, const struct dcv_name *name, uint16_t preference)
{
    struct mail_host *host = DCV_VEC_ADD(mailing->judge->arena, &mailing->answer->hosts);
    if (host != NULL)
        *host = (struct mail_host){*name, preference};
}

/* One MX host, with what is wrong about it reported. */
static enum exchange_state judge_exchange(struct mailing *mailing, const struct dcv_mx *mx)
{
    struct host host = host_of(mailing, &mx->exchange);
    if (host.alias) {
        struct making making = finding_begin(mailing->judge, DCV_RULE_MAIL_MX_CNAME, mailing->domain);
        finding_arg(&making, "host", name_text(mailing->judge, &mx->exchange));
        finding_arg(&making, "target", name_text(mailing->judge, &host.target));
        finding_arg_number(&making, "preference", mx->preference);
        file(mailing, &making);
        return EXCHANGE_BAD;
    }
    if (host.public_count != 0)
        return EXCHANGE_GOOD;
    if (!host.answered) {
        report_failed(mailing, host.failed, &mx->exchange, host.failed_type);
        return EXCHANGE_UNKNOWN;
    }
    if (host.private_count != 0) {
        report_private(mailing, &mx->exchange, &host);
        return EXCHANGE_BAD;
    }
    struct making making = finding_begin(mailing->judge, DCV_RULE_MAIL_MX_DANGLING, mailing->domain);
    finding_arg(&making, "host", name_text(mailing->judge, &mx->exchange));
    file(mailing, &making);
    return EXCHANGE_BAD;
}

/* ---- the domain ------------------------------------------------------------------------------------------------------------- */

/* More hosts than are looked at: the rest is not known. */
static void report_cut(struct mailing *mailing, unsigned hosts)
{
    struct making making = finding_begin(mailing->judge, DCV_RULE_MAIL_MX_CUT, mailing->domain);
    finding_arg_number(&making, "count", hosts);
    finding_arg_number(&making, "limit", EXCHANGES_MAX);
    file(mailing, &making);
}

static enum dcv_mail judge_exchanges(struct mailing *mailing, const struct dcv_dns_fact *fact)
{
    struct dcv_name last;
    unsigned good = 0, unknown = 0, hosts = 0;
    bool null = false;
    (void)dcv_message_chain(fact->message, &fact->name, NULL, 0, &last);
    for (size_t i = dcv_message_find(fact->message, &last, DCV_TYPE_MX, 0); i != SIZE_MAX;
         i = dcv_message_find(fact->message, &last, DCV_TYPE_MX, i + 1)) {
        struct dcv_mx mx;
        if (!dcv_rr_mx(&fact->message->answer.items[i], &mx))
            continue;
        if (mx.exchange.len <= 1) {
            null = true;
            continue;
        }
        if (hosts++ >= EXCHANGES_MAX)
            continue;
        note_host(mailing, &mx.exchange, mx.preference);
        enum exchange_state state = judge_exchange(mailing, &mx);
        good += state == EXCHANGE_GOOD;
        unknown += state == EXCHANGE_UNKNOWN;
    }
    if (null && hosts == 0) {
        simple(mailing, DCV_RULE_MAIL_NULL_MX);
        return DCV_MAIL_NULL_MX;
    }
    if (null)
        simple(mailing, DCV_RULE_MAIL_NULL_MX_BESIDE);
    if (hosts > EXCHANGES_MAX)
        report_cut(mailing, hosts);
    if (good != 0)
        return DCV_MAIL_MX;
    return unknown != 0 || hosts > EXCHANGES_MAX ? DCV_MAIL_UNKNOWN : DCV_MAIL_BROKEN_MX;
}

static enum dcv_mail judge_without_mx(struct mailing *mailing, const struct dcv_name *domain)
{
    struct host host = host_of(mailing, domain);
    if (host.public_count != 0) {
        note_host(mailing, domain, 0);
        simple(mailing, DCV_RULE_MAIL_IMPLICIT_MX);
        return DCV_MAIL_IMPLICIT_MX;
    }
    if (!host.answered) {
        report_failed(mailing, host.failed, domain, host.failed_type);
        return DCV_MAIL_UNKNOWN;
    }
    if (host.private_count != 0) {
        report_private(mailing, domain, &host);
        return DCV_MAIL_BROKEN_MX;
    }
    simple(mailing, DCV_RULE_MAIL_NONE);
    return DCV_MAIL_NO_MAIL;
}

static enum dcv_mail judge_domain(struct mailing *mailing, const struct dcv_name *domain)
{
    const struct dcv_dns_fact *mx = look(mailing, domain, DCV_TYPE_MX);
    if (!conclusive(mx)) {
        report_failed(mailing, mx, domain, DCV_TYPE_MX);
        return DCV_MAIL_UNKNOWN;
    }
    report_bogus(mailing, mx);
    switch (outcome_of(mx)) {
    case DCV_OUTCOME_ANSWER: return judge_exchanges(mailing, mx);
    case DCV_OUTCOME_NXDOMAIN: simple(mailing, DCV_RULE_MAIL_NXDOMAIN); return DCV_MAIL_NXDOMAIN;
    default: return judge_without_mx(mailing, domain);
    }
}

bool mail_arrives(const struct dcv_ca *ca, enum dcv_mail mail)
{
    switch (mail) {
    case DCV_MAIL_MX:
    case DCV_MAIL_ACCEPTED:
    case DCV_MAIL_DEFERRED:
    case DCV_MAIL_UNVERIFIABLE: return true;
    case DCV_MAIL_IMPLICIT_MX: return ca->mx_required != DCV_YES;
    case DCV_MAIL_UNKNOWN:
    case DCV_MAIL_NULL_MX:
    case DCV_MAIL_NO_MAIL:
    case DCV_MAIL_BROKEN_MX:
    case DCV_MAIL_NXDOMAIN:
    case DCV_MAIL_REJECTED: return false;
    }
    return false;
}

bool mail_alias(const struct judge *judge, const struct dcv_name *domain)
{
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, domain, DCV_TYPE_MX, NULL);
    return fact != NULL && fact->message != NULL && dcv_message_chain(fact->message, domain, NULL, 0, NULL) != 0;
}

const struct mail_answer *mail_of(struct judge *judge, const struct dcv_name *domain)
{
    for (size_t i = 0; i < judge->mails.count; i++)
        if (dcv_name_equal(&judge->mails.items[i]->domain, domain))
            return judge->mails.items[i];
    struct mail_answer *answer = dcv_arena_alloc(judge->arena, sizeof *answer);
    struct mail_answer **slot = DCV_VEC_ADD(judge->arena, &judge->mails);
    if (answer == NULL || slot == NULL)
        return NULL;
    *slot = answer;
    answer->domain = *domain;
    struct mailing mailing = {.judge = judge, .answer = answer, .domain = name_text(judge, domain)};
    answer->state = judge_domain(&mailing, domain);
    answer->facts = dcv_fact_list(judge->arena, mailing.facts, mailing.fact_count);
    delivery_collect(judge, answer);
    return answer;
}
