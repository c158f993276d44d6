#include "support/read_x509.h"
#include "support/rows.h"

#include <openssl/core_names.h>

/* Reads a request with this key, signed by it. */
static void read_key(EVP_PKEY *key, const EVP_MD *md)
{
    finish_request(make_request(key), key, md, &der);
    read_request();
    ck_assert(value.signature_valid);
    ck_assert_uint_eq(value.key.weaknesses, 0);
    EVP_PKEY_free(key);
}

START_TEST(ordinary_rsa)
{
    EVP_PKEY *key = make_rsa(2048);
    unsigned char *spki = NULL;
    uint8_t sha256[32];
    const int len = i2d_PUBKEY(key, &spki);
    ck_assert(EVP_Digest(spki, (size_t)len, sha256, NULL, EVP_sha256(), NULL));
    OPENSSL_free(spki);
    read_key(key, EVP_sha256());
    ck_assert_int_eq(value.key.type, DCV_KEY_RSA);
    ck_assert_str_eq(value.key.type_text, "RSA");
    ck_assert_uint_eq(value.key.bits, 2048);
    ck_assert_ptr_null(value.key.curve);
    ck_assert_str_eq(value.key.exponent, "65537");
    ck_assert(!value.key.exponent_low);
    ck_assert_mem_eq(value.key.spki_sha256, sha256, sizeof sha256);
}
END_TEST

START_TEST(curves)
{
    static const struct {
        const char *name, *curve;
        unsigned bits;
    } rows[] = {
        {"P-256", "P-256", 256},          {"P-384", "P-384", 384},         {"P-521", "P-521", 521},
        {"secp256k1", "secp256k1", 256},  {"secp224r1", "secp224r1", 224}, {"brainpoolP256r1", "brainpoolP256r1", 256},
        {"sect283k1", "sect283k1", 283},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        read_key(make_ec(rows[i].name, false), EVP_sha256());
        ck_assert_int_eq(value.key.type, DCV_KEY_EC);
        ck_assert_str_eq(value.key.type_text, "EC");
        ck_assert_str_eq(value.key.curve, rows[i].curve);
        ck_assert_uint_eq(value.key.bits, rows[i].bits);
        ck_assert_ptr_null(value.key.exponent);
    }
    read_key(make_ec("P-256", true), EVP_sha256());
    ck_assert_int_eq(value.key.type, DCV_KEY_EC);
    ck_assert_ptr_null(value.key.curve);
    ck_assert_uint_eq(value.key.bits, 256);
}
END_TEST

START_TEST(other_types)
{
    static const struct {
        const char *name;
        enum dcv_key_type type;
        const char *text;
    } rows[] = {{"ED25519", DCV_KEY_ED25519, "Ed25519"}, {"ED448", DCV_KEY_ED448, "Ed448"}};
    for (int i = 0; i < ROWS(rows); i++) {
        read_key(make_key(rows[i].name), NULL);
        ck_assert_int_eq(value.key.type, rows[i].type);
        ck_assert_str_eq(value.key.type_text, rows[i].text);
    }
    read_key(make_dsa(), EVP_sha256());
    ck_assert_int_eq(value.key.type, DCV_KEY_DSA);
    ck_assert_str_eq(value.key.type_text, "DSA");
}
END_TEST

/* A key of another kind cannot sign; another one does. */
static void read_octets_of(ASN1_OBJECT *algorithm, int parameter_type, void *parameter, const void *octets, int len, enum dcv_status expected)
{
    EVP_PKEY *signer = make_ec("P-256", false);
    X509_REQ *request = make_request(signer);
    request_key(request, algorithm, parameter_type, parameter, octets, len);
    finish_request(request, signer, EVP_sha256(), &der);
    const enum dcv_status status = read_data(false, der.data, der.len);
    ck_assert_msg(status == expected, "%s", error.text != NULL ? error.text : "it is read");
    ck_assert_msg(status != DCV_OK || !value.signature_valid, "weaknesses %x", value.key.weaknesses);
    EVP_PKEY_free(signer);
}

static void read_octets(int algorithm, int parameter_type, void *parameter, const void *octets, int len, enum dcv_status expected)
{
    read_octets_of(OBJ_nid2obj(algorithm), parameter_type, parameter, octets, len, expected);
}

START_TEST(unknown_types)
{
    read_octets(NID_X25519, V_ASN1_UNDEF, NULL, "01234567890123456789012345678901", 32, DCV_OK);
    ck_assert_int_eq(value.key.type, DCV_KEY_OTHER);
    ck_assert_str_eq(value.key.type_text, "X25519");
    ASN1_OBJECT *example = OBJ_txt2obj("1.3.6.1.4.1.32473.1", 1); /* of examples: RFC 5612 */
    read_octets_of(example, V_ASN1_UNDEF, NULL, "x", 1, DCV_OK);
    ck_assert_str_eq(value.key.type_text, "1.3.6.1.4.1.32473.1");
}
END_TEST

