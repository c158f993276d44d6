/* A run in a directory of its own, and what tests put into it. */
#ifndef DCV_STORE_FIXTURE_H
#define DCV_STORE_FIXTURE_H

#include "store/store.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/temporary.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[TEMPORARY_MAX], path[TEMPORARY_MAX + 16];

static inline void make_folder(void)
{
    temporary_directory(folder);
    (void)snprintf(path, sizeof path, "%s/a.run", folder);
}

/* How many files there are; `remove_them` as they are counted. */
static inline int files(bool remove_them)
{
    int count = 0;
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        if (remove_them)
            ck_assert_int_eq(unlinkat(dirfd(dir), entry->d_name, 0), 0);
    }
    ck_assert_int_eq(closedir(dir), 0);
    return count;
}

static inline void remove_folder(void)
{
    (void)files(true);
    ck_assert_int_eq(rmdir(folder), 0);
}

#define OK(store, call) ck_assert_msg((call) == DCV_OK, "%s: %s", #call, dcv_store_error(store))

static inline struct dcv_store *open_run(enum dcv_store_mode mode)
{
    struct dcv_store *store = NULL;
    char *error;
    const enum dcv_status status = dcv_store_open(mode != DCV_STORE_TEMPORARY ? path : NULL, mode, &store, &error);
    ck_assert_msg(status == DCV_OK, "%d: %s", (int)status, error);
    ck_assert_ptr_null(error);
    return store;
}

/* It cannot be opened, for that reason. */
static inline void refused(enum dcv_store_mode mode, enum dcv_status expected, const char *why)
{
    struct dcv_store *store = NULL;
    char *error;
    ck_assert_int_eq(dcv_store_open(path, mode, &store, &error), expected);
    ck_assert_ptr_null(store);
    ck_assert_str_eq(error, why);
    free(error);
}

static inline struct dcv_store_class a_class(unsigned number, enum dcv_store_verdict verdict, const char *findings)
{
    struct dcv_store_class class = {.verdict = verdict, .findings = findings, .body = "body", .facts = "facts"};
    (void)snprintf((char *)class.key, sizeof class.key, "class %u", number);
    return class;
}

static inline struct dcv_store_name a_name(uint64_t number, const char *text, unsigned class)
{
    struct dcv_store_name name = {.number = number, .text = text, .values = "", .note = ""};
    (void)snprintf((char *)name.key, sizeof name.key, "class %u", class);
    return name;
}

static inline void put_class(struct dcv_store *store, unsigned number, enum dcv_store_verdict verdict, const char *findings)
{
    const struct dcv_store_class class = a_class(number, verdict, findings);
    OK(store, dcv_store_put_class(store, &class));
}

static inline void put_name(struct dcv_store *store, uint64_t number, const char *text, unsigned class)
{
    const struct dcv_store_name name = a_name(number, text, class);
    OK(store, dcv_store_put_name(store, &name));
}

static inline void put_unjudged(struct dcv_store *store, uint64_t number, const char *text, enum dcv_store_state state, const char *note)
{
    struct dcv_store_name name = a_name(number, text, 0);
    name.state = state;
    name.note = note;
    OK(store, dcv_store_put_name(store, &name));
}

#endif
