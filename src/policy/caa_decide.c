/* Does CAA permit a CA? RFC 8659 §4, RFC 8657, BR 4.2.2.1 (3.2.2.8 before BR 2.2.8). */
#include "base/text.h"
#include "policy/caa.h"

#include <string.h>

/* A decision in the making. */
struct deciding {
    struct judge *judge;
    struct dcv_judged_ca *ca;
    const char *tag;          /* issue or issuewild, as applicable */
    const char *issuer;       /* what the CA would have you write; NULL: not known */
    bool restricted;          /* an applicable property stands */
    bool permitted;           /* a value permits the CA */
    bool plainly;             /* … without a condition, now or later */
    unsigned relevant;        /* methods of the row's kind */
    unsigned methods;         /* of these, those that permitting values allow */
    unsigned unsure;          /* of these, those allowed under a condition that cannot be judged */
    DCV_VEC(struct dcv_finding) conditions;    /* about conditions: to be filed unless a value permits plainly */
    bool banned;              /* a critical property that the CA does not understand */
    bool unreadable;          /* a record that is no CAA record */
    bool malformed;           /* an applicable value could not be read */
    bool unmet;               /* a value names the CA, and its condition is not met */
    struct dcv_finding unmet_finding;          /* to be filed if nothing permits */
    struct dcv_finding *limiting;              /* to be filed if no address is left by the methods that are allowed */
    DCV_VEC(const char *) issuers;             /* who is named */
};

static const unsigned email_methods = 1U << DCV_METHOD_CONSTRUCTED | 1U << DCV_METHOD_TXT_CONTACT | 1U << DCV_METHOD_CAA_CONTACT
    | 1U << DCV_METHOD_DOMAIN_CONTACT;

static void attach(struct deciding *deciding, struct making *making)
{
    finding_arg(making, "ca", deciding->ca->ca->id);
    finding_arg(making, "issuer", deciding->issuer);
    finding_attach(deciding->judge, deciding->ca, finding_end(making));
}

static bool rfc8657_decides(const struct judge *judge, const struct dcv_ca *ca)
{
    dcv_date from = dcv_br_rule(DCV_BR_RFC8657)->from;
    if (ca->rfc8657 == DCV_YES && (ca->rfc8657_from == DCV_DATE_NONE || judge->options->as_of >= ca->rfc8657_from))
        return true;
    return judge->options->as_of >= from;
}

/* The methods that a row stands for. */
static unsigned relevant_methods(const struct dcv_judged_ca *ca)
{
    unsigned methods = 0;
    if (ca->by == DCV_BY_EMAIL)
        return email_methods;
    for (size_t i = 0; i < ca->ways.count; i++)
        methods |= 1U << ca->ways.items[i].method->method;
    return methods;
}

/* The methods in a validationmethods value: labels joined by commas. Where several labels fit, CAs take any (BR 4.2.2.1.2). */
static unsigned methods_of(const char *list)
{
    static const struct {
        const char *label;
        unsigned bit;
    } labels[] = {
        {"ca-tbr-4", 1U << DCV_METHOD_CONSTRUCTED}, {"ca-tbr-13", 1U << DCV_METHOD_CAA_CONTACT},
        {"ca-tbr-14", 1U << DCV_METHOD_TXT_CONTACT}, {"ca-tbr-2", 1U << DCV_METHOD_DOMAIN_CONTACT},
        {"ca-tbr-7", 1U << DCV_METHOD_DNS_CHANGE}, {"dns-01", 1U << DCV_METHOD_DNS_CHANGE},
        {"ca-tbr-18", 1U << DCV_METHOD_HTTP}, {"ca-tbr-19", 1U << DCV_METHOD_HTTP_01}, {"http-01", 1U << DCV_METHOD_HTTP_01},
        {"ca-tbr-20", 1U << DCV_METHOD_TLS_ALPN_01}, {"tls-alpn-01", 1U << DCV_METHOD_TLS_ALPN_01},
        {"ca-tbr-21", 1U << DCV_METHOD_DNS_ACCOUNT_01}, {"dns-account-01", 1U << DCV_METHOD_DNS_ACCOUNT_01},
        {"ca-tbr-22", 1U << DCV_METHOD_DNS_PERSIST}, {"dns-persist-01", 1U << DCV_METHOD_DNS_PERSIST},
    };
    unsigned methods = 0;
    while (*list != '\0') {
        size_t len = strcspn(list, ",");
        for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
            if (strlen(labels[i].label) == len && dcv_ascii_equal_nocase_n(labels[i].label, list, len))
                methods |= labels[i].bit;
        list += len + (list[len] == ',');
    }
    return methods;
}

