/* Which certificates of resolvers are believed: those that lead to the system's store or to a file of the user, and bear the name. */
#ifndef DCV_NET_TRUST_H
#define DCV_NET_TRUST_H

#include "net/net.h"

struct dcv_tls_trust;
struct ssl_ctx_st;
struct X509_VERIFY_PARAM_st;

/* `ca_file` (PEM; NULL: none) goes beside the store of the system. DCV_ERR_IO with errno; DCV_ERR_LIMIT; DCV_ERR_SYNTAX: it holds no
 * certificate. */
enum dcv_status dcv_tls_trust_create(const char *ca_file, struct dcv_tls_trust **out);
void dcv_tls_trust_free(struct dcv_tls_trust *trust);
/* Makes clients of the context believe these certificates and no others, from TLS 1.2 on (RFC 8310 §9). */
bool dcv_tls_trust_apply(const struct dcv_tls_trust *trust, struct ssl_ctx_st *context);
/* The same certificates, but whatever they say of a server's the handshake goes on: SSL_get_verify_result() tells. */
bool dcv_tls_trust_judge(const struct dcv_tls_trust *trust, struct ssl_ctx_st *context);
/* Demands the name of the endpoint, or its address where it has none, as a subjectAltName (RFC 8310 §8.1). */
bool dcv_tls_trust_demand(struct X509_VERIFY_PARAM_st *parameters, const struct dcv_endpoint *endpoint);
/* Notes why the certificate was not believed, by the result of its verification. */
void dcv_tls_trust_why(struct dcv_exchange *exchange, long result);

#endif
