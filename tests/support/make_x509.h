/* Requests and certificates for tests, made with OpenSSL. What cannot be made ends the test. */
#ifndef DCV_SUPPORT_MAKE_X509_H
#define DCV_SUPPORT_MAKE_X509_H

#include "base/buf.h"

#include <openssl/x509v3.h>

/* Keys; `type`: "ED25519", "ED448". To be freed. */
EVP_PKEY *make_rsa(unsigned bits);
EVP_PKEY *make_ec(const char *curve, bool explicit_parameters);
EVP_PKEY *make_key(const char *type);
EVP_PKEY *make_dsa(void);

/* An extension as of a configuration file: "DNS:example.jp,IP:192.0.2.1". */
X509_EXTENSION *make_extension(int nid, const char *value);
/* A subjectAltName of one name with these octets; `type`: GEN_DNS, … */
X509_EXTENSION *make_san(int type, const void *octets, int len);
/* An extension with any octets in it. */
X509_EXTENSION *make_raw_extension(int nid, const void *octets, int len);

/* A request for /CN=www.example.jp; not signed yet. */
X509_REQ *make_request(EVP_PKEY *key);
/* Appends an attribute with this extension, which is freed; `nid`: NID_ext_req or NID_ms_ext_req. */
void request_extension(X509_REQ *request, int nid, X509_EXTENSION *extension);
/* Any octets in the place of its key; `algorithm` and `parameter` are taken. */
void request_key(X509_REQ *request, ASN1_OBJECT *algorithm, int parameter_type, void *parameter, const void *octets, int len);
/* …of an RSAPublicKey. */
void request_rsa(X509_REQ *request, const BIGNUM *modulus, const BIGNUM *exponent);
/* A self-signed certificate of two times ("20261121000000Z"); not signed yet. */
X509 *make_certificate(EVP_PKEY *key, const char *not_before, const char *not_after);

/* Signs (key NULL: it is signed already; md NULL: Ed25519 and Ed448) and writes the DER to `out`; the request is freed. */
void finish_request(X509_REQ *request, EVP_PKEY *key, const EVP_MD *md, struct dcv_buf *out);
void finish_certificate(X509 *certificate, EVP_PKEY *key, const EVP_MD *md, struct dcv_buf *out);
/* Appends the block of PEM. `eol`: "\n". */
void put_pem(struct dcv_buf *out, const char *label, const struct dcv_buf *der, const char *eol);

#endif
