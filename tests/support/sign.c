#include "support/sign.h"

#include <check.h>
#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 256, DAY_S = 86400, LINE_ROOM = 8192, RSA_BITS = 1024, DIGESTS = 5 };

struct signer {
    ldns_key *key;
    ldns_rdf *zone;
    char *dnskey, *ds[DIGESTS];
};

static ldns_rdf *name_of(const char *text)
{
    ldns_rdf *name = ldns_dname_new_frm_str(text);
    ck_assert_ptr_nonnull(name);
    return name;
}

struct signer *signer_create(const char *zone, enum sign_algorithm algorithm, unsigned flags)
{
    struct signer *signer = calloc(1, sizeof *signer);
    ck_assert_ptr_nonnull(signer);
    signer->key = ldns_key_new_frm_algorithm((ldns_signing_algorithm)algorithm, RSA_BITS);
    ck_assert_ptr_nonnull(signer->key);
    signer->zone = name_of(zone);
    ldns_key_set_pubkey_owner(signer->key, ldns_rdf_clone(signer->zone));
    ldns_key_set_flags(signer->key, (uint16_t)flags);
    ldns_rr *dnskey = ldns_key2rr(signer->key);
    ck_assert_ptr_nonnull(dnskey);
    ldns_key_set_keytag(signer->key, ldns_calc_keytag(dnskey));
    signer->dnskey = ldns_rr2str(dnskey);
    static const int digests[] = {1, 2, 4};
    for (size_t i = 0; i < 3; i++) {
        ldns_rr *ds = ldns_key_rr2ds(dnskey, (ldns_hash)digests[i]);
        ck_assert_ptr_nonnull(ds);
        signer->ds[digests[i]] = ldns_rr2str(ds);
        ldns_rr_free(ds);
    }
    ldns_rr_free(dnskey);
    return signer;
}

void signer_free(struct signer *signer)
{
    if (signer == NULL)
        return;
    ldns_rdf_deep_free(signer->zone);
    ldns_key_deep_free(signer->key);
    free(signer->dnskey);
    for (size_t i = 0; i < DIGESTS; i++)
        free(signer->ds[i]);
    free(signer);
}

uint16_t signer_tag(const struct signer *signer)
{
    return ldns_key_keytag(signer->key);
}

const char *signer_dnskey(struct signer *signer)
{
    return signer->dnskey;
}

const char *signer_ds(struct signer *signer, int digest)
{
    return signer->ds[digest];
}

static void put_record(struct dcv_arena *arena, struct dcv_rrs *section, const char *text)
{
    if (section->items == NULL)
        section->items = dcv_arena_array(arena, RECORDS_MAX, sizeof section->items[0]);
    ck_assert_ptr_nonnull(section->items);
    ck_assert_uint_lt(section->count, RECORDS_MAX);
    ck_assert_msg(dcv_rr_from_text(arena, text, &section->items[section->count]) == DCV_OK, "%s", text);
    section->count++;
}

/* The next line of `*lines`; false: there is none. */
static bool take_line(const char **lines, char out[LINE_ROOM])
{
    while (**lines == '\n')
        ++*lines;
    const size_t len = strcspn(*lines, "\n");
    ck_assert_uint_lt(len, LINE_ROOM);
    memcpy(out, *lines, len);
    out[len] = '\0';
    *lines += len;
    return len != 0;
}

void put_records(struct dcv_arena *arena, struct dcv_rrs *section, const char *lines)
{
    char line[LINE_ROOM];
    while (take_line(&lines, line))
        put_record(arena, section, line);
}

static ldns_rr_list *read_rrset(const char *lines)
{
    ldns_rr_list *rrset = ldns_rr_list_new();
    char line[LINE_ROOM];
    while (take_line(&lines, line)) {
        ldns_rr *rr = NULL;
        ck_assert_msg(ldns_rr_new_frm_str(&rr, line, 3600, NULL, NULL) == LDNS_STATUS_OK, "%s", line);
        ck_assert(ldns_rr_list_push_rr(rrset, rr));
    }
    ck_assert(ldns_is_rrset(rrset));
    return rrset;
}

