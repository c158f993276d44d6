/* What is doubtful about a profile that can be read. */
#ifndef DCV_CA_LINT_RULES_H
#define DCV_CA_LINT_RULES_H

#include "ca/build.h"
#include "ca/set.h"

struct dcv_linting {
    struct dcv_ca_reader *reader; /* collects */
    const struct raw_profile *raw;
    const struct dcv_ca *ca;      /* as far as it could be built */
    const struct dcv_ca_set *set; /* of all profiles; its issuers are those of issuers.yaml only */
};

void dcv_lint_profile(const struct dcv_linting *linting);
/* Texts: both languages, and each in its own. */
void dcv_lint_texts(const struct dcv_linting *linting);
/* The citations of a file, and whether its documents can be found again. */
void dcv_lint_sources(struct dcv_ca_reader *reader, const struct raw_source *sources, size_t count);

#endif
