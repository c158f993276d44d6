/* Audits on several machines: one hands chunks of names out, any number look them up, one collects what they found. See queue/queue.h for what
 * carries them. Private to this module. */
#ifndef DCV_API_QUEUED_H
#define DCV_API_QUEUED_H

#include "api/audit.h"

enum { QUEUED_CHUNK = 200, QUEUED_CHUNK_LEAST = 100, QUEUED_CHUNK_MOST = 500 };

/* ---- queue_option.c ----------------------------------------------------------------------------------------------------------- */

enum dcv_status queue_set_hosts(struct dcv_session *session, const char *value);
enum dcv_status queue_set_run(struct dcv_session *session, const char *value);
enum dcv_status queue_set_user(struct dcv_session *session, const char *value);
enum dcv_status queue_set_password_file(struct dcv_session *session, const char *value);
enum dcv_status queue_set_vhost(struct dcv_session *session, const char *value);
enum dcv_status queue_set_tls(struct dcv_session *session, const char *value);
enum dcv_status queue_set_ca(struct dcv_session *session, const char *value);
enum dcv_status queue_set_cert(struct dcv_session *session, const char *value);
enum dcv_status queue_set_key(struct dcv_session *session, const char *value);
enum dcv_status queue_set_chunk(struct dcv_session *session, const char *value);
enum dcv_status queue_set_prefetch(struct dcv_session *session, const char *value);
enum dcv_status queue_set_until_empty(struct dcv_session *session, const char *value);
enum dcv_status queue_set_retry_dead(struct dcv_session *session, const char *value);
enum dcv_status queue_set_reconcile(struct dcv_session *session, const char *value);
enum dcv_status queue_set_keep(struct dcv_session *session, const char *value);

#ifndef DCV_NO_QUEUE

#include "queue/queue.h"

/* ---- queue_post.c ------------------------------------------------------------------------------------------------------------- */

/* A message that was sent, until somebody has confirmed it. */
struct queued_letter {
    struct queued_letter *previous, *next;
    enum dcv_queue_kind kind;
    char *id;
    struct dcv_buf data;
    void *user;       /* of queue_dead.c; else NULL */
    uint64_t number;  /* which it is of those of the sender */
    uint64_t due_us;  /* when it is sent again: the queue was full; 0: it is on its way */
};

struct queued_post {
    struct dcv_queue *queue; /* lent */
    struct queued_letter *first, *last;
    size_t count, refused;
};

/* Sends; `data` is taken over, also where it fails. */
enum dcv_status queued_post_send(struct queued_post *post, enum dcv_queue_kind kind, const char *id, struct dcv_buf *data, void *user, uint64_t number);
/* Takes what CONFIRMED tells, and hands the letter out: to be freed. NULL: it is FULL, and goes again later, or is none of these. */
struct queued_letter *queued_post_answer(struct queued_post *post, const struct dcv_queue_event *event, uint64_t now_us);
/* Sends again what was refused, when its time has come. */
enum dcv_status queued_post_again(struct queued_post *post, uint64_t now_us);
void queued_letter_free(struct queued_letter *letter);
void queued_post_done(struct queued_post *post);

/* ---- queue_link.c ------------------------------------------------------------------------------------------------------------- */

/* What submit, worker and collect have in common. */
struct queued {
    struct dcv_session *session;
    struct dcv_queue *queue;
    struct queued_post post;
    struct dcv_store *store;   /* submit, collect; NULL: there is none */
    struct dcv_parcel_reader *reader;
    struct dcv_audit_progress progress;
    struct dcv_buf notice;     /* why there is no connection; empty: there is one. It is told when that lasts */
    uint64_t noticed_us;       /* since when */
    uint64_t started_us, told_us, last_done, last_exchanges;
    uint64_t busy_us;          /* when something came last, or the connection came up */
    bool stopped;              /* by whoever watches */
    bool up, removed;
};

