#include "base/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 1024, BLOCK_SIZE = 8192, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) unsigned char data[];
};

struct dcv_arena {
    struct dcv_allocator allocator;
    struct block *blocks; /* the newest first */
    size_t used, held;
    bool failed;
};

static void *system_resize(void *user, void *block, size_t size)
{
    (void)user;
    if (size == 0) {
        free(block);
        return NULL;
    }
    return realloc(block, size);
}

struct dcv_arena *dcv_arena_create(const struct dcv_allocator *allocator)
{
    struct dcv_allocator from = allocator != NULL ? *allocator : (struct dcv_allocator){.resize = system_resize};
    struct dcv_arena *arena = from.resize(from.user, NULL, sizeof *arena);
    if (arena == NULL)
        return NULL;
    *arena = (struct dcv_arena){.allocator = from, .held = sizeof *arena};
    return arena;
}

void dcv_arena_free(struct dcv_arena *arena)
{
    if (arena == NULL)
        return;
    struct dcv_allocator from = arena->allocator;
    for (struct block *block = arena->blocks; block != NULL;) {
        struct block *next = block->next;
        from.resize(from.user, block, 0);
        block = next;
    }
    from.resize(from.user, arena, 0);
}

static struct block *add_block(struct dcv_arena *arena, size_t need)
{
    /* Small at first, and then twice as large: many an arena holds a few hundred octets, or a few thousand. */
    const size_t twice = arena->blocks != NULL && arena->blocks->size < BLOCK_SIZE ? 2 * arena->blocks->size : BLOCK_SIZE;
    const size_t usual = arena->blocks == NULL || twice < FIRST_BLOCK ? FIRST_BLOCK : twice < BLOCK_SIZE ? twice : BLOCK_SIZE;
    size_t size = need > usual / 4 ? need : usual;
    if (size > SIZE_MAX - sizeof(struct block))
        return NULL;
    struct block *block = arena->allocator.resize(arena->allocator.user, NULL, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    block->used = 0;
    arena->held += sizeof *block + size;
    /* A large item gets a block of its own behind the current one, whose room stays usable. */
    if (size == need && arena->blocks != NULL && size != usual) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *dcv_arena_alloc(struct dcv_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGN) {
        arena->failed = true;
        return NULL;
    }
    size_t need = (size + ALIGN - 1) / ALIGN * ALIGN;
    struct block *block = arena->blocks;
    if (block == NULL || block->size - block->used < need)
        block = add_block(arena, need);
    if (block == NULL) {
        arena->failed = true;
        return NULL;
    }
    void *result = block->data + block->used;
    block->used += need;
    arena->used += need;
    memset(result, 0, need);
    return result;
}

void *dcv_arena_array(struct dcv_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return dcv_arena_alloc(arena, count * size);
}

void *dcv_arena_copy(struct dcv_arena *arena, const void *data, size_t size)
{
    void *copy = dcv_arena_alloc(arena, size);
    if (copy != NULL && size != 0)
        memcpy(copy, data, size);
    return copy;
}

char *dcv_arena_strndup(struct dcv_arena *arena, const char *text, size_t len)
{
    if (len == SIZE_MAX) {
        arena->failed = true;
        return NULL;
    }
    char *copy = dcv_arena_alloc(arena, len + 1);
    if (copy != NULL && len != 0)
        memcpy(copy, text, len);
    return copy;
}

char *dcv_arena_strdup(struct dcv_arena *arena, const char *text)
{
    return dcv_arena_strndup(arena, text, strlen(text));
}

char *dcv_arena_vprintf(struct dcv_arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = NULL;
    if (len >= 0)
        text = dcv_arena_alloc(arena, (size_t)len + 1);
    else
        arena->failed = true;
    if (text != NULL)
        (void)vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}

char *dcv_arena_printf(struct dcv_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = dcv_arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

bool dcv_arena_failed(const struct dcv_arena *arena)
{
    return arena->failed;
}

void dcv_arena_fail(struct dcv_arena *arena)
{
    arena->failed = true;
}

size_t dcv_arena_used(const struct dcv_arena *arena)
{
    return arena->used;
}

size_t dcv_arena_held(const struct dcv_arena *arena)
{
    return arena->held;
}
