/* Why answers do not validate, and what will go wrong or is out of date in the zones' DNSSEC. Nothing here decides: the findings about
 * CAA, contacts and mail do. */
#include "policy/judge.h"

#include "finding/cause.h"
#include "record/dnskey.h"

#include <string.h>

enum {
    EXPIRY_DAYS = 3,        /* a signature that ends within so many days … */
    EXPIRY_SHARE = 4,       /* … and has less than this part of its life left, was to be renewed before */
    SHORT_RSA_BITS = 2048,
    DAY_S = 86400,
};

static const struct dcv_trust *trust_of(const struct dcv_fact *fact)
{
    return fact->kind == DCV_FACT_DNS ? fact->dns.trust : NULL;
}

/* ---- causes ---------------------------------------------------------------------------------------------------------------------- */

static void arg_type(struct making *making, const char *key, uint16_t type)
{
    char text[DCV_TYPE_TEXT];
    finding_arg(making, key, type != 0 ? dcv_type_text(type, text) : NULL);
}

static void arg_time(struct making *making, const char *key, int64_t at)
{
    char text[DCV_TIME_TEXT];
    finding_arg(making, key, at != 0 ? dcv_time_format_people(at, text) : NULL);
}

static void add_cause_args(struct making *making, const struct dcv_trust *trust)
{
    char algorithm[DCV_ALGORITHM_TEXT];
    finding_arg(making, "zone", trust->zone.len != 0 ? name_text(making->judge, &trust->zone) : NULL);
    finding_arg(making, "owner", trust->owner.len != 0 ? name_text(making->judge, &trust->owner) : NULL);
    arg_type(making, "type", trust->type);
    arg_time(making, "date", trust->at);
    if (trust->algorithm == 0)
        return;
    finding_arg_number(making, "key", trust->key_tag);
    finding_arg(making, "algorithm", dcv_algorithm_text(trust->algorithm, algorithm));
}

/* Causes of several answers are one where a zone has them alike. */
static bool same_cause(const struct dcv_trust *a, const struct dcv_trust *b)
{
    bool same_zone = a->zone.len == b->zone.len && (a->zone.len == 0 || dcv_name_equal(&a->zone, &b->zone));
    return a->cause == b->cause && same_zone;
}

/* What tells most of a cause: keys, which everything rests on, then what links zones, then CAA, which decides. Names that were asked about
 * only to find the cuts between zones, and the SOA, come last. */
static int rank(const struct dcv_trust *trust)
{
    const bool denied = trust->cause == DCV_CAUSE_DENIAL_MISSING || trust->cause == DCV_CAUSE_DENIAL_WRONG
        || trust->cause == DCV_CAUSE_NSEC3_UNKNOWN || trust->cause == DCV_CAUSE_NSEC3_ITERATIONS;
    switch (trust->type) {
    case DCV_TYPE_DNSKEY: return 0;
    case DCV_TYPE_DS: return denied ? 4 : 1;
    case DCV_TYPE_CAA: return 2;
    case DCV_TYPE_SOA: return 4;
    default: return 3;
    }
}

/* Of two answers with one cause, which is told? It must not depend on which came first. */
static bool tells_more(const struct judge *judge, const struct dcv_trust *a, const struct dcv_trust *b)
{
    const bool own_a = dcv_name_equal(&a->owner, &judge->name->name), own_b = dcv_name_equal(&b->owner, &judge->name->name);
    const unsigned labels_a = dcv_name_labels(&a->owner), labels_b = dcv_name_labels(&b->owner);
    if (rank(a) != rank(b))
        return rank(a) < rank(b);
    if (own_a != own_b)
        return own_a;
    if (labels_a != labels_b)
        return labels_a < labels_b;
    if (a->type != b->type)
        return a->type < b->type;
    return dcv_name_compare(&a->owner, &b->owner) < 0;
}

static bool told_before(const struct judge *judge, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const struct dcv_trust *earlier = trust_of(dcv_facts_at(judge->facts, i));
        if (earlier != NULL && same_cause(earlier, trust_of(dcv_facts_at(judge->facts, index))))
            return true;
    }
    return false;
}

