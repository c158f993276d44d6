/* The cause of a verdict of DNSSEC in words: those of the finding about it, so that every output says the same. */
#include "report/words.h"

#include "finding/cause.h"
#include "record/dnskey.h"
#include "report/internal.h"
#include "report/template.h"

#include <stdio.h>

enum { PLACES = 6 };

struct values {
    struct dcv_arg args[PLACES];
    size_t count;
};

static void put(struct dcv_arena *arena, struct values *values, const char *key, const char *value)
{
    const char *kept = dcv_arena_strdup(arena, value);
    if (kept != NULL)
        values->args[values->count++] = (struct dcv_arg){key, kept};
}

static void put_all(struct dcv_arena *arena, struct values *values, const struct dcv_trust *trust)
{
    char name[DCV_NAME_TEXT_MAX], type[DCV_TYPE_TEXT], time[DCV_TIME_TEXT], algorithm[DCV_ALGORITHM_TEXT], tag[8];
    if (trust->zone.len != 0)
        put(arena, values, "zone", dcv_name_text(&trust->zone, name));
    if (trust->owner.len != 0)
        put(arena, values, "owner", dcv_name_text(&trust->owner, name));
    if (trust->type != 0)
        put(arena, values, "type", dcv_type_text(trust->type, type));
    if (trust->at != 0)
        put(arena, values, "date", dcv_time_format_people(trust->at, time));
    if (trust->algorithm == 0)
        return;
    (void)snprintf(tag, sizeof tag, "%u", (unsigned)trust->key_tag);
    put(arena, values, "key", tag);
    put(arena, values, "algorithm", dcv_algorithm_text(trust->algorithm, algorithm));
}

/* What no finding tells of, because nothing is wrong, or because it tells of the resolver. */
static const char *own_words(enum dcv_cause cause)
{
    if (cause == DCV_CAUSE_UNSIGNED)
        return _("Zone {zone} is not signed: its parent has no DS for it, and proves that.");
    if (cause == DCV_CAUSE_OPT_OUT)
        return _("Zone {zone} leaves open, by an NSEC3 record with opt-out, whether {owner} is delegated.");
    if (cause == DCV_CAUSE_STRIPPED)
        return _("The resolver hands out no signatures for {owner} {type}, and the zone's servers could not be asked "
                 "instead.");
    return NULL;
}

const char *dcv_cause_words(struct dcv_arena *arena, const struct dcv_trust *trust)
{
    if (trust == NULL || trust->cause == DCV_CAUSE_NONE)
        return "";
    char subject[DCV_NAME_TEXT_MAX];
    const enum dcv_rule rule = dcv_rule_of_cause(dcv_cause_text(trust->cause));
    const char *own = own_words(trust->cause), *text = own != NULL              ? own
                                                       : rule != DCV_RULE_COUNT ? dcv_text(dcv_rule_info(rule)->text)
                                                                                : "";
    struct values values = {.count = 0};
    put_all(arena, &values, trust);
    const struct dcv_places places = {.subject =
                                          dcv_name_text(trust->zone.len != 0 ? &trust->zone : &trust->owner, subject),
                                      .args = values.args,
                                      .arg_count = values.count};
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_template_put(&buf, text, &places);
    if (buf.failed)
        dcv_arena_fail(arena);
    const char *words = dcv_arena_strdup(arena, dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return words != NULL ? words : "";
}
