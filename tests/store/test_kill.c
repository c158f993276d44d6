/* Writers that are killed, writers that meet, disks that are full: what was committed is there, whole, and nothing else is. */
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- kill -9 ---------------------------------------------------------------------------------------------------------------------- */

enum { BATCH = 50, ROUNDS = 12, CLASS_EVERY = 20 };

/* Puts batch after batch, and tells each one that is committed. A batch has a chunk and names; now and then a class begins. */
static void write_on(int told)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    for (uint64_t number = dcv_store_prefix(store) + 1;; number++) {
        const unsigned class = (unsigned)(number / CLASS_EVERY);
        put_class(store, class, DCV_STORE_READY, "");
        put_name(store, number, "a.example", class);
        if (number % BATCH != 0)
            continue;
        OK(store, dcv_store_put_chunk(store, number / BATCH - 1, DCV_STORE_CHUNK_DONE, NULL));
        OK(store, dcv_store_add(store, "batches", 1));
        OK(store, dcv_store_commit(store));
        if (write(told, &number, sizeof number) != sizeof number)
            _exit(1);
    }
}

/* Kills a writer after so many batches; the last number it told to be committed. */
static uint64_t kill_writer(unsigned batches)
{
    int ends[2];
    uint64_t number = 0, last = 0;
    ck_assert_int_eq(pipe(ends), 0);
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)close(ends[0]);
        write_on(ends[1]);
        _exit(1);
    }
    (void)close(ends[1]);
    for (unsigned i = 0; i < batches && read(ends[0], &number, sizeof number) == sizeof number; i++)
        last = number;
    (void)usleep(batches * 37 % 1000); /* somewhere within the next ones */
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    while (read(ends[0], &number, sizeof number) == sizeof number)
        last = number;
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    (void)close(ends[0]);
    return last;
}

static enum dcv_status in_turn(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    const struct dcv_store_class expected = a_class((unsigned)(name->number / CLASS_EVERY), DCV_STORE_READY, "");
    uint64_t *last = user;
    ck_assert_uint_eq(name->number, ++*last);
    ck_assert_str_eq(name->text, "a.example");
    ck_assert_mem_eq(class->key, expected.key, DCV_STORE_KEY);
    return DCV_OK;
}

static uint64_t check_whole(struct dcv_store *store, uint64_t at_least)
{
    struct dcv_store_totals totals;
    uint64_t last = 0;
    OK(store, dcv_store_each_name(store, NULL, in_turn, &last));
    ck_assert_uint_ge(last, at_least);
    ck_assert_uint_eq(last % BATCH, 0);
    ck_assert_uint_eq(dcv_store_prefix(store), last);
    ck_assert_uint_eq(dcv_store_number(store, "batches"), last / BATCH);
    ck_assert_uint_eq(dcv_store_chunks_done(store), last / BATCH);
    ck_assert_uint_eq(dcv_store_missing_chunk(store, 0, last), last / BATCH);
    OK(store, dcv_store_totals(store, &totals));
    ck_assert_uint_eq(totals.ready, last);
    return last;
}

START_TEST(a_writer_is_killed_again_and_again)
{
    uint64_t committed = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        const uint64_t told = kill_writer(i * 3 % 8 + 1);
        struct dcv_store *reader = open_run(DCV_STORE_READ);
        const uint64_t read = check_whole(reader, told);
        ck_assert_uint_gt(read, committed);
        dcv_store_close(reader);
        committed = read;
        if (i % 2 != 0)
            continue;
        struct dcv_store *store = open_run(DCV_STORE_WRITE); /* its lock went with it */
        ck_assert_uint_eq(check_whole(store, told), committed);
        dcv_store_close(store);
        ck_assert_int_eq(files(false), 1);
    }
}
END_TEST

/* ---- one writer ------------------------------------------------------------------------------------------------------------------- */

static const char busy[] = "another dcvready writes to it";

