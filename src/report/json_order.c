/* The document of an order. */
#include "report/json.h"

#include "base/text.h"
#include "fact/x509.h"

static json_t *hex(const uint8_t *octets, size_t len)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 256);
    dcv_hex_put(&buf, octets, len);
    json_t *text = buf.failed ? NULL : json_string(dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return text;
}

static json_t *key_object(struct dcv_json *json, const struct dcv_key *key)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "type", dcv_json_text(key->type_text));
    dcv_json_set(json, object, "bits", json_integer((json_int_t)key->bits));
    dcv_json_set(json, object, "curve", dcv_json_text(key->curve));
    dcv_json_set(json, object, "spki_sha256", hex(key->spki_sha256, sizeof key->spki_sha256));
    return object;
}

static json_t *fields_array(struct dcv_json *json, const struct dcv_dn_field *fields, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();
        dcv_json_set(json, object, "type", dcv_json_text(fields[i].type));
        dcv_json_set(json, object, "value", dcv_json_octets(fields[i].value, fields[i].len));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *sans_array(struct dcv_json *json, const struct dcv_x509 *x509)
{
    static const char *const kinds[] = {
        [DCV_SAN_DNS] = "dns", [DCV_SAN_IP] = "ip", [DCV_SAN_EMAIL] = "email", [DCV_SAN_URI] = "uri", [DCV_SAN_OTHER] = "other"};
    json_t *array = json_array();
    for (size_t i = 0; i < x509->san_count; i++) {
        json_t *object = json_object();
        dcv_json_set(json, object, "kind", json_string(kinds[x509->sans[i].kind]));
        dcv_json_set(json, object, "value", dcv_json_octets(x509->sans[i].text, x509->sans[i].len));
        dcv_json_add(json, array, object);
    }
    return array;
}

/* A request or certificate; null: none was given. */
static json_t *x509_object(struct dcv_json *json, const struct dcv_x509 *x509, const struct dcv_ca *issuer)
{
    if (x509 == NULL)
        return json_null();
    json_t *object = json_object();
    dcv_json_set(json, object, "path", dcv_json_text(x509->path));
    dcv_json_set(json, object, "subject", fields_array(json, x509->subject, x509->subject_count));
    dcv_json_set(json, object, "alternative_names", sans_array(json, x509));
    dcv_json_set(json, object, "key", key_object(json, &x509->key));
    dcv_json_set(json, object, "signature_algorithm", dcv_json_text(x509->signature_algorithm));
    if (x509->certificate) {
        dcv_json_set(json, object, "issuer", fields_array(json, x509->issuer, x509->issuer_count));
        dcv_json_set(json, object, "issuer_ca", issuer != NULL ? dcv_json_text(issuer->id) : json_null());
        dcv_json_set(json, object, "not_before", dcv_json_date(x509->not_before));
        dcv_json_set(json, object, "not_after", dcv_json_date(x509->not_after));
    }
    return object;
}

static json_t *product_object(struct dcv_json *json, const struct dcv_product *product)
{
    if (product == NULL)
        return json_null();
    json_t *object = json_object(), *steps = json_array();
    dcv_json_set(json, object, "id", dcv_json_text(product->id));
    dcv_json_set(json, object, "name_en", dcv_json_text(product->name_en));
    dcv_json_set(json, object, "name_ja", dcv_json_text(product->name_ja));
    dcv_json_set(json, object, "validation", dcv_json_text(product->validation));
    dcv_json_set(json, object, "wildcard", json_boolean(product->wildcard));
    dcv_json_set(json, object, "servers", dcv_json_text(product->servers));
    for (size_t i = 0; i < product->step_count; i++) {
        json_t *step = json_object();
        dcv_json_set(json, step, "kind", json_string(dcv_step_kind_text(product->steps[i].kind)));
        dcv_json_set(json, step, "en", dcv_json_text(product->steps[i].en));
        dcv_json_set(json, step, "ja", dcv_json_text(product->steps[i].ja));
        dcv_json_add(json, steps, step);
    }
    dcv_json_set(json, object, "steps", steps);
    return object;
}

static json_t *names_array(struct dcv_json *json, const struct dcv_order *order)
{
    json_t *array = json_array();
    for (size_t i = 0; i < order->names.count; i++) {
        const struct dcv_order_name *name = &order->names.items[i];
        json_t *object = json_object();
        dcv_json_set(json, object, "name", dcv_json_text(name->judged->name->unicode));
        dcv_json_set(json, object, "ascii", dcv_json_text(name->judged->name->ascii));
        dcv_json_set(json, object, "origin", json_string(name->origin));
        dcv_json_set(json, object, "times", json_integer((json_int_t)name->times));
        dcv_json_set(json, object, "verdict", json_string(dcv_verdict_text(name->judged->verdict)));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *mailbox_object(struct dcv_json *json, const struct dcv_order_mailbox *mailbox)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "address", dcv_json_text(mailbox->address));
    dcv_json_set(json, object, "source", json_string(dcv_source_text(mailbox->source)));
    dcv_json_set(json, object, "adn", dcv_json_dns_name(&mailbox->adn));
    dcv_json_set(json, object, "names", dcv_json_indices(mailbox->names, mailbox->count));
    return object;
}

static json_t *adn_object(struct dcv_json *json, const struct dcv_order_adn *adn)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "adn", dcv_json_dns_name(&adn->adn));
    dcv_json_set(json, object, "addresses", json_integer((json_int_t)adn->addresses));
    dcv_json_set(json, object, "names", dcv_json_indices(adn->names, adn->count));
    return object;
}

