/* A portfolio, cut into chunks. The same list with the same options makes the same chunks, whenever it is cut. */
#include "api/queued.h"

#include <inttypes.h>

enum { MESSAGE_MAX = 16 << 20 };

enum dcv_status queued_cut_open(struct queued_cut *cut, struct queued *queued, const char *path, const struct dcv_parcel_head *head)
{
    *cut = (struct queued_cut){.queued = queued, .head = *head};
    dcv_buf_init(&cut->lines, MESSAGE_MAX);
    return audit_names_open(queued->session, path, queued->session->audit.column, &cut->names);
}

void queued_cut_close(struct queued_cut *cut)
{
    audit_names_close(cut->names);
    dcv_buf_done(&cut->lines);
}

/* The next name of this machine's part; NULL: there is none, or it cannot be read. */
static const char *next_name(struct queued_cut *cut, enum dcv_status *status)
{
    struct dcv_session *session = cut->queued->session;
    const char *name;
    while ((name = audit_names_next(cut->names, status)) != NULL) {
        cut->number++;
        *status = audit_check_list(session, cut->queued->store, session->audit.run, cut->number, name, &cut->list);
        if (*status != DCV_OK)
            return NULL;
        if (audit_of_shard(&session->audit, name))
            return name;
    }
    return NULL;
}

enum dcv_status queued_cut_next(struct queued_cut *cut, struct dcv_buf *out, bool *more)
{
    enum dcv_status status = DCV_OK;
    uint64_t count = 0;
    dcv_buf_clear(&cut->lines);
    for (const char *name; count < cut->head.numbers.size && (name = next_name(cut, &status)) != NULL; count++)
        dcv_buf_printf(&cut->lines, "%" PRIu64 " %c %s\n", cut->number, (char)AUDIT_FIRST, name);
    *more = status == DCV_OK && count != 0;
    if (!*more)
        return status;
    cut->head.numbers.chunk = cut->chunk++;
    cut->head.numbers.names = cut->head.numbers.of = count;
    cut->total += count;
    if (out == NULL)
        return DCV_OK;
    dcv_buf_init(out, MESSAGE_MAX);
    dcv_parcel_put_head(out, &cut->head);
    dcv_buf_put(out, cut->lines.data, cut->lines.len);
    return out->failed || cut->lines.failed ? DCV_ERR_NOMEM : DCV_OK;
}
