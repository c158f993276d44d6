#include "base/text.h"
#include "ca/build.h"
#include "ca/distance.h"
#include "ca/set.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_MAX = 1000, RSA_BITS_MAX = 16384 };

const char *dcv_step_kind_text(enum dcv_step_kind kind)
{
    switch (kind) {
    case DCV_STEP_MAIL: return "mail";
    case DCV_STEP_INTENT: return "intent";
    case DCV_STEP_DOCUMENTS: return "documents";
    case DCV_STEP_ISSUE: return "issue";
    case DCV_STEP_NOTE: return "note";
    }
    return "";
}

/* `path` is that of what the steps are listed in. */
static const struct dcv_step *build_steps(struct dcv_ca_builder *builder, const struct raw_step *raw, size_t count,
                                          const char *path)
{
    struct dcv_step *steps = dcv_arena_array(builder->reader->arena, count, sizeof *steps);
    for (size_t i = 0; steps != NULL && i < count; i++) {
        char at[DCV_CA_PATH_MAX];
        (void)snprintf(at, sizeof at, "%ssteps/%zu/", path, i);
        steps[i] = (struct dcv_step){
            .kind = (enum dcv_step_kind)(raw[i].kind - 1),
            .en = dcv_build_text(builder, raw[i].en, at, "en"),
            .ja = dcv_build_text(builder, raw[i].ja, at, "ja"),
            .ref = dcv_build_ref(builder, &raw[i].ref, true, at),
        };
    }
    return steps;
}

static struct dcv_product build_product(struct dcv_ca_builder *builder, const struct raw_product *raw, const char *path)
{
    static const char *const validations[] = {NULL, "DV", "OV", "EV"}, *const servers[] = {NULL, "one", "several"};
    return (struct dcv_product){
        .id = dcv_build_text(builder, raw->id, path, "id"),
        .name_en = dcv_build_text(builder, raw->name.en, path, "name"),
        .name_ja = dcv_build_text(builder, raw->name.ja, path, "name"),
        .validation = validations[raw->validation],
        .wildcard = raw->wildcard == RAW_YES,
        .servers = servers[raw->servers],
        .steps = build_steps(builder, raw->steps, raw->step_count, path),
        .step_count = raw->step_count,
        .ref = dcv_build_ref(builder, &raw->ref, true, path),
    };
}

static void build_products(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    const struct dcv_step *steps = build_steps(builder, raw->steps, raw->step_count, "");
    struct dcv_product *products = dcv_arena_array(builder->reader->arena, raw->product_count, sizeof *products);
    for (size_t i = 0; products != NULL && i < raw->product_count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "products/%zu/", i);
        for (size_t j = 0; j < i; j++)
            if (strcmp(raw->products[i].id, products[j].id) == 0)
                dcv_build_fault(builder, path, "id", "two products have the id \"%s\"; rename one", products[j].id);
        products[i] = build_product(builder, &raw->products[i], path);
        if (products[i].step_count == 0) {
            products[i].steps = steps;
            products[i].step_count = raw->step_count;
        }
    }
    ca->products = products;
    ca->product_count = raw->product_count;
}

static void build_notices(struct dcv_ca_builder *builder, const struct raw_notices *raw, struct dcv_ca *ca)
{
    int *days = dcv_arena_array(builder->reader->arena, raw->day_count, sizeof *days);
    for (size_t i = 0; days != NULL && i < raw->day_count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "notices/days/%zu/", i);
        days[i] = dcv_build_number(builder, raw->days[i], DAYS_MAX, path, "days");
        if (i > 0 && days[i] >= days[i - 1])
            dcv_build_fault(builder, path, NULL,
                            "the notices are not in their order; put the earliest first, the most days before expiry");
    }
    ca->notice_days = days;
    ca->notice_count = raw->day_count;
    ca->notices_ref = dcv_build_ref(builder, &raw->ref, raw->day_count != 0, "notices/");
}

static void build_csr(struct dcv_ca_builder *builder, const struct raw_csr *raw, struct dcv_ca *ca)
{
    for (const char *at = raw->dn_characters; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || (unsigned char)*at > '~') {
            dcv_build_fault(builder, "csr/", "dn_characters",
                            "\"dn_characters\" holds what is no printable ASCII; list the characters themselves");
            break;
        }
    const bool given = raw->dn_characters != NULL || raw->rsa_bits_min != NULL;
    ca->csr = (struct dcv_csr_rules){
        .dn_characters = raw->dn_characters,
        .rsa_bits_min = dcv_build_number(builder, raw->rsa_bits_min, RSA_BITS_MAX, "csr/", "rsa_bits_min"),
        .ref = dcv_build_ref(builder, &raw->ref, given, "csr/"),
    };
}

void dcv_build_products(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    build_products(builder, raw, ca);
    build_notices(builder, &raw->notices, ca);
    build_csr(builder, &raw->csr, ca);
}

/* The place of a product among those of all profiles. */
static const struct dcv_product *product_at(const struct dcv_ca_set *set, size_t index, const struct dcv_ca **ca)
{
    for (size_t i = 0; i < set->count; i++) {
        if (index < set->cas[i]->product_count) {
            *ca = set->cas[i];
            return &set->cas[i]->products[index];
        }
        index -= set->cas[i]->product_count;
    }
    return NULL;
}

const struct dcv_product *dcv_product_find(const struct dcv_ca_set *set, const char *id, const struct dcv_ca **ca)
{
    const struct dcv_product *product;
    const struct dcv_ca *seller = NULL;
    for (size_t i = 0; (product = product_at(set, i, &seller)) != NULL; i++)
        if (dcv_ascii_equal_nocase(product->id, id)) {
            *ca = seller;
            return product;
        }
    return NULL;
}

const char *dcv_product_nearest(const struct dcv_ca_set *set, const char *id)
{
    struct dcv_nearest nearest = dcv_nearest_start(id);
    const struct dcv_product *product;
    const struct dcv_ca *seller = NULL;
    for (size_t i = 0; (product = product_at(set, i, &seller)) != NULL; i++)
        dcv_nearest_offer(&nearest, product->id);
    return dcv_nearest_end(&nearest);
}
