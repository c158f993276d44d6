/* Audits: a keeper, which reads the portfolio and holds the run, and an engine in a process of its own, which looks up and judges. Should a name break
 * the engine, the keeper starts another and finds out which it was. Private to this module. */
#ifndef DCV_API_AUDIT_H
#define DCV_API_AUDIT_H

#include "api/session.h"
#include "parcel/parcel.h"
#include "report/row.h"
#include "store/store.h"

#include <stdatomic.h>

/* ---- audit_engine.c ----------------------------------------------------------------------------------------------------------- */

/* What the engine reads: "NUMBER MODE NAME", a line each. */
enum audit_mode {
    AUDIT_FIRST = 'f', /* what fails is to be tried again later */
    AUDIT_AGAIN = 'a', /* later is now */
};
/* Looks up the names that come in from `in` until its end, and sends what is found as parcels to `out`. Failures are sent, too. Once `*stop` (NULL: never) is set by
 * another process, no more names are begun. */
enum dcv_status audit_engine_run(struct dcv_session *session, int in, int out, const atomic_bool *stop);

/* ---- audit_class.c ------------------------------------------------------------------------------------------------------------ */

/* The classes that this engine knows. */
struct audit_classes;
enum dcv_status audit_classes_create(struct dcv_session *session, size_t max_octets, struct audit_classes **out);
void audit_classes_free(struct audit_classes *classes);
/* Judges a name whose facts are frozen: by its class, where that is known and sure. Writes a new class as a parcel, and sets key, verdict and values of the name; the values
 * are lent until the next call. */
enum dcv_status audit_classes_judge(struct audit_classes *classes, struct dcv_result *result, struct dcv_buf *out, struct dcv_store_name *name,
                                    struct dcv_parcel_counts *counts);
/* Judges recorded facts as a class of its own: for a run that is judged again. `class` has its facts and witness; its verdict, findings and body are set, lent until the next call. `*sure`: the
 * witness was judged the same. */
enum dcv_status audit_class_again(struct audit_classes *classes, struct dcv_store_class *class, bool *sure);

/* ---- audit_names.c ------------------------------------------------------------------------------------------------------------ */

/* The portfolio, read once from front to end. */
struct audit_names;
/* `path` "-": standard input. `column`: it is CSV with a head line, and the names stand in the column of this name or number; NULL: one name a line. Fails with session_fail(). */
enum dcv_status audit_names_open(struct dcv_session *session, const char *path, const char *column, struct audit_names **out);
void audit_names_close(struct audit_names *names);
/* Would the next name have to be waited for? Then `*fd` is what to wait for. */
bool audit_names_wait(struct audit_names *names, int *fd);
/* The next name as given, lent until the next call; NULL: there is none, or it cannot be read (`*status`). */
const char *audit_names_next(struct audit_names *names, enum dcv_status *status);
/* What a list was when it was read before, and is now. */
struct audit_list {
    uint64_t known, known_digest; /* given: how many names it had; found: a digest of that many */
    uint64_t total, digest;       /* of all of them */
};
/* Reads a file through; of what is no file, which can be read only once, `total` is 0. Fails as opening does. */
enum dcv_status audit_names_survey(struct dcv_session *session, const char *path, const char *column, struct audit_list *list);
/* The digest of a list with one more name. */
uint64_t audit_list_digest(uint64_t digest, const char *name);
/* Line of the last name, from 1. */
uint64_t audit_names_line(const struct audit_names *names);

/* ---- audit_worker.c ----------------------------------------------------------------------------------------------------------- */

/* The engine from outside: a child process and what is under way in it. */
struct audit_worker;

/* Called for each parcel that comes, but for those of failure. */
typedef enum dcv_status audit_parcel_fn(void *user, const struct dcv_parcel *parcel);

enum dcv_status audit_worker_create(struct dcv_session *session, audit_parcel_fn *take, void *user, struct audit_worker **out);
/* Ends the engine, whatever it is doing. */
void audit_worker_free(struct audit_worker *worker);
/* Is there room for one more name? */
bool audit_worker_room(const struct audit_worker *worker);
size_t audit_worker_busy(const struct audit_worker *worker); /* names under way */
/* The lowest number of them; UINT64_MAX: there are none. */
uint64_t audit_worker_lowest(const struct audit_worker *worker);
enum dcv_status audit_worker_add(struct audit_worker *worker, uint64_t number, enum audit_mode mode, const char *name);
/* Waits for parcels at most so long, or until `other` (-1: none) can be read, and hands them out. A name that broke the engine twice comes as a parcel, too. */
enum dcv_status audit_worker_step(struct audit_worker *worker, int timeout_ms, int other);
/* Lets the engine finish what is under way, and send its last counts. */
enum dcv_status audit_worker_drain(struct audit_worker *worker);
/* The same, but of what was added only what is being looked up by now. */
enum dcv_status audit_worker_stop(struct audit_worker *worker);

