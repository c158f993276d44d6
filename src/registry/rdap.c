/* Answers over RDAP: domain objects (RFC 9083 §5.3) and error objects (§6). */
#include "registry/rdap_parts.h"

#include "base/text.h"
#include "name/hostname.h"

#include <string.h>

struct job {
    struct dcv_arena *arena;
    const char *domain;
    struct dcv_registry_reading *out;
};

static void set(const struct job *job, enum dcv_contacts_state state, const char *why)
{
    job->out->state = state;
    job->out->why = why != NULL ? why : "";
}

/* ---- errors ------------------------------------------------------------------------------------------------------------------- */

enum { HTTP_OK = 200, HTTP_UNAUTHORIZED = 401, HTTP_FORBIDDEN = 403, HTTP_NOT_FOUND = 404, HTTP_TOO_MANY = 429 };

/* The server's own words: title and first line of the description. "": it has none. */
static const char *own_words(struct dcv_arena *arena, const json_t *json)
{
    const json_t *description = json_object_get(json, "description");
    const char *title = rdap_text(arena, json_object_get(json, "title"));
    const char *text = rdap_text(arena, json_is_array(description) ? json_array_get(description, 0) : description);
    if (title == NULL || text == NULL)
        return title != NULL ? title : text != NULL ? text : "";
    const char *both = dcv_arena_printf(arena, "%s: %s", title, text);
    return both != NULL && strlen(both) <= DCV_REGISTRY_TEXT ? both : title;
}

static enum dcv_contacts_state state_of(long code)
{
    if (code == HTTP_TOO_MANY)
        return DCV_CONTACTS_RATE_LIMITED;
    return code == HTTP_UNAUTHORIZED || code == HTTP_FORBIDDEN ? DCV_CONTACTS_REFUSED : DCV_CONTACTS_UNREACHABLE;
}

/* RFC 7480 §5.3: 404 says that there is no such domain. So does any web server of a page, so it must come with an object of RDAP. */
static bool free_by(const json_t *json)
{
    const json_t *code = json_object_get(json, "errorCode");
    return code != NULL ? json_integer_value(code) == HTTP_NOT_FOUND : json_is_array(json_object_get(json, "rdapConformance"));
}

/* No status says so of a name that is not registered: servers do in their own words. */
static bool reserved_by(const char *words)
{
    return strstr(words, "eserved") != NULL && strstr(words, "ights reserved") == NULL;
}

static void read_error(const struct job *job, long code, const json_t *json)
{
    const char *words = own_words(job->arena, json);
    const enum dcv_contacts_state state = state_of(code);
    if (code == HTTP_NOT_FOUND && free_by(json) && reserved_by(words))
        set(job, DCV_CONTACTS_RESERVED, words);
    else if (code == HTTP_NOT_FOUND && free_by(json))
        set(job, DCV_CONTACTS_FREE, "");
    else if (code == HTTP_NOT_FOUND)
        set(job, DCV_CONTACTS_UNREACHABLE, N_("HTTP status 404 without an answer of RDAP"));
    else if (words[0] == '\0')
        set(job, state, dcv_arena_printf(job->arena, "status %ld", code));
    else
        set(job, state, dcv_arena_printf(job->arena, "status %ld: %s", code, words));
}

/* ---- domains ------------------------------------------------------------------------------------------------------------------ */

static bool same_name(const char *text, const struct dcv_name *domain)
{
    struct dcv_name name;
    const size_t len = strlen(text);
    return dcv_name_from_unicode(text, len - (len > 1 && text[len - 1] == '.'), &name) == DCV_OK && dcv_name_equal(&name, domain);
}

/* NULL: the object is about the domain asked for. */
static const char *not_about(const struct job *job, const json_t *json)
{
    const char *class = json_string_value(json_object_get(json, "objectClassName"));
    const char *text = rdap_text(job->arena, json_object_get(json, "ldhName"));
    struct dcv_name domain;
    if (class == NULL || !dcv_ascii_equal_nocase(class, "domain"))
        return N_("the answer is no domain object");
    if (text == NULL)
        text = rdap_text(job->arena, json_object_get(json, "unicodeName"));
    if (text == NULL)
        return N_("the answer does not say which domain it is about");
    if (dcv_name_parse(job->domain, &domain, NULL) != DCV_OK || !same_name(text, &domain))
        return dcv_arena_printf(job->arena, "%s: %s", N_("the answer is about another domain"), text);
    return NULL;
}

static void read_statuses(const struct job *job, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list) && job->out->statuses.count < DCV_REGISTRY_STATUSES; i++) {
        const char *text = rdap_text(job->arena, json_array_get(list, i));
        const char **status = text != NULL ? DCV_VEC_ADD(job->arena, &job->out->statuses) : NULL;
        if (status != NULL && (*status = dcv_registry_status(job->arena, text)) == NULL)
            *status = "";
    }
}

