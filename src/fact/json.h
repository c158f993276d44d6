/* Facts as JSON: written into reports, read by `judge` and --facts-in. */
#ifndef DCV_FACT_JSON_H
#define DCV_FACT_JSON_H

#include "fact/fact.h"

#include <jansson.h>

/* An array with one object a fact, in order; NULL: memory is short. The caller decrefs. */
json_t *dcv_facts_to_json(const struct dcv_facts *facts);
/* The object about the gathering as a whole; NULL: memory is short. */
json_t *dcv_facts_about_to_json(const struct dcv_facts *facts);
/* Adds the facts of a JSON array (and of an `about` object, may be NULL). On DCV_ERR_SYNTAX `*error` is one clause, in the arena
 * of the facts. Facts present already win. */
enum dcv_status dcv_facts_from_json(struct dcv_facts *facts, const json_t *array, const json_t *about,
                                    const char **error);

#endif
