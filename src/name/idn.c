#include "name/idn.h"

#include "name/ip.h"

#include <idn2.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

enum {
    NAME_TEXT_MAX = 253,   /* octets of a name without its final dot (RFC 1035 §2.3.4) */
    LABEL_INPUT_MAX = 512, /* no 63 octets of an A-label come from more UTF-8 than this */
};

/* A label in A-label form, or why there is none. */
struct label {
    char ascii[DCV_LABEL_MAX + 1];
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

static enum dcv_hostname_fault octet_fault(char c)
{
    if (dcv_is_letter(c) || dcv_is_digit(c) || c == '-')
        return DCV_HOSTNAME_OK;
    return c == '_' ? DCV_HOSTNAME_UNDERSCORE : c == '*' ? DCV_HOSTNAME_WILDCARD : DCV_HOSTNAME_BAD_CHARACTER;
}

static void set_fault(struct label *out, enum dcv_hostname_fault fault, struct dcv_span cause)
{
    out->fault = fault;
    out->cause = cause;
}

/* Checks the ASCII octets of a label; those beyond ASCII are left to libidn2. */
static bool check_octets(struct dcv_span label, struct label *out)
{
    for (size_t i = 0; i < label.len; i++) {
        enum dcv_hostname_fault fault = (signed char)label.at[i] < 0 ? DCV_HOSTNAME_OK : octet_fault(label.at[i]);
        if (fault != DCV_HOSTNAME_OK) {
            set_fault(out, fault, (struct dcv_span){label.at + i, 1});
            return false;
        }
    }
    return true;
}

static bool check_hyphens(struct dcv_span label, enum dcv_idn_rule rule, struct label *out)
{
    if (label.at[0] == '-' || label.at[label.len - 1] == '-') {
        set_fault(out, DCV_HOSTNAME_HYPHEN, (struct dcv_span){label.at + (label.at[0] == '-' ? 0 : label.len - 1), 1});
        return false;
    }
    bool reserved = label.len >= 4 && memcmp(label.at + 2, "--", 2) == 0 && !dcv_span_starts(label, "xn--");
    if (reserved && rule == DCV_IDN_CERTIFICATE) {
        set_fault(out, DCV_HOSTNAME_IDNA, label);
        return false;
    }
    return true;
}

/* The first reading does without IDN2_USE_STD3_ASCII_RULES: libidn2 2.3.3 then drops U+2260, U+226E and U+226F without
 * a word. What comes out is checked with check_octets(), and by round_trips(), for which a dropped character is a
 * fault. */
static int to_ascii(const char *label, int rules, char **out)
{
    return idn2_lookup_u8((const uint8_t *)label, (uint8_t **)out, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL | rules);
}

/* Does an A-label in lower case stand for a U-label that leads back to it (RFC 5891 §5.4)? `*unicode` is then to be
 * freed. */
static bool round_trips(const char *ascii, char **unicode, bool *no_memory)
{
    char *back = NULL;
    *unicode = NULL;
    int result = idn2_to_unicode_8z8z(ascii, unicode, IDN2_NONTRANSITIONAL);
    if (result == IDN2_OK)
        result = to_ascii(*unicode, IDN2_USE_STD3_ASCII_RULES, &back);
    bool same = result == IDN2_OK && strcmp(back, ascii) == 0 && strcmp(*unicode, ascii) != 0;
    *no_memory = result == IDN2_MALLOC;
    free(back);
    if (!same) {
        free(*unicode);
        *unicode = NULL;
    }
    return same;
}

/* The character that libidn2 means when it says that one is not allowed: one that is refused between letters, too. */
static struct dcv_span disallowed_character(struct dcv_span label)
{
    for (size_t i = 0, size; i < label.len; i += size) {
        size = dcv_idn_character(dcv_span_from(label, i));
        char probe[8] = "a", *out = NULL;
        memcpy(probe + 1, label.at + i, size);
        probe[size + 1] = 'a';
        int result = to_ascii(probe, 0, &out);
        free(out);
        if (result == IDN2_DISALLOWED || result == IDN2_UNASSIGNED)
            return (struct dcv_span){label.at + i, size};
    }
    return label;
}

/* Takes a label in ASCII whose octets have been checked. */
static void finish_label(struct dcv_span ascii, struct dcv_span source, enum dcv_idn_rule rule, struct label *out)
{
    if (ascii.len == 0)
        set_fault(out, DCV_HOSTNAME_EMPTY_LABEL, source); /* made of characters that UTS #46 ignores */
    else if (ascii.len > DCV_LABEL_MAX)
        set_fault(out, DCV_HOSTNAME_LABEL_TOO_LONG, source);
    if (out->fault != DCV_HOSTNAME_OK)
        return;
    for (size_t i = 0; i < ascii.len; i++)
        out->ascii[i] = dcv_ascii_lower(ascii.at[i]);
    out->ascii[ascii.len] = '\0';
    char *unicode = NULL;
    bool judged = dcv_span_starts(ascii, "xn--") && (rule == DCV_IDN_CERTIFICATE || !is_ascii(source));
    if (judged && !round_trips(out->ascii, &unicode, &out->no_memory))
        set_fault(out, DCV_HOSTNAME_IDNA, source);
    free(unicode);
}

static void set_idn_fault(int result, struct dcv_span source, struct label *out)
{
    if (result == IDN2_TOO_BIG_LABEL || result == IDN2_TOO_BIG_DOMAIN || result == IDN2_PUNYCODE_BIG_OUTPUT)
        set_fault(out, DCV_HOSTNAME_LABEL_TOO_LONG, source);
    else if (result == IDN2_DISALLOWED || result == IDN2_UNASSIGNED)
        set_fault(out, DCV_HOSTNAME_IDNA, disallowed_character(source));
    else
        set_fault(out, DCV_HOSTNAME_IDNA, source);
    out->no_memory = result == IDN2_MALLOC;
}

/* A label with characters beyond ASCII. What comes out of the mapping is checked as if it had been typed. */
static void read_idn_label(struct dcv_span source, enum dcv_idn_rule rule, struct label *out)
{
    char input[LABEL_INPUT_MAX + 1], *mapped = NULL;
    if (source.len > LABEL_INPUT_MAX) {
        set_fault(out, DCV_HOSTNAME_LABEL_TOO_LONG, source);
        return;
    }
    memcpy(input, source.at, source.len);
    input[source.len] = '\0';
    int result = to_ascii(input, 0, &mapped);
    struct dcv_span ascii = {mapped, result == IDN2_OK ? strlen(mapped) : 0};
    if (result != IDN2_OK)
        set_idn_fault(result, source, out);
    else if (!check_octets(ascii, out) || (ascii.len > 0 && !check_hyphens(ascii, rule, out)))
        out->cause = source;
    else
        finish_label(ascii, source, rule, out);
    free(mapped);
}

static void read_label(struct dcv_span source, enum dcv_idn_rule rule, struct label *out)
{
    *out = (struct label){.fault = DCV_HOSTNAME_OK, .cause = source};
    if (source.len == 0)
        set_fault(out, DCV_HOSTNAME_EMPTY_LABEL, source);
    else if (!check_octets(source, out))
        return;
    else if (!is_ascii(source))
        read_idn_label(source, rule, out);
    else if (check_hyphens(source, rule, out))
        finish_label(source, source, rule, out);
}

/* The Bidi rule (RFC 5893 §2), which is about a name as a whole: a label alone cannot tell */

#define BIDI(class) (1UL << UC_BIDI_##class)
#define BIDI_NEUTRAL (BIDI(EN) | BIDI(ES) | BIDI(CS) | BIDI(ET) | BIDI(ON) | BIDI(BN) | BIDI(NSM))
#define BIDI_RTL (BIDI(R) | BIDI(AL) | BIDI(AN))

/* Bidi classes of a label as bits. */
struct bidi {
    unsigned long all, first, last; /* `last`: non-spacing marks at the end left out */
};

static struct bidi bidi_of(struct dcv_span label)
{
    struct bidi bidi = {0, 0, 0};
    for (size_t i = 0; i < label.len;) {
        ucs4_t character;
        i += (size_t)u8_mbtouc(&character, (const uint8_t *)label.at + i, label.len - i);
        unsigned long class = 1UL << uc_bidi_category(character);
        bidi.all |= class;
        bidi.first = bidi.first == 0 ? class : bidi.first;
        bidi.last = class == BIDI(NSM) ? bidi.last : class;
    }
    return bidi;
}

/* Conditions 1 to 6. */
static bool bidi_holds(struct bidi bidi)
{
    const unsigned long both_numbers = BIDI(EN) | BIDI(AN);
    if (bidi.first == BIDI(L))
        return (bidi.all & ~(BIDI(L) | BIDI_NEUTRAL)) == 0 && (bidi.last & (BIDI(L) | BIDI(EN))) != 0;
    return (bidi.first & (BIDI(R) | BIDI(AL))) != 0 && (bidi.all & ~(BIDI_RTL | BIDI_NEUTRAL)) == 0 &&
           (bidi.last & (BIDI_RTL | BIDI(EN))) != 0 && (bidi.all & both_numbers) != both_numbers;
}

/* Which label, counted from 0, breaks the rule; -1 for none. `unicode` has U-labels and ASCII dots. */
static int bidi_fault(struct dcv_span unicode)
{
    int at = 0, broken = -1;
    if ((bidi_of(unicode).all & BIDI_RTL) == 0)
        return -1;
    for (struct dcv_span left = unicode;; at++) {
        size_t end = dcv_span_find(left, ".");
        if (broken < 0 && !bidi_holds(bidi_of((struct dcv_span){left.at, end})))
            broken = at;
        if (end == left.len)
            return broken;
        left = dcv_span_from(left, end + 1);
    }
}

static void check_bidi(struct dcv_span source, const char *text, struct label *label)
{
    char *unicode = NULL;
    int result = idn2_to_unicode_8z8z(text, &unicode, IDN2_NONTRANSITIONAL), broken = -1;
    if (result == IDN2_OK)
        broken = bidi_fault((struct dcv_span){unicode, strlen(unicode)});
    else
        set_idn_fault(result, source, label);
    free(unicode);
    for (; broken > 0; broken--) {
        size_t end = dcv_idn_find_dot(source);
        source = dcv_span_from(source, end + dcv_idn_dot(dcv_span_from(source, end)));
    }
    if (broken == 0)
        set_fault(label, DCV_HOSTNAME_IDNA, (struct dcv_span){source.at, dcv_idn_find_dot(source)});
}

/* Names */

/* Labels up to the end of `source`, in presentation form in `text`. A fault is in `label`, which also keeps the last
 * one. */
static bool read_labels(struct dcv_span source, size_t max, enum dcv_idn_rule rule, char text[NAME_TEXT_MAX + 1],
                        struct label *label)
{
    size_t len = 0;
    for (struct dcv_span left = source;;) {
        size_t end = dcv_idn_find_dot(left);
        read_label((struct dcv_span){left.at, end}, rule, label);
        if (label->fault != DCV_HOSTNAME_OK)
            return false;
        size_t size = strlen(label->ascii);
        if (len + (len > 0) + size > max) {
            set_fault(label, DCV_HOSTNAME_TOO_LONG, source);
            return false;
        }
        if (len > 0)
            text[len++] = '.';
        memcpy(text + len, label->ascii, size + 1);
        len += size;
        if (end == left.len)
            return true;
        left = dcv_span_from(left, end + dcv_idn_dot(dcv_span_from(left, end)));
    }
}

/* A name whose last label is a number is taken for an address by much software, so it is none (RFC 3696 §2). */
static void check_numeric(struct dcv_span source, const char *text, struct label *label)
{
    if (!dcv_ip_numeric_label(label->ascii, strlen(label->ascii)))
        return;
    if (dcv_ipv4_loose(text, strlen(text)))
        set_fault(label, DCV_HOSTNAME_IP_ADDRESS, source);
    else
        set_fault(label, DCV_HOSTNAME_NUMERIC_TLD, label->cause);
}

enum dcv_status dcv_idn_read(struct dcv_span source, size_t max, enum dcv_idn_rule rule, struct dcv_name *out,
                             struct dcv_idn_fault *fault)
{
    char text[NAME_TEXT_MAX + 1];
    struct label label;
    if (read_labels(source, max < NAME_TEXT_MAX ? max : NAME_TEXT_MAX, rule, text, &label)) {
        check_numeric(source, text, &label);
        if (label.fault == DCV_HOSTNAME_OK && rule == DCV_IDN_CERTIFICATE && strstr(text, "xn--") != NULL)
            check_bidi(source, text, &label);
    }
    if (label.fault == DCV_HOSTNAME_OK)
        return dcv_name_parse(text, out, NULL);
    if (label.no_memory)
        return DCV_ERR_NOMEM;
    *fault = (struct dcv_idn_fault){label.fault, label.cause};
    return DCV_ERR_SYNTAX;
}

enum dcv_status dcv_name_from_unicode(const char *text, size_t len, struct dcv_name *out)
{
    struct dcv_idn_fault fault;
    return dcv_idn_read((struct dcv_span){text, len}, NAME_TEXT_MAX, DCV_IDN_HOST, out, &fault);
}

/* The U-label of one label in wire form when it is safe to show. Returns how many octets were written, at most four for
 * each of the label, as escapes would be; 0 for none. */
static size_t put_unicode_label(const uint8_t *wire, char *out)
{
    char ascii[DCV_LABEL_MAX + 1] = "", *unicode;
    bool no_memory;
    for (unsigned i = 0; i < wire[0]; i++)
        ascii[i] = dcv_ascii_lower((char)wire[i + 1]);
    if (strncmp(ascii, "xn--", 4) != 0 || strlen(ascii) != wire[0] || !round_trips(ascii, &unicode, &no_memory))
        return 0;
    struct dcv_span label = {unicode, strlen(unicode)};
    bool safe =
        label.len <= (size_t)wire[0] * 4 && dcv_text_plain(unicode, label.len) && dcv_idn_find_dot(label) == label.len;
    for (size_t i = 0; safe && i < label.len; i++)
        out[i] = unicode[i];
    free(unicode);
    return safe ? label.len : 0;
}

const char *dcv_name_unicode(const struct dcv_name *name, char out[DCV_NAME_TEXT_MAX])
{
    if (name->len <= 1)
        return dcv_name_text(name, out);
    size_t to = 0;
    for (unsigned i = 0; i < name->len && name->wire[i] != 0; i += name->wire[i] + 1U) {
        struct dcv_name only = {.len = (uint8_t)(name->wire[i] + 2)};
        memcpy(only.wire, name->wire + i, name->wire[i] + 1U);
        if (i > 0)
            out[to++] = '.';
        size_t len = put_unicode_label(name->wire + i, out + to);
        if (len == 0) {
            char escaped[DCV_NAME_TEXT_MAX];
            len = strlen(dcv_name_text(&only, escaped));
            memcpy(out + to, escaped, len);
        }
        to += len;
    }
    out[to] = '\0';
    return out;
}
