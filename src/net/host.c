#include "net/host.h"

#include <arpa/inet.h>

/* One of the two questions. */
struct asking {
    const struct dcv_name *name;
    uint16_t type, port;
    struct dcv_host *out;
    bool done;
};

static void take(const struct asking *asking, const struct dcv_message *message)
{
    int family = asking->type == DCV_TYPE_A ? AF_INET : AF_INET6;
    size_t size = asking->type == DCV_TYPE_A ? 4 : 16;
    struct dcv_name last;
    (void)dcv_message_chain(message, asking->name, NULL, 0, &last);
    for (size_t at = 0; (at = dcv_message_find(message, &last, asking->type, at)) != SIZE_MAX; at++) {
        struct dcv_host *out = asking->out;
        const struct dcv_rr *rr = &message->answer.items[at];
        if (rr->rdlen != size || out->count == DCV_HOST_ADDRESSES)
            continue;
        struct dcv_endpoint *address = &out->addresses[out->count];
        address->port = asking->port;
        if (inet_ntop(family, rr->rdata, address->host, sizeof address->host) != NULL)
            out->count++;
    }
}

static void on_answer(void *user, const struct dcv_lookup_result *result)
{
    enum { NOERROR = 0, NXDOMAIN = 3 };
    struct asking *asking = user;
    asking->done = true;
    if (result->end != DCV_LOOKUP_ANSWERED || (result->response->message.rcode != NOERROR && result->response->message.rcode != NXDOMAIN)) {
        asking->out->failed = true;
        return;
    }
    take(asking, &result->response->message);
}

enum dcv_status dcv_host_resolve(struct dcv_net *net, struct dcv_resolver *resolver, const struct dcv_name *name, uint16_t port,
                                 struct dcv_host *out)
{
    static const uint16_t types[] = {DCV_TYPE_AAAA, DCV_TYPE_A};
    *out = (struct dcv_host){0};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct asking asking = {.name = name, .type = types[i], .port = port, .out = out};
        struct dcv_question question = {.name = *name, .type = types[i]};
        struct dcv_waiter *waiter;
        enum dcv_status status = dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_answer, &asking, &waiter);
        if (status != DCV_OK)
            return status;
        while (!asking.done && dcv_net_step(net))
            continue;
    }
    return DCV_OK;
}
