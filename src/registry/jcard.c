/* jCards (RFC 7095): names and addresses of contacts. */
#include "registry/rdap_parts.h"

#include "base/text.h"

#include <string.h>

struct job {
    struct dcv_arena *arena;
    struct jcard *out;
};

static void fault(const struct job *job, const char *what)
{
    if (job->out->fault == NULL)
        job->out->fault = what;
}

static void fault_at(const struct job *job, size_t index, const char *what)
{
    if (job->out->fault == NULL)
        job->out->fault = dcv_arena_printf(job->arena, "property %zu of the jCard: %s", index + 1, what);
}

/* RFC 6068 addresses are taken for what they stand for. */
static const char *without_mailto(struct dcv_arena *arena, const char *text)
{
    static const char scheme[] = "mailto:";
    const size_t len = sizeof scheme - 1;
    if (strlen(text) < len || !dcv_ascii_equal_nocase_n(text, scheme, len))
        return text;
    return dcv_arena_strndup(arena, text + len, strcspn(text + len, "?"));
}

static void add_email(const struct job *job, const json_t *value)
{
    const char *text = rdap_text(job->arena, value);
    if (text == NULL) {
        job->out->emptied = true;
        return;
    }
    if (job->out->emails.count == RDAP_PER_ENTITY_MAX)
        return;
    text = without_mailto(job->arena, text);
    const char **email = DCV_VEC_ADD(job->arena, &job->out->emails);
    if (email != NULL)
        *email = text != NULL ? text : "";
}

/* A property may have several values (§3.3.1.2), and servers put them into an array of their own, too. */
static void add_emails(const struct job *job, const json_t *property, size_t index)
{
    for (size_t i = 3; i < json_array_size(property) && i < 3 + RDAP_PER_ENTITY_MAX; i++) {
        const json_t *value = json_array_get(property, i);
        const bool several = json_is_array(value);
        for (size_t k = 0; several && k < json_array_size(value) && k < RDAP_PER_ENTITY_MAX; k++)
            add_email(job, json_array_get(value, k));
        if (json_is_string(value) || json_is_null(value))
            add_email(job, value);
        else if (!several)
            fault_at(job, index, "its value is no text");
    }
}

static bool is_container(const json_t *value)
{
    return json_is_array(value) || json_is_object(value);
}

static bool has_container(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (is_container(json_array_get(array, i)))
            return true;
    return false;
}

/* Components of structured values may be arrays (§3.3.1.3), and that is all. */
static bool too_deep(const json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++)
        if (json_is_object(json_array_get(value, i)) || has_container(json_array_get(value, i)))
            return true;
    return json_is_object(value);
}

static const char *property_fault(const json_t *property)
{
    if (!json_is_array(property) || json_array_size(property) < 4)
        return "it is no array of four or more";
    if (!json_is_string(json_array_get(property, 0)))
        return "its name is no text";
    if (!json_is_object(json_array_get(property, 1)))
        return "its parameters are no object";
    if (!json_is_string(json_array_get(property, 2)))
        return "its type is no text";
    for (size_t i = 3; i < json_array_size(property); i++)
        if (too_deep(json_array_get(property, i)))
            return "its value is nested too deep";
    return NULL;
}

static void read_property(const struct job *job, const json_t *property, size_t index)
{
    const char *what = property_fault(property);
    if (what != NULL) {
        fault_at(job, index, what);
        return;
    }
    const char *name = json_string_value(json_array_get(property, 0));
    const json_t *value = json_array_get(property, 3);
    if (dcv_ascii_equal_nocase(name, "email"))
        add_emails(job, property, index);
    else if (dcv_ascii_equal_nocase(name, "contact-uri") && job->out->uri == NULL)
        job->out->uri = rdap_text(job->arena, value);
    else if (dcv_ascii_equal_nocase(name, "fn") && job->out->name == NULL)
        job->out->name = rdap_text(job->arena, value);
}

void jcard_read(struct dcv_arena *arena, const json_t *json, struct jcard *out)
{
    const struct job job = {arena, out};
    *out = (struct jcard){0};
    const char *label = json_string_value(json_array_get(json, 0));
    const json_t *properties = json_array_get(json, 1);
    if (json_array_size(json) != 2)
        fault(&job, "the jCard is no array of two");
    else if (label == NULL || !dcv_ascii_equal_nocase(label, "vcard"))
        fault(&job, "the jCard does not begin with \"vcard\"");
    else if (!json_is_array(properties))
        fault(&job, "the properties of the jCard are no array");
    else
        for (size_t i = 0; i < json_array_size(properties); i++)
            read_property(&job, json_array_get(properties, i), i);
}
