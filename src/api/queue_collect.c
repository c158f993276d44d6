/* collect: what the workers found, into a run. The number of its chunk is kept with the names, in one transaction, and only then the queue is told that the result was taken: whatever
 * comes twice is known by it. */
#include "api/queued.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PREFETCH = 32,             /* results */
    GROUP = 16,                /* of them in one transaction, at most */
    WAIT_MS = 100,
    QUIET_US = 3000000,        /* before chunks are handed out again: what is there already is taken first */
    AGAIN_WINDOW = 64,
};

struct collect {
    struct queued queued;
    uint64_t tags[GROUP];      /* taken, and not yet committed */
    size_t tag_count;
    uint64_t chunks, total;    /* of the portfolio; 0: not known yet */
    bool known;                /* `total` is */
    uint64_t folded, unread;   /* results that came twice, and that were none */
    uint64_t committed_us;
    struct queued_cut cut;     /* of chunks that are handed out again */
    bool cutting, cut_all;
};

static enum dcv_status check(const struct collect *collect, enum dcv_status status)
{
    return queued_check(&collect->queued, status);
}

static enum dcv_status set_number(const struct collect *collect, const char *key, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    return check(collect, dcv_store_set(collect->queued.store, key, text));
}

static enum dcv_status commit(struct collect *collect)
{
    struct queued *queued = &collect->queued;
    const uint64_t now = queued_now_us(queued);
    enum dcv_status status = check(collect, dcv_store_add(queued->store, "wall_us", now - collect->committed_us));
    if (status == DCV_OK)
        status = check(collect, dcv_store_commit(queued->store));
    collect->committed_us = now;
    for (size_t i = 0; i < collect->tag_count && status == DCV_OK; i++)
        status = dcv_queue_ack(queued->queue, collect->tags[i]);
    collect->tag_count = 0;
    return status;
}

/* ---- the run --------------------------------------------------------------------------------------------------------------------------- */

/* The text of a key is this, or becomes it; `fault`: what is said where it is another. */
static enum dcv_status settle(struct collect *collect, const char *key, const char *text, const char *fault)
{
    struct queued *queued = &collect->queued;
    struct dcv_session *session = queued->session;
    const char *before = dcv_store_get(queued->store, key, session->run_arena);
    if (before == NULL)
        return check(collect, dcv_store_set(queued->store, key, text));
    return strcmp(before, text) == 0 ? DCV_OK : session_fail(session, DCV_ERR_USAGE, fault, session->audit.run, before);
}

static void read_totals(struct collect *collect)
{
    struct dcv_store *store = collect->queued.store;
    collect->chunks = dcv_store_number(store, "queue.chunks");
    collect->total = collect->queued.progress.total = dcv_store_number(store, "queue.names");
    collect->known = dcv_store_get(store, "queue.names", collect->queued.session->run_arena) != NULL;
}

static enum dcv_status begin_run(struct collect *collect)
{
    struct queued *queued = &collect->queued;
    struct dcv_session *session = queued->session;
    struct dcv_store_totals totals = {0};
    enum dcv_status status = queued_open_run(queued);
    if (status == DCV_OK)
        status = check(collect, dcv_store_commit_synced(queued->store));
    if (status == DCV_OK && dcv_store_get(queued->store, "options", session->run_arena) != NULL && dcv_store_get(queued->store, "queue.run", session->run_arena) == NULL)
        return session_fail(session, DCV_ERR_USAGE, _("%s: it is the run of an audit on one machine; give another --run"), session->audit.run);
    if (status == DCV_OK)
        status = settle(collect, "queue.run", session->queue.run, _("%s: it was begun as --queue-run %s; give the same, or another --run"));
    if (status == DCV_OK)
        status = check(collect, dcv_store_totals(queued->store, &totals));
    if (status == DCV_OK)
        read_totals(collect);
    queued->progress.done = queued->progress.resumed = totals.names;
    return status;
}

