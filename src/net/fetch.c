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
    struct transfer *previous, *next;
    struct dcv_fetch *fetch;
    struct dcv_exchange *exchange;
    struct dcv_arena *arena;          /* of the request */
    struct dcv_fetch_request request;
    CURL *easy;
    CURLU *url;
    bool tls;
    struct dcv_endpoint named;        /* what its certificate must name */
    long verified;                    /* what OpenSSL says of the certificate */
    struct curl_slist *connect_to, *headers;
    struct dcv_fetch_head head;
    struct dcv_buf body;
    bool cut;
    char error[CURL_ERROR_SIZE];
};

struct dcv_fetch {
    struct dcv_loop *loop;
    const struct dcv_tls_trust *trust;
    const char *user_agent;
    struct dcv_multi *multi;
    struct transfer *transfers;
};

/* ---- the end of a transfer --------------------------------------------------------------------------------------------------- */

static void transfer_free(struct transfer *transfer)
{
    if (transfer->easy != NULL) {
        dcv_multi_remove(transfer->fetch->multi, transfer->easy);
        curl_easy_cleanup(transfer->easy);
    }
    curl_url_cleanup(transfer->url);
    curl_slist_free_all(transfer->connect_to);
    curl_slist_free_all(transfer->headers);
    dcv_buf_done(&transfer->body);
    dcv_arena_free(transfer->arena);
    free(transfer);
}

static struct dcv_exchange *take_exchange(struct transfer *transfer)
{
    struct dcv_exchange *exchange = transfer->exchange;
    struct dcv_fetch *fetch = transfer->fetch;
    if (transfer->next != NULL)
        transfer->next->previous = transfer->previous;
    if (transfer->previous != NULL)
        transfer->previous->next = transfer->next;
    else
        fetch->transfers = transfer->next;
    transfer_free(transfer);
    return exchange;
}

/* What libcurl says of a certificate for which it gave up the handshake. */
static long refused_for(const struct transfer *transfer)
{
    long result = X509_V_OK;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_SSL_VERIFYRESULT, &result);
    return result;
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

static enum dcv_exchange_end refused(const struct transfer *transfer, struct dcv_exchange *exchange)
{
    long error = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
    if (error == ETIMEDOUT)
        return DCV_EXCHANGE_TIMEOUT;
    dcv_exchange_why(exchange, error == ECONNREFUSED ? N_("the connection was refused") : N_("the server cannot be reached"), NULL);
    return DCV_EXCHANGE_UNREACHABLE;
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
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_APPCONNECT_TIME_T, &handshake);
    if (transfer->tls && handshake == 0)
        return no_handshake(transfer, exchange);
    return failed(exchange, transfer->head.over ? N_("the body breaks off or is garbled") : N_("the server closed the connection"));
}

static enum dcv_exchange_end end_of(const struct transfer *transfer, struct dcv_exchange *exchange, CURLcode result)
{
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
    case CURLE_PEER_FAILED_VERIFICATION: {
        const long why = refused_for(transfer);
        dcv_tls_trust_why(exchange, why != X509_V_OK ? why : X509_V_ERR_HOSTNAME_MISMATCH);
        return DCV_EXCHANGE_REJECTED;
    }
    case CURLE_COULDNT_CONNECT: return refused(transfer, exchange);
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

static void on_done(void *user, CURLcode result)
{
    struct transfer *transfer = user;
    struct dcv_loop *loop = transfer->fetch->loop;
    const enum dcv_exchange_end end = end_of(transfer, transfer->exchange, result);
    dcv_loop_finish(loop, take_exchange(transfer), end);
}

/* ---- what libcurl calls ------------------------------------------------------------------------------------------------------------ */

/* While the connection is there. libcurl's own word (CURLINFO_SSL_VERIFYRESULT) is none where the issuer has an empty name. */
static void note_certificate(struct transfer *transfer)
{
    const struct curl_tlssessioninfo *session = NULL;
    transfer->verified = X509_V_ERR_UNSPECIFIED;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_TLS_SSL_PTR, &session) == CURLE_OK && session != NULL && session->internals != NULL)
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

