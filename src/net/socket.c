#include "net/socket.h"

#include <arpa/inet.h>
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
    int fd = dcv_socket_address(endpoint, &address) ? socket(address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    bool leads = fd >= 0 && connect(fd, &address.any, address.len) == 0; /* of UDP: a look at the routes */
    if (fd >= 0)
        (void)close(fd);
    return leads;
}
