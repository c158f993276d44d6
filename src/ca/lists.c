#include "ca/build.h"

#include <stdio.h>
#include <string.h>

static const char *const role_texts[] = {"public", "registrant", "admin", "tech"};

static const char *const *build_roles(struct dcv_ca_builder *builder, const struct raw_offer *raw)
{
    if (raw->role_count == 0)
        return NULL;
    const char **roles = dcv_arena_array(builder->reader->arena, (size_t)raw->role_count + 1, sizeof *roles);
    for (size_t i = 0; roles != NULL && i < raw->role_count; i++)
        roles[i] = role_texts[raw->roles[i]];
    return roles;
}

static void check_offer(struct dcv_ca_builder *builder, const struct raw_offer *raw, const char *path)
{
    const bool domain_contact = raw->source == DCV_SOURCE_WHOIS || raw->source == DCV_SOURCE_RDAP;
    if (raw->offered == RAW_NO && (raw->from != NULL || raw->until != NULL || raw->level != 0))
        dcv_build_fault(builder, path, "offered",
                        "what is not offered has no dates and no level; remove them, or say yes");
    if (raw->offered != RAW_NO && raw->level == 0)
        dcv_build_fault(builder, path, NULL, "an offer without \"level\"; say which names it covers");
    if (raw->role_count != 0 && !domain_contact)
        dcv_build_fault(builder, path, "roles", "only whois and rdap have \"roles\"; remove them");
}

static struct dcv_offer build_offer(struct dcv_ca_builder *builder, const struct raw_profile *profile,
                                    const struct raw_offer *raw, const char *path)
{
    dcv_date period[2];
    check_offer(builder, raw, path);
    dcv_build_period(builder, raw->from, raw->until, path, period);
    const int cname = raw->cname_targets != RAW_ABSENT ? raw->cname_targets : profile->cname_targets.is;
    char note[DCV_CA_PATH_MAX + 8];
    (void)snprintf(note, sizeof note, "%snote/", path);
    return (struct dcv_offer){
        .source = (enum dcv_source)raw->source,
        .offered = dcv_build_known(raw->offered),
        .from = period[0],
        .until = period[1],
        .level = raw->level != 0 ? (enum dcv_level)(raw->level - 1) : DCV_LEVEL_ANY_ADN,
        .is_default = raw->is_default != RAW_NO,
        .automatic = raw->automatic != RAW_NO,
        .cname_targets = dcv_build_known(cname),
        .roles = build_roles(builder, raw),
        .ref = dcv_build_ref(builder, &raw->ref, raw->offered != RAW_UNKNOWN, path),
        .note_en = dcv_build_text(builder, raw->note.en, note, "en"),
        .note_ja = dcv_build_text(builder, raw->note.ja, note, "ja"),
    };
}

/* Every source is spoken of, and one that is not offered has no other row. */
static void check_sources(struct dcv_ca_builder *builder, const struct raw_profile *raw)
{
    for (int source = 0; source < DCV_SOURCE_COUNT; source++) {
        size_t rows = 0, no = 0, last = 0;
        for (size_t i = 0; i < raw->offer_count; i++) {
            if (raw->offers[i].source != source)
                continue;
            rows++;
            no += raw->offers[i].offered == RAW_NO;
            last = i;
        }
        const char *text = dcv_source_text((enum dcv_source)source);
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "offers/%zu/", last);
        if (rows == 0)
            dcv_build_fault(builder, "offers", NULL, "no offer for \"%s\"; add one with \"offered\" yes, no or unknown",
                            text);
        else if (no != 0 && rows > 1)
            dcv_build_fault(builder, path, NULL, "\"%s\" is offered and not offered; keep one", text);
    }
}

static void build_offers(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    struct dcv_offer *offers = dcv_arena_array(builder->reader->arena, raw->offer_count, sizeof *offers);
    for (size_t i = 0; offers != NULL && i < raw->offer_count; i++) {
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "offers/%zu/", i);
        offers[i] = build_offer(builder, raw, &raw->offers[i], path);
        ca->by_email = ca->by_email || offers[i].offered != DCV_NO;
    }
    check_sources(builder, raw);
    ca->offers = offers;
    ca->offer_count = raw->offer_count;
}

