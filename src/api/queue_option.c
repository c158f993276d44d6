/* The options of audits on several machines. */
#include "api/queued.h"

#include "base/text.h"

#include <string.h>

static enum dcv_status keep(struct dcv_session *session, const char **slot, const char *value)
{
    if (value[0] == '\0')
        return session_fail(session, DCV_ERR_USAGE, "%s", _("it takes a value that is not empty"));
    *slot = dcv_arena_strdup(session->arena, value);
    return *slot != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

static enum dcv_status set_flag(bool *slot)
{
    *slot = true;
    return DCV_OK;
}

static enum dcv_status set_number(struct dcv_session *session, const char *value, long min, long max, unsigned *out)
{
    long number;
    if (!dcv_text_number(value, min, max, &number))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes a number from %ld to %ld"), value, min, max);
    *out = (unsigned)number;
    return DCV_OK;
}

enum dcv_status queue_set_hosts(struct dcv_session *session, const char *value)
{
    return keep(session, &session->queue.hosts, value);
}

/* The id is part of the names of queues: see queue/queue.h. */
enum dcv_status queue_set_run(struct dcv_session *session, const char *value)
{
    enum { RUN_MAX = 64 };
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const size_t len = strlen(value);
    if (len == 0 || len > RUN_MAX || strspn(value, letters) != len)
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no id; it takes up to 64 letters, digits, '-' and '_'"), value);
    return keep(session, &session->queue.run, value);
}

enum dcv_status queue_set_user(struct dcv_session *session, const char *value)
{
    return keep(session, &session->queue.user, value);
}

enum dcv_status queue_set_password_file(struct dcv_session *session, const char *value)
{
    return keep(session, &session->queue.password_file, value);
}

enum dcv_status queue_set_vhost(struct dcv_session *session, const char *value)
{
    return keep(session, &session->queue.vhost, value);
}

enum dcv_status queue_set_tls(struct dcv_session *session, const char *value)
{
    (void)value;
    return set_flag(&session->queue.tls);
}

enum dcv_status queue_set_ca(struct dcv_session *session, const char *value)
{
    return keep(session, &session->queue.ca, value);
}

enum dcv_status queue_set_cert(struct dcv_session *session, const char *value)
{
    return keep(session, &session->queue.cert, value);
}

enum dcv_status queue_set_key(struct dcv_session *session, const char *value)
{
    return keep(session, &session->queue.key, value);
}

enum dcv_status queue_set_chunk(struct dcv_session *session, const char *value)
{
    return set_number(session, value, QUEUED_CHUNK_LEAST, QUEUED_CHUNK_MOST, &session->queue.chunk);
}

enum dcv_status queue_set_prefetch(struct dcv_session *session, const char *value)
{
    return set_number(session, value, 1, 16, &session->queue.prefetch);
}

enum dcv_status queue_set_until_empty(struct dcv_session *session, const char *value)
{
    return set_number(session, value, 1, 1000000, &session->queue.until_empty_s);
}

enum dcv_status queue_set_retry_dead(struct dcv_session *session, const char *value)
{
    (void)value;
    return set_flag(&session->queue.retry_dead);
}

enum dcv_status queue_set_reconcile(struct dcv_session *session, const char *value)
{
    (void)value;
    return set_flag(&session->queue.reconcile);
}

enum dcv_status queue_set_keep(struct dcv_session *session, const char *value)
{
    (void)value;
    return set_flag(&session->queue.keep);
}
