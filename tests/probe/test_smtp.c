#include "probe/smtp.h"

#include "net/smtp.h"
#include "probe/hint.h"
#include "support/fake_transport.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/short.h"

#include <arpa/inet.h>
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { START_US = 1000000, WALL_S = 1795253400, TIMEOUT_MS = 4000, TEXT_MAX = 4000, HOSTS_MAX = 4 };

/* ---- a world ---------------------------------------------------------------------------------------------------------------------- */

/* What happens in each conversation in turn: the lines of a transcript joined by "|"; or a way in which there is none; "never", "unsent". What is
 * behind the last is silence. */
static const char *const *script;
static size_t talks;
static struct fake *fake;
static struct dcv_net *net;
static struct dcv_facts *facts;
static struct dcv_smtp_probe *probe;
static struct dcv_buf told;
static int calls;
static long short_from = PLENTY; /* allocations that succeed from the beginning of the probe on */

static int play(struct dcv_exchange *exchange)
{
    static const struct {
        const char *word;
        enum dcv_exchange_end end;
    } ends[] = {{"refused", DCV_EXCHANGE_UNREACHABLE}, {"timeout", DCV_EXCHANGE_TIMEOUT}, {"no-route", DCV_EXCHANGE_NO_ROUTE},
                {"broken", DCV_EXCHANGE_FAILED}, {"unrecorded", DCV_EXCHANGE_UNRECORDED}, {"private", DCV_EXCHANGE_PRIVATE}};
    const char *what = script[talks] != NULL ? script[talks++] : "never";
    char text[TEXT_MAX];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (strcmp(ends[i].word, what) == 0) {
            exchange->end = ends[i].end;
            return 10;
        }
    }
    if (strcmp(what, "never") == 0)
        return FAKE_NEVER;
    if (strcmp(what, "unsent") == 0)
        return FAKE_REFUSE;
    unsigned count = 0;
    for (const char *at = strstr((const char *)exchange->query, "rcpt "); at != NULL; at = strstr(at + 1, "rcpt "))
        count++;
    (void)snprintf(text, sizeof text, "recipients %u\n%s\n", count, what);
    for (char *c = text; (c = strchr(c, '|')) != NULL;)
        *c = '\n';
    fake_answer(exchange, text, strlen(text));
    return 10;
}

static int on_exchange(void *user, struct dcv_exchange *exchange)
{
    (void)user;
    const long left = short_left;
    short_left = PLENTY; /* the world has enough of it */
    const int ms = play(exchange);
    short_left = left;
    return ms;
}

/* ---- what is told -------------------------------------------------------------------------------------------------------------------- */

/* "SERVER MET STAGE STARTTLS[/FLAW][ CODE TEXT]" a line, and " ADDRESS=RESULT" of each recipient of which something is known behind it; "?" before
 * the random one, "+" behind what was said at a second attempt. */
static void print_fact(const struct dcv_smtp_fact *fact)
{
    char host[DCV_NAME_TEXT_MAX];
    ck_assert(strncmp(dcv_name_text(&fact->host, host), "mx", 2) == 0);
    ck_assert_ptr_nonnull(fact->address);
    ck_assert_int_ge(fact->at, WALL_S);
    dcv_buf_printf(&told, "%s %s %s %s", fact->server, dcv_meeting_text(fact->met), fact->stage[0] != '\0' ? fact->stage : "-",
                   dcv_starttls_text(fact->starttls));
    if (fact->sound || fact->flaw[0] != '\0')
        dcv_buf_printf(&told, "/%s", fact->sound ? "sound" : fact->flaw);
    if (fact->code != 0)
        dcv_buf_printf(&told, " %u %s", fact->code, fact->text);
    for (size_t i = 0; i < fact->recipient_count; i++) {
        const struct dcv_smtp_recipient *recipient = &fact->recipients[i];
        ck_assert_int_eq(recipient->random, i + 1 == fact->recipient_count && recipient->address[0] == 'x');
        if (recipient->result != DCV_RCPT_UNANSWERED || recipient->code != 0)
            dcv_buf_printf(&told, " %s%s=%s%s", recipient->random ? "?" : "", recipient->address, dcv_rcpt_text(recipient->result),
                           recipient->again ? "+" : "");
    }
    dcv_buf_printf(&told, "\n");
}

