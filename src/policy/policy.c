#include "policy/policy.h"

#include "policy/judge.h"
#include "policy/validity.h"

#include <stdlib.h>
#include <string.h>

/* ---- one CA ----------------------------------------------------------------------------------------------------------------------------- */

/* What the entries of a CA come to. */
struct tally {
    size_t permitted, usable, offer_unknown;
    size_t unlearned; /* permitted, but whether mail arrives, or whether what publishes the address validates, is not known */
    size_t with_mx; /* usable, and not by an address record alone */
    size_t barred;               /* permitted, but by a method that CAA does not allow */
    size_t unsure;               /* permitted, if a condition in CAA is met that cannot be judged */
    struct dcv_finding limiting; /* the finding that says so */
    bool no_mx; /* a domain without MX where the CA wants one */
};

/* May it approve, for all that is known of the CA? Not once the BR have ended its method for every CA. */
static bool in_doubt(const struct judge *judge, const struct dcv_judged_ca *ca, const struct dcv_entry *entry)
{
    const dcv_date forbidden = dcv_method_info(dcv_source_method(entry->source))->forbidden;
    const bool ended = forbidden != DCV_DATE_NONE && judge->options->as_of >= forbidden;
    return entry->status == DCV_ENTRY_UNKNOWN && !entry->bogus && !ended && (mail_arrives(ca->ca, entry->mail) || entry->mail == DCV_MAIL_UNKNOWN);
}

static void judge_entry(struct judge *judge, struct dcv_judged_ca *ca, const struct candidate *candidate, unsigned methods, unsigned unsure,
                        struct tally *tally)
{
    struct dcv_entry *entry = DCV_VEC_ADD(judge->arena, &ca->entries);
    if (entry == NULL)
        return;
    offer_judge(judge, ca->ca, candidate, entry);
    if (entry->address == NULL)
        return;
    /* Of a domain literal nothing can be learned from the DNS. */
    const struct mail_answer *mail = entry->mail_domain.len != 0 ? mail_of(judge, &entry->mail_domain) : NULL;
    entry->mail = mail != NULL ? delivery_state(judge, ca->ca, mail, entry->address) : DCV_MAIL_UNKNOWN;
    bool permitted = entry->status >= DCV_ENTRY_DISCOURAGED && !entry->bogus;
    unsigned bit = 1U << dcv_source_method(entry->source);
    if (permitted && (methods & bit) == 0) {
        entry->barred = true;
        tally->unsure += (unsure & bit) != 0;
        tally->barred++;
        return;
    }
    bool arrives = mail_arrives(ca->ca, entry->mail);
    entry->usable = permitted && arrives && !entry->unvalidated;
    tally->permitted += permitted;
    tally->usable += entry->usable;
    /* An address record alone, unless the host there was seen to take mail. */
    const bool implicit = mail != NULL && mail->state == DCV_MAIL_IMPLICIT_MX && entry->mail != DCV_MAIL_ACCEPTED && entry->mail != DCV_MAIL_DEFERRED;
    tally->with_mx += entry->usable && !implicit;
    tally->unlearned += permitted && (entry->mail == DCV_MAIL_UNKNOWN || (arrives && entry->unvalidated));
    tally->offer_unknown += in_doubt(judge, ca, entry);
    tally->no_mx = tally->no_mx || (permitted && entry->mail == DCV_MAIL_IMPLICIT_MX && ca->ca->mx_required == DCV_YES);
}

/* Does the domain not exist because its parent, which has addresses of its own, does not (RFC 8020)? Then that is said of the parent. */
static bool missing_with_parent(struct judge *judge, const struct dcv_judged_ca *ca, const struct mail_answer *mail)
{
    struct dcv_name parent;
    if (mail->state != DCV_MAIL_NXDOMAIN || !dcv_name_parent(&mail->domain, &parent))
        return false;
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (entry->status >= DCV_ENTRY_DISCOURAGED && entry->mail == DCV_MAIL_NXDOMAIN && dcv_name_equal(&entry->mail_domain, &parent))
            return mail_of(judge, &parent) != NULL;
    }
    return false;
}

