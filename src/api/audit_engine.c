/* The engine of an audit, in its own process: names in, parcels out. */
#include "api/audit.h"
#include "api/batch.h"

#include "base/map.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    LINE_MAX_OCTETS = 8192, /* of a name with what stands before it */
    READ_OCTETS = 65536,
    FLUSH_OCTETS = 65536,
    FLUSH_US = 50000,
    COUNTS_US = 100000,
    OUT_MAX = 64 << 20,
};

struct engine_run {
    struct dcv_session *session;
    struct batch batch;
    struct audit_classes *classes;
    int in, out_fd;
    const atomic_bool *stop;
    bool over;             /* no more names will come */
    struct dcv_buf unread; /* from `at` on */
    size_t at;
    struct dcv_buf out;
    struct dcv_timer flush;
    enum dcv_status broken; /* nobody listens any more */
    struct dcv_parcel_counts counts, told;
    uint64_t told_us;
    struct dcv_map *leaders; /* base domain → the name of it that is looked up first */
    struct audited *ready, **last_ready; /* names that had waited for one */
};

/* One name. */
struct audited {
    struct audited *next;
    /* The names of a domain share most lookups: the others wait until the first is done, and find them answered. */
    bool leads;
    struct audited *followers, **last_follower;
    struct dcv_name base;
    struct engine_run *run;
    uint64_t number;
    enum audit_mode mode;
    struct dcv_result result;
    char text[];
};

/* ---- out ------------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status flush(struct engine_run *run)
{
    size_t done = 0;
    if (run->out.failed)
        return DCV_ERR_NOMEM;
    while (done < run->out.len) {
        const ssize_t written = write(run->out_fd, run->out.data + done, run->out.len - done);
        if (written < 0 && errno != EINTR)
            return DCV_ERR_IO;
        done += written > 0 ? (size_t)written : 0;
    }
    dcv_buf_clear(&run->out);
    return DCV_OK;
}

static uint64_t microseconds(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000U + (uint64_t)time.tv_usec;
}

/* What was done in all. */
static struct dcv_parcel_counts count(const struct engine_run *run)
{
    struct dcv_parcel_counts counts = run->counts;
    const struct dcv_net_counts *net = dcv_throttle_counts(run->batch.throttle);
    struct rusage usage = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    counts.exchanges = net->sent;
    counts.answered = net->answered;
    counts.timeouts = net->timeouts;
    counts.resends = net->retries;
    counts.streams = net->tcp;
    counts.hits = net->cached;
    counts.joined = net->joined;
    counts.signatures = run->batch.validator != NULL ? dcv_validator_counts(run->batch.validator)->signatures : 0;
    counts.cpu_us = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
    counts.rss_kib = (uint64_t)usage.ru_maxrss;
    return counts;
}

/* What was done since it was told last. */
static void put_counts(struct engine_run *run)
{
    const struct dcv_parcel_counts now = count(run), *before = &run->told;
    const struct dcv_parcel_counts since = {
        .exchanges = now.exchanges - before->exchanges, .answered = now.answered - before->answered, .timeouts = now.timeouts - before->timeouts,
        .resends = now.resends - before->resends, .streams = now.streams - before->streams, .hits = now.hits - before->hits, .joined = now.joined - before->joined,
        .signatures = now.signatures - before->signatures, .shared = now.shared - before->shared, .judged = now.judged - before->judged,
        .unlike = now.unlike - before->unlike, .cpu_us = now.cpu_us - before->cpu_us, .rss_kib = now.rss_kib};
    run->told = now;
    run->told_us = dcv_net_now_us(run->batch.net);
    dcv_parcel_put_counts(&run->out, &since);
}

static void on_flush(struct dcv_timer *timer)
{
    struct engine_run *run = timer->user;
    if (dcv_net_now_us(run->batch.net) >= run->told_us + COUNTS_US)
        put_counts(run);
    if (flush(run) != DCV_OK) /* whoever keeps the run is gone */
        run->broken = DCV_ERR_IO;
}

static enum dcv_status sent(struct engine_run *run)
{
    if (run->broken != DCV_OK)
        return run->broken;
    if (run->out.len >= FLUSH_OCTETS)
        return flush(run);
    if (run->flush.place != 0 || run->out.len == 0)
        return DCV_OK;
    return dcv_net_timer_set(run->batch.net, &run->flush, dcv_net_now_us(run->batch.net) + FLUSH_US);
}

/* ---- one name -------------------------------------------------------------------------------------------------------------------- */

/* Those that follow it have been released, or the engine ends. */
static void audited_free(struct audited *audited)
{
    dcv_facts_free(audited->result.facts);
    dcv_arena_free(audited->result.arena);
    free(audited);
}

/* Did a lookup fail, so that asking again may help? */
static bool lookup_failed(const struct dcv_facts *facts)
{
    if (dcv_facts_about_const(facts)->deadline)
        return true;
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, i);
        if (fact->kind == DCV_FACT_DNS && !dcv_outcome_conclusive(fact->dns.outcome))
            return true;
    }
    return false;
}

