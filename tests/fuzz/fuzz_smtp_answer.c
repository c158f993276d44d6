/* A transcript that is read has texts everywhere, and says nothing that contradicts itself; what begins with "h" is taken as a request. */
#include "net/smtp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t reply_size(const struct dcv_smtp_reply *reply)
{
    if (reply->code > 599)
        abort();
    return strlen(reply->text);
}

static void walk(const struct dcv_smtp_answer *answer, size_t size)
{
    size_t recipients = 0;
    if (answer->count > DCV_SMTP_RECIPIENTS || (answer->sound && !answer->tls) || (answer->sound && answer->flaw[0] != '\0')
        || strlen(dcv_smtp_stage_text(answer->reached)) == 0 || (answer->broken != NULL && answer->broken[0] == '\0'))
        abort();
    for (size_t i = 0; i < answer->count; i++)
        recipients += reply_size(&answer->recipients[i]);
    if (recipients + reply_size(&answer->banner) + reply_size(&answer->ehlo) + reply_size(&answer->starttls) + reply_size(&answer->mail)
            + strlen(answer->tls_version) + strlen(answer->flaw) > size)
        abort();
}

/* A request reads again as it writes. */
static void walk_request(struct dcv_arena *arena, const uint8_t *data, size_t size)
{
    struct dcv_smtp_request request, again;
    struct dcv_buf out;
    dcv_buf_init(&out, size + 64);
    if (dcv_smtp_request_read(arena, data, size, &request) == DCV_OK
        && (dcv_smtp_request_write(&request, &out) != DCV_OK || dcv_smtp_request_read(arena, out.data, out.len, &again) != DCV_OK
            || again.count != request.count || again.starttls != request.starttls || strcmp(again.host, request.host) != 0
            || strcmp(again.from, request.from) != 0))
        abort();
    dcv_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_smtp_answer answer;
    if (size != 0 && data[0] == 'h') {
        walk_request(arena, data, size);
    } else {
        const enum dcv_status status = dcv_smtp_answer_read(arena, data, size, &answer);
        if (status == DCV_OK)
            walk(&answer, size);
        else if (status != DCV_ERR_SYNTAX)
            abort();
    }
    dcv_arena_free(arena);
    return 0;
}
