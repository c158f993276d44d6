/* What conversations are told and tell: lines "word rest", each with its line end, in whatever order their reader allows. Private to this module. */
#ifndef DCV_NET_LINES_H
#define DCV_NET_LINES_H

#include "base/arena.h"
#include "base/buf.h"

struct dcv_lines {
    char *at; /* the next one, in a copy of its own */
};

/* DCV_ERR_SYNTAX: there are NUL octets, or the last line has no end; DCV_ERR_NOMEM. */
enum dcv_status dcv_lines_init(struct dcv_lines *lines, struct dcv_arena *arena, const void *octets, size_t len);
/* The next line, cut at its first blank, both in the arena; false: there is none. */
bool dcv_lines_next(struct dcv_lines *lines, char **word, char **rest);
/* Cuts at the first blank of the text; what follows, "" where there is none. */
char *dcv_lines_cut(char *text);
/* Undoes dcv_text_escape() in place; false: that is not what it wrote, or there are NUL octets in it. */
bool dcv_lines_unescape(char *text);
/* Writes a line end after the text, escaped and without its NUL octets. */
void dcv_lines_put_text(struct dcv_buf *out, const char *text, size_t len);

#endif
