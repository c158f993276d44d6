/* Any answer is judged, whatever the answers are that its chain of trust is looked for in. The input is a row of messages, each after its
 * length in two octets: the answer, then those to the lookups of the chain, of which the first holds the anchors. */
#include "dnssec/dnssec.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 12, HEADER = 12, ROUNDS_MAX = 64, FAILED_MAX = ROUNDS_MAX * DCV_NEEDS_MAX };
static const int64_t now = 1795255200; /* 2026-11-21T10:00:00Z */

struct question {
    struct dcv_name name;
    uint16_t type;
};

struct chain {
    struct question questions[MESSAGES_MAX];
    struct dcv_message messages[MESSAGES_MAX];
    size_t count;
    struct question failed[FAILED_MAX]; /* needed, and not there */
    size_t failed_count;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static bool same(const struct question *question, const struct dcv_name *name, uint16_t type)
{
    return question->type == type && dcv_name_equal(&question->name, name);
}

static struct dcv_known_answer find(void *user, const struct dcv_name *name, uint16_t type)
{
    const struct chain *chain = user;
    for (size_t i = 1; i < chain->count; i++)
        if (same(&chain->questions[i], name, type))
            return (struct dcv_known_answer){DCV_KNOWN_ANSWER, &chain->messages[i]};
    for (size_t i = 0; i < chain->failed_count; i++)
        if (same(&chain->failed[i], name, type))
            return (struct dcv_known_answer){.state = DCV_KNOWN_FAILED};
    return (struct dcv_known_answer){.state = DCV_KNOWN_NOT_ASKED};
}

static bool read_question(const uint8_t *wire, size_t len, struct question *out)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, wire, len);
    (void)dcv_cursor_take(&cursor, HEADER);
    if (!dcv_cursor_name(&cursor, &out->name))
        return false;
    out->type = dcv_cursor_u16(&cursor);
    return !cursor.failed;
}

static void read_messages(struct dcv_arena *arena, const uint8_t *data, size_t size, struct chain *chain)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, data, size);
    while (chain->count < MESSAGES_MAX && dcv_cursor_left(&cursor) != 0) {
        const uint16_t len = dcv_cursor_u16(&cursor);
        const uint8_t *wire = dcv_cursor_take(&cursor, len);
        if (cursor.failed || !read_question(wire, len, &chain->questions[chain->count])
            || dcv_message_parse(arena, wire, len, &chain->messages[chain->count]) != DCV_OK)
            return;
        chain->count++;
    }
}

static struct dcv_anchors *read_anchors(const struct dcv_rrs *records)
{
    struct dcv_buf text;
    struct dcv_anchors *anchors = NULL;
    size_t line;
    dcv_buf_init(&text, SIZE_MAX / 2);
    for (size_t i = 0; i < records->count; i++) {
        if (records->items[i].type != DCV_TYPE_DS && records->items[i].type != DCV_TYPE_DNSKEY)
            continue;
        dcv_rr_text(&records->items[i], &text);
        dcv_buf_putc(&text, '\n');
    }
    if (dcv_anchors_parse(dcv_buf_text(&text), text.len, &anchors, &line) != DCV_OK)
        check(dcv_anchors_iana(&anchors) == DCV_OK);
    dcv_buf_done(&text);
    return anchors;
}

static void check_trust(const struct dcv_trust *trust)
{
    check(trust->security != DCV_SECURITY_UNCHECKED);
    check((trust->security == DCV_SECURITY_SECURE) == (trust->cause == DCV_CAUSE_NONE));
    check(trust->security != DCV_SECURITY_SECURE || trust->until >= now || trust->until == 0);
    const bool bogus = trust->cause >= DCV_CAUSE_SIGNATURE_EXPIRED && trust->cause <= DCV_CAUSE_TOO_MUCH_WORK;
    check((trust->security == DCV_SECURITY_BOGUS) == bogus);
}

/* Lookups that are not among the messages fail; so every validation ends. */
static void judge(struct chain *chain, const struct dcv_anchors *anchors)
{
    const struct dcv_validator_options options = {.anchors = anchors};
    const struct dcv_chain lookups = {find, chain};
    struct dcv_validator *validator;
    struct dcv_trust trust;
    struct dcv_needs needs;
    check(dcv_validator_create(&options, &validator) == DCV_OK);
    for (unsigned round = 0;; round++) {
        check(round < ROUNDS_MAX);
        const struct question *asked = &chain->questions[0];
        check(dcv_validate(validator, &lookups, &asked->name, asked->type, &chain->messages[0], now, &trust, &needs) == DCV_OK);
        check(needs.count <= DCV_NEEDS_MAX);
        if (needs.count == 0)
            break;
        for (size_t i = 0; i < needs.count; i++) {
            check(find(chain, &needs.items[i].name, needs.items[i].type).state == DCV_KNOWN_NOT_ASKED);
            chain->failed[chain->failed_count++] = (struct question){needs.items[i].name, needs.items[i].type};
        }
    }
    check_trust(&trust);
    dcv_validator_free(validator);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct chain *chain = calloc(1, sizeof *chain);
    read_messages(arena, data, size, chain);
    if (chain->count > 1) {
        struct dcv_anchors *anchors = read_anchors(&chain->messages[1].answer);
        judge(chain, anchors);
        dcv_anchors_free(anchors);
    }
    free(chain);
    dcv_arena_free(arena);
    return 0;
}
