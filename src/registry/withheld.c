/* Values that stand in the place of an address: forms, texts, placeholders, and the mailboxes of privacy services.
 *
 * A mailbox of such a service forwards, if at all, to whom the registrar chooses: BR 3.2.2.4.2 (until 2025-07-14) meant the contact's own. */
#include "registry/whois.h"

#include "base/text.h"

#include <string.h>

#define ROWS(array) (sizeof(array) / sizeof *(array))

/* Domains under which privacy services give each customer, or all of them, an address. As registrars named them in their WHOIS answers and terms,
 * looked through on 2026-11-21. */
static const char *const proxy_domains[] = {
    "anonymised.email",
    "contact.gandi.net",
    "contactprivacy.com",
    "dnstinations.com",
    "domaindiscreet.com",
    "domainprivacygroup.com",
    "domainsbyproxy.com",
    "gdpr-masked.com",
    "identity-protect.org",
    "myprivacy.net",
    "networksolutionsprivateregistration.com",
    "o-w-o.info",
    "perfectprivacy.com",
    "privacy-link.com",
    "privacy.above.com",
    "privacyguardian.org",
    "privacyprotect.org",
    "privatewho.is",
    "protecteddomainservices.com",
    "proxy.dreamhost.com",
    "superprivacyservice.com",
    "whoisguard.com",
    "whoisprivacycorp.com",
    "whoisprivacyprotect.com",
    "whoisprivacyservice.org",
    "whoisprotectservice.com",
    "whoisprotection.cc",
    "whoistrustee.com",
    "withheldforprivacy.com",
};

/* Words that no contact's own address has: such services are many, and come and go. */
static const char *const proxy_words[] = {
    "whoisprivacy", "whois-privacy", "whoisproxy", "whois-proxy", "whoisprotect", "privacyprotect", "domainprivacy",
    "withheldforprivacy", "dataprivacyprotected", "gdpr-masking", "redacted", "anonymous@anonymous",
};

/* What is said in the place of personal data: ICANN's Registration Data Policy (2025-08-21) §9.2 has "REDACTED", the Temporary Specification (2018)
 * "REDACTED FOR PRIVACY"; the others are words of registries of country-code TLDs. */
static const char *const withheld_words[] = {
    "redacted", "withheld", "not disclosed", "hidden", "gdpr mask", "data protected", "statutory masking", "non-public data", "not shown",
    "private person", "restrict access", "privacy protection", "whois privacy", "非表示", "非公開",
};

/* What says that there is nothing, and so holds nothing back. */
static const char *const empty_words[] = {"", "-", "--", ".", "n/a", "na", "none", "null", "no", "not available", "not applicable", "no email"};

static bool ends_with_domain(const char *address, const char *domain)
{
    const size_t len = strlen(address), tail = strlen(domain);
    return len > tail && strchr("@.", address[len - tail - 1]) != NULL && dcv_ascii_equal_nocase(address + len - tail, domain);
}

static bool contains(const char *text, const char *word)
{
    const size_t len = strlen(word);
    for (size_t left = strlen(text); left >= len; text++, left--)
        if (dcv_ascii_equal_nocase_n(text, word, len))
            return true;
    return false;
}

static bool proxied(const char *address)
{
    for (size_t i = 0; i < ROWS(proxy_domains); i++)
        if (ends_with_domain(address, proxy_domains[i]))
            return true;
    for (size_t i = 0; i < ROWS(proxy_words); i++)
        if (contains(address, proxy_words[i]))
            return true;
    return false;
}

/* One word around one "@". */
static bool looks_like_address(const char *value)
{
    const char *at = strchr(value, '@');
    return at != NULL && at != value && at[1] != '\0' && strpbrk(value, " \t") == NULL && strstr(value, "://") == NULL;
}

bool whois_says_withheld(const char *text)
{
    for (size_t i = 0; i < ROWS(withheld_words); i++)
        if (contains(text, withheld_words[i]))
            return true;
    return false;
}

bool dcv_registry_withheld(const char *value)
{
    for (size_t i = 0; i < ROWS(empty_words); i++)
        if (dcv_ascii_equal_nocase(value, empty_words[i]))
            return false;
    return !looks_like_address(value) || proxied(value);
}
