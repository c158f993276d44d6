/* What died: a chunk was delivered to so many workers that did not come back with it that the queue gave it up. One of its names may be why, and the
 * limit also hits chunks that were beside it: all their names are handed out one by one. What dies again was it. */
#include "api/queued.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 1 << 20 };

/* A dead message, until what became of it is confirmed. */
struct dead {
    uint64_t tag;
    size_t left;
};

/* "NUMBER MODE NAME", the last part lent. */
static bool read_line(char *line, uint64_t *number, const char **name)
{
    char *end;
    *number = line[0] >= '1' && line[0] <= '9' ? strtoull(line, &end, 10) : 0;
    if (*number == 0 || *number > INT64_MAX || end[0] != ' ' || end[1] == '\0' || end[2] != ' ')
        return false;
    *name = end + 3;
    return true;
}

static enum dcv_status send(struct queued *queued, struct dead *dead, enum dcv_queue_kind kind, const struct queued_id *id, struct dcv_buf *data)
{
    char text[QUEUED_ID_TEXT];
    queued_id_put(queued, id, text);
    dead->left++;
    return queued_post_send(&queued->post, kind, text, data, dead, 0);
}

/* One name of a chunk, to be tried by itself. */
static enum dcv_status send_name(struct queued *queued, struct dead *dead, const struct dcv_parcel_head *head, uint64_t number, const char *name)
{
    const struct queued_id id = {.chunk = head->numbers.chunk, .number = number};
    struct dcv_parcel_head own = *head;
    struct dcv_buf data;
    own.numbers.names = 1;
    dcv_buf_init(&data, MESSAGE_MAX);
    dcv_parcel_put_head(&data, &own);
    dcv_buf_printf(&data, "%" PRIu64 " %c %s\n", number, (char)AUDIT_FIRST, name);
    return send(queued, dead, DCV_QUEUE_JOBS, &id, &data);
}

/* It was tried by itself. */
static enum dcv_status send_result(struct queued *queued, struct dead *dead, const struct dcv_parcel_head *head, uint64_t number, const char *text)
{
    const struct queued_id id = {.chunk = head->numbers.chunk, .number = number};
    const struct dcv_store_name name = {.number = number, .text = text, .state = DCV_STORE_CRASHED, .values = "", .note = _("worker died")};
    struct dcv_buf data;
    dcv_buf_init(&data, MESSAGE_MAX);
    dcv_parcel_put_head(&data, head);
    dcv_parcel_put_name(&data, &name);
    return send(queued, dead, DCV_QUEUE_RESULTS, &id, &data);
}

static enum dcv_status send_all(struct queued *queued, struct dead *dead, const struct dcv_parcel_head *head, bool alone, char *lines, size_t len)
{
    enum dcv_status status = DCV_OK;
    for (char *line = lines, *end; status == DCV_OK && line < lines + len; line = end + 1) {
        uint64_t number;
        const char *name;
        end = memchr(line, '\n', (size_t)(lines + len - line));
        if (end == NULL)
            break;
        *end = '\0';
        if (read_line(line, &number, &name))
            status = alone ? send_result(queued, dead, head, number, name) : send_name(queued, dead, head, number, name);
    }
    return status;
}

enum dcv_status queued_bury(struct queued *queued, struct dcv_queue_event *event)
{
    struct dcv_parcel_head head;
    struct queued_id id;
    size_t rest = 0;
    struct dead *dead = calloc(1, sizeof *dead);
    if (dead == NULL) {
        dcv_queue_event_done(event);
        return DCV_ERR_NOMEM;
    }
    *dead = (struct dead){.tag = event->tag};
    enum dcv_status status = queued_id_read(queued, event->id, &id) && !id.end ? queued_read_head(queued, event, &head, &rest) : DCV_ERR_SYNTAX;
    if (status == DCV_OK)
        status = send_all(queued, dead, &head, id.number != 0, (char *)event->data + rest, event->len - rest);
    if (dead->left == 0) { /* it is none of ours, or holds nothing: nobody can do anything with it */
        status = status == DCV_OK || status == DCV_ERR_SYNTAX ? dcv_queue_ack(queued->queue, dead->tag) : status;
        free(dead);
    }
    dcv_queue_event_done(event);
    return status;
}

/* false: there are more letters of the message. */
static bool settle(struct dead *dead)
{
    if (--dead->left != 0)
        return false;
    free(dead);
    return true;
}

void queued_dead_drop(void *user)
{
    if (user != NULL)
        (void)settle(user);
}

bool queued_buried(struct queued *queued, const struct queued_letter *letter, bool *done)
{
    struct dead *dead = letter->user;
    *done = false;
    if (dead == NULL)
        return false;
    const uint64_t tag = dead->tag;
    *done = settle(dead);
    if (*done)
        (void)dcv_queue_ack(queued->queue, tag); /* else it comes again, and its names twice */
    return true;
}