/* ---- audit_begin.c ------------------------------------------------------------------------------------------------------------ */

/* Is the name one of this machine's part of the list (--shard)? */
bool audit_of_shard(const struct audit_options *audit, const char *name);
/* Takes note of the name of that number, in the order of the list; `*list`: of those before, 0 at first. What was noted when the list was read before must
 * still hold: else a resumed run would mix two lists. */
enum dcv_status audit_check_list(struct dcv_session *session, struct dcv_store *store, const char *path, uint64_t number, const char *name, uint64_t *list);
/* What decides about the verdicts, and so has to be the same when a run goes on; in the arena of the run. */
const char *audit_options_text(struct dcv_session *session);
/* Opens a run for writing; `path` NULL: a temporary one. */
enum dcv_status audit_open_run(struct dcv_session *session, const char *path, struct dcv_store **out);
/* Notes in a new run how it was begun, or finds out whether the session goes on with it (`*resumed`); sets the day of judgement. */
enum dcv_status audit_begin_run(struct dcv_session *session, struct dcv_store *store, const char *path, bool *resumed);
/* Adds what a worker did; status of the store. */
enum dcv_status audit_add_counts(struct dcv_store *store, const struct dcv_parcel_counts *counts);
/* DCV_OK, or fails with what the store says. */
enum dcv_status audit_check(struct dcv_session *session, const char *path, const struct dcv_store *store, enum dcv_status status);

/* ---- audit_run.c -------------------------------------------------------------------------------------------------------------- */

/* The caller's writer, for as long as a call lasts. */
struct audit_call {
    dcv_write_fn write;
    void *user;
};
/* Around each call about portfolios. `audits`: it looks names up. */
enum dcv_status audit_call_begin(struct dcv_session *session, struct audit_call *call, bool audits);
enum dcv_status audit_call_end(struct dcv_session *session, enum dcv_status status);
/* Are the options those of an audit? */
enum dcv_status audit_check_options(struct dcv_session *session);

/* ---- audit_keeper.c ----------------------------------------------------------------------------------------------------------- */

/* Audits the names of that file. */
enum dcv_status audit_keep(struct dcv_session *session, const char *path);

/* ---- audit_option.c ----------------------------------------------------------------------------------------------------------- */

enum dcv_status audit_set_column(struct dcv_session *session, const char *value);
enum dcv_status audit_set_run(struct dcv_session *session, const char *value);
enum dcv_status audit_set_passing(struct dcv_session *session, const char *value);
enum dcv_status audit_set_ordered(struct dcv_session *session, const char *value);
enum dcv_status audit_set_deep(struct dcv_session *session, const char *value);
enum dcv_status audit_set_whois(struct dcv_session *session, const char *value);
enum dcv_status audit_set_summary(struct dcv_session *session, const char *value);
enum dcv_status audit_set_qps(struct dcv_session *session, const char *value);
enum dcv_status audit_set_server_qps(struct dcv_session *session, const char *value);
enum dcv_status audit_set_cache_mb(struct dcv_session *session, const char *value);
enum dcv_status audit_set_shard(struct dcv_session *session, const char *value);
enum dcv_status audit_set_only(struct dcv_session *session, const char *value);
enum dcv_status audit_set_finding(struct dcv_session *session, const char *value);

/* ---- audit_output.c ----------------------------------------------------------------------------------------------------------- */

/* Writes one row; `body`: of its class, NULL where it has none. `scratch` is used. */
enum dcv_status audit_row(struct dcv_session *session, const struct dcv_store_name *name, const char *body, struct dcv_buf *scratch, struct dcv_buf *out);
/* All rows of a run, by number. */
enum dcv_status audit_put_rows(struct dcv_session *session, struct dcv_store *store, const struct dcv_store_filter *filter);
/* The figures of a run, as text or as one JSON object. */
enum dcv_status audit_summary(struct dcv_session *session, struct dcv_store *store, struct dcv_buf *out);
/* The exit status that a run calls for. */
int audit_exit_status(struct dcv_store *store);
/* Fails with what the store says. */
enum dcv_status audit_store_fail(struct dcv_session *session, const char *path, const struct dcv_store *store, enum dcv_status status);

#endif
