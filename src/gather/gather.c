#include "gather/gather.h"

#include "plan/plan.h"
#include "probe/dns.h"

#include <stdlib.h>

/* A lookup of a name under way. */
struct pending {
    struct pending *next, **place; /* in the job's list */
    struct job *job;
    struct dcv_want want;
    struct dcv_dns_probe *probe;
};

/* One name. */
struct job {
    struct job *next;
    struct dcv_gather *gather;
    struct dcv_name name;
    struct dcv_facts *facts;
    struct dcv_plan *plan;
    struct pending *pending;
    struct dcv_timer deadline;
    uint64_t started_us;
    dcv_gather_fn *done;
    void *user;
};

struct dcv_gather {
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    const struct dcv_psl *psl;
    struct dcv_gather_options options;
    uint64_t start_us;
    struct job *first, **last; /* waiting */
    struct job *running;
    unsigned running_count;
    enum dcv_status status;
};

static void fail(struct dcv_gather *gather, enum dcv_status status)
{
    if (gather->status == DCV_OK)
        gather->status = status;
}

static void pending_free(struct pending *pending)
{
    *pending->place = pending->next;
    if (pending->next != NULL)
        pending->next->place = pending->place;
    free(pending);
}

static void job_free(struct job *job)
{
    while (job->pending != NULL) {
        dcv_dns_probe_drop(job->pending->probe);
        pending_free(job->pending);
    }
    dcv_net_timer_stop(job->gather->net, &job->deadline);
    dcv_plan_free(job->plan);
    free(job);
}

/* ---- the end of a name -------------------------------------------------------------------------------------------------------- */

static void unlink_running(struct job *job)
{
    for (struct job **at = &job->gather->running; *at != NULL; at = &(*at)->next) {
        if (*at == job) {
            *at = job->next;
            job->gather->running_count--;
            return;
        }
    }
}

static void conclude(struct job *job)
{
    struct dcv_gather *gather = job->gather;
    struct dcv_facts_about *about = dcv_facts_about(job->facts);
    struct dcv_name root = dcv_name_root();
    const struct dcv_dns_fact *root_soa = dcv_facts_dns(job->facts, &root, DCV_TYPE_SOA, NULL);
    about->elapsed_us = dcv_net_now_us(gather->net) - job->started_us;
    about->dnssec_source = gather->options.ask_dnssec ? "resolver" : "off";
    about->validation = root_soa != NULL ? dcv_dns_probe_validation(root_soa) : DCV_VALIDATION_UNKNOWN;
    dcv_facts_freeze(job->facts);
    unlink_running(job);
    fail(gather, job->done(job->user));
    job_free(job);
}

/* ---- lookups ------------------------------------------------------------------------------------------------------------------ */

static void start_wanted(struct job *job);

static enum dcv_status add_fact(struct job *job, const struct dcv_dns_fact *dns, unsigned depth)
{
    size_t index;
    struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = *dns};
    enum dcv_status status = dcv_facts_add(job->facts, &fact, &index);
    return status == DCV_OK ? dcv_plan_extend(job->plan, job->facts, index, depth) : status;
}

static void on_outcome(void *user, const struct dcv_dns_outcome *outcome)
{
    struct pending *pending = user;
    struct job *job = pending->job;
    struct dcv_facts_about *about = dcv_facts_about(job->facts);
    unsigned depth = pending->want.depth + (outcome->waits > 0 ? outcome->waits - 1 : 0);
    pending_free(pending);
    about->queries += outcome->exchanges;
    if (outcome->exchanges == 0)
        about->cached++;
    if (depth > about->round_trips)
        about->round_trips = depth;
    fail(job->gather, add_fact(job, &outcome->fact, depth));
    start_wanted(job);
}

static enum dcv_status start_lookup(struct job *job, const struct dcv_want *want)
{
    struct dcv_gather *gather = job->gather;
    struct pending *pending = calloc(1, sizeof *pending);
    if (pending == NULL)
        return DCV_ERR_NOMEM;
    pending->job = job;
    pending->want = *want;
    struct dcv_dns_probe_options options = {.resolver = gather->resolver, .facts = job->facts, .retry_disabled = gather->options.ask_dnssec,
                                            .wall_s = gather->options.wall_s, .start_us = gather->start_us};
    enum dcv_status status = dcv_dns_probe_start(&options, &want->name, want->type, on_outcome, pending, &pending->probe);
    if (status != DCV_OK) {
        free(pending);
        return status;
    }
    pending->next = job->pending;
    pending->place = &job->pending;
    if (pending->next != NULL)
        pending->next->place = &pending->next;
    job->pending = pending;
    return DCV_OK;
}

