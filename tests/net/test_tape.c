#include "net/resolver.h"

#include "base/io.h"
#include "support/fake_transport.h"
#include "support/peer.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/temporary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[TEMPORARY_MAX];
static struct dcv_tape_header header;
static struct dcv_transport *transport;
static size_t line;

static void setup(void)
{
    const int fd = temporary_file(path);
    ck_assert_int_eq(close(fd), 0);
}

static void teardown(void)
{
    (void)unlink(path);
}

/* ---- reading ----------------------------------------------------------------------------------------------------------------- */

#define HEAD "dcvready-tape 1\nwall 1795305600\nstart 123456\nseed 00112233445566778899aabbccddeeff\n"

START_TEST(reads_a_header)
{
    static const char text[] = HEAD ": resolver 192.0.2.53#53\n: name example.jp\nx 192.0.2.53#53 udp 1 2 answer 00 01\n";
    ck_assert_int_eq(dcv_tape_create(text, sizeof text - 1, &transport, &header, &line), DCV_OK);
    ck_assert_int_eq(header.wall_s, 1795305600);
    ck_assert_uint_eq(header.start_us, 123456);
    ck_assert_mem_eq(header.seed.key, "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16);
    ck_assert_uint_eq(header.line_count, 2);
    ck_assert_str_eq(header.lines[0], "resolver 192.0.2.53#53");
    ck_assert_str_eq(header.lines[1], "name example.jp");
    transport->free(transport);
}
END_TEST

#define WHY40 "0123456789012345678901234567890123456789"
#define WHY160 WHY40 WHY40 WHY40 WHY40

static const struct {
    const char *text;
    size_t line;
} damages[] = {
    {"", 1},
    {"dcvready-tape 2\n", 1},
    {"dcvready-tape 1", 1},
    {HEAD "y\n", 5},
    {HEAD ": a\nx\n", 6},
    {HEAD "x 192.0.2.53#53 udp 1 2 answer 00\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 answer 00 01 02\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 answer 0 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 answer 00 0x\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 answer 00 AB\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 perhaps 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 sctp 1 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53 udp 1 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp one 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 -2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1+ 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1+0 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1+1+1 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 99999999999999999999 answer 00 01\n", 5},
    {HEAD "x tls://192.0.2.53 tcp 1 2 answer 00 01\n", 5},
    {HEAD "x TLS://192.0.2.53:853 tcp 1 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#053 udp 1 2 answer 00 01\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 failed 00 - \n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 failed 00 - why\x1b\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 failed 00 - w\xc3\xa4r\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 - pending 00 - why\n", 5},
    {HEAD "x 192.0.2.53#53 udp 1 2 failed 00 - " WHY160 "\n", 5},
    {HEAD "x  192.0.2.53#53 udp 1 2 answer 00 01\n", 5},
    {"dcvready-tape 1\nwall x\n", 2},
    {"dcvready-tape 1\nwall 1\nstart -1\n", 3},
    {"dcvready-tape 1\nwall 1\nstart 1\nseed 00\n", 4},
    {"dcvready-tape 1\nwall 1\nstart 1\nseed zz112233445566778899aabbccddeeff\n", 4},
};

START_TEST(damage)
{
    transport = NULL;
    ck_assert_msg(dcv_tape_create(damages[_i].text, strlen(damages[_i].text), &transport, &header, &line) == DCV_ERR_SYNTAX, "%s",
                  damages[_i].text);
    ck_assert_ptr_null(transport);
    ck_assert_msg(line == damages[_i].line, "line %zu: %s", line, damages[_i].text);
}
END_TEST

/* Cut anywhere, a tape is refused or is the shorter tape; nothing is read beyond its end. */
START_TEST(cut_anywhere)
{
    static const char text[] = HEAD ": resolver 192.0.2.53#53\nx 192.0.2.53#53 udp 1 2 answer 00ff 01ff\nx 192.0.2.53#53 udp 1 - pending 00 -\n";
    size_t refused = 0;
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *exact = malloc(len + (len == 0));
        memcpy(exact, text, len);
        const enum dcv_status status = dcv_tape_create(exact, len, &transport, &header, &line);
        if (status == DCV_OK)
            transport->free(transport);
        refused += status == DCV_ERR_SYNTAX;
        free(exact);
    }
    ck_assert_uint_gt(refused, 100);
}
END_TEST

