#include "gather/internal.h"

#include <stdlib.h>

enum { MAIL_PAUSE_MS = 1000 /* between conversations with one mail host */, ASKING_MAX = 256 /* questions to servers under way for one name */,
       LOOK_AGAIN_US = 10000 /* at a name whose packets have begun to wait just when its time was over */ };

void gather_fail(struct dcv_gather *gather, enum dcv_status status)
{
    if (gather->status == DCV_OK)
        gather->status = status;
}

int64_t gather_wall(const struct dcv_gather *gather, uint64_t at_us)
{
    return gather->options.wall_s + (int64_t)((at_us - gather->options.start_us) / 1000000U);
}

void job_add_fact(struct job *job, const struct dcv_fact *fact, unsigned depth)
{
    size_t index;
    struct dcv_facts_about *about = dcv_facts_about(job->facts);
    if (depth > about->round_trips)
        about->round_trips = depth;
    enum dcv_status status = dcv_facts_add(job->facts, fact, &index);
    if (status == DCV_OK)
        status = dcv_plan_extend(job->plan, job->facts, index, depth);
    gather_fail(job->gather, status);
    if (status == DCV_OK)
        trust_arrived(job, index, depth);
}

static void job_free(struct job *job)
{
    errands_drop(job);
    lookups_drop(job);
    trust_drop(job);
    dcv_net_timer_stop(job->gather->net, &job->deadline);
    dcv_plan_free(job->plan);
    free(job);
}

/* ---- the end of a name -------------------------------------------------------------------------------------------------------- */

static void unlink_running(struct job *job)
{
    struct dcv_gather *gather = job->gather;
    if (job->previous != NULL)
        job->previous->next = job->next;
    else
        gather->running = job->next;
    if (job->next != NULL)
        job->next->previous = job->previous;
    gather->running_count--;
}

static const char *source_text(enum dcv_dnssec_mode mode)
{
    switch (mode) {
    case DCV_DNSSEC_OFF: return "off";
    case DCV_DNSSEC_RESOLVER: return "resolver";
    case DCV_DNSSEC_LOCAL: return "local";
    }
    return "off";
}

static enum dcv_known_validation known_validation(const struct job *job)
{
    struct dcv_name root = dcv_name_root();
    const struct dcv_dns_fact *root_soa = dcv_facts_dns(job->facts, &root, DCV_TYPE_SOA, NULL);
    if (job->gather->options.dnssec == DCV_DNSSEC_LOCAL)
        return job->gather->handing == HANDING_NONE ? DCV_VALIDATION_STRIPPED : DCV_VALIDATION_UNKNOWN;
    return root_soa != NULL ? dcv_dns_probe_validation(root_soa) : DCV_VALIDATION_UNKNOWN;
}

static void conclude(struct job *job)
{
    struct dcv_gather *gather = job->gather;
    struct dcv_facts_about *about = dcv_facts_about(job->facts);
    trust_end(job);
    about->elapsed_us = dcv_net_now_us(gather->net) - job->started_us;
    about->dnssec_source = source_text(gather->options.dnssec);
    about->validation = known_validation(job);
    about->authority = gather->options.authority;
    dcv_facts_freeze(job->facts);
    unlink_running(job);
    gather_fail(gather, job->done(job->user));
    job_free(job);
}

/* The budget is spent: what has no answer by now becomes a fact of its own, and the name is judged with what there is. */
static void cut(struct job *job, uint64_t at_us)
{
    struct dcv_gather *gather = job->gather;
    dcv_facts_about(job->facts)->deadline = true;
    job->over = true;
    lookups_cut(job, gather_wall(gather, at_us));
    errands_cut(job, gather_wall(gather, at_us));
    if (gather->status == DCV_OK)
        conclude(job);
}

/* While any packet of the name waits in our own queue its time stands still: a limit makes no name unknown. What stood still is added when the
 * deadline comes, so that it costs nothing before. */