/* What the run is to know of how it was begun comes with the results. */
static enum dcv_status take_head(struct collect *collect, const struct dcv_parcel_head *head)
{
    const char *other = _("%s: it was begun with other options (%s) than the results that come now; give another --run");
    enum dcv_status status = settle(collect, "options", head->texts.options, other);
    if (status == DCV_OK)
        status = settle(collect, "as_of", head->texts.as_of, other);
    if (status == DCV_OK)
        status = settle(collect, "begun", head->texts.begun, other);
    return status;
}

/* ---- results --------------------------------------------------------------------------------------------------------------------------- */

static bool fresh_chunk(const struct collect *collect, uint64_t chunk)
{
    return dcv_store_missing_chunk(collect->queued.store, chunk, chunk + 1) == chunk;
}

/* Status of the store, or DCV_ERR_SYNTAX. */
static enum dcv_status put_line(struct collect *collect, const char *line, size_t len, bool fresh, uint64_t *names)
{
    struct dcv_store *store = collect->queued.store;
    struct dcv_parcel parcel;
    enum dcv_status status = dcv_parcel_read(collect->queued.reader, line, len, &parcel);
    if (status != DCV_OK)
        return status;
    switch (parcel.kind) {
    case DCV_PARCEL_CLASS: return dcv_store_put_class(store, &parcel.class);
    case DCV_PARCEL_NAME:
        ++*names;
        if (!fresh)
            return DCV_OK;
        return parcel.name.state != DCV_STORE_PROVISIONAL ? dcv_store_put_name(store, &parcel.name) : DCV_ERR_SYNTAX;
    case DCV_PARCEL_COUNTS:
        if (!fresh)
            return DCV_OK;
        collect->queued.progress.exchanges += parcel.counts.exchanges;
        return audit_add_counts(store, &parcel.counts);
    case DCV_PARCEL_FAILED:
    case DCV_PARCEL_HEAD: break;
    }
    return DCV_ERR_SYNTAX;
}

/* Of a result that came before only the classes are of use: later ones of the same worker may go without their facts. DCV_ERR_SYNTAX: it is none. Names of it that were put then are what a worker found, and its chunk stays missing. */
static enum dcv_status put_lines(struct collect *collect, const struct dcv_queue_event *event, size_t at, bool fresh, uint64_t expected)
{
    const char *text = event->data;
    uint64_t names = 0;
    enum dcv_status status = DCV_OK;
    while (status == DCV_OK && at < event->len) {
        const char *end = memchr(text + at, '\n', event->len - at);
        if (end == NULL)
            return DCV_ERR_SYNTAX;
        status = put_line(collect, text + at, (size_t)(end - text) - at, fresh, &names);
        at = (size_t)(end - text) + 1;
    }
    if (status == DCV_ERR_USAGE || status == DCV_ERR_LIMIT) /* a class is missing, or something is too long: nothing was changed */
        return DCV_ERR_SYNTAX;
    if (status != DCV_OK)
        return status == DCV_ERR_SYNTAX ? status : check(collect, status);
    return names == expected ? DCV_OK : DCV_ERR_SYNTAX;
}

/* A chunk whose names came one by one is done when all of them have. */
static enum dcv_status count_single(struct collect *collect, uint64_t chunk, uint64_t of)
{
    struct dcv_store *store = collect->queued.store;
    char key[48];
    (void)snprintf(key, sizeof key, "queue.single.%" PRIu64, chunk);
    enum dcv_status status = dcv_store_add(store, key, 1);
    if (status == DCV_OK && dcv_store_number(store, key) >= of)
        status = dcv_store_put_chunk(store, chunk, DCV_STORE_CHUNK_DONE, NULL);
    return check(collect, status);
}

static enum dcv_status take_chunk(struct collect *collect, const struct dcv_queue_event *event, const struct queued_id *id, const struct dcv_parcel_head *head, size_t rest)
{
    struct dcv_store *store = collect->queued.store;
    const uint64_t of = head->numbers.of, names = head->numbers.names;
    if (head->numbers.chunk != id->chunk || names == 0 || of < names || (id->number != 0 && names != 1))
        return DCV_ERR_SYNTAX;
    const bool fresh = fresh_chunk(collect, id->chunk) && (id->number == 0 || !dcv_store_has(store, id->number));
    enum dcv_status status = put_lines(collect, event, rest, fresh, names);
    collect->folded += !fresh;
    if (status != DCV_OK || !fresh)
        return status;
    if (id->number != 0 && !dcv_store_has(store, id->number))
        return DCV_ERR_SYNTAX;
    collect->queued.progress.done += names;
    return id->number != 0 ? count_single(collect, id->chunk, of) : check(collect, dcv_store_put_chunk(store, id->chunk, DCV_STORE_CHUNK_DONE, NULL));
}

