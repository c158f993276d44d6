/* The calendar of a timeline: iCalendar (RFC 5545). One all-day event for each thing to be done or known; what is only explained, and
 * what rests on a validation that may be done today, is left out. */
#include "report/timeline.h"
#include "report/words.h"

#include "base/random.h"

#include <inttypes.h>
#include <string.h>

enum { LINE_OCTETS = 75, TEXT_MAX = 65536, ALARM_DAYS = 14 };

/* ---- content lines --------------------------------------------------------------------------------------------------------------- */

/* Octets of the UTF-8 sequence that begins with `first`. */
static size_t sequence(unsigned char first)
{
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* A line, folded after at most 75 octets, never inside a character (RFC 5545 §3.1). */
static void put_line(struct dcv_buf *out, const char *line)
{
    size_t used = 0;
    while (*line != '\0') {
        size_t len = strnlen(line, sequence((unsigned char)*line));
        if (used + len > LINE_OCTETS) {
            dcv_buf_puts(out, "\r\n ");
            used = 1;
        }
        dcv_buf_put(out, line, len);
        used += len;
        line += len;
    }
    dcv_buf_puts(out, "\r\n");
}

/* A TEXT value (RFC 5545 §3.3.11). */
static void put_escaped(struct dcv_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            dcv_buf_puts(out, "\\n");
            continue;
        }
        if (*text == '\\' || *text == ';' || *text == ',')
            dcv_buf_putc(out, '\\');
        dcv_buf_putc(out, *text);
    }
}

static void put_text(struct dcv_buf *out, const char *property, const char *value)
{
    struct dcv_buf line;
    dcv_buf_init(&line, TEXT_MAX);
    dcv_buf_printf(&line, "%s:", property);
    put_escaped(&line, value);
    put_line(out, dcv_buf_text(&line));
    out->failed |= line.failed;
    dcv_buf_done(&line);
}

static void put_day(struct dcv_buf *out, const char *property, dcv_date date)
{
    char day[DCV_DATE_TEXT];
    (void)dcv_date_format(date, day);
    dcv_buf_printf(out, "%s:%.4s%.2s%.2s\r\n", property, day, day + 5, day + 8);
}

/* "20261121T093000Z" */
static void put_moment(struct dcv_buf *out, const char *property, int64_t seconds)
{
    char time[DCV_TIME_TEXT];
    (void)dcv_time_format(seconds, time);
    dcv_buf_printf(out, "%s:%.4s%.2s%.2sT%.2s%.2s%.2sZ\r\n", property, time, time + 5, time + 8, time + 11, time + 14, time + 17);
}

/* ---- events ------------------------------------------------------------------------------------------------------------------------ */

struct entry {
    const struct dcv_timeline *timeline;
    const struct dcv_timeline_ca *ca;
    const struct dcv_event *event;
    const char *name; /* in A-labels */
    const char *shown_name;
};

/* What an event is, not what it says: importing a later calendar replaces it (RFC 7986 §5.3 wants no meaning in it). */
static void put_uid(struct dcv_buf *out, const struct entry *entry)
{
    static const struct dcv_seed seeds[] = {{"dcvready calenda"}, {"dcvready-calenda"}};
    const struct dcv_event *event = entry->event;
    const char *change = dcv_event_change_id(event), *source = dcv_arg_value(event->args, event->arg_count, "source");
    char day[DCV_DATE_TEXT];
    struct dcv_buf key;
    dcv_buf_init(&key, TEXT_MAX);
    dcv_buf_printf(&key, "%s\n%s\n%s\n%s\n%s\n%s", entry->name, entry->ca->ca->id, dcv_event_info(event->kind)->id, change != NULL ? change : "",
                   source != NULL ? source : "", dcv_date_format(event->date, day));
    dcv_buf_printf(out, "UID:%016" PRIx64 "%016" PRIx64 "@dcvready\r\n", dcv_seed_value(&seeds[0], dcv_buf_text(&key), key.len),
                   dcv_seed_value(&seeds[1], dcv_buf_text(&key), key.len));
    out->failed |= key.failed;
    dcv_buf_done(&key);
}

