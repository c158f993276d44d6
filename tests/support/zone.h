/* The records and directives of a world, and what a server that has them says; for world.c and sweep.c. */
#ifndef DCV_SUPPORT_ZONE_H
#define DCV_SUPPORT_ZONE_H

#include "fact/fact.h"
#include "plan/plan.h"

enum { ZONE_RECORDS_MAX = 300, ZONE_DIRECTIVES_MAX = 128, WORLD_AT = 1795253400 };

struct directive {
    char word[20], name[256], rest[320];
};

/* A record, or the lack of one, at one server in the place of what the others have. */
struct own_record {
    char address[64];
    struct dcv_rr rr; /* rdata NULL: there is none */
};

struct zone {
    struct dcv_arena *arena;
    struct dcv_rr records[ZONE_RECORDS_MAX];
    size_t record_count;
    struct directive directives[ZONE_DIRECTIVES_MAX];
    size_t directive_count;
    struct own_record own[ZONE_DIRECTIVES_MAX];
    size_t own_count;
};

void zone_read(struct zone *zone, const char *text);
/* Does a directive of this word have this name? */
bool zone_says(const struct zone *zone, const char *word, const char *name);
/* Room for any answer. */
struct dcv_message *zone_message(struct dcv_arena *arena);
/* Fills answer and authority section. */
enum dcv_outcome zone_answer(const struct zone *zone, const struct dcv_name *name, uint16_t type, struct dcv_message *message);
uint16_t zone_rcode(enum dcv_outcome outcome);
enum dcv_outcome zone_outcome_called(const char *text);

/* ---- sweep.c ---------------------------------------------------------------------------------------------------------------- */

/* What the server says to a question. Its address, and that of a resolver, is `address`. */
struct dcv_server_fact sweep_say(const struct zone *zone, const struct dcv_ask *ask, const char *address);
/* The address of a question to a server; `resolvers` are those of the world in their order. */
const char *sweep_address(const struct zone *zone, const struct dcv_ask *ask);
size_t sweep_resolvers(const struct zone *zone);

#endif
