#include "api/session.h"

#include "ca/lint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The caller's writer. */
struct forwarding {
    dcv_write_fn write;
    void *user;
};

static int forward(void *user, const void *data, size_t len)
{
    const struct forwarding *to = user;
    return to->write(to->user, data, len);
}

/* ---- judging recorded facts ------------------------------------------------------------------------------------------------------ */

static enum dcv_status judge_document(struct dcv_session *session, const struct source *source, size_t index)
{
    const char *name = dcv_document_name(source->documents, index);
    if (name == NULL)
        return session_fail(session, DCV_ERR_USAGE, _("%s: facts without a \"name\"; give them with --facts-in"), source->path);
    struct dcv_inputs *inputs = dcv_inputs_create();
    if (inputs == NULL || dcv_inputs_add(inputs, name) != DCV_OK) {
        dcv_inputs_free(inputs);
        return DCV_ERR_NOMEM;
    }
    struct dcv_result *result = result_add(session, dcv_inputs_at(inputs, 0));
    dcv_inputs_free(inputs);
    if (result == NULL)
        return DCV_ERR_NOMEM;
    if (!result->valid)
        return results_report(session);
    char *fault;
    enum dcv_status status = dcv_document_add(source->documents, index, NULL, result->facts, &fault);
    if (status == DCV_ERR_SYNTAX)
        (void)session_fail(session, DCV_ERR_USAGE, "%s: '%s': %s", source->path, name, fault != NULL ? fault : "");
    free(fault);
    if (status != DCV_OK)
        return status == DCV_ERR_SYNTAX ? DCV_ERR_USAGE : status;
    dcv_facts_freeze(result->facts);
    status = result_judge(result);
    return status == DCV_OK ? results_report(session) : status;
}

static enum dcv_status judge_source(struct dcv_session *session, const struct source *source)
{
    enum dcv_status status = DCV_OK;
    if (source->documents == NULL) {
        size_t from = session->results.count;
        status = batch_names_of_tape(session, &source->text, source->path);
        return status == DCV_OK ? batch_run(session, from, &source->text, source->path) : status;
    }
    for (size_t i = 0; status == DCV_OK && i < dcv_documents_count(source->documents); i++)
        status = judge_document(session, source, i);
    if (status == DCV_OK && dcv_documents_order(source->documents))
        (void)session_fail(session, DCV_OK, _("%s: its names are judged again one by one; the order that they make is not"), source->path);
    return status;
}

static enum dcv_status judge_sources(struct dcv_session *session)
{
    enum dcv_status status = DCV_OK;
    if (session->judged_for == DCV_DATE_NONE)
        session->judged_for = dcv_date_of_unix(session->clock.wall_s(session->clock.user));
    session->stamp_s = session->clock.wall_s(session->clock.user);
    for (size_t i = 0; status == DCV_OK && i < session->sources.count; i++)
        status = judge_source(session, session->sources.items[i]);
    return status;
}

/* ---- names -------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status add_inputs(struct dcv_session *session)
{
    for (size_t i = 0; i < dcv_inputs_count(session->inputs); i++)
        if (result_add(session, dcv_inputs_at(session->inputs, i)) == NULL)
            return DCV_ERR_NOMEM;
    return DCV_OK;
}

/* Without names or a request those of the tape are taken: the names of a certificate are among them. */
static bool replay_brings_names(const struct dcv_session *session)
{
    return dcv_inputs_count(session->inputs) == 0 && session->csr == NULL;
}

static enum dcv_status run_replay(struct dcv_session *session)
{
    struct dcv_buf tape;
    dcv_buf_init(&tape, TAPE_MAX);
    enum dcv_status status = dcv_file_read(session->replay, &tape);
    if (status == DCV_ERR_IO)
        (void)session_fail(session, DCV_ERR_USAGE, "--replay: %s: %s", session->replay, strerror(errno));
    else if (status == DCV_ERR_LIMIT)
        (void)session_fail(session, DCV_ERR_USAGE, _("--replay: %s: larger than %d MiB"), session->replay, TAPE_MAX >> 20);
    status = status == DCV_ERR_IO || status == DCV_ERR_LIMIT ? DCV_ERR_USAGE : status;
    if (status == DCV_OK)
        status = replay_brings_names(session) ? DCV_OK : order_names(session);
    if (status == DCV_OK)
        status = dcv_inputs_count(session->inputs) != 0 ? add_inputs(session) : batch_names_of_tape(session, &tape, session->replay);
    if (status == DCV_OK)
        status = batch_run(session, 0, &tape, session->replay);
    dcv_buf_done(&tape);
    return status;
}

