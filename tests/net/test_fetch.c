/* Requests over HTTP, to servers that behave as no server should. */
#include "net/fetch.h"

#include "base/io.h"
#include "net/talk.h"
#include "support/loopback.h"
#include "support/make_x509.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/temporary.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, LIMIT = 1000 };

static struct loopback server;
static struct dcv_arena *arena;
static struct dcv_transport *transport;
static struct dcv_net *net;
static char certificate_path[TEMPORARY_MAX];

/* What came of one request. */
static struct {
    int calls;
    enum dcv_exchange_end end;
    char why[DCV_WHY_TEXT];
    struct dcv_fetch_answer answer;
} got;

static void setup(void)
{
    memset(&got, 0, sizeof got);
    arena = dcv_arena_create(NULL);
    certificate_path[0] = '\0';
    loopback_listen(&server);
}

static void teardown(void)
{
    loopback_end(&server);
    dcv_arena_free(arena);
    if (certificate_path[0] != '\0')
        (void)unlink(certificate_path);
}

/* ---- asking --------------------------------------------------------------------------------------------------------------------------- */

static struct dcv_live_options options_of_live(void)
{
    return (struct dcv_live_options){.clock = dcv_clock_system(), .exchange_timeout_ms = PATIENCE_MS, .allow_private = true,
                                     .user_agent = "dcvready-test"};
}

static void begin(const struct dcv_live_options *options)
{
    ck_assert_int_eq(dcv_live_create(options, &transport), DCV_OK);
    ck_assert_int_eq(dcv_net_create(transport, options->clock.mono_us(options->clock.user), &net), DCV_OK);
}

static void on_done(void *user, const struct dcv_exchange *exchange)
{
    (void)user;
    got.calls++;
    got.end = exchange->end;
    memcpy(got.why, exchange->why, sizeof got.why);
    if (exchange->end == DCV_EXCHANGE_ANSWER)
        ck_assert_int_eq(dcv_fetch_answer_read(arena, exchange->answer, exchange->answer_len, &got.answer), DCV_OK);
    else
        ck_assert_uint_eq(exchange->answer_len, 0);
}

static struct dcv_talk *ask(const struct dcv_fetch_request *request, unsigned timeout_ms)
{
    const struct dcv_talk_request to = {.to = {.host = "127.0.0.1", .port = server.port, .protocol = DCV_PROTO_FETCH}, .timeout_ms = timeout_ms};
    struct dcv_buf query;
    struct dcv_talk *talk = NULL;
    dcv_buf_init(&query, 1 << 16);
    ck_assert_int_eq(dcv_fetch_request_write(request, &query), DCV_OK);
    ck_assert_int_eq(dcv_talk_start(net, &to, &query, on_done, NULL, &talk), DCV_OK);
    return talk;
}

static void fetch(const struct dcv_live_options *options, const struct dcv_fetch_request *request, unsigned timeout_ms)
{
    begin(options);
    (void)ask(request, timeout_ms);
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(got.calls, 1);
    dcv_net_free(net);
}

/* ---- servers without manners ------------------------------------------------------------------------------------------------------------ */

struct script {
    const char *head, *then; /* `then` is sent `times` times */
    unsigned times, pause_ms;
    bool lingers;            /* it does not close the connection */
};

static void read_request(int fd, char *out, size_t room)
{
    size_t len = 0;
    for (ssize_t more; len < room - 1 && (len < 4 || memcmp(out + len - 4, "\r\n\r\n", 4) != 0); len += (size_t)more)
        if ((more = recv(fd, out + len, 1, 0)) <= 0)
            break;
    out[len] = '\0';
}

static void play(int fd, const void *user)
{
    const struct script *script = user;
    char request[4096];
    read_request(fd, request, sizeof request);
    bool there = loopback_send(fd, script->head, strlen(script->head), script->pause_ms);
    for (unsigned i = 0; there && i < script->times; i++)
        there = loopback_send(fd, script->then, strlen(script->then), script->pause_ms);
    if (there && script->lingers)
        loopback_linger(fd);
}

