#include "probe/smtp.h"

#include "net/smtp.h"
#include "probe/hint.h"
#include "probe/meet.h"

#include <stdlib.h>
#include <string.h>

enum { SLACK_S = 1 /* clocks of greylists that count whole seconds */ };

struct dcv_smtp_probe {
    struct dcv_smtp_probe_options options;
    struct meet_place place;
    struct dcv_mail_host *hosts; /* in the arena, as all that is pointed to */
    size_t host_count, at;       /* at: the host that is spoken to */
    struct dcv_smtp_recipient *recipients; /* in the order of the facts, the random one last; nothing was said to them */
    size_t recipient_count;
    /* the conversation */
    struct dcv_talk *talk;       /* NULL: none is under way */
    bool plain;                  /* without STARTTLS, since the handshake failed: */
    const char *flaw;            /* so */
    size_t asked[DCV_SMTP_RECIPIENTS]; /* numbers of recipients, in the order of asking */
    size_t asked_count;
    bool again;                  /* it is the second attempt at deferred recipients */
    bool talked;                 /* a host has talked; its preference is */
    uint16_t level;
    struct dcv_timer timer;      /* until the first conversation, or the second attempt */
    DCV_VEC(struct dcv_smtp_fact) facts;
    dcv_smtp_probe_fn *done;
    void *user;
};

/* ---- ending ------------------------------------------------------------------------------------------------------------------------ */

static void finish(struct dcv_smtp_probe *probe)
{
    const struct dcv_smtp_fact *facts = probe->facts.items;
    const size_t count = probe->facts.count;
    dcv_smtp_probe_fn *done = probe->done;
    void *user = probe->user;
    free(probe);
    done(user, facts, count);
}

/* ---- what was said -------------------------------------------------------------------------------------------------------------------- */

/* To be told with nobody having said anything to a recipient. */
static struct dcv_smtp_fact fact_of(const struct dcv_smtp_probe *probe, const struct meet *meet)
{
    return (struct dcv_smtp_fact){.host = probe->hosts[probe->at].host, .address = meet->address, .server = meet->server, .met = meet->met,
                                  .why = meet->why, .stage = "", .text = "", .starttls = probe->plain ? DCV_STARTTLS_FAILED : DCV_STARTTLS_UNKNOWN,
                                  .flaw = probe->plain ? probe->flaw : "", .recipients = probe->recipients,
                                  .recipient_count = probe->recipient_count, .rtt_us = meet->rtt_us, .at = meet->at};
}

static void add_fact(struct dcv_smtp_probe *probe, const struct dcv_smtp_fact *fact)
{
    struct dcv_smtp_fact *added = DCV_VEC_ADD(probe->place.arena, &probe->facts);
    if (added != NULL)
        *added = *fact;
}

static void add_without(struct dcv_smtp_probe *probe, enum dcv_meeting met, const char *why)
{
    const struct dcv_rr *address = &probe->hosts[probe->at].address;
    const struct meet meet = meet_without(&probe->place, address, probe->options.port, met, why);
    const struct dcv_smtp_fact fact = fact_of(probe, &meet);
    add_fact(probe, &fact);
}

static bool positive(unsigned code)
{
    return code / 100 == 2;
}

/* QUIT is said wherever it ends: how far it came before says more. */
static const char *stage_of(const struct dcv_smtp_answer *answer)
{
    switch (answer->reached) {
    case DCV_SMTP_CONNECTED:
    case DCV_SMTP_BANNER: return "banner";
    case DCV_SMTP_EHLO:
    case DCV_SMTP_EHLO_AGAIN: return "ehlo";
    case DCV_SMTP_STARTTLS:
    case DCV_SMTP_HANDSHAKE: return "starttls";
    case DCV_SMTP_MAIL: return "mail";
    case DCV_SMTP_RCPT: return "rcpt";
    case DCV_SMTP_QUIT: break;
    }
    if (!positive(answer->banner.code))
        return "banner";
    if (!positive(answer->ehlo.code))
        return "ehlo";
    return positive(answer->mail.code) ? "quit" : "mail";
}

static enum dcv_starttls starttls_of(const struct dcv_smtp_answer *answer)
{
    if (answer->tls)
        return DCV_STARTTLS_DONE;
    if (!answer->offers_starttls)
        return positive(answer->ehlo.code) ? DCV_STARTTLS_NOT_OFFERED : DCV_STARTTLS_UNKNOWN;
    if (answer->starttls.code == 0)
        return DCV_STARTTLS_UNKNOWN;
    if (!positive(answer->starttls.code))
        return DCV_STARTTLS_REFUSED;
    return answer->reached >= DCV_SMTP_HANDSHAKE ? DCV_STARTTLS_FAILED : DCV_STARTTLS_UNKNOWN;
}

