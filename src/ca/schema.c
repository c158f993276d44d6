#include "ca/schema.h"

#include "ca/profile.h"

#include <cyaml/cyaml.h>

#define COUNT(table) ((uint32_t)(sizeof(table) / sizeof((table)[0])))
/* Rows of a mapping of type `type`. A text is never empty; STRICT: no number in place of a word. */
#define NEEDED_TEXT(key, type, member) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, CYAML_UNLIMITED)
#define TEXT(key, type, member)                                                                                        \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, CYAML_UNLIMITED)
#define NEEDED_WORD(key, type, member, words)                                                                          \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT, type, member, words, COUNT(words))
#define WORD(key, type, member, words)                                                                                 \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, type, member, words, COUNT(words))
#define NEEDED_MAP(key, type, member, rows) CYAML_FIELD_MAPPING(key, CYAML_FLAG_DEFAULT, type, member, rows)
#define MAP(key, type, member, rows) CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, type, member, rows)
#define LIST(key, type, member, count, entry)                                                                          \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, count, entry, 1,           \
                               CYAML_UNLIMITED)
#define NEEDED_LIST(key, type, member, count, entry)                                                                   \
    CYAML_FIELD_SEQUENCE_COUNT(key, CYAML_FLAG_POINTER, type, member, count, entry, 1, CYAML_UNLIMITED)
#define ENTRY(type, rows)                                                                                              \
    {                                                                                                                  \
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, type, rows)                                                            \
    }
#define REF(type) TEXT("ref", type, ref.key), WORD("grade", type, ref.grade, grades)

/* C is read to be refused with its reason. */
static const cyaml_strval_t grades[] = {{"A", 'A'}, {"B", 'B'}, {"C", 'C'}};
static const cyaml_strval_t yes_no[] = {{"yes", RAW_YES}, {"no", RAW_NO}};
static const cyaml_strval_t answers[] = {{"yes", RAW_YES}, {"no", RAW_NO}, {"unknown", RAW_UNKNOWN}};
static const cyaml_strval_t kinds[] = {
    {"ca", DCV_CA_KIND_CA},
    {"reseller", DCV_CA_KIND_RESELLER},
    {"brand", DCV_CA_KIND_BRAND},
    {"baseline", DCV_CA_KIND_BASELINE},
};
static const cyaml_strval_t sources[] = {
    {"constructed", DCV_SOURCE_CONSTRUCTED},
    {"txt-contact", DCV_SOURCE_TXT_CONTACT},
    {"caa-contact", DCV_SOURCE_CAA_CONTACT},
    {"soa-rname", DCV_SOURCE_SOA_RNAME},
    {"whois", DCV_SOURCE_WHOIS},
    {"rdap", DCV_SOURCE_RDAP},
};
/* One more than the level, so that 0 is "not given". */
static const cyaml_strval_t levels[] = {
    {"exact", DCV_LEVEL_EXACT + 1},
    {"exact-plus-base-if-www", DCV_LEVEL_EXACT_PLUS_BASE_IF_WWW + 1},
    {"exact-and-base", DCV_LEVEL_EXACT_AND_BASE + 1},
    {"any-adn", DCV_LEVEL_ANY_ADN + 1},
    {"www-stripped", DCV_LEVEL_WWW_STRIPPED + 1},
    {"www-stripped-and-base", DCV_LEVEL_WWW_STRIPPED_AND_BASE + 1},
    {"www-stripped-any", DCV_LEVEL_WWW_STRIPPED_ANY + 1},
    {"registered-or-exact-stripped", DCV_LEVEL_REGISTERED_OR_EXACT_STRIPPED + 1},
    {"base", DCV_LEVEL_BASE + 1},
};
static const cyaml_strval_t roles[] = {{"public", 0}, {"registrant", 1}, {"admin", 2}, {"tech", 3}};
static const cyaml_strval_t recipients[] = {
    {"all", DCV_RECIPIENTS_ALL},
    {"one", DCV_RECIPIENTS_ONE},
    {"configurable", DCV_RECIPIENTS_CONFIGURABLE},
    {"unknown", DCV_RECIPIENTS_UNKNOWN},
};
static const cyaml_strval_t technical[] = {
    {"dns-change", DCV_METHOD_DNS_CHANGE},
    {"registrar", DCV_METHOD_REGISTRAR},
    {"phone-txt", DCV_METHOD_PHONE_TXT},
    {"phone-caa", DCV_METHOD_PHONE_CAA},
    {"http", DCV_METHOD_HTTP},
    {"http-01", DCV_METHOD_HTTP_01},
    {"tls-alpn-01", DCV_METHOD_TLS_ALPN_01},
    {"dns-account-01", DCV_METHOD_DNS_ACCOUNT_01},
    {"dns-persist", DCV_METHOD_DNS_PERSIST},
};
static const cyaml_strval_t validations[] = {{"unknown", 0}, {"DV", 1}, {"OV", 2}, {"EV", 3}};
static const cyaml_strval_t servers[] = {{"unknown", 0}, {"one", 1}, {"several", 2}};
/* One more than the kind, so that 0 is "not given". */
static const cyaml_strval_t step_kinds[] = {
    {"mail", DCV_STEP_MAIL + 1},   {"intent", DCV_STEP_INTENT + 1}, {"documents", DCV_STEP_DOCUMENTS + 1},
    {"issue", DCV_STEP_ISSUE + 1}, {"note", DCV_STEP_NOTE + 1},
};
static const cyaml_strval_t unknowns[] = {
    {"issuer_domains", RAW_UNKNOWN_ISSUER_DOMAINS},
    {"mail_code", RAW_UNKNOWN_MAIL_CODE},
    {"resend", RAW_UNKNOWN_RESEND},
    {"sender", RAW_UNKNOWN_SENDER},
    {"subject", RAW_UNKNOWN_SUBJECT},
    {"products", RAW_UNKNOWN_PRODUCTS},
};

