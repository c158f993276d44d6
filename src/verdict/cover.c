/* The fewest mailboxes that approve every name of an order that can be approved. */
#include "verdict/cover.h"

#include <string.h>

/* Bounds of the search, which for a real order ends long before: it looks at this many mailboxes in all, and takes this many at once. */
enum { SEARCH_LOOKS = 20000000, DEPTH_MAX = 64 };

/* ---- sets of names --------------------------------------------------------------------------------------------------------------- */

uint64_t *cover_set(const struct covering *covering)
{
    return dcv_arena_array(covering->arena, covering->words + 1, sizeof(uint64_t));
}

void cover_put(uint64_t *set, size_t name)
{
    set[name / COVER_WORD_BITS] |= (uint64_t)1 << name % COVER_WORD_BITS;
}

bool cover_has(const uint64_t *set, size_t name)
{
    return (set[name / COVER_WORD_BITS] >> name % COVER_WORD_BITS & 1) != 0;
}

static size_t size_of(const uint64_t *set, size_t words)
{
    size_t count = 0;
    for (size_t i = 0; i < words; i++)
        count += (size_t)__builtin_popcountll(set[i]);
    return count;
}

/* The numbers in a set, ascending. */
const size_t *cover_list(const struct covering *covering, const uint64_t *set, size_t *count)
{
    *count = size_of(set, covering->words);
    size_t *list = dcv_arena_array(covering->arena, *count + 1, sizeof *list);
    for (size_t name = 0, at = 0; list != NULL && at < *count; name++)
        if (cover_has(set, name))
            list[at++] = name;
    return list;
}

/* ---- the fewest mailboxes -------------------------------------------------------------------------------------------------------- */

struct search {
    struct covering *covering;
    const size_t *candidates;     /* mailboxes that no other one makes superfluous, widest first */
    size_t candidate_count;
    size_t looks;                 /* at a mailbox, for a name */
    uint64_t *open[DEPTH_MAX + 1]; /* by depth: the names that are not yet approved */
    size_t chosen[DEPTH_MAX], depth;
    size_t name[DEPTH_MAX], next[DEPTH_MAX]; /* by depth: the name decided, and the candidate to try next */
    size_t best[DEPTH_MAX], best_count; /* best_count 0: none found */
};

/* Does mailbox `a` approve all that `b` does, and is it to be preferred where they are equal? */
static bool dominates(const struct covering *covering, size_t a, size_t b)
{
    bool equal = true;
    if (!cover_has(covering->sets.items[a], covering->ca->mailboxes.items[b].names[0]))
        return false;
    for (size_t i = 0; i < covering->words; i++) {
        if ((covering->sets.items[b][i] & ~covering->sets.items[a][i]) != 0)
            return false;
        equal = equal && covering->sets.items[a][i] == covering->sets.items[b][i];
    }
    return !equal || a < b;
}

static const size_t *undominated(const struct covering *covering, size_t *count)
{
    const size_t all = covering->sets.count;
    size_t *list = dcv_arena_array(covering->arena, all + 1, sizeof *list);
    *count = 0;
    for (size_t b = 0; list != NULL && b < all; b++) {
        bool superfluous = false;
        for (size_t a = 0; a < all && !superfluous; a++)
            superfluous = a != b && dominates(covering, a, b);
        if (!superfluous)
            list[(*count)++] = b;
    }
    return list;
}

/* The name still open that the fewest candidates approve: one of those must be taken. `fewest`: how many they are. */
static size_t hardest(struct search *search, const uint64_t *open, size_t *fewest)
{
    size_t best = SIZE_MAX;
    *fewest = SIZE_MAX;
    for (size_t name = 0; name < search->covering->order->names.count; name++) {
        if (!cover_has(open, name))
            continue;
        size_t count = 0;
        for (size_t i = 0; i < search->candidate_count; i++)
            count += cover_has(search->covering->sets.items[search->candidates[i]], name);
        search->looks += search->candidate_count;
        if (count < *fewest) {
            *fewest = count;
            best = name;
        }
    }
    return best;
}

static void remove_names(const struct covering *covering, uint64_t *from, const uint64_t *names)
{
    for (size_t word = 0; word < covering->words; word++)
        from[word] &= ~names[word];
}

static bool note_smallest(struct covering *covering, size_t mailbox)
{
    size_t *slot = DCV_VEC_ADD(covering->arena, &covering->ca->smallest);
    if (slot != NULL)
        *slot = mailbox;
    return slot != NULL;
}

/* The first candidate that approves a name. */
static size_t first_for(const struct search *search, size_t name)
{
    size_t i = 0;
    while (!cover_has(search->covering->sets.items[search->candidates[i]], name))
        i++;
    return search->candidates[i];
}

