/* The source of a graph for Graphviz: the zones with their keys, the way down to them, their servers, and where the chain breaks. */
#include "base/text.h"
#include "report/internal.h"
#include "report/survey.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum { SERVERS_SHOWN = 30, BAD_SHOWN = 2 * SERVERS_SHOWN, LABEL_WIDTH = 48, FAULTS_SHOWN = 6 };

struct graph {
    struct dcv_buf *out;
    struct dcv_arena *arena;
    const struct dcv_survey *survey;
};

/* ---- strings -------------------------------------------------------------------------------------------------------------- */

/* Inside the quotation marks of a string of the DOT language, where a backslash begins an escape of the label, and an ampersand a character by
 * its number or name. */
static void put_quoted(struct dcv_buf *out, const char *safe)
{
    for (; *safe != '\0'; safe++) {
        if (*safe == '"' || *safe == '\\')
            dcv_buf_putc(out, '\\');
        dcv_buf_puts(out, *safe == '&' ? "&amp;" : (const char[]){*safe, '\0'});
    }
}

/* Text of any origin. */
static void put_raw(struct dcv_buf *out, const char *text)
{
    struct dcv_buf safe;
    dcv_buf_init(&safe, DCV_REPORT_MAX);
    dcv_text_escape(&safe, text, strlen(text));
    put_quoted(out, dcv_buf_text(&safe));
    out->failed |= safe.failed;
    dcv_buf_done(&safe);
}

static void put_name(struct dcv_buf *out, const struct dcv_name *name)
{
    char text[DCV_NAME_TEXT_MAX];
    put_quoted(out, name->len != 0 ? dcv_name_text(name, text) : "");
}

/* The usual port goes without saying. */
static void put_address(struct dcv_buf *out, const char *server)
{
    const char *hash = strrchr(server, '#');
    char *address = strndup(server, hash != NULL && strcmp(hash, "#53") == 0 ? (size_t)(hash - server) : strlen(server));
    if (address == NULL)
        out->failed = true;
    else
        put_raw(out, address);
    free(address);
}

/* A sentence in lines of a readable width. */
static void put_wrapped(struct dcv_buf *out, const char *safe)
{
    size_t used = 0;
    while (*safe != '\0') {
        const size_t len = strcspn(safe, " ");
        if (used != 0 && used + len >= LABEL_WIDTH) {
            dcv_buf_puts(out, "\\l");
            used = 0;
        } else if (used != 0)
            dcv_buf_putc(out, ' ');
        char *word = strndup(safe, len);
        if (word == NULL)
            out->failed = true;
        else
            put_quoted(out, word);
        free(word);
        used += len + 1;
        safe += len;
        safe += strspn(safe, " ");
    }
    dcv_buf_puts(out, "\\l");
}

/* ---- nodes ---------------------------------------------------------------------------------------------------------------- */

static const char *color_of(enum dcv_security security)
{
    switch (security) {
    case DCV_SECURITY_UNCHECKED: return "gray50";
    case DCV_SECURITY_SECURE: return "darkgreen";
    case DCV_SECURITY_INSECURE: return "black";
    case DCV_SECURITY_BOGUS: return "red3";
    case DCV_SECURITY_INDETERMINATE: return "darkorange3";
    }
    return "black";
}

static void put_zone(const struct graph *graph, size_t number)
{
    const struct dcv_survey_zone *zone = &graph->survey->zones.items[number];
    char algorithm[DCV_ALGORITHM_TEXT];
    dcv_buf_printf(graph->out, "  z%zu [shape=box, color=%s, label=\"", number, color_of(zone->security));
    put_name(graph->out, &zone->name);
    dcv_buf_puts(graph->out, "\\n");
    put_quoted(graph->out, dcv_word_security(zone->security));
    for (size_t i = 0; i < zone->keys.count; i++) {
        const struct dcv_dnskey *key = &zone->keys.items[i];
        dcv_buf_printf(graph->out, "\\n%s %u %s", dcv_dnskey_role(key), (unsigned)key->tag,
                       dcv_algorithm_text(key->algorithm, algorithm));
    }
    dcv_buf_puts(graph->out, "\"];\n");
}

static void put_delegation(const struct graph *graph, size_t number)
{
    const struct dcv_survey_zone *zone = &graph->survey->zones.items[number];
    char digest[DCV_ALGORITHM_TEXT];
    if (zone->above == SIZE_MAX)
        return;
    dcv_buf_printf(graph->out, "  z%zu -> z%zu [color=%s, label=\"", zone->above, number, color_of(zone->security));
    for (size_t i = 0; i < zone->ds.count; i++)
        dcv_buf_printf(graph->out, "%sDS %u %s", i == 0 ? "" : "\\n", (unsigned)zone->ds.items[i].tag,
                       dcv_digest_text(zone->ds.items[i].digest_type, digest));
    dcv_buf_puts(graph->out, zone->ds.count == 0 ? "NS\"];\n" : "\"];\n");
}

