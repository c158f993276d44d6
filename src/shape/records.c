/* What policy reads of records. A type that is not known here is kept whole. */
#include "shape/internal.h"

#include "record/dnskey.h"

#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 256, DAY_S = 86400 };

static void put_octets(const void *data, size_t len, struct dcv_buf *out)
{
    dcv_buf_u16(out, (uint16_t)len);
    dcv_buf_put(out, data, len);
}

static void put_whole(const struct dcv_rr *rr, struct dcv_buf *out)
{
    put_octets(rr->rdata, rr->rdlen, out);
}

/* Where an address leads does not matter, as long as it leads somewhere. */
static void put_address(const struct dcv_rr *rr, struct dcv_buf *out)
{
    const bool size = rr->rdlen == (rr->type == DCV_TYPE_A ? 4 : 16);
    if (size && !dcv_rr_private_address(rr))
        dcv_buf_putc(out, 'p');
    else
        put_whole(rr, out);
}

static void put_target(struct names *names, const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_name target;
    if (dcv_rr_target(rr, &target))
        names_put_name(names, &target, true, out);
    else
        put_whole(rr, out);
}

static void put_mx(struct names *names, const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_mx mx;
    if (!dcv_rr_mx(rr, &mx)) {
        put_whole(rr, out);
        return;
    }
    dcv_buf_u16(out, mx.preference);
    names_put_name(names, &mx.exchange, true, out);
}

/* Of a denial only that there is one: when it is forgotten is no matter of policy. */
static void put_soa(struct names *names, const struct dcv_rr *rr, bool answer, struct dcv_buf *out)
{
    struct dcv_soa soa;
    if (!dcv_rr_soa(rr, &soa))
        put_whole(rr, out);
    else if (answer)
        names_put_name(names, &soa.rname, true, out);
}

static void put_caa(struct names *names, const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_caa caa;
    if (!dcv_rr_caa(rr, &caa)) {
        put_whole(rr, out);
        return;
    }
    dcv_buf_putc(out, (char)caa.flags);
    put_octets(caa.tag, caa.tag_len, out);
    names_mark(names, (const char *)caa.value, caa.value_len, out);
}

/* Character-strings one by one: where one ends matters. */
static void put_txt(struct names *names, const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, rr->rdata, rr->rdlen);
    while (dcv_cursor_left(&cursor) != 0) {
        const uint8_t len = dcv_cursor_u8(&cursor);
        const uint8_t *text = dcv_cursor_take(&cursor, len);
        if (text == NULL)
            break;
        names_mark(names, (const char *)text, len, out);
        dcv_buf_putc(out, 0);
    }
    if (cursor.failed)
        put_whole(rr, out);
}

/* Who signs, how and for how long; of a denial's signature not even that. */
static void put_rrsig(struct names *names, const struct dcv_rr *rr, bool answer, struct dcv_buf *out)
{
    struct dcv_rrsig rrsig;
    if (!dcv_rr_rrsig(rr, &rrsig)) {
        put_whole(rr, out);
        return;
    }
    dcv_buf_u16(out, rrsig.covered);
    dcv_buf_putc(out, (char)rrsig.algorithm);
    if (!answer)
        return;
    dcv_buf_putc(out, (char)rrsig.labels);
    dcv_buf_u32(out, (rrsig.expiration - rrsig.inception) / DAY_S);
    names_put_name(names, &rrsig.signer, true, out);
}

static void put_dnskey(const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_dnskey key;
    if (!dcv_rr_dnskey(rr, &key)) {
        put_whole(rr, out);
        return;
    }
    dcv_buf_u16(out, key.flags);
    dcv_buf_putc(out, (char)key.protocol);
    dcv_buf_putc(out, (char)key.algorithm);
    dcv_buf_u16(out, (uint16_t)dcv_dnskey_bits(&key));
}

static void put_ds(const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_ds ds;
    if (!dcv_rr_ds(rr, &ds)) {
        put_whole(rr, out);
        return;
    }
    dcv_buf_putc(out, (char)ds.algorithm);
    dcv_buf_putc(out, (char)ds.digest_type);
}

