/* The queue, driven by lines on standard input; its events are lines on standard output. The options come first, one a line
 * ("hosts 127.0.0.1:5672"), up to "open": a password is on no command line. */
#include "queue/queue.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_OCTETS = 4096, BIG = 32 << 20, SHORT_TEXT = 64 };

static const char *const kinds[] = {[DCV_QUEUE_JOBS] = "jobs", [DCV_QUEUE_RESULTS] = "results", [DCV_QUEUE_DEAD] = "dead"};
static const char *const events[] = {
    [DCV_QUEUE_UP] = "up",           [DCV_QUEUE_DOWN] = "down",           [DCV_QUEUE_REFUSED] = "refused", [DCV_QUEUE_REMOVED] = "gone",
    [DCV_QUEUE_BLOCKED] = "blocked", [DCV_QUEUE_UNBLOCKED] = "unblocked", [DCV_QUEUE_MESSAGE] = "message", [DCV_QUEUE_CONFIRMED] = "confirmed",
    [DCV_QUEUE_FULL] = "full",
};

static struct dcv_queue_options options;
static struct dcv_queue *queue;
static bool automatic[DCV_QUEUE_KINDS]; /* acknowledged here, at once */

static enum dcv_queue_kind kind_of(const char *text)
{
    for (enum dcv_queue_kind kind = 0; kind < DCV_QUEUE_KINDS; kind++)
        if (strcmp(text, kinds[kind]) == 0)
            return kind;
    (void)fprintf(stderr, "no such queue: %s\n", text);
    exit(EXIT_FAILURE);
}

static void must(enum dcv_status status)
{
    if (status != DCV_OK)
        (void)printf("status %s\n", dcv_status_text(status));
}

/* ---- events ----------------------------------------------------------------------------------------------------------------------- */

