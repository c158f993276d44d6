/* What is said of name servers and resolvers that were asked one by one. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define TLD                                                                                                             \
    "! sweep on\njp. IN SOA a.dns.jp. root.dns.jp. 1 2 3 4 5\njp. IN NS a.dns.jp.\na.dns.jp. IN A 192.0.2.100\n"        \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"
#define SOA "example.jp. IN SOA ns1.example.jp. root.example.jp. 5 7200 900 1209600 300\n"
#define NS1 "example.jp. IN NS ns1.example.jp.\nns1.example.jp. IN A 192.0.2.1\n"
#define NS2 "example.jp. IN NS ns2.example.jp.\nns2.example.jp. IN A 192.0.2.2\n"
#define SOUND TLD SOA NS1 NS2
#define DS "example.jp. IN DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000\n! signed on\n"
#define CONTACT "_validation-contactemail.example.jp. IN TXT \"dcv@example.jp\"\n"

static struct world world_of(const char *zone)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    return world;
}

/* Lines that are added to a zone with two sound servers, and what is found then. */
static const struct {
    const char *lines, *findings;
} rows[] = {
    {"", ""},
    {CONTACT "example.jp. IN CAA 0 issue \"sectigo.com\"", ""},

    {"! at 192.0.2.2 refused", "server-lame"},
    {"! at 192.0.2.2 servfail", "server-lame"},
    {"! at 192.0.2.2 nxdomain", "server-lame"},
    {"! at 192.0.2.2 malformed", "server-lame"},
    {"! at 192.0.2.2 no-aa", "server-lame"},
    {"! at 192.0.2.2 refused\n! at 192.0.2.2 referral", "server-lame"},
    /* what a lame server says of records, or how, is no matter */
    {CONTACT "! at 192.0.2.2 no-aa\n@192.0.2.2 - _validation-contactemail.example.jp TXT\n! at 192.0.2.2 no-opt\n! at 192.0.2.2 lower-case", "server-lame"},

    {"! at 192.0.2.2 timeout", "server-dead"},
    {"! at 192.0.2.2 timeout/tcp\n! at 192.0.2.2 unreachable/udp", "server-dead"},
    {"! at 192.0.2.2 timeout\n! at 192.0.2.2 impatient", ""},
    {"! at 192.0.2.2 unreachable", ""}, /* two tries only */
    {"! at 192.0.2.2 deadline", ""},
    {"! at 192.0.2.2 unrecorded", ""},
    {"! at 192.0.2.2 no-route", ""},
    {"! at 192.0.2.2 timeout/udp\n! at 192.0.2.2 timeout/plain\n! at 192.0.2.2 deadline/tcp", ""},

    {"! at 192.0.2.2 timeout/udp\n! at 192.0.2.2 timeout/plain", "server-udp-dead"},
    {"! at 192.0.2.2 timeout/udp\n! at 192.0.2.2 deadline/plain", ""},
    {"! at 192.0.2.2 timeout/tcp", "server-tcp-closed"},
    {"! at 192.0.2.2 timeout/tcp\n! at 192.0.2.2 impatient", ""},
    {"! at 192.0.2.2 timeout/tcp\n! at 192.0.2.2 truncated/udp example.jp CAA", "server-tcp-closed server-big-answer"},
    {"! at 192.0.2.2 truncated example.jp CAA", ""},
    {"! at 192.0.2.2 large example.jp CAA", "server-big-answer"},
    {"! at 192.0.2.2 large example.jp CAA\n! at 192.0.2.2 over-tcp", ""},
    {"! at 192.0.2.2 large example.jp CAA\n! at 192.0.2.2 cached", ""}, /* how it came the first time is not known */

    {"! at 192.0.2.2 no-opt", "server-no-edns"},
    {"! at 192.0.2.2 no-opt\n! at 192.0.2.2 no-edns", "server-no-edns"},
    {"! at 192.0.2.2 no-opt example.jp CAA\n! at 192.0.2.2 no-edns example.jp CAA\n! at 192.0.2.2 rcode example.jp CAA\n"
     "! at 192.0.2.2 no-opt example.jp MX\n! at 192.0.2.2 no-edns example.jp MX", "server-drops-type"},
    {"! at 192.0.2.2 no-opt example.jp CAA\n! at 192.0.2.2 refused example.jp CAA", "server-drops-type"},
    {"! at 192.0.2.2 timeout/udp\n! at 192.0.2.2 timeout/tcp", "server-no-edns"},
    {"! at 192.0.2.2 lower-case", "server-case-ignored"},
    {"! at 192.0.2.2 no-soa", "server-nodata-without-soa"},

    {"@192.0.2.2 example.jp. IN SOA ns1.example.jp. root.example.jp. 4 7200 900 1209600 300", "server-stale=notice"},
    {CONTACT "@192.0.2.2 example.jp. IN SOA ns1.example.jp. root.example.jp. 4 7200 900 1209600 300\n"
             "@192.0.2.2 - _validation-contactemail.example.jp TXT", "server-records-differ server-stale"},
    {CONTACT "@192.0.2.2 - _validation-contactemail.example.jp TXT", "server-records-differ"},
    {CONTACT "@192.0.2.2 _validation-contactemail.example.jp. IN TXT \"old@example.jp\"", "server-records-differ"},
    {CONTACT "@192.0.2.2 _validation-contactemail.example.jp. 60 IN TXT \"dcv@example.jp\"", ""},
    {"@192.0.2.2 example.jp. IN CAA 0 issue \";\"", "server-records-differ"},
    {"@192.0.2.2 example.jp. IN MX 10 old.example.jp.", "server-records-differ=notice"},
    {"@192.0.2.2 example.jp. IN MX 10 MAIL.example.jp.", ""},
    {"example.jp. IN A 192.0.2.80\n@192.0.2.2 example.jp. IN A 192.0.2.81", "server-records-differ=notice"},
    {"example.jp. IN A 192.0.2.80\nexample.jp. IN A 192.0.2.81\n@192.0.2.2 example.jp. IN A 192.0.2.81\n@192.0.2.2 example.jp. IN A 192.0.2.80", ""},
    /* NXDOMAIN and NODATA: the copies differ, and a CA sees nothing of it */
    {"@192.0.2.2 x._validation-contactemail.example.jp. IN TXT \"x\"", "server-records-differ=notice"},
    {CONTACT "! at 192.0.2.2 deadline _validation-contactemail.example.jp TXT", ""},

    {"! at 192.0.2.2 timeout example.jp CAA", "server-drops-type"},
    {"! at 192.0.2.2 servfail example.jp CAA", "server-drops-type"},
    {"! at 192.0.2.2 rcode example.jp CAA", "server-drops-type"},
    {"! at 192.0.2.2 refused _validation-contactemail.example.jp TXT", "server-drops-type"},
    {"! at 192.0.2.2 refused example.jp CAA\n! at 192.0.2.2 referral example.jp CAA", ""},
    {"! at 192.0.2.2 deadline example.jp CAA", ""},
    {"! at 192.0.2.2 timeout example.jp CAA\n! at 192.0.2.2 impatient example.jp CAA", ""},

    {DS, ""},
    {DS "! at 192.0.2.2 unsigned", "server-unsigned-copy"},
    {DS "! at 192.0.2.2 bogus", "server-unsigned-copy"},
    {DS "! at 192.0.2.2 bogus\n! at 192.0.2.1 bogus", ""}, /* that is no matter of single servers */
    {DS "example.jp. IN CNAME a.example.net.\n! at 192.0.2.2 bogus example.jp A", "cname-dangling"},
    {DS "example.jp. IN CNAME a.example.net.\n! at 192.0.2.1 bogus example.jp A\n@192.0.2.2 a.example.net. IN A 192.0.2.80\n"
        "! at 192.0.2.2 bogus example.jp A", "cname-dangling"},
    {"! signed on\n! at 192.0.2.2 unsigned", ""},           /* nobody validates without a DS */

    {"@192.0.2.100 example.jp. IN NS ns1.example.jp.", "delegation-differs"},
    {"@192.0.2.1 example.jp. IN NS ns1.example.jp.\n@192.0.2.2 example.jp. IN NS ns1.example.jp.", "delegation-differs"},
    {"@192.0.2.100 - example.jp NS", "delegation-missing"},
    {"! at 192.0.2.100 timeout", ""},
    {"! at 192.0.2.100 deadline", ""},
    {"@192.0.2.100 ns2.example.jp. IN A 192.0.2.3\n@192.0.2.3 example.jp. IN MX 10 mail.example.jp.", "glue-differs"},
    {"@192.0.2.100 - ns2.example.jp A", ""},
    {"! at 10.0.0.2 private\nexample.jp. IN NS ns3.example.jp.\nns3.example.jp. IN A 10.0.0.2", "server-private"},
    {"example.jp. IN NS ns3.example.jp.", "server-no-address"},
    {"example.jp. IN NS ns3.example.jp.\n! servfail ns3.example.jp A", ""}, /* it may have one */
    {"example.jp. IN NS ns3.example.jp.\nns3.example.jp. IN CNAME ns2.example.jp.", "server-alias"},
    {"! at 192.0.2.1 timeout\n! at 192.0.2.2 refused", "server-none-answers"},
    {"! at 192.0.2.1 timeout\n! at 192.0.2.2 deadline", "server-dead"},
    {"ns2.example.jp. IN AAAA 2001:db8::2\n! at 2001:db8::2 no-route", "servers-unasked-ipv6"},
    {"ns2.example.jp. IN AAAA 2001:db8::2\n! at 2001:db8::2 timeout", "server-dead"},
    {"ns2.example.jp. IN AAAA 2001:db8::2\n! at 2001:db8::2 no-route\n! at 192.0.2.1 refused\n! at 192.0.2.2 refused",
     "server-none-answers servers-unasked-ipv6"},
};

