/* Findings as text: what is wrong, for whom, and the line that mends it. */
#include "report/text.h"
#include "report/words.h"

#include <string.h>

enum { FIXES_SHOWN = 4, FIX_INDENT = 4 };

static enum dcv_style severity_style(enum dcv_severity severity)
{
    switch (severity) {
    case DCV_BLOCKER: return DCV_RED;
    case DCV_WARNING: return DCV_YELLOW;
    case DCV_NOTICE: return DCV_BOLD;
    case DCV_INFO: return DCV_PLAIN;
    }
    return DCV_PLAIN;
}

static bool some_ready(const struct dcv_judged *judged)
{
    for (size_t i = 0; i < judged->cas.count; i++)
        if (judged->cas.items[i].verdict == DCV_READY)
            return true;
    return false;
}

static const char *title(const struct dcv_page *page, enum dcv_severity severity)
{
    switch (severity) {
    case DCV_BLOCKER:
        return some_ready(page->judged) && page->options->view != DCV_VIEW_INSPECT ? _("What blocks some CAs, and how to mend it")
                                                                                   : _("What blocks, and how to mend it");
    case DCV_WARNING: return _("Warnings");
    case DCV_NOTICE: return _("Notices");
    case DCV_INFO: return _("For your information");
    }
    return "";
}

/* Must the reader be told which CAs are meant? Not when it is all, when the sentence names them, or when the DNS is the question. */
static bool for_line_needed(const struct dcv_page *page, const struct dcv_finding_group *group)
{
    const struct dcv_finding *finding = group->finding;
    const bool named = dcv_arg_value(finding->args, finding->arg_count, "ca") != NULL;
    if (page->options->view == DCV_VIEW_INSPECT || dcv_judged_count(page->judged) < 2 || group->cas.count == 0)
        return false;
    return named ? group->members.count > DCV_GROUP_NAMED : group->cas.count < dcv_judged_count(page->judged);
}

/* Of what blocks, every CA by its id; else many are only counted: the table tells the rest. */
static void put_for(struct dcv_page *page, const struct dcv_finding_group *group)
{
    enum { NAMED = 6 };
    const size_t count = group->cas.count, all = dcv_judged_count(page->judged);
    const bool brief = group->finding->severity != DCV_BLOCKER && count > NAMED && page->options->verbosity == 0;
    const char *names = count == all ? dcv_page_printf(page, _("all %zu CAs"), all)
                        : brief      ? dcv_page_printf(page, _("%zu of %zu CAs"), count, all)
                                     : dcv_ca_names(page->arena, &group->cas);
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, _("For: "), FIX_INDENT, names);
}

/* Zone lines go out as they are, to be copied; where each CA has its own, a comment of the zone file names the CAs. */
static void put_zone_fixes(struct dcv_page *page, const struct dcv_finding_group *group)
{
    const size_t count = group->fixes.count;
    const size_t shown = count > FIXES_SHOWN && page->options->verbosity == 0 ? FIXES_SHOWN - 1 : count;
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", FIX_INDENT,
                  count > 1 ? _("Fix, in the zone file (the line of your CA):") : _("Fix, in the zone file:"));
    for (size_t i = 0; i < shown; i++) {
        const struct dcv_fix_group *fix = &group->fixes.items[i];
        const char *line = fix->text;
        if (count > 1 && fix->cas.count > 0)
            line = dcv_page_printf(page, "%s  ; %s", fix->text, dcv_ca_names(page->arena, &fix->cas));
        dcv_paper_line(&page->paper, FIX_INDENT, line);
    }
    if (shown < count)
        dcv_paper_put(&page->paper, FIX_INDENT, DCV_PLAIN, "", FIX_INDENT,
                      dcv_page_printf(page, _("... and %zu more; --ca ID shows the line of one CA"), count - shown));
}

static void put_fixes(struct dcv_page *page, const struct dcv_finding_group *group)
{
    if (group->fixes.count == 0)
        return;
    if (group->fixes.items[0].kind == DCV_FIX_ZONE) {
        put_zone_fixes(page, group);
        return;
    }
    for (size_t i = 0; i < group->fixes.count; i++)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, _("Fix: "), FIX_INDENT, group->fixes.items[i].text);
}

static void put_group(struct dcv_page *page, const struct dcv_finding_group *group)
{
    const struct dcv_finding *finding = group->finding;
    const struct dcv_rule_info *rule = dcv_rule_info(finding->rule);
    const char *clause = finding->clause != NULL ? finding->clause : rule->clause;
    const char *lead = dcv_page_printf(page, "%s %s: ", dcv_word_severity(finding->severity), rule->id);
    const char *text =
        clause[0] == '\0' ? group->text : dcv_page_printf(page, "%s [%s]", group->text, dcv_page_safe(page, clause));
    dcv_paper_put(&page->paper, 0, severity_style(finding->severity), lead, 2, text);
    if (for_line_needed(page, group))
        put_for(page, group);
    if (finding->severity <= DCV_WARNING || page->options->verbosity > 0)
        put_fixes(page, group);
}

/* Of several kinds, what a profile does not tell of one is no news for a CA that is ready by another. */
static bool settled_otherwise(const struct dcv_page *page, const struct dcv_finding_group *group)
{
    const enum dcv_rule rule = group->finding->rule;
    if (!dcv_text_several_kinds(page) || page->options->explicit_cas || page->options->verbosity > 0
        || (rule != DCV_RULE_DNS_WAY_FORM && rule != DCV_RULE_WAY_OFFER_UNKNOWN))
        return false;
    for (size_t i = 0; i < group->cas.count; i++)
        if (dcv_judged_verdict(page->judged, group->cas.items[i]->ca) != DCV_READY)
            return false;
    return true;
}

