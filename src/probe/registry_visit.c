#include "base/text.h"
#include "probe/registry_parts.h"
#include "probe/server.h"

#include <stdio.h>
#include <string.h>

static void conclude(struct registry_visit *visit, const struct dcv_exchange *exchange)
{
    const struct registry_heard heard = {.exchange = exchange, .why = visit->why, .exchanges = visit->exchanges};
    visit->done(visit->user, &heard);
}

static void conclude_without(struct registry_visit *visit, const char *why)
{
    (void)snprintf(visit->why, sizeof visit->why, "%s", why);
    conclude(visit, NULL);
}

/* ---- the addresses one after the other ----------------------------------------------------------------------------------------- */

static void try_next(struct registry_visit *visit);
static void on_turn(void *user);

static const char private_text[] = N_("the server has a private address"), memory_text[] = N_("memory is short");

static const char *end_text(enum dcv_exchange_end end)
{
    switch (end) {
    case DCV_EXCHANGE_TIMEOUT: return N_("no answer in time");
    case DCV_EXCHANGE_UNREACHABLE: return N_("the server cannot be reached");
    case DCV_EXCHANGE_NO_ROUTE: return N_("there is no way to the server from here");
    case DCV_EXCHANGE_REJECTED: return N_("the certificate of the server is not sound");
    case DCV_EXCHANGE_UNRECORDED: return N_("the server is not on the recording");
    case DCV_EXCHANGE_PRIVATE: return private_text;
    case DCV_EXCHANGE_FAILED:
    case DCV_EXCHANGE_ANSWER:
    case DCV_EXCHANGE_CUT: break;
    }
    return N_("the conversation broke off");
}

static void on_talk(void *user, const struct dcv_exchange *exchange)
{
    struct registry_visit *visit = user;
    visit->talk = NULL;
    if (exchange->end == DCV_EXCHANGE_ANSWER || exchange->end == DCV_EXCHANGE_CUT) {
        conclude(visit, exchange);
        return;
    }
    (void)snprintf(visit->why, sizeof visit->why, "%s", exchange->why[0] != '\0' ? exchange->why : end_text(exchange->end));
    if (exchange->end == DCV_EXCHANGE_UNRECORDED) {
        conclude(visit, NULL);
    } else if ((exchange->end == DCV_EXCHANGE_NO_ROUTE || exchange->end == DCV_EXCHANGE_PRIVATE) && visit->next < visit->count) {
        visit->exchanges--; /* nothing was sent: it is still the turn of this one */
        on_turn(visit);
    } else {
        try_next(visit);
    }
}

/* Until when, by the logical clock. */
struct hold {
    uint64_t until_us;
};

static bool held(const struct registry_visit *visit)
{
    const struct dcv_registry *registry = visit->registry;
    const struct hold *hold = dcv_map_get(registry->holds, visit->call.host, strlen(visit->call.host));
    return hold != NULL && hold->until_us > dcv_net_now_us(registry->options.net) + registry->options.timeout_ms * UINT64_C(1000);
}

void registry_hold(struct dcv_registry *registry, const char *host, long seconds)
{
    const size_t len = strlen(host);
    const long bounded_s = seconds < REGISTRY_HOLD_MAX_S ? seconds : REGISTRY_HOLD_MAX_S;
    struct hold *hold = dcv_map_get(registry->holds, host, len);
    if (seconds <= 0)
        return;
    if (hold == NULL)
        hold = dcv_arena_alloc(registry->arena, sizeof *hold);
    if (hold == NULL || !dcv_map_put(registry->holds, host, len, hold))
        return;
    hold->until_us = dcv_net_now_us(registry->options.net) + (uint64_t)bounded_s * 1000000U;
    if ((uint64_t)bounded_s * 1000U <= registry->options.timeout_ms)
        dcv_pace_hold(registry->pace, host, (unsigned)bounded_s * 1000U);
}

static void conclude_held(struct registry_visit *visit)
{
    const struct registry_heard heard = {.why = N_("the server limits requests, and is left alone for a while"), .exchanges = visit->exchanges, .limited = true};
    visit->done(visit->user, &heard);
}

static void on_turn(void *user)
{
    struct registry_visit *visit = user;
    visit->waiter = NULL;
    if (held(visit)) {
        conclude_held(visit);
        return;
    }
    const struct dcv_buf *query = visit->call.query;
    const struct dcv_talk_request request = {.to = visit->tries[visit->next++], .named = visit->call.named,
                                             .timeout_ms = visit->registry->options.timeout_ms};
    struct dcv_buf copy;
    visit->exchanges++;
    dcv_buf_init(&copy, query->len + 1);
    dcv_buf_put(&copy, query->data, query->len);
    if (dcv_talk_start(visit->registry->options.net, &request, &copy, on_talk, visit, &visit->talk) != DCV_OK) {
        visit->talk = NULL;
        conclude_without(visit, memory_text);
    }
}

/* Of a long list of names, most would wait for nothing: they are told so at once. */
static bool crowded(const struct registry_visit *visit)
{
    const struct dcv_registry *registry = visit->registry;
    return registry->options.patience_ms != 0
        && dcv_pace_wait_us(registry->pace, visit->call.host) > registry->options.patience_ms * UINT64_C(1000);
}

