#include "dnssec/proof.h"

enum { TYPE_NXNAME = 128, WINDOW_OCTETS = 32 };

bool dcv_types_read(struct dcv_cursor *cursor, struct dcv_types *out)
{
    const struct dcv_types types = {.octets = cursor->at, .len = dcv_cursor_left(cursor)};
    int last = -1;
    while (!cursor->failed && dcv_cursor_left(cursor) != 0) {
        const uint8_t window = dcv_cursor_u8(cursor), len = dcv_cursor_u8(cursor);
        (void)dcv_cursor_take(cursor, len);
        if (window <= last || len == 0 || len > WINDOW_OCTETS)
            return false;
        last = window;
    }
    *out = types;
    return !cursor->failed;
}

bool dcv_types_have(const struct dcv_types *types, uint16_t type)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, types->octets, types->len);
    while (dcv_cursor_left(&cursor) != 0) {
        const uint8_t window = dcv_cursor_u8(&cursor), len = dcv_cursor_u8(&cursor);
        const uint8_t *bits = dcv_cursor_take(&cursor, len);
        if (bits != NULL && window == type >> 8)
            return (type & 0xff) / 8 < len && (bits[(type & 0xff) / 8] & 0x80 >> type % 8) != 0;
    }
    return false;
}

bool dcv_types_delegate(const struct dcv_types *types)
{
    return dcv_types_have(types, DCV_TYPE_NS) && !dcv_types_have(types, DCV_TYPE_SOA);
}

bool dcv_types_end_names(const struct dcv_types *types)
{
    return dcv_types_delegate(types) || dcv_types_have(types, DCV_TYPE_DNAME);
}

bool dcv_types_deny(const struct dcv_types *types, const struct dcv_name *owner, uint16_t type)
{
    if (dcv_types_have(types, type) || dcv_types_have(types, DCV_TYPE_CNAME)) /* RFC 6840 §4.3 */
        return false;
    if (type == DCV_TYPE_DS) /* the root has no parent: its own word is all there is */
        return !dcv_types_have(types, DCV_TYPE_SOA) || owner->len == 1;
    return !dcv_types_delegate(types);
}

bool dcv_types_deny_name(const struct dcv_types *types)
{
    return dcv_types_have(types, TYPE_NXNAME) && !dcv_types_end_names(types) && !dcv_types_have(types, DCV_TYPE_SOA);
}

struct dcv_name dcv_source_of_synthesis(const struct dcv_name *encloser)
{
    struct dcv_name wildcard = {0};
    (void)dcv_name_prepend("*", encloser, &wildcard);
    return wildcard;
}

/* A zone says nothing of names outside, and nothing of the DS at its own apex: they are the parent's (RFC 4035 §5.2). */
static bool can_tell(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type)
{
    return dcv_name_under(name, denial->zone) && (type != DCV_TYPE_DS || name->len == 1 || !dcv_name_equal(name, denial->zone));
}

enum dcv_proof dcv_denial_nodata(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type)
{
    if (!can_tell(denial, name, type))
        return DCV_PROOF_NONE;
    const enum dcv_proof proof = dcv_nsec_nodata(denial, name, type);
    return proof != DCV_PROOF_NONE ? proof : dcv_nsec3_nodata(denial, name, type);
}

enum dcv_proof dcv_denial_nxdomain(const struct dcv_denial *denial, const struct dcv_name *name)
{
    if (!dcv_name_under(name, denial->zone))
        return DCV_PROOF_NONE;
    const enum dcv_proof proof = dcv_nsec_nxdomain(denial, name);
    return proof != DCV_PROOF_NONE ? proof : dcv_nsec3_nxdomain(denial, name);
}

enum dcv_proof dcv_denial_expanded(const struct dcv_denial *denial, const struct dcv_name *name, unsigned labels)
{
    if (!dcv_name_under(name, denial->zone) || labels >= dcv_name_labels(name) || labels < dcv_name_labels(denial->zone))
        return DCV_PROOF_NONE;
    const enum dcv_proof proof = dcv_nsec_expanded(denial, name, labels);
    return proof != DCV_PROOF_NONE ? proof : dcv_nsec3_expanded(denial, name, labels);
}

enum dcv_cut dcv_denial_cut(const struct dcv_denial *denial, const struct dcv_name *name)
{
    bool delegated = false;
    if (!dcv_name_under(name, denial->zone) || dcv_name_equal(name, denial->zone))
        return DCV_CUT_UNPROVEN;
    enum dcv_proof proof = dcv_nsec_cut(denial, name, &delegated);
    if (proof == DCV_PROOF_NONE)
        proof = dcv_nsec3_cut(denial, name, &delegated);
    switch (proof) {
    case DCV_PROOF_NONE: break;
    case DCV_PROOF_GOOD: return delegated ? DCV_CUT_UNSIGNED : DCV_CUT_NONE;
    case DCV_PROOF_OPT_OUT: return DCV_CUT_OPT_OUT;
    case DCV_PROOF_ITERATIONS: return DCV_CUT_ITERATIONS;
    case DCV_PROOF_UNKNOWN: return DCV_CUT_UNKNOWN;
    case DCV_PROOF_LIMIT: return DCV_CUT_LIMIT;
    }
    return DCV_CUT_UNPROVEN;
}
