#include "net/smtp.h"

#include "support/run.h"
#include "support/scripted.h"

#include <stdio.h>
#include <string.h>

#define STEPS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

/* What a server says that has nothing against anything, up to a point. */
#define GREETED "send 220 mx.example ESMTP\r\n", "line"
#define EHLOED GREETED, "send 250-mx.example\r\n250-SIZE 1000\r\n250 HELP\r\n", "line"
#define MAILED EHLOED, "send 250 ok\r\n", "line"
#define PARTED "send 250 reset\r\n", "line", "send 221 bye\r\n"
#define OFFERED GREETED, "send 250-mx.example\r\n250 STARTTLS\r\n", "line"

/* What it heard, likewise. */
#define HELLO "EHLO client.example\r\n"
#define SENDER "MAIL FROM:<probe@client.example>\r\n"
#define FIRST "RCPT TO:<admin@example.jp>\r\n"
#define SECOND "RCPT TO:<hostmaster@example.jp>\r\n"
#define BOTH HELLO SENDER FIRST SECOND
#define WHOLE BOTH "RSET\r\nQUIT\r\n"

/* What the transcript says of it. */
#define T_GREETED "recipients 2\nbanner 220 mx.example ESMTP\n"
#define T_EHLOED T_GREETED "ehlo 250 mx.example\\x0aSIZE 1000\\x0aHELP\n"
#define T_MAILED T_EHLOED "mail 250 ok\n"
#define T_PARTED "rset 250 reset\nquit 221 bye\n"
#define T_OFFERED T_GREETED "ehlo 250 mx.example\\x0aSTARTTLS\n"

static struct outcome talk_to(struct scripted *server, const struct dcv_smtp_request *request, bool trusted, unsigned timeout_ms)
{
    struct dcv_buf query;
    dcv_buf_init(&query, 65536);
    ck_assert_int_eq(dcv_smtp_request_write(request, &query), DCV_OK);
    const struct converse with = {.protocol = DCV_PROTO_SMTP, .port = scripted_port(server), .timeout_ms = timeout_ms, .query = &query,
                                  .ca_file = trusted ? scripted_certificate(server) : NULL};
    struct outcome outcome = converse(&with);
    dcv_buf_done(&query);
    scripted_join(server);
    return outcome;
}

enum { SHORT_MS = 1500, LONG_MS = 3600000 };

static unsigned patience(const char *transcript)
{
    return strstr(transcript, "timeout") != NULL ? SHORT_MS : LONG_MS;
}

static const char *const two[] = {"admin@example.jp", "hostmaster@example.jp"};
static const struct dcv_smtp_request plain = {.host = "mx.example", .helo = "client.example", .from = "probe@client.example", .recipients = two,
                                              .count = 2};
static const struct dcv_smtp_request secure = {.host = "mx.example", .helo = "client.example", .from = "probe@client.example", .recipients = two,
                                               .count = 2, .starttls = true};

