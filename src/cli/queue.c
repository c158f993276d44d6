/* submit, worker, collect. */
#include "cli/intl.h"
#include "cli/job.h"
#include "cli/message.h"
#include "cli/progress.h"
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_rows(void *user, const void *data, size_t len)
{
    struct cli_job *job = user;
    if (job->progress != NULL)
        cli_progress_erase(job->progress);
    return cli_output_write(&job->out, data, len);
}

static const char *operand(const struct cli_job *job)
{
    return job->request->operand_count != 0 ? job->request->operands[0] : NULL;
}

static bool given(const struct cli_job *job, const char *option)
{
    return cli_request_named(job->request, option) != NULL;
}

/* ---- a password in the open -------------------------------------------------------------------------------------------------- */

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool loopback(const char *host, size_t len)
{
    static const char *const names[] = {"localhost", "[::1]"};
    if (starts_with(host, "127."))
        return true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const size_t name = strlen(names[i]);
        if (len >= name && starts_with(host, names[i]) && (len == name || host[name] == ':'))
            return true;
    }
    return false;
}

static bool leaves_host(const char *hosts)
{
    while (hosts != NULL && *hosts != '\0') {
        const size_t len = strcspn(hosts, ",");
        if (!loopback(hosts, len))
            return true;
        hosts += len + (hosts[len] == ',');
    }
    return false;
}

static void warn(const struct cli_job *job)
{
    if (!given(job, "queue-tls") && leaves_host(cli_request_named(job->request, "queue")))
        cli_complain("%s", _("warning: without --queue-tls, the password and all names go to the queue for everybody on the way to read"));
}

/* ---- the commands ------------------------------------------------------------------------------------------------------------ */

static enum dcv_status call(struct cli_job *job)
{
    switch (job->request->command->id) {
    case CLI_SUBMIT: return dcv_session_submit(job->session, operand(job));
    case CLI_WORKER: return dcv_session_work(job->session);
    default: return dcv_session_collect(job->session, operand(job), given(job, "output") || given(job, "format") ? write_rows : NULL, job);
    }
}

static int work(struct cli_job *job)
{
    struct cli_progress progress;
    warn(job);
    cli_progress_begin_long(&progress, given(job, "quiet"));
    job->progress = &progress;
    dcv_session_on_audit_progress(job->session, cli_progress_audit, &progress);
    enum dcv_status status = call(job);
    dcv_session_on_audit_progress(job->session, NULL, NULL);
    job->progress = NULL;
    cli_progress_end(&progress);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, true);
    if (!given(job, "quiet"))
        (void)fputs(dcv_session_summary(job->session), stderr);
    if (dcv_session_interrupted(job->session)) {
        cli_complain("%s", _("broken off; the same command goes on where it was"));
        return CLI_UNKNOWN;
    }
    job->complete = true;
    if (dcv_session_error(job->session)[0] != '\0')
        cli_complain("%s", dcv_session_error(job->session));
    return dcv_session_exit_status(job->session);
}

int cli_run_submit(const struct cli_request *request)
{
    return cli_with_session(request, work);
}

int cli_run_worker(const struct cli_request *request)
{
    return cli_with_session(request, work);
}

int cli_run_collect(const struct cli_request *request)
{
    return cli_with_session(request, work);
}
