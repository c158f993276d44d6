/* What the sections of `inspect` are drawn with. */
#include "report/inspect.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

/* ---- trees ---------------------------------------------------------------------------------------------------------------- */

struct glyphs {
    const char *fork, *last, *bar, *none;
};

static const struct glyphs *glyphs_of(const struct dcv_page *page)
{
    static const struct glyphs lines = {"├─ ", "└─ ", "│  ", "   "}, ascii = {"|- ", "`- ", "|  ", "   "};
    return page->options->ascii ? &ascii : &lines;
}

static bool is_last(const struct dcv_survey *survey, size_t zone)
{
    for (size_t i = zone + 1; i < survey->zones.count; i++)
        if (survey->zones.items[i].above == survey->zones.items[zone].above)
            return false;
    return true;
}

static bool has_children(const struct dcv_survey *survey, size_t zone)
{
    for (size_t i = zone + 1; i < survey->zones.count; i++)
        if (survey->zones.items[i].above == zone)
            return true;
    return false;
}

struct dcv_branch dcv_inspect_branch(struct dcv_page *page, const struct dcv_survey *survey, size_t zone)
{
    const struct glyphs *glyphs = glyphs_of(page);
    const char *before = "";
    const size_t above = survey->zones.items[zone].above;
    for (size_t at = above; at != SIZE_MAX && survey->zones.items[at].above != SIZE_MAX;
         at = survey->zones.items[at].above)
        before = dcv_page_printf(page, "%s%s", is_last(survey, at) ? glyphs->none : glyphs->bar, before);
    const bool root = above == SIZE_MAX, last = is_last(survey, zone);
    const char *own = root   ? ""
                      : last ? glyphs->last
                             : glyphs->fork,
               *under = root   ? ""
                        : last ? glyphs->none
                               : glyphs->bar;
    const char *down = has_children(survey, zone) ? glyphs->bar : glyphs->none;
    return (struct dcv_branch){dcv_page_printf(page, "  %s%s", before, own),
                               dcv_page_printf(page, "  %s%s%s", before, under, down)};
}

/* `rest` stands before each line but the first. */
static void put_behind(struct dcv_page *page, struct dcv_branch branch, enum dcv_style style, const char *lead,
                       unsigned hang, const char *text)
{
    enum { LEAST = 30 };
    struct dcv_paper part;
    const unsigned used = dcv_columns(branch.rest),
                   width = page->paper.width > used + LEAST ? page->paper.width - used : LEAST;
    dcv_paper_init(&part, width, page->options->color);
    part.width = width;
    dcv_paper_put(&part, 0, style, lead, hang, text);
    const char *line = dcv_buf_text(&part.buf);
    const char *before = branch.first;
    for (const char *end = strchr(line, '\n'); end != NULL; line = end + 1, end = strchr(line, '\n')) {
        dcv_paper_line(&page->paper, 0, dcv_page_printf(page, "%s%.*s", before, (int)(end - line), line));
        before = branch.rest;
    }
    page->paper.buf.failed |= part.buf.failed;
    dcv_paper_done(&part);
}

void dcv_inspect_line(struct dcv_page *page, const char *branch, enum dcv_style style, const char *lead, unsigned hang,
                      const char *text)
{
    put_behind(page, (struct dcv_branch){branch, branch}, style, lead, hang, text);
}

void dcv_inspect_zone(struct dcv_page *page, const struct dcv_survey *survey, size_t number, enum dcv_style style,
                      const char *text)
{
    const struct dcv_survey_zone *zone = &survey->zones.items[number];
    const char *name = zone->name.len == 1 ? _(". (the root)") : dcv_page_name(page, &zone->name);
    put_behind(page, dcv_inspect_branch(page, survey, number), style, name, 2,
               text[0] == '\0' ? "" : dcv_page_printf(page, "  %s", text));
}

/* ---- words ---------------------------------------------------------------------------------------------------------------- */

const char *dcv_inspect_address(struct dcv_page *page, const char *server)
{
    const char *hash = strrchr(server, '#');
    const bool usual = hash != NULL && strcmp(hash, "#53") == 0;
    return usual ? dcv_page_safe_n(page, server, (size_t)(hash - server)) : dcv_page_safe(page, server);
}

