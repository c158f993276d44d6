/* Each name server by itself: does it answer, for the zone, over both transports, and as the protocol wants it? */
#include "policy/servers.h"

#include <string.h>

/* ---- health ---------------------------------------------------------------------------------------------------------------------- */

static const struct said *soa_over(const struct swept *swept, const struct server *server, enum dcv_asked_over over)
{
    for (size_t i = 0; i < server->said.count; i++) {
        const struct said *said = &server->said.items[i];
        if (said->fact->type == DCV_TYPE_SOA && said->fact->over == over && dcv_name_equal(&said->fact->name, &swept->zone))
            return said;
    }
    return NULL;
}

static bool silent_over(const struct swept *swept, const struct server *server, enum dcv_asked_over over)
{
    const struct said *said = soa_over(swept, server, over);
    return said != NULL && server_silent(said->fact);
}

/* Did anything come back, readable or not? */
static bool heard(const struct dcv_server_fact *fact)
{
    return fact->message != NULL || fact->outcome == DCV_OUTCOME_MALFORMED || fact->outcome == DCV_OUTCOME_TRUNCATED;
}

static bool for_the_zone(const struct said *said)
{
    return said != NULL && said->fact->outcome == DCV_OUTCOME_ANSWER && said->fact->message != NULL && said->fact->message->authoritative;
}

/* What it said to the SOA question, by the first way that brought something; NULL: nothing came. */
static const struct said *reply_of(const struct swept *swept, const struct server *server)
{
    static const enum dcv_asked_over ways[] = {DCV_OVER_UDP, DCV_OVER_PLAIN, DCV_OVER_TCP};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const struct said *said = soa_over(swept, server, ways[i]);
        if (said != NULL && (said->fact->message != NULL || said->fact->outcome == DCV_OUTCOME_MALFORMED))
            return said;
    }
    return NULL;
}

static void examine(const struct swept *swept, struct server *server)
{
    for (size_t i = 0; i < server->said.count; i++) {
        const struct dcv_server_fact *fact = server->said.items[i].fact;
        if (fact->over != DCV_OVER_TCP)
            server->udp_answers = server->udp_answers || heard(fact);
        if (fact->over == DCV_OVER_TCP || fact->tcp)
            server->tcp_answers = server->tcp_answers || heard(fact);
    }
    const struct said *udp = soa_over(swept, server, DCV_OVER_UDP), *tcp = soa_over(swept, server, DCV_OVER_TCP);
    /* Silence to EDNS alone is none; where it was asked again without, that must have been in vain, too. */
    const bool plain = soa_over(swept, server, DCV_OVER_PLAIN) == NULL || silent_over(swept, server, DCV_OVER_PLAIN);
    server->udp_silent = !server->udp_answers && plain && silent_over(swept, server, DCV_OVER_UDP);
    server->tcp_silent = !server->tcp_answers && silent_over(swept, server, DCV_OVER_TCP);
    if (for_the_zone(soa_over(swept, server, DCV_OVER_UDP)) || for_the_zone(soa_over(swept, server, DCV_OVER_PLAIN))
        || for_the_zone(soa_over(swept, server, DCV_OVER_TCP)))
        server->health = SERVER_SOUND;
    else if (reply_of(swept, server) != NULL)
        server->health = SERVER_LAME;
    else if (server->udp_silent && server->tcp_silent && udp->fact->tries + tcp->fact->tries >= SERVER_TRIES_MIN)
        server->health = SERVER_DEAD;
}

void servers_examine(struct swept *swept)
{
    for (size_t i = 0; i < swept->servers.count; i++)
        examine(swept, &swept->servers.items[i]);
}

bool servers_complete(const struct swept *swept)
{
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct server *server = &swept->servers.items[i];
        for (size_t j = 0; j < server->said.count; j++) {
            const enum dcv_outcome outcome = server->said.items[j].fact->outcome;
            if (outcome == DCV_OUTCOME_DEADLINE || outcome == DCV_OUTCOME_UNRECORDED)
                return false;
        }
    }
    return true;
}

