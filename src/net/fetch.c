#include "net/fetch.h"

#include "net/fetch_head.h"
#include "net/fetch_request.h"
#include "net/multi.h"
#include "net/trust.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_(text) (text)

/* A request under way. */
struct transfer {
    struct dcv_transfer common;
    struct dcv_fetch *fetch;
    struct dcv_arena *arena;          /* of the request */
    struct dcv_fetch_request request;
    CURLU *url;
    bool tls;
    struct dcv_endpoint named;        /* what its certificate must name */
    long verified;                    /* what OpenSSL says of the certificate */
    struct curl_slist *headers;
    struct dcv_fetch_head head;
    struct dcv_buf body;
    bool cut;
    char error[CURL_ERROR_SIZE];
};

struct dcv_fetch {
    const struct dcv_tls_trust *trust;
    const char *user_agent;
    struct dcv_multi *multi;
};

/* ---- the end of a transfer --------------------------------------------------------------------------------------------------- */

static void transfer_free(struct dcv_transfer *common)
{
    struct transfer *transfer = (struct transfer *)common;
    curl_url_cleanup(transfer->url);
    curl_slist_free_all(transfer->headers);
    dcv_buf_done(&transfer->body);
    dcv_arena_free(transfer->arena);
    free(transfer);
}

static enum dcv_exchange_end take_response(const struct transfer *transfer, struct dcv_exchange *exchange)
{
    const struct dcv_fetch_head *head = &transfer->head;
    const long result = transfer->tls ? transfer->verified : X509_V_OK;
    const struct dcv_fetch_answer answer = {
        .status = head->status,
        .location = head->moved ? head->location : NULL,
        .content_type = head->typed ? head->type : NULL,
        .retry_after_s = dcv_fetch_head_retry_after_s(head),
        .tls = transfer->tls,
        .sound = transfer->tls && result == X509_V_OK,
        .flaw = result != X509_V_OK ? X509_verify_cert_error_string(result) : "",
        .body = (const uint8_t *)transfer->body.data,
        .body_len = transfer->body.len,
        .cut = transfer->cut,
    };
    struct dcv_buf out;
    dcv_buf_init(&out, sizeof *head + DCV_FETCH_BODY_MAX);
    if (dcv_fetch_answer_write(&answer, &out) != DCV_OK) {
        dcv_buf_done(&out);
        return DCV_EXCHANGE_FAILED;
    }
    exchange->answer = (uint8_t *)out.data;
    exchange->answer_len = out.len;
    return DCV_EXCHANGE_ANSWER;
}

static enum dcv_exchange_end failed(struct dcv_exchange *exchange, const char *what)
{
    dcv_exchange_why(exchange, what, NULL);
    return DCV_EXCHANGE_FAILED;
}

static enum dcv_exchange_end refused(const struct dcv_transfer *common)
{
    long error = 0;
    (void)curl_easy_getinfo(common->easy, CURLINFO_OS_ERRNO, &error);
    return error == ETIMEDOUT ? DCV_EXCHANGE_TIMEOUT : dcv_transfer_refused(common);
}

/* Of "OpenSSL/3.0.19: error:0A000410:SSL routines::sslv3 alert handshake failure" the end. */
static enum dcv_exchange_end no_handshake(const struct transfer *transfer, struct dcv_exchange *exchange)
{
    const char *error = strstr(transfer->error, "error:"), *colon = error != NULL ? strrchr(error, ':') : NULL;
    dcv_exchange_why(exchange, N_("the TLS handshake failed"), colon != NULL && colon[1] != '\0' ? colon + 1 : NULL);
    return DCV_EXCHANGE_FAILED;
}

/* It ended while octets came, or before. */
static enum dcv_exchange_end broken(const struct transfer *transfer, struct dcv_exchange *exchange)
{
    curl_off_t handshake = 0;
    (void)curl_easy_getinfo(transfer->common.easy, CURLINFO_APPCONNECT_TIME_T, &handshake);
    if (transfer->tls && handshake == 0)
        return no_handshake(transfer, exchange);
    return failed(exchange, transfer->head.over ? N_("the body breaks off or is garbled") : N_("the server closed the connection"));
}

