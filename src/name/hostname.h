/* What a user typed, turned into the name a certificate would carry. */
#ifndef DCV_NAME_HOSTNAME_H
#define DCV_NAME_HOSTNAME_H

#include "name/name.h"

/* Why an input is no host name. The order is that of the texts in dcv_hostname_fault_text(). */
enum dcv_hostname_fault {
    DCV_HOSTNAME_OK = 0,
    DCV_HOSTNAME_EMPTY,          /* nothing, or white space only */
    DCV_HOSTNAME_EMPTY_LABEL,    /* "a..b", ".a" */
    DCV_HOSTNAME_LABEL_TOO_LONG, /* more than 63 octets in A-label form */
    DCV_HOSTNAME_TOO_LONG,       /* more than 253 octets, "*." included */
    DCV_HOSTNAME_BAD_CHARACTER,  /* not a letter, digit or hyphen */
    DCV_HOSTNAME_UNDERSCORE,     /* allowed in the DNS, not in a certificate (BR 7.1.2.7.12) */
    DCV_HOSTNAME_HYPHEN,         /* label begins or ends with a hyphen */
    DCV_HOSTNAME_WILDCARD,       /* "*" elsewhere than as the whole leftmost label, or twice */
    DCV_HOSTNAME_IP_ADDRESS,     /* an IPv4 or IPv6 address, also in brackets or as decimal / hexadecimal number */
    DCV_HOSTNAME_IDNA,           /* not valid under UTS #46; also a reserved label such as "ab--cd" (BR 7.1.2.7.12) */
    DCV_HOSTNAME_UTF8,           /* no valid UTF-8 */
    DCV_HOSTNAME_NUMERIC_TLD,    /* the last label is a number, yet the whole is no address */
};

enum dcv_hostname_form { DCV_FORM_NAME, DCV_FORM_URL, DCV_FORM_MAILBOX };

struct dcv_hostname {
    struct dcv_name name; /* without "*.", lower case, A-labels */
    bool wildcard;
    enum dcv_hostname_form form;       /* what was typed: a name, a URL, an e-mail address (whose domain is taken) */
    char ascii[DCV_NAME_WIRE_MAX + 2]; /* "*.xn--….jp": as a dNSName of the certificate */
    char unicode[DCV_NAME_TEXT_MAX];   /* the same with U-labels where they are safe to show, else as `ascii` */
};

struct dcv_hostname_error {
    enum dcv_hostname_fault fault;
    size_t at;       /* octet offset in the input where the fault begins */
    char detail[96]; /* the label or character meant, printable, cut with "…" when long; may be empty */
};

/* Reads a name, wildcard name, URL, or e-mail address; trailing dot, case, port, path, userinfo, surrounding white
 * space are dealt with. ToASCII is that of UTS #46, non-transitional: symbols that IDNA 2008 disallows are taken, for a
 * certificate may carry them (P-Label, BR 1.6.1). `out` is written on success only. */
enum dcv_status dcv_hostname_parse(const char *text, size_t len, struct dcv_hostname *out,
                                   struct dcv_hostname_error *error);
/* One English clause for a fault, such as "an empty label"; never NULL. */
const char *dcv_hostname_fault_text(enum dcv_hostname_fault fault);
/* U-label form of a name for people; a label that would not be plain text, or does not round-trip, stays as
 * dcv_name_text() writes it. Returns `out`. */
const char *dcv_name_unicode(const struct dcv_name *name, char out[DCV_NAME_TEXT_MAX]);
/* A-label form of a domain in UTF-8 (of a mailbox, say): DCV_ERR_SYNTAX when it is none. Neither a wildcard, a final
 * dot, white space nor a number as its last label is taken. DCV_ERR_NOMEM. */
enum dcv_status dcv_name_from_unicode(const char *text, size_t len, struct dcv_name *out);

#endif
