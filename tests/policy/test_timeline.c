/* POLICY §8: last days of reuse and of methods, renewals, validity on later days. */
#include "policy/timeline.h"

#include "base/buf.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

static dcv_date day(const char *text)
{
    dcv_date date = DCV_DATE_NONE;
    if (text[0] != '\0')
        ck_assert_msg(dcv_date_parse(text, &date), "%s is no date", text);
    return date;
}

/* A judgement of one CA, without facts, and its timeline. */
struct bench {
    struct dcv_arena *arena;
    struct dcv_hostname name;
    struct dcv_ca ca;
    struct dcv_judged_ca judged_ca;
    struct dcv_judged judged;
    struct dcv_timeline_options options;
    struct dcv_timeline timeline;
    const struct dcv_timeline_ca *row;
};

static struct bench bench;

static void setup(void)
{
    memset(&bench, 0, sizeof bench);
    bench.arena = dcv_arena_create(NULL);
    bench.options.set = world_set;
    bench.options.validated = DCV_DATE_NONE;
}

static void teardown(void)
{
    dcv_arena_free(bench.arena);
}

static void choose(const char *ca, const char *as_of, const char *name)
{
    struct dcv_hostname_error error;
    bench.ca = *dcv_ca_find(world_set, ca);
    ck_assert_int_eq(dcv_hostname_parse(name, strlen(name), &bench.name, &error), DCV_OK);
    bench.judged_ca.ca = &bench.ca;
    bench.judged.name = &bench.name;
    bench.judged.as_of = day(as_of);
    bench.judged.cas.items = &bench.judged_ca;
    bench.judged.cas.count = 1;
}

static void tell(void)
{
    ck_assert_int_eq(dcv_policy_timeline(&bench.options, &bench.judged, bench.arena, &bench.timeline), DCV_OK);
    ck_assert_uint_eq(bench.timeline.cas.count, 1);
    bench.row = &bench.timeline.cas.items[0];
}

static const char *text_of(dcv_date date)
{
    static char texts[8][DCV_DATE_TEXT];
    static unsigned turn;
    return dcv_date_format(date, texts[turn++ % 8]);
}

/* The `nth` event of this kind, or NULL. */
static const struct dcv_event *find(const char *kind, size_t nth)
{
    for (size_t i = 0; i < bench.row->events.count; i++)
        if (strcmp(dcv_event_info(bench.row->events.items[i].kind)->id, kind) == 0 && nth-- == 0)
            return &bench.row->events.items[i];
    return NULL;
}

static const char *date_of(const char *kind)
{
    const struct dcv_event *event = find(kind, 0);
    return event != NULL ? text_of(event->date) : "";
}

static const char *arg_of(const struct dcv_event *event, const char *key)
{
    for (size_t i = 0; event != NULL && i < event->arg_count; i++)
        if (strcmp(event->args[i].key, key) == 0)
            return event->args[i].value;
    return "";
}

