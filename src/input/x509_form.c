/* What a file holds: by the labels of PEM (RFC 7468), or by the first members of its DER. */
#include "input/x509_parts.h"

#include <string.h>

static const struct {
    const char *label;
    enum dcv_x509_form form;
} LABELS[] = {
    {"CERTIFICATE REQUEST", DCV_FORM_REQUEST},
    {"NEW CERTIFICATE REQUEST", DCV_FORM_REQUEST}, /* RFC 7468 §7 */
    {"CERTIFICATE", DCV_FORM_CERTIFICATE},
    {"X509 CERTIFICATE", DCV_FORM_CERTIFICATE}, /* RFC 7468 §5.3 */
    {"X.509 CERTIFICATE", DCV_FORM_CERTIFICATE},
    {"ENCRYPTED PRIVATE KEY", DCV_FORM_ENCRYPTED_KEY},
    {"PUBLIC KEY", DCV_FORM_PUBLIC_KEY},
    {"RSA PUBLIC KEY", DCV_FORM_PUBLIC_KEY},
    {"PKCS7", DCV_FORM_PKCS7},
    {"PKCS #7 SIGNED DATA", DCV_FORM_PKCS7},
    {"CMS", DCV_FORM_PKCS7},
    {"PKCS12", DCV_FORM_PKCS12},
    {"X509 CRL", DCV_FORM_CRL},
};

static bool ends_with(const char *label, size_t len, const char *end)
{
    return len >= strlen(end) && memcmp(label + len - strlen(end), end, strlen(end)) == 0;
}

enum dcv_x509_form dcv_form_of_label(const char *label, size_t len)
{
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++)
        if (strlen(LABELS[i].label) == len && memcmp(LABELS[i].label, label, len) == 0)
            return LABELS[i].form;
    /* "RSA PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY", … */
    return ends_with(label, len, "PRIVATE KEY") ? DCV_FORM_PRIVATE_KEY : DCV_FORM_OTHER;
}

/* The octets that the outer SEQUENCE lacks or, negative, that follow it; 0 with `found` false: there is none. */
static long lacking(const unsigned char *der, size_t len, bool *found)
{
    const unsigned char *at = der;
    long length = 0;
    int tag = 0, class = 0;
    if (len > 0)
        (void)ASN1_get_object(&at, &length, &tag, &class, (long)len);
    *found = at > der && tag == V_ASN1_SEQUENCE && class == V_ASN1_UNIVERSAL;
    return *found ? length - ((long)len - (at - der)) : 0;
}

bool dcv_der_begins(const unsigned char *der, size_t len)
{
    bool found = false;
    /* No text begins with '0' and an octet that goes on a character of UTF-8: a length of more than 127. */
    if (len >= 2 && der[0] == 0x30 && der[1] >= 0x80 && der[1] <= 0x84)
        return true;
    return lacking(der, len, &found) == 0 && found;
}

bool dcv_der_cut(const unsigned char *der, size_t len)
{
    bool found = false;
    return lacking(der, len, &found) > 0;
}

/* A letter for each of the first members; integers that tell versions stand for themselves. */
static char member(const ASN1_TYPE *item)
{
    switch (item->type) {
    case V_ASN1_INTEGER: {
        const long value = ASN1_INTEGER_get(item->value.integer);
        return value >= 0 && value <= 9 ? (char)('0' + value) : 'i';
    }
    case V_ASN1_SEQUENCE: return 's';
    case V_ASN1_OBJECT: return 'o';
    case V_ASN1_OCTET_STRING: return 'x';
    case V_ASN1_BIT_STRING: return 'b';
    case V_ASN1_OTHER: return 'c'; /* [0] … */
    default: return '?';
    }
}

