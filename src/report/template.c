#include "report/template.h"

#include "base/text.h"
#include "report/words.h"

#include <string.h>

static const char zone_mark[] = "@zone ";

struct dcv_places dcv_places_of(const struct dcv_finding *finding)
{
    return (struct dcv_places){.subject = finding->subject, .args = finding->args, .arg_count = finding->arg_count};
}

static bool key_is(const char *name, const char *key, size_t len)
{
    return strlen(name) == len && memcmp(name, key, len) == 0;
}

const char *dcv_arg_value(const struct dcv_arg *args, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(args[i].key, key) == 0)
            return args[i].value;
    return NULL;
}

const char *dcv_place_value(const struct dcv_places *places, const char *key, size_t len)
{
    if (places->ca != NULL && key_is("ca", key, len))
        return places->ca;
    if (places->count != NULL && key_is("count", key, len))
        return places->count;
    for (size_t i = 0; i < places->arg_count; i++)
        if (key_is(places->args[i].key, key, len))
            return places->args[i].value;
    return key_is("subject", key, len) ? places->subject : NULL;
}

/* The length of the place "{key}" that `at` begins with, 0: there is none. */
static size_t place_length(const char *at)
{
    if (at[0] != '{')
        return 0;
    size_t len = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
    return len > 0 && at[len + 1] == '}' ? len + 2 : 0;
}

/* What may say why something is not known. */
static bool tells_why(const char *key, size_t len)
{
    return key_is("why", key, len) || key_is("state", key, len) || key_is("cause", key, len) || key_is("hosts", key, len)
           || key_is("flaw", key, len) || key_is("path", key, len);
}

static void put_value(struct dcv_buf *buf, const char *key, size_t len, const char *value)
{
    const char *word = dcv_word_of_argument(key, len, value);
    if (word == value && tells_why(key, len))
        dcv_reasons_put(buf, value);
    else
        dcv_text_escape(buf, word, strlen(word));
}

void dcv_template_put(struct dcv_buf *buf, const char *text, const struct dcv_places *places)
{
    while (*text != '\0') {
        size_t len = place_length(text);
        if (len == 0) {
            dcv_buf_putc(buf, *text++);
            continue;
        }
        const char *value = dcv_place_value(places, text + 1, len - 2);
        if (value != NULL) {
            put_value(buf, text + 1, len - 2, value);
        }
        text += len;
    }
}

static bool all_filled(const char *text, const struct dcv_places *places)
{
    for (; *text != '\0'; text++) {
        size_t len = place_length(text);
        const char *value = len == 0 ? "-" : dcv_place_value(places, text + 1, len - 2);
        if (value == NULL || value[0] == '\0')
            return false;
    }
    return true;
}

static void put_octet(struct dcv_buf *buf, char c)
{
    dcv_buf_printf(buf, "\\%03u", (unsigned)(unsigned char)c);
}

static bool printable(char c)
{
    return c >= ' ' && c <= '~';
}

/* Inside the quotation marks of a character-string (RFC 1035 §5.1). */
static void put_quoted(struct dcv_buf *buf, const char *value)
{
    for (; *value != '\0'; value++) {
        if (!printable(*value))
            put_octet(buf, *value);
        else {
            if (*value == '"' || *value == '\\')
                dcv_buf_putc(buf, '\\');
            dcv_buf_putc(buf, *value);
        }
    }
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* An escape of a name in presentation form: "\046" or "\.". */
static size_t escape_length(const char *at)
{
    if (at[0] != '\\')
        return 0;
    if (digit(at[1]) && digit(at[2]) && digit(at[3]))
        return 4;
    return printable(at[1]) && !digit(at[1]) ? 2 : 0;
}

/* Outside quotation marks: names in presentation form, tags, numbers. Whatever could begin another field, string,
 * comment or group is written as an octet. */
static void put_bare(struct dcv_buf *buf, const char *value)
{
    while (*value != '\0') {
        size_t len = escape_length(value);
        if (len > 0) {
            dcv_buf_put(buf, value, len);
            value += len;
            continue;
        }
        if (printable(*value) && strchr(" \"();\\", *value) == NULL)
            dcv_buf_putc(buf, *value);
        else
            put_octet(buf, *value);
        value++;
    }
}

static void put_octets(struct dcv_buf *buf, const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (printable(value[i]))
            dcv_buf_putc(buf, value[i]);
        else
            put_octet(buf, value[i]);
    }
}

/* A value that is the whole line: its fields were escaped when it was put together. What is left to do is what no
 * line can hold, and to translate the remark at its end. */
static void put_line(struct dcv_buf *buf, const char *value)
{
    static const char mark[] = "  ; ";
    const char *at = strstr(value, mark), *remark = at != NULL ? at + strlen(mark) : "";
    const char *translated = dcv_text(remark);
    if (strcmp(translated, remark) == 0) {
        put_octets(buf, value, strlen(value));
        return;
    }
    put_octets(buf, value, (size_t)(remark - value));
    dcv_buf_puts(buf, translated);
}

static void put_zone(struct dcv_buf *buf, const char *text, const struct dcv_places *places)
{
    size_t whole = place_length(text);
    if (whole > 0 && text[whole] == '\0') {
        put_line(buf, dcv_place_value(places, text + 1, whole - 2));
        return;
    }
    bool quoted = false;
    while (*text != '\0') {
        size_t len = place_length(text);
        if (len == 0) {
            quoted ^= *text == '"';
            dcv_buf_putc(buf, *text++);
            continue;
        }
        const char *value = dcv_place_value(places, text + 1, len - 2);
        if (quoted)
            put_quoted(buf, value);
        else
            put_bare(buf, value);
        text += len;
    }
}

const char *dcv_fix_kind_text(enum dcv_fix_kind kind)
{
    switch (kind) {
    case DCV_FIX_NONE: return NULL;
    case DCV_FIX_ZONE: return "zone";
    case DCV_FIX_ACTION: return "action";
    }
    return NULL;
}

enum dcv_fix_kind dcv_fix_kind(const char *fix)
{
    if (fix[0] == '\0')
        return DCV_FIX_NONE;
    return strncmp(fix, zone_mark, strlen(zone_mark)) == 0 ? DCV_FIX_ZONE : DCV_FIX_ACTION;
}

const char *dcv_fix_body(const char *fix)
{
    return dcv_fix_kind(fix) == DCV_FIX_ZONE ? fix + strlen(zone_mark) : fix;
}

enum dcv_fix_kind dcv_fix_put(struct dcv_buf *buf, const struct dcv_rule_info *rule, const struct dcv_places *places)
{
    const char *text = dcv_text(rule->fix);
    enum dcv_fix_kind kind = dcv_fix_kind(text);
    if (kind == DCV_FIX_NONE || !all_filled(text, places))
        return DCV_FIX_NONE;
    if (kind == DCV_FIX_ZONE)
        put_zone(buf, dcv_fix_body(text), places);
    else
        dcv_template_put(buf, text, places);
    return kind;
}