static void on_done(void *user, const struct dcv_smtp_fact *all, size_t count)
{
    const long left = short_left;
    short_left = PLENTY;
    ck_assert_ptr_eq(user, &calls);
    calls++;
    probe = NULL;
    for (size_t i = 0; i < count; i++)
        print_fact(&all[i]);
    short_left = left;
}

static void setup(void)
{
    ck_assert_int_eq(dcv_net_create(fake_create(on_exchange, NULL, &fake), START_US, &net), DCV_OK);
    facts = dcv_facts_create();
    dcv_buf_init(&told, TEXT_MAX);
    calls = 0;
    talks = 0;
    probe = NULL;
}

static void teardown(void)
{
    dcv_buf_done(&told);
    dcv_net_free(net);
    dcv_facts_free(facts);
}

/* Addresses joined by blanks, each of a host of its own, and "=" before one of the same preference as the last; recipients likewise. */
static enum dcv_status begin(const char *addresses, const char *recipients, const char *random, unsigned until_s)
{
    char copies[40][80];
    const char *list[40];
    size_t count = 0, host_count = 0;
    uint16_t preference = 0;
    struct dcv_mail_host *hosts = __real_calloc(HOSTS_MAX, sizeof *hosts); /* gone after the call, as is what they point to */
    uint8_t octets[HOSTS_MAX][4];
    const struct dcv_smtp_probe_options options = {.net = net, .facts = facts, .helo = "client.example", .from = "", .port = 25,
                                                   .timeout_ms = TIMEOUT_MS,
                                                   .again_until_us = START_US + until_s * UINT64_C(1000000), .wall_s = WALL_S, .start_us = START_US};
    for (const char *at = addresses; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        char name[20];
        const bool same = *at == '=';
        preference = same ? preference : (uint16_t)(preference + 10);
        at += same;
        (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(at, " "), at);
        ck_assert_int_eq(inet_pton(AF_INET, name, octets[host_count]), 1);
        (void)snprintf(name, sizeof name, "mx%zu.example", host_count);
        ck_assert_int_eq(dcv_name_parse(name, &hosts[host_count].host, NULL), DCV_OK);
        hosts[host_count].address = (struct dcv_rr){.owner = hosts[host_count].host, .type = DCV_TYPE_A, .rdlen = 4, .rdata = octets[host_count]};
        hosts[host_count].preference = preference;
        host_count++;
    }
    for (const char *at = recipients; *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        (void)snprintf(copies[count], sizeof copies[0], "%.*s", (int)strcspn(at, " "), at);
        list[count] = copies[count];
        count++;
    }
    short_left = short_from;
    const enum dcv_status status = dcv_smtp_probe_start(&options, hosts, host_count, list, count, &random, random != NULL ? 1 : 0, on_done, &calls, &probe);
    memset(copies, 0, sizeof copies);
    memset(octets, 0, sizeof octets);
    free(hosts);
    return status;
}

static void finish(void)
{
    while (dcv_net_step(net))
        continue;
}

/* ---- conversations ----------------------------------------------------------------------------------------------------------------------- */

#define HELLO "banner 220 mx|ehlo 250 mx|"
#define SECURE "banner 220 mx|ehlo 250 mx\\x0aSTARTTLS|starttls 220 go|handshake TLSv1.3 |ehlo 250 mx|"
#define FAILS "banner 220 mx|ehlo 250 mx\\x0aSTARTTLS|starttls 220 go|handshake - alert|broken handshake"
#define MAIL "mail 250 ok|"
#define END "|rset 250 ok|quit 221 bye"
#define AB "a@example.jp b@example.jp"

