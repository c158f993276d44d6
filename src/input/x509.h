/* Requests and certificates, read with OpenSSL. */
#ifndef DCV_INPUT_X509_H
#define DCV_INPUT_X509_H

#include "base/arena.h"
#include "base/status.h"
#include "fact/x509.h"

/* Why a text is none; in English, a clause that follows "path: ". */
struct dcv_x509_error {
    const char *text;  /* "no certificate signing request in it; make one with 'openssl req -new'"; in the arena or constant */
    size_t line;       /* of a PEM text; 0: no line */
};

/* Reads a certificate signing request, PEM or DER; text before and after a PEM block is passed over. Values live in `arena`.
 * DCV_ERR_SYNTAX (then `error` says why), DCV_ERR_NOMEM. `path` is copied. */
enum dcv_status dcv_csr_read(struct dcv_arena *arena, const char *path, const void *data, size_t len, struct dcv_x509 *out,
                             struct dcv_x509_error *error);
/* The same for a certificate. Of a chain in PEM the first certificate is taken. */
enum dcv_status dcv_certificate_read(struct dcv_arena *arena, const char *path, const void *data, size_t len, struct dcv_x509 *out,
                                     struct dcv_x509_error *error);

#endif
