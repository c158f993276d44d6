#include "registry/whois.h"

#include "base/text.h"
#include "name/mailbox.h"

#include <string.h>

enum { ADDRESSES = 8 }; /* of one value */

static const char *const used_roles[WHOIS_ROLES] = {"registrant", "admin", "tech", "public"};

static int role_index(const char *role)
{
    for (int i = 0; role != NULL && i < WHOIS_ROLES; i++)
        if (strcmp(role, used_roles[i]) == 0)
            return i;
    return -1;
}

bool whois_used_role(const char *role)
{
    return role_index(role) >= 0;
}

const char *whois_value(struct whois_reader *reader, const char *text)
{
    return text[0] != '\0' && strlen(text) <= DCV_REGISTRY_TEXT ? dcv_arena_strdup(reader->arena, text) : NULL;
}

/* Is it told already, by the same address or the same handle without one? */
static bool has_contact(const struct dcv_registry_reading *out, const struct dcv_contact *contact)
{
    for (size_t i = 0; i < out->contacts.count; i++) {
        const struct dcv_contact *other = &out->contacts.items[i];
        const bool same_handle = contact->handle == NULL || (other->handle != NULL && strcmp(contact->handle, other->handle) == 0);
        if (strcmp(other->role, contact->role) == 0 && strcmp(other->email, contact->email) == 0 && (contact->email[0] != '\0' || same_handle))
            return true;
    }
    return false;
}

/* More than the bound are dropped, but for what makes a difference: that there is an address which is not told. */
static void add(struct whois_reader *reader, const struct dcv_contact *contact)
{
    struct dcv_registry_reading *out = reader->out;
    if (has_contact(out, contact))
        return;
    if (out->contacts.count >= DCV_REGISTRY_CONTACTS) {
        reader->doubt = reader->doubt || contact->email[0] != '\0';
        return;
    }
    struct dcv_contact *added = DCV_VEC_ADD(reader->arena, &out->contacts);
    if (added != NULL)
        *added = *contact;
}

void whois_add_handle_only(struct whois_reader *reader, const char *role, const char *handle, bool withheld)
{
    const char *kept = handle != NULL ? whois_value(reader, handle) : NULL;
    add(reader, &(struct dcv_contact){.role = role, .email = "", .handle = kept, .withheld = withheld});
}

static void add_email(struct whois_reader *reader, const char *role, const char *handle, const char *email, bool withheld)
{
    if (role == NULL && withheld)
        reader->concealed = true;
    else if (role == NULL)
        reader->stray = true;
    reader->evidence = reader->evidence || whois_used_role(role);
    const char *kept = handle != NULL ? whois_value(reader, handle) : NULL;
    add(reader, &(struct dcv_contact){.role = role != NULL ? role : "unknown", .email = email, .handle = kept, .withheld = withheld});
}

/* The address within a word: "<a@b>", "(a@b)", "mailto:a@b", "a@b,". NULL: it is none. */
static const char *address_in(struct whois_reader *reader, const char *word, size_t len)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    while (len > 0 && strchr("<([\"'", *word) != NULL) {
        word++;
        len--;
    }
    if (len > 7 && dcv_ascii_equal_nocase_n(word, "mailto:", 7)) {
        word += 7;
        len -= 7;
    }
    while (len > 0 && strchr(">)]\"',;.", word[len - 1]) != NULL)
        len--;
    if (len == 0 || memchr(word, '@', len) == NULL || dcv_mailbox_parse(reader->scratch, word, len, &mailbox, &error) != DCV_OK)
        return NULL;
    return dcv_arena_strndup(reader->arena, word, len);
}

struct addresses {
    const char *items[ADDRESSES];
    size_t count;
    size_t words; /* that are no address */
    const char *last; /* what the last word is; NULL: none */
};

static void find_addresses(struct whois_reader *reader, const char *text, struct addresses *out)
{
    *out = (struct addresses){0};
    for (size_t len; *(text += strspn(text, " ,;")) != '\0'; text += len) {
        len = strcspn(text, " ,;");
        out->last = address_in(reader, text, len);
        if (out->last == NULL)
            out->words++;
        else if (out->count < ADDRESSES)
            out->items[out->count++] = out->last;
        else
            reader->doubt = true;
    }
}

static void add_found(struct whois_reader *reader, const char *role, const char *handle, const struct addresses *found)
{
    for (size_t i = 0; i < found->count; i++)
        add_email(reader, role, handle, found->items[i], dcv_registry_withheld(found->items[i]));
}

void whois_add_emails(struct whois_reader *reader, const char *role, const char *handle, const struct whois_line *line)
{
    enum { NAME_WORDS = 4 }; /* "First Last <a@b>"; a sentence has more */
    struct addresses found;
    const char *value = whois_value(reader, line->value);
    if (line->cut || (value == NULL && line->value[0] != '\0')) {
        reader->doubt = true;
        return;
    }
    if (role != NULL)
        whois_tell(reader, role, "");
    if (value == NULL)
        return;
    find_addresses(reader, value, &found);
    if (found.count > 0 && found.words <= NAME_WORDS)
        add_found(reader, role, handle, &found);
    else if (dcv_registry_withheld(value))
        add_email(reader, role, handle, value, true);
    else if (strchr(value, '@') != NULL) /* no address, although it was meant to be one */
        add_email(reader, role, handle, value, false);
}

void whois_add_bare(struct whois_reader *reader, const char *role, const struct whois_line *line)
{
    struct addresses found;
    if (line->cut || strchr(line->text, '@') == NULL) {
        reader->doubt = reader->doubt || line->cut;
        return;
    }
    find_addresses(reader, line->text, &found);
    if (found.last != NULL)
        add_email(reader, role, NULL, found.last, dcv_registry_withheld(found.last));
}

void whois_tell(struct whois_reader *reader, const char *role, const char *text)
{
    const int index = role_index(role);
    if (index < 0)
        return;
    reader->told[index].told = true;
    reader->evidence = reader->evidence || text[0] != '\0';
    if (whois_says_withheld(text))
        reader->told[index].withheld = true;
}

static bool has_role(const struct dcv_registry_reading *out, const char *role)
{
    for (size_t i = 0; i < out->contacts.count; i++)
        if (strcmp(out->contacts.items[i].role, role) == 0)
            return true;
    return false;
}

void whois_add_told(struct whois_reader *reader)
{
    for (int i = 0; i < WHOIS_ROLES; i++)
        if (reader->told[i].told && !has_role(reader->out, used_roles[i]))
            whois_add_handle_only(reader, used_roles[i], NULL, reader->told[i].withheld);
}
