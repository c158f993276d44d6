#include "probe/web_chain.h"

#include "fact/redirect.h"
#include "net/fetch.h"

#include <string.h>

/* ---- one request ------------------------------------------------------------------------------------------------------------------ */

static void begin(struct web_chain *chain, const char *server)
{
    const struct dcv_web_probe *probe = chain->probe;
    chain->fact = (struct dcv_fact){.kind = DCV_FACT_HTTP, .http = {.method = probe->file.method, .begin = probe->begin, .first_server = server,
                                                                    .url = probe->begin, .server = server, .flaw = "", .random = probe->file.random}};
}

/* A CA does not mind a certificate that is not sound: it is there to have a new one issued. */
static enum dcv_status query(const struct web_chain *chain, struct dcv_buf *out)
{
    const struct dcv_fetch_request request = {.url = chain->fact.http.url, .limit = WEB_BODY_MAX};
    return dcv_fetch_request_write(&request, out);
}

static bool blank(uint8_t octet)
{
    return octet == ' ' || (octet >= '\t' && octet <= '\r');
}

/* Its length without white space at the end, which a CA passes over (RFC 8555 §8.3): what stands before the content is part of it. */
static size_t length_of(const uint8_t *data, size_t len)
{
    while (len > 0 && blank(data[len - 1]))
        len--;
    return len;
}

static enum dcv_http_body body_of(const struct dcv_web_file *file, const struct dcv_fetch_answer *answer)
{
    if (file->content == NULL || answer->status / 100 != 2)
        return DCV_HTTP_BODY_ANY;
    const size_t wanted_len = length_of(file->content, file->content_len), len = length_of(answer->body, answer->body_len);
    if (answer->cut && wanted_len > WEB_BODY_MAX)
        return DCV_HTTP_BODY_ANY; /* too long to tell */
    const bool same = !answer->cut && len == wanted_len && (len == 0 || memcmp(answer->body, file->content, len) == 0);
    return same ? DCV_HTTP_BODY_SAME : DCV_HTTP_BODY_DIFFERS;
}

/* The answer goes when it was looked at: of the texts in it copies are kept. */
static void take(struct web_chain *chain, const struct dcv_fetch_answer *answer)
{
    const struct meet_place *place = &chain->probe->place;
    struct dcv_http_fact *fact = &chain->fact.http;
    fact->status = answer->status;
    fact->location = answer->location != NULL ? meet_text(place, answer->location) : NULL;
    fact->tls = answer->tls;
    fact->sound = answer->sound;
    fact->flaw = meet_text(place, answer->flaw);
    fact->body = body_of(&chain->probe->file, answer);
}

static void hear(struct web_chain *chain, struct meet *meet, const void *octets, size_t len)
{
    struct dcv_fetch_answer answer;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    const enum dcv_status status = arena != NULL ? dcv_fetch_answer_read(arena, octets, len, &answer) : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        take(chain, &answer);
    else
        meet->met = DCV_MET_BROKEN;
    if (status == DCV_ERR_NOMEM)
        dcv_arena_fail(chain->probe->place.arena);
    dcv_arena_free(arena);
}

static void note(struct dcv_fact *fact, const struct meet *meet)
{
    fact->http.address = meet->address;
    fact->http.server = meet->server;
    fact->http.met = meet->met;
    fact->http.why = meet->why;
    fact->http.rtt_us = meet->rtt_us;
    fact->http.at = meet->at;
}

/* ---- where a redirect leads -------------------------------------------------------------------------------------------------------- */

static bool same_address(const struct dcv_rr *a, const struct dcv_rr *b)
{
    return a != NULL && a->type == b->type && memcmp(a->rdata, b->rdata, b->rdlen) == 0;
}

