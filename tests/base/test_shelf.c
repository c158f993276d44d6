#include "base/shelf.h"

#include "support/rows.h"
#include "support/run.h"

#include <string.h>

enum { ITEMS = 8, WEIGHT = 10, FOUR = 4 * WEIGHT, SECOND = 1000000, NOW = 1000 };

static struct thing {
    struct dcv_shelf_item item;
    bool gone;
} things[ITEMS];
static struct dcv_shelf shelf;

static void drop(struct dcv_shelf_item *item)
{
    ck_assert(!((struct thing *)item)->gone);
    ((struct thing *)item)->gone = true;
}

static void begin(size_t budget)
{
    memset(things, 0, sizeof things);
    for (size_t i = 0; i < ITEMS; i++)
        things[i].item.drop = drop;
    dcv_shelf_init(&shelf, budget);
}

static bool put(size_t index, uint64_t expires_s, uint64_t now_s)
{
    things[index].gone = false;
    return dcv_shelf_put(&shelf, &things[index].item, WEIGHT, expires_s == 0 ? DCV_SHELF_NEVER : expires_s * SECOND, now_s * SECOND);
}

/* The numbers of the things that are there. */
static const char *there(void)
{
    static char text[ITEMS + 1];
    size_t len = 0, bytes = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        if (things[i].gone || !things[i].item.kept)
            continue;
        text[len++] = (char)('0' + i);
        bytes += things[i].item.bytes;
    }
    text[len] = '\0';
    ck_assert_uint_eq(shelf.count, len);
    ck_assert_uint_eq(shelf.bytes, bytes);
    return text;
}

START_TEST(without_a_budget_all_stay)
{
    begin(0);
    for (size_t i = 0; i < ITEMS; i++)
        ck_assert(put(i, 1, i * 10));
    ck_assert_str_eq(there(), "01234567");
}
END_TEST

START_TEST(the_least_recently_used_goes)
{
    begin(FOUR);
    for (size_t i = 0; i < 4; i++)
        ck_assert(put(i, 0, NOW));
    dcv_shelf_use(&shelf, &things[0].item);
    dcv_shelf_use(&shelf, &things[3].item);
    ck_assert(put(4, 0, NOW));
    ck_assert_str_eq(there(), "0234");
    ck_assert(put(5, 0, NOW));
    ck_assert_str_eq(there(), "0345");
    ck_assert(put(0, 0, NOW)); /* weighed anew, and used */
    ck_assert(put(6, 0, NOW));
    ck_assert_str_eq(there(), "0456");
}
END_TEST

START_TEST(what_has_expired_goes_first)
{
    begin(FOUR);
    ck_assert(put(0, 0, NOW));
    ck_assert(put(1, NOW + 3600, NOW));
    ck_assert(put(2, NOW + 30, NOW));
    ck_assert(put(3, NOW + 300, NOW));
    dcv_shelf_use(&shelf, &things[2].item);
    ck_assert(put(4, NOW + 5000, NOW + 29)); /* nothing has */
    ck_assert_str_eq(there(), "1234");
    ck_assert(put(5, NOW + 5000, NOW + 30));
    ck_assert_str_eq(there(), "1345");
    ck_assert(put(6, NOW + 5000, NOW + 299));
    ck_assert_str_eq(there(), "3456");
    ck_assert(put(7, NOW + 9000, NOW + 5000)); /* one of them; the others may be looked at later */
    ck_assert_uint_eq(shelf.count, 4);
    ck_assert(things[3].gone);
}
END_TEST

/* One behind another of its class is found when that has gone. */
START_TEST(the_next_of_a_class)
{
    begin(FOUR);
    ck_assert(put(0, 0, NOW));
    ck_assert(put(1, NOW + 17, NOW));
    ck_assert(put(2, NOW + 18, NOW));
    ck_assert(put(3, 0, NOW));
    dcv_shelf_use(&shelf, &things[1].item);
    dcv_shelf_use(&shelf, &things[2].item);
    ck_assert(put(4, 0, NOW + 20));
    ck_assert(put(5, 0, NOW + 20));
    ck_assert_str_eq(there(), "0345");
}
END_TEST

START_TEST(pinned_things_stay)
{
    begin(FOUR);
    dcv_shelf_pin(&shelf, &things[0].item);
    ck_assert(put(0, NOW + 1, NOW));
    for (size_t i = 1; i < 6; i++)
        ck_assert(put(i, 0, NOW + 10));
    ck_assert_str_eq(there(), "0345");
    for (size_t i = 3; i < 6; i++)
        dcv_shelf_pin(&shelf, &things[i].item);
    ck_assert(!put(6, 0, NOW)); /* nothing else can go */
    ck_assert(things[6].gone);
    dcv_shelf_unpin(&shelf, &things[4].item);
    ck_assert(put(6, 0, NOW));
    ck_assert_str_eq(there(), "0356");
    dcv_shelf_take(&shelf, &things[0].item);
    ck_assert_str_eq(there(), "356");
}
END_TEST

START_TEST(nothing_takes_all_the_room)
{
    begin(FOUR);
    ck_assert(put(0, 0, NOW));
    ck_assert(!dcv_shelf_put(&shelf, &things[1].item, WEIGHT + 1, DCV_SHELF_NEVER, NOW));
    ck_assert(things[1].gone);
    ck_assert_str_eq(there(), "0");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("shelf");
    tcase_add_test(tcase, without_a_budget_all_stay);
    tcase_add_test(tcase, the_least_recently_used_goes);
    tcase_add_test(tcase, what_has_expired_goes_first);
    tcase_add_test(tcase, the_next_of_a_class);
    tcase_add_test(tcase, pinned_things_stay);
    tcase_add_test(tcase, nothing_takes_all_the_room);
    return run_cases("shelf", tcase);
}
