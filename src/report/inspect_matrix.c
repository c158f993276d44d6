/* Name servers × records: one row a server address, one letter an RRset; and what the letters stand for. */
#include "report/inspect.h"
#include "report/words.h"

#include <string.h>

/* Rows of a zone are all shown up to this number; of more, some of those that are alike. */
enum { ROWS_SHOWN = 16, ALIKE_SHOWN = 3, LABEL_WIDTH = 17, SERVERS_NAMED = 6, EXAMPLES = 4 };

static const char *const titles[] = {[DCV_COLUMN_NS] = "NS",
                                     [DCV_COLUMN_TXT] = "TXT",
                                     [DCV_COLUMN_CAA] = "CAA",
                                     [DCV_COLUMN_MX] = "MX",
                                     [DCV_COLUMN_A] = "A"};

/* The letters of a column, one for each name; of NS, where each zone has one question, that which the row answers. */
static const char *column_text(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_row *row,
                               enum dcv_survey_column column)
{
    const size_t places = column == DCV_COLUMN_NS ? 1 : survey->names.count;
    char *text = dcv_arena_alloc(page->arena, places + 1);
    size_t len = 0;
    if (text == NULL)
        return "";
    memset(text, ' ', places);
    for (size_t i = 0; i < survey->questions.count; i++) {
        const struct dcv_survey_question *question = &survey->questions.items[i];
        const char state = row->cells[i].state;
        if (question->column != column || question->place >= places || state == DCV_CELL_NOT_ASKED)
            continue;
        text[question->place] = state;
        len = question->place + 1 > len ? question->place + 1 : len;
    }
    text[len] = '\0';
    return text;
}

static unsigned column_width(const struct dcv_survey *survey, enum dcv_survey_column column)
{
    size_t most = strlen(titles[column]);
    for (size_t i = 0; i < survey->questions.count; i++)
        if (survey->questions.items[i].column == column && column != DCV_COLUMN_NS &&
            survey->questions.items[i].place + 1 > most)
            most = survey->questions.items[i].place + 1;
    return (unsigned)most;
}

static const char *tri_text(enum dcv_survey_tri tri)
{
    switch (tri) {
    case DCV_TRI_UNKNOWN: return "";
    case DCV_TRI_NO: return "NO";
    case DCV_TRI_YES: return "y";
    }
    return "";
}

/* What is the same for rows that are alike: everything but the time and the address. */
static const char *cells_text(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_row *row)
{
    const char *text = dcv_page_printf(page, "%-11s",
                                       row->has_serial ? dcv_page_printf(page, "%u%s", (unsigned)row->serial,
                                                                         row->usual_serial ? "" : "!")
                                                       : "");
    for (size_t i = 0; i < DCV_COLUMN_COUNT; i++)
        text = dcv_page_printf(page, "%s %-*s", text, (int)column_width(survey, (enum dcv_survey_column)i),
                               column_text(page, survey, row, (enum dcv_survey_column)i));
    return dcv_page_printf(page, "%s  %-3s %-4s %-2s", text, tri_text(row->tcp), tri_text(row->edns),
                           row->resolver        ? ""
                           : row->authoritative ? "y"
                                                : "NO");
}

static void put_header(struct dcv_page *page, const struct dcv_survey *survey)
{
    const char *text = dcv_page_printf(page, "%-*s%-11s", LABEL_WIDTH, "", "serial");
    for (size_t i = 0; i < DCV_COLUMN_COUNT; i++)
        text = dcv_page_printf(page, "%s %-*s", text, (int)column_width(survey, (enum dcv_survey_column)i), titles[i]);
    dcv_paper_line(&page->paper, 2, dcv_page_printf(page, "%s  TCP EDNS AA   ms  size", text));
}

/* ---- rows ----------------------------------------------------------------------------------------------------------------- */

static bool told(const struct dcv_survey_row *row)
{
    return row->reach == DCV_REACH_ANSWERS || (row->reach == DCV_REACH_LAME && dcv_outcome_conclusive(row->outcome));
}