/* ---- without TLS ----------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *const *steps;
    const char *heard; /* NULL: that hangs on who is faster */
    const char *transcript;
} plain_cases[] = {
    {STEPS(MAILED, "send 250 ok\r\n", "line", "send 251 forwards\r\n", "line", PARTED), WHOLE,
     T_MAILED "rcpt 0 250 ok\nrcpt 1 251 forwards\n" T_PARTED},
    {STEPS(MAILED, "send 550-5.1.1 no such user\r\n550-\r\n550 5.1.1 \\ \x1b[31m\r\n", "line", "send 450 4.2.0 later\n", "line", PARTED), WHOLE,
     T_MAILED "rcpt 0 550 5.1.1 no such user\\x0a\\x0a5.1.1 \\\\ \\x1b[31m\nrcpt 1 450 4.2.0 later\n" T_PARTED},
    {STEPS(MAILED, "drip 250-o\r\n250 k\r\n", "line", "send 250\r\n", "line", PARTED), WHOLE,
     T_MAILED "rcpt 0 250 o\\x0ak\nrcpt 1 250 \n" T_PARTED},
    {STEPS(MAILED, "send 250 ok\r\n550 out of turn\r\n", "line", "send 250 ok\r\n", "line", PARTED), WHOLE,
     T_MAILED "rcpt 0 250 ok\nrcpt 1 250 ok\n" T_PARTED},
    /* Refused on the way. */
    {STEPS("send 554 no mail here\r\n", "line", "send 221 bye\r\n"), "QUIT\r\n", "recipients 2\nbanner 554 no mail here\nquit 221 bye\n"},
    {STEPS("send 554 no mail here\r\n"), NULL, "recipients 2\nbanner 554 no mail here\nquit 0\n"},
    {STEPS("send 421 busy\r\n", "line"), "QUIT\r\n", "recipients 2\nbanner 421 busy\nquit 0\n"},
    {STEPS(GREETED, "send 502 what\r\n", "line", "send 250-mx\r\n250 STARTTLS\r\n", "line", "send 250 ok\r\n", "line", "send 250 ok\r\n", "line",
           "send 250 ok\r\n", "line", PARTED),
     HELLO "HELO client.example\r\n" SENDER FIRST SECOND "RSET\r\nQUIT\r\n",
     T_GREETED "ehlo 502 what\nhelo 250 mx\\x0aSTARTTLS\nmail 250 ok\nrcpt 0 250 ok\nrcpt 1 250 ok\n" T_PARTED},
    {STEPS(GREETED, "send 502 what\r\n", "line", "send 550 go away\r\n", "line", "send 221 bye\r\n"), HELLO "HELO client.example\r\nQUIT\r\n",
     T_GREETED "ehlo 502 what\nhelo 550 go away\nquit 221 bye\n"},
    {STEPS(GREETED, "send 450 later\r\n", "line", "send 221 bye\r\n"), HELLO "QUIT\r\n", T_GREETED "ehlo 450 later\nquit 221 bye\n"},
    {STEPS(EHLOED, "send 550 not you\r\n", "line", "send 221 bye\r\n"), HELLO SENDER "QUIT\r\n", T_EHLOED "mail 550 not you\nquit 221 bye\n"},
    {STEPS(EHLOED, "send 354 what\r\n", "line", "send 221 bye\r\n"), HELLO SENDER "QUIT\r\n", T_EHLOED "mail 354 what\nquit 221 bye\n"},
    {STEPS(MAILED, "send 421 closing\r\n", "line", "send 221 bye\r\n"), HELLO SENDER FIRST "QUIT\r\n",
     T_MAILED "rcpt 0 421 closing\nquit 221 bye\n"},
    {STEPS(MAILED, "send 421 closing\r\n"), NULL, T_MAILED "rcpt 0 421 closing\nquit 0\n"},
    /* It closes the connection at each stage. */
    {STEPS("reset"), "", "recipients 2\nbroken closed\n"},
    {STEPS("send 220-mx.example\r\n"), "", "recipients 2\nbroken closed\n"},
    {STEPS(GREETED), HELLO, T_GREETED "ehlo 0\nbroken closed\n"},
    {STEPS(EHLOED), HELLO SENDER, T_EHLOED "mail 0\nbroken closed\n"},
    {STEPS(MAILED), HELLO SENDER FIRST, T_MAILED "rcpt 0 0\nbroken closed\n"},
    {STEPS(MAILED, "reset"), HELLO SENDER FIRST, T_MAILED "rcpt 0 0\nbroken closed\n"},
    {STEPS(MAILED, "send 250 ok\r\n", "line"), BOTH, T_MAILED "rcpt 0 250 ok\nrcpt 1 0\nbroken closed\n"},
    {STEPS(MAILED, "send 250 ok\r\n", "line", "send 250 ok\r\n", "line"), BOTH "RSET\r\n",
     T_MAILED "rcpt 0 250 ok\nrcpt 1 250 ok\nrset 0\n"},
    {STEPS(MAILED, "send 250 ok\r\n", "line", "send 250 ok\r\n", "line", "send 250 ok\r\n", "line"), WHOLE,
     T_MAILED "rcpt 0 250 ok\nrcpt 1 250 ok\nrset 250 ok\nquit 0\n"},
    /* It says nothing more. */
    {STEPS("hang"), "", "recipients 2\nbroken timeout\n"},
    {STEPS("send 220-mx.example\r\n", "hang"), "", "recipients 2\nbroken timeout\n"},
    {STEPS(GREETED, "hang"), HELLO, T_GREETED "ehlo 0\nbroken timeout\n"},
    {STEPS(EHLOED, "hang"), HELLO SENDER, T_EHLOED "mail 0\nbroken timeout\n"},
    {STEPS(MAILED, "hang"), HELLO SENDER FIRST, T_MAILED "rcpt 0 0\nbroken timeout\n"},
    {STEPS(MAILED, "send 250 ok\r\n", "line", "send 250 ok\r\n", "line", "hang"), BOTH "RSET\r\n",
     T_MAILED "rcpt 0 250 ok\nrcpt 1 250 ok\nrset 0\n"},
    {STEPS("send 554 no mail here\r\n", "hang"), "QUIT\r\n", "recipients 2\nbanner 554 no mail here\nquit 0\n"},
    {STEPS("drip 220-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"), "",
     "recipients 2\nbroken timeout\n"},
    /* It is no mail server. */
    {STEPS("send SSH-2.0-example\r\n"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send HTTP/1.1 400 Bad Request\r\n\r\n"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send 22\r\n", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send 100 hm\r\n", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send 600 hm\r\n", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send 220_hm\r\n", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send \r\n", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send 220-mx.example\r\nwelcome\r\n", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("flood 2", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS("send 220-", "flood 2", "hang"), "", "recipients 2\nbroken not SMTP\n"},
    {STEPS(EHLOED, "send ok\r\n", "hang"), HELLO SENDER, T_EHLOED "mail 0\nbroken not SMTP\n"},
};

START_TEST(without_tls)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = plain_cases[_i].steps});
    struct outcome outcome = talk_to(server, &plain, false, patience(plain_cases[_i].transcript));
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_ANSWER);
    ck_assert_str_eq(outcome.answer, plain_cases[_i].transcript);
    if (plain_cases[_i].heard != NULL)
        ck_assert_str_eq(scripted_heard(server), plain_cases[_i].heard);
    ck_assert_ptr_null(strstr(scripted_heard(server), "DATA"));
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

