#include "base/vec.h"

#include <stdint.h>
#include <string.h>

void *dcv_vec_add(struct dcv_arena *arena, void **items, size_t *count, size_t *room, size_t size)
{
    if (*count == *room) {
        size_t more = *room == 0 ? 4 : *room * 2;
        if (more < *room) {
            dcv_arena_fail(arena);
            return NULL;
        }
        void *larger = dcv_arena_array(arena, more, size);
        if (larger == NULL)
            return NULL;
        if (*count != 0)
            memcpy(larger, *items, *count * size);
        *items = larger;
        *room = more;
    }
    return (unsigned char *)*items + size * (*count)++;
}
