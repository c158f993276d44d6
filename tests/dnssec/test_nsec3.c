/* Denial by NSEC3. */
#include "dnssec/nsec3_chain.h"
#include "support/run.h"

static struct dcv_arena *arena;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
}

static void teardown(void)
{
    dcv_arena_free(arena);
}

/* ---- one chain -------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *records, *ask, *answer, *opt_out; /* the latter in an opt-out chain; NULL: the records cannot be chosen */
} rows[] = {
    /* A name that exists (RFC 5155 §8.5, §8.6). */
    {"=ns.example", "nodata ns.example MX", "good", "good"},
    {"=ns.example", "nodata NS.Example MX", "good", "good"},
    {"=ns.example", "nodata ns.example A", "none", "none"},
    {"=ns.example", "nodata ns.example DS", "good", "good"},
    {"=alias.example", "nodata alias.example A", "none", "none"},
    {"=alias.example", "nodata alias.example DS", "none", "none"},
    {"=ns.example", "nodata w.example A", "none", "none"},
    {"", "nodata ns.example MX", "none", "none"},
    {"=w.example", "nodata w.example A", "good", "good"},
    {"=y.w.example", "nodata y.w.example CAA", "good", "good"},
    {"=w.example ~q.w.example", "nodata y.w.example CAA", "none", "none"},
    {"=b.example", "nodata b.example DS", "good", NULL},
    {"=b.example", "nodata b.example A", "none", NULL},
    {"=a.example", "nodata a.example DS", "none", "none"},
    {"=a.example", "nodata a.example A", "none", "none"},
    {"=example", "nodata example A", "good", "good"},
    {"=example", "nodata example DS", "none", "none"},
    {"=d.example", "nodata d.example A", "good", "good"},
    /* A wildcard stands for the name (RFC 5155 §8.7). */
    {"=w.example ~q.w.example =*.w.example", "nodata q.w.example A", "good", "opt-out"},
    {"=w.example ~q.w.example =*.w.example", "nodata r.q.w.example A", "good", "opt-out"},
    {"=w.example ~q.w.example =*.w.example", "nodata q.w.example DS", "good", "opt-out"},
    {"=w.example ~q.w.example =*.w.example", "nodata q.w.example MX", "none", "none"},
    {"=w.example ~q.w.example", "nodata q.w.example A", "none", "opt-out"},
    {"=w.example =*.w.example", "nodata e.w.example A", "none", "none"},
    {"~q.w.example =*.w.example", "nodata q.w.example A", "none", "none"},
    {"=z.example ~q.z.example =*.z.example", "nodata q.z.example A", "none", "none"},
    /* No such name, no wildcard (RFC 5155 §8.4). */
    {"=example ~m.example ~*.example", "nxdomain m.example", "good", "opt-out"},
    {"=example ~m.example ~*.example", "nxdomain n.m.example", "good", "opt-out"},
    {"=ns.example ~m.ns.example ~*.ns.example", "nxdomain m.ns.example", "good", "opt-out"},
    {"=example ~m.example", "nxdomain m.example", "none", "none"},
    {"~m.example ~*.example", "nxdomain m.example", "none", "none"},
    {"=example ~f.m.example ~*.example", "nxdomain f.m.example", "none", "none"},
    {"=w.example ~q.w.example =*.w.example", "nxdomain q.w.example", "none", "none"},
    {"all", "nxdomain q.w.example", "none", "none"},
    {"all", "nxdomain y.w.example", "none", "none"},
    {"all", "nxdomain ns.example", "none", "none"},
    {"all", "nxdomain example", "none", "none"},
    {"all", "nxdomain m.example", "good", "opt-out"},
    /* The encloser is at the parent's side of a cut, or has a DNAME (RFC 5155 §8.3, RFC 6840 §4.1). */
    {"=a.example ~x.a.example ~*.a.example", "nxdomain x.a.example", "none", "none"},
    {"=a.example ~x.a.example ~*.a.example", "nodata x.a.example A", "none", "none"},
    {"=a.example ~x.a.example ~*.a.example", "nodata x.a.example DS", "none", "none"},
    {"=a.example ~x.a.example ~*.a.example", "cut x.a.example", "unproven", "unproven"},
    {"=d.example ~x.d.example ~*.d.example", "nxdomain x.d.example", "none", "none"},
    {"=d.example ~x.d.example ~*.d.example", "cut x.d.example", "unproven", "unproven"},
    /* A wildcard answer was right (RFC 5155 §8.8). */
    {"~q.w.example", "expanded q.w.example 2", "good", "opt-out"},
    {"~q.w.example", "expanded r.q.w.example 2", "good", "opt-out"},
    {"~g.q.w.example", "expanded g.q.w.example 2", "none", "none"},
    {"=y.w.example", "expanded y.w.example 2", "none", "none"},
    {"all", "expanded q.y.w.example 2", "none", "none"},
    {"all", "expanded q.y.w.example 3", "good", "opt-out"},
    {"all", "expanded q.w.example 0", "none", "none"},
    {"=w.example", "expanded q.w.example 2", "none", "none"},
    /* Cuts. */
    {"=b.example", "cut b.example", "unsigned", NULL},
    {"=a.example", "cut a.example", "unproven", "unproven"},
    {"=ns.example", "cut ns.example", "no-cut", "no-cut"},
    {"=w.example", "cut w.example", "no-cut", "no-cut"},
    {"=alias.example", "cut alias.example", "no-cut", "no-cut"},
    {"=example ~m.example", "cut m.example", "no-cut", "opt-out"},
    {"~m.example", "cut m.example", "unproven", "unproven"},
    {"=example", "cut example", "unproven", "unproven"},
    {"", "cut m.example", "unproven", "unproven"},
    {"all", "cut example.com", "unproven", "unproven"},
    /* The span around b.example and f.example is an opt-out one, if the chain is. */
    {"=example ~b.example", "nodata b.example DS", NULL, "opt-out"},
    {"=example ~b.example", "nodata b.example A", NULL, "opt-out"},
    {"=example ~b.example", "nodata x.b.example DS", NULL, "opt-out"},
    {"=example ~b.example", "cut b.example", NULL, "opt-out"},
    {"=example ~b.example", "cut x.b.example", NULL, "opt-out"},
    {"=example ~f.example", "nodata f.example A", NULL, "opt-out"}, /* an empty non-terminal (erratum 3441) */
    {"~b.example", "nodata b.example DS", NULL, "none"},
    {"=example", "nodata b.example DS", NULL, "none"},
    {"=ns.example ~b.example", "cut b.example", NULL, "unproven"},
    {"=example ~b.example ~*.example", "nxdomain b.example", NULL, "opt-out"},
};

