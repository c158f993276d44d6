#include "net/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

bool dcv_socket_address(const struct dcv_endpoint *endpoint, struct dcv_socket_address *out)
{
    *out = (struct dcv_socket_address){.family = strchr(endpoint->host, ':') != NULL ? AF_INET6 : AF_INET};
    bool v6 = out->family == AF_INET6;
    out->len = v6 ? sizeof out->v6 : sizeof out->v4;
    out->any.sa_family = (sa_family_t)out->family;
    if (v6)
        out->v6.sin6_port = htons(endpoint->port);
    else
        out->v4.sin_port = htons(endpoint->port);
    return inet_pton(out->family, endpoint->host, v6 ? (void *)&out->v6.sin6_addr : (void *)&out->v4.sin_addr) == 1;
}

bool dcv_live_leads_to(const struct dcv_endpoint *endpoint)
{
    struct dcv_socket_address address;
    if (!dcv_socket_address(endpoint, &address))
        return true;
    int fd = socket(address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno != EAFNOSUPPORT;
    bool leads = connect(fd, &address.any, address.len) == 0
        || (errno != ENETUNREACH && errno != EHOSTUNREACH && errno != EADDRNOTAVAIL && errno != EAFNOSUPPORT);
    (void)close(fd);
    return leads;
}
