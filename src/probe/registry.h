/* The registry probe: who a domain's contacts are, by RDAP where its top-level domain has it, by WHOIS otherwise; and the facts that come of it. */
#ifndef DCV_PROBE_REGISTRY_H
#define DCV_PROBE_REGISTRY_H

#include "fact/fact.h"
#include "net/pace.h"
#include "net/resolver.h"

struct dcv_registry_options {
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    const char *whois_server;   /* "HOST" or "HOST:PORT" in the place of whois.iana.org, whose word on the server of a domain is then final; NULL */
    const char *bootstrap;      /* the text of a bootstrap file in the place of IANA's; NULL: cached, fetched or shipped */
    size_t bootstrap_len;
    bool use_cache;             /* the user's cache is asked, and told */
    bool allow_private;
    uint16_t whois_port;        /* of servers given without one */
    unsigned patience_ms;       /* a server for whose turn a domain would have to wait longer is not asked about it; 0: however long */
    unsigned timeout_ms;        /* of one conversation */
    int64_t wall_s;             /* UNIX time of the logical clock's `start_us` */
    uint64_t start_us;
};

/* One for a run: domains that several names share are asked for once. */
struct dcv_registry;
enum dcv_status dcv_registry_create(const struct dcv_registry_options *options, struct dcv_registry **out);
void dcv_registry_free(struct dcv_registry *registry);

struct dcv_registry_probe;

/* One or two facts: of RDAP, of WHOIS, or where RDAP failed, of both. Copied into the arena of `facts`; not added. */
typedef void dcv_registry_fn(void *user, const struct dcv_contacts_fact *facts, size_t count);
/* `done` is called once, from dcv_net_step(), unless the probe is dropped before; the asking itself goes on for others. */
enum dcv_status dcv_registry_ask(struct dcv_registry *registry, const struct dcv_name *domain, struct dcv_facts *facts, dcv_registry_fn *done,
                                 void *user, struct dcv_registry_probe **out);
void dcv_registry_drop(struct dcv_registry_probe *probe);

#endif
