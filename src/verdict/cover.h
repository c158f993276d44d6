/* Sets of the names of an order, and the fewest mailboxes that approve them; private to this module. */
#ifndef DCV_VERDICT_COVER_H
#define DCV_VERDICT_COVER_H

#include "judgement/order.h"

#include <stdint.h>

enum { COVER_WORD_BITS = 64 };

/* The order at one CA. A set of names is an array of `words` words, one bit for each number of a name. */
struct covering {
    struct dcv_arena *arena;
    const struct dcv_order *order;
    struct dcv_order_ca *ca;
    size_t words;
    DCV_VEC(uint64_t *) sets;     /* by mailbox: the names it approves */
};

/* An empty set in the arena, or NULL: memory is short. */
uint64_t *cover_set(const struct covering *covering);
void cover_put(uint64_t *set, size_t name);
bool cover_has(const uint64_t *set, size_t name);
/* The numbers in a set, ascending, in the arena. */
const size_t *cover_list(const struct covering *covering, const uint64_t *set, size_t *count);

/* Fills `ca->smallest` and `ca->smallest_proven`; the mailboxes are in their final order, with `names`. */
void cover_smallest(struct covering *covering);

#endif
