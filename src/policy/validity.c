#include "policy/validity.h"

const char *dcv_br_limit_source(dcv_date date)
{
    const struct dcv_br_limits *next, *row = dcv_br_limits(dcv_br_first_day(), &next), *origin = row;
    while (next != NULL && next->from <= date) {
        if (next->validity_days != row->validity_days || next->reuse_days != row->reuse_days)
            origin = next;
        row = next;
        (void)dcv_br_limits(row->from, &next);
    }
    return origin->source;
}

static void take_own(struct dcv_validity *validity, const struct dcv_ca_limit *limit, dcv_date expires, int months)
{
    validity->expires = expires;
    validity->days = expires - validity->issued;
    validity->months = months;
    validity->own = true;
    validity->clause = "";
    validity->source = limit->ref.title != NULL ? limit->ref.title : "";
}

struct dcv_validity dcv_ca_validity(const struct dcv_ca *ca, dcv_date issued)
{
    const struct dcv_br_limits *br = dcv_br_limits(issued, NULL);
    const struct dcv_ca_limit *own = dcv_ca_limit(ca, issued);
    struct dcv_validity validity = {.issued = issued, .days = br->validity_days, .expires = issued + br->validity_days, .clause = "BR 6.3.2",
                                    .source = dcv_br_limit_source(issued)};
    if (own != NULL && own->validity_days != 0 && own->validity_days < validity.days)
        take_own(&validity, own, issued + own->validity_days, 0);
    if (own != NULL && own->validity_months != 0 && dcv_date_add_months(issued, own->validity_months) < validity.expires)
        take_own(&validity, own, dcv_date_add_months(issued, own->validity_months), own->validity_months);
    return validity;
}

static dcv_date earlier(dcv_date a, dcv_date b)
{
    return a == DCV_DATE_NONE || b < a ? b : a;
}

dcv_date dcv_ca_next_limit(const struct dcv_ca *ca, dcv_date date)
{
    const struct dcv_br_limits *now = dcv_br_limits(date, NULL), *next = now;
    dcv_date found = DCV_DATE_NONE;
    /* Rows of the table may differ in other things than the validity. */
    for (dcv_date at = date; next != NULL && next->validity_days == now->validity_days; at = next != NULL ? next->from : at)
        (void)dcv_br_limits(at, &next);
    if (next != NULL)
        found = next->from;
    for (size_t i = 0; i < ca->limit_count; i++)
        if (ca->limits[i].from > date)
            found = earlier(found, ca->limits[i].from);
    return found;
}
