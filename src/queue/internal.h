/* What the files of this module share. Everything here is private to it. */
#ifndef DCV_QUEUE_INTERNAL_H
#define DCV_QUEUE_INTERNAL_H

#include "base/buf.h"
#include "base/random.h"
#include "queue/queue.h"

#include <amqp.h>
#include <pthread.h>

enum {
    DCV_QUEUE_HOSTS = 16,             /* in one list */
    DCV_QUEUE_SEND_MAX = 16 << 20,    /* octets of a message that is sent */
    DCV_QUEUE_RECEIVE_MAX = 32 << 20, /* and of one that is taken */
    DCV_QUEUE_ID_MAX = 255,           /* AMQP 0-9-1 §4.2.5.3: a short string */
    DCV_QUEUE_TEXT_MAX = 2048,
    DCV_QUEUE_NAME_MAX = 128,
    DCV_QUEUE_CHANNEL = 1,            /* the one channel of each connection */
};

/* ---- options, checked: options.c ------------------------------------------------------------------------------------------------ */

struct dcv_queue_host {
    char *name; /* without the brackets of an IPv6 address */
    uint16_t port;
};

struct dcv_queue_settings {
    struct dcv_queue_host hosts[DCV_QUEUE_HOSTS];
    size_t host_count;
    char *vhost, *user, *password, *ca_file, *cert_file, *key_file, *run;
    bool tls;
    uint16_t prefetch;
    unsigned connect_ms, backoff_ms;
};

/* DCV_ERR_USAGE: `*error` says why; DCV_ERR_NOMEM. `out` is to be done with in any case. */
enum dcv_status dcv_queue_settings_init(struct dcv_queue_settings *out, const struct dcv_queue_options *options, char **error);
/* "HOST:PORT", as it may be given. */
void dcv_queue_host_put(struct dcv_buf *out, const struct dcv_queue_host *host);
void dcv_queue_settings_done(struct dcv_queue_settings *settings);

/* ---- items: queue.c --------------------------------------------------------------------------------------------------------------- */

enum dcv_queue_command { DCV_QUEUE_PUBLISH, DCV_QUEUE_CONSUME, DCV_QUEUE_ACK, DCV_QUEUE_REJECT, DCV_QUEUE_REQUEUE };

/* Something to be done by the thread, and then the event that comes of it: so what was sent can be told of when memory is short. */
struct dcv_queue_item {
    struct dcv_queue_item *next;
    enum dcv_queue_command command;
    struct dcv_queue_event event;
    uint64_t number; /* of a message that was sent: counted by channel from 1, as the server does */
};

struct dcv_queue_list {
    struct dcv_queue_item *first, *last;
    size_t count;
};

void dcv_queue_list_add(struct dcv_queue_list *list, struct dcv_queue_item *item);
struct dcv_queue_item *dcv_queue_list_take(struct dcv_queue_list *list); /* NULL: it is empty */
/* Puts what is in `head` before what is in `list`; `head` is empty then. */
void dcv_queue_list_prepend(struct dcv_queue_list *list, struct dcv_queue_list *head);
void dcv_queue_list_done(struct dcv_queue_list *list);
void dcv_queue_item_free(struct dcv_queue_item *item);

/* ---- the handle ------------------------------------------------------------------------------------------------------------------- */

enum dcv_queue_removal { DCV_QUEUE_KEPT, DCV_QUEUE_TO_REMOVE, DCV_QUEUE_WAS_REMOVED, DCV_QUEUE_NOT_REMOVED };

struct dcv_queue {
    struct dcv_queue_settings settings; /* constant while the thread runs */
    struct dcv_seed seed;
    pthread_t thread;
    int event_fd, wake_fd;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t changed; /* removal, hold or held */
    struct dcv_queue_list commands, events;
    enum dcv_queue_removal removal;
    bool stop, hold, held;
};

/* A handle without a thread. */
enum dcv_status dcv_queue_create(const struct dcv_queue_options *options, struct dcv_queue **out, char **error);
void dcv_queue_free(struct dcv_queue *queue);
/* Hands an event to the user. */
void dcv_queue_tell(struct dcv_queue *queue, struct dcv_queue_item *item);
/* Makes one with a text, of octets of unknown origin; "" gives none. Of the thread. */
void dcv_queue_tell_text(struct dcv_queue *queue, enum dcv_queue_event_kind kind, const char *text, size_t len);
/* The thread: thread.c. */
void *dcv_queue_run(void *user);

/* ---- one connection: link.c, and tls.c ------------------------------------------------------------------------------------------- */

enum dcv_queue_fate {
    DCV_QUEUE_ALIVE,
    DCV_QUEUE_LOST,    /* worth another attempt */
    DCV_QUEUE_USELESS, /* another attempt ends as this one did */
    DCV_QUEUE_DOUBTED, /* a queue may have been deleted */
};

/* The message that is being received. */
struct dcv_queue_delivery {
    struct dcv_queue_item *item; /* NULL: none */
    uint64_t tag;                /* of the server */
    size_t size, got;
    bool has_header, skipped;
};

struct dcv_queue_link {
    const struct dcv_queue_settings *settings;
    const struct dcv_queue_host *host;
    amqp_connection_state_t connection; /* NULL: none */
    enum dcv_queue_fate fate;
    long flaw;                          /* of the server's certificate: X509_V_ERR_…; 0: none */
    struct dcv_buf why;                 /* unless it is alive; as the server says it */
};

