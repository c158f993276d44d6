/* How many names each class has, and what follows from it: totals, and names by finding.
 *
 * Ids of classes run from 1 without gaps, since none is ever deleted; so an array does. A file where they do not is damaged. Rows must come in order:
 * the pages of a forged file may lead round in circles. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- the array -------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status count_classes(struct dcv_store *store, int64_t *count)
{
    sqlite3_stmt *stmt;
    struct dcv_row row = {.store = store, .status = dcv_store_prepare(store, "SELECT id FROM class ORDER BY id", &stmt)};
    row.stmt = stmt;
    *count = 0;
    for (bool there = true; row.status == DCV_OK;) {
        row.status = dcv_store_step(store, stmt, &there);
        if (row.status != DCV_OK || !there)
            break;
        if (dcv_row_id(&row, 0) != ++*count && row.status == DCV_OK)
            row.status = dcv_store_damaged(store, "its classes have gaps");
    }
    (void)sqlite3_finalize(stmt);
    return row.status;
}

/* The columns are number, state, class, queries, cached, retries. */
static void add_name(struct dcv_row *row, struct dcv_tally *tally, uint64_t *last, struct dcv_store_totals *totals)
{
    struct dcv_name_head head;
    if (dcv_store_read_head(row, &head) != DCV_OK)
        return;
    if (head.number <= *last || head.class_id > tally->classes) {
        row->status = dcv_store_damaged(row->store, head.number <= *last ? "its names are out of order" : "a class is missing");
        return;
    }
    *last = head.number;
    tally->names[head.class_id]++;
    if (totals == NULL)
        return;
    const uint64_t retries = dcv_row_number(row, 5, UINT32_MAX);
    totals->queries += dcv_row_number(row, 3, UINT32_MAX);
    totals->cached += dcv_row_number(row, 4, UINT32_MAX);
    totals->retries += retries;
    totals->retried_names += retries != 0;
    totals->names++;
    totals->provisional += head.state == DCV_STORE_PROVISIONAL;
    totals->invalid += head.state == DCV_STORE_INVALID;
    totals->crashed += head.state == DCV_STORE_CRASHED;
}

static enum dcv_status count_names(struct dcv_store *store, struct dcv_tally *tally, struct dcv_store_totals *totals)
{
    sqlite3_stmt *stmt;
    const char *sql = totals != NULL ? "SELECT number, state, class, queries, cached, retries FROM name ORDER BY number"
                                     : "SELECT number, state, class FROM name ORDER BY number";
    struct dcv_row row = {.store = store, .status = dcv_store_prepare(store, sql, &stmt)};
    row.stmt = stmt;
    uint64_t last = 0;
    for (bool there = true; row.status == DCV_OK && there;) {
        row.status = dcv_store_step(store, stmt, &there);
        if (row.status == DCV_OK && there)
            add_name(&row, tally, &last, totals);
    }
    (void)sqlite3_finalize(stmt);
    return row.status;
}

enum dcv_status dcv_tally_make(struct dcv_store *store, struct dcv_tally *out, struct dcv_store_totals *totals)
{
    *out = (struct dcv_tally){0};
    const enum dcv_status status = count_classes(store, &out->classes);
    if (status != DCV_OK)
        return status;
    out->names = calloc((size_t)out->classes + 1, sizeof *out->names);
    return out->names != NULL ? count_names(store, out, totals) : dcv_store_short(store);
}

void dcv_tally_done(struct dcv_tally *tally)
{
    free(tally->names);
    tally->names = NULL;
}

enum dcv_status dcv_tally_each(struct dcv_store *store, const struct dcv_tally *tally, const char *sql, dcv_tally_fn *visit, void *user)
{
    sqlite3_stmt *stmt;
    struct dcv_row row = {.store = store, .status = dcv_store_prepare(store, sql, &stmt)};
    row.stmt = stmt;
    for (int64_t id = 1; row.status == DCV_OK && id <= tally->classes; id++) {
        bool there = false;
        struct dcv_store_class class = {.findings = ""};
        row.status = dcv_store_step(store, stmt, &there);
        if (row.status != DCV_OK || (there && tally->names[id] == 0))
            continue;
        if (!there || (dcv_row_class(&row, &class) != id && row.status == DCV_OK))
            row.status = dcv_store_damaged(store, "its classes have gaps");
        if (row.status == DCV_OK)
            row.status = visit(user, &row, &class, tally->names[id]);
    }
    (void)sqlite3_finalize(stmt);
    return row.status;
}

/* ---- totals ----------------------------------------------------------------------------------------------------------------------- */

static const char without_body[] = "SELECT id, key, verdict, findings, '' FROM class ORDER BY id";

