#include "probe/web.h"

#include "fact/redirect.h"
#include "support/fake_transport.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/short.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START_US = 1000000, WALL_S = 1795253400, TEXT_MAX = 60000 };

/* ---- a world ---------------------------------------------------------------------------------------------------------------------- */

static const struct dcv_endpoint resolver_at[] = {{.host = "192.0.2.53", .port = 53}};
static const char *records;
/* "URL ADDRESS WHAT [REST]" a line; of ALPN "NAME ADDRESS WHAT"; "*" as address: any. The first that fits is what happens: a status, with Location
 * or body; a way in which there is none; "never"; "unsent": the transport does not take it. */
static const char *script;
static struct fake *fake;
static struct dcv_net *net;
static struct dcv_resolver *resolver;
static struct dcv_facts *facts;
static struct dcv_web_probe *probe;

static struct dcv_buf told;
static long short_from = PLENTY; /* allocations that succeed from the beginning of the probe on */
static int calls, lasts, drop_at, cut_at; /* drop_at, cut_at: with this call; 0: not */

static const struct {
    const char *word;
    enum dcv_exchange_end end;
} ends[] = {{"refused", DCV_EXCHANGE_UNREACHABLE}, {"timeout", DCV_EXCHANGE_TIMEOUT}, {"no-route", DCV_EXCHANGE_NO_ROUTE},
            {"broken", DCV_EXCHANGE_FAILED}, {"unrecorded", DCV_EXCHANGE_UNRECORDED}, {"private", DCV_EXCHANGE_PRIVATE},
            {"cut", DCV_EXCHANGE_CUT}, {"rejected", DCV_EXCHANGE_REJECTED}};

static void respond(struct dcv_exchange *exchange, const char *what, const char *rest)
{
    char text[2 * TEXT_MAX];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (strcmp(ends[i].word, what) == 0) {
            exchange->end = ends[i].end;
            dcv_exchange_why(exchange, what, NULL);
            return;
        }
    }
    if (exchange->to.protocol == DCV_PROTO_ALPN)
        (void)snprintf(text, sizeof text, "%s %s\n%s", what, strcmp(what, "version") == 0 ? "TLSv1.3" : rest,
                       strcmp(what, "version") == 0 ? rest : "");
    else if (strcmp(what, "garbage") == 0)
        (void)snprintf(text, sizeof text, "no answer");
    else
        (void)snprintf(text, sizeof text, what[0] == '3' ? "status %s\nlocation %s\n\n" : "status %s\n%s%s", what, what[0] == '3' ? rest : "\n",
                       what[0] == '3' ? "" : rest);
    if (strncmp(rest, "tls ", 4) == 0)
        (void)snprintf(text, sizeof text, "status %s\n%s\n\n", what, rest);
    fake_answer(exchange, text, strlen(text));
}

/* The word at `*at`, which moves behind it and a blank. */
static bool word_is(const char **at, const char *word)
{
    const size_t len = strcspn(*at, " \n");
    const bool is = strncmp(*at, "*", len) == 0 || (strlen(word) == len && strncmp(*at, word, len) == 0);
    *at += len + ((*at)[len] == ' ');
    return is;
}

static int play(struct dcv_exchange *exchange)
{
    char asked[3000], what[40], rest[TEXT_MAX - 1000];
    const char *query = (const char *)exchange->query;
    ck_assert_int_eq(sscanf(query, exchange->to.protocol == DCV_PROTO_ALPN ? "name %2999s" : "url %2999s", asked), 1);
    for (const char *line = script; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *at = line;
        const bool fits = word_is(&at, asked);
        if (!word_is(&at, exchange->to.host) || !fits)
            continue;
        const size_t len = strcspn(at, " \n");
        (void)snprintf(what, sizeof what, "%.*s", (int)len, at);
        at += len + (at[len] == ' ');
        (void)snprintf(rest, sizeof rest, "%.*s", (int)strcspn(at, "\n"), at);
        for (char *c = rest; (c = strchr(c, '|')) != NULL;)
            *c = '\n';
        if (strcmp(what, "unsent") == 0)
            return FAKE_REFUSE;
        if (strcmp(what, "never") == 0)
            return FAKE_NEVER;
        respond(exchange, what, rest);
        return 10;
    }
    ck_abort_msg("%s is asked for %s", exchange->to.host, asked);
    return FAKE_NEVER;
}

