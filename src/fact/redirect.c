#include "fact/redirect.h"

#include "base/text.h"
#include "name/ip.h"

#include <stdio.h>
#include <string.h>

enum { HTTP_PORT = 80, HTTPS_PORT = 443, URL_TEXT = sizeof((struct dcv_url *)0)->text };

/* Part of a text, without a final zero. */
struct part {
    const char *at;
    size_t len;
};

/* The components of RFC 3986 §3; the fragment is dropped before. */
struct reference {
    struct part scheme, authority, path, query;
    bool has_scheme, has_authority, has_query;
};

const char *dcv_redirect_text(enum dcv_redirect redirect)
{
    switch (redirect) {
    case DCV_REDIRECT_NONE: return "none";
    case DCV_REDIRECT_FOLLOW: return "follow";
    case DCV_REDIRECT_STATUS: return "status";
    case DCV_REDIRECT_LOCATION: return "location";
    case DCV_REDIRECT_SCHEME: return "scheme";
    case DCV_REDIRECT_PORT: return "port";
    case DCV_REDIRECT_ADDRESS: return "address";
    case DCV_REDIRECT_TOO_MANY: return "too-many";
    }
    return "none";
}

/* ---- taking apart ------------------------------------------------------------------------------------------------------------ */

static bool is_letter(char c)
{
    return dcv_ascii_lower(c) >= 'a' && dcv_ascii_lower(c) <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct part part_from(struct part part, size_t skip)
{
    return (struct part){part.at + skip, part.len - skip};
}

static struct part part_until(struct part part, size_t len)
{
    return (struct part){part.at, len};
}

/* Position of the first octet that is one of `set`, or `part.len`. */
static size_t find(struct part part, const char *set)
{
    size_t i = 0;
    while (i < part.len && strchr(set, part.at[i]) == NULL)
        i++;
    return i;
}

/* A server may put white space around the value of a field (RFC 9110 §5.5). */
static struct part trimmed(const char *text)
{
    struct part part = {text, strlen(text)};
    while (part.len > 0 && (part.at[0] == ' ' || part.at[0] == '\t'))
        part = part_from(part, 1);
    while (part.len > 0 && (part.at[part.len - 1] == ' ' || part.at[part.len - 1] == '\t'))
        part.len--;
    return part;
}

/* Blanks and controls would end a request line; a backslash is a slash to some and not to others. */
static bool readable(struct part text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == '\x7f' || text.at[i] == '\\')
            return false;
    return text.len != 0;
}

/* Octets of the scheme at the start (RFC 3986 §3.1), 0: there is none. */
static size_t scheme_len(struct part text)
{
    size_t i = 0;
    while (i < text.len && (is_letter(text.at[i]) || (i > 0 && (is_digit(text.at[i]) || strchr("+-.", text.at[i]) != NULL))))
        i++;
    return i < text.len && text.at[i] == ':' ? i : 0;
}

/* RFC 3986, appendix B. */
static struct reference split(struct part text)
{
    struct reference out = {0};
    text = part_until(text, find(text, "#"));
    size_t len = scheme_len(text);
    out.has_scheme = len != 0;
    if (out.has_scheme) {
        out.scheme = part_until(text, len);
        text = part_from(text, len + 1);
    }
    out.has_authority = text.len >= 2 && text.at[0] == '/' && text.at[1] == '/';
    if (out.has_authority) {
        text = part_from(text, 2);
        out.authority = part_until(text, find(text, "/?"));
        text = part_from(text, out.authority.len);
    }
    out.path = part_until(text, find(text, "?"));
    text = part_from(text, out.path.len);
    out.has_query = text.len > 0;
    out.query = out.has_query ? part_from(text, 1) : text;
    return out;
}

/* ---- the host and the port ----------------------------------------------------------------------------------------------------- */

/* An address of any form that some read as one: also "0x7f.1", and whatever ends in a number, as no name does. */
static bool is_address(struct part host)
{
    size_t last = host.len;
    while (last > 0 && host.at[last - 1] != '.')
        last--;
    return dcv_ipv4_loose(host.at, host.len) || dcv_ip_numeric_label(host.at + last, host.len - last);
}

