#include "name/hostname.h"

#include "name/idn.h"
#include "name/ip.h"

#include <string.h>
#include <unistr.h>

enum {
    NAME_TEXT_MAX = 253, /* octets of a name without its final dot (RFC 1035 §2.3.4) */
    DETAIL_ROOM = sizeof((struct dcv_hostname_error *)0)->detail,
    PORT_MAX = 65535,
};

/* Position of the last `octet`, or `span.len`. */
static size_t find_last(struct dcv_span span, char octet)
{
    for (size_t i = span.len; i > 0; i--)
        if (span.at[i - 1] == octet)
            return i - 1;
    return span.len;
}

static bool ends_with(struct dcv_span span, const char *text)
{
    size_t len = strlen(text);
    return span.len >= len && memcmp(span.at + span.len - len, text, len) == 0;
}

/* Errors */

/* Writes as many whole characters as fit, each escaped by itself. */
static void write_detail(struct dcv_span text, char out[DETAIL_ROOM])
{
    static const char more[] = "\u2026";
    size_t to = 0;
    for (size_t i = 0, size; i < text.len; i += size) {
        struct dcv_buf one;
        dcv_buf_init(&one, DETAIL_ROOM);
        size = dcv_idn_character(dcv_span_from(text, i));
        dcv_text_escape(&one, text.at + i, size);
        bool fits = !one.failed && to + one.len + sizeof more <= DETAIL_ROOM;
        memcpy(out + to, fits ? dcv_buf_text(&one) : more, fits ? one.len : sizeof more - 1);
        to += fits ? one.len : sizeof more - 1;
        dcv_buf_done(&one);
        if (!fits)
            break;
    }
    out[to] = '\0';
}

static enum dcv_status fail(struct dcv_hostname_error *error, const char *input, enum dcv_hostname_fault fault,
                            struct dcv_span cause)
{
    error->fault = fault;
    error->at = (size_t)(cause.at - input);
    write_detail(cause, error->detail);
    return DCV_ERR_SYNTAX;
}

const char *dcv_hostname_fault_text(enum dcv_hostname_fault fault)
{
    switch (fault) {
    case DCV_HOSTNAME_OK: return "no fault";
    case DCV_HOSTNAME_EMPTY: return "no name is given";
    case DCV_HOSTNAME_EMPTY_LABEL: return "an empty label";
    case DCV_HOSTNAME_LABEL_TOO_LONG: return "a label of more than 63 octets";
    case DCV_HOSTNAME_TOO_LONG: return "a name of more than 253 octets";
    case DCV_HOSTNAME_BAD_CHARACTER: return "a character that is no letter, digit or hyphen";
    case DCV_HOSTNAME_UNDERSCORE: return "an underscore, which no certificate may contain";
    case DCV_HOSTNAME_HYPHEN: return "a label that begins or ends with a hyphen";
    case DCV_HOSTNAME_WILDCARD: return "a \"*\" that is not the whole leftmost label of a name";
    case DCV_HOSTNAME_IP_ADDRESS: return "an IP address, which e-mail cannot validate";
    case DCV_HOSTNAME_IDNA: return "a label that is not valid under IDNA (UTS #46)";
    case DCV_HOSTNAME_UTF8: return "octets that are no UTF-8";
    case DCV_HOSTNAME_NUMERIC_TLD: return "a number as its last label";
    }
    return "an unknown fault";
}

/* What a user types */

/* Cuts one blank off either end: ASCII white space, a no-break or ideographic space, a byte order mark. */
static bool cut_blank(struct dcv_span *text)
{
    static const char *const blanks[] = {" ", "\t", "\r", "\n", "\v", "\f", "\u00a0", "\u3000", "\ufeff"};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        size_t size = strlen(blanks[i]);
        bool front = dcv_span_starts(*text, blanks[i]);
        if (!front && !ends_with(*text, blanks[i]))
            continue;
        *text = front ? dcv_span_from(*text, size) : (struct dcv_span){text->at, text->len - size};
        return true;
    }
    return false;
}

static struct dcv_span trim(struct dcv_span text)
{
    while (cut_blank(&text)) {
    }
    return text;
}

/* The input while its host part is being found. */
struct reader {
    const char *input;
    struct dcv_hostname_error *error;
    struct dcv_span host;
    enum dcv_hostname_form form;
    bool scheme; /* a URL with a scheme: "host:" is then well-formed */
};

static enum dcv_status reject(struct reader *reader, enum dcv_hostname_fault fault, struct dcv_span cause)
{
    return fail(reader->error, reader->input, fault, cause);
}

