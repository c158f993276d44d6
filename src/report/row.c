#include "report/row.h"

#include "base/text.h"
#include "report/groups.h"
#include "report/internal.h"
#include "report/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_MAX = 1 << 20 };

/* Texts of a row, put together once for both formats. */
struct row {
    struct dcv_arena *arena;
    const struct dcv_judged *judged;
    const struct dcv_facts *facts;
    dcv_finding_groups blockers, warnings;
};

/* ---- what is told ------------------------------------------------------------------------------------------------------------------ */

static bool of_verdict(const struct dcv_judged *judged, size_t index, enum dcv_verdict verdict)
{
    const struct dcv_judged_ca *ca = &judged->cas.items[index];
    return dcv_judged_first(judged, ca) && dcv_judged_verdict(judged, ca->ca) == verdict;
}

/* The CAs with this verdict, in the order of their ids. */
static json_t *cas_of(struct dcv_json *json, const struct dcv_judged *judged, enum dcv_verdict verdict)
{
    json_t *array = json_array();
    for (size_t i = 0; i < judged->cas.count; i++)
        if (of_verdict(judged, i, verdict))
            dcv_json_add(json, array, json_string(judged->cas.items[i].ca->id));
    return array;
}

static bool has_text(json_t *array, const char *text)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (strcmp(json_string_value(json_array_get(array, i)), text) == 0)
            return true;
    return false;
}

/* Addresses that may be used for one CA or another, each once. */
static json_t *approvers(struct dcv_json *json, const struct row *row)
{
    json_t *array = json_array();
    dcv_entry_groups groups;
    dcv_group_entries(row->arena, row->judged, NULL, false, &groups);
    for (size_t i = 0; i < groups.count; i++) {
        json_t *text = groups.items[i].entry->usable ? dcv_json_text(groups.items[i].entry->address) : NULL;
        if (text != NULL && json_is_string(text) && !has_text(array, json_string_value(text)))
            dcv_json_add(json, array, text);
        else
            json_decref(text);
    }
    return array;
}

static void add_findings(struct dcv_json *json, json_t *array, const dcv_finding_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        const struct dcv_finding_group *group = &groups->items[i];
        json_t *object = json_object(), *cas = json_array();
        dcv_json_set(json, object, "id", json_string(dcv_rule_info(group->finding->rule)->id));
        dcv_json_set(json, object, "severity", json_string(dcv_severity_text(group->finding->severity)));
        dcv_json_set(json, object, "subject", dcv_json_text(group->finding->subject));
        for (size_t j = 0; j < group->cas.count; j++)
            dcv_json_add(json, cas, json_string(group->cas.items[j]->ca->id));
        dcv_json_set(json, object, "cas", cas);
        dcv_json_add(json, array, object);
    }
}

static const char *first_fix(const dcv_finding_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->items[i].fixes.count != 0)
            return groups->items[i].fixes.items[0].text;
    return NULL;
}

/* What would help first: a name that is ready needs nothing. */
static const char *fix_of(const struct row *row)
{
    if (row->judged->verdict == DCV_READY)
        return NULL;
    const char *fix = first_fix(&row->blockers);
    return fix != NULL ? fix : first_fix(&row->warnings);
}

static json_t *members(struct dcv_json *json, const struct row *row)
{
    const struct dcv_judged *judged = row->judged;
    const enum dcv_security security = dcv_report_security(row->facts, &judged->name->name, &judged->base);
    json_t *object = json_object(), *findings = json_array();
    dcv_json_set(json, object, "ascii", dcv_json_text(judged->name->ascii));
    dcv_json_set(json, object, "base_domain", dcv_json_dns_name(&judged->base));
    dcv_json_set(json, object, "as_of", dcv_json_date(judged->as_of));
    dcv_json_set(json, object, "verdict", json_string(dcv_verdict_text(judged->verdict)));
    dcv_json_set(json, object, "ready", cas_of(json, judged, DCV_READY));
    dcv_json_set(json, object, "not_ready", cas_of(json, judged, DCV_NOT_READY));
    dcv_json_set(json, object, "unknown", cas_of(json, judged, DCV_UNKNOWN_VERDICT));
    dcv_json_set(json, object, "approvers", approvers(json, row));
    dcv_json_set(json, object, "dnssec", json_string(dcv_security_text(security)));
    add_findings(json, findings, &row->blockers);
    add_findings(json, findings, &row->warnings);
    dcv_json_set(json, object, "findings", findings);
    const char *fix = fix_of(row);
    dcv_json_set(json, object, "fix", fix != NULL ? json_string(fix) : json_null());
    return object;
}

