#include "base/text.h"
#include "ca/build.h"
#include "ca/distance.h"
#include "ca/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPO_MAX = 2 };

static int compare_nocase(const char *a, const char *b)
{
    while (*a != '\0' && dcv_ascii_lower(*a) == dcv_ascii_lower(*b)) {
        a++;
        b++;
    }
    return (unsigned char)dcv_ascii_lower(*a) - (unsigned char)dcv_ascii_lower(*b);
}

static int compare_issuers(const void *a, const void *b)
{
    return compare_nocase(((const struct dcv_issuer *)a)->domain, ((const struct dcv_issuer *)b)->domain);
}

static int compare_domain(const void *domain, const void *issuer)
{
    return compare_nocase(domain, ((const struct dcv_issuer *)issuer)->domain);
}

static const struct dcv_issuer *find(const struct dcv_issuer *issuers, size_t count, const char *domain)
{
    return count != 0 ? bsearch(domain, issuers, count, sizeof *issuers, compare_domain) : NULL;
}

/* The place of the last domain that is written so. */
static void find_place(const struct raw_issuers *raw, const char *domain, char path[DCV_CA_PATH_MAX])
{
    for (size_t i = 0; i < raw->owner_count; i++)
        for (size_t j = 0; j < raw->owners[i].domain_count; j++)
            if (compare_nocase(raw->owners[i].domains[j], domain) == 0)
                (void)snprintf(path, DCV_CA_PATH_MAX, "owners/%zu/domains/%zu/", i, j);
}

/* A file that names one domain twice is wrong about one of the owners. */
static void check_twice(struct dcv_ca_builder *builder, const struct raw_issuers *raw, const struct dcv_issuer *sorted,
                        size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (compare_issuers(&sorted[i - 1], &sorted[i]) != 0)
            continue;
        char path[DCV_CA_PATH_MAX] = "";
        find_place(raw, sorted[i].domain, path);
        dcv_build_fault(builder, path, NULL, "the domain \"%s\" is there twice; keep one", sorted[i].domain);
    }
}

static void read_owners(struct dcv_ca_builder *builder, const struct raw_issuers *raw, struct dcv_ca_set *set)
{
    size_t count = 0, at = 0;
    for (size_t i = 0; i < raw->owner_count; i++)
        count += raw->owners[i].domain_count;
    struct dcv_issuer *issuers = dcv_arena_array(builder->reader->arena, count, sizeof *issuers);
    if (issuers == NULL)
        return;
    for (size_t i = 0; i < raw->owner_count; i++)
        for (size_t j = 0; j < raw->owners[i].domain_count; j++) {
            char path[DCV_CA_PATH_MAX];
            (void)snprintf(path, sizeof path, "owners/%zu/domains/%zu/", i, j);
            issuers[at++] = (struct dcv_issuer){dcv_build_domain(builder, raw->owners[i].domains[j], path),
                                                dcv_build_text(builder, raw->owners[i].name, path, "name")};
        }
    qsort(issuers, count, sizeof *issuers, compare_issuers);
    check_twice(builder, raw, issuers, count);
    set->issuers = issuers;
    set->issuer_count = count;
}

/* A brand stands for an issuer domain of the same file, and each for one only. */
static void read_brands(struct dcv_ca_builder *builder, const struct raw_issuers *raw, struct dcv_ca_set *set)
{
    struct dcv_brand *brands = dcv_arena_array(builder->reader->arena, raw->brand_count, sizeof *brands);
    if (brands == NULL)
        return;
    for (size_t i = 0; i < raw->brand_count; i++) {
        const struct raw_brand *brand = &raw->brands[i];
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "brands/%zu/", i);
        (void)dcv_build_ref(builder, &brand->ref, true, path);
        if (strspn(brand->label, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(brand->label))
            dcv_build_fault(builder, path, "label", "\"%s\" is no label; write one label in lower case, without a dot",
                            brand->label);
        if (dcv_issuer_find(set, brand->issuer) == NULL)
            dcv_build_fault(builder, path, "issuer", "\"%s\" is under no owner; add it there or correct it",
                            brand->issuer);
        for (size_t j = 0; j < i; j++)
            if (strcmp(brands[j].label, brand->label) == 0)
                dcv_build_fault(builder, path, "label", "the brand \"%s\" is there twice; keep one", brand->label);
        brands[i] = (struct dcv_brand){brand->label, brand->issuer};
    }
    set->brands = brands;
    set->brand_count = raw->brand_count;
}

