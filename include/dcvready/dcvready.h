/* libdcvready: is a domain ready for the domain control validation (DCV) of a TLS certificate?
 *
 * A session holds options and names, runs the lookups, judges, and writes reports. All handles are opaque; nothing here is
 * thread-safe per handle, different sessions are independent. Text is UTF-8. Messages follow the locale of the process (gettext domain
 * "dcvready"). */
#ifndef DCVREADY_DCVREADY_H
#define DCVREADY_DCVREADY_H

#include <dcvready/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DCV_API __attribute__((visibility("default")))
#else
#define DCV_API
#endif

/* "0.1.0" */
DCV_API const char *dcv_version(void);

struct dcv_session;

/* A session with the defaults. DCV_ERR_NOMEM. */
DCV_API enum dcv_status dcv_session_create(struct dcv_session **out);
/* NULL is fine. */
DCV_API void dcv_session_free(struct dcv_session *session);

/* The last failure of a call on this session as one line of text without final newline, "" when there was none. Lent until the next
 * call. */
DCV_API const char *dcv_session_error(const struct dcv_session *session);

/* Sets one option by its long command-line name without dashes; the value is text, "" for flags. Options that may be repeated add.
 *   ca            "ID[,ID...]" or "all"          as-of        "YYYY-MM-DD"
 *   method        "email" "dns" "http" "tls-alpn", with commas between several, or "any"; others than "email" in DCV_SHOW_CHECK only, and
 *                 not of an order
 *   format        "text" "json" "jsonl"; of a timeline "ics"; of inspect "dot"; of an audit "jsonl" "csv"
 *   resolver      "ADDR[:PORT]", "[V6]:PORT", "tcp://ADDR[:PORT]", "tls://HOST[:PORT][#NAME]", "https://HOST[:PORT][/PATH]"; repeatable
 *   ca-file       path of certificates (PEM)     dns-port     "N"
 *   dnssec        "resolver" "off"               facts-in     path; repeatable
 *   account-uri   URI                            psl          path
 *   ca-dir        directory                      deadline     seconds a name, decimal fraction allowed; of a wait, of all, 0: one look
 *   timeout       seconds a query                concurrency  names at once
 *   record        path of the tape to write      replay       path of the tape to read
 *   facts all quiet verbose color ascii allow-private-addresses     flags; ascii: trees without line-drawing characters
 *   show          "check" "inspect": what recorded facts are judged for (judge)
 *   width         columns                        address      the address that `accepts` asks about
 *   order         "NAME,NAME..."; repeatable: names that one certificate is to hold
 *   csr           path of a request: PEM or DER
 *   cert          path of the certificate in use: PEM or DER       connect      "HOST[:PORT]": the server that shows it
 *   validated     "YYYY-MM-DD" (timeline)        product      id of a CA's or reseller's product
 *   also-www      flag: each name brings its www sibling
 *   no-whois no-cache smtp     flags: registries are not asked; their answers not kept; mail hosts are asked about mailboxes
 *   mail-from     address, or "<>"               helo         a name, or "[ADDR]"
 *   token-file    path of a file for the web server
 *   whois-server  "HOST[:PORT]"                  rdap-bootstrap  path of a list of RDAP servers
 *   smtp-port http-port https-port "N"
 *   column        name or number of a column of CSV (audit, and what follows)      run          path of the run
 *   qps server-qps "N": packets a second, in total and to one address            cache-mb     "N"
 *   ordered deep whois passing   flags: rows in the order of the names; all that a check looks at; registries are asked, too; the run serves
 *                 only to go on after a break
 *   shard         "I/N"                          summary      "text" "json"
 *   only          "ready" "not-ready" "unknown" "invalid", with commas between several: rows of a run        finding      id of a rule: likewise
 *   queue         "HOST[:PORT][,HOST...]" (submit, work, collect, and what follows)        queue-run    id of the run there: letters, digits, '-' and '_'
 *   queue-user    name; and queue-password-file path, or DCVREADY_QUEUE_USER and DCVREADY_QUEUE_PASSWORD of the environment
 *   queue-tls     flag      queue-ca queue-cert queue-key   paths (PEM)                   queue-vhost  name
 *   chunk         names of a chunk, 100 to 500   prefetch     chunks that a worker holds, 1 to 16
 *   until-empty   seconds   retry-dead reconcile keep-queues  flags
 *   txt           octets to wait for             contact      address to wait for; one of the two in DCV_SHOW_WAIT
 *   at            "LABEL[.LABEL...]" before the name, where `txt` is to stand
 *   stream        flag: results are let go once they are reported, and dcv_result_...() know only those of invalid names
 * DCV_ERR_USAGE: unknown option or a bad value; DCV_ERR_IO: a file that cannot be read. */
