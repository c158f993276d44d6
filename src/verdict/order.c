/* Which address approves how many names of an order, and the fewest mailboxes that approve them all. */
#include "verdict/cover.h"
#include "verdict/verdict.h"

#include <stdlib.h>
#include <string.h>

/* ---- mailboxes and ADNs ---------------------------------------------------------------------------------------------------------- */

static struct dcv_order_mailbox *mailbox_of(struct covering *covering, const struct dcv_entry *entry, uint64_t **set)
{
    struct dcv_order_ca *ca = covering->ca;
    for (size_t i = 0; i < covering->sets.count; i++) {
        if (strcmp(ca->mailboxes.items[i].address, entry->address) == 0) {
            *set = covering->sets.items[i];
            return &ca->mailboxes.items[i];
        }
    }
    struct dcv_order_mailbox *mailbox = DCV_VEC_ADD(covering->arena, &ca->mailboxes);
    uint64_t **slot = DCV_VEC_ADD(covering->arena, &covering->sets);
    *set = cover_set(covering);
    if (mailbox == NULL || slot == NULL || *set == NULL)
        return NULL;
    *slot = *set;
    *mailbox = (struct dcv_order_mailbox){.address = entry->address,
                                          .adn = entry->adn,
                                          .source = entry->source,
                                          .mx = entry->mail == DCV_MAIL_MX || entry->mail == DCV_MAIL_ACCEPTED || entry->mail == DCV_MAIL_DEFERRED,
                                          .on_request = true};
    return mailbox;
}

static bool add_entry(struct covering *covering, size_t name, const struct dcv_entry *entry)
{
    uint64_t *set;
    struct dcv_order_mailbox *mailbox = mailbox_of(covering, entry, &set);
    if (mailbox == NULL)
        return false;
    cover_put(set, name);
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
    uint64_t *set = cover_set(covering);
    const char *seen[64];
    size_t count = 0;
    for (size_t name = 0; set != NULL && name < covering->order->names.count; name++) {
        const struct dcv_judged_ca *judged = judged_for(covering, name);
        for (size_t i = 0; judged != NULL && i < judged->entries.count; i++) {
            const struct dcv_entry *entry = &judged->entries.items[i];
            if (!entry->usable || !dcv_name_equal(&entry->adn, &row->adn))
                continue;
            cover_put(set, name);
            bool known = false;
            for (size_t j = 0; j < count && !known; j++)
                known = strcmp(seen[j], entry->address) == 0;
            if (!known && count < sizeof seen / sizeof seen[0])
                seen[count++] = entry->address;
        }
    }
    row->addresses = count;
    row->names = set != NULL ? cover_list(covering, set, &row->count) : NULL;
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
    for (size_t i = 1; i < covering->sets.count; i++) {
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
    return row->unknown != 0 || order->names.count == 0 || order->guessed ? DCV_UNKNOWN_VERDICT : DCV_READY;
}

enum dcv_status dcv_verdict_order(struct dcv_order *order, struct dcv_arena *arena, bool every)
{
    for (size_t i = 0; i < order->sum.cas.count; i++) {
        struct dcv_order_ca *row = DCV_VEC_ADD(arena, &order->cas);
        struct covering covering = {.arena = arena, .order = order, .ca = row, .words = order->names.count / COVER_WORD_BITS + 1};
        if (row == NULL)
            return DCV_ERR_NOMEM;
        row->ca = order->sum.cas.items[i].ca;
        collect(&covering);
        for (size_t j = 0; j < covering.sets.count; j++)
            row->mailboxes.items[j].names = cover_list(&covering, covering.sets.items[j], &row->mailboxes.items[j].count);
        sort_mailboxes(&covering);
        collect_adns(&covering);
        sort_adns(row);
        cover_smallest(&covering);
        count_verdicts(&covering);
        order->sum.cas.items[i].verdict = verdict_of(order, row, &order->sum.cas.items[i]);
    }
    order->sum.verdict = dcv_verdict_of_name(&order->sum, every);
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}
