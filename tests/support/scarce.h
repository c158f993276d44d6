/* Memory that runs out with the n-th allocation: the allocator's user is the number of those that are left. */
#ifndef DCV_SUPPORT_SCARCE_H
#define DCV_SUPPORT_SCARCE_H

#include <stddef.h>
#include <stdlib.h>

static inline void *scarce(void *user, void *block, size_t size)
{
    size_t *left = user;
    if (size == 0) {
        free(block);
        return NULL;
    }
    if (*left == 0)
        return NULL;
    (*left)--;
    return realloc(block, size);
}

#endif
