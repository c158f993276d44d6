/* Persistent validation records at "_validation-persist.<ADN>": BR 3.2.2.4.22, draft-ietf-acme-dns-persist. */
#include "base/text.h"
#include "policy/judge.h"

#include <limits.h>
#include <string.h>

enum { RECORDS_MAX = 64 }; /* of all names together; a hostile zone holds thousands */

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

/* The day of persistUntil: a decimal UNIX time, up to the year 9999. More than that is milliseconds. */
static bool read_until(const char *text, dcv_date *out)
{
    static const long max = 253402300799L;
    long seconds;
    if (text[0] < '0' || text[0] > '9' || !dcv_text_number(text, 0, max, &seconds))
        return false;
    *out = dcv_date_of_unix(seconds);
    return true;
}

/* The issuer that was meant, where the one that stands there is none; NULL: it is one, or cannot be guessed. */
static const char *issuer_meant(const struct judge *judge, const struct issue_value *value)
{
    if (value->issuer[0] == '\0')
        return NULL;
    if (dcv_issuer_owner(judge->options->set, value->issuer) != NULL)
        return value->trailing_dot ? value->issuer : NULL;
    return dcv_issuer_meant(judge->options->set, judge->options->psl, value->issuer);
}

static void read_record(struct judge *judge, const struct dcv_rr *rr, const struct persist_record *form)
{
    struct persist_record record = *form;
    record.text = dcv_rr_txt(rr, judge->arena, &record.len, NULL);
    if (record.text == NULL)
        return;
    issue_value_parse(judge->arena, record.text, record.len, &record.value);
    record.has_until = record.value.until != NULL;
    record.until = DCV_DATE_NONE;
    record.until_read = record.has_until && read_until(record.value.until, &record.until);
    record.meant = issuer_meant(judge, &record.value);
    const bool broken = record.value.malformed || record.value.open_end || record.value.issuer[0] == '\0';
    /* A value that a wildcard hands out for every name is not meant as a record of this kind. */
    if (broken && way_wildcard_txt(judge, &record.rung->name, rr))
        return;
    struct persist_record *added = DCV_VEC_ADD(judge->arena, &judge->persists);
    if (added != NULL)
        *added = record;
}

static void read_rung(struct judge *judge, const struct dcv_rung *rung)
{
    struct dcv_name owner, place;
    size_t index;
    if (dcv_name_prepend(dcv_persist_label, &rung->name, &owner) != DCV_OK)
        return;
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &owner, DCV_TYPE_TXT, &index);
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    if (message == NULL || (judge->dnssec_decides && fact->security == DCV_SECURITY_BOGUS))
        return;
    (void)dcv_message_chain(message, &owner, NULL, 0, &place);
    const struct persist_record form = {.rung = rung, .owner = name_text(judge, &owner), .place = name_text(judge, &place),
                                        .facts = one_fact(judge, index)};
    for (size_t at = dcv_message_find(message, &place, DCV_TYPE_TXT, 0); at != SIZE_MAX && judge->persists.count < RECORDS_MAX;
         at = dcv_message_find(message, &place, DCV_TYPE_TXT, at + 1))
        read_record(judge, &message->answer.items[at], &form);
}

/* The issuer that the record is for; "": none can be read. */
static const char *issuer_of(const struct persist_record *record)
{
    return record->meant != NULL ? record->meant : record->value.issuer;
}

/* ---- findings about a record ------------------------------------------------------------------------------------------------------ */

/* What the record should say in other places; NULL keeps what it says. */
struct mending {
    const char *account;
    bool wildcard, later;
};

/* The record as it should stand. What only the CA or the customer can know stays in braces. NULL: too little of it can be read. */
static const char *mended_line(struct judge *judge, const struct persist_record *record, const struct mending *mending)
{
    const struct issue_value *value = &record->value;
    const char *issuer = issuer_of(record);
    const char *account = mending->account != NULL ? mending->account : value->account != NULL && value->account[0] != '\0' ? value->account : "{account}";
    const char *policy = mending->wildcard ? "wildcard" : value->policy;
    struct dcv_buf text, line;
    dcv_buf_init(&text, 1 << 17);
    dcv_buf_printf(&text, "%s; accounturi=%s", issuer[0] != '\0' ? issuer : "{issuer}", account);
    if (policy != NULL && policy[0] != '\0')
        dcv_buf_printf(&text, "; policy=%s", policy);
    if (record->has_until)
        dcv_buf_printf(&text, "; persistUntil=%s", record->until_read && !mending->later ? value->until : "{unix-time}");
    dcv_buf_init(&line, 1 << 18);
    dcv_buf_printf(&line, "%s. IN TXT ", record->place);
    put_strings(&line, dcv_buf_text(&text), text.len);
    /* What serves another account serves it on. */
    if (mending->account == NULL)
        dcv_buf_puts(&line, "  ; in the place of the present value");
    const char *copy = dcv_arena_strdup(judge->arena, dcv_buf_text(&line));
    dcv_buf_done(&text);
    dcv_buf_done(&line);
    return copy;
}