START_TEST(tells_a_tape)
{
    ck_assert(dcv_tape_magic(HEAD, sizeof HEAD - 1));
    ck_assert(!dcv_tape_magic("dcvready-tape", 13));
    ck_assert(!dcv_tape_magic("{\"facts\":[]}xxxxxxxx", 20));
    ck_assert(!dcv_tape_magic("", 0));
}
END_TEST

/* ---- recording and replaying ----------------------------------------------------------------------------------------------------- */

struct outcome {
    int calls;
    enum dcv_lookup_end end;
    uint64_t done_us;
    unsigned exchanges;
    uint16_t rcode;
    char why[DCV_WHY_TEXT];
};

static void on_result(void *user, const struct dcv_lookup_result *result)
{
    struct outcome *outcome = user;
    *outcome = (struct outcome){.calls = outcome->calls + 1, .end = result->end, .done_us = result->done_us, .exchanges = result->exchanges,
                                .rcode = result->response != NULL ? result->response->message.rcode : 0};
    memcpy(outcome->why, result->why, strlen(result->why) + 1);
}

/* Asks three questions of two servers through a transport, which is freed. */
enum { QUESTIONS = 3 };

static void run(struct dcv_transport *through, uint64_t start_us, const struct dcv_seed *seed, bool close, struct outcome out[QUESTIONS])
{
    static const struct dcv_endpoint servers[] = {
        {.host = "192.0.2.1", .port = 53},
        {.host = "2001:db8::2", .port = 443, .protocol = DCV_PROTO_HTTPS, .name = "dns.example", .path = "/dns-query"},
    };
    static const char *const names[QUESTIONS] = {"a.example.jp", "b.example.jp", "c.example.jp"};
    struct dcv_resolver_options options = {.servers = servers, .server_count = 2, .seed = *seed, .timeout_ms = 5000};
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    struct dcv_waiter *handle;
    memset(out, 0, QUESTIONS * sizeof *out);
    ck_assert_int_eq(dcv_net_create(through, start_us, &net), DCV_OK);
    ck_assert_int_eq(dcv_resolver_create(net, &options, &resolver), DCV_OK);
    for (size_t i = 0; i < QUESTIONS; i++) {
        struct dcv_question question = {.type = DCV_TYPE_A};
        ck_assert_int_eq(dcv_name_parse(names[i], &question.name, NULL), DCV_OK);
        ck_assert_int_eq(dcv_resolver_ask(resolver, &question, DCV_ANY_SERVER, on_result, &out[i], &handle), DCV_OK);
    }
    while (dcv_net_step(net))
        continue;
    dcv_resolver_free(resolver);
    if (close)
        ck_assert_int_eq(dcv_recorder_close(through), DCV_OK);
    dcv_net_free(net);
}

static void read_tape(struct dcv_buf *text)
{
    dcv_buf_init(text, 1 << 20);
    ck_assert_int_eq(dcv_file_read(path, text), DCV_OK);
}

static const char *const scripts[] = {
    "ok@20 ok@10 ok@30",
    "tc@20 servfail@10 silent ok@5 ok@5 ok@7",
    "garbage@20 unreachable timeout@40 lower@5 ok@6 ok@7 wrong-id@8 ok@9 ok@9",
    "1/failed@5 2/rejected@20 1/failed@9 2/rejected@1 1/failed 2/rejected 1/failed 2/rejected 1/failed 2/rejected",
    "",
};