static int on_exchange(void *user, struct dcv_exchange *exchange)
{
    (void)user;
    const long left = short_left;
    int ms = 5;
    short_left = PLENTY; /* the world has enough of it */
    if (exchange->to.protocol == DCV_PROTO_DNS)
        fake_resolve(exchange, records);
    else
        ms = play(exchange);
    short_left = left;
    return ms;
}

/* ---- what is told -------------------------------------------------------------------------------------------------------------------- */

static void print_http(const struct dcv_http_fact *fact)
{
    dcv_buf_printf(&told, "%u %s %s %s", fact->hop, fact->url, fact->server[0] != '\0' ? fact->server : "-", dcv_meeting_text(fact->met));
    if (fact->status != 0)
        dcv_buf_printf(&told, " %u", fact->status);
    if (fact->body != DCV_HTTP_BODY_ANY)
        dcv_buf_printf(&told, " %s", dcv_http_body_text(fact->body));
    if (fact->tls)
        dcv_buf_printf(&told, " %s", fact->sound ? "sound" : fact->flaw);
    dcv_buf_printf(&told, "\n");
    ck_assert_int_eq(fact->address == NULL, fact->server[0] == '\0');
    ck_assert_str_eq(fact->method, "http");
    ck_assert(fact->random);
    ck_assert(fact->status == 0 || fact->met == DCV_MET_TALKED);
    ck_assert_int_ge(fact->at, WALL_S);
}

static void print_alpn(const struct dcv_alpn_fact *fact)
{
    dcv_buf_printf(&told, "%s %s%s%s%s%s%s%s\n", fact->server[0] != '\0' ? fact->server : "-", dcv_meeting_text(fact->met),
                   fact->handshake ? " handshake" : "",
          fact->negotiated[0] != '\0' ? " " : "", fact->negotiated, fact->identifier ? " identifier" : "", fact->no_protocol ? " no-protocol" : "",
          fact->why[0] != '\0' && fact->met == DCV_MET_TALKED ? " why" : "");
}

static void on_fact(void *user, const struct dcv_fact *fact, bool last)
{
    const long left = short_left;
    short_left = PLENTY;
    ck_assert_ptr_eq(user, &calls);
    ck_assert_int_eq(lasts, 0); /* nothing comes after the last */
    calls++;
    lasts += last;
    if (fact->kind == DCV_FACT_HTTP)
        print_http(&fact->http);
    else
        print_alpn(&fact->alpn);
    short_left = left;
    struct dcv_web_probe *one = probe;
    if (last)
        probe = NULL;
    else if (calls == drop_at) {
        probe = NULL;
        dcv_web_probe_drop(one);
    } else if (calls == cut_at) {
        dcv_web_probe_cut(one);
    }
}

static struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    ck_assert_int_eq(dcv_name_parse(text, &name, NULL), DCV_OK);
    return name;
}

static void setup(void)
{
    struct dcv_resolver_options options = {.servers = resolver_at, .server_count = 1, .timeout_ms = 5000};
    ck_assert_int_eq(dcv_net_create(fake_create(on_exchange, NULL, &fake), START_US, &net), DCV_OK);
    ck_assert_int_eq(dcv_resolver_create(net, &options, &resolver), DCV_OK);
    facts = dcv_facts_create();
    dcv_buf_init(&told, TEXT_MAX);
    calls = lasts = drop_at = cut_at = 0;
    probe = NULL;
}