START_TEST(found)
{
    char zone[4000];
    (void)snprintf(zone, sizeof zone, SOUND "%s", rows[_i].lines);
    struct world world = world_of(zone);
    ck_assert_msg(strcmp(world_findings(&world, 0), rows[_i].findings) == 0, "%s\n%s", rows[_i].lines, world_findings(&world, 0));
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY); /* no matter for the verdict */
    world_done(&world);
}
END_TEST

/* ---- what is said --------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *lines, *finding, *key, *value;
} told[] = {
    {"! at 192.0.2.2 refused", "server-lame", "servers", "ns2.example.jp (192.0.2.2): REFUSED"},
    {"! at 192.0.2.2 rcode", "server-lame", "servers", "ns2.example.jp (192.0.2.2): NOTIMP"},
    {"! at 192.0.2.2 refused\n! at 192.0.2.2 referral", "server-lame", "servers", "ns2.example.jp (192.0.2.2): referral"},
    {"! at 192.0.2.2 no-aa", "server-lame", "servers", "ns2.example.jp (192.0.2.2): not-authoritative"},
    {"! at 192.0.2.1 timeout\n! at 192.0.2.2 refused", "server-none-answers", "servers",
     "ns1.example.jp (192.0.2.1): timeout, ns2.example.jp (192.0.2.2): REFUSED"},
    {"! at 192.0.2.2 timeout/tcp\n! at 192.0.2.2 truncated/udp example.jp CAA", "server-tcp-closed", "servers",
     "ns2.example.jp (192.0.2.2): CAA example.jp truncated"},
    {"! at 192.0.2.2 large example.jp CAA", "server-big-answer", "servers", "ns2.example.jp (192.0.2.2): CAA example.jp (1400)"},
    {"! at 192.0.2.2 no-soa", "server-nodata-without-soa", "servers", "ns2.example.jp (192.0.2.2): A example.jp"},
    {"! at 192.0.2.2 timeout example.jp CAA", "server-drops-type", "servers", "ns2.example.jp (192.0.2.2): timeout"},
    {"! at 192.0.2.2 timeout example.jp CAA", "server-drops-type", "question", "CAA example.jp"},
    {"@192.0.2.1 example.jp. IN SOA ns1.example.jp. root.example.jp. 4294967290 7200 900 1209600 300", "server-stale", "servers",
     "ns1.example.jp (192.0.2.1): 4294967290"}, /* RFC 1982: 5 comes after it */
    {"@192.0.2.1 example.jp. IN SOA ns1.example.jp. root.example.jp. 4294967290 7200 900 1209600 300", "server-stale", "serial", "5"},
    {CONTACT "@192.0.2.2 - _validation-contactemail.example.jp TXT", "server-records-differ", "answers",
     "ns1.example.jp (192.0.2.1): \"dcv@example.jp\"; ns2.example.jp (192.0.2.2): NXDOMAIN"},
    {DS "! at 192.0.2.2 bogus", "server-unsigned-copy", "servers", "ns2.example.jp (192.0.2.2): A example.jp signature-expired"},
    {DS "! at 192.0.2.2 unsigned", "server-unsigned-copy", "servers", "ns2.example.jp (192.0.2.2): A example.jp signature-missing"},
    {"@192.0.2.100 example.jp. IN NS ns1.example.jp.", "delegation-differs", "own", "ns2.example.jp"},
    {"@192.0.2.100 example.jp. IN NS ns1.example.jp.", "delegation-differs", "above", "-"},
    {"@192.0.2.100 - example.jp NS", "delegation-missing", "servers", "a.dns.jp (192.0.2.100): NXDOMAIN"},
    {"@192.0.2.100 ns2.example.jp. IN A 192.0.2.3", "glue-differs", "servers", "ns2.example.jp: 192.0.2.3 / 192.0.2.2"},
    {"example.jp. IN NS ns3.example.jp.", "server-no-address", "servers", "ns3.example.jp: NXDOMAIN"},
    {"example.jp. IN NS ns3.example.jp.\nns3.example.jp. IN CNAME ns2.example.jp.", "server-alias", "servers", "ns3.example.jp: ns2.example.jp"},
};

