#include "base/text.h"
#include "probe/registry_parts.h"

#include <string.h>

/* ---- copies ----------------------------------------------------------------------------------------------------------------------- */

static const char *copy_text(struct dcv_arena *arena, const char *text)
{
    return text != NULL ? dcv_arena_strdup(arena, text) : NULL;
}

static const struct dcv_contact *copy_contacts(struct dcv_arena *arena, const struct dcv_contact *from, size_t count)
{
    struct dcv_contact *contacts = dcv_arena_array(arena, count, sizeof *contacts);
    for (size_t i = 0; contacts != NULL && i < count; i++)
        contacts[i] = (struct dcv_contact){.role = copy_text(arena, from[i].role), .email = copy_text(arena, from[i].email),
                                           .handle = copy_text(arena, from[i].handle), .withheld = from[i].withheld};
    return contacts;
}

static const char *const *copy_texts(struct dcv_arena *arena, const char *const *from, size_t count)
{
    const char **texts = dcv_arena_array(arena, count, sizeof *texts);
    for (size_t i = 0; texts != NULL && i < count; i++)
        texts[i] = copy_text(arena, from[i]);
    return texts;
}

bool registry_fact_copy(struct dcv_arena *arena, const struct dcv_contacts_fact *fact, struct dcv_contacts_fact *out)
{
    *out = *fact;
    out->contacts = copy_contacts(arena, fact->contacts, fact->contact_count);
    out->statuses = copy_texts(arena, fact->statuses, fact->status_count);
    out->registrar = copy_text(arena, fact->registrar);
    out->server = copy_text(arena, fact->server);
    out->path = copy_text(arena, fact->path);
    out->why = copy_text(arena, fact->why);
    return !dcv_arena_failed(arena);
}

/* ---- sums ------------------------------------------------------------------------------------------------------------------------- */

/* RFC 5321 §2.4: the domain is the same in any case, the local part need not be. */
static bool same_address(const char *a, const char *b)
{
    const char *at = strrchr(a, '@'), *other = strrchr(b, '@');
    if (at == NULL || other == NULL)
        return strcmp(a, b) == 0;
    return at - a == other - b && memcmp(a, b, (size_t)(at - a)) == 0 && dcv_ascii_equal_nocase(at, other);
}

static bool has_contact(const struct dcv_registry_reading *reading, const struct dcv_contact *contact)
{
    for (size_t i = 0; i < reading->contacts.count; i++) {
        const struct dcv_contact *have = &reading->contacts.items[i];
        if (strcmp(have->role, contact->role) == 0 && same_address(have->email, contact->email))
            return true;
    }
    return false;
}

/* Is it told of the same contact? A registrar has handles of its own: there the role tells; of a domain with handles they do. */
static bool same_contact(const struct dcv_contact *a, const struct dcv_contact *b, bool by_handle)
{
    const bool differ = by_handle && a->handle != NULL && b->handle != NULL && !dcv_ascii_equal_nocase(a->handle, b->handle);
    return strcmp(a->role, b->role) == 0 && !differ;
}

/* That a contact has no address is no longer so once one is known. */
static void take_out_empty(struct dcv_registry_reading *reading, const struct dcv_contact *known, bool by_handle)
{
    size_t kept = 0;
    for (size_t i = 0; i < reading->contacts.count; i++) {
        const struct dcv_contact contact = reading->contacts.items[i];
        if (contact.email[0] != '\0' || !same_contact(&contact, known, by_handle))
            reading->contacts.items[kept++] = contact;
    }
    reading->contacts.count = kept;
}

static bool tells_of(const struct dcv_registry_reading *reading, const struct dcv_contact *contact, bool by_handle)
{
    for (size_t i = 0; i < reading->contacts.count; i++)
        if (same_contact(&reading->contacts.items[i], contact, by_handle))
            return true;
    return false;
}

