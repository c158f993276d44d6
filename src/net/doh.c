#include "net/doh.h"

#include "base/text.h"
#include "net/multi.h"
#include "record/message.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_(text) (text)

enum {
    CONNECTIONS = 8,    /* to one server: where it has no HTTP/2 a connection carries one question at a time */
    CONNECTIONS_KEPT = 32,
    MESSAGE_MIN = 12,   /* the header of a DNS message */
    URL_TEXT = 8 + DCV_ENDPOINT_NAME + 8 + DCV_ENDPOINT_PATH,
};

static const char media_type[] = "application/dns-message"; /* RFC 8484 §6 */

/* A question under way. */
struct transfer {
    struct dcv_transfer common;
    struct dcv_doh *doh;
    struct dcv_buf body;
};

struct dcv_doh {
    const struct dcv_tls_trust *trust;
    struct dcv_multi *multi;
    struct curl_slist *headers;
};

/* ---- the end of a transfer --------------------------------------------------------------------------------------------------- */

static void transfer_free(struct dcv_transfer *common)
{
    struct transfer *transfer = (struct transfer *)common;
    dcv_buf_done(&transfer->body);
    free(transfer);
}

static bool is_message(const char *type)
{
    size_t len = sizeof media_type - 1;
    return type != NULL && strlen(type) >= len && dcv_ascii_equal_nocase_n(type, media_type, len) && strchr("; \t", type[len]) != NULL;
}

/* 429 (too many requests) and what the server calls its own fault may pass. */
static bool may_pass(long status)
{
    return status == 429 || status >= 500;
}

static enum dcv_exchange_end take_response(const struct transfer *transfer, struct dcv_exchange *exchange)
{
    long status = 0;
    char number[32];
    const char *type = NULL;
    (void)curl_easy_getinfo(transfer->common.easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(transfer->common.easy, CURLINFO_CONTENT_TYPE, &type);
    if (status != 200) {
        (void)snprintf(number, sizeof number, "HTTP %ld", status);
        dcv_exchange_why(exchange, number, NULL);
        return may_pass(status) ? DCV_EXCHANGE_FAILED : DCV_EXCHANGE_REJECTED;
    }
    if (!is_message(type) || transfer->body.len < MESSAGE_MIN) {
        dcv_exchange_why(exchange, N_("the answer is no DNS message"), is_message(type) ? NULL : type);
        return DCV_EXCHANGE_REJECTED;
    }
    exchange->answer = malloc(transfer->body.len);
    if (exchange->answer == NULL)
        return DCV_EXCHANGE_FAILED;
    memcpy(exchange->answer, transfer->body.data, transfer->body.len);
    exchange->answer_len = transfer->body.len;
    return DCV_EXCHANGE_ANSWER;
}

static enum dcv_exchange_end end_of(struct dcv_transfer *common, CURLcode result)
{
    const struct transfer *transfer = (const struct transfer *)common;
    struct dcv_exchange *exchange = common->exchange;
    if (result == CURLE_OK)
        return take_response(transfer, exchange);
    if (transfer->body.failed) {
        dcv_exchange_why(exchange, N_("the answer is too large"), NULL);
        return DCV_EXCHANGE_REJECTED;
    }
    if (result == CURLE_PEER_FAILED_VERIFICATION)
        return dcv_transfer_distrusted(common);
    if (result == CURLE_COULDNT_CONNECT)
        return dcv_transfer_refused(common);
    if (result == CURLE_OPERATION_TIMEDOUT)
        return DCV_EXCHANGE_TIMEOUT;
    if (result == CURLE_SSL_CONNECT_ERROR) {
        dcv_exchange_why(exchange, N_("the TLS handshake failed"), NULL);
        return DCV_EXCHANGE_UNREACHABLE;
    }
    dcv_exchange_why(exchange, N_("the server closed the connection"), NULL);
    return DCV_EXCHANGE_FAILED;
}

/* ---- what libcurl calls ------------------------------------------------------------------------------------------------------------ */

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    dcv_buf_put(&transfer->body, data, size * count);
    return transfer->body.failed ? 0 : size * count;
}

static CURLcode on_context(CURL *easy, void *context, void *user)
{
    const struct transfer *transfer = user;
    (void)easy;
    bool good = dcv_tls_trust_apply(transfer->doh->trust, context)
        && dcv_tls_trust_demand(SSL_CTX_get0_param(context), &transfer->common.exchange->to);
    return good ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
}

