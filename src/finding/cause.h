/* What the causes of DNSSEC are in words: sentences with places, shared by findings and reports. */
#ifndef DCV_FINDING_CAUSE_H
#define DCV_FINDING_CAUSE_H

#include <stddef.h>

/* The sentence (msgid) for a cause by its id, such as "signature-expired"; of several the one that tells most with the places that have values, whose
 * `count` keys are given. Places may be: zone owner type date days hours key algorithm ede. NULL: no such cause. */
const char *dcv_cause_template(const char *cause, const char *const *keys, size_t count);

/* The sentences of a cause one by one, from the most telling one on, the last of which needs no place; NULL: no more, or no such cause. */
const char *dcv_cause_sentence(const char *cause, size_t index);

#endif
