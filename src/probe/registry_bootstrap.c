/* Which RDAP server knows a top-level domain (RFC 9224): learned once a run. */
#include "net/fetch.h"
#include "probe/registry_parts.h"

#include <limits.h>

enum { FRESH_S = 24 * 3600, ANY_AGE_S = INT_MAX, HTTPS_PORT = 443, HTTP_OK = 200 };

static const char key[] = "rdap-dns.json";
static const char host[] = "data.iana.org";
static const char url[] = "https://data.iana.org/rdap/dns.json";

void registry_wait_add(struct registry_wait **waits, struct registry_wait *wait)
{
    while (*waits != NULL)
        waits = &(*waits)->next;
    wait->next = NULL;
    *waits = wait;
}

void registry_wake(struct registry_wait **waits)
{
    for (struct registry_wait *wait = *waits; wait != NULL; wait = *waits) {
        *waits = wait->next;
        wait->go(wait->user);
    }
}

static bool take(struct dcv_registry *registry, const void *octets, size_t len)
{
    struct dcv_rdap_bootstrap *servers;
    const char *error;
    if (octets == NULL || dcv_rdap_bootstrap_read(registry->bootstrap.arena, octets, len, &servers, &error) != DCV_OK)
        return false;
    registry->bootstrap.servers = servers;
    return true;
}

/* The last resort knows the larger registries only. */
static void on_stale(void *user, const void *octets, size_t len)
{
    struct dcv_registry *registry = user;
    if (!take(registry, octets, len)) {
        size_t size;
        const char *text = dcv_rdap_bootstrap_shipped(&size);
        (void)take(registry, text, size);
    }
    registry_wake(&registry->bootstrap.waits);
}

static bool take_fetched(struct dcv_registry *registry, const struct dcv_exchange *exchange)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_fetch_answer answer;
    bool good = arena != NULL && dcv_fetch_answer_read(arena, exchange->answer, exchange->answer_len, &answer) == DCV_OK && answer.status == HTTP_OK
                && !answer.cut && take(registry, answer.body, answer.body_len);
    if (good)
        registry_cache_put(registry, key, answer.body, answer.body_len);
    dcv_arena_free(arena);
    return good;
}

static void on_fetched(void *user, const struct registry_heard *heard)
{
    struct dcv_registry *registry = user;
    struct registry_bootstrap *bootstrap = &registry->bootstrap;
    const bool good = heard->exchange != NULL && take_fetched(registry, heard->exchange);
    dcv_buf_done(&bootstrap->query);
    if (good)
        registry_wake(&bootstrap->waits);
    else
        registry_cache_get(&bootstrap->reader, registry, key, ANY_AGE_S, on_stale, registry);
}

static void on_cached(void *user, const void *octets, size_t len)
{
    struct dcv_registry *registry = user;
    struct registry_bootstrap *bootstrap = &registry->bootstrap;
    if (take(registry, octets, len)) {
        registry_wake(&bootstrap->waits);
        return;
    }
    const struct dcv_fetch_request request = {.url = url, .accept = "application/json", .verify = true, .limit = DCV_FETCH_BODY_MAX};
    const struct registry_call call = {.protocol = DCV_PROTO_FETCH, .host = host, .port = HTTPS_PORT, .query = &bootstrap->query};
    dcv_buf_init(&bootstrap->query, sizeof url + DCV_FETCH_URL_MAX);
    if (dcv_fetch_request_write(&request, &bootstrap->query) != DCV_OK)
        bootstrap->query.failed = true;
    registry_visit_start(&bootstrap->visit, registry, bootstrap->arena, &call, on_fetched, registry);
}

void registry_bootstrap_await(struct dcv_registry *registry, struct registry_wait *wait)
{
    struct registry_bootstrap *bootstrap = &registry->bootstrap;
    if (bootstrap->servers != NULL) {
        wait->go(wait->user);
        return;
    }
    registry_wait_add(&bootstrap->waits, wait);
    if (bootstrap->asked)
        return;
    bootstrap->asked = true;
    registry_cache_get(&bootstrap->reader, registry, key, FRESH_S, on_cached, registry);
}

void registry_bootstrap_stop(struct registry_bootstrap *bootstrap)
{
    registry_cache_stop(&bootstrap->reader);
    if (bootstrap->visit.registry != NULL)
        registry_visit_stop(&bootstrap->visit);
    dcv_buf_done(&bootstrap->query);
    dcv_arena_free(bootstrap->arena);
}
