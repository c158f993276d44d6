/* Which address approves how many names of an order, and the fewest mailboxes that approve them all. */
#include "verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

/* Bounds of the search, which for a real order ends long before: it looks at this many mailboxes in all, and takes this many at once. */
enum { SEARCH_LOOKS = 100000000, DEPTH_MAX = 64 };

/* ---- sets of names --------------------------------------------------------------------------------------------------------------- */

enum { WORD_BITS = 64 };

struct covering {
    struct dcv_arena *arena;
    const struct dcv_order *order;
    struct dcv_order_ca *ca;
    size_t words;                 /* 64-bit words of a set of names */
    DCV_VEC(uint64_t *) sets;     /* by mailbox: the names it approves */
};

static uint64_t *new_set(const struct covering *covering)
{
    return dcv_arena_array(covering->arena, covering->words + 1, sizeof(uint64_t));
}

static void put(uint64_t *set, size_t name)
{
    set[name / WORD_BITS] |= (uint64_t)1 << name % WORD_BITS;
}

static bool has(const uint64_t *set, size_t name)
{
    return (set[name / WORD_BITS] >> name % WORD_BITS & 1) != 0;
}

static size_t size_of(const uint64_t *set, size_t words)
{
    size_t count = 0;
    for (size_t i = 0; i < words; i++)
        count += (size_t)__builtin_popcountll(set[i]);
    return count;
}

/* The numbers in a set, ascending. */
static const size_t *list_of(const struct covering *covering, const uint64_t *set, size_t *count)
{
    *count = size_of(set, covering->words);
    size_t *list = dcv_arena_array(covering->arena, *count + 1, sizeof *list);
    for (size_t name = 0, at = 0; list != NULL && at < *count; name++)
        if (has(set, name))
            list[at++] = name;
    return list;
}

/* ---- mailboxes and ADNs ---------------------------------------------------------------------------------------------------------- */

static struct dcv_order_mailbox *mailbox_of(struct covering *covering, const struct dcv_entry *entry, uint64_t **set)
{
    struct dcv_order_ca *ca = covering->ca;
    for (size_t i = 0; i < ca->mailboxes.count; i++) {
        if (strcmp(ca->mailboxes.items[i].address, entry->address) == 0) {
            *set = covering->sets.items[i];
            return &ca->mailboxes.items[i];
        }
    }
    struct dcv_order_mailbox *mailbox = DCV_VEC_ADD(covering->arena, &ca->mailboxes);
    uint64_t **slot = DCV_VEC_ADD(covering->arena, &covering->sets);
    *set = new_set(covering);
    if (mailbox == NULL || slot == NULL || *set == NULL)
        return NULL;
    *slot = *set;
    *mailbox = (struct dcv_order_mailbox){.address = entry->address,
                                          .adn = entry->adn,
                                          .source = entry->source,
                                          .mx = entry->mail == DCV_MAIL_MX || entry->mail == DCV_MAIL_ACCEPTED,
                                          .on_request = true};
    return mailbox;
}

static bool add_entry(struct covering *covering, size_t name, const struct dcv_entry *entry)
{
    uint64_t *set;
    struct dcv_order_mailbox *mailbox = mailbox_of(covering, entry, &set);
    if (mailbox == NULL)
        return false;
    put(set, name);
    mailbox->on_request = mailbox->on_request && !entry->is_default;
    if (dcv_name_under(&mailbox->adn, &entry->adn) && !dcv_name_equal(&mailbox->adn, &entry->adn)) {
        mailbox->adn = entry->adn;
        mailbox->source = entry->source;
    }
    return true;
}

static const struct dcv_judged_ca *judged_for(const struct covering *covering, size_t name)
{
    const struct dcv_judged *judged = covering->order->names.items[name].judged;
    for (size_t i = 0; i < judged->cas.count; i++)
        if (judged->cas.items[i].ca == covering->ca->ca)
            return &judged->cas.items[i];
    return NULL;
}

static void collect(struct covering *covering)
{
    for (size_t name = 0; name < covering->order->names.count; name++) {
        const struct dcv_judged_ca *judged = judged_for(covering, name);
        bool covered = false;
        for (size_t i = 0; judged != NULL && i < judged->entries.count; i++)
            if (judged->entries.items[i].usable)
                covered = add_entry(covering, name, &judged->entries.items[i]) || covered;
        if (covered)
            continue;
        size_t *slot = DCV_VEC_ADD(covering->arena, &covering->ca->uncovered);
        if (slot != NULL)
            *slot = name;
    }
}

