/* Requests and certificates, read with OpenSSL. */
#ifndef DCV_INPUT_X509_H
#define DCV_INPUT_X509_H

#include "base/arena.h"
#include "base/status.h"
#include "fact/x509.h"

/* More is not read: a request with a hundred names has a few kilobytes. */
enum { DCV_X509_MAX = 1 << 20 };

/* Why the data is not what was asked for. */
struct dcv_x509_error {
    const char *text; /* a clause that follows "path: ", in English (a msgid of gettext), constant */
    size_t line;      /* of a PEM text, from 1; 0: none */
};

/* Reads a certificate signing request (PKCS #10, RFC 2986), PEM or DER; text before and after a PEM block is passed over,
 * a second request is refused. Values live in `arena`; `path` is copied, NULL is allowed; `out` is written on success only.
 * DCV_ERR_SYNTAX (then `error` says why), DCV_ERR_NOMEM. The thread's queue of OpenSSL's errors is empty afterwards. */
enum dcv_status dcv_csr_read(struct dcv_arena *arena, const char *path, const void *data, size_t len, struct dcv_x509 *out,
                             struct dcv_x509_error *error);
/* The same for a certificate (RFC 5280). Of a chain in PEM the first certificate is taken. */
enum dcv_status dcv_certificate_read(struct dcv_arena *arena, const char *path, const void *data, size_t len, struct dcv_x509 *out,
                                     struct dcv_x509_error *error);

#endif
