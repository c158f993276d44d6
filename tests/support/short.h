/* Memory that runs out with the n-th allocation, wherever it is made in the program. For tests that are linked with --wrap of these functions; one
 * file of a program includes it. */
#ifndef DCV_SUPPORT_SHORT_H
#define DCV_SUPPORT_SHORT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { PLENTY = -1 };
static long short_left = PLENTY; /* allocations that still succeed */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);

static bool short_of_memory(void)
{
    if (short_left > 0)
        short_left--;
    else if (short_left == 0)
        return true;
    return false;
}

void *__wrap_malloc(size_t size)
{
    return short_of_memory() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return short_of_memory() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return short_of_memory() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    const size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

#endif
