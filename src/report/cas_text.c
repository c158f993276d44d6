/* `cas`: the list, and one profile with every fact, its source, date and grade. */
#include "report/cas_view.h"
#include "report/words.h"

#include <string.h>

/* ", 2026-01-31", ", read 2026-01-31" where the document has no date, or "". */
static const char *date_text(struct dcv_page *page, const struct dcv_ref *ref)
{
    if (ref->date != DCV_DATE_NONE)
        return dcv_page_printf(page, ", %s", dcv_page_date(page, ref->date));
    return ref->read == DCV_DATE_NONE ? "" : dcv_page_printf(page, _(", read %s"), dcv_page_date(page, ref->read));
}

const char *dcv_text_ref(struct dcv_page *page, const struct dcv_ref *ref)
{
    if (ref->key == NULL)
        return "";
    const char *key = dcv_page_printf(page, "%s%s", dcv_page_safe(page, ref->key), date_text(page, ref));
    return ref->grade == '\0' ? dcv_page_printf(page, " [%s]", key)
                              : dcv_page_printf(page, " [%s, %c]", key, ref->grade);
}

void dcv_text_fact(struct dcv_page *page, const char *lead, const char *text, const struct dcv_ref *ref)
{
    const char *line = dcv_page_printf(page, "%s%s", text, dcv_text_ref(page, ref));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, dcv_page_printf(page, "%s: ", lead), 6, line);
}

/* --- the list --- */

/* A source in a word: a list has little room. */
static const char *short_source(enum dcv_source source)
{
    switch (source) {
    case DCV_SOURCE_CONSTRUCTED: return _("constructed");
    case DCV_SOURCE_TXT_CONTACT: return "TXT";
    case DCV_SOURCE_CAA_CONTACT: return "CAA";
    case DCV_SOURCE_SOA_RNAME: return "SOA";
    case DCV_SOURCE_WHOIS: return "WHOIS";
    case DCV_SOURCE_RDAP: return "RDAP";
    case DCV_SOURCE_COUNT: break;
    }
    return "";
}

static const char *sources_on(struct dcv_page *page, const struct dcv_ca *ca, dcv_date as_of)
{
    const char *text = "";
    for (int source = 0; source < (int)DCV_SOURCE_COUNT; source++) {
        enum dcv_known best = DCV_NO;
        for (size_t i = 0; i < ca->offer_count; i++) {
            const struct dcv_offer *offer = &ca->offers[i];
            if ((int)offer->source == source && dcv_date_within(as_of, offer->from, offer->until) &&
                (offer->offered == DCV_YES || (offer->offered == DCV_UNKNOWN && best == DCV_NO)))
                best = offer->offered;
        }
        if (best != DCV_NO)
            text = dcv_page_printf(page, "%s%s%s%s", text, text[0] == '\0' ? "" : ", ",
                                   short_source((enum dcv_source)source), best == DCV_UNKNOWN ? "?" : "");
    }
    return text[0] == '\0' ? _("none") : text;
}

void dcv_text_ca_list(struct dcv_page *page, const struct dcv_ca_set *set, dcv_date as_of)
{
    enum { COLUMNS = 4 };
    const size_t count = dcv_ca_count(set);
    struct dcv_cell *cells = dcv_arena_array(page->arena, (count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return;
    const char *const titles[COLUMNS] = {
        _("id"),
        dcv_page_printf(page, _("e-mail on %s"), dcv_page_date(page, as_of)),
        _("mail to"),
        _("name"),
    };
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < count; i++) {
        const struct dcv_ca *ca = dcv_ca_at(set, i);
        struct dcv_cell *row = cells + (i + 1) * COLUMNS;
        row[0] = (struct dcv_cell){dcv_page_safe(page, ca->id), DCV_PLAIN};
        row[1] = (struct dcv_cell){sources_on(page, ca, as_of), DCV_PLAIN};
        row[2] = (struct dcv_cell){ca->by_email ? dcv_word_recipients(dcv_ca_recipients(ca, as_of)) : "-", DCV_PLAIN};
        row[3] = (struct dcv_cell){dcv_page_ca(page, ca), DCV_PLAIN};
    }
    dcv_paper_table(&page->paper, 0, cells, COLUMNS, count + 1);
    dcv_paper_blank(&page->paper);
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 0,
                  _("constructed: admin, administrator, hostmaster, postmaster or webmaster at the domain. \"?\": not known whether "
                    "offered. One profile in full: dcvready cas ID"));
}

/* --- one profile --- */

