/* `accepts`: the answer, the rule behind it and the nearest address that would do, told once for the CAs that answer alike. */
#include "report/accept.h"

#include "base/text.h"
#include "report/text.h"
#include "report/words.h"

#include <string.h>

static void put_safe(struct dcv_buf *buf, const char *text)
{
    dcv_text_escape(buf, text, strlen(text));
}

/* ---- one answer in a sentence ------------------------------------------------------------------------------------------------------ */

/* "constructed at example.jp (base domain)" */
static void put_place(struct dcv_buf *buf, const struct dcv_entry *entry)
{
    char adn[DCV_NAME_TEXT_MAX];
    dcv_buf_printf(buf, _("%s at %s"), dcv_word_source(entry->source), dcv_name_text(&entry->adn, adn));
    dcv_buf_printf(buf, " (%s)", dcv_word_rung(entry->level));
}

static void put_clause(struct dcv_buf *buf, const struct dcv_entry *entry)
{
    dcv_buf_printf(buf, " [%s]", dcv_method_info(dcv_source_method(entry->source))->clause);
}

static void put_period(struct dcv_buf *buf, const struct dcv_entry *entry)
{
    char date[DCV_DATE_TEXT];
    if (entry->until != DCV_DATE_NONE)
        dcv_buf_printf(buf, _("%s, only before %s"), dcv_word_status(entry->status), dcv_date_format(entry->until, date));
    else
        dcv_buf_puts(buf, dcv_word_status(entry->status));
}

static void put_permitted(struct dcv_buf *buf, const struct dcv_entry *entry)
{
    put_period(buf, entry);
    dcv_buf_printf(buf, "; %s", dcv_word_mail(entry->mail));
    if (!entry->is_default)
        dcv_buf_printf(buf, "; %s", _("on request or by an account setting"));
    else if (!entry->automatic)
        dcv_buf_printf(buf, "; %s", _("mailed only when asked for"));
}

/* Two levels of one CA seldom hold alike: what is behind the second. */
static const char *condition(const struct dcv_offer *offer)
{
    if (offer->offered == DCV_UNKNOWN)
        return _("not known whether offered");
    return offer->is_default ? NULL : _("on request or by an account setting");
}

/* The levels at which the CA does offer the source. */
static void put_levels(struct dcv_buf *buf, const struct dcv_ca *ca, enum dcv_source source)
{
    bool any = false;
    dcv_buf_puts(buf, _("not used at this level, only "));
    for (size_t i = 0; i < ca->offer_count; i++) {
        const struct dcv_offer *offer = &ca->offers[i];
        if (offer->source != source || offer->offered == DCV_NO)
            continue;
        dcv_buf_printf(buf, "%s%s", any ? _(", ") : "", dcv_word_level(offer->level));
        if (condition(offer) != NULL)
            dcv_buf_printf(buf, " (%s)", condition(offer));
        any = true;
    }
}

/* Who ended it: the Baseline Requirements for every CA, or this CA before that. */
static void put_retired(struct dcv_buf *buf, const struct dcv_entry *entry)
{
    char date[DCV_DATE_TEXT];
    const struct dcv_method_info *method = dcv_method_info(dcv_source_method(entry->source));
    const bool by_br = entry->until == DCV_DATE_NONE || entry->until == method->forbidden;
    dcv_buf_printf(buf, by_br ? _("forbidden to every CA since %s") : _("ended by the CA on %s"),
                   dcv_date_format(by_br ? method->forbidden : entry->until, date));
}

