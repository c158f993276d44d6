#include "ca/profile.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    ck_assert_msg(dcv_name_parse(text, &name, NULL) == DCV_OK, "%s is no name", text);
    return name;
}

/* Which names of its ladder an offer for `name` covers, from the name down to the base domain. */
static void covered(enum dcv_level level, const char *name, const char *base, char out[512])
{
    struct dcv_name at = name_of(name);
    const struct dcv_name whole = at, foot = name_of(base);
    char text[DCV_NAME_TEXT_MAX];
    out[0] = '\0';
    while (dcv_name_under(&at, &foot)) {
        if (dcv_level_covers(level, &whole, &foot, &at)) {
            if (out[0] != '\0')
                strncat(out, " ", 511 - strlen(out));
            strncat(out, dcv_name_text(&at, text), 511 - strlen(out));
        }
        if (!dcv_name_parent(&at, &at))
            break;
    }
}

enum { SAMPLES = 7 };

static const struct {
    const char *name, *base;
} samples[SAMPLES] = {
    {"example.jp", "example.jp"},     {"www.example.jp", "example.jp"},
    {"sub.example.jp", "example.jp"}, {"www.sub.example.jp", "example.jp"},
    {"a.b.example.jp", "example.jp"}, {"www.jp", "www.jp"},
    {"www.www.jp", "www.jp"},
};

static const char *const expected[DCV_LEVEL_COUNT][SAMPLES] = {
    [DCV_LEVEL_EXACT] = {"example.jp", "www.example.jp", "sub.example.jp", "www.sub.example.jp", "a.b.example.jp",
                         "www.jp", "www.www.jp"},
    [DCV_LEVEL_EXACT_PLUS_BASE_IF_WWW] = {"example.jp", "www.example.jp example.jp", "sub.example.jp",
                                          "www.sub.example.jp", "a.b.example.jp", "www.jp", "www.www.jp www.jp"},
    [DCV_LEVEL_EXACT_AND_BASE] = {"example.jp", "www.example.jp example.jp", "sub.example.jp example.jp",
                                  "www.sub.example.jp example.jp", "a.b.example.jp example.jp", "www.jp",
                                  "www.www.jp www.jp"},
    [DCV_LEVEL_ANY_ADN] = {"example.jp", "www.example.jp example.jp", "sub.example.jp example.jp",
                           "www.sub.example.jp sub.example.jp example.jp", "a.b.example.jp b.example.jp example.jp",
                           "www.jp", "www.www.jp www.jp"},
    [DCV_LEVEL_WWW_STRIPPED] = {"example.jp", "example.jp", "sub.example.jp", "sub.example.jp", "a.b.example.jp",
                                "www.jp", "www.jp"},
    [DCV_LEVEL_WWW_STRIPPED_AND_BASE] = {"example.jp", "example.jp", "sub.example.jp example.jp",
                                         "sub.example.jp example.jp", "a.b.example.jp example.jp", "www.jp", "www.jp"},
    [DCV_LEVEL_WWW_STRIPPED_ANY] = {"example.jp", "example.jp", "sub.example.jp example.jp",
                                    "sub.example.jp example.jp", "a.b.example.jp b.example.jp example.jp", "www.jp",
                                    "www.jp"},
    [DCV_LEVEL_REGISTERED_OR_EXACT_STRIPPED] = {"example.jp", "example.jp", "sub.example.jp example.jp",
                                                "sub.example.jp example.jp", "a.b.example.jp example.jp", "www.jp",
                                                "www.jp"},
    [DCV_LEVEL_BASE] = {"example.jp", "example.jp", "example.jp", "example.jp", "example.jp", "www.jp", "www.jp"},
};

START_TEST(levels)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        char got[512];
        covered((enum dcv_level)_i, samples[i].name, samples[i].base, got);
        ck_assert_msg(strcmp(got, expected[_i][i]) == 0, "%s, %s: \"%s\", expected \"%s\"",
                      dcv_level_text((enum dcv_level)_i), samples[i].name, got, expected[_i][i]);
    }
}
END_TEST

START_TEST(never_outside_the_ladder)
{
    static const char *const others[] = {"jp", "other.example.jp", "x.www.example.jp", "example.com"};
    const struct dcv_name name = name_of("www.example.jp"), base = name_of("example.jp");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct dcv_name other = name_of(others[i]);
        ck_assert_msg(!dcv_level_covers((enum dcv_level)_i, &name, &base, &other), "%s", others[i]);
    }
}
END_TEST

START_TEST(case_does_not_matter)
{
    const struct dcv_name name = name_of("WWW.Example.JP"), base = name_of("example.jp"), adn = name_of("EXAMPLE.jp");
    ck_assert(dcv_level_covers(DCV_LEVEL_WWW_STRIPPED, &name, &base, &adn));
}
END_TEST

START_TEST(words)
{
    static const char *const texts[DCV_LEVEL_COUNT] = {
        "exact",        "exact-plus-base-if-www", "exact-and-base",   "any-adn",
        "www-stripped", "www-stripped-and-base",  "www-stripped-any", "registered-or-exact-stripped",
        "base"};
    for (int i = 0; i < DCV_LEVEL_COUNT; i++)
        ck_assert_str_eq(dcv_level_text((enum dcv_level)i), texts[i]);
    static const char *const sources[DCV_SOURCE_COUNT] = {"constructed", "txt-contact", "caa-contact",
                                                          "soa-rname",   "whois",       "rdap"};
    static const char *const methods[DCV_SOURCE_COUNT] = {"constructed",    "txt-contact",    "caa-contact",
                                                          "domain-contact", "domain-contact", "domain-contact"};
    for (int i = 0; i < DCV_SOURCE_COUNT; i++) {
        ck_assert_str_eq(dcv_source_text((enum dcv_source)i), sources[i]);
        ck_assert_str_eq(dcv_method_info(dcv_source_method((enum dcv_source)i))->name, methods[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("level");
    TCase *tests = tcase_create("level");
    tcase_add_loop_test(tests, levels, 0, DCV_LEVEL_COUNT);
    tcase_add_loop_test(tests, never_outside_the_ladder, 0, DCV_LEVEL_COUNT);
    tcase_add_test(tests, case_does_not_matter);
    tcase_add_test(tests, words);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