#define K10 "0123456789"
#define K100 K10 K10 K10 K10 K10 K10 K10 K10 K10 K10
#define K1000 K100 K100 K100 K100 K100 K100 K100 K100 K100 K100
#define K8000 K1000 K1000 K1000 K1000 K1000 K1000 K1000 K1000
#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
    struct script script;
    enum dcv_exchange_end end;
    const char *why; /* of the beginning; NULL: none */
    unsigned status, body_len;
    bool cut;
    unsigned timeout_ms;
} manners[] = {
    {.script = {.head = OK "Content-Length: 3\r\n\r\nabc"}, .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = 3},
    {.script = {.head = OK "\r\nabc"}, .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = 3},
    {.script = {.head = OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"}, .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = 3},
    {.script = {.head = "HTTP/1.0 404 Not Found\r\n\r\n"}, .end = DCV_EXCHANGE_ANSWER, .status = 404, .body_len = 0},
    {.script = {.head = "HTTP/1.1 204 No Content\r\n\r\n", .lingers = true}, .end = DCV_EXCHANGE_ANSWER, .status = 204, .body_len = 0},
    {.script = {.head = OK "Content-Length: 1000\r\n\r\n" K1000}, .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = LIMIT},

    /* more than is taken */
    {.script = {.head = OK "Content-Length: 1001\r\n\r\n" K1000 "x"}, .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = LIMIT, .cut = true},
    {.script = {.head = OK "Content-Length: 10000000\r\n\r\n", .then = K1000, .times = 10000},
     .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = LIMIT, .cut = true},
    {.script = {.head = OK "Content-Length: 10000000000000\r\n\r\n" K1000 "x"},
     .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = LIMIT, .cut = true},
    {.script = {.head = OK "\r\n", .then = K1000, .times = 10000}, .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = LIMIT, .cut = true},
    {.script = {.head = OK "Transfer-Encoding: chunked\r\n\r\n", .then = "a\r\n" K10 "\r\n", .times = 100000},
     .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = LIMIT, .cut = true},
    {.script = {.head = OK, .then = "X-Endless: " K1000 "\r\n", .times = 100000}, .end = DCV_EXCHANGE_FAILED, .why = "the header is too long"},
    {.script = {.head = OK "X: ", .then = K1000, .times = 100000}, .end = DCV_EXCHANGE_FAILED, .why = "the header is too long"},
    {.script = {.head = "", .then = "HTTP/1.1 100 Continue\r\n\r\n", .times = 100000}, .end = DCV_EXCHANGE_FAILED, .why = "the header is too long"},
    {.script = {.head = "HTTP/1.1 301 Moved\r\nLocation: /" K8000 K1000 "\r\nContent-Length: 0\r\n\r\n"},
     .end = DCV_EXCHANGE_FAILED, .why = "the header is too long"},

    /* an encoding that was not asked for is not undone: these are the octets that came */
    {.script = {.head = OK "Content-Encoding: gzip\r\nContent-Length: 10\r\n\r\n\x1f\x8b\x08 1234 6"},
     .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = 10},

    /* 1xx are no answer */
    {.script = {.head = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 3\r\n\r\nabc"},
     .end = DCV_EXCHANGE_ANSWER, .status = 200, .body_len = 3},
    {.script = {.head = "HTTP/1.1 100 Continue\r\n\r\n"}, .end = DCV_EXCHANGE_FAILED, .why = "the server closed the connection"},

    /* no end */
    {.script = {.head = OK "Content-Length: 10\r\n\r\nabc"}, .end = DCV_EXCHANGE_FAILED, .why = "the body breaks off or is garbled"},
    {.script = {.head = OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}, .end = DCV_EXCHANGE_FAILED, .why = "the body breaks off or is garbled"},
    {.script = {.head = OK "Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n"},
     .end = DCV_EXCHANGE_FAILED, .why = "the body breaks off or is garbled"},
    {.script = {.head = OK "Content-Type: text/plain\r\n"}, .end = DCV_EXCHANGE_FAILED, .why = "the server closed the connection"},
    {.script = {.head = ""}, .end = DCV_EXCHANGE_FAILED, .why = "the server closed the connection"},
    {.script = {.head = "", .lingers = true}, .end = DCV_EXCHANGE_TIMEOUT, .why = "the server took the connection but", .timeout_ms = 300},
    {.script = {.head = OK "Content-Type: ", .then = K1000, .times = 100, .pause_ms = 20},
     .end = DCV_EXCHANGE_TIMEOUT, .why = "the server took the connection but", .timeout_ms = 300},
    {.script = {.head = OK "\r\n" K10, .then = K10, .times = 1000, .pause_ms = 20},
     .end = DCV_EXCHANGE_TIMEOUT, .why = "the server took the connection but", .timeout_ms = 300},
    {.script = {.head = OK "Content-Length: 10\r\n\r\nabc", .lingers = true},
     .end = DCV_EXCHANGE_TIMEOUT, .why = "the server took the connection but", .timeout_ms = 300},

    /* no HTTP */
    {.script = {.head = "hello\r\n"}, .end = DCV_EXCHANGE_FAILED, .why = "the server does not speak HTTP"},
    {.script = {.head = "<html>HTTP/0.9</html>", .lingers = true}, .end = DCV_EXCHANGE_FAILED, .why = "the server does not speak HTTP"},
    {.script = {.head = "220 mail.example ESMTP\r\n", .lingers = true}, .end = DCV_EXCHANGE_FAILED, .why = "the server does not speak HTTP"},
    {.script = {.head = "HTTP/7.5 200 OK\r\n\r\n"}, .end = DCV_EXCHANGE_FAILED, .why = "the server does not speak HTTP"},
    {.script = {.head = "HTTP/1.1\r\n\r\n"}, .end = DCV_EXCHANGE_FAILED, .why = "the server does not speak HTTP"},
    {.script = {.head = "\x15\x03\x01"}, .end = DCV_EXCHANGE_FAILED, .why = "the server does not speak HTTP"},
};

START_TEST(misbehaviour)
{
    const struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = "http://www.example.jp/file", .limit = LIMIT};
    const struct script *script = &manners[_i].script;
    loopback_serve(&server, play, script);
    fetch(&options, &request, manners[_i].timeout_ms);
    ck_assert_msg(got.end == manners[_i].end, "\"%.60s\": end %d, \"%s\"", script->head, (int)got.end, got.why);
    const char *why = manners[_i].why != NULL ? manners[_i].why : "";
    ck_assert_msg(strncmp(got.why, why, why[0] != '\0' ? strlen(why) : 1) == 0, "\"%.60s\": \"%s\"", script->head, got.why);
    ck_assert_uint_eq(got.answer.status, manners[_i].status);
    ck_assert_uint_eq(got.answer.body_len, manners[_i].body_len);
    ck_assert_int_eq(got.answer.cut, manners[_i].cut);
}
END_TEST

/* ---- header fields ---------------------------------------------------------------------------------------------------------------------- */

#define DATE "Date: Sat, 21 Nov 2026 09:30:00 GMT\r\n"

static const struct {
    const char *fields;
    const char *location, *type;
    long retry_after_s;
} fields[] = {
    {"", NULL, NULL, -1},
    {"Location: /a\r\nContent-Type: text/html; charset=utf-8\r\n", "/a", "text/html; charset=utf-8", -1},
    {"location:/a \t\r\nCONTENT-TYPE:\ttext/plain\r\n", "/a", "text/plain", -1},
    {"Location: /a\r\nLocation: /b\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n", "/a", "a/b", -1},
    {"Location:\r\nLocation: /b\r\n", "", NULL, -1},
    {"Location: http://[2001:db8::1]/\xff\x01\r\n", "http://[2001:db8::1]/\xff\x01", NULL, -1},
    {"X-Location: /a\r\nLocations: /b\r\nLocation : /c\r\n", NULL, NULL, -1},
    {"Retry-After: 120\r\n", NULL, NULL, 120},
    {"Retry-After: 0\r\n", NULL, NULL, 0},
    {"Retry-After: 99999999999999999999\r\n", NULL, NULL, 2147483647},
    {"Retry-After: -5\r\n", NULL, NULL, -1},
    {"Retry-After: soon\r\n" DATE, NULL, NULL, -1},
    {"Retry-After: Sat, 21 Nov 2026 09:31:30 GMT\r\n" DATE, NULL, NULL, 90},
    {DATE "Retry-After: Saturday, 21-Nov-26 09:31:30 GMT\r\n", NULL, NULL, 90},
    {DATE "Retry-After: Sat Nov 21 09:31:30 2026\r\n", NULL, NULL, 90},
    {DATE "Retry-After: Sat, 21 Nov 2026 09:00:00 GMT\r\n", NULL, NULL, 0},
    {"Retry-After: Sat, 21 Nov 2026 09:31:30 GMT\r\n", NULL, NULL, -1}, /* no Date to go by */
    {"Content-Type: " K1000 "\r\n", NULL, K100 K100 K10 K10 K10 K10 K10 "012345", -1},
};

START_TEST(header_fields)
{
    const struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = "http://www.example.jp/", .limit = LIMIT};
    char head[2048];
    const struct script script = {.head = head};
    /* What stands in a response that does not count, or behind the body, is none. */
    (void)snprintf(head, sizeof head,
                   "HTTP/1.1 103 Early Hints\r\nLocation: /hint\r\nContent-Type: hint/hint\r\nRetry-After: 7\r\n\r\n"
                   "HTTP/1.1 301 Moved\r\n%sTransfer-Encoding: chunked\r\n\r\n0\r\n"
                   "Location: /trailer\r\nContent-Type: trailer/trailer\r\nRetry-After: 7\r\n\r\n",
                   fields[_i].fields);
    loopback_serve(&server, play, &script);
    fetch(&options, &request, 0);
    ck_assert_msg(got.end == DCV_EXCHANGE_ANSWER, "%s", got.why);
    ck_assert_uint_eq(got.answer.status, 301);
    ck_assert_pstr_eq(got.answer.location, fields[_i].location);
    ck_assert_pstr_eq(got.answer.content_type, fields[_i].type);
    ck_assert_int_eq(got.answer.retry_after_s, fields[_i].retry_after_s);
    ck_assert(!got.answer.tls && !got.answer.sound);
    ck_assert_str_eq(got.answer.flaw, "");
}
END_TEST

/* ---- requests ---------------------------------------------------------------------------------------------------------------------------- */

static void echo(int fd, const void *user)
{
    static const char head[] = OK "Set-Cookie: a=b\r\n\r\n";
    char request[4096];
    (void)user;
    read_request(fd, request, sizeof request);
    (void)loopback_send(fd, head, sizeof head - 1, 0);
    (void)loopback_send(fd, request, strlen(request), 0);
}

static const struct {
    const char *url, *accept, *request;
} requests[] = {
    {"http://www.example.jp/a?b=c", NULL, "GET /a?b=c HTTP/1.1\r\nHost: www.example.jp\r\nUser-Agent: dcvready-test\r\nAccept: */*\r\n\r\n"},
    {"http://www.example.jp:8080", "text/plain",
     "GET / HTTP/1.1\r\nHost: www.example.jp:8080\r\nUser-Agent: dcvready-test\r\nAccept: text/plain\r\n\r\n"},
    {"HTTP://WWW.example.jp/../a/./b%20c#d", NULL,
     "GET /../a/./b%20c HTTP/1.1\r\nHost: WWW.example.jp\r\nUser-Agent: dcvready-test\r\nAccept: */*\r\n\r\n"},
    {"http://[2001:db8::1]/", NULL, "GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\nUser-Agent: dcvready-test\r\nAccept: */*\r\n\r\n"},
};

/* Nothing of the environment is in it, nor of an earlier answer; twice, for what was remembered. */
START_TEST(what_is_sent)
{
    const struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = requests[_i].url, .accept = requests[_i].accept, .limit = LIMIT};
    ck_assert_int_eq(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    ck_assert_int_eq(setenv("ALL_PROXY", "socks5://127.0.0.1:1", 1), 0);
    loopback_serve(&server, echo, NULL);
    begin(&options);
    for (int i = 1; i <= 2; i++) {
        (void)ask(&request, 0);
        while (dcv_net_step(net))
            continue;
        ck_assert_int_eq(got.calls, i);
        ck_assert_msg(got.end == DCV_EXCHANGE_ANSWER, "%s", got.why);
        ck_assert_uint_eq(got.answer.body_len, strlen(requests[_i].request));
        ck_assert_mem_eq(got.answer.body, requests[_i].request, got.answer.body_len);
    }
    dcv_net_free(net);
}
END_TEST

START_TEST(no_agent)
{
    struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = "http://www.example.jp/", .limit = LIMIT};
    options.user_agent = NULL;
    loopback_serve(&server, echo, NULL);
    fetch(&options, &request, 0);
    static const char expected[] = "GET / HTTP/1.1\r\nHost: www.example.jp\r\nAccept: */*\r\n\r\n";
    ck_assert_uint_eq(got.answer.body_len, sizeof expected - 1);
    ck_assert_mem_eq(got.answer.body, expected, sizeof expected - 1);
}
END_TEST