static void teardown(void)
{
    dcv_buf_done(&told);
    dcv_resolver_free(resolver);
    dcv_net_free(net);
    dcv_facts_free(facts);
}

static struct dcv_web_probe_options options_of(bool allow_private)
{
    return (struct dcv_web_probe_options){.net = net, .resolver = resolver, .facts = facts, .allow_private = allow_private, .http_port = 80,
                                          .https_port = 443, .timeout_ms = 4000, .wall_s = WALL_S, .start_us = START_US};
}

static enum dcv_status begin_http(bool allow_private, const char *content)
{
    const struct dcv_web_probe_options options = options_of(allow_private);
    char *copy = content != NULL ? __real_malloc(strlen(content) + 1) : NULL; /* gone after the call */
    if (copy != NULL)
        memcpy(copy, content, strlen(content) + 1);
    const struct dcv_web_file file = {.method = "http", .path = "/f", .random = true, .content = (const uint8_t *)copy,
                                      .content_len = content != NULL ? strlen(content) : 0};
    const struct dcv_name name = name_of("www.example.jp");
    short_left = short_from;
    const enum dcv_status status = dcv_http_probe_start(&options, &name, &file, on_fact, &calls, &probe);
    free(copy);
    return status;
}

static void finish(void)
{
    while (dcv_net_step(net))
        continue;
}

/* ---- HTTP ---------------------------------------------------------------------------------------------------------------------------- */

#define WWW "www.example.jp. 300 IN A 192.0.2.80\n"
#define WWW6 "www.example.jp. 300 IN AAAA 2001:db8::80\n"
#define URL "http://www.example.jp/f"

