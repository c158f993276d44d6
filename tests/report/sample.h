/* Judgements made by hand, and a writer into memory. */
#ifndef DCV_TESTS_REPORT_SAMPLE_H
#define DCV_TESTS_REPORT_SAMPLE_H

#include "report/report.h"
#include "verdict/verdict.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_CAS = 16, SAMPLE_INPUT = 512 };

struct sample {
    struct dcv_arena *arena;
    struct dcv_facts *facts;
    struct dcv_hostname host;
    struct dcv_judged judged;
    struct dcv_ca profiles[SAMPLE_CAS];
    struct dcv_acceptance acceptances[SAMPLE_CAS];
    struct dcv_report_name name;
};

static inline struct dcv_name sample_name(const char *text)
{
    struct dcv_name name;
    ck_assert_msg(dcv_name_parse(text, &name, NULL) == DCV_OK, "%s is no name", text);
    return name;
}

static inline dcv_date sample_date(const char *text)
{
    dcv_date date;
    ck_assert_msg(dcv_date_parse(text, &date), "%s is no date", text);
    return date;
}

/* `unicode` and `ascii` as shown; the base domain is `base`, "" for none. */
static inline void sample_init(struct sample *sample, const char *unicode, const char *ascii, const char *base)
{
    memset(sample, 0, sizeof *sample);
    sample->arena = dcv_arena_create(NULL);
    sample->facts = dcv_facts_create();
    ck_assert(sample->arena != NULL && sample->facts != NULL);
    const bool wildcard = strncmp(ascii, "*.", 2) == 0;
    sample->host.name = sample_name(wildcard ? ascii + 2 : ascii);
    sample->host.wildcard = wildcard;
    (void)snprintf(sample->host.ascii, sizeof sample->host.ascii, "%s", ascii);
    (void)snprintf(sample->host.unicode, sizeof sample->host.unicode, "%s", unicode);
    sample->judged.arena = sample->arena;
    sample->judged.input = unicode;
    sample->judged.name = &sample->host;
    if (base[0] != '\0')
        sample->judged.base = sample_name(base);
    sample->judged.as_of = sample_date("2026-11-21");
    struct dcv_facts_about *about = dcv_facts_about(sample->facts);
    about->dnssec_source = "resolver";
    about->validation = DCV_VALIDATION_YES;
    about->queries = 14;
    about->cached = 3;
    about->round_trips = 4;
    about->elapsed_us = 41999;
    sample->name = (struct dcv_report_name){.input = unicode,
                                            .judged = &sample->judged,
                                            .facts = sample->facts,
                                            .address = "admin@example.jp",
                                            .acceptances = sample->acceptances};
}

static inline void sample_done(struct sample *sample)
{
    dcv_facts_free(sample->facts);
    dcv_arena_free(sample->arena);
}

/* The way out of e-mail by the profile's one method. */
static inline void sample_way(struct sample *sample, struct dcv_judged_ca *ca)
{
    char text[DCV_NAME_TEXT_MAX];
    const char *owner = dcv_arena_printf(sample->arena, "_dnsauth.%s", dcv_name_text(&sample->host.name, text));
    struct dcv_way *way = DCV_VEC_ADD(sample->arena, &ca->way_out);
    ck_assert_ptr_nonnull(way);
    *way = (struct dcv_way){.method = &ca->ca->methods[0],
                            .from = DCV_DATE_NONE,
                            .until = DCV_DATE_NONE,
                            .open = true,
                            .wildcard = true,
                            .dns = true,
                            .owner = owner,
                            .value = "{token}",
                            .line = dcv_arena_printf(sample->arena, "%s. IN TXT \"{token}\"", owner),
                            .reuse_until = sample_date("2027-03-14")};
}

static inline struct dcv_judged_ca *sample_ca(struct sample *sample, const char *id, enum dcv_verdict verdict)
{
    static const struct dcv_technical_method methods[] = {
        {.method = DCV_METHOD_DNS_CHANGE,
         .offered = DCV_YES,
         .owner = "_dnsauth.{adn}",
         .type = "TXT",
         .value = "{token}"},
    };
    static const struct dcv_offer offers[] = {
        {.source = DCV_SOURCE_CONSTRUCTED,
         .offered = DCV_YES,
         .from = DCV_DATE_NONE,
         .until = DCV_DATE_NONE,
         .level = DCV_LEVEL_EXACT_AND_BASE,
         .is_default = true,
         .automatic = true,
         .ref = {.key = "doc", .title = "A document", .date = DCV_DATE_NONE, .grade = 'A'}},
    };
    const size_t number = sample->judged.cas.count;
    ck_assert_uint_lt(number, SAMPLE_CAS);
    struct dcv_ca *profile = &sample->profiles[number];
    *profile = (struct dcv_ca){.id = id,
                               .name_en = "A CA",
                               .name_ja = "ある認証局",
                               .kind = DCV_CA_KIND_CA,
                               .issues = true,
                               .by_email = true,
                               .caa_judged = true,
                               .recipients = DCV_RECIPIENTS_ALL,
                               .sender = "dcv@ca.example",
                               .subject_en = "Approve your domain",
                               .subject_ja = "ドメイン名の利用権確認のお願い",
                               .code_hours = 720,
                               .resend_en = "In the control panel.",
                               .methods = methods,
                               .method_count = 1,
                               .offers = offers,
                               .offer_count = 1,
                               .rfc8657_from = DCV_DATE_NONE};
    struct dcv_judged_ca *ca = DCV_VEC_ADD(sample->arena, &sample->judged.cas);
    ck_assert_ptr_nonnull(ca);
    ca->ca = profile;
    ca->by = DCV_BY_EMAIL;
    ca->verdict = verdict;
    ca->caa = (struct dcv_caa_answer){.permits = DCV_PERMITS_YES, .judged = true};
    ca->reuse_until = sample_date("2027-03-14");
    ca->validity_days = 200;
    sample_way(sample, ca);
    return ca;
}

