#include "net/alpn.h"
#include "net/whois.h"

#include "support/run.h"
#include "support/scripted.h"

#include <string.h>

#define STEPS(...) ((const char *const[]){__VA_ARGS__, NULL})

enum { SHORT_MS = 1000, LONG_MS = 3600000 };

/* ---- WHOIS ----------------------------------------------------------------------------------------------------------------------- */

static struct outcome ask_whois(struct scripted *server, struct converse with)
{
    struct dcv_buf query;
    dcv_buf_init(&query, 512);
    dcv_buf_puts(&query, "example.jp\r\n");
    with.protocol = DCV_PROTO_WHOIS;
    with.query = &query;
    if (server != NULL)
        with.port = scripted_port(server);
    struct outcome outcome = converse(&with);
    dcv_buf_done(&query);
    return outcome;
}

static const struct {
    const char *const *steps;
    enum dcv_exchange_end end;
    const char *answer, *why;
} whois_cases[] = {
    {STEPS("line", "send a: 1\r\n\r\nb: 2\r\n"), DCV_EXCHANGE_ANSWER, "a: 1\r\n\r\nb: 2\r\n", ""},
    {STEPS("line", "drip a: 1\r\nb: 2"), DCV_EXCHANGE_ANSWER, "a: 1\r\nb: 2", ""},
    {STEPS("send early\n", "line", "send late\n"), DCV_EXCHANGE_ANSWER, "early\nlate\n", ""},
    {STEPS("line", "send a: 1\r\n", "reset"), DCV_EXCHANGE_ANSWER, "a: 1\r\n", ""},
    {STEPS("line"), DCV_EXCHANGE_FAILED, "", "the server closed the connection"},
    {STEPS("line", "reset"), DCV_EXCHANGE_FAILED, "", "the server closed the connection"},
    {STEPS("line", "hang"), DCV_EXCHANGE_TIMEOUT, "", ""},
    {STEPS("line", "send a: 1\r\n", "hang"), DCV_EXCHANGE_TIMEOUT, "", ""},
    /* More time in all than there is, though little between two octets. */
    {STEPS("line", "drip xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
     DCV_EXCHANGE_TIMEOUT, "", ""},
};

START_TEST(whois)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = whois_cases[_i].steps});
    struct outcome outcome = ask_whois(server, (struct converse){.timeout_ms = whois_cases[_i].end == DCV_EXCHANGE_TIMEOUT ? SHORT_MS : LONG_MS});
    ck_assert_int_eq(outcome.end, whois_cases[_i].end);
    ck_assert_str_eq(outcome.answer, whois_cases[_i].answer);
    ck_assert_str_eq(outcome.why, whois_cases[_i].why);
    scripted_join(server);
    ck_assert_str_eq(scripted_heard(server), "example.jp\r\n");
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

START_TEST(whois_at_the_limit)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = STEPS("line", "flood 16")});
    struct outcome outcome = ask_whois(server, (struct converse){0});
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_ANSWER);
    ck_assert_uint_eq(outcome.answer_len, DCV_WHOIS_MAX);
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

static const char *const *const floods[] = {
    STEPS("line", "flood 16", "send x"),
    STEPS("line", "flood 16", "send x", "hang"), /* its end is not waited for */
    STEPS("line", "flood 200"),
};

START_TEST(whois_beyond_the_limit)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = floods[_i]});
    struct outcome outcome = ask_whois(server, (struct converse){0});
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_CUT);
    ck_assert_uint_eq(outcome.answer_len, DCV_WHOIS_MAX);
    ck_assert_uint_eq(strspn(outcome.answer, "x"), DCV_WHOIS_MAX);
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

static const enum dcv_protocol protocols[] = {DCV_PROTO_WHOIS, DCV_PROTO_SMTP, DCV_PROTO_ALPN};

/* A request of the protocol that is fine. */
static void put_query(enum dcv_protocol protocol, struct dcv_buf *out)
{
    dcv_buf_init(out, 512);
    dcv_buf_puts(out, protocol == DCV_PROTO_SMTP   ? "host mx.example\nhelo client.example\nfrom \nrcpt a@b.example\n"
                      : protocol == DCV_PROTO_ALPN ? "name www.example\nprotocol acme-tls/1\n"
                                                   : "example.jp\r\n");
}

