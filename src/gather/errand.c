/* Conversations with registries, web servers and mail hosts, and the facts that come of them. */
#include "gather/internal.h"

#include "base/random.h"

#include <stdlib.h>

/* ---- the list ------------------------------------------------------------------------------------------------------------------ */

/* NULL: memory is short. */
static struct errand *errand_add(struct job *job, enum errand_kind kind)
{
    struct errand *errand = calloc(1, sizeof *errand);
    if (errand == NULL) {
        gather_fail(job->gather, DCV_ERR_NOMEM);
        return NULL;
    }
    errand->job = job;
    errand->kind = kind;
    errand->next = job->errands;
    errand->place = &job->errands;
    if (errand->next != NULL)
        errand->next->place = &errand->next;
    job->errands = errand;
    return errand;
}

static void errand_free(struct errand *errand)
{
    dcv_net_timer_stop(errand->job->gather->net, &errand->limit);
    *errand->place = errand->next;
    if (errand->next != NULL)
        errand->next->place = errand->place;
    free(errand);
}

static void errand_drop(struct errand *errand)
{
    if (errand->registry != NULL)
        dcv_registry_drop(errand->registry);
    if (errand->web != NULL)
        dcv_web_probe_drop(errand->web);
    if (errand->smtp != NULL)
        dcv_smtp_probe_drop(errand->smtp);
    if (errand->turn != NULL)
        dcv_pace_forget(errand->job->gather->mail_pace, errand->turn);
    errand_free(errand);
}

/* It could not be begun, for a reason that ends the run. */
static void errand_fail(struct errand *errand, enum dcv_status status)
{
    gather_fail(errand->job->gather, status);
    errand_free(errand);
}

/* ---- registries ---------------------------------------------------------------------------------------------------------------- */

static void on_registry(void *user, const struct dcv_contacts_fact *facts, size_t count)
{
    struct errand *errand = user;
    struct job *job = errand->job;
    errand_free(errand);
    for (size_t i = 0; i < count; i++) {
        const struct dcv_fact fact = {.kind = DCV_FACT_CONTACTS, .contacts = facts[i]};
        dcv_facts_about(job->facts)->conversations += facts[i].exchanges;
        job_add_fact(job, &fact, 0);
    }
    job_advance(job);
}

static bool base_of(const struct job *job, struct dcv_name *out)
{
    return dcv_psl_base(job->gather->options.psl, &job->name, out);
}

/* That the registry was asked, and had not answered by then. */
static void add_unanswered(struct job *job, int64_t at)
{
    struct dcv_fact fact = {.kind = DCV_FACT_CONTACTS,
                            .contacts = {.state = DCV_CONTACTS_UNREACHABLE, .server = "", .path = "", .why = "no answer in time", .at = at}};
    if (!base_of(job, &fact.contacts.domain))
        return;
    dcv_name_lower(&fact.contacts.domain);
    gather_fail(job->gather, dcv_facts_add(job->facts, &fact, NULL));
}

static void on_registry_limit(struct dcv_timer *timer)
{
    struct errand *errand = timer->user;
    struct job *job = errand->job;
    add_unanswered(job, gather_wall(job->gather, timer->due_us));
    errand_drop(errand);
    job_advance(job);
}

/* Was it given, and need not be asked for? */
static bool given(const struct job *job, enum dcv_fact_kind kind)
{
    for (size_t i = 0; i < job->given; i++)
        if (dcv_facts_at(job->facts, i)->kind == kind)
            return true;
    return false;
}

/* Is it below one of the top-level domains that nobody registers names in (RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476)? */
static bool unregistered(const struct dcv_name *name)
{
    static const char *const zones[] = {"alt", "arpa", "internal", "invalid", "local", "localhost", "onion", "test"};
    const struct dcv_name top = dcv_name_suffix(name, 1);
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
        if (dcv_name_first_is(&top, zones[i]))
            return true;
    return false;
}

static bool given_contacts(const struct job *job, const struct dcv_name *domain)
{
    for (size_t i = 0; i < job->given; i++) {
        const struct dcv_fact *fact = dcv_facts_at(job->facts, i);
        if (fact->kind == DCV_FACT_CONTACTS && dcv_name_equal(&fact->contacts.domain, domain))
            return true;
    }
    return false;
}

static void begin_registry(struct job *job)
{
    const struct dcv_gather_talks *talks = &job->gather->options.talks;
    struct dcv_name base;
    if (talks->registry == NULL || !base_of(job, &base) || given_contacts(job, &base) || unregistered(&base))
        return;
    struct errand *errand = errand_add(job, ERRAND_REGISTRY);
    if (errand == NULL)
        return;
    dcv_name_lower(&base);
    errand->limit = (struct dcv_timer){.fire = on_registry_limit, .user = errand};
    enum dcv_status status = dcv_registry_ask(talks->registry, &base, job->facts, on_registry, errand, &errand->registry);
    if (status == DCV_OK)
        status = dcv_net_timer_set(job->gather->net, &errand->limit, job->started_us + (uint64_t)talks->registry_ms * 1000U);
    if (status == DCV_OK)
        return;
    gather_fail(job->gather, status);
    errand_drop(errand);
}

