/* The delegation from the root to the name, and the chain of trust down the same way. */
#include "report/inspect.h"
#include "report/words.h"

#include <string.h>

/* ---- delegation ----------------------------------------------------------------------------------------------------------- */

enum { HOSTS_SHOWN = 13, LIKE_SHOWN = 5, NAMES_SHOWN = 6, NOERROR = 0 };

/* What is to be said of a server besides that it answers; "" for nothing. */
static const char *row_remark(struct dcv_page *page, const struct dcv_survey_row *row)
{
    switch (row->reach) {
    case DCV_REACH_ANSWERS: return "";
    case DCV_REACH_LAME:
        return row->rcode == NOERROR ? _("lame: answers without authority")
                                     : dcv_page_printf(page, _("lame: %s"),
                                                       dcv_inspect_outcome(page, row->outcome, row->rcode, row->tries));
    case DCV_REACH_SILENT:
    case DCV_REACH_NO_ROUTE:
    case DCV_REACH_PRIVATE:
    case DCV_REACH_NOT_ASKED: return dcv_inspect_outcome(page, row->outcome, row->rcode, row->tries);
    }
    return "";
}

static bool is_bad(enum dcv_survey_reach reach)
{
    return reach == DCV_REACH_LAME || reach == DCV_REACH_SILENT;
}

/* Does the delegation name it, and the zone itself? */
static const char *host_remark(const struct dcv_survey_zone *zone, const struct dcv_survey_host *host)
{
    if (host->no_address && host->rows.count == 0)
        return _("has no address");
    if (zone->delegation_known && zone->own_known && host->at_parent != host->in_zone)
        return host->at_parent ? _("only in the delegation, not in the zone")
                               : _("only in the zone, not in the delegation");
    return "";
}

/* The kind of a host, of which some are shown: how its first address that has a fault is reached, or that its name has one. */
enum { KIND_REMARK = DCV_REACH_NOT_ASKED + 1, KINDS };

static size_t host_kind(const struct dcv_survey *survey, const struct dcv_survey_zone *zone,
                        const struct dcv_survey_host *host)
{
    for (size_t i = 0; i < host->rows.count; i++)
        if (is_bad(survey->rows.items[host->rows.items[i]].reach))
            return (size_t)survey->rows.items[host->rows.items[i]].reach;
    if (host_remark(zone, host)[0] != '\0')
        return KIND_REMARK;
    return host->rows.count != 0 ? (size_t)survey->rows.items[host->rows.items[0]].reach : DCV_REACH_NOT_ASKED;
}

static const char *answers_text(struct dcv_page *page, const struct dcv_survey_row *row)
{
    return row->rtt_us == 0 ? _("answers")
                            : dcv_page_printf(page, _("answers, %llu ms"), (unsigned long long)(row->rtt_us / 1000));
}

/* "  192.0.2.1      answers, 12 ms" for each address; the name of the host before the first. */
static void put_host(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_zone *zone,
                     const struct dcv_survey_host *host, const char *branch)
{
    const char *remark = host_remark(zone, host);
    dcv_inspect_line(page, branch, remark[0] != '\0' ? DCV_YELLOW : DCV_PLAIN, dcv_page_name(page, &host->name), 4,
                     remark[0] != '\0' ? dcv_page_printf(page, "  ! %s", remark) : "");
    for (size_t i = 0; i < host->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[host->rows.items[i]];
        const char *text = row_remark(page, row), *address = dcv_inspect_address(page, row->server);
        const bool bad = is_bad(row->reach);
        dcv_inspect_line(page, branch, bad ? DCV_RED : DCV_PLAIN, dcv_page_printf(page, "  %-15s", address), 6,
                         dcv_page_printf(page, bad ? "  ! %s" : "  %s",
                                         text[0] != '\0' ? text : answers_text(page, row)));
    }
}

static const char *more_text(size_t kind)
{
    if (kind == KIND_REMARK)
        return _("... and %zu more of which delegation or addresses are not in order (-v: all)");
    switch ((enum dcv_survey_reach)kind) {
    case DCV_REACH_ANSWERS: return _("... and %zu more that answer (-v: all)");
    case DCV_REACH_SILENT: return _("... and %zu more that do not answer (-v: all)");
    case DCV_REACH_LAME: return _("... and %zu more that are lame (-v: all)");
    case DCV_REACH_NO_ROUTE:
    case DCV_REACH_PRIVATE:
    case DCV_REACH_NOT_ASKED: return _("... and %zu more that were not asked (-v: all)");
    }
    return "";
}

