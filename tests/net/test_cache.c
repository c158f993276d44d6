#include "net/cache.h"

#include "net/talk.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW_S = 1795305600, HOUR_S = 3600 };

static char top[TEMPORARY_MAX], dir[TEMPORARY_MAX + 16], path[TEMPORARY_MAX + 300];
static struct dcv_cache *cache;
static struct dcv_exchange *exchange;

static int remove_one(const char *name, const struct stat *seen, int kind, struct FTW *at)
{
    (void)seen;
    (void)kind;
    (void)at;
    return remove(name);
}

static void setup(void)
{
    temporary_directory(top);
    (void)snprintf(dir, sizeof dir, "%s/a/b/cache", top);
    exchange = NULL;
    ck_assert_int_eq(dcv_cache_create(dir, &cache), DCV_OK);
}

static void teardown(void)
{
    dcv_cache_free(cache);
    dcv_exchange_free(exchange);
    (void)nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *of(const char *name)
{
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static enum dcv_exchange_end ask(struct dcv_buf *query, int64_t now_s)
{
    dcv_exchange_free(exchange);
    exchange = calloc(1, sizeof *exchange);
    exchange->query = (uint8_t *)query->data;
    exchange->query_len = query->len;
    return dcv_cache_do(cache, exchange, now_s);
}

static enum dcv_exchange_end put(const char *key, const void *data, size_t len, int64_t now_s)
{
    struct dcv_buf query;
    dcv_buf_init(&query, 2 << 20);
    ck_assert_int_eq(dcv_cache_put(key, data, len, &query), DCV_OK);
    const enum dcv_exchange_end end = ask(&query, now_s);
    ck_assert_uint_eq(exchange->answer_len, 0);
    return end;
}

static enum dcv_exchange_end get(const char *key, unsigned age_s, int64_t now_s)
{
    struct dcv_buf query;
    dcv_buf_init(&query, 1 << 10);
    ck_assert_int_eq(dcv_cache_get(key, age_s, &query), DCV_OK);
    return ask(&query, now_s);
}

static void expect(const char *key, const char *text)
{
    ck_assert_msg(get(key, HOUR_S, NOW_S) == DCV_EXCHANGE_ANSWER, "%s", exchange->why);
    ck_assert_uint_eq(exchange->answer_len, strlen(text));
    ck_assert_mem_eq(exchange->answer, text, strlen(text));
}

static size_t files_in(const char *of_what)
{
    size_t count = 0;
    DIR *list = opendir(of_what);
    ck_assert_ptr_nonnull(list);
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    (void)closedir(list);
    return count;
}

static void write_foreign(const char *name, const char *text, int64_t at_s)
{
    const struct timespec times[] = {{.tv_sec = (time_t)at_s}, {.tv_sec = (time_t)at_s}};
    const int fd = open(of(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(futimens(fd, times), 0);
    (void)close(fd);
}

/* ---- what goes in and comes out ----------------------------------------------------------------------------------------------------------- */

START_TEST(keeps)
{
    ck_assert_int_eq(get("rdap.example", HOUR_S, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_str_eq(exchange->why, "");
    ck_assert_int_eq(access(dir, F_OK), -1); /* asking makes nothing */
    ck_assert_int_eq(put("rdap.example", "first", 5, NOW_S), DCV_EXCHANGE_ANSWER);
    expect("rdap.example", "first");
    ck_assert_int_eq(put("rdap.example", "second", 6, NOW_S), DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(put("empty", "", 0, NOW_S), DCV_EXCHANGE_ANSWER);
    expect("rdap.example", "second");
    expect("empty", "");
    ck_assert_int_eq(get("rdap.exampl", HOUR_S, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_uint_eq(files_in(dir), 2);
}
END_TEST

START_TEST(keeps_any_octets)
{
    static uint8_t data[DCV_CACHE_MAX];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    ck_assert_int_eq(put("large", data, sizeof data, NOW_S), DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(get("large", HOUR_S, NOW_S), DCV_EXCHANGE_ANSWER);
    ck_assert_uint_eq(exchange->answer_len, sizeof data);
    ck_assert_mem_eq(exchange->answer, data, sizeof data);
}
END_TEST

START_TEST(of_the_user_alone)
{
    struct stat seen;
    const mode_t before = umask(0);
    ck_assert_int_eq(put("key", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    (void)umask(before);
    ck_assert_int_eq(stat(of("key"), &seen), 0);
    ck_assert_int_eq(seen.st_mode & 07777, 0600);
    (void)snprintf(path, sizeof path, "%s/a", top);
    for (const char *part = "/b"; part != NULL; part = strcmp(part, "/b") == 0 ? "/cache" : NULL) {
        ck_assert_int_eq(stat(path, &seen), 0);
        ck_assert_int_eq(seen.st_mode & 07777, 0700);
        (void)strncat(path, part, sizeof path - strlen(path) - 1);
    }
    ck_assert_int_eq(stat(dir, &seen), 0);
    ck_assert_int_eq(seen.st_mode & 07777, 0700);
}
END_TEST

static const struct {
    int64_t put_s, get_s;
    unsigned age_s;
    enum dcv_exchange_end end;
} ages[] = {
    {NOW_S, NOW_S, 0, DCV_EXCHANGE_ANSWER},
    {NOW_S, NOW_S + HOUR_S, HOUR_S, DCV_EXCHANGE_ANSWER},
    {NOW_S, NOW_S + HOUR_S + 1, HOUR_S, DCV_EXCHANGE_FAILED},
    {NOW_S, NOW_S - 1, HOUR_S, DCV_EXCHANGE_FAILED}, /* of the future */
    {NOW_S, NOW_S + 1, 4294967295U, DCV_EXCHANGE_ANSWER},
};

START_TEST(age)
{
    ck_assert_int_eq(put("key", "x", 1, ages[_i].put_s), DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(get("key", ages[_i].age_s, ages[_i].get_s), ages[_i].end);
}
END_TEST

START_TEST(no_directory)
{
    dcv_cache_free(cache);
    ck_assert_int_eq(dcv_cache_create(_i == 0 ? NULL : "", &cache), DCV_OK);
    ck_assert_int_eq(put("key", "x", 1, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_int_eq(get("key", HOUR_S, NOW_S), DCV_EXCHANGE_FAILED);
}
END_TEST

/* ---- queries ------------------------------------------------------------------------------------------------------------------------------ */

#define K50 "01234567890123456789012345678901234567890123456789"

START_TEST(keys)
{
    static const char too_long[] = K50 K50 K50 K50 "0", longest[] = K50 K50 K50 K50;
    const char *const bad[] = {"", ".", "..", ".key", "a/b", "/a", "A", "a b", "a\n", "a\\b", "\xc3\xa4", too_long};
    const char *const good[] = {"a", "-", "_", "a..b", "rdap_example.jp-1", longest};
    struct dcv_buf query;
    dcv_buf_init(&query, 1 << 10);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(dcv_cache_get(bad[i], 1, &query) == DCV_ERR_USAGE, "%s", bad[i]);
        ck_assert_msg(dcv_cache_put(bad[i], "x", 1, &query) == DCV_ERR_USAGE, "%s", bad[i]);
        ck_assert_uint_eq(query.len, 0);
    }
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(put(good[i], good[i], strlen(good[i]), NOW_S) == DCV_EXCHANGE_ANSWER, "%s", good[i]);
        expect(good[i], good[i]);
    }
}
END_TEST

/* A query that was not written here leads to no file. */
START_TEST(queries_that_are_none)
{
    static const char *const queries[] = {
        "", "get", "get key 1", "get key 1\n", "get key -1\n\n", "get key 1x\n\n", "get key 1\n\nmore", "get ../key 1\n\n", "put key\n",
        "get key\n\n", "put ../key\n\nx", "put key 1\n\nx", "put /key\n\nx", "put \n\nx", "remove key\n\n",
    };
    ck_assert_int_eq(put("key", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        struct dcv_buf query;
        dcv_buf_init(&query, 1 << 10);
        dcv_buf_puts(&query, queries[i]);
        ck_assert_msg(ask(&query, NOW_S) == DCV_EXCHANGE_FAILED, "%s", queries[i]);
    }
    ck_assert_uint_eq(files_in(dir), 1);
    (void)snprintf(path, sizeof path, "%s/a/b", top);
    ck_assert_uint_eq(files_in(path), 1);
}
END_TEST

/* ---- files of others ------------------------------------------------------------------------------------------------------------------------ */

START_TEST(damage)
{
    static const char *const texts[] = {
        "", "x", "dcvready-cache 1 ", "dcvready-cache 1 5\n", "dcvready-cache 1 5\nfour", "dcvready-cache 1 5\nsixsix", "dcvready-cache 1 05\nfives",
        "dcvready-cache 2 5\nfives", "dcvready-cache 1 -1\n", "{\"rdap\":1}\n",
    };
    ck_assert_int_eq(put("other", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_foreign("key", texts[i], NOW_S);
        ck_assert_msg(get("key", HOUR_S, NOW_S) == DCV_EXCHANGE_FAILED, "%s", texts[i]);
        ck_assert_str_eq(exchange->why, "the file of the cache is damaged");
    }
    write_foreign("key", "dcvready-cache 1 5\nfives", NOW_S);
    expect("key", "fives");
}
END_TEST

START_TEST(links_are_not_followed)
{
    char target[TEMPORARY_MAX + 16];
    (void)snprintf(target, sizeof target, "%s/target", top);
    ck_assert_int_eq(put("other", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    write_foreign("../../../target", "dcvready-cache 1 5\nfives", NOW_S);
    ck_assert_int_eq(symlink(target, of("key")), 0);
    ck_assert_int_eq(get("key", HOUR_S, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_int_eq(link(target, of("hard")), 0);
    ck_assert_int_eq(get("hard", HOUR_S, NOW_S), DCV_EXCHANGE_FAILED);
    /* What is put takes the place of the link, not of what it leads to. */
    ck_assert_int_eq(put("key", "mine", 4, NOW_S), DCV_EXCHANGE_ANSWER);
    expect("key", "mine");
    struct stat seen;
    ck_assert_int_eq(stat(target, &seen), 0);
    ck_assert_int_eq(seen.st_size, 24);
}
END_TEST

/* A pipe does not hold us up. */
START_TEST(no_files)
{
    ck_assert_int_eq(put("other", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(mkfifo(of("pipe"), 0600), 0);
    ck_assert_int_eq(mkdir(of("directory"), 0700), 0);
    ck_assert_int_eq(get("pipe", 4294967295U, 4294967295LL), DCV_EXCHANGE_FAILED);
    ck_assert_int_eq(get("directory", 4294967295U, 4294967295LL), DCV_EXCHANGE_FAILED);
    ck_assert_int_eq(put("directory", "x", 1, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_str_eq(exchange->why, "the cache cannot be written: Is a directory");
    ck_assert_uint_eq(files_in(dir), 3); /* nothing half-written */
}
END_TEST

START_TEST(directories_that_are_none)
{
    ck_assert_int_eq(put("key", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(chmod(dir, 0777), 0);
    ck_assert_int_eq(get("key", HOUR_S, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_str_eq(exchange->why, "the cache cannot be read: Operation not permitted");
    ck_assert_int_eq(put("key", "y", 1, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_str_eq(exchange->why, "the cache cannot be written: Operation not permitted");
    ck_assert_int_eq(chmod(dir, 0755), 0);
    expect("key", "x");
    (void)strncat(dir, "/key", sizeof dir - strlen(dir) - 1); /* a file */
    dcv_cache_free(cache);
    ck_assert_int_eq(dcv_cache_create(dir, &cache), DCV_OK);
    ck_assert_int_eq(get("key", HOUR_S, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_int_eq(put("key", "x", 1, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_str_eq(exchange->why, "the cache cannot be written: Not a directory");
}
END_TEST

/* Nor is anything left of what did not fit. */
START_TEST(no_room)
{
    static char data[20000];
    const struct rlimit limit = {.rlim_cur = 10000, .rlim_max = RLIM_INFINITY};
    ck_assert_int_eq(put("key", "old", 3, NOW_S), DCV_EXCHANGE_ANSWER);
    (void)signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    ck_assert_int_eq(put("key", data, sizeof data, NOW_S), DCV_EXCHANGE_FAILED);
    ck_assert_str_eq(exchange->why, "the cache cannot be written: File too large");
    ck_assert_uint_eq(files_in(dir), 1);
    expect("key", "old");
}
END_TEST

/* ---- what does not linger ------------------------------------------------------------------------------------------------------------------- */

START_TEST(tidies_up)
{
    static const char own[] = "dcvready-cache 1 1\nx";
    const int64_t old_s = NOW_S - DCV_CACHE_KEPT_S - 1;
    const char *const gone[] = {"old", "future", ".new-1-0", ".new-1-1"};
    const char *const stay[] = {"notes.txt", "young", ".new-1-2", ".profile", "Own", "link", "empty"};
    ck_assert_int_eq(put("first", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    write_foreign("old", own, old_s);
    write_foreign("future", own, NOW_S + DCV_CACHE_KEPT_S + 1);
    write_foreign(".new-1-0", own, old_s);
    write_foreign(".new-1-1", "dcv", old_s);
    write_foreign("notes.txt", "dcvready-cache is what these notes are about", old_s);
    write_foreign("young", own, old_s + 1);
    write_foreign(".new-1-2", own, NOW_S);
    write_foreign(".profile", own, old_s);
    write_foreign("Own", own, old_s);
    write_foreign("empty", "", old_s);
    ck_assert_int_eq(symlink("old", of("link")), 0);

    /* not again in the same process */
    ck_assert_int_eq(put("second", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(access(of("old"), F_OK), 0);
    dcv_cache_free(cache);
    ck_assert_int_eq(dcv_cache_create(dir, &cache), DCV_OK);
    ck_assert_int_eq(get("young", DCV_CACHE_KEPT_S, NOW_S), DCV_EXCHANGE_ANSWER);
    ck_assert_int_eq(access(of("old"), F_OK), 0);
    ck_assert_int_eq(put("third", "x", 1, NOW_S), DCV_EXCHANGE_ANSWER);
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        ck_assert_msg(access(of(gone[i]), F_OK) != 0, "%s", gone[i]);
    struct stat seen;
    for (size_t i = 0; i < sizeof stay / sizeof stay[0]; i++)
        ck_assert_msg(lstat(of(stay[i]), &seen) == 0, "%s", stay[i]);
}
END_TEST

/* ---- as an exchange ---------------------------------------------------------------------------------------------------------------------------- */

START_TEST(endpoint)
{
    const struct dcv_endpoint to = dcv_cache_endpoint();
    struct dcv_endpoint again;
    char text[DCV_ENDPOINT_TEXT];
    ck_assert_str_eq(dcv_endpoint_text(&to, text), "cache://127.0.0.1:1");
    ck_assert_int_eq(dcv_endpoint_read(text, &again), DCV_OK);
    ck_assert(dcv_endpoint_equal(&to, &again));
}
END_TEST

static int64_t fixed_wall(void *user)
{
    (void)user;
    return NOW_S;
}

static struct {
    int calls;
    enum dcv_exchange_end end;
    char text[16];
} heard;

static void on_done(void *user, const struct dcv_exchange *done)
{
    (void)user;
    heard.calls++;
    heard.end = done->end;
    ck_assert_uint_lt(done->answer_len, sizeof heard.text);
    memset(heard.text, 0, sizeof heard.text);
    if (done->answer_len != 0)
        memcpy(heard.text, done->answer, done->answer_len);
}

/* Though its address is a private one, and of nobody. */
START_TEST(over_the_live_transport)
{
    struct dcv_clock clock = dcv_clock_system();
    clock.wall_s = fixed_wall;
    const struct dcv_live_options options = {.clock = clock, .exchange_timeout_ms = 1000, .cache_dir = dir};
    const struct dcv_talk_request to = {.to = dcv_cache_endpoint()};
    struct dcv_transport *transport;
    struct dcv_net *net;
    struct dcv_talk *talk;
    struct dcv_buf query;
    ck_assert_int_eq(dcv_live_create(&options, &transport), DCV_OK);
    ck_assert_int_eq(dcv_net_create(transport, clock.mono_us(clock.user), &net), DCV_OK);
    dcv_buf_init(&query, 1 << 10);
    ck_assert_int_eq(dcv_cache_put("key", "text", 4, &query), DCV_OK);
    ck_assert_int_eq(dcv_talk_start(net, &to, &query, on_done, NULL, &talk), DCV_OK);
    ck_assert_int_eq(heard.calls, 0);
    ck_assert(dcv_net_step(net));
    ck_assert_int_eq(heard.end, DCV_EXCHANGE_ANSWER);
    dcv_buf_init(&query, 1 << 10);
    ck_assert_int_eq(dcv_cache_get("key", 0, &query), DCV_OK);
    ck_assert_int_eq(dcv_talk_start(net, &to, &query, on_done, NULL, &talk), DCV_OK);
    ck_assert(dcv_net_step(net));
    ck_assert_int_eq(heard.calls, 2);
    ck_assert_str_eq(heard.text, "text");
    dcv_net_free(net);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("cache");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, keeps);
    tcase_add_test(tcase, keeps_any_octets);
    tcase_add_test(tcase, of_the_user_alone);
    tcase_add_loop_test(tcase, age, 0, ROWS(ages));
    tcase_add_loop_test(tcase, no_directory, 0, 2);
    tcase_add_test(tcase, keys);
    tcase_add_test(tcase, queries_that_are_none);
    tcase_add_test(tcase, damage);
    tcase_add_test(tcase, links_are_not_followed);
    tcase_add_test(tcase, no_files);
    tcase_add_test(tcase, directories_that_are_none);
    tcase_add_test(tcase, no_room);
    tcase_add_test(tcase, tidies_up);
    tcase_add_test(tcase, endpoint);
    tcase_add_test(tcase, over_the_live_transport);
    return run_cases("cache", tcase);
}
