/* The congestion window of a server address: how many packets may be under way there. Private to this module; pure.
 *
 * It begins at 64, is 8 at the least, and
 *     + 1/window for each answer, while at least half of it is in use;
 *     x 0.7, at most once in 100 ms or a round trip, where packets were lost: more than one in 16 of those of the last two such spans. One in 16, because
 *       a resolver says nothing for a long time of domains whose own servers are dead: of them every portfolio has some, and that is no congestion. For
 *       the same reason a question counts once, however often it is sent again;
 *     likewise where the smoothed round trip is more than four times and 50 ms above the least, but then no further than to half of the first window:
 *       a resolver takes longer for what it has to look up, too. The least forgets, a 1024th an answer.
 * An address from which nothing ever came in five seconds and 64 losses is dead, not congested: the ceiling alone counts then, so that whoever has to
 * wait for its silence does not wait in a queue as well. */
#ifndef DCV_NET_WINDOW_H
#define DCV_NET_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

struct dcv_window {
    unsigned most;      /* given; 0: no limit */
    bool steady;        /* given: it is always that */
    unsigned size, under_way, credit;
    uint64_t answers, losses, first_us;
    uint64_t cut_us;    /* it shrank then */
    uint64_t span_us;   /* since when `seen` is counted */
    struct dcv_window_span { uint64_t answers, losses; } seen, seen_before;
    uint64_t rtt_us, least_us; /* smoothed */
};

void dcv_window_init(struct dcv_window *window, unsigned most, bool steady);
/* May one more packet be under way? */
bool dcv_window_fits(const struct dcv_window *window, uint64_t now_us);
/* Whoever sends one takes it out of `under_way` when it is over. */
void dcv_window_sent(struct dcv_window *window, uint64_t now_us);
/* `in_time`: it was still under way. */
void dcv_window_answered(struct dcv_window *window, uint64_t rtt_us, bool in_time, uint64_t now_us);
/* `again`: its question was sent before. */
void dcv_window_lost(struct dcv_window *window, bool again, uint64_t now_us);
/* How many packets can go through it in so long, from what is known. */
uint64_t dcv_window_capacity(const struct dcv_window *window, uint64_t in_us);

#endif