static const struct {
    const char *addresses, *recipients, *random;
    const char *script[5];
    const char *told;
} rows[] = {
    /* what is said to recipients */
    {"192.0.2.1", AB, "x7@example.jp", {HELLO MAIL "rcpt 0 250 ok|rcpt 1 550 no|rcpt 2 450 later" END},
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted b@example.jp=rejected ?x7@example.jp=deferred\n"},
    /* listed among the others: once, and last */
    {"192.0.2.1", "x7@example.jp " AB, "x7@example.jp", {HELLO MAIL "rcpt 0 251 ok|rcpt 1 354 odd|rcpt 2 554 no" END},
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted b@example.jp=unanswered ?x7@example.jp=rejected\n"},
    {"192.0.2.1", AB, NULL, {HELLO MAIL "rcpt 0 421 enough|rcpt 1 0 |broken closed"}, "192.0.2.1#25 talked rcpt not-offered a@example.jp=deferred\n"},
    {"192.0.2.1", "", NULL, {HELLO MAIL "rset 250 ok|quit 221 bye"}, "192.0.2.1#25 talked quit not-offered\n"},
    {"192.0.2.1", "a@example.jp <b>@example.jp c@example.jp", NULL, {HELLO MAIL "rcpt 0 250 ok|rcpt 1 550 no" END},
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted c@example.jp=rejected\n"},

    /* STARTTLS */
    {"192.0.2.1", AB, NULL, {SECURE MAIL "rcpt 0 250 ok|rcpt 1 250 ok" END},
     "192.0.2.1#25 talked quit done/sound a@example.jp=accepted b@example.jp=accepted\n"},
    {"192.0.2.1", "a@example.jp", NULL,
     {"banner 220 mx|ehlo 250 mx\\x0aSTARTTLS|starttls 220 go|handshake TLSv1.2 expired|ehlo 250 mx|" MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked quit done/expired a@example.jp=accepted\n"},
    {"192.0.2.1", "a@example.jp", NULL, {"banner 220 mx|ehlo 250 mx\\x0aSTARTTLS|starttls 454 no|" MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked quit refused a@example.jp=accepted\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {FAILS, HELLO MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked quit failed/alert a@example.jp=accepted\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {FAILS, "refused", SECURE MAIL "rcpt 0 250 ok" END}, /* the next host is asked with it again */
     "192.0.2.1#25 refused - failed/alert\n192.0.2.2#25 talked quit done/sound a@example.jp=accepted\n"},
    {"192.0.2.1", "a@example.jp", NULL, {FAILS, FAILS}, "192.0.2.1#25 talked starttls failed/alert\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {FAILS, "unsent", HELLO MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked starttls failed/alert\n192.0.2.2#25 talked quit not-offered a@example.jp=accepted\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL,
     {"banner 220 mx|ehlo 250 mx\\x0aSTARTTLS|starttls 0 |broken closed", HELLO MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked starttls unknown\n192.0.2.2#25 talked quit not-offered a@example.jp=accepted\n"},

    /* which host has talked */
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {"banner 554 no|quit 221 bye", NULL}, "192.0.2.1#25 talked banner unknown 554 no\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {"banner 421 busy|quit 221 bye", HELLO MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked banner unknown 421 busy\n192.0.2.2#25 talked quit not-offered a@example.jp=accepted\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {"banner 220 mx|ehlo 502 no|helo 250 mx|" MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {"banner 220 mx|ehlo 502 no|helo 550 no|quit 221 bye", "timeout"},
     "192.0.2.1#25 talked ehlo unknown 550 no\n192.0.2.2#25 timeout - unknown\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {HELLO "mail 550 not you|quit 221 bye", "timeout"},
     "192.0.2.1#25 talked mail not-offered 550 not you\n192.0.2.2#25 timeout - unknown\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {HELLO "mail 0 |broken timeout", "timeout"},
     "192.0.2.1#25 talked mail not-offered\n192.0.2.2#25 timeout - unknown\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {HELLO MAIL "rcpt 0 0 |broken timeout", HELLO MAIL "rcpt 0 250 ok" END},
     "192.0.2.1#25 talked rcpt not-offered\n192.0.2.2#25 talked quit not-offered a@example.jp=accepted\n"},
    {"192.0.2.1 192.0.2.2", AB, NULL, {HELLO MAIL "rcpt 0 550 no|rcpt 1 0 |broken closed"}, "192.0.2.1#25 talked rcpt not-offered a@example.jp=rejected\n"},

    /* hosts of one preference */
    {"192.0.2.1 =192.0.2.2 192.0.2.3", "a@example.jp", NULL, {HELLO MAIL "rcpt 0 250 ok" END, HELLO MAIL "rcpt 0 550 no" END, NULL},
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted\n192.0.2.2#25 talked quit not-offered a@example.jp=rejected\n"},
    {"192.0.2.1 192.0.2.2 =192.0.2.3 192.0.2.4", "a@example.jp", NULL, {"refused", HELLO MAIL "rcpt 0 250 ok" END, "timeout", NULL},
     "192.0.2.1#25 refused - unknown\n192.0.2.2#25 talked quit not-offered a@example.jp=accepted\n192.0.2.3#25 timeout - unknown\n"},
    {"192.0.2.1 =10.0.0.1", "a@example.jp", NULL, {"banner 554 no|quit 221 bye", NULL},
     "192.0.2.1#25 talked banner unknown 554 no\n10.0.0.1#25 private - unknown\n"},

    /* no conversation */
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {"banner 0 |broken timeout", "banner 0 |broken not SMTP"},
     "192.0.2.1#25 timeout banner unknown\n192.0.2.2#25 broken banner unknown\n"},
    {"192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.4", "a@example.jp", NULL, {"refused", "no-route", "broken", "unrecorded"},
     "192.0.2.1#25 refused - unknown\n192.0.2.2#25 no-route - unknown\n192.0.2.3#25 broken - unknown\n192.0.2.4#25 unrecorded - unknown\n"},
    {"192.0.2.1 192.0.2.2", "a@example.jp", NULL, {"garbage", "unsent"}, "192.0.2.1#25 broken - unknown\n192.0.2.2#25 broken - unknown\n"},
    {"10.0.0.1 192.0.2.2", "a@example.jp", NULL, {HELLO MAIL "rcpt 0 250 ok" END}, /* nothing is sent to the private one */
     "10.0.0.1#25 private - unknown\n192.0.2.2#25 talked quit not-offered a@example.jp=accepted\n"},
    {"10.0.0.1", "a@example.jp", NULL, {NULL}, "10.0.0.1#25 private - unknown\n"},
    {"", "a@example.jp", NULL, {NULL}, ""},
};

START_TEST(conversation)
{
    script = rows[_i].script;
    ck_assert_int_eq(begin(rows[_i].addresses, rows[_i].recipients, rows[_i].random, 0), DCV_OK);
    ck_assert_int_eq(calls, 0); /* never from within */
    finish();
    ck_assert_int_eq(calls, 1);
    ck_assert_str_eq(dcv_buf_text(&told), rows[_i].told);
    for (size_t i = 0; i < fake_sent(fake); i++)
        ck_assert_str_ne(fake_to(fake, i), "smtp://10.0.0.1:25");
}
END_TEST

START_TEST(request)
{
    static const char *const steps[] = {FAILS, HELLO MAIL "rcpt 0 250 ok" END, NULL};
    script = steps;
    ck_assert_int_eq(begin("192.0.2.1", AB, "x7@example.jp", 0), DCV_OK);
    finish();
    ck_assert_uint_eq(fake_sent(fake), 2);
    ck_assert_str_eq(fake_to(fake, 0), "smtp://192.0.2.1:25");
    ck_assert_str_eq(fake_query(fake, 0), "host mx0.example\nhelo client.example\nfrom \nstarttls\nrcpt a@example.jp\nrcpt b@example.jp\n"
                                           "rcpt x7@example.jp\n");
    ck_assert_str_eq(fake_query(fake, 1), "host mx0.example\nhelo client.example\nfrom \nrcpt a@example.jp\nrcpt b@example.jp\nrcpt x7@example.jp\n");
}
END_TEST

/* No more recipients than a conversation takes; the random one is among them. */
START_TEST(many_recipients)
{
    static const char *const steps[] = {HELLO MAIL "rcpt 0 250 ok|rcpt 23 550 no" END, NULL};
    char list[1000] = "";
    for (int i = 0; i < 30; i++)
        (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%sr%d@example.jp", i == 0 ? "" : " ", i);
    script = steps;
    ck_assert_int_eq(begin("192.0.2.1", list, "x7@example.jp", 0), DCV_OK);
    finish();
    ck_assert_str_eq(dcv_buf_text(&told), "192.0.2.1#25 talked quit not-offered r0@example.jp=accepted ?x7@example.jp=rejected\n");
    ck_assert_ptr_nonnull(strstr(fake_query(fake, 0), "rcpt r22@example.jp\nrcpt x7@example.jp\n"));
    ck_assert_ptr_null(strstr(fake_query(fake, 0), "r23@"));
}
END_TEST

/* ---- second attempts ---------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *script[4];
    unsigned until_s;
    const char *told;
    const char *asked; /* in the second conversation; NULL: there is none */
    unsigned after_s;  /* until all is told */
} again_rows[] = {
    {{HELLO MAIL "rcpt 0 250 ok|rcpt 1 450 try again in 60 seconds|rcpt 2 550 no" END, HELLO MAIL "rcpt 0 250 ok" END}, 300,
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted b@example.jp=accepted+ ?x7@example.jp=rejected\n", "rcpt b@example.jp\n", 61},
    {{HELLO MAIL "rcpt 0 450 greylisted for 10 s|rcpt 1 450 greylisted for 30 s|rcpt 2 450 busy" END,
      HELLO MAIL "rcpt 0 550 no|rcpt 1 451 retry in 00:00:10" END}, 300,
     "192.0.2.1#25 talked quit not-offered a@example.jp=rejected+ b@example.jp=deferred+ ?x7@example.jp=deferred\n",
     "rcpt a@example.jp\nrcpt b@example.jp\n", 31},
    {{HELLO MAIL "rcpt 0 450 greylisted for 10 s|rcpt 1 450 greylisted for 1 hour|rcpt 2 250 ok" END, HELLO MAIL "rcpt 0 250 ok" END}, 60,
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted+ b@example.jp=deferred ?x7@example.jp=accepted\n", "rcpt a@example.jp\n", 11},
    /* without STARTTLS as before */
    {{FAILS, HELLO MAIL "rcpt 0 450 try again in 5 s|rcpt 1 250 ok|rcpt 2 550 no" END, HELLO MAIL "rcpt 0 250 ok" END}, 300,
     "192.0.2.1#25 talked quit failed/alert a@example.jp=accepted+ b@example.jp=accepted ?x7@example.jp=rejected\n", "from \nrcpt a@example.jp\n", 6},
    /* the first reply stands where there is no second */
    {{HELLO MAIL "rcpt 0 450 try again in 5 s|rcpt 1 450 try again in 5 s|rcpt 2 550 no" END, HELLO MAIL "rcpt 0 0 |broken closed"}, 300,
     "192.0.2.1#25 talked quit not-offered a@example.jp=deferred b@example.jp=deferred ?x7@example.jp=rejected\n",
     "rcpt a@example.jp\nrcpt b@example.jp\n", 6},
    {{HELLO MAIL "rcpt 0 450 try again in 5 s" END, "refused"}, 300, "192.0.2.1#25 talked quit not-offered a@example.jp=deferred\n",
     "rcpt a@example.jp\n", 6},
    {{HELLO MAIL "rcpt 0 450 try again in 5 s" END, "unsent"}, 300, "192.0.2.1#25 talked quit not-offered a@example.jp=deferred\n", NULL, 6},
    {{HELLO MAIL "rcpt 0 450 try again in 5 s" END, "garbage"}, 300, "192.0.2.1#25 talked quit not-offered a@example.jp=deferred\n",
     "rcpt a@example.jp\n", 6},
    /* no pause, or none that fits: with 5 s and 1 s more and 4 s for the conversation there must be 10 s */
    {{HELLO MAIL "rcpt 0 450 busy" END}, 300, "192.0.2.1#25 talked quit not-offered a@example.jp=deferred\n", NULL, 0},
    {{HELLO MAIL "rcpt 0 550 try again in 5 s" END}, 300, "192.0.2.1#25 talked quit not-offered a@example.jp=rejected\n", NULL, 0},
    {{HELLO MAIL "rcpt 0 450 try again in 5 s" END}, 10, "192.0.2.1#25 talked quit not-offered a@example.jp=deferred\n", NULL, 0},
    {{HELLO MAIL "rcpt 0 450 try again in 5 s" END, HELLO MAIL "rcpt 0 250 ok" END}, 11,
     "192.0.2.1#25 talked quit not-offered a@example.jp=accepted+\n",
     "rcpt a@example.jp\n", 6},
};

START_TEST(again)
{
    script = again_rows[_i].script;
    ck_assert_int_eq(begin("192.0.2.1 192.0.2.2", AB, "x7@example.jp", again_rows[_i].until_s), DCV_OK);
    finish();
    ck_assert_int_eq(calls, 1);
    ck_assert_str_eq(dcv_buf_text(&told), again_rows[_i].told);
    const char *last = fake_query(fake, fake_sent(fake) - 1), *end = again_rows[_i].asked != NULL ? again_rows[_i].asked : "rcpt x7@example.jp\n";
    ck_assert_uint_ge(strlen(last), strlen(end));
    ck_assert_str_eq(last + strlen(last) - strlen(end), end);
    ck_assert_uint_eq((dcv_net_now_us(net) - START_US) / 1000000U, again_rows[_i].after_s);
}
END_TEST

static const struct {
    const char *text;
    int pause_s; /* -1: none */
} hints[] = {
    {"try again in 300 seconds", 300},
    {"4.7.1 Greylisted, please try again in 5 minutes", 300},
    {"4.2.0 <a@example.jp>: Recipient address rejected: Greylisted for 300 seconds (see http://grey.example/1.html)", 300},
    {"Greylisting in action, please come back in 00:05:00", 300},
    {"retry in 01:00:01", 3601},
    {"try again in 4 minutes and 30 seconds", 270},
    {"try again in 4 min 30 sec", 270},
    {"Please retry after 1m30s", 90},
    {"GRAYLISTED (60s)", 60},
    {"too busy\nwait 2 hours", 7200},
    {"delayed; retry=10s", 10},
    {"try again in 0 seconds", 0},
    {"try again in 24 hours", 86400},
    {"try again in 25 hours", -1},
    {"try again in 99999999999999999999 seconds", -1},
    {"try again in 4294967297 s", -1},
    {"try again in 99999 hours", -1},
    {"retry in 99999999:00:00", -1},
    {"try again later", -1},
    {"try again in a few minutes", -1},
    {"4.7.1 try again", -1},
    {"try again after 4.5 minutes", -1},
    {"try again, 192.0.2.1 minutes", -1},
    {"try again in 5 seconders", -1},
    {"try again in 5", -1},
    {"5 minutes of silence", -1},
    {"quota of 100 messages in 60 s; try again", -1}, /* the number is not that of coming again */
    {"", -1},
    {"again", -1},
};

START_TEST(hint)
{
    unsigned pause_s = 7;
    ck_assert_int_eq(hint_pause(hints[_i].text, &pause_s), hints[_i].pause_s >= 0);
    if (hints[_i].pause_s >= 0)
        ck_assert_uint_eq(pause_s, (unsigned)hints[_i].pause_s);
}
END_TEST

/* ---- ends before the end --------------------------------------------------------------------------------------------------------------------- */

static const char *const busy[] = {"refused", FAILS, HELLO MAIL "rcpt 0 450 try again in 5 s|rcpt 1 250 ok" END, NULL};

/* By the number of steps: begun, refused, failed handshake, talked, waited; then the second attempt never ends. */
static const char *const cuts[] = {
    "192.0.2.1#25 deadline - unknown\n",
    "192.0.2.1#25 deadline - unknown\n",
    "192.0.2.1#25 refused - unknown\n192.0.2.2#25 deadline - unknown\n",
    "192.0.2.1#25 refused - unknown\n192.0.2.2#25 deadline - failed/alert\n",
    "192.0.2.1#25 refused - unknown\n192.0.2.2#25 talked quit failed/alert a@example.jp=deferred b@example.jp=accepted\n",
    "192.0.2.1#25 refused - unknown\n192.0.2.2#25 talked quit failed/alert a@example.jp=deferred b@example.jp=accepted\n",
};

START_TEST(cut)
{
    script = busy;
    ck_assert_int_eq(begin("192.0.2.1 192.0.2.2 192.0.2.3", AB, NULL, 300), DCV_OK);
    for (int i = 0; i < _i; i++)
        ck_assert(dcv_net_step(net));
    ck_assert_int_eq(calls, 0);
    dcv_smtp_probe_cut(probe);
    ck_assert_int_eq(calls, 1);
    ck_assert_str_eq(dcv_buf_text(&told), cuts[_i]);
    fake_release(fake, DCV_EXCHANGE_TIMEOUT);
    finish();
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(drop)
{
    script = busy;
    ck_assert_int_eq(begin("192.0.2.1 192.0.2.2 192.0.2.3", AB, NULL, 300), DCV_OK);
    for (int i = 0; i < _i; i++)
        ck_assert(dcv_net_step(net));
    dcv_smtp_probe_drop(probe);
    fake_release(fake, DCV_EXCHANGE_TIMEOUT);
    finish();
    ck_assert_int_eq(calls, 0);
}
END_TEST

START_TEST(drop_nothing)
{
    dcv_smtp_probe_drop(NULL);
    script = busy;
    ck_assert_int_eq(begin("", AB, NULL, 300), DCV_OK);
    dcv_smtp_probe_cut(probe); /* without a host */
    ck_assert_int_eq(calls, 1);
    ck_assert_str_eq(dcv_buf_text(&told), "");
}
END_TEST

/* Whichever allocation fails: it is told to its end, or was never begun. */
START_TEST(scarce)
{
    static const char *const steps[] = {"refused", FAILS, HELLO MAIL "rcpt 0 450 try again in 5 s|rcpt 1 250 ok" END, HELLO MAIL "rcpt 0 250 ok" END,
                                        NULL};
    bool enough = false;
    for (long n = 0; !enough; n++) {
        ck_assert_int_lt(n, 2000);
        teardown();
        setup();
        script = steps;
        short_from = n;
        const enum dcv_status status = begin("192.0.2.1 192.0.2.2", AB, NULL, 300);
        if (status == DCV_OK)
            finish();
        enough = short_left > 0;
        short_left = short_from = PLENTY;
        ck_assert_int_eq(calls, status == DCV_OK);
        ck_assert(status == DCV_OK || status == DCV_ERR_NOMEM);
    }
    ck_assert_str_eq(dcv_buf_text(&told),
                     "192.0.2.1#25 refused - unknown\n192.0.2.2#25 talked quit failed/alert a@example.jp=accepted+ b@example.jp=accepted\n");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("smtp");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, conversation, 0, ROWS(rows));
    tcase_add_test(tcase, request);
    tcase_add_test(tcase, many_recipients);
    tcase_add_loop_test(tcase, again, 0, ROWS(again_rows));
    tcase_add_loop_test(tcase, hint, 0, ROWS(hints));
    tcase_add_loop_test(tcase, cut, 0, ROWS(cuts));
    tcase_add_loop_test(tcase, drop, 0, ROWS(cuts));
    tcase_add_test(tcase, drop_nothing);
    tcase_add_test(tcase, scarce);
    return run_cases("smtp", tcase);
}
