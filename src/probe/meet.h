/* What the probes of conversations share; private to this module. */
#ifndef DCV_PROBE_MEET_H
#define DCV_PROBE_MEET_H

#include "fact/fact.h"
#include "net/talk.h"

/* Whom a conversation was with, and what became of it. */
struct meet {
    const struct dcv_rr *address; /* NULL: there was none */
    const char *server;           /* "192.0.2.80#80"; "" */
    enum dcv_meeting met;
    const char *why;
    uint64_t rtt_us;
    int64_t at;
};

/* With whom, and where the logical clock stands. */
struct meet_place {
    struct dcv_net *net;
    struct dcv_arena *arena;
    bool allow_private;
    unsigned timeout_ms;
    int64_t wall_s;
    uint64_t start_us;
};

/* None was held, for this reason; now. `address` NULL: there is none. */
struct meet meet_without(const struct meet_place *place, const struct dcv_rr *address, uint16_t port, enum dcv_meeting met, const char *why);
/* How it ended; TALKED with an answer, which is still to be read. */
struct meet meet_ended(const struct meet_place *place, const struct dcv_rr *address, uint16_t port, const struct dcv_exchange *exchange);
/* May this address not be spoken to? */
bool meet_forbidden(const struct meet_place *place, const struct dcv_rr *address);
/* Begins one; `query` is emptied. DCV_ERR_NOMEM marks the arena as failed, too. */
enum dcv_status meet_start(const struct meet_place *place, const struct dcv_rr *address, uint16_t port, enum dcv_protocol protocol,
                           struct dcv_buf *query, dcv_talk_fn *done, void *user, struct dcv_talk **out);
/* A copy; "" when memory is short. */
const char *meet_text(const struct meet_place *place, const char *text);

#endif
