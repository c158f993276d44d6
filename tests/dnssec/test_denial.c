/* Denial by NSEC: the zone of the examples, what its records prove, and what they do not. */
#include "dnssec/denying.h"
#include "support/rows.h"
#include "support/run.h"

#define APEX "example. 300 IN NSEC a.example. NS SOA MX RRSIG NSEC DNSKEY"
#define SIGNED "a.example. 300 IN NSEC alias.example. NS DS RRSIG NSEC"
#define ALIAS "alias.example. 300 IN NSEC b.example. CNAME RRSIG NSEC"
#define UNSIGNED "b.example. 300 IN NSEC d.example. NS RRSIG NSEC"
#define DNAME "d.example. 300 IN NSEC h.g.f.example. DNAME RRSIG NSEC"
#define DEEP "h.g.f.example. 300 IN NSEC ns.example. TXT RRSIG NSEC"
#define HOST "ns.example. 300 IN NSEC *.w.example. A AAAA RRSIG NSEC"
#define WILD "*.w.example. 300 IN NSEC k.w.example. MX RRSIG NSEC"
#define PLAIN "k.w.example. 300 IN NSEC x.y.w.example. A RRSIG NSEC"
#define BELOW "x.y.w.example. 300 IN NSEC *.z.example. MX RRSIG NSEC"
#define WILD_ALIAS "*.z.example. 300 IN NSEC example. CNAME RRSIG NSEC"
#define WIDE "aa.example. 300 IN NSEC zz.example. A RRSIG NSEC"
#define NARROW "l~.example. 300 IN NSEC m\\000.example. RRSIG NSEC\n\\041~.example. 300 IN NSEC +.example. RRSIG NSEC"
#define ALL APEX "\n" SIGNED "\n" ALIAS "\n" UNSIGNED "\n" DNAME "\n" DEEP "\n" HOST "\n" WILD "\n" PLAIN "\n" BELOW "\n" WILD_ALIAS

static struct dcv_arena *arena;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
}

static void teardown(void)
{
    dcv_arena_free(arena);
}

struct row {
    const char *records, *ask, *answer;
};

static void check_in(const char *zone, const struct row *row)
{
    struct denying denying;
    uint64_t rounds = 0;
    ck_assert_msg(denying_read(arena, zone, row->records, &denying), "%s", row->records);
    const char *answer = denying_ask(&denying, row->ask, &rounds);
    ck_assert_msg(strcmp(answer, row->answer) == 0, "%s: %s, not %s, by\n%s", row->ask, answer, row->answer, row->records);
    ck_assert_uint_eq(rounds, 0);
}