/* The last reply before the recipients that was no success. */
static void note_refusal(const struct dcv_smtp_answer *answer, struct dcv_smtp_fact *fact)
{
    const struct dcv_smtp_reply *replies[] = {&answer->banner, &answer->ehlo, &answer->mail};
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++) {
        if (replies[i]->code != 0 && !positive(replies[i]->code)) {
            fact->code = replies[i]->code;
            fact->text = replies[i]->text;
        }
    }
}

/* RFC 5321 §4.2.1. */
static enum dcv_rcpt result_of(unsigned code)
{
    switch (code / 100) {
    case 2: return DCV_RCPT_ACCEPTED;
    case 4: return DCV_RCPT_DEFERRED;
    case 5: return DCV_RCPT_REJECTED;
    default: return DCV_RCPT_UNANSWERED;
    }
}

/* The recipients of a fact with what was said to those that were asked; one that was not answered a second time keeps its first reply. */
static const struct dcv_smtp_recipient *told_of(struct dcv_smtp_probe *probe, const struct dcv_smtp_recipient *before,
                                                const struct dcv_smtp_answer *answer)
{
    struct dcv_smtp_recipient *told = dcv_arena_copy(probe->place.arena, before, probe->recipient_count * sizeof *told);
    for (size_t i = 0; told != NULL && i < probe->asked_count && i < answer->count; i++) {
        struct dcv_smtp_recipient *recipient = &told[probe->asked[i]];
        if (answer->recipients[i].code == 0)
            continue;
        recipient->code = answer->recipients[i].code;
        recipient->result = result_of(recipient->code);
        recipient->text = answer->recipients[i].text;
        recipient->again = probe->again;
    }
    return told != NULL ? told : before;
}

static enum dcv_meeting met_of(const struct dcv_smtp_answer *answer)
{
    if (answer->banner.code != 0)
        return DCV_MET_TALKED;
    return answer->broken != NULL && strcmp(answer->broken, "timeout") == 0 ? DCV_MET_TIMEOUT : DCV_MET_BROKEN;
}

static void note_answer(struct dcv_smtp_probe *probe, const struct dcv_smtp_answer *answer, struct dcv_smtp_fact *fact)
{
    fact->met = met_of(answer);
    fact->why = answer->broken != NULL ? answer->broken : "";
    fact->stage = stage_of(answer);
    note_refusal(answer, fact);
    fact->recipients = told_of(probe, probe->recipients, answer);
    if (probe->plain)
        return;
    fact->starttls = starttls_of(answer);
    fact->sound = answer->tls && answer->sound;
    fact->flaw = answer->flaw;
}

static bool answered_any(const struct dcv_smtp_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        if (answer->recipients[i].code != 0)
            return true;
    return false;
}

/* Did it answer for recipients, or refuse to be asked anything? Then no other host needs to be (RFC 5321 §5.1). One that hangs up at the
 * first recipient has done neither. */
static bool has_talked(const struct dcv_smtp_answer *answer)
{
    return answer->banner.code / 100 == 5 || (positive(answer->mail.code) && (answer->reached == DCV_SMTP_QUIT || answered_any(answer)));
}

/* ---- conversations ---------------------------------------------------------------------------------------------------------------------- */

static void on_talk(void *user, const struct dcv_exchange *exchange);

/* DCV_ERR_USAGE: it cannot be said. */
static enum dcv_status speak(struct dcv_smtp_probe *probe)
{
    const char *recipients[DCV_SMTP_RECIPIENTS];
    char host[DCV_NAME_TEXT_MAX];
    const struct dcv_mail_host *to = &probe->hosts[probe->at];
    struct dcv_buf query;
    for (size_t i = 0; i < probe->asked_count; i++)
        recipients[i] = probe->recipients[probe->asked[i]].address;
    const struct dcv_smtp_request request = {.host = dcv_name_text(&to->host, host), .helo = probe->options.helo, .from = probe->options.from,
                                             .starttls = !probe->plain, .recipients = recipients, .count = probe->asked_count};
    dcv_buf_init(&query, 1 << 16);
    enum dcv_status status = dcv_smtp_request_write(&request, &query);
    if (status == DCV_OK)
        status = meet_start(&probe->place, &to->address, probe->options.port, DCV_PROTO_SMTP, &query, on_talk, probe, &probe->talk);
    dcv_buf_done(&query);
    return status;
}

/* The reply may hold octets that would end a command, and such addresses are not asked for; nor more than one conversation takes. */
static bool askable(const char *address)
{
    const char *at = address;
    while ((unsigned char)*at >= ' ' && *at != '\x7f' && *at != '<' && *at != '>')
        at++;
    return *at == '\0' && at != address;
}

