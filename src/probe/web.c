#include "probe/web_chain.h"

#include <stdlib.h>
#include <string.h>

static const char short_of_memory[] = "memory is short", not_begun[] = "it could not be begun";

/* ---- telling --------------------------------------------------------------------------------------------------------------------- */

/* Nothing is told before the state is such that the probe may be dropped or cut from within the call. */
void web_probe_tell(struct dcv_web_probe *probe)
{
    if (probe->telling)
        return;
    probe->telling = true;
    for (size_t i = 0; i < probe->waiting_count && !probe->gone; i++) {
        const bool last = probe->running == 0 && i + 1 == probe->waiting_count;
        const struct dcv_fact fact = probe->waiting[i];
        if (last) {
            dcv_web_probe_fn *done = probe->done;
            void *user = probe->user;
            free(probe);
            done(user, &fact, true);
            return;
        }
        probe->done(probe->user, &fact, false);
    }
    probe->waiting_count = 0;
    probe->telling = false;
    if (probe->gone)
        free(probe);
}

void web_chain_tell(struct web_chain *chain, const struct meet *meet)
{
    struct dcv_web_probe *probe = chain->probe;
    if (probe->waiting_count == WEB_WAITING_MAX)
        return;
    struct dcv_fact *fact = &probe->waiting[probe->waiting_count++];
    *fact = chain->fact;
    probe->kind->note(fact, meet);
}

static void end(struct web_chain *chain)
{
    chain->over = true;
    chain->probe->running--;
}

void web_chain_end(struct web_chain *chain, enum dcv_meeting met, const char *why)
{
    const struct meet meet = meet_without(&chain->probe->place, chain->address, chain->port, met, why);
    web_chain_tell(chain, &meet);
    end(chain);
}

/* ---- conversations ----------------------------------------------------------------------------------------------------------------- */

static void on_talk(void *user, const struct dcv_exchange *exchange)
{
    struct web_chain *chain = user;
    struct dcv_web_probe *probe = chain->probe;
    struct meet meet = meet_ended(&probe->place, chain->address, chain->port, exchange);
    chain->talk = NULL;
    if (meet.met == DCV_MET_TALKED)
        probe->kind->hear(chain, &meet, exchange->answer, exchange->answer_len);
    web_chain_tell(chain, &meet);
    if (probe->kind->go_on == NULL || !probe->kind->go_on(chain, &meet))
        end(chain);
    web_probe_tell(probe);
}

void web_chain_meet(struct web_chain *chain, const struct dcv_rr *address)
{
    struct dcv_web_probe *probe = chain->probe;
    struct dcv_buf query;
    chain->address = address;
    if (meet_forbidden(&probe->place, address)) {
        web_chain_end(chain, DCV_MET_PRIVATE, "");
        return;
    }
    dcv_buf_init(&query, 1 << 16);
    enum dcv_status status = probe->kind->query(chain, &query);
    if (status == DCV_OK)
        status = meet_start(&probe->place, address, chain->port, probe->kind->protocol, &query, on_talk, chain, &chain->talk);
    dcv_buf_done(&query);
    if (status != DCV_OK)
        web_chain_end(chain, DCV_MET_BROKEN, status == DCV_ERR_NOMEM ? short_of_memory : not_begun);
}

/* ---- the addresses of the name ------------------------------------------------------------------------------------------------------ */

static struct web_chain *add_chain(struct dcv_web_probe *probe, const struct dcv_rr *address)
{
    struct web_chain *chain = &probe->chains[probe->chain_count++];
    *chain = (struct web_chain){.probe = probe, .host = probe->name, .address = address,
                                .port = probe->kind->protocol == DCV_PROTO_ALPN ? probe->options.https_port : probe->options.http_port};
    probe->running++;
    const struct meet meet = meet_without(&probe->place, address, chain->port, DCV_MET_TALKED, "");
    probe->kind->begin(chain, meet.server);
    return chain;
}

static bool seen(const struct dcv_addresses *addresses, size_t index)
{
    const struct dcv_rr *rr = &addresses->items[index];
    for (size_t i = 0; i < index; i++)
        if (addresses->items[i].type == rr->type && memcmp(addresses->items[i].rdata, rr->rdata, rr->rdlen) == 0)
            return true;
    return false;
}

