/* The page of `inspect`: what is wrong in the DNS of one name, then what was seen, in the order in which a resolver meets it. */
#include "report/inspect.h"
#include "report/words.h"

#include <string.h>

/* The resolvers that gave answers, in the order in which they did. */
static const char *resolvers_text(struct dcv_page *page, const struct dcv_facts *facts)
{
    enum { NAMED = 4 };
    const char *seen[NAMED], *text = "";
    size_t count = 0;
    for (size_t i = 0; i < dcv_facts_count(facts) && count < NAMED; i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, i);
        const bool relayed = fact->kind == DCV_FACT_DNS && fact->dns.server[0] != '\0' &&
                             !(fact->dns.message != NULL && fact->dns.message->authoritative);
        const bool compared = fact->kind == DCV_FACT_SERVER && fact->server.as == DCV_ASKED_RESOLVER;
        const char *server = relayed ? fact->dns.server : compared ? fact->server.server : NULL;
        bool before = server == NULL;
        for (size_t j = 0; j < count && !before; j++)
            before = strcmp(seen[j], server) == 0;
        if (before)
            continue;
        seen[count++] = server;
        text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_inspect_address(page, server));
    }
    return text;
}

static size_t unreached(const struct dcv_survey *survey, enum dcv_survey_reach reach)
{
    size_t count = 0;
    for (size_t i = 0; i < survey->rows.count; i++)
        count += survey->rows.items[i].reach == reach;
    return count;
}

static void put_gap(struct dcv_page *page, const char *text)
{
    dcv_paper_put(&page->paper, 0, DCV_YELLOW, _("Not asked: "), 2, text);
}

/* What this page says nothing about. */
static void gaps(struct dcv_page *page, const struct dcv_survey *survey)
{
    const struct dcv_facts_about *about = dcv_facts_about_const(survey->facts);
    const size_t no_route = unreached(survey, DCV_REACH_NO_ROUTE), private = unreached(survey, DCV_REACH_PRIVATE);
    if (!about->authority)
        put_gap(page, _("the zones' own servers; everything here is what the resolver says."));
    if (no_route != 0)
        put_gap(page, dcv_page_printf(page,
                                      _("addresses to which this host has no route, as IPv6 ones without IPv6: %zu; "
                                        "that is no fault of the zone."),
                                      no_route));
    if (private != 0)
        put_gap(page,
                dcv_page_printf(page, _("private addresses: %zu (--allow-private-addresses asks them)."), private));
    if (about->deadline)
        put_gap(page, _("what was still to be asked when the time was over (--deadline gives more)."));
}

static void head(struct dcv_page *page, const struct dcv_survey *survey)
{
    const struct dcv_judged *judged = page->judged;
    const char *unicode = dcv_page_safe(page, judged->name->unicode), *ascii = dcv_page_safe(page, judged->name->ascii);
    dcv_paper_put(&page->paper, 0, DCV_BOLD, unicode, 2,
                  strcmp(unicode, ascii) == 0 ? "" : dcv_page_printf(page, "  (%s)", ascii));
    const char *base = judged->base.len == 0
                           ? _("no base domain")
                           : dcv_page_printf(page, _("base domain %s"), dcv_page_name(page, &judged->base));
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2,
                  dcv_page_printf(page, _("DNS as seen on %s, %s"), dcv_inspect_time(page, survey->now), base));
    if (judged->base.len == 0) /* nobody was asked */
        return;
    const char *resolvers = resolvers_text(page, survey->facts);
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "", 2,
                  resolvers[0] == '\0' ? _("no resolver answered")
                                       : dcv_page_printf(page, _("resolver: %s"), resolvers));
    gaps(page, survey);
}

static void put_sum(struct dcv_page *page)
{
    switch (dcv_report_seen(page->judged, page->name->facts)) {
    case DCV_SEEN_SOUND:
        dcv_paper_put(&page->paper, 0, DCV_GREEN, _("NOTHING WRONG: "), 2,
                      _("no fault was found in the DNS of this name."));
        break;
    case DCV_SEEN_FAULTS:
        dcv_paper_put(&page->paper, 0, DCV_RED, _("FAULTS: "), 2,
                      _("what is wrong comes first, then what was seen."));
        break;
    case DCV_SEEN_NOT:
        dcv_paper_put(&page->paper, 0, DCV_YELLOW, _("NOT SEEN: "), 2,
                      page->judged->base.len == 0 ? _("a public suffix, or a name outside the public DNS: nothing was looked up.")
                                                   : _("no fault was found, but not everything could be seen."));
        break;
    }
}

static void findings(struct dcv_page *page)
{
    static const enum dcv_severity shown[] = {DCV_BLOCKER, DCV_WARNING, DCV_NOTICE, DCV_INFO};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (shown[i] != DCV_INFO || page->options->verbosity > 0)
            (void)dcv_text_dns_findings(page, shown[i]);
}

void dcv_text_inspect(struct dcv_page *page)
{
    struct dcv_survey survey;
    dcv_survey_make(&survey, page->arena, page->name->facts, &page->judged->name->name, &page->judged->base);
    head(page, &survey);
    put_sum(page);
    findings(page);
    if (page->judged->base.len != 0) {
        dcv_inspect_delegation(page, &survey);
        dcv_inspect_chain(page, &survey);
        dcv_inspect_matrix(page, &survey);
        dcv_inspect_caa(page, &survey);
        dcv_inspect_contacts(page, &survey);
        dcv_inspect_mail(page, &survey);
        dcv_inspect_vantage(page, &survey);
    }
    if (page->options->verbosity > 0)
        dcv_text_records(page);
    dcv_text_dns(page);
}
