#include "record/dnskey.h"

#include <stdio.h>

/* https://www.iana.org/assignments/dns-sec-alg-numbers and …/ds-rr-types */
enum algorithm {
    RSAMD5 = 1, RSASHA1 = 5, RSASHA1_NSEC3_SHA1 = 7, RSASHA256 = 8, RSASHA512 = 10, ECDSAP256SHA256 = 13, ECDSAP384SHA384 = 14, ED25519 = 15,
    ED448 = 16,
};

struct mnemonic {
    uint8_t number;
    const char *text;
};

static const struct mnemonic algorithms[] = {
    {RSAMD5, "RSAMD5"}, {2, "DH"}, {3, "DSA"}, {RSASHA1, "RSASHA1"}, {6, "DSA-NSEC3-SHA1"}, {RSASHA1_NSEC3_SHA1, "RSASHA1-NSEC3-SHA1"},
    {RSASHA256, "RSASHA256"}, {RSASHA512, "RSASHA512"}, {12, "ECC-GOST"}, {ECDSAP256SHA256, "ECDSAP256SHA256"},
    {ECDSAP384SHA384, "ECDSAP384SHA384"}, {ED25519, "ED25519"}, {ED448, "ED448"}, {17, "SM2SM3"}, {23, "ECC-GOST12"}, {252, "INDIRECT"},
    {253, "PRIVATEDNS"}, {254, "PRIVATEOID"},
};

static const struct mnemonic digests[] = {
    {1, "SHA-1"}, {2, "SHA-256"}, {3, "GOST R 34.11-94"}, {4, "SHA-384"}, {5, "GOST R 34.11-2012"}, {6, "SM3"},
};

static const char *mnemonic(const struct mnemonic *rows, size_t count, uint8_t number, const char *otherwise, char out[DCV_ALGORITHM_TEXT])
{
    (void)snprintf(out, DCV_ALGORITHM_TEXT, "%s%u", otherwise, (unsigned)number);
    for (size_t i = 0; i < count; i++)
        if (rows[i].number == number)
            (void)snprintf(out, DCV_ALGORITHM_TEXT, "%s", rows[i].text);
    return out;
}

const char *dcv_algorithm_text(uint8_t algorithm, char out[DCV_ALGORITHM_TEXT])
{
    return mnemonic(algorithms, sizeof algorithms / sizeof algorithms[0], algorithm, "ALGORITHM", out);
}

const char *dcv_digest_text(uint8_t digest_type, char out[DCV_ALGORITHM_TEXT])
{
    return mnemonic(digests, sizeof digests / sizeof digests[0], digest_type, "DIGEST", out);
}

static struct dcv_cursor cursor_of(const struct dcv_rr *rr)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, rr->rdata, rr->rdlen);
    return cursor;
}

static const uint8_t *take_rest(struct dcv_cursor *cursor, size_t *len)
{
    *len = dcv_cursor_left(cursor);
    return dcv_cursor_take(cursor, *len);
}

uint16_t dcv_dnskey_tag(const struct dcv_rr *rr)
{
    enum { BEFORE_KEY = 4, TAG_FROM_END = 3 };
    uint32_t sum = 0;
    if (rr->rdlen >= BEFORE_KEY + TAG_FROM_END && rr->rdata[3] == RSAMD5) /* RFC 4034 Appendix B.1 */
        return (uint16_t)(rr->rdata[rr->rdlen - TAG_FROM_END] << 8 | rr->rdata[rr->rdlen - TAG_FROM_END + 1]);
    for (size_t i = 0; i < rr->rdlen; i++)
        sum += (i & 1) != 0 ? rr->rdata[i] : (uint32_t)rr->rdata[i] << 8;
    return (uint16_t)(sum + (sum >> 16));
}

bool dcv_rr_dnskey(const struct dcv_rr *rr, struct dcv_dnskey *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    struct dcv_dnskey key = {.flags = dcv_cursor_u16(&cursor), .tag = dcv_dnskey_tag(rr)};
    key.protocol = dcv_cursor_u8(&cursor);
    key.algorithm = dcv_cursor_u8(&cursor);
    key.key = take_rest(&cursor, &key.key_len);
    if (rr->type != DCV_TYPE_DNSKEY || cursor.failed)
        return false;
    *out = key;
    return true;
}

