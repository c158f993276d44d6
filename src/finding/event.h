/* The registry of what a timeline holds: stable id, weight and texts. Text, JSON and calendars are made from it. */
#ifndef DCV_FINDING_EVENT_H
#define DCV_FINDING_EVENT_H

/* What an event asks of its reader. */
enum dcv_event_weight {
    DCV_EVENT_DEADLINE, /* something must be done by this day */
    DCV_EVENT_CHANGE,   /* rules change */
    DCV_EVENT_NOTICE,   /* something will arrive */
    DCV_EVENT_INFO,     /* explains others, or rests on a supposition: not for calendars */
};
/* "deadline", "change", "notice", "info". */
const char *dcv_event_weight_text(enum dcv_event_weight weight);

enum dcv_event_kind {
#define DCV_EVENT(symbol, id, weight, clause, title, text) DCV_EVENT_##symbol,
#include "finding/events.def"
#undef DCV_EVENT
    DCV_EVENT_COUNT
};

struct dcv_event_info {
    enum dcv_event_kind kind;
    const char *id; /* "reuse-last" */
    enum dcv_event_weight weight;
    const char *clause; /* "" when the event itself has it, or it is advice */
    const char *title;  /* a few words with places (msgid) */
    const char *text;   /* a sentence with places (msgid); "" for rule changes, whose text is that of the change */
};

const struct dcv_event_info *dcv_event_info(enum dcv_event_kind kind);

#endif
