#include "store/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[DCV_STATEMENTS] = {
    [DCV_STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [DCV_STATEMENT_COMMIT] = "COMMIT",
    [DCV_STATEMENT_GET] = "SELECT value FROM setting WHERE key = ?1",
    [DCV_STATEMENT_SET] = "INSERT OR REPLACE INTO setting VALUES (?1, ?2)",
    [DCV_STATEMENT_CLASS_BY_KEY] = "SELECT class.id, witness IS NOT NULL FROM class LEFT JOIN record ON record.id = class.id WHERE key = ?1",
    [DCV_STATEMENT_CLASS_BY_ID] = "SELECT id, key, verdict, findings, body FROM class WHERE id = ?1",
    [DCV_STATEMENT_CLASS_WITH_FACTS] =
        "SELECT class.id, key, verdict, findings, body, facts, witness FROM class LEFT JOIN record ON record.id = class.id WHERE key = ?1",
    [DCV_STATEMENT_PUT_CLASS] = "INSERT INTO class VALUES (NULL, ?1, ?2, ?3, ?4)",
    [DCV_STATEMENT_PUT_RECORD] = "INSERT INTO record VALUES (?1, ?2, ?3)",
    [DCV_STATEMENT_PUT_WITNESS] = "UPDATE record SET witness = ?2 WHERE id = ?1 AND witness IS NULL",
    [DCV_STATEMENT_JUDGE_CLASS] = "UPDATE class SET verdict = ?2, findings = ?3, body = ?4 WHERE key = ?1",
    [DCV_STATEMENT_PUT_NAME] = "INSERT OR REPLACE INTO name VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [DCV_STATEMENT_HAS_NAME] = "SELECT 1 FROM name WHERE number = ?1",
    [DCV_STATEMENT_CHUNK_SENT] = "INSERT OR IGNORE INTO chunk VALUES (?1, 0)",
    [DCV_STATEMENT_CHUNK_DONE] = "INSERT INTO chunk VALUES (?1, 1) ON CONFLICT (number) DO UPDATE SET done = 1 WHERE done = 0",
};

/* ---- failures --------------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_store_refuse(struct dcv_store *store, enum dcv_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(store->error, sizeof store->error, format, args);
    va_end(args);
    return status;
}

enum dcv_status dcv_store_damaged(struct dcv_store *store, const char *what)
{
    return dcv_store_refuse(store, DCV_ERR_SYNTAX, "is damaged: %s", what);
}

enum dcv_status dcv_store_short(struct dcv_store *store)
{
    return dcv_store_refuse(store, DCV_ERR_NOMEM, "needs more memory than there is");
}

static enum dcv_status fail_io(struct dcv_store *store, sqlite3 *db, int code)
{
    const int error = sqlite3_system_errno(db);
    const char *why = error != 0 ? strerrordesc_np(error) : NULL;
    if (code == SQLITE_FULL)
        return dcv_store_refuse(store, DCV_ERR_IO, "cannot be written: the disk is full");
    if (code == SQLITE_CANTOPEN)
        return dcv_store_refuse(store, DCV_ERR_IO, "cannot be opened: %s", why != NULL ? why : sqlite3_errmsg(db));
    return dcv_store_refuse(store, DCV_ERR_IO, "cannot be read or written: %s%s%s", sqlite3_errmsg(db), why != NULL ? ": " : "",
                            why != NULL ? why : "");
}

enum dcv_status dcv_store_fail(struct dcv_store *store, sqlite3 *db, int code)
{
    switch (code & 0xff) { /* without the extension */
    case SQLITE_NOMEM:
        return dcv_store_short(store);
    case SQLITE_NOTADB:
        return dcv_store_refuse(store, DCV_ERR_SYNTAX, "is no run of dcvready");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        if (store->mode == DCV_STORE_READ)
            return dcv_store_refuse(store, DCV_ERR_IO, "is being written, and cannot be read just now");
        return dcv_store_refuse(store, DCV_ERR_USAGE, "is in use by another process");
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_NOLFS:
    case SQLITE_PROTOCOL:
        return fail_io(store, db, code & 0xff);
    case SQLITE_MISUSE:
    case SQLITE_ABORT:
    case SQLITE_INTERRUPT:
        return dcv_store_refuse(store, DCV_ERR_USAGE, "was used wrongly: %s", sqlite3_errmsg(db));
    default:
        return dcv_store_damaged(store, sqlite3_errmsg(db));
    }
}

