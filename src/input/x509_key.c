/* The public key of a request or certificate, and what is known to be weak about it.
 *
 * It is read here rather than by OpenSSL, which does not load a key that is wrong, and so does not say how it is wrong. */
#include "input/weak_rsa.h"
#include "input/x509_parts.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

/* Longer moduli are not read by OpenSSL either, and take long to examine. */
enum { RSA_BITS_MAX = 16384 };

static const char DAMAGED[] = N_("its public key is malformed");

bool dcv_sha256(const void *data, size_t len, uint8_t out[32])
{
    return EVP_Digest(data, len, out, NULL, EVP_sha256(), NULL) == 1;
}

/* The SubjectPublicKeyInfo, taken apart (RFC 5280 §4.1.2.7). */
struct spki {
    const unsigned char *octets; /* of the BIT STRING */
    int len;
    int parameter_type; /* V_ASN1_…, V_ASN1_UNDEF: none */
    const void *parameter;
};

struct rsa {
    BIGNUM *modulus, *exponent;
};

static BIGNUM *take_integer(const STACK_OF(ASN1_TYPE) * items, int index)
{
    const ASN1_TYPE *item = sk_ASN1_TYPE_value(items, index);
    return item->type == V_ASN1_INTEGER ? ASN1_INTEGER_to_BN(item->value.integer, NULL) : NULL;
}

/* RSAPublicKey: a SEQUENCE of modulus and exponent (RFC 8017 A.1.1). Both positive, or false. */
static bool decode_rsa(const struct spki *spki, struct rsa *rsa)
{
    const unsigned char *at = spki->octets;
    STACK_OF(ASN1_TYPE) *items = d2i_ASN1_SEQUENCE_ANY(NULL, &at, spki->len);
    if (items != NULL && at == spki->octets + spki->len && sk_ASN1_TYPE_num(items) == 2) {
        rsa->modulus = take_integer(items, 0);
        rsa->exponent = take_integer(items, 1);
    }
    sk_ASN1_TYPE_pop_free(items, ASN1_TYPE_free);
    return rsa->modulus != NULL && rsa->exponent != NULL && !BN_is_negative(rsa->modulus) && !BN_is_zero(rsa->modulus) &&
           !BN_is_negative(rsa->exponent);
}

static void judge_exponent(struct dcv_key *key, const struct rsa *rsa)
{
    /* BR 6.1.6: an odd number that is 3 or more; "SHOULD be in the range between 2^16 + 1 and 2^256 - 1". */
    enum { MOST_BITS = 256 };
    if (!BN_is_odd(rsa->exponent) || BN_is_one(rsa->exponent) || BN_cmp(rsa->exponent, rsa->modulus) > 0)
        key->weaknesses |= DCV_WEAK_EXPONENT;
    key->exponent_low = BN_num_bits(rsa->exponent) > MOST_BITS || BN_is_zero(rsa->exponent) ||
                        (BN_num_bits(rsa->exponent) <= 17 && BN_get_word(rsa->exponent) < 65537);
}

static void judge_modulus(struct dcv_arena *arena, struct dcv_key *key, const BIGNUM *modulus)
{
    const int close = dcv_rsa_close_primes(modulus);
    if (close < 0)
        dcv_arena_fail(arena);
    if (close > 0)
        key->weaknesses |= DCV_WEAK_FERMAT;
    if (dcv_rsa_roca(modulus))
        key->weaknesses |= DCV_WEAK_ROCA;
    if (dcv_rsa_small_factor(modulus))
        key->weaknesses |= DCV_WEAK_SMALL_FACTOR;
}

static const char *judge_rsa(struct dcv_arena *arena, struct dcv_key *key, const struct rsa *rsa)
{
    if (BN_num_bits(rsa->modulus) > RSA_BITS_MAX || BN_num_bits(rsa->exponent) > RSA_BITS_MAX)
        return N_("its RSA key is longer than 16384 bits");
    key->bits = (unsigned)BN_num_bits(rsa->modulus);
    judge_exponent(key, rsa);
    judge_modulus(arena, key, rsa->modulus);
    char *decimal = BN_bn2dec(rsa->exponent);
    if (decimal == NULL)
        dcv_arena_fail(arena);
    else
        key->exponent = dcv_arena_strdup(arena, decimal);
    OPENSSL_free(decimal);
    return NULL;
}

static const char *read_rsa(struct dcv_arena *arena, const struct spki *spki, struct dcv_key *key)
{
    struct rsa rsa = {0};
    const char *fault = decode_rsa(spki, &rsa) ? judge_rsa(arena, key, &rsa) : DAMAGED;
    BN_free(rsa.modulus);
    BN_free(rsa.exponent);
    return fault;
}