static void choose_all(struct dcv_smtp_probe *probe)
{
    size_t randoms = 0;
    for (size_t i = 0; i < probe->recipient_count; i++)
        randoms += probe->recipients[i].random && askable(probe->recipients[i].address);
    probe->asked_count = 0;
    for (size_t i = 0; i < probe->recipient_count && probe->asked_count < DCV_SMTP_RECIPIENTS; i++)
        if (askable(probe->recipients[i].address) && (probe->recipients[i].random || probe->asked_count + randoms < DCV_SMTP_RECIPIENTS))
            probe->asked[probe->asked_count++] = i;
}

/* Once one has talked, is it another that a sender may come to? */
static bool concerns(const struct dcv_smtp_probe *probe, size_t at)
{
    return !probe->talked || probe->hosts[at].preference == probe->level;
}

/* Speaks to the first host from `at` on to whom it may. */
static void next_host(struct dcv_smtp_probe *probe)
{
    for (; probe->at < probe->host_count && concerns(probe, probe->at); probe->at++) {
        probe->plain = false;
        choose_all(probe);
        if (meet_forbidden(&probe->place, &probe->hosts[probe->at].address))
            add_without(probe, DCV_MET_PRIVATE, "");
        else if (speak(probe) == DCV_OK)
            return;
        else
            add_without(probe, DCV_MET_BROKEN, "it could not be begun");
    }
    finish(probe);
}

/* A host has talked, and all is said that is to be said to it. */
static void leave_host(struct dcv_smtp_probe *probe)
{
    const struct dcv_mail_host *host = &probe->hosts[probe->at];
    probe->talked = true;
    probe->level = host->preference;
    while (probe->at < probe->host_count && dcv_name_equal(&probe->hosts[probe->at].host, &host->host))
        probe->at++;
    next_host(probe);
}

/* ---- second attempts --------------------------------------------------------------------------------------------------------------------- */

/* Those that were deferred for a time after which there is enough left; the longest of these times. */
static bool choose_deferred(struct dcv_smtp_probe *probe, const struct dcv_smtp_fact *fact, uint64_t *due_us)
{
    const uint64_t now_us = dcv_net_now_us(probe->options.net), timeout_us = (uint64_t)probe->options.timeout_ms * 1000U;
    *due_us = 0;
    probe->asked_count = 0;
    for (size_t i = 0; i < fact->recipient_count && probe->asked_count < DCV_SMTP_RECIPIENTS; i++) {
        unsigned pause_s;
        if (fact->recipients[i].result != DCV_RCPT_DEFERRED || !hint_pause(fact->recipients[i].text, &pause_s))
            continue;
        const uint64_t after_us = now_us + (uint64_t)(pause_s + SLACK_S) * 1000000U;
        if (after_us + timeout_us > probe->options.again_until_us)
            continue;
        probe->asked[probe->asked_count++] = i;
        *due_us = after_us > *due_us ? after_us : *due_us;
    }
    return probe->asked_count != 0;
}

static struct dcv_smtp_fact *last_fact(const struct dcv_smtp_probe *probe)
{
    return probe->facts.count != 0 ? &probe->facts.items[probe->facts.count - 1] : NULL;
}

static void on_pause_over(struct dcv_timer *timer)
{
    struct dcv_smtp_probe *probe = timer->user;
    if (speak(probe) == DCV_OK)
        return;
    probe->again = false;
    leave_host(probe);
}

/* A host has talked: all is said, or some of it is to be asked again later. */
static void conclude(struct dcv_smtp_probe *probe)
{
    uint64_t due_us;
    const struct dcv_smtp_fact *fact = last_fact(probe);
    probe->timer = (struct dcv_timer){.fire = on_pause_over, .user = probe};
    if (fact == NULL || !choose_deferred(probe, fact, &due_us) || dcv_net_timer_set(probe->options.net, &probe->timer, due_us) != DCV_OK) {
        leave_host(probe);
        return;
    }
    probe->again = true;
}

static void take_again(struct dcv_smtp_probe *probe, const struct dcv_exchange *exchange)
{
    struct dcv_smtp_answer answer;
    struct dcv_smtp_fact *fact = last_fact(probe);
    if (exchange->end != DCV_EXCHANGE_ANSWER
        || dcv_smtp_answer_read(probe->place.arena, exchange->answer, exchange->answer_len, &answer) != DCV_OK)
        return;
    fact->recipients = told_of(probe, fact->recipients, &answer);
}

/* ---- the conversation is over -------------------------------------------------------------------------------------------------------------- */

/* Once more without STARTTLS: what a sender would do that does not insist on it (RFC 7435). */
static bool try_plain(struct dcv_smtp_probe *probe, const struct dcv_smtp_fact *fact)
{
    if (probe->plain || fact->starttls != DCV_STARTTLS_FAILED)
        return false;
    probe->plain = true;
    probe->flaw = fact->flaw;
    if (speak(probe) == DCV_OK)
        return true;
    probe->plain = false;
    return false;
}