/* ---- transfers ---------------------------------------------------------------------------------------------------------------------- */

/* The URL has the name that the certificate must bear. */
static bool set_place(struct transfer *transfer)
{
    const struct dcv_endpoint *to = &transfer->common.exchange->to;
    const char *name = to->name[0] != '\0' ? to->name : to->host;
    char url[URL_TEXT];
    const char *form = strchr(name, ':') != NULL ? "https://[%s]:%u%s" : "https://%s:%u%s";
    (void)snprintf(url, sizeof url, form, name, (unsigned)to->port, to->path);
    return curl_easy_setopt(transfer->common.easy, CURLOPT_URL, url) == CURLE_OK && dcv_transfer_set_place(&transfer->common);
}

static bool set_manners(struct transfer *transfer)
{
    return dcv_transfer_set_manners(&transfer->common, "https", CURL_HTTP_VERSION_2TLS)
        && curl_easy_setopt(transfer->common.easy, CURLOPT_PIPEWAIT, 1L) == CURLE_OK;
}

static bool set_message(struct transfer *transfer)
{
    CURL *easy = transfer->common.easy;
    const struct dcv_exchange *exchange = transfer->common.exchange;
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->doh->headers) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_POSTFIELDS, exchange->query) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)exchange->query_len) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

enum dcv_status dcv_doh_submit(struct dcv_doh *doh, struct dcv_exchange *exchange)
{
    struct transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        return DCV_ERR_NOMEM;
    *transfer = (struct transfer){.common = {.exchange = exchange, .easy = curl_easy_init()}, .doh = doh};
    dcv_buf_init(&transfer->body, DCV_MESSAGE_MAX);
    if (transfer->common.easy == NULL || !set_place(transfer) || !set_manners(transfer)
        || !dcv_transfer_set_trust(&transfer->common, true, on_context) || !set_message(transfer) || !dcv_multi_add(doh->multi, &transfer->common)) {
        (void)dcv_multi_take(doh->multi, &transfer->common);
        return DCV_ERR_NOMEM;
    }
    return DCV_OK;
}

/* ---- the client ---------------------------------------------------------------------------------------------------------------------- */

uint64_t dcv_doh_due_us(const struct dcv_doh *doh)
{
    return dcv_multi_due_us(doh->multi);
}

void dcv_doh_wake(struct dcv_doh *doh)
{
    dcv_multi_wake(doh->multi);
}

void dcv_doh_sweep(struct dcv_doh *doh, uint64_t timeout_us)
{
    dcv_multi_sweep(doh->multi, timeout_us);
}

static bool set_up(struct dcv_doh *doh)
{
    char type[64], accept[64];
    (void)snprintf(type, sizeof type, "Content-Type: %s", media_type);
    (void)snprintf(accept, sizeof accept, "Accept: %s", media_type);
    doh->headers = curl_slist_append(NULL, type);
    CURLM *set = dcv_multi_handle(doh->multi);
    return doh->headers != NULL && curl_slist_append(doh->headers, accept) != NULL && curl_slist_append(doh->headers, "Expect:") != NULL
        && curl_multi_setopt(set, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX) == CURLM_OK
        && curl_multi_setopt(set, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS) == CURLM_OK
        && curl_multi_setopt(set, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT) == CURLM_OK;
}

enum dcv_status dcv_doh_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, struct dcv_doh **out)
{
    static const struct dcv_multi_client client = {.end = end_of, .free = transfer_free};
    struct dcv_doh *doh = calloc(1, sizeof *doh);
    if (doh == NULL)
        return DCV_ERR_NOMEM;
    *doh = (struct dcv_doh){.trust = trust};
    enum dcv_status status = dcv_multi_create(loop, &client, &doh->multi);
    if (status == DCV_OK && !set_up(doh))
        status = DCV_ERR_NOMEM;
    if (status != DCV_OK) {
        dcv_doh_free(doh);
        return status;
    }
    *out = doh;
    return DCV_OK;
}

void dcv_doh_free(struct dcv_doh *doh)
{
    if (doh == NULL)
        return;
    dcv_multi_free(doh->multi);
    curl_slist_free_all(doh->headers);
    free(doh);
}
