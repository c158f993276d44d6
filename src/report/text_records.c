/* The records that were seen. */
#include "report/text.h"
#include "report/words.h"

/* Signatures and proofs of absence say nothing to a reader beyond the state that stands beside each answer. */
static bool shown(const struct dcv_rr *rr)
{
    return rr->type != DCV_TYPE_RRSIG && rr->type != DCV_TYPE_NSEC && rr->type != DCV_TYPE_NSEC3;
}

/* Presentation form escapes by itself; only what it let through is escaped here. */
static const char *safe_record(struct dcv_page *page, const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (*at < ' ' || *at > '~')
            return dcv_page_safe(page, text);
    return dcv_page_printf(page, "%s", text);
}

static void put_record(struct dcv_page *page, const struct dcv_rr *rr, const char *remark)
{
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 20);
    dcv_rr_text(rr, &text);
    dcv_paper_line(&page->paper, 2, dcv_page_printf(page, "%s  ; %s", safe_record(page, dcv_buf_text(&text)), remark));
    dcv_buf_done(&text);
}

/* An answer, or why there is none. */
static void put_fact(struct dcv_page *page, const struct dcv_dns_fact *fact)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    const char *remark = dcv_page_printf(page, "%s%s", dcv_security_text(fact->security), fact->tcp ? ", tcp" : "");
    size_t count = 0;
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        if (!shown(&message->answer.items[i]))
            continue;
        put_record(page, &message->answer.items[i], remark);
        count++;
    }
    if (count != 0)
        return;
    char type[DCV_TYPE_TEXT];
    dcv_paper_line(&page->paper, 2,
                   dcv_page_printf(page, "; %s. %s: %s, %s", dcv_page_name(page, &fact->name), dcv_type_text(fact->type, type),
                                   dcv_outcome_text(fact->outcome), remark));
}

void dcv_text_records(struct dcv_page *page)
{
    const struct dcv_facts *facts = page->name->facts;
    if (facts == NULL || dcv_facts_count(facts) == 0)
        return;
    dcv_paper_title(&page->paper, _("Records seen"));
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, i);
        if (fact->kind == DCV_FACT_DNS)
            put_fact(page, &fact->dns);
    }
}
