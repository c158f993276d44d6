/* How a wait goes on, on standard error. */
#ifndef DCV_CLI_PROGRESS_H
#define DCV_CLI_PROGRESS_H

#include <dcvready/dcvready.h>

#include <stdbool.h>
#include <stddef.h>

struct cli_progress {
    bool in_place;   /* a terminal: the same lines over and over; else a line for each change */
    bool fancy;      /* it shows more than ASCII */
    bool silent;     /* nothing is shown */
    size_t shown;    /* lines that stand there */
    unsigned told_s; /* when a line was written where there is no terminal */
    int interrupts;  /* descriptor that tells of these; -1: none */
    bool terminate;  /* SIGTERM is taken like SIGINT */
    bool queue_down; /* it was told that nothing goes to or from the queue */
};

/* From now on the first SIGINT ends the wait; the second one the process. */
void cli_progress_begin(struct cli_progress *progress, bool silent);
/* The same for what may go on for days, and is ended by others: SIGTERM counts like SIGINT. */
void cli_progress_begin_long(struct cli_progress *progress, bool silent);
/* A dcv_progress_fn; `user` is the struct cli_progress. */
bool cli_progress_show(void *user, const struct dcv_progress *progress);
/* A dcv_audit_progress_fn, likewise: one line on a terminal, else one a minute. */
bool cli_progress_audit(void *user, const struct dcv_audit_progress *progress);
/* Takes away what stands there, before something else is written. */
void cli_progress_erase(struct cli_progress *progress);
void cli_progress_end(struct cli_progress *progress);

#endif
