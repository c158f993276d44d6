#include "ca/profile.h"

static const char *const level_texts[DCV_LEVEL_COUNT] = {
    [DCV_LEVEL_EXACT] = "exact",
    [DCV_LEVEL_EXACT_PLUS_BASE_IF_WWW] = "exact-plus-base-if-www",
    [DCV_LEVEL_EXACT_AND_BASE] = "exact-and-base",
    [DCV_LEVEL_ANY_ADN] = "any-adn",
    [DCV_LEVEL_WWW_STRIPPED] = "www-stripped",
    [DCV_LEVEL_WWW_STRIPPED_AND_BASE] = "www-stripped-and-base",
    [DCV_LEVEL_WWW_STRIPPED_ANY] = "www-stripped-any",
    [DCV_LEVEL_REGISTERED_OR_EXACT_STRIPPED] = "registered-or-exact-stripped",
    [DCV_LEVEL_BASE] = "base",
};

const char *dcv_level_text(enum dcv_level level)
{
    return level_texts[level];
}

/* The name without a leading "www.", which is kept where it is the registered label: a public suffix is no ADN. */
static struct dcv_name without_www(const struct dcv_name *name, const struct dcv_name *base)
{
    struct dcv_name stripped = *name;
    if (dcv_name_first_is(name, "www") && !dcv_name_equal(name, base))
        (void)dcv_name_parent(name, &stripped);
    return stripped;
}

static bool is_www_of(const struct dcv_name *name, const struct dcv_name *base)
{
    struct dcv_name parent;
    return dcv_name_first_is(name, "www") && dcv_name_parent(name, &parent) && dcv_name_equal(&parent, base);
}

bool dcv_level_covers(enum dcv_level level, const struct dcv_name *name, const struct dcv_name *base,
                      const struct dcv_name *adn)
{
    if (!dcv_name_under(name, adn) || !dcv_name_under(adn, base))
        return false;
    const struct dcv_name stripped = without_www(name, base);
    const bool at_name = dcv_name_equal(adn, name), at_base = dcv_name_equal(adn, base);
    switch (level) {
    case DCV_LEVEL_EXACT: return at_name;
    case DCV_LEVEL_EXACT_PLUS_BASE_IF_WWW: return at_name || (at_base && is_www_of(name, base));
    case DCV_LEVEL_EXACT_AND_BASE: return at_name || at_base;
    case DCV_LEVEL_ANY_ADN: return true;
    case DCV_LEVEL_WWW_STRIPPED: return dcv_name_equal(adn, &stripped);
    case DCV_LEVEL_WWW_STRIPPED_AND_BASE:
    case DCV_LEVEL_REGISTERED_OR_EXACT_STRIPPED: return at_base || dcv_name_equal(adn, &stripped);
    case DCV_LEVEL_WWW_STRIPPED_ANY: return dcv_name_under(&stripped, adn);
    case DCV_LEVEL_BASE: return at_base;
    case DCV_LEVEL_COUNT: break;
    }
    return false;
}
