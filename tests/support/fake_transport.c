#include "support/fake_transport.h"

#include "name/name.h"
#include "record/rr.h"
#include "support/wire.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { SENT_MAX = 256, QUERY_MAX = 4096, HEADER = 12, RECORD_MAX = 600, SERVFAIL = 2 };

struct sent {
    char to[DCV_ENDPOINT_TEXT];
    char query[QUERY_MAX]; /* with a zero behind it */
};

struct fake {
    struct dcv_transport transport;
    fake_fn *answer;
    void *user;
    struct dcv_exchange *first; /* by the time at which they are done, then by the order of sending */
    uint64_t now_us;
    size_t pending;
    struct sent sent[SENT_MAX];
    size_t count;
};

static void insert(struct fake *fake, struct dcv_exchange *exchange)
{
    struct dcv_exchange **at = &fake->first;
    while (*at != NULL && (*at)->done_us <= exchange->done_us)
        at = &(*at)->next;
    exchange->next = *at;
    *at = exchange;
    fake->pending++;
}

static enum dcv_status submit(struct dcv_transport *transport, struct dcv_exchange *exchange, uint64_t now_us)
{
    struct fake *fake = (struct fake *)transport;
    exchange->end = DCV_EXCHANGE_ANSWER;
    const int ms = fake->answer(fake->user, exchange);
    if (ms == FAKE_REFUSE)
        return DCV_ERR_SYSTEM;
    if (exchange->query_len >= QUERY_MAX)
        abort(); /* without Check, whose own memory may be short */
    if (fake->count < SENT_MAX) {
        struct sent *sent = &fake->sent[fake->count];
        (void)dcv_endpoint_text(&exchange->to, sent->to);
        memcpy(sent->query, exchange->query, exchange->query_len);
    }
    fake->count++;
    fake->now_us = now_us;
    exchange->done_us = ms == FAKE_NEVER ? UINT64_MAX : now_us + (uint64_t)ms * 1000U;
    insert(fake, exchange);
    return DCV_OK;
}

static struct dcv_exchange *peek(struct dcv_transport *transport, uint64_t now_us, uint64_t until_us)
{
    struct fake *fake = (struct fake *)transport;
    fake->now_us = now_us;
    return fake->first != NULL && fake->first->done_us != UINT64_MAX && fake->first->done_us <= until_us ? fake->first : NULL;
}

static void pop(struct dcv_transport *transport)
{
    struct fake *fake = (struct fake *)transport;
    fake->first = fake->first->next;
    fake->pending--;
}

static size_t pending(const struct dcv_transport *transport)
{
    return ((const struct fake *)transport)->pending;
}

static void free_fake(struct dcv_transport *transport)
{
    struct fake *fake = (struct fake *)transport;
    while (fake->first != NULL) {
        struct dcv_exchange *exchange = fake->first;
        fake->first = exchange->next;
        exchange->drop(exchange);
    }
    free(fake);
}

struct dcv_transport *fake_create(fake_fn *answer, void *user, struct fake **out)
{
    struct fake *fake = calloc(1, sizeof *fake);
    *fake = (struct fake){.transport = {.submit = submit, .peek = peek, .pop = pop, .pending = pending, .free = free_fake},
                          .answer = answer, .user = user};
    *out = fake;
    return &fake->transport;
}

void fake_answer(struct dcv_exchange *exchange, const void *octets, size_t len)
{
    exchange->end = DCV_EXCHANGE_ANSWER;
    exchange->answer = malloc(len + 1);
    memcpy(exchange->answer, octets, len);
    exchange->answer_len = len;
}

size_t fake_sent(const struct fake *fake)
{
    return fake->count;
}

const char *fake_to(const struct fake *fake, size_t index)
{
    ck_assert_uint_lt(index, SENT_MAX);
    return fake->sent[index].to;
}

const char *fake_query(const struct fake *fake, size_t index)
{
    ck_assert_uint_lt(index, SENT_MAX);
    return fake->sent[index].query;
}

void fake_release(struct fake *fake, enum dcv_exchange_end end)
{
    for (struct dcv_exchange *exchange = fake->first; exchange != NULL; exchange = exchange->next) {
        if (exchange->done_us != UINT64_MAX)
            continue;
        exchange->done_us = fake->now_us;
        exchange->end = end;
    }
}

/* ---- names -------------------------------------------------------------------------------------------------------------------------- */

static size_t name_len(const uint8_t *name)
{
    size_t len = 0;
    while (name[len] != 0)
        len += (size_t)name[len] + 1;
    return len + 1;
}

/* Reads a line; false: it is no record, but "fail NAME [TYPE]". */
static bool read_line(struct dcv_arena *arena, const char *line, size_t len, struct dcv_rr *out)
{
    char *text = dcv_arena_strndup(arena, line, len);
    *out = (struct dcv_rr){0};
    if (strncmp(text, "fail ", 5) == 0) {
        char *type = strchr(text + 5, ' ');
        if (type != NULL)
            *type++ = '\0';
        ck_assert_int_eq(dcv_name_parse(text + 5, &out->owner, NULL), DCV_OK);
        out->type = type != NULL ? dcv_type_parse(type) : 0;
        return false;
    }
    ck_assert_msg(dcv_rr_from_text(arena, text, out) == DCV_OK, "%s", text);
    return true;
}

void fake_resolve(struct dcv_exchange *exchange, const char *records)
{
    struct dcv_name asked;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    const size_t len = name_len(exchange->query + HEADER);
    const uint16_t type = (uint16_t)(exchange->query[HEADER + len] << 8 | exchange->query[HEADER + len + 1]);
    ck_assert_int_eq(dcv_name_from_wire(exchange->query + HEADER, len, &asked), DCV_OK);
    unsigned rcode = 0;
    struct wire wire;
    wire_begin_answer(&wire, exchange->query, exchange->query_len, WIRE_RD | WIRE_RA);
    size_t count = 0;
    for (const char *line = records; *line != '\0'; line += line[strcspn(line, "\n")] == '\n' ? strcspn(line, "\n") + 1 : strcspn(line, "\n")) {
        struct dcv_rr rr;
        const bool record = read_line(arena, line, strcspn(line, "\n"), &rr);
        const bool meant = rr.type == type || (record ? rr.type == DCV_TYPE_CNAME : rr.type == 0);
        if (!dcv_name_equal(&rr.owner, &asked) || !meant)
            continue;
        rcode = record ? rcode : SERVFAIL;
        char text[RECORD_MAX] = "";
        ck_assert_uint_lt(strcspn(line, "\n"), sizeof text);
        memcpy(text, line, strcspn(line, "\n"));
        if (record) {
            wire_rr(&wire, WIRE_ANSWER, text);
            count++;
        }
        if (record && rr.type == DCV_TYPE_CNAME)
            ck_assert(dcv_rr_target(&rr, &asked));
    }
    if (count == 0)
        wire_rr(&wire, WIRE_AUTHORITY, ". 60 IN SOA a. b. 1 2 3 4 30");
    wire_end(&wire);
    fake_answer(exchange, wire.buf.data, wire.buf.len);
    exchange->answer[3] = (uint8_t)((exchange->answer[3] & 0xf0) | rcode);
    wire_done(&wire);
    dcv_arena_free(arena);
}
