/* The text of one name: headline, verdict, and the order of the parts. */
#include "report/text.h"
#include "report/timeline.h"
#include "report/wait.h"

#include "base/text.h"
#include "report/words.h"

#include <string.h>

const char *dcv_page_safe_n(struct dcv_page *page, const char *text, size_t len)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_text_escape(&buf, text, len);
    if (buf.failed)
        dcv_arena_fail(page->arena);
    const char *safe = dcv_arena_strdup(page->arena, dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return safe != NULL ? safe : "";
}

const char *dcv_page_safe(struct dcv_page *page, const char *text)
{
    return dcv_page_safe_n(page, text, strlen(text));
}

const char *dcv_page_printf(struct dcv_page *page, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *text = dcv_arena_vprintf(page->arena, format, args);
    va_end(args);
    return text != NULL ? text : "";
}

const char *dcv_page_name(struct dcv_page *page, const struct dcv_name *name)
{
    char text[DCV_NAME_TEXT_MAX];
    return dcv_page_printf(page, "%s", name->len == 0 ? "-" : dcv_name_text(name, text));
}

const char *dcv_page_date(struct dcv_page *page, dcv_date date)
{
    char text[DCV_DATE_TEXT];
    return dcv_page_printf(page, "%s", date == DCV_DATE_NONE ? "-" : dcv_date_format(date, text));
}

const char *dcv_page_ca(struct dcv_page *page, const struct dcv_ca *ca)
{
    const char *name = dcv_pick(ca->name_en, ca->name_ja);
    return dcv_page_safe(page, name != NULL ? name : ca->id);
}

/* Verdicts of the CAs, counted. */
struct counts {
    size_t all, ready, unknown;
};

static struct counts count_verdicts(const struct dcv_judged *judged)
{
    struct counts counts = {.all = dcv_judged_count(judged)};
    for (size_t i = 0; i < judged->cas.count; i++) {
        const struct dcv_judged_ca *row = &judged->cas.items[i];
        const enum dcv_verdict verdict = dcv_judged_verdict(judged, row->ca);
        counts.ready += dcv_judged_first(judged, row) && verdict == DCV_READY;
        counts.unknown += dcv_judged_first(judged, row) && verdict == DCV_UNKNOWN_VERDICT;
    }
    return counts;
}

/* The kinds by which a CA is ready, or all that were judged: "DNS, HTTP". */
static const char *kinds_of_one(struct dcv_page *page, enum dcv_verdict verdict)
{
    const struct dcv_judged *judged = page->judged;
    const char *text = "";
    for (size_t i = 0; i < judged->cas.count; i++)
        if (verdict != DCV_READY || judged->cas.items[i].verdict == DCV_READY)
            text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : _(", "), dcv_word_by(judged->cas.items[i].by));
    return text;
}

/* Of other kinds than e-mail, or of several. */
static const char *kinds_sentence(struct dcv_page *page, enum dcv_verdict verdict, struct counts counts)
{
    const char *ca = page->judged->cas.items[0].ca->id, *by = counts.all == 1 ? kinds_of_one(page, verdict) : dcv_text_kinds(page);
    const bool one = counts.all == 1;
    switch (verdict) {
    case DCV_READY:
        return one ? dcv_page_printf(page, _("%s can validate this name by %s."), ca, by)
                   : dcv_page_printf(page, _("%zu of %zu CAs can validate this name (looked at: %s)."), counts.ready, counts.all, by);
    case DCV_NOT_READY:
        return one ? dcv_page_printf(page, _("%s cannot validate this name by %s. Begin with the blockers below."), ca, by)
                   : dcv_page_printf(page, _("%zu of %zu CAs can validate this name (looked at: %s). Begin with the blockers below."), counts.ready,
                                     counts.all, by);
    case DCV_UNKNOWN_VERDICT:
        return one ? dcv_page_printf(page, _("whether %s can validate this name by %s could not be learned; see the warnings below."), ca, by)
                   : dcv_page_printf(page, _("for %zu of %zu CAs, what decides could not be learned; see the warnings below."), counts.unknown,
                                     counts.all);
    }
    return "";
}

static const char *verdict_sentence(struct dcv_page *page, enum dcv_verdict verdict, struct counts counts)
{
    if (!dcv_text_email_alone(page))
        return kinds_sentence(page, verdict, counts);
    if (counts.all == 1) {
        const char *ca = page->judged->cas.items[0].ca->id;
        switch (verdict) {
        case DCV_READY: return dcv_page_printf(page, _("%s can validate this name by e-mail."), ca);
        case DCV_NOT_READY:
            return dcv_page_printf(page, _("%s cannot validate this name by e-mail. Begin with the blockers below."),
                                   ca);
        case DCV_UNKNOWN_VERDICT:
            return dcv_page_printf(
                page, _("whether %s can validate this name by e-mail could not be learned; see the warnings below."),
                ca);
        }
    }
    switch (verdict) {
    case DCV_READY:
        return dcv_page_printf(page, _("%zu of %zu CAs can validate this name by e-mail."), counts.ready, counts.all);
    case DCV_NOT_READY:
        return dcv_page_printf(page,
                               _("%zu of %zu CAs can validate this name by e-mail. Begin with the blockers below."),
                               counts.ready, counts.all);
    case DCV_UNKNOWN_VERDICT:
        return dcv_page_printf(page,
                               _("for %zu of %zu CAs, what decides could not be learned; see the warnings below."),
                               counts.unknown, counts.all);
    }
    return "";
}