static const struct dcv_fetch_request refused[] = {
    {.url = ""},
    {.url = "http://"},
    {.url = "http:///a"},
    {.url = "www.example.jp"},
    {.url = "ftp://www.example.jp/"},
    {.url = "file:///etc/passwd"},
    {.url = "http:/www.example.jp/"},
    {.url = "https:www.example.jp"},
    {.url = "http://www.example.jp/a b"},
    {.url = "http://www.example.jp/\n"},
    {.url = "http://www.example.jp/\x7f"},
    {.url = "http://www.example.jp/\xc3\xa4"},
    {.url = "http://user@www.example.jp/"},
    {.url = "http://user:secret@www.example.jp/"},
    {.url = "http://www.example.jp:99999/"},
    {.url = "http://www.example.jp/" K8000 K1000},
    {.url = "http://" K100 "." K100 "." K100 "/"},
    {.url = "http://www.example.jp/", .limit = DCV_FETCH_BODY_MAX + 1},
    {.url = "http://www.example.jp/", .accept = "a/b\r\nX: y"},
    {.url = "http://www.example.jp/", .accept = K1000},
};

START_TEST(requests_that_are_none)
{
    struct dcv_buf out;
    dcv_buf_init(&out, 1 << 16);
    ck_assert_int_eq(dcv_fetch_request_write(&refused[_i], &out), DCV_ERR_USAGE);
    ck_assert_uint_eq(out.len, 0);
}
END_TEST

