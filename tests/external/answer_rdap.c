#include "external/answer_rdap.h"

#include "registry/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void answer_rdap(const char *text, size_t len)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_registry_reading reading;
    const char *end = memchr(text, '\n', len);
    const char *domain = end != NULL ? dcv_arena_strndup(arena, text, (size_t)(end - text)) : NULL;
    if (domain == NULL || dcv_rdap_read(arena, 200, end + 1, len - (size_t)(end + 1 - text), domain, &reading) != DCV_OK)
        exit(EXIT_FAILURE);
    printf("%s\t%s\t%s", dcv_contacts_state_text(reading.state), reading.why, reading.registrar != NULL ? reading.registrar : "-");
    for (size_t i = 0; i < reading.contacts.count; i++) {
        const struct dcv_contact *contact = &reading.contacts.items[i];
        printf("\t%s=%s%s", contact->role, contact->withheld ? "~" : "", contact->email);
    }
    printf("\n");
    dcv_arena_free(arena);
}

/* The end of the line that begins here. */
static const char *line_end(const char *at, const char *end)
{
    const char *found = memchr(at, '\n', (size_t)(end - at));
    return found != NULL ? found : end;
}

static void print_found(struct dcv_arena *arena, const struct dcv_rdap_bootstrap *bootstrap, const char *at, const char *end)
{
    printf("ok\t%" PRId64, dcv_rdap_bootstrap_published(bootstrap));
    while (at < end) {
        const char *stop = line_end(at, end);
        const char *domain = dcv_arena_strndup(arena, at, (size_t)(stop - at));
        const char *url = domain != NULL ? dcv_rdap_bootstrap_find(bootstrap, domain) : NULL;
        printf("\t%s", url != NULL ? url : "-");
        at = stop + (stop < end);
    }
}

static void print_read(const char *file, size_t len, const char *domains, const char *end)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_rdap_bootstrap *bootstrap;
    const char *error = "";
    if (dcv_rdap_bootstrap_read(arena, file, len, &bootstrap, &error) == DCV_OK)
        print_found(arena, bootstrap, domains, end);
    else
        printf("no\t%s", error);
    printf("\n");
    dcv_arena_free(arena);
}

void answer_bootstrap(const char *text, size_t len)
{
    const char *at = text, *end = text + len;
    while (at < end && *at != '\n')
        at = line_end(at, end) + 1;
    if (at >= end)
        exit(EXIT_FAILURE);
    print_read(at + 1, (size_t)(end - at - 1), text, at);
}

void answer_shipped(const char *text, size_t len)
{
    size_t size;
    const char *file = dcv_rdap_bootstrap_shipped(&size);
    print_read(file, size, text, text + len);
}