static const struct {
    const char *records, *script;
    const char *content;
    const char *told;
    bool allow_private;
} rows[] = {
    {WWW, URL " 192.0.2.80 404 x", NULL, "0 " URL " 192.0.2.80#80 talked 404\n", false},
    {WWW WWW6, URL " 192.0.2.80 200 x\n" URL " 2001:db8::80 404", NULL,
     "0 " URL " 2001:db8::80#80 talked 404\n0 " URL " 192.0.2.80#80 talked 200\n", false},
    {WWW WWW WWW, URL " 192.0.2.80 200", NULL, "0 " URL " 192.0.2.80#80 talked 200\n", false}, /* one address, one chain */
    {"www.example.jp. 300 IN CNAME web.example.\nweb.example. 300 IN A 192.0.2.80\n", URL " * 200", NULL,
     "0 " URL " 192.0.2.80#80 talked 200\n", false},

    /* bodies */
    {WWW, URL " * 200 token", "token", "0 " URL " 192.0.2.80#80 talked 200 same\n", false},
    {WWW, URL " * 200 token \t|| ", "token\r\n", "0 " URL " 192.0.2.80#80 talked 200 same\n", false},
    {WWW, URL " * 200  token", "token", "0 " URL " 192.0.2.80#80 talked 200 differs\n", false}, /* RFC 8555 §8.3: at the end alone */
    {WWW, URL " * 200 |token", "token", "0 " URL " 192.0.2.80#80 talked 200 differs\n", false},
    {WWW, URL " * 200 to ken", "token", "0 " URL " 192.0.2.80#80 talked 200 differs\n", false},
    {WWW, URL " * 200 token2", "token", "0 " URL " 192.0.2.80#80 talked 200 differs\n", false},
    {WWW, URL " * 200", "token", "0 " URL " 192.0.2.80#80 talked 200 differs\n", false},
    {WWW, URL " * 200  |", "\n", "0 " URL " 192.0.2.80#80 talked 200 same\n", false},
    {WWW, URL " * 404 token", "token", "0 " URL " 192.0.2.80#80 talked 404\n", false},

    /* no conversation */
    {"", "", NULL, "0 " URL " - no-address\n", false},
    {"fail www.example.jp", "", NULL, "0 " URL " - lookup\n", false},
    {WWW, URL " * refused", NULL, "0 " URL " 192.0.2.80#80 refused\n", false},
    {WWW, URL " * timeout", NULL, "0 " URL " 192.0.2.80#80 timeout\n", false},
    {WWW, URL " * broken", NULL, "0 " URL " 192.0.2.80#80 broken\n", false},
    {WWW, URL " * cut", NULL, "0 " URL " 192.0.2.80#80 broken\n", false},
    {WWW, URL " * rejected", NULL, "0 " URL " 192.0.2.80#80 broken\n", false},
    {WWW, URL " * garbage", NULL, "0 " URL " 192.0.2.80#80 broken\n", false},
    {WWW, URL " * unsent", NULL, "0 " URL " 192.0.2.80#80 broken\n", false},
    {WWW, URL " * unrecorded", NULL, "0 " URL " 192.0.2.80#80 unrecorded\n", false},
    {WWW, URL " * private", NULL, "0 " URL " 192.0.2.80#80 private\n", false}, /* the gate of the transport */
    {WWW WWW6, URL " 192.0.2.80 200\n" URL " * no-route", NULL, "0 " URL " 2001:db8::80#80 no-route\n0 " URL " 192.0.2.80#80 talked 200\n", false},

    /* private addresses are not spoken to: the script has nothing for them */
    {"www.example.jp. 300 IN A 10.0.0.1\n", "", NULL, "0 " URL " 10.0.0.1#80 private\n", false},
    {"www.example.jp. 300 IN A 127.0.0.1\n" WWW, URL " 192.0.2.80 200", NULL,
     "0 " URL " 127.0.0.1#80 private\n0 " URL " 192.0.2.80#80 talked 200\n", false},
    {"www.example.jp. 300 IN A 10.0.0.1\n", URL " 10.0.0.1 200", NULL, "0 " URL " 10.0.0.1#80 talked 200\n", true},
    {WWW "in.example.jp. 300 IN A 192.168.1.1\nin.example.jp. 300 IN AAAA ::1\n", URL " * 301 http://in.example.jp/x", NULL,
     "0 " URL " 192.0.2.80#80 talked 301\n1 http://in.example.jp/x ::1#80 private\n", false},
    {WWW "in.example.jp. 300 IN A 192.168.1.1\nin.example.jp. 300 IN A 192.0.2.81\n", URL " * 301 http://in.example.jp/x\n"
     "http://in.example.jp/x 192.0.2.81 200",
     NULL, "0 " URL " 192.0.2.80#80 talked 301\n1 http://in.example.jp/x 192.0.2.81#80 talked 200\n", false},
    {WWW "in.example.jp. 300 IN A 192.168.1.1\n", URL " * 301 http://in.example.jp/x\nhttp://in.example.jp/x 192.168.1.1 200", NULL,
     "0 " URL " 192.0.2.80#80 talked 301\n1 http://in.example.jp/x 192.168.1.1#80 talked 200\n", true},

    /* redirects */
    {WWW, URL " * 301 /g\nhttp://www.example.jp/g * 200 token", "token",
     "0 " URL " 192.0.2.80#80 talked 301\n1 http://www.example.jp/g 192.0.2.80#80 talked 200 same\n", false},
    {WWW, URL " * 308 https://www.example.jp/f\nhttps://www.example.jp/f * 200 tls unsound expired", NULL,
     "0 " URL " 192.0.2.80#80 talked 308\n1 https://www.example.jp/f 192.0.2.80#443 talked 200 expired\n", false},
    {WWW, URL " * 302 https://www.example.jp/f\nhttps://www.example.jp/f * 200 tls sound", NULL,
     "0 " URL " 192.0.2.80#80 talked 302\n1 https://www.example.jp/f 192.0.2.80#443 talked 200 sound\n", false},
    {WWW, URL " * 307 http://no.example/", NULL, "0 " URL " 192.0.2.80#80 talked 307\n1 http://no.example/ - no-address\n", false},
    {WWW "fail no.example\n", URL " * 307 http://no.example/", NULL, "0 " URL " 192.0.2.80#80 talked 307\n1 http://no.example/ - lookup\n", false},
    {WWW, URL " * 303 /g", NULL, "0 " URL " 192.0.2.80#80 talked 303\n", false},
    {WWW, URL " * 301 ftp://www.example.jp/", NULL, "0 " URL " 192.0.2.80#80 talked 301\n", false},
    {WWW, URL " * 301 http://www.example.jp:8080/", NULL, "0 " URL " 192.0.2.80#80 talked 301\n", false},
    {WWW, URL " * 301 http://127.0.0.1/", NULL, "0 " URL " 192.0.2.80#80 talked 301\n", false},
    {WWW, URL " * 301 http://10.1/", NULL, "0 " URL " 192.0.2.80#80 talked 301\n", true},
    /* each address goes its own way, and stays where it is as long as the host is its own */
    {WWW "www.example.jp. 300 IN A 192.0.2.81\n", URL " * 301 /g\nhttp://www.example.jp/g 192.0.2.80 200\nhttp://www.example.jp/g 192.0.2.81 404",
     NULL,
     "0 " URL " 192.0.2.80#80 talked 301\n0 " URL " 192.0.2.81#80 talked 301\n1 http://www.example.jp/g 192.0.2.80#80 talked 200\n"
     "1 http://www.example.jp/g 192.0.2.81#80 talked 404\n", false},

    /* whether there are others is not known */
    {WWW "fail www.example.jp AAAA\n", URL " 192.0.2.80 404", NULL, "0 " URL " - lookup\n0 " URL " 192.0.2.80#80 talked 404\n", false},
    {WWW6 "fail www.example.jp A\n", URL " 2001:db8::80 404", NULL, "0 " URL " - lookup\n0 " URL " 2001:db8::80#80 talked 404\n", false},

    /* another address of the host of a redirect */
    {WWW "o.example. 300 IN A 192.0.2.1\no.example. 300 IN A 192.0.2.2\n", URL " * 301 http://o.example/\nhttp://o.example/ 192.0.2.1 refused\n"
     "http://o.example/ * 200",
     NULL, "0 " URL " 192.0.2.80#80 talked 301\n1 http://o.example/ 192.0.2.1#80 refused\n1 http://o.example/ 192.0.2.2#80 talked 200\n", false},
    {WWW "o.example. 300 IN A 192.0.2.1\no.example. 300 IN A 192.0.2.2\no.example. 300 IN A 192.0.2.3\no.example. 300 IN A 192.0.2.4\n",
     URL " * 301 http://o.example/\n* * timeout", NULL,
     "0 " URL " 192.0.2.80#80 talked 301\n1 http://o.example/ 192.0.2.1#80 timeout\n1 http://o.example/ 192.0.2.2#80 timeout\n"
     "1 http://o.example/ 192.0.2.3#80 timeout\n", false},
    {WWW "o.example. 300 IN A 192.0.2.1\no.example. 300 IN A 192.0.2.2\n", URL " * 301 http://o.example/\n* * broken", NULL,
     "0 " URL " 192.0.2.80#80 talked 301\n1 http://o.example/ 192.0.2.1#80 broken\n", false},
    {WWW "o.example. 300 IN AAAA 2001:db8::1\no.example. 300 IN AAAA 2001:db8::2\no.example. 300 IN A 192.0.2.1\no.example. 300 IN A 192.0.2.2\n",
     URL " * 301 http://o.example/\n* * refused", NULL,
     "0 " URL " 192.0.2.80#80 talked 301\n1 http://o.example/ 2001:db8::1#80 refused\n1 http://o.example/ 2001:db8::2#80 refused\n"
     "1 http://o.example/ 192.0.2.1#80 refused\n", false},
    /* no way to IPv6 from here is no attempt */
    {WWW "o.example. 300 IN AAAA 2001:db8::1\no.example. 300 IN AAAA 2001:db8::2\no.example. 300 IN AAAA 2001:db8::3\no.example. 300 IN A 192.0.2.1\n"
     "o.example. 300 IN A 192.0.2.2\no.example. 300 IN A 192.0.2.3\n",
     URL " * 301 http://o.example/\n* 2001:db8::1 no-route\n* 192.0.2.3 200\n* * refused", NULL,
     "0 " URL " 192.0.2.80#80 talked 301\n1 http://o.example/ 2001:db8::1#80 no-route\n1 http://o.example/ 192.0.2.1#80 refused\n"
     "1 http://o.example/ 192.0.2.2#80 refused\n1 http://o.example/ 192.0.2.3#80 talked 200\n", false},
};

