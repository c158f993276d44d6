/* Folding text to the width of a page. */
#include "snapshot.h"

#include <string.h>

void page_title(struct dcv_buf *out, const char *title)
{
    dcv_buf_printf(out, "\n== %s ==\n", title);
}

const char *page_join(struct dcv_arena *arena, const char *list, const char *item)
{
    return dcv_arena_printf(arena, "%s%s%s", list, list[0] != '\0' ? ", " : "", item);
}

/* Length of the next piece of a list, with the comma that ends it. */
static size_t piece(const char *text)
{
    const char *end = strstr(text, ", ");
    return end != NULL ? (size_t)(end - text) + 1 : strlen(text);
}

/* Writes the pieces of a list from column `at` on; what does not fit stands on a new line from column `column` on. */
static void fold(struct dcv_buf *out, size_t at, size_t column, const char *text)
{
    for (bool first = true; *text != '\0'; first = false) {
        const size_t len = piece(text);
        if (!first && at + 1 + len > PAGE_WIDTH) {
            dcv_buf_putc(out, '\n');
            dcv_buf_fill(out, ' ', column);
            at = column;
        } else if (!first) {
            dcv_buf_putc(out, ' ');
            at++;
        }
        dcv_buf_put(out, text, len);
        at += len;
        text += len + (text[len] == ' ');
    }
    dcv_buf_putc(out, '\n');
}

void page_row(struct dcv_buf *out, const char *label, const char *text)
{
    const size_t len = strlen(label) + PAGE_INDENT;
    dcv_buf_fill(out, ' ', PAGE_INDENT);
    dcv_buf_puts(out, label);
    if (len + 2 > PAGE_COLUMN)
        dcv_buf_putc(out, '\n');
    dcv_buf_fill(out, ' ', len + 2 > PAGE_COLUMN ? PAGE_COLUMN : PAGE_COLUMN - len);
    fold(out, PAGE_COLUMN, PAGE_COLUMN, text);
}

void page_paragraph(struct dcv_buf *out, size_t indent, const char *text)
{
    dcv_buf_fill(out, ' ', indent);
    fold(out, indent, indent + PAGE_INDENT, text);
}
