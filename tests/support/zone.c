#include "support/zone.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

enum { LINE_MAX = 512, LINKS_MAX = 64 };

/* ---- reading -------------------------------------------------------------------------------------------------------------- */

/* "@192.0.2.2 example.jp. IN A 192.0.2.80", or "@192.0.2.2 - example.jp A". */
static void read_own(struct zone *zone, const char *line)
{
    char name[256], type[20];
    int at = 0;
    ck_assert_uint_lt(zone->own_count, ZONE_DIRECTIVES_MAX);
    struct own_record *own = &zone->own[zone->own_count++];
    ck_assert_msg(sscanf(line, "@%63s %n", own->address, &at) == 1 && at != 0, "%s", line);
    if (line[at] != '-') {
        ck_assert_msg(dcv_rr_from_text(zone->arena, line + at, &own->rr) == DCV_OK, "%s", line);
        return;
    }
    ck_assert_msg(sscanf(line + at, "- %255s %19s", name, type) == 2, "%s", line);
    ck_assert_int_eq(dcv_name_parse(name, &own->rr.owner, NULL), DCV_OK);
    own->rr.type = dcv_type_parse(type);
    ck_assert_msg(own->rr.type != 0, "%s", line);
}

static void read_line(struct zone *zone, const char *line)
{
    if (line[strspn(line, " ")] == '\0')
        return;
    if (line[0] == '@') {
        read_own(zone, line);
        return;
    }
    if (line[0] == '!') {
        ck_assert_uint_lt(zone->directive_count, ZONE_DIRECTIVES_MAX);
        struct directive *directive = &zone->directives[zone->directive_count++];
        ck_assert_msg(sscanf(line, "! %19s %255s %319[^\n]", directive->word, directive->name, directive->rest) >= 2, "%s", line);
        return;
    }
    ck_assert_uint_lt(zone->record_count, ZONE_RECORDS_MAX);
    ck_assert_msg(dcv_rr_from_text(zone->arena, line, &zone->records[zone->record_count++]) == DCV_OK, "%s", line);
}

void zone_read(struct zone *zone, const char *text)
{
    while (*text != '\0') {
        char line[LINE_MAX];
        const size_t len = strcspn(text, "\n");
        ck_assert_uint_lt(len, sizeof line);
        memcpy(line, text, len);
        line[len] = '\0';
        read_line(zone, line);
        text += len + (text[len] == '\n');
    }
}

/* ---- answering ------------------------------------------------------------------------------------------------------------ */

static bool exists(const struct zone *zone, const struct dcv_name *name)
{
    for (size_t i = 0; i < zone->record_count; i++)
        if (dcv_name_under(&zone->records[i].owner, name))
            return true;
    return name->len == 1;
}

/* Copies the records of a type at a name; returns their number. */
static size_t take(const struct zone *zone, const struct dcv_name *name, uint16_t type, struct dcv_rrs *out)
{
    size_t taken = 0;
    for (size_t i = 0; i < zone->record_count; i++) {
        if (zone->records[i].type != type || !dcv_name_equal(&zone->records[i].owner, name))
            continue;
        out->items[out->count++] = zone->records[i];
        taken++;
    }
    return taken;
}

/* Copies the signatures over a type at a name. */
static void take_signatures(const struct zone *zone, const struct dcv_name *name, uint16_t type, struct dcv_rrs *out)
{
    for (size_t i = 0; i < zone->record_count; i++) {
        const struct dcv_rr *rr = &zone->records[i];
        if (rr->type == DCV_TYPE_RRSIG && dcv_name_equal(&rr->owner, name) && (rr->rdata[0] << 8 | rr->rdata[1]) == type)
            out->items[out->count++] = *rr;
    }
}

/* The SOA of the zone that `name` lies in, as negative answers carry it; none where the world has none. */
static void take_soa(const struct zone *zone, const struct dcv_name *name, struct dcv_rrs *out)
{
    for (struct dcv_name at = *name; take(zone, &at, DCV_TYPE_SOA, out) == 0;)
        if (!dcv_name_parent(&at, &at))
            return;
}

/* The NSEC3 records of the zone that `name` lies in: what they prove nobody looks at. */
static void take_nsec3(const struct zone *zone, const struct dcv_name *name, struct dcv_rrs *out)
{
    for (size_t i = 0; i < zone->record_count; i++) {
        const struct dcv_rr *rr = &zone->records[i];
        struct dcv_name parent;
        if (rr->type == DCV_TYPE_NSEC3 && dcv_name_parent(&rr->owner, &parent) && dcv_name_under(name, &parent))
            out->items[out->count++] = *rr;
    }
}

enum dcv_outcome zone_answer(const struct zone *zone, const struct dcv_name *name, uint16_t type, struct dcv_message *message)
{
    struct dcv_rrs *out = &message->answer;
    struct dcv_name at = *name;
    for (size_t links = 0; links < LINKS_MAX; links++) {
        if (take(zone, &at, type, out) != 0) {
            take_signatures(zone, &at, type, out);
            return DCV_OUTCOME_ANSWER;
        }
        if (take(zone, &at, DCV_TYPE_CNAME, out) == 0) {
            take_soa(zone, &at, &message->authority);
            take_nsec3(zone, &at, &message->authority);
            return exists(zone, &at) ? DCV_OUTCOME_NODATA : DCV_OUTCOME_NXDOMAIN;
        }
        const size_t last = out->count - 1;
        take_signatures(zone, &at, DCV_TYPE_CNAME, out);
        ck_assert(dcv_rr_target(&out->items[last], &at));
        if (dcv_name_equal(&at, name))
            break;
    }
    return DCV_OUTCOME_SERVFAIL;
}

bool zone_says(const struct zone *zone, const char *word, const char *name)
{
    for (size_t i = 0; i < zone->directive_count; i++)
        if (strcmp(zone->directives[i].word, word) == 0 && strcmp(zone->directives[i].name, name) == 0)
            return true;
    return false;
}

struct dcv_message *zone_message(struct dcv_arena *arena)
{
    struct dcv_message *message = dcv_arena_alloc(arena, sizeof *message);
    message->answer.items = dcv_arena_array(arena, ZONE_RECORDS_MAX, sizeof *message->answer.items);
    message->authority.items = dcv_arena_array(arena, ZONE_RECORDS_MAX, sizeof *message->authority.items);
    message->additional.items = dcv_arena_array(arena, ZONE_RECORDS_MAX, sizeof *message->additional.items);
    return message;
}

enum dcv_outcome zone_outcome_called(const char *text)
{
    for (int outcome = 0; outcome <= DCV_OUTCOME_UNRECORDED; outcome++)
        if (strcmp(dcv_outcome_text((enum dcv_outcome)outcome), text) == 0)
            return (enum dcv_outcome)outcome;
    ck_abort_msg("there is no outcome %s", text);
    return DCV_OUTCOME_ANSWER;
}

uint16_t zone_rcode(enum dcv_outcome outcome)
{
    enum { SERVFAIL = 2, NXDOMAIN = 3, NOTIMP = 4, REFUSED = 5 };
    return outcome == DCV_OUTCOME_NXDOMAIN ? NXDOMAIN
        : outcome == DCV_OUTCOME_SERVFAIL  ? SERVFAIL
        : outcome == DCV_OUTCOME_REFUSED   ? REFUSED
        : outcome == DCV_OUTCOME_RCODE     ? NOTIMP
                                           : 0;
}