/* Does an address of the domain work for the CA? */
static bool domain_works(const struct dcv_judged_ca *ca, const struct dcv_name *domain)
{
    for (size_t i = 0; i < ca->entries.count; i++)
        if (ca->entries.items[i].usable && dcv_name_equal(&ca->entries.items[i].mail_domain, domain))
            return true;
    return false;
}

/* What is wrong with the mail domains of the addresses that the CA may use; of less weight where another one works. */
static void attach_mail_findings(struct judge *judge, struct dcv_judged_ca *ca, const struct tally *tally)
{
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (entry->status < DCV_ENTRY_DISCOURAGED || entry->mail_domain.len == 0)
            continue;
        const struct mail_answer *mail = mail_of(judge, &entry->mail_domain);
        const bool works = domain_works(ca, &entry->mail_domain);
        for (size_t j = 0; mail != NULL && j < mail->findings.count && !missing_with_parent(judge, ca, mail); j++) {
            struct dcv_finding finding = mail->findings.items[j];
            if (tally->usable != 0 && !works && finding.severity == DCV_WARNING)
                finding.severity = DCV_NOTICE;
            if (tally->with_mx == 0 && works && finding.rule == DCV_RULE_MAIL_IMPLICIT_MX)
                finding.severity = DCV_WARNING; /* everything hangs on it */
            finding_attach(judge, ca, finding_file(judge, &finding));
        }
        if (entry->mail == DCV_MAIL_IMPLICIT_MX && ca->ca->mx_required == DCV_YES) {
            struct making making = finding_begin(judge, DCV_RULE_MAIL_MX_REQUIRED, name_text(judge, &entry->mail_domain));
            finding_arg(&making, "ca", ca->ca->id);
            if (!mail_alias(judge, &entry->mail_domain))
                finding_arg(&making, "mxowner", name_text(judge, &entry->mail_domain));
            finding_fact(&making, mail != NULL ? mail->facts : (struct dcv_fact_list){0});
            if (tally->usable != 0)
                making.finding.severity = DCV_NOTICE;
            finding_attach(judge, ca, finding_end(&making));
        }
    }
}

/* The lint of a contact value belongs to every CA that reads the source. */
static void attach_lint(struct judge *judge, struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < judge->candidates.count; i++) {
        const struct candidate *candidate = &judge->candidates.items[i];
        for (size_t j = 0; j < candidate->lint.count && offer_reads(judge, ca->ca, candidate->source, candidate->rung); j++)
            finding_attach(judge, ca, finding_file(judge, &candidate->lint.items[j]));
    }
}

static const char *contact_owner(struct judge *judge, const struct dcv_rung *rung)
{
    struct dcv_name owner;
    return contact_name(&rung->name, &owner) ? name_text(judge, &owner) : "";
}

/* A TXT contact stands where this CA does not look: says where it looks. */
static void attach_level(struct judge *judge, struct dcv_judged_ca *ca, const struct candidate *candidate)
{
    const struct dcv_rung *reads = NULL;
    if (candidate->source != DCV_SOURCE_TXT_CONTACT || candidate->address == NULL || candidate->rung->via != DCV_VIA_PRUNE
        || offer_reads(judge, ca->ca, candidate->source, candidate->rung))
        return;
    for (size_t i = 0; i < judge->ladder->count && reads == NULL; i++)
        if (judge->ladder->rungs[i].via == DCV_VIA_PRUNE && offer_reads(judge, ca->ca, candidate->source, &judge->ladder->rungs[i]))
            reads = &judge->ladder->rungs[i];
    if (reads == NULL)
        return;
    struct making making = finding_begin(judge, DCV_RULE_CONTACT_LEVEL, contact_owner(judge, candidate->rung));
    finding_arg(&making, "ca", ca->ca->id);
    finding_arg(&making, "name", judge->name->ascii);
    finding_arg(&making, "where", contact_owner(judge, reads));
    if (strpbrk(candidate->address, "\"\\") == NULL)
        finding_arg(&making, "fixline", dcv_arena_printf(judge->arena, "%s. IN TXT \"%s\"", contact_place(judge, &reads->name), candidate->address));
    finding_fact(&making, candidate->facts);
    finding_attach(judge, ca, finding_end(&making));
}

