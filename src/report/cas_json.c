#include "report/cas_view.h"
#include "report/words.h"

/* Where a fact is from; null without a reference. */
static json_t *ref_object(struct dcv_json *json, const struct dcv_ref *ref)
{
    if (ref->key == NULL)
        return json_null();
    const char grade[2] = {ref->grade, '\0'};
    json_t *object = json_object();
    dcv_json_set(json, object, "key", dcv_json_text(ref->key));
    dcv_json_set(json, object, "title", dcv_json_text(ref->title));
    dcv_json_set(json, object, "url", dcv_json_text(ref->url));
    dcv_json_set(json, object, "date", dcv_json_date(ref->date));
    dcv_json_set(json, object, "read", dcv_json_date(ref->read));
    dcv_json_set(json, object, "grade", ref->grade == '\0' ? json_null() : json_string(grade));
    return object;
}

static json_t *known(enum dcv_known value)
{
    return json_string(dcv_known_id(value));
}

static json_t *number(int value)
{
    return value == 0 ? json_null() : json_integer(value);
}

static json_t *two_texts(struct dcv_json *json, const char *en, const char *ja)
{
    if (en == NULL && ja == NULL)
        return json_null();
    json_t *object = json_object();
    dcv_json_set(json, object, "en", dcv_json_text(en));
    dcv_json_set(json, object, "ja", dcv_json_text(ja));
    return object;
}

static json_t *caa_object(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *object = json_object(), *domains = json_array();
    dcv_json_set(json, object, "judged", json_boolean(ca->caa_judged));
    for (size_t i = 0; i < ca->issuer_domain_count; i++) {
        json_t *domain = json_object();
        dcv_json_set(json, domain, "domain", dcv_json_text(ca->issuer_domains[i].domain));
        dcv_json_set(json, domain, "deprecated", json_boolean(ca->issuer_domains[i].deprecated));
        dcv_json_set(json, domain, "shared", json_boolean(ca->issuer_domains[i].shared));
        dcv_json_add(json, domains, domain);
    }
    dcv_json_set(json, object, "issuer_domains", domains);
    dcv_json_set(json, object, "issuer_domains_ref", ref_object(json, &ca->issuer_ref));
    dcv_json_set(json, object, "rfc8657", known(ca->rfc8657));
    dcv_json_set(json, object, "rfc8657_from", dcv_json_date(ca->rfc8657_from));
    dcv_json_set(json, object, "rfc8657_ref", ref_object(json, &ca->rfc8657_ref));
    dcv_json_set(json, object, "knows_contactemail", known(ca->contactemail_critical_ok));
    dcv_json_set(json, object, "knows_contactemail_ref", ref_object(json, &ca->contactemail_ref));
    dcv_json_set(json, object, "flag1_critical", known(ca->flag1));
    dcv_json_set(json, object, "flag1_ref", ref_object(json, &ca->flag1_ref));
    return object;
}

static json_t *offer_object(struct dcv_json *json, const struct dcv_offer *offer)
{
    json_t *object = json_object(), *roles = offer->roles == NULL ? json_null() : json_array();
    dcv_json_set(json, object, "source", json_string(dcv_source_text(offer->source)));
    dcv_json_set(json, object, "offered", known(offer->offered));
    dcv_json_set(json, object, "from", dcv_json_date(offer->from));
    dcv_json_set(json, object, "until", dcv_json_date(offer->until));
    dcv_json_set(json, object, "level", json_string(dcv_level_text(offer->level)));
    dcv_json_set(json, object, "default", json_boolean(offer->is_default));
    dcv_json_set(json, object, "automatic", json_boolean(offer->automatic));
    dcv_json_set(json, object, "cname_targets", known(offer->cname_targets));
    for (size_t i = 0; offer->roles != NULL && offer->roles[i] != NULL; i++)
        dcv_json_add(json, roles, dcv_json_text(offer->roles[i]));
    dcv_json_set(json, object, "roles", roles);
    dcv_json_set(json, object, "note", two_texts(json, offer->note_en, offer->note_ja));
    dcv_json_set(json, object, "ref", ref_object(json, &offer->ref));
    return object;
}

