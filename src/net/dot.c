#include "net/dot.h"

#include "net/stream.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#define N_(text) (text)

enum {
    IDLE_US = 10000000,   /* after which a connection that nobody uses is closed */
    LENGTH = 2,           /* octets before each message (RFC 1035 §4.2.2) */
    FRAME_MAX = LENGTH + 65535,
    QUEUE_MAX = 4 << 20,  /* octets that wait to be sent */
    ID = 2,               /* octets of a message by which it is known */
};

/* A connection, and the exchanges that wait on it. */
struct link {
    struct dcv_stream stream;
    struct dcv_dot *dot;
    struct link *next;
    struct dcv_endpoint to;
    struct dcv_buf queries; /* that wait for the connection, each after its length */
    struct dcv_exchange *waiting;
    bool answered;          /* it has brought an answer */
    bool over;              /* nothing waits on it any more, and nothing will */
    uint64_t used_us, heard_us;
};

/* How a connection ended. */
struct ending {
    enum dcv_exchange_end end;
    const char *what, *detail;
    long verified; /* of the certificate, where `what` is NULL */
};

struct dcv_dot {
    struct dcv_loop *loop;
    SSL_CTX *context; /* with the first use of TLS */
    struct link *links;
    struct dcv_exchange *again; /* to be sent once more */
};

/* ---- the end of a connection ------------------------------------------------------------------------------------------------- */

static void link_free(struct link *link)
{
    dcv_stream_done(&link->stream);
    dcv_buf_done(&link->queries);
    free(link);
}

static void finish(struct dcv_dot *dot, struct dcv_exchange *exchange, const struct ending *ending)
{
    if (ending->what != NULL)
        dcv_exchange_why(exchange, ending->what, ending->detail);
    else if (ending->end == DCV_EXCHANGE_REJECTED)
        dcv_tls_trust_why(exchange, ending->verified);
    dcv_loop_finish(dot->loop, exchange, ending->end);
}

/* A server may close a connection after any answer; what else was asked on it is asked on the next (RFC 7766 §6.2.4). One that closes it
 * without an answer is not tried again: it might go on like this. */
static void link_end(struct link *link, const struct ending *ending)
{
    struct dcv_dot *dot = link->dot;
    link->over = true;
    while (link->waiting != NULL) {
        struct dcv_exchange *exchange = link->waiting;
        link->waiting = exchange->next;
        if (!link->answered) {
            finish(dot, exchange, ending);
            continue;
        }
        exchange->next = dot->again;
        dot->again = exchange;
    }
}

static void free_links(struct dcv_dot *dot)
{
    for (struct link **at = &dot->links; *at != NULL;) {
        struct link *link = *at;
        if (!link->over) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        link_free(link);
    }
}

/* How it ended. A server whose handshake cannot be understood speaks no TLS there; one that breaks it off may have its reasons. */
static struct ending ending_of(const struct link *link)
{
    const struct dcv_stream_end *end = &link->stream.end;
    if (link->queries.failed)
        return (struct ending){.end = DCV_EXCHANGE_FAILED};
    if (end->stage != DCV_STREAM_SHAKING_HANDS || (!end->closed && end->reason == 0))
        return (struct ending){.end = end->end, .what = end->what};
    const long verified = link->stream.ssl != NULL && !end->closed ? SSL_get_verify_result(link->stream.ssl) : X509_V_OK;
    if (verified != X509_V_OK)
        return (struct ending){.end = DCV_EXCHANGE_REJECTED, .verified = verified};
    return (struct ending){.end = end->closed ? DCV_EXCHANGE_FAILED : DCV_EXCHANGE_UNREACHABLE, .what = N_("the TLS handshake failed"),
                           .detail = end->detail};
}

/* ---- messages -------------------------------------------------------------------------------------------------------------------- */

static struct dcv_exchange *take_waiting(struct link *link, const uint8_t *message)
{
    for (struct dcv_exchange **at = &link->waiting; *at != NULL; at = &(*at)->next) {
        struct dcv_exchange *exchange = *at;
        if (memcmp(exchange->query, message, ID) == 0) {
            *at = exchange->next;
            return exchange;
        }
    }
    return NULL;
}

/* A whole message. One that nobody waits for came too late, or was never asked for. */
static void deliver(struct link *link, const uint8_t *message, size_t len)
{
    struct dcv_exchange *exchange = len >= ID ? take_waiting(link, message) : NULL;
    if (exchange == NULL)
        return;
    link->answered = true;
    link->used_us = link->heard_us = link->dot->loop->now_us;
    exchange->answer = malloc(len);
    if (exchange->answer != NULL) {
        memcpy(exchange->answer, message, len);
        exchange->answer_len = len;
    }
    dcv_loop_finish(link->dot->loop, exchange, exchange->answer != NULL ? DCV_EXCHANGE_ANSWER : DCV_EXCHANGE_FAILED);
}

/* Delivers the messages that have come whole. */
static void take_messages(struct link *link)
{
    struct dcv_buf *received = &link->stream.received;
    size_t at = 0;
    while (received->len - at >= LENGTH) {
        const uint8_t *frame = (const uint8_t *)received->data + at;
        const size_t len = ((size_t)frame[0] << 8) + frame[1];
        if (received->len - at - LENGTH < len)
            break;
        deliver(link, frame + LENGTH, len);
        at += LENGTH + len;
    }
    if (at == 0)
        return;
    received->len -= at;
    memmove(received->data, received->data + at, received->len);
}

/* ---- connections ------------------------------------------------------------------------------------------------------------------ */

static void settle(struct dcv_dot *dot);

