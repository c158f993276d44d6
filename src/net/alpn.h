/* TLS handshakes that offer one application protocol (RFC 7301), as a CA makes them for tls-alpn-01 (RFC 8737). No application data is sent.
 *
 * The query of the exchange is a request as dcv_alpn_request_write() writes it, the answer as dcv_alpn_answer_read() reads it. Once the connection was
 * made everything is in the answer, with DCV_EXCHANGE_ANSWER. */
#ifndef DCV_NET_ALPN_H
#define DCV_NET_ALPN_H

#include "base/arena.h"
#include "net/loop.h"

struct dcv_tls_trust;

struct dcv_alpn_request {
    const char *name;     /* for SNI, A-labels */
    const char *protocol; /* "acme-tls/1" */
};
/* Values that are empty, too long or hold octets that are not printable ASCII are refused: DCV_ERR_USAGE. */
enum dcv_status dcv_alpn_request_write(const struct dcv_alpn_request *request, struct dcv_buf *out);
/* Reads it again; the values live in the arena. DCV_ERR_SYNTAX, DCV_ERR_NOMEM. */
enum dcv_status dcv_alpn_request_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_alpn_request *out);

struct dcv_alpn_answer {
    bool handshake;         /* it was done */
    const char *negotiated; /* the protocol the server chose; "": none */
    const char *failure;    /* why the handshake was not done, for people: an alert, "timeout", "no TLS"; "" */
    bool no_protocol;       /* the alert was no_application_protocol (RFC 7301 §3.2) */
    const char *version;    /* "TLSv1.3"; "" */
    bool identifier;        /* the certificate has the critical acmeIdentifier extension (RFC 8737 §3) */
    bool sound;             /* the certificate leads to a trusted one and names the host */
    const char *flaw;       /* what is wrong with it otherwise, for people; "" */
};
enum dcv_status dcv_alpn_answer_write(const struct dcv_alpn_answer *answer, struct dcv_buf *out);
/* The values live in the arena. DCV_ERR_SYNTAX, DCV_ERR_NOMEM. */
enum dcv_status dcv_alpn_answer_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_alpn_answer *out);

struct dcv_alpn;

enum dcv_status dcv_alpn_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, struct dcv_alpn **out);
/* Takes the exchange on success. DCV_ERR_NOMEM; DCV_ERR_SYNTAX: its query is no request. */
enum dcv_status dcv_alpn_submit(struct dcv_alpn *alpn, struct dcv_exchange *exchange);
void dcv_alpn_sweep(struct dcv_alpn *alpn, unsigned timeout_ms);
void dcv_alpn_free(struct dcv_alpn *alpn);

#endif
