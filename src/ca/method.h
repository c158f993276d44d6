/* Methods of BR 3.2.2.4 and dated rules of the Baseline Requirements (BR), as tables. */
#ifndef DCV_CA_METHOD_H
#define DCV_CA_METHOD_H

#include "base/date.h"

#include <stdbool.h>
#include <stddef.h>

enum dcv_method {
    DCV_METHOD_DOMAIN_CONTACT, /* .2  */
    DCV_METHOD_CONSTRUCTED,    /* .4  */
    DCV_METHOD_DNS_CHANGE,     /* .7  */
    DCV_METHOD_REGISTRAR,      /* .12 */
    DCV_METHOD_CAA_CONTACT,    /* .13 */
    DCV_METHOD_TXT_CONTACT,    /* .14 */
    DCV_METHOD_PHONE_TXT,      /* .16 */
    DCV_METHOD_PHONE_CAA,      /* .17 */
    DCV_METHOD_HTTP,           /* .18 */
    DCV_METHOD_HTTP_01,        /* .19 */
    DCV_METHOD_TLS_ALPN_01,    /* .20 */
    DCV_METHOD_DNS_ACCOUNT_01, /* .21 */
    DCV_METHOD_DNS_PERSIST,    /* .22 */
    DCV_METHOD_COUNT,
};

struct dcv_method_info {
    enum dcv_method method;
    const char *name;   /* as printed: "constructed" */
    const char *clause; /* "BR 3.2.2.4.4" */
    bool wildcard, prune, cname, base_only;
    dcv_date from;        /* first day allowed; NONE: before any date dcvready judges */
    dcv_date discouraged; /* SHOULD NOT from; NONE: never */
    dcv_date forbidden;   /* MUST NOT from, earlier validations too; NONE: never */
    const char *source;   /* ballot or version that says so */
};

/* The first day that the tables and profiles speak for: before it, other rules held that they do not know. */
dcv_date dcv_br_first_day(void);

/* The row of a method; never NULL for a value below DCV_METHOD_COUNT. */
const struct dcv_method_info *dcv_method_info(enum dcv_method method);
/* By name; NULL: unknown. */
const struct dcv_method_info *dcv_method_by_name(const char *name);

/* Dates on which a rule of the BR changes, for verdicts and for "what comes next". */
enum dcv_br_rule {
    DCV_BR_ADN_LADDER,    /* BR 2.2.9: prune after CNAME, no CNAME for wildcards; 2026-11-15 */
    DCV_BR_DNSSEC,        /* DNSSEC errors are no permission; 2026-03-15 */
    DCV_BR_RFC8657,       /* accounturi / validationmethods decisive; 2027-03-15 */
    DCV_BR_CAA_CLAUSE,    /* CAA moves from 3.2.2.8 to 4.2.2.1; BR 2.2.8, 2026-06-16 */
    DCV_BR_DNSSEC_CLAUSE, /* DNSSEC text moves to 4.2.2.2; BR 2.3.0, 2026-09-07 */
    DCV_BR_ARPA,          /* no names under in-addr.arpa / ip6.arpa; 2026-03-15 */
    DCV_BR_WHOIS_WEB,     /* WHOIS looked up on a web page forbidden; 2025-01-15 */
    DCV_BR_RULE_COUNT,
};

struct dcv_br_rule_info {
    enum dcv_br_rule rule;
    dcv_date from;
    const char *clause, *source, *text; /* text: one English sentence (gettext msgid) */
};

const struct dcv_br_rule_info *dcv_br_rule(enum dcv_br_rule rule);

/* POLICY: validity and reuse by the day of issue (BR 4.2.1, 6.3.2), MPIC remote perspectives (BR 3.2.2.9). */
struct dcv_br_limits {
    dcv_date from; /* first day of issue; the table is ascending */
    int validity_days, reuse_days, mpic_perspectives;
    const char *clause, *source;
};

/* The row in force on a day of issue; never NULL. `*next` (may be NULL) is the following row or NULL. */
const struct dcv_br_limits *dcv_br_limits(dcv_date date, const struct dcv_br_limits **next);
/* Days after its validation on which a name may still be used to issue, for a certificate issued on `issued`. */
int dcv_br_reuse_days(dcv_date issued, enum dcv_method method);
/* May a certificate be issued on `issued` with a validation done on `done`? `ca_reuse_days`: the CA's own limit; 0: it
 * has none. */
bool dcv_br_may_reuse(dcv_date done, dcv_date issued, enum dcv_method method, int ca_reuse_days);
/* The last day on which a validation done on `done` by `method` may be used to issue, with the CA's own lower limit
 * `ca_reuse_days` (0: none): the last I with I - done <= limit(I) and the method not forbidden on I. NONE: the method
 * is forbidden on `done` already, or not yet allowed. */
dcv_date dcv_br_last_reuse_day(dcv_date done, enum dcv_method method, int ca_reuse_days);

#endif
