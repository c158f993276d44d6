#include "dnssec/proof.h"

struct nsec {
    const struct dcv_name *owner;
    struct dcv_name next;
    struct dcv_types types;
};

/* An uncompressed name; dcv_name_from_wire() judges its labels. */
static bool take_name(struct dcv_cursor *cursor, struct dcv_name *out)
{
    const uint8_t *start = cursor->at;
    for (uint8_t label = dcv_cursor_u8(cursor); label != 0; label = dcv_cursor_u8(cursor))
        (void)dcv_cursor_take(cursor, label);
    return !cursor->failed && dcv_name_from_wire(start, (size_t)(cursor->at - start), out) == DCV_OK;
}

static bool read_nsec(const struct dcv_denial *denial, size_t index, struct nsec *out)
{
    const struct dcv_rr *rr = denial->records[index];
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, rr->rdata, rr->rdlen);
    out->owner = &rr->owner;
    return rr->type == DCV_TYPE_NSEC && dcv_name_under(&rr->owner, denial->zone) && take_name(&cursor, &out->next)
        && dcv_name_under(&out->next, denial->zone) && dcv_types_read(&cursor, &out->types);
}

static bool find_match(const struct dcv_denial *denial, const struct dcv_name *name, struct nsec *out)
{
    for (size_t i = 0; i < denial->count; i++)
        if (dcv_name_equal(&denial->records[i]->owner, name) && read_nsec(denial, i, out))
            return true;
    return false;
}

/* The last NSEC of a zone leads back to the apex (RFC 4034 §4.1.1). The parent's NSEC at a cut, and one beside a DNAME, does not speak of
 * names below its owner (RFC 6840 §4.1). */
static bool covers(const struct nsec *nsec, const struct dcv_name *zone, const struct dcv_name *name)
{
    if (dcv_name_compare(nsec->owner, name) >= 0)
        return false;
    if (!dcv_name_equal(&nsec->next, zone) && dcv_name_compare(name, &nsec->next) >= 0)
        return false;
    return !dcv_name_under(name, nsec->owner) || !dcv_types_end_names(&nsec->types);
}

/* The longest ancestor that the two ends of the span show to exist; `name` itself, when the next name is below it. */
static struct dcv_name encloser_in(const struct nsec *nsec, const struct dcv_name *name)
{
    struct dcv_name encloser = *name;
    while (!dcv_name_under(nsec->owner, &encloser) && !dcv_name_under(&nsec->next, &encloser))
        (void)dcv_name_parent(&encloser, &encloser);
    return encloser;
}

/* False: no record covers `name`. The closest encloser is `name` itself when that is an empty non-terminal. */
static bool find_encloser(const struct dcv_denial *denial, const struct dcv_name *name, struct dcv_name *out)
{
    bool found = false;
    for (size_t i = 0; i < denial->count; i++) {
        struct nsec nsec;
        if (!read_nsec(denial, i, &nsec) || !covers(&nsec, denial->zone, name))
            continue;
        const struct dcv_name encloser = encloser_in(&nsec, name);
        if (!found || encloser.len > out->len)
            *out = encloser;
        found = true;
    }
    return found;
}

/* Does nothing exist at `name`, nor below it? */
static bool absent(const struct dcv_denial *denial, const struct dcv_name *name, struct dcv_name *encloser)
{
    return find_encloser(denial, name, encloser) && !dcv_name_equal(encloser, name);
}

static enum dcv_proof proof_of(bool proven)
{
    return proven ? DCV_PROOF_GOOD : DCV_PROOF_NONE;
}

/* Is `name` there, of its own or as an empty non-terminal, without `type`? */
static bool lacks(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type)
{
    struct nsec nsec;
    struct dcv_name encloser;
    if (find_match(denial, name, &nsec))
        return dcv_types_deny(&nsec.types, name, type);
    return find_encloser(denial, name, &encloser) && dcv_name_equal(&encloser, name);
}

enum dcv_proof dcv_nsec_nodata(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type)
{
    struct dcv_name encloser;
    if (lacks(denial, name, type))
        return DCV_PROOF_GOOD;
    if (!absent(denial, name, &encloser))
        return DCV_PROOF_NONE;
    const struct dcv_name wildcard = dcv_source_of_synthesis(&encloser);
    return proof_of(lacks(denial, &wildcard, type));
}

enum dcv_proof dcv_nsec_nxdomain(const struct dcv_denial *denial, const struct dcv_name *name)
{
    struct nsec nsec;
    struct dcv_name encloser, above;
    if (find_match(denial, name, &nsec))
        return proof_of(dcv_types_deny_name(&nsec.types));
    if (!absent(denial, name, &encloser))
        return DCV_PROOF_NONE;
    const struct dcv_name wildcard = dcv_source_of_synthesis(&encloser);
    return proof_of(absent(denial, &wildcard, &above));
}

enum dcv_proof dcv_nsec_expanded(const struct dcv_denial *denial, const struct dcv_name *name, unsigned labels)
{
    struct dcv_name encloser;
    return proof_of(absent(denial, name, &encloser) && dcv_name_labels(&encloser) == labels);
}

enum dcv_proof dcv_nsec_cut(const struct dcv_denial *denial, const struct dcv_name *name, bool *delegated)
{
    struct nsec nsec;
    struct dcv_name encloser;
    if (find_match(denial, name, &nsec)) {
        if (dcv_types_have(&nsec.types, DCV_TYPE_DS) || dcv_types_have(&nsec.types, DCV_TYPE_SOA))
            return DCV_PROOF_NONE;
        *delegated = dcv_types_have(&nsec.types, DCV_TYPE_NS); /* RFC 6840 §4.4 */
        return DCV_PROOF_GOOD;
    }
    return proof_of(find_encloser(denial, name, &encloser));
}
