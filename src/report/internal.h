/* Shared by the files of this module: a report under way, and the row of functions of a format. */
#ifndef DCV_REPORT_INTERNAL_H
#define DCV_REPORT_INTERNAL_H

#include "report/report.h"

/* One row a format; each function writes through report->writer. */
struct dcv_format_row {
    enum dcv_report_format format;
    enum dcv_status (*begin)(struct dcv_report *report);
    enum dcv_status (*name)(struct dcv_report *report, const struct dcv_report_name *name);
    enum dcv_status (*order)(struct dcv_report *report, const struct dcv_report_order *order);
    enum dcv_status (*end)(struct dcv_report *report);
};

struct dcv_report {
    struct dcv_report_options options;
    const struct dcv_format_row *row;
    struct dcv_writer *writer;
    size_t names;   /* reported so far */
    size_t written; /* of them, those that the text shows */
    size_t entries; /* of a calendar, so far */
};

/* Ceiling of one name's output. */
enum { DCV_REPORT_MAX = 64 * 1024 * 1024 };

/* Writes the buffer, unless it is incomplete. DCV_ERR_NOMEM, DCV_ERR_IO. */
enum dcv_status dcv_report_flush(struct dcv_writer *writer, const struct dcv_buf *buf);

enum dcv_status dcv_text_begin(struct dcv_report *report);
enum dcv_status dcv_text_name(struct dcv_report *report, const struct dcv_report_name *name);
enum dcv_status dcv_text_order(struct dcv_report *report, const struct dcv_report_order *order);
enum dcv_status dcv_text_end(struct dcv_report *report);

enum dcv_status dcv_dot_name(struct dcv_report *report, const struct dcv_report_name *name);

enum dcv_status dcv_json_begin(struct dcv_report *report);
enum dcv_status dcv_json_name(struct dcv_report *report, const struct dcv_report_name *name);
enum dcv_status dcv_ics_order(struct dcv_report *report, const struct dcv_report_order *order);
enum dcv_status dcv_json_order(struct dcv_report *report, const struct dcv_report_order *order);
enum dcv_status dcv_json_end(struct dcv_report *report);
enum dcv_status dcv_jsonl_begin(struct dcv_report *report);
enum dcv_status dcv_jsonl_end(struct dcv_report *report);

/* Overall DNSSEC state of the lookups that decide about a name (CAA, contact records, SOA of its base domain), the most telling one:
 * bogus, indeterminate, insecure, secure, unchecked. */
enum dcv_security dcv_report_security(const struct dcv_facts *facts, const struct dcv_name *name, const struct dcv_name *base);

#endif