static void attach_retired(struct judge *judge, struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        bool historic = entry->source == DCV_SOURCE_SOA_RNAME || entry->source == DCV_SOURCE_WHOIS || entry->source == DCV_SOURCE_RDAP;
        if (entry->status != DCV_ENTRY_RETIRED || !historic || entry->address == NULL)
            continue;
        const struct dcv_entry *best = dcv_judged_best(ca, entry->address);
        if (best != NULL && best->status >= DCV_ENTRY_DISCOURAGED)
            continue; /* the address approves by another source */
        struct making making = finding_begin(judge, DCV_RULE_SOURCE_RETIRED, entry->address);
        finding_arg(&making, "address", entry->address);
        finding_arg(&making, "source", dcv_source_text(entry->source));
        finding_arg(&making, "ca", ca->ca->id);
        finding_arg_date(&making, "date", entry->until);
        finding_fact(&making, entry->facts);
        finding_attach(judge, ca, finding_end(&making));
    }
}

/* Contact lookups that failed at rungs where the CA would look, by methods that CAA allows; returns their number. Reported once a rung and
 * source. */
static size_t attach_failed_contacts(struct judge *judge, struct dcv_judged_ca *ca, unsigned methods)
{
    size_t failed = 0;
    for (size_t i = 0; (methods & 1U << DCV_METHOD_TXT_CONTACT) != 0 && i < judge->ladder->count; i++) {
        const struct dcv_rung *rung = &judge->ladder->rungs[i];
        struct dcv_name owner;
        size_t index = SIZE_MAX;
        if (!rung_exists(judge, rung) || !offer_reads(judge, ca->ca, DCV_SOURCE_TXT_CONTACT, rung) || !contact_name(&rung->name, &owner))
            continue;
        const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &owner, DCV_TYPE_TXT, &index);
        if (fact != NULL && (dcv_outcome_conclusive(fact->outcome) || fact->security == DCV_SECURITY_BOGUS))
            continue;
        failed++;
        struct making making = finding_begin(judge, DCV_RULE_CONTACT_FAILED, name_text(judge, &owner));
        finding_arg(&making, "outcome", fact != NULL ? dcv_outcome_text(fact->outcome) : "not-looked-up");
        finding_arg(&making, "cause", cause_text(judge, fact));
        if (fact != NULL)
            finding_fact(&making, one_fact(judge, index));
        finding_attach(judge, ca, finding_end(&making));
    }
    return failed;
}

/* The same for CAA contacts of parents; the CAA lookup of the name itself has its own finding. */
static size_t attach_failed_caa_contacts(struct judge *judge, struct dcv_judged_ca *ca, unsigned methods)
{
    size_t failed = 0;
    for (size_t i = 0; (methods & 1U << DCV_METHOD_CAA_CONTACT) != 0 && i < judge->ladder->count; i++) {
        const struct dcv_rung *rung = &judge->ladder->rungs[i];
        if (!rung_exists(judge, rung) || !offer_reads(judge, ca->ca, DCV_SOURCE_CAA_CONTACT, rung))
            continue;
        struct caa_rrset rrset = caa_relevant(judge, &rung->name);
        if (rrset.found != CAA_FAILED || (judge->caa.found == CAA_FAILED && dcv_name_equal(&rrset.at, &judge->caa.at)))
            continue;
        failed++;
        struct making making = finding_begin(judge, DCV_RULE_CONTACT_FAILED, name_text(judge, &rrset.at));
        finding_arg(&making, "outcome", rrset.fact != NULL ? dcv_outcome_text(rrset.fact->outcome) : "not-looked-up");
        finding_arg(&making, "cause", cause_text(judge, rrset.fact));
        finding_fact(&making, rrset.facts);
        finding_attach(judge, ca, finding_end(&making));
    }
    return failed;
}