static void put_nsec3(const struct dcv_rr *rr, struct dcv_buf *out)
{
    struct dcv_nsec3param param;
    if (!dcv_rr_nsec3param(rr, &param)) {
        put_whole(rr, out);
        return;
    }
    dcv_buf_putc(out, (char)param.algorithm);
    dcv_buf_putc(out, (char)param.flags);
    dcv_buf_u16(out, param.iterations);
    dcv_buf_putc(out, (char)param.salt_len);
}

static void put_record(struct names *names, const struct dcv_rr *rr, bool answer, struct dcv_buf *out)
{
    dcv_buf_u16(out, rr->type);
    if (rr->type != DCV_TYPE_NSEC3) /* its owner is a hash */
        names_put_name(names, &rr->owner, true, out);
    switch (rr->type) {
    case DCV_TYPE_A:
    case DCV_TYPE_AAAA: put_address(rr, out); return;
    case DCV_TYPE_NS:
    case DCV_TYPE_CNAME:
    case DCV_TYPE_DNAME: put_target(names, rr, out); return;
    case DCV_TYPE_MX: put_mx(names, rr, out); return;
    case DCV_TYPE_SOA: put_soa(names, rr, answer, out); return;
    case DCV_TYPE_CAA: put_caa(names, rr, out); return;
    case DCV_TYPE_TXT: put_txt(names, rr, out); return;
    case DCV_TYPE_RRSIG: put_rrsig(names, rr, answer, out); return;
    case DCV_TYPE_DNSKEY: put_dnskey(rr, out); return;
    case DCV_TYPE_DS: put_ds(rr, out); return;
    case DCV_TYPE_NSEC: return;
    case DCV_TYPE_NSEC3: put_nsec3(rr, out); return;
    default: put_whole(rr, out); return;
    }
}

/* Which record comes first must not depend on the order on the wire: by type, then by what they hold. */
static int by_octets(const void *a, const void *b)
{
    const struct dcv_rr *first = *(const struct dcv_rr *const *)a, *second = *(const struct dcv_rr *const *)b;
    if (first->type != second->type)
        return first->type < second->type ? -1 : 1;
    const size_t len = first->rdlen < second->rdlen ? first->rdlen : second->rdlen;
    const int order = len != 0 ? memcmp(first->rdata, second->rdata, len) : 0;
    return order != 0 ? order : (first->rdlen > second->rdlen) - (first->rdlen < second->rdlen);
}

struct span {
    const char *at;
    size_t len;
};

static int by_span(const void *a, const void *b)
{
    const struct span *first = a, *second = b;
    const size_t len = first->len < second->len ? first->len : second->len;
    const int order = len != 0 ? memcmp(first->at, second->at, len) : 0;
    return order != 0 ? order : (first->len > second->len) - (first->len < second->len);
}

/* Those who are equal now (as two addresses) count once: which, and how many, leads nowhere else. */
static void put_sorted(const struct dcv_buf *scratch, const size_t *ends, size_t count, struct dcv_buf *out)
{
    struct span spans[RECORDS_MAX];
    for (size_t i = 0, from = 0; i < count; from = ends[i++])
        spans[i] = (struct span){scratch->data + from, ends[i] - from};
    if (count > 1)
        qsort(spans, count, sizeof spans[0], by_span);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || by_span(&spans[i - 1], &spans[i]) != 0)
            put_octets(spans[i].at, spans[i].len, out);
}

void records_put(struct names *names, const struct dcv_rrs *rrs, bool answer, struct dcv_buf *scratch, struct dcv_buf *out)
{
    const struct dcv_rr *sorted[RECORDS_MAX];
    size_t ends[RECORDS_MAX];
    dcv_buf_u16(out, (uint16_t)(rrs->count != 0));
    if (rrs->count == 0)
        return;
    if (rrs->count > RECORDS_MAX) {
        names->full = true; /* such facts have a shape of their own */
        return;
    }
    for (size_t i = 0; i < rrs->count; i++)
        sorted[i] = &rrs->items[i];
    if (rrs->count > 1)
        qsort(sorted, rrs->count, sizeof sorted[0], by_octets);
    dcv_buf_clear(scratch);
    for (size_t i = 0; i < rrs->count; i++) {
        put_record(names, sorted[i], answer, scratch);
        ends[i] = scratch->len;
    }
    if (scratch->failed)
        out->failed = true;
    else
        put_sorted(scratch, ends, rrs->count, out);
}
