/* Two runs, name by name: both are sorted by SQLite, which spills to disk, and merged; what differs is noted in a scratch database by change, and
 * shown from there. So the memory does not depend on how long the runs are. */
#include "store/internal.h"

#include "base/buf.h"
#include "base/text.h"

#include <string.h>

struct side {
    struct dcv_row row; /* the sorted names; then the one that is shown */
    struct dcv_class_cache classes;
    struct dcv_buf key; /* of the name it is at: in lower case */
    bool there;
    int64_t last; /* the number that was sorted last */
    struct dcv_name_head head;
};

/* What SQLite calls a pointer to struct side's `last`. */
static const char last_type[] = "dcv_last";

struct diff {
    struct side before, after;
    sqlite3 *scratch;
    sqlite3_stmt *put;
    int64_t noted[DCV_STORE_GONE + 1]; /* how many so far, by change */
};

/* ---- the sorted names ------------------------------------------------------------------------------------------------------------- */

/* dcv_fold(text, number, last): the text in lower case, of ASCII only, whatever SQLite's lower() was built to do. Numbers must come in order: the
 * pages of a forged file may lead round in circles, and sorting would not end. */
static void fold(sqlite3_context *context, int count, sqlite3_value **values)
{
    const char *text = (const char *)sqlite3_value_text(values[0]);
    const size_t len = text != NULL ? (size_t)sqlite3_value_bytes(values[0]) : 0;
    const int64_t number = sqlite3_value_int64(values[1]);
    int64_t *last = sqlite3_value_pointer(values[2], last_type);
    char *lower = sqlite3_malloc64(len + 1);
    (void)count;
    if (lower == NULL || last == NULL || number <= *last) {
        sqlite3_free(lower);
        if (lower == NULL)
            sqlite3_result_error_nomem(context);
        else
            sqlite3_result_error(context, "its names are out of order", -1);
        return;
    }
    *last = number;
    for (size_t i = 0; i < len; i++)
        lower[i] = dcv_ascii_lower(text[i]);
    sqlite3_result_text64(context, lower, len, sqlite3_free, SQLITE_UTF8);
}

int dcv_store_add_functions(sqlite3 *db)
{
    return sqlite3_create_function_v2(db, "dcv_fold", 3, SQLITE_UTF8, NULL, fold, NULL, NULL, NULL);
}

/* The last place of a name comes first. */
static const char sorted[] = "SELECT number, state, class, dcv_fold(text, number, ?1) FROM name ORDER BY 4, number DESC";

static enum dcv_status start(struct side *side, struct dcv_store *store)
{
    side->row = (struct dcv_row){.store = store};
    dcv_buf_init(&side->key, DCV_STORE_SHORT_MAX);
    enum dcv_status status = dcv_class_cache_init(&side->classes, store, DCV_CLASS_CACHE_MAX / 2);
    if (status != DCV_OK)
        return status;
    status = dcv_store_prepare(store, sorted, &side->row.stmt);
    if (status == DCV_OK && sqlite3_bind_pointer(side->row.stmt, 1, &side->last, last_type, NULL) != SQLITE_OK)
        return dcv_store_short(store);
    return status;
}

static void done(struct side *side)
{
    (void)sqlite3_finalize(side->row.stmt);
    side->row.stmt = NULL;
    dcv_class_cache_done(&side->classes);
    dcv_buf_done(&side->key);
}

/* Is the row one more place of the name that was passed? */
static bool again(const struct side *side, const char *key)
{
    return side->there && strcmp(key, dcv_buf_text(&side->key)) == 0;
}

static enum dcv_status advance(struct side *side)
{
    struct dcv_row *row = &side->row;
    bool row_there = false;
    const char *key;
    do {
        row->status = dcv_store_step(row->store, row->stmt, &row_there);
        key = row_there ? dcv_row_text(row, 3, DCV_STORE_SHORT_MAX) : "";
        if (row_there)
            (void)dcv_store_read_head(row, &side->head);
    } while (row->status == DCV_OK && row_there && again(side, key));
    side->there = row_there && row->status == DCV_OK;
    dcv_buf_clear(&side->key);
    dcv_buf_puts(&side->key, key);
    if (row->status == DCV_OK && side->key.failed)
        row->status = dcv_store_short(row->store);
    return row->status;
}

