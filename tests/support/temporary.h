/* Files and directories that last as long as a test, where TMPDIR says. */
#ifndef DCV_SUPPORT_TEMPORARY_H
#define DCV_SUPPORT_TEMPORARY_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

/* Room for a path, so much shorter than PATH_MAX that something can follow. */
enum { TEMPORARY_MAX = 1024 };

static inline void temporary_template(char path[TEMPORARY_MAX])
{
    const char *directory = getenv("TMPDIR");
    (void)snprintf(path, TEMPORARY_MAX, "%s/dcvready-XXXXXX", directory != NULL && directory[0] != '\0' ? directory : P_tmpdir);
}

/* An empty file, open for writing. */
static inline int temporary_file(char path[TEMPORARY_MAX])
{
    temporary_template(path);
    const int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    return fd;
}

static inline void temporary_directory(char path[TEMPORARY_MAX])
{
    temporary_template(path);
    ck_assert_ptr_nonnull(mkdtemp(path));
}

#endif
