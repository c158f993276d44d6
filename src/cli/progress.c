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

static sigset_t caught(const struct cli_progress *progress)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    if (progress->terminate)
        (void)sigaddset(&set, SIGTERM);
    return set;
}

/* Lets the signals have their usual effect, or keeps them until they are read. */
static void block_interrupts(const struct cli_progress *progress, int how)
{
    const sigset_t set = caught(progress);
    (void)sigprocmask(how, &set, NULL);
}

static void begin(struct cli_progress *progress, bool silent, bool terminate)
{
    const char *term = getenv("TERM");
    *progress = (struct cli_progress){
        .in_place = isatty(STDERR_FILENO) == 1 && term != NULL && strcmp(term, "dumb") != 0,
        .fancy = cli_language_utf8(),
        .silent = silent,
        .terminate = terminate,
    };
    const sigset_t set = caught(progress);
    progress->interrupts = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (progress->interrupts >= 0)
        block_interrupts(progress, SIG_BLOCK);
}

void cli_progress_begin(struct cli_progress *progress, bool silent)
{
    begin(progress, silent, false);
}

void cli_progress_begin_long(struct cli_progress *progress, bool silent)
{
    begin(progress, silent, true);
}

/* The first one is taken note of; whoever does not want to wait for the end of a look presses again. */
static bool interrupted(const struct cli_progress *progress)
{
    struct signalfd_siginfo info;
    if (progress->interrupts < 0 || read(progress->interrupts, &info, sizeof info) != (ssize_t)sizeof info)
        return false;
    block_interrupts(progress, SIG_UNBLOCK);
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

/* ---- audits ---------------------------------------------------------------------------------------------------------------- */

/* "1,234,567"; returns `out`. */
static const char *thousands(uint64_t value, char out[32])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), at = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

/* Hours, minutes and seconds that are left; "" where that cannot be told. */
static const char *left_text(const struct dcv_audit_progress *now, char out[48])
{
    out[0] = '\0';
    if (now->total <= now->done || now->names_per_s < 0.01)
        return out;
    const unsigned long seconds = (unsigned long)((double)(now->total - now->done) / now->names_per_s);
    (void)snprintf(out, 48, seconds < 3600 ? _("; %lu:%02lu left") : _("; %lu h %02lu min left"), seconds < 3600 ? seconds / 60 : seconds / 3600,
                   seconds < 3600 ? seconds % 60 : seconds / 60 % 60);
    return out;
}

/* What matters first: the end is cut where a line is too short. */
static void put_audit(char *out, size_t room, const struct dcv_audit_progress *now)
{
    char done[32], total[32], doubtful[32], left[48];
    (void)thousands(now->done, done);
    int len = now->total != 0 ? snprintf(out, room, _("%s of %s names"), done, thousands(now->total, total)) : snprintf(out, room, _("%s names"), done);
    if (len > 0 && (size_t)len < room)
        len += snprintf(out + len, room - (size_t)len, "%s", left_text(now, left));
    if (len > 0 && (size_t)len < room)
        len += snprintf(out + len, room - (size_t)len, _("; %.0f names/s, %.0f queries/s"), now->names_per_s, now->exchanges_per_s);
    if (now->doubtful != 0 && len > 0 && (size_t)len < room)
        (void)snprintf(out + len, room - (size_t)len, now->again ? _("; trying again: %s") : _("; to try again: %s"), thousands(now->doubtful, doubtful));
}

/* What the queue says of itself stays, as a line of its own, and once. */
static void show_queue(struct cli_progress *progress, const struct dcv_audit_progress *now)
{
    if (now->queue != NULL && !progress->queue_down) {
        cli_progress_erase(progress);
        (void)fprintf(stderr, "%s\n", now->queue);
        (void)fflush(stderr);
    }
    progress->queue_down = now->queue != NULL;
}

bool cli_progress_audit(void *user, const struct dcv_audit_progress *now)
{
    enum { LINE_S = 60 };
    struct cli_progress *progress = user;
    char text[256];
    struct winsize size = {0};
    show_queue(progress, now);
    const bool told = progress->silent || (!progress->in_place && now->elapsed_s < progress->told_s + LINE_S);
    if (!told) {
        put_audit(text, sizeof text, now);
        (void)ioctl(STDERR_FILENO, TIOCGWINSZ, &size);
        cli_progress_erase(progress);
        (void)fprintf(stderr, "%.*s\n", progress->in_place ? cut(text, (size.ws_col > 1 ? size.ws_col : COLUMNS) - 1U) : (int)strlen(text), text);
        (void)fflush(stderr);
        progress->shown = progress->in_place;
        progress->told_s = now->elapsed_s;
    }
    if (!interrupted(progress))
        return true;
    cli_progress_erase(progress);
    if (!progress->silent)
        (void)fprintf(stderr, "%s\n", _("finishing what is under way; Ctrl-C again ends at once"));
    return false;
}

void cli_progress_end(struct cli_progress *progress)
{
    cli_progress_erase(progress);
    if (progress->interrupts < 0)
        return;
    (void)close(progress->interrupts);
    block_interrupts(progress, SIG_UNBLOCK);
}
