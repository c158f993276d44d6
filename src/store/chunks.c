#include "store/internal.h"

enum dcv_status dcv_store_put_chunk(struct dcv_store *store, uint64_t chunk, enum dcv_store_chunk what, bool *fresh)
{
    sqlite3_stmt *stmt = NULL;
    enum dcv_status status = dcv_store_begin(store);
    if (status == DCV_OK && chunk > INT64_MAX)
        status = dcv_store_refuse(store, DCV_ERR_USAGE, "has no chunks of such numbers");
    if (status == DCV_OK)
        status = dcv_store_kept(store, what == DCV_STORE_CHUNK_DONE ? DCV_STATEMENT_CHUNK_DONE : DCV_STATEMENT_CHUNK_SENT, &stmt);
    if (status == DCV_OK)
        status = dcv_store_write(store, stmt, sqlite3_bind_int64(stmt, 1, (int64_t)chunk));
    if (status != DCV_OK)
        return status;
    const bool changed = sqlite3_changes(store->db) != 0;
    if (what == DCV_STORE_CHUNK_DONE && changed)
        store->chunks_done++;
    if (fresh != NULL)
        *fresh = changed;
    return DCV_OK;
}

/* Calls `*next` forth as long as done chunks follow each other. */
static enum dcv_status pass_done(struct dcv_store *store, sqlite3_stmt *stmt, uint64_t *next, uint64_t total)
{
    struct dcv_row row = {.store = store, .stmt = stmt};
    for (bool there = true; row.status == DCV_OK && *next < total; ++*next) {
        row.status = dcv_store_step(store, stmt, &there);
        if (row.status != DCV_OK || !there || dcv_row_number(&row, 0, INT64_MAX) != *next)
            break;
    }
    return row.status;
}

uint64_t dcv_store_missing_chunk(struct dcv_store *store, uint64_t from, uint64_t total)
{
    sqlite3_stmt *stmt;
    uint64_t next = from;
    if (from >= total || from > INT64_MAX)
        return from < total ? from : total;
    if (dcv_store_prepare(store, "SELECT number FROM chunk WHERE done <> 0 AND number >= ?1 ORDER BY number", &stmt) != DCV_OK)
        return from;
    (void)sqlite3_bind_int64(stmt, 1, (int64_t)from);
    const enum dcv_status status = pass_done(store, stmt, &next, total);
    (void)sqlite3_finalize(stmt);
    return status == DCV_OK ? next : from;
}

static enum dcv_status count_done(struct dcv_store *store, uint64_t *count)
{
    sqlite3_stmt *stmt;
    struct dcv_row row = {.store = store, .status = dcv_store_prepare(store, "SELECT number FROM chunk WHERE done <> 0 ORDER BY number", &stmt)};
    row.stmt = stmt;
    uint64_t last = 0;
    *count = 0;
    for (bool there = true; row.status == DCV_OK;) {
        row.status = dcv_store_step(store, stmt, &there);
        if (row.status != DCV_OK || !there)
            break;
        const uint64_t chunk = dcv_row_number(&row, 0, INT64_MAX);
        if (row.status == DCV_OK && *count != 0 && chunk <= last)
            row.status = dcv_store_damaged(store, "its chunks are out of order");
        last = chunk;
        ++*count;
    }
    (void)sqlite3_finalize(stmt);
    return row.status;
}

/* A writer counts once: each put tells what it changes. */
uint64_t dcv_store_chunks_done(struct dcv_store *store)
{
    uint64_t count;
    if (store->chunks_counted && store->mode != DCV_STORE_READ)
        return store->chunks_done;
    if (count_done(store, &count) != DCV_OK)
        return 0;
    store->chunks_done = count;
    store->chunks_counted = true;
    return count;
}
