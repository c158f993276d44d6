/* POLICY §4: the mail state of an address by what mail hosts say to it, and what is said of the hosts. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define SOA "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"
#define MAIL SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"
#define TWO MAIL "example.jp. IN MX 20 b.example.jp.\nb.example.jp. IN A 192.0.2.26\n"
#define EQUAL MAIL "example.jp. IN MX 10 b.example.jp.\nb.example.jp. IN A 192.0.2.26\n"
#define MET "! smtp mail.example.jp 192.0.2.25 talked "
#define TALK MET "starttls=done sound\n"
#define RCPT "! rcpt 192.0.2.25 "
#define RANDOM RCPT "?x1y2@example.jp 550 5.1.1 no\n"
#define B_TALK "! smtp b.example.jp 192.0.2.26 talked starttls=done sound\n"
#define B_RCPT "! rcpt 192.0.2.26 "
#define B_RANDOM B_RCPT "?x1y2@example.jp 550 5.1.1 no\n"
#define B_TAKES B_TALK B_RCPT "admin@example.jp 250\n" B_RANDOM
#define B_DENIES B_TALK B_RCPT "admin@example.jp 550 no\n"
#define SILENT "! smtp mail.example.jp 192.0.2.25 timeout\n"
#define NOW "2026-11-21"

/* The state of admin@example.jp, and the findings of a CA that has other addresses, too; these are not answered for. */
static const struct {
    const char *zone;
    enum dcv_mail mail;
    const char *findings; /* for sectigo */
} rows[] = {
    {MAIL, DCV_MAIL_MX, ""},
    {MAIL TALK RCPT "admin@example.jp 250 ok\n" RANDOM, DCV_MAIL_ACCEPTED, "smtp-accepted"},
    {MAIL TALK RCPT "admin@EXAMPLE.jp 250 ok\n" RANDOM, DCV_MAIL_ACCEPTED, "smtp-accepted"},
    {MAIL TALK RCPT "Admin@example.jp 250 ok\n" RANDOM, DCV_MAIL_MX, ""}, /* local parts differ by case */
    {MAIL TALK RCPT "admin@example.jp 250 ok\n" RCPT "?x1y2@example.jp 250 ok", DCV_MAIL_UNVERIFIABLE, "smtp-catch-all"},
    {MAIL TALK RCPT "admin@example.jp 250 ok\n" RCPT "?x1y2@example.com 250 ok", DCV_MAIL_ACCEPTED, "smtp-accepted"}, /* of another domain */
    {MAIL TALK RCPT "admin@example.jp 451 4.7.1 come back", DCV_MAIL_DEFERRED, "smtp-deferred"},
    {MAIL TALK RCPT "admin@example.jp 451 4.7.1 come back\n" RCPT "admin@example.jp 250 ok",
     DCV_MAIL_ACCEPTED, "smtp-accepted"}, /* the second attempt */
    {MAIL TALK RCPT "admin@example.jp 0", DCV_MAIL_MX, ""},
    {MAIL TALK RCPT "hostmaster@example.jp 421 4.7.0 too many\n" RCPT "admin@example.jp 0", DCV_MAIL_DEFERRED, "smtp-deferred"}, /* of the session */

    /* refusals of the mailbox */
    {MAIL TALK RCPT "admin@example.jp 550 5.1.1 who?\n" RANDOM, DCV_MAIL_REJECTED, "smtp-rejected=notice"},
    {MAIL TALK RCPT "admin@example.jp 550 550-5.1.1 who?", DCV_MAIL_REJECTED, "smtp-rejected=notice"},
    {MAIL TALK RCPT "admin@example.jp 550 5.4.1 Recipient address rejected: Access denied", DCV_MAIL_REJECTED, "smtp-rejected=notice"},
    {MAIL TALK RCPT "admin@example.jp 552 5.2.2 full", DCV_MAIL_REJECTED, "smtp-rejected=notice"},
    {MAIL TALK RCPT "admin@example.jp 550 no such user here, see our policy", DCV_MAIL_REJECTED, "smtp-rejected=notice"},
    {MAIL TALK RCPT "admin@example.jp 550", DCV_MAIL_REJECTED, "smtp-rejected=notice"},
    {MAIL TALK RCPT "admin@example.jp 551 moved", DCV_MAIL_REJECTED, "smtp-rejected=notice"},

    /* of the domain */
    {MAIL TALK RCPT "admin@example.jp 554 5.7.1 <admin@example.jp>: Relay access denied", DCV_MAIL_REJECTED, "smtp-not-here=notice"},
    {MAIL TALK RCPT "admin@example.jp 550 Relaying denied", DCV_MAIL_REJECTED, "smtp-not-here=notice"},
    {MAIL MET "starttls=unknown code=521 text=\"no mail here\"", DCV_MAIL_REJECTED, "smtp-all-rejected smtp-not-here"},
    {MAIL TALK RCPT "admin@example.jp 556 5.1.10 null MX", DCV_MAIL_REJECTED, "smtp-not-here=notice"},

    /* of whoever asks: that says nothing of the address */
    {MAIL TALK RCPT "admin@example.jp 554 5.7.1 blocked", DCV_MAIL_UNVERIFIABLE, "smtp-refused-us"},
    {MAIL TALK RCPT "admin@example.jp 550 listed at SPAMHAUS", DCV_MAIL_UNVERIFIABLE, "smtp-refused-us"},
    {MAIL TALK RCPT "admin@example.jp 550 null sender not wanted", DCV_MAIL_UNVERIFIABLE, "smtp-refused-us"},
    {MAIL TALK RCPT "admin@example.jp 553 5.1.8 no such domain", DCV_MAIL_UNVERIFIABLE, "smtp-refused-us"},
    {MAIL TALK RCPT "admin@example.jp 530 go away", DCV_MAIL_UNVERIFIABLE, "smtp-refused-us"},
    {MAIL MET "starttls=unknown code=554 text=\"no service\"", DCV_MAIL_UNVERIFIABLE, "smtp-refused-us"},
    {MAIL MET "starttls=unknown code=421 text=busy", DCV_MAIL_DEFERRED, "smtp-deferred"},

    /* nobody there */
    {MAIL SILENT, DCV_MAIL_UNVERIFIABLE, "smtp-port-closed-here"},
    {MAIL "! smtp mail.example.jp 192.0.2.25 refused", DCV_MAIL_UNKNOWN, "smtp-host-dead"}, /* it came from there */
    {MAIL "! smtp mail.example.jp 192.0.2.25 timeout stage=banner", DCV_MAIL_UNKNOWN, "smtp-host-dead"},
    {MAIL SILENT "! smtp mail.example.jp 192.0.2.25 no-route", DCV_MAIL_UNVERIFIABLE, "smtp-port-closed-here"},
    {MAIL SILENT "! smtp mx.example.net 192.0.2.27 talked starttls=done sound", DCV_MAIL_UNKNOWN, "smtp-host-dead"},
    {MAIL "! smtp mail.example.jp 192.0.2.25 broken", DCV_MAIL_UNKNOWN, "smtp-host-dead"},
    {MAIL MET "stage=rcpt starttls=unknown why=closed\n" RCPT "admin@example.jp 0", DCV_MAIL_UNKNOWN, "smtp-host-dead"}, /* it said no more than hello */
    {MAIL MET "stage=ehlo starttls=unknown why=\"not SMTP\"", DCV_MAIL_UNKNOWN, "smtp-host-dead"},
    {MAIL MET "stage=rcpt starttls=done sound why=timeout\n" RCPT "admin@example.jp 250\n" RANDOM, DCV_MAIL_ACCEPTED, "smtp-accepted"},
    {TWO MET "stage=rcpt starttls=unknown why=closed\n" B_TAKES, DCV_MAIL_ACCEPTED, "smtp-host-dead=notice smtp-accepted"},
    {MAIL SILENT TALK RCPT "admin@example.jp 250\n" RANDOM, DCV_MAIL_ACCEPTED, "smtp-accepted"}, /* its other address */
    {MAIL "! smtp mail.example.jp 192.0.2.25 no-route", DCV_MAIL_MX, "smtp-unasked"},
    {MAIL "! smtp mail.example.jp 192.0.2.25 private", DCV_MAIL_MX, "smtp-unasked"},
    {MAIL "! smtp mail.example.jp 192.0.2.25 deadline", DCV_MAIL_MX, "smtp-unasked"},
    {MAIL "! smtp mx.example.net 192.0.2.27 talked starttls=done sound\n! rcpt 192.0.2.27 admin@example.jp 550",
     DCV_MAIL_MX, ""}, /* no host of the domain */

    /* several hosts */
    {TWO SILENT B_TAKES, DCV_MAIL_ACCEPTED, "smtp-host-dead=notice smtp-accepted"},
    {TWO TALK RCPT "admin@example.jp 550 5.1.1 no\n" B_TAKES, DCV_MAIL_REJECTED, "smtp-rejected=notice"},
    {TWO TALK RCPT "admin@example.jp 250 ok\n" RANDOM B_DENIES, DCV_MAIL_ACCEPTED, "smtp-accepted"},
    {TWO B_DENIES TALK RCPT "admin@example.jp 250 ok\n" RANDOM, DCV_MAIL_ACCEPTED, "smtp-accepted"},
    {TWO TALK RCPT "admin@example.jp 450 wait\n" B_TAKES, DCV_MAIL_ACCEPTED, "smtp-accepted"},
    {TWO TALK RCPT "admin@example.jp 450 wait\n" B_DENIES, DCV_MAIL_DEFERRED, "smtp-deferred"},
    {TWO MET "starttls=unknown code=554\n" B_TAKES, DCV_MAIL_UNVERIFIABLE, "smtp-refused-us"},
    {EQUAL TALK RCPT "admin@example.jp 250\n" RANDOM B_DENIES, DCV_MAIL_ACCEPTED, "smtp-differs smtp-accepted"},

    /* without an MX */
    {SOA "example.jp. IN A 192.0.2.80\n! smtp example.jp 192.0.2.80 talked starttls=done sound\n! rcpt 192.0.2.80 admin@example.jp 250\n"
     "! rcpt 192.0.2.80 ?x1y2@example.jp 550 5.1.1 no",
     DCV_MAIL_ACCEPTED, "mail-implicit-mx smtp-accepted"},
    {SOA "example.jp. IN A 192.0.2.80\n! smtp example.jp 192.0.2.80 timeout",
     DCV_MAIL_UNVERIFIABLE, "mail-implicit-mx=warning smtp-port-closed-here"},
    {SOA "example.jp. IN MX 0 .\n! smtp example.jp 192.0.2.80 talked starttls=done sound\n! rcpt 192.0.2.80 admin@example.jp 250",
     DCV_MAIL_NULL_MX, "no-usable-address mail-null-mx"},

    /* TLS */
    {MAIL MET "starttls=not-offered", DCV_MAIL_MX, "smtp-no-starttls"},
    {MAIL MET "starttls=refused", DCV_MAIL_MX, "smtp-starttls-broken"},
    {MAIL MET "starttls=failed flaw=\"no shared cipher\"", DCV_MAIL_MX, "smtp-starttls-broken"},
    {MAIL MET "starttls=done flaw=expired", DCV_MAIL_MX, "smtp-certificate"},
    {MAIL MET "starttls=unknown", DCV_MAIL_MX, ""},
};