/* The label of the first way that could work. */
static const char *label_of_ways(const struct deciding *deciding)
{
    const struct dcv_judged_ca *ca = deciding->ca;
    const struct dcv_way *way = ca->ways.count != 0 ? &ca->ways.items[0] : NULL;
    for (size_t i = 0; i < ca->ways.count; i++) {
        if (ca->ways.items[i].open && ca->ways.items[i].method->offered == DCV_YES) {
            way = &ca->ways.items[i];
            break;
        }
    }
    switch (way != NULL ? way->method->method : DCV_METHOD_COUNT) {
    case DCV_METHOD_DNS_CHANGE: return way->owner != NULL && strncmp(way->owner, "_acme-challenge.", 16) == 0 ? "dns-01" : "ca-tbr-7";
    case DCV_METHOD_HTTP: return "ca-tbr-18";
    case DCV_METHOD_HTTP_01: return "http-01";
    case DCV_METHOD_TLS_ALPN_01: return "tls-alpn-01";
    case DCV_METHOD_DNS_ACCOUNT_01: return "dns-account-01";
    case DCV_METHOD_DNS_PERSIST: return "dns-persist-01";
    case DCV_METHOD_DOMAIN_CONTACT:
    case DCV_METHOD_CONSTRUCTED:
    case DCV_METHOD_REGISTRAR:
    case DCV_METHOD_CAA_CONTACT:
    case DCV_METHOD_TXT_CONTACT:
    case DCV_METHOD_PHONE_TXT:
    case DCV_METHOD_PHONE_CAA:
    case DCV_METHOD_COUNT: break;
    }
    return "";
}

/* The method under which the first address that could work would be mailed, or the first way: what a list of methods ought to hold. */
static const char *label_wanted(struct deciding *deciding)
{
    struct judge *judge = deciding->judge;
    if (deciding->ca->by != DCV_BY_EMAIL)
        return label_of_ways(deciding);
    for (size_t i = 0; i < judge->candidates.count; i++) {
        struct dcv_entry entry;
        offer_judge(judge, deciding->ca->ca, &judge->candidates.items[i], &entry);
        if (entry.address == NULL || entry.status < DCV_ENTRY_DISCOURAGED || entry.bogus || entry.mail_domain.len == 0)
            continue;
        const struct mail_answer *mail = mail_of(judge, &entry.mail_domain);
        if (mail == NULL || !mail_arrives(deciding->ca->ca, delivery_state(judge, deciding->ca->ca, mail, entry.address)))
            continue;
        switch (entry.source) {
        case DCV_SOURCE_TXT_CONTACT: return "ca-tbr-14";
        case DCV_SOURCE_CAA_CONTACT: return "ca-tbr-13";
        default: return "ca-tbr-4";
        }
    }
    return "ca-tbr-4";
}

/* The value with other conditions. NULL: without that one. */
static void arg_line_conditions(struct making *making, const struct deciding *deciding, const struct issue_value *value, const char *account,
                                const char *methods, const char *also)
{
    struct dcv_caa caa = {.tag = deciding->tag, .tag_len = strlen(deciding->tag)};
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 17);
    dcv_buf_puts(&text, value->issuer);
    if (account != NULL)
        dcv_buf_printf(&text, "; accounturi=%s", account);
    if (methods != NULL)
        dcv_buf_printf(&text, "; validationmethods=%s%s%s", methods, methods[0] != '\0' && also[0] != '\0' ? "," : "", also);
    caa_arg_line(making, 0, &caa, dcv_buf_text(&text), text.len);
    dcv_buf_done(&text);
}

/* A finding about a condition, kept until it is known whether another value permits the CA plainly. */
static void keep_condition(struct deciding *deciding, struct making *making)
{
    finding_arg(making, "ca", deciding->ca->ca->id);
    struct dcv_finding *slot = DCV_VEC_ADD(deciding->judge->arena, &deciding->conditions);
    if (slot != NULL)
        *slot = finding_made(making);
}

