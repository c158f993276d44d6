/* `cas --check`: what is wrong with profiles, as compilers tell it. */
#include "ca/lint.h"
#include "report/cas_view.h"
#include "report/words.h"

static const char *severity_id(enum dcv_ca_severity severity)
{
    switch (severity) {
    case DCV_CA_ERROR: return "error";
    case DCV_CA_WARNING: return "warning";
    }
    return "";
}

/* Lines are read by editors: in English, and not broken. */
static void put_file(struct dcv_page *page, const struct dcv_lint_file *file)
{
    const char *name = dcv_page_safe(page, file->file);
    if (file->unreadable != NULL)
        dcv_paper_line(&page->paper, 0, dcv_page_printf(page, "%s: error: %s", name, file->unreadable));
    for (size_t i = 0; i < file->count; i++)
        dcv_paper_line(&page->paper, 0,
                       dcv_page_printf(page, "%s:%zu: %s: %s", name, file->faults[i].line,
                                       severity_id(file->faults[i].severity), file->faults[i].text));
}

void dcv_text_lint(struct dcv_page *page, const struct dcv_lint *lint)
{
    for (size_t i = 0; i < lint->count; i++)
        put_file(page, &lint->files[i]);
    const char *text =
        dcv_page_printf(page, _("files: %zu, errors: %zu, warnings: %zu"), lint->count, lint->errors, lint->warnings);
    if (lint->unreadable != 0)
        text = dcv_page_printf(page, _("%s, not read: %zu"), text, lint->unreadable);
    dcv_paper_line(&page->paper, 0, text);
}

json_t *dcv_json_lint(struct dcv_json *json, const struct dcv_lint *lint, size_t index)
{
    const struct dcv_lint_file *file = &lint->files[index];
    json_t *object = json_object(), *faults = json_array();
    dcv_json_set(json, object, "schema", json_string("dcvready/cas-check/1"));
    dcv_json_set(json, object, "file", dcv_json_text(file->file));
    dcv_json_set(json, object, "unreadable", dcv_json_text(file->unreadable));
    dcv_json_set(json, object, "errors", json_integer((json_int_t)file->errors));
    dcv_json_set(json, object, "warnings", json_integer((json_int_t)file->warnings));
    for (size_t i = 0; i < file->count; i++) {
        json_t *fault = json_object();
        dcv_json_set(json, fault, "line", json_integer((json_int_t)file->faults[i].line));
        dcv_json_set(json, fault, "severity", json_string(severity_id(file->faults[i].severity)));
        dcv_json_set(json, fault, "text", json_string(file->faults[i].text)); /* escaped already */
        dcv_json_add(json, faults, fault);
    }
    dcv_json_set(json, object, "faults", faults);
    return object;
}
