/* Zones, their servers and what those said, as JSON. */
#include "report/json_inspect.h"
#include "report/words.h"

json_t *dcv_json_time(int64_t at)
{
    char text[DCV_TIME_TEXT];
    return at != 0 ? json_string(dcv_time_format(at, text)) : json_null();
}

json_t *dcv_json_type(uint16_t type)
{
    char text[DCV_TYPE_TEXT];
    return type != 0 ? json_string(dcv_type_text(type, text)) : json_null();
}

json_t *dcv_json_records(struct dcv_json *json, const struct dcv_message *message)
{
    json_t *array = json_array();
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        struct dcv_buf text;
        if (message->answer.items[i].type == DCV_TYPE_RRSIG)
            continue;
        dcv_buf_init(&text, 1 << 20);
        dcv_rr_text(&message->answer.items[i], &text);
        dcv_json_add(json, array, dcv_json_octets(dcv_buf_text(&text), text.len));
        dcv_buf_done(&text);
    }
    return array;
}

json_t *dcv_json_cause(struct dcv_json *json, struct dcv_arena *arena, const struct dcv_trust *trust)
{
    if (trust == NULL || trust->cause == DCV_CAUSE_NONE)
        return json_null();
    const int ede = dcv_cause_ede(trust->cause);
    const bool key = trust->algorithm != 0;
    json_t *object = json_object();
    dcv_json_set(json, object, "id", json_string(dcv_cause_text(trust->cause)));
    dcv_json_set(json, object, "security", json_string(dcv_security_text(trust->security)));
    dcv_json_set(json, object, "text", json_string(dcv_cause_words(arena, trust)));
    dcv_json_set(json, object, "zone", dcv_json_dns_name(&trust->zone));
    dcv_json_set(json, object, "owner", dcv_json_dns_name(&trust->owner));
    dcv_json_set(json, object, "type", dcv_json_type(trust->type));
    dcv_json_set(json, object, "key_tag", key ? json_integer(trust->key_tag) : json_null());
    dcv_json_set(json, object, "algorithm", key ? json_integer(trust->algorithm) : json_null());
    dcv_json_set(json, object, "at", dcv_json_time(trust->at));
    dcv_json_set(json, object, "ede", ede >= 0 ? json_integer(ede) : json_null());
    dcv_json_set(json, object, "ede_meaning", ede >= 0 ? json_string(dcv_ede_meaning((uint16_t)ede)) : json_null());
    return object;
}

/* ---- chain of trust ------------------------------------------------------------------------------------------------------- */

static void set_algorithm(struct dcv_json *json, json_t *object, uint16_t tag, uint8_t algorithm)
{
    char text[DCV_ALGORITHM_TEXT];
    dcv_json_set(json, object, "key_tag", json_integer(tag));
    dcv_json_set(json, object, "algorithm", json_integer(algorithm));
    dcv_json_set(json, object, "algorithm_name", json_string(dcv_algorithm_text(algorithm, text)));
}

