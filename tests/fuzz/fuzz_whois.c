/* Whatever a server answers, what is read of it is bounded, clean, and says no more than the state allows. */
#include "base/text.h"
#include "registry/registry.h"

#include <stdlib.h>
#include <string.h>

/* Printable UTF-8, but for the backslash, which dcv_text_plain() refuses. */
static void check_text(const char *text)
{
    if (text == NULL)
        return;
    if (strlen(text) > DCV_REGISTRY_TEXT)
        abort();
    for (size_t len; *text != '\0'; text += len + (text[len] == '\\')) {
        len = strcspn(text, "\\");
        if (!dcv_text_plain(text, len))
            abort();
    }
}

static void check(const struct dcv_registry_reading *reading)
{
    const bool told = dcv_contacts_told(reading->state);
    bool address = false;
    if (reading->contacts.count > DCV_REGISTRY_CONTACTS || reading->handles.count > DCV_REGISTRY_HANDLES ||
        reading->statuses.count > DCV_REGISTRY_STATUSES || (told ? reading->why[0] != '\0' : reading->why[0] == '\0'))
        abort();
    for (size_t i = 0; i < reading->contacts.count; i++) {
        const struct dcv_contact *contact = &reading->contacts.items[i];
        check_text(contact->role);
        check_text(contact->email);
        check_text(contact->handle);
        address = address || (contact->email[0] != '\0' && !contact->withheld);
    }
    for (size_t i = 0; i < reading->handles.count; i++)
        check_text(reading->handles.items[i].handle);
    for (size_t i = 0; i < reading->statuses.count; i++)
        check_text(reading->statuses.items[i]);
    check_text(reading->registrar);
    check_text(reading->referral);
    check_text(reading->why);
    if (reading->state == DCV_CONTACTS_FOUND && !address)
        abort();
    if (!told && reading->contacts.count > 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const domains[] = {"example.com", "example.jp", "xn--r8jz45g.example"};
    const struct dcv_registry_handle handle = {.role = "tech", .handle = "AA000JP"};
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_registry_reading reading;
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        if (dcv_whois_read(arena, data, size, domains[i], &reading) != DCV_OK)
            abort();
        check(&reading);
    }
    if (dcv_whois_read_handle(arena, data, size, &handle, &reading) != DCV_OK)
        abort();
    check(&reading);
    if (dcv_whois_read_iana(arena, data, size, "example", &reading) != DCV_OK)
        abort();
    check(&reading);
    dcv_arena_free(arena);
    return 0;
}