static const cyaml_schema_value_t string_entry = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char *, 1, CYAML_UNLIMITED)};
static const cyaml_schema_value_t role_entry = {CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, roles, COUNT(roles))};

static const cyaml_schema_field_t text_rows[] = {
    NEEDED_TEXT("en", struct raw_text, en),
    NEEDED_TEXT("ja", struct raw_text, ja),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t subject_rows[] = {
    TEXT("en", struct raw_text, en),
    TEXT("ja", struct raw_text, ja),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t source_rows[] = {
    NEEDED_TEXT("key", struct raw_source, key), NEEDED_TEXT("title", struct raw_source, title),
    TEXT("url", struct raw_source, url),        TEXT("date", struct raw_source, date),
    TEXT("read", struct raw_source, read),      CYAML_FIELD_END,
};
static const cyaml_schema_value_t source_entry = ENTRY(struct raw_source, source_rows);
static const cyaml_schema_field_t is_rows[] = {
    NEEDED_WORD("is", struct raw_is, is, answers),
    REF(struct raw_is),
    CYAML_FIELD_END,
};
/* Whether it issues is known of every CA. */
static const cyaml_schema_field_t issues_rows[] = {
    NEEDED_WORD("is", struct raw_is, is, yes_no),
    REF(struct raw_is),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t rfc8657_rows[] = {
    NEEDED_WORD("is", struct raw_is, is, answers),
    TEXT("from", struct raw_is, from),
    REF(struct raw_is),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t caa_rows[] = {
    NEEDED_WORD("judged", struct raw_caa, judged, yes_no),
    LIST("issuer_domains", struct raw_caa, domains, domain_count, &string_entry),
    LIST("deprecated_domains", struct raw_caa, deprecated, deprecated_count, &string_entry),
    LIST("shared_domains", struct raw_caa, shared, shared_count, &string_entry),
    REF(struct raw_caa),
    NEEDED_MAP("honours_rfc8657", struct raw_caa, rfc8657, rfc8657_rows),
    NEEDED_MAP("knows_contactemail", struct raw_caa, contactemail, is_rows),
    NEEDED_MAP("flag_1_is_critical", struct raw_caa, flag1, is_rows),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t offer_rows[] = {
    NEEDED_WORD("source", struct raw_offer, source, sources),
    NEEDED_WORD("offered", struct raw_offer, offered, answers),
    TEXT("from", struct raw_offer, from),
    TEXT("until", struct raw_offer, until),
    WORD("level", struct raw_offer, level, levels),
    WORD("default", struct raw_offer, is_default, yes_no),
    WORD("automatic", struct raw_offer, automatic, yes_no),
    WORD("cname_targets", struct raw_offer, cname_targets, answers),
    LIST("roles", struct raw_offer, roles, role_count, &role_entry),
    REF(struct raw_offer),
    MAP("note", struct raw_offer, note, text_rows),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t offer_entry = ENTRY(struct raw_offer, offer_rows);
static const cyaml_schema_field_t recipients_rows[] = {
    NEEDED_WORD("who", struct raw_recipients, who, recipients),
    REF(struct raw_recipients),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t period_rows[] = {
    NEEDED_WORD("who", struct raw_recipients, who, recipients),
    TEXT("from", struct raw_recipients, from),
    TEXT("until", struct raw_recipients, until),
    REF(struct raw_recipients),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t period_entry = ENTRY(struct raw_recipients, period_rows);
static const cyaml_schema_field_t mail_rows[] = {
    TEXT("sender", struct raw_mail, sender),
    TEXT("allow_list", struct raw_mail, allow_list),
    MAP("subject", struct raw_mail, subject, subject_rows),
    REF(struct raw_mail),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t code_rows[] = {
    NEEDED_TEXT("hours", struct raw_code, hours),
    REF(struct raw_code),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t resend_rows[] = {
    NEEDED_TEXT("en", struct raw_resend, en),
    NEEDED_TEXT("ja", struct raw_resend, ja),
    REF(struct raw_resend),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t limit_rows[] = {
    NEEDED_TEXT("from", struct raw_limit, from),
    TEXT("validity_days", struct raw_limit, validity_days),
    TEXT("validity_months", struct raw_limit, validity_months),
    TEXT("reuse_days", struct raw_limit, reuse_days),
    REF(struct raw_limit),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t limit_entry = ENTRY(struct raw_limit, limit_rows);
static const cyaml_schema_field_t method_rows[] = {
    NEEDED_WORD("method", struct raw_method, method, technical),
    NEEDED_WORD("offered", struct raw_method, offered, answers),
    TEXT("owner", struct raw_method, owner),
    TEXT("type", struct raw_method, type),
    TEXT("value", struct raw_method, value),
    TEXT("path", struct raw_method, path),
    REF(struct raw_method),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t method_entry = ENTRY(struct raw_method, method_rows);
static const cyaml_schema_field_t step_rows[] = {
    NEEDED_WORD("kind", struct raw_step, kind, step_kinds),
    NEEDED_TEXT("en", struct raw_step, en),
    NEEDED_TEXT("ja", struct raw_step, ja),
    REF(struct raw_step),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t step_entry = ENTRY(struct raw_step, step_rows);
static const cyaml_schema_field_t product_rows[] = {
    NEEDED_TEXT("id", struct raw_product, id),
    NEEDED_MAP("name", struct raw_product, name, text_rows),
    NEEDED_WORD("validation", struct raw_product, validation, validations),
    NEEDED_WORD("wildcard", struct raw_product, wildcard, yes_no),
    NEEDED_WORD("servers", struct raw_product, servers, servers),
    LIST("steps", struct raw_product, steps, step_count, &step_entry),
    REF(struct raw_product),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t product_entry = ENTRY(struct raw_product, product_rows);
static const cyaml_schema_field_t notices_rows[] = {
    NEEDED_LIST("days", struct raw_notices, days, day_count, &string_entry),
    REF(struct raw_notices),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t csr_rows[] = {
    TEXT("dn_characters", struct raw_csr, dn_characters),
    TEXT("rsa_bits_min", struct raw_csr, rsa_bits_min),
    REF(struct raw_csr),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t note_rows[] = {
    NEEDED_TEXT("en", struct raw_note, en),
    NEEDED_TEXT("ja", struct raw_note, ja),
    WORD("unverified", struct raw_note, unverified, yes_no),
    REF(struct raw_note),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t note_entry = ENTRY(struct raw_note, note_rows);
static const cyaml_schema_field_t profile_rows[] = {
    NEEDED_TEXT("id", struct raw_profile, id),
    NEEDED_MAP("name", struct raw_profile, name, text_rows),
    NEEDED_WORD("kind", struct raw_profile, kind, kinds),
    TEXT("parent", struct raw_profile, parent),
    NEEDED_LIST("sources", struct raw_profile, sources, source_count, &source_entry),
    NEEDED_MAP("issues", struct raw_profile, issues, issues_rows),
    NEEDED_MAP("caa", struct raw_profile, caa, caa_rows),
    NEEDED_LIST("offers", struct raw_profile, offers, offer_count, &offer_entry),
    NEEDED_MAP("cname_targets", struct raw_profile, cname_targets, is_rows),
    NEEDED_MAP("recipients", struct raw_profile, recipients, recipients_rows),
    LIST("recipients_periods", struct raw_profile, periods, period_count, &period_entry),
    NEEDED_MAP("mx_required", struct raw_profile, mx_required, is_rows),
    NEEDED_MAP("wildcard", struct raw_profile, wildcard, is_rows),
    MAP("mail", struct raw_profile, mail, mail_rows),
    MAP("mail_code", struct raw_profile, code, code_rows),
    MAP("resend", struct raw_profile, resend, resend_rows),
    LIST("limits", struct raw_profile, limits, limit_count, &limit_entry),
    NEEDED_LIST("methods", struct raw_profile, methods, method_count, &method_entry),
    LIST("steps", struct raw_profile, steps, step_count, &step_entry),
    LIST("products", struct raw_profile, products, product_count, &product_entry),
    MAP("notices", struct raw_profile, notices, notices_rows),
    MAP("csr", struct raw_profile, csr, csr_rows),
    LIST("notes", struct raw_profile, notes, note_count, &note_entry),
    CYAML_FIELD_FLAGS("unknown", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct raw_profile, unknown, unknowns,
                      COUNT(unknowns)),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t dcv_profile_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_profile, profile_rows),
};

static const cyaml_schema_field_t owner_rows[] = {
    NEEDED_TEXT("name", struct raw_owner, name),
    NEEDED_LIST("domains", struct raw_owner, domains, domain_count, &string_entry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t owner_entry = ENTRY(struct raw_owner, owner_rows);
static const cyaml_schema_field_t brand_rows[] = {
    NEEDED_TEXT("label", struct raw_brand, label),
    NEEDED_TEXT("issuer", struct raw_brand, issuer),
    REF(struct raw_brand),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t brand_entry = ENTRY(struct raw_brand, brand_rows);
static const cyaml_schema_field_t issuers_rows[] = {
    NEEDED_LIST("sources", struct raw_issuers, sources, source_count, &source_entry),
    REF(struct raw_issuers),
    NEEDED_LIST("owners", struct raw_issuers, owners, owner_count, &owner_entry),
    LIST("brands", struct raw_issuers, brands, brand_count, &brand_entry),
    CYAML_FIELD_END,
};
const cyaml_schema_value_t dcv_issuers_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct raw_issuers, issuers_rows),
};