static struct outcome try_protocol(enum dcv_protocol protocol, struct converse with)
{
    struct dcv_buf query;
    put_query(protocol, &query);
    with.protocol = protocol;
    with.query = &query;
    struct outcome outcome = converse(&with);
    dcv_buf_done(&query);
    return outcome;
}

START_TEST(refused)
{
    struct outcome outcome = try_protocol(protocols[_i], (struct converse){.port = scripted_closed_port()});
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_UNREACHABLE);
    ck_assert_str_eq(outcome.why, "the connection was refused");
    ck_assert_uint_eq(outcome.answer_len, 0);
    outcome_done(&outcome);
}
END_TEST

START_TEST(no_private_address)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = STEPS("line")});
    struct outcome outcome = try_protocol(protocols[_i], (struct converse){.port = scripted_port(server), .public_only = true});
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_PRIVATE);
    ck_assert_uint_eq(outcome.answer_len, 0);
    ck_assert(!scripted_met(server));
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

START_TEST(private_address_that_was_named)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = STEPS("line", "send 1")});
    struct outcome outcome = ask_whois(server, (struct converse){.public_only = true, .named = true});
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_ANSWER);
    ck_assert_str_eq(outcome.answer, "1");
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

static const char *const *const hangs[] = {STEPS("hang"), STEPS("send 220 mx.example\r\n", "hang"), STEPS("send 220 mx.exa", "hang")};

START_TEST(dropped)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = hangs[_i / 3]});
    struct dcv_buf query;
    put_query(protocols[_i % 3], &query);
    if (protocols[_i % 3] != DCV_PROTO_ALPN || _i / 3 == 0) /* else it is over before */
        converse_and_drop(&(struct converse){.protocol = protocols[_i % 3], .port = scripted_port(server), .query = &query}, 100);
    dcv_buf_done(&query);
    scripted_free(server);
}
END_TEST

/* ---- ALPN ------------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *const *steps;
    enum scripted_alpn alpn;
    const char *name; /* of the certificate */
    bool trusted, identifier;
    const char *answer;
} alpn_cases[] = {
    {STEPS("tls"), SCRIPTED_ALPN_CHOOSE, "www.example", true, false, "version TLSv1.3\nprotocol acme-tls/1\n"},
    {STEPS("tls"), SCRIPTED_ALPN_CHOOSE, "www.example", false, true,
     "version TLSv1.3\nprotocol acme-tls/1\nidentifier\nflaw self-signed certificate\n"},
    {STEPS("tls"), SCRIPTED_ALPN_CHOOSE, "other.example", true, false, "version TLSv1.3\nprotocol acme-tls/1\nflaw hostname mismatch\n"},
    {STEPS("tls"), SCRIPTED_ALPN_NONE, "www.example", true, false, "version TLSv1.3\n"},
    {STEPS("tls"), SCRIPTED_ALPN_REFUSE, "www.example", true, false, "failure tlsv1 alert no application protocol\nno-protocol\n"},
    {STEPS("send 220 mx.example ESMTP\r\n"), SCRIPTED_ALPN_NONE, NULL, false, false, "failure no TLS\n"},
    {STEPS("send HTTP/1.1 400 Bad Request\r\n\r\n"), SCRIPTED_ALPN_NONE, NULL, false, false, "failure no TLS\n"},
    {STEPS("send \n"), SCRIPTED_ALPN_NONE, NULL, false, false, "failure the server closed the connection\n"},
    {STEPS("reset"), SCRIPTED_ALPN_NONE, NULL, false, false, "failure the server closed the connection\n"},
    {STEPS("hang"), SCRIPTED_ALPN_NONE, NULL, false, false, "failure timeout\n"},
};

START_TEST(alpn)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = alpn_cases[_i].steps, .alpn = alpn_cases[_i].alpn,
                                                                        .name = alpn_cases[_i].name, .identifier = alpn_cases[_i].identifier});
    const struct converse with = {.port = scripted_port(server), .timeout_ms = strstr(alpn_cases[_i].answer, "timeout") != NULL ? SHORT_MS : LONG_MS,
                                  .ca_file = alpn_cases[_i].trusted ? scripted_certificate(server) : NULL};
    struct outcome outcome = try_protocol(DCV_PROTO_ALPN, with);
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_ANSWER);
    ck_assert_str_eq(outcome.answer, alpn_cases[_i].answer);
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

