/* Runs: what an audit found, name by name, in an SQLite file that outlives a kill and a power cut.
 *
 * Names whose facts are alike share a class: the class holds what was judged, with places for what differs; a name holds the values for them. So a
 * run of a million names is small, and is judged again by judging its classes. Texts are opaque here: findings and what belongs to a name may have
 * 1 MiB each, a body 16 MiB, facts 64 MiB (else DCV_ERR_LIMIT).
 *
 * A run may come from somebody else: where it is not what a writer leaves, a call ends with DCV_ERR_SYNTAX. Calls of READ see a run as it is at one
 * moment. A handle is for one thread, and not for a child of the process. */
#ifndef DCV_STORE_STORE_H
#define DCV_STORE_STORE_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dcv_store;

enum dcv_store_mode {
    DCV_STORE_READ,      /* it must be there */
    DCV_STORE_WRITE,     /* made if it is not; one writer at a time: DCV_ERR_USAGE while another has it, which shows as a file "<path>-lock" */
    DCV_STORE_TEMPORARY, /* a private one, on disk where it is large, gone when it is closed; `path` is NULL */
};

/* DCV_ERR_SYNTAX: the file is no run, or one of another version; DCV_ERR_IO: it cannot be opened. `*error` (to be freed; NULL where memory is short)
 * says why, in English, for the end of a message: "is no run of dcvready". */
enum dcv_status dcv_store_open(const char *path, enum dcv_store_mode mode, struct dcv_store **out, char **error);
/* Commits what was put, and closes. One file remains, unless somebody reads it just then. */
void dcv_store_close(struct dcv_store *store);
/* Why a call failed, of the last one that did, as `error` above; "" when none has. Lent. */
const char *dcv_store_error(const struct dcv_store *store);
/* Does a file begin like an SQLite database? `head`: its first 16 octets. */
bool dcv_store_magic(const void *head, size_t len);

/* Everything put since the last commit becomes lasting, all of it or nothing. What is put and not committed is seen by this handle. DCV_ERR_IO: as of
 * a full disk; nothing was committed then.
 *
 * After such a failure, of a commit or of what puts something, all that was not committed is lost: since something would be missing, nothing can be
 * put or committed any more with this handle. It still reads, and may be opened again. DCV_ERR_USAGE and DCV_ERR_LIMIT change nothing. */
enum dcv_status dcv_store_commit(struct dcv_store *store);
/* From now on what was committed outlives a power cut, too, and not only the process: for whoever tells others that it is kept. To be called before
 * anything is put. */
enum dcv_status dcv_store_commit_synced(struct dcv_store *store);

/* ---- what is known of the run ------------------------------------------------------------------------------------------------- */

/* Texts by key: options, dates, counters. */
enum dcv_status dcv_store_set(struct dcv_store *store, const char *key, const char *value);
/* Adds to a number kept under a key, which begins at 0 and ends at UINT64_MAX. */
enum dcv_status dcv_store_add(struct dcv_store *store, const char *key, uint64_t amount);
/* In the arena; NULL: there is none. */
const char *dcv_store_get(struct dcv_store *store, const char *key, struct dcv_arena *arena);
uint64_t dcv_store_number(struct dcv_store *store, const char *key); /* 0: there is none, or another text */

/* ---- classes ------------------------------------------------------------------------------------------------------------------ */

enum { DCV_STORE_KEY = 16 };

enum dcv_store_verdict { DCV_STORE_READY, DCV_STORE_NOT_READY, DCV_STORE_UNKNOWN };

struct dcv_store_class {
    uint8_t key[DCV_STORE_KEY];
    enum dcv_store_verdict verdict;
    const char *findings; /* ids, with blanks between them, each once; "" */
    const char *body;     /* what was judged, with places */
    const char *facts;    /* recorded facts of the first name of the class */
    const char *witness;  /* of another one; NULL: there is none yet */
};

/* Adds it, unless its key is there; a witness is taken over where there was none. */
enum dcv_status dcv_store_put_class(struct dcv_store *store, const struct dcv_store_class *class);
/* Replaces verdict, findings and body. DCV_ERR_USAGE: there is none of that key. */
enum dcv_status dcv_store_judge_class(struct dcv_store *store, const struct dcv_store_class *class);
/* Calls for each class that a name has, in no special order, until `visit` returns other than DCV_OK, which is then returned. What the class points
 * to is lent for the call; `visit` may judge it. */
typedef enum dcv_status dcv_store_class_fn(void *user, const struct dcv_store_class *class);
enum dcv_status dcv_store_each_class(struct dcv_store *store, dcv_store_class_fn *visit, void *user);

/* ---- names -------------------------------------------------------------------------------------------------------------------- */

