#include "queue/internal.h"

#include "base/clock.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    TICK_MS = 5000,     /* heartbeats are looked after at least so often */
    PAUSE_MS = 250,     /* the first between attempts; each is twice as long as the one before */
    STEADY_MS = 10000,  /* a connection that held so long was a success */
    DOUBLINGS = 16,
};

enum state { WAITING, UP, ENDED };

struct worker {
    struct dcv_queue *queue;
    struct dcv_clock clock;
    struct dcv_queue_sender sender;
    struct dcv_queue_receiver receiver;
    enum state state;
    size_t host;        /* the one to begin with */
    unsigned failures;  /* in a row */
    uint64_t pauses;    /* so far */
    uint64_t due_us;    /* of WAITING: the next attempt */
    uint64_t up_us;     /* of UP: since when */
    bool doubted;       /* are the queues still there? */
    struct dcv_buf why; /* as was told last; "" after it was up */
};

static uint64_t now_us(const struct worker *worker)
{
    return worker->clock.mono_us(worker->clock.user);
}

static void tell(struct worker *worker, enum dcv_queue_event_kind kind, const char *text)
{
    dcv_queue_tell_text(worker->queue, kind, text, strlen(text));
}

/* ---- down ------------------------------------------------------------------------------------------------------------------------- */

/* Half of it is left to chance: or all workers would come back at the same moment. */
static uint64_t pause_us(struct worker *worker)
{
    const unsigned longest = worker->queue->settings.backoff_ms;
    const unsigned doublings = worker->failures < DOUBLINGS ? worker->failures : DOUBLINGS;
    const uint64_t doubled = (uint64_t)PAUSE_MS << doublings, pause_ms = doubled < longest ? doubled : longest, half_us = pause_ms * 500;
    worker->pauses++;
    return half_us + dcv_seed_value(&worker->queue->seed, &worker->pauses, sizeof worker->pauses) % (half_us + 1);
}

static void close_links(struct worker *worker, bool politely)
{
    dcv_queue_receiver_close(&worker->receiver, politely);
    dcv_queue_sender_close(&worker->sender, politely);
}

static void wait_for_next(struct worker *worker)
{
    worker->state = WAITING;
    worker->due_us = now_us(worker) + pause_us(worker);
    worker->failures++;
}

static void end(struct worker *worker, enum dcv_queue_event_kind kind, const char *text)
{
    worker->state = ENDED;
    tell(worker, kind, text);
}

/* The first of the two links that is lost; NULL: both are well. */
static const struct dcv_queue_link *lost_link(const struct worker *worker)
{
    const struct dcv_queue_link *links[] = {&worker->sender.link, &worker->receiver.link};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (links[i]->fate != DCV_QUEUE_ALIVE)
            return links[i];
    return NULL;
}

/* After any use of the links. */
static void notice_loss(struct worker *worker)
{
    const struct dcv_queue_link *lost = worker->state == UP ? lost_link(worker) : NULL;
    if (lost == NULL)
        return;
    close_links(worker, false);
    if (lost->fate == DCV_QUEUE_USELESS) {
        end(worker, DCV_QUEUE_REFUSED, dcv_buf_text(&lost->why));
        return;
    }
    worker->doubted = lost->fate == DCV_QUEUE_DOUBTED;
    if (now_us(worker) - worker->up_us >= STEADY_MS * UINT64_C(1000))
        worker->failures = 0;
    dcv_buf_clear(&worker->why);
    dcv_buf_puts(&worker->why, dcv_buf_text(&lost->why));
    tell(worker, DCV_QUEUE_DOWN, dcv_buf_text(&worker->why));
    wait_for_next(worker);
}

/* ---- up --------------------------------------------------------------------------------------------------------------------------- */

static void add_reason(struct dcv_buf *why, const struct dcv_queue_link *lost)
{
    if (why->len != 0)
        dcv_buf_puts(why, "; ");
    dcv_buf_puts(why, dcv_buf_text(&lost->why));
}

/* Somebody may have deleted the queues, and then this is the end: to declare them anew would leave them there for ever. ALIVE: no doubt is left. */
static enum dcv_queue_fate look(struct worker *worker, const struct dcv_queue_host *host, struct dcv_buf *why)
{
    struct dcv_queue_link link;
    enum dcv_queue_found found = DCV_QUEUE_UNKNOWN;
    dcv_queue_link_init(&link, &worker->queue->settings);
    if (dcv_queue_link_open(&link, host, "dcvready, looking"))
        found = dcv_queue_look(&link);
    if (found == DCV_QUEUE_UNKNOWN)
        add_reason(why, &link);
    const enum dcv_queue_fate fate = found == DCV_QUEUE_UNKNOWN ? link.fate : DCV_QUEUE_ALIVE;
    dcv_queue_link_done(&link);
    worker->doubted = found == DCV_QUEUE_UNKNOWN;
    if (found == DCV_QUEUE_IS_GONE)
        end(worker, DCV_QUEUE_REMOVED, "");
    return fate;
}

