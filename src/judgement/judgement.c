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

struct dcv_fact_list dcv_fact_list(struct dcv_arena *arena, const size_t *items, size_t n)
{
    const size_t *copy = dcv_arena_copy(arena, items, n * sizeof *items);
    return (struct dcv_fact_list){.items = copy, .count = copy != NULL ? n : 0};
}