START_TEST(a_second_writer_is_refused)
{
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    refused(DCV_STORE_WRITE, DCV_ERR_USAGE, busy);
    put_unjudged(store, 1, "_", DCV_STORE_INVALID, "");
    refused(DCV_STORE_WRITE, DCV_ERR_USAGE, busy);
    OK(store, dcv_store_commit(store)); /* between two transactions, too */
    refused(DCV_STORE_WRITE, DCV_ERR_USAGE, busy);
    struct dcv_store *reader = open_run(DCV_STORE_READ);
    ck_assert_uint_eq(dcv_store_prefix(reader), 1);
    dcv_store_close(reader);
    refused(DCV_STORE_WRITE, DCV_ERR_USAGE, busy); /* a reader that goes takes no lock along */
    dcv_store_close(store);
    store = open_run(DCV_STORE_WRITE);
    dcv_store_close(store);
}
END_TEST

START_TEST(by_another_name_it_is_the_same)
{
    char other[sizeof path];
    struct dcv_store *store = open_run(DCV_STORE_WRITE), *second = NULL;
    char *error;
    (void)snprintf(other, sizeof other, "%s/b.run", folder);
    ck_assert_int_eq(symlink(path, other), 0);
    ck_assert_int_eq(dcv_store_open(other, DCV_STORE_WRITE, &second, &error), DCV_ERR_USAGE);
    ck_assert_str_eq(error, busy);
    free(error);
    dcv_store_close(store);
}
END_TEST

