/* Validation without e-mail as text: the ways of one CA, the table of one kind, the matrix of several, and the shortest way to ready. */
#include "report/template.h"
#include "report/text.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

/* ---- kinds ------------------------------------------------------------------------------------------------------------------------ */

const char *dcv_word_by(enum dcv_by by)
{
    switch (by) {
    case DCV_BY_EMAIL: return _("e-mail");
    case DCV_BY_DNS: return "DNS";
    case DCV_BY_HTTP: return "HTTP";
    case DCV_BY_TLS_ALPN: return "TLS-ALPN";
    case DCV_BY_COUNT: break;
    }
    return "";
}

const char *dcv_text_kinds(struct dcv_page *page)
{
    const char *text = "";
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++)
        if (dcv_judged_by(page->judged, (enum dcv_by)by))
            text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : _(", "), dcv_word_by((enum dcv_by)by));
    return text;
}

static size_t kinds(const struct dcv_judged *judged)
{
    size_t count = 0;
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++)
        count += dcv_judged_by(judged, (enum dcv_by)by);
    return count;
}

bool dcv_text_email_alone(const struct dcv_page *page)
{
    return page->judged->cas.count == 0 || (kinds(page->judged) == 1 && page->judged->cas.items[0].by == DCV_BY_EMAIL);
}

bool dcv_text_several_kinds(const struct dcv_page *page)
{
    return kinds(page->judged) > 1;
}

/* The row of a CA of this kind; NULL: the CA offers none. */
static const struct dcv_judged_ca *row_of(const struct dcv_judged *judged, const struct dcv_ca *ca, enum dcv_by by)
{
    for (size_t i = 0; i < judged->cas.count; i++)
        if (judged->cas.items[i].ca == ca && judged->cas.items[i].by == by)
            return &judged->cas.items[i];
    return NULL;
}

/* ---- one CA in full ----------------------------------------------------------------------------------------------------------------- */

/* Where the file is looked for: "http://www.example.jp/.well-known/acme-challenge/{token}"; NULL: not known. */
static const char *file_text(struct dcv_page *page, const struct dcv_way *way)
{
    if (way->method->path == NULL || (page->judged->name->wildcard && !way->wildcard))
        return NULL;
    return dcv_page_printf(page, "http://%s%s", dcv_page_name(page, &page->judged->name->name), dcv_page_safe(page, way->method->path));
}

/* What to publish, or where. */
static const char *thing(struct dcv_page *page, const struct dcv_way *way)
{
    if (way->line != NULL)
        return dcv_page_safe(page, way->line);
    return way->dns ? NULL : file_text(page, way);
}

static bool conflict_before(const struct dcv_page *page, const struct dcv_way *way, size_t index)
{
    const struct dcv_finding *findings = page->judged->findings.items;
    for (size_t i = 0; i < index; i++)
        if (findings[way->conflicts.items[i]].rule == findings[way->conflicts.items[index]].rule)
            return true;
    return false;
}

static void put_findings(struct dcv_page *page, const struct dcv_way *way)
{
    const char *text = "";
    for (size_t i = 0; i < way->conflicts.count; i++) {
        const struct dcv_finding *finding = &page->judged->findings.items[way->conflicts.items[i]];
        if ((finding->severity != DCV_INFO || page->options->verbosity > 0) && !conflict_before(page, way, i))
            text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_rule_info(finding->rule)->id);
    }
    if (text[0] != '\0')
        dcv_paper_put(&page->paper, 8, DCV_PLAIN, "", 8, dcv_page_printf(page, _("see above: %s"), text));
}

/* "http-01: ready  [BR 3.2.2.4.19; cps, grade A]", then the record or file. */
static void put_way(struct dcv_page *page, const struct dcv_way *way)
{
    const bool form = way->dns && way->line == NULL && way->method->type != NULL; /* what tells it from others of the method */
    const char *type = form ? dcv_page_printf(page, " %s", dcv_page_safe(page, way->method->type)) : "";
    const char *lead = dcv_page_printf(page, "%s%s: %s", dcv_method_info(way->method->method)->name, type, dcv_word_verdict(way->verdict));
    const char *text = "";
    if (way->existing)
        text = dcv_page_printf(page, "; %s", _("such a record stands already"));
    dcv_paper_put(&page->paper, 4, dcv_verdict_style(way->verdict), lead, 6,
                  dcv_page_printf(page, "%s%s  %s", text, dcv_way_dates(page, way), dcv_way_source(page, way)));
    if (thing(page, way) != NULL)
        dcv_paper_line(&page->paper, 8, thing(page, way));
    if (way->dns && way->line != NULL && way->level == DCV_WAY_PARENTS)
        dcv_paper_put(&page->paper, 8, DCV_PLAIN, "", 8, dcv_way_where(page, way));
    put_findings(page, way);
}

