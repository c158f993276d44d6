/* What name servers and resolvers said, one by one: sorted by zone and server, for the parts that judge it. */
#include "policy/servers.h"

#include <stdlib.h>
#include <string.h>

enum {
    ZONES_MAX = 16, SERVERS_MAX = 1024, QUESTIONS_MAX = 64, /* a sweep has fewer; a file of facts may hold anything */
    LISTED_MAX = 4,    /* entries of a list in a text */
    LISTING_MAX = 4096,
    LISTED_FACTS = 16,
};

/* ---- facts --------------------------------------------------------------------------------------------------------------------- */

bool server_told(const struct dcv_server_fact *fact)
{
    switch (fact->outcome) {
    case DCV_OUTCOME_DEADLINE:
    case DCV_OUTCOME_NO_ROUTE:
    case DCV_OUTCOME_PRIVATE:
    case DCV_OUTCOME_UNRECORDED: return false;
    case DCV_OUTCOME_ANSWER:
    case DCV_OUTCOME_NODATA:
    case DCV_OUTCOME_NXDOMAIN:
    case DCV_OUTCOME_SERVFAIL:
    case DCV_OUTCOME_REFUSED:
    case DCV_OUTCOME_RCODE:
    case DCV_OUTCOME_TIMEOUT:
    case DCV_OUTCOME_UNREACHABLE:
    case DCV_OUTCOME_MALFORMED:
    case DCV_OUTCOME_TRUNCATED: return true;
    }
    return false;
}

bool server_silent(const struct dcv_server_fact *fact)
{
    return fact->outcome == DCV_OUTCOME_UNREACHABLE || (fact->outcome == DCV_OUTCOME_TIMEOUT && fact->tries >= SERVER_TRIES_MIN);
}

bool server_failed(const struct dcv_server_fact *fact)
{
    switch (fact->outcome) {
    case DCV_OUTCOME_SERVFAIL:
    case DCV_OUTCOME_RCODE: return true;
    case DCV_OUTCOME_MALFORMED: return fact->message == NULL || !dcv_message_loops(fact->message, &fact->name); /* aliases in a circle are no fault of the server */
    case DCV_OUTCOME_REFUSED: return fact->rcode != 0; /* else it is a referral: the records may be in a zone below */
    case DCV_OUTCOME_TIMEOUT:
    case DCV_OUTCOME_UNREACHABLE: return server_silent(fact);
    case DCV_OUTCOME_ANSWER:
    case DCV_OUTCOME_NODATA:
    case DCV_OUTCOME_NXDOMAIN:
    case DCV_OUTCOME_TRUNCATED:
    case DCV_OUTCOME_DEADLINE:
    case DCV_OUTCOME_NO_ROUTE:
    case DCV_OUTCOME_PRIVATE:
    case DCV_OUTCOME_UNRECORDED: return false;
    }
    return false;
}

const char *answer_word(enum dcv_outcome outcome)
{
    if (outcome == DCV_OUTCOME_SERVFAIL)
        return "SERVFAIL";
    if (outcome == DCV_OUTCOME_NXDOMAIN)
        return "NXDOMAIN";
    return outcome == DCV_OUTCOME_NODATA ? "NODATA" : dcv_outcome_text(outcome);
}

const char *server_answer(struct judge *judge, const struct dcv_server_fact *fact)
{
    char rcode[DCV_RCODE_TEXT];
    if (fact->outcome == DCV_OUTCOME_RCODE) {
        const char *copy = dcv_arena_strdup(judge->arena, dcv_rcode_text(fact->rcode, rcode));
        return copy != NULL ? copy : "";
    }
    if (fact->outcome == DCV_OUTCOME_REFUSED)
        return fact->rcode == 0 ? "referral" : "REFUSED";
    if (dcv_outcome_conclusive(fact->outcome) && fact->message != NULL && !fact->message->authoritative)
        return "not-authoritative";
    return answer_word(fact->outcome);
}

const struct said *server_said(const struct server *server, const struct question *question)
{
    const struct said *best = NULL;
    for (size_t i = 0; i < server->said.count; i++) {
        const struct said *said = &server->said.items[i];
        if (said->fact->type != question->type || said->fact->over == DCV_OVER_TCP || !dcv_name_equal(&said->fact->name, &question->name))
            continue;
        if (best == NULL || (best->fact->message == NULL && said->fact->message != NULL))
            best = said;
    }
    return best;
}

const char *question_text(struct judge *judge, const struct question *question)
{
    char type[DCV_TYPE_TEXT], name[DCV_NAME_TEXT_MAX];
    const char *text = dcv_arena_printf(judge->arena, "%s %s", dcv_type_text(question->type, type), dcv_name_text(&question->name, name));
    return text != NULL ? text : "";
}

/* ---- zones --------------------------------------------------------------------------------------------------------------------- */