static inline struct dcv_entry *sample_entry(struct sample *sample, struct dcv_judged_ca *ca, const char *address,
                                             enum dcv_source source, const char *adn, enum dcv_mail mail)
{
    struct dcv_entry *entry = DCV_VEC_ADD(sample->arena, &ca->entries);
    ck_assert_ptr_nonnull(entry);
    const bool usable = mail == DCV_MAIL_MX || mail == DCV_MAIL_IMPLICIT_MX;
    *entry = (struct dcv_entry){.address = address,
                                .source = source,
                                .adn = sample_name(adn),
                                .is_default = true,
                                .automatic = true,
                                .level = dcv_name_equal(&sample->judged.base, &(struct dcv_name){0}) ? DCV_RUNG_EXACT
                                                                                                     : DCV_RUNG_BASE,
                                .status = DCV_ENTRY_DISCOURAGED,
                                .mail = mail,
                                .usable = usable,
                                .until = sample_date("2028-03-15"),
                                .from = DCV_DATE_NONE};
    return entry;
}

static inline void sample_constructed(struct sample *sample, struct dcv_judged_ca *ca, const char *adn,
                                      enum dcv_mail mail)
{
    static const char *const locals[] = {"admin", "administrator", "hostmaster", "postmaster", "webmaster"};
    for (size_t i = 0; i < 5; i++)
        (void)sample_entry(sample, ca, dcv_arena_printf(sample->arena, "%s@%s", locals[i], adn), DCV_SOURCE_CONSTRUCTED,
                           adn, mail);
}

/* A finding of one CA (NULL: of all so far); `args` end with a NULL key. */
static inline void sample_finding(struct sample *sample, struct dcv_judged_ca *ca, enum dcv_rule rule,
                                  const char *subject, const struct dcv_arg *args)
{
    const size_t number = sample->judged.findings.count;
    struct dcv_finding *finding = DCV_VEC_ADD(sample->arena, &sample->judged.findings);
    ck_assert_ptr_nonnull(finding);
    size_t count = 0;
    while (args != NULL && args[count].key != NULL)
        count++;
    const struct dcv_rule_info *info = dcv_rule_info(rule);
    *finding = (struct dcv_finding){.rule = rule,
                                    .severity = info->severity,
                                    .subject = subject,
                                    .clause = info->clause,
                                    .arg_count = count,
                                    .args = dcv_arena_copy(sample->arena, args, count * sizeof *args)};
    for (size_t i = 0; i < sample->judged.cas.count; i++) {
        struct dcv_judged_ca *one = &sample->judged.cas.items[i];
        if (ca != NULL && ca != one)
            continue;
        size_t *index = DCV_VEC_ADD(sample->arena, &one->findings);
        ck_assert_ptr_nonnull(index);
        *index = number;
    }
}

static inline void sample_next(struct sample *sample, struct dcv_judged_ca *ca, const char *date,
                               enum dcv_change change)
{
    static const struct dcv_arg args[] = {{"count", "5"}, {"validity", "100"}, {"reuse", "100"}};
    struct dcv_next *next = DCV_VEC_ADD(sample->arena, &ca->next);
    ck_assert_ptr_nonnull(next);
    *next = (struct dcv_next){.date = sample_date(date), .change = change, .args = args, .arg_count = 3};
}

/* --- output --- */

struct sink {
    struct dcv_buf buf;
    size_t calls, fail_at; /* the call that fails, counted from 1; 0: none */
};

static inline int sink_write(void *user, const void *data, size_t len)
{
    struct sink *sink = user;
    if (++sink->calls == sink->fail_at)
        return 28; /* ENOSPC */
    dcv_buf_put(&sink->buf, data, len);
    return 0;
}

/* Renders names from `begin` to `end`; free() the text. */
static inline char *sample_render(const struct dcv_report_options *options, const struct dcv_report_name *const *names,
                                  size_t count)
{
    struct sink sink = {.calls = 0};
    dcv_buf_init(&sink.buf, 1 << 26);
    struct dcv_writer writer = {.write = sink_write, .user = &sink};
    struct dcv_report *report = dcv_report_create(options, &writer);
    ck_assert_ptr_nonnull(report);
    ck_assert_int_eq(dcv_report_begin(report), DCV_OK);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(dcv_report_add(report, names[i]), DCV_OK);
    ck_assert_int_eq(dcv_report_end(report), DCV_OK);
    dcv_report_free(report);
    char *text = strdup(dcv_buf_text(&sink.buf));
    dcv_buf_done(&sink.buf);
    return text;
}

static inline char *sample_text(const struct sample *sample, const struct dcv_report_options *options)
{
    struct dcv_judged judged = sample->judged;
    struct dcv_report_name name = sample->name;
    judged.verdict = dcv_verdict_of_name(&judged, options->explicit_cas);
    name.judged = &judged;
    const struct dcv_report_name *names[] = {&name};
    return sample_render(options, names, 1);
}

#endif