static const char *verdict_lead(enum dcv_verdict verdict)
{
    switch (verdict) {
    case DCV_READY: return _("READY: ");
    case DCV_NOT_READY: return _("NOT READY: ");
    case DCV_UNKNOWN_VERDICT: return _("UNKNOWN: ");
    }
    return "";
}

enum dcv_style dcv_verdict_style(enum dcv_verdict verdict)
{
    switch (verdict) {
    case DCV_READY: return DCV_GREEN;
    case DCV_NOT_READY: return DCV_RED;
    case DCV_UNKNOWN_VERDICT: return DCV_YELLOW;
    }
    return DCV_PLAIN;
}

void dcv_verdict_line(struct dcv_page *page, enum dcv_verdict verdict, const char *sentence)
{
    dcv_paper_put(&page->paper, 0, dcv_verdict_style(verdict), verdict_lead(verdict), 2, sentence);
}

static void headline(struct dcv_page *page)
{
    const struct dcv_judged *judged = page->judged;
    const char *unicode = dcv_page_safe(page, judged->name->unicode), *ascii = dcv_page_safe(page, judged->name->ascii);
    const char *also = strcmp(unicode, ascii) == 0 ? "" : dcv_page_printf(page, "  (%s)", ascii);
    dcv_paper_put(&page->paper, 0, DCV_BOLD, unicode, 2, also);
    const char *base = judged->base.len == 0
                           ? _("no base domain")
                           : dcv_page_printf(page, _("base domain %s"), dcv_page_name(page, &judged->base));
    const char *date = dcv_page_date(page, judged->as_of);
    const char *line = dcv_text_email_alone(page) ? dcv_page_printf(page, _("e-mail validation on %s, %s"), date, base)
                                                  : dcv_page_printf(page, _("validation by %s on %s, %s"), dcv_text_kinds(page), date, base);
    if (page->name->also_www)
        line = dcv_page_printf(page, "%s%s%s", line, _(", "), _("added by --also-www"));
    if (judged->name->wildcard)
        line = dcv_page_printf(page, "%s%s%s", line, _(", "), _("wildcard"));
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2, line);
    const struct counts counts = count_verdicts(judged);
    const enum dcv_verdict verdict = judged->verdict;
    dcv_verdict_line(page, verdict, verdict_sentence(page, verdict, counts));
}

/* Each severity with its title, in the order of reading. */
static void findings(struct dcv_page *page)
{
    static const enum dcv_severity shown[] = {DCV_BLOCKER, DCV_WARNING, DCV_NOTICE, DCV_INFO};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (shown[i] != DCV_INFO || page->options->verbosity > 0)
            (void)dcv_text_findings(page, NULL, shown[i]);
}

static void one_ca(struct dcv_page *page, const struct dcv_judged_ca *ca)
{
    if (ca->by != DCV_BY_EMAIL) {
        dcv_text_ways(page, ca);
        return;
    }
    dcv_text_addresses(page, ca);
    dcv_text_mailbox(page, ca);
    dcv_text_way_out(page, ca);
}

static void tables(struct dcv_page *page)
{
    if (page->judged->cas.count < 2 || dcv_text_several_kinds(page))
        return; /* the matrix stands above the findings */
    if (dcv_text_email_alone(page))
        dcv_text_ca_table(page);
    else
        dcv_text_way_table(page);
}

static void check(struct dcv_page *page)
{
    const bool in_full = page->options->explicit_cas || page->options->verbosity > 0;
    headline(page);
    if (dcv_text_several_kinds(page))
        dcv_text_matrix(page);
    findings(page);
    tables(page);
    dcv_text_admissions(page);
    if (page->judged->base.len == 0) /* a public suffix: nothing was looked up, and nothing will change */
        return;
    if (!page->options->explicit_cas && (dcv_text_email_alone(page) || (page->options->verbosity > 0 && dcv_judged_by(page->judged, DCV_BY_EMAIL))))
        dcv_text_address_summary(page);
    for (size_t i = 0; in_full && i < page->judged->cas.count; i++)
        one_ca(page, &page->judged->cas.items[i]);
    dcv_text_next(page, page->judged->cas.count == 1 ? &page->judged->cas.items[0] : NULL);
    if (page->options->verbosity > 0) {
        dcv_text_talks(page);
        dcv_text_records(page);
    }
    dcv_text_dns(page);
}