START_TEST(http)
{
    records = rows[_i].records;
    script = rows[_i].script;
    ck_assert_int_eq(begin_http(rows[_i].allow_private, rows[_i].content), DCV_OK);
    ck_assert_int_eq(calls, 0); /* never from within */
    finish();
    ck_assert_str_eq(dcv_buf_text(&told), rows[_i].told);
    ck_assert_int_eq(lasts, 1);
}
END_TEST

/* Of a body no more is kept than whether it is the one. */
START_TEST(body_is_not_kept)
{
    enum { BODY = 50000 };
    char text[BODY + 100] = URL " * 200 ";
    memset(text + strlen(text), 'x', BODY);
    records = WWW;
    script = text;
    ck_assert_int_eq(begin_http(false, "token"), DCV_OK);
    finish();
    ck_assert_str_eq(dcv_buf_text(&told), "0 " URL " 192.0.2.80#80 talked 200 differs\n");
    ck_assert_uint_lt(dcv_arena_used(dcv_facts_arena(facts)), BODY);
}
END_TEST

/* A circle ends. */
START_TEST(circle)
{
    records = WWW;
    script = "* * 301 /f";
    ck_assert_int_eq(begin_http(false, NULL), DCV_OK);
    finish();
    ck_assert_int_eq(lasts, 1);
    ck_assert_int_eq(calls, 1 + DCV_REDIRECTS_MAX);
}
END_TEST

