#include "fact/ladder.h"

static const struct dcv_rung *find(const struct dcv_ladder *ladder, const struct dcv_name *name)
{
    for (size_t i = 0; i < ladder->count; i++)
        if (dcv_name_equal(&ladder->rungs[i].name, name))
            return &ladder->rungs[i];
    return NULL;
}

/* The name and its parents down to its base domain, each a rung unless it is one already. */
static void climb(const struct dcv_psl *psl, struct dcv_rung rung, struct dcv_ladder *out)
{
    if (!dcv_psl_base(psl, &rung.name, &rung.base))
        return;
    for (;;) {
        if (find(out, &rung.name) == NULL) {
            if (rung.via != DCV_VIA_PRUNE && out->count - out->own == DCV_LADDER_ALIAS_MAX) {
                out->cut = true;
                return;
            }
            out->rungs[out->count++] = rung;
        }
        if (dcv_name_equal(&rung.name, &rung.base) || !dcv_name_parent(&rung.name, &rung.name))
            return;
    }
}

static void follow(const struct dcv_facts *facts, const struct dcv_psl *psl, const struct dcv_name *from, enum dcv_rung_via via,
                   struct dcv_ladder *out)
{
    size_t index;
    const struct dcv_dns_fact *fact = dcv_facts_dns(facts, from, DCV_TYPE_A, &index);
    const struct dcv_message *message = dcv_dns_fact_data(fact);
    if (message == NULL)
        return;
    enum { TARGETS = 16 };
    struct dcv_name targets[TARGETS];
    size_t links = dcv_message_chain(message, from, targets, TARGETS, NULL);
    if (links > TARGETS)
        out->cut = true;
    for (size_t i = 0; i < links && i < TARGETS; i++) {
        struct dcv_rung rung = {.name = targets[i], .via = via, .fact = index, .bogus = fact->security == DCV_SECURITY_BOGUS};
        climb(psl, rung, out);
    }
}

bool dcv_ladder_none(const struct dcv_psl *psl, const struct dcv_name *name)
{
    struct dcv_name onion;
    return dcv_psl_is_suffix(psl, name) || (dcv_name_parse("onion", &onion, NULL) == DCV_OK && dcv_name_under(name, &onion));
}

void dcv_ladder_build(const struct dcv_facts *facts, const struct dcv_psl *psl, const struct dcv_name *name, struct dcv_ladder *out)
{
    out->count = out->own = 0;
    out->cut = false;
    out->suffix = dcv_ladder_none(psl, name);
    if (out->suffix)
        return;
    climb(psl, (struct dcv_rung){.name = *name, .via = DCV_VIA_PRUNE, .fact = SIZE_MAX}, out);
    out->own = out->count;
    for (size_t i = 0; i < out->own; i++)
        follow(facts, psl, &out->rungs[i].name, i == 0 ? DCV_VIA_CNAME : DCV_VIA_PRUNED_CNAME, out);
}
