#include "finding/finding.h"

#include <libintl.h>
#include <string.h>

#define DCV_RULE(symbol, id, severity, clause, source, text, fix, explain)                                                \
    [DCV_RULE_##symbol] = {DCV_RULE_##symbol, id, severity, clause, source, text, fix, explain},
static const struct dcv_rule_info rules[] = {
#include "finding/rules.def"
};
#undef DCV_RULE

#define DCV_CHANGE(symbol, id, clause, text) [DCV_CHANGE_##symbol] = {DCV_CHANGE_##symbol, id, clause, text},
static const struct dcv_change_info changes[] = {
#include "finding/changes.def"
};
#undef DCV_CHANGE

const char *dcv_severity_text(enum dcv_severity severity)
{
    switch (severity) {
    case DCV_BLOCKER: return "blocker";
    case DCV_WARNING: return "warning";
    case DCV_NOTICE: return "notice";
    case DCV_INFO: return "info";
    }
    return "info";
}

const struct dcv_rule_info *dcv_rule_info(enum dcv_rule rule)
{
    return &rules[rule];
}

bool dcv_rule_advises(enum dcv_rule rule)
{
    return rule >= DCV_RULE_WAY_OUT_CNAME && rule <= DCV_RULE_PERSIST_EARLY;
}

bool dcv_rule_foretells(enum dcv_rule rule)
{
    return rule >= DCV_RULE_REGISTRY_FREE && rule <= DCV_RULE_REGISTRY_OLD;
}

bool dcv_rule_about_dns(enum dcv_rule rule)
{
    /* What the ids begin with. */
    static const char *const families[] = {
        "caa-bogus", "caa-failed", "caa-indeterminate", "caa-unreadable", "cname-", "contact-bogus", "contact-cname", "contact-failed",
        "contact-hidden", "contact-misplaced", "contact-wildcard", "deadline", "delegation-", "dnssec-", "glue-", "lookup-", "mail-bogus",
        "mail-failed", "mail-mx-dangling", "mail-mx-cname", "mail-mx-private", "mail-null-mx-beside", "name-nxdomain", "registry-expired",
        "registry-free", "registry-hold", "registry-reserved", "resolver", "server", "zone-",
    };
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strncmp(rules[rule].id, families[i], strlen(families[i])) == 0)
            return true;
    return false;
}

const struct dcv_rule_info *dcv_rule_by_id(const char *id)
{
    for (size_t i = 0; i < DCV_RULE_COUNT; i++)
        if (strcmp(rules[i].id, id) == 0)
            return &rules[i];
    return NULL;
}

const struct dcv_change_info *dcv_change_info(enum dcv_change change)
{
    return &changes[change];
}

const char *dcv_text(const char *msgid)
{
    /* The empty msgid is the header of the catalogue, not a text. */
    return msgid[0] == '\0' ? msgid : dgettext("dcvready", msgid);
}