static void put_row(struct dcv_page *page, const struct dcv_survey_row *row, const char *cells)
{
    const char *address = dcv_inspect_address(page, row->server);
    const bool bad = row->reach == DCV_REACH_LAME || row->reach == DCV_REACH_SILENT;
    const enum dcv_style style = bad ? DCV_RED : row->differs ? DCV_YELLOW : DCV_PLAIN;
    const char *label = dcv_page_printf(page, "%s %-*s", bad || row->differs ? "!" : " ", LABEL_WIDTH - 2, address);
    dcv_buf_fill(&page->paper.buf, ' ', 2);
    dcv_paper_word(&page->paper, style, label);
    if (strlen(address) > LABEL_WIDTH - 3) { /* too long for its column: the rest goes below it */
        dcv_paper_line(&page->paper, 0, "");
        dcv_buf_fill(&page->paper.buf, ' ', 2 + LABEL_WIDTH);
    }
    if (!told(row)) {
        dcv_paper_line(&page->paper, 0, dcv_inspect_outcome(page, row->outcome, row->rcode, row->tries));
        return;
    }
    const char *size = row->size != 0 ? dcv_page_printf(page, "%zu", row->size) : "";
    const char *line = dcv_page_printf(page, "%s %4llu %5s", cells, (unsigned long long)(row->rtt_us / 1000), size);
    dcv_paper_line(&page->paper, 0, row->case_ignored ? dcv_page_printf(page, "%s  %s", line, _("case")) : line);
}

/* Those whose rows look alike: the same cells, or the same reason for having none. */
struct likeness {
    const char *key;
    const struct dcv_survey_row *first;
    size_t shown, left;
};
typedef DCV_VEC(struct likeness) likenesses;

static struct likeness *likeness_of(struct dcv_page *page, likenesses *all, const struct dcv_survey_row *row,
                                    const char *cells)
{
    const char *key = dcv_page_printf(page, "%d %d %d %s", (int)row->reach, told(row) ? 0 : (int)row->outcome,
                                      (int)row->case_ignored, told(row) ? cells : "");
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(all->items[i].key, key) == 0)
            return &all->items[i];
    struct likeness *added = DCV_VEC_ADD(page->arena, all);
    if (added != NULL)
        *added = (struct likeness){.key = key, .first = row};
    return added;
}

static size_t rows_of(const struct dcv_survey *survey, size_t zone)
{
    size_t count = 0;
    for (size_t i = 0; i < survey->rows.count; i++)
        count += survey->rows.items[i].zone == zone;
    return count;
}

static void put_left(struct dcv_page *page, const likenesses *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].left != 0)
            dcv_paper_line(&page->paper, 2,
                           dcv_page_printf(page, _("... and %zu servers like %s (-v: all)"), all->items[i].left,
                                           dcv_inspect_address(page, all->items[i].first->server)));
}

static void put_rows(struct dcv_page *page, const struct dcv_survey *survey, size_t zone)
{
    const bool every = rows_of(survey, zone) <= ROWS_SHOWN || page->options->verbosity > 0;
    const struct dcv_name *host = NULL;
    likenesses all = {0};
    for (size_t i = 0; i < survey->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[i];
        if (row->zone != zone)
            continue;
        const char *cells = cells_text(page, survey, row);
        struct likeness *like = likeness_of(page, &all, row, cells);
        if (like == NULL)
            return;
        if (!every && like->shown >= ALIKE_SHOWN) {
            like->left++;
            continue;
        }
        like->shown++;
        if (!row->resolver && (host == NULL || !dcv_name_equal(host, &row->host)))
            dcv_paper_line(&page->paper, 2, dcv_page_name(page, &row->host));
        host = &row->host;
        put_row(page, row, cells);
    }
    put_left(page, &all);
}

/* ---- what differs --------------------------------------------------------------------------------------------------------- */

