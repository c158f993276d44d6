/* The command line, taken apart. */
#ifndef DCV_CLI_PARSE_H
#define DCV_CLI_PARSE_H

#include "cli/command.h"

struct cli_setting {
    const struct cli_option *option;
    const char *value; /* "" for flags */
};

enum cli_fault { CLI_NO_FAULT, CLI_UNKNOWN_OPTION, CLI_UNKNOWN_LETTER, CLI_NEEDS_VALUE, CLI_TAKES_NO_VALUE };

struct cli_request {
    const struct cli_command *command; /* NULL: none was given, or none that exists */
    const char *word;                  /* the command as typed; NULL: none */
    struct cli_setting *settings;      /* in their order */
    size_t setting_count;
    const char **operands;
    size_t operand_count;
    /* The first thing wrong with the options. */
    enum cli_fault fault;
    const char *fault_text; /* as typed, without dashes and value; not terminated */
    size_t fault_len;
};

/* Texts are lent from `argv`. Only false when memory is short: what is wrong with the options is for
 * cli_request_check(), since the language of the messages is itself an option. */
bool cli_parse(int argc, char **argv, struct cli_request *out);
void cli_request_done(struct cli_request *request);

/* The value of the last option with this effect; NULL: it was not given. */
const char *cli_request_value(const struct cli_request *request, enum cli_effect effect);
/* The same by name. */
const char *cli_request_named(const struct cli_request *request, const char *name);

#endif
