/* The mail probe: would these hosts take mail for these addresses? Nothing is ever sent: RCPT TO, and never DATA. */
#ifndef DCV_PROBE_SMTP_H
#define DCV_PROBE_SMTP_H

#include "fact/delivery.h"
#include "net/net.h"

struct dcv_smtp_probe_options {
    struct dcv_net *net;
    struct dcv_facts *facts;    /* whose arena holds the values; the facts are not added */
    const char *helo, *from;    /* "" as `from`: the null reverse-path */
    uint16_t port;
    bool allow_private;
    unsigned timeout_ms;        /* of one conversation */
    uint64_t again_until_us;    /* no second attempt is begun that could not end by then */
    int64_t wall_s;
    uint64_t start_us;
};

struct dcv_smtp_probe;

/* Tries the hosts in their order (the most preferred first) until one has talked, and then the others of its preference, which a sender may
 * come to as well (RFC 5321 §5.1); of one host the addresses until one has talked. All are told of. */
typedef void dcv_smtp_probe_fn(void *user, const struct dcv_smtp_fact *facts, size_t count);
/* `recipients`: addresses; `randoms`: those with a local part that nobody has, one a domain, DCV_SMTP_RECIPIENTS at most. All are lent for the call. */
enum dcv_status dcv_smtp_probe_start(const struct dcv_smtp_probe_options *options, const struct dcv_mail_host *hosts, size_t host_count,
                                     const char *const *recipients, size_t count, const char *const *randoms, size_t random_count,
                                     dcv_smtp_probe_fn *done, void *user, struct dcv_smtp_probe **out);
void dcv_smtp_probe_drop(struct dcv_smtp_probe *probe);
/* The time is over: the facts as far as they go, those of what is under way with DEADLINE; they replace the call, and the probe is gone. */
void dcv_smtp_probe_cut(struct dcv_smtp_probe *probe);

#endif