/* A farewell is not waited for as long as anything else. */
START_TEST(short_farewell)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = STEPS("send 554 no\r\n", "hang")});
    struct outcome outcome = talk_to(server, &plain, false, LONG_MS);
    ck_assert_str_eq(outcome.answer, "recipients 2\nbanner 554 no\nquit 0\n");
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

/* What a reply has too much is dropped, and the reply stands. */
START_TEST(long_reply)
{
    static char text[2 * DCV_SMTP_REPLY_MAX + 1], step[3 * DCV_SMTP_REPLY_MAX];
    memset(text, 'x', sizeof text - 1);
    (void)snprintf(step, sizeof step, "send 554-%s\r\n554 end\r\n", text);
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = STEPS(step)});
    struct outcome outcome = talk_to(server, &plain, false, LONG_MS);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_smtp_answer answer;
    ck_assert_int_eq(dcv_smtp_answer_read(arena, outcome.answer, outcome.answer_len, &answer), DCV_OK);
    ck_assert_uint_eq(answer.banner.code, 554);
    ck_assert_uint_eq(strspn(answer.banner.text, "x"), DCV_SMTP_REPLY_MAX);
    ck_assert_uint_eq(strlen(answer.banner.text), DCV_SMTP_REPLY_MAX);
    dcv_arena_free(arena);
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

/* ---- with TLS -------------------------------------------------------------------------------------------------------------------- */

#define SHAKEN OFFERED, "send 220 go ahead\r\n", "tls", "line", "send 250-mx.example\r\n250 HELP\r\n", "line"
#define REST "send 250 ok\r\n", "line", "send 550 no\r\n", "line", "send 250 ok\r\n", "line", PARTED
#define SHAKEN_HEARD HELLO "STARTTLS\r\n" WHOLE
#define T_REST "mail 250 ok\nrcpt 0 550 no\nrcpt 1 250 ok\n" T_PARTED