/* What came from elsewhere than dcv_fetch_request_write() is not sent. */
START_TEST(queries_that_are_none)
{
    static const char *const queries[] = {
        "", "\n", "url http://www.example.jp/\n\n", "url http://www.example.jp/\nverify maybe\nlimit 1\n\n",
        "url ftp://www.example.jp/\nverify no\nlimit 1\n\n", "url http://www.example.jp/\nverify no\nlimit 99999999\n\n",
        "url http://www.example.jp/\nverify no\nlimit 1\n\nmore", "url http://www.example.jp/\nverify no\nlimit 1\n",
        "url http://www.example.jp/\nverify no\nlimit -1\n\n", "url http://www.example.jp/\naccept a\tb\nverify no\nlimit 1\n\n",
    };
    const struct dcv_live_options options = options_of_live();
    begin(&options);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        const struct dcv_talk_request to = {.to = {.host = "127.0.0.1", .port = server.port, .protocol = DCV_PROTO_FETCH}};
        struct dcv_talk *talk;
        struct dcv_buf query;
        dcv_buf_init(&query, 1 << 16);
        dcv_buf_puts(&query, queries[i]);
        ck_assert_msg(dcv_talk_start(net, &to, &query, on_done, NULL, &talk) == DCV_ERR_SYNTAX, "%s", queries[i]);
    }
    ck_assert(!dcv_net_step(net));
    ck_assert(!loopback_touched(&server));
    dcv_net_free(net);
}
END_TEST

