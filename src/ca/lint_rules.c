#include "ca/lint_rules.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { SHORTEST_MONTH = 28 };

static bool is_id(const char *text)
{
    return text[0] != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

void dcv_lint_sources(struct dcv_ca_reader *reader, const struct raw_source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "sources/%zu/", i);
        size_t cites = 0, best = 0;
        for (size_t j = 0; j < reader->cites.count; j++)
            if (reader->cites.items[j].source == i) {
                cites++;
                best += reader->cites.items[j].grade == 'A';
            }
        const bool dated = sources[i].date != NULL || sources[i].read != NULL;
        if (cites == 0)
            dcv_ca_remark(reader, DCV_CA_WARNING, path, "no fact cites the source \"%s\"; remove it", sources[i].key);
        if (best != 0 && !dated && sources[i].url == NULL)
            dcv_ca_remark(reader, DCV_CA_ERROR, path,
                          "facts of grade A cite \"%s\", which has no url and no date; add them, or grade B",
                          sources[i].key);
        else if (!dated)
            dcv_ca_remark(reader, DCV_CA_WARNING, path,
                          "the source \"%s\" is undated; add its \"date\", or the day it was \"read\"", sources[i].key);
        if (!is_id(sources[i].key))
            dcv_ca_remark(reader, DCV_CA_ERROR, path,
                          "\"%s\" is no key of a source; use lower-case letters, digits and hyphens", sources[i].key);
    }
}

/* Do two periods, each to before its end, have a day in common? */
static bool overlap(dcv_date from, dcv_date until, dcv_date other_from, dcv_date other_until)
{
    const bool begins = until == DCV_DATE_NONE || other_from == DCV_DATE_NONE || other_from < until;
    return begins && (other_until == DCV_DATE_NONE || from == DCV_DATE_NONE || from < other_until);
}

/* A method that the BR have ended needs no end, and one that begins later never was. */
static void lint_end(const struct dcv_linting *linting, const struct dcv_offer *offer, const char *path)
{
    const dcv_date end = dcv_method_info(dcv_source_method(offer->source))->forbidden;
    char text[DCV_DATE_TEXT], at[DCV_CA_PATH_MAX + 8];
    if (end == DCV_DATE_NONE)
        return;
    if (offer->until != DCV_DATE_NONE && offer->until > end) {
        (void)snprintf(at, sizeof at, "%suntil/", path);
        dcv_ca_remark(linting->reader, DCV_CA_WARNING, at,
                      "\"until\" is after %s, when the Baseline Requirements end the method; leave it out",
                      dcv_date_format(end, text));
    }
    if (offer->from != DCV_DATE_NONE && offer->from >= end) {
        (void)snprintf(at, sizeof at, "%sfrom/", path);
        dcv_ca_remark(linting->reader, DCV_CA_WARNING, at,
                      "\"from\" is not before %s, when the Baseline Requirements end the method; look again at the day",
                      dcv_date_format(end, text));
    }
}

static void lint_offers(const struct dcv_linting *linting)
{
    const struct dcv_offer *offers = linting->ca->offers;
    for (size_t i = 0; i < linting->ca->offer_count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "offers/%zu/", i);
        if (offers[i].offered == DCV_NO)
            continue;
        lint_end(linting, &offers[i], path);
        for (size_t j = 0; j < i; j++)
            if (offers[j].source == offers[i].source && offers[j].level == offers[i].level &&
                offers[j].offered != DCV_NO &&
                overlap(offers[i].from, offers[i].until, offers[j].from, offers[j].until))
                dcv_ca_remark(linting->reader, DCV_CA_ERROR, path,
                              "\"%s\" is offered twice at the level \"%s\" on the same days; end one before the other "
                              "begins",
                              dcv_source_text(offers[i].source), dcv_level_text(offers[i].level));
    }
}

static void lint_recipients(const struct dcv_linting *linting)
{
    const struct dcv_ca *ca = linting->ca;
    for (size_t i = 0; i < ca->recipients_period_count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "recipients_periods/%zu/", i);
        if (ca->recipients_periods[i].recipients == ca->recipients)
            dcv_ca_remark(linting->reader, DCV_CA_WARNING, path,
                          "the period says the same as \"recipients\"; remove it");
        for (size_t j = 0; j < i; j++)
            if (overlap(ca->recipients_periods[i].from, ca->recipients_periods[i].until, ca->recipients_periods[j].from,
                        ca->recipients_periods[j].until))
                dcv_ca_remark(linting->reader, DCV_CA_ERROR, path,
                              "two periods speak of the same days; end one before the other begins");
    }
}

static void lint_limits(const struct dcv_linting *linting)
{
    for (size_t i = 0; i < linting->ca->limit_count; i++) {
        const struct dcv_ca_limit *limit = &linting->ca->limits[i];
        const struct dcv_br_limits *br = dcv_br_limits(limit->from, NULL);
        char path[DCV_CA_PATH_MAX], day[DCV_DATE_TEXT];
        (void)snprintf(path, sizeof path, "limits/%zu/", i);
        (void)dcv_date_format(limit->from, day);
        if (limit->validity_days > br->validity_days || limit->validity_months * SHORTEST_MONTH > br->validity_days)
            dcv_ca_remark(linting->reader, DCV_CA_ERROR, path,
                          "the validity is longer than the %d days that the Baseline Requirements allow on %s; a limit "
                          "of the CA's own is lower",
                          br->validity_days, day);
        if (limit->reuse_days > br->reuse_days)
            dcv_ca_remark(linting->reader, DCV_CA_ERROR, path,
                          "\"reuse_days\" is more than the %d days that the Baseline Requirements allow on %s; a limit "
                          "of the CA's own is lower",
                          br->reuse_days, day);
    }
}

