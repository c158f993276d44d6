/* Until when a method may be used, and a validation by it. */
#include "policy/timing.h"

#include <string.h>

static const enum dcv_source sources[] = {DCV_SOURCE_CONSTRUCTED, DCV_SOURCE_TXT_CONTACT, DCV_SOURCE_CAA_CONTACT};
enum { SOURCES = sizeof sources / sizeof sources[0] };

static enum dcv_known better(enum dcv_known a, enum dcv_known b)
{
    if (a == DCV_YES || b == DCV_YES)
        return DCV_YES;
    return a == DCV_UNKNOWN || b == DCV_UNKNOWN ? DCV_UNKNOWN : DCV_NO;
}

/* The last day of one or more offers that count: the later end is the real one, and no end at all the latest. */
static void extend(struct dcv_method_end *end, const struct dcv_offer *offer, bool first)
{
    dcv_date last = offer->until != DCV_DATE_NONE ? offer->until - 1 : DCV_DATE_NONE;
    if (first || (offer->from == DCV_DATE_NONE || (end->from != DCV_DATE_NONE && offer->from < end->from)))
        end->from = offer->from;
    if (!first && (end->last == DCV_DATE_NONE || (last != DCV_DATE_NONE && last <= end->last)))
        return;
    end->last = last;
    end->source = last != DCV_DATE_NONE && offer->ref.title != NULL ? offer->ref.title : "";
}

static struct dcv_method_end end_of_source(const struct dcv_ca *ca, enum dcv_source source)
{
    const struct dcv_method_info *method = dcv_method_info(dcv_source_method(source));
    struct dcv_method_end end = {.name = dcv_source_text(source), .offered = DCV_NO, .from = DCV_DATE_NONE, .last = DCV_DATE_NONE,
                                 .discouraged = DCV_DATE_NONE, .clause = "", .source = ""};
    bool first = true;
    for (size_t i = 0; i < ca->offer_count; i++) {
        if (ca->offers[i].source != source)
            continue;
        end.offered = better(end.offered, ca->offers[i].offered);
        if (ca->offers[i].offered != DCV_YES)
            continue;
        extend(&end, &ca->offers[i], first);
        first = false;
    }
    if (end.offered != DCV_YES)
        return end;
    end.discouraged = method->discouraged;
    if (method->forbidden != DCV_DATE_NONE && (end.last == DCV_DATE_NONE || method->forbidden - 1 <= end.last)) {
        end.last = method->forbidden - 1;
        end.clause = method->clause;
        end.source = method->source;
    }
    return end;
}

static struct dcv_method_end end_of_dns(const struct dcv_ca *ca)
{
    struct dcv_method_end end = {.name = dcv_method_info(DCV_METHOD_DNS_CHANGE)->name, .offered = DCV_UNKNOWN, .from = DCV_DATE_NONE,
                                 .last = DCV_DATE_NONE, .discouraged = DCV_DATE_NONE, .clause = "", .source = ""};
    bool first = true;
    for (size_t i = 0; i < ca->method_count; i++) {
        if (ca->methods[i].method != DCV_METHOD_DNS_CHANGE)
            continue;
        end.offered = first ? ca->methods[i].offered : better(end.offered, ca->methods[i].offered);
        first = false;
    }
    return end;
}

void timing_methods(struct timing *timing)
{
    for (size_t i = 0; i <= SOURCES; i++) {
        struct dcv_method_end *end = DCV_VEC_ADD(timing->arena, &timing->out->methods);
        if (end == NULL)
            return;
        *end = i < SOURCES ? end_of_source(timing->out->ca, sources[i]) : end_of_dns(timing->out->ca);
    }
}

static bool works_on(const struct dcv_method_end *end, dcv_date day)
{
    return end->offered == DCV_YES && (end->from == DCV_DATE_NONE || day >= end->from) && (end->last == DCV_DATE_NONE || day <= end->last);
}

dcv_date timing_last_email(const struct dcv_timeline_ca *ca)
{
    dcv_date last = DCV_DATE_NONE;
    for (size_t i = 0; i < SOURCES && i < ca->methods.count; i++)
        if (ca->methods.items[i].offered == DCV_YES && ca->methods.items[i].last > last)
            last = ca->methods.items[i].last;
    return last;
}