/* Asks what the plan wants; the name is done when nothing is under way then. */
static void start_wanted(struct job *job)
{
    struct dcv_want want;
    while (job->gather->status == DCV_OK && dcv_plan_next(job->plan, &want))
        if (dcv_facts_dns(job->facts, &want.name, want.type, NULL) == NULL)
            fail(job->gather, start_lookup(job, &want));
    if (job->pending == NULL && job->gather->status == DCV_OK)
        conclude(job);
}

/* The budget is spent: what has no answer by now becomes a fact of its own, and the name is judged with what there is. */
static void on_deadline(struct dcv_timer *timer)
{
    struct job *job = timer->user;
    struct dcv_gather *gather = job->gather;
    dcv_facts_about(job->facts)->deadline = true;
    while (job->pending != NULL) { /* pending_free() takes it out of the list */
        struct pending *pending = job->pending;
        struct dcv_fact fact = {.kind = DCV_FACT_DNS,
                                .dns = {.name = pending->want.name, /* NOLINT(clang-analyzer-unix.Malloc) */ .type = pending->want.type, .outcome = DCV_OUTCOME_DEADLINE, .server = "",
                                        .at = gather->options.wall_s + (int64_t)((timer->due_us - gather->start_us) / 1000000U)}};
        dcv_dns_probe_drop(pending->probe);
        pending_free(pending);
        fail(gather, dcv_facts_add(job->facts, &fact, NULL));
    }
    if (gather->status == DCV_OK)
        conclude(job);
}

/* ---- names -------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status job_start(struct job *job)
{
    struct dcv_gather *gather = job->gather;
    job->started_us = dcv_net_now_us(gather->net);
    dcv_facts_about(job->facts)->at = gather->options.wall_s + (int64_t)((job->started_us - gather->start_us) / 1000000U);
    enum dcv_status status = dcv_plan_create(gather->psl, &job->name, &job->plan);
    for (size_t i = 0; status == DCV_OK && i < dcv_facts_count(job->facts); i++)
        status = dcv_plan_extend(job->plan, job->facts, i, 0);
    if (status == DCV_OK)
        status = dcv_net_timer_set(gather->net, &job->deadline, job->started_us + (uint64_t)gather->options.deadline_ms * 1000U);
    return status;
}

static void start_jobs(struct dcv_gather *gather)
{
    while (gather->status == DCV_OK && gather->first != NULL && gather->running_count < gather->options.concurrency) {
        struct job *job = gather->first;
        gather->first = job->next;
        if (gather->first == NULL)
            gather->last = &gather->first;
        job->next = gather->running;
        gather->running = job;
        gather->running_count++;
        fail(gather, job_start(job));
        if (gather->status == DCV_OK)
            start_wanted(job);
    }
}

enum dcv_status dcv_gather_create(struct dcv_net *net, struct dcv_resolver *resolver, const struct dcv_psl *psl,
                                  const struct dcv_gather_options *options, struct dcv_gather **out)
{
    struct dcv_gather *gather = calloc(1, sizeof *gather);
    if (gather == NULL)
        return DCV_ERR_NOMEM;
    *gather = (struct dcv_gather){.net = net, .resolver = resolver, .psl = psl, .options = *options, .start_us = dcv_net_now_us(net)};
    gather->last = &gather->first;
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
    free(gather);
}

enum dcv_status dcv_gather_add(struct dcv_gather *gather, const struct dcv_name *name, struct dcv_facts *facts, dcv_gather_fn *done,
                               void *user)
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

enum dcv_status dcv_gather_run(struct dcv_gather *gather)
{
    start_jobs(gather);
    while (gather->status == DCV_OK && gather->running_count != 0) {
        if (!dcv_net_step(gather->net))
            fail(gather, DCV_ERR_SYSTEM);
        start_jobs(gather);
    }
    return gather->status;
}
