/* What a domain's registry or registrar says of it, over WHOIS or RDAP. */
#ifndef DCV_FACT_REGISTRY_H
#define DCV_FACT_REGISTRY_H

#include "base/arena.h"
#include "name/name.h"

/* What the asking came to. Only FOUND and NONE say which addresses there are: none of the others may be read as "no e-mail". */
enum dcv_contacts_state {
    DCV_CONTACTS_FOUND,        /* at least one address of a contact */
    DCV_CONTACTS_NONE,         /* registered, and whatever contacts there are have no address */
    DCV_CONTACTS_FREE,         /* not registered */
    DCV_CONTACTS_RESERVED,
    DCV_CONTACTS_SUSPENDED,    /* by the registry or registrar: it does not resolve */
    DCV_CONTACTS_REDACTED,     /* registered, the addresses are withheld */
    DCV_CONTACTS_RATE_LIMITED, /* too many requests: nothing is known */
    DCV_CONTACTS_REFUSED,      /* the server answers, but not us, or not so; or there is no server: nothing is known */
    DCV_CONTACTS_UNREACHABLE,  /* no answer, or none that can be read: nothing is known */
};
const char *dcv_contacts_state_text(enum dcv_contacts_state state);
/* FOUND … REDACTED: the registry told of the domain. */
bool dcv_contacts_told(enum dcv_contacts_state state);

struct dcv_contact {
    const char *role;   /* "registrant", "admin", "tech", "public" (JPRS 公開連絡窓口); others are told, never used */
    const char *email;  /* as published; "": none */
    const char *handle; /* "AB012JP"; NULL: none, or it was not told */
    bool withheld;      /* redacted (RFC 9537, or a text of that meaning), or a privacy service's or registrar's form: no address of the contact */
};

/* May a CA ever have asked this contact? Not registrars' abuse desks, billing contacts and privacy services. */
bool dcv_contact_approves(const struct dcv_contact *contact);

struct dcv_contacts_fact {
    struct dcv_name domain;  /* the base domain asked for */
    bool rdap;               /* else WHOIS */
    enum dcv_contacts_state state;
    const struct dcv_contact *contacts;
    size_t contact_count;
    const char *registrar;   /* NULL: not told */
    /* EPP status codes as RFC 5731 and RFC 3915 spell them ("clientHold"), also where RDAP spells them otherwise (RFC 8056); others as told. */
    const char *const *statuses;
    size_t status_count;
    int64_t expires;         /* UNIX time at the end of the registration; 0: not told */
    const char *server;      /* that told, or was asked last: "whois.jprs.jp", "https://rdap.example/" */
    const char *path;        /* all that were asked, in their order, with blanks between them; "": not told */
    const char *why;         /* what kept it from being known, for people; "" */
    bool cached;             /* it was learned in an earlier run, or for another name of this one */
    unsigned exchanges;      /* conversations held for it */
    int64_t at;              /* UNIX time when it was learned */
};

/* What kept it from being known, for people, a msgid mostly; "" where it is known. `*words`: what the server said to that; "". */
const char *dcv_contacts_reason(const struct dcv_contacts_fact *fact, const char **words);

#endif
