#include "fact/json.h"

#include "fact/json_parts.h"

#include "base/date.h"

#include <jansson.h>
#include <string.h>

static const char *const *strings_at(struct dcv_json_reader *reader, const json_t *object, const char *key, size_t *count)
{
    const json_t *array = dcv_json_array_at(reader, object, key);
    *count = json_array_size(array);
    const char **items = dcv_arena_array(reader->arena, *count, sizeof *items);
    for (size_t i = 0; items != NULL && i < *count; i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_string(item))
            dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must hold strings", key));
        else
            items[i] = dcv_arena_strdup(reader->arena, json_string_value(item));
        if (items[i] == NULL)
            items[i] = "";
    }
    return items;
}

static const char *outcome_name(int i)
{
    return dcv_outcome_text((enum dcv_outcome)i);
}

static const char *security_name(int i)
{
    return dcv_security_text((enum dcv_security)i);
}

static const char *as_name(int i)
{
    return dcv_asked_as_text((enum dcv_asked_as)i);
}

static const char *over_name(int i)
{
    return dcv_asked_over_text((enum dcv_asked_over)i);
}

static const char *cause_name(int i)
{
    return dcv_cause_text((enum dcv_cause)i);
}

static const char *state_name(int i)
{
    return dcv_contacts_state_text((enum dcv_contacts_state)i);
}

static void read_rrs(struct dcv_json_reader *reader, const json_t *array, struct dcv_rrs *out)
{
    size_t count = json_array_size(array);
    out->items = dcv_arena_array(reader->arena, count, sizeof out->items[0]);
    for (size_t i = 0; out->items != NULL && i < count && reader->fault == NULL; i++)
        dcv_json_read_rr(reader, json_array_get(array, i), &out->items[out->count++]);
}

static void read_edes(struct dcv_json_reader *reader, const json_t *array, struct dcv_message *out)
{
    size_t count = json_array_size(array);
    struct dcv_ede *edes = dcv_arena_array(reader->arena, count, sizeof *edes);
    for (size_t i = 0; edes != NULL && i < count; i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_object(item))
            dcv_json_fail(reader, "\"ede\" must hold objects");
        edes[i].code = (uint16_t)dcv_json_number_at(reader, item, "code", UINT16_MAX);
        edes[i].text = dcv_json_string_at(reader, item, "text", "");
        out->ede_count++;
    }
    out->edes = edes;
}

static uint16_t rcode_at(struct dcv_json_reader *reader, const json_t *object)
{
    const char *text = dcv_json_string_at(reader, object, "rcode", "NOERROR");
    char known[DCV_RCODE_TEXT];
    for (uint16_t rcode = 0; rcode < 4096; rcode++)
        if (strcmp(dcv_rcode_text(rcode, known), text) == 0)
            return rcode;
    dcv_json_fail(reader, "\"rcode\" is no response code");
    return 0;
}

static bool tcp_at(struct dcv_json_reader *reader, const json_t *object)
{
    const char *text = dcv_json_string_at(reader, object, "transport", "udp");
    bool tcp = strcmp(text, "tcp") == 0;
    if (!tcp && strcmp(text, "udp") != 0)
        dcv_json_fail(reader, "\"transport\" must be udp or tcp");
    return tcp;
}

/* A name, type or time that may be null or left out. */
static void maybe_name_at(struct dcv_json_reader *reader, const json_t *object, const char *key, struct dcv_name *out)
{
    if (dcv_json_there(object, key))
        dcv_json_name_at(reader, object, key, out);
}

static uint16_t maybe_type_at(struct dcv_json_reader *reader, const json_t *object, const char *key)
{
    uint16_t type = dcv_json_there(object, key) ? dcv_type_parse(dcv_json_string_at(reader, object, key, "")) : 0;
    if (dcv_json_there(object, key) && type == 0)
        dcv_json_fail(reader, dcv_arena_printf(reader->arena, "\"%s\" is no record type", key));
    return type;
}