/* ---- checks ---------------------------------------------------------------------------------------------------------------------- */

/* What a check finds at a server; `detail` lends or is in the arena. */
struct evidence {
    const char *detail;
    size_t fact;
};
typedef bool check_fn(const struct swept *swept, const struct server *server, struct evidence *out);

static bool is_lame(const struct swept *swept, const struct server *server, struct evidence *out)
{
    if (server->health != SERVER_LAME)
        return false;
    const struct said *reply = reply_of(swept, server);
    *out = (struct evidence){server_answer(swept->judge, reply->fact), reply->index};
    return true;
}

static bool is_dead(const struct swept *swept, const struct server *server, struct evidence *out)
{
    if (server->health != SERVER_DEAD)
        return false;
    const struct said *said = soa_over(swept, server, DCV_OVER_UDP);
    *out = (struct evidence){answer_word(said->fact->outcome), said->index};
    return true;
}

static bool is_udp_dead(const struct swept *swept, const struct server *server, struct evidence *out)
{
    if (server->health == SERVER_LAME || !server->udp_silent || !server->tcp_answers)
        return false;
    const struct said *said = soa_over(swept, server, DCV_OVER_UDP);
    *out = (struct evidence){answer_word(said->fact->outcome), said->index};
    return true;
}

static const char *sized(const struct swept *swept, const struct dcv_server_fact *fact)
{
    const struct question question = {fact->name, fact->type};
    const char *text = question_text(swept->judge, &question);
    if (fact->outcome == DCV_OUTCOME_TRUNCATED)
        return dcv_arena_printf(swept->judge->arena, "%s truncated", text);
    return dcv_arena_printf(swept->judge->arena, "%s (%zu)", text, fact->message->size);
}

/* An answer that can arrive whole over TCP only, or in fragments. */
static const struct said *large_answer(const struct server *server)
{
    for (size_t i = 0; server->health != SERVER_LAME && i < server->said.count; i++) {
        const struct dcv_server_fact *fact = server->said.items[i].fact;
        const bool whole = fact->message != NULL && !fact->tcp && fact->tries != 0 && fact->message->size > DCV_EDNS_SIZE;
        if (fact->over != DCV_OVER_TCP && (whole || (server->tcp_silent && fact->outcome == DCV_OUTCOME_TRUNCATED)))
            return &server->said.items[i];
    }
    return NULL;
}

/* Silent to EDNS, and not without? Then silence over TCP, where it was asked with EDNS, says nothing of TCP. */
static bool drops_edns(const struct swept *swept, const struct server *server)
{
    const struct said *plain = soa_over(swept, server, DCV_OVER_PLAIN);
    return plain != NULL && plain->fact->message != NULL && silent_over(swept, server, DCV_OVER_UDP);
}

static bool is_tcp_closed(const struct swept *swept, const struct server *server, struct evidence *out)
{
    if (server->health == SERVER_LAME || !server->udp_answers || !server->tcp_silent || drops_edns(swept, server))
        return false;
    const struct said *said = soa_over(swept, server, DCV_OVER_TCP), *large = large_answer(server);
    *out = (struct evidence){large != NULL ? sized(swept, large->fact) : answer_word(said->fact->outcome), said->index};
    return true;
}

static bool sends_large(const struct swept *swept, const struct server *server, struct evidence *out)
{
    const struct said *large = large_answer(server);
    if (large == NULL)
        return false;
    *out = (struct evidence){sized(swept, large->fact), large->index};
    return true;
}

static bool denies_without_soa(const struct swept *swept, const struct server *server, struct evidence *out)
{
    for (size_t i = 0; server->health == SERVER_SOUND && i < server->said.count; i++) {
        const struct dcv_server_fact *fact = server->said.items[i].fact;
        if ((fact->outcome != DCV_OUTCOME_NODATA && fact->outcome != DCV_OUTCOME_NXDOMAIN) || fact->message == NULL
            || !fact->message->authoritative || fact->message->answer.count != 0)
            continue;
        bool soa = false;
        for (size_t j = 0; j < fact->message->authority.count; j++)
            soa = soa || fact->message->authority.items[j].type == DCV_TYPE_SOA;
        if (soa)
            continue;
        const struct question question = {fact->name, fact->type};
        *out = (struct evidence){question_text(swept->judge, &question), server->said.items[i].index};
        return true;
    }
    return false;
}

