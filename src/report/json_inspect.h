/* The parts of the document of `inspect`. */
#ifndef DCV_REPORT_JSON_INSPECT_H
#define DCV_REPORT_JSON_INSPECT_H

#include "report/json.h"
#include "report/survey.h"

json_t *dcv_json_zones(struct dcv_json *json, const struct dcv_survey *survey);
/* The rows of name servers, or those of resolvers. */
json_t *dcv_json_rows(struct dcv_json *json, const struct dcv_survey *survey, bool resolvers);
json_t *dcv_json_questions(struct dcv_json *json, const struct dcv_survey *survey);
/* {id, text, ede…}, or null. */
json_t *dcv_json_cause(struct dcv_json *json, struct dcv_arena *arena, const struct dcv_trust *trust);
/* The records of an answer in presentation form, without signatures. */
json_t *dcv_json_records(struct dcv_json *json, const struct dcv_message *message);
/* "2026-11-21T16:03:34Z", or null for 0. */
json_t *dcv_json_time(int64_t at);
json_t *dcv_json_type(uint16_t type);

#endif
