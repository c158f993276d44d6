/* Files that are no runs, damaged runs, and runs that somebody forged: a sentence, never a crash. */
#include "fixture.h"

#include "base/buf.h"
#include "base/io.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static const char no_run[] = "is no run of dcvready";

static void write_file(const void *data, size_t len)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, data, len), (long)len);
    ck_assert_int_eq(close(fd), 0);
}

static void read_all(struct dcv_buf *out)
{
    dcv_buf_init(out, 1 << 24);
    ck_assert_int_eq(dcv_file_read(path, out), DCV_OK);
}

/* With SQLite's own means. */
static void execute(const char *sql)
{
    sqlite3 *db;
    char *error = NULL;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    (void)sqlite3_exec(db, sql, NULL, NULL, &error);
    ck_assert_msg(error == NULL, "%s: %s", sql, error);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

enum { NAMES = 200, CLASSES = 5 };

static void make_run(void)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    for (unsigned i = 1; i <= CLASSES; i++) {
        struct dcv_store_class class = a_class(i, (enum dcv_store_verdict)(i % 3), i % 2 != 0 ? "a b" : "b");
        class.witness = i % 2 != 0 ? "witness" : NULL;
        OK(store, dcv_store_put_class(store, &class));
    }
    for (unsigned i = 1; i <= NAMES; i++) {
        char text[40];
        (void)snprintf(text, sizeof text, "name%u.example", i * 7 % NAMES);
        if (i % 10 != 0)
            put_name(store, i, text, i % CLASSES + 1);
        else
            put_unjudged(store, i, text, DCV_STORE_INVALID, "why");
    }
    OK(store, dcv_store_set(store, "key", "value"));
    OK(store, dcv_store_put_chunk(store, 0, DCV_STORE_CHUNK_DONE, NULL));
    dcv_store_close(store);
}

/* ---- all that can be read --------------------------------------------------------------------------------------------------------- */

static size_t touch(const char *text)
{
    return text != NULL ? strlen(text) : 0;
}

static enum dcv_status touch_name(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    *(size_t *)user += touch(name->text) + touch(name->values) + touch(name->note);
    if (class != NULL)
        *(size_t *)user += touch(class->findings) + touch(class->body);
    return DCV_OK;
}

static enum dcv_status touch_class(void *user, const struct dcv_store_class *class)
{
    *(size_t *)user += touch(class->findings) + touch(class->body) + touch(class->facts) + touch(class->witness);
    return DCV_OK;
}

static enum dcv_status touch_both(void *user, enum dcv_store_change change, const struct dcv_store_name *before,
                                  const struct dcv_store_class *class_before, const struct dcv_store_name *after,
                                  const struct dcv_store_class *class_after)
{
    (void)change;
    if (before != NULL)
        (void)touch_name(user, before, class_before);
    return after != NULL ? touch_name(user, after, class_after) : DCV_OK;
}

static struct dcv_store *other; /* of another portfolio */
static size_t touched;

static enum dcv_status each_name(struct dcv_store *store)
{
    return dcv_store_each_name(store, NULL, touch_name, &touched);
}

static enum dcv_status each_class(struct dcv_store *store)
{
    return dcv_store_each_class(store, touch_class, &touched);
}

static enum dcv_status totals(struct dcv_store *store)
{
    struct dcv_store_totals out;
    return dcv_store_totals(store, &out);
}

static enum dcv_status findings(struct dcv_store *store)
{
    struct dcv_store_count *counts;
    size_t count;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    const enum dcv_status status = dcv_store_findings(store, arena, &counts, &count);
    for (size_t i = 0; status == DCV_OK && i < count; i++)
        touched += touch(counts[i].id);
    dcv_arena_free(arena);
    return status;
}

static enum dcv_status facts(struct dcv_store *store)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_store_class class = a_class(2, DCV_STORE_READY, "");
    const enum dcv_status status = dcv_store_facts(store, class.key, arena, &class);
    dcv_arena_free(arena);
    return status == DCV_ERR_USAGE ? DCV_ERR_SYNTAX : status; /* where the index of keys leads to none */
}

