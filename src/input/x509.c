/* Finds the request or certificate in a file, and reads it. */
#include "input/x509.h"

#include "base/text.h"
#include "input/pem.h"
#include "input/x509_parts.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

/* One call of dcv_csr_read() or dcv_certificate_read(). */
struct reading {
    struct dcv_arena *arena;
    enum dcv_x509_form wanted;
    const char *data;
    size_t len;
    struct dcv_buf der; /* what a PEM block holds */
    struct dcv_x509 value;
    struct dcv_x509_error error; /* text NULL: none */
};

static void fail(struct reading *reading, size_t line, const char *text)
{
    reading->error = (struct dcv_x509_error){.text = text, .line = line};
}

/* MD5 and older are broken, BR 7.1.3.2 knows no SHA-1. */
static bool weak_digest(int nid)
{
    return nid == NID_md2 || nid == NID_md4 || nid == NID_md5 || nid == NID_sha || nid == NID_sha1;
}

/* The digest of RSASSA-PSS is in its parameters; SHA-1 when they leave it out (RFC 8017 A.2.3). */
static int pss_digest(const X509_ALGOR *algorithm)
{
    int type = V_ASN1_UNDEF, nid = NID_sha1;
    const void *value = NULL;
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    if (type != V_ASN1_SEQUENCE)
        return NID_undef;
    const unsigned char *at = ASN1_STRING_get0_data(value);
    RSA_PSS_PARAMS *parameters = d2i_RSA_PSS_PARAMS(NULL, &at, ASN1_STRING_length(value));
    if (parameters == NULL)
        return NID_undef;
    if (parameters->hashAlgorithm != NULL)
        nid = OBJ_obj2nid(parameters->hashAlgorithm->algorithm);
    RSA_PSS_PARAMS_free(parameters);
    return nid;
}

/* Notes the algorithm; false: OpenSSL has not its digest any more, and so cannot tell a right signature from a wrong one. */
static bool read_signature(struct reading *reading, const X509_ALGOR *algorithm)
{
    const ASN1_OBJECT *oid = NULL;
    int digest = NID_undef;
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    const int nid = OBJ_obj2nid(oid);
    if (nid == NID_rsassaPss)
        digest = pss_digest(algorithm);
    else if (!OBJ_find_sigid_algs(nid, &digest, NULL))
        digest = NID_undef;
    reading->value.signature_algorithm = nid != NID_undef ? OBJ_nid2ln(nid) : dcv_oid_text(reading->arena, oid);
    reading->value.signature_weak = weak_digest(digest);
    return !reading->value.signature_weak || nid == NID_rsassaPss || EVP_get_digestbynid(digest) != NULL;
}

static void read_whole(struct reading *reading, const unsigned char *der, size_t len)
{
    if (!dcv_sha256(der, len, reading->value.sha256))
        dcv_arena_fail(reading->arena);
}

/* One value of an attribute that asks for extensions. */
static const char *read_requested(struct reading *reading, const ASN1_TYPE *value, struct dcv_san_list *sans)
{
    static const char malformed[] = N_("its list of requested extensions is malformed");
    if (value == NULL || value->type != V_ASN1_SEQUENCE)
        return malformed;
    const unsigned char *start = ASN1_STRING_get0_data(value->value.sequence), *at = start;
    const int len = ASN1_STRING_length(value->value.sequence);
    STACK_OF(X509_EXTENSION) *extensions = d2i_X509_EXTENSIONS(NULL, &at, len);
    const char *fault = malformed;
    if (extensions != NULL && at == start + len)
        fault = dcv_read_sans(reading->arena, extensions, sans);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return fault;
}

/* extensionRequest (RFC 2985 §5.4.2) and Microsoft's attribute 1.3.6.1.4.1.311.2.1.14, of which X509_REQ_get_extensions()
 * reads the first only. */