static enum dcv_status take_end(struct collect *collect, const struct dcv_parcel_head *head)
{
    enum dcv_status status = set_number(collect, "queue.chunks", head->numbers.chunks);
    if (status == DCV_OK)
        status = set_number(collect, "queue.names", head->numbers.total);
    if (status == DCV_OK)
        status = set_number(collect, "queue.size", head->numbers.size);
    if (status == DCV_OK)
        read_totals(collect);
    return status;
}

static enum dcv_status take_result(struct collect *collect, const struct dcv_queue_event *event)
{
    struct dcv_parcel_head head;
    struct queued_id id;
    size_t rest = 0;
    enum dcv_status status = queued_id_read(&collect->queued, event->id, &id) ? queued_read_head(&collect->queued, event, &head, &rest) : DCV_ERR_SYNTAX;
    if (status == DCV_OK)
        status = take_head(collect, &head);
    if (status == DCV_OK)
        status = id.end ? take_end(collect, &head) : take_chunk(collect, event, &id, &head, rest);
    if (status == DCV_ERR_SYNTAX) {
        collect->unread++;
        status = DCV_OK;
    }
    collect->tags[collect->tag_count++] = event->tag;
    return status;
}

/* ---- chunks that are missing ----------------------------------------------------------------------------------------------------------- */

static enum dcv_status begin_cut(struct collect *collect, const char *path)
{
    struct queued *queued = &collect->queued;
    struct dcv_session *session = queued->session;
    struct dcv_parcel_head head;
    bool resumed = false;
    const uint64_t size = dcv_store_number(queued->store, "queue.size");
    enum dcv_status status = audit_begin_run(session, queued->store, session->audit.run, &resumed);
    if (status == DCV_OK)
        status = queued_head(session, dcv_store_get(queued->store, "begun", session->run_arena), &head);
    if (status == DCV_OK && size != 0)
        head.numbers.size = size;
    if (status == DCV_OK)
        status = queued_cut_open(&collect->cut, queued, path, &head);
    collect->cutting = status == DCV_OK;
    return status;
}

/* Hands out the next one. */
static enum dcv_status cut_chunk(struct collect *collect)
{
    struct queued *queued = &collect->queued;
    const bool wanted = fresh_chunk(collect, collect->cut.chunk);
    struct dcv_buf data;
    char id[QUEUED_ID_TEXT];
    bool more = false;
    enum dcv_status status = queued_cut_next(&collect->cut, wanted ? &data : NULL, &more);
    if (status == DCV_OK && !more) {
        struct dcv_parcel_head head = {.numbers = {.chunks = collect->cut.chunk, .total = collect->cut.total, .size = collect->cut.head.numbers.size}};
        collect->cut_all = true;
        return take_end(collect, &head);
    }
    if (status != DCV_OK || !wanted)
        return status;
    queued_id_put(queued, &(struct queued_id){.chunk = collect->cut.chunk - 1}, id);
    return queued_post_send(&queued->post, DCV_QUEUE_JOBS, id, &data, NULL, 0);
}

static enum dcv_status reconcile(struct collect *collect, const char *path)
{
    const struct queued *queued = &collect->queued;
    enum dcv_status status = DCV_OK;
    if (path == NULL || collect->cut_all)
        return DCV_OK;
    if (!collect->cutting && queued->up && queued_now_us(queued) >= queued->busy_us + QUIET_US)
        status = begin_cut(collect, path);
    while (status == DCV_OK && collect->cutting && !collect->cut_all && queued->post.refused == 0 && queued->post.count < AGAIN_WINDOW)
        status = cut_chunk(collect);
    return status;
}

