/* What the writers and the readers of facts as JSON share, whatever the kind of fact. Private to this module. */
#ifndef DCV_FACT_JSON_PARTS_H
#define DCV_FACT_JSON_PARTS_H

#include "fact/fact.h"

#include <jansson.h>

/* ---- writing: NULL when memory is short ------------------------------------------------------------------------------------------ */

json_t *dcv_json_of_name(const struct dcv_name *name);
json_t *dcv_json_rr(const struct dcv_rr *rr);
json_t *dcv_json_time_or_null(int64_t at);
/* A text from elsewhere; escaped only where it could not stand in JSON at all, so that it reads back as it was. */
json_t *dcv_json_of_text(const char *text);
json_t *dcv_json_text_or_null(const char *text);

json_t *dcv_json_of_smtp(const struct dcv_smtp_fact *fact);
json_t *dcv_json_of_http(const struct dcv_http_fact *fact);
json_t *dcv_json_of_alpn(const struct dcv_alpn_fact *fact);

/* ---- reading: what is found is noted in the reader, and reading goes on ------------------------------------------------------------ */

struct dcv_json_reader {
    struct dcv_facts *facts;
    struct dcv_arena *arena;
    const char *fault; /* the first one */
    size_t index;      /* of the fact being read */
};

void dcv_json_fail(struct dcv_json_reader *reader, const char *what);
/* Is it there, and not null? */
bool dcv_json_there(const json_t *object, const char *key);
/* `fallback` where it is left out; NULL: it must not be. Never NULL. */
const char *dcv_json_string_at(struct dcv_json_reader *reader, const json_t *object, const char *key, const char *fallback);
/* NULL when it is left out, or null. */
const char *dcv_json_optional_at(struct dcv_json_reader *reader, const json_t *object, const char *key);
/* A whole number from 0 to `max`; 0 when it is left out. */
json_int_t dcv_json_number_at(struct dcv_json_reader *reader, const json_t *object, const char *key, json_int_t max);
bool dcv_json_truth_at(struct dcv_json_reader *reader, const json_t *object, const char *key, bool fallback);
/* An array, or NULL when it is left out. */
const json_t *dcv_json_array_at(struct dcv_json_reader *reader, const json_t *object, const char *key);
void dcv_json_name_at(struct dcv_json_reader *reader, const json_t *object, const char *key, struct dcv_name *out);
/* The number of a text among `count` texts given by `name_of`; `fallback` as above. */
int dcv_json_choice_at(struct dcv_json_reader *reader, const json_t *object, const char *key, const char *fallback, const char *(*name_of)(int),
                       int count);
/* 0 when it is left out, or null. */
int64_t dcv_json_time_at(struct dcv_json_reader *reader, const json_t *object, const char *key);
void dcv_json_read_rr(struct dcv_json_reader *reader, const json_t *object, struct dcv_rr *out);

void dcv_json_read_smtp(struct dcv_json_reader *reader, const json_t *object, struct dcv_smtp_fact *out);
void dcv_json_read_http(struct dcv_json_reader *reader, const json_t *object, struct dcv_http_fact *out);
void dcv_json_read_alpn(struct dcv_json_reader *reader, const json_t *object, struct dcv_alpn_fact *out);

#endif