static const char *read_attributes(struct reading *reading, const X509_REQ *request, struct dcv_san_list *sans)
{
    const char *fault = NULL;
    for (int i = 0; i < X509_REQ_get_attr_count(request); i++) {
        X509_ATTRIBUTE *attribute = X509_REQ_get_attr(request, i);
        const int nid = OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute));
        if (nid != NID_ext_req && nid != NID_ms_ext_req)
            continue;
        for (int j = 0; j < X509_ATTRIBUTE_count(attribute) && fault == NULL; j++)
            fault = read_requested(reading, X509_ATTRIBUTE_get0_type(attribute, j), sans);
    }
    return fault;
}

static const char *read_request(struct reading *reading, X509_REQ *request)
{
    struct dcv_x509 *value = &reading->value;
    struct dcv_san_list sans = {0};
    const X509_ALGOR *algorithm = NULL;
    dcv_read_dn(reading->arena, X509_REQ_get_subject_name(request), &value->subject, &value->subject_count);
    const char *fault = read_attributes(reading, request, &sans);
    value->sans = sans.items;
    value->san_count = sans.count;
    if (fault == NULL)
        fault = dcv_read_key(reading->arena, X509_REQ_get_X509_PUBKEY(request), &value->key);
    X509_REQ_get0_signature(request, NULL, &algorithm);
    /* What is weak is said to be weak; it need not be called wrong, too, when that is not known. */
    const bool verifiable = read_signature(reading, algorithm);
    EVP_PKEY *key = X509_REQ_get0_pubkey(request);
    value->signature_valid = !verifiable || (key != NULL && X509_REQ_verify(request, key) == 1);
    return fault;
}

static bool read_time(const ASN1_TIME *time, dcv_date *date, int64_t *seconds)
{
    struct tm tm = {0};
    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
        return false;
    *date = dcv_date_ymd(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    *seconds = (int64_t)*date * 86400 + (int64_t)tm.tm_hour * 3600 + (int64_t)tm.tm_min * 60 + tm.tm_sec;
    return true;
}

static void read_serial(struct reading *reading, const ASN1_INTEGER *serial)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
    char *upper = number != NULL ? BN_bn2hex(number) : NULL;
    char *lower = upper != NULL ? dcv_arena_strdup(reading->arena, upper) : NULL;
    for (size_t i = 0; lower != NULL && lower[i] != '\0'; i++)
        lower[i] = dcv_ascii_lower(lower[i]);
    reading->value.serial = lower;
    if (lower == NULL)
        dcv_arena_fail(reading->arena);
    OPENSSL_free(upper);
    BN_free(number);
}

/* The CA/Browser Forum's policies (BR 7.1.6.1, EVG 7.1.6.1). */
static const char *policy_of(const ASN1_OBJECT *oid)
{
    static const struct {
        const char *oid, *text;
    } policies[] = {{"2.23.140.1.2.1", "DV"}, {"2.23.140.1.2.2", "OV"}, {"2.23.140.1.1", "EV"}};
    char text[32];
    (void)OBJ_obj2txt(text, sizeof text, oid, 1);
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        if (strcmp(text, policies[i].oid) == 0)
            return policies[i].text;
    return NULL;
}

static const char *read_policy(const X509 *certificate)
{
    const char *found = NULL;
    CERTIFICATEPOLICIES *policies = X509_get_ext_d2i(certificate, NID_certificate_policies, NULL, NULL);
    for (int i = 0; i < sk_POLICYINFO_num(policies) && found == NULL; i++)
        found = policy_of(sk_POLICYINFO_value(policies, i)->policyid);
    CERTIFICATEPOLICIES_free(policies);
    return found;
}

static void read_issue(struct reading *reading, X509 *certificate)
{
    struct dcv_x509 *value = &reading->value;
    const X509_ALGOR *algorithm = NULL;
    X509_get0_signature(NULL, &algorithm, certificate);
    const bool verifiable = read_signature(reading, algorithm);
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    value->policy = read_policy(certificate);
    read_serial(reading, X509_get0_serialNumber(certificate));
    /* Negative: an extension is malformed, and it will not tell. */
    const int own = X509_self_signed(certificate, 0);
    value->self_signed = own > 0 || (own < 0 && X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0);
    value->signature_valid = !value->self_signed || !verifiable || (key != NULL && X509_verify(certificate, key) == 1);
}

