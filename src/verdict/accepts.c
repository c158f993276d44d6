#include "name/mailbox.h"
#include "verdict/verdict.h"

#include <string.h>
#include <strings.h>

/* The address that the CA would take, most like the one asked about: the same local part, else the same domain, else the first. */
static const char *nearest(const struct dcv_judged_ca *ca, const struct dcv_mailbox *asked)
{
    const char *best = NULL;
    int best_score = -1;
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (!entry->usable)
            continue;
        size_t local = strcspn(entry->address, "@");
        int score = (local == asked->local_len && strncasecmp(entry->address, asked->address, local) == 0 ? 2 : 0)
            + (dcv_name_equal(&entry->mail_domain, &asked->domain) ? 1 : 0);
        if (score > best_score) {
            best_score = score;
            best = entry->address;
        }
    }
    return best;
}

/* Could the address be published where a lookup failed? */
static bool lookup_failed(const struct dcv_judged *judged, const struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->findings.count; i++) {
        const struct dcv_finding *finding = &judged->findings.items[ca->findings.items[i]];
        const enum dcv_rule rule = finding->rule;
        if (rule == DCV_RULE_REGISTRY_FAILED && finding->severity == DCV_WARNING) /* this CA would look there */
            return true;
        if (rule == DCV_RULE_CONTACT_FAILED || rule == DCV_RULE_CAA_FAILED_SECURE || rule == DCV_RULE_CAA_FAILED_INSECURE
            || rule == DCV_RULE_CAA_FAILED_UNPROVEN)
            return true;
    }
    return false;
}

static enum dcv_accepts_reason reason_without_entry(const struct dcv_judged *judged, const struct dcv_judged_ca *ca,
                                                    const struct dcv_mailbox *asked)
{
    const struct dcv_name *name = &judged->name->name;
    if (!ca->ca->by_email)
        return DCV_REASON_NO_EMAIL;
    if (lookup_failed(judged, ca))
        return DCV_REASON_LOOKUP;
    if (asked->domain.len == 0 || judged->base.len == 0)
        return DCV_REASON_NOT_AN_ADN;
    if (dcv_name_under(name, &asked->domain) && dcv_name_under(&asked->domain, &judged->base))
        return DCV_REASON_LOCAL_PART;
    return dcv_name_under(&asked->domain, name) ? DCV_REASON_BASE_NEEDED : DCV_REASON_NOT_AN_ADN;
}

static bool offers(const struct dcv_ca *ca, enum dcv_source source)
{
    for (size_t i = 0; i < ca->offer_count; i++)
        if (ca->offers[i].source == source && ca->offers[i].offered != DCV_NO)
            return true;
    return false;
}

/* Does a condition of RFC 8657 keep e-mail validation, or this account, out altogether? */
static bool limited_by_caa(const struct dcv_judged *judged, const struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->findings.count; i++) {
        const struct dcv_finding *finding = &judged->findings.items[ca->findings.items[i]];
        if (finding->severity == DCV_BLOCKER && (finding->rule == DCV_RULE_CAA_METHODS || finding->rule == DCV_RULE_CAA_ACCOUNT))
            return true;
    }
    return false;
}

/* As far as can be seen; an MX that a CA wants is seen to before. */
static bool arrives(enum dcv_mail mail)
{
    switch (mail) {
    case DCV_MAIL_MX:
    case DCV_MAIL_IMPLICIT_MX:
    case DCV_MAIL_ACCEPTED:
    case DCV_MAIL_DEFERRED:
    case DCV_MAIL_UNVERIFIABLE: return true;
    case DCV_MAIL_UNKNOWN:
    case DCV_MAIL_NULL_MX:
    case DCV_MAIL_NO_MAIL:
    case DCV_MAIL_BROKEN_MX:
    case DCV_MAIL_NXDOMAIN:
    case DCV_MAIL_REJECTED: break;
    }
    return false;
}

static enum dcv_accepts_reason reason_by_mail(const struct dcv_ca *ca, const struct dcv_entry *entry)
{
    if (entry->usable)
        return DCV_REASON_PERMITTED;
    if (entry->mail == DCV_MAIL_UNKNOWN)
        return DCV_REASON_MAIL_UNKNOWN;
    if (entry->mail == DCV_MAIL_IMPLICIT_MX && ca->mx_required == DCV_YES)
        return DCV_REASON_MX_REQUIRED;
    /* Mail arrives; it is the record that may not count. */
    return entry->unvalidated && arrives(entry->mail) ? DCV_REASON_LOOKUP : DCV_REASON_MAIL;
}