static bool open_links(struct worker *worker, const struct dcv_queue_host *host)
{
    return dcv_queue_sender_open(&worker->sender, host) && dcv_queue_receiver_open(&worker->receiver, host);
}

static void come_up(struct worker *worker, size_t index)
{
    const struct dcv_queue_host *host = &worker->queue->settings.hosts[index];
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_QUEUE_TEXT_MAX);
    dcv_queue_host_put(&text, host);
    worker->state = UP;
    worker->host = index;
    worker->up_us = now_us(worker);
    dcv_buf_clear(&worker->why);
    tell(worker, DCV_QUEUE_UP, dcv_buf_text(&text));
    dcv_buf_done(&text);
}

/* Tries one host: why it failed goes to `why`. */
static enum dcv_queue_fate try_host(struct worker *worker, size_t index, struct dcv_buf *why)
{
    const struct dcv_queue_host *host = &worker->queue->settings.hosts[index];
    if (worker->doubted) {
        const enum dcv_queue_fate found = look(worker, host, why);
        if (found != DCV_QUEUE_ALIVE || worker->state == ENDED)
            return found;
    }
    if (open_links(worker, host)) {
        come_up(worker, index);
        return DCV_QUEUE_ALIVE;
    }
    const struct dcv_queue_link *lost = worker->sender.link.fate != DCV_QUEUE_ALIVE ? &worker->sender.link : &worker->receiver.link;
    const enum dcv_queue_fate fate = lost->fate;
    worker->doubted = fate == DCV_QUEUE_DOUBTED;
    add_reason(why, lost);
    close_links(worker, false);
    return fate;
}

static bool stopping(struct dcv_queue *queue)
{
    (void)pthread_mutex_lock(&queue->mutex);
    const bool stop = queue->stop;
    (void)pthread_mutex_unlock(&queue->mutex);
    return stop;
}

static void fail_round(struct worker *worker, const struct dcv_buf *why, bool refused)
{
    if (refused) {
        end(worker, DCV_QUEUE_REFUSED, dcv_buf_text(why));
        return;
    }
    if (strcmp(dcv_buf_text(&worker->why), dcv_buf_text(why)) != 0) {
        dcv_buf_clear(&worker->why);
        dcv_buf_puts(&worker->why, dcv_buf_text(why));
        tell(worker, DCV_QUEUE_DOWN, dcv_buf_text(why));
    }
    wait_for_next(worker);
}

/* All hosts in turn, beginning with the one that served last. One that refuses does not matter while another serves. */
static void try_hosts(struct worker *worker)
{
    const size_t count = worker->queue->settings.host_count;
    bool refused = false;
    struct dcv_buf why;
    dcv_buf_init(&why, DCV_QUEUE_TEXT_MAX);
    for (size_t i = 0; i < count && worker->state == WAITING && !stopping(worker->queue); i++)
        refused |= try_host(worker, (worker->host + i) % count, &why) == DCV_QUEUE_USELESS;
    if (worker->state == WAITING)
        fail_round(worker, &why, refused);
    dcv_buf_done(&why);
}

/* ---- what the user wants ------------------------------------------------------------------------------------------------------------ */

static void obey(struct worker *worker, struct dcv_queue_item *item)
{
    switch (item->command) {
    case DCV_QUEUE_PUBLISH:
        dcv_queue_list_add(&worker->sender.pending, item);
        return;
    case DCV_QUEUE_CONSUME:
        worker->receiver.wanted[item->event.which] = true;
        if (worker->state == UP)
            dcv_queue_receiver_consume(&worker->receiver);
        break;
    case DCV_QUEUE_ACK:
    case DCV_QUEUE_REJECT:
    case DCV_QUEUE_REQUEUE:
        dcv_queue_receiver_settle(&worker->receiver, item->command, item->event.tag);
        break;
    }
    dcv_queue_item_free(item);
}