static bool is_known_adn(const struct dcv_order_ca *ca, const struct dcv_name *adn)
{
    for (size_t i = 0; i < ca->adns.count; i++)
        if (dcv_name_equal(&ca->adns.items[i].adn, adn))
            return true;
    return false;
}

/* The names that usable addresses at an ADN approve, and the number of those addresses. */
static void measure_adn(const struct covering *covering, struct dcv_order_adn *row)
{
    uint64_t *set = new_set(covering);
    const char *seen[64];
    size_t count = 0;
    for (size_t name = 0; set != NULL && name < covering->order->names.count; name++) {
        const struct dcv_judged_ca *judged = judged_for(covering, name);
        for (size_t i = 0; judged != NULL && i < judged->entries.count; i++) {
            const struct dcv_entry *entry = &judged->entries.items[i];
            if (!entry->usable || !dcv_name_equal(&entry->adn, &row->adn))
                continue;
            put(set, name);
            bool before = false;
            for (size_t j = 0; j < count && !before; j++)
                before = strcmp(seen[j], entry->address) == 0;
            if (!before && count < sizeof seen / sizeof seen[0])
                seen[count++] = entry->address;
        }
    }
    row->addresses = count;
    row->names = set != NULL ? list_of(covering, set, &row->count) : NULL;
}

static void collect_adns(struct covering *covering)
{
    for (size_t name = 0; name < covering->order->names.count; name++) {
        const struct dcv_judged_ca *judged = judged_for(covering, name);
        for (size_t i = 0; judged != NULL && i < judged->entries.count; i++) {
            const struct dcv_entry *entry = &judged->entries.items[i];
            if (!entry->usable || is_known_adn(covering->ca, &entry->adn))
                continue;
            struct dcv_order_adn *row = DCV_VEC_ADD(covering->arena, &covering->ca->adns);
            if (row == NULL)
                return;
            row->adn = entry->adn;
            measure_adn(covering, row);
        }
    }
}

/* ---- the fewest mailboxes -------------------------------------------------------------------------------------------------------- */

struct search {
    struct covering *covering;
    const size_t *candidates;     /* mailboxes that no other one makes superfluous, widest first */
    size_t candidate_count;
    size_t looks;                 /* at a mailbox, for a name */
    uint64_t *open[DEPTH_MAX + 1]; /* by depth: the names that are not yet approved */
    size_t chosen[DEPTH_MAX], depth;
    size_t best[DEPTH_MAX], best_count; /* best_count 0: none found */
};

