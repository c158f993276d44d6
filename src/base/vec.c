#include "base/vec.h"

#include <stdint.h>
#include <string.h>

void dcv_vec_reserve(struct dcv_arena *arena, void **items, size_t count, size_t *room, size_t more, size_t size)
{
    if (more > SIZE_MAX - count) {
        dcv_arena_fail(arena);
        return;
    }
    if (count + more <= *room)
        return;
    void *larger = dcv_arena_array(arena, count + more, size);
    if (larger == NULL)
        return;
    if (count != 0)
        memcpy(larger, *items, count * size);
    *items = larger;
    *room = count + more;
}

void *dcv_vec_add(struct dcv_arena *arena, void **items, size_t *count, size_t *room, size_t size)
{
    if (*count == *room)
        dcv_vec_reserve(arena, items, *count, room, *room == 0 ? 4 : *room, size);
    if (*count == *room)
        return NULL;
    return (unsigned char *)*items + size * (*count)++;
}