static enum dcv_status run_live(struct dcv_session *session)
{
    size_t valid = 0;
    enum dcv_status status = certificate_fetch(session);
    if (status == DCV_OK)
        status = order_names(session);
    if (status == DCV_OK)
        status = add_inputs(session);
    for (size_t i = 0; i < session->results.count; i++)
        valid += session->results.items[i]->valid;
    if (status != DCV_OK || (valid == 0 && session->record == NULL))
        return status == DCV_OK ? results_report(session) : status;
    return batch_run(session, 0, NULL, NULL);
}

static enum dcv_status run_names(struct dcv_session *session)
{
    if (session->sources.count != 0)
        return judge_sources(session);
    session->certificate.alone = dcv_inputs_count(session->inputs) == 0 && session->csr == NULL;
    return session->replay != NULL ? run_replay(session) : run_live(session);
}

/* ---- a run -------------------------------------------------------------------------------------------------------------------------- */

/* A calendar is a timeline and a graph is an inspection, also of recorded facts. */
static enum dcv_view view_of(const struct dcv_session *session, enum dcv_view view)
{
    if (session->sources.count == 0)
        return view;
    if (session->report.format == DCV_FORMAT_ICS)
        return DCV_SHOW_TIMELINE;
    return session->inspect || session->report.format == DCV_FORMAT_DOT ? DCV_SHOW_INSPECT : view;
}

static enum dcv_report_view report_view(enum dcv_view view)
{
    switch (view) {
    case DCV_SHOW_CHECK: return DCV_VIEW_CHECK;
    case DCV_SHOW_APPROVERS: return DCV_VIEW_APPROVERS;
    case DCV_SHOW_ACCEPTS: return DCV_VIEW_ACCEPTS;
    case DCV_SHOW_TIMELINE: return DCV_VIEW_TIMELINE;
    case DCV_SHOW_INSPECT: return DCV_VIEW_INSPECT;
    case DCV_SHOW_WAIT: return DCV_VIEW_WAIT;
    }
    return DCV_VIEW_CHECK;
}

/* Addresses, days and orders are those of e-mail: what other methods come to is told by `check`. */
static enum dcv_status check_method(struct dcv_session *session)
{
    const bool email = (session->by & ~(1U << DCV_BY_EMAIL)) == 0;
    if (!email && session->view != DCV_SHOW_CHECK)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--method: only 'dcvready check' knows other methods than email"));
    if (!email && order_is(session))
        return session_fail(session, DCV_ERR_USAGE, "%s",
                            _("--method: the names of an order are judged together for email only; check them without --order, --csr, --cert, "
                              "--connect and --product"));
    return DCV_OK;
}

