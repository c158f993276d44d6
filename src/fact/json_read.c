#include "fact/json.h"

#include "base/date.h"
#include "base/text.h"

#include <jansson.h>
#include <string.h>

struct reader {
    struct dcv_facts *facts;
    struct dcv_arena *arena;
    const char *fault; /* the first one */
    size_t index;      /* of the fact being read */
};

static void fail(struct reader *reader, const char *what)
{
    if (reader->fault == NULL)
        reader->fault = dcv_arena_printf(reader->arena, "fact %zu: %s", reader->index, what);
}

static const char *string_at(struct reader *reader, const json_t *object, const char *key, const char *fallback)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL && fallback != NULL)
        return fallback;
    if (!json_is_string(value)) {
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a string", key));
        return fallback != NULL ? fallback : "";
    }
    const char *copy = dcv_arena_strdup(reader->arena, json_string_value(value));
    return copy != NULL ? copy : ""; /* the arena remembers that memory was short */
}

/* A whole number from 0 to `max`; 0 when it is left out. */
static json_int_t number_at(struct reader *reader, const json_t *object, const char *key, json_int_t max)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > max) {
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a whole number from 0 to %" JSON_INTEGER_FORMAT, key, max));
        return 0;
    }
    return json_integer_value(value);
}

static bool truth_at(struct reader *reader, const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && !json_is_boolean(value))
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be true or false", key));
    return value != NULL ? json_is_true(value) : fallback;
}

/* An array, or NULL when it is left out. */
static const json_t *array_at(struct reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && !json_is_array(value))
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be an array", key));
    return value;
}

static void name_at(struct reader *reader, const json_t *object, const char *key, struct dcv_name *out)
{
    const char *text = string_at(reader, object, key, NULL);
    if (dcv_name_parse(text, out, NULL) != DCV_OK)
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a domain name", key));
}

/* NULL when it is left out, or null. */
static const char *optional_at(struct reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value != NULL && !json_is_null(value) ? string_at(reader, object, key, NULL) : NULL;
}

static const char *const *strings_at(struct reader *reader, const json_t *object, const char *key, size_t *count)
{
    const json_t *array = array_at(reader, object, key);
    *count = json_array_size(array);
    const char **items = dcv_arena_array(reader->arena, *count, sizeof *items);
    for (size_t i = 0; items != NULL && i < *count; i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_string(item))
            fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must hold strings", key));
        else
            items[i] = dcv_arena_strdup(reader->arena, json_string_value(item));
        if (items[i] == NULL)
            items[i] = "";
    }
    return items;
}

/* The number of `text` among `count` texts given by `name_of`, or -1. */
static int index_of(const char *text, const char *(*name_of)(int), int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(name_of(i), text) == 0)
            return i;
    return -1;
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

static int choice_at(struct reader *reader, const json_t *object, const char *key, const char *fallback, const char *(*name_of)(int),
                     int count)
{
    const char *text = string_at(reader, object, key, fallback);
    int index = index_of(text, name_of, count);
    if (index < 0) {
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" has an unknown value", key));
        return 0;
    }
    return index;
}

static void read_rr(struct reader *reader, const json_t *object, struct dcv_rr *out)
{
    if (json_object_get(object, "rdata") == NULL) {
        const char *text = string_at(reader, object, "text", NULL);
        if (dcv_rr_from_text(reader->arena, text, out) != DCV_OK)
            fail(reader, "a record has neither \"rdata\" nor a \"text\" that can be read");
        return;
    }
    name_at(reader, object, "owner", &out->owner);
    out->type = dcv_type_parse(string_at(reader, object, "type", ""));
    out->ttl = (uint32_t)number_at(reader, object, "ttl", INT32_MAX);
    const char *hex = string_at(reader, object, "rdata", "");
    size_t room = strlen(hex) / 2, len = 0;
    uint8_t *rdata = dcv_arena_alloc(reader->arena, room);
    if (rdata == NULL || room > UINT16_MAX || out->type == 0 || !dcv_hex_read(hex, rdata, room, &len)) {
        fail(reader, "a record cannot be read (\"type\", or hexadecimal \"rdata\")");
        return;
    }
    out->rdata = rdata;
    out->rdlen = (uint16_t)len;
}

static void read_rrs(struct reader *reader, const json_t *array, struct dcv_rrs *out)
{
    size_t count = json_array_size(array);
    out->items = dcv_arena_array(reader->arena, count, sizeof out->items[0]);
    for (size_t i = 0; out->items != NULL && i < count && reader->fault == NULL; i++)
        read_rr(reader, json_array_get(array, i), &out->items[out->count++]);
}