START_TEST(alpn_read)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_alpn_answer answer;
    const char *done = "version TLSv1.3\nprotocol \\x01\\u{200b}\\\\\nidentifier\n", *failed = "failure alert\nno-protocol\n";
    ck_assert_int_eq(dcv_alpn_answer_read(arena, done, strlen(done), &answer), DCV_OK);
    ck_assert(answer.handshake && answer.sound && answer.identifier && !answer.no_protocol);
    ck_assert_str_eq(answer.negotiated, "\x01\xe2\x80\x8b\\");
    ck_assert_str_eq(answer.version, "TLSv1.3");
    ck_assert_str_eq(answer.flaw, "");
    ck_assert_int_eq(dcv_alpn_answer_read(arena, failed, strlen(failed), &answer), DCV_OK);
    ck_assert(!answer.handshake && !answer.sound && answer.no_protocol);
    ck_assert_str_eq(answer.failure, "alert");
    dcv_arena_free(arena);
}
END_TEST

static const char *const no_alpn_answers[] = {
    "", "\n", "version TLSv1.3", "version\n", "other 1\n", "identifier\n", "failure \n", "failure x\nversion TLSv1.3\n", "failure x\nflaw y\n",
    "version TLSv1.3\nno-protocol\n", "version TLSv1.3\nidentifier x\n", "version TLSv1.3\nflaw \\\n", "version TLSv1.3\nflaw \\q\n",
    "version TLSv1.3\nflaw \\x0\n", "version TLSv1.3\nflaw \\x00\n", "version TLSv1.3\nflaw \\u\n", "version TLSv1.3\nflaw \\u{\n",
    "version TLSv1.3\nflaw \\u{12}\n", "version TLSv1.3\nflaw \\u{1234\n", "version TLSv1.3\nflaw \\u{d800}\n", "version TLSv1.3\nflaw \\u{110000}\n",
    "version TLSv1.3\nflaw \\u{0000085}\n", "version TLSv1.3\nflaw \\u{0041}\n",
};

START_TEST(alpn_not_read)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_alpn_answer answer;
    const char *text = no_alpn_answers[_i];
    ck_assert_int_eq(dcv_alpn_answer_read(arena, text, strlen(text), &answer), DCV_ERR_SYNTAX);
    dcv_arena_free(arena);
}
END_TEST

START_TEST(alpn_request)
{
    static const struct dcv_alpn_request bad[] = {
        {"", "acme-tls/1"}, {"www.example", ""}, {"www.example\nx", "acme-tls/1"}, {"www.example", "acme tls"}, {"www\xff", "acme-tls/1"}};
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_alpn_request again;
    struct dcv_buf out;
    dcv_buf_init(&out, 1024);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(dcv_alpn_request_write(&bad[i], &out), DCV_ERR_USAGE);
    ck_assert_int_eq(dcv_alpn_request_write(&(struct dcv_alpn_request){"www.example", "acme-tls/1"}, &out), DCV_OK);
    ck_assert_int_eq(dcv_alpn_request_read(arena, out.data, out.len, &again), DCV_OK);
    ck_assert_str_eq(again.name, "www.example");
    ck_assert_str_eq(again.protocol, "acme-tls/1");
    ck_assert_int_eq(dcv_alpn_request_read(arena, out.data, out.len - 1, &again), DCV_ERR_SYNTAX);
    ck_assert_int_eq(dcv_alpn_request_read(arena, "name www.example\n", 17, &again), DCV_ERR_SYNTAX);
    dcv_buf_done(&out);
    dcv_arena_free(arena);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void)
{
    TCase *tcase = tcase_create("conversations");
    tcase_add_loop_test(tcase, whois, 0, COUNT(whois_cases));
    tcase_add_test(tcase, whois_at_the_limit);
    tcase_add_loop_test(tcase, whois_beyond_the_limit, 0, COUNT(floods));
    tcase_add_loop_test(tcase, refused, 0, COUNT(protocols));
    tcase_add_loop_test(tcase, no_private_address, 0, COUNT(protocols));
    tcase_add_test(tcase, private_address_that_was_named);
    tcase_add_loop_test(tcase, dropped, 0, 9);
    tcase_add_loop_test(tcase, alpn, 0, COUNT(alpn_cases));
    tcase_add_test(tcase, alpn_read);
    tcase_add_loop_test(tcase, alpn_not_read, 0, COUNT(no_alpn_answers));
    tcase_add_test(tcase, alpn_request);
    return run_cases("conversations", tcase);
}
