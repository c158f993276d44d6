#include "fact/misplaced.h"

#include <stdio.h>
#include <string.h>

const char dcv_contact_label[] = "_validation-contactemail";

enum { NEAR_BASE = 3 }; /* ADNs from the base domain up that are looked at, beside the name itself: there may be a hundred */

static const struct {
    const char *text, *label; /* label NULL: made by a function of its own */
} places[DCV_MISPLACED_COUNT] = {
    [DCV_MISPLACED_APEX] = {"apex", NULL},
    [DCV_MISPLACED_HYPHEN] = {"hyphen", "_validation_contactemail"},
    [DCV_MISPLACED_UNDERSCORE] = {"underscore", "validation-contactemail"},
    [DCV_MISPLACED_WWW] = {"www", NULL},
    [DCV_MISPLACED_SHORT] = {"short", "_contactemail"},
    [DCV_MISPLACED_JOINED] = {"joined", "_validationcontactemail"},
    [DCV_MISPLACED_DOUBLED] = {"doubled", NULL},
    [DCV_MISPLACED_DOUBLED_BASE] = {"doubled-base", NULL},
    [DCV_MISPLACED_GUARD] = {"guard", NULL},
};

const char *dcv_misplacement_text(enum dcv_misplacement misplacement)
{
    return places[misplacement].text;
}

/* `left` without its root label, then `right`. */
static bool join(const struct dcv_name *left, const struct dcv_name *right, struct dcv_name *out)
{
    uint8_t wire[2 * DCV_NAME_WIRE_MAX];
    size_t len = (size_t)left->len - 1;
    memcpy(wire, left->wire, len);
    memcpy(wire + len, right->wire, right->len);
    return dcv_name_from_wire(wire, len + right->len, out) == DCV_OK;
}

static bool prepend(const char *label, const struct dcv_name *name, struct dcv_name *out)
{
    return dcv_name_prepend(label, name, out) == DCV_OK;
}

/* Of the name's octets, so that a recorded run asks the same again (FNV-1a). */
static bool guard(const struct dcv_name *adn, struct dcv_name *out)
{
    struct dcv_name lower = *adn;
    uint64_t hash = 0xcbf29ce484222325U;
    char label[DCV_LABEL_MAX + 1];
    dcv_name_lower(&lower);
    for (size_t i = 0; i < lower.len; i++)
        hash = (hash ^ lower.wire[i]) * 0x100000001b3U;
    (void)snprintf(label, sizeof label, "_no-such-label-%016llx", (unsigned long long)hash);
    return prepend(label, adn, out);
}

bool dcv_misplaced_owner(enum dcv_misplacement misplacement, const struct dcv_name *adn, const struct dcv_name *base, struct dcv_name *out)
{
    struct dcv_name doubled;
    switch (misplacement) {
    case DCV_MISPLACED_APEX: *out = *adn; return true;
    case DCV_MISPLACED_HYPHEN:
    case DCV_MISPLACED_UNDERSCORE:
    case DCV_MISPLACED_SHORT:
    case DCV_MISPLACED_JOINED: return prepend(places[misplacement].label, adn, out);
    case DCV_MISPLACED_WWW:
        return !dcv_name_first_is(adn, "www") && prepend("www", adn, &doubled) && prepend(dcv_contact_label, &doubled, out);
    case DCV_MISPLACED_DOUBLED: return join(adn, adn, &doubled) && prepend(dcv_contact_label, &doubled, out);
    case DCV_MISPLACED_DOUBLED_BASE:
        return !dcv_name_equal(adn, base) && join(adn, base, &doubled) && prepend(dcv_contact_label, &doubled, out);
    case DCV_MISPLACED_GUARD: return guard(adn, out);
    case DCV_MISPLACED_COUNT: break;
    }
    return false;
}

bool dcv_misplaced_adn(const struct dcv_name *adn, const struct dcv_name *name, const struct dcv_name *base)
{
    if (base->len == 0 || !dcv_name_under(name, adn) || !dcv_name_under(adn, base))
        return false;
    return dcv_name_equal(adn, name) || dcv_name_labels(adn) < dcv_name_labels(base) + NEAR_BASE;
}

static bool misplaced_of(const struct dcv_name *owner, const struct dcv_name *adn, const struct dcv_name *base)
{
    struct dcv_name place;
    for (int i = 0; i < DCV_MISPLACED_COUNT; i++)
        if (dcv_misplaced_owner((enum dcv_misplacement)i, adn, base, &place) && dcv_name_equal(&place, owner))
            return true;
    return false;
}

/* The right place of an ADN, be it one behind an alias: there the SOA record is looked up, too. */
static bool right_place(const struct dcv_facts *facts, const struct dcv_name *owner, const struct dcv_name *name,
                        const struct dcv_name *base)
{
    struct dcv_name adn;
    if (!dcv_name_first_is(owner, dcv_contact_label) || !dcv_name_parent(owner, &adn))
        return false;
    return (dcv_name_under(name, &adn) && dcv_name_under(&adn, base)) || dcv_facts_dns(facts, &adn, DCV_TYPE_SOA, NULL) != NULL;
}

bool dcv_misplaced_fact(const struct dcv_facts *facts, const struct dcv_dns_fact *fact, const struct dcv_name *name,
                        const struct dcv_name *base)
{
    if (fact->type != DCV_TYPE_TXT || base->len == 0 || right_place(facts, &fact->name, name, base))
        return false;
    for (unsigned labels = dcv_name_labels(base), last = dcv_name_labels(name); labels <= last; labels++) {
        const struct dcv_name adn = dcv_name_suffix(name, labels);
        if (dcv_misplaced_adn(&adn, name, base) && misplaced_of(&fact->name, &adn, base))
            return true;
    }
    return false;
}