/* RFC 3110 §2: the length of the exponent in one octet, or in two after a zero; the exponent; the modulus. */
static unsigned rsa_bits(const struct dcv_dnskey *key)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, key->key, key->key_len);
    size_t exponent_len = dcv_cursor_u8(&cursor);
    if (exponent_len == 0)
        exponent_len = dcv_cursor_u16(&cursor);
    (void)dcv_cursor_take(&cursor, exponent_len);
    while (!cursor.failed && dcv_cursor_left(&cursor) != 0 && *cursor.at == 0)
        (void)dcv_cursor_u8(&cursor);
    if (cursor.failed || dcv_cursor_left(&cursor) == 0)
        return 0;
    unsigned bits = (unsigned)dcv_cursor_left(&cursor) * 8;
    for (uint8_t top = *cursor.at; (top & 0x80) == 0; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

unsigned dcv_dnskey_bits(const struct dcv_dnskey *key)
{
    switch (key->algorithm) {
    case RSAMD5:
    case RSASHA1:
    case RSASHA1_NSEC3_SHA1:
    case RSASHA256:
    case RSASHA512: return rsa_bits(key);
    case ECDSAP256SHA256:
    case ED25519: return 256;
    case ECDSAP384SHA384: return 384;
    case ED448: return 456;
    default: return 0;
    }
}

const char *dcv_dnskey_role(const struct dcv_dnskey *key)
{
    if ((key->flags & DCV_KEY_REVOKED) != 0)
        return "revoked";
    if ((key->flags & DCV_KEY_ZONE) == 0)
        return "key";
    return (key->flags & DCV_KEY_ENTRY) != 0 ? "KSK" : "ZSK";
}

bool dcv_rr_ds(const struct dcv_rr *rr, struct dcv_ds *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    struct dcv_ds ds = {.tag = dcv_cursor_u16(&cursor)};
    ds.algorithm = dcv_cursor_u8(&cursor);
    ds.digest_type = dcv_cursor_u8(&cursor);
    ds.digest = take_rest(&cursor, &ds.digest_len);
    if (rr->type != DCV_TYPE_DS || cursor.failed)
        return false;
    *out = ds;
    return true;
}

bool dcv_rr_rrsig(const struct dcv_rr *rr, struct dcv_rrsig *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    struct dcv_rrsig rrsig = {.covered = dcv_cursor_u16(&cursor)};
    rrsig.algorithm = dcv_cursor_u8(&cursor);
    rrsig.labels = dcv_cursor_u8(&cursor);
    rrsig.original_ttl = dcv_cursor_u32(&cursor);
    rrsig.expiration = dcv_cursor_u32(&cursor);
    rrsig.inception = dcv_cursor_u32(&cursor);
    rrsig.tag = dcv_cursor_u16(&cursor);
    if (rr->type != DCV_TYPE_RRSIG || !dcv_cursor_name(&cursor, &rrsig.signer))
        return false;
    rrsig.signature = take_rest(&cursor, &rrsig.signature_len);
    *out = rrsig;
    return true;
}

int64_t dcv_rrsig_time(uint32_t date, int64_t near)
{
    const uint32_t forward = date - (uint32_t)near;
    return forward <= INT32_MAX ? near + forward : near - (int64_t)(UINT32_MAX - forward) - 1;
}

bool dcv_rr_nsec3param(const struct dcv_rr *rr, struct dcv_nsec3param *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    struct dcv_nsec3param param = {.algorithm = dcv_cursor_u8(&cursor)};
    param.flags = dcv_cursor_u8(&cursor);
    param.iterations = dcv_cursor_u16(&cursor);
    param.salt_len = dcv_cursor_u8(&cursor);
    param.salt = dcv_cursor_take(&cursor, param.salt_len);
    if (cursor.failed || (rr->type != DCV_TYPE_NSEC3 && (rr->type != DCV_TYPE_NSEC3PARAM || dcv_cursor_left(&cursor) != 0)))
        return false;
    *out = param;
    return true;
}