START_TEST(state)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW, .zone = rows[_i].zone};
    world_judge(&world);
    const struct dcv_entry *entry = dcv_judged_best(&world.judged.cas.items[0], "admin@example.jp");
    ck_assert_ptr_nonnull(entry);
    ck_assert_msg(entry->mail == rows[_i].mail, "%s\n%s, not %s", rows[_i].zone, dcv_mail_text(entry->mail), dcv_mail_text(rows[_i].mail));
    ck_assert_msg(strcmp(world_findings(&world, 0), rows[_i].findings) == 0, "%s\n%s, not %s", rows[_i].zone, world_findings(&world, 0),
                  rows[_i].findings);
    world_done(&world);
}
END_TEST

#define FIVE(code)                                                                                                      \
    RCPT "admin@example.jp " code "\n" RCPT "administrator@example.jp " code "\n" RCPT "hostmaster@example.jp " code "\n" \
        RCPT "webmaster@example.jp " code "\n"

static const struct {
    const char *ca, *zone;
    enum dcv_verdict verdict;
    const char *findings;
} verdicts[] = {
    {"sectigo", MAIL TALK FIVE("550 5.1.1 no") RCPT "postmaster@example.jp 250", DCV_READY, "smtp-rejected=notice smtp-accepted"},
    {"sectigo", MAIL TALK FIVE("550 5.1.1 no") RCPT "postmaster@example.jp 550 5.1.1 no", DCV_NOT_READY, "smtp-all-rejected smtp-rejected"},
    {"sectigo", MAIL TALK FIVE("450 wait") RCPT "postmaster@example.jp 450 wait", DCV_READY, "smtp-deferred"},
    {"sectigo", MAIL TALK FIVE("550 5.7.1 blocked") RCPT "postmaster@example.jp 550 5.7.1 blocked", DCV_READY, "smtp-refused-us"},
    {"sectigo", MAIL TALK FIVE("550 5.1.1 no") RCPT "postmaster@example.jp 550 5.1.1 no\n" "! servfail _validation-contactemail.example.jp TXT",
     DCV_UNKNOWN_VERDICT, "contact-failed smtp-rejected"},
    {"digicert", SOA "example.jp. IN A 192.0.2.80\n! smtp example.jp 192.0.2.80 talked starttls=done sound\n"
     "! rcpt 192.0.2.80 admin@example.jp 250\n! rcpt 192.0.2.80 administrator@example.jp 250\n! rcpt 192.0.2.80 hostmaster@example.jp 250\n"
      "! rcpt 192.0.2.80 webmaster@example.jp 250\n! rcpt 192.0.2.80 postmaster@example.jp 250\n! rcpt 192.0.2.80 ?x1y2@example.jp 550 5.1.1 no",
     DCV_NOT_READY,
     "no-usable-address mail-mx-required mail-implicit-mx smtp-accepted"},
    {"letsencrypt", MAIL SILENT, DCV_NOT_READY, "ca-no-email"},
};

