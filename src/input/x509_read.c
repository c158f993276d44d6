/* The values of a request or certificate that OpenSSL has decoded. */
#include "base/text.h"
#include "input/x509_parts.h"

#include <openssl/rsa.h>
#include <string.h>

/* MD5 and older are broken, BR 7.1.3.2 knows no SHA-1. */
static bool weak_digest(int nid)
{
    return nid == NID_md2 || nid == NID_md4 || nid == NID_md5 || nid == NID_sha || nid == NID_sha1;
}

static bool has_digest(int nid)
{
    EVP_MD *digest = EVP_MD_fetch(NULL, OBJ_nid2sn(nid), NULL);
    EVP_MD_free(digest);
    return digest != NULL;
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
static bool read_signature(struct dcv_arena *arena, const X509_ALGOR *algorithm, struct dcv_x509 *value)
{
    const ASN1_OBJECT *oid = NULL;
    int digest = NID_undef;
    X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
    const int nid = OBJ_obj2nid(oid);
    if (nid == NID_rsassaPss)
        digest = pss_digest(algorithm);
    else if (!OBJ_find_sigid_algs(nid, &digest, NULL))
        digest = NID_undef;
    value->signature_algorithm = nid != NID_undef ? OBJ_nid2ln(nid) : dcv_oid_name(arena, oid);
    value->signature_weak = weak_digest(digest);
    return !value->signature_weak || has_digest(digest);
}

/* One value of an attribute that asks for extensions. */
static const char *read_requested(struct dcv_arena *arena, const ASN1_TYPE *value, struct dcv_san_list *sans)
{
    static const char malformed[] = N_("its list of requested extensions is malformed");
    if (value == NULL || value->type != V_ASN1_SEQUENCE)
        return malformed;
    const unsigned char *start = ASN1_STRING_get0_data(value->value.sequence), *at = start;
    const int len = ASN1_STRING_length(value->value.sequence);
    STACK_OF(X509_EXTENSION) *extensions = d2i_X509_EXTENSIONS(NULL, &at, len);
    const char *fault = malformed;
    if (extensions != NULL && at == start + len)
        fault = dcv_read_sans(arena, extensions, sans);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    return fault;
}

/* extensionRequest (RFC 2985 §5.4.2) and Microsoft's attribute 1.3.6.1.4.1.311.2.1.14, of which X509_REQ_get_extensions()
 * reads the first only. */
static const char *read_attributes(struct dcv_arena *arena, const X509_REQ *request, struct dcv_san_list *sans)
{
    const char *fault = NULL;
    for (int i = 0; i < X509_REQ_get_attr_count(request); i++) {
        X509_ATTRIBUTE *attribute = X509_REQ_get_attr(request, i);
        const int nid = OBJ_obj2nid(X509_ATTRIBUTE_get0_object(attribute));
        if (nid != NID_ext_req && nid != NID_ms_ext_req)
            continue;
        for (int j = 0; j < X509_ATTRIBUTE_count(attribute) && fault == NULL; j++)
            fault = read_requested(arena, X509_ATTRIBUTE_get0_type(attribute, j), sans);
    }
    return fault;
}

const char *dcv_read_request(struct dcv_arena *arena, X509_REQ *request, struct dcv_x509 *value)
{
    struct dcv_san_list sans = {0};
    const X509_ALGOR *algorithm = NULL;
    dcv_read_dn(arena, X509_REQ_get_subject_name(request), &value->subject, &value->subject_count);
    const char *fault = read_attributes(arena, request, &sans);
    value->sans = sans.items;
    value->san_count = sans.count;
    if (fault == NULL)
        fault = dcv_read_key(arena, X509_REQ_get_X509_PUBKEY(request), &value->key);
    X509_REQ_get0_signature(request, NULL, &algorithm);
    /* What is weak is said to be weak; it need not be called wrong, too, when that is not known. */
    const bool verifiable = read_signature(arena, algorithm, value);
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

static const char *read_serial(struct dcv_arena *arena, const ASN1_INTEGER *serial)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
    char *upper = number != NULL ? BN_bn2hex(number) : NULL;
    char *lower = upper != NULL ? dcv_arena_strdup(arena, upper) : NULL;
    for (size_t i = 0; lower != NULL && lower[i] != '\0'; i++)
        lower[i] = dcv_ascii_lower(lower[i]);
    if (lower == NULL)
        dcv_arena_fail(arena);
    OPENSSL_free(upper);
    BN_free(number);
    return lower;
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

static void read_issue(struct dcv_arena *arena, X509 *certificate, struct dcv_x509 *value)
{
    const X509_ALGOR *algorithm = NULL;
    X509_get0_signature(NULL, &algorithm, certificate);
    const bool verifiable = read_signature(arena, algorithm, value);
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    value->policy = read_policy(certificate);
    value->serial = read_serial(arena, X509_get0_serialNumber(certificate));
    const bool same_names = X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
    /* Negative: an extension is malformed, and it will not tell. */
    const int own = X509_self_signed(certificate, 0);
    value->self_signed = own > 0 || (own < 0 && same_names);
    value->signature_valid = !value->self_signed || !verifiable || (key != NULL && X509_verify(certificate, key) == 1);
}

const char *dcv_read_certificate(struct dcv_arena *arena, X509 *certificate, struct dcv_x509 *value)
{
    struct dcv_san_list sans = {0};
    value->certificate = true;
    dcv_read_dn(arena, X509_get_subject_name(certificate), &value->subject, &value->subject_count);
    dcv_read_dn(arena, X509_get_issuer_name(certificate), &value->issuer, &value->issuer_count);
    const char *fault = dcv_read_sans(arena, X509_get0_extensions(certificate), &sans);
    value->sans = sans.items;
    value->san_count = sans.count;
    if (fault == NULL)
        fault = dcv_read_key(arena, X509_get_X509_PUBKEY(certificate), &value->key);
    if (!read_time(X509_get0_notBefore(certificate), &value->not_before, &value->not_before_s) ||
        !read_time(X509_get0_notAfter(certificate), &value->not_after, &value->not_after_s))
        fault = N_("its dates are malformed");
    read_issue(arena, certificate, value);
    return fault;
}
