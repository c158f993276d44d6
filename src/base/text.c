#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

size_t dcv_ascii_span(const void *data, size_t len)
{
    const unsigned char *octets = data;
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = 0x80 * ones;
    size_t at = 0;
    for (uint64_t word; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, octets + at, sizeof word);
        const uint64_t rest = word ^ 0x7f * ones;
        if (((word | ((word - 0x20 * ones) & ~word) | ((rest - ones) & ~rest)) & tops) != 0)
            break;
    }
    while (at < len && octets[at] >= ' ' && octets[at] <= '~')
        at++;
    return at;
}

bool dcv_utf8_valid(const void *data, size_t len)
{
    const size_t plain = dcv_ascii_span(data, len);
    return plain == len || u8_check((const uint8_t *)data + plain, len - plain) == NULL;
}

/* Characters that change how their surroundings look, or that cannot be seen: controls, format characters (bidirectional
 * overrides, zero width), separators other than the space, private use, unassigned. */
static bool unsafe(ucs4_t character)
{
    if (character == ' ')
        return false;
    return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z);
}

/* The length of the character at `at`, 0 when there is none; `*out` is the character. */
static int next_character(const uint8_t *at, size_t left, ucs4_t *out)
{
    int len = u8_mbtoucr(out, at, left);
    return len > 0 ? len : 0;
}

void dcv_text_escape(struct dcv_buf *buf, const void *data, size_t len)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < len;) {
        ucs4_t character;
        int size = next_character(at + i, len - i, &character);
        if (size == 0) {
            dcv_buf_printf(buf, "\\x%02x", at[i++]);
            continue;
        }
        if (character == '\\')
            dcv_buf_puts(buf, "\\\\");
        else if (unsafe(character))
            dcv_buf_printf(buf, character < 0x80 ? "\\x%02x" : "\\u{%04x}", (unsigned)character);
        else
            dcv_buf_put(buf, at + i, (size_t)size);
        i += (size_t)size;
    }
}

/* Beyond the first plane in two (RFC 8259 §7). */
static void put_json_escape(struct dcv_buf *buf, ucs4_t character)
{
    enum { PLANE = 0x10000, HIGH = 0xd800, LOW = 0xdc00, HALF_BITS = 10, HALF = 1 << HALF_BITS };
    if (character < PLANE)
        dcv_buf_printf(buf, "\\u%04x", (unsigned)character);
    else
        dcv_buf_printf(buf, "\\u%04x\\u%04x", (unsigned)(HIGH + ((character - PLANE) >> HALF_BITS)), (unsigned)(LOW + (character - PLANE) % HALF));
}

void dcv_text_escape_json(struct dcv_buf *buf, const char *json)
{
    const uint8_t *at = (const uint8_t *)json, *plain = at;
    for (size_t left = strlen(json); left > 0;) {
        ucs4_t character = 0;
        const int size = *at < 0x80 ? 1 : next_character(at, left, &character);
        const size_t step = size > 0 ? (size_t)size : 1;
        if (size > 1 && unsafe(character)) {
            dcv_buf_put(buf, plain, (size_t)(at - plain));
            put_json_escape(buf, character);
            plain = at + step;
        }
        at += step;
        left -= step;
    }
    dcv_buf_put(buf, plain, (size_t)(at - plain));
}

bool dcv_text_plain(const void *data, size_t len)
{
    const uint8_t *at = data;
    for (size_t i = 0; i < len;) {
        ucs4_t character;
        int size = next_character(at + i, len - i, &character);
        if (size == 0 || character == '\\' || unsafe(character))
            return false;
        i += (size_t)size;
    }
    return true;
}

/* Eight octets at a time: where they differ in more than the bit that tells letters of either case apart, they are not equal; where in that bit, it has to be a letter's. */
bool dcv_ascii_equal_nocase_n(const void *a, const void *b, size_t len)
{
    const unsigned char *first = a, *second = b;
    size_t at = 0;
    for (; len - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t one, other;
        memcpy(&one, first + at, sizeof one);
        memcpy(&other, second + at, sizeof other);
        if (one == other)
            continue;
        if (((one ^ other) & ~UINT64_C(0x2020202020202020)) != 0)
            return false;
        for (size_t i = at; i < at + sizeof(uint64_t); i++)
            if (dcv_ascii_lower((char)first[i]) != dcv_ascii_lower((char)second[i]))
                return false;
    }
    for (; at < len; at++)
        if (first[at] != second[at] && dcv_ascii_lower((char)first[at]) != dcv_ascii_lower((char)second[at]))
            return false;
    return true;
}

bool dcv_ascii_equal_nocase(const char *a, const char *b)
{
    size_t len = strlen(a);
    return len == strlen(b) && dcv_ascii_equal_nocase_n(a, b, len);
}

bool dcv_text_number(const char *text, long min, long max, long *out)
{
    if ((text[0] < '0' || text[0] > '9') && text[0] != '-')
        return false;
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text || value < min || value > max)
        return false;
    *out = value;
    return true;
}

void dcv_hex_put(struct dcv_buf *buf, const void *data, size_t len)
{
    static const char digit[] = "0123456789abcdef";
    const uint8_t *at = data;
    for (size_t i = 0; i < len; i++) {
        dcv_buf_putc(buf, digit[at[i] >> 4]);
        dcv_buf_putc(buf, digit[at[i] & 15]);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = dcv_ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool dcv_hex_read(const char *text, uint8_t *out, size_t room, size_t *len)
{
    size_t size = strlen(text);
    if (size % 2 != 0 || size / 2 > room)
        return false;
    for (size_t i = 0; i < size / 2; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *len = size / 2;
    return true;
}
