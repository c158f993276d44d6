/* What registries told of the domains of a name: contacts that are not known, a registration that keeps the domain out of the DNS, and how
 * long it lasts. */
#include "policy/judge.h"

#include <string.h>

enum {
    FACTS_MAX = 8,
    SOON_DAYS = 30,
    AHEAD_DAYS = 3, /* more than an answer is kept */
    CACHE_S = 48 * 3600, /* BR 3.2.2.4, since 2025-01-15: what a CA may have kept of WHOIS and RDAP */
    DAY_S = 24 * 3600,
};

/* What a status code means for validation. */
enum meaning { MEANS_HOLD, MEANS_DELETION, MEANS_TRANSFER, MEANS_RENEWED, MEANS_LOCK, MEANS_COUNT };

static const struct {
    const char *status; /* RFC 5731 §2.3, RFC 3915 §3.1 */
    enum meaning meaning;
} codes[] = {
    {"clientHold", MEANS_HOLD},
    {"serverHold", MEANS_HOLD},
    {"inactive", MEANS_HOLD},
    {"pendingCreate", MEANS_HOLD},
    {"redemptionPeriod", MEANS_DELETION},
    {"pendingRestore", MEANS_DELETION},
    {"pendingDelete", MEANS_DELETION},
    {"pendingTransfer", MEANS_TRANSFER},
    {"autoRenewPeriod", MEANS_RENEWED},
    {"clientUpdateProhibited", MEANS_LOCK},
    {"serverUpdateProhibited", MEANS_LOCK},
    {"clientTransferProhibited", MEANS_LOCK},
    {"serverTransferProhibited", MEANS_LOCK},
    {"clientDeleteProhibited", MEANS_LOCK},
    {"serverDeleteProhibited", MEANS_LOCK},
    {"clientRenewProhibited", MEANS_LOCK},
    {"serverRenewProhibited", MEANS_LOCK},
};

struct registration {
    bool free, reserved, suspended, update_locked;
    const char *statuses[MEANS_COUNT]; /* those of each meaning, joined; "": none */
    dcv_date expires;                  /* NONE: not told */
    dcv_date told;                     /* the day it was last told of */
    struct dcv_fact_list facts;
};

/* ---- reading the facts ------------------------------------------------------------------------------------------------------------------ */

/* The next fact about the domain from number `*at` on; NULL: no more. */
static const struct dcv_contacts_fact *next_of(const struct judge *judge, const struct dcv_name *domain, size_t *at)
{
    for (; *at < dcv_facts_count(judge->facts); (*at)++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, *at);
        if (fact->kind == DCV_FACT_CONTACTS && dcv_name_equal(&fact->contacts.domain, domain)) {
            (*at)++;
            return &fact->contacts;
        }
    }
    return NULL;
}

static bool told_of(const struct judge *judge, const struct dcv_name *domain)
{
    const struct dcv_contacts_fact *fact;
    for (size_t at = 0; (fact = next_of(judge, domain, &at)) != NULL;)
        if (dcv_contacts_told(fact->state))
            return true;
    return false;
}

static bool registered(enum dcv_contacts_state state)
{
    return dcv_contacts_told(state) && state != DCV_CONTACTS_FREE && state != DCV_CONTACTS_RESERVED;
}

/* Does the comma-separated list hold the word? */
static bool listed(const char *list, const char *word)
{
    const size_t len = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += len)
        if ((at == list || at[-1] == ' ') && (at[len] == '\0' || at[len] == ','))
            return true;
    return false;
}

static void add_status(struct judge *judge, struct registration *out, const char *status)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const char **list = &out->statuses[codes[i].meaning];
        if (strcmp(codes[i].status, status) != 0 || listed(*list, status))
            continue;
        const char *longer = dcv_arena_printf(judge->arena, "%s%s%s", *list, (*list)[0] == '\0' ? "" : ", ", status);
        if (longer != NULL)
            *list = longer;
    }
    out->update_locked = out->update_locked || strcmp(status, "clientUpdateProhibited") == 0 || strcmp(status, "serverUpdateProhibited") == 0;
}

/* A registry may have told of the domain and nobody of its contacts, as where the registrar that has them does not answer. */
static bool tells_of_registration(const struct dcv_contacts_fact *fact)
{
    return dcv_contacts_told(fact->state) || fact->status_count != 0 || fact->expires != 0;
}

