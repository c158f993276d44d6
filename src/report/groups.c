#include "report/groups.h"

#include "base/text.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1024 * 1024 };

static bool holds(const dcv_ca_list *list, const struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i]->ca == ca->ca)
            return true;
    return false;
}

/* Each CA once, of whichever row. */
static void add_ca(struct dcv_arena *arena, dcv_ca_list *list, const struct dcv_judged_ca *ca)
{
    if (holds(list, ca))
        return;
    const struct dcv_judged_ca **item = DCV_VEC_ADD(arena, list);
    if (item != NULL)
        *item = ca;
}

/* The text of a buffer in the arena; the buffer is cleared. */
static const char *keep(struct dcv_arena *arena, struct dcv_buf *buf)
{
    if (buf->failed)
        dcv_arena_fail(arena);
    const char *text = dcv_arena_strdup(arena, dcv_buf_text(buf));
    dcv_buf_done(buf);
    return text != NULL ? text : "";
}

const char *dcv_ca_names(struct dcv_arena *arena, const dcv_ca_list *cas)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, TEXT_MAX);
    for (size_t i = 0; i < cas->count; i++)
        dcv_buf_printf(&buf, "%s%s", i == 0 ? "" : ", ", cas->items[i]->ca->id);
    return keep(arena, &buf);
}

static const char *fill(struct dcv_arena *arena, const char *text, const struct dcv_places *places)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, TEXT_MAX);
    dcv_template_put(&buf, dcv_text(text), places);
    return keep(arena, &buf);
}

/* --- findings --- */

static bool has_finding(const struct dcv_judged_ca *ca, size_t number)
{
    for (size_t i = 0; i < ca->findings.count; i++)
        if (ca->findings.items[i] == number)
            return true;
    return false;
}

/* What findings are compared by: the text without the CA and without how many addresses that CA has. */
static const char *finding_key(struct dcv_arena *arena, const struct dcv_finding *finding)
{
    struct dcv_places places = dcv_places_of(finding);
    places.ca = "";
    places.count = "";
    return fill(arena, dcv_rule_info(finding->rule)->text, &places);
}

static struct dcv_finding_group *group_of(struct dcv_arena *arena, dcv_finding_groups *groups,
                                          const struct dcv_finding *finding)
{
    const char *key = finding_key(arena, finding);
    for (size_t i = 0; i < groups->count; i++)
        if (groups->items[i].finding->rule == finding->rule && strcmp(groups->items[i].key, key) == 0)
            return &groups->items[i];
    struct dcv_finding_group *group = DCV_VEC_ADD(arena, groups);
    if (group != NULL)
        *group = (struct dcv_finding_group){.finding = finding, .key = key};
    return group;
}

/* A fix serves the CAs of its finding. `ca` stands in for the CA in an action that is the same for all; a zone line
 * keeps to its own. */
static void add_fix(struct dcv_arena *arena, struct dcv_finding_group *group, const struct dcv_finding *finding,
                    const char *ca, const dcv_ca_list *cas)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, TEXT_MAX);
    const struct dcv_rule_info *rule = dcv_rule_info(finding->rule);
    struct dcv_places places = dcv_places_of(finding);
    if (dcv_fix_kind(rule->fix) == DCV_FIX_ACTION)
        places.ca = ca;
    const enum dcv_fix_kind kind = dcv_fix_put(&buf, rule, &places);
    const char *text = keep(arena, &buf);
    if (kind == DCV_FIX_NONE)
        return;
    struct dcv_fix_group *fix = NULL;
    for (size_t i = 0; i < group->fixes.count && fix == NULL; i++)
        if (strcmp(group->fixes.items[i].text, text) == 0)
            fix = &group->fixes.items[i];
    if (fix == NULL) {
        fix = DCV_VEC_ADD(arena, &group->fixes);
        if (fix == NULL)
            return;
        *fix = (struct dcv_fix_group){.kind = kind, .text = text};
    }
    for (size_t i = 0; i < cas->count; i++)
        add_ca(arena, &fix->cas, cas->items[i]);
}

/* "5", or "5-15" where the findings differ. */
static const char *count_range(struct dcv_arena *arena, const struct dcv_finding_group *group)
{
    long low = 0, high = 0;
    for (size_t i = 0; i < group->members.count; i++) {
        const struct dcv_finding *finding = group->members.items[i];
        const char *value = dcv_arg_value(finding->args, finding->arg_count, "count");
        long number;
        if (value == NULL || !dcv_text_number(value, 0, INT32_MAX, &number))
            return NULL;
        low = i == 0 || number < low ? number : low;
        high = i == 0 || number > high ? number : high;
    }
    return low == high ? NULL : dcv_arena_printf(arena, "%ld-%ld", low, high);
}

