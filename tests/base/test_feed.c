#include "base/feed.h"

#include "base/buf.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/temporary.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static char path[TEMPORARY_MAX];
static struct dcv_feed *feed;

static void setup(void)
{
    (void)close(temporary_file(path));
}

static void teardown(void)
{
    dcv_feed_close(feed);
    (void)unlink(path);
}

static void hold(const void *octets, size_t len, size_t max)
{
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(octets, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(dcv_feed_open(path, max, &feed), DCV_OK);
}

/* The lines with "|" behind each. */
static const struct {
    const char *octets;
    size_t len;
    const char *lines;
} files[] = {
    {OCTETS(""), ""},
    {OCTETS("\n"), "|"},
    {OCTETS("a"), "a|"},
    {OCTETS("a\n"), "a|"},
    {OCTETS("a\n\n\nb"), "a|||b|"},
    {OCTETS("a\r\nb\r"), "a\r|b\r|"}, /* the reader's business */
    {OCTETS("\xef\xbb\xbf"), "|"},
    {OCTETS("\xef\xbb\xbf" "a\n\xef\xbb\xbf" "b\n"), "a|\xef\xbb\xbf" "b|"},
    {OCTETS("\xef\xbb" "a\n"), "\xef\xbb" "a|"},
    {OCTETS("\xef\xbb\xbf\n\n"), "||"},
    {OCTETS("\xff\xfe" "a"), "\xff\xfe" "a|"},
};

START_TEST(lines)
{
    struct dcv_buf got;
    dcv_buf_init(&got, 1024);
    uint64_t number = 0;
    hold(files[_i].octets, files[_i].len, 100);
    enum dcv_status status;
    size_t len;
    for (const char *line; (line = dcv_feed_next(feed, &len, &status)) != NULL;) {
        ck_assert_uint_eq(strlen(line), len);
        ck_assert_uint_eq(dcv_feed_number(feed), ++number);
        dcv_buf_puts(&got, line);
        dcv_buf_putc(&got, '|');
    }
    ck_assert_int_eq(status, DCV_OK);
    ck_assert_str_eq(dcv_buf_text(&got), files[_i].lines);
    dcv_buf_done(&got);
    ck_assert_ptr_null(dcv_feed_next(feed, &len, &status));
    ck_assert_int_eq(status, DCV_OK);
}
END_TEST

/* Around the size of what is read at a time. */
START_TEST(long_lines)
{
    enum { MOST = 140000 };
    static const size_t sizes[] = {0, 1, 65534, 65535, 65536, 65537, 131071, 131072, 131073, MOST};
    char *octets = malloc(2 * MOST + 2);
    const size_t size = sizes[_i];
    memset(octets, 'x', size);
    octets[size] = '\n';
    memset(octets + size + 1, 'y', size);
    hold(octets, 2 * size + 1, MOST);
    for (int letter = 'x'; letter <= (size != 0 ? 'y' : 'x'); letter++) {
        enum dcv_status status;
        size_t len = 1;
        const char *line = dcv_feed_next(feed, &len, &status);
        ck_assert_int_eq(status, DCV_OK);
        ck_assert_uint_eq(len, size);
        ck_assert(size == 0 || (line[0] == letter && line[size - 1] == letter && line[size] == '\0'));
    }
    free(octets);
}
END_TEST

static const struct {
    const char *octets;
    size_t len;
    enum dcv_status status; /* of the second line */
} faults[] = {
    {OCTETS("a\n12345678\nb\n"), DCV_OK},
    {OCTETS("a\n123456789\nb\n"), DCV_ERR_LIMIT},
    {OCTETS("a\n123456789"), DCV_ERR_LIMIT},
    {OCTETS("a\n\0\nb\n"), DCV_ERR_SYNTAX},
    {OCTETS("a\nb\0"), DCV_ERR_SYNTAX},
    {OCTETS("a\n\0"), DCV_ERR_SYNTAX},
    {OCTETS("a\n1234567\0\n"), DCV_ERR_SYNTAX},
};

START_TEST(what_is_no_text)
{
    enum dcv_status status;
    size_t len;
    hold(faults[_i].octets, faults[_i].len, 8);
    ck_assert_str_eq(dcv_feed_next(feed, &len, &status), "a");
    const char *line = dcv_feed_next(feed, &len, &status);
    ck_assert_int_eq(status, faults[_i].status);
    ck_assert_int_eq(line == NULL, status != DCV_OK);
    ck_assert_uint_eq(dcv_feed_number(feed), 2);
}
END_TEST

START_TEST(rows_over_lines)
{
    enum dcv_status status;
    size_t len;
    hold(OCTETS("a,\"b\nc\n\nd\",e\nlast"), 64);
    ck_assert_str_eq(dcv_feed_next(feed, &len, &status), "a,\"b");
    ck_assert_str_eq(dcv_feed_more(feed, &len, &status), "a,\"b\nc");
    ck_assert_str_eq(dcv_feed_more(feed, &len, &status), "a,\"b\nc\n");
    ck_assert_str_eq(dcv_feed_more(feed, &len, &status), "a,\"b\nc\n\nd\",e");
    ck_assert_uint_eq(len, 12);
    ck_assert_uint_eq(dcv_feed_number(feed), 4);
    ck_assert_str_eq(dcv_feed_next(feed, &len, &status), "last");
    ck_assert_str_eq(dcv_feed_more(feed, &len, &status), "last"); /* the quote is never closed */
    ck_assert_uint_eq(len, 4);
    ck_assert_int_eq(status, DCV_OK);
    ck_assert_ptr_null(dcv_feed_next(feed, &len, &status));
}
END_TEST

START_TEST(rows_that_are_too_long)
{
    static const struct {
        const char *octets;
        size_t len;
        enum dcv_status status;
    } more[] = {{OCTETS("1234\n567"), DCV_OK}, {OCTETS("1234\n5678"), DCV_ERR_LIMIT}, {OCTETS("1234\n5\0"), DCV_ERR_SYNTAX}, {OCTETS("12345678\n"), DCV_OK},
                {OCTETS("12345678\n\n"), DCV_ERR_LIMIT}};
    enum dcv_status status;
    size_t len;
    hold(more[_i].octets, more[_i].len, 8);
    ck_assert_ptr_nonnull(dcv_feed_next(feed, &len, &status));
    ck_assert_int_eq(dcv_feed_more(feed, &len, &status) == NULL, more[_i].status != DCV_OK);
    ck_assert_int_eq(status, more[_i].status);
}
END_TEST

START_TEST(head)
{
    char octets[4] = "....";
    hold(OCTETS("abc\0def"), 64);
    ck_assert_uint_eq(dcv_feed_head(path, octets, 2), 2);
    ck_assert_mem_eq(octets, "ab..", 4);
    ck_assert_uint_eq(dcv_feed_head(path, octets, 4), 4);
    ck_assert_mem_eq(octets, "abc\0", 4);
    ck_assert_uint_eq(dcv_feed_head("/no/such/file", octets, 4), 0);
    ck_assert_uint_eq(dcv_feed_head("/", octets, 4), 0);
    ck_assert_uint_eq(dcv_feed_head("/dev/zero", octets, 4), 0);
}
END_TEST

START_TEST(what_is_no_file)
{
    enum dcv_status status;
    size_t len;
    ck_assert(dcv_feed_regular(path));
    ck_assert(!dcv_feed_regular("/"));
    ck_assert(!dcv_feed_regular("/dev/null"));
    ck_assert(!dcv_feed_regular("-"));
    ck_assert(!dcv_feed_regular("/no/such/file"));
    ck_assert_int_eq(dcv_feed_open("/no/such/file", 10, &feed), DCV_ERR_IO);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(dcv_feed_open("/", 10, &feed), DCV_OK); /* opened, but not read */
    ck_assert_ptr_null(dcv_feed_next(feed, &len, &status));
    ck_assert_int_eq(status, DCV_ERR_IO);
    dcv_feed_close(NULL);
}
END_TEST

static void expect_line(const char *expected)
{
    enum dcv_status status;
    size_t len;
    const char *line = dcv_feed_next(feed, &len, &status);
    ck_assert_int_eq(status, DCV_OK);
    ck_assert(line != NULL ? expected != NULL && strcmp(line, expected) == 0 : expected == NULL);
}

/* What comes in pieces is taken line by line, and nobody waits for the rest of one. */
START_TEST(slow_pipe)
{
    int ends[2], fd;
    char name[32];
    ck_assert_int_eq(pipe(ends), 0);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    ck_assert_int_eq(dcv_feed_open(name, 100, &feed), DCV_OK);
    ck_assert(dcv_feed_waits(feed, &fd));
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(ends[1], "a\nb\nc", 5), 5);
    ck_assert(!dcv_feed_waits(feed, &fd));
    expect_line("a");
    ck_assert(!dcv_feed_waits(feed, &fd));
    expect_line("b");
    ck_assert(dcv_feed_waits(feed, &fd)); /* for the rest of "c" */
    ck_assert_int_eq(write(ends[1], "d\ne", 3), 3);
    ck_assert(!dcv_feed_waits(feed, &fd));
    expect_line("cd");
    ck_assert(dcv_feed_waits(feed, &fd));
    ck_assert_int_eq(close(ends[1]), 0);
    ck_assert(!dcv_feed_waits(feed, &fd));
    expect_line("e");
    ck_assert(!dcv_feed_waits(feed, &fd));
    expect_line(NULL);
    ck_assert_int_eq(close(ends[0]), 0);
}
END_TEST