static void on_deadline(struct dcv_timer *timer)
{
    struct job *job = timer->user;
    struct dcv_net *net = job->gather->net;
    const uint64_t now_us = dcv_net_now_us(net);
    const uint64_t more_us = dcv_hold_us(&job->hold, now_us) - job->spared_us;
    job->spared_us += more_us;
    const bool stands = more_us != 0 || job->hold.waiting != 0;
    if (stands && job->gather->options.deadline_ms != 0) /* it was set until now: there is room */
        (void)dcv_net_timer_set(net, timer, now_us + (more_us != 0 ? more_us : LOOK_AGAIN_US));
    else
        cut(job, timer->due_us);
}

void dcv_gather_cut(struct dcv_gather *gather)
{
    gather->options.deadline_ms = 0; /* of those that have not begun */
    gather->ended = true;
    gather->idle = false;
    while (gather->running != NULL && gather->status == DCV_OK) /* cut() takes it out of the list */
        cut(gather->running, dcv_net_now_us(gather->net)); /* NOLINT(clang-analyzer-unix.Malloc) */
}

/* ---- names -------------------------------------------------------------------------------------------------------------------- */

void job_advance(struct job *job)
{
    struct dcv_gather *gather = job->gather;
    struct dcv_want want;
    struct dcv_ask ask;
    if (job->over)
        return;
    while (gather->status == DCV_OK && dcv_plan_next(job->plan, &want))
        if (dcv_facts_dns(job->facts, &want.name, want.type, NULL) == NULL)
            gather_fail(gather, lookup_start(job, &want));
    while (gather->status == DCV_OK && job->asking_count < ASKING_MAX && dcv_plan_next_ask(job->plan, &ask))
        gather_fail(gather, asking_start(job, &ask));
    const bool idle = job->pending == NULL && job->asking == NULL && job->errands == NULL;
    /* What web servers do, and each of the zones' servers, tells of no mailbox: mail hosts need not wait for those that hang. */
    if (job->pending == NULL && !errands_lead_to_mail(job) && gather->status == DCV_OK && !job->mail_asked) {
        job->mail_asked = true;
        errands_begin_last(job);
    }
    if (idle && gather->status == DCV_OK && job->errands == NULL)
        conclude(job);
}

static enum dcv_status job_start(struct job *job)
{
    struct dcv_gather *gather = job->gather;
    const struct dcv_gather_options *options = &gather->options;
    struct dcv_plan_options plan = {.psl = options->psl, .validate = options->dnssec == DCV_DNSSEC_LOCAL, .authority = options->authority,
                                    .misplaced = options->misplaced, .mail_security = options->mail_security, .no_ways = options->no_ways, .views = options->view_count,
                                    .watched = job->watched.len != 0 ? &job->watched : NULL, .watched_type = job->watched_type};
    job->started_us = dcv_net_now_us(gather->net);
    job->given = dcv_facts_count(job->facts);
    dcv_facts_about(job->facts)->at = gather_wall(gather, job->started_us);
    enum dcv_status status = dcv_plan_create(&plan, &job->name, &job->plan);
    struct dcv_name root = dcv_name_root();
    if (gather->handing == HANDING_UNKNOWN && dcv_facts_dns(job->facts, &root, DCV_TYPE_DNSKEY, NULL) != NULL)
        gather->handing = HANDING_SIGNATURES; /* it was given, and will not be asked for */
    for (size_t i = 0; status == DCV_OK && i < dcv_facts_count(job->facts); i++)
        status = dcv_plan_extend(job->plan, job->facts, i, 0);
    if (status == DCV_OK)
        status = dcv_net_timer_set(gather->net, &job->deadline, job->started_us + (uint64_t)options->deadline_ms * 1000U);
    job->mail_asked = job->watched.len != 0 || !options->talks.smtp;
    if (status == DCV_OK && job->watched.len == 0) {
        lookups_begin(job);
        errands_begin(job);
    }
    return status;
}

static void start_first(struct dcv_gather *gather)
{
    struct job *job = gather->first;
    gather->first = job->next;
    if (gather->first == NULL)
        gather->last = &gather->first;
    job->next = gather->running;
    if (job->next != NULL) /* one that runs: whatever ends leaves the list */
        job->next->previous = job; /* NOLINT(clang-analyzer-unix.Malloc) */
    gather->running = job;
    gather->running_count++;
    gather_fail(gather, job_start(job));
    if (gather->status == DCV_OK)
        job_advance(job);
}