static void add_fact(struct judge *judge, struct registration *out, const struct dcv_contacts_fact *fact, bool *by_rdap)
{
    out->free = out->free || fact->state == DCV_CONTACTS_FREE;
    out->reserved = out->reserved || fact->state == DCV_CONTACTS_RESERVED;
    out->suspended = out->suspended || fact->state == DCV_CONTACTS_SUSPENDED;
    for (size_t i = 0; i < fact->status_count; i++)
        add_status(judge, out, fact->statuses[i]);
    if (fact->at != 0 && (out->told == DCV_DATE_NONE || dcv_date_of_unix(fact->at) > out->told))
        out->told = dcv_date_of_unix(fact->at);
    /* RDAP is the registry's own word; a WHOIS answer may be the registrar's, of another day. */
    if (fact->expires != 0 && (out->expires == DCV_DATE_NONE || (fact->rdap && !*by_rdap))) {
        out->expires = dcv_date_of_unix(fact->expires);
        *by_rdap = fact->rdap;
    }
}

static struct registration *read_registration(struct judge *judge)
{
    const struct dcv_contacts_fact *fact;
    size_t facts[FACTS_MAX], count = 0;
    bool exists = false, by_rdap = false;
    struct registration *out = dcv_arena_alloc(judge->arena, sizeof *out);
    if (out == NULL)
        return NULL;
    *out = (struct registration){.expires = DCV_DATE_NONE, .told = DCV_DATE_NONE};
    for (size_t i = 0; i < MEANS_COUNT; i++)
        out->statuses[i] = "";
    for (size_t at = 0; (fact = next_of(judge, &judge->out->base, &at)) != NULL && count < FACTS_MAX;) {
        if (!tells_of_registration(fact))
            continue;
        facts[count++] = at - 1;
        exists = exists || registered(fact->state) || !dcv_contacts_told(fact->state);
        add_fact(judge, out, fact, &by_rdap);
    }
    /* Where one source knows the domain, another that does not has looked at the wrong place. */
    out->free = out->free && !exists;
    out->reserved = out->reserved && !exists;
    out->facts = dcv_fact_list(judge->arena, facts, count);
    return count != 0 ? out : NULL;
}

/* ---- not in the DNS --------------------------------------------------------------------------------------------------------------------- */

/* May a CA use contacts of registries on the date at all? */
static bool era(const struct judge *judge)
{
    return judge->options->as_of < dcv_method_info(DCV_METHOD_DOMAIN_CONTACT)->forbidden;
}

/* Is the day asked about well after the one on which the registry told of the domain? By then it may have been renewed. */
static bool looks_ahead(const struct judge *judge)
{
    const dcv_date told = judge->registration->told;
    return told != DCV_DATE_NONE && judge->options->as_of - told > AHEAD_DAYS;
}

static bool expired(const struct judge *judge)
{
    const struct registration *registration = judge->registration;
    const dcv_date now = looks_ahead(judge) ? registration->told : judge->options->as_of;
    return registration->expires != DCV_DATE_NONE && registration->expires < now;
}

static void report_absence(struct judge *judge, struct dcv_judged_ca *ca, enum dcv_rule rule, bool decides)
{
    const struct registration *registration = judge->registration;
    const char *hold = registration->statuses[MEANS_HOLD];
    struct making making = finding_begin(judge, rule, name_text(judge, &judge->out->base));
    finding_arg(&making, "statuses", hold[0] != '\0' ? hold : dcv_contacts_state_text(DCV_CONTACTS_SUSPENDED));
    if (rule == DCV_RULE_REGISTRY_EXPIRED)
        finding_arg_date(&making, "date", registration->expires);
    finding_fact(&making, registration->facts);
    if (!decides)
        making.finding.severity = DCV_WARNING;
    finding_attach(judge, ca, finding_end(&making));
}

bool registry_explains(struct judge *judge, struct dcv_judged_ca *ca, bool decides)
{
    const struct registration *registration = judge->registration;
    if (registration == NULL)
        return false;
    const struct {
        bool holds;
        enum dcv_rule rule;
    } causes[] = {
        {registration->free, DCV_RULE_REGISTRY_FREE},
        {registration->reserved, DCV_RULE_REGISTRY_RESERVED},
        {registration->suspended || registration->statuses[MEANS_HOLD][0] != '\0', DCV_RULE_REGISTRY_HOLD},
        {expired(judge), DCV_RULE_REGISTRY_EXPIRED},
    };
    bool explained = false;
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (!causes[i].holds)
            continue;
        report_absence(judge, ca, causes[i].rule, decides);
        explained = true;
    }
    return explained;
}

/* ---- the registration ------------------------------------------------------------------------------------------------------------------- */

static void report_statuses(struct judge *judge, enum dcv_rule rule, enum meaning meaning, bool raised)
{
    const struct registration *registration = judge->registration;
    if (registration->statuses[meaning][0] == '\0')
        return;
    struct making making = finding_begin(judge, rule, name_text(judge, &judge->out->base));
    finding_arg(&making, "statuses", registration->statuses[meaning]);
    finding_fact(&making, registration->facts);
    if (!raised && rule == DCV_RULE_REGISTRY_LOCKED)
        making.finding.severity = DCV_INFO;
    finding_end_general(&making);
}

