/* libcurl on the loop: one set of transfers, its sockets and its one timer. Private to this module. */
#ifndef DCV_NET_MULTI_H
#define DCV_NET_MULTI_H

#include "net/loop.h"

#include <curl/curl.h>

struct dcv_multi;

/* A transfer is over; it is still to be removed. */
typedef void dcv_multi_done_fn(void *transfer, CURLcode result);

/* The loop is lent. DCV_ERR_SYSTEM, DCV_ERR_NOMEM. */
enum dcv_status dcv_multi_create(struct dcv_loop *loop, dcv_multi_done_fn *done, struct dcv_multi **out);
/* All transfers have been removed. NULL is fine. */
void dcv_multi_free(struct dcv_multi *multi);
/* For options of the set. */
CURLM *dcv_multi_handle(const struct dcv_multi *multi);
/* `transfer` is what `done` is called with. False: memory is short. */
bool dcv_multi_add(struct dcv_multi *multi, CURL *easy, void *transfer);
void dcv_multi_remove(struct dcv_multi *multi, CURL *easy);
/* When libcurl wants to be woken, by the clock of the loop; UINT64_MAX: never. */
uint64_t dcv_multi_due_us(const struct dcv_multi *multi);
/* Wakes it if it is time. */
void dcv_multi_wake(struct dcv_multi *multi);

#endif
