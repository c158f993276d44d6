#include "net/multi.h"

#include "net/trust.h"

#include <errno.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_(text) (text)

struct dcv_multi {
    struct dcv_watch watch;
    struct dcv_loop *loop;
    CURLM *handle;
    const struct dcv_multi_client *client;
    struct dcv_transfer *transfers;
    uint64_t due_us;
};

static void finish(struct dcv_multi *multi, struct dcv_transfer *transfer, enum dcv_exchange_end end)
{
    dcv_loop_finish(multi->loop, dcv_multi_take(multi, transfer), end);
}

/* Takes what libcurl is done with. */
static void collect(struct dcv_multi *multi)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi->handle, &left)) != NULL;) {
        void *transfer = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode result = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        finish(multi, transfer, multi->client->end(transfer, result));
    }
}

/* ---- what libcurl calls ------------------------------------------------------------------------------------------------------------ */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *unused)
{
    struct dcv_multi *multi = user;
    (void)easy;
    (void)unused;
    bool readable = what == CURL_POLL_IN || what == CURL_POLL_INOUT, writable = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    return dcv_loop_watch(multi->loop, fd, readable, writable, &multi->watch) ? 0 : -1;
}

static int on_timer(CURLM *handle, long timeout_ms, void *user)
{
    struct dcv_multi *multi = user;
    (void)handle;
    multi->due_us = timeout_ms < 0 ? UINT64_MAX : multi->loop->now_us + (uint64_t)timeout_ms * 1000U;
    return 0;
}

static void on_ready(struct dcv_watch *watch, int fd, bool readable, bool writable)
{
    struct dcv_multi *multi = (struct dcv_multi *)watch;
    int running;
    (void)curl_multi_socket_action(multi->handle, fd, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0), &running);
    collect(multi);
}

/* ---- the set ------------------------------------------------------------------------------------------------------------------------ */

CURLM *dcv_multi_handle(const struct dcv_multi *multi)
{
    return multi->handle;
}

bool dcv_multi_add(struct dcv_multi *multi, struct dcv_transfer *transfer)
{
    if (curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer) != CURLE_OK || curl_multi_add_handle(multi->handle, transfer->easy) != CURLM_OK)
        return false;
    transfer->next = multi->transfers;
    if (transfer->next != NULL)
        transfer->next->previous = transfer;
    multi->transfers = transfer;
    return true;
}

struct dcv_exchange *dcv_multi_take(struct dcv_multi *multi, struct dcv_transfer *transfer)
{
    struct dcv_exchange *exchange = transfer->exchange;
    if (transfer->next != NULL)
        transfer->next->previous = transfer->previous;
    if (transfer->previous != NULL)
        transfer->previous->next = transfer->next;
    else if (multi->transfers == transfer)
        multi->transfers = transfer->next;
    if (transfer->easy != NULL) {
        (void)curl_multi_remove_handle(multi->handle, transfer->easy);
        curl_easy_cleanup(transfer->easy);
    }
    curl_slist_free_all(transfer->connect_to);
    multi->client->free(transfer);
    return exchange;
}

uint64_t dcv_multi_due_us(const struct dcv_multi *multi)
{
    return multi->due_us;
}

void dcv_multi_wake(struct dcv_multi *multi)
{
    int running;
    if (multi->loop->now_us < multi->due_us)
        return;
    multi->due_us = UINT64_MAX;
    (void)curl_multi_socket_action(multi->handle, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(multi);
}

static bool is_late(const struct dcv_multi *multi, const struct dcv_exchange *exchange, uint64_t timeout_us)
{
    const uint64_t given_us = exchange->timeout_ms != 0 ? exchange->timeout_ms * UINT64_C(1000) : timeout_us;
    return multi->loop->now_us >= exchange->sent_us + given_us;
}

void dcv_multi_sweep(struct dcv_multi *multi, uint64_t timeout_us)
{
    for (struct dcv_transfer *transfer = multi->transfers, *next; transfer != NULL; transfer = next) {
        next = transfer->next;
        if (!is_late(multi, transfer->exchange, timeout_us))
            continue;
        if (multi->client->late != NULL)
            multi->client->late(transfer);
        finish(multi, transfer, DCV_EXCHANGE_TIMEOUT);
    }
}

static bool set_up(struct dcv_multi *multi)
{
    multi->handle = curl_multi_init();
    return multi->handle != NULL && curl_multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK
        && curl_multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi) == CURLM_OK
        && curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK
        && curl_multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi) == CURLM_OK;
}

enum dcv_status dcv_multi_create(struct dcv_loop *loop, const struct dcv_multi_client *client, struct dcv_multi **out)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return DCV_ERR_SYSTEM;
    struct dcv_multi *multi = calloc(1, sizeof *multi);
    if (multi == NULL) {
        curl_global_cleanup();
        return DCV_ERR_NOMEM;
    }
    *multi = (struct dcv_multi){.watch = {on_ready}, .loop = loop, .client = client, .due_us = UINT64_MAX};
    if (!set_up(multi)) {
        dcv_multi_free(multi);
        return DCV_ERR_NOMEM;
    }
    *out = multi;
    return DCV_OK;
}

void dcv_multi_free(struct dcv_multi *multi)
{
    if (multi == NULL)
        return;
    for (struct dcv_transfer *transfer = multi->transfers, *next; transfer != NULL; transfer = next) {
        next = transfer->next;
        struct dcv_exchange *exchange = dcv_multi_take(multi, transfer);
        exchange->drop(exchange);
    }
    if (multi->handle != NULL)
        (void)curl_multi_cleanup(multi->handle);
    free(multi);
    curl_global_cleanup();
}

/* ---- options of a transfer -------------------------------------------------------------------------------------------------------- */

bool dcv_transfer_set_place(struct dcv_transfer *transfer)
{
    const struct dcv_endpoint *to = &transfer->exchange->to;
    char address[sizeof to->host + sizeof "::[]:65535"];
    (void)snprintf(address, sizeof address, strchr(to->host, ':') != NULL ? "::[%s]:%u" : "::%s:%u", to->host, (unsigned)to->port);
    transfer->connect_to = curl_slist_append(NULL, address);
    return transfer->connect_to != NULL && curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to) == CURLE_OK;
}

bool dcv_transfer_set_manners(struct dcv_transfer *transfer, const char *schemes, long version)
{
    CURL *easy = transfer->easy;
    return curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK && curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, schemes) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, version) == CURLE_OK;
}

bool dcv_transfer_set_trust(struct dcv_transfer *transfer, bool verify, curl_ssl_ctx_callback on_context)
{
    CURL *easy = transfer->easy;
    return curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_CAINFO, NULL) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer) == CURLE_OK;
}

/* ---- how a transfer ended ------------------------------------------------------------------------------------------------------------ */

/* The result of the verification of the certificate, as of X509_V_OK. */
static long verified(const struct dcv_transfer *transfer)
{
    long result = X509_V_OK;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    return result;
}

enum dcv_exchange_end dcv_transfer_distrusted(const struct dcv_transfer *transfer)
{
    const long why = verified(transfer);
    dcv_tls_trust_why(transfer->exchange, why != X509_V_OK ? why : X509_V_ERR_HOSTNAME_MISMATCH);
    return DCV_EXCHANGE_REJECTED;
}

enum dcv_exchange_end dcv_transfer_refused(const struct dcv_transfer *transfer)
{
    long error = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
    dcv_exchange_why(transfer->exchange, error == ECONNREFUSED ? N_("the connection was refused") : N_("the server cannot be reached"), NULL);
    return DCV_EXCHANGE_UNREACHABLE;
}
