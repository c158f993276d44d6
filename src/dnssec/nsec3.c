#include "dnssec/proof.h"

#include <ldns/ldns.h>
#include <string.h>

/* NSEC3 records that one proof takes are three at most; two chains, and several links of an alias chain, leave room. */
enum { HASH_LEN = 20, HASH_TEXT = 32, ALGORITHM_SHA1 = 1, FLAG_OPT_OUT = 1, RECORDS_MAX = 64 };

struct nsec3 {
    uint8_t owner[HASH_LEN];
    const uint8_t *next; /* HASH_LEN octets */
    const uint8_t *salt;
    uint8_t salt_len;
    uint16_t iterations;
    bool opt_out;
    struct dcv_types types;
};

/* The usable records of an answer, and the chain looked at: those with the parameters of one of them. */
struct search {
    const struct dcv_denial *denial;
    struct nsec3 records[RECORDS_MAX];
    size_t count;
    const struct nsec3 *chain;
    bool iterations, unknown; /* such records were there */
    bool limit;               /* the records or the rounds are too many */
};

struct question {
    const struct dcv_name *name;
    uint16_t type;
    unsigned labels;
    bool delegated; /* found */
};

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */

/* A digit of base32hex (RFC 4648 §7), or -1. */
static int digit_of(uint8_t octet)
{
    if (octet >= '0' && octet <= '9')
        return octet - '0';
    if (octet >= 'a' && octet <= 'v')
        return octet - 'a' + 10;
    return octet >= 'A' && octet <= 'V' ? octet - 'A' + 10 : -1;
}

/* The hash that the first label is: eight digits for every five octets. */
static bool read_label(const struct dcv_name *owner, uint8_t out[HASH_LEN])
{
    uint32_t bits = 0;
    unsigned held = 0;
    size_t at = 0;
    if (owner->wire[0] != HASH_TEXT)
        return false;
    for (unsigned i = 1; i <= HASH_TEXT; i++) {
        const int digit = digit_of(owner->wire[i]);
        if (digit < 0)
            return false;
        bits = bits << 5 | (uint32_t)digit;
        held += 5;
        if (held >= 8) {
            held -= 8;
            out[at++] = (uint8_t)(bits >> held);
        }
    }
    return true;
}

/* Directly below the apex: the owner of every NSEC3 (RFC 5155 §3). */
static bool owned_by(const struct dcv_rr *rr, const struct dcv_name *zone)
{
    struct dcv_name parent;
    return rr->type == DCV_TYPE_NSEC3 && dcv_name_parent(&rr->owner, &parent) && dcv_name_equal(&parent, zone);
}

static void read_record(struct search *search, const struct dcv_rr *rr)
{
    struct nsec3 nsec3 = {0};
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, rr->rdata, rr->rdlen);
    const uint8_t algorithm = dcv_cursor_u8(&cursor), flags = dcv_cursor_u8(&cursor);
    nsec3.opt_out = (flags & FLAG_OPT_OUT) != 0;
    nsec3.iterations = dcv_cursor_u16(&cursor);
    nsec3.salt_len = dcv_cursor_u8(&cursor);
    nsec3.salt = dcv_cursor_take(&cursor, nsec3.salt_len);
    const uint8_t hash_len = dcv_cursor_u8(&cursor);
    nsec3.next = dcv_cursor_take(&cursor, hash_len);
    if (!dcv_types_read(&cursor, &nsec3.types) || (flags & ~FLAG_OPT_OUT) != 0) /* RFC 5155 §8.2 */
        return;
    if (algorithm != ALGORITHM_SHA1) {
        search->unknown = true;
        return;
    }
    if (hash_len != HASH_LEN || !read_label(&rr->owner, nsec3.owner))
        return;
    if (nsec3.iterations > DCV_NSEC3_ITERATIONS_MAX)
        search->iterations = true;
    else if (search->count < RECORDS_MAX)
        search->records[search->count++] = nsec3;
    else
        search->limit = true;
}

static bool same_chain(const struct nsec3 *a, const struct nsec3 *b)
{
    return a->iterations == b->iterations && a->salt_len == b->salt_len && (a->salt_len == 0 || memcmp(a->salt, b->salt, a->salt_len) == 0);
}

static bool begins_chain(const struct search *search, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (same_chain(&search->records[i], &search->records[index]))
            return false;
    return true;
}

/* ---- hashing ---------------------------------------------------------------------------------------------------------------- */

