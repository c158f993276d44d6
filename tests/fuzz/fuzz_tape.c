/* A tape is read or refused; one that is read answers a question, or says that it holds none. */
#include "net/resolver.h"

#include <stdlib.h>

static void on_result(void *user, const struct dcv_lookup_result *result)
{
    (void)result;
    ++*(int *)user;
}

static void replay(struct dcv_transport *tape, const struct dcv_tape_header *header)
{
    static const struct dcv_endpoint server = {.host = "192.0.2.53", .port = 53};
    struct dcv_resolver_options options = {.servers = &server, .server_count = 1, .seed = header->seed, .timeout_ms = 1000};
    struct dcv_question question = {.name = dcv_name_root(), .type = DCV_TYPE_SOA};
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    struct dcv_waiter *waiter;
    int calls = 0;
    if (dcv_net_create(tape, header->start_us > UINT64_MAX / 2 ? 0 : header->start_us, &net) != DCV_OK
        || dcv_resolver_create(net, &options, &resolver) != DCV_OK
        || dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_result, &calls, &waiter) != DCV_OK)
        abort();
    while (dcv_net_step(net))
        continue;
    if (calls != 1)
        abort();
    dcv_resolver_free(resolver);
    dcv_net_free(net);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_transport *tape = NULL;
    struct dcv_tape_header header = {0};
    size_t line = 0;
    const enum dcv_status status = dcv_tape_create((const char *)data, size, &tape, &header, &line);
    if (status == DCV_OK)
        replay(tape, &header);
    else if (status != DCV_ERR_SYNTAX || line == 0 || tape != NULL)
        abort();
    return 0;
}