static enum dcv_status reject_octet(struct reader *reader, const char *at)
{
    return reject(reader, DCV_HOSTNAME_BAD_CHARACTER, (struct dcv_span){at, 1});
}

/* Neither octets that are no UTF-8 nor controls belong anywhere in what a user types. */
static enum dcv_status check_text(struct reader *reader)
{
    struct dcv_span text = reader->host;
    const uint8_t *bad = text.len == 0 ? NULL : u8_check((const uint8_t *)text.at, text.len);
    if (bad != NULL)
        return reject(reader, DCV_HOSTNAME_UTF8, (struct dcv_span){(const char *)bad, 1});
    for (size_t i = 0; i < text.len; i++)
        if ((text.at[i] >= '\0' && text.at[i] < ' ') || text.at[i] == '\x7f')
            return reject_octet(reader, text.at + i);
    return DCV_OK;
}

/* Octets of "scheme://" (RFC 3986 §3.1) or of "//", 0 when there is neither. */
static size_t scheme_len(struct dcv_span text)
{
    size_t i = 0;
    while (i < text.len &&
           (dcv_is_letter(text.at[i]) || (i > 0 && (dcv_is_digit(text.at[i]) || strchr("+-.", text.at[i]) != NULL))))
        i++;
    if (i == 0)
        return dcv_span_starts(text, "//") ? 2 : 0;
    return dcv_span_starts(dcv_span_from(text, i), "://") ? i + 3 : 0;
}

/* Takes the domain behind the "@" at `at`. The local part is not judged, but a list or a display name must not be taken
 * for an address. */
static enum dcv_status take_domain(struct reader *reader, size_t at)
{
    struct dcv_span local = {reader->host.at, at};
    bool quoted = at >= 2 && local.at[0] == '"' && local.at[at - 1] == '"';
    size_t bad = quoted ? at : dcv_span_find(local, " \"(),:;<>@[\\]");
    if (at == 0 || bad < at)
        return reject_octet(reader, local.at + bad);
    reader->form = DCV_FORM_MAILBOX;
    reader->host = dcv_span_from(reader->host, at + 1);
    return DCV_OK;
}

/* The authority of a URL without userinfo (RFC 3986 §3.2). A backslash there would let two readers see two hosts. */
static enum dcv_status take_authority(struct reader *reader, size_t scheme)
{
    reader->form = DCV_FORM_URL;
    reader->host = dcv_span_from(reader->host, scheme);
    reader->host.len = dcv_span_find(reader->host, "/?#");
    size_t backslash = dcv_span_find(reader->host, "\\"), at = find_last(reader->host, '@');
    if (backslash < reader->host.len)
        return reject_octet(reader, reader->host.at + backslash);
    if (at < reader->host.len)
        reader->host = dcv_span_from(reader->host, at + 1);
    return DCV_OK;
}

/* Without a scheme, "/" may stand in a local part and "@" in a path. Where both readings would do, neither is taken. */
static enum dcv_status take_bare(struct reader *reader)
{
    struct dcv_span text = reader->host;
    size_t slash = dcv_span_find(text, "/?#"), at = find_last(text, '@');
    if (at == text.len || slash > at) {
        reader->host.len = slash;
        if (slash < text.len)
            reader->form = DCV_FORM_URL;
        if (at == text.len)
            return DCV_OK;
        return take_domain(reader, at);
    }
    struct dcv_span before = {text.at, slash}, behind = dcv_span_from(text, at + 1);
    bool host_before = dcv_idn_find_dot(before) < before.len, host_behind = dcv_idn_find_dot(behind) < behind.len;
    if (host_before && host_behind)
        return reject_octet(reader, text.at + slash);
    if (!host_before)
        return take_domain(reader, at);
    reader->form = DCV_FORM_URL;
    reader->host.len = slash;
    return DCV_OK;
}

static enum dcv_status find_host(struct reader *reader)
{
    static const char mailto[] = "mailto:";
    size_t scheme = scheme_len(reader->host);
    reader->scheme = scheme > 0;
    if (scheme > 0)
        return take_authority(reader, scheme);
    if (!dcv_span_starts(reader->host, mailto))
        return take_bare(reader);
    reader->host = dcv_span_from(reader->host, sizeof mailto - 1);
    reader->host.len = dcv_span_find(reader->host, "?");
    size_t at = find_last(reader->host, '@');
    return take_domain(reader, at < reader->host.len ? at : 0);
}

static bool is_ipv6(struct dcv_span text)
{
    return dcv_ipv6_text(text.at, dcv_span_find(text, "%")); /* a zone may follow (RFC 4007 §11) */
}

