/* The addresses that the world offers for a name, whatever the CA. */
#include "fact/misplaced.h"
#include "policy/judge.h"

#include <string.h>

static const char *const constructed[] = {"admin", "administrator", "hostmaster", "postmaster", "webmaster"}; /* BR 3.2.2.4.4 */

bool contact_name(const struct dcv_name *adn, struct dcv_name *out)
{
    return dcv_name_prepend(dcv_contact_label, adn, out) == DCV_OK;
}

const char *contact_place(struct judge *judge, const struct dcv_name *adn)
{
    struct dcv_name owner;
    if (!contact_name(adn, &owner))
        return "";
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &owner, DCV_TYPE_TXT, NULL);
    struct dcv_name last = owner;
    if (fact != NULL && fact->message != NULL)
        (void)dcv_message_chain(fact->message, &owner, NULL, 0, &last);
    return name_text(judge, &last);
}

bool rung_exists(const struct judge *judge, const struct dcv_rung *rung)
{
    bool since_229 = judge->options->as_of >= dcv_br_rule(DCV_BR_ADN_LADDER)->from;
    switch (rung->via) {
    case DCV_VIA_PRUNE: return true;
    case DCV_VIA_CNAME: return !since_229 || !judge->name->wildcard;
    case DCV_VIA_PRUNED_CNAME: return !since_229;
    }
    return false;
}

enum { PUBLISHED_MAX = 64 }; /* contacts of one RRset that are judged; a hostile one holds thousands */

static struct candidate *add(struct judge *judge, enum dcv_source source, const struct dcv_rung *rung)
{
    struct candidate *candidate = DCV_VEC_ADD(judge->arena, &judge->candidates);
    if (candidate == NULL)
        return NULL;
    candidate->source = source;
    candidate->rung = rung;
    candidate->bogus = judge->dnssec_decides && rung->bogus;
    candidate->unvalidated = judge->dnssec_decides && rung->via != DCV_VIA_PRUNE && chain_failed(&dcv_facts_at(judge->facts, rung->fact)->dns);
    return candidate;
}

static void add_constructed(struct judge *judge, const struct dcv_rung *rung)
{
    const char *domain = name_text(judge, &rung->name);
    size_t facts[4], count = 0;
    static const uint16_t types[] = {DCV_TYPE_MX, DCV_TYPE_A, DCV_TYPE_AAAA};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (dcv_facts_dns(judge->facts, &rung->name, types[i], &facts[count]) != NULL)
            count++;
    struct dcv_fact_list list = dcv_fact_list(judge->arena, facts, count);
    for (size_t i = 0; i < sizeof constructed / sizeof constructed[0]; i++) {
        struct candidate *candidate = add(judge, DCV_SOURCE_CONSTRUCTED, rung);
        if (candidate == NULL)
            return;
        candidate->address = dcv_arena_printf(judge->arena, "%s@%s", constructed[i], domain);
        candidate->mail_domain = rung->name;
        candidate->facts = list;
    }
}

/* ---- contact values ---------------------------------------------------------------------------------------------------------- */

/* Where a value was published: what its findings and its zone line need. */
struct published {
    enum dcv_source source;
    const struct dcv_rung *rung;
    const char *owner;      /* of the record, as asked for */
    const char *place;      /* where it is written: behind the alias, if it is one */
    struct dcv_fact_list facts;
    bool bogus, unvalidated;
};

static enum dcv_rule rule_of(enum dcv_mailbox_fault fault)
{
    switch (fault) {
    case DCV_MAILBOX_OK:
    case DCV_MAILBOX_EMPTY: return DCV_RULE_CONTACT_EMPTY;
    case DCV_MAILBOX_UTF8: return DCV_RULE_CONTACT_UTF8;
    case DCV_MAILBOX_CONTROL: return DCV_RULE_CONTACT_CONTROL;
    case DCV_MAILBOX_PADDING: return DCV_RULE_CONTACT_PADDING;
    case DCV_MAILBOX_MAILTO: return DCV_RULE_CONTACT_MAILTO;
    case DCV_MAILBOX_ANGLE: return DCV_RULE_CONTACT_ANGLE;
    case DCV_MAILBOX_LIST: return DCV_RULE_CONTACT_LIST;
    case DCV_MAILBOX_QUOTES: return DCV_RULE_CONTACT_QUOTES;
    case DCV_MAILBOX_CURLY_QUOTE: return DCV_RULE_CONTACT_CURLY_QUOTE;
    case DCV_MAILBOX_COMMENT: return DCV_RULE_CONTACT_COMMENT;
    case DCV_MAILBOX_PREFIX: return DCV_RULE_CONTACT_PREFIX;
    case DCV_MAILBOX_TRAILING_DOT: return DCV_RULE_CONTACT_TRAILING_DOT;
    case DCV_MAILBOX_NO_AT: return DCV_RULE_CONTACT_NO_AT;
    case DCV_MAILBOX_TWO_AT: return DCV_RULE_CONTACT_TWO_AT;
    case DCV_MAILBOX_LOCAL_PART: return DCV_RULE_CONTACT_LOCAL_PART;
    case DCV_MAILBOX_DOMAIN: return DCV_RULE_CONTACT_DOMAIN;
    }
    return DCV_RULE_CONTACT_EMPTY;
}

