/* Texts with named places, filled from the arguments of a finding or of a change. */
#ifndef DCV_REPORT_TEMPLATE_H
#define DCV_REPORT_TEMPLATE_H

#include "base/buf.h"
#include "judgement/judgement.h"

/* Where the values of places come from; raw, escaped when put in. */
struct dcv_places {
    const char *subject; /* "{subject}"; NULL: no value */
    const struct dcv_arg *args;
    size_t arg_count;
    const char *ca;    /* stands in for the argument "ca"; NULL: as given */
    const char *count; /* stands in for the argument "count"; NULL: as given */
};

struct dcv_places dcv_places_of(const struct dcv_finding *finding);
/* The value of an argument, or NULL. */
const char *dcv_arg_value(const struct dcv_arg *args, size_t count, const char *key);
/* The value of a place, or NULL. */
const char *dcv_place_value(const struct dcv_places *places, const char *key, size_t len);

/* Appends the (already translated) text with its places filled and escaped; a place without a value stays empty. */
void dcv_template_put(struct dcv_buf *buf, const char *text, const struct dcv_places *places);

enum dcv_fix_kind { DCV_FIX_NONE, DCV_FIX_ZONE, DCV_FIX_ACTION };
/* "zone", "action"; NULL for none. */
const char *dcv_fix_kind_text(enum dcv_fix_kind kind);
/* Of a template: what it would give with every place filled. */
enum dcv_fix_kind dcv_fix_kind(const char *fix);
/* The text of a template without the mark of a zone line. */
const char *dcv_fix_body(const char *fix);
/* Appends the fix of a rule in the user's language. DCV_FIX_NONE, and nothing appended, when the rule has none or a
 * place has no value. What goes into a zone line is escaped as in a zone file: no value can end a string or a line. */
enum dcv_fix_kind dcv_fix_put(struct dcv_buf *buf, const struct dcv_rule_info *rule, const struct dcv_places *places);

#endif
