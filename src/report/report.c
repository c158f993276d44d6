#include "report/internal.h"

#include "fact/misplaced.h"
#include "report/timeline.h"

#include <stdlib.h>
#include <string.h>

static const struct dcv_format_row rows[] = {
    {DCV_FORMAT_TEXT, dcv_text_begin, dcv_text_name, dcv_text_order, dcv_text_end},
    {DCV_FORMAT_JSON, dcv_json_begin, dcv_json_name, dcv_json_order, dcv_json_end},
    {DCV_FORMAT_JSONL, dcv_jsonl_begin, dcv_json_name, dcv_json_order, dcv_jsonl_end},
    {DCV_FORMAT_ICS, dcv_ics_begin, dcv_ics_name, dcv_ics_order, dcv_ics_end},
    {DCV_FORMAT_DOT, dcv_text_begin, dcv_dot_name, dcv_text_order, dcv_text_end},
};

static const struct dcv_format_row *find_row(enum dcv_report_format format)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].format == format)
            return &rows[i];
    return &rows[0];
}

struct dcv_report *dcv_report_create(const struct dcv_report_options *options, struct dcv_writer *writer)
{
    struct dcv_report *report = calloc(1, sizeof *report);
    if (report == NULL)
        return NULL;
    report->options = *options;
    report->row = find_row(options->format);
    report->writer = writer;
    return report;
}

void dcv_report_free(struct dcv_report *report)
{
    free(report);
}

enum dcv_status dcv_report_begin(struct dcv_report *report)
{
    return report->row->begin(report);
}

enum dcv_status dcv_report_add(struct dcv_report *report, const struct dcv_report_name *name)
{
    enum dcv_status status = report->row->name(report, name);
    if (status == DCV_OK)
        report->names++;
    return status;
}

enum dcv_status dcv_report_add_order(struct dcv_report *report, const struct dcv_report_order *order)
{
    enum dcv_status status = report->row->order(report, order);
    if (status == DCV_OK)
        report->names++;
    return status;
}

enum dcv_status dcv_report_end(struct dcv_report *report)
{
    return report->row->end(report);
}

enum dcv_status dcv_report_flush(struct dcv_writer *writer, const struct dcv_buf *buf)
{
    if (buf->failed)
        return DCV_ERR_NOMEM;
    dcv_writer_put(writer, dcv_buf_text(buf), buf->len);
    return writer->error == 0 ? DCV_OK : DCV_ERR_IO;
}

const char *dcv_seen_text(enum dcv_seen seen)
{
    switch (seen) {
    case DCV_SEEN_SOUND: return "sound";
    case DCV_SEEN_FAULTS: return "faults";
    case DCV_SEEN_NOT: return "not-seen";
    }
    return "not-seen";
}

/* Does it tell of this host or its resolver, which kept something from being seen? */
static bool tells_of_here(enum dcv_rule rule)
{
    return rule == DCV_RULE_DEADLINE || rule == DCV_RULE_LOOKUP_UNREACHABLE || rule == DCV_RULE_DNSSEC_NOT_VALIDATING
        || rule == DCV_RULE_DNSSEC_STRIPPED;
}

/* Was the question never put, or the resolver not there to be asked? */
static bool not_asked(const struct dcv_fact *fact)
{
    const bool dns = fact->kind == DCV_FACT_DNS;
    const enum dcv_outcome outcome = dns ? fact->dns.outcome : fact->kind == DCV_FACT_SERVER ? fact->server.outcome : DCV_OUTCOME_ANSWER;
    return outcome == DCV_OUTCOME_DEADLINE || outcome == DCV_OUTCOME_UNRECORDED || outcome == DCV_OUTCOME_NO_ROUTE
        || outcome == DCV_OUTCOME_PRIVATE || (dns && outcome == DCV_OUTCOME_UNREACHABLE);
}

/* Does a finding tell only of what was not asked? Where the time was over, what depends on several lookups may miss one. */
static bool rests_on_nothing(const struct dcv_finding *finding, const struct dcv_facts *facts)
{
    const bool late = dcv_facts_about_const(facts)->deadline, failed = strstr(dcv_rule_info(finding->rule)->id, "-failed") != NULL;
    size_t missing = 0;
    if (late && (finding->rule == DCV_RULE_DNSSEC_CHAIN_UNANSWERED || finding->rule == DCV_RULE_CAA_INDETERMINATE))
        return true;
    for (size_t i = 0; i < finding->facts.count; i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, finding->facts.items[i]);
        const bool there = late && failed && fact->kind == DCV_FACT_DNS && dcv_outcome_conclusive(fact->dns.outcome);
        if (!not_asked(fact) && !there)
            return false;
        missing += not_asked(fact);
    }
    return missing != 0;
}

static bool answered(const struct dcv_facts *facts)
{
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, i);
        if ((fact->kind == DCV_FACT_DNS && dcv_outcome_conclusive(fact->dns.outcome))
            || (fact->kind == DCV_FACT_SERVER && dcv_outcome_conclusive(fact->server.outcome)))
            return true;
    }
    return false;
}

enum dcv_seen dcv_report_seen(const struct dcv_judged *judged, const struct dcv_facts *facts)
{
    bool hidden = judged->base.len == 0 || dcv_facts_about_const(facts)->deadline || !answered(facts);
    for (size_t i = 0; i < judged->findings.count; i++) {
        const struct dcv_finding *finding = &judged->findings.items[i];
        if (finding->severity > DCV_WARNING || !dcv_rule_about_dns(finding->rule))
            continue;
        if (!tells_of_here(finding->rule) && !rests_on_nothing(finding, facts))
            return DCV_SEEN_FAULTS;
        hidden = true;
    }
    return hidden ? DCV_SEEN_NOT : DCV_SEEN_SOUND;
}

static bool decides(const struct dcv_facts *facts, const struct dcv_dns_fact *fact, const struct dcv_name *name,
                    const struct dcv_name *base)
{
    enum { TYPE_SOA = 6, TYPE_TXT = 16, TYPE_CAA = 257 };
    if (fact->type == TYPE_CAA)
        return true;
    if (fact->type == TYPE_TXT)
        return dcv_name_first_is(&fact->name, dcv_contact_label) && !dcv_misplaced_fact(facts, fact, name, base);
    return fact->type == TYPE_SOA && base->len != 0 && dcv_name_equal(&fact->name, base);
}

enum dcv_security dcv_report_security(const struct dcv_facts *facts, const struct dcv_name *name, const struct dcv_name *base)
{
    enum dcv_security worst = DCV_SECURITY_UNCHECKED;
    for (size_t i = 0; facts != NULL && i < dcv_facts_count(facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, i);
        if (fact->kind == DCV_FACT_DNS && decides(facts, &fact->dns, name, base) && dcv_security_weight(fact->dns.security) > dcv_security_weight(worst))
            worst = fact->dns.security;
    }
    return worst;
}