/* ---- places ------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(private_addresses)
{
    struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = "http://www.example.jp/", .limit = LIMIT};
    options.allow_private = false;
    fetch(&options, &request, 0);
    ck_assert_int_eq(got.end, DCV_EXCHANGE_PRIVATE);
    ck_assert(!loopback_touched(&server));
}
END_TEST

START_TEST(nobody_listens)
{
    const struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = "http://www.example.jp/", .limit = LIMIT};
    (void)close(server.fd);
    server.fd = -1;
    fetch(&options, &request, 0);
    ck_assert_int_eq(got.end, DCV_EXCHANGE_UNREACHABLE);
    ck_assert_str_eq(got.why, "the connection was refused");
}
END_TEST

/* What is under way when all ends is freed: before it is connected, while it waits, and while a body comes. */
START_TEST(dropped)
{
    static const struct script scripts[] = {{.head = "", .lingers = true}, {.head = OK "\r\nabc", .then = K10, .times = 100000, .pause_ms = 1}};
    const struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = "http://www.example.jp/", .limit = LIMIT}, brief = {.url = "http://www.example.jp/"};
    loopback_serve(&server, play, &scripts[_i % 2]);
    begin(&options);
    struct dcv_talk *talk = ask(&request, 0);
    dcv_talk_drop(talk);
    for (int i = 0; i < _i / 2; i++)
        (void)ask(&request, 0);
    if (_i % 2 == 1) {
        (void)ask(&brief, 0); /* the servers of the others are busy meanwhile */
        (void)transport->peek(transport, 0, options.clock.mono_us(options.clock.user) + 50000);
    }
    dcv_net_free(net);
    ck_assert_int_eq(got.calls, 0);
}
END_TEST

/* ---- TLS ------------------------------------------------------------------------------------------------------------------------------------ */