static void check_row(size_t chain, int row, const char *expected)
{
    struct denying denying;
    uint64_t rounds = 0;
    if (expected == NULL)
        return;
    read_selected(arena, rows[row].records, chain, &denying);
    const char *answer = denying_ask(&denying, rows[row].ask, &rounds);
    ck_assert_msg(strcmp(answer, expected) == 0, "%s by %s: %s, not %s", rows[row].ask, rows[row].records, answer, expected);
    ck_assert_uint_eq(rounds % (parameters[chain].iterations + 1), 0);
}

START_TEST(denies)
{
    check_row(0, _i, rows[_i].answer);
    check_row(2, _i, rows[_i].answer);
    check_row(4, _i, rows[_i].answer);
    check_row(1, _i, rows[_i].opt_out);
}
END_TEST

/* ---- parameters ------------------------------------------------------------------------------------------------------------- */

/* Chains of several parameters: "@" and a number follow the records that are of another than the first. */
static const struct {
    const char *records, *ask, *answer;
} mixed[] = {
    {"=example@0 ~m.example@4 ~*.example@0", "nxdomain m.example", "none"},
    {"=example@0 ~m.example@0 ~*.example@5", "nxdomain m.example", "none"},
    {"=example@4 =example@0 ~m.example@0 ~*.example@0", "nxdomain m.example", "good"},
    {"=example@0 ~m.example@0 ~*.example@0 all@4", "nxdomain m.example", "good"},
    {"all@1 =example@0 ~m.example@0 ~*.example@0", "nxdomain m.example", "good"},
    {"=example@0 ~m.example@0 ~*.example@0 all@1", "nxdomain m.example", "good"},
    {"=example@0 all@1", "nxdomain m.example", "opt-out"},
    {"all@1 =example@0", "nxdomain m.example", "opt-out"},
    {"=a.example@4 =ns.example@0", "nodata ns.example MX", "good"},
    {"=example@0 =example@1 ~b.example@1", "cut b.example", "opt-out"},
    {"=b.example@0 =example@1 ~b.example@1", "cut b.example", "unsigned"},
    {"=a.example@0 =example@4 ~m.example@4", "cut m.example", "no-cut"},
    /* RFC 9276 §3.2. */
    {"all@2", "nxdomain m.example", "good"},
    {"all@3", "nxdomain m.example", "iterations"},
    {"all@7", "nxdomain m.example", "iterations"},
    {"all@3", "nodata ns.example MX", "iterations"},
    {"=ns.example@3", "nodata ns.example A", "iterations"},
    {"all@3", "expanded q.w.example 2", "iterations"},
    {"all@3", "cut b.example", "iterations"},
    {"all@3 =ns.example@0", "nodata ns.example MX", "good"},
    {"=example@3 =example@0", "nodata ns.example MX", "iterations"},
    /* Flags that are unknown (RFC 5155 §8.2). */
    {"all@6", "nxdomain m.example", "none"},
    {"all@6", "cut b.example", "unproven"},
    {"all@6 all@0", "nxdomain m.example", "good"},
};

