/* Profiles: what one CA offers, as dated facts with a source. Data: contrib/ca/<id>.yaml, also compiled in. */
#ifndef DCV_CA_PROFILE_H
#define DCV_CA_PROFILE_H

#include "base/date.h"
#include "base/status.h"
#include "ca/method.h"
#include "name/name.h"

#include <stdbool.h>
#include <stddef.h>

struct dcv_psl;

enum dcv_known { DCV_UNKNOWN = 0, DCV_NO, DCV_YES };

/* Where an approver address comes from. The order is the order in reports. */
enum dcv_source {
    DCV_SOURCE_CONSTRUCTED,
    DCV_SOURCE_TXT_CONTACT,
    DCV_SOURCE_CAA_CONTACT,
    DCV_SOURCE_SOA_RNAME,
    DCV_SOURCE_WHOIS,
    DCV_SOURCE_RDAP,
    DCV_SOURCE_COUNT,
};

/* "constructed", "txt-contact", "caa-contact", "soa-rname", "whois", "rdap". */
const char *dcv_source_text(enum dcv_source source);
/* The BR method a source belongs to. */
enum dcv_method dcv_source_method(enum dcv_source source);

/* Which ADNs of a name an offer covers (POLICY: levels). */
enum dcv_level {
    DCV_LEVEL_EXACT,                  /* the name without "*." */
    DCV_LEVEL_EXACT_PLUS_BASE_IF_WWW, /* and the base, where the name is exactly "www." + base */
    DCV_LEVEL_EXACT_AND_BASE,
    DCV_LEVEL_ANY_ADN,
    DCV_LEVEL_WWW_STRIPPED, /* a leading "www." (and "*.") removed */
    DCV_LEVEL_WWW_STRIPPED_AND_BASE,
    DCV_LEVEL_WWW_STRIPPED_ANY,             /* and any parent of it down to the base */
    DCV_LEVEL_REGISTERED_OR_EXACT_STRIPPED, /* JPRS: the base, or the name without "www." */
    DCV_LEVEL_BASE,
    DCV_LEVEL_COUNT,
};

const char *dcv_level_text(enum dcv_level level);
/* Does an offer of this level, made for `name` (without "*."), with base domain `base`, cover `adn`? `adn` is on the
 * ladder of the name: the name or a parent down to the base; nothing else is covered. A "www." that is the registered
 * label (the name is the base) is never removed. */
bool dcv_level_covers(enum dcv_level level, const struct dcv_name *name, const struct dcv_name *base,
                      const struct dcv_name *adn);

/* Where a fact is from and how far it can be trusted ('A' CA's own current document, 'B' older or a reseller's). */
struct dcv_ref {
    const char *key, *title, *url;
    dcv_date date; /* of the document; NONE: undated, or not known */
    dcv_date read; /* the day it was read; NONE: not noted */
    char grade;    /* 'A' or 'B'; of the fact */
};

struct dcv_offer {
    enum dcv_source source;
    enum dcv_known offered;
    dcv_date from, until; /* UTC, until exclusive; NONE: open */
    enum dcv_level level;
    bool is_default;              /* false: on request, or an account setting */
    bool automatic;               /* false: never mailed unless the customer asks */
    enum dcv_known cname_targets; /* CNAME targets as ADN */
    /* WHOIS, RDAP: the roles mailed ("public", "registrant", "admin", "tech"), NULL at the end. NULL: all of them. */
    const char *const *roles;
    struct dcv_ref ref;
    const char *note_en, *note_ja; /* NULL: none */
};

enum dcv_recipients { DCV_RECIPIENTS_UNKNOWN, DCV_RECIPIENTS_ALL, DCV_RECIPIENTS_ONE, DCV_RECIPIENTS_CONFIGURABLE };

struct dcv_issuer_domain {
    const char *domain;
    bool deprecated;
    bool shared; /* of another CA, and accepted by this one as well */
};

/* A way out of e-mail: a DNS or HTTP method with what is to be published. Texts may hold {name} (the name without
 * "*."), {adn}, {token} (what the CA gives), {account} (URI of the account at the CA), {file} (a file name the CA
 * gives), {md5} (of the CSR in DER, hexadecimal in upper case). A CA may have several rows for one method. */