struct shown {
    EVP_PKEY *key;
    X509 *certificate;
};

static void show_names(SSL *ssl, const char *name)
{
    char response[512];
    (void)snprintf(response, sizeof response, OK "Content-Type: text/plain\r\n\r\n%s", name != NULL ? name : "-");
    (void)SSL_write(ssl, response, (int)strlen(response));
    (void)SSL_shutdown(ssl);
}

/* Answers with the name that was asked for by SNI. */
static void serve_tls(int fd, const void *user)
{
    const struct shown *shown = user;
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    char octets[4096];
    (void)SSL_CTX_use_certificate(context, shown->certificate);
    (void)SSL_CTX_use_PrivateKey(context, shown->key);
    SSL *ssl = SSL_new(context);
    (void)SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, octets, sizeof octets) > 0)
        show_names(ssl, SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    SSL_free(ssl);
    SSL_CTX_free(context);
}

/* With "nameless " before them, subject and issuer are empty. */
static struct shown make_shown(const char *names, const char *until)
{
    static const char nameless[] = "nameless ";
    const bool empty = strncmp(names, nameless, sizeof nameless - 1) == 0;
    X509_NAME *nobody = X509_NAME_new();
    struct shown shown = {.key = make_ec("P-256", false)};
    shown.certificate = make_certificate(shown.key, "20200101000000Z", until);
    if (empty) {
        ck_assert_int_eq(X509_set_subject_name(shown.certificate, nobody), 1);
        ck_assert_int_eq(X509_set_issuer_name(shown.certificate, nobody), 1);
    }
    X509_NAME_free(nobody);
    X509_EXTENSION *extension = make_extension(NID_subject_alt_name, names + (empty ? sizeof nameless - 1 : 0));
    ck_assert(X509_add_ext(shown.certificate, extension, -1));
    X509_EXTENSION_free(extension);
    ck_assert_int_gt(X509_sign(shown.certificate, shown.key, EVP_sha256()), 0);
    return shown;
}

static void trust(const X509 *certificate)
{
    const int fd = temporary_file(certificate_path);
    FILE *file = fdopen(fd, "w");
    ck_assert(PEM_write_X509(file, certificate));
    ck_assert_int_eq(fclose(file), 0);
}

#define LATER "20990101000000Z"

static const struct {
    const char *names, *until;
    bool trusted;
    const char *url, *sni, *flaw; /* NULL: sound; the beginning */
} tls[] = {
    {"DNS:www.example.jp", LATER, true, "https://www.example.jp/", "www.example.jp", NULL},
    {"DNS:www.example.jp", LATER, true, "https://WWW.example.jp.:8443/", "www.example.jp", NULL},
    {"DNS:*.example.jp", LATER, true, "https://www.example.jp/", "www.example.jp", NULL},
    {"IP:192.0.2.1", LATER, true, "https://192.0.2.1/", "-", NULL},
    {"IP:2001:db8::1", LATER, true, "https://[2001:db8::1]/", "-", NULL},
    {"DNS:www.example.jp", LATER, false, "https://www.example.jp/", "www.example.jp", "self-signed certificate"},
    {"nameless DNS:www.example.jp", LATER, false, "https://www.example.jp/", "www.example.jp", "self-signed certificate"},
    {"DNS:other.example.jp", LATER, true, "https://www.example.jp/", "www.example.jp", "hostname mismatch"}, /* the subject does not count */
    {"DNS:w*.example.jp", LATER, true, "https://www.example.jp/", "www.example.jp", "hostname mismatch"},
    {"IP:192.0.2.2", LATER, true, "https://192.0.2.1/", "-", "IP address mismatch"},
    {"DNS:www.example.jp", "20210101000000Z", true, "https://www.example.jp/", "www.example.jp", "certificate has expired"},
};

static void fetch_over_tls(const char *url, bool verify, bool trusted)
{
    struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = url, .verify = verify, .limit = LIMIT};
    options.ca_file = trusted ? certificate_path : NULL;
    fetch(&options, &request, 0);
}

