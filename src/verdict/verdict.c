#include "verdict/verdict.h"

static bool blocked(const struct dcv_judged *judged, const struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->findings.count; i++)
        if (judged->findings.items[ca->findings.items[i]].severity == DCV_BLOCKER)
            return true;
    return false;
}

static bool has_usable(const struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->entries.count; i++)
        if (ca->entries.items[i].usable)
            return true;
    return false;
}

void dcv_verdict_decide(struct dcv_judged *judged)
{
    for (size_t i = 0; i < judged->cas.count; i++) {
        struct dcv_judged_ca *ca = &judged->cas.items[i];
        if (blocked(judged, ca) || ca->caa.permits == DCV_PERMITS_NO)
            ca->verdict = DCV_NOT_READY;
        else if (has_usable(ca) && ca->caa.permits == DCV_PERMITS_YES)
            ca->verdict = DCV_READY;
        else
            ca->verdict = DCV_UNKNOWN_VERDICT;
    }
}

/* The outer bound of the BR issues nothing; what it permits must not make up for CAs that are all refused. */
static bool counts_beside_others(const struct dcv_judged_ca *ca)
{
    return ca->ca->kind != DCV_CA_KIND_BASELINE;
}

enum dcv_verdict dcv_verdict_of_name(const struct dcv_judged *judged, bool every)
{
    size_t counts[3] = {0};
    for (size_t i = 0; i < judged->cas.count; i++)
        if (every || judged->cas.count == 1 || counts_beside_others(&judged->cas.items[i]))
            counts[judged->cas.items[i].verdict]++;
    if (every) {
        if (counts[DCV_NOT_READY] != 0)
            return DCV_NOT_READY;
        return counts[DCV_UNKNOWN_VERDICT] != 0 || judged->cas.count == 0 ? DCV_UNKNOWN_VERDICT : DCV_READY;
    }
    if (counts[DCV_READY] != 0)
        return DCV_READY;
    return counts[DCV_UNKNOWN_VERDICT] != 0 || judged->cas.count == 0 ? DCV_UNKNOWN_VERDICT : DCV_NOT_READY;
}
