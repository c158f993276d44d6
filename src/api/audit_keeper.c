/* The keeper of an audit: feeds the engine from the portfolio, and the run from the engine. */
#include "api/audit.h"

#include "base/map.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    COMMIT_NAMES = 4096,
    COMMIT_US = 1000000,
    TELL_US = 200000,      /* how often progress is told */
    STEP_MS = 100,
    AGAIN_NAMES = 4096,    /* names to be tried again that are held at a time */
    ROWS_OCTETS = 65536,
    BODIES_MAX = 32 << 20, /* of classes whose rows are being written */
};

struct keeper {
    struct dcv_session *session;
    struct dcv_store *store;
    struct audit_worker *worker;
    struct audit_names *names;
    const char *path;          /* of the run; NULL: a temporary one */
    bool stream;               /* rows are written as names are done */
    bool resumed;
    uint64_t number, prefix;   /* of the list: the last name read, and those known to be done */
    uint64_t list;             /* what the names up to there were: a digest */
    uint64_t total, done;
    uint64_t written, ordered; /* of ordered rows: the last one, and where those begin that are still to come */
    unsigned uncommitted;
    uint64_t started_us, committed_us, told_us, cpu_us;
    bool stopped;              /* by whoever watches */
    struct dcv_audit_progress progress;
    uint64_t last_exchanges, last_done;
    struct dcv_map *bodies;    /* key → body */
    size_t body_octets;
    struct dcv_buf rows, filled;
};

static uint64_t now_us(const struct keeper *keeper)
{
    return keeper->session->clock.mono_us(keeper->session->clock.user);
}

static enum dcv_status check(const struct keeper *keeper, enum dcv_status status)
{
    return status == DCV_OK ? DCV_OK : audit_store_fail(keeper->session, keeper->path, keeper->store, status);
}

/* ---- the run itself ---------------------------------------------------------------------------------------------------------------- */

