/* What is put into a run comes out of it. */
#include "fixture.h"

#include "base/buf.h"
#include "store/internal.h"

static struct dcv_arena *arena;

static void setup(void)
{
    make_folder();
    arena = dcv_arena_create(NULL);
}

static void teardown(void)
{
    dcv_arena_free(arena);
    remove_folder();
}

/* ---- names ------------------------------------------------------------------------------------------------------------------------ */

/* "1 a.example ready, …" */
static enum dcv_status note_name(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    static const char *const verdicts[] = {"ready", "not-ready", "unknown"};
    static const char *const states[] = {"", "?", "invalid", "crashed"};
    if (class != NULL) {
        ck_assert_mem_eq(class->key, name->key, DCV_STORE_KEY);
        ck_assert_ptr_null(class->facts);
        ck_assert_ptr_null(class->witness);
    }
    dcv_buf_printf(user, "%lu %s %s", (unsigned long)name->number, name->text, class != NULL ? verdicts[class->verdict] : "");
    dcv_buf_printf(user, "%s, ", states[name->state]);
    return DCV_OK;
}

static void expect_names(struct dcv_store *store, const struct dcv_store_filter *filter, const char *expected)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 10000);
    OK(store, dcv_store_each_name(store, filter, note_name, &buf));
    ck_assert_str_eq(dcv_buf_text(&buf), expected);
    dcv_buf_done(&buf);
}

static void put_some(struct dcv_store *store)
{
    put_class(store, 1, DCV_STORE_READY, "");
    put_class(store, 2, DCV_STORE_NOT_READY, "caa-forbids mx-missing");
    put_class(store, 3, DCV_STORE_UNKNOWN, "mx-missing");
    put_name(store, 1, "a.example", 1);
    put_name(store, 2, "b.example", 2);
    put_unjudged(store, 3, "_", DCV_STORE_INVALID, "no name");
    struct dcv_store_name name = a_name(4, "C.example", 3);
    name.state = DCV_STORE_PROVISIONAL;
    OK(store, dcv_store_put_name(store, &name));
    put_unjudged(store, 5, "d.example", DCV_STORE_CRASHED, "signal 11");
    put_name(store, 6, "e.example", 2);
}

static const char all_names[] = "1 a.example ready, 2 b.example not-ready, 3 _ invalid, 4 C.example unknown?, 5 d.example crashed, "
                                "6 e.example not-ready, ";

START_TEST(one_file_remains)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    put_some(store);
    expect_names(store, NULL, all_names); /* before it is committed */
    OK(store, dcv_store_commit(store));
    OK(store, dcv_store_commit(store));
    put_name(store, 7, "f.example", 1);
    struct dcv_store *reader = open_run(DCV_STORE_READ);
    expect_names(reader, NULL, all_names);
    OK(store, dcv_store_commit(store));
    ck_assert(dcv_store_has(reader, 7));
    dcv_store_close(reader);
    put_name(store, 8, "g.example", 1); /* closing commits */
    dcv_store_close(store);
    ck_assert_int_eq(files(false), 1);
    reader = open_run(DCV_STORE_READ);
    ck_assert_uint_eq(dcv_store_prefix(reader), 8);
    dcv_store_close(reader);
    ck_assert_int_eq(files(false), 1);
    dcv_store_close(NULL);
}
END_TEST

static const struct dcv_store_name whole = {
    .number = INT64_MAX,
    .text = "\xff\xfe'; --",
    .values = "x\ty\n",
    .note = "n",
    .key = "class 1",
    .queries = UINT32_MAX,
    .cached = 2,
    .retries = 3,
    .elapsed_ms = 4,
};