static void lint_parent(const struct dcv_linting *linting)
{
    const char *id = linting->ca->parent;
    const struct dcv_ca *parent = id != NULL ? dcv_ca_find(linting->set, id) : NULL;
    if (id != NULL && parent == NULL)
        dcv_ca_remark(linting->reader, DCV_CA_ERROR, "parent/",
                      "there is no profile \"%s\"; correct the parent, or check its file together with this one", id);
    else if (parent != NULL && parent->parent != NULL)
        dcv_ca_remark(linting->reader, DCV_CA_ERROR, "parent/",
                      "the parent \"%s\" has a parent itself; name the issuing CA \"%s\"", id, parent->parent);
}

static bool same_owner(const char *owner, const char *other)
{
    return owner != NULL && other != NULL && strcmp(owner, other) == 0;
}

/* A deprecated domain may have been of another, which the CA took over. */
static void lint_domain(const struct dcv_linting *linting, const struct dcv_issuer_domain *domain, const char *path,
                        const char *own)
{
    const char *owner = dcv_issuer_owner(linting->set, domain->domain);
    if (owner == NULL)
        dcv_ca_remark(linting->reader, DCV_CA_WARNING, path, "\"%s\" is not in %s; add it there, too", domain->domain,
                      DCV_CA_ISSUERS_FILE);
    else if (domain->shared && same_owner(owner, own))
        dcv_ca_remark(linting->reader, DCV_CA_WARNING, path,
                      "\"%s\" belongs to the CA itself; list it under \"issuer_domains\"", domain->domain);
    else if (!domain->shared && !domain->deprecated && own != NULL && !same_owner(owner, own))
        dcv_ca_remark(linting->reader, DCV_CA_WARNING, path,
                      "\"%s\" belongs to %s; where the CA accepts it, list it under \"shared_domains\"", domain->domain,
                      owner);
}

/* The first domain says which owner the CA itself is. */
static void lint_domains(const struct dcv_linting *linting)
{
    const struct raw_caa *caa = &linting->raw->caa;
    const struct dcv_issuer_domain *domains = linting->ca->issuer_domains;
    const char *own = linting->ca->issuer_domain_count != 0 && !domains[0].shared
                          ? dcv_issuer_owner(linting->set, domains[0].domain)
                          : NULL;
    for (size_t i = 0; i < linting->ca->issuer_domain_count; i++) {
        const char *key = domains[i].shared       ? "shared_domains"
                          : domains[i].deprecated ? "deprecated_domains"
                                                  : "issuer_domains";
        const size_t before = domains[i].shared       ? caa->domain_count + caa->deprecated_count
                              : domains[i].deprecated ? caa->domain_count
                                                      : 0;
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "caa/%s/%zu/", key, i - before);
        lint_domain(linting, &domains[i], path, own);
        for (size_t j = 0; j < i; j++)
            if (dcv_ascii_equal_nocase(domains[i].domain, domains[j].domain))
                dcv_ca_remark(linting->reader, DCV_CA_ERROR, path, "the domain \"%s\" is there twice; keep one",
                              domains[i].domain);
    }
}

/* The id of another profile that sells a product of this id, or NULL. */
static const char *other_seller(const struct dcv_linting *linting, const char *product)
{
    for (size_t i = 0; i < linting->set->count; i++) {
        const struct dcv_ca *ca = linting->set->cas[i];
        for (size_t j = 0; strcmp(ca->id, linting->ca->id) != 0 && j < ca->product_count; j++)
            if (dcv_ascii_equal_nocase(ca->products[j].id, product))
                return ca->id;
    }
    return NULL;
}

static void lint_products(const struct dcv_linting *linting)
{
    const struct dcv_ca *ca = linting->ca;
    bool used = false;
    for (size_t i = 0; i < ca->product_count; i++) {
        const char *id = ca->products[i].id, *other = other_seller(linting, id);
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "products/%zu/id/", i);
        used = used || linting->raw->products[i].step_count == 0;
        if (!is_id(id))
            dcv_ca_remark(linting->reader, DCV_CA_ERROR, path,
                          "\"%s\" is no id; use lower-case letters, digits and hyphens", id);
        if (other != NULL)
            dcv_ca_remark(linting->reader, DCV_CA_ERROR, path,
                          "\"%s\" sells a product \"%s\", too; give this one an id of its own", other, id);
        (void)snprintf(path, sizeof path, "products/%zu/wildcard/", i);
        if (ca->products[i].wildcard && ca->wildcard == DCV_NO)
            dcv_ca_remark(linting->reader, DCV_CA_ERROR, path,
                          "a wildcard product while \"wildcard\" of the profile is no; correct one of them");
    }
    if (linting->raw->step_count != 0 && !used)
        dcv_ca_remark(linting->reader, DCV_CA_WARNING, "steps/", "no product has these steps; remove them");
}

void dcv_lint_profile(const struct dcv_linting *linting)
{
    lint_offers(linting);
    lint_recipients(linting);
    lint_limits(linting);
    lint_parent(linting);
    lint_domains(linting);
    lint_products(linting);
    if (!linting->ca->issues && linting->ca->note_count == 0)
        dcv_ca_remark(linting->reader, DCV_CA_WARNING, "issues/",
                      "the CA issues nothing and no note says why; add one with who took over, and when");
}
