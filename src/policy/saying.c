/* What replies of mail hosts mean (RFC 5321 §4.2, RFC 3463), and what they come to for an address. */
#include "policy/saying.h"

#include "base/text.h"

#include <string.h>

enum { SERVICE_CLOSING = 421 };

/* ---- what a reply means ----------------------------------------------------------------------------------------------------------------- */

static bool contains_any(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text, words[i]) != NULL)
            return true;
    return false;
}
#define CONTAINS_ANY(text, words) contains_any((text), (words), sizeof(words) / sizeof(words)[0])

/* The text in lower case, without the address that most replies repeat: a local part may be any of the words looked for. */
static const char *bare_text(struct judge *judge, const char *text, const char *address)
{
    char *copy = dcv_arena_strdup(judge->arena, text), *mine = dcv_arena_strdup(judge->arena, address);
    const size_t len = strlen(address);
    if (copy == NULL || mine == NULL)
        return "";
    for (char *at = copy; *at != '\0'; at++)
        *at = dcv_ascii_lower(*at);
    for (char *at = mine; *at != '\0'; at++)
        *at = dcv_ascii_lower(*at);
    for (char *at = copy; len != 0 && (at = strstr(at, mine)) != NULL; at += len)
        memset(at, ' ', len);
    return copy;
}

/* The enhanced status code at the beginning of a reply's text (RFC 3463 §2): subject and detail. */
static bool enhanced(const char *text, long *subject, long *detail)
{
    char part[4];
    const char *at = text;
    if (*at < '2' || *at > '5' || at[1] != '.')
        return false;
    long *const parts[] = {subject, detail};
    at += 2;
    for (size_t i = 0; i < 2; i++) {
        const size_t len = strspn(at, "0123456789");
        if (len == 0 || len >= sizeof part)
            return false;
        memcpy(part, at, len);
        part[len] = '\0';
        if (!dcv_text_number(part, 0, 999, parts[i]) || (i == 0 && at[len] != '.'))
            return false;
        at += len + 1;
    }
    return true;
}

/* The codes by which a host refuses to take mail for a domain that is not its own, and texts where there is no such code. */
static bool denies_relay(const char *text)
{
    static const char *const words[] = {"relay access denied", "relaying denied", "relay not permitted", "not permitted to relay", "unable to relay",
                                        "relaying not allowed", "relay denied", "no relaying", "not a local domain", "domain isn't in my list"};
    return CONTAINS_ANY(text, words);
}

/* A permanent refusal: of the mailbox, of the domain, or of whoever asks? Only the first two say anything about the address. */
static enum said refusal(struct judge *judge, const char *raw, unsigned code, const char *address)
{
    static const char *const mailbox[] = {"user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "no mailbox",
                                          "unknown recipient", "recipient unknown", "invalid recipient", "does not exist", "doesn't exist",
                                          "unknown local", "no such address", "mailbox full", "over quota"};
    static const char *const us[] = {"blocked", "block list", "blocklist", "blacklist", "black list", "dnsbl", "spamhaus", "reputation", "spam",
                                     "reverse dns", "reverse lookup", "ptr record", "dynamic ip", "client host", "sender", "helo", "ehlo",
                                     "authentication required", "not authorized", "policy", "<>"};
    long subject = 0, detail = 0;
    const char *text = bare_text(judge, raw, address);
    const bool coded = enhanced(text, &subject, &detail);
    if (denies_relay(text))
        return SAID_NOT_HERE;
    if (code == 521 || code == 556) /* RFC 7504: no mail here, or for that domain */
        return SAID_NOT_HERE;
    if (coded && subject == 7) /* RFC 3463 §3.8: security or policy */
        return SAID_REFUSED_US;
    if (coded && subject == 1) /* §3.2: 7 and 8 are the sender's address */
        return detail == 7 || detail == 8 ? SAID_REFUSED_US : SAID_REJECTED;
    if (coded && subject == 2)
        return SAID_REJECTED;
    if (CONTAINS_ANY(text, mailbox))
        return SAID_REJECTED;
    return code == 530 || code == 535 || CONTAINS_ANY(text, us) ? SAID_REFUSED_US : SAID_REJECTED;
}

/* The session was refused before any recipient was named. */
static enum said refused_session(const struct dcv_smtp_fact *fact)
{
    if (fact->code >= 400 && fact->code < 500)
        return SAID_DEFERRED;
    if (fact->code == 521 || fact->code == 556)
        return SAID_NOT_HERE;
    return fact->code >= 500 ? SAID_REFUSED_US : SAID_NOTHING;
}

/* ---- what a host said to an address ------------------------------------------------------------------------------------------------------ */