static const char P256_X[] = "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
                             "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96";
static const char P256_Y[] = "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
                             "\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

START_TEST(points)
{
    enum { COORDINATE = 32, WHOLE = 1 + 2 * COORDINATE };
    char good[WHOLE], off[WHOLE], zero[WHOLE] = {4};
    good[0] = 4;
    memcpy(good + 1, P256_X, COORDINATE);
    memcpy(good + 1 + COORDINATE, P256_Y, COORDINATE);
    memcpy(off, good, WHOLE);
    off[WHOLE - 1] ^= 1;
    const struct {
        const char *octets;
        int len;
        unsigned weaknesses;
    } rows[] = {
        {good, WHOLE, 0},
        {off, WHOLE, DCV_WEAK_POINT},
        {zero, WHOLE, DCV_WEAK_POINT},
        {"\0", 1, DCV_WEAK_POINT}, /* at infinity */
        {good, WHOLE - 1, DCV_WEAK_POINT},
        {"", 0, DCV_WEAK_POINT},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        ASN1_OBJECT *curve = OBJ_nid2obj(NID_X9_62_prime256v1);
        read_octets(NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT, curve, rows[i].octets, rows[i].len, DCV_OK);
        ck_assert_msg(value.key.weaknesses == rows[i].weaknesses, "row %d: %x", i, value.key.weaknesses);
        ck_assert_str_eq(value.key.curve, "P-256");
        ck_assert_uint_eq(value.key.bits, 256);
    }
}
END_TEST

START_TEST(no_keys)
{
    read_octets(NID_rsaEncryption, V_ASN1_NULL, NULL, "x", 1, DCV_ERR_SYNTAX);
    ck_assert_str_eq(error.text, "its public key is malformed");
    static const char *const rsa[] = {
        "\x30\x03\x02\x01\x23",                    /* no exponent */
        "\x30\x06\x02\x01\xFF\x02\x01\x03",        /* negative */
        "\x30\x06\x02\x01\x23\x02\x01\xFD",        /* a negative exponent */
        "\x30\x06\x02\x01\x23\x04\x01\x03",        /* no INTEGER */
        "\x30\x06\x02\x01\x23\x02\x01\x03\x05",    /* an octet after the end */
        "\x30\x09\x02\x01\x23\x02\x01\x03\x02\x01\x03", /* three numbers */
    };
    for (int i = 0; i < ROWS(rsa); i++)
        read_octets(NID_rsaEncryption, V_ASN1_NULL, NULL, rsa[i], (int)strlen(rsa[i]), DCV_ERR_SYNTAX);
    read_octets(NID_rsaEncryption, V_ASN1_NULL, NULL, OCTETS("\x30\x06\x02\x01\x00\x02\x01\x03"), DCV_ERR_SYNTAX);
    read_octets(NID_ED25519, V_ASN1_UNDEF, NULL, "x", 1, DCV_ERR_SYNTAX);
    read_octets(NID_ED448, V_ASN1_UNDEF, NULL, "01234567890123456789012345678901", 32, DCV_ERR_SYNTAX);
    read_octets(NID_X9_62_id_ecPublicKey, V_ASN1_UNDEF, NULL, "x", 1, DCV_ERR_SYNTAX);
    read_octets(NID_X9_62_id_ecPublicKey, V_ASN1_NULL, NULL, "x", 1, DCV_ERR_SYNTAX);
}
END_TEST

static void read_rsa(const BIGNUM *modulus, const BIGNUM *exponent, enum dcv_status expected)
{
    EVP_PKEY *signer = make_ec("P-256", false);
    X509_REQ *request = make_request(signer);
    request_rsa(request, modulus, exponent);
    finish_request(request, signer, EVP_sha256(), &der);
    ck_assert_int_eq(read_data(false, der.data, der.len), expected);
    EVP_PKEY_free(signer);
}

static BIGNUM *ordinary_modulus(void)
{
    BIGNUM *modulus = NULL;
    EVP_PKEY *key = make_rsa(1024);
    ck_assert(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus));
    EVP_PKEY_free(key);
    return modulus;
}

