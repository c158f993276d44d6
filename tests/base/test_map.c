#include "base/map.h"

#include "support/rows.h"
#include "support/run.h"

static int released;

static void release(void *value)
{
    released += *(int *)value;
}

START_TEST(puts_gets_takes)
{
    int one = 1, two = 2, three = 3;
    struct dcv_map *map = dcv_map_create();
    ck_assert_ptr_null(dcv_map_get(map, "a", 1));
    ck_assert(dcv_map_put(map, "a", 1, &one));
    ck_assert(dcv_map_put(map, "a\0b", 3, &two)); /* keys are octets */
    ck_assert_ptr_eq(dcv_map_get(map, "a", 1), &one);
    ck_assert_ptr_eq(dcv_map_get(map, "a\0b", 3), &two);
    ck_assert_ptr_null(dcv_map_get(map, "a\0c", 3));
    ck_assert(dcv_map_put(map, "a", 1, &three));
    ck_assert_uint_eq(dcv_map_count(map), 2);
    ck_assert_ptr_eq(dcv_map_take(map, "a", 1), &three);
    ck_assert_ptr_null(dcv_map_take(map, "a", 1));
    ck_assert_uint_eq(dcv_map_count(map), 1);
    released = 0;
    dcv_map_free(map, release);
    ck_assert_int_eq(released, 2);
    dcv_map_free(NULL, release);
}
END_TEST

START_TEST(keys_are_copied)
{
    int value = 1;
    char key[] = "key";
    struct dcv_map *map = dcv_map_create();
    ck_assert(dcv_map_put(map, key, 3, &value));
    key[0] = 'x';
    ck_assert_ptr_eq(dcv_map_get(map, "key", 3), &value);
    ck_assert_ptr_null(dcv_map_get(map, key, 3));
    dcv_map_free(map, NULL);
}
END_TEST

START_TEST(many)
{
    enum { MANY = 20000 };
    static int values[MANY];
    struct dcv_map *map = dcv_map_create();
    for (int i = 0; i < MANY; i++)
        ck_assert(dcv_map_put(map, &i, sizeof i, &values[i]));
    for (int i = 0; i < MANY; i += 2)
        ck_assert_ptr_eq(dcv_map_take(map, &i, sizeof i), &values[i]);
    for (int i = 0; i < MANY; i++)
        ck_assert_ptr_eq(dcv_map_get(map, &i, sizeof i), i % 2 == 0 ? NULL : &values[i]);
    ck_assert_uint_eq(dcv_map_count(map), MANY / 2);
    dcv_map_free(map, NULL);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("map");
    tcase_add_test(tcase, puts_gets_takes);
    tcase_add_test(tcase, keys_are_copied);
    tcase_add_test(tcase, many);
    return run_cases("map", tcase);
}