static const char *period_text(struct dcv_page *page, dcv_date from, dcv_date until)
{
    const char *text = "";
    if (from != DCV_DATE_NONE)
        text = dcv_page_printf(page, _("%s, from %s"), text, dcv_page_date(page, from));
    if (until != DCV_DATE_NONE)
        text = dcv_page_printf(page, _("%s, only before %s"), text, dcv_page_date(page, until));
    return text;
}

static const char *roles_text(struct dcv_page *page, const struct dcv_offer *offer)
{
    const char *text = "";
    for (size_t i = 0; offer->roles != NULL && offer->roles[i] != NULL; i++)
        text = dcv_page_printf(page, "%s%s%s", text, i == 0 ? ", " : " ", dcv_page_safe(page, offer->roles[i]));
    return text;
}

static void put_offer(struct dcv_page *page, const struct dcv_ca *ca, const struct dcv_offer *offer)
{
    const char *text = dcv_word_known(offer->offered);
    if (offer->offered != DCV_NO) {
        text = dcv_page_printf(page, "%s, %s%s%s", text, dcv_word_level(offer->level), roles_text(page, offer),
                               period_text(page, offer->from, offer->until));
        if (!offer->is_default)
            text = dcv_page_printf(page, "%s, %s", text, _("on request or by an account setting"));
        else if (!offer->automatic)
            text = dcv_page_printf(page, "%s, %s", text, _("mailed only when asked for"));
        if (offer->cname_targets != ca->cname_targets)
            text = dcv_page_printf(page, _("%s, CNAME targets: %s"), text, dcv_word_known(offer->cname_targets));
    }
    dcv_text_fact(page, dcv_word_source(offer->source), text, &offer->ref);
    const char *note = dcv_pick(offer->note_en, offer->note_ja);
    if (note != NULL)
        dcv_paper_put(&page->paper, 6, DCV_PLAIN, "", 6, dcv_page_safe(page, note));
}

static void put_issuers(struct dcv_page *page, const struct dcv_ca *ca)
{
    const char *text = "";
    for (size_t i = 0; i < ca->issuer_domain_count; i++) {
        const struct dcv_issuer_domain *domain = &ca->issuer_domains[i];
        text = dcv_page_printf(page, "%s%s%s%s%s", text, i == 0 ? "" : ", ", dcv_page_safe(page, domain->domain),
                               domain->deprecated ? _(" (deprecated)") : "",
                               domain->shared ? _(" (of another CA)") : "");
    }
    if (!ca->caa_judged)
        text = _("not judged, this profile is no issuer");
    dcv_text_fact(page, _("issuer domains"), text[0] == '\0' ? _("unknown") : text, &ca->issuer_ref);
    if (!ca->caa_judged)
        return;
    dcv_text_fact(page, _("honours accounturi, validationmethods"),
                  dcv_page_printf(page, "%s%s", dcv_word_known(ca->rfc8657),
                                  period_text(page, ca->rfc8657_from, DCV_DATE_NONE)),
                  &ca->rfc8657_ref);
    dcv_text_fact(page, _("knows contactemail"), dcv_word_known(ca->contactemail_critical_ok), &ca->contactemail_ref);
    dcv_text_fact(page, _("reads flag bit 0x01 as critical"), dcv_word_known(ca->flag1), &ca->flag1_ref);
}

static void put_mail(struct dcv_page *page, const struct dcv_ca *ca)
{
    static const struct dcv_ref none = {.date = DCV_DATE_NONE, .read = DCV_DATE_NONE};
    dcv_text_fact(page, _("sent to"), dcv_word_recipients_rule(ca->recipients), &ca->recipients_ref);
    for (size_t i = 0; i < ca->recipients_period_count; i++)
        dcv_text_fact(page, _("sent to"),
                      dcv_page_printf(page, "%s%s", dcv_word_recipients_rule(ca->recipients_periods[i].recipients),
                                      period_text(page, ca->recipients_periods[i].from,
                                                  ca->recipients_periods[i].until)),
                      &ca->recipients_periods[i].ref);
    dcv_text_fact(page, _("MX required"), dcv_word_known(ca->mx_required), &ca->mx_ref);
    dcv_text_fact(page, _("valid for"),
                  ca->code_hours > 0 ? dcv_page_printf(page, _("%d hours"), ca->code_hours) : _("unknown"),
                  &ca->code_ref);
    const char *const leads[] = {_("from"), _("allow in the mail filter"), _("subject"), _("sending again")};
    const char *const texts[] = {ca->sender, ca->allow_list, dcv_pick(ca->subject_en, ca->subject_ja),
                                 dcv_pick(ca->resend_en, ca->resend_ja)};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        dcv_text_fact(page, leads[i], texts[i] != NULL ? dcv_page_safe(page, texts[i]) : _("unknown"),
                      texts[i] == NULL ? &none
                      : i == 3         ? &ca->resend_ref
                                       : &ca->sender_ref);
}

