#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- slots: what was looked up lately --------------------------------------------------------------------------------------------- */

enum { SLOTS = 1 << 16, WAYS = 4 };

/* Keys are digests as a rule; where they are chosen to collide, it is only slow. */
static struct dcv_class_slot *first_way(struct dcv_store *store, const uint8_t *key)
{
    uint64_t hash;
    memcpy(&hash, key, sizeof hash);
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return store->slots + (hash >> 48) % (SLOTS / WAYS) * WAYS;
}

static struct dcv_class_slot *find_slot(struct dcv_store *store, const uint8_t *key)
{
    struct dcv_class_slot *way = store->slots != NULL ? first_way(store, key) : NULL;
    for (int i = 0; way != NULL && i < WAYS; i++)
        if (way[i].id != 0 && memcmp(way[i].key, key, DCV_STORE_KEY) == 0)
            return way + i;
    return NULL;
}

/* The oldest of its ways goes. */
static void keep_slot(struct dcv_store *store, const struct dcv_class_slot *slot)
{
    if (store->slots == NULL)
        store->slots = calloc(SLOTS, sizeof *store->slots);
    if (store->slots == NULL)
        return;
    struct dcv_class_slot *way = first_way(store, slot->key);
    memmove(way + 1, way, (WAYS - 1) * sizeof *way);
    *way = *slot;
}

/* `*out`: its id is 0 where there is none. */
static enum dcv_status look_up(struct dcv_store *store, const uint8_t *key, struct dcv_class_slot *out)
{
    const struct dcv_class_slot *slot = find_slot(store, key);
    if (slot != NULL) {
        *out = *slot;
        return DCV_OK;
    }
    sqlite3_stmt *stmt;
    bool there = false;
    struct dcv_row row = {.store = store, .status = dcv_store_kept(store, DCV_STATEMENT_CLASS_BY_KEY, &stmt)};
    row.stmt = stmt;
    *out = (struct dcv_class_slot){0};
    memcpy(out->key, key, DCV_STORE_KEY);
    if (row.status == DCV_OK) {
        (void)sqlite3_bind_blob(stmt, 1, out->key, DCV_STORE_KEY, SQLITE_STATIC);
        row.status = dcv_store_step(store, stmt, &there);
    }
    if (there) {
        out->id = dcv_row_id(&row, 0);
        out->witness = dcv_row_number(&row, 1, 1) != 0;
    }
    (void)sqlite3_reset(stmt);
    if (row.status == DCV_OK && there)
        keep_slot(store, out);
    return row.status;
}

enum dcv_status dcv_store_class_id(struct dcv_store *store, const uint8_t key[DCV_STORE_KEY], int64_t *id)
{
    struct dcv_class_slot slot;
    const enum dcv_status status = look_up(store, key, &slot);
    *id = slot.id;
    return status;
}

/* ---- putting ---------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status check(struct dcv_store *store, const struct dcv_store_class *class, bool with_facts)
{
    const enum dcv_status status = dcv_store_begin(store);
    if (status != DCV_OK)
        return status;
    if (class->body == NULL || (with_facts && class->facts == NULL) || class->verdict > DCV_STORE_UNKNOWN)
        return dcv_store_refuse(store, DCV_ERR_USAGE, "was given half a class");
    if (strlen(class->body) > DCV_STORE_BODY_MAX || (class->findings != NULL && strlen(class->findings) > DCV_STORE_SHORT_MAX))
        return dcv_store_refuse(store, DCV_ERR_LIMIT, "takes no text of that length");
    if (with_facts && (strlen(class->facts) > DCV_STORE_FACTS_MAX || (class->witness != NULL && strlen(class->witness) > DCV_STORE_FACTS_MAX)))
        return dcv_store_refuse(store, DCV_ERR_LIMIT, "takes no text of that length");
    return DCV_OK;
}

/* Key, verdict, findings and body. */
static int bind_class(sqlite3_stmt *stmt, const struct dcv_store_class *class)
{
    int code = sqlite3_bind_blob(stmt, 1, class->key, DCV_STORE_KEY, SQLITE_STATIC);
    code |= sqlite3_bind_int(stmt, 2, (int)class->verdict);
    code |= dcv_store_bind(stmt, 3, class->findings, DCV_STORE_SHORT_MAX);
    return code | dcv_store_bind(stmt, 4, class->body, DCV_STORE_BODY_MAX);
}

static enum dcv_status add_class(struct dcv_store *store, const struct dcv_store_class *class)
{
    sqlite3_stmt *stmt, *record;
    enum dcv_status status = dcv_store_kept(store, DCV_STATEMENT_PUT_CLASS, &stmt);
    if (status == DCV_OK)
        status = dcv_store_kept(store, DCV_STATEMENT_PUT_RECORD, &record);
    if (status != DCV_OK)
        return status;
    status = dcv_store_write(store, stmt, bind_class(stmt, class));
    if (status != DCV_OK)
        return status;
    struct dcv_class_slot slot = {.id = sqlite3_last_insert_rowid(store->db), .witness = class->witness != NULL};
    int code = sqlite3_bind_int64(record, 1, slot.id);
    code |= dcv_store_bind(record, 2, class->facts, DCV_STORE_FACTS_MAX);
    code |= class->witness != NULL ? dcv_store_bind(record, 3, class->witness, DCV_STORE_FACTS_MAX) : sqlite3_bind_null(record, 3);
    status = dcv_store_write(store, record, code);
    memcpy(slot.key, class->key, DCV_STORE_KEY);
    if (status == DCV_OK)
        keep_slot(store, &slot);
    return status;
}

