/* The options: one row each feeds the parser, the help, the manual page and the completion. */
#ifndef DCV_CLI_OPTION_H
#define DCV_CLI_OPTION_H

#include <stddef.h>

enum cli_command_id {
    CLI_CHECK,
    CLI_APPROVERS,
    CLI_ACCEPTS,
    CLI_TIMELINE,
    CLI_INSPECT,
    CLI_WAIT,
    CLI_AUDIT,
    CLI_SUBMIT,
    CLI_WORKER,
    CLI_COLLECT,
    CLI_REPORT,
    CLI_DIFF,
    CLI_JUDGE,
    CLI_CAS,
    CLI_RULES,
    CLI_HELP,
    CLI_PRINT_MAN,
    CLI_PRINT_COMPLETION,
    CLI_COMMAND_COUNT
};

/* The headings of the help, in their order. */
enum cli_group {
    CLI_GROUP_QUESTION,
    CLI_GROUP_LOOKUP,
    CLI_GROUP_QUEUE,
    CLI_GROUP_FACTS,
    CLI_GROUP_OUTPUT,
    CLI_GROUP_GENERAL,
    CLI_GROUP_COUNT
};

/* Who acts on an option. */
enum cli_effect { CLI_TO_SESSION, CLI_TO_OUTPUT, CLI_TO_LANGUAGE, CLI_TO_COLOR, CLI_TO_COMMAND, CLI_SHOW_HELP, CLI_SHOW_VERSION };

struct cli_option {
    const char *name;     /* without dashes */
    char letter;          /* '\0': none */
    const char *argument; /* its name in the help; NULL: a flag */
    const char *values;   /* words to complete, "@file", "@directory" or "" */
    unsigned commands;    /* bit 1 << enum cli_command_id */
    enum cli_group group;
    enum cli_effect effect;
    const char *help; /* msgid; cli_option_help() knows where a command differs */
};

/* The rows in order of the help; NULL: `index` is past the last. */
const struct cli_option *cli_option_at(size_t index);
/* NULL: there is none. `name` need not be terminated. */
const struct cli_option *cli_option_by_name(const char *name, size_t len);
const struct cli_option *cli_option_by_letter(char letter);
/* What the option does in `command`; msgid. */
const char *cli_option_help(const struct cli_option *option, enum cli_command_id command);
const char *cli_group_title(enum cli_group group); /* translated */

#endif
