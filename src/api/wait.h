/* A wait under way; private to this module. */
#ifndef DCV_API_WAIT_H
#define DCV_API_WAIT_H

#include "api/session.h"
#include "policy/wait.h"

enum { WAIT_NAMES_MAX = 8 }; /* names asked about for one record: the owner, and what aliases lead to */

/* A name asked about, and the zone from which the way to its servers is known to lead on. */
struct wait_asked {
    struct dcv_name name, from;
};

/* One name that is waited for. */
struct watch {
    struct wait_run *run;
    struct dcv_result *result;
    struct dcv_wait wait;
    struct wait_asked asked[WAIT_NAMES_MAX];
    size_t asked_count;            /* in this look */
    struct dcv_arena *arena;       /* of the rows; NULL before the first look */
    unsigned backoff_ms;
    uint64_t next_us;              /* when to look again */
    bool due, done;
    /* of the present look */
    struct dcv_arena *fresh_arena;
    struct dcv_wait_servers fresh;
    bool unrecorded;
};

struct wait_run {
    const struct engine *engine;
    struct waiting waiting;
    struct dcv_arena *arena;
    DCV_VEC(struct watch *) watches;
    struct dcv_gather *gather;     /* that works at present */
    struct dcv_timer tick, pause;
    bool paused, looking, stopped; /* stopped: by the caller, or since the tape ends here */
    uint64_t deadline_us;
    unsigned round;
    DCV_VEC(struct dcv_progress_line) changes; /* not told yet */
};

uint64_t wait_now_us(const struct wait_run *run);
/* UNIX time. */
int64_t wait_now_s(const struct wait_run *run);

/* ---- wait_look.c ---------------------------------------------------------------------------------------------------------------- */

/* Looks once for every watch that is due: new rows. `last`: there will be no other look. */
enum dcv_status wait_look(struct wait_run *run, bool last);

#endif
