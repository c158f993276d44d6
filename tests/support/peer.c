#include "support/peer.h"

#include "base/text.h"
#include "name/name.h"
#include "support/wire.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SENT_MAX = 64, HEADER = 12 };

struct step {
    char word[20];
    int server;    /* 0: any */
    char how[4];   /* "tcp", "udp" or "" */
    unsigned ms;
};

struct peer {
    struct dcv_transport transport;
    const char *steps, *record;
    struct dcv_exchange *under_way[SENT_MAX], *ready;
    size_t count, sent;
    uint8_t queries[SENT_MAX][512];
    size_t lens[SENT_MAX];
    char fault[128];
};

static bool next_step(struct peer *peer, struct step *out)
{
    char text[64];
    const size_t len = strcspn(peer->steps, " ");
    if (len == 0 || len >= sizeof text)
        return false;
    memcpy(text, peer->steps, len);
    text[len] = '\0';
    peer->steps += len + (peer->steps[len] == ' ');
    char *at = text, *delay = strchr(text, '@');
    *out = (struct step){0};
    if (delay != NULL) {
        *delay = '\0';
        out->ms = (unsigned)strtoul(delay + 1, NULL, 10);
    }
    for (char *slash; (slash = strchr(at, '/')) != NULL; at = slash + 1) {
        *slash = '\0';
        if (at[0] == '1' || at[0] == '2')
            out->server = at[0] - '0';
        else
            memcpy(out->how, at, 4);
    }
    const size_t size = strlen(at);
    ck_assert_uint_lt(size, sizeof out->word);
    memcpy(out->word, at, size);
    return true;
}

static void demand(struct peer *peer, const struct step *step, const struct dcv_exchange *exchange)
{
    const int server = exchange->to.host[strlen(exchange->to.host) - 1] - '0';
    const char *how = exchange->tcp ? "tcp" : "udp";
    if (peer->fault[0] == '\0' && ((step->server != 0 && step->server != server) || (step->how[0] != '\0' && strcmp(step->how, how) != 0)))
        (void)snprintf(peer->fault, sizeof peer->fault, "packet %zu (%s) went to server %d over %s", peer->sent, step->word, server, how);
}

/* The name in the question in presentation form. */
static void name_asked(const struct dcv_exchange *exchange, char out[DCV_NAME_TEXT_MAX])
{
    struct dcv_name name;
    size_t len = 0;
    while (exchange->query[HEADER + len] != 0)
        len += (size_t)exchange->query[HEADER + len] + 1;
    ck_assert_int_eq(dcv_name_from_wire(exchange->query + HEADER, len + 1, &name), DCV_OK);
    (void)dcv_name_text(&name, out);
}

static void take_answer(struct dcv_exchange *exchange, struct wire *wire)
{
    wire_end(wire);
    exchange->answer = malloc(wire->buf.len);
    memcpy(exchange->answer, wire->buf.data, wire->buf.len);
    exchange->answer_len = wire->buf.len;
    wire_done(wire);
}

static unsigned rcode_called(const char *word)
{
    static const struct {
        const char *word;
        unsigned rcode;
    } rcodes[] = {{"formerr", 1}, {"servfail", 2}, {"nxdomain", 3}, {"refused", 5}};
    for (size_t i = 0; i < sizeof rcodes / sizeof rcodes[0]; i++)
        if (strcmp(rcodes[i].word, word) == 0)
            return rcodes[i].rcode;
    return 0;
}

/* One line of it, and the name asked in each place of "%s". */
static void put_record(struct wire *wire, const char *line, size_t len, const char *name)
{
    char record[4 * DCV_NAME_TEXT_MAX];
    size_t used = 0;
    for (size_t at = 0; at < len;) {
        const bool place = len - at >= 2 && line[at] == '%' && line[at + 1] == 's';
        used += (size_t)snprintf(record + used, sizeof record - used, "%.*s", place ? (int)strlen(name) : 1, place ? name : line + at);
        ck_assert_uint_lt(used, sizeof record);
        at += place ? 2 : 1;
    }
    wire_rr(wire, WIRE_ANSWER, record);
}

static void put_records(struct wire *wire, const char *records, const char *name)
{
    for (const char *at = records; *at != '\0';) {
        const size_t len = strcspn(at, "\n");
        put_record(wire, at, len, name);
        at += len + (at[len] == '\n');
    }
}

