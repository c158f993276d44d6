#include "record/rr.h"

#include "base/text.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <string.h>

static const struct {
    uint16_t type;
    const char *text;
} types[] = {
    {DCV_TYPE_A, "A"},         {DCV_TYPE_NS, "NS"},         {DCV_TYPE_CNAME, "CNAME"}, {DCV_TYPE_SOA, "SOA"},
    {DCV_TYPE_MX, "MX"},       {DCV_TYPE_TXT, "TXT"},       {DCV_TYPE_AAAA, "AAAA"},   {DCV_TYPE_DNAME, "DNAME"},
    {DCV_TYPE_DS, "DS"},       {DCV_TYPE_RRSIG, "RRSIG"},   {DCV_TYPE_NSEC, "NSEC"},   {DCV_TYPE_DNSKEY, "DNSKEY"},
    {DCV_TYPE_NSEC3, "NSEC3"}, {DCV_TYPE_NSEC3PARAM, "NSEC3PARAM"}, {DCV_TYPE_TLSA, "TLSA"}, {DCV_TYPE_CAA, "CAA"},
};

const char *dcv_type_text(uint16_t type, char out[DCV_TYPE_TEXT])
{
    (void)snprintf(out, DCV_TYPE_TEXT, "TYPE%u", (unsigned)type);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].type == type)
            (void)snprintf(out, DCV_TYPE_TEXT, "%s", types[i].text);
    return out;
}

uint16_t dcv_type_parse(const char *text)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].text, text) == 0)
            return types[i].type;
    unsigned value = 0;
    if (strncmp(text, "TYPE", 4) != 0 || text[4] == '\0')
        return 0;
    for (const char *at = text + 4; *at != '\0'; at++) {
        if (*at < '0' || *at > '9')
            return 0;
        value = value * 10 + (unsigned)(*at - '0');
        if (value > UINT16_MAX)
            return 0;
    }
    return (uint16_t)value;
}

void dcv_rr_text(const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_buf wire;
    dcv_buf_init(&wire, DCV_NAME_WIRE_MAX + 10 + UINT16_MAX);
    dcv_buf_put(&wire, rr->owner.wire, rr->owner.len);
    dcv_buf_u16(&wire, rr->type);
    dcv_buf_u16(&wire, LDNS_RR_CLASS_IN);
    dcv_buf_u32(&wire, rr->ttl);
    dcv_buf_u16(&wire, rr->rdlen);
    dcv_buf_put(&wire, rr->rdata, rr->rdlen);
    ldns_rr *parsed = NULL;
    size_t pos = 0;
    char *text = NULL;
    if (!wire.failed && rr->rdlen != 0
        && ldns_wire2rr(&parsed, (const uint8_t *)wire.data, wire.len, &pos, LDNS_SECTION_ANSWER) == LDNS_STATUS_OK)
        text = ldns_rr2str(parsed);
    if (text != NULL) {
        for (char *at = text; *at != '\0'; at++)
            if (*at == '\t')
                *at = ' ';
        dcv_buf_put(out, text, strcspn(text, "\n"));
    } else { /* RFC 3597 §5 */
        char owner[DCV_NAME_TEXT_MAX], type[DCV_TYPE_TEXT];
        dcv_buf_printf(out, "%s. %u IN %s \\# %u ", dcv_name_text(&rr->owner, owner), (unsigned)rr->ttl, dcv_type_text(rr->type, type),
                       (unsigned)rr->rdlen);
        dcv_hex_put(out, rr->rdata, rr->rdlen);
    }
    free(text);
    ldns_rr_free(parsed);
    dcv_buf_done(&wire);
}

static struct dcv_cursor cursor_of(const struct dcv_rr *rr)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, rr->rdata, rr->rdlen);
    return cursor;
}

bool dcv_cursor_name(struct dcv_cursor *cursor, struct dcv_name *out)
{
    const uint8_t *start = cursor->at;
    uint8_t label;
    do {
        label = dcv_cursor_u8(cursor);
        if (label > DCV_LABEL_MAX)
            cursor->failed = true;
        (void)dcv_cursor_take(cursor, label);
    } while (label != 0 && !cursor->failed);
    return !cursor->failed && dcv_name_from_wire(start, (size_t)(cursor->at - start), out) == DCV_OK;
}

bool dcv_rr_caa(const struct dcv_rr *rr, struct dcv_caa *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    uint8_t flags = dcv_cursor_u8(&cursor);
    uint8_t tag_len = dcv_cursor_u8(&cursor);
    const uint8_t *tag = dcv_cursor_take(&cursor, tag_len);
    if (rr->type != DCV_TYPE_CAA || cursor.failed || tag_len == 0) /* RFC 8659 §4.1: the length is at least 1 */
        return false;
    *out = (struct dcv_caa){.flags = flags, .tag = (const char *)tag, .tag_len = tag_len, .value = cursor.at, .value_len = dcv_cursor_left(&cursor)};
    return true;
}

