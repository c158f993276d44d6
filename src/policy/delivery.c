/* Do the mail hosts take mail for an address? What they said to recipients, and what that is worth (RFC 5321 §4.2). */
#include "policy/judge.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { NAMED = 8, REPLY_MAX = 160 };

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

enum said { SAID_NOTHING, SAID_DEFERRED, SAID_REFUSED_US, SAID_NOT_HERE, SAID_REJECTED, SAID_CATCH_ALL, SAID_ACCEPTED };

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

/* Did the host take a local part of the domain that nobody has? */
static bool takes_anything(const struct dcv_smtp_fact *fact, const char *address)
{
    for (size_t i = 0; i < fact->recipient_count; i++)
        if (fact->recipients[i].random && fact->recipients[i].result == DCV_RCPT_ACCEPTED && same_domain(fact->recipients[i].address, address))
            return true;
    return false;
}

/* What one conversation, or all of them together, said to an address. */
struct saying {
    enum said said;
    size_t fact;             /* the conversation that decided */
    unsigned code;
    const char *text;
};

static struct saying saying_of(struct judge *judge, size_t index, const char *address)
{
    const struct dcv_smtp_fact *fact = &dcv_facts_at(judge->facts, index)->smtp;
    struct saying saying = {.fact = index, .code = fact->code, .text = fact->text};
    if (fact->met != DCV_MET_TALKED)
        return saying;
    const struct dcv_smtp_recipient *recipient = recipient_of(fact, address);
    if (recipient == NULL || recipient->result == DCV_RCPT_UNANSWERED) {
        saying.said = refused_session(fact);
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
    struct saying best = {SAID_NOTHING}, denial = {SAID_NOTHING};
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

/* What a sender gets in the end: it goes on to the hosts of the next preference where it gets no answer, or is asked to come back. What a host
 * thinks of us is nothing that a CA would hear, so that behind it nothing is certain. */
static struct saying saying_to(struct judge *judge, const struct mail_answer *mail, const char *address, struct saying *differ)
{
    struct saying so_far = {SAID_NOTHING};
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

/* ---- whom there was to talk to ------------------------------------------------------------------------------------------------------------ */

/* Was there no connection? One that was made and then hung is another matter. */
static bool silent(const struct dcv_smtp_fact *fact)
{
    return (fact->met == DCV_MET_TIMEOUT || fact->met == DCV_MET_REFUSED) && fact->stage[0] == '\0';
}

/* A connection, but no conversation. */
static bool dumb(const struct dcv_smtp_fact *fact)
{
    return fact->met == DCV_MET_BROKEN || (fact->met == DCV_MET_TIMEOUT && fact->stage[0] != '\0');
}

static bool unasked(enum dcv_meeting met)
{
    switch (met) {
    case DCV_MET_NO_ROUTE:
    case DCV_MET_PRIVATE:
    case DCV_MET_LOOKUP:
    case DCV_MET_DEADLINE:
    case DCV_MET_UNRECORDED: return true;
    case DCV_MET_TALKED:
    case DCV_MET_BROKEN:
    case DCV_MET_TIMEOUT:
    case DCV_MET_REFUSED:
    case DCV_MET_NO_ADDRESS: break; /* the last has a finding of the DNS */
    }
    return false;
}

static const struct dcv_smtp_fact *talk_at(const struct judge *judge, const struct mail_answer *mail, size_t i)
{
    return &dcv_facts_at(judge->facts, mail->talks.items[i].fact)->smtp;
}

void delivery_survey(struct judge *judge)
{
    bool connected = false, silence = false, refused = false;
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_SMTP)
            continue;
        connected = connected || fact->smtp.met == DCV_MET_TALKED || dumb(&fact->smtp);
        silence = silence || silent(&fact->smtp);
        refused = refused || fact->smtp.met == DCV_MET_REFUSED;
    }
    /* Where port 25 is closed on the way out, packets are dropped as a rule; a refusal comes from the other end. */
    judge->port_closed = silence && !connected && !refused;
}

/* The conversations with the hosts of a domain, in the order of their preference. */
void delivery_collect(struct judge *judge, struct mail_answer *mail)
{
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_SMTP)
            continue;
        for (size_t j = 0; j < mail->hosts.count; j++) {
            if (!dcv_name_equal(&mail->hosts.items[j].name, &fact->smtp.host))
                continue;
            if (DCV_VEC_ADD(judge->arena, &mail->talks) == NULL)
                return;
            struct mail_talk *items = mail->talks.items;
            size_t at = mail->talks.count - 1;
            for (; at != 0 && items[at - 1].preference > mail->hosts.items[j].preference; at--)
                items[at] = items[at - 1];
            items[at] = (struct mail_talk){.fact = i, .preference = mail->hosts.items[j].preference};
            break;
        }
    }
}