/* What is graver for some CAs than for others is told once. */
static bool told_before(struct dcv_page *page, const struct dcv_finding_group *group, enum dcv_severity severity)
{
    for (int graver = DCV_BLOCKER; graver < (int)severity; graver++) {
        dcv_finding_groups groups;
        dcv_group_findings(page->arena, page->judged, NULL, (enum dcv_severity)graver, &groups);
        for (size_t i = 0; i < groups.count; i++)
            if (groups.items[i].finding->rule == group->finding->rule && strcmp(groups.items[i].text, group->text) == 0)
                return true;
    }
    return false;
}

/* What is to be known of the way out of e-mail is told where that is shown; faults are told in any case, and all where DNS is asked about. */
static bool left_out(const struct dcv_page *page, const struct dcv_finding_group *group)
{
    if (settled_otherwise(page, group))
        return true;
    return !dcv_judged_by(page->judged, DCV_BY_DNS) && group->finding->severity > DCV_WARNING && dcv_rule_advises(group->finding->rule) && !page->options->explicit_cas
        && page->options->verbosity == 0;
}

size_t dcv_text_findings(struct dcv_page *page, const struct dcv_judged_ca *only, enum dcv_severity severity)
{
    dcv_finding_groups groups;
    dcv_group_findings(page->arena, page->judged, only, severity, &groups);
    size_t shown = 0;
    const bool brief = only == NULL && page->options->verbosity == 0 && !dcv_text_email_alone(page);
    for (size_t i = 0; i < groups.count; i++) {
        if (left_out(page, &groups.items[i]) || (brief && told_before(page, &groups.items[i], severity)))
            continue;
        if (shown++ == 0)
            dcv_paper_title(&page->paper, title(page, severity));
        put_group(page, &groups.items[i]);
    }
    return shown;
}

/* ---- many of one rule ------------------------------------------------------------------------------------------------------------- */

enum { RULE_SHOWN = 3, RULE_NAMED = 6 };

/* Has one of the rule's groups, from the `from`-th on, and before the group `at`, the same subject? */
static bool named_before(const dcv_finding_groups *groups, enum dcv_rule rule, size_t from, size_t at)
{
    size_t number = 0;
    for (size_t i = 0; i < at; i++)
        if (groups->items[i].finding->rule == rule && number++ >= from &&
            strcmp(groups->items[i].finding->subject, groups->items[at].finding->subject) == 0)
            return true;
    return false;
}

/* "notice order-covered: likewise a, b, c and 37 more", for the groups of a rule from the `from`-th on. */
static void put_likewise(struct dcv_page *page, const dcv_finding_groups *groups, enum dcv_rule rule, enum dcv_severity severity, size_t from)
{
    const char *text = "";
    size_t number = 0, count = 0;
    for (size_t i = 0; i < groups->count; i++) {
        if (groups->items[i].finding->rule != rule || number++ < from || named_before(groups, rule, from, i))
            continue;
        if (++count <= RULE_NAMED)
            text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_page_safe(page, groups->items[i].finding->subject));
    }
    if (count > RULE_NAMED)
        text = dcv_page_printf(page, _("%s and %zu more"), text, count - RULE_NAMED);
    dcv_paper_put(&page->paper, 0, severity_style(severity), dcv_page_printf(page, "%s %s: ", dcv_word_severity(severity), dcv_rule_info(rule)->id),
                  2, dcv_page_printf(page, _("likewise %s"), text));
}

/* The groups of one rule; of many the first ones, and the names of some others. */
static void put_rule(struct dcv_page *page, const dcv_finding_groups *groups, enum dcv_rule rule, enum dcv_severity severity)
{
    size_t count = 0, shown = 0;
    for (size_t i = 0; i < groups->count; i++)
        count += groups->items[i].finding->rule == rule;
    const size_t most = count <= RULE_SHOWN + 1 || page->options->verbosity > 0 ? count : RULE_SHOWN;
    for (size_t i = 0; i < groups->count && shown < most; i++) {
        if (groups->items[i].finding->rule != rule)
            continue;
        put_group(page, &groups->items[i]);
        shown++;
    }
    if (shown < count)
        put_likewise(page, groups, rule, severity, shown);
}

/* Each rule at its first place, with as many groups as put_rule() shows. */
static void put_rules(struct dcv_page *page, const dcv_finding_groups *groups, enum dcv_severity severity)
{
    bool seen[DCV_RULE_COUNT] = {false};
    if (groups->count > 0)
        dcv_paper_title(&page->paper, title(page, severity));
    for (size_t i = 0; i < groups->count; i++) {
        const enum dcv_rule rule = groups->items[i].finding->rule;
        if (!seen[rule])
            put_rule(page, groups, rule, severity);
        seen[rule] = true;
    }
}

size_t dcv_text_findings_by_rule(struct dcv_page *page, enum dcv_severity severity)
{
    dcv_finding_groups groups;
    dcv_group_findings(page->arena, page->judged, NULL, severity, &groups);
    put_rules(page, &groups, severity);
    return groups.count;
}

/* ---- of the DNS ------------------------------------------------------------------------------------------------------------------ */

size_t dcv_text_dns_findings(struct dcv_page *page, enum dcv_severity severity)
{
    dcv_finding_groups groups;
    size_t kept = 0;
    dcv_group_findings(page->arena, page->judged, NULL, severity, &groups);
    for (size_t i = 0; i < groups.count; i++)
        if (dcv_rule_about_dns(groups.items[i].finding->rule) && !told_before(page, &groups.items[i], severity))
            groups.items[kept++] = groups.items[i];
    groups.count = kept;
    put_rules(page, &groups, severity);
    return kept;
}