static void read_edes(struct reader *reader, const json_t *array, struct dcv_message *out)
{
    size_t count = json_array_size(array);
    struct dcv_ede *edes = dcv_arena_array(reader->arena, count, sizeof *edes);
    for (size_t i = 0; edes != NULL && i < count; i++) {
        const json_t *item = json_array_get(array, i);
        if (!json_is_object(item))
            fail(reader, "\"ede\" must hold objects");
        edes[i].code = (uint16_t)number_at(reader, item, "code", UINT16_MAX);
        edes[i].text = string_at(reader, item, "text", "");
        out->ede_count++;
    }
    out->edes = edes;
}

static uint16_t rcode_at(struct reader *reader, const json_t *object)
{
    const char *text = string_at(reader, object, "rcode", "NOERROR");
    char known[DCV_RCODE_TEXT];
    for (uint16_t rcode = 0; rcode < 4096; rcode++)
        if (strcmp(dcv_rcode_text(rcode, known), text) == 0)
            return rcode;
    fail(reader, "\"rcode\" is no response code");
    return 0;
}

static bool tcp_at(struct reader *reader, const json_t *object)
{
    const char *text = string_at(reader, object, "transport", "udp");
    bool tcp = strcmp(text, "tcp") == 0;
    if (!tcp && strcmp(text, "udp") != 0)
        fail(reader, "\"transport\" must be udp or tcp");
    return tcp;
}

static bool there(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return value != NULL && !json_is_null(value);
}

/* A name, type or time that may be null or left out. */
static void maybe_name_at(struct reader *reader, const json_t *object, const char *key, struct dcv_name *out)
{
    if (there(object, key))
        name_at(reader, object, key, out);
}

static uint16_t maybe_type_at(struct reader *reader, const json_t *object, const char *key)
{
    uint16_t type = there(object, key) ? dcv_type_parse(string_at(reader, object, key, "")) : 0;
    if (there(object, key) && type == 0)
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" is no record type", key));
    return type;
}

static int64_t time_at(struct reader *reader, const json_t *object, const char *key)
{
    int64_t at = 0;
    if (there(object, key) && !dcv_time_parse(string_at(reader, object, key, ""), &at))
        fail(reader, dcv_arena_printf(reader->arena, "\"%s\" must be a time like 2026-11-21T09:30:00Z", key));
    return at;
}

static const struct dcv_trust *trust_at(struct reader *reader, const json_t *object, enum dcv_security security)
{
    if (!there(object, "trust"))
        return NULL;
    const json_t *value = json_object_get(object, "trust");
    struct dcv_trust *trust = dcv_arena_alloc(reader->arena, sizeof *trust);
    if (!json_is_object(value))
        fail(reader, "\"trust\" must be an object or null");
    if (!json_is_object(value) || trust == NULL)
        return NULL;
    trust->security = security;
    if (there(value, "cause"))
        trust->cause = (enum dcv_cause)choice_at(reader, value, "cause", NULL, cause_name, DCV_CAUSE_COUNT);
    maybe_name_at(reader, value, "zone", &trust->zone);
    maybe_name_at(reader, value, "owner", &trust->owner);
    trust->type = maybe_type_at(reader, value, "type");
    trust->key_tag = there(value, "key_tag") ? (uint16_t)number_at(reader, value, "key_tag", UINT16_MAX) : 0;
    trust->algorithm = there(value, "algorithm") ? (uint8_t)number_at(reader, value, "algorithm", UINT8_MAX) : 0;
    trust->at = time_at(reader, value, "at");
    trust->until = time_at(reader, value, "until");
    maybe_name_at(reader, value, "until_owner", &trust->until_owner);
    trust->until_type = maybe_type_at(reader, value, "until_type");
    return trust;
}

/* What both kinds of answers hold; NULL: there is no message. */
static struct dcv_message *message_at(struct reader *reader, const json_t *object, uint16_t rcode)
{
    struct dcv_message *message = dcv_arena_alloc(reader->arena, sizeof *message);
    if (message == NULL)
        return NULL;
    message->rcode = rcode;
    read_rrs(reader, array_at(reader, object, "answer"), &message->answer);
    read_rrs(reader, array_at(reader, object, "authority"), &message->authority);
    read_edes(reader, array_at(reader, object, "ede"), message);
    return message;
}

