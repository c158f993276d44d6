/* worker: chunks from the queue, their names through an engine, and what is found back. A chunk is acknowledged once its result is confirmed: whoever is killed before that loses
 * nothing, and what is then done again elsewhere counts once. */
#include "api/queued.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

enum {
    PREFETCH = 4,
    STEP_MS = 100,
    TAGS_MAX = 8,
    NAMES_MAX = 4096,        /* of one chunk: more than anybody submits */
    RESULT_MAX = 15 << 20,   /* octets: the queue takes 16 MiB */
    TOLD_MAX = 100000,       /* classes; what is forgotten is told again */
};

struct chunk;

struct name {
    struct chunk *chunk;
    uint64_t number;   /* in the portfolio */
    uint64_t mark;     /* in the engine, where names of several chunks are under way */
    const char *text;
    bool doubtful;     /* a lookup failed: to be tried again when the others are done */
};

/* A chunk that this worker holds. */
struct chunk {
    struct chunk *next;
    char *id, *text;          /* the message, whose lines are ended by zero octets */
    struct dcv_parcel_head head; /* its numbers; texts are those of the worker */
    uint64_t tags[TAGS_MAX];  /* it may have been delivered again */
    size_t tag_count;
    struct name *names;
    size_t count, fed, done, doubtful;
    bool again, sent;
    struct dcv_buf found;     /* parcels of the names */
    struct dcv_map *classes;  /* of theirs, by key */
    uint8_t (*keys)[DCV_STORE_KEY]; /* the same one by one: at most one a name */
    size_t key_count;
};

struct work {
    struct queued queued;
    struct audit_worker *engine;    /* NULL: there was no chunk yet */
    struct dcv_parcel_head head;    /* of the first chunk: the others are like it */
    struct dcv_store *classes;      /* all that the engine told of */
    struct dcv_map *told;           /* keys of those whose facts are in a result that was confirmed: they are nine tenths of it */
    struct chunk *first, **last;
    struct dcv_map *by_mark;
    uint64_t marks;
    struct dcv_parcel_counts counts; /* since the last result */
    uint64_t exchanges, answered;    /* in all */
};

static enum dcv_status check(const struct work *work, enum dcv_status status)
{
    return audit_check(work->queued.session, NULL, work->classes, status);
}

/* ---- chunks ---------------------------------------------------------------------------------------------------------------------------- */

static void chunk_free(struct work *work, struct chunk *chunk)
{
    if (chunk == NULL)
        return;
    for (size_t i = 0; i < chunk->count && chunk->names != NULL; i++)
        if (work->by_mark != NULL && chunk->names[i].mark != 0)
            (void)dcv_map_take(work->by_mark, &chunk->names[i].mark, sizeof chunk->names[i].mark);
    dcv_map_free(chunk->classes, NULL);
    dcv_buf_done(&chunk->found);
    free(chunk->keys);
    free(chunk->names);
    free(chunk->text);
    free(chunk->id);
    free(chunk);
}

static struct chunk **find_chunk(struct work *work, const char *id)
{
    struct chunk **at = &work->first;
    while (*at != NULL && strcmp((*at)->id, id) != 0)
        at = &(*at)->next;
    return at;
}

static enum dcv_status ack_all(struct work *work, const struct chunk *chunk)
{
    enum dcv_status status = DCV_OK;
    for (size_t i = 0; i < chunk->tag_count && status == DCV_OK; i++)
        status = dcv_queue_ack(work->queued.queue, chunk->tags[i]);
    return status;
}

static void drop_chunk(struct work *work, struct chunk **at)
{
    struct chunk *chunk = *at;
    *at = chunk->next;
    if (work->last == &chunk->next)
        work->last = at;
    chunk_free(work, chunk);
}

/* ---- a job ----------------------------------------------------------------------------------------------------------------------------- */

/* "NUMBER MODE NAME", whose end has become a zero octet. */
static bool read_name(char *line, struct name *out)
{
    char *end = line;
    if (line[0] < '1' || line[0] > '9')
        return false;
    out->number = strtoull(line, &end, 10);
    if (out->number > INT64_MAX || end[0] != ' ' || end[1] == '\0' || end[2] != ' ' || end[3] == '\0')
        return false;
    out->text = end + 3;
    return true;
}

static bool read_names(struct chunk *chunk, size_t from, size_t len)
{
    char *line = chunk->text + from, *end = chunk->text + len;
    for (size_t i = 0; i < chunk->count; i++) {
        char *line_end = line < end ? memchr(line, '\n', (size_t)(end - line)) : NULL;
        if (line_end == NULL)
            return false;
        *line_end = '\0';
        chunk->names[i].chunk = chunk;
        if (!read_name(line, &chunk->names[i]))
            return false;
        line = line_end + 1;
    }
    return line == end;
}