static json_t *ds_array(struct dcv_json *json, const struct dcv_survey_zone *zone)
{
    json_t *array = json_array();
    for (size_t i = 0; i < zone->ds.count; i++) {
        const struct dcv_ds *ds = &zone->ds.items[i];
        char text[DCV_ALGORITHM_TEXT];
        json_t *object = json_object();
        set_algorithm(json, object, ds->tag, ds->algorithm);
        dcv_json_set(json, object, "digest_type", json_integer(ds->digest_type));
        dcv_json_set(json, object, "digest_name", json_string(dcv_digest_text(ds->digest_type, text)));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *keys_array(struct dcv_json *json, const struct dcv_survey_zone *zone)
{
    json_t *array = json_array();
    for (size_t i = 0; i < zone->keys.count; i++) {
        const struct dcv_dnskey *key = &zone->keys.items[i];
        const unsigned bits = dcv_dnskey_bits(key);
        json_t *object = json_object();
        set_algorithm(json, object, key->tag, key->algorithm);
        dcv_json_set(json, object, "role", json_string(dcv_dnskey_role(key)));
        dcv_json_set(json, object, "flags", json_integer(key->flags));
        dcv_json_set(json, object, "bits", bits != 0 ? json_integer((json_int_t)bits) : json_null());
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *signatures_array(struct dcv_json *json, const struct dcv_survey_zone *zone)
{
    json_t *array = json_array();
    for (size_t i = 0; i < zone->signatures.count; i++) {
        const struct dcv_survey_signature *signature = &zone->signatures.items[i];
        json_t *object = json_object();
        dcv_json_set(json, object, "owner", dcv_json_dns_name(&signature->owner));
        dcv_json_set(json, object, "type", dcv_json_type(signature->type));
        dcv_json_set(json, object, "signer", dcv_json_dns_name(&signature->signer));
        set_algorithm(json, object, signature->tag, signature->algorithm);
        dcv_json_set(json, object, "from", dcv_json_time(signature->from));
        dcv_json_set(json, object, "until", dcv_json_time(signature->until));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *nsec3_object(struct dcv_json *json, const struct dcv_survey_zone *zone)
{
    if (!zone->has_nsec3)
        return json_null();
    json_t *object = json_object();
    dcv_json_set(json, object, "iterations", json_integer(zone->nsec3.iterations));
    dcv_json_set(json, object, "salt_octets", json_integer((json_int_t)zone->nsec3.salt_len));
    dcv_json_set(json, object, "opt_out", json_boolean((zone->nsec3.flags & DCV_NSEC3_OPT_OUT) != 0));
    return object;
}

/* ---- zones ---------------------------------------------------------------------------------------------------------------- */

/* Its hosts as the parent names them, or as the zone itself does; null where that was not seen. */
static json_t *hosts_array(struct dcv_json *json, const struct dcv_survey_zone *zone, bool at_parent)
{
    if (at_parent ? !zone->delegation_known : !zone->own_known)
        return json_null();
    json_t *array = json_array();
    for (size_t i = 0; i < zone->hosts.count; i++)
        if (at_parent ? zone->hosts.items[i].at_parent : zone->hosts.items[i].in_zone)
            dcv_json_add(json, array, dcv_json_dns_name(&zone->hosts.items[i].name));
    return array;
}

static json_t *zone_object(struct dcv_json *json, const struct dcv_survey *survey, const struct dcv_survey_zone *zone)
{
    json_t *object = json_object(), *faults = json_array();
    dcv_json_set(json, object, "name", dcv_json_dns_name(&zone->name));
    dcv_json_set(json, object, "parent",
                 zone->above == SIZE_MAX ? json_null() : dcv_json_dns_name(&survey->zones.items[zone->above].name));
    dcv_json_set(json, object, "servers_asked", json_boolean(zone->swept));
    dcv_json_set(json, object, "delegation", hosts_array(json, zone, true));
    dcv_json_set(json, object, "ns", hosts_array(json, zone, false));
    dcv_json_set(json, object, "security", json_string(dcv_security_text(zone->security)));
    dcv_json_set(json, object, "cause", dcv_json_cause(json, survey->arena, zone->trust));
    dcv_json_set(json, object, "ds", ds_array(json, zone));
    dcv_json_set(json, object, "keys", keys_array(json, zone));
    dcv_json_set(json, object, "signatures", signatures_array(json, zone));
    dcv_json_set(json, object, "nsec3", nsec3_object(json, zone));
    for (size_t i = 0; i < zone->faults.count; i++)
        dcv_json_add(json, faults, dcv_json_cause(json, survey->arena, zone->faults.items[i]));
    dcv_json_set(json, object, "faults", faults);
    return object;
}

json_t *dcv_json_zones(struct dcv_json *json, const struct dcv_survey *survey)
{
    json_t *array = json_array();
    for (size_t i = 0; i < survey->zones.count; i++)
        dcv_json_add(json, array, zone_object(json, survey, &survey->zones.items[i]));
    return array;
}

/* ---- servers × records ---------------------------------------------------------------------------------------------------- */

static json_t *tri(enum dcv_survey_tri value)
{
    return value == DCV_TRI_UNKNOWN ? json_null() : json_boolean(value == DCV_TRI_YES);
}

static json_t *cells_array(struct dcv_json *json, const struct dcv_survey_row *row, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct dcv_survey_cell *cell = &row->cells[i];
        const char letter[] = {cell->state, '\0'};
        if (cell->state == DCV_CELL_NOT_ASKED)
            continue;
        json_t *object = json_object();
        dcv_json_set(json, object, "question", json_integer((json_int_t)i));
        dcv_json_set(json, object, "outcome", json_string(dcv_outcome_text(cell->outcome)));
        dcv_json_set(json, object, "variant", cell->variant != 0 ? json_string(letter) : json_null());
        dcv_json_set(json, object, "ttl_s", json_integer((json_int_t)cell->ttl_s));
        dcv_json_set(json, object, "tries", json_integer((json_int_t)cell->tries));
        dcv_json_set(json, object, "at", dcv_json_time(cell->at));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *row_object(struct dcv_json *json, const struct dcv_survey *survey, const struct dcv_survey_row *row)
{
    char rcode[DCV_RCODE_TEXT];
    const bool spoke = row->reach == DCV_REACH_ANSWERS || row->reach == DCV_REACH_LAME;
    json_t *object = json_object();
    if (!row->resolver) {
        dcv_json_set(json, object, "zone",
                     row->zone == SIZE_MAX ? json_null() : dcv_json_dns_name(&survey->zones.items[row->zone].name));
        dcv_json_set(json, object, "host", dcv_json_dns_name(&row->host));
        dcv_json_set(json, object, "authoritative", spoke ? json_boolean(row->authoritative) : json_null());
    }
    dcv_json_set(json, object, "server", dcv_json_text(row->server));
    dcv_json_set(json, object, "reach", json_string(dcv_survey_reach_text(row->reach)));
    dcv_json_set(json, object, "outcome", json_string(dcv_outcome_text(row->outcome)));
    dcv_json_set(json, object, "rcode", spoke ? json_string(dcv_rcode_text(row->rcode, rcode)) : json_null());
    dcv_json_set(json, object, "tries", json_integer((json_int_t)row->tries));
    dcv_json_set(json, object, "at", dcv_json_time(row->at));
    dcv_json_set(json, object, "serial", row->has_serial ? json_integer((json_int_t)row->serial) : json_null());
    dcv_json_set(json, object, "tcp", tri(row->tcp));
    dcv_json_set(json, object, "edns", tri(row->edns));
    dcv_json_set(json, object, "case_ignored", json_boolean(row->case_ignored));
    dcv_json_set(json, object, "rtt_us", json_integer((json_int_t)row->rtt_us));
    dcv_json_set(json, object, "size", row->size != 0 ? json_integer((json_int_t)row->size) : json_null());
    dcv_json_set(json, object, "differs", json_boolean(row->differs));
    dcv_json_set(json, object, "answers", cells_array(json, row, survey->questions.count));
    return object;
}

json_t *dcv_json_rows(struct dcv_json *json, const struct dcv_survey *survey, bool resolvers)
{
    json_t *array = json_array();
    for (size_t i = 0; i < survey->rows.count; i++)
        if (survey->rows.items[i].resolver == resolvers)
            dcv_json_add(json, array, row_object(json, survey, &survey->rows.items[i]));
    return array;
}

static json_t *variants_array(struct dcv_json *json, const struct dcv_survey_question *question)
{
    json_t *array = json_array();
    for (size_t i = 0; i < question->variants.count; i++) {
        const struct dcv_survey_variant *variant = &question->variants.items[i];
        const char letter[] = {variant->letter, '\0'};
        json_t *object = json_object();
        dcv_json_set(json, object, "variant", json_string(letter));
        dcv_json_set(json, object, "servers", json_integer((json_int_t)variant->servers));
        dcv_json_set(json, object, "records", dcv_json_records(json, variant->message));
        dcv_json_add(json, array, object);
    }
    return array;
}

json_t *dcv_json_questions(struct dcv_json *json, const struct dcv_survey *survey)
{
    json_t *array = json_array();
    for (size_t i = 0; i < survey->questions.count; i++) {
        const struct dcv_survey_question *question = &survey->questions.items[i];
        json_t *object = json_object();
        dcv_json_set(json, object, "name", dcv_json_dns_name(&question->name));
        dcv_json_set(json, object, "type", dcv_json_type(question->type));
        dcv_json_set(json, object, "differs", json_boolean(question->differs));
        dcv_json_set(json, object, "variants", variants_array(json, question));
        dcv_json_add(json, array, object);
    }
    return array;
}
