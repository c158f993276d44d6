/* What denial by NSEC3 costs, and where it ends (CVE-2023-50868). */
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

/* "nxdomain" of a name of 123 labels below the zone. */
static const char *long_ask(void)
{
    static char text[300];
    struct dcv_buf ask;
    dcv_buf_init(&ask, sizeof text);
    dcv_buf_puts(&ask, "nxdomain ");
    for (int i = 0; i < 123; i++)
        dcv_buf_puts(&ask, "m.");
    dcv_buf_puts(&ask, "example");
    (void)snprintf(text, sizeof text, "%s", dcv_buf_text(&ask));
    dcv_buf_done(&ask);
    return text;
}

static const struct {
    const char *records, *ask;
    unsigned hashes;
} costs[] = {
    {"=ns.example", "nodata ns.example MX", 1},
    {"=ns.example", "nodata ns.example A", 1},
    {"=ns.example", "cut ns.example", 1},
    {"~q.w.example", "expanded r.q.w.example 2", 1},
    {"=example ~m.example", "cut m.example", 2},
    {"=example ~m.example ~*.example", "nxdomain m.example", 3},
    {"=example ~m.example ~*.example", "nxdomain n.m.example", 4},
    {"=w.example ~q.w.example =*.w.example", "nodata q.w.example A", 3},
    {"", "nodata ns.example MX", 0},
};

START_TEST(counts_rounds)
{
    for (size_t chain = 0; chain < 3; chain++) {
        struct denying denying;
        uint64_t rounds = 0;
        read_selected(arena, costs[_i].records, chain, &denying);
        (void)denying_ask(&denying, costs[_i].ask, &rounds);
        ck_assert_uint_eq(rounds, (uint64_t)costs[_i].hashes * (parameters[chain].iterations + 1));
    }
}
END_TEST

/* The longest name at the most iterations is within the ceiling; the same answer may not ask for it twice (CVE-2023-50868). */
START_TEST(longest_name)
{
    struct denying denying;
    uint64_t rounds = 0;
    read_selected(arena, "=example ~m.example ~*.example", 2, &denying);
    ck_assert_str_eq(denying_ask(&denying, long_ask(), &rounds), "good");
    ck_assert_uint_eq(rounds, UINTMAX_C(125) * 151U);
    ck_assert_str_eq(denying_ask(&denying, long_ask(), &rounds), "limit");
    ck_assert_uint_le(rounds, DCV_DENIAL_HASH_ROUNDS);
    ck_assert_str_eq(denying_ask(&denying, "cut ns.example", &rounds), "limit");
    ck_assert_str_eq(denying_ask(&denying, "expanded q.w.example 2", &rounds), "limit");
    ck_assert_uint_eq(rounds, (uintmax_t)DCV_DENIAL_HASH_ROUNDS / 151U * 151U);
}
END_TEST

static const uint64_t spent[] = {DCV_DENIAL_HASH_ROUNDS - 1, DCV_DENIAL_HASH_ROUNDS, DCV_DENIAL_HASH_ROUNDS + 1, UINT64_MAX / 2};

START_TEST(spent_before)
{
    struct denying denying;
    uint64_t rounds = spent[_i];
    read_selected(arena, "=ns.example", 0, &denying);
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), _i == 0 ? "good" : "limit");
    ck_assert_uint_eq(rounds, _i == 0 ? DCV_DENIAL_HASH_ROUNDS : spent[_i]);
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), "limit");
}
END_TEST

/* Records of `count` chains that match nothing, their salts being numbers. */
static void make_chains(unsigned count, unsigned iterations, struct denying *out)
{
    struct dcv_buf text;
    dcv_buf_init(&text, TEXT_ROOM);
    for (unsigned i = 0; i < count; i++)
        dcv_buf_printf(&text, "0123456789abcdefghijklmnopqrst%02u.example. 300 IN NSEC3 1 0 %u %04x 0123456789abcdefghijklmnopqrst99 A\n", i,
                       iterations, i);
    ck_assert(denying_read(arena, "example", dcv_buf_text(&text), out));
    dcv_buf_done(&text);
}

START_TEST(many_chains)
{
    struct denying denying;
    uint64_t rounds = 0;
    make_chains(64, 0, &denying);
    ck_assert_str_eq(denying_ask(&denying, long_ask(), &rounds), "none");
    ck_assert_uint_eq(rounds, UINTMAX_C(64) * 124U);
    rounds = 0;
    make_chains(64, 150, &denying);
    ck_assert_str_eq(denying_ask(&denying, long_ask(), &rounds), "limit");
    ck_assert_uint_le(rounds, DCV_DENIAL_HASH_ROUNDS);
    ck_assert_uint_gt(rounds, DCV_DENIAL_HASH_ROUNDS - 151U);
}
END_TEST

/* What costs nothing is not counted against the number of records, and more of the others than any answer needs cost nothing either. */
START_TEST(many_records)
{
    struct denying denying;
    uint64_t rounds = 0;
    make_chains(65, 0, &denying);
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), "limit");
    ck_assert_uint_eq(rounds, 0);
    make_chains(65, 151, &denying);
    ck_assert_str_eq(denying_ask(&denying, "nodata ns.example MX", &rounds), "iterations");
    ck_assert_uint_eq(rounds, 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("nsec3 cost");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, counts_rounds, 0, ROWS(costs));
    tcase_add_test(tcase, longest_name);
    tcase_add_loop_test(tcase, spent_before, 0, ROWS(spent));
    tcase_add_test(tcase, many_chains);
    tcase_add_test(tcase, many_records);
    return run_cases("nsec3 cost", tcase);
}
