/* The parts of a request or certificate; between the files x509*.c.
 *
 * A function that returns text returns what is wrong, a constant msgid, or NULL. Memory that is short is told by the arena,
 * which remembers it. */
#ifndef DCV_INPUT_X509_PARTS_H
#define DCV_INPUT_X509_PARTS_H

#include "base/arena.h"
#include "fact/x509.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* The report translates it. Without parentheses: it initialises arrays. */
#define N_(text) text

/* What a file may hold in place of what is wanted. */
enum dcv_x509_form {
    DCV_FORM_UNKNOWN,
    DCV_FORM_REQUEST,
    DCV_FORM_CERTIFICATE,
    DCV_FORM_PRIVATE_KEY,
    DCV_FORM_ENCRYPTED_KEY,
    DCV_FORM_PUBLIC_KEY,
    DCV_FORM_PKCS7,
    DCV_FORM_PKCS12,
    DCV_FORM_CRL,
    DCV_FORM_OTHER, /* PEM, but none of these */
};

/* x509_form.c */
enum dcv_x509_form dcv_form_of_label(const char *label, size_t len);
enum dcv_x509_form dcv_form_of_der(const unsigned char *der, size_t len);
/* "a private key: …", said to somebody who was asked for `wanted`, DCV_FORM_REQUEST or DCV_FORM_CERTIFICATE. */
const char *dcv_form_instead(enum dcv_x509_form form, enum dcv_x509_form wanted);
/* Is it DER, whole or not, rather than text? */
bool dcv_der_begins(const unsigned char *der, size_t len);
/* Is the outer SEQUENCE longer than the data? */
bool dcv_der_cut(const unsigned char *der, size_t len);

/* x509_read.c: `value` but for its path and fingerprint. */
const char *dcv_read_request(struct dcv_arena *arena, X509_REQ *request, struct dcv_x509 *value);
const char *dcv_read_certificate(struct dcv_arena *arena, X509 *certificate, struct dcv_x509 *value);

/* x509_names.c */
void dcv_read_dn(struct dcv_arena *arena, const X509_NAME *name, const struct dcv_dn_field **fields, size_t *count);
/* A DCV_VEC() that has a name. */
struct dcv_san_list {
    struct dcv_san *items;
    size_t count, room;
};
/* Appends the names of each subjectAltName extension. `extensions` NULL: none. */
const char *dcv_read_sans(struct dcv_arena *arena, const STACK_OF(X509_EXTENSION) * extensions, struct dcv_san_list *list);
/* "CN" as OpenSSL calls it, else "2.5.4.3", of any length. */
const char *dcv_oid_name(struct dcv_arena *arena, const ASN1_OBJECT *oid);

/* x509_key.c */
const char *dcv_read_key(struct dcv_arena *arena, X509_PUBKEY *public_key, struct dcv_key *key);
/* SHA-256; false: memory is short. */
bool dcv_sha256(const void *data, size_t len, uint8_t out[32]);

#endif