static void make_ready(struct engine_run *run, struct audited *audited)
{
    audited->next = NULL;
    *run->last_ready = audited;
    run->last_ready = &audited->next;
}

/* The first of a domain is done: the others may go, all at once. */
static void release_followers(struct engine_run *run, struct audited *leader)
{
    if (!leader->leads)
        return;
    (void)dcv_map_take(run->leaders, leader->base.wire, leader->base.len);
    while (leader->followers != NULL) {
        struct audited *follower = leader->followers;
        leader->followers = follower->next;
        make_ready(run, follower);
    }
    dcv_gather_kick(run->batch.gather);
}

/* True: it has to wait for another of its domain. */
static bool follows(struct engine_run *run, struct audited *audited)
{
    struct dcv_name base;
    if (!dcv_psl_base(run->session->psl, &audited->result.name.name, &base))
        return false;
    dcv_name_lower(&base);
    struct audited *leader = dcv_map_get(run->leaders, base.wire, base.len);
    if (leader != NULL) {
        struct audited **last = leader->last_follower != NULL ? leader->last_follower : &leader->followers;
        *last = audited;
        leader->last_follower = &audited->next;
        return true;
    }
    audited->base = base;
    audited->leads = dcv_map_put(run->leaders, base.wire, base.len, audited);
    return false;
}

static enum dcv_status on_gathered(void *user)
{
    struct audited *audited = user;
    struct engine_run *run = audited->run;
    release_followers(run, audited);
    const struct dcv_facts_about *about = dcv_facts_about_const(audited->result.facts);
    struct dcv_store_name name = {.number = audited->number, .text = audited->text, .state = DCV_STORE_JUDGED, .note = "", .queries = about->queries,
                                  .cached = about->cached, .retries = audited->mode == AUDIT_AGAIN, .elapsed_ms = (uint32_t)(about->elapsed_us / 1000)};
    enum dcv_status status = audit_classes_judge(run->classes, &audited->result, &run->out, &name, &run->counts);
    if (status == DCV_OK) {
        const bool doubtful = audited->result.judged.verdict == DCV_UNKNOWN_VERDICT && lookup_failed(audited->result.facts);
        if (doubtful && audited->mode == AUDIT_FIRST)
            name.state = DCV_STORE_PROVISIONAL;
        dcv_parcel_put_name(&run->out, &name);
        status = sent(run);
    }
    audited_free(audited);
    return status;
}

static enum dcv_status put_invalid(struct engine_run *run, uint64_t number, const char *text, const struct dcv_hostname_error *error)
{
    struct dcv_buf note;
    dcv_buf_init(&note, 1024);
    dcv_buf_puts(&note, _(dcv_hostname_fault_text(error->fault)));
    if (error->detail[0] != '\0')
        dcv_buf_printf(&note, ": %s", error->detail);
    const struct dcv_store_name name = {.number = number, .text = text, .state = DCV_STORE_INVALID, .values = "", .note = dcv_buf_text(&note)};
    dcv_parcel_put_name(&run->out, &name);
    dcv_buf_done(&note);
    return sent(run);
}

static enum dcv_status begin_name(struct engine_run *run, uint64_t number, enum audit_mode mode, const char *text, size_t len)
{
    struct audited *audited = calloc(1, sizeof *audited + len + 1);
    struct dcv_hostname_error error = {0};
    if (audited == NULL)
        return DCV_ERR_NOMEM;
    memcpy(audited->text, text, len);
    enum dcv_status status = dcv_hostname_parse(text, len, &audited->result.name, &error);
    if (status != DCV_OK) {
        status = status == DCV_ERR_SYNTAX ? put_invalid(run, number, audited->text, &error) : status;
        free(audited);
        return status;
    }
    audited->run = run;
    audited->number = number;
    audited->mode = mode;
    audited->result.session = run->session;
    audited->result.text = audited->text;
    audited->result.valid = true;
    audited->result.times = 1;
    audited->result.facts = dcv_facts_create();
    status = audited->result.facts != NULL ? batch_add_given_facts(&audited->result) : DCV_ERR_NOMEM;
    if (status == DCV_OK && !follows(run, audited))
        make_ready(run, audited);
    if (status != DCV_OK)
        audited_free(audited);
    return status;
}

/* Hands the next name over that may go; false: there is none. */
static bool next_ready(struct engine_run *run, enum dcv_status *status)
{
    struct audited *audited = run->ready;
    if (audited == NULL)
        return false;
    run->ready = audited->next;
    if (run->ready == NULL)
        run->last_ready = &run->ready;
    *status = dcv_gather_add(run->batch.gather, &audited->result.name, audited->result.facts, on_gathered, audited);
    if (*status != DCV_OK)
        audited_free(audited);
    return true;
}

/* ---- in -------------------------------------------------------------------------------------------------------------------------- */

