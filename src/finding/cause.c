#include "finding/cause.h"

#include <string.h>

static const char prefix[] = "dnssec-";

enum dcv_rule dcv_rule_of_cause(const char *cause)
{
    for (int i = 0; i < DCV_RULE_COUNT && cause[0] != '\0'; i++) {
        const char *id = dcv_rule_info((enum dcv_rule)i)->id;
        if (strncmp(id, prefix, sizeof prefix - 1) == 0 && strcmp(id + sizeof prefix - 1, cause) == 0)
            return (enum dcv_rule)i;
    }
    return DCV_RULE_COUNT;
}