void dcv_queue_link_init(struct dcv_queue_link *link, const struct dcv_queue_settings *settings);
void dcv_queue_link_done(struct dcv_queue_link *link);
/* Connects, logs in and opens the channel. false: see `fate` and `why`. `use`: what the server shows the connection as. */
bool dcv_queue_link_open(struct dcv_queue_link *link, const struct dcv_queue_host *host, const char *use);
/* Says good-bye where it can, and closes. */
void dcv_queue_link_close(struct dcv_queue_link *link, bool politely);
int dcv_queue_link_fd(const struct dcv_queue_link *link);
/* Has the library read something that nobody has taken? poll() does not see it. */
bool dcv_queue_link_ready(const struct dcv_queue_link *link);
/* The next frame that is here already; false: there is none, or the link is lost. It is good until the next call. */
bool dcv_queue_link_read(struct dcv_queue_link *link, amqp_frame_t *frame);
/* Writes one frame of the channel. */
bool dcv_queue_link_method(struct dcv_queue_link *link, amqp_method_number_t method, void *fields);
bool dcv_queue_link_frame(struct dcv_queue_link *link, amqp_frame_t *frame);
/* Did the last call to the server, of the amqp_queue_declare() kind, succeed? `precious`: a failed precondition is final. */
bool dcv_queue_link_replied(struct dcv_queue_link *link, const char *what, bool precious);
/* Did it fail because there is no such queue? To be asked before. */
bool dcv_queue_link_missing(const struct dcv_queue_link *link);
/* What any link has to do with a frame; false: it was something else. */
bool dcv_queue_link_common(struct dcv_queue_link *link, const amqp_frame_t *frame);
/* The link is no more, and why. The first reason stays. */
void dcv_queue_link_fail(struct dcv_queue_link *link, enum dcv_queue_fate fate, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Prepares TLS of a socket; false: a file does not do, and `link` says which. */
bool dcv_queue_tls_prepare(struct dcv_queue_link *link, amqp_socket_t *socket);
/* Adds what OpenSSL knows of why TLS failed; true: another attempt ends as this one did. */
bool dcv_queue_tls_explain(const struct dcv_queue_link *link, struct dcv_buf *why);

/* ---- queues of the run: declare.c ------------------------------------------------------------------------------------------------- */

enum dcv_queue_found { DCV_QUEUE_IS_THERE, DCV_QUEUE_IS_GONE, DCV_QUEUE_UNKNOWN };

/* The name of a queue: "dcv.<run>.jobs". */
void dcv_queue_name(const struct dcv_queue_settings *settings, enum dcv_queue_kind kind, char out[DCV_QUEUE_NAME_MAX]);
bool dcv_queue_declare_all(struct dcv_queue_link *link);
bool dcv_queue_delete_all(struct dcv_queue_link *link);
/* Are they still there? The link is closed by the server where they are not. */
enum dcv_queue_found dcv_queue_look(struct dcv_queue_link *link);

/* ---- sending: send.c --------------------------------------------------------------------------------------------------------------- */

struct dcv_queue_sender {
    struct dcv_queue *queue;
    struct dcv_queue_link link;
    struct dcv_queue_list pending;   /* to be sent */
    struct dcv_queue_list in_flight; /* sent and not confirmed, by number */
    size_t flying;                   /* octets of them */
    struct dcv_queue_item *current;  /* the first of `pending`, whose header was sent; NULL: none */
    size_t sent;                     /* octets of its body */
    uint64_t number;                 /* of the last one whose header was sent */
    bool blocked;                    /* the server takes nothing for now */
};

void dcv_queue_sender_init(struct dcv_queue_sender *sender, struct dcv_queue *queue);
void dcv_queue_sender_done(struct dcv_queue_sender *sender);
/* Connects and declares. */
bool dcv_queue_sender_open(struct dcv_queue_sender *sender, const struct dcv_queue_host *host);
void dcv_queue_sender_close(struct dcv_queue_sender *sender, bool politely);
/* Is there anything that may be sent now? */
bool dcv_queue_sender_wants(const struct dcv_queue_sender *sender);
/* Sends what the socket takes without waiting. */
void dcv_queue_sender_send(struct dcv_queue_sender *sender);
/* Reads what is here; true: there may be more. */
bool dcv_queue_sender_read(struct dcv_queue_sender *sender);

/* ---- receiving: receive.c ----------------------------------------------------------------------------------------------------------- */

struct dcv_queue_receiver {
    struct dcv_queue *queue;
    struct dcv_queue_link link;
    struct dcv_queue_delivery delivery;
    uint32_t generation;            /* of connections */
    bool wanted[DCV_QUEUE_KINDS];
    bool consuming[DCV_QUEUE_KINDS];
};

void dcv_queue_receiver_init(struct dcv_queue_receiver *receiver, struct dcv_queue *queue);
void dcv_queue_receiver_done(struct dcv_queue_receiver *receiver);
bool dcv_queue_receiver_open(struct dcv_queue_receiver *receiver, const struct dcv_queue_host *host);
void dcv_queue_receiver_close(struct dcv_queue_receiver *receiver, bool politely);
/* Begins to consume what is wanted and is not yet consumed. */
void dcv_queue_receiver_consume(struct dcv_queue_receiver *receiver);
void dcv_queue_receiver_settle(struct dcv_queue_receiver *receiver, enum dcv_queue_command command, uint64_t tag);
bool dcv_queue_receiver_read(struct dcv_queue_receiver *receiver);
/* How often a message was delivered before (x-delivery-count), or died (x-death), as its header has it. */
unsigned dcv_queue_deliveries(const amqp_table_t *headers, enum dcv_queue_kind kind);

#endif