static const struct {
    const char *const *steps;
    const char *name; /* of the certificate */
    bool trusted;
    const char *heard, *transcript;
} tls_cases[] = {
    {STEPS(SHAKEN, REST), "mx.example", true, SHAKEN_HEARD,
     T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3\nehlo 250 mx.example\\x0aHELP\n" T_REST},
    {STEPS(SHAKEN, REST), "mx.example", false, SHAKEN_HEARD,
     T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3 self-signed certificate\nehlo 250 mx.example\\x0aHELP\n" T_REST},
    {STEPS(SHAKEN, REST), "other.example", true, SHAKEN_HEARD,
     T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3 hostname mismatch\nehlo 250 mx.example\\x0aHELP\n" T_REST},
    /* What was slipped in before the handshake is no answer to anything after it. */
    {STEPS(OFFERED, "send 220 go ahead\r\n250-mx.example\r\n250 EVIL\r\n250 ok\r\n", "tls", "line", "send 250-mx.example\r\n250 HELP\r\n", "line",
           REST),
     "mx.example", true, SHAKEN_HEARD, T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3\nehlo 250 mx.example\\x0aHELP\n" T_REST},
    /* STARTTLS that is offered again is not asked for again; HELO does after the handshake, too. */
    {STEPS(OFFERED, "send 220 go ahead\r\n", "tls", "line", "send 250-mx.example\r\n250 STARTTLS\r\n", "line", REST), "mx.example", true,
     SHAKEN_HEARD, T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3\nehlo 250 mx.example\\x0aSTARTTLS\n" T_REST},
    {STEPS(OFFERED, "send 220 go ahead\r\n", "tls", "line", "send 500 what\r\n", "line", "send 250 mx.example\r\n", "line", REST), "mx.example",
     true, HELLO "STARTTLS\r\n" HELLO "HELO client.example\r\n" SENDER FIRST SECOND "RSET\r\nQUIT\r\n",
     T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3\nehlo 500 what\nhelo 250 mx.example\n" T_REST},
    /* Refused: it goes on without. */
    {STEPS(OFFERED, "send 454 not now\r\n", "line", REST), NULL, false, HELLO "STARTTLS\r\n" SENDER FIRST SECOND "RSET\r\nQUIT\r\n",
     T_OFFERED "starttls 454 not now\n" T_REST},
    {STEPS(EHLOED, REST), NULL, false, WHOLE, T_EHLOED T_REST},
    {STEPS(OFFERED, "send 421 closing\r\n", "line"), NULL, false, HELLO "STARTTLS\r\nQUIT\r\n",
     T_OFFERED "starttls 421 closing\nquit 0\n"},
    /* Broken: it is over. */
    {STEPS(SHAKEN, "hang"), "mx.example", true, HELLO "STARTTLS\r\n" HELLO SENDER,
     T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3\nehlo 250 mx.example\\x0aHELP\nmail 0\nbroken timeout\n"},
    {STEPS(SHAKEN), "mx.example", true, HELLO "STARTTLS\r\n" HELLO SENDER,
     T_OFFERED "starttls 220 go ahead\nhandshake TLSv1.3\nehlo 250 mx.example\\x0aHELP\nmail 0\nbroken closed\n"},
    {STEPS(OFFERED, "hang"), NULL, false, HELLO "STARTTLS\r\n", T_OFFERED "starttls 0\nbroken timeout\n"},
};

START_TEST(with_tls)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = tls_cases[_i].steps, .name = tls_cases[_i].name});
    struct outcome outcome = talk_to(server, &secure, tls_cases[_i].trusted, patience(tls_cases[_i].transcript));
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_ANSWER);
    ck_assert_str_eq(outcome.answer, tls_cases[_i].transcript);
    ck_assert_str_eq(scripted_heard(server), tls_cases[_i].heard);
    ck_assert_ptr_null(strstr(scripted_heard(server), "DATA"));
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

/* The handshake fails: nothing is said after it, but for what TLS says. */
static const struct {
    const char *const *steps;
    const char *end;
} failed_cases[] = {
    {STEPS(OFFERED, "send 220 go ahead\r\n", "send 454 or not\r\n", "hang"), "handshake - wrong version number\nbroken handshake\n"},
    {STEPS(OFFERED, "send 220 go ahead\r\n", "reset"), "handshake - the server closed the connection\nbroken handshake\n"},
    {STEPS(OFFERED, "send 220 go ahead\r\n", "hang"), "handshake - timeout\nbroken timeout\n"},
};

START_TEST(handshake_that_fails)
{
    /* The client speaks first in TLS: what comes later than its hello is seen as TLS. */
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = failed_cases[_i].steps});
    struct outcome outcome = talk_to(server, &secure, false, patience(failed_cases[_i].end));
    const char *begin = T_OFFERED "starttls 220 go ahead\n";
    ck_assert_int_eq(outcome.end, DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(strncmp(outcome.answer, begin, strlen(begin)), 0);
    ck_assert_str_eq(outcome.answer + strlen(begin), failed_cases[_i].end);
    ck_assert_int_eq(strncmp(scripted_heard(server), HELLO "STARTTLS\r\n", strlen(HELLO "STARTTLS\r\n")), 0);
    ck_assert_ptr_null(strstr(scripted_heard(server) + strlen(HELLO "STARTTLS\r\n"), "MAIL"));
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

/* ---- addresses beyond ASCII ------------------------------------------------------------------------------------------------------ */

static const char *const wide_recipients[] = {"\xe7\xae\xa1@example.jp", "admin@example.jp"};
static const struct dcv_smtp_request wide = {.host = "mx.example", .helo = "client.example", .from = "", .recipients = wide_recipients, .count = 2};

static const struct {
    const char *const *steps;
    const char *heard, *transcript;
} wide_cases[] = {
    {STEPS(GREETED, "send 250-mx.example\r\n250 smtputf8\r\n", "line", "send 250 ok\r\n", "line", "send 250 ok\r\n", "line", "send 250 ok\r\n",
           "line", PARTED),
     HELLO "MAIL FROM:<> SMTPUTF8\r\nRCPT TO:<\xe7\xae\xa1@example.jp>\r\n" FIRST "RSET\r\nQUIT\r\n",
     T_GREETED "ehlo 250 mx.example\\x0asmtputf8\nmail 250 ok\nrcpt 0 250 ok\nrcpt 1 250 ok\n" T_PARTED},
    {STEPS(MAILED, "send 250 ok\r\n", "line", PARTED), HELLO "MAIL FROM:<>\r\n" FIRST "RSET\r\nQUIT\r\n",
     T_MAILED "rcpt 1 250 ok\n" T_PARTED},
};

START_TEST(wide_address)
{
    struct scripted *server = scripted_start(&(struct scripted_options){.steps = wide_cases[_i].steps});
    struct outcome outcome = talk_to(server, &wide, false, LONG_MS);
    ck_assert_str_eq(outcome.answer, wide_cases[_i].transcript);
    ck_assert_str_eq(scripted_heard(server), wide_cases[_i].heard);
    outcome_done(&outcome);
    scripted_free(server);
}
END_TEST

/* ---- requests and transcripts ---------------------------------------------------------------------------------------------------- */

START_TEST(written_and_read)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_smtp_request again;
    struct dcv_buf out;
    dcv_buf_init(&out, 1024);
    ck_assert_int_eq(dcv_smtp_request_write(&secure, &out), DCV_OK);
    ck_assert_str_eq(dcv_buf_text(&out), "host mx.example\nhelo client.example\nfrom probe@client.example\nstarttls\nrcpt admin@example.jp\n"
                                         "rcpt hostmaster@example.jp\n");
    ck_assert_int_eq(dcv_smtp_request_read(arena, out.data, out.len, &again), DCV_OK);
    ck_assert_uint_eq(again.count, 2);
    ck_assert(again.starttls);
    ck_assert_str_eq(again.recipients[1], "hostmaster@example.jp");
    ck_assert_str_eq(again.from, "probe@client.example");
    dcv_buf_clear(&out);
    ck_assert_int_eq(dcv_smtp_request_write(&wide, &out), DCV_OK);
    ck_assert_int_eq(dcv_smtp_request_read(arena, out.data, out.len, &again), DCV_OK);
    ck_assert_str_eq(again.recipients[0], wide_recipients[0]);
    ck_assert_str_eq(again.from, "");
    ck_assert(!again.starttls);
    dcv_buf_done(&out);
    dcv_arena_free(arena);
}
END_TEST

static const char *const bad_values[] = {"a\r\nDATA", "a\nb", "a>", "<a", "\x7f", "\x01"};

START_TEST(bad_request)
{
    struct dcv_buf out;
    const char *bad = bad_values[_i];
    dcv_buf_init(&out, 65536);
    struct dcv_smtp_request requests[] = {plain, plain, plain, plain};
    requests[0].host = bad;
    requests[1].helo = bad;
    requests[2].from = bad;
    requests[3].recipients = &bad;
    requests[3].count = 1;
    for (int i = 0; i < COUNT(requests); i++)
        ck_assert_int_eq(dcv_smtp_request_write(&requests[i], &out), DCV_ERR_USAGE);
    ck_assert_uint_eq(out.len, 0);
    dcv_buf_done(&out);
}
END_TEST

START_TEST(bounded_request)
{
    static char text[1024];
    const char *many[DCV_SMTP_RECIPIENTS + 1];
    struct dcv_smtp_request request = plain;
    struct dcv_buf out;
    dcv_buf_init(&out, 65536);
    for (int i = 0; i < COUNT(many); i++)
        many[i] = "a@example.jp";
    request.recipients = many;
    request.count = DCV_SMTP_RECIPIENTS;
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_OK);
    request.count++;
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_ERR_USAGE);
    request.count = 1;
    many[0] = text;
    memset(text, 'x', sizeof text - 1);
    text[480] = '\0';
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_OK);
    text[480] = 'x';
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_ERR_USAGE);
    request = plain;
    request.host = text + sizeof text - DCV_ENDPOINT_NAME;
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_OK);
    request.host = text + sizeof text - DCV_ENDPOINT_NAME - 1;
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_ERR_USAGE);
    request = plain;
    request.helo = "";
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_ERR_USAGE);
    request = plain;
    request.from = "\xe7\xae\xa1@example.jp";
    ck_assert_int_eq(dcv_smtp_request_write(&request, &out), DCV_ERR_USAGE);
    dcv_buf_done(&out);
}
END_TEST