static void build_recipients(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    ca->recipients = (enum dcv_recipients)raw->recipients.who;
    ca->recipients_ref =
        dcv_build_ref(builder, &raw->recipients.ref, ca->recipients != DCV_RECIPIENTS_UNKNOWN, "recipients/");
    struct dcv_recipients_period *periods = dcv_arena_array(builder->reader->arena, raw->period_count, sizeof *periods);
    for (size_t i = 0; periods != NULL && i < raw->period_count; i++) {
        const struct raw_recipients *period = &raw->periods[i];
        char path[DCV_CA_PATH_MAX];
        dcv_date dates[2];
        (void)snprintf(path, sizeof path, "recipients_periods/%zu/", i);
        dcv_build_period(builder, period->from, period->until, path, dates);
        if (period->from == NULL && period->until == NULL)
            dcv_build_fault(builder, path, NULL,
                            "a period without \"from\" and \"until\"; say when, or use \"recipients\"");
        periods[i] = (struct dcv_recipients_period){dates[0], dates[1], (enum dcv_recipients)period->who,
                                                    dcv_build_ref(builder, &period->ref,
                                                                  period->who != DCV_RECIPIENTS_UNKNOWN, path)};
    }
    ca->recipients_periods = periods;
    ca->recipients_period_count = raw->period_count;
}

static void build_limits(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    struct dcv_ca_limit *limits = dcv_arena_array(builder->reader->arena, raw->limit_count, sizeof *limits);
    for (size_t i = 0; limits != NULL && i < raw->limit_count; i++) {
        const struct raw_limit *limit = &raw->limits[i];
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "limits/%zu/", i);
        limits[i] = (struct dcv_ca_limit){
            .from = dcv_build_date(builder, limit->from, path, "from"),
            .validity_days = dcv_build_number(builder, limit->validity_days, 1000, path, "validity_days"),
            .validity_months = dcv_build_number(builder, limit->validity_months, 36, path, "validity_months"),
            .reuse_days = dcv_build_number(builder, limit->reuse_days, 1000, path, "reuse_days"),
            .ref = dcv_build_ref(builder, &limit->ref, true, path),
        };
        if (limits[i].validity_days == 0 && limits[i].validity_months == 0 && limits[i].reuse_days == 0)
            dcv_build_fault(builder, path, NULL,
                            "a limit without a number; add validity_days, validity_months or "
                            "reuse_days");
        if (i > 0 && limits[i].from <= limits[i - 1].from)
            dcv_build_fault(builder, path, "from", "limits are not in the order of \"from\"; put the earliest first");
    }
    ca->limits = limits;
    ca->limit_count = raw->limit_count;
}

/* A text whose places to fill are all known. */
static const char *build_template(struct dcv_ca_builder *builder, const char *text, const char *path, const char *key)
{
    static const char *const places[] = {"{name}", "{adn}", "{token}", "{account}", "{file}", "{md5}"};
    for (const char *at = text; at != NULL && (at = strpbrk(at, "{}")) != NULL;) {
        size_t len = 0;
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
            if (strncmp(at, places[i], strlen(places[i])) == 0)
                len = strlen(places[i]);
        if (len == 0) {
            dcv_build_fault(builder, path, key,
                            "\"%s\" holds an unknown place to fill; use {name}, {adn}, {token}, "
                            "{account}, {file} or {md5}",
                            text);
            break;
        }
        at += len;
    }
    return dcv_build_text(builder, text, path, key);
}

static void build_methods(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    struct dcv_technical_method *methods = dcv_arena_array(builder->reader->arena, raw->method_count, sizeof *methods);
    for (size_t i = 0; methods != NULL && i < raw->method_count; i++) {
        const struct raw_method *method = &raw->methods[i];
        char path[DCV_CA_PATH_MAX];
        (void)snprintf(path, sizeof path, "methods/%zu/", i);
        methods[i] = (struct dcv_technical_method){
            .method = (enum dcv_method)method->method,
            .offered = dcv_build_known(method->offered),
            .owner = build_template(builder, method->owner, path, "owner"),
            .type = dcv_build_text(builder, method->type, path, "type"),
            .value = build_template(builder, method->value, path, "value"),
            .path = build_template(builder, method->path, path, "path"),
            .ref = dcv_build_ref(builder, &method->ref, method->offered != RAW_UNKNOWN, path),
        };
    }
    ca->methods = methods;
    ca->method_count = raw->method_count;
}

void dcv_build_lists(struct dcv_ca_builder *builder, const struct raw_profile *raw, struct dcv_ca *ca)
{
    build_offers(builder, raw, ca);
    build_recipients(builder, raw, ca);
    build_limits(builder, raw, ca);
    build_methods(builder, raw, ca);
}