static enum dcv_exchange_end end_of(struct dcv_transfer *common, CURLcode result)
{
    const struct transfer *transfer = (const struct transfer *)common;
    struct dcv_exchange *exchange = common->exchange;
    const struct dcv_fetch_head *head = &transfer->head;
    if ((result == CURLE_OK || transfer->cut) && head->over)
        return take_response(transfer, exchange);
    if (head->too_long)
        return failed(exchange, N_("the header is too long"));
    if (transfer->body.failed)
        return DCV_EXCHANGE_FAILED; /* memory is short */
    if (result == CURLE_OK && head->any)
        return broken(transfer, exchange); /* libcurl takes header fields that break off for a response */
    switch ((int)result) {
    case CURLE_PEER_FAILED_VERIFICATION: return dcv_transfer_distrusted(common);
    case CURLE_COULDNT_CONNECT: return refused(common);
    case CURLE_OPERATION_TIMEDOUT: return DCV_EXCHANGE_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR: return no_handshake(transfer, exchange);
    case CURLE_OK:
    case CURLE_UNSUPPORTED_PROTOCOL: /* no status line, or one of another version */
    case CURLE_WEIRD_SERVER_REPLY: return failed(exchange, N_("the server does not speak HTTP"));
    case CURLE_OUT_OF_MEMORY: /* so libcurl ends a line that is too long, too */
        return head->any && !head->over ? failed(exchange, N_("the header is too long")) : DCV_EXCHANGE_FAILED;
    default: return broken(transfer, exchange);
    }
}

/* A server that takes connections and then says nothing is not one behind a wall. */
static void late(struct dcv_transfer *common)
{
    curl_off_t connected = 0;
    (void)curl_easy_getinfo(common->easy, CURLINFO_CONNECT_TIME_T, &connected);
    if (connected != 0)
        dcv_exchange_why(common->exchange, N_("the server took the connection but did not answer to the end"), NULL);
}

/* ---- what libcurl calls ------------------------------------------------------------------------------------------------------------ */

/* While the connection is there. libcurl's own word (CURLINFO_SSL_VERIFYRESULT) is none where the issuer has an empty name. */
static void note_certificate(struct transfer *transfer)
{
    const struct curl_tlssessioninfo *session = NULL;
    transfer->verified = X509_V_ERR_UNSPECIFIED;
    if (curl_easy_getinfo(transfer->common.easy, CURLINFO_TLS_SSL_PTR, &session) == CURLE_OK && session != NULL && session->internals != NULL)
        transfer->verified = SSL_get_verify_result(session->internals);
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    if (transfer->tls && !transfer->head.any)
        note_certificate(transfer);
    return dcv_fetch_head_take(&transfer->head, line, size * count) ? size * count : 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    const size_t len = size * count, room = transfer->request.limit - transfer->body.len;
    transfer->cut = len > room;
    dcv_buf_put(&transfer->body, data, transfer->cut ? room : len);
    return transfer->cut || transfer->body.failed ? 0 : len;
}

static CURLcode on_context(CURL *easy, void *context, void *user)
{
    const struct transfer *transfer = user;
    (void)easy;
    const bool good = dcv_tls_trust_apply(transfer->fetch->trust, context) && dcv_tls_trust_demand(SSL_CTX_get0_param(context), &transfer->named);
    if (!transfer->request.verify)
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL); /* it is judged all the same */
    return good ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

/* ---- transfers ---------------------------------------------------------------------------------------------------------------------- */