uint64_t queued_now_us(const struct queued *queued);
/* Connects, in the background. `prefetch`: see struct dcv_queue_options. */
enum dcv_status queued_open(struct queued *queued, struct dcv_session *session, uint16_t prefetch);
void queued_close(struct queued *queued);
/* Waits so long for an event, and deals with it as far as it is about the connection; `*out` kind MESSAGE, CONFIRMED or FULL: it is left to the caller,
 * who is done with it then. `*there` false: there is none. */
enum dcv_status queued_next(struct queued *queued, unsigned timeout_ms, struct dcv_queue_event *out, bool *there);
/* Tells whoever watches, now and then, and sends again what has to be. */
enum dcv_status queued_tell(struct queued *queued);
/* Opens the run of --run. */
enum dcv_status queued_open_run(struct queued *queued);
/* DCV_OK, or fails with what the run says. */
enum dcv_status queued_check(const struct queued *queued, enum dcv_status status);

/* "<run>/<chunk>" or, of one name of it, "<run>/<chunk>.<number>"; "<run>/end". */
enum { QUEUED_ID_TEXT = 128 };
struct queued_id {
    bool end;
    uint64_t chunk;
    uint64_t number; /* 0: all of the chunk */
};
void queued_id_put(const struct queued *queued, const struct queued_id *id, char out[QUEUED_ID_TEXT]);
/* false: it is none of this run. */
bool queued_id_read(const struct queued *queued, const char *text, struct queued_id *out);

/* The head of the chunks that the options of the session ask for; texts live in the arena of the run. DCV_ERR_NOMEM. */
enum dcv_status queued_head(struct dcv_session *session, const char *begun, struct dcv_parcel_head *out);
/* Reads the first line of a message; `*rest` is where the next one begins. The texts are lent until something else is read. DCV_ERR_SYNTAX. */
enum dcv_status queued_read_head(struct queued *queued, const struct dcv_queue_event *event, struct dcv_parcel_head *out, size_t *rest);

/* ---- queue_cut.c -------------------------------------------------------------------------------------------------------------- */

/* A portfolio in chunks. */
struct queued_cut {
    struct queued *queued;
    struct audit_names *names;
    struct dcv_parcel_head head;
    uint64_t number, list;  /* of the names read: the last one, and what they were */
    uint64_t chunk, total;  /* chunks and names of this machine's part so far */
    struct dcv_buf lines;
};

enum dcv_status queued_cut_open(struct queued_cut *cut, struct queued *queued, const char *path, const struct dcv_parcel_head *head);
void queued_cut_close(struct queued_cut *cut);
/* Reads the next chunk, whose number is `cut->chunk` - 1 then; `*more` false: there is none. Its message, taken over by the caller, is made unless `out` is NULL. */
enum dcv_status queued_cut_next(struct queued_cut *cut, struct dcv_buf *out, bool *more);

/* ---- queue_dead.c ------------------------------------------------------------------------------------------------------------- */

/* Deals with a message that died: hands the names of a chunk out one by one, or makes a result of the one name that it has. The event is taken over, and
 * acknowledged once all that is confirmed. */
enum dcv_status queued_bury(struct queued *queued, struct dcv_queue_event *event);
/* Takes a confirmed letter, if it is one of these; `*done` is set when a dead message is settled. */
bool queued_buried(struct queued *queued, const struct queued_letter *letter, bool *done);
/* Forgets the `user` of a letter that nobody waits for any more. */
void queued_dead_drop(void *user);

/* ---- queue_submit.c, queue_work.c, queue_collect.c ----------------------------------------------------------------------------- */

enum dcv_status queued_submit(struct dcv_session *session, const char *path);
enum dcv_status queued_retry_dead(struct dcv_session *session);
enum dcv_status queued_work(struct dcv_session *session);
enum dcv_status queued_collect(struct dcv_session *session, const char *path);

#endif

#endif