/* The CAA contact of a parent that a nearer RRset hides. */
static void attach_hidden(struct judge *judge, struct dcv_judged_ca *ca)
{
    const struct candidate *parent = NULL;
    struct dcv_caa caa;
    if (judge->caa.found != CAA_FOUND)
        return;
    for (size_t at = 0; caa_next(&judge->caa, &at, &caa);)
        if (caa_tag_is(&caa, "contactemail"))
            return;
    for (size_t i = 0; i < judge->candidates.count && parent == NULL; i++) {
        const struct candidate *candidate = &judge->candidates.items[i];
        if (candidate->source == DCV_SOURCE_CAA_CONTACT && candidate->address != NULL && candidate->rung->via == DCV_VIA_PRUNE)
            parent = candidate;
    }
    if (parent == NULL || !offer_reads(judge, ca->ca, DCV_SOURCE_CAA_CONTACT, parent->rung))
        return;
    struct making making = finding_begin(judge, DCV_RULE_CONTACT_HIDDEN, judge->name->ascii);
    finding_arg(&making, "found", name_text(judge, &judge->caa.owner));
    finding_arg(&making, "parent", name_text(judge, &parent->rung->name));
    if (strpbrk(parent->address, "\"\\") == NULL)
        finding_arg(&making, "fixline",
                    dcv_arena_printf(judge->arena, "%s. IN CAA 0 contactemail \"%s\"", name_text(judge, &judge->caa.owner), parent->address));
    finding_fact(&making, parent->facts);
    finding_attach(judge, ca, finding_end(&making));
}

/* ---- blockers for want of an address ----------------------------------------------------------------------------------------------------- */

/* The domains where mail does not arrive; what is wrong with each has its own finding. */
static const char *why_unusable(struct judge *judge, const struct dcv_judged_ca *ca)
{
    enum { NAMED = 3 };
    const char *text = "";
    const struct dcv_name *named[NAMED];
    size_t count = 0;
    for (size_t i = 0; i < ca->entries.count && count < NAMED && text != NULL; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        bool told = entry->status < DCV_ENTRY_DISCOURAGED || entry->mail_domain.len == 0 || mail_arrives(ca->ca, entry->mail);
        for (size_t j = 0; j < count && !told; j++)
            told = dcv_name_equal(named[j], &entry->mail_domain);
        if (told)
            continue;
        text = dcv_arena_printf(judge->arena, "%s%s%s", text, count == 0 ? "" : ", ", name_text(judge, &entry->mail_domain));
        named[count++] = &entry->mail_domain;
    }
    return text;
}

/* The base domain is not in the DNS: a blocker, unless an address elsewhere approves (a registry contact, in its day). The registration may say
 * why, and says so all the same where the domain still is in the DNS. */
static bool report_no_such_domain(struct judge *judge, struct dcv_judged_ca *ca, const struct tally *tally)
{
    size_t index;
    if (judge->ladder->suffix)
        return false;
    const struct dcv_dns_fact *base = dcv_facts_dns(judge->facts, &judge->out->base, DCV_TYPE_SOA, &index);
    const bool missing = base != NULL && base->outcome == DCV_OUTCOME_NXDOMAIN;
    const bool explained = registry_explains(judge, ca, missing && tally->usable == 0);
    if (!missing || explained)
        return missing;
    struct making making = finding_begin(judge, DCV_RULE_NAME_NXDOMAIN, name_text(judge, &judge->out->base));
    finding_fact(&making, one_fact(judge, index));
    if (tally->usable != 0)
        making.finding.severity = DCV_WARNING;
    finding_attach(judge, ca, finding_end(&making));
    return true;
}

/* What to publish instead: a contact where the CA reads one on the date, else what its methods without e-mail need. */
static const char *instead(struct judge *judge, const struct dcv_judged_ca *ca, enum dcv_rule rule)
{
    const bool reads = judge->ladder->count != 0 && offer_reads(judge, ca->ca, DCV_SOURCE_TXT_CONTACT, &judge->ladder->rungs[0]);
    if (rule == DCV_RULE_NO_PERMITTED_ADDRESS && reads)
        return dcv_arena_printf(judge->arena, "%s. IN TXT \"dcv@example.net\"  ; a mailbox that you read",
                                contact_place(judge, &judge->name->name));
    return way_out_line(judge, ca);
}