static json_t *smallest_object(struct dcv_json *json, const struct dcv_order_ca *ca)
{
    json_t *object = json_object(), *addresses = json_array();
    for (size_t i = 0; i < ca->smallest.count; i++)
        dcv_json_add(json, addresses, dcv_json_text(ca->mailboxes.items[ca->smallest.items[i]].address));
    dcv_json_set(json, object, "addresses", addresses);
    dcv_json_set(json, object, "proven", json_boolean(ca->smallest_proven));
    return object;
}

static json_t *ca_object(struct dcv_json *json, const struct dcv_order_ca *ca, const struct dcv_judged_ca *sum)
{
    json_t *object = json_object(), *counts = json_object(), *mailboxes = json_array(), *adns = json_array();
    dcv_json_set(json, object, "ca", dcv_json_text(ca->ca->id));
    dcv_json_set(json, object, "method", json_string(dcv_by_text(sum->by)));
    dcv_json_set(json, object, "verdict", json_string(dcv_verdict_text(sum->verdict)));
    dcv_json_set(json, counts, "ready", json_integer((json_int_t)ca->ready));
    dcv_json_set(json, counts, "not_ready", json_integer((json_int_t)ca->not_ready));
    dcv_json_set(json, counts, "unknown", json_integer((json_int_t)ca->unknown));
    dcv_json_set(json, object, "names", counts);
    for (size_t i = 0; i < ca->mailboxes.count; i++)
        dcv_json_add(json, mailboxes, mailbox_object(json, &ca->mailboxes.items[i]));
    dcv_json_set(json, object, "mailboxes", mailboxes);
    for (size_t i = 0; i < ca->adns.count; i++)
        dcv_json_add(json, adns, adn_object(json, &ca->adns.items[i]));
    dcv_json_set(json, object, "adns", adns);
    dcv_json_set(json, object, "smallest", smallest_object(json, ca));
    dcv_json_set(json, object, "uncovered", dcv_json_indices(ca->uncovered.items, ca->uncovered.count));
    dcv_json_set(json, object, "findings", dcv_json_indices(sum->findings.items, sum->findings.count));
    return object;
}

static json_t *document(struct dcv_json *json, const struct dcv_report_order *report)
{
    const struct dcv_order *order = report->order;
    json_t *object = json_object(), *cas = json_array(), *findings = json_array(), *dns = json_object();
    dcv_json_set(json, object, "schema", json_string("dcvready/order/1"));
    dcv_json_set(json, object, "as_of", dcv_json_date(order->sum.as_of));
    dcv_json_set(json, object, "verdict", json_string(dcv_verdict_text(order->sum.verdict)));
    dcv_json_set(json, object, "names", names_array(json, order));
    dcv_json_set(json, object, "invalid", json_integer((json_int_t)order->invalid));
    dcv_json_set(json, object, "request", x509_object(json, order->csr, NULL));
    dcv_json_set(json, object, "certificate", x509_object(json, order->certificate, order->issuer_ca));
    dcv_json_set(json, object, "product", product_object(json, order->product));
    for (size_t i = 0; i < order->cas.count; i++)
        dcv_json_add(json, cas, ca_object(json, &order->cas.items[i], &order->sum.cas.items[i]));
    dcv_json_set(json, object, "cas", cas);
    for (size_t i = 0; i < order->sum.findings.count; i++)
        dcv_json_add(json, findings, dcv_json_finding(json, &order->sum.findings.items[i]));
    dcv_json_set(json, object, "findings", findings);
    dcv_json_set(json, dns, "queries", json_integer((json_int_t)report->queries));
    dcv_json_set(json, dns, "cached", json_integer((json_int_t)report->cached));
    dcv_json_set(json, dns, "round_trips", json_integer((json_int_t)report->round_trips));
    dcv_json_set(json, object, "dns", dns);
    dcv_json_set(json, object, "elapsed_ms", json_integer((json_int_t)(report->elapsed_us / 1000)));
    return object;
}

enum dcv_status dcv_json_order(struct dcv_report *report, const struct dcv_report_order *order)
{
    struct dcv_json json = {false};
    json_t *made = document(&json, order);
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_json_put(&buf, &json, made, report->options.format, report->options.format == DCV_FORMAT_JSON && report->names > 0);
    enum dcv_status status = dcv_report_flush(report->writer, &buf);
    dcv_buf_done(&buf);
    return status;
}