/* Did nobody talk, at any address of any host that was tried? */
static bool nobody_talks(const struct judge *judge, const struct mail_answer *mail)
{
    bool any = false;
    for (size_t i = 0; i < mail->talks.count; i++) {
        const struct dcv_smtp_fact *fact = talk_at(judge, mail, i);
        if (fact->met == DCV_MET_TALKED)
            return false;
        any = any || silent(fact) || dumb(fact);
    }
    return any;
}

static enum dcv_mail state_of(const struct judge *judge, const struct mail_answer *mail, enum said said)
{
    switch (said) {
    case SAID_ACCEPTED: return DCV_MAIL_ACCEPTED;
    case SAID_CATCH_ALL:
    case SAID_REFUSED_US: return DCV_MAIL_UNVERIFIABLE;
    case SAID_REJECTED:
    case SAID_NOT_HERE: return DCV_MAIL_REJECTED;
    case SAID_DEFERRED: return DCV_MAIL_DEFERRED;
    case SAID_NOTHING: break;
    }
    if (mail->state == DCV_MAIL_UNKNOWN || !nobody_talks(judge, mail))
        return mail->state;
    /* Closed from here: a CA may fare better. Dead there: it would have to wait, too. */
    return judge->port_closed ? DCV_MAIL_UNVERIFIABLE : DCV_MAIL_UNKNOWN;
}

enum dcv_mail delivery_state(struct judge *judge, const struct dcv_ca *ca, const struct mail_answer *mail, const char *address)
{
    if (mail->talks.count == 0)
        return mail->state;
    switch (mail->state) {
    case DCV_MAIL_MX:
    case DCV_MAIL_UNKNOWN: break;
    case DCV_MAIL_IMPLICIT_MX: /* what the host says is no help where the CA wants an MX */
        if (ca->mx_required == DCV_YES)
            return mail->state;
        break;
    case DCV_MAIL_NULL_MX:
    case DCV_MAIL_NO_MAIL:
    case DCV_MAIL_BROKEN_MX:
    case DCV_MAIL_NXDOMAIN:
    case DCV_MAIL_ACCEPTED:
    case DCV_MAIL_REJECTED:
    case DCV_MAIL_DEFERRED:
    case DCV_MAIL_UNVERIFIABLE: return mail->state;
    }
    return state_of(judge, mail, saying_to(judge, mail, address, NULL).said);
}

/* ---- findings about addresses --------------------------------------------------------------------------------------------------------- */

/* A list of texts, each once, and what it rests on. */
struct listing {
    struct judge *judge;
    const char *text; /* NULL: empty */
    size_t facts[2 * NAMED];
    size_t named, fact_count;
};

static void list_fact(struct listing *listing, size_t fact)
{
    for (size_t i = 0; i < listing->fact_count; i++)
        if (listing->facts[i] == fact)
            return;
    if (listing->fact_count < sizeof listing->facts / sizeof listing->facts[0])
        listing->facts[listing->fact_count++] = fact;
}

static void list_add(struct listing *listing, const char *item, size_t fact)
{
    list_fact(listing, fact);
    if (listing->named == NAMED)
        return;
    const bool first = listing->named == 0;
    const char *longer = dcv_arena_printf(listing->judge->arena, "%s%s%s", first ? "" : listing->text, first ? "" : ", ", item);
    if (longer == NULL)
        return;
    listing->text = longer;
    listing->named++;
}

/* "550 5.1.1 User unknown", on one line and not too long. */
static const char *reply_text(struct judge *judge, const struct saying *saying)
{
    char code[12];
    (void)snprintf(code, sizeof code, "%u", saying->code);
    const char *text = saying->text;
    if (strncmp(text, code, strlen(code)) == 0) /* some keep it in the text */
        text += strlen(code) + strspn(text + strlen(code), " -");
    char *reply = dcv_arena_printf(judge->arena, "%s%s%.*s", code, text[0] != '\0' ? " " : "", REPLY_MAX, text);
    for (char *at = reply; at != NULL && *at != '\0'; at++)
        if (*at == '\r' || *at == '\n')
            *at = ' ';
    return reply != NULL ? reply : "";
}