/* The values of the argument "ca", for a text about several; of many, how many. */
static const char *joined_cas(struct dcv_arena *arena, const struct dcv_finding_group *group)
{
    if (group->members.count > DCV_GROUP_NAMED)
        return dcv_arena_printf(arena, _("%zu CAs"), group->members.count);
    struct dcv_buf buf;
    dcv_buf_init(&buf, TEXT_MAX);
    size_t count = 0;
    for (size_t i = 0; i < group->members.count; i++) {
        const struct dcv_finding *finding = group->members.items[i];
        const char *value = dcv_arg_value(finding->args, finding->arg_count, "ca");
        if (value != NULL)
            dcv_buf_printf(&buf, "%s%s", count++ == 0 ? "" : ", ", value);
    }
    return keep(arena, &buf);
}

static void cas_of(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_finding *finding,
                   dcv_ca_list *out)
{
    const size_t number = (size_t)(finding - judged->findings.items);
    *out = (dcv_ca_list){0};
    for (size_t i = 0; i < judged->cas.count; i++)
        if (has_finding(&judged->cas.items[i], number))
            add_ca(arena, out, &judged->cas.items[i]);
}

static void finish_group(struct dcv_arena *arena, const struct dcv_judged *judged, struct dcv_finding_group *group)
{
    struct dcv_places places = dcv_places_of(group->finding);
    if (group->members.count > 1) {
        places.ca = joined_cas(arena, group);
        places.count = count_range(arena, group);
    }
    group->text = fill(arena, dcv_rule_info(group->finding->rule)->text, &places);
    for (size_t i = 0; i < group->members.count; i++) {
        dcv_ca_list cas;
        cas_of(arena, judged, group->members.items[i], &cas);
        add_fix(arena, group, group->members.items[i], places.ca, &cas);
    }
}

static void add_finding(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_judged_ca *only,
                        size_t number, dcv_finding_groups *groups)
{
    const struct dcv_finding *finding = &judged->findings.items[number];
    dcv_ca_list cas;
    cas_of(arena, judged, finding, &cas);
    if (only != NULL && !holds(&cas, only))
        return;
    struct dcv_finding_group *group = group_of(arena, groups, finding);
    if (group == NULL)
        return;
    for (size_t i = 0; i < cas.count; i++)
        add_ca(arena, &group->cas, cas.items[i]);
    const struct dcv_finding **member = DCV_VEC_ADD(arena, &group->members);
    if (member != NULL)
        *member = finding;
}

/* What stops most CAs comes first; otherwise the order stays. */
static void sort_by_reach(dcv_finding_groups *groups)
{
    for (size_t i = 1; i < groups->count; i++) {
        const struct dcv_finding_group group = groups->items[i];
        size_t at = i;
        for (; at > 0 && groups->items[at - 1].cas.count < group.cas.count; at--)
            groups->items[at] = groups->items[at - 1];
        groups->items[at] = group;
    }
}

void dcv_group_findings(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_judged_ca *only,
                        enum dcv_severity severity, dcv_finding_groups *out)
{
    *out = (dcv_finding_groups){0};
    for (size_t i = 0; i < judged->findings.count; i++)
        if (judged->findings.items[i].severity == severity)
            add_finding(arena, judged, only, i, out);
    for (size_t i = 0; i < out->count; i++)
        finish_group(arena, judged, &out->items[i]);
    sort_by_reach(out);
}

/* --- changes --- */

static void add_next(struct dcv_arena *arena, const struct dcv_judged_ca *ca, const struct dcv_next *next,
                     dcv_next_groups *groups)
{
    const char *text = dcv_change_info(next->change)->text;
    struct dcv_places places = {.args = next->args, .arg_count = next->arg_count, .ca = ""};
    const char *key = fill(arena, text, &places);
    struct dcv_next_group *group = NULL;
    for (size_t i = 0; i < groups->count && group == NULL; i++)
        if (groups->items[i].next->date == next->date && groups->items[i].next->change == next->change &&
            strcmp(groups->items[i].key, key) == 0)
            group = &groups->items[i];
    if (group == NULL) {
        group = DCV_VEC_ADD(arena, groups);
        if (group == NULL)
            return;
        *group = (struct dcv_next_group){.next = next, .key = key};
    }
    add_ca(arena, &group->cas, ca);
}

static int by_date(const void *a, const void *b)
{
    const struct dcv_next_group *x = a, *y = b;
    if (x->next->date != y->next->date)
        return x->next->date < y->next->date ? -1 : 1;
    return (int)x->next->change - (int)y->next->change;
}

