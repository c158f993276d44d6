#include "net/talk.h"

#include <stdlib.h>

struct dcv_talk {
    dcv_talk_fn *done; /* NULL: nobody waits any more */
    void *user;
};

static void on_drop(struct dcv_exchange *exchange)
{
    free(exchange->user);
    dcv_exchange_free(exchange);
}

static void on_done(struct dcv_exchange *exchange)
{
    struct dcv_talk *talk = exchange->user;
    if (talk->done != NULL)
        talk->done(talk->user, exchange);
    on_drop(exchange);
}

enum dcv_status dcv_talk_start(struct dcv_net *net, const struct dcv_talk_request *request, struct dcv_buf *query, dcv_talk_fn *done, void *user,
                               struct dcv_talk **out)
{
    struct dcv_talk *talk = calloc(1, sizeof *talk);
    struct dcv_exchange *exchange = calloc(1, sizeof *exchange);
    enum dcv_status status = talk != NULL && exchange != NULL && !query->failed ? DCV_OK : DCV_ERR_NOMEM;
    if (status == DCV_OK) {
        *talk = (struct dcv_talk){.done = done, .user = user};
        *exchange = (struct dcv_exchange){.to = request->to, .tcp = true, .named = request->named, .timeout_ms = request->timeout_ms,
                                          .query = (uint8_t *)query->data, .query_len = query->len, .done = on_done, .drop = on_drop, .user = talk};
        *query = (struct dcv_buf){0};
        status = dcv_net_submit(net, exchange);
    }
    if (status != DCV_OK) {
        free(talk);
        dcv_exchange_free(exchange);
        dcv_buf_done(query);
        return status;
    }
    *out = talk;
    return DCV_OK;
}

void dcv_talk_drop(struct dcv_talk *talk)
{
    if (talk != NULL)
        talk->done = NULL;
}
