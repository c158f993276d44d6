/* SMTP conversations (RFC 5321) that stop before DATA: connect, EHLO, STARTTLS, MAIL FROM, RCPT TO for each address, RSET, QUIT.
 *
 * The query of the exchange is a request as dcv_smtp_request_write() writes it, the answer a transcript as dcv_smtp_answer_read() reads it. Whatever
 * happens after the connection was made is in the transcript, with DCV_EXCHANGE_ANSWER; the other ends mean that no octet was exchanged. */
#ifndef DCV_NET_SMTP_H
#define DCV_NET_SMTP_H

#include "base/arena.h"
#include "net/loop.h"

struct dcv_tls_trust;

enum {
    DCV_SMTP_RECIPIENTS = 24, /* of one conversation */
    DCV_SMTP_REPLY_MAX = 4096, /* octets of one reply, all lines; what is beyond is dropped */
};

struct dcv_smtp_request {
    const char *host;      /* the mail host's name: for SNI, and to be named by its certificate */
    const char *helo;      /* for EHLO, a name or an address literal */
    const char *from;      /* reverse-path without its angle brackets; "" for the null one */
    bool starttls;         /* where it is offered */
    const char *const *recipients;
    size_t count;
};
/* Values that hold control characters, "<" or ">" are refused, octets beyond ASCII outside of recipients, and what is longer than a command has room
 * for: DCV_ERR_USAGE. Recipients beyond ASCII are only named to servers that offer SMTPUTF8 (RFC 6531). */
enum dcv_status dcv_smtp_request_write(const struct dcv_smtp_request *request, struct dcv_buf *out);
/* Reads it again; the values live in the arena. DCV_ERR_SYNTAX, DCV_ERR_NOMEM. */
enum dcv_status dcv_smtp_request_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_smtp_request *out);

/* How far it came. */
enum dcv_smtp_stage {
    DCV_SMTP_CONNECTED, DCV_SMTP_BANNER, DCV_SMTP_EHLO, DCV_SMTP_STARTTLS, DCV_SMTP_HANDSHAKE, DCV_SMTP_EHLO_AGAIN, DCV_SMTP_MAIL,
    DCV_SMTP_RCPT, DCV_SMTP_QUIT,
};
const char *dcv_smtp_stage_text(enum dcv_smtp_stage stage); /* "connected", "banner", … */

struct dcv_smtp_reply {
    unsigned code;    /* 0: none came */
    const char *text; /* as received without the codes, lines joined by "\n", without NUL octets; never NULL */
};

struct dcv_smtp_answer {
    enum dcv_smtp_stage reached;  /* of the last thing that was said to the server */
    const char *broken;           /* why it ended before its time: "timeout", "closed", "not SMTP", "handshake"; NULL: it did not */
    struct dcv_smtp_reply banner, starttls, mail;
    struct dcv_smtp_reply ehlo;   /* the last, and that to HELO where EHLO was refused */
    struct dcv_smtp_reply *recipients; /* in the order of the request; code 0: not asked, or no reply */
    size_t count;
    bool offers_starttls, tls;    /* tls: the handshake was done */
    bool sound;                   /* the certificate leads to a trusted one and names the host */
    const char *tls_version;      /* "TLSv1.3"; "" without TLS */
    const char *flaw;             /* what is wrong with the certificate or the handshake, for people; "" */
};
/* Reads a transcript; the values live in the arena. DCV_ERR_SYNTAX, DCV_ERR_NOMEM. */
enum dcv_status dcv_smtp_answer_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_smtp_answer *out);
/* Does the text of a reply to EHLO offer this extension (RFC 5321 §4.1.1.1)? */
bool dcv_smtp_offers(const char *ehlo, const char *keyword);

struct dcv_smtp;

enum dcv_status dcv_smtp_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, struct dcv_smtp **out);
/* Takes the exchange on success. DCV_ERR_NOMEM; DCV_ERR_SYNTAX: its query is no request. */
enum dcv_status dcv_smtp_submit(struct dcv_smtp *smtp, struct dcv_exchange *exchange);
/* Ends what has taken too long; to be called now and then. */
void dcv_smtp_sweep(struct dcv_smtp *smtp, unsigned timeout_ms);
void dcv_smtp_free(struct dcv_smtp *smtp);

#endif
