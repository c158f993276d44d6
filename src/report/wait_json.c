/* The document of a wait. */
#include "report/wait.h"

#include "base/date.h"

static json_t *time_or_null(int64_t seconds)
{
    char text[DCV_TIME_TEXT];
    return seconds == 0 ? json_null() : json_string(dcv_time_format(seconds, text));
}

static json_t *other_value(const struct dcv_wait_server *row)
{
    return row->other == NULL ? json_null() : dcv_json_octets(row->other, row->other_len);
}

static json_t *answer_object(struct dcv_json *json, const struct dcv_wait_server *row)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "server", dcv_json_text(row->server));
    dcv_json_set(json, object, "asked", dcv_json_dns_name(&row->name));
    dcv_json_set(json, object, "state", json_string(dcv_wait_state_text(row->state)));
    dcv_json_set(json, object, "outcome", row->outcome[0] != '\0' ? json_string(row->outcome) : json_null());
    dcv_json_set(json, object, "counts", json_boolean(row->counts));
    dcv_json_set(json, object, "unanswered", json_integer((json_int_t)row->tries));
    dcv_json_set(json, object, "values", json_integer((json_int_t)row->values));
    dcv_json_set(json, object, "other_value", other_value(row));
    dcv_json_set(json, object, "ttl", json_integer((json_int_t)row->ttl_s));
    dcv_json_set(json, object, "at", time_or_null(row->at));
    dcv_json_set(json, object, "negative_until", time_or_null(row->until));
    return object;
}

static json_t *server_object(struct dcv_json *json, const struct dcv_wait_server *row)
{
    json_t *object = answer_object(json, row);
    dcv_json_set(json, object, "zone", dcv_json_dns_name(&row->zone));
    dcv_json_set(json, object, "host", dcv_json_dns_name(&row->host));
    dcv_json_set(json, object, "serial", row->has_serial ? json_integer((json_int_t)row->serial) : json_null());
    dcv_json_set(json, object, "alias_of", row->state == DCV_WAIT_ALIAS ? dcv_json_dns_name(&row->target) : json_null());
    return object;
}

static json_t *wanted_object(struct dcv_json *json, const struct dcv_wanted *wanted)
{
    json_t *object = json_object();
    if (wanted->contact != NULL)
        dcv_json_set(json, object, "contact", dcv_json_text(wanted->contact->address));
    else
        dcv_json_set(json, object, "txt", dcv_json_octets(wanted->value, wanted->len));
    return object;
}

static json_t *question_object(struct dcv_json *json, const struct dcv_wanted *wanted)
{
    json_t *object = json_object();
    dcv_json_set(json, object, "name", dcv_json_dns_name(&wanted->owner));
    dcv_json_set(json, object, "type", json_string("TXT"));
    return object;
}

json_t *dcv_json_wait(struct dcv_json *json, const struct dcv_report_name *name)
{
    static const char schema[] = "dcvready/wait/1";
    const struct dcv_wait *wait = name->wait;
    if (name->error != NULL)
        return dcv_json_error(json, schema, name);
    json_t *object = json_object(), *servers = json_array(), *resolvers = json_array();
    for (size_t i = 0; i < wait->servers.count; i++) {
        const struct dcv_wait_server *row = &wait->servers.items[i];
        if (row->resolver)
            dcv_json_add(json, resolvers, answer_object(json, row));
        else
            dcv_json_add(json, servers, server_object(json, row));
    }
    dcv_json_set(json, object, "schema", json_string(schema));
    dcv_json_set(json, object, "name", dcv_json_text(wait->name->unicode));
    dcv_json_set(json, object, "ascii", dcv_json_text(wait->name->ascii));
    dcv_json_set(json, object, "question", question_object(json, &wait->wanted));
    dcv_json_set(json, object, "wanted", wanted_object(json, &wait->wanted));
    dcv_json_set(json, object, "met", json_boolean(wait->end == DCV_WAIT_MET));
    dcv_json_set(json, object, "seen", json_boolean(wait->end == DCV_WAIT_MET || wait->seen));
    dcv_json_set(json, object, "ended", json_string(dcv_wait_end_text(wait->end)));
    dcv_json_set(json, object, "public_suffix", json_boolean(wait->suffix));
    dcv_json_set(json, object, "rounds", json_integer((json_int_t)wait->rounds));
    dcv_json_set(json, object, "servers", servers);
    dcv_json_set(json, object, "resolvers", resolvers);
    dcv_json_set(json, object, "negative_until", time_or_null(wait->negative_until));
    dcv_json_set(json, object, "started_at", time_or_null(wait->started_s));
    dcv_json_set(json, object, "ended_at", time_or_null(wait->ended_s));
    dcv_json_set(json, object, "elapsed_ms", json_integer((json_int_t)(wait->elapsed_us / 1000)));
    return object;
}