/* ---- CSV (RFC 4180) ------------------------------------------------------------------------------------------------------------------ */

/* A cell that a spreadsheet would take for a formula is told that it is none. */
static void put_cell(struct dcv_buf *out, const char *text)
{
    const bool formula = text[0] != '\0' && strchr("=+-@\t", text[0]) != NULL;
    if (!formula && text[strcspn(text, ",\"\r\n")] == '\0') {
        dcv_buf_puts(out, text);
        return;
    }
    dcv_buf_putc(out, '"');
    if (formula)
        dcv_buf_putc(out, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            dcv_buf_putc(out, '"');
        dcv_buf_putc(out, *text == '\r' || *text == '\n' ? ' ' : *text);
    }
    dcv_buf_putc(out, '"');
}

static void put_list(struct dcv_buf *out, const json_t *array)
{
    struct dcv_buf cell;
    dcv_buf_init(&cell, ROW_MAX);
    for (size_t i = 0; i < json_array_size(array); i++) {
        dcv_buf_puts(&cell, i > 0 ? " " : "");
        dcv_buf_puts(&cell, json_string_value(json_array_get(array, i)));
    }
    put_cell(out, dcv_buf_text(&cell));
    out->failed = out->failed || cell.failed;
    dcv_buf_done(&cell);
}

/* The ids of findings of one severity. */
static json_t *ids_of(struct dcv_json *json, const dcv_finding_groups *groups)
{
    json_t *array = json_array();
    for (size_t i = 0; i < groups->count; i++) {
        const char *id = dcv_rule_info(groups->items[i].finding->rule)->id;
        if (!has_text(array, id))
            dcv_json_add(json, array, json_string(id));
    }
    return array;
}

static void put_text(struct dcv_buf *out, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    dcv_buf_putc(out, ',');
    put_cell(out, text != NULL ? text : "");
}

static void put_texts(struct dcv_buf *out, const json_t *object, const char *key)
{
    dcv_buf_putc(out, ',');
    put_list(out, json_object_get(object, key));
}

/* "ascii" to "fix", with a comma before each. */
static void put_cells(struct dcv_json *json, const struct row *row, const json_t *object, struct dcv_buf *out)
{
    json_t *blockers = ids_of(json, &row->blockers), *warnings = ids_of(json, &row->warnings);
    put_text(out, object, "ascii");
    put_text(out, object, "verdict");
    put_texts(out, object, "ready");
    put_texts(out, object, "not_ready");
    put_texts(out, object, "unknown");
    put_texts(out, object, "approvers");
    put_text(out, object, "dnssec");
    dcv_buf_putc(out, ',');
    put_list(out, blockers);
    dcv_buf_putc(out, ',');
    put_list(out, warnings);
    put_text(out, object, "fix");
    json_decref(blockers);
    json_decref(warnings);
}

/* ---- what is kept of a class of names -------------------------------------------------------------------------------------------------- */

static void put_judged(struct row *row, struct dcv_buf *out)
{
    struct dcv_json json = {0};
    dcv_group_findings(row->arena, row->judged, NULL, DCV_BLOCKER, &row->blockers);
    dcv_group_findings(row->arena, row->judged, NULL, DCV_WARNING, &row->warnings);
    json_t *object = members(&json, row);
    char *text = json.failed ? NULL : json_dumps(object, JSON_COMPACT);
    const size_t len = text != NULL ? strlen(text) : 0;
    if (len < 2) {
        out->failed = true;
    } else {
        text[len - 1] = '\0'; /* without the braces */
        dcv_text_escape_json(out, text + 1);
        dcv_buf_putc(out, '\n');
        put_cells(&json, row, object, out);
    }
    out->failed = out->failed || json.failed || dcv_arena_failed(row->arena);
    free(text);
    json_decref(object);
}