/* "[2001:db8::1]", "[192.0.2.1]", "[IPv6:2001:db8::1]", with or without a port. */
static enum dcv_status reject_bracket(struct reader *reader)
{
    struct dcv_span inside = dcv_span_from(reader->host, 1);
    inside.len = dcv_span_find(inside, "]");
    if (dcv_span_starts(inside, "ipv6:"))
        inside = dcv_span_from(inside, 5);
    if (is_ipv6(inside) || dcv_ipv4_text(inside.at, inside.len))
        return reject(reader, DCV_HOSTNAME_IP_ADDRESS, reader->host);
    return reject_octet(reader, reader->host.at);
}

/* Takes a port off the host part. */
static enum dcv_status drop_port(struct reader *reader)
{
    struct dcv_span host = reader->host;
    if (host.len > 0 && host.at[0] == '[')
        return reject_bracket(reader);
    size_t colon = dcv_span_find(host, ":");
    if (colon == host.len || reader->form == DCV_FORM_MAILBOX)
        return DCV_OK;
    if (is_ipv6(host))
        return reject(reader, DCV_HOSTNAME_IP_ADDRESS, host);
    struct dcv_span digits = dcv_span_from(host, colon + 1);
    unsigned long port = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (!dcv_is_digit(digits.at[i]))
            return reject_octet(reader, host.at + colon);
        port = port > PORT_MAX ? port : port * 10 + (unsigned long)(digits.at[i] - '0');
    }
    if (port > PORT_MAX || (digits.len == 0 && !reader->scheme))
        return reject_octet(reader, host.at + colon);
    reader->host.len = colon;
    if (reader->form == DCV_FORM_NAME)
        reader->form = DCV_FORM_URL;
    return DCV_OK;
}

/* Takes one final dot off. */
static void drop_root_dot(struct dcv_span *host)
{
    for (size_t size = 1; size <= 3 && size < host->len; size += 2) {
        struct dcv_span tail = {host->at + host->len - size, size};
        if (dcv_idn_dot(tail) == size) {
            host->len -= size;
            return;
        }
    }
}

/* Takes "*." off; any other "*" is met by the check of the labels. */
static bool drop_wildcard(struct dcv_span *host)
{
    size_t dot = host->len > 1 && host->at[0] == '*' ? dcv_idn_dot(dcv_span_from(*host, 1)) : 0;
    if (dot > 0 && host->len > 1 + dot)
        *host = dcv_span_from(*host, 1 + dot);
    else
        dot = 0;
    return dot > 0;
}

static void fill(struct dcv_hostname *out)
{
    char text[DCV_NAME_TEXT_MAX];
    size_t star = out->wildcard ? 2 : 0, len = strlen(dcv_name_text(&out->name, text));
    memcpy(out->ascii, "*.", star);
    memcpy(out->ascii + star, text, len + 1);
    len = strlen(dcv_name_unicode(&out->name, text));
    if (len + star >= sizeof out->unicode) {
        memcpy(out->unicode, out->ascii, sizeof out->ascii);
        return;
    }
    memcpy(out->unicode, "*.", star);
    memcpy(out->unicode + star, text, len + 1);
}

/* The host part into a name. */
static enum dcv_status read_host(struct reader *reader, struct dcv_hostname *out)
{
    if (reader->host.len == 0)
        return reject(reader, DCV_HOSTNAME_EMPTY, reader->host);
    drop_root_dot(&reader->host);
    out->form = reader->form;
    out->wildcard = drop_wildcard(&reader->host);
    struct dcv_idn_fault fault;
    size_t max = NAME_TEXT_MAX - (out->wildcard ? 2 : 0);
    enum dcv_status status = dcv_idn_read(reader->host, max, DCV_IDN_CERTIFICATE, &out->name, &fault);
    if (status == DCV_ERR_SYNTAX)
        return reject(reader, fault.fault, fault.cause);
    if (status == DCV_OK)
        fill(out);
    return status;
}

enum dcv_status dcv_hostname_parse(const char *text, size_t len, struct dcv_hostname *out,
                                   struct dcv_hostname_error *error)
{
    struct reader reader = {.input = text, .error = error, .host = trim((struct dcv_span){text, len})};
    struct dcv_hostname name = {.wildcard = false};
    *error = (struct dcv_hostname_error){.fault = DCV_HOSTNAME_OK};
    if (reader.host.len == 0)
        return reject(&reader, DCV_HOSTNAME_EMPTY, (struct dcv_span){text, 0});
    enum dcv_status status = check_text(&reader);
    if (status == DCV_OK)
        status = find_host(&reader);
    if (status == DCV_OK)
        status = drop_port(&reader);
    if (status == DCV_OK)
        status = read_host(&reader, &name);
    if (status == DCV_OK)
        *out = name;
    return status;
}