static uint64_t own_cpu_us(void)
{
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000U + (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static enum dcv_status commit(struct keeper *keeper)
{
    const uint64_t now = now_us(keeper), cpu = own_cpu_us();
    enum dcv_status status = dcv_store_add(keeper->store, "wall_us", now - keeper->committed_us);
    if (status == DCV_OK)
        status = dcv_store_add(keeper->store, "cpu_us", cpu - keeper->cpu_us);
    if (status == DCV_OK)
        status = dcv_store_commit(keeper->store);
    keeper->committed_us = now;
    keeper->cpu_us = cpu;
    keeper->uncommitted = 0;
    return check(keeper, status);
}

/* ---- rows as they come ------------------------------------------------------------------------------------------------------------- */

static enum dcv_status write_rows(struct keeper *keeper)
{
    struct dcv_session *session = keeper->session;
    if (keeper->rows.failed)
        return DCV_ERR_NOMEM;
    dcv_writer_put(&session->writer, dcv_buf_text(&keeper->rows), keeper->rows.len);
    dcv_buf_clear(&keeper->rows);
    return session->writer.error == 0 ? DCV_OK : session_fail(session, DCV_ERR_IO, "%s", strerror(session->writer.error));
}

/* The body of a class; those of a run of ordinary size are all held. */
static enum dcv_status body_of(struct keeper *keeper, const uint8_t key[DCV_STORE_KEY], const char **out)
{
    *out = dcv_map_get(keeper->bodies, key, DCV_STORE_KEY);
    if (*out != NULL)
        return DCV_OK;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_store_class class;
    enum dcv_status status = arena != NULL ? check(keeper, dcv_store_facts(keeper->store, key, arena, &class)) : DCV_ERR_NOMEM;
    if (status == DCV_OK && keeper->body_octets > BODIES_MAX) {
        dcv_map_free(keeper->bodies, free);
        keeper->bodies = dcv_map_create();
        keeper->body_octets = 0;
    }
    char *copy = status == DCV_OK && keeper->bodies != NULL ? strdup(class.body) : NULL;
    if (status == DCV_OK && (copy == NULL || !dcv_map_put(keeper->bodies, key, DCV_STORE_KEY, copy))) {
        free(copy);
        status = DCV_ERR_NOMEM;
    }
    dcv_arena_free(arena);
    if (status != DCV_OK)
        return status;
    keeper->body_octets += strlen(copy);
    *out = copy;
    return DCV_OK;
}

static enum dcv_status stream_row(struct keeper *keeper, const struct dcv_store_name *name)
{
    const char *body = NULL;
    enum dcv_status status = name->state == DCV_STORE_JUDGED || name->state == DCV_STORE_PROVISIONAL ? body_of(keeper, name->key, &body) : DCV_OK;
    if (status == DCV_OK)
        status = audit_row(keeper->session, name, body, &keeper->filled, &keeper->rows);
    return status == DCV_OK && keeper->rows.len >= ROWS_OCTETS ? write_rows(keeper) : status;
}

/* Rows in order, as far as they are all there. */
static enum dcv_status on_ordered(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    struct keeper *keeper = user;
    (void)class;
    if (name->state == DCV_STORE_PROVISIONAL || name->number >= keeper->ordered)
        return DCV_ERR_NOT_FOUND; /* one before it, or itself, is still to come */
    keeper->written = name->number;
    return stream_row(keeper, name);
}

static enum dcv_status stream_ordered(struct keeper *keeper)
{
    const struct dcv_store_filter filter = {.from = keeper->written + 1};
    keeper->ordered = audit_worker_lowest(keeper->worker);
    enum dcv_status status = dcv_store_each_name(keeper->store, &filter, on_ordered, keeper);
    return status == DCV_ERR_NOT_FOUND ? DCV_OK : status;
}

/* ---- from the engine --------------------------------------------------------------------------------------------------------------- */

static void count_name(struct keeper *keeper, const struct dcv_store_name *name)
{
    struct dcv_audit_progress *progress = &keeper->progress;
    progress->retried += name->retries;
    switch (name->state) {
    case DCV_STORE_JUDGED: keeper->done++; return;
    case DCV_STORE_PROVISIONAL: progress->doubtful++; return;
    case DCV_STORE_INVALID: progress->invalid++; break;
    case DCV_STORE_CRASHED: progress->crashed++; break;
    }
    keeper->done++;
}

static enum dcv_status take_name(struct keeper *keeper, const struct dcv_store_name *name)
{
    enum dcv_status status = check(keeper, dcv_store_put_name(keeper->store, name));
    count_name(keeper, name);
    keeper->uncommitted++;
    if (status == DCV_OK && keeper->stream && !keeper->session->audit.ordered && name->state != DCV_STORE_PROVISIONAL)
        status = stream_row(keeper, name);
    return status;
}

static enum dcv_status take_parcel(void *user, const struct dcv_parcel *parcel)
{
    struct keeper *keeper = user;
    switch (parcel->kind) {
    case DCV_PARCEL_CLASS: return check(keeper, dcv_store_put_class(keeper->store, &parcel->class));
    case DCV_PARCEL_NAME: return take_name(keeper, &parcel->name);
    case DCV_PARCEL_COUNTS:
        keeper->progress.exchanges += parcel->counts.exchanges;
        return check(keeper, audit_add_counts(keeper->store, &parcel->counts));
    case DCV_PARCEL_FAILED:
    case DCV_PARCEL_HEAD: break;
    }
    return DCV_OK;
}

/* ---- who watches ------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status tell(struct keeper *keeper)
{
    struct dcv_session *session = keeper->session;
    struct dcv_audit_progress *progress = &keeper->progress;
    const uint64_t now = now_us(keeper), span = now - keeper->told_us;
    if (span < TELL_US)
        return DCV_OK;
    progress->total = keeper->total;
    progress->done = keeper->done;
    progress->elapsed_s = (unsigned)((now - keeper->started_us) / 1000000U);
    /* Rates are of whole spans: what the engine tells comes in lumps. */
    if (span >= COMMIT_US) {
        progress->names_per_s = (double)(keeper->done - keeper->last_done) * 1e6 / (double)span;
        progress->exchanges_per_s = (double)(progress->exchanges - keeper->last_exchanges) * 1e6 / (double)span;
        keeper->last_done = keeper->done;
        keeper->last_exchanges = progress->exchanges;
        keeper->told_us = now;
    }
    if (session->audit.progress != NULL && !session->audit.progress(session->audit.progress_user, progress))
        keeper->stopped = true;
    return keeper->stream && keeper->rows.len != 0 ? write_rows(keeper) : DCV_OK;
}

/* Waits for the engine, and for a file descriptor besides; -1: there is none. */
static enum dcv_status step(struct keeper *keeper, int other)
{
    enum dcv_status status = audit_worker_step(keeper->worker, STEP_MS, other);
    if (status == DCV_OK && (keeper->uncommitted >= COMMIT_NAMES || (keeper->uncommitted != 0 && now_us(keeper) >= keeper->committed_us + COMMIT_US))) {
        status = commit(keeper);
        if (status == DCV_OK && keeper->stream && keeper->session->audit.ordered)
            status = stream_ordered(keeper);
    }
    return status == DCV_OK ? tell(keeper) : status;
}

/* ---- to the engine ----------------------------------------------------------------------------------------------------------------- */

static enum dcv_status other_list(const struct keeper *keeper, uint64_t number)
{
    return session_fail(keeper->session, DCV_ERR_USAGE, _("%s: it was begun with another list of names (one of the first %llu differs); give another --run"),
                        keeper->path != NULL ? keeper->path : "", (unsigned long long)number);
}

static enum dcv_status note_list(struct keeper *keeper, const char *key, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    return check(keeper, dcv_store_set(keeper->store, key, text));
}

/* A file is read through before anything is asked. What was added at its end since then is taken; else it must be what it was. */
static enum dcv_status survey_list(struct keeper *keeper, const char *path)
{
    struct audit_list list = {.known = dcv_store_number(keeper->store, "list_names")};
    enum dcv_status status = audit_names_survey(keeper->session, path, keeper->session->audit.column, &list);
    keeper->total = list.total;
    if (status != DCV_OK || list.total == 0)
        return status;
    if (list.known != 0 && (list.total < list.known || list.known_digest != dcv_store_number(keeper->store, "list_digest")))
        return other_list(keeper, list.known);
    status = note_list(keeper, "list_names", list.total);
    return status == DCV_OK ? note_list(keeper, "list_digest", list.digest) : status;
}

/* Reads the next name that is to be looked up; `*name` NULL: there is none. */
static enum dcv_status next_name(struct keeper *keeper, const char **name)
{
    for (;;) {
        enum dcv_status status;
        *name = audit_names_next(keeper->names, &status);
        if (*name == NULL)
            return status;
        keeper->number++;
        status = audit_check_list(keeper->session, keeper->store, keeper->path, keeper->number, *name, &keeper->list);
        if (status != DCV_OK)
            return status;
        if (!audit_of_shard(&keeper->session->audit, *name))
            continue;
        if (keeper->resumed && (keeper->number <= keeper->prefix || dcv_store_has(keeper->store, keeper->number)))
            continue;
        return DCV_OK;
    }
}

static enum dcv_status feed_list(struct keeper *keeper)
{
    enum dcv_status status = DCV_OK;
    bool more = true;
    while (status == DCV_OK && !keeper->stopped && (more || audit_worker_busy(keeper->worker) != 0)) {
        int slow = -1; /* the list, where names come more slowly than they are looked up */
        while (status == DCV_OK && more && audit_worker_room(keeper->worker)) {
            const char *name;
            int fd;
            if (audit_names_wait(keeper->names, &fd)) {
                slow = fd;
                break;
            }
            status = next_name(keeper, &name);
            more = status == DCV_OK && name != NULL;
            if (more)
                status = audit_worker_add(keeper->worker, keeper->number, AUDIT_FIRST, name);
        }
        if (status == DCV_OK)
            status = step(keeper, slow);
    }
    return status;
}

/* ---- failed lookups, once more ----------------------------------------------------------------------------------------------------- */

struct again {
    struct dcv_arena *arena;
    DCV_VEC(struct dcv_store_name) names;
};

static enum dcv_status note_again(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    struct again *again = user;
    (void)class;
    struct dcv_store_name *slot = DCV_VEC_ADD(again->arena, &again->names);
    const char *text = dcv_arena_strdup(again->arena, name->text);
    if (slot == NULL || text == NULL)
        return DCV_ERR_NOMEM;
    slot->number = name->number;
    slot->text = text;
    return DCV_OK;
}

static enum dcv_status ask_again(struct keeper *keeper, const struct again *again)
{
    enum dcv_status status = DCV_OK;
    size_t at = 0;
    while (status == DCV_OK && !keeper->stopped && (at < again->names.count || audit_worker_busy(keeper->worker) != 0)) {
        for (; status == DCV_OK && at < again->names.count && audit_worker_room(keeper->worker); at++)
            status = audit_worker_add(keeper->worker, again->names.items[at].number, AUDIT_AGAIN, again->names.items[at].text);
        if (status == DCV_OK)
            status = step(keeper, -1);
    }
    return status;
}

/* What failed at the first try is tried again when the rest is done: some minutes later, and with nothing else under way. */
static enum dcv_status feed_again(struct keeper *keeper)
{
    enum dcv_status status = DCV_OK;
    keeper->progress.again = true;
    for (uint64_t from = 0; status == DCV_OK && !keeper->stopped;) {
        struct again again = {.arena = dcv_arena_create(NULL)};
        const struct dcv_store_filter filter = {.states = 1U << DCV_STORE_PROVISIONAL, .from = from, .limit = AGAIN_NAMES};
        status = again.arena != NULL ? check(keeper, dcv_store_each_name(keeper->store, &filter, note_again, &again)) : DCV_ERR_NOMEM;
        const size_t count = again.names.count;
        if (status == DCV_OK && count != 0)
            status = ask_again(keeper, &again);
        from = count != 0 ? again.names.items[count - 1].number + 1 : 0;
        dcv_arena_free(again.arena);
        if (count == 0)
            break;
    }
    return status;
}

/* ---- beginning ------------------------------------------------------------------------------------------------------------------------ */

/* What was done before, of a run that goes on. */
static enum dcv_status go_on(struct keeper *keeper)
{
    struct dcv_store_totals totals;
    keeper->prefix = keeper->session->audit.shards < 2 ? dcv_store_prefix(keeper->store) : 0;
    enum dcv_status status = check(keeper, dcv_store_totals(keeper->store, &totals));
    if (status == DCV_OK) {
        keeper->done = keeper->last_done = totals.names - totals.provisional;
        keeper->progress.doubtful = totals.provisional;
        keeper->progress.invalid = totals.invalid;
        keeper->progress.crashed = totals.crashed;
        keeper->progress.resumed = totals.names;
    }
    return status;
}

static enum dcv_status begin_run(struct keeper *keeper)
{
    enum dcv_status status = audit_open_run(keeper->session, keeper->path, &keeper->store);
    if (status == DCV_OK)
        status = audit_begin_run(keeper->session, keeper->store, keeper->path, &keeper->resumed);
    return status == DCV_OK && keeper->resumed ? go_on(keeper) : status;
}

/* ---- ending -------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status finish(struct keeper *keeper)
{
    struct dcv_session *session = keeper->session;
    enum dcv_status status = keeper->stopped ? audit_worker_stop(keeper->worker) : audit_worker_drain(keeper->worker);
    if (status == DCV_OK && !keeper->stopped)
        status = check(keeper, dcv_store_set(keeper->store, "complete", "yes"));
    if (status == DCV_OK)
        status = commit(keeper);
    if (status == DCV_OK && keeper->stream && session->audit.ordered)
        status = stream_ordered(keeper);
    if (status == DCV_OK && keeper->stream)
        status = write_rows(keeper);
    if (status == DCV_OK && !keeper->stream && !keeper->stopped && session->writer.write != NULL)
        status = audit_put_rows(session, keeper->store, NULL);
    if (status == DCV_OK)
        status = audit_summary(session, keeper->store, &session->summary);
    session->audited = audit_exit_status(keeper->store);
    session->interrupted = keeper->stopped;
    return status;
}

static enum dcv_status work(struct keeper *keeper, const char *path)
{
    struct dcv_session *session = keeper->session;
    enum dcv_status status = begin_run(keeper);
    if (status == DCV_OK)
        status = survey_list(keeper, path);
    if (status == DCV_OK)
        status = audit_names_open(session, path, session->audit.column, &keeper->names);
    if (status == DCV_OK)
        status = audit_worker_create(session, take_parcel, keeper, &keeper->worker);
    if (status == DCV_OK && keeper->stream)
        dcv_buf_puts(&keeper->rows, dcv_row_head(session->audit.format));
    if (status == DCV_OK)
        status = feed_list(keeper);
    if (status == DCV_OK)
        status = feed_again(keeper);
    if (status == DCV_OK)
        status = finish(keeper);
    else if (keeper->store != NULL)
        (void)dcv_store_commit(keeper->store); /* what was found is kept */
    return status;
}

enum dcv_status audit_keep(struct dcv_session *session, const char *path)
{
    struct keeper keeper = {.session = session, .path = session->audit.run, .stream = session->audit.run == NULL && session->writer.write != NULL};
    session->audit.no_facts = session->audit.run == NULL || session->audit.passing;
    keeper.bodies = dcv_map_create();
    dcv_buf_init(&keeper.rows, 64 << 20);
    dcv_buf_init(&keeper.filled, 1 << 20);
    keeper.started_us = keeper.committed_us = keeper.told_us = now_us(&keeper);
    keeper.cpu_us = own_cpu_us();
    enum dcv_status status = keeper.bodies != NULL ? work(&keeper, path) : DCV_ERR_NOMEM;
    audit_worker_free(keeper.worker);
    audit_names_close(keeper.names);
    dcv_store_close(keeper.store);
    dcv_map_free(keeper.bodies, free);
    dcv_buf_done(&keeper.rows);
    dcv_buf_done(&keeper.filled);
    return status;
}