static struct making condition(struct deciding *deciding, enum dcv_rule rule, const struct issue_value *value)
{
    struct making making = caa_finding(deciding->judge, rule);
    finding_arg(&making, "tag", deciding->tag);
    if (deciding->ca->by != DCV_BY_EMAIL)
        finding_arg(&making, "kind", ways_kind(deciding->ca->by));
    finding_arg(&making, "methods", value->methods);
    finding_arg(&making, "account", value->account);
    finding_arg(&making, "given", deciding->judge->options->account_uri);
    finding_arg_date(&making, "date", dcv_br_rule(DCV_BR_RFC8657)->from);
    return making;
}

/* Keeps a finding that counts only if no other value permits the CA. */
static void unmet(struct deciding *deciding, struct making *making)
{
    finding_arg(making, "ca", deciding->ca->ca->id);
    finding_arg(making, "issuer", deciding->issuer);
    deciding->unmet = true;
    deciding->unmet_finding = finding_made(making);
}

/* The account condition of a value that names the CA: met, not met (false), or not to be judged. */
static bool account_met(struct deciding *deciding, const struct issue_value *value, bool decides, bool *unknown)
{
    const char *given = deciding->judge->options->account_uri;
    if (value->account == NULL)
        return true;
    if (!decides) {
        struct making making = condition(deciding, DCV_RULE_CAA_ACCOUNT_LATER, value);
        keep_condition(deciding, &making);
        return true;
    }
    if (given == NULL) {
        struct making making = condition(deciding, DCV_RULE_CAA_ACCOUNT_UNKNOWN, value);
        keep_condition(deciding, &making);
        *unknown = true;
        return true;
    }
    if (strcmp(given, value->account) == 0)
        return true;
    struct making making = condition(deciding, DCV_RULE_CAA_ACCOUNT, value);
    arg_line_conditions(&making, deciding, value, given, value->methods, "");
    unmet(deciding, &making);
    return false;
}

static unsigned methods_met(struct deciding *deciding, const struct issue_value *value, bool decides)
{
    const bool email = deciding->ca->by == DCV_BY_EMAIL;
    /* Of a CA without e-mail no e-mail method is missed. */
    if (value->methods == NULL || deciding->relevant == 0 || (email && !deciding->ca->ca->by_email))
        return deciding->relevant;
    unsigned methods = methods_of(value->methods) & deciding->relevant;
    if (!decides) {
        if (methods == 0) {
            struct making making = condition(deciding, email ? DCV_RULE_CAA_METHODS_LATER : DCV_RULE_CAA_METHODS_WAY_LATER, value);
            arg_line_conditions(&making, deciding, value, value->account, value->methods, label_wanted(deciding));
            keep_condition(deciding, &making);
        }
        return deciding->relevant;
    }
    struct making making = condition(deciding, email ? DCV_RULE_CAA_METHODS : DCV_RULE_CAA_METHODS_WAY, value);
    arg_line_conditions(&making, deciding, value, value->account, value->methods, label_wanted(deciding));
    if (methods == 0) {
        unmet(deciding, &making);
    } else {
        finding_arg(&making, "ca", deciding->ca->ca->id);
        finding_arg(&making, "issuer", deciding->issuer);
        *deciding->limiting = finding_made(&making);
    }
    return methods;
}

/* A value that names the CA: are its conditions met? */
static void weigh(struct deciding *deciding, const struct issue_value *value)
{
    bool decides = rfc8657_decides(deciding->judge, deciding->ca->ca), unknown = false;
    if (value->repeated && decides) {
        struct making making = caa_finding(deciding->judge, DCV_RULE_CAA_PARAMETERS);
        making.finding.severity = DCV_BLOCKER;
        finding_arg(&making, "tag", deciding->tag);
        finding_arg(&making, "value", value->issuer);
        unmet(deciding, &making);
        return;
    }
    if (!account_met(deciding, value, decides, &unknown))
        return;
    unsigned methods = methods_met(deciding, value, decides);
    if (methods == 0 && deciding->relevant != 0)
        return;
    if (unknown) {
        deciding->unsure |= methods;
        return;
    }
    deciding->methods |= methods;
    deciding->permitted = true;
    deciding->plainly = deciding->plainly || (value->account == NULL && value->methods == NULL);
}

