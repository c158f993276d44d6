/* The parts of the web probes; private to them. */
#ifndef DCV_PROBE_WEB_CHAIN_H
#define DCV_PROBE_WEB_CHAIN_H

#include "probe/address.h"
#include "probe/meet.h"
#include "probe/web.h"

enum {
    WEB_BODY_MAX = 64 * 1024,      /* octets of a body that are looked at */
    WEB_ATTEMPTS_MAX = 3,          /* addresses of the host of a redirect that are tried */
    WEB_TARGETS_MAX = 2 * WEB_ATTEMPTS_MAX,
    WEB_CHAINS_MAX = DCV_ADDRESSES_MAX + 1, /* the last: of addresses that could not be looked up */
    WEB_WAITING_MAX = 2 * WEB_CHAINS_MAX,
};

/* What goes on at one address of the name: one handshake; or requests, of which each but the first follows a redirect. */
struct web_chain {
    struct dcv_web_probe *probe;
    bool over;
    struct dcv_address_probe *lookup; /* of the host of a redirect; NULL: none is under way */
    struct dcv_talk *talk;            /* NULL: none is under way */
    struct dcv_fact fact;             /* of what is under way */
    const struct dcv_rr *address;     /* that it is under way with; NULL: none yet */
    uint16_t port;
    /* of a redirect */
    struct dcv_name host;
    const struct dcv_rr *targets[WEB_TARGETS_MAX]; /* to be tried after `address` */
    size_t target_count;
    unsigned attempts;
};

/* What is done for each kind of probe. */
struct web_kind {
    enum dcv_protocol protocol;
    /* Fills what is known of the fact before anything is said. */
    void (*begin)(struct web_chain *chain, const char *server);
    enum dcv_status (*query)(const struct web_chain *chain, struct dcv_buf *out);
    /* Reads the answer into the fact; `met` says otherwise where it cannot be read. */
    void (*hear)(struct web_chain *chain, struct meet *meet, const void *answer, size_t len);
    void (*note)(struct dcv_fact *fact, const struct meet *meet);
    /* The fact was told: is there more to do? Then it is begun; NULL: never. */
    bool (*go_on)(struct web_chain *chain, const struct meet *meet);
};
extern const struct web_kind web_http_kind, web_alpn_kind;

struct dcv_web_probe {
    struct dcv_web_probe_options options;
    struct meet_place place;
    const struct web_kind *kind;
    struct dcv_name name;
    struct dcv_web_file file;         /* of HTTP; copied */
    const char *begin;                /* URL of HTTP */
    struct dcv_address_probe *lookup; /* of the name; NULL: it is done */
    struct web_chain chains[WEB_CHAINS_MAX];
    size_t chain_count, running;      /* running: that are not over */
    struct dcv_fact waiting[WEB_WAITING_MAX]; /* to be told */
    size_t waiting_count;
    bool telling, gone;               /* gone: dropped from within a call */
    dcv_web_probe_fn *done;
    void *user;
};

/* Says what is to be said to the address, and waits; or, where that cannot be, tells why and is over. */
void web_chain_meet(struct web_chain *chain, const struct dcv_rr *address);
/* Has the fact told as it is with this meeting. */
void web_chain_tell(struct web_chain *chain, const struct meet *meet);
/* The same without one; nothing comes after it. */
void web_chain_end(struct web_chain *chain, enum dcv_meeting met, const char *why);
/* Tells what waits to be told; the probe may be gone then. The last thing to be done in every call from the loop. */
void web_probe_tell(struct dcv_web_probe *probe);

#endif
