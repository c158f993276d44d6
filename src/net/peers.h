/* Servers asked one by one, each on its own account: the name servers of zones, and resolvers that are compared. */
#ifndef DCV_NET_PEERS_H
#define DCV_NET_PEERS_H

#include "net/resolver.h"

struct dcv_peers;
struct dcv_peer_waiter;

struct dcv_peers_options {
    struct dcv_seed seed;
    unsigned timeout_ms;           /* of a question, all its tries together, from when its first packet goes out */
    struct dcv_throttle *throttle; /* lent; NULL: every packet goes at once */
    size_t cache_bytes;            /* that servers and their answers may take; 0: no bound */
};

/* `net` is lent. DCV_ERR_NOMEM. */
enum dcv_status dcv_peers_create(struct dcv_net *net, const struct dcv_peers_options *options, struct dcv_peers **out);
/* Questions that are not answered are dropped without a call. */
void dcv_peers_free(struct dcv_peers *peers);
/* Puts a question to `endpoint`; as dcv_resolver_ask(). The same question is put to it once, for all who ask, while its answer is valid. */
enum dcv_status dcv_peers_ask(struct dcv_peers *peers, const struct dcv_endpoint *endpoint, const struct dcv_question *question,
                              dcv_lookup_fn *done, void *user, struct dcv_peer_waiter **handle);
/* What all servers and their answers take. */
size_t dcv_peers_cache_bytes(const struct dcv_peers *peers);
/* As dcv_waiter_hold(). */
void dcv_peer_waiter_hold(struct dcv_peer_waiter *waiter, struct dcv_hold *hold);
/* The caller no longer waits; `done` is not called. Once `done` was called the handle is gone. */
void dcv_peers_forget(struct dcv_peers *peers, struct dcv_peer_waiter *waiter);

#endif