void dcv_text_ways(struct dcv_page *page, const struct dcv_judged_ca *row)
{
    dcv_paper_title(&page->paper, dcv_page_printf(page, _("%s - %s, by %s: %s"), row->ca->id, dcv_page_ca(page, row->ca), dcv_word_by(row->by),
                                                  dcv_word_verdict(row->verdict)));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, dcv_text_caa_of(page, row));
    if (row->ways.count == 0) {
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, _("Ways to validate: none"));
        return;
    }
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, _("Ways to validate (what stands in braces comes from the CA):"));
    for (size_t i = 0; i < row->ways.count; i++)
        put_way(page, &row->ways.items[i]);
}

/* ---- the table of one kind ---------------------------------------------------------------------------------------------------------- */

/* The methods of the row with the best verdict that one of them has. */
static const char *best_methods(struct dcv_page *page, const struct dcv_judged_ca *row)
{
    static const enum dcv_verdict order[] = {DCV_READY, DCV_UNKNOWN_VERDICT, DCV_NOT_READY};
    const char *text = "";
    for (size_t place = 0; place < sizeof order / sizeof order[0] && text[0] == '\0'; place++) {
        const struct dcv_way *last = NULL;
        for (size_t i = 0; i < row->ways.count; i++) {
            const struct dcv_way *way = &row->ways.items[i];
            if (way->verdict != order[place] || (last != NULL && last->method->method == way->method->method))
                continue;
            text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_method_info(way->method->method)->name);
            last = way;
        }
    }
    return text[0] != '\0' ? text : "-";
}

enum { WAY_COLUMNS = 4 };

void dcv_text_way_table(struct dcv_page *page)
{
    const size_t count = page->judged->cas.count;
    struct dcv_cell *cells = dcv_arena_array(page->arena, (count + 1) * WAY_COLUMNS, sizeof *cells);
    const char *const titles[WAY_COLUMNS] = {_("CA"), _("verdict"), _("methods"), _("because of")};
    if (cells == NULL)
        return;
    for (size_t i = 0; i < WAY_COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < count; i++) {
        const struct dcv_judged_ca *row = &page->judged->cas.items[i];
        struct dcv_cell *at = cells + (i + 1) * WAY_COLUMNS;
        at[0] = (struct dcv_cell){row->ca->id, DCV_PLAIN};
        at[1] = (struct dcv_cell){dcv_word_verdict(row->verdict), dcv_verdict_style(row->verdict)};
        at[2] = (struct dcv_cell){best_methods(page, row), DCV_PLAIN};
        at[3] = (struct dcv_cell){dcv_text_reasons(page, row), DCV_PLAIN};
    }
    dcv_paper_title(&page->paper, _("CA by CA"));
    dcv_paper_table(&page->paper, 2, cells, WAY_COLUMNS, count + 1);
}

/* ---- the matrix of several kinds ------------------------------------------------------------------------------------------------------ */

/* A CA with what its rows come to. */
struct standing {
    const struct dcv_ca *ca;
    size_t ready, unknown;
    const struct dcv_judged_ca *row; /* the one that is nearest to ready */
    size_t faults;                   /* what stands in its way */
};

/* Is it one of those for which the verdict is what it is? */
static bool decides(const struct dcv_finding *finding, enum dcv_severity wanted)
{
    return finding->severity == wanted && !(wanted == DCV_WARNING && dcv_rule_foretells(finding->rule));
}

static size_t faults_of(const struct dcv_judged *judged, const struct dcv_judged_ca *row)
{
    const enum dcv_severity wanted = row->verdict == DCV_NOT_READY ? DCV_BLOCKER : DCV_WARNING;
    size_t count = 0;
    for (size_t i = 0; row->verdict != DCV_READY && i < row->findings.count; i++)
        count += decides(&judged->findings.items[row->findings.items[i]], wanted);
    return count;
}

/* Once and for all done, or done without changing anything: which of two ready kinds is less trouble. */
static int trouble(const struct dcv_judged_ca *row)
{
    for (size_t i = 0; i < row->ways.count; i++)
        if (row->ways.items[i].existing && row->ways.items[i].verdict == DCV_READY)
            return -1;
    return (int)row->by;
}

static int rank(enum dcv_verdict verdict)
{
    return verdict == DCV_READY ? 0 : verdict == DCV_UNKNOWN_VERDICT ? 1 : 2;
}

