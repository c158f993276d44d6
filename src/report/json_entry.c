/* Entries, findings, and what was judged for one CA, as JSON. */
#include "report/json.h"
#include "report/words.h"

json_t *dcv_json_entry(struct dcv_json *json, const struct dcv_entry *entry)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "address", dcv_json_text(entry->address));
    if (entry->raw != NULL && (entry->address == NULL || entry->status == DCV_ENTRY_MALFORMED))
        dcv_json_set(json, object, "raw", dcv_json_octets(entry->raw, entry->raw_len));
    dcv_json_set(json, object, "source", json_string(dcv_source_text(entry->source)));
    if (entry->role != NULL)
        dcv_json_set(json, object, "role", dcv_json_text(entry->role));
    dcv_json_set(json, object, "adn", dcv_json_dns_name(&entry->adn));
    dcv_json_set(json, object, "level", json_string(dcv_rung_kind_text(entry->level)));
    dcv_json_set(json, object, "default", json_boolean(entry->is_default));
    dcv_json_set(json, object, "status", json_string(dcv_entry_status_text(entry->status)));
    dcv_json_set(json, object, "mail", json_string(dcv_mail_text(entry->mail)));
    dcv_json_set(json, object, "usable", json_boolean(entry->usable));
    dcv_json_set(json, object, "until", dcv_json_date(entry->until));
    if (entry->status == DCV_ENTRY_FUTURE && entry->from != DCV_DATE_NONE)
        dcv_json_set(json, object, "from", dcv_json_date(entry->from));
    if (entry->bogus)
        dcv_json_set(json, object, "bogus", json_true());
    dcv_json_set(json, object, "facts", dcv_json_indices(entry->facts.items, entry->facts.count));
    return object;
}

static json_t *finding_text(const struct dcv_finding *finding)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    const struct dcv_places places = dcv_places_of(finding);
    dcv_template_put(&buf, dcv_text(dcv_rule_info(finding->rule)->text), &places);
    json_t *text = buf.failed ? NULL : json_string(dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return text;
}

static void set_fix(struct dcv_json *json, json_t *object, const struct dcv_finding *finding)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    const struct dcv_places places = dcv_places_of(finding);
    const enum dcv_fix_kind kind = dcv_fix_put(&buf, dcv_rule_info(finding->rule), &places);
    if (buf.failed)
        json->failed = true;
    const char *word = dcv_fix_kind_text(kind);
    dcv_json_set(json, object, "fix", kind == DCV_FIX_NONE ? json_null() : json_string(dcv_buf_text(&buf)));
    dcv_json_set(json, object, "fix_kind", word == NULL ? json_null() : json_string(word));
    dcv_buf_done(&buf);
}

json_t *dcv_json_finding(struct dcv_json *json, const struct dcv_finding *finding)
{
    const struct dcv_rule_info *rule = dcv_rule_info(finding->rule);
    json_t *object = json_object(), *args = json_object();
    dcv_json_set(json, object, "id", json_string(rule->id));
    dcv_json_set(json, object, "severity", json_string(dcv_severity_text(finding->severity)));
    dcv_json_set(json, object, "subject", dcv_json_text(finding->subject));
    dcv_json_set(json, object, "text", finding_text(finding));
    set_fix(json, object, finding);
    dcv_json_set(json, object, "clause", dcv_json_text(finding->clause != NULL ? finding->clause : rule->clause));
    for (size_t i = 0; i < finding->arg_count; i++)
        dcv_json_set(json, args, finding->args[i].key, dcv_json_text(finding->args[i].value));
    dcv_json_set(json, object, "args", args);
    dcv_json_set(json, object, "facts", dcv_json_indices(finding->facts.items, finding->facts.count));
    return object;
}

static json_t *caa_object(struct dcv_json *json, const struct dcv_caa_answer *caa)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "permits", json_string(dcv_permits_text(caa->permits)));
    dcv_json_set(json, object, "judged", json_boolean(caa->judged));
    dcv_json_set(json, object, "found_at", caa->found ? dcv_json_dns_name(&caa->found_at) : json_null());
    dcv_json_set(json, object, "facts", dcv_json_indices(caa->facts.items, caa->facts.count));
    return object;
}