static void block(struct judge *judge, struct dcv_judged_ca *ca, enum dcv_rule rule, size_t count)
{
    const struct dcv_method_info *constructed = dcv_method_info(DCV_METHOD_CONSTRUCTED);
    const char *subject = rule == DCV_RULE_WILDCARD_NO_PRODUCT ? judge->name->ascii : name_text(judge, &judge->name->name);
    struct making making = finding_begin(judge, rule, subject);
    finding_arg(&making, "ca", ca->ca->id);
    finding_arg_number(&making, "count", count);
    finding_arg_date(&making, "date", rule == DCV_RULE_EMAIL_ENDED ? constructed->forbidden : judge->options->as_of);
    finding_arg(&making, "wayout", instead(judge, ca, rule));
    finding_arg(&making, "place", contact_place(judge, &judge->name->name));
    if (count != 0)
        finding_arg(&making, "why", why_unusable(judge, ca));
    if (rule == DCV_RULE_SMTP_ALL_REJECTED)
        finding_arg(&making, "addresses", delivery_rejected(judge, ca));
    if (judge->out->base.len != 0)
        finding_arg(&making, "base", name_text(judge, &judge->out->base));
    finding_attach(judge, ca, finding_end(&making));
}

static bool may_read_contact(struct judge *judge, const struct dcv_ca *ca)
{
    return judge->ladder->count != 0 && !offer_excludes(judge, ca, DCV_SOURCE_TXT_CONTACT, &judge->ladder->rungs[0]);
}

static void report_unknown_offers(struct judge *judge, struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (!in_doubt(judge, ca, entry))
            continue;
        struct making making = finding_begin(judge, DCV_RULE_OFFER_UNKNOWN, name_text(judge, &entry->adn));
        finding_arg(&making, "ca", ca->ca->id);
        finding_arg(&making, "source", dcv_source_text(entry->source));
        finding_attach(judge, ca, finding_end(&making));
    }
}

/* No usable address: a blocker, unless what decides could not be learned. */
static void judge_want(struct judge *judge, struct dcv_judged_ca *ca, const struct tally *tally, size_t failed_contacts)
{
    bool ended = judge->options->as_of >= dcv_method_info(DCV_METHOD_CONSTRUCTED)->forbidden;
    bool missing = report_no_such_domain(judge, ca, tally);
    if (tally->usable != 0 || judge->ladder->suffix)
        return;
    if (!ca->ca->by_email)
        block(judge, ca, DCV_RULE_CA_NO_EMAIL, 0);
    else if (ended)
        block(judge, ca, DCV_RULE_EMAIL_ENDED, 0);
    else if (tally->unlearned != 0 || failed_contacts != 0 || missing)
        return; /* those findings say what could not be learned, or block */
    else if (tally->offer_unknown != 0)
        report_unknown_offers(judge, ca);
    else if (tally->unsure != 0)
        ca->caa.permits = DCV_PERMITS_UNKNOWN;
    else if (tally->barred != 0)
        finding_attach(judge, ca, finding_file(judge, &tally->limiting));
    else if (tally->permitted == 0)
        block(judge, ca, DCV_RULE_NO_PERMITTED_ADDRESS, 0);
    else if (delivery_rejected(judge, ca) != NULL)
        block(judge, ca, DCV_RULE_SMTP_ALL_REJECTED, tally->permitted);
    else
        block(judge, ca, may_read_contact(judge, ca->ca) ? DCV_RULE_NO_USABLE_ADDRESS : DCV_RULE_NO_USABLE_MAIL, tally->permitted);
}

