#include "net/resolver.h"

#include "base/map.h"
#include "net/recall.h"

#include <stdlib.h>
#include <string.h>

enum {
    SERVERS_MAX = 16,
    /* Where one packet in twenty is lost each way, a tenth of all tries has no answer: of a hundred million questions one has none to eight. */
    TRIES_MAX = 8,          /* packets for one question */
    STREAM_TRIES_MAX = 6,   /* where the next goes over a stream, in which none is lost */
    FIRST_RESEND_MS = 800,  /* at most; then each time a tenth of it longer; late answers to earlier packets still count */
    CASE_TRIES = 2,         /* answers with another case before the server is believed over TCP */
    KEY_MAX = DCV_NAME_WIRE_MAX + 4,
    TABLES = 2 * 700,       /* octets of the tables of its maps, about, */
    ALLOCATIONS = 6 * DCV_SHELF_ALLOCATION, /* and what they all add */
};

/* One who waits for an answer. */
struct dcv_waiter {
    struct dcv_waiter *next;
    struct lookup *lookup; /* NULL: answered from the cache, delivered by the timer */
    dcv_lookup_fn *done;
    void *user;
    bool joined;
    struct dcv_hold *hold; /* NULL: nobody wants to know how long the question waits for its turn */
    /* of a cached answer */
    struct dcv_resolver *resolver;
    struct dcv_response *response;
    int server_number;
    bool tcp, plain, case_ignored;
    struct dcv_timer timer;
    struct dcv_waiter *previous_cached, *next_cached;
};

/* A packet under way for a lookup; `lookup` is NULL once nobody wants it. */
struct attempt {
    struct dcv_ticket ticket; /* first */
    struct attempt *next;
    struct lookup *lookup;
    size_t server;
    bool plain; /* asked without EDNS */
    bool resent; /* because nothing had come by then */
    struct dcv_exchange *exchange;
};

/* A question in flight. */
struct lookup {
    struct dcv_resolver *resolver;
    struct dcv_question question;
    uint8_t key[KEY_MAX];
    size_t key_len;
    struct dcv_waiter *waiters;
    struct attempt *attempts; /* under way */
    struct attempt *queued;   /* waits for its turn, and the question's time with it; NULL: none */
    struct dcv_timer resend, deadline;
    uint64_t left_us;         /* of the question's time, while a packet is queued */
    uintptr_t repeat;         /* how often the question was asked before */
    unsigned sent, waits, case_tries;
    size_t server;            /* index of the server asked last */
    bool pinned;              /* no other server is to be asked */
    unsigned asked;           /* servers asked, a bit each */
    bool tcp;                 /* the next packet goes over TCP */
    bool truncated, malformed, case_ignored;
    bool resending;           /* the next packet goes out because nothing has come */
    unsigned unreachable;     /* servers that refused in this round */
    struct dcv_lookup_result fallback; /* an unwelcome answer, kept in case nobody has a better one */
    bool has_fallback;
};

struct dcv_resolver {
    struct dcv_net *net;
    struct dcv_endpoint *servers;
    char (*texts)[DCV_ENDPOINT_TEXT]; /* of each: written once for all answers */
    char (*why)[DCV_WHY_TEXT]; /* each gave no answer when it last gave none */
    size_t server_count, preferred;
    bool knows_no_edns[SERVERS_MAX];
    struct dcv_flow **flows; /* NULL: no throttle */
    struct dcv_net_counts *counts; /* of the throttle; without one, those below */
    struct dcv_net_counts own_counts;
    struct dcv_seed seed;
    unsigned timeout_ms;
    struct dcv_map *in_flight; /* key → lookup */
    struct dcv_recall recall;  /* what is remembered of questions */
    struct dcv_shelf own_shelf;
    unsigned depth;            /* calls that end lookups; freed in one, it waits for the end of it */
    bool freed;
    struct dcv_waiter *cached_waiters;
    uint64_t answers, failures; /* exchanges that brought octets, lookups that ended without an answer */
};

/* ---- responses -------------------------------------------------------------------------------------------------------------- */

/* NULL: malformed, or memory is short. */
static struct dcv_response *response_read(const uint8_t *wire, size_t len)
{
    struct dcv_response *response = calloc(1, sizeof *response);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    if (response != NULL && arena != NULL && dcv_message_parse(arena, wire, len, &response->message) == DCV_OK) {
        response->references = 1;
        response->arena = arena;
        return response;
    }
    dcv_arena_free(arena);
    free(response);
    return NULL;
}

/* ---- the end of a lookup ------------------------------------------------------------------------------------------------------ */

static void attempt_free(struct attempt *attempt)
{
    dcv_exchange_free(attempt->exchange);
    free(attempt);
}