/* A worker may outlive the writer. */
START_TEST(a_child_inherits_no_lock)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    const pid_t writer = fork();
    if (writer == 0) {
        struct dcv_store *store = open_run(DCV_STORE_WRITE);
        put_unjudged(store, 1, "_", DCV_STORE_INVALID, "");
        OK(store, dcv_store_commit(store));
        const pid_t worker = fork();
        if (worker == 0) {
            (void)pause();
            _exit(0);
        }
        if (write(ends[1], &worker, sizeof worker) != sizeof worker)
            _exit(1);
        (void)pause();
        _exit(0);
    }
    pid_t worker;
    ck_assert_int_eq(read(ends[0], &worker, sizeof worker), (int)sizeof worker);
    refused(DCV_STORE_WRITE, DCV_ERR_USAGE, busy); /* from another process */
    ck_assert_int_eq(kill(writer, SIGKILL), 0);
    ck_assert_int_eq(waitpid(writer, NULL, 0), writer);
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    ck_assert_uint_eq(dcv_store_prefix(store), 1);
    dcv_store_close(store);
    ck_assert_int_eq(kill(worker, SIGKILL), 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
END_TEST

/* Who opens while another closes may lock a file that is just being removed. */
START_TEST(writers_in_turn)
{
    enum { WRITERS = 4, TURNS = 25, ALL = WRITERS * TURNS };
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        for (int turns = 0; turns < TURNS;) {
            struct dcv_store *store;
            char *error;
            const enum dcv_status status = dcv_store_open(path, DCV_STORE_WRITE, &store, &error);
            free(error);
            if (status != DCV_OK && status != DCV_ERR_USAGE)
                _exit(1);
            if (status != DCV_OK)
                continue;
            const enum dcv_status added = dcv_store_add(store, "turns", 1);
            dcv_store_close(store);
            if (added != DCV_OK)
                _exit(2);
            turns++;
        }
        _exit(0);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
    struct dcv_store *reader = open_run(DCV_STORE_READ);
    ck_assert_int_eq((int)dcv_store_number(reader, "turns"), ALL);
    dcv_store_close(reader);
    ck_assert_int_eq(files(false), 1);
}
END_TEST

/* ---- full disks ------------------------------------------------------------------------------------------------------------------- */

/* No file may grow beyond `size`; what this process needs besides is small. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;
    ck_assert_ptr_ne((void *)signal(SIGXFSZ, SIG_IGN), (void *)SIG_ERR);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Goes on until something fails; what was committed then. */
static uint64_t fill_disk(struct dcv_store *store, unsigned batch)
{
    char values[1000];
    uint64_t committed = 0;
    memset(values, 'v', sizeof values - 1);
    values[sizeof values - 1] = '\0';
    for (uint64_t number = 1; number < 200000; number++) {
        struct dcv_store_name name = a_name(number, "a.example", 0);
        name.state = DCV_STORE_INVALID;
        name.values = values;
        enum dcv_status status = dcv_store_put_name(store, &name);
        if (status == DCV_OK && number % batch == 0 && (status = dcv_store_commit(store)) == DCV_OK)
            committed = number;
        if (status == DCV_OK)
            continue;
        ck_assert_int_eq(status, DCV_ERR_IO);
        return committed;
    }
    ck_abort_msg("the disk is never full");
    return 0;
}

/* Whether the commit fails, or, since the page cache is full before, a put does. */
START_TEST(a_full_disk)
{
    static const unsigned batches[] = {10, 20000};
    const struct dcv_store_name another = {.number = 1000000, .text = "_", .values = "", .note = "", .state = DCV_STORE_INVALID};
    struct dcv_store *store = open_run(DCV_STORE_WRITE);
    limit_files(3 << 20);
    const uint64_t committed = fill_disk(store, batches[_i]);
    ck_assert(_i != 0 || committed > 0);
    ck_assert_ptr_nonnull(strstr(dcv_store_error(store), "cannot be"));
    /* What was committed can be read; nothing more is put, since something is missing already. */
    ck_assert_uint_eq(dcv_store_prefix(store), committed);
    ck_assert_int_eq(dcv_store_put_name(store, &another), DCV_ERR_IO);
    ck_assert_int_eq(dcv_store_commit(store), DCV_ERR_IO);
    dcv_store_close(store);
    limit_files(RLIM_INFINITY);
    store = open_run(DCV_STORE_WRITE);
    ck_assert_uint_eq(dcv_store_prefix(store), committed);
    ck_assert(!dcv_store_has(store, another.number));
    put_unjudged(store, committed + 1, "_", DCV_STORE_INVALID, "");
    OK(store, dcv_store_commit(store));
    ck_assert_uint_eq(dcv_store_prefix(store), committed + 1);
    dcv_store_close(store);
    ck_assert_int_eq(files(false), 1);
}
END_TEST

START_TEST(a_full_disk_for_temporary_files)
{
    struct dcv_store *store = open_run(DCV_STORE_TEMPORARY);
    limit_files(1 << 20);
    (void)fill_disk(store, 1000);
    ck_assert_str_ne(dcv_store_error(store), "");
    dcv_store_close(store);
}
END_TEST

START_TEST(nothing_can_be_made)
{
    struct dcv_store *store = NULL;
    char *error;
    limit_files(0);
    ck_assert_int_eq(dcv_store_open(path, DCV_STORE_WRITE, &store, &error), DCV_ERR_IO);
    ck_assert_ptr_nonnull(strstr(error, "cannot be"));
    free(error);
    limit_files(RLIM_INFINITY);
    store = open_run(DCV_STORE_WRITE); /* what remains of that is no hindrance */
    dcv_store_close(store);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("kill");
    tcase_add_checked_fixture(tcase, make_folder, remove_folder);
    tcase_add_test(tcase, a_writer_is_killed_again_and_again);
    tcase_add_test(tcase, a_second_writer_is_refused);
    tcase_add_test(tcase, by_another_name_it_is_the_same);
    tcase_add_test(tcase, a_child_inherits_no_lock);
    tcase_add_test(tcase, writers_in_turn);
    tcase_add_loop_test(tcase, a_full_disk, 0, 2);
    tcase_add_test(tcase, a_full_disk_for_temporary_files);
    tcase_add_test(tcase, nothing_can_be_made);
    return run_cases("kill", tcase);
}
