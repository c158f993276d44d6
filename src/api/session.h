/* The session behind the public handle; private to this module. */
#ifndef DCV_API_SESSION_H
#define DCV_API_SESSION_H

#include "api/talk.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/vec.h"
#include "dnssec/dnssec.h"
#include "fact/document.h"
#include "gather/gather.h"
#include "input/input.h"
#include "input/x509.h"
#include "name/mailbox.h"
#include "fact/x509.h"
#include "net/host.h"
#include "net/net.h"
#include "net/tls.h"
#include "policy/policy.h"
#include "policy/timeline.h"
#include "registry/registry.h"
#include "report/report.h"
#include "report/row.h"

#include <dcvready/dcvready.h>

#define _(text) dcv_text(text)

enum { SERVERS_MAX = 16, TAPE_MAX = 1 << 30, FACTS_MAX = 1 << 30 };

struct dcv_result {
    struct dcv_session *session;
    struct dcv_arena *arena;
    const char *text;
    bool valid, done;
    bool released; /* reported, and let go of but for `status` */
    int status;    /* exit status that it calls for */
    enum dcv_input_origin origin;
    size_t times;  /* how often the name was given */
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    struct dcv_facts *facts;
    struct dcv_judged judged;
    struct dcv_acceptance *acceptances;
    struct dcv_timeline timeline;
    const struct dcv_wait *wait; /* while it is reported */
    int waited;                  /* exit status of a wait */
};

/* A file of facts, or a tape, to be judged again. */
struct source {
    const char *path;
    struct dcv_documents *documents; /* NULL: a tape */
    struct dcv_buf text;             /* of a tape */
};

struct settings {
    enum dcv_dnssec_mode dnssec;
    bool refuse_sha1;
    bool authority, misplaced, compare; /* compare: every resolver is asked on its own, too */
    bool allow_private;                 /* as the tape was recorded */
    uint16_t authority_port;
    unsigned timeout_ms, deadline_ms, concurrency;
    unsigned window;                    /* packets under way at one server; 0, as on old tapes: no limit */
    unsigned qps, server_qps;           /* packets a second, in total and to one address; 0: no limit */
    size_t cache_bytes;                 /* 0: no limit */
    struct dcv_endpoint servers[SERVERS_MAX];
    size_t server_count;
    struct talk_settings talk;
};

/* What an audit does beside what every look-up does, and what is shown of its run. */
struct audit_options {
    bool active;                   /* the names are those of a portfolio */
    const char *column;            /* of CSV; NULL: one name a line */
    const char *run;               /* where the run is kept; NULL: nowhere */
    bool ordered;                  /* rows in the order of the names */
    bool passing;                  /* the run serves to go on after a break, and is then removed */
    bool no_facts;                 /* the run is not to be judged again: what was seen is not kept */
    bool deep;                     /* everything that `check` looks at */
    bool whois;                    /* registries are asked, too */
    bool summary_json;
    unsigned cache_mb;             /* 0: the default */
    unsigned shard, shards;        /* of several machines; 0: there is one */
    unsigned only;                 /* which rows: bits of ready, not-ready, unknown, invalid; 0: all */
    const char *finding;           /* those with it; NULL: all */
    enum dcv_row_format format;
    bool csv, format_given, concurrency_given;
    dcv_audit_progress_fn *progress;
    void *progress_user;
    void (*forking)(void *user, bool begins); /* around fork(), in the parent: nobody else may hold a lock then; NULL: there is no other thread */
    void *forking_user;
};

/* An audit on several machines. A text is NULL where the option was not given. */
struct queue_settings {
    const char *hosts, *run, *vhost, *user, *password_file, *ca, *cert, *key;
    bool tls, retry_dead, reconcile, keep;
    unsigned chunk;                /* names; 0: the default */
    unsigned prefetch;             /* chunks that a worker holds; 0: the default */
    unsigned until_empty_s;        /* 0: a worker does not end by itself */
};

/* What `wait` waits for. */
struct waiting {
    const char *txt;               /* NULL: none given */
    const char *contact;           /* likewise */
    const struct dcv_mailbox *mailbox; /* the contact */
    const char *at;                /* labels before the name; NULL: none */
    long deadline_ms;              /* -1: not given */
};

/* What `timeline` knows of the present certificate and validation. */
struct certificate {
    dcv_date validated;            /* NONE: not given */
    const char *path;              /* --cert; NULL: not given */
    const char *connect;           /* --connect as "HOST:PORT"; NULL: not given */
    bool literal;                  /* it names an address */
    struct dcv_endpoint address;
    struct dcv_hostname host;
    uint16_t port;
    /* of the run, but for what --cert has set */
    const char *origin;            /* NULL: there is none */
    const char *failure;           /* NULL: it was read (msgid) */
    bool alone;                    /* no name and no request was given: it brings the names */
    bool known;                    /* `x509` is set */
    struct dcv_x509 x509;
    bool fetched;                  /* from a server, now or on the tape */
    enum dcv_tls_end end;
    struct dcv_buf der;            /* as fetched, for the tape */
};

