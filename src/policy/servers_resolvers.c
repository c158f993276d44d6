/* Resolvers beside each other and beside the zone's servers: split DNS, stale caches, and those that fail. */
#include "policy/servers.h"

#include <string.h>

/* Is a difference worth saying? SOA and NS are asked for other reasons. */
static bool is_compared(uint16_t type)
{
    return type == DCV_TYPE_CAA || type == DCV_TYPE_TXT || type == DCV_TYPE_MX || type == DCV_TYPE_A;
}

static bool is_usable(enum dcv_outcome outcome, enum dcv_security security, const struct dcv_message *message)
{
    return dcv_outcome_conclusive(outcome) && security != DCV_SECURITY_BOGUS && message != NULL;
}

/* ---- stale caches ------------------------------------------------------------------------------------------------------------------ */

/* An answer that is to be compared with the zone's. */
struct cached_answer {
    const char *server;
    const struct dcv_message *message;
    int64_t at;
    size_t fact;
};

struct stale {
    struct judge *judge;
    const struct question *question;
    struct value agreed;
    struct listing listing;
    int64_t until;
    uint32_t seconds;
};

static void compare_cached(struct stale *stale, const struct cached_answer *answer)
{
    struct judge *judge = stale->judge;
    const struct value value = value_of(judge, answer->message, &stale->question->name, stale->question->type);
    if (value_same(&value, &stale->agreed, false))
        return;
    const uint32_t ttl = dcv_message_ttl(answer->message);
    if (answer->at + (int64_t)ttl > stale->until) {
        stale->until = answer->at + (int64_t)ttl;
        stale->seconds = ttl;
    }
    listing_add(&stale->listing, answer->server, value.text, answer->fact);
}

/* "2026-11-21 09:30 UTC" */
static const char *minute_text(struct judge *judge, int64_t at)
{
    enum { DAY = 10, MINUTE = 16 };
    char text[DCV_TIME_TEXT];
    const char *out = NULL;
    if (strlen(dcv_time_format(at, text)) > MINUTE)
        out = dcv_arena_printf(judge->arena, "%.*s %.*s UTC", DAY, text, MINUTE - DAY - 1, text + DAY + 1);
    return out != NULL ? out : "";
}

/* Reports resolvers whose answer is not that on which the zone's servers agree; returns whether there are any. Addresses are left out: that
 * a server answers each asker differently is common. */
static bool judge_stale(const struct sweep *sweep, const struct swept *swept, const struct question *question)
{
    struct judge *judge = sweep->judge;
    if (question->type == DCV_TYPE_A)
        return false;
    struct stale stale = {.judge = judge, .question = question, .agreed = servers_agreed(swept, question)};
    if (stale.agreed.kind == VALUE_UNKNOWN)
        return false;
    stale.listing = listing_begin(judge);
    size_t index;
    const struct dcv_dns_fact *own = dcv_facts_dns(judge->facts, &question->name, question->type, &index);
    if (own != NULL && is_usable(own->outcome, own->security, own->message))
        compare_cached(&stale, &(struct cached_answer){resolver_text(judge, own->server), own->message, own->at, index});
    for (size_t i = 0; i < sweep->resolvers.servers.count; i++) {
        const struct server *server = &sweep->resolvers.servers.items[i];
        const struct said *said = server_said(server, question);
        const bool twice = own != NULL && strcmp(own->server, server->address) == 0;
        if (said != NULL && !twice && is_usable(said->fact->outcome, said->fact->security, said->fact->message))
            compare_cached(&stale, &(struct cached_answer){server->text, said->fact->message, said->fact->at, said->index});
    }
    const bool any = stale.listing.count != 0;
    const char *servers = listing_end(&stale.listing);
    if (!any)
        return false;
    struct making making = finding_begin(judge, DCV_RULE_RESOLVER_STALE, swept->text);
    finding_arg(&making, "question", question_text(judge, question));
    finding_arg(&making, "servers", servers);
    finding_arg(&making, "answer", stale.agreed.text);
    finding_arg_number(&making, "seconds", stale.seconds);
    finding_arg(&making, "until", minute_text(judge, stale.until));
    finding_fact(&making, dcv_fact_list(judge->arena, stale.listing.facts.items, stale.listing.facts.count));
    finding_end_general(&making);
    return true;
}

