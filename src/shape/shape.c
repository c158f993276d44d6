#include "shape/internal.h"

#include <stdlib.h>
#include <string.h>

enum { FACTS_MAX = 512, SHAPE_MAX = 1 << 20, HOUR_S = 3600, DAY_S = 86400, TRUSTS = 8, TRUST_MAX = 1200 };

/* Where a verdict stands in what was written. */
struct written_trust {
    const struct dcv_trust *trust;
    size_t at, len;
};

struct dcv_shaper {
    struct names names;
    struct dcv_buf out, scratch, values;
    struct written_trust trusts[TRUSTS];
    size_t trust_count;
};

enum dcv_status dcv_shaper_create(const struct dcv_psl *psl, struct dcv_shaper **out)
{
    struct dcv_shaper *shaper = calloc(1, sizeof *shaper);
    if (shaper == NULL)
        return DCV_ERR_NOMEM;
    shaper->names.psl = psl;
    dcv_buf_init(&shaper->out, SHAPE_MAX);
    dcv_buf_init(&shaper->scratch, SHAPE_MAX);
    dcv_buf_init(&shaper->values, SHAPE_MAX);
    *out = shaper;
    return DCV_OK;
}

void dcv_shaper_free(struct dcv_shaper *shaper)
{
    if (shaper == NULL)
        return;
    dcv_buf_done(&shaper->out);
    dcv_buf_done(&shaper->scratch);
    dcv_buf_done(&shaper->values);
    free(shaper);
}

/* ---- one fact -------------------------------------------------------------------------------------------------------------------- */

/* When signatures end is kept to the hour: a name whose signatures end in the same hour counts as alike. */
static void put_new_trust(struct dcv_shaper *shaper, const struct dcv_trust *trust)
{
    struct dcv_buf *out = &shaper->out;
    dcv_buf_putc(out, (char)(1 + trust->security));
    dcv_buf_putc(out, (char)trust->cause);
    names_put_name(&shaper->names, &trust->zone, true, out);
    names_put_name(&shaper->names, &trust->owner, true, out);
    dcv_buf_u16(out, trust->type);
    dcv_buf_putc(out, (char)trust->algorithm);
    dcv_buf_u32(out, (uint32_t)(trust->at / HOUR_S));
    dcv_buf_u32(out, (uint32_t)(trust->until / HOUR_S));
    names_put_name(&shaper->names, &trust->until_zone, true, out);
    names_put_name(&shaper->names, &trust->until_owner, true, out);
    dcv_buf_u16(out, trust->until_type);
}

/* Most answers of a name share one verdict: it is written once, and then copied. */
static void put_trust(struct dcv_shaper *shaper, const struct dcv_trust *trust)
{
    struct dcv_buf *out = &shaper->out;
    const size_t from = out->len, known = shaper->names.count;
    if (trust == NULL) {
        dcv_buf_putc(out, 0);
        return;
    }
    for (size_t i = 0; i < shaper->trust_count; i++) {
        if (shaper->trusts[i].trust == trust && !out->failed) {
            char copy[TRUST_MAX];
            memcpy(copy, out->data + shaper->trusts[i].at, shaper->trusts[i].len);
            dcv_buf_put(out, copy, shaper->trusts[i].len);
            return;
        }
    }
    put_new_trust(shaper, trust);
    const size_t len = out->len - from;
    if (shaper->names.count == known && shaper->trust_count < TRUSTS && len <= TRUST_MAX)
        shaper->trusts[shaper->trust_count++] = (struct written_trust){trust, from, len};
}

static void put_message(struct dcv_shaper *shaper, const struct dcv_message *message)
{
    struct dcv_buf *out = &shaper->out;
    if (message == NULL) {
        dcv_buf_putc(out, 0);
        return;
    }
    dcv_buf_putc(out, (char)(1 + (message->authoritative | message->truncated << 1 | message->recursion_available << 2 | message->authentic << 3 | message->edns << 4)));
    records_put(&shaper->names, &message->answer, true, &shaper->scratch, out);
    records_put(&shaper->names, &message->authority, false, &shaper->scratch, out);
    dcv_buf_u16(out, (uint16_t)message->ede_count);
    for (size_t i = 0; i < message->ede_count; i++) {
        dcv_buf_u16(out, message->edes[i].code);
        names_mark(&shaper->names, message->edes[i].text, strlen(message->edes[i].text), out);
        dcv_buf_putc(out, 0);
    }
}

static void put_fact(struct dcv_shaper *shaper, const struct dcv_dns_fact *fact)
{
    struct dcv_buf *out = &shaper->out;
    dcv_buf_u16(out, fact->type);
    names_put_name(&shaper->names, &fact->name, true, out);
    dcv_buf_putc(out, (char)fact->outcome);
    dcv_buf_u16(out, fact->rcode);
    dcv_buf_putc(out, (char)fact->security);
    put_trust(shaper, fact->trust);
    put_message(shaper, fact->message);
}

/* ---- all of them ------------------------------------------------------------------------------------------------------------------- */

struct place {
    const struct dcv_dns_fact *fact;
    uint8_t rank;       /* about the name and its domain, then about what is above, then about others */
    uint8_t key_len;
    uint8_t key[DCV_NAME_WIRE_MAX + 8];
};

