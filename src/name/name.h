/* DNS names as values, in wire form. Comparison is without ASCII case, as RFC 4343 says. */
#ifndef DCV_NAME_NAME_H
#define DCV_NAME_NAME_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DCV_NAME_WIRE_MAX = 255,  /* octets of the wire form, root label included (RFC 1035 §2.3.4) */
    DCV_NAME_TEXT_MAX = 1024, /* room for any name in presentation form with escapes and the final zero */
    DCV_LABEL_MAX = 63,
};

/* An absolute name. The zero value is no name; the root is len 1, wire[0] 0. */
struct dcv_name {
    uint8_t len;
    uint8_t wire[DCV_NAME_WIRE_MAX];
};

/* The root. */
struct dcv_name dcv_name_root(void);
/* Presentation form (RFC 1035 §5.1 escapes; a final dot may be missing). DCV_ERR_SYNTAX; `*at` (may be NULL) is the
 * octet offset of the fault. */
enum dcv_status dcv_name_parse(const char *text, struct dcv_name *out, size_t *at);
/* Uncompressed wire form, exactly `len` octets. */
enum dcv_status dcv_name_from_wire(const uint8_t *wire, size_t len, struct dcv_name *out);
/* Presentation form without the final dot ("." for the root); what is not printable ASCII is escaped; case is kept.
 * Returns `out`. */
const char *dcv_name_text(const struct dcv_name *name, char out[DCV_NAME_TEXT_MAX]);

bool dcv_name_equal(const struct dcv_name *a, const struct dcv_name *b);
/* A number that equal names share; `salt` goes into it. For tables of one's own making: others can make names that share it, too. */
uint64_t dcv_name_hash(const struct dcv_name *name, uint64_t salt);
/* Canonical order of RFC 4034 §6.1: negative, zero, positive. */
int dcv_name_compare(const struct dcv_name *a, const struct dcv_name *b);
/* Labels without the root label. */
unsigned dcv_name_labels(const struct dcv_name *name);
/* Is `name` equal to `ancestor` or below it? */
bool dcv_name_under(const struct dcv_name *name, const struct dcv_name *ancestor);
/* Drops the leftmost label; false at the root. `out` may be `name`. */
bool dcv_name_parent(const struct dcv_name *name, struct dcv_name *out);
/* Keeps the rightmost `labels` labels. */
struct dcv_name dcv_name_suffix(const struct dcv_name *name, unsigned labels);
/* `label` (1 to 63 octets) before `name`; DCV_ERR_LIMIT when the name grows too long. */
enum dcv_status dcv_name_prepend(const char *label, const struct dcv_name *name, struct dcv_name *out);
/* Is the leftmost label `label`, without case? */
bool dcv_name_first_is(const struct dcv_name *name, const char *label);
/* ASCII letters to lower case. */
void dcv_name_lower(struct dcv_name *name);

#endif