/* ---- collecting ------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status take_event(struct collect *collect, struct dcv_queue_event *event)
{
    struct queued *queued = &collect->queued;
    bool buried;
    if (event->kind == DCV_QUEUE_MESSAGE && event->which == DCV_QUEUE_DEAD)
        return queued_bury(queued, event);
    enum dcv_status status = DCV_OK;
    if (event->kind == DCV_QUEUE_MESSAGE) {
        status = take_result(collect, event);
    } else {
        struct queued_letter *letter = queued_post_answer(&queued->post, event, queued_now_us(queued));
        if (letter != NULL)
            (void)queued_buried(queued, letter, &buried);
        queued_letter_free(letter);
    }
    dcv_queue_event_done(event);
    return status;
}

static enum dcv_status step(struct collect *collect)
{
    struct queued *queued = &collect->queued;
    struct dcv_queue_event event;
    bool there = false;
    enum dcv_status status = queued_next(queued, WAIT_MS, &event, &there);
    while (status == DCV_OK && there) {
        status = take_event(collect, &event);
        there = false;
        if (status == DCV_OK && collect->tag_count < GROUP)
            status = queued_next(queued, 0, &event, &there);
    }
    if (status == DCV_OK && collect->tag_count != 0)
        status = commit(collect);
    if (status == DCV_OK && queued->removed)
        status = session_fail(queued->session, DCV_ERR_SYSTEM, _("the queues of this run (%s) were removed meanwhile"), queued->session->queue.run);
    return status == DCV_OK ? queued_tell(queued) : status;
}

static bool complete(const struct collect *collect)
{
    return collect->known && dcv_store_chunks_done(collect->queued.store) >= collect->chunks;
}

static enum dcv_status finish(struct collect *collect)
{
    struct queued *queued = &collect->queued;
    struct dcv_session *session = queued->session;
    const bool whole = complete(collect);
    enum dcv_status status = whole ? check(collect, dcv_store_set(queued->store, "complete", "yes")) : DCV_OK;
    if (status == DCV_OK)
        status = commit(collect);
    if (status == DCV_OK && whole && session->writer.write != NULL)
        status = audit_put_rows(session, queued->store, NULL);
    if (status == DCV_OK)
        status = audit_summary(session, queued->store, &session->summary);
    session->audited = audit_exit_status(queued->store);
    session->interrupted = !whole;
    if (status == DCV_OK && whole && !session->queue.keep && dcv_queue_remove(queued->queue) != DCV_OK)
        (void)session_fail(session, DCV_OK, _("the queues of this run (%s) could not be removed"), session->queue.run);
    else if (status == DCV_OK && collect->unread != 0)
        (void)session_fail(session, DCV_OK, _("%llu messages were no results, and passed over"), (unsigned long long)collect->unread);
    return status;
}

static enum dcv_status run(struct collect *collect, const char *path)
{
    struct queued *queued = &collect->queued;
    enum dcv_status status = begin_run(collect);
    collect->committed_us = queued_now_us(queued);
    if (status == DCV_OK)
        status = dcv_queue_consume(queued->queue, DCV_QUEUE_RESULTS);
    if (status == DCV_OK)
        status = dcv_queue_consume(queued->queue, DCV_QUEUE_DEAD);
    while (status == DCV_OK && !complete(collect) && !queued->stopped) {
        status = reconcile(collect, path);
        if (status == DCV_OK)
            status = step(collect);
    }
    return status == DCV_OK ? finish(collect) : status;
}

enum dcv_status queued_collect(struct dcv_session *session, const char *path)
{
    struct collect *collect = calloc(1, sizeof *collect);
    if (collect == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = queued_open(&collect->queued, session, PREFETCH);
    if (status == DCV_OK)
        status = run(collect, path);
    if (status == DCV_OK && collect->folded != 0 && !session->audit.summary_json)
        dcv_buf_printf(&session->summary, _("%llu results came more than once, and count once\n"), (unsigned long long)collect->folded);
    if (collect->cutting)
        queued_cut_close(&collect->cut);
    queued_close(&collect->queued);
    free(collect);
    return status;
}