static void put_hosts(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_zone *zone,
                      const char *branch)
{
    const bool all = page->options->verbosity > 0 || zone->hosts.count <= HOSTS_SHOWN;
    size_t counts[KINDS] = {0};
    for (size_t i = 0; i < zone->hosts.count; i++) {
        const struct dcv_survey_host *host = &zone->hosts.items[i];
        if (all || counts[host_kind(survey, zone, host)]++ < LIKE_SHOWN)
            put_host(page, survey, zone, host, branch);
    }
    for (size_t kind = 0; kind < KINDS; kind++)
        if (counts[kind] > LIKE_SHOWN)
            dcv_inspect_line(page, branch, DCV_PLAIN, "", 2,
                             dcv_page_printf(page, more_text(kind), counts[kind] - LIKE_SHOWN));
}

/* Of a zone whose servers were not asked, only their names. */
static void put_names(struct dcv_page *page, const struct dcv_survey_zone *zone, const char *branch)
{
    const char *text = "";
    for (size_t i = 0; i < zone->hosts.count && i < NAMES_SHOWN; i++)
        text =
            dcv_page_printf(page, "%s%s%s", text, i == 0 ? "" : ", ", dcv_page_name(page, &zone->hosts.items[i].name));
    if (zone->hosts.count > NAMES_SHOWN)
        text = dcv_page_printf(page, _("%s and %zu more"), text, zone->hosts.count - NAMES_SHOWN);
    if (zone->hosts.count != 0)
        dcv_inspect_line(page, branch, DCV_PLAIN, "NS ", 3, text);
}

static const char *agreement(const struct dcv_survey_zone *zone)
{
    if (!zone->swept)
        return "";
    if (!zone->delegation_known)
        return _("the zone above was not asked, or did not answer");
    if (!zone->own_known)
        return _("the zone itself tells no NS records");
    for (size_t i = 0; i < zone->hosts.count; i++)
        if (zone->hosts.items[i].at_parent != zone->hosts.items[i].in_zone)
            return _("delegation and zone name different servers");
    return _("delegation and zone name the same servers");
}

void dcv_inspect_delegation(struct dcv_page *page, const struct dcv_survey *survey)
{
    dcv_paper_title(&page->paper, _("Delegation"));
    for (size_t i = 0; i < survey->zones.count; i++) {
        const struct dcv_survey_zone *zone = &survey->zones.items[i];
        const struct dcv_branch branch = dcv_inspect_branch(page, survey, i);
        dcv_inspect_zone(page, survey, i, DCV_BOLD, agreement(zone));
        if (zone->swept)
            put_hosts(page, survey, zone, branch.rest);
        else
            put_names(page, zone, branch.rest);
    }
}

/* ---- chain of trust ------------------------------------------------------------------------------------------------------- */

enum { SIGNATURES_SHOWN = 6, FAULTS_SHOWN = 12 };

static enum dcv_style security_style(enum dcv_security security)
{
    switch (security) {
    case DCV_SECURITY_UNCHECKED:
    case DCV_SECURITY_INSECURE: return DCV_PLAIN;
    case DCV_SECURITY_SECURE: return DCV_GREEN;
    case DCV_SECURITY_BOGUS: return DCV_RED;
    case DCV_SECURITY_INDETERMINATE: return DCV_YELLOW;
    }
    return DCV_PLAIN;
}

static const char *algorithm_text(struct dcv_page *page, uint8_t number)
{
    char text[DCV_ALGORITHM_TEXT];
    return dcv_page_printf(page, "%s (%u)", dcv_algorithm_text(number, text), (unsigned)number);
}

