#include "queue/internal.h"

#include "base/text.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { SHORT_MS = 100 };

/* ---- items ------------------------------------------------------------------------------------------------------------------------ */

void dcv_queue_event_done(struct dcv_queue_event *event)
{
    free(event->id);
    free(event->text);
    free(event->data);
    *event = (struct dcv_queue_event){0};
}

void dcv_queue_item_free(struct dcv_queue_item *item)
{
    if (item == NULL)
        return;
    dcv_queue_event_done(&item->event);
    free(item);
}

void dcv_queue_list_add(struct dcv_queue_list *list, struct dcv_queue_item *item)
{
    item->next = NULL;
    if (list->last != NULL)
        list->last->next = item;
    else
        list->first = item;
    list->last = item;
    list->count++;
}

struct dcv_queue_item *dcv_queue_list_take(struct dcv_queue_list *list)
{
    struct dcv_queue_item *item = list->first;
    if (item == NULL)
        return NULL;
    list->first = item->next;
    if (list->first == NULL)
        list->last = NULL;
    list->count--;
    item->next = NULL;
    return item;
}

void dcv_queue_list_prepend(struct dcv_queue_list *list, struct dcv_queue_list *head)
{
    if (head->first == NULL)
        return;
    head->last->next = list->first;
    if (list->last == NULL)
        list->last = head->last;
    list->first = head->first;
    list->count += head->count;
    *head = (struct dcv_queue_list){0};
}

void dcv_queue_list_done(struct dcv_queue_list *list)
{
    for (struct dcv_queue_item *item; (item = dcv_queue_list_take(list)) != NULL;)
        dcv_queue_item_free(item);
}

/* ---- the handle ------------------------------------------------------------------------------------------------------------------- */

static bool prepare(struct dcv_queue *queue)
{
    queue->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    queue->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return queue->event_fd >= 0 && queue->wake_fd >= 0 && dcv_seed_fresh(&queue->seed) == DCV_OK;
}

enum dcv_status dcv_queue_create(const struct dcv_queue_options *options, struct dcv_queue **out, char **error)
{
    struct dcv_queue *queue = calloc(1, sizeof *queue);
    *error = NULL;
    if (queue == NULL)
        return DCV_ERR_NOMEM;
    queue->event_fd = queue->wake_fd = -1;
    (void)pthread_mutex_init(&queue->mutex, NULL);
    (void)pthread_cond_init(&queue->changed, NULL);
    enum dcv_status status = dcv_queue_settings_init(&queue->settings, options, error);
    if (status == DCV_OK && !prepare(queue))
        status = DCV_ERR_SYSTEM;
    if (status == DCV_OK)
        *out = queue;
    else
        dcv_queue_free(queue);
    return status;
}

void dcv_queue_free(struct dcv_queue *queue)
{
    dcv_queue_list_done(&queue->commands);
    dcv_queue_list_done(&queue->events);
    dcv_queue_settings_done(&queue->settings);
    if (queue->event_fd >= 0)
        (void)close(queue->event_fd);
    if (queue->wake_fd >= 0)
        (void)close(queue->wake_fd);
    (void)pthread_cond_destroy(&queue->changed);
    (void)pthread_mutex_destroy(&queue->mutex);
    free(queue);
}

/* Signals are the caller's: the thread takes none. */
static bool start(struct dcv_queue *queue)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    const int failed = pthread_create(&queue->thread, NULL, dcv_queue_run, queue);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed == 0;
}

enum dcv_status dcv_queue_open(const struct dcv_queue_options *options, struct dcv_queue **out, char **error)
{
    struct dcv_queue *queue = NULL;
    const enum dcv_status status = dcv_queue_create(options, &queue, error);
    if (status != DCV_OK)
        return status;
    if (!start(queue)) {
        dcv_queue_free(queue);
        return DCV_ERR_SYSTEM;
    }
    *out = queue;
    return DCV_OK;
}

static void wake(const struct dcv_queue *queue)
{
    const uint64_t one = 1;
    (void)!write(queue->wake_fd, &one, sizeof one); /* what fails has a full counter, which wakes too */
}

void dcv_queue_close(struct dcv_queue *queue)
{
    if (queue == NULL)
        return;
    (void)pthread_mutex_lock(&queue->mutex);
    queue->stop = true;
    (void)pthread_mutex_unlock(&queue->mutex);
    wake(queue);
    (void)pthread_join(queue->thread, NULL);
    dcv_queue_free(queue);
}

void dcv_queue_hold(struct dcv_queue *queue)
{
    (void)pthread_mutex_lock(&queue->mutex);
    queue->hold = true;
    wake(queue);
    while (!queue->held)
        (void)pthread_cond_wait(&queue->changed, &queue->mutex);
    (void)pthread_mutex_unlock(&queue->mutex);
}

void dcv_queue_release(struct dcv_queue *queue)
{
    (void)pthread_mutex_lock(&queue->mutex);
    queue->hold = false;
    (void)pthread_cond_broadcast(&queue->changed);
    while (queue->held)
        (void)pthread_cond_wait(&queue->changed, &queue->mutex);
    (void)pthread_mutex_unlock(&queue->mutex);
}

/* ---- events ----------------------------------------------------------------------------------------------------------------------- */

int dcv_queue_fd(const struct dcv_queue *queue)
{
    return queue->event_fd;
}

