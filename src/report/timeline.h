/* Timelines: what all formats share, and the calendar. */
#ifndef DCV_REPORT_TIMELINE_H
#define DCV_REPORT_TIMELINE_H

#include "report/json.h"
#include "report/text.h"

#include "judgement/timeline.h"

/* Append the sentence, or the title, of an event in the user's language. */
void dcv_event_put_text(struct dcv_buf *buf, const struct dcv_event *event);
void dcv_event_put_title(struct dcv_buf *buf, const struct dcv_event *event);
/* "limits" of a rule change; NULL for other events. */
const char *dcv_event_change_id(const struct dcv_event *event);

json_t *dcv_json_timeline(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name);
void dcv_text_timeline(struct dcv_page *page);

/* iCalendar (RFC 5545); `ics.c`. */
enum dcv_status dcv_ics_begin(struct dcv_report *report);
enum dcv_status dcv_ics_name(struct dcv_report *report, const struct dcv_report_name *name);
enum dcv_status dcv_ics_end(struct dcv_report *report);

#endif
