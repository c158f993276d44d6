#include "external/answer_whois.h"

#include "registry/registry.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 256 };

static json_t *contacts_of(const struct dcv_registry_reading *reading)
{
    json_t *list = json_array();
    for (size_t i = 0; i < reading->contacts.count; i++) {
        const struct dcv_contact *contact = &reading->contacts.items[i];
        json_array_append_new(list, json_pack("{ss ss ss? sb}", "role", contact->role, "email", contact->email, "handle", contact->handle,
                                              "withheld", contact->withheld));
    }
    return list;
}

static json_t *handles_of(const struct dcv_registry_reading *reading)
{
    json_t *list = json_array();
    for (size_t i = 0; i < reading->handles.count; i++)
        json_array_append_new(list, json_pack("[ss]", reading->handles.items[i].role, reading->handles.items[i].handle));
    return list;
}

static json_t *statuses_of(const struct dcv_registry_reading *reading)
{
    json_t *list = json_array();
    for (size_t i = 0; i < reading->statuses.count; i++)
        json_array_append_new(list, json_string(reading->statuses.items[i]));
    return list;
}

static void print(const struct dcv_registry_reading *reading)
{
    json_t *all = json_pack("{ss so so so ss? sI ss? ss}", "state", dcv_contacts_state_text(reading->state), "contacts", contacts_of(reading),
                            "handles", handles_of(reading), "statuses", statuses_of(reading), "registrar", reading->registrar, "expires",
                            (json_int_t)reading->expires, "referral", reading->referral, "why", reading->why);
    char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL)
        exit(EXIT_FAILURE);
    printf("%s\n", text);
    free(text);
    json_decref(all);
}

/* The name before the line feed; what follows it is left. */
static void take_name(const char **octets, size_t *len, char name[NAME_ROOM])
{
    const char *end = memchr(*octets, '\n', *len);
    const size_t size = end != NULL ? (size_t)(end - *octets) : NAME_ROOM;
    if (size >= NAME_ROOM)
        exit(EXIT_FAILURE);
    memcpy(name, *octets, size);
    name[size] = '\0';
    *octets += size + 1;
    *len -= size + 1;
}

void answer_whois(const char *octets, size_t len)
{
    char domain[NAME_ROOM];
    struct dcv_registry_reading reading;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    take_name(&octets, &len, domain);
    if (dcv_whois_read(arena, octets, len, domain, &reading) != DCV_OK)
        exit(EXIT_FAILURE);
    print(&reading);
    dcv_arena_free(arena);
}

void answer_whois_handle(const char *octets, size_t len)
{
    char name[NAME_ROOM];
    struct dcv_registry_reading reading;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    take_name(&octets, &len, name);
    const struct dcv_registry_handle handle = {.role = "tech", .handle = name};
    if (dcv_whois_read_handle(arena, octets, len, &handle, &reading) != DCV_OK)
        exit(EXIT_FAILURE);
    print(&reading);
    dcv_arena_free(arena);
}