static enum dcv_status add_witness(struct dcv_store *store, int64_t id, const struct dcv_store_class *class)
{
    sqlite3_stmt *stmt;
    enum dcv_status status = dcv_store_kept(store, DCV_STATEMENT_PUT_WITNESS, &stmt);
    if (status != DCV_OK)
        return status;
    const int code = sqlite3_bind_int64(stmt, 1, id) | dcv_store_bind(stmt, 2, class->witness, DCV_STORE_FACTS_MAX);
    status = dcv_store_write(store, stmt, code);
    struct dcv_class_slot *slot = find_slot(store, class->key);
    if (status == DCV_OK && slot != NULL)
        slot->witness = true;
    return status;
}

enum dcv_status dcv_store_put_class(struct dcv_store *store, const struct dcv_store_class *class)
{
    struct dcv_class_slot slot;
    enum dcv_status status = check(store, class, true);
    if (status == DCV_OK)
        status = look_up(store, class->key, &slot);
    if (status != DCV_OK)
        return status;
    if (slot.id == 0)
        return add_class(store, class);
    return class->witness != NULL && !slot.witness ? add_witness(store, slot.id, class) : DCV_OK;
}

enum dcv_status dcv_store_judge_class(struct dcv_store *store, const struct dcv_store_class *class)
{
    int64_t id = 0;
    sqlite3_stmt *stmt = NULL;
    enum dcv_status status = check(store, class, false);
    if (status == DCV_OK)
        status = dcv_store_class_id(store, class->key, &id);
    if (status == DCV_OK && id == 0)
        status = dcv_store_refuse(store, DCV_ERR_USAGE, "has no such class");
    if (status == DCV_OK)
        status = dcv_store_kept(store, DCV_STATEMENT_JUDGE_CLASS, &stmt);
    if (status != DCV_OK)
        return status;
    store->judgements++;
    return dcv_store_write(store, stmt, bind_class(stmt, class));
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------------- */

struct visitor {
    dcv_store_class_fn *visit;
    void *user;
};

static enum dcv_status visit_class(void *user, struct dcv_row *row, const struct dcv_store_class *class, uint32_t names)
{
    const struct visitor *visitor = user;
    struct dcv_store_class whole = *class;
    (void)names;
    whole.facts = dcv_row_text(row, 5, DCV_STORE_FACTS_MAX);
    whole.witness = dcv_row_text_or_null(row, 6, DCV_STORE_FACTS_MAX);
    return row->status == DCV_OK ? visitor->visit(visitor->user, &whole) : row->status;
}

enum dcv_status dcv_store_each_class(struct dcv_store *store, dcv_store_class_fn *visit, void *user)
{
    struct visitor visitor = {visit, user};
    struct dcv_tally tally;
    enum dcv_status status = dcv_store_read_begin(store);
    if (status != DCV_OK)
        return status;
    status = dcv_tally_make(store, &tally, NULL);
    if (status == DCV_OK)
        status = dcv_tally_each(store, &tally,
                                "SELECT class.id, key, verdict, findings, body, facts, witness FROM class"
                                " LEFT JOIN record ON record.id = class.id ORDER BY class.id",
                                visit_class, &visitor);
    dcv_tally_done(&tally);
    dcv_store_read_end(store);
    return status;
}

static void copy_class(struct dcv_row *row, struct dcv_arena *arena, struct dcv_store_class *out)
{
    (void)dcv_row_class(row, out);
    out->findings = dcv_arena_strdup(arena, out->findings);
    out->body = dcv_arena_strdup(arena, out->body);
    out->facts = dcv_arena_strdup(arena, dcv_row_text(row, 5, DCV_STORE_FACTS_MAX));
    const char *witness = dcv_row_text_or_null(row, 6, DCV_STORE_FACTS_MAX);
    out->witness = witness != NULL ? dcv_arena_strdup(arena, witness) : NULL;
}

enum dcv_status dcv_store_facts(struct dcv_store *store, const uint8_t key[DCV_STORE_KEY], struct dcv_arena *arena, struct dcv_store_class *out)
{
    sqlite3_stmt *stmt;
    bool there = false;
    struct dcv_store_class class;
    struct dcv_row row = {.store = store, .status = dcv_store_kept(store, DCV_STATEMENT_CLASS_WITH_FACTS, &stmt)};
    row.stmt = stmt;
    if (row.status == DCV_OK) {
        (void)sqlite3_bind_blob(stmt, 1, key, DCV_STORE_KEY, SQLITE_STATIC);
        row.status = dcv_store_step(store, stmt, &there);
    }
    if (row.status == DCV_OK && !there)
        row.status = dcv_store_refuse(store, DCV_ERR_USAGE, "has no such class");
    if (row.status == DCV_OK)
        copy_class(&row, arena, &class);
    (void)sqlite3_reset(stmt);
    if (row.status == DCV_OK && dcv_arena_failed(arena))
        return dcv_store_short(store);
    if (row.status == DCV_OK)
        *out = class;
    return row.status;
}
