/* The registry of RDAP servers, as IANA publishes it (RFC 9224). */
#include "registry/rdap_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { SERVICES_MAX = 1 << 14, ENTRIES_MAX = 1 << 16, ENTRY_OCTETS_MAX = 253 };

struct row {
    const char *suffix; /* lower case; "": the root */
    const char *url;
    size_t place;       /* in the file: the first of two counts */
};

struct dcv_rdap_bootstrap {
    int64_t published;
    DCV_VEC(struct row) rows; /* by suffix */
};

struct job {
    struct dcv_arena *arena;
    struct dcv_rdap_bootstrap *out;
    const char *error; /* NULL: none yet */
};

static bool fault(struct job *job, const char *text)
{
    if (job->error == NULL && text != NULL)
        job->error = text;
    return false;
}

static bool fault_at(struct job *job, size_t service, const char *what)
{
    return fault(job, dcv_arena_printf(job->arena, "services[%zu]%s", service, what));
}

/* RFC 9224 §3: the path of a question is put after it, so it has neither query nor fragment. */
static bool usable_url(const char *url, size_t len)
{
    static const char scheme[] = "https://";
    const size_t begin = sizeof scheme - 1;
    if (len <= begin || len >= DCV_REGISTRY_TEXT || !dcv_ascii_equal_nocase_n(url, scheme, begin) || strchr("/:@", url[begin]) != NULL)
        return false;
    for (size_t i = 0; i < len; i++)
        if (url[i] <= ' ' || url[i] >= 0x7f || strchr("?#@\\\"<>^`{|}", url[i]) != NULL)
            return false;
    return true;
}

/* The first that can be used; NULL with no error: none can. */
static const char *choose_url(struct job *job, const json_t *urls, size_t service)
{
    const char *chosen = NULL;
    for (size_t i = 0; i < json_array_size(urls); i++) {
        const json_t *url = json_array_get(urls, i);
        const size_t len = json_string_length(url);
        if (!json_is_string(url)) {
            (void)fault_at(job, service, "[1]: a URL is no text");
            return NULL;
        }
        if (chosen == NULL && usable_url(json_string_value(url), len))
            chosen = dcv_arena_printf(job->arena, "%s%s", json_string_value(url), json_string_value(url)[len - 1] == '/' ? "" : "/");
    }
    return chosen;
}

static bool add(struct job *job, const json_t *entry, const char *url, size_t service)
{
    size_t len = json_string_length(entry);
    const char *text = json_string_value(entry);
    if (text == NULL)
        return fault_at(job, service, "[0]: an entry is no text");
    len -= len != 0 && text[len - 1] == '.';
    if (len > ENTRY_OCTETS_MAX || !dcv_text_plain(text, len))
        return fault_at(job, service, "[0]: an entry is no domain name");
    if (url == NULL)
        return true;
    if (job->out->rows.count == ENTRIES_MAX)
        return fault(job, "there are more entries than any registry has");
    char *suffix = dcv_arena_strndup(job->arena, text, len);
    for (char *at = suffix; at != NULL && *at != '\0'; at++)
        *at = dcv_ascii_lower(*at);
    struct row *row = DCV_VEC_ADD(job->arena, &job->out->rows);
    if (row != NULL)
        *row = (struct row){suffix != NULL ? suffix : "", url, job->out->rows.count};
    return true;
}

static bool read_service(struct job *job, const json_t *service, size_t index)
{
    const json_t *entries = json_array_get(service, 0), *urls = json_array_get(service, 1);
    if (json_array_size(service) != 2 || !json_is_array(entries) || !json_is_array(urls))
        return fault_at(job, index, " is no array of two arrays");
    const char *url = choose_url(job, urls, index);
    for (size_t i = 0; i < json_array_size(entries) && job->error == NULL; i++)
        (void)add(job, json_array_get(entries, i), url, index);
    return job->error == NULL;
}

static bool read_file(struct job *job, const json_t *json)
{
    const char *version = json_string_value(json_object_get(json, "version"));
    const json_t *services = json_object_get(json, "services");
    if (!json_is_object(json))
        return fault(job, "it is no object");
    if (version == NULL || strcmp(version, "1.0") != 0)
        return fault(job, "\"version\" is not \"1.0\"");
    if (!json_is_array(services) || json_array_size(services) > SERVICES_MAX)
        return fault(job, "\"services\" is no array, or too long a one");
    (void)rdap_time(json_object_get(json, "publication"), &job->out->published);
    for (size_t i = 0; i < json_array_size(services); i++)
        if (!read_service(job, json_array_get(services, i), i))
            return false;
    return true;
}

static int by_suffix(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const int order = strcmp(x->suffix, y->suffix);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

enum dcv_status dcv_rdap_bootstrap_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_rdap_bootstrap **out, const char **error)
{
    struct job job = {.arena = arena, .out = dcv_arena_alloc(arena, sizeof *job.out)};
    const char *why;
    if (job.out == NULL)
        return DCV_ERR_NOMEM;
    json_t *json = rdap_parse(arena, octets, len, &why);
    const bool good = json != NULL ? read_file(&job, json) : fault(&job, dcv_arena_printf(arena, "no JSON: %s", why));
    json_decref(json);
    if (dcv_arena_failed(arena))
        return DCV_ERR_NOMEM;
    if (!good) {
        *error = job.error;
        return DCV_ERR_SYNTAX;
    }
    if (job.out->rows.count != 0)
        qsort(job.out->rows.items, job.out->rows.count, sizeof job.out->rows.items[0], by_suffix);
    *out = job.out;
    return DCV_OK;
}

int64_t dcv_rdap_bootstrap_published(const struct dcv_rdap_bootstrap *bootstrap)
{
    return bootstrap->published;
}

/* The first row of a suffix; NULL: there is none. */
static const struct row *find(const struct dcv_rdap_bootstrap *bootstrap, const char *suffix)
{
    size_t low = 0, high = bootstrap->rows.count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(bootstrap->rows.items[middle].suffix, suffix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < bootstrap->rows.count && strcmp(bootstrap->rows.items[low].suffix, suffix) == 0 ? &bootstrap->rows.items[low] : NULL;
}

/* RFC 9224 §4: the longest match, label by label. */
const char *dcv_rdap_bootstrap_find(const struct dcv_rdap_bootstrap *bootstrap, const char *domain)
{
    for (const char *suffix = domain;;) {
        const struct row *row = find(bootstrap, suffix);
        if (row != NULL)
            return row->url;
        if (*suffix == '\0')
            return NULL;
        suffix += strcspn(suffix, ".");
        suffix += *suffix == '.';
    }
}