static void put_anchors(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_zone *zone,
                        const char *branch)
{
    const struct dcv_facts_about *about = dcv_facts_about_const(survey->facts);
    for (size_t i = 0; i < about->anchors.count; i++) {
        const struct dcv_rr *rr = &about->anchors.items[i];
        struct dcv_ds ds;
        struct dcv_dnskey key;
        if (!dcv_name_equal(&rr->owner, &zone->name))
            continue;
        if (dcv_rr_ds(rr, &ds))
            dcv_inspect_line(page, branch, DCV_PLAIN, _("anchor "), 9,
                             dcv_page_printf(page, "%u  %s", (unsigned)ds.tag, algorithm_text(page, ds.algorithm)));
        else if (dcv_rr_dnskey(rr, &key))
            dcv_inspect_line(page, branch, DCV_PLAIN, _("anchor "), 9,
                             dcv_page_printf(page, "%u  %s", (unsigned)key.tag, algorithm_text(page, key.algorithm)));
    }
}

static bool has_key(const struct dcv_survey_zone *zone, uint16_t tag, uint8_t algorithm)
{
    for (size_t i = 0; i < zone->keys.count; i++)
        if (zone->keys.items[i].tag == tag && zone->keys.items[i].algorithm == algorithm)
            return true;
    return false;
}

static void put_ds(struct dcv_page *page, const struct dcv_survey_zone *zone, const char *branch)
{
    char digest[DCV_ALGORITHM_TEXT];
    for (size_t i = 0; i < zone->ds.count; i++) {
        const struct dcv_ds *ds = &zone->ds.items[i];
        const bool matches = has_key(zone, ds->tag, ds->algorithm);
        const char *text =
            dcv_page_printf(page, "%u  %s  %s (%u)", (unsigned)ds->tag, algorithm_text(page, ds->algorithm),
                            dcv_digest_text(ds->digest_type, digest), (unsigned)ds->digest_type);
        if (!matches)
            text = dcv_page_printf(page, "%s  ! %s", text, _("no such key in the zone"));
        dcv_inspect_line(page, branch, matches ? DCV_PLAIN : DCV_RED, "DS     ", 9, text);
    }
}

static void put_keys(struct dcv_page *page, const struct dcv_survey_zone *zone, const char *branch)
{
    for (size_t i = 0; i < zone->keys.count; i++) {
        const struct dcv_dnskey *key = &zone->keys.items[i];
        const unsigned bits = dcv_dnskey_bits(key);
        const char *text = dcv_page_printf(page, "%u  %s", (unsigned)key->tag, algorithm_text(page, key->algorithm));
        if (bits != 0)
            text = dcv_page_printf(page, _("%s  %u bits"), text, bits);
        dcv_inspect_line(page, branch, DCV_PLAIN, dcv_page_printf(page, "%-7s", dcv_dnskey_role(key)), 9, text);
    }
}

/* The day is enough, unless it is near. */
static const char *end_text(struct dcv_page *page, int64_t at, int64_t now)
{
    enum { NEAR_S = 4 * 86400 };
    const char *day = dcv_page_date(page, dcv_date_of_unix(at)), *distance = dcv_inspect_distance(page, at, now);
    const bool near = at - now < NEAR_S && now - at < NEAR_S;
    return dcv_page_printf(page, "%s (%s)", near || page->options->verbosity > 0 ? dcv_inspect_time(page, at) : day,
                           distance);
}

/* "DNSKEY by 12345, until 2026-12-21 (in 29 days)"; the owner where it is not the zone itself. */
static void put_signature(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_zone *zone,
                          const struct dcv_survey_signature *signature, const char *branch)
{
    char type[DCV_TYPE_TEXT];
    const bool ended = signature->until <= survey->now, early = signature->from > survey->now;
    const bool apex = dcv_name_equal(&signature->owner, &zone->name);
    const char *what = dcv_page_printf(page, "%s%s%s", dcv_type_text(signature->type, type), apex ? "" : " ",
                                       apex ? "" : dcv_page_name(page, &signature->owner));
    const char *format = early   ? _("%s by %u, ! not valid before %s")
                         : ended ? _("%s by %u, ! ended %s")
                                 : _("%s by %u, until %s");
    dcv_inspect_line(page, branch, ended || early ? DCV_RED : DCV_PLAIN, _("signed "), 9,
                     dcv_page_printf(page, format, what, (unsigned)signature->tag,
                                     end_text(page, early ? signature->from : signature->until, survey->now)));
}

