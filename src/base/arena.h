/* Arena: many small allocations, freed together.
 *
 * Failure is sticky: after an allocation failed, dcv_arena_failed() stays true. Code that builds a value may
 * therefore go on with what it has and let the caller look once at the end, as with ferror(). */
#ifndef DCV_BASE_ARENA_H
#define DCV_BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Where memory comes from; tests inject one that fails. `resize(user, NULL, n)` allocates, `(user, p, 0)` frees. */
struct dcv_allocator {
    void *(*resize)(void *user, void *block, size_t size);
    void *user;
};

struct dcv_arena;

/* NULL `allocator`: malloc. NULL is returned when memory is short. */
struct dcv_arena *dcv_arena_create(const struct dcv_allocator *allocator);
void dcv_arena_free(struct dcv_arena *arena);

/* Zeroed memory, aligned for any type; NULL (and sticky failure) when memory is short. Size 0 gives a valid pointer. */
void *dcv_arena_alloc(struct dcv_arena *arena, size_t size);
/* Room for `count` items of `size`; overflow counts as failure. */
void *dcv_arena_array(struct dcv_arena *arena, size_t count, size_t size);
void *dcv_arena_copy(struct dcv_arena *arena, const void *data, size_t size);
char *dcv_arena_strdup(struct dcv_arena *arena, const char *text);
char *dcv_arena_strndup(struct dcv_arena *arena, const char *text, size_t len);
char *dcv_arena_printf(struct dcv_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *dcv_arena_vprintf(struct dcv_arena *arena, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
bool dcv_arena_failed(const struct dcv_arena *arena);
/* Marks the arena as failed, for containers that live in it. */
void dcv_arena_fail(struct dcv_arena *arena);
/* Octets handed out so far. */
size_t dcv_arena_used(const struct dcv_arena *arena);
/* Octets taken from the allocator, those not handed out yet and the arena itself included. */
size_t dcv_arena_held(const struct dcv_arena *arena);

#endif