static bool same_address(const char *a, const char *b)
{
    const char *at_a = strrchr(a, '@'), *at_b = strrchr(b, '@');
    return at_a != NULL && at_b != NULL && at_a - a == at_b - b && memcmp(a, b, (size_t)(at_a - a)) == 0 && dcv_ascii_equal_nocase(at_a, at_b);
}

static bool same_domain(const char *a, const char *b)
{
    const char *at_a = strrchr(a, '@'), *at_b = strrchr(b, '@');
    return at_a != NULL && at_b != NULL && dcv_ascii_equal_nocase(at_a, at_b);
}

/* The reply that counts: the last, should it have been asked twice. */
static const struct dcv_smtp_recipient *recipient_of(const struct dcv_smtp_fact *fact, const char *address)
{
    const struct dcv_smtp_recipient *found = NULL;
    for (size_t i = 0; i < fact->recipient_count; i++)
        if (!fact->recipients[i].random && same_address(fact->recipients[i].address, address))
            found = &fact->recipients[i];
    return found;
}

/* A host that closes the session at one recipient (421, RFC 5321 §3.8) has put off all that would have come after it. NULL: it did not. */
static const struct dcv_smtp_recipient *closing_of(const struct dcv_smtp_fact *fact)
{
    for (size_t i = 0; i < fact->recipient_count; i++)
        if (fact->recipients[i].code == SERVICE_CLOSING)
            return &fact->recipients[i];
    return NULL;
}

/* Did the host take a local part of the domain that nobody has? */
static bool takes_anything(const struct dcv_smtp_fact *fact, const char *address)
{
    for (size_t i = 0; i < fact->recipient_count; i++)
        if (fact->recipients[i].random && fact->recipients[i].result == DCV_RCPT_ACCEPTED && same_domain(fact->recipients[i].address, address))
            return true;
    return false;
}

static struct saying saying_of(struct judge *judge, size_t index, const char *address)
{
    const struct dcv_smtp_fact *fact = &dcv_facts_at(judge->facts, index)->smtp;
    struct saying saying = {.fact = index, .code = fact->code, .text = fact->text};
    if (fact->met != DCV_MET_TALKED)
        return saying;
    const struct dcv_smtp_recipient *recipient = recipient_of(fact, address);
    if (recipient == NULL || recipient->result == DCV_RCPT_UNANSWERED) {
        recipient = closing_of(fact);
        saying.said = recipient != NULL ? SAID_DEFERRED : refused_session(fact);
        saying.code = recipient != NULL ? recipient->code : fact->code;
        saying.text = recipient != NULL ? recipient->text : fact->text;
        return saying;
    }
    saying.code = recipient->code;
    saying.text = recipient->text;
    switch (recipient->result) {
    case DCV_RCPT_ACCEPTED: saying.said = takes_anything(fact, address) ? SAID_CATCH_ALL : SAID_ACCEPTED; break;
    case DCV_RCPT_REJECTED: saying.said = refusal(judge, recipient->text, recipient->code, address); break;
    case DCV_RCPT_DEFERRED: saying.said = SAID_DEFERRED; break;
    case DCV_RCPT_UNANSWERED: break;
    }
    return saying;
}

static bool takes(enum said said)
{
    return said == SAID_ACCEPTED || said == SAID_CATCH_ALL;
}

static bool denies(enum said said)
{
    return said == SAID_REJECTED || said == SAID_NOT_HERE;
}

/* Hosts of one preference: a sender takes any of them (RFC 5321 §5.1), so that what the friendliest says is possible. `*differ` (may be NULL)
 * is set to one that denies where another takes. */
static struct saying saying_of_level(struct judge *judge, const struct mail_answer *mail, size_t from, size_t to, const char *address,
                                     struct saying *differ)
{
    struct saying best = {.said = SAID_NOTHING}, denial = {.said = SAID_NOTHING};
    for (size_t i = from; i < to; i++) {
        const struct saying saying = saying_of(judge, mail->talks.items[i].fact, address);
        if (saying.said > best.said)
            best = saying;
        if (denies(saying.said))
            denial = saying;
    }
    if (differ != NULL && takes(best.said) && denies(denial.said))
        *differ = denial;
    return best;
}

struct saying saying_to(struct judge *judge, const struct mail_answer *mail, const char *address, struct saying *differ)
{
    struct saying so_far = {.said = SAID_NOTHING};
    for (size_t from = 0, to; from < mail->talks.count; from = to) {
        for (to = from; to < mail->talks.count && mail->talks.items[to].preference == mail->talks.items[from].preference; to++) {}
        const struct saying saying = saying_of_level(judge, mail, from, to, address, so_far.said == SAID_NOTHING ? differ : NULL);
        if (takes(saying.said) && so_far.said != SAID_REFUSED_US)
            return saying;
        if (so_far.said == SAID_NOTHING)
            so_far = saying;
        if (denies(saying.said))
            return so_far;
    }
    return so_far;
}