static void set_field(ldns_rr *rrsig, size_t field, ldns_rdf *value)
{
    ck_assert_ptr_nonnull(value);
    ldns_rdf_deep_free(ldns_rr_set_rdf(rrsig, value, field));
}

/* An RRSIG but for the signature (RFC 4034 §3.1 counts its fields). */
static ldns_rr *make_head(const struct signer *signer, const ldns_rr_list *rrset, const struct signing *how)
{
    ldns_key_set_inception(signer->key, (uint32_t)(how->inception != 0 ? how->inception : SIGN_NOW - DAY_S));
    ldns_key_set_expiration(signer->key, (uint32_t)(how->expiration != 0 ? how->expiration : SIGN_NOW + 7 * DAY_S));
    ldns_rr *rrsig = ldns_create_empty_rrsig(rrset, signer->key);
    ck_assert_ptr_nonnull(rrsig);
    if (how->algorithm != 0)
        set_field(rrsig, 1, ldns_native2rdf_int8(LDNS_RDF_TYPE_ALG, (uint8_t)how->algorithm));
    if (how->labels != 0)
        set_field(rrsig, 2, ldns_native2rdf_int8(LDNS_RDF_TYPE_INT8, (uint8_t)how->labels));
    if (how->tag != 0)
        set_field(rrsig, 6, ldns_native2rdf_int16(LDNS_RDF_TYPE_INT16, (uint16_t)how->tag));
    if (how->signer != NULL)
        set_field(rrsig, 7, name_of(how->signer));
    return rrsig;
}

static ldns_rr *make_signature(const struct signer *signer, ldns_rr_list *rrset, const struct signing *how)
{
    ldns_rr *rrsig = make_head(signer, rrset, how);
    ldns_rr_list *canonical = ldns_rr_list_clone(rrset);
    ldns_buffer *data = ldns_buffer_new(LDNS_MAX_PACKETLEN);
    for (size_t i = 0; i < ldns_rr_list_rr_count(canonical); i++)
        ldns_rr2canonical(ldns_rr_list_rr(canonical, i));
    ldns_rr_list_sort(canonical);
    ck_assert_int_eq(ldns_rrsig2buffer_wire(data, rrsig), LDNS_STATUS_OK);
    ck_assert_int_eq(ldns_rr_list2buffer_wire(data, canonical), LDNS_STATUS_OK);
    ldns_rdf *signature = ldns_sign_public_buffer(data, signer->key);
    ck_assert_ptr_nonnull(signature);
    if (how->spoilt)
        ldns_rdf_data(signature)[ldns_rdf_size(signature) / 2] ^= 1;
    set_field(rrsig, 8, signature);
    ldns_buffer_free(data);
    ldns_rr_list_deep_free(canonical);
    return rrsig;
}

static void put_ldns(struct dcv_arena *arena, struct dcv_rrs *section, ldns_rr *rr, const char *owner)
{
    if (owner != NULL) {
        ldns_rdf_deep_free(ldns_rr_owner(rr));
        ldns_rr_set_owner(rr, name_of(owner));
    }
    char *text = ldns_rr2str(rr);
    ck_assert_ptr_nonnull(text);
    text[strcspn(text, "\n")] = '\0'; /* ldns does not read some of what it writes with one */
    put_record(arena, section, text);
    free(text);
}

void put_signed(struct dcv_arena *arena, struct dcv_rrs *section, struct signer *signer, const char *lines, const struct signing *how)
{
    static const struct signing as_it_should_be;
    how = how != NULL ? how : &as_it_should_be;
    ldns_rr_list *rrset = read_rrset(lines);
    ldns_rr *rrsig = make_signature(signer, rrset, how);
    for (size_t i = 0; i < ldns_rr_list_rr_count(rrset) && !how->alone; i++)
        put_ldns(arena, section, ldns_rr_list_rr(rrset, i), how->owner);
    put_ldns(arena, section, rrsig, how->owner);
    ldns_rr_free(rrsig);
    ldns_rr_list_deep_free(rrset);
}