struct dcv_session {
    struct dcv_arena *arena;       /* options */
    struct dcv_buf error;
    struct dcv_clock clock;
    struct settings settings;
    struct dcv_report_options report;
    long dns_port;                 /* 0: 53 */
    const char *trust_anchor;      /* NULL: those of the system */
    bool no_authority;
    unsigned by;                   /* kinds of validation: bits 1 << enum dcv_by; 0: e-mail alone */
    unsigned signature_days;       /* 0: the policy's own measure */
    const char *cas, *psl_path, *ca_dir, *account_uri, *record, *replay, *address, *product_id, *ca_file;
    struct dcv_x509 *csr;          /* NULL: none given */
    struct talk_options talk;
    struct audit_options audit;
    struct queue_settings queue;
    bool order;                    /* the names are to be on one certificate */
    bool also_www;                 /* each name brings its www sibling */
    DCV_VEC(const char *) resolvers;
    dcv_date as_of;                /* NONE: the day of the run */
    bool allow_private;
    struct certificate certificate;
    bool inspect;                  /* recorded facts are judged for `inspect` */
    const char *deadline;          /* --deadline as given; NULL: it was not */
    struct waiting waiting;
    dcv_progress_fn *progress;     /* NULL: nobody wants to know */
    void *progress_user;
    bool stream;                   /* results are let go once they are reported */
    struct dcv_inputs *inputs;
    DCV_VEC(struct source *) sources;   /* `judge` */
    DCV_VEC(struct source *) facts_in;  /* --facts-in */
    /* of the run */
    struct dcv_ca_set *set;
    struct dcv_psl *psl;
    DCV_VEC(const struct dcv_ca *) selected;
    const struct dcv_product *product;  /* NULL: none named */
    const struct dcv_ca *seller;        /* its profile */
    const struct dcv_mailbox *asked;    /* accepts */
    dcv_date judged_for;
    int64_t stamp_s;                    /* UNIX time of the run, as recorded in a replay */
    DCV_VEC(struct dcv_result *) results;
    size_t reported;
    struct dcv_order *ordered;          /* the order judged; NULL: none, or not yet */
    struct waiting taped;               /* as `waiting`, from the tape that is replayed */
    uint16_t http_port, https_port;     /* where web servers were asked, now or for the tape; 0: nowhere */
    bool deaf;                          /* no resolver ever answered */
    struct dcv_buf summary;             /* of an audit, or of its run */
    int audited;                        /* exit status of an audit */
    bool interrupted;                   /* it was ended before all names were done */
    struct dcv_report *output;
    struct dcv_writer writer;
    struct dcv_arena *run_arena;
    enum dcv_view view;
};

