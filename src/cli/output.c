#include "cli/output.h"

#include "cli/intl.h"
#include "cli/message.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, LEAST_WIDTH = 40, ATTEMPTS = 100 };

void cli_output_guard(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        /* Opened the wrong way round, so that a use of the stream still fails. */
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return;
}

static bool cannot_write(const char *name, int reason)
{
    if (name == NULL)
        cli_complain(_("cannot write to standard output: %s"), strerror(reason));
    else
        cli_complain(_("cannot write '%s': %s"), name, strerror(reason));
    return false;
}

/* The octets of a path that name its directory, with the final slash; 0: it has none. */
static int directory_len(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? 0 : (int)(slash + 1 - path);
}

/* A name beside the file; NULL: memory is short. */
static char *name_beside(const char *path, int attempt)
{
    int len = directory_len(path);
    char *name;
    if (asprintf(&name, "%.*s.%s.%ld-%d", len, path, path + len, (long)getpid(), attempt) >= 0)
        return name;
    errno = ENOMEM;
    return NULL;
}

/* A file without a name goes away by itself when the process is killed; not every file system has such files, and to
 * name it later needs /proc. */
static int open_nameless(const struct cli_output *out)
{
    if (access("/proc/self/fd", X_OK) != 0)
        return -1;
    int len = directory_len(out->path);
    char *directory = len == 0 ? strdup(".") : strndup(out->path, (size_t)len);
    int fd = directory == NULL ? -1 : open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    free(directory);
    return fd;
}

/* Makes `fd` known beside the file, or opens one there when `fd` is -1. Sets `out->temporary`. */
static int place_beside(struct cli_output *out, int fd)
{
    char self[32];
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
    for (int i = 0; i < ATTEMPTS; i++) {
        char *name = name_beside(out->path, i);
        if (name == NULL)
            return -1;
        int got = fd < 0 ? open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)
                         : linkat(AT_FDCWD, self, AT_FDCWD, name, AT_SYMLINK_FOLLOW);
        if (got >= 0) {
            out->temporary = name;
            return got;
        }
        free(name);
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

/* A new file with the mode of the one that it is to replace. */
static int open_replacement(struct cli_output *out, const struct stat *old)
{
    int fd = open_nameless(out);
    if (fd < 0)
        fd = place_beside(out, -1);
    if (fd >= 0 && old != NULL)
        (void)fchmod(fd, old->st_mode & 07777);
    return fd;
}

/* Devices and pipes are written in place; a symbolic link stays one. */
static int open_path(struct cli_output *out, const char *path)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (exists && !S_ISREG(old.st_mode))
        return open(path, O_WRONLY | O_CLOEXEC);
    if (exists && access(path, W_OK) != 0)
        return -1;
    out->path = exists ? realpath(path, NULL) : strdup(path);
    return out->path == NULL ? -1 : open_replacement(out, exists ? &old : NULL);
}

bool cli_output_open(struct cli_output *out, const char *path, bool by_line)
{
    *out = (struct cli_output){.file = stdout};
    if (path != NULL && strcmp(path, "-") != 0) {
        out->name = path;
        int fd = open_path(out, path);
        out->file = fd < 0 ? NULL : fdopen(fd, "w");
        if (out->file == NULL) {
            int reason = errno;
            if (fd >= 0)
                (void)close(fd);
            if (out->temporary != NULL)
                (void)unlink(out->temporary);
            free(out->temporary);
            free(out->path);
            return cannot_write(path, reason);
        }
    }
    if (by_line)
        (void)setvbuf(out->file, NULL, _IOLBF, BUFSIZ);
    return true;
}

int cli_output_write(void *user, const void *data, size_t len)
{
    struct cli_output *out = user;
    errno = 0;
    if (out->error == 0 && fwrite(data, 1, len, out->file) != len)
        out->error = errno != 0 ? errno : EIO;
    return out->error;
}

int cli_output_flush(struct cli_output *out)
{
    errno = 0;
    if (out->error == 0 && fflush(out->file) != 0)
        out->error = errno != 0 ? errno : EIO;
    return out->error;
}

static void note(struct cli_output *out, bool done)
{
    if (!done && out->error == 0)
        out->error = errno != 0 ? errno : EIO;
}

static bool replace(struct cli_output *out)
{
    if (fsync(fileno(out->file)) != 0)
        return false;
    if (out->temporary == NULL && place_beside(out, fileno(out->file)) < 0)
        return false;
    return rename(out->temporary, out->path) == 0;
}

bool cli_output_end(struct cli_output *out, bool complete)
{
    errno = 0;
    note(out, fflush(out->file) == 0 && !ferror(out->file));
    bool replaced = out->path != NULL && complete && out->error == 0 && replace(out);
    if (out->path != NULL && complete)
        note(out, replaced);
    if (out->temporary != NULL && !replaced)
        (void)unlink(out->temporary);
    note(out, fclose(out->file) == 0);
    free(out->temporary);
    free(out->path);
    *out = (struct cli_output){.name = out->name, .error = out->error};
    return out->error == 0 || cannot_write(out->name, out->error);
}

bool cli_output_is_terminal(const struct cli_output *out)
{
    return isatty(fileno(out->file)) == 1;
}

unsigned cli_output_width(const struct cli_output *out)
{
    struct winsize size;
    if (ioctl(fileno(out->file), TIOCGWINSZ, &size) != 0 || size.ws_col < LEAST_WIDTH)
        return DEFAULT_WIDTH;
    return size.ws_col;
}
