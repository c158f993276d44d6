#include "registry/whois_text.h"

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

enum {
    UTF8_MAX = 4 << 20, /* octets of an answer in UTF-8 */
    CHUNK = 4096,
    TAB = 8, /* columns */
};

bool whois_line_blank(const struct whois_line *line)
{
    return line->text[0] == '\0' && !line->comment;
}

/* ---- characters --------------------------------------------------------------------------------------------------------------- */

/* RFC 1468: ESC $ @, ESC $ B, ESC ( B, ESC ( J. */
static bool holds_escapes(const char *octets, size_t len)
{
    for (const char *at = octets; (at = memchr(at, 0x1b, (size_t)(octets + len - at))) != NULL; at++)
        if (octets + len - at >= 3 && (at[1] == '$' || at[1] == '('))
            return true;
    return false;
}

/* What is no ISO-2022-JP is passed over, octet by octet. False: it is not known how to read it. */
static bool put_japanese(struct dcv_buf *out, const char *octets, size_t len)
{
    iconv_t reader = iconv_open("UTF-8", "ISO-2022-JP");
    if (reader == (iconv_t)-1) /* NOLINT(performance-no-int-to-ptr): POSIX says so */
        return false;
    char *at = (char *)octets; /* iconv() does not write there */
    while (len > 0) {
        char chunk[CHUNK];
        char *to = chunk;
        size_t room = sizeof chunk;
        const size_t done = iconv(reader, &at, &len, &to, &room);
        dcv_buf_put(out, chunk, (size_t)(to - chunk));
        if (done == (size_t)-1 && errno != E2BIG && len > 0) {
            at++;
            len--;
        }
    }
    (void)iconv_close(reader);
    return true;
}

/* A line while it is made clean. */
struct draft {
    char text[WHOIS_LINE + 1];
    size_t len;
    unsigned indent;
    bool cut;
};

static void draft_put(struct draft *draft, const char *octets, size_t len)
{
    const bool blank = len == 1 && (*octets == ' ' || *octets == '\t');
    if (draft->len == 0 && blank) {
        draft->indent = *octets == '\t' ? (draft->indent / TAB + 1) * TAB : draft->indent + 1;
    } else if (draft->cut || len > WHOIS_LINE - draft->len) {
        draft->cut = draft->cut || !blank;
    } else {
        memcpy(draft->text + draft->len, octets, len);
        draft->len += len;
    }
}

/* A character of valid UTF-8. */
static void draft_put_character(struct draft *draft, const char *at, size_t len)
{
    if (len == 1 && (unsigned char)*at < 0x80) {
        if (*at == '\t' || ((unsigned char)*at >= ' ' && *at != 0x7f))
            draft_put(draft, at, 1);
        return;
    }
    if ((len == 2 && memcmp(at, "\xc2\xa0", 2) == 0) || (len == 3 && memcmp(at, "\xe3\x80\x80", 3) == 0))
        draft_put(draft, " ", 1); /* U+00A0, U+3000 */
    else if (dcv_text_plain(at, len))
        draft_put(draft, at, len);
}