static const char *read_certificate(struct reading *reading, X509 *certificate)
{
    struct dcv_x509 *value = &reading->value;
    struct dcv_san_list sans = {0};
    value->certificate = true;
    dcv_read_dn(reading->arena, X509_get_subject_name(certificate), &value->subject, &value->subject_count);
    dcv_read_dn(reading->arena, X509_get_issuer_name(certificate), &value->issuer, &value->issuer_count);
    const char *fault = dcv_read_sans(reading->arena, X509_get0_extensions(certificate), &sans);
    value->sans = sans.items;
    value->san_count = sans.count;
    if (fault == NULL)
        fault = dcv_read_key(reading->arena, X509_get_X509_PUBKEY(certificate), &value->key);
    if (!read_time(X509_get0_notBefore(certificate), &value->not_before, &value->not_before_s) ||
        !read_time(X509_get0_notAfter(certificate), &value->not_after, &value->not_after_s))
        fault = N_("its dates are malformed");
    read_issue(reading, certificate);
    return fault;
}

static const char *not_decoded(const struct reading *reading, const unsigned char *der, size_t len)
{
    const enum dcv_x509_form form = dcv_form_of_der(der, len);
    return dcv_form_instead(form == DCV_FORM_UNKNOWN ? reading->wanted : form, reading->wanted);
}

/* `line`: of the PEM block. */
static void read_der(struct reading *reading, const unsigned char *der, size_t len, size_t line)
{
    const unsigned char *at = der;
    const char *fault = NULL;
    X509_REQ *request = NULL;
    X509 *certificate = NULL;
    if (reading->wanted == DCV_FORM_REQUEST)
        request = d2i_X509_REQ(NULL, &at, (long)len);
    else
        certificate = d2i_X509(NULL, &at, (long)len);
    if (request == NULL && certificate == NULL)
        fault = not_decoded(reading, der, len);
    else if (at != der + len)
        fault = N_("there are octets after its end");
    else
        fault = request != NULL ? read_request(reading, request) : read_certificate(reading, certificate);
    X509_REQ_free(request);
    X509_free(certificate);
    read_whole(reading, der, len);
    if (fault != NULL)
        fail(reading, line, fault);
}

static const char *pem_fault_text(enum dcv_pem_fault fault)
{
    switch (fault) {
    case DCV_PEM_ENCRYPTED: return N_("the PEM block is encrypted");
    case DCV_PEM_OPEN: return N_("the END line of the PEM block is missing: the text is not complete");
    case DCV_PEM_LABELS: return N_("the END line of the PEM block is not that of its BEGIN line");
    case DCV_PEM_OCTET: return N_("the PEM block is damaged here: this line is not Base64");
    case DCV_PEM_LENGTH: return N_("the PEM block is damaged: its Base64 ends too early or has something after its end");
    case DCV_PEM_OK: break;
    }
    return NULL;
}

static void read_block(struct reading *reading, const struct dcv_pem_block *block)
{
    size_t line = 0;
    const enum dcv_pem_fault fault = dcv_pem_decode(block, &reading->der, &line);
    if (reading->der.failed)
        dcv_arena_fail(reading->arena);
    else if (fault != DCV_PEM_OK)
        fail(reading, line, pem_fault_text(fault));
    else
        read_der(reading, (const unsigned char *)dcv_buf_text(&reading->der), reading->der.len, block->label.number);
}

