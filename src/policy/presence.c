/* Whom was there to talk to? Mail hosts that are dead, and such as were not asked (RFC 5321 §5.1). */
#include "policy/judge.h"

#include <string.h>

enum { NAMED = 8 };

/* ---- one conversation ----------------------------------------------------------------------------------------------------------------- */

/* Was there no connection? One that was made and then hung is another matter. */
static bool silent(const struct dcv_smtp_fact *fact)
{
    return (fact->met == DCV_MET_TIMEOUT || fact->met == DCV_MET_REFUSED) && fact->stage[0] == '\0';
}

/* It greeted, and then hung or hung up before it had answered for any recipient or refused to. */
static bool broken_off(const struct dcv_smtp_fact *fact)
{
    if (fact->met != DCV_MET_TALKED || fact->why[0] == '\0' || fact->code != 0)
        return false;
    for (size_t i = 0; i < fact->recipient_count; i++)
        if (fact->recipients[i].result != DCV_RCPT_UNANSWERED)
            return false;
    return true;
}

/* A connection, but no conversation. */
static bool dumb(const struct dcv_smtp_fact *fact)
{
    return fact->met == DCV_MET_BROKEN || (fact->met == DCV_MET_TIMEOUT && fact->stage[0] != '\0') || broken_off(fact);
}

static bool spoke(const struct dcv_smtp_fact *fact)
{
    return fact->met == DCV_MET_TALKED && !broken_off(fact);
}

static bool unasked(enum dcv_meeting met)
{
    switch (met) {
    case DCV_MET_NO_ROUTE:
    case DCV_MET_PRIVATE:
    case DCV_MET_LOOKUP:
    case DCV_MET_DEADLINE:
    case DCV_MET_UNRECORDED: return true;
    case DCV_MET_TALKED:
    case DCV_MET_BROKEN:
    case DCV_MET_TIMEOUT:
    case DCV_MET_REFUSED:
    case DCV_MET_NO_ADDRESS: break; /* the last has a finding of the DNS */
    }
    return false;
}

static const struct dcv_smtp_fact *talk_at(const struct judge *judge, const struct mail_answer *mail, size_t i)
{
    return &dcv_facts_at(judge->facts, mail->talks.items[i].fact)->smtp;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------------------------- */

void presence_survey(struct judge *judge)
{
    bool connected = false, silence = false, refused = false;
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_SMTP)
            continue;
        connected = connected || fact->smtp.met == DCV_MET_TALKED || dumb(&fact->smtp);
        silence = silence || silent(&fact->smtp);
        refused = refused || fact->smtp.met == DCV_MET_REFUSED;
    }
    /* Where port 25 is closed on the way out, packets are dropped as a rule; a refusal comes from the other end. */
    judge->port_closed = silence && !connected && !refused;
}

bool presence_mute(const struct judge *judge, const struct mail_answer *mail)
{
    bool any = false;
    for (size_t i = 0; i < mail->talks.count; i++) {
        const struct dcv_smtp_fact *fact = talk_at(judge, mail, i);
        if (spoke(fact))
            return false;
        any = any || silent(fact) || dumb(fact);
    }
    return any;
}

/* Nobody spoke at any address of the host, and somebody was looked for: dead. All addresses passed over: unasked. */
enum presence { PRESENT, DEAD, UNASKED };

static enum presence presence_of(const struct judge *judge, const struct mail_answer *mail, const struct dcv_name *host)
{
    bool dead = false, passed = false;
    for (size_t i = 0; i < mail->talks.count; i++) {
        const struct dcv_smtp_fact *fact = talk_at(judge, mail, i);
        if (!dcv_name_equal(&fact->host, host))
            continue;
        if (spoke(fact))
            return PRESENT;
        dead = dead || silent(fact) || dumb(fact);
        passed = passed || unasked(fact->met);
    }
    return dead ? DEAD : passed ? UNASKED : PRESENT;
}

/* ---- findings ------------------------------------------------------------------------------------------------------------------------- */

/* Hosts of which the same is said. */
struct hosts {
    const char *text;
    size_t facts[2 * NAMED];
    size_t named, fact_count;
};