DCV_API enum dcv_status dcv_session_set(struct dcv_session *session, const char *option, const char *value);

/* Adds a name as typed. A name that is invalid is no failure of the call: it becomes a result with an error. */
DCV_API enum dcv_status dcv_session_add_name(struct dcv_session *session, const char *name);
/* Adds recorded facts to be judged again: a report written with `facts`, as JSON or JSONL, or a tape. "-" is standard input. */
DCV_API enum dcv_status dcv_session_add_facts(struct dcv_session *session, const char *path);

enum dcv_view { DCV_SHOW_CHECK, DCV_SHOW_APPROVERS, DCV_SHOW_ACCEPTS, DCV_SHOW_TIMELINE, DCV_SHOW_INSPECT, DCV_SHOW_WAIT };

/* Receives output; returns 0, or an errno value that stops the run with DCV_ERR_IO. */
typedef int (*dcv_write_fn)(void *user, const void *data, size_t len);

/* Looks up, judges and reports all names added; of a timeline without names, those of its certificate, in their order, each as soon as it and those before it are done. */
DCV_API enum dcv_status dcv_session_run(struct dcv_session *session, enum dcv_view view, dcv_write_fn write, void *user);

/* How a wait goes on. Texts are for people, without the end of the line, and free of control characters. */
enum dcv_mark {
    DCV_MARK_YES, /* it stands there */
    DCV_MARK_NO,  /* not yet */
    DCV_MARK_OUT, /* this server was left out */
};
struct dcv_progress_line {
    enum dcv_mark mark;
    const char *text;
};
struct dcv_progress {
    unsigned round;  /* looks made */
    bool looking;    /* one is being made; else there is a pause */
    unsigned next_s; /* seconds until the next one */
    unsigned left_s; /* seconds until the deadline */
    /* A line a server as it stands, and what is new since the last call; lent for the call. */
    const struct dcv_progress_line *lines, *changes;
    size_t line_count, change_count;
};
/* Called some times a second; false ends the wait with what is known so far, which is then reported. */
typedef bool dcv_progress_fn(void *user, const struct dcv_progress *progress);
DCV_API void dcv_session_on_progress(struct dcv_session *session, dcv_progress_fn *call, void *user);

/* Audits a portfolio: the names in a file ("-": standard input), one a line, or a column of CSV. They are streamed: memory does not grow with them. With the option `run` everything that
 * is found is kept there, a call that was broken off is gone on with by the same call, and rows are written at its end; without it they are written as names are done. Rows are
 * lines of JSON (dcvready/audit/1) or of CSV; `write` NULL: none are wanted. Looking up is done by a child process, which is started with fork(): call this from a process with one thread. */
DCV_API enum dcv_status dcv_session_audit(struct dcv_session *session, const char *path, dcv_write_fn write, void *user);

/* How an audit goes on. */
struct dcv_audit_progress {
    uint64_t total;            /* names; 0: not known */
    uint64_t done, resumed;    /* of them, and of those the ones that were done before this call */
    uint64_t doubtful;         /* a lookup failed: to be tried again at the end */
    uint64_t retried, invalid, crashed;
    uint64_t exchanges;        /* packets sent */
    double names_per_s, exchanges_per_s; /* of late */
    unsigned elapsed_s;
    bool again;                /* failed lookups are being tried again */
    const char *queue;         /* on several machines: why nothing goes to or from the queue just now; NULL: it does. Lent for the call */
};
/* Called some times a second; false ends the audit once what is under way is done. */
typedef bool dcv_audit_progress_fn(void *user, const struct dcv_audit_progress *progress);
DCV_API void dcv_session_on_audit_progress(struct dcv_session *session, dcv_audit_progress_fn *call, void *user);

/* An audit on several machines, with a queue (RabbitMQ) between them: one process hands a portfolio out in chunks, any number of others look the names up, and one collects what they found.
 * Where the queue is and who may use it is told by the options queue, queue-run and so on. Nothing is lost when a worker or the queue is killed; what is done twice counts once. All three
 * tell how they go on as audits do, and end gracefully when they are told to: see dcv_session_interrupted(). DCV_ERR_UNSUPPORTED: dcvready was built without it.
 *
 * Hands out the names in a file, as dcv_session_audit() reads them. How far it came is kept in the run: the same call goes on where it was broken off. With `retry-dead` instead: the
 * names of chunks that were delivered again and again to workers that died, one by one; `path` is NULL then. */