/* The packet that waits for its turn is no longer wanted. */
static void drop_queued(struct lookup *lookup)
{
    struct attempt *attempt = lookup->queued;
    if (attempt == NULL)
        return;
    lookup->queued = NULL;
    lookup->sent--; /* it never was */
    dcv_ticket_leave(&attempt->ticket);
    attempt_free(attempt);
}

/* Nobody waits for its packets any more: their answers will be dropped. */
static void drop_attempts(struct lookup *lookup, bool lost)
{
    for (struct attempt *attempt = lookup->attempts; attempt != NULL; attempt = attempt->next) {
        attempt->lookup = NULL;
        if (lost)
            dcv_ticket_lost(&attempt->ticket);
        dcv_ticket_leave(&attempt->ticket);
    }
    lookup->attempts = NULL;
}

static void lookup_free(struct lookup *lookup)
{
    struct dcv_resolver *resolver = lookup->resolver;
    if (lookup->key_len != 0)
        (void)dcv_map_take(resolver->in_flight, lookup->key, lookup->key_len);
    dcv_net_timer_stop(resolver->net, &lookup->resend);
    dcv_net_timer_stop(resolver->net, &lookup->deadline);
    drop_queued(lookup);
    drop_attempts(lookup, false);
    while (lookup->waiters != NULL) {
        struct dcv_waiter *waiter = lookup->waiters;
        lookup->waiters = waiter->next;
        free(waiter);
    }
    if (lookup->has_fallback)
        dcv_response_unref(lookup->fallback.response);
    free(lookup);
}

/* Keeps answers and denials for their TTL. Failures are not kept: what failed for one name may work for the next. */
static void remember(struct lookup *lookup, const struct dcv_lookup_result *result)
{
    const struct dcv_message *message = &result->response->message;
    uint32_t ttl = dcv_message_ttl(message);
    if ((message->rcode != 0 && message->rcode != 3) || ttl == 0)
        return;
    const struct dcv_recalled how = {.response = result->response, .server_number = result->server_number, .tcp = result->tcp, .plain = result->plain,
                                     .case_ignored = result->case_ignored, .expires_us = result->done_us + (uint64_t)ttl * 1000000U};
    dcv_recall_put(&lookup->resolver->recall, lookup->key, lookup->key_len, lookup->repeat, &how, result->done_us);
}

/* The waiters are told when the question begins to wait for its turn, and when no longer. */
static void tell_holds(const struct lookup *lookup, void (*tell)(struct dcv_hold *hold, uint64_t now_us))
{
    const uint64_t now_us = dcv_net_now_us(lookup->resolver->net);
    for (const struct dcv_waiter *waiter = lookup->waiters; waiter != NULL; waiter = waiter->next)
        if (waiter->hold != NULL)
            tell(waiter->hold, now_us);
}

static void withdraw(struct lookup *lookup)
{
    if (lookup->queued == NULL)
        return;
    tell_holds(lookup, dcv_hold_end);
    drop_queued(lookup);
}

static void lookup_end(struct lookup *lookup, struct dcv_lookup_result *result)
{
    struct dcv_resolver *resolver = lookup->resolver;
    resolver->depth++;
    withdraw(lookup);
    drop_attempts(lookup, result->end == DCV_LOOKUP_TIMEOUT);
    lookup->resolver->counts->timeouts += result->end == DCV_LOOKUP_TIMEOUT;
    result->why = lookup->resolver->why[lookup->server];
    result->server_text = lookup->resolver->texts[result->end == DCV_LOOKUP_ANSWERED ? (size_t)result->server_number : lookup->server];
    result->exchanges = lookup->sent;
    result->waits = lookup->waits;
    result->case_ignored = lookup->case_ignored;
    result->done_us = dcv_net_now_us(lookup->resolver->net);
    if (result->end == DCV_LOOKUP_ANSWERED)
        remember(lookup, result);
    else if (result->end != DCV_LOOKUP_UNRECORDED)
        lookup->resolver->failures++;
    /* A waiter that is called may ask again: the question is over by then. */
    (void)dcv_map_take(lookup->resolver->in_flight, lookup->key, lookup->key_len);
    lookup->key_len = 0;
    while (lookup->waiters != NULL) {
        struct dcv_waiter *waiter = lookup->waiters;
        lookup->waiters = waiter->next;
        result->joined = waiter->joined;
        waiter->done(waiter->user, result);
        free(waiter);
    }
    lookup_free(lookup);
    if (--resolver->depth == 0 && resolver->freed)
        dcv_resolver_free(resolver);
}

