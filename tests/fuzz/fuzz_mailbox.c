/* An address that is taken is taken again as it was written, and so is each that a refused value was meant to be. */
#include "name/mailbox.h"

#include <stdlib.h>
#include <string.h>

static void parse_again(struct dcv_arena *arena, const char *address, size_t len)
{
    struct dcv_mailbox again;
    struct dcv_mailbox_error error;
    if (dcv_mailbox_parse(arena, address, len, &again, &error) != DCV_OK || strlen(again.address) != len ||
        memcmp(again.address, address, len) != 0)
        abort();
}

/* Addresses joined by ' '; a quoted local part may hold one, too: then only the end is known. */
static void parse_meant(struct dcv_arena *arena, const char *meant)
{
    if (strchr(meant, '"') != NULL)
        return;
    for (size_t len; *meant != '\0'; meant += len + (meant[len] == ' ')) {
        len = strcspn(meant, " ");
        parse_again(arena, meant, len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    enum dcv_status status = dcv_mailbox_parse(arena, data, size, &mailbox, &error);
    if (status == DCV_OK)
        parse_again(arena, mailbox.address, strlen(mailbox.address));
    else if (status != DCV_ERR_SYNTAX || error.fault == DCV_MAILBOX_OK || error.at > size)
        abort();
    else if (error.meant != NULL)
        parse_meant(arena, error.meant);
    dcv_arena_free(arena);
    return 0;
}
