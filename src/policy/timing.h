/* What the files that make a timeline share; private to this module. */
#ifndef DCV_POLICY_TIMING_H
#define DCV_POLICY_TIMING_H

#include "policy/timeline.h"
#include "policy/validity.h"

struct timing {
    struct dcv_arena *arena;
    const struct dcv_timeline *timeline;
    const struct dcv_judged_ca *judged;
    struct dcv_timeline_ca *out;
};

/* ---- timing.c ------------------------------------------------------------------------------------------------------------- */

/* A new event; the list stays ordered by date. Lent until the next one is added; NULL: memory is short (sticky). */
struct dcv_event *timing_add(struct timing *timing, dcv_date date, enum dcv_event_kind kind);
/* These do nothing when `event` is NULL. Values are lent. */
void timing_arg(struct timing *timing, struct dcv_event *event, const char *key, const char *value);
void timing_arg_number(struct timing *timing, struct dcv_event *event, const char *key, int value);
void timing_arg_date(struct timing *timing, struct dcv_event *event, const char *key, dcv_date value);
void timing_cite(struct dcv_event *event, const char *clause, const char *source);

/* ---- timeline_method.c ---------------------------------------------------------------------------------------------------- */

/* The three sources of e-mail addresses that have a future, and DNS. */
void timing_methods(struct timing *timing);
/* The last days of reuse, and of the methods. */
void timing_reuse(struct timing *timing);
void timing_method_ends(struct timing *timing);
/* The last day on which the CA validates by e-mail at all; NONE: it does not, or that is not known. */
dcv_date timing_last_email(const struct dcv_timeline_ca *ca);
enum dcv_email_state timing_email_on(const struct dcv_timeline_ca *ca, dcv_date day);

/* ---- timeline_renewal.c --------------------------------------------------------------------------------------------------- */

void timing_certificate(struct timing *timing);
void timing_renewals(struct timing *timing);

#endif
