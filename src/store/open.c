#include "store/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    APPLICATION = 0x64637652, /* "dcvR" */
    VERSION = 1,
    BUSY_MS = 10000,  /* a reader waits for moments in which a writer has all to itself; a writer likewise for readers, as it opens */
    ROW_MAX = 3 << 26, /* octets: a record with facts and a witness */
};

/* As SQLite keeps the texts, by name: a file with others is no run, so that nothing in it can have triggers, views or functions of its own. Facts are
 * apart from their class, since they are long and hardly ever read. */
static const struct table {
    const char *name, *sql;
} tables[] = {
    {"chunk", "CREATE TABLE chunk(number INTEGER PRIMARY KEY, done INTEGER NOT NULL) STRICT"},
    {"class", "CREATE TABLE class(id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, verdict INTEGER NOT NULL, findings TEXT NOT NULL,"
              " body TEXT NOT NULL) STRICT"},
    {"name", "CREATE TABLE name(number INTEGER PRIMARY KEY, state INTEGER NOT NULL, class INTEGER, text TEXT NOT NULL, fill TEXT NOT NULL,"
             " note TEXT NOT NULL, queries INTEGER NOT NULL, cached INTEGER NOT NULL, retries INTEGER NOT NULL, elapsed_ms INTEGER NOT NULL) STRICT"},
    {"record", "CREATE TABLE record(id INTEGER PRIMARY KEY, facts TEXT NOT NULL, witness TEXT) STRICT"},
    {"setting", "CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"},
};
enum { TABLES = sizeof tables / sizeof *tables };

/* The header of a database file begins so (https://www.sqlite.org/fileformat2.html §1.3). */
bool dcv_store_magic(const void *head, size_t len)
{
    static const char magic[16] = "SQLite format 3";
    return len >= sizeof magic && memcmp(head, magic, sizeof magic) == 0;
}

/* ---- what the file is ------------------------------------------------------------------------------------------------------------- */

/* The number in the first column of the first row. */
static enum dcv_status read_number(struct dcv_store *store, const char *sql, int64_t *out)
{
    sqlite3_stmt *stmt;
    bool there = false;
    enum dcv_status status = dcv_store_prepare(store, sql, &stmt);
    if (status == DCV_OK)
        status = dcv_store_step(store, stmt, &there);
    *out = there ? sqlite3_column_int64(stmt, 0) : 0;
    (void)sqlite3_finalize(stmt);
    return status;
}

static bool is_table(sqlite3_stmt *stmt, const struct table *table)
{
    const char *name = (const char *)sqlite3_column_text(stmt, 0), *sql = (const char *)sqlite3_column_text(stmt, 1);
    return name != NULL && sql != NULL && strcmp(name, table->name) == 0 && strcmp(sql, table->sql) == 0;
}

static enum dcv_status check_tables(struct dcv_store *store)
{
    sqlite3_stmt *stmt;
    bool there = false;
    size_t count = 0, right = 0;
    enum dcv_status status = dcv_store_prepare(store, "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name", &stmt);
    for (; status == DCV_OK && count <= TABLES; count++) {
        status = dcv_store_step(store, stmt, &there);
        if (status != DCV_OK || !there)
            break;
        right += count < TABLES && is_table(stmt, &tables[count]);
    }
    (void)sqlite3_finalize(stmt);
    if (status == DCV_OK && (count != TABLES || right != TABLES))
        return dcv_store_damaged(store, "its tables are not those of a run");
    return status;
}

static enum dcv_status create_tables(struct dcv_store *store)
{
    char text[80];
    enum dcv_status status = dcv_store_begin(store);
    for (size_t i = 0; i < TABLES && status == DCV_OK; i++)
        status = dcv_store_exec(store, store->db, tables[i].sql);
    (void)snprintf(text, sizeof text, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION, VERSION);
    if (status == DCV_OK)
        status = dcv_store_exec(store, store->db, text);
    return status == DCV_OK ? dcv_store_commit(store) : status;
}

struct marks {
    int64_t application, version, tables;
};

static enum dcv_status read_marks(struct dcv_store *store, struct marks *out)
{
    enum dcv_status status = read_number(store, "PRAGMA application_id", &out->application);
    if (status == DCV_OK)
        status = read_number(store, "PRAGMA user_version", &out->version);
    if (status == DCV_OK)
        status = read_number(store, "SELECT EXISTS (SELECT 1 FROM sqlite_schema)", &out->tables);
    return status;
}