/* ---- comparing -------------------------------------------------------------------------------------------------------------------- */

/* Ready before unknown before not ready; not judged is the worst. */
static int rank(const struct dcv_store_class *class)
{
    if (class == NULL)
        return 3;
    switch (class->verdict) {
    case DCV_STORE_READY:
        return 0;
    case DCV_STORE_UNKNOWN:
        return 1;
    case DCV_STORE_NOT_READY:
        return 2;
    }
    return 3;
}

/* In whatever order. */
static bool same_findings(const char *a, const char *b)
{
    return strcmp(a, b) == 0 || (strlen(a) == strlen(b) && dcv_has_words(a, b));
}

static enum dcv_status class_of(struct side *side, const struct dcv_store_class **out)
{
    *out = NULL;
    return side->head.class_id != 0 ? dcv_class_cache_get(&side->classes, side->head.class_id, out) : DCV_OK;
}

static enum dcv_status note(struct diff *diff, enum dcv_store_change change)
{
    struct dcv_store *store = diff->after.row.store;
    int code = sqlite3_bind_int64(diff->put, 1, ((int64_t)change << 48) + diff->noted[change]++);
    code |= sqlite3_bind_int64(diff->put, 2, change != DCV_STORE_NEW ? (int64_t)diff->before.head.number : 0);
    code |= sqlite3_bind_int64(diff->put, 3, change != DCV_STORE_GONE ? (int64_t)diff->after.head.number : 0);
    if (code == SQLITE_OK && sqlite3_step(diff->put) != SQLITE_DONE)
        code = sqlite3_extended_errcode(diff->scratch);
    (void)sqlite3_reset(diff->put);
    return code == SQLITE_OK ? DCV_OK : dcv_store_fail(store, diff->scratch, code);
}

static enum dcv_status compare(struct diff *diff)
{
    const struct dcv_store_class *before, *after;
    enum dcv_status status = class_of(&diff->before, &before);
    if (status == DCV_OK)
        status = class_of(&diff->after, &after);
    if (status != DCV_OK)
        return status;
    const int was = rank(before), is = rank(after);
    if (was != is)
        return note(diff, was < is ? DCV_STORE_REGRESSED : DCV_STORE_FIXED);
    if (before == NULL || after == NULL || same_findings(before->findings, after->findings))
        return DCV_OK;
    return note(diff, DCV_STORE_CHANGED);
}

static enum dcv_status merge(struct diff *diff)
{
    struct side *before = &diff->before, *after = &diff->after;
    enum dcv_status status = advance(before);
    if (status == DCV_OK)
        status = advance(after);
    while (status == DCV_OK && (before->there || after->there)) {
        int order = before->there ? -1 : 1;
        if (before->there && after->there)
            order = strcmp(dcv_buf_text(&before->key), dcv_buf_text(&after->key));
        if (order == 0)
            status = compare(diff);
        else
            status = note(diff, order < 0 ? DCV_STORE_GONE : DCV_STORE_NEW);
        if (status == DCV_OK && order <= 0)
            status = advance(before);
        if (status == DCV_OK && order >= 0)
            status = advance(after);
    }
    return status;
}

/* ---- showing ---------------------------------------------------------------------------------------------------------------------- */

struct shown {
    struct dcv_store_name name;
    const struct dcv_store_class *class;
};

/* The name of that number, lent until the next. */
static enum dcv_status fetch(struct side *side, int64_t number, struct shown *out)
{
    struct dcv_row *row = &side->row;
    bool there = false;
    (void)sqlite3_reset(row->stmt);
    (void)sqlite3_bind_int64(row->stmt, 1, number);
    row->status = dcv_store_step(row->store, row->stmt, &there);
    if (row->status == DCV_OK && !there)
        row->status = dcv_store_damaged(row->store, "a name is missing");
    if (row->status != DCV_OK || dcv_store_read_head(row, &side->head) != DCV_OK)
        return row->status;
    row->status = class_of(side, &out->class);
    return row->status == DCV_OK ? dcv_store_read_name(row, &side->head, out->class, &out->name) : row->status;
}