bool dcv_issuers_read(struct dcv_ca_set *set, struct dcv_ca_reader *reader)
{
    const struct raw_issuers *raw = dcv_ca_parse(reader, &dcv_issuers_schema);
    return raw != NULL && dcv_issuers_build(set, reader, raw);
}

bool dcv_issuers_build(struct dcv_ca_set *set, struct dcv_ca_reader *reader, const struct raw_issuers *raw)
{
    struct dcv_ca_builder builder = {.reader = reader};
    dcv_build_sources(&builder, raw->sources, raw->source_count);
    (void)dcv_build_ref(&builder, &raw->ref, true, "");
    read_owners(&builder, raw, set);
    read_brands(&builder, raw, set);
    if (dcv_arena_failed(reader->arena))
        reader->status = DCV_ERR_NOMEM;
    return reader->status == DCV_OK;
}

/* A domain that several profiles accept and no list names belongs to the first that is no reseller or brand. */
static void add_domains(const struct dcv_ca *ca, struct dcv_issuer *issuers, size_t *count)
{
    for (size_t i = 0; i < ca->issuer_domain_count; i++) {
        const char *domain = ca->issuer_domains[i].domain;
        if (find(issuers, *count, domain) != NULL)
            continue;
        issuers[(*count)++] = (struct dcv_issuer){domain, ca->name_en};
        qsort(issuers, *count, sizeof *issuers, compare_issuers);
    }
}

bool dcv_issuers_finish(struct dcv_ca_set *set)
{
    size_t room = set->issuer_count, count = set->issuer_count;
    for (size_t i = 0; i < set->count; i++)
        room += set->cas[i]->issuer_domain_count;
    struct dcv_issuer *issuers = dcv_arena_array(set->arena, room, sizeof *issuers);
    if (issuers == NULL)
        return false;
    if (count != 0)
        memcpy(issuers, set->issuers, count * sizeof *issuers);
    for (size_t i = 0; i < set->count; i++)
        if (set->cas[i]->kind == DCV_CA_KIND_CA)
            add_domains(set->cas[i], issuers, &count);
    for (size_t i = 0; i < set->count; i++)
        add_domains(set->cas[i], issuers, &count);
    set->issuers = issuers;
    set->issuer_count = count;
    return true;
}

const char *dcv_issuer_find(const struct dcv_ca_set *set, const char *domain)
{
    const struct dcv_issuer *issuer = find(set->issuers, set->issuer_count, domain);
    return issuer != NULL ? issuer->domain : NULL;
}

const char *dcv_issuer_owner(const struct dcv_ca_set *set, const char *domain)
{
    const struct dcv_issuer *issuer = find(set->issuers, set->issuer_count, domain);
    return issuer != NULL ? issuer->owner : NULL;
}

const char *dcv_issuer_nearest(const struct dcv_ca_set *set, const char *domain)
{
    const size_t third = strlen(domain) / 3;
    size_t best = (third < TYPO_MAX ? third : TYPO_MAX) + 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < set->issuer_count; i++) {
        const size_t distance = dcv_distance(set->issuers[i].domain, domain);
        if (distance == 0)
            return NULL;
        if (distance < best) {
            best = distance;
            nearest = set->issuers[i].domain;
        }
    }
    return nearest;
}

bool dcv_ca_accepts_issuer(const struct dcv_ca *ca, const char *domain)
{
    for (size_t i = 0; i < ca->issuer_domain_count; i++)
        if (dcv_ascii_equal_nocase(ca->issuer_domains[i].domain, domain))
            return true;
    return false;
}