/* Does mailbox `a` approve all that `b` does, and is it to be preferred where they are equal? */
static bool dominates(const struct covering *covering, size_t a, size_t b)
{
    bool equal = true;
    if (!has(covering->sets.items[a], covering->ca->mailboxes.items[b].names[0]))
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
        if (!has(open, name))
            continue;
        size_t count = 0;
        for (size_t i = 0; i < search->candidate_count; i++)
            count += has(search->covering->sets.items[search->candidates[i]], name);
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
    while (!has(search->covering->sets.items[search->candidates[i]], name))
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

static void take(struct search *search);

static void try_each(struct search *search, size_t name)
{
    const struct covering *covering = search->covering;
    const uint64_t *open = search->open[search->depth];
    uint64_t *rest = search->open[search->depth + 1];
    for (size_t i = 0; i < search->candidate_count && search->looks < SEARCH_LOOKS; i++) {
        const uint64_t *set = covering->sets.items[search->candidates[i]];
        search->looks++;
        if (!has(set, name))
            continue;
        memcpy(rest, open, covering->words * sizeof *rest);
        remove_names(covering, rest, set);
        search->chosen[search->depth++] = search->candidates[i];
        take(search);
        search->depth--;
    }
}

/* Branch and bound: every set that covers takes one of the mailboxes of each name. */
static void take(struct search *search)
{
    size_t fewest;
    if (size_of(search->open[search->depth], search->covering->words) == 0) {
        memcpy(search->best, search->chosen, search->depth * sizeof search->chosen[0]);
        search->best_count = search->depth;
        return;
    }
    if (search->depth + 1 == DEPTH_MAX || (search->best_count != 0 && search->depth + 1 >= search->best_count))
        return;
    try_each(search, hardest(search, search->open[search->depth], &fewest));
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
        if ((search->open[i] = new_set(covering)) == NULL)
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

static void find_smallest(struct covering *covering)
{
    uint64_t *open = new_set(covering);
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

/* ---- order and verdict ----------------------------------------------------------------------------------------------------------- */

/* Is `a` to be named before `b`: it approves more names, its mail is surer to arrive, it is used without asking. */
static bool before(const struct dcv_order_mailbox *a, const struct dcv_order_mailbox *b)
{
    if (a->count != b->count)
        return a->count > b->count;
    if (a->mx != b->mx)
        return a->mx;
    return !a->on_request && b->on_request;
}

/* The best first; equals stay in the order of the ladder. Numbers of mailboxes change: before any is kept. */
static void sort_mailboxes(struct covering *covering)
{
    struct dcv_order_mailbox *items = covering->ca->mailboxes.items;
    uint64_t **sets = covering->sets.items;
    for (size_t i = 1; i < covering->ca->mailboxes.count; i++) {
        struct dcv_order_mailbox moved = items[i];
        uint64_t *set = sets[i];
        size_t at = i;
        for (; at != 0 && before(&moved, &items[at - 1]); at--) {
            items[at] = items[at - 1];
            sets[at] = sets[at - 1];
        }
        items[at] = moved;
        sets[at] = set;
    }
}

static void sort_adns(struct dcv_order_ca *ca)
{
    for (size_t i = 1; i < ca->adns.count; i++) {
        struct dcv_order_adn moved = ca->adns.items[i];
        size_t at = i;
        for (; at != 0 && ca->adns.items[at - 1].count < moved.count; at--)
            ca->adns.items[at] = ca->adns.items[at - 1];
        ca->adns.items[at] = moved;
    }
}

static void count_verdicts(struct covering *covering)
{
    for (size_t name = 0; name < covering->order->names.count; name++) {
        const struct dcv_judged_ca *judged = judged_for(covering, name);
        enum dcv_verdict verdict = judged != NULL ? judged->verdict : DCV_UNKNOWN_VERDICT;
        covering->ca->ready += verdict == DCV_READY;
        covering->ca->not_ready += verdict == DCV_NOT_READY;
        covering->ca->unknown += verdict == DCV_UNKNOWN_VERDICT;
    }
}

static enum dcv_verdict verdict_of(const struct dcv_order *order, const struct dcv_order_ca *row, const struct dcv_judged_ca *sum)
{
    if (row->not_ready != 0 || order->invalid != 0)
        return DCV_NOT_READY;
    for (size_t i = 0; i < sum->findings.count; i++)
        if (order->sum.findings.items[sum->findings.items[i]].severity == DCV_BLOCKER)
            return DCV_NOT_READY;
    return row->unknown != 0 || order->names.count == 0 ? DCV_UNKNOWN_VERDICT : DCV_READY;
}

enum dcv_status dcv_verdict_order(struct dcv_order *order, struct dcv_arena *arena, bool every)
{
    for (size_t i = 0; i < order->sum.cas.count; i++) {
        struct dcv_order_ca *row = DCV_VEC_ADD(arena, &order->cas);
        struct covering covering = {.arena = arena, .order = order, .ca = row, .words = order->names.count / WORD_BITS + 1};
        if (row == NULL)
            return DCV_ERR_NOMEM;
        row->ca = order->sum.cas.items[i].ca;
        collect(&covering);
        for (size_t j = 0; j < row->mailboxes.count; j++)
            row->mailboxes.items[j].names = list_of(&covering, covering.sets.items[j], &row->mailboxes.items[j].count);
        sort_mailboxes(&covering);
        collect_adns(&covering);
        sort_adns(row);
        find_smallest(&covering);
        count_verdicts(&covering);
        order->sum.cas.items[i].verdict = verdict_of(order, row, &order->sum.cas.items[i]);
    }
    order->sum.verdict = dcv_verdict_of_name(&order->sum, every);
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}
