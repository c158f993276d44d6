/* `timeline`: what happens when, for a person. */
#include "report/timeline.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 65536 };

/* ---- the head ---------------------------------------------------------------------------------------------------------------- */

static void put_certificate(struct dcv_page *page)
{
    const struct dcv_timeline_certificate *certificate = &page->name->timeline->certificate;
    if (certificate->origin == NULL)
        return;
    const char *origin = dcv_page_safe(page, certificate->origin);
    if (certificate->failure != NULL) {
        dcv_paper_put(&page->paper, 0, DCV_YELLOW, _("warning: "), 2,
                      dcv_page_printf(page, _("the certificate of %s could not be read: %s."), origin, dcv_text(certificate->failure)));
        return;
    }
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2,
                  dcv_page_printf(page, _("certificate of %s, from %s to %s, issued by %s"), origin, dcv_page_date(page, certificate->not_before),
                                  dcv_page_date(page, certificate->not_after), dcv_page_safe(page, certificate->issuer)));
    if (certificate->issuer_ca != NULL && page->name->timeline->shared)
        dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2, dcv_page_printf(page, _("--ca %s tells what this issuer limits besides."), certificate->issuer_ca));
    if (certificate->covers)
        return;
    const char *first = certificate->name_count != 0 ? dcv_page_safe(page, certificate->names[0]) : "";
    const char *text = certificate->name_count == 0 ? _("the certificate holds no DNS name, so it is not for this one.")
                       : certificate->name_count == 1
                           ? dcv_page_printf(page, _("the certificate is not for this name; it is for %s."), first)
                           : dcv_page_printf(page, _("the certificate is not for this name; it is for %s and %zu more."), first,
                                             certificate->name_count - 1);
    dcv_paper_put(&page->paper, 0, DCV_YELLOW, _("warning: "), 2, text);
}

static const char *basis_sentence(struct dcv_page *page)
{
    const struct dcv_timeline *timeline = page->name->timeline;
    const char *day = dcv_page_date(page, timeline->validated);
    switch (timeline->basis) {
    case DCV_BASIS_GIVEN: return dcv_page_printf(page, _("The present validation is of %s."), day);
    case DCV_BASIS_CERTIFICATE:
        return dcv_page_printf(page, _("The present validation is taken to be of %s, the day of issue; it may be older. --validated DATE says when it was done."), day);
    case DCV_BASIS_TODAY:
        return dcv_page_printf(page, _("Reckoned for a validation done on %s. --validated DATE says when it was done; --connect HOST or --cert FILE reads the certificate in use."), day);
    }
    return "";
}

static void headline(struct dcv_page *page)
{
    const struct dcv_judged *judged = page->judged;
    const char *unicode = dcv_page_safe(page, judged->name->unicode), *ascii = dcv_page_safe(page, judged->name->ascii);
    dcv_paper_put(&page->paper, 0, DCV_BOLD, unicode, 2, strcmp(unicode, ascii) == 0 ? "" : dcv_page_printf(page, "  (%s)", ascii));
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2, dcv_page_printf(page, _("timeline on %s"), dcv_page_date(page, judged->as_of)));
    put_certificate(page);
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2, basis_sentence(page));
}

/* ---- events ------------------------------------------------------------------------------------------------------------------ */

static const char *days_left(struct dcv_page *page, int days)
{
    if (days < 0)
        return _("past");
    if (days == 0)
        return _("today");
    return days == 1 ? _("in 1 day") : dcv_page_printf(page, _("in %d days"), days);
}

/* What is over matters where something was to be done by then; what does not concern this name's planning waits for --verbose. */
static bool shown(const struct dcv_page *page, const struct dcv_event *event)
{
    const struct dcv_event_info *info = dcv_event_info(event->kind);
    if (page->options->verbosity > 0)
        return true;
    if (event->date < page->judged->as_of)
        return info->weight == DCV_EVENT_DEADLINE || event->kind == DCV_EVENT_METHOD_DISCOURAGED;
    return event->kind != DCV_EVENT_RULE_CHANGE || event->change != DCV_CHANGE_MPIC;
}