static enum dcv_email_state state_of(const struct dcv_method_end *end, dcv_date day)
{
    if (end->offered != DCV_YES)
        return end->offered == DCV_NO ? DCV_EMAIL_NOT_OFFERED : DCV_EMAIL_UNKNOWN;
    if (end->last != DCV_DATE_NONE && day > end->last)
        return DCV_EMAIL_OVER;
    if (!works_on(end, day))
        return DCV_EMAIL_LATER;
    return end->discouraged != DCV_DATE_NONE && day >= end->discouraged ? DCV_EMAIL_DISCOURAGED : DCV_EMAIL_POSSIBLE;
}

/* What was never offered counts for less than what is over, unless there is nothing else. */
enum dcv_email_state timing_email_on(const struct dcv_timeline_ca *ca, dcv_date day)
{
    enum dcv_email_state best = DCV_EMAIL_NOT_OFFERED;
    for (size_t i = 0; i < SOURCES && i < ca->methods.count; i++) {
        enum dcv_email_state state = state_of(&ca->methods.items[i], day);
        if (state == DCV_EMAIL_NOT_OFFERED)
            continue;
        if (best == DCV_EMAIL_NOT_OFFERED || state > best)
            best = state;
    }
    /* After the BR's end it does not matter what a CA offered. */
    dcv_date forbidden = dcv_method_info(DCV_METHOD_CONSTRUCTED)->forbidden;
    return best == DCV_EMAIL_UNKNOWN && forbidden != DCV_DATE_NONE && day >= forbidden ? DCV_EMAIL_OVER : best;
}

/* ---- reuse ------------------------------------------------------------------------------------------------------------------ */

static dcv_date last_by_email(const struct dcv_timeline_ca *ca, dcv_date done)
{
    dcv_date best = DCV_DATE_NONE;
    for (size_t i = 0; i < SOURCES && i < ca->methods.count; i++) {
        dcv_date last = works_on(&ca->methods.items[i], done) ? dcv_ca_last_reuse_day(ca->ca, done, dcv_source_method(sources[i])) : DCV_DATE_NONE;
        if (last > best)
            best = last;
    }
    return best;
}

static dcv_date last_by_dns(const struct dcv_timeline_ca *ca, dcv_date done)
{
    bool offered = ca->methods.count > SOURCES && ca->methods.items[SOURCES].offered == DCV_YES;
    return offered ? dcv_ca_last_reuse_day(ca->ca, done, DCV_METHOD_DNS_CHANGE) : DCV_DATE_NONE;
}

/* Why the day after is too late: the end of the method, the CA's own limit, or that of the BR. */
static void cite_reuse(struct dcv_event *event, const struct dcv_ca *ca, dcv_date last, enum dcv_method method)
{
    const struct dcv_method_info *info = dcv_method_info(method);
    const struct dcv_br_limits *br = dcv_br_limits(last + 1, NULL);
    const struct dcv_ca_limit *own = dcv_ca_limit(ca, last + 1);
    if (info->forbidden != DCV_DATE_NONE && last + 1 >= info->forbidden)
        timing_cite(event, info->clause, info->source);
    else if (own != NULL && own->reuse_days != 0 && own->reuse_days < br->reuse_days)
        timing_cite(event, "", own->ref.title);
    else
        timing_cite(event, "BR 4.2.1", dcv_br_limit_source(last + 1));
}

struct reuse {
    enum dcv_event_kind kind;
    dcv_date done, email, dns;
};

static void add_reuse(struct timing *timing, const struct reuse *reuse, dcv_date last, const char *scope, enum dcv_method method)
{
    if (last == DCV_DATE_NONE)
        return;
    struct dcv_event *event = timing_add(timing, last, reuse->kind);
    timing_arg_date(timing, event, "done", reuse->done);
    timing_arg(timing, event, "scope", scope);
    cite_reuse(event, timing->out->ca, last, method);
}

static void add_reuses(struct timing *timing, const struct reuse *reuse)
{
    if (reuse->email == reuse->dns) {
        add_reuse(timing, reuse, reuse->email, "e-mail and DNS methods", DCV_METHOD_DNS_CHANGE);
        return;
    }
    add_reuse(timing, reuse, reuse->email, "e-mail", DCV_METHOD_CONSTRUCTED);
    add_reuse(timing, reuse, reuse->dns, "DNS methods", DCV_METHOD_DNS_CHANGE);
}