START_TEST(mixes_chains)
{
    struct denying denying;
    uint64_t rounds = 0;
    read_selected(arena, mixed[_i].records, 0, &denying);
    ck_assert_str_eq(denying_ask(&denying, mixed[_i].ask, &rounds), mixed[_i].answer);
}
END_TEST

/* The record of ns.example with octets of its RDATA replaced: algorithm, flags, iterations, salt length, hash length, hash, bitmap. */
static const struct {
    const char *octets;
    size_t len;
    const char *mx; /* NODATA of MX */
} forms[] = {
#define HASH "0123456789abcdefghij"
    {OCTETS("\1\0\0\0\0\x14" HASH "\0\1\x40"), "good"},
    {OCTETS("\1\1\0\0\0\x14" HASH "\0\1\x40"), "good"},
    {OCTETS("\1\0\0\0\0\x14" HASH), "good"},
    {OCTETS("\1\0\0\0\0\x14" HASH "\0\2\0\1"), "none"},
    {OCTETS("\1\0\0\0\0\x14" HASH "\0\0"), "none"},
    {OCTETS("\1\0\0\0\0\x14" HASH "\0"), "none"},
    {OCTETS("\1\0\0\0\0\x13" "0123456789abcdefghi" "\0\1\x40"), "none"},
    {OCTETS("\1\0\0\0\0\x15" HASH "k" "\0\1\x40"), "none"},
    {OCTETS("\1\0\0\0\0\0" "\0\1\x40"), "none"},
    {OCTETS("\1\0\0\0\xff" "\x14" HASH "\0\1\x40"), "none"},
    {OCTETS("\1\0\0\0\0\xff" HASH "\0\1\x40"), "none"},
    {OCTETS("\1\4\0\0\0\x14" HASH "\0\1\x40"), "none"},
    {OCTETS("\1\0\0\x97\0\x14" HASH "\0\1\x40"), "iterations"},
    {OCTETS("\1\0\xff\xff\0\x14" HASH "\0\1\x40"), "iterations"},
    {OCTETS("\1\0\xff\xff\0\x13" HASH "\0\1\x40"), "none"},
    {OCTETS("\2\0\0\0\0\x14" HASH "\0\1\x40"), "unknown"},
    {OCTETS("\0\0\0\0\0\x14" HASH "\0\1\x40"), "unknown"},
    {OCTETS("\2\0\xff\xff\0\4" "abcd" "\0\1\x40"), "unknown"},
    {OCTETS("\2\2\0\0\0\x14" HASH "\0\1\x40"), "none"},
    {OCTETS("\2\0\0\0\0\xff" HASH "\0\1\x40"), "none"},
    {OCTETS("\2"), "none"},
    {OCTETS("\1"), "none"},
    {OCTETS(""), "none"},
#undef HASH
};

START_TEST(reads_forms)
{
    struct denying denying;
    uint64_t rounds = 0;
    read_selected(arena, "=ns.example", 0, &denying);
    denying.items[0].rdata = (const uint8_t *)forms[_i].octets;
    denying.items[0].rdlen = (uint16_t)forms[_i].len;
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), forms[_i].mx);
}
END_TEST

/* A record of the same salt and other iterations is of another chain, as is one of another salt. */
START_TEST(other_parameters)
{
    static const struct {
        size_t at;
        uint8_t octet;
        const char *answer;
    } changes[] = {{3, 12, "opt-out"}, {3, 13, "none"}, {5, 0xaa, "opt-out"}, {5, 0xab, "none"}, {8, 0xde, "none"}};
    for (int i = 0; i < ROWS(changes); i++) {
        struct denying denying;
        uint8_t rdata[100];
        uint64_t rounds = 0;
        read_selected(arena, "=example ~m.example ~*.example", 1, &denying);
        memcpy(rdata, denying.items[2].rdata, denying.items[2].rdlen);
        rdata[changes[i].at] = changes[i].octet;
        denying.items[2].rdata = rdata;
        ck_assert_str_eq(denying_ask(&denying, "nxdomain m.example", &rounds), changes[i].answer);
    }
}
END_TEST

