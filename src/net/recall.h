/* What a resolver remembers of questions: their answers for their TTL, and how often each was asked. Private to this module.
 *
 * Where a shelf has a budget the counters go with the answers. A question that was forgotten begins above all that were, so that no packet of it is one
 * that was sent before. */
#ifndef DCV_NET_RECALL_H
#define DCV_NET_RECALL_H

#include "base/map.h"
#include "net/resolver.h"

struct dcv_recall {
    struct dcv_map *known;   /* key → known */
    struct dcv_shelf *shelf; /* lent */
    uintptr_t repeats;       /* no question that was forgotten was asked more often */
};

/* An answer, and how it came. */
struct dcv_recalled {
    struct dcv_response *response;
    int server_number;
    bool tcp, plain, case_ignored;
    uint64_t expires_us;
};

/* False: memory is short. */
bool dcv_recall_init(struct dcv_recall *recall, struct dcv_shelf *shelf);
void dcv_recall_done(struct dcv_recall *recall);
/* The answer to a question; NULL: there is none that is still valid. Lent until the next call. */
const struct dcv_recalled *dcv_recall_get(struct dcv_recall *recall, const uint8_t *key, size_t key_len, uint64_t now_us);
/* A question is asked: how often it was before. False: memory is short. */
bool dcv_recall_count(struct dcv_recall *recall, const uint8_t *key, size_t key_len, uint64_t now_us, uintptr_t *repeat);
/* Keeps the answer to a question that was counted, in the place of an older one; without memory, or room, it does not. */
void dcv_recall_put(struct dcv_recall *recall, const uint8_t *key, size_t key_len, uintptr_t repeat, const struct dcv_recalled *answer, uint64_t now_us);

#endif
