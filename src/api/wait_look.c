/* One look: the servers of each name, and of what aliases lead to; then, if they have the record, the resolvers. */
#include "api/wait.h"

#include "fact/ladder.h"

#include <stdlib.h>
#include <string.h>

enum { DESCENTS_MAX = 4, LOOK_MS = 30000 };

/* One question of a look, put to all who serve it. */
struct look {
    struct watch *watch;
    struct wait_asked *asked; /* NULL: put to the resolvers */
    struct dcv_facts *facts;
    unsigned descents;        /* zones found on the way */
};

struct looks {
    DCV_VEC(struct look) items;
    struct dcv_arena *arena;
};

static enum dcv_status on_looked(void *user)
{
    (void)user;
    return DCV_OK;
}

/* ---- gathering ----------------------------------------------------------------------------------------------------------- */

static enum dcv_status queue(struct wait_run *run, const struct look *look)
{
    const struct dcv_name *owner = &look->watch->wait.wanted.owner;
    const struct dcv_name *name = look->asked != NULL ? &look->asked->from : owner;
    const struct dcv_name *watched = look->asked != NULL ? &look->asked->name : owner;
    return dcv_gather_watch(run->gather, name, watched, DCV_TYPE_TXT, look->facts, on_looked, NULL);
}

/* Gathers for the looks from number `first` on. */
static enum dcv_status gather(struct wait_run *run, struct looks *looks, size_t first, bool resolvers)
{
    const struct engine *engine = run->engine;
    const struct settings *settings = engine->settings;
    const struct dcv_gather_options options = {
        .psl = engine->session->psl, .dnssec = DCV_DNSSEC_LOCAL, /* CD: what stands there, whether it validates or not */
        .authority = !resolvers, .views = settings->servers, .view_count = resolvers ? settings->server_count : 0,
        .authority_port = settings->authority_port, .allow_private = settings->allow_private, .deadline_ms = LOOK_MS,
        .concurrency = settings->concurrency, .wall_s = engine->wall_s, .start_us = engine->start_us};
    enum dcv_status status = dcv_gather_create(engine->net, engine->resolver, engine->peers, &options, &run->gather);
    for (size_t i = first; status == DCV_OK && i < looks->items.count; i++) {
        struct look *look = &looks->items.items[i];
        look->facts = dcv_facts_create();
        status = look->facts != NULL ? queue(run, look) : DCV_ERR_NOMEM;
    }
    if (status == DCV_OK && run->stopped)
        dcv_gather_cut(run->gather);
    if (status == DCV_OK)
        status = dcv_gather_run(run->gather);
    dcv_gather_free(run->gather);
    run->gather = NULL;
    return status;
}

static void looks_done(struct looks *looks)
{
    for (size_t i = 0; i < looks->items.count; i++)
        dcv_facts_free(looks->items.items[i].facts);
    dcv_arena_free(looks->arena);
}

/* ---- servers ------------------------------------------------------------------------------------------------------------- */

static enum dcv_status add_look(struct looks *looks, struct watch *watch, struct wait_asked *asked, unsigned descents)
{
    struct look *look = DCV_VEC_ADD(looks->arena, &looks->items);
    if (look == NULL)
        return DCV_ERR_NOMEM;
    *look = (struct look){.watch = watch, .asked = asked, .descents = descents};
    return DCV_OK;
}

/* The next name to ask about, once a look; names keep their places from look to look, and with them the zone that was found for
 * them. Only the base domain is asked of the resolver on the way to its servers: whoever asks for the name itself too early makes
 * the resolver remember that it is not there (RFC 2308 §5). */
static enum dcv_status ask_about(struct looks *looks, struct watch *watch, const struct dcv_name *name)
{
    struct dcv_name base;
    for (size_t i = 0; i < watch->asked_count; i++)
        if (dcv_name_equal(&watch->asked[i].name, name))
            return DCV_OK;
    if (watch->asked_count == WAIT_NAMES_MAX || dcv_ladder_none(watch->run->engine->session->psl, name)
        || !dcv_psl_base(watch->run->engine->session->psl, name, &base))
        return DCV_OK;
    struct wait_asked *asked = &watch->asked[watch->asked_count++];
    if (!dcv_name_equal(&asked->name, name))
        *asked = (struct wait_asked){.name = *name, .from = base};
    return add_look(looks, watch, asked, 0);
}

