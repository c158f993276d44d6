/* Where a redirect leads, and whether a CA may follow it (BR 3.2.2.4.18, 3.2.2.4.19). The same for whoever follows and whoever judges. */
#ifndef DCV_FACT_REDIRECT_H
#define DCV_FACT_REDIRECT_H

#include "fact/talk.h"

enum { DCV_REDIRECTS_MAX = 10 }; /* followed; CAs differ, Let's Encrypt follows 10 */

enum dcv_redirect {
    DCV_REDIRECT_NONE,      /* the answer is no redirect */
    DCV_REDIRECT_FOLLOW,
    DCV_REDIRECT_STATUS,    /* 3xx, but not 301, 302, 307 or 308 */
    DCV_REDIRECT_LOCATION,  /* no Location, or one that cannot be read */
    DCV_REDIRECT_SCHEME,    /* neither http nor https */
    DCV_REDIRECT_PORT,      /* neither 80 nor 443 */
    DCV_REDIRECT_ADDRESS,   /* to an address literal: CAs do not follow it */
    DCV_REDIRECT_TOO_MANY,
};
const char *dcv_redirect_text(enum dcv_redirect redirect);

/* The parts of an absolute http or https URL. */
struct dcv_url {
    bool https;
    struct dcv_name host;
    uint16_t port;
    char text[2048]; /* normalised: A-labels, the default port left out, no fragment */
};

/* DCV_ERR_SYNTAX with `*why` (which may be NULL) one of LOCATION, SCHEME, PORT or ADDRESS. `http_port`, `https_port`: those allowed, and meant where none is given. */
enum dcv_status dcv_url_parse(const char *text, uint16_t http_port, uint16_t https_port, struct dcv_url *out, enum dcv_redirect *why);
/* What to make of the answer; with FOLLOW `*next` is where it leads: Location resolved against the URL (RFC 3986 §5). */
enum dcv_redirect dcv_redirect_of(const struct dcv_http_fact *fact, uint16_t http_port, uint16_t https_port, struct dcv_url *next);

#endif
