#include "net/loop.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 64 };

enum dcv_status dcv_loop_init(struct dcv_loop *loop, struct dcv_clock clock)
{
    *loop = (struct dcv_loop){.epoll = epoll_create1(EPOLL_CLOEXEC), .clock = clock, .now_us = clock.mono_us(clock.user)};
    return loop->epoll < 0 ? DCV_ERR_SYSTEM : DCV_OK;
}

void dcv_loop_done(struct dcv_loop *loop)
{
    while (loop->first != NULL) {
        struct dcv_exchange *exchange = loop->first;
        loop->first = exchange->next;
        exchange->drop(exchange);
    }
    free(loop->by_fd);
    (void)close(loop->epoll);
}

static bool make_room(struct dcv_loop *loop, size_t fd)
{
    if (fd < loop->fd_room)
        return true;
    size_t room = fd + 64;
    struct dcv_watch **by_fd = realloc(loop->by_fd, room * sizeof(struct dcv_watch *));
    if (by_fd == NULL)
        return false;
    memset(by_fd + loop->fd_room, 0, (room - loop->fd_room) * sizeof(struct dcv_watch *));
    loop->by_fd = by_fd;
    loop->fd_room = room;
    return true;
}

bool dcv_loop_watch(struct dcv_loop *loop, int fd, bool readable, bool writable, struct dcv_watch *watch)
{
    if (!make_room(loop, (size_t)fd))
        return false;
    struct epoll_event event = {.events = (readable ? EPOLLIN : 0U) | (writable ? EPOLLOUT : 0U), .data.fd = fd};
    if (!readable && !writable) {
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
        loop->by_fd[fd] = NULL;
        return true;
    }
    int how = loop->by_fd[fd] == watch ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(loop->epoll, how, fd, &event) != 0)
        (void)epoll_ctl(loop->epoll, how == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    loop->by_fd[fd] = watch;
    return true;
}

static void tell(const struct dcv_loop *loop, const struct epoll_event *event)
{
    int fd = event->data.fd;
    struct dcv_watch *watch = (size_t)fd < loop->fd_room ? loop->by_fd[fd] : NULL;
    if (watch == NULL)
        return; /* closed by an earlier event of the same batch */
    bool readable = (event->events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
    bool writable = (event->events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0;
    watch->ready(watch, fd, readable, writable);
}

uint64_t dcv_loop_clock_us(const struct dcv_loop *loop)
{
    return loop->clock.mono_us(loop->clock.user) - loop->held_us;
}

void dcv_loop_update(struct dcv_loop *loop)
{
    uint64_t now_us = dcv_loop_clock_us(loop);
    if (now_us > loop->now_us)
        loop->now_us = now_us;
}

void dcv_loop_poll(struct dcv_loop *loop, int timeout_ms, bool stamp)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(loop->epoll, events, EVENTS, timeout_ms);
    if (stamp)
        dcv_loop_update(loop);
    for (int i = 0; i < count; i++)
        tell(loop, &events[i]);
}

void dcv_loop_finish(struct dcv_loop *loop, struct dcv_exchange *exchange, enum dcv_exchange_end end)
{
    if (loop->closing) {
        exchange->drop(exchange);
        return;
    }
    exchange->end = end;
    exchange->done_us = loop->now_us;
    exchange->next = NULL;
    if (loop->last != NULL)
        loop->last->next = exchange;
    else
        loop->first = exchange;
    loop->last = exchange;
}

void dcv_loop_pop(struct dcv_loop *loop)
{
    loop->first = loop->first->next;
    if (loop->first == NULL)
        loop->last = NULL;
}
