/* Requests, and what a whole answer comes to.
 *
 * An answer is never taken for "no e-mail" on doubt: what cannot be read, tells of another domain, or holds an address of which it is not told whose
 * it is, is UNREACHABLE. */
#include "registry/whois.h"

#include "base/text.h"

#include <string.h>

/* ---- requests ----------------------------------------------------------------------------------------------------------------- */

enum dcv_whois_request dcv_whois_request_of(const char *host)
{
    return dcv_ascii_equal_nocase(host, "whois.jprs.jp") ? DCV_WHOIS_JPRS : DCV_WHOIS_PLAIN;
}

/* Blanks and control characters would end the request, or begin another. */
static void put_word(const char *word, struct dcv_buf *out)
{
    for (; *word != '\0'; word++)
        if (*word > ' ' && *word < 0x7f)
            dcv_buf_putc(out, *word);
}

static void put_end(enum dcv_whois_request request, struct dcv_buf *out)
{
    dcv_buf_puts(out, request == DCV_WHOIS_JPRS ? "/e\r\n" : "\r\n");
}

void dcv_whois_put_domain(enum dcv_whois_request request, const char *domain, struct dcv_buf *out)
{
    put_word(domain, out);
    put_end(request, out);
}

void dcv_whois_put_handle(enum dcv_whois_request request, const char *handle, struct dcv_buf *out)
{
    if (request != DCV_WHOIS_PLAIN)
        dcv_buf_puts(out, "CONTACT ");
    put_word(handle, out);
    put_end(request, out);
}

/* ---- answers ------------------------------------------------------------------------------------------------------------------ */

bool whois_begin(struct whois_reader *reader, struct dcv_arena *arena, const void *octets, size_t len, const char *domain,
                 struct dcv_registry_reading *out)
{
    *out = (struct dcv_registry_reading){.state = DCV_CONTACTS_UNREACHABLE, .why = ""};
    *reader = (struct whois_reader){.arena = arena, .scratch = dcv_arena_create(NULL), .domain = domain, .out = out};
    return reader->scratch != NULL && whois_text_read(reader->scratch, octets, len, &reader->text) == DCV_OK;
}

enum dcv_status whois_end(struct whois_reader *reader)
{
    const bool failed = reader->scratch == NULL || dcv_arena_failed(reader->scratch) || dcv_arena_failed(reader->arena);
    dcv_arena_free(reader->scratch);
    return failed ? DCV_ERR_NOMEM : DCV_OK;
}

static void unreachable(struct whois_reader *reader, const char *why)
{
    reader->out->state = DCV_CONTACTS_UNREACHABLE;
    reader->out->why = why;
}

static bool is_blank(const struct whois_text *text)
{
    for (size_t i = 0; i < text->count; i++)
        if (text->lines[i].text[0] != '\0')
            return false;
    return true;
}

void whois_decide_by_words(struct whois_reader *reader, const char *another)
{
    const enum dcv_contacts_state state = whois_phrase_state(reader);
    if (is_blank(&reader->text))
        unreachable(reader, N_("the answer is empty"));
    else if (reader->other && !reader->named && (state == DCV_CONTACTS_FREE || state == DCV_CONTACTS_RESERVED || state == DCV_CONTACTS_UNREACHABLE))
        unreachable(reader, another);
    else if (state == DCV_CONTACTS_UNREACHABLE)
        unreachable(reader, N_("the answer cannot be understood"));
    else
        reader->out->state = state;
}

/* Of what is registered, by its addresses. */
static void decide_by_contacts(struct whois_reader *reader)
{
    struct dcv_registry_reading *out = reader->out;
    bool found = false, withheld = false;
    for (size_t i = 0; i < out->contacts.count; i++) {
        const struct dcv_contact *contact = &out->contacts.items[i];
        if (!whois_used_role(contact->role))
            continue;
        found = found || (contact->email[0] != '\0' && !contact->withheld);
        withheld = withheld || contact->withheld;
    }
    if (found)
        out->state = DCV_CONTACTS_FOUND;
    else if (reader->doubt)
        unreachable(reader, N_("the answer has an address that cannot be read"));
    else if (reader->text.cut)
        unreachable(reader, N_("the answer is too long"));
    else if (withheld)
        out->state = DCV_CONTACTS_REDACTED;
    else if (reader->stray)
        unreachable(reader, N_("the answer does not tell whose an address is"));
    else
        out->state = reader->concealed ? DCV_CONTACTS_REDACTED : DCV_CONTACTS_NONE;
}

static void decide(struct whois_reader *reader)
{
    if (reader->named && reader->free)
        reader->out->state = DCV_CONTACTS_FREE;
    else if (!reader->named || !reader->evidence)
        whois_decide_by_words(reader, N_("the answer tells of another domain"));
    else if (reader->several)
        unreachable(reader, N_("the answer tells of several domains"));
    else if (reader->suspended)
        reader->out->state = DCV_CONTACTS_SUSPENDED;
    else if (reader->reserved)
        reader->out->state = DCV_CONTACTS_RESERVED;
    else
        decide_by_contacts(reader);
}

void whois_drop(struct dcv_registry_reading *out)
{
    if (dcv_contacts_told(out->state) && out->state != DCV_CONTACTS_FREE)
        return;
    out->contacts.count = out->handles.count = out->statuses.count = 0;
    out->registrar = out->referral = NULL;
    out->expires = 0;
}

enum dcv_status dcv_whois_read(struct dcv_arena *arena, const void *octets, size_t len, const char *domain, struct dcv_registry_reading *out)
{
    struct whois_reader reader;
    if (!whois_begin(&reader, arena, octets, len, domain, out))
        return whois_end(&reader);
    if (whois_jprs_is(&reader.text))
        whois_jprs_read(&reader);
    else
        whois_read_fields(&reader);
    decide(&reader);
    whois_drop(out);
    return whois_end(&reader);
}

enum dcv_status dcv_whois_read_handle(struct dcv_arena *arena, const void *octets, size_t len, const struct dcv_registry_handle *handle,
                                      struct dcv_registry_reading *out)
{
    struct whois_reader reader;
    if (!whois_begin(&reader, arena, octets, len, handle->handle, out))
        return whois_end(&reader);
    whois_jprs_read_handle(&reader, handle);
    if (!reader.named || reader.other || !reader.evidence)
        whois_decide_by_words(&reader, N_("the answer tells of another handle"));
    else
        decide_by_contacts(&reader);
    if (out->state == DCV_CONTACTS_FREE || out->state == DCV_CONTACTS_RESERVED)
        unreachable(&reader, N_("the registry does not know the handle"));
    whois_drop(out);
    return whois_end(&reader);
}