START_TEST(exponents)
{
    static const struct {
        const char *decimal;
        bool weak, low;
    } rows[] = {
        {"0", true, true},
        {"1", true, true},
        {"2", true, true},
        {"3", false, true},
        {"65535", false, true},
        {"65536", true, true},
        {"65537", false, false},
        {"65539", false, false},
        {"131071", false, false},
        {"131073", false, false},
        {"4294967296", true, false},
        {"115792089237316195423570985008687907853269984665640564039457584007913129639935", false, false}, /* 2^256 - 1 */
        {"115792089237316195423570985008687907853269984665640564039457584007913129639937", false, true},
    };
    BIGNUM *modulus = ordinary_modulus(), *exponent = NULL;
    for (int i = 0; i < ROWS(rows); i++) {
        ck_assert_int_gt(BN_dec2bn(&exponent, rows[i].decimal), 0);
        read_rsa(modulus, exponent, DCV_OK);
        ck_assert_str_eq(value.key.exponent, rows[i].decimal);
        ck_assert_msg((value.key.weaknesses == DCV_WEAK_EXPONENT) == rows[i].weak, "%s", rows[i].decimal);
        ck_assert_msg(value.key.exponent_low == rows[i].low, "%s", rows[i].decimal);
        ck_assert_uint_eq(value.key.bits, 1024);
    }
    ck_assert(BN_copy(exponent, modulus) && BN_add_word(exponent, 2));
    read_rsa(modulus, exponent, DCV_OK);
    ck_assert_uint_eq(value.key.weaknesses, DCV_WEAK_EXPONENT);
    BN_free(modulus);
    BN_free(exponent);
}
END_TEST

START_TEST(weak_moduli)
{
    BIGNUM *modulus = ordinary_modulus(), *exponent = NULL;
    ck_assert_int_gt(BN_dec2bn(&exponent, "65537"), 0);
    ck_assert(BN_mul_word(modulus, 751));
    read_rsa(modulus, exponent, DCV_OK);
    ck_assert_uint_eq(value.key.weaknesses, DCV_WEAK_SMALL_FACTOR);
    /* A square of a prime: as close as primes can be. */
    ck_assert(BN_generate_prime_ex(modulus, 512, 0, NULL, NULL, NULL));
    BN_CTX *ctx = BN_CTX_new();
    ck_assert(BN_sqr(modulus, modulus, ctx));
    read_rsa(modulus, exponent, DCV_OK);
    ck_assert_uint_eq(value.key.weaknesses, DCV_WEAK_FERMAT);
    /* 65537^4 + 2^512 * (the product of the primes to 167), which test_weak_rsa.c looks at. */
    static const unsigned primes[] = {2,  3,  5,  7,  11, 13, 17, 19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
                                      73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};
    ck_assert(BN_one(modulus));
    for (int i = 0; i < ROWS(primes); i++)
        ck_assert(BN_mul_word(modulus, primes[i]));
    ck_assert(BN_lshift(modulus, modulus, 512));
    ck_assert(BN_set_word(exponent, 65537) && BN_sqr(exponent, exponent, ctx) && BN_sqr(exponent, exponent, ctx));
    ck_assert(BN_add(modulus, modulus, exponent) && BN_set_word(exponent, 65537));
    read_rsa(modulus, exponent, DCV_OK);
    ck_assert_uint_eq(value.key.weaknesses & DCV_WEAK_ROCA, DCV_WEAK_ROCA);
    BN_CTX_free(ctx);
    BN_free(modulus);
    BN_free(exponent);
}
END_TEST

START_TEST(length_of_rsa)
{
    BIGNUM *modulus = BN_new(), *exponent = BN_new();
    ck_assert(BN_set_word(exponent, 65537));
    ck_assert(BN_rand(modulus, 16384, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
    read_rsa(modulus, exponent, DCV_OK);
    ck_assert_uint_eq(value.key.bits, 16384);
    ck_assert(BN_rand(modulus, 16385, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
    read_rsa(modulus, exponent, DCV_ERR_SYNTAX);
    ck_assert_str_eq(error.text, "its RSA key is longer than 16384 bits");
    ck_assert(BN_set_word(modulus, 35));
    read_rsa(modulus, exponent, DCV_OK);
    ck_assert_uint_eq(value.key.bits, 6);
    ck_assert_uint_ne(value.key.weaknesses & DCV_WEAK_SMALL_FACTOR, 0);
    BN_free(modulus);
    BN_free(exponent);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("key");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, ordinary_rsa);
    tcase_add_test(tcase, curves);
    tcase_add_test(tcase, other_types);
    tcase_add_test(tcase, unknown_types);
    tcase_add_test(tcase, points);
    tcase_add_test(tcase, no_keys);
    tcase_add_test(tcase, exponents);
    tcase_add_test(tcase, weak_moduli);
    tcase_add_test(tcase, length_of_rsa);
    return run_cases("key", tcase);
}
