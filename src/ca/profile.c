#include "ca/profile.h"

#include "base/text.h"
#include "ca/distance.h"
#include "ca/set.h"

size_t dcv_ca_count(const struct dcv_ca_set *set)
{
    return set->count;
}

const struct dcv_ca *dcv_ca_at(const struct dcv_ca_set *set, size_t index)
{
    return set->cas[index];
}

const struct dcv_ca *dcv_ca_find(const struct dcv_ca_set *set, const char *id)
{
    for (size_t i = 0; i < set->count; i++)
        if (dcv_ascii_equal_nocase(set->cas[i]->id, id))
            return set->cas[i];
    return NULL;
}

const char *dcv_ca_nearest(const struct dcv_ca_set *set, const char *id)
{
    struct dcv_nearest nearest = dcv_nearest_start(id);
    for (size_t i = 0; i < set->count; i++)
        dcv_nearest_offer(&nearest, set->cas[i]->id);
    return dcv_nearest_end(&nearest);
}

enum dcv_recipients dcv_ca_recipients(const struct dcv_ca *ca, dcv_date date)
{
    for (size_t i = 0; i < ca->recipients_period_count; i++)
        if (dcv_date_within(date, ca->recipients_periods[i].from, ca->recipients_periods[i].until))
            return ca->recipients_periods[i].recipients;
    return ca->recipients;
}

const struct dcv_ca_limit *dcv_ca_limits(const struct dcv_ca *ca, size_t *count)
{
    const struct dcv_ca *of = ca->limit_count == 0 && ca->issuer != NULL ? ca->issuer : ca;
    *count = of->limit_count;
    return of->limits;
}

const struct dcv_ca_limit *dcv_ca_limit(const struct dcv_ca *ca, dcv_date date)
{
    size_t count;
    const struct dcv_ca_limit *limits = dcv_ca_limits(ca, &count), *limit = NULL;
    for (size_t i = 0; i < count && limits[i].from <= date; i++)
        limit = &limits[i];
    return limit;
}

static bool may_reuse(const struct dcv_ca *ca, dcv_date done, dcv_date issued, enum dcv_method method)
{
    const struct dcv_ca_limit *limit = dcv_ca_limit(ca, issued);
    return dcv_br_may_reuse(done, issued, method, limit != NULL ? limit->reuse_days : 0);
}

dcv_date dcv_ca_last_reuse_day(const struct dcv_ca *ca, dcv_date done, enum dcv_method method)
{
    if (!may_reuse(ca, done, done, method))
        return DCV_DATE_NONE;
    /* The days that are allowed are in one piece: its end is found by halving. */
    dcv_date last = done, over = done + 1;
    for (dcv_date step = 64; may_reuse(ca, done, over, method); step *= 2) {
        last = over;
        over += step;
    }
    while (over - last > 1) {
        const dcv_date middle = last + (over - last) / 2;
        if (may_reuse(ca, done, middle, method))
            last = middle;
        else
            over = middle;
    }
    return last;
}
