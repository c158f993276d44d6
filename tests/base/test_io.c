#include "base/io.h"

#include "support/run.h"
#include "support/temporary.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static char path[TEMPORARY_MAX];

static void setup(void)
{
    const int fd = temporary_file(path);
    ck_assert_int_eq(write(fd, "a\0c", 3), 3);
    ck_assert_int_eq(close(fd), 0);
}

static void teardown(void)
{
    ck_assert_int_eq(unlink(path), 0);
}

START_TEST(reads_a_file)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 3);
    ck_assert_int_eq(dcv_file_read(path, &buf), DCV_OK);
    ck_assert_uint_eq(buf.len, 3);
    ck_assert_mem_eq(buf.data, "a\0c", 3);
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(file_above_the_ceiling)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 2);
    ck_assert_int_eq(dcv_file_read(path, &buf), DCV_ERR_LIMIT);
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(no_file)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, 100);
    errno = 0;
    ck_assert_int_eq(dcv_file_read("test_io_none", &buf), DCV_ERR_IO);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(dcv_file_read(".", &buf), DCV_ERR_IO);
    ck_assert_int_eq(errno, EISDIR);
    dcv_buf_done(&buf);
}
END_TEST

/* A writer with room for some octets. */
struct disk {
    size_t room, writes;
};

static int write_to_disk(void *user, const void *data, size_t len)
{
    struct disk *disk = user;
    (void)data;
    disk->writes++;
    if (len > disk->room)
        return ENOSPC;
    disk->room -= len;
    return 0;
}

START_TEST(first_failure_stays)
{
    struct disk disk = {.room = 4};
    struct dcv_writer writer = {.write = write_to_disk, .user = &disk};
    dcv_writer_puts(&writer, "abc");
    ck_assert_int_eq(writer.error, 0);
    dcv_writer_puts(&writer, "");
    ck_assert_uint_eq(disk.writes, 1);
    dcv_writer_puts(&writer, "de");
    ck_assert_int_eq(writer.error, ENOSPC);
    dcv_writer_put(&writer, "f", 1); /* would fit */
    ck_assert_uint_eq(disk.writes, 2);
    ck_assert_int_eq(writer.error, ENOSPC);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("io");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, reads_a_file);
    tcase_add_test(tcase, file_above_the_ceiling);
    tcase_add_test(tcase, no_file);
    tcase_add_test(tcase, first_failure_stays);
    return run_cases("io", tcase);
}