/* The record as it should stand. `meant` holds valid addresses joined by spaces, or is NULL. */
static const char *corrected_line(struct judge *judge, const struct published *published, const char *meant)
{
    size_t len = meant != NULL ? strcspn(meant, " ") : 0;
    const char *address = len != 0 ? dcv_arena_strndup(judge->arena, meant, len) : "dcv@example.net";
    const char *remark = len == 0 ? "  ; your address, and nothing else" : meant[len] != '\0' ? "  ; and a record for each other address"
                                                               : "  ; in the place of the present value";
    /* A quoted local part would need another layer of escapes, and 255 octets are all that a string holds: better another mailbox. */
    if (address == NULL || strpbrk(address, "\"\\") != NULL || strlen(address) > 255)
        address = "dcv@example.net";
    if (published->source == DCV_SOURCE_CAA_CONTACT)
        return dcv_arena_printf(judge->arena, "%s. IN CAA 0 contactemail \"%s\"%s", published->place, address, remark);
    return dcv_arena_printf(judge->arena, "%s. IN TXT \"%s\"%s", published->place, address, remark);
}

static void add_lint(struct candidate *candidate, struct making *making)
{
    struct dcv_finding *slot = DCV_VEC_ADD(making->judge->arena, &candidate->lint);
    if (slot != NULL)
        *slot = finding_made(making);
}

static void report_fault(struct judge *judge, const struct published *published, const void *value, size_t len,
                         const struct dcv_mailbox_error *error, struct candidate *candidate)
{
    struct making making = finding_begin(judge, rule_of(error->fault), published->owner);
    finding_arg_number(&making, "at", error->at);
    finding_arg_octets(&making, "value", value, len);
    finding_arg(&making, "meant", error->meant);
    /* Out of octets that nobody typed no address can be guessed. */
    bool guessable = error->fault != DCV_MAILBOX_CONTROL && error->fault != DCV_MAILBOX_UTF8;
    finding_arg(&making, "fixline", corrected_line(judge, published, guessable ? error->meant : NULL));
    finding_fact(&making, published->facts);
    add_lint(candidate, &making);
}

/* Valid values that deserve a warning. */
static void report_warnings(struct judge *judge, const struct published *published, const struct dcv_mailbox *mailbox,
                            struct candidate *candidate)
{
    static const struct {
        unsigned bit;
        enum dcv_rule rule;
        const char *limit;
    } rows[] = {
        {DCV_MAILBOX_QUOTED_LOCAL, DCV_RULE_CONTACT_QUOTED_LOCAL, NULL},
        {DCV_MAILBOX_LITERAL, DCV_RULE_CONTACT_LITERAL, NULL},
        {DCV_MAILBOX_LOCAL_LONG, DCV_RULE_CONTACT_LONG, "64"},
        {DCV_MAILBOX_DOMAIN_LONG, DCV_RULE_CONTACT_LONG, "255"},
        {DCV_MAILBOX_ADDRESS_LONG, DCV_RULE_CONTACT_LONG, "254"},
        {DCV_MAILBOX_UTF8_LOCAL, DCV_RULE_CONTACT_UTF8_LOCAL, NULL},
        {DCV_MAILBOX_SINGLE_LABEL, DCV_RULE_CONTACT_SINGLE_LABEL, NULL},
        {DCV_MAILBOX_NUMBER, DCV_RULE_CONTACT_NUMBER, NULL},
        {DCV_MAILBOX_KEY, DCV_RULE_CONTACT_KEY, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((mailbox->warnings & rows[i].bit) == 0)
            continue;
        struct making making = finding_begin(judge, rows[i].rule, published->owner);
        finding_arg(&making, "address", mailbox->address);
        finding_arg(&making, "limit", rows[i].limit);
        bool key = rows[i].bit == DCV_MAILBOX_KEY, number = rows[i].bit == DCV_MAILBOX_NUMBER;
        if (key || number)
            finding_arg(&making, "meant", mailbox->meant);
        if (key || number || rows[i].bit == DCV_MAILBOX_SINGLE_LABEL)
            finding_arg(&making, "fixline", corrected_line(judge, published, key ? mailbox->meant : NULL));
        finding_fact(&making, published->facts);
        add_lint(candidate, &making);
    }
}

/* One entry an address, source and ADN, however often it is published there. */
static bool published_before(const struct judge *judge, const struct published *published, const char *address)
{
    for (size_t i = 0; i < judge->candidates.count; i++) {
        const struct candidate *other = &judge->candidates.items[i];
        if (other->source == published->source && other->rung == published->rung && other->address != NULL
            && strcmp(other->address, address) == 0)
            return true;
    }
    return false;
}

static void add_published(struct judge *judge, const struct published *published, const void *value, size_t len)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error = {0};
    enum dcv_status status = dcv_mailbox_parse(judge->arena, value, len, &mailbox, &error);
    if (status == DCV_OK && published_before(judge, published, mailbox.address))
        return;
    struct candidate *candidate = add(judge, published->source, published->rung);
    if (candidate == NULL)
        return;
    candidate->raw = value;
    candidate->raw_len = len;
    candidate->facts = published->facts;
    candidate->bogus = candidate->bogus || (judge->dnssec_decides && published->bogus);
    candidate->unvalidated = candidate->unvalidated || (judge->dnssec_decides && published->unvalidated);
    switch (status) {
    case DCV_OK:
        candidate->address = mailbox.address;
        candidate->mail_domain = mailbox.domain;
        report_warnings(judge, published, &mailbox, candidate);
        break;
    case DCV_ERR_SYNTAX:
        report_fault(judge, published, value, len, &error, candidate);
        break;
    default:
        dcv_arena_fail(judge->arena);
        break;
    }
}

