/* The calls about portfolios: audit, and what is done with a run afterwards. */
#include "api/audit.h"

#include "base/feed.h"
#include "shape/shape.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS_OCTETS = 65536 };

static int forward(void *user, const void *data, size_t len)
{
    const struct audit_call *to = user;
    return to->write(to->user, data, len);
}

/* An audit writes rows for programs, the others for people unless told otherwise. */
static enum dcv_status settle_format(struct dcv_session *session, bool audits)
{
    if (session->audit.csv)
        session->audit.format = DCV_ROW_CSV;
    else if (session->report.format == DCV_FORMAT_JSONL || (audits && !session->audit.format_given))
        session->audit.format = DCV_ROW_JSONL;
    else if (session->report.format == DCV_FORMAT_TEXT)
        session->audit.format = DCV_ROW_TEXT;
    else
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--format: rows of a portfolio are text, jsonl or csv"));
    return DCV_OK;
}

enum dcv_status audit_call_begin(struct dcv_session *session, struct audit_call *call, bool audits)
{
    session->audit.active = true;
    dcv_buf_clear(&session->error);
    dcv_buf_clear(&session->summary);
    session->writer = (struct dcv_writer){.write = call->write != NULL ? forward : NULL, .user = call};
    session->audited = 0;
    session->interrupted = session->deaf = false;
    dcv_arena_free(session->run_arena);
    session->run_arena = dcv_arena_create(NULL);
    session->view = DCV_SHOW_CHECK;
    session->judged_for = session->as_of;
    if (session->run_arena == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = settle_format(session, audits);
    return status == DCV_OK ? session_prepare(session) : status;
}

enum dcv_status audit_call_end(struct dcv_session *session, enum dcv_status status)
{
    if (status != DCV_OK && session->error.len == 0)
        (void)session_fail(session, status, "%s", dcv_status_text(status));
    session->audit.active = false;
    session->writer = (struct dcv_writer){.write = NULL};
    return status;
}

/* ---- auditing ---------------------------------------------------------------------------------------------------------------------- */

/* Names one by one, of which each is one of a million: what asks for more of them, or for less, is of no use. */
enum dcv_status audit_check_options(struct dcv_session *session)
{
    if (session->record != NULL || session->replay != NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("an audit is not recorded; give --run FILE, which keeps what is needed to judge it again"));
    if (order_is(session))
        return session_fail(session, DCV_ERR_USAGE, "%s", _("an audit takes its names from a file only"));
    if ((session->by & ~(1U << DCV_BY_EMAIL)) != 0 && !session->audit.deep)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--method: without --deep an audit looks at email only"));
    return DCV_OK;
}

enum dcv_status dcv_session_audit(struct dcv_session *session, const char *path, dcv_write_fn write, void *user)
{
    struct audit_call to = {write, user};
    enum dcv_status status = audit_call_begin(session, &to, true);
    if (status == DCV_OK)
        status = audit_check_options(session);
    if (status == DCV_OK)
        status = audit_keep(session, path);
    return audit_call_end(session, status);
}

void dcv_session_on_audit_progress(struct dcv_session *session, dcv_audit_progress_fn *call, void *user)
{
    session->audit.progress = call;
    session->audit.progress_user = user;
}

const char *dcv_session_summary(const struct dcv_session *session)
{
    return dcv_buf_text(&session->summary);
}

bool dcv_session_interrupted(const struct dcv_session *session)
{
    return session->interrupted;
}

/* ---- a run ------------------------------------------------------------------------------------------------------------------------- */

bool dcv_is_run(const char *path)
{
    char head[16];
    return dcv_store_magic(head, dcv_feed_head(path, head, sizeof head));
}

static enum dcv_status open_run(struct dcv_session *session, const char *path, enum dcv_store_mode mode, struct dcv_store **out)
{
    char *error = NULL;
    enum dcv_status status = dcv_store_open(path, mode, out, &error);
    if (status != DCV_OK)
        status = session_fail(session, status == DCV_ERR_NOMEM ? status : DCV_ERR_USAGE, "%s: %s", path, error != NULL ? error : dcv_status_text(status));
    free(error);
    return status;
}

/* Which rows were asked for. */
static struct dcv_store_filter filter_of(const struct dcv_session *session)
{
    enum { READY = 1, NOT_READY = 2, UNKNOWN = 4, INVALID = 8 };
    const unsigned only = session->audit.only;
    struct dcv_store_filter filter = {.finding = session->audit.finding};
    if (only == 0)
        return filter;
    if ((only & (READY | NOT_READY | UNKNOWN)) != 0)
        filter.states |= 1U << DCV_STORE_JUDGED | 1U << DCV_STORE_PROVISIONAL;
    filter.states |= (only & UNKNOWN) != 0 ? 1U << DCV_STORE_CRASHED : 0;
    filter.states |= (only & INVALID) != 0 ? 1U << DCV_STORE_INVALID : 0;
    filter.verdicts = ((only & READY) != 0 ? 1U << DCV_STORE_READY : 0) | ((only & NOT_READY) != 0 ? 1U << DCV_STORE_NOT_READY : 0)
        | ((only & UNKNOWN) != 0 ? 1U << DCV_STORE_UNKNOWN : 0);
    return filter;
}

static enum dcv_status show(struct dcv_session *session, const char *path, struct dcv_store *store)
{
    const struct dcv_store_filter filter = filter_of(session);
    const char *kept = session->audit.run;
    session->audit.run = path;
    enum dcv_status status = session->writer.write != NULL ? audit_put_rows(session, store, &filter) : DCV_OK;
    if (status == DCV_OK)
        status = audit_summary(session, store, &session->summary);
    session->audited = audit_exit_status(store);
    session->audit.run = kept;
    return status;
}

enum dcv_status dcv_session_report_run(struct dcv_session *session, const char *path, dcv_write_fn write, void *user)
{
    struct audit_call to = {write, user};
    struct dcv_store *store = NULL;
    enum dcv_status status = audit_call_begin(session, &to, false);
    if (status == DCV_OK)
        status = open_run(session, path, DCV_STORE_READ, &store);
    if (status == DCV_OK)
        status = show(session, path, store);
    dcv_store_close(store);
    return audit_call_end(session, status);
}

/* ---- judging again ------------------------------------------------------------------------------------------------------------------ */

struct judging {
    struct dcv_session *session;
    struct audit_classes *classes;
    struct dcv_store *from, *to;
    uint64_t unlike, unrecorded;
};

/* What is said of a class, now. Facts that were too long to be kept leave it as it is. */
static enum dcv_status judge_class(void *user, const struct dcv_store_class *given)
{
    struct judging *judging = user;
    struct dcv_store_class class = *given;
    bool sure = true;
    if (given->facts[0] != '\0') {
        enum dcv_status status = audit_class_again(judging->classes, &class, &sure);
        if (status != DCV_OK)
            return status == DCV_ERR_SYNTAX ? session_fail(judging->session, DCV_ERR_USAGE, "%s", _("the run is damaged: recorded facts cannot be read")) : status;
    } else {
        judging->unrecorded++;
    }
    judging->unlike += !sure;
    return dcv_store_put_class(judging->to, &class);
}

static enum dcv_status copy_name(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    struct judging *judging = user;
    (void)class;
    return dcv_store_put_name(judging->to, name);
}

static enum dcv_status copy_settings(struct judging *judging)
{
    static const char *const keys[] = {"begun", "options", "complete"};
    char day[DCV_DATE_TEXT];
    enum dcv_status status = dcv_store_set(judging->to, "as_of", dcv_date_format(judging->session->judged_for, day));
    for (size_t i = 0; status == DCV_OK && i < sizeof keys / sizeof keys[0]; i++) {
        const char *value = dcv_store_get(judging->from, keys[i], judging->session->run_arena);
        if (value != NULL)
            status = dcv_store_set(judging->to, keys[i], value);
    }
    return status;
}

static enum dcv_status judge_all(struct judging *judging)
{
    struct dcv_session *session = judging->session;
    enum dcv_status status = audit_classes_create(session, 0, &judging->classes);
    if (status == DCV_OK)
        status = dcv_store_each_class(judging->from, judge_class, judging);
    if (status == DCV_OK)
        status = dcv_store_each_name(judging->from, &(struct dcv_store_filter){0}, copy_name, judging);
    if (status == DCV_OK)
        status = copy_settings(judging);
    if (status == DCV_OK)
        status = dcv_store_commit(judging->to);
    if (status != DCV_OK && session->error.len == 0) {
        const bool target = dcv_store_error(judging->to)[0] != '\0';
        status = audit_store_fail(session, target ? session->audit.run : _("the run"), target ? judging->to : judging->from, status);
    }
    audit_classes_free(judging->classes);
    return status;
}

/* A run is made anew, or not at all. */
static enum dcv_status open_target(struct dcv_session *session, struct dcv_store **out)
{
    const char *path = session->audit.run;
    if (path != NULL && access(path, F_OK) == 0)
        return session_fail(session, DCV_ERR_USAGE, _("--run: %s is there already; name a new file"), path);
    return path != NULL ? open_run(session, path, DCV_STORE_WRITE, out) : dcv_store_open(NULL, DCV_STORE_TEMPORARY, out, &(char *){NULL});
}

enum dcv_status dcv_session_judge_run(struct dcv_session *session, const char *path, dcv_write_fn write, void *user)
{
    struct audit_call to = {write, user};
    struct judging judging = {.session = session};
    enum dcv_status status = audit_call_begin(session, &to, false);
    if (session->judged_for == DCV_DATE_NONE)
        session->judged_for = dcv_date_of_unix(session->clock.wall_s(session->clock.user));
    if (status == DCV_OK)
        status = open_run(session, path, DCV_STORE_READ, &judging.from);
    if (status == DCV_OK)
        status = open_target(session, &judging.to);
    if (status == DCV_OK)
        status = judge_all(&judging);
    if (status == DCV_OK)
        status = show(session, session->audit.run != NULL ? session->audit.run : path, judging.to);
    if (status == DCV_OK && judging.unlike != 0)
        (void)session_fail(session, DCV_OK, _("%s: in %llu groups of names that were alike, these rules may tell one name from another; each group has the verdict of its first name. Audit again to be sure"),
                           path, (unsigned long long)judging.unlike);
    dcv_store_close(judging.to);
    dcv_store_close(judging.from);
    return audit_call_end(session, status);
}

/* ---- two runs ------------------------------------------------------------------------------------------------------------------------ */

struct diffing {
    struct dcv_session *session;
    struct dcv_buf out;
    uint64_t counts[DCV_STORE_GONE + 1];
};

static const char *change_text(enum dcv_store_change change)
{
    switch (change) {
    case DCV_STORE_REGRESSED: return "regressed";
    case DCV_STORE_FIXED: return "fixed";
    case DCV_STORE_CHANGED: return "changed";
    case DCV_STORE_NEW: return "new";
    case DCV_STORE_GONE: return "gone";
    }
    return "";
}

static const char *verdict_text(const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    if (name == NULL)
        return NULL;
    if (class == NULL)
        return name->state == DCV_STORE_INVALID ? "invalid" : "unknown";
    switch (class->verdict) {
    case DCV_STORE_READY: return "ready";
    case DCV_STORE_NOT_READY: return "not-ready";
    case DCV_STORE_UNKNOWN: return "unknown";
    }
    return "unknown";
}

static enum dcv_status on_diff(void *user, enum dcv_store_change change, const struct dcv_store_name *before, const struct dcv_store_class *class_before,
                               const struct dcv_store_name *after, const struct dcv_store_class *class_after)
{
    struct diffing *diffing = user;
    struct dcv_session *session = diffing->session;
    const struct dcv_row_change row = {.change = change_text(change), .name = after != NULL ? after->text : before->text,
                                       .before = verdict_text(before, class_before), .after = verdict_text(after, class_after),
                                       .findings_before = class_before != NULL ? class_before->findings : "", .findings_after = class_after != NULL ? class_after->findings : ""};
    diffing->counts[change]++;
    if (session->writer.write == NULL)
        return DCV_OK;
    dcv_row_put_change(session->audit.format, &row, &diffing->out);
    if (diffing->out.len >= ROWS_OCTETS) {
        dcv_writer_put(&session->writer, dcv_buf_text(&diffing->out), diffing->out.len);
        dcv_buf_clear(&diffing->out);
    }
    if (diffing->out.failed)
        return DCV_ERR_NOMEM;
    return session->writer.error == 0 ? DCV_OK : session_fail(session, DCV_ERR_IO, "%s", strerror(session->writer.error));
}

static enum dcv_status summarise(struct diffing *diffing)
{
    struct dcv_session *session = diffing->session;
    const uint64_t *counts = diffing->counts;
    if (session->audit.summary_json)
        dcv_buf_printf(&session->summary, "{\"schema\":\"dcvready/diff-summary/1\",\"regressed\":%" PRIu64 ",\"fixed\":%" PRIu64 ",\"changed\":%" PRIu64 ",\"new\":%" PRIu64 ",\"gone\":%" PRIu64 "}\n",
                       counts[DCV_STORE_REGRESSED], counts[DCV_STORE_FIXED], counts[DCV_STORE_CHANGED], counts[DCV_STORE_NEW], counts[DCV_STORE_GONE]);
    else
        dcv_buf_printf(&session->summary, _("%llu regressed, %llu fixed, %llu changed, %llu new, %llu gone\n"), (unsigned long long)counts[DCV_STORE_REGRESSED],
                       (unsigned long long)counts[DCV_STORE_FIXED], (unsigned long long)counts[DCV_STORE_CHANGED], (unsigned long long)counts[DCV_STORE_NEW],
                       (unsigned long long)counts[DCV_STORE_GONE]);
    return session->summary.failed ? DCV_ERR_NOMEM : DCV_OK;
}

enum dcv_status dcv_session_diff_runs(struct dcv_session *session, const char *before, const char *after, dcv_write_fn write, void *user)
{
    struct audit_call to = {write, user};
    struct diffing diffing = {.session = session};
    struct dcv_store *first = NULL, *second = NULL;
    dcv_buf_init(&diffing.out, 64 << 20);
    enum dcv_status status = audit_call_begin(session, &to, false);
    if (status == DCV_OK)
        status = open_run(session, before, DCV_STORE_READ, &first);
    if (status == DCV_OK)
        status = open_run(session, after, DCV_STORE_READ, &second);
    if (status == DCV_OK) {
        dcv_buf_puts(&diffing.out, dcv_row_change_head(session->audit.format));
        status = dcv_store_diff(first, second, on_diff, &diffing);
        if (status != DCV_OK && session->error.len == 0)
            status = audit_store_fail(session, dcv_store_error(first)[0] != '\0' ? before : after, dcv_store_error(first)[0] != '\0' ? first : second, status);
    }
    if (status == DCV_OK && session->writer.write != NULL) {
        dcv_writer_put(&session->writer, dcv_buf_text(&diffing.out), diffing.out.len);
        status = session->writer.error == 0 ? DCV_OK : session_fail(session, DCV_ERR_IO, "%s", strerror(session->writer.error));
    }
    if (status == DCV_OK)
        status = summarise(&diffing);
    session->audited = diffing.counts[DCV_STORE_REGRESSED] != 0;
    dcv_store_close(first);
    dcv_store_close(second);
    dcv_buf_done(&diffing.out);
    return audit_call_end(session, status);
}
