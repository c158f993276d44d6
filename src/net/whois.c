#include "net/whois.h"

#include "net/dialog.h"

#include <stdlib.h>

struct dcv_whois {
    struct dcv_dialogs all;
};

struct query {
    struct dcv_dialog dialog;
    bool sent;
};

/* All that came until the server closed the connection. Some close it with a reset, and have said what they had to say all the same. */
static void take_end(struct dcv_dialog *dialog)
{
    struct dcv_stream *stream = &dialog->stream;
    if (stream->end.closed && stream->received.len != 0)
        dcv_dialog_answer(dialog, &stream->received, DCV_EXCHANGE_ANSWER);
    else
        dcv_dialog_finish_ended(dialog);
}

static void step(struct dcv_dialog *dialog)
{
    struct query *query = (struct query *)dialog;
    struct dcv_stream *stream = &dialog->stream;
    if (stream->stage == DCV_STREAM_OPEN && !query->sent) {
        query->sent = true;
        dcv_stream_send(stream, dialog->exchange->query, dialog->exchange->query_len);
    }
    if (stream->received.len > DCV_WHOIS_MAX) {
        stream->received.len = DCV_WHOIS_MAX;
        dcv_dialog_answer(dialog, &stream->received, DCV_EXCHANGE_CUT);
    } else if (stream->stage == DCV_STREAM_ENDED) {
        take_end(dialog);
    }
}

static void late(struct dcv_dialog *dialog)
{
    dcv_dialog_finish(dialog, DCV_EXCHANGE_TIMEOUT);
}

static void query_free(struct dcv_dialog *dialog)
{
    free(dialog);
}

enum dcv_status dcv_whois_submit(struct dcv_whois *whois, struct dcv_exchange *exchange)
{
    struct query *query = calloc(1, sizeof *query);
    if (query == NULL)
        return DCV_ERR_NOMEM;
    dcv_dialog_start(&whois->all, &query->dialog, exchange);
    return DCV_OK;
}

void dcv_whois_sweep(struct dcv_whois *whois, unsigned timeout_ms)
{
    dcv_dialogs_sweep(&whois->all, timeout_ms);
}

enum dcv_status dcv_whois_create(struct dcv_loop *loop, struct dcv_whois **out)
{
    struct dcv_whois *whois = calloc(1, sizeof *whois);
    if (whois == NULL)
        return DCV_ERR_NOMEM;
    whois->all = (struct dcv_dialogs){.loop = loop, .kept = DCV_WHOIS_MAX, .step = step, .late = late, .free = query_free};
    *out = whois;
    return DCV_OK;
}

void dcv_whois_free(struct dcv_whois *whois)
{
    if (whois == NULL)
        return;
    dcv_dialogs_done(&whois->all);
    free(whois);
}
