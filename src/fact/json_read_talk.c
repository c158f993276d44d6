#include "fact/json_parts.h"

#include <string.h>

static const char *meeting_name(int i)
{
    return dcv_meeting_text((enum dcv_meeting)i);
}

static const char *rcpt_name(int i)
{
    return dcv_rcpt_text((enum dcv_rcpt)i);
}

static const char *starttls_name(int i)
{
    return dcv_starttls_text((enum dcv_starttls)i);
}

static const char *body_name(int i)
{
    return dcv_http_body_text((enum dcv_http_body)i);
}

static enum dcv_meeting met_at(struct dcv_json_reader *reader, const json_t *object)
{
    return (enum dcv_meeting)dcv_json_choice_at(reader, object, "met", NULL, meeting_name, DCV_MET_UNRECORDED + 1);
}

/* A reply code of SMTP or a status of HTTP: three digits, or 0. */
static unsigned code_at(struct dcv_json_reader *reader, const json_t *object, const char *key)
{
    return (unsigned)dcv_json_number_at(reader, object, key, 999);
}

static const struct dcv_rr *address_at(struct dcv_json_reader *reader, const json_t *object)
{
    if (!dcv_json_there(object, "address"))
        return NULL;
    struct dcv_rr *address = dcv_arena_alloc(reader->arena, sizeof *address);
    if (address == NULL)
        return NULL;
    dcv_json_read_rr(reader, json_object_get(object, "address"), address);
    if (!(address->type == DCV_TYPE_A && address->rdlen == 4) && !(address->type == DCV_TYPE_AAAA && address->rdlen == 16))
        dcv_json_fail(reader, "\"address\" must be an A or AAAA record, or null");
    return address;
}

static uint64_t rtt_at(struct dcv_json_reader *reader, const json_t *object)
{
    return (uint64_t)dcv_json_number_at(reader, object, "rtt_us", INT64_MAX);
}

/* ---- SMTP ------------------------------------------------------------------------------------------------------------------------ */

static void read_recipient(struct dcv_json_reader *reader, const json_t *item, struct dcv_smtp_recipient *out)
{
    out->address = dcv_json_string_at(reader, item, "address", NULL);
    out->random = dcv_json_truth_at(reader, item, "random", false);
    out->result = (enum dcv_rcpt)dcv_json_choice_at(reader, item, "result", NULL, rcpt_name, DCV_RCPT_UNANSWERED + 1);
    out->code = code_at(reader, item, "code");
    out->text = dcv_json_string_at(reader, item, "text", "");
    out->again = dcv_json_truth_at(reader, item, "again", false);
}

static void read_recipients(struct dcv_json_reader *reader, const json_t *object, struct dcv_smtp_fact *out)
{
    const json_t *array = dcv_json_array_at(reader, object, "recipients");
    size_t count = json_array_size(array);
    struct dcv_smtp_recipient *recipients = dcv_arena_array(reader->arena, count, sizeof *recipients);
    for (size_t i = 0; recipients != NULL && i < count; i++)
        read_recipient(reader, json_array_get(array, i), &recipients[i]);
    out->recipients = recipients;
    out->recipient_count = recipients != NULL ? count : 0;
}

/* One of those that struct dcv_smtp_fact names. */
static const char *stage_at(struct dcv_json_reader *reader, const json_t *object)
{
    static const char *const stages[] = {"", "banner", "ehlo", "starttls", "mail", "rcpt", "quit"};
    const char *text = dcv_json_string_at(reader, object, "stage", "");
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++)
        if (strcmp(stages[i], text) == 0)
            return stages[i];
    dcv_json_fail(reader, "\"stage\" has an unknown value");
    return "";
}

void dcv_json_read_smtp(struct dcv_json_reader *reader, const json_t *object, struct dcv_smtp_fact *out)
{
    dcv_json_name_at(reader, object, "host", &out->host);
    out->address = address_at(reader, object);
    out->server = dcv_json_string_at(reader, object, "server", "");
    out->met = met_at(reader, object);
    out->why = dcv_json_string_at(reader, object, "why", "");
    out->stage = stage_at(reader, object);
    out->code = code_at(reader, object, "code");
    out->text = dcv_json_string_at(reader, object, "text", "");
    out->starttls = (enum dcv_starttls)dcv_json_choice_at(reader, object, "starttls", "unknown", starttls_name, DCV_STARTTLS_UNKNOWN + 1);
    out->sound = dcv_json_truth_at(reader, object, "sound", false);
    out->flaw = dcv_json_string_at(reader, object, "flaw", "");
    read_recipients(reader, object, out);
    out->rtt_us = rtt_at(reader, object);
    out->at = dcv_json_time_at(reader, object, "at");
}

/* ---- HTTP ------------------------------------------------------------------------------------------------------------------------ */

void dcv_json_read_http(struct dcv_json_reader *reader, const json_t *object, struct dcv_http_fact *out)
{
    out->method = dcv_json_string_at(reader, object, "method", NULL);
    out->url = dcv_json_string_at(reader, object, "url", NULL);
    out->begin = dcv_json_string_at(reader, object, "begin", out->url);
    out->address = address_at(reader, object);
    out->server = dcv_json_string_at(reader, object, "server", "");
    out->first_server = dcv_json_string_at(reader, object, "first_server", out->server);
    out->hop = (unsigned)dcv_json_number_at(reader, object, "hop", 1000);
    out->met = met_at(reader, object);
    out->why = dcv_json_string_at(reader, object, "why", "");
    out->status = code_at(reader, object, "status");
    out->location = dcv_json_optional_at(reader, object, "location");
    out->tls = dcv_json_truth_at(reader, object, "tls", false);
    out->sound = dcv_json_truth_at(reader, object, "sound", false);
    out->flaw = dcv_json_string_at(reader, object, "flaw", "");
    out->body = (enum dcv_http_body)dcv_json_choice_at(reader, object, "body", "any", body_name, DCV_HTTP_BODY_DIFFERS + 1);
    out->random = dcv_json_truth_at(reader, object, "random", false);
    out->rtt_us = rtt_at(reader, object);
    out->at = dcv_json_time_at(reader, object, "at");
}

/* ---- TLS ------------------------------------------------------------------------------------------------------------------------- */

void dcv_json_read_alpn(struct dcv_json_reader *reader, const json_t *object, struct dcv_alpn_fact *out)
{
    dcv_json_name_at(reader, object, "name", &out->name);
    out->address = address_at(reader, object);
    out->server = dcv_json_string_at(reader, object, "server", "");
    out->met = met_at(reader, object);
    out->why = dcv_json_string_at(reader, object, "why", "");
    out->handshake = dcv_json_truth_at(reader, object, "handshake", false);
    out->no_protocol = dcv_json_truth_at(reader, object, "no_protocol", false);
    out->negotiated = dcv_json_string_at(reader, object, "negotiated", "");
    out->identifier = dcv_json_truth_at(reader, object, "identifier", false);
    out->rtt_us = rtt_at(reader, object);
    out->at = dcv_json_time_at(reader, object, "at");
}
