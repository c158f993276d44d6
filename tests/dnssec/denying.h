/* Asks of denials in words, for tables of cases here and for scripts. */
#ifndef DCV_DNSSEC_DENYING_H
#define DCV_DNSSEC_DENYING_H

#include "dnssec/denial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DENYING_RECORDS = 100, DENYING_LINE = 4096 };

/* Records as read from text, one a line; the pointers are what a denial wants. */
struct denying {
    struct dcv_rr items[DENYING_RECORDS];
    const struct dcv_rr *records[DENYING_RECORDS];
    size_t count;
    struct dcv_name zone;
};

/* False: the zone, or a line, cannot be read, or there are too many. */
static inline bool denying_read(struct dcv_arena *arena, const char *zone, const char *records, struct denying *out)
{
    out->count = 0;
    if (dcv_name_parse(zone, &out->zone, NULL) != DCV_OK)
        return false;
    for (size_t len; *records != '\0'; records += len + (records[len] != '\0')) {
        char line[DENYING_LINE];
        len = strcspn(records, "\n");
        (void)snprintf(line, sizeof line, "%.*s", (int)len, records);
        struct dcv_rr *rr = &out->items[out->count];
        if (out->count == DENYING_RECORDS || len >= sizeof line || dcv_rr_from_text(arena, line, rr) != DCV_OK)
            return false;
        out->records[out->count++] = rr;
    }
    return true;
}

static inline const char *denying_word(enum dcv_proof proof)
{
    switch (proof) {
    case DCV_PROOF_NONE: return "none";
    case DCV_PROOF_GOOD: return "good";
    case DCV_PROOF_OPT_OUT: return "opt-out";
    case DCV_PROOF_ITERATIONS: return "iterations";
    case DCV_PROOF_UNKNOWN: return "unknown";
    case DCV_PROOF_LIMIT: return "limit";
    }
    return "?";
}

static inline const char *denying_cut_word(enum dcv_cut cut)
{
    switch (cut) {
    case DCV_CUT_UNPROVEN: return "unproven";
    case DCV_CUT_UNSIGNED: return "unsigned";
    case DCV_CUT_OPT_OUT: return "opt-out";
    case DCV_CUT_NONE: return "no-cut";
    case DCV_CUT_ITERATIONS: return "iterations";
    case DCV_CUT_UNKNOWN: return "unknown";
    case DCV_CUT_LIMIT: return "limit";
    }
    return "?";
}

/* "nodata NAME TYPE", "nxdomain NAME", "expanded NAME LABELS" or "cut NAME", answered in a word; "?" to any other. */
static inline const char *denying_ask(const struct denying *denying, const char *ask, uint64_t *rounds)
{
    const struct dcv_denial denial = {.zone = &denying->zone, .records = denying->records, .count = denying->count, .rounds = rounds};
    char verb[16], text[DCV_NAME_TEXT_MAX], more[DCV_TYPE_TEXT] = "";
    struct dcv_name name;
    if (sscanf(ask, "%15s %1023s %15s", verb, text, more) < 2 || dcv_name_parse(text, &name, NULL) != DCV_OK)
        return "?";
    if (strcmp(verb, "nodata") == 0)
        return denying_word(dcv_denial_nodata(&denial, &name, dcv_type_parse(more)));
    if (strcmp(verb, "nxdomain") == 0)
        return denying_word(dcv_denial_nxdomain(&denial, &name));
    if (strcmp(verb, "expanded") == 0)
        return denying_word(dcv_denial_expanded(&denial, &name, (unsigned)strtoul(more, NULL, 10)));
    return strcmp(verb, "cut") == 0 ? denying_cut_word(dcv_denial_cut(&denial, &name)) : "?";
}

/* Asks with the RDATA of record `index` replaced by `len` octets of it, of which the one at `at` is `octet`; they lie where a sanitizer sees
 * a look beyond them. False: the answer is none, or cost too much. */
static inline bool denying_bear(const struct denying *denying, size_t index, size_t len, size_t at, uint8_t octet, const char *ask)
{
    static struct denying changed;
    uint64_t rounds = 0;
    uint8_t *rdata = malloc(len + (len == 0));
    if (rdata == NULL)
        return false;
    memcpy(rdata, denying->items[index].rdata, len);
    if (at < len)
        rdata[at] = octet;
    changed = *denying;
    for (size_t i = 0; i < changed.count; i++)
        changed.records[i] = &changed.items[i];
    changed.items[index].rdata = len != 0 ? rdata : rdata + 1;
    changed.items[index].rdlen = (uint16_t)len;
    const char *answer = denying_ask(&changed, ask, &rounds);
    free(rdata);
    return strcmp(answer, "?") != 0 && rounds <= DCV_DENIAL_HASH_ROUNDS;
}

/* Octets of RDATA, all records together. */
static inline size_t denying_octets(const struct denying *denying)
{
    size_t octets = 0;
    for (size_t i = 0; i < denying->count; i++)
        octets += denying->items[i].rdlen;
    return octets;
}

/* Every octet of every record in turn set to 0 and to 255, and every record cut short at every octet. Returns how many were borne, or
 * SIZE_MAX when one was not. */
static inline size_t denying_bear_all(const struct denying *denying, const char *ask)
{
    size_t count = 0;
    for (size_t i = 0; i < denying->count; i++)
        for (size_t at = 0, len = denying->items[i].rdlen; at < len; at++, count += 3)
            if (!denying_bear(denying, i, len, at, 0, ask) || !denying_bear(denying, i, len, at, UINT8_MAX, ask)
                || !denying_bear(denying, i, at, at, 0, ask))
                return SIZE_MAX;
    return count;
}

#endif