/* "NUMBER MODE NAME". */
static enum dcv_status take_line(struct engine_run *run, const char *line, size_t len)
{
    uint64_t number = 0;
    size_t at = 0;
    while (at < len && line[at] >= '0' && line[at] <= '9')
        number = number * 10 + (uint64_t)(line[at++] - '0');
    if (number == 0 || at + 3 > len || line[at] != ' ' || line[at + 2] != ' ')
        return DCV_ERR_SYNTAX;
    return begin_name(run, number, line[at + 1] == AUDIT_AGAIN ? AUDIT_AGAIN : AUDIT_FIRST, line + at + 3, len - at - 3);
}

/* Without waiting: what is there, or the end. */
static enum dcv_status read_more(struct engine_run *run)
{
    char octets[READ_OCTETS];
    const ssize_t got = read(run->in, octets, sizeof octets);
    if (got == 0)
        run->over = true;
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        return DCV_ERR_IO;
    if (got <= 0)
        return DCV_OK;
    if (run->at != 0) {
        memmove(run->unread.data, run->unread.data + run->at, run->unread.len - run->at);
        run->unread.len -= run->at;
        run->at = 0;
    }
    dcv_buf_put(&run->unread, octets, (size_t)got);
    return run->unread.failed ? DCV_ERR_NOMEM : DCV_OK;
}

static void on_input(void *user)
{
    struct engine_run *run = user;
    dcv_gather_kick(run->batch.gather);
}

/* The next line that was read; false: no whole one is there. */
static bool next_line(struct engine_run *run, enum dcv_status *status)
{
    const char *from = dcv_buf_text(&run->unread) + run->at;
    const char *end = run->unread.len > run->at ? memchr(from, '\n', run->unread.len - run->at) : NULL;
    if (end == NULL)
        return false;
    run->at += (size_t)(end - from) + 1;
    *status = take_line(run, from, (size_t)(end - from));
    return true;
}

/* There is room for another name. */
static enum dcv_status want(void *user, bool *more)
{
    struct engine_run *run = user;
    enum dcv_status status = DCV_OK;
    bool tried = run->over;
    if (run->stop != NULL && atomic_load(run->stop)) {
        *more = false;
        return DCV_OK;
    }
    for (;;) {
        if (next_ready(run, &status))
            return status;
        if (next_line(run, &status)) {
            if (status != DCV_OK)
                return status;
        } else if (tried) {
            break;
        } else {
            tried = true;
            status = read_more(run);
            if (status != DCV_OK)
                return status;
        }
    }
    *more = !run->over || dcv_map_count(run->leaders) != 0;
    return run->over ? DCV_OK : dcv_net_watch_fd(run->batch.net, run->in, on_input, run); /* which tells once */
}

/* ---- the run --------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status start(struct engine_run *run)
{
    struct dcv_session *session = run->session;
    run->leaders = dcv_map_create();
    enum dcv_status status = run->leaders != NULL ? batch_start_live(&run->batch, 0) : DCV_ERR_NOMEM;
    if (status != DCV_OK)
        return status;
    if (session->judged_for == DCV_DATE_NONE)
        session->judged_for = dcv_date_of_unix(run->batch.wall_s);
    session->stamp_s = run->batch.wall_s;
    run->batch.want = want;
    run->batch.want_user = run;
    status = batch_start_engine(&run->batch);
    if (status == DCV_OK)
        status = audit_classes_create(session, run->batch.settings.cache_bytes / 4, &run->classes);
    if (status == DCV_OK && fcntl(run->in, F_SETFL, O_NONBLOCK) != 0)
        status = DCV_ERR_SYSTEM;
    return status;
}

static enum dcv_status work(struct engine_run *run)
{
    enum dcv_status status = start(run);
    if (status == DCV_OK)
        status = dcv_gather_run(run->batch.gather);
    if (status == DCV_OK && dcv_resolver_deaf(run->batch.resolver))
        batch_tell_deaf(&run->batch);
    if (status == DCV_OK)
        put_counts(run);
    return status;
}

enum dcv_status audit_engine_run(struct dcv_session *session, int in, int out, const atomic_bool *stop)
{
    struct engine_run run = {.session = session, .batch = {.session = session, .settings = session->settings}, .in = in, .out_fd = out, .stop = stop};
    run.flush = (struct dcv_timer){.fire = on_flush, .user = &run};
    run.last_ready = &run.ready;
    dcv_buf_init(&run.unread, 2 * READ_OCTETS + LINE_MAX_OCTETS);
    dcv_buf_init(&run.out, OUT_MAX);
    enum dcv_status status = work(&run);
    if (status != DCV_OK || session->deaf)
        dcv_parcel_put_failed(&run.out, session->error.len != 0 ? dcv_buf_text(&session->error) : dcv_status_text(status));
    (void)flush(&run);
    audit_classes_free(run.classes);
    status = batch_stop(&run.batch, status);
    dcv_map_free(run.leaders, NULL);
    dcv_buf_done(&run.unread);
    dcv_buf_done(&run.out);
    return status;
}
