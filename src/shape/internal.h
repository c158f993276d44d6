/* Names of a shape; private to this module. */
#ifndef DCV_SHAPE_INTERNAL_H
#define DCV_SHAPE_INTERNAL_H

#include "shape/shape.h"

enum {
    NAMES_MAX = 48,      /* names that are told apart, the checked one first */
    LABELS_MAX = 127,
    NAME_LONG = 120,     /* octets from which on limits of lengths may matter: such names are kept as they are */
    PLACE = 1,           /* begins a place in a marked text; then come the number of the name and how many of its labels are left out */
    FIRST_NUMBER = 0x20, /* added to both, so that they can be printed */
};

/* A name cut at its labels, in lower case. */
struct cut {
    uint8_t wire[DCV_NAME_WIRE_MAX];
    uint8_t len, labels;
    uint8_t at[LABELS_MAX + 1]; /* where each label begins, the root label last */
};

struct known {
    struct cut cut;
    uint8_t least; /* labels from the right that must be the same for another name to belong to it */
};

struct names {
    const struct dcv_psl *psl;
    struct known items[NAMES_MAX];
    size_t count;
    bool full;     /* there were more names than can be told apart */
};

void cut_name(const struct dcv_name *name, struct cut *out);
/* Begins with the checked name. False: it is not to be shared. */
bool names_begin(struct names *names, const struct dcv_name *own);
/* How many labels from the right two names share. */
unsigned common_labels(const struct cut *a, const struct cut *b);
/* Is the name the own base domain, or below it? */
bool names_own(const struct names *names, const struct cut *cut);
/* Writes a name: its number, labels left out, and those before, or as it is. With `add` an unknown host gets a number. */
void names_put(struct names *names, const struct cut *cut, bool add, struct dcv_buf *out);
void names_put_name(struct names *names, const struct dcv_name *name, bool add, struct dcv_buf *out);
/* Writes a text in which known names are replaced. */
void names_mark(const struct names *names, const char *text, size_t len, struct dcv_buf *out);
/* Writes a label (its length first): itself where it is told or `always`, else only that one is there. */
void names_put_label(const uint8_t *label, bool always, struct dcv_buf *out);
void names_values(const struct names *names, struct dcv_buf *out);

/* ---- records.c ---------------------------------------------------------------------------------------------------------------- */

/* Writes what policy reads of a section, whatever the order of its records. `scratch` is used. */
void records_put(struct names *names, const struct dcv_rrs *rrs, bool answer, struct dcv_buf *scratch, struct dcv_buf *out);

#endif