void dcv_quiet_reasons(struct dcv_page *page)
{
    struct dcv_buf *out = &page->paper.buf;
    dcv_finding_groups groups;
    size_t shown = 0;
    /* Of an unknown verdict, what could not be learned. */
    dcv_group_findings(page->arena, page->judged, NULL, page->judged->verdict == DCV_UNKNOWN_VERDICT ? DCV_WARNING : DCV_BLOCKER,
                       &groups);
    for (size_t i = 0; i < groups.count; i++) {
        bool before = false;
        for (size_t j = 0; j < i; j++)
            before = before || groups.items[j].finding->rule == groups.items[i].finding->rule;
        const enum dcv_rule rule = groups.items[i].finding->rule;
        if (before || (dcv_text_email_alone(page) && dcv_rule_advises(rule))
            || (page->judged->verdict == DCV_UNKNOWN_VERDICT && dcv_rule_foretells(rule)))
            continue;
        dcv_buf_printf(out, "%s%s", shown == 0 ? "" : ",", dcv_rule_info(groups.items[i].finding->rule)->id);
        shown++;
    }
    dcv_buf_puts(out, shown == 0 ? "-\n" : "\n");
}

/* name, verdict, how many CAs are ready, ids of the blockers: separated by tabs. */
static void quiet(struct dcv_page *page)
{
    const struct counts counts = count_verdicts(page->judged);
    dcv_buf_printf(&page->paper.buf, "%s\t%s\t%zu/%zu\t", dcv_page_safe(page, page->judged->name->ascii),
                   dcv_verdict_text(page->judged->verdict), counts.ready, counts.all);
    dcv_quiet_reasons(page);
}

/* A name that is none. Lists for other programs carry it as a comment. */
static void invalid(struct dcv_page *page)
{
    const struct dcv_report_name *name = page->name;
    const char *input = dcv_page_safe(page, name->input), *error = dcv_page_safe(page, dcv_text(name->error));
    const char *detail = name->error_detail == NULL || name->error_detail[0] == '\0'
                             ? ""
                             : dcv_page_printf(page, " (%s)", dcv_page_safe(page, name->error_detail));
    const char *text = dcv_page_printf(page, _("no host name: %s%s, at octet %zu"), error, detail, name->error_at);
    if ((page->options->view == DCV_VIEW_CHECK || page->options->view == DCV_VIEW_WAIT) && page->options->quiet)
        dcv_buf_printf(&page->paper.buf, "%s\tinvalid\t-\t%s%s\n", input, error, detail);
    else if (page->options->view == DCV_VIEW_APPROVERS)
        dcv_buf_printf(&page->paper.buf, "# %s: %s\n", input, text);
    else {
        dcv_paper_put(&page->paper, 0, DCV_BOLD, input, 2, "");
        dcv_paper_put(&page->paper, 0, DCV_RED, _("INVALID: "), 2, text);
    }
}

static void render(struct dcv_page *page)
{
    if (page->name->error != NULL) {
        invalid(page);
        return;
    }
    switch (page->options->view) {
    case DCV_VIEW_CHECK:
        if (page->options->quiet)
            quiet(page);
        else
            check(page);
        break;
    case DCV_VIEW_APPROVERS: dcv_text_approvers(page); break;
    case DCV_VIEW_ACCEPTS: dcv_text_accepts(page); break;
    case DCV_VIEW_TIMELINE: dcv_text_timeline(page); break;
    case DCV_VIEW_INSPECT: dcv_text_inspect(page); break;
    case DCV_VIEW_WAIT: dcv_text_wait(page); break;
    }
}

static bool separated(const struct dcv_report *report)
{
    const struct dcv_report_options *options = &report->options;
    return report->written > 0 && !options->quiet && (options->view != DCV_VIEW_APPROVERS || options->all);
}

/* Of an order the page of the whole says what there is to say. */
static bool left_to_order(const struct dcv_report_options *options, const struct dcv_report_name *name)
{
    return options->order && options->view == DCV_VIEW_CHECK && options->verbosity == 0 && !options->quiet && name->error == NULL;
}

enum dcv_status dcv_text_name(struct dcv_report *report, const struct dcv_report_name *name)
{
    if (left_to_order(&report->options, name))
        return DCV_OK;
    struct dcv_page page = {.options = &report->options,
                            .name = name,
                            .judged = name->judged,
                            .arena = dcv_arena_create(NULL)};
    if (page.arena == NULL)
        return DCV_ERR_NOMEM;
    dcv_paper_init(&page.paper, report->options.width, report->options.color);
    if (separated(report))
        dcv_paper_blank(&page.paper);
    render(&page);
    report->written++;
    enum dcv_status status =
        dcv_arena_failed(page.arena) ? DCV_ERR_NOMEM : dcv_report_flush(report->writer, &page.paper.buf);
    dcv_paper_done(&page.paper);
    dcv_arena_free(page.arena);
    return status;
}

enum dcv_status dcv_text_begin(struct dcv_report *report)
{
    return report->writer->error == 0 ? DCV_OK : DCV_ERR_IO;
}

enum dcv_status dcv_text_end(struct dcv_report *report)
{
    return report->writer->error == 0 ? DCV_OK : DCV_ERR_IO;
}
