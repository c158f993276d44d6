/* What comes later, and what the DNS was asked. */
#include "report/text.h"
#include "report/words.h"

#include <string.h>

/* The first and the last day to issue, over the CAs that have one. */
static void reuse_range(const struct dcv_judged *judged, dcv_date *low, dcv_date *high, int *days)
{
    *low = *high = DCV_DATE_NONE;
    *days = 0;
    for (size_t i = 0; i < judged->cas.count; i++) {
        const struct dcv_judged_ca *ca = &judged->cas.items[i];
        if (ca->validity_days > *days)
            *days = ca->validity_days;
        if (ca->reuse_until == DCV_DATE_NONE)
            continue;
        if (*low == DCV_DATE_NONE || ca->reuse_until < *low)
            *low = ca->reuse_until;
        if (*high == DCV_DATE_NONE || ca->reuse_until > *high)
            *high = ca->reuse_until;
    }
}

static void put_reuse(struct dcv_page *page)
{
    dcv_date low, high;
    int days;
    reuse_range(page->judged, &low, &high, &days);
    if (low == DCV_DATE_NONE)
        return;
    const char *day = dcv_page_date(page, page->judged->as_of), *last = dcv_page_date(page, high), *text;
    if (low == high)
        text = dcv_page_printf(page, _("A validation done on %s can be used to issue until %s."), day, last);
    else if (!dcv_text_email_alone(page))
        text = dcv_page_printf(page, _("A validation done on %s can be used to issue until %s or, depending on CA and method, until %s."), day,
                               dcv_page_date(page, low), last);
    else
        text = dcv_page_printf(
            page, _("A validation done on %s can be used to issue until %s or, depending on the CA, until %s."), day,
            dcv_page_date(page, low), last);
    if (days > 0)
        text = dcv_page_printf(page, _("%s A certificate issued on %s lasts %d days at most."), text, day, days);
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2, text);
}

static bool has_reuse(const struct dcv_judged *judged)
{
    dcv_date low, high;
    int days;
    reuse_range(judged, &low, &high, &days);
    return low != DCV_DATE_NONE;
}

/* Whom a change concerns, where that is not everybody and its text does not say. */
static const char *concerned(struct dcv_page *page, const struct dcv_next_group *group)
{
    const bool named = dcv_arg_value(group->next->args, group->next->arg_count, "ca") != NULL;
    if (named || group->cas.count == dcv_judged_count(page->judged))
        return "";
    return dcv_page_printf(page, " (%s)", dcv_ca_names(page->arena, &group->cas));
}

/* What a person plans by: not what the sentence above has said, what leaves e-mail validation as it is, or comes after its end. */
static bool near(const struct dcv_next *next)
{
    const dcv_date end = dcv_method_info(DCV_METHOD_CONSTRUCTED)->forbidden;
    return next->change != DCV_CHANGE_REUSE_ENDS && next->change != DCV_CHANGE_MPIC && (end == DCV_DATE_NONE || next->date <= end);
}

void dcv_text_next(struct dcv_page *page, const struct dcv_judged_ca *only)
{
    dcv_next_groups groups;
    dcv_group_next(page->arena, page->judged, only, &groups);
    bool any = has_reuse(page->judged);
    for (size_t i = 0; i < groups.count && !any; i++)
        any = page->options->verbosity > 0 || near(groups.items[i].next);
    if (!any)
        return;
    dcv_paper_title(&page->paper, _("What changes, and when"));
    put_reuse(page);
    for (size_t i = 0; i < groups.count; i++) {
        const struct dcv_next_group *group = &groups.items[i];
        if (page->options->verbosity == 0 && !near(group->next))
            continue;
        const char *lead = dcv_page_printf(page, "%s  ", dcv_page_date(page, group->next->date));
        dcv_paper_put(&page->paper, 2, DCV_BOLD, lead, 14,
                      dcv_page_printf(page, "%s%s", group->text, only == NULL ? concerned(page, group) : ""));
    }
    if (!page->options->explicit_cas && page->options->verbosity == 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                      dcv_text_email_alone(page)
                          ? _("--ca ID shows one CA: its addresses, what its mail looks like, and the DNS record to use in "
                              "the place of e-mail.")
                          : _("--ca ID shows one CA: each of its ways, with the record or the file, and what stands in its way."));
}

static const char *first_server(struct dcv_page *page)
{
    const struct dcv_facts *facts = page->name->facts;
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(facts, i);
        if (fact->kind == DCV_FACT_DNS && fact->dns.server != NULL && fact->dns.server[0] != '\0')
            return dcv_page_safe(page, fact->dns.server);
    }
    return NULL;
}

static const char *validator(struct dcv_page *page, const struct dcv_facts_about *about)
{
    if (about->dnssec_source != NULL && strcmp(about->dnssec_source, "local") == 0)
        return _("validated here");
    if (about->dnssec_source == NULL || strcmp(about->dnssec_source, "resolver") != 0)
        return _("validation was switched off");
    const char *server = first_server(page);
    return server == NULL ? _("as the resolver says") : dcv_page_printf(page, _("as the resolver %s says"), server);
}

void dcv_text_dns(struct dcv_page *page)
{
    if (page->name->facts == NULL)
        return;
    const struct dcv_facts_about *about = dcv_facts_about_const(page->name->facts);
    const enum dcv_security security = dcv_report_security(page->name->facts, &page->judged->name->name, &page->judged->base);
    const char *text = dcv_word_security(security);
    if (security != DCV_SECURITY_UNCHECKED || about->dnssec_source == NULL ||
        strcmp(about->dnssec_source, "off") == 0)
        text = dcv_page_printf(page, _("%s, %s"), text, validator(page, about));
    dcv_paper_blank(&page->paper);
    text = dcv_page_printf(page, _("DNSSEC %s; queries %u, from the cache %u, round trips %u, %llu ms"), text,
                           about->queries, about->cached, about->round_trips,
                           (unsigned long long)(about->elapsed_us / 1000));
    dcv_paper_put(&page->paper, 0, DCV_PLAIN, "DNS: ", 2, text);
    if (page->options->verbosity > 0 && page->options->psl_origin != NULL)
        dcv_paper_put(&page->paper, 0, DCV_PLAIN, "Public Suffix List: ", 2,
                      dcv_page_safe(page, page->options->psl_origin));
}
