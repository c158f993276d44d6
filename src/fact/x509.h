/* A certificate signing request or a certificate, as values: what order and timeline are judged by. Read by input/x509.c. */
#ifndef DCV_FACT_X509_H
#define DCV_FACT_X509_H

#include "base/date.h"
#include "name/hostname.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum dcv_key_type { DCV_KEY_OTHER, DCV_KEY_RSA, DCV_KEY_EC, DCV_KEY_ED25519, DCV_KEY_ED448, DCV_KEY_DSA };

/* Why a key is known to be weak (BR 6.1.1.3, 6.1.6); bits. */
enum dcv_key_weakness {
    DCV_WEAK_ROCA = 1 << 0,         /* the fingerprint of CVE-2017-15361 */
    DCV_WEAK_FERMAT = 1 << 1,       /* two close primes: 100 rounds of Fermat's method factor it */
    DCV_WEAK_SMALL_FACTOR = 1 << 2, /* a factor below 752, an even modulus included */
    DCV_WEAK_EXPONENT = 1 << 3,     /* RSA: 1, even, or larger than the modulus */
    DCV_WEAK_POINT = 1 << 4,        /* EC: the point is not on the curve, or at infinity */
};

struct dcv_key {
    enum dcv_key_type type;
    const char *type_text;   /* "RSA", "EC", "Ed25519", …; as OpenSSL names others */
    unsigned bits;           /* RSA: of the modulus; EC: of the field */
    const char *curve;       /* EC: "P-256", "P-384", "P-521", or the name OpenSSL has; NULL: not EC, or explicit parameters */
    const char *exponent;    /* RSA: in decimal; NULL: not RSA */
    bool exponent_low;       /* RSA: outside 2^16+1 … 2^256-1, which BR 6.1.6 recommends */
    unsigned weaknesses;     /* enum dcv_key_weakness */
    uint8_t spki_sha256[32]; /* of the SubjectPublicKeyInfo in DER: equal for equal keys */
};

enum dcv_san_kind { DCV_SAN_DNS, DCV_SAN_IP, DCV_SAN_EMAIL, DCV_SAN_URI, DCV_SAN_OTHER };

/* A name that the certificate is to be for. Octets are raw: escape before printing. */
struct dcv_san {
    enum dcv_san_kind kind;
    const char *text;        /* DNS, e-mail, URI: as it stands; IP: "192.0.2.1"; other: its kind. Ends with a zero octet */
    size_t len;              /* zero octets inside are possible */
};

/* One attribute of the subject or issuer, in UTF-8. */
struct dcv_dn_field {
    const char *type;        /* "CN", "O", … or the dotted OID */
    const char *value;
    size_t len;              /* octets of `value` */
    size_t characters;
};

struct dcv_x509 {
    bool certificate;        /* else a request */
    const char *path;        /* where it was read; NULL: from the network */
    const struct dcv_dn_field *subject, *issuer; /* issuer: of certificates */
    size_t subject_count, issuer_count;
    const struct dcv_san *sans;                  /* of the subjectAltName extension, in order, duplicates included */
    size_t san_count;
    struct dcv_key key;
    const char *signature_algorithm;             /* "sha256WithRSAEncryption" */
    bool signature_weak;                         /* MD2, MD4, MD5 or SHA-1 */
    bool signature_valid;                        /* requests: by their own key. Certificates: true unless self-signed and wrong */
    bool self_signed;                            /* certificates */
    dcv_date not_before, not_after;              /* certificates: the days in UTC; else NONE */
    int64_t not_before_s, not_after_s;           /* the same as seconds since 1970 */
    uint8_t sha256[32];                          /* of the whole in DER */
    const char *serial;                          /* certificates: hexadecimal in lower case */
    const char *policy;                          /* certificates: "DV", "OV", "EV" by the CA/Browser Forum's policy OIDs; NULL: none of them */
};

/* The value of the first attribute of this type, or NULL. */
const struct dcv_dn_field *dcv_dn_find(const struct dcv_dn_field *fields, size_t count, const char *type);

/* The name that an octet string stands for, where it is one in the form of a certificate: A-labels, no final dot, no URL. Else false, and
 * `error` says why; its fault is DCV_HOSTNAME_OK where it is a name in another form, and `out` is that name. */
bool dcv_x509_hostname(const char *text, size_t len, struct dcv_hostname *out, struct dcv_hostname_error *error);
/* Is `name` among the DNS names of the subjectAltName extension? */
bool dcv_x509_has_name(const struct dcv_x509 *x509, const struct dcv_hostname *name);
/* The common name, where it is a name for the certificate that the extension does not have; NULL: none. A single label is none: it is
 * rather the name of a company or a person. */
const struct dcv_dn_field *dcv_x509_extra_name(const struct dcv_x509 *x509, struct dcv_hostname *out);

#endif