/* A line that is longer than what is read at once: it is not waited for here, but where it is read. */
START_TEST(slow_and_long)
{
    enum { PIECE = 65536 };
    int ends[2], fd;
    char name[32], piece[PIECE];
    memset(piece, 'x', sizeof piece);
    ck_assert_int_eq(pipe(ends), 0);
    (void)snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    ck_assert_int_eq(dcv_feed_open(name, 100, &feed), DCV_OK);
    ck_assert_int_eq(write(ends[1], piece, PIECE), PIECE);
    ck_assert(!dcv_feed_waits(feed, &fd));
    ck_assert_int_eq(close(ends[1]), 0);
    ck_assert_int_eq(close(ends[0]), 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("feed");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, lines, 0, ROWS(files));
    tcase_add_loop_test(tcase, long_lines, 0, 10);
    tcase_add_loop_test(tcase, what_is_no_text, 0, ROWS(faults));
    tcase_add_test(tcase, rows_over_lines);
    tcase_add_loop_test(tcase, rows_that_are_too_long, 0, 5);
    tcase_add_test(tcase, slow_pipe);
    tcase_add_test(tcase, slow_and_long);
    tcase_add_test(tcase, head);
    tcase_add_test(tcase, what_is_no_file);
    return run_cases("feed", tcase);
}