static void on_talk(void *user, const struct dcv_exchange *exchange)
{
    struct dcv_smtp_probe *probe = user;
    struct dcv_smtp_answer answer = {0};
    probe->talk = NULL;
    if (probe->again) {
        take_again(probe, exchange);
        probe->again = false;
        leave_host(probe);
        return;
    }
    const struct meet meet = meet_ended(&probe->place, &probe->hosts[probe->at].address, probe->options.port, exchange);
    struct dcv_smtp_fact fact = fact_of(probe, &meet);
    const bool told = exchange->end == DCV_EXCHANGE_ANSWER
        && dcv_smtp_answer_read(probe->place.arena, exchange->answer, exchange->answer_len, &answer) == DCV_OK;
    if (told)
        note_answer(probe, &answer, &fact);
    else if (exchange->end == DCV_EXCHANGE_ANSWER)
        fact.met = DCV_MET_BROKEN;
    if (told && try_plain(probe, &fact))
        return;
    add_fact(probe, &fact);
    if (told && has_talked(&answer)) {
        conclude(probe);
        return;
    }
    probe->at++;
    next_host(probe);
}

/* ---- beginning --------------------------------------------------------------------------------------------------------------------------- */

static void on_begin(struct dcv_timer *timer)
{
    next_host(timer->user);
}

static void add_recipient(struct dcv_smtp_probe *probe, const char *address, bool random)
{
    probe->recipients[probe->recipient_count++] = (struct dcv_smtp_recipient){.address = meet_text(&probe->place, address), .random = random,
                                                                              .result = DCV_RCPT_UNANSWERED, .text = ""};
}

static bool listed(const char *const *addresses, size_t count, const char *address)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(addresses[i], address) == 0)
            return true;
    return false;
}

/* The random ones last: a host that refuses them may have enough of us. */
static bool take(struct dcv_smtp_probe *probe, const struct dcv_mail_host *hosts, const char *const *recipients, size_t count,
                 const char *const *randoms, size_t random_count)
{
    struct dcv_arena *arena = probe->place.arena;
    probe->hosts = dcv_arena_copy(arena, hosts, probe->host_count * sizeof *hosts);
    for (size_t i = 0; probe->hosts != NULL && i < probe->host_count; i++)
        probe->hosts[i].address.rdata = dcv_arena_copy(arena, hosts[i].address.rdata, hosts[i].address.rdlen);
    probe->recipients = dcv_arena_array(arena, count + random_count, sizeof *probe->recipients);
    if (probe->hosts == NULL || probe->recipients == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!listed(randoms, random_count, recipients[i]))
            add_recipient(probe, recipients[i], false);
    for (size_t i = 0; i < random_count; i++)
        add_recipient(probe, randoms[i], true);
    probe->options.helo = meet_text(&probe->place, probe->options.helo);
    probe->options.from = meet_text(&probe->place, probe->options.from);
    return !dcv_arena_failed(arena);
}

enum dcv_status dcv_smtp_probe_start(const struct dcv_smtp_probe_options *options, const struct dcv_mail_host *hosts, size_t host_count,
                                     const char *const *recipients, size_t count, const char *const *randoms, size_t random_count,
                                     dcv_smtp_probe_fn *done, void *user, struct dcv_smtp_probe **out)
{
    struct dcv_smtp_probe *probe = calloc(1, sizeof *probe);
    if (probe == NULL)
        return DCV_ERR_NOMEM;
    probe->options = *options;
    probe->place = (struct meet_place){.net = options->net, .arena = dcv_facts_arena(options->facts), .allow_private = options->allow_private,
                                       .timeout_ms = options->timeout_ms, .wall_s = options->wall_s, .start_us = options->start_us};
    probe->host_count = host_count;
    probe->done = done;
    probe->user = user;
    probe->timer = (struct dcv_timer){.fire = on_begin, .user = probe};
    /* By a timer, so that nothing is told from within this call. */
    if (!take(probe, hosts, recipients, count, randoms, random_count)
        || dcv_net_timer_set(options->net, &probe->timer, dcv_net_now_us(options->net)) != DCV_OK) {
        free(probe);
        return DCV_ERR_NOMEM;
    }
    *out = probe;
    return DCV_OK;
}

void dcv_smtp_probe_drop(struct dcv_smtp_probe *probe)
{
    if (probe == NULL)
        return;
    dcv_net_timer_stop(probe->options.net, &probe->timer);
    dcv_talk_drop(probe->talk);
    free(probe);
}

void dcv_smtp_probe_cut(struct dcv_smtp_probe *probe)
{
    dcv_net_timer_stop(probe->options.net, &probe->timer);
    dcv_talk_drop(probe->talk);
    if (!probe->again && probe->at < probe->host_count)
        add_without(probe, DCV_MET_DEADLINE, "");
    finish(probe);
}
