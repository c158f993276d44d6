#include "base/vec.h"

#include "support/run.h"

#include <stdint.h>
#include <string.h>

/* An allocator with `left` allocations to give. */
struct budget {
    size_t left, live;
};

static void *give(void *user, void *block, size_t size)
{
    struct budget *budget = user;
    if (size == 0) {
        budget->live -= block != NULL;
        free(block);
        return NULL;
    }
    if (budget->left == 0)
        return NULL;
    budget->left--;
    budget->live += block == NULL;
    return realloc(block, size);
}

START_TEST(memory_is_zeroed_and_aligned)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *block = dcv_arena_alloc(arena, size);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            if (block[i] != 0)
                ck_abort_msg("octet %zu of %zu", i, size);
        memset(block, 0xff, size);
    }
    ck_assert(!dcv_arena_failed(arena));
    dcv_arena_free(arena);
}
END_TEST

START_TEST(copies)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    ck_assert_str_eq(dcv_arena_strdup(arena, "text"), "text");
    ck_assert_str_eq(dcv_arena_strndup(arena, "text", 2), "te");
    ck_assert_str_eq(dcv_arena_strndup(arena, NULL, 0), "");
    ck_assert_str_eq(dcv_arena_printf(arena, "%d%s", 1, "x"), "1x");
    ck_assert_mem_eq(dcv_arena_copy(arena, "\0\1", 2), "\0\1", 2);
    ck_assert_ptr_nonnull(dcv_arena_copy(arena, NULL, 0));
    ck_assert_uint_gt(dcv_arena_used(arena), 0);
    dcv_arena_free(arena);
}
END_TEST

START_TEST(overflow_fails)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    ck_assert_ptr_null(dcv_arena_array(arena, SIZE_MAX / 2, 3));
    ck_assert(dcv_arena_failed(arena));
    dcv_arena_free(arena);
    static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX - 64};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct budget budget = {.left = 1}; /* the arena itself */
        arena = dcv_arena_create(&(struct dcv_allocator){give, &budget});
        ck_assert_ptr_null(dcv_arena_alloc(arena, sizes[i]));
        ck_assert(dcv_arena_failed(arena));
        dcv_arena_free(arena);
    }
}
END_TEST

/* Builds values of all kinds, small ones and one above the size of a block, and checks them. */
static void build(struct dcv_arena *arena)
{
    DCV_VEC(size_t) numbers = {0};
    const char *first = dcv_arena_strdup(arena, "first");
    for (size_t i = 0; i < 5000; i++) {
        size_t *number = DCV_VEC_ADD(arena, &numbers);
        if (number != NULL)
            *number = i;
    }
    char *large = dcv_arena_alloc(arena, 100000);
    const char *last = dcv_arena_printf(arena, "%s", "last");
    if (dcv_arena_failed(arena))
        return;
    large[99999] = 'x';
    ck_assert_str_eq(first, "first");
    ck_assert_str_eq(last, "last");
    ck_assert_uint_eq(numbers.count, 5000);
    for (size_t i = 0; i < numbers.count; i++)
        if (numbers.items[i] != i)
            ck_abort_msg("item %zu is %zu", i, numbers.items[i]);
}

START_TEST(every_allocation_may_fail)
{
    size_t failures = 0;
    for (size_t n = 0;; n++) {
        struct budget budget = {.left = n};
        const struct dcv_allocator allocator = {give, &budget};
        struct dcv_arena *arena = dcv_arena_create(&allocator);
        ck_assert_int_eq(arena == NULL, n == 0);
        bool failed = true;
        if (arena != NULL) {
            build(arena);
            failed = dcv_arena_failed(arena);
        }
        dcv_arena_free(arena);
        ck_assert_uint_eq(budget.live, 0);
        if (!failed)
            break;
        failures++;
    }
    ck_assert_uint_gt(failures, 5);
}
END_TEST

START_TEST(failure_is_sticky)
{
    struct budget budget = {.left = 2};
    struct dcv_arena *arena = dcv_arena_create(&(struct dcv_allocator){give, &budget});
    ck_assert_ptr_nonnull(dcv_arena_alloc(arena, 10));
    ck_assert_ptr_null(dcv_arena_alloc(arena, 100000));
    ck_assert_ptr_nonnull(dcv_arena_alloc(arena, 10)); /* the first block has room */
    ck_assert(dcv_arena_failed(arena));
    dcv_arena_free(arena);
    ck_assert_uint_eq(budget.live, 0);
}
END_TEST

START_TEST(marked_as_failed)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    dcv_arena_fail(arena);
    ck_assert(dcv_arena_failed(arena));
    dcv_arena_free(arena);
    dcv_arena_free(NULL);
}
END_TEST

/* A failed addition leaves the items as they were. */
START_TEST(vec_keeps_its_items)
{
    struct budget budget = {.left = 2};
    struct dcv_arena *arena = dcv_arena_create(&(struct dcv_allocator){give, &budget});
    DCV_VEC(unsigned) numbers = {0};
    for (unsigned i = 0;; i++) {
        unsigned *added = DCV_VEC_ADD(arena, &numbers);
        if (added == NULL)
            break;
        ck_assert_uint_eq(*added, 0);
        *added = i;
    }
    ck_assert(dcv_arena_failed(arena));
    ck_assert_uint_gt(numbers.count, 4);
    for (unsigned i = 0; i < numbers.count; i++)
        ck_assert_uint_eq(numbers.items[i], i);
    dcv_arena_free(arena);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("arena");
    tcase_add_test(tcase, memory_is_zeroed_and_aligned);
    tcase_add_test(tcase, copies);
    tcase_add_test(tcase, overflow_fails);
    tcase_add_test(tcase, every_allocation_may_fail);
    tcase_add_test(tcase, failure_is_sticky);
    tcase_add_test(tcase, marked_as_failed);
    tcase_add_test(tcase, vec_keeps_its_items);
    return run_cases("arena", tcase);
}
