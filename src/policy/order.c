/* An order: how its names go together. */
#include "policy/order.h"

#include "base/text.h"

#include <string.h>

/* The plain name that the parent of `name` in the order is as a wildcard: the entry of "*.parent", or NULL. */
static const struct dcv_order_name *covering_wildcard(const struct dcv_order *order, const struct dcv_hostname *name)
{
    struct dcv_name parent;
    if (name->wildcard || !dcv_name_parent(&name->name, &parent))
        return NULL;
    for (size_t i = 0; i < order->names.count; i++) {
        const struct dcv_hostname *other = order->names.items[i].judged->name;
        if (other->wildcard && dcv_name_equal(&other->name, &parent))
            return &order->names.items[i];
    }
    return NULL;
}

static bool holds_plain(const struct dcv_order *order, const struct dcv_name *name)
{
    for (size_t i = 0; i < order->names.count; i++) {
        const struct dcv_hostname *other = order->names.items[i].judged->name;
        if (!other->wildcard && dcv_name_equal(&other->name, name))
            return true;
    }
    return false;
}

static void judge_name(struct ordering *ordering, const struct dcv_order_name *row)
{
    const struct dcv_hostname *name = row->judged->name;
    const struct dcv_order_name *wildcard = covering_wildcard(ordering->order, name);
    if (row->times > 1) {
        struct making making = finding_begin(&ordering->judge, DCV_RULE_ORDER_DUPLICATE, name->ascii);
        finding_arg_number(&making, "count", row->times);
        finding_end_general(&making);
    }
    if (wildcard != NULL) {
        struct making making = finding_begin(&ordering->judge, DCV_RULE_ORDER_COVERED, name->ascii);
        finding_arg(&making, "wildcard", wildcard->judged->name->ascii);
        finding_end_general(&making);
    }
    /* At a public suffix the wildcard itself is refused. */
    if (name->wildcard && row->judged->base.len != 0 && !holds_plain(ordering->order, &name->name)) {
        struct making making = finding_begin(&ordering->judge, DCV_RULE_ORDER_WILDCARD_BASE, name->ascii);
        finding_arg(&making, "name", name->ascii + 2);
        finding_end_general(&making);
    }
}

static void attach_general(struct ordering *ordering, struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ordering->judge.general.count; i++)
        finding_attach(&ordering->judge, ca, ordering->judge.general.items[i]);
    finding_order(&ordering->judge, ca);
}

/* Who issued the certificate in use. */
static void name_issuer(struct ordering *ordering)
{
    const struct dcv_x509 *from = ordering->order->certificate;
    const struct dcv_dn_field *field = from != NULL ? dcv_dn_find(from->issuer, from->issuer_count, "O") : NULL;
    if (field == NULL)
        return;
    ordering->order->issuer = dcv_arena_strndup(ordering->judge.arena, field->value, field->len);
    if (ordering->order->issuer != NULL)
        ordering->order->issuer_ca = dcv_ca_of_organisation(ordering->judge.options->set, ordering->order->issuer);
}

enum dcv_status dcv_policy_order(const struct dcv_policy_options *options, struct dcv_arena *arena, struct dcv_order *order)
{
    struct ordering ordering = {.judge = {.options = options, .arena = arena, .out = &order->sum}, .order = order};
    order->sum.arena = arena;
    order->sum.as_of = options->as_of;
    request_judge(&ordering);
    name_issuer(&ordering);
    for (size_t i = 0; i < order->names.count; i++)
        judge_name(&ordering, &order->names.items[i]);
    for (size_t i = 0; i < options->ca_count; i++) {
        struct dcv_judged_ca *ca = DCV_VEC_ADD(arena, &order->sum.cas);
        if (ca == NULL)
            return DCV_ERR_NOMEM;
        ca->ca = options->cas[i];
        ca->by = DCV_BY_EMAIL;
        request_judge_for(&ordering, ca);
        product_judge(&ordering, ca);
        attach_general(&ordering, ca);
    }
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}
