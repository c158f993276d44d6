/* One conversation for one who waits: an exchange that can be forgotten. */
#ifndef DCV_NET_TALK_H
#define DCV_NET_TALK_H

#include "net/net.h"

struct dcv_talk;

/* `exchange` is lent for the call. */
typedef void dcv_talk_fn(void *user, const struct dcv_exchange *exchange);

struct dcv_talk_request {
    struct dcv_endpoint to;
    bool named;          /* as in dcv_exchange */
    unsigned timeout_ms; /* likewise */
};

/* Takes what `query` holds, which is empty afterwards, also on failure. `done` is called once, from dcv_net_step(), unless the talk is dropped before.
 * DCV_ERR_NOMEM, DCV_ERR_SYSTEM. */
enum dcv_status dcv_talk_start(struct dcv_net *net, const struct dcv_talk_request *request, struct dcv_buf *query, dcv_talk_fn *done, void *user,
                               struct dcv_talk **out);
/* Nobody waits any more; NULL is fine. */
void dcv_talk_drop(struct dcv_talk *talk);

#endif
