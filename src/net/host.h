/* The addresses of a host, asked of the resolver. */
#ifndef DCV_NET_HOST_H
#define DCV_NET_HOST_H

#include "net/resolver.h"

enum { DCV_HOST_ADDRESSES = 16 };

struct dcv_host {
    struct dcv_endpoint addresses[DCV_HOST_ADDRESSES]; /* IPv6 first, as a client would try them */
    size_t count;
    bool failed; /* no answer to what was asked: that there are no addresses is not known */
};

/* Asks for A and AAAA and waits for both. Nothing else may be under way on `net`. DCV_ERR_NOMEM. */
enum dcv_status dcv_host_resolve(struct dcv_net *net, struct dcv_resolver *resolver, const struct dcv_name *name, uint16_t port,
                                 struct dcv_host *out);

#endif
