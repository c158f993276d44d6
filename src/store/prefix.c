/* Which numbers are there. Names are replaced, but never deleted: what was found once need not be looked for again. */
#include "store/internal.h"

static enum dcv_status advance(struct dcv_store *store, sqlite3_stmt *stmt)
{
    struct dcv_row row = {.store = store, .stmt = stmt};
    for (bool there = true; row.status == DCV_OK;) {
        row.status = dcv_store_step(store, stmt, &there);
        if (row.status != DCV_OK || !there || dcv_row_number(&row, 0, INT64_MAX) != store->prefix + 1)
            break;
        store->prefix++;
    }
    return row.status;
}

uint64_t dcv_store_prefix(struct dcv_store *store)
{
    sqlite3_stmt *stmt;
    if (dcv_store_prepare(store, "SELECT number FROM name WHERE number > ?1 ORDER BY number", &stmt) != DCV_OK)
        return 0;
    (void)sqlite3_bind_int64(stmt, 1, (int64_t)store->prefix);
    const enum dcv_status status = advance(store, stmt);
    (void)sqlite3_finalize(stmt);
    return status == DCV_OK ? store->prefix : 0;
}

bool dcv_store_has(struct dcv_store *store, uint64_t number)
{
    sqlite3_stmt *stmt;
    bool there = false;
    if (number < 1 || number > INT64_MAX || dcv_store_kept(store, DCV_STATEMENT_HAS_NAME, &stmt) != DCV_OK)
        return false;
    (void)sqlite3_bind_int64(stmt, 1, (int64_t)number);
    (void)dcv_store_step(store, stmt, &there);
    (void)sqlite3_reset(stmt);
    return there;
}
