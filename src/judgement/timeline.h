/* When things happen to a name at its CAs, as values: nothing here decides. */
#ifndef DCV_JUDGEMENT_TIMELINE_H
#define DCV_JUDGEMENT_TIMELINE_H

#include "finding/event.h"
#include "judgement/judgement.h"

/* Something on a day. */
struct dcv_event {
    dcv_date date;
    enum dcv_event_kind kind;
    enum dcv_change change;      /* of a rule change; else DCV_CHANGE_COUNT */
    const struct dcv_arg *args;  /* of its text; "sources": ids of sources, each followed by a space but the last */
    size_t arg_count;
    const char *clause, *source; /* where it is written; "" for advice of dcvready's own */
};

/* How long a certificate issued on a day lasts. */
struct dcv_validity {
    dcv_date issued;
    int days;
    int months;                  /* calendar months, where the CA counts so and this limit is the lower one; else 0 */
    dcv_date expires;
    bool own;                    /* the CA's own limit, lower than that of the BR */
    const char *clause, *source;
};

/* Can a domain be validated by e-mail on a day? The worst first. */
enum dcv_email_state { DCV_EMAIL_OVER, DCV_EMAIL_NOT_OFFERED, DCV_EMAIL_UNKNOWN, DCV_EMAIL_LATER, DCV_EMAIL_DISCOURAGED, DCV_EMAIL_POSSIBLE };
const char *dcv_email_state_text(enum dcv_email_state state); /* "over", "not-offered", "unknown", "later", … */

/* What becomes of one way to validate at a CA. */
struct dcv_method_end {
    const char *name;            /* of an e-mail source, or of a DNS method: "constructed", "dns-change" */
    enum dcv_known offered;
    dcv_date from;               /* first day; NONE: before any day judged */
    dcv_date last;               /* last day on which it may be used; NONE: no end known */
    dcv_date discouraged;        /* SHOULD NOT from; NONE: never */
    const char *clause, *source; /* of the end */
};

/* One renewal, as it would be if each followed its predecessor by the same rule. */
struct dcv_renewal {
    struct dcv_validity validity;
    enum dcv_email_state email; /* on the day of issue */
};

struct dcv_timeline_ca {
    const struct dcv_ca *ca;
    dcv_date reuse_email, reuse_dns;             /* last day to issue on the validation reckoned with; NONE: by no such method */
    dcv_date today_email, today_dns;             /* the same for a validation done on the day judged */
    DCV_VEC(struct dcv_method_end) methods;
    DCV_VEC(struct dcv_validity) validities;     /* today, and each later day on which the limit changes */
    DCV_VEC(struct dcv_event) events;            /* by date */
    DCV_VEC(struct dcv_renewal) renewals;        /* a projection; the last row is the first that e-mail cannot serve */
    size_t renewals_by_email;                    /* of these, without the first issue where no certificate is given */
};

/* Which day the present validation is taken to be of. */
enum dcv_basis { DCV_BASIS_GIVEN, DCV_BASIS_CERTIFICATE, DCV_BASIS_TODAY };
const char *dcv_basis_text(enum dcv_basis basis); /* "given", "certificate", "today" */

/* The certificate in use. Texts are raw; one with a zero octet inside is escaped, so that it is whole. */
struct dcv_timeline_certificate {
    const char *origin;                 /* "www.example.jp:443" or a path; NULL: none was asked for */
    const char *failure;                /* why it could not be read, a clause (msgid); NULL: it was read */
    const char *const *names;           /* its DNS names */
    size_t name_count;
    bool covers;                        /* the name asked about */
    const char *issuer, *serial;
    const char *issuer_ca;              /* id of the profile of the CA that issued it; NULL: not known */
    dcv_date not_before, not_after;
    int64_t not_after_s;                /* UNIX time */
};

struct dcv_timeline {
    dcv_date as_of;
    int64_t stamp_s;                    /* UNIX time of the run */
    enum dcv_basis basis;
    dcv_date validated;
    bool shared;                        /* no CA was named: the only row is what bounds them all */
    struct dcv_timeline_certificate certificate;
    bool none;                          /* no CA issues for such a name, or validates it so: there are no rows */
    DCV_VEC(struct dcv_timeline_ca) cas; /* in the order of the judgement */
};

#endif