/* Those over keys and DS, those that do not hold, and of the others the first to end. */
static void put_signatures(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_zone *zone,
                           const char *branch)
{
    size_t shown = 0, others = 0, left = 0;
    for (size_t i = 0; i < zone->signatures.count; i++) {
        const struct dcv_survey_signature *signature = &zone->signatures.items[i];
        const bool structural = signature->type == DCV_TYPE_DNSKEY || signature->type == DCV_TYPE_DS;
        const bool bad = signature->until <= survey->now || signature->from > survey->now;
        if (page->options->verbosity > 0 || ((structural || bad || others == 0) && shown < SIGNATURES_SHOWN)) {
            put_signature(page, survey, zone, signature, branch);
            shown++;
            others += !structural && !bad;
        } else
            left++;
    }
    if (left != 0)
        dcv_inspect_line(page, branch, DCV_PLAIN, "", 9,
                         dcv_page_printf(page, _("... and %zu more signatures (-v: all)"),
                                         left));
}

static void put_nsec3(struct dcv_page *page, const struct dcv_survey_zone *zone, const char *branch)
{
    if (!zone->has_nsec3)
        return;
    dcv_inspect_line(page, branch, DCV_PLAIN, "NSEC3  ", 9,
                     dcv_page_printf(page, _("%u iterations, salt of %zu octets%s"), (unsigned)zone->nsec3.iterations,
                                     zone->nsec3.salt_len,
                                     (zone->nsec3.flags & DCV_NSEC3_OPT_OUT) != 0 ? _(", opt-out") : ""));
}

/* A cause with its code: "… (EDE 7 Signature Expired)". */
static const char *cause_text(struct dcv_page *page, const struct dcv_trust *trust)
{
    const char *words = dcv_cause_words(page->arena, trust);
    const int ede = dcv_cause_ede(trust->cause);
    return ede < 0 ? words : dcv_page_printf(page, "%s (EDE %d %s)", words, ede, dcv_ede_meaning((uint16_t)ede));
}

static void put_faults(struct dcv_page *page, const struct dcv_survey_zone *zone, const char *branch)
{
    size_t left = 0;
    for (size_t i = 0; i < zone->faults.count; i++) {
        const struct dcv_trust *trust = zone->faults.items[i];
        if (i >= FAULTS_SHOWN && page->options->verbosity == 0) {
            left++;
            continue;
        }
        const char *lead = dcv_page_printf(page, "! %s: ", dcv_word_security(trust->security));
        dcv_inspect_line(page, branch, security_style(trust->security), lead, 2, cause_text(page, trust));
    }
    if (left != 0)
        dcv_inspect_line(page, branch, DCV_PLAIN, "", 2, dcv_page_printf(page, _("... and %zu more (-v: all)"), left));
}

static void put_zone(struct dcv_page *page, const struct dcv_survey *survey, size_t number)
{
    const struct dcv_survey_zone *zone = &survey->zones.items[number];
    const struct dcv_branch branch = dcv_inspect_branch(page, survey, number);
    dcv_inspect_zone(page, survey, number,
                     zone->security == DCV_SECURITY_UNCHECKED ? DCV_BOLD : security_style(zone->security),
                     dcv_word_security(zone->security));
    put_anchors(page, survey, zone, branch.rest);
    put_ds(page, zone, branch.rest);
    put_keys(page, zone, branch.rest);
    put_signatures(page, survey, zone, branch.rest);
    put_nsec3(page, zone, branch.rest);
    if (zone->security == DCV_SECURITY_INSECURE && zone->trust != NULL && zone->trust->cause != DCV_CAUSE_NONE)
        dcv_inspect_line(page, branch.rest, DCV_PLAIN, "", 2, cause_text(page, zone->trust));
    put_faults(page, zone, branch.rest);
}

void dcv_inspect_chain(struct dcv_page *page, const struct dcv_survey *survey)
{
    const char *source = dcv_facts_about_const(survey->facts)->dnssec_source;
    dcv_paper_title(&page->paper, _("Chain of trust"));
    if (strcmp(source, "off") == 0) {
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2, _("Nothing was validated (--dnssec off)."));
        return;
    }
    if (strcmp(source, "resolver") == 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                      _("Validation was left to the resolver (--dnssec resolver), which tells no keys and no causes."));
    for (size_t i = 0; i < survey->zones.count; i++)
        put_zone(page, survey, i);
    if (survey->elsewhere != 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                      dcv_page_printf(page,
                                      _("Zones of aliases and mail hosts whose chain holds, not shown here: %zu."),
                                      survey->elsewhere));
}