/* "ns1.example.jp 192.0.2.1, resolver 127.0.0.1 (TTL 120 s)" for the rows with a state. */
static const char *who(struct dcv_page *page, const struct dcv_survey *survey, size_t question, char state)
{
    const char *text = "";
    size_t named = 0, left = 0;
    for (size_t i = 0; i < survey->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[i];
        if (row->cells[question].state != state)
            continue;
        if (named == SERVERS_NAMED && page->options->verbosity == 0) {
            left++;
            continue;
        }
        const char *name = row->resolver ? _("resolver") : dcv_page_name(page, &row->host);
        text = dcv_page_printf(page, "%s%s%s %s", text, named++ == 0 ? "" : ", ", name,
                               dcv_inspect_address(page, row->server));
    }
    return left == 0 ? text : dcv_page_printf(page, _("%s and %zu more"), text, left);
}

static void put_answer(struct dcv_page *page, const struct dcv_survey *survey, size_t question, char state,
                       const char *text)
{
    const char *rows = who(page, survey, question, state);
    if (rows[0] != '\0')
        dcv_paper_put(&page->paper, 4, DCV_BOLD, dcv_page_printf(page, "%c ", state), 6,
                      dcv_page_printf(page, "%s  <- %s", text, rows));
}

/* Failures one by one: each has its own outcome and time. */
static void put_failures(struct dcv_page *page, const struct dcv_survey *survey, size_t question)
{
    size_t shown = 0, left = 0;
    for (size_t i = 0; i < survey->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[i];
        const struct dcv_survey_cell *cell = &row->cells[question];
        if (cell->state != DCV_CELL_FAILED)
            continue;
        if (shown == EXAMPLES && page->options->verbosity == 0) {
            left++;
            continue;
        }
        shown++;
        const char *name = row->resolver ? _("resolver") : dcv_page_name(page, &row->host);
        dcv_paper_put(&page->paper, 4, DCV_RED, "! ", 6,
                      dcv_page_printf(page, "%s  <- %s %s, %s",
                                      dcv_inspect_outcome(page, cell->outcome, cell->rcode, cell->tries), name,
                                      dcv_inspect_address(page, row->server), dcv_inspect_time(page, cell->at)));
    }
    if (left != 0)
        dcv_paper_put(&page->paper, 4, DCV_PLAIN, "", 6, dcv_page_printf(page, _("... and %zu more (-v: all)"), left));
}

static void put_question(struct dcv_page *page, const struct dcv_survey *survey, size_t number)
{
    const struct dcv_survey_question *question = &survey->questions.items[number];
    char type[DCV_TYPE_TEXT];
    dcv_paper_put(&page->paper, 2, question->differs ? DCV_YELLOW : DCV_PLAIN,
                  dcv_page_printf(page, "%s %s", dcv_type_text(question->type, type),
                                  dcv_page_name(page, &question->name)),
                  4, "");
    for (size_t i = 0; i < question->variants.count; i++) {
        const struct dcv_survey_variant *variant = &question->variants.items[i];
        if (variant->letter != '?')
            put_answer(page, survey, number, variant->letter, dcv_inspect_records(page, variant->message, &question->name));
    }
    put_answer(page, survey, number, DCV_CELL_NODATA, _("no such record"));
    put_answer(page, survey, number, DCV_CELL_NXDOMAIN, _("no such name"));
    put_failures(page, survey, number);
}

/* Does a server say something else, and not only fail? */
static bool contradicted(const struct dcv_survey *survey, size_t question)
{
    for (size_t i = 0; i < survey->rows.count; i++) {
        const char state = survey->rows.items[i].cells[question].state;
        if (state != DCV_CELL_NOT_ASKED && state != DCV_CELL_FAILED && state != survey->questions.items[question].usual)
            return true;
    }
    return false;
}

