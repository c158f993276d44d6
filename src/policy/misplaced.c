/* Contact records at a wrong place, where no CA looks (BR A.2.1 names the right one), and contacts that a wildcard makes. */
#include "fact/misplaced.h"
#include "fact/way.h"
#include "name/octets.h"
#include "policy/judge.h"

#include <string.h>

enum {
    RECORDS_MAX = 64,    /* of one RRset; a hostile one holds thousands */
    MISPLACED_MAX = 16,  /* findings about one name */
};

/* The TXT RRset that answers for a name; message NULL: none does. */
struct txt_set {
    const struct dcv_message *message;
    struct dcv_name name, owner; /* as asked for; at the end of its aliases */
    size_t fact;
};

static struct txt_set txt_set(const struct judge *judge, const struct dcv_name *name)
{
    struct txt_set set = {.name = *name};
    const struct dcv_message *message = dcv_dns_fact_data(dcv_facts_dns(judge->facts, name, DCV_TYPE_TXT, &set.fact));
    if (message == NULL)
        return set;
    (void)dcv_message_chain(message, name, NULL, 0, &set.owner);
    if (dcv_message_find(message, &set.owner, DCV_TYPE_TXT, 0) != SIZE_MAX)
        set.message = message;
    return set;
}

static size_t next_txt(const struct txt_set *set, size_t from)
{
    return dcv_message_find(set->message, &set->owner, DCV_TYPE_TXT, from);
}

static size_t count_txt(const struct txt_set *set)
{
    size_t count = 0;
    for (size_t at = next_txt(set, 0); at != SIZE_MAX; at = next_txt(set, at + 1))
        count++;
    return count;
}

static bool holds(const struct txt_set *set, const struct dcv_rr *rr)
{
    for (size_t at = next_txt(set, 0); at != SIZE_MAX; at = next_txt(set, at + 1)) {
        const struct dcv_rr *other = &set->message->answer.items[at];
        if (other->rdlen == rr->rdlen && memcmp(other->rdata, rr->rdata, rr->rdlen) == 0)
            return true;
    }
    return false;
}

static bool same_records(const struct txt_set *a, const struct txt_set *b)
{
    size_t looked = 0;
    if (a->message == NULL || b->message == NULL || count_txt(a) != count_txt(b))
        return false;
    for (size_t at = next_txt(a, 0); at != SIZE_MAX && looked < RECORDS_MAX; at = next_txt(a, at + 1), looked++)
        if (!holds(b, &a->message->answer.items[at]))
            return false;
    return true;
}

/* ---- wildcards -------------------------------------------------------------------------------------------------------------------- */

/* Does the same answer at another label below the ADN, where nobody publishes a contact? */
static bool answers_elsewhere(const struct judge *judge, const struct txt_set *set, const struct dcv_name *adn)
{
    struct dcv_name other;
    if (dcv_misplaced_owner(DCV_MISPLACED_GUARD, adn, &judge->out->base, &other)) {
        const struct txt_set guard = txt_set(judge, &other);
        if (same_records(set, &guard))
            return true;
    }
    for (size_t i = 0; i < DCV_WAY_LABELS; i++) {
        if (dcv_name_prepend(dcv_way_labels[i], adn, &other) != DCV_OK)
            continue;
        const struct txt_set way = txt_set(judge, &other);
        if (same_records(set, &way))
            return true;
    }
    return false;
}

/* Its signature tells whether a wildcard made it, or its alias; unsigned, what else answers below the ADN does. */
static bool from_wildcard(const struct judge *judge, const struct txt_set *set, const struct dcv_name *adn)
{
    switch (dcv_message_origin(set->message, &set->name, dcv_name_equal(&set->name, &set->owner) ? DCV_TYPE_TXT : DCV_TYPE_CNAME)) {
    case DCV_ORIGIN_OWN: return false;
    case DCV_ORIGIN_WILDCARD: return true;
    case DCV_ORIGIN_UNKNOWN: return answers_elsewhere(judge, set, adn);
    }
    return false;
}