static json_t *offers_array(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ca->offer_count; i++)
        dcv_json_add(json, array, offer_object(json, &ca->offers[i]));
    return array;
}

static json_t *recipients_object(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *object = json_object(), *periods = json_array();
    dcv_json_set(json, object, "who", json_string(dcv_recipients_id(ca->recipients)));
    dcv_json_set(json, object, "ref", ref_object(json, &ca->recipients_ref));
    for (size_t i = 0; i < ca->recipients_period_count; i++) {
        json_t *period = json_object();
        dcv_json_set(json, period, "who", json_string(dcv_recipients_id(ca->recipients_periods[i].recipients)));
        dcv_json_set(json, period, "from", dcv_json_date(ca->recipients_periods[i].from));
        dcv_json_set(json, period, "until", dcv_json_date(ca->recipients_periods[i].until));
        dcv_json_set(json, period, "ref", ref_object(json, &ca->recipients_periods[i].ref));
        dcv_json_add(json, periods, period);
    }
    dcv_json_set(json, object, "periods", periods);
    return object;
}

static json_t *known_object(struct dcv_json *json, enum dcv_known value, const struct dcv_ref *ref)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "is", known(value));
    dcv_json_set(json, object, "ref", ref_object(json, ref));
    return object;
}

static json_t *mail_object(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "sender", dcv_json_text(ca->sender));
    dcv_json_set(json, object, "allow_list", dcv_json_text(ca->allow_list));
    dcv_json_set(json, object, "subject", two_texts(json, ca->subject_en, ca->subject_ja));
    dcv_json_set(json, object, "ref", ref_object(json, &ca->sender_ref));
    dcv_json_set(json, object, "code_hours", number(ca->code_hours));
    dcv_json_set(json, object, "code_ref", ref_object(json, &ca->code_ref));
    dcv_json_set(json, object, "resend", two_texts(json, ca->resend_en, ca->resend_ja));
    dcv_json_set(json, object, "resend_ref", ref_object(json, &ca->resend_ref));
    return object;
}

