#include "support/loopback.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

void loopback_listen(struct loopback *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof address;
    *server = (struct loopback){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    ck_assert_int_ge(server->fd, 0);
    ck_assert_int_eq(bind(server->fd, (const struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(server->fd, 16), 0);
    ck_assert_int_eq(getsockname(server->fd, (struct sockaddr *)&address, &len), 0);
    server->port = ntohs(address.sin_port);
}

void loopback_serve(struct loopback *server, void (*serve)(int fd, const void *user), const void *user)
{
    server->pid = fork();
    ck_assert_int_ge(server->pid, 0);
    if (server->pid != 0)
        return;
    (void)signal(SIGPIPE, SIG_IGN);
    for (int fd; (fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
        serve(fd, user);
        (void)close(fd);
    }
    _exit(EXIT_FAILURE);
}

bool loopback_touched(const struct loopback *server)
{
    struct pollfd waiting = {.fd = server->fd, .events = POLLIN};
    return poll(&waiting, 1, 0) == 1;
}

void loopback_end(struct loopback *server)
{
    if (server->pid > 0) {
        ck_assert_int_eq(kill(server->pid, SIGKILL), 0);
        ck_assert_int_eq(waitpid(server->pid, NULL, 0), server->pid);
    }
    if (server->fd >= 0)
        (void)close(server->fd);
    *server = (struct loopback){.fd = -1};
}

bool loopback_send(int fd, const char *data, size_t len, unsigned pause_ms)
{
    for (size_t done = 0; done < len;) {
        const ssize_t sent = send(fd, data + done, pause_ms != 0 ? 1 : len - done, MSG_NOSIGNAL);
        if (sent < 0)
            return false;
        done += (size_t)sent;
        if (pause_ms != 0)
            (void)poll(NULL, 0, (int)pause_ms);
    }
    return true;
}

void loopback_linger(int fd)
{
    char octets[4096];
    while (recv(fd, octets, sizeof octets, 0) > 0)
        continue;
}