/* One failure of a row, with all the questions, else uncontradicted, to which it was the answer: "TXT a, CAA b and 3 more". */
static const char *failed_questions(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_row *row,
                                    const char *why)
{
    const char *text = "";
    char type[DCV_TYPE_TEXT];
    size_t named = 0, left = 0;
    for (size_t i = 0; i < survey->questions.count; i++) {
        const struct dcv_survey_question *question = &survey->questions.items[i];
        const struct dcv_survey_cell *cell = &row->cells[i];
        if (cell->state != DCV_CELL_FAILED || contradicted(survey, i) ||
            strcmp(dcv_inspect_outcome(page, cell->outcome, cell->rcode, cell->tries), why) != 0)
            continue;
        if (named == EXAMPLES) {
            left++;
            continue;
        }
        text = dcv_page_printf(page, "%s%s%s %s", text, named++ == 0 ? "" : ", ", dcv_type_text(question->type, type),
                               dcv_page_name(page, &question->name));
    }
    return left == 0 ? text : dcv_page_printf(page, _("%s and %zu more"), text, left);
}

/* What fails at one server where the others agree: a line for each kind of failure. Returns whether there is any. */
static bool put_failing(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_row *row, bool shown)
{
    const char *printed = "";
    for (size_t i = 0; i < survey->questions.count; i++) {
        const struct dcv_survey_cell *cell = &row->cells[i];
        if (cell->state != DCV_CELL_FAILED || contradicted(survey, i))
            continue;
        const char *why = dcv_inspect_outcome(page, cell->outcome, cell->rcode, cell->tries);
        if (strstr(printed, why) != NULL)
            continue;
        printed = dcv_page_printf(page, "%s\n%s", printed, why);
        if (shown)
            dcv_paper_put(&page->paper, 2, DCV_RED,
                          dcv_page_printf(page, "! %s %s", row->resolver ? _("resolver") : dcv_page_name(page, &row->host),
                                          dcv_inspect_address(page, row->server)), 4,
                          dcv_page_printf(page, "  %s  <- %s, %s", why, failed_questions(page, survey, row, why),
                                          dcv_inspect_time(page, cell->at)));
    }
    return printed[0] != '\0';
}

static void put_all_failing(struct dcv_page *page, const struct dcv_survey *survey)
{
    size_t count = 0;
    for (size_t i = 0; i < survey->rows.count; i++)
        count += put_failing(page, survey, &survey->rows.items[i], count < SERVERS_NAMED);
    if (count > SERVERS_NAMED)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4,
                      dcv_page_printf(page, _("... and %zu more (-v: all)"), count - SERVERS_NAMED));
}

static void put_serials(struct dcv_page *page, const struct dcv_survey *survey)
{
    for (size_t i = 0; i < survey->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[i];
        if (row->usual_serial || row->resolver)
            continue;
        dcv_paper_put(&page->paper, 2, DCV_YELLOW,
                      dcv_page_printf(page, "SOA %s", dcv_page_name(page, &survey->zones.items[row->zone].name)), 4,
                      dcv_page_printf(page, _("  serial %u instead of %u  <- %s %s, %s"), (unsigned)row->serial,
                                      (unsigned)survey->zones.items[row->zone].serial, dcv_page_name(page, &row->host),
                                      dcv_inspect_address(page, row->server), dcv_inspect_time(page, row->at)));
    }
}

/* ---- the section ---------------------------------------------------------------------------------------------------------- */

static const char *names_text(struct dcv_page *page, const struct dcv_survey *survey)
{
    const char *text = "";
    for (size_t i = 0; i < survey->names.count; i++)
        text = dcv_page_printf(page, "%s%s%s", text, i == 0 ? "" : ", ", dcv_page_name(page, &survey->names.items[i]));
    return text;
}

static bool any_case_ignored(const struct dcv_survey *survey)
{
    for (size_t i = 0; i < survey->rows.count; i++)
        if (survey->rows.items[i].case_ignored)
            return true;
    return false;
}

static void put_legend(struct dcv_page *page, const struct dcv_survey *survey)
{
    if (survey->names.count > 1)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                      dcv_page_printf(page, _("One letter a name, in this order: %s."), names_text(page, survey)));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                  _("Below NS to A: A is what most servers answer; B, C and so on: other answers; -: no such record; x: no "
                    "such name; !: no answer, or an error. ! before a row: it differs, or fails."));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                  _("TXT: at _validation-contactemail below the name. AA: answers with authority. ms: time of the first "
                    "answer. size: octets of the largest one."));
    if (any_case_ignored(survey))
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2, _("case: gives the question back in another case (0x20)."));
}