START_TEST(verdict)
{
    struct world world = {.name = "example.jp", .ca = verdicts[_i].ca, .as_of = NOW, .zone = verdicts[_i].zone};
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), verdicts[_i].findings) == 0, "%s\n%s, not %s", verdicts[_i].zone, world_findings(&world, 0),
                  verdicts[_i].findings);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, verdicts[_i].verdict);
    world_done(&world);
}
END_TEST

/* Addresses of two domains, one of them rejected: what is said of each is its own. */
START_TEST(two_domains)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW,
                          .zone = MAIL TALK FIVE("550 5.1.1 no") RCPT "postmaster@example.jp 550 5.1.1 no\n"
                          "_validation-contactemail.example.jp. IN TXT \"dcv@example.net\"\nexample.net. IN MX 10 mx.example.net.\n"
                          "mx.example.net. IN A 192.0.2.27\n! smtp mx.example.net 192.0.2.27 talked starttls=done sound\n"
                          "! rcpt 192.0.2.27 dcv@example.net 250 ok"};
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    ck_assert_int_eq(ca->verdict, DCV_READY);
    ck_assert(dcv_judged_best(ca, "dcv@example.net")->usable);
    ck_assert(!dcv_judged_best(ca, "admin@example.jp")->usable);
    ck_assert_str_eq(world_findings(&world, 0), "smtp-rejected=notice smtp-accepted");
    const struct dcv_finding *finding = world_finding(&world, 0, "smtp-rejected");
    ck_assert_str_eq(finding->subject, "example.jp");
    ck_assert_str_eq(world_arg(finding, "host"), "mail.example.jp");
    ck_assert_str_eq(world_arg(finding, "reply"), "550 5.1.1 no");
    ck_assert_str_eq(world_arg(finding, "addresses"),
                     "admin@example.jp, administrator@example.jp, hostmaster@example.jp, postmaster@example.jp, webmaster@example.jp");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "smtp-accepted"), "addresses"), "dcv@example.net");
    world_done(&world);
}
END_TEST

