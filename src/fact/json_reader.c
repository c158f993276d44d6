#include "fact/json_parts.h"

#include "base/date.h"
#include "base/text.h"

#include <string.h>

void dcv_json_fail(struct dcv_json_reader *reader, const char *what)
{
    if (reader->fault == NULL)
        reader->fault = dcv_arena_printf(reader->arena, "fact %zu: %s", reader->index, what);
}

const char *dcv_json_string_at(struct dcv_json_reader *reader, const json_t *object, const char *key, const char *fallback)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL && fallback != NULL)
        return fallback;
    if (!json_is_string(value)) {
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a string", key));
        return fallback != NULL ? fallback : "";
    }
    const char *copy = dcv_arena_strdup(reader->arena, json_string_value(value));
    return copy != NULL ? copy : ""; /* the arena remembers that memory was short */
}

json_int_t dcv_json_number_at(struct dcv_json_reader *reader, const json_t *object, const char *key, json_int_t max)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > max) {
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a whole number from 0 to %" JSON_INTEGER_FORMAT, key, max));
        return 0;
    }
    return json_integer_value(value);
}

bool dcv_json_truth_at(struct dcv_json_reader *reader, const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && !json_is_boolean(value))
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be true or false", key));
    return value != NULL ? json_is_true(value) : fallback;
}

const json_t *dcv_json_array_at(struct dcv_json_reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && !json_is_array(value))
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be an array", key));
    return value;
}

void dcv_json_name_at(struct dcv_json_reader *reader, const json_t *object, const char *key, struct dcv_name *out)
{
    const char *text = dcv_json_string_at(reader, object, key, NULL);
    if (dcv_name_parse(text, out, NULL) != DCV_OK)
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a domain name", key));
}

const char *dcv_json_optional_at(struct dcv_json_reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value != NULL && !json_is_null(value) ? dcv_json_string_at(reader, object, key, NULL) : NULL;
}

/* The number of `text` among `count` texts given by `name_of`, or -1. */
static int index_of(const char *text, const char *(*name_of)(int), int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name_of(i), text) == 0)
            return i;
    return -1;
}

int dcv_json_choice_at(struct dcv_json_reader *reader, const json_t *object, const char *key, const char *fallback, const char *(*name_of)(int),
                       int count)
{
    const char *text = dcv_json_string_at(reader, object, key, fallback);
    int index = index_of(text, name_of, count);
    if (index < 0) {
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" has an unknown value", key));
        return 0;
    }
    return index;
}

void dcv_json_read_rr(struct dcv_json_reader *reader, const json_t *object, struct dcv_rr *out)
{
    if (json_object_get(object, "rdata") == NULL) {
        const char *text = dcv_json_string_at(reader, object, "text", NULL);
        if (dcv_rr_from_text(reader->arena, text, out) != DCV_OK)
            dcv_json_fail(reader, "a record has neither \"rdata\" nor a \"text\" that can be read");
        return;
    }
    dcv_json_name_at(reader, object, "owner", &out->owner);
    out->type = dcv_type_parse(dcv_json_string_at(reader, object, "type", ""));
    out->ttl = (uint32_t)dcv_json_number_at(reader, object, "ttl", INT32_MAX);
    const char *hex = dcv_json_string_at(reader, object, "rdata", "");
    size_t room = strlen(hex) / 2, len = 0;
    uint8_t *rdata = dcv_arena_alloc(reader->arena, room);
    if (rdata == NULL || room > UINT16_MAX || out->type == 0 || !dcv_hex_read(hex, rdata, room, &len)) {
        dcv_json_fail(reader, "a record cannot be read (\"type\", or hexadecimal \"rdata\")");
        return;
    }
    out->rdata = rdata;
    out->rdlen = (uint16_t)len;
}

bool dcv_json_there(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value != NULL && !json_is_null(value);
}

int64_t dcv_json_time_at(struct dcv_json_reader *reader, const json_t *object, const char *key)
{
    int64_t at = 0;
    if (dcv_json_there(object, key) && !dcv_time_parse(dcv_json_string_at(reader, object, key, ""), &at))
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a time like 2026-11-21T09:30:00Z", key));
    return at;
}
