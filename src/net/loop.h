/* What the live transport shares with its clients: one epoll, one clock, one list of what is finished. Private to this module. */
#ifndef DCV_NET_LOOP_H
#define DCV_NET_LOOP_H

#include "net/net.h"

/* Whoever waits for sockets; it begins the struct that does. */
struct dcv_watch {
    void (*ready)(struct dcv_watch *watch, int fd, bool readable, bool writable);
};

struct dcv_loop {
    int epoll;
    struct dcv_watch **by_fd;
    size_t fd_room;
    struct dcv_exchange *first, *last; /* finished */
    struct dcv_clock clock;
    uint64_t now_us;
    uint64_t held_us;                  /* how long we were held up so far: time that did not pass */
    bool closing;                      /* what finishes now is dropped */
};

/* DCV_ERR_SYSTEM. */
enum dcv_status dcv_loop_init(struct dcv_loop *loop, struct dcv_clock clock);
/* Drops what is finished and was not taken. */
void dcv_loop_done(struct dcv_loop *loop);
/* Has `watch` told of the socket, or no more when it is to be neither readable nor writable. False: memory is short; nothing is told. */
bool dcv_loop_watch(struct dcv_loop *loop, int fd, bool readable, bool writable, struct dcv_watch *watch);
/* What the clock shows, without the time that did not pass. */
uint64_t dcv_loop_clock_us(const struct dcv_loop *loop);
/* Brings `now_us` up to the clock. */
void dcv_loop_update(struct dcv_loop *loop);
/* Waits for sockets and tells of them; with `stamp` the clock is read after the waiting. */
void dcv_loop_poll(struct dcv_loop *loop, int timeout_ms, bool stamp);
/* The exchange is over, now. */
void dcv_loop_finish(struct dcv_loop *loop, struct dcv_exchange *exchange, enum dcv_exchange_end end);
void dcv_loop_pop(struct dcv_loop *loop);

#endif
