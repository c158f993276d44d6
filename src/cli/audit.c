/* audit, report, diff, and judging a run. */
#include "cli/intl.h"
#include "cli/job.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Rows go where progress is shown, too, when both are a terminal. They come many at a time, and whoever reads them wants them now. */
static int write_rows(void *user, const void *data, size_t len)
{
    struct cli_job *job = user;
    if (job->progress != NULL)
        cli_progress_erase(job->progress);
    const int error = cli_output_write(&job->out, data, len);
    return error != 0 ? error : cli_output_flush(&job->out);
}

static bool quiet(const struct cli_job *job)
{
    return cli_request_named(job->request, "quiet") != NULL;
}

static void tell_summary(const struct cli_job *job)
{
    if (!quiet(job))
        (void)fputs(dcv_session_summary(job->session), stderr);
}

/* ---- audit ----------------------------------------------------------------------------------------------------------------- */

/* With -o alone the run is kept beside the file until that is written: a call that was broken off can go on. NULL: memory
 * is short. */
static char *run_beside(const char *output)
{
    char *path;
    return asprintf(&path, "%s.run", output) >= 0 ? path : NULL;
}

static void tell_interruption(const char *run)
{
    if (run != NULL)
        cli_complain(_("broken off; the same command goes on from here, since what was found is kept in %s"), run);
    else
        cli_complain("%s", _("broken off; the next call begins anew, since nothing was kept: give --run or -o"));
}

static int audit_into(struct cli_job *job, const char *run, bool rows)
{
    struct cli_progress progress;
    cli_progress_begin(&progress, quiet(job));
    job->progress = &progress;
    dcv_session_on_audit_progress(job->session, cli_progress_audit, &progress);
    enum dcv_status status = dcv_session_audit(job->session, job->request->operands[0], rows ? write_rows : NULL, job);
    dcv_session_on_audit_progress(job->session, NULL, NULL);
    job->progress = NULL;
    cli_progress_end(&progress);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, true);
    tell_summary(job);
    if (dcv_session_interrupted(job->session)) {
        tell_interruption(run);
        return CLI_UNKNOWN;
    }
    job->complete = true;
    if (dcv_session_error(job->session)[0] != '\0')
        cli_complain("%s", dcv_session_error(job->session));
    return dcv_session_exit_status(job->session);
}

static int work_audit(struct cli_job *job)
{
    const char *given = cli_request_named(job->request, "run"), *output = cli_request_value(job->request, CLI_TO_OUTPUT);
    const bool to_file = output != NULL && strcmp(output, "-") != 0;
    if (given != NULL || !to_file)
        return audit_into(job, given, given == NULL || output != NULL);
    char *run = run_beside(output);
    if (run == NULL)
        return cli_no_memory();
    enum dcv_status status = dcv_session_set(job->session, "run", run);
    if (status == DCV_OK)
        status = dcv_session_set(job->session, "passing", "");
    job->temporary = run;
    return status == DCV_OK ? audit_into(job, run, true) : cli_tell_refusal(job, NULL, status, false);
}

int cli_run_audit(const struct cli_request *request)
{
    return cli_with_session(request, work_audit);
}

/* ---- runs ------------------------------------------------------------------------------------------------------------------ */

/* Rows are wanted where a format, or some of them, are asked for; else the figures. */
static bool wants_rows(const struct cli_job *job)
{
    static const char *const options[] = {"format", "only", "finding"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (cli_request_named(job->request, options[i]) != NULL)
            return true;
    return false;
}

typedef enum dcv_status shower(struct dcv_session *session, const char *path, dcv_write_fn write, void *user);

static int show_run(struct cli_job *job, shower *call)
{
    const bool rows = wants_rows(job);
    enum dcv_status status = call(job->session, job->request->operands[0], rows ? write_rows : NULL, job);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, true);
    const char *summary = dcv_session_summary(job->session);
    if (!rows)
        (void)cli_output_write(&job->out, summary, strlen(summary));
    job->complete = true;
    if (dcv_session_error(job->session)[0] != '\0')
        cli_complain("%s", dcv_session_error(job->session));
    return dcv_session_exit_status(job->session);
}

static int work_report(struct cli_job *job)
{
    return show_run(job, dcv_session_report_run);
}

int cli_run_report(const struct cli_request *request)
{
    return cli_with_session(request, work_report);
}

bool cli_judges_run(const struct cli_request *request)
{
    for (size_t i = 0; i < request->operand_count; i++)
        if (dcv_is_run(request->operands[i]))
            return true;
    return false;
}

int cli_judge_run(struct cli_job *job)
{
    if (job->request->operand_count == 1)
        return show_run(job, dcv_session_judge_run);
    cli_complain("%s", _("a run is judged alone: give one, and no other file"));
    return CLI_USAGE;
}

static int work_diff(struct cli_job *job)
{
    enum dcv_status status = dcv_session_diff_runs(job->session, job->request->operands[0], job->request->operands[1], write_rows, job);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, true);
    tell_summary(job);
    job->complete = true;
    return dcv_session_exit_status(job->session);
}

int cli_run_diff(const struct cli_request *request)
{
    return cli_with_session(request, work_diff);
}