/* So many of each kind as may be tried, for this host may have no way to one of them; that which the chain is about goes first. */
static void choose_targets(struct web_chain *chain, const struct dcv_rr *before, const struct dcv_rr *items, size_t count)
{
    size_t of_kind[2] = {0};
    chain->target_count = 0;
    chain->attempts = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < count; i++) {
            size_t *kind = &of_kind[items[i].type == DCV_TYPE_A];
            if (same_address(before, &items[i]) != (round == 0) || *kind == WEB_ATTEMPTS_MAX || meet_forbidden(&chain->probe->place, &items[i]))
                continue;
            chain->targets[chain->target_count++] = &items[i];
            (*kind)++;
        }
    }
}

static const struct dcv_rr *next_target(struct web_chain *chain)
{
    const struct dcv_rr *first = chain->targets[0];
    chain->target_count--;
    memmove(chain->targets, chain->targets + 1, chain->target_count * sizeof chain->targets[0]);
    chain->attempts++;
    return first;
}

/* With none that may be spoken to, the first says why. */
static void on_targets(void *user, const struct dcv_addresses *addresses)
{
    struct web_chain *chain = user;
    struct dcv_web_probe *probe = chain->probe;
    const struct dcv_rr *before = chain->address;
    chain->lookup = NULL;
    chain->address = NULL;
    const struct dcv_rr *items = dcv_arena_copy(probe->place.arena, addresses->items, addresses->count * sizeof addresses->items[0]);
    if (items == NULL || addresses->count == 0) {
        web_chain_end(chain, addresses->failed || items == NULL ? DCV_MET_LOOKUP : DCV_MET_NO_ADDRESS, "");
    } else {
        choose_targets(chain, before, items, addresses->count);
        web_chain_meet(chain, chain->target_count != 0 ? next_target(chain) : &items[0]);
    }
    web_probe_tell(probe);
}

/* The next request; nothing of the answer to the one before is in its fact. */
static void follow(struct web_chain *chain, const struct dcv_url *url)
{
    struct dcv_web_probe *probe = chain->probe;
    const struct dcv_http_fact before = chain->fact.http;
    begin(chain, before.first_server);
    chain->fact.http.hop = before.hop + 1;
    chain->fact.http.url = meet_text(&probe->place, url->text);
    chain->host = url->host;
    chain->port = url->port;
    if (dcv_address_probe_start(probe->options.resolver, probe->place.arena, &chain->host, on_targets, chain, &chain->lookup) == DCV_OK)
        return;
    chain->lookup = NULL;
    chain->address = NULL;
    web_chain_end(chain, DCV_MET_LOOKUP, "");
}

/* A way that this host does not have is no attempt, and there is none to the others of the kind either. */
static void forget_kind(struct web_chain *chain)
{
    size_t kept = 0;
    for (size_t i = 0; i < chain->target_count; i++)
        if (chain->targets[i]->type != chain->address->type)
            chain->targets[kept++] = chain->targets[i];
    chain->target_count = kept;
    chain->attempts--;
}

/* Was there no connection, and is there another address of the host of a redirect? The first request of a chain is about its address alone. */
static bool try_next(struct web_chain *chain, const struct meet *meet)
{
    if (chain->fact.http.hop == 0 || (meet->met != DCV_MET_REFUSED && meet->met != DCV_MET_TIMEOUT && meet->met != DCV_MET_NO_ROUTE))
        return false;
    if (meet->met == DCV_MET_NO_ROUTE)
        forget_kind(chain);
    if (chain->target_count == 0 || chain->attempts >= WEB_ATTEMPTS_MAX)
        return false;
    web_chain_meet(chain, next_target(chain));
    return true;
}

static bool go_on(struct web_chain *chain, const struct meet *meet)
{
    struct dcv_url url;
    struct dcv_fact fact = chain->fact;
    if (try_next(chain, meet))
        return true;
    note(&fact, meet);
    if (dcv_redirect_of(&fact.http, chain->probe->options.http_port, chain->probe->options.https_port, &url) != DCV_REDIRECT_FOLLOW)
        return false;
    follow(chain, &url);
    return true;
}

const struct web_kind web_http_kind = {.protocol = DCV_PROTO_FETCH, .begin = begin, .query = query, .hear = hear, .note = note, .go_on = go_on};
