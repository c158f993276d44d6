#include "net/lines.h"

#include "base/status.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEX_MAX = 6, UTF8_MAX = 4, SURROGATES = 0xd800, SURROGATES_END = 0xe000, UNICODE_END = 0x110000 };

enum dcv_status dcv_lines_init(struct dcv_lines *lines, struct dcv_arena *arena, const void *octets, size_t len)
{
    if (len != 0 && (memchr(octets, '\0', len) != NULL || ((const char *)octets)[len - 1] != '\n'))
        return DCV_ERR_SYNTAX;
    lines->at = dcv_arena_strndup(arena, len != 0 ? octets : "", len);
    return lines->at != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

char *dcv_lines_cut(char *text)
{
    char *end = text + strcspn(text, " ");
    if (*end == '\0')
        return end;
    *end = '\0';
    return end + 1;
}

bool dcv_lines_next(struct dcv_lines *lines, char **word, char **rest)
{
    if (*lines->at == '\0')
        return false;
    char *end = lines->at + strcspn(lines->at, "\n");
    *word = lines->at;
    *end = '\0';
    lines->at = end + 1;
    *rest = dcv_lines_cut(*word);
    return true;
}

/* ---- escapes --------------------------------------------------------------------------------------------------------------------- */

static size_t put_utf8(unsigned character, char out[UTF8_MAX])
{
    if (character < 0x800) {
        out[0] = (char)(0xc0 | character >> 6);
        out[1] = (char)(0x80 | (character & 0x3f));
        return 2;
    }
    const bool wide = character >= 0x10000;
    char *at = out;
    if (wide)
        *at++ = (char)(0xf0 | character >> 18);
    *at++ = (char)(wide ? 0x80 | (character >> 12 & 0x3f) : 0xe0 | character >> 12);
    *at++ = (char)(0x80 | (character >> 6 & 0x3f));
    *at++ = (char)(0x80 | (character & 0x3f));
    return (size_t)(at - out);
}

/* The hexadecimal digits at `*at`, as many as that; false: there are others. */
static bool read_hex(const char **at, size_t digits, unsigned *out)
{
    *out = 0;
    for (size_t i = 0; i < digits; i++, (*at)++) {
        const char c = dcv_ascii_lower(**at);
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
        *out = *out * 16 + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

/* "\u{XXXX}" after its "u{"; the octets written, 0: it is none. Shorter than its escape in any case. */
static size_t read_character(const char **at, char *out)
{
    const size_t digits = strcspn(*at, "}");
    unsigned character;
    if (digits < 4 || digits > HEX_MAX || !read_hex(at, digits, &character) || *(*at)++ != '}')
        return 0;
    if (character < 0x80 || character >= UNICODE_END || (character >= SURROGATES && character < SURROGATES_END))
        return 0;
    return put_utf8(character, out);
}

/* What follows a backslash. */
static size_t read_escape(const char **at, char *out)
{
    unsigned octet;
    const char kind = *(*at)++;
    if (kind == '\\') {
        *out = '\\';
        return 1;
    }
    if (kind == 'u' && *(*at)++ == '{')
        return read_character(at, out);
    if (kind != 'x' || !read_hex(at, 2, &octet) || octet == 0)
        return 0;
    *out = (char)octet;
    return 1;
}

bool dcv_lines_unescape(char *text)
{
    const char *at = text;
    char *to = text;
    while (*at != '\0') {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        at++;
        const size_t len = *at != '\0' ? read_escape(&at, to) : 0;
        if (len == 0)
            return false;
        to += len;
    }
    *to = '\0';
    return true;
}

void dcv_lines_put_text(struct dcv_buf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        const char *nul = memchr(text + i, '\0', len - i);
        const size_t part = nul != NULL ? (size_t)(nul - text) - i : len - i;
        dcv_text_escape(out, text + i, part);
        i += part + 1;
    }
    dcv_buf_putc(out, '\n');
}
