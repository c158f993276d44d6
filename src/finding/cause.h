/* The findings that say why an answer does not validate. */
#ifndef DCV_FINDING_CAUSE_H
#define DCV_FINDING_CAUSE_H

#include "finding/finding.h"

/* The rule for a cause by its text ("signature-expired"); DCV_RULE_COUNT: none is told of it. */
enum dcv_rule dcv_rule_of_cause(const char *cause);

#endif
