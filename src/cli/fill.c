#include "cli/fill.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct character {
    size_t len; /* octets */
    unsigned columns;
    wchar_t code;
};

static struct character next(const char *text)
{
    mbstate_t state = {0};
    wchar_t code;
    size_t len = mbrtowc(&code, text, MB_CUR_MAX, &state);
    if (len == 0 || len == (size_t)-1 || len == (size_t)-2)
        return (struct character){1, 1, L'?'};
    int columns = wcwidth(code);
    return (struct character){len, columns < 0 ? 0 : (unsigned)columns, code};
}

unsigned cli_columns(const char *text)
{
    unsigned columns = 0;
    while (*text != '\0') {
        struct character character = next(text);
        columns += character.columns;
        text += character.len;
    }
    return columns;
}

/* Japanese has no spaces: a line may end between wide characters, but does not begin with what closes nor end with what
 * opens. */
static bool may_break(struct character before, struct character after)
{
    static const wchar_t never_first[] =
        L"、。，．・：；？！ー）」』】〉》〕々ぁぃぅぇぉっゃゅょァィゥェォッャュョ)].,:;!?";
    static const wchar_t never_last[] = L"（「『【〈《〔([";
    if (before.columns < 2 && after.columns < 2)
        return false;
    return wcschr(never_first, after.code) == NULL && wcschr(never_last, before.code) == NULL;
}

/* The piece at `text` that is not broken: its octets, and in `*columns` its columns. */
static size_t piece(const char *text, unsigned *columns)
{
    struct character before = next(text);
    size_t len = before.len;
    *columns = before.columns;
    while (text[len] != '\0' && text[len] != ' ') {
        struct character after = next(text + len);
        if (may_break(before, after))
            break;
        len += after.len;
        *columns += after.columns;
        before = after;
    }
    return len;
}

void cli_fill(FILE *out, const char *text, unsigned column, unsigned indent, unsigned width)
{
    bool first = true;
    while (*text != '\0') {
        unsigned space = *text == ' ' ? 1 : 0, columns;
        text += space;
        if (*text == '\0')
            break;
        size_t len = piece(text, &columns);
        if (!first && column + space + columns > width) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (space != 0) {
            (void)fputc(' ', out);
            column++;
        }
        (void)fwrite(text, 1, len, out);
        column += columns;
        text += len;
        first = false;
    }
    (void)fputc('\n', out);
}
