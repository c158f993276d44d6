/* The text of a wait: what it came to, and a row for each server. */
#include "report/wait.h"

#include "base/date.h"
#include "base/text.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4, VALUE_SHOWN = 80 };

/* "12:34:56 UTC", with the day before it where that is another than that of `now_s`. */
static const char *moment(struct dcv_arena *arena, int64_t at_s, int64_t now_s)
{
    enum { DAY = 10, CLOCK = 8 };
    char at[DCV_TIME_TEXT], now[DCV_TIME_TEXT];
    (void)dcv_time_format(at_s, at);
    (void)dcv_time_format(now_s, now);
    const char *text = strncmp(at, now, DAY) == 0 ? dcv_arena_printf(arena, "%.*s UTC", CLOCK, at + DAY + 1)
                                                  : dcv_arena_printf(arena, "%.*s %.*s UTC", DAY, at, CLOCK, at + DAY + 1);
    return text != NULL ? text : "";
}

static const char *kept(struct dcv_arena *arena, const char *text)
{
    return text != NULL && !dcv_arena_failed(arena) ? text : "";
}

/* ---- a row --------------------------------------------------------------------------------------------------------------- */

/* A value of the network, printable, and not longer than a line bears. */
static const char *shown_value(struct dcv_arena *arena, const struct dcv_wait_server *row)
{
    struct dcv_buf buf;
    const bool cut = row->other_len > VALUE_SHOWN;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_text_escape(&buf, row->other != NULL ? row->other : (const uint8_t *)"", cut ? VALUE_SHOWN : row->other_len);
    const char *text = dcv_arena_printf(arena, "\"%s%s\"", dcv_buf_text(&buf), cut ? "…" : "");
    dcv_buf_done(&buf);
    return kept(arena, text);
}

static const char *with_end(struct dcv_arena *arena, const struct dcv_wait_server *row, int64_t now_s, const char *text)
{
    if (!row->resolver || row->until <= now_s)
        return text;
    return kept(arena, dcv_arena_printf(arena, _("%s; this may last until %s"), text, moment(arena, row->until, now_s)));
}

static const char *state_of_failure(struct dcv_arena *arena, const struct dcv_wait_server *row)
{
    const char *why = dcv_word_of_argument("outcome", strlen("outcome"), row->outcome);
    const char *text;
    if (row->state == DCV_WAIT_FAILS)
        text = dcv_arena_printf(arena, _("cannot tell (%s)"), why);
    else if (row->state == DCV_WAIT_LAME)
        text = dcv_arena_printf(arena, row->resolver ? _("does not answer us (%s)") : _("does not answer for the zone (%s)"), why);
    else
        text = dcv_arena_printf(arena, _("no answer (%s), tries: %u"), why, row->tries);
    if (row->counts || text == NULL)
        return kept(arena, text);
    return kept(arena, dcv_arena_printf(arena, _("%s; left out"), text));
}

static const char *other_text(struct dcv_arena *arena, const struct dcv_wait_server *row)
{
    if (row->values == 1)
        return kept(arena, dcv_arena_printf(arena, _("has another value: %s"), shown_value(arena, row)));
    return kept(arena, dcv_arena_printf(arena, _("has %zu other values, one is %s"), row->values, shown_value(arena, row)));
}

static const char *state_text(struct dcv_arena *arena, const struct dcv_wait_server *row, int64_t now_s)
{
    char name[DCV_NAME_TEXT_MAX];
    switch (row->state) {
    case DCV_WAIT_HAS: return _("has it");
    case DCV_WAIT_ALIAS: return kept(arena, dcv_arena_printf(arena, _("alias of %s"), dcv_name_text(&row->target, name)));
    case DCV_WAIT_OTHER: return with_end(arena, row, now_s, other_text(arena, row));
    case DCV_WAIT_LACKS: return with_end(arena, row, now_s, _("lacks it"));
    case DCV_WAIT_NO_ROUTE: return _("cannot be reached from here; left out");
    case DCV_WAIT_PRIVATE: return _("at a private address; left out (--allow-private-addresses)");
    case DCV_WAIT_UNASKED: return _("not asked until the servers have it");
    case DCV_WAIT_FAILS:
    case DCV_WAIT_LAME:
    case DCV_WAIT_SILENT: break;
    }
    return state_of_failure(arena, row);
}