const struct swept *sweep_zone_of(const struct sweep *sweep, const struct dcv_name *name)
{
    const struct swept *deepest = NULL;
    for (size_t i = 0; i < sweep->zones.count; i++) {
        const struct swept *swept = &sweep->zones.items[i];
        if (dcv_name_under(name, &swept->zone) && (deepest == NULL || swept->zone.len > deepest->zone.len))
            deepest = swept;
    }
    return deepest;
}

bool sweep_belongs(const struct sweep *sweep, const struct swept *swept, const struct question *question)
{
    return sweep_zone_of(sweep, &question->name) == swept;
}

static struct swept *swept_of(struct sweep *sweep, const struct dcv_name *zone)
{
    for (size_t i = 0; i < sweep->zones.count; i++)
        if (dcv_name_equal(&sweep->zones.items[i].zone, zone))
            return &sweep->zones.items[i];
    struct swept *added = sweep->zones.count < ZONES_MAX ? DCV_VEC_ADD(sweep->judge->arena, &sweep->zones) : NULL;
    if (added == NULL)
        return NULL;
    added->judge = sweep->judge;
    added->zone = *zone;
    added->text = name_text(sweep->judge, zone);
    return added;
}

/* The address in "192.0.2.1#53"; of a resolver all of it. */
static size_t address_len(const struct dcv_server_fact *fact)
{
    const char *port = strrchr(fact->server, '#');
    return port == NULL || fact->as == DCV_ASKED_RESOLVER ? strlen(fact->server) : (size_t)(port - fact->server);
}

const char *resolver_text(struct judge *judge, const char *server)
{
    const char *port = strrchr(server, '#');
    const char *text = port != NULL && strcmp(port, "#53") == 0 ? dcv_arena_strndup(judge->arena, server, (size_t)(port - server)) : server;
    return text != NULL ? text : "";
}

static struct server *server_of(struct swept *swept, const struct dcv_server_fact *fact)
{
    struct dcv_arena *arena = swept->judge->arena;
    const size_t len = address_len(fact);
    for (size_t i = 0; i < swept->servers.count; i++) {
        struct server *server = &swept->servers.items[i];
        if (strncmp(server->address, fact->server, len) == 0 && server->address[len] == '\0')
            return server;
    }
    const char *address = swept->servers.count < SERVERS_MAX ? dcv_arena_strndup(arena, fact->server, len) : NULL;
    struct server *added = address != NULL ? DCV_VEC_ADD(arena, &swept->servers) : NULL;
    if (added == NULL)
        return NULL;
    added->address = address;
    added->text = resolver_text(swept->judge, address);
    if (fact->as == DCV_ASKED_RESOLVER)
        return added;
    added->host = &fact->host;
    added->text = dcv_arena_printf(arena, "%s (%s)", name_text(swept->judge, &fact->host), address);
    if (added->text == NULL)
        added->text = "";
    return added;
}

static void note_question(struct swept *swept, const struct dcv_server_fact *fact)
{
    for (size_t i = 0; i < swept->questions.count; i++)
        if (swept->questions.items[i].type == fact->type && dcv_name_equal(&swept->questions.items[i].name, &fact->name))
            return;
    struct question *added = swept->questions.count < QUESTIONS_MAX ? DCV_VEC_ADD(swept->judge->arena, &swept->questions) : NULL;
    if (added != NULL)
        *added = (struct question){fact->name, fact->type};
}

static void take_in(struct sweep *sweep, size_t index)
{
    struct dcv_arena *arena = sweep->judge->arena;
    const struct dcv_server_fact *fact = &dcv_facts_at(sweep->judge->facts, index)->server;
    struct swept *swept = fact->as == DCV_ASKED_RESOLVER ? &sweep->resolvers : swept_of(sweep, &fact->zone);
    struct server *server = swept != NULL && fact->as != DCV_ASKED_PARENT ? server_of(swept, fact) : NULL;
    struct said *slot = NULL;
    if (server != NULL) {
        note_question(swept, fact);
        slot = DCV_VEC_ADD(arena, &server->said);
    } else if (swept != NULL && fact->as == DCV_ASKED_PARENT) {
        slot = DCV_VEC_ADD(arena, &swept->parents);
    }
    if (slot != NULL)
        *slot = (struct said){fact, index};
}

/* ---- order --------------------------------------------------------------------------------------------------------------------- */

static int by_zone(const void *a, const void *b)
{
    const struct swept *first = a, *second = b;
    return dcv_name_compare(&first->zone, &second->zone);
}

static int by_host(const void *a, const void *b)
{
    const struct server *first = a, *second = b;
    const int order = first->host != NULL && second->host != NULL ? dcv_name_compare(first->host, second->host) : 0;
    return order != 0 ? order : strcmp(first->address, second->address);
}