bool dcv_rr_mx(const struct dcv_rr *rr, struct dcv_mx *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    struct dcv_mx mx = {.preference = dcv_cursor_u16(&cursor)};
    if (rr->type != DCV_TYPE_MX || !dcv_cursor_name(&cursor, &mx.exchange) || dcv_cursor_left(&cursor) != 0)
        return false;
    *out = mx;
    return true;
}

bool dcv_rr_soa(const struct dcv_rr *rr, struct dcv_soa *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    struct dcv_soa soa;
    if (rr->type != DCV_TYPE_SOA || !dcv_cursor_name(&cursor, &soa.mname) || !dcv_cursor_name(&cursor, &soa.rname))
        return false;
    soa.serial = dcv_cursor_u32(&cursor);
    soa.refresh = dcv_cursor_u32(&cursor);
    soa.retry = dcv_cursor_u32(&cursor);
    soa.expire = dcv_cursor_u32(&cursor);
    soa.minimum = dcv_cursor_u32(&cursor);
    if (cursor.failed || dcv_cursor_left(&cursor) != 0)
        return false;
    *out = soa;
    return true;
}

bool dcv_rr_target(const struct dcv_rr *rr, struct dcv_name *out)
{
    struct dcv_cursor cursor = cursor_of(rr);
    bool typed = rr->type == DCV_TYPE_NS || rr->type == DCV_TYPE_CNAME || rr->type == DCV_TYPE_DNAME;
    struct dcv_name name;
    if (!typed || !dcv_cursor_name(&cursor, &name) || dcv_cursor_left(&cursor) != 0)
        return false;
    *out = name;
    return true;
}

const uint8_t *dcv_rr_txt(const struct dcv_rr *rr, struct dcv_arena *arena, size_t *len, size_t *strings)
{
    if (rr->type != DCV_TYPE_TXT || rr->rdlen == 0)
        return NULL;
    uint8_t *joined = dcv_arena_alloc(arena, rr->rdlen);
    if (joined == NULL)
        return NULL;
    struct dcv_cursor cursor = cursor_of(rr);
    size_t size = 0, count = 0;
    while (dcv_cursor_left(&cursor) != 0) {
        uint8_t part_len = dcv_cursor_u8(&cursor);
        const uint8_t *part = dcv_cursor_take(&cursor, part_len);
        if (part == NULL)
            return NULL;
        if (part_len != 0)
            memcpy(joined + size, part, part_len);
        size += part_len;
        count++;
    }
    *len = size;
    if (strings != NULL)
        *strings = count;
    return joined;
}

struct prefix {
    uint8_t octets[16];
    unsigned bits;
};

static bool in_prefix(const uint8_t *address, const struct prefix *prefix)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    if (memcmp(address, prefix->octets, whole) != 0)
        return false;
    uint8_t mask = (uint8_t)(0xff00U >> rest);
    return rest == 0 || (address[whole] & mask) == prefix->octets[whole];
}

static bool private_v4(const uint8_t *address)
{
    static const struct prefix prefixes[] = {
        {{0}, 8},          {{10}, 8},         {{100, 64}, 10}, {{127}, 8},     {{169, 254}, 16},
        {{172, 16}, 12},   {{192, 0, 0}, 24}, {{192, 168}, 16}, {{198, 18}, 15}, {{224}, 4},    {{240}, 4},
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (in_prefix(address, &prefixes[i]))
            return true;
    return false;
}

static bool private_v6(const uint8_t *address)
{
    static const struct prefix v4_mapped = {{[10] = 0xff, [11] = 0xff}, 96};
    static const struct prefix v4_compatible = {{0}, 96}, nat64 = {{[1] = 0x64, [2] = 0xff, [3] = 0x9b}, 96};
    static const struct prefix prefixes[] = {
        {{[1] = 0x64, [2] = 0xff, [3] = 0x9b, [5] = 1}, 48}, {{0xfc}, 7}, {{0xfe, 0x80}, 10}, {{0xfe, 0xc0}, 10}, {{0xff}, 8}, {{0x01}, 64},
    };
    /* IPv4 inside: mapped, compatible (RFC 4291 §2.5.5), behind NAT64 (RFC 6052). */
    if (in_prefix(address, &v4_mapped) || in_prefix(address, &v4_compatible) || in_prefix(address, &nat64))
        return private_v4(address + 12);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (in_prefix(address, &prefixes[i]))
            return true;
    return false;
}

bool dcv_rr_private_address(const struct dcv_rr *rr)
{
    if (rr->type == DCV_TYPE_A && rr->rdlen == 4)
        return private_v4(rr->rdata);
    if (rr->type == DCV_TYPE_AAAA && rr->rdlen == 16)
        return private_v6(rr->rdata);
    return false;
}