/* DCV_ERR_SYNTAX: the message is none of ours. */
static enum dcv_status make_chunk(struct work *work, const struct dcv_queue_event *event, const struct dcv_parcel_head *head, size_t rest, struct chunk **out)
{
    if (head->numbers.names == 0 || head->numbers.names > NAMES_MAX)
        return DCV_ERR_SYNTAX;
    struct chunk *chunk = calloc(1, sizeof *chunk);
    if (chunk == NULL)
        return DCV_ERR_NOMEM;
    dcv_buf_init(&chunk->found, RESULT_MAX);
    chunk->head.numbers = head->numbers;
    chunk->count = head->numbers.names;
    chunk->id = strdup(event->id);
    chunk->text = malloc(event->len + 1);
    chunk->names = calloc(chunk->count, sizeof *chunk->names);
    chunk->keys = calloc(chunk->count, sizeof *chunk->keys);
    chunk->classes = dcv_map_create();
    const bool whole = chunk->id != NULL && chunk->text != NULL && chunk->names != NULL && chunk->keys != NULL && chunk->classes != NULL;
    enum dcv_status status = whole ? DCV_OK : DCV_ERR_NOMEM;
    if (status == DCV_OK) {
        memcpy(chunk->text, event->data, event->len);
        chunk->text[event->len] = '\0';
        status = read_names(chunk, rest, event->len) ? DCV_OK : DCV_ERR_SYNTAX;
    }
    if (status == DCV_OK)
        *out = chunk;
    else
        chunk_free(work, chunk);
    return status;
}

/* Texts in the arena of the run. */
static enum dcv_status keep_head(struct work *work, const struct dcv_parcel_head *head)
{
    struct dcv_arena *arena = work->queued.session->run_arena;
    const char *const *from = (const char *const *)&head->texts;
    const char **to = (const char **)&work->head.texts;
    work->head.numbers = head->numbers;
    for (size_t i = 0; i < sizeof head->texts / sizeof *from; i++)
        if ((to[i] = dcv_arena_strdup(arena, from[i])) == NULL)
            return DCV_ERR_NOMEM;
    return DCV_OK;
}

/* The session judges as whoever handed the names out wants it, whatever its own options say. */
static enum dcv_status apply_head(struct work *work)
{
    struct dcv_session *session = work->queued.session;
    const struct dcv_parcel_head *head = &work->head;
    if (!dcv_date_parse(head->texts.as_of, &session->judged_for) || head->numbers.method > DCV_BY_ANY || head->numbers.dnssec > DCV_DNSSEC_LOCAL
        || head->numbers.signature_days > 365)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("the queue holds chunks that this dcvready does not understand"));
    session->cas = head->texts.ca[0] != '\0' ? head->texts.ca : NULL;
    session->account_uri = head->texts.account[0] != '\0' ? head->texts.account : NULL;
    session->as_of = session->judged_for;
    session->by = (unsigned)head->numbers.method;
    session->settings.dnssec = (enum dcv_dnssec_mode)head->numbers.dnssec;
    session->settings.refuse_sha1 = head->numbers.sha1 != 0;
    session->audit.deep = head->numbers.deep != 0;
    session->audit.whois = head->numbers.whois != 0;
    session->signature_days = (unsigned)head->numbers.signature_days;
    return session_prepare(session);
}

static enum dcv_status take_parcel(void *user, const struct dcv_parcel *parcel);

static enum dcv_status start_engine(struct work *work, const struct dcv_parcel_head *head)
{
    struct dcv_session *session = work->queued.session;
    if (strcmp(head->texts.version, dcv_version()) != 0)
        return session_fail(session, DCV_ERR_USAGE, _("the names were handed out by dcvready %s, and this is %s: they may judge differently"), head->texts.version, dcv_version());
    enum dcv_status status = keep_head(work, head);
    if (status == DCV_OK)
        status = apply_head(work);
    if (status == DCV_OK)
        status = audit_open_run(session, NULL, &work->classes);
    return status == DCV_OK ? audit_worker_create(session, take_parcel, work, &work->engine) : status;
}

