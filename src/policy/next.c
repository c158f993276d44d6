/* What changes later for a name and a CA. */
#include "policy/judge.h"

#include <string.h>

struct nexting {
    struct judge *judge;
    struct dcv_judged_ca *ca;
};

/* Adds a change on a later day; the list stays ordered by date. NULL: not later, or memory is short. */
static struct dcv_next *add(const struct nexting *nexting, dcv_date date, enum dcv_change change)
{
    if (date == DCV_DATE_NONE || date <= nexting->judge->options->as_of)
        return NULL;
    if (DCV_VEC_ADD(nexting->judge->arena, &nexting->ca->next) == NULL)
        return NULL;
    struct dcv_next *items = nexting->ca->next.items;
    size_t at = nexting->ca->next.count - 1;
    for (; at != 0 && items[at - 1].date > date; at--)
        items[at] = items[at - 1];
    items[at] = (struct dcv_next){.date = date, .change = change};
    return &items[at];
}

static void arg(const struct nexting *nexting, struct dcv_next *next, const char *key, const char *value)
{
    if (next == NULL || value == NULL)
        return;
    struct dcv_arg *args = dcv_arena_array(nexting->judge->arena, next->arg_count + 1, sizeof *args);
    if (args == NULL)
        return;
    if (next->arg_count != 0)
        memcpy(args, next->args, next->arg_count * sizeof *args);
    args[next->arg_count] = (struct dcv_arg){key, value};
    next->args = args;
    next->arg_count++;
}

static void arg_number(const struct nexting *nexting, struct dcv_next *next, const char *key, int value)
{
    arg(nexting, next, key, dcv_arena_printf(nexting->judge->arena, "%d", value));
}

struct limits {
    int validity_days, reuse_days;
};

static int lower(int own, int br)
{
    return own != 0 && own < br ? own : br;
}

/* What holds for the CA on a day of issue: the BR, and its own limits where they are lower. */
static struct limits limits_on(const struct dcv_ca *ca, dcv_date date)
{
    const struct dcv_br_limits *br = dcv_br_limits(date, NULL);
    const struct dcv_ca_limit *own = dcv_ca_limit(ca, date);
    struct limits limits = {br->validity_days, br->reuse_days};
    if (own == NULL)
        return limits;
    if (own->validity_months != 0)
        limits.validity_days = lower(dcv_date_add_months(date, own->validity_months) - date, limits.validity_days);
    limits.validity_days = lower(own->validity_days, limits.validity_days);
    limits.reuse_days = lower(own->reuse_days, limits.reuse_days);
    return limits;
}

static void add_limits(const struct nexting *nexting, dcv_date date)
{
    const struct limits before = limits_on(nexting->ca->ca, date - 1), after = limits_on(nexting->ca->ca, date);
    if (before.validity_days == after.validity_days && before.reuse_days == after.reuse_days)
        return;
    struct dcv_next *change = add(nexting, date, DCV_CHANGE_LIMITS);
    arg_number(nexting, change, "validity", after.validity_days);
    arg_number(nexting, change, "reuse", after.reuse_days);
}

static void add_br_limits(const struct nexting *nexting)
{
    const struct dcv_br_limits *next = NULL;
    const struct dcv_br_limits *now = dcv_br_limits(nexting->judge->options->as_of, &next);
    while (next != NULL) {
        add_limits(nexting, next->from);
        if (next->mpic_perspectives != now->mpic_perspectives)
            arg_number(nexting, add(nexting, next->from, DCV_CHANGE_MPIC), "count", next->mpic_perspectives);
        now = next;
        (void)dcv_br_limits(now->from, &next);
    }
}

/* The CA's own limits that begin later, but for those that begin with a row of the BR. */
static void add_own_limits(const struct nexting *nexting)
{
    const struct dcv_ca *ca = nexting->ca->ca;
    size_t count;
    const struct dcv_ca_limit *limits = dcv_ca_limits(ca, &count);
    for (size_t i = 0; i < count; i++) {
        const dcv_date from = limits[i].from;
        if (from != DCV_DATE_NONE && dcv_br_limits(from, NULL)->from != from)
            add_limits(nexting, from);
    }
}