static const struct dcv_trust *trust_at(struct dcv_json_reader *reader, const json_t *object, enum dcv_security security)
{
    if (!dcv_json_there(object, "trust"))
        return NULL;
    const json_t *value = json_object_get(object, "trust");
    struct dcv_trust *trust = dcv_arena_alloc(reader->arena, sizeof *trust);
    if (!json_is_object(value))
        dcv_json_fail(reader, "\"trust\" must be an object or null");
    if (!json_is_object(value) || trust == NULL)
        return NULL;
    trust->security = security;
    if (dcv_json_there(value, "cause"))
        trust->cause = (enum dcv_cause)dcv_json_choice_at(reader, value, "cause", NULL, cause_name, DCV_CAUSE_COUNT);
    maybe_name_at(reader, value, "zone", &trust->zone);
    maybe_name_at(reader, value, "owner", &trust->owner);
    trust->type = maybe_type_at(reader, value, "type");
    trust->key_tag = dcv_json_there(value, "key_tag") ? (uint16_t)dcv_json_number_at(reader, value, "key_tag", UINT16_MAX) : 0;
    trust->algorithm = dcv_json_there(value, "algorithm") ? (uint8_t)dcv_json_number_at(reader, value, "algorithm", UINT8_MAX) : 0;
    trust->at = dcv_json_time_at(reader, value, "at");
    trust->until = dcv_json_time_at(reader, value, "until");
    maybe_name_at(reader, value, "until_owner", &trust->until_owner);
    trust->until_type = maybe_type_at(reader, value, "until_type");
    return trust;
}

/* What both kinds of answers hold; NULL: there is no message. */
static struct dcv_message *message_at(struct dcv_json_reader *reader, const json_t *object, uint16_t rcode)
{
    struct dcv_message *message = dcv_arena_alloc(reader->arena, sizeof *message);
    if (message == NULL)
        return NULL;
    message->rcode = rcode;
    read_rrs(reader, dcv_json_array_at(reader, object, "answer"), &message->answer);
    read_rrs(reader, dcv_json_array_at(reader, object, "authority"), &message->authority);
    read_edes(reader, dcv_json_array_at(reader, object, "ede"), message);
    return message;
}

static void read_server(struct dcv_json_reader *reader, const json_t *object, struct dcv_server_fact *out)
{
    out->as = (enum dcv_asked_as)dcv_json_choice_at(reader, object, "as", NULL, as_name, DCV_ASKED_RESOLVER + 1);
    out->over = (enum dcv_asked_over)dcv_json_choice_at(reader, object, "over", "udp", over_name, DCV_OVER_PLAIN + 1);
    maybe_name_at(reader, object, "zone", &out->zone);
    maybe_name_at(reader, object, "host", &out->host);
    out->server = dcv_json_string_at(reader, object, "server", NULL);
    dcv_json_name_at(reader, object, "name", &out->name);
    out->type = dcv_type_parse(dcv_json_string_at(reader, object, "type", NULL));
    if (out->type == 0)
        dcv_json_fail(reader, "\"type\" is no record type");
    out->outcome = (enum dcv_outcome)dcv_json_choice_at(reader, object, "outcome", NULL, outcome_name, DCV_OUTCOME_UNRECORDED + 1);
    out->security = (enum dcv_security)dcv_json_choice_at(reader, object, "security", "unchecked", security_name, DCV_SECURITY_INDETERMINATE + 1);
    out->trust = trust_at(reader, object, out->security);
    out->rcode = rcode_at(reader, object);
    out->tcp = tcp_at(reader, object);
    out->no_edns = dcv_json_truth_at(reader, object, "no_edns", false);
    out->case_ignored = dcv_json_truth_at(reader, object, "case_ignored", false);
    out->tries = (unsigned)dcv_json_number_at(reader, object, "tries", 1000000);
    out->rtt_us = (uint64_t)dcv_json_number_at(reader, object, "rtt_us", INT64_MAX);
    out->at = dcv_json_time_at(reader, object, "at");
    if (!dcv_json_truth_at(reader, object, "has_message", true))
        return;
    struct dcv_message *message = message_at(reader, object, out->rcode);
    if (message == NULL)
        return;
    message->authoritative = dcv_json_truth_at(reader, object, "authoritative", false);
    message->edns = dcv_json_truth_at(reader, object, "edns", false);
    message->size = (size_t)dcv_json_number_at(reader, object, "size", UINT16_MAX);
    read_rrs(reader, dcv_json_array_at(reader, object, "additional"), &message->additional);
    out->message = message;
}

