/* Growable arrays in an arena.
 *
 *     DCV_VEC(struct thing) things = {0};
 *     struct thing *thing = DCV_VEC_ADD(arena, &things);   // zeroed, or NULL: memory is short (sticky in the arena)
 */
#ifndef DCV_BASE_VEC_H
#define DCV_BASE_VEC_H

#include "base/arena.h"

#define DCV_VEC(type)                                                                                                   \
    struct {                                                                                                            \
        type *items;                                                                                                    \
        size_t count, room;                                                                                             \
    }

/* A new zeroed item at the end of `vec`, or NULL. Pointers to earlier items may become stale. */
#define DCV_VEC_ADD(arena, vec)                                                                                         \
    ((__typeof__((vec)->items))dcv_vec_add((arena), (void **)&(vec)->items, &(vec)->count, &(vec)->room, sizeof *(vec)->items))

/* Makes room for `more` items besides those there are, at once. */
#define DCV_VEC_RESERVE(arena, vec, more)                                                                               \
    dcv_vec_reserve((arena), (void **)&(vec)->items, (vec)->count, &(vec)->room, (more), sizeof *(vec)->items)

void dcv_vec_reserve(struct dcv_arena *arena, void **items, size_t count, size_t *room, size_t more, size_t size);
void *dcv_vec_add(struct dcv_arena *arena, void **items, size_t *count, size_t *room, size_t size);

#endif
