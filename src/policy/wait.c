#include "policy/wait.h"

#include <stdlib.h>
#include <string.h>

enum {
    BACKOFF_FIRST_MS = 5000,
    BACKOFF_MAX_MS = 60000,
    AGAIN_MS = 1000,  /* before a silent server is tried again */
    MARGIN_S = 1,     /* TTLs are cut to whole seconds */
};

/* ---- one answer ---------------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct dcv_wanted *wanted, const uint8_t *value, size_t len, struct dcv_arena *arena)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error error;
    bool case_only;
    if (wanted->contact == NULL)
        return len == wanted->len && memcmp(value, wanted->value, len) == 0;
    return dcv_mailbox_parse(arena, value, len, &mailbox, &error) == DCV_OK && dcv_mailbox_equal(&mailbox, wanted->contact, &case_only);
}

bool dcv_wait_matches(const struct dcv_wanted *wanted, const struct dcv_message *message, const struct dcv_name *owner,
                      struct dcv_arena *arena, size_t *values, const uint8_t **other, size_t *other_len)
{
    bool found = false;
    *values = 0;
    *other = NULL;
    for (size_t i = dcv_message_find(message, owner, DCV_TYPE_TXT, 0); i != SIZE_MAX;
         i = dcv_message_find(message, owner, DCV_TYPE_TXT, i + 1)) {
        size_t len;
        const uint8_t *value = dcv_rr_txt(&message->answer.items[i], arena, &len, NULL);
        if (value == NULL)
            continue;
        ++*values;
        if (is_wanted(wanted, value, len, arena)) {
            found = true;
        } else if (*other == NULL) {
            *other = value;
            *other_len = len;
        }
    }
    return found;
}

static enum dcv_wait_state state_of_failure(const struct dcv_server_fact *fact)
{
    const bool resolver = fact->as == DCV_ASKED_RESOLVER;
    switch (fact->outcome) {
    case DCV_OUTCOME_REFUSED: return DCV_WAIT_LAME;
    case DCV_OUTCOME_SERVFAIL:
    case DCV_OUTCOME_RCODE:
    case DCV_OUTCOME_MALFORMED: return resolver ? DCV_WAIT_FAILS : DCV_WAIT_LAME;
    case DCV_OUTCOME_NO_ROUTE: return DCV_WAIT_NO_ROUTE;
    case DCV_OUTCOME_PRIVATE: return DCV_WAIT_PRIVATE;
    case DCV_OUTCOME_ANSWER:
    case DCV_OUTCOME_NODATA:
    case DCV_OUTCOME_NXDOMAIN:
    case DCV_OUTCOME_TIMEOUT:
    case DCV_OUTCOME_UNREACHABLE:
    case DCV_OUTCOME_TRUNCATED:
    case DCV_OUTCOME_DEADLINE:
    case DCV_OUTCOME_UNRECORDED: break;
    }
    return DCV_WAIT_SILENT;
}

static bool has_soa(const struct dcv_message *message, const struct dcv_name *zone)
{
    for (size_t i = 0; i < message->authority.count; i++)
        if (message->authority.items[i].type == DCV_TYPE_SOA && dcv_name_equal(&message->authority.items[i].owner, zone))
            return true;
    return false;
}

/* Whose data is at the end of an alias: a zone's server answers for its own zone only, though it may know of others. */
static bool ends_elsewhere(const struct dcv_server_fact *fact, const struct dcv_name *last)
{
    if (fact->as == DCV_ASKED_RESOLVER)
        return false;
    return !dcv_name_under(last, &fact->zone)
        || (fact->outcome != DCV_OUTCOME_ANSWER && !has_soa(fact->message, &fact->zone));
}

/* An answer: what does it say of the wanted record? */
static void read_answer(const struct dcv_wanted *wanted, const struct dcv_server_fact *fact, struct dcv_arena *arena,
                        struct dcv_wait_server *row)
{
    struct dcv_name last;
    const size_t links = dcv_message_chain(fact->message, &fact->name, NULL, 0, &last);
    row->ttl_s = dcv_message_ttl(fact->message);
    if (links != 0 && ends_elsewhere(fact, &last)) {
        row->state = DCV_WAIT_ALIAS;
        row->target = last;
    } else if (dcv_wait_matches(wanted, fact->message, &last, arena, &row->values, &row->other, &row->other_len)) {
        row->state = DCV_WAIT_HAS;
    } else if (row->values != 0) {
        row->state = DCV_WAIT_OTHER;
    } else {
        /* Without AA a denial is not the zone's: resolvers do not believe it. */
        const bool foreign = fact->as == DCV_ASKED_AUTHORITY && links == 0 && !fact->message->authoritative;
        row->state = foreign ? DCV_WAIT_LAME : DCV_WAIT_LACKS;
    }
}

