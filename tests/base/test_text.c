#include "base/text.h"

#include "support/rows.h"
#include "support/run.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *raw;
    size_t len;
    const char *escaped; /* NULL: as it is */
} escapes[] = {
    {OCTETS(""), NULL},
    {OCTETS("plain text, 日本語 é"), NULL},
    {OCTETS("a\\b"), "a\\\\b"},
    {OCTETS("a\0b"), "a\\x00b"},
    {OCTETS("\033[31m"), "\\x1b[31m"},
    {OCTETS("a\nb\tc\r"), "a\\x0ab\\x09c\\x0d"},
    {OCTETS("\x7f"), "\\x7f"},
    {OCTETS("\xc2\x85"), "\\u{0085}"},        /* NEXT LINE, a C1 control */
    {OCTETS("\xc2\x9b" "31m"), "\\u{009b}31m"},  /* CSI of eight bits */
    {OCTETS("\u202egpj.exe\u202c"), "\\u{202e}gpj.exe\\u{202c}"},
    {OCTETS("a\u200bb"), "a\\u{200b}b"},
    {OCTETS("\xe2\x81\xa6x\xe2\x81\xa9"), "\\u{2066}x\\u{2069}"},
    {OCTETS("\ufeff"), "\\u{feff}"},
    {OCTETS("a\u00a0b\u3000c"), "a\\u{00a0}b\\u{3000}c"},
    {OCTETS("\u2028"), "\\u{2028}"},
    {OCTETS("\U000e0041"), "\\u{e0041}"},   /* a tag character */
    {OCTETS("\ue000"), "\\u{e000}"},
    {OCTETS("\xff\xfe"), "\\xff\\xfe"},
    {OCTETS("\xc0\xae"), "\\xc0\\xae"},     /* overlong */
    {OCTETS("\xed\xa0\x80"), "\\xed\\xa0\\x80"}, /* a surrogate */
    {OCTETS("a\xe3\x81"), "a\\xe3\\x81"},   /* cut off */
    {OCTETS("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"},
};

START_TEST(escape)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 1000);
    dcv_text_escape(&buf, escapes[_i].raw, escapes[_i].len);
    const char *expected = escapes[_i].escaped != NULL ? escapes[_i].escaped : escapes[_i].raw;
    ck_assert_str_eq(dcv_buf_text(&buf), expected);
    ck_assert_int_eq(dcv_text_plain(escapes[_i].raw, escapes[_i].len), escapes[_i].escaped == NULL);
    dcv_buf_done(&buf);
}
END_TEST

/* Of any two octets, what comes out is printable, and tells the octets apart. */
/* What cannot be seen is spelt out; all else, and so what it means, stays. */
START_TEST(escape_json)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 1000);
    dcv_text_escape_json(&buf, "{\"\xe5\x90\x8d\": \"a\\u001b\xc2\x9b[31m\xe2\x80\xae\xf3\xa0\x80\x81 \xf0\x9f\x98\x80\"}\n");
    ck_assert_str_eq(dcv_buf_text(&buf), "{\"\xe5\x90\x8d\": \"a\\u001b\\u009b[31m\\u202e\\udb40\\udc01 \xf0\x9f\x98\x80\"}\n");
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(escape_any_octets)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 1000);
    for (unsigned value = 0; value < 0x10000; value++) {
        const uint8_t octets[] = {(uint8_t)(value >> 8), (uint8_t)value};
        dcv_buf_clear(&buf);
        dcv_text_escape(&buf, octets, sizeof octets);
        bool good = dcv_utf8_valid(buf.data, buf.len);
        for (size_t i = 0; i < buf.len; i++)
            good = good && (unsigned char)buf.data[i] >= ' ' && buf.data[i] != 0x7f;
        good = good && dcv_text_plain(octets, sizeof octets) == (buf.len == 2 && memcmp(buf.data, octets, 2) == 0);
        if (!good)
            ck_abort_msg("%04x becomes %s", value, dcv_buf_text(&buf));
    }
    dcv_buf_done(&buf);
}
END_TEST

static const struct {
    const char *raw;
    size_t len;
    bool valid;
} utf8s[] = {
    {OCTETS(""), true},
    {OCTETS("日本\0"), true},
    {OCTETS("\U0010ffff"), true},
    {OCTETS("\x80"), false},
    {OCTETS("\xc3"), false},
    {OCTETS("\xc0\x80"), false},
    {OCTETS("\xed\xbf\xbf"), false},
    {OCTETS("\xf5\x80\x80\x80"), false},
};

START_TEST(utf8)
{
    ck_assert_int_eq(dcv_utf8_valid(utf8s[_i].raw, utf8s[_i].len), utf8s[_i].valid);
}
END_TEST