/* ---- reuse ------------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *ca, *as_of, *done, *email, *dns, *clause, *source;
} reuses[] = {
    /* POLICY §8 */
    {"baseline", "2026-11-21", "2026-11-21", "2027-03-14", "2027-03-14", "BR 4.2.1", "ballot SC-081 (BR 2.1.5)"},
    {"baseline", "2027-03-01", "2027-03-01", "2027-06-09", "2027-06-09", "BR 4.2.1", "ballot SC-081 (BR 2.1.5)"},
    {"sectigo", "2026-11-21", "2026-03-14", "2026-09-30", "2026-09-30", "BR 4.2.1", "ballots SC-081 (BR 2.1.5) and SC-067 (BR 2.0.7)"},
    /* a limit of the CA's own */
    {"digicert", "2026-03-20", "2026-03-20", "2026-10-05", "2026-10-05", "", "dev.digicert.com, 199-day validity and reuse"},
    {"digicert", "2026-11-21", "2026-11-21", "2027-03-14", "2027-03-14", "BR 4.2.1", "ballot SC-081 (BR 2.1.5)"},
    {"sectigo", "2026-03-20", "2026-03-20", "2026-10-06", "2026-10-06", "BR 4.2.1", "ballots SC-081 (BR 2.1.5) and SC-067 (BR 2.0.7)"},
    /* the method ends before the limit does */
    {"sectigo", "2028-01-20", "2028-01-20", "2028-03-14", "2028-04-29", "BR 3.2.2.4.4", "ballot SC-090 (BR 2.2.2)"},
    {"sectigo", "2028-03-14", "2028-03-14", "2028-03-14", "2028-06-22", "BR 3.2.2.4.4", "ballot SC-090 (BR 2.2.2)"},
    {"sectigo", "2028-03-15", "2028-03-15", "", "2028-06-23", "BR 4.2.1", "ballot SC-081 (BR 2.1.5)"},
    {"sectigo", "2029-03-15", "2029-03-15", "", "2029-03-25", "BR 4.2.1", "ballot SC-081 (BR 2.1.5)"},
    /* no e-mail, and DNS of which nothing is known */
    {"letsencrypt", "2026-11-21", "2026-11-21", "", "2027-03-14", "BR 4.2.1", "ballot SC-081 (BR 2.1.5)"},
    /* before it was offered; whether a DNS method is, is not known */
    {"iij-cybertrust", "2025-06-25", "2025-06-25", "2026-03-14", "", "BR 4.2.1", "ballots SC-081 (BR 2.1.5) and SC-067 (BR 2.0.7)"},
};

START_TEST(last_day_of_reuse)
{
    choose(reuses[_i].ca, reuses[_i].as_of, "example.jp");
    bench.options.validated = day(reuses[_i].done);
    tell();
    ck_assert_str_eq(text_of(bench.row->reuse_email), reuses[_i].email);
    ck_assert_str_eq(text_of(bench.row->reuse_dns), reuses[_i].dns);
    ck_assert_str_eq(dcv_basis_text(bench.timeline.basis), "given");
    const struct dcv_event *event = find("reuse-last", 0);
    ck_assert_ptr_nonnull(event);
    ck_assert_str_eq(text_of(event->date), reuses[_i].email[0] != '\0' ? reuses[_i].email : reuses[_i].dns);
    ck_assert_str_eq(event->clause, reuses[_i].clause);
    ck_assert_str_eq(event->source, reuses[_i].source);
    ck_assert_str_eq(arg_of(event, "done"), reuses[_i].done);
}
END_TEST

/* What cannot be done by both has an event each. */
START_TEST(scope_of_reuse)
{
    choose("sectigo", "2028-01-20", "example.jp");
    tell();
    ck_assert_str_eq(dcv_basis_text(bench.timeline.basis), "today");
    ck_assert_ptr_null(find("reuse-last", 0));
    ck_assert_str_eq(arg_of(find("reuse-last-if-today", 0), "scope"), "e-mail");
    ck_assert_str_eq(arg_of(find("reuse-last-if-today", 1), "scope"), "DNS methods");
    ck_assert_ptr_null(find("reuse-last-if-today", 2));
    choose("sectigo", "2026-11-21", "example.jp");
    tell();
    ck_assert_str_eq(arg_of(find("reuse-last-if-today", 0), "scope"), "e-mail and DNS methods");
    ck_assert_ptr_null(find("reuse-last-if-today", 1));
}
END_TEST