/* Forbidden to every CA on the day judged: then it does not matter what is not known of this one. */
static bool forbidden(const struct dcv_judged *judged, const struct dcv_entry *entry)
{
    const dcv_date end = dcv_method_info(dcv_source_method(entry->source))->forbidden;
    return end != DCV_DATE_NONE && judged->as_of >= end;
}

static enum dcv_accepts_reason reason_of(const struct dcv_judged *judged, const struct dcv_judged_ca *ca, const struct dcv_entry *entry)
{
    switch (entry->status) {
    case DCV_ENTRY_NOT_OFFERED: return offers(ca->ca, entry->source) ? DCV_REASON_LEVEL_NOT_OFFERED : DCV_REASON_SOURCE_NOT_OFFERED;
    case DCV_ENTRY_RETIRED: return DCV_REASON_RETIRED;
    case DCV_ENTRY_UNKNOWN: return forbidden(judged, entry) ? DCV_REASON_RETIRED : DCV_REASON_OFFER_UNKNOWN;
    case DCV_ENTRY_FUTURE: return DCV_REASON_FUTURE;
    case DCV_ENTRY_MALFORMED: /* has no address to be asked about */
    case DCV_ENTRY_DISCOURAGED:
    case DCV_ENTRY_PERMITTED: break;
    }
    if (entry->bogus)
        return DCV_REASON_BOGUS;
    return entry->barred || limited_by_caa(judged, ca) ? DCV_REASON_CAA_METHODS : reason_by_mail(ca->ca, entry);
}

static enum dcv_accepts answer_of(const struct dcv_judged_ca *ca, enum dcv_accepts_reason reason)
{
    switch (reason) {
    case DCV_REASON_PERMITTED: return DCV_ACCEPTS_YES;
    case DCV_REASON_OFFER_UNKNOWN:
    case DCV_REASON_MAIL_UNKNOWN:
    case DCV_REASON_LOOKUP: return DCV_ACCEPTS_UNKNOWN;
    case DCV_REASON_CAA_METHODS: /* under a condition that cannot be judged, CAA itself is in doubt */
        return ca->caa.permits == DCV_PERMITS_UNKNOWN ? DCV_ACCEPTS_UNKNOWN : DCV_ACCEPTS_NO;
    case DCV_REASON_SOURCE_NOT_OFFERED:
    case DCV_REASON_LEVEL_NOT_OFFERED:
    case DCV_REASON_RETIRED:
    case DCV_REASON_FUTURE:
    case DCV_REASON_BOGUS:
    case DCV_REASON_MX_REQUIRED:
    case DCV_REASON_MAIL:
    case DCV_REASON_LOCAL_PART:
    case DCV_REASON_NOT_AN_ADN:
    case DCV_REASON_NO_EMAIL:
    case DCV_REASON_BASE_NEEDED: break;
    }
    return DCV_ACCEPTS_NO;
}

static bool differs_in_case(const struct dcv_judged_ca *ca, const char *address)
{
    for (size_t i = 0; i < ca->entries.count; i++) {
        const char *other = ca->entries.items[i].address;
        if (other != NULL && strcasecmp(other, address) == 0 && strcmp(other, address) != 0)
            return true;
    }
    return false;
}

void dcv_verdict_accepts(const struct dcv_judged *judged, const struct dcv_mailbox *asked, struct dcv_acceptance *out)
{
    for (size_t i = 0; i < judged->cas.count; i++) {
        const struct dcv_judged_ca *ca = &judged->cas.items[i];
        const struct dcv_entry *entry = dcv_judged_best(ca, asked->address);
        out[i] = (struct dcv_acceptance){.ca = ca, .entry = entry};
        out[i].reason = entry != NULL ? reason_of(judged, ca, entry) : reason_without_entry(judged, ca, asked);
        out[i].answer = answer_of(ca, out[i].reason);
        out[i].case_only = entry == NULL && differs_in_case(ca, asked->address);
        if (out[i].answer != DCV_ACCEPTS_YES)
            out[i].nearest = nearest(ca, asked);
    }
}