/* ---- the zone that holds the name ---------------------------------------------------------------------------------------- */

static void deeper(const struct dcv_rrs *rrs, uint16_t type, const struct dcv_name *asked, struct dcv_name *zone)
{
    for (size_t i = 0; i < rrs->count; i++) {
        const struct dcv_rr *rr = &rrs->items[i];
        if (rr->type == type && dcv_name_under(asked, &rr->owner) && rr->owner.len > zone->len)
            *zone = rr->owner;
    }
}

/* The deepest zone above `asked` that the answer of a server tells of, by its SOA or by a referral; at least `zone`. */
static void zone_told(const struct dcv_server_fact *fact, const struct dcv_name *asked, struct dcv_name *zone)
{
    if (fact->message == NULL || fact->message->rcode == 2 || fact->message->rcode == 5)
        return;
    deeper(&fact->message->answer, DCV_TYPE_SOA, asked, zone);
    deeper(&fact->message->authority, DCV_TYPE_SOA, asked, zone);
    deeper(&fact->message->authority, DCV_TYPE_NS, asked, zone);
}

static const struct dcv_server_fact *server_fact(const struct dcv_facts *facts, size_t index, enum dcv_asked_as as)
{
    const struct dcv_fact *fact = dcv_facts_at(facts, index);
    return fact->kind == DCV_FACT_SERVER && fact->server.as == as ? &fact->server : NULL;
}

/* The deepest zone above `asked` whose servers were asked, and the deepest that they tell of. */
static void find_zones(const struct dcv_facts *facts, const struct dcv_name *asked, struct dcv_name *served, struct dcv_name *told)
{
    *served = *told = (struct dcv_name){0};
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_server_fact *fact = server_fact(facts, i, DCV_ASKED_AUTHORITY);
        if (fact == NULL || !dcv_name_under(asked, &fact->zone))
            continue;
        if (fact->zone.len > served->len)
            *served = fact->zone;
        if (dcv_name_equal(&fact->name, asked))
            zone_told(fact, asked, told);
    }
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------- */

/* The serial of the zone in the answer to the question for the SOA. */
static void read_serial(const struct dcv_server_fact *fact, struct dcv_wait_server *row)
{
    const struct dcv_rrs *sections[] = {&fact->message->answer, &fact->message->authority};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        for (size_t j = 0; j < sections[i]->count; j++) {
            struct dcv_soa soa;
            if (!dcv_name_equal(&sections[i]->items[j].owner, &row->zone) || !dcv_rr_soa(&sections[i]->items[j], &soa))
                continue;
            row->has_serial = true;
            row->serial = soa.serial;
            return;
        }
    }
}

static void find_serial(const struct dcv_facts *facts, struct dcv_wait_server *row)
{
    for (size_t i = 0; !row->has_serial && i < dcv_facts_count(facts); i++) {
        const struct dcv_server_fact *fact = server_fact(facts, i, DCV_ASKED_AUTHORITY);
        if (fact != NULL && fact->message != NULL && dcv_name_equal(&fact->zone, &row->zone) && dcv_name_equal(&fact->name, &row->name)
            && strcmp(fact->server, row->server) == 0)
            read_serial(fact, row);
    }
}

static void add_row(const struct dcv_wanted *wanted, const struct dcv_facts *facts, const struct dcv_server_fact *fact,
                    struct dcv_arena *arena, struct dcv_wait_servers *rows)
{
    struct dcv_wait_server *row = DCV_VEC_ADD(arena, rows);
    if (row == NULL)
        return;
    *row = (struct dcv_wait_server){.resolver = fact->as == DCV_ASKED_RESOLVER, .name = fact->name, .zone = fact->zone, .host = fact->host,
                                    .server = dcv_arena_strdup(arena, fact->server), .outcome = dcv_outcome_text(fact->outcome),
                                    .at = fact->at};
    if (dcv_outcome_conclusive(fact->outcome) && fact->message != NULL)
        read_answer(wanted, fact, arena, row);
    else
        row->state = state_of_failure(fact);
    if (row->state == DCV_WAIT_LAME || row->state == DCV_WAIT_SILENT)
        row->tries = fact->tries != 0 ? fact->tries : 1;
    if ((row->state == DCV_WAIT_LACKS || row->state == DCV_WAIT_OTHER) && row->ttl_s != 0)
        row->until = row->at + row->ttl_s;
    if (!row->resolver && row->server != NULL)
        find_serial(facts, row);
}