static void read_dns(struct dcv_json_reader *reader, const json_t *object, struct dcv_dns_fact *out)
{
    dcv_json_name_at(reader, object, "name", &out->name);
    out->type = dcv_type_parse(dcv_json_string_at(reader, object, "type", NULL));
    if (out->type == 0)
        dcv_json_fail(reader, "\"type\" is no record type");
    out->outcome = (enum dcv_outcome)dcv_json_choice_at(reader, object, "outcome", NULL, outcome_name, DCV_OUTCOME_UNRECORDED + 1);
    out->security = (enum dcv_security)dcv_json_choice_at(reader, object, "security", "unchecked", security_name, DCV_SECURITY_INDETERMINATE + 1);
    out->trust = trust_at(reader, object, out->security);
    out->rcode = rcode_at(reader, object);
    out->server = dcv_json_string_at(reader, object, "server", "");
    out->tcp = tcp_at(reader, object);
    out->cached = dcv_json_truth_at(reader, object, "cached", false);
    out->tries = (unsigned)dcv_json_number_at(reader, object, "tries", 1000000);
    out->rtt_us = (uint64_t)dcv_json_number_at(reader, object, "rtt_us", INT64_MAX);
    if (!dcv_time_parse(dcv_json_string_at(reader, object, "at", "1970-01-01T00:00:00Z"), &out->at))
        dcv_json_fail(reader, "\"at\" must be a time like 2026-11-21T09:30:00Z");
    if (!dcv_json_truth_at(reader, object, "has_message", true)) {
        if (dcv_outcome_conclusive(out->outcome) || out->security == DCV_SECURITY_BOGUS)
            dcv_json_fail(reader, "an \"outcome\" that rests on a message, and \"has_message\" is false");
        return;
    }
    struct dcv_message *message = message_at(reader, object, out->rcode);
    if (message != NULL)
        message->authoritative = dcv_json_truth_at(reader, object, "authoritative", false);
    out->message = message;
}

static void read_contacts(struct dcv_json_reader *reader, const json_t *object, struct dcv_contacts_fact *out)
{
    dcv_json_name_at(reader, object, "domain", &out->domain);
    out->rdap = strcmp(dcv_json_string_at(reader, object, "kind", ""), "rdap") == 0;
    out->state = (enum dcv_contacts_state)dcv_json_choice_at(reader, object, "state", "found", state_name, DCV_CONTACTS_UNREACHABLE + 1);
    out->server = dcv_json_string_at(reader, object, "server", "");
    if (!dcv_time_parse(dcv_json_string_at(reader, object, "at", "1970-01-01T00:00:00Z"), &out->at))
        dcv_json_fail(reader, "\"at\" must be a time like 2026-11-21T09:30:00Z");
    const json_t *array = dcv_json_array_at(reader, object, "contacts");
    size_t count = json_array_size(array);
    struct dcv_contact *contacts = dcv_arena_array(reader->arena, count, sizeof *contacts);
    for (size_t i = 0; contacts != NULL && i < count; i++) {
        const json_t *item = json_array_get(array, i);
        contacts[i].role = dcv_json_string_at(reader, item, "role", NULL);
        contacts[i].email = dcv_json_string_at(reader, item, "email", NULL);
        contacts[i].handle = dcv_json_optional_at(reader, item, "handle");
        contacts[i].withheld = dcv_json_truth_at(reader, item, "withheld", false);
    }
    out->contacts = contacts;
    out->contact_count = count;
    out->registrar = dcv_json_optional_at(reader, object, "registrar");
    out->statuses = strings_at(reader, object, "statuses", &out->status_count);
    out->expires = dcv_json_time_at(reader, object, "expires");
    out->path = dcv_json_string_at(reader, object, "path", "");
    out->why = dcv_json_string_at(reader, object, "why", "");
    out->cached = dcv_json_truth_at(reader, object, "cached", false);
    out->exchanges = (unsigned)dcv_json_number_at(reader, object, "exchanges", INT32_MAX);
}