/* Of very many addresses no more are spoken to than are kept. */
START_TEST(many_addresses)
{
    char text[4000] = "";
    for (unsigned i = 1; i <= 40; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "www.example.jp. 300 IN A 192.0.2.%u\n", i);
    records = text;
    script = "* * 200";
    ck_assert_int_eq(begin_http(false, NULL), DCV_OK);
    finish();
    ck_assert_int_eq(lasts, 1);
    ck_assert_int_eq(calls, 16);
}
END_TEST

/* What is sent: no more than is to be looked at, whatever the certificate. The time of a fact is when it was learned. */
START_TEST(request)
{
    records = WWW;
    script = URL " * 301 https://www.example.jp/g?h\nhttps://www.example.jp/g?h * 200";
    ck_assert_int_eq(begin_http(false, NULL), DCV_OK);
    finish();
    ck_assert_uint_eq(fake_sent(fake), 4);
    ck_assert_str_eq(fake_to(fake, 2), "fetch://192.0.2.80:80");
    ck_assert_str_eq(fake_query(fake, 2), "url " URL "\nverify no\nlimit 65536\n\n");
    ck_assert_str_eq(fake_to(fake, 3), "fetch://192.0.2.80:443");
    ck_assert_str_eq(fake_query(fake, 3), "url https://www.example.jp/g?h\nverify no\nlimit 65536\n\n");
}
END_TEST

