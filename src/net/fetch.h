/* Single HTTP requests over libcurl, to an address that was found before: nothing is resolved and no redirect is followed here.
 *
 * The query of the exchange is a request as dcv_fetch_request_write() writes it, the answer as dcv_fetch_answer_read() reads it, with DCV_EXCHANGE_ANSWER
 * once a response came with its header fields, however long its body: that is cut at the limit. A body that breaks off is DCV_EXCHANGE_FAILED,
 * and so are a Location that is longer than is taken, header fields without end, and what is not HTTP. */
#ifndef DCV_NET_FETCH_H
#define DCV_NET_FETCH_H

#include "base/arena.h"
#include "net/loop.h"

struct dcv_tls_trust;

enum {
    DCV_FETCH_BODY_MAX = 1 << 20, /* octets; the highest limit of a request */
    DCV_FETCH_URL_MAX = 8192,     /* of a request, and of a Location */
    DCV_FETCH_TYPE_MAX = 256,     /* of media types; what is beyond is dropped of those that were received */
};

struct dcv_fetch_request {
    const char *url;    /* absolute, http or https; its host and port are sent, whatever address is connected to */
    const char *accept; /* media types; NULL: anything */
    bool verify;        /* a certificate that is not sound ends the request (DCV_EXCHANGE_REJECTED); else it is only told */
    size_t limit;       /* octets of the body */
};
/* DCV_ERR_USAGE: the URL holds blanks, control characters, octets beyond ASCII or a user name, or is neither http nor https; or another value
 * is beyond its bounds. DCV_ERR_NOMEM. */
enum dcv_status dcv_fetch_request_write(const struct dcv_fetch_request *request, struct dcv_buf *out);
/* DCV_ERR_SYNTAX, DCV_ERR_NOMEM. */
enum dcv_status dcv_fetch_request_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_fetch_request *out);

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
/* What a value holds that it cannot, as a line end, is left out with what follows it. DCV_ERR_NOMEM. */
enum dcv_status dcv_fetch_answer_write(const struct dcv_fetch_answer *answer, struct dcv_buf *out);
/* The values live in the arena. DCV_ERR_SYNTAX, DCV_ERR_NOMEM. */
enum dcv_status dcv_fetch_answer_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_fetch_answer *out);

struct dcv_fetch;

/* What is given is lent; `user_agent` NULL: none is told. DCV_ERR_SYSTEM, DCV_ERR_NOMEM. */
enum dcv_status dcv_fetch_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, const char *user_agent, struct dcv_fetch **out);
/* Takes the exchange on success. DCV_ERR_NOMEM; DCV_ERR_SYNTAX: its query is no request. */
enum dcv_status dcv_fetch_submit(struct dcv_fetch *fetch, struct dcv_exchange *exchange);
/* When libcurl wants to be woken, by the clock of the loop; UINT64_MAX: never. */
uint64_t dcv_fetch_due_us(const struct dcv_fetch *fetch);
void dcv_fetch_wake(struct dcv_fetch *fetch);
/* Ends what has taken too long; to be called now and then. `timeout_ms`: of exchanges that have none of their own. */
void dcv_fetch_sweep(struct dcv_fetch *fetch, unsigned timeout_ms);
/* Drops what is under way. NULL is fine. */
void dcv_fetch_free(struct dcv_fetch *fetch);

#endif
