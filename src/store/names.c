#include "store/internal.h"

#include "base/text.h"

#include <string.h>

/* ---- putting ---------------------------------------------------------------------------------------------------------------------- */

static bool judged(enum dcv_store_state state)
{
    return state == DCV_STORE_JUDGED || state == DCV_STORE_PROVISIONAL;
}

static int bind_name(sqlite3_stmt *stmt, const struct dcv_store_name *name, int64_t class_id)
{
    int code = sqlite3_bind_int64(stmt, 1, (int64_t)name->number);
    code |= sqlite3_bind_int(stmt, 2, (int)name->state);
    code |= class_id != 0 ? sqlite3_bind_int64(stmt, 3, class_id) : sqlite3_bind_null(stmt, 3);
    code |= sqlite3_bind_int64(stmt, 7, name->queries);
    code |= sqlite3_bind_int64(stmt, 8, name->cached);
    code |= sqlite3_bind_int64(stmt, 9, name->retries);
    return code | sqlite3_bind_int64(stmt, 10, name->elapsed_ms);
}

static int bind_texts(sqlite3_stmt *stmt, const struct dcv_store_name *name)
{
    int code = dcv_store_bind(stmt, 4, name->text, DCV_STORE_SHORT_MAX);
    if (code == SQLITE_OK)
        code = dcv_store_bind(stmt, 5, name->values, DCV_STORE_SHORT_MAX);
    return code == SQLITE_OK ? dcv_store_bind(stmt, 6, name->note, DCV_STORE_SHORT_MAX) : code;
}

static bool possible(const struct dcv_store_name *name)
{
    return name->number >= 1 && name->number <= INT64_MAX && name->text != NULL && name->state <= DCV_STORE_CRASHED;
}

