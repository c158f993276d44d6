/* The engine as its keeper sees it: a child process at the end of two pipes. */
#include "api/audit.h"

#include "base/map.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_OCTETS = 262144, PARCELS_MAX = 64 << 20, WRITE_MAX = 1 << 20, NAMES_AHEAD = 1024, HEAP_KEPT = 64 << 20, HEAP_STEP = 4 << 20 };

/* A name under way. */
struct under_way {
    struct under_way *previous, *next;
    uint64_t number;
    enum audit_mode mode;
    unsigned breaks; /* how often the engine broke while it was under way */
    char text[];
};

struct audit_worker {
    struct dcv_session *session;
    audit_parcel_fn *take;
    void *user;
    struct dcv_parcel_reader *reader;
    struct dcv_map *by_number;
    struct under_way *first, *last; /* in the order of adding */
    size_t busy;
    pid_t pid;          /* 0: there is no engine */
    int in, out;        /* to the engine, from it; -1: closed */
    atomic_bool *stop;  /* shared with it */
    struct dcv_buf unsent, unread;
    size_t sent, read;
    bool failed;        /* the engine said why it cannot go on: the session's error */
    struct under_way *suspects; /* it broke: those that were under way are tried again, in small groups */
    size_t suspect_count, group; /* how many at a time */
    unsigned idle_breaks; /* how often it broke without a name under way, since one was done */
};

/* ---- names under way --------------------------------------------------------------------------------------------------------------- */

static enum dcv_status link_name(struct audit_worker *worker, struct under_way *name)
{
    if (!dcv_map_put(worker->by_number, &name->number, sizeof name->number, name))
        return DCV_ERR_NOMEM;
    name->next = NULL;
    name->previous = worker->last;
    if (worker->last != NULL)
        worker->last->next = name;
    else
        worker->first = name;
    worker->last = name;
    worker->busy++;
    return DCV_OK;
}

static struct under_way *unlink_name(struct audit_worker *worker, uint64_t number)
{
    struct under_way *name = dcv_map_take(worker->by_number, &number, sizeof number);
    if (name == NULL)
        return NULL;
    if (name->previous != NULL)
        name->previous->next = name->next;
    else
        worker->first = name->next;
    if (name->next != NULL)
        name->next->previous = name->previous;
    else
        worker->last = name->previous;
    worker->busy--;
    return name;
}

/* ---- the process ------------------------------------------------------------------------------------------------------------------- */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

/* In the child: what is not its own. A connection of the parent's would stay open as long as the child lives, after it was closed. */
static void close_others(int in, int out)
{
    const unsigned first = (unsigned)(in < out ? in : out), second = (unsigned)(in < out ? out : in);
    if (first > STDERR_FILENO + 1)
        (void)close_range(STDERR_FILENO + 1, first - 1, 0);
    if (second > first + 1)
        (void)close_range(first + 1, second - 1, 0);
    (void)close_range(second + 1, ~0U, 0);
}

/* In the child. What the terminal sends is for the keeper, which lets the engine finish; without a keeper there is nothing to do. */
static void be_engine(struct audit_worker *worker, int in, int out, pid_t keeper)
{
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(1);
    /* Memory that names come and go in all the time is not given back in between. */
    (void)mallopt(M_TRIM_THRESHOLD, HEAP_KEPT);
    (void)mallopt(M_TOP_PAD, HEAP_STEP);
    (void)mallopt(M_MMAP_THRESHOLD, HEAP_STEP);
    const enum dcv_status status = audit_engine_run(worker->session, in, out, worker->stop);
    _exit(status == DCV_OK ? 0 : 1);
}

