#include "support/make_x509.h"

#include <check.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

static EVP_PKEY *generate(EVP_PKEY_CTX *ctx)
{
    EVP_PKEY *key = NULL;
    ck_assert_int_eq(EVP_PKEY_generate(ctx, &key), 1);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static EVP_PKEY_CTX *generator(const char *type)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    ck_assert_ptr_nonnull(ctx);
    ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
    return ctx;
}

EVP_PKEY *make_key(const char *type)
{
    return generate(generator(type));
}

EVP_PKEY *make_rsa(unsigned bits)
{
    EVP_PKEY *key = EVP_RSA_gen(bits);
    ck_assert_ptr_nonnull(key);
    return key;
}

EVP_PKEY *make_ec(const char *curve, bool explicit_parameters)
{
    EVP_PKEY_CTX *ctx = generator("EC");
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)(uintptr_t)curve, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING, explicit_parameters ? "explicit" : "named_curve", 0),
        OSSL_PARAM_construct_end(),
    };
    ck_assert_int_eq(EVP_PKEY_CTX_set_params(ctx, parameters), 1);
    return generate(ctx);
}

EVP_PKEY *make_dsa(void)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
    EVP_PKEY *parameters = NULL;
    ck_assert_int_eq(EVP_PKEY_paramgen_init(ctx), 1);
    OSSL_PARAM bits[] = {OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_FFC_PBITS, &(size_t){1024}), OSSL_PARAM_construct_end()};
    ck_assert_int_eq(EVP_PKEY_CTX_set_params(ctx, bits), 1);
    ck_assert_int_eq(EVP_PKEY_generate(ctx, &parameters), 1);
    EVP_PKEY_CTX_free(ctx);
    ctx = EVP_PKEY_CTX_new_from_pkey(NULL, parameters, NULL);
    ck_assert_int_eq(EVP_PKEY_keygen_init(ctx), 1);
    EVP_PKEY_free(parameters);
    return generate(ctx);
}

X509_EXTENSION *make_extension(int nid, const char *value)
{
    X509V3_CTX ctx;
    CONF *empty = NCONF_new(NULL); /* certificatePolicies will not be made without one */
    X509V3_set_ctx(&ctx, NULL, NULL, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, empty);
    X509_EXTENSION *extension = X509V3_EXT_nconf_nid(empty, &ctx, nid, value);
    ck_assert_ptr_nonnull(extension);
    NCONF_free(empty);
    return extension;
}

X509_EXTENSION *make_san(int type, const void *octets, int len)
{
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value = ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
    ck_assert(ASN1_STRING_set(value, octets, len));
    GENERAL_NAME_set0_value(name, type, value);
    ck_assert(sk_GENERAL_NAME_push(names, name));
    X509_EXTENSION *extension = X509V3_EXT_i2d(NID_subject_alt_name, 0, names);
    ck_assert_ptr_nonnull(extension);
    GENERAL_NAMES_free(names);
    return extension;
}

X509_EXTENSION *make_raw_extension(int nid, const void *octets, int len)
{
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    ck_assert(ASN1_OCTET_STRING_set(value, octets, len));
    X509_EXTENSION *extension = X509_EXTENSION_create_by_NID(NULL, nid, 0, value);
    ck_assert_ptr_nonnull(extension);
    ASN1_OCTET_STRING_free(value);
    return extension;
}

static void set_name(X509_NAME *name)
{
    ck_assert(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"www.example.jp", -1, -1, 0));
}

X509_REQ *make_request(EVP_PKEY *key)
{
    X509_REQ *request = X509_REQ_new();
    ck_assert_ptr_nonnull(request);
    set_name(X509_REQ_get_subject_name(request));
    ck_assert(X509_REQ_set_pubkey(request, key));
    return request;
}