/* Where others stand for ports 80 and 443, they are named, and redirects to the usual ones are not followed. */
START_TEST(other_ports)
{
    struct dcv_web_probe_options options = options_of(false);
    const struct dcv_web_file file = {.method = "http", .path = "/f", .random = true};
    const struct dcv_name name = name_of("www.example.jp");
    options.http_port = 8080;
    options.https_port = 8443;
    records = WWW;
    script = "http://www.example.jp:8080/f * 301 https://www.example.jp/g\nhttps://www.example.jp:8443/g * 301 https://www.example.jp:443/";
    ck_assert_int_eq(dcv_http_probe_start(&options, &name, &file, on_fact, &calls, &probe), DCV_OK);
    finish();
    ck_assert_str_eq(dcv_buf_text(&told),
                     "0 http://www.example.jp:8080/f 192.0.2.80#8080 talked 301\n1 https://www.example.jp:8443/g 192.0.2.80#8443 talked 301\n");
}
END_TEST

/* ---- ALPN ---------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *records, *script, *told;
} handshakes[] = {
    {WWW WWW6, "* 192.0.2.80 version protocol acme-tls/1|identifier|\n* 2001:db8::80 version",
     "2001:db8::80#443 talked handshake\n192.0.2.80#443 talked handshake acme-tls/1 identifier\n"},
    {WWW, "* * failure alert|no-protocol", "192.0.2.80#443 talked no-protocol why\n"},
    {WWW, "* * failure alert", "192.0.2.80#443 talked why\n"},
    {WWW, "* * failure timeout", "192.0.2.80#443 timeout\n"},
    {WWW, "* * garbage", "192.0.2.80#443 broken\n"},
    {WWW, "* * refused", "192.0.2.80#443 refused\n"},
    {WWW, "* * unsent", "192.0.2.80#443 broken\n"},
    {"www.example.jp. 300 IN A 10.0.0.1\n", "", "10.0.0.1#443 private\n"},
    {"", "", "- no-address\n"},
    {"fail www.example.jp", "", "- lookup\n"},
};

static enum dcv_status begin_alpn(void)
{
    const struct dcv_web_probe_options options = options_of(false);
    const struct dcv_name name = name_of("www.example.jp");
    return dcv_alpn_probe_start(&options, &name, on_fact, &calls, &probe);
}

START_TEST(alpn)
{
    records = handshakes[_i].records;
    script = handshakes[_i].script;
    ck_assert_int_eq(begin_alpn(), DCV_OK);
    finish();
    ck_assert_str_eq(dcv_buf_text(&told), handshakes[_i].told);
    ck_assert_int_eq(lasts, 1);
    if (fake_sent(fake) > 2)
        ck_assert_str_eq(fake_query(fake, 2), "name www.example.jp\nprotocol acme-tls/1\n");
}
END_TEST

/* ---- ends before the end --------------------------------------------------------------------------------------------------------------- */

static void busy_world(void)
{
    records = WWW WWW6 "www.example.jp. 300 IN A 10.0.0.1\nwww.example.jp. 300 IN A 10.0.0.2\no.example. 300 IN A 192.0.2.1\n"
              "o.example. 300 IN A 192.0.2.2\n";
    script = URL " * 301 http://o.example/\nhttp://o.example/ 192.0.2.1 refused\nhttp://o.example/ * 302 /a\n"
             "http://o.example/a * 302 http://www.example.jp/b\n"
             "http://www.example.jp/b * never";
}

/* After any number of steps. What is told then is told once, and nothing that is under way comes back. */
START_TEST(cut)
{
    busy_world();
    ck_assert_int_eq(begin_http(false, NULL), DCV_OK);
    for (int i = 0; i < _i && dcv_net_step(net); i++)
        continue;
    ck_assert_int_eq(lasts, 0);
    dcv_web_probe_cut(probe);
    ck_assert_int_eq(lasts, 1);
    const char *last = strrchr(dcv_buf_text(&told), ' ');
    ck_assert_msg(strcmp(last, " deadline\n") == 0, "%s", dcv_buf_text(&told));
    const int before = calls;
    fake_release(fake, DCV_EXCHANGE_TIMEOUT);
    finish();
    ck_assert_int_eq(calls, before);
}
END_TEST

