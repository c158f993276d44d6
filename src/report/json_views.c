/* The documents of one name: check, approvers, accepts. */
#include "fact/json.h"
#include "report/accept.h"
#include "report/groups.h"
#include "report/json.h"
#include "report/words.h"

json_t *dcv_json_error(struct dcv_json *json, const char *schema, const struct dcv_report_name *name)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "schema", json_string(schema));
    dcv_json_set(json, object, "name", dcv_json_text(name->input));
    dcv_json_set(json, object, "error", dcv_json_text(dcv_text(name->error)));
    dcv_json_set(json, object, "error_at", json_integer((json_int_t)name->error_at));
    dcv_json_set(json, object, "error_detail", dcv_json_text(name->error_detail != NULL ? name->error_detail : ""));
    return object;
}

json_t *dcv_json_open(struct dcv_json *json, const char *schema, const struct dcv_judged *judged)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "schema", json_string(schema));
    dcv_json_set(json, object, "name", dcv_json_text(judged->name->unicode));
    dcv_json_set(json, object, "ascii", dcv_json_text(judged->name->ascii));
    dcv_json_set(json, object, "wildcard", json_boolean(judged->name->wildcard));
    dcv_json_set(json, object, "base_domain", dcv_json_dns_name(&judged->base));
    dcv_json_set(json, object, "as_of", dcv_json_date(judged->as_of));
    return object;
}

static const char *validation_text(enum dcv_known_validation validation)
{
    switch (validation) {
    case DCV_VALIDATION_UNKNOWN: return "unknown";
    case DCV_VALIDATION_NO: return "no";
    case DCV_VALIDATION_YES: return "yes";
    case DCV_VALIDATION_STRIPPED: return "stripped";
    }
    return "unknown";
}

void dcv_json_close(struct dcv_json *json, json_t *object, const struct dcv_report *report,
                    const struct dcv_report_name *name)
{
    static const struct dcv_facts_about nothing = {.dnssec_source = "off"};
    const struct dcv_facts_about *about = name->facts != NULL ? dcv_facts_about_const(name->facts) : &nothing;
    const struct dcv_judged *judged = name->judged;
    const enum dcv_security security = dcv_report_security(name->facts, &judged->name->name, &judged->base);
    json_t *dns = json_object();
    dcv_json_set(json, dns, "dnssec", json_string(dcv_security_text(security)));
    dcv_json_set(json, dns, "dnssec_source", dcv_json_text(about->dnssec_source));
    dcv_json_set(json, dns, "resolver_validates", json_string(validation_text(about->validation)));
    dcv_json_set(json, dns, "queries", json_integer((json_int_t)about->queries));
    dcv_json_set(json, dns, "cached", json_integer((json_int_t)about->cached));
    dcv_json_set(json, dns, "round_trips", json_integer((json_int_t)about->round_trips));
    dcv_json_set(json, dns, "deadline", json_boolean(about->deadline));
    dcv_json_set(json, object, "dns", dns);
    if (report->options.with_facts && name->facts != NULL) {
        dcv_json_set(json, object, "facts", dcv_facts_to_json(name->facts));
        dcv_json_set(json, object, "about", dcv_facts_about_to_json(name->facts));
    }
    dcv_json_set(json, object, "elapsed_ms", json_integer((json_int_t)(about->elapsed_us / 1000)));
}

static json_t *admission(struct dcv_json *json, const struct dcv_admission *from)
{
    json_t *object = json_object(), *cas = json_array(), *unknown = json_array(), *issuers = json_array();
    dcv_json_set(json, object, "restricted", json_boolean(from->restricted));
    for (size_t i = 0; i < from->cas.count; i++)
        dcv_json_add(json, cas, dcv_json_text(from->cas.items[i]->id));
    for (size_t i = 0; i < from->unknown.count; i++)
        dcv_json_add(json, unknown, dcv_json_text(from->unknown.items[i]->id));
    for (size_t i = 0; i < from->issuers.count; i++) {
        json_t *issuer = json_object();
        dcv_json_set(json, issuer, "domain", dcv_json_text(from->issuers.items[i].domain));
        dcv_json_set(json, issuer, "owner", dcv_json_text(from->issuers.items[i].owner));
        dcv_json_set(json, issuer, "conditional", json_boolean(from->issuers.items[i].conditional));
        dcv_json_add(json, issuers, issuer);
    }
    dcv_json_set(json, object, "cas", cas);
    dcv_json_set(json, object, "unknown", unknown);
    dcv_json_set(json, object, "issuers", issuers);
    return object;
}

/* Who may issue, whichever CAs were asked about; null where the lookup failed or was not made. */
static json_t *admissions(struct dcv_json *json, const struct dcv_judged *judged)
{
    if (!judged->caa_known || judged->base.len == 0)
        return json_null();
    json_t *object = json_object();
    dcv_json_set(json, object, "found_at", judged->caa_found ? dcv_json_dns_name(&judged->caa_at) : json_null());
    dcv_json_set(json, object, "plain", admission(json, &judged->admits));
    dcv_json_set(json, object, "wildcard", admission(json, &judged->admits_wildcard));
    return object;
}

