#include "fact/document.h"

#include "base/text.h"
#include "fact/json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dcv_documents {
    json_t *items; /* array of objects with "facts" */
    bool order;    /* an order of these names stood there, too */
};

static enum dcv_status refuse(char **error, int line, const char *what, const char *detail)
{
    if (asprintf(error, "line %d: %s%s", line, what, detail) < 0)
        *error = NULL;
    return DCV_ERR_SYNTAX;
}

static enum dcv_status take_document(struct dcv_documents *out, json_t *value, int line, char **error)
{
    const char *schema = json_string_value(json_object_get(value, "schema"));
    if (json_object_get(value, "error") != NULL)
        return DCV_OK; /* an invalid name in a report: there is nothing to judge */
    if (schema != NULL && strcmp(schema, "dcvready/order/1") == 0) {
        out->order = true; /* its names stand before it */
        return DCV_OK;
    }
    if (!json_is_array(json_object_get(value, "facts")))
        return refuse(error, line, "an object without \"facts\"; write the report with --facts", "");
    return json_array_append(out->items, value) == 0 ? DCV_OK : DCV_ERR_NOMEM;
}

/* Appends what one JSON value holds: a document, an array of them, or an array of facts. */
static enum dcv_status take(struct dcv_documents *out, json_t *value, int line, char **error)
{
    if (json_is_object(value))
        return take_document(out, value, line, error);
    if (!json_is_array(value))
        return refuse(error, line, "neither an object nor an array", "");
    if (json_object_get(json_array_get(value, 0), "kind") != NULL) {
        json_t *alone = json_pack("{s:O}", "facts", value);
        enum dcv_status status = alone != NULL && json_array_append_new(out->items, alone) == 0 ? DCV_OK : DCV_ERR_NOMEM;
        return status;
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        enum dcv_status status = take_document(out, json_array_get(value, i), line, error);
        if (status != DCV_OK)
            return status;
    }
    return DCV_OK;
}

/* One JSON value after the other, with white space between: a file of JSON or of JSONL. */
static enum dcv_status take_all(struct dcv_documents *out, const char *text, size_t len, char **error)
{
    enum dcv_status status = DCV_OK;
    int line = 1;
    for (size_t at = 0; at < len && status == DCV_OK;) {
        if (strchr(" \t\r\n", text[at]) != NULL) {
            line += text[at++] == '\n';
            continue;
        }
        json_error_t fault;
        json_t *value = json_loadb(text + at, len - at, JSON_DISABLE_EOF_CHECK, &fault);
        if (value == NULL)
            return refuse(error, line + fault.line - 1, "no JSON: ", fault.text);
        status = take(out, value, line, error);
        json_decref(value);
        for (size_t end = at + (size_t)fault.position; at < end; at++)
            line += text[at] == '\n';
    }
    return status;
}

enum dcv_status dcv_documents_read(const char *text, size_t len, struct dcv_documents **out, char **error)
{
    *error = NULL;
    struct dcv_documents *documents = calloc(1, sizeof *documents);
    if (documents == NULL)
        return DCV_ERR_NOMEM;
    documents->items = json_array();
    enum dcv_status status = documents->items != NULL ? take_all(documents, text, len, error) : DCV_ERR_NOMEM;
    if (status == DCV_OK && json_array_size(documents->items) == 0)
        status = refuse(error, 1, "there are no facts in it", "");
    if (status != DCV_OK) {
        dcv_documents_free(documents);
        return status;
    }
    *out = documents;
    return DCV_OK;
}

void dcv_documents_free(struct dcv_documents *documents)
{
    if (documents == NULL)
        return;
    json_decref(documents->items);
    free(documents);
}

size_t dcv_documents_count(const struct dcv_documents *documents)
{
    return json_array_size(documents->items);
}

bool dcv_documents_order(const struct dcv_documents *documents)
{
    return documents->order;
}

const char *dcv_document_name(const struct dcv_documents *documents, size_t index)
{
    const json_t *document = json_array_get(documents->items, index);
    const char *ascii = json_string_value(json_object_get(document, "ascii"));
    return ascii != NULL ? ascii : json_string_value(json_object_get(document, "name"));
}

static bool about_name(const json_t *fact, const struct dcv_name *name)
{
    const char *text = json_string_value(json_object_get(fact, "domain"));
    struct dcv_name domain;
    return text == NULL || dcv_name_parse(text, &domain, NULL) != DCV_OK || dcv_name_under(name, &domain);
}

enum dcv_status dcv_document_add(const struct dcv_documents *documents, size_t index, const struct dcv_name *only_about,
                                 struct dcv_facts *facts, char **error)
{
    const json_t *document = json_array_get(documents->items, index);
    const json_t *all = json_object_get(document, "facts");
    const char *fault = NULL;
    *error = NULL;
    json_t *chosen = json_array();
    if (chosen == NULL)
        return DCV_ERR_NOMEM;
    for (size_t i = 0; i < json_array_size(all); i++)
        if (only_about == NULL || about_name(json_array_get(all, i), only_about))
            (void)json_array_append(chosen, json_array_get(all, i));
    enum dcv_status status = dcv_facts_from_json(facts, chosen, only_about == NULL ? json_object_get(document, "about") : NULL, &fault);
    json_decref(chosen);
    if (status == DCV_ERR_SYNTAX && fault != NULL)
        *error = strdup(fault);
    return status;
}

enum dcv_status dcv_document_write(const char *name, const struct dcv_facts *facts, struct dcv_buf *out)
{
    json_t *document = json_pack("{s:s, s:o, s:o}", "name", name, "facts", dcv_facts_to_json(facts), "about", dcv_facts_about_to_json(facts));
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    if (text != NULL)
        dcv_buf_puts(out, text);
    const bool written = text != NULL && !out->failed;
    free(text);
    json_decref(document);
    return written ? DCV_OK : DCV_ERR_NOMEM;
}
