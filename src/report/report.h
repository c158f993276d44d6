/* Reports: judgements rendered, one row per format. Never judges, never includes policy. */
#ifndef DCV_REPORT_REPORT_H
#define DCV_REPORT_REPORT_H

#include "base/io.h"
#include "fact/fact.h"
#include "judgement/judgement.h"
#include "judgement/order.h"
#include "judgement/timeline.h"
#include "judgement/wait.h"

enum dcv_report_format { DCV_FORMAT_TEXT, DCV_FORMAT_JSON, DCV_FORMAT_JSONL, DCV_FORMAT_ICS, DCV_FORMAT_DOT };
enum dcv_report_view { DCV_VIEW_CHECK, DCV_VIEW_APPROVERS, DCV_VIEW_ACCEPTS, DCV_VIEW_TIMELINE, DCV_VIEW_INSPECT, DCV_VIEW_WAIT };

struct dcv_report_options {
    enum dcv_report_format format;
    enum dcv_report_view view;
    bool color;          /* ANSI colours (text only) */
    bool ascii;          /* trees are drawn without the characters made for that */
    unsigned width;      /* columns of a line, 80 when not a terminal */
    bool with_facts;     /* --facts */
    bool all;            /* approvers --all */
    bool quiet;          /* text check: one line a name */
    int verbosity;       /* inspect: 1: every record; text check: 1: every address and finding of every CA, not only the summary */
    bool order;          /* the names make an order: text shows that, and the single names only with `verbosity` */
    bool explicit_cas;   /* --ca was given: each CA in full; else the table of the default set and what they share */
    const char *psl_origin;
};

/* One name of the report. */
struct dcv_report_name {
    const char *input;             /* as typed, raw */
    const char *error;             /* not NULL: the name is invalid, nothing below is set; a clause such as "an empty label" */
    size_t error_at;               /* octet in the input */
    const char *error_detail;      /* printable, "" when none */
    bool also_www;                 /* it was not asked for, but added as the www sibling of one that was */
    const struct dcv_judged *judged;
    const struct dcv_facts *facts;
    const char *address;           /* accepts: the address asked about, raw */
    const struct dcv_acceptance *acceptances; /* accepts: one a CA, in the order of judged->cas */
    const struct dcv_timeline *timeline;      /* timeline: of this name */
    const struct dcv_wait *wait;              /* wait: of this name; there is no judgement then */
};

/* The order that the names make together; reported after them. */
struct dcv_report_order {
    const struct dcv_order *order;
    unsigned queries, cached;      /* of all names together */
    unsigned round_trips;          /* of the name that took most */
    uint64_t elapsed_us;
};

/* What an inspection came to. */
enum dcv_seen {
    DCV_SEEN_SOUND,
    DCV_SEEN_FAULTS,    /* a blocker or warning about the DNS */
    DCV_SEEN_NOT,       /* no fault, but not everything could be seen: the time was over, nobody answered, or nothing is to be looked up */
};
const char *dcv_seen_text(enum dcv_seen seen); /* "sound", "faults", "not-seen" */
enum dcv_seen dcv_report_seen(const struct dcv_judged *judged, const struct dcv_facts *facts);

struct dcv_report;

/* `options` is copied, `writer` lent. NULL: memory is short. Write errors stay in writer->error. */
struct dcv_report *dcv_report_create(const struct dcv_report_options *options, struct dcv_writer *writer);
void dcv_report_free(struct dcv_report *report);
/* The parts, in order: begin, a name each, end. DCV_ERR_NOMEM or DCV_ERR_IO. */
enum dcv_status dcv_report_begin(struct dcv_report *report);
enum dcv_status dcv_report_add(struct dcv_report *report, const struct dcv_report_name *name);
/* After the names, where options.order. */
enum dcv_status dcv_report_add_order(struct dcv_report *report, const struct dcv_report_order *order);
enum dcv_status dcv_report_end(struct dcv_report *report);

/* While a wait goes on: a line for each of its servers, aligned, `named`: with the name it was asked about; `out` has room for them.
 * Lines live in the arena. */
void dcv_report_wait_lines(struct dcv_arena *arena, const struct dcv_wait *wait, bool named, const char **out);
/* What a server says now, with the time; likewise. */
const char *dcv_report_wait_change(struct dcv_arena *arena, const struct dcv_wait *wait, const struct dcv_wait_server *row);

/* `cas`, `cas ID`, `rules`, `rules ID` as text or JSON. `ca` / `rule` NULL: the list of all. `as_of`: the day the facts are shown
 * for. */
enum dcv_status dcv_report_cas(const struct dcv_report_options *options, struct dcv_writer *writer, const struct dcv_ca_set *set,
                               const struct dcv_ca *ca, dcv_date as_of);
/* `cas --check` */
struct dcv_lint;
enum dcv_status dcv_report_lint(const struct dcv_report_options *options, struct dcv_writer *writer, const struct dcv_lint *lint);
enum dcv_status dcv_report_rules(const struct dcv_report_options *options, struct dcv_writer *writer,
                                 const struct dcv_rule_info *rule);

#endif