/* The address that a reply repeats is no part of its words. */
START_TEST(words_of_the_address)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW,
                          .zone = MAIL "_validation-contactemail.example.jp. IN TXT \"spam-policy@example.jp\"\n" TALK RCPT
                          "spam-policy@example.jp 550 <Spam-Policy@example.jp> unwanted"};
    world_judge(&world);
    ck_assert_int_eq(dcv_judged_best(&world.judged.cas.items[0], "spam-policy@example.jp")->mail, DCV_MAIL_REJECTED);
    world_done(&world);
}
END_TEST

#define TLSA(usage)                                                                                                     \
    "_25._tcp.mail.example.jp. IN TLSA " usage " 1 1 0000000000000000000000000000000000000000000000000000000000000001\n"       \
    "! ask _25._tcp.mail.example.jp TLSA\n"
#define STS(text) "_mta-sts.example.jp. IN TXT \"" text "\"\n! ask _mta-sts.example.jp TXT\n"

static const struct {
    const char *zone, *findings;
} promises[] = {
    {MAIL TLSA("3"), "mail-tlsa-insecure"},
    {MAIL TLSA("3") "! secure jp", "mail-tlsa"},
    {MAIL TLSA("3") "! secure jp\n" MET "starttls=done flaw=expired", "mail-tlsa"}, /* usage 3: dates and names do not count */
    {MAIL TLSA("2") "! secure jp\n" MET "starttls=done flaw=expired", "smtp-certificate=warning mail-tlsa"},
    {MAIL TLSA("3") "! secure jp\n" MET "starttls=not-offered", "smtp-no-starttls=warning mail-tlsa"},
    {MAIL TLSA("3") "! secure jp\n" MET "starttls=failed", "smtp-starttls-broken=warning mail-tlsa"},
    {MAIL TLSA("3") MET "starttls=failed", "mail-tlsa-insecure smtp-starttls-broken"},
    {MAIL STS("v=STSv1; id=1"), "mail-mta-sts"},
    {MAIL STS("v=STSv1; id=1") MET "starttls=done flaw=expired", "smtp-certificate=warning mail-mta-sts"},
    {MAIL STS("v=STSv10; id=1") MET "starttls=done flaw=expired", "smtp-certificate"},
    {MAIL STS("v=STSv1; id=1") STS("v=STSv1; id=2"), ""}, /* RFC 8461 §3.1: two are none */
};

