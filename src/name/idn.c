#include "name/idn.h"

#include "name/ip.h"
#include "name/uts46.h"

#include <string.h>
#include <unistr.h>

enum { NAME_TEXT_MAX = 253 /* octets of a name without its final dot (RFC 1035 §2.3.4) */ };

/* A name while its labels are being read, and why it is none. */
struct reader {
    enum dcv_idn_rule rule;
    size_t max;
    struct dcv_uts46 *uts46; /* made for the first label that needs it */
    char text[NAME_TEXT_MAX + 1];
    size_t len;
    enum dcv_hostname_fault fault;
    struct dcv_span cause;
    bool no_memory;
};

static bool is_ascii(struct dcv_span span)
{
    for (size_t i = 0; i < span.len; i++)
        if ((signed char)span.at[i] < 0)
            return false;
    return true;
}

size_t dcv_idn_character(struct dcv_span span)
{
    int len = u8_mblen((const uint8_t *)span.at, span.len);
    return len > 0 ? (size_t)len : 1;
}

size_t dcv_idn_dot(struct dcv_span span)
{
    static const char *const wide[] = {"\u3002", "\uff0e", "\uff61"};
    if (span.len > 0 && (signed char)span.at[0] >= 0)
        return span.at[0] == '.';
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (dcv_span_starts(span, wide[i]))
            return strlen(wide[i]);
    return 0;
}

size_t dcv_idn_find_dot(struct dcv_span span)
{
    size_t i = 0;
    while (i < span.len && dcv_idn_dot(dcv_span_from(span, i)) == 0)
        i++;
    return i;
}

/* Labels */

static bool set_fault(struct reader *reader, enum dcv_hostname_fault fault, struct dcv_span cause)
{
    reader->fault = fault;
    reader->cause = cause;
    return false;
}

static bool check_status(struct reader *reader, enum dcv_status status)
{
    reader->no_memory = reader->no_memory || status == DCV_ERR_NOMEM;
    return status == DCV_OK;
}

static bool need_uts46(struct reader *reader)
{
    return reader->uts46 != NULL || check_status(reader, dcv_uts46_create(&reader->uts46));
}

/* ToASCII and ToUnicode; false where memory ran out. */
static bool to_ascii(struct reader *reader, struct dcv_span source, struct dcv_uts46_result *out)
{
    return need_uts46(reader) && check_status(reader, dcv_uts46_to_ascii(reader->uts46, source, out));
}

static bool to_unicode(struct reader *reader, struct dcv_span label, struct dcv_uts46_result *out)
{
    return need_uts46(reader) && check_status(reader, dcv_uts46_to_unicode(reader->uts46, label, out));
}

static enum dcv_hostname_fault octet_fault(char c)
{
    if (dcv_is_letter(c) || dcv_is_digit(c) || c == '-')
        return DCV_HOSTNAME_OK;
    return c == '_' ? DCV_HOSTNAME_UNDERSCORE : c == '*' ? DCV_HOSTNAME_WILDCARD : DCV_HOSTNAME_BAD_CHARACTER;
}

/* Checks the ASCII octets of a label. */
static bool check_octets(struct reader *reader, struct dcv_span label)
{
    for (size_t i = 0; i < label.len; i++) {
        enum dcv_hostname_fault fault = (signed char)label.at[i] < 0 ? DCV_HOSTNAME_OK : octet_fault(label.at[i]);
        if (fault != DCV_HOSTNAME_OK)
            return set_fault(reader, fault, (struct dcv_span){label.at + i, 1});
    }
    return true;
}

static bool check_hyphens(struct reader *reader, struct dcv_span label)
{
    bool first = label.at[0] == '-';
    if (first || label.at[label.len - 1] == '-')
        return set_fault(reader, DCV_HOSTNAME_HYPHEN, (struct dcv_span){label.at + (first ? 0 : label.len - 1), 1});
    bool reserved = label.len >= 4 && memcmp(label.at + 2, "--", 2) == 0 && !dcv_span_starts(label, "xn--");
    if (reserved && reader->rule == DCV_IDN_CERTIFICATE)
        return set_fault(reader, DCV_HOSTNAME_IDNA, label);
    return true;
}

/* Does an A-label in lower case stand for a U-label that leads back to it (RFC 5891 §5.4)? `unicode` is then written. */
static bool round_trips(struct reader *reader, struct dcv_span ascii, struct dcv_uts46_result *unicode)
{
    struct dcv_uts46_result back;
    if (!to_unicode(reader, ascii, unicode) || unicode->fault != DCV_UTS46_OK)
        return false;
    struct dcv_span label = {unicode->text, strlen(unicode->text)};
    if (label.len > DCV_UTS46_INPUT_MAX || is_ascii(label) || !to_ascii(reader, label, &back))
        return false;
    return back.fault == DCV_UTS46_OK && strlen(back.text) == ascii.len && memcmp(back.text, ascii.at, ascii.len) == 0;
}