DCV_API enum dcv_status dcv_session_submit(struct dcv_session *session, const char *path);
/* Takes chunks, looks their names up, by the options with which they were handed out, and sends what it finds, until it is told to end, the run is over, or, with `until-empty`,
 * nothing has come for so long. Lookups are done by a child process. */
DCV_API enum dcv_status dcv_session_work(struct dcv_session *session);
/* Collects what the workers found into the run, until everything is there; then writes its rows, `write` NULL: none are wanted, and removes the queues. With `reconcile`, chunks of which
 * nothing has come are handed out again, from the portfolio at `path`; else that is NULL. */
DCV_API enum dcv_status dcv_session_collect(struct dcv_session *session, const char *path, dcv_write_fn write, void *user);

/* The figures of the last audit, or of the last run reported, as text or JSON with its final newline. Lent until the next call. */
DCV_API const char *dcv_session_summary(const struct dcv_session *session);
/* Was the last audit ended before all names were done? */
DCV_API bool dcv_session_interrupted(const struct dcv_session *session);

/* Is this file a run? */
DCV_API bool dcv_is_run(const char *path);
/* Writes the rows of a run, all or those of `only` and `finding`; `write` NULL: only the figures are wanted. */
DCV_API enum dcv_status dcv_session_report_run(struct dcv_session *session, const char *path, dcv_write_fn write, void *user);
/* Judges a run again, as the options say, without the network, and writes its rows; with the option `run` the run that comes of it is kept there. */
DCV_API enum dcv_status dcv_session_judge_run(struct dcv_session *session, const char *path, dcv_write_fn write, void *user);
/* Writes which names got worse or better from one run to the other, are new, or gone. */
DCV_API enum dcv_status dcv_session_diff_runs(struct dcv_session *session, const char *before, const char *after, dcv_write_fn write, void *user);

/* The exit status that the results of the run so far call for: 0 ready or yes, 1 not ready or no, 2 an invalid name, 3 unknown; with
 * several names 2 > 1 > 3 > 0. Of inspect: 0 nothing wrong found in the DNS, 1 a blocker or warning about it, 3 not everything could be
 * seen. Of a wait: 0 it stands everywhere, 1 it does not, 3 nobody answered. 4 when no resolver answered anything: the report is written,
 * and dcv_session_error() says so. */
DCV_API int dcv_session_exit_status(const struct dcv_session *session);

/* Results of the run, for programs. Lent until the session is freed or run again. */
struct dcv_result;
DCV_API size_t dcv_session_result_count(const struct dcv_session *session);
DCV_API const struct dcv_result *dcv_session_result(const struct dcv_session *session, size_t index);
DCV_API const char *dcv_result_name(const struct dcv_result *result);  /* as typed */
DCV_API const char *dcv_result_error(const struct dcv_result *result); /* NULL: the name is valid */
DCV_API const char *dcv_result_verdict(const struct dcv_result *result, const char *ca); /* "ready" "not-ready" "unknown", by the best of the methods; NULL: not judged */
DCV_API size_t dcv_result_approver_count(const struct dcv_result *result, const char *ca);

struct dcv_approver {
    const char *address; /* NULL: a malformed value was published */
    const char *source, *adn, *status, *mail;
    bool usable;
};
/* The entry `index` of a CA; false: there is none. */
DCV_API bool dcv_result_approver(const struct dcv_result *result, const char *ca, size_t index, struct dcv_approver *out);

/* `cas` and `rules`: all (id NULL) or one, in the format of the session. DCV_ERR_NOT_FOUND: no such id; the error text names the
 * nearest one. */
DCV_API enum dcv_status dcv_session_show_cas(struct dcv_session *session, const char *id, dcv_write_fn write, void *user);
/* `cas --check`: what is wrong with profiles and what is doubtful, in the files and directories of `paths` and in the `ca-dir` of the
 * session; with none of these, in the compiled-in ones. `*exit_status`: 0 nothing or warnings only, 1 errors, 2 a file that cannot be
 * read. */
DCV_API enum dcv_status dcv_session_check_profiles(struct dcv_session *session, const char *const *paths, size_t count,
                                                   int *exit_status, dcv_write_fn write, void *user);
DCV_API enum dcv_status dcv_session_show_rules(struct dcv_session *session, const char *id, dcv_write_fn write, void *user);

#ifdef __cplusplus
}
#endif
#endif
