#include "base/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Eight octets at a time; uthash's own takes them one by one. */
static unsigned hash_of(const void *key, size_t len)
{
    const unsigned char *at = key;
    uint64_t hash = len * UINT64_C(0x9e3779b97f4a7c15), word;
    for (; len >= sizeof word; at += sizeof word, len -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, at, len);
    hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
    return (unsigned)(hash ^ hash >> 29);
}

#define HASH_NONFATAL_OOM 1
#define HASH_BKT_CAPACITY_THRESH 3U /* short chains: in a large map each link is a miss of the caches */
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_of((key), (len)))
#include <uthash.h>

struct entry {
    UT_hash_handle hh;
    void *value;
    unsigned char key[];
};

struct dcv_map {
    struct entry *entries;
};

struct dcv_map *dcv_map_create(void)
{
    return calloc(1, sizeof(struct dcv_map));
}

void dcv_map_free(struct dcv_map *map, void (*free_value)(void *value))
{
    if (map == NULL)
        return;
    struct entry *entry, *next;
    HASH_ITER(hh, map->entries, entry, next) {
        HASH_DEL(map->entries, entry); /* NOLINT(clang-analyzer-unix.Malloc): `next` was taken before */
        if (free_value != NULL)
            free_value(entry->value);
        free(entry);
    }
    free(map);
}

static struct entry *find(const struct dcv_map *map, const void *key, size_t len)
{
    struct entry *entry = NULL;
    HASH_FIND(hh, map->entries, key, (unsigned)len, entry);
    return entry;
}

void *dcv_map_get(const struct dcv_map *map, const void *key, size_t len)
{
    struct entry *entry = find(map, key, len);
    return entry != NULL ? entry->value : NULL;
}

bool dcv_map_put(struct dcv_map *map, const void *key, size_t len, void *value)
{
    struct entry *entry = find(map, key, len);
    if (entry != NULL) {
        entry->value = value;
        return true;
    }
    entry = calloc(1, sizeof *entry + len);
    if (entry == NULL)
        return false;
    memcpy(entry->key, key, len);
    entry->value = value;
    HASH_ADD_KEYPTR(hh, map->entries, entry->key, (unsigned)len, entry);
    if (entry->hh.tbl == NULL) { /* uthash could not grow and left the entry out */
        free(entry);
        return false;
    }
    return true;
}

void *dcv_map_take(struct dcv_map *map, const void *key, size_t len)
{
    struct entry *entry = find(map, key, len);
    if (entry == NULL)
        return NULL;
    void *value = entry->value;
    HASH_DEL(map->entries, entry);
    free(entry);
    return value;
}

size_t dcv_map_count(const struct dcv_map *map)
{
    return HASH_COUNT(map->entries);
}

size_t dcv_map_cost(size_t key_len)
{
    enum { ALLOCATION = 16 }; /* what malloc() adds */
    return sizeof(struct entry) + key_len + ALLOCATION + sizeof(UT_hash_bucket);
}
