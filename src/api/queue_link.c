/* The connection of an audit on several machines, and what goes over it. */
#include "api/queued.h"

#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PASSWORD_MAX = 4096, NOTICE_MAX = 4096, TELL_US = 200000, RATE_US = 1000000, NOTICE_US = 2000000 };

static const char default_hosts[] = "localhost";

uint64_t queued_now_us(const struct queued *queued)
{
    return queued->session->clock.mono_us(queued->session->clock.user);
}

enum dcv_status queued_check(const struct queued *queued, enum dcv_status status)
{
    return audit_check(queued->session, queued->session->audit.run, queued->store, status);
}

/* ---- the connection ------------------------------------------------------------------------------------------------------------------ */

/* NULL: it is not set, or empty. */
static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The first line of the file of --queue-password-file, or else of the environment; it is never an argument, which everybody on the machine may read. */
static enum dcv_status read_password(struct dcv_session *session, struct dcv_buf *out, const char **password)
{
    const char *path = session->queue.password_file;
    *password = from_environment("DCVREADY_QUEUE_PASSWORD");
    if (path == NULL)
        return DCV_OK;
    enum dcv_status status = dcv_file_read(path, out);
    if (status != DCV_OK)
        return session_fail(session, DCV_ERR_USAGE, "--queue-password-file: %s: %s", path, status == DCV_ERR_IO ? strerror(errno) : dcv_status_text(status));
    *password = dcv_buf_text(out);
    if (out->len != 0)
        out->data[strcspn(out->data, "\r\n")] = '\0';
    return DCV_OK;
}

static enum dcv_status open_with(struct queued *queued, uint16_t prefetch, const char *password)
{
    const struct queue_settings *given = &queued->session->queue;
    const char *user = given->user != NULL ? given->user : from_environment("DCVREADY_QUEUE_USER");
    const struct dcv_queue_options options = {.hosts = given->hosts != NULL ? given->hosts : default_hosts, .vhost = given->vhost, .user = user,
                                              .password = password, .tls = given->tls, .ca_file = given->ca, .cert_file = given->cert,
                                              .key_file = given->key, .run = given->run, .prefetch = prefetch};
    char *error = NULL;
    if (given->run == NULL)
        return session_fail(queued->session, DCV_ERR_USAGE, "%s", _("--queue-run is missing: the id that this run has in the queue"));
    enum dcv_status status = dcv_queue_open(&options, &queued->queue, &error);
    if (status != DCV_OK && status != DCV_ERR_NOMEM)
        status = session_fail(queued->session, status, _("the queue: %s"), error != NULL ? error : dcv_status_text(status));
    free(error);
    return status;
}

enum dcv_status queued_open(struct queued *queued, struct dcv_session *session, uint16_t prefetch)
{
    struct dcv_buf file;
    const char *password;
    *queued = (struct queued){.session = session};
    dcv_buf_init(&queued->notice, NOTICE_MAX);
    dcv_buf_init(&file, PASSWORD_MAX);
    enum dcv_status status = dcv_parcel_reader_create(&queued->reader);
    if (status == DCV_OK)
        status = read_password(session, &file, &password);
    if (status == DCV_OK)
        status = open_with(queued, prefetch, password);
    if (file.len != 0)
        explicit_bzero(file.data, file.len);
    dcv_buf_done(&file);
    queued->post.queue = queued->queue;
    queued->started_us = queued->told_us = queued->busy_us = queued_now_us(queued);
    return status;
}

void queued_close(struct queued *queued)
{
    queued_post_done(&queued->post);
    dcv_queue_close(queued->queue);
    dcv_store_close(queued->store);
    dcv_parcel_reader_free(queued->reader);
    dcv_buf_done(&queued->notice);
}

enum dcv_status queued_open_run(struct queued *queued)
{
    const char *path = queued->session->audit.run;
    if (path == NULL)
        return session_fail(queued->session, DCV_ERR_USAGE, "%s", _("--run is missing: the file in which this run is kept"));
    return audit_open_run(queued->session, path, &queued->store);
}

/* ---- events -------------------------------------------------------------------------------------------------------------------------- */

static void note(struct queued *queued, const char *format, const char *text)
{
    if (queued->notice.len == 0)
        queued->noticed_us = queued_now_us(queued);
    dcv_buf_clear(&queued->notice);
    dcv_buf_printf(&queued->notice, format, text != NULL ? text : "");
}

/* What is about the connection; true: it is left to the caller. */
static bool deal(struct queued *queued, const struct dcv_queue_event *event, enum dcv_status *status)
{
    switch (event->kind) {
    case DCV_QUEUE_UP:
        queued->up = true;
        queued->busy_us = queued_now_us(queued);
        dcv_buf_clear(&queued->notice);
        break;
    case DCV_QUEUE_DOWN:
        queued->up = false;
        note(queued, _("no connection to the queue, trying again: %s"), event->text);
        break;
    case DCV_QUEUE_REFUSED:
        *status = session_fail(queued->session, DCV_ERR_SYSTEM, _("the queue: %s"), event->text != NULL ? event->text : "");
        break;
    case DCV_QUEUE_REMOVED: queued->removed = true; break;
    case DCV_QUEUE_BLOCKED: note(queued, _("the queue takes nothing for now: %s"), event->text); break;
    case DCV_QUEUE_UNBLOCKED: dcv_buf_clear(&queued->notice); break;
    case DCV_QUEUE_MESSAGE:
    case DCV_QUEUE_CONFIRMED:
    case DCV_QUEUE_FULL: queued->busy_us = queued_now_us(queued); return true;
    }
    return false;
}

