#include "base/text.h"
#include "policy/judge.h"

#include <string.h>

/* The clause as it was numbered on the date judged: CAA moved with BR 2.2.8, DNSSEC with BR 2.3.0. */
static const char *clause_on(struct judge *judge, const char *clause)
{
    static const struct {
        const char *now, *before;
        enum dcv_br_rule moved;
    } moves[] = {
        {"BR 4.2.2.2.5", "BR 3.2.2.8.1", DCV_BR_DNSSEC_CLAUSE}, {"BR 4.2.2.2.3", "BR 3.2.2.4", DCV_BR_DNSSEC_CLAUSE},
        {"BR 4.2.2.2", "BR 3.2.2.4", DCV_BR_DNSSEC_CLAUSE},     {"BR 4.2.2.1.2", "BR 3.2.2.8", DCV_BR_CAA_CLAUSE},
        {"BR 4.2.2.1", "BR 3.2.2.8", DCV_BR_CAA_CLAUSE},
    };
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        const char *at = strstr(clause, moves[i].now);
        if (at == NULL)
            continue;
        if (judge->options->as_of >= dcv_br_rule(moves[i].moved)->from)
            return clause;
        const char *text = dcv_arena_printf(judge->arena, "%.*s%s%s", (int)(at - clause), clause, moves[i].before, at + strlen(moves[i].now));
        return text != NULL ? text : clause;
    }
    return clause;
}

struct making finding_begin(struct judge *judge, enum dcv_rule rule, const char *subject)
{
    const struct dcv_rule_info *info = dcv_rule_info(rule);
    struct making making = {.judge = judge};
    making.finding.rule = rule;
    making.finding.severity = info->severity;
    making.finding.clause = clause_on(judge, info->clause);
    making.finding.subject = subject != NULL ? subject : "";
    finding_arg(&making, "subject", making.finding.subject);
    return making;
}

void finding_arg(struct making *making, const char *key, const char *value)
{
    if (value != NULL)
        finding_arg_octets(making, key, value, strlen(value));
}

void finding_arg_octets(struct making *making, const char *key, const void *value, size_t len)
{
    struct dcv_arg *arg = DCV_VEC_ADD(making->judge->arena, &making->args);
    if (arg == NULL)
        return;
    /* An argument is a C string; the report escapes it, except for zero octets, which would end it. */
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 20);
    if (len != 0 && memchr(value, 0, len) != NULL)
        dcv_text_escape(&text, value, len);
    else
        dcv_buf_put(&text, value, len);
    arg->key = key;
    arg->value = dcv_arena_strdup(making->judge->arena, dcv_buf_text(&text));
    if (arg->value == NULL)
        arg->value = "";
    dcv_buf_done(&text);
}

void finding_arg_number(struct making *making, const char *key, size_t value)
{
    finding_arg(making, key, dcv_arena_printf(making->judge->arena, "%zu", value));
}

void finding_arg_date(struct making *making, const char *key, dcv_date date)
{
    char text[DCV_DATE_TEXT];
    finding_arg(making, key, dcv_date_format(date, text));
}

void finding_fact(struct making *making, struct dcv_fact_list facts)
{
    making->finding.facts = facts;
}

static bool same_args(const struct dcv_finding *a, const struct dcv_finding *b)
{
    if (a->arg_count != b->arg_count)
        return false;
    for (size_t i = 0; i < a->arg_count; i++)
        if (strcmp(a->args[i].key, b->args[i].key) != 0 || strcmp(a->args[i].value, b->args[i].value) != 0)
            return false;
    return true;
}

static bool failed_lookup(enum dcv_rule rule)
{
    return rule == DCV_RULE_CAA_FAILED_UNPROVEN || rule == DCV_RULE_MAIL_FAILED || rule == DCV_RULE_CONTACT_FAILED
        || rule == DCV_RULE_LOOKUP_FAILED || rule == DCV_RULE_LOOKUP_TCP || rule == DCV_RULE_WAY_OUT_FAILED
        || rule == DCV_RULE_DNS_WAY_FAILED || rule == DCV_RULE_REGISTRY_FAILED;
}

size_t finding_file(struct judge *judge, const struct dcv_finding *finding)
{
    if (judge->deaf && failed_lookup(finding->rule))
        return SIZE_MAX;
    for (size_t i = 0; i < judge->out->findings.count; i++) {
        const struct dcv_finding *filed = &judge->out->findings.items[i];
        if (filed->rule == finding->rule && filed->severity == finding->severity && same_args(filed, finding))
            return i;
    }
    struct dcv_finding *added = DCV_VEC_ADD(judge->arena, &judge->out->findings);
    if (added == NULL)
        return SIZE_MAX;
    *added = *finding;
    return judge->out->findings.count - 1;
}

struct dcv_finding finding_made(struct making *making)
{
    making->finding.args = making->args.items;
    making->finding.arg_count = making->args.count;
    return making->finding;
}

size_t finding_end(struct making *making)
{
    struct dcv_finding finding = finding_made(making);
    return finding_file(making->judge, &finding);
}

