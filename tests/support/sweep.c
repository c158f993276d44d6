/* What the name servers and resolvers of a world say, one by one; sound unless a line of the world says otherwise. */
#include "support/zone.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES_OF_SILENCE = 6, USUAL_SIZE = 100, LARGE_SIZE = 1400 };

/* ---- the records of one server --------------------------------------------------------------------------------------------- */

static bool replaced(const struct zone *zone, const char *address, const struct dcv_rr *rr)
{
    for (size_t i = 0; i < zone->own_count; i++)
        if (strcmp(zone->own[i].address, address) == 0 && zone->own[i].rr.type == rr->type
            && dcv_name_equal(&zone->own[i].rr.owner, &rr->owner))
            return true;
    return false;
}

/* The zone as this server has it; free it. */
static struct zone *zone_at(const struct zone *zone, const char *address)
{
    struct zone *out = calloc(1, sizeof *out);
    out->arena = zone->arena;
    for (size_t i = 0; i < zone->record_count; i++)
        if (!replaced(zone, address, &zone->records[i]))
            out->records[out->record_count++] = zone->records[i];
    for (size_t i = 0; i < zone->own_count; i++)
        if (strcmp(zone->own[i].address, address) == 0 && zone->own[i].rr.rdata != NULL && out->record_count < ZONE_RECORDS_MAX)
            out->records[out->record_count++] = zone->own[i].rr;
    return out;
}

/* ---- faults ------------------------------------------------------------------------------------------------------------------ */

static bool concerns(const struct directive *directive, const struct dcv_ask *ask, const char *address, const char *what)
{
    char word[40], name[160], type[DCV_TYPE_TEXT], asked[DCV_TYPE_TEXT];
    if (strcmp(directive->word, "at") != 0 || strcmp(directive->name, address) != 0)
        return false;
    const int read = sscanf(directive->rest, "%39s %159s %15s", word, name, type);
    char *over = strchr(word, '/');
    if (over != NULL)
        *over++ = '\0';
    if (strcmp(word, what) != 0 || (over != NULL && strcmp(over, dcv_asked_over_text(ask->over)) != 0))
        return false;
    struct dcv_name about;
    return read < 3
        || (dcv_name_parse(name, &about, NULL) == DCV_OK && dcv_name_equal(&about, &ask->name) && strcmp(type, dcv_type_text(ask->type, asked)) == 0);
}

static bool faulty(const struct zone *zone, const struct dcv_ask *ask, const char *address, const char *what)
{
    for (size_t i = 0; i < zone->directive_count; i++)
        if (concerns(&zone->directives[i], ask, address, what))
            return true;
    return false;
}

/* An outcome that a line asks for; -1: none. */
static int outcome_given(const struct zone *zone, const struct dcv_ask *ask, const char *address)
{
    for (int outcome = 0; outcome <= DCV_OUTCOME_UNRECORDED; outcome++)
        if (faulty(zone, ask, address, dcv_outcome_text((enum dcv_outcome)outcome)))
            return outcome;
    return -1;
}

/* ---- answers ----------------------------------------------------------------------------------------------------------------- */

static struct dcv_rrs kept(struct dcv_arena *arena, const struct dcv_rrs *rrs)
{
    struct dcv_rrs out = {.items = dcv_arena_array(arena, rrs->count, sizeof *rrs->items), .count = rrs->count};
    if (rrs->count != 0)
        memcpy(out.items, rrs->items, rrs->count * sizeof *rrs->items);
    return out;
}

/* The referral to the zone, with the addresses of its hosts that lie in it. */
static enum dcv_outcome refer(const struct zone *zone, const struct dcv_ask *ask, struct dcv_message *message)
{
    for (size_t i = 0; i < zone->record_count; i++) {
        const struct dcv_rr *rr = &zone->records[i];
        struct dcv_name host;
        if (rr->type != DCV_TYPE_NS || !dcv_name_equal(&rr->owner, &ask->zone) || !dcv_rr_target(rr, &host))
            continue;
        message->authority.items[message->authority.count++] = *rr;
        for (size_t j = 0; j < zone->record_count; j++) {
            const struct dcv_rr *glue = &zone->records[j];
            if ((glue->type == DCV_TYPE_A || glue->type == DCV_TYPE_AAAA) && dcv_name_equal(&glue->owner, &host)
                && dcv_name_under(&host, &ask->zone))
                message->additional.items[message->additional.count++] = *glue;
        }
    }
    message->authoritative = message->authority.count == 0;
    return message->authority.count != 0 ? DCV_OUTCOME_ANSWER : DCV_OUTCOME_NXDOMAIN;
}

/* A signature that nobody verifies: what counts is that there is one. */
static void sign(struct dcv_arena *arena, const struct dcv_name *owner, struct dcv_rrs *rrs)
{
    static const char text[] = "example.jp. IN RRSIG A 13 2 300 20270101000000 20260101000000 1 example.jp. AAAA";
    struct dcv_rr *rr = &rrs->items[rrs->count++];
    ck_assert_int_eq(dcv_rr_from_text(arena, text, rr), DCV_OK);
    rr->owner = *owner;
}