enum dcv_status queued_next(struct queued *queued, unsigned timeout_ms, struct dcv_queue_event *out, bool *there)
{
    enum dcv_status status = DCV_OK;
    *there = false;
    while (status == DCV_OK && !*there && dcv_queue_next(queued->queue, timeout_ms, out)) {
        *there = deal(queued, out, &status);
        if (!*there)
            dcv_queue_event_done(out);
        timeout_ms = 0;
    }
    return status;
}

/* ---- who watches --------------------------------------------------------------------------------------------------------------------- */

enum dcv_status queued_tell(struct queued *queued)
{
    const struct audit_options *audit = &queued->session->audit;
    struct dcv_audit_progress *progress = &queued->progress;
    const uint64_t now = queued_now_us(queued), span = now - queued->told_us;
    enum dcv_status status = queued_post_again(&queued->post, now);
    if (span < TELL_US)
        return status;
    progress->elapsed_s = (unsigned)((now - queued->started_us) / 1000000U);
    progress->names_per_s = (double)(progress->done - queued->last_done) * 1e6 / (double)span;
    progress->exchanges_per_s = (double)(progress->exchanges - queued->last_exchanges) * 1e6 / (double)span;
    progress->queue = queued->notice.len != 0 && now >= queued->noticed_us + NOTICE_US ? dcv_buf_text(&queued->notice) : NULL;
    if (span >= RATE_US) {
        queued->last_done = progress->done;
        queued->last_exchanges = progress->exchanges;
        queued->told_us = now;
    }
    if (audit->progress != NULL && !audit->progress(audit->progress_user, progress))
        queued->stopped = true;
    return status;
}

/* ---- messages ------------------------------------------------------------------------------------------------------------------------ */

void queued_id_put(const struct queued *queued, const struct queued_id *id, char out[QUEUED_ID_TEXT])
{
    const char *run = queued->session->queue.run;
    if (id->end)
        (void)snprintf(out, QUEUED_ID_TEXT, "%s/end", run);
    else if (id->number != 0)
        (void)snprintf(out, QUEUED_ID_TEXT, "%s/%" PRIu64 ".%" PRIu64, run, id->chunk, id->number);
    else
        (void)snprintf(out, QUEUED_ID_TEXT, "%s/%" PRIu64, run, id->chunk);
}

/* Decimal digits, at least one; NULL: there are none, or they make no number of a store. */
static const char *read_digits(const char *text, uint64_t *out)
{
    enum { DIGITS = 18 };
    const size_t len = strspn(text, "0123456789");
    *out = 0;
    if (len == 0 || len > DIGITS)
        return NULL;
    for (size_t i = 0; i < len; i++)
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    return text + len;
}

bool queued_id_read(const struct queued *queued, const char *text, struct queued_id *out)
{
    const size_t len = strlen(queued->session->queue.run);
    *out = (struct queued_id){.end = false};
    if (text == NULL || strncmp(text, queued->session->queue.run, len) != 0 || text[len] != '/')
        return false;
    text += len + 1;
    if (strcmp(text, "end") == 0) {
        out->end = true;
        return true;
    }
    text = read_digits(text, &out->chunk);
    if (text != NULL && *text == '.')
        text = read_digits(text + 1, &out->number);
    return text != NULL && *text == '\0';
}

enum dcv_status queued_head(struct dcv_session *session, const char *begun, struct dcv_parcel_head *out)
{
    char day[DCV_DATE_TEXT];
    *out = (struct dcv_parcel_head){
        .texts = {.version = dcv_version(), .options = audit_options_text(session), .begun = begun, .ca = session->cas, .account = session->account_uri,
                  .as_of = dcv_arena_strdup(session->run_arena, dcv_date_format(session->judged_for, day))},
        .numbers = {.method = session->by, .dnssec = (uint64_t)session->settings.dnssec, .sha1 = session->settings.refuse_sha1, .deep = session->audit.deep,
                    .whois = session->audit.whois, .signature_days = session->signature_days,
                    .size = session->queue.chunk != 0 ? session->queue.chunk : QUEUED_CHUNK}};
    return out->texts.options != NULL && out->texts.as_of != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

enum dcv_status queued_read_head(struct queued *queued, const struct dcv_queue_event *event, struct dcv_parcel_head *out, size_t *rest)
{
    struct dcv_parcel parcel;
    const char *text = event->data, *end = event->len != 0 ? memchr(text, '\n', event->len) : NULL;
    if (end == NULL || !dcv_utf8_valid(text, event->len))
        return DCV_ERR_SYNTAX;
    enum dcv_status status = dcv_parcel_read(queued->reader, text, (size_t)(end - text), &parcel);
    if (status != DCV_OK || parcel.kind != DCV_PARCEL_HEAD)
        return status != DCV_OK ? status : DCV_ERR_SYNTAX;
    *out = parcel.head;
    *rest = (size_t)(end - text) + 1;
    return DCV_OK;
}