/* The chain breaks where the owner of the name cannot mend it. */
static void judge_parent(struct judge *judge, const struct dcv_trust *trust, const struct dcv_fact_list *facts)
{
    const struct dcv_name *base = &judge->out->base;
    if (trust->security != DCV_SECURITY_BOGUS || trust->cause == DCV_CAUSE_ANCHOR_MISMATCH || trust->zone.len == 0 || base->len == 0
        || dcv_name_equal(&trust->zone, base) || !dcv_name_under(base, &trust->zone))
        return;
    struct making making = finding_begin(judge, DCV_RULE_DNSSEC_PARENT_BROKEN, name_text(judge, base));
    finding_arg(&making, "zone", name_text(judge, &trust->zone));
    finding_fact(&making, *facts);
    finding_end_general(&making);
}

/* One finding for all answers that share the cause with the fact `first`. */
static void judge_cause(struct judge *judge, size_t first, enum dcv_rule rule)
{
    const struct dcv_trust *trust = trust_of(dcv_facts_at(judge->facts, first));
    DCV_VEC(size_t) indices = {0};
    for (size_t i = first; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_trust *other = trust_of(dcv_facts_at(judge->facts, i));
        if (other == NULL || !same_cause(other, trust))
            continue;
        size_t *index = DCV_VEC_ADD(judge->arena, &indices);
        if (index != NULL)
            *index = i;
        if (tells_more(judge, other, trust))
            trust = other;
    }
    const struct dcv_fact_list facts = dcv_fact_list(judge->arena, indices.items, indices.count);
    struct making making = finding_begin(judge, rule, name_text(judge, trust->zone.len != 0 ? &trust->zone : &judge->name->name));
    add_cause_args(&making, trust);
    finding_fact(&making, facts);
    finding_end_general(&making);
    judge_parent(judge, trust, &facts);
}

/* To be unsigned is no fault, and what the resolver withholds is told of it, not of a zone: see judge_resolver(). */
static bool is_fault(const struct dcv_trust *trust)
{
    return trust != NULL && trust->cause != DCV_CAUSE_NONE && trust->cause != DCV_CAUSE_UNSIGNED && trust->cause != DCV_CAUSE_OPT_OUT
        && trust->cause != DCV_CAUSE_STRIPPED;
}

static void judge_causes(struct judge *judge)
{
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_trust *trust = trust_of(dcv_facts_at(judge->facts, i));
        if (!is_fault(trust) || told_before(judge, i))
            continue;
        const enum dcv_rule rule = dcv_rule_of_cause(dcv_cause_text(trust->cause));
        if (rule != DCV_RULE_COUNT)
            judge_cause(judge, i, rule);
    }
}

/* ---- the resolver ------------------------------------------------------------------------------------------------------------------- */

static void judge_resolver(struct judge *judge)
{
    const struct dcv_facts_about *about = dcv_facts_about_const(judge->facts);
    bool unresolved = false;
    if (about->validation != DCV_VALIDATION_STRIPPED || strcmp(about->dnssec_source, "local") != 0)
        return;
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_trust *trust = trust_of(dcv_facts_at(judge->facts, i));
        unresolved = unresolved || (trust != NULL && trust->cause == DCV_CAUSE_STRIPPED);
    }
    const struct dcv_name root = dcv_name_root();
    size_t index;
    struct making making = finding_begin(judge, unresolved ? DCV_RULE_DNSSEC_STRIPPED : DCV_RULE_DNSSEC_ASKED_DIRECTLY,
                                         name_text(judge, &judge->name->name));
    finding_arg(&making, "resolver", about->resolver != NULL ? about->resolver : "");
    if (dcv_facts_dns(judge->facts, &root, DCV_TYPE_DNSKEY, &index) != NULL)
        finding_fact(&making, one_fact(judge, index));
    finding_end_general(&making);
}

/* ---- ahead of time -------------------------------------------------------------------------------------------------------------------- */

/* The life of the signature that ends at `until`, in seconds; 0: it is not among the facts. */
static int64_t life_of(const struct judge *judge, const struct dcv_trust *trust)
{
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &trust->until_owner, trust->until_type, NULL);
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        struct dcv_rrsig rrsig;
        if (dcv_rr_rrsig(&message->answer.items[i], &rrsig) && rrsig.covered == trust->until_type
            && dcv_rrsig_time(rrsig.expiration, trust->until) == trust->until)
            return trust->until - dcv_rrsig_time(rrsig.inception, trust->until);
    }
    return 0;
}

