/* The word that was probably meant. */
#ifndef DCV_CLI_NEAREST_H
#define DCV_CLI_NEAREST_H

#include <stddef.h>

struct cli_nearest {
    const char *word; /* as typed, not terminated */
    size_t len;
    const char *best; /* NULL: nothing is near */
    size_t distance;
};

struct cli_nearest cli_nearest_start(const char *word, size_t len);
/* Keeps `candidate` (lent) when it is nearer than those before. */
void cli_nearest_offer(struct cli_nearest *nearest, const char *candidate);

#endif
