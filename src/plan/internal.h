/* The plan as its parts see it; private to this module. */
#ifndef DCV_PLAN_INTERNAL_H
#define DCV_PLAN_INTERNAL_H

#include "plan/plan.h"

#include "base/map.h"

/* Whoever writes a zone chooses whom dcvready sends packets to: of no zone to more addresses than 128 hosts with one of each kind have. */
enum { SWEEP_ZONES = 6, SWEEP_HOSTS = 128, SWEEP_ADDRESSES = 256 };

/* A zone whose servers are asked. */
struct sweep_zone {
    struct dcv_name name;
    struct dcv_name above;      /* the zone that delegates it; len 0: not known yet */
    DCV_VEC(struct dcv_name) hosts; /* that the delegation or the zone names */
    size_t addresses;           /* of them that are asked */
};

struct dcv_plan {
    struct dcv_plan_options options;
    struct dcv_name name, base; /* base len 0: the name has none */
    struct dcv_arena *arena;
    struct dcv_map *asked; /* questions to servers that are wanted already */
    DCV_VEC(const struct dcv_want *) wants;
    DCV_VEC(uint64_t) hashes; /* of each */
    DCV_VEC(struct dcv_ask) asks;
    size_t handed_out, asks_handed_out;
    struct sweep_zone zones[SWEEP_ZONES];
    size_t zone_count;
};

void plan_want(struct dcv_plan *plan, const struct dcv_name *name, uint16_t type, unsigned depth);
/* Puts a question to a server, unless it was put before. */
void plan_ask(struct dcv_plan *plan, const struct dcv_ask *ask);

/* ---- sweep.c ---------------------------------------------------------------------------------------------------------------- */

void sweep_begin(struct dcv_plan *plan);
void sweep_after_dns(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_dns_fact *fact, unsigned depth);
void sweep_after_server(struct dcv_plan *plan, const struct dcv_facts *facts, const struct dcv_server_fact *fact, unsigned depth);

#endif
