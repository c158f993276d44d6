/* Where results go: standard output, or a file that is replaced only by a complete one. */
#ifndef DCV_CLI_OUTPUT_H
#define DCV_CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct cli_output {
    FILE *file;
    char *path;       /* what the finished file becomes; NULL: it is written in place */
    char *temporary;  /* beside it; NULL while the new file has no name */
    const char *name; /* as given (lent); NULL: standard output */
    int error;        /* errno of the first failure */
};

/* Gives closed standard streams a descriptor, or the next file opened would take their place and get what is meant for
 * them. */
void cli_output_guard(void);

/* `path` NULL or "-": standard output. `by_line`: every line is handed on when it is complete. False after saying why
 * not. */
bool cli_output_open(struct cli_output *out, const char *path, bool by_line);
/* A dcv_write_fn; `user` is the struct cli_output. */
int cli_output_write(void *user, const void *data, size_t len);
/* Hands on what is buffered. Returns 0, or why it could not, as errno has it. */
int cli_output_flush(struct cli_output *out);
/* Writes what is buffered; a file takes its name if `complete`, else the old one stays untouched. False after saying
 * what failed. */
bool cli_output_end(struct cli_output *out, bool complete);

bool cli_output_is_terminal(const struct cli_output *out);
/* Columns of the terminal, 80 when it is none. */
unsigned cli_output_width(const struct cli_output *out);

#endif
