/* Politeness: how many packets a second go out, in total and to one server address, and how many may be under way at one (AIMD).
 *
 * A packet that may not go yet waits here, first come first served at its server, servers in turn where the total is short; the clock of its question
 * starts when it goes. How many may be under way at an address: net/window.h. */
#ifndef DCV_NET_THROTTLE_H
#define DCV_NET_THROTTLE_H

#include "net/net.h"

struct dcv_throttle;
struct dcv_flow; /* what goes to one server address */

struct dcv_throttle_options {
    unsigned qps;        /* packets a second in total; 0: no limit */
    unsigned server_qps; /* to one address; 0: no limit */
    unsigned window;     /* packets under way at one address, at most; 0: no limit */
    bool steady;         /* as many as that always, and not as losses advise */
};

/* What was sent through a throttle so far, and what of it was spared. */
struct dcv_net_counts {
    uint64_t sent;     /* packets */
    uint64_t answered; /* of them, those that octets came back for */
    uint64_t timeouts; /* questions that nobody answered in time */
    uint64_t retries;  /* packets sent again because nothing had come */
    uint64_t tcp;      /* packets that went over a stream */
    uint64_t cached;   /* questions answered from the cache */
    uint64_t joined;   /* questions that waited for the answer to another's */
};

/* How long packets of one purpose have waited here, together: while several wait the time counts once. Zero it before first use. */
struct dcv_hold {
    unsigned waiting;
    uint64_t since_us, held_us;
};
void dcv_hold_begin(struct dcv_hold *hold, uint64_t now_us);
void dcv_hold_end(struct dcv_hold *hold, uint64_t now_us);
uint64_t dcv_hold_us(const struct dcv_hold *hold, uint64_t now_us);

/* `net` is lent. DCV_ERR_NOMEM. */
enum dcv_status dcv_throttle_create(struct dcv_net *net, const struct dcv_throttle_options *options, struct dcv_throttle **out);
/* After all who have flows of it; nobody who still waits is called. */
void dcv_throttle_free(struct dcv_throttle *throttle);
const struct dcv_net_counts *dcv_throttle_counts(const struct dcv_throttle *throttle);
/* The same, for resolvers to count in. */
struct dcv_net_counts *dcv_throttle_tally(struct dcv_throttle *throttle);
/* Packets that wait, at all servers. */
size_t dcv_throttle_waiting(const struct dcv_throttle *throttle);

/* The flow to the address of `endpoint`, whatever its port and protocol; NULL: memory is short. To be released. */
struct dcv_flow *dcv_throttle_flow(struct dcv_throttle *throttle, const struct dcv_endpoint *endpoint);
void dcv_flow_release(struct dcv_flow *flow); /* NULL is fine; none of its tickets may wait or be under way */
/* Is so little waiting there that more can be asked for: less than what can go out in 200 ms, in total and to this address? */
bool dcv_flow_has_room(const struct dcv_flow *flow);
/* Packets to this address that may be under way now, and those that are. */
unsigned dcv_flow_window(const struct dcv_flow *flow);
unsigned dcv_flow_under_way(const struct dcv_flow *flow);

/* A packet's turn. It is the caller's, and must stay where it is until it is over. */
enum dcv_turn { DCV_TURN_OVER, DCV_TURN_WAITS, DCV_TURN_UNDER_WAY };
struct dcv_ticket {
    void (*go)(struct dcv_ticket *ticket); /* it is its turn: called once, unless it was so at once; may end tickets, but call nobody else */
    bool again;                            /* its question was sent before */
    /* private */
    enum dcv_turn turn;
    struct dcv_ticket *previous, *next;
    struct dcv_flow *flow;
};
/* True: the packet goes now; false: `go` is called when it does. */
bool dcv_flow_ask(struct dcv_flow *flow, struct dcv_ticket *ticket);
/* An answer came, so long after the packet went; it may have been given up as lost before. */
void dcv_ticket_answered(struct dcv_ticket *ticket, uint64_t rtt_us);
/* Nothing came in the time in which something should have. */
void dcv_ticket_lost(struct dcv_ticket *ticket);
/* It is over, and says nothing of the way; or nobody wants it any more. */
void dcv_ticket_leave(struct dcv_ticket *ticket);

#endif
