/* The conversations of the live transport: each protocol's client, made when it is first needed, behind one gate that keeps them from private addresses.
 * Private to this module. */
#ifndef DCV_NET_CONVERSATIONS_H
#define DCV_NET_CONVERSATIONS_H

#include "net/loop.h"
#include "net/trust.h"

struct dcv_conversations;

/* The options are lent for good. DCV_ERR_NOMEM. */
enum dcv_status dcv_conversations_create(struct dcv_loop *loop, const struct dcv_live_options *options, struct dcv_conversations **out);
/* Drops what is under way. The loop is closing. */
void dcv_conversations_free(struct dcv_conversations *all);
/* Takes the exchange. `trust` is lent for good; NULL: this protocol needs none. */
enum dcv_status dcv_conversations_submit(struct dcv_conversations *all, const struct dcv_tls_trust *trust, struct dcv_exchange *exchange);
/* Does the protocol need certificates to trust? */
bool dcv_conversations_need_trust(enum dcv_protocol protocol);
/* When a client wants to be woken, by the clock of the loop; UINT64_MAX: never. */
uint64_t dcv_conversations_due_us(const struct dcv_conversations *all);
void dcv_conversations_wake(struct dcv_conversations *all);
/* Ends what has taken too long. To be called now and then. */
void dcv_conversations_sweep(struct dcv_conversations *all);

#endif
