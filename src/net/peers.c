#include "net/peers.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

struct dcv_peer_waiter {
    struct dcv_resolver *resolver;
    struct dcv_waiter *waiter;
    dcv_lookup_fn *done;
    void *user;
    struct dcv_peer_waiter *next, **place;
};

struct dcv_peers {
    struct dcv_net *net;
    struct dcv_peers_options options;
    struct dcv_map *resolvers; /* endpoint as text → a resolver with this server alone */
    struct dcv_peer_waiter *waiters;
};

static void unlink_waiter(struct dcv_peer_waiter *waiter)
{
    *waiter->place = waiter->next;
    if (waiter->next != NULL)
        waiter->next->place = waiter->place;
}

static void link_waiter(struct dcv_peers *peers, struct dcv_peer_waiter *waiter)
{
    waiter->next = peers->waiters;
    waiter->place = &peers->waiters;
    if (waiter->next != NULL)
        waiter->next->place = &waiter->next;
    peers->waiters = waiter;
}

static void free_resolver(void *value)
{
    dcv_resolver_free(value);
}

enum dcv_status dcv_peers_create(struct dcv_net *net, const struct dcv_peers_options *options, struct dcv_peers **out)
{
    struct dcv_peers *peers = calloc(1, sizeof *peers);
    struct dcv_map *resolvers = dcv_map_create();
    if (peers == NULL || resolvers == NULL) {
        dcv_map_free(resolvers, NULL);
        free(peers);
        return DCV_ERR_NOMEM;
    }
    *peers = (struct dcv_peers){.net = net, .options = *options, .resolvers = resolvers};
    *out = peers;
    return DCV_OK;
}

void dcv_peers_free(struct dcv_peers *peers)
{
    if (peers == NULL)
        return;
    for (struct dcv_peer_waiter *waiter = peers->waiters, *next; waiter != NULL; waiter = next) {
        next = waiter->next;
        free(waiter);
    }
    dcv_map_free(peers->resolvers, free_resolver);
    free(peers);
}

/* Another seed for each server: what one sees of our ids and cases must tell it nothing about those that others see. */
static struct dcv_seed seed_for(const struct dcv_seed *seed, const char *endpoint)
{
    struct dcv_seed own = *seed;
    uint64_t value = dcv_seed_value(seed, endpoint, strlen(endpoint));
    for (size_t i = 0; i < sizeof value; i++)
        own.key[i] ^= (uint8_t)(value >> (8 * i));
    return own;
}

static struct dcv_resolver *resolver_of(struct dcv_peers *peers, const struct dcv_endpoint *endpoint)
{
    char key[DCV_ENDPOINT_TEXT];
    (void)dcv_endpoint_text(endpoint, key);
    struct dcv_resolver *resolver = dcv_map_get(peers->resolvers, key, strlen(key));
    if (resolver != NULL)
        return resolver;
    struct dcv_resolver_options options = {.servers = endpoint, .server_count = 1, .seed = seed_for(&peers->options.seed, key),
                                           .timeout_ms = peers->options.timeout_ms, .throttle = peers->options.throttle};
    if (dcv_resolver_create(peers->net, &options, &resolver) != DCV_OK)
        return NULL;
    if (!dcv_map_put(peers->resolvers, key, strlen(key), resolver)) {
        dcv_resolver_free(resolver);
        return NULL;
    }
    return resolver;
}

static void on_answer(void *user, const struct dcv_lookup_result *result)
{
    struct dcv_peer_waiter *waiter = user;
    dcv_lookup_fn *done = waiter->done;
    void *caller = waiter->user;
    unlink_waiter(waiter);
    free(waiter);
    done(caller, result);
}

enum dcv_status dcv_peers_ask(struct dcv_peers *peers, const struct dcv_endpoint *endpoint, const struct dcv_question *question,
                              dcv_lookup_fn *done, void *user, struct dcv_peer_waiter **handle)
{
    struct dcv_resolver *resolver = resolver_of(peers, endpoint);
    struct dcv_peer_waiter *waiter = calloc(1, sizeof *waiter);
    if (resolver == NULL || waiter == NULL) {
        free(waiter);
        return DCV_ERR_NOMEM;
    }
    *waiter = (struct dcv_peer_waiter){.resolver = resolver, .done = done, .user = user};
    enum dcv_status status = dcv_resolver_ask(resolver, question, 0, on_answer, waiter, &waiter->waiter);
    if (status != DCV_OK) {
        free(waiter);
        return status;
    }
    link_waiter(peers, waiter);
    *handle = waiter;
    return DCV_OK;
}

void dcv_peer_waiter_hold(struct dcv_peer_waiter *waiter, struct dcv_hold *hold)
{
    dcv_waiter_hold(waiter->waiter, hold);
}

void dcv_peers_forget(struct dcv_peers *peers, struct dcv_peer_waiter *waiter)
{
    (void)peers;
    dcv_resolver_forget(waiter->resolver, waiter->waiter);
    unlink_waiter(waiter);
    free(waiter);
}