enum dcv_status dcv_row_judged(const struct dcv_judged *judged, const struct dcv_facts *facts, struct dcv_buf *out)
{
    struct row row = {.arena = dcv_arena_create(NULL), .judged = judged, .facts = facts};
    if (row.arena == NULL)
        return DCV_ERR_NOMEM;
    put_judged(&row, out);
    dcv_arena_free(row.arena);
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

void dcv_row_findings(const struct dcv_judged *judged, struct dcv_buf *out)
{
    bool seen[DCV_RULE_COUNT] = {false};
    for (size_t i = 0; i < judged->findings.count; i++) {
        const struct dcv_finding *finding = &judged->findings.items[i];
        if (finding->severity > DCV_WARNING || seen[finding->rule])
            continue;
        seen[finding->rule] = true;
        dcv_buf_puts(out, out->len != 0 ? " " : "");
        dcv_buf_puts(out, dcv_rule_info(finding->rule)->id);
    }
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------------ */

const char *dcv_row_head(enum dcv_row_format format)
{
    switch (format) {
    case DCV_ROW_JSONL:
    case DCV_ROW_TEXT: return "";
    case DCV_ROW_CSV: return "n,name,ascii,verdict,ready,not_ready,unknown,approvers,dnssec,blockers,warnings,fix,error,queries,cached,retries,elapsed_ms\r\n";
    }
    return "";
}

static bool simple(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~' || *text == '"' || *text == '\\' || *text == ',')
            return false;
    return true;
}

/* Takes over `value`. */
static void put_json_value(struct dcv_buf *out, json_t *value)
{
    char *dumped = value != NULL ? json_dumps(value, JSON_ENCODE_ANY) : NULL;
    if (dumped != NULL)
        dcv_text_escape_json(out, dumped);
    else
        out->failed = true;
    free(dumped);
    json_decref(value);
}

/* A text of unknown origin as a JSON string. */
static void put_json_text(struct dcv_buf *out, const char *text)
{
    if (simple(text)) {
        dcv_buf_putc(out, '"');
        dcv_buf_puts(out, text);
        dcv_buf_putc(out, '"');
        return;
    }
    put_json_value(out, dcv_json_text(text));
}

static void put_member(struct dcv_buf *out, const char *key, uint64_t value)
{
    dcv_buf_puts(out, key);
    dcv_buf_decimal(out, value);
}

/* What is wrong with a name: what it quotes is escaped already, unless a run was forged. */
static void put_error(const char *error, struct dcv_buf *out)
{
    struct dcv_buf escaped;
    dcv_buf_init(&escaped, ROW_MAX);
    dcv_text_escape(&escaped, error, strlen(error));
    const char *text = dcv_buf_text(&escaped);
    for (size_t i = 0; i < escaped.len; i++) {
        dcv_buf_putc(out, text[i]);
        i += text[i] == '\\' && text[i + 1] == '\\';
    }
    out->failed = out->failed || escaped.failed;
    dcv_buf_done(&escaped);
}

static void put_jsonl(const struct dcv_row *row, const char *error, const char *members, size_t len, struct dcv_buf *out)
{
    dcv_buf_puts(out, "{\"schema\":\"dcvready/audit/1\",\"n\":");
    dcv_buf_decimal(out, row->number);
    dcv_buf_puts(out, ",\"name\":");
    put_json_text(out, row->name);
    if (members != NULL) {
        dcv_buf_putc(out, ',');
        dcv_buf_put(out, members, len);
    } else {
        dcv_buf_puts(out, row->unknown ? ",\"verdict\":\"unknown\",\"error\":" : ",\"error\":");
        put_json_value(out, json_string(error));
    }
    put_member(out, ",\"queries\":", row->queries);
    put_member(out, ",\"cached\":", row->cached);
    put_member(out, ",\"retries\":", row->retries);
    put_member(out, ",\"elapsed_ms\":", row->elapsed_ms);
    dcv_buf_puts(out, "}\n");
}

static void put_safe_cell(struct dcv_buf *out, const char *text)
{
    if (simple(text)) {
        put_cell(out, text);
        return;
    }
    struct dcv_buf safe;
    dcv_buf_init(&safe, ROW_MAX);
    dcv_text_escape(&safe, text, strlen(text));
    put_cell(out, dcv_buf_text(&safe));
    out->failed = out->failed || safe.failed;
    dcv_buf_done(&safe);
}

static void put_csv(const struct dcv_row *row, const char *error, const char *cells, size_t len, struct dcv_buf *out)
{
    dcv_buf_decimal(out, row->number);
    dcv_buf_putc(out, ',');
    put_safe_cell(out, row->name);
    if (cells != NULL)
        dcv_buf_put(out, cells, len);
    else
        dcv_buf_puts(out, row->unknown ? ",,unknown,,,,,,,," : ",,,,,,,,,,");
    dcv_buf_putc(out, ',');
    put_cell(out, error);
    put_member(out, ",", row->queries);
    put_member(out, ",", row->cached);
    put_member(out, ",", row->retries);
    put_member(out, ",", row->elapsed_ms);
    dcv_buf_puts(out, "\r\n");
}

/* The cell of that number of a line that put_cells() wrote, as text. */
static void put_cell_text(struct dcv_buf *out, const char *cells, size_t len, unsigned number)
{
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        if (cells[i] == '"')
            quoted = !quoted;
        if (cells[i] == ',' && !quoted) {
            number--;
            continue;
        }
        if (number == 0 && (cells[i] != '"' || (quoted && i > 0 && cells[i - 1] == '"')))
            dcv_buf_putc(out, cells[i]);
    }
}

static void put_text_row(const struct dcv_row *row, const char *error, const char *cells, size_t len, struct dcv_buf *out)
{
    enum { VERDICT = 2, BLOCKERS = 8, WARNINGS = 9, FIX = 10, VERDICT_COLUMNS = 11 };
    const size_t from = out->len;
    if (cells != NULL)
        put_cell_text(out, cells, len, VERDICT);
    else
        dcv_buf_puts(out, row->unknown ? "unknown" : "invalid");
    dcv_buf_fill(out, ' ', out->len - from < VERDICT_COLUMNS ? VERDICT_COLUMNS - (out->len - from) : 1);
    dcv_text_escape(out, row->name, strlen(row->name));
    dcv_buf_puts(out, "  ");
    if (cells == NULL)
        dcv_buf_puts(out, error);
    else
        put_cell_text(out, cells, len, BLOCKERS);
    if (out->data[out->len - 1] != ' ')
        dcv_buf_putc(out, ' ');
    if (cells != NULL)
        put_cell_text(out, cells, len, WARNINGS);
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    dcv_buf_putc(out, '\n');
    const size_t line = out->len;
    dcv_buf_fill(out, ' ', VERDICT_COLUMNS);
    if (cells != NULL)
        put_cell_text(out, cells, len, FIX);
    if (out->len > line + VERDICT_COLUMNS)
        dcv_buf_putc(out, '\n');
    else
        out->len = line;
}

void dcv_row_put(enum dcv_row_format format, const struct dcv_row *row, struct dcv_buf *out)
{
    const char *split = row->judged != NULL ? memchr(row->judged, '\n', row->judged_len) : NULL;
    const size_t members_len = split != NULL ? (size_t)(split - row->judged) : 0;
    const char *cells = split != NULL ? split + 1 : NULL;
    const size_t cells_len = split != NULL ? row->judged_len - members_len - 1 : 0;
    struct dcv_buf error;
    dcv_buf_init(&error, ROW_MAX);
    put_error(row->error != NULL ? row->error : "", &error);
    switch (format) {
    case DCV_ROW_JSONL: put_jsonl(row, dcv_buf_text(&error), split != NULL ? row->judged : NULL, members_len, out); break;
    case DCV_ROW_TEXT: put_text_row(row, dcv_buf_text(&error), cells, cells_len, out); break;
    case DCV_ROW_CSV: put_csv(row, dcv_buf_text(&error), cells, cells_len, out); break;
    }
    out->failed = out->failed || error.failed;
    dcv_buf_done(&error);
}

/* ---- two runs -------------------------------------------------------------------------------------------------------------------------- */

const char *dcv_row_change_head(enum dcv_row_format format)
{
    switch (format) {
    case DCV_ROW_JSONL:
    case DCV_ROW_TEXT: return "";
    case DCV_ROW_CSV: return "change,name,before,after,appeared,disappeared\r\n";
    }
    return "";
}

static bool has_word(const char *words, const char *word, size_t len)
{
    for (; *words != '\0'; words += strcspn(words, " "), words += *words == ' ')
        if (strcspn(words, " ") == len && memcmp(words, word, len) == 0)
            return true;
    return false;
}

/* The ids that are in `of` and not in `others`; `mark` before each, `between` between them. */
static void put_ids(struct dcv_buf *out, const char *of, const char *others, const char *mark, const char *between)
{
    bool first = true;
    for (; *of != '\0'; of += strcspn(of, " "), of += *of == ' ') {
        const size_t len = strcspn(of, " ");
        if (has_word(others, of, len))
            continue;
        dcv_buf_puts(out, first ? "" : between);
        dcv_buf_puts(out, mark);
        dcv_text_escape(out, of, len);
        first = false;
    }
}

static void put_change_text(const struct dcv_row_change *change, struct dcv_buf *out)
{
    dcv_buf_printf(out, "%-10s ", change->change);
    dcv_text_escape(out, change->name, strlen(change->name));
    if (change->before != NULL && change->after != NULL && strcmp(change->before, change->after) != 0)
        dcv_buf_printf(out, "  %s -> %s", change->before, change->after);
    else
        dcv_buf_printf(out, "  %s", change->after != NULL ? change->after : change->before);
    dcv_buf_puts(out, "  ");
    put_ids(out, change->findings_after, change->findings_before, "+", " ");
    if (out->data[out->len - 1] != ' ')
        dcv_buf_putc(out, ' ');
    put_ids(out, change->findings_before, change->findings_after, "-", " ");
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    dcv_buf_putc(out, '\n');
}

static void put_json_ids(struct dcv_buf *out, const char *key, const char *of, const char *others)
{
    struct dcv_buf ids;
    dcv_buf_init(&ids, ROW_MAX);
    put_ids(&ids, of, others, "", " ");
    dcv_buf_puts(out, key);
    for (const char *at = dcv_buf_text(&ids); *at != '\0'; at += strcspn(at, " "), at += *at == ' ') {
        dcv_buf_puts(out, at == dcv_buf_text(&ids) ? "\"" : ",\"");
        for (size_t i = 0; i < strcspn(at, " "); i++)
            dcv_buf_putc(out, at[i] == '"' || at[i] == '\\' ? '?' : at[i]);
        dcv_buf_putc(out, '"');
    }
    dcv_buf_putc(out, ']');
    out->failed = out->failed || ids.failed;
    dcv_buf_done(&ids);
}

static void put_verdict(struct dcv_buf *out, const char *key, const char *verdict)
{
    dcv_buf_puts(out, key);
    if (verdict != NULL)
        dcv_buf_printf(out, "\"%s\"", verdict);
    else
        dcv_buf_puts(out, "null");
}

static void put_change_json(const struct dcv_row_change *change, struct dcv_buf *out)
{
    dcv_buf_printf(out, "{\"schema\":\"dcvready/diff/1\",\"change\":\"%s\",\"name\":", change->change);
    put_json_text(out, change->name);
    put_verdict(out, ",\"before\":", change->before);
    put_verdict(out, ",\"after\":", change->after);
    put_json_ids(out, ",\"appeared\":[", change->findings_after, change->findings_before);
    put_json_ids(out, ",\"disappeared\":[", change->findings_before, change->findings_after);
    dcv_buf_puts(out, "}\n");
}

static void put_ids_cell(struct dcv_buf *out, const char *of, const char *others)
{
    struct dcv_buf ids;
    dcv_buf_init(&ids, ROW_MAX);
    put_ids(&ids, of, others, "", " ");
    put_cell(out, dcv_buf_text(&ids));
    out->failed = out->failed || ids.failed;
    dcv_buf_done(&ids);
}

static void put_change_csv(const struct dcv_row_change *change, struct dcv_buf *out)
{
    dcv_buf_printf(out, "%s,", change->change);
    put_safe_cell(out, change->name);
    dcv_buf_printf(out, ",%s,%s,", change->before != NULL ? change->before : "", change->after != NULL ? change->after : "");
    put_ids_cell(out, change->findings_after, change->findings_before);
    dcv_buf_putc(out, ',');
    put_ids_cell(out, change->findings_before, change->findings_after);
    dcv_buf_puts(out, "\r\n");
}

void dcv_row_put_change(enum dcv_row_format format, const struct dcv_row_change *change, struct dcv_buf *out)
{
    switch (format) {
    case DCV_ROW_JSONL: put_change_json(change, out); return;
    case DCV_ROW_CSV: put_change_csv(change, out); return;
    case DCV_ROW_TEXT: put_change_text(change, out); return;
    }
}
