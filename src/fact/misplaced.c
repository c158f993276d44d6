#include "fact/misplaced.h"

#include <stdio.h>
#include <string.h>

const char dcv_contact_label[] = "_validation-contactemail";

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
    case DCV_MISPLACED_WWW: return !dcv_name_first_is(adn, "www") && prepend("www", adn, &doubled) && prepend(dcv_contact_label, &doubled, out);
    case DCV_MISPLACED_DOUBLED: return join(adn, adn, &doubled) && prepend(dcv_contact_label, &doubled, out);
    case DCV_MISPLACED_DOUBLED_BASE:
        return !dcv_name_equal(adn, base) && join(adn, base, &doubled) && prepend(dcv_contact_label, &doubled, out);
    case DCV_MISPLACED_GUARD: return guard(adn, out);
    case DCV_MISPLACED_COUNT: break;
    }
    return false;
}
