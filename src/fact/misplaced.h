/* The wrong places where contact records are found in practice, beside the right one. */
#ifndef DCV_FACT_MISPLACED_H
#define DCV_FACT_MISPLACED_H

#include "fact/fact.h"

/* The label below an Authorization Domain Name where BR 3.2.2.4.14 looks. */
extern const char dcv_contact_label[];

/* How a place differs from the right one. The texts are in dcv_misplacement_text(). */
enum dcv_misplacement {
    DCV_MISPLACED_APEX,            /* at the name itself */
    DCV_MISPLACED_HYPHEN,          /* "_validation_contactemail" */
    DCV_MISPLACED_UNDERSCORE,      /* "validation-contactemail", which some control panels make of it */
    DCV_MISPLACED_WWW,             /* below "www" */
    DCV_MISPLACED_SHORT,           /* "_contactemail" */
    DCV_MISPLACED_JOINED,          /* "_validationcontactemail" */
    DCV_MISPLACED_DOUBLED,         /* the whole name once more behind it, as where a panel completes what was already complete */
    DCV_MISPLACED_DOUBLED_BASE,    /* the base domain once more behind it */
    DCV_MISPLACED_GUARD,           /* a label that nobody publishes: what answers there is a wildcard */
    DCV_MISPLACED_COUNT,
};
const char *dcv_misplacement_text(enum dcv_misplacement misplacement);

/* The place for the contact of `adn`, whose base domain is `base`; false: there is none, or it is the right one. */
bool dcv_misplaced_owner(enum dcv_misplacement misplacement, const struct dcv_name *adn, const struct dcv_name *base, struct dcv_name *out);
/* Is `adn` one of the ADNs of `name` whose wrong places are looked at: the name itself, or one of those nearest to its base domain? */
bool dcv_misplaced_adn(const struct dcv_name *adn, const struct dcv_name *name, const struct dcv_name *base);
/* Is the fact the answer to a lookup that serves nothing else? `facts` are those of `name`; `base` len 0: it has none. */
bool dcv_misplaced_fact(const struct dcv_facts *facts, const struct dcv_dns_fact *fact, const struct dcv_name *name,
                        const struct dcv_name *base);

#endif
