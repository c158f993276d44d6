/* What the files of this module share.
 *
 * All that is read from the file is of unknown origin: it goes through struct dcv_row. */
#ifndef DCV_STORE_INTERNAL_H
#define DCV_STORE_INTERNAL_H

#include "store/store.h"

#include "base/map.h"

#include <sqlite3.h>

/* Statements that are prepared once. */
enum dcv_statement {
    DCV_STATEMENT_BEGIN,
    DCV_STATEMENT_COMMIT,
    DCV_STATEMENT_GET,
    DCV_STATEMENT_SET,
    DCV_STATEMENT_CLASS_BY_KEY,
    DCV_STATEMENT_CLASS_BY_ID,
    DCV_STATEMENT_CLASS_WITH_FACTS,
    DCV_STATEMENT_PUT_CLASS,
    DCV_STATEMENT_PUT_RECORD,
    DCV_STATEMENT_PUT_WITNESS,
    DCV_STATEMENT_JUDGE_CLASS,
    DCV_STATEMENT_PUT_NAME,
    DCV_STATEMENT_HAS_NAME,
    DCV_STATEMENT_CHUNK_SENT,
    DCV_STATEMENT_CHUNK_DONE,
    DCV_STATEMENTS,
};

/* A class that was looked up by its key. */
struct dcv_class_slot {
    uint8_t key[DCV_STORE_KEY];
    int64_t id; /* 0: the slot is free */
    bool witness;
};

struct dcv_store {
    sqlite3 *db;
    sqlite3 *lock; /* WRITE: see lock.c */
    enum dcv_store_mode mode;
    sqlite3_stmt *kept[DCV_STATEMENTS];
    struct dcv_class_slot *slots; /* NULL: none yet */
    uint64_t prefix;              /* a lower bound */
    uint64_t chunks_done;
    bool chunks_counted;
    unsigned reading;       /* how many calls share the snapshot */
    uint64_t judgements;    /* how often classes were judged */
    enum dcv_status broken; /* a write failed: what was not committed is lost, and nothing is put any more */
    char error[256];
};

/* ---- store.c: statements and failures ------------------------------------------------------------------------------------------ */