/* Has a finding been filed whose fix is a change at the registrar: name servers, glue or DS records? */
static bool needs_registrar(struct judge *judge)
{
    static const enum dcv_rule rules[] = {
        DCV_RULE_DELEGATION_MISSING, DCV_RULE_DELEGATION_DIFFERS, DCV_RULE_GLUE_DIFFERS, DCV_RULE_SERVER_NONE_ANSWERS, DCV_RULE_SERVER_LAME,
        DCV_RULE_DNSSEC_DS_MISMATCH, DCV_RULE_DNSSEC_DNSKEY_MISSING, DCV_RULE_DNSSEC_ALGORITHM_MISMATCH, DCV_RULE_DNSSEC_WEAK_DIGEST,
    };
    const char *base = name_text(judge, &judge->out->base);
    for (size_t i = 0; i < judge->out->findings.count; i++)
        for (size_t j = 0; j < sizeof rules / sizeof rules[0]; j++)
            if (judge->out->findings.items[i].rule == rules[j] && strcmp(judge->out->findings.items[i].subject, base) == 0)
                return true;
    return false;
}

static void report_soon(struct judge *judge)
{
    const dcv_date expires = judge->registration->expires, as_of = judge->options->as_of;
    if (expires == DCV_DATE_NONE || expires < as_of || expires - as_of > SOON_DAYS || looks_ahead(judge))
        return;
    struct making making = finding_begin(judge, DCV_RULE_REGISTRY_EXPIRES_SOON, name_text(judge, &judge->out->base));
    finding_arg_date(&making, "date", expires);
    finding_arg_number(&making, "days", (size_t)(expires - as_of));
    finding_fact(&making, judge->registration->facts);
    finding_end_general(&making);
}

void registry_attach_end(struct judge *judge, struct dcv_judged_ca *ca)
{
    const dcv_date as_of = judge->options->as_of, end = as_of + ca->validity_days;
    const dcv_date expires = judge->registration != NULL ? judge->registration->expires : DCV_DATE_NONE;
    if (expires == DCV_DATE_NONE || expires >= end || expired(judge) || (expires - as_of <= SOON_DAYS && !looks_ahead(judge)))
        return;
    struct making making = finding_begin(judge, DCV_RULE_REGISTRY_EXPIRES, name_text(judge, &judge->out->base));
    finding_arg_date(&making, "date", expires);
    finding_arg_date(&making, "issued", as_of);
    finding_arg_date(&making, "end", end);
    if (looks_ahead(judge))
        making.finding.severity = DCV_NOTICE;
    finding_fact(&making, judge->registration->facts);
    finding_attach(judge, ca, finding_end(&making));
}

/* ---- contacts --------------------------------------------------------------------------------------------------------------------------- */

/* "whois.iana.org, whois.jprs.jp" */
static const char *path_text(struct judge *judge, const struct dcv_contacts_fact *fact)
{
    const char *text = "";
    for (const char *at = fact->path[0] != '\0' ? fact->path : fact->server; *at != '\0' && text != NULL;) {
        const size_t len = strcspn(at, " ");
        text = dcv_arena_printf(judge->arena, "%s%s%.*s", text, text[0] == '\0' ? "" : ", ", (int)len, at);
        at += len + strspn(at + len, " ");
    }
    return text != NULL && text[0] != '\0' ? text : "nobody";
}

/* Where the end of a server's own sentence has no place. */
static const char *in_parentheses(struct judge *judge, const char *words)
{
    size_t len = strlen(words);
    if (len > 1 && words[len - 1] == '.' && words[len - 2] != '.')
        len--;
    return len != 0 ? dcv_arena_printf(judge->arena, " (%.*s)", (int)len, words) : "";
}

static struct making begin_failed(struct judge *judge, const struct dcv_contacts_fact *fact, size_t index)
{
    const char *words, *reason = dcv_contacts_reason(fact, &words);
    struct making making = finding_begin(judge, DCV_RULE_REGISTRY_FAILED, name_text(judge, &fact->domain));
    finding_arg(&making, "source", fact->rdap ? "RDAP" : "WHOIS");
    finding_arg(&making, "why", reason);
    finding_arg(&making, "words", in_parentheses(judge, words));
    finding_arg(&making, "path", path_text(judge, fact));
    finding_fact(&making, one_fact(judge, index));
    return making;
}