/* FOLLOW: `*out` is the name, in lower case. */
static enum dcv_redirect host_of(struct part host, struct dcv_name *out)
{
    char text[DCV_NAME_WIRE_MAX] = "";
    if (host.len > 2 && host.at[0] == '[' && host.at[host.len - 1] == ']')
        return dcv_ipv6_text(host.at + 1, host.len - 2) ? DCV_REDIRECT_ADDRESS : DCV_REDIRECT_LOCATION;
    if (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    if (host.len == 0 || host.len >= sizeof text)
        return DCV_REDIRECT_LOCATION;
    for (size_t i = 0; i < host.len; i++) {
        if (!is_letter(host.at[i]) && !is_digit(host.at[i]) && strchr("-_.", host.at[i]) == NULL)
            return DCV_REDIRECT_LOCATION;
        text[i] = dcv_ascii_lower(host.at[i]);
    }
    if (is_address(host))
        return DCV_REDIRECT_ADDRESS;
    return dcv_name_parse(text, out, NULL) == DCV_OK ? DCV_REDIRECT_FOLLOW : DCV_REDIRECT_LOCATION;
}

/* RFC 3986 §3.2.3: digits, or nothing, which means the port of the scheme. */
static bool port_of(struct part text, uint16_t meant, uint16_t *out)
{
    unsigned value = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.at[i]))
            return false;
        value = value * 10 + (unsigned)(text.at[i] - '0');
        if (value > UINT16_MAX)
            return false;
    }
    *out = text.len != 0 ? (uint16_t)value : meant;
    return true;
}

static bool is_scheme(struct part scheme, const char *text)
{
    return scheme.len == strlen(text) && dcv_ascii_equal_nocase_n(scheme.at, text, scheme.len);
}

/* Fills all but the text. User information is refused: it is either a credential or meant to mislead. */
static enum dcv_redirect take_authority(const struct reference *reference, uint16_t http_port, uint16_t https_port, struct dcv_url *out)
{
    out->https = is_scheme(reference->scheme, "https");
    if (reference->has_scheme && !out->https && !is_scheme(reference->scheme, "http"))
        return DCV_REDIRECT_SCHEME;
    struct part authority = reference->authority;
    size_t host = authority.len > 0 && authority.at[0] == '[' ? find(authority, "]") : 0;
    host += find(part_from(authority, host), ":");
    if (!reference->has_scheme || !reference->has_authority || find(authority, "@") < authority.len)
        return DCV_REDIRECT_LOCATION;
    struct part port = part_from(authority, host < authority.len ? host + 1 : host);
    if (!port_of(port, out->https ? https_port : http_port, &out->port))
        return DCV_REDIRECT_LOCATION;
    enum dcv_redirect good = host_of(part_until(authority, host), &out->host);
    if (good == DCV_REDIRECT_FOLLOW && out->port != http_port && out->port != https_port)
        return DCV_REDIRECT_PORT;
    return good;
}

/* ---- putting together ----------------------------------------------------------------------------------------------------------- */

/* A text of bounded length. */
struct writer {
    char text[URL_TEXT];
    size_t len;
    bool full;
};

static void put(struct writer *writer, const char *text, size_t len)
{
    writer->full = writer->full || len >= sizeof writer->text - writer->len;
    if (writer->full)
        return;
    memcpy(writer->text + writer->len, text, len);
    writer->len += len;
    writer->text[writer->len] = '\0';
}

/* Octets beyond ASCII are written as in RFC 3987 §3.1; all else is as it was, percent-encoded or not. */
static void put_encoded(struct writer *writer, struct part part)
{
    for (size_t i = 0; i < part.len; i++) {
        char encoded[4];
        if ((unsigned char)part.at[i] < 0x80) {
            put(writer, part.at + i, 1);
            continue;
        }
        (void)snprintf(encoded, sizeof encoded, "%%%02X", (unsigned)(unsigned char)part.at[i]);
        put(writer, encoded, 3);
    }
}

/* RFC 3986 §5.2.4, of a path that begins with a slash: segment by segment. */
static void put_path(struct writer *writer, struct part path)
{
    const size_t root = writer->len;
    while (path.len > 0) {
        path = part_from(path, 1);
        struct part segment = part_until(path, find(path, "/"));
        path = part_from(path, segment.len);
        const bool one = segment.len == 1 && segment.at[0] == '.', two = segment.len == 2 && segment.at[0] == '.' && segment.at[1] == '.';
        while (two && writer->len > root && writer->text[--writer->len] != '/')
            ;
        if (!one && !two) {
            put(writer, "/", 1);
            put_encoded(writer, segment);
        } else if (path.len == 0) {
            put(writer, "/", 1);
        }
    }
}