static void add_source(const struct nexting *nexting, dcv_date date, enum dcv_change change, enum dcv_source source)
{
    for (size_t i = 0; i < nexting->ca->next.count; i++) {
        const struct dcv_next *present = &nexting->ca->next.items[i];
        if (present->date == date && present->change == change && strcmp(present->args[1].value, dcv_source_text(source)) == 0)
            return;
    }
    struct dcv_next *next = add(nexting, date, change);
    arg(nexting, next, "ca", nexting->ca->ca->id);
    arg(nexting, next, "source", dcv_source_text(source));
}

/* The CA's own dates, where they differ from the BR's. */
static void add_offers(const struct nexting *nexting)
{
    const struct dcv_ca *ca = nexting->ca->ca;
    for (size_t i = 0; i < ca->offer_count; i++) {
        const struct dcv_offer *offer = &ca->offers[i];
        if (offer->offered != DCV_YES)
            continue;
        bool went_before = false, goes_on = false;
        for (size_t j = 0; j < ca->offer_count; j++) {
            const struct dcv_offer *other = &ca->offers[j];
            const bool same = other != offer && other->source == offer->source && other->offered == DCV_YES;
            went_before = went_before || (same && other->until == offer->from);
            goes_on = goes_on || (same && other->from == offer->until);
        }
        if (offer->from != DCV_DATE_NONE && !went_before)
            add_source(nexting, offer->from, DCV_CHANGE_SOURCE_BEGINS, offer->source);
        if (offer->until != DCV_DATE_NONE && !goes_on)
            add_source(nexting, offer->until, DCV_CHANGE_SOURCE_ENDS, offer->source);
    }
}

static bool caa_has_parameters(struct judge *judge)
{
    struct dcv_caa caa;
    for (size_t at = 0; caa_next(&judge->caa, &at, &caa);) {
        struct issue_value value;
        if (!caa_tag_is(&caa, "issue") && !caa_tag_is(&caa, "issuewild"))
            continue;
        issue_value_parse(judge->arena, caa.value, caa.value_len, &value);
        if (value.account != NULL || value.methods != NULL)
            return true;
    }
    return false;
}

void next_collect(struct judge *judge, struct dcv_judged_ca *ca)
{
    struct nexting nexting = {judge, ca};
    const struct dcv_method_info *constructed = dcv_method_info(DCV_METHOD_CONSTRUCTED);
    add_br_limits(&nexting);
    add_own_limits(&nexting);
    if (ca->by == DCV_BY_EMAIL && ca->ca->by_email) {
        (void)add(&nexting, constructed->discouraged, DCV_CHANGE_EMAIL_DISCOURAGED);
        (void)add(&nexting, constructed->forbidden, DCV_CHANGE_EMAIL_FORBIDDEN);
        add_offers(&nexting);
    }
    if (ca->reuse_until != DCV_DATE_NONE && ca->reuse_until >= judge->options->as_of)
        (void)add(&nexting, ca->reuse_until + 1, DCV_CHANGE_REUSE_ENDS);
    (void)add(&nexting, dcv_br_rule(DCV_BR_DNSSEC)->from, DCV_CHANGE_DNSSEC);
    if (caa_has_parameters(judge))
        (void)add(&nexting, dcv_br_rule(DCV_BR_RFC8657)->from, DCV_CHANGE_RFC8657);
    for (size_t i = 0; i < judge->ladder->count; i++) {
        /* The methods over HTTP and TLS validate the name alone. */
        if (ca->by == DCV_BY_HTTP || ca->by == DCV_BY_TLS_ALPN)
            break;
        if (judge->ladder->rungs[i].via == DCV_VIA_PRUNED_CNAME || (judge->ladder->rungs[i].via == DCV_VIA_CNAME && judge->name->wildcard)) {
            (void)add(&nexting, dcv_br_rule(DCV_BR_ADN_LADDER)->from, DCV_CHANGE_ADN);
            break;
        }
    }
}
