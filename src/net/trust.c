#include "net/trust.h"

#include "base/io.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#define N_(text) (text)

enum { FILE_MAX = 16 << 20 };

struct dcv_tls_trust {
    X509_STORE *store;
};

static enum dcv_status add_certificates(X509_STORE *store, const struct dcv_buf *file)
{
    BIO *from = BIO_new_mem_buf(dcv_buf_text(file), (int)file->len);
    X509 *certificate = NULL;
    size_t count = 0;
    if (from == NULL)
        return DCV_ERR_NOMEM;
    while ((certificate = PEM_read_bio_X509(from, NULL, NULL, NULL)) != NULL) {
        count += X509_STORE_add_cert(store, certificate) == 1;
        X509_free(certificate);
    }
    /* Text after the last one is no fault; a certificate that cannot be read is. */
    bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    BIO_free(from);
    return count != 0 && whole ? DCV_OK : DCV_ERR_SYNTAX;
}

static enum dcv_status add_file(X509_STORE *store, const char *path)
{
    struct dcv_buf file;
    dcv_buf_init(&file, FILE_MAX);
    enum dcv_status status = dcv_file_read(path, &file);
    if (status == DCV_OK)
        status = add_certificates(store, &file);
    dcv_buf_done(&file);
    return status;
}

enum dcv_status dcv_tls_trust_create(const char *ca_file, struct dcv_tls_trust **out)
{
    struct dcv_tls_trust *trust = calloc(1, sizeof *trust);
    X509_STORE *store = X509_STORE_new();
    enum dcv_status status = DCV_ERR_NOMEM;
    if (trust != NULL && store != NULL) {
        trust->store = store;
        (void)X509_STORE_set_default_paths(store); /* a system without a store trusts nobody */
        ERR_clear_error();
        status = ca_file != NULL ? add_file(store, ca_file) : DCV_OK;
    }
    if (status != DCV_OK) {
        X509_STORE_free(store);
        free(trust);
        return status;
    }
    *out = trust;
    return DCV_OK;
}

void dcv_tls_trust_free(struct dcv_tls_trust *trust)
{
    if (trust == NULL)
        return;
    X509_STORE_free(trust->store);
    free(trust);
}

bool dcv_tls_trust_apply(const struct dcv_tls_trust *trust, struct ssl_ctx_st *context)
{
    SSL_CTX_set1_cert_store(context, trust->store);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    (void)SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

bool dcv_tls_trust_judge(const struct dcv_tls_trust *trust, struct ssl_ctx_st *context)
{
    const bool applied = dcv_tls_trust_apply(trust, context);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    return applied;
}

bool dcv_tls_trust_demand(struct X509_VERIFY_PARAM_st *parameters, const struct dcv_endpoint *endpoint)
{
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (endpoint->name[0] == '\0')
        return X509_VERIFY_PARAM_set1_ip_asc(parameters, endpoint->host) == 1;
    return X509_VERIFY_PARAM_set1_host(parameters, endpoint->name, 0) == 1;
}

void dcv_tls_trust_why(struct dcv_exchange *exchange, long result)
{
    dcv_exchange_why(exchange, N_("the certificate does not verify"), X509_verify_cert_error_string(result));
}
