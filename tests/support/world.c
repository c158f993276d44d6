#include "support/world.h"

#include "support/talks.h"
#include "support/zone.h"

#include "plan/plan.h"
#include "verdict/verdict.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dcv_ca_set *world_set;
struct dcv_psl *world_psl;

void world_setup(void)
{
    char *error = NULL;
    ck_assert_msg(dcv_ca_set_create(NULL, &world_set, &error) == DCV_OK, "%s", error);
    ck_assert_int_eq(dcv_psl_create(NULL, &world_psl), DCV_OK);
}

void world_teardown(void)
{
    dcv_ca_set_free(world_set);
    dcv_psl_free(world_psl);
}

struct dcv_name world_name(const char *text)
{
    struct dcv_name name;
    ck_assert_msg(dcv_name_parse(text, &name, NULL) == DCV_OK, "%s", text);
    return name;
}

/* ---- answering ------------------------------------------------------------------------------------------------------------ */

static const struct directive *directive_of(const struct zone *zone, const struct dcv_dns_fact *fact)
{
    char type[DCV_TYPE_TEXT];
    for (size_t i = 0; i < zone->directive_count; i++) {
        struct dcv_name name;
        if (strcmp(zone->directives[i].word, "ask") != 0 && dcv_name_parse(zone->directives[i].name, &name, NULL) == DCV_OK
            && dcv_name_equal(&name, &fact->name) && strcmp(zone->directives[i].rest, dcv_type_text(fact->type, type)) == 0)
            return &zone->directives[i];
    }
    return NULL;
}

static bool secure(const struct zone *zone, const struct dcv_name *name)
{
    for (size_t i = 0; i < zone->directive_count; i++) {
        struct dcv_name above;
        if (strcmp(zone->directives[i].word, "secure") == 0 && dcv_name_parse(zone->directives[i].name, &above, NULL) == DCV_OK
            && dcv_name_under(name, &above))
            return true;
    }
    return false;
}

static uint16_t type_called(const char *text)
{
    static const uint16_t types[] = {DCV_TYPE_A,     DCV_TYPE_SOA, DCV_TYPE_MX,     DCV_TYPE_TXT, DCV_TYPE_CAA,
                                     DCV_TYPE_CNAME, DCV_TYPE_DS,  DCV_TYPE_DNSKEY, DCV_TYPE_NSEC, DCV_TYPE_TLSA};
    char name[DCV_TYPE_TEXT];
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dcv_type_text(types[i], name), text) == 0)
            return types[i];
    ck_abort_msg("there is no type %s", text);
    return 0;
}

static void set_trust_part(struct dcv_trust *trust, const char *key, const char *value)
{
    if (strcmp(key, "security") == 0)
        ck_assert_msg(dcv_security_parse(value, &trust->security), "%s", value);
    else if (strcmp(key, "cause") == 0)
        ck_assert_msg(dcv_cause_parse(value, &trust->cause), "%s", value);
    else if (strcmp(key, "zone") == 0)
        trust->zone = world_name(value);
    else if (strcmp(key, "owner") == 0)
        trust->owner = world_name(value);
    else if (strcmp(key, "type") == 0)
        trust->type = type_called(value);
    else if (strcmp(key, "at") == 0)
        trust->at = WORLD_AT + strtoll(value, NULL, 10);
    else if (strcmp(key, "key") == 0)
        trust->key_tag = (uint16_t)strtoul(value, NULL, 10);
    else if (strcmp(key, "algorithm") == 0)
        trust->algorithm = (uint8_t)strtoul(value, NULL, 10);
    else if (strcmp(key, "until") == 0)
        trust->until = WORLD_AT + strtoll(value, NULL, 10);
    else if (strcmp(key, "until-zone") == 0)
        trust->until_zone = world_name(value);
    else if (strcmp(key, "until-owner") == 0)
        trust->until_owner = world_name(value);
    else if (strcmp(key, "until-type") == 0)
        trust->until_type = type_called(value);
    else
        ck_abort_msg("a trust has no %s", key);
}

/* Sets the trust of a fact, where a directive gives one. */
static void trust(const struct zone *zone, struct dcv_facts *facts, const struct dcv_want *want, size_t index)
{
    char type[DCV_TYPE_TEXT];
    (void)dcv_type_text(want->type, type);
    for (size_t i = 0; i < zone->directive_count; i++) {
        const struct directive *directive = &zone->directives[i];
        char rest[sizeof directive->rest], *more = rest;
        memcpy(rest, directive->rest, sizeof rest);
        if (strcmp(directive->word, "trust") != 0 || strcmp(strsep(&more, " "), type) != 0)
            continue;
        const struct dcv_name name = world_name(directive->name);
        if (!dcv_name_equal(&name, &want->name))
            continue;
        struct dcv_trust made = {.security = DCV_SECURITY_UNCHECKED};
        while (more != NULL) {
            char *value = strsep(&more, " "), *key = strsep(&value, "=");
            if (value != NULL)
                set_trust_part(&made, key, value);
        }
        ck_assert_int_eq(dcv_facts_set_trust(facts, index, &made), DCV_OK);
    }
}