static int by_place(const void *a, const void *b)
{
    const struct place *first = *(const struct place *const *)a, *second = *(const struct place *const *)b;
    if (first->rank != second->rank)
        return first->rank < second->rank ? -1 : 1;
    if (first->fact->type != second->fact->type)
        return first->fact->type < second->fact->type ? -1 : 1;
    const size_t len = first->key_len < second->key_len ? first->key_len : second->key_len;
    const int order = memcmp(first->key, second->key, len);
    return order != 0 ? order : (int)first->key_len - (int)second->key_len;
}

/* By its name as far as it is told, so that the order does not depend on what is left out. */
static void place_fact(struct dcv_shaper *shaper, const struct dcv_dns_fact *fact, struct place *out)
{
    struct cut cut;
    cut_name(&fact->name, &cut);
    const bool own = names_own(&shaper->names, &cut);
    out->fact = fact;
    out->rank = own ? 0 : common_labels(&shaper->names.items[0].cut, &cut) == cut.labels ? 1 : 2;
    dcv_buf_clear(&shaper->scratch);
    names_put(&shaper->names, &cut, false, &shaper->scratch);
    out->key_len = (uint8_t)(shaper->scratch.len < sizeof out->key ? shaper->scratch.len : sizeof out->key);
    memcpy(out->key, dcv_buf_text(&shaper->scratch), out->key_len);
}

/* The own name: which labels are special, and its public suffix. */
static void put_own(struct dcv_shaper *shaper, const struct dcv_hostname *name)
{
    const struct known *own = &shaper->names.items[0];
    struct dcv_buf *out = &shaper->out;
    dcv_buf_putc(out, (char)(1 + name->wildcard));
    dcv_buf_putc(out, (char)own->cut.labels);
    for (unsigned i = 0; i < own->cut.labels; i++)
        names_put_label(own->cut.wire + own->cut.at[i], i + own->least > own->cut.labels, out);
}

static void put_about(struct dcv_shaper *shaper, const struct dcv_facts *facts)
{
    const struct dcv_facts_about *about = dcv_facts_about_const(facts);
    struct dcv_buf *out = &shaper->out;
    dcv_buf_u32(out, (uint32_t)(about->at / DAY_S)); /* what is about to end is told by the day */
    dcv_buf_puts(out, about->dnssec_source);
    dcv_buf_putc(out, (char)about->validation);
    dcv_buf_putc(out, (char)(about->deadline | about->authority << 1));
}

static bool put_facts(struct dcv_shaper *shaper, const struct dcv_facts *facts)
{
    const size_t count = dcv_facts_count(facts);
    struct place places[64], *all = count <= 64 ? places : calloc(count, sizeof *all);
    struct place *sorted_few[64], **sorted = count <= 64 ? sorted_few : calloc(count, sizeof *sorted);
    if (all == NULL || sorted == NULL) {
        shaper->out.failed = true;
        free(all);
        free(sorted);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        place_fact(shaper, &dcv_facts_at(facts, i)->dns, &all[i]);
        sorted[i] = &all[i];
    }
    qsort(sorted, count, sizeof(struct place *), by_place);
    size_t others = 0;
    while (others < count && sorted[others]->rank < 2)
        put_fact(shaper, sorted[others++]->fact);
    /* Whom those named is known by now. */
    for (size_t i = others; i < count; i++)
        place_fact(shaper, sorted[i]->fact, sorted[i]);
    qsort(sorted + others, count - others, sizeof(struct place *), by_place);
    for (size_t i = others; i < count; i++)
        put_fact(shaper, sorted[i]->fact);
    if (all != places)
        free(all);
    if (sorted != sorted_few)
        free(sorted);
    return true;
}

static bool of_dns_alone(const struct dcv_facts *facts)
{
    const size_t count = dcv_facts_count(facts);
    if (count == 0 || count > FACTS_MAX)
        return false;
    for (size_t i = 0; i < count; i++)
        if (dcv_facts_at(facts, i)->kind != DCV_FACT_DNS)
            return false;
    return true;
}

enum dcv_status dcv_shape_of(struct dcv_shaper *shaper, const struct dcv_hostname *name, const struct dcv_facts *facts, struct dcv_shape *out)
{
    dcv_buf_clear(&shaper->out);
    dcv_buf_clear(&shaper->values);
    shaper->trust_count = 0;
    bool shared = names_begin(&shaper->names, &name->name) && of_dns_alone(facts);
    if (shared) {
        put_own(shaper, name);
        put_about(shaper, facts);
        if (!put_facts(shaper, facts))
            return DCV_ERR_NOMEM;
        shared = !shaper->names.full && !shaper->out.failed;
    }
    names_values(&shaper->names, &shaper->values);
    if (shaper->values.failed)
        return DCV_ERR_NOMEM;
    *out = (struct dcv_shape){.shared = shared, .octets = dcv_buf_text(&shaper->out), .len = shaper->out.len, .values = dcv_buf_text(&shaper->values)};
    return DCV_OK;
}

void dcv_shape_mark(const struct dcv_shaper *shaper, const char *text, size_t len, struct dcv_buf *out)
{
    names_mark(&shaper->names, text, len, out);
}