/* ---- methods ------------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *ca, *method;
    enum dcv_known offered;
    const char *from, *last, *discouraged;
} methods[] = {
    {"sectigo", "constructed", DCV_YES, "", "2028-03-14", "2026-03-15"}, {"sectigo", "caa-contact", DCV_YES, "", "2028-03-14", "2026-03-15"},
    {"jprs", "txt-contact", DCV_YES, "2025-06-10", "2028-03-14", "2026-03-15"}, {"jprs", "caa-contact", DCV_UNKNOWN, "", "", ""},
    {"godaddy", "txt-contact", DCV_NO, "", "", ""}, {"digicert", "dns-change", DCV_YES, "", "", ""},
    {"iij-digicert", "dns-change", DCV_UNKNOWN, "", "", ""}, {"letsencrypt", "constructed", DCV_NO, "", "", ""},
};

START_TEST(ends_of_methods)
{
    const struct dcv_method_end *end = NULL;
    choose(methods[_i].ca, "2026-11-21", "example.jp");
    tell();
    for (size_t i = 0; i < bench.row->methods.count; i++)
        if (strcmp(bench.row->methods.items[i].name, methods[_i].method) == 0)
            end = &bench.row->methods.items[i];
    ck_assert_ptr_nonnull(end);
    ck_assert_int_eq(end->offered, methods[_i].offered);
    ck_assert_str_eq(text_of(end->from), methods[_i].from);
    ck_assert_str_eq(text_of(end->last), methods[_i].last);
    ck_assert_str_eq(text_of(end->discouraged), methods[_i].discouraged);
}
END_TEST

/* Methods that end together are one event; a CA's own end is another. */
START_TEST(events_of_methods)
{
    choose("sectigo", "2026-11-21", "example.jp");
    tell();
    ck_assert_str_eq(date_of("method-last"), "2028-03-14");
    ck_assert_str_eq(arg_of(find("method-last", 0), "sources"), "constructed txt-contact caa-contact");
    ck_assert_str_eq(find("method-last", 0)->clause, "BR 3.2.2.4.4, 3.2.2.4.14, 3.2.2.4.13");
    ck_assert_ptr_null(find("method-last", 1));
    ck_assert_ptr_null(find("method-last-at-ca", 0));
    ck_assert_str_eq(date_of("method-discouraged"), "2026-03-15");

    const struct dcv_offer offers[] = {
        {.source = DCV_SOURCE_CONSTRUCTED, .offered = DCV_YES, .from = DCV_DATE_NONE, .until = day("2027-01-01"), .ref = {.title = "notice"}},
        {.source = DCV_SOURCE_CONSTRUCTED, .offered = DCV_YES, .from = DCV_DATE_NONE, .until = day("2026-12-01"), .ref = {.title = "older"}},
        {.source = DCV_SOURCE_TXT_CONTACT, .offered = DCV_YES, .from = DCV_DATE_NONE, .until = day("2028-03-15")}, /* with the BR */
    };
    bench.ca.offers = offers;
    bench.ca.offer_count = 3;
    tell();
    ck_assert_str_eq(date_of("method-last-at-ca"), "2026-12-31");
    ck_assert_str_eq(arg_of(find("method-last-at-ca", 0), "sources"), "constructed");
    ck_assert_str_eq(find("method-last-at-ca", 0)->source, "notice");
    ck_assert_str_eq(arg_of(find("method-last", 0), "sources"), "txt-contact");
}
END_TEST

/* ---- validity ---------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *ca, *as_of, *rows;
} validities[] = {
    {"baseline", "2026-11-21", "2026-11-21 200 0 2027-06-09 br|2027-03-15 100 0 2027-06-23 br|2029-03-15 47 0 2029-05-01 br"},
    {"digicert", "2026-02-20", "2026-02-20 398 0 2027-03-25 br|2026-02-24 199 0 2026-09-11 own|2027-03-15 100 0 2027-06-23 br|2029-03-15 47 0 2029-05-01 br"},
    {"jprs", "2026-10-31", "2026-10-31 151 5 2027-03-31 own|2027-03-15 100 0 2027-06-23 br|2029-03-15 47 0 2029-05-01 br"},
    {"globalsign", "2029-03-15", "2029-03-15 47 0 2029-05-01 br"},
};

START_TEST(validity_by_day)
{
    struct dcv_buf text;
    dcv_buf_init(&text, 1024);
    choose(validities[_i].ca, validities[_i].as_of, "example.jp");
    tell();
    for (size_t i = 0; i < bench.row->validities.count; i++) {
        const struct dcv_validity *validity = &bench.row->validities.items[i];
        dcv_buf_printf(&text, "%s%s %d %d %s %s", i != 0 ? "|" : "", text_of(validity->issued), validity->days, validity->months,
                       text_of(validity->expires), validity->own ? "own" : "br");
    }
    ck_assert_str_eq(dcv_buf_text(&text), validities[_i].rows);
    dcv_buf_done(&text);
}
END_TEST

/* ---- the certificate ------------------------------------------------------------------------------------------------------------------------ */

