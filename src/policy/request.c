/* Certificate signing requests: what a CA will refuse before it validates anything. */
#include "policy/order.h"

#include "base/text.h"

#include <string.h>

enum { RSA_BITS_MIN = 2048 }; /* BR 6.1.5 */

static struct making begin(struct ordering *ordering, enum dcv_rule rule, const char *subject)
{
    return finding_begin(&ordering->judge, rule, subject);
}

static void file_plain(struct ordering *ordering, enum dcv_rule rule, const char *subject)
{
    struct making making = begin(ordering, rule, subject);
    finding_end_general(&making);
}

/* ---- the key --------------------------------------------------------------------------------------------------------------------- */

/* BR 6.1.5: RSA, and the NIST curves P-256, P-384, P-521. */
static bool type_allowed(const struct dcv_key *key)
{
    static const char *const curves[] = {"P-256", "P-384", "P-521"};
    if (key->type == DCV_KEY_RSA)
        return true;
    for (size_t i = 0; key->type == DCV_KEY_EC && key->curve != NULL && i < sizeof curves / sizeof curves[0]; i++)
        if (strcmp(key->curve, curves[i]) == 0)
            return true;
    return false;
}

static void judge_key_type(struct ordering *ordering, const struct dcv_key *key)
{
    struct making making = begin(ordering, DCV_RULE_CSR_KEY_TYPE, key->type_text);
    const char *curve = key->curve != NULL ? key->curve : "?"; /* parameters of its own */
    finding_arg(&making, "type", key->type == DCV_KEY_EC ? dcv_arena_printf(ordering->judge.arena, "EC %s", curve) : key->type_text);
    finding_end_general(&making);
}

static struct making begin_size(struct ordering *ordering, const struct dcv_key *key, size_t least)
{
    struct making making = begin(ordering, DCV_RULE_CSR_KEY_SIZE, key->type_text);
    finding_arg_number(&making, "bits", key->bits);
    finding_arg_number(&making, "least", least);
    return making;
}

static void judge_key_size(struct ordering *ordering, const struct dcv_key *key)
{
    if (key->type != DCV_KEY_RSA || (key->bits >= RSA_BITS_MIN && key->bits % 8 == 0))
        return;
    struct making making = begin_size(ordering, key, RSA_BITS_MIN);
    finding_end_general(&making);
}

