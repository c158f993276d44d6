/* Any CAA record is judged: the first octet is its flags, the second the length of its tag, the rest tag and value. The same octets also stand
 * for a persistent validation record: its character-strings. */
#include "judging.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_facts *facts = dcv_facts_create();
    struct dcv_rr rr = {.type = DCV_TYPE_CAA, .ttl = 300, .rdata = data, .rdlen = (uint16_t)(size > UINT16_MAX ? UINT16_MAX : size)};
    struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.type = DCV_TYPE_CAA, .server = ""}};
    const struct dcv_message message = {.answer = {&rr, 1}};
    if (dcv_name_parse("example.jp", &rr.owner, NULL) != DCV_OK)
        abort();
    fact.dns.name = rr.owner;
    fact.dns.message = &message;
    if (dcv_facts_add(facts, &fact, NULL) != DCV_OK)
        abort();
    struct dcv_rr txt = {.type = DCV_TYPE_TXT, .ttl = 300, .rdata = data, .rdlen = rr.rdlen};
    const struct dcv_message record = {.answer = {&txt, 1}};
    if (dcv_name_parse("_validation-persist.example.jp", &txt.owner, NULL) != DCV_OK)
        abort();
    const struct dcv_fact persist = {.kind = DCV_FACT_DNS, .dns = {.name = txt.owner, .type = DCV_TYPE_TXT, .server = "", .message = &record}};
    if (dcv_facts_add(facts, &persist, NULL) != DCV_OK)
        abort();
    dcv_facts_freeze(facts);
    judge_facts(facts, "example.jp", dcv_date_ymd(2026, 11, 21), 2);
    judge_facts(facts, "*.example.jp", dcv_date_ymd(2027, 3, 15), 2);
    dcv_facts_free(facts);
    return 0;
}
