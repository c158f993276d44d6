/* `cas` and `rules`: what dcvready knows, without a name. */
#include "ca/lint.h"
#include "report/cas_view.h"
#include "report/words.h"

/* --- rules --- */

static json_t *rule_document(struct dcv_json *json, const struct dcv_rule_info *rule)
{
    const char *fix = dcv_text(rule->fix), *kind = dcv_fix_kind_text(dcv_fix_kind(fix));
    json_t *object = json_object();
    dcv_json_set(json, object, "schema", json_string("dcvready/rules/1"));
    dcv_json_set(json, object, "id", json_string(rule->id));
    dcv_json_set(json, object, "severity", json_string(dcv_severity_text(rule->severity)));
    dcv_json_set(json, object, "clause", json_string(rule->clause));
    dcv_json_set(json, object, "source", json_string(rule->source));
    dcv_json_set(json, object, "text", json_string(dcv_text(rule->text)));
    dcv_json_set(json, object, "fix", kind == NULL ? json_null() : json_string(dcv_fix_body(fix)));
    dcv_json_set(json, object, "fix_kind", kind == NULL ? json_null() : json_string(kind));
    dcv_json_set(json, object, "explanation", json_string(dcv_text(rule->explain)));
    return object;
}

static void rule_list(struct dcv_page *page)
{
    enum { COLUMNS = 3 };
    struct dcv_cell *cells = dcv_arena_array(page->arena, ((size_t)DCV_RULE_COUNT + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return;
    const char *const titles[COLUMNS] = {_("id"), _("severity"), _("text")};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < DCV_RULE_COUNT; i++) {
        const struct dcv_rule_info *rule = dcv_rule_info((enum dcv_rule)i);
        struct dcv_cell *row = cells + (i + 1) * COLUMNS;
        row[0] = (struct dcv_cell){rule->id, DCV_PLAIN};
        row[1] = (struct dcv_cell){dcv_word_severity(rule->severity), DCV_PLAIN};
        row[2] = (struct dcv_cell){dcv_text(rule->text), DCV_PLAIN};
    }
    dcv_paper_table(&page->paper, 0, cells, COLUMNS, DCV_RULE_COUNT + 1);
}

static void rule_full(struct dcv_page *page, const struct dcv_rule_info *rule)
{
    struct dcv_paper *paper = &page->paper;
    dcv_paper_put(paper, 0, DCV_BOLD, rule->id, 2, dcv_page_printf(page, " (%s)", dcv_word_severity(rule->severity)));
    dcv_paper_put(paper, 2, DCV_PLAIN, "", 2, dcv_text(rule->text));
    dcv_paper_blank(paper);
    dcv_paper_put(paper, 2, DCV_PLAIN, "", 2, dcv_text(rule->explain));
    dcv_paper_blank(paper);
    const char *fix = dcv_text(rule->fix);
    switch (dcv_fix_kind(fix)) {
    case DCV_FIX_NONE: break;
    case DCV_FIX_ZONE:
        dcv_paper_put(paper, 2, DCV_PLAIN, "", 4, _("Fix, in the zone file:"));
        dcv_paper_line(paper, 4, dcv_fix_body(fix));
        break;
    case DCV_FIX_ACTION: dcv_paper_put(paper, 2, DCV_PLAIN, _("Fix: "), 4, fix); break;
    }
    if (rule->clause[0] != '\0')
        dcv_paper_put(paper, 2, DCV_PLAIN, _("Clause: "), 4, rule->clause);
    if (rule->source[0] != '\0')
        dcv_paper_put(paper, 2, DCV_PLAIN, _("Source: "), 4, rule->source);
}

/* --- both --- */

/* Documents one after another, as an array or one a line. */
static enum dcv_status put_documents(const struct dcv_report_options *options, struct dcv_writer *writer, size_t count,
                                     json_t *(*make)(struct dcv_json *json, const void *from, size_t index),
                                     const void *from)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    const bool array = options->format == DCV_FORMAT_JSON;
    dcv_buf_puts(&buf, array ? "[\n" : "");
    for (size_t i = 0; i < count; i++) {
        struct dcv_json json = {false};
        json_t *document = make(&json, from, i);
        dcv_json_put(&buf, &json, document, options->format, array && i > 0);
    }
    dcv_buf_puts(&buf, array ? "\n]\n" : "");
    enum dcv_status status = dcv_report_flush(writer, &buf);
    dcv_buf_done(&buf);
    return status;
}

static json_t *make_rule(struct dcv_json *json, const void *from, size_t index)
{
    return rule_document(json, from != NULL ? from : dcv_rule_info((enum dcv_rule)index));
}

static json_t *make_ca(struct dcv_json *json, const void *from, size_t index)
{
    (void)index;
    return dcv_json_ca(json, from);
}

static json_t *make_ca_of_set(struct dcv_json *json, const void *from, size_t index)
{
    return dcv_json_ca(json, dcv_ca_at(from, index));
}

static json_t *make_lint(struct dcv_json *json, const void *from, size_t index)
{
    return dcv_json_lint(json, from, index);
}

static bool open_page(struct dcv_page *page, const struct dcv_report_options *options)
{
    *page = (struct dcv_page){.options = options, .arena = dcv_arena_create(NULL)};
    if (page->arena == NULL)
        return false;
    dcv_paper_init(&page->paper, options->width, options->color);
    return true;
}

static enum dcv_status close_page(struct dcv_page *page, struct dcv_writer *writer)
{
    enum dcv_status status = dcv_arena_failed(page->arena) ? DCV_ERR_NOMEM : dcv_report_flush(writer, &page->paper.buf);
    dcv_paper_done(&page->paper);
    dcv_arena_free(page->arena);
    return status;
}

enum dcv_status dcv_report_rules(const struct dcv_report_options *options, struct dcv_writer *writer,
                                 const struct dcv_rule_info *rule)
{
    if (options->format != DCV_FORMAT_TEXT)
        return put_documents(options, writer, rule != NULL ? 1 : DCV_RULE_COUNT, make_rule, rule);
    struct dcv_page page;
    if (!open_page(&page, options))
        return DCV_ERR_NOMEM;
    if (rule != NULL)
        rule_full(&page, rule);
    else
        rule_list(&page);
    return close_page(&page, writer);
}

enum dcv_status dcv_report_cas(const struct dcv_report_options *options, struct dcv_writer *writer,
                               const struct dcv_ca_set *set, const struct dcv_ca *ca, dcv_date as_of)
{
    if (options->format != DCV_FORMAT_TEXT && ca != NULL)
        return put_documents(options, writer, 1, make_ca, ca);
    if (options->format != DCV_FORMAT_TEXT)
        return put_documents(options, writer, dcv_ca_count(set), make_ca_of_set, set);
    struct dcv_page page;
    if (!open_page(&page, options))
        return DCV_ERR_NOMEM;
    if (ca != NULL)
        dcv_text_ca_full(&page, ca, as_of);
    else
        dcv_text_ca_list(&page, set, as_of);
    return close_page(&page, writer);
}

enum dcv_status dcv_report_lint(const struct dcv_report_options *options, struct dcv_writer *writer,
                                const struct dcv_lint *lint)
{
    if (options->format != DCV_FORMAT_TEXT)
        return put_documents(options, writer, lint->count, make_lint, lint);
    struct dcv_page page;
    if (!open_page(&page, options))
        return DCV_ERR_NOMEM;
    dcv_text_lint(&page, lint);
    return close_page(&page, writer);
}
