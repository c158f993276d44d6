/* The labels are those of: the gTLD agreements (ICANN Registration Data Directory Services consistent labeling and display policy, 2017-08-01);
 * RPSL (RFC 2622 §3); and what registries of country-code TLDs write in the place of either. */
#include "registry/whois_label.h"

#include "base/text.h"

#include <stddef.h>
#include <string.h>

#define ROWS(array) (sizeof(array) / sizeof *(array))

static const struct whole_label {
    const char *label;
    enum whois_field field;
} whole_labels[] = {
    {"domain name", WHOIS_DOMAIN},
    {"domain", WHOIS_DOMAIN},
    {"complete domain name", WHOIS_DOMAIN},
    {"domain name (ace)", WHOIS_DOMAIN},
    {"ascii", WHOIS_DOMAIN},
    {"puny name", WHOIS_DOMAIN},
    {"query", WHOIS_DOMAIN},
    {"ドメイン名", WHOIS_DOMAIN},
    {"도메인이름", WHOIS_DOMAIN},

    {"registrar", WHOIS_REGISTRAR},
    {"registrar name", WHOIS_REGISTRAR},
    {"sponsoring registrar", WHOIS_REGISTRAR},
    {"authorized agency", WHOIS_REGISTRAR},
    {"current registar", WHOIS_REGISTRAR},
    {"registration service provider", WHOIS_REGISTRAR},

    {"registrar whois server", WHOIS_REFERRAL},
    {"whois server", WHOIS_REFERRAL},
    {"whois", WHOIS_REFERRAL},
    {"refer", WHOIS_REFERRAL},
    {"referralserver", WHOIS_REFERRAL},

    {"domain status", WHOIS_STATUS},
    {"status", WHOIS_STATUS},
    {"state", WHOIS_STATUS},
    {"epp status", WHOIS_STATUS},
    {"eppstatus", WHOIS_STATUS},
    {"registration status", WHOIS_STATUS},
    {"query status", WHOIS_STATUS},
    {"lock status", WHOIS_STATUS},
    {"状態", WHOIS_STATUS},
    {"ロック状態", WHOIS_STATUS},

    {"registry expiry date", WHOIS_REGISTRY_EXPIRES},
    {"registrar registration expiration date", WHOIS_EXPIRES},
    {"expiry date", WHOIS_EXPIRES},
    {"expiration date", WHOIS_EXPIRES},
    {"domain expiration date", WHOIS_EXPIRES},
    {"expire date", WHOIS_EXPIRES},
    {"expiration time", WHOIS_EXPIRES},
    {"expires", WHOIS_EXPIRES},
    {"expires on", WHOIS_EXPIRES},
    {"expire", WHOIS_EXPIRES},
    {"expiry", WHOIS_EXPIRES},
    {"domain expires", WHOIS_EXPIRES},
    {"record will expire on", WHOIS_EXPIRES},
    {"record expires on", WHOIS_EXPIRES},
    {"renewal date", WHOIS_EXPIRES},
    {"paid till", WHOIS_EXPIRES},
    {"valid until", WHOIS_EXPIRES},
    {"有効期限", WHOIS_EXPIRES},

    {"registry domain id", WHOIS_TOLD},
    {"name server", WHOIS_TOLD},
    {"nameserver", WHOIS_TOLD},
    {"nserver", WHOIS_TOLD},
    {"ネームサーバ", WHOIS_TOLD},
    {"creation date", WHOIS_TOLD},
    {"created", WHOIS_TOLD},
    {"created on", WHOIS_TOLD},
    {"record created", WHOIS_TOLD},
    {"registered", WHOIS_TOLD},
    {"registered on", WHOIS_TOLD},
    {"registered date", WHOIS_TOLD},
    {"registration date", WHOIS_TOLD},
    {"registration time", WHOIS_TOLD},
    {"first registration date", WHOIS_TOLD},
    {"登録年月日", WHOIS_TOLD},
    {"changed", WHOIS_TOLD},

    {"email", WHOIS_EMAIL},
    {"e mail", WHOIS_EMAIL},
    {"email address", WHOIS_EMAIL},
    {"e mail address", WHOIS_EMAIL},
    {"電子メイル", WHOIS_EMAIL},
    {"電子メール", WHOIS_EMAIL},

    {"name", WHOIS_NAME},
    {"person", WHOIS_NAME},
    {"organization", WHOIS_NAME},
    {"organisation", WHOIS_NAME},
    {"org", WHOIS_NAME},

    {"nic hdl", WHOIS_NIC},
    {"nic hdl br", WHOIS_NIC},
    {"contact", WHOIS_CONTACT},
    {"anonymous", WHOIS_ANONYMOUS},

    {"name servers", WHOIS_END},
    {"nameservers", WHOIS_END},
    {"domain nameservers", WHOIS_END},
    {"domain name servers", WHOIS_END},
    {"domain servers in listed order", WHOIS_END},
    {"nameserver in listed order", WHOIS_END},
    {"name servers information", WHOIS_END},
    {"dns servers", WHOIS_END},
    {"relevant dates", WHOIS_END},
};

