/* JSON values of RDAP (RFC 9083 §2, §3), made safe. */
#include "registry/rdap_parts.h"

#include "base/date.h"
#include "base/text.h"

#include <string.h>

static const char *error_text(enum json_error_code code)
{
    if (code == json_error_premature_end_of_input)
        return "it ends too early";
    if (code == json_error_stack_overflow)
        return "it is nested too deep";
    if (code == json_error_duplicate_key)
        return "a member is there twice";
    if (code == json_error_invalid_utf8)
        return "it is no UTF-8";
    if (code == json_error_null_byte_in_key || code == json_error_null_character)
        return "a text holds the character NUL";
    return code == json_error_numeric_overflow ? "a number is too large" : "it is malformed";
}

/* RFC 8259 §4 leaves open which one of two members counts: an answer that has them is not to be relied upon. */
json_t *rdap_parse(struct dcv_arena *arena, const void *octets, size_t len, const char **why)
{
    json_error_t error;
    *why = "";
    if (len > RDAP_OCTETS_MAX) {
        *why = "it is longer than a MiB";
        return NULL;
    }
    json_t *json = json_loadb(len != 0 ? octets : "", len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (json != NULL)
        return json;
    const enum json_error_code code = json_error_code(&error);
    if (code == json_error_out_of_memory)
        dcv_arena_fail(arena);
    else
        *why = len == 0 ? "it is empty" : dcv_arena_printf(arena, "%s at line %d, column %d", error_text(code), error.line, error.column);
    return NULL;
}

static const char *escaped(struct dcv_arena *arena, const char *text, size_t len)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REGISTRY_TEXT);
    dcv_text_escape(&buf, text, len);
    const char *copy = buf.failed ? NULL : dcv_arena_strndup(arena, dcv_buf_text(&buf), buf.len);
    dcv_buf_done(&buf);
    return copy;
}

static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *rdap_text(struct dcv_arena *arena, const json_t *json)
{
    const char *text = json_string_value(json);
    size_t len = json_string_length(json);
    while (len > 0 && blank(text[0])) {
        text++;
        len--;
    }
    while (len > 0 && blank(text[len - 1]))
        len--;
    return len != 0 && len <= DCV_REGISTRY_TEXT ? escaped(arena, text, len) : NULL;
}

/* "Z", "+09:00", or nothing; in seconds. */
static bool read_offset(const char *text, int64_t *seconds)
{
    long hours, minutes;
    *seconds = 0;
    if (text[0] == '\0' || ((text[0] == 'Z' || text[0] == 'z') && text[1] == '\0'))
        return true;
    if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':')
        return false;
    const char digits[2][3] = {{text[1], text[2], '\0'}, {text[4], text[5], '\0'}};
    if (!dcv_text_number(digits[0], 0, 23, &hours) || !dcv_text_number(digits[1], 0, 59, &minutes))
        return false;
    *seconds = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
    return true;
}

bool rdap_time(const json_t *json, int64_t *seconds)
{
    enum { SECONDS = 19 };
    const char *text = json_string_value(json);
    if (text == NULL || strlen(text) < SECONDS)
        return false;
    char whole[SECONDS + 2];
    memcpy(whole, text, SECONDS);
    memcpy(whole + SECONDS, "Z", 2);
    if (whole[10] == 't' || whole[10] == ' ')
        whole[10] = 'T';
    text += SECONDS;
    if (text[0] == '.')
        text += 1 + strspn(text + 1, "0123456789");
    int64_t offset, local;
    if (!dcv_time_parse(whole, &local) || !read_offset(text, &offset))
        return false;
    *seconds = local - offset;
    return true;
}

bool rdap_mentions(const json_t *json, const char *word)
{
    const size_t len = json_string_length(json), size = strlen(word);
    const char *text = json_string_value(json);
    for (size_t i = 0; i + size <= len; i++)
        if (dcv_ascii_equal_nocase_n(text + i, word, size))
            return true;
    return false;
}

size_t rdap_count(const json_t *array)
{
    const size_t count = json_array_size(array);
    return count < RDAP_ITEMS_MAX ? count : RDAP_ITEMS_MAX;
}