static enum dcv_status add_verdict(void *user, struct dcv_row *row, const struct dcv_store_class *class, uint32_t names)
{
    struct dcv_store_totals *totals = user;
    (void)row;
    totals->classes++;
    switch (class->verdict) {
    case DCV_STORE_READY:
        totals->ready += names;
        break;
    case DCV_STORE_NOT_READY:
        totals->not_ready += names;
        break;
    case DCV_STORE_UNKNOWN:
        totals->unknown += names;
        break;
    }
    return DCV_OK;
}

enum dcv_status dcv_store_totals(struct dcv_store *store, struct dcv_store_totals *out)
{
    struct dcv_tally tally;
    struct dcv_store_totals totals = {0};
    enum dcv_status status = dcv_store_read_begin(store);
    if (status != DCV_OK)
        return status;
    status = dcv_tally_make(store, &tally, &totals);
    if (status == DCV_OK)
        status = dcv_tally_each(store, &tally, without_body, add_verdict, &totals);
    dcv_tally_done(&tally);
    dcv_store_read_end(store);
    if (status == DCV_OK)
        *out = totals;
    return status;
}

/* ---- names by finding ------------------------------------------------------------------------------------------------------------- */

/* More ids than any release will have: what a forged file has too many of. */
enum { IDS_MAX = 10000 };

struct found {
    struct dcv_arena *arena;
    struct dcv_map *by_id; /* struct dcv_store_count */
    struct dcv_store_count **counts; /* IDS_MAX of them */
    size_t count;
};

static struct dcv_store_count *count_of(struct found *found, const char *id, size_t len)
{
    struct dcv_store_count *count = dcv_map_get(found->by_id, id, len);
    if (count != NULL || found->count == IDS_MAX)
        return count;
    count = dcv_arena_alloc(found->arena, sizeof *count);
    if (count == NULL || !dcv_map_put(found->by_id, id, len, count)) {
        dcv_arena_fail(found->arena);
        return NULL;
    }
    count->id = dcv_arena_strndup(found->arena, id, len);
    found->counts[found->count++] = count;
    return count;
}

static enum dcv_status add_findings(void *user, struct dcv_row *row, const struct dcv_store_class *class, uint32_t names)
{
    struct found *found = user;
    for (const char *id = class->findings; *id != '\0';) {
        const size_t len = strcspn(id, " ");
        struct dcv_store_count *count = len != 0 ? count_of(found, id, len) : NULL;
        if (dcv_arena_failed(found->arena))
            return dcv_store_short(row->store);
        if (count == NULL && len != 0)
            return dcv_store_damaged(row->store, "it has too many ids of findings");
        if (count != NULL)
            count->names += names;
        id += len + (id[len] == ' ');
    }
    return DCV_OK;
}

static int by_names(const void *a, const void *b)
{
    const struct dcv_store_count *left = *(struct dcv_store_count *const *)a, *right = *(struct dcv_store_count *const *)b;
    if (left->names != right->names)
        return left->names < right->names ? 1 : -1;
    return strcmp(left->id, right->id);
}

static enum dcv_status sort(struct dcv_store *store, struct found *found, struct dcv_store_count **out)
{
    struct dcv_store_count *list = dcv_arena_array(found->arena, found->count, sizeof *list);
    if (dcv_arena_failed(found->arena))
        return dcv_store_short(store);
    qsort(found->counts, found->count, sizeof(struct dcv_store_count *), by_names);
    for (size_t i = 0; i < found->count; i++)
        list[i] = *found->counts[i];
    *out = list;
    return DCV_OK;
}

static enum dcv_status find(struct dcv_store *store, struct found *found)
{
    struct dcv_tally tally;
    enum dcv_status status = dcv_store_read_begin(store);
    if (status != DCV_OK)
        return status;
    status = dcv_tally_make(store, &tally, NULL);
    if (status == DCV_OK)
        status = dcv_tally_each(store, &tally, without_body, add_findings, found);
    dcv_tally_done(&tally);
    dcv_store_read_end(store);
    return status;
}

enum dcv_status dcv_store_findings(struct dcv_store *store, struct dcv_arena *arena, struct dcv_store_count **out, size_t *count)
{
    struct found found = {.arena = arena, .by_id = dcv_map_create(), .counts = calloc(IDS_MAX, sizeof(struct dcv_store_count *))};
    enum dcv_status status = DCV_ERR_NOMEM;
    if (found.by_id == NULL || found.counts == NULL)
        (void)dcv_store_short(store);
    else
        status = find(store, &found);
    if (status == DCV_OK)
        status = sort(store, &found, out);
    if (status == DCV_OK)
        *count = found.count;
    dcv_map_free(found.by_id, NULL);
    free(found.counts);
    return status;
}