START_TEST(drop)
{
    busy_world();
    ck_assert_int_eq(begin_http(false, NULL), DCV_OK);
    for (int i = 0; i < _i && dcv_net_step(net); i++)
        continue;
    const int before = calls;
    dcv_web_probe_drop(probe);
    fake_release(fake, DCV_EXCHANGE_TIMEOUT);
    finish();
    ck_assert_int_eq(calls, before);
    ck_assert_int_eq(lasts, 0);
}
END_TEST

/* From within a call, too. */
START_TEST(drop_within)
{
    busy_world();
    drop_at = _i;
    ck_assert_int_eq(begin_http(false, NULL), DCV_OK);
    finish();
    fake_release(fake, DCV_EXCHANGE_TIMEOUT);
    finish();
    ck_assert_int_eq(calls, _i);
    ck_assert_int_eq(lasts, 0);
    ck_assert_ptr_null(probe);
}
END_TEST

START_TEST(cut_within)
{
    busy_world();
    cut_at = _i;
    ck_assert_int_eq(begin_http(false, NULL), DCV_OK);
    finish();
    ck_assert_int_eq(lasts, 1);
    ck_assert_int_ge(calls, _i);
    const int before = calls;
    fake_release(fake, DCV_EXCHANGE_TIMEOUT);
    finish();
    ck_assert_int_eq(calls, before);
}
END_TEST

START_TEST(cut_alpn)
{
    records = WWW WWW6;
    script = "* 192.0.2.80 version\n* * never";
    ck_assert_int_eq(begin_alpn(), DCV_OK);
    for (int i = 0; i < _i && dcv_net_step(net); i++)
        continue;
    dcv_web_probe_cut(probe);
    ck_assert_int_eq(lasts, 1);
    ck_assert_str_eq(dcv_buf_text(&told), _i < 2   ? "- deadline\n"
                         : _i == 2 ? "2001:db8::80#443 deadline\n192.0.2.80#443 deadline\n"
                                   : "192.0.2.80#443 talked handshake\n2001:db8::80#443 deadline\n");
}
END_TEST

/* ---- memory ---------------------------------------------------------------------------------------------------------------------------- */

/* Whichever allocation fails: all is told to its end, or was never begun. */
START_TEST(scarce)
{
    bool enough = false;
    for (long n = 0; !enough; n++) {
        ck_assert_int_lt(n, 5000);
        if (n != 0) {
            teardown();
            setup();
        }
        records = WWW "o.example. 300 IN A 192.0.2.1\n";
        script = URL " * 301 http://o.example/\nhttp://o.example/ * 200 token";
        short_from = n;
        const enum dcv_status status = begin_http(false, "token");
        if (status == DCV_OK)
            finish();
        enough = short_left > 0;
        short_left = short_from = PLENTY;
        ck_assert_int_eq(lasts, status == DCV_OK);
        ck_assert(status == DCV_OK || (status == DCV_ERR_NOMEM && calls == 0));
    }
    ck_assert_str_eq(dcv_buf_text(&told), "0 " URL " 192.0.2.80#80 talked 301\n1 http://o.example/ 192.0.2.1#80 talked 200 same\n");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("web");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, http, 0, ROWS(rows));
    tcase_add_test(tcase, body_is_not_kept);
    tcase_add_test(tcase, circle);
    tcase_add_test(tcase, many_addresses);
    tcase_add_test(tcase, request);
    tcase_add_test(tcase, other_ports);
    tcase_add_loop_test(tcase, alpn, 0, ROWS(handshakes));
    tcase_add_loop_test(tcase, cut, 0, 24);
    tcase_add_loop_test(tcase, drop, 0, 24);
    tcase_add_loop_test(tcase, drop_within, 1, 9);
    tcase_add_loop_test(tcase, cut_within, 1, 9);
    tcase_add_loop_test(tcase, cut_alpn, 0, 4);
    tcase_add_test(tcase, scarce);
    return run_cases("web", tcase);
}