static json_t *next_object(struct dcv_json *json, const struct dcv_next *next)
{
    const struct dcv_change_info *change = dcv_change_info(next->change);
    const struct dcv_places places = {.args = next->args, .arg_count = next->arg_count};
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_template_put(&buf, dcv_text(change->text), &places);
    json_t *object = json_object();
    dcv_json_set(json, object, "date", dcv_json_date(next->date));
    dcv_json_set(json, object, "change", json_string(change->id));
    dcv_json_set(json, object, "text", buf.failed ? NULL : json_string(dcv_buf_text(&buf)));
    dcv_json_set(json, object, "clause", json_string(change->clause));
    dcv_buf_done(&buf);
    return object;
}

static json_t *way_object(struct dcv_json *json, const struct dcv_way *way)
{
    const struct dcv_method_info *info = dcv_method_info(way->method->method);
    json_t *object = json_object();
    dcv_json_set(json, object, "method", json_string(info->name));
    dcv_json_set(json, object, "offered", json_string(dcv_known_id(way->method->offered)));
    dcv_json_set(json, object, "owner", dcv_json_text(way->owner));
    dcv_json_set(json, object, "type", dcv_json_text(way->method->type));
    dcv_json_set(json, object, "value", dcv_json_text(way->value));
    dcv_json_set(json, object, "path", dcv_json_text(way->method->path));
    dcv_json_set(json, object, "line", dcv_json_text(way->line));
    dcv_json_set(json, object, "level", json_string(dcv_way_level_text(way->level)));
    dcv_json_set(json, object, "wildcard", json_boolean(way->wildcard));
    dcv_json_set(json, object, "from", dcv_json_date(way->from));
    dcv_json_set(json, object, "until", dcv_json_date(way->until));
    dcv_json_set(json, object, "reuse_until", dcv_json_date(way->reuse_until));
    dcv_json_set(json, object, "existing", json_boolean(way->existing));
    dcv_json_set(json, object, "conflicts", dcv_json_indices(way->conflicts.items, way->conflicts.count));
    dcv_json_set(json, object, "clause", json_string(info->clause));
    dcv_json_set(json, object, "source", dcv_json_text(way->method->ref.key));
    dcv_json_set(json, object, "grade", way->method->ref.key == NULL ? json_null() : json_stringn(&way->method->ref.grade, 1));
    return object;
}

static json_t *ways_array(struct dcv_json *json, const struct dcv_judged_ca *ca)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ca->ways.count; i++) {
        json_t *object = way_object(json, &ca->ways.items[i]);
        dcv_json_set(json, object, "verdict", json_string(dcv_verdict_text(ca->ways.items[i].verdict)));
        dcv_json_add(json, array, object);
    }
    return array;
}

json_t *dcv_json_judged_ca(struct dcv_json *json, const struct dcv_judged_ca *ca)
{
    json_t *object = json_object(), *approvers = json_array(), *next = json_array(), *ways = json_array();
    dcv_json_set(json, object, "ca", dcv_json_text(ca->ca->id));
    dcv_json_set(json, object, "method", json_string(dcv_by_text(ca->by)));
    dcv_json_set(json, object, "verdict", json_string(dcv_verdict_text(ca->verdict)));
    for (size_t i = 0; i < ca->entries.count; i++)
        dcv_json_add(json, approvers, dcv_json_entry(json, &ca->entries.items[i]));
    dcv_json_set(json, object, "approvers", approvers);
    dcv_json_set(json, object, "caa", caa_object(json, &ca->caa));
    dcv_json_set(json, object, "findings", dcv_json_indices(ca->findings.items, ca->findings.count));
    for (size_t i = 0; i < ca->next.count; i++)
        dcv_json_add(json, next, next_object(json, &ca->next.items[i]));
    dcv_json_set(json, object, "next", next);
    for (size_t i = 0; i < ca->way_out.count; i++)
        dcv_json_add(json, ways, way_object(json, &ca->way_out.items[i]));
    dcv_json_set(json, object, "way_out", ways);
    if (ca->by != DCV_BY_EMAIL)
        dcv_json_set(json, object, "ways", ways_array(json, ca));
    dcv_json_set(json, object, "reuse_until", dcv_json_date(ca->reuse_until));
    dcv_json_set(json, object, "validity_days", json_integer(ca->validity_days));
    return object;
}
