/* When things happen to a judged name: last days, renewals, changes. Pure: the day is that of the judgement. */
#ifndef DCV_POLICY_TIMELINE_H
#define DCV_POLICY_TIMELINE_H

#include "fact/x509.h"
#include "judgement/timeline.h"

struct dcv_timeline_options {
    dcv_date validated;                 /* the day of the present validation; NONE: not given */
    const struct dcv_x509 *certificate; /* in use; NULL: none, or it could not be read */
    const struct dcv_ca_set *set;       /* for the profile of its issuer */
    const char *origin, *failure;       /* of the certificate: see struct dcv_timeline_certificate */
    bool shared;                        /* no CA was named */
    int64_t stamp_s;
};

/* Values live in `arena` and lend from the judgement, the profiles and the certificate. DCV_ERR_NOMEM. */
enum dcv_status dcv_policy_timeline(const struct dcv_timeline_options *options, const struct dcv_judged *judged, struct dcv_arena *arena,
                                    struct dcv_timeline *out);

/* Is `name` one of the DNS names of the certificate? A wildcard stands for one label (RFC 6125 §6.4.3); a wildcard name needs
 * the same wildcard. */
bool dcv_certificate_covers(const struct dcv_x509 *certificate, const struct dcv_hostname *name);

#endif
