#include "finding/event.h"

#define DCV_EVENT(symbol, id, weight, clause, title, text)                                                                \
    [DCV_EVENT_##symbol] = {DCV_EVENT_##symbol, id, DCV_EVENT_##weight, clause, title, text},
static const struct dcv_event_info events[] = {
#include "finding/events.def"
};
#undef DCV_EVENT

const char *dcv_event_weight_text(enum dcv_event_weight weight)
{
    switch (weight) {
    case DCV_EVENT_DEADLINE: return "deadline";
    case DCV_EVENT_CHANGE: return "change";
    case DCV_EVENT_NOTICE: return "notice";
    case DCV_EVENT_INFO: return "info";
    }
    return "info";
}

const struct dcv_event_info *dcv_event_info(enum dcv_event_kind kind)
{
    return &events[kind];
}