const char *dcv_inspect_outcome(struct dcv_page *page, enum dcv_outcome outcome, uint16_t rcode, unsigned tries)
{
    char text[DCV_RCODE_TEXT];
    switch (outcome) {
    case DCV_OUTCOME_ANSWER: return "";
    case DCV_OUTCOME_NODATA: return _("no such record");
    case DCV_OUTCOME_NXDOMAIN: return _("no such name");
    case DCV_OUTCOME_SERVFAIL:
    case DCV_OUTCOME_REFUSED:
    case DCV_OUTCOME_RCODE: return dcv_page_printf(page, _("answers %s"), dcv_rcode_text(rcode, text));
    case DCV_OUTCOME_TIMEOUT: return tries < 2 ? _("no answer") : dcv_page_printf(page, _("no answer in %u tries"), tries);
    case DCV_OUTCOME_UNREACHABLE: return _("cannot be reached");
    case DCV_OUTCOME_MALFORMED: return _("an answer that cannot be read");
    case DCV_OUTCOME_TRUNCATED: return _("cut off over UDP, and no answer over TCP");
    case DCV_OUTCOME_DEADLINE: return _("not asked: the time was over");
    case DCV_OUTCOME_NO_ROUTE: return _("not asked: no route from here");
    case DCV_OUTCOME_PRIVATE: return _("not asked: a private address");
    case DCV_OUTCOME_UNRECORDED: return _("not asked: not on the tape");
    }
    return "";
}

const char *dcv_inspect_time(struct dcv_page *page, int64_t at)
{
    char text[DCV_TIME_TEXT];
    (void)dcv_time_format(at, text);
    const size_t date = strcspn(text, "T"), clock = strcspn(text + date, "Z");
    return clock == 0 ? text[0] == '\0' ? "-" : dcv_page_printf(page, "%s", text)
                      : dcv_page_printf(page, "%.*s %.*s UTC", (int)date, text, (int)clock - 1, text + date + 1);
}

const char *dcv_inspect_distance(struct dcv_page *page, int64_t at, int64_t now)
{
    enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    const int64_t off = llabs(at - now);
    if (off >= 2 * (int64_t)DAY)
        return dcv_page_printf(page, at >= now ? _("in %lld days") : _("%lld days ago"), (long long)(off / DAY));
    if (off >= 2 * (int64_t)HOUR)
        return dcv_page_printf(page, at >= now ? _("in %lld hours") : _("%lld hours ago"), (long long)(off / HOUR));
    return dcv_page_printf(page, at >= now ? _("in %lld min") : _("%lld min ago"), (long long)(off / MINUTE));
}

/* The data of a record without owner, TTL, class and type. */
static const char *data_of(struct dcv_page *page, const struct dcv_rr *rr)
{
    enum { FIELDS = 4, LONGEST = 400 };
    struct dcv_buf text;
    dcv_buf_init(&text, 1 << 20);
    dcv_rr_text(rr, &text);
    const char *at = dcv_buf_text(&text);
    for (int i = 0; i < FIELDS && *at != '\0'; i++) {
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    bool plain = true;
    for (const char *octet = at; *octet != '\0'; octet++)
        plain = plain && *octet >= ' ' && *octet <= '~';
    /* Presentation form escapes by itself; only what it let through is escaped here. */
    const size_t whole = strlen(at), len = whole > LONGEST && page->options->verbosity == 0 ? LONGEST : whole;
    const char *data = plain ? dcv_page_printf(page, "%.*s", (int)len, at) : dcv_page_safe_n(page, at, len);
    dcv_buf_done(&text);
    return len == whole ? data : dcv_page_printf(page, "%s...", data);
}

const char *dcv_inspect_records(struct dcv_page *page, const struct dcv_message *message, const struct dcv_name *owner)
{
    enum { SHOWN = 12 };
    const char *all = "";
    size_t shown = 0, left = 0;
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        const struct dcv_rr *rr = &message->answer.items[i];
        if (rr->type == DCV_TYPE_RRSIG || (owner != NULL && !dcv_name_equal(&rr->owner, owner)))
            continue;
        if (shown == SHOWN && page->options->verbosity == 0) {
            left++;
            continue;
        }
        const char *data = data_of(page, rr), *alias = rr->type == DCV_TYPE_CNAME   ? "CNAME "
                                                       : rr->type == DCV_TYPE_DNAME ? "DNAME "
                                                                                    : "";
        all = dcv_page_printf(page, "%s%s%s%s", all, shown++ == 0 ? "" : ", ", alias, data);
    }
    return left == 0 ? all : dcv_page_printf(page, _("%s and %zu more"), all, left);
}
