#include "fact/ladder.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *zone, *rungs; /* "name/via" in their order; via p, c, or q for a CNAME of a parent */
} rows[] = {
    {"www.example.jp", "", "www.example.jp/p example.jp/p"},
    {"example.jp", "", "example.jp/p"},
    {"a.b.example.co.jp", "", "a.b.example.co.jp/p b.example.co.jp/p example.co.jp/p"},
    {"jp", "", ""},
    {"co.jp", "", ""},
    {"x.github.io", "", "x.github.io/p github.io/p"}, /* the ICANN section counts */
    {"host.unlisted-tld", "", "host.unlisted-tld/p"},
    {"www.example.jp", "www.example.jp. IN CNAME a.b.example.com.", "www.example.jp/p example.jp/p a.b.example.com/c b.example.com/c example.com/c"},
    {"www.example.jp", "www.example.jp. IN CNAME b.example.com.\nb.example.com. IN CNAME c.example.net.\nc.example.net. IN A 192.0.2.1",
     "www.example.jp/p example.jp/p b.example.com/c example.com/c c.example.net/c example.net/c"},
    {"www.example.jp", "www.example.jp. IN CNAME example.jp.\nexample.jp. IN A 192.0.2.1", "www.example.jp/p example.jp/p"},
    {"a.example.jp", "example.jp. IN CNAME example.com.", "a.example.jp/p example.jp/p example.com/q"},
    {"a.example.jp", "a.example.jp. IN CNAME example.com.\nexample.jp. IN CNAME example.com.", "a.example.jp/p example.jp/p example.com/c"},
    {"www.example.jp", "www.example.jp. IN CNAME com.", "www.example.jp/p example.jp/p"}, /* a suffix is no ADN */
};

START_TEST(rungs)
{
    char text[1000] = "", name[DCV_NAME_TEXT_MAX];
    struct dcv_facts *facts = world_facts(rows[_i].name, rows[_i].zone);
    struct dcv_ladder *ladder = calloc(1, sizeof *ladder);
    const struct dcv_name asked = world_name(rows[_i].name);
    dcv_ladder_build(facts, world_psl, &asked, ladder);
    for (size_t i = 0; i < ladder->count; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%c", i == 0 ? "" : " ",
                       dcv_name_text(&ladder->rungs[i].name, name), "pcq"[ladder->rungs[i].via]);
    ck_assert_str_eq(text, rows[_i].rungs);
    ck_assert_int_eq(ladder->suffix, rows[_i].rungs[0] == '\0');
    ck_assert(!ladder->cut);
    for (size_t i = 0; i < ladder->count; i++)
        ck_assert_int_eq(ladder->rungs[i].fact == SIZE_MAX, ladder->rungs[i].via == DCV_VIA_PRUNE);
    free(ladder);
    dcv_facts_free(facts);
}
END_TEST

START_TEST(bogus_alias)
{
    struct dcv_facts *facts = world_facts("a.example.jp", "a.example.jp. IN CNAME b.example.com.\n! bogus a.example.jp A");
    struct dcv_ladder *ladder = calloc(1, sizeof *ladder);
    const struct dcv_name asked = world_name("a.example.jp");
    dcv_ladder_build(facts, world_psl, &asked, ladder);
    ck_assert_uint_eq(ladder->count, 4);
    for (size_t i = 0; i < ladder->count; i++)
        ck_assert_int_eq(ladder->rungs[i].bogus, i >= 2);
    free(ladder);
    dcv_facts_free(facts);
}
END_TEST

/* However long the chain and however deep its targets, the ladder is bounded and says that it was cut; the name's own rungs are there. */
START_TEST(cut)
{
    char zone[8000] = "a.example.jp. IN CNAME a.b.c.d.t0.example.com.\n";
    for (int i = 0; i < 30; i++)
        (void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone), "a.b.c.d.t%d.example.com. IN CNAME a.b.c.d.t%d.example.com.\n", i, i + 1);
    struct dcv_facts *facts = world_facts("a.example.jp", zone);
    struct dcv_ladder *ladder = calloc(1, sizeof *ladder);
    const struct dcv_name asked = world_name("a.example.jp");
    dcv_ladder_build(facts, world_psl, &asked, ladder);
    ck_assert(ladder->cut);
    ck_assert_uint_le(ladder->count, DCV_LADDER_MAX);
    ck_assert_int_eq(ladder->rungs[0].via, DCV_VIA_PRUNE);
    ck_assert_int_eq(ladder->rungs[1].via, DCV_VIA_PRUNE);
    free(ladder);
    dcv_facts_free(facts);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("ladder");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, rungs, 0, ROWS(rows));
    tcase_add_test(tcase, bogus_alias);
    tcase_add_test(tcase, cut);
    return run_cases("ladder", tcase);
}