/* Does the next packet go where none is lost or cut? */
static bool over_stream(const struct lookup *lookup)
{
    return lookup->tcp || lookup->resolver->servers[lookup->server].protocol != DCV_PROTO_DNS;
}

/* Everything was tried: the least useless of what came. */
static void give_up(struct lookup *lookup, enum dcv_lookup_end end)
{
    struct dcv_lookup_result result = {.end = end, .server = lookup->resolver->servers[lookup->server],
                                       .server_number = (int)lookup->server, .tcp = over_stream(lookup)};
    if (lookup->truncated)
        result.end = DCV_LOOKUP_TRUNCATED;
    else if (lookup->has_fallback)
        result = lookup->fallback;
    else if (lookup->malformed)
        result.end = DCV_LOOKUP_MALFORMED;
    lookup_end(lookup, &result);
}

/* ---- sending ---------------------------------------------------------------------------------------------------------------- */

static void on_exchange(struct dcv_exchange *exchange);
static void on_turn(struct dcv_ticket *ticket);

static void on_drop(struct dcv_exchange *exchange)
{
    attempt_free(exchange->user);
}

/* Id and letter case of a packet: from the seed, the question, and the numbers of its repetition and try; not from the order of
 * the questions, so that a tape serves as long as it holds the question. */
static uint64_t packet_value(const struct lookup *lookup, uint8_t salt)
{
    struct dcv_buf what;
    dcv_buf_init(&what, KEY_MAX + 32);
    dcv_buf_put(&what, lookup->key, lookup->key_len);
    dcv_buf_u32(&what, (uint32_t)lookup->repeat);
    dcv_buf_u16(&what, (uint16_t)lookup->sent);
    dcv_buf_put(&what, &salt, 1);
    uint64_t value = dcv_seed_value(&lookup->resolver->seed, dcv_buf_text(&what), what.len);
    dcv_buf_done(&what);
    return value;
}

static struct attempt *attempt_create(struct lookup *lookup)
{
    struct attempt *attempt = calloc(1, sizeof *attempt);
    struct dcv_exchange *exchange = calloc(1, sizeof *exchange);
    struct dcv_buf query;
    dcv_buf_init(&query, 1024);
    struct dcv_question question = lookup->question;
    question.plain = question.plain || lookup->resolver->knows_no_edns[lookup->server];
    if (attempt == NULL || exchange == NULL
        || dcv_query_build(&question, (uint16_t)packet_value(lookup, 'i'), packet_value(lookup, 'c'), &query) != DCV_OK) {
        free(attempt);
        free(exchange);
        dcv_buf_done(&query);
        return NULL;
    }
    *exchange = (struct dcv_exchange){.to = lookup->resolver->servers[lookup->server], .tcp = over_stream(lookup),
                                      .query = (uint8_t *)query.data, .query_len = query.len, .done = on_exchange, .drop = on_drop, .user = attempt};
    *attempt = (struct attempt){.lookup = lookup, .server = lookup->server, .plain = question.plain, .resent = lookup->resending,
                                .exchange = exchange, .ticket = {.go = on_turn, .again = lookup->sent != 0}};
    return attempt;
}

static bool tries_left(const struct lookup *lookup)
{
    return lookup->sent < (over_stream(lookup) ? STREAM_TRIES_MAX : TRIES_MAX);
}

/* From the last packet to the next: eight of them fit into the time of the question, and the last may still be answered. */
static uint64_t pause_us(const struct lookup *lookup)
{
    const uint64_t tenth_ms = lookup->resolver->timeout_ms / 10;
    const uint64_t first_us = (tenth_ms < FIRST_RESEND_MS ? tenth_ms : FIRST_RESEND_MS) * 1000;
    return first_us + first_us / 10 * (lookup->sent - 1);
}

/* Sends a packet; when even that fails the lookup goes on waiting for what is under way, or for its deadline. */
static void send_now(struct lookup *lookup, struct attempt *attempt)
{
    struct dcv_resolver *resolver = lookup->resolver;
    const uint64_t now_us = dcv_net_now_us(resolver->net);
    if (dcv_net_submit(resolver->net, attempt->exchange) != DCV_OK) {
        dcv_ticket_leave(&attempt->ticket);
        attempt_free(attempt);
        return;
    }
    resolver->counts->retries += attempt->resent;
    resolver->counts->tcp += attempt->exchange->tcp;
    attempt->next = lookup->attempts;
    lookup->attempts = attempt;
    lookup->asked |= 1U << attempt->server;
    if (tries_left(lookup))
        (void)dcv_net_timer_set(resolver->net, &lookup->resend, now_us + pause_us(lookup));
}