static enum dcv_status diff(struct dcv_store *store)
{
    return dcv_store_diff(store, other, touch_both, &touched);
}

static enum dcv_status diff_after(struct dcv_store *store)
{
    return dcv_store_diff(other, store, touch_both, &touched);
}

/* These have no status: whether there is an error tells. */
static enum dcv_status rest(struct dcv_store *store)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    touched += (size_t)dcv_store_prefix(store) + dcv_store_has(store, 3) + touch(dcv_store_get(store, "key", arena));
    touched += (size_t)(dcv_store_number(store, "key") + dcv_store_chunks_done(store) + dcv_store_missing_chunk(store, 0, 9));
    dcv_arena_free(arena);
    return dcv_store_error(store)[0] != '\0' ? DCV_ERR_SYNTAX : DCV_OK;
}

typedef enum dcv_status read_fn(struct dcv_store *store);
static read_fn *const readers[] = {each_name, each_class, totals, findings, facts, diff, diff_after, rest};

static void setup(void)
{
    make_folder();
    make_run();
    other = open_run(DCV_STORE_TEMPORARY);
}

static void teardown(void)
{
    dcv_store_close(other);
    remove_folder();
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------- */

/* Lets SQLite take anything: without the checks of its own that a forger would not have. */
static void forge(const char *sql)
{
    execute("PRAGMA writable_schema = ON;"
            "UPDATE sqlite_schema SET sql = replace(replace(replace(sql, ' NOT NULL', ''), ' STRICT,', ''), ' STRICT', '')");
    execute(sql);
}

static const struct forged {
    const char *sql;
    read_fn *fails;
} forged[] = {
    {"UPDATE name SET text = NULL WHERE number = 3", each_name},
    {"UPDATE name SET text = x'61' WHERE number = 3", each_name},
    {"UPDATE name SET text = 'a' || char(0) || 'b' WHERE number = 3", each_name},
    {"UPDATE name SET text = 'a' || char(0) || 'b' WHERE number = 3", diff},
    {"UPDATE name SET text = 'a' || char(0) || 'b' WHERE number = 3", diff_after},
    {"UPDATE name SET text = hex(zeroblob(600000)) WHERE number = 3", each_name},
    {"UPDATE name SET text = hex(zeroblob(600000)) WHERE number = 3", diff},
    {"UPDATE name SET text = x'61' WHERE number = 3", diff},
    {"UPDATE name SET state = 4 WHERE number = 3", each_name},
    {"UPDATE name SET state = -1 WHERE number = 3", totals},
    {"UPDATE name SET state = NULL WHERE number = 3", each_class},
    {"UPDATE name SET state = 'x' WHERE number = 3", diff},
    {"UPDATE name SET state = 0.5 WHERE number = 3", findings},
    {"UPDATE name SET state = 1 << 32 WHERE number = 3", each_name},
    {"UPDATE name SET class = NULL WHERE number = 3", each_name},
    {"UPDATE name SET class = 6 WHERE number = 3", each_name},
    {"UPDATE name SET class = 6 WHERE number = 3", totals},
    {"UPDATE name SET class = 6 WHERE number = 3", diff_after},
    {"UPDATE name SET class = 9223372036854775807 WHERE number = 3", totals},
    {"UPDATE name SET class = 0 WHERE number = 3", each_name},
    {"UPDATE name SET class = -1 WHERE number = 3", totals},
    {"UPDATE name SET class = 'x' WHERE number = 3", totals},
    {"UPDATE name SET class = 1 WHERE number = 10", totals},
    {"UPDATE name SET number = 0 WHERE number = 3", each_name},
    {"UPDATE name SET number = -9223372036854775808 WHERE number = 3", each_name},
    {"UPDATE name SET number = -3 WHERE number = 3", totals},
    {"UPDATE name SET number = -3 WHERE number = 3", diff},
    {"UPDATE name SET fill = NULL WHERE number = 3", each_name},
    {"UPDATE name SET note = x'00' WHERE number = 3", each_name},
    {"UPDATE name SET queries = -1 WHERE number = 3", totals},
    {"UPDATE name SET cached = 1 << 32 WHERE number = 3", totals},
    {"UPDATE name SET retries = 'x' WHERE number = 3", totals},
    {"UPDATE name SET elapsed_ms = NULL WHERE number = 3", each_name},
    {"UPDATE class SET key = x'00' WHERE id = 2", each_name},
    {"UPDATE class SET key = 'sixteen letters!' WHERE id = 2", totals},
    {"UPDATE class SET key = NULL WHERE id = 2", findings},
    {"UPDATE class SET key = zeroblob(100000) WHERE id = 2", each_class},
    {"UPDATE class SET verdict = 3 WHERE id = 2", totals},
    {"UPDATE class SET verdict = 3 WHERE id = 2", facts},
    {"UPDATE class SET verdict = -1 WHERE id = 2", each_name},
    {"UPDATE class SET findings = NULL WHERE id = 2", findings},
    {"UPDATE class SET findings = x'37' WHERE id = 2", each_name},
    {"UPDATE class SET findings = hex(zeroblob(600000)) WHERE id = 2", totals},
    {"UPDATE class SET body = NULL WHERE id = 2", each_class},
    {"UPDATE class SET body = hex(zeroblob(9000000)) WHERE id = 2", each_name},
    {"UPDATE class SET body = hex(zeroblob(9000000)) WHERE id = 2", facts},
    {"UPDATE class SET id = 100 WHERE id = 2", totals},
    {"UPDATE class SET id = 9223372036854775807 WHERE id = 5", totals},
    {"UPDATE class SET id = 0 WHERE id = 1", each_class},
    {"UPDATE class SET id = -1 WHERE id = 1", findings},
    {"DELETE FROM class", each_name},
    {"DELETE FROM record", each_class},
    {"DELETE FROM record", facts},
    {"UPDATE record SET facts = x'37'", each_class},
    {"UPDATE record SET witness = x'37'", facts},
    {"UPDATE record SET facts = hex(zeroblob(34000000)) WHERE id = 2", facts},
    {"UPDATE setting SET value = NULL", rest},
    {"UPDATE setting SET value = x'00'", rest},
    {"UPDATE chunk SET number = -1, done = 1", rest},
    /* More ids than there are findings. */
    {"UPDATE class SET findings = (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
     " SELECT group_concat('id' || i, ' ') FROM n) WHERE id = 2",
     findings},
};

START_TEST(forged_rows)
{
    struct dcv_buf schema;
    dcv_buf_init(&schema, 10000);
    /* The file must say again that its tables are in order. */
    sqlite3 *db;
    ck_assert_int_eq(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_stmt *stmt;
    dcv_buf_puts(&schema, "PRAGMA writable_schema = ON;");
    ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL", -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        dcv_buf_printf(&schema, "UPDATE sqlite_schema SET sql = '%s' WHERE name = '%s';", (const char *)sqlite3_column_text(stmt, 1),
                       (const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
    forge(forged[_i].sql);
    execute(dcv_buf_text(&schema));
    dcv_buf_done(&schema);

    struct dcv_store *store = open_run(DCV_STORE_READ);
    const enum dcv_status status = forged[_i].fails(store);
    ck_assert_msg(status == DCV_ERR_SYNTAX, "%s: %d", forged[_i].sql, (int)status);
    ck_assert_msg(strncmp(dcv_store_error(store), "is damaged: ", 12) == 0, "%s", dcv_store_error(store));
    for (int i = 0; i < ROWS(readers); i++) /* the others go on, or say that they cannot */
        (void)readers[i](store);
    dcv_store_close(store);
}
END_TEST

START_TEST(an_honest_run)
{
    struct dcv_store *store = open_run(DCV_STORE_READ);
    for (int i = 0; i < ROWS(readers); i++)
        ck_assert_msg(readers[i](store) == DCV_OK, "%d: %s", i, dcv_store_error(store));
    dcv_store_close(store);
}
END_TEST

/* ---- files ------------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *sql;
    const char *why;
} altered[] = {
    {"PRAGMA application_id = 7", no_run},
    {"PRAGMA user_version = 2", "is a run of another version of dcvready"},
    {"CREATE VIEW more AS SELECT 1", "is damaged: its tables are not those of a run"},
    {"CREATE TABLE more(a)", "is damaged: its tables are not those of a run"},
    {"CREATE TRIGGER more AFTER INSERT ON name BEGIN DELETE FROM name; END", "is damaged: its tables are not those of a run"},
    {"CREATE INDEX more ON name(text)", "is damaged: its tables are not those of a run"},
    {"DROP TABLE name", "is damaged: its tables are not those of a run"},
    {"DROP TABLE name; CREATE VIEW name AS SELECT 1 AS number, 'a' AS text", "is damaged: its tables are not those of a run"},
    {"ALTER TABLE name ADD COLUMN more INTEGER", "is damaged: its tables are not those of a run"},
    {"DROP TABLE chunk; CREATE VIRTUAL TABLE chunk USING fts5(number)", "is damaged: its tables are not those of a run"},
};

START_TEST(altered_files)
{
    execute(altered[_i].sql);
    refused(DCV_STORE_READ, DCV_ERR_SYNTAX, altered[_i].why);
    refused(DCV_STORE_WRITE, DCV_ERR_SYNTAX, altered[_i].why);
    ck_assert_int_eq(files(false), 1);
}
END_TEST

/* What is no run is not written to. */
START_TEST(other_files)
{
    struct dcv_buf before, after;
    write_file(OCTETS("example.jp\nexample.com\n"));
    refused(DCV_STORE_READ, DCV_ERR_SYNTAX, no_run);
    refused(DCV_STORE_WRITE, DCV_ERR_SYNTAX, no_run);
    read_all(&before);
    ck_assert_str_eq(dcv_buf_text(&before), "example.jp\nexample.com\n");
    dcv_buf_done(&before);
    ck_assert_int_eq(unlink(path), 0);
    execute("CREATE TABLE name(number, text); INSERT INTO name VALUES (1, 'a.example')");
    read_all(&before);
    refused(DCV_STORE_READ, DCV_ERR_SYNTAX, no_run);
    refused(DCV_STORE_WRITE, DCV_ERR_SYNTAX, no_run);
    read_all(&after);
    ck_assert_uint_eq(before.len, after.len);
    ck_assert_mem_eq(before.data, after.data, before.len);
    ck_assert_int_eq(files(false), 1);
    dcv_buf_done(&before);
    dcv_buf_done(&after);
}
END_TEST

START_TEST(an_empty_file)
{
    write_file("", 0);
    refused(DCV_STORE_READ, DCV_ERR_SYNTAX, no_run);
    struct dcv_store *store = open_run(DCV_STORE_WRITE); /* a run begins in it */
    dcv_store_close(store);
    store = open_run(DCV_STORE_READ);
    dcv_store_close(store);
}
END_TEST

START_TEST(no_files)
{
    ck_assert_int_eq(unlink(path), 0);
    refused(DCV_STORE_READ, DCV_ERR_IO, "cannot be opened: No such file or directory");
    ck_assert_int_eq(files(false), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    refused(DCV_STORE_READ, DCV_ERR_SYNTAX, no_run);
    refused(DCV_STORE_WRITE, DCV_ERR_SYNTAX, no_run);
    ck_assert_int_eq(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/no/such", folder);
    refused(DCV_STORE_WRITE, DCV_ERR_IO, "cannot be opened: No such file or directory");
    (void)snprintf(path, sizeof path, "%s", folder);
    refused(DCV_STORE_READ, DCV_ERR_SYNTAX, no_run);
    path[0] = '\0';
    refused(DCV_STORE_READ, DCV_ERR_USAGE, "is no name of a file");
}
END_TEST

/* SQLite knows these for something else than files. */
START_TEST(names_that_mean_something)
{
    static const char *const names[] = {":memory:", "file:a?mode=memory"};
    ck_assert_int_eq(chdir(folder), 0);
    (void)snprintf(path, sizeof path, "%s", names[_i]);
    const int before = files(false);
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    put_unjudged(store, 1, "_", DCV_STORE_INVALID, "");
    dcv_store_close(store);
    ck_assert_int_eq(files(false), before + 1);
    store = open_run(DCV_STORE_READ);
    ck_assert_uint_eq(dcv_store_prefix(store), 1);
    dcv_store_close(store);
}
END_TEST

/* ---- damage ----------------------------------------------------------------------------------------------------------------------- */

/* Opens what it can, reads what it can: a status that says so, or what is there. */
static unsigned read_damaged(void)
{
    unsigned faults = 0;
    struct dcv_store *store = NULL;
    char *error;
    const enum dcv_status opened = dcv_store_open(path, DCV_STORE_READ, &store, &error);
    ck_assert(opened == DCV_OK || opened == DCV_ERR_SYNTAX || opened == DCV_ERR_IO);
    if (opened != DCV_OK) {
        ck_assert_str_ne(error, "");
        free(error);
        return 1;
    }
    for (int i = 0; i < ROWS(readers); i++) {
        const enum dcv_status status = readers[i](store);
        ck_assert_msg(status == DCV_OK || status == DCV_ERR_SYNTAX || status == DCV_ERR_IO, "%d: %d: %s", i, (int)status, dcv_store_error(store));
        ck_assert(status == DCV_OK || dcv_store_error(store)[0] != '\0' || dcv_store_error(other)[0] != '\0');
        faults += status != DCV_OK;
    }
    dcv_store_close(store);
    return faults;
}

START_TEST(cut_off)
{
    struct dcv_buf whole;
    read_all(&whole);
    ck_assert_uint_gt(whole.len, 8192);
    for (size_t len = 1; len < whole.len; len += 1021) {
        write_file(whole.data, len);
        if (len > whole.len - 4096) /* SQLite takes a page for there of which a part is */
            ck_assert_uint_gt(read_damaged(), 0);
        else
            refused(DCV_STORE_READ, DCV_ERR_SYNTAX, len < 512 ? no_run : "is damaged: database disk image is malformed");
    }
    dcv_buf_done(&whole);
}
END_TEST

/* Octets changed here and there. */
START_TEST(damaged)
{
    enum { ROUNDS = 400 };
    struct dcv_buf whole;
    unsigned faults = 0;
    uint32_t seed = (uint32_t)_i + 1;
    read_all(&whole);
    char *copy = malloc(whole.len);
    for (int round = 0; round < ROUNDS; round++) {
        memcpy(copy, whole.data, whole.len);
        for (int i = 0; i <= round % 4; i++) {
            seed = seed * 1664525U + 1013904223U;
            /* One in two within the first octets of a page, where its structure is. */
            const size_t page = (seed >> 8) % (whole.len / 4096), at = (seed & 1U << 30) != 0 ? (seed >> 4) % 64 : (seed >> 4) % 4096;
            copy[page * 4096 + at] = (char)(seed >> 20);
        }
        write_file(copy, whole.len);
        faults += read_damaged() != 0;
    }
    ck_assert_uint_gt(faults, ROUNDS / 10);
    free(copy);
    dcv_buf_done(&whole);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("hostile");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, an_honest_run);
    tcase_add_loop_test(tcase, forged_rows, 0, ROWS(forged));
    tcase_add_loop_test(tcase, altered_files, 0, ROWS(altered));
    tcase_add_test(tcase, other_files);
    tcase_add_test(tcase, an_empty_file);
    tcase_add_test(tcase, no_files);
    tcase_add_loop_test(tcase, names_that_mean_something, 0, 2);
    tcase_add_test(tcase, cut_off);
    tcase_add_loop_test(tcase, damaged, 0, 3);
    return run_cases("hostile", tcase);
}
