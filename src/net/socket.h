/* Addresses as the system wants them. Private to this module. */
#ifndef DCV_NET_SOCKET_H
#define DCV_NET_SOCKET_H

#include "net/net.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct dcv_socket_address {
    int family;
    socklen_t len;
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    };
};

/* False: it is no address literal. */
bool dcv_socket_address(const struct dcv_endpoint *endpoint, struct dcv_socket_address *out);

/* Does it lead nowhere public? As dcv_rr_private_address(). */
bool dcv_socket_private(const struct dcv_socket_address *address);

#endif
