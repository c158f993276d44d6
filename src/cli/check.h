/* What can be wrong with a request before anything is done. */
#ifndef DCV_CLI_CHECK_H
#define DCV_CLI_CHECK_H

#include "cli/parse.h"

/* Says on standard error what is wrong with a request, if anything; false: it cannot be run. */
bool cli_request_check(const struct cli_request *request);
void cli_tell_unknown_command(const char *word);

#endif
