/* EPP status codes in all their spellings (RFC 5731 §2.3, RFC 3915 §3.1; RDAP's: RFC 8056). */
#include "registry/registry.h"

#include <string.h>

static const char *const codes[] = {
    "addPeriod", "autoRenewPeriod", "clientDeleteProhibited", "clientHold", "clientRenewProhibited", "clientTransferProhibited",
    "clientUpdateProhibited", "inactive", "linked", "ok", "pendingCreate", "pendingDelete", "pendingRenew", "pendingRestore", "pendingTransfer",
    "pendingUpdate", "redemptionPeriod", "renewPeriod", "serverDeleteProhibited", "serverHold", "serverRenewProhibited",
    "serverTransferProhibited", "serverUpdateProhibited", "transferPeriod",
};

/* Are the letters the same, whatever the case and what stands between them? `text` ends at a blank that is followed by a URL or a parenthesis. */
static bool same_letters(const char *text, const char *code)
{
    while (*text != '\0' && strncmp(text, " http", 5) != 0 && strncmp(text, " (", 2) != 0) {
        if (*text == ' ' || *text == '-' || *text == '_') {
            text++;
            continue;
        }
        const char letter = *text >= 'A' && *text <= 'Z' ? (char)(*text + 32) : *text;
        const char expected = *code >= 'A' && *code <= 'Z' ? (char)(*code + 32) : *code;
        if (letter != expected || expected == '\0')
            return false;
        text++;
        code++;
    }
    return *code == '\0';
}

const char *dcv_registry_status(struct dcv_arena *arena, const char *text)
{
    if (same_letters(text, "active")) /* RFC 8056 §2 */
        return "ok";
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (same_letters(text, codes[i]))
            return codes[i];
    return dcv_arena_strdup(arena, text);
}
