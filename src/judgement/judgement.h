/* Judgements as values: addresses, findings, CAA answers, verdicts. Nothing here decides. */
#ifndef DCV_JUDGEMENT_JUDGEMENT_H
#define DCV_JUDGEMENT_JUDGEMENT_H

#include "base/arena.h"
#include "base/date.h"
#include "base/vec.h"
#include "ca/profile.h"
#include "finding/finding.h"
#include "name/hostname.h"

/* What a CA does with an entry on a date. The worst first, so that the best entry of an address is found with >. */
enum dcv_status_of_entry {
    DCV_ENTRY_MALFORMED,   /* the value is no address */
    DCV_ENTRY_NOT_OFFERED, /* the CA never offered this source or level */
    DCV_ENTRY_RETIRED,     /* the CA once did; it or the BR has ended it */
    DCV_ENTRY_UNKNOWN,     /* whether the CA does is not known */
    DCV_ENTRY_FUTURE,      /* offered from a later date */
    DCV_ENTRY_DISCOURAGED,
    DCV_ENTRY_PERMITTED,
};
/* "malformed", "not-offered", … */
const char *dcv_entry_status_text(enum dcv_status_of_entry status);

enum dcv_mail {
    DCV_MAIL_UNKNOWN, DCV_MAIL_MX, DCV_MAIL_IMPLICIT_MX, DCV_MAIL_NULL_MX, DCV_MAIL_NO_MAIL, DCV_MAIL_BROKEN_MX, DCV_MAIL_NXDOMAIN,
    DCV_MAIL_ACCEPTED, DCV_MAIL_REJECTED, DCV_MAIL_DEFERRED, DCV_MAIL_UNVERIFIABLE,
};
const char *dcv_mail_text(enum dcv_mail mail);

/* Which rung of the ladder an ADN is, for the reader. */
enum dcv_rung_kind { DCV_RUNG_EXACT, DCV_RUNG_PARENT, DCV_RUNG_BASE, DCV_RUNG_CNAME_TARGET };
const char *dcv_rung_kind_text(enum dcv_rung_kind kind); /* "exact", "parent", "base", "cname-target" */

/* Numbers of facts that a judgement rests on. */
struct dcv_fact_list {
    const size_t *items;
    size_t count;
};

/* One address from one source at one ADN, judged for one CA and date. */
struct dcv_entry {
    const char *address;            /* NULL: malformed, see `raw` */
    const uint8_t *raw;             /* the value as published (malformed or not); NULL for constructed ones */
    size_t raw_len;
    struct dcv_name mail_domain;    /* len 0: a domain literal, or malformed */
    enum dcv_source source;
    const char *role;               /* WHOIS / RDAP: "admin"; else NULL */
    struct dcv_name adn;
    enum dcv_rung_kind level;
    bool is_default;                /* false: on request, or an account setting of the CA */
    bool automatic;
    bool barred;                    /* CAA does not allow its method (RFC 8657), or nobody can say whether it does */
    const struct dcv_offer *offer;  /* of the profile, which gave `status`; NULL: none covers it */
    bool bogus;                     /* the records that publish it do not validate */
    bool unvalidated;               /* whether they do could not be learned */
    enum dcv_status_of_entry status;
    enum dcv_mail mail;
    bool usable;
    dcv_date until;                 /* first day on which it may no longer be used; NONE: no end known. For RETIRED: since when */
    dcv_date from;                  /* FUTURE: first day of use */
    struct dcv_fact_list facts;
};

/* A named value for the places of a finding's text. Values are raw: the report escapes them. */
struct dcv_arg {
    const char *key, *value;
};

struct dcv_finding {
    enum dcv_rule rule;
    enum dcv_severity severity;     /* the rule's, or lower where it decides nothing here */
    const char *subject;            /* the name, address or mail domain it is about */
    const char *clause;             /* as of the date judged */
    const struct dcv_arg *args;
    size_t arg_count;
    struct dcv_fact_list facts;
};

enum dcv_permits { DCV_PERMITS_YES, DCV_PERMITS_NO, DCV_PERMITS_UNKNOWN };
const char *dcv_permits_text(enum dcv_permits permits);