static void judge_subtree(struct judge *judge, struct dcv_judged_ca *ca)
{
    if (judge->name->wildcard || judge->ladder->suffix || !dcv_name_first_is(&judge->name->name, "www")
        || dcv_name_equal(&judge->name->name, &judge->out->base))
        return;
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (!entry->usable || entry->level != DCV_RUNG_EXACT)
            continue;
        struct making making = finding_begin(judge, DCV_RULE_NAME_SUBTREE, name_text(judge, &judge->name->name));
        finding_arg(&making, "base", name_text(judge, &judge->out->base));
        finding_attach(judge, ca, finding_end(&making));
        return;
    }
}

/* ---- limits ------------------------------------------------------------------------------------------------------------------------------- */

static void judge_limits(struct judge *judge, struct dcv_judged_ca *ca)
{
    ca->validity_days = dcv_ca_validity(ca->ca, judge->options->as_of).days;
    ca->reuse_until = DCV_DATE_NONE;
}

/* The last day to issue on a validation done on the date judged, by the best of the methods that would work. */
static void judge_reuse(struct judge *judge, struct dcv_judged_ca *ca)
{
    if (!ca->ca->by_email || judge->ladder->suffix)
        return;
    unsigned seen = 0;
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        const enum dcv_method method = dcv_source_method(entry->source);
        if (entry->status < DCV_ENTRY_DISCOURAGED || (seen & 1U << method) != 0)
            continue;
        seen |= 1U << method;
        const dcv_date last = dcv_ca_last_reuse_day(ca->ca, judge->options->as_of, method);
        if (last != DCV_DATE_NONE && (ca->reuse_until == DCV_DATE_NONE || last > ca->reuse_until))
            ca->reuse_until = last;
    }
}

static void note_wildcard(struct judge *judge, struct dcv_judged_ca *ca)
{
    struct making making = finding_begin(judge, DCV_RULE_WILDCARD_UNKNOWN, judge->name->ascii);
    finding_arg(&making, "ca", ca->ca->id);
    finding_attach(judge, ca, finding_end(&making));
}

static void judge_profile(struct judge *judge, struct dcv_judged_ca *ca)
{
    const struct dcv_ca *profile = ca->ca;
    const bool offers = profile->by_email || ca->by != DCV_BY_EMAIL;
    if (judge->name->wildcard && profile->wildcard == DCV_NO)
        block(judge, ca, DCV_RULE_WILDCARD_NO_PRODUCT, 0);
    if (judge->name->wildcard && profile->wildcard == DCV_UNKNOWN && offers && profile->kind != DCV_CA_KIND_BASELINE)
        note_wildcard(judge, ca);
    if (!profile->issues && profile->parent != NULL) {
        struct making making = finding_begin(judge, DCV_RULE_CA_NOT_ISSUING, profile->id);
        finding_arg(&making, "ca", profile->id);
        finding_arg(&making, "issuer", profile->parent);
        finding_attach(judge, ca, finding_end(&making));
    }
}

static void judge_email(struct judge *judge, struct dcv_judged_ca *ca)
{
    unsigned methods, unsure;
    struct tally tally = {0};
    way_out_collect(judge, ca);
    caa_decide(judge, ca, &methods, &unsure, &tally.limiting);
    DCV_VEC_RESERVE(judge->arena, &ca->entries, judge->candidates.count);
    for (size_t i = 0; i < judge->candidates.count; i++)
        if (!offer_doubled(judge, ca->ca, &judge->candidates.items[i]))
            judge_entry(judge, ca, &judge->candidates.items[i], methods, unsure, &tally);
    judge_profile(judge, ca);
    size_t failed_contacts = attach_failed_contacts(judge, ca, methods) + attach_failed_caa_contacts(judge, ca, methods);
    if (!judge->ladder->suffix)
        failed_contacts += registry_attach_failed(judge, ca, methods);
    judge_want(judge, ca, &tally, failed_contacts);
    attach_mail_findings(judge, ca, &tally);
    delivery_attach(judge, ca, tally.usable != 0);
    attach_lint(judge, ca);
    for (size_t i = 0; i < judge->candidates.count; i++)
        attach_level(judge, ca, &judge->candidates.items[i]);
    misplaced_attach(judge, ca);
    attach_hidden(judge, ca);
    attach_retired(judge, ca);
    judge_subtree(judge, ca);
    judge_reuse(judge, ca);
}

