/* Products: which names one can hold. */
#include "policy/order.h"

#include <string.h>

/* The same seller's product of the same kind that differs in holding wildcards, or not. */
static const struct dcv_product *counterpart(const struct dcv_ca *ca, const struct dcv_product *product)
{
    for (size_t i = 0; i < ca->product_count; i++) {
        const struct dcv_product *other = &ca->products[i];
        const bool related = strncmp(other->id, product->id, strlen(product->id)) == 0 || strncmp(other->id, product->id, strlen(other->id)) == 0;
        if (other->wildcard != product->wildcard && related)
            return other;
    }
    return NULL;
}

static void block_wildcard(struct ordering *ordering, struct dcv_judged_ca *ca, const char *subject)
{
    const struct dcv_product *product = ordering->order->product;
    const struct dcv_product *other = counterpart(ca->ca, product);
    struct making making = finding_begin(&ordering->judge, DCV_RULE_PRODUCT_NO_WILDCARD, subject);
    finding_arg(&making, "ca", ca->ca->id);
    finding_arg(&making, "product", product->id);
    if (other != NULL)
        finding_arg(&making, "other", other->id);
    finding_attach(&ordering->judge, ca, finding_end(&making));
}

void product_judge(struct ordering *ordering, struct dcv_judged_ca *ca)
{
    const struct dcv_product *product = ordering->order->product;
    size_t wildcards = 0;
    if (product == NULL || ca->ca != ordering->judge.options->seller)
        return;
    for (size_t i = 0; i < ordering->order->names.count; i++) {
        const struct dcv_hostname *name = ordering->order->names.items[i].judged->name;
        wildcards += name->wildcard;
        if (name->wildcard && !product->wildcard)
            block_wildcard(ordering, ca, name->ascii);
    }
    if (!product->wildcard || wildcards != 0 || ordering->order->names.count == 0)
        return;
    struct making making = finding_begin(&ordering->judge, DCV_RULE_PRODUCT_WILDCARD_UNUSED, product->id);
    const struct dcv_product *other = counterpart(ca->ca, product);
    finding_arg(&making, "ca", ca->ca->id);
    if (other != NULL)
        finding_arg(&making, "other", other->id);
    finding_attach(&ordering->judge, ca, finding_end(&making));
}
