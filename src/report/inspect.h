/* The parts of the page of `inspect`, in their order. */
#ifndef DCV_REPORT_INSPECT_H
#define DCV_REPORT_INSPECT_H

#include "report/survey.h"
#include "report/text.h"

/* ---- drawing -------------------------------------------------------------------------------------------------------------- */

/* What stands before the lines of a zone in a tree: `first` before its name, `rest` before what is said of it. */
struct dcv_branch {
    const char *first, *rest;
};
struct dcv_branch dcv_inspect_branch(struct dcv_page *page, const struct dcv_survey *survey, size_t zone);
/* A line behind a branch; each further line of it begins with the branch, too, and `hang` spaces. */
void dcv_inspect_line(struct dcv_page *page, const char *branch, enum dcv_style style, const char *lead, unsigned hang,
                      const char *text);
/* The name of a zone behind its branch, in a style, and what is said of it as a whole. */
void dcv_inspect_zone(struct dcv_page *page, const struct dcv_survey *survey, size_t number, enum dcv_style style,
                      const char *text);
/* "192.0.2.1" of "192.0.2.1#53"; another port is kept. */
const char *dcv_inspect_address(struct dcv_page *page, const char *server);
/* What became of a question that was not answered with data: "no answer (timeout, 5 tries)"; "" for answers. */
const char *dcv_inspect_outcome(struct dcv_page *page, enum dcv_outcome outcome, uint16_t rcode, unsigned tries);
/* "2026-11-21 16:03:34 UTC". */
const char *dcv_inspect_time(struct dcv_page *page, int64_t at);
/* "in 12 days", "30 days ago", seen from `now`. */
const char *dcv_inspect_distance(struct dcv_page *page, int64_t at, int64_t now);
/* The data of an answer without signatures, joined: `10 mail.example.jp, 20 mx2.example.jp`; long ones are cut short. Only those of `owner`;
 * NULL: all. */
const char *dcv_inspect_records(struct dcv_page *page, const struct dcv_message *message, const struct dcv_name *owner);

/* ---- sections ------------------------------------------------------------------------------------------------------------- */

void dcv_inspect_delegation(struct dcv_page *page, const struct dcv_survey *survey);
void dcv_inspect_chain(struct dcv_page *page, const struct dcv_survey *survey);
void dcv_inspect_matrix(struct dcv_page *page, const struct dcv_survey *survey);
void dcv_inspect_caa(struct dcv_page *page, const struct dcv_survey *survey);
void dcv_inspect_contacts(struct dcv_page *page, const struct dcv_survey *survey);
void dcv_inspect_mail(struct dcv_page *page, const struct dcv_survey *survey);
void dcv_inspect_vantage(struct dcv_page *page, const struct dcv_survey *survey);

#endif
