#include "dnssec/denial.h"

enum dcv_proof dcv_denial_nodata(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type)
{
    (void)denial, (void)name, (void)type;
    return DCV_PROOF_NONE;
}

enum dcv_proof dcv_denial_nxdomain(const struct dcv_denial *denial, const struct dcv_name *name)
{
    (void)denial, (void)name;
    return DCV_PROOF_NONE;
}

enum dcv_proof dcv_denial_expanded(const struct dcv_denial *denial, const struct dcv_name *name, unsigned labels)
{
    (void)denial, (void)name, (void)labels;
    return DCV_PROOF_NONE;
}

enum dcv_cut dcv_denial_cut(const struct dcv_denial *denial, const struct dcv_name *name)
{
    (void)denial, (void)name;
    return DCV_CUT_UNPROVEN;
}