/* Appends a label in ASCII whose octets have been checked. `source` is where it comes from. */
static bool append_label(struct reader *reader, struct dcv_span ascii, struct dcv_span source)
{
    struct dcv_uts46_result unicode;
    size_t dot = reader->len > 0;
    if (ascii.len > DCV_LABEL_MAX)
        return set_fault(reader, DCV_HOSTNAME_LABEL_TOO_LONG, source);
    if (reader->len + dot + ascii.len > reader->max)
        return set_fault(reader, DCV_HOSTNAME_TOO_LONG, source); /* the whole name is the cause: see read_labels() */
    if (dot > 0)
        reader->text[reader->len] = '.';
    char *label = reader->text + reader->len + dot;
    for (size_t i = 0; i < ascii.len; i++)
        label[i] = dcv_ascii_lower(ascii.at[i]);
    reader->len += dot + ascii.len;
    bool judged = dcv_span_starts(ascii, "xn--") && (reader->rule == DCV_IDN_CERTIFICATE || !is_ascii(source));
    if (judged && !round_trips(reader, (struct dcv_span){label, ascii.len}, &unicode))
        return set_fault(reader, DCV_HOSTNAME_IDNA, source);
    return true;
}

/* The character that is not allowed: one that is refused between letters, too. */
static struct dcv_span disallowed_character(struct reader *reader, struct dcv_span label)
{
    for (size_t i = 0, size; i < label.len; i += size) {
        struct dcv_uts46_result result;
        char probe[8] = "a";
        size = dcv_idn_character(dcv_span_from(label, i));
        memcpy(probe + 1, label.at + i, size);
        probe[size + 1] = 'a';
        if (to_ascii(reader, (struct dcv_span){probe, size + 2}, &result) && result.fault == DCV_UTS46_DISALLOWED)
            return (struct dcv_span){label.at + i, size};
    }
    return label;
}

static bool set_idn_fault(struct reader *reader, enum dcv_uts46_fault fault, struct dcv_span source)
{
    switch (fault) {
    case DCV_UTS46_DISALLOWED: return set_fault(reader, DCV_HOSTNAME_IDNA, disallowed_character(reader, source));
    case DCV_UTS46_HYPHEN: return set_fault(reader, DCV_HOSTNAME_HYPHEN, source);
    case DCV_UTS46_EMPTY: return set_fault(reader, DCV_HOSTNAME_EMPTY_LABEL, source);
    case DCV_UTS46_LONG: return set_fault(reader, DCV_HOSTNAME_LABEL_TOO_LONG, source);
    case DCV_UTS46_OK:
    case DCV_UTS46_BIDI:
    case DCV_UTS46_OTHER: break;
    }
    return set_fault(reader, DCV_HOSTNAME_IDNA, source);
}

/* What comes out of the mapping is checked as if it had been typed. An octet that is at fault perhaps was. */
static bool append_mapped(struct reader *reader, struct dcv_span mapped, struct dcv_span source)
{
    if (!check_octets(reader, mapped))
        return check_octets(reader, source) && set_fault(reader, reader->fault, source);
    if (!check_hyphens(reader, mapped))
        return set_fault(reader, reader->fault, source);
    return append_label(reader, mapped, source);
}

static bool read_idn_label(struct reader *reader, struct dcv_span source)
{
    struct dcv_uts46_result mapped;
    if (source.len > DCV_UTS46_INPUT_MAX)
        return set_fault(reader, DCV_HOSTNAME_LABEL_TOO_LONG, source);
    if (!to_ascii(reader, source, &mapped))
        return false;
    if (mapped.fault != DCV_UTS46_OK)
        return check_octets(reader, source) && set_idn_fault(reader, mapped.fault, source);
    return append_mapped(reader, (struct dcv_span){mapped.text, strlen(mapped.text)}, source);
}

static bool read_label(struct reader *reader, struct dcv_span source)
{
    if (source.len == 0)
        return set_fault(reader, DCV_HOSTNAME_EMPTY_LABEL, source);
    if (!is_ascii(source))
        return read_idn_label(reader, source);
    return check_octets(reader, source) && check_hyphens(reader, source) && append_label(reader, source, source);
}

/* Names */

/* Cuts the first label off a source. */
static struct dcv_span next_label(struct dcv_span *left)
{
    struct dcv_span label = {left->at, dcv_idn_find_dot(*left)};
    *left = dcv_span_from(*left, label.len);
    *left = dcv_span_from(*left, dcv_idn_dot(*left));
    return label;
}

static bool read_labels(struct reader *reader, struct dcv_span source)
{
    for (struct dcv_span left = source;;) {
        bool last = dcv_idn_find_dot(left) == left.len;
        reader->cause = next_label(&left);
        if (!read_label(reader, reader->cause)) {
            if (reader->fault == DCV_HOSTNAME_TOO_LONG)
                reader->cause = source;
            return false;
        }
        if (last)
            return true;
    }
}

/* Does a label break the Bidi rule in a name that has a right-to-left label? */
static bool breaks_bidi(struct reader *reader, struct dcv_span label)
{
    static const char right_to_left[] = ".\u05d0";
    struct dcv_uts46_result result;
    char name[DCV_UTS46_INPUT_MAX];
    if (label.len + sizeof right_to_left > sizeof name)
        return false;
    memcpy(name, label.at, label.len);
    memcpy(name + label.len, right_to_left, sizeof right_to_left);
    return to_ascii(reader, (struct dcv_span){name, label.len + sizeof right_to_left - 1}, &result) &&
           result.fault == DCV_UTS46_BIDI;
}

