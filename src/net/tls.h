/* The certificate that a server shows over TLS. It is only read: whether it is to be trusted is not asked. */
#ifndef DCV_NET_TLS_H
#define DCV_NET_TLS_H

#include "net/net.h"

/* How it ended; of several addresses the end that came furthest, which is the later one here. */
enum dcv_tls_end {
    DCV_TLS_UNRECORDED,     /* a replay has no such certificate */
    DCV_TLS_NO_LOOKUP,      /* the addresses could not be looked up */
    DCV_TLS_NO_ADDRESS,     /* the name has none */
    DCV_TLS_PRIVATE,        /* only addresses that lead nowhere public */
    DCV_TLS_UNREACHABLE,
    DCV_TLS_TIMEOUT,
    DCV_TLS_REFUSED,
    DCV_TLS_HANDSHAKE,      /* no TLS, or no common version or cipher */
    DCV_TLS_NO_CERTIFICATE, /* TLS without one */
    DCV_TLS_CERTIFICATE,
    DCV_TLS_END_COUNT,
};
/* "refused", "certificate", …: as on a tape. */
const char *dcv_tls_end_text(enum dcv_tls_end end);
/* Reads it; false: no such end. */
bool dcv_tls_end_parse(const char *text, enum dcv_tls_end *out);

struct dcv_tls_request {
    const char *server_name;            /* for SNI, in A-labels; NULL: an address was typed */
    const struct dcv_endpoint *addresses;
    size_t count;
    bool allow_private;
    unsigned timeout_ms;                /* for all addresses together */
    struct dcv_clock clock;
};

enum { DCV_TLS_CERTIFICATE_MAX = 65536 };

/* Tries the addresses in their order until one shows a certificate, which goes to `der`. DCV_ERR_NOMEM. */
enum dcv_status dcv_tls_fetch(const struct dcv_tls_request *request, struct dcv_buf *der, enum dcv_tls_end *end);

#endif
