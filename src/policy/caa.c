/* The relevant CAA RRset (RFC 8659 §3), and what is wrong with it whatever the CA. */
#include "base/text.h"
#include "policy/caa.h"

#include <stdio.h>
#include <string.h>

enum { CLIMB_MAX = 128 };

/* ---- the relevant RRset -------------------------------------------------------------------------------------------------------- */

bool caa_tag_is(const struct dcv_caa *caa, const char *tag)
{
    size_t len = strlen(tag);
    return caa->tag_len == len && dcv_ascii_equal_nocase_n(caa->tag, tag, len);
}

bool caa_next(const struct caa_rrset *rrset, size_t *at, struct dcv_caa *out)
{
    if (dcv_dns_fact_data(rrset->fact) == NULL)
        return false;
    for (;;) {
        size_t index = dcv_message_find(rrset->fact->message, &rrset->owner, DCV_TYPE_CAA, *at);
        if (index == SIZE_MAX)
            return false;
        *at = index + 1;
        if (dcv_rr_caa(&rrset->fact->message->answer.items[index], out))
            return true;
    }
}

/* What a name's own CAA lookup says; CAA_NONE means: climb on. */
static enum caa_found look_at(const struct dcv_dns_fact *fact, struct caa_rrset *out)
{
    if (fact == NULL)
        return CAA_FAILED;
    out->fact = fact;
    if (dcv_dns_fact_data(fact) != NULL)
        (void)dcv_message_chain(fact->message, &fact->name, NULL, 0, &out->owner);
    if (fact->security == DCV_SECURITY_BOGUS)
        return CAA_BOGUS;
    if (fact->outcome == DCV_OUTCOME_ANSWER)
        return CAA_FOUND;
    return dcv_outcome_conclusive(fact->outcome) ? CAA_NONE : CAA_FAILED;
}

struct caa_rrset caa_relevant(struct judge *judge, const struct dcv_name *name)
{
    struct caa_rrset rrset = {.at = *name};
    size_t facts[CLIMB_MAX], count = 0;
    for (;;) {
        size_t index;
        const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &rrset.at, DCV_TYPE_CAA, &index);
        rrset.owner = rrset.at;
        if (fact != NULL && count < CLIMB_MAX)
            facts[count++] = index;
        rrset.found = look_at(fact, &rrset);
        struct dcv_name parent;
        if (rrset.found != CAA_NONE || !dcv_name_parent(&rrset.at, &parent) || parent.len <= 1)
            break;
        rrset.at = parent;
    }
    if (rrset.found == CAA_NONE)
        rrset.fact = NULL;
    rrset.facts = dcv_fact_list(judge->arena, facts, count);
    return rrset;
}

/* ---- findings about the RRset ---------------------------------------------------------------------------------------------------- */

const char *caa_place(struct judge *judge)
{
    bool suffix = dcv_psl_is_suffix(judge->options->psl, &judge->caa.owner);
    return name_text(judge, suffix && judge->out->base.len != 0 ? &judge->out->base : &judge->caa.owner);
}

struct making caa_finding(struct judge *judge, enum dcv_rule rule)
{
    struct making making = finding_begin(judge, rule, judge->name->ascii);
    finding_arg(&making, "found", name_text(judge, &judge->caa.owner));
    finding_arg(&making, "place", caa_place(judge));
    finding_fact(&making, judge->caa.facts);
    return making;
}

void caa_arg(struct making *making, const struct dcv_caa *caa)
{
    finding_arg_octets(making, "tag", caa->tag, caa->tag_len);
    finding_arg_octets(making, "value", caa->value, caa->value_len);
    finding_arg_number(making, "flags", caa->flags);
}

static bool url_of_report(const struct dcv_caa *caa)
{
    static const char *const schemes[] = {"mailto:", "https:", "http:"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t len = strlen(schemes[i]);
        if (caa->value_len > len && dcv_ascii_equal_nocase_n(caa->value, schemes[i], len))
            return true;
    }
    return false;
}