static void add_host(struct judge *judge, struct hosts *hosts, size_t index)
{
    const struct dcv_smtp_fact *fact = &dcv_facts_at(judge->facts, index)->smtp;
    if (hosts->fact_count < sizeof hosts->facts / sizeof hosts->facts[0])
        hosts->facts[hosts->fact_count++] = index;
    if (hosts->named == NAMED)
        return;
    const bool first = hosts->named == 0;
    const char *text = dcv_arena_printf(judge->arena, "%s%s%s%s%s", first ? "" : hosts->text, first ? "" : ", ", name_text(judge, &fact->host),
                                        fact->server[0] != '\0' ? " " : "", fact->server);
    if (text == NULL)
        return;
    hosts->text = text;
    hosts->named++;
}

static const char *phrase_of(const struct dcv_smtp_fact *fact)
{
    return dcv_meeting_reason(fact->met, fact->why);
}

struct telling {
    struct judge *judge;
    struct dcv_judged_ca *ca;
    const struct mail_answer *mail;
    enum presence presence;
    bool light; /* a warning would be too much: another host, or another address, does */
};

/* The hosts of which the same is said as of the conversation `first`. */
static void tell_like(const struct telling *telling, size_t first, enum dcv_rule rule)
{
    struct judge *judge = telling->judge;
    const char *phrase = phrase_of(talk_at(judge, telling->mail, first));
    struct hosts hosts = {0};
    for (size_t i = first; i < telling->mail->talks.count; i++) {
        const struct dcv_smtp_fact *fact = talk_at(judge, telling->mail, i);
        if (presence_of(judge, telling->mail, &fact->host) == telling->presence && strcmp(phrase_of(fact), phrase) == 0)
            add_host(judge, &hosts, telling->mail->talks.items[i].fact);
    }
    struct making making = finding_begin(judge, rule, name_text(judge, &telling->mail->domain));
    finding_arg(&making, "hosts", hosts.text != NULL ? hosts.text : "");
    finding_arg(&making, "state", phrase);
    finding_fact(&making, dcv_fact_list(judge->arena, hosts.facts, hosts.fact_count));
    if (telling->light && making.finding.severity == DCV_WARNING)
        making.finding.severity = DCV_NOTICE;
    finding_attach(judge, telling->ca, finding_end(&making));
}

static bool said_before(const struct telling *telling, size_t index)
{
    const char *phrase = phrase_of(talk_at(telling->judge, telling->mail, index));
    for (size_t i = 0; i < index; i++) {
        const struct dcv_smtp_fact *fact = talk_at(telling->judge, telling->mail, i);
        if (presence_of(telling->judge, telling->mail, &fact->host) == telling->presence && strcmp(phrase_of(fact), phrase) == 0)
            return true;
    }
    return false;
}

static void tell_presence(struct telling telling, enum presence presence, enum dcv_rule rule)
{
    const struct mail_answer *mail = telling.mail;
    bool all = true;
    for (size_t i = 0; i < mail->hosts.count; i++)
        all = all && presence_of(telling.judge, mail, &mail->hosts.items[i].name) == presence;
    telling.presence = presence;
    telling.light = telling.light || !all; /* senders go on to the others */
    for (size_t i = 0; i < mail->talks.count; i++)
        if (presence_of(telling.judge, mail, &talk_at(telling.judge, mail, i)->host) == presence && !said_before(&telling, i))
            tell_like(&telling, i, rule);
}

static void tell_port(const struct telling *telling)
{
    struct judge *judge = telling->judge;
    struct hosts hosts = {0};
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind == DCV_FACT_SMTP && silent(&fact->smtp))
            add_host(judge, &hosts, i);
    }
    struct making making = finding_begin(judge, DCV_RULE_SMTP_PORT_CLOSED_HERE, name_text(judge, &judge->name->name));
    finding_arg_number(&making, "count", hosts.fact_count);
    finding_fact(&making, dcv_fact_list(judge->arena, hosts.facts, hosts.fact_count));
    finding_attach(judge, telling->ca, finding_end(&making));
}

void presence_attach(struct judge *judge, struct dcv_judged_ca *ca, const struct mail_answer *mail, bool usable)
{
    const struct telling telling = {.judge = judge, .ca = ca, .mail = mail, .light = usable};
    if (judge->port_closed)
        tell_port(&telling);
    else
        tell_presence(telling, DEAD, DCV_RULE_SMTP_HOST_DEAD);
    tell_presence(telling, UNASKED, DCV_RULE_SMTP_UNASKED);
}
