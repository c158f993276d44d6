#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void dcv_buf_init(struct dcv_buf *buf, size_t max)
{
    *buf = (struct dcv_buf){.max = max};
}

void dcv_buf_done(struct dcv_buf *buf)
{
    free(buf->data);
    *buf = (struct dcv_buf){.max = buf->max};
}

void dcv_buf_clear(struct dcv_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

/* Makes room for `more` octets and the final zero; false marks the buffer as failed. */
static bool reserve(struct dcv_buf *buf, size_t more)
{
    if (buf->failed || more > buf->max || buf->len > buf->max - more) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->len + more + 1;
    if (need <= buf->room)
        return true;
    size_t room = buf->room == 0 ? 64 : buf->room;
    while (room < need)
        room = room > SIZE_MAX / 2 ? need : room * 2;
    char *data = realloc(buf->data, room);
    if (data == NULL) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->room = room;
    return true;
}

void dcv_buf_put(struct dcv_buf *buf, const void *data, size_t len)
{
    if (!reserve(buf, len))
        return;
    if (len != 0)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void dcv_buf_puts(struct dcv_buf *buf, const char *text)
{
    dcv_buf_put(buf, text, strlen(text));
}

void dcv_buf_putc(struct dcv_buf *buf, char octet)
{
    dcv_buf_put(buf, &octet, 1);
}

void dcv_buf_u16(struct dcv_buf *buf, uint16_t value)
{
    dcv_buf_put(buf, (uint8_t[]){(uint8_t)(value >> 8), (uint8_t)value}, 2);
}

void dcv_buf_u32(struct dcv_buf *buf, uint32_t value)
{
    dcv_buf_u16(buf, (uint16_t)(value >> 16));
    dcv_buf_u16(buf, (uint16_t)value);
}

void dcv_buf_decimal(struct dcv_buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    dcv_buf_put(buf, digits + at, sizeof digits - at);
}

void dcv_buf_fill(struct dcv_buf *buf, char octet, size_t count)
{
    if (!reserve(buf, count))
        return;
    memset(buf->data + buf->len, octet, count);
    buf->len += count;
    buf->data[buf->len] = '\0';
}

void dcv_buf_vprintf(struct dcv_buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        buf->failed = true;
    else if (reserve(buf, (size_t)len)) {
        (void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

void dcv_buf_printf(struct dcv_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    dcv_buf_vprintf(buf, format, args);
    va_end(args);
}

const char *dcv_buf_text(const struct dcv_buf *buf)
{
    return buf->len != 0 ? buf->data : "";
}

void dcv_cursor_init(struct dcv_cursor *cursor, const void *data, size_t len)
{
    const uint8_t *at = data;
    *cursor = (struct dcv_cursor){.at = at, .end = len != 0 ? at + len : at};
}

size_t dcv_cursor_left(const struct dcv_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->at);
}

const uint8_t *dcv_cursor_take(struct dcv_cursor *cursor, size_t len)
{
    if (cursor->failed || len > dcv_cursor_left(cursor)) {
        cursor->failed = true;
        return NULL;
    }
    const uint8_t *taken = cursor->at;
    if (len != 0)
        cursor->at += len;
    return taken;
}

uint8_t dcv_cursor_u8(struct dcv_cursor *cursor)
{
    const uint8_t *octet = dcv_cursor_take(cursor, 1);
    return octet != NULL ? *octet : 0;
}

uint16_t dcv_cursor_u16(struct dcv_cursor *cursor)
{
    const uint8_t *octets = dcv_cursor_take(cursor, 2);
    return octets != NULL ? (uint16_t)((unsigned)octets[0] << 8 | octets[1]) : 0;
}

uint32_t dcv_cursor_u32(struct dcv_cursor *cursor)
{
    uint32_t high = dcv_cursor_u16(cursor);
    return high << 16 | dcv_cursor_u16(cursor);
}
