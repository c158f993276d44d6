/* What a label of a WHOIS answer means. Private to the module. */
#ifndef DCV_REGISTRY_WHOIS_LABEL_H
#define DCV_REGISTRY_WHOIS_LABEL_H

#include <stdbool.h>

enum whois_field {
    WHOIS_NOTHING,
    WHOIS_DOMAIN,
    WHOIS_REGISTRAR,        /* also begins a block about the registrar */
    WHOIS_REFERRAL,
    WHOIS_STATUS,
    WHOIS_EXPIRES,
    WHOIS_REGISTRY_EXPIRES, /* goes before a registrar's word */
    WHOIS_TOLD,             /* of a registered domain only */
    WHOIS_EMAIL,
    WHOIS_NAME,             /* of a contact: that there is one */
    WHOIS_HEADING,          /* begins what is told of a contact */
    WHOIS_HANDLE,           /* refers to a contact */
    WHOIS_NIC,              /* the handle of the contact told of here */
    WHOIS_CONTACT,          /* the value is the role, as IANA writes */
    WHOIS_ANONYMOUS,        /* "YES": the contact is withheld, as AFNIC writes */
    WHOIS_END,              /* what follows is of no contact */
};

struct whois_meaning {
    enum whois_field field;
    const char *role; /* as in dcv_contact; "" of the registrar or somebody else; NULL: not told here */
};

/* Of a label as whois_text_read() gives it. */
struct whois_meaning whois_label_meaning(const char *label);
/* Of a line without a label, in any case: a heading, or nothing. */
struct whois_meaning whois_heading_meaning(const char *text);
/* "administrative" is "admin"; NULL: no role. */
const char *whois_role(const char *word);

#endif