/* ---- each other ---------------------------------------------------------------------------------------------------------------------- */

static void judge_differences(const struct sweep *sweep, const struct question *question)
{
    const struct swept *resolvers = &sweep->resolvers;
    struct voices voices = {.judge = sweep->judge};
    for (size_t i = 0; i < resolvers->servers.count; i++) {
        const struct said *said = server_said(&resolvers->servers.items[i], question);
        if (said == NULL || !is_usable(said->fact->outcome, said->fact->security, said->fact->message))
            continue;
        struct dcv_name last;
        (void)dcv_message_chain(said->fact->message, &question->name, NULL, 0, &last);
        struct value value = value_of(sweep->judge, said->fact->message, &last, question->type);
        voices_add(&voices, resolvers->servers.items[i].text, &value, said->index);
    }
    if (!voices_differ(&voices, false))
        return;
    struct making making = finding_begin(sweep->judge, DCV_RULE_RESOLVER_DIFFERS, name_text(sweep->judge, &question->name));
    if (question->type == DCV_TYPE_A)
        making.finding.severity = DCV_NOTICE; /* sites with servers in several places answer so on purpose */
    finding_arg(&making, "question", question_text(sweep->judge, question));
    finding_arg(&making, "answers", voices_text(&voices, false));
    finding_fact(&making, voices_facts(&voices));
    finding_end_general(&making);
}

/* Is there a resolver that answered the question? */
static bool others_answer(const struct swept *resolvers, const struct question *question)
{
    for (size_t i = 0; i < resolvers->servers.count; i++) {
        const struct said *said = server_said(&resolvers->servers.items[i], question);
        if (said != NULL && dcv_outcome_conclusive(said->fact->outcome))
            return true;
    }
    return false;
}

static void judge_failures(const struct swept *resolvers)
{
    struct listing listing = listing_begin(resolvers->judge);
    for (size_t i = 0; i < resolvers->servers.count; i++) {
        const struct server *server = &resolvers->servers.items[i];
        for (size_t j = 0; j < server->said.count; j++) {
            const struct dcv_server_fact *fact = server->said.items[j].fact;
            const struct question question = {fact->name, fact->type};
            if (!server_failed(fact) || !others_answer(resolvers, &question))
                continue;
            listing_add(&listing, server->text,
                        dcv_arena_printf(resolvers->judge->arena, "%s %s", question_text(resolvers->judge, &question),
                                         server_answer(resolvers->judge, fact)), server->said.items[j].index);
            break;
        }
    }
    listing_report(&listing, DCV_RULE_RESOLVER_FAILED, resolvers->text);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------------ */

static bool asks(const struct swept *swept, const struct question *question)
{
    for (size_t i = 0; swept != NULL && i < swept->questions.count; i++)
        if (swept->questions.items[i].type == question->type && dcv_name_equal(&swept->questions.items[i].name, &question->name))
            return true;
    return false;
}

void servers_judge_resolvers(const struct sweep *sweep)
{
    const struct swept *resolvers = &sweep->resolvers;
    for (size_t i = 0; i < sweep->zones.count; i++) {
        const struct swept *swept = &sweep->zones.items[i];
        for (size_t j = 0; j < swept->questions.count; j++) {
            const struct question *question = &swept->questions.items[j];
            if (is_compared(question->type) && sweep_belongs(sweep, swept, question) && !judge_stale(sweep, swept, question))
                judge_differences(sweep, question); /* a stale answer was said to be one */
        }
    }
    for (size_t i = 0; i < resolvers->questions.count; i++) {
        const struct question *question = &resolvers->questions.items[i];
        if (is_compared(question->type) && !asks(sweep_zone_of(sweep, &question->name), question))
            judge_differences(sweep, question);
    }
    judge_failures(resolvers);
}