/* What was recorded plays again in the same order, with the same results at the same times. */
START_TEST(replays)
{
    static const char *const lines[] = {"resolver 192.0.2.1#53", "name a.example.jp\nx forged"};
    struct peer *peer;
    struct outcome first[QUESTIONS], second[QUESTIONS];
    struct dcv_buf tape;
    const struct dcv_tape_header given = {.wall_s = 1795305600, .start_us = 5000000, .seed = {{1, 2, 3}}, .lines = lines, .line_count = 2};
    ck_assert_int_eq(dcv_recorder_create(peer_create(scripts[_i], &peer), path, &given, &transport), DCV_OK);
    run(transport, given.start_us, &given.seed, true, first);
    read_tape(&tape);
    ck_assert_int_eq(dcv_tape_create(tape.data, tape.len, &transport, &header, &line), DCV_OK);
    ck_assert_uint_eq(header.line_count, 2);
    ck_assert_str_eq(header.lines[0], lines[0]);
    ck_assert_ptr_null(strchr(header.lines[1], '\n'));
    ck_assert_int_eq(header.wall_s, given.wall_s);
    ck_assert_uint_eq(header.start_us, given.start_us);
    run(transport, given.start_us, &given.seed, false, second);
    for (size_t i = 0; i < QUESTIONS; i++) {
        ck_assert_int_eq(first[i].calls, 1);
        ck_assert_int_eq(second[i].calls, 1);
        ck_assert_int_eq(first[i].end, second[i].end);
        ck_assert_uint_eq(first[i].done_us, second[i].done_us);
        ck_assert_uint_eq(first[i].exchanges, second[i].exchanges);
        ck_assert_uint_eq(first[i].rcode, second[i].rcode);
        ck_assert_str_eq(first[i].why, second[i].why);
    }
    dcv_buf_done(&tape);
}
END_TEST

/* ---- the same question more than once --------------------------------------------------------------------------------------------- */

enum { SAME = 3 };
static struct dcv_net *asked_net;
static struct dcv_buf heard; /* "NUMBER=ANSWER@TIME" in the order of delivery */

static void on_same(struct dcv_exchange *exchange)
{
    dcv_buf_printf(&heard, "%s%zu=%u@%u", heard.len == 0 ? "" : " ", *(size_t *)exchange->user, exchange->answer_len != 0 ? exchange->answer[0] : 0U,
                   (unsigned)(exchange->done_us / 1000U));
    dcv_exchange_free(exchange);
}

static void ask_same(size_t *number)
{
    struct dcv_exchange *exchange = calloc(1, sizeof *exchange);
    *exchange = (struct dcv_exchange){.to = {.host = "192.0.2.80", .port = 80, .protocol = DCV_PROTO_FETCH}, .tcp = true, .query = malloc(1), .query_len = 1,
                                      .done = on_same, .drop = dcv_exchange_free, .user = number};
    exchange->query[0] = 'q';
    ck_assert_int_eq(dcv_net_submit(asked_net, exchange), DCV_OK);
}

static void on_later(struct dcv_timer *timer)
{
    ask_same(timer->user);
}

/* Asks twice at once, and later a third time; an answer is the number of the question. */
static void run_same(struct dcv_transport *through, bool close)
{
    static size_t numbers[SAME] = {0, 1, 2};
    struct dcv_timer timer = {.fire = on_later, .user = &numbers[2]};
    dcv_buf_init(&heard, 1000);
    ck_assert_int_eq(dcv_net_create(through, 0, &asked_net), DCV_OK);
    ask_same(&numbers[0]);
    ask_same(&numbers[1]);
    ck_assert_int_eq(dcv_net_timer_set(asked_net, &timer, 1000), DCV_OK);
    while (dcv_net_step(asked_net))
        continue;
    if (close)
        ck_assert_int_eq(dcv_recorder_close(through), DCV_OK);
    dcv_net_free(asked_net);
}

