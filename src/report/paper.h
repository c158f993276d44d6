/* A page of text: lines that keep to a width, measured in columns of a terminal, and tables. */
#ifndef DCV_REPORT_PAPER_H
#define DCV_REPORT_PAPER_H

#include "base/arena.h"
#include "base/buf.h"

enum dcv_style { DCV_PLAIN, DCV_BOLD, DCV_RED, DCV_GREEN, DCV_YELLOW };

struct dcv_paper {
    struct dcv_buf buf;
    unsigned width;
    bool color;
};

/* `width` 0: 80 columns. */
void dcv_paper_init(struct dcv_paper *paper, unsigned width, bool color);
void dcv_paper_done(struct dcv_paper *paper);

/* Columns that a text takes: Japanese characters take two. */
unsigned dcv_columns(const char *text);
/* `indent` spaces, `lead` in a style, then the text; further lines begin at column `hang`. Ends the line. Lines are
 * broken at spaces, between Japanese characters where that is allowed, and inside words that are longer than a line.
 * Texts must be printable. */
void dcv_paper_put(struct dcv_paper *paper, unsigned indent, enum dcv_style style, const char *lead, unsigned hang,
                   const char *text);
/* A word without the end of a line. */
void dcv_paper_word(struct dcv_paper *paper, enum dcv_style style, const char *text);
/* A line as it is, however long. */
void dcv_paper_line(struct dcv_paper *paper, unsigned indent, const char *text);
void dcv_paper_blank(struct dcv_paper *paper);
/* The title of a section, after an empty line. */
void dcv_paper_title(struct dcv_paper *paper, const char *title);

struct dcv_cell {
    const char *text;
    enum dcv_style style;
};
enum { DCV_TABLE_COLUMNS = 8 };

/* `count` rows of `columns` cells, one line each however long: for lists that other programs search and cut. */
void dcv_paper_wide_table(struct dcv_paper *paper, unsigned indent, const struct dcv_cell *cells, size_t columns,
                          size_t count);
/* The last column takes what is left of the width and is broken into lines. */
void dcv_paper_table(struct dcv_paper *paper, unsigned indent, const struct dcv_cell *cells, size_t columns,
                     size_t count);

#endif