/* Slots and counts may be of what is rolled back. */
static void forget(struct dcv_store *store)
{
    free(store->slots);
    store->slots = NULL;
    store->prefix = 0;
    store->chunks_counted = false;
    store->judgements++;
}

enum dcv_status dcv_store_break(struct dcv_store *store)
{
    store->broken = dcv_store_fail(store, store->db, sqlite3_extended_errcode(store->db));
    for (size_t i = 0; i < DCV_STATEMENTS; i++)
        (void)sqlite3_reset(store->kept[i]);
    if (sqlite3_get_autocommit(store->db) == 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    forget(store);
    return store->broken;
}

const char *dcv_store_error(const struct dcv_store *store)
{
    return store->error;
}

/* ---- statements ------------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_store_kept(struct dcv_store *store, enum dcv_statement which, sqlite3_stmt **out)
{
    int code = SQLITE_OK;
    if (store->kept[which] == NULL)
        code = sqlite3_prepare_v3(store->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, &store->kept[which], NULL);
    *out = store->kept[which];
    return code == SQLITE_OK ? DCV_OK : dcv_store_fail(store, store->db, code);
}

enum dcv_status dcv_store_prepare(struct dcv_store *store, const char *sql, sqlite3_stmt **out)
{
    *out = NULL;
    const int code = sqlite3_prepare_v2(store->db, sql, -1, out, NULL);
    return code == SQLITE_OK ? DCV_OK : dcv_store_fail(store, store->db, code);
}

enum dcv_status dcv_store_write(struct dcv_store *store, sqlite3_stmt *stmt, int bound)
{
    if (bound == SQLITE_TOOBIG)
        return dcv_store_refuse(store, DCV_ERR_LIMIT, "takes no text of that length");
    if (bound != SQLITE_OK || sqlite3_step(stmt) != SQLITE_DONE)
        return dcv_store_break(store);
    (void)sqlite3_reset(stmt);
    return DCV_OK;
}

enum dcv_status dcv_store_step(struct dcv_store *store, sqlite3_stmt *stmt, bool *row)
{
    const int code = sqlite3_step(stmt);
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? DCV_OK : dcv_store_fail(store, store->db, code);
}

enum dcv_status dcv_store_exec(struct dcv_store *store, sqlite3 *db, const char *sql)
{
    const int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? DCV_OK : dcv_store_fail(store, db, code);
}

int dcv_store_bind(sqlite3_stmt *stmt, int parameter, const char *text, size_t max)
{
    const size_t len = text != NULL ? strlen(text) : 0;
    return len <= max ? sqlite3_bind_text(stmt, parameter, text != NULL ? text : "", (int)len, SQLITE_STATIC) : SQLITE_TOOBIG;
}

/* ---- transactions ----------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_store_begin(struct dcv_store *store)
{
    if (store->mode == DCV_STORE_READ)
        return dcv_store_refuse(store, DCV_ERR_USAGE, "was opened for reading");
    if (store->broken != DCV_OK || sqlite3_get_autocommit(store->db) == 0)
        return store->broken;
    sqlite3_stmt *stmt;
    bool row;
    enum dcv_status status = dcv_store_kept(store, DCV_STATEMENT_BEGIN, &stmt);
    if (status == DCV_OK)
        status = dcv_store_step(store, stmt, &row);
    (void)sqlite3_reset(stmt);
    return status; /* nothing is lost where it cannot begin */
}

enum dcv_status dcv_store_commit(struct dcv_store *store)
{
    if (store->broken != DCV_OK)
        return store->broken;
    if (store->mode == DCV_STORE_READ || sqlite3_get_autocommit(store->db) != 0)
        return DCV_OK;
    sqlite3_stmt *stmt;
    return dcv_store_kept(store, DCV_STATEMENT_COMMIT, &stmt) == DCV_OK ? dcv_store_write(store, stmt, SQLITE_OK) : dcv_store_break(store);
}

/* A writer sees what it wrote and nobody else writes: it needs no snapshot. */
enum dcv_status dcv_store_read_begin(struct dcv_store *store)
{
    if (store->mode == DCV_STORE_READ && store->reading == 0) {
        const enum dcv_status status = dcv_store_exec(store, store->db, "BEGIN");
        if (status != DCV_OK)
            return status;
    }
    store->reading++;
    return DCV_OK;
}

void dcv_store_read_end(struct dcv_store *store)
{
    store->reading--;
    if (store->mode == DCV_STORE_READ && store->reading == 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}