void timing_reuse(struct timing *timing)
{
    static const enum dcv_event_kind kinds[] = {
        [DCV_BASIS_GIVEN] = DCV_EVENT_REUSE_LAST, [DCV_BASIS_CERTIFICATE] = DCV_EVENT_REUSE_LATEST, [DCV_BASIS_TODAY] = DCV_EVENT_REUSE_TODAY};
    struct dcv_timeline_ca *out = timing->out;
    const struct dcv_timeline *timeline = timing->timeline;
    out->reuse_email = last_by_email(out, timeline->validated);
    out->reuse_dns = last_by_dns(out, timeline->validated);
    out->today_email = last_by_email(out, timeline->as_of);
    out->today_dns = last_by_dns(out, timeline->as_of);
    if (timeline->basis != DCV_BASIS_TODAY)
        add_reuses(timing, &(struct reuse){kinds[timeline->basis], timeline->validated, out->reuse_email, out->reuse_dns});
    if (timeline->basis == DCV_BASIS_TODAY || timeline->validated != timeline->as_of)
        add_reuses(timing, &(struct reuse){DCV_EVENT_REUSE_TODAY, timeline->as_of, out->today_email, out->today_dns});
}

/* ---- ends ------------------------------------------------------------------------------------------------------------------- */

static bool same_end(const struct dcv_method_end *a, const struct dcv_method_end *b)
{
    return a->offered == DCV_YES && b->offered == DCV_YES && a->last == b->last && (a->clause[0] == '\0') == (b->clause[0] == '\0');
}

/* "a b c" of the rows that end as row `at` does, or begin to be discouraged with it; NULL: an earlier row has named them. */
static const char *named_together(struct timing *timing, size_t at, bool ends)
{
    const struct dcv_method_end *rows = timing->out->methods.items;
    const char *names = NULL;
    for (size_t i = 0; i < SOURCES; i++) {
        bool same = ends ? same_end(&rows[i], &rows[at]) : rows[i].offered == DCV_YES && rows[i].discouraged == rows[at].discouraged;
        if (!same)
            continue;
        if (i < at)
            return NULL;
        names = names == NULL ? rows[i].name : dcv_arena_printf(timing->arena, "%s %s", names, rows[i].name);
    }
    return names;
}

/* The clauses of several methods as one: "BR 3.2.2.4.4, 3.2.2.4.13". */
static const char *clauses_of(struct timing *timing, const char *names)
{
    const char *text = NULL;
    for (size_t i = 0; i < SOURCES; i++) {
        const char *clause = dcv_method_info(dcv_source_method(sources[i]))->clause;
        if (strstr(names, dcv_source_text(sources[i])) == NULL)
            continue;
        text = text == NULL ? clause : dcv_arena_printf(timing->arena, "%s, %s", text, clause + strlen("BR "));
    }
    return text != NULL ? text : "";
}

static void add_discouraged(struct timing *timing, const struct dcv_method_end *end, const char *names)
{
    /* A CA may have ended a method before. */
    if (names == NULL || end->discouraged == DCV_DATE_NONE || (end->last != DCV_DATE_NONE && end->last < end->discouraged))
        return;
    struct dcv_event *event = timing_add(timing, end->discouraged, DCV_EVENT_METHOD_DISCOURAGED);
    timing_arg(timing, event, "sources", names);
    timing_cite(event, clauses_of(timing, names), dcv_method_info(DCV_METHOD_CONSTRUCTED)->source);
}

static void add_last(struct timing *timing, const struct dcv_method_end *end, const char *names)
{
    if (names == NULL || end->last == DCV_DATE_NONE)
        return;
    bool by_br = end->clause[0] != '\0';
    struct dcv_event *event = timing_add(timing, end->last, by_br ? DCV_EVENT_METHOD_LAST : DCV_EVENT_METHOD_LAST_AT_CA);
    timing_arg(timing, event, "sources", names);
    timing_arg(timing, event, "ca", timing->out->ca->id);
    timing_cite(event, by_br ? clauses_of(timing, names) : "", end->source);
}

void timing_method_ends(struct timing *timing)
{
    for (size_t i = 0; i < SOURCES && i < timing->out->methods.count; i++) {
        const struct dcv_method_end *end = &timing->out->methods.items[i];
        if (end->offered != DCV_YES)
            continue;
        add_discouraged(timing, end, named_together(timing, i, false));
        add_last(timing, end, named_together(timing, i, true));
    }
}