static void judge_key_weakness(struct ordering *ordering, const struct dcv_key *key)
{
    /* The reasons are words of their own in the finding's text. */
    static const struct {
        unsigned bit;
        const char *reason;
    } rows[] = {
        {DCV_WEAK_ROCA, "roca"}, {DCV_WEAK_FERMAT, "close-primes"}, {DCV_WEAK_SMALL_FACTOR, "small-factor"},
        {DCV_WEAK_EXPONENT, "exponent"}, {DCV_WEAK_POINT, "bad-point"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((key->weaknesses & rows[i].bit) == 0)
            continue;
        struct making making = begin(ordering, DCV_RULE_CSR_KEY_WEAK, key->type_text);
        finding_arg(&making, "reason", rows[i].reason);
        finding_end_general(&making);
    }
    if (key->exponent_low && (key->weaknesses & DCV_WEAK_EXPONENT) == 0) {
        struct making making = begin(ordering, DCV_RULE_CSR_EXPONENT, key->type_text);
        finding_arg(&making, "exponent", key->exponent);
        finding_end_general(&making);
    }
}

static void judge_key(struct ordering *ordering, const struct dcv_key *key)
{
    if (!type_allowed(key))
        judge_key_type(ordering, key);
    judge_key_size(ordering, key);
    judge_key_weakness(ordering, key);
}

/* ---- the names ------------------------------------------------------------------------------------------------------------------- */

/* As it stands; with zero octets escaped, for a text ends at the first. */
static const char *raw_text(struct ordering *ordering, const char *text, size_t len)
{
    if (memchr(text, 0, len) == NULL) {
        const char *plain = dcv_arena_strndup(ordering->judge.arena, text, len);
        return plain != NULL ? plain : "";
    }
    struct dcv_buf buf;
    dcv_buf_init(&buf, 1 << 18);
    dcv_text_escape(&buf, text, len);
    const char *copy = dcv_arena_strdup(ordering->judge.arena, dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return copy != NULL ? copy : "";
}

/* A DNS name of the extension that is none, or stands there in another form than a certificate has. */
static void judge_dns_name(struct ordering *ordering, const struct dcv_san *san)
{
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    if (dcv_x509_hostname(san->text, san->len, &name, &error))
        return;
    struct making making = begin(ordering, error.fault == DCV_HOSTNAME_OK ? DCV_RULE_SAN_FORM : DCV_RULE_SAN_INVALID,
                                 raw_text(ordering, san->text, san->len));
    if (error.fault == DCV_HOSTNAME_OK) {
        finding_arg(&making, "meant", name.ascii);
    } else {
        finding_arg(&making, "fault", dcv_hostname_fault_text(error.fault));
        finding_arg_number(&making, "offset", error.at);
    }
    finding_end_general(&making);
}

/* What a certificate holds besides names and addresses, a new one is not asked to hold. */
static void judge_sans(struct ordering *ordering, const struct dcv_x509 *x509)
{
    for (size_t i = 0; i < x509->san_count; i++) {
        const struct dcv_san *san = &x509->sans[i];
        switch (san->kind) {
        case DCV_SAN_DNS: judge_dns_name(ordering, san); break;
        case DCV_SAN_IP: file_plain(ordering, DCV_RULE_SAN_IP, san->text); break;
        case DCV_SAN_EMAIL:
        case DCV_SAN_URI:
        case DCV_SAN_OTHER:
            if (!x509->certificate)
                file_plain(ordering, DCV_RULE_SAN_KIND, raw_text(ordering, san->text, san->len));
            break;
        }
    }
}

/* BR 7.1.4.3: a common name, if there is one, is one of the names of the extension. */
static void judge_common_name(struct ordering *ordering, const struct dcv_x509 *csr)
{
    enum { UB_COMMON_NAME = 64 };
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    const struct dcv_dn_field *cn = dcv_dn_find(csr->subject, csr->subject_count, "CN");
    if (cn == NULL)
        return;
    const char *subject = raw_text(ordering, cn->value, cn->len);
    if (cn->characters > UB_COMMON_NAME) {
        struct making making = begin(ordering, DCV_RULE_CSR_CN_LENGTH, subject);
        finding_arg_number(&making, "count", cn->characters);
        finding_end_general(&making);
    }
    if (dcv_x509_extra_name(csr, &name) != NULL)
        file_plain(ordering, DCV_RULE_CSR_CN_NOT_IN_SAN, subject);
    else if (!dcv_x509_hostname(cn->value, cn->len, &name, &error) || !dcv_x509_has_name(csr, &name))
        file_plain(ordering, DCV_RULE_CSR_CN_NO_NAME, subject);
}

/* ---- the certificate in use ------------------------------------------------------------------------------------------------------ */

static bool in_order(const struct dcv_order *order, const char *ascii)
{
    for (size_t i = 0; i < order->names.count; i++)
        if (dcv_ascii_equal_nocase(order->names.items[i].judged->name->ascii, ascii))
            return true;
    return false;
}

static bool holds_address(const struct dcv_x509 *csr, const char *address)
{
    for (size_t i = 0; csr != NULL && i < csr->san_count; i++)
        if (csr->sans[i].kind == DCV_SAN_IP && strcmp(csr->sans[i].text, address) == 0)
            return true;
    return false;
}

/* What would no longer be covered when the new certificate takes the place of the one in use. */
static void judge_missing(struct ordering *ordering, const struct dcv_x509 *certificate)
{
    for (size_t i = 0; i < certificate->san_count; i++) {
        struct dcv_hostname name;
        struct dcv_hostname_error error;
        const struct dcv_san *san = &certificate->sans[i];
        if (san->kind == DCV_SAN_DNS && dcv_x509_hostname(san->text, san->len, &name, &error) && !in_order(ordering->order, name.ascii))
            file_plain(ordering, DCV_RULE_ORDER_MISSING, raw_text(ordering, name.ascii, strlen(name.ascii)));
        else if (san->kind == DCV_SAN_IP && !holds_address(ordering->order->csr, san->text))
            file_plain(ordering, DCV_RULE_ORDER_MISSING, san->text);
    }
}

/* Is it the certificate that names what is ordered? */
static bool ordered_again(const struct dcv_order *order)
{
    for (size_t i = 0; i < order->names.count; i++)
        if (strcmp(order->names.items[i].origin, "argument") == 0)
            return false;
    return order->csr == NULL;
}

static void judge_against_certificate(struct ordering *ordering)
{
    const struct dcv_x509 *csr = ordering->order->csr, *certificate = ordering->order->certificate;
    if (ordering->order->failure != NULL) {
        struct making making = begin(ordering, DCV_RULE_CERTIFICATE_UNREAD, ordering->order->origin);
        finding_arg(&making, "failure", ordering->order->failure);
        finding_end_general(&making);
    }
    if (certificate == NULL)
        return;
    if (ordered_again(ordering->order))
        judge_sans(ordering, certificate);
    else
        judge_missing(ordering, certificate);
    if (csr != NULL && memcmp(csr->key.spki_sha256, certificate->key.spki_sha256, sizeof csr->key.spki_sha256) == 0)
        file_plain(ordering, DCV_RULE_CSR_KEY_REUSED, csr->key.type_text);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------- */

void request_judge(struct ordering *ordering)
{
    const struct dcv_x509 *csr = ordering->order->csr;
    judge_against_certificate(ordering);
    if (csr == NULL)
        return;
    if (!csr->signature_valid)
        file_plain(ordering, DCV_RULE_CSR_SIGNATURE, csr->key.type_text);
    if (csr->signature_weak)
        file_plain(ordering, DCV_RULE_CSR_HASH, csr->signature_algorithm);
    judge_key(ordering, &csr->key);
    judge_sans(ordering, csr);
    judge_common_name(ordering, csr);
}

/* The first octet of a value that is none of the characters allowed, or NULL. */
static const char *foreign_character(const struct dcv_dn_field *field, const char *allowed)
{
    for (size_t i = 0; i < field->len; i++)
        if (field->value[i] == '\0' || strchr(allowed, field->value[i]) == NULL)
            return &field->value[i];
    return NULL;
}

/* One character of UTF-8, as text. */
static const char *character_at(struct ordering *ordering, const struct dcv_dn_field *field, const char *at)
{
    size_t left = field->len - (size_t)(at - field->value), len = 1;
    while (len < left && ((unsigned char)at[len] & 0xc0) == 0x80)
        len++;
    return raw_text(ordering, at, len);
}

void request_judge_for(struct ordering *ordering, struct dcv_judged_ca *ca)
{
    const struct dcv_x509 *csr = ordering->order->csr;
    const struct dcv_csr_rules *rules = &ca->ca->csr;
    for (size_t i = 0; csr != NULL && rules->dn_characters != NULL && i < csr->subject_count; i++) {
        const struct dcv_dn_field *field = &csr->subject[i];
        const char *at = foreign_character(field, rules->dn_characters);
        if (at == NULL)
            continue;
        struct making making = begin(ordering, DCV_RULE_CSR_DN_CHARACTER, field->type);
        finding_arg(&making, "value", raw_text(ordering, field->value, field->len));
        finding_arg(&making, "character", character_at(ordering, field, at));
        finding_arg_number(&making, "offset", (size_t)(at - field->value));
        finding_arg(&making, "ca", ca->ca->id);
        finding_attach(&ordering->judge, ca, finding_end(&making));
    }
    if (csr != NULL && csr->key.type == DCV_KEY_RSA && csr->key.bits >= RSA_BITS_MIN && csr->key.bits < (unsigned)rules->rsa_bits_min) {
        struct making making = begin_size(ordering, &csr->key, (size_t)rules->rsa_bits_min);
        finding_arg(&making, "ca", ca->ca->id);
        finding_attach(&ordering->judge, ca, finding_end(&making));
    }
}