static enum dcv_status begin(struct dcv_session *session, enum dcv_view view)
{
    for (size_t i = 0; i < session->results.count; i++)
        result_free(session->results.items[i]);
    memset(&session->results, 0, sizeof session->results);
    dcv_arena_free(session->run_arena);
    session->run_arena = dcv_arena_create(NULL);
    session->reported = 0;
    dcv_buf_clear(&session->summary);
    session->ordered = NULL;
    session->deaf = false;
    session->view = view_of(session, view);
    view = session->view;
    certificate_forget(session);
    session->judged_for = session->as_of;
    session->report.view = report_view(view);
    if (session->run_arena == NULL)
        return DCV_ERR_NOMEM;
    if (session->audit.csv)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--format csv is for audits and their runs"));
    if (session->record != NULL && session->replay != NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--record and --replay exclude one another"));
    if (session->report.format == DCV_FORMAT_ICS && view != DCV_SHOW_TIMELINE)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--format ics is for 'dcvready timeline'"));
    if (session->report.format == DCV_FORMAT_DOT && view != DCV_SHOW_INSPECT)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--format dot is for 'dcvready inspect'"));
    if (session->certificate.path != NULL && session->certificate.connect != NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--cert and --connect exclude one another"));
    if (view == DCV_SHOW_ACCEPTS && session->asked == NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("no address to ask about"));
    enum dcv_status status = check_method(session);
    if (status == DCV_OK)
        status = talk_check(session);
    if (status == DCV_OK)
        status = wait_check(session);
    return status == DCV_OK ? session_prepare(session) : status;
}

static enum dcv_status report_run(struct dcv_session *session)
{
    session->report.order = order_is(session);
    session->output = dcv_report_create(&session->report, &session->writer);
    if (session->output == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = dcv_report_begin(session->output);
    if (status == DCV_OK)
        status = run_names(session);
    if (status == DCV_OK && order_is(session))
        status = order_judge(session);
    /* What was reported stays well-formed even when the run ends early. */
    enum dcv_status ended = dcv_report_end(session->output);
    if (status == DCV_OK)
        certificate_tell(session);
    dcv_report_free(session->output);
    session->output = NULL;
    return status != DCV_OK ? status : ended;
}

enum dcv_status dcv_session_run(struct dcv_session *session, enum dcv_view view, dcv_write_fn write, void *user)
{
    struct forwarding to = {write, user};
    dcv_buf_clear(&session->error);
    session->writer = (struct dcv_writer){.write = forward, .user = &to};
    enum dcv_status status = begin(session, view);
    if (status == DCV_OK)
        status = report_run(session);
    if (status != DCV_OK && session->error.len == 0)
        (void)session_fail(session, status, "%s", session->writer.error != 0 ? strerror(session->writer.error) : dcv_status_text(status));
    session->writer.user = NULL;
    return status;
}

/* ---- cas and rules -------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status shown(struct dcv_session *session, const struct dcv_writer *writer, enum dcv_status status)
{
    if (status == DCV_ERR_IO)
        return session_fail(session, status, "%s", strerror(writer->error));
    return status;
}

enum dcv_status dcv_session_show_cas(struct dcv_session *session, const char *id, dcv_write_fn write, void *user)
{
    struct forwarding to = {write, user};
    struct dcv_writer writer = {.write = forward, .user = &to};
    dcv_buf_clear(&session->error);
    enum dcv_status status = session_prepare(session);
    if (status != DCV_OK)
        return status;
    const struct dcv_ca *ca = id != NULL ? dcv_ca_find(session->set, id) : NULL;
    if (id != NULL && ca == NULL) {
        const char *nearest = dcv_ca_nearest(session->set, id);
        if (nearest != NULL)
            return session_fail(session, DCV_ERR_NOT_FOUND, _("there is no CA '%s'; did you mean '%s'?"), id, nearest);
        return session_fail(session, DCV_ERR_NOT_FOUND, _("there is no CA '%s'; 'dcvready cas' lists them"), id);
    }
    dcv_date as_of = session->as_of != DCV_DATE_NONE ? session->as_of : dcv_date_of_unix(session->clock.wall_s(session->clock.user));
    return shown(session, &writer, dcv_report_cas(&session->report, &writer, session->set, ca, as_of));
}

/* The paths of the caller after the directory of the session. */
static enum dcv_status lint(const struct dcv_session *session, const char *const *paths, size_t count, struct dcv_lint **out)
{
    const char **all = calloc(count + 1, sizeof *all);
    size_t number = 0;
    if (all == NULL)
        return DCV_ERR_NOMEM;
    if (session->ca_dir != NULL)
        all[number++] = session->ca_dir;
    for (size_t i = 0; i < count; i++)
        all[number++] = paths[i];
    enum dcv_status status = dcv_ca_lint(NULL, all, number, out);
    free(all);
    return status;
}

enum dcv_status dcv_session_check_profiles(struct dcv_session *session, const char *const *paths, size_t count, int *exit_status,
                                           dcv_write_fn write, void *user)
{
    struct forwarding to = {write, user};
    struct dcv_writer writer = {.write = forward, .user = &to};
    struct dcv_lint *found = NULL;
    dcv_buf_clear(&session->error);
    enum dcv_status status = lint(session, paths, count, &found);
    if (status != DCV_OK)
        return status;
    status = shown(session, &writer, dcv_report_lint(&session->report, &writer, found));
    if (status == DCV_OK)
        *exit_status = found->unreadable != 0 ? 2 : found->errors != 0 ? 1 : 0;
    dcv_lint_free(found);
    return status;
}

/* The rule whose id shares the longest beginning with a mistyped one. */
static const char *nearest_rule(const char *id)
{
    const char *best = NULL;
    size_t best_len = 2;
    for (size_t i = 0; i < DCV_RULE_COUNT; i++) {
        const char *candidate = dcv_rule_info((enum dcv_rule)i)->id;
        size_t len = 0;
        while (id[len] != '\0' && id[len] == candidate[len])
            len++;
        if (len > best_len) {
            best = candidate;
            best_len = len;
        }
    }
    return best;
}

enum dcv_status dcv_session_show_rules(struct dcv_session *session, const char *id, dcv_write_fn write, void *user)
{
    struct forwarding to = {write, user};
    struct dcv_writer writer = {.write = forward, .user = &to};
    dcv_buf_clear(&session->error);
    const struct dcv_rule_info *rule = id != NULL ? dcv_rule_by_id(id) : NULL;
    if (id != NULL && rule == NULL) {
        const char *nearest = nearest_rule(id);
        if (nearest != NULL)
            return session_fail(session, DCV_ERR_NOT_FOUND, _("there is no rule '%s'; did you mean '%s'?"), id, nearest);
        return session_fail(session, DCV_ERR_NOT_FOUND, _("there is no rule '%s'; 'dcvready rules' lists them"), id);
    }
    return shown(session, &writer, dcv_report_rules(&session->report, &writer, rule));
}
