/* What clients of conversations have in common: a connection each exchange, and a time by which it is over. Private to this module. */
#ifndef DCV_NET_DIALOG_H
#define DCV_NET_DIALOG_H

#include "net/stream.h"

struct dcv_dialogs;

/* One under way; it begins the struct of the client. */
struct dcv_dialog {
    struct dcv_stream stream;
    struct dcv_dialogs *all;
    struct dcv_dialog *next;
    struct dcv_exchange *exchange; /* NULL: it is over */
    uint64_t until_us;             /* `late` is called then, before the time of the exchange is over; 0: not */
};

/* Those of one client. */
struct dcv_dialogs {
    struct dcv_loop *loop;
    struct dcv_dialog *first;
    size_t kept;                              /* as of dcv_stream_init() */
    void (*step)(struct dcv_dialog *dialog);  /* the stream has come further */
    void (*late)(struct dcv_dialog *dialog);  /* the time is over: finishes it */
    void (*free)(struct dcv_dialog *dialog);  /* but for the stream */
};

/* Takes the exchange and the dialog, which is zeroed memory; connects. It may be over and gone at once. */
void dcv_dialog_start(struct dcv_dialogs *all, struct dcv_dialog *dialog, struct dcv_exchange *exchange);
/* It is over; the dialog is freed as soon as nobody looks at it. */
void dcv_dialog_finish(struct dcv_dialog *dialog, enum dcv_exchange_end end);
/* The same, as the stream ended. */
void dcv_dialog_finish_ended(struct dcv_dialog *dialog);
/* The same with an answer, which is taken out of the buffer. */
void dcv_dialog_answer(struct dcv_dialog *dialog, struct dcv_buf *answer, enum dcv_exchange_end end);
/* Ends what has taken too long; `timeout_ms`: of exchanges that have none of their own. */
void dcv_dialogs_sweep(struct dcv_dialogs *all, unsigned timeout_ms);
/* Drops what is under way. The loop is closing. */
void dcv_dialogs_done(struct dcv_dialogs *all);

#endif