static bool ends_soon(const struct judge *judge, const struct dcv_trust *trust, int64_t now)
{
    const unsigned days = judge->options->signature_days;
    const int64_t left = trust->until - now, life = life_of(judge, trust);
    if (days != 0) /* the user's own measure */
        return left < (int64_t)days * DAY_S;
    return left < (int64_t)EXPIRY_DAYS * DAY_S && (life == 0 || left < life / EXPIRY_SHARE);
}

static const char *left_text(struct judge *judge, int64_t seconds)
{
    enum { HOUR_S = 3600 };
    const char *text = seconds >= 2 * (int64_t)DAY_S ? dcv_arena_printf(judge->arena, "%lld d", (long long)(seconds / DAY_S))
                                                     : dcv_arena_printf(judge->arena, "%lld h", (long long)(seconds / HOUR_S));
    return text != NULL ? text : "";
}

static bool same_zone_ends(const struct dcv_trust *a, const struct dcv_trust *b)
{
    return a != NULL && a->security == DCV_SECURITY_SECURE && a->until != 0 && dcv_name_equal(&a->until_zone, &b->until_zone);
}

/* Of two signatures of a zone, which is told: what ends first, then keys. */
static bool ends_before(const struct judge *judge, const struct dcv_trust *a, const struct dcv_trust *b)
{
    const struct dcv_trust first = {.owner = a->until_owner, .type = a->until_type}, second = {.owner = b->until_owner, .type = b->until_type};
    return a->until != b->until ? a->until < b->until : tells_more(judge, &first, &second);
}

/* One finding for the zone of the signature on which fact `first` rests, unless a fact before it was of that zone. */
static void judge_zone_expiry(struct judge *judge, size_t first, int64_t now)
{
    const struct dcv_trust *trust = trust_of(dcv_facts_at(judge->facts, first)), *of_first = trust;
    size_t told = first;
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_trust *other = trust_of(dcv_facts_at(judge->facts, i));
        if (!same_zone_ends(other, of_first))
            continue;
        if (i < first)
            return;
        if (ends_before(judge, other, trust)) {
            trust = other;
            told = i;
        }
    }
    if (!ends_soon(judge, trust, now))
        return;
    struct making making = finding_begin(judge, DCV_RULE_DNSSEC_EXPIRES_SOON, name_text(judge, &trust->until_zone));
    finding_arg(&making, "zone", name_text(judge, &trust->until_zone));
    finding_arg(&making, "owner", name_text(judge, &trust->until_owner));
    arg_type(&making, "type", trust->until_type);
    arg_time(&making, "date", trust->until);
    finding_arg(&making, "left", left_text(judge, trust->until - now));
    finding_fact(&making, one_fact(judge, told));
    finding_end_general(&making);
}

/* The first end of each zone's signatures. */
static void judge_expiry(struct judge *judge)
{
    const int64_t now = dcv_facts_about_const(judge->facts)->at;
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_trust *trust = trust_of(dcv_facts_at(judge->facts, i));
        if (trust != NULL && same_zone_ends(trust, trust))
            judge_zone_expiry(judge, i, now);
    }
}

/* ---- as it should be ---------------------------------------------------------------------------------------------------------------- */

/* MUST NOT be used for signing (RFC 8624 §3.1, RFC 9905 §2): RSAMD5, DSA, RSASHA1, DSA and RSASHA1 with NSEC3, GOST. */
static bool weak_algorithm(uint8_t algorithm)
{
    return algorithm == 1 || algorithm == 3 || (algorithm >= 5 && algorithm <= 7) || algorithm == 12;
}

/* SHA-1 and GOST (RFC 8624 §3.3). */
static bool weak_digest(uint8_t digest)
{
    return digest == 1 || digest == 3;
}

static bool is_rsa(uint8_t algorithm)
{
    return algorithm == 5 || algorithm == 7 || algorithm == 8 || algorithm == 10;
}