static const char *curve_name(struct dcv_arena *arena, const ASN1_OBJECT *oid)
{
    switch (OBJ_obj2nid(oid)) {
    case NID_X9_62_prime256v1: return "P-256";
    case NID_secp384r1: return "P-384";
    case NID_secp521r1: return "P-521";
    default: return dcv_oid_name(arena, oid);
    }
}

/* The group of a named curve or of explicit parameters (RFC 5480 §2.1.1); NULL: unknown, or malformed. */
static EC_GROUP *decode_group(const struct spki *spki)
{
    if (spki->parameter_type == V_ASN1_OBJECT)
        return EC_GROUP_new_by_curve_name(OBJ_obj2nid(spki->parameter));
    const ASN1_STRING *explicit = spki->parameter;
    const unsigned char *at = ASN1_STRING_get0_data(explicit);
    return d2i_ECPKParameters(NULL, &at, ASN1_STRING_length(explicit));
}

/* EC_POINT_oct2point() refuses what is not on the curve, and coordinates that are not below the prime. */
static bool point_valid(const EC_GROUP *group, const struct spki *spki)
{
    EC_POINT *point = EC_POINT_new(group);
    const bool valid = point != NULL && EC_POINT_oct2point(group, point, spki->octets, (size_t)spki->len, NULL) == 1 &&
                       EC_POINT_is_at_infinity(group, point) == 0 && EC_POINT_is_on_curve(group, point, NULL) == 1;
    EC_POINT_free(point);
    return valid;
}

static const char *read_ec(struct dcv_arena *arena, const struct spki *spki, struct dcv_key *key)
{
    const bool named = spki->parameter_type == V_ASN1_OBJECT;
    if (!named && spki->parameter_type != V_ASN1_SEQUENCE)
        return DAMAGED;
    key->curve = named ? curve_name(arena, spki->parameter) : NULL;
    EC_GROUP *group = decode_group(spki);
    if (group == NULL)
        return named ? NULL : DAMAGED;
    key->bits = (unsigned)EC_GROUP_get_degree(group);
    if (!point_valid(group, spki))
        key->weaknesses |= DCV_WEAK_POINT;
    EC_GROUP_free(group);
    return NULL;
}

static const char *read_octets(struct dcv_arena *arena, const struct spki *spki, struct dcv_key *key)
{
    (void)arena;
    enum { ED25519_OCTETS = 32, ED448_OCTETS = 57 }; /* RFC 8410 §4 */
    return spki->len == (key->type == DCV_KEY_ED25519 ? ED25519_OCTETS : ED448_OCTETS) ? NULL : DAMAGED;
}

static const struct key_type {
    int nid;
    enum dcv_key_type type;
    const char *text;
    const char *(*read)(struct dcv_arena *arena, const struct spki *spki, struct dcv_key *key); /* NULL: nothing to read */
} KEY_TYPES[] = {
    {NID_rsaEncryption, DCV_KEY_RSA, "RSA", read_rsa},
    {NID_X9_62_id_ecPublicKey, DCV_KEY_EC, "EC", read_ec},
    {NID_ED25519, DCV_KEY_ED25519, "Ed25519", read_octets},
    {NID_ED448, DCV_KEY_ED448, "Ed448", read_octets},
    {NID_dsa, DCV_KEY_DSA, "DSA", NULL},
};

static const char *read_type(struct dcv_arena *arena, const ASN1_OBJECT *oid, const struct spki *spki, struct dcv_key *key)
{
    const int nid = OBJ_obj2nid(oid);
    for (size_t i = 0; i < sizeof KEY_TYPES / sizeof *KEY_TYPES; i++) {
        const struct key_type *type = &KEY_TYPES[i];
        if (type->nid != nid)
            continue;
        key->type = type->type;
        key->type_text = type->text;
        return type->read != NULL ? type->read(arena, spki, key) : NULL;
    }
    key->type_text = dcv_oid_name(arena, oid);
    return NULL;
}

const char *dcv_read_key(struct dcv_arena *arena, X509_PUBKEY *public_key, struct dcv_key *key)
{
    ASN1_OBJECT *oid = NULL;
    X509_ALGOR *algorithm = NULL;
    struct spki spki = {0};
    unsigned char *der = NULL;
    const int len = i2d_X509_PUBKEY(public_key, &der);
    if (len < 0 || !dcv_sha256(der, (size_t)len, key->spki_sha256))
        dcv_arena_fail(arena);
    OPENSSL_free(der);
    if (X509_PUBKEY_get0_param(&oid, &spki.octets, &spki.len, &algorithm, public_key) != 1)
        return DAMAGED;
    X509_ALGOR_get0(NULL, &spki.parameter_type, &spki.parameter, algorithm);
    return read_type(arena, oid, &spki, key);
}