static void add(struct judge *judge, const struct dcv_rung *rung, struct making *making)
{
    struct misplaced *added = DCV_VEC_ADD(judge->arena, &judge->misplaced);
    if (added != NULL)
        *added = (struct misplaced){.rung = rung, .finding = finding_made(making)};
}

static void report_wildcard(struct judge *judge, const struct dcv_rung *rung, const struct txt_set *set)
{
    for (size_t i = 0; i < judge->misplaced.count; i++)
        if (judge->misplaced.items[i].rung == rung && judge->misplaced.items[i].finding.rule == DCV_RULE_CONTACT_WILDCARD_TXT)
            return;
    struct making making = finding_begin(judge, DCV_RULE_CONTACT_WILDCARD_TXT, name_text(judge, &set->name));
    finding_arg(&making, "adn", name_text(judge, &rung->name));
    finding_fact(&making, one_fact(judge, set->fact));
    add(judge, rung, &making);
}

/* ---- values ----------------------------------------------------------------------------------------------------------------------- */

/* What a wrong place holds. */
struct stray {
    const uint8_t *value; /* as published; NULL: no address is there */
    size_t len;
    const char *address;  /* that was meant; NULL: it cannot be told */
    bool several;
};

static struct dcv_octets without_pair(struct dcv_octets text, char open, char close)
{
    if (text.len >= 2 && text.at[0] == (uint8_t)open && dcv_octets_end(text)[-1] == (uint8_t)close)
        return (struct dcv_octets){text.at + 1, text.len - 2};
    return text;
}

static struct dcv_octets without_curly(struct dcv_octets text)
{
    size_t size;
    if (text.len != 0 && dcv_octets_kind(text, &size) == DCV_KIND_CURLY)
        text = dcv_octets_from(text, size);
    if (text.len != 0 && dcv_octets_last_kind(text, &size) == DCV_KIND_CURLY)
        text.len -= size;
    return text;
}

/* Without what is put around an address by mistake: white space, quotation marks, angle brackets, "mailto:". */
static struct dcv_octets undressed(struct dcv_octets text)
{
    static const char scheme[] = "mailto:";
    size_t before;
    do {
        before = text.len;
        text = without_curly(dcv_octets_trim(text));
        text = without_pair(without_pair(without_pair(text, '"', '"'), '\'', '\''), '<', '>');
        if (dcv_octets_starts(text, scheme))
            text = dcv_octets_from(text, sizeof scheme - 1);
    } while (text.len < before);
    return text;
}

/* At the name itself stand policies and proofs of many kinds, some of which hold addresses: only a value that is one and nothing
 * else may be a contact. Some proofs are "key=value" and happen to be well formed. */
static const char *bare_address(struct judge *judge, struct dcv_octets value)
{
    static const unsigned odd = DCV_MAILBOX_QUOTED_LOCAL | DCV_MAILBOX_LITERAL | DCV_MAILBOX_SINGLE_LABEL | DCV_MAILBOX_NUMBER
        | DCV_MAILBOX_KEY | DCV_MAILBOX_LOCAL_LONG | DCV_MAILBOX_DOMAIN_LONG | DCV_MAILBOX_ADDRESS_LONG;
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    const struct dcv_octets text = undressed(value);
    if (dcv_octets_find(text, '=') != NULL || dcv_mailbox_parse(judge->arena, text.at, text.len, &mailbox, &error) != DCV_OK)
        return NULL;
    return (mailbox.warnings & odd) == 0 ? mailbox.address : NULL;
}