/* The Bidi rule (RFC 5893 §2) is about a name as a whole: a label alone cannot tell. */
static bool check_bidi(struct reader *reader, struct dcv_span source)
{
    struct dcv_uts46_result result;
    if (!to_ascii(reader, (struct dcv_span){reader->text, reader->len}, &result))
        return false;
    if (result.fault == DCV_UTS46_OK)
        return true;
    for (struct dcv_span left = source; left.len > 0;) {
        struct dcv_span label = next_label(&left);
        if (breaks_bidi(reader, label))
            return set_fault(reader, DCV_HOSTNAME_IDNA, label);
    }
    return set_fault(reader, DCV_HOSTNAME_IDNA, source);
}

/* A name whose last label is a number is taken for an address by much software, so it is none (RFC 3696 §2). The cause
 * is still the last label. */
static bool check_numeric(struct reader *reader, struct dcv_span source)
{
    size_t at = reader->len;
    while (at > 0 && reader->text[at - 1] != '.')
        at--;
    if (reader->rule == DCV_IDN_MAIL || !dcv_ip_numeric_label(reader->text + at, reader->len - at))
        return true;
    if (dcv_ipv4_loose(reader->text, reader->len))
        return set_fault(reader, DCV_HOSTNAME_IP_ADDRESS, source);
    return set_fault(reader, DCV_HOSTNAME_NUMERIC_TLD, reader->cause);
}

enum dcv_status dcv_idn_read(struct dcv_span source, size_t max, enum dcv_idn_rule rule, struct dcv_name *out,
                             struct dcv_idn_fault *fault)
{
    struct reader reader = {.rule = rule, .max = max < NAME_TEXT_MAX ? max : NAME_TEXT_MAX};
    bool good = read_labels(&reader, source) && check_numeric(&reader, source);
    reader.text[reader.len] = '\0';
    if (good && rule == DCV_IDN_CERTIFICATE && reader.uts46 != NULL)
        good = check_bidi(&reader, source);
    dcv_uts46_free(reader.uts46);
    if (good)
        return dcv_name_parse(reader.text, out, NULL);
    if (reader.no_memory)
        return DCV_ERR_NOMEM;
    *fault = (struct dcv_idn_fault){reader.fault, reader.cause};
    return DCV_ERR_SYNTAX;
}

enum dcv_status dcv_name_from_unicode(const char *text, size_t len, struct dcv_name *out)
{
    struct dcv_idn_fault fault;
    return dcv_idn_read((struct dcv_span){text, len}, NAME_TEXT_MAX, DCV_IDN_HOST, out, &fault);
}

/* For people */

/* Is every character of a U-label one that may be shown? */
static bool is_showable(struct dcv_span label)
{
    for (size_t i = 0; i < label.len;) {
        ucs4_t character;
        i += (size_t)u8_mbtouc(&character, (const uint8_t *)label.at + i, label.len - i);
        if (!dcv_uts46_shows(character))
            return false;
    }
    return dcv_text_plain(label.at, label.len);
}

/* The U-label of one label in wire form when it is safe to show. Returns how many octets were written, at most four for
 * each of the label, as escapes would be; 0 for none. */
static size_t put_unicode_label(struct reader *reader, const uint8_t *wire, char *out)
{
    char ascii[DCV_LABEL_MAX];
    struct dcv_uts46_result unicode;
    for (unsigned i = 0; i < wire[0]; i++)
        ascii[i] = dcv_ascii_lower((char)wire[i + 1]);
    struct dcv_span source = {ascii, wire[0]};
    if (!dcv_span_starts(source, "xn--") || !check_octets(reader, source) || !round_trips(reader, source, &unicode))
        return 0;
    struct dcv_span label = {unicode.text, strlen(unicode.text)};
    if (label.len > source.len * 4 || !is_showable(label))
        return 0;
    memcpy(out, label.at, label.len);
    return label.len;
}

const char *dcv_name_unicode(const struct dcv_name *name, char out[DCV_NAME_TEXT_MAX])
{
    if (name->len <= 1)
        return dcv_name_text(name, out);
    struct reader reader = {.rule = DCV_IDN_CERTIFICATE};
    size_t to = 0;
    for (unsigned i = 0; i < name->len && name->wire[i] != 0; i += name->wire[i] + 1U) {
        struct dcv_name only = {.len = (uint8_t)(name->wire[i] + 2)};
        memcpy(only.wire, name->wire + i, name->wire[i] + 1U);
        if (i > 0)
            out[to++] = '.';
        size_t len = put_unicode_label(&reader, name->wire + i, out + to);
        if (len == 0) {
            char escaped[DCV_NAME_TEXT_MAX];
            len = strlen(dcv_name_text(&only, escaped));
            memcpy(out + to, escaped, len);
        }
        to += len;
    }
    dcv_uts46_free(reader.uts46);
    out[to] = '\0';
    return out;
}
