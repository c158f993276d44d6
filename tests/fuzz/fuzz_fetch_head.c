/* Header lines of a server, whatever they are: what is kept is bounded, and can be written down. */
#include "net/fetch_head.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_down(const struct dcv_fetch_head *head)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    const struct dcv_fetch_answer answer = {.status = head->status, .location = head->moved ? head->location : NULL,
                                            .content_type = head->typed ? head->type : NULL,
                                            .retry_after_s = dcv_fetch_head_retry_after_s(head)};
    struct dcv_fetch_answer read;
    struct dcv_buf out;
    dcv_buf_init(&out, sizeof *head);
    if (dcv_fetch_answer_write(&answer, &out) != DCV_OK || dcv_fetch_answer_read(arena, out.data, out.len, &read) != DCV_OK
        || read.retry_after_s != answer.retry_after_s)
        abort();
    dcv_buf_done(&out);
    dcv_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_fetch_head *head = calloc(1, sizeof *head);
    bool good = true;
    for (size_t at = 0; at < size && good;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        const size_t len = end != NULL ? (size_t)(end + 1 - data) - at : size - at;
        good = dcv_fetch_head_take(head, (const char *)data + at, len);
        at += len;
    }
    if (head->location[DCV_FETCH_URL_MAX] != '\0' || head->type[DCV_FETCH_TYPE_MAX] != '\0' || head->status > 999)
        abort();
    write_down(head);
    free(head);
    return 0;
}
