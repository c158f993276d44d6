/* The climb for CAA records, and the contact records at their place and beside it. */
#include "report/survey.h"

#include <string.h>

static bool holds_caa(const struct dcv_dns_fact *fact)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->answer.count; i++)
        if (message->answer.items[i].type == DCV_TYPE_CAA)
            return true;
    return false;
}

/* RFC 8659 §3: from the name upward, as far as the first answer that has any, or that is none. */
static void climb(struct dcv_survey *survey)
{
    for (unsigned labels = dcv_name_labels(&survey->name); labels > 0; labels--) {
        struct dcv_survey_rung *rung = DCV_VEC_ADD(survey->arena, &survey->climb);
        if (rung == NULL)
            return;
        rung->name = dcv_name_suffix(&survey->name, labels);
        rung->fact = dcv_facts_dns(survey->facts, &rung->name, DCV_TYPE_CAA, NULL);
        rung->found = holds_caa(rung->fact);
        if (rung->found || (rung->fact != NULL && !dcv_outcome_conclusive(rung->fact->outcome)))
            return;
    }
}

/* ---- contact records ------------------------------------------------------------------------------------------------------ */

static void add_contact(struct dcv_survey *survey, const struct dcv_name *adn, const struct dcv_dns_fact *fact,
                        bool right, enum dcv_misplacement misplacement)
{
    struct dcv_survey_contact *contact = DCV_VEC_ADD(survey->arena, &survey->contacts);
    if (contact != NULL)
        *contact = (struct dcv_survey_contact){*adn, fact, right, misplacement};
}

/* A value that could be meant for an address: TXT records of other uses have spaces, or no @. */
static bool looks_like_contact(struct dcv_arena *arena, const struct dcv_dns_fact *fact)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        size_t len = 0;
        const uint8_t *text = dcv_rr_txt(&message->answer.items[i], arena, &len, NULL);
        if (text != NULL && memchr(text, '@', len) != NULL && memchr(text, ' ', len) == NULL)
            return true;
    }
    return false;
}

static void add_misplaced(struct dcv_survey *survey, const struct dcv_name *adn)
{
    for (int i = 0; i < DCV_MISPLACED_COUNT; i++) {
        struct dcv_name owner;
        const struct dcv_dns_fact *fact = NULL;
        if (dcv_misplaced_owner((enum dcv_misplacement)i, adn, &survey->base, &owner))
            fact = dcv_facts_dns(survey->facts, &owner, DCV_TYPE_TXT, NULL);
        if (fact != NULL && looks_like_contact(survey->arena, fact))
            add_contact(survey, adn, fact, false, (enum dcv_misplacement)i);
    }
}

/* Was it looked up only because it is a wrong place for one of the name's own ADNs? */
static bool only_misplaced(const struct dcv_survey *survey, const struct dcv_name *asked, const struct dcv_name *adn)
{
    if (dcv_name_under(&survey->name, adn))
        return false;
    for (unsigned labels = dcv_name_labels(&survey->name); labels > 0; labels--) {
        const struct dcv_name rung = dcv_name_suffix(&survey->name, labels);
        struct dcv_name owner;
        for (int i = 0; i < DCV_MISPLACED_COUNT; i++)
            if (dcv_misplaced_owner((enum dcv_misplacement)i, &rung, &survey->base, &owner) &&
                dcv_name_equal(&owner, asked))
                return true;
    }
    return false;
}

void dcv_survey_seen(struct dcv_survey *survey)
{
    climb(survey);
    for (size_t i = 0; survey->base.len != 0 && i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        struct dcv_name adn;
        if (fact->kind != DCV_FACT_DNS || fact->dns.type != DCV_TYPE_TXT ||
            !dcv_name_first_is(&fact->dns.name, dcv_contact_label) || !dcv_name_parent(&fact->dns.name, &adn) ||
            only_misplaced(survey, &fact->dns.name, &adn))
            continue;
        add_contact(survey, &adn, &fact->dns, true, DCV_MISPLACED_COUNT);
        add_misplaced(survey, &adn);
    }
}
