/* The usual answer, read without ldns: records of the types that dcvready asks for, whole and in order. Whatever is out of the ordinary is left to ldns, so that there is one
 * opinion on it. */
#include "record/wire.h"

#include "base/text.h"

#include <string.h>

enum { HEADER = 12, RECORDS_MAX = 256, POINTERS_MAX = 64, IN = 1, OPT_FIXED = 11 };

struct reader {
    const uint8_t *wire;
    size_t len, at;
    struct dcv_arena *arena;
    uint8_t rdata[2 * DCV_NAME_WIRE_MAX + 32]; /* of a type with names */
};

static uint16_t u16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)u16(at) << 16 | u16(at + 2);
}

/* The name at `*at`, which moves behind it, in lower case where `lower`, from its second label on where `keep_first`; its length in `out`, which has room for a name. 0: it is none,
 * or an odd one. `*compressed` (may be NULL): it holds a pointer. */
static size_t read_name(const struct reader *reader, size_t *at, size_t end, bool lower, bool keep_first, uint8_t *out, bool *compressed)
{
    size_t from = *at, len = 0;
    unsigned pointers = 0;
    for (;;) {
        if (from >= (pointers == 0 ? end : reader->len))
            return 0;
        const uint8_t label = reader->wire[from];
        if ((label & 0xc0) == 0xc0) {
            if (from + 2 > (pointers == 0 ? end : reader->len) || ++pointers > POINTERS_MAX)
                return 0;
            const size_t to = (size_t)(label & 0x3f) << 8 | reader->wire[from + 1];
            if (pointers == 1)
                *at = from + 2;
            if (to >= from || to < HEADER)
                return 0;
            from = to;
            continue;
        }
        if (label > DCV_LABEL_MAX || from + 1 + label > (pointers == 0 ? end : reader->len) || len + 1 + label > DCV_NAME_WIRE_MAX)
            return 0;
        out[len] = label;
        const bool keep = !lower || (keep_first && len == 0);
        for (size_t i = 1; i <= label; i++) {
            const uint8_t octet = reader->wire[from + i];
            out[len + i] = !keep && octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
        }
        len += (size_t)label + 1;
        from += (size_t)label + 1;
        if (label == 0)
            break;
    }
    if (pointers == 0)
        *at = from;
    if (compressed != NULL)
        *compressed = pointers != 0;
    return len;
}

/* RDATA of one or two names with octets before and behind, uncompressed into `reader->rdata`; its length, 0: odd. */
static size_t read_names(struct reader *reader, size_t at, size_t end, size_t before, unsigned names, size_t behind)
{
    size_t len = before;
    if (end - at < before)
        return 0;
    memcpy(reader->rdata, reader->wire + at, before);
    at += before;
    for (unsigned i = 0; i < names; i++) {
        const size_t name = read_name(reader, &at, end, true, i == 1, reader->rdata + len, NULL);
        if (name == 0)
            return 0;
        len += name;
    }
    if (end - at != behind)
        return 0;
    memcpy(reader->rdata + len, reader->wire + at, behind);
    return len + behind;
}

static bool whole_strings(const uint8_t *rdata, size_t len)
{
    enum { STRINGS_MAX = 1024 };
    size_t at = 0;
    unsigned count = 0;
    for (; at < len && count <= STRINGS_MAX; count++)
        at += (size_t)rdata[at] + 1;
    return at == len && len != 0 && count <= STRINGS_MAX;
}

/* Fixed octets, a name that is not compressed, and something behind it. */
static bool signer_fits(const struct reader *reader, size_t at, size_t end, size_t before)
{
    uint8_t name[DCV_NAME_WIRE_MAX];
    bool compressed = false;
    if (end - at <= before)
        return false;
    at += before;
    return read_name(reader, &at, end, false, false, name, &compressed) != 0 && !compressed && at < end;
}

static bool nsec3_fits(const uint8_t *rdata, size_t len)
{
    enum { FIXED = 5 };
    if (len < FIXED || len < FIXED + (size_t)rdata[4] + 1)
        return false;
    const size_t hash = FIXED + (size_t)rdata[4];
    return rdata[hash] != 0 && len > hash + 1 + rdata[hash];
}

/* The RDATA of a type, as it is to be kept; NULL: odd. */
static const uint8_t *read_rdata(struct reader *reader, uint16_t type, size_t at, size_t end, size_t *len)
{
    const uint8_t *rdata = reader->wire + at;
    bool fits = false;
    *len = end - at;
    switch (type) {
    case DCV_TYPE_A: fits = *len == 4; break;
    case DCV_TYPE_AAAA: fits = *len == 16; break;
    case DCV_TYPE_TXT: fits = whole_strings(rdata, *len); break;
    case DCV_TYPE_CAA: fits = *len > 2 && rdata[1] != 0 && *len > 2 + (size_t)rdata[1]; break;
    case DCV_TYPE_DS:
    case DCV_TYPE_DNSKEY: fits = *len > 4; break;
    case DCV_TYPE_RRSIG: fits = signer_fits(reader, at, end, 18); break;
    case DCV_TYPE_NSEC: fits = signer_fits(reader, at, end, 0); break;
    case DCV_TYPE_NSEC3: fits = nsec3_fits(rdata, *len); break;
    case DCV_TYPE_NS:
    case DCV_TYPE_CNAME:
    case DCV_TYPE_DNAME:
    case DCV_TYPE_MX:
    case DCV_TYPE_SOA:
        *len = type == DCV_TYPE_SOA ? read_names(reader, at, end, 0, 2, 20) : read_names(reader, at, end, type == DCV_TYPE_MX ? 2 : 0, 1, 0);
        rdata = reader->rdata;
        fits = *len != 0;
        break;
    default: break;
    }
    return fits ? rdata : NULL;
}