static int compare_questions(const struct dcv_name *name, uint16_t type, const struct dcv_name *other_name, uint16_t other_type)
{
    const int order = dcv_name_compare(name, other_name);
    return order != 0 ? order : (type > other_type) - (type < other_type);
}

static int by_question(const void *a, const void *b)
{
    const struct question *first = a, *second = b;
    return compare_questions(&first->name, first->type, &second->name, second->type);
}

static int by_fact(const void *a, const void *b)
{
    const struct dcv_server_fact *first = ((const struct said *)a)->fact, *second = ((const struct said *)b)->fact;
    int order = compare_questions(&first->name, first->type, &second->name, second->type);
    if (order == 0)
        order = (first->over > second->over) - (first->over < second->over);
    return order != 0 ? order : strcmp(first->server, second->server);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *a, const void *b))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

static void put_in_order(struct swept *swept)
{
    sort(swept->servers.items, swept->servers.count, sizeof *swept->servers.items, by_host);
    sort(swept->questions.items, swept->questions.count, sizeof *swept->questions.items, by_question);
    sort(swept->parents.items, swept->parents.count, sizeof *swept->parents.items, by_fact);
    for (size_t i = 0; i < swept->servers.count; i++)
        sort(swept->servers.items[i].said.items, swept->servers.items[i].said.count, sizeof(struct said), by_fact);
}

/* ---- lists in texts -------------------------------------------------------------------------------------------------------------- */

struct listing listing_begin(struct judge *judge)
{
    struct listing listing = {.judge = judge};
    dcv_buf_init(&listing.text, LISTING_MAX);
    return listing;
}

void listing_add(struct listing *listing, const char *text, const char *detail, size_t fact)
{
    if (++listing->count <= LISTED_MAX) {
        dcv_buf_printf(&listing->text, "%s%s", listing->count > 1 ? ", " : "", text);
        if (detail != NULL && detail[0] != '\0')
            dcv_buf_printf(&listing->text, ": %s", detail);
    }
    size_t *slot = fact != SIZE_MAX && listing->facts.count < LISTED_FACTS ? DCV_VEC_ADD(listing->judge->arena, &listing->facts) : NULL;
    if (slot != NULL)
        *slot = fact;
}

const char *listing_end(struct listing *listing)
{
    if (listing->count > LISTED_MAX)
        dcv_buf_printf(&listing->text, ", … (+%zu)", listing->count - LISTED_MAX);
    const char *text = listing->count != 0 ? dcv_arena_strdup(listing->judge->arena, dcv_buf_text(&listing->text)) : "-";
    dcv_buf_done(&listing->text);
    return text != NULL ? text : "";
}

void listing_report(struct listing *listing, enum dcv_rule rule, const char *subject)
{
    const bool empty = listing->count == 0;
    const char *servers = listing_end(listing);
    if (empty)
        return;
    struct making making = finding_begin(listing->judge, rule, subject);
    finding_arg(&making, "servers", servers);
    finding_fact(&making, dcv_fact_list(listing->judge->arena, listing->facts.items, listing->facts.count));
    finding_end_general(&making);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------- */

/* This host's lack of IPv6 is no fault of a zone: said once, whatever the zones. */
static void report_unasked(const struct sweep *sweep)
{
    struct listing listing = listing_begin(sweep->judge);
    for (size_t i = 0; i < sweep->zones.count; i++) {
        const struct swept *swept = &sweep->zones.items[i];
        for (size_t j = 0; j < swept->servers.count; j++) {
            const struct server *server = &swept->servers.items[j];
            const struct said *first = server->said.items;
            if (first != NULL && strchr(server->address, ':') != NULL && first->fact->outcome == DCV_OUTCOME_NO_ROUTE)
                listing_add(&listing, server->text, NULL, first->index);
        }
    }
    listing_report(&listing, DCV_RULE_SERVERS_UNASKED_IPV6, name_text(sweep->judge, &sweep->judge->name->name));
}

void servers_judge(struct judge *judge)
{
    struct sweep sweep = {.judge = judge, .resolvers = {.judge = judge, .text = name_text(judge, &judge->name->name)}};
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++)
        if (dcv_facts_at(judge->facts, i)->kind == DCV_FACT_SERVER)
            take_in(&sweep, i);
    sort(sweep.zones.items, sweep.zones.count, sizeof *sweep.zones.items, by_zone);
    put_in_order(&sweep.resolvers);
    for (size_t i = 0; i < sweep.zones.count; i++) {
        put_in_order(&sweep.zones.items[i]);
        servers_examine(&sweep.zones.items[i]);
    }
    for (size_t i = 0; i < sweep.zones.count; i++) {
        servers_judge_delegation(&sweep.zones.items[i]);
        servers_judge_states(&sweep.zones.items[i]);
        servers_judge_records(&sweep, &sweep.zones.items[i]);
    }
    servers_judge_resolvers(&sweep);
    report_unasked(&sweep);
}
