/* Events in the making. */
#include "policy/timing.h"

#include <string.h>

struct dcv_event *timing_add(struct timing *timing, dcv_date date, enum dcv_event_kind kind)
{
    if (DCV_VEC_ADD(timing->arena, &timing->out->events) == NULL)
        return NULL;
    struct dcv_event *items = timing->out->events.items;
    size_t at = timing->out->events.count - 1;
    for (; at != 0 && items[at - 1].date > date; at--)
        items[at] = items[at - 1];
    items[at] = (struct dcv_event){.date = date, .kind = kind, .change = DCV_CHANGE_COUNT, .clause = dcv_event_info(kind)->clause, .source = ""};
    return &items[at];
}

void timing_arg(struct timing *timing, struct dcv_event *event, const char *key, const char *value)
{
    struct dcv_arg *args = event != NULL ? dcv_arena_array(timing->arena, event->arg_count + 1, sizeof *args) : NULL;
    if (args == NULL || value == NULL)
        return;
    if (event->arg_count != 0)
        memcpy(args, event->args, event->arg_count * sizeof *args);
    args[event->arg_count] = (struct dcv_arg){key, value};
    event->args = args;
    event->arg_count++;
}

void timing_arg_number(struct timing *timing, struct dcv_event *event, const char *key, int value)
{
    timing_arg(timing, event, key, dcv_arena_printf(timing->arena, "%d", value));
}

void timing_arg_date(struct timing *timing, struct dcv_event *event, const char *key, dcv_date value)
{
    char text[DCV_DATE_TEXT];
    timing_arg(timing, event, key, dcv_arena_strdup(timing->arena, dcv_date_format(value, text)));
}

void timing_cite(struct dcv_event *event, const char *clause, const char *source)
{
    if (event == NULL)
        return;
    event->clause = clause;
    event->source = source != NULL ? source : "";
}
