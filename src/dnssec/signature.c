#include "dnssec/work.h"

#include <stdlib.h>

/* How telling a failure is: of several signatures the reason of the most telling is given. */
enum rank { RANK_NONE, RANK_UNSUPPORTED, RANK_KEY_MISSING, RANK_KEY_UNFIT, RANK_INVALID, RANK_NOT_YET, RANK_EXPIRED, RANK_TOO_MUCH };

static const enum dcv_cause causes[] = {
    [RANK_NONE] = DCV_CAUSE_SIGNER_WRONG,
    [RANK_UNSUPPORTED] = DCV_CAUSE_SIGNATURE_MISSING, /* none that can be verified, though the zone has keys that can (RFC 4035 §2.2) */
    [RANK_KEY_MISSING] = DCV_CAUSE_KEY_MISSING,
    [RANK_KEY_UNFIT] = DCV_CAUSE_KEY_UNFIT,
    [RANK_INVALID] = DCV_CAUSE_SIGNATURE_INVALID,
    [RANK_NOT_YET] = DCV_CAUSE_SIGNATURE_NOT_YET,
    [RANK_EXPIRED] = DCV_CAUSE_SIGNATURE_EXPIRED,
    [RANK_TOO_MUCH] = DCV_CAUSE_TOO_MUCH_WORK,
};

/* The check of one RRset. */
struct check {
    struct dcv_work *work;
    const struct dcv_rrset *rrset;
    const struct dcv_name *zone;
    const struct dcv_dnskey *keys;
    size_t key_count;
    unsigned operations;
    enum rank rank;
    const struct dcv_signature *telling; /* what `rank` is about; NULL: no signature in particular */
};

static int64_t time_of(const struct check *check, uint32_t date)
{
    return dcv_rrsig_time(date, check->work->now);
}

static void fail(struct check *check, enum rank rank, const struct dcv_signature *signature)
{
    if (rank > check->rank) {
        check->rank = rank;
        check->telling = signature;
    }
}

/* One key: remembered, or tried. True: the signature is good. */
static bool try_key(struct check *check, const struct dcv_signature *signature, const struct dcv_octets *data, const struct dcv_dnskey *key)
{
    struct dcv_validator *validator = check->work->validator;
    uint8_t memory_key[DCV_MEMORY_KEY];
    check->operations++;
    check->work->operations++;
    const struct dcv_octets octets = {signature->rrsig.signature, signature->rrsig.signature_len};
    dcv_memory_key(data, &octets, key, memory_key);
    const enum dcv_memory memory = dcv_memory_get(validator, memory_key);
    if (memory != DCV_MEMORY_NONE) {
        validator->counts.remembered++;
        return memory == DCV_MEMORY_GOOD;
    }
    validator->counts.signatures++;
    validator->counts.keys += check->rrset->type == DCV_TYPE_DNSKEY;
    const enum dcv_crypto result = dcv_crypto_verify(key, &octets, data);
    if (result == DCV_CRYPTO_NOMEM || !dcv_memory_put(validator, memory_key, result == DCV_CRYPTO_GOOD ? DCV_MEMORY_GOOD : DCV_MEMORY_BAD))
        dcv_arena_fail(check->work->arena);
    return result == DCV_CRYPTO_GOOD;
}

static bool names_key(const struct dcv_signature *signature, const struct dcv_dnskey *key)
{
    return key->tag == signature->rrsig.tag && key->algorithm == signature->rrsig.algorithm;
}

/* Every key that the signature may be of. Operations that were spared count as well: the verdict must not depend on what came before. */
static bool try_keys(struct check *check, const struct dcv_signature *signature, const struct dcv_octets *data)
{
    unsigned alike = 0;
    for (size_t i = 0; i < check->key_count; i++)
        alike += names_key(signature, &check->keys[i]) && dcv_dnskey_fit(&check->keys[i]);
    for (size_t i = 0; i < check->key_count; i++) {
        const struct dcv_dnskey *key = &check->keys[i];
        if (!names_key(signature, key) || !dcv_dnskey_fit(key))
            continue;
        /* Too many are not tried at all: whether the right one comes first must not decide. */
        if (alike > DCV_SAME_TAG_MAX || check->operations == DCV_RRSET_OPERATIONS_MAX
            || check->work->operations >= DCV_ANSWER_OPERATIONS_MAX) {
            fail(check, RANK_TOO_MUCH, signature);
            return false;
        }
        if (try_key(check, signature, data, key))
            return true;
    }
    fail(check, RANK_INVALID, signature);
    return false;
}