static enum dcv_status start(struct audit_worker *worker)
{
    int in[2], out[2];
    if (pipe2(in, O_CLOEXEC) != 0)
        return DCV_ERR_SYSTEM;
    if (pipe2(out, O_CLOEXEC) != 0) {
        (void)close(in[0]);
        (void)close(in[1]);
        return DCV_ERR_SYSTEM;
    }
    const pid_t keeper = getpid();
    const struct audit_options *audit = &worker->session->audit;
    if (audit->forking != NULL)
        audit->forking(audit->forking_user, true);
    worker->pid = fork();
    if (worker->pid != 0 && audit->forking != NULL)
        audit->forking(audit->forking_user, false);
    if (worker->pid == 0) {
        close_others(in[0], out[1]);
        be_engine(worker, in[0], out[1], keeper);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    worker->in = in[1];
    worker->out = out[0];
    if (worker->pid < 0) {
        worker->pid = 0;
        close_fd(&worker->in);
        close_fd(&worker->out);
        return DCV_ERR_SYSTEM;
    }
    (void)fcntl(worker->in, F_SETFL, O_NONBLOCK);
    (void)fcntl(worker->in, F_SETPIPE_SZ, WRITE_MAX);
    (void)fcntl(worker->out, F_SETPIPE_SZ, WRITE_MAX);
    dcv_buf_clear(&worker->unsent);
    dcv_buf_clear(&worker->unread);
    worker->sent = worker->read = 0;
    return DCV_OK;
}

/* Its exit status as of waitpid(). */
static int bury(struct audit_worker *worker)
{
    int status = 0;
    close_fd(&worker->in);
    close_fd(&worker->out);
    while (worker->pid != 0 && waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    worker->pid = 0;
    return status;
}

enum dcv_status audit_worker_create(struct dcv_session *session, audit_parcel_fn *take, void *user, struct audit_worker **out)
{
    struct audit_worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL)
        return DCV_ERR_NOMEM;
    *worker = (struct audit_worker){.session = session, .take = take, .user = user, .in = -1, .out = -1};
    dcv_buf_init(&worker->unsent, WRITE_MAX);
    dcv_buf_init(&worker->unread, PARCELS_MAX);
    worker->by_number = dcv_map_create();
    void *shared = mmap(NULL, sizeof(atomic_bool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    worker->stop = shared != MAP_FAILED ? shared : NULL;
    enum dcv_status status = worker->by_number != NULL && worker->stop != NULL ? dcv_parcel_reader_create(&worker->reader) : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        status = start(worker);
    if (status != DCV_OK) {
        audit_worker_free(worker);
        return status;
    }
    *out = worker;
    return DCV_OK;
}

void audit_worker_free(struct audit_worker *worker)
{
    if (worker == NULL)
        return;
    if (worker->pid > 0) {
        (void)kill(worker->pid, SIGKILL);
        (void)bury(worker);
    }
    dcv_map_free(worker->by_number, free);
    while (worker->suspects != NULL) {
        struct under_way *name = worker->suspects;
        worker->suspects = name->next;
        free(name);
    }
    dcv_parcel_reader_free(worker->reader);
    if (worker->stop != NULL)
        (void)munmap(worker->stop, sizeof *worker->stop);
    dcv_buf_done(&worker->unsent);
    dcv_buf_done(&worker->unread);
    free(worker);
}

/* ---- to the engine ----------------------------------------------------------------------------------------------------------------- */

bool audit_worker_room(const struct audit_worker *worker)
{
    return worker->busy + worker->suspect_count < worker->session->settings.concurrency + NAMES_AHEAD && worker->suspect_count == 0;
}

size_t audit_worker_busy(const struct audit_worker *worker)
{
    return worker->busy + worker->suspect_count;
}

uint64_t audit_worker_lowest(const struct audit_worker *worker)
{
    uint64_t lowest = UINT64_MAX;
    for (const struct under_way *name = worker->first; name != NULL; name = name->next)
        lowest = name->number < lowest ? name->number : lowest;
    for (const struct under_way *name = worker->suspects; name != NULL; name = name->next)
        lowest = name->number < lowest ? name->number : lowest;
    return lowest;
}

static enum dcv_status hand_over(struct audit_worker *worker, struct under_way *name)
{
    enum dcv_status status = link_name(worker, name);
    if (status != DCV_OK) {
        free(name);
        return status;
    }
    dcv_buf_printf(&worker->unsent, "%llu %c %s\n", (unsigned long long)name->number, (char)name->mode, name->text);
    return worker->unsent.failed ? DCV_ERR_NOMEM : DCV_OK;
}

enum dcv_status audit_worker_add(struct audit_worker *worker, uint64_t number, enum audit_mode mode, const char *name)
{
    const size_t len = strlen(name);
    struct under_way *under_way = calloc(1, sizeof *under_way + len + 1);
    if (under_way == NULL)
        return DCV_ERR_NOMEM;
    under_way->number = number;
    under_way->mode = mode;
    memcpy(under_way->text, name, len + 1);
    return hand_over(worker, under_way);
}

static void send_more(struct audit_worker *worker)
{
    while (worker->sent < worker->unsent.len) {
        const ssize_t written = write(worker->in, worker->unsent.data + worker->sent, worker->unsent.len - worker->sent);
        if (written <= 0)
            return; /* full, or the engine is gone, which its end of the other pipe tells */
        worker->sent += (size_t)written;
    }
    dcv_buf_clear(&worker->unsent);
    worker->sent = 0;
}

/* ---- from the engine --------------------------------------------------------------------------------------------------------------- */

static enum dcv_status take_parcel(struct audit_worker *worker, const char *line, size_t len)
{
    struct dcv_parcel parcel;
    enum dcv_status status = dcv_parcel_read(worker->reader, line, len, &parcel);
    if (status != DCV_OK)
        return status;
    if (parcel.kind == DCV_PARCEL_FAILED) {
        worker->failed = true;
        (void)session_fail(worker->session, DCV_ERR_SYSTEM, "%s", parcel.text);
        return DCV_OK;
    }
    if (parcel.kind == DCV_PARCEL_NAME) {
        struct under_way *name = unlink_name(worker, parcel.name.number);
        if (name == NULL)
            return DCV_ERR_SYNTAX;
        free(name);
        worker->idle_breaks = 0;
    }
    return worker->take(worker->user, &parcel);
}

static enum dcv_status take_parcels(struct audit_worker *worker)
{
    enum dcv_status status = DCV_OK;
    for (;;) {
        const char *from = dcv_buf_text(&worker->unread) + worker->read;
        const char *end = worker->unread.len > worker->read ? memchr(from, '\n', worker->unread.len - worker->read) : NULL;
        if (end == NULL || status != DCV_OK)
            break;
        status = take_parcel(worker, from, (size_t)(end - from));
        worker->read += (size_t)(end - from) + 1;
    }
    if (worker->read != 0) {
        memmove(worker->unread.data, worker->unread.data + worker->read, worker->unread.len - worker->read);
        worker->unread.len -= worker->read;
        worker->read = 0;
    }
    return status;
}

/* One name broke the engine twice, the second time alone. */
static enum dcv_status tell_crash(struct audit_worker *worker, const struct under_way *name, int status)
{
    struct dcv_buf note;
    dcv_buf_init(&note, 256);
    if (WIFSIGNALED(status))
        dcv_buf_printf(&note, _("dcvready broke down over this name (signal %d)"), WTERMSIG(status));
    else
        dcv_buf_printf(&note, _("dcvready broke down over this name (exit status %d)"), WEXITSTATUS(status));
    const struct dcv_parcel parcel = {.kind = DCV_PARCEL_NAME,
                                      .name = {.number = name->number, .text = name->text, .state = DCV_STORE_CRASHED, .values = "", .note = dcv_buf_text(&note)}};
    enum dcv_status told = worker->take(worker->user, &parcel);
    dcv_buf_done(&note);
    return told;
}

enum { PARTS = 8, GROUP_MAX = 256, IDLE_BREAKS = 3 };

/* The engine ended without being told to. All that was under way is tried again in groups, and those of one that breaks it in smaller ones, so that the name which does is found. */
static enum dcv_status broken(struct audit_worker *worker)
{
    const int how = bury(worker);
    enum dcv_status status = DCV_OK;
    if (worker->failed)
        return DCV_ERR_SYSTEM;
    /* Somebody killed it while it waited for names: no name is to blame. */
    if (worker->first == NULL && WIFSIGNALED(how) && worker->idle_breaks++ < IDLE_BREAKS)
        return start(worker);
    if (worker->first == NULL)
        return session_fail(worker->session, DCV_ERR_SYSTEM, _("the process that looks names up ended with status %d"), how);
    const bool alone = worker->first == worker->last;
    worker->group = worker->busy > PARTS ? worker->busy / PARTS : 1;
    while (worker->first != NULL && status == DCV_OK) {
        struct under_way *name = unlink_name(worker, worker->last->number);
        name->breaks++;
        if (alone && name->breaks > 1) {
            status = tell_crash(worker, name, how);
            free(name);
            continue;
        }
        name->next = worker->suspects;
        worker->suspects = name;
        worker->suspect_count++;
    }
    return status == DCV_OK ? start(worker) : status;
}

/* The next group of them, once the one before is done; twice as many after each that broke nothing. */
static enum dcv_status try_suspects(struct audit_worker *worker)
{
    enum dcv_status status = DCV_OK;
    if (worker->suspects == NULL || worker->busy != 0)
        return DCV_OK;
    for (size_t i = 0; status == DCV_OK && i < worker->group && worker->suspects != NULL; i++) {
        struct under_way *name = worker->suspects;
        worker->suspects = name->next;
        worker->suspect_count--;
        status = hand_over(worker, name);
    }
    worker->group = worker->group < GROUP_MAX ? 2 * worker->group : GROUP_MAX;
    return status;
}

static enum dcv_status read_more(struct audit_worker *worker, bool *ended)
{
    static const size_t most = READ_OCTETS;
    char *octets = malloc(most);
    if (octets == NULL)
        return DCV_ERR_NOMEM;
    const ssize_t got = read(worker->out, octets, most);
    *ended = got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
    if (got > 0)
        dcv_buf_put(&worker->unread, octets, (size_t)got);
    free(octets);
    if (worker->unread.failed)
        return DCV_ERR_NOMEM;
    return take_parcels(worker);
}

enum dcv_status audit_worker_step(struct audit_worker *worker, int timeout_ms, int other)
{
    enum dcv_status status = try_suspects(worker);
    if (status != DCV_OK)
        return status;
    send_more(worker);
    struct pollfd watched[] = {{.fd = worker->out, .events = POLLIN},
                               {.fd = worker->unsent.len > worker->sent ? worker->in : -1, .events = POLLOUT},
                               {.fd = other, .events = POLLIN}};
    if (poll(watched, sizeof watched / sizeof watched[0], timeout_ms) <= 0)
        return DCV_OK;
    bool ended = false;
    if (watched[0].revents != 0)
        status = read_more(worker, &ended);
    return status == DCV_OK && ended ? broken(worker) : status;
}

/* To the end of what the engine sends. */
static enum dcv_status read_out(struct audit_worker *worker)
{
    enum dcv_status status = DCV_OK;
    close_fd(&worker->in);
    for (bool ended = false; status == DCV_OK && !ended;)
        status = read_more(worker, &ended);
    (void)bury(worker);
    return status == DCV_OK && worker->failed ? DCV_ERR_SYSTEM : status;
}

enum dcv_status audit_worker_drain(struct audit_worker *worker)
{
    enum dcv_status status = DCV_OK;
    while (status == DCV_OK && audit_worker_busy(worker) != 0)
        status = audit_worker_step(worker, -1, -1);
    return status == DCV_OK ? read_out(worker) : status;
}

enum dcv_status audit_worker_stop(struct audit_worker *worker)
{
    atomic_store(worker->stop, true);
    return read_out(worker);
}
