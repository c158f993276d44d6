#include "fact/json_parts.h"

#include "base/date.h"

static json_t *address_or_null(const struct dcv_rr *address)
{
    return address != NULL ? dcv_json_rr(address) : json_null();
}

static json_t *recipient_to_json(const struct dcv_smtp_recipient *recipient)
{
    return json_pack("{s:o, s:b, s:s, s:i, s:o, s:b}", "address", dcv_json_of_text(recipient->address), "random", (int)recipient->random, "result",
                     dcv_rcpt_text(recipient->result), "code", (int)recipient->code, "text", dcv_json_of_text(recipient->text), "again",
                     (int)recipient->again);
}

static json_t *recipients_to_json(const struct dcv_smtp_fact *fact)
{
    json_t *array = json_array();
    for (size_t i = 0; array != NULL && i < fact->recipient_count; i++) {
        if (json_array_append_new(array, recipient_to_json(&fact->recipients[i])) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

json_t *dcv_json_of_smtp(const struct dcv_smtp_fact *fact)
{
    char at[DCV_TIME_TEXT];
    return json_pack("{s:s, s:o, s:o, s:s, s:s, s:o, s:s, s:i, s:o, s:s, s:b, s:o, s:o, s:I, s:s}", "kind", "smtp", "host",
                     dcv_json_of_name(&fact->host), "address", address_or_null(fact->address), "server", fact->server, "met",
                     dcv_meeting_text(fact->met), "why", dcv_json_of_text(fact->why), "stage", fact->stage, "code", (int)fact->code, "text",
                     dcv_json_of_text(fact->text), "starttls", dcv_starttls_text(fact->starttls), "sound", (int)fact->sound, "flaw",
                     dcv_json_of_text(fact->flaw), "recipients", recipients_to_json(fact), "rtt_us", (json_int_t)fact->rtt_us, "at",
                     dcv_time_format(fact->at, at));
}

json_t *dcv_json_of_http(const struct dcv_http_fact *fact)
{
    char at[DCV_TIME_TEXT];
    return json_pack("{s:s, s:s, s:o, s:s, s:i, s:o, s:o, s:s, s:s, s:o, s:i, s:o, s:b, s:b, s:o, s:s, s:b, s:I, s:s}", "kind", "http", "method",
                     fact->method, "begin", dcv_json_of_text(fact->begin), "first_server", fact->first_server, "hop", (int)fact->hop, "url",
                     dcv_json_of_text(fact->url), "address", address_or_null(fact->address), "server", fact->server, "met",
                     dcv_meeting_text(fact->met), "why", dcv_json_of_text(fact->why), "status", (int)fact->status, "location",
                     dcv_json_text_or_null(fact->location), "tls", (int)fact->tls, "sound", (int)fact->sound, "flaw",
                     dcv_json_of_text(fact->flaw), "body", dcv_http_body_text(fact->body), "random", (int)fact->random, "rtt_us",
                     (json_int_t)fact->rtt_us, "at", dcv_time_format(fact->at, at));
}

json_t *dcv_json_of_alpn(const struct dcv_alpn_fact *fact)
{
    char at[DCV_TIME_TEXT];
    return json_pack("{s:s, s:o, s:o, s:s, s:s, s:o, s:b, s:b, s:o, s:b, s:I, s:s}", "kind", "alpn", "name", dcv_json_of_name(&fact->name), "address",
                     address_or_null(fact->address), "server", fact->server, "met", dcv_meeting_text(fact->met), "why",
                     dcv_json_of_text(fact->why), "handshake", (int)fact->handshake, "no_protocol", (int)fact->no_protocol, "negotiated",
                     dcv_json_of_text(fact->negotiated), "identifier", (int)fact->identifier, "rtt_us", (json_int_t)fact->rtt_us, "at",
                     dcv_time_format(fact->at, at));
}