static enum dcv_status is_whole(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    ck_assert_uint_eq(name->number, whole.number);
    ck_assert_str_eq(name->text, whole.text);
    ck_assert_str_eq(name->values, whole.values);
    ck_assert_str_eq(name->note, whole.note);
    ck_assert_uint_eq(name->queries, whole.queries);
    ck_assert_uint_eq(name->cached, whole.cached);
    ck_assert_uint_eq(name->retries, whole.retries);
    ck_assert_uint_eq(name->elapsed_ms, whole.elapsed_ms);
    ck_assert_str_eq(class->body, "body");
    ++*(int *)user;
    return DCV_ERR_UNSUPPORTED;
}

START_TEST(a_name_comes_back_whole)
{
    int count = 0;
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    put_class(store, 1, DCV_STORE_READY, "");
    OK(store, dcv_store_put_name(store, &whole));
    ck_assert_int_eq(dcv_store_each_name(store, NULL, is_whole, &count), DCV_ERR_UNSUPPORTED); /* what the visitor says */
    ck_assert_int_eq(count, 1);
    dcv_store_close(store);
}
END_TEST

static const struct filter_row {
    struct dcv_store_filter filter;
    const char *names;
} filters[] = {
    {{0}, all_names},
    {{.states = 1U << DCV_STORE_INVALID | 1U << DCV_STORE_CRASHED}, "3 _ invalid, 5 d.example crashed, "},
    {{.states = 1U << DCV_STORE_PROVISIONAL}, "4 C.example unknown?, "},
    {{.verdicts = 1U << DCV_STORE_NOT_READY}, "2 b.example not-ready, 6 e.example not-ready, "},
    {{.verdicts = 1U << DCV_STORE_READY | 1U << DCV_STORE_UNKNOWN}, "1 a.example ready, 4 C.example unknown?, "},
    {{.finding = "mx-missing"}, "2 b.example not-ready, 4 C.example unknown?, 6 e.example not-ready, "},
    {{.finding = "mx"}, ""},
    {{.finding = "caa-forbids", .from = 3}, "6 e.example not-ready, "},
    {{.text = "c.EXAMPLE"}, "4 C.example unknown?, "},
    {{.from = 5}, "5 d.example crashed, 6 e.example not-ready, "},
    {{.from = 7}, ""},
    {{.from = UINT64_MAX}, ""},
    {{.from = 2, .limit = 1}, "2 b.example not-ready, "},
    {{.finding = "mx-missing", .limit = 2}, "2 b.example not-ready, 4 C.example unknown?, "},
};

START_TEST(filters_names)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    put_some(store);
    expect_names(store, &filters[_i].filter, filters[_i].names);
    dcv_store_close(store);
}
END_TEST

/* Judges again what is provisional, and commits now and then. */
static enum dcv_status settle(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    struct dcv_store_name again = *name;
    (void)class;
    again.state = DCV_STORE_JUDGED;
    const struct dcv_store_class other = a_class(100 + (unsigned)(name->number % 3), DCV_STORE_READY, "");
    memcpy(again.key, other.key, sizeof again.key);
    OK(user, dcv_store_put_class(user, &other));
    OK(user, dcv_store_put_name(user, &again));
    if (name->number % 10 == 0)
        OK(user, dcv_store_commit(user));
    return DCV_OK;
}

START_TEST(a_visitor_replaces_names)
{
    enum { MANY = 1000 };
    const struct dcv_store_filter provisional = {.states = 1U << DCV_STORE_PROVISIONAL};
    struct dcv_store_totals totals;
    struct dcv_store *store = open_run(_i == 0 ? DCV_STORE_WRITE : DCV_STORE_TEMPORARY);
    put_class(store, 1, DCV_STORE_UNKNOWN, "");
    for (unsigned i = 1; i <= MANY; i++) {
        struct dcv_store_name name = a_name(i, "a.example", 1);
        name.state = i % 2 != 0 ? DCV_STORE_PROVISIONAL : DCV_STORE_JUDGED;
        OK(store, dcv_store_put_name(store, &name));
    }
    OK(store, dcv_store_each_name(store, &provisional, settle, store));
    OK(store, dcv_store_totals(store, &totals));
    ck_assert_uint_eq(totals.names, MANY);
    ck_assert_uint_eq(totals.provisional, 0);
    ck_assert_uint_eq(totals.ready, MANY / 2);
    ck_assert_uint_eq(totals.classes, 4);
    dcv_store_close(store);
}
END_TEST

