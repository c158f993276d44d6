/* The resolvers to ask: named by the user, or those of the system. A name among them becomes addresses before the run. */
#include "api/session.h"

#include "net/trust.h"

#include <errno.h>
#include <string.h>

enum { ADDRESSES_MAX = 4 }; /* of one name; more are no other service */

/* ---- options ---------------------------------------------------------------------------------------------------------------------- */

enum dcv_status set_resolver(struct dcv_session *session, const char *value)
{
    struct dcv_endpoint endpoint;
    if (dcv_endpoint_parse(value, 53, &endpoint) != DCV_OK)
        return session_fail(session, DCV_ERR_USAGE,
                            _("'%s' is no resolver; it takes ADDR, ADDR:PORT, [V6]:PORT, tcp://ADDR, tls://HOST or https://HOST/PATH"),
                            value);
    if (session->resolvers.count == SERVERS_MAX)
        return session_fail(session, DCV_ERR_USAGE, _("more than %d resolvers; leave some out"), (int)SERVERS_MAX);
    const char **slot = DCV_VEC_ADD(session->arena, &session->resolvers);
    if (slot == NULL)
        return DCV_ERR_NOMEM;
    *slot = dcv_arena_strdup(session->arena, value);
    return *slot != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

enum dcv_status set_ca_file(struct dcv_session *session, const char *value)
{
    struct dcv_tls_trust *trust = NULL;
    enum dcv_status status = dcv_tls_trust_create(value, &trust);
    dcv_tls_trust_free(trust);
    if (status == DCV_ERR_IO)
        return session_fail(session, DCV_ERR_USAGE, "%s: %s", value, strerror(errno));
    if (status == DCV_ERR_SYNTAX || status == DCV_ERR_LIMIT)
        return session_fail(session, DCV_ERR_USAGE, _("%s: holds no certificates; it takes PEM"), value);
    if (status != DCV_OK)
        return status;
    session->ca_file = dcv_arena_strdup(session->arena, value);
    return session->ca_file != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

/* ---- addresses of a host ---------------------------------------------------------------------------------------------------------- */

struct lookup {
    struct dcv_transport *transport;
    struct dcv_net *net;
    struct dcv_resolver *resolver;
};

static enum dcv_status start_lookup(const struct dcv_session *session, const struct settings *settings, struct lookup *lookup)
{
    struct dcv_live_options options = live_options(session);
    struct dcv_resolver_options resolver = {.servers = settings->servers, .server_count = settings->server_count,
                                            .timeout_ms = settings->timeout_ms};
    enum dcv_status status = dcv_seed_fresh(&resolver.seed);
    if (status == DCV_OK)
        status = dcv_live_create(&options, &lookup->transport);
    if (status == DCV_OK)
        status = dcv_net_create(lookup->transport, session->clock.mono_us(session->clock.user), &lookup->net);
    return status == DCV_OK ? dcv_resolver_create(lookup->net, &resolver, &lookup->resolver) : status;
}

enum dcv_status find_host(const struct dcv_session *session, const struct settings *settings, const struct dcv_name *name, uint16_t port,
                          struct dcv_host *out)
{
    struct lookup lookup = {0};
    enum dcv_status status = start_lookup(session, settings, &lookup);
    if (status == DCV_OK)
        status = dcv_host_resolve(lookup.net, lookup.resolver, name, port, out);
    dcv_resolver_free(lookup.resolver);
    if (lookup.net != NULL)
        dcv_net_free(lookup.net);
    else if (lookup.transport != NULL)
        lookup.transport->free(lookup.transport);
    return status;
}

/* ---- servers ------------------------------------------------------------------------------------------------------------------------ */

static uint16_t dns_port(const struct dcv_session *session)
{
    return session->dns_port != 0 ? (uint16_t)session->dns_port : 53;
}

static enum dcv_status system_servers(struct dcv_session *session, struct settings *settings)
{
    if (dcv_live_system_servers(dns_port(session), settings->servers, SERVERS_MAX, &settings->server_count) == DCV_OK)
        return DCV_OK;
    return session_fail(session, DCV_ERR_SYSTEM, "%s", _("no resolver is configured on this system; name one with --resolver"));
}

static void add_server(struct settings *settings, const struct dcv_endpoint *endpoint)
{
    if (settings->server_count < SERVERS_MAX)
        settings->servers[settings->server_count++] = *endpoint;
}

/* Adds the addresses of a named resolver that lead anywhere from here, each as a server. The system's resolvers find them. */
static enum dcv_status add_named(struct dcv_session *session, const struct dcv_endpoint *named, struct settings *settings)
{
    struct settings system = session->settings;
    struct dcv_host host = {0};
    struct dcv_name name;
    if (dcv_name_parse(named->host, &name, NULL) != DCV_OK)
        return DCV_ERR_USAGE;
    enum dcv_status status = system_servers(session, &system);
    if (status == DCV_OK)
        status = find_host(session, &system, &name, named->port, &host);
    size_t added = 0;
    for (size_t i = 0; status == DCV_OK && i < host.count && added < ADDRESSES_MAX; i++) {
        struct dcv_endpoint endpoint = *named;
        memcpy(endpoint.host, host.addresses[i].host, sizeof endpoint.host);
        endpoint.named = false;
        if (!dcv_live_leads_to(&endpoint))
            continue;
        add_server(settings, &endpoint);
        added++;
    }
    return status;
}

/* That no server is left is told here. */
static enum dcv_status no_server(struct dcv_session *session)
{
    struct dcv_endpoint endpoint = {0};
    const char *text = session->resolvers.items[0];
    (void)dcv_endpoint_parse(text, 53, &endpoint);
    return session_fail(session, DCV_ERR_SYSTEM,
                        _("the resolvers of this system find no address for %s; give the address instead of the name, and #%s at the end"),
                        text, endpoint.name);
}

enum dcv_status session_servers(struct dcv_session *session, struct settings *settings)
{
    enum dcv_status status = DCV_OK;
    settings->server_count = 0;
    for (size_t i = 0; status == DCV_OK && i < session->resolvers.count; i++) {
        struct dcv_endpoint endpoint;
        if (dcv_endpoint_parse(session->resolvers.items[i], dns_port(session), &endpoint) != DCV_OK)
            continue;
        if (endpoint.named)
            status = add_named(session, &endpoint, settings);
        else
            add_server(settings, &endpoint);
    }
    if (status != DCV_OK || settings->server_count != 0)
        return status;
    return session->resolvers.count != 0 ? no_server(session) : system_servers(session, settings);
}

struct dcv_live_options live_options(const struct dcv_session *session)
{
    return (struct dcv_live_options){.clock = session->clock, .exchange_timeout_ms = session->settings.timeout_ms + 1000,
                                     .ca_file = session->ca_file, .allow_private = session->allow_private,
                                     .cache_dir = talk_cache_dir(session), .user_agent = "dcvready/" DCV_VERSION};
}

void put_server_failure(struct dcv_buf *out, const struct dcv_endpoint *server, const char *why)
{
    char text[DCV_ENDPOINT_TEXT], what[DCV_WHY_TEXT];
    const char *detail = strstr(why, ": ");
    dcv_buf_puts(out, dcv_endpoint_text(server, text));
    if (*why == '\0')
        return;
    size_t len = detail != NULL ? (size_t)(detail - why) : strlen(why);
    if (len >= sizeof what)
        return;
    memcpy(what, why, len);
    what[len] = '\0';
    dcv_buf_printf(out, ": %s%s", _(what), detail != NULL ? detail : "");
}
