#include "support/scripted.h"

#include "support/make_x509.h"
#include "support/temporary.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { HEARD_MAX = 1 << 20, FLOOD = 65536, DRIP_MS = 20 };

struct scripted {
    struct scripted_options options;
    pthread_t thread;
    bool joined, met;
    int listener, stop[2], fd;
    uint16_t port;
    SSL_CTX *context;
    SSL *ssl; /* after "tls" */
    struct dcv_buf heard;
    char certificate[TEMPORARY_MAX];
};

/* ---- the certificate ------------------------------------------------------------------------------------------------------------- */

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *outlen, const unsigned char *in, unsigned inlen, void *user)
{
    const struct scripted *server = user;
    (void)ssl;
    (void)inlen;
    if (server->options.alpn == SCRIPTED_ALPN_REFUSE)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    if (server->options.alpn == SCRIPTED_ALPN_NONE)
        return SSL_TLSEXT_ERR_NOACK;
    *out = in + 1;
    *outlen = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static void add_identifier(X509 *certificate)
{
    static const unsigned char digest[34] = {0x04, 0x20};
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ASN1_OBJECT *object = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
    ck_assert(ASN1_OCTET_STRING_set(value, digest, sizeof digest));
    X509_EXTENSION *extension = X509_EXTENSION_create_by_OBJ(NULL, object, 1, value);
    ck_assert(X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
    ASN1_OBJECT_free(object);
    ASN1_OCTET_STRING_free(value);
}

static void make_context(struct scripted *server)
{
    char san[300];
    EVP_PKEY *key = make_ec("P-256", false);
    X509 *certificate = make_certificate(key, "20200101000000Z", "20990101000000Z");
    (void)snprintf(san, sizeof san, "DNS:%s", server->options.name);
    X509_EXTENSION *extension = make_extension(NID_subject_alt_name, san);
    ck_assert(X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
    if (server->options.identifier)
        add_identifier(certificate);
    ck_assert_int_gt(X509_sign(certificate, key, EVP_sha256()), 0);
    server->context = SSL_CTX_new(TLS_server_method());
    ck_assert_int_eq(SSL_CTX_use_certificate(server->context, certificate), 1);
    ck_assert_int_eq(SSL_CTX_use_PrivateKey(server->context, key), 1);
    SSL_CTX_set_alpn_select_cb(server->context, choose_protocol, server);
    FILE *file = fdopen(temporary_file(server->certificate), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(PEM_write_X509(file, certificate), 1);
    ck_assert_int_eq(fclose(file), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* ---- what it does ---------------------------------------------------------------------------------------------------------------- */

/* False: the client has gone. */
static bool put(struct scripted *server, const char *octets, size_t len)
{
    if (server->ssl != NULL)
        return SSL_write(server->ssl, octets, (int)len) > 0;
    while (len != 0) {
        const ssize_t sent = send(server->fd, octets, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        octets += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool get(struct scripted *server)
{
    char octet;
    if ((server->ssl != NULL ? SSL_read(server->ssl, &octet, 1) : (int)recv(server->fd, &octet, 1, 0)) != 1)
        return false;
    dcv_buf_putc(&server->heard, octet);
    return true;
}

static bool get_line(struct scripted *server)
{
    while (get(server))
        if (server->heard.data[server->heard.len - 1] == '\n')
            return true;
    return false;
}

static bool drip(struct scripted *server, const char *text)
{
    bool good = true;
    for (; good && *text != '\0'; text++) {
        good = put(server, text, 1);
        (void)poll(NULL, 0, DRIP_MS);
    }
    return good;
}

static bool flood(struct scripted *server, long times)
{
    static char octets[FLOOD];
    bool good = true;
    memset(octets, 'x', sizeof octets);
    for (long i = 0; good && i < times; i++)
        good = put(server, octets, sizeof octets);
    return good;
}

static bool start_tls(struct scripted *server)
{
    SSL *ssl = SSL_new(server->context);
    SSL_set_fd(ssl, server->fd);
    if (SSL_accept(ssl) == 1) {
        server->ssl = ssl;
        return true;
    }
    SSL_free(ssl);
    return false;
}

static void leave(struct scripted *server, bool reset)
{
    if (reset) {
        const struct linger now = {.l_onoff = 1};
        (void)setsockopt(server->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    } else {
        (void)shutdown(server->fd, SHUT_WR);
        while (get(server))
            continue;
    }
    SSL_free(server->ssl);
    (void)close(server->fd);
}

static bool act(struct scripted *server, const char *step)
{
    if (strncmp(step, "send ", 5) == 0)
        return put(server, step + 5, strlen(step + 5));
    if (strncmp(step, "drip ", 5) == 0)
        return drip(server, step + 5);
    if (strncmp(step, "flood ", 6) == 0)
        return flood(server, strtol(step + 6, NULL, 10));
    if (strcmp(step, "line") == 0)
        return get_line(server);
    if (strcmp(step, "tls") == 0)
        return start_tls(server);
    while (strcmp(step, "hang") == 0 && get(server))
        continue;
    return false;
}

static void *serve(void *user)
{
    struct scripted *server = user;
    struct pollfd waits[] = {{.fd = server->listener, .events = POLLIN}, {.fd = server->stop[0], .events = POLLIN}};
    (void)poll(waits, 2, -1);
    if ((waits[0].revents & POLLIN) == 0)
        return NULL;
    server->met = true;
    server->fd = accept(server->listener, NULL, NULL);
    const char *const *step = server->options.steps;
    while (*step != NULL && act(server, *step))
        step++;
    leave(server, *step != NULL && strcmp(*step, "reset") == 0);
    return NULL;
}

/* ---- its life -------------------------------------------------------------------------------------------------------------------- */

static int listen_anywhere(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, len), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

struct scripted *scripted_start(const struct scripted_options *options)
{
    struct scripted *server = calloc(1, sizeof *server);
    (void)signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to the socket here */
    server->options = *options;
    dcv_buf_init(&server->heard, HEARD_MAX);
    if (options->name != NULL)
        make_context(server);
    server->listener = listen_anywhere(&server->port);
    ck_assert_int_eq(listen(server->listener, 1), 0);
    ck_assert_int_eq(pipe(server->stop), 0);
    ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
    return server;
}

uint16_t scripted_port(const struct scripted *server)
{
    return server->port;
}

const char *scripted_certificate(const struct scripted *server)
{
    return server->certificate;
}

void scripted_join(struct scripted *server)
{
    if (!server->joined)
        ck_assert_int_eq(pthread_join(server->thread, NULL), 0);
    server->joined = true;
}

const char *scripted_heard(const struct scripted *server)
{
    return dcv_buf_text(&server->heard);
}

bool scripted_met(struct scripted *server)
{
    ck_assert_int_eq(write(server->stop[1], "", 1), 1);
    scripted_join(server);
    return server->met;
}

void scripted_free(struct scripted *server)
{
    (void)scripted_met(server);
    if (server->options.name != NULL)
        (void)unlink(server->certificate);
    (void)close(server->listener);
    (void)close(server->stop[0]);
    (void)close(server->stop[1]);
    SSL_CTX_free(server->context);
    dcv_buf_done(&server->heard);
    free(server);
}

uint16_t scripted_closed_port(void)
{
    uint16_t port;
    (void)close(listen_anywhere(&port));
    return port;
}

/* ---- the other side --------------------------------------------------------------------------------------------------------------- */

static void on_done(struct dcv_exchange *exchange)
{
    struct outcome *outcome = exchange->user;
    outcome->end = exchange->end;
    outcome->answer = calloc(1, exchange->answer_len + 1);
    outcome->answer_len = exchange->answer_len;
    if (exchange->answer_len != 0)
        memcpy(outcome->answer, exchange->answer, exchange->answer_len);
    memcpy(outcome->why, exchange->why, sizeof outcome->why);
    dcv_exchange_free(exchange);
}

static struct dcv_net *start(const struct converse *with, struct outcome *outcome)
{
    const struct dcv_clock clock = dcv_clock_system();
    const struct dcv_live_options options = {.clock = clock, .exchange_timeout_ms = 10000, .ca_file = with->ca_file,
                                             .allow_private = !with->public_only};
    struct dcv_transport *transport;
    struct dcv_net *net;
    ck_assert_int_eq(dcv_live_create(&options, &transport), DCV_OK);
    ck_assert_int_eq(dcv_net_create(transport, clock.mono_us(NULL), &net), DCV_OK);
    struct dcv_exchange *exchange = calloc(1, sizeof *exchange);
    *exchange = (struct dcv_exchange){.to = {.host = "127.0.0.1", .port = with->port, .protocol = with->protocol}, .tcp = true,
                                      .named = with->named, .timeout_ms = with->timeout_ms, .done = on_done, .drop = dcv_exchange_free,
                                      .user = outcome};
    exchange->query = malloc(with->query->len);
    memcpy(exchange->query, with->query->data, with->query->len);
    exchange->query_len = with->query->len;
    ck_assert_int_eq(dcv_net_submit(net, exchange), DCV_OK);
    return net;
}

struct outcome converse(const struct converse *with)
{
    struct outcome outcome = {.answer = NULL};
    struct dcv_net *net = start(with, &outcome);
    while (outcome.answer == NULL)
        ck_assert(dcv_net_step(net));
    ck_assert(!dcv_net_step(net)); /* it comes back once */
    dcv_net_free(net);
    return outcome;
}

void outcome_done(struct outcome *outcome)
{
    free(outcome->answer);
}

static void nothing(struct dcv_timer *timer)
{
    (void)timer;
}

void converse_and_drop(const struct converse *with, unsigned ms)
{
    struct outcome outcome = {.answer = NULL};
    struct dcv_timer timer = {.fire = nothing};
    struct dcv_net *net = start(with, &outcome);
    ck_assert_int_eq(dcv_net_timer_set(net, &timer, dcv_net_now_us(net) + ms * UINT64_C(1000)), DCV_OK);
    while (timer.place != 0)
        ck_assert(dcv_net_step(net));
    ck_assert_ptr_null(outcome.answer); /* it was under way */
    dcv_net_free(net);
}
