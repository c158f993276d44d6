#include "net/fields.h"

#include <string.h>

void dcv_fields_put(struct dcv_buf *out, const char *key, const char *value)
{
    dcv_buf_puts(out, key);
    dcv_buf_putc(out, ' ');
    dcv_buf_put(out, value, strcspn(value, "\n"));
    dcv_buf_putc(out, '\n');
}

const char *dcv_fields_take(struct dcv_cursor *cursor, struct dcv_arena *arena, const char *key)
{
    const size_t key_len = strlen(key), left = dcv_cursor_left(cursor);
    const char *line = (const char *)cursor->at;
    const char *end = left != 0 ? memchr(line, '\n', left) : NULL;
    if (end == NULL || (size_t)(end - line) <= key_len || memcmp(line, key, key_len) != 0 || line[key_len] != ' ')
        return NULL;
    const char *value = line + key_len + 1;
    if (memchr(value, '\0', (size_t)(end - value)) != NULL)
        return NULL;
    const char *copy = dcv_arena_strndup(arena, value, (size_t)(end - value));
    if (copy != NULL)
        (void)dcv_cursor_take(cursor, (size_t)(end + 1 - line));
    return copy;
}

bool dcv_fields_end(struct dcv_cursor *cursor)
{
    const uint8_t *end = dcv_cursor_take(cursor, 1);
    return end != NULL && *end == '\n';
}