/* By host and address, so that the order is the same in each look. */
static int compare_rows(const void *left, const void *right)
{
    const struct dcv_wait_server *a = left, *b = right;
    const int by_host = dcv_name_compare(&a->host, &b->host);
    return by_host != 0 ? by_host : strcmp(a->server, b->server);
}

static void add_rows(const struct dcv_wanted *wanted, const struct dcv_name *asked, const struct dcv_name *zone,
                     const struct dcv_facts *facts, struct dcv_arena *arena, struct dcv_wait_servers *rows)
{
    const size_t first = rows->count;
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_server_fact *fact = server_fact(facts, i, DCV_ASKED_AUTHORITY);
        if (fact != NULL && fact->type == DCV_TYPE_TXT && dcv_name_equal(&fact->zone, zone) && dcv_name_equal(&fact->name, asked))
            add_row(wanted, facts, fact, arena, rows);
    }
    if (!dcv_arena_failed(arena) && rows->count - first > 1)
        qsort(rows->items + first, rows->count - first, sizeof rows->items[0], compare_rows);
}

enum dcv_status dcv_wait_read(const struct dcv_wanted *wanted, const struct dcv_name *asked, const struct dcv_facts *facts,
                              struct dcv_arena *arena, struct dcv_wait_servers *rows, struct dcv_wait_seen *seen)
{
    struct dcv_name served, told;
    *seen = (struct dcv_wait_seen){0};
    find_zones(facts, asked, &served, &told);
    if (told.len > served.len)
        seen->below = told;
    else if (served.len != 0)
        add_rows(wanted, asked, &served, facts, arena, rows);
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, i);
        if (fact->kind == DCV_FACT_SERVER && fact->server.as == DCV_ASKED_RESOLVER && fact->server.type == DCV_TYPE_TXT)
            add_row(wanted, facts, &fact->server, arena, rows);
        if ((fact->kind == DCV_FACT_SERVER && fact->server.outcome == DCV_OUTCOME_UNRECORDED)
            || (fact->kind == DCV_FACT_DNS && fact->dns.outcome == DCV_OUTCOME_UNRECORDED))
            seen->unrecorded = true;
    }
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}

/* ---- from look to look --------------------------------------------------------------------------------------------------- */

const struct dcv_wait_server *dcv_wait_find(const struct dcv_wait_servers *rows, const struct dcv_wait_server *like)
{
    for (size_t i = 0; i < rows->count; i++) {
        const struct dcv_wait_server *row = &rows->items[i];
        if (row->resolver == like->resolver && dcv_name_equal(&row->name, &like->name) && dcv_name_equal(&row->zone, &like->zone)
            && strcmp(row->server, like->server) == 0)
            return row;
    }
    return NULL;
}

static bool counts(const struct dcv_wait_server *row)
{
    switch (row->state) {
    case DCV_WAIT_HAS:
    case DCV_WAIT_ALIAS:
    case DCV_WAIT_OTHER:
    case DCV_WAIT_LACKS:
    case DCV_WAIT_FAILS:
    case DCV_WAIT_UNASKED: return true;
    case DCV_WAIT_LAME:
    case DCV_WAIT_SILENT: return row->tries < DCV_WAIT_TRIES;
    case DCV_WAIT_NO_ROUTE:
    case DCV_WAIT_PRIVATE: return false;
    }
    return true;
}

void dcv_wait_carry(const struct dcv_wait_servers *before, struct dcv_wait_servers *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct dcv_wait_server *row = &rows->items[i];
        const struct dcv_wait_server *older = dcv_wait_find(before, row);
        if (older != NULL && row->tries != 0)
            row->tries += older->tries;
        if (older != NULL && row->until == 0 && !row->resolver)
            row->until = older->until; /* others may remember what this server said then */
        row->counts = counts(row);
    }
}

/* ---- the sum ------------------------------------------------------------------------------------------------------------- */

