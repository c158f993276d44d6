#include "name/addr_spec.h"

#include "name/idn.h"
#include "name/ip.h"

static enum dcv_status flawed(struct dcv_mailbox_flaw *flaw, enum dcv_mailbox_fault fault, const uint8_t *at)
{
    if (flaw != NULL)
        *flaw = (struct dcv_mailbox_flaw){fault, at};
    return DCV_ERR_SYNTAX;
}

/* What a character that may not stand in a dot-atom says about the value. */
static enum dcv_mailbox_fault fault_of(enum dcv_kind kind, uint8_t octet, enum dcv_mailbox_fault otherwise)
{
    switch (kind) {
    case DCV_KIND_SPACE:
    case DCV_KIND_INVISIBLE: return DCV_MAILBOX_PADDING;
    case DCV_KIND_CONTROL: return DCV_MAILBOX_CONTROL;
    case DCV_KIND_CURLY: return DCV_MAILBOX_CURLY_QUOTE;
    case DCV_KIND_SEPARATOR: return DCV_MAILBOX_LIST;
    case DCV_KIND_BROKEN: return DCV_MAILBOX_UTF8;
    case DCV_KIND_ATEXT:
    case DCV_KIND_DOT:
    case DCV_KIND_SPECIAL:
    case DCV_KIND_WIDE: break;
    }
    switch (octet) {
    case '(': return DCV_MAILBOX_COMMENT;
    case '<':
    case '>': return DCV_MAILBOX_ANGLE;
    case '"': return DCV_MAILBOX_QUOTES;
    case ',':
    case ';': return DCV_MAILBOX_LIST;
    default: return otherwise;
    }
}

/* quoted-string (RFC 5322 §3.2.4) without folding; spaces are its own. The octets up to "@" or the end are taken. */
static enum dcv_status read_quoted(struct dcv_octets text, struct dcv_addr_spec *out, struct dcv_mailbox_flaw *flaw)
{
    for (size_t i = 1, size; i < text.len; i += size) {
        bool pair = text.at[i] == '\\' && i + 1 < text.len;
        struct dcv_octets rest = dcv_octets_from(text, pair ? i + 1 : i);
        enum dcv_kind kind = dcv_octets_kind(rest, &size);
        if (kind == DCV_KIND_CONTROL || kind == DCV_KIND_BROKEN ||
            (kind == DCV_KIND_SPACE && size == 1 && rest.at[0] != ' '))
            return flawed(flaw, fault_of(kind, rest.at[0], DCV_MAILBOX_LOCAL_PART), rest.at);
        if (!pair && text.at[i] == '"') {
            out->local = (struct dcv_octets){text.at, i + 1};
            out->quoted = true;
            return DCV_OK;
        }
        size += pair;
    }
    return flawed(flaw, DCV_MAILBOX_QUOTES, text.at);
}

/* What is copied with an address stands at its edges: the grammar takes it for UTF8-non-ascii (RFC 6532 §3.1), yet
 * nobody means it. */
static bool check_edges(struct dcv_octets local, struct dcv_mailbox_flaw *flaw)
{
    size_t size;
    enum dcv_kind kind = dcv_octets_kind(local, &size);
    const uint8_t *at = local.at;
    if (!dcv_kind_blank(kind) && kind != DCV_KIND_CURLY) {
        kind = dcv_octets_last_kind(local, &size);
        at = dcv_octets_end(local) - size;
    }
    if (!dcv_kind_blank(kind) && kind != DCV_KIND_CURLY)
        return true;
    (void)flawed(flaw, fault_of(kind, *at, DCV_MAILBOX_LOCAL_PART), at);
    return false;
}

/* dot-atom-text (RFC 5322 §3.2.3) up to "@" or the end. */
static enum dcv_status read_dot_atom(struct dcv_octets text, struct dcv_addr_spec *out, struct dcv_mailbox_flaw *flaw)
{
    size_t i = 0, size;
    for (bool dot = true; i < text.len && text.at[i] != '@'; i += size) {
        enum dcv_kind kind = dcv_octets_kind(dcv_octets_from(text, i), &size);
        bool last = i + 1 == text.len || text.at[i + 1] == '@';
        if (kind == DCV_KIND_SPECIAL || kind == DCV_KIND_SPACE || kind == DCV_KIND_CONTROL || kind == DCV_KIND_BROKEN ||
            (kind == DCV_KIND_DOT && (dot || last)))
            return flawed(flaw, fault_of(kind, text.at[i], DCV_MAILBOX_LOCAL_PART), text.at + i);
        dot = kind == DCV_KIND_DOT;
    }
    if (i == 0)
        return flawed(flaw, DCV_MAILBOX_LOCAL_PART, text.at);
    out->local = (struct dcv_octets){text.at, i};
    return check_edges(out->local, flaw) ? DCV_OK : DCV_ERR_SYNTAX;
}