static const struct row rows[] = {
    /* A name that exists (RFC 4035 §5.4); the same with the CNAME bit (RFC 6840 §4.3). */
    {HOST, "nodata ns.example MX", "good"},
    {HOST, "nodata NS.Example MX", "good"},
    {"NS.EXAMPLE. 300 IN NSEC *.W.EXAMPLE. A RRSIG NSEC", "nodata ns.example MX", "good"},
    {HOST, "nodata ns.example TYPE65280", "good"},
    {HOST, "nodata ns.example A", "none"},
    {HOST, "nodata ns.example AAAA", "none"},
    {HOST, "nodata x.ns.example A", "none"},
    {ALIAS, "nodata alias.example A", "none"},
    {ALIAS, "nodata alias.example CNAME", "none"},
    {ALIAS, "nodata alias.example DS", "none"},
    {SIGNED, "nodata ns.example MX", "none"},
    {"", "nodata ns.example MX", "none"},
    /* At a cut the parent speaks of DS alone, and of DS the parent alone. */
    {UNSIGNED, "nodata b.example DS", "good"},
    {UNSIGNED, "nodata b.example A", "none"},
    {UNSIGNED, "nodata b.example NS", "none"},
    {SIGNED, "nodata a.example DS", "none"},
    {SIGNED, "nodata a.example A", "none"},
    {HOST, "nodata ns.example DS", "good"},
    {APEX, "nodata example A", "good"},
    {APEX, "nodata example SOA", "none"},
    {APEX, "nodata example DS", "none"},
    {"a.example. 300 IN NSEC b.a.example. NS SOA RRSIG NSEC", "nodata a.example DS", "none"},
    {DNAME, "nodata d.example A", "good"},
    {DNAME, "nodata d.example DNAME", "none"},
    /* Empty non-terminals. */
    {DNAME, "nodata g.f.example A", "good"},
    {DNAME, "nodata f.example DS", "good"},
    {DNAME, "nodata h.g.f.example A", "none"},
    {PLAIN, "nodata y.w.example CAA", "good"},
    {HOST, "nodata w.example CAA", "good"},
    {WILD_ALIAS, "nodata y.w.example CAA", "none"},
    {ALL, "nodata g.f.example A", "good"},
    /* A wildcard stands for the name: at the closest encloser that the records show, not at the parent. */
    {PLAIN "\n" WILD, "nodata m.w.example A", "good"},
    {PLAIN "\n" WILD, "nodata n.m.w.example A", "good"},
    {PLAIN "\n" WILD, "nodata n.m.w.example DS", "good"},
    {PLAIN "\n" WILD, "nodata m.w.example MX", "none"},
    {PLAIN, "nodata m.w.example A", "none"},
    {WILD, "nodata m.w.example A", "none"},
    {WILD, "nodata b.w.example A", "good"},
    {WIDE "\n" PLAIN "\n" WILD, "nodata m.w.example A", "good"}, /* records of two times: the longest encloser counts, in any order */
    {PLAIN "\n" WIDE "\n" WILD, "nodata m.w.example A", "good"},
    {BELOW "\n" WILD, "nodata m.y.w.example A", "none"},
    {BELOW "\n" WILD, "nodata q.x.y.w.example A", "none"},
    {WILD_ALIAS, "nodata zz.z.example A", "none"},
    {"*.w.example. 300 IN NSEC x.w.example. NS RRSIG NSEC", "nodata k.w.example A", "none"},
    /* No such name, and no wildcard. */
    {APEX "\n" HOST, "nxdomain nx.example", "good"},
    {APEX "\n" HOST, "nxdomain m.example", "none"},
    {APEX "\n" DEEP, "nxdomain m.example", "good"},
    {APEX "\n" DEEP, "nxdomain n.m.example", "good"},
    {APEX "\n" DEEP, "nxdomain M.EXAMPLE", "good"},
    {DEEP, "nxdomain m.example", "none"},
    {APEX, "nxdomain m.example", "none"},
    {DEEP, "nxdomain x.h.g.f.example", "good"},
    {APEX, "nxdomain !.example", "good"},
    {WILD_ALIAS "\n" APEX, "nxdomain zz.example", "good"},
    {WILD_ALIAS, "nxdomain zz.example", "none"},
    {ALL, "nxdomain ns.example", "none"},
    {ALL, "nxdomain example", "none"},
    /* Not where a wildcard stands for it, nor where it is an empty non-terminal, nor where the wildcard is one. */
    {PLAIN "\n" WILD, "nxdomain m.w.example", "none"},
    {ALL, "nxdomain m.w.example", "none"},
    {ALL, "nxdomain n.m.w.example", "none"},
    {PLAIN "\n" HOST, "nxdomain m.w.example", "none"},
    {BELOW "\n" PLAIN, "nxdomain q.y.w.example", "good"},
    {BELOW, "nxdomain q.y.w.example", "none"},
    {DNAME "\n" APEX, "nxdomain f.example", "none"},
    {DNAME "\n" APEX, "nxdomain g.f.example", "none"},
    {"example. 300 IN NSEC x.*.example. SOA NS RRSIG NSEC\nx.*.example. 300 IN NSEC example. A RRSIG NSEC", "nxdomain a.example", "none"},
    {"example. 300 IN NSEC x.*.example. SOA NS RRSIG NSEC\nx.*.example. 300 IN NSEC example. A RRSIG NSEC", "nodata a.example A", "good"},
    /* What lies below a cut or a DNAME is not denied by the record at it (RFC 6840 §4.1). */
    {SIGNED "\n" APEX, "nxdomain x.a.example", "none"},
    {UNSIGNED "\n" APEX, "nxdomain x.b.example", "none"},
    {UNSIGNED "\n" APEX, "nodata x.b.example A", "none"},
    {UNSIGNED "\n" APEX, "expanded x.b.example 1", "none"},
    {UNSIGNED "\n" APEX, "cut x.b.example", "unproven"},
    {DNAME "\n" APEX, "nxdomain x.d.example", "none"},
    {DNAME "\n" APEX, "nodata x.d.example A", "none"},
    {DNAME "\n" APEX, "cut x.d.example", "unproven"},
    {UNSIGNED "\n" APEX, "nxdomain bb.example", "good"},
    {DNAME "\n" APEX, "nxdomain e.example", "good"},
    {"b.example. 300 IN NSEC x.y.b.example. NS RRSIG NSEC", "nodata y.b.example A", "none"},
    /* A wildcard answer was right: no closer name is there. */
    {PLAIN, "expanded m.w.example 2", "good"},
    {PLAIN, "expanded n.m.w.example 2", "good"},
    {PLAIN, "expanded m.w.example 1", "none"},
    {PLAIN, "expanded n.m.w.example 3", "none"},
    {PLAIN, "expanded m.w.example 3", "none"},
    {PLAIN, "expanded y.w.example 2", "none"},
    {PLAIN, "expanded k.w.example 2", "none"},
    {WILD, "expanded m.w.example 2", "none"},
    {PLAIN, "expanded q.y.w.example 2", "none"},
    {PLAIN, "expanded q.y.w.example 3", "good"},
    {BELOW, "expanded z.y.w.example 2", "none"},
    {BELOW, "expanded z.y.w.example 3", "good"},
    {BELOW, "expanded q.y.w.example 3", "none"},
    {ALL, "expanded q.y.w.example 2", "none"},
    {WILD_ALIAS, "expanded zz.z.example 2", "good"},
    {WILD_ALIAS, "expanded zz.z.example 0", "none"},
    /* Cuts. */
    {UNSIGNED, "cut b.example", "unsigned"},
    {SIGNED, "cut a.example", "unproven"},
    {APEX, "cut example", "unproven"},
    {"example. 300 IN NSEC a.example. NS RRSIG NSEC", "cut example", "unproven"},
    {"a.example. 300 IN NSEC b.a.example. NS SOA RRSIG NSEC", "cut a.example", "unproven"},
    {HOST, "cut ns.example", "no-cut"},
    {ALIAS, "cut alias.example", "no-cut"},
    {DNAME, "cut g.f.example", "no-cut"},
    {DNAME, "cut e.example", "no-cut"},
    {HOST, "cut e.example", "unproven"},
    {"", "cut e.example", "unproven"},
    /* Names and records outside of the zone. */
    {ALL, "nxdomain example.com", "none"},
    {ALL, "nodata com A", "none"},
    {ALL, "cut com", "unproven"},
    {ALL, "expanded a.b.com 1", "none"},
    {"com. 300 IN NSEC a.example. NS SOA RRSIG NSEC", "nodata a.example DS", "none"},
    {"com. 300 IN NSEC z.example. NS RRSIG NSEC\n" APEX, "nxdomain m.example", "none"},
    {"m.example. 300 IN NSEC org. A RRSIG NSEC", "cut n.example", "unproven"},
    {"m.example. 300 IN NSEC org. A RRSIG NSEC", "nodata m.example TXT", "none"},
    /* Only the apex ends a chain: a span that runs backwards is none. */
    {"m.example. 300 IN NSEC b.example. A RRSIG NSEC", "cut n.example", "unproven"},
    {"m.example. 300 IN NSEC b.example. A RRSIG NSEC", "cut a.example", "unproven"},
    {"m.example. 300 IN NSEC m.example. A RRSIG NSEC", "cut n.example", "unproven"},
    {"example. 300 IN NSEC example. SOA NS RRSIG NSEC", "nxdomain n.m.example", "good"},
    {"example. 300 IN NSEC Example. SOA NS RRSIG NSEC", "nxdomain n.m.example", "good"},
    /* Records made on demand: the narrowest span (RFC 4470), and a name with no types (RFC 9824). */
    {NARROW, "nxdomain m.example", "good"},
    {NARROW, "nxdomain n.m.example", "good"},
    {"m.example. 300 IN NSEC \\000.m.example. RRSIG NSEC", "nodata m.example A", "good"},
    {"m.example. 300 IN NSEC \\000.m.example. RRSIG NSEC", "nxdomain m.example", "none"},
    {"m.example. 300 IN NSEC \\000.m.example. RRSIG NSEC TYPE128", "nxdomain m.example", "good"},
    {"m.example. 300 IN NSEC \\000.m.example. RRSIG NSEC TYPE128", "nodata m.example A", "good"},
    {"m.example. 300 IN NSEC \\000.m.example. RRSIG NSEC TYPE128", "nxdomain n.m.example", "none"},
    {"m.example. 300 IN NSEC \\000.m.example. NS RRSIG NSEC TYPE128", "nxdomain m.example", "none"},
    /* A record of another type says nothing. */
    {"ns.example. 300 IN A 192.0.2.1", "nodata ns.example MX", "none"},
};

