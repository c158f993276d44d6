/* What comes out of a run: rows, figures, an exit status. */
#include "api/audit.h"

#include "base/text.h"
#include "report/paper.h"
#include "shape/shape.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ROWS_OCTETS = 65536, TOP_FINDINGS = 10, SUMMARY_MAX = 1 << 20, NUMBER_TEXT = 32 };

enum dcv_status audit_store_fail(struct dcv_session *session, const char *path, const struct dcv_store *store, enum dcv_status status)
{
    const char *error = dcv_store_error(store);
    if (status == DCV_ERR_NOMEM)
        return status;
    return session_fail(session, status == DCV_ERR_SYNTAX ? DCV_ERR_USAGE : status, "%s: %s", path != NULL ? path : _("temporary run"),
                        error[0] != '\0' ? error : dcv_status_text(status));
}

/* ---- rows -------------------------------------------------------------------------------------------------------------------------- */

/* What was judged is one line of JSON and one of CSV, without controls: a run may come from somebody else. */
static bool sound(const struct dcv_buf *judged)
{
    unsigned lines = 0;
    bool plain = true;
    for (size_t at = 0; (at += dcv_ascii_span(judged->data + at, judged->len - at)) < judged->len; at++) {
        const unsigned char octet = (unsigned char)judged->data[at];
        if (octet == 0x7f || (octet < ' ' && (octet != '\n' || ++lines > 1)))
            return false;
        plain = plain && octet < 0x80;
    }
    return lines == 1 && (plain || dcv_utf8_valid(judged->data, judged->len));
}

enum dcv_status audit_row(struct dcv_session *session, const struct dcv_store_name *name, const char *body, struct dcv_buf *scratch, struct dcv_buf *out)
{
    struct dcv_row row = {.number = name->number, .name = name->text, .queries = name->queries, .cached = name->cached, .retries = name->retries,
                          .elapsed_ms = name->elapsed_ms};
    dcv_buf_clear(scratch);
    if (body == NULL) {
        row.error = name->note;
        row.unknown = name->state == DCV_STORE_CRASHED;
    } else if (!dcv_shape_fill(body, strlen(body), name->values, scratch)) {
        return session_fail(session, DCV_ERR_USAGE, _("the run is damaged: name %llu does not fit its class"), (unsigned long long)name->number);
    }
    if (scratch->failed)
        return DCV_ERR_NOMEM;
    if (body != NULL && !sound(scratch))
        return session_fail(session, DCV_ERR_USAGE, _("the run is damaged: name %llu does not fit its class"), (unsigned long long)name->number);
    if (body != NULL) {
        row.judged = dcv_buf_text(scratch);
        row.judged_len = scratch->len;
    }
    dcv_row_put(session->audit.format, &row, out);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

struct rows {
    struct dcv_session *session;
    struct dcv_buf out, scratch;
};

static enum dcv_status write_out(struct rows *rows)
{
    struct dcv_session *session = rows->session;
    dcv_writer_put(&session->writer, dcv_buf_text(&rows->out), rows->out.len);
    dcv_buf_clear(&rows->out);
    return session->writer.error == 0 ? DCV_OK : session_fail(session, DCV_ERR_IO, "%s", strerror(session->writer.error));
}

static enum dcv_status on_name(void *user, const struct dcv_store_name *name, const struct dcv_store_class *class)
{
    struct rows *rows = user;
    enum dcv_status status = audit_row(rows->session, name, class != NULL ? class->body : NULL, &rows->scratch, &rows->out);
    return status == DCV_OK && rows->out.len >= ROWS_OCTETS ? write_out(rows) : status;
}

enum dcv_status audit_put_rows(struct dcv_session *session, struct dcv_store *store, const struct dcv_store_filter *filter)
{
    static const struct dcv_store_filter all = {0};
    struct rows rows = {.session = session};
    dcv_buf_init(&rows.out, 64 << 20);
    dcv_buf_init(&rows.scratch, 1 << 20);
    dcv_buf_puts(&rows.out, dcv_row_head(session->audit.format));
    enum dcv_status status = dcv_store_each_name(store, filter != NULL ? filter : &all, on_name, &rows);
    if (status == DCV_OK)
        status = write_out(&rows);
    else if (session->error.len == 0)
        status = audit_store_fail(session, session->audit.run, store, status);
    dcv_buf_done(&rows.out);
    dcv_buf_done(&rows.scratch);
    return status;
}

/* ---- figures ------------------------------------------------------------------------------------------------------------------------- */

struct figures {
    struct dcv_arena *arena;
    struct dcv_store_totals totals;
    struct dcv_store_count *findings;
    size_t finding_count;
    const char *as_of, *begun, *options;
    bool complete;
    uint64_t exchanges, answered, timeouts, resends, streams, hits, joined, signatures, shared, judged, unlike, rss_kib, wall_us, cpu_us;
};

static enum dcv_status collect(struct dcv_store *store, struct figures *out)
{
    enum dcv_status status = dcv_store_totals(store, &out->totals);
    if (status == DCV_OK)
        status = dcv_store_findings(store, out->arena, &out->findings, &out->finding_count);
    out->as_of = dcv_store_get(store, "as_of", out->arena);
    out->begun = dcv_store_get(store, "begun", out->arena);
    out->options = dcv_store_get(store, "options", out->arena);
    out->complete = dcv_store_get(store, "complete", out->arena) != NULL;
    out->exchanges = dcv_store_number(store, "exchanges");
    out->answered = dcv_store_number(store, "answered");
    out->timeouts = dcv_store_number(store, "timeouts");
    out->resends = dcv_store_number(store, "resends");
    out->streams = dcv_store_number(store, "streams");
    out->hits = dcv_store_number(store, "hits");
    out->joined = dcv_store_number(store, "joined");
    out->signatures = dcv_store_number(store, "signatures");
    out->shared = dcv_store_number(store, "shared");
    out->judged = dcv_store_number(store, "judged");
    out->unlike = dcv_store_number(store, "unlike");
    out->rss_kib = dcv_store_number(store, "rss_kib");
    out->wall_us = dcv_store_number(store, "wall_us");
    out->cpu_us = dcv_store_number(store, "cpu_us");
    return status;
}

/* Names of which something is known, in percent of all that are names. */
static double success(const struct figures *figures)
{
    const uint64_t names = figures->totals.names - figures->totals.invalid;
    return names != 0 ? 100.0 * (double)(names - figures->totals.unknown - figures->totals.crashed) / (double)names : 100.0;
}

static double per(uint64_t amount, uint64_t of)
{
    return of != 0 ? (double)amount / (double)of : 0;
}

/* "1,234,567"; returns `out`. */
static const char *thousands(uint64_t value, char out[NUMBER_TEXT])
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, value), at = 0;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

