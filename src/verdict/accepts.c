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
        enum dcv_rule rule = judged->findings.items[ca->findings.items[i]].rule;
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

static enum dcv_accepts answer_of(const struct dcv_entry *entry)
{
    if (entry->usable)
        return DCV_ACCEPTS_YES;
    if (entry->status == DCV_ENTRY_UNKNOWN || (entry->status >= DCV_ENTRY_DISCOURAGED && !entry->bogus && entry->mail == DCV_MAIL_UNKNOWN))
        return DCV_ACCEPTS_UNKNOWN;
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
        out[i] = (struct dcv_acceptance){.ca = ca, .entry = entry, .reason = DCV_REASON_ENTRY};
        if (entry != NULL) {
            out[i].answer = answer_of(entry);
        } else {
            out[i].reason = reason_without_entry(judged, ca, asked);
            out[i].answer = out[i].reason == DCV_REASON_LOOKUP ? DCV_ACCEPTS_UNKNOWN : DCV_ACCEPTS_NO;
            out[i].case_only = differs_in_case(ca, asked->address);
        }
        if (out[i].answer != DCV_ACCEPTS_YES)
            out[i].nearest = nearest(ca, asked);
    }
}