enum dcv_status dcv_store_put_name(struct dcv_store *store, const struct dcv_store_name *name)
{
    int64_t class_id = 0;
    sqlite3_stmt *stmt;
    enum dcv_status status = dcv_store_begin(store);
    if (status == DCV_OK && !possible(name))
        status = dcv_store_refuse(store, DCV_ERR_USAGE, "was given half a name");
    if (status == DCV_OK && judged(name->state)) {
        status = dcv_store_class_id(store, name->key, &class_id);
        if (status == DCV_OK && class_id == 0)
            status = dcv_store_refuse(store, DCV_ERR_USAGE, "has no such class");
    }
    if (status == DCV_OK)
        status = dcv_store_kept(store, DCV_STATEMENT_PUT_NAME, &stmt);
    if (status != DCV_OK)
        return status;
    const int code = bind_texts(stmt, name);
    return dcv_store_write(store, stmt, code != SQLITE_OK ? code : bind_name(stmt, name, class_id));
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_store_read_head(struct dcv_row *row, struct dcv_name_head *out)
{
    out->number = (uint64_t)dcv_row_id(row, 0);
    out->state = (enum dcv_store_state)dcv_row_number(row, 1, DCV_STORE_CRASHED);
    out->class_id = dcv_row_id_or_null(row, 2);
    if (row->status == DCV_OK && judged(out->state) != (out->class_id != 0))
        row->status = dcv_store_damaged(row->store, "a name has no class, or should have none");
    return row->status;
}

enum dcv_status dcv_store_read_name(struct dcv_row *row, const struct dcv_name_head *head, const struct dcv_store_class *class,
                                    struct dcv_store_name *out)
{
    *out = (struct dcv_store_name){.number = head->number, .state = head->state};
    if (class != NULL)
        memcpy(out->key, class->key, DCV_STORE_KEY);
    out->text = dcv_row_text(row, 3, DCV_STORE_SHORT_MAX);
    out->values = dcv_row_text(row, 4, DCV_STORE_SHORT_MAX);
    out->note = dcv_row_text(row, 5, DCV_STORE_SHORT_MAX);
    out->queries = (uint32_t)dcv_row_number(row, 6, UINT32_MAX);
    out->cached = (uint32_t)dcv_row_number(row, 7, UINT32_MAX);
    out->retries = (uint32_t)dcv_row_number(row, 8, UINT32_MAX);
    out->elapsed_ms = (uint32_t)dcv_row_number(row, 9, UINT32_MAX);
    return row->status;
}

/* ---- each ------------------------------------------------------------------------------------------------------------------------- */

struct walk {
    struct dcv_row row;
    const struct dcv_store_filter *filter;
    struct dcv_class_cache classes;
    dcv_store_name_fn *visit;
    void *user;
    uint64_t last, visited;
};

static bool class_wanted(const struct dcv_store_filter *filter, const struct dcv_store_class *class)
{
    if (filter->verdicts == 0 && filter->finding == NULL)
        return true;
    if (class == NULL)
        return filter->finding == NULL && filter->states != 0;
    if (filter->verdicts != 0 && (filter->verdicts & 1U << class->verdict) == 0)
        return false;
    return filter->finding == NULL || dcv_has_word(class->findings, filter->finding, strlen(filter->finding));
}

static enum dcv_status visit_row(struct walk *walk)
{
    struct dcv_row *row = &walk->row;
    const struct dcv_store_filter *filter = walk->filter;
    const struct dcv_store_class *class = NULL;
    struct dcv_name_head head;
    struct dcv_store_name name;
    if (dcv_store_read_head(row, &head) != DCV_OK)
        return row->status;
    if (head.number <= walk->last) /* the pages of a forged file may lead round in circles */
        return dcv_store_damaged(row->store, "its names are out of order");
    walk->last = head.number;
    if (filter->states != 0 && (filter->states & 1U << head.state) == 0)
        return DCV_OK;
    if (head.class_id != 0)
        row->status = dcv_class_cache_get(&walk->classes, head.class_id, &class);
    if (row->status != DCV_OK || !class_wanted(filter, class))
        return row->status;
    if (dcv_store_read_name(row, &head, class, &name) != DCV_OK || (filter->text != NULL && !dcv_ascii_equal_nocase(name.text, filter->text)))
        return row->status;
    walk->visited++;
    return walk->visit(walk->user, &name, class);
}

static enum dcv_status walk_rows(struct walk *walk)
{
    const uint64_t from = walk->filter->from, limit = walk->filter->limit;
    struct dcv_row *row = &walk->row;
    if (from > INT64_MAX)
        return DCV_OK;
    row->status = dcv_store_prepare(row->store, "SELECT " DCV_NAME_COLUMNS " FROM name WHERE number >= ?1 ORDER BY number", &row->stmt);
    if (row->status != DCV_OK)
        return row->status;
    (void)sqlite3_bind_int64(row->stmt, 1, from != 0 ? (int64_t)from : INT64_MIN);
    for (bool there = true; row->status == DCV_OK && (limit == 0 || walk->visited < limit);) {
        row->status = dcv_store_step(row->store, row->stmt, &there);
        if (row->status != DCV_OK || !there)
            break;
        row->status = visit_row(walk);
    }
    (void)sqlite3_finalize(row->stmt);
    return row->status;
}

enum dcv_status dcv_store_each_name(struct dcv_store *store, const struct dcv_store_filter *filter, dcv_store_name_fn *visit, void *user)
{
    static const struct dcv_store_filter all;
    struct walk walk = {.row = {.store = store}, .filter = filter != NULL ? filter : &all, .visit = visit, .user = user};
    enum dcv_status status = dcv_store_read_begin(store);
    if (status != DCV_OK)
        return status;
    status = dcv_class_cache_init(&walk.classes, store, DCV_CLASS_CACHE_MAX);
    if (status == DCV_OK)
        status = walk_rows(&walk);
    dcv_class_cache_done(&walk.classes);
    dcv_store_read_end(store);
    return status;
}