static const struct dcv_san sans[] = {
    {DCV_SAN_DNS, OCTETS("www.example.jp")}, {DCV_SAN_DNS, OCTETS("*.Wild.example.jp")}, {DCV_SAN_IP, OCTETS("192.0.2.1")},
    {DCV_SAN_DNS, OCTETS("zero.example.jp\0.example.com")},
};

static struct dcv_x509 certificate_until(const char *not_before, const char *not_after, int second)
{
    return (struct dcv_x509){.certificate = true, .sans = sans, .san_count = ROWS(sans), .not_before = day(not_before), .not_after = day(not_after),
                             .not_after_s = (int64_t)day(not_after) * 86400 + second, .serial = "0a0b"};
}

static const struct {
    const char *name;
    bool covers;
} covers[] = {
    {"www.example.jp", true}, {"WWW.example.jp.", true}, {"example.jp", false}, {"a.www.example.jp", false}, {"a.wild.example.jp", true},
    {"a.b.wild.example.jp", false}, {"wild.example.jp", false}, {"*.wild.example.jp", true}, {"*.example.jp", false}, {"zero.example.jp", false},
};

START_TEST(names_of_the_certificate)
{
    const struct dcv_x509 certificate = certificate_until("2026-10-01", "2027-04-18", 86399);
    choose("sectigo", "2026-11-21", covers[_i].name);
    ck_assert_msg(dcv_certificate_covers(&certificate, &bench.name) == covers[_i].covers, "%s", covers[_i].name);
}
END_TEST

START_TEST(renewal_of_the_certificate)
{
    const struct dcv_x509 certificate = certificate_until("2026-10-01", "2027-04-18", 86399);
    choose("iij-digicert", "2026-11-21", "www.example.jp");
    bench.options.certificate = &certificate;
    bench.options.origin = "www.example.jp:443";
    tell();
    ck_assert_str_eq(dcv_basis_text(bench.timeline.basis), "certificate");
    ck_assert_str_eq(text_of(bench.timeline.validated), "2026-10-01");
    ck_assert(bench.timeline.certificate.covers);
    ck_assert_uint_eq(bench.timeline.certificate.name_count, 3);
    ck_assert_str_eq(bench.timeline.certificate.names[2], "zero.example.jp\\x00.example.com");
    ck_assert_str_eq(date_of("reuse-last"), "2027-03-14");
    ck_assert_str_eq(text_of(find("renewal-notice", 0)->date), "2027-03-14");
    ck_assert_str_eq(text_of(find("renewal-notice", 1)->date), "2027-03-19");
    ck_assert_str_eq(find("renewal-notice", 0)->source, bench.ca.notices_ref.title);
    ck_assert_str_eq(arg_of(find("renewal-notice", 1), "days"), "30");
    ck_assert_str_eq(date_of("renewal-begin"), "2027-03-14"); /* with the first notice */
    ck_assert_str_eq(date_of("renewal-last"), "2027-04-18");
    ck_assert_str_eq(date_of("certificate-expires"), "2027-04-18");
    ck_assert_str_eq(arg_of(find("certificate-expires", 0), "time"), "23:59:59");
    ck_assert_str_eq(date_of("renewal-email"), "2027-03-14");
    ck_assert_ptr_null(find("renewal-reuse", 0)); /* it may be older than the certificate */
    for (size_t i = 1; i < bench.row->events.count; i++)
        ck_assert_int_le(bench.row->events.items[i - 1].date, bench.row->events.items[i].date);
}
END_TEST

static const struct {
    const char *not_before, *not_after, *kind, *last;
} ends[] = {
    {"2027-10-01", "2028-01-09", "renewal-email", "2028-03-14"},
    {"2027-12-10", "2028-03-19", "renewal-email-until", "2028-03-14"},
    {"2028-01-10", "2028-04-19", "renewal-email-over", "2028-03-14"},
    {"2027-12-20", "2028-03-14", "renewal-email", "2028-03-14"},
};

