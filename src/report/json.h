/* Building of JSON, and the objects that several documents hold. */
#ifndef DCV_REPORT_JSON_H
#define DCV_REPORT_JSON_H

#include "report/internal.h"
#include "report/template.h"

#include <jansson.h>

/* Failure is sticky: build on, look once at the end. */
struct dcv_json {
    bool failed;
};

/* Takes over `value`. */
void dcv_json_set(struct dcv_json *json, json_t *object, const char *key, json_t *value);
void dcv_json_add(struct dcv_json *json, json_t *array, json_t *value);
/* Text of unknown origin, escaped. NULL gives null. */
json_t *dcv_json_text(const char *text);
json_t *dcv_json_octets(const void *data, size_t len);
/* The presentation form of a name; null for no name. */
json_t *dcv_json_dns_name(const struct dcv_name *name);
/* "YYYY-MM-DD" or null. */
json_t *dcv_json_date(dcv_date date);
json_t *dcv_json_indices(const size_t *items, size_t count);

/* Appends the document; `comma`: others of an array came before. Decrefs. */
void dcv_json_put(struct dcv_buf *buf, struct dcv_json *json, json_t *document, enum dcv_report_format format,
                  bool comma);

/* One address entry of a CA. */
json_t *dcv_json_entry(struct dcv_json *json, const struct dcv_entry *entry);
json_t *dcv_json_finding(struct dcv_json *json, const struct dcv_finding *finding);
json_t *dcv_json_judged_ca(struct dcv_json *json, const struct dcv_judged_ca *ca);

/* What every document of a name is: an invalid name, or begun and ended. */
json_t *dcv_json_error(struct dcv_json *json, const char *schema, const struct dcv_report_name *name);
json_t *dcv_json_open(struct dcv_json *json, const char *schema, const struct dcv_judged *judged);
void dcv_json_close(struct dcv_json *json, json_t *object, const struct dcv_report *report, const struct dcv_report_name *name);

/* The documents of one name. */
json_t *dcv_json_check(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name);
json_t *dcv_json_approvers(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name);
json_t *dcv_json_accepts(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name);
json_t *dcv_json_inspect(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name);

#endif