void dcv_queue_tell(struct dcv_queue *queue, struct dcv_queue_item *item)
{
    const uint64_t one = 1;
    (void)pthread_mutex_lock(&queue->mutex);
    if (queue->events.count == 0)
        (void)!write(queue->event_fd, &one, sizeof one);
    dcv_queue_list_add(&queue->events, item);
    (void)pthread_mutex_unlock(&queue->mutex);
}

static char *plain(const char *text, size_t len)
{
    struct dcv_buf escaped;
    dcv_buf_init(&escaped, DCV_QUEUE_TEXT_MAX);
    dcv_text_escape(&escaped, text, len);
    char *copy = strdup(dcv_buf_text(&escaped));
    dcv_buf_done(&escaped);
    return copy;
}

/* Where memory is short the thread has nothing better to do than to wait for some. */
void dcv_queue_tell_text(struct dcv_queue *queue, enum dcv_queue_event_kind kind, const char *text, size_t len)
{
    struct dcv_queue_item *item;
    while ((item = calloc(1, sizeof *item)) == NULL)
        (void)poll(NULL, 0, SHORT_MS);
    item->event = (struct dcv_queue_event){.kind = kind, .text = len != 0 ? plain(text, len) : NULL};
    dcv_queue_tell(queue, item);
}

static struct dcv_queue_item *take_event(struct dcv_queue *queue)
{
    uint64_t count;
    (void)pthread_mutex_lock(&queue->mutex);
    struct dcv_queue_item *item = dcv_queue_list_take(&queue->events);
    if (item != NULL && queue->events.count == 0)
        (void)!read(queue->event_fd, &count, sizeof count);
    (void)pthread_mutex_unlock(&queue->mutex);
    return item;
}

bool dcv_queue_next(struct dcv_queue *queue, unsigned timeout_ms, struct dcv_queue_event *out)
{
    struct pollfd poller = {.fd = queue->event_fd, .events = POLLIN};
    struct dcv_queue_item *item = take_event(queue);
    if (item == NULL && timeout_ms != 0 && poll(&poller, 1, timeout_ms <= INT_MAX ? (int)timeout_ms : INT_MAX) == 1)
        item = take_event(queue);
    if (item == NULL)
        return false;
    *out = item->event;
    free(item);
    return true;
}

/* ---- commands --------------------------------------------------------------------------------------------------------------------- */

static void command(struct dcv_queue *queue, struct dcv_queue_item *item)
{
    (void)pthread_mutex_lock(&queue->mutex);
    const bool first = queue->commands.count == 0;
    dcv_queue_list_add(&queue->commands, item);
    (void)pthread_mutex_unlock(&queue->mutex);
    if (first)
        wake(queue);
}

static enum dcv_status command_simple(struct dcv_queue *queue, enum dcv_queue_command what, enum dcv_queue_kind kind, uint64_t tag)
{
    struct dcv_queue_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return DCV_ERR_NOMEM;
    *item = (struct dcv_queue_item){.command = what, .event = {.which = kind, .tag = tag}};
    command(queue, item);
    return DCV_OK;
}

enum dcv_status dcv_queue_publish(struct dcv_queue *queue, enum dcv_queue_kind kind, const char *id, const void *data, size_t len)
{
    if (len > DCV_QUEUE_SEND_MAX || strlen(id) > DCV_QUEUE_ID_MAX)
        return DCV_ERR_LIMIT;
    struct dcv_queue_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return DCV_ERR_NOMEM;
    item->command = DCV_QUEUE_PUBLISH;
    item->event = (struct dcv_queue_event){.which = kind, .id = strdup(id), .data = len != 0 ? malloc(len) : NULL, .len = len};
    if (item->event.id == NULL || (len != 0 && item->event.data == NULL)) {
        dcv_queue_item_free(item);
        return DCV_ERR_NOMEM;
    }
    if (len != 0)
        memcpy(item->event.data, data, len);
    command(queue, item);
    return DCV_OK;
}

enum dcv_status dcv_queue_consume(struct dcv_queue *queue, enum dcv_queue_kind kind)
{
    return command_simple(queue, DCV_QUEUE_CONSUME, kind, 0);
}

enum dcv_status dcv_queue_ack(struct dcv_queue *queue, uint64_t tag)
{
    return command_simple(queue, DCV_QUEUE_ACK, DCV_QUEUE_JOBS, tag);
}

enum dcv_status dcv_queue_reject(struct dcv_queue *queue, uint64_t tag, bool requeue)
{
    return command_simple(queue, requeue ? DCV_QUEUE_REQUEUE : DCV_QUEUE_REJECT, DCV_QUEUE_JOBS, tag);
}

enum dcv_status dcv_queue_remove(struct dcv_queue *queue)
{
    (void)pthread_mutex_lock(&queue->mutex);
    queue->removal = DCV_QUEUE_TO_REMOVE;
    wake(queue);
    while (queue->removal == DCV_QUEUE_TO_REMOVE)
        (void)pthread_cond_wait(&queue->changed, &queue->mutex);
    const bool removed = queue->removal == DCV_QUEUE_WAS_REMOVED;
    (void)pthread_mutex_unlock(&queue->mutex);
    return removed ? DCV_OK : DCV_ERR_SYSTEM;
}