/* How long the first clause of a text is, without what ends it. One that is in parentheses or quoted goes on. */
static size_t clause_len(const char *text)
{
    static const char *const ends[] = {": ", "; ", ". ", "。"};
    bool quoted = false;
    int depth = 0;
    size_t len = 0;
    for (; text[len] != '\0'; len++) {
        len += strncmp(text + len, "mailto: ", 8) == 0 ? 7 : 0; /* ends nothing */
        quoted ^= text[len] == '"';
        depth += (text[len] == '(') - (text[len] == ')');
        for (size_t i = 0; !quoted && depth == 0 && i < sizeof ends / sizeof ends[0]; i++)
            if (strncmp(text + len, ends[i], strlen(ends[i])) == 0)
                return len;
    }
    return len > 0 && text[len - 1] == '.' ? len - 1 : len;
}

/* The first clause of what a rule says, its places left open. */
static const char *meaning_of(struct dcv_arena *arena, const struct dcv_rule_info *rule)
{
    const char *text = rule != NULL ? _(rule->text) : "", *end = text + clause_len(text);
    struct dcv_buf out;
    dcv_buf_init(&out, SUMMARY_MAX);
    for (const char *at = text, *close = NULL; at < end; at++) {
        const bool beside = close != NULL && at == close + 1; /* one place beside another */
        close = *at == '{' ? strchr(at, '}') : NULL;
        dcv_buf_puts(&out, close != NULL && !beside ? "…" : "");
        dcv_buf_put(&out, at, close == NULL);
        at = close != NULL ? close : at;
    }
    const char *meaning = dcv_arena_strdup(arena, dcv_buf_text(&out));
    dcv_buf_done(&out);
    return meaning != NULL ? meaning : "";
}

