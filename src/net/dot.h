/* DNS over TLS (RFC 7858), and over TCP alone: one connection a server, for many questions at a time. Private to this module. */
#ifndef DCV_NET_DOT_H
#define DCV_NET_DOT_H

#include "net/loop.h"
#include "net/trust.h"

struct dcv_dot;

/* The loop is lent. DCV_ERR_NOMEM. */
enum dcv_status dcv_dot_create(struct dcv_loop *loop, struct dcv_dot **out);
/* Drops what is under way. The loop is closing. */
void dcv_dot_free(struct dcv_dot *dot);
/* Takes the exchange. `trust` is lent for good; it may be NULL for TCP alone. DCV_ERR_NOMEM: it is not taken. */
enum dcv_status dcv_dot_submit(struct dcv_dot *dot, const struct dcv_tls_trust *trust, struct dcv_exchange *exchange);
/* Ends exchanges that are older, and connections that are of no more use. To be called now and then. */
void dcv_dot_sweep(struct dcv_dot *dot, uint64_t timeout_us);

#endif
