/* Work through RabbitMQ: chunks of names to whoever takes them, and results back, none lost.
 *
 * librabbitmq blocks, is not thread-safe, and serves heartbeats only inside its calls: it lives in a thread of its own, which connects again by itself.
 * Everything comes back as events, in order. */
#ifndef DCV_QUEUE_QUEUE_H
#define DCV_QUEUE_QUEUE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dcv_queue;

struct dcv_queue_options {
    const char *hosts;     /* "HOST[:PORT][,HOST[:PORT]…]": tried in turn; the port is 5672, or 5671 with TLS */
    const char *vhost;     /* NULL: "/" */
    const char *user, *password; /* NULL: the client's certificate says who it is (EXTERNAL) */
    bool tls;
    const char *ca_file;   /* PEM; NULL: the system's */
    const char *cert_file, *key_file; /* the client's, PEM; NULL: none */
    const char *run;       /* id of the run: letters, digits, '-' and '_' */
    uint16_t prefetch;     /* messages of one kind that may be here unacknowledged */
    unsigned connect_ms;   /* of one attempt to connect; 0: 10 s */
    unsigned backoff_ms;   /* the longest pause between attempts; 0: 30 s */
};

/* The queues of a run: dcv.<run>.jobs, .results, .dead */
enum dcv_queue_kind { DCV_QUEUE_JOBS, DCV_QUEUE_RESULTS, DCV_QUEUE_DEAD, DCV_QUEUE_KINDS };

/* Starts the thread, which begins to connect and declares the queues. DCV_ERR_USAGE: the options do not do, `*error` (to be freed) says why; DCV_ERR_NOMEM, DCV_ERR_SYSTEM. */
enum dcv_status dcv_queue_open(const struct dcv_queue_options *options, struct dcv_queue **out, char **error);
/* Ends the thread. What is not confirmed may or may not have been taken; what is not acknowledged will be delivered again, here or elsewhere. */
void dcv_queue_close(struct dcv_queue *queue);
/* Readable while there are events: for poll(). */
int dcv_queue_fd(const struct dcv_queue *queue);

/* Sends a message to a queue; `id` comes back with the event that says what became of it. The data is copied. DCV_ERR_NOMEM. */
enum dcv_status dcv_queue_publish(struct dcv_queue *queue, enum dcv_queue_kind kind, const char *id, const void *data, size_t len);
/* Wants the messages of a queue, now and after each reconnection. */
enum dcv_status dcv_queue_consume(struct dcv_queue *queue, enum dcv_queue_kind kind);
/* A delivered message is done with, or (`requeue`) is to be delivered again. A tag from before a reconnection is passed over: the message comes again. */
enum dcv_status dcv_queue_ack(struct dcv_queue *queue, uint64_t tag);
enum dcv_status dcv_queue_reject(struct dcv_queue *queue, uint64_t tag, bool requeue);

enum dcv_queue_event_kind {
    DCV_QUEUE_UP,        /* connected, queues declared: `text` names the host */
    DCV_QUEUE_DOWN,      /* not, or no longer: `text` says why. Unconfirmed messages are sent again by the queue itself once it is up */
    DCV_QUEUE_REFUSED,   /* it will not get better by waiting: credentials, certificate, rights, a queue declared otherwise: `text` says why */
    DCV_QUEUE_MESSAGE,   /* delivered: `which`, `tag`, `id`, `data` */
    DCV_QUEUE_CONFIRMED, /* taken, by a majority where the queue has replicas: `id` */
    DCV_QUEUE_FULL,      /* the queue takes no more for now: `id` was not taken, and is to be published again later */
};
struct dcv_queue_event {
    enum dcv_queue_event_kind kind;
    enum dcv_queue_kind which;
    uint64_t tag;            /* MESSAGE: for ack; unique over reconnections */
    bool redelivered;
    unsigned deliveries;     /* MESSAGE: how often it was delivered before, as far as the server says (x-delivery-count); of DEAD: x-death's count */
    char *id, *text;         /* owned; NULL where there is none */
    void *data;              /* owned */
    size_t len;
};
/* Takes the next event, waiting so long for it (0: not at all); false: there is none. */
bool dcv_queue_next(struct dcv_queue *queue, unsigned timeout_ms, struct dcv_queue_event *out);
void dcv_queue_event_done(struct dcv_queue_event *event);

/* Deletes the queues of the run, when it is over. Blocks; DCV_ERR_SYSTEM. */
enum dcv_status dcv_queue_remove(struct dcv_queue *queue);

#endif
