/* Any octets as an answer over RDAP, and as a registry of RDAP servers. The length chooses the HTTP status. */
#include "registry/registry.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const unsigned statuses[] = {200, 200, 200, 404, 429, 403, 500};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_registry_reading reading;
    struct dcv_rdap_bootstrap *bootstrap;
    const char *error = NULL;
    const unsigned status = statuses[size % (sizeof statuses / sizeof *statuses)];
    if (dcv_rdap_read(arena, status, data, size, "example.jp", &reading) != DCV_OK || reading.why == NULL)
        abort();
    if (reading.contacts.count > DCV_REGISTRY_CONTACTS || reading.statuses.count > DCV_REGISTRY_STATUSES)
        abort();
    if (dcv_rdap_bootstrap_read(arena, data, size, &bootstrap, &error) == DCV_OK)
        (void)dcv_rdap_bootstrap_find(bootstrap, "www.example.jp");
    else if (error == NULL)
        abort();
    dcv_arena_free(arena);
    return 0;
}
