/* The grammar of issue and issuewild values: RFC 8659 §4.2, with the parameters of RFC 8657. */
#include "base/text.h"
#include "policy/judge.h"

#include <string.h>

static bool alnum(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void skip_space(struct dcv_cursor *cursor)
{
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
        cursor->at++;
}

static const char *copy(struct judge *judge, const uint8_t *start, const uint8_t *end)
{
    return dcv_arena_strndup(judge->arena, (const char *)start, (size_t)(end - start));
}

/* label = (ALPHA / DIGIT) *( *("-") (ALPHA / DIGIT)); also the form of a parameter's tag. */
static bool take_label(struct dcv_cursor *cursor)
{
    const uint8_t *start = cursor->at;
    while (cursor->at < cursor->end && (alnum(*cursor->at) || *cursor->at == '-'))
        cursor->at++;
    return cursor->at > start && alnum(start[0]) && alnum(cursor->at[-1]);
}

/* issuer-domain-name = label *("." label). A dot after the last label is remembered as the only fault. */
static bool take_issuer(struct judge *judge, struct dcv_cursor *cursor, struct issue_value *out)
{
    const uint8_t *start = cursor->at;
    for (;;) {
        if (!take_label(cursor))
            return false;
        if (cursor->at == cursor->end || *cursor->at != '.')
            break;
        const uint8_t *dot = cursor->at++;
        if (cursor->at == cursor->end || *cursor->at == ';' || *cursor->at == ' ' || *cursor->at == '\t') {
            out->trailing_dot = true;
            out->issuer = copy(judge, start, dot);
            return true;
        }
    }
    out->issuer = copy(judge, start, cursor->at);
    return true;
}

/* parameter = tag *WSP "=" *WSP value; value = *(%x21-3A / %x3C-7E) */
static bool take_parameter(struct judge *judge, struct dcv_cursor *cursor, struct issue_value *out)
{
    const uint8_t *tag = cursor->at;
    if (!take_label(cursor))
        return false;
    const uint8_t *tag_end = cursor->at;
    skip_space(cursor);
    if (cursor->at == cursor->end || *cursor->at++ != '=')
        return false;
    skip_space(cursor);
    const uint8_t *value = cursor->at;
    while (cursor->at < cursor->end && *cursor->at > ' ' && *cursor->at < 0x7f && *cursor->at != ';')
        cursor->at++;
    const char *text = copy(judge, value, cursor->at);
    size_t len = (size_t)(tag_end - tag);
    const char **slot = NULL;
    if (len == 10 && dcv_ascii_equal_nocase_n(tag, "accounturi", len))
        slot = &out->account;
    else if (len == 17 && dcv_ascii_equal_nocase_n(tag, "validationmethods", len))
        slot = &out->methods;
    if (slot != NULL) {
        out->repeated = out->repeated || *slot != NULL;
        *slot = text;
    }
    return true;
}

static bool take_parameters(struct judge *judge, struct dcv_cursor *cursor, struct issue_value *out)
{
    for (;;) {
        skip_space(cursor);
        if (cursor->at == cursor->end)
            return true;
        if (!take_parameter(judge, cursor, out))
            return false;
        skip_space(cursor);
        if (cursor->at == cursor->end)
            return true;
        if (*cursor->at++ != ';')
            return false;
    }
}

void issue_value_parse(struct judge *judge, const struct dcv_caa *caa, struct issue_value *out)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, caa->value, caa->value_len);
    *out = (struct issue_value){.issuer = ""};
    skip_space(&cursor);
    out->issuer_at = (size_t)(cursor.at - caa->value);
    if (cursor.at < cursor.end && *cursor.at != ';' && !take_issuer(judge, &cursor, out)) {
        out->malformed = true;
        out->issuer = "";
        return;
    }
    out->issuer_end = (size_t)(cursor.at - caa->value);
    skip_space(&cursor);
    if (cursor.at < cursor.end)
        out->malformed = *cursor.at++ != ';' || !take_parameters(judge, &cursor, out);
    if (out->issuer == NULL)
        out->issuer = "";
    out->malformed = out->malformed || out->trailing_dot;
}
