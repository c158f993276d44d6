/* How long a certificate may last (BR 6.3.2), with the CA's own lower limits. */
#ifndef DCV_POLICY_VALIDITY_H
#define DCV_POLICY_VALIDITY_H

#include "judgement/timeline.h"

/* Of a certificate that `ca` issues on a day; texts are lent from the tables and the profile. */
struct dcv_validity dcv_ca_validity(const struct dcv_ca *ca, dcv_date issued);
/* The first day after `date` on which the BR or the CA set another limit; NONE: none is known. */
dcv_date dcv_ca_next_limit(const struct dcv_ca *ca, dcv_date date);
/* Which ballot set the limits of validity and reuse that are in force on a day; rows of the table also begin for other reasons. */
const char *dcv_br_limit_source(dcv_date date);

#endif
