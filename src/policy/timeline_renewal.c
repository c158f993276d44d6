/* The certificate in use, its renewal, and the renewals after it. */
#include "policy/timing.h"

enum {
    LEAD_DAYS = 30,      /* before the expiry, where the CA sends no notice earlier: a month, as most CAs advise */
    LEAD_SHARE = 3,      /* but at most a third of the validity, as for certificates of few weeks */
    RENEWALS_MAX = 12,
    DAY_S = 86400,
};

/* How long before its expiry a certificate of `days` days is renewed. */
static int lead_days(const struct dcv_ca *ca, int days)
{
    if (ca->notice_count != 0 && ca->notice_days[0] < days / 2)
        return ca->notice_days[0];
    return days / LEAD_SHARE < LEAD_DAYS ? days / LEAD_SHARE : LEAD_DAYS;
}

/* ---- the renewal that comes -------------------------------------------------------------------------------------------------- */

struct renewal {
    dcv_date begin, last;
    int lead;
};

static struct renewal renewal_of(const struct dcv_ca *ca, const struct dcv_timeline_certificate *certificate)
{
    struct renewal renewal = {.lead = lead_days(ca, certificate->not_after - certificate->not_before)};
    /* A certificate that ends within a day is of no use for the whole of it. */
    bool whole = certificate->not_after_s % DAY_S == DAY_S - 1;
    renewal.begin = certificate->not_after - renewal.lead;
    renewal.last = whole ? certificate->not_after : certificate->not_after - 1;
    return renewal;
}

static void add_notices(struct timing *timing)
{
    const struct dcv_ca *ca = timing->out->ca;
    for (size_t i = 0; i < ca->notice_count; i++) {
        struct dcv_event *event = timing_add(timing, timing->timeline->certificate.not_after - ca->notice_days[i], DCV_EVENT_RENEWAL_NOTICE);
        timing_arg(timing, event, "ca", ca->id);
        timing_arg_number(timing, event, "days", ca->notice_days[i]);
        timing_cite(event, "", ca->notices_ref.title);
    }
}

static void add_begin(struct timing *timing, const struct renewal *renewal)
{
    const struct dcv_ca *ca = timing->out->ca;
    struct dcv_event *event = timing_add(timing, renewal->begin, ca->code_hours != 0 ? DCV_EVENT_RENEWAL_BEGIN_CODE : DCV_EVENT_RENEWAL_BEGIN);
    timing_arg_number(timing, event, "days", renewal->lead);
    timing_arg_number(timing, event, "hours", ca->code_hours);
    if (ca->code_hours != 0)
        timing_cite(event, "", ca->code_ref.title);
}

/* Does the present validation serve the renewal? Where its day is only known not to be later than the issue, a yes would be a guess. */
static void add_need(struct timing *timing, const struct renewal *renewal)
{
    const struct dcv_timeline_ca *out = timing->out;
    dcv_date last = out->reuse_email > out->reuse_dns ? out->reuse_email : out->reuse_dns;
    if (timing->timeline->basis == DCV_BASIS_TODAY || last == DCV_DATE_NONE)
        return;
    bool serves = last >= renewal->begin;
    if (serves && timing->timeline->basis != DCV_BASIS_GIVEN)
        return;
    struct dcv_event *event = timing_add(timing, renewal->begin, serves ? DCV_EVENT_RENEWAL_REUSE : DCV_EVENT_RENEWAL_NEEDS_VALIDATION);
    timing_arg_date(timing, event, "last", serves && last > renewal->last ? renewal->last : last);
}

static void add_email(struct timing *timing, const struct renewal *renewal)
{
    dcv_date last = timing_last_email(timing->out);
    if (last == DCV_DATE_NONE)
        return;
    enum dcv_event_kind kind = last < renewal->begin   ? DCV_EVENT_RENEWAL_EMAIL_OVER
                               : last < renewal->last ? DCV_EVENT_RENEWAL_EMAIL_UNTIL
                                                       : DCV_EVENT_RENEWAL_EMAIL;
    timing_arg_date(timing, timing_add(timing, renewal->begin, kind), "last", last);
}

static void add_expiry(struct timing *timing)
{
    const struct dcv_timeline_certificate *certificate = &timing->timeline->certificate;
    struct dcv_event *event = timing_add(timing, certificate->not_after, DCV_EVENT_CERTIFICATE_EXPIRES);
    int second = (int)(certificate->not_after_s % DAY_S);
    timing_arg(timing, event, "serial", certificate->serial);
    timing_arg(timing, event, "time", dcv_arena_printf(timing->arena, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60));
}

void timing_certificate(struct timing *timing)
{
    const struct dcv_timeline_certificate *certificate = &timing->timeline->certificate;
    if (certificate->origin == NULL || certificate->failure != NULL)
        return;
    struct renewal renewal = renewal_of(timing->out->ca, certificate);
    add_notices(timing);
    add_begin(timing, &renewal);
    add_need(timing, &renewal);
    add_email(timing, &renewal);
    (void)timing_add(timing, renewal.last, DCV_EVENT_RENEWAL_LAST);
    add_expiry(timing);
}

/* ---- the projection ----------------------------------------------------------------------------------------------------------- */

/* The day of the first issue: when the certificate in use is renewed, or the day judged. */
static dcv_date first_issue(const struct timing *timing)
{
    const struct dcv_timeline_certificate *certificate = &timing->timeline->certificate;
    if (certificate->origin == NULL || certificate->failure != NULL)
        return timing->timeline->as_of;
    dcv_date begin = renewal_of(timing->out->ca, certificate).begin;
    return begin > timing->timeline->as_of ? begin : timing->timeline->as_of;
}

/* Each certificate lasts as long as it may and is renewed as soon as advised, up to the first that e-mail cannot serve. */
void timing_renewals(struct timing *timing)
{
    struct dcv_timeline_ca *out = timing->out;
    bool in_use = timing->timeline->certificate.origin != NULL && timing->timeline->certificate.failure == NULL;
    dcv_date issued = first_issue(timing);
    if (timing_last_email(out) == DCV_DATE_NONE)
        return;
    for (size_t i = 0; i < RENEWALS_MAX; i++) {
        struct dcv_renewal *row = DCV_VEC_ADD(timing->arena, &out->renewals);
        if (row == NULL)
            return;
        *row = (struct dcv_renewal){.validity = dcv_ca_validity(out->ca, issued), .email = timing_email_on(out, issued)};
        if (row->email == DCV_EMAIL_OVER)
            return;
        out->renewals_by_email += (i != 0 || in_use) && row->email >= DCV_EMAIL_DISCOURAGED;
        issued = row->validity.expires - lead_days(out->ca, row->validity.days);
    }
}
