/* What the tool says about itself, on standard error. */
#ifndef DCV_CLI_MESSAGE_H
#define DCV_CLI_MESSAGE_H

/* The exit status of the process. */
enum cli_exit { CLI_READY = 0, CLI_NOT_READY = 1, CLI_USAGE = 2, CLI_UNKNOWN = 3, CLI_FAILED = 4 };

/* One line "dcvready: ...". What could move the cursor or deceive the eye is escaped, for arguments and file names are
 * in it. */
void cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says that memory is short; returns CLI_FAILED. */
int cli_no_memory(void);

#endif
