/* The document of `inspect`. */
#include "report/json_inspect.h"

static void set_answer(struct dcv_json *json, json_t *object, struct dcv_arena *arena, const struct dcv_dns_fact *fact)
{
    dcv_json_set(json, object, "outcome", fact != NULL ? json_string(dcv_outcome_text(fact->outcome)) : json_null());
    dcv_json_set(json, object, "security", fact != NULL ? json_string(dcv_security_text(fact->security)) : json_null());
    dcv_json_set(json, object, "cause", dcv_json_cause(json, arena, fact != NULL ? fact->trust : NULL));
    dcv_json_set(json, object, "records", dcv_json_records(json, dcv_dns_fact_data(fact)));
}

static json_t *climb(struct dcv_json *json, const struct dcv_survey *survey)
{
    json_t *array = json_array();
    for (size_t i = 0; i < survey->climb.count; i++) {
        const struct dcv_survey_rung *rung = &survey->climb.items[i];
        json_t *object = json_object();
        dcv_json_set(json, object, "name", dcv_json_dns_name(&rung->name));
        set_answer(json, object, survey->arena, rung->fact);
        dcv_json_set(json, object, "stops",
                     json_boolean(rung->found || (rung->fact != NULL && !dcv_outcome_conclusive(rung->fact->outcome))));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *contacts(struct dcv_json *json, const struct dcv_survey *survey)
{
    json_t *array = json_array();
    for (size_t i = 0; i < survey->contacts.count; i++) {
        const struct dcv_survey_contact *contact = &survey->contacts.items[i];
        json_t *object = json_object();
        dcv_json_set(json, object, "adn", dcv_json_dns_name(&contact->adn));
        dcv_json_set(json, object, "owner", dcv_json_dns_name(&contact->fact->name));
        dcv_json_set(json, object, "misplaced",
                     contact->right ? json_null() : json_string(dcv_misplacement_text(contact->misplacement)));
        set_answer(json, object, survey->arena, contact->fact);
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *addresses(struct dcv_json *json, const struct dcv_survey *survey, const struct dcv_name *host)
{
    static const uint16_t types[] = {DCV_TYPE_A, DCV_TYPE_AAAA};
    json_t *object = json_object();
    for (size_t i = 0; i < 2; i++) {
        const struct dcv_dns_fact *fact = dcv_facts_dns(survey->facts, host, types[i], NULL);
        json_t *answer = fact != NULL ? json_object() : json_null();
        if (fact != NULL)
            set_answer(json, answer, survey->arena, fact);
        dcv_json_set(json, object, i == 0 ? "a" : "aaaa", answer);
    }
    return object;
}

static json_t *exchanges(struct dcv_json *json, const struct dcv_survey *survey, const struct dcv_dns_fact *fact)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    json_t *array = json_array();
    struct dcv_mx mx;
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        if (!dcv_rr_mx(&message->answer.items[i], &mx))
            continue;
        json_t *object = json_object();
        dcv_json_set(json, object, "preference", json_integer(mx.preference));
        dcv_json_set(json, object, "host", dcv_json_dns_name(&mx.exchange));
        dcv_json_set(json, object, "addresses", addresses(json, survey, &mx.exchange));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *mail(struct dcv_json *json, const struct dcv_survey *survey)
{
    json_t *array = json_array();
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        if (fact->kind != DCV_FACT_DNS || fact->dns.type != DCV_TYPE_MX)
            continue;
        json_t *object = json_object();
        dcv_json_set(json, object, "domain", dcv_json_dns_name(&fact->dns.name));
        set_answer(json, object, survey->arena, &fact->dns);
        dcv_json_set(json, object, "exchanges", exchanges(json, survey, &fact->dns));
        dcv_json_add(json, array, object);
    }
    return array;
}

static json_t *anchors(struct dcv_json *json, const struct dcv_survey *survey)
{
    const struct dcv_message lent = {.answer = dcv_facts_about_const(survey->facts)->anchors};
    return dcv_json_records(json, &lent);
}

static json_t *findings(struct dcv_json *json, const struct dcv_judged *judged)
{
    json_t *array = json_array();
    for (size_t i = 0; i < judged->findings.count; i++)
        if (dcv_rule_about_dns(judged->findings.items[i].rule))
            dcv_json_add(json, array, dcv_json_finding(json, &judged->findings.items[i]));
    return array;
}

json_t *dcv_json_inspect(struct dcv_json *json, const struct dcv_report *report, const struct dcv_report_name *name)
{
    static const char schema[] = "dcvready/inspect/1";
    if (name->error != NULL)
        return dcv_json_error(json, schema, name);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    if (arena == NULL)
        return NULL;
    struct dcv_survey survey;
    dcv_survey_make(&survey, arena, name->facts, &name->judged->name->name, &name->judged->base);
    json_t *object = dcv_json_open(json, schema, name->judged);
    dcv_json_set(json, object, "at", dcv_json_time(survey.now));
    dcv_json_set(json, object, "state", json_string(dcv_seen_text(dcv_report_seen(name->judged, name->facts))));
    dcv_json_set(json, object, "anchors", anchors(json, &survey));
    dcv_json_set(json, object, "zones", dcv_json_zones(json, &survey));
    dcv_json_set(json, object, "questions", dcv_json_questions(json, &survey));
    dcv_json_set(json, object, "servers", dcv_json_rows(json, &survey, false));
    dcv_json_set(json, object, "resolvers", dcv_json_rows(json, &survey, true));
    dcv_json_set(json, object, "caa_climb", climb(json, &survey));
    dcv_json_set(json, object, "contacts", contacts(json, &survey));
    dcv_json_set(json, object, "mail", mail(json, &survey));
    dcv_json_set(json, object, "findings", findings(json, name->judged));
    dcv_json_close(json, object, report, name);
    json->failed |= dcv_arena_failed(arena);
    dcv_arena_free(arena);
    return object;
}