/* RFC 5155 §5. False: that would be more rounds than one answer may cost. */
static bool hash(struct search *search, const struct dcv_name *name, uint8_t out[HASH_LEN])
{
    const struct nsec3 *chain = search->chain;
    const unsigned rounds = chain->iterations + 1U;
    uint8_t octets[DCV_NAME_WIRE_MAX + UINT8_MAX];
    struct dcv_name lower = *name;
    if (*search->denial->rounds + rounds > DCV_DENIAL_HASH_ROUNDS) {
        search->limit = true;
        return false;
    }
    *search->denial->rounds += rounds;
    dcv_name_lower(&lower);
    size_t len = lower.len;
    memcpy(octets, lower.wire, len);
    for (unsigned i = 0; i < rounds; i++) {
        if (chain->salt_len != 0)
            memcpy(octets + len, chain->salt, chain->salt_len);
        (void)ldns_sha1(octets, (unsigned)(len + chain->salt_len), out);
        memcpy(octets, out, HASH_LEN);
        len = HASH_LEN;
    }
    return true;
}

static const struct nsec3 *find_match(const struct search *search, const uint8_t digest[HASH_LEN])
{
    for (size_t i = 0; i < search->count; i++)
        if (same_chain(&search->records[i], search->chain) && memcmp(search->records[i].owner, digest, HASH_LEN) == 0)
            return &search->records[i];
    return NULL;
}

/* The last record of a chain leads back to the first; one alone covers all but its owner (RFC 5155 §3.1.7). */
static bool covers(const struct nsec3 *nsec3, const uint8_t digest[HASH_LEN])
{
    const bool after = memcmp(digest, nsec3->owner, HASH_LEN) > 0, before = memcmp(digest, nsec3->next, HASH_LEN) < 0;
    const bool last = memcmp(nsec3->next, nsec3->owner, HASH_LEN) <= 0;
    return last ? after || before : after && before;
}

static const struct nsec3 *find_cover(const struct search *search, const uint8_t digest[HASH_LEN])
{
    for (size_t i = 0; i < search->count; i++)
        if (same_chain(&search->records[i], search->chain) && covers(&search->records[i], digest))
            return &search->records[i];
    return NULL;
}

/* ---- proofs, in one chain --------------------------------------------------------------------------------------------------- */

/* The closest encloser proof (RFC 5155 §8.3) for a name that no record matches, and its hash: the record that covers the next closer name,
 * or NULL. An encloser at the parent's side of a cut, or beside a DNAME, would deny what another zone holds. */
static const struct nsec3 *next_closer_cover(struct search *search, const struct dcv_name *name, const uint8_t digest[HASH_LEN],
                                             struct dcv_name *encloser)
{
    uint8_t next_closer[HASH_LEN], above[HASH_LEN];
    memcpy(above, digest, HASH_LEN);
    *encloser = *name;
    const struct nsec3 *match = NULL;
    while (match == NULL) {
        memcpy(next_closer, above, HASH_LEN);
        if (dcv_name_equal(encloser, search->denial->zone) || !dcv_name_parent(encloser, encloser) || !hash(search, encloser, above))
            return NULL;
        match = find_match(search, above);
    }
    return dcv_types_end_names(&match->types) ? NULL : find_cover(search, next_closer);
}

/* Within an opt-out span nothing is secure (RFC 5155 §9.2). */
static enum dcv_proof proof_by(const struct nsec3 *cover)
{
    return cover->opt_out ? DCV_PROOF_OPT_OUT : DCV_PROOF_GOOD;
}

/* RFC 5155 §8.5 with erratum 3441, §8.6, §8.7. */
static enum dcv_proof prove_nodata(struct search *search, struct question *question)
{
    uint8_t digest[HASH_LEN];
    struct dcv_name encloser;
    if (!hash(search, question->name, digest))
        return DCV_PROOF_NONE;
    const struct nsec3 *match = find_match(search, digest);
    if (match != NULL)
        return dcv_types_deny(&match->types, question->name, question->type) ? DCV_PROOF_GOOD : DCV_PROOF_NONE;
    const struct nsec3 *cover = next_closer_cover(search, question->name, digest, &encloser);
    if (cover == NULL)
        return DCV_PROOF_NONE;
    const struct dcv_name wildcard = dcv_source_of_synthesis(&encloser);
    if (!hash(search, &wildcard, digest))
        return DCV_PROOF_NONE;
    match = find_match(search, digest);
    if (match != NULL)
        return dcv_types_deny(&match->types, &wildcard, question->type) ? proof_by(cover) : DCV_PROOF_NONE;
    return cover->opt_out ? DCV_PROOF_OPT_OUT : DCV_PROOF_NONE;
}

