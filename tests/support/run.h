/* Runs one suite: the end of every test program. */
#ifndef DCV_SUPPORT_RUN_H
#define DCV_SUPPORT_RUN_H

#include <check.h>
#include <stdlib.h>

static inline int run_cases(const char *name, TCase *tcase)
{
    Suite *suite = suite_create(name);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    const int ran = srunner_ntests_run(runner);
    srunner_free(runner);
    return failed == 0 && ran > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
