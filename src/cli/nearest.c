#include "cli/nearest.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST = 40, FARTHEST = 3 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours. Only three rows of the matrix live at a time. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

struct cli_nearest cli_nearest_start(const char *word, size_t len)
{
    size_t limit = least((len + 2) / 3, FARTHEST);
    return (struct cli_nearest){.word = word, .len = len, .distance = limit + 1};
}

void cli_nearest_offer(struct cli_nearest *nearest, const char *candidate)
{
    size_t len = strlen(candidate);
    if (nearest->len == 0 || nearest->len > LONGEST || len > LONGEST)
        return;
    /* An abbreviation is not accepted, but what it stands for is clear. */
    bool begins = nearest->len >= 2 && nearest->len < len && memcmp(nearest->word, candidate, nearest->len) == 0;
    size_t far = begins ? 1 : distance(nearest->word, nearest->len, candidate, len);
    if (far < nearest->distance) {
        nearest->distance = far;
        nearest->best = candidate;
    }
}