static void put_authority(struct writer *writer, const struct dcv_url *url)
{
    char host[DCV_NAME_TEXT_MAX], port[8];
    put(writer, url->https ? "https://" : "http://", url->https ? 8 : 7);
    (void)dcv_name_text(&url->host, host);
    put(writer, host, strlen(host));
    if (url->port == (url->https ? HTTPS_PORT : HTTP_PORT))
        return;
    (void)snprintf(port, sizeof port, ":%u", (unsigned)url->port);
    put(writer, port, strlen(port));
}

static enum dcv_redirect build(const struct reference *reference, uint16_t http_port, uint16_t https_port, struct dcv_url *out)
{
    struct dcv_url url = {0};
    enum dcv_redirect good = take_authority(reference, http_port, https_port, &url);
    if (good != DCV_REDIRECT_FOLLOW)
        return good;
    struct writer writer = {.len = 0};
    put_authority(&writer, &url);
    put_path(&writer, reference->path.len != 0 ? reference->path : (struct part){"/", 1});
    if (reference->has_query) {
        put(&writer, "?", 1);
        put_encoded(&writer, reference->query);
    }
    if (writer.full)
        return DCV_REDIRECT_LOCATION;
    memcpy(url.text, writer.text, writer.len + 1);
    *out = url;
    return DCV_REDIRECT_FOLLOW;
}

enum dcv_status dcv_url_parse(const char *text, uint16_t http_port, uint16_t https_port, struct dcv_url *out, enum dcv_redirect *why)
{
    const struct part whole = {text, strlen(text)};
    const struct reference reference = split(whole);
    enum dcv_redirect good = readable(whole) ? build(&reference, http_port, https_port, out) : DCV_REDIRECT_LOCATION;
    if (good == DCV_REDIRECT_FOLLOW)
        return DCV_OK;
    if (why != NULL)
        *why = good;
    return DCV_ERR_SYNTAX;
}

/* RFC 3986 §5.2.3: what is behind the last slash of the base gives way. */
static bool merge(struct part base, struct part path, struct writer *out)
{
    while (base.len > 0 && base.at[base.len - 1] != '/')
        base.len--;
    put(out, base.at, base.len);
    put(out, path.at, path.len);
    return !out->full;
}

/* RFC 3986 §5.2.2. */
static enum dcv_redirect resolve(const struct reference *base, struct reference next, uint16_t http_port, uint16_t https_port, struct dcv_url *out)
{
    struct writer merged = {.len = 0};
    if (next.has_scheme)
        return build(&next, http_port, https_port, out);
    next.scheme = base->scheme;
    next.has_scheme = true;
    if (next.has_authority)
        return build(&next, http_port, https_port, out);
    next.authority = base->authority;
    next.has_authority = true;
    if (next.path.len == 0) {
        next.path = base->path;
        next.query = next.has_query ? next.query : base->query;
        next.has_query = next.has_query || base->has_query;
    } else if (next.path.at[0] != '/') {
        if (!merge(base->path, next.path, &merged))
            return DCV_REDIRECT_LOCATION;
        next.path = (struct part){merged.text, merged.len};
    }
    return build(&next, http_port, https_port, out);
}

enum dcv_redirect dcv_redirect_of(const struct dcv_http_fact *fact, uint16_t http_port, uint16_t https_port, struct dcv_url *next)
{
    struct dcv_url base, target;
    if (fact->met != DCV_MET_TALKED || fact->status < 300 || fact->status > 399)
        return DCV_REDIRECT_NONE;
    /* BR 3.2.2.4.18, 3.2.2.4.19: 301, 302 or 307 (RFC 7231 §6.4), or 308 (RFC 7538 §3). */
    if (fact->status != 301 && fact->status != 302 && fact->status != 307 && fact->status != 308)
        return DCV_REDIRECT_STATUS;
    const struct part location = trimmed(fact->location != NULL ? fact->location : "");
    if (!readable(location) || dcv_url_parse(fact->url, http_port, https_port, &base, NULL) != DCV_OK)
        return DCV_REDIRECT_LOCATION;
    const struct reference from = split((struct part){base.text, strlen(base.text)});
    enum dcv_redirect good = resolve(&from, split(location), http_port, https_port, &target);
    if (good == DCV_REDIRECT_FOLLOW && fact->hop >= DCV_REDIRECTS_MAX)
        return DCV_REDIRECT_TOO_MANY;
    if (good == DCV_REDIRECT_FOLLOW)
        *next = target;
    return good;
}