static void report_state(struct judge *judge, const struct dcv_contacts_fact *fact, size_t index)
{
    if (fact->state != DCV_CONTACTS_NONE && fact->state != DCV_CONTACTS_REDACTED)
        return;
    struct making making = finding_begin(judge, DCV_RULE_WHOIS_STATE, name_text(judge, &fact->domain));
    finding_arg(&making, "state", fact->state == DCV_CONTACTS_NONE ? "none is published" : "withheld");
    finding_fact(&making, one_fact(judge, index));
    if (!era(judge))
        making.finding.severity = DCV_INFO;
    finding_end_general(&making);
}

/* A CA may have kept an answer no longer than that (BR 3.2.2.4): one that was kept here may no longer be what it would see. */
static void report_old(struct judge *judge, const struct dcv_contacts_fact *fact, size_t index)
{
    const int64_t age = (int64_t)judge->options->as_of * DAY_S - fact->at;
    if (!era(judge) || !fact->cached || fact->at == 0 || age <= CACHE_S || !dcv_contacts_told(fact->state))
        return;
    struct making making = finding_begin(judge, DCV_RULE_REGISTRY_OLD, name_text(judge, &fact->domain));
    finding_arg_date(&making, "date", dcv_date_of_unix(fact->at));
    finding_fact(&making, one_fact(judge, index));
    finding_end_general(&making);
}

static bool is_base(const struct judge *judge, const struct dcv_rung *rung)
{
    return rung_exists(judge, rung) && dcv_name_equal(&rung->name, &rung->base);
}

static void judge_contacts(struct judge *judge, const struct dcv_name *domain)
{
    const struct dcv_contacts_fact *fact;
    const bool told = told_of(judge, domain);
    for (size_t at = 0; (fact = next_of(judge, domain, &at)) != NULL;) {
        report_state(judge, fact, at - 1);
        report_old(judge, fact, at - 1);
        if (!told || dcv_contacts_told(fact->state))
            continue;
        struct making making = begin_failed(judge, fact, at - 1);
        making.finding.severity = DCV_INFO; /* another source told */
        finding_end_general(&making);
    }
}

/* Nobody told of the domain; what that means depends on whether the CA would look there. Returns whether it would. */
static bool attach_failed(struct judge *judge, struct dcv_judged_ca *ca, const struct dcv_rung *rung, unsigned methods)
{
    const struct dcv_contacts_fact *fact;
    bool failed = false;
    const bool reads = (methods & 1U << DCV_METHOD_DOMAIN_CONTACT) != 0
        && (offer_reads(judge, ca->ca, DCV_SOURCE_WHOIS, rung) || offer_reads(judge, ca->ca, DCV_SOURCE_RDAP, rung));
    for (size_t at = 0; (fact = next_of(judge, &rung->name, &at)) != NULL;) {
        struct making making = begin_failed(judge, fact, at - 1);
        if (!reads)
            making.finding.severity = DCV_NOTICE;
        finding_attach(judge, ca, finding_end(&making));
        failed = true;
    }
    return failed && reads;
}

/* ---- the whole -------------------------------------------------------------------------------------------------------------------------- */

/* No registry has names that are not those of the public DNS. */
static bool internal(const struct judge *judge)
{
    for (size_t i = 0; i < judge->out->findings.count; i++)
        if (judge->out->findings.items[i].rule == DCV_RULE_NAME_INTERNAL)
            return true;
    return false;
}

void registry_judge(struct judge *judge, bool contacts)
{
    if (internal(judge))
        return;
    judge->registration = read_registration(judge);
    for (size_t i = 0; contacts && i < judge->ladder->count; i++)
        if (is_base(judge, &judge->ladder->rungs[i]))
            judge_contacts(judge, &judge->ladder->rungs[i].name);
    if (judge->registration == NULL)
        return;
    report_statuses(judge, DCV_RULE_REGISTRY_DELETION, MEANS_DELETION, true);
    report_statuses(judge, DCV_RULE_REGISTRY_TRANSFER, MEANS_TRANSFER, true);
    report_statuses(judge, DCV_RULE_REGISTRY_RENEWED, MEANS_RENEWED, true);
    report_statuses(judge, DCV_RULE_REGISTRY_LOCKED, MEANS_LOCK, judge->registration->update_locked && needs_registrar(judge));
    report_soon(judge);
}

size_t registry_attach_failed(struct judge *judge, struct dcv_judged_ca *ca, unsigned methods)
{
    size_t failed = 0;
    for (size_t i = 0; i < judge->ladder->count; i++) {
        const struct dcv_rung *rung = &judge->ladder->rungs[i];
        if (is_base(judge, rung) && !told_of(judge, &rung->name))
            failed += attach_failed(judge, ca, rung, methods);
    }
    return failed;
}
