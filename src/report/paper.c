#include "report/paper.h"

#include "report/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unilbrk.h>
#include <unistr.h>
#include <uniwidth.h>

enum { WIDTH_DEFAULT = 80, WIDTH_MIN = 40, GAP = 2, LAST_MIN = 16 };

void dcv_paper_init(struct dcv_paper *paper, unsigned width, bool color)
{
    dcv_buf_init(&paper->buf, DCV_REPORT_MAX);
    paper->width = width == 0 ? WIDTH_DEFAULT : width < WIDTH_MIN ? WIDTH_MIN : width;
    paper->color = color;
}

void dcv_paper_done(struct dcv_paper *paper)
{
    dcv_buf_done(&paper->buf);
}

static unsigned columns_n(const char *text, size_t len)
{
    int width = u8_width((const uint8_t *)text, len, "UTF-8");
    return width > 0 ? (unsigned)width : 0;
}

unsigned dcv_columns(const char *text)
{
    return columns_n(text, strlen(text));
}

/* Standard colours, and nothing that needs a known background. */
static const char *style_code(enum dcv_style style)
{
    switch (style) {
    case DCV_PLAIN: return "";
    case DCV_BOLD: return "\033[1m";
    case DCV_RED: return "\033[1;31m";
    case DCV_GREEN: return "\033[32m";
    case DCV_YELLOW: return "\033[33m";
    }
    return "";
}

void dcv_paper_word(struct dcv_paper *paper, enum dcv_style style, const char *text)
{
    const bool styled = paper->color && style != DCV_PLAIN && text[0] != '\0';
    if (styled)
        dcv_buf_puts(&paper->buf, style_code(style));
    dcv_buf_puts(&paper->buf, text);
    if (styled)
        dcv_buf_puts(&paper->buf, "\033[0m");
}

static size_t character(const char *at, size_t left)
{
    ucs4_t value;
    int len = u8_mbtoucr(&value, (const uint8_t *)at, left);
    return len > 0 ? (size_t)len : 1;
}

/* A line may end before `at` after a space, and beside a wide character where Unicode allows it. Not after hyphens,
 * slashes and the like: names and addresses must stay whole. */
static bool may_break(const char *text, const char *breaks, size_t at, size_t before, size_t len)
{
    if (breaks[at] != UC_BREAK_POSSIBLE && breaks[at] != UC_BREAK_MANDATORY)
        return false;
    return text[before] == ' ' || columns_n(text + before, at - before) == 2 ||
           columns_n(text + at, character(text + at, len - at)) == 2;
}

/* How many octets of the text go on a line of `room` columns. A word that is longer is broken where `full`, else it
 * is left for the next line (0). */
static size_t fit(const char *text, const char *breaks, size_t len, unsigned room, bool full)
{
    size_t at = 0, before = 0, good = 0;
    unsigned used = 0;
    while (at < len) {
        if (at > 0 && may_break(text, breaks, at, before, len))
            good = at;
        size_t size = character(text + at, len - at);
        unsigned wide = columns_n(text + at, size);
        /* A space at the end of a line is not printed. */
        if (used + wide > room && text[at] != ' ')
            return good > 0 || !full ? good : at > 0 ? at : size;
        used += wide;
        before = at;
        at += size;
    }
    return len;
}

static size_t trimmed(const char *text, size_t len)
{
    while (len > 0 && text[len - 1] == ' ')
        len--;
    return len;
}

/* The text from the current column on; `first` columns are left on this line. */
static void put_broken(struct dcv_paper *paper, const char *text, unsigned first, unsigned hang)
{
    size_t len = strlen(text);
    char *breaks = malloc(len + 1);
    if (breaks == NULL) {
        paper->buf.failed = true;
        return;
    }
    u8_possible_linebreaks((const uint8_t *)text, len, "UTF-8", breaks);
    unsigned room = first;
    for (size_t at = 0; at < len;) {
        size_t size = fit(text + at, breaks + at, len - at, room, room >= paper->width - hang);
        dcv_buf_put(&paper->buf, text + at, trimmed(text + at, size));
        at += size;
        while (at < len && text[at] == ' ')
            at++;
        if (at < len) {
            dcv_buf_putc(&paper->buf, '\n');
            dcv_buf_fill(&paper->buf, ' ', hang);
            room = paper->width - hang;
        }
    }
    free(breaks);
}