/* domain-literal, of the forms that RFC 5321 §4.1.3 defines. */
static enum dcv_status read_literal(struct dcv_octets text, struct dcv_mailbox_flaw *flaw)
{
    static const char tag[] = "IPv6:";
    const uint8_t *close = memchr(text.at, ']', text.len);
    if (close == NULL)
        return flawed(flaw, DCV_MAILBOX_DOMAIN, text.at);
    struct dcv_octets inside = dcv_octets_between(text.at + 1, close);
    bool v6 = dcv_octets_starts(inside, tag);
    if (v6)
        inside = dcv_octets_from(inside, sizeof tag - 1);
    const char *address = (const char *)inside.at;
    if (v6 ? !dcv_ipv6_text(address, inside.len) : !dcv_ipv4_text(address, inside.len))
        return flawed(flaw, DCV_MAILBOX_DOMAIN, text.at);
    if (close + 1 < dcv_octets_end(text)) {
        size_t size;
        enum dcv_kind kind = dcv_octets_kind(dcv_octets_between(close + 1, dcv_octets_end(text)), &size);
        return flawed(flaw, fault_of(kind, close[1], DCV_MAILBOX_DOMAIN), close + 1);
    }
    return DCV_OK;
}

static bool is_host_octet(uint8_t octet)
{
    return (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           octet == '-';
}

bool dcv_addr_spec_in_domain(enum dcv_kind kind, uint8_t octet)
{
    return kind == DCV_KIND_DOT || (kind == DCV_KIND_ATEXT && (octet >= 0x80 || is_host_octet(octet)));
}

/* A domain whose characters are good, into a name. */
static enum dcv_status read_name(struct dcv_octets domain, struct dcv_addr_spec *out, struct dcv_mailbox_flaw *flaw)
{
    struct dcv_idn_fault fault;
    struct dcv_span source = {(const char *)domain.at, domain.len};
    enum dcv_status status = dcv_idn_read(source, DCV_NAME_WIRE_MAX, DCV_IDN_MAIL, &out->name, &fault);
    if (status == DCV_ERR_SYNTAX)
        return flawed(flaw, DCV_MAILBOX_DOMAIN, (const uint8_t *)fault.cause.at);
    if (status == DCV_OK) {
        struct dcv_name last = dcv_name_suffix(&out->name, 1);
        out->number = dcv_ip_numeric_label((const char *)last.wire + 1, last.wire[0]);
    }
    return status;
}

static enum dcv_status read_domain(struct dcv_octets text, struct dcv_addr_spec *out, struct dcv_mailbox_flaw *flaw)
{
    out->domain = text;
    out->name = (struct dcv_name){.len = 0};
    if (text.len > 0 && text.at[0] == '[')
        return read_literal(text, flaw);
    bool dot = true;
    for (size_t i = 0, size; i < text.len; i += size) {
        enum dcv_kind kind = dcv_octets_kind(dcv_octets_from(text, i), &size);
        if (text.at[i] == '@')
            return flawed(flaw, DCV_MAILBOX_TWO_AT, text.at + i);
        if (!dcv_addr_spec_in_domain(kind, text.at[i]) || (kind == DCV_KIND_DOT && dot))
            return flawed(flaw, fault_of(kind, text.at[i], DCV_MAILBOX_DOMAIN), text.at + i);
        dot = kind == DCV_KIND_DOT;
    }
    if (text.len == 0)
        return flawed(flaw, DCV_MAILBOX_DOMAIN, text.at);
    if (!dot)
        return read_name(text, out, flaw);
    text.len--;
    enum dcv_status status = read_name(text, out, flaw);
    return status != DCV_OK ? status : flawed(flaw, DCV_MAILBOX_TRAILING_DOT, dcv_octets_end(text));
}

enum dcv_status dcv_addr_spec_read(struct dcv_octets text, struct dcv_addr_spec *out, struct dcv_mailbox_flaw *flaw)
{
    *out = (struct dcv_addr_spec){.quoted = false};
    if (text.len == 0)
        return flawed(flaw, DCV_MAILBOX_EMPTY, text.at);
    enum dcv_status status = text.at[0] == '"' ? read_quoted(text, out, flaw) : read_dot_atom(text, out, flaw);
    if (status != DCV_OK)
        return status;
    struct dcv_octets rest = dcv_octets_from(text, out->local.len);
    if (rest.len == 0)
        return flawed(flaw, DCV_MAILBOX_NO_AT, rest.at);
    if (rest.at[0] != '@')
        return flawed(flaw, DCV_MAILBOX_LOCAL_PART, rest.at);
    return read_domain(dcv_octets_from(rest, 1), out, flaw);
}

/* The domain part as `address` has it, in `room`. */
static struct dcv_octets domain_text(const struct dcv_addr_spec *spec, char room[DCV_NAME_TEXT_MAX])
{
    if (spec->name.len == 0)
        return spec->domain;
    const char *text = dcv_name_text(&spec->name, room);
    return (struct dcv_octets){(const uint8_t *)text, strlen(text)};
}

char *dcv_addr_spec_address(struct dcv_arena *arena, const struct dcv_addr_spec *spec)
{
    char room[DCV_NAME_TEXT_MAX];
    struct dcv_octets domain = domain_text(spec, room);
    char *address = dcv_arena_alloc(arena, spec->local.len + domain.len + 2);
    if (address == NULL)
        return NULL;
    memcpy(address, spec->local.at, spec->local.len);
    address[spec->local.len] = '@';
    memcpy(address + spec->local.len + 1, domain.at, domain.len);
    return address;
}
