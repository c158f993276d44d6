/* The DNS probe: one question put to the resolver, and the fact that comes of it. */
#ifndef DCV_PROBE_DNS_H
#define DCV_PROBE_DNS_H

#include "fact/fact.h"
#include "net/resolver.h"

/* A probe under way. */
struct dcv_dns_probe;

/* What came of it. */
struct dcv_dns_outcome {
    struct dcv_dns_fact fact;   /* `message` and `server` point into `facts` or into what it keeps */
    unsigned waits;             /* answers waited for one after the other */
    unsigned exchanges;         /* packets sent because of this probe */
};

typedef void dcv_dns_probe_fn(void *user, const struct dcv_dns_outcome *outcome);

struct dcv_dns_probe_options {
    struct dcv_resolver *resolver;
    struct dcv_facts *facts;    /* whose arena holds the values; the fact is not added */
    bool retry_disabled;        /* ask SERVFAIL again with CD, to tell bogus from broken (RFC 4035 §4.3) */
    bool checking_disabled;     /* always ask with CD: DNSSEC is validated here */
    struct dcv_hold *hold;      /* counts how long questions wait for their turn; NULL: nothing does. Lent. */
    int64_t wall_s;             /* UNIX time of the logical clock's `start_us` */
    uint64_t start_us;
};

/* `done` is called once, from dcv_net_step(), unless the probe is dropped before. DCV_ERR_NOMEM. */
enum dcv_status dcv_dns_probe_start(const struct dcv_dns_probe_options *options, const struct dcv_name *name, uint16_t type,
                                    dcv_dns_probe_fn *done, void *user, struct dcv_dns_probe **out);
/* The same where the answer is remembered: `*out` at once, and nothing is started. False: it is not. */
bool dcv_dns_probe_known(const struct dcv_dns_probe_options *options, const struct dcv_name *name, uint16_t type, struct dcv_dns_outcome *out);
void dcv_dns_probe_drop(struct dcv_dns_probe *probe);

/* What the answer to the question for the root's SOA says about the resolver. */
enum dcv_known_validation dcv_dns_probe_validation(const struct dcv_dns_fact *root_soa);

#endif