/* It has to wait for its turn, and the clock of the question waits with it. */
static void queue(struct lookup *lookup, struct attempt *attempt)
{
    const uint64_t now_us = dcv_net_now_us(lookup->resolver->net);
    lookup->queued = attempt;
    lookup->left_us = lookup->deadline.due_us - now_us;
    dcv_net_timer_stop(lookup->resolver->net, &lookup->resend);
    tell_holds(lookup, dcv_hold_begin);
}

static void on_turn(struct dcv_ticket *ticket)
{
    struct attempt *attempt = (struct attempt *)ticket;
    struct lookup *lookup = attempt->lookup;
    struct dcv_net *net = lookup->resolver->net;
    lookup->queued = NULL;
    tell_holds(lookup, dcv_hold_end);
    (void)dcv_net_timer_set(net, &lookup->deadline, dcv_net_now_us(net) + lookup->left_us); /* it is set: there is room */
    send_now(lookup, attempt);
}

/* The next packet of the question; one that still waits for its turn gives way to it. */
static void send_next(struct lookup *lookup)
{
    struct dcv_resolver *resolver = lookup->resolver;
    withdraw(lookup);
    struct attempt *attempt = attempt_create(lookup);
    lookup->sent++;
    if (attempt == NULL)
        return;
    if (resolver->flows == NULL || dcv_flow_ask(resolver->flows[attempt->server], &attempt->ticket))
        send_now(lookup, attempt);
    else
        queue(lookup, attempt);
}

static bool under_way(const struct lookup *lookup)
{
    return lookup->attempts != NULL || lookup->queued != NULL;
}

/* A failure: asks the next server, or the same again, as long as tries are left. */
static bool try_next(struct lookup *lookup)
{
    if (!tries_left(lookup))
        return false;
    if (!lookup->pinned)
        lookup->server = (lookup->server + 1) % lookup->resolver->server_count;
    lookup->waits++;
    send_next(lookup);
    return true;
}

static void on_resend(struct dcv_timer *timer)
{
    struct lookup *lookup = timer->user;
    /* What was given to a stream is not lost, and the server that has it is at work. */
    bool at_work = lookup->resolver->servers[lookup->server].protocol != DCV_PROTO_DNS && lookup->attempts != NULL;
    if (at_work && (lookup->pinned || lookup->resolver->server_count == 1))
        return;
    for (struct attempt *attempt = lookup->attempts; attempt != NULL; attempt = attempt->next)
        dcv_ticket_lost(&attempt->ticket);
    lookup->resending = true;
    (void)try_next(lookup); /* over TCP, after truncation: it hangs, another server may do better */
    lookup->resending = false;
}

static void on_deadline(struct dcv_timer *timer)
{
    struct lookup *lookup = timer->user;
    struct dcv_net *net = lookup->resolver->net;
    if (lookup->queued != NULL)
        (void)dcv_net_timer_set(net, timer, dcv_net_now_us(net) + lookup->left_us); /* it was set until now: there is room */
    else
        give_up(lookup, DCV_LOOKUP_TIMEOUT);
}

/* ---- receiving -------------------------------------------------------------------------------------------------------------- */

static bool other_server_left(const struct lookup *lookup)
{
    return !lookup->pinned && lookup->asked != (1U << lookup->resolver->server_count) - 1;
}

/* Drops an answer and asks again, or gives up when nothing is under way and no try is left. */
static void again(struct lookup *lookup, enum dcv_lookup_end end)
{
    if (!try_next(lookup) && !under_way(lookup))
        give_up(lookup, end);
}

static void keep_fallback(struct lookup *lookup, const struct dcv_lookup_result *result)
{
    if (lookup->has_fallback)
        dcv_response_unref(lookup->fallback.response);
    lookup->fallback = *result;
    lookup->has_fallback = true;
}

/* FORMERR or NOTIMP without an OPT: the server knows no EDNS (RFC 6891 §7). */
static bool edns_refused(const struct dcv_message *message)
{
    return (message->rcode == 1 || message->rcode == 4) && !message->edns;
}

static void reject_malformed(struct lookup *lookup)
{
    lookup->malformed = true;
    if (lookup->sent >= 2 && !other_server_left(lookup) && !under_way(lookup))
        give_up(lookup, DCV_LOOKUP_MALFORMED);
    else
        again(lookup, DCV_LOOKUP_MALFORMED);
}

