#include "dnssec/chain.h"

/* What a zone's keys are measured by: a DS of the parent, or an anchor, which is a DS or the key itself. */
struct pin {
    bool is_key;
    struct dcv_ds ds;      /* tag and algorithm only of a key */
    struct dcv_dnskey key;
};
struct pins {
    DCV_VEC(struct pin) list; /* those that can be used */
    bool anchor;
    struct dcv_ds unusable;   /* the first that cannot; algorithm 0: none */
    bool digest_unknown;      /* one of those has an algorithm that is known */
};

bool dcv_chain_anchor(const struct dcv_work *work, const struct dcv_name *name, struct dcv_name *out)
{
    const struct dcv_anchors *anchors = work->validator->options.anchors;
    bool found = false;
    for (size_t i = 0; i < dcv_anchors_count(anchors); i++) {
        const struct dcv_name *owner = &dcv_anchors_at(anchors, i)->owner;
        if (dcv_name_under(name, owner) && (!found || owner->len > out->len)) {
            *out = *owner;
            found = true;
        }
    }
    return found;
}

static void add_pin(struct dcv_work *work, struct pins *pins, const struct pin *pin)
{
    const bool refuse_sha1 = work->validator->options.refuse_sha1;
    const bool algorithm = dcv_algorithm_supported(pin->ds.algorithm, refuse_sha1);
    if (algorithm && (pin->is_key || dcv_digest_supported(pin->ds.digest_type, refuse_sha1))) {
        struct pin *slot = DCV_VEC_ADD(work->arena, &pins->list);
        if (slot != NULL)
            *slot = *pin;
        return;
    }
    pins->digest_unknown |= algorithm;
    if (pins->unusable.algorithm == 0)
        pins->unusable = pin->ds;
}

static void pins_of_anchors(struct dcv_work *work, const struct dcv_name *zone, struct pins *pins)
{
    const struct dcv_anchors *anchors = work->validator->options.anchors;
    pins->anchor = true;
    for (size_t i = 0; i < dcv_anchors_count(anchors); i++) {
        const struct dcv_rr *rr = dcv_anchors_at(anchors, i);
        struct pin pin = {.is_key = false};
        if (!dcv_name_equal(&rr->owner, zone))
            continue;
        if (dcv_rr_dnskey(rr, &pin.key)) {
            pin.is_key = true;
            pin.ds = (struct dcv_ds){.tag = pin.key.tag, .algorithm = pin.key.algorithm};
            add_pin(work, pins, &pin);
        } else if (dcv_rr_ds(rr, &pin.ds)) {
            add_pin(work, pins, &pin);
        }
    }
}

static void pins_of_ds(struct dcv_work *work, const struct dcv_rrset *ds, struct pins *pins)
{
    for (size_t i = 0; i < ds->count; i++) {
        const struct dcv_rr rr = {.type = DCV_TYPE_DS, .rdlen = (uint16_t)ds->rdatas[i].len, .rdata = ds->rdatas[i].data};
        struct pin pin = {.is_key = false};
        if (dcv_rr_ds(&rr, &pin.ds))
            add_pin(work, pins, &pin);
    }
}

/* A SHA-1 digest does not count beside a better one (RFC 4509 §3). */
static bool outdone(const struct pins *pins, const struct pin *pin)
{
    enum { SHA1 = 1 };
    if (pin->is_key || pin->ds.digest_type != SHA1)
        return false;
    for (size_t i = 0; i < pins->list.count; i++) {
        const struct pin *other = &pins->list.items[i];
        if (!other->is_key && other->ds.algorithm == pin->ds.algorithm && other->ds.digest_type != SHA1)
            return true;
    }
    return false;
}

/* The search for keys that a pin names. */
struct search {
    const struct dcv_zone *zone; /* with all keys that it has, trusted or not */
    struct dcv_dnskey *found;
    size_t count;
    unsigned digests;
    const struct dcv_dnskey *unfit; /* named, but not allowed to sign */
};

static bool same_key(const struct dcv_dnskey *a, const struct dcv_dnskey *b)
{
    const struct dcv_octets first = {a->key, a->key_len}, second = {b->key, b->key_len};
    return a->flags == b->flags && a->protocol == b->protocol && dcv_octets_compare(&first, &second) == 0;
}

static bool matches(struct search *search, const struct pin *pin, const struct dcv_dnskey *key)
{
    if (key->tag != pin->ds.tag || key->algorithm != pin->ds.algorithm)
        return false;
    if (pin->is_key)
        return same_key(&pin->key, key);
    return ++search->digests <= DCV_DIGESTS_MAX && dcv_ds_digests(&pin->ds, &search->zone->name, key);
}

