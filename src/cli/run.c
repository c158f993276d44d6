#include "cli/run.h"

#include "cli/graphviz.h"
#include "cli/intl.h"
#include "cli/job.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/names.h"
#include "cli/output.h"
#include "cli/parse.h"
#include "cli/progress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a refusal of the library means for the exit status. A file that cannot be read is told while options and inputs
 * are given; a failure later is dcvready's. */
static int refusal(enum dcv_status status, bool running)
{
    switch (status) {
    case DCV_OK: return CLI_READY;
    case DCV_ERR_USAGE:
    case DCV_ERR_SYNTAX:
    case DCV_ERR_NOT_FOUND:
    case DCV_ERR_UNSUPPORTED: return CLI_USAGE;
    case DCV_ERR_IO:
    case DCV_ERR_LIMIT: return running ? CLI_FAILED : CLI_USAGE;
    case DCV_ERR_NOMEM:
    case DCV_ERR_SYSTEM: break;
    }
    return CLI_FAILED;
}

/* A failure to write is told by cli_output_end(). */
int cli_tell_refusal(const struct cli_job *job, const char *option, enum dcv_status status, bool running)
{
    const char *text = dcv_session_error(job->session);
    if (text[0] == '\0')
        text = status == DCV_ERR_NOMEM ? _("out of memory") : _("failed without giving a reason");
    if (option != NULL)
        cli_complain("--%s: %s", option, text);
    else if (job->out.error == 0)
        cli_complain("%s", text);
    return refusal(status, running);
}

static bool wants_color(const struct cli_job *job)
{
    const char *when = cli_request_value(job->request, CLI_TO_COLOR);
    if (when != NULL && strcmp(when, "auto") != 0)
        return strcmp(when, "always") == 0;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return cli_output_is_terminal(&job->out) && (no_color == NULL || no_color[0] == '\0') && term != NULL &&
           strcmp(term, "dumb") != 0;
}

/* What the library is told without the user asking for it. */
static enum dcv_status set_terminal(const struct cli_job *job)
{
    char width[16];
    (void)snprintf(width, sizeof width, "%u", cli_output_width(&job->out));
    enum dcv_status status = dcv_session_set(job->session, "width", width);
    if (status == DCV_OK)
        status = dcv_session_set(job->session, "stream", "");
    if (status == DCV_OK && wants_color(job))
        status = dcv_session_set(job->session, "color", "");
    if (status == DCV_OK && !cli_language_utf8())
        status = dcv_session_set(job->session, "ascii", "");
    return status;
}

/* The library writes the graph; drawing it is left to another program. */
static bool draws(const struct cli_request *request)
{
    const char *format = cli_request_named(request, "format");
    const bool inspects = request->command->view == DCV_SHOW_INSPECT || request->command->id == CLI_JUDGE;
    return inspects && format != NULL && strcmp(format, "svg") == 0;
}

static enum dcv_status set_option(const struct cli_job *job, const struct cli_setting *setting)
{
    const bool svg = job->graph != NULL && strcmp(setting->option->name, "format") == 0;
    return dcv_session_set(job->session, setting->option->name, svg ? "dot" : setting->value);
}

static int set_options(const struct cli_job *job)
{
    enum dcv_status status = set_terminal(job);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, false);
    for (size_t i = 0; i < job->request->setting_count; i++) {
        const struct cli_setting *setting = &job->request->settings[i];
        if (setting->option->effect != CLI_TO_SESSION)
            continue;
        status = set_option(job, setting);
        if (status != DCV_OK)
            return cli_tell_refusal(job, setting->option->name, status, false);
    }
    return CLI_READY;
}

static bool open_output(struct cli_output *out, const struct cli_request *request)
{
    const char *format = cli_request_named(request, "format");
    bool by_line = format != NULL && strcmp(format, "jsonl") == 0;
    return cli_output_open(out, cli_request_value(request, CLI_TO_OUTPUT), by_line);
}

int cli_with_session(const struct cli_request *request, int (*work)(struct cli_job *job))
{
    struct cli_job job = {.request = request};
    if (draws(request) && !cli_graphviz_there())
        return CLI_USAGE;
    if (draws(request) && (job.graph = tmpfile()) == NULL) {
        cli_complain(_("--format svg: the graph could not be kept: %s"), strerror(errno));
        return CLI_FAILED;
    }
    if (!open_output(&job.out, request)) {
        if (job.graph != NULL)
            (void)fclose(job.graph);
        return CLI_FAILED;
    }
    int result = CLI_FAILED;
    if (dcv_session_create(&job.session) != DCV_OK) {
        (void)cli_no_memory();
    } else {
        result = set_options(&job);
        if (result == CLI_READY)
            result = work(&job);
    }
    if (!cli_output_end(&job.out, job.complete))
        result = CLI_FAILED;
    else if (job.complete && job.temporary != NULL)
        (void)unlink(job.temporary);
    free(job.temporary);
    if (job.graph != NULL)
        (void)fclose(job.graph);
    dcv_session_free(job.session);
    return result;
}

static int keep_graph(void *user, const void *data, size_t len)
{
    const struct cli_job *job = user;
    errno = 0;
    return fwrite(data, 1, len, job->graph) == len ? 0 : errno != 0 ? errno : EIO;
}

/* One graph makes one picture. */
static bool draw(struct cli_job *job)
{
    if (dcv_session_result_count(job->session) == 1)
        return cli_graphviz_draw(job->graph, cli_output_write, &job->out);
    cli_complain("%s", _("--format svg draws one name; give one, or use --format dot"));
    return false;
}