/* A message that answers the question: takes it, or tries elsewhere. Takes the reference. */
static void judge_answer(struct lookup *lookup, const struct attempt *attempt, struct dcv_lookup_result *result)
{
    const struct dcv_message *message = &result->response->message;
    if (message->truncated && !result->tcp) {
        dcv_response_unref(result->response);
        lookup->truncated = lookup->tcp = true;
        lookup->waits++;
        send_next(lookup);
        return;
    }
    if (message->truncated && result->server.protocol != DCV_PROTO_DNS) { /* RFC 7766 §5: there is nothing to fall back to */
        dcv_response_unref(result->response);
        reject_malformed(lookup);
        return;
    }
    if (edns_refused(message) && !attempt->plain && tries_left(lookup)) {
        lookup->resolver->knows_no_edns[attempt->server] = true;
        dcv_response_unref(result->response);
        lookup->waits++;
        send_next(lookup);
        return;
    }
    bool conclusive = message->rcode == 0 || message->rcode == 2 || message->rcode == 3;
    if (!conclusive && other_server_left(lookup)) {
        keep_fallback(lookup, result);
        again(lookup, DCV_LOOKUP_TIMEOUT);
        return;
    }
    if (!conclusive && under_way(lookup) && !lookup->pinned && lookup->resolver->server_count > 1) { /* another may still answer */
        keep_fallback(lookup, result);
        return;
    }
    if (conclusive && message->rcode != 2 && !lookup->pinned)
        lookup->resolver->preferred = lookup->server;
    lookup->truncated = false;
    lookup_end(lookup, result);
    dcv_response_unref(result->response);
}

static void on_octets(struct lookup *lookup, const struct attempt *attempt)
{
    const struct dcv_exchange *exchange = attempt->exchange;
    enum dcv_echo echo = dcv_message_echo(exchange->query, exchange->query_len, exchange->answer, exchange->answer_len);
    if (lookup->question.name.len <= 1 && exchange->answer_len > 3 && (exchange->answer[3] & 0x0f) == 3)
        echo = DCV_ECHO_CASE_DIFFERS; /* the root exists; and its name has no letters by which to tell a forgery */
    if (echo == DCV_ECHO_CASE_DIFFERS && !exchange->tcp) {
        /* Forged, or a server that does not keep the case: TCP tells the two apart. */
        if (++lookup->case_tries >= CASE_TRIES)
            lookup->tcp = true;
        if (!lookup->pinned)
            lookup->server = (lookup->server + lookup->resolver->server_count - 1) % lookup->resolver->server_count;
        again(lookup, DCV_LOOKUP_MALFORMED);
        return;
    }
    lookup->case_ignored = echo == DCV_ECHO_CASE_DIFFERS;
    struct dcv_response *response = echo == DCV_ECHO_WRONG ? NULL : response_read(exchange->answer, exchange->answer_len);
    if (response == NULL) {
        reject_malformed(lookup);
        return;
    }
    response->message.serial = dcv_net_serial(lookup->resolver->net);
    struct dcv_lookup_result result = {.end = DCV_LOOKUP_ANSWERED, .response = response, .server = exchange->to,
                                       .server_number = (int)attempt->server, .tcp = exchange->tcp, .plain = attempt->plain,
                                       .rtt_us = exchange->done_us - exchange->sent_us};
    lookup->server = attempt->server;
    judge_answer(lookup, attempt, &result);
}

/* A server that is asked over a stream alone did not answer there: the next at once, the same again only after a while. */
static bool waits_for_resend(const struct lookup *lookup, enum dcv_exchange_end end)
{
    return end == DCV_EXCHANGE_FAILED && (lookup->resend.place != 0 || lookup->queued != NULL) && !other_server_left(lookup);
}

static void on_failure(struct lookup *lookup, const struct attempt *attempt)
{
    const struct dcv_exchange *exchange = attempt->exchange;
    enum dcv_exchange_end end = exchange->end;
    bool plain = exchange->to.protocol == DCV_PROTO_DNS;
    if (end == DCV_EXCHANGE_UNRECORDED && attempt->resent)
        return; /* the tape is of a dcvready that waited longer: the packet is as good as lost */
    memcpy(lookup->resolver->why[attempt->server], exchange->why, sizeof exchange->why);
    if (end == DCV_EXCHANGE_UNRECORDED) {
        struct dcv_lookup_result result = {.end = DCV_LOOKUP_UNRECORDED, .server = lookup->resolver->servers[lookup->server]};
        lookup_end(lookup, &result);
        return;
    }
    size_t servers = lookup->pinned ? 1 : lookup->resolver->server_count;
    if (end == DCV_EXCHANGE_NO_ROUTE && servers == 1) {
        give_up(lookup, DCV_LOOKUP_NO_ROUTE);
        return;
    }
    /* A connection that ends says little: servers close them after an answer, and others waited on it. */
    if (end == DCV_EXCHANGE_TIMEOUT || (plain && exchange->tcp) || (!plain && end == DCV_EXCHANGE_FAILED)) {
        if (!plain && waits_for_resend(lookup, end))
            return;
        again(lookup, DCV_LOOKUP_TIMEOUT);
        return;
    }
    /* Refused: at once to the next server; when all have refused there is nothing to wait for. */
    if (++lookup->unreachable >= servers && !under_way(lookup))
        give_up(lookup, DCV_LOOKUP_UNREACHABLE);
    else
        again(lookup, DCV_LOOKUP_UNREACHABLE);
}

