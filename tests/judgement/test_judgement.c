#include "judgement/judgement.h"

#include "support/run.h"

#include <string.h>

static struct dcv_entry entry(const char *address, bool usable, enum dcv_status_of_entry status)
{
    return (struct dcv_entry){.address = address, .usable = usable, .status = status};
}

/* An address is as good as its best entry. */
START_TEST(best)
{
    struct dcv_entry entries[] = {
        entry("a@x", false, DCV_ENTRY_PERMITTED), entry(NULL, false, DCV_ENTRY_MALFORMED),   entry("a@x", true, DCV_ENTRY_DISCOURAGED),
        entry("a@x", false, DCV_ENTRY_PERMITTED), entry("b@x", false, DCV_ENTRY_NOT_OFFERED), entry("b@x", false, DCV_ENTRY_RETIRED),
        entry("b@x", false, DCV_ENTRY_MALFORMED),
    };
    struct dcv_judged_ca ca = {0};
    ca.entries.items = entries;
    ca.entries.count = sizeof entries / sizeof entries[0];
    ck_assert_ptr_eq(dcv_judged_best(&ca, "a@x"), &entries[2]);
    ck_assert_ptr_eq(dcv_judged_best(&ca, "b@x"), &entries[5]);
    ck_assert_ptr_null(dcv_judged_best(&ca, "A@x"));
}
END_TEST

START_TEST(lists_are_copied)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    size_t items[] = {3, 1};
    const struct dcv_fact_list list = dcv_fact_list(arena, items, 2);
    items[0] = 9;
    ck_assert_uint_eq(list.count, 2);
    ck_assert_uint_eq(list.items[0], 3);
    ck_assert_uint_eq(dcv_fact_list(arena, NULL, 0).count, 0);
    dcv_arena_free(arena);
}
END_TEST

#define ALL_DIFFER(text, type, last)                                                                                    \
    for (int a = 0; a <= (int)(last); a++)                                                                              \
        for (int b = 0; b < a; b++)                                                                                     \
    ck_assert_str_ne(text((type)a), text((type)b))

START_TEST(texts_differ)
{
    ALL_DIFFER(dcv_entry_status_text, enum dcv_status_of_entry, DCV_ENTRY_PERMITTED);
    ALL_DIFFER(dcv_mail_text, enum dcv_mail, DCV_MAIL_UNVERIFIABLE);
    ALL_DIFFER(dcv_rung_kind_text, enum dcv_rung_kind, DCV_RUNG_CNAME_TARGET);
    ALL_DIFFER(dcv_permits_text, enum dcv_permits, DCV_PERMITS_UNKNOWN);
    ALL_DIFFER(dcv_verdict_text, enum dcv_verdict, DCV_UNKNOWN_VERDICT);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("judgement");
    tcase_add_test(tcase, best);
    tcase_add_test(tcase, lists_are_copied);
    tcase_add_test(tcase, texts_differ);
    return run_cases("judgement", tcase);
}