START_TEST(numbers_in_any_order)
{
    static const uint64_t numbers[] = {3, 2, 5, 1, 5, 6, 4};
    static const uint64_t prefixes[] = {0, 0, 0, 3, 3, 3, 6};
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    ck_assert_uint_eq(dcv_store_prefix(store), 0);
    for (int i = 0; i < ROWS(numbers); i++) {
        put_unjudged(store, numbers[i], "_", DCV_STORE_INVALID, "");
        ck_assert_uint_eq(dcv_store_prefix(store), prefixes[i]);
        ck_assert(dcv_store_has(store, numbers[i]));
    }
    ck_assert(!dcv_store_has(store, 7));
    ck_assert(!dcv_store_has(store, 0));
    ck_assert(!dcv_store_has(store, UINT64_MAX));
    dcv_store_close(store);
}
END_TEST

/* ---- classes ---------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status note_class(void *user, const struct dcv_store_class *class)
{
    dcv_buf_printf(user, "%s %d %s %s %s %s, ", (const char *)class->key, (int)class->verdict, class->findings, class->body, class->facts,
                   class->witness != NULL ? class->witness : "-");
    return DCV_OK;
}

static void expect_classes(struct dcv_store *store, const char *expected)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 10000);
    OK(store, dcv_store_each_class(store, note_class, &buf));
    ck_assert_str_eq(dcv_buf_text(&buf), expected);
    dcv_buf_done(&buf);
}

START_TEST(a_class_is_put_once)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    struct dcv_store_class class = a_class(1, DCV_STORE_READY, "x");
    put_class(store, 2, DCV_STORE_READY, "no name has it");
    OK(store, dcv_store_put_class(store, &class));
    put_name(store, 1, "a.example", 1);
    expect_classes(store, "class 1 0 x body facts -, ");
    class.facts = class.body = class.findings = "other";
    class.witness = "first";
    OK(store, dcv_store_put_class(store, &class));
    class.witness = "second";
    OK(store, dcv_store_put_class(store, &class));
    expect_classes(store, "class 1 0 x body facts first, ");
    dcv_store_close(store);
    store = open_run(DCV_STORE_WRITE); /* what was looked up is forgotten */
    OK(store, dcv_store_put_class(store, &class));
    expect_classes(store, "class 1 0 x body facts first, ");
    put_unjudged(store, 1, "a.example", DCV_STORE_CRASHED, "");
    expect_classes(store, "");
    dcv_store_close(store);
}
END_TEST

/* The next time, its findings are longer. */
static enum dcv_status judge(void *user, const struct dcv_store_class *class)
{
    char findings[2000];
    struct dcv_store_class again = *class;
    ck_assert_uint_le((size_t)snprintf(findings, sizeof findings, "%s %s", class->findings, (const char *)class->key), sizeof findings - 1);
    again.verdict = DCV_STORE_NOT_READY;
    again.findings = findings;
    again.facts = again.witness = NULL;
    OK(user, dcv_store_judge_class(user, &again));
    return DCV_OK;
}

START_TEST(classes_are_judged_again)
{
    enum { CLASSES = 300 };
    struct dcv_store_totals totals;
    struct dcv_store_class class;
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    for (unsigned i = 1; i <= CLASSES; i++) {
        put_class(store, i, DCV_STORE_READY, "it");
        put_name(store, i, "a.example", i);
    }
    OK(store, dcv_store_each_class(store, judge, store));
    OK(store, dcv_store_totals(store, &totals));
    ck_assert_uint_eq(totals.not_ready, CLASSES);
    const struct dcv_store_class last = a_class(CLASSES, DCV_STORE_READY, "");
    OK(store, dcv_store_facts(store, last.key, arena, &class));
    ck_assert_str_eq(class.findings, "it class 300");
    ck_assert_str_eq(class.facts, "facts");
    ck_assert_ptr_null(class.witness);
    const struct dcv_store_class none = a_class(CLASSES + 1, DCV_STORE_READY, "");
    ck_assert_int_eq(dcv_store_judge_class(store, &none), DCV_ERR_USAGE);
    ck_assert_int_eq(dcv_store_facts(store, none.key, arena, &class), DCV_ERR_USAGE);
    ck_assert_str_eq(dcv_store_error(store), "has no such class");
    dcv_store_close(store);
}
END_TEST

