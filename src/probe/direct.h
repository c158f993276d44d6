/* The direct probe: a question put to the servers of the zone that holds the name, for when the resolver withholds signatures. The resolver only
 * helps to find them. */
#ifndef DCV_PROBE_DIRECT_H
#define DCV_PROBE_DIRECT_H

#include "net/peers.h"
#include "probe/dns.h"

struct dcv_direct_probe;

struct dcv_direct_probe_options {
    struct dcv_resolver *resolver;
    struct dcv_peers *peers;
    struct dcv_facts *facts;
    uint16_t port;              /* of the zones' servers */
    bool allow_private;         /* servers at private addresses are asked, too */
    struct dcv_hold *hold;      /* counts how long questions wait for their turn; NULL: nothing does. Lent. */
    int64_t wall_s;
    uint64_t start_us;
};

/* As dcv_dns_probe_start(). Where no server of the zone answers, the fact has the outcome of the step that failed. Where an alias leads out of the
 * zone, the servers of its target are asked, too, and the answers are made one. */
enum dcv_status dcv_direct_probe_start(const struct dcv_direct_probe_options *options, const struct dcv_name *name, uint16_t type,
                                       dcv_dns_probe_fn *done, void *user, struct dcv_direct_probe **out);
void dcv_direct_probe_drop(struct dcv_direct_probe *probe);

#endif
