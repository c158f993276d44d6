#include "judgement/judgement.h"

#include <string.h>

const char *dcv_entry_status_text(enum dcv_status_of_entry status)
{
    switch (status) {
    case DCV_ENTRY_MALFORMED: return "malformed";
    case DCV_ENTRY_NOT_OFFERED: return "not-offered";
    case DCV_ENTRY_UNKNOWN: return "unknown";
    case DCV_ENTRY_RETIRED: return "retired";
    case DCV_ENTRY_FUTURE: return "future";
    case DCV_ENTRY_DISCOURAGED: return "discouraged";
    case DCV_ENTRY_PERMITTED: return "permitted";
    }
    return "unknown";
}

const char *dcv_mail_text(enum dcv_mail mail)
{
    switch (mail) {
    case DCV_MAIL_UNKNOWN: return "unknown";
    case DCV_MAIL_MX: return "mx";
    case DCV_MAIL_IMPLICIT_MX: return "implicit-mx";
    case DCV_MAIL_NULL_MX: return "null-mx";
    case DCV_MAIL_NO_MAIL: return "no-mail";
    case DCV_MAIL_BROKEN_MX: return "broken-mx";
    case DCV_MAIL_NXDOMAIN: return "nxdomain";
    case DCV_MAIL_ACCEPTED: return "accepted";
    case DCV_MAIL_REJECTED: return "rejected";
    case DCV_MAIL_DEFERRED: return "deferred";
    case DCV_MAIL_UNVERIFIABLE: return "unverifiable";
    }
    return "unknown";
}

const char *dcv_by_text(enum dcv_by by)
{
    switch (by) {
    case DCV_BY_EMAIL: return "email";
    case DCV_BY_DNS: return "dns";
    case DCV_BY_HTTP: return "http";
    case DCV_BY_TLS_ALPN: return "tls-alpn";
    case DCV_BY_COUNT: break;
    }
    return "email";
}

enum dcv_by dcv_by_of(enum dcv_method method)
{
    switch (method) {
    case DCV_METHOD_DNS_CHANGE:
    case DCV_METHOD_DNS_ACCOUNT_01:
    case DCV_METHOD_DNS_PERSIST: return DCV_BY_DNS;
    case DCV_METHOD_HTTP:
    case DCV_METHOD_HTTP_01: return DCV_BY_HTTP;
    case DCV_METHOD_TLS_ALPN_01: return DCV_BY_TLS_ALPN;
    case DCV_METHOD_DOMAIN_CONTACT:
    case DCV_METHOD_CONSTRUCTED:
    case DCV_METHOD_CAA_CONTACT:
    case DCV_METHOD_TXT_CONTACT: return DCV_BY_EMAIL;
    case DCV_METHOD_REGISTRAR: /* nothing to be made ready */
    case DCV_METHOD_PHONE_TXT:
    case DCV_METHOD_PHONE_CAA:
    case DCV_METHOD_COUNT: break;
    }
    return DCV_BY_COUNT;
}

enum dcv_known dcv_by_offered(const struct dcv_ca *ca, enum dcv_by by)
{
    bool unknown = false;
    if (by == DCV_BY_EMAIL)
        return ca->by_email ? DCV_YES : DCV_NO;
    for (size_t i = 0; i < ca->method_count; i++) {
        if (dcv_by_of(ca->methods[i].method) != by)
            continue;
        if (ca->methods[i].offered == DCV_YES)
            return DCV_YES;
        unknown = unknown || ca->methods[i].offered == DCV_UNKNOWN;
    }
    return unknown ? DCV_UNKNOWN : DCV_NO;
}

const char *dcv_rung_kind_text(enum dcv_rung_kind kind)
{
    switch (kind) {
    case DCV_RUNG_EXACT: return "exact";
    case DCV_RUNG_PARENT: return "parent";
    case DCV_RUNG_BASE: return "base";
    case DCV_RUNG_CNAME_TARGET: return "cname-target";
    }
    return "exact";
}

const char *dcv_way_level_text(enum dcv_way_level level)
{
    switch (level) {
    case DCV_WAY_EXACT: return "exact";
    case DCV_WAY_PARENTS: return "parents";
    }
    return "exact";
}

const char *dcv_permits_text(enum dcv_permits permits)
{
    switch (permits) {
    case DCV_PERMITS_YES: return "yes";
    case DCV_PERMITS_NO: return "no";
    case DCV_PERMITS_UNKNOWN: return "unknown";
    }
    return "unknown";
}

const char *dcv_verdict_text(enum dcv_verdict verdict)
{
    switch (verdict) {
    case DCV_READY: return "ready";
    case DCV_NOT_READY: return "not-ready";
    case DCV_UNKNOWN_VERDICT: return "unknown";
    }
    return "unknown";
}

const struct dcv_entry *dcv_judged_best(const struct dcv_judged_ca *judged, const char *address)
{
    const struct dcv_entry *best = NULL;
    for (size_t i = 0; i < judged->entries.count; i++) {
        const struct dcv_entry *entry = &judged->entries.items[i];
        if (entry->address == NULL || strcmp(entry->address, address) != 0)
            continue;
        if (best == NULL || (entry->usable && !best->usable) || (entry->usable == best->usable && entry->status > best->status))
            best = entry;
    }
    return best;
}

/* READY before UNKNOWN before NOT_READY. */
static bool better(enum dcv_verdict a, enum dcv_verdict b)
{
    return a != b && (a == DCV_READY || b == DCV_NOT_READY);
}

enum dcv_verdict dcv_judged_verdict(const struct dcv_judged *judged, const struct dcv_ca *ca)
{
    const struct dcv_judged_ca *best = NULL;
    for (size_t i = 0; i < judged->cas.count; i++) {
        const struct dcv_judged_ca *row = &judged->cas.items[i];
        if (row->ca == ca && (best == NULL || better(row->verdict, best->verdict)))
            best = row;
    }
    return best != NULL ? best->verdict : DCV_UNKNOWN_VERDICT;
}

bool dcv_judged_first(const struct dcv_judged *judged, const struct dcv_judged_ca *row)
{
    return row == judged->cas.items || row[-1].ca != row->ca;
}

size_t dcv_judged_count(const struct dcv_judged *judged)
{
    size_t count = 0;
    for (size_t i = 0; i < judged->cas.count; i++)
        count += dcv_judged_first(judged, &judged->cas.items[i]);
    return count;
}

bool dcv_judged_by(const struct dcv_judged *judged, enum dcv_by by)
{
    for (size_t i = 0; i < judged->cas.count; i++)
        if (judged->cas.items[i].by == by)
            return true;
    return false;
}

struct dcv_fact_list dcv_fact_list(struct dcv_arena *arena, const size_t *items, size_t n)
{
    const size_t *copy = dcv_arena_copy(arena, items, n * sizeof *items);
    return (struct dcv_fact_list){.items = copy, .count = copy != NULL ? n : 0};
}