static bool alike(const struct dcv_parcel_head *head, const struct dcv_parcel_head *other)
{
    return strcmp(head->texts.version, other->texts.version) == 0 && strcmp(head->texts.options, other->texts.options) == 0
        && strcmp(head->texts.as_of, other->texts.as_of) == 0 && strcmp(head->texts.ca, other->texts.ca) == 0
        && strcmp(head->texts.account, other->texts.account) == 0 && head->numbers.method == other->numbers.method
        && head->numbers.dnssec == other->numbers.dnssec && head->numbers.sha1 == other->numbers.sha1 && head->numbers.deep == other->numbers.deep
        && head->numbers.whois == other->numbers.whois && head->numbers.signature_days == other->numbers.signature_days;
}

static enum dcv_status begin_chunk(struct work *work, const struct dcv_queue_event *event)
{
    struct dcv_parcel_head head;
    struct queued_id id;
    struct chunk *chunk = NULL;
    size_t rest = 0;
    enum dcv_status status = queued_id_read(&work->queued, event->id, &id) && !id.end ? queued_read_head(&work->queued, event, &head, &rest) : DCV_ERR_SYNTAX;
    if (status == DCV_OK)
        status = make_chunk(work, event, &head, rest, &chunk);
    if (status == DCV_ERR_SYNTAX) /* it dies, where somebody may look at it */
        return dcv_queue_reject(work->queued.queue, event->tag, false);
    if (status == DCV_OK && work->engine == NULL)
        status = start_engine(work, &head);
    else if (status == DCV_OK && !alike(&work->head, &head))
        status = session_fail(work->queued.session, DCV_ERR_USAGE, "%s", _("the queue holds chunks that were handed out with different options; give each list a --queue-run of its own"));
    if (status != DCV_OK) {
        chunk_free(work, chunk);
        return status;
    }
    chunk->tags[chunk->tag_count++] = event->tag;
    *work->last = chunk;
    work->last = &chunk->next;
    return DCV_OK;
}

/* A chunk that is held is delivered again after the connection was lost, or because it was handed out twice. */
static enum dcv_status take_job(struct work *work, const struct dcv_queue_event *event)
{
    struct chunk *held = event->id != NULL ? *find_chunk(work, event->id) : NULL;
    if (held == NULL)
        return work->queued.stopped ? DCV_OK : begin_chunk(work, event);
    if (held->tag_count == TAGS_MAX) { /* the oldest is of a connection that is no more */
        memmove(held->tags, held->tags + 1, (TAGS_MAX - 1) * sizeof held->tags[0]);
        held->tag_count--;
    }
    held->tags[held->tag_count++] = event->tag;
    return DCV_OK;
}

/* ---- results --------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status put_class(struct work *work, const uint8_t key[DCV_STORE_KEY], bool facts, struct dcv_buf *out)
{
    struct dcv_store_class class;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    enum dcv_status status = arena != NULL ? check(work, dcv_store_facts(work->classes, key, arena, &class)) : DCV_ERR_NOMEM;
    if (status == DCV_OK && (!facts || dcv_map_get(work->told, key, DCV_STORE_KEY) != NULL)) {
        class.facts = "";
        class.witness = NULL;
    }
    if (status == DCV_OK)
        dcv_parcel_put_class(out, &class);
    dcv_arena_free(arena);
    return status;
}

/* All that is needed of the names: their classes come first. Without `facts` the classes cannot be judged again. */
static enum dcv_status put_result(struct work *work, const struct chunk *chunk, bool facts, struct dcv_buf *out)
{
    struct dcv_parcel_head head = work->head;
    enum dcv_status status = DCV_OK;
    head.numbers = chunk->head.numbers;
    dcv_buf_init(out, RESULT_MAX);
    dcv_parcel_put_head(out, &head);
    for (size_t i = 0; i < chunk->key_count && status == DCV_OK; i++)
        status = put_class(work, chunk->keys[i], facts, out);
    dcv_buf_put(out, chunk->found.data, chunk->found.len);
    dcv_parcel_put_counts(out, &work->counts);
    return status;
}

/* Who hears nothing at all would report of every name that nothing is known: it is left to others. */
static enum dcv_status check_hearing(const struct work *work, const struct chunk *chunk)
{
    if (!chunk->again || work->exchanges == 0 || work->answered != 0)
        return DCV_OK;
    return session_fail(work->queued.session, DCV_ERR_SYSTEM, "%s", _("no resolver answers; the names that this worker held are given to others"));
}

static enum dcv_status send_result(struct work *work, struct chunk *chunk)
{
    struct dcv_buf result;
    enum dcv_status heard = check_hearing(work, chunk);
    if (heard != DCV_OK)
        return heard;
    enum dcv_status status = put_result(work, chunk, true, &result);
    if (status == DCV_OK && result.failed) {
        dcv_buf_done(&result);
        status = put_result(work, chunk, false, &result);
    }
    if (status != DCV_OK) {
        dcv_buf_done(&result);
        return status;
    }
    work->counts = (struct dcv_parcel_counts){.rss_kib = work->counts.rss_kib};
    chunk->sent = true;
    return queued_post_send(&work->queued.post, DCV_QUEUE_RESULTS, chunk->id, &result, NULL, 0);
}