static bool has_status(const struct job *job, const char *code)
{
    for (size_t i = 0; i < job->out->statuses.count; i++)
        if (dcv_ascii_equal_nocase(job->out->statuses.items[i], code))
            return true;
    return false;
}

/* That of the registry: "registrar expiration" is another (RFC 9083 §10.2.3). */
static void read_events(const struct job *job, const json_t *list)
{
    for (size_t i = 0; i < rdap_count(list); i++) {
        const json_t *event = json_array_get(list, i);
        const char *action = json_string_value(json_object_get(event, "eventAction"));
        if (action != NULL && dcv_ascii_equal_nocase(action, "expiration") && job->out->expires == 0)
            (void)rdap_time(json_object_get(event, "eventDate"), &job->out->expires);
    }
}

static bool is_rdap(const json_t *type)
{
    static const char media[] = "application/rdap+json";
    const char *text = json_string_value(type);
    const size_t len = sizeof media - 1;
    return text != NULL && strlen(text) >= len && dcv_ascii_equal_nocase_n(text, media, len) && strchr("; ", text[len]) != NULL;
}

static bool is_https(const char *url)
{
    static const char scheme[] = "https://";
    const size_t len = sizeof scheme - 1;
    return strlen(url) > len && dcv_ascii_equal_nocase_n(url, scheme, len);
}

/* The registrar's record of the same domain (RFC 9083 §4.2; RDAP Response Profile). */
static void read_links(const struct job *job, const json_t *list)
{
    for (size_t i = 0; i < rdap_count(list) && job->out->referral == NULL; i++) {
        const json_t *link = json_array_get(list, i);
        const char *rel = json_string_value(json_object_get(link, "rel")), *href = rdap_text(job->arena, json_object_get(link, "href"));
        if (rel != NULL && dcv_ascii_equal_nocase(rel, "related") && is_rdap(json_object_get(link, "type")) && href != NULL && is_https(href))
            job->out->referral = href;
    }
}

static bool redacted(const struct redaction *redaction, const struct rdap_entities *entities)
{
    for (size_t i = 0; i < RDAP_ROLES; i++)
        if (redaction->roles[i].missing || redaction->roles[i].replaced)
            return true;
    return redaction->domain || entities->withheld;
}

/* That a contact has no address is said only of one that was told, and could be read, in full. */
static void decide(const struct job *job, const struct redaction *redaction, const struct rdap_entities *entities)
{
    const char *fault = entities->fault;
    if (has_status(job, "clientHold") || has_status(job, "serverHold"))
        set(job, DCV_CONTACTS_SUSPENDED, fault);
    else if (entities->found)
        set(job, DCV_CONTACTS_FOUND, fault);
    else if (has_status(job, "reserved"))
        set(job, DCV_CONTACTS_RESERVED, fault);
    else if (fault != NULL)
        set(job, DCV_CONTACTS_UNREACHABLE, fault);
    else if (redacted(redaction, entities))
        set(job, DCV_CONTACTS_REDACTED, "");
    else if (entities->bare != NULL)
        set(job, DCV_CONTACTS_REDACTED, dcv_arena_printf(job->arena, "%s: told by its handle alone", entities->bare));
    else
        set(job, DCV_CONTACTS_NONE, "");
}

static void read_domain(const struct job *job, const json_t *json)
{
    struct redaction redaction;
    struct rdap_entities entities;
    redaction_read(json, &redaction);
    read_statuses(job, json_object_get(json, "status"));
    read_events(job, json_object_get(json, "events"));
    read_links(job, json_object_get(json, "links"));
    rdap_entities_read(job->arena, json, &redaction, job->out, &entities);
    decide(job, &redaction, &entities);
}

static void read_ok(const struct job *job, const json_t *json)
{
    const json_t *code = json_object_get(json, "errorCode");
    const char *why = NULL;
    if (json_is_integer(code))
        read_error(job, (long)json_integer_value(code), json);
    else if (code != NULL)
        set(job, DCV_CONTACTS_UNREACHABLE, N_("the answer is an error object without a number"));
    else if ((why = not_about(job, json)) != NULL)
        set(job, DCV_CONTACTS_UNREACHABLE, why);
    else
        read_domain(job, json);
}

enum dcv_status dcv_rdap_read(struct dcv_arena *arena, unsigned http_status, const void *octets, size_t len, const char *domain,
                              struct dcv_registry_reading *out)
{
    const struct job job = {arena, domain, out};
    const char *why;
    *out = (struct dcv_registry_reading){.why = ""};
    json_t *json = rdap_parse(arena, octets, len, &why);
    if (http_status != HTTP_OK)
        read_error(&job, http_status, json);
    else if (json == NULL)
        set(&job, DCV_CONTACTS_UNREACHABLE, dcv_arena_printf(arena, "%s: %s", N_("the answer is no JSON"), why));
    else
        read_ok(&job, json);
    json_decref(json);
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}
