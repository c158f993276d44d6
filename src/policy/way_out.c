/* The way out of e-mail: the other methods that a CA offers, each with the record to publish, and what stands in its way. */
#include "policy/judge.h"

#include <string.h>

/* ---- rows of the profile ----------------------------------------------------------------------------------------------------------- */

/* A template of a profile with its places filled; those that are the CA's to give stay as words. NULL of NULL. */
static const char *fill(struct judge *judge, const char *template, const struct dcv_name *adn)
{
    if (template == NULL)
        return NULL;
    const char *const values[] = {"{name}", name_text(judge, &judge->name->name), "{adn}", name_text(judge, adn)};
    struct dcv_buf out;
    dcv_buf_init(&out, 1 << 14);
    while (*template != '\0') {
        size_t i = 0;
        while (i < 4 && strncmp(template, values[i], strlen(values[i])) != 0)
            i += 2;
        if (i < 4) {
            dcv_buf_puts(&out, values[i + 1]);
            template += strlen(values[i]);
        } else {
            dcv_buf_putc(&out, *template++);
        }
    }
    const char *text = dcv_arena_strdup(judge->arena, dcv_buf_text(&out));
    dcv_buf_done(&out);
    return text;
}

static bool type_is(const struct dcv_way *way, const char *type)
{
    return way->method->type != NULL && strcmp(way->method->type, type) == 0;
}

/* A persistent record serves a wildcard name only if it says so (draft-ietf-acme-dns-persist §5.1). */
static const char *value_of(struct judge *judge, const struct dcv_technical_method *method)
{
    const char *value = fill(judge, method->value, &judge->name->name);
    if (value == NULL || method->method != DCV_METHOD_DNS_PERSIST || !judge->name->wildcard)
        return value;
    return dcv_arena_printf(judge->arena, "%s; policy=wildcard", value);
}

/* The line for the zone file at `place`; NULL: the form is not known. */
static const char *line_of(struct judge *judge, const struct dcv_way *way, const struct dcv_name *place)
{
    if (!way->dns || way->value == NULL || (!type_is(way, "TXT") && !type_is(way, "CNAME")))
        return NULL;
    struct dcv_buf line;
    dcv_buf_init(&line, 1 << 14);
    dcv_buf_printf(&line, "%s. IN %s ", name_text(judge, place), way->method->type);
    if (type_is(way, "TXT"))
        put_strings(&line, way->value, strlen(way->value));
    else
        dcv_buf_printf(&line, "%s.", way->value);
    const char *text = dcv_arena_strdup(judge->arena, dcv_buf_text(&line));
    dcv_buf_done(&line);
    return text;
}

static enum dcv_way_level level_of(const struct judge *judge, const struct dcv_technical_method *method)
{
    const bool this_name = method->owner != NULL && strstr(method->owner, "{name}") != NULL;
    const bool at_base = dcv_name_equal(&judge->name->name, &judge->out->base);
    return dcv_method_info(method->method)->prune && !this_name && !at_base ? DCV_WAY_PARENTS : DCV_WAY_EXACT;
}

static struct dcv_way way_of(struct judge *judge, const struct dcv_ca *ca, const struct dcv_technical_method *method)
{
    const struct dcv_method_info *info = dcv_method_info(method->method);
    const bool dns = dcv_by_of(method->method) == DCV_BY_DNS;
    return (struct dcv_way){
        .method = method,
        .from = info->from,
        .until = info->forbidden,
        .open = dcv_date_within(judge->options->as_of, info->from, info->forbidden),
        .wildcard = info->wildcard,
        .dns = dns,
        .level = level_of(judge, method),
        .owner = dns ? fill(judge, method->owner, &judge->name->name) : NULL,
        .value = value_of(judge, method),
        .reuse_until = dcv_ca_last_reuse_day(ca, judge->options->as_of, method->method),
    };
}

/* ---- what stands in the way ---------------------------------------------------------------------------------------------------------- */

static void add_conflict(struct judge *judge, struct dcv_way *way, size_t number)
{
    for (size_t i = 0; i < way->conflicts.count; i++)
        if (way->conflicts.items[i] == number)
            return;
    size_t *slot = number != SIZE_MAX ? DCV_VEC_ADD(judge->arena, &way->conflicts) : NULL;
    if (slot != NULL)
        *slot = number;
}

/* What is said of the ways of a row waits for what they come to together: see ways_settle(). */
static size_t file(struct judge *judge, struct dcv_judged_ca *ca, const struct dcv_finding *finding)
{
    if (ca->by == DCV_BY_EMAIL) {
        const size_t number = finding_file(judge, finding);
        finding_attach(judge, ca, number);
        return number;
    }
    struct dcv_finding *slot = DCV_VEC_ADD(judge->arena, &judge->pending);
    if (slot == NULL)
        return SIZE_MAX;
    *slot = *finding;
    return judge->pending.count - 1;
}