static enum dcv_status show_row(struct diff *diff, sqlite3_stmt *stmt, dcv_store_diff_fn *visit, void *user)
{
    const enum dcv_store_change change = (enum dcv_store_change)(sqlite3_column_int64(stmt, 0) >> 48);
    const bool was = change != DCV_STORE_NEW, is = change != DCV_STORE_GONE;
    struct shown before = {0}, after = {0};
    enum dcv_status status = was ? fetch(&diff->before, sqlite3_column_int64(stmt, 1), &before) : DCV_OK;
    if (status == DCV_OK && is)
        status = fetch(&diff->after, sqlite3_column_int64(stmt, 2), &after);
    return status == DCV_OK ? visit(user, change, was ? &before.name : NULL, before.class, is ? &after.name : NULL, after.class) : status;
}

static enum dcv_status by_number(struct side *side)
{
    (void)sqlite3_finalize(side->row.stmt);
    return dcv_store_prepare(side->row.store, "SELECT " DCV_NAME_COLUMNS " FROM name WHERE number = ?1", &side->row.stmt);
}

static enum dcv_status show(struct diff *diff, dcv_store_diff_fn *visit, void *user)
{
    sqlite3_stmt *stmt = NULL;
    enum dcv_status status = by_number(&diff->before);
    if (status == DCV_OK)
        status = by_number(&diff->after);
    int code = SQLITE_OK;
    if (status == DCV_OK)
        code = sqlite3_prepare_v2(diff->scratch, "SELECT id, before, after FROM difference ORDER BY id", -1, &stmt, NULL);
    while (status == DCV_OK && code == SQLITE_OK) {
        const int step = sqlite3_step(stmt);
        if (step == SQLITE_DONE)
            break;
        if (step == SQLITE_ROW)
            status = show_row(diff, stmt, visit, user);
        else
            code = step;
    }
    if (code != SQLITE_OK)
        status = dcv_store_fail(diff->after.row.store, diff->scratch, code);
    (void)sqlite3_finalize(stmt);
    return status;
}

/* ---- as a whole ------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status open_scratch(struct diff *diff)
{
    struct dcv_store *store = diff->after.row.store;
    int code = sqlite3_open_v2("", &diff->scratch, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (diff->scratch == NULL)
        return dcv_store_short(store);
    if (code == SQLITE_OK)
        code = sqlite3_exec(diff->scratch,
                            "PRAGMA journal_mode = OFF; PRAGMA cache_size = -8192;"
                            "CREATE TABLE difference(id INTEGER PRIMARY KEY, before INTEGER, after INTEGER); BEGIN",
                            NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(diff->scratch, "INSERT INTO difference VALUES (?1, ?2, ?3)", -1, &diff->put, NULL);
    return code == SQLITE_OK ? DCV_OK : dcv_store_fail(store, diff->scratch, code);
}

static enum dcv_status run(struct diff *diff, struct dcv_store *before, struct dcv_store *after, dcv_store_diff_fn *visit, void *user)
{
    enum dcv_status status = start(&diff->before, before);
    if (status == DCV_OK)
        status = start(&diff->after, after);
    if (status == DCV_OK)
        status = open_scratch(diff);
    if (status == DCV_OK)
        status = merge(diff);
    if (status == DCV_OK)
        status = show(diff, visit, user);
    (void)sqlite3_finalize(diff->put);
    done(&diff->before);
    done(&diff->after);
    (void)sqlite3_close(diff->scratch);
    return status;
}

enum dcv_status dcv_store_diff(struct dcv_store *before, struct dcv_store *after, dcv_store_diff_fn *visit, void *user)
{
    struct diff diff = {.scratch = NULL};
    enum dcv_status status = dcv_store_read_begin(before);
    if (status != DCV_OK)
        return status;
    status = dcv_store_read_begin(after);
    if (status == DCV_OK) {
        status = run(&diff, before, after, visit, user);
        dcv_store_read_end(after);
    }
    dcv_store_read_end(before);
    return status;
}
