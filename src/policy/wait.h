/* Does a record stand everywhere, and when is it worth looking again? Pure: from facts, and from times given. */
#ifndef DCV_POLICY_WAIT_H
#define DCV_POLICY_WAIT_H

#include "fact/fact.h"
#include "judgement/wait.h"

/* Is one of the TXT records at `owner` in `message` the wanted one? `*values` is their number; `*other`, `*other_len` the first
 * that is not, in the arena, or NULL. */
bool dcv_wait_matches(const struct dcv_wanted *wanted, const struct dcv_message *message, const struct dcv_name *owner,
                      struct dcv_arena *arena, size_t *values, const uint8_t **other, size_t *other_len);

struct dcv_wait_seen {
    struct dcv_name below; /* the zone is this deeper one, whose servers are yet to be found; len 0: it is not */
    bool unrecorded;       /* a replay had no answer */
};
/* Adds a row for each server of the zone that holds `asked`, unless it is below, and for each resolver, as far as `facts` know
 * them; in an order that does not depend on that of the answers. What rows point to is in the arena. DCV_ERR_NOMEM. */
enum dcv_status dcv_wait_read(const struct dcv_wanted *wanted, const struct dcv_name *asked, const struct dcv_facts *facts,
                              struct dcv_arena *arena, struct dcv_wait_servers *rows, struct dcv_wait_seen *seen);

/* Brings into `rows` what lasts from the rows of the look before, and decides which of them count. */
void dcv_wait_carry(const struct dcv_wait_servers *before, struct dcv_wait_servers *rows);
/* The row of the same server and question, or NULL. */
const struct dcv_wait_server *dcv_wait_find(const struct dcv_wait_servers *rows, const struct dcv_wait_server *like);

struct dcv_wait_sum {
    bool servers_met;  /* on every server that counts, for the owner and all that its aliases lead to */
    bool met;          /* and on every resolver that counts */
    bool doubtful;     /* only those that have not been tried often enough are in the way */
    bool seen;         /* somebody's answer tells whether it stands */
    int64_t negative_until;
};
/* `now_s`: UNIX time. */
struct dcv_wait_sum dcv_wait_sum(const struct dcv_wanted *wanted, const struct dcv_wait_servers *rows, int64_t now_s);

/* Milliseconds until the next look is worth it: a pause that grows; or until the answer that a resolver keeps has run out, where
 * nothing else is in the way; or a short one, to try a silent server again. `*backoff_ms` is 0 before the first look, and then
 * belongs to this function. */
uint64_t dcv_wait_pause_ms(const struct dcv_wanted *wanted, const struct dcv_wait_servers *rows, int64_t now_s, unsigned *backoff_ms);

#endif