/* Every octet at every place of texts of several words' length, among others that are near a limit. */
START_TEST(printable)
{
    enum { LONGEST = 19 };
    static const char around[] = {' ', '~', 'a'};
    for (size_t len = 0; len <= LONGEST; len++) {
        for (size_t place = 0; place < len; place++) {
            for (unsigned octet = 0; octet < 256; octet++) {
                char text[LONGEST];
                memset(text, around[octet % sizeof around], len);
                text[place] = (char)octet;
                ck_assert_uint_eq(dcv_ascii_span(text, len), octet >= ' ' && octet <= '~' ? len : place);
            }
        }
    }
}
END_TEST

START_TEST(case_of_ascii)
{
    for (int c = -128; c < 128; c++)
        ck_assert_int_eq(dcv_ascii_lower((char)c), c >= 'A' && c <= 'Z' ? c + 32 : c);
    ck_assert(dcv_ascii_equal_nocase("IsSuE", "issue"));
    ck_assert(!dcv_ascii_equal_nocase("issue", "issuewild"));
    ck_assert(!dcv_ascii_equal_nocase("issuewild", "issue"));
    ck_assert(!dcv_ascii_equal_nocase("[", "{")); /* differ in the bit of the case, and are no letters */
    ck_assert(dcv_ascii_equal_nocase_n("A\0B", "a\0b", 3));
    ck_assert(!dcv_ascii_equal_nocase_n("A\0B", "a\0c", 3));
}
END_TEST

static const struct {
    const char *text;
    long min, max;
    bool good;
    long value;
} numbers[] = {
    {"0", 0, 10, true, 0},
    {"10", 0, 10, true, 10},
    {"007", 0, 10, true, 7},
    {"11", 0, 10, false, 0},
    {"-1", 0, 10, false, 0},
    {"-1", -1, 10, true, -1},
    {"", 0, 10, false, 0},
    {"-", -1, 10, false, 0},
    {"+1", 0, 10, false, 0},
    {" 1", 0, 10, false, 0},
    {"1 ", 0, 10, false, 0},
    {"1x", 0, 10, false, 0},
    {"0x1", 0, 10, false, 0},
    {"1.0", 0, 10, false, 0},
    {"- 1", -1, 10, false, 0},
    {"99999999999999999999", LONG_MIN, LONG_MAX, false, 0},
    {"-99999999999999999999", LONG_MIN, LONG_MAX, false, 0},
};

START_TEST(number)
{
    long value = 42;
    ck_assert_int_eq(dcv_text_number(numbers[_i].text, numbers[_i].min, numbers[_i].max, &value), numbers[_i].good);
    ck_assert_int_eq(value, numbers[_i].good ? numbers[_i].value : 42);
}
END_TEST

START_TEST(hex_writes)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 100);
    dcv_hex_put(&buf, "\x00\x09\x0a\xff", 4);
    ck_assert_str_eq(dcv_buf_text(&buf), "00090aff");
    dcv_buf_done(&buf);
}
END_TEST

static const struct {
    const char *text;
    size_t room;
    bool good;
    size_t len;
} hexes[] = {
    {"", 0, true, 0},
    {"00ff", 2, true, 2},
    {"00FF", 2, true, 2},
    {"00ff", 3, true, 2},
    {"00ff", 1, false, 0},
    {"0", 9, false, 0},
    {"0g", 9, false, 0},
    {"0x00", 9, false, 0},
    {" 00", 9, false, 0},
    {"-1", 9, false, 0},
};

START_TEST(hex_reads)
{
    uint8_t out[10];
    size_t len = 99;
    ck_assert_int_eq(dcv_hex_read(hexes[_i].text, out, hexes[_i].room, &len), hexes[_i].good);
    ck_assert_uint_eq(len, hexes[_i].good ? hexes[_i].len : 99);
    if (len == 2)
        ck_assert_mem_eq(out, "\x00\xff", 2);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("text");
    tcase_add_loop_test(tcase, escape, 0, ROWS(escapes));
    tcase_add_test(tcase, escape_json);
    tcase_add_test(tcase, escape_any_octets);
    tcase_add_loop_test(tcase, utf8, 0, ROWS(utf8s));
    tcase_add_test(tcase, printable);
    tcase_add_test(tcase, case_of_ascii);
    tcase_add_loop_test(tcase, number, 0, ROWS(numbers));
    tcase_add_test(tcase, hex_writes);
    tcase_add_loop_test(tcase, hex_reads, 0, ROWS(hexes));
    return run_cases("text", tcase);
}
