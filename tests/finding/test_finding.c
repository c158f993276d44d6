#include "finding/finding.h"

#include "support/run.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Stable ids: lower case and hyphens, found again by themselves, each once. */
START_TEST(ids)
{
    for (int rule = 0; rule < DCV_RULE_COUNT; rule++) {
        const struct dcv_rule_info *info = dcv_rule_info((enum dcv_rule)rule);
        ck_assert_int_eq(info->rule, rule);
        for (const char *at = info->id; *at != '\0'; at++)
            ck_assert_msg(islower((unsigned char)*at) || isdigit((unsigned char)*at) || *at == '-', "%s", info->id);
        ck_assert_ptr_eq(dcv_rule_by_id(info->id), info);
    }
    ck_assert_ptr_null(dcv_rule_by_id("no-such-rule"));
    ck_assert_ptr_null(dcv_rule_by_id(""));
}
END_TEST

/* Texts end as sentences do; places are closed; whoever is blocked is told what to do. */
static bool places_closed(const char *text)
{
    bool open = false;
    for (; *text != '\0'; text++) {
        if (*text == '{' || *text == '}') {
            if (open == (*text == '{'))
                return false;
            open = !open;
        } else if (open && !islower((unsigned char)*text)) {
            return false;
        }
    }
    return !open;
}

START_TEST(texts)
{
    for (int rule = 0; rule < DCV_RULE_COUNT; rule++) {
        const struct dcv_rule_info *info = dcv_rule_info((enum dcv_rule)rule);
        ck_assert_msg(info->text[0] != '\0' && info->text[strlen(info->text) - 1] == '.', "%s: %s", info->id, info->text);
        ck_assert_msg(info->explain[0] != '\0' && info->explain[strlen(info->explain) - 1] == '.', "%s: %s", info->id, info->explain);
        ck_assert_msg(places_closed(info->text) && places_closed(info->fix) && places_closed(info->explain), "%s", info->id);
        ck_assert_msg(info->severity != DCV_BLOCKER || info->fix[0] != '\0', "%s", info->id);
        ck_assert_str_eq(dcv_text(info->text), info->text); /* without a translation */
    }
    for (int change = 0; change < DCV_CHANGE_COUNT; change++) {
        const struct dcv_change_info *info = dcv_change_info((enum dcv_change)change);
        ck_assert_int_eq(info->change, change);
        ck_assert_msg(places_closed(info->text) && info->text[0] != '\0', "%s", info->id);
    }
}
END_TEST

START_TEST(severities)
{
    ck_assert_str_eq(dcv_severity_text(DCV_BLOCKER), "blocker");
    ck_assert_str_eq(dcv_severity_text(DCV_WARNING), "warning");
    ck_assert_str_eq(dcv_severity_text(DCV_NOTICE), "notice");
    ck_assert_str_eq(dcv_severity_text(DCV_INFO), "info");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("finding");
    tcase_add_test(tcase, ids);
    tcase_add_test(tcase, texts);
    tcase_add_test(tcase, severities);
    return run_cases("finding", tcase);
}
