/* The addresses of a host, found by the resolver, for conversations with it. */
#ifndef DCV_PROBE_ADDRESS_H
#define DCV_PROBE_ADDRESS_H

#include "fact/fact.h"
#include "net/resolver.h"

enum { DCV_ADDRESSES_MAX = 16 };

struct dcv_addresses {
    struct dcv_rr items[DCV_ADDRESSES_MAX]; /* IPv6 first; their RDATA is in the arena of the call */
    size_t count;
    bool failed; /* no answer to one of the questions: that there are no others is not known */
};

struct dcv_address_probe;

typedef void dcv_address_fn(void *user, const struct dcv_addresses *addresses);

/* Asks for AAAA and A. `done` is called once, from dcv_net_step(), unless the probe is dropped before. DCV_ERR_NOMEM. */
enum dcv_status dcv_address_probe_start(struct dcv_resolver *resolver, struct dcv_arena *arena, const struct dcv_name *host, dcv_address_fn *done,
                                        void *user, struct dcv_address_probe **out);
void dcv_address_probe_drop(struct dcv_address_probe *probe);

#endif