/* Bodies do not all stay in memory, and are right all the same. */
START_TEST(the_cache_is_bounded)
{
    enum { CLASSES = 64, SIZE = 1000, MAX = 20000 };
    static char body[SIZE];
    struct dcv_class_cache cache;
    struct dcv_store *store = open_run(DCV_STORE_TEMPORARY);
    for (unsigned i = 0; i < CLASSES; i++) {
        struct dcv_store_class class = a_class(i, DCV_STORE_READY, "");
        memset(body, 'a' + (int)(i % 26), SIZE - 1);
        class.body = body;
        OK(store, dcv_store_put_class(store, &class));
    }
    OK(store, dcv_class_cache_init(&cache, store, MAX));
    for (unsigned i = 0; i < CLASSES * 10; i++) {
        const unsigned which = i % 3 != 0 ? i % 7 : i * 31 % CLASSES;
        const struct dcv_store_class *class, expected = a_class(which, DCV_STORE_READY, "");
        OK(store, dcv_class_cache_get(&cache, which + 1, &class));
        ck_assert_mem_eq(class->key, expected.key, DCV_STORE_KEY);
        ck_assert_uint_eq(strlen(class->body), SIZE - 1);
        ck_assert_int_eq(class->body[SIZE / 2], 'a' + (int)(which % 26));
        ck_assert_uint_le(cache.used, MAX / 2);
        ck_assert_uint_le((dcv_map_count(cache.young) + dcv_map_count(cache.old)) * SIZE, MAX);
    }
    const struct dcv_store_class *class, changed = {.key = "class 1", .findings = "new", .body = "new"};
    OK(store, dcv_store_judge_class(store, &changed));
    OK(store, dcv_class_cache_get(&cache, 2, &class));
    ck_assert_str_eq(class->body, "new");
    ck_assert_int_eq(dcv_class_cache_get(&cache, CLASSES + 1, &class), DCV_ERR_SYNTAX);
    dcv_class_cache_done(&cache);
    dcv_store_close(store);
}
END_TEST

/* ---- as a whole ------------------------------------------------------------------------------------------------------------------- */

START_TEST(totals_and_findings)
{
    struct dcv_store_totals totals = {0};
    struct dcv_store_count *counts = NULL;
    size_t count = 0;
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    OK(store, dcv_store_totals(store, &totals));
    ck_assert_uint_eq(totals.names + totals.classes, 0);
    put_some(store);
    struct dcv_store_name name = a_name(6, "e.example", 2);
    name.queries = 7;
    name.cached = 5;
    name.retries = 2;
    OK(store, dcv_store_put_name(store, &name));
    OK(store, dcv_store_totals(store, &totals));
    const uint64_t expected[] = {6, 1, 2, 1, 1, 1, 1, 7, 5, 2, 1, 3};
    const uint64_t seen[] = {totals.names,   totals.ready,   totals.not_ready, totals.unknown, totals.provisional,   totals.invalid,
                             totals.crashed, totals.queries, totals.cached,    totals.retries, totals.retried_names, totals.classes};
    for (int i = 0; i < ROWS(expected); i++)
        ck_assert_uint_eq(seen[i], expected[i]);
    OK(store, dcv_store_findings(store, arena, &counts, &count));
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(counts[0].id, "mx-missing");
    ck_assert_uint_eq(counts[0].names, 3);
    ck_assert_str_eq(counts[1].id, "caa-forbids");
    ck_assert_uint_eq(counts[1].names, 2);
    dcv_store_close(store);
}
END_TEST

