/* The commands: one row each. */
#ifndef DCV_CLI_COMMAND_H
#define DCV_CLI_COMMAND_H

#include "cli/option.h"

#include <dcvready/dcvready.h>

#include <stdbool.h>

struct cli_request;

struct cli_term;

struct cli_example {
    const char *line;
    const char *meaning; /* msgid */
};

enum { CLI_EXAMPLES = 5, CLI_ANY_NUMBER = -1 };

struct cli_command {
    enum cli_command_id id;
    const char *name;
    const char *operands; /* of the synopsis */
    int min, max;         /* operands; max may be CLI_ANY_NUMBER */
    const char *values;   /* of operands to complete, as in struct cli_option; "@command": names of commands */
    bool hidden;          /* for the build only: not in the help */
    enum dcv_view view;   /* of commands that look names up or judge them */
    int (*run)(const struct cli_request *request); /* returns the exit status */
    const char *summary;                           /* msgid: one line */
    const char *description;                       /* msgid: paragraphs; NULL: none */
    const struct cli_term *exits;                  /* what its exit status means; NULL: as of the others */
    struct cli_example examples[CLI_EXAMPLES];
};

/* The rows in order of the help, hidden ones last; NULL: `index` is past the last. */
const struct cli_command *cli_command_at(size_t index);
/* NULL: there is none. */
const struct cli_command *cli_command_by_name(const char *name);
bool cli_option_belongs(const struct cli_option *option, const struct cli_command *command);

#endif