static void note_deprecated(struct deciding *deciding, const struct dcv_caa *caa, const struct issue_value *value)
{
    const struct dcv_ca *ca = deciding->ca->ca;
    const char *issuer = value->issuer;
    for (size_t i = 0; i < ca->issuer_domain_count; i++) {
        if (!ca->issuer_domains[i].deprecated || !dcv_ascii_equal_nocase(ca->issuer_domains[i].domain, issuer))
            continue;
        struct making making = caa_finding(deciding->judge, DCV_RULE_CAA_DEPRECATED_ISSUER);
        caa_arg(&making, caa);
        if (deciding->issuer != NULL)
            caa_arg_line_issuer(&making, caa, value, deciding->issuer);
        attach(deciding, &making);
    }
}

static void name_issuer(struct deciding *deciding, const char *issuer)
{
    for (size_t i = 0; i < deciding->issuers.count; i++)
        if (dcv_ascii_equal_nocase(deciding->issuers.items[i], issuer))
            return;
    const char **slot = issuer[0] != '\0' ? DCV_VEC_ADD(deciding->judge->arena, &deciding->issuers) : NULL;
    if (slot != NULL)
        *slot = issuer;
}

static void weigh_property(struct deciding *deciding, const struct dcv_caa *caa)
{
    struct issue_value value;
    deciding->restricted = true;
    issue_value_parse(deciding->judge->arena, caa->value, caa->value_len, &value);
    deciding->malformed = deciding->malformed || value.malformed;
    if (!value.malformed)
        name_issuer(deciding, value.issuer);
    if (value.malformed || value.issuer[0] == '\0' || !dcv_ca_accepts_issuer(deciding->ca->ca, value.issuer))
        return;
    note_deprecated(deciding, caa, &value);
    weigh(deciding, &value);
}

enum caa_critical caa_critical_for(const struct dcv_ca *ca, const struct dcv_caa *caa)
{
    static const char *const known[] = {"issue", "issuewild", "iodef", "issuemail", "issuevmc"};
    bool critical = (caa->flags & CAA_CRITICAL) != 0 || (ca->flag1 == DCV_YES && (caa->flags & 1) != 0);
    if (!critical)
        return CAA_CRITICAL_FINE;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (caa_tag_is(caa, known[i]))
            return CAA_CRITICAL_FINE;
    if (!caa_tag_is(caa, "contactemail") && !caa_tag_is(caa, "contactphone"))
        return CAA_CRITICAL_BANS;
    switch (ca->contactemail_critical_ok) {
    case DCV_YES: return CAA_CRITICAL_FINE;
    case DCV_NO: return CAA_CRITICAL_BANS;
    case DCV_UNKNOWN: break;
    }
    return CAA_CRITICAL_DOUBTFUL;
}

/* A critical property that the CA does not understand; true: it bans the CA. */
static bool critical_ban(struct deciding *deciding, const struct dcv_caa *caa)
{
    enum caa_critical critical = caa_critical_for(deciding->ca->ca, caa);
    bool contact = caa_tag_is(caa, "contactemail") || caa_tag_is(caa, "contactphone");
    if (critical == CAA_CRITICAL_FINE)
        return false;
    struct making making = caa_finding(deciding->judge, contact ? DCV_RULE_CAA_CRITICAL_CONTACT : DCV_RULE_CAA_CRITICAL);
    caa_arg(&making, caa);
    if (contact)
        caa_arg_line(&making, 0, caa, caa->value, caa->value_len);
    /* Not known to trip over the tag: a warning, since the BR defines it. */
    if (critical == CAA_CRITICAL_DOUBTFUL)
        making.finding.severity = DCV_WARNING;
    attach(deciding, &making);
    return critical == CAA_CRITICAL_BANS;
}

static bool any_issuewild(struct judge *judge)
{
    struct dcv_caa caa;
    for (size_t at = 0; caa_next(&judge->caa, &at, &caa);)
        if (caa_tag_is(&caa, "issuewild"))
            return true;
    return false;
}