static const char *server_color(const struct dcv_survey_row *row)
{
    switch (row->reach) {
    case DCV_REACH_ANSWERS: return row->differs ? "darkorange3" : "darkgreen";
    case DCV_REACH_SILENT:
    case DCV_REACH_LAME: return "red3";
    case DCV_REACH_NO_ROUTE:
    case DCV_REACH_PRIVATE:
    case DCV_REACH_NOT_ASKED: return "gray50";
    }
    return "gray50";
}

static void put_server(const struct graph *graph, size_t number)
{
    const struct dcv_survey_row *row = &graph->survey->rows.items[number];
    dcv_buf_printf(graph->out, "  s%zu [shape=ellipse, color=%s, label=\"", number, server_color(row));
    put_name(graph->out, &row->host);
    dcv_buf_puts(graph->out, "\\n");
    put_address(graph->out, row->server);
    if (row->reach != DCV_REACH_ANSWERS)
        dcv_buf_printf(graph->out, "\\n%s: %s", dcv_survey_reach_text(row->reach), dcv_outcome_text(row->outcome));
    else if (row->has_serial)
        dcv_buf_printf(graph->out, "\\nserial %u", (unsigned)row->serial);
    dcv_buf_printf(graph->out, "\"];\n  z%zu -> s%zu [style=dashed, arrowhead=none];\n", row->zone, number);
}

/* Of a zone with very many servers those that have something wrong, and some others. */
static void put_servers(const struct graph *graph, size_t zone)
{
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < graph->survey->rows.count; i++) {
        const struct dcv_survey_row *row = &graph->survey->rows.items[i];
        if (row->resolver || row->zone != zone)
            continue;
        const bool bad = row->reach == DCV_REACH_SILENT || row->reach == DCV_REACH_LAME || row->differs;
        if (shown >= SERVERS_SHOWN && !(bad && shown < BAD_SHOWN)) {
            left++;
            continue;
        }
        put_server(graph, i);
        shown++;
    }
    if (left == 0)
        return;
    dcv_buf_printf(graph->out, "  m%zu [shape=plaintext, label=\"", zone);
    put_quoted(graph->out, _("more servers: "));
    dcv_buf_printf(graph->out, "%zu\"];\n  z%zu -> m%zu [style=dashed, arrowhead=none];\n", left, zone, zone);
}

static void put_faults(const struct graph *graph, size_t number)
{
    const struct dcv_survey_zone *zone = &graph->survey->zones.items[number];
    for (size_t i = 0; i < zone->faults.count && i < FAULTS_SHOWN; i++) {
        const struct dcv_trust *trust = zone->faults.items[i];
        dcv_buf_printf(graph->out, "  f%zu_%zu [shape=note, color=%s, label=\"", number, i, color_of(trust->security));
        put_wrapped(graph->out, dcv_cause_words(graph->arena, trust));
        dcv_buf_printf(graph->out, "\"];\n  z%zu -> f%zu_%zu [style=dotted, arrowhead=none, color=%s];\n", number,
                       number, i, color_of(trust->security));
    }
}

/* "  2026-11-21 09:30 UTC" */
static void put_minute(struct dcv_buf *out, int64_t at)
{
    enum { DAY = 10, CLOCK = 5 };
    char time[DCV_TIME_TEXT];
    if (strlen(dcv_time_format(at, time)) > DAY + CLOCK)
        dcv_buf_printf(out, "  %.*s %.*s UTC", DAY, time, CLOCK, time + DAY + 1);
}

/* ---- the format ----------------------------------------------------------------------------------------------------------- */

static void put_graph(struct dcv_buf *out, struct dcv_arena *arena, const struct dcv_report_name *name)
{
    struct dcv_survey survey;
    dcv_survey_make(&survey, arena, name->facts, &name->judged->name->name, &name->judged->base);
    const struct graph graph = {out, arena, &survey};
    dcv_buf_puts(out, "digraph \"");
    put_raw(out, name->judged->name->ascii);
    dcv_buf_puts(out, "\" {\n  graph [rankdir=TB, fontname=\"sans-serif\", label=\"");
    put_raw(out, name->judged->name->unicode);
    put_minute(out, survey.now);
    dcv_buf_puts(out, "\"];\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n");
    for (size_t i = 0; name->judged->base.len != 0 && i < survey.zones.count; i++) {
        put_zone(&graph, i);
        put_delegation(&graph, i);
        put_faults(&graph, i);
        put_servers(&graph, i);
    }
    dcv_buf_puts(out, "}\n");
}

enum dcv_status dcv_dot_name(struct dcv_report *report, const struct dcv_report_name *name)
{
    struct dcv_buf buf;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    if (arena == NULL)
        return DCV_ERR_NOMEM;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    if (name->error != NULL) {
        dcv_buf_puts(&buf, "digraph \"");
        put_raw(&buf, name->input);
        dcv_buf_puts(&buf, "\" {\n  error [shape=plaintext, label=\"");
        put_raw(&buf, dcv_text(name->error));
        dcv_buf_puts(&buf, "\"];\n}\n");
    } else
        put_graph(&buf, arena, name);
    buf.failed |= dcv_arena_failed(arena);
    enum dcv_status status = dcv_report_flush(report->writer, &buf);
    dcv_buf_done(&buf);
    dcv_arena_free(arena);
    return status;
}