static enum dcv_style state_style(const struct dcv_wait_server *row)
{
    if (row->state == DCV_WAIT_HAS || row->state == DCV_WAIT_ALIAS)
        return DCV_GREEN;
    return row->counts ? DCV_RED : DCV_YELLOW;
}

static const char *number_text(struct dcv_arena *arena, const struct dcv_wait_server *row)
{
    if (row->has_serial)
        return kept(arena, dcv_arena_printf(arena, _("serial %u"), (unsigned)row->serial));
    if (row->resolver && row->state == DCV_WAIT_HAS)
        return kept(arena, dcv_arena_printf(arena, _("TTL %u s"), (unsigned)row->ttl_s));
    return "";
}

static const char *who(struct dcv_arena *arena, const struct dcv_wait_server *row)
{
    char name[DCV_NAME_TEXT_MAX];
    if (row->resolver)
        return _("resolver");
    return kept(arena, dcv_arena_strdup(arena, row->host.len != 0 ? dcv_name_text(&row->host, name) : "-"));
}

/* The usual port goes without saying. */
static const char *address(struct dcv_arena *arena, const char *server)
{
    const char *hash = strrchr(server, '#');
    if (hash == NULL || strcmp(hash, "#53") != 0)
        return server;
    return kept(arena, dcv_arena_printf(arena, "%.*s", (int)(hash - server), server));
}

static void put_rows(struct dcv_paper *paper, struct dcv_arena *arena, const struct dcv_wait *wait, unsigned indent)
{
    const struct dcv_wait_servers *rows = &wait->servers;
    struct dcv_cell *cells = dcv_arena_array(arena, rows->count * COLUMNS, sizeof *cells);
    for (size_t i = 0; cells != NULL && i < rows->count; i++) {
        const struct dcv_wait_server *row = &rows->items[i];
        struct dcv_cell *line = cells + i * COLUMNS;
        line[0].text = who(arena, row);
        line[1].text = address(arena, row->server);
        line[2].text = number_text(arena, row);
        line[3] = (struct dcv_cell){state_text(arena, row, wait->ended_s), state_style(row)};
    }
    if (cells != NULL)
        dcv_paper_wide_table(paper, indent, cells, COLUMNS, rows->count);
}

/* ---- while it goes on ---------------------------------------------------------------------------------------------------- */

void dcv_report_wait_lines(struct dcv_arena *arena, const struct dcv_wait *wait, bool named, const char **out)
{
    struct dcv_paper paper;
    char name[DCV_NAME_TEXT_MAX];
    dcv_paper_init(&paper, 0, false);
    put_rows(&paper, arena, wait, 0);
    const char *at = dcv_buf_text(&paper.buf);
    for (size_t i = 0; i < wait->servers.count; i++) {
        const size_t len = strcspn(at, "\n");
        out[i] = kept(arena, dcv_arena_printf(arena, "%s%s%.*s", named ? dcv_name_text(&wait->servers.items[i].name, name) : "",
                                              named ? "  " : "", (int)len, at));
        at += len + (at[len] == '\n');
    }
    if (paper.buf.failed)
        dcv_arena_fail(arena);
    dcv_paper_done(&paper);
}

const char *dcv_report_wait_change(struct dcv_arena *arena, const struct dcv_wait *wait, const struct dcv_wait_server *row)
{
    char name[DCV_NAME_TEXT_MAX];
    const char *number = number_text(arena, row);
    return kept(arena, dcv_arena_printf(arena, "%s  %s  %s %s: %s%s%s%s", moment(arena, wait->ended_s, wait->ended_s),
                                        dcv_name_text(&row->name, name), who(arena, row),
                                        address(arena, row->server),
                                        state_text(arena, row, wait->ended_s), number[0] != '\0' ? " (" : "", number,
                                        number[0] != '\0' ? ")" : ""));
}

/* ---- the page ------------------------------------------------------------------------------------------------------------ */

struct counts {
    size_t servers, have, resolvers, resolvers_have, left_out;
};

static struct counts count(const struct dcv_wait *wait)
{
    struct counts counts = {0};
    for (size_t i = 0; i < wait->servers.count; i++) {
        const struct dcv_wait_server *row = &wait->servers.items[i];
        const bool has = row->state == DCV_WAIT_HAS || row->state == DCV_WAIT_ALIAS;
        counts.left_out += !row->counts;
        if (!row->counts)
            continue;
        counts.servers += !row->resolver;
        counts.have += !row->resolver && has;
        counts.resolvers += row->resolver;
        counts.resolvers_have += row->resolver && has;
    }
    return counts;
}

