#include "store/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 20 };

/* The value of a key, NULL where there is none; lent until the statement, whose reset is the caller's, runs again. */
static enum dcv_status get(struct dcv_store *store, const char *key, sqlite3_stmt **stmt, const char **out)
{
    bool there = false;
    struct dcv_row row = {.store = store, .status = dcv_store_kept(store, DCV_STATEMENT_GET, stmt)};
    row.stmt = *stmt;
    *out = NULL;
    if (row.status == DCV_OK && dcv_store_bind(*stmt, 1, key, DCV_STORE_SHORT_MAX) == SQLITE_OK)
        row.status = dcv_store_step(store, *stmt, &there);
    if (row.status == DCV_OK && there) {
        const char *value = dcv_row_text(&row, 0, DCV_STORE_SHORT_MAX);
        *out = row.status == DCV_OK ? value : NULL;
    }
    return row.status;
}

const char *dcv_store_get(struct dcv_store *store, const char *key, struct dcv_arena *arena)
{
    sqlite3_stmt *stmt;
    const char *value;
    (void)get(store, key, &stmt, &value);
    const char *copy = value != NULL ? dcv_arena_strdup(arena, value) : NULL;
    (void)sqlite3_reset(stmt);
    return copy;
}

enum dcv_status dcv_store_set(struct dcv_store *store, const char *key, const char *value)
{
    sqlite3_stmt *stmt;
    enum dcv_status status = dcv_store_begin(store);
    if (status == DCV_OK)
        status = dcv_store_kept(store, DCV_STATEMENT_SET, &stmt);
    if (status != DCV_OK)
        return status;
    const int code = dcv_store_bind(stmt, 1, key, DCV_STORE_SHORT_MAX);
    return dcv_store_write(store, stmt, code != SQLITE_OK ? code : dcv_store_bind(stmt, 2, value, DCV_STORE_SHORT_MAX));
}

/* Decimal digits; 0 for anything else. */
static uint64_t number_of(const char *text)
{
    const size_t len = strlen(text);
    if (len == 0 || len > DIGITS_MAX || strspn(text, "0123456789") != len)
        return 0;
    return strtoull(text, NULL, 10); /* what is larger than UINT64_MAX becomes that */
}

static enum dcv_status read_number(struct dcv_store *store, const char *key, uint64_t *out)
{
    sqlite3_stmt *stmt;
    const char *value;
    const enum dcv_status status = get(store, key, &stmt, &value);
    *out = value != NULL ? number_of(value) : 0;
    (void)sqlite3_reset(stmt);
    return status;
}

uint64_t dcv_store_number(struct dcv_store *store, const char *key)
{
    uint64_t number;
    (void)read_number(store, key, &number);
    return number;
}

enum dcv_status dcv_store_add(struct dcv_store *store, const char *key, uint64_t amount)
{
    char text[DIGITS_MAX + 1];
    uint64_t number;
    const enum dcv_status status = read_number(store, key, &number);
    if (status != DCV_OK)
        return status;
    (void)snprintf(text, sizeof text, "%" PRIu64, amount <= UINT64_MAX - number ? number + amount : UINT64_MAX);
    return dcv_store_set(store, key, text);
}