/* false: it is to stop, after what was asked for before. */
static bool take_commands(struct worker *worker, bool *remove)
{
    struct dcv_queue *queue = worker->queue;
    uint64_t count;
    (void)!read(queue->wake_fd, &count, sizeof count);
    (void)pthread_mutex_lock(&queue->mutex);
    struct dcv_queue_list commands = queue->commands;
    queue->commands = (struct dcv_queue_list){0};
    const bool stop = queue->stop;
    *remove = queue->removal == DCV_QUEUE_TO_REMOVE;
    (void)pthread_mutex_unlock(&queue->mutex);
    for (struct dcv_queue_item *item; (item = dcv_queue_list_take(&commands)) != NULL;)
        obey(worker, item);
    return !stop;
}

static void remove_queues(struct worker *worker)
{
    struct dcv_queue *queue = worker->queue;
    if (worker->state == WAITING)
        try_hosts(worker);
    const bool removed = worker->state == UP && dcv_queue_delete_all(&worker->sender.link);
    if (removed) {
        close_links(worker, true);
        worker->state = ENDED;
    }
    (void)pthread_mutex_lock(&queue->mutex);
    queue->removal = removed ? DCV_QUEUE_WAS_REMOVED : DCV_QUEUE_NOT_REMOVED;
    (void)pthread_cond_broadcast(&queue->changed);
    (void)pthread_mutex_unlock(&queue->mutex);
}

/* ---- the loop ----------------------------------------------------------------------------------------------------------------------- */

static int timeout_ms(const struct worker *worker)
{
    if (worker->state == ENDED)
        return -1;
    if (worker->state == UP)
        return dcv_queue_link_ready(&worker->sender.link) || dcv_queue_link_ready(&worker->receiver.link) ? 0 : TICK_MS;
    const uint64_t now = now_us(worker), left_ms = worker->due_us > now ? (worker->due_us - now + 999) / 1000 : 0;
    return left_ms < TICK_MS ? (int)left_ms : TICK_MS;
}

static void wait_for_something(const struct worker *worker, bool more)
{
    const bool up = worker->state == UP;
    struct pollfd pollers[] = {
        {.fd = worker->queue->wake_fd, .events = POLLIN},
        {.fd = up ? dcv_queue_link_fd(&worker->receiver.link) : -1, .events = POLLIN},
        {.fd = up ? dcv_queue_link_fd(&worker->sender.link) : -1, .events = POLLIN},
    };
    if (up && dcv_queue_sender_wants(&worker->sender))
        pollers[2].events |= POLLOUT;
    (void)poll(pollers, sizeof pollers / sizeof *pollers, more ? 0 : timeout_ms(worker));
}

/* Serves both connections; true: there may be more at once. Reads last: what the library has read while it wrote is then taken too. */
static bool serve(struct worker *worker)
{
    dcv_queue_sender_send(&worker->sender);
    const bool sender = dcv_queue_sender_read(&worker->sender), receiver = dcv_queue_receiver_read(&worker->receiver);
    notice_loss(worker);
    return sender || receiver;
}

/* Somebody forks: see dcv_queue_hold(). */
static void stand_still(struct dcv_queue *queue)
{
    (void)pthread_mutex_lock(&queue->mutex);
    if (queue->hold) {
        queue->held = true;
        (void)pthread_cond_broadcast(&queue->changed);
        while (queue->hold)
            (void)pthread_cond_wait(&queue->changed, &queue->mutex);
        queue->held = false;
        (void)pthread_cond_broadcast(&queue->changed);
    }
    (void)pthread_mutex_unlock(&queue->mutex);
}

static bool turn(struct worker *worker)
{
    bool remove = false, more = false;
    stand_still(worker->queue);
    if (!take_commands(worker, &remove))
        return false;
    notice_loss(worker);
    if (worker->state == WAITING && now_us(worker) >= worker->due_us)
        try_hosts(worker);
    if (remove)
        remove_queues(worker);
    if (worker->state == UP)
        more = serve(worker);
    wait_for_something(worker, more);
    return true;
}

void *dcv_queue_run(void *user)
{
    struct dcv_queue *queue = user;
    struct worker worker = {.queue = queue, .clock = dcv_clock_system()};
    dcv_queue_sender_init(&worker.sender, queue);
    dcv_queue_receiver_init(&worker.receiver, queue);
    dcv_buf_init(&worker.why, DCV_QUEUE_TEXT_MAX);
    while (turn(&worker))
        continue;
    close_links(&worker, true);
    dcv_queue_receiver_done(&worker.receiver);
    dcv_queue_sender_done(&worker.sender);
    dcv_buf_done(&worker.why);
    return NULL;
}
