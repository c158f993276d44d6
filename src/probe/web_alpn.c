#include "probe/web_chain.h"

#include "net/alpn.h"

#include <string.h>

static void begin(struct web_chain *chain, const char *server)
{
    chain->fact = (struct dcv_fact){.kind = DCV_FACT_ALPN, .alpn = {.name = chain->probe->name, .server = server, .negotiated = ""}};
}

/* RFC 8737 §3: the name of the order by SNI, and this protocol alone. */
static enum dcv_status query(const struct web_chain *chain, struct dcv_buf *out)
{
    char name[DCV_NAME_TEXT_MAX];
    const struct dcv_alpn_request request = {.name = dcv_name_text(&chain->probe->name, name), .protocol = "acme-tls/1"};
    return dcv_alpn_request_write(&request, out);
}

static void hear(struct web_chain *chain, struct meet *meet, const void *octets, size_t len)
{
    struct dcv_alpn_answer answer;
    struct dcv_alpn_fact *fact = &chain->fact.alpn;
    if (dcv_alpn_answer_read(chain->probe->place.arena, octets, len, &answer) != DCV_OK) {
        meet->met = DCV_MET_BROKEN;
        return;
    }
    if (strcmp(answer.failure, "timeout") == 0)
        meet->met = DCV_MET_TIMEOUT;
    meet->why = answer.failure;
    fact->handshake = answer.handshake;
    fact->no_protocol = answer.no_protocol;
    fact->negotiated = answer.negotiated;
    fact->identifier = answer.identifier;
}

static void note(struct dcv_fact *fact, const struct meet *meet)
{
    fact->alpn.address = meet->address;
    fact->alpn.server = meet->server;
    fact->alpn.met = meet->met;
    fact->alpn.why = meet->why;
    fact->alpn.rtt_us = meet->rtt_us;
    fact->alpn.at = meet->at;
}

const struct web_kind web_alpn_kind = {.protocol = DCV_PROTO_ALPN, .begin = begin, .query = query, .hear = hear, .note = note};
