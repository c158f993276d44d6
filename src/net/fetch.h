/* Single HTTP requests over libcurl, to an address that was found before: nothing is resolved and no redirect is followed here.
 *
 * The query of the exchange is a request as dcv_fetch_request_write() writes it, the answer as dcv_fetch_answer_read() reads it, with DCV_EXCHANGE_ANSWER
 * once a response with a status line came, however long its body: that is cut at the limit. A body that breaks off is DCV_EXCHANGE_FAILED. */
#ifndef DCV_NET_FETCH_H
#define DCV_NET_FETCH_H

#include "base/arena.h"
#include "net/loop.h"

struct dcv_tls_trust;

struct dcv_fetch_request {
    const char *url;    /* absolute, http or https; its host and port are sent, whatever address is connected to */
    const char *accept; /* media types; NULL: anything */
    bool verify;        /* a certificate that is not sound ends the request (DCV_EXCHANGE_REJECTED); else it is only told */
    size_t limit;       /* octets of the body */
};
/* DCV_ERR_USAGE: the URL holds blanks, control characters or octets beyond ASCII, or is neither http nor https. */
enum dcv_status dcv_fetch_request_write(const struct dcv_fetch_request *request, struct dcv_buf *out);

struct dcv_fetch_answer {
    unsigned status;          /* of HTTP */
    const char *location;     /* as received; NULL: none */
    const char *content_type; /* NULL: none */
    long retry_after_s;       /* Retry-After in seconds, from a date by the response's own Date; -1: none that can be read */
    bool tls, sound;          /* sound: the certificate leads to a trusted one and names the host */
    const char *flaw;         /* what is wrong with the certificate; "" */
    const uint8_t *body;
    size_t body_len;
    bool cut;                 /* the body was longer than the limit */
};
enum dcv_status dcv_fetch_answer_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_fetch_answer *out);

struct dcv_fetch;

enum dcv_status dcv_fetch_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, const char *user_agent, struct dcv_fetch **out);
enum dcv_status dcv_fetch_submit(struct dcv_fetch *fetch, struct dcv_exchange *exchange);
void dcv_fetch_free(struct dcv_fetch *fetch);

#endif