START_TEST(email_at_the_renewal)
{
    const struct dcv_x509 certificate = certificate_until(ends[_i].not_before, ends[_i].not_after, 86399);
    choose("sectigo", "2028-01-15", "www.example.jp");
    bench.options.certificate = &certificate;
    bench.options.origin = "certificate.pem";
    tell();
    static const char *const kinds[] = {"renewal-email", "renewal-email-until", "renewal-email-over"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        ck_assert_msg((find(kinds[i], 0) != NULL) == (strcmp(kinds[i], ends[_i].kind) == 0), "%s", kinds[i]);
    ck_assert_str_eq(arg_of(find(ends[_i].kind, 0), "last"), ends[_i].last);
}
END_TEST

/* The last hours of a certificate are not a whole day. */
START_TEST(last_day_in_place)
{
    const struct dcv_x509 certificate = certificate_until("2026-10-01", "2027-04-18", 43200);
    choose("sectigo", "2026-11-21", "www.example.jp");
    bench.options.certificate = &certificate;
    bench.options.origin = "certificate.pem";
    tell();
    ck_assert_str_eq(date_of("renewal-last"), "2027-04-17");
    ck_assert_str_eq(date_of("renewal-begin"), "2027-03-19");
    ck_assert_str_eq(arg_of(find("certificate-expires", 0), "time"), "12:00:00");
}
END_TEST

/* Only a validation whose day is known serves a renewal for certain; that it does not is certain either way. */
START_TEST(validation_at_the_renewal)
{
    const struct dcv_x509 short_lived = certificate_until("2026-11-01", "2027-01-30", 86399);
    choose("sectigo", "2026-11-21", "www.example.jp");
    bench.options.certificate = &short_lived;
    bench.options.origin = "certificate.pem";
    tell();
    ck_assert_ptr_null(find("renewal-reuse", 0));
    ck_assert_ptr_null(find("renewal-needs-validation", 0));
    bench.options.validated = day("2026-10-15");
    tell();
    ck_assert_str_eq(date_of("renewal-reuse"), "2026-12-31");
    ck_assert_str_eq(arg_of(find("renewal-reuse", 0), "last"), "2027-01-30"); /* not beyond the end */
    bench.options.validated = day("2026-05-01");
    tell();
    ck_assert_ptr_null(find("renewal-reuse", 0));
    ck_assert_str_eq(arg_of(find("renewal-needs-validation", 0), "last"), "2026-11-17");
}
END_TEST

/* Asked for, but not read: nothing is made up. */
START_TEST(no_certificate)
{
    choose("sectigo", "2026-11-21", "www.example.jp");
    bench.options.origin = "www.example.jp:443";
    bench.options.failure = "the connection was refused";
    tell();
    ck_assert_str_eq(dcv_basis_text(bench.timeline.basis), "today");
    ck_assert_ptr_null(find("certificate-expires", 0));
    ck_assert_ptr_null(find("renewal-begin", 0));
    ck_assert_str_eq(text_of(bench.row->renewals.items[0].validity.issued), "2026-11-21");
}
END_TEST

/* ---- the projection ----------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *ca, *as_of, *not_before, *not_after; /* no certificate: "" */
    const char *rows;
    size_t by_email;
} projections[] = {
    {"sectigo", "2026-11-21", "", "",
     "2026-11-21 200 discouraged|2027-05-10 100 discouraged|2027-07-19 100 discouraged|2027-09-27 100 discouraged|"
     "2027-12-06 100 discouraged|2028-02-14 100 discouraged|2028-04-24 100 over",
     5},
    {"sectigo", "2027-12-20", "2027-12-06", "2028-03-15", "2028-02-14 100 discouraged|2028-04-24 100 over", 1},
    {"sectigo", "2028-03-01", "2028-02-14", "2028-05-24", "2028-04-24 100 over", 0},
    {"sectigo", "2026-11-21", "2025-01-01", "2026-01-01", /* expired: renewed today */
     "2026-11-21 200 discouraged|2027-05-10 100 discouraged|2027-07-19 100 discouraged|2027-09-27 100 discouraged|"
     "2027-12-06 100 discouraged|2028-02-14 100 discouraged|2028-04-24 100 over",
     6},
    {"jprs", "2027-12-01", "", "", "2027-12-01 100 discouraged|2028-02-09 100 discouraged|2028-04-19 100 over", 1},
    {"letsencrypt", "2026-11-21", "", "", "", 0},
};

