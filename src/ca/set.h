/* The set of profiles, private to this module. */
#ifndef DCV_CA_SET_H
#define DCV_CA_SET_H

#include "base/arena.h"
#include "ca/profile.h"
#include "ca/read.h"

#include <dirent.h>

struct dcv_issuer {
    const char *domain, *owner;
};

/* A name that a CA's certificates are known by, and the issuer domain that stands for it. */
struct dcv_brand {
    const char *label, *issuer;
};

struct dcv_ca_set {
    struct dcv_arena *arena; /* holds the set itself too */
    const struct dcv_ca **cas;
    size_t count, room;
    struct dcv_issuer *issuers; /* ordered by domain in lower case */
    size_t issuer_count;
    const struct dcv_brand *brands;
    size_t brand_count;
};

/* dcv_ca_set_create() with memory from `allocator` (NULL: malloc). */
enum dcv_status dcv_ca_set_create_from(const struct dcv_allocator *allocator, const char *dir, struct dcv_ca_set **out,
                                       char **error);

/* The largest file that is read. */
enum { DCV_CA_FILE_MAX = 1 << 20 };
#define DCV_CA_ISSUERS_FILE "issuers.yaml"

/* An empty set, or NULL. */
struct dcv_ca_set *dcv_ca_set_new(const struct dcv_allocator *allocator);
/* In the place of the profile with the same id, or in the order of the ids; false when memory is short. */
bool dcv_ca_set_put(struct dcv_ca_set *set, const struct dcv_ca *ca);
/* The files of a directory that are profiles by their names, ordered; free() each and the list. -1: see errno. */
int dcv_ca_scan(const char *dir, struct dirent ***out);

/* Reads issuers.yaml, in place of what was read before; false: a fault. */
bool dcv_issuers_read(struct dcv_ca_set *set, struct dcv_ca_reader *reader);
/* The second half of it. */
struct raw_issuers;
bool dcv_issuers_build(struct dcv_ca_set *set, struct dcv_ca_reader *reader, const struct raw_issuers *raw);
/* Adds the issuer domains of the profiles; false when memory is short. */
bool dcv_issuers_finish(struct dcv_ca_set *set);
/* The known issuer domain that equals `domain` without case, as it is listed, or NULL. */
const char *dcv_issuer_find(const struct dcv_ca_set *set, const char *domain);
/* The known issuer domain nearest to `domain` by edit distance (at most 2, and at most a third of its length), or NULL.
 * An exact match gives NULL. */
const char *dcv_issuer_nearest(const struct dcv_ca_set *set, const char *domain);

#endif