struct dcv_caa_answer {
    enum dcv_permits permits;
    bool judged;                    /* false: the profile is no issuer */
    bool found;
    struct dcv_name found_at;       /* owner of the relevant CAA RRset, where `found` */
    struct dcv_fact_list facts;
};

/* An issuer domain that the relevant CAA RRset names. */
struct dcv_admission_issuer {
    const char *domain;             /* as it stands, raw */
    const char *owner;              /* whose it is; NULL: not known */
    bool conditional;               /* by an account or methods only (RFC 8657), wherever it stands */
};

/* Who may issue for plain names, or for wildcards: CAs with a profile that issue, and the issuers named. */
struct dcv_admission {
    bool restricted;                /* an issue or issuewild property applies; else everybody may but those kept out by a critical one */
    DCV_VEC(const struct dcv_ca *) cas;
    DCV_VEC(const struct dcv_ca *) unknown; /* their issuer domains are not known, or a record cannot be read */
    DCV_VEC(struct dcv_admission_issuer) issuers;
};

enum dcv_verdict { DCV_READY, DCV_NOT_READY, DCV_UNKNOWN_VERDICT };
const char *dcv_verdict_text(enum dcv_verdict verdict); /* "ready", "not-ready", "unknown" */

/* Something that changes on a later day. */
struct dcv_next {
    dcv_date date;
    enum dcv_change change;
    const struct dcv_arg *args;
    size_t arg_count;
};

/* How far up a record of a DNS method may stand for the name. */
enum dcv_way_level { DCV_WAY_EXACT, DCV_WAY_PARENTS };
const char *dcv_way_level_text(enum dcv_way_level level); /* "exact", "parents" */

/* One way to validate without e-mail: a row of the CA's profile, applied to the name. Places in braces stay where the CA gives the value.
 * `verdict` is that of the way by itself, were there no CAA; it is judged where such validation was asked for, not of a mere way out. */
struct dcv_way {
    const struct dcv_technical_method *method;
    dcv_date from, until;           /* the BR's dates of the method, until exclusive; NONE: open */
    bool open;                      /* allowed on the date judged */
    bool wildcard;                  /* may validate wildcard names */
    bool dns;                       /* else HTTP or TLS: named only */
    enum dcv_way_level level;
    const char *owner;              /* where the CA looks; NULL: not known, or no DNS record */
    const char *value;              /* NULL: not known */
    const char *line;               /* for the zone file, at the name where it is to be written; NULL: the form is not known */
    bool obstructed;                /* what stands there has to go first */
    bool existing;                  /* a record that serves stands already */
    enum dcv_verdict verdict;
    dcv_date reuse_until;           /* last day to issue on a validation done on the date judged; NONE: not allowed then */
    DCV_VEC(size_t) conflicts;      /* numbers in dcv_judged.findings: what stands in the way, or is to be known */
};

typedef DCV_VEC(struct dcv_way) dcv_way_list;

/* The kinds of validation that are judged, each by itself: rows of a report. */
enum dcv_by { DCV_BY_EMAIL, DCV_BY_DNS, DCV_BY_HTTP, DCV_BY_TLS_ALPN, DCV_BY_COUNT };
const char *dcv_by_text(enum dcv_by by); /* "email", "dns", "http", "tls-alpn" */
/* Sets of them. */
enum { DCV_BY_ANY = (1 << DCV_BY_COUNT) - 1 };
/* The kind that a method is of. */
enum dcv_by dcv_by_of(enum dcv_method method);
/* Does the CA offer validation of this kind, or is that not known? NO: it is known that it does not. */
enum dcv_known dcv_by_offered(const struct dcv_ca *ca, enum dcv_by by);

/* One (name, CA, kind of validation, date). A row of e-mail has `entries`, and the ways out of it in `way_out`; the others have `ways`. */
struct dcv_judged_ca {
    const struct dcv_ca *ca;
    enum dcv_by by;
    enum dcv_verdict verdict;
    DCV_VEC(struct dcv_entry) entries; /* one per (address, source, ADN), in ladder order within a source */
    struct dcv_caa_answer caa;
    DCV_VEC(size_t) findings;       /* numbers in dcv_judged.findings, blockers first */
    DCV_VEC(struct dcv_next) next;  /* by date */
    dcv_way_list way_out;           /* out of e-mail, in the order of the profile */
    dcv_way_list ways;              /* of the kind, in the order of the profile */
    dcv_date reuse_until;           /* last day to issue on a validation done on the date judged */
    int validity_days;              /* of a certificate issued on the date judged */
};

