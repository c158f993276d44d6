/* OpenSSL is given octets, never a socket: it would write to one that was closed without MSG_NOSIGNAL. */
#include "net/stream.h"

#include "net/socket.h"
#include "net/trust.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>
#include <unistd.h>

#define N_(text) (text)

enum {
    CHUNK = 16384,
    QUEUE_MAX = 4 << 20, /* octets that wait to be sent */
    PROTOCOL_MAX = 255,  /* octets of an ALPN protocol (RFC 7301 §3.1) */
};

/* ---- the end ----------------------------------------------------------------------------------------------------------------- */

/* The first end counts. */
static void end_as(struct dcv_stream *stream, struct dcv_stream_end end)
{
    if (stream->stage == DCV_STREAM_ENDED)
        return;
    end.stage = stream->stage;
    stream->end = end;
    stream->stage = DCV_STREAM_ENDED;
    if (stream->fd >= 0)
        (void)dcv_loop_watch(stream->loop, stream->fd, false, false, &stream->watch);
}

/* By what the system says; 0: the server closed it properly. */
static void end_by_error(struct dcv_stream *stream, int error)
{
    if (error == ECONNREFUSED)
        end_as(stream, (struct dcv_stream_end){.end = DCV_EXCHANGE_UNREACHABLE, .what = N_("the connection was refused")});
    else if (error == ETIMEDOUT)
        end_as(stream, (struct dcv_stream_end){.end = DCV_EXCHANGE_TIMEOUT});
    else if (error == ENETUNREACH || error == EHOSTUNREACH || error == EADDRNOTAVAIL || error == EAFNOSUPPORT)
        end_as(stream, (struct dcv_stream_end){.end = DCV_EXCHANGE_UNREACHABLE, .what = N_("the server cannot be reached")});
    else if (error == 0 || error == ECONNRESET || error == EPIPE)
        end_as(stream, (struct dcv_stream_end){.end = DCV_EXCHANGE_FAILED, .closed = true, .what = N_("the server closed the connection")});
    else
        end_as(stream, (struct dcv_stream_end){.end = DCV_EXCHANGE_FAILED});
}

/* By what OpenSSL says. */
static void end_by_tls(struct dcv_stream *stream)
{
    const unsigned long error = ERR_peek_last_error();
    end_as(stream, (struct dcv_stream_end){.end = DCV_EXCHANGE_FAILED, .what = N_("the TLS handshake failed"),
                                           .detail = ERR_reason_error_string(error), .reason = (unsigned)ERR_GET_REASON(error)});
}

/* ---- sending ------------------------------------------------------------------------------------------------------------------- */

static void forget_wire(struct dcv_stream *stream)
{
    dcv_buf_clear(&stream->wire);
    stream->sent = 0;
}

/* Sends as much as the socket takes; the errno of what keeps it from more, or 0. */
static int send_some(struct dcv_stream *stream)
{
    char chunk[CHUNK];
    for (int len; stream->ssl != NULL && (len = BIO_read(stream->out, chunk, sizeof chunk)) > 0;)
        dcv_buf_put(&stream->wire, chunk, (size_t)len);
    if (stream->wire.failed)
        return ENOMEM;
    while (stream->sent < stream->wire.len) {
        ssize_t sent = send(stream->fd, stream->wire.data + stream->sent, stream->wire.len - stream->sent, MSG_NOSIGNAL);
        if (sent >= 0)
            stream->sent += (size_t)sent;
        else if (errno != EINTR)
            return errno;
    }
    forget_wire(stream);
    return 0;
}

static void flush(struct dcv_stream *stream)
{
    const int error = stream->stage != DCV_STREAM_CONNECTING ? send_some(stream) : 0;
    if (stream->stage == DCV_STREAM_ENDED || stream->stage == DCV_STREAM_CONNECTING)
        return; /* it was worth a try: what TLS has to say of a failure */
    const bool closed = error == EPIPE || error == ECONNRESET; /* what it said before is to be read first, and then its end */
    if (closed)
        forget_wire(stream);
    if (error != 0 && error != EAGAIN && !closed)
        end_by_error(stream, error);
    else if (!dcv_loop_watch(stream->loop, stream->fd, true, error == EAGAIN, &stream->watch))
        end_by_error(stream, ENOMEM);
}

void dcv_stream_send(struct dcv_stream *stream, const void *octets, size_t len)
{
    if (stream->stage == DCV_STREAM_ENDED)
        return;
    if (stream->ssl == NULL)
        dcv_buf_put(&stream->wire, octets, len);
    else if (len != 0 && SSL_write(stream->ssl, octets, (int)len) <= 0) /* which has all the room it wants */
        end_by_error(stream, EPIPE);
    flush(stream);
}

/* ---- receiving ------------------------------------------------------------------------------------------------------------------ */

/* Lets TLS work on what was received; what is wrong with it ends the stream. */
static void decrypt(struct dcv_stream *stream)
{
    char chunk[CHUNK];
    ERR_clear_error();
    if (stream->stage == DCV_STREAM_SHAKING_HANDS) {
        int done = SSL_do_handshake(stream->ssl);
        if (done == 1)
            stream->stage = DCV_STREAM_SECURE;
        else if (SSL_get_error(stream->ssl, done) != SSL_ERROR_WANT_READ)
            end_by_tls(stream);
    }
    while (stream->stage == DCV_STREAM_SECURE) {
        int got = SSL_read(stream->ssl, chunk, sizeof chunk);
        if (got > 0)
            dcv_buf_put(&stream->received, chunk, (size_t)got);
        else if (SSL_get_error(stream->ssl, got) == SSL_ERROR_WANT_READ)
            break;
        else
            end_by_error(stream, 0);
    }
    ERR_clear_error();
}