static int write_out(void *user, const void *data, size_t len)
{
    struct cli_job *job = user;
    if (job->progress != NULL)
        cli_progress_erase(job->progress);
    return cli_output_write(&job->out, data, len);
}

static int run_session(struct cli_job *job)
{
    const bool svg = job->graph != NULL;
    enum dcv_status status = dcv_session_run(job->session, job->request->command->view, svg ? keep_graph : write_out, job);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, true);
    if (svg && !draw(job))
        return dcv_session_result_count(job->session) == 1 ? CLI_FAILED : CLI_USAGE;
    job->complete = true;
    if (dcv_session_error(job->session)[0] != '\0') /* a report there is, but it rests on nothing */
        cli_complain("%s", dcv_session_error(job->session));
    return dcv_session_exit_status(job->session);
}

/* The report says what is wrong with a name; where it stands in which list is known here only. */
static void tell_places(const struct cli_job *job, const struct cli_names *names)
{
    size_t count = dcv_session_result_count(job->session);
    /* A calendar holds no errors. */
    const char *format = cli_request_named(job->request, "format");
    bool silent = format != NULL && strcmp(format, "ics") == 0;
    for (size_t i = 0, at = 0; i < count; i++) {
        const struct dcv_result *result = dcv_session_result(job->session, i);
        const char *error = dcv_result_error(result);
        if (error == NULL)
            continue;
        /* Results are in the order of the names, but a name may have been dropped as a repetition. */
        while (at < names->count && strcmp(names->items[at].text, dcv_result_name(result)) != 0)
            at++;
        if (at == names->count)
            return;
        if (names->items[at].file != NULL)
            cli_complain("%s:%zu: '%s': %s", names->items[at].file, names->items[at].line, names->items[at].text,
                         error);
        else if (silent)
            cli_complain("'%s': %s", names->items[at].text, error);
        at++;
    }
}

static int add_names(const struct cli_job *job, const struct cli_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        enum dcv_status status = dcv_session_add_name(job->session, names->items[i].text);
        if (status != DCV_OK)
            return cli_tell_refusal(job, NULL, status, false);
    }
    return CLI_READY;
}

static int read_names(struct cli_job *job, size_t first, struct cli_names *names)
{
    for (size_t i = first; i < job->request->operand_count; i++)
        if (!cli_names_add(names, job->request->operands[i]))
            return CLI_USAGE;
    if (job->graph != NULL && names->count > 1) {
        cli_complain("%s", _("--format svg draws one name; give one, or use --format dot"));
        return CLI_USAGE;
    }
    int result = add_names(job, names);
    if (result == CLI_READY) {
        result = run_session(job);
        tell_places(job, names);
    }
    return result;
}

static int work_names(struct cli_job *job)
{
    size_t first = 0;
    if (job->request->command->view == DCV_SHOW_ACCEPTS) {
        enum dcv_status status = dcv_session_set(job->session, "address", job->request->operands[first++]);
        if (status != DCV_OK)
            return cli_tell_refusal(job, NULL, status, false);
    }
    struct cli_names names = {0};
    int result = read_names(job, first, &names);
    cli_names_done(&names);
    return result;
}

static int work_wait(struct cli_job *job)
{
    struct cli_progress progress;
    cli_progress_begin(&progress, cli_request_named(job->request, "quiet") != NULL);
    job->progress = &progress;
    dcv_session_on_progress(job->session, cli_progress_show, &progress);
    int result = work_names(job);
    dcv_session_on_progress(job->session, NULL, NULL);
    job->progress = NULL;
    cli_progress_end(&progress);
    return result;
}

static int work_judge(struct cli_job *job)
{
    if (cli_judges_run(job->request))
        return cli_judge_run(job);
    for (size_t i = 0; i < job->request->operand_count; i++) {
        enum dcv_status status = dcv_session_add_facts(job->session, job->request->operands[i]);
        if (status != DCV_OK)
            return cli_tell_refusal(job, NULL, status, false);
    }
    return run_session(job);
}

static int show(struct cli_job *job, enum dcv_status (*list)(struct dcv_session *, const char *, dcv_write_fn, void *))
{
    const char *id = job->request->operand_count == 0 ? NULL : job->request->operands[0];
    enum dcv_status status = list(job->session, id, cli_output_write, &job->out);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, true);
    job->complete = true;
    return CLI_READY;
}

static int check_profiles(struct cli_job *job)
{
    int result = CLI_FAILED;
    enum dcv_status status =
        dcv_session_check_profiles(job->session, job->request->operands, job->request->operand_count, &result,
                                   cli_output_write, &job->out);
    if (status != DCV_OK)
        return cli_tell_refusal(job, NULL, status, true);
    job->complete = true;
    return result;
}

static int work_cas(struct cli_job *job)
{
    if (cli_request_named(job->request, "check") != NULL)
        return check_profiles(job);
    return show(job, dcv_session_show_cas);
}

static int work_rules(struct cli_job *job)
{
    return show(job, dcv_session_show_rules);
}

int cli_run_names(const struct cli_request *request)
{
    return cli_with_session(request, work_names);
}

int cli_run_wait(const struct cli_request *request)
{
    return cli_with_session(request, work_wait);
}

int cli_run_judge(const struct cli_request *request)
{
    return cli_with_session(request, work_judge);
}

int cli_run_cas(const struct cli_request *request)
{
    return cli_with_session(request, work_cas);
}

int cli_run_rules(const struct cli_request *request)
{
    return cli_with_session(request, work_rules);
}