static size_t character_len(char first)
{
    const unsigned char lead = (unsigned char)first;
    return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

static void draft_fill(struct draft *draft, const char *line, size_t len)
{
    if (dcv_utf8_valid(line, len)) {
        for (size_t size; len > 0; line += size, len -= size)
            draft_put_character(draft, line, size = character_len(*line));
        return;
    }
    for (; len > 0; line++, len--) {
        const unsigned char octet = (unsigned char)*line;
        const char pair[] = {(char)(0xc0 | octet >> 6), (char)(0x80 | (octet & 0x3f))};
        draft_put_character(draft, octet < 0x80 ? line : pair, octet < 0x80 ? 1 : 2);
    }
}

/* ---- lines -------------------------------------------------------------------------------------------------------------------- */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* A copy without blanks at its ends, tabs being blanks. */
static char *copy_value(struct dcv_arena *arena, const char *text)
{
    text = skip_blanks(text);
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t", text[len - 1]) != NULL)
        len--;
    char *copy = dcv_arena_strndup(arena, text, len);
    for (char *at = copy; at != NULL && *at != '\0'; at++)
        if (*at == '\t')
            *at = ' ';
    return copy;
}

/* "" where it is no label: too long, or without a letter. */
static const char *copy_label(struct dcv_arena *arena, const char *text, size_t len)
{
    char label[WHOIS_LABEL + 1];
    size_t used = 0;
    bool letters = false;
    if (len > WHOIS_LABEL)
        return "";
    for (size_t i = 0; i < len; i++) {
        const char c = dcv_ascii_lower(text[i]);
        if (strchr(" \t-_.", c) == NULL)
            label[used++] = c;
        else if (used > 0 && label[used - 1] != ' ')
            label[used++] = ' ';
        letters = letters || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
    }
    while (used > 0 && label[used - 1] == ' ')
        used--;
    return letters ? dcv_arena_strndup(arena, label, used) : "";
}

/* "[Label] value", which may follow a letter and a dot. */
static const char *bracket_of(const char *text)
{
    if (text[0] >= 'a' && text[0] <= 'z' && text[1] == '.')
        text = skip_blanks(text + 2);
    return text[0] == '[' && text[1] != ' ' && strchr(text, ']') != NULL ? text + 1 : NULL;
}

/* The colon after a label, or the tab; not that of a URL. */
static const char *label_end(const char *text)
{
    const char *colon = strchr(text, ':');
    if (colon != NULL)
        return strncmp(colon, "://", 3) != 0 ? colon : NULL;
    return strchr(text, '\t');
}

static void split(struct dcv_arena *arena, const char *text, struct whois_line *line)
{
    const char *start = bracket_of(text);
    const char *end = start != NULL ? strchr(start, ']') : label_end(text);
    line->label = line->value = "";
    line->bracket = start != NULL;
    if (end == NULL)
        return;
    start = start != NULL ? start : text;
    line->label = copy_label(arena, start, (size_t)(end - start));
    if (line->label != NULL && line->label[0] != '\0')
        line->value = copy_value(arena, end + (end[0] == ':' && end[1] == ':' ? 2 : 1));
}

static const char *skip_comment(const char *text, bool *comment)
{
    const size_t marks = strspn(text, "%#*>-=");
    *comment = marks > 0 || strncmp(text, "[ ", 2) == 0;
    return skip_blanks(text + marks);
}

typedef DCV_VEC(struct whois_line) whois_lines;

static void add_line(struct dcv_arena *arena, const char *octets, size_t len, whois_lines *lines)
{
    struct draft draft;
    draft.len = draft.indent = 0;
    draft.cut = false;
    draft_fill(&draft, octets, len);
    draft.text[draft.len] = '\0';
    struct whois_line *line = DCV_VEC_ADD(arena, lines);
    if (line == NULL)
        return;
    line->indent = draft.indent;
    line->cut = draft.cut;
    const char *text = skip_comment(draft.text, &line->comment);
    split(arena, text, line);
    line->text = copy_value(arena, text);
}

/* The octets of the line at `at`, and of what ends it: CR, LF, or CRs before an LF, as servers write that mind both ends of a pipe. */
static size_t line_len(const char *at, size_t left, size_t *whole)
{
    size_t len = 0;
    while (len < left && at[len] != '\n' && at[len] != '\r')
        len++;
    *whole = len;
    while (*whole < left && at[*whole] == '\r')
        (*whole)++;
    if (*whole < left && at[*whole] == '\n')
        (*whole)++;
    return len;
}

static void read_lines(struct dcv_arena *arena, const char *at, size_t left, struct whois_text *out)
{
    whois_lines lines = {0};
    while (left > 0 && lines.count < WHOIS_LINES && !dcv_arena_failed(arena)) {
        size_t whole;
        const size_t len = line_len(at, left, &whole);
        add_line(arena, at, len, &lines);
        at += whole;
        left -= whole;
    }
    out->lines = lines.items;
    out->count = lines.count;
    out->cut = out->cut || left > 0;
}

enum dcv_status whois_text_read(struct dcv_arena *arena, const void *octets, size_t len, struct whois_text *out)
{
    struct dcv_buf utf8;
    *out = (struct whois_text){0};
    dcv_buf_init(&utf8, UTF8_MAX);
    const bool japanese = len > 0 && holds_escapes(octets, len);
    out->cut = japanese && !put_japanese(&utf8, octets, len);
    if (japanese && !out->cut)
        read_lines(arena, dcv_buf_text(&utf8), utf8.len, out);
    else
        read_lines(arena, octets, len, out);
    if (utf8.failed)
        dcv_arena_fail(arena);
    dcv_buf_done(&utf8);
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}