START_TEST(certificates)
{
    const bool verify = _i % 2 == 1;
    const int row = _i / 2;
    struct shown shown = make_shown(tls[row].names, tls[row].until);
    trust(shown.certificate);
    loopback_serve(&server, serve_tls, &shown);
    fetch_over_tls(tls[row].url, verify, tls[row].trusted);
    if (verify && tls[row].flaw != NULL) {
        ck_assert_int_eq(got.end, DCV_EXCHANGE_REJECTED);
        ck_assert_msg(strstr(got.why, tls[row].flaw) != NULL, "%s", got.why);
    } else {
        ck_assert_msg(got.end == DCV_EXCHANGE_ANSWER, "%s: %s", tls[row].url, got.why);
        ck_assert(got.answer.tls);
        ck_assert_msg(got.answer.sound == (tls[row].flaw == NULL), "%s: %s", tls[row].url, got.answer.flaw);
        ck_assert_str_eq(got.answer.flaw, tls[row].flaw != NULL ? tls[row].flaw : "");
        ck_assert_uint_eq(got.answer.body_len, strlen(tls[row].sni));
        ck_assert_mem_eq(got.answer.body, tls[row].sni, got.answer.body_len);
    }
    X509_free(shown.certificate);
    EVP_PKEY_free(shown.key);
}
END_TEST