static void find_keys(struct search *search, const struct pins *pins)
{
    for (size_t i = 0; i < search->zone->key_count; i++) {
        const struct dcv_dnskey *key = &search->zone->keys[i];
        bool named = false;
        for (size_t j = 0; j < pins->list.count && !named; j++)
            named = !outdone(pins, &pins->list.items[j]) && matches(search, &pins->list.items[j], key);
        if (named && dcv_dnskey_fit(key))
            search->found[search->count++] = *key;
        else if (named && search->unfit == NULL)
            search->unfit = key;
    }
}

static bool has_algorithm(const struct dcv_zone *zone, uint8_t algorithm)
{
    for (size_t i = 0; i < zone->key_count; i++)
        if (zone->keys[i].algorithm == algorithm)
            return true;
    return false;
}

static bool tag_of_other_algorithm(const struct dcv_zone *zone, const struct dcv_ds *ds)
{
    for (size_t i = 0; i < zone->key_count; i++)
        if (zone->keys[i].tag == ds->tag && zone->keys[i].algorithm != ds->algorithm)
            return true;
    return false;
}

static struct dcv_outcome key_outcome(enum dcv_cause cause, const struct dcv_name *zone, uint16_t type, uint16_t tag, uint8_t algorithm)
{
    struct dcv_outcome outcome = dcv_outcome_of(DCV_SECURITY_BOGUS, cause, zone, zone, type);
    outcome.trust.key_tag = tag;
    outcome.trust.algorithm = algorithm;
    return outcome;
}

/* Why no key is found. */
static struct dcv_outcome no_key(const struct search *search, const struct pins *pins)
{
    const struct dcv_zone *zone = search->zone;
    const struct dcv_ds *first = &pins->list.items[0].ds, *odd = NULL;
    if (search->digests > DCV_DIGESTS_MAX)
        return key_outcome(DCV_CAUSE_TOO_MUCH_WORK, &zone->name, DCV_TYPE_DNSKEY, 0, 0);
    if (search->unfit != NULL)
        return key_outcome(DCV_CAUSE_KEY_UNFIT, &zone->name, DCV_TYPE_DNSKEY, search->unfit->tag, search->unfit->algorithm);
    if (pins->anchor)
        return key_outcome(DCV_CAUSE_ANCHOR_MISMATCH, &zone->name, DCV_TYPE_DNSKEY, first->tag, first->algorithm);
    bool served = false;
    for (size_t i = 0; i < pins->list.count; i++) {
        const struct dcv_ds *ds = &pins->list.items[i].ds;
        served |= has_algorithm(zone, ds->algorithm);
        if (odd == NULL && tag_of_other_algorithm(zone, ds))
            odd = ds;
    }
    if (odd == NULL && !served)
        odd = first;
    if (odd != NULL)
        return key_outcome(DCV_CAUSE_ALGORITHM_MISMATCH, &zone->name, DCV_TYPE_DS, odd->tag, odd->algorithm);
    return key_outcome(DCV_CAUSE_DS_MISMATCH, &zone->name, DCV_TYPE_DS, first->tag, first->algorithm);
}

/* The DNSKEY RRset must be signed by a key that is pinned (RFC 4035 §5.2). */
static struct dcv_outcome check_keys(struct dcv_work *work, const struct dcv_rrset *rrset, const struct search *search)
{
    const struct dcv_name *zone = &search->zone->name;
    struct dcv_checked checked;
    dcv_signature_check(work, rrset, zone, search->found, search->count, &checked);
    if (rrset->signature_count == 0 || checked.trust.cause == DCV_CAUSE_KEY_MISSING) /* signed by others, or by none */
        return key_outcome(DCV_CAUSE_SIGNATURE_MISSING, zone, DCV_TYPE_DNSKEY, search->found[0].tag, search->found[0].algorithm);
    return (struct dcv_outcome){.trust = checked.trust};
}

/* Reads the DNSKEY RRset and looks for the keys that are pinned in it. */
static struct dcv_outcome read_keys(struct dcv_work *work, const struct dcv_rrset *rrset, const struct pins *pins, struct dcv_zone *zone)
{
    struct search search = {.zone = zone};
    zone->keys = dcv_arena_array(work->arena, rrset->count, sizeof zone->keys[0]);
    search.found = dcv_arena_array(work->arena, rrset->count, sizeof search.found[0]);
    if (zone->keys == NULL || search.found == NULL)
        return dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NONE, NULL, NULL, 0);
    for (size_t i = 0; i < rrset->count; i++) {
        const struct dcv_rr rr = {.type = DCV_TYPE_DNSKEY, .rdlen = (uint16_t)rrset->rdatas[i].len, .rdata = rrset->rdatas[i].data};
        zone->key_count += dcv_rr_dnskey(&rr, &zone->keys[zone->key_count]);
    }
    find_keys(&search, pins);
    return search.count != 0 ? check_keys(work, rrset, &search) : no_key(&search, pins);
}