void dcv_group_next(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_judged_ca *only,
                    dcv_next_groups *out)
{
    *out = (dcv_next_groups){0};
    for (size_t i = 0; i < judged->cas.count; i++) {
        const struct dcv_judged_ca *ca = &judged->cas.items[i];
        for (size_t j = 0; j < ca->next.count && (only == NULL || only == ca); j++)
            add_next(arena, ca, &ca->next.items[j], out);
    }
    for (size_t i = 0; i < out->count; i++) {
        struct dcv_next_group *group = &out->items[i];
        struct dcv_places places = {.args = group->next->args, .arg_count = group->next->arg_count};
        if (group->cas.count > 1)
            places.ca = dcv_ca_names(arena, &group->cas);
        group->text = fill(arena, dcv_change_info(group->next->change)->text, &places);
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof out->items[0], by_date);
}

/* --- addresses --- */

static bool same_value(const struct dcv_entry *a, const struct dcv_entry *b)
{
    if (a->address != NULL && b->address != NULL)
        return strcmp(a->address, b->address) == 0;
    return a->address == NULL && b->address == NULL && a->raw_len == b->raw_len &&
           (a->raw_len == 0 || memcmp(a->raw, b->raw, a->raw_len) == 0);
}

static bool same_role(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_place(const struct dcv_entry *a, const struct dcv_entry *b)
{
    return a->source == b->source && same_role(a->role, b->role) && dcv_name_equal(&a->adn, &b->adn);
}

static bool same_judgement(const struct dcv_entry *a, const struct dcv_entry *b)
{
    return same_place(a, b) && a->level == b->level && a->is_default == b->is_default && a->automatic == b->automatic &&
           a->bogus == b->bogus && a->unvalidated == b->unvalidated && a->status == b->status && a->mail == b->mail &&
           a->usable == b->usable && a->until == b->until && a->from == b->from;
}

static bool better(const struct dcv_entry *a, const struct dcv_entry *b)
{
    return a->usable != b->usable ? a->usable : a->status > b->status;
}

static void add_entry(struct dcv_arena *arena, const struct dcv_judged_ca *ca, const struct dcv_entry *entry,
                      bool merged, dcv_entry_groups *groups)
{
    struct dcv_entry_group *group = NULL;
    for (size_t i = 0; i < groups->count && group == NULL; i++) {
        const struct dcv_entry *other = groups->items[i].entry;
        if (same_value(other, entry) && (merged ? same_place(other, entry) : same_judgement(other, entry)))
            group = &groups->items[i];
    }
    if (group == NULL) {
        group = DCV_VEC_ADD(arena, groups);
        if (group == NULL)
            return;
        *group = (struct dcv_entry_group){.entry = entry};
    }
    if (better(entry, group->entry))
        group->entry = entry;
    if (!merged || entry->usable)
        add_ca(arena, &group->cas, ca);
}

void dcv_group_entries(struct dcv_arena *arena, const struct dcv_judged *judged, const struct dcv_judged_ca *only,
                       bool merged, dcv_entry_groups *out)
{
    *out = (dcv_entry_groups){0};
    for (int source = 0; source < (int)DCV_SOURCE_COUNT; source++)
        for (size_t i = 0; i < judged->cas.count; i++) {
            const struct dcv_judged_ca *ca = &judged->cas.items[i];
            for (size_t j = 0; j < ca->entries.count && (only == NULL || only == ca); j++)
                if ((int)ca->entries.items[j].source == source)
                    add_entry(arena, ca, &ca->entries.items[j], merged, out);
        }
}

static bool same_cas(const dcv_ca_list *a, const dcv_ca_list *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i] != b->items[i])
            return false;
    return true;
}

static bool joinable(const struct dcv_entry_group *a, const struct dcv_entry_group *b)
{
    return a->entry->source == DCV_SOURCE_CONSTRUCTED && a->entry->address != NULL && b->entry->address != NULL &&
           same_judgement(a->entry, b->entry) && same_cas(&a->cas, &b->cas);
}

static int local_length(const char *address)
{
    const char *at = strrchr(address, '@');
    return at != NULL ? (int)(at - address) : (int)strlen(address);
}

void dcv_join_constructed(struct dcv_arena *arena, dcv_entry_groups *groups)
{
    size_t kept = 0;
    for (size_t i = 0; i < groups->count; i++) {
        struct dcv_entry_group *group = &groups->items[i], *into = NULL;
        for (size_t j = 0; j < kept && into == NULL; j++)
            if (joinable(&groups->items[j], group))
                into = &groups->items[j];
        if (into == NULL) {
            groups->items[kept++] = *group;
            continue;
        }
        const char *first = into->entry->address, *more = group->entry->address;
        const char *locals = into->locals;
        if (locals == NULL)
            locals = dcv_arena_strndup(arena, first, (size_t)local_length(first));
        if (locals != NULL)
            into->locals = dcv_arena_printf(arena, "%s %.*s", locals, local_length(more), more);
    }
    groups->count = kept;
}
