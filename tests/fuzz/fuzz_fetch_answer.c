/* An answer that is read is written and read again as it is; so is a request. */
#include "net/fetch.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth)
{
    if (!truth)
        abort();
}

static bool same(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

static void try_answer(struct dcv_arena *arena, const uint8_t *data, size_t size)
{
    struct dcv_fetch_answer first, second;
    struct dcv_buf out;
    if (dcv_fetch_answer_read(arena, data, size, &first) != DCV_OK)
        return;
    dcv_buf_init(&out, size + 1);
    demand(dcv_fetch_answer_write(&first, &out) == DCV_OK);
    demand(dcv_fetch_answer_read(arena, out.data, out.len, &second) == DCV_OK);
    demand(first.status == second.status && first.retry_after_s == second.retry_after_s && first.tls == second.tls);
    demand(first.sound == second.sound && first.cut == second.cut && first.body_len == second.body_len);
    demand(same(first.location, second.location) && same(first.content_type, second.content_type) && same(first.flaw, second.flaw));
    demand(memcmp(first.body, second.body, first.body_len) == 0);
    dcv_buf_done(&out);
}

static void try_request(struct dcv_arena *arena, const uint8_t *data, size_t size)
{
    struct dcv_fetch_request first, second;
    struct dcv_buf out;
    if (dcv_fetch_request_read(arena, data, size, &first) != DCV_OK)
        return;
    dcv_buf_init(&out, size + 1);
    demand(dcv_fetch_request_write(&first, &out) == DCV_OK);
    demand(dcv_fetch_request_read(arena, out.data, out.len, &second) == DCV_OK);
    demand(same(first.url, second.url) && same(first.accept, second.accept) && first.verify == second.verify && first.limit == second.limit);
    dcv_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    try_answer(arena, data, size);
    try_request(arena, data, size);
    dcv_arena_free(arena);
    return 0;
}
