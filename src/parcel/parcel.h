/* What one process of an audit tells another: a line each, an array of JSON. The worker that looks names up sends them to whoever keeps the run: over a pipe, or
 * as the message that a chunk's results are. */
#ifndef DCV_PARCEL_PARCEL_H
#define DCV_PARCEL_PARCEL_H

#include "base/buf.h"
#include "store/store.h"

enum dcv_parcel_kind {
    DCV_PARCEL_CLASS,  /* a class, before the first name of it */
    DCV_PARCEL_NAME,
    DCV_PARCEL_COUNTS, /* what was done since the last such line */
    DCV_PARCEL_FAILED, /* the worker cannot go on */
    DCV_PARCEL_HEAD,   /* the first line of a message: of a chunk that is handed out, of its results, or of the end of them all */
};

/* Work done, for the summary. */
struct dcv_parcel_counts {
    uint64_t exchanges, answered, timeouts, resends, streams; /* packets; streams: asked over TCP or another stream */
    uint64_t hits, joined;                                    /* lookups answered from the cache, or by waiting for another's question */
    uint64_t signatures;
    uint64_t shared, judged, unlike; /* names judged by their class, by themselves, and classes found to hold names that differ */
    uint64_t cpu_us;                                          /* of the engine, kernel included */
    uint64_t rss_kib;                /* the most memory so far */
};

/* What a chunk of names is to be judged by, so that every worker judges alike, and which one it is. A text is "", and a number 0, where there is none. */
struct dcv_parcel_head {
    struct {
        const char *version;          /* of the dcvready that handed it out */
        const char *options;          /* as the run keeps them */
        const char *as_of, *begun;
        const char *ca, *account;
    } texts;
    struct {
        uint64_t method, dnssec, sha1, deep, whois, signature_days; /* as the session has them */
        uint64_t size;                /* names a chunk, but for the last */
        uint64_t chunk;               /* from 0 on */
        uint64_t names;               /* in this message */
        uint64_t of;                  /* of the chunk: more than `names` where it was handed out name by name */
        uint64_t chunks, total;       /* of the portfolio: chunks and names, as far as that is known */
    } numbers;
};

struct dcv_parcel {
    enum dcv_parcel_kind kind;
    struct dcv_store_class class;
    struct dcv_store_name name;
    struct dcv_parcel_counts counts;
    struct dcv_parcel_head head;
    const char *text; /* of FAILED */
};

void dcv_parcel_put_class(struct dcv_buf *out, const struct dcv_store_class *class);
void dcv_parcel_put_name(struct dcv_buf *out, const struct dcv_store_name *name);
void dcv_parcel_put_counts(struct dcv_buf *out, const struct dcv_parcel_counts *counts);
void dcv_parcel_put_failed(struct dcv_buf *out, const char *text);
void dcv_parcel_put_head(struct dcv_buf *out, const struct dcv_parcel_head *head);

/* Reads lines. */
struct dcv_parcel_reader;
enum dcv_status dcv_parcel_reader_create(struct dcv_parcel_reader **out);
void dcv_parcel_reader_free(struct dcv_parcel_reader *reader);
/* A line without its end. What `out` points to is lent until the next call. DCV_ERR_SYNTAX: it is none of ours; DCV_ERR_NOMEM. */
enum dcv_status dcv_parcel_read(struct dcv_parcel_reader *reader, const char *line, size_t len, struct dcv_parcel *out);

/* "0f3a…" of the key of a class; returns `out`. */
enum { DCV_PARCEL_KEY_TEXT = 2 * DCV_STORE_KEY + 1 };
const char *dcv_parcel_key_text(const uint8_t key[DCV_STORE_KEY], char out[DCV_PARCEL_KEY_TEXT]);

#endif
