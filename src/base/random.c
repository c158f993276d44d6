#include "base/random.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/types.h>

enum dcv_status dcv_seed_fresh(struct dcv_seed *out)
{
    struct dcv_seed seed;
    ssize_t got;
    do
        got = getrandom(seed.key, sizeof seed.key, 0);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof seed.key)
        return DCV_ERR_SYSTEM;
    *out = seed;
    return DCV_OK;
}

static uint64_t rotate(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t little_endian(const uint8_t *octets, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value |= (uint64_t)octets[i] << (8 * i);
    return value;
}

static void rounds(uint64_t v[4], int count)
{
    for (int i = 0; i < count; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

uint64_t dcv_seed_value(const struct dcv_seed *seed, const void *data, size_t len)
{
    const uint8_t *at = data;
    uint64_t k0 = little_endian(seed->key, 8), k1 = little_endian(seed->key + 8, 8);
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575U, k1 ^ 0x646f72616e646f6dU, k0 ^ 0x6c7967656e657261U, k1 ^ 0x7465646279746573U};
    uint64_t last = (uint64_t)len << 56;
    for (; len >= 8; at += 8, len -= 8) {
        uint64_t word = little_endian(at, 8);
        v[3] ^= word;
        rounds(v, 2);
        v[0] ^= word;
    }
    if (len != 0)
        last |= little_endian(at, len);
    v[3] ^= last;
    rounds(v, 2);
    v[0] ^= last;
    v[2] ^= 0xff;
    rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
