/* The climb for CAA records, and the contact records at their place and beside it. */
#include "report/survey.h"

#include <limits.h>
#include <stdlib.h>
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

/* ---- order -------------------------------------------------------------------------------------------------------------------- */

/* A name with its distance above the one that is inspected. */
struct place {
    unsigned distance; /* UINT_MAX: elsewhere */
    const struct dcv_name *name;
};

static unsigned distance_of(const struct dcv_survey *survey, const struct dcv_name *name)
{
    return dcv_name_under(&survey->name, name) ? dcv_name_labels(&survey->name) - dcv_name_labels(name) : UINT_MAX;
}

static int compare_places(struct place a, struct place b)
{
    if (a.distance != b.distance)
        return a.distance < b.distance ? -1 : 1;
    return dcv_name_compare(a.name, b.name);
}

/* ---- contact records ------------------------------------------------------------------------------------------------------ */

static void add_contact(struct dcv_survey *survey, const struct dcv_name *adn, const struct dcv_dns_fact *fact,
                        bool right, enum dcv_misplacement misplacement)
{
    struct dcv_survey_contact *contact = DCV_VEC_ADD(survey->arena, &survey->contacts);
    if (contact != NULL)
        *contact = (struct dcv_survey_contact){*adn, distance_of(survey, adn), fact, right, misplacement};
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

/* Is it a name at which CAs look, for another ADN? */
static bool is_place(const struct dcv_survey *survey, const struct dcv_name *owner)
{
    struct dcv_name adn;
    return dcv_name_first_is(owner, dcv_contact_label) && dcv_name_parent(owner, &adn) &&
           !only_misplaced(survey, owner, &adn);
}

static void add_misplaced(struct dcv_survey *survey, const struct dcv_name *adn)
{
    for (int i = 0; i < DCV_MISPLACED_COUNT; i++) {
        struct dcv_name owner;
        const struct dcv_dns_fact *fact = NULL;
        if (dcv_misplaced_owner((enum dcv_misplacement)i, adn, &survey->base, &owner) && !is_place(survey, &owner))
            fact = dcv_facts_dns(survey->facts, &owner, DCV_TYPE_TXT, NULL);
        if (fact != NULL && looks_like_contact(survey->arena, fact))
            add_contact(survey, adn, fact, false, (enum dcv_misplacement)i);
    }
}

static int by_adn(const void *a, const void *b)
{
    const struct dcv_survey_contact *left = a, *right = b;
    const int places = compare_places((struct place){left->distance, &left->adn}, (struct place){right->distance, &right->adn});
    if (places != 0)
        return places;
    return left->right != right->right ? (left->right ? -1 : 1) : dcv_name_compare(&left->fact->name, &right->fact->name);
}

static void contacts(struct dcv_survey *survey)
{
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
    if (survey->contacts.count != 0)
        qsort(survey->contacts.items, survey->contacts.count, sizeof survey->contacts.items[0], by_adn);
}

/* ---- mail ----------------------------------------------------------------------------------------------------------------------- */

static int by_domain(const void *a, const void *b)
{
    const struct dcv_survey_mail *left = a, *right = b;
    return compare_places((struct place){left->distance, &left->name}, (struct place){right->distance, &right->name});
}

static void mail(struct dcv_survey *survey)
{
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        struct dcv_survey_mail *slot =
            fact->kind == DCV_FACT_DNS && fact->dns.type == DCV_TYPE_MX ? DCV_VEC_ADD(survey->arena, &survey->mail) : NULL;
        if (slot != NULL)
            *slot = (struct dcv_survey_mail){fact->dns.name, distance_of(survey, &fact->dns.name), &fact->dns};
    }
    if (survey->mail.count != 0)
        qsort(survey->mail.items, survey->mail.count, sizeof survey->mail.items[0], by_domain);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------ */

void dcv_survey_seen(struct dcv_survey *survey)
{
    climb(survey);
    contacts(survey);
    mail(survey);
}
