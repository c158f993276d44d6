/* One batch: the machinery that gathers facts over one transport, live or from a tape. Private to this module. */
#ifndef DCV_API_BATCH_H
#define DCV_API_BATCH_H

#include "api/session.h"

struct batch {
    struct dcv_session *session;
    struct settings settings;
    struct dcv_seed seed;
    int64_t wall_s;
    uint64_t start_us;
    struct dcv_transport *transport;
    struct dcv_transport *recorder; /* the same, when recording */
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    struct dcv_peers *peers;
    struct dcv_registry *registry;
    struct dcv_anchors *anchors;
    struct dcv_validator *validator;
    struct dcv_gather *gather;
    struct dcv_throttle *throttle;
    /* of a portfolio: where the next name comes from */
    enum dcv_status (*want)(void *user, bool *more);
    void *want_user;
};

/* The settings of a live run, and its transport; `from`: the first result that a recording is for. */
enum dcv_status batch_start_live(struct batch *batch, size_t from);
/* What works over the transport. */
enum dcv_status batch_start_engine(struct batch *batch);
/* What was given with --facts-in. */
enum dcv_status batch_add_given_facts(struct dcv_result *result);
/* Notes for dcv_session_error() that no resolver answers anything. */
void batch_tell_deaf(struct batch *batch);
/* Ends it; returns `status`, or why the recording could not be written. */
enum dcv_status batch_stop(struct batch *batch, enum dcv_status status);

#endif
