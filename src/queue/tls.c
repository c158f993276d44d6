#include "queue/internal.h"

#include <amqp_ssl_socket.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* An encrypted key would have OpenSSL ask at the terminal, in this thread. */
static int no_password(char *out, int room, int writing, void *user)
{
    (void)writing, (void)user;
    if (room > 0)
        out[0] = '\0';
    return -1;
}

static int note_flaw(int sound, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct dcv_queue_link *link = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    if (!sound)
        link->flaw = X509_STORE_CTX_get_error(store);
    return sound;
}

/* For whom the certificate must be: RFC 9525 §6, addresses among them, which the library's own check does not know. */
static bool expect_host(SSL_CTX *context, const char *host)
{
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1 || X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

static bool load_trust(struct dcv_queue_link *link, SSL_CTX *context)
{
    const char *file = link->settings->ca_file;
    if (file != NULL ? SSL_CTX_load_verify_locations(context, file, NULL) == 1 : SSL_CTX_set_default_verify_paths(context) == 1)
        return true;
    dcv_queue_link_fail(link, DCV_QUEUE_USELESS, "no certificate can be read from %s", file != NULL ? file : "the system's store");
    return false;
}

static bool load_identity(struct dcv_queue_link *link, SSL_CTX *context)
{
    const struct dcv_queue_settings *settings = link->settings;
    if (settings->cert_file == NULL)
        return true;
    SSL_CTX_set_default_passwd_cb(context, no_password);
    if (SSL_CTX_use_certificate_chain_file(context, settings->cert_file) != 1)
        dcv_queue_link_fail(link, DCV_QUEUE_USELESS, "no certificate can be read from %s", settings->cert_file);
    else if (SSL_CTX_use_PrivateKey_file(context, settings->key_file, SSL_FILETYPE_PEM) != 1)
        dcv_queue_link_fail(link, DCV_QUEUE_USELESS, "no key of the certificate can be read from %s", settings->key_file);
    else
        return true;
    return false;
}

bool dcv_queue_tls_prepare(struct dcv_queue_link *link, amqp_socket_t *socket)
{
    SSL_CTX *context = amqp_ssl_socket_get_context(socket);
    ERR_clear_error();
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 0); /* it is done in the handshake, below */
    SSL_CTX_set_app_data(context, link);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_flaw);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 || !expect_host(context, link->host->name)) {
        dcv_queue_link_fail(link, DCV_QUEUE_LOST, "TLS could not be set up");
        return false;
    }
    return load_trust(link, context) && load_identity(link, context);
}

/* Alerts by which a server says that the client's certificate does not do (RFC 8446 §6.2). */
static bool refuses_certificate(int reason)
{
    static const int alerts[] = {SSL_AD_BAD_CERTIFICATE,     SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED, SSL_AD_CERTIFICATE_EXPIRED,
                                 SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA,              SSL_AD_ACCESS_DENIED,       SSL_AD_CERTIFICATE_REQUIRED};
    for (size_t i = 0; i < sizeof alerts / sizeof *alerts; i++)
        if (reason == SSL_AD_REASON_OFFSET + alerts[i])
            return true;
    return false;
}

bool dcv_queue_tls_explain(const struct dcv_queue_link *link, struct dcv_buf *why)
{
    const unsigned long error = ERR_peek_last_error();
    const int reason = ERR_GET_LIB(error) == ERR_LIB_SSL ? ERR_GET_REASON(error) : 0;
    const char *known = reason != 0 ? ERR_reason_error_string(error) : NULL;
    const char *text = link->flaw != 0 ? X509_verify_cert_error_string(link->flaw) : known;
    ERR_clear_error();
    if (text != NULL) {
        dcv_buf_puts(why, link->flaw != 0 ? ": the server's certificate does not do: " : ": ");
        dcv_buf_puts(why, text);
    }
    return link->flaw != 0 || refuses_certificate(reason);
}