/* Is there nothing yet, or a run? */
static enum dcv_status check_marks(struct dcv_store *store, bool *empty)
{
    struct marks marks = {0};
    enum dcv_status status = read_marks(store, &marks);
    if (status != DCV_OK)
        return status;
    *empty = marks.application == 0 && marks.version == 0 && marks.tables == 0;
    if (*empty && store->mode != DCV_STORE_READ)
        return DCV_OK;
    if (marks.application != APPLICATION)
        return dcv_store_refuse(store, DCV_ERR_SYNTAX, "is no run of dcvready");
    if (marks.version != VERSION)
        return dcv_store_refuse(store, DCV_ERR_SYNTAX, "is a run of another version of dcvready");
    return check_tables(store);
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------------- */

/* SQLite would wait for the other end of a pipe. */
static enum dcv_status check_file(struct dcv_store *store, const char *path)
{
    struct stat about;
    if (path[0] == '\0')
        return dcv_store_refuse(store, DCV_ERR_USAGE, "is no name of a file");
    if (stat(path, &about) == 0)
        return S_ISREG(about.st_mode) ? DCV_OK : dcv_store_refuse(store, DCV_ERR_SYNTAX, "is no run of dcvready");
    if (store->mode == DCV_STORE_WRITE && errno == ENOENT)
        return DCV_OK;
    return dcv_store_refuse(store, DCV_ERR_IO, "cannot be opened: %s", strerrordesc_np(errno));
}

static enum dcv_status open_path(struct dcv_store *store, const char *path)
{
    const int write = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const int code = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_NOMUTEX | (store->mode == DCV_STORE_READ ? SQLITE_OPEN_READONLY : write), NULL);
    if (code == SQLITE_OK)
        return DCV_OK;
    return store->db != NULL ? dcv_store_fail(store, store->db, code) : dcv_store_short(store);
}

static enum dcv_status open_file(struct dcv_store *store, const char *path)
{
    char *plain = NULL;
    if (store->mode == DCV_STORE_TEMPORARY)
        return open_path(store, "");
    enum dcv_status status = check_file(store, path);
    if (status != DCV_OK)
        return status;
    /* ":memory:" and "file:…" are files here like any other. */
    if (asprintf(&plain, "%s%s", path[0] == '/' ? "" : "./", path) < 0)
        return dcv_store_short(store);
    status = open_path(store, plain);
    free(plain);
    return status;
}

/* As SQLite advises for files of unknown origin (https://www.sqlite.org/security.html §1.2). */
static enum dcv_status configure(struct dcv_store *store)
{
    static const int off[] = {SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_VIEW, SQLITE_DBCONFIG_ENABLE_TRIGGER};
    int code = sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    for (size_t i = 0; i < sizeof off / sizeof *off; i++)
        code |= sqlite3_db_config(store->db, off[i], 0, NULL);
    code |= sqlite3_busy_timeout(store->db, BUSY_MS) | dcv_store_add_functions(store->db);
    if (code != SQLITE_OK)
        return dcv_store_refuse(store, DCV_ERR_UNSUPPORTED, "needs another SQLite than %s", sqlite3_libversion());
    (void)sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, ROW_MAX);
    return dcv_store_exec(store, store->db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = FILE; PRAGMA cache_size = -8192");
}

/* Readers go on beside a writer then. */
static enum dcv_status write_ahead(struct dcv_store *store)
{
    sqlite3_stmt *stmt;
    bool there = false;
    enum dcv_status status = dcv_store_prepare(store, "PRAGMA journal_mode = WAL", &stmt);
    if (status == DCV_OK)
        status = dcv_store_step(store, stmt, &there);
    const char *is = there ? (const char *)sqlite3_column_text(stmt, 0) : NULL;
    if (status == DCV_OK && (is == NULL || strcmp(is, "wal") != 0))
        status = dcv_store_refuse(store, DCV_ERR_IO, "cannot be written: its file system shares no memory");
    (void)sqlite3_finalize(stmt);
    return status == DCV_OK ? dcv_store_exec(store, store->db, "PRAGMA synchronous = NORMAL") : status;
}

/* The log is synchronised at each commit then (https://www.sqlite.org/pragma.html#pragma_synchronous). */
enum dcv_status dcv_store_commit_synced(struct dcv_store *store)
{
    return dcv_store_exec(store, store->db, "PRAGMA synchronous = FULL");
}

/* A file that is no run is not changed. */
static enum dcv_status begin(struct dcv_store *store)
{
    bool empty = false;
    enum dcv_status status = configure(store);
    if (status == DCV_OK && store->mode == DCV_STORE_WRITE)
        status = dcv_store_lock(store);
    if (status == DCV_OK)
        status = check_marks(store, &empty);
    if (status == DCV_OK && store->mode == DCV_STORE_WRITE)
        status = write_ahead(store);
    return status == DCV_OK && empty ? create_tables(store) : status;
}

static void release(struct dcv_store *store)
{
    for (size_t i = 0; i < DCV_STATEMENTS; i++)
        (void)sqlite3_finalize(store->kept[i]);
    (void)sqlite3_close(store->db);
    dcv_store_unlock(store);
    free(store->slots);
    free(store);
}

enum dcv_status dcv_store_open(const char *path, enum dcv_store_mode mode, struct dcv_store **out, char **error)
{
    struct dcv_store *store = calloc(1, sizeof *store);
    *error = NULL;
    if (store == NULL)
        return DCV_ERR_NOMEM;
    store->mode = mode;
    enum dcv_status status = open_file(store, path);
    if (status == DCV_OK)
        status = begin(store);
    if (status == DCV_OK) {
        *out = store;
        return DCV_OK;
    }
    *error = strdup(store->error);
    release(store);
    return status;
}

/* ---- closing ---------------------------------------------------------------------------------------------------------------------- */

/* One file remains, which can be read where nothing can be written. Readers may keep it from that: then the log stays beside it. */
static void fold(struct dcv_store *store)
{
    (void)sqlite3_busy_timeout(store->db, 0);
    if (sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
        (void)sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

void dcv_store_close(struct dcv_store *store)
{
    if (store == NULL)
        return;
    (void)dcv_store_commit(store);
    if (store->mode == DCV_STORE_WRITE)
        fold(store);
    release(store);
}
