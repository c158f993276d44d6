#include "probe/address.h"

#include <stdlib.h>

enum { KINDS = 2, SHARE = DCV_ADDRESSES_MAX / KINDS };

/* One of the two questions. */
struct asking {
    struct dcv_address_probe *probe;
    uint16_t type;
    struct dcv_waiter *waiter; /* NULL: answered */
    struct dcv_rr found[DCV_ADDRESSES_MAX];
    size_t count;
};

struct dcv_address_probe {
    struct dcv_resolver *resolver;
    struct dcv_arena *arena;
    struct dcv_name host;
    dcv_address_fn *done;
    void *user;
    struct asking asking[KINDS]; /* IPv6 first */
    bool failed;
};

/* Of very many addresses each kind has its share. */
static void join(const struct dcv_address_probe *probe, struct dcv_addresses *out)
{
    const struct asking *v6 = &probe->asking[0], *v4 = &probe->asking[1];
    const size_t left = v4->count < SHARE ? DCV_ADDRESSES_MAX - v4->count : SHARE;
    for (size_t i = 0; i < v6->count && i < left; i++)
        out->items[out->count++] = v6->found[i];
    for (size_t i = 0; i < v4->count && out->count < DCV_ADDRESSES_MAX; i++)
        out->items[out->count++] = v4->found[i];
    out->failed = probe->failed;
}

static void conclude(struct dcv_address_probe *probe)
{
    struct dcv_addresses addresses = {0};
    dcv_address_fn *done = probe->done;
    void *user = probe->user;
    join(probe, &addresses);
    free(probe);
    done(user, &addresses);
}

static void keep(struct asking *asking, const struct dcv_rr *rr)
{
    const size_t size = asking->type == DCV_TYPE_A ? 4 : 16;
    if (rr->rdlen != size || asking->count == DCV_ADDRESSES_MAX)
        return;
    const uint8_t *rdata = dcv_arena_copy(asking->probe->arena, rr->rdata, size);
    if (rdata == NULL)
        return;
    asking->found[asking->count] = *rr;
    asking->found[asking->count++].rdata = rdata;
}

/* Those at the end of the aliases. */
static void take(struct asking *asking, const struct dcv_message *message)
{
    struct dcv_name last;
    (void)dcv_message_chain(message, &asking->probe->host, NULL, 0, &last);
    for (size_t at = 0; (at = dcv_message_find(message, &last, asking->type, at)) != SIZE_MAX; at++)
        keep(asking, &message->answer.items[at]);
}

static void on_answer(void *user, const struct dcv_lookup_result *result)
{
    enum { NOERROR = 0, NXDOMAIN = 3 };
    struct asking *asking = user;
    struct dcv_address_probe *probe = asking->probe;
    const struct dcv_message *message = result->end == DCV_LOOKUP_ANSWERED ? &result->response->message : NULL;
    asking->waiter = NULL;
    if (message != NULL && (message->rcode == NOERROR || message->rcode == NXDOMAIN))
        take(asking, message);
    else
        probe->failed = true;
    if (probe->asking[0].waiter == NULL && probe->asking[1].waiter == NULL)
        conclude(probe);
}

enum dcv_status dcv_address_probe_start(struct dcv_resolver *resolver, struct dcv_arena *arena, const struct dcv_name *host, dcv_address_fn *done,
                                        void *user, struct dcv_address_probe **out)
{
    static const uint16_t types[KINDS] = {DCV_TYPE_AAAA, DCV_TYPE_A};
    struct dcv_address_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    *probe = (struct dcv_address_probe){.resolver = resolver, .arena = arena, .host = *host, .done = done, .user = user};
    for (size_t i = 0; i < KINDS; i++) {
        const struct dcv_question question = {.name = *host, .type = types[i]};
        struct asking *asking = &probe->asking[i];
        asking->probe = probe;
        asking->type = types[i];
        const enum dcv_status status = dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_answer, asking, &asking->waiter);
        if (status != DCV_OK) {
            asking->waiter = NULL;
            dcv_address_probe_drop(probe);
            return status;
        }
    }
    *out = probe;
    return DCV_OK;
}

void dcv_address_probe_drop(struct dcv_address_probe *probe)
{
    if (probe == NULL)
        return;
    for (size_t i = 0; i < KINDS; i++)
        if (probe->asking[i].waiter != NULL)
            dcv_resolver_forget(probe->resolver, probe->asking[i].waiter);
    free(probe);
}
