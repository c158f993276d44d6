/* What help, manual page and completion are made of, besides the rows of commands and options. */
#ifndef DCV_CLI_DOCUMENT_H
#define DCV_CLI_DOCUMENT_H

#include "cli/command.h"

#include <stdio.h>

struct cli_term {
    const char *term;
    const char *meaning; /* msgid */
};

/* End with a row whose term is NULL. */
extern const struct cli_term cli_exit_terms[];
extern const struct cli_term cli_wait_exit_terms[];
extern const struct cli_term cli_inspect_exit_terms[];
extern const struct cli_term cli_audit_exit_terms[];
extern const struct cli_term cli_submit_exit_terms[];
extern const struct cli_term cli_diff_exit_terms[];
extern const struct cli_term cli_environment_terms[];
extern const char cli_purpose[];      /* msgid: one sentence */
extern const char cli_introduction[]; /* msgid: a paragraph */

/* `command` NULL: of the program. */
void cli_help(FILE *out, const struct cli_command *command, unsigned width);
void cli_man(FILE *out, const struct cli_command *command);
void cli_completion_bash(FILE *out);

#endif
