/* Entities of a domain (RFC 9083 §5.1): its contacts, its registrar, and whom these name in turn. */
#include "registry/rdap_parts.h"

#include "base/text.h"

#include <string.h>

struct job {
    struct dcv_arena *arena;
    const struct redaction *redaction;
    struct dcv_registry_reading *out;
    struct rdap_entities *entities;
    bool usable; /* the contacts whose addresses count are read, else the others: these must not crowd out those */
};

/* An entity in one of its roles. */
struct part {
    const json_t *entity;
    const char *role;
    enum rdap_role known;
    const char *handle;
    const struct jcard *card;
};

static void fault(const struct job *job, const char *role, const char *what)
{
    if (job->entities->fault == NULL && what != NULL)
        job->entities->fault = dcv_arena_printf(job->arena, "%s: %s", role, what);
}

static bool listed(const struct dcv_registry_reading *out, const struct part *part, const char *email)
{
    for (size_t i = 0; i < out->contacts.count; i++)
        if (strcmp(out->contacts.items[i].role, part->role) == 0 && strcmp(out->contacts.items[i].email, email) == 0)
            return true;
    return false;
}

static void add(const struct job *job, const struct part *part, const char *email, bool withheld)
{
    if (part->known != RDAP_ROLES) {
        job->entities->withheld = job->entities->withheld || withheld;
        job->entities->found = job->entities->found || (!withheld && email[0] != '\0');
    }
    if (job->out->contacts.count == DCV_REGISTRY_CONTACTS || listed(job->out, part, email))
        return;
    struct dcv_contact *contact = DCV_VEC_ADD(job->arena, &job->out->contacts);
    if (contact != NULL)
        *contact = (struct dcv_contact){part->role, email, part->handle, withheld};
}

/* What stands in the place of an address without being one may be a text like "REDACTED FOR PRIVACY", or "n/a". */
static void add_email(const struct job *job, const struct part *part, const char *email)
{
    const bool replaced = part->known != RDAP_ROLES && job->redaction->roles[part->known].replaced;
    add(job, part, strchr(email, '@') != NULL ? email : "", replaced || dcv_registry_withheld(email));
}

/* RFC 8605 §2.1: "contact-uri" is for a form, or for an address that only forwards. */
static const char *forwarder(struct dcv_arena *arena, const char *uri)
{
    static const char scheme[] = "mailto:";
    const size_t len = sizeof scheme - 1;
    if (uri == NULL || strlen(uri) < len || !dcv_ascii_equal_nocase_n(uri, scheme, len))
        return "";
    const char *address = dcv_arena_strndup(arena, uri + len, strcspn(uri + len, "?"));
    return address != NULL ? address : "";
}

static void add_without_email(const struct job *job, const struct part *part)
{
    const bool usable = part->known != RDAP_ROLES;
    const struct redacted_role none = {false, false}, *redacted = usable ? &job->redaction->roles[part->known] : &none;
    const bool remarked = redaction_remarked(part->entity) || (usable && job->redaction->domain);
    const bool withheld = part->card->uri != NULL || part->card->emptied || redacted->missing || redacted->replaced || remarked;
    add(job, part, forwarder(job->arena, part->card->uri), withheld);
}

static void read_part(const struct job *job, const struct part *part)
{
    const bool usable = part->known != RDAP_ROLES;
    if (strcmp(part->role, "registrar") == 0 && job->out->registrar == NULL)
        job->out->registrar = part->card->name != NULL ? part->card->name : part->handle;
    if (usable)
        fault(job, part->role, part->card->fault);
    if (usable && json_object_get(part->entity, "vcardArray") == NULL && job->entities->bare == NULL)
        job->entities->bare = part->role;
    for (size_t i = 0; i < part->card->emails.count; i++)
        add_email(job, part, part->card->emails.items[i]);
    if (part->card->emails.count == 0)
        add_without_email(job, part);
}

static const char *handle_of(const struct job *job, const json_t *entity)
{
    const json_t *handle = json_object_get(entity, "handle");
    return rdap_mentions(handle, "redacted") ? NULL : rdap_text(job->arena, handle);
}

/* The card of an entity that has none is empty, and no fault: RFC 9083 §5.1 demands none. */
static void read_card(const struct job *job, const json_t *entity, struct jcard *card)
{
    const json_t *array = json_object_get(entity, "vcardArray");
    *card = (struct jcard){0};
    if (array != NULL)
        jcard_read(job->arena, array, card);
}

/* A contact of a contact is none of the domain. */
static bool wanted(const struct job *job, enum rdap_role known, bool nested)
{
    return job->usable ? known != RDAP_ROLES && !nested : known == RDAP_ROLES;
}

static void read_roles(const struct job *job, const json_t *entity, bool nested)
{
    const json_t *roles = json_object_get(entity, "roles");
    const size_t count = json_is_array(roles) ? json_array_size(roles) : json_is_string(roles);
    const char *handle = handle_of(job, entity);
    struct jcard card;
    read_card(job, entity, &card);
    for (size_t i = 0; i < count && i < RDAP_PER_ENTITY_MAX; i++) {
        const char *role = rdap_role_text(job->arena, json_is_array(roles) ? json_array_get(roles, i) : roles);
        const enum rdap_role known = role != NULL ? rdap_role_of(role) : RDAP_ROLES;
        if (role == NULL && !nested)
            fault(job, "an entity", "one of its roles is no text");
        if (role != NULL && wanted(job, known, nested))
            read_part(job, &(struct part){entity, role, known, handle, &card});
    }
    if (roles != NULL && !json_is_array(roles) && !json_is_string(roles) && !nested)
        fault(job, "an entity", "its roles are no array");
}

/* Whom an entity names in turn, as a registrar its abuse contact; and no further. */
static void read_nested(const struct job *job, const json_t *holder)
{
    const json_t *list = json_object_get(holder, "entities");
    for (size_t i = 0; i < rdap_count(list); i++)
        read_roles(job, json_array_get(list, i), true);
}

static void read_list(const struct job *job, const json_t *domain)
{
    const json_t *list = json_object_get(domain, "entities");
    if (list != NULL && !json_is_array(list))
        fault(job, "the entities", "they are no array");
    for (size_t i = 0; i < rdap_count(list); i++) {
        const json_t *entity = json_array_get(list, i);
        if (!json_is_object(entity))
            fault(job, "an entity", "it is no object");
        read_roles(job, entity, false);
        if (!job->usable)
            read_nested(job, entity);
    }
}

void rdap_entities_read(struct dcv_arena *arena, const json_t *domain, const struct redaction *redaction, struct dcv_registry_reading *out,
                        struct rdap_entities *entities)
{
    struct job job = {.arena = arena, .redaction = redaction, .out = out, .entities = entities, .usable = true};
    *entities = (struct rdap_entities){0};
    read_list(&job, domain);
    job.usable = false;
    read_list(&job, domain);
}
