/* The syntax of a contact value: RFC 5322 addr-spec extended by RFC 6532 §3.2, and nothing else (BR A.1.1, A.2.1). */
#ifndef DCV_NAME_MAILBOX_H
#define DCV_NAME_MAILBOX_H

#include "base/arena.h"
#include "name/name.h"

/* Why a value is no address. */
enum dcv_mailbox_fault {
    DCV_MAILBOX_OK = 0,
    DCV_MAILBOX_EMPTY,
    DCV_MAILBOX_UTF8,         /* octets that are no UTF-8 */
    DCV_MAILBOX_CONTROL,      /* a control character */
    DCV_MAILBOX_PADDING,      /* white space before, after, or inside */
    DCV_MAILBOX_MAILTO,       /* "mailto:" before the address */
    DCV_MAILBOX_ANGLE,        /* "<a@b>" or "Name <a@b>" */
    DCV_MAILBOX_LIST,         /* several addresses in one value */
    DCV_MAILBOX_QUOTES,       /* the whole value stands in ASCII quotation marks, or one of them is at an end of it */
    DCV_MAILBOX_CURLY_QUOTE,  /* a typographic one (U+2018 … U+201F, U+FF02) there, at an end of the local part, or in
                              * the domain; elsewhere it is part of a UTF-8 local part */
    DCV_MAILBOX_COMMENT,      /* "(…)" */
    DCV_MAILBOX_PREFIX,       /* other text beside something that looks like an address: "DCV a@b" */
    DCV_MAILBOX_TRAILING_DOT, /* "a@b." */
    DCV_MAILBOX_NO_AT,
    DCV_MAILBOX_TWO_AT,
    DCV_MAILBOX_LOCAL_PART, /* not a dot-atom nor a quoted string */
    DCV_MAILBOX_DOMAIN,     /* not a dot-atom of host name labels nor an address literal (RFC 5321 §4.1.3) */
};

/* Valid, but to be warned of: bits. */
enum {
    DCV_MAILBOX_QUOTED_LOCAL = 1 << 0, /* "a b"@example.net: few CAs take it */
    DCV_MAILBOX_LITERAL = 1 << 1,      /* a@[192.0.2.1]: `domain` is then no name (len 0) */
    DCV_MAILBOX_LOCAL_LONG = 1 << 2,   /* local part above 64 octets (RFC 5321 §4.5.3.1.1) */
    DCV_MAILBOX_DOMAIN_LONG = 1 << 3,  /* domain above 255 octets */
    DCV_MAILBOX_ADDRESS_LONG = 1 << 4, /* address above 254 octets (RFC 5321 erratum 1690) */
    DCV_MAILBOX_UTF8_LOCAL = 1 << 5,   /* needs SMTPUTF8 (RFC 6531) */
    DCV_MAILBOX_UTF8_DOMAIN = 1 << 6,  /* U-labels in the domain */
    DCV_MAILBOX_SINGLE_LABEL = 1 << 7, /* domain of one label: not reachable from the Internet */
    DCV_MAILBOX_NUMBER = 1 << 8,       /* a@192.0.2.1: a dot-atom, but no domain of the DNS ends in a number */
    DCV_MAILBOX_KEY = 1 << 9,          /* email=a@example.net: "=" is atext, yet a local part seldom begins so */
};

struct dcv_mailbox {
    const char *address;    /* local part as given, "@", domain in lower-case A-label form; in the arena */
    size_t local_len;       /* octets of the local part within `address` */
    struct dcv_name domain; /* len 0 for a domain literal */
    unsigned warnings;      /* DCV_MAILBOX_… bits */
    const char *meant;      /* for the last two of these: the address that was probably meant, or NULL; in the arena */
};

struct dcv_mailbox_error {
    enum dcv_mailbox_fault fault;
    size_t at; /* octet offset of the first offending octet; the length of the value where something is missing */
    /* What was probably meant: one to eight valid addresses joined by ' ', or NULL. In the arena. */
    const char *meant;
};

/* Reads a contact value octet by octet. DCV_OK: `out` is written. DCV_ERR_SYNTAX: `error` is written. DCV_ERR_NOMEM. */
enum dcv_status dcv_mailbox_parse(struct dcv_arena *arena, const void *value, size_t len, struct dcv_mailbox *out,
                                  struct dcv_mailbox_error *error);
/* A short stable English word for a fault, such as "mailto": used as an argument of findings. */
const char *dcv_mailbox_fault_word(enum dcv_mailbox_fault fault);
/* What is wrong with a value, in English words to be translated; "" for DCV_MAILBOX_OK. */
const char *dcv_mailbox_fault_text(enum dcv_mailbox_fault fault);
/* Do two addresses name the same mailbox: domains without case, local parts exactly? `*case_only` is set when the local
 * parts differ in ASCII case alone. */
bool dcv_mailbox_equal(const struct dcv_mailbox *a, const struct dcv_mailbox *b, bool *case_only);

#endif
