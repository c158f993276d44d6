#include "policy/timeline.h"

#include "base/text.h"
#include "policy/timing.h"

#include <string.h>

/* ---- the certificate ---------------------------------------------------------------------------------------------------------- */

static bool matches(const struct dcv_san *san, const struct dcv_hostname *name)
{
    const char *ascii = name->ascii;
    if (san->kind != DCV_SAN_DNS)
        return false;
    if (san->len == strlen(ascii) && dcv_ascii_equal_nocase_n(san->text, ascii, san->len))
        return true;
    const char *parent = strchr(ascii, '.');
    return san->len > 2 && memcmp(san->text, "*.", 2) == 0 && parent != NULL && san->len - 1 == strlen(parent)
        && dcv_ascii_equal_nocase_n(san->text + 1, parent, san->len - 1);
}

bool dcv_certificate_covers(const struct dcv_x509 *certificate, const struct dcv_hostname *name)
{
    for (size_t i = 0; i < certificate->san_count; i++)
        if (matches(&certificate->sans[i], name))
            return true;
    return false;
}

static const char *copy_octets(struct dcv_arena *arena, const char *text, size_t len)
{
    struct dcv_buf buf;
    if (memchr(text, '\0', len) == NULL)
        return dcv_arena_strndup(arena, text, len);
    dcv_buf_init(&buf, 1 << 20);
    dcv_text_escape(&buf, text, len); /* zero octets inside must not cut it */
    const char *copy = dcv_arena_strdup(arena, dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return copy;
}

static void take_names(struct dcv_arena *arena, const struct dcv_x509 *from, struct dcv_timeline_certificate *out)
{
    const char **names = dcv_arena_array(arena, from->san_count, sizeof *names);
    for (size_t i = 0; names != NULL && i < from->san_count; i++)
        if (from->sans[i].kind == DCV_SAN_DNS)
            names[out->name_count++] = copy_octets(arena, from->sans[i].text, from->sans[i].len);
    out->names = names;
}

/* The organisation, or what else the issuer is called. */
static const char *issuer_of(struct dcv_arena *arena, const struct dcv_x509 *from)
{
    static const char *const types[] = {"O", "CN"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const struct dcv_dn_field *field = dcv_dn_find(from->issuer, from->issuer_count, types[i]);
        if (field != NULL)
            return copy_octets(arena, field->value, field->len);
    }
    return "";
}

static struct dcv_timeline_certificate certificate_of(const struct dcv_timeline_options *options, const struct dcv_hostname *name,
                                                      struct dcv_arena *arena)
{
    const struct dcv_x509 *from = options->certificate;
    struct dcv_timeline_certificate out = {.origin = options->origin, .failure = options->failure, .not_before = DCV_DATE_NONE,
                                           .not_after = DCV_DATE_NONE};
    if (from == NULL)
        return out;
    take_names(arena, from, &out);
    out.covers = dcv_certificate_covers(from, name);
    out.issuer = issuer_of(arena, from);
    const struct dcv_ca *issuer = dcv_ca_of_organisation(options->set, out.issuer != NULL ? out.issuer : "");
    out.issuer_ca = issuer != NULL ? issuer->id : NULL;
    out.serial = from->serial;
    out.not_before = from->not_before;
    out.not_after = from->not_after;
    out.not_after_s = from->not_after_s;
    return out;
}

/* ---- one CA -------------------------------------------------------------------------------------------------------------------- */

/* Said by events of their own. */
static bool said_otherwise(enum dcv_change change)
{
    return change == DCV_CHANGE_REUSE_ENDS || change == DCV_CHANGE_SOURCE_ENDS || change == DCV_CHANGE_EMAIL_DISCOURAGED
        || change == DCV_CHANGE_EMAIL_FORBIDDEN;
}

static void add_changes(struct timing *timing)
{
    for (size_t i = 0; i < timing->judged->next.count; i++) {
        const struct dcv_next *next = &timing->judged->next.items[i];
        struct dcv_event *event = said_otherwise(next->change) ? NULL : timing_add(timing, next->date, DCV_EVENT_RULE_CHANGE);
        if (event == NULL)
            continue;
        event->change = next->change;
        event->args = next->args;
        event->arg_count = next->arg_count;
        timing_cite(event, dcv_change_info(next->change)->clause, "");
    }
}

static void add_validities(struct timing *timing)
{
    for (dcv_date day = timing->timeline->as_of; day != DCV_DATE_NONE; day = dcv_ca_next_limit(timing->out->ca, day)) {
        struct dcv_validity validity = dcv_ca_validity(timing->out->ca, day);
        size_t count = timing->out->validities.count;
        const struct dcv_validity *before = count != 0 ? &timing->out->validities.items[count - 1] : NULL;
        /* A change of the BR above the CA's own limit changes nothing. */
        if (before != NULL && before->own == validity.own && before->months == validity.months
            && (before->days == validity.days || validity.months != 0))
            continue;
        struct dcv_validity *row = DCV_VEC_ADD(timing->arena, &timing->out->validities);
        if (row == NULL)
            return;
        *row = validity;
    }
}

static void fill(struct timing *timing)
{
    timing_methods(timing);
    timing_reuse(timing);
    timing_method_ends(timing);
    timing_certificate(timing);
    add_changes(timing);
    add_validities(timing);
    timing_renewals(timing);
}

static void choose_basis(const struct dcv_timeline_options *options, struct dcv_timeline *out)
{
    out->basis = DCV_BASIS_TODAY;
    out->validated = out->as_of;
    if (options->certificate != NULL) {
        out->basis = DCV_BASIS_CERTIFICATE;
        out->validated = options->certificate->not_before;
    }
    if (options->validated != DCV_DATE_NONE) {
        out->basis = DCV_BASIS_GIVEN;
        out->validated = options->validated;
    }
}

/* Public suffixes, names of the reverse DNS or of no DNS at all: nothing becomes due where nothing can be had. */
static bool hopeless(const struct dcv_judged *judged)
{
    for (size_t i = 0; i < judged->findings.count; i++) {
        switch (judged->findings.items[i].rule) {
        case DCV_RULE_NAME_PUBLIC_SUFFIX:
        case DCV_RULE_NAME_WILDCARD_SUFFIX:
        case DCV_RULE_NAME_ARPA:
        case DCV_RULE_NAME_INTERNAL:
        case DCV_RULE_NAME_ONION: return true;
        default: break;
        }
    }
    return false;
}

enum dcv_status dcv_policy_timeline(const struct dcv_timeline_options *options, const struct dcv_judged *judged, struct dcv_arena *arena,
                                    struct dcv_timeline *out)
{
    *out = (struct dcv_timeline){.as_of = judged->as_of, .stamp_s = options->stamp_s, .shared = options->shared};
    choose_basis(options, out);
    out->certificate = certificate_of(options, judged->name, arena);
    out->none = hopeless(judged);
    for (size_t i = 0; !out->none && i < judged->cas.count; i++) {
        struct dcv_timeline_ca *row = DCV_VEC_ADD(arena, &out->cas);
        if (row == NULL)
            return DCV_ERR_NOMEM;
        row->ca = judged->cas.items[i].ca;
        struct timing timing = {.arena = arena, .timeline = out, .judged = &judged->cas.items[i], .out = row};
        fill(&timing);
    }
    return dcv_arena_failed(arena) ? DCV_ERR_NOMEM : DCV_OK;
}
