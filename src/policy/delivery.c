/* Do the mail hosts take mail for an address? What follows from what they said, and what is to be said of them. */
#include "policy/saying.h"

#include <stdio.h>
#include <string.h>

enum { NAMED = 8, REPLY_MAX = 160 };

/* ---- what comes of it ------------------------------------------------------------------------------------------------------------------ */

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
    if (mail->state == DCV_MAIL_UNKNOWN || !presence_mute(judge, mail))
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
    struct saying first = {.said = SAID_NOTHING};
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
        struct saying differ = {.said = SAID_NOTHING};
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
    presence_attach(telling->judge, telling->ca, telling->mail, telling->usable);
    encryption_attach(telling->judge, telling->ca, telling->mail);
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