void way_conflict(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, const struct dcv_finding *finding)
{
    const size_t number = file(judge, ca, finding);
    if (way != NULL)
        add_conflict(judge, way, number);
}

static enum dcv_rule rule_at(const struct judge *judge, const struct dcv_judged_ca *ca, size_t number)
{
    return ca->by == DCV_BY_EMAIL ? judge->out->findings.items[number].rule : judge->pending.items[number].rule;
}

/* Where the record goes instead, if it is to stand at an alias: a parent that is none, where the CA lets choose the ADN. */
static bool parent_place(struct judge *judge, const struct dcv_way *way, struct dcv_name *out)
{
    if (way->level != DCV_WAY_PARENTS)
        return false;
    for (size_t i = 1; i < judge->ladder->own; i++) {
        const char *owner = fill(judge, way->method->owner, &judge->ladder->rungs[i].name);
        if (owner == NULL || dcv_name_parse(owner, out, NULL) != DCV_OK)
            continue;
        if (way_place(judge, out).state == WAY_FREE)
            return true;
    }
    return false;
}

/* The name at which to write the record, given what stands where the CA looks. */
static struct dcv_name writing_place(struct judge *judge, struct dcv_way *way, const struct way_place *place)
{
    struct dcv_name parent;
    const bool alias = place->state == WAY_ALIAS || place->state == WAY_LOOP;
    if (place->state == WAY_DELEGATED)
        return place->target;
    /* The alias of the host itself has to stay; so has that of a DNAME. */
    way->obstructed = alias || place->state == WAY_DANGLING || (place->txt && type_is(way, "CNAME"));
    if (!alias || (dcv_way_owner(&place->owner) && !place->dname) || !parent_place(judge, way, &parent))
        return place->owner;
    way->obstructed = false;
    return parent;
}

static enum dcv_rule rule_of(const struct dcv_way *way, const struct way_place *place)
{
    switch (place->state) {
    case WAY_FREE: return place->txt && type_is(way, "CNAME") ? DCV_RULE_WAY_OUT_BESIDE : place->hides ? DCV_RULE_WAY_OUT_HIDES_NAME : DCV_RULE_COUNT;
    case WAY_ALIAS: return DCV_RULE_WAY_OUT_CNAME;
    case WAY_DELEGATED: return DCV_RULE_WAY_OUT_DELEGATED;
    case WAY_WILDCARD: return place->hides ? DCV_RULE_WAY_OUT_HIDES_NAME : DCV_RULE_WAY_OUT_WILDCARD;
    case WAY_LOOP: return DCV_RULE_WAY_OUT_LOOP;
    case WAY_DANGLING: return DCV_RULE_WAY_OUT_DANGLING;
    case WAY_ZONE: return DCV_RULE_WAY_OUT_ZONE_CUT;
    }
    return DCV_RULE_COUNT;
}

/* Replacing is advised of a CNAME that was made for validation; what makes the host an alias is left alone. */
static const char *fix_line(struct judge *judge, const struct dcv_way *way, const struct way_place *place)
{
    const bool replaces = way->obstructed && dcv_way_owner(&place->owner);
    if (way->line == NULL || (way->obstructed && (place->dname || !replaces)))
        return NULL;
    return replaces ? dcv_arena_printf(judge->arena, "%s  ; in the place of the present CNAME", way->line) : way->line;
}

static dcv_way_list *list_of(struct dcv_judged_ca *ca)
{
    return ca->by == DCV_BY_EMAIL ? &ca->way_out : &ca->ways;
}

/* A second row at the same owner meets the same; what it meets is said once, with the line of the first. */
static bool met_before(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, enum dcv_rule rule)
{
    const dcv_way_list *list = list_of(ca);
    for (size_t i = 0; i < list->count && &list->items[i] != way; i++) {
        const struct dcv_way *before = &list->items[i];
        if (before->owner == NULL || strcmp(before->owner, way->owner) != 0)
            continue;
        for (size_t j = 0; j < before->conflicts.count; j++)
            if (rule_at(judge, ca, before->conflicts.items[j]) == rule) {
                add_conflict(judge, way, before->conflicts.items[j]);
                return true;
            }
    }
    return false;
}

static void judge_place(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way, const struct dcv_name *owner)
{
    const struct way_place place = way_place(judge, owner);
    const struct dcv_name at = writing_place(judge, way, &place);
    way->line = line_of(judge, way, &at);
    enum dcv_rule rule = rule_of(way, &place);
    if (rule == DCV_RULE_COUNT || met_before(judge, ca, way, rule))
        return;
    struct making making = finding_begin(judge, rule, way->owner);
    finding_arg(&making, "name", name_text(judge, &judge->name->name));
    if (place.state != WAY_FREE && place.state != WAY_ZONE)
        finding_arg(&making, "target", name_text(judge, &place.target));
    if (place.state == WAY_DELEGATED)
        finding_arg(&making, "zone", name_text(judge, &place.zone));
    if (place.state == WAY_ALIAS || place.state == WAY_DELEGATED || place.state == WAY_LOOP)
        finding_arg(&making, "fixline", fix_line(judge, way, &place));
    finding_fact(&making, place.facts);
    /* For e-mail it decides nothing; of validation by DNS it is the end until it is gone. */
    if (ca->by == DCV_BY_DNS && way->obstructed)
        making.finding.severity = DCV_BLOCKER;
    const struct dcv_finding made = finding_made(&making);
    way_conflict(judge, ca, way, &made);
}