static bool any_server(const struct dcv_wait *wait)
{
    for (size_t i = 0; i < wait->servers.count; i++)
        if (!wait->servers.items[i].resolver)
            return true;
    return false;
}

static const char *sum_text(struct dcv_page *page, const struct dcv_wait *wait, struct counts counts)
{
    if (wait->suffix)
        return _("a public suffix or a name of no domain; nobody was asked.");
    if (wait->end != DCV_WAIT_MET && !wait->seen)
        return any_server(wait) ? _("none of the servers below answered.") : _("the zone's servers could not be found.");
    return dcv_page_printf(page, _("on %zu of %zu servers and %zu of %zu resolvers."), counts.have, counts.servers, counts.resolvers_have,
                           counts.resolvers);
}

static void put_sum(struct dcv_page *page, const struct dcv_wait *wait, struct counts counts)
{
    const bool unknown = wait->end != DCV_WAIT_MET && !wait->seen;
    const enum dcv_style style = wait->end == DCV_WAIT_MET ? DCV_GREEN : unknown ? DCV_YELLOW : DCV_RED;
    const char *lead = wait->end == DCV_WAIT_MET ? _("IN PLACE: ") : unknown ? _("UNKNOWN: ") : _("NOT IN PLACE: ");
    dcv_paper_put(&page->paper, 0, style, lead, 2, sum_text(page, wait, counts));
}

static const char *end_text(enum dcv_wait_end end)
{
    switch (end) {
    case DCV_WAIT_MET: return _("Rounds: %u, in %u s.");
    case DCV_WAIT_DEADLINE: return _("Rounds: %u, in %u s, until the deadline.");
    case DCV_WAIT_STOPPED: return _("Rounds: %u, in %u s, until it was interrupted.");
    }
    return "%u %u";
}

/* What is still to be known: who was left out, and what others may remember. */
static void put_notes(struct dcv_page *page, const struct dcv_wait *wait, struct counts counts)
{
    if (counts.left_out != 0)
        dcv_paper_put(&page->paper, 0, DCV_YELLOW, _("Warning: "), 2,
                      dcv_page_printf(page, _("servers and resolvers left out: %zu; a CA that asks there may not see the record."), counts.left_out));
    if (wait->negative_until != 0)
        dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2,
                      dcv_page_printf(page, _("Resolvers that asked too early may not see it until %s."),
                                      moment(page->arena, wait->negative_until, wait->ended_s)));
}

/* Name, outcome, servers, resolvers, and until when it may be denied: separated by tabs. */
static void quiet(struct dcv_page *page, const struct dcv_wait *wait, struct counts counts)
{
    char until[DCV_TIME_TEXT];
    const char *outcome = wait->end == DCV_WAIT_MET ? "met" : wait->seen ? "not-met" : "unknown";
    dcv_buf_printf(&page->paper.buf, "%s\t%s\t%zu/%zu\t%zu/%zu\t%s\n", dcv_page_safe(page, wait->name->ascii), outcome, counts.have,
                   counts.servers, counts.resolvers_have, counts.resolvers,
                   wait->negative_until != 0 ? dcv_time_format(wait->negative_until, until) : "-");
}

void dcv_text_wait(struct dcv_page *page)
{
    const struct dcv_wait *wait = page->name->wait;
    const struct counts counts = count(wait);
    if (page->options->quiet) {
        quiet(page, wait, counts);
        return;
    }
    const char *value = wait->wanted.contact != NULL ? dcv_page_safe(page, wait->wanted.contact->address)
                                                     : dcv_page_safe_n(page, (const char *)wait->wanted.value, wait->wanted.len);
    dcv_paper_put(&page->paper, 0, DCV_BOLD, dcv_page_name(page, &wait->wanted.owner), 2, dcv_page_printf(page, "  TXT \"%s\"", value));
    put_sum(page, wait, counts);
    if (!wait->suffix)
        dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2,
                      dcv_page_printf(page, end_text(wait->end), wait->rounds, (unsigned)(wait->elapsed_us / 1000000U)));
    if (wait->servers.count != 0)
        dcv_paper_blank(&page->paper);
    put_rows(&page->paper, page->arena, wait, 2);
    if (wait->servers.count != 0 && (counts.left_out != 0 || wait->negative_until != 0))
        dcv_paper_blank(&page->paper);
    put_notes(page, wait, counts);
}
