#include "net/conversations.h"

#include "net/alpn.h"
#include "net/cache.h"
#include "net/fetch.h"
#include "net/smtp.h"
#include "net/socket.h"
#include "net/whois.h"
#include "record/rr.h"

#include <stdlib.h>

struct dcv_conversations {
    struct dcv_loop *loop;
    const struct dcv_live_options *options;
    struct dcv_whois *whois; /* these when first needed */
    struct dcv_smtp *smtp;
    struct dcv_alpn *alpn;
    struct dcv_fetch *fetch;
    struct dcv_cache *cache;
};

bool dcv_conversations_need_trust(enum dcv_protocol protocol)
{
    return protocol == DCV_PROTO_SMTP || protocol == DCV_PROTO_FETCH || protocol == DCV_PROTO_ALPN;
}

/* Whatever a record, a referral or a redirect says: nothing is sent to a private address that was not allowed. */
static bool forbidden(const struct dcv_conversations *all, const struct dcv_exchange *exchange)
{
    struct dcv_socket_address address;
    if (all->options->allow_private || exchange->named || exchange->to.protocol == DCV_PROTO_CACHE)
        return false;
    return !dcv_socket_address(&exchange->to, &address) || dcv_socket_private(&address);
}

static enum dcv_status submit_fetch(struct dcv_conversations *all, const struct dcv_tls_trust *trust, struct dcv_exchange *exchange)
{
    enum dcv_status status = DCV_OK;
    if (all->fetch == NULL)
        status = dcv_fetch_create(all->loop, trust, all->options->user_agent, &all->fetch);
    return status == DCV_OK ? dcv_fetch_submit(all->fetch, exchange) : status;
}

static enum dcv_status submit_cache(struct dcv_conversations *all, struct dcv_exchange *exchange)
{
    const struct dcv_clock *clock = &all->options->clock;
    enum dcv_status status = DCV_OK;
    if (all->cache == NULL)
        status = dcv_cache_create(all->options->cache_dir, &all->cache);
    if (status == DCV_OK)
        dcv_loop_finish(all->loop, exchange, dcv_cache_do(all->cache, exchange, clock->wall_s(clock->user)));
    return status;
}

static enum dcv_status submit_whois(struct dcv_conversations *all, struct dcv_exchange *exchange)
{
    enum dcv_status status = all->whois == NULL ? dcv_whois_create(all->loop, &all->whois) : DCV_OK;
    return status == DCV_OK ? dcv_whois_submit(all->whois, exchange) : status;
}

static enum dcv_status submit_smtp(struct dcv_conversations *all, const struct dcv_tls_trust *trust, struct dcv_exchange *exchange)
{
    enum dcv_status status = all->smtp == NULL ? dcv_smtp_create(all->loop, trust, &all->smtp) : DCV_OK;
    return status == DCV_OK ? dcv_smtp_submit(all->smtp, exchange) : status;
}

static enum dcv_status submit_alpn(struct dcv_conversations *all, const struct dcv_tls_trust *trust, struct dcv_exchange *exchange)
{
    enum dcv_status status = all->alpn == NULL ? dcv_alpn_create(all->loop, trust, &all->alpn) : DCV_OK;
    return status == DCV_OK ? dcv_alpn_submit(all->alpn, exchange) : status;
}

enum dcv_status dcv_conversations_submit(struct dcv_conversations *all, const struct dcv_tls_trust *trust, struct dcv_exchange *exchange)
{
    if (forbidden(all, exchange)) {
        dcv_loop_finish(all->loop, exchange, DCV_EXCHANGE_PRIVATE);
        return DCV_OK;
    }
    if (exchange->to.protocol != DCV_PROTO_CACHE && !dcv_live_leads_to(&exchange->to)) {
        dcv_loop_finish(all->loop, exchange, DCV_EXCHANGE_NO_ROUTE);
        return DCV_OK;
    }
    switch (exchange->to.protocol) {
    case DCV_PROTO_WHOIS: return submit_whois(all, exchange);
    case DCV_PROTO_SMTP: return submit_smtp(all, trust, exchange);
    case DCV_PROTO_ALPN: return submit_alpn(all, trust, exchange);
    case DCV_PROTO_FETCH: return submit_fetch(all, trust, exchange);
    case DCV_PROTO_CACHE: return submit_cache(all, exchange);
    case DCV_PROTO_DNS:
    case DCV_PROTO_TCP:
    case DCV_PROTO_TLS:
    case DCV_PROTO_HTTPS: break;
    }
    return DCV_ERR_USAGE;
}

uint64_t dcv_conversations_due_us(const struct dcv_conversations *all)
{
    return all->fetch != NULL ? dcv_fetch_due_us(all->fetch) : UINT64_MAX;
}

void dcv_conversations_wake(struct dcv_conversations *all)
{
    if (all->fetch != NULL)
        dcv_fetch_wake(all->fetch);
}

void dcv_conversations_sweep(struct dcv_conversations *all)
{
    const unsigned timeout_ms = all->options->exchange_timeout_ms;
    if (all->whois != NULL)
        dcv_whois_sweep(all->whois, timeout_ms);
    if (all->smtp != NULL)
        dcv_smtp_sweep(all->smtp, timeout_ms);
    if (all->alpn != NULL)
        dcv_alpn_sweep(all->alpn, timeout_ms);
    if (all->fetch != NULL)
        dcv_fetch_sweep(all->fetch, timeout_ms);
}

enum dcv_status dcv_conversations_create(struct dcv_loop *loop, const struct dcv_live_options *options, struct dcv_conversations **out)
{
    struct dcv_conversations *all = calloc(1, sizeof *all);
    if (all == NULL)
        return DCV_ERR_NOMEM;
    *all = (struct dcv_conversations){.loop = loop, .options = options};
    *out = all;
    return DCV_OK;
}

void dcv_conversations_free(struct dcv_conversations *all)
{
    if (all == NULL)
        return;
    dcv_fetch_free(all->fetch);
    dcv_cache_free(all->cache);
    dcv_whois_free(all->whois);
    dcv_smtp_free(all->smtp);
    dcv_alpn_free(all->alpn);
    free(all);
}