START_TEST(renewals_to_come)
{
    struct dcv_x509 certificate;
    struct dcv_buf text;
    dcv_buf_init(&text, 1024);
    choose(projections[_i].ca, projections[_i].as_of, "www.example.jp");
    if (projections[_i].not_before[0] != '\0') {
        certificate = certificate_until(projections[_i].not_before, projections[_i].not_after, 86399);
        bench.options.certificate = &certificate;
        bench.options.origin = "certificate.pem";
    }
    tell();
    for (size_t i = 0; i < bench.row->renewals.count; i++) {
        const struct dcv_renewal *renewal = &bench.row->renewals.items[i];
        dcv_buf_printf(&text, "%s%s %d %s", i != 0 ? "|" : "", text_of(renewal->validity.issued), renewal->validity.days,
                       dcv_email_state_text(renewal->email));
    }
    ck_assert_str_eq(dcv_buf_text(&text), projections[_i].rows);
    ck_assert_uint_eq(bench.row->renewals_by_email, projections[_i].by_email);
    dcv_buf_done(&text);
}
END_TEST

/* ---- changes of the rules ------------------------------------------------------------------------------------------------------------------------- */

/* What has an event of its own is not said twice; the rest is, with its clause. */
START_TEST(changes)
{
    struct world world = {.name = "www.example.jp", .as_of = "2026-11-21", .zone = "example.jp. IN MX 10 mail.example.jp.\n", .ca = "sectigo"};
    world_judge(&world);
    size_t seen[DCV_CHANGE_COUNT] = {0};
    ck_assert_int_eq(dcv_policy_timeline(&bench.options, &world.judged, bench.arena, &bench.timeline), DCV_OK);
    bench.row = &bench.timeline.cas.items[0];
    for (size_t i = 0; i < bench.row->events.count; i++)
        if (bench.row->events.items[i].kind == DCV_EVENT_RULE_CHANGE)
            seen[bench.row->events.items[i].change]++;
    ck_assert_uint_eq(seen[DCV_CHANGE_LIMITS], 2);
    ck_assert_uint_eq(seen[DCV_CHANGE_MPIC], 1);
    ck_assert_uint_eq(seen[DCV_CHANGE_EMAIL_FORBIDDEN], 0);
    ck_assert_uint_eq(seen[DCV_CHANGE_REUSE_ENDS], 0);
    ck_assert_str_eq(find("rule-change", 0)->clause, dcv_change_info(find("rule-change", 0)->change)->clause);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("timeline");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, last_day_of_reuse, 0, ROWS(reuses));
    tcase_add_test(tcase, scope_of_reuse);
    tcase_add_loop_test(tcase, ends_of_methods, 0, ROWS(methods));
    tcase_add_test(tcase, events_of_methods);
    tcase_add_loop_test(tcase, validity_by_day, 0, ROWS(validities));
    tcase_add_loop_test(tcase, names_of_the_certificate, 0, ROWS(covers));
    tcase_add_test(tcase, renewal_of_the_certificate);
    tcase_add_loop_test(tcase, email_at_the_renewal, 0, ROWS(ends));
    tcase_add_test(tcase, last_day_in_place);
    tcase_add_test(tcase, validation_at_the_renewal);
    tcase_add_test(tcase, no_certificate);
    tcase_add_loop_test(tcase, renewals_to_come, 0, ROWS(projections));
    tcase_add_test(tcase, changes);
    return run_cases("timeline", tcase);
}
