#include "record/from_ldns.h"

#include "base/text.h"

#include <string.h>

/* Lower case for the letters of a name in RDATA, but for its first label where `keep_first`; returns where the name ends. */
static size_t lower_name(uint8_t *rdata, size_t len, size_t at, bool keep_first)
{
    bool keep = keep_first;
    while (at < len && rdata[at] != 0 && rdata[at] <= DCV_LABEL_MAX) {
        size_t end = at + 1 + rdata[at];
        for (size_t i = at + 1; i < end && i < len && !keep; i++)
            rdata[i] = (uint8_t)dcv_ascii_lower((char)rdata[i]);
        keep = false;
        at = end;
    }
    return at + 1;
}

/* Behind a compression pointer the case of a name is that of our question: it is taken away (RFC 4034 §6.2 does likewise), except in
 * the first label of an SOA RNAME, which is a mailbox. */
static void lower_names(uint16_t type, uint8_t *rdata, size_t len)
{
    size_t at = 0;
    switch (type) {
    case DCV_TYPE_NS:
    case DCV_TYPE_CNAME:
    case DCV_TYPE_DNAME: (void)lower_name(rdata, len, 0, false); break;
    case DCV_TYPE_MX: (void)lower_name(rdata, len, 2, false); break;
    case DCV_TYPE_SOA:
        at = lower_name(rdata, len, 0, false);
        (void)lower_name(rdata, len, at, true);
        break;
    default: break;
    }
}

bool dcv_rr_from_ldns(struct dcv_arena *arena, ldns_rr *from, struct dcv_rr *to)
{
    ldns_rdf *owner = ldns_rr_owner(from);
    if (owner == NULL || dcv_name_from_wire(ldns_rdf_data(owner), ldns_rdf_size(owner), &to->owner) != DCV_OK)
        return false;
    dcv_name_lower(&to->owner); /* its case is only that of our question */
    ldns_buffer *rdata = ldns_buffer_new(512);
    if (rdata == NULL)
        return false;
    bool good = ldns_rr_rdata2buffer_wire(rdata, from) == LDNS_STATUS_OK && ldns_buffer_position(rdata) <= UINT16_MAX;
    if (good) {
        to->type = (uint16_t)ldns_rr_get_type(from);
        to->ttl = ldns_rr_ttl(from) > INT32_MAX ? 0 : ldns_rr_ttl(from);
        to->rdlen = (uint16_t)ldns_buffer_position(rdata);
        uint8_t *copy = dcv_arena_copy(arena, ldns_buffer_begin(rdata), to->rdlen);
        if (copy != NULL)
            lower_names(to->type, copy, to->rdlen);
        to->rdata = copy;
        good = copy != NULL;
    }
    ldns_buffer_free(rdata);
    return good;
}

enum dcv_status dcv_rr_from_text(struct dcv_arena *arena, const char *text, struct dcv_rr *out)
{
    ldns_rr *parsed = NULL;
    ldns_status read = ldns_rr_new_frm_str(&parsed, text, 3600, NULL, NULL);
    if (read != LDNS_STATUS_OK)
        return read == LDNS_STATUS_MEM_ERR ? DCV_ERR_NOMEM : DCV_ERR_SYNTAX;
    struct dcv_rr rr = {0};
    bool good = ldns_rr_get_class(parsed) == LDNS_RR_CLASS_IN && dcv_rr_from_ldns(arena, parsed, &rr);
    ldns_rr_free(parsed);
    if (!good)
        return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_ERR_SYNTAX;
    *out = rr;
    return DCV_OK;
}