static json_t *limits_array(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ca->limit_count; i++) {
        json_t *object = json_object();
        dcv_json_set(json, object, "from", dcv_json_date(ca->limits[i].from));
        dcv_json_set(json, object, "validity_days", number(ca->limits[i].validity_days));
        dcv_json_set(json, object, "validity_months", number(ca->limits[i].validity_months));
        dcv_json_set(json, object, "reuse_days", number(ca->limits[i].reuse_days));
        dcv_json_set(json, object, "ref", ref_object(json, &ca->limits[i].ref));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *methods_array(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ca->method_count; i++) {
        const struct dcv_technical_method *method = &ca->methods[i];
        json_t *object = json_object();
        dcv_json_set(json, object, "method", json_string(dcv_method_info(method->method)->name));
        dcv_json_set(json, object, "clause", json_string(dcv_method_info(method->method)->clause));
        dcv_json_set(json, object, "offered", known(method->offered));
        dcv_json_set(json, object, "owner", dcv_json_text(method->owner));
        dcv_json_set(json, object, "type", dcv_json_text(method->type));
        dcv_json_set(json, object, "value", dcv_json_text(method->value));
        dcv_json_set(json, object, "path", dcv_json_text(method->path));
        dcv_json_set(json, object, "ref", ref_object(json, &method->ref));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *steps_array(struct dcv_json *json, const struct dcv_product *product)
{
    json_t *array = json_array();
    for (size_t i = 0; i < product->step_count; i++) {
        json_t *object = json_object();
        dcv_json_set(json, object, "kind", json_string(dcv_step_kind_text(product->steps[i].kind)));
        dcv_json_set(json, object, "text", two_texts(json, product->steps[i].en, product->steps[i].ja));
        dcv_json_set(json, object, "ref", ref_object(json, &product->steps[i].ref));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *notices_object(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *object = json_object(), *array = json_array();
    for (size_t i = 0; i < ca->notice_count; i++)
        dcv_json_add(json, array, json_integer(ca->notice_days[i]));
    dcv_json_set(json, object, "days", array);
    dcv_json_set(json, object, "ref", ref_object(json, &ca->notices_ref));
    return object;
}

static json_t *csr_object(struct dcv_json *json, const struct dcv_csr_rules *csr)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "dn_characters", dcv_json_text(csr->dn_characters));
    dcv_json_set(json, object, "rsa_bits_min", number(csr->rsa_bits_min));
    dcv_json_set(json, object, "ref", ref_object(json, &csr->ref));
    return object;
}

static json_t *products_array(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ca->product_count; i++) {
        const struct dcv_product *product = &ca->products[i];
        json_t *object = json_object();
        dcv_json_set(json, object, "id", dcv_json_text(product->id));
        dcv_json_set(json, object, "name", two_texts(json, product->name_en, product->name_ja));
        dcv_json_set(json, object, "validation", dcv_json_text(product->validation));
        dcv_json_set(json, object, "wildcard", json_boolean(product->wildcard));
        dcv_json_set(json, object, "servers", dcv_json_text(product->servers));
        dcv_json_set(json, object, "steps", steps_array(json, product));
        dcv_json_set(json, object, "ref", ref_object(json, &product->ref));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *notes_array(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ca->note_count; i++) {
        json_t *object = json_object();
        dcv_json_set(json, object, "text", two_texts(json, ca->notes[i].en, ca->notes[i].ja));
        dcv_json_set(json, object, "unverified", json_boolean(ca->notes[i].unverified));
        dcv_json_set(json, object, "ref", ref_object(json, &ca->notes[i].ref));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *sources_array(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *array = json_array();
    for (size_t i = 0; i < ca->source_count; i++) {
        json_t *object = json_object();
        dcv_json_set(json, object, "key", dcv_json_text(ca->sources[i].key));
        dcv_json_set(json, object, "title", dcv_json_text(ca->sources[i].title));
        dcv_json_set(json, object, "url", dcv_json_text(ca->sources[i].url));
        dcv_json_set(json, object, "date", dcv_json_date(ca->sources[i].date));
        dcv_json_set(json, object, "read", dcv_json_date(ca->sources[i].read));
        dcv_json_add(json, array, object);
    }
    return array;
}

json_t *dcv_json_ca(struct dcv_json *json, const struct dcv_ca *ca)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "schema", json_string("dcvready/cas/1"));
    dcv_json_set(json, object, "id", dcv_json_text(ca->id));
    dcv_json_set(json, object, "name", two_texts(json, ca->name_en, ca->name_ja));
    dcv_json_set(json, object, "kind", json_string(dcv_kind_id(ca->kind)));
    dcv_json_set(json, object, "parent", dcv_json_text(ca->parent));
    dcv_json_set(json, object, "issues", json_boolean(ca->issues));
    dcv_json_set(json, object, "issues_ref", ref_object(json, &ca->issues_ref));
    dcv_json_set(json, object, "by_email", json_boolean(ca->by_email));
    dcv_json_set(json, object, "caa", caa_object(json, ca));
    dcv_json_set(json, object, "cname_targets", known_object(json, ca->cname_targets, &ca->cname_ref));
    dcv_json_set(json, object, "offers", offers_array(json, ca));
    dcv_json_set(json, object, "recipients", recipients_object(json, ca));
    dcv_json_set(json, object, "mx_required", known_object(json, ca->mx_required, &ca->mx_ref));
    dcv_json_set(json, object, "wildcard", known_object(json, ca->wildcard, &ca->wildcard_ref));
    dcv_json_set(json, object, "mail", mail_object(json, ca));
    dcv_json_set(json, object, "limits", limits_array(json, ca));
    dcv_json_set(json, object, "methods", methods_array(json, ca));
    dcv_json_set(json, object, "products", products_array(json, ca));
    dcv_json_set(json, object, "notices", notices_object(json, ca));
    dcv_json_set(json, object, "csr", csr_object(json, &ca->csr));
    dcv_json_set(json, object, "notes", notes_array(json, ca));
    dcv_json_set(json, object, "sources", sources_array(json, ca));
    return object;
}
