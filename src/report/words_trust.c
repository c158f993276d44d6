/* The cause of a verdict of DNSSEC in words: everything that tells of one takes them from here. */
#include "report/words.h"

#include "finding/cause.h"
#include "record/places.h"
#include "report/internal.h"
#include "report/template.h"

const char *dcv_cause_words(struct dcv_arena *arena, const struct dcv_trust *trust, int64_t now)
{
    struct dcv_place found[DCV_TRUST_PLACES];
    struct dcv_arg args[DCV_TRUST_PLACES + 1];
    if (trust == NULL || trust->cause == DCV_CAUSE_NONE)
        return "";
    const size_t count = dcv_trust_places(trust, now, arena, found);
    for (size_t i = 0; i < count; i++)
        args[i] = (struct dcv_arg){found[i].key, found[i].value};
    args[count] = (struct dcv_arg){dcv_why_place, dcv_cause_text(trust->cause)};
    const struct dcv_places places = {.args = args, .arg_count = count + 1};
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_template_put(&buf, "{why}", &places);
    if (buf.failed)
        dcv_arena_fail(arena);
    const char *words = dcv_arena_strdup(arena, dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return words != NULL ? words : "";
}
