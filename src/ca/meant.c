/* Which known issuer domain an unknown one was written for. */
#include "base/text.h"
#include "ca/set.h"
#include "name/psl.h"

#include <string.h>

/* The registrable domain of `text`; a label that stands alone is taken for the name of a CA, too. */
static bool registrable(const struct dcv_psl *psl, const char *text, struct dcv_name *out)
{
    if (dcv_name_parse(text, out, NULL) != DCV_OK)
        return false;
    return dcv_name_labels(out) == 1 || dcv_psl_base(psl, out, out);
}

static const char *of_brand(const struct dcv_ca_set *set, const struct dcv_name *base)
{
    for (size_t i = 0; i < set->brand_count; i++)
        if (dcv_name_first_is(base, set->brands[i].label))
            return set->brands[i].issuer;
    return NULL;
}

/* The nearest name above `domain` that is an issuer domain. */
static const char *above(const struct dcv_ca_set *set, const char *domain)
{
    for (const char *dot = strchr(domain, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const char *known = dcv_issuer_find(set, dot + 1);
        if (known != NULL)
            return known;
    }
    return NULL;
}

/* Is the domain the one that its CA names first? */
static bool named_first(const struct dcv_ca_set *set, const char *domain)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->cas[i]->kind == DCV_CA_KIND_CA && set->cas[i]->issuer_domain_count != 0 &&
            dcv_ascii_equal_nocase(set->cas[i]->issuer_domains[0].domain, domain))
            return true;
    return false;
}

static size_t dots(const char *text)
{
    size_t count = 0;
    while ((text = strchr(text, '.')) != NULL) {
        text++;
        count++;
    }
    return count;
}

static bool better(const struct dcv_ca_set *set, const char *domain, const char *than)
{
    const bool first = named_first(set, domain);
    if (first != named_first(set, than))
        return first;
    return dots(domain) < dots(than);
}

/* The issuer domain whose registrable domain begins with the same label; NULL when several owners have one. */
static const char *elsewhere(const struct dcv_ca_set *set, const struct dcv_psl *psl, const struct dcv_name *base)
{
    char label[DCV_LABEL_MAX + 1] = "";
    const struct dcv_issuer *best = NULL;
    memcpy(label, base->wire + 1, base->wire[0]);
    for (size_t i = 0; i < set->issuer_count; i++) {
        const struct dcv_issuer *issuer = &set->issuers[i];
        struct dcv_name known;
        if (!registrable(psl, issuer->domain, &known) || !dcv_name_first_is(&known, label))
            continue;
        if (best != NULL && strcmp(best->owner, issuer->owner) != 0)
            return NULL;
        if (best == NULL || better(set, issuer->domain, best->domain))
            best = issuer;
    }
    return best != NULL ? best->domain : NULL;
}

const char *dcv_issuer_meant(const struct dcv_ca_set *set, const struct dcv_psl *psl, const char *domain)
{
    struct dcv_name base;
    if (dcv_issuer_find(set, domain) != NULL)
        return NULL;
    const bool has_base = registrable(psl, domain, &base);
    const char *meant = has_base ? of_brand(set, &base) : NULL;
    if (meant == NULL)
        meant = above(set, domain);
    if (meant == NULL && has_base)
        meant = elsewhere(set, psl, &base);
    return meant != NULL ? meant : dcv_issuer_nearest(set, domain);
}
