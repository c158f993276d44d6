/* The set of profiles, private to this module. */
#ifndef DCV_CA_SET_H
#define DCV_CA_SET_H

#include "base/arena.h"
#include "ca/profile.h"
#include "ca/read.h"

struct dcv_issuer {
    const char *domain, *owner;
};

struct dcv_ca_set {
    struct dcv_arena *arena; /* holds the set itself too */
    const struct dcv_ca **cas;
    size_t count;
    struct dcv_issuer *issuers; /* ordered by domain in lower case */
    size_t issuer_count;
};

/* dcv_ca_set_create() with memory from `allocator` (NULL: malloc). */
enum dcv_status dcv_ca_set_create_from(const struct dcv_allocator *allocator, const char *dir, struct dcv_ca_set **out,
                                       char **error);

/* Reads issuers.yaml, in place of what was read before; false: a fault. */
bool dcv_issuers_read(struct dcv_ca_set *set, struct dcv_ca_reader *reader);
/* Adds the issuer domains of the profiles; false when memory is short. */
bool dcv_issuers_finish(struct dcv_ca_set *set);

#endif