/* ---- web servers --------------------------------------------------------------------------------------------------------------- */

/* Was anything sent? */
static unsigned held(enum dcv_meeting met)
{
    switch (met) {
    case DCV_MET_TALKED:
    case DCV_MET_BROKEN:
    case DCV_MET_TIMEOUT:
    case DCV_MET_REFUSED: return 1;
    case DCV_MET_NO_ROUTE:
    case DCV_MET_PRIVATE:
    case DCV_MET_NO_ADDRESS:
    case DCV_MET_LOOKUP:
    case DCV_MET_DEADLINE:
    case DCV_MET_UNRECORDED: break;
    }
    return 0;
}

static void on_web(void *user, const struct dcv_fact *fact, bool last)
{
    struct errand *errand = user;
    struct job *job = errand->job;
    dcv_facts_about(job->facts)->conversations += held(fact->kind == DCV_FACT_HTTP ? fact->http.met : fact->alpn.met);
    if (last)
        errand_free(errand);
    job_add_fact(job, fact, 0);
    if (last)
        job_advance(job);
}

static struct dcv_web_probe_options web_options(const struct job *job)
{
    const struct dcv_gather_options *from = &job->gather->options;
    return (struct dcv_web_probe_options){.net = job->gather->net, .resolver = job->gather->resolver, .facts = job->facts,
                                          .allow_private = from->allow_private, .http_port = from->talks.http_port,
                                          .https_port = from->talks.https_port, .timeout_ms = from->talks.timeout_ms, .wall_s = from->wall_s,
                                          .start_us = from->start_us};
}

static void begin_web(struct job *job)
{
    const struct dcv_gather_talks *talks = &job->gather->options.talks;
    const struct dcv_web_probe_options options = web_options(job);
    for (size_t i = 0; i < talks->file_count && !job->wildcard && !given(job, DCV_FACT_HTTP); i++) {
        struct errand *errand = errand_add(job, ERRAND_WEB);
        if (errand == NULL)
            return;
        enum dcv_status status = dcv_http_probe_start(&options, &job->name, &talks->files[i], on_web, errand, &errand->web);
        if (status != DCV_OK)
            errand_fail(errand, status);
    }
    struct errand *errand = talks->alpn && !job->wildcard && !given(job, DCV_FACT_ALPN) ? errand_add(job, ERRAND_WEB) : NULL;
    enum dcv_status status = errand != NULL ? dcv_alpn_probe_start(&options, &job->name, on_web, errand, &errand->web) : DCV_OK;
    if (status != DCV_OK)
        errand_fail(errand, status);
}

void errands_begin(struct job *job)
{
    begin_registry(job);
    begin_web(job);
}

/* ---- mail hosts ---------------------------------------------------------------------------------------------------------------- */

static void on_smtp(void *user, const struct dcv_smtp_fact *facts, size_t count)
{
    struct errand *errand = user;
    struct job *job = errand->job;
    errand_free(errand);
    for (size_t i = 0; i < count; i++) {
        const struct dcv_fact fact = {.kind = DCV_FACT_SMTP, .smtp = facts[i]};
        dcv_facts_about(job->facts)->conversations += held(facts[i].met);
        job_add_fact(job, &fact, 0);
    }
    job_advance(job);
}

/* A local part that nobody has: made of the seed and the domain, so that a replay asks the same. NULL: memory is short. */
static const char *random_address(const struct job *job, const struct dcv_name *domain)
{
    char text[DCV_NAME_TEXT_MAX];
    const uint64_t value = dcv_seed_value(&job->gather->options.talks.seed, domain->wire, domain->len);
    return dcv_arena_printf(dcv_facts_arena(job->facts), "dcvready-%012llx@%s", (unsigned long long)(value >> 16), dcv_name_text(domain, text));
}

/* It is this conversation's turn at the mail host. */
static void on_turn(void *user)
{
    struct errand *errand = user;
    struct job *job = errand->job;
    const struct dcv_gather_options *from = &job->gather->options;
    const struct dcv_delivery *delivery = errand->delivery;
    const char *randoms[DCV_DELIVERY_DOMAINS];
    bool good = true;
    errand->turn = NULL;
    for (size_t i = 0; i < delivery->domain_count; i++) {
        randoms[i] = random_address(job, &delivery->domains[i]);
        good = good && randoms[i] != NULL;
    }
    struct dcv_smtp_probe_options options = {.net = job->gather->net, .facts = job->facts, .helo = from->talks.helo, .from = from->talks.mail_from,
                                             .port = from->talks.smtp_port, .allow_private = from->allow_private,
                                             .timeout_ms = from->talks.timeout_ms, .again_until_us = job->deadline.due_us, .wall_s = from->wall_s,
                                             .start_us = from->start_us};
    enum dcv_status status = good ? dcv_smtp_probe_start(&options, delivery->hosts, delivery->host_count, delivery->addresses, delivery->count, randoms,
                                                         delivery->domain_count, on_smtp, errand, &errand->smtp)
                                  : DCV_ERR_NOMEM;
    if (status != DCV_OK)
        errand_fail(errand, status);
}

