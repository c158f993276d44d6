#include "net/dialog.h"

static void reap(struct dcv_dialogs *all)
{
    for (struct dcv_dialog **at = &all->first; *at != NULL;) {
        struct dcv_dialog *dialog = *at;
        if (dialog->exchange != NULL) {
            at = &dialog->next;
            continue;
        }
        *at = dialog->next;
        dcv_stream_done(&dialog->stream);
        all->free(dialog);
    }
}

static void progress(struct dcv_stream *stream)
{
    const struct dcv_dialog *dialog = (const struct dcv_dialog *)stream;
    struct dcv_dialogs *all = dialog->all;
    if (dialog->exchange != NULL)
        all->step((struct dcv_dialog *)stream);
    reap(all);
}

void dcv_dialog_start(struct dcv_dialogs *all, struct dcv_dialog *dialog, struct dcv_exchange *exchange)
{
    dcv_stream_init(&dialog->stream, all->loop, all->kept, progress);
    dialog->all = all;
    dialog->exchange = exchange;
    dialog->next = all->first;
    all->first = dialog;
    dcv_stream_connect(&dialog->stream, &exchange->to);
    progress(&dialog->stream);
}

void dcv_dialog_finish(struct dcv_dialog *dialog, enum dcv_exchange_end end)
{
    struct dcv_exchange *exchange = dialog->exchange;
    dialog->exchange = NULL;
    dcv_loop_finish(dialog->all->loop, exchange, end);
}

void dcv_dialog_finish_ended(struct dcv_dialog *dialog)
{
    const struct dcv_stream_end *end = &dialog->stream.end;
    if (end->what != NULL)
        dcv_exchange_why(dialog->exchange, end->what, end->detail);
    dcv_dialog_finish(dialog, end->end);
}

void dcv_dialog_answer(struct dcv_dialog *dialog, struct dcv_buf *answer, enum dcv_exchange_end end)
{
    if (answer->failed || answer->data == NULL) {
        dcv_dialog_finish(dialog, DCV_EXCHANGE_FAILED);
        return;
    }
    dialog->exchange->answer = (uint8_t *)answer->data;
    dialog->exchange->answer_len = answer->len;
    *answer = (struct dcv_buf){.max = answer->max};
    dcv_dialog_finish(dialog, end);
}

static bool is_late(const struct dcv_dialog *dialog, unsigned timeout_ms)
{
    const struct dcv_exchange *exchange = dialog->exchange;
    const uint64_t now_us = dialog->all->loop->now_us;
    const uint64_t all_us = (exchange->timeout_ms != 0 ? exchange->timeout_ms : timeout_ms) * UINT64_C(1000);
    return now_us >= exchange->sent_us + all_us || (dialog->until_us != 0 && now_us >= dialog->until_us);
}

void dcv_dialogs_sweep(struct dcv_dialogs *all, unsigned timeout_ms)
{
    for (struct dcv_dialog *dialog = all->first; dialog != NULL; dialog = dialog->next)
        if (is_late(dialog, timeout_ms))
            all->late(dialog);
    reap(all);
}

void dcv_dialogs_done(struct dcv_dialogs *all)
{
    for (struct dcv_dialog *dialog = all->first; dialog != NULL; dialog = dialog->next)
        dcv_dialog_finish(dialog, DCV_EXCHANGE_FAILED); /* which drops it */
    reap(all);
}