void dcv_paper_put(struct dcv_paper *paper, unsigned indent, enum dcv_style style, const char *lead, unsigned hang,
                   const char *text)
{
    unsigned used = indent + dcv_columns(lead);
    if (hang > paper->width / 2)
        hang = paper->width / 2;
    dcv_buf_fill(&paper->buf, ' ', indent);
    if (used > paper->width || (used == paper->width && text[0] != '\0')) {
        /* A lead as long as that is text, too. */
        put_broken(paper, lead, paper->width - indent, hang);
        if (text[0] == '\0') {
            dcv_buf_putc(&paper->buf, '\n');
            return;
        }
        dcv_buf_putc(&paper->buf, '\n');
        dcv_buf_fill(&paper->buf, ' ', hang);
        used = hang;
    } else
        dcv_paper_word(paper, style, lead);
    put_broken(paper, text, paper->width - used, hang);
    dcv_buf_putc(&paper->buf, '\n');
}

void dcv_paper_line(struct dcv_paper *paper, unsigned indent, const char *text)
{
    dcv_buf_fill(&paper->buf, ' ', indent);
    dcv_buf_puts(&paper->buf, text);
    dcv_buf_putc(&paper->buf, '\n');
}

void dcv_paper_blank(struct dcv_paper *paper)
{
    dcv_buf_putc(&paper->buf, '\n');
}

void dcv_paper_title(struct dcv_paper *paper, const char *title)
{
    dcv_paper_blank(paper);
    dcv_paper_put(paper, 0, DCV_BOLD, title, 2, "");
}

/* A row that does not fit in columns: its cells one after another. */
static void put_row_as_text(struct dcv_paper *paper, unsigned indent, const struct dcv_cell *row, size_t columns)
{
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_REPORT_MAX);
    for (size_t i = 1; i < columns; i++)
        if (row[i].text[0] != '\0')
            dcv_buf_printf(&text, "  %s", row[i].text);
    if (text.failed)
        paper->buf.failed = true;
    dcv_paper_put(paper, indent, DCV_BOLD, row[0].text, indent + 2, dcv_buf_text(&text));
    dcv_buf_done(&text);
}

static void put_row(struct dcv_paper *paper, unsigned indent, const struct dcv_cell *row, const unsigned *widths,
                    size_t columns)
{
    unsigned at = indent;
    dcv_buf_fill(&paper->buf, ' ', indent);
    for (size_t i = 0; i + 1 < columns; i++) {
        dcv_paper_word(paper, row[i].style, row[i].text);
        at += widths[i] + GAP;
        bool more = false;
        for (size_t j = i + 1; j < columns; j++)
            more = more || row[j].text[0] != '\0';
        if (!more)
            break;
        dcv_buf_fill(&paper->buf, ' ', widths[i] + GAP - dcv_columns(row[i].text));
    }
    put_broken(paper, row[columns - 1].text, paper->width - at, at);
    dcv_buf_putc(&paper->buf, '\n');
}

/* How wide each column but the last is; returns where the last begins. */
static unsigned measure(unsigned indent, const struct dcv_cell *cells, size_t columns, size_t count, unsigned *widths)
{
    unsigned at = indent;
    for (size_t i = 0; i + 1 < columns; i++) {
        widths[i] = 0;
        for (size_t row = 0; row < count; row++) {
            unsigned wide = dcv_columns(cells[row * columns + i].text);
            widths[i] = wide > widths[i] ? wide : widths[i];
        }
        at += widths[i] + GAP;
    }
    return at;
}

void dcv_paper_wide_table(struct dcv_paper *paper, unsigned indent, const struct dcv_cell *cells, size_t columns,
                          size_t count)
{
    unsigned widths[DCV_TABLE_COLUMNS];
    const unsigned last = measure(indent, cells, columns, count, widths), width = paper->width;
    for (size_t row = 0; row < count; row++) {
        const struct dcv_cell *line = cells + row * columns;
        paper->width = last + dcv_columns(line[columns - 1].text) + 1;
        put_row(paper, indent, line, widths, columns);
    }
    paper->width = width;
}

void dcv_paper_table(struct dcv_paper *paper, unsigned indent, const struct dcv_cell *cells, size_t columns,
                     size_t count)
{
    unsigned widths[DCV_TABLE_COLUMNS];
    const bool fits = measure(indent, cells, columns, count, widths) + LAST_MIN <= paper->width;
    for (size_t row = 0; row < count; row++) {
        if (fits)
            put_row(paper, indent, cells + row * columns, widths, columns);
        else
            put_row_as_text(paper, indent, cells + row * columns, columns);
    }
}