/* The first is answered last. */
static int answer_same(void *user, struct dcv_exchange *exchange)
{
    static const int after_ms[SAME] = {30, 20, 4};
    const size_t number = *(size_t *)exchange->user;
    (void)user;
    fake_answer(exchange, &"\x0a\x0b\x0c"[number], 1);
    return after_ms[number];
}

START_TEST(same_question)
{
    struct fake *fake;
    struct dcv_buf tape;
    const struct dcv_tape_header given = {.wall_s = 1};
    ck_assert_int_eq(dcv_recorder_create(fake_create(answer_same, NULL, &fake), path, &given, &transport), DCV_OK);
    run_same(transport, true);
    ck_assert_str_eq(dcv_buf_text(&heard), "2=12@5 1=11@20 0=10@30");
    dcv_buf_done(&heard);
    read_tape(&tape);
    ck_assert_int_eq(dcv_tape_create(tape.data, tape.len, &transport, &header, &line), DCV_OK);
    run_same(transport, false);
    ck_assert_str_eq(dcv_buf_text(&heard), "2=12@5 1=11@20 0=10@30");
    dcv_buf_done(&heard);
    dcv_buf_done(&tape);
}
END_TEST

/* A replay that asks at other times takes them from the oldest on. */
START_TEST(same_question_elsewhen)
{
    static const char text[] = HEAD "x fetch://192.0.2.80:80 tcp 77 100000 answer 71 01\nx fetch://192.0.2.80:80 tcp 88 200000 answer 71 02\n"
                                    "x fetch://192.0.2.80:80 tcp 66 300000 answer 71 03\n";
    ck_assert_int_eq(dcv_tape_create(text, sizeof text - 1, &transport, &header, &line), DCV_OK);
    run_same(transport, false);
    ck_assert_str_eq(dcv_buf_text(&heard), "0=1@100 1=2@200 2=3@300");
    dcv_buf_done(&heard);
}
END_TEST

START_TEST(replay_of_something_else)
{
    static const char text[] = HEAD;
    struct outcome outcomes[QUESTIONS];
    ck_assert_int_eq(dcv_tape_create(text, sizeof text - 1, &transport, &header, &line), DCV_OK);
    run(transport, header.start_us, &header.seed, false, outcomes);
    for (size_t i = 0; i < QUESTIONS; i++)
        ck_assert_int_eq(outcomes[i].end, DCV_LOOKUP_UNRECORDED);
}
END_TEST

START_TEST(tape_cannot_be_written)
{
    struct peer *peer;
    const struct dcv_tape_header given = {.wall_s = 1};
    struct dcv_transport *inner = peer_create("ok ok ok", &peer);
    ck_assert_int_eq(dcv_recorder_create(inner, "no/such/directory/tape", &given, &transport), DCV_ERR_IO);
    if (access("/dev/full", W_OK) != 0) {
        inner->free(inner);
        return;
    }
    ck_assert_int_eq(dcv_recorder_create(inner, "/dev/full", &given, &transport), DCV_OK);
    struct dcv_net *net;
    ck_assert_int_eq(dcv_net_create(transport, 0, &net), DCV_OK);
    ck_assert_int_eq(dcv_recorder_close(transport), DCV_ERR_IO);
    dcv_net_free(net);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("tape");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, reads_a_header);
    tcase_add_loop_test(tcase, damage, 0, ROWS(damages));
    tcase_add_test(tcase, cut_anywhere);
    tcase_add_test(tcase, tells_a_tape);
    tcase_add_loop_test(tcase, replays, 0, ROWS(scripts));
    tcase_add_test(tcase, same_question);
    tcase_add_test(tcase, same_question_elsewhen);
    tcase_add_test(tcase, replay_of_something_else);
    tcase_add_test(tcase, tape_cannot_be_written);
    return run_cases("tape", tcase);
}