static enum dcv_style style_of(const struct dcv_page *page, const struct dcv_event *event)
{
    if (event->date < page->judged->as_of)
        return DCV_PLAIN;
    return dcv_event_info(event->kind)->weight == DCV_EVENT_DEADLINE ? DCV_YELLOW : DCV_BOLD;
}

static void put_event(struct dcv_page *page, const struct dcv_event *event)
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_MAX);
    /* TRANSLATORS: "in 3 days: ", before what happens then. */
    dcv_buf_printf(&text, _("%s: "), days_left(page, event->date - page->judged->as_of));
    dcv_event_put_text(&text, event);
    if (event->clause[0] != '\0' && page->options->verbosity > 0)
        dcv_buf_printf(&text, " [%s]", event->clause);
    dcv_paper_put(&page->paper, 2, style_of(page, event), dcv_page_printf(page, "%s  ", dcv_page_date(page, event->date)), 14, dcv_buf_text(&text));
    if (text.failed)
        dcv_arena_fail(page->arena);
    dcv_buf_done(&text);
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------- */

static const char *method_word(const struct dcv_method_end *method)
{
    for (int i = 0; i < DCV_SOURCE_COUNT; i++)
        if (strcmp(dcv_source_text((enum dcv_source)i), method->name) == 0)
            return dcv_word_source((enum dcv_source)i);
    return _("DNS record");
}

static const char *method_state(struct dcv_page *page, const struct dcv_method_end *method)
{
    if (method->offered == DCV_UNKNOWN)
        return _("not known whether offered");
    if (method->offered == DCV_NO)
        return _("not offered");
    if (method->last == DCV_DATE_NONE)
        return _("no end known");
    if (method->discouraged == DCV_DATE_NONE)
        return dcv_page_printf(page, _("until %s"), dcv_page_date(page, method->last));
    return dcv_page_printf(page, page->judged->as_of >= method->discouraged ? _("until %s, discouraged since %s") : _("until %s, discouraged from %s"),
                           dcv_page_date(page, method->last), dcv_page_date(page, method->discouraged));
}