START_TEST(says)
{
    char zone[4000];
    (void)snprintf(zone, sizeof zone, SOUND "%s", told[_i].lines);
    struct world world = world_of(zone);
    const struct dcv_finding *finding = world_finding(&world, 0, told[_i].finding);
    ck_assert_str_eq(world_arg(finding, told[_i].key), told[_i].value);
    ck_assert_str_eq(finding->subject, "example.jp");
    ck_assert_uint_ge(finding->facts.count, 1);
    for (size_t i = 0; i < finding->facts.count; i++)
        ck_assert_uint_lt(finding->facts.items[i], dcv_facts_count(world.facts));
    world_done(&world);
}
END_TEST

/* ---- zones that are made otherwise ------------------------------------------------------------------------------------------------ */

static const struct {
    const char *name, *zone, *findings;
} zones[] = {
    {"example.jp", TLD SOA NS1, "server-single"},
    {"example.jp", TLD SOA NS1 "ns1.example.jp. IN AAAA 2001:db8::1", "server-single"}, /* one host, whatever the protocol */
    {"example.jp", TLD SOA NS1 "ns1.example.jp. IN A 192.0.2.2", ""},
    {"example.jp", TLD SOA NS1 "! timeout ns1.example.jp AAAA", ""}, /* there may be more */
    {"example.jp", TLD SOA NS1 "example.jp. IN NS ns2.example.jp.\n! timeout ns2.example.jp A\n! timeout ns2.example.jp AAAA",
     ""},
    /* hosts in another zone: their addresses are no glue, and those who serve it are not asked */
    {"example.jp", TLD SOA "example.jp. IN NS a.example.net.\nexample.jp. IN NS b.example.net.\na.example.net. IN A 192.0.2.1\nb.example.net. IN A 192.0.2.2",
     ""},
    /* a zone below: its servers are asked for its records, those above are not */
    {"www.example.jp", SOUND "www.example.jp. IN SOA ns.www.example.jp. root.example.jp. 9 2 3 4 5\nwww.example.jp. IN NS ns.www.example.jp.\n"
                             "www.example.jp. IN NS ns2.www.example.jp.\nns.www.example.jp. IN A 192.0.2.11\nns2.www.example.jp. IN A 192.0.2.12\n"
                             "www.example.jp. IN A 192.0.2.80\n@192.0.2.2 - www.example.jp A\n! at 192.0.2.2 servfail www.example.jp CAA",
     "mail-implicit-mx name-subtree"},
    {"www.example.jp", SOUND "www.example.jp. IN SOA ns.www.example.jp. root.example.jp. 9 2 3 4 5\nwww.example.jp. IN NS ns.www.example.jp.\n"
                             "www.example.jp. IN NS ns2.www.example.jp.\nns.www.example.jp. IN A 192.0.2.11\nns2.www.example.jp. IN A 192.0.2.12\n"
                             "www.example.jp. IN A 192.0.2.80\n@192.0.2.12 www.example.jp. IN CAA 0 issue \"sectigo.com\"\n"
                             "! at 192.0.2.2 timeout",
     "server-dead server-records-differ mail-implicit-mx name-subtree"},
};

