/* Host names in UTF-8 into A-labels, with the place and the kind of what is wrong. */
#ifndef DCV_NAME_IDN_H
#define DCV_NAME_IDN_H

#include "name/hostname.h"
#include "name/span.h"

/* What is asked of labels. */
enum dcv_idn_rule {
    DCV_IDN_MAIL,        /* Domain of RFC 5321 §4.1.2: as the next, but the last label may be a number */
    DCV_IDN_HOST,        /* letters, digits, hyphens (RFC 1123 §2.1), or U-labels */
    DCV_IDN_CERTIFICATE, /* P-labels and non-reserved LDH labels only (BR 7.1.2.7.12) */
};

struct dcv_idn_fault {
    enum dcv_hostname_fault fault;
    struct dcv_span cause; /* within `source` */
};

/* Reads a name of at most `max` octets in A-label form, without a final dot. DCV_ERR_SYNTAX: `fault` is written.
 * DCV_ERR_NOMEM. */
enum dcv_status dcv_idn_read(struct dcv_span source, size_t max, enum dcv_idn_rule rule, struct dcv_name *out,
                             struct dcv_idn_fault *fault);
/* Octets of the dot at the start of a span, 0 when there is none: U+3002, U+FF0E and U+FF61 are dots, too (RFC 3490
 * §3.1). */
size_t dcv_idn_dot(struct dcv_span span);
/* Position of the next dot, or `span.len`. */
size_t dcv_idn_find_dot(struct dcv_span span);
/* Octets of the character at the start of a span that is not empty; 1 where there is no valid one. */
size_t dcv_idn_character(struct dcv_span span);

#endif