/* What a resolver still keeps, and for how long: which of its answers only where they differ from the zone's. */
static void put_ttl(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_survey_row *row)
{
    uint32_t least = UINT32_MAX, most = 0;
    const char *text = "";
    char type[DCV_TYPE_TEXT];
    for (size_t i = 0; i < survey->questions.count; i++) {
        const struct dcv_survey_question *question = &survey->questions.items[i];
        const struct dcv_survey_cell *cell = &row->cells[i];
        if (cell->state == DCV_CELL_NOT_ASKED || cell->state == DCV_CELL_FAILED)
            continue;
        least = cell->ttl_s < least ? cell->ttl_s : least;
        most = cell->ttl_s > most ? cell->ttl_s : most;
        if (cell->state != question->usual || page->options->verbosity > 0)
            text = dcv_page_printf(page, _("%s; %s %s for %u s"), text, dcv_type_text(question->type, type),
                                   dcv_page_name(page, &question->name), (unsigned)cell->ttl_s);
    }
    if (least > most)
        return;
    const char *range = least == most ? dcv_page_printf(page, _("%u s"), (unsigned)most)
                                      : dcv_page_printf(page, _("%u to %u s"), (unsigned)least, (unsigned)most);
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4,
                  dcv_page_printf(page, _("resolver %s keeps its answers for %s%s"),
                                  dcv_inspect_address(page, row->server), range, text));
}

static void put_ttls(struct dcv_page *page, const struct dcv_survey *survey)
{
    for (size_t i = 0; i < survey->rows.count; i++)
        if (survey->rows.items[i].resolver)
            put_ttl(page, survey, &survey->rows.items[i]);
}

static bool any_trouble(const struct dcv_survey *survey)
{
    for (size_t i = 0; i < survey->questions.count; i++)
        if (survey->questions.items[i].differs || survey->questions.items[i].usual == DCV_CELL_FAILED)
            return true;
    for (size_t i = 0; i < survey->rows.count; i++)
        if (!survey->rows.items[i].usual_serial)
            return true;
    return false;
}

void dcv_inspect_matrix(struct dcv_page *page, const struct dcv_survey *survey)
{
    dcv_paper_title(&page->paper, _("Name servers and what they answer"));
    if (survey->rows.count == 0) {
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                      dcv_facts_about_const(survey->facts)->authority
                          ? _("No name server of the name's zones is known.")
                          : _("The zones' own servers were not asked."));
        return;
    }
    put_header(page, survey);
    for (size_t i = 0; i < survey->zones.count; i++) {
        if (rows_of(survey, i) == 0)
            continue;
        dcv_paper_put(&page->paper, 2, DCV_BOLD,
                      dcv_page_printf(page, _("zone %s"), dcv_page_name(page, &survey->zones.items[i].name)), 4, "");
        put_rows(page, survey, i);
    }
    if (rows_of(survey, SIZE_MAX) != 0) {
        dcv_paper_put(&page->paper, 2, DCV_BOLD, _("resolvers, for comparison"), 4, "");
        put_rows(page, survey, SIZE_MAX);
        put_ttls(page, survey);
    }
    put_legend(page, survey);
    if (any_trouble(survey)) {
        dcv_paper_title(&page->paper, _("Where answers differ or fail"));
        put_serials(page, survey);
        if (page->options->verbosity == 0)
            put_all_failing(page, survey);
    } else if (page->options->verbosity > 0)
        dcv_paper_title(&page->paper, _("The answers"));
    for (size_t i = 0; i < survey->questions.count; i++)
        if ((survey->questions.items[i].differs && contradicted(survey, i)) || page->options->verbosity > 0)
            put_question(page, survey, i);
}
