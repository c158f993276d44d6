/* Messages on their way, until they are confirmed. A queue that is full takes them later. */
#include "api/queued.h"

#include <stdlib.h>
#include <string.h>

enum { AGAIN_US = 500000 };

void queued_letter_free(struct queued_letter *letter)
{
    if (letter == NULL)
        return;
    dcv_buf_done(&letter->data);
    free(letter->id);
    free(letter);
}

void queued_post_done(struct queued_post *post)
{
    while (post->first != NULL) {
        struct queued_letter *letter = post->first;
        post->first = letter->next;
        queued_dead_drop(letter->user);
        queued_letter_free(letter);
    }
    *post = (struct queued_post){0};
}

static enum dcv_status send(struct queued_post *post, const struct queued_letter *letter)
{
    return dcv_queue_publish(post->queue, letter->kind, letter->id, dcv_buf_text(&letter->data), letter->data.len);
}

enum dcv_status queued_post_send(struct queued_post *post, enum dcv_queue_kind kind, const char *id, struct dcv_buf *data, void *user, uint64_t number)
{
    struct queued_letter *letter = calloc(1, sizeof *letter);
    char *copy = strdup(id);
    if (letter == NULL || copy == NULL || data->failed) {
        free(letter);
        free(copy);
        dcv_buf_done(data);
        return DCV_ERR_NOMEM;
    }
    *letter = (struct queued_letter){.previous = post->last, .kind = kind, .id = copy, .data = *data, .user = user, .number = number};
    dcv_buf_init(data, 0);
    if (post->last != NULL)
        post->last->next = letter;
    else
        post->first = letter;
    post->last = letter;
    post->count++;
    return send(post, letter);
}

static void take_out(struct queued_post *post, struct queued_letter *letter)
{
    if (letter->previous != NULL)
        letter->previous->next = letter->next;
    else
        post->first = letter->next;
    if (letter->next != NULL)
        letter->next->previous = letter->previous;
    else
        post->last = letter->previous;
    post->count--;
    post->refused -= letter->due_us != 0;
}

struct queued_letter *queued_post_answer(struct queued_post *post, const struct dcv_queue_event *event, uint64_t now_us)
{
    struct queued_letter *letter = post->first; /* confirmations come about in order: it is one of the first */
    while (letter != NULL && (letter->kind != event->which || event->id == NULL || strcmp(letter->id, event->id) != 0))
        letter = letter->next;
    if (letter == NULL)
        return NULL;
    if (event->kind == DCV_QUEUE_CONFIRMED) {
        take_out(post, letter);
        return letter;
    }
    post->refused += letter->due_us == 0;
    letter->due_us = now_us + AGAIN_US;
    return NULL;
}

enum dcv_status queued_post_again(struct queued_post *post, uint64_t now_us)
{
    enum dcv_status status = DCV_OK;
    for (struct queued_letter *letter = post->refused != 0 ? post->first : NULL; letter != NULL && status == DCV_OK; letter = letter->next) {
        if (letter->due_us == 0 || letter->due_us > now_us)
            continue;
        letter->due_us = 0;
        post->refused--;
        status = send(post, letter);
    }
    return status;
}
