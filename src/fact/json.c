#include "fact/json.h"

#include "fact/json_parts.h"

#include "base/date.h"
#include "base/text.h"

#include <jansson.h>
#include <string.h>

json_t *dcv_json_of_name(const struct dcv_name *name)
{
    char text[DCV_NAME_TEXT_MAX];
    return json_string(dcv_name_text(name, text));
}

json_t *dcv_json_rr(const struct dcv_rr *rr)
{
    char type[DCV_TYPE_TEXT];
    struct dcv_buf hex, text;
    dcv_buf_init(&hex, 2 * (size_t)UINT16_MAX);
    dcv_buf_init(&text, 1 << 20);
    dcv_hex_put(&hex, rr->rdata, rr->rdlen);
    dcv_rr_text(rr, &text);
    json_t *object = json_pack("{s:o, s:s, s:I, s:s, s:s}", "owner", dcv_json_of_name(&rr->owner), "type", dcv_type_text(rr->type, type),
                               "ttl", (json_int_t)rr->ttl, "rdata", dcv_buf_text(&hex), "text", dcv_buf_text(&text));
    dcv_buf_done(&hex);
    dcv_buf_done(&text);
    return object;
}

static json_t *rrs_to_json(const struct dcv_rrs *rrs)
{
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && i < rrs->count; i++) {
        if (json_array_append_new(array, dcv_json_rr(&rrs->items[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static json_t *edes_to_json(const struct dcv_message *message)
{
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && message != NULL && i < message->ede_count; i++) {
        const struct dcv_ede *ede = &message->edes[i];
        json_t *item = json_pack("{s:i, s:s, s:s}", "code", (int)ede->code, "meaning", dcv_ede_meaning(ede->code), "text", ede->text);
        if (json_array_append_new(array, item) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

json_t *dcv_json_time_or_null(int64_t at)
{
    char text[DCV_TIME_TEXT];
    return at != 0 ? json_string(dcv_time_format(at, text)) : json_null();
}

static json_t *name_or_null(const struct dcv_name *name)
{
    return name->len != 0 ? dcv_json_of_name(name) : json_null();
}

static json_t *type_or_null(uint16_t type)
{
    char text[DCV_TYPE_TEXT];
    return type != 0 ? json_string(dcv_type_text(type, text)) : json_null();
}

static json_t *number_or_null(bool there, int number)
{
    return there ? json_integer(number) : json_null();
}

/* Why an answer is secure or not; null when it was not validated here. */
static json_t *trust_to_json(const struct dcv_trust *trust)
{
    if (trust == NULL)
        return json_null();
    int ede = dcv_cause_ede(trust->cause);
    json_t *cause = trust->cause != DCV_CAUSE_NONE ? json_string(dcv_cause_text(trust->cause)) : json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "cause", cause, "zone", name_or_null(&trust->zone), "owner",
                     name_or_null(&trust->owner), "type", type_or_null(trust->type), "key_tag",
                     number_or_null(trust->algorithm != 0, trust->key_tag), "algorithm",
                     number_or_null(trust->algorithm != 0, trust->algorithm), "at", dcv_json_time_or_null(trust->at), "ede",
                     number_or_null(ede >= 0, ede), "until", dcv_json_time_or_null(trust->until), "until_owner", name_or_null(&trust->until_owner),
                     "until_type", type_or_null(trust->until_type));
}

static json_t *dns_to_json(const struct dcv_dns_fact *fact)
{
    static const struct dcv_message nothing = {0};
    const struct dcv_message *message = fact->message != NULL ? fact->message : &nothing;
    char type[DCV_TYPE_TEXT], rcode[DCV_RCODE_TEXT], at[DCV_TIME_TEXT];
    return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:b, s:b, s:i, s:I, s:I, s:s, s:b}", "kind", "dns", "name",
                     dcv_json_of_name(&fact->name), "type", dcv_type_text(fact->type, type), "outcome", dcv_outcome_text(fact->outcome),
                     "rcode", dcv_rcode_text(fact->rcode, rcode), "security", dcv_security_text(fact->security), "trust",
                     trust_to_json(fact->trust), "answer",
                     rrs_to_json(&message->answer), "authority", rrs_to_json(&message->authority), "ede", edes_to_json(message),
                     "server", fact->server, "transport", fact->tcp ? "tcp" : "udp", "authoritative",
                     (int)message->authoritative, "cached", (int)fact->cached, "tries",
                     (int)fact->tries, "rtt_us", (json_int_t)fact->rtt_us, "ttl", (json_int_t)dcv_message_ttl(message), "at",
                     dcv_time_format(fact->at, at), "has_message", fact->message != NULL);
}

static json_t *server_to_json(const struct dcv_server_fact *fact)
{
    static const struct dcv_message nothing = {0};
    const struct dcv_message *message = fact->message != NULL ? fact->message : &nothing;
    char type[DCV_TYPE_TEXT], rcode[DCV_RCODE_TEXT], at[DCV_TIME_TEXT];
    json_t *object = json_pack("{s:s, s:s, s:o, s:o, s:s, s:o, s:s, s:s, s:s, s:s, s:s}", "kind", "server", "as", dcv_asked_as_text(fact->as),
                               "zone", name_or_null(&fact->zone), "host", name_or_null(&fact->host), "server", fact->server, "name",
                               dcv_json_of_name(&fact->name), "type", dcv_type_text(fact->type, type), "over", dcv_asked_over_text(fact->over),
                               "outcome", dcv_outcome_text(fact->outcome), "rcode", dcv_rcode_text(fact->rcode, rcode), "transport",
                               fact->tcp ? "tcp" : "udp");
    json_t *answer = json_pack("{s:s, s:o, s:b, s:b, s:b, s:b, s:b, s:I, s:i, s:I, s:s, s:o, s:o, s:o, s:o}", "security", dcv_security_text(fact->security), "trust",
                               trust_to_json(fact->trust), "has_message", fact->message != NULL, "authoritative", (int)message->authoritative, "edns", (int)message->edns, "no_edns", (int)fact->no_edns,
                               "case_ignored", (int)fact->case_ignored, "size", (json_int_t)message->size, "tries", (int)fact->tries,
                               "rtt_us", (json_int_t)fact->rtt_us, "at", dcv_time_format(fact->at, at), "answer",
                               rrs_to_json(&message->answer), "authority", rrs_to_json(&message->authority), "additional",
                               rrs_to_json(&message->additional), "ede", edes_to_json(message));
    if (object == NULL || answer == NULL || json_object_update(object, answer) != 0) {
        json_decref(object);
        object = NULL;
    }
    json_decref(answer);
    return object;
}

json_t *dcv_json_of_text(const char *text)
{
    if (dcv_utf8_valid(text, strlen(text)))
        return json_string(text);
    struct dcv_buf escaped;
    dcv_buf_init(&escaped, 1 << 16);
    dcv_text_escape(&escaped, text, strlen(text));
    json_t *string = json_string(dcv_buf_text(&escaped));
    dcv_buf_done(&escaped);
    return string;
}

json_t *dcv_json_text_or_null(const char *text)
{
    return text != NULL ? dcv_json_of_text(text) : json_null();
}

static json_t *contact_to_json(const struct dcv_contact *contact)
{
    return json_pack("{s:o, s:o, s:o, s:b}", "role", dcv_json_of_text(contact->role), "email", dcv_json_of_text(contact->email), "handle",
                     dcv_json_text_or_null(contact->handle), "withheld", (int)contact->withheld);
}

static json_t *contacts_to_json(const struct dcv_contacts_fact *fact)
{
    char at[DCV_TIME_TEXT];
    json_t *contacts = json_array(), *statuses = json_array();
    bool good = contacts != NULL && statuses != NULL;
    for (size_t i = 0; good && i < fact->contact_count; i++)
        good = json_array_append_new(contacts, contact_to_json(&fact->contacts[i])) == 0;
    for (size_t i = 0; good && i < fact->status_count; i++)
        good = json_array_append_new(statuses, dcv_json_of_text(fact->statuses[i])) == 0;
    if (!good) {
        json_decref(contacts);
        json_decref(statuses);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:i, s:s}", "kind", fact->rdap ? "rdap" : "whois", "domain",
                     dcv_json_of_name(&fact->domain), "state", dcv_contacts_state_text(fact->state), "contacts", contacts, "registrar",
                     dcv_json_text_or_null(fact->registrar), "statuses", statuses, "expires", dcv_json_time_or_null(fact->expires), "server",
                     dcv_json_of_text(fact->server), "path", dcv_json_of_text(fact->path), "why", dcv_json_of_text(fact->why), "cached",
                     (int)fact->cached, "exchanges", (int)fact->exchanges, "at", dcv_time_format(fact->at, at));
}

static json_t *fact_to_json(const struct dcv_fact *fact)
{
    switch (fact->kind) {
    case DCV_FACT_DNS: return dns_to_json(&fact->dns);
    case DCV_FACT_CONTACTS: return contacts_to_json(&fact->contacts);
    case DCV_FACT_SERVER: return server_to_json(&fact->server);
    case DCV_FACT_SMTP: return dcv_json_of_smtp(&fact->smtp);
    case DCV_FACT_HTTP: return dcv_json_of_http(&fact->http);
    case DCV_FACT_ALPN: return dcv_json_of_alpn(&fact->alpn);
    }
    return NULL;
}

json_t *dcv_facts_to_json(const struct dcv_facts *facts)
{
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && i < dcv_facts_count(facts); i++) {
        if (json_array_append_new(array, fact_to_json(dcv_facts_at(facts, i))) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

json_t *dcv_facts_about_to_json(const struct dcv_facts *facts)
{
    const struct dcv_facts_about *about = dcv_facts_about_const(facts);
    char at[DCV_TIME_TEXT];
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:I, s:b, s:b, s:i, s:i, s:s?, s:o}", "at", dcv_time_format(about->at, at), "dnssec", about->dnssec_source,
                     "validation", dcv_validation_text(about->validation), "queries", (int)about->queries, "cached", (int)about->cached,
                     "round_trips", (int)about->round_trips, "elapsed_us", (json_int_t)about->elapsed_us, "deadline",
                     (int)about->deadline, "authority", (int)about->authority, "conversations", (int)about->conversations, "signatures",
                     (int)about->signatures, "resolver", about->resolver,
                     "anchors", rrs_to_json(&about->anchors));
}
