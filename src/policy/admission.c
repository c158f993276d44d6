/* Who may issue at all: the relevant CAA RRset read for every CA that is known, for plain names and for wildcards. */
#include "policy/caa.h"

#include "base/text.h"

#include <string.h>

struct admitting {
    struct judge *judge;
    struct dcv_admission *out;
    const char *tag;
    bool unreadable; /* a record that is no CAA record stands there */
};

static bool any_of(struct judge *judge, const char *tag)
{
    struct dcv_caa caa;
    for (size_t at = 0; caa_next(&judge->caa, &at, &caa);)
        if (caa_tag_is(&caa, tag))
            return true;
    return false;
}

/* Which CAs a critical property keeps out: RFC 8659 §4.1. */
static bool kept_out(struct admitting *admitting, const struct dcv_ca *ca)
{
    struct dcv_caa caa;
    for (size_t at = 0; caa_next(&admitting->judge->caa, &at, &caa);)
        if (caa_critical_for(ca, &caa) == CAA_CRITICAL_BANS)
            return true;
    return false;
}

static void note_issuer(struct admitting *admitting, const struct issue_value *value)
{
    for (size_t i = 0; i < admitting->out->issuers.count; i++) {
        struct dcv_admission_issuer *present = &admitting->out->issuers.items[i];
        if (dcv_ascii_equal_nocase(present->domain, value->issuer)) {
            present->conditional = present->conditional && (value->account != NULL || value->methods != NULL);
            return;
        }
    }
    struct dcv_admission_issuer *issuer = DCV_VEC_ADD(admitting->judge->arena, &admitting->out->issuers);
    if (issuer != NULL)
        *issuer = (struct dcv_admission_issuer){.domain = value->issuer,
                                                .owner = dcv_issuer_owner(admitting->judge->options->set, value->issuer),
                                                .conditional = value->account != NULL || value->methods != NULL};
}

static void read_values(struct admitting *admitting)
{
    struct dcv_caa caa;
    for (size_t at = 0; caa_next(&admitting->judge->caa, &at, &caa);) {
        struct issue_value value;
        if (!caa_tag_is(&caa, admitting->tag))
            continue;
        admitting->out->restricted = true;
        issue_value_parse(admitting->judge->arena, caa.value, caa.value_len, &value);
        if (!value.malformed && value.issuer[0] != '\0')
            note_issuer(admitting, &value);
    }
}

static enum dcv_permits admits(struct admitting *admitting, const struct dcv_ca *ca)
{
    if (kept_out(admitting, ca))
        return DCV_PERMITS_NO;
    if (admitting->unreadable)
        return DCV_PERMITS_UNKNOWN;
    if (!admitting->out->restricted)
        return DCV_PERMITS_YES;
    for (size_t i = 0; i < admitting->out->issuers.count; i++)
        if (dcv_ca_accepts_issuer(ca, admitting->out->issuers.items[i].domain))
            return DCV_PERMITS_YES;
    return ca->issuer_domain_count == 0 && admitting->out->issuers.count != 0 ? DCV_PERMITS_UNKNOWN : DCV_PERMITS_NO;
}

static void admit(struct judge *judge, const char *tag, struct dcv_admission *out)
{
    struct admitting admitting = {.judge = judge, .out = out, .tag = tag, .unreadable = caa_unreadable(judge)};
    read_values(&admitting);
    for (size_t i = 0; i < dcv_ca_count(judge->options->set); i++) {
        const struct dcv_ca *ca = dcv_ca_at(judge->options->set, i);
        enum dcv_permits permits = ca->caa_judged && ca->issues ? admits(&admitting, ca) : DCV_PERMITS_NO;
        const struct dcv_ca **slot = NULL;
        if (permits == DCV_PERMITS_YES)
            slot = DCV_VEC_ADD(judge->arena, &out->cas);
        else if (permits == DCV_PERMITS_UNKNOWN)
            slot = DCV_VEC_ADD(judge->arena, &out->unknown);
        if (slot != NULL)
            *slot = ca;
    }
}

void caa_admit(struct judge *judge)
{
    struct dcv_judged *out = judge->out;
    out->caa_known = judge->caa.found == CAA_NONE || judge->caa.found == CAA_FOUND;
    if (!out->caa_known || judge->ladder->suffix)
        return;
    out->caa_found = judge->caa.found == CAA_FOUND;
    if (out->caa_found)
        out->caa_at = judge->caa.owner;
    admit(judge, "issue", &out->admits);
    admit(judge, any_of(judge, "issuewild") ? "issuewild" : "issue", &out->admits_wildcard);
}