/* The record as it should stand: other flags, or another value; escaped as a zone file needs it (RFC 1035 §5.1). */
void caa_arg_line(struct making *making, unsigned flags, const struct dcv_caa *caa, const void *value, size_t len)
{
    struct dcv_buf line;
    if (dcv_psl_is_suffix(making->judge->options->psl, &making->judge->caa.owner))
        return; /* the record is the registry's */
    dcv_buf_init(&line, 1 << 18);
    dcv_buf_printf(&line, "%s. IN CAA %u ", name_text(making->judge, &making->judge->caa.owner), flags);
    dcv_text_escape(&line, caa->tag, caa->tag_len);
    dcv_buf_putc(&line, ' ');
    put_quoted(&line, value, len);
    dcv_buf_puts(&line, "  ; in the place of the present value");
    finding_arg(making, "fixline", dcv_buf_text(&line));
    dcv_buf_done(&line);
}

/* The value with another issuer domain; its parameters stay. */
void caa_arg_line_issuer(struct making *making, const struct dcv_caa *caa, const struct issue_value *value, const char *issuer)
{
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 17);
    dcv_buf_puts(&text, issuer);
    dcv_buf_put(&text, caa->value + value->issuer_end, caa->value_len - value->issuer_end);
    caa_arg_line(making, caa->flags & CAA_CRITICAL, caa, dcv_buf_text(&text), text.len);
    dcv_buf_done(&text);
}

/* An issuer domain that nobody has, written for one that somebody has. */
static void lint_issuer(struct judge *judge, const struct dcv_caa *caa, const struct issue_value *value)
{
    const struct dcv_ca_set *set = judge->options->set;
    bool known = dcv_issuer_owner(set, value->issuer) != NULL;
    const char *meant = value->trailing_dot && known ? value->issuer : NULL;
    if (meant == NULL && !known && value->issuer[0] != '\0')
        meant = dcv_issuer_meant(set, judge->options->psl, value->issuer);
    if (meant == NULL && !value->malformed)
        return;
    struct making making = caa_finding(judge, meant != NULL ? DCV_RULE_CAA_NEAR_MISS : DCV_RULE_CAA_MALFORMED);
    caa_arg(&making, caa);
    finding_arg(&making, "meant", meant);
    if (meant != NULL)
        caa_arg_line_issuer(&making, caa, value, meant);
    finding_end_general(&making);
}

static void lint_record(struct judge *judge, const struct dcv_caa *caa)
{
    if (caa->flags & 1) {
        struct making making = caa_finding(judge, DCV_RULE_CAA_FLAG1);
        caa_arg(&making, caa);
        caa_arg_line(&making, caa->flags & CAA_CRITICAL, caa, caa->value, caa->value_len);
        finding_end_general(&making);
    }
    if (caa_tag_is(caa, "iodef") && !url_of_report(caa)) {
        struct making making = caa_finding(judge, DCV_RULE_CAA_IODEF);
        struct dcv_mailbox mailbox;
        struct dcv_mailbox_error error;
        caa_arg(&making, caa);
        if (dcv_mailbox_parse(judge->arena, caa->value, caa->value_len, &mailbox, &error) == DCV_OK)
            finding_arg(&making, "mailbox", mailbox.address);
        finding_end_general(&making);
    }
    if (!caa_tag_is(caa, "issue") && !caa_tag_is(caa, "issuewild"))
        return;
    struct issue_value value;
    issue_value_parse(judge->arena, caa->value, caa->value_len, &value);
    lint_issuer(judge, caa, &value);
    if (value.repeated) {
        struct making making = caa_finding(judge, DCV_RULE_CAA_PARAMETERS);
        caa_arg(&making, caa);
        finding_end_general(&making);
    }
}

void caa_lint(struct judge *judge)
{
    enum { LINTED = 64 };
    struct dcv_caa caa;
    size_t count = 0;
    for (size_t at = 0; count < LINTED && caa_next(&judge->caa, &at, &caa); count++)
        lint_record(judge, &caa);
}
