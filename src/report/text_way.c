/* The way out of e-mail as text: the records to publish, and what is known of each. */
#include "report/template.h"
#include "report/text.h"
#include "report/words.h"

#include <string.h>

/* For names that are no wildcards, or for all: does the method serve this one? */
static bool serves(const struct dcv_page *page, const struct dcv_way *way)
{
    return way->wildcard || !page->judged->name->wildcard;
}

const char *dcv_way_where(struct dcv_page *page, const struct dcv_way *way)
{
    const char *base = dcv_page_name(page, &page->judged->base);
    if (way->level == DCV_WAY_EXACT)
        return _("at this name only");
    if (way->method->method == DCV_METHOD_DNS_PERSIST)
        return dcv_page_printf(page, _("at this name or, with policy=wildcard, at a parent down to %s"), base);
    return dcv_page_printf(page, _("at this name or at a parent down to %s"), base);
}

/* "[BR 3.2.2.4.7; docs-methods, grade A]" */
const char *dcv_way_source(struct dcv_page *page, const struct dcv_way *way)
{
    const struct dcv_ref *ref = &way->method->ref;
    const char *clause = dcv_method_info(way->method->method)->clause;
    if (ref->key == NULL)
        return dcv_page_printf(page, "[%s]", clause);
    return dcv_page_printf(page, _("[%s; %s, grade %c]"), clause, dcv_page_safe(page, ref->key), ref->grade);
}

const char *dcv_way_dates(struct dcv_page *page, const struct dcv_way *way)
{
    if (!way->open && way->from != DCV_DATE_NONE && page->judged->as_of < way->from)
        return dcv_page_printf(page, _("; only from %s"), dcv_page_date(page, way->from));
    if (way->until != DCV_DATE_NONE)
        return dcv_page_printf(page, _("; only before %s"), dcv_page_date(page, way->until));
    if (way->reuse_until == DCV_DATE_NONE)
        return "";
    return dcv_page_printf(page, _("; a validation serves until %s"), dcv_page_date(page, way->reuse_until));
}

/* What stands in the way: by the id where it was told above, in full where it was not. */
static void put_conflicts(struct dcv_page *page, const struct dcv_way *way)
{
    for (size_t i = 0; i < way->conflicts.count; i++) {
        const struct dcv_finding *finding = &page->judged->findings.items[way->conflicts.items[i]];
        const struct dcv_rule_info *rule = dcv_rule_info(finding->rule);
        const bool told = finding->severity != DCV_INFO || page->options->verbosity > 0;
        struct dcv_buf text;
        dcv_buf_init(&text, DCV_REPORT_MAX);
        const struct dcv_places places = dcv_places_of(finding);
        dcv_template_put(&text, dcv_text(rule->text), &places);
        if (text.failed)
            dcv_arena_fail(page->arena);
        dcv_paper_put(&page->paper, 8, DCV_PLAIN, "", 8,
                      told ? dcv_page_printf(page, _("see %s above"), rule->id) : dcv_buf_text(&text));
        dcv_buf_done(&text);
    }
}

static void put_way(struct dcv_page *page, const struct dcv_way *way)
{
    dcv_paper_line(&page->paper, 4,
                   dcv_page_printf(page, "%s  ; %s", dcv_page_safe(page, way->line), dcv_method_info(way->method->method)->name));
    const char *text = dcv_way_where(page, way);
    text = dcv_page_printf(page, "%s; %s", text, way->wildcard ? _("also for wildcard names") : _("not for wildcard names"));
    if (way->method->offered == DCV_UNKNOWN)
        text = dcv_page_printf(page, "%s; %s", text, _("whether the CA offers it is not known"));
    if (way->existing)
        text = dcv_page_printf(page, "%s; %s", text, _("such a record stands already"));
    dcv_paper_put(&page->paper, 8, DCV_PLAIN, "", 8,
                  dcv_page_printf(page, "%s%s %s", text, dcv_way_dates(page, way), dcv_way_source(page, way)));
    put_conflicts(page, way);
}

/* Which of the rows without a record to show. */
enum row_kind { ROW_FORM_UNKNOWN, ROW_OTHER, ROW_OFFER_UNKNOWN };

static enum row_kind kind_of(const struct dcv_way *way)
{
    if (way->method->offered == DCV_UNKNOWN)
        return ROW_OFFER_UNKNOWN;
    return way->dns ? ROW_FORM_UNKNOWN : ROW_OTHER;
}

/* The methods of a kind, each once, with the types of its rows: "dns-change (CNAME, TXT), dns-account-01". "": none. */
static const char *methods_text(struct dcv_page *page, const struct dcv_judged_ca *ca, enum row_kind kind)
{
    const char *text = "";
    const struct dcv_way *last = NULL;
    for (size_t i = 0; i < ca->way_out.count; i++) {
        const struct dcv_way *way = &ca->way_out.items[i];
        if (way->line != NULL || kind_of(way) != kind || !serves(page, way))
            continue;
        const char *type = kind == ROW_FORM_UNKNOWN ? way->method->type : NULL;
        const bool again = last != NULL && last->method->method == way->method->method;
        last = way;
        if (again && type == NULL)
            continue;
        text = again ? dcv_page_printf(page, "%s / %s", text, type)
                     : dcv_page_printf(page, "%s%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_method_info(way->method->method)->name,
                                       type == NULL ? "" : dcv_page_printf(page, " %s", type));
    }
    return text;
}

static void put_methods(struct dcv_page *page, const struct dcv_judged_ca *ca, enum row_kind kind, const char *format)
{
    const char *methods = methods_text(page, ca, kind);
    if (methods[0] == '\0')
        return;
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_REPORT_MAX);
    const struct dcv_arg arg = {"methods", methods};
    const struct dcv_places places = {.args = &arg, .arg_count = 1};
    dcv_template_put(&text, format, &places);
    if (text.failed)
        dcv_arena_fail(page->arena);
    dcv_paper_put(&page->paper, 4, DCV_PLAIN, "", 6, dcv_buf_text(&text));
    dcv_buf_done(&text);
}

static bool shown(const struct dcv_page *page, const struct dcv_way *way)
{
    return way->line != NULL && serves(page, way);
}

void dcv_text_way_out(struct dcv_page *page, const struct dcv_judged_ca *judged)
{
    bool any = false;
    if (judged->way_out.count == 0)
        return;
    for (size_t i = 0; i < judged->way_out.count; i++)
        any = any || shown(page, &judged->way_out.items[i]);
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4,
                  any ? _("The way out of e-mail: validate by DNS (what stands in braces comes from the CA):") : _("The way out of e-mail:"));
    for (size_t i = 0; i < judged->way_out.count; i++)
        if (shown(page, &judged->way_out.items[i]))
            put_way(page, &judged->way_out.items[i]);
    put_methods(page, judged, ROW_FORM_UNKNOWN, _("offered, but the form of the record is not known to dcvready: {methods}"));
    put_methods(page, judged, ROW_OTHER, _("offered without a record in the DNS: {methods}"));
    put_methods(page, judged, ROW_OFFER_UNKNOWN, _("whether the CA offers these is not known: {methods}"));
}
