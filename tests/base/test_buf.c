#include "base/buf.h"

#include "support/rows.h"
#include "support/run.h"

#include <string.h>

START_TEST(grows)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 100000);
    ck_assert_str_eq(dcv_buf_text(&buf), "");
    for (int i = 0; i < 10000; i++)
        dcv_buf_puts(&buf, "abcdefgh");
    dcv_buf_putc(&buf, '!');
    ck_assert(!buf.failed);
    ck_assert_uint_eq(buf.len, 80001);
    ck_assert_uint_eq(strlen(dcv_buf_text(&buf)), 80001);
    ck_assert_str_eq(dcv_buf_text(&buf) + 79992, "abcdefgh!");
    dcv_buf_clear(&buf);
    ck_assert_str_eq(dcv_buf_text(&buf), "");
    dcv_buf_printf(&buf, "%s %03d", "x", 7);
    ck_assert_str_eq(dcv_buf_text(&buf), "x 007");
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(network_order)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 16);
    dcv_buf_u16(&buf, 0x0102);
    dcv_buf_u32(&buf, 0x03040506);
    dcv_buf_fill(&buf, 7, 2);
    ck_assert_uint_eq(buf.len, 8);
    ck_assert_mem_eq(buf.data, "\1\2\3\4\5\6\7\7", 8);
    dcv_buf_done(&buf);
}
END_TEST

/* One way to write five octets each. */
static void write_five(struct dcv_buf *buf, int way)
{
    switch (way) {
    case 0: dcv_buf_put(buf, "12345", 5); break;
    case 1: dcv_buf_puts(buf, "12345"); break;
    case 2: dcv_buf_printf(buf, "%d", 12345); break;
    case 3: dcv_buf_fill(buf, '5', 5); break;
    default:
        dcv_buf_putc(buf, '1');
        dcv_buf_u16(buf, 0x3232);
        dcv_buf_u16(buf, 0x3333);
    }
}

START_TEST(ceiling)
{
    struct dcv_buf buf;
    for (size_t max = 0; max <= 12; max++) {
        dcv_buf_init(&buf, max);
        write_five(&buf, _i);
        ck_assert_msg(buf.failed == (max < 5), "ceiling %zu", max);
        write_five(&buf, _i);
        ck_assert_msg(buf.failed == (max < 10), "ceiling %zu", max);
        ck_assert_uint_le(buf.len, max);
        dcv_buf_done(&buf);
    }
}
END_TEST

START_TEST(failure_is_sticky)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 4);
    dcv_buf_puts(&buf, "ab");
    dcv_buf_puts(&buf, "cde");
    ck_assert(buf.failed);
    dcv_buf_putc(&buf, 'f'); /* would fit */
    ck_assert(buf.failed);
    ck_assert_str_eq(dcv_buf_text(&buf), "ab");
    dcv_buf_clear(&buf);
    dcv_buf_puts(&buf, "wxyz");
    ck_assert(!buf.failed);
    ck_assert_str_eq(dcv_buf_text(&buf), "wxyz");
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(huge_lengths)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 10);
    dcv_buf_puts(&buf, "abc");
    dcv_buf_fill(&buf, 'x', SIZE_MAX);
    ck_assert(buf.failed);
    ck_assert_uint_eq(buf.len, 3);
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(cursor_reads)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, "\1\2\3\4\5\6\7xy", 9);
    ck_assert_uint_eq(dcv_cursor_u8(&cursor), 1);
    ck_assert_uint_eq(dcv_cursor_u16(&cursor), 0x0203);
    ck_assert_uint_eq(dcv_cursor_u32(&cursor), 0x04050607);
    ck_assert_uint_eq(dcv_cursor_left(&cursor), 2);
    ck_assert_mem_eq(dcv_cursor_take(&cursor, 2), "xy", 2);
    ck_assert_uint_eq(dcv_cursor_left(&cursor), 0);
    ck_assert_ptr_nonnull(dcv_cursor_take(&cursor, 0));
    ck_assert(!cursor.failed);
    ck_assert_ptr_null(dcv_cursor_take(&cursor, 1));
    ck_assert(cursor.failed);
}
END_TEST

/* Whatever is asked for beyond the end fails, gives zero, and so does everything after it. */
START_TEST(cursor_ends)
{
    static const uint8_t octets[] = {0xff, 0xff, 0xff, 0xff};
    const size_t len = (size_t)_i;
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, octets, len);
    ck_assert_uint_eq(dcv_cursor_u16(&cursor), len >= 2 ? 0xffff : 0);
    ck_assert_int_eq(cursor.failed, len < 2);
    dcv_cursor_init(&cursor, octets, len);
    ck_assert_uint_eq(dcv_cursor_u32(&cursor), len == 4 ? 0xffffffff : len >= 2 ? 0xffff0000 : 0);
    ck_assert_int_eq(cursor.failed, len < 4);
    dcv_cursor_init(&cursor, octets, len);
    ck_assert_ptr_null(dcv_cursor_take(&cursor, SIZE_MAX));
    ck_assert_uint_eq(dcv_cursor_u8(&cursor), 0);
    ck_assert_ptr_null(dcv_cursor_take(&cursor, 0));
    ck_assert(cursor.failed);
}
END_TEST

START_TEST(cursor_over_nothing)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, NULL, 0);
    ck_assert_uint_eq(dcv_cursor_left(&cursor), 0);
    ck_assert_uint_eq(dcv_cursor_u8(&cursor), 0);
    ck_assert(cursor.failed);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("buf");
    tcase_add_test(tcase, grows);
    tcase_add_test(tcase, network_order);
    tcase_add_loop_test(tcase, ceiling, 0, 5);
    tcase_add_test(tcase, failure_is_sticky);
    tcase_add_test(tcase, huge_lengths);
    tcase_add_test(tcase, cursor_reads);
    tcase_add_loop_test(tcase, cursor_ends, 0, 5);
    tcase_add_test(tcase, cursor_over_nothing);
    return run_cases("buf", tcase);
}