/* Notes why a call failed; returns `status`. */
enum dcv_status dcv_store_refuse(struct dcv_store *store, enum dcv_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* What SQLite's handle says of its last failure, `code`, in words of ours. */
enum dcv_status dcv_store_fail(struct dcv_store *store, sqlite3 *db, int code);
/* A failure of what was to write: rolls back, and nothing is put from now on. */
enum dcv_status dcv_store_break(struct dcv_store *store);
enum dcv_status dcv_store_damaged(struct dcv_store *store, const char *what);
enum dcv_status dcv_store_short(struct dcv_store *store);
/* Begins the transaction of what is put, unless it runs. */
enum dcv_status dcv_store_begin(struct dcv_store *store);
/* A statement that stays with the store: reset by who uses it. */
enum dcv_status dcv_store_kept(struct dcv_store *store, enum dcv_statement which, sqlite3_stmt **out);
/* One of the caller's. NULL after a failure. */
enum dcv_status dcv_store_prepare(struct dcv_store *store, const char *sql, sqlite3_stmt **out);
/* Executes a statement that writes. `bound`: SQLITE_OK where all parameters are; a text that is too long is DCV_ERR_LIMIT, and does no harm. */
enum dcv_status dcv_store_write(struct dcv_store *store, sqlite3_stmt *stmt, int bound);
/* Steps a statement that reads. */
enum dcv_status dcv_store_step(struct dcv_store *store, sqlite3_stmt *stmt, bool *row);
enum dcv_status dcv_store_exec(struct dcv_store *store, sqlite3 *db, const char *sql);
/* All that is read in between is of one moment. */
enum dcv_status dcv_store_read_begin(struct dcv_store *store);
void dcv_store_read_end(struct dcv_store *store);
/* Binds a text as long as the statement runs; NULL is "". SQLITE_OK, or why not: SQLITE_TOOBIG where it is longer than `max`. */
int dcv_store_bind(sqlite3_stmt *stmt, int parameter, const char *text, size_t max);

/* ---- diff.c: functions of its own in SQL --------------------------------------------------------------------------------------- */

int dcv_store_add_functions(sqlite3 *db);

/* ---- lock.c: one writer -------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_store_lock(struct dcv_store *store);
void dcv_store_unlock(struct dcv_store *store);

/* ---- row.c: columns of unknown origin ------------------------------------------------------------------------------------------ */

/* Ceilings for texts, in octets; what is put is held to them, too. */
enum {
    DCV_STORE_SHORT_MAX = 1 << 20, /* names, values, notes, findings, settings */
    DCV_STORE_BODY_MAX = 1 << 24,
    DCV_STORE_FACTS_MAX = 1 << 26,
};

/* The row a statement is at. Failure is sticky, as with struct dcv_cursor. */
struct dcv_row {
    struct dcv_store *store;
    sqlite3_stmt *stmt;
    enum dcv_status status;
};

/* Lent until the next step. "" after a failure. */
const char *dcv_row_text(struct dcv_row *row, int column, size_t max);
const char *dcv_row_text_or_null(struct dcv_row *row, int column, size_t max);
uint64_t dcv_row_number(struct dcv_row *row, int column, uint64_t max);
/* From 1 on; 0 after a failure. */
int64_t dcv_row_id(struct dcv_row *row, int column);
int64_t dcv_row_id_or_null(struct dcv_row *row, int column);
void dcv_row_key(struct dcv_row *row, int column, uint8_t key[DCV_STORE_KEY]);
/* Id, key, verdict, findings and body from column 0 on. */
int64_t dcv_row_class(struct dcv_row *row, struct dcv_store_class *out);

/* Of words with blanks between them: is this one among them, are all of those? */
bool dcv_has_word(const char *words, const char *word, size_t len);
bool dcv_has_words(const char *words, const char *others);

/* ---- cache.c: classes by id, in bounded memory --------------------------------------------------------------------------------- */

struct dcv_class_cache {
    struct dcv_store *store;
    struct dcv_map *young, *old; /* of what was used lately, and before */
    size_t used;                 /* octets of the young ones */
    size_t max;
    uint64_t judgements;
};

enum { DCV_CLASS_CACHE_MAX = 1 << 26 }; /* octets */

enum dcv_status dcv_class_cache_init(struct dcv_class_cache *cache, struct dcv_store *store, size_t max);
void dcv_class_cache_done(struct dcv_class_cache *cache);
/* Without facts and witness. Lent until the next call. */
enum dcv_status dcv_class_cache_get(struct dcv_class_cache *cache, int64_t id, const struct dcv_store_class **out);

/* ---- classes.c ----------------------------------------------------------------------------------------------------------------- */

/* The id of the class of a key; 0: there is none. */
enum dcv_status dcv_store_class_id(struct dcv_store *store, const uint8_t key[DCV_STORE_KEY], int64_t *id);

/* ---- names.c ------------------------------------------------------------------------------------------------------------------- */

/* The columns that dcv_store_read_name() expects, in that order. */
#define DCV_NAME_COLUMNS "number, state, class, text, fill, note, queries, cached, retries, elapsed_ms"

/* What the filter of names looks at first. */
struct dcv_name_head {
    uint64_t number;
    enum dcv_store_state state;
    int64_t class_id; /* 0: it was not judged */
};
/* From the columns "number, state, class" on. */
enum dcv_status dcv_store_read_head(struct dcv_row *row, struct dcv_name_head *out);
enum dcv_status dcv_store_read_name(struct dcv_row *row, const struct dcv_name_head *head, const struct dcv_store_class *class,
                                    struct dcv_store_name *out);

/* ---- tally.c ------------------------------------------------------------------------------------------------------------------- */

/* How many names each class has. */
struct dcv_tally {
    uint32_t *names; /* by id */
    int64_t classes; /* ids are 1 to this */
};
enum dcv_status dcv_tally_make(struct dcv_store *store, struct dcv_tally *out, struct dcv_store_totals *totals);
void dcv_tally_done(struct dcv_tally *tally);

/* Calls for each class that a name has, with the row it is read from. */
typedef enum dcv_status dcv_tally_fn(void *user, struct dcv_row *row, const struct dcv_store_class *class, uint32_t names);
enum dcv_status dcv_tally_each(struct dcv_store *store, const struct dcv_tally *tally, const char *sql, dcv_tally_fn *visit, void *user);

#endif
