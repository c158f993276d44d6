/* An answer as text:
 *
 *     status 301
 *     location https://www.example.jp/
 *     type text/html
 *     retry-after 120
 *     tls sound
 *     cut yes
 *
 * with an empty line after it, and then the body. All but the first line may be missing: "tls" without TLS, where it is "sound", or "unsound" and
 * why; "cut" where the body is whole. */
#include "net/fetch.h"

#include "base/text.h"
#include "net/fields.h"

#include <limits.h>
#include <string.h>

enum { STATUS_MAX = 999 };

static const char sound[] = "sound", unsound[] = "unsound ";

enum dcv_status dcv_fetch_answer_write(const struct dcv_fetch_answer *answer, struct dcv_buf *out)
{
    dcv_buf_printf(out, "status %u\n", answer->status);
    if (answer->location != NULL)
        dcv_fields_put(out, "location", answer->location);
    if (answer->content_type != NULL)
        dcv_fields_put(out, "type", answer->content_type);
    if (answer->retry_after_s >= 0)
        dcv_buf_printf(out, "retry-after %ld\n", answer->retry_after_s);
    if (answer->tls && answer->sound)
        dcv_fields_put(out, "tls", sound);
    else if (answer->tls)
        dcv_buf_printf(out, "tls %s%.*s\n", unsound, (int)strcspn(answer->flaw, "\n"), answer->flaw);
    if (answer->cut)
        dcv_fields_put(out, "cut", "yes");
    dcv_buf_putc(out, '\n');
    dcv_buf_put(out, answer->body, answer->body_len);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

/* A number that may be missing. */
static bool take_number(const char *text, long max, long *out)
{
    return text == NULL || dcv_text_number(text, 0, max, out);
}

static bool take_tls(const char *text, struct dcv_fetch_answer *answer)
{
    answer->flaw = "";
    answer->tls = text != NULL;
    answer->sound = text != NULL && strcmp(text, sound) == 0;
    if (text == NULL || answer->sound)
        return true;
    answer->flaw = text + sizeof unsound - 1;
    return strncmp(text, unsound, sizeof unsound - 1) == 0;
}

enum dcv_status dcv_fetch_answer_read(struct dcv_arena *arena, const void *octets, size_t len, struct dcv_fetch_answer *out)
{
    struct dcv_cursor cursor;
    struct dcv_fetch_answer answer = {.retry_after_s = -1};
    long status = 0;
    dcv_cursor_init(&cursor, octets, len);
    const char *number = dcv_fields_take(&cursor, arena, "status");
    answer.location = dcv_fields_take(&cursor, arena, "location");
    answer.content_type = dcv_fields_take(&cursor, arena, "type");
    const char *retry_after = dcv_fields_take(&cursor, arena, "retry-after");
    const char *tls = dcv_fields_take(&cursor, arena, "tls");
    const char *cut = dcv_fields_take(&cursor, arena, "cut");
    const bool ended = dcv_fields_end(&cursor);
    answer.cut = cut != NULL;
    answer.body_len = dcv_cursor_left(&cursor);
    if (ended && answer.body_len <= DCV_FETCH_BODY_MAX)
        answer.body = dcv_arena_copy(arena, cursor.at, answer.body_len);
    if (dcv_arena_failed(arena))
        return DCV_ERR_NOMEM;
    if (answer.body == NULL || number == NULL || !take_number(number, STATUS_MAX, &status)
        || !take_number(retry_after, INT_MAX, &answer.retry_after_s) || !take_tls(tls, &answer) || (cut != NULL && strcmp(cut, "yes") != 0))
        return DCV_ERR_SYNTAX;
    answer.status = (unsigned)status;
    *out = answer;
    return DCV_OK;
}
