/* `accepts`: one line a CA. */
#include "report/accept.h"

#include "base/text.h"
#include "report/text.h"
#include "report/words.h"

#include <string.h>

static void put_safe(struct dcv_buf *buf, const char *text)
{
    dcv_text_escape(buf, text, strlen(text));
}

static bool mail_arrives_perhaps(const struct dcv_entry *entry)
{
    return entry->usable || entry->mail == DCV_MAIL_UNKNOWN;
}

/* Why the entry that was found decides as it does. */
static void put_status(struct dcv_buf *buf, const struct dcv_entry *entry)
{
    char date[DCV_DATE_TEXT];
    /* TRANSLATORS: between the parts of a list. */
    dcv_buf_puts(buf, _(", "));
    if (entry->status == DCV_ENTRY_RETIRED && entry->until != DCV_DATE_NONE)
        dcv_buf_printf(buf, _("ended on %s"), dcv_date_format(entry->until, date));
    else if (entry->status == DCV_ENTRY_FUTURE && entry->from != DCV_DATE_NONE)
        dcv_buf_printf(buf, _("from %s"), dcv_date_format(entry->from, date));
    else if (entry->status >= DCV_ENTRY_DISCOURAGED && entry->until != DCV_DATE_NONE)
        dcv_buf_printf(buf, _("%s, only before %s"), dcv_word_status(entry->status),
                       dcv_date_format(entry->until, date));
    else
        dcv_buf_puts(buf, dcv_word_status(entry->status));
    if (entry->status >= DCV_ENTRY_DISCOURAGED)
        dcv_buf_printf(buf, "; %s", dcv_word_mail(entry->mail));
    if (entry->status >= DCV_ENTRY_DISCOURAGED && !mail_arrives_perhaps(entry))
        dcv_buf_printf(buf, " (%s)", _("mail does not arrive"));
    if (entry->status < DCV_ENTRY_FUTURE)
        return;
    if (!entry->is_default)
        dcv_buf_printf(buf, "; %s", _("on request or by an account setting"));
    else if (!entry->automatic)
        dcv_buf_printf(buf, "; %s", _("mailed only when asked for"));
}

static void put_entry(struct dcv_buf *buf, const struct dcv_entry *entry)
{
    char adn[DCV_NAME_TEXT_MAX];
    if (entry->address != NULL)
        put_safe(buf, entry->address);
    else
        dcv_text_escape(buf, entry->raw, entry->raw_len);
    dcv_buf_puts(buf, ": ");
    dcv_buf_printf(buf, _("%s at %s"), dcv_word_source(entry->source), dcv_name_text(&entry->adn, adn));
    put_status(buf, entry);
}

static void put_reason(struct dcv_buf *buf, const struct dcv_acceptance *row)
{
    switch (row->reason) {
    case DCV_REASON_ENTRY:
        if (row->entry != NULL)
            put_entry(buf, row->entry);
        break;
    case DCV_REASON_LOCAL_PART:
        dcv_buf_puts(buf, _("the part before the @ is none of admin, administrator, hostmaster, postmaster, webmaster, "
                            "and the address is published nowhere"));
        break;
    case DCV_REASON_NOT_AN_ADN:
        dcv_buf_puts(buf, _("its domain is neither the name nor a parent of it, and the address is published nowhere"));
        break;
    case DCV_REASON_NO_EMAIL: dcv_buf_puts(buf, _("the CA validates no domain by e-mail")); break;
    case DCV_REASON_BASE_NEEDED:
        dcv_buf_puts(buf, _("its domain is below the name: it proves its own subtree, never a parent"));
        break;
    case DCV_REASON_LOOKUP: dcv_buf_puts(buf, _("it may be published where a lookup failed")); break;
    }
}

void dcv_accept_put(struct dcv_buf *buf, const struct dcv_report_name *name, const struct dcv_acceptance *row)
{
    put_reason(buf, row);
    if (row->case_only)
        dcv_buf_printf(buf, "; %s", _("it differs from a published address in upper and lower case only"));
    if (row->nearest != NULL && strcmp(row->nearest, name->address) != 0) {
        dcv_buf_printf(buf, "; %s", _("nearest accepted: "));
        put_safe(buf, row->nearest);
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

/* Not broken into lines: one CA, one line, for people and for grep. */
static void put_line(struct dcv_page *page, const struct dcv_acceptance *row, unsigned id_width, unsigned word_width)
{
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_REPORT_MAX);
    dcv_accept_put(&text, page->name, row);
    if (text.failed)
        page->paper.buf.failed = true;
    const char *id = row->ca->ca->id, *word = dcv_word_accepts(row->answer);
    dcv_buf_puts(&page->paper.buf, id);
    dcv_buf_fill(&page->paper.buf, ' ', id_width - dcv_columns(id) + 2);
    dcv_paper_word(&page->paper, answer_style(row->answer), word);
    dcv_buf_fill(&page->paper.buf, ' ', word_width - dcv_columns(word) + 2);
    dcv_buf_printf(&page->paper.buf, "%s\n", dcv_buf_text(&text));
    dcv_buf_done(&text);
}

void dcv_text_accepts(struct dcv_page *page)
{
    unsigned id_width = 0, word_width = 0;
    const size_t count = page->judged->cas.count;
    for (size_t i = 0; i < count; i++) {
        const struct dcv_acceptance *row = &page->name->acceptances[i];
        const unsigned id = dcv_columns(row->ca->ca->id), word = dcv_columns(dcv_word_accepts(row->answer));
        id_width = id > id_width ? id : id_width;
        word_width = word > word_width ? word : word_width;
    }
    dcv_paper_put(&page->paper, 0, DCV_BOLD, "", 2,
                  dcv_page_printf(page, _("%s as the approver address of %s on %s"),
                                  dcv_page_safe(page, page->name->address),
                                  dcv_page_safe(page, page->judged->name->unicode),
                                  dcv_page_date(page, page->judged->as_of)));
    for (size_t i = 0; i < count; i++)
        put_line(page, &page->name->acceptances[i], id_width, word_width);
}