/* What the most names have, and how many those are. */
static void put_findings(const struct figures *figures, unsigned width, struct dcv_buf *out)
{
    enum { COLUMNS = 3 };
    char number[NUMBER_TEXT];
    struct dcv_paper paper;
    struct dcv_cell *cells = dcv_arena_array(figures->arena, (size_t)TOP_FINDINGS * COLUMNS, sizeof *cells);
    if (figures->finding_count == 0 || cells == NULL)
        return;
    const int widest = (int)strlen(thousands(figures->findings[0].names, number));
    size_t count = 0;
    for (; count < figures->finding_count && count < TOP_FINDINGS; count++) {
        const struct dcv_store_count *finding = &figures->findings[count];
        const char *names = dcv_arena_printf(figures->arena, "%*s", widest, thousands(finding->names, number));
        cells[count * COLUMNS] = (struct dcv_cell){names != NULL ? names : "", DCV_PLAIN};
        cells[count * COLUMNS + 1] = (struct dcv_cell){finding->id, DCV_PLAIN};
        cells[count * COLUMNS + 2] = (struct dcv_cell){meaning_of(figures->arena, dcv_rule_by_id(finding->id)), DCV_PLAIN};
    }
    dcv_paper_init(&paper, width, false);
    dcv_paper_table(&paper, 2, cells, COLUMNS, count);
    dcv_buf_puts(out, dcv_buf_text(&paper.buf));
    dcv_paper_done(&paper);
}

static void put_verdicts(const struct figures *figures, struct dcv_buf *out)
{
    const struct dcv_store_totals *totals = &figures->totals;
    char names[NUMBER_TEXT], ready[NUMBER_TEXT], not_ready[NUMBER_TEXT], unknown[NUMBER_TEXT], invalid[NUMBER_TEXT];
    dcv_buf_printf(out, _("%s names: %s ready, %s not ready, %s unknown, %s invalid\n"), thousands(totals->names, names), thousands(totals->ready, ready),
                   thousands(totals->not_ready, not_ready), thousands(totals->unknown + totals->crashed, unknown), thousands(totals->invalid, invalid));
    if (totals->crashed != 0)
        dcv_buf_printf(out, _("  over %s of the unknown, dcvready itself broke down; please report them\n"), thousands(totals->crashed, names));
    if (totals->provisional != 0)
        dcv_buf_printf(out, _("  %s of the unknown are still to be tried again, since a lookup failed\n"), thousands(totals->provisional, names));
    if (!figures->complete)
        dcv_buf_puts(out, _("  the run is not complete\n"));
}

/* What it took. */
static void put_work(const struct figures *figures, struct dcv_buf *out)
{
    const struct dcv_store_totals *totals = &figures->totals;
    const double wall_s = (double)figures->wall_us / 1e6, cpu_s = (double)figures->cpu_us / 1e6;
    char first[NUMBER_TEXT], second[NUMBER_TEXT], third[NUMBER_TEXT];
    if (totals->names > totals->invalid)
        dcv_buf_printf(out, _("decided: %.2f %% of the names; tried again: %s\n"), success(figures), thousands(totals->retried_names, first));
    if (figures->exchanges != 0)
        dcv_buf_printf(out, _("DNS: %s queries, %.1f a name; sent again: %s, without an answer: %s\n"), thousands(figures->exchanges, first),
                       per(figures->exchanges, totals->names), thousands(figures->resends, second), thousands(figures->timeouts, third));
    if (figures->exchanges != 0)
        dcv_buf_printf(out, _("saved: %s queries by the cache, %s by asking once for several names\n"), thousands(figures->hits, first),
                       thousands(figures->joined, second));
    if (figures->wall_us != 0)
        dcv_buf_printf(out, _("time: %.1f s, CPU %.1f s; %.0f names/s, %.0f queries/s\n"), wall_s, cpu_s, (double)totals->names / wall_s,
                       (double)figures->exchanges / wall_s);
}

static void put_text(const struct figures *figures, unsigned width, struct dcv_buf *out)
{
    put_verdicts(figures, out);
    if (figures->as_of != NULL && figures->begun != NULL)
        dcv_buf_printf(out, _("  begun %s, by the rules of %s\n"), figures->begun, figures->as_of);
    if (figures->finding_count != 0)
        dcv_buf_puts(out, _("findings, by the number of names that have them:\n"));
    put_findings(figures, width, out);
    put_work(figures, out);
}