static const char *const no_requests[] = {
    "", "helo a\n", "from \n", "helo a\nfrom ", "helo a\nfrom \nother\n", "helo a\nfrom \nrcpt\n", "helo a\nfrom \nrcpt a\rb\n",
    "helo a\nfrom \nstarttls x\n", "helo \nfrom \n", "\n",
};

/* The transport does not take it, and nobody is connected to. */
START_TEST(no_request)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_smtp_request out;
    ck_assert_int_eq(dcv_smtp_request_read(arena, no_requests[_i], strlen(no_requests[_i]), &out), DCV_ERR_SYNTAX);
    ck_assert_int_eq(dcv_smtp_request_read(arena, "helo a\0\nfrom \n", 14, &out), DCV_ERR_SYNTAX);
    dcv_arena_free(arena);
}
END_TEST

START_TEST(transcript)
{
    static const char text[] = "recipients 3\nbanner 220 mx.example\nehlo 250 mx.example\\x0asize\\x0astarttls\nstarttls 220 go\n"
                               "handshake TLSv1.2 certificate has expired\nehlo 250 mx.example\nmail 250 ok\nrcpt 0 250 ok\n"
                               "rcpt 2 550 \\\\ \\x80\\u{200b}\\u{e0001}\nbroken closed\n";
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_smtp_answer answer;
    ck_assert_int_eq(dcv_smtp_answer_read(arena, text, sizeof text - 1, &answer), DCV_OK);
    ck_assert_uint_eq(answer.count, 3);
    ck_assert(answer.offers_starttls && answer.tls && !answer.sound);
    ck_assert_str_eq(answer.tls_version, "TLSv1.2");
    ck_assert_str_eq(answer.flaw, "certificate has expired");
    ck_assert_str_eq(answer.ehlo.text, "mx.example");
    ck_assert_uint_eq(answer.recipients[1].code, 0);
    ck_assert_str_eq(answer.recipients[1].text, "");
    ck_assert_str_eq(answer.recipients[2].text, "\\ \x80\xe2\x80\x8b\xf3\xa0\x80\x81");
    ck_assert_str_eq(answer.broken, "closed");
    ck_assert_str_eq(dcv_smtp_stage_text(answer.reached), "rcpt");
    dcv_arena_free(arena);
}
END_TEST

