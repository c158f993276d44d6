/* Any records deny, with a bound on what that costs: two octets are a type, one is the Labels field of a signature, the rest is a message,
 * the authority section of which holds the records of the zone "example". The owner of its first answer is the name asked for. */
#include "dnssec/denial.h"
#include "record/message.h"

#include <stdlib.h>

enum { HEAD = 3, RECORDS_MAX = 4096 };

static void ask(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type, unsigned labels)
{
    (void)dcv_denial_nodata(denial, name, type);
    (void)dcv_denial_nxdomain(denial, name);
    (void)dcv_denial_expanded(denial, name, labels);
    (void)dcv_denial_cut(denial, name);
    if (*denial->rounds > DCV_DENIAL_HASH_ROUNDS)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dcv_rr *records[RECORDS_MAX];
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_message message;
    struct dcv_name zone;
    uint64_t rounds = 0;
    if (dcv_name_parse("example", &zone, NULL) != DCV_OK)
        abort();
    if (size > HEAD && dcv_message_parse(arena, data + HEAD, size - HEAD, &message) == DCV_OK && message.authority.count <= RECORDS_MAX) {
        const struct dcv_denial denial = {.zone = &zone, .records = records, .count = message.authority.count, .rounds = &rounds};
        const struct dcv_name *name = message.answer.count != 0 ? &message.answer.items[0].owner : &zone;
        for (size_t i = 0; i < denial.count; i++)
            records[i] = &message.authority.items[i];
        ask(&denial, name, (uint16_t)((unsigned)data[0] << 8 | data[1]), data[2]);
    }
    dcv_arena_free(arena);
    return 0;
}
