#include "net/peers.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* One server. */
struct peer {
    struct dcv_shelf_item item; /* first; pinned while somebody waits */
    struct dcv_peers *peers;
    struct dcv_resolver *resolver; /* with this server alone */
    size_t waiting;
    char key[];                 /* the endpoint as text */
};

struct dcv_peer_waiter {
    struct peer *peer;
    struct dcv_waiter *waiter;
    dcv_lookup_fn *done;
    void *user;
    struct dcv_peer_waiter *next, **place;
};

struct dcv_peers {
    struct dcv_net *net;
    struct dcv_peers_options options;
    struct dcv_map *servers; /* endpoint as text → peer */
    struct dcv_shelf shelf;  /* peers, and what their resolvers know */
    struct dcv_peer_waiter *waiters;
};

static void unlink_waiter(struct dcv_peer_waiter *waiter)
{
    struct peer *peer = waiter->peer;
    *waiter->place = waiter->next;
    if (waiter->next != NULL)
        waiter->next->place = waiter->place;
    if (--peer->waiting == 0)
        dcv_shelf_unpin(&peer->peers->shelf, &peer->item);
}

static void link_waiter(struct dcv_peers *peers, struct dcv_peer_waiter *waiter)
{
    waiter->next = peers->waiters;
    waiter->place = &peers->waiters;
    if (waiter->next != NULL)
        waiter->next->place = &waiter->next;
    peers->waiters = waiter;
}

static void peer_free(void *value)
{
    struct peer *peer = value;
    dcv_shelf_take(&peer->peers->shelf, &peer->item);
    dcv_resolver_free(peer->resolver);
    free(peer);
}

/* The shelf is full. */
static void peer_drop(struct dcv_shelf_item *item)
{
    struct peer *peer = (struct peer *)item;
    (void)dcv_map_take(peer->peers->servers, peer->key, strlen(peer->key));
    peer_free(peer);
}

enum dcv_status dcv_peers_create(struct dcv_net *net, const struct dcv_peers_options *options, struct dcv_peers **out)
{
    struct dcv_peers *peers = calloc(1, sizeof *peers);
    struct dcv_map *servers = dcv_map_create();
    if (peers == NULL || servers == NULL) {
        dcv_map_free(servers, NULL);
        free(peers);
        return DCV_ERR_NOMEM;
    }
    *peers = (struct dcv_peers){.net = net, .options = *options, .servers = servers};
    dcv_shelf_init(&peers->shelf, options->cache_bytes);
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
    dcv_map_free(peers->servers, peer_free);
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

static struct peer *peer_create(struct dcv_peers *peers, const struct dcv_endpoint *endpoint, const char *key)
{
    const size_t len = strlen(key);
    struct dcv_resolver_options options = {.servers = endpoint, .server_count = 1, .seed = seed_for(&peers->options.seed, key),
                                           .timeout_ms = peers->options.timeout_ms, .throttle = peers->options.throttle, .shelf = &peers->shelf};
    struct peer *peer = calloc(1, sizeof *peer + len + 1);
    if (peer == NULL)
        return NULL;
    *peer = (struct peer){.item = {.drop = peer_drop}, .peers = peers};
    memcpy(peer->key, key, len + 1);
    if (dcv_resolver_create(peers->net, &options, &peer->resolver) == DCV_OK && dcv_map_put(peers->servers, key, len, peer))
        return peer;
    dcv_resolver_free(peer->resolver);
    free(peer);
    return NULL;
}

/* One more waits for the server: it stays until none does. NULL: memory is short. */
static struct peer *peer_take(struct dcv_peers *peers, const struct dcv_endpoint *endpoint)
{
    char key[DCV_ENDPOINT_TEXT];
    (void)dcv_endpoint_text(endpoint, key);
    const size_t len = strlen(key);
    struct peer *peer = dcv_map_get(peers->servers, key, len);
    const bool known = peer != NULL;
    if (!known)
        peer = peer_create(peers, endpoint, key);
    if (peer == NULL)
        return NULL;
    peer->waiting++;
    dcv_shelf_pin(&peers->shelf, &peer->item);
    if (!known)
        (void)dcv_shelf_put(&peers->shelf, &peer->item, sizeof *peer + len + DCV_SHELF_ALLOCATION + dcv_map_cost(len) + dcv_resolver_bytes(peer->resolver),
                            DCV_SHELF_NEVER, dcv_net_now_us(peers->net));
    return peer;
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
    struct dcv_peer_waiter *waiter = calloc(1, sizeof *waiter);
    struct peer *peer = waiter != NULL ? peer_take(peers, endpoint) : NULL;
    if (peer == NULL) {
        free(waiter);
        return DCV_ERR_NOMEM;
    }
    *waiter = (struct dcv_peer_waiter){.peer = peer, .done = done, .user = user};
    link_waiter(peers, waiter);
    enum dcv_status status = dcv_resolver_ask(peer->resolver, question, 0, on_answer, waiter, &waiter->waiter);
    if (status != DCV_OK) {
        unlink_waiter(waiter);
        free(waiter);
        return status;
    }
    *handle = waiter;
    return DCV_OK;
}

size_t dcv_peers_cache_bytes(const struct dcv_peers *peers)
{
    return peers->shelf.bytes;
}

void dcv_peer_waiter_hold(struct dcv_peer_waiter *waiter, struct dcv_hold *hold)
{
    dcv_waiter_hold(waiter->waiter, hold);
}

void dcv_peers_forget(struct dcv_peers *peers, struct dcv_peer_waiter *waiter)
{
    (void)peers;
    dcv_resolver_forget(waiter->peer->resolver, waiter->waiter);
    unlink_waiter(waiter);
    free(waiter);
}