static void put_entry(struct dcv_buf *buf, const struct dcv_acceptance *row)
{
    const struct dcv_entry *entry = row->entry;
    char date[DCV_DATE_TEXT];
    if (entry == NULL)
        return;
    put_place(buf, entry);
    dcv_buf_puts(buf, ": ");
    switch (row->reason) {
    case DCV_REASON_PERMITTED: put_permitted(buf, entry); break;
    case DCV_REASON_SOURCE_NOT_OFFERED: dcv_buf_puts(buf, _("the CA uses no addresses of this source")); break;
    case DCV_REASON_LEVEL_NOT_OFFERED: put_levels(buf, row->ca->ca, entry->source); break;
    case DCV_REASON_RETIRED: put_retired(buf, entry); break;
    case DCV_REASON_FUTURE: dcv_buf_printf(buf, _("used only from %s on"), dcv_date_format(entry->from, date)); break;
    case DCV_REASON_OFFER_UNKNOWN: dcv_buf_puts(buf, _("whether the CA uses it is not known to dcvready; ask the CA")); break;
    case DCV_REASON_BOGUS: dcv_buf_puts(buf, _("the record that publishes it does not validate (DNSSEC bogus)")); break;
    case DCV_REASON_CAA_METHODS: dcv_buf_puts(buf, _("the CAA record does not allow this method, or only to an account (RFC 8657)")); break;
    case DCV_REASON_MX_REQUIRED: dcv_buf_puts(buf, _("its domain has no MX record, without which the CA sends no mail")); break;
    case DCV_REASON_MAIL: dcv_buf_printf(buf, _("mail does not arrive (%s)"), dcv_word_mail(entry->mail)); break;
    case DCV_REASON_MAIL_UNKNOWN: dcv_buf_puts(buf, _("whether mail arrives could not be learned")); break;
    case DCV_REASON_LOCAL_PART: /* these have no entry */
    case DCV_REASON_NOT_AN_ADN:
    case DCV_REASON_NO_EMAIL:
    case DCV_REASON_BASE_NEEDED:
    case DCV_REASON_LOOKUP: break;
    }
    put_clause(buf, entry);
}

static void put_reason(struct dcv_buf *buf, const struct dcv_acceptance *row)
{
    switch (row->reason) {
    case DCV_REASON_LOCAL_PART:
        dcv_buf_puts(buf, _("the part before the @ is none of admin, administrator, hostmaster, postmaster, webmaster, "
                            "and the address is published nowhere"));
        dcv_buf_puts(buf, " [BR 3.2.2.4.4]");
        return;
    case DCV_REASON_NOT_AN_ADN:
        dcv_buf_puts(buf, _("its domain is neither the name nor a parent of it, and the address is published nowhere"));
        dcv_buf_puts(buf, " [BR 3.2.2.4]");
        return;
    case DCV_REASON_NO_EMAIL: dcv_buf_puts(buf, _("the CA validates no domain by e-mail")); return;
    case DCV_REASON_BASE_NEEDED:
        dcv_buf_puts(buf, _("its domain is below the name: it proves its own subtree, never a parent"));
        dcv_buf_puts(buf, " [BR 3.2.2.4]");
        return;
    case DCV_REASON_LOOKUP: dcv_buf_puts(buf, _("it may be published where a lookup failed")); return;
    case DCV_REASON_PERMITTED:
    case DCV_REASON_SOURCE_NOT_OFFERED:
    case DCV_REASON_LEVEL_NOT_OFFERED:
    case DCV_REASON_RETIRED:
    case DCV_REASON_FUTURE:
    case DCV_REASON_OFFER_UNKNOWN:
    case DCV_REASON_BOGUS:
    case DCV_REASON_CAA_METHODS:
    case DCV_REASON_MX_REQUIRED:
    case DCV_REASON_MAIL:
    case DCV_REASON_MAIL_UNKNOWN: put_entry(buf, row); return;
    }
}

void dcv_accept_put(struct dcv_buf *buf, const struct dcv_report_name *name, const struct dcv_acceptance *row)
{
    if (row->case_only)
        dcv_buf_puts(buf, _("it differs from an address that can be used in upper and lower case only, and the part before the @ is compared exactly"));
    else
        put_reason(buf, row);
    if (row->nearest != NULL && strcmp(row->nearest, name->address) != 0) {
        dcv_buf_printf(buf, "; %s", _("nearest accepted: "));
        put_safe(buf, row->nearest);
    }
}

/* ---- CAs that answer alike --------------------------------------------------------------------------------------------------------- */

struct answer {
    const struct dcv_acceptance *row; /* one of them */
    const char *text;
    dcv_ca_list cas;
};
typedef DCV_VEC(struct answer) answers;

static const char *sentence(struct dcv_page *page, const struct dcv_acceptance *row)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_accept_put(&buf, page->name, row);
    if (buf.failed)
        page->paper.buf.failed = true;
    const char *text = dcv_page_printf(page, "%s", dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return text;
}

static struct answer *answer_of(struct dcv_page *page, answers *all, const struct dcv_acceptance *row, const char *text)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].row->answer == row->answer && strcmp(all->items[i].text, text) == 0)
            return &all->items[i];
    struct answer *answer = DCV_VEC_ADD(page->arena, all);
    if (answer != NULL)
        *answer = (struct answer){.row = row, .text = text};
    return answer;
}

