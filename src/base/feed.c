#include "base/feed.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { READ_OCTETS = 65536 };

struct dcv_feed {
    int fd;
    struct dcv_buf line;
    size_t at, end;   /* of what was read and not taken */
    size_t max;
    uint64_t number;
    char read[READ_OCTETS];
};

enum dcv_status dcv_feed_open(const char *path, size_t max, struct dcv_feed **out)
{
    struct dcv_feed *feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        return DCV_ERR_NOMEM;
    feed->fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (feed->fd < 0) {
        free(feed);
        return DCV_ERR_IO;
    }
    feed->max = max;
    dcv_buf_init(&feed->line, max + 1);
    *out = feed;
    return DCV_OK;
}

void dcv_feed_close(struct dcv_feed *feed)
{
    if (feed == NULL)
        return;
    if (feed->fd != STDIN_FILENO)
        (void)close(feed->fd);
    dcv_buf_done(&feed->line);
    free(feed);
}

static ssize_t read_some(int fd, void *out, size_t room)
{
    ssize_t got;
    do
        got = read(fd, out, room);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Reads on where all was taken; false: the end, or a failure. */
static bool refill(struct dcv_feed *feed, enum dcv_status *status)
{
    if (feed->at < feed->end)
        return true;
    feed->at = feed->end = 0;
    const ssize_t got = read_some(feed->fd, feed->read, sizeof feed->read);
    if (got < 0)
        *status = DCV_ERR_IO;
    feed->end = got > 0 ? (size_t)got : 0;
    return feed->end != 0;
}

bool dcv_feed_waits(struct dcv_feed *feed, int *fd)
{
    *fd = feed->fd;
    for (;;) {
        struct pollfd watched = {.fd = feed->fd, .events = POLLIN};
        if (feed->end > feed->at && memchr(feed->read + feed->at, '\n', feed->end - feed->at) != NULL)
            return false;
        memmove(feed->read, feed->read + feed->at, feed->end - feed->at);
        feed->end -= feed->at;
        feed->at = 0;
        if (feed->end == sizeof feed->read)
            return false;
        if (poll(&watched, 1, 0) == 0)
            return true;
        const ssize_t got = read_some(feed->fd, feed->read + feed->end, sizeof feed->read - feed->end);
        if (got <= 0)
            return false; /* the end, or a failure, which is found once more */
        feed->end += (size_t)got;
    }
}

static enum dcv_status fault_of(const struct dcv_feed *feed, size_t from)
{
    if (feed->line.len > feed->max)
        return DCV_ERR_LIMIT;
    if (feed->line.failed)
        return DCV_ERR_NOMEM;
    return feed->line.len > from && memchr(feed->line.data + from, '\0', feed->line.len - from) != NULL ? DCV_ERR_SYNTAX : DCV_OK;
}

static void drop_mark(struct dcv_buf *line)
{
    if (line->len < 3 || memcmp(line->data, "\xef\xbb\xbf", 3) != 0)
        return;
    memmove(line->data, line->data + 3, line->len - 2);
    line->len -= 3;
}

/* Appends one line to what is held; false: there is none, or it failed. */
static bool append(struct dcv_feed *feed, enum dcv_status *status)
{
    const size_t from = feed->line.len;
    bool ended = false;
    *status = DCV_OK;
    if (!refill(feed, status))
        return false;
    feed->number++;
    while (!ended && *status == DCV_OK && refill(feed, status)) {
        const char *text = feed->read + feed->at, *end = memchr(text, '\n', feed->end - feed->at);
        const size_t len = end != NULL ? (size_t)(end - text) : feed->end - feed->at;
        const size_t room = feed->max + 1 - feed->line.len;
        dcv_buf_put(&feed->line, text, len < room ? len : room);
        feed->at += len + (end != NULL);
        ended = end != NULL;
        *status = fault_of(feed, from);
    }
    if (feed->number == 1)
        drop_mark(&feed->line);
    return *status == DCV_OK;
}

const char *dcv_feed_next(struct dcv_feed *feed, size_t *len, enum dcv_status *status)
{
    dcv_buf_clear(&feed->line);
    if (!append(feed, status))
        return NULL;
    *len = feed->line.len;
    return dcv_buf_text(&feed->line);
}

const char *dcv_feed_more(struct dcv_feed *feed, size_t *len, enum dcv_status *status)
{
    const size_t before = feed->line.len;
    dcv_buf_putc(&feed->line, '\n');
    if (!append(feed, status)) {
        if (*status != DCV_OK)
            return NULL;
        feed->line.len = before;
        feed->line.data[before] = '\0';
    }
    *len = feed->line.len;
    return dcv_buf_text(&feed->line);
}

uint64_t dcv_feed_number(const struct dcv_feed *feed)
{
    return feed->number;
}

bool dcv_feed_regular(const char *path)
{
    struct stat info;
    return strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

size_t dcv_feed_head(const char *path, void *out, size_t room)
{
    FILE *file = dcv_feed_regular(path) ? fopen(path, "re") : NULL;
    const size_t len = file != NULL ? fread(out, 1, room, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    return len;
}