struct dcv_technical_method {
    enum dcv_method method;
    enum dcv_known offered;
    const char *owner; /* "_dnsauth.{adn}"; NULL: not known */
    const char *type;  /* "TXT", "CNAME", "CAA", "HTTP"; NULL: not known, or free to choose */
    const char *value; /* "{token}"; NULL: not known */
    const char *path;  /* HTTP: "/.well-known/…"; NULL */
    struct dcv_ref ref;
};

/* One thing that happens between an order and its certificate, in order of time. */
enum dcv_step_kind {
    DCV_STEP_MAIL,      /* a mail that validates the domain */
    DCV_STEP_INTENT,    /* the intent to order is asked for, by telephone or mail */
    DCV_STEP_DOCUMENTS, /* papers about the organisation */
    DCV_STEP_ISSUE,
    DCV_STEP_NOTE, /* what to heed on the way */
};
/* "mail", "intent", "documents", "issue", "note" */
const char *dcv_step_kind_text(enum dcv_step_kind kind);

struct dcv_step {
    enum dcv_step_kind kind;
    const char *en, *ja; /* a sentence */
    struct dcv_ref ref;
};

struct dcv_product {
    const char *id, *name_en, *name_ja;
    const char *validation; /* "DV", "OV", "EV" */
    bool wildcard;
    const char *servers; /* licence scope: "one", "several"; NULL: not known */
    const struct dcv_step *steps;
    size_t step_count;
    struct dcv_ref ref;
};

/* What the CA or reseller wants of a certificate signing request, beyond the Baseline Requirements. */
struct dcv_csr_rules {
    const char *dn_characters; /* every character that DN attributes may hold, ASCII; NULL: not known */
    int rsa_bits_min;          /* 0: as the BR */
    struct dcv_ref ref;
};

/* A limit of the CA's own that is lower than the BR's, from a date. */
struct dcv_ca_limit {
    dcv_date from;
    int validity_days, reuse_days; /* 0: as the BR */
    int validity_months;           /* calendar months, where the CA counts so; 0: none */
    struct dcv_ref ref;
};

struct dcv_note {
    const char *en, *ja;
    bool unverified;
    struct dcv_ref ref;
};

enum dcv_ca_kind { DCV_CA_KIND_CA, DCV_CA_KIND_RESELLER, DCV_CA_KIND_BRAND, DCV_CA_KIND_BASELINE };

struct dcv_ca {
    const char *id, *name_en, *name_ja;
    enum dcv_ca_kind kind;
    const char *parent; /* id of the issuing CA's profile; NULL: itself */
    const struct dcv_ca *issuer; /* that profile */
    bool issues;        /* false: issues no public TLS certificates (any more); see notes */
    struct dcv_ref issues_ref;
    bool by_email; /* has any e-mail source offered or unknown, the historic ones included */
    const struct dcv_issuer_domain *issuer_domains;
    size_t issuer_domain_count; /* 0: unknown (or baseline: not judged) */
    struct dcv_ref issuer_ref;  /* key NULL: unknown, no reference */
    bool caa_judged;            /* false for the baseline */
    enum dcv_known rfc8657;     /* honours accounturi / validationmethods before the BR demand it */
    dcv_date rfc8657_from;      /* from this day; NONE: on every day */
    struct dcv_ref rfc8657_ref;
    enum dcv_known contactemail_critical_ok; /* knows the contactemail tag: `128 contactemail` does not block it */
    struct dcv_ref contactemail_ref;
    enum dcv_known flag1; /* reads flag bit 0x01 as critical */
    struct dcv_ref flag1_ref;
    enum dcv_known cname_targets; /* CNAME targets as ADN, where an offer does not say otherwise */
    struct dcv_ref cname_ref;
    const struct dcv_offer *offers;
    size_t offer_count;
    enum dcv_recipients recipients;
    struct dcv_ref recipients_ref;
    struct dcv_recipients_period {
        dcv_date from, until;
        enum dcv_recipients recipients;
        struct dcv_ref ref;
    } const *recipients_periods;
    size_t recipients_period_count; /* exceptions from `recipients` by date */
    enum dcv_known mx_required;     /* mails only where an MX record exists */
    struct dcv_ref mx_ref;
    enum dcv_known wildcard; /* DCV_NO: no wildcard product */
    struct dcv_ref wildcard_ref;
    int code_hours; /* life of the code in the mail; 0: not known */
    struct dcv_ref code_ref;
    const char *resend_en, *resend_ja; /* NULL: not known */
    struct dcv_ref resend_ref;
    const char *sender, *allow_list;     /* NULL: not known */
    const char *subject_en, *subject_ja; /* NULL: not known */
    struct dcv_ref sender_ref;
    const struct dcv_ca_limit *limits; /* its own; those of the issuing CA hold where it has none: dcv_ca_limits() */
    size_t limit_count;
    const struct dcv_technical_method *methods;
    size_t method_count;
    const struct dcv_product *products;
    size_t product_count;
    const int *notice_days; /* days before expiry on which a renewal notice is sent, the earliest first */
    size_t notice_count;    /* 0: not known */
    struct dcv_ref notices_ref;
    struct dcv_csr_rules csr;
    const struct dcv_note *notes;
    size_t note_count;
    const struct dcv_ref *sources; /* every document the profile cites */
    size_t source_count;
};

