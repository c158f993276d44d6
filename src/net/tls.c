/* OpenSSL is given octets, never a socket: it would write to one that was closed without MSG_NOSIGNAL. */
#include "net/tls.h"

#include "net/socket.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static const char *const end_texts[] = {
    [DCV_TLS_UNRECORDED] = "unrecorded",   [DCV_TLS_NO_LOOKUP] = "no-lookup", [DCV_TLS_NO_ADDRESS] = "no-address",
    [DCV_TLS_PRIVATE] = "private",         [DCV_TLS_UNREACHABLE] = "unreachable", [DCV_TLS_TIMEOUT] = "timeout",
    [DCV_TLS_REFUSED] = "refused",         [DCV_TLS_HANDSHAKE] = "handshake", [DCV_TLS_NO_CERTIFICATE] = "no-certificate",
    [DCV_TLS_CERTIFICATE] = "certificate",
};

const char *dcv_tls_end_text(enum dcv_tls_end end)
{
    return end_texts[end];
}

bool dcv_tls_end_parse(const char *text, enum dcv_tls_end *out)
{
    for (int i = 0; i < DCV_TLS_END_COUNT; i++) {
        if (strcmp(end_texts[i], text) == 0) {
            *out = (enum dcv_tls_end)i;
            return true;
        }
    }
    return false;
}

/* ---- sockets -------------------------------------------------------------------------------------------------------------------- */

struct link {
    int fd;
    struct dcv_clock clock;
    uint64_t until_us;
};

/* Waits until the socket is ready; false: the time is over. */
static bool wait_for(const struct link *link, short events)
{
    for (;;) {
        uint64_t now_us = link->clock.mono_us(link->clock.user);
        if (now_us >= link->until_us)
            return false;
        struct pollfd poll_fd = {.fd = link->fd, .events = events};
        int ready = poll(&poll_fd, 1, (int)((link->until_us - now_us) / 1000 + 1));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
}

static enum dcv_tls_end end_of_error(int error)
{
    return error == ECONNREFUSED ? DCV_TLS_REFUSED : error == ETIMEDOUT ? DCV_TLS_TIMEOUT : DCV_TLS_UNREACHABLE;
}

/* DCV_TLS_CERTIFICATE stands for "connected". */
static enum dcv_tls_end open_link(struct link *link, const struct dcv_socket_address *address)
{
    int error = 0;
    socklen_t size = sizeof error;
    link->fd = socket(address->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->fd < 0)
        return DCV_TLS_UNREACHABLE; /* no IPv6 here, for one */
    if (connect(link->fd, &address->any, address->len) == 0)
        return DCV_TLS_CERTIFICATE;
    if (errno != EINPROGRESS)
        return end_of_error(errno);
    if (!wait_for(link, POLLOUT))
        return DCV_TLS_TIMEOUT;
    if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    return error == 0 ? DCV_TLS_CERTIFICATE : end_of_error(error);
}

/* ---- the handshake --------------------------------------------------------------------------------------------------------------- */

enum { CHUNK = 4096, TRAFFIC_MAX = 1 << 20 };

/* Sends all that OpenSSL has to send. */
static enum dcv_tls_end send_pending(const struct link *link, BIO *from)
{
    char chunk[CHUNK];
    for (int len; (len = BIO_read(from, chunk, sizeof chunk)) > 0;) {
        for (int done = 0; done < len;) {
            ssize_t sent = send(link->fd, chunk + done, (size_t)(len - done), MSG_NOSIGNAL);
            if (sent > 0)
                done += (int)sent;
            else if (sent < 0 && errno != EAGAIN && errno != EINTR)
                return DCV_TLS_HANDSHAKE;
            else if (!wait_for(link, POLLOUT))
                return DCV_TLS_TIMEOUT;
        }
    }
    return DCV_TLS_CERTIFICATE;
}

static enum dcv_tls_end receive_some(const struct link *link, BIO *to, size_t *traffic)
{
    char chunk[CHUNK];
    for (;;) {
        ssize_t got = recv(link->fd, chunk, sizeof chunk, 0);
        if (got == 0)
            return DCV_TLS_HANDSHAKE; /* it hung up */
        if (got > 0) {
            *traffic += (size_t)got;
            return BIO_write(to, chunk, (int)got) == got && *traffic <= TRAFFIC_MAX ? DCV_TLS_CERTIFICATE : DCV_TLS_HANDSHAKE;
        }
        if (errno != EAGAIN && errno != EINTR)
            return DCV_TLS_HANDSHAKE;
        if (!wait_for(link, POLLIN))
            return DCV_TLS_TIMEOUT;
    }
}

/* A server that then wants a certificate of ours has shown its own before: what counts is whether there is one. */
static enum dcv_tls_end shake_hands(const struct link *link, SSL *ssl, BIO *in, BIO *out)
{
    size_t traffic = 0;
    for (;;) {
        int done = SSL_do_handshake(ssl);
        int error = SSL_get_error(ssl, done);
        enum dcv_tls_end end = send_pending(link, out);
        if (done == 1)
            return DCV_TLS_CERTIFICATE;
        if (end == DCV_TLS_CERTIFICATE)
            end = error == SSL_ERROR_WANT_READ ? receive_some(link, in, &traffic) : DCV_TLS_HANDSHAKE;
        if (end != DCV_TLS_CERTIFICATE)
            return end;
    }
}

static enum dcv_tls_end take_certificate(SSL *ssl, enum dcv_tls_end end, struct dcv_buf *der)
{
    X509 *certificate = SSL_get1_peer_certificate(ssl);
    unsigned char *octets = NULL;
    int len = certificate != NULL ? i2d_X509(certificate, &octets) : 0;
    X509_free(certificate);
    if (len <= 0)
        return end == DCV_TLS_CERTIFICATE ? DCV_TLS_NO_CERTIFICATE : end;
    dcv_buf_clear(der);
    dcv_buf_put(der, octets, (size_t)len);
    OPENSSL_free(octets);
    return DCV_TLS_CERTIFICATE;
}

/* Old versions and weak keys are taken: the certificate is to be read, not relied on. Ciphers without a certificate come last, so that a
 * server that has none can say so. */
static SSL_CTX *lenient_context(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL)
        return NULL;
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_security_level(context, 0);
    (void)SSL_CTX_set_cipher_list(context, "ALL:+aNULL");
    (void)SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    (void)SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
    return context;
}