static bool told_before(const struct dcv_judged_ca *ca, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const char *other = ca->entries.items[i].address;
        if (ca->entries.items[i].status >= DCV_ENTRY_DISCOURAGED && other != NULL && strcmp(other, ca->entries.items[index].address) == 0)
            return true;
    }
    return false;
}

/* A CA, one of the domains that it would mail, and what is to be said. */
struct telling {
    struct judge *judge;
    struct dcv_judged_ca *ca;
    const struct mail_answer *mail;
    const char *domain;
    bool usable; /* the CA has an address that works */
};

static void tell(const struct telling *telling, struct making *making, const struct listing *listing)
{
    finding_fact(making, dcv_fact_list(telling->judge->arena, listing->facts, listing->fact_count));
    if (telling->usable && making->finding.severity == DCV_WARNING)
        making->finding.severity = DCV_NOTICE;
    finding_attach(telling->judge, telling->ca, finding_end(making));
}

static const char *host_text(struct judge *judge, size_t fact)
{
    return name_text(judge, &dcv_facts_at(judge->facts, fact)->smtp.host);
}

/* One finding for the addresses of the CA to which this was said; reply and host are those of the first. */
static void tell_said(const struct telling *telling, enum said said, enum dcv_rule rule)
{
    struct judge *judge = telling->judge;
    struct listing listing = {.judge = judge};
    struct saying first = {SAID_NOTHING};
    for (size_t i = 0; i < telling->ca->entries.count; i++) {
        const struct dcv_entry *entry = &telling->ca->entries.items[i];
        if (entry->status < DCV_ENTRY_DISCOURAGED || entry->address == NULL || !dcv_name_equal(&entry->mail_domain, &telling->mail->domain)
            || told_before(telling->ca, i))
            continue;
        const struct saying saying = saying_to(judge, telling->mail, entry->address, NULL);
        if (saying.said != said)
            continue;
        if (listing.named == 0)
            first = saying;
        list_add(&listing, entry->address, saying.fact);
    }
    if (listing.named == 0)
        return;
    struct making making = finding_begin(judge, rule, telling->domain);
    finding_arg(&making, "addresses", listing.text);
    finding_arg(&making, "host", host_text(judge, first.fact));
    finding_arg(&making, "reply", reply_text(judge, &first));
    tell(telling, &making, &listing);
}

/* Hosts of one preference that do not agree about an address. */
static void tell_difference(const struct telling *telling)
{
    struct judge *judge = telling->judge;
    for (size_t i = 0; i < telling->ca->entries.count; i++) {
        const struct dcv_entry *entry = &telling->ca->entries.items[i];
        struct saying differ = {SAID_NOTHING};
        if (entry->status < DCV_ENTRY_DISCOURAGED || entry->address == NULL || !dcv_name_equal(&entry->mail_domain, &telling->mail->domain))
            continue;
        const struct saying saying = saying_to(judge, telling->mail, entry->address, &differ);
        if (differ.said == SAID_NOTHING)
            continue;
        struct listing listing = {.judge = judge};
        list_fact(&listing, saying.fact);
        list_fact(&listing, differ.fact);
        struct making making = finding_begin(judge, DCV_RULE_SMTP_DIFFERS, telling->domain);
        finding_arg(&making, "address", entry->address);
        finding_arg(&making, "host", host_text(judge, saying.fact));
        finding_arg(&making, "other", host_text(judge, differ.fact));
        finding_arg(&making, "reply", reply_text(judge, &differ));
        finding_fact(&making, dcv_fact_list(judge->arena, listing.facts, listing.fact_count));
        finding_attach(judge, telling->ca, finding_end(&making));
        return; /* one is enough to see it */
    }
}

/* ---- findings about hosts ------------------------------------------------------------------------------------------------------------- */

/* Nobody talked at any address of the host, and somebody was looked for: dead. All addresses passed over: unasked. */
enum presence { PRESENT, DEAD, UNASKED };

static enum presence presence_of(const struct judge *judge, const struct mail_answer *mail, const struct dcv_name *host)
{
    bool dead = false, passed = false;
    for (size_t i = 0; i < mail->talks.count; i++) {
        const struct dcv_smtp_fact *fact = talk_at(judge, mail, i);
        if (!dcv_name_equal(&fact->host, host))
            continue;
        if (fact->met == DCV_MET_TALKED)
            return PRESENT;
        dead = dead || silent(fact) || dumb(fact);
        passed = passed || unasked(fact->met);
    }
    return dead ? DEAD : passed ? UNASKED : PRESENT;
}

