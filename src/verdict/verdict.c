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

/* The best that one of the ways comes to. */
static enum dcv_verdict best_way(const struct dcv_judged_ca *ca)
{
    enum dcv_verdict best = DCV_NOT_READY;
    for (size_t i = 0; i < ca->ways.count; i++) {
        if (ca->ways.items[i].verdict == DCV_READY)
            return DCV_READY;
        if (ca->ways.items[i].verdict == DCV_UNKNOWN_VERDICT)
            best = DCV_UNKNOWN_VERDICT;
    }
    return best;
}

static enum dcv_verdict by_means(const struct dcv_judged_ca *ca)
{
    if (ca->by == DCV_BY_EMAIL)
        return has_usable(ca) ? DCV_READY : DCV_UNKNOWN_VERDICT; /* what keeps every address from being used blocks */
    return best_way(ca);
}

void dcv_verdict_decide(struct dcv_judged *judged)
{
    for (size_t i = 0; i < judged->cas.count; i++) {
        struct dcv_judged_ca *ca = &judged->cas.items[i];
        ca->verdict = by_means(ca);
        if (blocked(judged, ca) || ca->caa.permits == DCV_PERMITS_NO)
            ca->verdict = DCV_NOT_READY;
        else if (ca->verdict == DCV_READY && ca->caa.permits != DCV_PERMITS_YES)
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
    const bool alone = dcv_judged_count(judged) == 1;
    for (size_t i = 0; i < judged->cas.count; i++) {
        const struct dcv_judged_ca *row = &judged->cas.items[i];
        if (dcv_judged_first(judged, row) && (every || alone || counts_beside_others(row)))
            counts[dcv_judged_verdict(judged, row->ca)]++;
    }
    if (every) {
        if (counts[DCV_NOT_READY] != 0)
            return DCV_NOT_READY;
        return counts[DCV_UNKNOWN_VERDICT] != 0 || judged->cas.count == 0 ? DCV_UNKNOWN_VERDICT : DCV_READY;
    }
    if (counts[DCV_READY] != 0)
        return DCV_READY;
    return counts[DCV_UNKNOWN_VERDICT] != 0 || judged->cas.count == 0 ? DCV_UNKNOWN_VERDICT : DCV_NOT_READY;
}