/* What a label may begin with; a longer one stands before its own beginning. */
static const struct role_word {
    const char *words;
    const char *role;
} role_words[] = {
    {"domain registrant", "registrant"},
    {"domain holder", "registrant"},
    {"domain owner", "registrant"},
    {"organization using domain name", "registrant"},
    {"registrant", "registrant"},
    {"holder", "registrant"},
    {"owner", "registrant"},
    {"administrative", "admin"},
    {"admin", "admin"},
    {"ac", "admin"},
    {"technical", "tech"},
    {"tech", "tech"},
    {"tc", "tech"},
    {"billing", "billing"},
    {"bill", "billing"},
    {"registrar abuse", "abuse"},
    {"abuse", "abuse"},
    {"sponsoring registrar", ""},
    {"authorised registrar", ""},
    {"registrar", ""},
    {"reseller", ""},
};

/* What may follow before the field, and means nothing. */
static const char *const contact_words[] = {
    "contact information", "contact/agent", "contact(s)", "contact(ac)", "contacts", "contact", "information", "details",
};

static const struct rest_label {
    const char *rest;
    enum whois_field field;
} rest_labels[] = {
    {"", WHOIS_HEADING},
    {"c", WHOIS_HANDLE},
    {"email", WHOIS_EMAIL},
    {"e mail", WHOIS_EMAIL},
    {"email address", WHOIS_EMAIL},
    {"e mail address", WHOIS_EMAIL},
    {"name", WHOIS_NAME},
    {"organization", WHOIS_NAME},
    {"organisation", WHOIS_NAME},
    {"id", WHOIS_NAME},
    {"street", WHOIS_NAME},
    {"country", WHOIS_NAME},
};

/* What follows the words, without the blank between; NULL: the text does not begin with them. */
static const char *after_words(const char *text, const char *words)
{
    const size_t len = strlen(words);
    if (strncmp(text, words, len) != 0 || (text[len] != '\0' && text[len] != ' '))
        return NULL;
    return text + len + (text[len] == ' ');
}

static const char *skip_contact_words(const char *text)
{
    for (size_t i = 0; i < ROWS(contact_words); i++) {
        const char *rest = after_words(text, contact_words[i]);
        if (rest != NULL)
            return rest;
    }
    return text;
}

/* "admin email", "registry tech id", "billing-c". */
static struct whois_meaning composed(const char *label)
{
    const char *registry = after_words(label, "registry");
    label = registry != NULL ? registry : label;
    for (size_t i = 0; i < ROWS(role_words); i++) {
        const char *rest = after_words(label, role_words[i].words);
        if (rest == NULL)
            continue;
        rest = skip_contact_words(rest);
        for (size_t k = 0; k < ROWS(rest_labels); k++)
            if (strcmp(rest, rest_labels[k].rest) == 0)
                return (struct whois_meaning){rest_labels[k].field, role_words[i].role};
        return (struct whois_meaning){WHOIS_NOTHING, NULL};
    }
    return (struct whois_meaning){WHOIS_NOTHING, NULL};
}

struct whois_meaning whois_label_meaning(const char *label)
{
    if (label[0] == '\0')
        return (struct whois_meaning){WHOIS_NOTHING, NULL};
    for (size_t i = 0; i < ROWS(whole_labels); i++)
        if (strcmp(label, whole_labels[i].label) == 0)
            return (struct whois_meaning){whole_labels[i].field, NULL};
    return composed(label);
}

struct whois_meaning whois_heading_meaning(const char *text)
{
    enum { HEADING_MAX = 48 };
    char lower[HEADING_MAX];
    const size_t len = strlen(text);
    if (len == 0 || len >= sizeof lower)
        return (struct whois_meaning){WHOIS_NOTHING, NULL};
    for (size_t i = 0; i <= len; i++)
        lower[i] = dcv_ascii_lower(text[i]);
    const struct whois_meaning meaning = whois_label_meaning(lower);
    const bool heading = meaning.field == WHOIS_HEADING || meaning.field == WHOIS_END || meaning.field == WHOIS_REGISTRAR;
    return heading ? meaning : (struct whois_meaning){WHOIS_NOTHING, NULL};
}

const char *whois_role(const char *word)
{
    for (size_t i = 0; i < ROWS(role_words); i++)
        if (dcv_ascii_equal_nocase(word, role_words[i].words))
            return role_words[i].role;
    return NULL;
}
