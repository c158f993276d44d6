/* UTS #46 for one label or name at a time: non-transitional, with CheckHyphens, CheckBidi and CheckJoiners. The rest of
 * what it asks of ASCII (UseSTD3ASCIIRules, VerifyDnsLength) is the caller's. */
#ifndef DCV_NAME_UTS46_H
#define DCV_NAME_UTS46_H

#include "base/status.h"
#include "name/span.h"

#include <stdint.h>

enum {
    DCV_UTS46_INPUT_MAX = 512, /* no 63 octets of an A-label come from more UTF-8 than this */
    DCV_UTS46_TEXT_MAX = 1023,
};

struct dcv_uts46;

/* What was found wrong, the first that holds; text is only written where nothing is. */
enum dcv_uts46_fault {
    DCV_UTS46_OK = 0,
    DCV_UTS46_DISALLOWED, /* a character that is not allowed, or that the library does not know */
    DCV_UTS46_HYPHEN,     /* at the start or the end of a label */
    DCV_UTS46_EMPTY,      /* a label without characters, as after characters that are ignored */
    DCV_UTS46_LONG,
    DCV_UTS46_BIDI,  /* RFC 5893 §2 */
    DCV_UTS46_OTHER, /* no Punycode, "--" in third place, a combining mark at the start, a joiner out of context */
};

struct dcv_uts46_result {
    enum dcv_uts46_fault fault;
    char text[DCV_UTS46_TEXT_MAX + 1];
};

/* DCV_ERR_NOMEM. */
enum dcv_status dcv_uts46_create(struct dcv_uts46 **out);
void dcv_uts46_free(struct dcv_uts46 *uts46);
/* ToASCII of at most DCV_UTS46_INPUT_MAX octets; what is no UTF-8 is not allowed. DCV_ERR_NOMEM. */
enum dcv_status dcv_uts46_to_ascii(const struct dcv_uts46 *uts46, struct dcv_span source, struct dcv_uts46_result *out);
/* ToUnicode of an A-label in lower case. DCV_ERR_NOMEM. */
enum dcv_status dcv_uts46_to_unicode(const struct dcv_uts46 *uts46, struct dcv_span label,
                                     struct dcv_uts46_result *out);
/* May a character stand in a U-label that is shown: a letter, mark, digit or hyphen, one that IDNA 2008 allows beside
 * them, or an emoji? Other symbols are valid, too, but U+2044 passes for "/" where a name is read in a text. */
bool dcv_uts46_shows(uint32_t character);

#endif