static void collect(struct dcv_page *page, enum dcv_accepts wanted, answers *all)
{
    for (size_t i = 0; i < page->judged->cas.count; i++) {
        const struct dcv_acceptance *row = &page->name->acceptances[i];
        if (row->answer != wanted)
            continue;
        struct answer *answer = answer_of(page, all, row, sentence(page, row));
        const struct dcv_judged_ca **slot = answer != NULL ? DCV_VEC_ADD(page->arena, &answer->cas) : NULL;
        if (slot != NULL)
            *slot = row->ca;
    }
}

static enum dcv_style answer_style(enum dcv_accepts answer)
{
    switch (answer) {
    case DCV_ACCEPTS_YES: return DCV_GREEN;
    case DCV_ACCEPTS_NO: return DCV_RED;
    case DCV_ACCEPTS_UNKNOWN: return DCV_YELLOW;
    }
    return DCV_PLAIN;
}

/* Where the profile has it from. */
static void put_offer(struct dcv_page *page, const struct dcv_ca *ca, const struct dcv_offer *offer)
{
    char date[DCV_DATE_TEXT];
    if (offer == NULL || offer->ref.key == NULL)
        return;
    dcv_paper_put(&page->paper, 4, DCV_PLAIN, "", 6,
                  dcv_page_printf(page, _("profile %s: %s%s%s, grade %c"), ca->id, dcv_page_safe(page, offer->ref.title),
                                  offer->ref.date != DCV_DATE_NONE ? ", " : "",
                                  offer->ref.date != DCV_DATE_NONE ? dcv_date_format(offer->ref.date, date) : "", offer->ref.grade));
}

/* An address alone is not enough: what else keeps the CA from validating the name. */
static void put_though(struct dcv_page *page, const dcv_ca_list *cas)
{
    dcv_ca_list unready = {0};
    for (size_t i = 0; i < cas->count; i++) {
        const struct dcv_judged_ca **slot = cas->items[i]->verdict != DCV_READY ? DCV_VEC_ADD(page->arena, &unready) : NULL;
        if (slot != NULL)
            *slot = cas->items[i];
    }
    if (unready.count != 0)
        dcv_paper_put(&page->paper, 4, DCV_YELLOW, "", 6,
                      dcv_page_printf(page, _("though the name as such is not ready for %s; 'dcvready check' tells why"),
                                      dcv_ca_names(page->arena, &unready)));
}

static void put_answer(struct dcv_page *page, const struct answer *answer)
{
    const char *lead = dcv_page_printf(page, "%s: ", dcv_word_accepts(answer->row->answer));
    dcv_paper_put(&page->paper, 0, answer_style(answer->row->answer), lead, 4, dcv_ca_names(page->arena, &answer->cas));
    dcv_paper_put(&page->paper, 4, DCV_PLAIN, "", 6, answer->text);
    const bool in_full = page->options->verbosity > 0 || page->judged->cas.count == 1;
    const char *address = answer->row->entry != NULL ? answer->row->entry->address : NULL;
    for (size_t i = 0; in_full && address != NULL && i < answer->cas.count; i++) {
        const struct dcv_entry *entry = dcv_judged_best(answer->cas.items[i], address);
        put_offer(page, answer->cas.items[i]->ca, entry != NULL ? entry->offer : NULL);
    }
    if (answer->row->answer == DCV_ACCEPTS_YES)
        put_though(page, &answer->cas);
}

/* A CA a line, for programs that search and cut. */
static void quiet(struct dcv_page *page)
{
    for (size_t i = 0; i < page->judged->cas.count; i++) {
        const struct dcv_acceptance *row = &page->name->acceptances[i];
        dcv_buf_printf(&page->paper.buf, "%s\t%s\t%s\t%s\n", dcv_page_safe(page, page->judged->name->ascii), row->ca->ca->id,
                       dcv_accepts_id(row->answer), dcv_reason_id(row->reason));
    }
}

void dcv_text_accepts(struct dcv_page *page)
{
    static const enum dcv_accepts order[] = {DCV_ACCEPTS_YES, DCV_ACCEPTS_UNKNOWN, DCV_ACCEPTS_NO};
    if (page->options->quiet) {
        quiet(page);
        return;
    }
    dcv_paper_put(&page->paper, 0, DCV_BOLD, "", 2,
                  dcv_page_printf(page, _("%s as the approver address of %s on %s"), dcv_page_safe(page, page->name->address),
                                  dcv_page_safe(page, page->judged->name->unicode), dcv_page_date(page, page->judged->as_of)));
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        answers all = {0};
        collect(page, order[i], &all);
        for (size_t j = 0; j < all.count; j++)
            put_answer(page, &all.items[j]);
    }
}
