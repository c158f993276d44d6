/* Pacing: so many requests to one server in so much time, and no more (a token bucket a server). */
#ifndef DCV_NET_PACE_H
#define DCV_NET_PACE_H

#include "net/net.h"

struct dcv_pace;
struct dcv_pace_waiter;

struct dcv_pace_options {
    unsigned burst;      /* requests that may go out at once */
    unsigned refill_ms;  /* after which one more may */
};

/* `net` is lent. DCV_ERR_NOMEM. */
enum dcv_status dcv_pace_create(struct dcv_net *net, const struct dcv_pace_options *options, struct dcv_pace **out);
/* Those who wait are dropped without a call. */
void dcv_pace_free(struct dcv_pace *pace);
/* Calls `go` once, from dcv_net_step(), when it is the turn of this request to the server `key`; in the order of asking. */
enum dcv_status dcv_pace_ask(struct dcv_pace *pace, const char *key, void (*go)(void *user), void *user, struct dcv_pace_waiter **handle);
/* How long whoever asks now would wait for its turn, at the least: after a hold it may be longer. */
uint64_t dcv_pace_wait_us(const struct dcv_pace *pace, const char *key);
/* The caller no longer waits. Once `go` was called the handle is gone. */
void dcv_pace_forget(struct dcv_pace *pace, struct dcv_pace_waiter *waiter);
/* Servers that are remembered: those asked so recently that it matters, and some more. */
size_t dcv_pace_count(const struct dcv_pace *pace);
/* The server asked to be left alone for so long (Retry-After). */
void dcv_pace_hold(struct dcv_pace *pace, const char *key, unsigned hold_ms);

#endif