json_t *dcv_json_check(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name)
{
    static const char schema[] = "dcvready/report/1";
    if (name->error != NULL)
        return dcv_json_error(json, schema, name);
    json_t *object = dcv_json_open(json, schema, name->judged), *cas = json_array(), *findings = json_array();
    dcv_json_set(json, object, "also_www", json_boolean(name->also_www));
    dcv_json_set(json, object, "verdict", json_string(dcv_verdict_text(name->judged->verdict)));
    for (size_t i = 0; i < name->judged->cas.count; i++)
        dcv_json_add(json, cas, dcv_json_judged_ca(json, &name->judged->cas.items[i]));
    dcv_json_set(json, object, "cas", cas);
    dcv_json_set(json, object, "caa", admissions(json, name->judged));
    for (size_t i = 0; i < name->judged->findings.count; i++)
        dcv_json_add(json, findings, dcv_json_finding(json, &name->judged->findings.items[i]));
    dcv_json_set(json, object, "findings", findings);
    dcv_json_close(json, object, report, name);
    return object;
}

static json_t *approver(struct dcv_json *json, const struct dcv_entry_group *group)
{
    json_t *object = dcv_json_entry(json, group->entry), *cas = json_array();
    for (size_t i = 0; i < group->cas.count; i++)
        dcv_json_add(json, cas, dcv_json_text(group->cas.items[i]->ca->id));
    dcv_json_set(json, object, "cas", cas);
    return object;
}

json_t *dcv_json_approvers(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name)
{
    static const char schema[] = "dcvready/approvers/1";
    if (name->error != NULL)
        return dcv_json_error(json, schema, name);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    if (arena == NULL)
        return NULL;
    dcv_entry_groups groups;
    dcv_group_entries(arena, name->judged, NULL, false, &groups);
    json_t *object = dcv_json_open(json, schema, name->judged), *approvers = json_array();
    for (size_t i = 0; i < groups.count; i++)
        if (report->options.all || groups.items[i].entry->usable)
            dcv_json_add(json, approvers, approver(json, &groups.items[i]));
    dcv_json_set(json, object, "approvers", approvers);
    dcv_json_close(json, object, report, name);
    json->failed |= dcv_arena_failed(arena);
    dcv_arena_free(arena);
    return object;
}

/* The fact of the profile that decided about an entry. */
static json_t *profile_fact(struct dcv_json *json, const struct dcv_entry *entry)
{
    const struct dcv_offer *offer = entry != NULL ? entry->offer : NULL;
    if (offer == NULL)
        return json_null();
    const char grade[] = {offer->ref.grade, '\0'};
    json_t *object = json_object();
    dcv_json_set(json, object, "level", json_string(dcv_level_text(offer->level)));
    dcv_json_set(json, object, "title", dcv_json_text(offer->ref.title));
    dcv_json_set(json, object, "url", dcv_json_text(offer->ref.url));
    dcv_json_set(json, object, "date", dcv_json_date(offer->ref.date));
    dcv_json_set(json, object, "grade", grade[0] != '\0' ? json_string(grade) : json_null());
    return object;
}

static json_t *acceptance(struct dcv_json *json, const struct dcv_report_name *name, const struct dcv_acceptance *row)
{
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_REPORT_MAX);
    dcv_accept_put(&text, name, row);
    json_t *object = json_object();
    dcv_json_set(json, object, "ca", dcv_json_text(row->ca->ca->id));
    dcv_json_set(json, object, "answer", json_string(dcv_accepts_id(row->answer)));
    dcv_json_set(json, object, "reason", json_string(dcv_reason_id(row->reason)));
    dcv_json_set(json, object, "text", text.failed ? NULL : json_string(dcv_buf_text(&text)));
    dcv_json_set(json, object, "entry", row->entry != NULL ? dcv_json_entry(json, row->entry) : json_null());
    dcv_json_set(json, object, "nearest", dcv_json_text(row->nearest));
    dcv_json_set(json, object, "case_only", json_boolean(row->case_only));
    dcv_json_set(json, object, "clause",
                 row->entry != NULL ? json_string(dcv_method_info(dcv_source_method(row->entry->source))->clause) : json_null());
    dcv_json_set(json, object, "profile", profile_fact(json, row->entry));
    dcv_json_set(json, object, "ready", json_boolean(row->ca->verdict == DCV_READY));
    dcv_buf_done(&text);
    return object;
}

json_t *dcv_json_accepts(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name)
{
    static const char schema[] = "dcvready/accepts/1";
    if (name->error != NULL) {
        json_t *object = dcv_json_error(json, schema, name);
        dcv_json_set(json, object, "address", dcv_json_text(name->address));
        return object;
    }
    json_t *object = dcv_json_open(json, schema, name->judged), *cas = json_array();
    dcv_json_set(json, object, "address", dcv_json_text(name->address));
    for (size_t i = 0; i < name->judged->cas.count; i++)
        dcv_json_add(json, cas, acceptance(json, name, &name->acceptances[i]));
    dcv_json_set(json, object, "cas", cas);
    dcv_json_close(json, object, report, name);
    return object;
}
