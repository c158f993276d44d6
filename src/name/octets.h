/* Octets of a contact value, and the kinds of characters that they are: what the grammar of an address asks for, and
 * what a diagnosis of its faults does. */
#ifndef DCV_NAME_OCTETS_H
#define DCV_NAME_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* `at` is behind or at the last octet of the value where `len` is 0. */
struct dcv_octets {
    const uint8_t *at;
    size_t len;
};

enum dcv_kind {
    DCV_KIND_ATEXT, /* RFC 5322 §3.2.3, and what RFC 6532 §3.2 adds */
    DCV_KIND_DOT,
    DCV_KIND_SPECIAL,   /* printable ASCII that has a meaning of its own: RFC 5322 §3.2.3 "specials" without the dot */
    DCV_KIND_SPACE,     /* white space of any script */
    DCV_KIND_INVISIBLE, /* what no eye can see at the edge of a text: zero width, bidirectional controls */
    DCV_KIND_CONTROL,
    DCV_KIND_CURLY,     /* a typographic quotation mark */
    DCV_KIND_SEPARATOR, /* an ideographic or full-width comma or semicolon */
    DCV_KIND_WIDE,      /* other full-width forms and the ideographic full stop: never part of a U-label */
    DCV_KIND_BROKEN,    /* an octet that begins no valid UTF-8 */
};

static inline struct dcv_octets dcv_octets_from(struct dcv_octets text, size_t skip)
{
    return (struct dcv_octets){text.at + skip, text.len - skip};
}

static inline struct dcv_octets dcv_octets_between(const uint8_t *from, const uint8_t *to)
{
    return (struct dcv_octets){from, (size_t)(to - from)};
}

static inline const uint8_t *dcv_octets_end(struct dcv_octets text)
{
    return text.at + text.len;
}

/* The first such octet, or NULL. */
static inline const uint8_t *dcv_octets_find(struct dcv_octets text, char octet)
{
    return text.len == 0 ? NULL : memchr(text.at, octet, text.len);
}

/* Without ASCII case. */
bool dcv_octets_starts(struct dcv_octets text, const char *what);
bool dcv_octets_ends(struct dcv_octets text, const char *what);
/* The character at the start of a text that is not empty: its kind, and in `*size` its octets. */
enum dcv_kind dcv_octets_kind(struct dcv_octets text, size_t *size);
/* The same for the character at the end. */
enum dcv_kind dcv_octets_last_kind(struct dcv_octets text, size_t *size);
/* The first character of a kind, or the end. */
const uint8_t *dcv_octets_find_kind(struct dcv_octets text, enum dcv_kind kind);
/* White space, or what no eye can see? */
bool dcv_kind_blank(enum dcv_kind kind);
/* Without such characters at either end. */
struct dcv_octets dcv_octets_trim(struct dcv_octets text);

#endif