static const struct {
    const char *members; /* the first ones */
    enum dcv_x509_form form;
} SHAPES[] = {
    {"0sx", DCV_FORM_PRIVATE_KEY}, /* PKCS #8, RFC 5958 §2 */
    {"1sx", DCV_FORM_PRIVATE_KEY},
    {"0i", DCV_FORM_PRIVATE_KEY},  /* RFC 8017 A.1.2; DSA */
    {"1x", DCV_FORM_PRIVATE_KEY},  /* RFC 5915 §3 */
    {"sx", DCV_FORM_ENCRYPTED_KEY}, /* RFC 5958 §3 */
    {"sb", DCV_FORM_PUBLIC_KEY},   /* RFC 5280 §4.1 */
    {"oc", DCV_FORM_PKCS7},        /* RFC 5652 §3 */
    {"3s", DCV_FORM_PKCS12},       /* RFC 7292 §4 */
};

/* Requests, certificates and lists of revoked certificates are all a SEQUENCE of two of these and a BIT STRING. */
static enum dcv_x509_form signed_form(const unsigned char *der, long len)
{
    const unsigned char *at = der;
    X509_REQ *request = d2i_X509_REQ(NULL, &at, len);
    X509_REQ_free(request);
    at = der;
    X509 *certificate = d2i_X509(NULL, &at, len);
    X509_free(certificate);
    at = der;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, len);
    X509_CRL_free(crl);
    if (request != NULL)
        return DCV_FORM_REQUEST;
    if (certificate != NULL)
        return DCV_FORM_CERTIFICATE;
    return crl != NULL ? DCV_FORM_CRL : DCV_FORM_UNKNOWN;
}

enum dcv_x509_form dcv_form_of_der(const unsigned char *der, size_t len)
{
    enum { MEMBERS = 3 };
    char members[MEMBERS + 1] = "";
    const unsigned char *at = der;
    STACK_OF(ASN1_TYPE) *items = d2i_ASN1_SEQUENCE_ANY(NULL, &at, (long)len);
    for (int i = 0; i < sk_ASN1_TYPE_num(items) && i < MEMBERS; i++)
        members[i] = member(sk_ASN1_TYPE_value(items, i));
    sk_ASN1_TYPE_pop_free(items, ASN1_TYPE_free);
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (strncmp(members, SHAPES[i].members, strlen(SHAPES[i].members)) == 0)
            return SHAPES[i].form;
    return strcmp(members, "ssb") == 0 ? signed_form(der, (long)len) : DCV_FORM_UNKNOWN;
}

const char *dcv_form_instead(enum dcv_x509_form form, enum dcv_x509_form wanted)
{
    const bool request = wanted == DCV_FORM_REQUEST;
    switch (form) {
    case DCV_FORM_PRIVATE_KEY:
        return request ? N_("this is a private key: keep it secret, and give the certificate signing request")
                       : N_("this is a private key: keep it secret, and give the certificate");
    case DCV_FORM_ENCRYPTED_KEY:
        return request ? N_("this is an encrypted private key: keep it secret, and give the certificate signing request")
                       : N_("this is an encrypted private key: keep it secret, and give the certificate");
    case DCV_FORM_PUBLIC_KEY: return N_("this is a public key only");
    case DCV_FORM_PKCS7: return N_("this is PKCS #7; 'openssl pkcs7 -print_certs' takes the certificates out of it");
    case DCV_FORM_PKCS12:
        return N_("this is PKCS #12, which holds a private key: keep it secret; "
                  "'openssl pkcs12 -nokeys' takes the certificates out of it");
    case DCV_FORM_CRL: return N_("this is a list of revoked certificates");
    case DCV_FORM_REQUEST:
        return request ? N_("the certificate signing request is malformed")
                       : N_("this is a certificate signing request; the option --csr takes it");
    case DCV_FORM_CERTIFICATE:
        return request ? N_("this is a certificate; the option --cert takes it") : N_("the certificate is malformed");
    case DCV_FORM_OTHER:
    case DCV_FORM_UNKNOWN: break;
    }
    return request ? N_("there is no certificate signing request in it") : N_("there is no certificate in it");
}
