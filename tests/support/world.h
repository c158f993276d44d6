/* A world of DNS records in presentation form, asked as the plan of a name asks, and judged.
 *
 * One record a line, names absolute. Lines that begin with "!" say how it is answered:
 *     ! servfail example.jp CAA       the lookup ends so ("servfail", "timeout", any outcome)
 *     ! bogus example.jp TXT          the resolver finds it bogus; the records are what a retry with CD shows
 *     ! unvalidated example.jp TXT    answered, and a lookup that its chain of trust needs failed
 *     ! secure example.jp             every answer about names at and below it validates; others are insecure
 *     ! dnssec off                    validation was not asked for; "local": it was done here
 *     ! trust example.jp CAA security=bogus cause=signature-expired zone=example.jp owner=example.jp type=DNSKEY at=3600 key=1 algorithm=13
 *                                     what it came to, each part but "security" optional; times are seconds from the lookup; "until",
 *                                     "until-zone", "until-owner", "until-type" likewise
 *     ! ask example.jp DNSKEY         a lookup that validation needed
 *     ! validation no                 of the resolver: "no", "stripped", "unknown"; else it validates
 *     ! whois example.jp admin a@b.c  a registry contact; "rdap" likewise; with "withheld", "handle=AB012JP" behind it; address "-": none;
 *                                     role "-": the state that follows ("redacted"). All lines of a domain make one fact.
 *     ! registry example.jp expires 2027-03-31   what these facts say of the domain besides; "status clientHold", "registrar NAME" likewise,
 *                                     "path SERVERS", "why TEXT", "learned TIME" (before this run); with "whois" or "rdap" before the
 *                                     word: this one only
 *     ! smtp mail.example.jp 192.0.2.25 talked starttls=done sound
 *                                     a mail host was met: any enum dcv_meeting, and "stage=", "code=", "text=", "why=", "flaw=";
 *                                     values with blanks in double quotes; address "-": none
 *     ! rcpt 192.0.2.25 a@b.c 250 Ok  what it said to a recipient; 0: nothing; "?x7@b.c": the random one; "450 again Later": at a second attempt
 *     ! http http://example.jp/.well-known/f 192.0.2.80 talked 301 location=/g   the first request of a chain; "http-01" likewise; and
 *                                     "body=same", "body=differs", "random", "sound", "flaw=", "why="
 *     ! hop http://example.jp/g 192.0.2.80 talked 200    the next request of the chain above it
 *     ! alpn www.example.jp 192.0.2.80 talked handshake negotiated=acme-tls/1    a handshake; and "identifier", "no-protocol", "why="
 *     ! misplaced off                 nobody looks for records at names where they are of no use
 *     ! sweep on                      the name servers of the zones are asked one by one
 *     ! resolver 192.0.2.54           so is this resolver
 *     ! signed on                     name servers give signatures
 *     ! at 192.0.2.2 servfail [example.jp CAA]   the server answers so: any outcome, or "no-aa", "no-soa", "no-opt", "no-edns", "lower-case",
 *                                     "large", "over-tcp", "unsigned", "bogus", "referral" (with "refused"), "impatient" (with "timeout"),
 *                                     "cached";
 *                                     "timeout/udp": over UDP only ("tcp", "plain")
 * Lines that begin with "@" are what one server has in the place of that RRset, or that it has none:
 *     @192.0.2.2 example.jp. IN MX 10 old.example.jp.
 *     @192.0.2.2 - example.jp CAA */
#ifndef DCV_SUPPORT_WORLD_H
#define DCV_SUPPORT_WORLD_H

#include "ca/profile.h"
#include "fact/fact.h"
#include "judgement/judgement.h"
#include "name/psl.h"
#include "policy/policy.h"

/* The profiles compiled in and the Public Suffix List of the system; made once, before the cases run. */
extern struct dcv_ca_set *world_set;
extern struct dcv_psl *world_psl;
void world_setup(void);
void world_teardown(void);

struct dcv_name world_name(const char *text);
/* Facts about `name` (as typed), frozen; free with dcv_facts_free(). */
struct dcv_facts *world_facts(const char *name, const char *zone);

struct world {
    const char *name, *as_of, *zone;
    const char *ca;                /* ids joined by spaces */
    const char *account_uri;
    bool allow_private_addresses;
    unsigned by;                   /* 0: e-mail */
    uint16_t http_port;            /* 0: 80 */
    unsigned signature_days;
    /* derived */
    struct dcv_facts *facts;
    struct dcv_arena *arena;
    struct dcv_hostname hostname;
    struct dcv_judged judged;
};

/* Judges with verdicts. The given members must be set, the others zero. */
void world_judge(struct world *world);
void world_done(struct world *world);
/* The ids of the findings of a CA in their order, joined by spaces, each with "=severity" where it differs from the rule's; lent. */
const char *world_findings(const struct world *world, size_t ca);
/* "address source adn status mail usable|-" of an entry. */
const char *world_entry(const struct world *world, size_t ca, size_t entry);
const struct dcv_finding *world_finding(const struct world *world, size_t ca, const char *id);
/* The value of a place of a finding's text, or "". */
const char *world_arg(const struct dcv_finding *finding, const char *key);

#endif
