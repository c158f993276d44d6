#include "cli/graphviz.h"

#include "cli/intl.h"
#include "cli/message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIME_MS = 30 * 1000, OUTPUT_MAX = 64 << 20, CHUNK = 1 << 16 };

static const char program[] = "dot";

/* Is there such a program in a directory of the search path? */
static bool in_directory(const char *directory, size_t len)
{
    char *path;
    if (asprintf(&path, "%.*s/%s", (int)len, directory, program) < 0)
        return false;
    const bool there = access(path, X_OK) == 0;
    free(path);
    return there;
}

bool cli_graphviz_there(void)
{
    const char *search = getenv("PATH");
    for (const char *at = search != NULL ? search : "/usr/bin:/bin"; *at != '\0';) {
        const size_t len = strcspn(at, ":");
        if (len != 0 && in_directory(at, len))
            return true;
        at += len;
        at += *at == ':';
    }
    cli_complain("%s", _("--format svg: Graphviz is not installed (there is no program 'dot'); --format dot works without it"));
    return false;
}

/* A program under way, and what it has written. */
struct drawing {
    pid_t pid;
    int from;
    char *data;
    size_t len, room;
};

static int start(struct drawing *drawing, int source)
{
    char *const argv[] = {(char[]){"dot"}, (char[]){"-Tsvg"}, NULL};
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return errno;
    int reason = posix_spawn_file_actions_init(&actions);
    if (reason == 0) {
        (void)posix_spawn_file_actions_adddup2(&actions, source, STDIN_FILENO);
        (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        reason = posix_spawnp(&drawing->pid, program, &actions, NULL, argv, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
    }
    (void)close(ends[1]);
    drawing->from = ends[0];
    if (reason != 0)
        (void)close(ends[0]);
    return reason;
}

static bool make_room(struct drawing *drawing)
{
    if (drawing->room - drawing->len >= CHUNK)
        return true;
    const size_t room = drawing->room * 2 + CHUNK;
    char *data = room <= OUTPUT_MAX ? realloc(drawing->data, room) : NULL;
    if (data == NULL)
        return false;
    drawing->data = data;
    drawing->room = room;
    return true;
}

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* All that it writes until it closes its output; false: too much, or not in time. */
static bool read_all(struct drawing *drawing)
{
    const int64_t end = now_ms() + TIME_MS;
    for (;;) {
        const int64_t left = end - now_ms();
        struct pollfd from = {.fd = drawing->from, .events = POLLIN};
        const int ready = left > 0 ? poll(&from, 1, (int)left) : 0;
        if (ready == 0 || (ready < 0 && errno != EINTR) || !make_room(drawing))
            return false;
        if (ready < 0)
            continue;
        const ssize_t got = read(drawing->from, drawing->data + drawing->len, drawing->room - drawing->len);
        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return false;
        drawing->len += got > 0 ? (size_t)got : 0;
    }
}

/* Waits for its end; true: it ended well. */
static bool finish(const struct drawing *drawing, bool complete)
{
    int status = 0;
    if (!complete)
        (void)kill(drawing->pid, SIGKILL);
    while (waitpid(drawing->pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool cli_graphviz_draw(FILE *source, dcv_write_fn write, void *user)
{
    struct drawing drawing = {0};
    if (fflush(source) != 0 || ferror(source) || lseek(fileno(source), 0, SEEK_SET) != 0) {
        cli_complain(_("--format svg: the graph could not be kept: %s"), strerror(errno));
        return false;
    }
    const int reason = start(&drawing, fileno(source));
    if (reason != 0) {
        cli_complain(_("--format svg: the program 'dot' could not be started: %s"), strerror(reason));
        return false;
    }
    bool drawn = read_all(&drawing);
    drawn = finish(&drawing, drawn);
    (void)close(drawing.from);
    if (drawn)
        (void)write(user, drawing.data, drawing.len); /* a failure is told at the end of the output */
    else
        cli_complain("%s", _("--format svg: the program 'dot' failed, or took too long; --format dot gives the graph itself"));
    free(drawing.data);
    return drawn;
}