static void tell_presence(const struct telling *telling, enum presence presence, enum dcv_rule rule)
{
    struct judge *judge = telling->judge;
    struct listing listing = {.judge = judge};
    bool all = true;
    for (size_t i = 0; i < telling->mail->hosts.count; i++)
        all = all && presence_of(judge, telling->mail, &telling->mail->hosts.items[i].name) == presence;
    for (size_t i = 0; i < telling->mail->talks.count; i++) {
        const struct dcv_smtp_fact *fact = talk_at(judge, telling->mail, i);
        if (presence_of(judge, telling->mail, &fact->host) != presence)
            continue;
        const char *server = fact->server[0] != '\0' ? dcv_arena_printf(judge->arena, " %s", fact->server) : "";
        const char *item = dcv_arena_printf(judge->arena, "%s%s (%s)", name_text(judge, &fact->host), server != NULL ? server : "",
                                            dcv_meeting_reason(fact->met, fact->why));
        if (item != NULL)
            list_add(&listing, item, telling->mail->talks.items[i].fact);
    }
    if (listing.named == 0)
        return;
    struct making making = finding_begin(judge, rule, telling->domain);
    finding_arg(&making, "hosts", listing.text);
    finding_fact(&making, dcv_fact_list(judge->arena, listing.facts, listing.fact_count));
    if (!all && making.finding.severity == DCV_WARNING)
        making.finding.severity = DCV_NOTICE; /* senders go on to the others */
    finding_attach(judge, telling->ca, finding_end(&making));
}

static void tell_port(const struct telling *telling)
{
    struct judge *judge = telling->judge;
    struct listing listing = {.judge = judge};
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind == DCV_FACT_SMTP && silent(&fact->smtp))
            list_add(&listing, name_text(judge, &fact->smtp.host), i);
    }
    struct making making = finding_begin(judge, DCV_RULE_SMTP_PORT_CLOSED_HERE, name_text(judge, &judge->name->name));
    finding_arg_number(&making, "count", listing.fact_count);
    finding_fact(&making, dcv_fact_list(judge->arena, listing.facts, listing.fact_count));
    finding_attach(judge, telling->ca, finding_end(&making));
}

static void tell_hosts(const struct telling *telling)
{
    if (telling->judge->port_closed)
        tell_port(telling);
    else
        tell_presence(telling, DEAD, DCV_RULE_SMTP_HOST_DEAD);
    tell_presence(telling, UNASKED, DCV_RULE_SMTP_UNASKED);
    encryption_attach(telling->judge, telling->ca, telling->mail);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------------ */

static bool domain_before(const struct dcv_judged_ca *ca, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (ca->entries.items[i].status >= DCV_ENTRY_DISCOURAGED
            && dcv_name_equal(&ca->entries.items[i].mail_domain, &ca->entries.items[index].mail_domain))
            return true;
    return false;
}

static void tell_domain(const struct telling *telling)
{
    static const struct {
        enum said said;
        enum dcv_rule rule;
    } rows[] = {
        {SAID_REJECTED, DCV_RULE_SMTP_REJECTED},     {SAID_NOT_HERE, DCV_RULE_SMTP_NOT_HERE},   {SAID_DEFERRED, DCV_RULE_SMTP_DEFERRED},
        {SAID_REFUSED_US, DCV_RULE_SMTP_REFUSED_US}, {SAID_CATCH_ALL, DCV_RULE_SMTP_CATCH_ALL}, {SAID_ACCEPTED, DCV_RULE_SMTP_ACCEPTED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && telling->mail->talks.count != 0; i++)
        tell_said(telling, rows[i].said, rows[i].rule);
    tell_difference(telling);
    tell_hosts(telling);
}

void delivery_attach(struct judge *judge, struct dcv_judged_ca *ca, bool usable)
{
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (entry->status < DCV_ENTRY_DISCOURAGED || entry->mail_domain.len == 0 || domain_before(ca, i))
            continue;
        const struct mail_answer *mail = mail_of(judge, &entry->mail_domain);
        if (mail == NULL)
            return;
        const struct telling telling = {judge, ca, mail, name_text(judge, &mail->domain), usable};
        tell_domain(&telling);
    }
}

const char *delivery_rejected(struct judge *judge, const struct dcv_judged_ca *ca)
{
    struct listing listing = {.judge = judge};
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (entry->status < DCV_ENTRY_DISCOURAGED || entry->bogus || entry->barred || entry->address == NULL || told_before(ca, i))
            continue;
        if (entry->mail != DCV_MAIL_REJECTED)
            return NULL;
        list_add(&listing, entry->address, 0);
    }
    return listing.text;
}
