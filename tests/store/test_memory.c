/* Memory that runs out anywhere: a status, and nothing that leaks. */
#include "fixture.h"

#include "support/short.h"

static enum dcv_status pass_name(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    (void)user, (void)name, (void)class;
    return DCV_OK;
}

static enum dcv_status pass_class(void *user, const struct dcv_store_class *class)
{
    (void)user, (void)class;
    return DCV_OK;
}

static enum dcv_status pass_both(void *user, enum dcv_store_change change, const struct dcv_store_name *before,
                                 const struct dcv_store_class *class_before, const struct dcv_store_name *after,
                                 const struct dcv_store_class *class_after)
{
    (void)user, (void)change, (void)before, (void)class_before, (void)after, (void)class_after;
    return DCV_OK;
}

static enum dcv_status put(struct dcv_store *store)
{
    const struct dcv_store_class class = a_class(1, DCV_STORE_READY, "a b");
    const struct dcv_store_name name = a_name(1, "a.example", 1);
    enum dcv_status status = dcv_store_put_class(store, &class);
    if (status == DCV_OK)
        status = dcv_store_put_name(store, &name);
    return status == DCV_OK ? dcv_store_add(store, "key", 1) : status;
}

static enum dcv_status read_all(struct dcv_store *store, struct dcv_store *other, struct dcv_arena *arena)
{
    struct dcv_store_totals totals;
    struct dcv_store_count *counts;
    size_t count;
    struct dcv_store_class class = a_class(1, DCV_STORE_READY, "");
    enum dcv_status status = dcv_store_each_name(store, NULL, pass_name, NULL);
    if (status == DCV_OK)
        status = dcv_store_each_class(store, pass_class, NULL);
    if (status == DCV_OK)
        status = dcv_store_totals(store, &totals);
    if (status == DCV_OK)
        status = dcv_store_findings(store, arena, &counts, &count);
    if (status == DCV_OK)
        status = dcv_store_facts(store, class.key, arena, &class);
    return status == DCV_OK ? dcv_store_diff(store, other, pass_both, NULL) : status;
}

static enum dcv_status use(void)
{
    struct dcv_store *store = NULL, *other = NULL;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    char *error = NULL;
    enum dcv_status status = arena != NULL ? dcv_store_open(path, DCV_STORE_WRITE, &store, &error) : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        status = put(store);
    if (status == DCV_OK)
        status = dcv_store_open(NULL, DCV_STORE_TEMPORARY, &other, &error);
    if (status == DCV_OK)
        status = put(other);
    if (status == DCV_OK)
        status = read_all(store, other, arena);
    dcv_store_close(store);
    dcv_store_close(other);
    dcv_arena_free(arena);
    free(error);
    return status;
}

START_TEST(every_allocation)
{
    int tries = 0, refused_ones = 0;
    for (long left = 0; left == 0; tries++) {
        short_left = tries;
        const enum dcv_status status = use();
        left = short_left;
        short_left = PLENTY;
        ck_assert(status == DCV_OK || status == DCV_ERR_NOMEM);
        refused_ones += status != DCV_OK;
    }
    /* There are more of them than this, and few that can be done without. */
    ck_assert_int_gt(refused_ones, 20);
    ck_assert_int_le(tries - refused_ones, 4);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("memory");
    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, every_allocation);
    return run_cases("memory", tcase);
}
