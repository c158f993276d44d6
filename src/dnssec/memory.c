#include "dnssec/work.h"

#include <ldns/ldns.h>

static void put_part(ldns_sha256_CTX *context, const struct dcv_octets *part)
{
    const uint8_t len[] = {(uint8_t)(part->len >> 24), (uint8_t)(part->len >> 16), (uint8_t)(part->len >> 8), (uint8_t)part->len};
    ldns_sha256_update(context, len, sizeof len);
    if (part->len != 0)
        ldns_sha256_update(context, part->data, part->len);
}

/* The algorithm is among the data; whether the key may sign is not remembered. */
void dcv_memory_key(const struct dcv_octets *data, const struct dcv_octets *signature, const struct dcv_dnskey *key,
                    uint8_t out[DCV_MEMORY_KEY])
{
    ldns_sha256_CTX context;
    ldns_sha256_init(&context);
    put_part(&context, data);
    put_part(&context, signature);
    put_part(&context, &(struct dcv_octets){key->key, key->key_len});
    ldns_sha256_final(out, &context);
}

enum dcv_memory dcv_memory_get(struct dcv_validator *validator, const uint8_t key[DCV_MEMORY_KEY])
{
    void *value = dcv_map_get(validator->remembered, key, DCV_MEMORY_KEY);
    if (value == NULL && validator->older != NULL && (value = dcv_map_get(validator->older, key, DCV_MEMORY_KEY)) != NULL)
        (void)dcv_memory_put(validator, key, (enum dcv_memory)(uintptr_t)value); /* what is in use stays; without memory, it does not */
    return (enum dcv_memory)(uintptr_t)value;
}

bool dcv_memory_put(struct dcv_validator *validator, const uint8_t key[DCV_MEMORY_KEY], enum dcv_memory memory)
{
    if (dcv_map_count(validator->remembered) >= validator->remembered_max) {
        struct dcv_map *fresh = dcv_map_create();
        if (fresh == NULL)
            return false;
        dcv_map_free(validator->older, NULL);
        validator->older = validator->remembered;
        validator->remembered = fresh;
    }
    return dcv_map_put(validator->remembered, key, DCV_MEMORY_KEY, (void *)(uintptr_t)memory);
}

size_t dcv_memory_max(size_t bytes)
{
    enum { LEAST = 16, GENERATIONS = 2 };
    const size_t most = bytes / GENERATIONS / dcv_map_cost(DCV_MEMORY_KEY);
    if (bytes == 0)
        return DCV_REMEMBERED_MAX;
    return most < LEAST ? LEAST : most;
}

size_t dcv_validator_cache_bytes(const struct dcv_validator *validator)
{
    const size_t older = validator->older != NULL ? dcv_map_count(validator->older) : 0;
    return (dcv_map_count(validator->remembered) + older) * dcv_map_cost(DCV_MEMORY_KEY);
}
