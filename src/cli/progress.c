#include "cli/progress.h"

#include "cli/fill.h"
#include "cli/intl.h"
#include "cli/language.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { COLUMNS = 80, ROWS = 24, LEAST_ROWS = 4 };

/* Lets SIGINT have its usual effect, or keeps it until it is read. */
static void block_interrupts(int how)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigprocmask(how, &set, NULL);
}

void cli_progress_begin(struct cli_progress *progress, bool silent)
{
    sigset_t set;
    const char *term = getenv("TERM");
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    *progress = (struct cli_progress){
        .in_place = isatty(STDERR_FILENO) == 1 && term != NULL && strcmp(term, "dumb") != 0,
        .fancy = cli_language_utf8(),
        .silent = silent,
        .interrupts = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC),
    };
    if (progress->interrupts >= 0)
        block_interrupts(SIG_BLOCK);
}

/* The first one is taken note of; whoever does not want to wait for the end of a look presses again. */
static bool interrupted(const struct cli_progress *progress)
{
    struct signalfd_siginfo info;
    if (progress->interrupts < 0 || read(progress->interrupts, &info, sizeof info) != (ssize_t)sizeof info)
        return false;
    block_interrupts(SIG_UNBLOCK);
    return true;
}

static const char *mark_text(const struct cli_progress *progress, enum dcv_mark mark)
{
    switch (mark) {
    case DCV_MARK_YES: return progress->fancy ? "✓" : "+";
    case DCV_MARK_NO: return progress->fancy ? "✗" : "-";
    case DCV_MARK_OUT: return progress->fancy ? "·" : ".";
    }
    return " ";
}

/* ---- in place ------------------------------------------------------------------------------------------------------------ */

/* As many octets of the text as fit into `columns`. */
static int cut(const char *text, unsigned columns)
{
    char part[512];
    size_t len = strnlen(text, sizeof part - 1);
    memcpy(part, text, len);
    for (;;) {
        while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
            len--;
        part[len] = '\0';
        if (len == 0 || cli_columns(part) <= columns)
            return (int)len;
        len--;
    }
}

void cli_progress_erase(struct cli_progress *progress)
{
    if (progress->shown != 0)
        (void)fprintf(stderr, "\033[%zuA\r\033[J", progress->shown);
    (void)fflush(stderr);
    progress->shown = 0;
}

static void put_head(const struct dcv_progress *now, unsigned columns)
{
    char text[256];
    if (now->looking)
        (void)snprintf(text, sizeof text, _("look %u, %u s left"), now->round, now->left_s);
    else
        (void)snprintf(text, sizeof text, _("looks: %u, next in %u s, %u s left"), now->round, now->next_s, now->left_s);
    (void)fprintf(stderr, "%.*s\n", cut(text, columns), text);
}

static void show_in_place(struct cli_progress *progress, const struct dcv_progress *now)
{
    enum { MARK = 2 };
    struct winsize size = {0};
    (void)ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
    const unsigned columns = (size.ws_col > MARK ? size.ws_col : COLUMNS) - 1U;
    const size_t rows = size.ws_row >= LEAST_ROWS ? size.ws_row : ROWS;
    const size_t fit = now->line_count + 2 <= rows ? now->line_count : rows - LEAST_ROWS + 1;
    cli_progress_erase(progress);
    put_head(now, columns);
    for (size_t i = 0; i < fit; i++)
        (void)fprintf(stderr, "%s %.*s\n", mark_text(progress, now->lines[i].mark), cut(now->lines[i].text, columns - MARK),
                      now->lines[i].text);
    if (fit < now->line_count)
        (void)fprintf(stderr, _("and %zu more\n"), now->line_count - fit);
    progress->shown = 1 + fit + (fit < now->line_count);
    (void)fflush(stderr);
}

/* ---- line by line -------------------------------------------------------------------------------------------------------- */

static void show_changes(const struct cli_progress *progress, const struct dcv_progress *now)
{
    for (size_t i = 0; i < now->change_count; i++)
        (void)fprintf(stderr, "%s %s\n", mark_text(progress, now->changes[i].mark), now->changes[i].text);
}

bool cli_progress_show(void *user, const struct dcv_progress *now)
{
    struct cli_progress *progress = user;
    if (!progress->silent && progress->in_place)
        show_in_place(progress, now);
    else if (!progress->silent)
        show_changes(progress, now);
    return !interrupted(progress);
}

void cli_progress_end(struct cli_progress *progress)
{
    cli_progress_erase(progress);
    if (progress->interrupts < 0)
        return;
    (void)close(progress->interrupts);
    block_interrupts(SIG_UNBLOCK);
}