static void judge_key(struct judge *judge, const struct dcv_name *zone, const struct dcv_dnskey *key, size_t index)
{
    const unsigned bits = dcv_dnskey_bits(key);
    if (weak_algorithm(key->algorithm)) {
        char algorithm[DCV_ALGORITHM_TEXT];
        struct making making = finding_begin(judge, DCV_RULE_DNSSEC_WEAK_ALGORITHM, name_text(judge, zone));
        finding_arg(&making, "zone", name_text(judge, zone));
        finding_arg(&making, "algorithm", dcv_algorithm_text(key->algorithm, algorithm));
        finding_fact(&making, one_fact(judge, index));
        finding_end_general(&making);
    } else if (is_rsa(key->algorithm) && bits != 0 && bits < SHORT_RSA_BITS) {
        struct making making = finding_begin(judge, DCV_RULE_DNSSEC_SHORT_KEY, name_text(judge, zone));
        finding_arg(&making, "zone", name_text(judge, zone));
        finding_arg_number(&making, "key", key->tag);
        finding_arg_number(&making, "bits", bits);
        finding_fact(&making, one_fact(judge, index));
        finding_end_general(&making);
    }
}

static void judge_ds(struct judge *judge, const struct dcv_name *zone, const struct dcv_ds *ds, size_t index)
{
    char digest[DCV_ALGORITHM_TEXT];
    if (!weak_digest(ds->digest_type))
        return;
    struct making making = finding_begin(judge, DCV_RULE_DNSSEC_WEAK_DIGEST, name_text(judge, zone));
    finding_arg(&making, "zone", name_text(judge, zone));
    finding_arg_number(&making, "key", ds->tag);
    finding_arg(&making, "digest", dcv_digest_text(ds->digest_type, digest));
    finding_fact(&making, one_fact(judge, index));
    finding_end_general(&making);
}

static bool is_own(const struct judge *judge, const struct dcv_name *name)
{
    return judge->out->base.len != 0 && dcv_name_under(name, &judge->out->base);
}

static void judge_keys(struct judge *judge, const struct dcv_dns_fact *fact, size_t index)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->answer.count; i++) {
        const struct dcv_rr *rr = &message->answer.items[i];
        struct dcv_dnskey key;
        struct dcv_ds ds;
        if (!dcv_name_equal(&rr->owner, &fact->name))
            continue;
        if (dcv_rr_dnskey(rr, &key))
            judge_key(judge, &rr->owner, &key, index);
        else if (dcv_rr_ds(rr, &ds))
            judge_ds(judge, &rr->owner, &ds, index);
    }
}

/* Who signed the NSEC3 at `owner`: the zone is the owner without the hash. */
static void judge_nsec3(struct judge *judge, const struct dcv_dns_fact *fact, size_t index)
{
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    for (size_t i = 0; message != NULL && i < message->authority.count; i++) {
        struct dcv_nsec3param param;
        struct dcv_name zone;
        const struct dcv_rr *rr = &message->authority.items[i];
        if (rr->type != DCV_TYPE_NSEC3 || !dcv_rr_nsec3param(rr, &param) || (param.iterations == 0 && param.salt_len == 0)
            || !dcv_name_parent(&rr->owner, &zone) || !is_own(judge, &zone))
            continue;
        struct making making = finding_begin(judge, DCV_RULE_DNSSEC_NSEC3_PARAMETERS, name_text(judge, &zone));
        finding_arg(&making, "zone", name_text(judge, &zone));
        finding_arg_number(&making, "iterations", param.iterations);
        finding_arg_number(&making, "salt", param.salt_len);
        finding_fact(&making, one_fact(judge, index));
        finding_end_general(&making);
        return;
    }
}

static void judge_hygiene(struct judge *judge)
{
    for (size_t i = 0; i < dcv_facts_count(judge->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        if (fact->kind != DCV_FACT_DNS || fact->dns.trust == NULL)
            continue;
        if ((fact->dns.type == DCV_TYPE_DNSKEY || fact->dns.type == DCV_TYPE_DS) && is_own(judge, &fact->dns.name))
            judge_keys(judge, &fact->dns, i);
        judge_nsec3(judge, &fact->dns, i);
    }
}

void dnssec_judge(struct judge *judge)
{
    judge_causes(judge);
    judge_resolver(judge);
    judge_expiry(judge);
    judge_hygiene(judge);
}
