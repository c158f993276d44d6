/* Servers as text: "192.0.2.1#53", or a URL where more than an address and a port is to be said. */
#include "net/net.h"

#include "base/text.h"
#include "name/hostname.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *scheme;
    uint16_t port; /* 0: the caller's */
} protocols[] = {
    [DCV_PROTO_DNS] = {"", 0},
    [DCV_PROTO_TCP] = {"tcp://", 0},
    [DCV_PROTO_TLS] = {"tls://", 853},     /* RFC 7858 §3.1 */
    [DCV_PROTO_HTTPS] = {"https://", 443},
    [DCV_PROTO_WHOIS] = {"whois://", 43},
    [DCV_PROTO_SMTP] = {"smtp://", 25},
    [DCV_PROTO_FETCH] = {"fetch://", 80},
    [DCV_PROTO_ALPN] = {"alpn://", 443},
    [DCV_PROTO_CACHE] = {"cache://", 1},
};
enum { PROTOCOLS = sizeof protocols / sizeof protocols[0], RESOLVERS = DCV_PROTO_HTTPS + 1 };

static const char default_path[] = "/dns-query"; /* as in the examples of RFC 8484, and with nearly all who serve it */
static const char template_end[] = "{?dns}";     /* RFC 8484 §4.1; of a POST nothing is put there */

/* ---- addresses ----------------------------------------------------------------------------------------------------------- */

static bool port_from(const char *text, uint16_t *out)
{
    unsigned long value = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned long)(*text - '0');
        if (value > UINT16_MAX)
            return false;
    }
    *out = (uint16_t)value;
    return value != 0;
}

static bool address_from(const char *text, size_t len, struct dcv_endpoint *out)
{
    unsigned char octets[16];
    char host[INET6_ADDRSTRLEN];
    if (len == 0 || len >= sizeof host)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;
    return inet_pton(family, host, octets) == 1 && inet_ntop(family, octets, out->host, sizeof out->host) != NULL;
}

/* Cuts "HOST", "HOST:PORT", "V6", "[V6]:PORT"; `*port` is NULL when there is none. */
static bool cut_port(const char *text, const char **host, size_t *len, const char **port)
{
    const char *colon = strchr(text, ':'), *end = text + strlen(text);
    *host = text;
    *port = NULL;
    if (text[0] == '[') {
        *host = text + 1;
        end = strchr(text, ']');
        if (end == NULL || (end[1] != '\0' && end[1] != ':'))
            return false;
        *port = end[1] == ':' ? end + 2 : NULL;
    } else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
        end = colon;
        *port = colon + 1;
    }
    *len = (size_t)(end - *host);
    return true;
}

enum dcv_status dcv_address_parse(const char *text, uint16_t default_port, struct dcv_endpoint *out)
{
    struct dcv_endpoint endpoint = {.port = default_port};
    const char *host, *port;
    size_t len;
    if (!cut_port(text, &host, &len, &port) || !address_from(host, len, &endpoint) || (port != NULL && !port_from(port, &endpoint.port)))
        return DCV_ERR_SYNTAX;
    *out = endpoint;
    return DCV_OK;
}

/* ---- URLs ------------------------------------------------------------------------------------------------------------------- */

static bool name_from(const char *text, size_t len, char out[DCV_ENDPOINT_NAME])
{
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    if (dcv_hostname_parse(text, len, &name, &error) != DCV_OK || name.wildcard || name.form != DCV_FORM_NAME
        || strlen(name.ascii) >= DCV_ENDPOINT_NAME)
        return false;
    memcpy(out, name.ascii, strlen(name.ascii) + 1);
    return true;
}

static bool authority_from(const char *text, size_t text_len, struct dcv_endpoint *out)
{
    char authority[DCV_ENDPOINT_NAME + sizeof ":65535"];
    const char *host, *port;
    size_t len;
    if (text_len >= sizeof authority)
        return false;
    memcpy(authority, text, text_len);
    authority[text_len] = '\0';
    if (!cut_port(authority, &host, &len, &port) || (port != NULL && !port_from(port, &out->port)))
        return false;
    if (address_from(host, len, out))
        return true;
    /* A name stands for an address that is still to be found, and the certificate must bear it. */
    out->named = authority[0] != '[' && out->protocol != DCV_PROTO_TCP && name_from(host, len, out->name);
    if (out->named)
        memcpy(out->host, out->name, sizeof out->host);
    return out->named;
}