/* Below a label that means a contact whatever holds an address counts. False: there is none in it. */
static bool read_value(struct judge *judge, enum dcv_misplacement misplacement, struct stray *stray)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error = {0};
    if (misplacement == DCV_MISPLACED_APEX) {
        stray->address = bare_address(judge, (struct dcv_octets){stray->value, stray->len});
        return stray->address != NULL;
    }
    if (dcv_mailbox_parse(judge->arena, stray->value, stray->len, &mailbox, &error) == DCV_OK) {
        const bool key = (mailbox.warnings & DCV_MAILBOX_KEY) != 0 && mailbox.meant != NULL;
        stray->address = key ? mailbox.meant : mailbox.address;
        return true;
    }
    if (error.meant == NULL)
        return false;
    const size_t len = strcspn(error.meant, " ");
    stray->several = error.meant[len] != '\0';
    /* Out of octets that nobody typed no address can be guessed. */
    if (error.fault != DCV_MAILBOX_CONTROL && error.fault != DCV_MAILBOX_UTF8)
        stray->address = dcv_arena_strndup(judge->arena, error.meant, len);
    return true;
}

/* The first address of the RRset. */
static struct stray stray_of(struct judge *judge, enum dcv_misplacement misplacement, const struct txt_set *set)
{
    struct stray first = {0};
    size_t looked = 0;
    for (size_t at = next_txt(set, 0); at != SIZE_MAX && looked < RECORDS_MAX; at = next_txt(set, at + 1), looked++) {
        struct stray stray = {0};
        stray.value = dcv_rr_txt(&set->message->answer.items[at], judge->arena, &stray.len, NULL);
        if (stray.value == NULL || !read_value(judge, misplacement, &stray))
            continue;
        if (first.value != NULL) {
            first.several = true;
            return first;
        }
        first = stray;
    }
    return first;
}

/* ---- places ----------------------------------------------------------------------------------------------------------------------- */

static enum dcv_rule rule_of(enum dcv_misplacement misplacement)
{
    switch (misplacement) {
    case DCV_MISPLACED_APEX: return DCV_RULE_CONTACT_MISPLACED_APEX;
    case DCV_MISPLACED_HYPHEN:
    case DCV_MISPLACED_UNDERSCORE:
    case DCV_MISPLACED_SHORT:
    case DCV_MISPLACED_JOINED: return DCV_RULE_CONTACT_MISPLACED_LABEL;
    case DCV_MISPLACED_WWW: return DCV_RULE_CONTACT_MISPLACED_WWW;
    case DCV_MISPLACED_DOUBLED:
    case DCV_MISPLACED_DOUBLED_BASE: return DCV_RULE_CONTACT_MISPLACED_DOUBLED;
    case DCV_MISPLACED_GUARD:
    case DCV_MISPLACED_COUNT: return DCV_RULE_COUNT;
    }
    return DCV_RULE_COUNT;
}

/* Is it the right place of another ADN, or told already? */
static bool passed_over(struct judge *judge, const struct dcv_name *owner)
{
    struct dcv_name contact;
    for (size_t i = 0; i < judge->ladder->count; i++)
        if (contact_name(&judge->ladder->rungs[i].name, &contact) && dcv_name_equal(&contact, owner))
            return true;
    const char *text = name_text(judge, owner);
    for (size_t i = 0; i < judge->misplaced.count; i++) {
        const struct dcv_finding *made = &judge->misplaced.items[i].finding;
        if (made->rule != DCV_RULE_CONTACT_WILDCARD_TXT && strcmp(made->subject, text) == 0)
            return true;
    }
    return false;
}

/* The record as it should stand. */
static const char *line_of(struct judge *judge, const struct dcv_rung *rung, const struct stray *stray)
{
    const char *address = stray->address != NULL ? stray->address : "dcv@example.net";
    struct dcv_buf line;
    dcv_buf_init(&line, 1 << 18);
    dcv_buf_printf(&line, "%s. IN TXT ", contact_place(judge, &rung->name));
    put_strings(&line, address, strlen(address));
    if (stray->address == NULL)
        dcv_buf_puts(&line, "  ; your address, and nothing else");
    else if (stray->several)
        dcv_buf_puts(&line, "  ; and a record for each other address");
    const char *text = dcv_arena_strdup(judge->arena, dcv_buf_text(&line));
    dcv_buf_done(&line);
    return text;
}