/* A usable record beside one of an unknown algorithm: it decides alone. */
START_TEST(unknown_beside_known)
{
    struct denying denying;
    uint64_t rounds = 0;
    read_selected(arena, "=ns.example =w.example", 0, &denying);
    denying.items[1].rdata = (const uint8_t *)"\2\0\0\0\0\4abcd";
    denying.items[1].rdlen = 10;
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), "good");
    ck_assert_str_eq(denying_ask(&denying, "nodata w.example MX", &rounds), "none");
}
END_TEST

/* Owners: where %s stands, the hash of ns.example. */
static const struct {
    const char *owner, *mx;
} owners[] = {
    {"%s.example", "good"},          {"%s.EXAMPLE", "good"}, {"%s", "none"},        {"%s.com", "none"},
    {"%s.example.example", "none"},  {"a.%s.example", "none"}, {"%s.a.example", "none"}, {"example", "none"},
    {"%.31s.example", "none"},       {"%s0.example", "none"}, {"%.31sw.example", "none"}, {"%.31s-.example", "none"},
    {"%.31s\\000.example", "none"},  {"%.31s0.example", "none"},
};

START_TEST(reads_owners)
{
    struct denying denying;
    char hash[HASH_ROOM], owner[100];
    uint64_t rounds = 0;
    read_selected(arena, "=ns.example", 0, &denying);
    put_hash(&parameters[0], "ns.example", hash);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(owner, sizeof owner, owners[_i].owner, hash);
#pragma GCC diagnostic pop
    ck_assert_int_eq(dcv_name_parse(owner, &denying.items[0].owner, NULL), DCV_OK);
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), owners[_i].mx);
}
END_TEST

START_TEST(owners_in_capitals)
{
    struct denying denying;
    uint64_t rounds = 0;
    read_selected(arena, "=ns.example ~m.example", 0, &denying);
    struct dcv_name *owner = &denying.items[0].owner;
    for (unsigned i = 1; i <= owner->wire[0]; i++)
        if (owner->wire[i] >= 'a')
            owner->wire[i] = (uint8_t)(owner->wire[i] - 'a' + 'A');
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), "good");
}
END_TEST

/* One record that leads to itself: the chain of a zone of one name, which covers every other. */
START_TEST(chain_of_one)
{
    struct denying denying;
    uint64_t rounds = 0;
    read_selected(arena, "=example", 0, &denying);
    uint8_t *rdata = dcv_arena_alloc(arena, denying.items[0].rdlen);
    struct denying other;
    read_selected(arena, "all", 0, &other);
    memcpy(rdata, denying.items[0].rdata, denying.items[0].rdlen);
    for (size_t i = 0; i < other.count; i++) /* the record before it bears its hash */
        if (dcv_name_compare(&other.items[(i + 1) % other.count].owner, &denying.items[0].owner) == 0)
            memcpy(rdata + 6, other.items[i].rdata + 6, 20);
    denying.items[0].rdata = rdata;
    ck_assert_str_eq(denying_ask(&denying, "nxdomain m.example", &rounds), "good");
    ck_assert_str_eq(denying_ask(&denying, "nxdomain ns.example", &rounds), "good");
    ck_assert_str_eq(denying_ask(&denying, "nxdomain example", &rounds), "none");
    ck_assert_str_eq(denying_ask(&denying, "nodata example A", &rounds), "good");
}
END_TEST

/* ---- garbage ---------------------------------------------------------------------------------------------------------------- */

static const char *const asks[] = {
    "nodata ns.example MX",
    "nodata q.w.example A",
    "nxdomain n.m.example",
    "expanded r.q.w.example 2",
    "cut b.example",
    "cut x.y.m.example",
};

START_TEST(bears_garbage)
{
    struct denying denying;
    read_selected(arena, "all@0 all@1", 0, &denying);
    ck_assert_uint_gt(denying_octets(&denying), 200);
    ck_assert_uint_eq(denying_bear_all(&denying, asks[_i]), 3 * denying_octets(&denying));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("nsec3");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, denies, 0, ROWS(rows));
    tcase_add_loop_test(tcase, mixes_chains, 0, ROWS(mixed));
    tcase_add_loop_test(tcase, reads_forms, 0, ROWS(forms));
    tcase_add_test(tcase, other_parameters);
    tcase_add_test(tcase, unknown_beside_known);
    tcase_add_loop_test(tcase, reads_owners, 0, ROWS(owners));
    tcase_add_test(tcase, owners_in_capitals);
    tcase_add_test(tcase, chain_of_one);
    tcase_add_loop_test(tcase, bears_garbage, 0, ROWS(asks));
    return run_cases("nsec3", tcase);
}