static void put_methods(struct dcv_page *page, const struct dcv_timeline_ca *ca)
{
    enum { COLUMNS = 2 };
    struct dcv_cell *cells = dcv_arena_array(page->arena, ca->methods.count * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return;
    for (size_t i = 0; i < ca->methods.count; i++) {
        cells[i * COLUMNS] = (struct dcv_cell){method_word(&ca->methods.items[i]), DCV_PLAIN};
        cells[i * COLUMNS + 1] = (struct dcv_cell){method_state(page, &ca->methods.items[i]), DCV_PLAIN};
    }
    dcv_paper_title(&page->paper, _("How long each method may be used"));
    dcv_paper_table(&page->paper, 2, cells, COLUMNS, ca->methods.count);
}

static const char *validity_text(struct dcv_page *page, const struct dcv_validity *validity)
{
    if (validity->months != 0)
        return dcv_page_printf(page, _("%d months (%d days)"), validity->months, validity->days);
    return dcv_page_printf(page, _("%d days"), validity->days);
}

static void put_validities(struct dcv_page *page, const struct dcv_timeline_ca *ca)
{
    enum { COLUMNS = 4 };
    struct dcv_cell *cells = dcv_arena_array(page->arena, (ca->validities.count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return;
    const char *const titles[COLUMNS] = {_("issued on"), _("lasts at most"), _("until"), _("set by")};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < ca->validities.count; i++) {
        const struct dcv_validity *validity = &ca->validities.items[i];
        struct dcv_cell *row = cells + (i + 1) * COLUMNS;
        row[0] = (struct dcv_cell){dcv_page_date(page, validity->issued), DCV_PLAIN};
        row[1] = (struct dcv_cell){validity_text(page, validity), DCV_PLAIN};
        row[2] = (struct dcv_cell){dcv_page_date(page, validity->expires), DCV_PLAIN};
        row[3] = (struct dcv_cell){validity->own ? dcv_page_safe(page, ca->ca->id) : validity->clause, DCV_PLAIN};
    }
    dcv_paper_title(&page->paper, _("How long a certificate lasts"));
    dcv_paper_table(&page->paper, 2, cells, COLUMNS, ca->validities.count + 1);
}

static const char *email_word(enum dcv_email_state state)
{
    switch (state) {
    case DCV_EMAIL_OVER: return _("e-mail forbidden or ended: a DNS method");
    case DCV_EMAIL_NOT_OFFERED: return _("not offered");
    case DCV_EMAIL_UNKNOWN: return _("not known whether offered");
    case DCV_EMAIL_LATER: return _("e-mail not yet");
    case DCV_EMAIL_DISCOURAGED: return _("e-mail possible, discouraged");
    case DCV_EMAIL_POSSIBLE: return _("e-mail possible");
    }
    return "";
}

static const char *projection_sentence(struct dcv_page *page, size_t count)
{
    if (count == 0)
        return _("No renewal can be validated by e-mail any more, if each is made as early as advised and each certificate lasts as long as it may.");
    return count == 1 ? _("One renewal can still be validated by e-mail, if each is made as early as advised and each certificate lasts as long as it may.")
                      : dcv_page_printf(page, _("%zu renewals can still be validated by e-mail, if each is made as early as advised and each certificate lasts as long as it may."),
                                        count);
}

static void put_renewals(struct dcv_page *page, const struct dcv_timeline_ca *ca)
{
    enum { COLUMNS = 4 };
    struct dcv_cell *cells = dcv_arena_array(page->arena, (ca->renewals.count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL || ca->renewals.count == 0)
        return;
    const char *const titles[COLUMNS] = {_("issued on"), _("lasts at most"), _("until"), _("validation")};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < ca->renewals.count; i++) {
        const struct dcv_renewal *renewal = &ca->renewals.items[i];
        struct dcv_cell *row = cells + (i + 1) * COLUMNS;
        row[0] = (struct dcv_cell){dcv_page_date(page, renewal->validity.issued), DCV_PLAIN};
        row[1] = (struct dcv_cell){validity_text(page, &renewal->validity), DCV_PLAIN};
        row[2] = (struct dcv_cell){dcv_page_date(page, renewal->validity.expires), DCV_PLAIN};
        row[3] = (struct dcv_cell){email_word(renewal->email), renewal->email == DCV_EMAIL_OVER ? DCV_YELLOW : DCV_PLAIN};
    }
    dcv_paper_title(&page->paper, _("Projection: the renewals to come"));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2, projection_sentence(page, ca->renewals_by_email));
    if (!page->name->timeline->shared || page->options->verbosity > 0)
        dcv_paper_table(&page->paper, 2, cells, COLUMNS, ca->renewals.count + 1);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------------------- */

static void put_ca(struct dcv_page *page, const struct dcv_timeline_ca *ca)
{
    const bool shared = page->name->timeline->shared;
    dcv_paper_title(&page->paper, shared ? _("What binds every CA") : dcv_page_printf(page, "%s (%s)", dcv_page_ca(page, ca->ca), dcv_page_safe(page, ca->ca->id)));
    for (size_t i = 0; i < ca->events.count; i++)
        if (shown(page, &ca->events.items[i]))
            put_event(page, &ca->events.items[i]);
    if (!shared)
        put_methods(page, ca);
    put_validities(page, ca);
    put_renewals(page, ca);
}

void dcv_text_timeline(struct dcv_page *page)
{
    const struct dcv_timeline *timeline = page->name->timeline;
    headline(page);
    if (timeline->none) {
        (void)dcv_text_findings(page, NULL, DCV_BLOCKER);
        return;
    }
    for (size_t i = 0; i < timeline->cas.count; i++)
        put_ca(page, &timeline->cas.items[i]);
    if (!timeline->shared)
        return;
    dcv_paper_blank(&page->paper);
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2,
                  _("These are the limits of the Baseline Requirements; a CA may have lower ones. --ca ID shows those of a CA and its notices."));
}