static const char *issuers_text(struct deciding *deciding)
{
    const char *text = "";
    for (size_t i = 0; i < deciding->issuers.count && text != NULL; i++)
        text = dcv_arena_printf(deciding->judge->arena, "%s%s%s", text, i == 0 ? "" : ", ", deciding->issuers.items[i]);
    return text;
}

/* The line that permits the CA. Behind an alias it goes where its owner may not reach: said, since no CAA stands beside a CNAME. */
static const char *permitting_line(struct deciding *deciding)
{
    struct judge *judge = deciding->judge;
    const bool aliased = !dcv_name_equal(&judge->caa.owner, &judge->caa.at);
    const char *line = dcv_arena_printf(judge->arena, "%s. IN CAA 0 %s \"%s\"", caa_place(judge), deciding->tag, deciding->issuer);
    if (aliased && line != NULL)
        line = dcv_arena_printf(judge->arena, "%s  ; %s is an alias: in the zone of its target, or give up the alias", line,
                                 name_text(judge, &judge->caa.at));
    return line;
}

/* Nothing permits the CA: says who is permitted instead. */
static void refuse(struct deciding *deciding)
{
    enum dcv_rule rule = DCV_RULE_CAA_FORBIDS;
    if (deciding->unmet) {
        finding_attach(deciding->judge, deciding->ca, finding_file(deciding->judge, &deciding->unmet_finding));
        return;
    }
    if (deciding->issuers.count == 0)
        rule = deciding->malformed ? DCV_RULE_CAA_FORBIDS_BROKEN : DCV_RULE_CAA_FORBIDS_ALL;
    else if (deciding->judge->name->wildcard && strcmp(deciding->tag, "issuewild") == 0)
        rule = DCV_RULE_CAA_WILDCARD_FORBIDS;
    struct making making = caa_finding(deciding->judge, rule);
    finding_arg(&making, "tag", deciding->tag);
    finding_arg(&making, "issuers", issuers_text(deciding));
    if (rule == DCV_RULE_CAA_FORBIDS && deciding->issuer != NULL)
        finding_arg(&making, "fixline", permitting_line(deciding));
    attach(deciding, &making);
}

static enum dcv_permits conclude(struct deciding *deciding)
{
    for (size_t i = 0; i < deciding->conditions.count && !deciding->plainly; i++) {
        /* What another value allows without that account needs no account. */
        if (deciding->conditions.items[i].rule == DCV_RULE_CAA_ACCOUNT_UNKNOWN && (deciding->unsure & ~deciding->methods) == 0)
            continue;
        finding_attach(deciding->judge, deciding->ca, finding_file(deciding->judge, &deciding->conditions.items[i]));
    }
    if (!deciding->restricted || deciding->permitted)
        return DCV_PERMITS_YES;
    if (deciding->unsure != 0)
        return DCV_PERMITS_UNKNOWN;
    if (deciding->ca->ca->issuer_domain_count == 0 && deciding->issuers.count != 0) {
        struct making making = caa_finding(deciding->judge, DCV_RULE_CA_ISSUER_UNKNOWN);
        attach(deciding, &making);
        return DCV_PERMITS_UNKNOWN;
    }
    refuse(deciding);
    return DCV_PERMITS_NO;
}

/* The issuer domain to advise: the first that is not deprecated. */
static const char *advised_issuer(const struct dcv_ca *ca)
{
    for (size_t i = 0; i < ca->issuer_domain_count; i++)
        if (!ca->issuer_domains[i].deprecated)
            return ca->issuer_domains[i].domain;
    return NULL;
}

bool caa_unreadable(const struct judge *judge)
{
    const struct caa_rrset *rrset = &judge->caa;
    if (dcv_dns_fact_data(rrset->fact) == NULL)
        return false;
    for (size_t at = dcv_message_find(rrset->fact->message, &rrset->owner, DCV_TYPE_CAA, 0); at != SIZE_MAX;
         at = dcv_message_find(rrset->fact->message, &rrset->owner, DCV_TYPE_CAA, at + 1)) {
        struct dcv_caa caa;
        if (!dcv_rr_caa(&rrset->fact->message->answer.items[at], &caa))
            return true;
    }
    return false;
}