static void read_server(struct reader *reader, const json_t *object, struct dcv_server_fact *out)
{
    out->as = (enum dcv_asked_as)choice_at(reader, object, "as", NULL, as_name, DCV_ASKED_RESOLVER + 1);
    out->over = (enum dcv_asked_over)choice_at(reader, object, "over", "udp", over_name, DCV_OVER_PLAIN + 1);
    maybe_name_at(reader, object, "zone", &out->zone);
    maybe_name_at(reader, object, "host", &out->host);
    out->server = string_at(reader, object, "server", NULL);
    name_at(reader, object, "name", &out->name);
    out->type = dcv_type_parse(string_at(reader, object, "type", NULL));
    if (out->type == 0)
        fail(reader, "\"type\" is no record type");
    out->outcome = (enum dcv_outcome)choice_at(reader, object, "outcome", NULL, outcome_name, DCV_OUTCOME_UNRECORDED + 1);
    out->security = (enum dcv_security)choice_at(reader, object, "security", "unchecked", security_name, DCV_SECURITY_INDETERMINATE + 1);
    out->trust = trust_at(reader, object, out->security);
    out->rcode = rcode_at(reader, object);
    out->tcp = tcp_at(reader, object);
    out->no_edns = truth_at(reader, object, "no_edns", false);
    out->case_ignored = truth_at(reader, object, "case_ignored", false);
    out->tries = (unsigned)number_at(reader, object, "tries", 1000000);
    out->rtt_us = (uint64_t)number_at(reader, object, "rtt_us", INT64_MAX);
    out->at = time_at(reader, object, "at");
    if (!truth_at(reader, object, "has_message", true))
        return;
    struct dcv_message *message = message_at(reader, object, out->rcode);
    if (message == NULL)
        return;
    message->authoritative = truth_at(reader, object, "authoritative", false);
    message->edns = truth_at(reader, object, "edns", false);
    message->size = (size_t)number_at(reader, object, "size", UINT16_MAX);
    read_rrs(reader, array_at(reader, object, "additional"), &message->additional);
    out->message = message;
}

static void read_dns(struct reader *reader, const json_t *object, struct dcv_dns_fact *out)
{
    name_at(reader, object, "name", &out->name);
    out->type = dcv_type_parse(string_at(reader, object, "type", NULL));
    if (out->type == 0)
        fail(reader, "\"type\" is no record type");
    out->outcome = (enum dcv_outcome)choice_at(reader, object, "outcome", NULL, outcome_name, DCV_OUTCOME_UNRECORDED + 1);
    out->security = (enum dcv_security)choice_at(reader, object, "security", "unchecked", security_name, DCV_SECURITY_INDETERMINATE + 1);
    out->trust = trust_at(reader, object, out->security);
    out->rcode = rcode_at(reader, object);
    out->server = string_at(reader, object, "server", "");
    out->tcp = tcp_at(reader, object);
    out->cached = truth_at(reader, object, "cached", false);
    out->tries = (unsigned)number_at(reader, object, "tries", 1000000);
    out->rtt_us = (uint64_t)number_at(reader, object, "rtt_us", INT64_MAX);
    if (!dcv_time_parse(string_at(reader, object, "at", "1970-01-01T00:00:00Z"), &out->at))
        fail(reader, "\"at\" must be a time like 2026-11-21T09:30:00Z");
    if (!truth_at(reader, object, "has_message", true)) {
        if (dcv_outcome_conclusive(out->outcome) || out->security == DCV_SECURITY_BOGUS)
            fail(reader, "an \"outcome\" that rests on a message, and \"has_message\" is false");
        return;
    }
    struct dcv_message *message = message_at(reader, object, out->rcode);
    if (message != NULL)
        message->authoritative = truth_at(reader, object, "authoritative", false);
    out->message = message;
}

static void read_contacts(struct reader *reader, const json_t *object, struct dcv_contacts_fact *out)
{
    name_at(reader, object, "domain", &out->domain);
    out->rdap = strcmp(string_at(reader, object, "kind", ""), "rdap") == 0;
    out->state = (enum dcv_contacts_state)choice_at(reader, object, "state", "found", state_name, DCV_CONTACTS_UNREACHABLE + 1);
    out->server = string_at(reader, object, "server", "");
    if (!dcv_time_parse(string_at(reader, object, "at", "1970-01-01T00:00:00Z"), &out->at))
        fail(reader, "\"at\" must be a time like 2026-11-21T09:30:00Z");
    const json_t *array = array_at(reader, object, "contacts");
    size_t count = json_array_size(array);
    struct dcv_contact *contacts = dcv_arena_array(reader->arena, count, sizeof *contacts);
    for (size_t i = 0; contacts != NULL && i < count; i++) {
        const json_t *item = json_array_get(array, i);
        contacts[i].role = string_at(reader, item, "role", NULL);
        contacts[i].email = string_at(reader, item, "email", NULL);
        contacts[i].handle = optional_at(reader, item, "handle");
        contacts[i].withheld = truth_at(reader, item, "withheld", false);
    }
    out->contacts = contacts;
    out->contact_count = count;
    out->registrar = optional_at(reader, object, "registrar");
    out->statuses = strings_at(reader, object, "statuses", &out->status_count);
    out->expires = time_at(reader, object, "expires");
    out->path = string_at(reader, object, "path", "");
    out->why = string_at(reader, object, "why", "");
    out->cached = truth_at(reader, object, "cached", false);
    out->exchanges = (unsigned)number_at(reader, object, "exchanges", INT32_MAX);
}