static enum dcv_status read_fact(struct dcv_json_reader *reader, const json_t *object)
{
    struct dcv_fact fact = {0};
    const char *kind = dcv_json_string_at(reader, object, "kind", NULL);
    if (strcmp(kind, "dns") == 0) {
        fact.kind = DCV_FACT_DNS;
        read_dns(reader, object, &fact.dns);
    } else if (strcmp(kind, "whois") == 0 || strcmp(kind, "rdap") == 0) {
        fact.kind = DCV_FACT_CONTACTS;
        read_contacts(reader, object, &fact.contacts);
    } else if (strcmp(kind, "server") == 0) {
        fact.kind = DCV_FACT_SERVER;
        read_server(reader, object, &fact.server);
    } else if (strcmp(kind, "smtp") == 0) {
        fact.kind = DCV_FACT_SMTP;
        dcv_json_read_smtp(reader, object, &fact.smtp);
    } else if (strcmp(kind, "http") == 0) {
        fact.kind = DCV_FACT_HTTP;
        dcv_json_read_http(reader, object, &fact.http);
    } else if (strcmp(kind, "alpn") == 0) {
        fact.kind = DCV_FACT_ALPN;
        dcv_json_read_alpn(reader, object, &fact.alpn);
    } else {
        dcv_json_fail(reader, "\"kind\" must be dns, server, whois, rdap, smtp, http or alpn");
    }
    if (dcv_arena_failed(reader->arena))
        return DCV_ERR_NOMEM;
    if (reader->fault != NULL)
        return DCV_ERR_SYNTAX;
    enum dcv_status status = dcv_facts_add(reader->facts, &fact, NULL);
    return status == DCV_ERR_USAGE ? DCV_OK : status;
}

static void read_about(struct dcv_json_reader *reader, const json_t *object)
{
    struct dcv_facts_about *about = dcv_facts_about(reader->facts);
    if (!dcv_time_parse(dcv_json_string_at(reader, object, "at", "1970-01-01T00:00:00Z"), &about->at))
        dcv_json_fail(reader, "\"at\" must be a time like 2026-11-21T09:30:00Z");
    const char *source = dcv_json_string_at(reader, object, "dnssec", "off");
    about->dnssec_source = strcmp(source, "resolver") == 0 ? "resolver" : strcmp(source, "local") == 0 ? "local" : "off";
    const char *validation = dcv_json_string_at(reader, object, "validation", "unknown");
    int found = -1;
    for (int i = DCV_VALIDATION_UNKNOWN; i <= DCV_VALIDATION_STRIPPED; i++)
        if (strcmp(dcv_validation_text((enum dcv_known_validation)i), validation) == 0)
            found = i;
    if (found < 0)
        dcv_json_fail(reader, "\"validation\" has an unknown value");
    else
        about->validation = (enum dcv_known_validation)found;
    about->queries = (unsigned)dcv_json_number_at(reader, object, "queries", INT32_MAX);
    about->cached = (unsigned)dcv_json_number_at(reader, object, "cached", INT32_MAX);
    about->round_trips = (unsigned)dcv_json_number_at(reader, object, "round_trips", INT32_MAX);
    about->elapsed_us = (uint64_t)dcv_json_number_at(reader, object, "elapsed_us", INT64_MAX);
    about->deadline = dcv_json_truth_at(reader, object, "deadline", false);
    about->authority = dcv_json_truth_at(reader, object, "authority", false);
    if (dcv_json_there(object, "resolver"))
        about->resolver = dcv_json_string_at(reader, object, "resolver", "");
    about->conversations = (unsigned)dcv_json_number_at(reader, object, "conversations", INT32_MAX);
    about->signatures = (unsigned)dcv_json_number_at(reader, object, "signatures", INT32_MAX);
    if (dcv_json_there(object, "anchors"))
        read_rrs(reader, json_object_get(object, "anchors"), &about->anchors);
}

enum dcv_status dcv_facts_from_json(struct dcv_facts *facts, const json_t *array, const json_t *about, const char **error)
{
    struct dcv_json_reader reader = {.facts = facts, .arena = dcv_facts_arena(facts)};
    if (!json_is_array(array)) {
        *error = "\"facts\" must be an array";
        return DCV_ERR_SYNTAX;
    }
    if (about != NULL && !json_is_object(about))
        dcv_json_fail(&reader, "\"about\" must be an object");
    else if (about != NULL)
        read_about(&reader, about);
    enum dcv_status status = reader.fault != NULL ? DCV_ERR_SYNTAX : DCV_OK;
    for (reader.index = 0; status == DCV_OK && reader.index < json_array_size(array); reader.index++)
        status = read_fact(&reader, json_array_get(array, reader.index));
    if (status == DCV_ERR_SYNTAX)
        *error = reader.fault;
    return status;
}