/* A record that cannot be read: what it would say is not known, and with the critical bit set nobody may issue. */
static void weigh_unreadable(struct deciding *deciding)
{
    const struct caa_rrset *rrset = &deciding->judge->caa;
    for (size_t at = dcv_message_find(rrset->fact->message, &rrset->owner, DCV_TYPE_CAA, 0); at != SIZE_MAX;
         at = dcv_message_find(rrset->fact->message, &rrset->owner, DCV_TYPE_CAA, at + 1)) {
        const struct dcv_rr *rr = &rrset->fact->message->answer.items[at];
        struct dcv_caa caa;
        if (dcv_rr_caa(rr, &caa))
            continue;
        deciding->unreadable = true;
        deciding->banned = deciding->banned || (rr->rdlen != 0 && (rr->rdata[0] & CAA_CRITICAL) != 0);
        struct making making = caa_finding(deciding->judge, DCV_RULE_CAA_UNREADABLE);
        if (!deciding->banned)
            making.finding.severity = DCV_WARNING;
        attach(deciding, &making);
    }
}

static enum dcv_permits decide_rrset(struct judge *judge, struct dcv_judged_ca *ca, unsigned *methods, unsigned *unsure, struct dcv_finding *limiting)
{
    struct deciding deciding = {.judge = judge, .ca = ca, .issuer = advised_issuer(ca->ca), .relevant = relevant_methods(ca), .limiting = limiting};
    deciding.tag = judge->name->wildcard && any_issuewild(judge) ? "issuewild" : "issue";
    struct dcv_caa caa;
    weigh_unreadable(&deciding);
    for (size_t at = 0; caa_next(&judge->caa, &at, &caa);) {
        deciding.banned = critical_ban(&deciding, &caa) || deciding.banned;
        if (caa_tag_is(&caa, deciding.tag))
            weigh_property(&deciding, &caa);
    }
    enum dcv_permits permits = conclude(&deciding);
    /* Of a CA that is refused altogether the methods are not limited as well. */
    *methods = deciding.permitted ? deciding.methods : deciding.unsure != 0 ? deciding.unsure : deciding.relevant;
    *unsure = deciding.unsure;
    if (deciding.banned)
        return DCV_PERMITS_NO;
    return deciding.unreadable && permits == DCV_PERMITS_YES ? DCV_PERMITS_UNKNOWN : permits;
}

/* Did the lookup fail at the other end, and not because we had no time, no resolver or no recording? */
static bool asked_in_earnest(const struct dcv_dns_fact *fact)
{
    if (fact == NULL)
        return false;
    switch (fact->outcome) {
    case DCV_OUTCOME_SERVFAIL:
    case DCV_OUTCOME_REFUSED:
    case DCV_OUTCOME_RCODE:
    case DCV_OUTCOME_TIMEOUT:
    case DCV_OUTCOME_MALFORMED:
    case DCV_OUTCOME_TRUNCATED: return true;
    case DCV_OUTCOME_ANSWER:
    case DCV_OUTCOME_NODATA:
    case DCV_OUTCOME_NXDOMAIN:
    case DCV_OUTCOME_UNREACHABLE:
    case DCV_OUTCOME_NO_ROUTE:
    case DCV_OUTCOME_PRIVATE:
    case DCV_OUTCOME_DEADLINE:
    case DCV_OUTCOME_UNRECORDED: return false;
    }
    return false;
}

/* The name whose zone was to answer: behind a CNAME that another lookup has shown, that of the target. */
static struct dcv_name asked_zone(const struct judge *judge)
{
    const struct dcv_dns_fact *neighbour = dcv_facts_dns(judge->facts, &judge->caa.at, DCV_TYPE_A, NULL);
    struct dcv_name last = judge->caa.at;
    if (dcv_dns_fact_data(judge->caa.fact) == NULL && dcv_dns_fact_data(neighbour) != NULL)
        (void)dcv_message_chain(neighbour->message, &judge->caa.at, NULL, 0, &last);
    return last;
}

