/* An answer that is read tells of a handshake or of its failure, and reads again as it writes. */
#include "net/alpn.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(const struct dcv_alpn_answer *answer)
{
    if (answer->handshake == (answer->failure[0] != '\0') || (answer->sound && answer->flaw[0] != '\0')
        || (!answer->handshake && (answer->sound || answer->identifier || answer->negotiated[0] != '\0')))
        abort();
}

static void read_again(struct dcv_arena *arena, const struct dcv_alpn_answer *answer, size_t size)
{
    struct dcv_alpn_answer again;
    struct dcv_buf out;
    dcv_buf_init(&out, 4 * size + 64); /* an octet that stands as it is may become an escape of four characters */
    if (dcv_alpn_answer_write(answer, &out) != DCV_OK || dcv_alpn_answer_read(arena, out.data, out.len, &again) != DCV_OK
        || again.handshake != answer->handshake || again.no_protocol != answer->no_protocol || again.identifier != answer->identifier
        || strcmp(again.negotiated, answer->negotiated) != 0 || strcmp(again.failure, answer->failure) != 0
        || strcmp(again.version, answer->version) != 0 || strcmp(again.flaw, answer->flaw) != 0)
        abort();
    dcv_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_alpn_answer answer;
    const enum dcv_status status = dcv_alpn_answer_read(arena, data, size, &answer);
    if (status == DCV_OK) {
        walk(&answer);
        read_again(arena, &answer, size);
    } else if (status != DCV_ERR_SYNTAX) {
        abort();
    }
    dcv_arena_free(arena);
    return 0;
}
