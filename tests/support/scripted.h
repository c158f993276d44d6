/* A server on the loopback that behaves as it is told, for one connection, in a thread of its own. */
#ifndef DCV_SUPPORT_SCRIPTED_H
#define DCV_SUPPORT_SCRIPTED_H

#include "net/net.h"

/* Steps, ended by NULL:
 *     "send TEXT"    "drip TEXT"  octet by octet        "flood N"  N times 64 KiB of "x"
 *     "line"         reads a line
 *     "tls"          shakes hands; if that fails the rest is passed over
 *     "reset"        ends with a reset             "hang"  does nothing until the client has gone
 * After the last the connection is closed for sending, and all that still comes is read. */
enum scripted_alpn { SCRIPTED_ALPN_NONE, SCRIPTED_ALPN_CHOOSE, SCRIPTED_ALPN_REFUSE };

struct scripted_options {
    const char *const *steps;
    const char *name;            /* of the certificate; NULL: no TLS */
    bool identifier;             /* the certificate is one for a validation */
    enum scripted_alpn alpn;
};

struct scripted;

struct scripted *scripted_start(const struct scripted_options *options);
uint16_t scripted_port(const struct scripted *server);
/* Where the certificate lies as PEM, until scripted_free(). */
const char *scripted_certificate(const struct scripted *server);
/* Waits for the end of the script. */
void scripted_join(struct scripted *server);
/* All that it received, NUL octets as they are; without TLS. After scripted_join(). */
const char *scripted_heard(const struct scripted *server);
/* Was there a connection? Stops waiting for one. */
bool scripted_met(struct scripted *server);
void scripted_free(struct scripted *server);

/* A port of the loopback where nobody listens. */
uint16_t scripted_closed_port(void);

/* ---- the other side ---- */

struct outcome {
    enum dcv_exchange_end end;
    char *answer; /* followed by a zero octet */
    size_t answer_len;
    char why[DCV_WHY_TEXT];
};

struct converse {
    enum dcv_protocol protocol;
    uint16_t port;
    unsigned timeout_ms;
    const char *ca_file;
    const struct dcv_buf *query;
    bool public_only, named;
};

/* One conversation over the live transport, to its end. */
struct outcome converse(const struct converse *with);
void outcome_done(struct outcome *outcome);
/* Begins one and frees the transport after so long. */
void converse_and_drop(const struct converse *with, unsigned ms);

#endif
