/* Paragraphs for a terminal. */
#ifndef DCV_CLI_FILL_H
#define DCV_CLI_FILL_H

#include <stdio.h>

/* Columns that a UTF-8 text takes. */
unsigned cli_columns(const char *text);
/* Writes a paragraph that begins in `column` and whose further lines begin in `indent`, and ends the line. */
void cli_fill(FILE *out, const char *text, unsigned column, unsigned indent, unsigned width);

#endif
