#include "fact/way.h"

const char dcv_persist_label[] = "_validation-persist";
const char *const dcv_way_labels[DCV_WAY_LABELS] = {"_dnsauth", "_acme-challenge", dcv_persist_label};

bool dcv_way_owner(const struct dcv_name *name)
{
    for (size_t i = 0; i < DCV_WAY_LABELS; i++)
        if (dcv_name_first_is(name, dcv_way_labels[i]))
            return true;
    return false;
}

bool dcv_way_fact(const struct dcv_dns_fact *fact)
{
    return fact->type == DCV_TYPE_CNAME || (fact->type == DCV_TYPE_TXT && dcv_way_owner(&fact->name));
}
