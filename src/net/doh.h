/* DNS over HTTPS (RFC 8484), by libcurl: POST, over HTTP/2 where the server has it. Private to this module. */
#ifndef DCV_NET_DOH_H
#define DCV_NET_DOH_H

#include "net/loop.h"
#include "net/trust.h"

struct dcv_doh;

/* Loop and trust are lent. DCV_ERR_SYSTEM, DCV_ERR_NOMEM. */
enum dcv_status dcv_doh_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, struct dcv_doh **out);
/* Drops what is under way. */
void dcv_doh_free(struct dcv_doh *doh);
/* Takes the exchange. DCV_ERR_NOMEM: it is not taken. */
enum dcv_status dcv_doh_submit(struct dcv_doh *doh, struct dcv_exchange *exchange);
/* When libcurl wants to be woken, by the clock of the loop; UINT64_MAX: never. */
uint64_t dcv_doh_due_us(const struct dcv_doh *doh);
/* Wakes it if it is time. */
void dcv_doh_wake(struct dcv_doh *doh);
/* Ends exchanges that are older. To be called now and then. */
void dcv_doh_sweep(struct dcv_doh *doh, uint64_t timeout_us);

#endif
