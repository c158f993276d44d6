#include "dnssec/crypto.h"

#include "base/buf.h"

#include <ldns/ldns.h>
#include <string.h>

bool dcv_dnskey_fit(const struct dcv_dnskey *key)
{
    enum { PROTOCOL = 3 };
    return key->protocol == PROTOCOL && (key->flags & DCV_KEY_ZONE) != 0 && (key->flags & DCV_KEY_REVOKED) == 0;
}

/* The digest of a type that is known; its length, or 0. */
static size_t digest_of(uint8_t digest_type, const uint8_t *data, size_t len, uint8_t out[LDNS_SHA384_DIGEST_LENGTH])
{
    switch (digest_type) {
    case LDNS_SHA1: (void)ldns_sha1(data, (unsigned)len, out); return LDNS_SHA1_DIGEST_LENGTH;
    case LDNS_SHA256: (void)ldns_sha256(data, (unsigned)len, out); return LDNS_SHA256_DIGEST_LENGTH;
    case LDNS_SHA384: (void)ldns_sha384(data, (unsigned)len, out); return LDNS_SHA384_DIGEST_LENGTH;
    default: return 0;
    }
}

/* RFC 4034 §5.1.4: the owner in canonical form, then the RDATA of the DNSKEY. */
bool dcv_ds_digests(const struct dcv_ds *ds, const struct dcv_name *owner, const struct dcv_dnskey *key)
{
    const uint8_t head[] = {(uint8_t)(key->flags >> 8), (uint8_t)key->flags, key->protocol, key->algorithm};
    uint8_t digest[LDNS_SHA384_DIGEST_LENGTH];
    struct dcv_buf data;
    dcv_buf_init(&data, DCV_NAME_WIRE_MAX + UINT16_MAX);
    dcv_buf_put(&data, owner->wire, owner->len);
    dcv_buf_put(&data, head, sizeof head);
    dcv_buf_put(&data, key->key, key->key_len);
    const size_t len = data.failed ? 0 : digest_of(ds->digest_type, (const uint8_t *)data.data, data.len, digest);
    dcv_buf_done(&data);
    return len != 0 && ds->digest_len == len && memcmp(ds->digest, digest, len) == 0;
}

/* What ldns verifies with OpenSSL 3 (IANA "DNS Security Algorithm Numbers"). Sizes are in octets, 0 where they vary: ldns takes
 * elliptic keys and signatures of any other size for failures of its own. */
static const struct algorithm {
    uint8_t number;
    bool sha1;
    size_t key_len, signature_len;
} algorithms[] = {
    {LDNS_RSASHA1, true, 0, 0},          {LDNS_RSASHA1_NSEC3, true, 0, 0},      {LDNS_RSASHA256, false, 0, 0},
    {LDNS_RSASHA512, false, 0, 0},       {LDNS_ECDSAP256SHA256, false, 64, 64}, {LDNS_ECDSAP384SHA384, false, 96, 96},
    {LDNS_ED25519, false, 32, 64},       {LDNS_ED448, false, 57, 114},
};

static const struct algorithm *find_algorithm(uint8_t number)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof algorithms[0]; i++)
        if (algorithms[i].number == number)
            return &algorithms[i];
    return NULL;
}

bool dcv_algorithm_supported(uint8_t algorithm, bool refuse_sha1)
{
    const struct algorithm *found = find_algorithm(algorithm);
    return found != NULL && !(refuse_sha1 && found->sha1);
}

bool dcv_digest_supported(uint8_t digest_type, bool refuse_sha1)
{
    return digest_type == LDNS_SHA256 || digest_type == LDNS_SHA384 || (digest_type == LDNS_SHA1 && !refuse_sha1);
}

/* What OpenSSL is to read: ECDSA signatures are two numbers in DNS (RFC 6605 §4), and ASN.1 there. */
static ldns_buffer *signature_form(uint8_t algorithm, const struct dcv_octets *signature)
{
    ldns_buffer *form = ldns_buffer_new(signature->len + 16);
    if (form == NULL)
        return NULL;
    if (algorithm != LDNS_ECDSAP256SHA256 && algorithm != LDNS_ECDSAP384SHA384) {
        ldns_buffer_write(form, signature->data, signature->len);
        return form;
    }
    ldns_rdf *rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_B64, signature->len, signature->data);
    const bool good = rdf != NULL && ldns_convert_ecdsa_rrsig_rdf2asn1(form, rdf) == LDNS_STATUS_OK;
    ldns_rdf_deep_free(rdf);
    if (good)
        return form;
    ldns_buffer_free(form);
    return NULL;
}

enum dcv_crypto dcv_crypto_verify(const struct dcv_dnskey *key, const struct dcv_octets *signature, const struct dcv_octets *data)
{
    const struct algorithm *algorithm = find_algorithm(key->algorithm);
    if (algorithm == NULL || key->key_len == 0 || signature->len == 0
        || (algorithm->key_len != 0 && (key->key_len != algorithm->key_len || signature->len != algorithm->signature_len)))
        return DCV_CRYPTO_BAD;
    enum dcv_crypto result = DCV_CRYPTO_NOMEM;
    ldns_buffer *form = signature_form(key->algorithm, signature), *signed_data = ldns_buffer_new(data->len);
    unsigned char *public_key = malloc(key->key_len);
    if (form != NULL && signed_data != NULL && public_key != NULL) {
        memcpy(public_key, key->key, key->key_len);
        ldns_buffer_write(signed_data, data->data, data->len);
        result = ldns_verify_rrsig_buffers_raw(ldns_buffer_begin(form), ldns_buffer_position(form), signed_data, public_key, key->key_len,
                                               key->algorithm) == LDNS_STATUS_OK ? DCV_CRYPTO_GOOD : DCV_CRYPTO_BAD;
    }
    free(public_key);
    ldns_buffer_free(signed_data);
    ldns_buffer_free(form);
    return result;
}