/* RFC 6891 §6.1.1: an answer to a question with OPT has one, too. Filters that refuse a question may leave it out, and after that the
 * server is asked without: one OPT shows that it knows EDNS. */
static const struct said *answer_without_edns(const struct server *server)
{
    const struct said *without = NULL;
    for (size_t i = 0; i < server->said.count; i++) {
        const struct said *said = &server->said.items[i];
        if (said->fact->over == DCV_OVER_PLAIN || said->fact->message == NULL || !dcv_outcome_conclusive(said->fact->outcome))
            continue;
        if (said->fact->message->edns)
            return NULL;
        without = without != NULL ? without : said;
    }
    return without;
}

static bool knows_no_edns(const struct swept *swept, const struct server *server, struct evidence *out)
{
    if (server->health == SERVER_LAME)
        return false;
    const bool silent = drops_edns(swept, server);
    const struct said *said = silent ? soa_over(swept, server, DCV_OVER_UDP) : answer_without_edns(server);
    if (said == NULL)
        return false;
    *out = (struct evidence){silent ? answer_word(said->fact->outcome) : NULL, said->index};
    return true;
}

static bool ignores_case(const struct swept *swept, const struct server *server, struct evidence *out)
{
    (void)swept;
    for (size_t i = 0; server->health != SERVER_LAME && i < server->said.count; i++) {
        if (server->said.items[i].fact->case_ignored) {
            *out = (struct evidence){NULL, server->said.items[i].index};
            return true;
        }
    }
    return false;
}

static void report_checked(const struct swept *swept, enum dcv_rule rule, check_fn *check)
{
    struct listing listing = listing_begin(swept->judge);
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct server *server = &swept->servers.items[i];
        struct evidence evidence;
        if (check(swept, server, &evidence))
            listing_add(&listing, server->text, evidence.detail, evidence.fact);
    }
    listing_report(&listing, rule, swept->text);
}

/* ---- none --------------------------------------------------------------------------------------------------------------------------- */

static bool is_useless(const struct swept *swept, const struct server *server, struct evidence *out)
{
    return is_lame(swept, server, out) || is_dead(swept, server, out);
}

/* Is every server that could be asked lame or dead, and is there one? */
static bool none_answers(const struct swept *swept)
{
    size_t useless = 0;
    for (size_t i = 0; i < swept->servers.count; i++) {
        const struct server *server = &swept->servers.items[i];
        const bool told = server->said.count != 0 && server_told(server->said.items[0].fact);
        if (server->health == SERVER_SOUND || (server->health == SERVER_UNKNOWN && told))
            return false;
        useless += server->health != SERVER_UNKNOWN;
    }
    return useless != 0 && servers_complete(swept);
}

void servers_judge_states(const struct swept *swept)
{
    static const struct {
        enum dcv_rule rule;
        check_fn *check;
    } rows[] = {
        {DCV_RULE_SERVER_LAME, is_lame},
        {DCV_RULE_SERVER_DEAD, is_dead},
        {DCV_RULE_SERVER_UDP_DEAD, is_udp_dead},
        {DCV_RULE_SERVER_TCP_CLOSED, is_tcp_closed},
        {DCV_RULE_SERVER_NODATA_WITHOUT_SOA, denies_without_soa},
        {DCV_RULE_SERVER_NO_EDNS, knows_no_edns},
        {DCV_RULE_SERVER_CASE_IGNORED, ignores_case},
        {DCV_RULE_SERVER_BIG_ANSWER, sends_large},
    };
    const bool none = none_answers(swept);
    if (none)
        report_checked(swept, DCV_RULE_SERVER_NONE_ANSWERS, is_useless);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!none || (rows[i].check != is_lame && rows[i].check != is_dead)) /* that finding says it of each */
            report_checked(swept, rows[i].rule, rows[i].check);
}
