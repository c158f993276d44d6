/* Classes by id, in bounded memory: what was used since the last turn is young, what was used before it is old, the rest goes. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct dcv_store_class class;
    size_t size;
    char text[];
};

/* What an entry costs besides its texts: itself, its place in the map, and theirs in the heap. */
enum { OVERHEAD = 200 };

static struct entry *make_entry(const struct dcv_store_class *class)
{
    const size_t findings = strlen(class->findings) + 1, body = strlen(class->body) + 1;
    struct entry *entry = malloc(sizeof *entry + findings + body);
    if (entry == NULL)
        return NULL;
    entry->class = *class;
    entry->size = OVERHEAD + findings + body;
    entry->class.findings = memcpy(entry->text, class->findings, findings);
    entry->class.body = memcpy(entry->text + findings, class->body, body);
    return entry;
}

enum dcv_status dcv_class_cache_init(struct dcv_class_cache *cache, struct dcv_store *store, size_t max)
{
    *cache = (struct dcv_class_cache){.store = store, .max = max, .judgements = store->judgements};
    cache->young = dcv_map_create();
    cache->old = dcv_map_create();
    return cache->young != NULL && cache->old != NULL ? DCV_OK : dcv_store_short(store);
}

void dcv_class_cache_done(struct dcv_class_cache *cache)
{
    dcv_map_free(cache->young, free);
    dcv_map_free(cache->old, free);
    cache->young = cache->old = NULL;
}

static enum dcv_status load(struct dcv_store *store, int64_t id, struct entry **out)
{
    struct dcv_store_class class;
    bool there = false;
    sqlite3_stmt *stmt;
    struct dcv_row row = {.store = store, .status = dcv_store_kept(store, DCV_STATEMENT_CLASS_BY_ID, &stmt)};
    row.stmt = stmt;
    if (row.status == DCV_OK) {
        (void)sqlite3_bind_int64(stmt, 1, id);
        row.status = dcv_store_step(store, stmt, &there);
    }
    if (row.status == DCV_OK && !there)
        row.status = dcv_store_damaged(store, "a class is missing");
    if (row.status == DCV_OK)
        (void)dcv_row_class(&row, &class);
    *out = row.status == DCV_OK ? make_entry(&class) : NULL;
    (void)sqlite3_reset(stmt);
    if (row.status == DCV_OK && *out == NULL)
        return dcv_store_short(store);
    return row.status;
}

/* The old ones go, the young ones become old. */
static enum dcv_status turn(struct dcv_class_cache *cache)
{
    struct dcv_map *fresh = dcv_map_create();
    if (fresh == NULL)
        return dcv_store_short(cache->store);
    dcv_map_free(cache->old, free);
    cache->old = cache->young;
    cache->young = fresh;
    cache->used = 0;
    return DCV_OK;
}

/* All of them may have been judged anew. */
static enum dcv_status renew(struct dcv_class_cache *cache)
{
    if (cache->judgements == cache->store->judgements)
        return DCV_OK;
    cache->judgements = cache->store->judgements;
    const enum dcv_status status = turn(cache);
    return status == DCV_OK ? turn(cache) : status;
}

enum dcv_status dcv_class_cache_get(struct dcv_class_cache *cache, int64_t id, const struct dcv_store_class **out)
{
    enum dcv_status status = renew(cache);
    struct entry *entry = status == DCV_OK ? dcv_map_get(cache->young, &id, sizeof id) : NULL;
    if (entry != NULL || status != DCV_OK) {
        *out = entry != NULL ? &entry->class : NULL;
        return status;
    }
    entry = dcv_map_take(cache->old, &id, sizeof id);
    if (entry == NULL)
        status = load(cache->store, id, &entry);
    if (status == DCV_OK && cache->used + entry->size > cache->max / 2 && cache->used != 0)
        status = turn(cache);
    if (status == DCV_OK && !dcv_map_put(cache->young, &id, sizeof id, entry))
        status = dcv_store_short(cache->store);
    if (status != DCV_OK) {
        free(entry);
        return status;
    }
    cache->used += entry->size;
    *out = &entry->class;
    return DCV_OK;
}
