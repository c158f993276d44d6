/* Validation without e-mail: each way of a CA by itself, what CAA says of it, and what the row comes to. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

enum { DNS = 1 << DCV_BY_DNS, HTTP = 1 << DCV_BY_HTTP, TLS = 1 << DCV_BY_TLS_ALPN, EMAIL = 1 << DCV_BY_EMAIL };

#define BASE                                                                                                            \
    "jp. IN SOA ns.jp. root.jp. 1 2 3 4 5\ncom. IN SOA ns.com. root.com. 1 2 3 4 5\n"                                   \
    "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\nexample.jp. IN A 192.0.2.80\nwww.example.jp. IN A 192.0.2.80\n" \
    "example.com. IN SOA ns.example.com. root.example.com. 1 2 3 4 5\n"
#define ACME "http://example.jp/.well-known/acme-challenge/x"
#define ONE "! http-01 " ACME " 192.0.2.80 "
#define SIX "! http-01 " ACME " 2001:db8::80 "
#define TO(url) "talked 301 location=" url
#define FIND "talked 404 random"
#define NAMED "! alpn example.jp 192.0.2.80 "
#define NAMED_SIX "! alpn example.jp 2001:db8::80 "
#define SPEAKS "talked handshake negotiated=acme-tls/1"

/* The verdict of the row, those of its ways, and the findings, as world_findings() has them. */
static const struct {
    const char *what, *name, *ca;
    unsigned by;
    const char *as_of, *zone;
    enum dcv_verdict verdict;
    const char *ways, *findings;
} rows[] = {
    /* --- DNS --- */
    {"nothing in the way", "example.jp", "letsencrypt", DNS, "2026-11-21", "", DCV_READY, "dns-change=ready", ""},
    {"a wildcard name", "*.example.jp", "letsencrypt", DNS, "2026-11-21", "", DCV_READY, "dns-change=ready", ""},
    {"a parent could not hold it, the name can", "www.example.jp", "globalsign", DNS, "2026-11-21", "", DCV_READY, "dns-change=ready", ""},
    {"delegated", "example.jp", "letsencrypt", DNS, "2026-11-21", "_acme-challenge.example.jp. IN CNAME t.example.com.", DCV_READY,
     "dns-change=ready", "way-out-delegated"},
    {"delegated to nobody", "example.jp", "letsencrypt", DNS, "2026-11-21", "_acme-challenge.example.jp. IN CNAME t.gone.com.", DCV_NOT_READY,
     "dns-change=not-ready", "way-out-dangling=blocker"},
    {"in a circle", "example.jp", "letsencrypt", DNS, "2026-11-21",
     "_acme-challenge.example.jp. IN CNAME a.example.jp.\na.example.jp. IN CNAME _acme-challenge.example.jp.", DCV_NOT_READY, "dns-change=not-ready",
     "way-out-loop=blocker"},
    {"an old alias, in the way of both rows", "example.jp", "digicert", DNS, "2026-11-21", "_dnsauth.example.jp. IN CNAME t.example.com.", DCV_UNKNOWN_VERDICT,
     "dns-change=not-ready dns-change=not-ready dns-persist=unknown", "way-out-cname=warning way-offer-unknown"},
    {"TXT in the way of one row", "example.jp", "digicert", DNS, "2026-11-21", "_dnsauth.example.jp. IN TXT \"old\"", DCV_READY,
     "dns-change=not-ready dns-change=ready dns-persist=unknown", "way-out-beside way-offer-unknown=info"},
    {"the lookup failed", "example.jp", "letsencrypt", DNS, "2026-11-21", "! servfail _acme-challenge.example.jp TXT", DCV_UNKNOWN_VERDICT,
     "dns-change=unknown", "dns-way-failed"},
    {"bogus", "example.jp", "letsencrypt", DNS, "2026-11-21", "! bogus _acme-challenge.example.jp TXT", DCV_NOT_READY, "dns-change=not-ready",
     "dns-way-bogus"},
    {"bogus, before that counted", "example.jp", "letsencrypt", DNS, "2026-03-14", "! bogus _acme-challenge.example.jp TXT", DCV_READY, "dns-change=ready",
     "dns-way-bogus-early"},
    {"bogus the day it counts", "example.jp", "letsencrypt", DNS, "2026-03-15", "! bogus _acme-challenge.example.jp TXT", DCV_NOT_READY,
     "dns-change=not-ready", "dns-way-bogus"},
    {"the form is not known", "example.jp", "certum", DNS, "2026-11-21", "", DCV_UNKNOWN_VERDICT, "dns-change=unknown", "dns-way-form"},
    {"the offer is not known", "example.jp", "jprs", DNS, "2026-11-21", "", DCV_UNKNOWN_VERDICT, "dns-change=unknown", "way-offer-unknown"},
    {"one form is known", "example.jp", "sectigo", DNS, "2026-11-21", "", DCV_READY,
     "dns-change=unknown dns-change=unknown dns-account-01=unknown dns-persist=ready", "dns-way-form=info dns-way-form=info"},
    {"a persistent record stands", "example.jp", "sectigo", DNS, "2026-11-21",
     "_validation-persist.example.jp. IN TXT \"sectigo.com; accounturi=https://example.net/1\"", DCV_READY,
     "dns-change=unknown dns-change=unknown dns-account-01=unknown dns-persist=ready+", "persist-stands dns-way-form=info dns-way-form=info"},
    {"before the method", "example.jp", "sectigo", DNS, "2025-11-09", "", DCV_UNKNOWN_VERDICT,
     "dns-change=unknown dns-change=unknown dns-account-01=unknown dns-persist=not-ready", "dns-way-form dns-way-form way-early=warning"},
    {"on its first day", "example.jp", "sectigo", DNS, "2025-11-10", "", DCV_READY,
     "dns-change=unknown dns-change=unknown dns-account-01=unknown dns-persist=ready", "dns-way-form=info dns-way-form=info"},
    {"the domain is not there", "example.jp", "letsencrypt", DNS, "2026-11-21", "! nxdomain example.jp SOA", DCV_NOT_READY, "dns-change=ready",
     "name-nxdomain"},
    {"no contact is looked at", "example.jp", "letsencrypt", DNS, "2026-11-21", "_validation-contactemail.example.jp. IN TXT \"no address\"", DCV_READY,
     "dns-change=ready", ""},

    /* --- CAA --- */
    {"CAA permits another", "example.jp", "letsencrypt", DNS, "2026-11-21", "example.jp. IN CAA 0 issue \"sectigo.com\"", DCV_NOT_READY,
     "dns-change=ready", "caa-forbids"},
    {"CAA with another method, later", "example.jp", "google-trust-services", DNS, "2026-11-21",
     "example.jp. IN CAA 0 issue \"pki.goog; validationmethods=http-01\"", DCV_READY, "dns-change=ready dns-account-01=unknown",
     "caa-methods-way-later dns-way-form=info"},
    {"CAA with another method, where it counts by now", "example.jp", "letsencrypt", DNS, "2026-11-21",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=http-01\"", DCV_NOT_READY, "dns-change=ready", "caa-methods-way"},
    {"CAA with another method", "example.jp", "letsencrypt", DNS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=http-01\"", DCV_NOT_READY, "dns-change=ready", "caa-methods-way"},
    {"CAA with the method", "example.jp", "letsencrypt", DNS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=http-01,dns-01\"", DCV_READY, "dns-change=ready", ""},
    {"CAA with the method by its other label", "example.jp", "letsencrypt", DNS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=ca-tbr-7\"", DCV_READY, "dns-change=ready", ""},
    {"CAA with one of two methods", "example.jp", "sectigo", DNS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=dns-persist-01\"", DCV_READY,
     "dns-change=not-ready dns-change=not-ready dns-account-01=not-ready dns-persist=ready",
     "dns-way-form=info dns-way-form=info caa-methods-way=notice"},
    {"CAA leaves the ways that are not known", "example.jp", "sectigo", DNS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"sectigo.com; validationmethods=ca-tbr-7\"", DCV_UNKNOWN_VERDICT,
     "dns-change=unknown dns-change=unknown dns-account-01=not-ready dns-persist=not-ready", "dns-way-form dns-way-form caa-methods-way=warning"},
    {"CAA with http-01", "example.jp", "letsencrypt", HTTP, "2027-03-15",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=ca-tbr-19\"\n" ONE FIND, DCV_READY, "http-01=ready", ""},
    {"CAA without tls-alpn-01", "example.jp", "letsencrypt", TLS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=http-01\"\n" NAMED SPEAKS, DCV_NOT_READY, "tls-alpn-01=ready", "caa-methods-way"},
    {"CAA with tls-alpn-01 by its number", "example.jp", "letsencrypt", TLS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=ca-tbr-20\"\n" NAMED SPEAKS, DCV_READY, "tls-alpn-01=ready", ""},
    {"CAA for an account that was not given", "example.jp", "letsencrypt", DNS, "2027-03-15",
     "example.jp. IN CAA 0 issue \"letsencrypt.org; accounturi=https://example.net/1\"", DCV_UNKNOWN_VERDICT, "dns-change=ready", "caa-account-unknown"},

    /* --- HTTP --- */
    {"nobody asked", "example.jp", "letsencrypt", HTTP, "2026-11-21", "", DCV_UNKNOWN_VERDICT, "http-01=unknown", "web-unlearned"},
    {"asked for another method", "example.jp", "letsencrypt", HTTP, "2026-11-21", "! http http://example.jp/.well-known/pki-validation/x 192.0.2.80 " FIND,
     DCV_UNKNOWN_VERDICT, "http-01=unknown", "web-unlearned"},
    {"a file that nobody has is not there", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND, DCV_READY, "http-01=ready", ""},
    {"gone", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 410 random", DCV_READY, "http-01=ready", ""},
    {"the file", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 200 body=same", DCV_READY, "http-01=ready", ""},
    {"the file with 206", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 206 body=same", DCV_READY, "http-01=ready", ""},
    {"another file", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 200 body=differs", DCV_NOT_READY, "http-01=not-ready", "http-content"},
    {"the file is not there", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 404", DCV_NOT_READY, "http-01=not-ready", "http-status"},
    {"everything is there", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 200 random", DCV_READY, "http-01=ready", "http-soft-404"},
    {"a password", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 401 random", DCV_NOT_READY, "http-01=not-ready", "http-forbidden"},
    {"forbidden", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 403 random", DCV_NOT_READY, "http-01=not-ready", "http-forbidden"},
    {"out of order", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 503 random", DCV_NOT_READY, "http-01=not-ready", "http-status"},
    {"a bad request", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 400 random", DCV_NOT_READY, "http-01=not-ready", "http-status"},
    {"closed", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "refused", DCV_NOT_READY, "http-01=not-ready", "web-unreachable"},
    {"silent", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "timeout", DCV_NOT_READY, "http-01=not-ready", "web-unreachable"},
    {"no HTTP", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "broken why=rubbish", DCV_NOT_READY, "http-01=not-ready", "web-unreachable"},
    {"no address", "example.jp", "letsencrypt", HTTP, "2026-11-21", "! http-01 " ACME " - no-address", DCV_NOT_READY, "http-01=not-ready", "web-no-address"},
    {"private", "example.jp", "letsencrypt", HTTP, "2026-11-21", "! http-01 " ACME " 10.0.0.1 private", DCV_NOT_READY, "http-01=not-ready", "web-private"},
    {"late", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "deadline", DCV_UNKNOWN_VERDICT, "http-01=unknown", "web-unlearned"},
    {"addresses that could not be looked up", "example.jp", "letsencrypt", HTTP, "2026-11-21", "! http-01 " ACME " - lookup", DCV_UNKNOWN_VERDICT,
     "http-01=unknown", "web-unlearned"},

    {"addresses that do not validate", "example.jp", "letsencrypt", HTTP, "2026-11-21", "! bogus example.jp A\n" ONE FIND, DCV_NOT_READY,
     "http-01=not-ready", "dns-way-bogus"},
    {"the same, before that counted", "example.jp", "letsencrypt", HTTP, "2026-03-14", "! bogus example.jp A\n" ONE FIND, DCV_READY,
     "http-01=ready", "dns-way-bogus-early"},
    {"of the handshake", "example.jp", "letsencrypt", TLS, "2026-11-21", "! bogus example.jp A\n" NAMED SPEAKS, DCV_NOT_READY,
     "tls-alpn-01=not-ready", "dns-way-bogus"},
    {"an alias that does not validate", "a.example.jp", "letsencrypt", HTTP, "2026-11-21",
     "a.example.jp. IN CNAME example.jp.\n! bogus a.example.jp A\n! bogus a.example.jp AAAA\n"
     "! http-01 http://a.example.jp/.well-known/acme-challenge/x 192.0.2.80 " FIND, DCV_NOT_READY, "http-01=not-ready",
     "dns-way-bogus cname-bogus"},
    {"those of one kind do not validate", "example.jp", "letsencrypt", HTTP, "2026-11-21", "! bogus example.jp AAAA\n" ONE FIND, DCV_UNKNOWN_VERDICT,
     "http-01=unknown", "dns-way-bogus=warning"},
    {"those of one kind do not validate, and the others are dead", "example.jp", "letsencrypt", HTTP, "2026-11-21",
     "! bogus example.jp AAAA\n" ONE "refused", DCV_NOT_READY, "http-01=not-ready", "dns-way-bogus web-unreachable"},

    /* --- several addresses --- */
    {"both", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND "\n" SIX FIND, DCV_READY, "http-01=ready", ""},
    {"no IPv6 here", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND "\n" SIX "no-route", DCV_READY, "http-01=ready", "web-no-route"},
    {"nothing but IPv6, and none here", "example.jp", "letsencrypt", HTTP, "2026-11-21", SIX "no-route", DCV_UNKNOWN_VERDICT, "http-01=unknown",
     "web-no-route=warning"},
    {"one is dead", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND "\n" SIX "timeout", DCV_UNKNOWN_VERDICT, "http-01=unknown", "web-address-dead"},
    {"one answers badly", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND "\n" SIX "talked 503", DCV_UNKNOWN_VERDICT, "http-01=unknown",
     "http-status=warning"},
    {"one is private", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND "\n! http-01 " ACME " 10.0.0.1 private", DCV_UNKNOWN_VERDICT,
     "http-01=unknown", "web-private=warning"},
    {"one is dead, one answers badly", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 503\n" SIX "timeout", DCV_NOT_READY,
     "http-01=not-ready", "http-status web-unreachable"},
    {"both are dead", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "refused\n" SIX "timeout", DCV_NOT_READY, "http-01=not-ready",
     "web-unreachable web-unreachable"},
    {"one is late", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND "\n" SIX "deadline", DCV_UNKNOWN_VERDICT, "http-01=unknown", "web-unlearned"},
    {"one is late, one is dead", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "refused\n" SIX "deadline", DCV_UNKNOWN_VERDICT, "http-01=unknown",
     "web-unreachable=warning web-unlearned"},

    /* --- redirects --- */
    {"to https", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("https://example.jp/x") "\n! hop https://example.jp/x 192.0.2.80 talked 404 random sound",
     DCV_READY, "http-01=ready", ""},
    {"to https with any certificate", "example.jp", "letsencrypt", HTTP, "2026-11-21",
     ONE TO("https://example.jp/x") "\n! hop https://example.jp/x 192.0.2.80 talked 404 random flaw=expired", DCV_READY, "http-01=ready", "http-certificate"},
    {"to another port", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("http://example.jp:8080/x"), DCV_NOT_READY, "http-01=not-ready",
     "http-redirect"},
    {"to another scheme", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("ftp://example.jp/x"), DCV_NOT_READY, "http-01=not-ready",
     "http-redirect"},
    {"to an address", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("http://192.0.2.81/x"), DCV_NOT_READY, "http-01=not-ready", "http-redirect"},
    {"without a place", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 302", DCV_NOT_READY, "http-01=not-ready", "http-redirect"},
    {"by another status", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE "talked 303 location=http://example.jp/x", DCV_NOT_READY,
     "http-01=not-ready", "http-redirect"},
    {"to a dead server", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("https://example.jp/x") "\n! hop https://example.jp/x 192.0.2.80 refused",
     DCV_NOT_READY, "http-01=not-ready", "http-redirect-dead"},
    {"to a private server", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("http://a.example.jp/x") "\n! hop http://a.example.jp/x 10.0.0.1 private",
     DCV_NOT_READY, "http-01=not-ready", "http-redirect-dead"},
    {"to a server that was not reached in time", "example.jp", "letsencrypt", HTTP, "2026-11-21",
     ONE TO("https://example.jp/x") "\n! hop https://example.jp/x 192.0.2.80 deadline", DCV_UNKNOWN_VERDICT, "http-01=unknown", "web-unlearned"},
    {"nobody followed", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("https://example.jp/x"), DCV_UNKNOWN_VERDICT, "http-01=unknown",
     "web-unlearned"},
    {"to an error", "example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("/x") "\n! hop http://example.jp/x 192.0.2.80 talked 500", DCV_NOT_READY,
     "http-01=not-ready", "http-status"},

    /* --- wildcards, and what is not offered --- */
    {"no wildcard by a file", "*.example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND, DCV_NOT_READY, "http-01=not-ready", "way-no-wildcard"},
    {"no wildcard by a handshake", "*.example.jp", "letsencrypt", TLS, "2026-11-21", NAMED SPEAKS, DCV_NOT_READY, "tls-alpn-01=not-ready", "way-no-wildcard"},
    {"not offered", "example.jp", "swisssign", HTTP, "2026-11-21", "", DCV_NOT_READY, "", "way-not-offered"},
    {"perhaps offered", "example.jp", "jprs", DNS, "2026-11-21", "", DCV_UNKNOWN_VERDICT, "dns-change=unknown", "way-offer-unknown"},
    {"perhaps offered, and closed", "example.jp", "amazon", HTTP, "2026-11-21", "! http http://example.jp/x 192.0.2.80 refused", DCV_NOT_READY,
     "http=not-ready", "web-unreachable"},
    {"perhaps offered, and open", "example.jp", "amazon", HTTP, "2026-11-21", "! http http://example.jp/x 192.0.2.80 " FIND, DCV_UNKNOWN_VERDICT,
     "http=unknown", "way-offer-unknown"},
    {"one of two methods", "example.jp", "certum", HTTP, "2026-11-21", ONE FIND "\n! http http://example.jp/x 192.0.2.80 talked 503", DCV_READY,
     "http=not-ready http-01=ready", "http-status=notice"},

    /* --- TLS --- */
    {"nobody shook hands", "example.jp", "letsencrypt", TLS, "2026-11-21", ONE FIND, DCV_UNKNOWN_VERDICT, "tls-alpn-01=unknown", "web-unlearned"},
    {"it speaks the protocol", "example.jp", "letsencrypt", TLS, "2026-11-21", NAMED SPEAKS, DCV_READY, "tls-alpn-01=ready", ""},
    {"without the protocol", "example.jp", "letsencrypt", TLS, "2026-11-21", NAMED "talked handshake", DCV_NOT_READY, "tls-alpn-01=not-ready",
     "tls-alpn-missing"},
    {"another protocol", "example.jp", "letsencrypt", TLS, "2026-11-21", NAMED "talked handshake negotiated=h2", DCV_NOT_READY, "tls-alpn-01=not-ready",
     "tls-alpn-missing"},
    {"refused for the protocol", "example.jp", "letsencrypt", TLS, "2026-11-21", NAMED "talked no-protocol", DCV_NOT_READY, "tls-alpn-01=not-ready",
     "tls-alpn-missing"},
    {"no TLS", "example.jp", "letsencrypt", TLS, "2026-11-21", NAMED "broken why=rubbish", DCV_NOT_READY, "tls-alpn-01=not-ready", "tls-alpn-missing"},
    {"port closed", "example.jp", "letsencrypt", TLS, "2026-11-21", NAMED "refused", DCV_NOT_READY, "tls-alpn-01=not-ready", "web-unreachable"},
    {"one of two", "example.jp", "letsencrypt", TLS, "2026-11-21", NAMED SPEAKS "\n" NAMED_SIX "talked handshake", DCV_UNKNOWN_VERDICT,
     "tls-alpn-01=unknown", "tls-alpn-missing=warning"},
    {"of another name", "www.example.jp", "letsencrypt", TLS, "2026-11-21", NAMED SPEAKS, DCV_UNKNOWN_VERDICT, "tls-alpn-01=unknown", "web-unlearned"},

    {"nothing for a public suffix", "co.jp", "letsencrypt", HTTP, "2026-11-21", "", DCV_NOT_READY, "", "name-public-suffix"},
};

/* "http=ready http-01=unknown"; "+": a record that serves stands already. */
static const char *ways_of(const struct world *world, const struct dcv_judged_ca *row)
{
    const char *text = "";
    for (size_t i = 0; i < row->ways.count; i++) {
        const struct dcv_way *way = &row->ways.items[i];
        text = dcv_arena_printf(world->arena, "%s%s%s=%s%s", text, i == 0 ? "" : " ", dcv_method_info(way->method->method)->name,
                                dcv_verdict_text(way->verdict), way->existing ? "+" : "");
    }
    return text;
}

/* Of an address alone a name has no mail, and that is no news here. */
static struct world world_of(const char *name, const char *ca, unsigned by, const char *as_of, const char *more)
{
    static char zone[4096];
    (void)snprintf(zone, sizeof zone, "%s%s", BASE, more);
    return (struct world){.name = name, .ca = ca, .by = by, .as_of = as_of, .zone = zone};
}

static bool same_words(const char *a, const char *b)
{
    size_t words_a = 1, words_b = 1;
    for (const char *at = a; *at != '\0'; at++)
        words_a += *at == ' ';
    for (const char *at = b; *at != '\0'; at++)
        words_b += *at == ' ';
    if (words_a != words_b || strlen(a) != strlen(b))
        return false;
    for (const char *word = a; *word != '\0'; word += strcspn(word, " "), word += *word == ' ') {
        char one[80];
        (void)snprintf(one, sizeof one, "%.*s", (int)strcspn(word, " "), word);
        if (strstr(b, one) == NULL)
            return false;
    }
    return true;
}

START_TEST(verdict_and_findings)
{
    struct world world = world_of(rows[_i].name, rows[_i].ca, rows[_i].by, rows[_i].as_of, rows[_i].zone);
    world_judge(&world);
    ck_assert_uint_eq(world.judged.cas.count, 1);
    const struct dcv_judged_ca *row = &world.judged.cas.items[0];
    ck_assert_msg(row->verdict == rows[_i].verdict, "%s: %s (%s)", rows[_i].what, dcv_verdict_text(row->verdict), world_findings(&world, 0));
    ck_assert_msg(strcmp(ways_of(&world, row), rows[_i].ways) == 0, "%s: %s", rows[_i].what, ways_of(&world, row));
    ck_assert_msg(same_words(world_findings(&world, 0), rows[_i].findings), "%s: %s", rows[_i].what, world_findings(&world, 0));
    world_done(&world);
}
END_TEST

/* What a way refers to is a finding of its row. */
START_TEST(conflicts_are_filed)
{
    struct world world = world_of(rows[_i].name, rows[_i].ca, rows[_i].by, rows[_i].as_of, rows[_i].zone);
    world_judge(&world);
    const struct dcv_judged_ca *row = &world.judged.cas.items[0];
    for (size_t i = 0; i < row->ways.count; i++) {
        for (size_t j = 0; j < row->ways.items[i].conflicts.count; j++) {
            bool found = false;
            for (size_t k = 0; k < row->findings.count; k++)
                found = found || row->findings.items[k] == row->ways.items[i].conflicts.items[j];
            ck_assert_msg(found, "%s", rows[_i].what);
        }
        ck_assert_msg(row->ways.items[i].verdict == DCV_READY || row->ways.items[i].conflicts.count != 0, "%s: nothing said of a way", rows[_i].what);
    }
    world_done(&world);
}
END_TEST

/* ---- which rows there are -------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *cas;
    unsigned by;
    const char *rows;
} sets[] = {
    {"letsencrypt", 0, "letsencrypt/email"},
    {"letsencrypt", EMAIL, "letsencrypt/email"},
    {"letsencrypt", DCV_BY_ANY, "letsencrypt/dns letsencrypt/http letsencrypt/tls-alpn"},
    {"sectigo", DCV_BY_ANY, "sectigo/email sectigo/dns sectigo/http"},
    {"sectigo letsencrypt", EMAIL | DNS, "sectigo/email sectigo/dns letsencrypt/dns"},
    {"swisssign", HTTP | TLS, "swisssign/http swisssign/tls-alpn"}, /* it offers neither: both say so */
    {"swisssign", HTTP | DNS, "swisssign/dns"},
    {"jprs", DNS | HTTP, "jprs/dns jprs/http"},
};

START_TEST(rows_of_a_set)
{
    struct world world = world_of("example.jp", sets[_i].cas, sets[_i].by, "2026-11-21", "");
    world_judge(&world);
    const char *text = "";
    for (size_t i = 0; i < world.judged.cas.count; i++)
        text = dcv_arena_printf(world.arena, "%s%s%s/%s", text, i == 0 ? "" : " ", world.judged.cas.items[i].ca->id,
                                dcv_by_text(world.judged.cas.items[i].by));
    ck_assert_str_eq(text, sets[_i].rows);
    world_done(&world);
}
END_TEST

/* Rows of e-mail have no ways, the others no addresses and no way out. */
START_TEST(rows_hold_their_own)
{
    struct world world = world_of("example.jp", "sectigo letsencrypt", DCV_BY_ANY, "2026-11-21", "");
    world_judge(&world);
    for (size_t i = 0; i < world.judged.cas.count; i++) {
        const struct dcv_judged_ca *row = &world.judged.cas.items[i];
        ck_assert_int_eq(row->by == DCV_BY_EMAIL, row->ways.count == 0);
        ck_assert_int_eq(row->by == DCV_BY_EMAIL, row->entries.count != 0);
        ck_assert_int_eq(row->by == DCV_BY_EMAIL, row->way_out.count != 0);
    }
    world_done(&world);
}
END_TEST

/* What is said of mail and contacts concerns e-mail alone, what of web servers the rows of HTTP alone. */
START_TEST(findings_keep_to_their_rows)
{
    struct world world = world_of("example.jp", "sectigo", DCV_BY_ANY, "2026-11-21",
                                  "_validation-contactemail.example.jp. IN TXT \"no address\"\n! http http://example.jp/x 192.0.2.80 refused\n"
                                  "_validation-persist.example.jp. IN TXT \"nobody.example; accounturi=x\"\n! servfail _acme-challenge.example.jp TXT");
    world_judge(&world);
    for (size_t i = 0; i < world.judged.cas.count; i++) {
        const enum dcv_by by = world.judged.cas.items[i].by;
        const char *findings = world_findings(&world, i);
        ck_assert_int_eq(strstr(findings, "contact-") != NULL, by == DCV_BY_EMAIL);
        ck_assert_int_eq(strstr(findings, "mail-") != NULL, by == DCV_BY_EMAIL);
        ck_assert_int_eq(strstr(findings, "way-out-failed") != NULL, by == DCV_BY_EMAIL);
        ck_assert_int_eq(strstr(findings, "persist-") != NULL, by == DCV_BY_EMAIL || by == DCV_BY_DNS);
        ck_assert_int_eq(strstr(findings, "web-") != NULL, by == DCV_BY_HTTP);
    }
    world_done(&world);
}
END_TEST

/* ---- what the findings say ------------------------------------------------------------------------------------------------------- */

START_TEST(clause_of_the_method)
{
    struct world world = world_of("example.jp", "letsencrypt certum", HTTP | TLS, "2026-11-21",
                                  ONE "refused\n! http http://example.jp/x 192.0.2.80 refused\n" NAMED "refused");
    world_judge(&world);
    ck_assert_str_eq(world_finding(&world, 0, "web-unreachable")->clause, "BR 3.2.2.4.18, 3.2.2.4.19");
    ck_assert_str_eq(world_finding(&world, 1, "web-unreachable")->clause, "BR 3.2.2.4.20");
    ck_assert_str_eq(world_findings(&world, 2), "web-unreachable"); /* said once for both methods */
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "web-unreachable"), "server"), "192.0.2.80#80");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "web-unreachable"), "port"), "80");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "web-unreachable"), "state"), "the connection was refused");
    world_done(&world);
}
END_TEST

START_TEST(family_of_the_dead_address)
{
    struct world world = world_of("example.jp", "letsencrypt", HTTP, "2026-11-21", ONE FIND "\n" SIX "timeout");
    world_judge(&world);
    const struct dcv_finding *finding = world_finding(&world, 0, "web-address-dead");
    ck_assert_str_eq(world_arg(finding, "family"), "IPv6");
    ck_assert_str_eq(world_arg(finding, "type"), "AAAA");
    ck_assert_str_eq(world_arg(finding, "server"), "2001:db8::80#80");
    ck_assert_uint_eq(finding->facts.count, 1);
    world_done(&world);
}
END_TEST

START_TEST(redirect_is_told)
{
    struct world world = world_of("example.jp", "letsencrypt", HTTP, "2026-11-21", ONE TO("http://example.jp:8080/x"));
    world_judge(&world);
    const struct dcv_finding *finding = world_finding(&world, 0, "http-redirect");
    ck_assert_str_eq(world_arg(finding, "url"), ACME);
    ck_assert_str_eq(world_arg(finding, "location"), "http://example.jp:8080/x");
    ck_assert_str_eq(world_arg(finding, "fault"), "only the ports 80 and 443 are followed");
    ck_assert_str_eq(world_arg(finding, "status"), "301");
    world_done(&world);
}
END_TEST

/* The ports that were asked in the place of 80 and 443 are those that redirects may lead to. */
START_TEST(other_ports)
{
    struct world world = world_of("example.jp", "letsencrypt", HTTP, "2026-11-21",
                                  ONE TO("http://example.jp:8080/x") "\n! hop http://example.jp:8080/x 192.0.2.80 " FIND);
    world.http_port = 8080;
    world_judge(&world);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY);
    world_done(&world);
}
END_TEST

/* The line that CAA should have names a method of the row. */
static const struct {
    const char *ca;
    unsigned by;
    const char *line;
} labels[] = {
    {"letsencrypt", DNS, "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=ca-tbr-4,dns-01\""},
    {"letsencrypt", HTTP, "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=ca-tbr-4,http-01\""},
    {"letsencrypt", TLS, "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=ca-tbr-4,tls-alpn-01\""},
    {"globalsign", DNS, "example.jp. IN CAA 0 issue \"globalsign.com; validationmethods=ca-tbr-4,ca-tbr-7\""},
    {"globalsign", HTTP, "example.jp. IN CAA 0 issue \"globalsign.com; validationmethods=ca-tbr-4,ca-tbr-18\""},
};

START_TEST(label_for_the_row)
{
    struct world world = world_of("example.jp", labels[_i].ca, labels[_i].by, "2027-03-15",
                                  "example.jp. IN CAA 0 issue \"letsencrypt.org; validationmethods=ca-tbr-4\"\n"
                                  "example.jp. IN CAA 0 issue \"globalsign.com; validationmethods=ca-tbr-4\"");
    world_judge(&world);
    const char *line = world_arg(world_finding(&world, 0, "caa-methods-way"), "fixline");
    ck_assert_msg(strncmp(line, labels[_i].line, strlen(labels[_i].line)) == 0, "%s", line);
    world_done(&world);
}
END_TEST

/* A validation by a method that cannot be used serves nobody. */
START_TEST(reuse)
{
    struct world world = world_of("example.jp", "letsencrypt sectigo", DNS | HTTP, "2026-11-21", ONE "refused");
    world_judge(&world);
    ck_assert_int_eq(world.judged.cas.items[0].reuse_until, dcv_date_ymd(2027, 3, 14)); /* by DNS */
    ck_assert_int_eq(world.judged.cas.items[1].reuse_until, DCV_DATE_NONE);             /* by HTTP: closed */
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ways");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, verdict_and_findings, 0, ROWS(rows));
    tcase_add_loop_test(tcase, conflicts_are_filed, 0, ROWS(rows));
    tcase_add_loop_test(tcase, rows_of_a_set, 0, ROWS(sets));
    tcase_add_test(tcase, rows_hold_their_own);
    tcase_add_test(tcase, findings_keep_to_their_rows);
    tcase_add_test(tcase, clause_of_the_method);
    tcase_add_test(tcase, family_of_the_dead_address);
    tcase_add_test(tcase, redirect_is_told);
    tcase_add_test(tcase, other_ports);
    tcase_add_loop_test(tcase, label_for_the_row, 0, ROWS(labels));
    tcase_add_test(tcase, reuse);
    return run_cases("ways", tcase);
}