static size_t look_up(const struct zone *zone, struct dcv_facts *facts, const struct dcv_want *want)
{
    static const struct dcv_trust unvalidated = {.security = DCV_SECURITY_INDETERMINATE, .cause = DCV_CAUSE_CHAIN_UNANSWERED};
    static const struct dcv_ede ede = {.code = 7, .text = "signature crypto failed"};
    struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = want->name, .type = want->type, .server = "192.0.2.53#53", .tries = 1, .at = WORLD_AT}};
    struct dcv_message *message = zone_message(dcv_facts_arena(facts));
    fact.dns.outcome = zone_answer(zone, &want->name, want->type, message);
    message->rcode = zone_rcode(fact.dns.outcome);
    message->authentic = secure(zone, &want->name);
    const struct directive *directive = directive_of(zone, &fact.dns);
    if (directive != NULL && strcmp(directive->word, "bogus") == 0) {
        fact.dns.outcome = DCV_OUTCOME_SERVFAIL;
        fact.dns.security = DCV_SECURITY_BOGUS;
        message->edes = &ede;
        message->ede_count = 1;
    } else if (directive != NULL && strcmp(directive->word, "unvalidated") == 0) {
        fact.dns.security = DCV_SECURITY_INDETERMINATE;
        fact.dns.trust = &unvalidated;
    } else if (directive != NULL) {
        fact.dns.outcome = zone_outcome_called(directive->word);
        message->answer.count = 0;
        message->rcode = zone_rcode(fact.dns.outcome);
    }
    fact.dns.rcode = message->rcode;
    const bool read = dcv_outcome_conclusive(fact.dns.outcome) || fact.dns.outcome == DCV_OUTCOME_SERVFAIL
        || fact.dns.outcome == DCV_OUTCOME_REFUSED;
    fact.dns.message = read ? message : NULL;
    size_t index;
    ck_assert_int_eq(dcv_facts_add(facts, &fact, &index), DCV_OK);
    trust(zone, facts, want, index);
    return index;
}

static size_t ask_server(const struct zone *zone, struct dcv_facts *facts, const struct dcv_ask *ask)
{
    struct dcv_fact fact = {.kind = DCV_FACT_SERVER, .server = sweep_say(zone, ask, sweep_address(zone, ask))};
    size_t index;
    ck_assert_int_eq(dcv_facts_add(facts, &fact, &index), DCV_OK);
    return index;
}

/* Everything that the plan wants, and what follows from it. */
static void gather(const struct zone *zone, struct dcv_facts *facts, struct dcv_plan *plan)
{
    struct dcv_want want;
    struct dcv_ask ask;
    for (;;) {
        if (dcv_plan_next(plan, &want))
            ck_assert_int_eq(dcv_plan_extend(plan, facts, look_up(zone, facts, &want), want.depth), DCV_OK);
        else if (dcv_plan_next_ask(plan, &ask))
            ck_assert_int_eq(dcv_plan_extend(plan, facts, ask_server(zone, facts, &ask), ask.depth), DCV_OK);
        else
            return;
    }
}

static void add_contacts(const struct zone *zone, struct dcv_facts *facts, struct dcv_plan *plan)
{
    for (size_t i = 0; i < zone->directive_count; i++) {
        struct dcv_fact fact = {.kind = DCV_FACT_CONTACTS};
        size_t index;
        if (!talks_contacts(zone, i, &fact.contacts))
            continue;
        ck_assert_int_eq(dcv_facts_add(facts, &fact, &index), DCV_OK);
        ck_assert_int_eq(dcv_plan_extend(plan, facts, index, 0), DCV_OK);
    }
}

static void set_about(const struct zone *zone, struct dcv_facts_about *about)
{
    about->at = WORLD_AT;
    for (size_t i = 0; i < zone->directive_count; i++)
        about->deadline = about->deadline || strcmp(zone->directives[i].word, "deadline") == 0;
    about->dnssec_source = zone_says(zone, "dnssec", "off") ? "off" : zone_says(zone, "dnssec", "local") ? "local" : "resolver";
    about->validation = zone_says(zone, "validation", "no") ? DCV_VALIDATION_NO
        : zone_says(zone, "validation", "stripped")         ? DCV_VALIDATION_STRIPPED
        : zone_says(zone, "validation", "unknown")          ? DCV_VALIDATION_UNKNOWN
                                                       : DCV_VALIDATION_YES;
}