START_TEST(other_zones)
{
    struct world world = {.name = zones[_i].name, .ca = "sectigo", .as_of = "2026-11-21", .zone = zones[_i].zone};
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), zones[_i].findings) == 0, "%d: %s", _i, world_findings(&world, 0));
    world_done(&world);
}
END_TEST

START_TEST(private_addresses_allowed)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .allow_private_addresses = true,
                          .zone = SOUND "example.jp. IN NS ns3.example.jp.\nns3.example.jp. IN A 10.0.0.2"};
    world_judge(&world);
    ck_assert_str_eq(world_findings(&world, 0), "");
    world_done(&world);
}
END_TEST

/* Without a sweep nothing is known, and nothing said. */
START_TEST(not_asked)
{
    struct world world = world_of("example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n" SOA NS1);
    ck_assert_str_eq(world_findings(&world, 0), "");
    world_done(&world);
}
END_TEST

/* ---- many -------------------------------------------------------------------------------------------------------------------------- */

/* A zone of 88 servers, of which every second one is dead, and every fourth has other records. */
START_TEST(many)
{
    enum { SERVERS = 88 };
    struct dcv_buf zone;
    dcv_buf_init(&zone, 100000);
    dcv_buf_puts(&zone, TLD SOA CONTACT);
    for (int i = 1; i <= SERVERS; i++) {
        dcv_buf_printf(&zone, "example.jp. IN NS ns%03d.example.jp.\nns%03d.example.jp. IN A 192.0.2.%d\n", i, i, 100 + i);
        if (i % 2 == 1)
            dcv_buf_printf(&zone, "! at 192.0.2.%d timeout\n", 100 + i);
        else if (i % 4 == 0)
            dcv_buf_printf(&zone, "@192.0.2.%d - _validation-contactemail.example.jp TXT\n", 100 + i);
    }
    struct world world = world_of(dcv_buf_text(&zone));
    ck_assert_str_eq(world_findings(&world, 0), "server-dead server-records-differ");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "server-dead"), "servers"),
                     "ns001.example.jp (192.0.2.101): timeout, ns003.example.jp (192.0.2.103): timeout, ns005.example.jp (192.0.2.105): timeout, "
                     "ns007.example.jp (192.0.2.107): timeout, … (+40)");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "server-records-differ"), "answers"),
                     "ns002.example.jp (192.0.2.102), ns006.example.jp (192.0.2.106), ns010.example.jp (192.0.2.110), "
                     "ns014.example.jp (192.0.2.114), … (+18): \"dcv@example.jp\"; ns004.example.jp (192.0.2.104), "
                     "ns008.example.jp (192.0.2.108), ns012.example.jp (192.0.2.112), ns016.example.jp (192.0.2.116), … (+18): NXDOMAIN");
    world_done(&world);
    dcv_buf_done(&zone);
}
END_TEST

