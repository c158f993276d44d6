/* Text from the network, made safe. */
#ifndef DCV_BASE_TEXT_H
#define DCV_BASE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many octets at the beginning are printable ASCII. */
size_t dcv_ascii_span(const void *data, size_t len);
bool dcv_utf8_valid(const void *data, size_t len);
/* Appends octets of unknown origin as printable UTF-8: controls, bidirectional and zero-width characters and octets
 * that are no UTF-8 become \u{..} or \xHH, a backslash becomes \\. */
void dcv_text_escape(struct dcv_buf *buf, const void *data, size_t len);
/* Appends a JSON text with those of them that are beyond ASCII as \uXXXX, which means the same (RFC 8259 §7). */
void dcv_text_escape_json(struct dcv_buf *buf, const char *json);
/* Is the text free of anything that dcv_text_escape() would change? */
bool dcv_text_plain(const void *data, size_t len);
/* ASCII only, whatever the locale. */
static inline char dcv_ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool dcv_ascii_equal_nocase(const char *a, const char *b);
bool dcv_ascii_equal_nocase_n(const void *a, const void *b, size_t len);
/* Whole decimal number in [min, max]; false for anything else. */
bool dcv_text_number(const char *text, long min, long max, long *out);
void dcv_hex_put(struct dcv_buf *buf, const void *data, size_t len);
/* Lower- or upper-case hexadecimal; false when it is none or does not fit. */
bool dcv_hex_read(const char *text, uint8_t *out, size_t room, size_t *len);

#endif