static void on_addresses(void *user, const struct dcv_addresses *addresses)
{
    struct dcv_web_probe *probe = user;
    probe->lookup = NULL;
    const struct dcv_rr *copies = dcv_arena_copy(probe->place.arena, addresses->items, addresses->count * sizeof addresses->items[0]);
    const size_t count = copies != NULL ? addresses->count : 0;
    for (size_t i = 0; i < count; i++)
        if (!seen(addresses, i))
            (void)add_chain(probe, &copies[i]);
    for (size_t i = 0; i < probe->chain_count; i++)
        web_chain_meet(&probe->chains[i], probe->chains[i].address);
    /* Beside those that are known there may be others: a CA may choose any. */
    const bool failed = addresses->failed || copies == NULL;
    if (count == 0 || failed)
        web_chain_end(add_chain(probe, NULL), failed ? DCV_MET_LOOKUP : DCV_MET_NO_ADDRESS, "");
    web_probe_tell(probe);
}

/* ---- beginning and ending ----------------------------------------------------------------------------------------------------------- */

/* What was given of the file is copied: the facts point into it, and it is compared with later. */
static bool take_file(struct dcv_web_probe *probe, const struct dcv_web_file *file)
{
    char host[DCV_NAME_TEXT_MAX];
    struct dcv_arena *arena = probe->place.arena;
    const char *name = dcv_name_text(&probe->name, host);
    probe->file = *file;
    probe->file.method = dcv_arena_strdup(arena, file->method);
    probe->begin = probe->options.http_port == 80 ? dcv_arena_printf(arena, "http://%s%s", name, file->path)
                                                  : dcv_arena_printf(arena, "http://%s:%u%s", name, (unsigned)probe->options.http_port, file->path);
    if (file->content != NULL)
        probe->file.content = dcv_arena_copy(arena, file->content, file->content_len);
    return probe->file.method != NULL && probe->begin != NULL && (file->content == NULL || probe->file.content != NULL);
}

static enum dcv_status start(const struct web_kind *kind, const struct dcv_web_probe_options *options, const struct dcv_name *name,
                             const struct dcv_web_file *file, dcv_web_probe_fn *done, void *user, struct dcv_web_probe **out)
{
    struct dcv_web_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    probe->options = *options;
    probe->place = (struct meet_place){.net = options->net, .arena = dcv_facts_arena(options->facts), .allow_private = options->allow_private,
                                       .timeout_ms = options->timeout_ms, .wall_s = options->wall_s, .start_us = options->start_us};
    probe->kind = kind;
    probe->name = *name;
    probe->done = done;
    probe->user = user;
    enum dcv_status status = file == NULL || take_file(probe, file) ? DCV_OK : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        status = dcv_address_probe_start(options->resolver, probe->place.arena, name, on_addresses, probe, &probe->lookup);
    if (status != DCV_OK) {
        free(probe);
        return status;
    }
    *out = probe;
    return DCV_OK;
}

enum dcv_status dcv_http_probe_start(const struct dcv_web_probe_options *options, const struct dcv_name *name, const struct dcv_web_file *file,
                                     dcv_web_probe_fn *done, void *user, struct dcv_web_probe **out)
{
    return start(&web_http_kind, options, name, file, done, user, out);
}

enum dcv_status dcv_alpn_probe_start(const struct dcv_web_probe_options *options, const struct dcv_name *name, dcv_web_probe_fn *done, void *user,
                                     struct dcv_web_probe **out)
{
    return start(&web_alpn_kind, options, name, NULL, done, user, out);
}

/* Nobody waits any more for what is under way. */
static void let_go(struct web_chain *chain)
{
    dcv_address_probe_drop(chain->lookup);
    dcv_talk_drop(chain->talk);
    chain->lookup = NULL;
    chain->talk = NULL;
}

void dcv_web_probe_drop(struct dcv_web_probe *probe)
{
    if (probe == NULL)
        return;
    dcv_address_probe_drop(probe->lookup);
    probe->lookup = NULL;
    for (size_t i = 0; i < probe->chain_count; i++)
        let_go(&probe->chains[i]);
    probe->gone = true;
    if (!probe->telling)
        free(probe);
}

void dcv_web_probe_cut(struct dcv_web_probe *probe)
{
    if (probe->lookup != NULL) {
        dcv_address_probe_drop(probe->lookup);
        probe->lookup = NULL;
        (void)add_chain(probe, NULL);
    }
    for (size_t i = 0; i < probe->chain_count; i++) {
        let_go(&probe->chains[i]);
        if (!probe->chains[i].over)
            web_chain_end(&probe->chains[i], DCV_MET_DEADLINE, "");
    }
    web_probe_tell(probe);
}