static struct dcv_facts *facts_of(const struct dcv_name *name, const char *text)
{
    struct dcv_facts *facts = dcv_facts_create();
    struct zone *zone = calloc(1, sizeof *zone);
    struct dcv_plan *plan;
    zone->arena = dcv_facts_arena(facts);
    zone_read(zone, text);
    const struct dcv_plan_options options = {.psl = world_psl, .authority = zone_says(zone, "sweep", "on"), .misplaced = !zone_says(zone, "misplaced", "off"),
                                             .views = sweep_resolvers(zone)};
    ck_assert_int_eq(dcv_plan_create(&options, name, &plan), DCV_OK);
    add_contacts(zone, facts, plan);
    for (size_t i = 0; i < zone->directive_count; i++) {
        if (strcmp(zone->directives[i].word, "ask") != 0)
            continue;
        const struct dcv_name asked = world_name(zone->directives[i].name);
        ck_assert_int_eq(dcv_plan_want(plan, &asked, type_called(zone->directives[i].rest), 1), DCV_OK);
    }
    gather(zone, facts, plan);
    talks_add(zone, facts);
    set_about(zone, dcv_facts_about(facts));
    dcv_plan_free(plan);
    dcv_facts_freeze(facts);
    free(zone);
    return facts;
}

static struct dcv_hostname hostname_of(const char *typed)
{
    struct dcv_hostname hostname;
    struct dcv_hostname_error error;
    ck_assert_msg(dcv_hostname_parse(typed, strlen(typed), &hostname, &error) == DCV_OK, "%s", typed);
    return hostname;
}

struct dcv_facts *world_facts(const char *name, const char *zone)
{
    const struct dcv_hostname hostname = hostname_of(name);
    return facts_of(&hostname.name, zone);
}

/* ---- judging -------------------------------------------------------------------------------------------------------------- */

void world_judge(struct world *world)
{
    const struct dcv_ca *cas[64];
    struct dcv_policy_options options = {.set = world_set, .cas = cas, .psl = world_psl, .account_uri = world->account_uri,
                                         .by = world->by, .http_port = world->http_port, .signature_days = world->signature_days,
                                         .allow_private_addresses = world->allow_private_addresses};
    ck_assert_msg(dcv_date_parse(world->as_of, &options.as_of), "%s", world->as_of);
    world->hostname = hostname_of(world->name);
    world->facts = facts_of(&world->hostname.name, world->zone);
    world->arena = dcv_arena_create(NULL);
    for (const char *id = world->ca; *id != '\0'; id += strcspn(id, " "), id += *id == ' ') {
        const char *one = dcv_arena_strndup(world->arena, id, strcspn(id, " "));
        cas[options.ca_count] = dcv_ca_find(world_set, one);
        ck_assert_msg(cas[options.ca_count++] != NULL, "%s", one);
    }
    ck_assert_int_eq(dcv_policy_judge(&options, world->name, &world->hostname, world->facts, world->arena, &world->judged), DCV_OK);
    ck_assert(!dcv_arena_failed(world->arena));
    dcv_verdict_decide(&world->judged);
}

void world_done(struct world *world)
{
    dcv_facts_free(world->facts);
    dcv_arena_free(world->arena);
}

const char *world_findings(const struct world *world, size_t ca)
{
    const char *text = "";
    const struct dcv_judged_ca *judged = &world->judged.cas.items[ca];
    for (size_t i = 0; i < judged->findings.count; i++) {
        const struct dcv_finding *finding = &world->judged.findings.items[judged->findings.items[i]];
        const struct dcv_rule_info *info = dcv_rule_info(finding->rule);
        const bool same = finding->severity == info->severity;
        text = dcv_arena_printf(world->arena, "%s%s%s%s%s", text, i == 0 ? "" : " ", info->id, same ? "" : "=",
                                same ? "" : dcv_severity_text(finding->severity));
    }
    return text;
}

const char *world_entry(const struct world *world, size_t ca, size_t entry)
{
    char adn[DCV_NAME_TEXT_MAX];
    const struct dcv_entry *found = &world->judged.cas.items[ca].entries.items[entry];
    return dcv_arena_printf(world->arena, "%s %s %s %s %s %s", found->address != NULL ? found->address : "-", dcv_source_text(found->source),
                            dcv_name_text(&found->adn, adn), dcv_entry_status_text(found->status), dcv_mail_text(found->mail),
                            found->usable ? "usable" : "-");
}

const struct dcv_finding *world_finding(const struct world *world, size_t ca, const char *id)
{
    const struct dcv_judged_ca *judged = &world->judged.cas.items[ca];
    for (size_t i = 0; i < judged->findings.count; i++) {
        const struct dcv_finding *finding = &world->judged.findings.items[judged->findings.items[i]];
        if (strcmp(dcv_rule_info(finding->rule)->id, id) == 0)
            return finding;
    }
    ck_abort_msg("no finding %s: %s", id, world_findings(world, ca));
    return NULL;
}

const char *world_arg(const struct dcv_finding *finding, const char *key)
{
    for (size_t i = 0; i < finding->arg_count; i++)
        if (strcmp(finding->args[i].key, key) == 0)
            return finding->args[i].value;
    return "";
}