static void take_octets(struct dcv_stream *stream, const char *octets, int len)
{
    if (stream->ssl == NULL)
        dcv_buf_put(&stream->received, octets, (size_t)len);
    else if (BIO_write(stream->in, octets, len) == len)
        decrypt(stream);
    else
        end_by_error(stream, ENOMEM);
}

static void receive_some(struct dcv_stream *stream)
{
    char chunk[CHUNK];
    for (int i = 0; i < DCV_STREAM_TURN / CHUNK && stream->stage != DCV_STREAM_ENDED; i++) {
        ssize_t got = recv(stream->fd, chunk, sizeof chunk, 0);
        if (got > 0)
            take_octets(stream, chunk, (int)got);
        else if (got == 0)
            end_by_error(stream, 0);
        else if (errno == EAGAIN || errno == EINTR)
            break;
        else
            end_by_error(stream, errno);
    }
    if (stream->received.failed)
        end_by_error(stream, ENOMEM);
}

/* ---- the connection --------------------------------------------------------------------------------------------------------------- */

static void take_connection(struct dcv_stream *stream)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error == 0 || error == ECONNRESET || error == EPIPE)
        stream->stage = DCV_STREAM_OPEN; /* even if only for a moment: in place of a connection there would be another error */
    if (error != 0)
        end_by_error(stream, error);
}

static void ready(struct dcv_watch *watch, int fd, bool readable, bool writable)
{
    struct dcv_stream *stream = (struct dcv_stream *)watch;
    (void)fd;
    (void)writable;
    if (stream->stage == DCV_STREAM_CONNECTING)
        take_connection(stream);
    if (readable)
        receive_some(stream);
    flush(stream);
    stream->progress(stream);
}

void dcv_stream_init(struct dcv_stream *stream, struct dcv_loop *loop, size_t kept, void (*progress)(struct dcv_stream *stream))
{
    *stream = (struct dcv_stream){.watch.ready = ready, .loop = loop, .progress = progress, .stage = DCV_STREAM_CONNECTING, .fd = -1};
    dcv_buf_init(&stream->received, kept + DCV_STREAM_TURN);
    dcv_buf_init(&stream->wire, QUEUE_MAX);
}

void dcv_stream_connect(struct dcv_stream *stream, const struct dcv_endpoint *to)
{
    struct dcv_socket_address address;
    if (!dcv_socket_address(to, &address)) {
        end_by_error(stream, EHOSTUNREACH);
        return;
    }
    stream->fd = socket(address.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (stream->fd < 0 || (connect(stream->fd, &address.any, address.len) != 0 && errno != EINPROGRESS))
        end_by_error(stream, errno);
    else if (!dcv_loop_watch(stream->loop, stream->fd, false, true, &stream->watch))
        end_by_error(stream, ENOMEM);
}

/* ---- TLS -------------------------------------------------------------------------------------------------------------------------- */

static bool offer_protocol(SSL *ssl, const char *protocol)
{
    uint8_t list[1 + PROTOCOL_MAX];
    const size_t len = strlen(protocol);
    if (len == 0 || len > PROTOCOL_MAX)
        return false;
    list[0] = (uint8_t)len;
    memcpy(list + 1, protocol, len);
    return SSL_set_alpn_protos(ssl, list, (unsigned)len + 1) == 0;
}

/* A session for the host; NULL: memory is short, or it is no name. */
static SSL *session_create(SSL_CTX *context, const struct dcv_endpoint *host, const char *protocol)
{
    SSL *ssl = SSL_new(context);
    if (ssl == NULL)
        return NULL;
    SSL_set_connect_state(ssl);
    if (dcv_tls_trust_demand(SSL_get0_param(ssl), host) && (host->name[0] == '\0' || SSL_set_tlsext_host_name(ssl, host->name) == 1)
        && (protocol == NULL || offer_protocol(ssl, protocol)))
        return ssl;
    SSL_free(ssl);
    return NULL;
}

void dcv_stream_secure(struct dcv_stream *stream, struct ssl_ctx_st *context, const struct dcv_endpoint *host, const char *protocol)
{
    if (stream->stage != DCV_STREAM_OPEN)
        return;
    dcv_buf_clear(&stream->received);
    stream->stage = DCV_STREAM_SHAKING_HANDS;
    SSL *ssl = session_create(context, host, protocol);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    if (ssl == NULL || in == NULL || out == NULL) {
        SSL_free(ssl);
        BIO_free(in);
        BIO_free(out);
        end_by_tls(stream);
        return;
    }
    SSL_set_bio(ssl, in, out); /* which are the session's from now on */
    stream->ssl = ssl;
    stream->in = in;
    stream->out = out;
    decrypt(stream);
    flush(stream);
}

const char *dcv_stream_flaw(const struct dcv_stream *stream)
{
    const long result = SSL_get_verify_result(stream->ssl);
    if (SSL_get0_peer_certificate(stream->ssl) == NULL)
        return "no certificate";
    return result == X509_V_OK ? "" : X509_verify_cert_error_string(result);
}

void dcv_stream_done(struct dcv_stream *stream)
{
    if (stream->stage == DCV_STREAM_SECURE) {
        (void)SSL_shutdown(stream->ssl);
        (void)send_some(stream);
        ERR_clear_error();
    }
    if (stream->fd >= 0) {
        (void)dcv_loop_watch(stream->loop, stream->fd, false, false, &stream->watch);
        (void)close(stream->fd);
    }
    SSL_free(stream->ssl);
    dcv_buf_done(&stream->received);
    dcv_buf_done(&stream->wire);
    stream->fd = -1;
    stream->ssl = NULL;
}
