#include "dnssec/rrset.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { CLASS_IN = 1, RRSIG_HEAD = 18 /* octets before the signer's name */ };

int dcv_octets_compare(const struct dcv_octets *a, const struct dcv_octets *b)
{
    const size_t common = a->len < b->len ? a->len : b->len;
    const int order = common != 0 ? memcmp(a->data, b->data, common) : 0;
    if (order != 0)
        return order;
    return a->len == b->len ? 0 : a->len < b->len ? -1 : 1;
}

/* The types whose RDATA hold names that are lower-cased in canonical form (RFC 4034 §6.2 as amended by RFC 6840 §5.1): a digit is a number of
 * octets, 's' a character-string, 'n' a name. SIG, KEY, NXT and A6 (RFC 6563) are of the past. */
static const struct form {
    uint16_t type;
    const char *parts;
} forms[] = {
    {2, "n"},   {3, "n"},    {4, "n"},   {5, "n"},    {6, "nn"},   {7, "n"},   {8, "n"},      {9, "n"},   {12, "n"},
    {14, "nn"}, {15, "2n"},  {17, "nn"}, {18, "2n"},  {21, "2n"},  {26, "2nn"}, {33, "6n"},   {35, "4sssn"}, {36, "2n"}, {39, "n"},
};

static const char *form_of(uint16_t type)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].type == type)
            return forms[i].parts;
    return NULL;
}

/* Lower case for the name at `at`; returns where it ends, never beyond `len`. */
static size_t lower_name(uint8_t *rdata, size_t len, size_t at)
{
    while (at < len && rdata[at] != 0 && rdata[at] <= DCV_LABEL_MAX) {
        const size_t end = at + 1 + rdata[at] < len ? at + 1 + rdata[at] : len;
        for (at++; at < end; at++)
            rdata[at] = (uint8_t)dcv_ascii_lower((char)rdata[at]);
    }
    return at < len ? at + 1 : len;
}

static void lower_names(const char *parts, uint8_t *rdata, size_t len)
{
    size_t at = 0;
    for (; *parts != '\0' && at < len; parts++) {
        if (*parts == 'n')
            at = lower_name(rdata, len, at);
        else if (*parts == 's')
            at += 1U + rdata[at];
        else
            at += (size_t)(*parts - '0');
    }
}

/* The RDATA in canonical form: lent from the record, or a copy. */
static struct dcv_octets canonical(struct dcv_arena *arena, const struct dcv_rr *rr)
{
    struct dcv_octets octets = {rr->rdata, rr->rdlen};
    const char *parts = form_of(rr->type);
    if (parts == NULL)
        return octets;
    uint8_t *copy = dcv_arena_copy(arena, rr->rdata, rr->rdlen);
    if (copy != NULL) {
        lower_names(parts, copy, rr->rdlen);
        octets.data = copy;
    }
    return octets;
}

static int by_octets(const void *a, const void *b)
{
    return dcv_octets_compare(a, b);
}

/* In order and without what is there twice (RFC 4034 §6.3); returns how many are left. */
static size_t arrange(struct dcv_octets *items, size_t count)
{
    if (count == 0)
        return 0;
    qsort(items, count, sizeof *items, by_octets);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (dcv_octets_compare(&items[kept - 1], &items[i]) != 0)
            items[kept++] = items[i];
    return kept;
}

static bool covers(const struct dcv_rr *rr, uint16_t type)
{
    return rr->type == DCV_TYPE_RRSIG && rr->rdlen >= RRSIG_HEAD && (rr->rdata[0] << 8 | rr->rdata[1]) == type;
}

static bool find_signatures(struct dcv_arena *arena, struct dcv_octets *items, size_t count, struct dcv_rrset *out)
{
    count = arrange(items, count);
    out->signatures = dcv_arena_array(arena, count, sizeof out->signatures[0]);
    if (out->signatures == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct dcv_rr rr = {.type = DCV_TYPE_RRSIG, .rdlen = (uint16_t)items[i].len, .rdata = items[i].data};
        struct dcv_signature *signature = &out->signatures[out->signature_count];
        if (!dcv_rr_rrsig(&rr, &signature->rrsig))
            continue;
        dcv_name_lower(&signature->rrsig.signer);
        signature->rdata = items[i];
        out->signature_count++;
    }
    return true;
}