static struct making begin(struct judge *judge, enum dcv_rule rule, const struct persist_record *record)
{
    struct making making = finding_begin(judge, rule, record->owner);
    finding_arg(&making, "issuer", record->value.issuer);
    finding_arg_octets(&making, "value", record->text, record->len);
    finding_arg(&making, "account", record->value.account);
    finding_arg(&making, "until", record->value.until);
    finding_arg(&making, "meant", record->meant);
    if (record->until != DCV_DATE_NONE)
        finding_arg_date(&making, "date", record->until);
    finding_fact(&making, record->facts);
    return making;
}

static bool ends_before(const struct persist_record *record, dcv_date day)
{
    return record->until != DCV_DATE_NONE && record->until < day;
}

static bool malformed(const struct judge *judge, const struct persist_record *record)
{
    (void)judge;
    const bool only_dot = record->meant != NULL && record->value.trailing_dot && !record->value.open_end;
    return (record->value.malformed && !only_dot) || record->value.open_end;
}

static bool no_issuer(const struct judge *judge, const struct persist_record *record)
{
    (void)judge;
    return record->value.issuer[0] == '\0';
}

static bool near_miss(const struct judge *judge, const struct persist_record *record)
{
    (void)judge;
    return record->meant != NULL;
}

static bool unknown_issuer(const struct judge *judge, const struct persist_record *record)
{
    return record->meant == NULL && !no_issuer(judge, record) && dcv_issuer_owner(judge->options->set, record->value.issuer) == NULL;
}

static bool repeats(const struct judge *judge, const struct persist_record *record)
{
    (void)judge;
    return record->value.persist_repeated;
}

static bool no_account(const struct judge *judge, const struct persist_record *record)
{
    (void)judge;
    return record->value.account == NULL || record->value.account[0] == '\0';
}

static bool bad_until(const struct judge *judge, const struct persist_record *record)
{
    (void)judge;
    return record->has_until && !record->until_read;
}

static bool expired(const struct judge *judge, const struct persist_record *record)
{
    return ends_before(record, judge->options->as_of);
}

/* In the order of weight; of a malformed record nothing else can be said. */
static const struct check {
    enum dcv_rule rule;
    bool (*fails)(const struct judge *judge, const struct persist_record *record);
    bool spoils; /* no CA may use the record */
    bool last;   /* nothing else is looked at */
    bool later;  /* persistUntil needs another value */
} checks[] = {
    {DCV_RULE_PERSIST_MALFORMED, malformed, true, true, false},
    {DCV_RULE_PERSIST_NO_ISSUER, no_issuer, true, false, false},
    {DCV_RULE_PERSIST_NEAR_MISS, near_miss, true, false, false},
    {DCV_RULE_PERSIST_ISSUER_UNKNOWN, unknown_issuer, false, false, false},
    {DCV_RULE_PERSIST_PARAMETERS, repeats, true, false, false},
    {DCV_RULE_PERSIST_NO_ACCOUNT, no_account, true, false, false},
    {DCV_RULE_PERSIST_UNTIL, bad_until, true, false, false},
    {DCV_RULE_PERSIST_EXPIRED, expired, true, false, true},
};

static void lint(struct judge *judge, struct persist_record *record)
{
    const struct mending mending = {.later = expired(judge, record)};
    record->sound = true;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const struct check *check = &checks[i];
        if (!check->fails(judge, record))
            continue;
        struct making making = begin(judge, check->rule, record);
        if (check->rule == DCV_RULE_PERSIST_MALFORMED)
            finding_arg_number(&making, "at", record->value.malformed ? record->value.fault_at : record->value.open_at);
        if (check->rule != DCV_RULE_PERSIST_MALFORMED || record->value.issuer[0] != '\0')
            finding_arg(&making, "fixline", mended_line(judge, record, &mending));
        struct dcv_finding *slot = DCV_VEC_ADD(judge->arena, &record->lint);
        if (slot != NULL)
            *slot = finding_made(&making);
        record->sound = record->sound && !check->spoils;
        if (check->last)
            return;
    }
}

void persist_collect(struct judge *judge)
{
    for (size_t i = 0; i < judge->ladder->own; i++)
        read_rung(judge, &judge->ladder->rungs[i]);
    for (size_t i = 0; i < judge->persists.count; i++) {
        struct persist_record *record = &judge->persists.items[i];
        lint(judge, record);
        for (size_t j = 0; j < record->lint.count && dcv_issuer_owner(judge->options->set, issuer_of(record)) == NULL; j++)
            finding_file_general(judge, &record->lint.items[j]);
    }
}

/* ---- a record and a CA ------------------------------------------------------------------------------------------------------------ */

/* A CA that the record is for. */
struct weighing {
    struct judge *judge;
    struct dcv_judged_ca *ca;
    struct dcv_way *way; /* NULL: the CA has no row of the method */
};

