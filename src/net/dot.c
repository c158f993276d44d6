/* OpenSSL is given octets, never a socket: it would write to one that was closed without MSG_NOSIGNAL. */
#include "net/dot.h"

#include "net/socket.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_(text) (text)

enum {
    IDLE_US = 10000000,   /* after which a connection that nobody uses is closed */
    CHUNK = 16384,
    CHUNKS = 16,          /* that are read before others have their turn */
    FRAME_MAX = 2 + 65535,
    QUEUE_MAX = 4 << 20,  /* octets that wait to be sent */
    ID = 2,               /* octets of a message by which it is known */
};

enum stage { CONNECTING, SHAKING_HANDS, OPEN };

/* A connection, and the exchanges that wait on it. */
struct link {
    struct dcv_watch watch;
    struct dcv_dot *dot;
    struct link *next;
    struct dcv_endpoint to;
    int fd;
    enum stage stage;
    SSL *ssl;              /* NULL: TCP alone */
    BIO *in, *out;         /* of `ssl`: octets received, octets to be sent */
    struct dcv_buf plain;  /* queries, each after its length (RFC 1035 §4.2.2) */
    struct dcv_buf wire;   /* what is to be sent for them */
    size_t sent;           /* of `wire` */
    uint8_t frame[FRAME_MAX];
    size_t have;           /* of `frame` */
    struct dcv_exchange *waiting;
    bool answered;         /* it has brought an answer */
    bool over;             /* nothing waits on it any more, and nothing will */
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
    if (link->fd >= 0) {
        (void)dcv_loop_watch(link->dot->loop, link->fd, false, false, &link->watch);
        (void)close(link->fd);
    }
    SSL_free(link->ssl);
    dcv_buf_done(&link->plain);
    dcv_buf_done(&link->wire);
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

/* What the system says of a connection. */
static struct ending ending_of_error(int error)
{
    if (error == ECONNREFUSED)
        return (struct ending){.end = DCV_EXCHANGE_UNREACHABLE, .what = N_("the connection was refused")};
    if (error == ETIMEDOUT)
        return (struct ending){.end = DCV_EXCHANGE_TIMEOUT};
    if (error == ENETUNREACH || error == EHOSTUNREACH || error == EADDRNOTAVAIL || error == EAFNOSUPPORT)
        return (struct ending){.end = DCV_EXCHANGE_UNREACHABLE, .what = N_("the server cannot be reached")};
    return (struct ending){.end = DCV_EXCHANGE_FAILED, .what = N_("the server closed the connection")};
}

/* It has hung up. */
static struct ending ending_of_close(const struct link *link)
{
    if (link->stage == OPEN)
        return ending_of_error(ECONNRESET);
    return (struct ending){.end = DCV_EXCHANGE_FAILED, .what = N_("the TLS handshake failed")};
}

/* What TLS says of it. */
static struct ending ending_of_tls(const struct link *link)
{
    const unsigned long error = ERR_peek_last_error();
    const long verified = SSL_get_verify_result(link->ssl);
    if (verified != X509_V_OK)
        return (struct ending){.end = DCV_EXCHANGE_REJECTED, .verified = verified};
    if (link->stage == OPEN)
        return ending_of_close(link);
    return (struct ending){.end = DCV_EXCHANGE_UNREACHABLE, .what = N_("the TLS handshake failed"),
                           .detail = ERR_reason_error_string(error)};
}

/* ---- sending ------------------------------------------------------------------------------------------------------------------- */

/* Hands on what TLS has to send, queries first once it takes them. */
static bool encrypt(struct link *link)
{
    char chunk[CHUNK];
    if (link->stage == OPEN && link->plain.len != 0) {
        ERR_clear_error();
        int done = SSL_write(link->ssl, link->plain.data, (int)link->plain.len);
        if (done > 0)
            dcv_buf_clear(&link->plain);
        else if (SSL_get_error(link->ssl, done) != SSL_ERROR_WANT_READ)
            return false;
    }
    for (int len; (len = BIO_read(link->out, chunk, sizeof chunk)) > 0;)
        dcv_buf_put(&link->wire, chunk, (size_t)len);
    return true;
}

/* Sends as much as the socket takes; false: `ending` says what keeps it from more. */
static bool send_some(struct link *link, struct ending *ending)
{
    struct dcv_buf *wire = link->ssl != NULL ? &link->wire : &link->plain;
    *ending = ending_of_error(ECONNRESET);
    if (link->stage == CONNECTING)
        return true;
    if ((link->ssl != NULL && !encrypt(link)) || link->plain.failed || wire->failed)
        return false;
    while (link->sent < wire->len) {
        ssize_t sent = send(link->fd, wire->data + link->sent, wire->len - link->sent, MSG_NOSIGNAL);
        if (sent >= 0) {
            link->sent += (size_t)sent;
        } else if (errno != EINTR) {
            *ending = ending_of_error(errno);
            if (errno != EAGAIN)
                return false;
            break;
        }
    }
    bool all = link->sent == wire->len;
    if (all) {
        dcv_buf_clear(wire);
        link->sent = 0;
    }
    return dcv_loop_watch(link->dot->loop, link->fd, true, !all, &link->watch);
}

/* ---- receiving ------------------------------------------------------------------------------------------------------------------ */

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

static void take_octets(struct link *link, const uint8_t *octets, size_t len)
{
    while (len != 0) {
        size_t whole = link->have < 2 ? 2 : (size_t)2 + (size_t)(link->frame[0] << 8) + link->frame[1];
        size_t missing = whole - link->have, part = len < missing ? len : missing;
        memcpy(link->frame + link->have, octets, part);
        link->have += part;
        octets += part;
        len -= part;
        whole = link->have < 2 ? 2 : (size_t)2 + (size_t)(link->frame[0] << 8) + link->frame[1];
        if (link->have < 2 || link->have < whole)
            continue;
        deliver(link, link->frame + 2, whole - 2);
        link->have = 0;
    }
}

/* Lets TLS work on what was received; false: it is over. */
static bool decrypt(struct link *link)
{
    uint8_t chunk[CHUNK];
    ERR_clear_error();
    if (link->stage == SHAKING_HANDS) {
        int done = SSL_do_handshake(link->ssl);
        if (done != 1)
            return SSL_get_error(link->ssl, done) == SSL_ERROR_WANT_READ;
        link->stage = OPEN;
    }
    for (;;) {
        int got = SSL_read(link->ssl, chunk, sizeof chunk);
        if (got <= 0)
            return SSL_get_error(link->ssl, got) == SSL_ERROR_WANT_READ;
        take_octets(link, chunk, (size_t)got);
    }
}

static bool receive_some(struct link *link, struct ending *ending)
{
    uint8_t chunk[CHUNK];
    for (int i = 0; i < CHUNKS; i++) {
        ssize_t got = recv(link->fd, chunk, sizeof chunk, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (got <= 0) {
            *ending = got < 0 && errno != ECONNRESET ? ending_of_error(errno) : ending_of_close(link);
            return false;
        }
        if (link->ssl == NULL) {
            take_octets(link, chunk, (size_t)got);
        } else if (BIO_write(link->in, chunk, (int)got) != got || !decrypt(link)) {
            *ending = ending_of_tls(link);
            return false;
        }
    }
    return true;
}

/* ---- connections ------------------------------------------------------------------------------------------------------------------ */

static bool connected(struct link *link, struct ending *ending)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    *ending = ending_of_error(error);
    if (error != 0)
        return false;
    link->stage = link->ssl != NULL ? SHAKING_HANDS : OPEN;
    return link->ssl == NULL || decrypt(link);
}

static void settle(struct dcv_dot *dot);

static void link_ready(struct dcv_watch *watch, int fd, bool readable, bool writable)
{
    struct link *link = (struct link *)watch;
    struct ending ending, unsent;
    (void)fd;
    (void)writable;
    bool good = link->stage != CONNECTING || connected(link, &ending);
    if (good && readable)
        good = receive_some(link, &ending);
    /* What TLS has to say of a failure is sent all the same. */
    if (!send_some(link, &unsent) && good) {
        ending = unsent;
        good = false;
    }
    if (!good)
        link_end(link, &ending);
    settle(link->dot);
}

static bool start_tls(struct link *link)
{
    struct dcv_dot *dot = link->dot;
    link->ssl = dot->context != NULL ? SSL_new(dot->context) : NULL;
    link->in = BIO_new(BIO_s_mem());
    link->out = BIO_new(BIO_s_mem());
    if (link->ssl == NULL || link->in == NULL || link->out == NULL) {
        BIO_free(link->in);
        BIO_free(link->out);
        return false;
    }
    SSL_set_bio(link->ssl, link->in, link->out); /* which are the session's from now on */
    SSL_set_connect_state(link->ssl);
    (void)SSL_set_mode(link->ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return dcv_tls_trust_demand(SSL_get0_param(link->ssl), &link->to)
        && (link->to.name[0] == '\0' || SSL_set_tlsext_host_name(link->ssl, link->to.name) == 1);
}

/* NULL: memory is short. */
static struct link *link_create(struct dcv_dot *dot, const struct dcv_endpoint *to)
{
    struct link *link = calloc(1, sizeof *link);
    if (link == NULL)
        return NULL;
    link->watch.ready = link_ready;
    link->dot = dot;
    link->to = *to;
    link->fd = -1;
    link->used_us = link->heard_us = dot->loop->now_us;
    dcv_buf_init(&link->plain, QUEUE_MAX);
    dcv_buf_init(&link->wire, QUEUE_MAX);
    if (to->protocol == DCV_PROTO_TLS && !start_tls(link)) {
        link_free(link);
        return NULL;
    }
    link->next = dot->links;
    dot->links = link;
    return link;
}

static bool link_connect(struct link *link, struct ending *ending)
{
    struct dcv_socket_address address;
    *ending = ending_of_error(EHOSTUNREACH);
    if (!dcv_socket_address(&link->to, &address))
        return false;
    link->fd = socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd >= 0 && (connect(link->fd, &address.any, address.len) == 0 || errno == EINPROGRESS))
        return dcv_loop_watch(link->dot->loop, link->fd, false, true, &link->watch);
    *ending = ending_of_error(errno);
    return false;
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
    struct ending ending;
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
    dcv_buf_u16(&link->plain, (uint16_t)exchange->query_len);
    dcv_buf_put(&link->plain, exchange->query, exchange->query_len);
    if (link->fd < 0 ? !link_connect(link, &ending) : !send_some(link, &ending))
        link_end(link, &ending);
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
    struct ending ending;
    if (expire(link, timeout_us)) {
        link_end(link, &too_late);
        return;
    }
    if (link->waiting != NULL || link->dot->loop->now_us < link->used_us + IDLE_US)
        return;
    if (link->stage == OPEN && link->ssl != NULL) {
        (void)SSL_shutdown(link->ssl);
        (void)send_some(link, &ending);
    }
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