static void begin_delivery(struct job *job, const struct dcv_delivery *delivery)
{
    char host[DCV_NAME_TEXT_MAX];
    struct errand *errand = errand_add(job, ERRAND_SMTP);
    if (errand == NULL)
        return;
    errand->delivery = delivery;
    enum dcv_status status = dcv_pace_ask(job->gather->mail_pace, dcv_name_text(&delivery->hosts[0].host, host), on_turn, errand, &errand->turn);
    if (status != DCV_OK)
        errand_fail(errand, status);
}

bool errands_lead_to_mail(const struct job *job)
{
    for (const struct errand *errand = job->errands; errand != NULL; errand = errand->next)
        if (errand->kind == ERRAND_REGISTRY)
            return true;
    return false;
}

/* The conversations that are to be held; they live in the arena of the facts. */
static size_t find_deliveries(struct job *job, struct dcv_delivery **out)
{
    struct dcv_gather *gather = job->gather;
    struct dcv_arena *arena = dcv_facts_arena(job->facts);
    struct dcv_mailbox *mailboxes = dcv_arena_array(arena, DCV_GATHER_MAILBOXES, sizeof *mailboxes);
    struct dcv_delivery *deliveries = dcv_arena_array(arena, DCV_DELIVERIES, sizeof *deliveries);
    size_t count = 0;
    if (given(job, DCV_FACT_SMTP))
        return 0;
    enum dcv_status status = mailboxes != NULL && deliveries != NULL ? gather->options.talks.mailboxes(job->user, mailboxes, &count) : DCV_ERR_NOMEM;
    gather_fail(gather, status);
    *out = deliveries;
    return status == DCV_OK ? dcv_deliveries(job->facts, mailboxes, count, deliveries) : 0;
}

void errands_begin_last(struct job *job)
{
    struct dcv_delivery *deliveries;
    const size_t made = find_deliveries(job, &deliveries);
    for (size_t i = 0; i < made && job->gather->status == DCV_OK; i++)
        begin_delivery(job, &deliveries[i]);
}

/* ---- the end ------------------------------------------------------------------------------------------------------------------- */

/* A mail host whose turn never came. */
static void add_unasked(struct job *job, const struct dcv_delivery *delivery, int64_t at)
{
    struct dcv_fact fact = {.kind = DCV_FACT_SMTP,
                            .smtp = {.host = delivery->hosts[0].host, .server = "", .met = DCV_MET_DEADLINE, .why = "", .stage = "", .text = "",
                                     .starttls = DCV_STARTTLS_UNKNOWN, .flaw = "", .at = at}};
    gather_fail(job->gather, dcv_facts_add(job->facts, &fact, NULL));
}

/* Before it was known what all mailboxes are, those known were not asked about either. */
static void add_all_unasked(struct job *job, int64_t at)
{
    struct dcv_delivery *deliveries;
    const size_t made = find_deliveries(job, &deliveries);
    for (size_t i = 0; i < made && job->gather->status == DCV_OK; i++)
        add_unasked(job, &deliveries[i], at);
}

void errands_cut(struct job *job, int64_t at)
{
    const bool mail_asked = job->mail_asked;
    job->mail_asked = true;
    while (job->errands != NULL && job->gather->status == DCV_OK) {
        struct errand *errand = job->errands; /* each way of ending takes it out of the list */
        switch (errand->kind) { /* NOLINT(clang-analyzer-unix.Malloc) */
        case ERRAND_REGISTRY:
            add_unanswered(job, at);
            errand_drop(errand);
            break;
        case ERRAND_WEB: dcv_web_probe_cut(errand->web); break; /* which ends the errand */
        case ERRAND_SMTP:
            if (errand->smtp != NULL) {
                dcv_smtp_probe_cut(errand->smtp);
            } else {
                add_unasked(job, errand->delivery, at);
                errand_drop(errand);
            }
            break;
        }
    }
    if (!mail_asked && job->gather->status == DCV_OK)
        add_all_unasked(job, at);
}

void errands_drop(struct job *job)
{
    while (job->errands != NULL)
        errand_drop(job->errands); /* which takes it out of the list; NOLINT(clang-analyzer-unix.Malloc) */
}