/* Has the next name put into the queue; false: there is none, or none for now. */
static bool fetch(struct dcv_gather *gather)
{
    bool more = true;
    if (gather->first != NULL)
        return true;
    if (gather->options.want == NULL || gather->ended || gather->idle)
        return false;
    gather_fail(gather, gather->options.want(gather->options.want_user, &more));
    gather->ended = !more;
    gather->idle = more && gather->first == NULL;
    return gather->first != NULL && gather->status == DCV_OK;
}

/* Is there room for another name? One alone always has it. */
static bool has_room(const struct dcv_gather *gather)
{
    return gather->running_count < gather->options.concurrency && (gather->running_count == 0 || dcv_resolver_has_room(gather->resolver));
}

static void start_jobs(struct dcv_gather *gather)
{
    while (gather->status == DCV_OK && has_room(gather) && fetch(gather))
        start_first(gather);
}

enum dcv_status dcv_gather_create(struct dcv_net *net, struct dcv_resolver *resolver, struct dcv_peers *peers,
                                  const struct dcv_gather_options *options, struct dcv_gather **out)
{
    struct dcv_gather *gather = calloc(1, sizeof *gather);
    const struct dcv_pace_options pace = {.burst = 1, .refill_ms = MAIL_PAUSE_MS};
    if (gather == NULL)
        return DCV_ERR_NOMEM;
    *gather = (struct dcv_gather){.net = net, .resolver = resolver, .peers = peers, .options = *options};
    gather->last = &gather->first;
    enum dcv_status status = options->talks.smtp ? dcv_pace_create(net, &pace, &gather->mail_pace) : DCV_OK;
    if (status != DCV_OK) {
        free(gather);
        return status;
    }
    *out = gather;
    return DCV_OK;
}

static void free_list(struct job *job)
{
    while (job != NULL) {
        struct job *next = job->next;
        job_free(job);
        job = next;
    }
}

void dcv_gather_free(struct dcv_gather *gather)
{
    if (gather == NULL)
        return;
    free_list(gather->running);
    free_list(gather->first);
    dcv_pace_free(gather->mail_pace);
    free(gather);
}

static enum dcv_status add_job(struct dcv_gather *gather, const struct dcv_name *name, struct dcv_facts *facts, dcv_gather_fn *done, void *user)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return DCV_ERR_NOMEM;
    *job = (struct job){.gather = gather, .name = *name, .facts = facts, .done = done, .user = user};
    job->deadline = (struct dcv_timer){.fire = on_deadline, .user = job};
    *gather->last = job;
    gather->last = &job->next;
    return DCV_OK;
}

enum dcv_status dcv_gather_add(struct dcv_gather *gather, const struct dcv_hostname *name, struct dcv_facts *facts, dcv_gather_fn *done,
                               void *user)
{
    struct job **place = gather->last;
    enum dcv_status status = add_job(gather, &name->name, facts, done, user);
    if (status == DCV_OK)
        (*place)->wildcard = name->wildcard;
    return status;
}

enum dcv_status dcv_gather_watch(struct dcv_gather *gather, const struct dcv_name *name, const struct dcv_name *watched, uint16_t type,
                                 struct dcv_facts *facts, dcv_gather_fn *done, void *user)
{
    struct job **place = gather->last;
    enum dcv_status status = add_job(gather, name, facts, done, user);
    if (status != DCV_OK)
        return status;
    (*place)->watched = *watched;
    (*place)->watched_type = type;
    return DCV_OK;
}

void dcv_gather_kick(struct dcv_gather *gather)
{
    gather->idle = false;
}

unsigned dcv_gather_running(const struct dcv_gather *gather)
{
    return gather->running_count;
}

enum dcv_status dcv_gather_run(struct dcv_gather *gather)
{
    start_jobs(gather);
    while (gather->status == DCV_OK && (gather->running_count != 0 || gather->idle)) {
        if (!dcv_net_step(gather->net))
            gather_fail(gather, DCV_ERR_SYSTEM);
        start_jobs(gather);
    }
    return gather->status;
}
