#include "probe/meet.h"

#include "probe/server.h"

static enum dcv_meeting met_of(enum dcv_exchange_end end)
{
    switch (end) {
    case DCV_EXCHANGE_ANSWER: return DCV_MET_TALKED;
    case DCV_EXCHANGE_TIMEOUT: return DCV_MET_TIMEOUT;
    case DCV_EXCHANGE_UNREACHABLE: return DCV_MET_REFUSED;
    case DCV_EXCHANGE_NO_ROUTE: return DCV_MET_NO_ROUTE;
    case DCV_EXCHANGE_UNRECORDED: return DCV_MET_UNRECORDED;
    case DCV_EXCHANGE_PRIVATE: return DCV_MET_PRIVATE;
    case DCV_EXCHANGE_REJECTED:
    case DCV_EXCHANGE_FAILED:
    case DCV_EXCHANGE_CUT: return DCV_MET_BROKEN;
    }
    return DCV_MET_BROKEN;
}

const char *meet_text(const struct meet_place *place, const char *text)
{
    const char *copy = dcv_arena_strdup(place->arena, text);
    return copy != NULL ? copy : "";
}

static struct meet met_at(const struct meet_place *place, const struct dcv_rr *address, uint16_t port, uint64_t now_us)
{
    char text[DCV_ENDPOINT_TEXT];
    struct meet meet = {.address = address, .server = "", .why = "", .at = place->wall_s + (int64_t)((now_us - place->start_us) / 1000000U)};
    if (address != NULL) {
        const struct dcv_endpoint endpoint = dcv_server_endpoint(address, port);
        meet.server = meet_text(place, dcv_endpoint_text(&endpoint, text));
    }
    return meet;
}

struct meet meet_without(const struct meet_place *place, const struct dcv_rr *address, uint16_t port, enum dcv_meeting met, const char *why)
{
    struct meet meet = met_at(place, address, port, dcv_net_now_us(place->net));
    meet.met = met;
    meet.why = why;
    return meet;
}

struct meet meet_ended(const struct meet_place *place, const struct dcv_rr *address, uint16_t port, const struct dcv_exchange *exchange)
{
    struct meet meet = met_at(place, address, port, exchange->done_us);
    meet.met = met_of(exchange->end);
    meet.why = meet_text(place, exchange->why);
    meet.rtt_us = exchange->done_us - exchange->sent_us;
    return meet;
}

bool meet_forbidden(const struct meet_place *place, const struct dcv_rr *address)
{
    return !place->allow_private && dcv_rr_private_address(address);
}

enum dcv_status meet_start(const struct meet_place *place, const struct dcv_rr *address, uint16_t port, enum dcv_protocol protocol,
                           struct dcv_buf *query, dcv_talk_fn *done, void *user, struct dcv_talk **out)
{
    struct dcv_talk_request request = {.to = dcv_server_endpoint(address, port), .timeout_ms = place->timeout_ms};
    request.to.protocol = protocol;
    const enum dcv_status status = dcv_talk_start(place->net, &request, query, done, user, out);
    if (status == DCV_ERR_NOMEM)
        dcv_arena_fail(place->arena);
    return status;
}