static bool nearer(const struct dcv_judged *judged, const struct dcv_judged_ca *a, const struct dcv_judged_ca *b)
{
    if (a->verdict != b->verdict)
        return rank(a->verdict) < rank(b->verdict);
    const size_t faults_a = faults_of(judged, a), faults_b = faults_of(judged, b);
    return faults_a != faults_b ? faults_a < faults_b : trouble(a) < trouble(b);
}

static struct standing standing_of(const struct dcv_judged *judged, const struct dcv_ca *ca)
{
    struct standing standing = {.ca = ca};
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++) {
        const struct dcv_judged_ca *row = row_of(judged, ca, (enum dcv_by)by);
        if (row == NULL)
            continue;
        standing.ready += row->verdict == DCV_READY;
        standing.unknown += row->verdict == DCV_UNKNOWN_VERDICT;
        if (standing.row == NULL || nearer(judged, row, standing.row))
            standing.row = row;
    }
    standing.faults = standing.row != NULL ? faults_of(judged, standing.row) : 0;
    return standing;
}

static bool issues(const struct dcv_ca *ca)
{
    return ca->issues && ca->kind != DCV_CA_KIND_BASELINE;
}

/* The best first; what issues nothing, such as the Baseline Requirements, last. */
static int by_standing(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;
    if (issues(x->ca) != issues(y->ca))
        return issues(x->ca) ? -1 : 1;
    if (x->ready != y->ready)
        return x->ready > y->ready ? -1 : 1;
    if (x->unknown != y->unknown)
        return x->unknown > y->unknown ? -1 : 1;
    if (x->faults != y->faults)
        return x->faults < y->faults ? -1 : 1;
    return strcmp(x->ca->id, y->ca->id);
}

/* One row a CA, the best first. NULL: memory is short. */
static struct standing *standings(struct dcv_page *page, size_t *count)
{
    const struct dcv_judged *judged = page->judged;
    struct standing *list = dcv_arena_array(page->arena, dcv_judged_count(judged) + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; list != NULL && i < judged->cas.count; i++)
        if (dcv_judged_first(judged, &judged->cas.items[i]))
            list[(*count)++] = standing_of(judged, judged->cas.items[i].ca);
    if (*count > 1)
        qsort(list, *count, sizeof *list, by_standing);
    return list;
}

static void put_matrix(struct dcv_page *page, const struct standing *list, size_t count)
{
    const size_t columns = kinds(page->judged) + 1;
    struct dcv_cell *cells = dcv_arena_array(page->arena, (count + 1) * columns, sizeof *cells);
    size_t column = 1;
    if (cells == NULL)
        return;
    cells[0] = (struct dcv_cell){_("CA"), DCV_BOLD};
    for (size_t i = 0; i < count; i++)
        cells[(i + 1) * columns] = (struct dcv_cell){list[i].ca->id, DCV_PLAIN};
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++) {
        if (!dcv_judged_by(page->judged, (enum dcv_by)by))
            continue;
        cells[column] = (struct dcv_cell){dcv_word_by((enum dcv_by)by), DCV_BOLD};
        for (size_t i = 0; i < count; i++) {
            const struct dcv_judged_ca *row = row_of(page->judged, list[i].ca, (enum dcv_by)by);
            cells[(i + 1) * columns + column] = row == NULL ? (struct dcv_cell){"-", DCV_PLAIN}
                                                            : (struct dcv_cell){dcv_word_verdict(row->verdict), dcv_verdict_style(row->verdict)};
        }
        column++;
    }
    dcv_paper_title(&page->paper, _("CA by CA, and how it could validate (-: it does not offer that)"));
    dcv_paper_table(&page->paper, 2, cells, columns, count + 1);
}

/* ---- the shortest way ---------------------------------------------------------------------------------------------------------------- */

static const struct dcv_way *best_way(const struct dcv_judged_ca *row)
{
    const struct dcv_way *best = NULL;
    for (size_t i = 0; i < row->ways.count; i++) {
        const struct dcv_way *way = &row->ways.items[i];
        if (best == NULL || rank(way->verdict) < rank(best->verdict) || (way->existing && !best->existing && way->verdict == best->verdict))
            best = way;
    }
    return best;
}

/* The first address that can be used, by one with an MX where there is one. */
static const char *address_of(struct dcv_page *page, const struct dcv_judged_ca *row)
{
    const struct dcv_entry *best = NULL;
    for (size_t i = 0; i < row->entries.count; i++) {
        const struct dcv_entry *entry = &row->entries.items[i];
        if (entry->usable && (best == NULL || (best->mail == DCV_MAIL_IMPLICIT_MX && entry->mail != DCV_MAIL_IMPLICIT_MX)))
            best = entry;
    }
    return best != NULL ? dcv_page_safe(page, best->address) : "-";
}