static void unlink_attempt(struct lookup *lookup, struct attempt *attempt)
{
    for (struct attempt **at = &lookup->attempts; *at != NULL; at = &(*at)->next) {
        if (*at == attempt) {
            *at = attempt->next;
            return;
        }
    }
}

/* The throttle learns how the packet fared; nobody's question is touched by what goes then. */
static void tell_throttle(struct attempt *attempt)
{
    const struct dcv_exchange *exchange = attempt->exchange;
    if (attempt->ticket.flow == NULL)
        return;
    if (exchange->end == DCV_EXCHANGE_ANSWER)
        dcv_ticket_answered(&attempt->ticket, exchange->done_us - exchange->sent_us);
    else if (exchange->end == DCV_EXCHANGE_TIMEOUT)
        dcv_ticket_lost(&attempt->ticket);
    dcv_ticket_leave(&attempt->ticket);
}

static void on_exchange(struct dcv_exchange *exchange)
{
    struct attempt *attempt = exchange->user;
    struct lookup *lookup = attempt->lookup;
    if (lookup != NULL) {
        unlink_attempt(lookup, attempt);
        tell_throttle(attempt);
        if (exchange->end == DCV_EXCHANGE_ANSWER) {
            lookup->resolver->answers++;
            on_octets(lookup, attempt);
        } else {
            on_failure(lookup, attempt);
        }
    }
    attempt_free(attempt);
}

/* ---- asking ----------------------------------------------------------------------------------------------------------------- */

static size_t put_key(const struct dcv_question *question, int server, uint8_t key[KEY_MAX])
{
    struct dcv_name name = question->name;
    dcv_name_lower(&name);
    memcpy(key, name.wire, name.len);
    key[name.len] = (uint8_t)(question->type >> 8);
    key[name.len + 1] = (uint8_t)question->type;
    key[name.len + 2] = (uint8_t)(question->checking_disabled | question->plain << 1 | question->authority << 2 | question->tcp << 3);
    key[name.len + 3] = (uint8_t)(server + 1);
    return (size_t)name.len + 4;
}

static void on_cached(struct dcv_timer *timer)
{
    struct dcv_waiter *waiter = timer->user;
    struct dcv_lookup_result result = {.end = DCV_LOOKUP_ANSWERED, .response = waiter->response, .why = "",
                                       .server = waiter->resolver->servers[waiter->server_number],
                                       .server_text = waiter->resolver->texts[waiter->server_number], .server_number = waiter->server_number,
                                       .tcp = waiter->tcp, .plain = waiter->plain, .case_ignored = waiter->case_ignored, .cached = true,
                                       .done_us = dcv_net_now_us(waiter->resolver->net)};
    dcv_lookup_fn *done = waiter->done;
    void *user = waiter->user;
    struct dcv_response *response = waiter->response;
    dcv_response_ref(response);
    dcv_resolver_forget(waiter->resolver, waiter);
    done(user, &result);
    dcv_response_unref(response);
}

bool dcv_resolver_known(struct dcv_resolver *resolver, const struct dcv_question *question, struct dcv_lookup_result *out)
{
    uint8_t key[KEY_MAX];
    const size_t key_len = put_key(question, DCV_ANY_SERVER, key);
    const uint64_t now_us = dcv_net_now_us(resolver->net);
    const struct dcv_recalled *cached = question->fresh ? NULL : dcv_recall_get(&resolver->recall, key, key_len, now_us);
    if (cached == NULL)
        return false;
    *out = (struct dcv_lookup_result){.end = DCV_LOOKUP_ANSWERED, .response = cached->response, .why = "", .server = resolver->servers[cached->server_number],
                                      .server_text = resolver->texts[cached->server_number], .server_number = cached->server_number, .tcp = cached->tcp,
                                      .plain = cached->plain, .case_ignored = cached->case_ignored, .cached = true, .done_us = now_us};
    resolver->counts->cached++;
    return true;
}