static void add_contacts(struct dcv_arena *arena, struct dcv_registry_reading *to, const struct dcv_registry_reading *from, bool by_handle)
{
    for (size_t i = 0; i < from->contacts.count; i++) {
        const struct dcv_contact *contact = &from->contacts.items[i];
        if (contact->email[0] != '\0')
            take_out_empty(to, contact, by_handle);
        else if (tells_of(to, contact, by_handle))
            continue;
        if ((contact->email[0] != '\0' && has_contact(to, contact)) || to->contacts.count >= DCV_REGISTRY_CONTACTS)
            continue;
        struct dcv_contact *added = DCV_VEC_ADD(arena, &to->contacts);
        if (added != NULL)
            *added = *contact;
    }
}

static void add_statuses(struct dcv_arena *arena, struct dcv_registry_reading *to, const struct dcv_registry_reading *from)
{
    for (size_t i = 0; i < from->statuses.count && to->statuses.count < DCV_REGISTRY_STATUSES; i++) {
        bool have = false;
        for (size_t k = 0; k < to->statuses.count; k++)
            have = have || dcv_ascii_equal_nocase(to->statuses.items[k], from->statuses.items[i]);
        const char **added = have ? NULL : DCV_VEC_ADD(arena, &to->statuses);
        if (added != NULL)
            *added = from->statuses.items[i];
    }
}

static void set(struct dcv_registry_reading *reading, enum dcv_contacts_state state, const char *why)
{
    reading->state = state;
    if (why[0] != '\0')
        reading->why = why;
}

bool registry_wants_more(enum dcv_contacts_state state)
{
    switch (state) {
    case DCV_CONTACTS_FOUND:
    case DCV_CONTACTS_FREE:
    case DCV_CONTACTS_RESERVED:
    case DCV_CONTACTS_SUSPENDED: return false;
    case DCV_CONTACTS_NONE:
    case DCV_CONTACTS_REDACTED:
    case DCV_CONTACTS_RATE_LIMITED:
    case DCV_CONTACTS_REFUSED:
    case DCV_CONTACTS_UNREACHABLE: break;
    }
    return true;
}

/* That there is no address is said only where all that may know of one were asked: a registry that keeps no contacts says nothing of them. */
static void add_state(struct dcv_registry_reading *to, const struct dcv_registry_reading *from)
{
    if (!registry_wants_more(to->state))
        return;
    if (from->state == DCV_CONTACTS_FREE) {
        if (to->state != DCV_CONTACTS_REDACTED)
            set(to, DCV_CONTACTS_UNREACHABLE, N_("the registrar that the registry names does not know the domain"));
    } else if (dcv_contacts_told(from->state)) {
        if (to->state != DCV_CONTACTS_REDACTED || from->state != DCV_CONTACTS_NONE)
            set(to, from->state, from->why);
    } else {
        set(to, from->state, from->why); /* what the registry withholds the registrar may tell */
    }
}

void registry_merge(struct dcv_arena *arena, struct dcv_registry_reading *registry, const struct dcv_registry_reading *registrar)
{
    add_state(registry, registrar);
    if (!dcv_contacts_told(registrar->state) || registrar->state == DCV_CONTACTS_FREE)
        return;
    add_contacts(arena, registry, registrar, false);
    add_statuses(arena, registry, registrar);
    registry->registrar = registry->registrar != NULL ? registry->registrar : registrar->registrar;
    registry->expires = registry->expires != 0 ? registry->expires : registrar->expires;
}

/* Worse news of one handle do not outweigh an address of another. */
void registry_merge_handle(struct dcv_arena *arena, struct dcv_registry_reading *domain, const struct dcv_registry_reading *handle)
{
    add_contacts(arena, domain, handle, true);
    if (domain->state == DCV_CONTACTS_FOUND || handle->state == DCV_CONTACTS_NONE)
        return;
    if (handle->state == DCV_CONTACTS_FOUND || domain->state == DCV_CONTACTS_NONE || !dcv_contacts_told(handle->state))
        set(domain, handle->state, handle->why);
}