/* A set of profiles, ordered by id; and the CAA issuer domains of all known CAs. */
struct dcv_ca_set;

/* The compiled-in profiles, then those of `dir` (NULL: none) in their place or in addition: each file *.yaml there.
 * DCV_ERR_SYNTAX, DCV_ERR_IO, DCV_ERR_LIMIT, DCV_ERR_NOMEM; then `*error` (free() it; may be NULL when memory is short)
 * is one line "file:line: what; what to do". */
enum dcv_status dcv_ca_set_create(const char *dir, struct dcv_ca_set **out, char **error);
void dcv_ca_set_free(struct dcv_ca_set *set);
size_t dcv_ca_count(const struct dcv_ca_set *set);
const struct dcv_ca *dcv_ca_at(const struct dcv_ca_set *set, size_t index);
/* By id, without case; NULL: unknown. */
const struct dcv_ca *dcv_ca_find(const struct dcv_ca_set *set, const char *id);
/* The id nearest to a mistyped one, or NULL. */
const char *dcv_ca_nearest(const struct dcv_ca_set *set, const char *id);

/* The product of this id, without case, and the profile that sells it; NULL: none does. */
const struct dcv_product *dcv_product_find(const struct dcv_ca_set *set, const char *id, const struct dcv_ca **ca);
/* The product id nearest to a mistyped one, or NULL. */
const char *dcv_product_nearest(const struct dcv_ca_set *set, const char *id);

/* CAA issuer domains of all CAs: contrib/ca/issuers.yaml plus the profiles'. Owner's name, or NULL: unknown domain. */
const char *dcv_issuer_owner(const struct dcv_ca_set *set, const char *domain);
/* The known issuer domain that an unknown one must have been written for, or NULL: what the brand that it names stands
 * for, the one that it is below, the one whose registrable domain has the same first label, where all such have one owner,
 * or one that differs by a letter or two. NULL for a known one. */
const char *dcv_issuer_meant(const struct dcv_ca_set *set, const struct dcv_psl *psl, const char *domain);
/* The CA whose certificates name this organisation as their issuer, as far as the names of the profiles and of the owners of their issuer domains tell; NULL:
 * that is not known. Legal forms ("Inc.", "nv-sa") and what stands in parentheses do not count. */
const struct dcv_ca *dcv_ca_of_organisation(const struct dcv_ca_set *set, const char *organisation);
/* Does the CA accept this issuer domain (without case)? */
bool dcv_ca_accepts_issuer(const struct dcv_ca *ca, const char *domain);

/* Who is mailed by an order placed on `date`. */
enum dcv_recipients dcv_ca_recipients(const struct dcv_ca *ca, dcv_date date);
/* The limits that hold: the profile's own, else those of the issuing CA, for whoever sells a certificate cannot lengthen it. */
const struct dcv_ca_limit *dcv_ca_limits(const struct dcv_ca *ca, size_t *count);
/* The CA's own limit in force on a day of issue, or NULL: that of the BR. */
const struct dcv_ca_limit *dcv_ca_limit(const struct dcv_ca *ca, dcv_date date);
/* dcv_br_last_reuse_day() with the CA's own limits, each on the days on which it is in force. */
dcv_date dcv_ca_last_reuse_day(const struct dcv_ca *ca, dcv_date done, enum dcv_method method);

#endif
