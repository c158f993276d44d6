/* An answer as lines of clean UTF-8, each with what stands before its colon or in its brackets. Private to the module. */
#ifndef DCV_REGISTRY_WHOIS_TEXT_H
#define DCV_REGISTRY_WHOIS_TEXT_H

#include "base/arena.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    WHOIS_LINES = 8192, /* of one answer; what comes after is not read */
    WHOIS_LINE = 1024,  /* octets of one line; a longer one is cut */
    WHOIS_LABEL = 64,   /* octets of a label; what is longer is none */
};

struct whois_line {
    const char *text;  /* without the blanks around it, and of a comment without what makes it one; "": blank */
    const char *label; /* "Admin-c....:" is "admin c": lower case, with single blanks for what stands between words; "": none */
    const char *value; /* what follows the label; "" */
    unsigned indent;   /* columns */
    bool comment;      /* it began with one of %#*>- or is a line of JPRS's banner */
    bool bracket;      /* "[Label] value", as JPRS writes */
    bool cut;          /* it was longer */
};

struct whois_text {
    const struct whois_line *lines;
    size_t count;
    bool cut; /* not all of it could be read */
};

/* Octets are ISO-2022-JP where they hold its escapes; else each line is UTF-8 or taken for ISO-8859-1. Lines end with CR, LF or both.
 * Control characters and those that cannot be seen are left out. DCV_ERR_NOMEM. */
enum dcv_status whois_text_read(struct dcv_arena *arena, const void *octets, size_t len, struct whois_text *out);
/* Is there nothing on the line? */
bool whois_line_blank(const struct whois_line *line);

#endif