START_TEST(denies)
{
    check_in("example", &rows[_i]);
}
END_TEST

/* Over the root there is no parent that would sign its DS. */
static const struct row root_rows[] = {
    {". 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "nodata . DS", "good"},
    {". 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "nodata . NS", "none"},
    {". 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "nxdomain a", "good"},
    {". 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "nxdomain x.a", "good"},
    {". 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "nxdomain com", "none"},
    {". 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "cut a", "no-cut"},
    {". 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "cut .", "unproven"},
    {"com. 300 IN NSEC . NS DS RRSIG NSEC\n. 300 IN NSEC com. NS SOA RRSIG NSEC DNSKEY", "nxdomain org", "good"},
    {"com. 300 IN NSEC . NS RRSIG NSEC", "cut com", "unsigned"},
    {"com. 300 IN NSEC . NS RRSIG NSEC", "cut example.com", "unproven"},
};

START_TEST(denies_in_the_root)
{
    check_in(".", &root_rows[_i]);
}
END_TEST

/* ---- bitmaps ---------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *octets;
    size_t len;
    const char *mx, *caa; /* NODATA of types 15 and 257 */
} bitmaps[] = {
    {OCTETS(""), "good", "good"},
    {OCTETS("\0\2\0\1"), "none", "good"},
    {OCTETS("\0\1\x80"), "good", "good"}, /* the bitmap ends before the bit */
    {OCTETS("\1\1\x40"), "good", "none"},
    {OCTETS("\0\2\0\1\1\1\x40"), "none", "none"},
    {OCTETS("\1\1\x80\2\1\x40"), "good", "good"},
    {OCTETS("\0\3\0\1\0"), "none", "good"}, /* zero octets at the end say nothing */
    {OCTETS("\0\x20\0\1" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "none", "good"},
    /* Not whole, not in order, of no size. */
    {OCTETS("\0\x21\0\1" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "none", "none"},
    {OCTETS("\0"), "none", "none"},
    {OCTETS("\0\0"), "none", "none"},
    {OCTETS("\0\1"), "none", "none"},
    {OCTETS("\0\2\0"), "none", "none"},
    {OCTETS("\0\1\x80\1"), "none", "none"},
    {OCTETS("\1\1\x80\0\1\x80"), "none", "none"},
    {OCTETS("\0\1\x80\0\1\x80"), "none", "none"},
    {OCTETS("\0\1\x80\1\0"), "none", "none"},
};

START_TEST(reads_bitmaps)
{
    static const uint8_t next[] = {1, 'z', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
    uint8_t rdata[100];
    struct denying denying = {.count = 1, .records = {&denying.items[0]}};
    uint64_t rounds = 0;
    memcpy(rdata, next, sizeof next);
    memcpy(rdata + sizeof next, bitmaps[_i].octets, bitmaps[_i].len);
    denying.items[0] = (struct dcv_rr){.type = DCV_TYPE_NSEC, .rdata = rdata, .rdlen = (uint16_t)(sizeof next + bitmaps[_i].len)};
    ck_assert_int_eq(dcv_name_parse("example", &denying.zone, NULL), DCV_OK);
    ck_assert_int_eq(dcv_name_parse("m.example", &denying.items[0].owner, NULL), DCV_OK);
    ck_assert_str_eq(denying_ask(&denying, "nodata m.example MX", &rounds), bitmaps[_i].mx);
    ck_assert_str_eq(denying_ask(&denying, "nodata m.example CAA", &rounds), bitmaps[_i].caa);
}
END_TEST

static const struct {
    const char *octets;
    size_t len;
} names[] = {{OCTETS("")}, {OCTETS("\1")}, {OCTETS("\1z")}, {OCTETS("\1z\7example")}, {OCTETS("\1z\xc0\0")}, {OCTETS("\x40z\7example\0")}};

START_TEST(next_names_that_are_none)
{
    struct denying denying = {.count = 1, .records = {&denying.items[0]}};
    uint64_t rounds = 0;
    denying.items[0] = (struct dcv_rr){.type = DCV_TYPE_NSEC, .rdata = (const uint8_t *)names[_i].octets, .rdlen = (uint16_t)names[_i].len};
    ck_assert_int_eq(dcv_name_parse(".", &denying.zone, NULL), DCV_OK);
    ck_assert_int_eq(dcv_name_parse("m.example", &denying.items[0].owner, NULL), DCV_OK);
    ck_assert_str_eq(denying_ask(&denying, "nodata m.example MX", &rounds), "none");
    ck_assert_str_eq(denying_ask(&denying, "cut n.example", &rounds), "unproven");
}
END_TEST

/* ---- garbage ---------------------------------------------------------------------------------------------------------------- */

static const char *const asks[] = {
    "nodata ns.example MX",
    "nodata g.f.example A",
    "nodata n.m.w.example A",
    "nxdomain m.example",
    "nxdomain x.y.z.y.w.example",
    "expanded n.m.w.example 2",
    "cut b.example",
    "cut e.example",
};

START_TEST(bears_garbage)
{
    struct denying denying;
    ck_assert(denying_read(arena, "example", ALL, &denying));
    ck_assert_uint_gt(denying_octets(&denying), 200);
    ck_assert_uint_eq(denying_bear_all(&denying, asks[_i]), 3 * denying_octets(&denying));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("denial");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, denies, 0, ROWS(rows));
    tcase_add_loop_test(tcase, denies_in_the_root, 0, ROWS(root_rows));
    tcase_add_loop_test(tcase, reads_bitmaps, 0, ROWS(bitmaps));
    tcase_add_loop_test(tcase, next_names_that_are_none, 0, ROWS(names));
    tcase_add_loop_test(tcase, bears_garbage, 0, ROWS(asks));
    return run_cases("denial", tcase);
}
