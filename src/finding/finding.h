/* The registry of findings: stable id, severity, clause, text and fix of everything that dcvready reports.
 *
 * Texts hold named places, "{adn}", filled from the arguments of an instance by the report. They are gettext msgids. */
#ifndef DCV_FINDING_FINDING_H
#define DCV_FINDING_FINDING_H

#include <stdbool.h>
#include <stddef.h>

enum dcv_severity { DCV_BLOCKER, DCV_WARNING, DCV_NOTICE, DCV_INFO };
/* "blocker", "warning", "notice", "info". */
const char *dcv_severity_text(enum dcv_severity severity);

enum dcv_rule {
#define DCV_RULE(symbol, id, severity, clause, source, text, fix, explain) DCV_RULE_##symbol,
#include "finding/rules.def"
#undef DCV_RULE
    DCV_RULE_COUNT
};

struct dcv_rule_info {
    enum dcv_rule rule;
    const char *id;      /* "caa-forbids" */
    enum dcv_severity severity;
    const char *clause;  /* "BR 4.2.2.1, RFC 8659 §4" */
    const char *source;  /* where the rule is written, or where the failure was seen: "RFC 8659 §4.2; profile of the CA" */
    const char *text;    /* one sentence with places (msgid) */
    const char *fix;     /* what to do, with places; "" when nothing can be done (msgid) */
    const char *explain; /* a paragraph for `rules ID` (msgid) */
};

const struct dcv_rule_info *dcv_rule_info(enum dcv_rule rule);
/* By id; NULL: unknown. */
const struct dcv_rule_info *dcv_rule_by_id(const char *id);

/* Is the rule about the way out of e-mail, and says nothing about e-mail validation? */
bool dcv_rule_advises(enum dcv_rule rule);
/* Does it tell of a registration that will end or change? As a warning it makes no verdict unknown. */
bool dcv_rule_foretells(enum dcv_rule rule);

/* Is the rule about the DNS itself: its servers, delegations, signatures and lookups, and where records stand, whatever they are for? */
bool dcv_rule_about_dns(enum dcv_rule rule);

/* Changes that come later: texts of `next` entries. */
enum dcv_change {
#define DCV_CHANGE(symbol, id, clause, text) DCV_CHANGE_##symbol,
#include "finding/changes.def"
#undef DCV_CHANGE
    DCV_CHANGE_COUNT
};

struct dcv_change_info {
    enum dcv_change change;
    const char *id, *clause, *text;
};

const struct dcv_change_info *dcv_change_info(enum dcv_change change);

/* Translates a msgid of this registry through gettext (domain "dcvready"); returns `msgid` where there is no translation. */
const char *dcv_text(const char *msgid);

#endif
