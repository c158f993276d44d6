/* One writer at a time: it holds an SQLite lock on an empty file beside the database, which the kernel releases however the process ends, and which a
 * child does not inherit. The file goes when the writer closes. SQLite's own lock for writing would not do: it is free between two transactions.
 *
 * SQLite keeps account of the locks of one process on one file, so that two handles of it exclude each other, too. */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TRIES = 16 };

/* The file may have been removed between its opening and the lock: then somebody else can lock another of that name. */
static bool moved(sqlite3 *lock)
{
    int is = 0;
    return sqlite3_file_control(lock, "main", SQLITE_FCNTL_HAS_MOVED, &is) == SQLITE_OK && is != 0;
}

static enum dcv_status take(struct dcv_store *store, const char *path)
{
    int code = sqlite3_open_v2(path, &store->lock, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    /* A journal on disk would be a third file. */
    if (code == SQLITE_OK)
        code = sqlite3_exec(store->lock, "PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE", NULL, NULL, NULL);
    if ((code & 0xff) == SQLITE_BUSY)
        return dcv_store_refuse(store, DCV_ERR_USAGE, "another dcvready writes to it");
    if (code == SQLITE_OK)
        return DCV_OK;
    return store->lock != NULL ? dcv_store_fail(store, store->lock, code) : dcv_store_short(store);
}

static void drop(struct dcv_store *store)
{
    (void)sqlite3_close(store->lock);
    store->lock = NULL;
}

enum dcv_status dcv_store_lock(struct dcv_store *store)
{
    char *path = NULL;
    enum dcv_status status = DCV_OK;
    if (asprintf(&path, "%s-lock", sqlite3_db_filename(store->db, "main")) < 0)
        return dcv_store_short(store);
    for (int i = 0; i < TRIES; i++) {
        status = take(store, path);
        if (status == DCV_OK && !moved(store->lock))
            break;
        drop(store);
        if (status != DCV_OK)
            break;
        status = dcv_store_refuse(store, DCV_ERR_USAGE, "another dcvready writes to it");
    }
    free(path);
    return status;
}

void dcv_store_unlock(struct dcv_store *store)
{
    if (store->lock == NULL)
        return;
    (void)unlink(sqlite3_db_filename(store->lock, "main"));
    drop(store);
}