/* A lookup that failed may count as permission only in a zone that is proven insecure, and then it is the CA's choice. */
static enum dcv_permits decide_failed(struct judge *judge, struct dcv_judged_ca *ca)
{
    const struct dcv_name asked = asked_zone(judge);
    enum dcv_security zone = asked_in_earnest(judge->caa.fact) ? zone_security(judge, &asked) : DCV_SECURITY_INDETERMINATE;
    enum dcv_rule rule = zone == DCV_SECURITY_SECURE ? DCV_RULE_CAA_FAILED_SECURE
        : zone == DCV_SECURITY_INSECURE              ? DCV_RULE_CAA_FAILED_INSECURE
                                                     : DCV_RULE_CAA_FAILED_UNPROVEN;
    const struct dcv_dns_fact *fact = judge->caa.fact;
    struct making making = caa_finding(judge, rule);
    making.finding.subject = name_text(judge, &judge->caa.at);
    making.args.items[0].value = making.finding.subject;
    finding_arg(&making, "outcome", fact != NULL ? dcv_outcome_text(fact->outcome) : "not-looked-up");
    finding_arg(&making, "cause", cause_text(judge, fact));
    finding_attach(judge, ca, finding_end(&making));
    return zone == DCV_SECURITY_SECURE ? DCV_PERMITS_NO : DCV_PERMITS_UNKNOWN;
}

static enum dcv_permits decide_bogus(struct judge *judge, struct dcv_judged_ca *ca, unsigned *methods, unsigned *unsure, struct dcv_finding *limiting)
{
    struct making making = caa_finding(judge, judge->dnssec_decides ? DCV_RULE_CAA_BOGUS : DCV_RULE_CAA_BOGUS_EARLY);
    making.finding.subject = name_text(judge, &judge->caa.at);
    making.args.items[0].value = making.finding.subject;
    finding_arg(&making, "cause", cause_text(judge, judge->caa.fact));
    finding_arg_date(&making, "date", dcv_br_rule(DCV_BR_DNSSEC)->from);
    finding_attach(judge, ca, finding_end(&making));
    return judge->dnssec_decides ? DCV_PERMITS_NO : decide_rrset(judge, ca, methods, unsure, limiting);
}

/* CAs validate; here nobody did. Where something shows that the zone is signed, what they will find is not known. */
static bool unvalidated(const struct judge *judge)
{
    if (!judge->dnssec_decides || strcmp(dcv_facts_about_const(judge->facts)->dnssec_source, "off") == 0)
        return false;
    for (size_t i = 0; i < judge->caa.facts.count; i++) {
        const struct dcv_dns_fact *fact = &dcv_facts_at(judge->facts, judge->caa.facts.items[i])->dns;
        if (fact->security == DCV_SECURITY_INDETERMINATE && dcv_psl_base(judge->options->psl, &fact->name, &(struct dcv_name){0})
            && (chain_failed(fact) || zone_shows_signatures(judge, &fact->name, dcv_dns_fact_data(fact))))
            return true;
    }
    return false;
}

static void decide_unvalidated(struct judge *judge, struct dcv_judged_ca *ca)
{
    struct making making = finding_begin(judge, DCV_RULE_CAA_INDETERMINATE, name_text(judge, &judge->name->name));
    finding_fact(&making, judge->caa.facts);
    finding_attach(judge, ca, finding_end(&making));
    ca->caa.permits = DCV_PERMITS_UNKNOWN;
}

void caa_decide(struct judge *judge, struct dcv_judged_ca *ca, unsigned *methods, unsigned *unsure, struct dcv_finding *limiting)
{
    struct dcv_caa_answer *answer = &ca->caa;
    *methods = relevant_methods(ca);
    *unsure = 0;
    answer->facts = judge->caa.facts;
    answer->judged = ca->ca->caa_judged;
    answer->permits = DCV_PERMITS_YES;
    if (!answer->judged)
        return;
    if (judge->ladder->suffix) { /* refused before anything is looked up */
        answer->permits = DCV_PERMITS_UNKNOWN;
        return;
    }
    switch (judge->caa.found) {
    case CAA_NONE: break;
    case CAA_FOUND:
        answer->found = true;
        answer->found_at = judge->caa.owner;
        answer->permits = decide_rrset(judge, ca, methods, unsure, limiting);
        break;
    case CAA_FAILED: answer->permits = decide_failed(judge, ca); break;
    case CAA_BOGUS: answer->permits = decide_bogus(judge, ca, methods, unsure, limiting); break;
    }
    if (answer->permits == DCV_PERMITS_YES && unvalidated(judge))
        decide_unvalidated(judge, ca);
}