/* The URL says whom to speak to; where to connect is said apart, so that nothing is looked up. */
static bool set_place(struct transfer *transfer)
{
    const struct dcv_endpoint *to = &transfer->exchange->to;
    char address[sizeof to->host + sizeof "::[]:65535"];
    (void)snprintf(address, sizeof address, strchr(to->host, ':') != NULL ? "::[%s]:%u" : "::%s:%u", to->host, (unsigned)to->port);
    transfer->connect_to = curl_slist_append(NULL, address);
    return transfer->connect_to != NULL && set_name(transfer) && curl_easy_setopt(transfer->easy, CURLOPT_CURLU, transfer->url) == CURLE_OK
        && curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to) == CURLE_OK;
}

/* Nothing of the environment, no redirects, no other scheme; each request on a connection of its own, so that what it tells of the server is of that
 * very address and not remembered. */
static bool set_manners(CURL *easy)
{
    return curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK && curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) == CURLE_OK;
}

/* The store of ours is the only one. */
static bool set_trust(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    const bool verify = transfer->request.verify;
    return curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_CAINFO, NULL) == CURLE_OK && curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_context) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer) == CURLE_OK;
}

/* No Accept-Encoding: a body is as long as it is sent. */
static bool set_message(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
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
    const struct dcv_exchange *exchange = transfer->exchange;
    if (transfer->arena == NULL || transfer->easy == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = dcv_fetch_request_read(transfer->arena, exchange->query, exchange->query_len, &transfer->request);
    if (status == DCV_OK)
        status = dcv_fetch_url(transfer->request.url, &transfer->url);
    if (status != DCV_OK)
        return status;
    dcv_buf_init(&transfer->body, transfer->request.limit);
    return set_place(transfer) && set_manners(transfer->easy) && set_trust(transfer) && set_message(transfer)
            && dcv_multi_add(transfer->fetch->multi, transfer->easy, transfer)
        ? DCV_OK
        : DCV_ERR_NOMEM;
}

enum dcv_status dcv_fetch_submit(struct dcv_fetch *fetch, struct dcv_exchange *exchange)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        return DCV_ERR_NOMEM;
    *transfer = (struct transfer){.fetch = fetch, .exchange = exchange, .arena = dcv_arena_create(NULL), .easy = curl_easy_init()};
    const enum dcv_status status = prepare(transfer);
    if (status != DCV_OK) {
        transfer_free(transfer);
        return status;
    }
    transfer->next = fetch->transfers;
    if (transfer->next != NULL)
        transfer->next->previous = transfer;
    fetch->transfers = transfer;
    return DCV_OK;
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

/* A server that takes connections and then says nothing is not one behind a wall. */
static void time_out(struct transfer *transfer)
{
    struct dcv_loop *loop = transfer->fetch->loop;
    curl_off_t connected = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connected);
    if (connected != 0)
        dcv_exchange_why(transfer->exchange, N_("the server took the connection but did not answer to the end"), NULL);
    dcv_loop_finish(loop, take_exchange(transfer), DCV_EXCHANGE_TIMEOUT);
}

void dcv_fetch_sweep(struct dcv_fetch *fetch, unsigned timeout_ms)
{
    for (struct transfer *transfer = fetch->transfers, *next; transfer != NULL; transfer = next) {
        const struct dcv_exchange *exchange = transfer->exchange;
        const unsigned given_ms = exchange->timeout_ms != 0 ? exchange->timeout_ms : timeout_ms;
        next = transfer->next;
        if (fetch->loop->now_us >= exchange->sent_us + given_ms * UINT64_C(1000))
            time_out(transfer);
    }
}

enum dcv_status dcv_fetch_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, const char *user_agent, struct dcv_fetch **out)
{
    struct dcv_fetch *fetch = calloc(1, sizeof *fetch);
    if (fetch == NULL)
        return DCV_ERR_NOMEM;
    *fetch = (struct dcv_fetch){.loop = loop, .trust = trust, .user_agent = user_agent};
    const enum dcv_status status = dcv_multi_create(loop, on_done, &fetch->multi);
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
    for (struct transfer *transfer = fetch->transfers, *next; transfer != NULL; transfer = next) {
        next = transfer->next;
        transfer->exchange->drop(transfer->exchange);
        transfer_free(transfer);
    }
    dcv_multi_free(fetch->multi);
    free(fetch);
}