/* Delivers a cached answer by a timer that is due now, so that `done` is never called from within the asking. */
static enum dcv_status answer_from_cache(struct dcv_resolver *resolver, const struct dcv_recalled *cached, struct dcv_waiter *waiter)
{
    waiter->response = cached->response;
    waiter->server_number = cached->server_number;
    waiter->tcp = cached->tcp;
    waiter->plain = cached->plain;
    waiter->case_ignored = cached->case_ignored;
    waiter->timer = (struct dcv_timer){.fire = on_cached, .user = waiter};
    if (dcv_net_timer_set(resolver->net, &waiter->timer, dcv_net_now_us(resolver->net)) != DCV_OK)
        return DCV_ERR_NOMEM;
    dcv_response_ref(waiter->response);
    waiter->next_cached = resolver->cached_waiters;
    if (waiter->next_cached != NULL)
        waiter->next_cached->previous_cached = waiter;
    resolver->cached_waiters = waiter;
    return DCV_OK;
}

static struct lookup *lookup_start(struct dcv_resolver *resolver, const struct dcv_question *question, int server, const uint8_t *key,
                                   size_t key_len)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);
    const uint64_t now_us = dcv_net_now_us(resolver->net);
    if (lookup == NULL)
        return NULL;
    lookup->resolver = resolver;
    lookup->question = *question;
    memcpy(lookup->key, key, key_len);
    lookup->key_len = key_len;
    lookup->pinned = server != DCV_ANY_SERVER;
    lookup->server = lookup->pinned ? (size_t)server : resolver->preferred;
    lookup->tcp = question->tcp;
    lookup->waits = 1;
    lookup->resend = (struct dcv_timer){.fire = on_resend, .user = lookup};
    lookup->deadline = (struct dcv_timer){.fire = on_deadline, .user = lookup};
    if (!dcv_recall_count(&resolver->recall, key, key_len, now_us, &lookup->repeat) || !dcv_map_put(resolver->in_flight, key, key_len, lookup)
        || dcv_net_timer_set(resolver->net, &lookup->deadline, now_us + (uint64_t)resolver->timeout_ms * 1000U) != DCV_OK) {
        lookup_free(lookup);
        return NULL;
    }
    send_next(lookup);
    return lookup;
}

size_t dcv_resolver_server_count(const struct dcv_resolver *resolver)
{
    return resolver->server_count;
}

enum dcv_status dcv_resolver_ask(struct dcv_resolver *resolver, const struct dcv_question *question, int server, dcv_lookup_fn *done,
                                 void *user, struct dcv_waiter **handle)
{
    uint8_t key[KEY_MAX];
    size_t key_len = put_key(question, server, key);
    struct dcv_waiter *waiter = calloc(1, sizeof *waiter);
    if (waiter == NULL)
        return DCV_ERR_NOMEM;
    *waiter = (struct dcv_waiter){.resolver = resolver, .done = done, .user = user};
    const struct dcv_recalled *cached = question->fresh ? NULL : dcv_recall_get(&resolver->recall, key, key_len, dcv_net_now_us(resolver->net));
    if (cached != NULL) {
        enum dcv_status status = answer_from_cache(resolver, cached, waiter);
        if (status != DCV_OK)
            free(waiter);
        else
            *handle = waiter;
        resolver->counts->cached += status == DCV_OK;
        return status;
    }
    struct lookup *lookup = dcv_map_get(resolver->in_flight, key, key_len);
    waiter->joined = lookup != NULL;
    if (lookup == NULL)
        lookup = lookup_start(resolver, question, server, key, key_len);
    if (lookup == NULL) {
        free(waiter);
        return DCV_ERR_NOMEM;
    }
    resolver->counts->joined += waiter->joined;
    waiter->lookup = lookup;
    waiter->next = lookup->waiters;
    lookup->waiters = waiter;
    *handle = waiter;
    return DCV_OK;
}

void dcv_waiter_hold(struct dcv_waiter *waiter, struct dcv_hold *hold)
{
    waiter->hold = hold;
    if (hold != NULL && waiter->lookup != NULL && waiter->lookup->queued != NULL)
        dcv_hold_begin(hold, dcv_net_now_us(waiter->resolver->net));
}

size_t dcv_resolver_cache_bytes(const struct dcv_resolver *resolver)
{
    return resolver->recall.shelf->bytes;
}

size_t dcv_resolver_bytes(const struct dcv_resolver *resolver)
{
    const size_t server = sizeof resolver->servers[0] + sizeof resolver->why[0] + sizeof(struct dcv_flow *);
    return sizeof *resolver + resolver->server_count * server + TABLES + ALLOCATIONS;
}

bool dcv_resolver_has_room(const struct dcv_resolver *resolver)
{
    return resolver->flows == NULL || dcv_flow_has_room(resolver->flows[resolver->preferred]);
}