static void put_member(struct dcv_buf *out, const char *key, uint64_t value)
{
    dcv_buf_printf(out, ",\"%s\":%" PRIu64, key, value);
}

/* A text that may come from a forged run as a string. */
static void put_quoted(struct dcv_buf *out, const char *text)
{
    struct dcv_buf safe;
    dcv_buf_init(&safe, SUMMARY_MAX);
    dcv_text_escape(&safe, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
    dcv_buf_putc(out, '"');
    for (const char *at = dcv_buf_text(&safe); *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            dcv_buf_putc(out, '\\');
        dcv_buf_putc(out, *at);
    }
    dcv_buf_putc(out, '"');
    dcv_buf_done(&safe);
}

static void put_json_string(struct dcv_buf *out, const char *key, const char *text)
{
    dcv_buf_printf(out, ",\"%s\":", key);
    put_quoted(out, text);
}

static void put_json(const struct figures *figures, struct dcv_buf *out)
{
    const struct dcv_store_totals *totals = &figures->totals;
    dcv_buf_puts(out, "{\"schema\":\"dcvready/summary/1\"");
    put_json_string(out, "as_of", figures->as_of);
    put_json_string(out, "begun", figures->begun);
    put_json_string(out, "options", figures->options);
    dcv_buf_printf(out, ",\"complete\":%s", figures->complete ? "true" : "false");
    put_member(out, "names", totals->names);
    put_member(out, "ready", totals->ready);
    put_member(out, "not_ready", totals->not_ready);
    put_member(out, "unknown", totals->unknown + totals->crashed);
    put_member(out, "invalid", totals->invalid);
    put_member(out, "crashed", totals->crashed);
    put_member(out, "to_try_again", totals->provisional);
    put_member(out, "tried_again", totals->retried_names);
    dcv_buf_printf(out, ",\"success_percent\":%.4f", success(figures));
    put_member(out, "exchanges", figures->exchanges);
    put_member(out, "answered", figures->answered);
    put_member(out, "timeouts", figures->timeouts);
    put_member(out, "resends", figures->resends);
    put_member(out, "streams", figures->streams);
    put_member(out, "cache_hits", figures->hits);
    put_member(out, "joined", figures->joined);
    put_member(out, "signatures", figures->signatures);
    put_member(out, "classes", totals->classes);
    put_member(out, "judged_alone", figures->judged);
    put_member(out, "judged_by_class", figures->shared);
    put_member(out, "unlike", figures->unlike);
    dcv_buf_printf(out, ",\"wall_s\":%.3f,\"cpu_s\":%.3f", (double)figures->wall_us / 1e6, (double)figures->cpu_us / 1e6);
    put_member(out, "rss_kib", figures->rss_kib);
    dcv_buf_puts(out, ",\"findings\":[");
    for (size_t i = 0; i < figures->finding_count; i++) {
        dcv_buf_puts(out, i > 0 ? ",{\"id\":" : "{\"id\":");
        put_quoted(out, figures->findings[i].id);
        put_member(out, "names", figures->findings[i].names);
        dcv_buf_putc(out, '}');
    }
    dcv_buf_puts(out, "]}\n");
}

enum dcv_status audit_summary(struct dcv_session *session, struct dcv_store *store, struct dcv_buf *out)
{
    struct figures figures = {.arena = dcv_arena_create(NULL)};
    if (figures.arena == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = collect(store, &figures);
    if (status != DCV_OK)
        status = audit_store_fail(session, session->audit.run, store, status);
    else if (session->audit.summary_json)
        put_json(&figures, out);
    else
        put_text(&figures, session->report.width, out);
    dcv_arena_free(figures.arena);
    return status == DCV_OK && out->failed ? DCV_ERR_NOMEM : status;
}

int audit_exit_status(struct dcv_store *store)
{
    enum { ALL_READY = 0, NOT_READY = 1, INVALID = 2, UNKNOWN = 3 };
    struct dcv_store_totals totals;
    if (dcv_store_totals(store, &totals) != DCV_OK)
        return UNKNOWN;
    if (totals.invalid != 0)
        return INVALID;
    if (totals.not_ready != 0)
        return NOT_READY;
    return totals.unknown + totals.crashed != 0 ? UNKNOWN : ALL_READY;
}
