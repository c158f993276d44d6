#include "net/socket.h"

#include "record/rr.h"

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

bool dcv_socket_private(const struct dcv_socket_address *address)
{
    bool v6 = address->family == AF_INET6;
    const void *octets = v6 ? (const void *)&address->v6.sin6_addr : (const void *)&address->v4.sin_addr;
    const struct dcv_rr rr = {.type = v6 ? DCV_TYPE_AAAA : DCV_TYPE_A, .rdlen = v6 ? 16 : 4, .rdata = octets};
    return dcv_rr_private_address(&rr);
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
