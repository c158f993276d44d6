/* The server probe: one question put to one server, and the fact that comes of it. */
#ifndef DCV_PROBE_SERVER_H
#define DCV_PROBE_SERVER_H

#include "fact/fact.h"
#include "net/peers.h"

/* A probe under way. */
struct dcv_server_probe;

/* `exchanges`: packets sent because of this probe; `waits`: answers waited for one after the other. `fact` points into its facts. */
typedef void dcv_server_probe_fn(void *user, const struct dcv_server_fact *fact, unsigned exchanges, unsigned waits);

struct dcv_server_probe_options {
    struct dcv_peers *peers;
    struct dcv_facts *facts;    /* whose arena holds the values; the fact is not added */
    bool fresh;                 /* an answer that was given before does not do */
    struct dcv_hold *hold;      /* counts how long questions wait for their turn; NULL: nothing does. Lent. */
    int64_t wall_s;             /* UNIX time of the logical clock's `start_us` */
    uint64_t start_us;
};

/* `about` says who is asked what (`as`, `zone`, `host`, `address`, `name`, `type`, `over`); the rest of it is filled in. `done` is called once, from
 * dcv_net_step(), unless the probe is dropped before. DCV_ERR_NOMEM. */
enum dcv_status dcv_server_probe_start(const struct dcv_server_probe_options *options, const struct dcv_endpoint *endpoint,
                                       const struct dcv_server_fact *about, dcv_server_probe_fn *done, void *user,
                                       struct dcv_server_probe **out);
void dcv_server_probe_drop(struct dcv_server_probe *probe);

/* The endpoint of an A or AAAA record. */
struct dcv_endpoint dcv_server_endpoint(const struct dcv_rr *address, uint16_t port);

#endif
