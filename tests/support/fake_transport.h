/* A transport without a network, on the logical clock, that answers as a callback says. */
#ifndef DCV_SUPPORT_FAKE_TRANSPORT_H
#define DCV_SUPPORT_FAKE_TRANSPORT_H

#include "net/net.h"

struct fake;

/* Looks at an exchange that was submitted and says how it goes: sets `end`, and with fake_answer() the answer. Returns after how many milliseconds
 * it is done, or FAKE_NEVER. */
enum { FAKE_NEVER = -1, FAKE_REFUSE = -2 /* the exchange is not even taken: DCV_ERR_SYSTEM */ };
typedef int fake_fn(void *user, struct dcv_exchange *exchange);

struct dcv_transport *fake_create(fake_fn *answer, void *user, struct fake **out);
void fake_answer(struct dcv_exchange *exchange, const void *octets, size_t len);
/* Exchanges that were taken. */
size_t fake_sent(const struct fake *fake);
/* "fetch://192.0.2.80:80" of one of the first 256 of them; lent. */
const char *fake_to(const struct fake *fake, size_t index);
/* Its query as text; lent. */
const char *fake_query(const struct fake *fake, size_t index);
/* Lets those that were never to be done end now. */
void fake_release(struct fake *fake, enum dcv_exchange_end end);

/* ---- names -------------------------------------------------------------------------------------------------------------------------- */

/* Answers a query of the DNS from records in presentation form, one a line; a name without any has NODATA. A line "fail NAME" has SERVFAIL for it,
 * "fail NAME TYPE" for that type of it. */
void fake_resolve(struct dcv_exchange *exchange, const char *records);

#endif
