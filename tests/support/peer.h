/* A peer that behaves as it is told: a transport without a network, on the logical clock. */
#ifndef DCV_SUPPORT_PEER_H
#define DCV_SUPPORT_PEER_H

#include "net/net.h"

/* Steps joined by spaces, one an exchange in the order of sending, "WORD@MS" (0 ms when left out):
 *     ok nodata nxdomain servfail refused formerr    answers; "ok" has the record `peer->record`
 *     tc            truncated                        wrong-id wrong-question lower garbage half
 *     timeout unreachable failed unrecorded          what the transport itself reports
 *     rejected                                       likewise, and says "HTTP 404"
 *     silent                                         nothing, ever; so is everything after the last step
 * A step may begin with "1/" or "2/" (the server that must be asked) and "tcp/" or "udp/". */
struct peer;

struct dcv_transport *peer_create(const char *steps, struct peer **out);
/* The answer to "ok" in presentation form, a record a line; "%s" stands for the name asked. */
void peer_record(struct peer *peer, const char *record);
size_t peer_sent(const struct peer *peer);
/* The query of an exchange sent; lent. */
const uint8_t *peer_query(const struct peer *peer, size_t index, size_t *len);
/* What was asked otherwise than the steps demand, or NULL. */
const char *peer_fault(const struct peer *peer);

#endif
