/* What comes out of a run: rows, figures, an exit status. */
#include "api/audit.h"

#include "base/text.h"
#include "shape/shape.h"

#include <inttypes.h>
#include <string.h>

enum { ROWS_OCTETS = 65536, TOP_FINDINGS = 10, SUMMARY_MAX = 1 << 20 };

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
    for (size_t i = 0; i < judged->len; i++) {
        const unsigned char octet = (unsigned char)judged->data[i];
        if (octet == 0x7f || (octet < ' ' && (octet != '\n' || ++lines > 1)))
            return false;
    }
    return lines == 1 && dcv_utf8_valid(judged->data, judged->len);
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

static void put_text(const struct figures *figures, struct dcv_buf *out)
{
    const struct dcv_store_totals *totals = &figures->totals;
    const double wall_s = (double)figures->wall_us / 1e6, cpu_s = (double)figures->cpu_us / 1e6;
    dcv_buf_printf(out, _("%llu names: %llu ready, %llu not ready, %llu unknown, %llu invalid\n"), (unsigned long long)totals->names, (unsigned long long)totals->ready,
                   (unsigned long long)totals->not_ready, (unsigned long long)totals->unknown + totals->crashed, (unsigned long long)totals->invalid);
    if (totals->crashed != 0)
        dcv_buf_printf(out, _("  of the unknown, dcvready broke down over %llu; please report it\n"), (unsigned long long)totals->crashed);
    if (totals->provisional != 0)
        dcv_buf_printf(out, _("  %llu had a lookup that failed, and are still to be tried again\n"), (unsigned long long)totals->provisional);
    if (!figures->complete)
        dcv_buf_puts(out, _("  the run is not complete\n"));
    for (size_t i = 0; i < figures->finding_count && i < TOP_FINDINGS; i++) {
        dcv_buf_printf(out, "  %10llu  ", (unsigned long long)figures->findings[i].names);
        dcv_text_escape(out, figures->findings[i].id, strlen(figures->findings[i].id));
        dcv_buf_putc(out, '\n');
    }
    dcv_buf_printf(out, _("success %.2f %%; tried again: %llu names\n"), success(figures), (unsigned long long)totals->retried_names);
    dcv_buf_printf(out, _("DNS: %llu exchanges, %.1f a name; from the cache %llu, shared %llu; sent again %llu, without an answer %llu\n"),
                   (unsigned long long)figures->exchanges, per(figures->exchanges, totals->names), (unsigned long long)figures->hits,
                   (unsigned long long)figures->joined, (unsigned long long)figures->resends, (unsigned long long)figures->timeouts);
    dcv_buf_printf(out, _("time: %.1f s, CPU %.1f s; %.0f names/s, %.0f exchanges/s\n"), wall_s, cpu_s, wall_s > 0 ? (double)totals->names / wall_s : 0,
                   wall_s > 0 ? (double)figures->exchanges / wall_s : 0);
}

static void put_member(struct dcv_buf *out, const char *key, uint64_t value)
{
    dcv_buf_printf(out, ",\"%s\":%" PRIu64, key, value);
}

/* A text of the run, whatever it holds. */
static void put_json_text(struct dcv_buf *out, const char *text)
{
    struct dcv_buf escaped;
    dcv_buf_init(&escaped, SUMMARY_MAX);
    if (text != NULL)
        dcv_text_escape(&escaped, text, strlen(text));
    dcv_buf_putc(out, '"');
    for (const char *at = dcv_buf_text(&escaped); *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            dcv_buf_putc(out, '\\');
        dcv_buf_putc(out, *at);
    }
    dcv_buf_putc(out, '"');
    dcv_buf_done(&escaped);
}

static void put_json_string(struct dcv_buf *out, const char *key, const char *text)
{
    dcv_buf_printf(out, ",\"%s\":", key);
    put_json_text(out, text);
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
        put_json_text(out, figures->findings[i].id);
        dcv_buf_printf(out, ",\"names\":%" PRIu64 "}", figures->findings[i].names);
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
        put_text(&figures, out);
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
