/* The calls about audits on several machines. */
#include "api/queued.h"

#ifdef DCV_NO_QUEUE

static enum dcv_status unsupported(struct dcv_session *session)
{
    return session_fail(session, DCV_ERR_UNSUPPORTED, "%s", _("this dcvready was built without librabbitmq, which audits on several machines need"));
}

enum dcv_status dcv_session_submit(struct dcv_session *session, const char *path)
{
    (void)path;
    return unsupported(session);
}

enum dcv_status dcv_session_work(struct dcv_session *session)
{
    return unsupported(session);
}

enum dcv_status dcv_session_collect(struct dcv_session *session, const char *path, dcv_write_fn write, void *user)
{
    (void)path;
    (void)write;
    (void)user;
    return unsupported(session);
}

#else

enum dcv_status dcv_session_submit(struct dcv_session *session, const char *path)
{
    struct audit_call call = {0};
    enum dcv_status status = audit_call_begin(session, &call, true);
    if (status == DCV_OK)
        status = audit_check_options(session);
    if (status == DCV_OK && session->queue.retry_dead)
        status = queued_retry_dead(session);
    else if (status == DCV_OK && path == NULL)
        status = session_fail(session, DCV_ERR_USAGE, "%s", _("no list of names given"));
    else if (status == DCV_OK)
        status = queued_submit(session, path);
    return audit_call_end(session, status);
}

enum dcv_status dcv_session_work(struct dcv_session *session)
{
    struct audit_call call = {0};
    enum dcv_status status = audit_call_begin(session, &call, true);
    if (status == DCV_OK)
        status = queued_work(session);
    return audit_call_end(session, status);
}

enum dcv_status dcv_session_collect(struct dcv_session *session, const char *path, dcv_write_fn write, void *user)
{
    struct audit_call call = {write, user};
    enum dcv_status status = audit_call_begin(session, &call, true);
    if (status == DCV_OK && session->queue.reconcile && path == NULL)
        status = session_fail(session, DCV_ERR_USAGE, "%s", _("--reconcile: give the list of names that was submitted, too"));
    else if (status == DCV_OK && !session->queue.reconcile && path != NULL)
        status = session_fail(session, DCV_ERR_USAGE, "%s", _("a list of names is for --reconcile only"));
    if (status == DCV_OK)
        status = queued_collect(session, path);
    return audit_call_end(session, status);
}

#endif