static void report_stray(struct judge *judge, const struct dcv_rung *rung, enum dcv_misplacement misplacement, const struct txt_set *set,
                         const struct stray *stray)
{
    struct dcv_name host, contact;
    const char *owner = name_text(judge, &set->name);
    struct making making = finding_begin(judge, rule_of(misplacement), owner);
    finding_arg_octets(&making, "value", stray->value, stray->len);
    finding_arg(&making, "adn", name_text(judge, &rung->name));
    if (contact_name(&rung->name, &contact))
        finding_arg(&making, "place", name_text(judge, &contact));
    if (making.finding.rule == DCV_RULE_CONTACT_MISPLACED_LABEL)
        finding_arg(&making, "label", dcv_arena_strndup(judge->arena, owner, strcspn(owner, ".")));
    if (misplacement == DCV_MISPLACED_WWW && dcv_name_parent(&set->name, &host))
        finding_arg(&making, "host", name_text(judge, &host));
    finding_arg(&making, "fixline", line_of(judge, rung, stray));
    finding_fact(&making, one_fact(judge, set->fact));
    add(judge, rung, &making);
}

static void judge_place(struct judge *judge, const struct dcv_rung *rung, enum dcv_misplacement misplacement)
{
    struct dcv_name owner;
    if (!dcv_misplaced_owner(misplacement, &rung->name, &rung->base, &owner))
        return;
    const struct txt_set set = txt_set(judge, &owner);
    if (set.message == NULL || passed_over(judge, &owner))
        return;
    const struct stray stray = stray_of(judge, misplacement, &set);
    if (stray.value == NULL)
        return;
    /* Behind the base domain a wildcard of that may answer, too. */
    if (from_wildcard(judge, &set, &rung->name) || answers_elsewhere(judge, &set, &rung->base))
        report_wildcard(judge, rung, &set);
    else
        report_stray(judge, rung, misplacement, &set, &stray);
}

/* A contact at the right place settles it; so does one that could not be looked up, of which nothing can be said. */
static void judge_rung(struct judge *judge, const struct dcv_rung *rung)
{
    struct dcv_name contact;
    if (!contact_name(&rung->name, &contact))
        return;
    const struct txt_set set = txt_set(judge, &contact);
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &contact, DCV_TYPE_TXT, NULL);
    if (set.message != NULL && from_wildcard(judge, &set, &rung->name))
        report_wildcard(judge, rung, &set);
    if (set.message != NULL || fact == NULL || !dcv_outcome_conclusive(fact->outcome))
        return;
    for (int i = 0; i < DCV_MISPLACED_GUARD && judge->misplaced.count < MISPLACED_MAX; i++)
        judge_place(judge, rung, (enum dcv_misplacement)i);
}

void misplaced_collect(struct judge *judge)
{
    for (size_t i = 0; i < judge->ladder->own; i++)
        judge_rung(judge, &judge->ladder->rungs[i]);
}

/* Does an address that is published elsewhere approve? Then the stray record decides nothing. */
static bool has_contact(const struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (entry->usable && (entry->source == DCV_SOURCE_TXT_CONTACT || entry->source == DCV_SOURCE_CAA_CONTACT))
            return true;
    }
    return false;
}

void misplaced_attach(struct judge *judge, struct dcv_judged_ca *ca)
{
    const bool contact = has_contact(ca);
    for (size_t i = 0; i < judge->misplaced.count; i++) {
        struct dcv_finding finding = judge->misplaced.items[i].finding;
        if (!offer_reads(judge, ca->ca, DCV_SOURCE_TXT_CONTACT, judge->misplaced.items[i].rung))
            continue;
        if (contact && finding.severity == DCV_WARNING)
            finding.severity = DCV_NOTICE;
        finding_attach(judge, ca, finding_file(judge, &finding));
    }
}