/* RFC 5155 §8.4. */
static enum dcv_proof prove_nxdomain(struct search *search, struct question *question)
{
    uint8_t digest[HASH_LEN];
    struct dcv_name encloser;
    if (!hash(search, question->name, digest))
        return DCV_PROOF_NONE;
    const struct nsec3 *match = find_match(search, digest);
    if (match != NULL)
        return dcv_types_deny_name(&match->types) ? DCV_PROOF_GOOD : DCV_PROOF_NONE;
    const struct nsec3 *cover = next_closer_cover(search, question->name, digest, &encloser);
    if (cover == NULL)
        return DCV_PROOF_NONE;
    const struct dcv_name wildcard = dcv_source_of_synthesis(&encloser);
    return hash(search, &wildcard, digest) && find_cover(search, digest) != NULL ? proof_by(cover) : DCV_PROOF_NONE;
}

/* RFC 5155 §8.8: that the encloser exists is known from the wildcard. */
static enum dcv_proof prove_expanded(struct search *search, struct question *question)
{
    uint8_t digest[HASH_LEN];
    const struct dcv_name next_closer = dcv_name_suffix(question->name, question->labels + 1);
    const struct nsec3 *cover = hash(search, &next_closer, digest) ? find_cover(search, digest) : NULL;
    return cover != NULL ? proof_by(cover) : DCV_PROOF_NONE;
}

/* RFC 5155 §8.9, RFC 6840 §4.4. */
static enum dcv_proof prove_cut(struct search *search, struct question *question)
{
    uint8_t digest[HASH_LEN];
    struct dcv_name encloser;
    if (!hash(search, question->name, digest))
        return DCV_PROOF_NONE;
    const struct nsec3 *match = find_match(search, digest);
    if (match != NULL) {
        if (dcv_types_have(&match->types, DCV_TYPE_DS) || dcv_types_have(&match->types, DCV_TYPE_SOA))
            return DCV_PROOF_NONE;
        question->delegated = dcv_types_have(&match->types, DCV_TYPE_NS);
        return DCV_PROOF_GOOD;
    }
    const struct nsec3 *cover = next_closer_cover(search, question->name, digest, &encloser);
    return cover != NULL ? proof_by(cover) : DCV_PROOF_NONE;
}

/* ---- all chains ------------------------------------------------------------------------------------------------------------- */

typedef enum dcv_proof prove_fn(struct search *search, struct question *question);

static enum dcv_proof best_of_chains(struct search *search, prove_fn *prove, struct question *question)
{
    enum dcv_proof best = DCV_PROOF_NONE;
    for (size_t i = 0; i < search->count && best != DCV_PROOF_GOOD; i++) {
        if (!begins_chain(search, i))
            continue;
        search->chain = &search->records[i];
        const enum dcv_proof proof = prove(search, question);
        if (search->limit)
            return DCV_PROOF_LIMIT;
        if (proof != DCV_PROOF_NONE)
            best = proof;
    }
    return best;
}

static enum dcv_proof prove_by_chains(const struct dcv_denial *denial, prove_fn *prove, struct question *question)
{
    struct search search = {.denial = denial};
    for (size_t i = 0; i < denial->count; i++)
        if (owned_by(denial->records[i], denial->zone))
            read_record(&search, denial->records[i]);
    const enum dcv_proof proof = search.limit ? DCV_PROOF_LIMIT : best_of_chains(&search, prove, question);
    if (proof != DCV_PROOF_NONE)
        return proof;
    if (search.iterations)
        return DCV_PROOF_ITERATIONS;
    return search.unknown && search.count == 0 ? DCV_PROOF_UNKNOWN : DCV_PROOF_NONE;
}

enum dcv_proof dcv_nsec3_nodata(const struct dcv_denial *denial, const struct dcv_name *name, uint16_t type)
{
    return prove_by_chains(denial, prove_nodata, &(struct question){.name = name, .type = type});
}

enum dcv_proof dcv_nsec3_nxdomain(const struct dcv_denial *denial, const struct dcv_name *name)
{
    return prove_by_chains(denial, prove_nxdomain, &(struct question){.name = name});
}

enum dcv_proof dcv_nsec3_expanded(const struct dcv_denial *denial, const struct dcv_name *name, unsigned labels)
{
    return prove_by_chains(denial, prove_expanded, &(struct question){.name = name, .labels = labels});
}

enum dcv_proof dcv_nsec3_cut(const struct dcv_denial *denial, const struct dcv_name *name, bool *delegated)
{
    struct question question = {.name = name};
    const enum dcv_proof proof = prove_by_chains(denial, prove_cut, &question);
    *delegated = question.delegated;
    return proof;
}