/* FNV-1a, for data that is too long to be shown. */
static uint64_t digest(const unsigned char *data, size_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void show_message(const struct dcv_queue_event *event)
{
    (void)printf("message %s %" PRIu64 " %s %d %u %zu ", kinds[event->which], event->tag, event->id != NULL ? event->id : "-", event->redelivered,
                 event->deliveries, event->len);
    if (event->len != 0 && event->len <= SHORT_TEXT)
        (void)printf("%.*s\n", (int)event->len, (const char *)event->data);
    else
        (void)printf("%" PRIx64 "\n", digest(event->data, event->len));
}

static void show(struct dcv_queue_event *event)
{
    switch (event->kind) {
    case DCV_QUEUE_MESSAGE:
        show_message(event);
        if (automatic[event->which])
            must(dcv_queue_ack(queue, event->tag));
        break;
    case DCV_QUEUE_CONFIRMED:
    case DCV_QUEUE_FULL:
        (void)printf("%s %s %s\n", events[event->kind], kinds[event->which], event->id);
        break;
    case DCV_QUEUE_UP:
    case DCV_QUEUE_DOWN:
    case DCV_QUEUE_REFUSED:
    case DCV_QUEUE_REMOVED:
    case DCV_QUEUE_BLOCKED:
    case DCV_QUEUE_UNBLOCKED:
        (void)printf("%s %s\n", events[event->kind], event->text != NULL ? event->text : "");
        break;
    }
    dcv_queue_event_done(event);
}

/* ---- commands --------------------------------------------------------------------------------------------------------------------- */

static void set_option(const char *name, const char *value)
{
    const struct {
        const char *name, **text;
    } texts[] = {{"hosts", &options.hosts},     {"vhost", &options.vhost},         {"user", &options.user},         {"password", &options.password},
                 {"ca", &options.ca_file},      {"certificate", &options.cert_file}, {"key", &options.key_file},    {"run", &options.run}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(name, texts[i].name) == 0) {
            free((char *)(uintptr_t)*texts[i].text);
            *texts[i].text = strdup(value);
            return;
        }
    const unsigned number = (unsigned)strtoul(value, NULL, 10);
    if (strcmp(name, "tls") == 0)
        options.tls = number != 0;
    else if (strcmp(name, "prefetch") == 0)
        options.prefetch = (uint16_t)number;
    else if (strcmp(name, "connect_ms") == 0)
        options.connect_ms = number;
    else if (strcmp(name, "backoff_ms") == 0)
        options.backoff_ms = number;
}

static void open_queue(void)
{
    char *error = NULL;
    const enum dcv_status status = dcv_queue_open(&options, &queue, &error);
    if (status == DCV_OK)
        return;
    (void)printf("wrong %s\n", error != NULL ? error : dcv_status_text(status));
    free(error);
    exit(EXIT_FAILURE);
}

/* "publish jobs ID TEXT", "many jobs PREFIX FROM COUNT", "big jobs ID OCTETS" */
static void publish(const char *command, enum dcv_queue_kind kind, const char *id, const char *rest)
{
    char *end = NULL;
    if (strcmp(command, "publish") == 0) {
        must(dcv_queue_publish(queue, kind, id, rest, strlen(rest)));
    } else if (strcmp(command, "big") == 0) {
        const size_t len = strtoul(rest, NULL, 10);
        unsigned char *data = len <= BIG ? malloc(len) : NULL;
        for (size_t i = 0; data != NULL && i < len; i++)
            data[i] = (unsigned char)(i * 31 + (i >> 8));
        must(dcv_queue_publish(queue, kind, id, data, len));
        free(data);
    } else {
        const unsigned long from = strtoul(rest, &end, 10), count = strtoul(end, NULL, 10);
        for (unsigned long i = from; i < from + count; i++) {
            char name[128];
            (void)snprintf(name, sizeof name, "%s%lu", id, i);
            must(dcv_queue_publish(queue, kind, name, name, strlen(name)));
        }
    }
}

/* false: that was all. */
static bool obey(char *line)
{
    char *words[4] = {line, "", "", ""};
    for (int i = 1; i < 4 && (words[i] = strchr(words[i - 1], ' ')) != NULL; i++)
        *words[i]++ = '\0';
    for (int i = 1; i < 4; i++)
        if (words[i] == NULL) {
            for (; i < 4; i++)
                words[i] = "";
        }
    const char *command = words[0], *first = words[1];
    if (strcmp(command, "quit") == 0)
        return false;
    if (strcmp(command, "open") == 0)
        open_queue();
    else if (queue == NULL)
        set_option(command, first);
    else if (strcmp(command, "consume") == 0 || strcmp(command, "auto") == 0) {
        automatic[kind_of(first)] = strcmp(command, "auto") == 0;
        must(dcv_queue_consume(queue, kind_of(first)));
    } else if (strcmp(command, "ack") == 0)
        must(dcv_queue_ack(queue, strtoull(first, NULL, 10)));
    else if (strcmp(command, "requeue") == 0 || strcmp(command, "reject") == 0)
        must(dcv_queue_reject(queue, strtoull(first, NULL, 10), strcmp(command, "requeue") == 0));
    else if (strcmp(command, "remove") == 0)
        (void)printf("removed %s\n", dcv_queue_remove(queue) == DCV_OK ? "yes" : "no");
    else
        publish(command, kind_of(first), words[2], words[3]);
    return true;
}

/* ---- the loop --------------------------------------------------------------------------------------------------------------------- */

static char input[LINE_MAX_OCTETS];
static size_t held;

/* Reads what there is, and obeys the whole lines of it; false: that was all. */
static bool take_input(void)
{
    const ssize_t got = read(STDIN_FILENO, input + held, sizeof input - held);
    if (got <= 0)
        return false;
    held += (size_t)got;
    for (char *end; (end = memchr(input, '\n', held)) != NULL;) {
        char line[LINE_MAX_OCTETS];
        const size_t len = (size_t)(end - input);
        memcpy(line, input, len);
        line[len] = '\0';
        held -= len + 1;
        memmove(input, end + 1, held);
        if (!obey(line))
            return false;
    }
    return true;
}

int main(void)
{
    for (bool more = true; more;) {
        struct pollfd pollers[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = queue != NULL ? dcv_queue_fd(queue) : -1, .events = POLLIN}};
        (void)poll(pollers, 2, -1);
        if (pollers[0].revents != 0)
            more = take_input();
        for (struct dcv_queue_event event; queue != NULL && dcv_queue_next(queue, 0, &event);)
            show(&event);
        (void)fflush(stdout);
    }
    dcv_queue_close(queue);
    const char *texts[] = {options.hosts,   options.vhost,     options.user,     options.password,
                           options.ca_file, options.cert_file, options.key_file, options.run};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((char *)(uintptr_t)texts[i]);
    return EXIT_SUCCESS;
}