static void conflict(const struct weighing *weighing, struct making *making)
{
    const struct dcv_finding finding = finding_made(making);
    way_conflict(weighing->judge, weighing->ca, weighing->way, &finding);
}

/* The ACME draft has a hash in the place of the account's URI: whose it is cannot be told from outside. */
static bool hashed(const char *account)
{
    enum { HASH = 43 }; /* of SHA-256, base64url without padding */
    const char *slash = strrchr(account, '/');
    return slash != NULL && strlen(slash + 1) == HASH && strstr(account, "/sha-256/") != NULL;
}

static bool other_account(const struct judge *judge, const struct persist_record *record)
{
    const char *given = judge->options->account_uri;
    return given != NULL && !hashed(record->value.account) && strcmp(given, record->value.account) != 0;
}

/* The record serves names below its own, and wildcards, only with policy=wildcard. */
static bool too_narrow(const struct judge *judge, const struct persist_record *record)
{
    const bool needed = judge->name->wildcard || !dcv_name_equal(&record->rung->name, &judge->name->name);
    return needed && (record->value.policy == NULL || !dcv_ascii_equal_nocase(record->value.policy, "wildcard"));
}

static bool is_for(const struct weighing *weighing, const struct persist_record *record)
{
    return dcv_ca_accepts_issuer(weighing->ca->ca, issuer_of(record));
}

static void say_misfit(const struct weighing *weighing, const struct persist_record *record, enum dcv_rule rule)
{
    struct judge *judge = weighing->judge;
    const bool account = rule == DCV_RULE_PERSIST_ACCOUNT;
    const struct mending mending = {.account = account ? judge->options->account_uri : NULL, .wildcard = too_narrow(judge, record)};
    struct making making = begin(judge, rule, record);
    finding_arg(&making, "given", judge->options->account_uri);
    finding_arg(&making, "adn", name_text(judge, &record->rung->name));
    finding_arg(&making, "name", judge->name->ascii);
    finding_arg(&making, "fixline", mended_line(judge, record, &mending));
    conflict(weighing, &making);
}

/* What keeps a sound record from serving this name and account; COUNT: nothing. */
static enum dcv_rule misfit(const struct judge *judge, const struct persist_record *record)
{
    if (other_account(judge, record))
        return DCV_RULE_PERSIST_ACCOUNT;
    return too_narrow(judge, record) ? DCV_RULE_PERSIST_SCOPE : DCV_RULE_COUNT;
}

/* A record that fits: what there is to know of it. */
static void say_stands(const struct weighing *weighing, const struct persist_record *record)
{
    struct judge *judge = weighing->judge;
    const struct dcv_method_info *info = dcv_method_info(DCV_METHOD_DNS_PERSIST);
    const bool early = judge->options->as_of < info->from, offered = weighing->way != NULL && weighing->way->method->offered == DCV_YES;
    char date[DCV_DATE_TEXT];
    struct making making = begin(judge, early ? DCV_RULE_PERSIST_EARLY : offered ? DCV_RULE_PERSIST_STANDS : DCV_RULE_PERSIST_NOT_OFFERED, record);
    finding_arg(&making, "state", record->until != DCV_DATE_NONE ? dcv_date_format(record->until, date) : "none");
    finding_arg_number(&making, "days", (size_t)dcv_br_reuse_days(judge->options->as_of, DCV_METHOD_DNS_PERSIST));
    finding_arg_date(&making, "first", info->from);
    if (!early && !offered)
        finding_arg(&making, "ca", weighing->ca->ca->id);
    conflict(weighing, &making);
}

static void say_ending(const struct weighing *weighing, const struct persist_record *record)
{
    struct judge *judge = weighing->judge;
    const dcv_date renewal = judge->options->as_of + weighing->ca->validity_days;
    if (!ends_before(record, renewal))
        return;
    struct making making = begin(judge, DCV_RULE_PERSIST_ENDING, record);
    finding_arg_date(&making, "renewal", renewal);
    finding_arg(&making, "fixline", mended_line(judge, record, &(struct mending){.later = true}));
    conflict(weighing, &making);
}

void persist_judge(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way)
{
    const struct weighing weighing = {.judge = judge, .ca = ca, .way = way};
    bool fits = false;
    for (size_t i = 0; i < judge->persists.count; i++) {
        const struct persist_record *record = &judge->persists.items[i];
        if (!is_for(&weighing, record))
            continue;
        for (size_t j = 0; j < record->lint.count; j++)
            way_conflict(judge, ca, way, &record->lint.items[j]);
        if (!record->sound || misfit(judge, record) != DCV_RULE_COUNT)
            continue;
        fits = true;
        say_stands(&weighing, record);
        say_ending(&weighing, record);
    }
    if (way == NULL)
        return;
    way->existing = fits;
    for (size_t i = 0; i < judge->persists.count && !fits; i++) {
        const struct persist_record *record = &judge->persists.items[i];
        if (record->sound && is_for(&weighing, record))
            say_misfit(&weighing, record, misfit(judge, record));
    }
}
