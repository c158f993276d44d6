/* CAA, contact records and mail as they were found, and what cannot be seen from one place. */
#include "report/inspect.h"
#include "report/words.h"

#include <string.h>

/* What an answer says: its records, or why there are none. */
static void put_fact(struct dcv_page *page, const char *lead, const struct dcv_dns_fact *fact, const char *behind)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    const char *text = dcv_inspect_records(page, message, NULL), *why = dcv_inspect_outcome(page, fact->outcome, fact->rcode, fact->tries);
    if (why[0] != '\0') /* behind the aliases that lead there */
        text = dcv_page_printf(page, text[0] == '\0' ? "%s%s" : "%s (%s)", text, why);
    const bool bad = fact->security == DCV_SECURITY_BOGUS || !dcv_outcome_conclusive(fact->outcome);
    if (fact->security != DCV_SECURITY_UNCHECKED)
        text = dcv_page_printf(page, "%s  [%s]", text, dcv_security_text(fact->security));
    dcv_paper_put(&page->paper, 2, bad ? DCV_RED : DCV_PLAIN, lead, 4, dcv_page_printf(page, "  %s%s", text, behind));
}

/* ---- CAA ------------------------------------------------------------------------------------------------------------------ */

void dcv_inspect_caa(struct dcv_page *page, const struct dcv_survey *survey)
{
    dcv_paper_title(&page->paper, _("CAA, from the name upward"));
    for (size_t i = 0; i < survey->climb.count; i++) {
        const struct dcv_survey_rung *rung = &survey->climb.items[i];
        if (rung->fact == NULL)
            dcv_paper_put(&page->paper, 2, DCV_PLAIN, dcv_page_name(page, &rung->name), 4, _("  not looked up"));
        else
            put_fact(page, dcv_page_name(page, &rung->name), rung->fact,
                     rung->found ? _("  <- the climb stops here: these records apply")
                     : !dcv_outcome_conclusive(rung->fact->outcome) ? _("  <- without an answer the climb stops here")
                                                                    : "");
    }
    bool doubtful = false;
    for (size_t i = 0; i < survey->climb.count; i++)
        doubtful = doubtful || survey->climb.items[i].fact == NULL ||
                   survey->climb.items[i].fact->security == DCV_SECURITY_BOGUS ||
                   !dcv_outcome_conclusive(survey->climb.items[i].fact->outcome);
    const struct dcv_survey_rung *last =
        survey->climb.count != 0 ? &survey->climb.items[survey->climb.count - 1] : NULL;
    if (last != NULL && !last->found && !doubtful)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2, _("No CAA record up to the top: every CA may issue."));
}

/* ---- contact records ------------------------------------------------------------------------------------------------------ */

void dcv_inspect_contacts(struct dcv_page *page, const struct dcv_survey *survey)
{
    dcv_paper_title(&page->paper, _("Contact records (TXT)"));
    for (size_t i = 0; i < survey->contacts.count; i++) {
        const struct dcv_survey_contact *contact = &survey->contacts.items[i];
        const char *behind = contact->right ? ""
                             : contact->misplacement == DCV_MISPLACED_GUARD
                                 ? _("  <- made by a wildcard: this label stands for any other")
                                 : _("  <- no CA looks here");
        put_fact(page, dcv_page_name(page, &contact->fact->name), contact->fact, behind);
    }
    if (survey->contacts.count == 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2, _("None was looked up."));
}

/* ---- mail ----------------------------------------------------------------------------------------------------------------- */

static const char *addresses_text(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_name *host)
{
    static const uint16_t types[] = {DCV_TYPE_A, DCV_TYPE_AAAA};
    const char *text = "", *failure = "";
    for (size_t i = 0; i < 2; i++) {
        const struct dcv_dns_fact *fact = dcv_facts_dns(survey->facts, host, types[i], NULL);
        if (fact == NULL)
            continue;
        if (fact->outcome == DCV_OUTCOME_ANSWER)
            text = dcv_page_printf(page, "%s%s%s", text, text[0] == '\0' ? "" : ", ",
                                   dcv_inspect_records(page, fact->message, NULL));
        else if (!dcv_outcome_conclusive(fact->outcome))
            failure = dcv_inspect_outcome(page, fact->outcome, fact->rcode, fact->tries);
    }
    return text[0] != '\0' ? text : failure[0] != '\0' ? failure : _("no address");
}

static void put_exchanges(struct dcv_page *page, const struct dcv_survey *survey, const struct dcv_message *message)
{
    struct dcv_mx mx;
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        if (!dcv_rr_mx(&message->answer.items[i], &mx))
            continue;
        const bool null = mx.exchange.len == 1;
        dcv_paper_put(&page->paper, 4, DCV_PLAIN,
                      dcv_page_printf(page, "%u %s", (unsigned)mx.preference, dcv_page_name(page, &mx.exchange)), 6,
                      dcv_page_printf(page, "  %s",
                                      null ? _("a null MX: the domain takes no mail")
                                           : addresses_text(page, survey, &mx.exchange)));
    }
}

void dcv_inspect_mail(struct dcv_page *page, const struct dcv_survey *survey)
{
    dcv_paper_title(&page->paper, _("Mail"));
    for (size_t i = 0; i < survey->mail.count; i++) {
        const struct dcv_dns_fact *fact = survey->mail.items[i].fact;
        const struct dcv_message *message = dcv_dns_fact_data(fact);
        if (message == NULL || fact->outcome != DCV_OUTCOME_ANSWER) {
            put_fact(page, dcv_page_name(page, &fact->name), fact, "");
            continue;
        }
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, dcv_page_name(page, &fact->name), 4,
                      fact->security == DCV_SECURITY_UNCHECKED
                          ? ""
                          : dcv_page_printf(page, "  [%s]", dcv_security_text(fact->security)));
        put_exchanges(page, survey, message);
    }
}

/* ---- what cannot be seen from here ---------------------------------------------------------------------------------------- */

void dcv_inspect_vantage(struct dcv_page *page, const struct dcv_survey *survey)
{
    size_t servers = 0, resolvers = 0, zones = 0;
    for (size_t i = 0; i < survey->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[i];
        resolvers += row->resolver;
        servers += !row->resolver && row->reach != DCV_REACH_NO_ROUTE && row->reach != DCV_REACH_PRIVATE &&
                   row->reach != DCV_REACH_NOT_ASKED;
    }
    for (size_t i = 0; i < survey->zones.count; i++)
        zones += survey->zones.items[i].swept;
    dcv_paper_title(&page->paper, _("What one vantage point cannot prove"));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                  _("A CA asks from several places (MPIC); this page shows the DNS as seen from this host. Servers that "
                    "answer by who asks, firewalls, other servers behind an anycast address, and split-horizon "
                    "resolvers may show a CA something else."));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2,
                  dcv_page_printf(page,
                                  _("Compared here: addresses of name servers: %zu (zones: %zu), resolvers: %zu."),
                                  servers, zones, resolvers));
}
