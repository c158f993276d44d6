/* Breaks the engine over one name, as a defect in a parser would: preloaded by kill.py into dcvready, and in no other way part of it. In every process, the first
 * datagram with that name in its question is never sent. */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/types.h>

typedef ssize_t send_fn(int fd, const void *data, size_t len, int flags);
typedef ssize_t sendto_fn(int fd, const void *data, size_t len, int flags, const struct sockaddr *to, socklen_t to_len);

/* The name's first label with its length, in whatever case: names are asked for in mixed case. */
static void look(const unsigned char *data, size_t len)
{
    const char *label = getenv("DCV_CRASH_LABEL");
    const size_t size = label != NULL ? strlen(label) : 0;
    for (size_t at = 12; size != 0 && at + 1 + size <= len && at < 80; at += (size_t)data[at] + 1)
        if (data[at] == size && strncasecmp((const char *)data + at + 1, label, size) == 0)
            abort();
}

__attribute__((visibility("default"))) ssize_t send(int fd, const void *buf, size_t n, int flags)
{
    send_fn *next = (send_fn *)dlsym(RTLD_NEXT, "send");
    look(buf, n);
    return next(fd, buf, n, flags);
}

__attribute__((visibility("default"))) ssize_t sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr, socklen_t addr_len)
{
    sendto_fn *next = (sendto_fn *)dlsym(RTLD_NEXT, "sendto");
    look(buf, n);
    return next(fd, buf, n, flags, addr, addr_len);
}
