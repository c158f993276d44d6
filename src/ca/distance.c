#include "ca/distance.h"

#include "base/text.h"

#include <string.h>

enum { TEXT_MAX = 255 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static bool same(char a, char b)
{
    return dcv_ascii_lower(a) == dcv_ascii_lower(b);
}

/* One row of the table: `rows[2]` is to be filled for `a[i]` from the two rows before it. */
static void fill_row(const char *a, size_t i, const char *b, size_t b_len, size_t *rows[3])
{
    rows[2][0] = i + 1;
    for (size_t j = 0; j < b_len; j++) {
        size_t best = rows[1][j] + (same(a[i], b[j]) ? 0 : 1);
        best = least(best, least(rows[1][j + 1], rows[2][j]) + 1);
        if (i > 0 && j > 0 && same(a[i], b[j - 1]) && same(a[i - 1], b[j]))
            best = least(best, rows[0][j - 1] + 1);
        rows[2][j + 1] = best;
    }
}

size_t dcv_distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > TEXT_MAX || b_len > TEXT_MAX)
        return DCV_DISTANCE_FAR;
    size_t room[3][TEXT_MAX + 1];
    size_t *rows[3] = {room[0], room[1], room[2]};
    for (size_t j = 0; j <= b_len; j++)
        rows[1][j] = j;
    for (size_t i = 0; i < a_len; i++) {
        fill_row(a, i, b, b_len, rows);
        size_t *oldest = rows[0];
        rows[0] = rows[1];
        rows[1] = rows[2];
        rows[2] = oldest;
    }
    return rows[1][b_len];
}

struct dcv_nearest dcv_nearest_start(const char *word)
{
    const size_t len = strlen(word);
    return (struct dcv_nearest){.word = word, .best = (len < 6 ? len / 2 : len / 3) + 1};
}

static bool begins_with(const char *text, const char *start)
{
    const size_t len = strlen(start);
    return len > 2 && strlen(text) >= len && dcv_ascii_equal_nocase_n(text, start, len);
}

void dcv_nearest_offer(struct dcv_nearest *nearest, const char *candidate)
{
    const size_t distance = dcv_distance(candidate, nearest->word);
    if (distance < nearest->best) {
        nearest->best = distance;
        nearest->found = candidate;
    }
    if (nearest->longer == NULL && begins_with(candidate, nearest->word))
        nearest->longer = candidate;
}

const char *dcv_nearest_end(const struct dcv_nearest *nearest)
{
    return nearest->found != NULL ? nearest->found : nearest->longer;
}