/* What has no choice: names with one candidate, until there are none. Of names whose addresses stand above one another that is all. */
static void take_forced(struct search *search, uint64_t *open)
{
    size_t fewest;
    for (size_t name = hardest(search, open, &fewest); fewest == 1; name = hardest(search, open, &fewest)) {
        const size_t only = first_for(search, name);
        if (!note_smallest(search->covering, only))
            return;
        remove_names(search->covering, open, search->covering->sets.items[only]);
    }
}

/* A node of the search: done when it is a cover, cut when it cannot lead to a smaller one; else its hardest name is to be decided. */
static bool enter(struct search *search)
{
    size_t fewest;
    const uint64_t *open = search->open[search->depth];
    if (size_of(open, search->covering->words) == 0) {
        memcpy(search->best, search->chosen, search->depth * sizeof search->chosen[0]);
        search->best_count = search->depth;
        return false;
    }
    if (search->depth + 1 == DEPTH_MAX || (search->best_count != 0 && search->depth + 1 >= search->best_count))
        return false;
    search->name[search->depth] = hardest(search, open, &fewest);
    search->next[search->depth] = 0;
    return true;
}

/* Takes the next candidate that approves the name to be decided; false: there is none left. */
static bool choose(struct search *search)
{
    const struct covering *covering = search->covering;
    const size_t depth = search->depth;
    while (search->next[depth] < search->candidate_count && search->looks < SEARCH_LOOKS) {
        const size_t candidate = search->candidates[search->next[depth]++];
        search->looks++;
        if (!cover_has(covering->sets.items[candidate], search->name[depth]))
            continue;
        memcpy(search->open[depth + 1], search->open[depth], covering->words * sizeof(uint64_t));
        remove_names(covering, search->open[depth + 1], covering->sets.items[candidate]);
        search->chosen[search->depth++] = candidate;
        return true;
    }
    return false;
}

/* Branch and bound: every set that covers takes one of the mailboxes of each name. */
static void take(struct search *search)
{
    bool inside = enter(search);
    while (inside || search->depth != 0) {
        if (inside && choose(search)) {
            inside = enter(search);
        } else {
            inside = search->depth != 0;
            search->depth -= inside;
        }
    }
}

/* The widest mailbox for what is still open, again and again: for orders that the search gives up on. */
static void take_greedily(struct covering *covering, uint64_t *open)
{
    while (size_of(open, covering->words) != 0) {
        size_t best = 0, widest = 0;
        for (size_t i = 0; i < covering->sets.count; i++) {
            size_t count = 0;
            for (size_t word = 0; word < covering->words; word++)
                count += (size_t)__builtin_popcountll(open[word] & covering->sets.items[i][word]);
            if (count > widest) {
                widest = count;
                best = i;
            }
        }
        if (widest == 0 || !note_smallest(covering, best))
            return;
        remove_names(covering, open, covering->sets.items[best]);
    }
}

/* All that is open by the search, else by taking the widest again and again. */
static void take_rest(struct search *search, uint64_t *open)
{
    struct covering *covering = search->covering;
    for (size_t i = 0; i <= DEPTH_MAX; i++)
        if ((search->open[i] = cover_set(covering)) == NULL)
            return;
    memcpy(search->open[0], open, covering->words * sizeof *open);
    take(search);
    covering->ca->smallest_proven = search->looks < SEARCH_LOOKS && search->best_count != 0;
    if (search->best_count == 0)
        take_greedily(covering, open);
    for (size_t i = 0; i < search->best_count; i++)
        (void)note_smallest(covering, search->best[i]);
}

/* The widest first. */
static void sort_smallest(struct dcv_order_ca *ca)
{
    for (size_t i = 1; i < ca->smallest.count; i++) {
        const size_t moved = ca->smallest.items[i];
        size_t at = i;
        for (; at != 0 && ca->smallest.items[at - 1] > moved; at--)
            ca->smallest.items[at] = ca->smallest.items[at - 1];
        ca->smallest.items[at] = moved;
    }
}

void cover_smallest(struct covering *covering)
{
    uint64_t *open = cover_set(covering);
    struct search *search = dcv_arena_alloc(covering->arena, sizeof *search);
    if (open == NULL || search == NULL)
        return;
    for (size_t i = 0; i < covering->sets.count; i++)
        for (size_t word = 0; word < covering->words; word++)
            open[word] |= covering->sets.items[i][word];
    search->covering = covering;
    search->candidates = undominated(covering, &search->candidate_count);
    if (search->candidates == NULL)
        return;
    take_forced(search, open);
    covering->ca->smallest_proven = size_of(open, covering->words) == 0;
    if (!covering->ca->smallest_proven)
        take_rest(search, open);
    sort_smallest(covering->ca);
}
