/* What an answer says that it withholds: by "redacted" (RFC 9537), by remarks and notices (RFC 9083 §4.3), as registries wrote them before. */
#include "registry/rdap_parts.h"

#include "base/text.h"

#include <string.h>

/* `word` is in names (IANA "RDAP JSON Values", redacted name) and expressions alike. */
static const struct {
    const char *registered, *text, *word;
} roles[RDAP_ROLES] = {
    [RDAP_REGISTRANT] = {"registrant", "registrant", "registrant"},
    [RDAP_ADMIN] = {"administrative", "admin", "admin"},
    [RDAP_TECH] = {"technical", "tech", "tech"},
};

enum rdap_role rdap_role_of(const char *role)
{
    enum rdap_role found = RDAP_REGISTRANT;
    while (found < RDAP_ROLES && strcmp(role, roles[found].text) != 0)
        found++;
    return found;
}

const char *rdap_role_text(struct dcv_arena *arena, const json_t *json)
{
    const char *text = rdap_text(arena, json);
    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < RDAP_ROLES; i++)
        if (dcv_ascii_equal_nocase(text, roles[i].registered))
            return roles[i].text;
    char *lower = dcv_arena_strdup(arena, text);
    for (char *at = lower; at != NULL && *at != '\0'; at++)
        *at = dcv_ascii_lower(*at);
    return lower;
}

/* One item of "redacted". */
struct item {
    const json_t *object;
    const json_t *name; /* "type" is registered with IANA, "description" is not (§4.2) */
    const json_t *path; /* expression for what is withheld: before, after, or of what stands in its place */
};

static const json_t *first_text(const json_t *object, const char *const *keys, size_t count)
{
    const json_t *value = NULL;
    for (size_t i = 0; i < count && !json_is_string(value); i++)
        value = json_object_get(object, keys[i]);
    return json_is_string(value) ? value : NULL;
}

static struct item read_item(const json_t *object)
{
    static const char *const names[] = {"type", "description"}, *const paths[] = {"prePath", "postPath", "replacementPath", "jsonPath"};
    return (struct item){object, first_text(json_object_get(object, "name"), names, sizeof names / sizeof *names),
                         first_text(object, paths, sizeof paths / sizeof *paths)};
}

/* Is an address among what this item withholds? "Tech Name" with the expression of the whole entity means the name. */
static bool about_address(const struct item *item)
{
    if (rdap_mentions(item->name, "email") || rdap_mentions(item->name, "e-mail") || rdap_mentions(item->name, "contact"))
        return true;
    if (rdap_mentions(item->path, "email") || rdap_mentions(item->path, "contact-uri"))
        return true;
    const char *path = json_string_value(item->path);
    const char *card = path != NULL ? strstr(path, "vcardArray") : NULL;
    /* The whole entity, or the whole card. */
    return item->name == NULL && path != NULL && strstr(path, "entities") != NULL
           && (card != NULL ? strchr(card, '?') == NULL : path[strlen(path) - 1] == ']');
}

/* "$.entities[2]…": the entity at that place; NULL: the expression has another form. */
static const json_t *entity_by_index(const json_t *domain, const char *path)
{
    static const char begin[] = "$.entities[";
    if (path == NULL || strncmp(path, begin, sizeof begin - 1) != 0)
        return NULL;
    const char *digits = path + sizeof begin - 1;
    const size_t len = strspn(digits, "0123456789");
    size_t index = 0;
    if (len == 0 || len > 3 || digits[len] != ']')
        return NULL;
    for (size_t i = 0; i < len; i++)
        index = 10 * index + (size_t)(digits[i] - '0');
    return json_array_get(json_object_get(domain, "entities"), index);
}

static bool has_role(const json_t *entity, enum rdap_role role)
{
    const json_t *list = json_object_get(entity, "roles");
    for (size_t i = 0; i < json_array_size(list) && i < RDAP_PER_ENTITY_MAX; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text != NULL && dcv_ascii_equal_nocase(text, roles[role].registered))
            return true;
    }
    return false;
}

static bool about_role(const json_t *domain, const struct item *item, enum rdap_role role)
{
    return rdap_mentions(item->name, roles[role].word) || rdap_mentions(item->path, roles[role].word)
           || has_role(entity_by_index(domain, json_string_value(item->path)), role);
}

static void note(const json_t *domain, const struct item *item, struct redaction *out)
{
    const char *method = json_string_value(json_object_get(item->object, "method"));
    const bool replaced = method != NULL && (strcmp(method, "replacementValue") == 0 || strcmp(method, "partialValue") == 0);
    for (enum rdap_role role = RDAP_REGISTRANT; role < RDAP_ROLES; role++) {
        if (!about_role(domain, item, role))
            continue;
        out->roles[role].missing = out->roles[role].missing || !replaced;
        out->roles[role].replaced = out->roles[role].replaced || replaced;
    }
}

/* "object redacted due to authorization", "object truncated due to authorization" (IANA "RDAP JSON Values"), or a title of that meaning. Not the
 * text: that of a notice often speaks of redaction in general. */
static bool says_so(const json_t *list)
{
    for (size_t i = 0; i < rdap_count(list); i++) {
        const json_t *remark = json_array_get(list, i), *type = json_object_get(remark, "type");
        const json_t *title = json_object_get(remark, "title");
        if (rdap_mentions(title, "redacted") || rdap_mentions(type, "redacted") || rdap_mentions(type, "due to authorization"))
            return true;
    }
    return false;
}

bool redaction_remarked(const json_t *object)
{
    return says_so(json_object_get(object, "remarks")) || says_so(json_object_get(object, "notices"));
}

void redaction_read(const json_t *domain, struct redaction *out)
{
    const json_t *list = json_object_get(domain, "redacted");
    *out = (struct redaction){.domain = redaction_remarked(domain)};
    for (size_t i = 0; i < rdap_count(list); i++) {
        const struct item item = read_item(json_array_get(list, i));
        if (about_address(&item))
            note(domain, &item, out);
    }
}