static void put_limits(struct dcv_page *page, const struct dcv_ca *ca)
{
    for (size_t i = 0; i < ca->limit_count; i++) {
        const struct dcv_ca_limit *limit = &ca->limits[i];
        const char *text = "";
        if (limit->validity_days > 0)
            text = dcv_page_printf(page, _("%scertificates %d days; "), text, limit->validity_days);
        if (limit->validity_months > 0)
            text = dcv_page_printf(page, _("%scertificates %d months; "), text, limit->validity_months);
        if (limit->reuse_days > 0)
            text = dcv_page_printf(page, _("%sreuse of a validation %d days; "), text, limit->reuse_days);
        dcv_text_fact(page, _("limit of its own"),
                      dcv_page_printf(page, _("%sfrom %s"), text, dcv_page_date(page, limit->from)), &limit->ref);
    }
    if (ca->limit_count == 0 && ca->issuer != NULL && ca->issuer->limit_count != 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 6,
                      dcv_page_printf(page, _("limit of its own: none known; those of %s hold, which issues"), ca->issuer->id));
    else if (ca->limit_count == 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 6, _("limit of its own: none known"));
}

static void put_method(struct dcv_page *page, const struct dcv_technical_method *method)
{
    const char *text = dcv_word_known(method->offered);
    const char *const parts[] = {method->owner, method->type, method->value, method->path};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i] != NULL)
            text = dcv_page_printf(page, "%s%s%s", text, i == 0 ? ": " : " ", dcv_page_safe(page, parts[i]));
    dcv_text_fact(page, dcv_method_info(method->method)->name, text, &method->ref);
}

static void put_notes(struct dcv_page *page, const struct dcv_ca *ca)
{
    if (ca->note_count > 0)
        dcv_paper_title(&page->paper, _("Notes"));
    for (size_t i = 0; i < ca->note_count; i++) {
        const char *text = dcv_pick(ca->notes[i].en, ca->notes[i].ja);
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, ca->notes[i].unverified ? _("(unverified) ") : "", 4,
                      dcv_page_printf(page, "%s%s", dcv_page_safe(page, text != NULL ? text : ""),
                                      dcv_text_ref(page, &ca->notes[i].ref)));
    }
    dcv_paper_title(&page->paper, _("Sources (A: the CA's own current document, B: older, or a reseller's)"));
    for (size_t i = 0; i < ca->source_count; i++) {
        const struct dcv_ref *source = &ca->sources[i];
        const char *text = dcv_page_safe(page, source->title != NULL ? source->title : "");
        text = dcv_page_printf(page, "%s%s", text, date_text(page, source));
        if (source->url != NULL)
            text = dcv_page_printf(page, "%s, %s", text, dcv_page_safe(page, source->url));
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, dcv_page_printf(page, "%s: ", dcv_page_safe(page, source->key)), 6,
                      text);
    }
}

void dcv_text_ca_full(struct dcv_page *page, const struct dcv_ca *ca, dcv_date as_of)
{
    const char *parent =
        ca->parent == NULL ? "" : dcv_page_printf(page, _(", issued by %s"), dcv_page_safe(page, ca->parent));
    dcv_paper_put(&page->paper, 0, DCV_BOLD, dcv_page_safe(page, ca->id), 2,
                  dcv_page_printf(page, "  %s (%s%s)", dcv_page_ca(page, ca), dcv_word_kind(ca->kind), parent));
    dcv_text_fact(page, _("issues"), ca->issues ? _("public TLS certificates") : _("no public TLS certificates"),
                  &ca->issues_ref);
    dcv_paper_title(&page->paper, dcv_page_printf(page, _("E-mail sources (in force on %s: %s)"),
                                                  dcv_page_date(page, as_of), sources_on(page, ca, as_of)));
    for (size_t i = 0; i < ca->offer_count; i++)
        put_offer(page, ca, &ca->offers[i]);
    if (ca->by_email)
        dcv_text_fact(page, _("CNAME targets validated instead"), dcv_word_known(ca->cname_targets), &ca->cname_ref);
    if (ca->by_email) {
        dcv_paper_title(&page->paper, _("The mail"));
        put_mail(page, ca);
    }
    dcv_paper_title(&page->paper, "CAA");
    put_issuers(page, ca);
    dcv_paper_title(&page->paper, _("Limits and products"));
    put_limits(page, ca);
    dcv_text_products(page, ca);
    dcv_paper_title(&page->paper, _("Methods without e-mail"));
    for (size_t i = 0; i < ca->method_count; i++)
        put_method(page, &ca->methods[i]);
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 6, _("every other method: unknown"));
    put_notes(page, ca);
}