static const struct {
    const char *text;
    enum dcv_smtp_stage reached;
    bool offers, tls, sound;
} reached_cases[] = {
    {"recipients 0\n", DCV_SMTP_CONNECTED, false, false, false},
    {"recipients 0\nbanner 220 a\n", DCV_SMTP_BANNER, false, false, false},
    {"recipients 0\nehlo 250 a\\x0aXSTARTTLS\\x0aSTARTTLSX\n", DCV_SMTP_EHLO, false, false, false},
    {"recipients 0\nehlo 250 STARTTLS\n", DCV_SMTP_EHLO, false, false, false},
    {"recipients 0\nehlo 550 a\\x0aSTARTTLS\n", DCV_SMTP_EHLO, false, false, false},
    {"recipients 0\nhelo 250 a\\x0aSTARTTLS\n", DCV_SMTP_EHLO, false, false, false},
    {"recipients 0\nehlo 250 a\\x0aSTARTTLS 1\nstarttls 454 b\n", DCV_SMTP_STARTTLS, true, false, false},
    {"recipients 0\nhandshake - wrong\n", DCV_SMTP_HANDSHAKE, false, false, false},
    {"recipients 0\nhandshake TLSv1.3\n", DCV_SMTP_HANDSHAKE, false, true, true},
    {"recipients 0\nhandshake TLSv1.3\nehlo 250 a\\x0aSTARTTLS\n", DCV_SMTP_EHLO_AGAIN, false, true, true},
    {"recipients 0\nhandshake TLSv1.3\nehlo 550 a\nhelo 250 a\n", DCV_SMTP_EHLO_AGAIN, false, true, true},
    {"recipients 0\nmail 0\nbroken timeout\n", DCV_SMTP_MAIL, false, false, false},
    {"recipients 1\nrcpt 0 250 \nrset 250 \n", DCV_SMTP_RCPT, false, false, false},
    {"recipients 1\nrcpt 0 250 \nrset 250 \nquit 0\n", DCV_SMTP_QUIT, false, false, false},
};