bool dcv_rrset_find(struct dcv_arena *arena, const struct dcv_rrs *section, const struct dcv_name *owner, uint16_t type,
                    struct dcv_rrset *out)
{
    size_t records = 0, signatures = 0;
    for (size_t i = 0; i < section->count; i++) {
        const struct dcv_rr *rr = &section->items[i];
        if ((rr->type == type || covers(rr, type)) && dcv_name_equal(&rr->owner, owner))
            ++*(rr->type == type ? &records : &signatures);
    }
    *out = (struct dcv_rrset){.owner = *owner, .type = type};
    dcv_name_lower(&out->owner);
    if (records == 0)
        return false;
    out->rdatas = dcv_arena_array(arena, records, sizeof out->rdatas[0]);
    struct dcv_octets *items = dcv_arena_array(arena, signatures, sizeof *items);
    if (out->rdatas == NULL || items == NULL)
        return false;
    signatures = 0;
    for (size_t i = 0; i < section->count; i++) {
        const struct dcv_rr *rr = &section->items[i];
        if (rr->type == type && dcv_name_equal(&rr->owner, owner))
            out->rdatas[out->count++] = canonical(arena, rr);
        else if (covers(rr, type) && dcv_name_equal(&rr->owner, owner))
            items[signatures++] = (struct dcv_octets){rr->rdata, rr->rdlen};
    }
    out->count = arrange(out->rdatas, out->count);
    return find_signatures(arena, items, signatures, out) && !dcv_arena_failed(arena);
}

bool dcv_rrset_signed_data(const struct dcv_rrset *rrset, const struct dcv_signature *signature, struct dcv_buf *out)
{
    struct dcv_name owner = rrset->owner;
    if (signature->rrsig.labels > dcv_name_labels(&owner))
        return false;
    if (signature->rrsig.labels < dcv_name_labels(&owner)) { /* RFC 4035 §5.3.2: made from a wildcard */
        const struct dcv_name encloser = dcv_name_suffix(&owner, signature->rrsig.labels);
        if (dcv_name_prepend("*", &encloser, &owner) != DCV_OK)
            return false;
    }
    size_t size = RRSIG_HEAD + signature->rrsig.signer.len;
    for (size_t i = 0; i < rrset->count && size <= DCV_SIGNED_MAX; i++)
        size += owner.len + 10U + rrset->rdatas[i].len;
    if (size > DCV_SIGNED_MAX)
        return false;
    dcv_buf_put(out, signature->rdata.data, RRSIG_HEAD);
    dcv_buf_put(out, signature->rrsig.signer.wire, signature->rrsig.signer.len);
    for (size_t i = 0; i < rrset->count; i++) {
        dcv_buf_put(out, owner.wire, owner.len);
        dcv_buf_u16(out, rrset->type);
        dcv_buf_u16(out, CLASS_IN);
        dcv_buf_u32(out, signature->rrsig.original_ttl);
        dcv_buf_u16(out, (uint16_t)rrset->rdatas[i].len);
        dcv_buf_put(out, rrset->rdatas[i].data, rrset->rdatas[i].len);
    }
    return true;
}

const struct dcv_name *dcv_rrset_signer(const struct dcv_rrset *rrset, const struct dcv_name *base, const struct dcv_name *anchor,
                                        const struct dcv_name *best)
{
    for (size_t i = 0; i < rrset->signature_count; i++) {
        const struct dcv_name *signer = &rrset->signatures[i].rrsig.signer;
        if (dcv_name_under(base, signer) && dcv_name_under(signer, anchor) && (best == NULL || signer->len > best->len))
            best = signer;
    }
    return best;
}

bool dcv_rrset_expanded(const struct dcv_rrset *rrset, unsigned labels)
{
    const unsigned own = dcv_name_labels(&rrset->owner);
    return labels < own && !(labels + 1 == own && dcv_name_first_is(&rrset->owner, "*"));
}
