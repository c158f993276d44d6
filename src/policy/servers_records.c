/* The records of the name, server by server: the same everywhere, and given by all. */
#include "base/text.h"
#include "policy/servers.h"

#include <string.h>

/* Types that are asked for because a CA, or mail, needs them. */
static bool is_record_type(uint16_t type)
{
    return type == DCV_TYPE_CAA || type == DCV_TYPE_TXT || type == DCV_TYPE_MX || type == DCV_TYPE_A;
}

/* Is a difference of this type what a CA may stumble over? Addresses and mail hosts may differ on purpose. */
static bool matters_to_ca(uint16_t type)
{
    return type == DCV_TYPE_CAA || type == DCV_TYPE_TXT;
}

/* Does the answer say what stands in the zone? */
static bool says_value(const struct dcv_server_fact *fact)
{
    return dcv_outcome_conclusive(fact->outcome) && fact->message != NULL;
}

/* ---- differences ------------------------------------------------------------------------------------------------------------------ */

static struct voices voices_of(const struct swept *swept, const struct question *question)
{
    struct voices voices = {.judge = swept->judge};
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct server *server = &swept->servers.items[i];
        const struct said *said = server->health == SERVER_SOUND ? server_said(server, question) : NULL;
        if (said == NULL || !says_value(said->fact) || !said->fact->message->authoritative)
            continue;
        struct value value = value_of(swept->judge, said->fact->message, &question->name, question->type);
        voices_add(&voices, server->text, &value, said->index);
    }
    return voices;
}

static bool all_negative(const struct voices *voices)
{
    for (size_t i = 0; i < voices->items.count; i++)
        if (!value_negative(&voices->items.items[i].value))
            return false;
    return true;
}

/* Reports an RRset that is not the same everywhere; returns whether it is one. */
static bool compare(const struct swept *swept, const struct question *question)
{
    const struct voices voices = voices_of(swept, question);
    char type[DCV_TYPE_TEXT];
    if (!voices_differ(&voices, true))
        return false;
    struct making making = finding_begin(swept->judge, DCV_RULE_SERVER_RECORDS_DIFFER, swept->text);
    if (!matters_to_ca(question->type) || all_negative(&voices))
        making.finding.severity = DCV_NOTICE;
    finding_arg(&making, "type", dcv_type_text(question->type, type));
    finding_arg(&making, "name", name_text(swept->judge, &question->name));
    finding_arg(&making, "answers", voices_text(&voices, true));
    finding_fact(&making, voices_facts(&voices));
    finding_end_general(&making);
    return true;
}

struct value servers_agreed(const struct swept *swept, const struct question *question)
{
    struct value agreed = {.kind = VALUE_UNKNOWN, .text = ""};
    if (!servers_complete(swept))
        return agreed;
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct said *said = server_said(&swept->servers.items[i], question);
        if (said == NULL || !says_value(said->fact)) /* resolvers believe answers without AA, too */
            continue;
        const struct value value = value_of(swept->judge, said->fact->message, &question->name, question->type);
        if (agreed.kind == VALUE_UNKNOWN)
            agreed = value;
        else if (!value_same(&agreed, &value, false))
            return (struct value){.kind = VALUE_UNKNOWN, .text = ""};
    }
    return agreed;
}

/* ---- serial numbers ---------------------------------------------------------------------------------------------------------------- */

/* RFC 1982 §3.2; where it leaves the order open neither is newer. */
static bool newer(uint32_t a, uint32_t b)
{
    return a != b && a - b < 0x80000000U;
}

static const struct said *serial_of(const struct swept *swept, const struct server *server, uint32_t *serial)
{
    const struct question question = {swept->zone, DCV_TYPE_SOA};
    const struct said *said = server->health == SERVER_SOUND ? server_said(server, &question) : NULL;
    struct dcv_soa soa;
    if (said == NULL || said->fact->message == NULL)
        return NULL;
    const size_t at = dcv_message_find(said->fact->message, &swept->zone, DCV_TYPE_SOA, 0);
    if (at == SIZE_MAX || !dcv_rr_soa(&said->fact->message->answer.items[at], &soa))
        return NULL;
    *serial = soa.serial;
    return said;
}

static void judge_serials(const struct swept *swept, bool records_differ)
{
    uint32_t newest = 0, serial;
    bool any = false;
    for (size_t i = 0; i < swept->servers.count; i++) {
        if (serial_of(swept, &swept->servers.items[i], &serial) == NULL)
            continue;
        newest = !any || newer(serial, newest) ? serial : newest;
        any = true;
    }
    struct listing listing = listing_begin(swept->judge);
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct said *said = serial_of(swept, &swept->servers.items[i], &serial);
        if (said != NULL && serial != newest)
            listing_add(&listing, swept->servers.items[i].text, dcv_arena_printf(swept->judge->arena, "%lu", (unsigned long)serial), said->index);
    }
    const bool same = listing.count == 0;
    const char *servers = listing_end(&listing);
    if (same)
        return;
    struct making making = finding_begin(swept->judge, DCV_RULE_SERVER_STALE, swept->text);
    if (!records_differ) /* a transfer takes a moment, and some providers count each for itself */
        making.finding.severity = DCV_NOTICE;
    finding_arg_number(&making, "serial", newest);
    finding_arg(&making, "servers", servers);
    finding_fact(&making, dcv_fact_list(swept->judge->arena, listing.facts.items, listing.facts.count));
    finding_end_general(&making);
}