/* Every server has something else: the text stays bounded. */
START_TEST(many_answers)
{
    enum { SERVERS = 20 };
    struct dcv_buf zone;
    dcv_buf_init(&zone, 100000);
    dcv_buf_puts(&zone, TLD SOA);
    for (int i = 1; i <= SERVERS; i++)
        dcv_buf_printf(&zone, "example.jp. IN NS ns%03d.example.jp.\nns%03d.example.jp. IN A 192.0.2.%d\n@192.0.2.%d example.jp. IN CAA 0 issue \"%d\"\n", i, i,
                       100 + i, 100 + i, i);
    struct world world = world_of(dcv_buf_text(&zone));
    const struct dcv_finding *finding = world_finding(&world, 0, "server-records-differ");
    ck_assert_str_eq(world_arg(finding, "answers"),
                     "ns001.example.jp (192.0.2.101): 0 issue \"1\"; ns002.example.jp (192.0.2.102): 0 issue \"2\"; "
                     "ns003.example.jp (192.0.2.103): 0 issue \"3\"; ns004.example.jp (192.0.2.104): 0 issue \"4\"; … (+16)");
    ck_assert_uint_le(finding->facts.count, 16);
    world_done(&world);
    dcv_buf_done(&zone);
}
END_TEST

/* ---- resolvers --------------------------------------------------------------------------------------------------------------------- */