/* Everything judged about one name on one date. */
struct dcv_judged {
    struct dcv_arena *arena;
    const char *input;              /* as typed */
    const struct dcv_hostname *name;
    struct dcv_name base;           /* len 0: none (public suffix) */
    dcv_date as_of;
    DCV_VEC(struct dcv_judged_ca) cas; /* by CA, and of one CA by kind */
    DCV_VEC(struct dcv_finding) findings;
    bool caa_known, caa_found;      /* was the relevant CAA RRset looked for in vain, or found? `caa_known` false: the lookup failed */
    struct dcv_name caa_at;         /* its owner */
    struct dcv_admission admits, admits_wildcard; /* where `caa_known` */
    enum dcv_verdict verdict;       /* of the name, over its CAs: what the exit status says */
};

/* Would a CA accept an address: one row of `accepts`. */
enum dcv_accepts { DCV_ACCEPTS_YES, DCV_ACCEPTS_NO, DCV_ACCEPTS_UNKNOWN };
enum dcv_accepts_reason {
    DCV_REASON_PERMITTED,       /* and mail to it arrives, as far as can be seen */
    DCV_REASON_SOURCE_NOT_OFFERED, /* the CA offers no addresses of this source */
    DCV_REASON_LEVEL_NOT_OFFERED,  /* it does, but not at this ADN */
    DCV_REASON_RETIRED,         /* it did; see the entry's `until` */
    DCV_REASON_FUTURE,          /* it will; see `from` */
    DCV_REASON_OFFER_UNKNOWN,   /* whether it does is not known */
    DCV_REASON_BOGUS,           /* the record that publishes it does not validate */
    DCV_REASON_CAA_METHODS,     /* a CAA record does not allow the method (RFC 8657), or allows it under a condition */
    DCV_REASON_MX_REQUIRED,     /* its domain has no MX, and the CA wants one */
    DCV_REASON_MAIL,            /* mail to it does not arrive */
    DCV_REASON_MAIL_UNKNOWN,    /* whether it does could not be learned */
    DCV_REASON_LOCAL_PART,      /* the domain is an ADN of the name, the local part is none of the five, and it is published nowhere */
    DCV_REASON_NOT_AN_ADN,      /* the domain is no ADN of the name, and the address is published nowhere */
    DCV_REASON_NO_EMAIL,        /* the CA validates by no e-mail */
    DCV_REASON_BASE_NEEDED,     /* the domain is below the name: proves its subtree, never a parent */
    DCV_REASON_LOOKUP,          /* it may be published where a lookup failed */
};
struct dcv_acceptance {
    const struct dcv_judged_ca *ca;
    enum dcv_accepts answer;
    enum dcv_accepts_reason reason;
    const struct dcv_entry *entry; /* its best entry, or NULL */
    const char *nearest;           /* an address that this CA would accept, or NULL */
    bool case_only;                /* differs from a published address in the case of the local part only */
};

/* An address permitted for a CA, its best entry taken (usable before not usable, then by status). */
const struct dcv_entry *dcv_judged_best(const struct dcv_judged_ca *judged, const char *address);
/* The best verdict of the CA's rows: by any kind of validation that was judged. UNKNOWN where it has none. */
enum dcv_verdict dcv_judged_verdict(const struct dcv_judged *judged, const struct dcv_ca *ca);
/* Is this the first row of its CA? Going by these, each CA is met once. */
bool dcv_judged_first(const struct dcv_judged *judged, const struct dcv_judged_ca *row);
/* How many CAs have a row. */
size_t dcv_judged_count(const struct dcv_judged *judged);
/* Was this kind judged for any CA? */
bool dcv_judged_by(const struct dcv_judged *judged, enum dcv_by by);
/* Copies `n` fact numbers into the arena. */
struct dcv_fact_list dcv_fact_list(struct dcv_arena *arena, const size_t *items, size_t n);

#endif