/* ---- the whole ----------------------------------------------------------------------------------------------------------------------- */

static void judge_way(struct judge *judge, struct dcv_judged_ca *ca, struct dcv_way *way)
{
    struct dcv_name owner;
    /* An owner with a place that the CA fills is no name yet, and one that is too long never will be. */
    if (way->owner == NULL || dcv_name_parse(way->owner, &owner, NULL) != DCV_OK)
        return;
    if (strchr(way->owner, '{') == NULL)
        judge_place(judge, ca, way, &owner);
    else
        way->line = line_of(judge, way, &owner);
}

/* In a row of e-mail all that the applicant can do alone, without mail and telephone; else what is of its kind. */
static bool listed(const struct dcv_judged_ca *ca, const struct dcv_technical_method *method)
{
    const enum dcv_by by = dcv_by_of(method->method);
    return method->offered != DCV_NO && by != DCV_BY_COUNT && (ca->by == DCV_BY_EMAIL ? by != DCV_BY_EMAIL : by == ca->by);
}

void way_out_collect(struct judge *judge, struct dcv_judged_ca *ca)
{
    dcv_way_list *list = list_of(ca);
    struct dcv_way *persist = NULL;
    if (judge->ladder->suffix)
        return;
    for (size_t i = 0; i < ca->ca->method_count; i++) {
        if (!listed(ca, &ca->ca->methods[i]))
            continue;
        struct dcv_way *way = DCV_VEC_ADD(judge->arena, list);
        if (way == NULL)
            return;
        *way = way_of(judge, ca->ca, &ca->ca->methods[i]);
        judge_way(judge, ca, way);
    }
    for (size_t i = 0; i < list->count && persist == NULL; i++)
        if (list->items[i].method->method == DCV_METHOD_DNS_PERSIST)
            persist = &list->items[i];
    if (ca->by == DCV_BY_EMAIL || ca->by == DCV_BY_DNS)
        persist_judge(judge, ca, persist);
}

static bool serves(const struct judge *judge, const struct dcv_way *way)
{
    return way->line != NULL && way->open && way->method->offered == DCV_YES && (way->wildcard || !judge->name->wildcard);
}

const char *way_out_line(struct judge *judge, const struct dcv_judged_ca *ca)
{
    const struct dcv_way *best = NULL;
    for (size_t i = 0; i < ca->way_out.count; i++) {
        const struct dcv_way *way = &ca->way_out.items[i];
        if (serves(judge, way) && (best == NULL || (best->obstructed && !way->obstructed)))
            best = way;
    }
    return best != NULL ? dcv_arena_printf(judge->arena, "%s  ; what stands in braces comes from the CA", best->line) : NULL;
}

/* ---- lookups that failed --------------------------------------------------------------------------------------------------------------- */

void way_out_failures(struct judge *judge)
{
    enum { NAMED = 8 };
    const char *names = "";
    size_t facts[NAMED], count = 0;
    for (size_t i = 0; i < dcv_facts_count(judge->facts) && count < NAMED; i++) {
        const struct dcv_fact *fact = dcv_facts_at(judge->facts, i);
        /* A chain in a circle fails as well, and has been told. */
        if (fact->kind != DCV_FACT_DNS || !dcv_way_fact(&fact->dns) || dcv_outcome_conclusive(fact->dns.outcome)
            || (fact->dns.message != NULL && dcv_message_loops(fact->dns.message, &fact->dns.name)))
            continue;
        names = dcv_arena_printf(judge->arena, "%s%s%s", names, count == 0 ? "" : ", ", name_text(judge, &fact->dns.name));
        facts[count++] = i;
        if (names == NULL)
            return;
    }
    if (count == 0)
        return;
    const struct dcv_dns_fact *first = &dcv_facts_at(judge->facts, facts[0])->dns;
    struct making making = finding_begin(judge, DCV_RULE_WAY_OUT_FAILED, name_text(judge, &judge->name->name));
    finding_arg(&making, "names", names);
    finding_arg(&making, "outcome", dcv_outcome_text(first->outcome));
    finding_arg(&making, "cause", cause_text(judge, first));
    finding_fact(&making, dcv_fact_list(judge->arena, facts, count));
    finding_end_general(&making);
}
