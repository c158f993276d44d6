#include "record/from_ldns.h"

#include <string.h>

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
        to->rdata = dcv_arena_copy(arena, ldns_buffer_begin(rdata), to->rdlen);
        good = to->rdata != NULL;
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