/* ---- sources ------------------------------------------------------------------------------------------------------------------ */

static void report_contact_bogus(struct judge *judge, const char *owner, const struct dcv_dns_fact *fact, struct dcv_fact_list facts)
{
    char type[DCV_TYPE_TEXT];
    struct making making = finding_begin(judge, judge->dnssec_decides ? DCV_RULE_CONTACT_BOGUS : DCV_RULE_CONTACT_BOGUS_EARLY, owner);
    finding_arg_date(&making, "date", dcv_br_rule(DCV_BR_DNSSEC)->from);
    finding_arg(&making, "cause", cause_text(judge, fact));
    finding_arg(&making, "type", dcv_type_text(fact->type, type));
    finding_fact(&making, facts);
    finding_end_general(&making);
}

static void report_alias(struct judge *judge, const char *owner, const struct dcv_name *target, struct dcv_fact_list facts)
{
    struct making making = finding_begin(judge, DCV_RULE_CONTACT_CNAME, owner);
    finding_arg(&making, "target", name_text(judge, target));
    finding_fact(&making, facts);
    finding_end_general(&making);
}

static void add_txt(struct judge *judge, const struct dcv_rung *rung)
{
    struct dcv_name owner, last;
    size_t index;
    if (!contact_name(&rung->name, &owner))
        return;
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &owner, DCV_TYPE_TXT, &index);
    if (dcv_dns_fact_data(fact) == NULL)
        return;
    size_t links = dcv_message_chain(fact->message, &owner, NULL, 0, &last);
    size_t at = dcv_message_find(fact->message, &last, DCV_TYPE_TXT, 0);
    if (at == SIZE_MAX)
        return;
    struct published published = {.source = DCV_SOURCE_TXT_CONTACT, .rung = rung, .owner = name_text(judge, &owner), .place = name_text(judge, &last),
                                  .facts = one_fact(judge, index), .bogus = fact->security == DCV_SECURITY_BOGUS,
                                  .unvalidated = chain_failed(fact)};
    size_t taken = 0;
    for (; at != SIZE_MAX && taken < PUBLISHED_MAX; at = dcv_message_find(fact->message, &last, DCV_TYPE_TXT, at + 1), taken++) {
        size_t len;
        const uint8_t *value = dcv_rr_txt(&fact->message->answer.items[at], judge->arena, &len, NULL);
        if (value != NULL)
            add_published(judge, &published, value, len);
    }
    if (links != 0)
        report_alias(judge, published.owner, &last, published.facts);
    if (published.bogus)
        report_contact_bogus(judge, published.owner, fact, published.facts);
}

static void add_caa(struct judge *judge, const struct dcv_rung *rung)
{
    struct caa_rrset rrset = caa_relevant(judge, &rung->name);
    if (rrset.found != CAA_FOUND && rrset.found != CAA_BOGUS)
        return;
    struct published published = {.source = DCV_SOURCE_CAA_CONTACT, .rung = rung, .owner = name_text(judge, &rrset.owner),
                                  .place = name_text(judge, &rrset.owner), .facts = rrset.facts, .bogus = rrset.found == CAA_BOGUS,
                                  .unvalidated = chain_failed(rrset.fact)};
    struct dcv_caa caa;
    size_t any = 0;
    for (size_t at = 0; any < PUBLISHED_MAX && caa_next(&rrset, &at, &caa);) {
        if (!caa_tag_is(&caa, "contactemail"))
            continue;
        any++;
        add_published(judge, &published, caa.value, caa.value_len);
    }
    if (any != 0 && published.bogus)
        report_contact_bogus(judge, published.owner, rrset.fact, published.facts);
}