static void put_summary(struct dcv_buf *out, const struct entry *entry)
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_MAX);
    dcv_buf_puts(&text, entry->shown_name);
    if (!entry->timeline->shared)
        dcv_buf_printf(&text, " (%s)", entry->ca->ca->id);
    /* TRANSLATORS: between what something is about and what is said of it. */
    dcv_buf_puts(&text, _(": "));
    dcv_event_put_title(&text, entry->event);
    put_text(out, "SUMMARY", dcv_buf_text(&text));
    out->failed |= text.failed;
    dcv_buf_done(&text);
}

static void put_description(struct dcv_buf *out, const struct entry *entry)
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_MAX);
    dcv_event_put_text(&text, entry->event);
    if (entry->event->clause[0] != '\0')
        dcv_buf_printf(&text, "\n%s%s", _("Clause: "), entry->event->clause);
    if (entry->event->source[0] != '\0')
        dcv_buf_printf(&text, "\n%s%s", _("Source: "), entry->event->source);
    put_text(out, "DESCRIPTION", dcv_buf_text(&text));
    out->failed |= text.failed;
    dcv_buf_done(&text);
}

static void put_alarm(struct dcv_buf *out, const struct entry *entry)
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_MAX);
    dcv_event_put_title(&text, entry->event);
    dcv_buf_puts(out, "BEGIN:VALARM\r\nACTION:DISPLAY\r\n");
    put_text(out, "DESCRIPTION", dcv_buf_text(&text));
    dcv_buf_printf(out, "TRIGGER:-P%dD\r\nEND:VALARM\r\n", ALARM_DAYS);
    out->failed |= text.failed;
    dcv_buf_done(&text);
}

static void put_event(struct dcv_buf *out, const struct entry *entry)
{
    dcv_buf_puts(out, "BEGIN:VEVENT\r\n");
    put_uid(out, entry);
    put_moment(out, "DTSTAMP", entry->timeline->stamp_s);
    put_day(out, "DTSTART;VALUE=DATE", entry->event->date);
    put_summary(out, entry);
    put_description(out, entry);
    dcv_buf_puts(out, "TRANSP:TRANSPARENT\r\n");
    if (dcv_event_info(entry->event->kind)->weight == DCV_EVENT_DEADLINE)
        put_alarm(out, entry);
    dcv_buf_puts(out, "END:VEVENT\r\n");
}

/* ---- the format ---------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status put_mark(struct dcv_report *report, const char *text)
{
    dcv_writer_puts(report->writer, text);
    return report->writer->error == 0 ? DCV_OK : DCV_ERR_IO;
}

enum dcv_status dcv_ics_begin(struct dcv_report *report)
{
    return put_mark(report, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//dcvready//timeline//EN\r\nCALSCALE:GREGORIAN\r\n");
}

enum dcv_status dcv_ics_name(struct dcv_report *report, const struct dcv_report_name *name)
{
    const struct dcv_timeline *timeline = name->timeline;
    struct dcv_buf out;
    dcv_buf_init(&out, DCV_REPORT_MAX);
    for (size_t i = 0; timeline != NULL && i < timeline->cas.count; i++) {
        const struct dcv_timeline_ca *ca = &timeline->cas.items[i];
        for (size_t j = 0; j < ca->events.count; j++) {
            struct entry entry = {timeline, ca, &ca->events.items[j], name->judged->name->ascii, name->judged->name->unicode};
            if (entry.event->date < timeline->as_of || dcv_event_info(entry.event->kind)->weight == DCV_EVENT_INFO)
                continue;
            put_event(&out, &entry);
            report->entries++;
        }
    }
    enum dcv_status status = dcv_report_flush(report->writer, &out);
    dcv_buf_done(&out);
    return status;
}

/* A calendar has at least one component (RFC 5545 §3.6); where nothing comes, the time zone of its days. */
enum dcv_status dcv_ics_end(struct dcv_report *report)
{
    static const char zone[] = "BEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0000\r\n"
                               "TZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    enum dcv_status status = report->entries == 0 ? put_mark(report, zone) : DCV_OK;
    return status == DCV_OK ? put_mark(report, "END:VCALENDAR\r\n") : status;
}

/* Orders have no calendar: --format ics is for timelines. */
enum dcv_status dcv_ics_order(struct dcv_report *report, const struct dcv_report_order *order)
{
    (void)order;
    return report->writer->error == 0 ? DCV_OK : DCV_ERR_IO;
}
