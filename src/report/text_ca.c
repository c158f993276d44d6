/* CAs as text: the table of verdicts, and what their mails look like. */
#include "report/text.h"
#include "report/words.h"

#include <string.h>

static size_t usable_addresses(const struct dcv_judged_ca *ca)
{
    size_t count = 0;
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        bool before = !entry->usable || entry->address == NULL;
        for (size_t j = 0; j < i && !before; j++)
            before = ca->entries.items[j].usable && ca->entries.items[j].address != NULL &&
                     strcmp(ca->entries.items[j].address, entry->address) == 0;
        count += !before;
    }
    return count;
}

const char *dcv_text_reasons(struct dcv_page *page, const struct dcv_judged_ca *ca)
{
    const char *text = "";
    if (ca->verdict == DCV_READY)
        return text;
    const enum dcv_severity wanted = ca->verdict == DCV_NOT_READY ? DCV_BLOCKER : DCV_WARNING;
    bool seen[DCV_RULE_COUNT] = {false};
    for (size_t i = 0; i < ca->findings.count; i++) {
        const struct dcv_finding *finding = &page->judged->findings.items[ca->findings.items[i]];
        const bool advises = (dcv_rule_advises(finding->rule) && ca->by == DCV_BY_EMAIL)
                             || (wanted == DCV_WARNING && dcv_rule_foretells(finding->rule));
        if (finding->severity != wanted || seen[finding->rule] || advises)
            continue;
        seen[finding->rule] = true;
        text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_rule_info(finding->rule)->id);
    }
    return text;
}

enum { CA_COLUMNS = 6 };

static void put_cells(struct dcv_page *page, const struct dcv_judged_ca *ca, struct dcv_cell *row)
{
    row[0] = (struct dcv_cell){ca->ca->id, DCV_PLAIN};
    row[1] = (struct dcv_cell){dcv_word_verdict(ca->verdict), dcv_verdict_style(ca->verdict)};
    row[2] = (struct dcv_cell){dcv_page_printf(page, "%zu", usable_addresses(ca)), DCV_PLAIN};
    row[3] = (struct dcv_cell){ca->caa.judged ? dcv_word_permits(ca->caa.permits) : "-", DCV_PLAIN};
    row[4] = (struct dcv_cell){dcv_word_recipients(dcv_ca_recipients(ca->ca, page->judged->as_of)), DCV_PLAIN};
    row[5] = (struct dcv_cell){dcv_text_reasons(page, ca), DCV_PLAIN};
}

void dcv_text_ca_table(struct dcv_page *page)
{
    const size_t count = page->judged->cas.count;
    struct dcv_cell *cells = dcv_arena_array(page->arena, (count + 1) * CA_COLUMNS, sizeof *cells);
    if (cells == NULL)
        return;
    const char *const titles[CA_COLUMNS] = {_("CA"),  _("verdict"), _("addresses"),
                                            _("CAA"), _("mail to"), _("because of")};
    for (size_t i = 0; i < CA_COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < count; i++)
        put_cells(page, &page->judged->cas.items[i], cells + (i + 1) * CA_COLUMNS);
    dcv_paper_title(&page->paper, _("CA by CA"));
    dcv_paper_table(&page->paper, 2, cells, CA_COLUMNS, count + 1);
}

static const char *step_word(enum dcv_step_kind kind)
{
    switch (kind) {
    case DCV_STEP_MAIL: return _("domain validation: ");
    case DCV_STEP_INTENT: return _("intent: ");
    case DCV_STEP_DOCUMENTS: return _("documents: ");
    case DCV_STEP_ISSUE: return _("issue: ");
    case DCV_STEP_NOTE: return _("note: ");
    }
    return "";
}

static const char *scope_word(const char *servers)
{
    if (servers == NULL)
        return "";
    return strcmp(servers, "one") == 0 ? _(", for one server") : _(", for several servers of the same name");
}

void dcv_text_product(struct dcv_page *page, const struct dcv_product *product)
{
    const char *name = dcv_page_safe(page, dcv_pick(product->name_en, product->name_ja));
    const char *kind = product->validation != NULL ? dcv_page_safe(page, product->validation) : "-";
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4,
                  dcv_page_printf(page, _("Product %s: %s, %s%s%s"), product->id, name, kind, product->wildcard ? _(", wildcard") : "",
                                  scope_word(product->servers)));
    if (product->step_count == 0)
        return;
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, _("From order to certificate:"));
    for (size_t i = 0; i < product->step_count; i++) {
        const struct dcv_step *step = &product->steps[i];
        dcv_paper_put(&page->paper, 4, DCV_BOLD, step_word(step->kind), 6, dcv_page_safe(page, dcv_pick(step->en, step->ja)));
    }
}

static void put_field(struct dcv_page *page, const char *lead, const char *text)
{
    if (text != NULL)
        dcv_paper_put(&page->paper, 4, DCV_PLAIN, lead, 6, dcv_page_safe(page, text));
}

void dcv_text_mailbox(struct dcv_page *page, const struct dcv_judged_ca *judged)
{
    const struct dcv_ca *ca = judged->ca;
    const enum dcv_recipients recipients = dcv_ca_recipients(ca, page->judged->as_of);
    if (!ca->by_email || (ca->sender == NULL && recipients == DCV_RECIPIENTS_UNKNOWN && ca->code_hours == 0))
        return;
    if (judged->verdict == DCV_NOT_READY && page->options->verbosity == 0) /* no mail will come */
        return;
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, _("What to look for in the mailbox (spam folder included):"));
    put_field(page, _("from: "), ca->sender);
    put_field(page, _("allow in the mail filter: "), ca->allow_list);
    put_field(page, _("subject: "), dcv_pick(ca->subject_en, ca->subject_ja));
    put_field(page, _("sent to: "), dcv_word_recipients_rule(recipients));
    if (ca->code_hours > 0)
        put_field(page, _("valid for: "),
                  ca->code_hours % 24 == 0 ? dcv_page_printf(page, _("%d days"), ca->code_hours / 24)
                                           : dcv_page_printf(page, _("%d hours"), ca->code_hours));
    put_field(page, _("sending again: "), dcv_pick(ca->resend_en, ca->resend_ja));
}