/* Notes the failure for dcv_session_error() and returns `status`. */
enum dcv_status session_fail(struct dcv_session *session, enum dcv_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Loads profiles and the Public Suffix List and finds the CAs asked for. */
enum dcv_status session_prepare(struct dcv_session *session);

/* ---- result.c ------------------------------------------------------------------------------------------------------------- */

/* A result in the list, for a name as typed. NULL: memory is short. */
struct dcv_result *result_add(struct dcv_session *session, const struct dcv_input *input);
void result_free(struct dcv_result *result);
/* Judges the facts of a result, which are frozen. */
enum dcv_status result_judge(struct dcv_result *result);
/* Writes the results that are done, in their order. */
enum dcv_status results_report(struct dcv_session *session);

/* ---- order.c -------------------------------------------------------------------------------------------------------------- */

/* --order, --csr. */
enum dcv_status order_set_names(struct dcv_session *session, const char *list);
enum dcv_status order_set_csr(struct dcv_session *session, const char *path);
/* Do the names make an order, to be reported as such? */
bool order_is(const struct dcv_session *session);
/* Adds the names of request or certificate, and siblings, to those given. */
enum dcv_status order_names(struct dcv_session *session);
/* Finds the product that was named, and its seller. */
enum dcv_status order_product(struct dcv_session *session);
/* Is the seller of the product among the CAs that were named? */
enum dcv_status order_sold(struct dcv_session *session);
/* What the judging of one name and of an order are told alike. */
struct dcv_policy_options order_policy(const struct dcv_session *session);
/* Judges and reports the order when all names are judged. */
enum dcv_status order_judge(struct dcv_session *session);

/* ---- certificate.c -------------------------------------------------------------------------------------------------------- */

typedef enum dcv_status x509_reader(struct dcv_arena *arena, const char *path, const void *data, size_t len, struct dcv_x509 *out,
                                    struct dcv_x509_error *error);
/* Reads a request or certificate; its values live with the session. */
enum dcv_status x509_file_read(struct dcv_session *session, const char *path, x509_reader *read, struct dcv_x509 *out);
enum dcv_status set_validated(struct dcv_session *session, const char *value);
enum dcv_status set_cert(struct dcv_session *session, const char *value);
enum dcv_status set_connect(struct dcv_session *session, const char *value);
/* Asks the server of --connect, if there is one. That it shows nothing is no failure: see `failure`. */
enum dcv_status certificate_fetch(struct dcv_session *session);
/* What was fetched as the value of a line of a tape, in the arena of the run; NULL: nothing was, or memory is short. */
const char *certificate_line(struct dcv_session *session);
/* Takes it from there. */
enum dcv_status certificate_replay(struct dcv_session *session, const char *line);
/* After a tape was read: --connect asks for what is not on it. */
enum dcv_status certificate_unrecorded(struct dcv_session *session);
/* What was fetched is of an earlier run, or of another tape. */
void certificate_forget(struct dcv_session *session);
/* Adds what stands in a request or certificate as a name, which may be none. */
enum dcv_status certificate_add_san(struct dcv_session *session, const struct dcv_san *san);
/* Where no name was given, adds those of the certificate. */
enum dcv_status certificate_names(struct dcv_session *session);
/* Was it to bring the names, and could not be read? Then all that is judged is the name of its server. */
bool certificate_guessed(const struct dcv_session *session);
/* Notes for dcv_session_error() that the server showed none. */
void certificate_tell(struct dcv_session *session);

/* ---- resolvers.c ---------------------------------------------------------------------------------------------------------- */

enum dcv_status set_resolver(struct dcv_session *session, const char *value);
enum dcv_status set_ca_file(struct dcv_session *session, const char *value);
/* The resolvers to ask, by address: those named, or those of the system. */
enum dcv_status session_servers(struct dcv_session *session, struct settings *settings);
struct dcv_live_options live_options(const struct dcv_session *session);
/* Asks the servers of `settings` for the addresses of a host. */
enum dcv_status find_host(const struct dcv_session *session, const struct settings *settings, const struct dcv_name *name, uint16_t port,
                          struct dcv_host *out);
/* A server that does not answer, and why, as far as that is known. */
void put_server_failure(struct dcv_buf *out, const struct dcv_endpoint *server, const char *why);

/* ---- anchors.c ------------------------------------------------------------------------------------------------------------ */

/* The trust anchors asked for: those named, those installed, or those built in. */
enum dcv_status anchors_load(struct dcv_session *session, struct dcv_anchors **out);
/* Writes them as lines for a tape, in the arena of the run; returns how many. */
size_t anchors_lines(struct dcv_session *session, const struct dcv_anchors *anchors, const char **lines, size_t room);
/* A copy of them; empty where there are none, or memory is short. */
struct dcv_rrs anchors_copy(struct dcv_arena *arena, const struct dcv_anchors *anchors);
/* Reads what stood behind "anchor " on the lines of a tape, one a line. */
enum dcv_status anchors_replay(const struct dcv_buf *lines, struct dcv_anchors **out);

/* ---- batch.c -------------------------------------------------------------------------------------------------------------- */

/* Gathers facts for the results from number `from` on: from the network, or from the tape whose text is given. */
enum dcv_status batch_run(struct dcv_session *session, size_t from, const struct dcv_buf *tape, const char *path);
/* The machinery of a batch, lent. */
struct engine {
    struct dcv_session *session;
    const struct settings *settings;
    struct dcv_net *net;
    struct dcv_resolver *resolver;
    struct dcv_peers *peers;
    int64_t wall_s;
    uint64_t start_us;
};
/* Adds a result for each name that the tape was recorded for. */
enum dcv_status batch_names_of_tape(struct dcv_session *session, const struct dcv_buf *tape, const char *path);

/* ---- wait_option.c -------------------------------------------------------------------------------------------------------- */

enum dcv_status wait_set_txt(struct dcv_session *session, const char *value);
enum dcv_status wait_set_contact(struct dcv_session *session, const char *value);
enum dcv_status wait_set_at(struct dcv_session *session, const char *value);
/* --deadline, if it is one that only a wait takes. */
bool wait_set_deadline(struct dcv_session *session, const char *value);
/* Do the options fit together, and the view? DCV_ERR_USAGE. */
enum dcv_status wait_check(struct dcv_session *session);
/* Writes them as lines for a tape, in the arena of the run; returns how many. */
enum { WAIT_LINES = 4 };
size_t wait_lines(struct dcv_session *session, const char *lines[WAIT_LINES]);
/* Reads a line of a tape, if it is of these. */
void wait_line_read(struct dcv_session *session, const char *line);
/* What is waited for after all: by the options, or else by the tape. DCV_ERR_USAGE: by neither. */
enum dcv_status wait_settle(struct dcv_session *session, struct waiting *out);

/* ---- wait.c --------------------------------------------------------------------------------------------------------------- */

/* Waits for all names from number `from` on, and reports them. */
enum dcv_status wait_all(const struct engine *engine, size_t from);

#endif