static bool stands(const struct dcv_wait_server *row)
{
    return row->state == DCV_WAIT_HAS || row->state == DCV_WAIT_ALIAS;
}

static bool answered(const struct dcv_wait_server *row)
{
    return stands(row) || row->state == DCV_WAIT_OTHER || row->state == DCV_WAIT_LACKS;
}

/* Does a server say that it stands at `name`, or where that leads? */
static bool stands_at(const struct dcv_wait_servers *rows, const struct dcv_name *name)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!rows->items[i].resolver && stands(&rows->items[i]) && dcv_name_equal(&rows->items[i].name, name))
            return true;
    return false;
}

/* What is in the way, of the servers or of the resolvers. */
struct tally {
    size_t has, pending, doubtful, unasked;
};

static struct tally tally(const struct dcv_wait_servers *rows, bool resolvers)
{
    struct tally tally = {0};
    for (size_t i = 0; i < rows->count; i++) {
        const struct dcv_wait_server *row = &rows->items[i];
        if (row->resolver != resolvers || !row->counts)
            continue;
        if (row->state == DCV_WAIT_HAS)
            tally.has++;
        else if (row->state == DCV_WAIT_LAME || row->state == DCV_WAIT_SILENT)
            tally.doubtful++;
        else if (row->state == DCV_WAIT_UNASKED)
            tally.unasked++;
        else if (!stands(row))
            tally.pending++;
    }
    return tally;
}

/* Is every name that an alias leads to held by somebody, and the owner? */
static bool chain_stands(const struct dcv_wanted *wanted, const struct dcv_wait_servers *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!rows->items[i].resolver && rows->items[i].state == DCV_WAIT_ALIAS && !stands_at(rows, &rows->items[i].target))
            return false;
    return stands_at(rows, &wanted->owner);
}

struct dcv_wait_sum dcv_wait_sum(const struct dcv_wanted *wanted, const struct dcv_wait_servers *rows, int64_t now_s)
{
    struct dcv_wait_sum sum = {0};
    const struct tally servers = tally(rows, false), resolvers = tally(rows, true);
    const bool good = servers.has != 0 && servers.pending == 0 && chain_stands(wanted, rows);
    for (size_t i = 0; i < rows->count; i++) {
        const struct dcv_wait_server *row = &rows->items[i];
        if (row->resolver ? row->state == DCV_WAIT_OTHER || row->state == DCV_WAIT_LACKS : answered(row))
            sum.seen = true;
        if (row->until > now_s && row->until > sum.negative_until)
            sum.negative_until = row->until;
    }
    sum.servers_met = good && servers.doubtful == 0;
    sum.met = sum.servers_met && resolvers.has != 0 && resolvers.pending + resolvers.doubtful + resolvers.unasked == 0;
    sum.doubtful = servers.doubtful + resolvers.doubtful != 0 && good && resolvers.pending == 0;
    return sum;
}

/* ---- the next look ------------------------------------------------------------------------------------------------------- */

static uint64_t back_off(unsigned *backoff_ms)
{
    const unsigned next = *backoff_ms == 0 ? BACKOFF_FIRST_MS : *backoff_ms + *backoff_ms / 2;
    *backoff_ms = next < BACKOFF_MAX_MS ? next : BACKOFF_MAX_MS;
    return *backoff_ms;
}

uint64_t dcv_wait_pause_ms(const struct dcv_wanted *wanted, const struct dcv_wait_servers *rows, int64_t now_s, unsigned *backoff_ms)
{
    const struct dcv_wait_sum sum = dcv_wait_sum(wanted, rows, now_s);
    uint64_t least = UINT64_MAX;
    if (sum.doubtful)
        return AGAIN_MS;
    for (size_t i = 0; sum.servers_met && i < rows->count; i++) {
        const struct dcv_wait_server *row = &rows->items[i];
        if (!row->resolver || !row->counts || row->state == DCV_WAIT_HAS)
            continue;
        if (row->until <= now_s || (row->state != DCV_WAIT_LACKS && row->state != DCV_WAIT_OTHER))
            return back_off(backoff_ms); /* nothing tells when it will ask again */
        const uint64_t left = (uint64_t)(row->until - now_s + MARGIN_S) * 1000U;
        least = left < least ? left : least;
    }
    return least != UINT64_MAX ? least : back_off(backoff_ms);
}