/* Takes the rows of a look, and adds the looks that follow from it. */
static enum dcv_status take(struct looks *looks, const struct look *look)
{
    struct watch *watch = look->watch;
    struct dcv_wait_seen seen;
    const size_t before = watch->fresh.count;
    enum dcv_status status = dcv_wait_read(&watch->wait.wanted, &look->asked->name, look->facts, watch->fresh_arena, &watch->fresh, &seen);
    watch->unrecorded = watch->unrecorded || seen.unrecorded;
    if (status == DCV_OK && seen.below.len != 0 && look->descents < DESCENTS_MAX && !dcv_name_equal(&seen.below, &look->asked->from)) {
        look->asked->from = seen.below;
        return add_look(looks, watch, look->asked, look->descents + 1);
    }
    for (size_t i = before; status == DCV_OK && i < watch->fresh.count; i++)
        if (watch->fresh.items[i].state == DCV_WAIT_ALIAS)
            status = ask_about(looks, watch, &watch->fresh.items[i].target);
    return status;
}

static enum dcv_status look_at_servers(struct wait_run *run)
{
    struct looks looks = {.arena = dcv_arena_create(NULL)};
    enum dcv_status status = looks.arena != NULL ? DCV_OK : DCV_ERR_NOMEM;
    for (size_t i = 0; status == DCV_OK && i < run->watches.count; i++)
        if (run->watches.items[i]->due)
            status = ask_about(&looks, run->watches.items[i], &run->watches.items[i]->wait.wanted.owner);
    for (size_t first = 0; status == DCV_OK && first < looks.items.count;) {
        const size_t end = looks.items.count;
        status = gather(run, &looks, first, false);
        for (; status == DCV_OK && first < end; first++) {
            const struct look look = looks.items.items[first]; /* taking it may move them */
            status = take(&looks, &look);
        }
    }
    looks_done(&looks);
    return status;
}

/* ---- resolvers ----------------------------------------------------------------------------------------------------------- */

static void add_unasked(struct watch *watch)
{
    const struct settings *settings = watch->run->engine->settings;
    for (size_t i = 0; i < settings->server_count; i++) {
        char text[DCV_ENDPOINT_TEXT];
        struct dcv_wait_server *row = DCV_VEC_ADD(watch->fresh_arena, &watch->fresh);
        if (row != NULL)
            *row = (struct dcv_wait_server){.resolver = true, .name = watch->wait.wanted.owner, .state = DCV_WAIT_UNASKED, .outcome = "",
                                            .server = dcv_arena_strdup(watch->fresh_arena, dcv_endpoint_text(&settings->servers[i], text))};
    }
}

/* Do all servers have it, as far as the rows of this look tell? */
static bool servers_met(struct watch *watch)
{
    dcv_wait_carry(&watch->wait.servers, &watch->fresh);
    const struct dcv_wait_sum sum = dcv_wait_sum(&watch->wait.wanted, &watch->fresh, wait_now_s(watch->run));
    return sum.servers_met;
}

static enum dcv_status read_resolvers(struct watch *watch, const struct dcv_facts *facts)
{
    struct dcv_wait_seen seen;
    enum dcv_status status = dcv_wait_read(&watch->wait.wanted, &watch->wait.wanted.owner, facts, watch->fresh_arena, &watch->fresh, &seen);
    watch->unrecorded = watch->unrecorded || seen.unrecorded;
    return status;
}

static enum dcv_status look_at_resolvers(struct wait_run *run, bool last)
{
    struct looks looks = {.arena = dcv_arena_create(NULL)};
    enum dcv_status status = looks.arena != NULL ? DCV_OK : DCV_ERR_NOMEM;
    for (size_t i = 0; status == DCV_OK && i < run->watches.count; i++) {
        struct watch *watch = run->watches.items[i];
        if (!watch->due)
            continue;
        if (last || servers_met(watch))
            status = add_look(&looks, watch, NULL, 0);
        else
            add_unasked(watch);
    }
    if (status == DCV_OK && looks.items.count != 0)
        status = gather(run, &looks, 0, true);
    for (size_t i = 0; status == DCV_OK && i < looks.items.count; i++)
        status = read_resolvers(looks.items.items[i].watch, looks.items.items[i].facts);
    looks_done(&looks);
    return status;
}

/* ---- all ----------------------------------------------------------------------------------------------------------------- */

static enum dcv_status begin(struct watch *watch)
{
    watch->fresh_arena = dcv_arena_create(NULL);
    watch->fresh = (struct dcv_wait_servers){0};
    watch->asked_count = 0;
    watch->unrecorded = false;
    return watch->fresh_arena != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

enum dcv_status wait_look(struct wait_run *run, bool last)
{
    enum dcv_status status = DCV_OK;
    for (size_t i = 0; status == DCV_OK && i < run->watches.count; i++)
        if (run->watches.items[i]->due)
            status = begin(run->watches.items[i]);
    if (status == DCV_OK)
        status = look_at_servers(run);
    if (status == DCV_OK)
        status = look_at_resolvers(run, last);
    for (size_t i = 0; status == DCV_OK && i < run->watches.count; i++)
        if (run->watches.items[i]->due && dcv_arena_failed(run->watches.items[i]->fresh_arena))
            status = DCV_ERR_NOMEM;
    return status;
}