/* A final dot is no part of the name that a certificate bears. */
static bool set_name(struct transfer *transfer)
{
    char *host = NULL, *scheme = NULL;
    const bool good = curl_url_get(transfer->url, CURLUPART_HOST, &host, 0) == CURLUE_OK
        && curl_url_get(transfer->url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
    if (good) {
        size_t len = strlen(host);
        transfer->tls = strcmp(scheme, "https") == 0;
        if (len > 1 && host[len - 1] == '.')
            host[--len] = '\0';
        if (host[0] == '[')
            (void)snprintf(transfer->named.host, sizeof transfer->named.host, "%.*s", (int)(len - 2), host + 1);
        else if (dcv_address_parse(host, 1, &transfer->named) != DCV_OK)
            memcpy(transfer->named.name, host, len + 1);
    }
    curl_free(host);
    curl_free(scheme);
    return good;
}

/* The URL says whom to speak to. */
static bool set_place(struct transfer *transfer)
{
    return set_name(transfer) && curl_easy_setopt(transfer->common.easy, CURLOPT_CURLU, transfer->url) == CURLE_OK
        && dcv_transfer_set_place(&transfer->common);
}

/* Each request on a connection of its own, so that what it tells of the server is of that very address and not remembered. */
static bool set_manners(struct transfer *transfer)
{
    CURL *easy = transfer->common.easy;
    return dcv_transfer_set_manners(&transfer->common, "http,https", CURL_HTTP_VERSION_1_1)
        && curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK;
}

/* No Accept-Encoding: a body is as long as it is sent. */
static bool set_message(struct transfer *transfer)
{
    CURL *easy = transfer->common.easy;
    char accept[sizeof "Accept: " + DCV_FETCH_TYPE_MAX];
    const char *types = transfer->request.accept;
    (void)snprintf(accept, sizeof accept, "Accept: %s", types != NULL && types[0] != '\0' ? types : "*/*");
    transfer->headers = curl_slist_append(NULL, accept);
    return transfer->headers != NULL && curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_USERAGENT, transfer->fetch->user_agent) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error) == CURLE_OK;
}

static enum dcv_status prepare(struct transfer *transfer)
{
    const struct dcv_exchange *exchange = transfer->common.exchange;
    if (transfer->arena == NULL || transfer->common.easy == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = dcv_fetch_request_read(transfer->arena, exchange->query, exchange->query_len, &transfer->request);
    if (status == DCV_OK)
        status = dcv_fetch_url(transfer->request.url, &transfer->url);
    if (status != DCV_OK)
        return status;
    dcv_buf_init(&transfer->body, transfer->request.limit);
    return set_place(transfer) && set_manners(transfer) && dcv_transfer_set_trust(&transfer->common, transfer->request.verify, on_context)
            && set_message(transfer) && dcv_multi_add(transfer->fetch->multi, &transfer->common)
        ? DCV_OK
        : DCV_ERR_NOMEM;
}

enum dcv_status dcv_fetch_submit(struct dcv_fetch *fetch, struct dcv_exchange *exchange)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        return DCV_ERR_NOMEM;
    *transfer = (struct transfer){.common = {.exchange = exchange, .easy = curl_easy_init()}, .fetch = fetch, .arena = dcv_arena_create(NULL)};
    const enum dcv_status status = prepare(transfer);
    if (status != DCV_OK)
        (void)dcv_multi_take(fetch->multi, &transfer->common);
    return status;
}

/* ---- the client ---------------------------------------------------------------------------------------------------------------------- */

uint64_t dcv_fetch_due_us(const struct dcv_fetch *fetch)
{
    return dcv_multi_due_us(fetch->multi);
}

void dcv_fetch_wake(struct dcv_fetch *fetch)
{
    dcv_multi_wake(fetch->multi);
}

void dcv_fetch_sweep(struct dcv_fetch *fetch, unsigned timeout_ms)
{
    dcv_multi_sweep(fetch->multi, timeout_ms * UINT64_C(1000));
}

enum dcv_status dcv_fetch_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, const char *user_agent, struct dcv_fetch **out)
{
    static const struct dcv_multi_client client = {.end = end_of, .late = late, .free = transfer_free};
    struct dcv_fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch == NULL)
        return DCV_ERR_NOMEM;
    *fetch = (struct dcv_fetch){.trust = trust, .user_agent = user_agent};
    const enum dcv_status status = dcv_multi_create(loop, &client, &fetch->multi);
    if (status != DCV_OK) {
        free(fetch);
        return status;
    }
    *out = fetch;
    return DCV_OK;
}

void dcv_fetch_free(struct dcv_fetch *fetch)
{
    if (fetch == NULL)
        return;
    dcv_multi_free(fetch->multi);
    free(fetch);
}