/* What is left to do where nothing stands in the way. */
static void put_ready(struct dcv_page *page, const struct dcv_judged_ca *row, const char *lead)
{
    const struct dcv_way *way = best_way(row);
    const char *text = "", *line = NULL;
    if (row->by == DCV_BY_EMAIL) {
        text = dcv_page_printf(page, _("approve the mail that comes to %s"), address_of(page, row));
    } else if (way != NULL && way->existing) {
        text = _("nothing is left to do: the record stands already");
    } else if (way != NULL && way->dns) {
        text = _("publish this record with what the CA gives:");
        line = thing(page, way);
    } else if (way != NULL && way->method->method != DCV_METHOD_TLS_ALPN_01) {
        text = file_text(page, way) != NULL ? _("serve the file that the CA gives at") : _("serve the file that the CA gives where it says");
        line = file_text(page, way);
    } else {
        text = _("let your ACME client answer with tls-alpn-01");
    }
    dcv_paper_put(&page->paper, 2, DCV_BOLD, lead, 4, text);
    if (line != NULL)
        dcv_paper_line(&page->paper, 4, line);
}

/* The gravest finding of the row that can be mended, else its gravest; NULL: none. */
static const struct dcv_finding *first_fault(const struct dcv_page *page, const struct dcv_judged_ca *row)
{
    const struct dcv_finding *first = NULL;
    const enum dcv_severity wanted = row->verdict == DCV_NOT_READY ? DCV_BLOCKER : DCV_WARNING;
    for (size_t i = 0; i < row->findings.count; i++) {
        const struct dcv_finding *finding = &page->judged->findings.items[row->findings.items[i]];
        if (!decides(finding, wanted))
            continue;
        struct dcv_buf buf;
        dcv_buf_init(&buf, DCV_REPORT_MAX);
        const struct dcv_places places = dcv_places_of(finding);
        const bool mends = dcv_fix_put(&buf, dcv_rule_info(finding->rule), &places) != DCV_FIX_NONE;
        dcv_buf_done(&buf);
        if (mends)
            return finding;
        first = first == NULL ? finding : first;
    }
    return first;
}

static void put_fault(struct dcv_page *page, const struct dcv_finding *finding, const char *lead)
{
    struct dcv_buf buf;
    const struct dcv_places places = dcv_places_of(finding);
    const struct dcv_rule_info *rule = dcv_rule_info(finding->rule);
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    const enum dcv_fix_kind kind = dcv_fix_put(&buf, rule, &places);
    if (buf.failed)
        dcv_arena_fail(page->arena);
    const char *fix = dcv_page_printf(page, "%s", dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    const char *why = dcv_page_printf(page, _("because of %s"), rule->id);
    dcv_paper_put(&page->paper, 2, DCV_BOLD, lead, 4, kind == DCV_FIX_ACTION ? dcv_page_printf(page, "%s (%s)", fix, why) : why);
    if (kind == DCV_FIX_ZONE)
        dcv_paper_line(&page->paper, 4, fix);
}

static void put_shortest(struct dcv_page *page, const struct standing *standing)
{
    const struct dcv_judged_ca *row = standing->row;
    const char *lead = dcv_page_printf(page, _("%s, %s by %s: "), standing->ca->id, dcv_word_verdict(row->verdict), dcv_word_by(row->by));
    const struct dcv_finding *fault = row->verdict != DCV_READY ? first_fault(page, row) : NULL;
    if (row->verdict == DCV_READY)
        put_ready(page, row, lead);
    else if (fault != NULL)
        put_fault(page, fault, lead);
    else
        dcv_paper_put(&page->paper, 2, DCV_BOLD, lead, 4, _("see the findings below"));
}

/* Of many CAs the best ones, and of those that are not ready the nearest. */
static void put_ways(struct dcv_page *page, const struct standing *list, size_t count)
{
    enum { READY_SHOWN = 3, OTHERS_SHOWN = 2 };
    const bool all = page->options->explicit_cas || page->options->verbosity > 0;
    size_t ready = 0, others = 0;
    dcv_paper_title(&page->paper, _("The shortest way to ready"));
    for (size_t i = 0; i < count; i++) {
        size_t *number = list[i].ready != 0 ? &ready : &others;
        if (all || *number < (list[i].ready != 0 ? READY_SHOWN : OTHERS_SHOWN))
            put_shortest(page, &list[i]);
        (*number)++;
    }
}

void dcv_text_matrix(struct dcv_page *page)
{
    size_t count;
    const struct standing *list = standings(page, &count);
    if (list == NULL || count == 0)
        return;
    put_matrix(page, list, count);
    if (page->judged->base.len != 0)
        put_ways(page, list, count);
}