static void forget_lookup(struct dcv_waiter *waiter)
{
    struct lookup *lookup = waiter->lookup;
    for (struct dcv_waiter **at = &lookup->waiters; *at != NULL; at = &(*at)->next) {
        if (*at == waiter) {
            *at = waiter->next;
            break;
        }
    }
    if (lookup->queued != NULL && waiter->hold != NULL)
        dcv_hold_end(waiter->hold, dcv_net_now_us(lookup->resolver->net));
    if (lookup->queued != NULL && lookup->waiters == NULL && lookup->attempts == NULL)
        lookup_free(lookup); /* nothing was sent, and nobody wants it */
}

void dcv_resolver_forget(struct dcv_resolver *resolver, struct dcv_waiter *waiter)
{
    if (waiter->lookup != NULL) {
        forget_lookup(waiter);
    } else {
        dcv_net_timer_stop(resolver->net, &waiter->timer);
        if (waiter->previous_cached != NULL)
            waiter->previous_cached->next_cached = waiter->next_cached;
        else
            resolver->cached_waiters = waiter->next_cached;
        if (waiter->next_cached != NULL)
            waiter->next_cached->previous_cached = waiter->previous_cached;
        dcv_response_unref(waiter->response);
    }
    free(waiter);
}

const char *dcv_resolver_why(const struct dcv_resolver *resolver, size_t server)
{
    return resolver->why[server];
}

bool dcv_resolver_deaf(const struct dcv_resolver *resolver)
{
    return resolver->failures != 0 && resolver->answers == 0;
}

static bool take_flows(struct dcv_resolver *resolver, struct dcv_throttle *throttle)
{
    resolver->flows = calloc(resolver->server_count, sizeof(struct dcv_flow *));
    for (size_t i = 0; resolver->flows != NULL && i < resolver->server_count; i++)
        if ((resolver->flows[i] = dcv_throttle_flow(throttle, &resolver->servers[i])) == NULL)
            return false;
    return resolver->flows != NULL;
}

enum dcv_status dcv_resolver_create(struct dcv_net *net, const struct dcv_resolver_options *options, struct dcv_resolver **out)
{
    if (options->server_count == 0)
        return DCV_ERR_USAGE;
    struct dcv_resolver *resolver = calloc(1, sizeof *resolver);
    if (resolver == NULL)
        return DCV_ERR_NOMEM;
    resolver->net = net;
    resolver->seed = options->seed;
    resolver->timeout_ms = options->timeout_ms;
    resolver->server_count = options->server_count < SERVERS_MAX ? options->server_count : SERVERS_MAX;
    resolver->counts = options->throttle != NULL ? dcv_throttle_tally(options->throttle) : &resolver->own_counts;
    resolver->servers = calloc(resolver->server_count, sizeof resolver->servers[0]);
    resolver->texts = calloc(resolver->server_count, sizeof resolver->texts[0]);
    resolver->why = calloc(resolver->server_count, sizeof resolver->why[0]);
    resolver->in_flight = dcv_map_create();
    dcv_shelf_init(&resolver->own_shelf, options->cache_bytes);
    const bool recalls = dcv_recall_init(&resolver->recall, options->shelf != NULL ? options->shelf : &resolver->own_shelf);
    if (resolver->servers == NULL || resolver->texts == NULL || resolver->why == NULL || resolver->in_flight == NULL || !recalls) {
        dcv_resolver_free(resolver);
        return DCV_ERR_NOMEM;
    }
    memcpy(resolver->servers, options->servers, resolver->server_count * sizeof options->servers[0]);
    for (size_t i = 0; i < resolver->server_count; i++)
        (void)dcv_endpoint_text(&resolver->servers[i], resolver->texts[i]);
    if (options->throttle != NULL && !take_flows(resolver, options->throttle)) {
        dcv_resolver_free(resolver);
        return DCV_ERR_NOMEM;
    }
    *out = resolver;
    return DCV_OK;
}

static void drop_lookup(void *value)
{
    struct lookup *lookup = value;
    lookup->key_len = 0; /* the map is being freed */
    lookup_free(lookup);
}

void dcv_resolver_free(struct dcv_resolver *resolver)
{
    if (resolver == NULL)
        return;
    resolver->freed = true;
    if (resolver->depth != 0)
        return; /* lookup_end() comes back to it */
    while (resolver->cached_waiters != NULL)
        dcv_resolver_forget(resolver, resolver->cached_waiters); /* which takes it out of the list; NOLINT(clang-analyzer-unix.Malloc) */
    dcv_map_free(resolver->in_flight, drop_lookup);
    dcv_recall_done(&resolver->recall);
    for (size_t i = 0; resolver->flows != NULL && i < resolver->server_count; i++)
        dcv_flow_release(resolver->flows[i]);
    free(resolver->flows);
    free(resolver->servers);
    free(resolver->texts);
    free(resolver->why);
    free(resolver);
}