bool asked_for(const struct judge *judge, enum dcv_by by)
{
    const unsigned asked = judge->options->by != 0 ? judge->options->by : 1U << DCV_BY_EMAIL;
    return (asked & 1U << by) != 0;
}

bool finding_concerns(enum dcv_by by, enum dcv_rule rule)
{
    static const char *const of_email[] = {"contact-", "mail-", "registry-failed", "registry-old", "source-", "whois-", "way-out-failed"};
    static const char *const of_dns[] = {"persist-", "way-out-"};
    const char *id = dcv_rule_info(rule)->id;
    for (size_t i = 0; by != DCV_BY_EMAIL && i < sizeof of_email / sizeof of_email[0]; i++)
        if (strncmp(id, of_email[i], strlen(of_email[i])) == 0)
            return false;
    for (size_t i = 0; by != DCV_BY_EMAIL && by != DCV_BY_DNS && i < sizeof of_dns / sizeof of_dns[0]; i++)
        if (strncmp(id, of_dns[i], strlen(of_dns[i])) == 0)
            return false;
    return true;
}

static bool concerns_any(const struct judge *judge, enum dcv_rule rule)
{
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++)
        if (asked_for(judge, (enum dcv_by)by) && finding_concerns((enum dcv_by)by, rule))
            return true;
    return false;
}

void finding_file_general(struct judge *judge, const struct dcv_finding *finding)
{
    if (!concerns_any(judge, finding->rule))
        return;
    size_t number = finding_file(judge, finding);
    size_t *slot = number != SIZE_MAX ? DCV_VEC_ADD(judge->arena, &judge->general) : NULL;
    if (slot != NULL)
        *slot = number;
}

void finding_end_general(struct making *making)
{
    struct dcv_finding finding = finding_made(making);
    finding_file_general(making->judge, &finding);
}

void finding_attach(struct judge *judge, struct dcv_judged_ca *ca, size_t number)
{
    if (number == SIZE_MAX) /* memory was short, or it was not worth filing */
        return;
    for (size_t i = 0; i < ca->findings.count; i++)
        if (ca->findings.items[i] == number)
            return;
    size_t *slot = DCV_VEC_ADD(judge->arena, &ca->findings);
    if (slot != NULL)
        *slot = number;
}

void finding_order(struct judge *judge, struct dcv_judged_ca *ca)
{
    for (size_t i = 1; i < ca->findings.count; i++) {
        size_t number = ca->findings.items[i], at = i;
        for (; at != 0 && judge->out->findings.items[ca->findings.items[at - 1]].severity > judge->out->findings.items[number].severity; at--)
            ca->findings.items[at] = ca->findings.items[at - 1];
        ca->findings.items[at] = number;
    }
}

const char *name_text(struct judge *judge, const struct dcv_name *name)
{
    char text[DCV_NAME_TEXT_MAX];
    const char *copy = dcv_arena_strdup(judge->arena, dcv_name_text(name, text));
    return copy != NULL ? copy : "";
}

void put_quoted(struct dcv_buf *line, const void *value, size_t len)
{
    const uint8_t *at = value;
    dcv_buf_putc(line, '"');
    for (size_t i = 0; i < len; i++) {
        if (at[i] == '"' || at[i] == '\\')
            dcv_buf_printf(line, "\\%c", at[i]);
        else if (at[i] < ' ' || at[i] > '~')
            dcv_buf_printf(line, "\\%03u", (unsigned)at[i]);
        else
            dcv_buf_putc(line, (char)at[i]);
    }
    dcv_buf_putc(line, '"');
}

void put_strings(struct dcv_buf *line, const void *value, size_t len)
{
    enum { STRING_MAX = 255 };
    const uint8_t *at = value;
    size_t done = 0;
    do {
        const size_t part = len - done < STRING_MAX ? len - done : STRING_MAX;
        if (done != 0)
            dcv_buf_putc(line, ' ');
        put_quoted(line, at + done, part);
        done += part;
    } while (done < len);
}

const char *cause_text(struct judge *judge, const struct dcv_dns_fact *fact)
{
    const int own = fact != NULL && fact->trust != NULL ? dcv_cause_ede(fact->trust->cause) : -1;
    if (own >= 0) { /* validated here: what follows from the cause */
        const char *known = dcv_arena_printf(judge->arena, " (EDE %d %s)", own, dcv_ede_meaning((uint16_t)own));
        return known != NULL ? known : "";
    }
    if (fact == NULL || fact->message == NULL || fact->message->ede_count == 0)
        return "";
    const struct dcv_ede *ede = &fact->message->edes[0];
    const char *text = dcv_arena_printf(judge->arena, " (EDE %u %s%s%s)", (unsigned)ede->code, dcv_ede_meaning(ede->code),
                                        ede->text[0] != '\0' ? ": " : "", ede->text);
    return text != NULL ? text : "";
}

struct dcv_fact_list one_fact(struct judge *judge, size_t index)
{
    return dcv_fact_list(judge->arena, &index, 1);
}
