/* What a file of contrib/ca holds, as libcyaml puts it into memory. Checked and turned into profile.h by build.c. */
#ifndef DCV_CA_SCHEMA_H
#define DCV_CA_SCHEMA_H

#include <stdint.h>

/* 0 is a key that is not there: libcyaml 1.3 knows no other default. */
enum raw_answer { RAW_ABSENT = 0, RAW_NO, RAW_YES, RAW_UNKNOWN };

/* Where a fact is from: a key of `sources`, and 'A' or 'B'. Both absent only for what is unknown. */
struct raw_ref {
    char *key;
    int grade;
};

struct raw_text {
    char *en, *ja;
};

struct raw_source {
    char *key, *title, *url, *date, *read;
};

struct raw_is {
    int is;
    char *from;
    struct raw_ref ref;
};

struct raw_caa {
    int judged;
    char **domains, **deprecated, **shared;
    uint32_t domain_count, deprecated_count, shared_count;
    struct raw_ref ref;
    struct raw_is rfc8657, contactemail, flag1;
};

struct raw_offer {
    int source, offered, level, is_default, automatic, cname_targets;
    char *from, *until;
    int *roles;
    uint32_t role_count;
    struct raw_ref ref;
    struct raw_text note;
};

struct raw_recipients {
    int who;
    char *from, *until;
    struct raw_ref ref;
};

struct raw_mail {
    char *sender, *allow_list;
    struct raw_text subject;
    struct raw_ref ref;
};

struct raw_code {
    char *hours;
    struct raw_ref ref;
};

struct raw_resend {
    char *en, *ja;
    struct raw_ref ref;
};

struct raw_limit {
    char *from, *validity_days, *validity_months, *reuse_days; /* numbers: libcyaml would read "5x" as 5 */
    struct raw_ref ref;
};

struct raw_method {
    int method, offered;
    char *owner, *type, *value, *path;
    struct raw_ref ref;
};

struct raw_step {
    int kind;
    char *en, *ja;
    struct raw_ref ref;
};

struct raw_product {
    char *id;
    struct raw_text name;
    int validation, wildcard, servers;
    struct raw_step *steps;
    uint32_t step_count;
    struct raw_ref ref;
};

struct raw_notices {
    char **days;
    uint32_t day_count;
    struct raw_ref ref;
};

struct raw_csr {
    char *dn_characters, *rsa_bits_min;
    struct raw_ref ref;
};

struct raw_note {
    char *en, *ja;
    int unverified;
    struct raw_ref ref;
};

/* Names of what a profile may leave out when it says so under `unknown`. */
enum raw_unknown {
    RAW_UNKNOWN_ISSUER_DOMAINS = 1 << 0,
    RAW_UNKNOWN_MAIL_CODE = 1 << 1,
    RAW_UNKNOWN_RESEND = 1 << 2,
    RAW_UNKNOWN_SENDER = 1 << 3,
    RAW_UNKNOWN_SUBJECT = 1 << 4,
    RAW_UNKNOWN_PRODUCTS = 1 << 5,
};

struct raw_profile {
    char *id, *parent;
    struct raw_text name;
    int kind;
    struct raw_source *sources;
    struct raw_is issues, mx_required, wildcard, cname_targets;
    struct raw_caa caa;
    struct raw_offer *offers;
    struct raw_recipients recipients, *periods;
    struct raw_mail mail;
    struct raw_code code;
    struct raw_resend resend;
    struct raw_limit *limits;
    struct raw_method *methods;
    struct raw_step *steps; /* of every product that has none of its own */
    struct raw_product *products;
    struct raw_notices notices;
    struct raw_csr csr;
    struct raw_note *notes;
    uint32_t source_count, offer_count, period_count, limit_count, method_count, step_count, product_count, note_count;
    uint32_t unknown;
};

struct raw_owner {
    char *name, **domains;
    uint32_t domain_count;
};

struct raw_brand {
    char *label, *issuer;
    struct raw_ref ref;
};

struct raw_issuers {
    struct raw_source *sources;
    struct raw_ref ref;
    struct raw_owner *owners;
    struct raw_brand *brands;
    uint32_t source_count, owner_count, brand_count;
};

/* The two kinds of file. */
struct cyaml_schema_value;
extern const struct cyaml_schema_value dcv_profile_schema, dcv_issuers_schema;

#endif