static void flaw(const struct zone *zone, const struct dcv_ask *ask, const char *address, struct dcv_server_fact *fact, struct dcv_message *message)
{
    static const struct dcv_trust expired = {.security = DCV_SECURITY_BOGUS, .cause = DCV_CAUSE_SIGNATURE_EXPIRED};
    message->edns = ask->over != DCV_OVER_PLAIN && !faulty(zone, ask, address, "no-opt");
    message->size = faulty(zone, ask, address, "large") ? LARGE_SIZE : USUAL_SIZE;
    if (faulty(zone, ask, address, "no-aa"))
        message->authoritative = false;
    if (faulty(zone, ask, address, "no-soa"))
        message->authority.count = 0;
    fact->case_ignored = faulty(zone, ask, address, "lower-case");
    fact->no_edns = faulty(zone, ask, address, "no-edns");
    fact->tcp = ask->over == DCV_OVER_TCP || faulty(zone, ask, address, "over-tcp");
    if (faulty(zone, ask, address, "bogus")) {
        fact->security = DCV_SECURITY_BOGUS;
        fact->trust = &expired;
    }
}

static void answer(const struct zone *zone, const struct dcv_ask *ask, const char *address, struct dcv_server_fact *fact)
{
    struct zone *own = zone_at(zone, address);
    struct dcv_arena *scratch = dcv_arena_create(NULL);
    struct dcv_message *message = zone_message(scratch), *out = dcv_arena_alloc(zone->arena, sizeof *out);
    message->authoritative = ask->as == DCV_ASKED_AUTHORITY;
    fact->outcome = ask->as == DCV_ASKED_PARENT ? refer(own, ask, message) : zone_answer(own, &ask->name, ask->type, message);
    if (zone_says(zone, "signed", "on") && ask->as == DCV_ASKED_AUTHORITY && !faulty(zone, ask, address, "unsigned"))
        sign(zone->arena, &ask->name, message->answer.count != 0 ? &message->answer : &message->authority);
    const int given = outcome_given(zone, ask, address);
    if (given >= 0) {
        fact->outcome = (enum dcv_outcome)given;
        message->answer.count = message->authority.count = 0;
    }
    fact->rcode = message->rcode = faulty(zone, ask, address, "referral") ? 0 : zone_rcode(fact->outcome);
    flaw(zone, ask, address, fact, message);
    *out = *message;
    out->answer = kept(zone->arena, &message->answer);
    out->authority = kept(zone->arena, &message->authority);
    out->additional = kept(zone->arena, &message->additional);
    const bool read = dcv_outcome_conclusive(fact->outcome) || fact->outcome == DCV_OUTCOME_SERVFAIL || fact->outcome == DCV_OUTCOME_REFUSED
        || fact->outcome == DCV_OUTCOME_RCODE;
    fact->message = read ? out : NULL;
    dcv_arena_free(scratch);
    free(own);
}

struct dcv_server_fact sweep_say(const struct zone *zone, const struct dcv_ask *ask, const char *address)
{
    struct dcv_server_fact fact = {.as = ask->as, .zone = ask->zone, .host = ask->host, .name = ask->name, .type = ask->type, .over = ask->over,
                                   .tries = 1, .at = WORLD_AT};
    fact.server = dcv_arena_printf(zone->arena, "%s#53", address);
    if (ask->as != DCV_ASKED_RESOLVER)
        fact.address = dcv_arena_copy(zone->arena, &ask->address, sizeof ask->address);
    answer(zone, ask, address, &fact);
    if (fact.outcome == DCV_OUTCOME_TIMEOUT)
        fact.tries = faulty(zone, ask, address, "impatient") ? 1 : TRIES_OF_SILENCE;
    else if (faulty(zone, ask, address, "cached"))
        fact.tries = 0;
    return fact;
}

const char *sweep_address(const struct zone *zone, const struct dcv_ask *ask)
{
    char text[INET6_ADDRSTRLEN];
    size_t number = 0;
    if (ask->as != DCV_ASKED_RESOLVER) {
        ck_assert_ptr_nonnull(inet_ntop(ask->address.type == DCV_TYPE_A ? AF_INET : AF_INET6, ask->address.rdata, text, sizeof text));
        return dcv_arena_strdup(zone->arena, text);
    }
    for (size_t i = 0; i < zone->directive_count; i++)
        if (strcmp(zone->directives[i].word, "resolver") == 0 && number++ == ask->view)
            return zone->directives[i].name;
    ck_abort_msg("there is no resolver %zu", ask->view);
    return "";
}

size_t sweep_resolvers(const struct zone *zone)
{
    size_t count = 0;
    for (size_t i = 0; i < zone->directive_count; i++)
        count += strcmp(zone->directives[i].word, "resolver") == 0;
    return count;
}
