/* The web probes: a file below /.well-known/ fetched from each address of a name, as a CA does; and a handshake with each for tls-alpn-01. */
#ifndef DCV_PROBE_WEB_H
#define DCV_PROBE_WEB_H

#include "fact/fact.h"
#include "net/resolver.h"

struct dcv_web_probe_options {
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    struct dcv_facts *facts;    /* whose arena holds the values; the facts are not added */
    bool allow_private;
    uint16_t http_port, https_port;
    unsigned timeout_ms;        /* of one request or handshake */
    int64_t wall_s;
    uint64_t start_us;
};

/* What is fetched; lent for the call. */
struct dcv_web_file {
    const char *method;         /* "http" or "http-01" */
    const char *path;           /* "/.well-known/pki-validation/FILE" */
    bool random;                /* nobody has it */
    const uint8_t *content;     /* to compare with, but for white space at the end; NULL: none */
    size_t content_len;
};

struct dcv_web_probe;

/* A fact is told as soon as it is known, with `last` on the last: each request of each chain, and each handshake. Requests of a chain with the same `hop`
 * went to several addresses of a redirect's host, one after the other, until there was a connection. The probe may be dropped or cut from within. */
typedef void dcv_web_probe_fn(void *user, const struct dcv_fact *fact, bool last);

/* `done` is called from dcv_net_step(), unless the probe is dropped before. DCV_ERR_NOMEM. */
enum dcv_status dcv_http_probe_start(const struct dcv_web_probe_options *options, const struct dcv_name *name, const struct dcv_web_file *file,
                                     dcv_web_probe_fn *done, void *user, struct dcv_web_probe **out);
enum dcv_status dcv_alpn_probe_start(const struct dcv_web_probe_options *options, const struct dcv_name *name, dcv_web_probe_fn *done, void *user,
                                     struct dcv_web_probe **out);
void dcv_web_probe_drop(struct dcv_web_probe *probe);
/* The time is over: tells what is under way with DEADLINE, the last with `last`; the probe is gone then. */
void dcv_web_probe_cut(struct dcv_web_probe *probe);

#endif