/* Results are taken in the order in which they were confirmed: the facts are there before who does without them. */
static enum dcv_status note_told(struct work *work, const struct chunk *chunk)
{
    if (dcv_map_count(work->told) > TOLD_MAX) {
        dcv_map_free(work->told, NULL);
        work->told = dcv_map_create();
    }
    for (size_t i = 0; i < chunk->key_count && work->told != NULL; i++)
        if (!dcv_map_put(work->told, chunk->keys[i], DCV_STORE_KEY, work))
            return DCV_ERR_NOMEM;
    return work->told != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

static enum dcv_status take_confirmation(struct work *work, const struct dcv_queue_event *event)
{
    struct queued_letter *letter = queued_post_answer(&work->queued.post, event, queued_now_us(&work->queued));
    struct chunk **at = letter != NULL ? find_chunk(work, letter->id) : NULL;
    enum dcv_status status = DCV_OK;
    if (at != NULL && *at != NULL) {
        status = note_told(work, *at);
        if (status == DCV_OK)
            status = ack_all(work, *at);
        drop_chunk(work, at);
    }
    queued_letter_free(letter);
    return status;
}

/* ---- the engine ------------------------------------------------------------------------------------------------------------------------ */

static enum dcv_status note_class(struct chunk *chunk, const struct dcv_store_name *name)
{
    if (name->state != DCV_STORE_JUDGED || dcv_map_get(chunk->classes, name->key, DCV_STORE_KEY) != NULL)
        return DCV_OK;
    memcpy(chunk->keys[chunk->key_count++], name->key, DCV_STORE_KEY);
    return dcv_map_put(chunk->classes, name->key, DCV_STORE_KEY, chunk) ? DCV_OK : DCV_ERR_NOMEM;
}

static enum dcv_status take_name(struct work *work, const struct dcv_store_name *found)
{
    struct name *name = dcv_map_take(work->by_mark, &found->number, sizeof found->number);
    if (name == NULL)
        return DCV_ERR_SYNTAX;
    struct chunk *chunk = name->chunk;
    name->mark = 0;
    if (found->state == DCV_STORE_PROVISIONAL) {
        name->doubtful = true;
        chunk->doubtful++;
        return DCV_OK;
    }
    struct dcv_store_name own = *found;
    own.number = name->number;
    own.text = name->text;
    dcv_parcel_put_name(&chunk->found, &own);
    chunk->done++;
    work->queued.progress.done++;
    work->queued.progress.retried += own.retries;
    work->queued.progress.invalid += own.state == DCV_STORE_INVALID;
    work->queued.progress.crashed += own.state == DCV_STORE_CRASHED;
    return note_class(chunk, &own);
}

static void add_counts(struct work *work, const struct dcv_parcel_counts *counts)
{
    uint64_t *to = (uint64_t *)&work->counts;
    const uint64_t *from = (const uint64_t *)counts, before = work->counts.rss_kib;
    for (size_t i = 0; i < sizeof *counts / sizeof *to; i++)
        to[i] += from[i];
    work->counts.rss_kib = counts->rss_kib > before ? counts->rss_kib : before;
    work->exchanges += counts->exchanges;
    work->answered += counts->answered;
    work->queued.progress.exchanges += counts->exchanges;
}

static enum dcv_status take_parcel(void *user, const struct dcv_parcel *parcel)
{
    struct work *work = user;
    switch (parcel->kind) {
    case DCV_PARCEL_CLASS:
        if (parcel->class.witness != NULL) /* there is more to tell of it */
            (void)dcv_map_take(work->told, parcel->class.key, DCV_STORE_KEY);
        return check(work, dcv_store_put_class(work->classes, &parcel->class));
    case DCV_PARCEL_NAME: return take_name(work, &parcel->name);
    case DCV_PARCEL_COUNTS: add_counts(work, &parcel->counts); break;
    case DCV_PARCEL_FAILED:
    case DCV_PARCEL_HEAD: break;
    }
    return DCV_OK;
}

static enum dcv_status feed_name(struct work *work, struct name *name, enum audit_mode mode)
{
    name->mark = ++work->marks;
    name->doubtful = false;
    if (!dcv_map_put(work->by_mark, &name->mark, sizeof name->mark, name))
        return DCV_ERR_NOMEM;
    return audit_worker_add(work->engine, name->mark, mode, name->text);
}

/* What failed at first is tried again when the others are done. */
static void turn_back(struct chunk *chunk)
{
    if (chunk->again || chunk->doubtful == 0 || chunk->done + chunk->doubtful != chunk->count)
        return;
    chunk->again = true;
    chunk->fed = chunk->doubtful = 0;
}

static enum dcv_status feed_chunk(struct work *work, struct chunk *chunk)
{
    enum dcv_status status = DCV_OK;
    turn_back(chunk);
    for (; chunk->fed < chunk->count && status == DCV_OK && audit_worker_room(work->engine); chunk->fed++)
        if (!chunk->again || chunk->names[chunk->fed].doubtful)
            status = feed_name(work, &chunk->names[chunk->fed], chunk->again ? AUDIT_AGAIN : AUDIT_FIRST);
    return status;
}

static enum dcv_status feed(struct work *work)
{
    enum dcv_status status = DCV_OK;
    for (struct chunk *chunk = work->first; chunk != NULL && status == DCV_OK; chunk = chunk->next) {
        if (chunk->done == chunk->count)
            status = chunk->sent ? DCV_OK : send_result(work, chunk);
        else
            status = feed_chunk(work, chunk);
    }
    return status;
}

/* ---- working --------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status take_events(struct work *work, unsigned timeout_ms)
{
    struct dcv_queue_event event;
    bool there = false;
    enum dcv_status status = queued_next(&work->queued, timeout_ms, &event, &there);
    while (status == DCV_OK && there) {
        status = event.kind == DCV_QUEUE_MESSAGE ? take_job(work, &event) : take_confirmation(work, &event);
        dcv_queue_event_done(&event);
        if (status == DCV_OK)
            status = queued_next(&work->queued, 0, &event, &there);
    }
    return status;
}

/* Has nothing come for as long as the worker is to wait? */
static bool idle(const struct work *work)
{
    const struct queued *queued = &work->queued;
    const uint64_t until_us = (uint64_t)queued->session->queue.until_empty_s * 1000000U;
    return until_us != 0 && queued->up && queued_now_us(queued) >= queued->busy_us + until_us;
}

/* What is held is finished before the end; without a queue nobody would take it. */
static bool over(const struct work *work)
{
    const struct queued *queued = &work->queued;
    if (queued->removed)
        return true;
    return (queued->stopped && (work->first == NULL || !queued->up)) || (work->first == NULL && idle(work));
}

static enum dcv_status step(struct work *work)
{
    const bool looking = work->engine != NULL && audit_worker_busy(work->engine) != 0;
    enum dcv_status status = take_events(work, looking ? 0 : STEP_MS);
    if (status == DCV_OK && work->engine != NULL)
        status = feed(work);
    if (status == DCV_OK && work->engine != NULL)
        status = audit_worker_step(work->engine, looking ? STEP_MS : 0, dcv_queue_fd(work->queued.queue));
    return status == DCV_OK ? queued_tell(&work->queued) : status;
}

/* The thread of the queue holds locks of libraries now and then, which the child would never get. */
static void hold_queue(void *user, bool begins)
{
    const struct work *work = user;
    if (begins)
        dcv_queue_hold(work->queued.queue);
    else
        dcv_queue_release(work->queued.queue);
}

static enum dcv_status run(struct work *work)
{
    const struct dcv_session *session = work->queued.session;
    enum dcv_status status = queued_open(&work->queued, work->queued.session, (uint16_t)(session->queue.prefetch != 0 ? session->queue.prefetch : PREFETCH));
    work->queued.session->audit.forking = hold_queue;
    work->queued.session->audit.forking_user = work;
    if (status == DCV_OK)
        status = dcv_queue_consume(work->queued.queue, DCV_QUEUE_JOBS);
    while (status == DCV_OK && !over(work))
        status = step(work);
    work->queued.session->audit.forking = NULL;
    return status;
}

enum dcv_status queued_work(struct dcv_session *session)
{
    struct work work = {.queued = {.session = session}, .by_mark = dcv_map_create(), .told = dcv_map_create()};
    work.last = &work.first;
    enum dcv_status status = work.by_mark != NULL && work.told != NULL ? run(&work) : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        dcv_buf_printf(&session->summary, _("%llu names were looked up\n"), (unsigned long long)work.queued.progress.done);
    audit_worker_free(work.engine);
    queued_close(&work.queued);
    while (work.first != NULL)
        drop_chunk(&work, &work.first);
    dcv_store_close(work.classes);
    dcv_map_free(work.told, NULL);
    dcv_map_free(work.by_mark, NULL);
    return status;
}
