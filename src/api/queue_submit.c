/* submit: a portfolio into the queue, chunk by chunk. How far it came is kept in the run, so that a call that was broken off can go on. */
#include "api/queued.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    WINDOW = 64,        /* chunks that are under way: so many may be there twice after a kill */
    WAIT_MS = 100,
    COMMIT_US = 500000,
    DEAD_PREFETCH = 4,
    DEAD_QUIET_US = 3000000, /* the dead are all there when none came for so long */
};

/* ---- what is kept ---------------------------------------------------------------------------------------------------------------------- */

struct submit {
    struct queued queued;
    struct queued_cut cut;
    uint64_t cursor, kept;     /* chunks before this one are confirmed, and so it says in the run */
    bool confirmed[WINDOW];    /* those from there on, by number modulo WINDOW */
    uint64_t names[WINDOW];    /* of them */
    uint64_t committed_us;
    bool ended, end_confirmed; /* the message that follows the last chunk */
};

static enum dcv_status set_number(const struct queued *queued, const char *key, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    return queued_check(queued, dcv_store_set(queued->store, key, text));
}

static enum dcv_status commit(struct submit *submit, bool now)
{
    struct queued *queued = &submit->queued;
    if (!now && (submit->cursor == submit->kept || queued_now_us(queued) < submit->committed_us + COMMIT_US))
        return DCV_OK;
    submit->kept = submit->cursor;
    submit->committed_us = queued_now_us(queued);
    enum dcv_status status = set_number(queued, "queue.cursor", submit->cursor);
    return status == DCV_OK ? queued_check(queued, dcv_store_commit(queued->store)) : status;
}

/* Is the run of this queue, and cut as before? */
static enum dcv_status check_run(const struct queued *queued, uint64_t size, bool resumed)
{
    struct dcv_session *session = queued->session;
    const char *id = dcv_store_get(queued->store, "queue.run", session->run_arena), *path = session->audit.run;
    const uint64_t before = dcv_store_number(queued->store, "queue.size");
    if (id == NULL && resumed)
        return session_fail(session, DCV_ERR_USAGE, _("%s: it is the run of an audit on one machine; give another --run"), path);
    if (id != NULL && strcmp(id, session->queue.run) != 0)
        return session_fail(session, DCV_ERR_USAGE, _("%s: it was begun as --queue-run %s; give the same, or another --run"), path, id);
    if (before != 0 && before != size)
        return session_fail(session, DCV_ERR_USAGE, _("%s: it was begun with --chunk %llu; give the same, or another --run"), path, (unsigned long long)before);
    return DCV_OK;
}

static enum dcv_status begin_run(struct submit *submit, struct dcv_parcel_head *head)
{
    struct queued *queued = &submit->queued;
    struct dcv_session *session = queued->session;
    bool resumed = false;
    enum dcv_status status = queued_open_run(queued);
    if (status == DCV_OK)
        status = audit_begin_run(session, queued->store, session->audit.run, &resumed);
    if (status == DCV_OK)
        status = queued_head(session, dcv_store_get(queued->store, "begun", session->run_arena), head);
    if (status == DCV_OK)
        status = check_run(queued, head->numbers.size, resumed);
    if (status == DCV_OK)
        status = queued_check(queued, dcv_store_set(queued->store, "queue.run", session->queue.run));
    if (status == DCV_OK)
        status = set_number(queued, "queue.size", head->numbers.size);
    if (status == DCV_OK)
        submit->cursor = dcv_store_number(queued->store, "queue.cursor");
    return status == DCV_OK ? commit(submit, true) : status;
}

