/* What stands where an address would be, and is none of the contact's own. */
#include "registry/registry.h"

#include "base/text.h"

#include <string.h>

static bool holds(const char *text, const char *word)
{
    const size_t len = strlen(word);
    for (size_t left = strlen(text); left >= len; text++, left--)
        if (dcv_ascii_equal_nocase_n(text, word, len))
            return true;
    return false;
}

/* Texts of that meaning, as registries write them. */
static const char *const phrases[] = {
    "redacted", "withheld", "not disclosed", "non-public", "not shown", "masked", "data protected", "gdpr", "hidden", "https://", "http://",
    "query the rdds",
    "please query", "for privacy", "privacy protect",
};
/* Words in the domain part of addresses that forward, or that nobody reads. */
static const char *const services[] = {
    "privacy", "private", "redacted", "withheld", "anonym", "whoisguard", "whoisprotect", "whois-protect", "proxy", "identity-protect",
};

bool dcv_registry_withheld(const char *value)
{
    const char *at = strrchr(value, '@');
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (holds(value, phrases[i]) && (at == NULL || strchr(phrases[i], ' ') != NULL || strchr(phrases[i], '/') != NULL))
            return true;
    for (size_t i = 0; at != NULL && i < sizeof services / sizeof *services; i++)
        if (holds(at, services[i]))
            return true;
    return false;
}
