/* Conversations with WHOIS servers (RFC 3912), over the loop of the live transport.
 *
 * The query of the exchange is the request with its CRLF, sent as it is; the answer is all that came until the server closed the connection. */
#ifndef DCV_NET_WHOIS_H
#define DCV_NET_WHOIS_H

#include "net/loop.h"

enum { DCV_WHOIS_MAX = 1 << 20 }; /* octets of an answer: then DCV_EXCHANGE_CUT */

struct dcv_whois;

enum dcv_status dcv_whois_create(struct dcv_loop *loop, struct dcv_whois **out);
/* Takes the exchange on success. DCV_ERR_NOMEM. */
enum dcv_status dcv_whois_submit(struct dcv_whois *whois, struct dcv_exchange *exchange);
/* Ends what has taken too long; to be called now and then. `timeout_ms`: of exchanges that have none of their own. */
void dcv_whois_sweep(struct dcv_whois *whois, unsigned timeout_ms);
void dcv_whois_free(struct dcv_whois *whois);

#endif
