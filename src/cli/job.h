/* What a command works with: a session, and where its output goes. */
#ifndef DCV_CLI_JOB_H
#define DCV_CLI_JOB_H

#include "cli/output.h"
#include "cli/parse.h"

#include <dcvready/dcvready.h>

#include <stdio.h>

struct cli_progress;

struct cli_job {
    const struct cli_request *request;
    struct dcv_session *session;
    struct cli_output out;
    struct cli_progress *progress; /* of a wait; else NULL */
    char *temporary; /* a run that is removed once the output is written; owned; NULL: none */
    bool complete; /* all that was asked for was handed to `out` */
    FILE *graph;   /* --format svg: where the graph is kept until it is drawn; else NULL */
};

/* Opens the output, sets the options, and does the work; returns the exit status. */
int cli_with_session(const struct cli_request *request, int (*work)(struct cli_job *job));
/* Says why the library refused, and about which option (NULL: none); returns the exit status. `running`: it did not refuse what it was given, but failed. */
int cli_tell_refusal(const struct cli_job *job, const char *option, enum dcv_status status, bool running);

/* Is what is to be judged a run of an audit? */
bool cli_judges_run(const struct cli_request *request);
int cli_judge_run(struct cli_job *job);

#endif