/* ---- confirmations --------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status confirm_chunk(struct submit *submit, uint64_t chunk)
{
    struct queued *queued = &submit->queued;
    enum dcv_status status = queued_check(queued, dcv_store_put_chunk(queued->store, chunk, DCV_STORE_CHUNK_SENT, NULL));
    submit->confirmed[chunk % WINDOW] = true;
    for (; submit->confirmed[submit->cursor % WINDOW]; submit->cursor++) {
        submit->confirmed[submit->cursor % WINDOW] = false;
        queued->progress.done += submit->names[submit->cursor % WINDOW];
    }
    return status;
}

static enum dcv_status take_event(struct submit *submit, const struct dcv_queue_event *event)
{
    struct queued *queued = &submit->queued;
    struct queued_letter *letter = queued_post_answer(&queued->post, event, queued_now_us(queued));
    enum dcv_status status = DCV_OK;
    if (letter != NULL && letter->kind == DCV_QUEUE_RESULTS)
        submit->end_confirmed = true;
    else if (letter != NULL)
        status = confirm_chunk(submit, letter->number);
    queued_letter_free(letter);
    return status;
}

static enum dcv_status gone(const struct queued *queued)
{
    return session_fail(queued->session, DCV_ERR_SYSTEM, _("the queues of this run (%s) were removed meanwhile"), queued->session->queue.run);
}

/* Takes what has come; waits for something where nothing else is to be done. */
static enum dcv_status step(struct submit *submit, bool wait)
{
    struct queued *queued = &submit->queued;
    struct dcv_queue_event event;
    bool there = false;
    enum dcv_status status = queued_next(queued, wait ? WAIT_MS : 0, &event, &there);
    while (status == DCV_OK && there) {
        status = take_event(submit, &event);
        dcv_queue_event_done(&event);
        if (status == DCV_OK)
            status = queued_next(queued, 0, &event, &there);
    }
    if (status == DCV_OK && queued->removed)
        status = gone(queued);
    if (status == DCV_OK)
        status = commit(submit, false);
    return status == DCV_OK ? queued_tell(queued) : status;
}

/* ---- sending --------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status send_chunk(struct submit *submit, bool *more)
{
    struct queued *queued = &submit->queued;
    struct queued_cut *cut = &submit->cut;
    const uint64_t before = cut->total;
    const bool known = cut->chunk < submit->cursor; /* it was confirmed before this call */
    struct dcv_buf data;
    char id[QUEUED_ID_TEXT];
    enum dcv_status status = queued_cut_next(cut, known ? NULL : &data, more);
    if (status != DCV_OK || !*more)
        return status;
    const uint64_t chunk = cut->chunk - 1;
    if (known) {
        queued->progress.done += cut->total - before;
        queued->progress.resumed = queued->progress.done;
        return DCV_OK;
    }
    submit->names[chunk % WINDOW] = cut->total - before;
    queued_id_put(queued, &(struct queued_id){.chunk = chunk}, id);
    return queued_post_send(&queued->post, DCV_QUEUE_JOBS, id, &data, NULL, chunk);
}

/* How much it was in all, for whoever collects it: behind the results, since nobody else reads those. */
static enum dcv_status send_end(struct submit *submit)
{
    struct queued *queued = &submit->queued;
    struct dcv_parcel_head head = submit->cut.head;
    struct dcv_buf data;
    char id[QUEUED_ID_TEXT];
    head.numbers.chunk = head.numbers.names = head.numbers.of = 0;
    head.numbers.chunks = submit->cut.chunk;
    head.numbers.total = submit->cut.total;
    dcv_buf_init(&data, 1 << 20);
    dcv_parcel_put_head(&data, &head);
    queued_id_put(queued, &(struct queued_id){.end = true}, id);
    submit->ended = true;
    enum dcv_status status = set_number(queued, "queue.chunks", submit->cut.chunk);
    if (status == DCV_OK)
        status = set_number(queued, "queue.names", submit->cut.total);
    if (status == DCV_OK)
        status = queued_post_send(&queued->post, DCV_QUEUE_RESULTS, id, &data, NULL, 0);
    else
        dcv_buf_done(&data);
    return status;
}

/* While the queue is full nothing new is sent: what it refused comes first. */
static bool may_send(const struct submit *submit)
{
    return submit->cut.chunk < submit->cursor || (submit->queued.post.refused == 0 && submit->cut.chunk < submit->cursor + WINDOW);
}