/* Looks at the labels of all blocks; reads the one that is wanted. False: there are no blocks. */
static bool read_pem(struct reading *reading)
{
    struct dcv_pem_reader reader;
    struct dcv_pem_block block, wanted = {.closed = false}, first = {.closed = false};
    size_t second = 0;
    enum dcv_x509_form instead = DCV_FORM_UNKNOWN;
    dcv_pem_init(&reader, reading->data, reading->len);
    while (dcv_pem_next(&reader, &block)) {
        const enum dcv_x509_form form = dcv_form_of_label(block.label.text, block.label.len);
        if (form != reading->wanted && (instead == DCV_FORM_UNKNOWN || instead == DCV_FORM_OTHER)) {
            instead = form;
            first = block;
        }
        if (form == reading->wanted && wanted.label.number != 0 && second == 0)
            second = block.label.number;
        if (form == reading->wanted && wanted.label.number == 0)
            wanted = block;
    }
    if (second != 0 && reading->wanted == DCV_FORM_REQUEST)
        fail(reading, second, N_("there is more than one certificate signing request in it; give one"));
    else if (wanted.label.number != 0)
        read_block(reading, &wanted);
    else if (instead != DCV_FORM_UNKNOWN)
        fail(reading, first.label.number, dcv_form_instead(instead, reading->wanted));
    return wanted.label.number != 0 || instead != DCV_FORM_UNKNOWN;
}

static bool utf16(const struct reading *reading)
{
    return reading->len >= 2 && (memcmp(reading->data, "\xFF\xFE", 2) == 0 || memcmp(reading->data, "\xFE\xFF", 2) == 0);
}

/* Neither DER nor PEM: what may it be meant to be? */
static void explain(struct reading *reading)
{
    const size_t line = dcv_pem_find(reading->data, reading->len, "BEGIN ");
    if (utf16(reading))
        fail(reading, 0, N_("the text is in UTF-16; save it as ASCII or UTF-8"));
    else if (line != 0)
        fail(reading, line, N_("the BEGIN line must stand alone on its line, with five hyphens before and after it"));
    else if (dcv_pem_bare(reading->data, reading->len))
        fail(reading, 0, N_("this is Base64 without a BEGIN line and an END line"));
    else
        fail(reading, 0, dcv_form_instead(DCV_FORM_UNKNOWN, reading->wanted));
}

static void read_data(struct reading *reading)
{
    if (reading->len == 0)
        fail(reading, 0, N_("the file is empty"));
    else if (reading->len > DCV_X509_MAX)
        fail(reading, 0, N_("the file is larger than 1 MiB"));
    else if (dcv_der_whole((const unsigned char *)reading->data, reading->len))
        read_der(reading, (const unsigned char *)reading->data, reading->len, 0);
    else if (!read_pem(reading))
        explain(reading);
}

/* Empties OpenSSL's queue of errors, of which only one kind is ours to tell. */
static void take_errors(struct reading *reading)
{
    for (unsigned long code; (code = ERR_get_error()) != 0;)
        if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
            dcv_arena_fail(reading->arena);
}

static enum dcv_status read_any(struct dcv_arena *arena, enum dcv_x509_form wanted, const char *path, const void *data, size_t len,
                                struct dcv_x509 *out, struct dcv_x509_error *error)
{
    struct reading reading = {.arena = arena, .wanted = wanted, .data = data, .len = len};
    reading.value = (struct dcv_x509){.not_before = DCV_DATE_NONE, .not_after = DCV_DATE_NONE};
    dcv_buf_init(&reading.der, DCV_X509_MAX);
    ERR_clear_error();
    read_data(&reading);
    take_errors(&reading);
    dcv_buf_done(&reading.der);
    if (path != NULL)
        reading.value.path = dcv_arena_strdup(arena, path);
    if (dcv_arena_failed(arena))
        return DCV_ERR_NOMEM;
    *error = reading.error;
    if (reading.error.text != NULL)
        return DCV_ERR_SYNTAX;
    *out = reading.value;
    return DCV_OK;
}

enum dcv_status dcv_csr_read(struct dcv_arena *arena, const char *path, const void *data, size_t len, struct dcv_x509 *out,
                             struct dcv_x509_error *error)
{
    return read_any(arena, DCV_FORM_REQUEST, path, data, len, out, error);
}

enum dcv_status dcv_certificate_read(struct dcv_arena *arena, const char *path, const void *data, size_t len,
                                     struct dcv_x509 *out, struct dcv_x509_error *error)
{
    return read_any(arena, DCV_FORM_CERTIFICATE, path, data, len, out, error);
}
