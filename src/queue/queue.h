/* Work through RabbitMQ: chunks of names to whoever takes them, and results back, none lost.
 *
 * librabbitmq blocks, is not thread-safe, and serves heartbeats only inside its calls: it lives in a thread of its own, which connects again by
 * itself. Everything comes back as events, in order. A handle is for one thread of the caller's at a time. */
#ifndef DCV_QUEUE_QUEUE_H
#define DCV_QUEUE_QUEUE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dcv_queue;

struct dcv_queue_options {
    const char *hosts;     /* "HOST[:PORT][,HOST[:PORT]…]": tried in turn; the port is 5672, or 5671 with TLS; an IPv6 address stands in brackets */
    const char *vhost;     /* NULL: "/" */
    const char *user, *password; /* NULL, both: the client's certificate says who it is (EXTERNAL) */
    bool tls;              /* the server's certificate must be for the host as it is given here, name or address */
    const char *ca_file;   /* PEM; NULL: the system's */
    const char *cert_file, *key_file; /* the client's, PEM, the key not encrypted; NULL, both: none */
    const char *run;       /* id of the run: up to 64 letters, digits, '-' and '_' */
    uint16_t prefetch;     /* messages of one kind that may be here unacknowledged; 0: 4 */
    unsigned connect_ms;   /* of one attempt to connect, and of each answer to what is asked then; 0: 10 s */
    unsigned backoff_ms;   /* the longest pause between attempts; 0: 30 s */
};

/* The queues of a run: dcv.<run>.jobs, .results, .dead */
enum dcv_queue_kind { DCV_QUEUE_JOBS, DCV_QUEUE_RESULTS, DCV_QUEUE_DEAD, DCV_QUEUE_KINDS };

/* Starts the thread, which begins to connect and declares the queues; the options are copied. DCV_ERR_USAGE: the options do not do, `*error` (to be
 * freed; NULL where memory is short) says why; DCV_ERR_NOMEM, DCV_ERR_SYSTEM. */
enum dcv_status dcv_queue_open(const struct dcv_queue_options *options, struct dcv_queue **out, char **error);
/* Ends the thread: what was acknowledged before is still sent. What is not confirmed may or may not have been taken; what is not acknowledged will be
 * delivered again, here or elsewhere. Waits for an attempt to connect that is under way. */
void dcv_queue_close(struct dcv_queue *queue);
/* Lets the thread stand still, with no lock of any library held, until it is released: fork() in between gives a child that may use them all. Waits for
 * an attempt to connect that is under way. The child leaves the handle alone, but for closing its descriptors. */
void dcv_queue_hold(struct dcv_queue *queue);
void dcv_queue_release(struct dcv_queue *queue);
/* Readable while there are events: for poll(). */
int dcv_queue_fd(const struct dcv_queue *queue);

/* Sends a message to a queue, now or once it is up; `id` comes back with the event that says what became of it. The data is copied. DCV_ERR_NOMEM;
 * DCV_ERR_LIMIT: more than 16 MiB, or an id of more than 255 octets. */
enum dcv_status dcv_queue_publish(struct dcv_queue *queue, enum dcv_queue_kind kind, const char *id, const void *data, size_t len);
/* Wants the messages of a queue, now and after each reconnection. DCV_ERR_NOMEM. */
enum dcv_status dcv_queue_consume(struct dcv_queue *queue, enum dcv_queue_kind kind);
/* A delivered message is done with, or (`requeue`) is to be delivered again, or not and is dead. Once for each message. A tag from before a reconnection
 * is passed over: the message comes again. DCV_ERR_NOMEM. */
enum dcv_status dcv_queue_ack(struct dcv_queue *queue, uint64_t tag);
enum dcv_status dcv_queue_reject(struct dcv_queue *queue, uint64_t tag, bool requeue);

enum dcv_queue_event_kind {
    DCV_QUEUE_UP,        /* connected, queues declared: `text` names the host */
    DCV_QUEUE_DOWN,      /* not, or no longer: `text` says why. Unconfirmed messages are sent again by the queue itself once it is up. Not repeated
                            while the reason is the same */
    DCV_QUEUE_REFUSED,   /* it will not get better by waiting: credentials, certificate, rights, a queue declared otherwise: `text` says why. There are
                            no more attempts: the handle is to be closed */
    DCV_QUEUE_REMOVED,   /* the queues of the run were deleted, which somebody does when it is over. No more attempts either */
    DCV_QUEUE_BLOCKED,   /* the server is short of disk or memory, as `text` says, and takes no messages until */
    DCV_QUEUE_UNBLOCKED, /* … this, or DOWN */
    DCV_QUEUE_MESSAGE,   /* delivered: `which`, `tag`, `id`, `data` */
    DCV_QUEUE_CONFIRMED, /* taken, by a majority where the queue has replicas: `which`, `id` */
    DCV_QUEUE_FULL,      /* the queue takes no more for now: `id` was not taken, and is to be published again later; `which` */
};
struct dcv_queue_event {
    enum dcv_queue_event_kind kind;
    enum dcv_queue_kind which;
    uint64_t tag;            /* MESSAGE: for ack; unique over reconnections */
    bool redelivered;
    unsigned deliveries;     /* MESSAGE: how often it was delivered before, as far as the server says (x-delivery-count); of DEAD: how often it
                                died (x-death) */
    char *id, *text;         /* owned; NULL where there is none. The id of a MESSAGE is whatever somebody sent */
    void *data;              /* owned; NULL where `len` is 0 */
    size_t len;
};
/* Takes the next event, waiting so long for it (0: not at all); false: there is none, or a signal came. */
bool dcv_queue_next(struct dcv_queue *queue, unsigned timeout_ms, struct dcv_queue_event *out);
void dcv_queue_event_done(struct dcv_queue_event *event);

/* Deletes the queues of the run, when it is over; the handle is then only good to be closed. Blocks until it is done, or one round of attempts to
 * connect has failed: DCV_ERR_SYSTEM. Whoever else consumes or publishes is told DCV_QUEUE_REMOVED; who connects later makes new ones. */
enum dcv_status dcv_queue_remove(struct dcv_queue *queue);

#endif