#define TWO "! resolver 192.0.2.53\n! resolver 192.0.2.54\n"
#define WITHOUT_SWEEP "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n" SOA TWO

static const struct {
    const char *zone, *findings, *key, *value;
} resolvers[] = {
    {SOUND TWO CONTACT, "", NULL, NULL},
    {WITHOUT_SWEEP CONTACT, "", NULL, NULL},
    {WITHOUT_SWEEP CONTACT "@192.0.2.54 - _validation-contactemail.example.jp TXT", "resolver-differs", "answers",
     "192.0.2.53: \"dcv@example.jp\"; 192.0.2.54: NXDOMAIN"},
    {WITHOUT_SWEEP "@192.0.2.54 example.jp. IN CAA 0 issue \";\"", "resolver-differs", "question", "CAA example.jp"},
    {WITHOUT_SWEEP "@192.0.2.54 example.jp. IN MX 10 old.example.jp.", "resolver-differs", "answers",
     "192.0.2.53: 10 mail.example.jp.; 192.0.2.54: 10 old.example.jp."},
    {WITHOUT_SWEEP "@192.0.2.54 example.jp. IN A 192.0.2.81", "resolver-differs=notice", NULL, NULL},
    /* what stands behind an alias counts, not that there is one */
    {WITHOUT_SWEEP "_validation-contactemail.example.jp. IN CNAME a.example.net.\na.example.net. IN TXT \"dcv@example.jp\"\n"
                   "@192.0.2.54 a.example.net. IN TXT \"old@example.jp\"", "resolver-differs contact-cname", NULL, NULL},
    {WITHOUT_SWEEP CONTACT "@192.0.2.54 x.example.jp. IN TXT \"x\"", "", NULL, NULL},
    {WITHOUT_SWEEP CONTACT "! at 192.0.2.54 servfail _validation-contactemail.example.jp TXT", "resolver-failed", "servers",
     "192.0.2.54: TXT _validation-contactemail.example.jp SERVFAIL"},
    {WITHOUT_SWEEP CONTACT "! at 192.0.2.54 timeout", "resolver-failed", "servers", "192.0.2.54: A example.jp timeout"},
    {WITHOUT_SWEEP CONTACT "! at 192.0.2.54 servfail\n! at 192.0.2.53 servfail", "", NULL, NULL},
    {WITHOUT_SWEEP CONTACT "! at 192.0.2.54 deadline", "", NULL, NULL},
    {WITHOUT_SWEEP CONTACT "! at 192.0.2.54 timeout\n! at 192.0.2.54 impatient", "", NULL, NULL},
    /* the zone's servers have what one resolver has not: it is stale, and that says it all */
    {SOUND TWO CONTACT "@192.0.2.54 - _validation-contactemail.example.jp TXT", "resolver-stale", "servers", "192.0.2.54: NXDOMAIN"},
    {SOUND TWO CONTACT "@192.0.2.54 - _validation-contactemail.example.jp TXT", "resolver-stale", "seconds", "300"},
    {SOUND TWO CONTACT "@192.0.2.54 - _validation-contactemail.example.jp TXT", "resolver-stale", "until", "2026-11-21 09:35 UTC"},
    {SOUND TWO CONTACT "@192.0.2.54 _validation-contactemail.example.jp. 60 IN TXT \"old@example.jp\"", "resolver-stale", "answer", "\"dcv@example.jp\""},
    {SOUND TWO CONTACT "@192.0.2.54 _validation-contactemail.example.jp. 60 IN TXT \"old@example.jp\"", "resolver-stale", "seconds", "60"},
    /* the resolver that is used is no exception */
    {SOUND "_validation-contactemail.example.jp. 120 IN TXT \"old@example.jp\"\n@192.0.2.1 _validation-contactemail.example.jp. IN TXT \"dcv@example.jp\"\n"
           "@192.0.2.2 _validation-contactemail.example.jp. IN TXT \"dcv@example.jp\"", "resolver-stale", "servers", "192.0.2.53: \"old@example.jp\""},
    /* addresses may depend on who asks */
    {SOUND "example.jp. IN A 192.0.2.80\n@192.0.2.1 example.jp. IN A 192.0.2.81\n@192.0.2.2 example.jp. IN A 192.0.2.81", "", NULL, NULL},
    /* not where the servers differ, nor where one was not heard, nor where one that resolvers would believe says the same */
    {SOUND CONTACT "@192.0.2.1 - _validation-contactemail.example.jp TXT", "server-records-differ", NULL, NULL},
    {SOUND CONTACT "@192.0.2.1 - _validation-contactemail.example.jp TXT\n! at 192.0.2.2 deadline", "", NULL, NULL},
    {SOUND CONTACT "@192.0.2.1 - _validation-contactemail.example.jp TXT\n! at 192.0.2.2 no-aa", "server-lame", NULL, NULL},
    {SOUND CONTACT "@192.0.2.1 - _validation-contactemail.example.jp TXT\n! at 192.0.2.2 timeout", "server-dead resolver-stale", "servers", NULL},
};

START_TEST(compared)
{
    struct world world = world_of(resolvers[_i].zone);
    const char *findings = world_findings(&world, 0);
    ck_assert_msg(strcmp(findings, resolvers[_i].findings) == 0, "%d: %s", _i, findings);
    if (resolvers[_i].value != NULL)
        ck_assert_str_eq(world_arg(world_finding(&world, 0, findings), resolvers[_i].key), resolvers[_i].value);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("servers");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, found, 0, ROWS(rows));
    tcase_add_loop_test(tcase, says, 0, ROWS(told));
    tcase_add_loop_test(tcase, other_zones, 0, ROWS(zones));
    tcase_add_test(tcase, private_addresses_allowed);
    tcase_add_test(tcase, not_asked);
    tcase_add_test(tcase, many);
    tcase_add_test(tcase, many_answers);
    tcase_add_loop_test(tcase, compared, 0, ROWS(resolvers));
    return run_cases("servers", tcase);
}
