#include "cli/graphviz.h"

#include "cli/intl.h"
#include "cli/message.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIME_S = 30, OUTPUT_MAX = 64 << 20, CHUNK = 1 << 13 };

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
    cli_complain(
        "%s", _("--format svg: Graphviz is not installed (there is no program 'dot'); --format dot works without it"));
    return false;
}

/* Its signals are as they are without dcvready. */
static int set_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, pipe;
    (void)sigemptyset(&none);
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &pipe);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* From one file to the other; 0, or an errno value. */
static int start(int source, int result, pid_t *pid)
{
    char *const argv[] = {(char[]){"dot"}, (char[]){"-Tsvg"}, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int reason = posix_spawn_file_actions_init(&files);
    if (reason != 0)
        return reason;
    reason = posix_spawnattr_init(&attributes);
    if (reason == 0) {
        (void)posix_spawn_file_actions_adddup2(&files, source, STDIN_FILENO);
        (void)posix_spawn_file_actions_adddup2(&files, result, STDOUT_FILENO);
        (void)posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        reason = set_signals(&attributes);
        if (reason == 0)
            reason = posix_spawnp(pid, program, &files, &attributes, argv, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return reason;
}

/* Waits for its end, not for ever. SIGCHLD is blocked. True: it ended well. */
static bool finish(pid_t pid, const sigset_t *child)
{
    static const struct timespec limit = {.tv_sec = TIME_S};
    int status = 0;
    pid_t ended;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0) {
        if (sigtimedwait(child, NULL, &limit) >= 0 || errno != EAGAIN)
            continue;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
        return false;
    }
    return ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool run(int source, FILE *result)
{
    sigset_t child, before;
    pid_t pid;
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, &before);
    const int reason = start(source, fileno(result), &pid);
    const bool drawn = reason == 0 && finish(pid, &child);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    if (reason != 0)
        cli_complain(_("--format svg: the program 'dot' could not be started: %s"), strerror(reason));
    else if (!drawn)
        cli_complain(
            "%s", _("--format svg: the program 'dot' failed, or took too long; --format dot gives the graph itself"));
    return drawn;
}

/* A failure to write is told at the end of the output. */
static void hand_on(FILE *result, dcv_write_fn write, void *user)
{
    char chunk[CHUNK];
    size_t len, all = 0;
    rewind(result);
    while (all < OUTPUT_MAX && (len = fread(chunk, 1, sizeof chunk, result)) != 0 && write(user, chunk, len) == 0)
        all += len;
}

bool cli_graphviz_draw(FILE *source, dcv_write_fn write, void *user)
{
    FILE *result = tmpfile();
    if (result == NULL || fflush(source) != 0 || ferror(source) || lseek(fileno(source), 0, SEEK_SET) != 0) {
        cli_complain(_("--format svg: the graph could not be kept: %s"), strerror(errno));
        if (result != NULL)
            (void)fclose(result);
        return false;
    }
    const bool drawn = run(fileno(source), result);
    if (drawn)
        hand_on(result, write, user);
    (void)fclose(result);
    return drawn;
}