/* RFC 1035 §3.3.13: the first label of the RNAME is the local part, an escaped dot in it is a dot. */
static void add_soa(struct judge *judge, const struct dcv_rung *rung)
{
    size_t index;
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &rung->name, DCV_TYPE_SOA, &index);
    if (dcv_dns_fact_data(fact) == NULL)
        return;
    size_t at = dcv_message_find(fact->message, &rung->name, DCV_TYPE_SOA, 0);
    struct dcv_soa soa;
    struct dcv_name domain;
    if (at == SIZE_MAX || !dcv_rr_soa(&fact->message->answer.items[at], &soa) || !dcv_name_parent(&soa.rname, &domain) || domain.len <= 1)
        return;
    struct dcv_buf value;
    dcv_buf_init(&value, DCV_NAME_TEXT_MAX);
    dcv_buf_put(&value, soa.rname.wire + 1, soa.rname.wire[0]);
    dcv_buf_putc(&value, '@');
    dcv_buf_puts(&value, name_text(judge, &domain));
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    struct candidate *candidate = add(judge, DCV_SOURCE_SOA_RNAME, rung);
    if (candidate != NULL) {
        candidate->raw = dcv_arena_copy(judge->arena, dcv_buf_text(&value), value.len);
        candidate->raw_len = value.len;
        candidate->facts = one_fact(judge, index);
        candidate->bogus = judge->dnssec_decides && fact->security == DCV_SECURITY_BOGUS;
        if (dcv_mailbox_parse(judge->arena, dcv_buf_text(&value), value.len, &mailbox, &error) == DCV_OK) {
            candidate->address = mailbox.address;
            candidate->mail_domain = mailbox.domain;
        }
    }
    dcv_buf_done(&value);
}

static void add_contact(struct judge *judge, const struct dcv_rung *rung, const struct dcv_contacts_fact *fact,
                        const struct dcv_contact *contact, struct dcv_fact_list facts)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    struct candidate *candidate = add(judge, fact->rdap ? DCV_SOURCE_RDAP : DCV_SOURCE_WHOIS, rung);
    if (candidate == NULL)
        return;
    candidate->role = contact->role;
    candidate->raw = (const uint8_t *)contact->email;
    candidate->raw_len = strlen(contact->email);
    candidate->facts = facts;
    if (dcv_mailbox_parse(judge->arena, contact->email, candidate->raw_len, &mailbox, &error) == DCV_OK) {
        candidate->address = mailbox.address;
        candidate->mail_domain = mailbox.domain;
    }
}

static void add_contacts(struct judge *judge, const struct dcv_rung *rung)
{
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_CONTACTS || !dcv_name_equal(&fact->contacts.domain, &rung->name))
            continue;
        for (size_t j = 0; j < fact->contacts.contact_count && j < PUBLISHED_MAX; j++)
            if (dcv_contact_approves(&fact->contacts.contacts[j]))
                add_contact(judge, rung, &fact->contacts, &fact->contacts.contacts[j], one_fact(judge, i));
    }
}

/* Published addresses whose local parts differ in case alone; a few, should there be very many. */
static void report_case_twins(struct judge *judge)
{
    enum { REPORTED = 8 };
    size_t reported = 0;
    for (size_t i = 0; i < judge->candidates.count && reported < REPORTED; i++) {
        for (size_t j = i + 1; j < judge->candidates.count && reported < REPORTED; j++) {
            const struct candidate *a = &judge->candidates.items[i], *b = &judge->candidates.items[j];
            if (a->address == NULL || b->address == NULL || strcasecmp(a->address, b->address) != 0 || strcmp(a->address, b->address) == 0)
                continue;
            struct making making = finding_begin(judge, DCV_RULE_CONTACT_CASE, a->address);
            finding_arg(&making, "address", a->address);
            finding_arg(&making, "other", b->address);
            finding_fact(&making, b->facts);
            finding_end_general(&making);
            reported++;
        }
    }
}

void candidates_collect(struct judge *judge)
{
    static void (*const sources[])(struct judge *, const struct dcv_rung *) = {add_constructed, add_txt, add_caa, add_soa, add_contacts};
    for (size_t source = 0; source < sizeof sources / sizeof sources[0]; source++)
        for (size_t i = 0; i < judge->ladder->count; i++)
            if (rung_exists(judge, &judge->ladder->rungs[i]))
                sources[source](judge, &judge->ladder->rungs[i]);
    report_case_twins(judge);
}