static enum dcv_status talk(const struct link *link, const struct dcv_tls_request *request, struct dcv_buf *der, enum dcv_tls_end *end)
{
    SSL_CTX *context = lenient_context();
    SSL *ssl = context != NULL ? SSL_new(context) : NULL;
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    enum dcv_status status = DCV_ERR_NOMEM;
    if (ssl != NULL && in != NULL && out != NULL) {
        (void)BIO_up_ref(in); /* the session takes one reference of each */
        (void)BIO_up_ref(out);
        SSL_set_bio(ssl, in, out);
        SSL_set_connect_state(ssl);
        if (request->server_name == NULL || SSL_set_tlsext_host_name(ssl, request->server_name) == 1) {
            *end = take_certificate(ssl, shake_hands(link, ssl, in, out), der);
            status = der->failed ? DCV_ERR_NOMEM : DCV_OK;
        }
    }
    BIO_free(in);
    BIO_free(out);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return status;
}

/* ---- all addresses ----------------------------------------------------------------------------------------------------------------- */

static enum dcv_status try_address(const struct dcv_tls_request *request, const struct dcv_endpoint *endpoint, uint64_t until_us,
                                   struct dcv_buf *der, enum dcv_tls_end *end)
{
    struct dcv_socket_address address;
    struct link link = {.fd = -1, .clock = request->clock, .until_us = until_us};
    *end = DCV_TLS_UNREACHABLE;
    if (!dcv_socket_address(endpoint, &address))
        return DCV_OK;
    *end = DCV_TLS_PRIVATE;
    if (dcv_socket_private(&address) && !request->allow_private)
        return DCV_OK;
    *end = open_link(&link, &address);
    enum dcv_status status = *end == DCV_TLS_CERTIFICATE ? talk(&link, request, der, end) : DCV_OK;
    if (link.fd >= 0)
        (void)close(link.fd);
    return status;
}

enum dcv_status dcv_tls_fetch(const struct dcv_tls_request *request, struct dcv_buf *der, enum dcv_tls_end *end)
{
    uint64_t until_us = request->clock.mono_us(request->clock.user) + (uint64_t)request->timeout_ms * 1000;
    *end = DCV_TLS_NO_ADDRESS;
    for (size_t i = 0; i < request->count && *end != DCV_TLS_CERTIFICATE; i++) {
        /* An address that does not answer leaves the others their share of the time. */
        uint64_t now_us = request->clock.mono_us(request->clock.user);
        uint64_t share_us = now_us < until_us ? (until_us - now_us) / (request->count - i) : 0;
        enum dcv_tls_end one;
        enum dcv_status status = try_address(request, &request->addresses[i], now_us + share_us, der, &one);
        if (status != DCV_OK)
            return status;
        if (one > *end)
            *end = one;
    }
    return DCV_OK;
}