enum dcv_store_state {
    DCV_STORE_JUDGED,
    DCV_STORE_PROVISIONAL, /* judged, but a lookup failed: it is to be tried again */
    DCV_STORE_INVALID,     /* no name: `note` says why */
    DCV_STORE_CRASHED,     /* dcvready broke down over it: `note` says how */
};

struct dcv_store_name {
    uint64_t number;  /* its place in the portfolio, from 1 */
    const char *text; /* as given */
    enum dcv_store_state state;
    uint8_t key[DCV_STORE_KEY]; /* of its class, where it was judged */
    const char *values;         /* for the places of the class's body; "" */
    const char *note;           /* "" */
    uint32_t queries, cached, retries, elapsed_ms;
};

/* Adds or replaces the name of that number. The class of one that was judged, provisionally or not, was put before; other states have none. */
enum dcv_status dcv_store_put_name(struct dcv_store *store, const struct dcv_store_name *name);
/* All numbers from 1 to the result are there, whatever their state. Cheap, but for the first time. */
uint64_t dcv_store_prefix(struct dcv_store *store);
bool dcv_store_has(struct dcv_store *store, uint64_t number);

/* Which names. */
struct dcv_store_filter {
    unsigned states;   /* bits 1 << enum dcv_store_state; 0: all */
    unsigned verdicts; /* bits 1 << enum dcv_store_verdict, of those judged; 0: all. Others are left out unless `states` names theirs */
    const char *finding; /* an id that the class must have; NULL: any */
    const char *text;  /* the name, in whatever case; NULL: any */
    uint64_t from;     /* numbers from here on; 0: all */
    uint64_t limit;    /* so many at most; 0: all */
};

/* Calls for each, by number; `filter` may be NULL. `class` is NULL where the name was not judged; its `facts` and `witness` are NULL here. `visit`
 * may put names with numbers that were passed, put classes, and commit. */
typedef enum dcv_status dcv_store_name_fn(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class);
enum dcv_status dcv_store_each_name(struct dcv_store *store, const struct dcv_store_filter *filter, dcv_store_name_fn *visit, void *user);

/* The recorded facts of the class of a key, in the arena. DCV_ERR_USAGE: there is none. */
enum dcv_status dcv_store_facts(struct dcv_store *store, const uint8_t key[DCV_STORE_KEY], struct dcv_arena *arena, struct dcv_store_class *out);

/* ---- as a whole --------------------------------------------------------------------------------------------------------------- */

struct dcv_store_totals {
    uint64_t names, ready, not_ready, unknown, provisional, invalid, crashed; /* provisional ones count as unknown or as judged, too */
    uint64_t queries, cached, retries, retried_names, classes;
};
enum dcv_status dcv_store_totals(struct dcv_store *store, struct dcv_store_totals *out);
/* Names by finding, the most frequent first, then by id. */
struct dcv_store_count {
    const char *id;
    uint64_t names;
};
enum dcv_status dcv_store_findings(struct dcv_store *store, struct dcv_arena *arena, struct dcv_store_count **out, size_t *count);

/* ---- two runs ----------------------------------------------------------------------------------------------------------------- */

enum dcv_store_change {
    DCV_STORE_REGRESSED, /* a worse verdict: ready before unknown before not-ready; or no longer judged */
    DCV_STORE_FIXED,     /* a better one */
    DCV_STORE_CHANGED,   /* the same verdict, other findings */
    DCV_STORE_NEW,       /* only in the later */
    DCV_STORE_GONE,      /* only in the earlier */
};
/* Names of the two runs that differ, by change and then by name, whose case does not matter; a name given twice counts once, by its last place.
 * `before` is NULL for NEW, `after` for GONE; a class is NULL where its name is or was not judged. Either handle may be READ. The error is of the
 * handle whose file failed; that of the temporary files is of `after`. */
typedef enum dcv_status dcv_store_diff_fn(void *user, enum dcv_store_change change, const struct dcv_store_name *before,
                                          const struct dcv_store_class *class_before, const struct dcv_store_name *after,
                                          const struct dcv_store_class *class_after);
enum dcv_status dcv_store_diff(struct dcv_store *before, struct dcv_store *after, dcv_store_diff_fn *visit, void *user);

/* ---- chunks, of an audit on several machines ---------------------------------------------------------------------------------- */

/* Notes that a chunk of names was handed out, or that its results have come in. `*fresh` (may be NULL): that was not noted before; what is DONE needs
 * not have been SENT. */
enum dcv_store_chunk { DCV_STORE_CHUNK_SENT, DCV_STORE_CHUNK_DONE };
enum dcv_status dcv_store_put_chunk(struct dcv_store *store, uint64_t chunk, enum dcv_store_chunk what, bool *fresh);
/* The first chunk from `from` on that is not DONE and below `total`; `total`: there is none. */
uint64_t dcv_store_missing_chunk(struct dcv_store *store, uint64_t from, uint64_t total);
uint64_t dcv_store_chunks_done(struct dcv_store *store);

#endif