START_TEST(reached)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_smtp_answer answer;
    ck_assert_int_eq(dcv_smtp_answer_read(arena, reached_cases[_i].text, strlen(reached_cases[_i].text), &answer), DCV_OK);
    ck_assert_int_eq(answer.reached, reached_cases[_i].reached);
    ck_assert_int_eq(answer.offers_starttls, reached_cases[_i].offers);
    ck_assert_int_eq(answer.tls, reached_cases[_i].tls);
    ck_assert_int_eq(answer.sound, reached_cases[_i].sound);
    dcv_arena_free(arena);
}
END_TEST

static const char *const no_transcripts[] = {
    "", "\n", "banner 220 a\n", "recipients\n", "recipients 25\n", "recipients -1\n", "recipients 1", "recipients 0\nrcpt 0 250 a\n",
    "recipients 1\nrcpt 1 250 a\n", "recipients 1\nrcpt -1 250 a\n", "recipients 1\nrcpt 0\n", "recipients 1\nbanner x a\n",
    "recipients 1\nbanner 600 a\n", "recipients 1\nbanner 220 \\\n", "recipients 1\nbroken\n", "recipients 1\ndata 354 a\n",
};

START_TEST(no_transcript)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_smtp_answer answer;
    ck_assert_int_eq(dcv_smtp_answer_read(arena, no_transcripts[_i], strlen(no_transcripts[_i]), &answer), DCV_ERR_SYNTAX);
    dcv_arena_free(arena);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("smtp");
    tcase_add_loop_test(tcase, without_tls, 0, COUNT(plain_cases));
    tcase_add_test(tcase, short_farewell);
    tcase_add_test(tcase, long_reply);
    tcase_add_loop_test(tcase, with_tls, 0, COUNT(tls_cases));
    tcase_add_loop_test(tcase, handshake_that_fails, 0, COUNT(failed_cases));
    tcase_add_loop_test(tcase, wide_address, 0, 2);
    tcase_add_test(tcase, written_and_read);
    tcase_add_loop_test(tcase, bad_request, 0, COUNT(bad_values));
    tcase_add_test(tcase, bounded_request);
    tcase_add_loop_test(tcase, no_request, 0, COUNT(no_requests));
    tcase_add_test(tcase, transcript);
    tcase_add_loop_test(tcase, reached, 0, COUNT(reached_cases));
    tcase_add_loop_test(tcase, no_transcript, 0, COUNT(no_transcripts));
    return run_cases("smtp", tcase);
}
