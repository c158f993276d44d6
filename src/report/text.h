/* The parts of the text of one name. */
#ifndef DCV_REPORT_TEXT_H
#define DCV_REPORT_TEXT_H

#include "report/groups.h"
#include "report/internal.h"
#include "report/paper.h"

/* The text of one name under way. */
struct dcv_page {
    const struct dcv_report_options *options;
    const struct dcv_report_name *name;
    const struct dcv_judged *judged;
    struct dcv_arena *arena; /* for what is needed while writing */
    struct dcv_paper paper;
};

/* Escaped, in the arena of the page; never NULL. */
const char *dcv_page_safe(struct dcv_page *page, const char *text);
const char *dcv_page_safe_n(struct dcv_page *page, const char *text, size_t len);
/* printf into the arena; never NULL. */
const char *dcv_page_printf(struct dcv_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *dcv_page_name(struct dcv_page *page, const struct dcv_name *name);
const char *dcv_page_date(struct dcv_page *page, dcv_date date);
/* The CA's name in the user's language. */
const char *dcv_page_ca(struct dcv_page *page, const struct dcv_ca *ca);

/* Findings of a severity; of `only`, when it is not NULL. Returns how many. */
size_t dcv_text_findings(struct dcv_page *page, const struct dcv_judged_ca *only, enum dcv_severity severity);
/* The same of those about the DNS alone. */
size_t dcv_text_dns_findings(struct dcv_page *page, enum dcv_severity severity);
/* The same of an order, where one rule may hit a hundred names: in full for some of them. */
size_t dcv_text_findings_by_rule(struct dcv_page *page, enum dcv_severity severity);
/* Merged over all CAs. */
void dcv_text_address_summary(struct dcv_page *page);
/* Of one CA, in full. */
void dcv_text_addresses(struct dcv_page *page, const struct dcv_judged_ca *ca);
/* Who may issue by the CAA RRset, where there is one that restricts. */
void dcv_text_admissions(struct dcv_page *page);
/* The table of all CAs. */
void dcv_text_ca_table(struct dcv_page *page);
enum dcv_style dcv_verdict_style(enum dcv_verdict verdict);
/* "READY: " or its like in its colour, and a sentence. */
void dcv_verdict_line(struct dcv_page *page, enum dcv_verdict verdict, const char *sentence);
/* Ids of the blockers, or of what could not be learned, joined by commas; "-": none. Ends the line. */
void dcv_quiet_reasons(struct dcv_page *page);
/* A product of a CA: what it is, and what happens from order to certificate. */
void dcv_text_product(struct dcv_page *page, const struct dcv_product *product);
/* What CAA says to one CA, in a sentence. */
const char *dcv_text_caa_of(struct dcv_page *page, const struct dcv_judged_ca *ca);
/* Ids of what stands against a row: blockers, or warnings where it is unknown. */
const char *dcv_text_reasons(struct dcv_page *page, const struct dcv_judged_ca *ca);
/* The kinds of validation that were judged: "e-mail, DNS". */
const char *dcv_text_kinds(struct dcv_page *page);
bool dcv_text_email_alone(const struct dcv_page *page);
bool dcv_text_several_kinds(const struct dcv_page *page);
/* Of one row that is not of e-mail, in full. */
void dcv_text_ways(struct dcv_page *page, const struct dcv_judged_ca *row);
/* The table of all CAs for one kind that is not e-mail. */
void dcv_text_way_table(struct dcv_page *page);
/* The table of CAs and kinds, and the shortest way to ready for some of them. */
void dcv_text_matrix(struct dcv_page *page);
/* Where a record may stand, on which dates, and where that is written. */
const char *dcv_way_where(struct dcv_page *page, const struct dcv_way *way);
const char *dcv_way_dates(struct dcv_page *page, const struct dcv_way *way);
const char *dcv_way_source(struct dcv_page *page, const struct dcv_way *way);
/* What to look for in the mailbox, and the way out of e-mail. */
void dcv_text_mailbox(struct dcv_page *page, const struct dcv_judged_ca *judged);
void dcv_text_way_out(struct dcv_page *page, const struct dcv_judged_ca *judged);
/* What changes on later days; `only` NULL: for all CAs. */
void dcv_text_next(struct dcv_page *page, const struct dcv_judged_ca *only);
/* What registries, mail hosts and web servers said. */
void dcv_text_talks(struct dcv_page *page);
/* The records that were seen, for who would ask dig next. */
void dcv_text_records(struct dcv_page *page);
/* The last line: what the DNS was asked. */
void dcv_text_dns(struct dcv_page *page);

void dcv_text_approvers(struct dcv_page *page);
void dcv_text_accepts(struct dcv_page *page);
void dcv_text_inspect(struct dcv_page *page);

#endif