/* What can be told without a look at the signature itself; RANK_NONE: nothing is wrong so far. */
static enum rank fault_outside(const struct check *check, const struct dcv_signature *signature)
{
    if (!dcv_algorithm_supported(signature->rrsig.algorithm, check->work->validator->options.refuse_sha1))
        return RANK_UNSUPPORTED;
    bool named = false, fit = false;
    for (size_t i = 0; i < check->key_count; i++) {
        named |= names_key(signature, &check->keys[i]);
        fit |= names_key(signature, &check->keys[i]) && dcv_dnskey_fit(&check->keys[i]);
    }
    if (!fit)
        return named ? RANK_KEY_UNFIT : RANK_KEY_MISSING;
    if (time_of(check, signature->rrsig.expiration) < time_of(check, signature->rrsig.inception))
        return RANK_INVALID;
    if (time_of(check, signature->rrsig.expiration) < check->work->now)
        return RANK_EXPIRED;
    if (time_of(check, signature->rrsig.inception) > check->work->now)
        return RANK_NOT_YET;
    /* RFC 4035 §5.3.1; and no wildcard above the zone can be the zone's. */
    if (signature->rrsig.labels > dcv_name_labels(&check->rrset->owner) || signature->rrsig.labels < dcv_name_labels(check->zone))
        return RANK_INVALID;
    return RANK_NONE;
}

static bool try_signature(struct check *check, const struct dcv_signature *signature)
{
    struct dcv_buf data;
    dcv_buf_init(&data, DCV_SIGNED_MAX);
    bool good = false;
    if (dcv_rrset_signed_data(check->rrset, signature, &data)) {
        if (data.failed)
            dcv_arena_fail(check->work->arena);
        else
            good = try_keys(check, signature, &(struct dcv_octets){(const uint8_t *)data.data, data.len});
    } else {
        fail(check, RANK_INVALID, signature);
    }
    dcv_buf_done(&data);
    return good;
}

struct candidate {
    const struct dcv_signature *signature;
    int64_t until;
};

/* Those that last longest come first, so that the one that is found good is the one that counts. */
static int by_expiration(const void *a, const void *b)
{
    const struct candidate *first = a, *second = b;
    if (first->until != second->until)
        return first->until > second->until ? -1 : 1;
    return dcv_octets_compare(&first->signature->rdata, &second->signature->rdata);
}

static const struct dcv_signature *find_good(struct check *check)
{
    struct candidate *candidates = dcv_arena_array(check->work->arena, check->rrset->signature_count, sizeof *candidates);
    if (candidates == NULL)
        return NULL;
    size_t count = 0;
    for (size_t i = 0; i < check->rrset->signature_count; i++) {
        const struct dcv_signature *signature = &check->rrset->signatures[i];
        if (dcv_name_equal(&signature->rrsig.signer, check->zone))
            candidates[count++] = (struct candidate){signature, time_of(check, signature->rrsig.expiration)};
    }
    qsort(candidates, count, sizeof *candidates, by_expiration);
    unsigned tried = 0;
    for (size_t i = 0; i < count && check->rank < RANK_TOO_MUCH; i++) {
        const struct dcv_signature *signature = candidates[i].signature;
        const enum rank fault = fault_outside(check, signature);
        if (fault != RANK_NONE)
            fail(check, fault, signature);
        else if (tried++ == DCV_SIGNATURES_MAX)
            fail(check, RANK_TOO_MUCH, NULL);
        else if (try_signature(check, signature))
            return signature;
    }
    return NULL;
}

static struct dcv_trust failure(const struct check *check)
{
    struct dcv_trust trust = dcv_trust_bogus(causes[check->rank], check->zone, &check->rrset->owner, check->rrset->type);
    const struct dcv_signature *signature = check->telling;
    if (signature != NULL) {
        trust.key_tag = signature->rrsig.tag;
        trust.algorithm = signature->rrsig.algorithm;
        if (check->rank == RANK_EXPIRED)
            trust.at = time_of(check, signature->rrsig.expiration);
        if (check->rank == RANK_NOT_YET)
            trust.at = time_of(check, signature->rrsig.inception);
    }
    return trust;
}

void dcv_signature_check(struct dcv_work *work, const struct dcv_rrset *rrset, const struct dcv_name *zone, const struct dcv_dnskey *keys,
                         size_t key_count, struct dcv_checked *out)
{
    struct check check = {.work = work, .rrset = rrset, .zone = zone, .keys = keys, .key_count = key_count};
    const struct dcv_signature *good = find_good(&check);
    *out = (struct dcv_checked){.labels = dcv_name_labels(&rrset->owner)};
    if (good == NULL) {
        out->trust = failure(&check);
        return;
    }
    out->labels = good->rrsig.labels;
    out->trust = (struct dcv_trust){.security = DCV_SECURITY_SECURE, .until = time_of(&check, good->rrsig.expiration),
                                    .until_zone = *zone, .until_owner = rrset->owner, .until_type = rrset->type};
}
