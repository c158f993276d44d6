/* The days judged, and states in runs. */
#include "snapshot.h"

#include "support/world.h"

#include <stdlib.h>
#include <string.h>

static dcv_date last_day(void)
{
    return dcv_date_ymd(2029, 12, 31);
}

dcv_date days_reference(void)
{
    return dcv_date_ymd(2026, 11, 21);
}

static void add(struct days *days, struct dcv_arena *arena, dcv_date day)
{
    if (day == DCV_DATE_NONE || day < dcv_br_first_day() || day > last_day())
        return;
    dcv_date *slot = DCV_VEC_ADD(arena, &days->list);
    if (slot == NULL)
        snapshot_die("memory is short");
    *slot = day;
}

static void add_change(struct days *days, struct dcv_arena *arena, dcv_date day)
{
    if (day == DCV_DATE_NONE)
        return;
    add(days, arena, day - 1);
    add(days, arena, day);
}

static void add_br(struct days *days, struct dcv_arena *arena)
{
    for (int method = 0; method < DCV_METHOD_COUNT; method++) {
        const struct dcv_method_info *info = dcv_method_info((enum dcv_method)method);
        add_change(days, arena, info->from);
        add_change(days, arena, info->discouraged);
        add_change(days, arena, info->forbidden);
    }
    for (int rule = 0; rule < DCV_BR_RULE_COUNT; rule++)
        add_change(days, arena, dcv_br_rule((enum dcv_br_rule)rule)->from);
    const struct dcv_br_limits *next = NULL;
    for (dcv_br_limits(dcv_br_first_day(), &next); next != NULL; dcv_br_limits(next->from, &next))
        add_change(days, arena, next->from);
}

static void add_profile(struct days *days, struct dcv_arena *arena, const struct dcv_ca *ca)
{
    for (size_t i = 0; i < ca->offer_count; i++) {
        add_change(days, arena, ca->offers[i].from);
        add_change(days, arena, ca->offers[i].until);
    }
    for (size_t i = 0; i < ca->limit_count; i++)
        add_change(days, arena, ca->limits[i].from);
    for (size_t i = 0; i < ca->recipients_period_count; i++) {
        add_change(days, arena, ca->recipients_periods[i].from);
        add_change(days, arena, ca->recipients_periods[i].until);
    }
    add_change(days, arena, ca->rfc8657_from);
}

static int by_date(const void *a, const void *b)
{
    const dcv_date first = *(const dcv_date *)a, second = *(const dcv_date *)b;
    return (first > second) - (first < second);
}

void days_fill(struct days *days, struct dcv_arena *arena, bool months)
{
    add(days, arena, dcv_br_first_day());
    add(days, arena, last_day());
    add(days, arena, days_reference());
    add_br(days, arena);
    for (size_t i = 0; i < dcv_ca_count(world_set); i++)
        add_profile(days, arena, dcv_ca_at(world_set, i));
    for (dcv_date day = dcv_br_first_day(); months && day <= last_day(); day = dcv_date_add_months(day, 1))
        add(days, arena, day);
    qsort(days->list.items, days->list.count, sizeof *days->list.items, by_date);
    size_t kept = 0;
    for (size_t i = 0; i < days->list.count; i++)
        if (kept == 0 || days->list.items[i] != days->list.items[kept - 1])
            days->list.items[kept++] = days->list.items[i];
    days->list.count = kept;
}

void timeline_add(struct timeline *timeline, struct dcv_arena *arena, dcv_date day, const char *state)
{
    char text[DCV_DATE_TEXT], before[DCV_DATE_TEXT];
    const bool changed = timeline->last == NULL || strcmp(timeline->last, state) != 0;
    (void)dcv_date_format(day, text);
    if (changed && timeline->last != NULL && day != timeline->last_day + 1)
        snapshot_die("\"%s\" on %s, \"%s\" on %s: it changes on a day between them, which days_fill() does not know", timeline->last,
                     dcv_date_format(timeline->last_day, before), state, text);
    if (changed) {
        timeline->last = dcv_arena_strdup(arena, state);
        timeline->text = page_join(arena, timeline->text != NULL ? timeline->text : "", dcv_arena_printf(arena, "%s %s", text, state));
    }
    timeline->last_day = day;
}