static enum dcv_status read_fact(struct reader *reader, const json_t *object)
{
    struct dcv_fact fact = {0};
    const char *kind = string_at(reader, object, "kind", NULL);
    if (strcmp(kind, "dns") == 0) {
        fact.kind = DCV_FACT_DNS;
        read_dns(reader, object, &fact.dns);
    } else if (strcmp(kind, "whois") == 0 || strcmp(kind, "rdap") == 0) {
        fact.kind = DCV_FACT_CONTACTS;
        read_contacts(reader, object, &fact.contacts);
    } else if (strcmp(kind, "server") == 0) {
        fact.kind = DCV_FACT_SERVER;
        read_server(reader, object, &fact.server);
    } else {
        fail(reader, "\"kind\" must be dns, server, whois or rdap");
    }
    if (dcv_arena_failed(reader->arena))
        return DCV_ERR_NOMEM;
    if (reader->fault != NULL)
        return DCV_ERR_SYNTAX;
    enum dcv_status status = dcv_facts_add(reader->facts, &fact, NULL);
    return status == DCV_ERR_USAGE ? DCV_OK : status;
}

static void read_about(struct reader *reader, const json_t *object)
{
    struct dcv_facts_about *about = dcv_facts_about(reader->facts);
    if (!dcv_time_parse(string_at(reader, object, "at", "1970-01-01T00:00:00Z"), &about->at))
        fail(reader, "\"at\" must be a time like 2026-11-21T09:30:00Z");
    const char *source = string_at(reader, object, "dnssec", "off");
    about->dnssec_source = strcmp(source, "resolver") == 0 ? "resolver" : strcmp(source, "local") == 0 ? "local" : "off";
    const char *validation = string_at(reader, object, "validation", "unknown");
    int found = -1;
    for (int i = DCV_VALIDATION_UNKNOWN; i <= DCV_VALIDATION_STRIPPED; i++)
        if (strcmp(dcv_validation_text((enum dcv_known_validation)i), validation) == 0)
            found = i;
    if (found < 0)
        fail(reader, "\"validation\" has an unknown value");
    else
        about->validation = (enum dcv_known_validation)found;
    about->queries = (unsigned)number_at(reader, object, "queries", INT32_MAX);
    about->cached = (unsigned)number_at(reader, object, "cached", INT32_MAX);
    about->round_trips = (unsigned)number_at(reader, object, "round_trips", INT32_MAX);
    about->elapsed_us = (uint64_t)number_at(reader, object, "elapsed_us", INT64_MAX);
    about->deadline = truth_at(reader, object, "deadline", false);
    about->authority = truth_at(reader, object, "authority", false);
    if (there(object, "resolver"))
        about->resolver = string_at(reader, object, "resolver", "");
    about->conversations = (unsigned)number_at(reader, object, "conversations", INT32_MAX);
    about->signatures = (unsigned)number_at(reader, object, "signatures", INT32_MAX);
    if (there(object, "anchors"))
        read_rrs(reader, json_object_get(object, "anchors"), &about->anchors);
}

enum dcv_status dcv_facts_from_json(struct dcv_facts *facts, const json_t *array, const json_t *about, const char **error)
{
    struct reader reader = {.facts = facts, .arena = dcv_facts_arena(facts)};
    if (!json_is_array(array)) {
        *error = "\"facts\" must be an array";
        return DCV_ERR_SYNTAX;
    }
    if (about != NULL && !json_is_object(about))
        fail(&reader, "\"about\" must be an object");
    else if (about != NULL)
        read_about(&reader, about);
    enum dcv_status status = reader.fault != NULL ? DCV_ERR_SYNTAX : DCV_OK;
    for (reader.index = 0; status == DCV_OK && reader.index < json_array_size(array); reader.index++)
        status = read_fact(&reader, json_array_get(array, reader.index));
    if (status == DCV_ERR_SYNTAX)
        *error = reader.fault;
    return status;
}