static enum wire_read read_record(struct reader *reader, struct dcv_rr *out)
{
    enum { FIXED = 10 };
    size_t len;
    const size_t owner = read_name(reader, &reader->at, reader->len, true, false, out->owner.wire, NULL);
    if (owner == 0 || reader->len - reader->at < FIXED)
        return WIRE_ODD;
    const uint8_t *fixed = reader->wire + reader->at;
    const size_t from = reader->at + FIXED, end = from + u16(fixed + 8);
    out->owner.len = (uint8_t)owner;
    out->type = u16(fixed);
    out->ttl = u32(fixed + 4) > INT32_MAX ? 0 : u32(fixed + 4);
    if (u16(fixed + 2) != IN || end > reader->len)
        return WIRE_ODD;
    const uint8_t *rdata = read_rdata(reader, out->type, from, end, &len);
    if (rdata == NULL)
        return WIRE_ODD;
    reader->at = end;
    out->rdlen = (uint16_t)len;
    out->rdata = dcv_arena_copy(reader->arena, rdata, len);
    return out->rdata != NULL ? WIRE_READ : WIRE_NO_MEMORY;
}

static enum wire_read read_section(struct reader *reader, size_t count, struct dcv_rrs *out)
{
    out->items = dcv_arena_array(reader->arena, count, sizeof out->items[0]);
    if (out->items == NULL)
        return WIRE_NO_MEMORY;
    for (; out->count < count; out->count++) {
        const enum wire_read read = read_record(reader, &out->items[out->count]);
        if (read != WIRE_READ)
            return read;
    }
    return WIRE_READ;
}

/* The OPT record at the end, bare: one with options, or elsewhere, is read by ldns. */
static bool read_opt(struct reader *reader, struct dcv_message *out)
{
    const uint8_t *opt = reader->wire + reader->at;
    if (reader->len - reader->at != OPT_FIXED || opt[0] != 0 || u16(opt + 1) != DCV_TYPE_OPT || opt[6] != 0 || u16(opt + 9) != 0)
        return false;
    out->edns = true;
    out->rcode |= (uint16_t)(opt[5] << 4);
    reader->at = reader->len;
    return true;
}

static bool read_question(struct reader *reader, uint16_t count)
{
    uint8_t name[DCV_NAME_WIRE_MAX];
    if (count == 0)
        return true;
    if (count != 1 || read_name(reader, &reader->at, reader->len, false, false, name, NULL) == 0 || reader->len - reader->at < 4)
        return false;
    reader->at += 4;
    return true;
}

/* Is the last record of a message an OPT without options? */
static bool ends_with_opt(const uint8_t *wire, size_t len)
{
    return len >= HEADER + OPT_FIXED && wire[len - OPT_FIXED] == 0 && u16(wire + len - OPT_FIXED + 1) == DCV_TYPE_OPT;
}

enum wire_read wire_read(struct dcv_arena *arena, const uint8_t *wire, size_t len, struct dcv_message *out)
{
    struct reader reader = {.wire = wire, .len = len, .at = HEADER, .arena = arena};
    const uint16_t flags = u16(wire + 2), answers = u16(wire + 6), authorities = u16(wire + 8), additionals = u16(wire + 10);
    struct dcv_message message = {.rcode = flags & 15, .authoritative = (flags & 0x0400) != 0, .truncated = (flags & 0x0200) != 0,
                                  .recursion_available = (flags & 0x80) != 0, .authentic = (flags & 0x20) != 0, .checking_disabled = (flags & 0x10) != 0, .size = len};
    const bool opt = additionals != 0 && ends_with_opt(wire, len);
    if ((size_t)answers + authorities + additionals > RECORDS_MAX || message.truncated || !read_question(&reader, u16(wire + 4)))
        return WIRE_ODD;
    enum wire_read read = read_section(&reader, answers, &message.answer);
    if (read == WIRE_READ)
        read = read_section(&reader, authorities, &message.authority);
    if (read == WIRE_READ)
        read = read_section(&reader, additionals - (size_t)opt, &message.additional);
    if (read == WIRE_READ && ((opt && !read_opt(&reader, &message)) || reader.at != len))
        return WIRE_ODD;
    if (read == WIRE_READ)
        *out = message;
    return read;
}
