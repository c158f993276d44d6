/* From what a file of contrib/ca says (schema.h) to a checked profile (profile.h). */
#ifndef DCV_CA_BUILD_H
#define DCV_CA_BUILD_H

#include "ca/profile.h"
#include "ca/read.h"
#include "ca/schema.h"

/* `paths` are those of dcv_yaml_line() and end with "/"; "" is the file. */
struct dcv_ca_builder {
    struct dcv_ca_reader *reader;
    const struct dcv_ref *sources;
    size_t source_count;
};

enum { DCV_CA_PATH_MAX = 96 };

/* NULL: a fault, see `reader->status`; where faults are collected, only when memory is short. The file must be named
 * `id`.yaml. */
struct dcv_ca *dcv_ca_build(struct dcv_ca_reader *reader, const struct raw_profile *raw);

/* The documents of a file, whose keys are unlike each other. */
void dcv_build_sources(struct dcv_ca_builder *builder, const struct raw_source *raw, size_t count);
/* The document a fact is from. `needed`: a fault when there is none. */
struct dcv_ref dcv_build_ref(struct dcv_ca_builder *builder, const struct raw_ref *raw, bool needed, const char *path);
dcv_date dcv_build_date(struct dcv_ca_builder *builder, const char *text, const char *path, const char *key);
/* Both ends, the first before the second. */
void dcv_build_period(struct dcv_ca_builder *builder, const char *from, const char *until, const char *path,
                      dcv_date out[2]);
/* A text without control characters; NULL stays NULL. */
const char *dcv_build_text(struct dcv_ca_builder *builder, const char *text, const char *path, const char *key);
/* A number from 1 to `max`; 0: not given. */
int dcv_build_number(struct dcv_ca_builder *builder, const char *text, long max, const char *path, const char *key);
/* A domain as it stands in a CAA record. */
const char *dcv_build_domain(struct dcv_ca_builder *builder, const char *text, const char *path);
enum dcv_known dcv_build_known(int answer);
/* Notes a fault at `path` and `key` (may be NULL). */
void dcv_build_fault(struct dcv_ca_builder *builder, const char *path, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The lists of a profile: offers, recipients, limits, methods. */
void dcv_build_lists(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca);
/* What is sold: products and their steps, notices of renewals, rules for requests. */
void dcv_build_products(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca);

#endif
