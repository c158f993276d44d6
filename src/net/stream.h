/* A TCP connection as a client, over the loop of the live transport, and TLS on it from any moment on. Private to this module.
 *
 * Whenever its socket is ready the stream does what there is to do, and then calls `progress`, as the last thing: whoever uses it looks where it stands,
 * takes what was received, says more, or is done with it. Nothing else calls `progress`: after a call of these functions the user looks himself. */
#ifndef DCV_NET_STREAM_H
#define DCV_NET_STREAM_H

#include "net/loop.h"

struct ssl_st;
struct ssl_ctx_st;
struct bio_st;

enum { DCV_STREAM_TURN = 262144 }; /* octets that may come before `progress` is called */

enum dcv_stream_stage { DCV_STREAM_CONNECTING, DCV_STREAM_OPEN, DCV_STREAM_SHAKING_HANDS, DCV_STREAM_SECURE, DCV_STREAM_ENDED };

/* Why it ended. */
struct dcv_stream_end {
    enum dcv_stream_stage stage; /* where it stood */
    enum dcv_exchange_end end;
    bool closed;                 /* by the server, properly or not */
    const char *what;            /* for people, of dcv_exchange_why(); NULL: nothing more is known */
    const char *detail;          /* what a library says of it; NULL */
    unsigned reason;             /* of OpenSSL's, in the handshake; 0: none */
};

struct dcv_stream {
    struct dcv_watch watch;
    struct dcv_loop *loop;
    void (*progress)(struct dcv_stream *stream);
    enum dcv_stream_stage stage;
    struct dcv_buf received;     /* without TLS; for the user to take from */
    struct dcv_stream_end end;   /* of DCV_STREAM_ENDED */
    struct ssl_st *ssl;          /* NULL: none so far */
    /* private */
    int fd;
    struct bio_st *in, *out;     /* of `ssl`: octets received, octets to be sent */
    struct dcv_buf wire;         /* what is to be sent */
    size_t sent;                 /* of `wire` */
};

/* `kept`: octets that the user leaves in `received` at most. */
void dcv_stream_init(struct dcv_stream *stream, struct dcv_loop *loop, size_t kept, void (*progress)(struct dcv_stream *stream));
/* Begins to connect. What fails at once ends the stream, here as with the others. */
void dcv_stream_connect(struct dcv_stream *stream, const struct dcv_endpoint *to);
void dcv_stream_send(struct dcv_stream *stream, const void *octets, size_t len);
/* Begins TLS. `host` gives the name for SNI and the certificate, as dcv_tls_trust_demand() has it; `protocol`: for ALPN, NULL: none. What was received
 * before is dropped: whoever put it there was not authenticated (RFC 3207 §6). */
void dcv_stream_secure(struct dcv_stream *stream, struct ssl_ctx_st *context, const struct dcv_endpoint *host, const char *protocol);
/* What is wrong with the server's certificate, for people; "": it is sound. Of a stream that is or was secure. */
const char *dcv_stream_flaw(const struct dcv_stream *stream);
/* Closes the connection, saying so where there is TLS. */
void dcv_stream_done(struct dcv_stream *stream);

#endif
