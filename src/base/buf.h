/* A growing buffer with a ceiling, and a cursor that never looks outside its bytes.
 *
 * Both have sticky failure: write or read on, look at `failed` once at the end. */
#ifndef DCV_BASE_BUF_H
#define DCV_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dcv_buf {
    char *data;  /* always followed by a zero octet once something was written */
    size_t len;
    size_t room; /* private */
    size_t max;  /* ceiling for len */
    bool failed; /* out of memory or over the ceiling: what was written since is incomplete */
};

void dcv_buf_init(struct dcv_buf *buf, size_t max);
void dcv_buf_done(struct dcv_buf *buf);
void dcv_buf_clear(struct dcv_buf *buf);
void dcv_buf_put(struct dcv_buf *buf, const void *data, size_t len);
void dcv_buf_puts(struct dcv_buf *buf, const char *text);
void dcv_buf_putc(struct dcv_buf *buf, char octet);
void dcv_buf_u16(struct dcv_buf *buf, uint16_t value); /* network order */
void dcv_buf_u32(struct dcv_buf *buf, uint32_t value);
void dcv_buf_decimal(struct dcv_buf *buf, uint64_t value); /* "0", "1234": quicker than printf */
void dcv_buf_fill(struct dcv_buf *buf, char octet, size_t count);
void dcv_buf_printf(struct dcv_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void dcv_buf_vprintf(struct dcv_buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* The text so far, "" when empty. Lent until the next write. */
const char *dcv_buf_text(const struct dcv_buf *buf);

struct dcv_cursor {
    const uint8_t *at, *end;
    bool failed; /* something was asked for that is not there */
};

void dcv_cursor_init(struct dcv_cursor *cursor, const void *data, size_t len);
size_t dcv_cursor_left(const struct dcv_cursor *cursor);
/* Zero, or NULL, when the cursor has failed. */
uint8_t dcv_cursor_u8(struct dcv_cursor *cursor);
uint16_t dcv_cursor_u16(struct dcv_cursor *cursor);
uint32_t dcv_cursor_u32(struct dcv_cursor *cursor);
const uint8_t *dcv_cursor_take(struct dcv_cursor *cursor, size_t len);

#endif
