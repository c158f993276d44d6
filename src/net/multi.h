/* libcurl on the loop: one set of transfers of one client, its sockets and its one timer; and what its clients have in common. Private to this
 * module. */
#ifndef DCV_NET_MULTI_H
#define DCV_NET_MULTI_H

#include "net/loop.h"

#include <curl/curl.h>

struct dcv_multi;

/* An exchange under way; it begins the struct of the client, which sets `exchange` and `easy` (owned). */
struct dcv_transfer {
    struct dcv_transfer *previous, *next;
    struct dcv_exchange *exchange;
    CURL *easy;
    struct curl_slist *connect_to;
};

/* What a client does with its transfers. */
struct dcv_multi_client {
    /* libcurl is done with it: how it ended. An answer, or why there is none, goes to the exchange. */
    enum dcv_exchange_end (*end)(struct dcv_transfer *transfer, CURLcode result);
    void (*late)(struct dcv_transfer *transfer); /* its time is over: may note why; NULL: nothing to note */
    void (*free)(struct dcv_transfer *transfer); /* but for what struct dcv_transfer holds; libcurl no longer knows it */
};

/* The loop is lent, and the client. DCV_ERR_SYSTEM, DCV_ERR_NOMEM. */
enum dcv_status dcv_multi_create(struct dcv_loop *loop, const struct dcv_multi_client *client, struct dcv_multi **out);
/* Drops what is under way. NULL is fine. */
void dcv_multi_free(struct dcv_multi *multi);
/* For options of the set. */
CURLM *dcv_multi_handle(const struct dcv_multi *multi);
/* Takes the transfer, which begins. False: memory is short; it is not taken. */
bool dcv_multi_add(struct dcv_multi *multi, struct dcv_transfer *transfer);
/* Frees the transfer, whether it was added or not, and gives its exchange back. */
struct dcv_exchange *dcv_multi_take(struct dcv_multi *multi, struct dcv_transfer *transfer);
/* When libcurl wants to be woken, by the clock of the loop; UINT64_MAX: never. */
uint64_t dcv_multi_due_us(const struct dcv_multi *multi);
/* Wakes it if it is time. */
void dcv_multi_wake(struct dcv_multi *multi);
/* Ends what has taken too long; `timeout_us`: of exchanges that have no time of their own. */
void dcv_multi_sweep(struct dcv_multi *multi, uint64_t timeout_us);

/* ---- options of a transfer; false: memory is short ------------------------------------------------------------------------------- */

/* Connects to the endpoint of the exchange, whatever the URL names, so that nothing is looked up. */
bool dcv_transfer_set_place(struct dcv_transfer *transfer);
/* Nothing of the environment, no redirects, no schemes but these ("http,https"). `version` is one of CURL_HTTP_VERSION_*. */
bool dcv_transfer_set_manners(struct dcv_transfer *transfer, const char *schemes, long version);
/* The store of ours is the only one: `on_context`, called with the transfer, is to bring it. With `verify` a certificate that is not sound ends the
 * transfer. */
bool dcv_transfer_set_trust(struct dcv_transfer *transfer, bool verify, curl_ssl_ctx_callback on_context);

/* ---- how a transfer ended ------------------------------------------------------------------------------------------------------------ */

/* CURLE_PEER_FAILED_VERIFICATION; notes why. */
enum dcv_exchange_end dcv_transfer_distrusted(const struct dcv_transfer *transfer);
/* CURLE_COULDNT_CONNECT; notes why. */
enum dcv_exchange_end dcv_transfer_refused(const struct dcv_transfer *transfer);

#endif