/* What RFC 3986 §3.3 and §3.4 let stand there; nothing is encoded for the user. */
static bool path_from(const char *text, size_t len, char out[DCV_ENDPOINT_PATH])
{
    size_t end = sizeof template_end - 1;
    if (len >= end && memcmp(text + len - end, template_end, end) == 0)
        len -= end;
    if (len == 0) {
        memcpy(out, default_path, sizeof default_path);
        return true;
    }
    if (len >= DCV_ENDPOINT_PATH || text[0] != '/')
        return false;
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~' || strchr("\"<>\\^`{|}#", text[i]) != NULL)
            return false;
    memcpy(out, text, len);
    out[len] = '\0';
    return true;
}

/* What stands after "SCHEME://". */
static bool url_from(const char *text, struct dcv_endpoint *out)
{
    size_t authority_len = strcspn(text, out->protocol == DCV_PROTO_HTTPS ? "/?#{" : "#");
    const char *path = text + authority_len, *hash = strchr(path, '#');
    size_t path_len = hash != NULL ? (size_t)(hash - path) : strlen(path);
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7f)
            return false;
    if (!authority_from(text, authority_len, out))
        return false;
    if (out->protocol == DCV_PROTO_HTTPS && !path_from(path, path_len, out->path))
        return false;
    return hash == NULL || (out->protocol != DCV_PROTO_TCP && name_from(hash + 1, strlen(hash + 1), out->name));
}

/* ---- all forms ---------------------------------------------------------------------------------------------------------------- */

/* "ADDR#PORT", as an address and its port print. */
static bool printed_from(const char *text, struct dcv_endpoint *out)
{
    const char *hash = strchr(text, '#');
    return hash != NULL && address_from(text, (size_t)(hash - text), out) && port_from(hash + 1, &out->port);
}

enum dcv_status dcv_endpoint_parse(const char *text, uint16_t default_port, struct dcv_endpoint *out)
{
    struct dcv_endpoint endpoint = {.port = default_port};
    for (int i = DCV_PROTO_TCP; i < RESOLVERS; i++) {
        size_t len = strlen(protocols[i].scheme);
        if (strlen(text) < len || !dcv_ascii_equal_nocase_n(text, protocols[i].scheme, len))
            continue;
        endpoint.protocol = (enum dcv_protocol)i;
        if (protocols[i].port != 0)
            endpoint.port = protocols[i].port;
        if (!url_from(text + len, &endpoint))
            return DCV_ERR_SYNTAX;
        *out = endpoint;
        return DCV_OK;
    }
    if (!printed_from(text, &endpoint))
        return dcv_address_parse(text, default_port, out);
    *out = endpoint;
    return DCV_OK;
}

enum dcv_status dcv_endpoint_read(const char *text, struct dcv_endpoint *out)
{
    for (int i = RESOLVERS; i < PROTOCOLS; i++) {
        const size_t len = strlen(protocols[i].scheme);
        if (strncmp(text, protocols[i].scheme, len) != 0)
            continue;
        enum dcv_status status = dcv_address_parse(text + len, protocols[i].port, out);
        out->protocol = (enum dcv_protocol)i;
        return status;
    }
    return dcv_endpoint_parse(text, 53, out);
}

const char *dcv_endpoint_text(const struct dcv_endpoint *endpoint, char out[DCV_ENDPOINT_TEXT])
{
    const char *host = endpoint->host;
    bool v6 = strchr(host, ':') != NULL, other_name = endpoint->name[0] != '\0' && strcmp(endpoint->name, host) != 0;
    if (endpoint->protocol == DCV_PROTO_DNS)
        (void)snprintf(out, DCV_ENDPOINT_TEXT, "%s#%u", host, (unsigned)endpoint->port);
    else
        (void)snprintf(out, DCV_ENDPOINT_TEXT, "%s%s%s%s:%u%s%s%s", protocols[endpoint->protocol].scheme, v6 ? "[" : "", host,
                       v6 ? "]" : "", (unsigned)endpoint->port, endpoint->path, other_name ? "#" : "", other_name ? endpoint->name : "");
    return out;
}

bool dcv_endpoint_equal(const struct dcv_endpoint *a, const struct dcv_endpoint *b)
{
    return a->port == b->port && a->protocol == b->protocol && strcmp(a->host, b->host) == 0 && strcmp(a->name, b->name) == 0
        && strcmp(a->path, b->path) == 0;
}
