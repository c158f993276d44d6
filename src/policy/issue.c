/* The grammar of issue and issuewild values: RFC 8659 §4.2, with the parameters of RFC 8657; and of persistent validation records, which have
 * the same (BR 3.2.2.4.22, draft-ietf-acme-dns-persist §4.1). */
#include "base/text.h"
#include "policy/judge.h"

#include <stddef.h>
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

static const char *copy(struct dcv_arena *arena, const uint8_t *start, const uint8_t *end)
{
    return dcv_arena_strndup(arena, (const char *)start, (size_t)(end - start));
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
static bool take_issuer(struct dcv_arena *arena, struct dcv_cursor *cursor, struct issue_value *out)
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
            out->issuer = copy(arena, start, dot);
            return true;
        }
    }
    out->issuer = copy(arena, start, cursor->at);
    return true;
}

/* Parameters that are known, and where each is said to stand twice. Others are passed over. */
static const struct {
    const char *tag;
    size_t slot;
    bool in_caa, in_persist;
} known[] = {
    {"accounturi", offsetof(struct issue_value, account), true, true},
    {"validationmethods", offsetof(struct issue_value, methods), true, false},
    {"policy", offsetof(struct issue_value, policy), false, true},
    {"persistuntil", offsetof(struct issue_value, until), false, true},
};

static void put_parameter(struct issue_value *out, const uint8_t *tag, size_t len, const char *text)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i].tag) != len || !dcv_ascii_equal_nocase_n(tag, known[i].tag, len))
            continue;
        const char **slot = (const char **)((char *)out + known[i].slot);
        out->repeated = out->repeated || (known[i].in_caa && *slot != NULL);
        out->persist_repeated = out->persist_repeated || (known[i].in_persist && *slot != NULL);
        *slot = text;
    }
}

/* parameter = tag *WSP "=" *WSP value; value = *(%x21-3A / %x3C-7E) */
static bool take_parameter(struct dcv_arena *arena, struct dcv_cursor *cursor, struct issue_value *out)
{
    const uint8_t *tag = cursor->at;
    if (!take_label(cursor))
        return false;
    const uint8_t *tag_end = cursor->at;
    skip_space(cursor);
    if (cursor->at == cursor->end || *cursor->at != '=')
        return false;
    cursor->at++;
    skip_space(cursor);
    const uint8_t *value = cursor->at;
    while (cursor->at < cursor->end && *cursor->at > ' ' && *cursor->at < 0x7f && *cursor->at != ';')
        cursor->at++;
    put_parameter(out, tag, (size_t)(tag_end - tag), copy(arena, value, cursor->at));
    return true;
}

/* A semicolon with nothing after it is no part of the grammar, and CAs pass over it in CAA records; it is remembered. */
static bool take_parameters(struct dcv_arena *arena, struct dcv_cursor *cursor, const uint8_t *start, struct issue_value *out)
{
    skip_space(cursor);
    if (cursor->at == cursor->end)
        return true;
    for (;;) {
        if (!take_parameter(arena, cursor, out))
            return false;
        skip_space(cursor);
        if (cursor->at == cursor->end)
            return true;
        if (*cursor->at != ';')
            return false;
        const uint8_t *semicolon = cursor->at++;
        skip_space(cursor);
        if (cursor->at < cursor->end)
            continue;
        out->open_end = true;
        out->open_at = (size_t)(semicolon - start);
        return true;
    }
}

/* Everything after the issuer domain. */
static bool take_rest(struct dcv_arena *arena, struct dcv_cursor *cursor, const uint8_t *start, struct issue_value *out)
{
    skip_space(cursor);
    if (cursor->at == cursor->end)
        return true;
    if (*cursor->at != ';')
        return false;
    cursor->at++;
    return take_parameters(arena, cursor, start, out);
}

void issue_value_parse(struct dcv_arena *arena, const uint8_t *value, size_t len, struct issue_value *out)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, value, len);
    *out = (struct issue_value){.issuer = ""};
    skip_space(&cursor);
    const uint8_t *issuer = cursor.at;
    out->issuer_at = (size_t)(issuer - value);
    out->malformed = cursor.at < cursor.end && *cursor.at != ';' && !take_issuer(arena, &cursor, out);
    out->issuer_end = (size_t)(cursor.at - value);
    if (out->malformed)
        out->issuer = "";
    else
        out->malformed = !take_rest(arena, &cursor, value, out);
    if (out->issuer == NULL)
        out->issuer = "";
    out->fault_at = (size_t)(cursor.at - value);
    out->trailing_dot = out->trailing_dot && !out->malformed;
    if (out->trailing_dot)
        out->fault_at = out->issuer_end - 1;
    out->malformed = out->malformed || out->trailing_dot;
}