static enum dcv_status send_all(struct submit *submit)
{
    const struct queued *queued = &submit->queued;
    enum dcv_status status = DCV_OK;
    bool more = true;
    while (status == DCV_OK && !submit->end_confirmed && !(queued->stopped && queued->post.count == 0)) {
        while (status == DCV_OK && more && !queued->stopped && may_send(submit))
            status = send_chunk(submit, &more);
        if (status == DCV_OK && !more && !submit->ended && queued->post.count == 0)
            status = send_end(submit);
        if (status == DCV_OK)
            status = step(submit, true);
        if (queued->stopped && !queued->up)
            break; /* nobody would confirm anything */
    }
    if (status == DCV_OK)
        status = commit(submit, true);
    return status;
}

static enum dcv_status submit_list(struct submit *submit, const char *path)
{
    struct queued *queued = &submit->queued;
    struct dcv_parcel_head head;
    struct audit_list list = {0};
    enum dcv_status status = begin_run(submit, &head);
    if (status == DCV_OK)
        status = audit_names_survey(queued->session, path, queued->session->audit.column, &list);
    queued->progress.total = list.total;
    if (status == DCV_OK)
        status = queued_cut_open(&submit->cut, queued, path, &head);
    if (status == DCV_OK)
        status = send_all(submit);
    queued_cut_close(&submit->cut);
    return status;
}

enum dcv_status queued_submit(struct dcv_session *session, const char *path)
{
    struct submit *submit = calloc(1, sizeof *submit);
    if (submit == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = queued_open(&submit->queued, session, 1);
    if (status == DCV_OK)
        status = submit_list(submit, path);
    session->interrupted = submit->queued.stopped && !submit->end_confirmed;
    if (status == DCV_OK && !session->interrupted)
        dcv_buf_printf(&session->summary, _("%llu names in %llu chunks were handed out\n"), (unsigned long long)submit->cut.total,
                       (unsigned long long)submit->cut.chunk);
    queued_close(&submit->queued);
    free(submit);
    return status;
}

/* ---- the dead -------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status take_dead(struct queued *queued, struct dcv_queue_event *event, uint64_t *count)
{
    bool done = false;
    if (event->kind == DCV_QUEUE_MESSAGE)
        return queued_bury(queued, event);
    struct queued_letter *letter = queued_post_answer(&queued->post, event, queued_now_us(queued));
    if (letter != NULL)
        (void)queued_buried(queued, letter, &done);
    queued->progress.done += letter != NULL;
    *count += done;
    queued_letter_free(letter);
    dcv_queue_event_done(event);
    return DCV_OK;
}

static enum dcv_status retry(struct queued *queued, uint64_t *count)
{
    enum dcv_status status = dcv_queue_consume(queued->queue, DCV_QUEUE_DEAD);
    while (status == DCV_OK && !queued->stopped) {
        struct dcv_queue_event event;
        bool there = false;
        status = queued_next(queued, WAIT_MS, &event, &there);
        if (status == DCV_OK && there)
            status = take_dead(queued, &event, count);
        if (status == DCV_OK && queued->removed)
            status = gone(queued);
        if (status == DCV_OK)
            status = queued_tell(queued);
        if (queued->up && queued->post.count == 0 && queued_now_us(queued) >= queued->busy_us + DEAD_QUIET_US)
            break;
    }
    return status;
}

enum dcv_status queued_retry_dead(struct dcv_session *session)
{
    struct queued queued;
    uint64_t count = 0;
    enum dcv_status status = queued_open(&queued, session, DEAD_PREFETCH);
    if (status == DCV_OK)
        status = retry(&queued, &count);
    session->interrupted = queued.stopped;
    if (status == DCV_OK)
        dcv_buf_printf(&session->summary, _("%llu chunks had died; %llu names were handed out one by one, or given up\n"), (unsigned long long)count,
                       (unsigned long long)queued.progress.done);
    queued_close(&queued);
    return status;
}
