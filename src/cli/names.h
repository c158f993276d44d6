/* Names of the command line and of the lists that it names. */
#ifndef DCV_CLI_NAMES_H
#define DCV_CLI_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct cli_name {
    char *text;
    const char *file; /* the list it comes from (lent); NULL: the command line */
    size_t line;
};

struct cli_names {
    struct cli_name *items;
    size_t count, room;
};

/* Adds what an operand stands for: "@FILE" a list, "-" the list on standard input, anything else a name. False after
 * saying what is wrong. */
bool cli_names_add(struct cli_names *names, const char *operand);
void cli_names_done(struct cli_names *names);

#endif
