#include "report/json.h"
#include "report/timeline.h"
#include "report/wait.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4 * 1024 * 1024 };

void dcv_json_set(struct dcv_json *json, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        json->failed = true;
}

void dcv_json_add(struct dcv_json *json, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        json->failed = true;
}

json_t *dcv_json_octets(const void *data, size_t len)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, TEXT_MAX);
    dcv_text_escape(&buf, data, len);
    json_t *value = buf.failed ? NULL : json_stringn(dcv_buf_text(&buf), buf.len);
    dcv_buf_done(&buf);
    return value;
}

json_t *dcv_json_text(const char *text)
{
    return text == NULL ? json_null() : dcv_json_octets(text, strlen(text));
}

json_t *dcv_json_dns_name(const struct dcv_name *name)
{
    char text[DCV_NAME_TEXT_MAX];
    return name->len == 0 ? json_null() : json_string(dcv_name_text(name, text));
}

json_t *dcv_json_date(dcv_date date)
{
    char text[DCV_DATE_TEXT];
    return date == DCV_DATE_NONE ? json_null() : json_string(dcv_date_format(date, text));
}

json_t *dcv_json_indices(const size_t *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        if (json_array_append_new(array, json_integer((json_int_t)items[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

void dcv_json_put(struct dcv_buf *buf, struct dcv_json *json, json_t *document, enum dcv_report_format format,
                  bool comma)
{
    const size_t flags = format == DCV_FORMAT_JSON ? JSON_INDENT(1) : JSON_COMPACT;
    char *text = document == NULL || json->failed ? NULL : json_dumps(document, flags);
    json_decref(document);
    if (text == NULL) {
        buf->failed = true;
        return;
    }
    if (comma)
        dcv_buf_puts(buf, ",\n");
    dcv_text_escape_json(buf, text); /* what it is shown on may be a terminal */
    if (format == DCV_FORMAT_JSONL)
        dcv_buf_putc(buf, '\n');
    free(text);
}

static enum dcv_status put_mark(struct dcv_report *report, const char *text)
{
    dcv_writer_puts(report->writer, text);
    return report->writer->error == 0 ? DCV_OK : DCV_ERR_IO;
}

enum dcv_status dcv_json_begin(struct dcv_report *report)
{
    return put_mark(report, "[\n");
}

enum dcv_status dcv_json_end(struct dcv_report *report)
{
    return put_mark(report, report->names == 0 ? "]\n" : "\n]\n");
}

enum dcv_status dcv_jsonl_begin(struct dcv_report *report)
{
    return put_mark(report, "");
}

enum dcv_status dcv_jsonl_end(struct dcv_report *report)
{
    return put_mark(report, "");
}

enum dcv_status dcv_json_name(struct dcv_report *report, const struct dcv_report_name *name)
{
    struct dcv_json json = {false};
    json_t *document = NULL;
    switch (report->options.view) {
    case DCV_VIEW_CHECK: document = dcv_json_check(&json, report, name); break;
    case DCV_VIEW_APPROVERS: document = dcv_json_approvers(&json, report, name); break;
    case DCV_VIEW_ACCEPTS: document = dcv_json_accepts(&json, report, name); break;
    case DCV_VIEW_TIMELINE: document = dcv_json_timeline(&json, report, name); break;
    case DCV_VIEW_INSPECT: document = dcv_json_inspect(&json, report, name); break;
    case DCV_VIEW_WAIT: document = dcv_json_wait(&json, name); break;
    }
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_json_put(&buf, &json, document, report->options.format,
                 report->options.format == DCV_FORMAT_JSON && report->names > 0);
    enum dcv_status status = dcv_report_flush(report->writer, &buf);
    dcv_buf_done(&buf);
    return status;
}
