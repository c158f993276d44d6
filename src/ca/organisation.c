/* Which profile an issuer's organisation, as its certificates name it, belongs to: by the owners of the profiles' issuer domains. */
#include "ca/set.h"

#include "base/text.h"

#include <string.h>

enum { WORDS = 12, WORD_MAX = 40 };

/* An organisation as words, without what only tells its legal form. */
struct organisation {
    char words[WORDS][WORD_MAX];
    size_t count;
};

static bool legal_form(const char *word)
{
    static const char *const forms[] = {"inc", "llc", "ltd", "limited", "co", "corp", "corporation", "company", "nvsa", "spa", "sa", "ag", "ab", "as", "kk", "com"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i], word) == 0)
            return true;
    return false;
}

static bool letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Full stops, hyphens and apostrophes join what stands around them ("nv-sa", "S.p.A."), but for those of a domain ("GoDaddy.com"). */
static bool ends_word(const char *text)
{
    return *text == ' ' || *text == ',' || *text == '(' || (*text == '.' && strncmp(text, ".com", 4) == 0);
}

static struct organisation organisation_of(const char *text)
{
    struct organisation out = {.count = 0};
    size_t len = 0;
    for (; out.count < WORDS && *text != '(';) {
        const char letter = dcv_ascii_lower(*text);
        if (letter_or_digit(letter) && len + 1 < WORD_MAX)
            out.words[out.count][len++] = letter;
        if (*text == '\0' || ends_word(text)) {
            out.words[out.count][len] = '\0';
            out.count += len != 0 && (out.count == 0 || !legal_form(out.words[out.count]));
            len = 0;
        }
        if (*text++ == '\0')
            break;
    }
    return out;
}

static bool same(const struct organisation *a, const char *text)
{
    const struct organisation b = organisation_of(text);
    if (a->count != b.count || a->count == 0)
        return false;
    for (size_t i = 0; i < b.count; i++)
        if (strcmp(a->words[i], b.words[i]) != 0)
            return false;
    return true;
}

const struct dcv_ca *dcv_ca_of_organisation(const struct dcv_ca_set *set, const char *organisation)
{
    const struct organisation asked = organisation_of(organisation);
    for (size_t i = 0; i < set->count; i++)
        if (set->cas[i]->kind == DCV_CA_KIND_CA && same(&asked, set->cas[i]->name_en))
            return set->cas[i];
    for (size_t i = 0; i < set->count; i++) {
        const struct dcv_ca *ca = set->cas[i];
        for (size_t j = 0; ca->kind == DCV_CA_KIND_CA && j < ca->issuer_domain_count; j++) {
            const char *owner = dcv_issuer_owner(set, ca->issuer_domains[j].domain);
            if (owner != NULL && same(&asked, owner))
                return ca;
        }
    }
    return NULL;
}