/* Says and takes what there is. */
static void attend(struct link *link)
{
    struct dcv_stream *stream = &link->stream;
    const bool tls = link->to.protocol == DCV_PROTO_TLS;
    if (tls && stream->stage == DCV_STREAM_OPEN)
        dcv_stream_secure(stream, link->dot->context, &link->to, NULL);
    if (!link->queries.failed && stream->stage == (tls ? DCV_STREAM_SECURE : DCV_STREAM_OPEN) && link->queries.len != 0) {
        dcv_stream_send(stream, link->queries.data, link->queries.len);
        dcv_buf_clear(&link->queries);
    }
    take_messages(link);
    if (stream->stage == DCV_STREAM_ENDED || link->queries.failed) {
        const struct ending ending = ending_of(link);
        link_end(link, &ending);
    }
}

static void progress(struct dcv_stream *stream)
{
    struct link *link = (struct link *)stream;
    struct dcv_dot *dot = link->dot;
    attend(link);
    settle(dot);
}

/* NULL: memory is short. */
static struct link *link_create(struct dcv_dot *dot, const struct dcv_endpoint *to)
{
    struct link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return NULL;
    dcv_stream_init(&link->stream, dot->loop, FRAME_MAX, progress);
    dcv_buf_init(&link->queries, QUEUE_MAX);
    link->dot = dot;
    link->to = *to;
    link->used_us = link->heard_us = dot->loop->now_us;
    link->next = dot->links;
    dot->links = link;
    dcv_stream_connect(&link->stream, to);
    return link;
}

/* ---- the client ---------------------------------------------------------------------------------------------------------------------- */

/* No two questions under way on a connection have the same id (RFC 7766 §6.2.1). */
static bool has_id(const struct link *link, const struct dcv_exchange *asked)
{
    const struct dcv_exchange *exchange = link->waiting;
    while (exchange != NULL && memcmp(exchange->query, asked->query, ID) != 0)
        exchange = exchange->next;
    return exchange != NULL;
}

/* Puts the exchange on a connection, an open one if there is; false: memory is short. */
static bool place(struct dcv_dot *dot, struct dcv_exchange *exchange)
{
    struct link *link = dot->links;
    while (link != NULL && (link->over || !dcv_endpoint_equal(&link->to, &exchange->to) || has_id(link, exchange)))
        link = link->next;
    if (link == NULL)
        link = link_create(dot, &exchange->to);
    if (link == NULL)
        return false;
    link->used_us = dot->loop->now_us;
    exchange->next = link->waiting;
    link->waiting = exchange;
    dcv_buf_u16(&link->queries, (uint16_t)exchange->query_len);
    dcv_buf_put(&link->queries, exchange->query, exchange->query_len);
    attend(link);
    return true;
}

/* Does what the end of connections has left to do. To be called last: the connections may be gone then. */
static void settle(struct dcv_dot *dot)
{
    static const struct ending failed = {.end = DCV_EXCHANGE_FAILED};
    while (dot->again != NULL) {
        struct dcv_exchange *exchange = dot->again;
        dot->again = exchange->next;
        if (!place(dot, exchange))
            finish(dot, exchange, &failed);
    }
    free_links(dot);
}

static bool have_context(struct dcv_dot *dot, const struct dcv_tls_trust *trust)
{
    if (dot->context != NULL)
        return true;
    dot->context = SSL_CTX_new(TLS_client_method());
    if (dot->context != NULL && dcv_tls_trust_apply(trust, dot->context))
        return true;
    SSL_CTX_free(dot->context);
    dot->context = NULL;
    return false;
}

enum dcv_status dcv_dot_submit(struct dcv_dot *dot, const struct dcv_tls_trust *trust, struct dcv_exchange *exchange)
{
    if (exchange->to.protocol == DCV_PROTO_TLS && !have_context(dot, trust))
        return DCV_ERR_NOMEM;
    if (!place(dot, exchange))
        return DCV_ERR_NOMEM;
    settle(dot);
    return DCV_OK;
}

static const struct ending too_late = {.end = DCV_EXCHANGE_TIMEOUT};

/* Ends what has waited too long; an answer that still comes is passed over. True: nothing at all has come meanwhile. */
static bool expire(struct link *link, uint64_t timeout_us)
{
    bool dead = false;
    for (struct dcv_exchange **at = &link->waiting; *at != NULL;) {
        struct dcv_exchange *exchange = *at;
        if (link->dot->loop->now_us < exchange->sent_us + timeout_us) {
            at = &exchange->next;
            continue;
        }
        dead = dead || link->heard_us <= exchange->sent_us;
        *at = exchange->next;
        finish(link->dot, exchange, &too_late);
    }
    return dead;
}

static void sweep_link(struct link *link, uint64_t timeout_us)
{
    if (expire(link, timeout_us))
        link_end(link, &too_late);
    else if (link->waiting == NULL && link->dot->loop->now_us >= link->used_us + IDLE_US)
        link->over = true;
}

void dcv_dot_sweep(struct dcv_dot *dot, uint64_t timeout_us)
{
    for (struct link *link = dot->links; link != NULL; link = link->next)
        sweep_link(link, timeout_us);
    settle(dot);
}

enum dcv_status dcv_dot_create(struct dcv_loop *loop, struct dcv_dot **out)
{
    struct dcv_dot *dot = calloc(1, sizeof *dot);
    if (dot == NULL)
        return DCV_ERR_NOMEM;
    dot->loop = loop;
    *out = dot;
    return DCV_OK;
}

void dcv_dot_free(struct dcv_dot *dot)
{
    if (dot == NULL)
        return;
    for (struct link *link = dot->links; link != NULL; link = link->next) {
        link->answered = false;
        link_end(link, &too_late); /* which drops them: the loop is closing */
    }
    free_links(dot);
    SSL_CTX_free(dot->context);
    free(dot);
}