START_TEST(promised)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW, .zone = promises[_i].zone};
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), promises[_i].findings) == 0, "%s\n%s, not %s", promises[_i].zone, world_findings(&world, 0),
                  promises[_i].findings);
    world_done(&world);
}
END_TEST

/* What is not looked at is not said to be broken. */
START_TEST(many_hosts)
{
    char zone[8000] = SOA;
    for (int i = 0; i < 17; i++)
        (void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone), "example.jp. IN MX %d m%d.example.jp.\n%s", i, i,
                       i == 16 ? "m16.example.jp. IN A 192.0.2.25\n" : "");
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW, .zone = zone};
    world_judge(&world);
    ck_assert_int_eq(dcv_judged_best(&world.judged.cas.items[0], "admin@example.jp")->mail, DCV_MAIL_UNKNOWN);
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "mail-mx-cut"), "count"), "17");
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_UNKNOWN_VERDICT);
    world_done(&world);
}
END_TEST

/* Hosts that fail in one way are named together, those that fail in another by themselves. */
START_TEST(ways_to_fail)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW,
                          .zone = TWO "example.jp. IN MX 30 c.example.jp.\nc.example.jp. IN A 192.0.2.27\n! smtp mail.example.jp 192.0.2.25 refused\n"
                          "! smtp b.example.jp 192.0.2.26 broken stage=banner why=closed\n! smtp c.example.jp 192.0.2.27 refused"};
    world_judge(&world);
    ck_assert_str_eq(world_findings(&world, 0), "smtp-host-dead smtp-host-dead");
    const struct dcv_finding *finding = world_finding(&world, 0, "smtp-host-dead");
    ck_assert_str_eq(world_arg(finding, "hosts"), "mail.example.jp 192.0.2.25#25, c.example.jp 192.0.2.27#25");
    ck_assert_str_eq(world_arg(finding, "state"), "the connection was refused");
    world_done(&world);
}
END_TEST

#define LONG "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
/* Every reply is hostile: long, of many lines, with the code in the text. */
START_TEST(reply_on_one_line)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = NOW,
                          .zone = MAIL TALK RCPT "admin@example.jp 550 550-5.1.1 a\rb " LONG LONG LONG};
    world_judge(&world);
    const char *reply = world_arg(world_finding(&world, 0, "smtp-rejected"), "reply");
    ck_assert_msg(strncmp(reply, "550 5.1.1 a b xxx", 17) == 0, "%s", reply);
    ck_assert_uint_le(strlen(reply), 164);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("delivery");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, state, 0, ROWS(rows));
    tcase_add_loop_test(tcase, verdict, 0, ROWS(verdicts));
    tcase_add_test(tcase, two_domains);
    tcase_add_test(tcase, words_of_the_address);
    tcase_add_loop_test(tcase, promised, 0, ROWS(promises));
    tcase_add_test(tcase, many_hosts);
    tcase_add_test(tcase, ways_to_fail);
    tcase_add_test(tcase, reply_on_one_line);
    return run_cases("delivery", tcase);
}