/* From what pins the zone's keys to the keys. */
static struct dcv_outcome follow_pins(struct dcv_work *work, const struct pins *pins, struct dcv_zone *zone)
{
    if (dcv_arena_failed(work->arena))
        return dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NONE, NULL, NULL, 0);
    if (pins->list.count == 0 && pins->anchor) /* whoever named it wants validation, and not that everything passes for unsigned */
        return dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NO_ANCHOR, NULL, &zone->name, DCV_TYPE_DNSKEY);
    if (pins->list.count == 0) { /* RFC 4035 §5.2: as if it were not signed */
        struct dcv_outcome outcome = key_outcome(pins->digest_unknown ? DCV_CAUSE_DIGEST_UNKNOWN : DCV_CAUSE_ALGORITHM_UNKNOWN, &zone->name,
                                                 DCV_TYPE_DS, pins->unusable.tag, pins->unusable.algorithm);
        outcome.trust.security = DCV_SECURITY_INSECURE;
        return outcome;
    }
    const struct dcv_known_answer known = dcv_work_find(work, &zone->name, DCV_TYPE_DNSKEY);
    if (known.state != DCV_KNOWN_ANSWER)
        return dcv_outcome_unknown(known.state, &zone->name, DCV_TYPE_DNSKEY);
    struct dcv_rrset rrset;
    if (!dcv_rrset_find(work->arena, &known.message->answer, &zone->name, DCV_TYPE_DNSKEY, &rrset))
        return key_outcome(pins->anchor ? DCV_CAUSE_ANCHOR_MISMATCH : DCV_CAUSE_DNSKEY_MISSING, &zone->name, DCV_TYPE_DNSKEY,
                           pins->list.items[0].ds.tag, pins->list.items[0].ds.algorithm);
    return read_keys(work, &rrset, pins, zone);
}

/* Asks together for what a zone below an anchor rests on; what lies between is known once the DS is there, but for the first cut below the
 * anchor, which nearly every name has. */
static void ask_ahead(struct dcv_work *work, const struct dcv_name *name, const struct dcv_name *anchor)
{
    const struct dcv_name first = dcv_name_suffix(name, dcv_name_labels(anchor) + 1);
    (void)dcv_work_find(work, name, DCV_TYPE_DNSKEY);
    (void)dcv_work_find(work, &first, DCV_TYPE_DS);
    (void)dcv_work_find(work, &first, DCV_TYPE_DNSKEY);
    (void)dcv_work_find(work, anchor, DCV_TYPE_DNSKEY);
}

static struct dcv_outcome find_out(struct dcv_work *work, struct dcv_zone *zone)
{
    struct dcv_name anchor;
    struct pins pins = {.anchor = false};
    if (!dcv_chain_anchor(work, &zone->name, &anchor))
        return dcv_outcome_of(DCV_SECURITY_INDETERMINATE, DCV_CAUSE_NO_ANCHOR, &zone->name, NULL, 0);
    if (work->depth > DCV_CHAIN_MAX)
        return key_outcome(DCV_CAUSE_TOO_MUCH_WORK, &zone->name, DCV_TYPE_DNSKEY, 0, 0);
    if (dcv_name_equal(&anchor, &zone->name)) {
        pins_of_anchors(work, &zone->name, &pins);
        return follow_pins(work, &pins, zone);
    }
    const struct dcv_delegation *delegation = dcv_chain_delegation(work, &zone->name);
    if (delegation->outcome.pending)
        ask_ahead(work, &zone->name, &anchor);
    if (delegation->kind == DCV_DELEGATION_ENDED)
        return delegation->outcome;
    if (delegation->kind == DCV_DELEGATION_NONE)
        return dcv_outcome_of(DCV_SECURITY_BOGUS, DCV_CAUSE_SIGNER_WRONG, &zone->name, NULL, 0);
    pins_of_ds(work, &delegation->ds, &pins);
    const struct dcv_outcome outcome = follow_pins(work, &pins, zone);
    return dcv_outcome_both(&outcome, &delegation->outcome);
}

static const struct dcv_zone out_of_memory = {.outcome = {.trust = {.security = DCV_SECURITY_INDETERMINATE}}};

const struct dcv_zone *dcv_chain_zone(struct dcv_work *work, const struct dcv_name *name)
{
    for (size_t i = 0; i < work->zones.count; i++)
        if (dcv_name_equal(&work->zones.items[i]->name, name))
            return work->zones.items[i];
    struct dcv_zone *zone = dcv_arena_alloc(work->arena, sizeof *zone);
    if (zone == NULL)
        return &out_of_memory;
    zone->name = *name;
    dcv_name_lower(&zone->name);
    work->depth++;
    zone->outcome = find_out(work, zone);
    work->depth--;
    struct dcv_zone **slot = DCV_VEC_ADD(work->arena, &work->zones);
    if (slot == NULL)
        return &out_of_memory;
    *slot = zone;
    return zone;
}
