/* A server on the loopback that misbehaves as it is told, in a process of its own. */
#ifndef DCV_SUPPORT_LOOPBACK_H
#define DCV_SUPPORT_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct loopback {
    int fd;
    uint16_t port;
    pid_t pid; /* 0: nobody serves yet */
};

/* Listens on 127.0.0.1. */
void loopback_listen(struct loopback *server);
/* Has `serve` called with each connection, one after the other; what it leaves open is closed. */
void loopback_serve(struct loopback *server, void (*serve)(int fd, const void *user), const void *user);
/* Did anyone connect that was not served? */
bool loopback_touched(const struct loopback *server);
void loopback_end(struct loopback *server);

/* For those who serve. Sends all of it, `pause_ms` after each octet where that is not 0; false: the other side has gone. */
bool loopback_send(int fd, const char *data, size_t len, unsigned pause_ms);
/* Waits until the other side has gone. */
void loopback_linger(int fd);

#endif