void request_extension(X509_REQ *request, int nid, X509_EXTENSION *extension)
{
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    ck_assert(sk_X509_EXTENSION_push(extensions, extension));
    ck_assert(X509_REQ_add_extensions_nid(request, extensions, nid));
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

void request_key(X509_REQ *request, ASN1_OBJECT *algorithm, int parameter_type, void *parameter, const void *octets, int len)
{
    unsigned char *copy = OPENSSL_zalloc((size_t)len + 1); /* NULL would be no octets at all */
    memcpy(copy, octets, (size_t)len);
    X509_PUBKEY *public_key = X509_REQ_get_X509_PUBKEY(request);
    ck_assert(X509_PUBKEY_set0_param(public_key, algorithm, parameter_type, parameter, copy, len));
}

static void push_integer(STACK_OF(ASN1_TYPE) * items, const BIGNUM *number)
{
    ASN1_TYPE *item = ASN1_TYPE_new();
    ASN1_TYPE_set(item, V_ASN1_INTEGER, BN_to_ASN1_INTEGER(number, NULL));
    ck_assert(sk_ASN1_TYPE_push(items, item));
}

void request_rsa(X509_REQ *request, const BIGNUM *modulus, const BIGNUM *exponent)
{
    STACK_OF(ASN1_TYPE) *items = sk_ASN1_TYPE_new_null();
    unsigned char *der = NULL;
    push_integer(items, modulus);
    push_integer(items, exponent);
    const int len = i2d_ASN1_SEQUENCE_ANY(items, &der);
    ck_assert_int_gt(len, 0);
    request_key(request, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL, der, len);
    OPENSSL_free(der);
    sk_ASN1_TYPE_pop_free(items, ASN1_TYPE_free);
}

X509 *make_certificate(EVP_PKEY *key, const char *not_before, const char *not_after)
{
    X509 *certificate = X509_new();
    ck_assert_ptr_nonnull(certificate);
    ck_assert(X509_set_version(certificate, X509_VERSION_3));
    ck_assert(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 0x0ABCDEF));
    set_name(X509_get_subject_name(certificate));
    set_name(X509_get_issuer_name(certificate));
    ck_assert(ASN1_TIME_set_string(X509_getm_notBefore(certificate), not_before));
    ck_assert(ASN1_TIME_set_string(X509_getm_notAfter(certificate), not_after));
    ck_assert(X509_set_pubkey(certificate, key));
    return certificate;
}

static void put_der(struct dcv_buf *out, unsigned char *der, int len)
{
    ck_assert_int_gt(len, 0);
    dcv_buf_clear(out);
    dcv_buf_put(out, der, (size_t)len);
    OPENSSL_free(der);
}

void finish_request(X509_REQ *request, EVP_PKEY *key, const EVP_MD *md, struct dcv_buf *out)
{
    unsigned char *der = NULL;
    if (key != NULL)
        ck_assert_int_gt(X509_REQ_sign(request, key, md), 0);
    const int len = i2d_X509_REQ(request, &der);
    put_der(out, der, len);
    X509_REQ_free(request);
}

void finish_certificate(X509 *certificate, EVP_PKEY *key, const EVP_MD *md, struct dcv_buf *out)
{
    unsigned char *der = NULL;
    if (key != NULL)
        ck_assert_int_gt(X509_sign(certificate, key, md), 0);
    const int len = i2d_X509(certificate, &der);
    put_der(out, der, len);
    X509_free(certificate);
}

void put_pem(struct dcv_buf *out, const char *label, const struct dcv_buf *der, const char *eol)
{
    enum { OCTETS_OF_LINE = 48, ROOM = 66 };
    dcv_buf_printf(out, "-----BEGIN %s-----%s", label, eol);
    for (size_t at = 0; at < der->len; at += OCTETS_OF_LINE) {
        unsigned char text[ROOM];
        const size_t left = der->len - at, len = left < OCTETS_OF_LINE ? left : OCTETS_OF_LINE;
        (void)EVP_EncodeBlock(text, (const unsigned char *)der->data + at, (int)len);
        dcv_buf_printf(out, "%s%s", (const char *)text, eol);
    }
    dcv_buf_printf(out, "-----END %s-----%s", label, eol);
}
