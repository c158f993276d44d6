/* The document of one name of `timeline`. */
#include "report/timeline.h"
#include "report/words.h"

enum { TEXT_MAX = 65536 };

static json_t *event_text(const struct dcv_event *event, void (*put)(struct dcv_buf *buf, const struct dcv_event *event))
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_MAX);
    put(&text, event);
    json_t *value = text.failed ? NULL : json_string(dcv_buf_text(&text));
    dcv_buf_done(&text);
    return value;
}

static json_t *event_object(struct dcv_json *json, const struct dcv_event *event, dcv_date as_of)
{
    const struct dcv_event_info *info = dcv_event_info(event->kind);
    json_t *object = json_object();
    dcv_json_set(json, object, "date", dcv_json_date(event->date));
    dcv_json_set(json, object, "days", json_integer((json_int_t)event->date - as_of));
    dcv_json_set(json, object, "kind", json_string(info->id));
    dcv_json_set(json, object, "change", dcv_json_text(dcv_event_change_id(event)));
    dcv_json_set(json, object, "weight", json_string(dcv_event_weight_text(info->weight)));
    dcv_json_set(json, object, "title", event_text(event, dcv_event_put_title));
    dcv_json_set(json, object, "text", event_text(event, dcv_event_put_text));
    dcv_json_set(json, object, "clause", dcv_json_text(event->clause));
    dcv_json_set(json, object, "source", dcv_json_text(event->source));
    return object;
}

static json_t *validity_object(struct dcv_json *json, const struct dcv_validity *validity)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "issued", dcv_json_date(validity->issued));
    dcv_json_set(json, object, "days", json_integer(validity->days));
    dcv_json_set(json, object, "months", validity->months != 0 ? json_integer(validity->months) : json_null());
    dcv_json_set(json, object, "expires", dcv_json_date(validity->expires));
    dcv_json_set(json, object, "own", json_boolean(validity->own));
    dcv_json_set(json, object, "clause", dcv_json_text(validity->clause));
    dcv_json_set(json, object, "source", dcv_json_text(validity->source));
    return object;
}

static json_t *method_object(struct dcv_json *json, const struct dcv_method_end *method)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "method", dcv_json_text(method->name));
    dcv_json_set(json, object, "offered", json_string(dcv_known_id(method->offered)));
    dcv_json_set(json, object, "from", dcv_json_date(method->from));
    dcv_json_set(json, object, "last", dcv_json_date(method->last));
    dcv_json_set(json, object, "discouraged", dcv_json_date(method->discouraged));
    dcv_json_set(json, object, "clause", dcv_json_text(method->clause));
    dcv_json_set(json, object, "source", dcv_json_text(method->source));
    return object;
}

static json_t *reuse_object(struct dcv_json *json, dcv_date done, dcv_date email, dcv_date dns)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "done", dcv_json_date(done));
    dcv_json_set(json, object, "email", dcv_json_date(email));
    dcv_json_set(json, object, "dns", dcv_json_date(dns));
    return object;
}

static json_t *projection_object(struct dcv_json *json, const struct dcv_timeline_ca *ca)
{
    json_t *object = json_object(), *rows = json_array();
    for (size_t i = 0; i < ca->renewals.count; i++) {
        json_t *row = validity_object(json, &ca->renewals.items[i].validity);
        dcv_json_set(json, row, "email", json_string(dcv_email_state_text(ca->renewals.items[i].email)));
        dcv_json_add(json, rows, row);
    }
    dcv_json_set(json, object, "renewals_by_email", json_integer((json_int_t)ca->renewals_by_email));
    dcv_json_set(json, object, "rows", rows);
    return object;
}

static json_t *ca_object(struct dcv_json *json, const struct dcv_timeline *timeline, const struct dcv_timeline_ca *ca)
{
    json_t *object = json_object(), *methods = json_array(), *validities = json_array(), *events = json_array();
    dcv_json_set(json, object, "ca", dcv_json_text(ca->ca->id));
    dcv_json_set(json, object, "reuse", reuse_object(json, timeline->validated, ca->reuse_email, ca->reuse_dns));
    dcv_json_set(json, object, "reuse_today", reuse_object(json, timeline->as_of, ca->today_email, ca->today_dns));
    for (size_t i = 0; i < ca->methods.count; i++)
        dcv_json_add(json, methods, method_object(json, &ca->methods.items[i]));
    dcv_json_set(json, object, "methods", methods);
    for (size_t i = 0; i < ca->validities.count; i++)
        dcv_json_add(json, validities, validity_object(json, &ca->validities.items[i]));
    dcv_json_set(json, object, "validity", validities);
    for (size_t i = 0; i < ca->events.count; i++)
        dcv_json_add(json, events, event_object(json, &ca->events.items[i], timeline->as_of));
    dcv_json_set(json, object, "events", events);
    dcv_json_set(json, object, "projection", projection_object(json, ca));
    return object;
}

static json_t *certificate_object(struct dcv_json *json, const struct dcv_timeline_certificate *certificate)
{
    if (certificate->origin == NULL)
        return json_null();
    json_t *object = json_object(), *names = json_array();
    dcv_json_set(json, object, "origin", dcv_json_text(certificate->origin));
    dcv_json_set(json, object, "error", certificate->failure != NULL ? dcv_json_text(dcv_text(certificate->failure)) : json_null());
    for (size_t i = 0; i < certificate->name_count; i++)
        dcv_json_add(json, names, dcv_json_text(certificate->names[i]));
    dcv_json_set(json, object, "names", names);
    dcv_json_set(json, object, "covers", certificate->failure != NULL ? json_null() : json_boolean(certificate->covers));
    dcv_json_set(json, object, "issuer", dcv_json_text(certificate->issuer));
    dcv_json_set(json, object, "issuer_ca", dcv_json_text(certificate->issuer_ca));
    dcv_json_set(json, object, "serial", dcv_json_text(certificate->serial));
    dcv_json_set(json, object, "not_before", dcv_json_date(certificate->not_before));
    dcv_json_set(json, object, "not_after", dcv_json_date(certificate->not_after));
    return object;
}

/* Why there is no timeline; empty: there is one. */
static json_t *blockers(struct dcv_json *json, const struct dcv_report_name *name)
{
    json_t *array = json_array();
    for (size_t i = 0; name->timeline->none && i < name->judged->findings.count; i++)
        if (name->judged->findings.items[i].severity == DCV_BLOCKER)
            dcv_json_add(json, array, dcv_json_finding(json, &name->judged->findings.items[i]));
    return array;
}

json_t *dcv_json_timeline(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name)
{
    static const char schema[] = "dcvready/timeline/1";
    const struct dcv_timeline *timeline = name->timeline;
    if (name->error != NULL)
        return dcv_json_error(json, schema, name);
    json_t *object = dcv_json_open(json, schema, name->judged), *validated = json_object(), *cas = json_array();
    dcv_json_set(json, validated, "date", dcv_json_date(timeline->validated));
    dcv_json_set(json, validated, "basis", json_string(dcv_basis_text(timeline->basis)));
    dcv_json_set(json, object, "validated", validated);
    dcv_json_set(json, object, "certificate", certificate_object(json, &timeline->certificate));
    dcv_json_set(json, object, "shared", json_boolean(timeline->shared));
    for (size_t i = 0; i < timeline->cas.count; i++)
        dcv_json_add(json, cas, ca_object(json, timeline, &timeline->cas.items[i]));
    dcv_json_set(json, object, "cas", cas);
    dcv_json_set(json, object, "blockers", blockers(json, name));
    dcv_json_close(json, object, report, name);
    return object;
}