START_TEST(settings_and_numbers)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    ck_assert_ptr_null(dcv_store_get(store, "begun", arena));
    OK(store, dcv_store_set(store, "begun", "2026-11-21"));
    OK(store, dcv_store_set(store, "begun", "2026-11-22"));
    ck_assert_str_eq(dcv_store_get(store, "begun", arena), "2026-11-22");
    ck_assert_uint_eq(dcv_store_number(store, "begun"), 0);
    ck_assert_uint_eq(dcv_store_number(store, "tries"), 0);
    OK(store, dcv_store_add(store, "tries", 3));
    OK(store, dcv_store_add(store, "tries", 4));
    ck_assert_str_eq(dcv_store_error(store), "");
    dcv_store_close(store);
    store = open_run(DCV_STORE_WRITE);
    ck_assert_uint_eq(dcv_store_number(store, "tries"), 7);
    OK(store, dcv_store_add(store, "tries", UINT64_MAX - 7));
    ck_assert_uint_eq(dcv_store_number(store, "tries"), UINT64_MAX);
    OK(store, dcv_store_add(store, "tries", 1));
    ck_assert_uint_eq(dcv_store_number(store, "tries"), UINT64_MAX);
    dcv_store_close(store);
}
END_TEST

static bool put_chunk(struct dcv_store *store, uint64_t chunk, enum dcv_store_chunk what)
{
    bool fresh;
    OK(store, dcv_store_put_chunk(store, chunk, what, &fresh));
    return fresh;
}

START_TEST(chunks)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    ck_assert_uint_eq(dcv_store_missing_chunk(store, 0, 4), 0);
    ck_assert_uint_eq(dcv_store_chunks_done(store), 0);
    ck_assert(put_chunk(store, 0, DCV_STORE_CHUNK_SENT));
    ck_assert(!put_chunk(store, 0, DCV_STORE_CHUNK_SENT));
    ck_assert(put_chunk(store, 0, DCV_STORE_CHUNK_DONE));
    ck_assert(!put_chunk(store, 0, DCV_STORE_CHUNK_DONE));
    ck_assert(!put_chunk(store, 0, DCV_STORE_CHUNK_SENT));
    ck_assert(put_chunk(store, 2, DCV_STORE_CHUNK_DONE)); /* though nobody noted that it was sent */
    ck_assert(put_chunk(store, 1, DCV_STORE_CHUNK_SENT));
    OK(store, dcv_store_put_chunk(store, 4, DCV_STORE_CHUNK_DONE, NULL));
    for (int i = 0; i < 2; i++) {
        ck_assert_uint_eq(dcv_store_chunks_done(store), 3);
        ck_assert_uint_eq(dcv_store_missing_chunk(store, 0, 5), 1);
        ck_assert_uint_eq(dcv_store_missing_chunk(store, 1, 5), 1);
        ck_assert_uint_eq(dcv_store_missing_chunk(store, 2, 5), 3);
        ck_assert_uint_eq(dcv_store_missing_chunk(store, 4, 5), 5);
        ck_assert_uint_eq(dcv_store_missing_chunk(store, 4, 6), 5);
        ck_assert_uint_eq(dcv_store_missing_chunk(store, 6, 6), 6);
        ck_assert_uint_eq(dcv_store_missing_chunk(store, 0, 1), 1);
        dcv_store_close(store);
        store = open_run(DCV_STORE_READ);
    }
    dcv_store_close(store);
}
END_TEST

START_TEST(temporary)
{
    struct dcv_store *store = open_run(DCV_STORE_TEMPORARY), *other = open_run(DCV_STORE_TEMPORARY);
    put_some(store);
    OK(store, dcv_store_commit(store));
    put_name(store, 7, "f.example", 1);
    ck_assert_uint_eq(dcv_store_prefix(store), 7);
    ck_assert_uint_eq(dcv_store_prefix(other), 0);
    dcv_store_close(store);
    dcv_store_close(other);
    ck_assert_int_eq(files(false), 0);
}
END_TEST

