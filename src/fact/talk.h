/* Conversations with the hosts of a domain: what a mail server, a web server and a TLS server said. */
#ifndef DCV_FACT_TALK_H
#define DCV_FACT_TALK_H

#include "base/arena.h"
#include "name/name.h"
#include "record/rr.h"

/* Was there anybody? */
enum dcv_meeting {
    DCV_MET_TALKED,      /* a connection, and an answer that can be read */
    DCV_MET_BROKEN,      /* a connection, and nothing that makes sense: see `why` */
    DCV_MET_TIMEOUT,
    DCV_MET_REFUSED,     /* the port is closed there, or the host cannot be reached from anywhere near it */
    DCV_MET_NO_ROUTE,    /* this host has no way there, as without IPv6: nothing was sent */
    DCV_MET_PRIVATE,     /* a private address, which was not allowed: nothing was sent */
    DCV_MET_NO_ADDRESS,  /* the host has none */
    DCV_MET_LOOKUP,      /* its addresses could not be looked up */
    DCV_MET_DEADLINE,    /* the name's time was over */
    DCV_MET_UNRECORDED,  /* a replay was asked for something that the recording does not hold */
};
const char *dcv_meeting_text(enum dcv_meeting meeting); /* "talked", "broken", "timeout", … */
/* Why nothing came of it, for people: `why` where that says more ("the connection was refused"); "" where they talked. A msgid, or what a library said. */
const char *dcv_meeting_reason(enum dcv_meeting met, const char *why);

/* ---- SMTP --------------------------------------------------------------------------------------------------------------------- */

/* What a mail host said to one recipient. */
enum dcv_rcpt {
    DCV_RCPT_ACCEPTED,   /* 2xx */
    DCV_RCPT_REJECTED,   /* 5xx */
    DCV_RCPT_DEFERRED,   /* 4xx: greylisting, or it is busy */
    DCV_RCPT_UNANSWERED, /* the conversation ended before */
};
const char *dcv_rcpt_text(enum dcv_rcpt rcpt);

struct dcv_smtp_recipient {
    const char *address;
    bool random;         /* a local part that nobody has, to unmask hosts that accept everything */
    enum dcv_rcpt result;
    unsigned code;       /* 0: none */
    const char *text;    /* of the reply, raw; "" */
    bool again;          /* the reply to a second attempt, after the pause that the first asked for */
};

enum dcv_starttls {
    DCV_STARTTLS_NOT_OFFERED,
    DCV_STARTTLS_DONE,
    DCV_STARTTLS_REFUSED,  /* offered, and then refused */
    DCV_STARTTLS_FAILED,   /* the handshake failed */
    DCV_STARTTLS_UNKNOWN,  /* the conversation ended before */
};
const char *dcv_starttls_text(enum dcv_starttls starttls);

/* One conversation with one address of one mail host; the last attempt where there were several. */
struct dcv_smtp_fact {
    struct dcv_name host;
    const struct dcv_rr *address; /* the A or AAAA record that led there; NULL: none (NO_ADDRESS, LOOKUP), or read from a file */
    const char *server;           /* "192.0.2.25#25"; "" */
    enum dcv_meeting met;
    const char *why;              /* for people; "" */
    const char *stage;            /* how far it came: "banner", "ehlo", "starttls", "mail", "rcpt", "quit"; "" without a connection */
    unsigned code;                /* of the last reply that was no success before any recipient was named (banner, EHLO, MAIL); 0: there was none */
    const char *text;             /* of it, raw; "" */
    enum dcv_starttls starttls;
    bool sound;                   /* with STARTTLS: the certificate leads to a trusted one and names the host */
    const char *flaw;             /* what is wrong with the certificate or the handshake; "" */
    const struct dcv_smtp_recipient *recipients;
    size_t recipient_count;
    uint64_t rtt_us;
    int64_t at;
};

/* ---- HTTP --------------------------------------------------------------------------------------------------------------------- */

enum dcv_http_body {
    DCV_HTTP_BODY_ANY,     /* no file was given to compare it with, or the status is no success */
    DCV_HTTP_BODY_SAME,
    DCV_HTTP_BODY_DIFFERS,
};
const char *dcv_http_body_text(enum dcv_http_body body); /* "any", "same", "differs" */

/* One request to one address: the first of a chain, or one after a redirect. */
struct dcv_http_fact {
    const char *method;           /* "http" or "http-01": whose place it is */
    const char *begin;            /* URL of the first request of the chain */
    const char *first_server;     /* the server of that request: one chain an address; "" */
    unsigned hop;                 /* redirects before this request */
    const char *url;              /* of this request */
    const struct dcv_rr *address; /* NULL as in dcv_smtp_fact */
    const char *server;           /* "192.0.2.80#80"; "" */
    enum dcv_meeting met;
    const char *why;
    unsigned status;              /* 0: no answer */
    const char *location;         /* raw; NULL: none */
    bool tls, sound;              /* a CA does not mind an unsound certificate here */
    const char *flaw;
    enum dcv_http_body body;
    bool random;                  /* a file was asked for that nobody has */
    uint64_t rtt_us;
    int64_t at;
};

/* ---- TLS ---------------------------------------------------------------------------------------------------------------------- */

/* A handshake with one address, with the protocol of tls-alpn-01. */
struct dcv_alpn_fact {
    struct dcv_name name;
    const struct dcv_rr *address; /* NULL as in dcv_smtp_fact */
    const char *server;           /* "192.0.2.80#443"; "" */
    enum dcv_meeting met;
    const char *why;              /* also why the handshake was not done */
    bool handshake;
    bool no_protocol;             /* it was refused because of the protocol */
    const char *negotiated;       /* "acme-tls/1"; "": none */
    bool identifier;              /* the certificate is one made for a validation (RFC 8737 §3) */
    uint64_t rtt_us;
    int64_t at;
};

#endif