/* Of several kinds asked for, one that the CA is known not to offer is left out, unless it offers none of them. */
static bool has_row(const struct judge *judge, const struct dcv_ca *profile, enum dcv_by by)
{
    bool another = false;
    for (int other = DCV_BY_EMAIL; other < DCV_BY_COUNT; other++)
        another = another || (asked_for(judge, (enum dcv_by)other) && dcv_by_offered(profile, (enum dcv_by)other) != DCV_NO);
    return asked_for(judge, by) && (!another || dcv_by_offered(profile, by) != DCV_NO);
}

static void judge_row(struct judge *judge, const struct dcv_ca *profile, enum dcv_by by)
{
    struct dcv_judged_ca *ca = DCV_VEC_ADD(judge->arena, &judge->out->cas);
    if (ca == NULL)
        return;
    ca->ca = profile;
    ca->by = by;
    judge_limits(judge, ca);
    if (!judge->ladder->suffix)
        registry_attach_end(judge, ca);
    if (by == DCV_BY_EMAIL) {
        judge_email(judge, ca);
    } else {
        judge_profile(judge, ca);
        (void)report_no_such_domain(judge, ca, &(struct tally){0});
        ways_judge(judge, ca);
    }
    if (!judge->ladder->suffix)
        next_collect(judge, ca);
}

static void judge_ca(struct judge *judge, const struct dcv_ca *profile)
{
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++)
        if (has_row(judge, profile, (enum dcv_by)by))
            judge_row(judge, profile, (enum dcv_by)by);
}

static void attach_general(struct judge *judge, struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < judge->general.count; i++)
        if (finding_concerns(ca->by, judge->out->findings.items[judge->general.items[i]].rule))
            finding_attach(judge, ca, judge->general.items[i]);
    finding_order(judge, ca);
}

/* ---- the whole ---------------------------------------------------------------------------------------------------------------------------- */

static void judge_name(struct judge *judge)
{
    struct dcv_judged *out = judge->out;
    const bool email = asked_for(judge, DCV_BY_EMAIL);
    judge->caa = caa_relevant(judge, &judge->name->name);
    presence_survey(judge);
    if (email) {
        candidates_collect(judge);
        misplaced_collect(judge);
    }
    name_judge(judge);
    if (!judge->ladder->suffix) {
        name_judge_alias(judge);
        caa_lint(judge);
        caa_admit(judge);
        name_judge_resolving(judge);
        dnssec_judge(judge);
        servers_judge(judge);
        if (email || asked_for(judge, DCV_BY_DNS))
            persist_collect(judge);
        registry_judge(judge, email);
    }
    for (size_t i = 0; i < judge->options->ca_count; i++)
        judge_ca(judge, judge->options->cas[i]);
    name_judge_failures(judge);
    if (email && !judge->ladder->suffix)
        way_out_failures(judge);
    for (size_t i = 0; i < out->cas.count; i++)
        attach_general(judge, &out->cas.items[i]);
}

enum dcv_status dcv_policy_judge(const struct dcv_policy_options *options, const char *input, const struct dcv_hostname *name,
                                 const struct dcv_facts *facts, struct dcv_arena *arena, struct dcv_judged *out)
{
    struct dcv_ladder *ladder = dcv_arena_alloc(arena, sizeof *ladder);
    if (ladder == NULL)
        return DCV_ERR_NOMEM;
    struct judge judge = {.options = options, .name = name, .facts = facts, .arena = arena, .out = out, .ladder = ladder,
                          .dnssec_decides = options->as_of >= dcv_br_rule(DCV_BR_DNSSEC)->from};
    *out = (struct dcv_judged){.arena = arena, .input = input, .name = name, .as_of = options->as_of};
    (void)dcv_psl_base(options->psl, &name->name, &out->base);
    dcv_ladder_build(facts, options->psl, &name->name, ladder);
    judge_name(&judge);
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}
