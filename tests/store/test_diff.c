/* What differs between two runs, against a model that looks through all names. */
#include "fixture.h"

#include "base/buf.h"
#include "base/text.h"

enum { NAMES = 10000, TEXTS = 7000, CLASSES = 8, UNJUDGED = CLASSES };

/* The same findings in another order are the same. */
static const struct {
    enum dcv_store_verdict verdict;
    const char *findings;
} classes[CLASSES] = {
    {DCV_STORE_READY, ""},        {DCV_STORE_READY, "a"},     {DCV_STORE_UNKNOWN, "a b"}, {DCV_STORE_UNKNOWN, "b a"},
    {DCV_STORE_UNKNOWN, "aa b"},  {DCV_STORE_NOT_READY, "c"}, {DCV_STORE_NOT_READY, ""},  {DCV_STORE_NOT_READY, "a b c"},
};

struct model {
    unsigned number[TEXTS]; /* the last place of the text of that index, from 1; 0: it is not there */
    unsigned class[TEXTS];
};

static const char *const changes[] = {"regressed", "fixed", "changed", "new", "gone"};

/* In the order of the bytes in lower case, by the index; told by both cases. */
static const char *text_of(unsigned index, bool upper, char out[32])
{
    (void)snprintf(out, 32, upper ? "Name%05u.EXAMPLE" : "name%05u.example", index);
    return out;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void put_all(struct dcv_store *store)
{
    for (unsigned i = 0; i < CLASSES; i++)
        put_class(store, i, classes[i].verdict, classes[i].findings);
}

/* Puts one name, and notes it in the model. */
static void put(struct dcv_store *store, struct model *model, unsigned number, unsigned index, unsigned class, bool upper)
{
    char text[32];
    if (class == UNJUDGED)
        put_unjudged(store, number, text_of(index, upper, text), number % 2 != 0 ? DCV_STORE_INVALID : DCV_STORE_CRASHED, "");
    else
        put_name(store, number, text_of(index, upper, text), class);
    model->number[index] = number;
    model->class[index] = class;
}

/* Most names are alike in both runs, some several times in one. */
static void fill(struct dcv_store *store, struct model *model, uint32_t seed)
{
    put_all(store);
    for (unsigned number = 1; number <= NAMES; number++) {
        const unsigned index = next_random(&seed) % TEXTS;
        const uint32_t other = next_random(&seed);
        put(store, model, number, index, other % 5 == 0 ? other / 5 % (CLASSES + 1) : index % (CLASSES + 1), other % 2 != 0);
    }
}

/* ---- the model -------------------------------------------------------------------------------------------------------------------- */

static int rank(unsigned class)
{
    static const int ranks[] = {[DCV_STORE_READY] = 0, [DCV_STORE_NOT_READY] = 2, [DCV_STORE_UNKNOWN] = 1};
    return class == UNJUDGED ? 3 : ranks[classes[class].verdict];
}

/* -1: they are alike. */
static int change_of(const struct model *before, const struct model *after, unsigned index)
{
    if (before->number[index] == 0 || after->number[index] == 0) {
        if (before->number[index] == after->number[index])
            return -1;
        return before->number[index] == 0 ? DCV_STORE_NEW : DCV_STORE_GONE;
    }
    const unsigned was = before->class[index], is = after->class[index];
    if (rank(was) != rank(is))
        return rank(was) < rank(is) ? DCV_STORE_REGRESSED : DCV_STORE_FIXED;
    const bool same = was == is || (was + is == 5 && (was == 2 || was == 3));
    return same ? -1 : DCV_STORE_CHANGED;
}

static void expect(struct dcv_buf *buf, const struct model *before, const struct model *after)
{
    char text[32];
    for (int change = 0; change < ROWS(changes); change++)
        for (unsigned i = 0; i < TEXTS; i++)
            if (change_of(before, after, i) == change)
                dcv_buf_printf(buf, "%s %s %u %u\n", changes[change], text_of(i, false, text), before->number[i], after->number[i]);
}

/* ---- the runs --------------------------------------------------------------------------------------------------------------------- */

static void check_class(const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    ck_assert_int_eq(name->state == DCV_STORE_JUDGED, class != NULL);
    if (class == NULL)
        return;
    const unsigned number = (unsigned)(class->key[6] - '0');
    ck_assert_mem_eq(class->key, name->key, DCV_STORE_KEY);
    ck_assert_str_eq(class->findings, classes[number].findings);
    ck_assert_int_eq(class->verdict, classes[number].verdict);
    ck_assert_str_eq(class->body, "body");
}

static enum dcv_status note(void *user, enum dcv_store_change change, const struct dcv_store_name *before, const struct dcv_store_class *class_before,
                            const struct dcv_store_name *after, const struct dcv_store_class *class_after)
{
    const struct dcv_store_name *name = before != NULL ? before : after;
    ck_assert_int_eq(before == NULL, change == DCV_STORE_NEW);
    ck_assert_int_eq(after == NULL, change == DCV_STORE_GONE);
    if (before != NULL)
        check_class(before, class_before);
    if (after != NULL)
        check_class(after, class_after);
    dcv_buf_printf(user, "%s ", changes[change]);
    for (const char *at = name->text; *at != '\0'; at++)
        dcv_buf_putc(user, dcv_ascii_lower(*at));
    dcv_buf_printf(user, " %u %u\n", before != NULL ? (unsigned)before->number : 0, after != NULL ? (unsigned)after->number : 0);
    return DCV_OK;
}

static void compare(struct dcv_store *left, struct dcv_store *right, const struct model *was, const struct model *is)
{
    struct dcv_buf expected, seen;
    dcv_buf_init(&expected, 1 << 22);
    dcv_buf_init(&seen, 1 << 22);
    expect(&expected, was, is);
    OK(right, dcv_store_diff(left, right, note, &seen));
    ck_assert_uint_eq(expected.len, seen.len);
    ck_assert_str_eq(dcv_buf_text(&expected), dcv_buf_text(&seen));
    dcv_buf_done(&expected);
    dcv_buf_done(&seen);
}

static struct model one, two;

START_TEST(agrees_with_the_model)
{
    struct dcv_store *before = open_run(DCV_STORE_WRITE), *after = open_run(DCV_STORE_TEMPORARY);
    fill(before, &one, 1);
    fill(after, &two, 2);
    unsigned counts[ROWS(changes)] = {0};
    for (unsigned i = 0; i < TEXTS; i++)
        if (change_of(&one, &two, i) >= 0)
            counts[change_of(&one, &two, i)]++;
    for (int i = 0; i < ROWS(changes); i++)
        ck_assert_uint_gt(counts[i], 100); /* the model is worth something */
    compare(before, after, &one, &two);
    compare(after, before, &two, &one);
    compare(before, before, &one, &one);
    dcv_store_close(before);
    before = open_run(DCV_STORE_READ);
    compare(before, after, &one, &two);
    compare(before, after, &one, &two);
    dcv_store_close(before);
    dcv_store_close(after);
}
END_TEST

START_TEST(small_ones)
{
    struct dcv_store *before = open_run(DCV_STORE_TEMPORARY), *after = open_run(DCV_STORE_TEMPORARY);
    compare(before, after, &one, &two); /* empty */
    put_all(before);
    put_all(after);
    put(before, &one, 1, 5, 0, false);
    compare(before, after, &one, &two);
    compare(after, before, &two, &one);
    put(after, &two, 7, 5, UNJUDGED, true);
    put(after, &two, 8, 5, 5, true); /* its last place counts */
    put(after, &two, 6, 9, 5, true);
    compare(before, after, &one, &two);
    dcv_store_close(before);
    dcv_store_close(after);
}
END_TEST

static enum dcv_status stop(void *user, enum dcv_store_change change, const struct dcv_store_name *before, const struct dcv_store_class *class_before,
                            const struct dcv_store_name *after, const struct dcv_store_class *class_after)
{
    (void)change, (void)before, (void)class_before, (void)after, (void)class_after;
    return ++*(int *)user == 2 ? DCV_ERR_UNSUPPORTED : DCV_OK;
}

START_TEST(a_visitor_ends_it)
{
    int calls = 0;
    struct dcv_store *before = open_run(DCV_STORE_TEMPORARY), *after = open_run(DCV_STORE_TEMPORARY);
    put_all(before);
    for (unsigned i = 1; i <= 3; i++)
        put(before, &one, i, i, 0, false);
    ck_assert_int_eq(dcv_store_diff(before, after, stop, &calls), DCV_ERR_UNSUPPORTED);
    ck_assert_int_eq(calls, 2);
    dcv_store_close(before);
    dcv_store_close(after);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("diff");
    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, agrees_with_the_model);
    tcase_add_test(tcase, small_ones);
    tcase_add_test(tcase, a_visitor_ends_it);
    return run_cases("diff", tcase);
}