static void try_next(struct registry_visit *visit)
{
    if (visit->next == visit->count || visit->exchanges == REGISTRY_ADDRESSES_MAX)
        conclude(visit, NULL);
    else if (crowded(visit))
        conclude_without(visit, N_("too many names of this run wait for the server"));
    else if (dcv_pace_ask(visit->registry->pace, visit->call.host, on_turn, visit, &visit->waiter) != DCV_OK) {
        visit->waiter = NULL;
        conclude_without(visit, memory_text);
    }
}

/* ---- finding them ---------------------------------------------------------------------------------------------------------------- */

static bool allowed(const struct registry_visit *visit, const struct dcv_rr *address)
{
    return visit->registry->options.allow_private || visit->call.named || !dcv_rr_private_address(address);
}

/* The next address of the kind from number `at` on. */
static size_t next_of(const struct dcv_addresses *addresses, uint16_t type, size_t at)
{
    while (at < addresses->count && addresses->items[at].type != type)
        at++;
    return at < addresses->count ? at : addresses->count;
}

static void add_try(struct registry_visit *visit, const struct dcv_addresses *addresses, size_t at)
{
    if (at == addresses->count || !allowed(visit, &addresses->items[at]))
        return;
    visit->tries[visit->count] = dcv_server_endpoint(&addresses->items[at], visit->call.port);
    visit->tries[visit->count++].protocol = visit->call.protocol;
}

/* By turns, so that a host that is dead over one kind is tried over the other. */
static void add_tries(struct registry_visit *visit, const struct dcv_addresses *addresses)
{
    size_t v6 = next_of(addresses, DCV_TYPE_AAAA, 0), v4 = next_of(addresses, DCV_TYPE_A, 0);
    while (v6 < addresses->count || v4 < addresses->count) {
        add_try(visit, addresses, v6);
        add_try(visit, addresses, v4);
        v6 = next_of(addresses, DCV_TYPE_AAAA, v6 + 1);
        v4 = next_of(addresses, DCV_TYPE_A, v4 + 1);
    }
}

/* A host whose addresses are all private is one to which nothing is sent (RFC 1918, RFC 4193): a referral must not lead into this network. */
static void on_addresses(void *user, const struct dcv_addresses *addresses)
{
    struct registry_visit *visit = user;
    visit->address = NULL;
    add_tries(visit, addresses);
    if (visit->count == 0 && addresses->count != 0)
        conclude_without(visit, private_text);
    else if (visit->count == 0)
        conclude_without(visit, addresses->failed ? N_("the addresses of the server cannot be looked up") : N_("the server has no address"));
    else
        try_next(visit);
}

static void look_up(struct registry_visit *visit)
{
    struct dcv_name name;
    if (dcv_name_parse(visit->call.host, &name, NULL) != DCV_OK) {
        conclude_without(visit, N_("the name of the server is none of a host"));
    } else if (dcv_address_probe_start(visit->registry->options.resolver, visit->arena, &name, on_addresses, visit, &visit->address) != DCV_OK) {
        visit->address = NULL;
        conclude_without(visit, memory_text);
    }
}

void registry_visit_start(struct registry_visit *visit, struct dcv_registry *registry, struct dcv_arena *arena, const struct registry_call *call,
                          registry_heard_fn *done, void *user)
{
    *visit = (struct registry_visit){.registry = registry, .call = *call, .done = done, .user = user, .arena = arena};
    if (call->query->failed) {
        conclude_without(visit, memory_text);
    } else if (held(visit)) {
        conclude_held(visit);
    } else if (dcv_address_parse(call->host, call->port, &visit->tries[0]) == DCV_OK) {
        visit->tries[0].port = call->port;
        visit->tries[0].protocol = call->protocol;
        visit->count = 1; /* whether it is private the transport looks at */
        try_next(visit);
    } else {
        look_up(visit);
    }
}

void registry_visit_stop(struct registry_visit *visit)
{
    dcv_address_probe_drop(visit->address);
    dcv_talk_drop(visit->talk);
    if (visit->waiter != NULL)
        dcv_pace_forget(visit->registry->pace, visit->waiter);
    *visit = (struct registry_visit){0};
}

/* ---- names of hosts -------------------------------------------------------------------------------------------------------------- */

static bool is_host(const char *text, size_t len)
{
    if (len == 0 || len >= REGISTRY_HOST)
        return false;
    for (size_t i = 0; i < len; i++) {
        const char c = dcv_ascii_lower(text[i]);
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_')
            return false;
    }
    return true;
}

enum dcv_status registry_host_parse(const char *text, uint16_t port, char host[REGISTRY_HOST], uint16_t *port_out)
{
    struct dcv_endpoint address;
    const char *colon = strrchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : strlen(text);
    long number = port;
    if (dcv_address_parse(text, port, &address) == DCV_OK) {
        (void)snprintf(host, REGISTRY_HOST, "%s", address.host);
        *port_out = address.port;
        return DCV_OK;
    }
    if (colon != NULL && !dcv_text_number(colon + 1, 1, UINT16_MAX, &number))
        return DCV_ERR_SYNTAX;
    if (len > 1 && text[len - 1] == '.')
        len--;
    if (!is_host(text, len))
        return DCV_ERR_SYNTAX;
    for (size_t i = 0; i < len; i++)
        host[i] = dcv_ascii_lower(text[i]);
    host[len] = '\0';
    *port_out = (uint16_t)number;
    return DCV_OK;
}