static void answer(const struct peer *peer, struct dcv_exchange *exchange, const char *word)
{
    char name[DCV_NAME_TEXT_MAX];
    struct wire wire;
    wire_begin_answer(&wire, exchange->query, exchange->query_len, WIRE_RD | WIRE_RA | rcode_called(word) | (strcmp(word, "tc") == 0 ? WIRE_TC : 0U));
    name_asked(exchange, name);
    if (strcmp(word, "ok") == 0 || strcmp(word, "lower") == 0 || strcmp(word, "wrong-id") == 0 || strcmp(word, "half") == 0)
        put_records(&wire, peer->record, name);
    if (strcmp(word, "nodata") == 0 || strcmp(word, "nxdomain") == 0)
        wire_rr(&wire, WIRE_AUTHORITY, ". 60 IN SOA a. b. 1 2 3 4 30");
    take_answer(exchange, &wire);
    if (strcmp(word, "wrong-id") == 0)
        exchange->answer[0] ^= 0xff;
    if (strcmp(word, "wrong-question") == 0)
        exchange->answer[HEADER + 1] = '#';
    if (strcmp(word, "half") == 0)
        exchange->answer_len -= 3;
    for (size_t i = HEADER; strcmp(word, "lower") == 0 && exchange->query[i] != 0; i++)
        exchange->answer[i] = (uint8_t)dcv_ascii_lower((char)exchange->answer[i]);
}

static enum dcv_status submit(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us)
{
    static const struct {
        const char *word;
        enum dcv_exchange_end end;
    } ends[] = {{"timeout", DCV_EXCHANGE_TIMEOUT}, {"unreachable", DCV_EXCHANGE_UNREACHABLE}, {"failed", DCV_EXCHANGE_FAILED},
                {"rejected", DCV_EXCHANGE_REJECTED}, {"unrecorded", DCV_EXCHANGE_UNRECORDED}};
    struct peer *peer = (struct peer *)transport;
    struct step step = {.word = "silent"};
    ck_assert_uint_lt(peer->sent, SENT_MAX);
    ck_assert_uint_le(exchange->query_len, sizeof peer->queries[0]);
    memcpy(peer->queries[peer->sent], exchange->query, exchange->query_len);
    peer->lens[peer->sent++] = exchange->query_len;
    (void)next_step(peer, &step);
    demand(peer, &step, exchange);
    exchange->end = DCV_EXCHANGE_ANSWER;
    exchange->done_us = strcmp(step.word, "silent") == 0 ? UINT64_MAX : now_us + step.ms * UINT64_C(1000);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (strcmp(step.word, ends[i].word) == 0)
            exchange->end = ends[i].end;
    if (exchange->end == DCV_EXCHANGE_REJECTED)
        dcv_exchange_why(exchange, "HTTP 404", NULL);
    if (strcmp(step.word, "garbage") == 0) {
        exchange->answer = (uint8_t *)strdup("no DNS");
        exchange->answer_len = 6;
    } else if (exchange->end == DCV_EXCHANGE_ANSWER && exchange->done_us != UINT64_MAX) {
        answer(peer, exchange, step.word);
    }
    peer->under_way[peer->count++] = exchange;
    return DCV_OK;
}

static struct dcv_exchange *peek(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us)
{
    (void)now_us; /* an answer is done when it was said to be */
    struct peer *peer = (struct peer *)transport;
    peer->ready = NULL;
    for (size_t i = 0; i < peer->count; i++)
        if (peer->under_way[i]->done_us != UINT64_MAX && (peer->ready == NULL || peer->under_way[i]->done_us < peer->ready->done_us))
            peer->ready = peer->under_way[i];
    return peer->ready != NULL && (until_us == 0 || peer->ready->done_us <= until_us) ? peer->ready : NULL;
}

static void pop(struct dcv_transport *transport)
{
    struct peer *peer = (struct peer *)transport;
    for (size_t i = 0; i < peer->count; i++) {
        if (peer->under_way[i] != peer->ready)
            continue;
        peer->count--;
        memmove(&peer->under_way[i], &peer->under_way[i + 1], (peer->count - i) * sizeof peer->under_way[0]);
    }
}

static size_t pending(const struct dcv_transport *transport)
{
    return ((const struct peer *)transport)->count;
}

static void free_peer(struct dcv_transport *transport)
{
    struct peer *peer = (struct peer *)transport;
    for (size_t i = 0; i < peer->count; i++)
        peer->under_way[i]->drop(peer->under_way[i]);
    free(peer);
}

struct dcv_transport *peer_create(const char *steps, struct peer **out)
{
    struct peer *peer = calloc(1, sizeof *peer);
    peer->transport = (struct dcv_transport){.submit = submit, .peek = peek, .pop = pop, .pending = pending, .free = free_peer};
    peer->steps = steps;
    peer->record = "%s. 300 IN A 192.0.2.1";
    *out = peer;
    return &peer->transport;
}

void peer_record(struct peer *peer, const char *record)
{
    peer->record = record;
}

size_t peer_sent(const struct peer *peer)
{
    return peer->sent;
}

const uint8_t *peer_query(const struct peer *peer, size_t index, size_t *len)
{
    ck_assert_uint_lt(index, peer->sent);
    *len = peer->lens[index];
    return peer->queries[index];
}

const char *peer_fault(const struct peer *peer)
{
    return peer->fault[0] != '\0' ? peer->fault : NULL;
}
