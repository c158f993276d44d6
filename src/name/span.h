/* Part of a text, for the readers of this module. */
#ifndef DCV_NAME_SPAN_H
#define DCV_NAME_SPAN_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct dcv_span {
    const char *at;
    size_t len;
};

static inline struct dcv_span dcv_span_from(struct dcv_span span, size_t skip)
{
    return (struct dcv_span){span.at + skip, span.len - skip};
}

/* Position of the first octet that is one of `set`, or `span.len`. */
static inline size_t dcv_span_find(struct dcv_span span, const char *set)
{
    size_t i = 0;
    while (i < span.len && (span.at[i] == '\0' || strchr(set, span.at[i]) == NULL))
        i++;
    return i;
}

/* Without ASCII case. */
static inline bool dcv_span_starts(struct dcv_span span, const char *text)
{
    size_t len = strlen(text);
    return span.len >= len && dcv_ascii_equal_nocase_n(span.at, text, len);
}

static inline bool dcv_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool dcv_is_letter(char c)
{
    c = dcv_ascii_lower(c);
    return c >= 'a' && c <= 'z';
}

#endif
