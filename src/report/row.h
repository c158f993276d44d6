/* A name of a portfolio in one row: enough to sort by, to act on, and to ask further about. */
#ifndef DCV_REPORT_ROW_H
#define DCV_REPORT_ROW_H

#include "base/buf.h"
#include "fact/fact.h"
#include "judgement/judgement.h"

/* What a row says that follows from the facts: members of a JSON object, a line end, and cells of CSV. Both are ASCII or UTF-8 without control characters. */
enum dcv_status dcv_row_judged(const struct dcv_judged *judged, const struct dcv_facts *facts, struct dcv_buf *out);
/* Ids of the blockers and warnings, each once, with blanks between them. */
void dcv_row_findings(const struct dcv_judged *judged, struct dcv_buf *out);

/* The rest of it. */
struct dcv_row {
    uint64_t number;     /* its place in the portfolio, from 1 */
    const char *name;    /* as given, raw */
    const char *judged;  /* what dcv_row_judged() wrote; NULL: it was not judged */
    size_t judged_len;
    const char *error;   /* then why not, else NULL */
    bool unknown;        /* then it is a name about which nothing could be learned; else it is none */
    uint32_t queries, cached, retries, elapsed_ms;
};
enum dcv_row_format { DCV_ROW_JSONL, DCV_ROW_CSV, DCV_ROW_TEXT }; /* text: a line for people, and what would help */
/* The line that comes before all rows; "" where there is none. */
const char *dcv_row_head(enum dcv_row_format format);
void dcv_row_put(enum dcv_row_format format, const struct dcv_row *row, struct dcv_buf *out);

/* A name that differs between two runs. */
struct dcv_row_change {
    const char *change, *name;           /* "regressed" …; as given, raw */
    const char *before, *after;          /* verdicts; NULL: it was not there */
    const char *findings_before, *findings_after; /* ids with blanks between them */
};
const char *dcv_row_change_head(enum dcv_row_format format);
void dcv_row_put_change(enum dcv_row_format format, const struct dcv_row_change *change, struct dcv_buf *out);

#endif
