/* The shape of facts: what is left of them when the names are only told apart, not known.
 *
 * Of a portfolio most names are alike: the same records stand at them, but for the names themselves. What policy says of one then holds of all, with the
 * names put in their places. A shape leaves out whatever policy does not read (TTLs, servers, times), replaces the checked name, its ancestors and the
 * hosts of others by numbers, and keeps all else octet by octet. That policy cannot tell names of one shape apart is checked by whoever shares
 * its judgements: by judging a second name of each shape, and samples after that. */
#ifndef DCV_SHAPE_SHAPE_H
#define DCV_SHAPE_SHAPE_H

#include "base/buf.h"
#include "fact/fact.h"
#include "name/hostname.h"
#include "name/psl.h"

struct dcv_shaper;

/* `psl` is lent. DCV_ERR_NOMEM. */
enum dcv_status dcv_shaper_create(const struct dcv_psl *psl, struct dcv_shaper **out);
void dcv_shaper_free(struct dcv_shaper *shaper);

struct dcv_shape {
    bool shared;           /* false: nothing else can be taken to be like it */
    const char *octets;    /* the shape itself */
    size_t len;
    const char *values;    /* the names in it, with blanks between them: the checked one first */
};

/* The shape of frozen facts about a name. What `out` points to is lent until the next call. DCV_ERR_NOMEM. */
enum dcv_status dcv_shape_of(struct dcv_shaper *shaper, const struct dcv_hostname *name, const struct dcv_facts *facts, struct dcv_shape *out);

/* Puts a text with places for the names of the last shape that was made. What comes out holds control characters (1) where the places are. */
void dcv_shape_mark(const struct dcv_shaper *shaper, const char *text, size_t len, struct dcv_buf *out);
/* Puts a marked text with the names of other facts of that shape. False: it has places that the values do not fill. */
bool dcv_shape_fill(const char *marked, size_t len, const char *values, struct dcv_buf *out);

/* Is the label (lower case) told apart from others? So are those that rules put before names of their own accord: "mail.{base}" must not come out as
 * the checked name where that happens to be mail.example.jp. */
bool dcv_shape_tells(const char *label, size_t len);

#endif