static const struct {
    struct script script;
    const char *why;
} handshakes[] = {
    {{.head = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"}, "the TLS handshake failed: wrong version number"},
    {{.head = "\x15\x03\x03"}, "the TLS handshake failed"},
    {{.head = ""}, "the TLS handshake failed"},
};

/* An answer to a ClientHello, which has no empty line to wait for. */
static void play_at_once(int fd, const void *user)
{
    const struct script *script = user;
    char octets[16];
    (void)recv(fd, octets, sizeof octets, 0);
    (void)loopback_send(fd, script->head, strlen(script->head), 0);
}

static void refuse(int fd, const void *user)
{
    static const char alert[] = {0x15, 3, 3, 0, 2, 2, 40}; /* handshake_failure */
    char octets[4096];
    (void)user;
    (void)recv(fd, octets, sizeof octets, 0);
    (void)loopback_send(fd, alert, sizeof alert, 0);
    loopback_linger(fd);
}

START_TEST(no_handshake)
{
    loopback_serve(&server, play_at_once, &handshakes[_i].script);
    fetch_over_tls("https://www.example.jp/", false, false);
    ck_assert_int_eq(got.end, DCV_EXCHANGE_FAILED);
    ck_assert_msg(strncmp(got.why, handshakes[_i].why, strlen(handshakes[_i].why)) == 0, "%s", got.why);
}
END_TEST

START_TEST(an_alert)
{
    loopback_serve(&server, refuse, NULL);
    fetch_over_tls("https://www.example.jp/", true, false);
    ck_assert_int_eq(got.end, DCV_EXCHANGE_FAILED);
    ck_assert_msg(strstr(got.why, "the TLS handshake failed: ") != NULL && strstr(got.why, "alert handshake failure") != NULL, "%s", got.why);
}
END_TEST

/* ---- the tape ------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(tape)
{
    static const struct script script = {.head = "HTTP/1.1 302 Found\r\nLocation: /b\r\nRetry-After: 5\r\nContent-Type: a/b\r\n\r\na\nb\xff" K1000};
    const struct dcv_live_options options = options_of_live();
    const struct dcv_fetch_request request = {.url = "http://www.example.jp/", .limit = LIMIT};
    const struct dcv_tape_header header = {.wall_s = 1795305600, .start_us = options.clock.mono_us(options.clock.user)};
    char path[TEMPORARY_MAX];
    struct dcv_buf text;
    struct dcv_tape_header read;
    size_t line;
    loopback_serve(&server, play, &script);
    (void)close(temporary_file(path));
    ck_assert_int_eq(dcv_live_create(&options, &transport), DCV_OK);
    ck_assert_int_eq(dcv_recorder_create(transport, path, &header, &transport), DCV_OK);
    ck_assert_int_eq(dcv_net_create(transport, header.start_us, &net), DCV_OK);
    (void)ask(&request, 0);
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(got.end, DCV_EXCHANGE_ANSWER);
    const struct dcv_fetch_answer first = got.answer;
    ck_assert_int_eq(dcv_recorder_close(transport), DCV_OK);
    dcv_net_free(net);
    const uint16_t port = server.port;
    loopback_end(&server);

    dcv_buf_init(&text, 1 << 20);
    ck_assert_int_eq(dcv_file_read(path, &text), DCV_OK);
    (void)unlink(path);
    ck_assert_int_eq(dcv_tape_create(text.data, text.len, &transport, &read, &line), DCV_OK);
    ck_assert_int_eq(dcv_net_create(transport, read.start_us, &net), DCV_OK);
    memset(&got, 0, sizeof got);
    server.port = port; /* where nobody listens any more */
    (void)ask(&request, 0);
    while (dcv_net_step(net))
        continue;
    ck_assert_int_eq(got.end, DCV_EXCHANGE_ANSWER);
    ck_assert_uint_eq(got.answer.status, 302);
    ck_assert_str_eq(got.answer.location, "/b");
    ck_assert_str_eq(got.answer.content_type, "a/b");
    ck_assert_int_eq(got.answer.retry_after_s, 5);
    ck_assert(got.answer.cut);
    ck_assert_uint_eq(got.answer.body_len, first.body_len);
    ck_assert_mem_eq(got.answer.body, first.body, first.body_len);
    dcv_net_free(net);
    dcv_buf_done(&text);
}
END_TEST

/* ---- answers as text --------------------------------------------------------------------------------------------------------------------- */

START_TEST(answers)
{
    static const struct dcv_fetch_answer written = {
        .status = 503, .location = "", .content_type = "text/plain", .retry_after_s = 0, .tls = true, .flaw = "certificate has expired",
        .body = (const uint8_t *)"\nstatus 200\n\n", .body_len = 13, .cut = true,
    };
    struct dcv_fetch_answer read;
    struct dcv_buf out;
    dcv_buf_init(&out, 1 << 16);
    ck_assert_int_eq(dcv_fetch_answer_write(&written, &out), DCV_OK);
    ck_assert_str_eq(dcv_buf_text(&out), "status 503\nlocation \ntype text/plain\nretry-after 0\ntls unsound certificate has expired\ncut yes\n\n"
                                         "\nstatus 200\n\n");
    ck_assert_int_eq(dcv_fetch_answer_read(arena, out.data, out.len, &read), DCV_OK);
    ck_assert_uint_eq(read.status, 503);
    ck_assert_str_eq(read.location, "");
    ck_assert_str_eq(read.content_type, "text/plain");
    ck_assert_int_eq(read.retry_after_s, 0);
    ck_assert(read.tls && !read.sound && read.cut);
    ck_assert_str_eq(read.flaw, "certificate has expired");
    ck_assert_uint_eq(read.body_len, 13);
    ck_assert_mem_eq(read.body, written.body, 13);
    dcv_buf_done(&out);
}
END_TEST

START_TEST(answers_that_are_none)
{
    static const char *const texts[] = {
        "", "\n", "status\n\n", "status 200\n", "status 2x0\n\n", "status 1000\n\n", "status 200\nstatus 200\n\n", "type a/b\nstatus 200\n\n",
        "status 200\nother x\n\n", "status 200\nretry-after -1\n\n", "status 200\nretry-after 99999999999\n\n", "status 200\ntls\n\n",
        "status 200\ntls perhaps\n\n", "status 200\ntls unsound\n\n", "status 200\ncut no\n\n", "status 200\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct dcv_fetch_answer read = {.status = 7};
        ck_assert_msg(dcv_fetch_answer_read(arena, texts[i], strlen(texts[i]), &read) == DCV_ERR_SYNTAX, "%s", texts[i]);
        ck_assert_uint_eq(read.status, 7);
    }
    ck_assert_int_eq(dcv_fetch_answer_read(arena, OCTETS("status 200\nlocation a\0b\n\n"), &got.answer), DCV_ERR_SYNTAX);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("fetch");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, misbehaviour, 0, ROWS(manners));
    tcase_add_loop_test(tcase, header_fields, 0, ROWS(fields));
    tcase_add_loop_test(tcase, what_is_sent, 0, ROWS(requests));
    tcase_add_test(tcase, no_agent);
    tcase_add_loop_test(tcase, requests_that_are_none, 0, ROWS(refused));
    tcase_add_test(tcase, queries_that_are_none);
    tcase_add_test(tcase, private_addresses);
    tcase_add_test(tcase, nobody_listens);
    tcase_add_loop_test(tcase, dropped, 0, 8);
    tcase_add_loop_test(tcase, certificates, 0, 2 * ROWS(tls));
    tcase_add_loop_test(tcase, no_handshake, 0, ROWS(handshakes));
    tcase_add_test(tcase, an_alert);
    tcase_add_test(tcase, tape);
    tcase_add_test(tcase, answers);
    tcase_add_test(tcase, answers_that_are_none);
    return run_cases("fetch", tcase);
}