/* ---- what is refused -------------------------------------------------------------------------------------------------------------- */

START_TEST(wrong_use_does_no_harm)
{
    const struct dcv_store_class class = a_class(1, DCV_STORE_READY, "");
    struct dcv_store_name name = a_name(2, "b.example", 9);
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    put_class(store, 1, DCV_STORE_READY, "");
    put_name(store, 1, "a.example", 1);
    ck_assert_int_eq(dcv_store_put_name(store, &name), DCV_ERR_USAGE);
    ck_assert_str_eq(dcv_store_error(store), "has no such class");
    memcpy(name.key, class.key, sizeof name.key);
    name.number = 0;
    ck_assert_int_eq(dcv_store_put_name(store, &name), DCV_ERR_USAGE);
    name.number = UINT64_MAX;
    ck_assert_int_eq(dcv_store_put_name(store, &name), DCV_ERR_USAGE);
    ck_assert_int_eq(dcv_store_put_chunk(store, UINT64_MAX, DCV_STORE_CHUNK_DONE, NULL), DCV_ERR_USAGE);
    name.number = 2;
    char *text = calloc(1, DCV_STORE_SHORT_MAX + 2);
    memset(text, 'a', DCV_STORE_SHORT_MAX + 1);
    name.text = text;
    ck_assert_int_eq(dcv_store_put_name(store, &name), DCV_ERR_LIMIT);
    ck_assert_int_eq(dcv_store_set(store, "key", text), DCV_ERR_LIMIT);
    text[DCV_STORE_SHORT_MAX] = '\0';
    OK(store, dcv_store_put_name(store, &name)); /* the longest there can be */
    free(text);
    dcv_store_close(store);
    store = open_run(DCV_STORE_READ);
    ck_assert_uint_eq(dcv_store_prefix(store), 2);
    name.text = "b.example";
    ck_assert_int_eq(dcv_store_put_name(store, &name), DCV_ERR_USAGE);
    ck_assert_int_eq(dcv_store_put_class(store, &class), DCV_ERR_USAGE);
    ck_assert_int_eq(dcv_store_judge_class(store, &class), DCV_ERR_USAGE);
    ck_assert_int_eq(dcv_store_put_chunk(store, 1, DCV_STORE_CHUNK_DONE, NULL), DCV_ERR_USAGE);
    ck_assert_int_eq(dcv_store_add(store, "key", 1), DCV_ERR_USAGE);
    ck_assert_str_eq(dcv_store_error(store), "was opened for reading");
    OK(store, dcv_store_commit(store));
    dcv_store_close(store);
}
END_TEST

START_TEST(magic)
{
    ck_assert(dcv_store_magic(OCTETS("SQLite format 3\0..")));
    ck_assert(dcv_store_magic("SQLite format 3", 16));
    ck_assert(!dcv_store_magic("SQLite format 3", 15));
    ck_assert(!dcv_store_magic("SQLite format 2", 16));
    ck_assert(!dcv_store_magic("", 0));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("store");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, one_file_remains);
    tcase_add_test(tcase, a_name_comes_back_whole);
    tcase_add_loop_test(tcase, filters_names, 0, ROWS(filters));
    tcase_add_loop_test(tcase, a_visitor_replaces_names, 0, 2);
    tcase_add_test(tcase, numbers_in_any_order);
    tcase_add_test(tcase, a_class_is_put_once);
    tcase_add_test(tcase, classes_are_judged_again);
    tcase_add_test(tcase, the_cache_is_bounded);
    tcase_add_test(tcase, totals_and_findings);
    tcase_add_test(tcase, settings_and_numbers);
    tcase_add_test(tcase, chunks);
    tcase_add_test(tcase, temporary);
    tcase_add_test(tcase, wrong_use_does_no_harm);
    tcase_add_test(tcase, magic);
    return run_cases("store", tcase);
}