/* ---- types that are not answered ----------------------------------------------------------------------------------------------------- */

/* Servers that answer for the zone, and not to the questions of one type. */
static void judge_dropped(const struct sweep *sweep, const struct swept *swept, uint16_t type)
{
    struct listing listing = listing_begin(swept->judge);
    const char *asked = NULL;
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct server *server = &swept->servers.items[i];
        for (size_t j = 0; server->health == SERVER_SOUND && j < server->said.count; j++) {
            const struct dcv_server_fact *fact = server->said.items[j].fact;
            const struct question question = {fact->name, fact->type};
            if (fact->type != type || !server_failed(fact) || !sweep_belongs(sweep, swept, &question))
                continue;
            asked = asked != NULL ? asked : question_text(swept->judge, &question);
            listing_add(&listing, server->text, server_answer(swept->judge, fact), server->said.items[j].index);
            break;
        }
    }
    const bool none = listing.count == 0;
    const char *servers = listing_end(&listing);
    if (none)
        return;
    char text[DCV_TYPE_TEXT];
    struct making making = finding_begin(swept->judge, DCV_RULE_SERVER_DROPS_TYPE, swept->text);
    finding_arg(&making, "type", dcv_type_text(type, text));
    finding_arg(&making, "question", asked);
    finding_arg(&making, "servers", servers);
    finding_fact(&making, dcv_fact_list(swept->judge->arena, listing.facts.items, listing.facts.count));
    finding_end_general(&making);
}

/* ---- signatures ---------------------------------------------------------------------------------------------------------------------- */

static bool has_signatures(const struct dcv_message *message)
{
    for (size_t i = 0; i < message->answer.count; i++)
        if (message->answer.items[i].type == DCV_TYPE_RRSIG)
            return true;
    for (size_t i = 0; i < message->authority.count; i++)
        if (message->authority.items[i].type == DCV_TYPE_RRSIG)
            return true;
    return false;
}

/* A server that does not recurse says nothing of an alias's target in another zone: such an answer proves no denial, and nothing else. */
static bool is_open(const struct dcv_server_fact *fact)
{
    return fact->outcome != DCV_OUTCOME_ANSWER && fact->message != NULL
        && dcv_message_chain(fact->message, &fact->name, NULL, 0, NULL) != 0;
}

static bool is_bogus(const struct dcv_server_fact *fact)
{
    return fact->security == DCV_SECURITY_BOGUS && !is_open(fact);
}

/* Does another of the zone's servers give a good answer to the question: signed, and not bogus? */
static bool others_sign(const struct swept *swept, const struct server *but, const struct question *question)
{
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct server *server = &swept->servers.items[i];
        const struct said *said = server != but && server->health == SERVER_SOUND ? server_said(server, question) : NULL;
        if (said != NULL && says_value(said->fact) && said->fact->security != DCV_SECURITY_BOGUS && !is_open(said->fact)
            && has_signatures(said->fact->message))
            return true;
    }
    return false;
}

static bool is_insecure(enum dcv_security security)
{
    return security == DCV_SECURITY_INSECURE;
}

/* The first answer of a server that does not validate although those of others may; NULL: none. */
static const struct said *unsigned_answer(const struct swept *swept, const struct server *server)
{
    for (size_t i = 0; server->health == SERVER_SOUND && i < server->said.count; i++) {
        const struct said *said = &server->said.items[i];
        const struct question question = {said->fact->name, said->fact->type};
        if (said->fact->over == DCV_OVER_TCP || !says_value(said->fact) || is_insecure(said->fact->security))
            continue;
        if ((is_bogus(said->fact) || !has_signatures(said->fact->message)) && others_sign(swept, server, &question))
            return said;
    }
    return NULL;
}

static const char *unsigned_text(struct judge *judge, const struct dcv_server_fact *fact)
{
    const struct question question = {fact->name, fact->type};
    const struct dcv_trust *trust = is_bogus(fact) ? fact->trust : NULL;
    const char *cause = dcv_cause_text(trust != NULL ? trust->cause : DCV_CAUSE_SIGNATURE_MISSING);
    return dcv_arena_printf(judge->arena, "%s %s", question_text(judge, &question), cause);
}

static void judge_signatures(const struct swept *swept)
{
    struct listing listing = listing_begin(swept->judge);
    const bool is_signed = zone_shows_signatures(swept->judge, &swept->zone, NULL);
    for (size_t i = 0; is_signed && i < swept->servers.count; i++) {
        const struct said *said = unsigned_answer(swept, &swept->servers.items[i]);
        if (said != NULL)
            listing_add(&listing, swept->servers.items[i].text, unsigned_text(swept->judge, said->fact), said->index);
    }
    listing_report(&listing, DCV_RULE_SERVER_UNSIGNED_COPY, swept->text);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------------ */

void servers_judge_records(const struct sweep *sweep, const struct swept *swept)
{
    static const uint16_t types[] = {DCV_TYPE_CAA, DCV_TYPE_TXT, DCV_TYPE_MX, DCV_TYPE_A};
    bool differ = false;
    for (size_t i = 0; i < swept->questions.count; i++) {
        const struct question *question = &swept->questions.items[i];
        if (is_record_type(question->type) && sweep_belongs(sweep, swept, question) && compare(swept, question))
            differ = true;
    }
    judge_serials(swept, differ);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        judge_dropped(sweep, swept, types[i]);
    judge_signatures(swept);
}
