/* A message that is read bears every reading, and its records, as a fact, read back from JSON as they were. */
#include "fact/json.h"

#include <stdlib.h>
#include <string.h>

static void read_record(struct dcv_arena *arena, const struct dcv_rr *rr)
{
    struct dcv_caa caa;
    struct dcv_mx mx;
    struct dcv_soa soa;
    struct dcv_name target;
    size_t len, strings;
    (void)dcv_rr_caa(rr, &caa);
    (void)dcv_rr_mx(rr, &mx);
    (void)dcv_rr_soa(rr, &soa);
    (void)dcv_rr_target(rr, &target);
    (void)dcv_rr_txt(rr, arena, &len, &strings);
    (void)dcv_rr_private_address(rr);
}

static void read_all(struct dcv_arena *arena, const struct dcv_message *message)
{
    struct dcv_name targets[4], last;
    for (size_t i = 0; i < message->answer.count; i++) {
        read_record(arena, &message->answer.items[i]);
        (void)dcv_message_chain(message, &message->answer.items[i].owner, targets, 4, &last);
        (void)dcv_message_loops(message, &message->answer.items[i].owner);
    }
    for (size_t i = 0; i < message->authority.count; i++)
        read_record(arena, &message->authority.items[i]);
    (void)dcv_message_ttl(message);
}

static char *dump(const struct dcv_facts *facts)
{
    json_t *json = dcv_facts_to_json(facts);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (text == NULL)
        abort();
    return text;
}

static void round_trip(const struct dcv_facts *facts)
{
    struct dcv_facts *again = dcv_facts_create();
    const char *error = NULL;
    char *text = dump(facts);
    json_t *json = json_loads(text, 0, NULL);
    if (dcv_facts_from_json(again, json, NULL, &error) != DCV_OK)
        abort();
    char *second = dump(again);
    if (strcmp(text, second) != 0)
        abort();
    free(text);
    free(second);
    json_decref(json);
    dcv_facts_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_facts *facts = dcv_facts_create();
    struct dcv_message message;
    if (dcv_message_parse(dcv_facts_arena(facts), data, size, &message) == DCV_OK) {
        const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = dcv_name_root(), .type = DCV_TYPE_SOA, .rcode = message.rcode,
                                                                    .message = &message, .server = ""}};
        read_all(dcv_facts_arena(facts), &message);
        if (dcv_facts_add(facts, &fact, NULL) != DCV_OK)
            abort();
        round_trip(facts);
    }
    dcv_facts_free(facts);
    return 0;
}
