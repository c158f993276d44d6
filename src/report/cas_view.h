/* Profiles as text and as JSON. */
#ifndef DCV_REPORT_CAS_VIEW_H
#define DCV_REPORT_CAS_VIEW_H

#include "report/json.h"
#include "report/text.h"

struct dcv_lint;

json_t *dcv_json_ca(struct dcv_json *json, const struct dcv_ca *ca);
/* The list of all. */
void dcv_text_ca_list(struct dcv_page *page, const struct dcv_ca_set *set, dcv_date as_of);
/* One in full. */
void dcv_text_ca_full(struct dcv_page *page, const struct dcv_ca *ca, dcv_date as_of);
/* A line "lead: text [source, date, grade]". */
void dcv_text_fact(struct dcv_page *page, const char *lead, const char *text, const struct dcv_ref *ref);
/* " [source, date, grade]"; "" without a reference. */
const char *dcv_text_ref(struct dcv_page *page, const struct dcv_ref *ref);
/* What is sold, with what happens between an order and its certificate. */
void dcv_text_products(struct dcv_page *page, const struct dcv_ca *ca);
/* One file of `cas --check`, and all of them. */
json_t *dcv_json_lint(struct dcv_json *json, const struct dcv_lint *lint, size_t index);
void dcv_text_lint(struct dcv_page *page, const struct dcv_lint *lint);

#endif
